"""The glossary page of a month, and the links to it from the first use of each term on a page."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tradecredit.language import speaking, tr, written
from tradecredit.report.document import beside_chapters, find
from tradecredit.report.markup import parts_within
from tradecredit.report.tables import escaped, sentence
from tradecredit.words import glossary as words

FILE = "glossary.html"
_WITHIN = {"p", "dt", "li", "th"}
"""Elements in whose text terms are links."""
_OUTSIDE = {"a", "code", "pre", "math", "summary", "h1", "h2", "h3", "nav", "header", "footer", "style", "title", "svg"}


@cache
def _said(language: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """Return the words in which a page may use a term, with its anchor, and the pattern that finds them."""
    with speaking(language):
        anchors = {tr(said): anchor for anchor, term in words.TERMS.items() for said in (term.said or (term.name,))}
    longest_first = sorted(anchors, key=len, reverse=True)
    return anchors, re.compile("|".join(_pattern(said) for said in longest_first))


def _pattern(said: str) -> str:
    letters = "".join(
        rf"[{letter}{letter.upper()}]" if not said.isupper() and place == 0 and letter.isalpha()
        else r"[ \u00a0]" if letter == " " else re.escape(letter)
        for place, letter in enumerate(said)
    )  # fmt: skip
    # Chinese has no spaces between words.
    return rf"(?<![\w-]){letters}(?![\w-])" if said.isascii() or said[0] < "\u2e80" else letters


def explained(html: str) -> str:
    """Return a page on which the first use of each term of the glossary, in its running text, leads to it.

    Links, headings, code, formulas and what opens a folded part stay as they are.
    """
    used: set[str] = set()
    anchors, pattern = _said(written())

    def link(said: re.Match[str]) -> str:
        text = said[0].replace("\u00a0", " ")
        anchor = anchors.get(text) or anchors[text[:1].lower() + text[1:]]
        if anchor in used:
            return said[0]
        used.add(anchor)
        return f'<a class="term" href="{FILE}#{anchor}">{said[0]}</a>'

    return "".join(
        pattern.sub(link, part)
        if within is not None and "main" in within and _WITHIN & within and not _OUTSIDE & within
        else part
        for part, within in parts_within(html)
    )


def glossary_page(manifest: Mapping[str, Any]) -> str:
    """Return the glossary as a page of a month: all terms in order of the alphabet, each with an anchor."""
    ordered = sorted(words.TERMS.items(), key=lambda term: tr(term[1].name).lower())
    terms = "".join(
        f'<div id="{anchor}"><dt>{escaped(tr(term.name))}</dt><dd>{sentence(term.text)}</dd></div>\n'
        for anchor, term in ordered
    )
    main = f'<p>{tr(words.SEE)}</p>\n<dl class="glossary">\n{terms}</dl>\n'
    return beside_chapters(manifest, tr(words.TITLE), main, beside=find())


def write_glossary(build: Path, manifest: Mapping[str, Any]) -> None:
    """Write the glossary into a month's folder."""
    (build / FILE).write_text(glossary_page(manifest), encoding="utf-8", newline="\n")
