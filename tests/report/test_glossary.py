"""Terms lead to the glossary where a page first uses them, and nowhere else."""

import re

import pytest

from tradecredit.report.glossary import explained, glossary_page
from tradecredit.words.glossary import TERMS

MANIFEST = {
    "entity": "Demo & Sons", "as_of": "2026-10-31", "book": {"fingerprint": "9f2c4b7e0a6d5c3e"},
    "chapters": [{"name": "00_summary", "title": "Summary"}, {"name": "01_receivables", "title": "Receivables & age"}],
}  # fmt: skip


def page(main: str) -> str:
    return f"<html><body><nav><p>DSO</p></nav><main>{main}</main></body></html>"


def linked(main: str) -> list[tuple[str, str]]:
    html = explained(page(main))
    assert re.sub(r'<a class="term"[^>]*>(.*?)</a>', r"\1", html) == page(main), "no word is changed"
    return re.findall(r'<a class="term" href="glossary.html#([\w-]+)">(.*?)</a>', html)


def test_the_first_use_of_each_term_leads_to_it():
    assert linked("<p>The DSO is 40. <strong>DSO</strong> again; LGD too.</p><ul><li>AUC</li></ul>") == [
        ("dso", "DSO"), ("lgd", "LGD"), ("auc", "AUC"),
    ]  # fmt: skip


def test_a_term_is_found_by_its_other_words_and_the_longest_of_them():
    assert linked("<p>Expected shortfall of the retained\u00a0loss at default probability 1 %.</p>") == [
        ("expected-shortfall", "Expected shortfall"), ("retained", "retained\u00a0loss"),
        ("pd", "default probability"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "main",
    [
        "<h2>DSO</h2>", '<p><a href="x.html">DSO</a></p>', "<p><code>DSO</code></p>", "<p>DSOs and pre-DSO</p>",
        "<details><summary>DSO</summary></details>", "<td>DSO</td>", "<p>add the odd one</p>",
        '<p><img src="data:," alt="DSO"></p>',
    ],
)  # fmt: skip
def test_links_headings_code_and_parts_of_words_stay_as_they_are(main):
    assert linked(main) == []


def test_elements_without_an_end_do_not_hide_what_follows():
    assert linked("<p>A<br>B <img alt=''> the DSO</p>") == [("dso", "DSO")]


def test_every_term_stands_in_the_glossary_in_order():
    html = glossary_page(MANIFEST)
    assert re.findall(r'<div id="([\w-]+)"><dt>', html) == sorted(TERMS, key=lambda anchor: TERMS[anchor].name.lower())
    assert 'href="00_summary.html"' in html
    assert "Demo &amp; Sons" in html


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_a_browser_finds_the_glossary_accessible_and_shows_the_term_asked_for(browser, tmp_path, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    (tmp_path / "glossary.html").write_text(glossary_page(MANIFEST), encoding="utf-8")
    tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab.goto((tmp_path / "glossary.html").as_uri() + "#waiting-period")
    assert tab.evaluate("document.querySelector(':target').getBoundingClientRect().top") < 900
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.Axe().run(tab).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found] == []
