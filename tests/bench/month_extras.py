"""What a month weighs, and what sheets, search, workbook and PDF cost: bytes by kind of file, and time of each.

    python tests/bench/month_extras.py [--rounds 3] [--scenarios 20000]

The demo month with `pdf: true` is made once, so that compiled code and the frozen book are there; then in every round
with nothing remembered of the book's results. What is beside the chapters is made after them and by itself, so that
the month without it is the month less it: the ratio is the whole over the rest. Processor time is that of all
processes together. Held to: a month of at most 12 MB (PDF files aside, which are on demand), no page above 1 MB, and
at most 1.3 × the time without. Prints bytes by kind, the parts of every round, and the median ratios.

Months without PDF weighed 10.8 MB (September 2026, English), 11.1 (October, English), 11.2 (German) and 10.9 (Chinese),
no page of them as much as 0.9 MB. One round on a quiet machine of two cores: 1.21 × the processor time, 1.45 × the
elapsed time, as sheets and PDF are made one after the other.
"""

import argparse
import json
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
PARTS = ("write_sheets", "write_search", "write_downloads")
"""Of `report.run`: sheets, search, and the workbook with the PDF files."""
MEASURED = """
import json, resource, sys, time
from tradecredit.report import run

def seconds():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return [sum(one.ru_utime + one.ru_stime for one in used), time.perf_counter()]

def measured(name, function):
    def call(*arguments):
        before = seconds()
        made = function(*arguments)
        costs[name] = [now - then for now, then in zip(seconds(), before)]
        return made
    return call

costs = {}
for name in sys.argv[2:]:
    setattr(run, name, measured(name, getattr(run, name)))
run.report(sys.argv[1])
print(json.dumps(costs))
"""


class Cost(NamedTuple):
    processor: float
    elapsed: float

    def __str__(self) -> str:
        return f"{self.processor:7.1f} s processor {self.elapsed:7.1f} s elapsed"


def made(run_file: Path, cache: Path) -> tuple[Cost, dict[str, Cost]]:
    """Return what it costs to make the month with nothing remembered of its results, and what its extra parts do."""
    shutil.rmtree(run_file.parent / ".tradecredit" / "results", ignore_errors=True)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(run_file), *PARTS], check=True, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "lib"), "XDG_CACHE_HOME": str(cache)},
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    parts = json.loads(done.stdout.splitlines()[-1])
    return Cost(processor, time.perf_counter() - began), {name: Cost(*cost) for name, cost in parts.items()}


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
        print(f"first run {made(run_file, folder / 'cache')[0]}", flush=True)
        (month,) = (manifest.parent for manifest in (folder / "reports").glob("*/*/manifest.json"))
        kinds = weighed(month)
        for kind, size in sorted(kinds.items(), key=lambda one: -one[1]):
            print(f"  {kind:<20} {size / 1e6:6.2f} MB")
        largest = max(month.rglob("*.html"), key=lambda file: file.stat().st_size)
        print(f"the month {sum(kinds.values()) / 1e6:.2f} MB (at most {MOST_BYTES / 1e6:.0f}), its largest page "
              f"{largest.name} {largest.stat().st_size / 1e6:.2f} MB (at most {MOST_OF_A_PAGE / 1e6:.0f})")  # fmt: skip
        ratios = []
        for number in range(1, given.rounds + 1):
            whole, parts = made(run_file, folder / "cache")
            print(f"round {number}, whole {whole}", flush=True)
            for name, cost in parts.items():
                print(f"  {name:<16}{cost}", flush=True)
            extra = [sum(cost[at] for cost in parts.values()) for at in range(2)]
            ratios.append([whole[at] / (whole[at] - extra[at]) for at in range(2)])
        processor, elapsed = (statistics.median(ratio[at] for ratio in ratios) for at in range(2))
        print(f"with sheets, search, workbook and PDF {processor:.2f} × the processor time, {elapsed:.2f} × the "
              f"elapsed time (at most {MOST_TIMES})")  # fmt: skip


if __name__ == "__main__":
    main()
