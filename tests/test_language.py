"""The languages of a report: catalogues that are whole and fit their English, figures as each language writes them."""

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure

from tradecredit import Run
from tradecredit.errors import ParameterError
from tradecredit.language import LANGUAGES, speaking, tr, tr_number, translations
from tradecredit.params.default import DefaultSettings
from tradecredit.params.losses import LossSettings
from tradecredit.report import chart_axes, charts, pictures
from tradecredit.report.page import page_html, title
from tradecredit.report.tables import to_html
from tradecredit.translations.messages import messages
from tradecredit.words import formats
from tradecredit.words.agreeing import shown

OTHERS = [language for language in LANGUAGES if language != "en"]
PLACE = re.compile(r"\{(\w*)[^{}]*\}")


def places_in(text: str) -> set[str]:
    """Return the places that a text has for values; braces of formulas are none."""
    return set(PLACE.findall(re.sub(r"\$[^$]+\$", "", text)))


def forms(text: object) -> list[str]:
    return list(text) if isinstance(text, tuple) else [str(text)]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_that_a_reader_may_see_is_translated(language):
    known = translations(language)
    assert set(messages()) - set(known.texts) - set(known.counted) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fits_its_english(language):
    marked = re.compile("`[^`]+`")
    known = translations(language)
    for english, translated in [*known.texts.items(), *known.counted.items()]:
        places = {place for form in forms(english) for place in places_in(form)}
        codes = {code for form in forms(english) for code in marked.findall(form)}
        for form in forms(translated):
            assert places_in(form) <= places, form
            assert set(marked.findall(form)) <= codes, form
            assert form.count("**") % 2 == 0, form


@pytest.mark.parametrize("language", OTHERS)
def test_sources_that_the_run_file_does_not_state_are_told_in_the_language(language):
    known = translations(language).texts
    assert {LossSettings().lgd_source, DefaultSettings().central_tendency_source} <= set(known)


def test_what_has_no_translation_stays_english():
    with speaking("de"):
        assert tr("No such text: {name}", name="Demo") == "No such text: Demo"
        assert tr_number("{number} unheard of", "{number} unheards of", 2, number=2) == "2 unheards of"


# Duden (decimal comma, full stop between thousands); GB/T 15835-2011 (numbers in Chinese)
@pytest.mark.parametrize(
    ("language", "amount", "share", "days", "day"),
    [
        ("en", "EUR 1.24 m", "36.7 %", "41.2 days", "31 October 2026"),
        ("de", "EUR 1,24 Mio.", "36,7 %", "41,2 Tage", "31. Oktober 2026"),
        ("de-CH", "EUR 1.24 Mio.", "36.7 %", "41.2 Tage", "31. Oktober 2026"),
        ("zh", "EUR 124 万", "36.7%", "41.2天", "2026年10月31日"),
    ],
)
def test_figures_and_days_are_written_as_the_language_has_them(language, amount, share, days, day):
    with speaking(language):
        assert formats.money(1_237_000, "EUR") == amount
        assert formats.percent(0.3673) == share
        assert formats.days(41.23) == days
        assert formats.day(pd.Timestamp("2026-10-31")) == day


def test_switzerland_writes_german_in_its_own_form():
    """CLDR, de-CH: a point before decimals, an apostrophe between thousands; Duden: ss for ß."""
    with speaking("de-CH"):
        assert formats.money(412_300.0, "CHF") == "CHF 412’300"
        assert formats.money(98.5, "CHF") == "CHF 98.50"
        assert tr("The largest debtors") == "Die grössten Schuldner"
    assert not any("ß" in text for text in translations("de-CH").texts.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", [0.0, 98.76, 412_300.0, -1_240_000.0, 4.56e9])
def test_a_figure_as_written_gives_its_number_back(language, value):
    with speaking(language):
        assert shown(formats.money(value, "EUR")) == pytest.approx(value, rel=5e-3)


def test_a_sentence_ends_where_the_language_ends_it():
    with speaking("de"):
        assert formats.sentences("Bis 31. Oktober fehlen EUR 1,24 Mio. im Lager. Mehr z. B. hier.") == [
            "Bis 31. Oktober fehlen EUR 1,24 Mio. im Lager.", "Mehr z. B. hier.",
        ]  # fmt: skip
    with speaking("zh"):
        assert formats.sentences("甲。乙！") == ["甲。", "乙！"]


def test_a_table_has_its_heads_and_codes_in_the_language_and_names_as_they_are():
    table = pd.DataFrame({"buyer_id": ["Total"], "name": ["Overdue"], "overdue_amount": [1234.5]})
    with speaking("de"):
        html = to_html(table, "Receivables", currency="EUR")
    assert ">Total<" in html and ">Overdue<" in html  # names that happen to be words of ours
    assert "Abnehmer" in html and ">1.234<" in html.replace("1.235", "1.234")


def test_headings_and_paragraphs_of_a_notebook_are_translated():
    cells = [
        nbformat.v4.new_markdown_cell("# Summary"),
        nbformat.v4.new_markdown_cell("## What needs a decision?\n\nOwn text."),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    manifest = {
        "entity": "Demo", "as_of": "2026-10-31", "chapters": [{"name": "00_summary", "title": "T"}],
        "book": {"fingerprint": "f" * 64}, "versions": {"tradecredit": "1"},
    }  # fmt: skip
    with speaking("zh"):
        assert title(notebook) == translations("zh").texts["Summary"]
        page = page_html(notebook, manifest=manifest, chapter="00_summary")
    assert '<html lang="zh-CN">' in page
    assert str(translations("zh").texts["What needs a decision?"]) in page
    assert "Own text." in page  # an analyst's own words, which no catalogue has


def test_chinese_is_drawn_on_every_machine(monkeypatch):
    monkeypatch.setattr(chart_axes, "FONTS_FOR_OTHER_SCRIPTS", ())
    chart_axes.fonts.cache_clear()
    try:
        figure = charts.bars(pd.Series([1.0, 2.0], index=["华东贸易", "深圳"]), x="买方", y="应收账款", kind="money")
        assert isinstance(figure, Figure)
        _, undrawn = pictures.picture_of(figure)
    finally:
        chart_axes.fonts.cache_clear()
    assert not undrawn


def test_a_language_that_is_not_known_is_refused(tmp_path: Path):
    file = tmp_path / "run.yaml"
    file.write_text(
        "entity: Demo\ncurrency: EUR\nlanguage: fr\nas_of: 2026-10-31\nsource: {kind: demo, seed: 7}\n",
        encoding="utf-8",
    )
    with pytest.raises(ParameterError, match="language"):
        Run.from_yaml(file)


def test_parts_joined_in_english_have_the_marks_of_chinese():
    with speaking("zh"):
        told = formats.punctuated("信用分析师, 最迟于 2026年11月2日.")
    assert told == "信用分析师，最迟于2026年11月2日。"
