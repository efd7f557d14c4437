"""The summary as a mail: all that its page shows unopened, in what mail programs keep."""

import re

import pandas as pd
import pytest

from tradecredit.report.document import document
from tradecredit.report.mail import MOST_BYTES, mail_html
from tradecredit.report.pictures import sparkline

MANIFEST = {
    "entity": "Demo & Sons", "as_of": "2026-10-31", "book": {"fingerprint": "9f2c4b7e0a6d5c3e"},
    "chapters": [{"name": "00_summary", "title": "Summary"}],
}  # fmt: skip
DAYS = pd.to_datetime(["2026-08-31", "2026-09-30", "2026-10-31"])
LINE = sparkline(pd.Series([1.0, 2.0, 3.0], index=DAYS), "{:g}".format)
MAIN = f"""<p class="tc-answer one-page">Customers owe <strong>EUR 30.4 m</strong> &amp; more.</p>
<p>What this page is.</p>
<dl class="tc-cards" style="display:flex"><div><dt><a href="glossary.html#dso">DSO</a></dt><dd>44.9 days</dd>
<dd class="since">+0.8 days since 2025-10-31</dd>{LINE}
<dd class="lit"><details class="light amber"><summary>Amber</summary>
<p>Green up to 15 %.</p></details></dd></div></dl>
<div class="tc-pictures"><figure class="tc-figure"><picture><source srcset="data:image/png;base64,AA==">
<img src="data:image/png;base64,AAAA" alt="Half of it is **late** &lt;1&gt;."></picture>
<figcaption><a href="01.html#figure-a">Ageing</a></figcaption></figure></div>
<h2 id="what">What needs a decision?</h2>
<p class="tc-say">Two more are not shown. <a href="#table-kinds">List</a></p>
<ul class="tc-acts" aria-label="Decisions"><li><a href="03.html#table-x">Report &lt;debt&gt;</a>
<strong>EUR 260,654</strong><span>Board, by 2 November 2026</span></li></ul>
<details class="fold"><summary>All decisions</summary><p>behind</p></details>
<h2>More</h2>"""
DROPPED = r"<(?!!DOCTYPE|/?(?:html|head|meta|title|body|table|tr|td|h1|h2|p|ul|li|span|strong|code|br)\b)"
"""An element that some mail program does not show."""


def mail() -> str:
    return mail_html(document(title="x", header="", navigation="", main=MAIN, footer=""), MANIFEST)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<body")[2].partition(">")[2]).split())


def test_all_that_the_page_shows_unopened_is_told():
    told = text(mail())
    for part in (
        "Demo &amp; Sons · As of 31 October 2026", "Customers owe EUR 30.4 m &amp; more.",
        "DSO 44.9 days +0.8 days since 2025-10-31 ▁▅█ 1 to 3 in 3 months ■ Amber",
        "Ageing: Half of it is late &lt;1&gt;.",
        "What needs a decision? Two more are not shown. Report &lt;debt&gt; EUR 260,654 Board, by 2 November 2026",
        "Made by tradecredit from book 9f2c4b7e0a6d",
    ):  # fmt: skip
        assert part in told, part
    assert not re.search("behind|More|List|What this page is|Green up to", told)


def test_nothing_in_it_is_outside_of_it_or_dropped_by_mail_programs():
    html = mail()
    assert re.findall(DROPPED, html) == []
    assert not re.search(r"\b(?:src|href|srcset|class|id)=|var\(|url\(|data:|display:(?:flex|grid)|@", html)
    assert re.findall(DROPPED, "<p><svg></p>") == ["<"]


def test_a_page_without_a_main_part_is_none():
    with pytest.raises(ValueError, match="no main part"):
        mail_html("<p>a</p>", MANIFEST)


def test_a_browser_finds_the_mail_accessible_and_within_the_screen(browser, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    (tmp_path / "mail.html").write_text(mail(), encoding="utf-8")
    for width in (800, 360):
        tab = browser.new_page(viewport={"width": width, "height": 800})
        tab.goto((tmp_path / "mail.html").as_uri())
        found = axe.Axe().run(tab).response["violations"]
        # A mail program shows it within its own page: landmarks are that page's.
        assert [rule["id"] for rule in found if rule["id"] not in ("region", "landmark-one-main")] == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.close()


def test_gmail_shows_it_whole():
    assert len(mail().encode()) < 5_000 < MOST_BYTES
