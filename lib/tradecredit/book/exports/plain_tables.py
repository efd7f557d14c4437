"""Tables of names and rows beside a ledger's lists: in which line their names stand, and how their file is written."""

from pathlib import Path

from tradecredit.book.exports import grid
from tradecredit.book.exports.encoding import decoded
from tradecredit.book.exports.heads import LOOKED_AT
from tradecredit.params.export import ExportForm


def form_of(path: Path) -> ExportForm | None:
    """Return how a file of a table is written; None for one of another kind, and where no line has names."""
    suffix = path.suffix.lower()
    if suffix == ".xlsx" and not grid.is_text(path):
        sheet, rows = next(iter(grid.sheets(path).items()), (None, []))
        line = header_line(rows)
        return ExportForm(layout="sheet", sheet=sheet, header_row=line) if line else None
    if suffix not in grid.SEPARATORS:
        return None
    text, encoding = decoded(path.read_bytes())
    beginning = "\n".join(text.splitlines()[:LOOKED_AT]) + "\n"
    separator = max(grid.SEPARATORS[suffix], key=beginning.count)
    line = header_line(grid.text_rows(beginning, separator))
    return ExportForm(encoding=encoding, separator=separator, header_row=line) if line else None


def header_line(rows: list[grid.Row]) -> int | None:
    """Return the line of a table's columns' names: the first that fills as many cells as its rows mostly do, or more.

    Titles above it fill one cell or two; None where no line is a header.
    """
    filled = [(line, sum(cell is not None for cell in cells)) for line, cells in rows[:LOOKED_AT]]
    usual = sorted(number for _, number in filled)[len(filled) // 2] if filled else 0
    return next((line for line, number in filled if number >= max(usual, 2)), None)
