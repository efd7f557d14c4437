"""How long the demo report takes in one process, against papermill and nbconvert on the command line.

Both make the same chapters of the same month from the same remembered results (one unmeasured run comes first), one
after the other; the rounds alternate, since machines drift. Prints each round and the median ratio; aim: at most 0.7.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ROUNDS = 3


def seconds(*commands: list[object]) -> float:
    began = time.perf_counter()
    for command in commands:
        subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd=ROOT / "notebooks")
    return time.perf_counter() - began


def main() -> None:
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = yaml.safe_load((ROOT / "params/demo.yaml").read_text())
        run |= {"reports": str(folder / "reports"), "policy": str(ROOT / "params" / run["policy"])}
        run["quotes"] = [str(ROOT / "params" / quote) for quote in run["quotes"]]
        run_file = folder / "run.yaml"
        run_file.write_text(yaml.safe_dump(run))
        one_process = [BIN / "tradecredit", "report", run_file, "--as-of", "2026-10-31"]
        command_line = []
        for notebook in [*notebooks[1:], notebooks[0]]:  # the summary reads what the others published
            executed = folder / notebook.name
            parameters = ["-p", "run_file", run_file, "-p", "as_of", "2026-10-31", "-p", "output", folder / "published"]
            command_line += [
                [BIN / "papermill", notebook, executed, *parameters],
                [BIN / "jupyter", "nbconvert", "--to", "html", executed],
            ]
        seconds(one_process)
        ratios = []
        for number in range(1, ROUNDS + 1):
            ours, theirs = seconds(one_process), seconds(*command_line)
            ratios.append(ours / theirs)
            print(f"round {number}: one process {ours:.1f} s, command line {theirs:.1f} s, ratio {ours / theirs:.2f}")
    print(f"report time, one process / command line: {statistics.median(ratios):.2f} (aim: at most 0.70)")


if __name__ == "__main__":
    main()
