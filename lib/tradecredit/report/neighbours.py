"""Links from the pages of one month to the same chapter in other months, put in when a month comes or goes.

A page is made once, before later months are there. What it links to beyond its own month stands in one place of its
head, which is written anew whenever the index is.
"""

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from tradecredit.language import tr
from tradecredit.report.written import write_text
from tradecredit.words import months as words

EMPTY = "<!--months--><!--/months-->"
"""What a page is made with; `link_months` fills it."""
OFFERED = {
    "report.pdf": words.REPORT_PDF,
    "summary.pdf": words.SUMMARY_PDF,
    "summary_mail.html": words.SUMMARY_MAIL,
    "workbook.xlsx": words.WORKBOOK,
}
"""Files of a month that its pages offer, if they are there."""
FIRST = "00_summary"
"""The page that every month has."""
_PLACE = re.compile(r"<!--months-->.*?<!--/months-->", re.DOTALL)


def link_months(entity: Path, names: Sequence[str]) -> None:
    """Write the links to other months into all pages of an entity's months; pages that have them stay as they are.

    `names`: the months that were published, oldest first. All addresses are relative. A run that fails changes no page
    of a good month: the index and the chapters' pages over all months tell of it.
    """
    for name in names:
        link_pages(entity / name, entity, name, names)


def link_pages(pages: Path, entity: Path, name: str, names: Sequence[str]) -> None:
    """Write the links to other months into the pages of the month `name`, which lie in a folder `pages`.

    That is where they are built, or where they were published. `entity`, `names`: as `link_months` has them, with this
    month among them.
    """
    place = list(names).index(name)
    around = [names[at] if 0 <= at < len(names) else "" for at in (place - 1, place + 1)]
    for page in sorted(pages.glob("[0-9][0-9]_*.html")):
        text = page.read_text(encoding="utf-8")
        now = _PLACE.search(text)
        links = f"<!--months-->{_links(page, entity, around)}<!--/months-->"
        if now and now[0] != links:
            write_text(page, text[: now.start()] + links + text[now.end() :])


def _links(page: Path, entity: Path, around: Sequence[str]) -> str:
    month = page.parent
    steps = [_step(entity, name, page.name, word) for name, word in zip(around, words.STEPS, strict=True) if name]
    links = [*steps, f'<a href="../{escape(page.name)}">{tr(words.ALL_MONTHS)}</a>']
    links += [f'<a href="{name}">{tr(text)}</a>' for name, text in OFFERED.items() if (month / name).exists()]
    items = "".join(f"<li>{link}</li>" for link in links)
    return f'<nav class="months" aria-label="{tr(words.LABEL)}"><ul>{items}</ul></nav>\n'


def _step(entity: Path, name: str, page: str, word: str) -> str:
    """Return the link to the same chapter in the month before or after; where it has none, to its first page."""
    there = page if (entity / name / page).exists() else f"{FIRST}.html"
    return f'<a href="../{name}/{escape(there)}"><span>{tr(word)}</span> {name}</a>'
