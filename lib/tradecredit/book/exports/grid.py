"""The cells of an export file: its lines split into fields, with the line's number, before anything is read of them."""

import csv
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from tradecredit.book.exports import old_workbook, open_document
from tradecredit.book.exports.encoding import of_page
from tradecredit.book.exports.pages import without_titles_again
from tradecredit.book.exports.totals import is_sum
from tradecredit.params.export import ExportForm

if TYPE_CHECKING:
    import duckdb
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

Row = tuple[int, list[object]]
"""The line in the file, counted from 1, and its cells; None where a cell is empty."""
UNREADABLE = (OSError, ValueError, KeyError, StopIteration, IndexError, csv.Error, zipfile.BadZipFile)
"""What a file that is no file of its kind raises when it is opened."""
PACKED, OLD_WORKBOOK = b"PK", b"\xd0\xcf\x11\xe0"
"""How workbooks begin: those of today are packed."""
SEPARATORS = {".csv": ";,\t|", ".tsv": "\t", ".txt": "\t;,|", ".prn": "\t;,|", ".lst": "\t;,|"}


NOTHING = ("", "NULL", r"\N")
"""What stands in a text where there is nothing: the words are those of databases."""


def text_rows(text: str, separator: str) -> list[Row]:
    """Return the lines of a text with separators; a field in quotes may hold line ends."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    return [
        (reader.line_num, [None if (held := cell.strip()) in NOTHING else held for cell in row])
        for row in reader
        if row
    ]


AMOUNT = re.compile(r"\d[.,]\d\d(?!\d)")
DAY = re.compile(r"\d{1,4}[./-](?:\d{1,2}|[A-Za-z]{3})[./-]\d{2,4}")
RULE = " -=_*."
"""What lines are drawn of."""


def printed_lines(text: str) -> list[str]:
    """Return the lines of a printed text, without marks of pages and tabs."""
    return [line.replace("\f", " ").expandtabs().rstrip() for line in text.split("\n")]


def is_document(line: str) -> bool:
    """Return whether a printed line holds a day and an amount."""
    return AMOUNT.search(DAY.sub(" ", line)) is not None and DAY.search(line) is not None


def fixed_rows(text: str, begins: list[int]) -> list[Row]:
    """Return the lines of a printed list split where its columns begin; such as do not stand in them, as one cell.

    Raises `ValueError` for a document that does not stand in them.
    """
    numbered = enumerate(printed_lines(text), start=1)
    printed = without_titles_again([(number, [line]) for number, line in numbered if line.strip(RULE)])
    lines = [str(line) for _, [line] in printed]
    above = set(_header_of([*takewhile(lambda line: not is_document(line), lines)], begins))
    # Where a text among documents, such as a name, does not stand in the columns, another may do so by chance.
    words = [line for line in lines if line not in above and _is_words(line)]
    apart = set() if all(_stands_in(line, begins) for line in words) else {*words}
    found: list[Row] = []
    for (number, _), line in zip(printed, lines, strict=True):
        inside = _stands_in(line, begins) and line not in apart
        if not inside and is_document(line):
            raise ValueError(f"line {number} does not stand in the columns that begin at {', '.join(map(str, begins))}")
        ends = [*begins[1:], None]
        cells: list[object] = [line[at:end].strip() or None for at, end in zip(begins, ends, strict=True)]
        found.append((number, cells if inside else [line.strip()]))
    return found


def _header_of(above: list[str], begins: list[int]) -> list[str]:
    """Return those of the lines above all documents that are no heads of the first block, below the columns' names.

    The names are the line with the most columns; a second line of them has half as many or more.
    """
    bounds = [*zip(begins, [*begins[1:], None], strict=True)]
    filled = [sum(bool(line[at:end].strip()) for at, end in bounds) * _stands_in(line, begins) for line in above]
    most = max(filled, default=0)
    names = filled.index(most) if most else len(above)
    return [line for at, (line, held) in enumerate(zip(above, filled, strict=True)) if at <= names or 2 * held >= most]


def _stands_in(line: str, begins: list[int]) -> bool:
    return all(at >= len(line) or " " in line[at - 1 : at + 1] for at in begins if at)


def _is_words(line: str) -> bool:
    """Return whether a printed line holds neither a day nor an amount, or is a total."""
    return DAY.search(line) is None and (AMOUNT.search(line) is None or is_sum(line))


BARS = 3
"""A line with so many bars is one of a list, however it begins."""
HEAD_ROWS = 60
"""A header stands among the first so many lines."""


def bar_rows(text: str) -> list[Row]:
    """Return the lines of a printed list: those between `|` split at them, any other, and sums (`*`), as one cell."""
    rows: list[Row] = []
    for number, line in enumerate(text.splitlines(), start=1):
        # A line that has lost its first bar is a row all the same: it must not pass for a title.
        if line.startswith("|") or line.count("|") >= BARS:
            between = line.strip().removeprefix("|") if line.startswith("|") else line.rstrip()
            cells: list[object] = [cell.strip() or None for cell in between.removesuffix("|").split("|")]
            is_sum = re.fullmatch(r"\*+", str(cells[0]))
            rows.append((number, [" ".join(str(cell) for cell in cells if cell is not None)] if is_sum else cells))
        elif line.strip(" -+="):
            rows.append((number, [line.strip()]))
    return rows


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")


def is_text(path: Path) -> bool:
    """Return whether a file that is called a workbook is none of any kind, but a text with separators."""
    return not _beginning(path).startswith((PACKED, OLD_WORKBOOK, b"<"))


def sheets(path: Path, alone: str | None = None) -> dict[str, list[Row]]:
    """Return the rows of each sheet of a workbook, as values, or of a page that is called one; empty ones are left out.

    `alone`: the sheet that is wanted; none: all. Raises one of `UNREADABLE` for what is no workbook.
    """
    beginning = _beginning(path)
    if beginning.startswith(b"<"):
        return _of_page(path.read_bytes())
    if beginning.startswith(OLD_WORKBOOK):
        return {
            name: [(number, _spread(cells, merged.get(number, []))) for number, cells in rows]
            for name, (rows, merged) in old_workbook.sheets(path, alone).items()
            if rows
        }
    if path.suffix.lower() == ".ods":
        return {name: rows for name, rows in open_document.sheets(path).items() if alone in (None, name) and rows}
    import openpyxl

    # By its name alone openpyxl takes a workbook that is called .xls for one of the old kind.
    file = path.open("rb")
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except BaseException:
        file.close()
        raise
    try:
        found = {}
        for sheet in book.worksheets if alone is None else [book[alone]]:
            wide = _merged(sheet)
            rows = [
                (number, _spread([None if isinstance(cell, str) and not cell.strip() else cell for cell in row], at))
                for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
                if any(cell is not None for cell in row)
                for at in [wide.get(number, [])]
            ]
            if rows:
                found[sheet.title] = rows
        return found
    finally:
        book.close()
        file.close()


_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')


def _merged(sheet: "ReadOnlyWorksheet") -> dict[int, list[tuple[int, int]]]:
    """Return the cells of a sheet that are one over several columns: of a line, the first and the last of each."""
    from openpyxl.utils import column_index_from_string

    found: dict[int, list[tuple[int, int]]] = {}
    with sheet._get_source() as file:  # what is read row by row does not tell it
        last = b""
        while part := file.read(1 << 20):
            for first, line, end, below in _MERGED.findall(last + part):
                if line == below and first != end:
                    at, to = (column_index_from_string(name.decode()) - 1 for name in (first, end))
                    found.setdefault(int(line), []).append((at, to))
            last = part[-64:]
    return found


def _spread(cells: list[object], merged: list[tuple[int, int]]) -> list[object]:
    """Return the cells of a line of names with each that is one over several columns in all of these.

    Lines that hold anything but texts, and such that are one cell alone, stay as they are.
    """
    inside = {place for first, last in merged for place in range(first + 1, last + 1)}
    held = [cell for cell in cells if cell is not None]
    if not merged or len(held) < 2 or not all(isinstance(cell, str) for cell in held):
        return cells
    filled = list(cells)
    for place in sorted(inside & {*range(len(cells))}):
        filled[place] = filled[place - 1]
    return filled


def _of_page(content: bytes) -> dict[str, list[Row]]:
    """Return the rows of a page's tables together, as one sheet: programs on the web call such a page a workbook."""
    import lxml.html

    page = lxml.html.document_fromstring(content, parser=lxml.html.HTMLParser(encoding=of_page(content)))
    found: list[Row] = []
    for row in page.iter("tr", "row"):
        cells: list[object] = []
        for cell in row.iterchildren("td", "th", "cell"):
            wide = cell.get("colspan", "1")
            cells += [cell.text_content().strip() or None] + [None] * (int(wide) - 1 if wide.isdecimal() else 0)
        found.append((len(found) + 1, cells))
    rows = [row for row in found if any(cell is not None for cell in row[1])]
    return {"page": rows} if rows else {}


