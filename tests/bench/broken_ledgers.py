"""How many of many generated broken ledgers end with a book, a refusal, or anything else.

    python tests/bench/broken_ledgers.py [--number 5000] [--first 0]

Of each number a small ledger is written, in CSV, TSV, Excel, Parquet, DuckDB or as a system's export, and broken in
known ways (`tests/broken_ledgers.py`). Prints the counts by outcome, and the numbers that ended otherwise than they
should. Measured: of 1,500 from number 20,000 on none, 763 of them refused.
"""

import argparse
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "lib"), str(ROOT / "tests")]

from broken_ledgers import tried  # noqa: E402

from tradecredit.book import book, memory  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--number", type=int, default=5_000)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    counts: Counter[str] = Counter()
    for seed in range(given.first, given.first + given.number):
        with tempfile.TemporaryDirectory() as name:
            memory.CACHE = book.CACHE = Path(name, "cache")
            Path(name, "files").mkdir()
            try:
                counts[tried(seed, Path(name, "files"))] += 1
            except AssertionError as wrong:
                counts["WRONG"] += 1
                print(f"{seed}: {str(wrong)[:400]}", flush=True)
            except Exception as error:
                counts["TRACEBACK"] += 1
                place = traceback.extract_tb(error.__traceback__)[-1]
                ours = [one for one in traceback.extract_tb(error.__traceback__) if "tradecredit" in one.filename][-1:]
                print(f"{seed}: {type(error).__name__}: {str(error)[:200]} at {place.name}, {ours}", flush=True)
        if (seed + 1 - given.first) % 250 == 0:
            print(f"after {seed + 1 - given.first:,}: {dict(counts)}", flush=True)
    print(f"{given.number:,} broken ledgers: {dict(sorted(counts.items()))}")


if __name__ == "__main__":
    main()
