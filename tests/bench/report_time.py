"""The month of a book from start to end, against another checkout: processor time, elapsed time, memory, figures.

    python tests/bench/report_time.py OTHER [--rounds 3] [--buyers 2000 --invoices 300000]

OTHER is the path of another checkout of this project, such as a worktree of an earlier commit. Both are copied, so
that no cache of theirs is touched, and run in turn in every round, since machines drift. Three situations: the first
run on a new machine (no compiled code), a month of which nothing is remembered (compiled code kept), the same again.
Processor time is that of all processes together; memory is the largest sum over them, shared pages counted once.
Prints every run, the median ratios (this checkout / other) and the names in results.json whose values differ.
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
import threading
import time
from pathlib import Path
from typing import NamedTuple

import psutil
import yaml

ROOT = Path(__file__).parents[2]
FORGOTTEN = {"first run": ("books", "results", "compiled"), "nothing remembered": ("books", "results"), "again": ()}
"""Situation: the folders of the cache that are emptied before it."""


class Cost(NamedTuple):
    processor: float
    elapsed: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.processor:7.1f} s processor {self.elapsed:7.1f} s elapsed {self.megabytes:7,.0f} MB"


def copied(checkout: Path, to: Path) -> Path:
    for name in ("lib", "notebooks", "params"):
        shutil.copytree(checkout / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def tradecredit(checkout: Path, *arguments: object) -> Cost:
    """Return what a command costs when it is run by the library of a checkout."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tradecredit.cli", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(checkout / "lib"), "XDG_CACHE_HOME": str(checkout / ".cache")},
        cwd=checkout, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    most = [0.0]
    watching = threading.Thread(target=_watched, args=(process, most))
    watching.start()
    if process.wait():
        raise SystemExit(f"{checkout}: `tradecredit {' '.join(map(str, arguments))}` failed")
    elapsed, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    watching.join()
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, elapsed, most[0])


def _watched(process: subprocess.Popen, most: list[float]) -> None:
    while process.poll() is None:
        total = 0
        try:
            parent = psutil.Process(process.pid)
            for each in [parent, *parent.children(recursive=True)]:
                memory = each.memory_full_info()
                total += getattr(memory, "pss", memory.uss)
        except psutil.Error:
            pass  # one of them has just ended
        most[0] = max(most[0], total / 1e6)
        time.sleep(0.5)


def run_file(checkout: Path, book: Path | None) -> Path:
    """Return the run file of the demo month, or of a larger book, with reports beside the checkout."""
    file = (book or checkout / "params") / ("run.yaml" if book else "demo.yaml")
    run = yaml.safe_load(file.read_text(encoding="utf-8")) | {"reports": str(checkout / "reports")}
    changed = file.with_name(f"{checkout.name}.yaml")
    changed.write_text(yaml.safe_dump(run, sort_keys=False), encoding="utf-8")
    return changed


def figures(checkout: Path) -> dict[str, object]:
    (file,) = (checkout / "reports").glob("*/*/results.json")
    chapters = json.loads(file.read_text(encoding="utf-8"))["chapters"]
    return {f"{name}.{figure}": entry["value"] for name, chapter in chapters.items()
            for figure, entry in chapter["figures"].items()}  # fmt: skip


def print_differences(ours: dict[str, object], theirs: dict[str, object]) -> None:
    differing = [name for name in sorted(ours.keys() | theirs.keys()) if ours.get(name) != theirs.get(name)]
    print(f"results.json: {len(ours)} figures, {len(differing)} differ from the other's {len(theirs)}")
    for name in differing:
        print(f"  {name}: {theirs.get(name, 'not there')} → {ours.get(name, 'not there')}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--buyers", type=int)
    parser.add_argument("--invoices", type=int)
    parser.add_argument("--situations", nargs="+", choices=FORGOTTEN, default=list(FORGOTTEN))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        checkouts = {"this": copied(ROOT, folder / "this"), "other": copied(given.other, folder / "other")}
        book = None
        if given.buyers or given.invoices:
            book = folder / "book"
            size = ("--buyers", given.buyers or 600, "--invoices", given.invoices or 60_000)
            tradecredit(checkouts["this"], "demo", book, *size)
        files = {which: run_file(checkout, book) for which, checkout in checkouts.items()}
        costs: dict[tuple[str, str], list[Cost]] = {}
        for number in range(1, given.rounds + 1):
            for situation in given.situations:
                for which, checkout in checkouts.items():
                    for forgotten in FORGOTTEN[situation]:
                        for place in (
                            checkout / ".cache",
                            checkout / ".cache" / "tradecredit",
                            files[which].parent / ".tradecredit",
                        ):
                            shutil.rmtree(place / forgotten, ignore_errors=True)
                    cost = tradecredit(checkout, "report", files[which], "--as-of", "2026-10-31")
                    costs.setdefault((situation, which), []).append(cost)
                    print(f"round {number}, {situation:<19} {which:<6}{cost}", flush=True)
        for situation in given.situations:
            pairs = list(zip(costs[situation, "this"], costs[situation, "other"], strict=True))
            ratios = [statistics.median(ours[at] / theirs[at] for ours, theirs in pairs) for at in range(3)]
            print(f"{situation}: {ratios[0]:.2f} of processor, {ratios[1]:.2f} of elapsed, {ratios[2]:.2f} of memory")
        print_differences(figures(checkouts["this"]), figures(checkouts["other"]))


if __name__ == "__main__":
    main()
