"""The month's tables as one Excel workbook, written row by row from the published CSV files.

Each cell is of its column's type, so that text is never taken for a formula, whatever a ledger holds. Memory does not
grow with the tables, and equal tables give equal bytes: no time of writing enters the file.
"""

import csv
import math
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

import pandas as pd

from tradecredit.language import tr
from tradecredit.report.columns import column
from tradecredit.report.data_package import resources
from tradecredit.report.makers import Maker
from tradecredit.report.tables import CONTROLS, unharmed
from tradecredit.words import workbook as words

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

FILE = "workbook.xlsx"
MOST_ROWS = 1_048_576
"""Rows of a sheet in Excel."""
MOST_LETTERS = 32_767
"""Characters of a cell in Excel."""
EXACT = 1e15
"""Whole numbers from here on have more digits than Excel keeps."""
HEAD_ROWS = 2
"""The caption, and the columns' heads."""
WIDEST, NARROWEST, SAMPLED = 48, 9, 200
"""Bounds of a column's width in characters, and the rows that it is measured by."""
FORMATS = {
    "money": "#,##0.00", "percent": "0.0%", "probability": "0.00%", "days": "#,##0.0", "count": "#,##0",
    "ratio": "#,##0.00", "score": "#,##0.0", "p_value": "0.0000", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm",
}  # fmt: skip
"""Kind of column: how Excel shows it; others as Excel does by itself."""
OF_UNITS = {"days": "days", "fraction": "percent", "%": "percent", "probability": "probability", "count": "count",
            "ratio": "ratio"}  # fmt: skip
"""Unit of a figure: its kind; a currency's code is an amount."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


class _Field(NamedTuple):
    """A column of a published table."""

    type: str
    title: str
    kind: str


class _Written(NamedTuple):
    """A table that has a sheet: a row of the index."""

    sheet: str
    chapter: str
    title: str
    rows: int
    held: int
    made_by: str
    path: str


Makers = Mapping[tuple[str, str], Sequence[Maker]]
"""What made a chapter's tables (`makers.makers`)."""


def write_workbook(month: Path, manifest: Mapping[str, Any], made_by: Mapping[str, Makers], currency: str) -> Path:
    """Write `workbook.xlsx` into a month's folder: an index, and a sheet for each table of each chapter; return it.

    `manifest`: entity, as_of, book (fingerprint) and chapters (name, title); `made_by`: chapter → what made its tables.
    A table of more rows than a sheet holds, and a text that is longer than a cell, are cut and say so.
    """
    from xlsxwriter import Workbook  # costs time to import, and only a whole month needs it

    file = month / FILE
    book = Workbook(str(file), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({
        "title": f"{manifest['entity']} {manifest['as_of']}", "author": "tradecredit",
        "created": datetime.fromisoformat(manifest["as_of"]),
    })  # fmt: skip
    looks = _Looks(book)
    index = book.add_worksheet(tr(words.INDEX))
    names = {tr(words.INDEX).lower()}
    written = []
    for chapter in manifest["chapters"]:
        folder = month / "tables" / chapter["name"]
        makers = made_by.get(chapter["name"], {})
        for table in resources(folder):
            sheet = book.add_worksheet(sheet_name(chapter["name"], table["name"], names))
            held = _write_sheet(sheet, table, folder / table["path"], looks)
            sheet._opt_close()  # else each sheet keeps a file open, and systems allow as few as 256
            labels = ", ".join(maker.label for maker in makers.get(("table", table["name"]), ()))
            path = f"tables/{chapter['name']}/{table['path']}"
            written.append(
                _Written(sheet.get_name(), chapter["title"], table["title"], table["rows"], held, labels, path)
            )
    _write_index(index, written, manifest, currency, looks)
    book.close()
    _pack(file)
    return file


def _pack(file: Path) -> None:
    """Pack a workbook as small as its form allows; XlsxWriter packs so that it takes little time."""
    smaller = file.with_suffix(".packed")
    with ZipFile(file) as loose, ZipFile(smaller, "w", ZIP_DEFLATED, compresslevel=9) as packed:
        for part in loose.infolist():
            large = part.file_size >= 2**31
            with loose.open(part) as stream, packed.open(part.filename, "w", force_zip64=large) as target:
                shutil.copyfileobj(stream, target)
    smaller.replace(file)


def sheet_name(chapter: str, table: str, taken: set[str]) -> str:
    """Return a name that Excel allows (31 characters, none of []:*?/\\) and no other sheet has; it is added to `taken`.

    >>> taken = set()
    >>> sheet_name("03_credit_limits", "limits", taken), sheet_name("03_more", "limits", taken)
    ('03 limits', '03 limits 2')
    """
    whole = _NOT_IN_NAMES.sub("_", f"{chapter.split('_')[0]} {table}").strip("'")
    name, number = whole[:31], 1
    while name.lower() in taken:
        number += 1
        name = f"{whole[: 31 - len(f' {number}')]} {number}"
    taken.add(name.lower())
    return name


class _Looks:
    """The workbook's formats, each made once."""

    def __init__(self, book: "Workbook"):
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.head_right = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "align": "right"}
        )
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.caption = book.add_format({"bold": True})
        self.link = book.add_format({"font_color": "#0b4f7d", "underline": 1})
        # Text that is edited in place would else become a formula.
        self.quoted = book.add_format({"quote_prefix": True})
        self.by_kind = {kind: book.add_format({"num_format": number}) for kind, number in FORMATS.items()}


