"""The monthly run: published whole or not at all, the same twice, and what a failure leaves behind."""

import hashlib
import json
from pathlib import Path

import pytest
from chapters import notebook
from typer.testing import CliRunner

from tradecredit import cli
from tradecredit.errors import InputError, ParameterError
from tradecredit.params.run import Run
from tradecredit.report import run
from tradecredit.report.folders import month_folder, slug
from tradecredit.report.run import report

LEDGER = """chapter.headline({"owed": (book.invoices["amount"].sum(), "EUR", "Owed")})
chapter.table(book.buyers, "buyers", "All buyers")"""


@pytest.fixture
def project(ledger):
    """A run file with two chapters of its own: the ledger's, and a summary that reads its results."""
    folder = ledger.folder / "notebooks"
    notebook(folder, "01_ledger", LEDGER)
    notebook(folder, "00_summary", 'import json, pathlib\nprint(pathlib.Path(output, "results.json").read_text())')
    ledger.run(notebooks="notebooks")
    return ledger


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_a_month_is_published_and_the_same_again(project):
    page = report(project.run_file)
    month = project.folder / "reports" / "test-co" / "2024-03"
    assert page == month / "00_summary.html"
    first = files(month)
    assert set(first) == {
        "00_summary.html", "01_ledger.html", "glossary.html", "search.html", "manifest.json", "results.json",
        "tables/01_ledger/buyers.csv",
        "tables/01_ledger/datapackage.json", "workbook.xlsx", "source/tradecredit.book.book.html",
        "buyers/index.html", *(f"buyers/buyer_{buyer}.html" for buyer in ("B1", "B2", "B3")),
    }  # fmt: skip
    # 1000 + 500.50 + 200 GBP at 1.15 + 300
    results = json.loads(first["results.json"])
    assert results["chapters"]["01_ledger"]["figures"]["owed"]["value"] == 2030.5
    assert results["chapters"]["01_ledger"]["title"] == "About 01_ledger"
    manifest = json.loads(first["manifest.json"])
    assert manifest["book"]["tables"]["invoices"]["rows"] == 4
    assert [chapter["name"] for chapter in manifest["chapters"]] == ["00_summary", "01_ledger"]
    assert manifest["parameters"]["simulation"]["seed"] == manifest["seed"]
    assert "Birch Ltd" in first["01_ledger.html"].decode()
    assert "2030.5" in first["00_summary.html"].decode()
    report(project.run_file)
    again = files(month)
    assert {name for name in first if first[name] != again[name]} <= {"manifest.json"}
    assert not list((project.folder / "reports").glob(".building*"))
    assert "2024-03" in (project.folder / "reports" / "index.html").read_text()


def test_a_failing_chapter_leaves_the_good_report_and_is_named(project):
    report(project.run_file)
    month = project.folder / "reports" / "test-co" / "2024-03"
    before = files(month)
    notebook(project.folder / "notebooks", "01_ledger", LEDGER, "1 + 1\nbook.invoices['nothing']")
    outcome = CliRunner().invoke(cli.app, ["report", str(project.run_file)])
    assert outcome.exit_code == 1
    assert "01_ledger failed in cell" in outcome.stderr
    assert "KeyError: 'nothing'" in outcome.stderr
    assert files(month) == before
    index = (project.folder / "reports" / "index.html").read_text()
    failed = json.loads((month.parent / "failed" / "2024-03.json").read_text())
    assert failed["chapter"] == "01_ledger"
    assert "KeyError" in failed["error"]
    assert "KeyError" in index
    notebook(project.folder / "notebooks", "01_ledger", LEDGER)
    report(project.run_file)
    assert not (month.parent / "failed" / "2024-03.json").exists()


def test_input_that_a_chapter_finds_bad_exits_as_bad_input(project):
    raising = (
        "from tradecredit.errors import InputError, Problem\nraise InputError([Problem('x', 'is wrong', 'mend it')])"
    )
    notebook(project.folder / "notebooks", "01_ledger", LEDGER, raising)
    outcome = CliRunner().invoke(cli.app, ["report", str(project.run_file)])
    assert outcome.exit_code == 2
    assert "x: is wrong. Remedy: mend it" in outcome.stderr
    assert not (project.folder / "reports" / "test-co" / "2024-03").exists()


