"""Makes a month in UTC, in Shanghai under Chinese and in Los Angeles under German, and compares every byte of it.

Arguments: the chapters that are made beside the summary; all without any. Ends with an error where a file differs.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests"))

from kills import PROGRAM, content, run_file  # noqa: E402
from places import SETTINGS, languages  # noqa: E402


def main(chapters: list[str]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        spoken = languages(place)
        demo = [*PROGRAM, "demo", str(place / "ledger"), "--buyers", "40", "--invoices", "2000"]
        subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
        months = {}
        for name, settings in SETTINGS.items():
            folder = place / name.replace(" ", "-")
            folder.mkdir()
            file = run_file(folder, place / "ledger", chapters)
            subprocess.run([*PROGRAM, "report", str(file)], env=os.environ | spoken | settings, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
            months[name] = content(next((folder / "reports").glob("*/2026-10")))
            print(f"{name}: {len(months[name])} files", flush=True)
        first, *others = months.values()
        for other in others:
            assert other.keys() == first.keys()
            assert not [file for file in first if first[file] != other[file]]
        print("All bytes are the same.")


if __name__ == "__main__":
    main(sys.argv[1:])
