"""A page holds all that its notebook showed, complete in itself, for every reader, and the same for equal notebooks."""

import copy
import html
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import nbformat
import numpy as np
import on_paper
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tradecredit.report import charts
from tradecredit.report.chapter import Chapter
from tradecredit.report.page import page_html, source_pages, title
from tradecredit.report.tables import to_html
from tradecredit.words import summary

MANIFEST = {
    "entity": "Demo & Sons <Ltd>",
    "as_of": "2026-10-31",
    "run_file": "/home/someone/params/demo.yaml",
    "seed": 20261031,
    "book": {"fingerprint": "9f2c4b7e0a6d5c3e8b1f00aa"},
    "versions": {"tradecredit": "0.1.0", "pandas": "3.1.1"},
    "chapters": [
        {"name": "00_summary", "title": "Summary"},
        {"name": "01_receivables", "title": "Receivables & <age>"},
        {"name": "02_default_probability", "title": "Who may fail"},
    ],
}
BOOK = SimpleNamespace(
    as_of=pd.Timestamp("2026-10-31"),
    run=SimpleNamespace(currency="EUR", language="en"),
    has=lambda table: table != "statements",
)
EVIL = "<script>document.title='run'</script>"


def buyers() -> pd.DataFrame:
    return pd.DataFrame(
        {"buyer_id": [f"B{n}" for n in range(30)], "name": [EVIL, "=cmd|' /C calc'!A0", *["Nordsee Kühltechnik"] * 28],
         "open_amount": np.arange(30) * 1234.5, "pd": 0.0123, "grade": 5, "limit": 5e5, "overdue": 10.0,
         "due": pd.Timestamp("2026-11-30")}
    )  # fmt: skip


def cell(source: str, *outputs, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    return new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)} if tags else {})


def html_output(html: str, kind: str = "execute_result") -> nbformat.NotebookNode:
    return new_output(kind, data={"text/html": html, "text/plain": "text instead of the table"})