def test_chapters_are_of_the_book_with_which_the_report_began(project):
    ledger = str(project.folder / "data" / "invoices.csv")
    changing = (
        f"from pathlib import Path\nPath({ledger!r}).write_text(Path({ledger!r}).read_text().replace('300', '700'))"
    )
    owed = 'chapter.headline({"%s": (book.invoices["amount"].sum(), "EUR", "Owed")})'
    notebook(project.folder / "notebooks", "01_ledger", owed % "owed", changing)
    notebook(project.folder / "notebooks", "00_summary", owed % "owed_later")
    folder = report(project.run_file).parent
    chapters = json.loads((folder / "results.json").read_text())["chapters"]
    first, later = (chapters[name]["figures"] for name in ("01_ledger", "00_summary"))
    assert first["owed"]["value"] == later["owed_later"]["value"]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["book"]["files"]["invoices.csv"] != hashlib.sha256(Path(ledger).read_bytes()).hexdigest()


def test_one_chapter_is_made_anew_and_the_others_stay(project):
    with pytest.raises(ParameterError, match="make the whole report first"):
        report(project.run_file, chapters=["01_ledger"])
    notebook(project.folder / "notebooks", "02_more", 'chapter.headline({"two": (2, "count", "Two")})')
    page = report(project.run_file)
    old = (page.parent / "02_more.html").read_bytes()
    notebook(project.folder / "notebooks", "01_ledger", LEDGER.replace("owed", "owing"))
    report(project.run_file, chapters=["01_ledger"])
    chapters = json.loads((page.parent / "results.json").read_text())["chapters"]
    assert list(chapters["01_ledger"]["figures"]) == ["owing"]
    assert list(chapters["02_more"]["figures"]) == ["two"]
    assert (page.parent / "02_more.html").read_bytes() == old
    notebook(project.folder / "notebooks", "02_more", 'chapter.headline({"three": (3, "count", "Three")})')
    report(project.run_file, chapters=["00_summary"])
    assert (page.parent / "02_more.html").read_bytes() == old
    with pytest.raises(ParameterError, match=r"03_none.*use one of: 00_summary, 01_ledger, 02_more"):
        report(project.run_file, chapters=["03_none"])


def test_bad_input_exits_2_before_anything_is_written(project):
    project.run(polcy="x.yaml", policy="none.yaml", simulation={"levels": [2]})
    outcome = CliRunner().invoke(cli.app, ["report", str(project.run_file)])
    assert outcome.exit_code == 2
    assert outcome.stderr.startswith("3 problems:")
    for part in ("polcy: this key is not known", "did you mean 'policy'", "simulation.levels.0", "none.yaml"):
        assert part in outcome.stderr
    assert not (project.folder / "reports").exists()


def test_neither_two_entities_nor_two_run_files_whose_entity_is_a_guess_share_a_folder(project):
    report(project.run_file)
    other = project.folder / "other.yaml"
    guess = project.run_file.read_text(encoding="utf-8") + 'guessed: {entity: "Test & Co"}\n'
    other.write_text(guess, encoding="utf-8")
    before = files(project.folder / "reports")
    for as_of, expected in (
        ("2024-03-31", "would replace that of 2024-03"),
        ("2024-04-30", "be compared with that of"),
    ):
        with pytest.raises(ParameterError, match=f"entity: .*{expected}.*made by another run file.*reports: "):
            run._check_owner(Run.from_yaml(other, as_of), month_folder(Run.from_yaml(other, as_of)))
    assert files(project.folder / "reports") == before
    project.run_file.write_text(guess, encoding="utf-8")  # the same run file goes on
    run._check_owner(project_run := Run.from_yaml(project.run_file), month_folder(project_run))
    other.write_text(guess.replace("guessed: {", "assumptions: [] #"), encoding="utf-8")  # confirmed
    run._check_owner(confirmed := Run.from_yaml(other), month_folder(confirmed))
    project.run(entity="Test Co")
    with pytest.raises(ParameterError, match="would replace those of 'Test & Co'"):
        report(project.run_file)


