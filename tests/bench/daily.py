"""How long `tradecredit worklist` of the demo takes beside `python -c "import pandas"`.

    python tests/bench/daily.py [--rounds N]

The demo's run file in a folder of its own. The first run has nothing to go by and is told alone; then both commands, a
process for each, in turn. Prints the median of each and the median of the ratios, of wall time and of CPU time, which
other work on the machine changes less.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "import sys; from tradecredit.cli import app; sys.argv = ['tradecredit', 'worklist', sys.argv[1]]; app()"


def seconds(*words: str) -> tuple[float, float]:
    """Return the wall time and the CPU time of a Python process; raises `CalledProcessError` where it fails."""
    start, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL, env={"PYTHONPATH": ROOT / "lib"})
    wall, after = time.perf_counter() - start, os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content = yaml.safe_load((ROOT / "params" / "demo.yaml").read_text(encoding="utf-8"))
        run_file = folder / "run.yaml"
        moved = {**_moved(content), "reports": str(folder / "reports")}
        run_file.write_text(yaml.safe_dump(moved), encoding="utf-8")
        worklist = ("-c", COMMAND, str(run_file))
        print(f"first run: {seconds(*worklist)[0]:.1f} s")
        taken = [(seconds("-c", "import pandas"), seconds(*worklist)) for _ in range(rounds)]
    for place, kind in enumerate(("wall", "CPU")):
        pairs = [(other[place], one[place]) for other, one in taken]
        pandas, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
        ratio = statistics.median(one / other for other, one in pairs)
        print(f"{kind} time: import pandas {pandas:.2f} s, tradecredit worklist {ours:.2f} s: {ratio:.1f} times")


def _moved(value: Any) -> Any:
    """Return what a run file states with its files found from another folder."""
    if isinstance(value, dict):
        return {name: _moved(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_moved(one) for one in value]
    if isinstance(value, str) and value.endswith(".yaml"):
        return str(ROOT / "params" / value)
    return value


if __name__ == "__main__":
    main()
