"""The month of a large book beside the demo's: processor time, elapsed time, memory of all processes together.

    python tests/bench/large_report.py [--buyers 20000 --invoices 1000000]

Asked: every chapter works, within 8 × the demo's time and 4 GB. Nothing is remembered of either book; compiled code is.
The elapsed time of each chapter is told too, as it stands in the manifest. Measured on a busy machine: 1,429 s of
processor time beside 208 s (6.9 ×), 2,898 s elapsed beside 384 s (7.5 ×), no chapter more than 4.5 ×, 3.9 GB of all
processes together, before losses by month, of which the most was, took a tenth of their memory.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
from report_time import ROOT, Cost, copied, run_file, tradecredit


def month(checkout: Path, book: Path | None) -> tuple[Cost, dict[str, float]]:
    """Return the cost of a month, and the seconds of its chapters."""
    file = run_file(checkout, book)
    cost = tradecredit(checkout, "report", file, "--as-of", "2026-10-31")
    (manifest,) = (checkout / "reports").glob("*/2026-10/manifest.json")
    chapters = json.loads(manifest.read_text(encoding="utf-8"))["chapters"]
    manifest.rename(manifest.with_name("read.json"))
    return cost, {chapter["name"]: chapter["seconds"] for chapter in chapters}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--buyers", type=int, default=20_000)
    parser.add_argument("--invoices", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        checkout = copied(ROOT, Path(name) / "this")
        tradecredit(checkout, "demo", checkout / "warm", "--buyers", 300, "--invoices", 20_000)
        month(checkout, checkout / "warm")  # compiles
        demo, of_demo = month(checkout, None)
        print(f"demo: {demo}", flush=True)
        made = tradecredit(checkout, "demo", checkout / "large", "--buyers", given.buyers, "--invoices", given.invoices)
        print(f"making {given.invoices:,} invoices of {given.buyers:,} buyers: {made}", flush=True)
        large, of_large = month(checkout, checkout / "large")
        print(f"large: {large}")
        for chapter, seconds in of_large.items():
            print(f"  {chapter}: {seconds:.0f} s; demo {of_demo[chapter]:.0f} s")
        print(
            f"processor time {large.processor / demo.processor:.1f} ×, elapsed {large.elapsed / demo.elapsed:.1f} × "
            f"the demo's (asked: ≤ 8); {large.megabytes / 1000:.1f} GB (asked: ≤ 4)"
        )


if __name__ == "__main__":
    main()
