"""The wheel that is built from the checkout: it installs alone, holds what it reads, and checks a book."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tradecredit.params.base import PROJECT


def run(*command: object, folder: Path, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-P", "-m", *map(str, command)],
        cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The folder that the wheel was installed into, which the checkout is not seen from."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(PROJECT / "lib", source / "lib", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(PROJECT / name, source)
    offline = ("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    built = run("pip", "wheel", *offline, "--no-build-isolation", "--wheel-dir", folder, source, folder=folder)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("tradecredit-*.whl")
    done = run("pip", "install", *offline, "--target", folder / "site", wheel, folder=folder)
    assert done.returncode == 0, done.stderr
    return folder / "site"


def test_it_holds_all_files_of_the_library(installed):
    kept = {".py", ".json", ".csv", ".yaml", ".css", ".js", ".j2"}
    wanted = {file.relative_to(PROJECT / "lib") for file in (PROJECT / "lib" / "tradecredit").rglob("*")
              if file.suffix in kept}  # fmt: skip
    assert len(wanted) > 300
    assert not [str(file) for file in sorted(wanted) if not (installed / file).is_file()]


def test_it_checks_a_book(installed, ledger, tmp_path):
    where = run("tradecredit.cli", "check", ledger.run_file, folder=tmp_path, PYTHONPATH=str(installed))
    assert where.returncode == 0, where.stderr
    assert "no problem found" in where.stdout


def test_what_needs_the_checkout_says_so(installed, ledger, tmp_path):
    (tmp_path / "items.csv").write_text("Invoice,Customer,Due date,Amount\nI1,Alder,2024-02-09,100.00\n")
    done = run("tradecredit.cli", "start", "items.csv", folder=tmp_path, PYTHONPATH=str(installed))
    assert done.returncode == 2, done.stderr
    assert "the descriptions of systems' exports lie in the checkout" in done.stderr
    assert not (tmp_path / "items.yaml").exists()
    done = run("tradecredit.cli", "report", ledger.run_file, folder=tmp_path, PYTHONPATH=str(installed))
    assert done.returncode == 2, done.stderr
    assert "is not a folder, and holds no chapters. Remedy: install the library from its checkout" in done.stderr


def test_the_demo_says_that_it_needs_the_checkout(installed, tmp_path):
    done = run("tradecredit.cli", "demo", tmp_path / "new", folder=tmp_path, PYTHONPATH=str(installed))
    assert done.returncode == 2, done.stderr
    assert "the demo's run files lie in the checkout" in done.stderr
    assert not (tmp_path / "new").exists()
