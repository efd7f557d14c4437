"""The cells of a workbook of the OpenDocument format (ISO/IEC 26300), as LibreOffice writes it."""

import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

OFFICE, TABLE, TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{part}:1.0}}" for part in ("office", "table", "text"))
MOST = 1000
"""More equal cells in a row, or equal rows, only fill a sheet to its end."""


def sheets(path: Path) -> dict[str, list[tuple[int, list[object]]]]:
    """Return the rows of each sheet, as values, with their lines; rows without a value are left out.

    Raises `ValueError`, `KeyError` or `zipfile.BadZipFile` for what is no such workbook.
    """
    import lxml.etree

    with zipfile.ZipFile(path) as packed:
        try:
            content = lxml.etree.fromstring(packed.read("content.xml"))
        except lxml.etree.XMLSyntaxError as error:
            raise ValueError(f"its content is no XML: {error}") from None
    return {str(table.get(f"{TABLE}name")): _rows(table) for table in content.iter(f"{TABLE}table")}


def _rows(table: "_Element") -> list[tuple[int, list[object]]]:
    found: list[tuple[int, list[object]]] = []
    line = 0
    for row in table.iter(f"{TABLE}table-row"):
        cells: list[object] = []
        for cell in row.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
            cells += [_value(cell)] * (times if times <= MOST else 1)
        times = int(row.get(f"{TABLE}number-rows-repeated", "1"))
        if any(cell is not None for cell in cells):
            found += [(line + at, cells) for at in range(1, min(times, MOST) + 1)]
        line += times
    return found


def _value(cell: "_Element") -> object:
    """Return what a cell holds: a number, a day with its time, or a text."""
    kind = cell.get(f"{OFFICE}value-type")
    if kind in ("float", "currency", "percentage"):
        return float(cell.get(f"{OFFICE}value", "nan"))
    if kind == "date":
        return datetime.fromisoformat(cell.get(f"{OFFICE}date-value", ""))
    text = "\n".join("".join(map(str, part.itertext())) for part in cell.iterchildren(f"{TEXT}p"))
    return text if text.strip() else None
