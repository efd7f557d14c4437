"""Sheets of buyers: the figures of the chapters, names that cannot harm, links that lead somewhere."""

import re
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from tradecredit import cli, default
from tradecredit.book.book import Book
from tradecredit.decide import buyer_decisions, limits, sheets
from tradecredit.decide.collect import watchlist
from tradecredit.insurance import cover, in_force
from tradecredit.measure.behaviour import features
from tradecredit.report import drawn
from tradecredit.report.document import SEARCH
from tradecredit.report.sheet_links import FOLDER, leading_somewhere, linked, published_sheets, sheet_name
from tradecredit.report.sheets import addresses, write_sheets
from tradecredit.report.tables import csv_text, to_html
from tradecredit.words.formats import figure

AS_OF = "2026-10-15"
HOSTILE = '<script>alert(1)</script> & "Söhne" \' ../../x {{y}}'
CHAPTERS = ("00_summary", "02_default_probability", "03_credit_limits", "06_collections")


class Links(HTMLParser):
    """The addresses and the ids of a page."""

    def __init__(self, html: str):
        super().__init__()
        self.addresses: list[str] = []
        self.ids: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "a":
            self.addresses.append(found["href"])
        if "id" in found:
            self.ids.add(found["id"])


@pytest.fixture(scope="module")
def run_file(demo, tmp_path_factory) -> Path:
    """The demo's run file of its own, with a hostile name for the buyer that owes most and a hostile id for another."""
    folder = tmp_path_factory.mktemp("sheets")
    content = yaml.safe_load((demo / "run.yaml").read_text())
    source = folder / "data"
    source.mkdir()
    for file in demo.glob("*.csv"):
        (source / file.name).write_bytes(file.read_bytes())
    buyers = pd.read_csv(source / "buyers.csv", dtype="str")
    buyers.assign(name=buyers["name"].where(buyers.index % 3 > 0, HOSTILE)).to_csv(source / "buyers.csv", index=False)
    stated = {"source": {"kind": "folder", "path": "data"}, "reports": "reports", "quotes": [], "scenarios": []}
    stated |= {"policy": str(demo / content["policy"]), "provision": {}, "as_of": AS_OF}
    stated["default"] = content["default"] | {"insolvency_index": str(demo / content["default"]["insolvency_index"])}
    file = folder / "run.yaml"
    file.write_text(yaml.safe_dump(content | stated))
    return file


@pytest.fixture(scope="module")
def book(run_file) -> Book:
    return Book.open(run_file)


@pytest.fixture(scope="module")
def month(book, tmp_path_factory) -> Path:
    """A month's folder with the sheets and empty chapters."""
    folder = tmp_path_factory.mktemp("month")
    write_sheets(book, dict(zip(CHAPTERS, CHAPTERS, strict=True)), folder)
    assert {Path(page).name for page in addresses(book).values()} == {
        path.name for path in (folder / FOLDER).iterdir() if path.name != "index.html"
    }
    return folder


def tables_of(html: str) -> dict[str, pd.DataFrame]:
    """The tables of a page by caption."""
    found = re.findall(r"<table[^>]*>.*?</table>", html, re.DOTALL)
    captions = [re.search(r"<caption[^>]*><span>(.*?)</span>", table)[1] for table in found]
    plain = [re.sub(r"<caption.*?</caption>", "", table, flags=re.DOTALL) for table in found]
    return {
        caption: pd.read_html(StringIO(table), thousands=",")[0] for caption, table in zip(captions, plain, strict=True)
    }


def test_those_that_matter_have_a_sheet(book, month):
    found = sheets.of_book(book)
    limits = found.limits
    largest = set(limits["exposure"].nlargest(30).index) | set(limits["expected_loss_owed"].nlargest(30).index)
    wanted = largest | set(watchlist.watchlist(book).index)
    assert set(sheets.chosen(found).index) == wanted
    assert len(list((month / FOLDER).glob("buyer_*.html"))) == len(wanted) >= 30


