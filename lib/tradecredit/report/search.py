"""The search page of a month: a list of all that can be looked for, and a script on that one page that narrows it.

The list is the index. Without a script it is a page to read, and to look through as a browser does; nothing is fetched,
so that it works from a folder, a zip or any web server.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from tradecredit.language import tr
from tradecredit.report.document import SEARCH, TEMPLATE, beside_chapters
from tradecredit.report.glossary import FILE as GLOSSARY
from tradecredit.report.tables import escaped
from tradecredit.words import search as words
from tradecredit.words.formats import counted, figure
from tradecredit.words.glossary import TERMS

_QUESTION = re.compile(
    r'<h2(?: id="(?P<own>[^"]+)")?>(?P<text>.*?)</h2>(?:</summary><span class="opens" id="(?P<within>[^"]+)">)?',
    re.DOTALL,
)
"""A heading, which opens a folded part where its anchor is within that."""
_TABLE = re.compile(r'<div id="(table-[^"]+)" class="tc-table".*?<caption[^>]*><span>(.*?)</span>', re.DOTALL)
_PICTURE = re.compile(r'<figure id="(figure-[^"]+)".*?<figcaption[^>]*>(.*?)</figcaption>', re.DOTALL)
_OF_PAGE = {"tables": _TABLE, "pictures": _PICTURE}
_BUYER = re.compile(r'<t[hd](?: [^>]*)? data-of="buyer"[^>]*>(?:<a href="[^"]*">)?([^<]+)')
_TAGS = re.compile(r"<[^>]+>")


class Entry(NamedTuple):
    """What can be found: its text, where it leads, what of, and further words by which it is found."""

    text: str
    address: str
    of: str
    words: str = ""


def write_search(build: Path, manifest: Mapping[str, Any], buyers: pd.DataFrame, sheets: Mapping[str, str]) -> None:
    """Write the search page into a month's folder, in which all pages and results lie already.

    `buyers`: buyer_id, name, registration_id; `sheets`: buyer_id → address of its sheet.
    """
    results = json.loads((build / "results.json").read_text(encoding="utf-8"))["chapters"]
    titles = {chapter["name"]: chapter["title"] for chapter in manifest["chapters"]}
    pages = {name: (build / f"{name}.html").read_text(encoding="utf-8") for name in titles}
    groups = {
        "buyers": [*_buyers(buyers, sheets, pages, titles)],
        "figures": [*_figures(results, titles)],
        "questions": [*_questions(pages, titles)],
        **{kind: [*_of_pages(pattern, pages, titles)] for kind, pattern in _OF_PAGE.items()},
        "terms": [*_terms()],
    }
    (build / SEARCH).write_text(search_page(groups, manifest), encoding="utf-8", newline="\n")


def search_page(groups: Mapping[str, Sequence[Entry]], manifest: Mapping[str, Any]) -> str:
    """Return the search as a page of a month; `groups`: kind (of `words.GROUPS`) → what can be found of it."""
    box = (
        f'<div id="search" class="search" role="search" hidden>\n<label for="wanted">{tr(words.BOX)}</label>\n'
        '<input id="wanted" type="search" autocomplete="off" spellcheck="false" aria-describedby="how">\n'
        f'<p id="how">{tr(words.HOW)}</p>\n'
        f'<p id="told" role="status" data-found="{escaped(tr(words.FOUND))}" '
        f'data-nothing="{escaped(tr(words.NOTHING))}"></p>\n</div>\n'
    )
    lists = "".join(_list(tr(words.GROUPS[kind]), entries) for kind, entries in groups.items() if entries)
    script = (TEMPLATE / "search.js").read_text(encoding="utf-8")
    return beside_chapters(manifest, tr(words.TITLE), f"<p>{tr(words.TASK)}</p>\n{box}{lists}", script=script)


def _list(heading: str, entries: Sequence[Entry]) -> str:
    items = "".join(
        f'<li{_said(entry)}><a href="{escaped(entry.address)}">{escaped(entry.text)}</a> '
        f"<span>{escaped(entry.of)}</span></li>\n"
        for entry in entries
    )
    rows = f'<span class="rows">{counted(len(entries), "entry", "entries")}</span>'
    return f'<details class="fold found"><summary>{heading} {rows}</summary>\n<ul>\n{items}</ul></details>\n'


def _said(entry: Entry) -> str:
    return f' title="{escaped(entry.words)}"' if entry.words else ""


def _buyers(
    buyers: pd.DataFrame, sheets: Mapping[str, str], pages: Mapping[str, str], titles: Mapping[str, str]
) -> Iterator[Entry]:
    """Yield the buyers that have a sheet, then those that a table of a chapter names."""
    known = buyers.set_index("buyer_id")[["name", "registration_id"]].fillna("").astype("str")
    for buyer_id, address in sheets.items():
        name, registration = known.loc[buyer_id]
        yield Entry(f"{buyer_id} {name}".strip(), address, tr(words.OF_SHEET), registration)
    seen = set(sheets)
    for chapter, html in pages.items():
        for anchor, caption, named in _naming(html):
            for buyer_id in named:
                if buyer_id in seen or buyer_id not in known.index:
                    continue
                seen.add(buyer_id)
                name, registration = known.loc[buyer_id]
                place = f"{titles[chapter]}: {caption}"
                yield Entry(f"{buyer_id} {name}".strip(), f"{chapter}.html#{anchor}", place, registration)


def _naming(html: str) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Yield the tables of a page: anchor, caption, and the buyers that they name; further rows count to theirs."""
    starts = [*_TABLE.finditer(html)]
    for place, start in enumerate(starts):
        end = starts[place + 1].start() if place + 1 < len(starts) else len(html)
        named = (unescape(cell) for cell in _BUYER.findall(html, start.start(), end))
        yield start[1], _text(start[2]), named


def _figures(results: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[Entry]:
    """Yield the headline figures with their values; those of the summary, which repeats others', are left out."""
    for chapter, published in results.items():
        if not chapter.startswith("00"):
            for name, entry in published["figures"].items():
                value = "" if entry["value"] is None else f": {figure(entry['value'], entry['unit'])}"
                yield Entry(f"{tr(entry['label'])}{value}", f"{chapter}.html", titles[chapter], name)


def _questions(pages: Mapping[str, str], titles: Mapping[str, str]) -> Iterator[Entry]:
    for chapter, html in pages.items():
        for found in _QUESTION.finditer(html):
            if anchor := found["own"] or found["within"]:
                yield Entry(_text(found["text"]), f"{chapter}.html#{anchor}", titles[chapter])


def _of_pages(pattern: re.Pattern[str], pages: Mapping[str, str], titles: Mapping[str, str]) -> Iterator[Entry]:
    for chapter, html in pages.items():
        for anchor, text in pattern.findall(html):
            yield Entry(_text(text), f"{chapter}.html#{anchor}", titles[chapter])


def _terms() -> Iterator[Entry]:
    for anchor, term in sorted(TERMS.items(), key=lambda term: tr(term[1].name).lower()):
        yield Entry(tr(term.name), f"{GLOSSARY}#{anchor}", tr(words.OF_GLOSSARY), ", ".join(map(tr, term.said)))


def _text(html: str) -> str:
    return unescape(_TAGS.sub("", html)).strip()
