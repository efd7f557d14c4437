"""What speaks of a chapter by its number leads to its page, and names it as its page does."""

import pytest

from tradecredit.language import speaking
from tradecredit.report.chapter_links import led

TITLES = {"00_summary": "Summary", "03_credit_limits": "Limits & <caps>", "03_terms": "Terms", "04_losses": "Losses"}
LIMITS = '<a href="03_credit_limits.html">“Limits &amp; &lt;caps&gt;”</a>'


def test_a_number_is_the_title_of_the_first_chapter_that_has_it_and_a_name_that_of_its_own():
    page = "<main><p>In chapter 03, not in chapter 03_terms; chapter 08 is not there.</p></main>"
    assert led(page, TITLES) == (
        f'<main><p>In chapter {LIMITS}, not in chapter <a href="03_terms.html">“Terms”</a>; '
        "chapter 08 is not there.</p></main>"
    )
    assert led("<main><td>(chapters 00 and 04)</td></main>", TITLES, up="../") == (
        '<main><td>(chapters <a href="../00_summary.html">“Summary”</a> and '
        '<a href="../04_losses.html">“Losses”</a>)</td></main>'
    )


@pytest.mark.parametrize(
    "as_it_is",
    [
        "<header>chapter 03</header><main></main>",
        '<main><p title="chapter 03"><a href="x.html">chapter 03</a> <code>chapter 03</code></p></main>',
        "<main><p>chapters 03 and 08, chapter 3</p></main>",
    ],
)
def test_what_is_a_link_or_code_or_lies_outside_the_text_stays_as_it_is(as_it_is):
    assert led(as_it_is, TITLES) == as_it_is


def test_a_heading_and_the_page_itself_name_a_chapter_without_a_link():
    page = "<main><h2>Chapter 04</h2><details><summary>chapter 04</summary></details><p>chapter 00</p></main>"
    assert led(page, TITLES, here="00_summary") == (
        "<main><h2>Chapter “Losses”</h2><details><summary>chapter “Losses”</summary></details>"
        "<p>chapter “Summary”</p></main>"
    )


@pytest.mark.parametrize(
    ("language", "said", "shown"),
    [
        ("de", "des Kapitels 04 (Kapitel 00 und 04)", "des Kapitels „Losses“ (Kapitel „Summary“ und „Losses“)"),
        ("zh", "见第04章（第00章和第04章）", "见“Losses”一章（“Summary”和“Losses”一章）"),
    ],
)
def test_other_languages_have_their_own_words_for_it(language, said, shown):
    with speaking(language):
        assert led(f"<main><h2>{said}</h2></main>", TITLES) == f"<main><h2>{shown}</h2></main>"
