"""What a month weighs, and what sheets, search, workbook and PDF cost: bytes by kind of file, time with and without.

    python tests/bench/month_extras.py [--rounds 3] [--scenarios 20000]

The demo month with `pdf: true` is made once, so that compiled code and the frozen book are there; then by turns with
all that is beside the chapters and without it, each time with nothing remembered of the book's results. Processor time
is that of all processes together. Held to: a month of at most 12 MB (PDF files aside, which are on demand), no page
above 1 MB, and at most 1.3 × the time without. Prints bytes by kind, the times of every round, and the median ratios.

Months without PDF weighed 10.8 MB (September 2026, English), 11.1 (October, English), 11.2 (German) and 10.9 (Chinese),
no page of them as much as 0.9 MB. Two rounds on two cores with nothing beside: 1.20 × the processor time, 1.23 × the
elapsed time (74 s beside 60); 1.30 and 1.42 before sheets were written beside pages, PDF and workbook.
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
BESIDE = ("addresses", "executed_beside", "write_search", "write_workbook")
"""Of `report.run`: what makes sheets, search and workbook; without `pdf: true` no PDF is made."""
MADE = """
import sys
from contextlib import nullcontext
from tradecredit.report import run

for name in sys.argv[2:]:
    setattr(run, name, lambda *given, name=name, **named: nullcontext() if name == "executed_beside" else {})
run.report(sys.argv[1])
"""


class Cost(NamedTuple):
    processor: float
    elapsed: float

    def __str__(self) -> str:
        return f"{self.processor:7.1f} s processor {self.elapsed:7.1f} s elapsed"


def made(run_file: Path, cache: Path, *left_out: str) -> Cost:
    """Return what it costs to make the month with nothing remembered of its results, and some functions left out."""
    shutil.rmtree(run_file.parent / ".tradecredit" / "results", ignore_errors=True)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", MADE, str(run_file), *left_out], check=True, stdout=subprocess.DEVNULL,
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
        run |= {"reports": "../reports", "notebooks": str(ROOT / "notebooks")}
        run["simulation"]["scenarios"] = given.scenarios
        without = run_file.with_name("without.yaml")
        for file, pdf in ((run_file, True), (without, False)):
            file.write_text(yaml.safe_dump(run | {"pdf": pdf}, sort_keys=False), encoding="utf-8")
        print(f"first run {made(run_file, folder / 'cache')}", flush=True)
        (month,) = (manifest.parent for manifest in (folder / "reports").glob("*/*/manifest.json"))
        kinds = weighed(month)
        for kind, size in sorted(kinds.items(), key=lambda one: -one[1]):
            print(f"  {kind:<20} {size / 1e6:6.2f} MB")
        largest = max(month.rglob("*.html"), key=lambda file: file.stat().st_size)
        print(f"the month {sum(kinds.values()) / 1e6:.2f} MB (at most {MOST_BYTES / 1e6:.0f}), its largest page "
              f"{largest.name} {largest.stat().st_size / 1e6:.2f} MB (at most {MOST_OF_A_PAGE / 1e6:.0f})")  # fmt: skip
        ratios = []
        for number in range(1, given.rounds + 1):
            costs = [made(run_file, folder / "cache"), made(without, folder / "cache", *BESIDE)]
            print(f"round {number}: with all {costs[0]}\n{'without':>17} {costs[1]}", flush=True)
            ratios.append([ours / theirs for ours, theirs in zip(*costs, strict=True)])
        processor, elapsed = (statistics.median(ratio[at] for ratio in ratios) for at in range(2))
        print(f"with sheets, search, workbook and PDF {processor:.2f} × the processor time, {elapsed:.2f} × the "
              f"elapsed time (at most {MOST_TIMES})")  # fmt: skip


if __name__ == "__main__":
    main()