def test_reports_that_cannot_be_written_are_told(project):
    (project.folder / "taken").write_text("a file")
    project.run(reports="taken")
    with pytest.raises(ParameterError, match=r"taken: cannot be written .*name another folder"):
        report(project.run_file)


def test_a_premium_that_the_book_cannot_tell_is_bad_input(project):
    (project.folder / "policy.yaml").write_text("premium_rate: 0.002\n")
    project.run(policy="policy.yaml")
    with pytest.raises(InputError, match=r"policy policy, insured_turnover.*too short"):
        report(project.run_file)
    assert not list((project.folder / "reports").rglob("2024-03"))
    assert "insured_turnover" in (project.folder / "reports" / "index.html").read_text()


def test_check_tells_what_is_known_or_what_is_wrong(project):
    outcome = CliRunner().invoke(cli.app, ["check", str(project.run_file), "--as-of", "2024-02-29"])
    assert outcome.exit_code == 0
    assert "no problem found" in outcome.stdout
    assert "invoices              3 rows" in outcome.stdout
    project.replace("invoices", "500.50", "lots")
    outcome = CliRunner().invoke(cli.app, ["check", str(project.run_file)])
    assert outcome.exit_code == 2
    assert "invoices.csv, row 3, amount: found 'lots'; a number is expected" in outcome.stderr


def test_what_policies_say_of_each_other_and_of_the_book_is_checked(project):
    (project.folder / "key.yaml").write_text("kind: key_accounts\nbuyers: [B1, B9]\n")
    (project.folder / "top.yaml").write_text("kind: top_up\nprimary: key\ntop_up_share: 0.5\n")
    project.run(policy="key.yaml", quotes=["top.yaml"])
    outcome = CliRunner().invoke(cli.app, ["check", str(project.run_file)])
    assert outcome.exit_code == 0
    assert "note: policies: key names B9, not among the buyers of the book" in outcome.stdout
    project.run(policy="top.yaml", quotes=[])
    outcome = CliRunner().invoke(cli.app, ["check", str(project.run_file)])
    assert outcome.exit_code == 2
    assert "policies: 'top' tops up 'key', which is none of the run's; add its primary to the run" in outcome.stderr


def test_the_demo_writes_a_book_that_checks(tmp_path, ledger):
    del ledger  # its fixture keeps the cache out of the project
    folder = tmp_path / "demo"
    arguments = ["demo", str(folder), "--buyers", "40", "--invoices", "2000", "--seed", "3"]
    outcome = CliRunner().invoke(cli.app, arguments)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.stdout.splitlines()[-1] == str(folder / "run.yaml")
    assert (folder / "truth.csv").exists()
    assert CliRunner().invoke(cli.app, ["check", str(folder / "run.yaml")]).exit_code == 0
    again = CliRunner().invoke(cli.app, arguments)
    assert again.exit_code == 2
    assert "not an empty folder" in again.stderr


def test_the_index_command_needs_a_folder(tmp_path):
    outcome = CliRunner().invoke(cli.app, ["index", str(tmp_path / "none")])
    assert outcome.exit_code == 2


def test_the_longest_chapters_come_first(project):
    parameters = Run.from_yaml(project.run_file)

    def ordered():
        notebooks = (project.folder / "notebooks").glob("0[1-3]*.ipynb")
        return sorted(notebooks, key=run._seconds_of_chapters(parameters), reverse=True)

    notebook(project.folder / "notebooks", "02_more", "1\n" * 500)
    assert [file.stem for file in ordered()] == ["02_more", "01_ledger"], "by the length of its text"
    manifest = month_folder(parameters) / "manifest.json"
    seconds = [{"name": "01_ledger", "seconds": 9.0}, {"name": "02_more", "seconds": 1.0}]
    run.write_json(manifest, {"chapters": seconds})
    notebook(project.folder / "notebooks", "03_new", "1")
    assert [file.stem for file in ordered()] == ["03_new", "01_ledger", "02_more"], "by the seconds of the last month"


def test_names_of_entities_make_folders():
    assert slug("Müller & Söhne GmbH") == "müller-söhne-gmbh"
    assert slug("../../etc") == "etc"