def stored(path: Path, table: str | None) -> pd.DataFrame:
    """Return the table of a Parquet file, or one of a DuckDB file (none: the first), as it is but for days in parts."""
    if path.suffix.lower() == ".parquet":
        return _with_whole_days(pd.read_parquet(path))
    with opened(path) as connection:
        if table is None:
            table = connection.execute("show tables").fetchall()[0][0]
        found = of_database(connection, table)
    # The zone of a database's instants is that of the machine.
    aware = [name for name, dtype in found.dtypes.items() if isinstance(dtype, pd.DatetimeTZDtype)]
    return _with_whole_days(found.assign(**{name: found[name].dt.tz_convert("UTC") for name in aware}))


@contextmanager
def opened(path: Path) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Open a DuckDB file to read it; raises `ValueError` where it is none, or where what is asked is not there."""
    import duckdb  # slow to import, and who has read the book already does without

    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            yield connection
    except duckdb.Error as error:
        raise ValueError(str(error)) from error


def of_database(connection: "duckdb.DuckDBPyConnection", table: str) -> pd.DataFrame:
    """Return a table of a database as it is."""
    with warnings.catch_warnings():
        # For instants DuckDB asks pandas for something that is to go.
        warnings.simplefilter("ignore", DeprecationWarning)
        return connection.execute(f'select * from "{table}"').df()


def names(path: Path) -> list[str]:
    """Return the tables of a DuckDB file."""
    with opened(path) as connection:
        return [row[0] for row in connection.execute("show tables").fetchall()]


def rows(path: Path, form: ExportForm) -> list[Row]:
    """Return the rows of a file in a stated form; not for what is `stored` as a table."""
    if form.layout == "sheet":
        held = sheets(path, form.sheet)
        return as_rows(held[form.sheet] if form.sheet else next(iter(held.values())))
    encoding = "utf-8-sig" if form.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else form.encoding
    text = path.read_bytes().decode(encoding)
    if form.layout == "fixed":
        return as_rows(fixed_rows(text, form.begins))
    return as_rows(bar_rows(text) if form.layout == "bars" else text_rows(text, form.separator))


LABELLED = re.compile(r"\s*[^\W\d_][^:：]{1,30}[:：]\s*\S.*")


def labels_together(cells: list[object]) -> list[object]:
    """Return a line of nothing but labels, each with its value, as one cell; with the colons of a European text.

    >>> labels_together(["Code: C12", None, "Name: Alder Ltd"]), labels_together(["得意先：0011 青木商店"])
    (['Code: C12  Name: Alder Ltd'], ['得意先: 0011 青木商店'])
    """
    first = next((cell for cell in cells if cell is not None), None)
    # Of most rows the first cell tells that they are none.
    if not isinstance(first, str) or (":" not in first and "：" not in first):
        return cells
    held = [cell for cell in cells if cell is not None]
    if not all(isinstance(cell, str) and LABELLED.fullmatch(cell) for cell in held):
        return cells
    return ["  ".join(re.sub(r"\s*：\s*", ": ", str(cell)) for cell in held)]


def as_rows(rows: list[Row]) -> list[Row]:
    """Return rows as they are read: without titles of further pages, and with labels and days in parts together."""
    return with_whole_days([(number, labels_together(cells)) for number, cells in without_titles_again(rows)])


PARTS_OF_DAYS = {
    ("年", "月", "日"), ("year", "month", "day"), ("jahr", "monat", "tag"), ("année", "mois", "jour"),
    ("año", "mes", "día"), ("ano", "mês", "dia"), ("anno", "mese", "giorno"), ("jaar", "maand", "dag"),
    ("rok", "měsíc", "den"), ("rok", "miesiąc", "dzień"),
}  # fmt: skip
"""What columns are called that stand beside each other and make up a day together."""


def with_whole_days(rows: list[Row]) -> list[Row]:
    """Return rows with days that stand in three columns, year, month and day, together in the first of these.

    >>> with_whole_days([(1, ["年", "月", "日", "客户"]), (2, [2026, 3, 9, "华东"])])
    [(1, ['年 月 日', None, None, '客户']), (2, ['2026-03-09', None, None, '华东'])]
    """
    for place, (_, cells) in enumerate(rows[:HEAD_ROWS]):
        at = _parts_of_days(cells)
        if at is not None:
            return [*rows[:place], *((number, _day_together(row, at)) for number, row in rows[place:])]
    return rows


def _with_whole_days(found: pd.DataFrame) -> pd.DataFrame:
    """Return a table as `with_whole_days` has rows: with one column in place of three."""
    at = _parts_of_days(list(found.columns))
    if at is None:
        return found
    parts = found.iloc[:, at : at + 3]
    cells = parts.astype("object").where(parts.notna(), None).to_numpy().tolist()
    name, *days = (_day_together(row, 0)[0] for row in ([*parts.columns], *cells))
    rest = found.drop(columns=parts.columns)
    rest.insert(at, str(name), pd.Series(days, index=found.index, dtype="object"))
    return rest


def _parts_of_days(cells: list[object]) -> int | None:
    """Return where the first of three columns stands that make up a day together; None without."""
    names = [str(cell).strip().casefold() for cell in cells]
    return next((at for at in range(len(names)) if tuple(names[at : at + 3]) in PARTS_OF_DAYS), None)


def _day_together(cells: list[object], at: int) -> list[object]:
    parts = [re.sub(r"\.0$", "", str(cell).strip()) for cell in cells[at : at + 3] if cell is not None]
    if len(parts) < 3:
        return cells
    is_day = all(part.isdecimal() for part in parts)
    whole = "-".join(part.zfill(2) for part in parts) if is_day else " ".join(parts)
    return [*cells[:at], whole, None, None, *cells[at + 3 :]]


def header(rows: Iterable[Row], header_row: int, lines: int = 1) -> tuple[list[object], int]:
    """Return the names of the columns in a header of one or two lines, and the number of its last line."""
    at = ((number, cells) for number, cells in rows if number >= header_row)
    last, names = next(at)
    if lines == 2:
        last, below = next(at)
        names = joined(names, below)
    return names, last


def below(rows: list[Row], header_row: int, lines: int = 1) -> list[Row]:
    """Return the rows below a header of one or two lines, without those in which it stands again, as on each page."""
    at = next(place for place, (number, _) in enumerate(rows) if number == header_row)
    names = [cells for _, cells in rows[at : at + lines]]
    again: set[int] = set()
    for first in [place for place, (_, cells) in enumerate(rows) if cells == names[0]]:
        whole = [cells for _, cells in rows[first : first + lines]] == names
        again.update(range(first, first + (lines if whole else 1)))
    return [row for place, row in enumerate(rows) if place >= at + lines and place not in again]


def joined(first: list[object], second: list[object]) -> list[object]:
    """Return the names of two lines of a header, those that stand one below the other as one."""
    width = max(len(first), len(second))
    pairs = zip(first + [None] * (width - len(first)), second + [None] * (width - len(second)), strict=True)
    return [" ".join(str(part).strip() for part in pair if part is not None) or None for pair in pairs]


def unnamed(place: int) -> str:
    """Return what a column without a name is called, by its place from 0."""
    return f"column {place + 1}"


def names_apart(header: list[object]) -> list[str]:
    """Return the names in a header, with a number behind those that stand there before, and places for such as lack.

    >>> names_apart(["Invoice", "Date", None, "Date"])
    ['Invoice', 'Date', 'column 3', 'Date (2)']
    """
    names: list[str] = []
    for place, cell in enumerate(header):
        name = unnamed(place) if cell is None else str(cell).strip()
        again = (f"{name} ({number})" for number in count(2))
        names.append(name if name not in names else next(one for one in again if one not in names))
    return names


def frame(rows: Iterable[Row], header_row: int, lines: int = 1) -> pd.DataFrame:
    """Return the rows below a header under its names; the index is the line in the file.

    Names that stand twice get their number behind, columns without a name are called by their place. Shorter rows
    are filled up; a header that stands again is left out. What stands beyond the header's last column is kept in
    columns called by their place.
    """
    listed = list(rows)
    named, _ = header(listed, header_row, lines)
    held = below(listed, header_row, lines)
    width = max([len(named), *(len(cells) for _, cells in held)])
    names = names_apart([*named, *[None] * (width - len(named))])
    cells = [row + [None] * (width - len(row)) for _, row in held]
    found = pd.DataFrame(cells, columns=names, index=[number for number, _ in held], dtype="object")
    return found.loc[:, [name for name in names if not (name.startswith("column ") and found[name].isna().all())]]
