"""The search of a month: what it finds, that it leads there, in a browser with and without scripts."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from tradecredit.language import LANGUAGES, speaking
from tradecredit.report.document import CONTENT_POLICY, SEARCH, document, find
from tradecredit.report.glossary import FILE as GLOSSARY
from tradecredit.report.glossary import write_glossary
from tradecredit.report.search import write_search
from tradecredit.report.tables import to_html

EVIL = "</script><script>document.title='run'</script>"
MANIFEST = {
    "entity": "Demo & Sons", "as_of": "2026-10-31", "book": {"fingerprint": "9f2c4b7e0a6d5c3e"},
    "chapters": [{"name": "00_summary", "title": "Summary"}, {"name": "01_receivables", "title": "Receivables & age"}],
}  # fmt: skip
BUYERS = pd.DataFrame(
    {
        "buyer_id": ["B1", "B2", "B3", "B4"], "name": ["Søren Möller GmbH", EVIL, None, "Nowhere Ltd"],
        "registration_id": ["HRB 4711", None, None, None],
    }
)  # fmt: skip
FIGURES = {"dso": {"label": "Days sales outstanding", "value": 41.5, "unit": "days"},
           "cei": {"label": "Collection effectiveness", "value": None, "unit": "fraction"}}  # fmt: skip


def written(folder: Path) -> Path:
    """A month's folder of two chapters, a sheet and the glossary, with its search; its path."""
    table = to_html(BUYERS.iloc[[0, 2]], "Who owes most", columns=["buyer_id", "name"])
    table = table.replace("<div ", '<div id="table-largest" ', 1)
    picture = '<figure id="figure-ageing" class="tc-figure"><figcaption>Ageing by month</figcaption></figure>'
    pages = {"00_summary": "<p>All is well.</p>",
             "01_receivables": f'<h2 id="who-pays-late">Who pays <em>late</em>?</h2>{table}{picture}'}  # fmt: skip
    for name, main in pages.items():
        html = document(title=name, header=find(), navigation="", main=main, footer="")
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    (folder / "buyers").mkdir()
    for buyer in ("B1", "B2"):
        (folder / "buyers" / f"{buyer}.html").write_text("<title>sheet</title>", encoding="utf-8")
    results = {"chapters": {"00_summary": {"figures": FIGURES}, "01_receivables": {"figures": FIGURES}}}
    (folder / "results.json").write_text(json.dumps(results))
    write_glossary(folder, MANIFEST)
    write_search(folder, MANIFEST, BUYERS, {buyer: f"buyers/{buyer}.html" for buyer in ("B1", "B2")})
    return folder / SEARCH


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("month"))


def entries(html: str) -> dict[str, tuple[str, str]]:
    """Text of each entry: its address, and what it is of."""
    found = re.findall(r'<li[^>]*><a href="([^"]+)">(.*?)</a> <span>(.*?)</span></li>', html)
    return {text: (address, of) for address, text, of in found}


def test_all_that_can_be_looked_for_is_listed_with_where_it_leads(page):
    html = page.read_text(encoding="utf-8")
    found = entries(html)
    assert found["B1 Søren Möller GmbH"] == ("buyers/B1.html", "sheet of the buyer")
    assert found["B3"] == ("01_receivables.html#table-largest", "Receivables &amp; age: Who owes most")
    assert not [text for text in found if "B4" in text], "nothing in the month names it"
    assert found["Days sales outstanding: 41.5 days"] == ("01_receivables.html", "Receivables &amp; age")
    assert "Collection effectiveness" in found
    assert found["Who pays late?"] == ("01_receivables.html#who-pays-late", "Receivables &amp; age")
    assert found["Who owes most"][0].endswith("#table-largest")
    assert found["Ageing by month"][0].endswith("#figure-ageing")
    assert found["Days sales outstanding (DSO)"] == (f"{GLOSSARY}#dso", "glossary")
    assert 'title="HRB 4711"' in html
    for address, _ in found.values():
        file, _, anchor = address.partition("#")
        assert not anchor or f'id="{anchor}"' in (page.parent / file).read_text(encoding="utf-8"), address


def test_one_script_is_let_run_and_no_other_page_lets_any(page):
    html = page.read_text(encoding="utf-8")
    assert html.count("<script>") == 1
    assert EVIL not in html
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)
    assert re.fullmatch(re.escape(CONTENT_POLICY) + r"; script-src 'sha256-[\w+/]{43}='", policy)
    summary = (page.parent / "00_summary.html").read_text(encoding="utf-8")
    assert f'content="{CONTENT_POLICY}"' in summary
    assert f'href="{SEARCH}">Search</a>' in summary


def shown(tab) -> list[str]:
    return [link.inner_text() for link in tab.locator("main li a").all() if link.is_visible()]


def test_a_browser_finds_by_all_words_and_leads_there_by_keys(browser, page):
    tab = browser.new_page()
    asked, errors = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: errors.append(message.text))
    tab.goto(page.as_uri())
    assert tab.evaluate("document.activeElement.id") == "wanted"
    assert shown(tab) == [], "nothing is listed before anything is looked for"
    assert tab.title() == "Search · Demo & Sons · 2026-10-31"
    tab.keyboard.type("moller  SØREN")
    assert shown(tab) == ["B1 Søren Möller GmbH"]
    assert tab.locator("#told").inner_text() == "1 found."
    for words, first in (("4711", "B1 Søren Möller GmbH"), ("late who", "Who pays late?"), ("41.5", "Days sales out")):
        tab.fill("#wanted", words)
        assert shown(tab)[0].startswith(first), words
    tab.fill("#wanted", "B4")
    assert shown(tab) == []
    assert "can add any other" in tab.locator("#told").inner_text()
    tab.fill("#wanted", "sales outstanding")
    tab.press("#wanted", "ArrowDown")
    tab.keyboard.press("ArrowDown")
    assert tab.evaluate("document.activeElement.textContent") == shown(tab)[1]
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    assert tab.evaluate("document.activeElement.id") == "wanted"
    tab.press("#wanted", "Escape")
    assert tab.input_value("#wanted") == ""
    assert asked == [page.as_uri()] or set(asked) == {page.as_uri(), "data:,"}
    assert errors == []
    tab.fill("#wanted", "pays late")
    tab.press("#wanted", "Enter")
    tab.wait_for_url("**/01_receivables.html#who-pays-late")
    tab.close()


def test_without_scripts_the_list_is_a_page_to_read(browser, page):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(page.as_uri())
    assert not tab.locator("#wanted").is_visible()
    tab.locator("main summary").first.click()
    assert "B1 Søren Möller GmbH" in shown(tab)
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_finds_the_search_accessible_in_each_language(browser, tmp_path, language):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    with speaking(language):
        page = written(tmp_path)
    for width, scheme in ((1200, "light"), (360, "dark")):
        tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        tab.goto(page.as_uri())
        tab.fill("#wanted", {"en": "expected shortfall", "de": "dso", "de-CH": "dso", "zh": "应收"}[language])
        assert shown(tab), language
        found = axe.Axe().run(tab).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found] == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.close()
