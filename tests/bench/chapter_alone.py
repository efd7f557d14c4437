"""What it costs to open one chapter alone and run it, with all results remembered, beside what its imports cost.

    python tests/bench/chapter_alone.py [--run-file params/demo.yaml] [--as-of 2026-10-31]

Each notebook runs twice in a new kernel, with nothing to write to, as in an open JupyterLab: a process that has loaded
papermill starts the kernel and runs the cells. The second time counts, when its results are remembered. Held to: 15 s
elapsed. Processor time is that of the kernel.

Measured on the demo, October 2026, on a machine of two cores with nothing beside: 4.4 to 13.1 s elapsed, of which 2.1
to 4.1 s are the chapter's imports. A papermill started for the chapter takes about two seconds more.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import run

import papermill

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 15


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds elapsed, and of processor of the processes that some work starts and waits for."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    elapsed, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run-file", type=Path, default=ROOT / "params" / "demo.yaml")
    parser.add_argument("--as-of", default="2026-10-31")
    given = parser.parse_args()
    stated = {"run_file": str(given.run_file.resolve()), "as_of": given.as_of}
    os.environ["PYTHONPATH"] = str(ROOT / "lib")
    os.chdir(ROOT / "notebooks")
    late = 0
    with tempfile.TemporaryDirectory() as scratch:
        for notebook in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
            cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
            imports = next("".join(cell["source"]) for cell in cells if "setup" in cell["metadata"].get("tags", []))

            def alone(notebook: Path = notebook) -> object:
                return papermill.execute_notebook(
                    notebook, f"{scratch}/made.ipynb", parameters=stated, progress_bar=False, kernel_name="python3"
                )

            def imported(imports: str = imports) -> object:
                return run([sys.executable, "-c", imports], check=True)

            cost(alone)
            of_chapter, of_imports = cost(alone), cost(imported)
            late += of_chapter[0] > MOST_SECONDS
            print(
                f"{notebook.stem:<24}{of_chapter[0]:6.1f} s elapsed {of_chapter[1]:6.1f} s processor; imports alone "
                f"{of_imports[0]:5.1f} s and {of_imports[1]:5.1f} s; load {os.getloadavg()[0]:.1f}", flush=True,
            )  # fmt: skip
    print(f"{late} above {MOST_SECONDS} s elapsed")
    sys.exit(bool(late))


if __name__ == "__main__":
    main()
