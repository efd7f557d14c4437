"""The cells of a workbook of the old kind (.xls, BIFF), as many accounting systems still write it."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlrd import Book
    from xlrd.sheet import Cell

NO_DAY = "#######"
"""What a number that is no day is shown as, where it stands as one."""
Merged = dict[int, list[tuple[int, int]]]
"""The cells of a sheet that are one over several columns: by line, from 1, the first and the last column, from 0."""


def sheets(path: Path, alone: str | None = None) -> dict[str, tuple[list[tuple[int, list[object]]], Merged]]:
    """Return the rows of each sheet, as values, with their lines, and its merged cells; rows without a value are none.

    `alone`: the sheet that is wanted; none: all. Raises `ValueError` for what is no such workbook, such as one of
    today's kind that a password protects, and `KeyError` for a sheet that is not there.
    """
    import xlrd

    try:
        book = xlrd.open_workbook(path, logfile=io.StringIO(), formatting_info=True)
    except Exception as error:  # the reader names no error of its own for what is damaged
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"it is damaged, or protected by a password ({reason})") from None
    if alone is not None and alone not in book.sheet_names():
        raise KeyError(alone)
    found: dict[str, tuple[list[tuple[int, list[object]]], Merged]] = {}
    for name in book.sheet_names() if alone is None else [alone]:
        sheet = book.sheet_by_name(name)
        rows = [(line + 1, [_value(cell, book) for cell in sheet.row(line)]) for line in range(sheet.nrows)]
        merged: Merged = {}
        for line, end, first, beyond in sheet.merged_cells:
            if end == line + 1 and beyond > first + 1:
                merged.setdefault(line + 1, []).append((first, beyond - 1))
        found[name] = [row for row in rows if any(cell is not None for cell in row[1])], merged
    return found


def _value(cell: "Cell", book: "Book") -> object:
    """Return what a cell holds: a number, a day with its time, a text, or what an error is shown as."""
    import xlrd

    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return int(cell.value) if cell.value.is_integer() else cell.value
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate.xldate_as_datetime(cell.value, book.datemode) if cell.value >= 0 else NO_DAY
        except OverflowError:
            return NO_DAY
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR")
    return cell.value if cell.ctype == xlrd.XL_CELL_TEXT and cell.value.strip() else None
