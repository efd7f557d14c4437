"""Pages of one month lead to the same chapter in other months, by relative addresses that are kept up to date."""

import json
import re
import shutil

import pytest

from tradecredit.report.document import document
from tradecredit.report.index import link_to_months, write_index
from tradecredit.report.neighbours import EMPTY


def publish(reports, month, chapters=("00_summary", "01_ledger"), started="2026-11-01T08:00:00"):
    folder = reports / "test-co" / month
    folder.mkdir(parents=True)
    listed = [{"name": name, "title": f"About {name} & more"} for name in chapters]
    manifest = {"entity": "Test Co", "as_of": f"{month}-28", "chapters": listed, "started": started}
    figures = {"owed": {"label": "Owed", "value": float(month[-2:]), "unit": "days"}}
    results = {"as_of": f"{month}-28", "chapters": {name: {"figures": figures} for name in chapters}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "results.json").write_text(json.dumps(results))
    for name in chapters:
        (folder / f"{name}.html").write_text(f"<html>{EMPTY}{name}</html>", encoding="utf-8")
    (folder / "workbook.xlsx").write_bytes(b"")


def fail(reports, month, when):
    failed = reports / "test-co" / "failed"
    failed.mkdir(exist_ok=True)
    content = {"as_of": f"{month}-28", "chapter": "01_ledger", "cell": "3", "error": "E: no", "when": when}
    (failed / f"{month}.json").write_text(json.dumps(content))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_links_and_pages_over_months_are_accessible(reports, browser, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = reports / "test-co" / "2026-09" / "01_ledger.html"
    header = f"<h1>Ledger</h1>\n{EMPTY}"
    made = document(title="Ledger", header=header, navigation="", main="<p>Text.</p>", footer="<p>End.</p>")
    page.write_text(made, encoding="utf-8")
    write_index(reports)
    tab = browser.new_page(viewport={"width": 360, "height": 780}, color_scheme=scheme)
    for file in (page, reports / "test-co" / "01_ledger.html", reports / "index.html"):
        tab.goto(file.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360
        found = axe.Axe().run(tab).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found] == []
    tab.goto(page.as_uri())
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/2026-08/01_ledger.html")


def links(page):
    return re.findall(r'href="([^"]+)"', page.read_text(encoding="utf-8"))


@pytest.fixture
def reports(tmp_path):
    reports = tmp_path / "reports"
    for month in ("2026-08", "2026-09"):
        publish(reports, month)
    publish(reports, "2026-10", ("00_summary", "02_new"))
    write_index(reports)
    return reports


def test_months_before_and_after_are_linked(reports):
    entity = reports / "test-co"
    assert links(entity / "2026-09" / "01_ledger.html") == [
        "../2026-08/01_ledger.html", "../2026-10/00_summary.html", "../01_ledger.html", "workbook.xlsx",
    ]  # fmt: skip
    assert links(entity / "2026-08" / "00_summary.html")[0] == "../2026-09/00_summary.html"
    assert links(entity / "2026-10" / "02_new.html")[0] == "../2026-09/00_summary.html"


def test_links_follow_what_comes_and_goes(reports):
    entity = reports / "test-co"
    before = (entity / "2026-08" / "01_ledger.html").stat().st_mtime_ns
    publish(reports, "2026-11")
    shutil.rmtree(entity / "2026-09")
    (entity / "2026-11" / "report.pdf").write_bytes(b"")
    write_index(reports)
    assert links(entity / "2026-10" / "00_summary.html")[:2] == [
        "../2026-08/00_summary.html", "../2026-11/00_summary.html",
    ]  # fmt: skip
    assert "report.pdf" in links(entity / "2026-11" / "01_ledger.html")
    assert (entity / "2026-08" / "01_ledger.html").stat().st_mtime_ns > before
    unchanged = (entity / "2026-08" / "01_ledger.html").stat().st_mtime_ns
    write_index(reports)
    assert (entity / "2026-08" / "01_ledger.html").stat().st_mtime_ns == unchanged
    assert (entity / "2026-08" / "01_ledger.html").read_text(encoding="utf-8").count("<nav") == 1


@pytest.mark.parametrize("month", ["2026-07", "2026-10", "2026-11"])
def test_pages_have_their_links_before_they_are_published(reports, month):
    place, build = reports / "test-co" / month, reports / ".building-x"
    publish(build, month)
    made = build / "test-co" / month
    link_to_months(made, place)
    pages = {page.name: page.read_bytes() for page in made.glob("*.html")}
    assert all(b"<nav" in page for page in pages.values())
    shutil.rmtree(place, ignore_errors=True)
    made.rename(place)
    shutil.rmtree(build)
    write_index(reports)
    assert {page.name: page.read_bytes() for page in place.glob("*.html")} == pages


def test_a_failed_run_changes_no_page_of_a_month_and_is_shown_over_all_months(reports):
    pages = {page: page.read_bytes() for page in (reports / "test-co").glob("2026-*/*.html")}
    fail(reports, "2026-11", "2026-12-01T08:00:00")
    fail(reports, "2026-09", "2026-12-01T08:00:00")
    fail(reports, "2026-08", "2026-10-01T08:00:00")  # one that a later run made good
    write_index(reports)
    assert {page: page.read_bytes() for page in pages} == pages
    rows = re.findall("<tr>.*?</tr>", (reports / "test-co" / "01_ledger.html").read_text(encoding="utf-8"), re.DOTALL)
    failed = [re.search(r"2026-\d\d", row)[0] for row in rows if "chapter 01_ledger, cell 3: E: no" in row]
    assert failed == ["2026-11", "2026-09"]


def test_a_chapter_has_a_page_over_all_months(reports):
    page = reports / "test-co" / "01_ledger.html"
    text = page.read_text(encoding="utf-8")
    assert "<h1>About 01_ledger &amp; more: all months</h1>" in text
    assert [link for link in links(page) if "2026" in link] == ["2026-09/01_ledger.html", "2026-08/01_ledger.html"]
    assert "9 days<small>+1 day</small>" in text
    assert (reports / "test-co" / "02_new.html").exists()
    shutil.rmtree(reports / "test-co" / "2026-10")
    write_index(reports)
    assert not (reports / "test-co" / "02_new.html").exists()


def test_every_link_leads_somewhere_after_the_folder_moves(reports, tmp_path):
    moved = shutil.move(reports, tmp_path / "elsewhere")
    for page in sorted((tmp_path / "elsewhere").rglob("*.html")):
        for link in links(page):
            if not link.startswith(("#", "data:")):
                assert (page.parent / link.split("#")[0]).exists(), f"{page.relative_to(moved)}: {link}"
