"""The same bytes wherever a computer stands: another time zone, another language, another encoding of texts."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from places import SETTINGS, languages
from typer.testing import CliRunner

from tradecredit import cli

TELLS = "import locale; locale.setlocale(locale.LC_ALL, ''); print(locale.getlocale(), locale.str(0.5))"
LETTERS = {"address": ["1 Straße"], "contact": "Müller", "email": "a@example.com",
           "accounts": [{"bank": "Bank", "iban": "GB29 NWBK 6016 1331 9268 19"}]}  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    """A small company's run file, with letters whose text is not ASCII."""
    folder = tmp_path_factory.mktemp("places") / "book"
    made = CliRunner().invoke(cli.app, ["demo", str(folder), "--buyers", "24", "--invoices", "800", "--seed", "3"])
    assert made.exit_code == 0, made.output
    content = yaml.safe_load((folder / "run.yaml").read_text(encoding="utf-8"))
    content |= {"reports": "reports", "collections": {"letters": LETTERS}}
    (folder / "run.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def spoken(tmp_path_factory) -> dict[str, str]:
    """What lets a process speak the languages of `SETTINGS`; nothing where they cannot be made."""
    try:
        return languages(tmp_path_factory.mktemp("languages"))
    except LookupError:
        return {}


@pytest.mark.parametrize(("place", "told"), [
    ("Shanghai in Chinese", "('zh_CN', 'gbk') 0.5"), ("Los Angeles in German", "('de_DE', 'UTF-8') 0,5"),
])  # fmt: skip
def test_processes_do_speak_these_languages(spoken, place, told):
    if not spoken:
        pytest.skip("these languages cannot be made here")
    done = subprocess.run([sys.executable, "-c", TELLS], env=os.environ | spoken | SETTINGS[place],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.strip() == told


def written(book: Path, folder: Path, settings: dict[str, str]) -> dict[str, bytes]:
    """Return the files of a worklist that is made somewhere."""
    shutil.copytree(book, folder)
    done = subprocess.run(
        [sys.executable, "-m", "tradecredit.cli", "worklist", str(folder / "run.yaml"), "--as-of", "2026-10-15"],
        env=os.environ | settings, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    reports = folder / "reports"
    told = done.stdout.replace(os.fsencode(folder), b"")
    return {str(file.relative_to(reports)): file.read_bytes() for file in reports.rglob("*") if file.is_file()} | {
        "told": told
    }


def test_a_worklist_is_the_same_everywhere(book, tmp_path, spoken):
    first, *others = [written(book, tmp_path / name, spoken | settings) for name, settings in SETTINGS.items()]
    names = {Path(name).name for name in first}
    assert {"told", "index.html", "worklist.csv", "letters.csv", "collections.ics"} < names
    assert any(name.startswith("letter_") for name in names)
    for other in others:
        assert {name for name in first if first[name] != other.get(name)} == set()
        assert other.keys() == first.keys()
