"""Nothing that was not asked for is written: a planted secret, where things lie, and more than the owner may read."""

import base64
import os
import stat
import sys
from pathlib import Path

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

from tradecredit import cli
from tradecredit.errors import ParameterError
from tradecredit.params.run import Run

SECRET = "Zx9hunter2"
SETUP = """from tradecredit import Book
from tradecredit.report.chapter import Chapter
book = Book.open(run_file, as_of)
chapter = Chapter("00_summary", book, output)"""
SHOWN = """chapter.headline({"owed": (book.invoices["amount"].sum(), "EUR", "Owed")})
chapter.table(book.buyers, "buyers", "All buyers")"""


@pytest.fixture
def project(ledger, tmp_path, monkeypatch):
    """A ledger in a folder whose name is a secret, which stands in the environment as well."""
    monkeypatch.setenv("TRADECREDIT_DSN", f"postgresql://credit:{SECRET}@db.example/ledger")
    monkeypatch.setenv("PGPASSWORD", SECRET)
    monkeypatch.setattr("tradecredit.book.memory.CACHE", None)
    ledger = type(ledger)(tmp_path / f"password={SECRET}")
    chapter(ledger, SHOWN)
    ledger.run(notebooks="notebooks", after={"ok": [sys.executable, "-c", "pass", SECRET]})
    return ledger


def chapter(ledger, code: str) -> None:
    parameters = 'run_file: str = ""  # a\nas_of: str = ""  # b\noutput: str = ""  # c'
    cells = [
        new_markdown_cell("# Summary"),
        new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        *(new_code_cell(source) for source in (SETUP, code)),
    ]
    (ledger.folder / "notebooks").mkdir(exist_ok=True)
    write(new_notebook(cells=cells), ledger.folder / "notebooks" / "00_summary.ipynb")


def forms(secret: str) -> list[bytes]:
    """Return the bytes that a text may be written as: in UTF-8 and UTF-16, as base64 at any place, as hex."""
    raw = secret.encode()
    shifted = [base64.b64encode(bytes(shift) + raw + bytes(3))[4:-8] for shift in range(3)]
    return [raw, secret.encode("utf-16-le"), raw.hex().encode(), *shifted]


def written(ledger) -> dict[str, bytes]:
    """Return all that runs have written; the run file is the user's own."""
    folders = (ledger.folder / "reports", ledger.folder / ".tradecredit")
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return {str(file.relative_to(ledger.folder)): file.read_bytes() for file in files}


def test_the_forms_of_a_secret_are_found():
    text = f"postgresql://credit:{SECRET}@db".encode()
    for content in (text, base64.b64encode(text), base64.b64encode(b"a" + text), base64.b64encode(b"ab" + text)):
        assert any(form in content for form in forms(SECRET))


@pytest.mark.parametrize("spoilt", ["nothing", "the chapter", "the data"])
def test_a_secret_is_in_no_byte_that_is_written(project, spoilt):
    if spoilt == "the chapter":
        chapter(project, "open(run_file + '.none')")
    if spoilt == "the data":
        project.replace("invoices", "500.50", "lots")
    outcome = CliRunner().invoke(cli.app, ["report", str(project.run_file)])
    assert outcome.exit_code == {"nothing": 0, "the chapter": 1, "the data": 2}[spoilt], outcome.output
    files = written(project)
    assert "reports/index.html" in files
    assert ".tradecredit/runs.jsonl" in files
    if spoilt == "the chapter":
        assert b"/run.yaml.none" in files["reports/index.html"], "the message is there, without the folder"
    assert not [name for name, content in files.items() if any(form in content for form in forms(SECRET))]


@pytest.mark.parametrize("named", [f"ledger password={SECRET}.csv", f"ledger_{SECRET}.csv"])
@pytest.mark.parametrize("what", ["a table's file", "an export's file", "the folder", "the run file", "a query"])
def test_a_secret_in_a_name_is_refused_and_in_no_byte_that_is_written(project, what, named):
    run_file, data = project.run_file, project.folder / "data"
    if what == "a table's file":
        (data / "invoices.csv").rename(data / named)
        project.run(tables={"invoices": {"file": named}})
    if what == "an export's file":
        (data / "invoices.csv").rename(data / named)
        form = {"layout": "table", "separator": ","}
        columns = {one: one for one in ("invoice_id", "buyer_id", "issued", "amount")}
        project.run(source={"kind": "export", "path": "data", "files": ["ledger*.csv"], "exported": "2024-03-31",
                            "form": form, "columns": columns})  # fmt: skip
    if what == "the folder":
        data.rename(project.folder / named)
        project.run(source={"kind": "folder", "path": named})
    if what == "the run file":
        run_file = run_file.rename(project.folder / f"{named}.yaml")
    if what == "a query":
        query = f"select * from dblink('host=db password={SECRET}', 'table invoices')"
        project.run(source={"kind": "postgres", "dsn_env": "TRADECREDIT_DSN"}, tables={"invoices": {"query": query}})
    outcome = CliRunner().invoke(cli.app, ["report", str(run_file)])
    assert outcome.exit_code == 2, outcome.output
    assert "holds what looks like a password" in outcome.output
    assert not [name for name, content in written(project).items() if any(form in content for form in forms(SECRET))]
    told = outcome.output.replace(str(project.folder), "")
    assert SECRET not in told.split("holds what looks like")[0]


def test_modes_follow_the_umask_and_customers_data_are_the_owners(project):
    if sys.platform == "win32":
        pytest.skip("Windows has no modes")
    before = os.umask(0o027)
    try:
        assert CliRunner().invoke(cli.app, ["report", str(project.run_file)]).exit_code == 0
    finally:
        os.umask(before)
    paths = [project.folder / "reports", *(project.folder / "reports").rglob("*")]
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in paths}
    assert modes == {(True, 0o750), (False, 0o640)}
    kept = project.folder / ".tradecredit"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700


def test_kept_data_of_an_earlier_version_become_the_owners(project):
    if sys.platform == "win32":
        pytest.skip("Windows has no modes")
    kept = project.folder / ".tradecredit"
    kept.mkdir(mode=0o755)
    assert CliRunner().invoke(cli.app, ["check", str(project.run_file)]).exit_code == 0
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700


def test_parameters_name_no_code(project):
    mark = project.folder / "mark"
    text = project.run_file.read_text()
    project.run_file.write_text(f"{text}margin: !!python/object/apply:pathlib.Path.touch [{mark}]\n")
    with pytest.raises(ParameterError, match="not valid YAML: could not determine a constructor"):
        Run.from_yaml(project.run_file)
    assert not Path(mark).exists()