def test_a_sheet_shows_the_figures_of_the_chapters(book, month):
    """Each figure as the chapter's own function has it, on the same day."""
    ratings, policy = default.assess(book), in_force.policy_in_force(book)
    found = sheets.of_book(book)
    buyer = sheets.chosen(found).index[0]
    html = (month / FOLDER / f"buyer_{buyer}.html").read_text(encoding="utf-8")
    cards = dict(re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", html))
    plain = {label: value.replace("\N{NO-BREAK SPACE}", " ") for label, value in cards.items()}
    row, currency = limits.recommend(book, ratings).loc[buyer], book.run.currency
    assert plain["Exposure"] == figure(row["exposure"], currency)
    assert plain["Limit to set"] == figure(row["limit_to_set"], currency)
    assert plain["Default probability, 12 months"] == figure(ratings.loc[buyer, "pd"], "probability")
    shown = tables_of(html)
    habit = shown["How it paid over the last 12 months, open items counted"].set_index("Figure")["Value"]
    assert float(habit["Days beyond terms"]) == pytest.approx(features(book).loc[buyer, "days_beyond_terms"], abs=0.06)
    parts = cover.parts(book, policy)
    of_class = shown["By class of cover and reason"]
    owed = parts.loc[parts["buyer_id"] == buyer, "amount"].sum()
    assert of_class["Amount"].sum() == pytest.approx(owed, abs=len(of_class))
    assert owed == pytest.approx(features(book).loc[buyer, "open_amount"], abs=0.01)


def test_the_decisions_on_a_sheet_are_those_that_the_chapter_publishes(book, month):
    found = sheets.of_book(book)
    records = buyer_decisions.records(book, found.sheets)
    decided = records[records["buyer_id"].isin(sheets.chosen(found).index)]
    assert len(decided) > 10
    for buyer, rows in list(decided.groupby("buyer_id"))[:8]:
        html = (month / FOLDER / f"buyer_{buyer}.html").read_text(encoding="utf-8")
        table = tables_of(html)["Decisions on it"]
        of_chapter = table[table["Decided by"].notna()]
        wanted = {(who, f"{day:%Y-%m-%d}") for who, day in zip(rows["authority"], rows["due_day"], strict=True)}
        assert wanted <= set(zip(of_chapter["Decided by"], of_chapter["Due"], strict=True))
        for anchor in rows["anchor"]:
            assert f"../03_credit_limits.html#{anchor}" in Links(html).addresses


def test_names_are_escaped_and_every_link_leads_somewhere(month):
    chapters = {f"{name}.html" for name in CHAPTERS}
    hostile = 0
    for page in (month / FOLDER).glob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert "<script" not in html
        hostile += "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Söhne&quot;" in html
        links = Links(html)
        for address in links.addresses:
            file, _, anchor = address.partition("#")
            if not file:
                assert anchor in links.ids, address
            elif file.startswith("../"):
                assert file.removeprefix("../") in chapters | {f"{FOLDER}/index.html", SEARCH}, address
            else:
                assert (page.parent / file).exists(), address
        assert page.stat().st_size < 1_000_000
    assert hostile > 5


def test_a_cell_that_names_a_buyer_leads_to_its_sheet_from_any_column():
    table = pd.DataFrame(
        {"invoice_id": ["I1", "I2", "I3"], "buyer_id": ["B&1", "B2", None], "other": ["B&1", "B2", "B2"]}
    )
    html = linked(to_html(table, "Invoices"), {"B&1": "buyers/buyer_B_1-x.html"})
    assert html.count("<a href=") == 1
    assert '<a href="buyers/buyer_B_1-x.html">B&amp;1</a></td>' in html
    rows = to_html(table.set_index("buyer_id").iloc[:2], "Buyers")
    assert linked(rows, {"B2": "buyers/buyer_B2.html"}).count('<a href="buyers/buyer_B2.html">B2</a></th>') == 1
    assert csv_text(table).count("buyers/") == 0


@pytest.mark.parametrize("width", [1280, 360])
def test_a_browser_finds_sheets_accessible_and_within_the_screen(browser, month, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    pages = sorted((month / FOLDER).glob("buyer_*.html"), key=lambda page: page.stat().st_size)
    for page in (pages[0], pages[-1], month / FOLDER / "index.html"):
        tab = browser.new_page(viewport={"width": width, "height": 900})
        asked: list[str] = []
        tab.on("request", lambda request, asked=asked: asked.append(request.url))
        tab.goto(page.as_uri())
        assert tab.evaluate("document.documentElement.scrollHeight") <= (9_000 if width > 360 else 11_000)
        tab.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        assert [address for address in asked if not address.startswith("data:")] == [tab.url]
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        found = axe.Axe().run(tab).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found] == []
        tab.close()


def test_the_command_writes_a_sheet_of_any_buyer_and_names_the_nearest_ids(run_file, book):
    chosen = sheets.chosen(sheets.of_book(book)).index
    other = next(buyer for buyer in book.buyers["buyer_id"] if buyer not in chosen)
    outcome = CliRunner().invoke(cli.app, ["buyer", str(run_file), other])
    assert outcome.exit_code == 0, outcome.output
    page = Path(outcome.output.strip().splitlines()[-1])
    assert page == run_file.parent / "reports" / "demo-trading" / FOLDER / AS_OF / f"buyer_{other}.html"
    assert not [address for address in Links(page.read_text(encoding="utf-8")).addresses if ".html" in address]
    wrong = CliRunner().invoke(cli.app, ["buyer", str(run_file), "B0026"])
    assert wrong.exit_code == 2
    assert re.search(r"'B0026'.*knows no buyer of this id.*B0026\d|B0002\d", wrong.output.replace("\n", " "))
    assert not list(page.parent.glob(".*"))


def test_a_picture_states_its_finding_and_leaves_gaps():
    days = pd.date_range("2026-01-31", periods=4, freq="ME")
    lines = pd.DataFrame({"owed": [100.0, 200.0, 150.0, 120.0], "own_limit": [None, 300.0, 300.0, None]}, index=days)
    svg = drawn.timeline(
        lines,
        {"owed": "owed <", "own_limit": "our limit"},
        alt='Owed "120"',
        caption="a & b",
        write=lambda value, _: str(value),
    )
    assert 'role="img" aria-label="Owed &quot;120&quot;"' in svg
    assert "owed &lt;" in svg
    assert "nan" not in svg
    assert drawn.timeline(lines * float("nan"), {"owed": "owed"}, alt="a", caption="b", write=str) == ""
    bars = drawn.month_bars(
        pd.Series([1.0, None, 3.0, 2.0], index=days), alt="a", caption="b", write=lambda value, _: f"{value:g}"
    )
    assert bars.count("<rect") == 3
    assert bars.count("<circle") == 1
    tall = re.findall(r'<rect x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', bars)
    heights = [float(height) for _, height in tall]
    assert heights == pytest.approx([heights[1] / 3, heights[1], heights[1] * 2 / 3], abs=0.1)


def test_a_long_list_is_whole_and_a_cell_with_a_link_of_its_own_leads_to_the_sheet(book, month):
    found = sheets.of_book(book)
    counts = found.items["buyer_id"].value_counts()
    buyer = next(name for name in sheets.chosen(found).index if counts.get(name, 0) > 12)
    shown = tables_of((month / FOLDER / f"buyer_{buyer}.html").read_text(encoding="utf-8"))
    first, others = (shown[f"Open invoices, the longest overdue first{part}"] for part in ("", ": the others"))
    assert list(first.columns) == list(others.columns)
    listed = [*first["Invoice"], *others["Invoice"]]
    assert sorted(listed) == sorted(found.items.loc[found.items["buyer_id"] == buyer, "invoice_id"])
    table = pd.DataFrame({"buyer_id": ["B1", "B2"], "link": ["03.html#a", "03.html#a"]})
    html = linked(to_html(table, "Worklist"), {"B1": "buyers/buyer_B1.html"})
    assert Links(html).addresses == ["buyers/buyer_B1.html", "03.html#a"]


def test_only_sheets_that_are_there_are_linked(tmp_path):
    folder = tmp_path / FOLDER
    assert published_sheets(tmp_path, ["B1"]) == {}
    folder.mkdir()
    for buyer in ("B1", "x/1"):
        (folder / sheet_name(buyer)).touch()
    assert published_sheets(tmp_path, ["B1", "B2", "x/1"]) == {"B1": sheet_name("B1"), "x/1": sheet_name("x/1")}


def test_a_link_to_a_mention_stands_where_the_page_mentions_it():
    there = "<td>A-1 &amp; Co</td>"
    link = '<th><a href="03.html#table-list:~:text={}">{}</a></th>'
    named, absent = link.format("A%2D1%20%26%20Co", "A-1 &amp; Co"), link.format("B2", "B2")
    plain = '<td><a href="03.html#table-list">B2</a></td>'
    assert leading_somewhere(named + absent + plain, {"03.html": there}) == named + "<th>B2</th>" + plain
    assert leading_somewhere(absent, {}) == absent
