"""Kills a run twenty times, eight while it publishes: what is published stays whole, nothing is left.

Arguments: the chapters that the runs make beside the summary; all without any. Says when each was killed, and ends with
an error where a published month was not whole, a kernel was left, or the run that follows differs from one that nobody
disturbed.
Pages show the library's source: nobody may edit the checkout meanwhile.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

KILLS, AT_PUBLISHING = 20, 8
ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "tradecredit.cli"]


def run_file(folder: Path, ledger: Path, chapters: list[str]) -> Path:
    content = yaml.safe_load((ledger / "run.yaml").read_text(encoding="utf-8"))
    for kind in ("policies", "scenarios", "economy"):
        shutil.copytree(ledger / kind, folder / kind)
    content |= {"source": {"kind": "folder", "path": str(ledger)}, "reports": "reports", "as_of": "2026-10-31"}
    content |= {"simulation": {"scenarios": 20_000, "seed": 1}}
    if chapters:
        (folder / "notebooks").mkdir()
        for name in ("00_summary", *chapters):
            shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", folder / "notebooks")
        content["notebooks"] = "notebooks"
    (folder / "run.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder / "run.yaml"


def report(file: Path) -> subprocess.Popen:
    return subprocess.Popen([*PROGRAM, "report", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def content(month: Path) -> dict[str, str]:
    """Return a hash of each file, without how long things took and the four digits of where the run file lies."""
    found = {}
    for file in sorted(path for path in month.rglob("*") if path.is_file()):
        data = file.read_bytes()
        if file.name == "manifest.json":
            manifest = json.loads(data) | {"run_place": None}
            for timed in (manifest, *manifest["chapters"]):
                timed["seconds"] = timed["started"] = None
            data = json.dumps(manifest, sort_keys=True).encode()
        found[str(file.relative_to(month))] = hashlib.sha256(data).hexdigest()
    return found


def publishing_seconds(process: subprocess.Popen, reports: Path) -> float:
    """Wait for the end of a run, and return how long it took from its manifest on."""
    began = None
    while process.poll() is None:
        if began is None and any(reports.glob(".building-*/manifest.json")):
            began = time.monotonic()
        time.sleep(0.001)
    assert process.returncode == 0
    assert began is not None
    return time.monotonic() - began


def killed(process: subprocess.Popen, reports: Path, seconds: float, *, publishing: bool) -> str:
    """Kill a run so many seconds after its begin, or after its manifest is written; return when, and nothing where it
    had ended before."""
    began, earlier = time.monotonic(), set(reports.glob(".building-*/manifest.json"))
    if publishing:
        while process.poll() is None and not set(reports.glob(".building-*/manifest.json")) - earlier:
            time.sleep(0.001)
    time.sleep(seconds)
    process.kill()
    process.wait()
    if process.returncode != -signal.SIGKILL:
        return ""
    return f"{seconds:.2f} s after its manifest" if publishing else f"after {time.monotonic() - began:.1f} s"


def kernels_of(folder: Path) -> list[str]:
    """Return the processes that work in a folder's notebooks or name it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (process / "cmdline").read_bytes() and int(process.name) != os.getpid():
                found.append(process.name)
        except OSError:
            continue
    return found


def main(chapters: list[str]) -> None:
    random.seed(1)
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        ledger = place / "ledger"
        subprocess.run([*PROGRAM, "demo", str(ledger), "--buyers", "40", "--invoices", "2000"],
                       check=True, stdout=subprocess.DEVNULL)  # fmt: skip
        months = {}
        for name in ("undisturbed", "disturbed"):
            (place / name).mkdir()
            file = run_file(place / name, ledger, chapters)
            began = time.monotonic()
            publishing = publishing_seconds(report(file), place / name / "reports")
            took = time.monotonic() - began
            months[name] = next((place / name / "reports").glob("*/2026-10"))
        before = content(months["disturbed"])
        assert before == content(months["undisturbed"])
        # What publishing takes once all is remembered, as it is when the run is killed at it.
        publishing = publishing_seconds(report(file), place / "disturbed" / "reports")
        print(f"A run takes {took:.1f} s, and {publishing:.2f} from its manifest on.", flush=True)
        for number in range(KILLS):
            reports, at_publishing = place / "disturbed" / "reports", number < AT_PUBLISHING
            if not at_publishing:  # all is computed anew
                shutil.rmtree(place / "disturbed" / ".tradecredit" / "results", ignore_errors=True)
            seconds = random.uniform(0, publishing) if at_publishing else random.uniform(0.5, took)
            while not (when := killed(report(file), reports, seconds, publishing=at_publishing)):
                seconds *= 0.8  # it had ended
            now = content(months["disturbed"])
            differing = [name for name in before | now if before.get(name) != now.get(name)]
            assert not differing, f"kill {number + 1} {when}: the published month is not whole: {differing}"
            left = [path.name for path in reports.glob(".*")]
            print(f"kill {number + 1:2} {when}: whole; left for the next run: {len(left)}", flush=True)
        time.sleep(2)
        assert not kernels_of(place), "a process outlived its run"
        assert report(file).wait() == 0
        assert content(months["disturbed"]) == before
        assert not list(reports.glob(".*")), "something was left"
        print("The run that follows equals the undisturbed one, and nothing is left.")


if __name__ == "__main__":
    main(sys.argv[1:])
