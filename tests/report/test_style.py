"""A page's style sheet holds the rules of what it has, and no others."""

import re

import pytest

from tradecredit.report.document import TEMPLATE, document
from tradecredit.report.style import needed

SHEET = """:root { --ink: #1f2933; --unused: 0.5rem; }
/* a comment with { braces } */
a { color: var(--ink); margin: 0.5rem -0.25rem 10.05rem; }
.there, .absent > td { margin: 0 1px; }
.absent { color: blue; }
.there:not(.absent) p { color: green; }
video { color: black; }
.there > :nth-child(2), body:has(main > .absent) .there { --c: var(--c2); }
td.n::before { content: var(--c); }
@media print {
  .absent { display: none; }
  .there { display: block; }
}
@media screen { .absent { color: red } }
@page { size: A4; @bottom-right { content: counter(page); } }
"""
HTML = '<body><main style="--c2:1"><p class="there more"></p><table><td class="n">1</td></table></main></body>'


def test_rules_of_what_a_page_does_not_have_are_left_out(tmp_path):
    (tmp_path / "style.css").write_text(SHEET)
    assert needed(tmp_path / "style.css", HTML).split("\n") == [
        ":root{--ink:#1f2933;}", "a{color:var(--ink);margin:.5rem -.25rem 10.05rem}",
        ".there{margin:0 1px}", ".there:not(.absent) p{color:green}",
        ".there > :nth-child(2){--c:var(--c2)}", "td.n::before{content:var(--c)}",
        "@media print{.there{display:block}}", "@page{size:A4;@bottom-right { content:counter(page);}}",
    ]  # fmt: skip


DRAWN = "document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))"
"""Told once the fonts are there and two frames have been drawn since."""


def settled(tab):
    """Return the picture of a page once two in a row are equal: a busy machine may draw after it has been asked."""
    tab.evaluate(DRAWN)
    before, now = b"", tab.screenshot(full_page=True)
    for _ in range(10):
        if now == before:
            break
        before, now = now, tab.screenshot(full_page=True)
    return now


def looks(browser, file, width):
    """Return how a page looks on a screen and, in the dark, on paper."""
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(file.as_uri())
    on_screen = settled(tab)
    tab.emulate_media(media="print", color_scheme="dark")
    on_paper = settled(tab)
    tab.close()
    return on_screen, on_paper


@pytest.mark.parametrize("width", [1200, 360])
def test_a_page_looks_as_with_the_whole_style_sheet(browser, tmp_path, width):
    main = (
        '<p class="tc-answer">A</p><h2 id="a">B</h2><dl class="tc-cards"><div><dt>C</dt><dd>1</dd></div></dl>'
        '<div class="tc-table"><table class="stacks" style="--c2:\'x\';--c3:\'y\'"><caption><span>T</span></caption>'
        '<thead><tr><th scope="col">a</th><th class="n">b</th><th>c</th></tr></thead><tbody><tr><th>1</th>'
        '<td class="n">2</td><td class="long">three</td></tr></tbody></table></div><details class="fold"><summary>S'
        "</summary><p>x</p></details>"
    )
    page = document(title="t", header="<h1>H</h1>", navigation='<nav class="side">n</nav>', main=main, footer="f")
    whole = (TEMPLATE / "style.css").read_text(encoding="utf-8")
    other = re.sub("<style>.*?</style>", lambda _: f"<style>{whole}</style>", page, flags=re.DOTALL)
    assert len(page) < 0.7 * len(other)
    files = [tmp_path / "needed.html", tmp_path / "whole.html"]
    for file, html in zip(files, (page, other), strict=True):
        file.write_text(html, encoding="utf-8")
    # What differs only while a busy machine draws does not when it is looked at again.
    seen = ([looks(browser, file, width) for file in files] for _ in range(3))
    assert any(one == whole for one, whole in seen)
