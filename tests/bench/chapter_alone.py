"""What it costs to open one chapter alone and run it, with all results remembered, beside what its imports cost.

    python tests/bench/chapter_alone.py [--run-file params/demo.yaml] [--as-of 2026-10-31]

Each notebook runs twice by papermill in a process of its own, with nothing to write to, as in JupyterLab; the second
time counts, when its results are remembered. Held to: 15 s elapsed. Processor time is that of all processes together.

Measured on the demo, October 2026, on a machine of two cores with nothing beside, papermill and the start of two
interpreters included: 8.5 to 14.3 s elapsed, of which 2.7 to 5.0 s are the chapter's imports, 15.9 s of chapter 07
(4.6 s of imports) and 17.3 s of chapter 05.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 15
RUN = """
import sys
import papermill
notebook, made, run_file, as_of = sys.argv[1:]
papermill.execute_notebook(
    notebook, made, parameters={"run_file": run_file, "as_of": as_of}, progress_bar=False, kernel_name="python3"
)
"""


def cost(code: str, *arguments: str) -> tuple[float, float]:
    """Return the seconds elapsed and of processor that Python takes for some code, from its start to its end."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, cwd=ROOT / "notebooks", stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT / "lib")},
    )  # fmt: skip
    elapsed, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run-file", type=Path, default=ROOT / "params" / "demo.yaml")
    parser.add_argument("--as-of", default="2026-10-31")
    given = parser.parse_args()
    late = 0
    with tempfile.TemporaryDirectory() as scratch:
        for notebook in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
            cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
            imports = next("".join(cell["source"]) for cell in cells if "setup" in cell["metadata"].get("tags", []))
            arguments = str(notebook), f"{scratch}/made.ipynb", str(given.run_file.resolve()), given.as_of
            cost(RUN, *arguments)
            alone, its_imports = cost(RUN, *arguments), cost(imports)
            late += alone[0] > MOST_SECONDS
            print(
                f"{notebook.stem:<24}{alone[0]:6.1f} s elapsed {alone[1]:6.1f} s processor; imports alone "
                f"{its_imports[0]:5.1f} s and {its_imports[1]:5.1f} s; load {os.getloadavg()[0]:.1f}", flush=True,
            )  # fmt: skip
    print(f"{late} above {MOST_SECONDS} s elapsed")
    sys.exit(bool(late))


if __name__ == "__main__":
    main()
