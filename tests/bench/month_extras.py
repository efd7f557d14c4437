"""What a month weighs and what sheets, PDF and workbook cost: bytes by kind of file, and time with them and without.

    python tests/bench/month_extras.py [--rounds 3] [--scenarios 20000]

The demo month is made once, so that compiled code and the cache are warm; then, in every round in turn, since machines
drift, with nothing remembered of the book's results: the whole month with `pdf: true`, and the same month of which
sheets of buyers, search, workbook and PDF are left out. Processor time is that of all processes together. Held to: a
month of at most 12 MB, no page above 1 MB, and at most 1.3 × the time without. Prints bytes by kind, every run, and the
median ratios.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parents[2]
MOST_BYTES, MOST_OF_A_PAGE, MOST_TIMES = 12_000_000, 1_000_000, 1.3
WITHOUT = """
import sys
from tradecredit.report import run
run.write_sheets = lambda *_: {}
run.write_search = run.write_downloads = lambda *_: None
print(run.report(sys.argv[1]))
"""
WHOLE = "import sys\nfrom tradecredit.report import run\nprint(run.report(sys.argv[1]))\n"


class Cost(NamedTuple):
    processor: float
    elapsed: float

    def __str__(self) -> str:
        return f"{self.processor:7.1f} s processor {self.elapsed:7.1f} s elapsed"


def made(program: str, run_file: Path, cache: Path) -> Cost:
    """Return what it costs to make the month with nothing remembered of its results."""
    shutil.rmtree(run_file.parent / ".tradecredit" / "results", ignore_errors=True)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", program, str(run_file)], check=True, stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT / "lib"), "XDG_CACHE_HOME": str(cache)},
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(processor, time.perf_counter() - began)


def weighed(month: Path) -> dict[str, int]:
    """Return the bytes of a month's files by folder or file, PDF files aside, which a month has on demand."""
    found: dict[str, int] = {}
    for file in month.rglob("*"):
        if file.is_file() and file.suffix != ".pdf":
            parts = file.relative_to(month).parts
            kind = parts[0] if len(parts) > 1 else "pages" if file.suffix == ".html" else file.name
            found[kind] = found.get(kind, 0) + file.stat().st_size
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scenarios", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "params", folder / "params", ignore=shutil.ignore_patterns(".tradecredit"))
        run_file = folder / "params" / "demo.yaml"
        run = yaml.safe_load(run_file.read_text(encoding="utf-8"))
        run |= {"reports": "../reports", "notebooks": str(ROOT / "notebooks"), "pdf": True}
        run["simulation"]["scenarios"] = given.scenarios
        run_file.write_text(yaml.safe_dump(run, sort_keys=False), encoding="utf-8")
        print(f"first run: {made(WHOLE, run_file, folder / 'cache')}", flush=True)
        (month,) = (manifest.parent for manifest in (folder / "reports").glob("*/*/manifest.json"))
        kinds = weighed(month)
        for kind, size in sorted(kinds.items(), key=lambda one: -one[1]):
            print(f"  {kind:<20} {size / 1e6:6.2f} MB")
        largest = max(month.rglob("*.html"), key=lambda file: file.stat().st_size)
        print(f"the month {sum(kinds.values()) / 1e6:.2f} MB (at most {MOST_BYTES / 1e6:.0f}), its largest page "
              f"{largest.name} {largest.stat().st_size / 1e6:.2f} MB (at most {MOST_OF_A_PAGE / 1e6:.0f})")  # fmt: skip
        costs: dict[str, list[Cost]] = {"whole": [], "without": []}
        for number in range(1, given.rounds + 1):
            for which, program in (("whole", WHOLE), ("without", WITHOUT)):
                costs[which].append(made(program, run_file, folder / "cache"))
                print(f"round {number}, {which:<8}{costs[which][-1]}", flush=True)
        pairs = list(zip(costs["whole"], costs["without"], strict=True))
        processor, elapsed = (statistics.median(whole[at] / bare[at] for whole, bare in pairs) for at in range(2))
        print(f"with sheets, search, workbook and PDF {processor:.2f} × the processor time, {elapsed:.2f} × the "
              f"elapsed time (at most {MOST_TIMES})")  # fmt: skip


if __name__ == "__main__":
    main()