@pytest.fixture
def notebook(monkeypatch) -> nbformat.NotebookNode:
    """An executed chapter: made by `Chapter`, with the outputs that Jupyter would have stored."""
    stored = []
    monkeypatch.setattr(
        "tradecredit.report.chapter.display",
        lambda html, metadata: stored.append(
            new_output("display_data", data={"text/html": html.data, "text/plain": "<HTML>"}, metadata=metadata)
        ),
    )
    chapter = Chapter("01_receivables", BOOK)

    def shown(call, *arguments, **named) -> nbformat.NotebookNode:
        call(*arguments, **named)
        return stored.pop()

    ageing = pd.DataFrame(
        {"open_amount": [14_213_456.0, 3_104_220.0]}, index=pd.Index(["current", "1–30"], name="bucket")
    )
    bars = charts.bars(ageing["open_amount"], x="Days past due", y="Open amount (EUR)", kind="money")
    return new_notebook(
        cells=[
            new_markdown_cell("# Receivables & <age>\n\nWhat is owed, and by **whom**."),
            cell('run_file: str = ""  # which book', tags=("parameters",)),
            cell('output = "/tmp/secret-place/2026-10"', tags=("injected-parameters",)),
            cell("from tradecredit import Book", shown(chapter.leaves_out, {"statements": "No ratios."})),
            new_markdown_cell("## How old is it?\n\nIt is $\\frac{R}{S} \\times d$:\n\n$$\\sum_{k=1}^{n} x_k$$"),
            cell("chapter.table(ageing)", shown(chapter.table, ageing, "ageing", "Open amount by age")),
            cell("chapter.figure(bars)", shown(chapter.figure, bars, "by_age", "By age.", "Bars: 14.2 m and 3.1 m.")),
            cell("chapter.say('x')", shown(chapter.say, f"{EVIL} owes **70 %**.")),
            cell(
                "noisy()",
                new_output("stream", name="stderr", text="/tmp/ipykernel_77/123.py:3: UserWarning: beware <b>\n"),
                new_output("stream", name="stdout", text="checked 60,000 inv"),
                new_output("stream", name="stdout", text="oices <b>\n"),
            ),
            new_markdown_cell("## Who owes it?\n\n<script>alert(1)</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
            cell("chapter.table(buyers)", shown(chapter.table, buyers(), "buyers", "The buyers", rows=20)),
            cell("buyers.head(2)", html_output(buyers().head(2)._repr_html_())),
            cell("kept()", html_output("<p>kept</p>"), tags=("hide-code",)),
            cell("dropped()", html_output("<p>dropped</p>"), tags=("hide",)),
            cell("len(buyers)", new_output("execute_result", data={"text/plain": "30 <buyers>"})),
            new_markdown_cell("### Who owes it?\n\nText.\n\n## Who owes it?\n\nMore."),
            cell("chapter.headline(…)", shown(chapter.headline, {"dso": (43.21, "days"), "loss": (None, "EUR")})),
        ]
    )  # fmt: skip


@pytest.fixture
def page(notebook) -> str:
    return page_html(notebook, manifest=MANIFEST, chapter="01_receivables")


class Page(HTMLParser):
    """All tags with attributes, the rows of all tables, and the text outside style sheets."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self._open:
            self.text += data
        if "td" in self._open or "th" in self._open:
            self.rows[-1][-1] += data


def test_every_table_of_the_notebook_is_there_with_its_numbers(page):
    rows = Page(page).rows
    assert ["current", "14,213,456"] in rows
    assert ["1–30", "3,104,220"] in rows
    for number in range(20):
        name = buyers().loc[number, "name"]
        amount = f"{number * 1234.5:,.0f}"
        assert [f"B{number}", name, amount, "1.23 %", "5", "500,000", "10", "2026-11-30"] in rows
    assert ["1", "B1", "=cmd|' /C calc'!A0", "1234.5", "0.0123", "5", "500000.0", "10.0", "2026-11-30"] in rows
    assert ["1", "2"] in rows
    assert "text instead of the table" not in page
    assert "20 of 30 rows." in page


def test_everything_else_that_the_notebook_shows_is_there_too(page):
    text = re.sub(r"\s+", " ", Page(page).text)
    for part in (
        "What is owed, and by whom.", "Left out. No ratios.", f"{EVIL} owes 70 %.", "By age.",
        "checked 60,000 invoices <b>", "beware <b>", "30 <buyers>", "kept", "DSO43.2 days", "cannot be estimated",
    ):  # fmt: skip
        assert part in text, part
    assert "dropped" not in page


def test_nothing_lies_outside_the_file(page):
    for tag, attributes in Page(page).tags:
        for name in ("src", "srcset", "href", "action", "data", "poster", "background", "xlink:href"):
            if name in attributes:
                address = attributes[name]
                relative = re.fullmatch(r"(\.\./)*[\w./-]+\.(html|csv|json|xlsx|pdf)|#[\w-]+", address)
                assert relative or address.startswith("data:"), f"{tag} {name}={address[:60]}"
    written = re.sub(r"data:image/\w+;base64,[^\"]*", "", page)
    assert not re.search(r"url\(|@import|https?:|//[a-z]", written)
    assert "default-src 'none'" in page


def test_nothing_in_it_is_a_script(page):
    assert "<script" not in page.lower()
    assert not any(name.startswith("on") for _, attributes in Page(page).tags for name in attributes)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_names_are_escaped_in_the_frame(page):
    assert "<title>Receivables &amp; &lt;age&gt; · Demo &amp; Sons &lt;Ltd&gt; · 2026-10-31</title>" in page
    assert "<h1>Receivables &amp; &lt;age&gt;</h1>" in page
    assert page.count("<h1") == 1


def test_formulas_are_mathml(page):
    assert page.count("<math") == 2
    assert "<mfrac>" in page
    assert 'display="block"' in page
    assert "$" not in Page(page).text


def test_every_picture_has_words(page):
    pictures = [attributes for tag, attributes in Page(page).tags if tag == "img"]
    assert [picture["alt"] for picture in pictures] == ["Bars: 14.2 m and 3.1 m."]


def test_the_headline_comes_first_and_the_code_is_folded_behind_its_section(page):
    order = [
        "What is owed", 'class="tc-cards"', "No ratios.", '<h2 id="how-old-is-it">', "14,213,456", "beware",
        "chapter.table(ageing)", '<h2 id="who-owes-it">', "B19", "len(buyers)", "How this page was made",
        "from tradecredit import Book",
    ]  # fmt: skip
    places = [page.index(part) for part in order]
    assert places == sorted(places)
    assert page.count("<summary>Code</summary>") == 3
    assert "kept()" not in page
    assert "dropped()" not in page
    assert 'class="tc-cards"' in page
    assert page.count('class="tc-cards"') == 1


def test_the_run_is_told_without_its_paths(page):
    assert "secret-place" not in page
    assert "/home/someone" not in page
    assert "ipykernel" not in page
    for part in (
        "run_file: str",
        "demo.yaml",
        "9f2c4b7e0a6d5c3e8b1f00aa",
        "20261031",
        "pandas 3.1.1",
        "<code>9f2c4b7e0a6d<",
    ):
        assert part in page


def test_contents_and_chapters_lead_where_they_say(page):
    read = Page(page)
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes["href"] for tag, attributes in read.tags if tag == "a"}
    anchors = {target[1:] for target in targets if target.startswith("#")}
    assert anchors <= set(ids)
    headings = [attributes["id"] for tag, attributes in read.tags if tag == "h2" and "id" in attributes]
    assert len(headings) == 3
    assert set(headings) <= anchors
    pages = {"00_summary.html", "01_receivables.html", "02_default_probability.html"}
    assert targets - {f"#{anchor}" for anchor in anchors} == pages | {
        "../../index.html",
        "results.json",
        "manifest.json",
        "workbook.xlsx",
        "glossary.html",
        "search.html",
    }
    assert 'href="01_receivables.html" aria-current="page"' in page
    assert re.search('class="previous" href="00_summary.html"', page)
    assert re.search('class="next" href="02_default_probability.html"', page)


def test_nothing_moves(page):
    """Nothing is left to stop for a reader who prefers reduced motion."""
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)[1]
    assert not re.search("animation|transition|scroll-behavior", style)


def test_it_is_small(page):
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)[1]
    assert len(style.encode()) < 20_000
    assert len(page.encode()) < 300_000


def test_equal_notebooks_give_equal_pages(notebook, page):
    again = copy.deepcopy(notebook)
    for number, one in enumerate(again.cells):
        one.id = f"other-{number}"
        one.metadata["papermill"] = {"duration": number, "start_time": "2026-11-01T09:00:00"}
        if one.cell_type == "code":
            one.execution_count = number + 40
    noisy = next(one for one in again.cells if one.source == "noisy()")
    noisy.outputs[0].text = noisy.outputs[0].text.replace("ipykernel_77/123", "ipykernel_4242/987654")
    noisy.outputs[1].text, noisy.outputs[2].text = "checked 60,0", "00 invoices <b>\n"
    before = copy.deepcopy(again)
    assert page_html(again, manifest=MANIFEST | {"seconds": 12.3}, chapter="01_receivables") == page
    assert again == before


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("  5%|▌   | 1/20 [00:01<00:19]\r100%|████| 20/20 [00:02<00:00, 9.9it/s]\ndone\n", "done"),
        ("counting 1\rcounting 2\n", "counting 2"),
        ("/srv/x/lib/tradecredit/model/losses.py:12: UserWarning: a/b", "losses.py:12: UserWarning: a/b"),
        (r"C:\Users\me\lib\losses.py:12: UserWarning", "losses.py:12: UserWarning"),
        ("<object at 0x7f00deadbeef>", "<object at 0x…>"),
        ("2/10 net 30, days/month, 1 / 2", "2/10 net 30, days/month, 1 / 2"),
    ],
)
def test_printed_text_is_shown_without_what_changes_from_run_to_run(printed, shown):
    lines = new_notebook(cells=[cell("p()", new_output("stream", name="stdout", text=printed))])
    html = page_html(lines, manifest=MANIFEST, chapter="00_summary")
    assert Page(re.search("<pre.*?</pre>", html, re.DOTALL)[0]).text == shown


def test_a_notebook_without_sections_or_outputs_is_a_page():
    html = page_html(new_notebook(cells=[new_markdown_cell("# A\n\nB.")]), manifest=MANIFEST, chapter="00_summary")
    assert "<p>B.</p>" in html
    assert "On this page" not in html
    assert 'class="previous"' not in html


def test_cells_tagged_fold_open_at_will_under_their_heading():
    folded = new_markdown_cell("### Can it be <trusted>?\n\nA check.", metadata={"tags": ["fold"]})
    cells = [
        new_markdown_cell("# Title"), new_markdown_cell("## First"), folded,
        cell("", html_output("<p>in</p>"), tags=("fold",)), cell("", html_output("<p>out</p>")),
    ]  # fmt: skip
    html = page_html(new_notebook(cells=cells), manifest=MANIFEST, chapter="00_summary")
    fold = re.search(r'<details class="fold"><summary>(.*?)</summary>(.*?)</details>', html, re.DOTALL)
    assert fold[1] == "Can it be &lt;trusted&gt;?"
    assert "A check." in fold[2] and "<p>in</p>" in fold[2]
    assert "<p>out</p>" in html.split(fold[0])[1]
    with pytest.raises(ValueError, match="begin with a Markdown cell that has a heading"):
        page_html(new_notebook(cells=[*cells[:2], cells[3]]), manifest=MANIFEST, chapter="00_summary")


def test_progress_widgets_are_left_out():
    widget = new_output(
        "display_data", data={"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "HBox(0%)"}
    )
    html = page_html(new_notebook(cells=[cell("p()", widget)]), manifest=MANIFEST, chapter="00_summary")
    assert "HBox" not in html


def test_other_kinds_of_output_are_shown():
    cells = [
        cell("a", new_output("execute_result", data={"text/latex": r"$\displaystyle x^{2}$", "text/plain": "x**2"})),
        cell("b", new_output("display_data", data={"text/markdown": "**bold** words"})),
        cell("c", new_output("display_data", data={"image/png": "aGk=\n"}, metadata={"image/png": {"alt": "A chart"}})),
        cell("d", new_output("display_data", data={"image/svg+xml": "<svg/>"}, metadata={"alt": "A drawing"})),
        cell("e", new_output("error", ename="ValueError", evalue="<bad>", traceback=["…"])),
    ]
    html = page_html(new_notebook(cells=cells), manifest=MANIFEST, chapter="00_summary")
    assert "<msup>" in html
    assert "<strong>bold</strong> words" in html
    assert '<img src="data:image/png;base64,aGk=" alt="A chart">' in html
    assert '<img src="data:image/svg+xml;base64,PHN2Zy8+" alt="A drawing">' in html
    assert "ValueError.</strong> &lt;bad&gt;" in html


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (cell("c", new_output("display_data", data={"image/png": "aGk="})), "a picture has no description"),
        (new_markdown_cell("![alt](https://example.org/a.png)"), "lies outside the page"),
        (new_markdown_cell("![](data:image/png;base64,aGk=)"), "a picture has no description"),
        (new_markdown_cell(r"$$\left( x$$"), "formula .* cannot be read"),
        (new_markdown_cell(r"$\unheard x$"), "command that is not known"),
    ],
)
def test_what_a_page_cannot_hold_is_an_error(bad, message):
    with pytest.raises(ValueError, match=message):
        page_html(new_notebook(cells=[bad]), manifest=MANIFEST, chapter="00_summary")


def test_the_chapter_must_be_one_of_the_manifest():
    with pytest.raises(ValueError, match="'09_x' is not in the manifest, which lists 00_summary"):
        page_html(new_notebook(), manifest=MANIFEST, chapter="09_x")


def test_the_title_is_the_first_heading():
    cells = [new_code_cell("# not this"), new_markdown_cell("Text.\n\n#  Who may fail? #\n\n## Later")]
    assert title(new_notebook(cells=cells)) == "Who may fail?"
    with pytest.raises(ValueError, match="has no H1"):
        title(new_notebook(cells=[new_markdown_cell("## Only this")]))


def test_a_table_or_figure_has_an_anchor_and_links_to_its_makers(notebook):
    notebook.cells[3].source = "from tradecredit.measure import receivables\nfrom tradecredit.report import charts"
    notebook.cells[5].source = 'chapter.table(receivables.ageing(book), "ageing", "Open amount by age")'
    notebook.cells[6].source = 'chapter.figure(charts.bars(receivables.ageing(book)), "by_age", "By age.", "Bars")'
    page = page_html(notebook, manifest=MANIFEST, chapter="01_receivables")
    links = [attributes for tag, attributes in Page(page).tags if tag == "a"]
    anchors = {attributes["id"] for _, attributes in Page(page).tags if "id" in attributes}
    assert {"table-ageing", "figure-by_age", "table-buyers"} <= anchors
    assert {"#table-ageing", "#figure-by_age", "#table-buyers"} <= {link["href"] for link in links}
    sources = source_pages([notebook])
    followed = [link for link in links if link["href"].startswith("source/")]
    assert len(followed) == 2, "ageing under the table and under the figure"
    for link in followed:
        module, line = re.fullmatch(r"source/(.+)\.html#L(\d+)", link["href"]).groups()
        source = sources[module]
        (row,) = re.findall(rf'<li id="L{line}">(.*)', source)
        assert re.match(r"def (ageing|bars)\(", row)
        assert link["title"] in re.sub(r"\s+", " ", html.unescape(source)), "the docstring's first sentence"
    assert "<script" not in "".join(sources.values())


# In a browser


@pytest.fixture
def opened(browser, page, tmp_path):
    """Opens the page at a width; keeps the addresses that it asks for."""
    file = tmp_path / "01_receivables.html"
    file.write_text(page, encoding="utf-8")

    def at(width: int, scheme: str = "light"):
        tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        tab.requests = []
        tab.on("request", lambda request: tab.requests.append(request.url))
        tab.goto(file.as_uri())
        return tab

    return at


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "light"), (1280, "dark"), (360, "dark")])
def test_a_browser_finds_it_accessible_complete_and_within_the_screen(opened, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = opened(width, scheme)
    background = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 24, 30)"}[scheme]
    assert [address for address in tab.requests if not address.startswith("data:")] == [tab.url]
    assert tab.title().startswith("Receivables")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate("[...document.images].every(image => image.complete && image.naturalWidth === 1280)")
    found = axe.Axe().run(tab).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_source_of_a_module_is_accessible_and_shows_the_line_asked_for(browser, tmp_path, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    cells = [
        new_code_cell('from tradecredit.measure import receivables\nchapter.table(receivables.ageing(book), "a", "A")')
    ]
    ((module, source),) = source_pages([new_notebook(cells=cells)]).items()
    (tmp_path / f"{module}.html").write_text(source, encoding="utf-8")
    tab = browser.new_page(viewport={"width": width, "height": 900})
    (line,) = re.findall(r'<li id="(L\d+)">def ageing\(', source)
    tab.goto((tmp_path / f"{module}.html").as_uri() + f"#{line}")
    assert tab.locator(f"#{line}").is_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.Axe().run(tab).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found] == []


def test_no_script_runs_even_if_one_gets_in(browser, tmp_path):
    notebook = new_notebook(cells=[cell("x", html_output(f"{EVIL}<img src='x' onerror=\"document.title='run'\">"))])
    file = tmp_path / "page.html"
    file.write_text(page_html(notebook, manifest=MANIFEST, chapter="00_summary"), encoding="utf-8")
    tab = browser.new_page()
    asked = []
    tab.on("requestfinished", lambda request: asked.append(request.url))
    tab.goto(file.as_uri())
    assert tab.title().startswith("Summary")
    assert [address for address in asked if not address.startswith("data:")] == [file.as_uri()]


def test_a_phone_shows_who_decides_by_when_and_for_how_much(browser, tmp_path):
    """The longest kind and the longest authority of the default run, beside a long text of what the amount is."""
    table = pd.DataFrame(
        {"what": ["Claim on the policy", "Make limits bind that are often exceeded"], "buyers": 51.0,
         "authority": "chief financial officer (1 of 51)", "first_due_day": pd.Timestamp("2026-11-02"),
         "amount": [374_500.0, 20.0], "stake": "insured debt; 4 held back for risk too, EUR 316,715 above it",
         "since": pd.Timestamp("2026-08-19"), "state": "37 of 51 new"}
    )  # fmt: skip
    notebook = new_notebook(cells=[cell("x", html_output(to_html(table, "Decisions", columns=summary.COLUMNS)))])
    file = tmp_path / "page.html"
    file.write_text(page_html(notebook, manifest=MANIFEST, chapter="00_summary"), encoding="utf-8")
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.goto(file.as_uri())
    tab.set_viewport_size({"width": 360, "height": 780})
    right = "[...document.querySelectorAll('tbody tr:first-child > *')].map(cell => cell.getBoundingClientRect().right)"
    ends = tab.evaluate(right)
    assert len(ends) == len(summary.COLUMNS)
    assert max(ends) <= 360
    label = (
        "[...document.querySelectorAll('tbody tr:first-child > td')].map(c => getComputedStyle(c, '::before').content)"
    )
    heads = tab.evaluate("[...document.querySelectorAll('thead th')].map(cell => cell.textContent)")
    assert tab.evaluate(label) == [f'"{head}"' for head in heads[1:]]


def test_labels_of_stacked_cells_are_those_of_the_columns(browser, tmp_path):
    """Whatever letters a label has: it stands in a style sheet there."""
    names = ["a", "b'c", 'd"e', "f\\g", "h<i>&amp;", "j; color: red", "k}l", "ü 中 9"]
    page = tmp_path / "page.html"
    notebook = new_notebook(cells=[cell("x", html_output(to_html(pd.DataFrame([names], columns=names), "Labels")))])
    page.write_text(page_html(notebook, manifest=MANIFEST, chapter="00_summary"), encoding="utf-8")
    tab = browser.new_page(viewport={"width": 360, "height": 780})
    tab.goto(page.as_uri())
    shown = tab.evaluate("[...document.querySelectorAll('tbody td')].map(c => getComputedStyle(c, '::before').content)")
    escaped = [name.replace("\\", "\\\\").replace('"', '\\"') for name in names[1:]]
    assert shown == [f'"{name}"' for name in escaped]


def test_tables_stack_on_a_phone_and_are_whole_on_paper(opened):
    tab = opened(360)
    scrolls = "[...document.querySelectorAll('.tc-table')].map(box => box.scrollWidth > box.clientWidth)"
    stacked = scrolls.replace("'.tc-table'", "'.tc-table:has(.stacks)'")
    assert tab.evaluate(stacked)
    assert not any(tab.evaluate(stacked))
    assert on_paper.faults(tab) == []
    assert not any(tab.evaluate(scrolls))
    assert not tab.locator("nav").first.is_visible()
    assert not tab.locator(".tc-origin").first.is_visible()
    assert tab.locator("h1").is_visible()


def test_what_a_sheet_of_paper_cuts_or_breaks_is_found(browser):
    tab = browser.new_page()
    tab.set_content("<p>Whole.</p><p style='width: 2em; overflow-wrap: anywhere'>invoices</p>")
    assert on_paper.faults(tab) == ["broken: invoices in: invoices"]
    tab.set_content("<p>Whole.</p><p style='width: 900px'>wide</p>")
    assert on_paper.faults(tab) == ["cut: P  wide"]


def test_a_caption_is_no_wider_than_what_is_seen_of_its_table(opened):
    # A scroll bar, or a margin of whoever shows the page, may take of the screen's width.
    tab = opened(390)
    tab.add_style_tag(content=".tc-table { width: 60px }")
    widths = "[...document.querySelectorAll('caption span')].map(text => text.getBoundingClientRect().width)"
    assert max(tab.evaluate(widths)) <= 60


def test_a_section_that_was_run_and_shows_nothing_is_left_out():
    silent, again, telling = (new_code_cell("chapter.say(words.it())", execution_count=3) for _ in range(3))
    telling.outputs = [html_output("<p>Told.</p>")]
    cells = [
        new_markdown_cell("# Title"), new_markdown_cell("## Offers\n\nEach is worth what it is worth."), silent,
        new_markdown_cell("### Further"), again, new_markdown_cell("## Losses"), telling,
        new_markdown_cell("## Words alone"),
    ]  # fmt: skip
    html = page_html(new_notebook(cells=cells), manifest=MANIFEST, chapter="00_summary")
    assert "Offers" not in html
    assert "Further" not in html
    assert "Told." in html
    assert "Words alone" in html


def section(*tables: pd.DataFrame) -> str:
    outputs = [
        new_output("display_data", {"text/html": to_html(one, f"Table {at}")},
                   metadata={"tradecredit": "table", "name": f"t{at}"})
        for at, one in enumerate(tables)
    ]  # fmt: skip
    cells = [new_markdown_cell("# T\n\nText."), new_markdown_cell("## Q"), cell("x", *outputs)]
    manifest = {**MANIFEST, "chapters": [{"name": "01_receivables", "title": "T"}]}
    return page_html(new_notebook(cells=cells), manifest=manifest, chapter="01_receivables")


def test_five_rows_of_a_long_table_are_shown_and_the_others_on_demand():
    shown = section(pd.DataFrame({"a": range(100, 112)}))
    opened, behind = shown.split('<details class="fold table">')
    assert re.findall(r">(1\d\d)<", opened) == [str(n) for n in range(100, 105)]
    assert behind.startswith("<summary>7 more rows</summary>")
    assert re.findall(r">(1\d\d)<", behind.split("</details>")[0]) == [str(n) for n in range(105, 112)]
    assert re.findall(r'aria-label="(Table 0[^"]*)"', shown) == ["Table 0", "Table 0: further rows"]
    assert shown.count('id="table-t0"') == 1


def test_a_table_of_ten_rows_is_shown_whole_unless_there_are_more_in_its_csv():
    ten = pd.DataFrame({"a": range(100, 110)})
    assert '<details class="fold table">' not in section(ten)
    more = pd.DataFrame({"a": range(100, 130)})
    cells = [new_markdown_cell("# T"), new_markdown_cell("## Q"), cell("x", table_output(to_html(more, "M", rows=10)))]
    html = page_html(new_notebook(cells=cells), manifest=MANIFEST, chapter="00_summary")
    opened, behind = html.split('<details class="fold table">')
    assert re.findall(r">(1\d\d)<", opened) == [str(n) for n in range(100, 105)]
    assert "<summary>5 more rows</summary>" in behind
    assert "10 of 30 rows" in behind


def marked(html: str, kind: str, name: str = "") -> nbformat.NotebookNode:
    metadata = {"tradecredit": kind} | ({"name": name} if name else {})
    return new_output("display_data", {"text/html": html}, metadata=metadata)


def table_output(html: str) -> nbformat.NotebookNode:
    return marked(html, "table", "t")


def test_a_section_begins_with_its_first_finding_and_its_first_picture():
    picture = marked('<figure class="tc-figure"><img src="data:," alt="Rising"></figure>', "figure", "f")
    first, second = marked('<p class="tc-say">First.</p>', "say"), marked('<p class="tc-say">Second.</p>', "say")
    ten, eleven = (table_output(to_html(pd.DataFrame({"a": range(n)}), "T")) for n in (10, 11))
    cells = [
        new_markdown_cell("# T"), new_markdown_cell("## Q?\n\nHow it is counted."), cell("a", ten, first),
        cell("b", picture, second), new_markdown_cell("### Apart?"), cell("c", marked("<p>Own.</p>", "say")),
    ]  # fmt: skip
    notebook = new_notebook(cells=cells)
    html = page_html(notebook, manifest=MANIFEST, chapter="00_summary")
    places = [html.index(part) for part in (
        '<h2 id="q">', "First.", 'alt="Rising"', "How it is counted.", "<table", "Second.", "Apart?", "Own."
    )]  # fmt: skip
    assert places == sorted(places)
    assert html.count("First.") == html.count('alt="Rising"') == 1
    assert page_html(notebook, manifest=MANIFEST, chapter="00_summary") == html, "the notebook is left as it was"
    assert '<details class="fold table">' not in html
    cells[2] = cell("a", eleven, first)
    html = page_html(new_notebook(cells=cells), manifest=MANIFEST, chapter="00_summary")
    assert html.count('<details class="fold table">') == 1, "the picture shows what a long table holds"


def test_an_appendix_is_folded_under_its_question():
    cells = [
        new_markdown_cell("# T"), new_markdown_cell("## Q"), cell("a", html_output("<p>Told.</p>")),
        new_markdown_cell("## Is it <valid>?\n\nA test.", metadata={"tags": ["appendix"]}),
        cell("b", html_output("<p>Green.</p>")),
        new_markdown_cell("## Has it *drifted*?", metadata={"tags": ["appendix"]}),
        cell("c", html_output("<p>No.</p>")),
    ]  # fmt: skip
    html = page_html(new_notebook(cells=cells), manifest=MANIFEST, chapter="00_summary")
    main = html.split("<main")[1].split('<details class="made"')[0]
    assert main.count('<p class="appendix">') == 1
    assert main.index("Told.") < main.index('<p class="appendix">') < main.index("Is it &lt;valid&gt;?")
    first, second = re.findall(
        r'<details class="fold appendix">(.*?)(?=<details class="fold appendix">|$)', main, re.DOTALL
    )
    # The place is within, so that a browser that is led to it opens the part.
    opens = '<summary><h2>Is it &lt;valid&gt;?</h2></summary><span class="opens" id="is-it-valid"></span>'
    assert first.startswith(opens)
    assert first.index("A test.") < first.index("Green.") < first.rindex("</details>")
    assert second.index("No.") < second.rindex("</details>")
    assert main.count("<details") == main.count("</details>")
    assert 'href="#is-it-valid"' in html


def test_a_link_to_an_appendix_opens_it_and_shows_its_heading(browser, tmp_path):
    text = "A test of many words.\n\n" * 40
    cells = [new_markdown_cell("# T"), new_markdown_cell(f"## Q\n\n{text}"),
             new_markdown_cell(f"## Is it valid?\n\n{text}", metadata={"tags": ["appendix"]})]  # fmt: skip
    file = tmp_path / "page.html"
    file.write_text(page_html(new_notebook(cells=cells), manifest=MANIFEST, chapter="00_summary"), encoding="utf-8")
    tab = browser.new_page(viewport={"width": 1200, "height": 900})
    tab.goto(file.as_uri())
    assert not tab.evaluate("document.querySelector('details.appendix').open")
    tab.click(".side a[href='#is-it-valid']")
    assert tab.evaluate("document.querySelector('details.appendix').open")
    assert 0 <= tab.evaluate("document.querySelector('details.appendix h2').getBoundingClientRect().top") < 100
    tab.close()


def test_a_section_that_answers_a_question_has_its_place_above_its_heading():
    cells = [new_markdown_cell("# T"), new_markdown_cell("## Q"), cell("a", marked("<p>Told.</p>", "say")),
             cell("b", marked('<figure class="x">F</figure>', "figure", "cash_13_weeks"))]  # fmt: skip
    manifest = MANIFEST | {"chapters": [{"name": "07_cash_and_provision", "title": "Cash"}]}
    html = page_html(new_notebook(cells=cells), manifest=manifest, chapter="07_cash_and_provision")
    place = '<span class="answers" id="answer-cash_13_weeks"></span>'
    assert re.search(rf'{place}\s*<h2 id="q">Q</h2>\s*<p>Told.</p>', html)
    below = page_html(new_notebook(cells=[*cells[:3], new_markdown_cell("### R"), cells[3]]), manifest=manifest,
                      chapter="07_cash_and_provision")  # fmt: skip
    assert re.search(rf'{place}\s*<h3 id="r">R</h3>', below)
    assert below.count(place) == 1


def test_all_tables_of_a_section_but_the_first_are_folded_under_their_captions():
    short = pd.DataFrame({"a": range(10)})
    folded = r'<details class="fold table"><summary>(.*?) <span'
    assert re.findall(folded, section(short)) == []
    shown = section(short, short)
    assert re.findall(folded, shown) == ["Table 1"]
    assert '<span class="rows">10 rows</span>' in shown
    within = shown.split('<details class="fold table">')[1].split("</details>")[0]
    assert 'id="table-t1"' in within
    assert 'id="table-t0"' not in within