def _write_sheet(sheet: "Worksheet", table: Mapping[str, Any], file: Path, looks: _Looks) -> int:
    """Write a table's sheet; return how many of its rows the sheet holds."""
    fields = [_Field(field["type"], field["title"], field["kind"]) for field in table["schema"]["fields"]]
    unit = next((place for place, field in enumerate(table["schema"]["fields"]) if field["name"] == "unit"), None)
    rows = _rows(file)
    sample = list(islice(rows, SAMPLED))
    for place, field in enumerate(fields):
        sheet.set_column(place, place, _width(field, [row[place] for row in sample]))
    sheet.write_url(0, 0, f"internal:'{tr(words.INDEX)}'!A1", looks.link, tr(words.INDEX))
    most = MOST_ROWS - HEAD_ROWS
    told = f" {words.left_out(table['rows'], most)}" if table["rows"] > most else ""
    sheet.write_string(0, 1, _text(f"{tr(table['title'])}{told}"), looks.caption)
    for place, field in enumerate(fields):
        right = field.type in ("integer", "number", "any")
        sheet.write_string(1, place, _text(tr(field.title)), looks.head_right if right else looks.head)
    held = 0
    for held, row in enumerate(islice(chain(sample, rows), MOST_ROWS - HEAD_ROWS), start=1):
        _write_row(sheet, held + HEAD_ROWS - 1, row, (fields, unit, looks))
    sheet.freeze_panes(HEAD_ROWS, 1)
    if fields:
        sheet.autofilter(1, 0, max(held + 1, 1), len(fields) - 1)
    _print_like_a_page(sheet)
    return held


def _write_row(
    sheet: "Worksheet", place: int, row: Sequence[str], how: tuple[Sequence[_Field], int | None, _Looks]
) -> None:
    fields, unit, looks = how
    for at, (text, field) in enumerate(zip(row, fields, strict=True)):
        if not text:
            continue
        kind = _kind(field, row, unit)
        value = _value(text, field, kind)
        if isinstance(value, bool):
            sheet.write_boolean(place, at, value)
        elif isinstance(value, float):
            sheet.write_number(place, at, value, looks.by_kind.get(kind))
        elif isinstance(value, datetime):
            sheet.write_datetime(place, at, value, looks.by_kind[field.type])
        else:
            quoted = looks.quoted if value.startswith(("=", "+", "-", "@", "\t", "\n")) else None
            sheet.write_string(place, at, value, quoted)


