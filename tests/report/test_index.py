"""The index lists every month with its figures and failures; past figures come back as a table."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from tradecredit.report.index import RESULT_COLUMNS, changes, results, this_month, write_index

EVIL = "<script>alert(1)</script>"


def figures(**values: tuple) -> dict:
    return {name: {"label": label, "value": value, "unit": unit} for name, (label, value, unit) in values.items()}


def publish(reports: Path, month: str, *, entity: str = "Demo & Co", **summary: tuple) -> Path:
    """Publish a month of a demo entity with the given summary figures; returns its folder."""
    folder = reports / "demo-co" / month
    folder.mkdir(parents=True)
    as_of = str((pd.Timestamp(f"{month}-01") + pd.offsets.MonthEnd(0)).date())
    chapters = {"00_summary": {"title": "Summary", "figures": figures(**summary)}}
    chapters["01_receivables"] = {"title": "Receivables", "figures": figures(dso=("DSO", 40.0, "days"))}
    content = {"entity": entity, "as_of": as_of, "currency": "EUR", "chapters": chapters}
    (folder / "results.json").write_text(json.dumps(content), encoding="utf-8")
    pages = [{"name": "00_summary", "title": "Summary"}, {"name": "01_receivables", "title": f"Receivables {EVIL}"}]
    manifest = {
        "entity": entity,
        "as_of": as_of,
        "status": "ok",
        "chapters": pages,
        "started": "2026-11-01T08:00:00+00:00",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for page in pages:
        (folder / f"{page['name']}.html").write_text("page")
    return folder


def fail(reports: Path, month: str, when: str = "2026-12-01T08:00:00+00:00") -> None:
    folder = reports / "demo-co" / "failed"
    folder.mkdir(parents=True, exist_ok=True)
    failure = {
        "chapter": "02_default_probability",
        "cell": "5 (assess(book))",
        "error": f"ValueError: {EVIL}",
        "when": when,
    }
    (folder / f"{month}.json").write_text(json.dumps({"as_of": f"{month}-28", **failure}), encoding="utf-8")


def rows(reports: Path) -> dict[str, list[str]]:
    """The index's rows as text: month → cells."""
    html = write_index(reports).read_text(encoding="utf-8")
    body = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in re.findall("<tr>.*?</tr>", html, re.DOTALL)
    ]
    text = [[re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", cell)).strip() for cell in row] for row in body]
    return {row[0]: row[1:] for row in text}


@pytest.fixture
def reports(tmp_path) -> Path:
    publish(tmp_path, "2026-08", receivables=("Receivables", 18e6, "EUR"), es=("ES 99 %", None, "EUR"))
    publish(tmp_path, "2026-09", receivables=("Receivables", 20e6, "EUR"), es=("ES 99 %", 4e6, "EUR"))
    publish(tmp_path, "2026-10", receivables=("Receivables", 21e6, "EUR"), es=("ES 99 %", 4.2e6, "EUR"))
    return tmp_path


def test_every_month_is_a_row_with_its_figures_newest_first(reports):
    shown = rows(reports)
    assert list(shown) == ["Month", "2026-10", "2026-09", "2026-08"]
    assert shown["Month"] == ["Status", "Receivables", "ES 99 %", "Chapters"]
    assert shown["2026-10"] == ["ok", "EUR 21.0 m EUR +1.00 m", "EUR 4.20 m EUR +200,000", "00 01"]
    assert shown["2026-09"] == ["ok", "EUR 20.0 m EUR +2.00 m", "EUR 4.00 m", "00 01"]
    assert shown["2026-08"] == ["ok", "EUR 18.0 m", "cannot be estimated", "00 01"]


def test_links_lead_to_files_and_nowhere_else(reports):
    html = write_index(reports).read_text(encoding="utf-8")
    targets = re.findall(r'(?:href|src)="([^"]+)"', html)
    pages = [target for target in targets if target.endswith(".html")]
    assert len(pages) == 9
    assert all((reports / page).exists() for page in pages)
    assert {target for target in targets if not target.endswith(".html")} == {"#main", "data:,"}
    assert "Demo &amp; Co" in html
    assert EVIL not in html
    assert not list(reports.glob(".*"))


def test_a_failed_month_shows_where_and_why(reports):
    fail(reports, "2026-11")
    shown = rows(reports)
    assert list(shown)[1] == "2026-11"
    status, *others = shown["2026-11"]
    where, _, error = status.partition(": ")
    assert where == "failed chapter 02_default_probability, cell 5 (assess(book))"
    assert error == "ValueError: &lt;script&gt;alert(1)&lt;/script&gt;"
    assert others == ["–", "–", ""]


def test_a_failure_after_a_good_report_shows_both(reports):
    fail(reports, "2026-10")
    status, receivables, _, chapters = rows(reports)["2026-10"]
    assert status.startswith("failed ; the report shown is older chapter 02_default_probability")
    assert receivables.startswith("EUR 21.0 m")
    assert chapters == "00 01"


def test_a_failure_before_a_good_report_is_past(reports):
    fail(reports, "2026-10", when="2026-10-31T08:00:00+00:00")
    assert rows(reports)["2026-10"][0] == "ok"


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("manifest.json", "{oops", "manifest.json: JSONDecodeError"),
        ("manifest.json", "[]", "manifest.json: ValueError: it holds no names"),
        ("manifest.json", '{"entity": "x"}', "manifest.json: KeyError: &#x27;as_of&#x27;"),
        ("results.json", None, "results.json: there is none"),
        ("results.json", '{"as_of": "2026-09-30"}', "results.json: KeyError: &#x27;chapters&#x27;"),
        ("results.json", b"\xff\xfe", "results.json: UnicodeDecodeError"),
    ],
)
def test_what_cannot_be_read_is_listed_with_the_reason(reports, file, content, reason):
    path = reports / "demo-co" / "2026-09" / file
    path.unlink()
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    shown = rows(reports)
    assert list(shown) == ["Month", "2026-10", "2026-09", "2026-08"]
    assert "cannot be read" in shown["2026-09"][0]
    assert reason in shown["2026-09"][0]
    assert shown["2026-09"][-1].startswith("00")


