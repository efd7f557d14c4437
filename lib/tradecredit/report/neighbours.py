"""Links from the pages of one month to the same chapter in other months, put in when a month comes or goes.

A page is made once, before later months are there. What it links to beyond its own month stands in one place of its
head, which is written anew whenever the index is.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tradecredit.report.tables import escaped
from tradecredit.report.written import write_text
from tradecredit.words import months as words

EMPTY = "<!--months--><!--/months-->"
"""What a page is made with; `link_months` fills it."""
OFFERED = {"report.pdf": words.REPORT_PDF, "summary.pdf": words.SUMMARY_PDF, "workbook.xlsx": words.WORKBOOK}
"""Files of a month that its pages offer, if they are there."""
_PLACE = re.compile(r"<!--months-->.*?<!--/months-->", re.DOTALL)


def link_months(entity: Path, names: Sequence[str], failures: Mapping[str, str]) -> None:
    """Write the links to other months into all pages of an entity's months; pages that have them stay as they are.

    `names`: the months that were published or tried, oldest first; `failures`: month → where its last run failed, for
    those of which no later run succeeded. All addresses are relative.
    """
    for place, name in enumerate(names):
        around = [names[at] if 0 <= at < len(names) else "" for at in (place - 1, place + 1)]
        for page in sorted((entity / name).glob("[0-9][0-9]_*.html")):
            text = page.read_text(encoding="utf-8")
            now = _PLACE.search(text)
            links = f"<!--months-->{_links(page, around, failures)}<!--/months-->"
            if now and now[0] != links:
                write_text(page, text[: now.start()] + links + text[now.end() :])


def _links(page: Path, around: Sequence[str], failures: Mapping[str, str]) -> str:
    month, entity = page.parent, page.parent.parent
    steps = [_step(entity, name, page.name, word) for name, word in zip(around, words.STEPS, strict=True) if name]
    links = [*steps, f'<a href="../{page.name}">{words.ALL_MONTHS}</a>']
    links += [f'<a href="{name}">{text}</a>' for name, text in OFFERED.items() if (month / name).exists()]
    items = "".join(f"<li>{link}</li>" for link in links)
    nav = f'<nav class="months" aria-label="{words.LABEL}"><ul>{items}</ul></nav>\n'
    if month.name not in failures:
        return nav
    return f'{nav}<p class="later" role="note">{escaped(words.later_failed(failures[month.name]))}</p>\n'


def _step(entity: Path, name: str, page: str, word: str) -> str:
    """Return the link to a month before or after: to the same chapter, else to its first page, or to what failed."""
    pages = sorted(file.name for file in (entity / name).glob("[0-9][0-9]_*.html"))
    label = f"<span>{word}</span> {escaped(name)}"
    if not pages:
        return f'<a href="../../index.html#{escaped(entity.name)}">{label} {words.FAILED}</a>'
    return f'<a href="../{escaped(name)}/{page if page in pages else pages[0]}">{label}</a>'
