"""How long a large ledger in CSV files takes to be read, checked and frozen, beside DuckDB's bare reading of them.

    python tests/bench/reading.py [--beside CHECKOUT] [--rounds 2] [--buyers 10000 --invoices 1500000] [--files FOLDER]

The files are those of `tradecredit demo` (CHECKOUT's, where there is one: both can read them) at that size, written
once into a temporary folder, or found in FOLDER. In every round, in fresh processes in turn, since machines drift:
opening the book with nothing remembered; DuckDB's `read_csv` of the same files, with the types of the schema, into
tables in memory; and with CHECKOUT, the path of another checkout of this project, the opening by its library.
Processor time is that of all threads, with the start of Python and its imports; memory is the largest that the
process held. Prints every run, the rows of the book, and the median ratios.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]

OPENED = """
import sys
from tradecredit import Book
book = Book.open(sys.argv[1])
print(", ".join(f"{len(frame):,} {name}" for name, frame in book.tables.items()), f"notes {len(book.notes)}")
"""

BARE = """
import sys
import duckdb
from pathlib import Path
connection = duckdb.connect()
connection.execute("set enable_progress_bar = false")
for line in sys.argv[1:]:
    file, types = line.split("|")
    name = Path(file).stem
    connection.execute(f"create table {name} as select * from read_csv('{file}', header = true, types = {types})")
    print(f"{connection.table(name).shape[0]:,} {name}", end=", ")
print()
"""

TYPES = {"text": "VARCHAR", "date": "DATE"}


class Cost(NamedTuple):
    processor: float
    elapsed: float
    gigabytes: float

    def __str__(self) -> str:
        return f"{self.processor:6.1f} s processor {self.elapsed:6.1f} s elapsed {self.gigabytes:5.2f} GB"


def cost(program: str, arguments: list[str], library: Path | None = None) -> tuple[Cost, str]:
    """Return what a program costs in a process of its own, and what it prints."""
    environment = os.environ | ({"PYTHONPATH": str(library)} if library else {})
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the reading failed: {' '.join(arguments)}")
    elapsed = time.perf_counter() - began
    return Cost(used.ru_utime + used.ru_stime, elapsed, used.ru_maxrss * 1024 / 1e9), told.strip()


def bare_arguments(files: Path) -> list[str]:
    """Return the file of each table that has one, with the types of its columns, for DuckDB."""
    sys.path.insert(0, str(ROOT / "lib"))
    from tradecredit.book.schema import TABLES

    found = []
    for name, table in TABLES.items():
        file = files / f"{name}.csv"
        if not file.exists():
            continue
        head = file.open(encoding="utf-8").readline().strip().split(",")
        types = {column.name: TYPES.get(column.kind, "DOUBLE") for column in table.columns if column.name in head}
        found.append(f"{file}|{types}")
    return found


def opened(checkout: Path, files: Path) -> tuple[Cost, str]:
    """Return what opening the book costs with nothing remembered, neither with the library nor beside the run file."""
    shutil.rmtree(checkout / ".cache", ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        run = {"entity": "Bench", "currency": "EUR", "as_of": "2026-10-31"}
        run |= {"source": {"kind": "folder", "path": str(files)}}
        file = Path(folder, "run.yaml")
        file.write_text(yaml.safe_dump(run, sort_keys=False), encoding="utf-8")
        found = cost(OPENED, [str(file)], checkout / "lib")
    shutil.rmtree(checkout / ".cache", ignore_errors=True)
    return found


def copied(checkout: Path, to: Path) -> Path:
    for name in ("lib", "params"):
        shutil.copytree(checkout / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--buyers", type=int, default=10_000)
    parser.add_argument("--invoices", type=int, default=1_500_000)
    parser.add_argument("--files", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        checkouts = {"this": copied(ROOT, folder / "this")}
        if given.beside:
            checkouts["other"] = copied(given.beside, folder / "other")
        files = given.files
        if files is None:
            files, library = folder / "files", (given.beside or ROOT) / "lib"
            command = [sys.executable, "-m", "tradecredit.cli", "demo", str(files)]
            command += ["--buyers", str(given.buyers), "--invoices", str(given.invoices)]
            subprocess.run(
                command, env=os.environ | {"PYTHONPATH": str(library)}, check=True, stdout=subprocess.DEVNULL
            )
        costs: dict[str, list[Cost]] = {}
        for number in range(1, given.rounds + 1):
            for which in ("bare", *checkouts):
                if which == "bare":
                    found, told = cost(BARE, bare_arguments(files))
                else:
                    found, told = opened(checkouts[which], files)
                costs.setdefault(which, []).append(found)
                print(f"round {number}, {which:<6}{found}   {told}", flush=True)
    for which in [which for which in costs if which != "this"]:
        pairs = list(zip(costs["this"], costs[which], strict=True))
        ratios = [statistics.median(ours[at] / theirs[at] for ours, theirs in pairs) for at in range(3)]
        print(f"this / {which}: {ratios[0]:.2f} of processor, {ratios[1]:.2f} of elapsed, {ratios[2]:.2f} of memory")


if __name__ == "__main__":
    main()