def _kind(field: _Field, row: Sequence[str], unit: int | None) -> str:
    """Return how a cell is written: by its column, or where that differs by row, by the row's unit or name."""
    if field.kind in ("figure", "change"):
        return "number" if unit is None else OF_UNITS.get(row[unit], "money")
    if field.kind.startswith("row"):
        return column(unharmed(row[0]), pd.Series([0.0])).kind
    return field.kind


def _value(text: str, field: _Field, kind: str) -> bool | float | datetime | str:
    """Return a cell's value in its column's type; what is not of that type, such as an infinite number, as text."""
    if field.type == "boolean":
        return text == "True"
    if field.type in ("date", "datetime"):
        day = datetime.fromisoformat(text)
        return day if day.year >= 1900 else text  # Excel knows no earlier days
    if field.type in ("integer", "number") or (field.type == "any" and kind not in ("text", "date")):
        number = _number(text)
        return text if number is None else number
    if field.kind == "name":
        label = tr(column(unharmed(text), pd.Series([0.0])).label)
        return _text(label[:1].upper() + label[1:])
    return _text(unharmed(text))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    exact = abs(value) < EXACT or not value.is_integer() if math.isfinite(value) else False
    return value if exact else None


def _text(text: str) -> str:
    """Return text as a cell can hold it: control characters shown as unknown, as on pages, and not too long."""
    text = text.translate(CONTROLS)
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - len(tr(words.CUT_TEXT))] + tr(words.CUT_TEXT)


def _rows(file: Path) -> Iterator[list[str]]:
    """Return the rows of a CSV of ours, without its head."""
    csv.field_size_limit(2**31 - 1)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.reader(opened)
        next(reader, None)
        yield from reader


def _width(field: _Field, texts: Sequence[str]) -> int:
    """Return a column's width: that of its longest cell in the sample, or of half its head, which is wrapped."""
    if field.type in ("number", "any") and field.kind != "text":
        numbers = [_number(text) for text in texts if text]
        longest = max((len(f"{number:,.2f}") for number in numbers if number is not None), default=0)
    else:
        longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
    head = max([len(field.title) // 2 + 3, *(len(word) + 2 for word in field.title.split())], default=0)
    return min(max(longest + 2, head, NARROWEST), WIDEST)


def _write_index(
    sheet: "Worksheet", written: Sequence[_Written], manifest: Mapping[str, Any], currency: str, looks: _Looks
) -> None:
    sheet.write_string(0, 0, words.title(manifest["entity"], manifest["as_of"]), looks.title)
    sheet.write_string(1, 0, words.conventions(currency, manifest["book"]["fingerprint"]))
    for place, (head, width) in enumerate(zip(words.HEADS, (34, 30, 80, 10, 44, 48, 40), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(3, place, tr(head), looks.head_right if head == words.HEADS[3] else looks.head)
    for place, table in enumerate(written, start=4):
        sheet.write_url(place, 0, f"internal:'{table.sheet}'!A1", looks.link, table.sheet)
        sheet.write_string(place, 1, _text(table.chapter))
        sheet.write_string(place, 2, _text(tr(table.title)))
        sheet.write_number(place, 3, table.rows, looks.by_kind["count"])
        if table.made_by:
            sheet.write_string(place, 4, table.made_by)
        sheet.write_string(place, 5, table.path)
        if table.held < table.rows:
            sheet.write_string(place, 6, words.left_out(table.rows, table.held))
    sheet.freeze_panes(4, 1)
    sheet.autofilter(3, 0, max(len(written) + 3, 3), len(words.HEADS) - 1)
    _print_like_a_page(sheet)


def _print_like_a_page(sheet: "Worksheet") -> None:
    """Print on A4 across, as wide as the paper, with the heads on each sheet of it and page numbers."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, HEAD_ROWS - 1)
    sheet.set_footer("&L&A&R&P / &N")
