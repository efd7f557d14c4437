"""Decisions that chapters publish, and what earlier months' decisions say of them."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest

from tradecredit.decide import decisions
from tradecredit.params.run import Run
from tradecredit.report.chapter import Chapter
from tradecredit.report.earlier import decisions_before, decisions_of, reported_before
from tradecredit.report.folders import month_folder
from tradecredit.report.index import published


def book_of_month(reports, month="2026-10"):
    as_of = pd.Timestamp(f"{month}-01") + pd.offsets.MonthEnd(0)
    run = Run(
        entity="Demo & Co", currency="EUR", as_of=as_of.date(), source={"kind": "demo"}, file="x.yaml", reports=reports
    )  # fmt: skip
    return SimpleNamespace(as_of=as_of, run=run, has={}.get)


def records(*rows):
    table = pd.DataFrame(rows, columns=["decision", "buyer_id", "amount"])
    table = table.assign(
        authority="head of credit", due_day="2026-11-02", since="2026-10-31", state="new", was=None, chapter="",
        anchor="table-a",
    )  # fmt: skip
    return table[list(decisions.COLUMNS)].astype(decisions.COLUMNS)


@pytest.fixture
def shown(monkeypatch):
    outputs = []
    monkeypatch.setattr("tradecredit.report.chapter.display", lambda html, **_: outputs.append(html.data))
    return outputs


def publish(reports, month, chapter, table):
    book = book_of_month(reports, month)
    folder = month_folder(book.run)
    Chapter(chapter, book, folder).decides(table, dict.fromkeys(table["decision"], "Do it."))
    return folder


def test_a_decision_is_shown_with_who_when_and_where_and_published(shown, tmp_path):
    table = records(("stop", "A", 10.0), ("stop", "B", 900.0), ("policy", None, 50.0))
    folder = tmp_path / "build"
    chapter = Chapter("03_credit_limits", book_of_month(tmp_path), folder)
    chapter.decides(table, {"stop": "Stop **two** buyers.", "policy": "Renew <it>."})
    first, second = (re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", html)).strip() for html in shown)
    assert first == "To decide. Renew &lt;it&gt;. Head of credit, by 2 November 2026. List"
    assert second == "To decide. Stop two buyers. Head of credit, by 2 November 2026. List"
    assert '<a href="#table-a">List</a>' in shown[0]
    # What a chapter asks for later is added.
    chapter.decides(records(("terms", None, 7.0)), {"terms": "Shorten them."})
    found = decisions_of(folder)
    assert found["decision"].tolist() == ["policy", "stop", "stop", "terms"]
    assert found["buyer_id"].fillna("-").tolist() == ["-", "B", "A", "-"]
    # Nobody knows which are new: there is no report of an earlier month.
    assert set(found["state"]) == {"first report"}
    written = pd.read_csv(folder / "tables" / "03_credit_limits" / "decisions.csv", encoding="utf-8-sig")
    assert written["stake"].tolist() == ["gain a year", *["excess over the risk limit"] * 2, "margin at stake a year"]
    assert set(found["chapter"]) == {"03_credit_limits"}
    assert found.dtypes.astype(str).to_dict() == records().dtypes.astype(str).to_dict()


def test_the_ordinary_course_is_told_from_what_is_to_be_decided(shown, tmp_path):
    Chapter("03_credit_limits", book_of_month(tmp_path)).decides(records(("collect", "A", 10.0)), {"collect": "Do."})
    assert "<strong>Ordinary course.</strong> Do." in shown[0]
    assert 'id="decision-collect"' in shown[0]


def test_a_decision_without_a_sentence_and_a_sentence_without_a_decision_are_refused(shown, tmp_path):
    chapter = Chapter("03_credit_limits", book_of_month(tmp_path))
    for told in ({}, {"stop": "Stop.", "terms": "Shorten."}):
        with pytest.raises(ValueError, match="a decision without a sentence, or the reverse"):
            chapter.decides(records(("stop", "A", 10.0)), told)
    assert shown == []


def test_nothing_to_decide_shows_nothing(shown, tmp_path):
    Chapter("03_credit_limits", book_of_month(tmp_path), tmp_path / "b").decides(records(), {})
    assert shown == []
    assert decisions_of(tmp_path / "b").empty


def test_what_the_month_before_asked_is_open_since_then(shown, tmp_path):
    folder = publish(tmp_path, "2026-09", "03_credit_limits", records(("stop", "A", 70.0), ("cut", "C", 5.0)))
    file = folder / "tables" / "03_credit_limits" / "decisions.csv"
    text = file.read_text(encoding="utf-8-sig")
    file.write_text(text.replace("2026-10-31", "2026-08-31"), encoding="utf-8-sig")
    shown.clear()
    folder = publish(tmp_path, "2026-10", "03_credit_limits", records(("stop", "A", 10.0), ("stop", "B", 20.0)))
    assert "open since 31 August 2026" in shown[0].replace("\u00a0", " ")
    found = decisions_of(folder).set_index("buyer_id")
    assert found["state"].to_dict() == {"A": "open", "B": "new", "C": "asked no more"}
    assert found["since"].dt.strftime("%Y-%m-%d").to_dict() == {"A": "2026-08-31", "B": "2026-10-31", "C": "2026-08-31"}


@pytest.mark.usefixtures("shown")
def test_the_last_month_that_has_decisions_of_the_chapter_counts(tmp_path):
    publish(tmp_path, "2026-07", "03_credit_limits", records(("stop", "A", 1.0)))
    publish(tmp_path, "2026-08", "05_credit_insurance", records(("policy", None, 2.0)))
    publish(tmp_path, "2026-11", "03_credit_limits", records(("stop", "Z", 3.0)))
    book = book_of_month(tmp_path)
    assert decisions_before(book, "03_credit_limits")["buyer_id"].tolist() == ["A"]
    assert decisions_before(book, "05_credit_insurance")["decision"].tolist() == ["policy"]
    assert decisions_before(book, "01_receivables") is None
    # A month that does not say of which day it is leaves that open.
    assert reported_before(book, "03_credit_limits") is reported_before(book, "01_receivables") is None
    manifest = month_folder(book.run).parent / "2026-07" / "manifest.json"
    manifest.write_text('{"entity": "Test"}', encoding="utf-8")
    assert reported_before(book, "03_credit_limits") is None
    manifest.write_text('{"as_of": "2026-07-31"}', encoding="utf-8")
    assert reported_before(book, "03_credit_limits") == pd.Timestamp("2026-07-31")


@pytest.mark.usefixtures("shown")
def test_a_table_of_another_version_counts_as_none(tmp_path):
    folder = publish(tmp_path, "2026-09", "03_credit_limits", records(("stop", "A", 70.0)))
    file = folder / "tables" / "03_credit_limits" / "decisions.csv"
    # One that does not say as what a month before it asked the same says all that is needed.
    pd.read_csv(file, encoding="utf-8-sig").drop(columns=["was", "stake"]).to_csv(file, index=False)
    assert decisions_before(book_of_month(tmp_path), "03_credit_limits")["buyer_id"].tolist() == ["A"]
    file.write_text("chapter,decision\nLimits,Stop it\n")
    assert decisions_before(book_of_month(tmp_path), "03_credit_limits") is None
    assert decisions_of(folder).empty


@pytest.mark.usefixtures("shown")
def test_the_summary_reads_the_decisions_of_all_chapters_of_its_month(tmp_path):
    folder = publish(tmp_path, "2026-10", "03_credit_limits", records(("stop", "A", 10.0)))
    publish(tmp_path, "2026-10", "05_credit_insurance", records(("policy", None, 2.0), ("claim", "B", 1.0)))
    (folder / "results.json").write_text(
        '{"as_of": "2026-10-31", "chapters": {"03_credit_limits": {"told": {"stop": "Stop."}, "figures": {}}}}'
    )
    (folder / "results").rename(folder / "old")
    found = published(book_of_month(tmp_path), folder)
    assert found.decisions["decision"].tolist() == ["claim", "policy", "stop"]
    assert found.told == {"03_credit_limits": {"stop": "Stop."}}
