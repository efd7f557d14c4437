"""Links from the cells that name a buyer to its sheet, or to where another page names it."""

import re
from collections.abc import Iterable, Mapping
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from tradecredit.report.folders import file_name
from tradecredit.report.tables import escaped

FOLDER = "buyers"
"""Folder of a month that holds the sheets."""

_CELL = re.compile(r'(<t[hd](?: [^>]*)? data-of="buyer"[^>]*>)(?:<a href="[^"]*">)?([^<]+)(?:</a>)?(?=</t[hd]>)')


_MENTION = re.compile(r'<a href="([^"#]+)#[^":]*:~:text=([^"]+)">([^<]*)</a>')


def linked(html: str, sheets: Mapping[str, str]) -> str:
    """Return a page on which each cell that names a buyer with a sheet leads to it; `sheets`: buyer_id → address.

    Also where the cell led to a list in which the buyer stands: its sheet leads there.
    """

    def link(cell: re.Match[str]) -> str:
        address = sheets.get(unescape(cell[2]))
        return cell[0] if address is None else f'{cell[1]}<a href="{escaped(address)}">{cell[2]}</a>'

    return _CELL.sub(link, html)


def leading_somewhere(html: str, pages: Mapping[str, str]) -> str:
    """Return a page without its links to mentions (text fragments) on other pages that do not mention it.

    `pages`: file → HTML of the pages that are known; a table there may show its first rows alone.
    """

    def kept(link: re.Match[str]) -> str:
        there = pages.get(link[1])
        return link[0] if there is None or unquote(link[2]) in unescape(there) else link[3]

    return _MENTION.sub(kept, html)


def sheet_name(buyer_id: str) -> str:
    """Return the name of the file of a buyer's sheet.

    >>> sheet_name("B00268")
    'buyer_B00268.html'
    """
    return f"{file_name('buyer', buyer_id)}.html"


def published_sheets(month: Path, buyers: Iterable[str]) -> dict[str, str]:
    """Return buyer_id → file of its sheet within `buyers` of a published month, of those that have one there."""
    there = {file.name for file in (month / FOLDER).glob("*.html")}
    return {buyer: name for buyer in buyers if (name := sheet_name(buyer)) in there}