def test_an_unreadable_failure_is_listed_too(reports):
    fail(reports, "2026-11")
    (reports / "demo-co" / "failed" / "2026-11.json").write_text("{")
    assert "cannot be read 2026-11.json: JSONDecodeError" in rows(reports)["2026-11"][0]


def test_folders_that_are_no_months_are_named_and_hidden_ones_are_not(reports):
    (reports / "demo-co" / "old" / "2026-01").mkdir(parents=True)
    (reports / ".building-demo-co-2026-11-77").mkdir()
    (reports / "empty").mkdir()
    html = write_index(reports).read_text(encoding="utf-8")
    assert "Not the name of a month, and not read: old." in html
    assert ".building" not in html
    assert "No month has been published." in html


def test_without_a_summary_the_usual_figures_are_shown(tmp_path):
    folder = publish(tmp_path, "2026-10")
    content = json.loads((folder / "results.json").read_text())
    content["chapters"]["01_receivables"]["figures"] = figures(
        dso=("DSO", 41.0, "days"), receivables=("Receivables", 2e6, "EUR"), overdue_amount=("Overdue", 5e5, "EUR")
    )
    (folder / "results.json").write_text(json.dumps(content))
    shown = rows(tmp_path)
    assert shown["Month"] == ["Status", "Receivables", "Overdue", "Chapters"]
    assert shown["2026-10"][1:3] == ["EUR 2.00 m", "EUR 500,000"]


def test_no_report_at_all_is_a_page_too(tmp_path):
    html = write_index(tmp_path / "reports").read_text(encoding="utf-8")
    assert "No report has been made yet." in html


