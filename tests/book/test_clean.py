from pathlib import Path

import pytest
from typer.testing import CliRunner

from tradecredit import Book, cli, default
from tradecredit.book import memory
from tradecredit.book.memory import forget
from tradecredit.errors import ParameterError


@pytest.fixture
def beside(ledger, monkeypatch) -> Path:
    """The folder beside the run file of a book that was opened, with a result."""
    monkeypatch.setattr(memory, "CACHE", None)
    default.assess(Book.open(ledger.run_file))
    return ledger.folder / ".tradecredit"


def clean(run_file: Path) -> str:
    outcome = CliRunner().invoke(cli.app, ["clean", str(run_file)])
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def test_what_is_kept_lies_beside_the_run_file_and_goes_with_clean(ledger, beside):
    (beside / "parts" / "0").mkdir(parents=True)  # of a ledger whose measuring was killed
    assert len(list((beside / "books").glob("*.arrow"))) == len(list((beside / "results").glob("*.pickle"))) == 1
    others = sorted(path for path in ledger.folder.rglob("*") if beside not in path.parents and path != beside)
    assert clean(ledger.run_file).startswith("Removed 2 files, ")
    assert not beside.exists()
    assert sorted(ledger.folder.rglob("*")) == others
    assert clean(ledger.run_file) == f"Nothing to remove: {beside} holds nothing that is kept.\n"
    assert len(default.assess(Book.open(ledger.run_file))) == 3


def test_a_run_file_that_is_broken_can_be_cleaned_too(ledger, beside):
    ledger.run_file.write_text("entity: [")
    assert "Removed 2 files" in clean(ledger.run_file)
    assert not beside.exists()


def test_nothing_else_is_touched(ledger, beside, tmp_path):
    own = beside / "results" / "notes.pickle.txt"
    own.write_text("mine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a-0.pickle").write_text("not ours")
    (beside / "results" / "link-0.pickle").symlink_to(elsewhere / "a-0.pickle")
    told = clean(ledger.run_file)
    assert "Left, as it was not put there by this program: results/link-0.pickle and results/notes.pickle.txt." in told
    assert own.read_text() == "mine"
    assert (elsewhere / "a-0.pickle").read_text() == "not ours"
    assert not (beside / "books").exists()


def test_a_link_in_place_of_the_folder_is_not_followed(beside, tmp_path):
    moved = beside.rename(tmp_path / "moved")
    beside.symlink_to(moved)
    assert forget(beside).files == 0
    assert list((moved / "books").glob("*.arrow"))


def test_clean_beside_nothing_is_refused(tmp_path):
    outcome = CliRunner().invoke(cli.app, ["clean", str(tmp_path / "no.yaml")])
    assert outcome.exit_code == 2


def test_a_folder_that_cannot_be_written_is_one_refusal(ledger, monkeypatch):
    monkeypatch.setattr(memory, "CACHE", None)
    (ledger.folder / ".tradecredit").write_text("a file in its place")
    with pytest.raises(ParameterError, match=r"cannot be written .*copy the run file to a folder"):
        Book.open(ledger.run_file)
