"""The reports of a group and its entities: made together, tied by the index, and what becomes of one that is broken."""

import json
from pathlib import Path

import nbformat
import pytest
from groups import SOUTH, Group
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError
from typer.testing import CliRunner

from tradecredit import cli
from tradecredit.params.run import Run
from tradecredit.report import entities
from tradecredit.report.attempts import failure
from tradecredit.report.checked import checked_books
from tradecredit.report.run import report

SUMMARY = """from tradecredit import Book
from tradecredit.measure.entities import by_entity
from tradecredit.report.chapter import Chapter
book = Book.open(run_file, as_of)
chapter = Chapter("00_summary", book, output)
chapter.headline({"receivables": (book.invoices["amount"].sum(), book.run.currency, "Invoiced")})
chapter.table(by_entity(book), "by_entity", "By entity")"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Group:
    """A group whose month and those of its entities are made, of a summary alone."""
    group = Group(tmp_path_factory.mktemp("group"))
    cells = [
        new_markdown_cell("# Summary"),
        new_code_cell('run_file: str = ""\nas_of: str = ""\noutput: str = ""', metadata={"tags": ["parameters"]}),
        new_code_cell(SUMMARY),
    ]
    (group.folder / "notebooks").mkdir()
    nbformat.write(new_notebook(cells=cells), group.folder / "notebooks" / "00_summary.ipynb")
    for file in ("north", "south", "group"):
        with (group.folder / f"{file}.yaml").open("a", encoding="utf-8") as stream:
            stream.write("notebooks: notebooks\n")
    with (group.folder / "south.yaml").open("a", encoding="utf-8") as stream:
        stream.write("language: de\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tradecredit.book.memory.CACHE", None)
        report(group.file)
    return group


def _figure(month: Path) -> float:
    content = json.loads((month / "results.json").read_text(encoding="utf-8"))
    return content["chapters"]["00_summary"]["figures"]["receivables"]["value"]


def test_each_entity_has_its_month_and_the_group_one_of_its_own(made):
    months = {name: made.folder / "reports" / name / "2024-03" for name in ("north-gmbh", "south-inc", "compass")}
    assert {name: _figure(month) for name, month in months.items()} == {
        "north-gmbh": 1000 + 500 + 700,
        "south-inc": 300 + 200 + 400,
        "compass": pytest.approx(1000 + 500 + (300 + 200) * 0.90),
    }
    manifest = json.loads((months["compass"] / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["entities"] == ["North GmbH", "South Inc."]
    assert "south: invoices.csv" in manifest["book"]["files"]
    assert "south: south.yaml" in manifest["book"]["files"]
    assert str(made.folder) not in json.dumps(manifest)
    table = (months["compass"] / "tables" / "00_summary" / "by_entity.csv").read_text(encoding="utf-8")
    assert [line.split(",")[0] for line in table.splitlines()[1:]] == ["north", "south", "Compass"]
    assert 'lang="de"' in (months["south-inc"] / "00_summary.html").read_text(encoding="utf-8")


def test_the_index_leads_from_the_group_to_its_entities(made):
    index = (made.folder / "reports" / "index.html").read_text(encoding="utf-8")
    told = 'A group of <a href="#north-gmbh">North GmbH</a>, <a href="#south-inc">South Inc.</a>.'
    assert told in index
    assert '<h2 id="south-inc">' in index
    assert 'href="compass/2024-03/00_summary.html"' in index


def test_a_broken_entity_holds_up_the_group_and_nobody_else(made, monkeypatch):
    monkeypatch.setattr("tradecredit.book.memory.CACHE", None)
    reports = made.folder / "reports"
    before = {
        name: (reports / name / "2024-03" / "manifest.json").read_bytes()
        for name in ("north-gmbh", "south-inc", "compass")
    }
    made.write("south", "invoices", SOUTH["invoices"].replace("C2", "C5"))
    # North is broken by nothing, though it comes first or last.
    outcome = CliRunner().invoke(cli.app, ["report", str(made.file)])
    made.write("south", "invoices", SOUTH["invoices"])
    assert outcome.exit_code == 2
    assert "South Inc.: its report was not made, and that of the group will not be" in outcome.stderr
    assert "south: invoices.csv, row 3, buyer_id: found 'C5'" in outcome.stderr
    after = {name: (reports / name / "2024-03" / "manifest.json").read_bytes() for name in before}
    assert {name for name in before if before[name] != after[name]} == {"north-gmbh"}
    for name in ("south-inc", "compass"):
        told = json.loads((reports / name / "failed" / "2024-03.json").read_text(encoding="utf-8"))
        assert "found 'C5'" in told["error"]
    status = CliRunner().invoke(cli.app, ["status", str(made.file)])
    assert status.exit_code == 1
    assert "south: invoices.csv" in status.output.splitlines()[1]


def test_check_goes_through_all_entities_and_the_group(made, tmp_path, monkeypatch):
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path)
    outcome = CliRunner().invoke(cli.app, ["check", str(made.file)])
    assert outcome.exit_code == 0
    assert [line for line in outcome.output.splitlines() if "no problem found" in line] == [
        f"{name} as of 2024-03-31: no problem found." for name in ("North GmbH", "South Inc.", "Compass")
    ]
    assert "north: of companies of the group, eliminated: 700.00 EUR open" in outcome.output
    made.write("south", "invoices", SOUTH["invoices"].replace("C2", "C5"))
    outcome = CliRunner().invoke(cli.app, ["check", str(made.file)])
    made.write("south", "invoices", SOUTH["invoices"])
    assert outcome.exit_code == 2
    assert outcome.stderr.startswith("1 problem:\n  south: invoices.csv, row 3")


def test_of_a_run_that_is_no_group_nothing_else_is_made(ledger):
    called = []
    entities.of_entities(Run.from_yaml(ledger.run_file), called.append)
    assert called == []
    assert len(checked_books(Run.from_yaml(ledger.run_file))) == 1


def test_a_chapter_that_fails_for_an_entity_says_whose_it_is(made, capsys):
    error = PapermillExecutionError(
        cell_index=4, exec_count=3, source="1 / 0", ename="ZeroDivisionError", evalue="by zero", traceback=[]
    )
    error.chapter = "01_receivables"

    def make(one: Run) -> None:
        if one.entity == "North GmbH":
            raise error

    run = Run.from_yaml(made.file)
    with pytest.raises(PapermillExecutionError):
        entities.of_entities(run, make)
    assert "North GmbH: its report was not made" in capsys.readouterr().err
    failed = failure(error, run)
    assert failed.exit_code == 1
    assert failed.error == "North GmbH: ZeroDivisionError: by zero"
