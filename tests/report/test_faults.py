"""Disks that are full and folders that nobody may write to, as the system's own: one message, exit code 2, no remains.

A mount namespace of the test's own holds a small file system in memory; where that is not allowed, tests are skipped.
"""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

MOUNTS = (
    shutil.which("unshare")
    and not subprocess.run(
        ["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, check=False
    ).returncode
)
pytestmark = pytest.mark.skipif(not MOUNTS, reason="file systems cannot be mounted here, even in a namespace")

FILLING = """from tradecredit import Book
from tradecredit.report.chapter import Chapter
chapter = Chapter("00_summary", Book.open(run_file, as_of), output)
chapter.table(chapter._book.invoices.loc[[0] * 40_000], "big", "A table that does not fit")"""


def command(*arguments: object, mounted: str = "") -> subprocess.CompletedProcess:
    """Run a command of the program after others of the shell, in a mount namespace that goes with it."""
    program = shlex.join([sys.executable, "-m", "tradecredit.cli", *map(str, arguments)])
    return subprocess.run(
        ["unshare", "-rm", "sh", "-ec", f"{mounted}\nexec {program}"], capture_output=True, text=True, check=False
    )


def small(folder: Path) -> str:
    return f"mount -t tmpfs -o size=1m none {shlex.quote(str(folder))}"


def read_only(folder: Path) -> str:
    """A folder whose content stays to be seen."""
    place = shlex.quote(str(folder))
    return f"mount --bind {place} {place} && mount -o remount,bind,ro {place}"


def refused(done: subprocess.CompletedProcess, reason: str) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"cannot be written ({reason})" in done.stderr
    assert "Remedy: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def project(ledger):
    cells = [
        new_markdown_cell("# Summary"),
        new_code_cell('run_file: str = ""\nas_of: str = ""\noutput: str = ""', metadata={"tags": ["parameters"]}),
        new_code_cell(FILLING),
    ]
    for name in ("notebooks", "reports", ".tradecredit"):
        (ledger.folder / name).mkdir()
    write(new_notebook(cells=cells), ledger.folder / "notebooks" / "00_summary.ipynb")
    ledger.run(notebooks="notebooks")
    return ledger


def test_a_full_disk_of_reports(project):
    reports = project.folder / "reports"
    listed = f"trap 'find {shlex.quote(str(reports))} -type f' EXIT"
    program = shlex.join([sys.executable, "-m", "tradecredit.cli", "report", str(project.run_file)])
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f"{small(reports)}\n{listed}\n{program}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    refused(done, "No space left on device")
    left = {Path(line).name for line in done.stdout.splitlines() if line.startswith(str(reports))}
    assert left == {"2024-03.json", "index.html"}, "the failure, and the index that shows it"


def test_a_full_disk_of_results(project):
    full = (
        f"{small(project.folder / '.tradecredit')}\nhead -c 2000000 /dev/zero >{project.folder}/.tradecredit/x || true"
    )
    refused(command("check", project.run_file, mounted=full), "No space left on device")


@pytest.mark.parametrize("name", ["reports", ".tradecredit"])
def test_folders_that_are_read_only(project, name):
    done = command("report", project.run_file, mounted=read_only(project.folder / name))
    refused(done, "Read-only file system")
    assert not list((project.folder / "reports").rglob("2024-03"))


@pytest.mark.parametrize(
    "arguments", [["index", "."], ["demo", "new", "--buyers", "20", "--invoices", "500"], ["start", "e.csv"]], ids=str
)
def test_commands_into_a_read_only_folder(tmp_path, arguments):
    (tmp_path / "e.csv").write_text(
        "Invoice,Customer,Invoice date,Due date,Amount,Open amount\nI1,Alder,2024-01-10,2024-02-09,100.00,50.00\n"
    )
    inside = f"{read_only(tmp_path)}\ncd {shlex.quote(str(tmp_path))}"
    refused(command(*arguments, mounted=inside), "Read-only file system")


def test_machine_code_that_cannot_be_kept(project, tmp_path):
    (tmp_path / "caches").mkdir()
    inside = f"{read_only(tmp_path / 'caches')}\nexport XDG_CACHE_HOME={shlex.quote(str(tmp_path / 'caches'))}"
    done = command("check", project.run_file, mounted=inside)
    refused(done, "Read-only file system")
    assert "XDG_CACHE_HOME" in done.stderr
