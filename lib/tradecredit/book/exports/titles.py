"""What the lines above a list's header say: its day, currency and company."""

import re
from datetime import date

import pandas as pd

from tradecredit.book.exports.amounts import CODES, code_of
from tradecredit.book.exports.days import days, told
from tradecredit.params.export import ExportSystem

COMPANIES = (
    r"GmbH & Co\. KGa?A?|GmbH & Co KG|GmbH|mbH|AG|KG|OHG|e\. ?K\.|SE|Ltd\.?|Limited|PLC|plc|LLP|LLC|Inc\.?|Corp\.?|"
    r"Pty Ltd|Pvt\.? Ltd\.?|S\.?A\.?S\.?|S\.?A\.?R\.?L\.?|S\.?r\.?l\.?|S\.?p\.?A\.?|S\.A\.|S\.L\.U?\.?|B\.?V\.?|"
    r"N\.?V\.?|A/S|ApS|AB|Oyj?|Lda\.?|Ltda\.?|[Ss]p\. z o\. ?o\.|s\.r\.o\.|a\.s\.|Kft\.?|Zrt\.?|d\.o\.o\.|有限公司"
)
"""Legal forms as they are written behind the names of companies."""


def in_titles(system: ExportSystem, above: list[str]) -> dict[str, str]:
    """Return what the lines above the header say; the first line that says a thing counts."""
    found: dict[str, str] = {}
    for pattern in system.titles:
        for line in above:
            if match := re.search(pattern, line):
                found = {key: value for key, value in match.groupdict().items() if value} | found
    return found


def currency_shown(above: list[str]) -> dict[str, str]:
    """Return the currency whose code stands in brackets, alone or last, in a line above a header, as `shown`.

    Nothing without one.

    >>> currency_shown(["Open items as of 2026-10-31 (PLN)"]), currency_shown(["(dalam IDR)"])
    ({'shown': 'PLN'}, {'shown': 'IDR'})
    >>> currency_shown(["Alder (UK) Ltd"])
    {}
    """
    in_brackets = r"[(\[](?:[^()\[\]]* )?([A-Z]{3})[)\]]"
    shown = (code_of(name) for line in above for name in re.findall(in_brackets, line))
    codes = [code for code in shown if code in CODES.split()]
    return {"shown": codes[0]} if len(set(codes)) == 1 else {}


def day_in_titles(titles: dict[str, str]) -> tuple[date, bool] | None:
    """Return the day that the lines above a header say, and whether it may be read in another way; None without one."""
    if "day" not in titles:
        return None
    written = pd.Series([titles["day"]], dtype="str")
    form = told([written])
    if form is None or pd.isna(day := days(written, form.format).iloc[0]):
        return None
    return day.date(), bool(form.others)


def of_newest(system: ExportSystem, above: list[list[str]]) -> list[str]:
    """Return the lines above the header of that one of several files which is of the latest day, as it says itself."""
    stated = [day_in_titles(in_titles(system, lines)) for lines in above]
    return max(zip(stated, above, strict=True), key=lambda one: one[0][0] if one[0] else date.min)[1]


def company(above: list[str]) -> str | None:
    """Return the company whose name stands in a title above a list, told by its legal form; None without one.

    A name behind a word and a colon (`Customer: …`) is a field of the list, and none of its title.
    """
    for line in above:
        for cell in re.split(r'[;\t|"]|,(?=,)', line):
            found = re.match(rf"\s*([^\W\d][^:;,]*?\s(?:{COMPANIES}))(?=$|[\s,.;])", cell)
            if found:
                return found[1].strip()
    return None