def test_the_same_reports_give_the_same_index(reports):
    assert write_index(reports).read_bytes() == write_index(reports).read_bytes()


def test_results_are_one_row_a_figure_oldest_first(reports):
    table = results(reports, "demo-co")
    assert dict(table.dtypes.astype(str)) == RESULT_COLUMNS
    assert (
        table["as_of"].dt.strftime("%Y-%m-%d").tolist() == ["2026-08-31"] * 3 + ["2026-09-30"] * 3 + ["2026-10-31"] * 3
    )
    assert table["name"].tolist() == ["receivables", "es", "dso"] * 3
    assert table["value"].tolist()[3:] == [20e6, 4e6, 40.0, 21e6, 4.2e6, 40.0]
    assert pd.isna(table["value"][1])
    assert table["unit"].tolist()[:3] == ["EUR", "EUR", "days"]


def test_results_of_nobody_are_empty(tmp_path):
    table = results(tmp_path, "nobody")
    assert table.empty
    assert list(table.columns) == list(RESULT_COLUMNS)
    assert changes(table, "2026-10-31").empty


def test_an_unreadable_month_stands_in_the_results_with_its_reason(reports):
    (reports / "demo-co" / "2026-09" / "results.json").write_text("{")
    table = results(reports, "demo-co")
    (row,) = table[table["name"].isna()].to_dict("records")
    assert row["as_of"] == pd.Timestamp("2026-09-30")
    assert row["label"].startswith("results.json: JSONDecodeError")
    changed = changes(table, "2026-10-31")
    assert set(changed["previous_as_of"]) == {pd.Timestamp("2026-08-31")}


def test_changes_compare_with_the_month_published_before(reports):
    table = changes(results(reports, "demo-co"), "2026-10-31").set_index("name")
    assert table.loc["receivables", ["this_month", "previous_month", "change"]].tolist() == [21e6, 20e6, 1e6]
    assert table.loc["receivables", ["label", "unit", "chapter"]].tolist() == ["Receivables", "EUR", "00_summary"]
    assert (table["previous_as_of"] == pd.Timestamp("2026-09-30")).all()
    first = changes(results(reports, "demo-co"), "2026-08-31")
    assert len(first) == 3
    assert first[["previous_month", "change", "previous_as_of"]].isna().all(axis=None)
    september = changes(results(reports, "demo-co"), pd.Timestamp("2026-09-30")).set_index("name")
    assert pd.isna(september.loc["es", "change"])
    assert september.loc["es", "this_month"] == 4e6


def test_figures_in_different_units_are_not_compared(reports):
    table = results(reports, "demo-co")
    table.loc[(table["as_of"] == "2026-09-30") & (table["name"] == "receivables"), "unit"] = "USD"
    changed = changes(table, "2026-10-31").set_index("name")
    assert pd.isna(changed.loc["receivables", "change"])
    assert pd.isna(changed.loc["receivables", "previous_month"])
    assert changed.loc["dso", "change"] == 0


def test_this_months_figures_replace_those_published_before(reports, tmp_path):
    build = tmp_path / "build"
    (build / "results").mkdir(parents=True)
    merged = {"chapters": {"01_receivables": {"title": "R", "figures": figures(dso=("DSO", 44.0, "days"))}}}
    (build / "results.json").write_text(json.dumps(merged))
    alone = {"figures": figures(pd=("PD", 0.02, "probability"))}
    (build / "results" / "02_default_probability.json").write_text(json.dumps(alone))
    now = this_month(build, "2026-10-31")
    assert now[["chapter", "name", "value"]].to_numpy().tolist() == [
        ["01_receivables", "dso", 44.0], ["02_default_probability", "pd", 0.02],
    ]  # fmt: skip
    changed = changes(pd.concat([results(reports, "demo-co"), now]), "2026-10-31").set_index("name")
    assert changed.loc["dso", ["this_month", "previous_month", "change"]].tolist() == [44.0, 40.0, 4.0]
    assert this_month("", "2026-10-31").empty
