"""Which lists stand in the files of an export: what form they are of, and which system they are from."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tradecredit.book.exports import fixed, grid, statements, xml_documents
from tradecredit.book.exports.blocks import SHEET
from tradecredit.book.exports.contents import by_contents, completed
from tradecredit.book.exports.encoding import decoded
from tradecredit.book.exports.heads import LOOKED_AT
from tradecredit.book.exports.lists_beside import (
    BESIDE,
    as_credits,
    as_payments,
    called_credits,
    called_payments,
    recognised_credits,
    recognised_payments,
)
from tradecredit.book.exports.recognition import nearest, recognised, recognised_xml
from tradecredit.book.exports.systems import ANY, Recognised
from tradecredit.book.exports.totals import TOTAL
from tradecredit.errors import InputError, Problem
from tradecredit.params.export import ExportForm, Layout, Role

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
DATABASES = (".duckdb", ".db")
XML = (".xml", ".pdf")
"""A PDF is read for the e-invoice that it carries."""
PACKED = (".zip", ".gz", ".7z", ".rar")
UNPACK = "unpack it, and name the folder that holds its files"
STATEMENTS = (".sta", ".mt940", ".940", ".swi")
NEEDED: dict[str, set[Role]] = {
    "a buyer": {"buyer_id", "name"}, "a day": {"issued", "due", "days_overdue"},
    "an amount": {"amount", "debit", "open", "unit_price"},
}  # fmt: skip
"""What a list must have: the roles of which one is enough."""
TITLE = "Customer:"
MAY_LACK = 2
"""So many columns may be told in one of two sheets of a ledger alone, as the other has nothing in them."""
ANY_SEPARATOR = ";,\t|"
FIRST = 400
"""Lines that are looked at to tell the form of a text."""


Tell = Callable[[list[grid.Row], str], Recognised | None]
"""What a table's first rows, of a file of some layout, are recognised as."""


class Looked(NamedTuple):
    """A list in a file: its form, what it was recognised as, the lines above its header, and lists beside it."""

    form: ExportForm
    found: Recognised
    above: list[str]
    unread: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    """Numbers of its invoices, of a sheet."""
    tables: tuple[str, ...] = ()
    """Sheets beside it with rows that are no documents."""
    header: frozenset[str] = frozenset()
    """What its columns are called."""

    def with_columns(self, columns: dict[Role, list[str]]) -> "Looked":
        """Return the list with those columns of others that it has as well."""
        own = {role: names for role, names in columns.items() if self.header.issuperset(names)}
        return self._replace(found=self.found._replace(columns=own))


def refuse_missing(paths: list[Path]) -> None:
    """Raise `InputError` for paths where nothing is, and for files that hold nothing."""
    problems = [
        Problem(file=str(path), allowed="there is no file of this name", remedy="check the path")
        if not path.exists()
        else Problem(file=str(path), allowed="is empty", remedy="export it again, with its header line")
        for path in paths
        if not path.exists() or (path.is_file() and not path.stat().st_size)
    ]
    problems += [
        Problem(file=str(path), allowed="is packed", remedy=UNPACK)
        for path in paths
        if path.is_file() and path.suffix.lower() in PACKED
    ]
    if problems:
        raise InputError(problems)


def in_folder(folder: Path) -> list[Path]:
    """Return the files of a folder that may be parts of an export, in order; e-invoices of its sub-folders as well.

    Raises `InputError` for a folder that holds nothing but packed files.
    """
    known = {*grid.SEPARATORS, *WORKBOOKS, *DATABASES, *STATEMENTS, ".parquet", *XML}
    printed = set(printed_alone(folder))
    own = [path for path in folder.iterdir() if path.suffix.lower() in known]
    below = [path for path in folder.glob("*/**/*") if path.suffix.lower() in XML and path.is_file()]
    found = sorted(path for path in (*own, *below) if path not in printed)
    packed = [path.name for path in sorted(folder.iterdir()) if path.suffix.lower() in PACKED]
    if packed and not found:
        raise InputError([Problem(file=name, allowed="is packed", remedy=UNPACK) for name in packed])
    return found


def printed_alone(folder: Path) -> list[Path]:
    """Return the PDFs of a folder that are only to be looked at: with no e-invoice, or beside one of their name."""

    def only_looked_at(path: Path) -> bool:
        try:
            return path.with_suffix(".xml").exists() or xml_documents.embedded(path) is None
        except ValueError:
            return False  # that it is broken is told where it is read

    return [path for path in sorted(folder.rglob("*")) if path.suffix.lower() == ".pdf" and only_looked_at(path)]


def by_names(rows: list[grid.Row], layout: str) -> Recognised | None:
    """Return what rows are recognised as by the names of their columns, with what the cells of a ledger add."""
    found = recognised(rows, layout)
    if found is None or found.system.name == ANY:
        found = recognised_credits(rows) or found or recognised_payments(rows)
    paid = found is None or found.system.bank or found.system.name in BESIDE
    return found if found is None or paid else completed(found, rows)


def by_cells(rows: list[grid.Row], _: str) -> Recognised | None:
    """Return what rows are recognised as whose columns' names do not tell it."""
    return by_contents(rows)


def lists(path: Path, tell: Tell = by_names) -> list[Looked]:
    """Return the lists in a file: the one with the most columns that mean something, and those of payments alone.

    Raises `InputError` where the file cannot be opened as one of its kind.
    """
    suffix = path.suffix.lower()
    stored = suffix == ".parquet" or suffix in DATABASES
    of_workbook = _of_text if suffix in WORKBOOKS and grid.is_text(path) else _of_sheets
    of_kind = of_workbook if suffix in WORKBOOKS else _of_tables if stored else _of_xml if suffix in XML else _of_text
    try:
        candidates = list(of_kind(path, tell))
    except grid.UNREADABLE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise InputError([
            Problem(file=path.name, allowed=f"cannot be opened: {reason}", remedy="export it again")
        ]) from None  # fmt: skip
    ledgers = [one for one in candidates if one.found.system.name not in BESIDE]
    payments = [one for one in candidates if one.found.system.name in BESIDE]
    if not ledgers:
        return sorted(payments, key=lambda one: -len(one.found.columns))[:1]
    best = max(ledgers, key=lambda one: (one.found.system.name != ANY, len(one.found.columns)))
    if best.form.layout not in ("sheet", "duckdb"):
        return [best]
    parts = _parts(best, ledgers)
    unread = {one.form.sheet for one in ledgers} - {one.form.sheet for one in parts}
    return [parts[0]._replace(unread=tuple(sorted(map(str, unread)))), *parts[1:], *payments]


def _parts(best: Looked, ledgers: list[Looked]) -> list[Looked]:
    """Return the lists that are one ledger together, the best first: alike, and with no invoice twice, as by months."""
    columns = best.found.columns
    alike = [best, *(one for one in ledgers if one is not best and _same_header(columns, one.found.columns))]
    numbers = [number for one in alike for number in one.numbers]
    # Sheets that name their buyer each may count alike.
    apart = bool(best.found.system.block) and len(alike) > 1 and all(one.found.system.block for one in alike)
    apart |= len(numbers) == len(set(numbers)) and all(one.numbers for one in alike)
    every = {role: names for one in reversed(alike) for role, names in one.found.columns.items()}
    return [one.with_columns(every) for one in alike] if apart else [best]


def _same_header(columns: dict[Role, list[str]], others: dict[Role, list[str]]) -> bool:
    """Return whether two lists have their roles in columns of the same names; columns may be empty in one of them."""
    both = columns.keys() & others.keys()
    return all(columns[role] == others[role] for role in both) and len(both) >= len(columns | others) - MAY_LACK


def _of_sheets(path: Path, tell: Tell) -> Iterator[Looked]:
    held = grid.sheets(path)
    found = [one for name, rows in held.items() for one in _candidate(_sheet(name), tell, rows)]
    if found:
        listed = {one.form.sheet for one in found}
        tables = tuple(name for name, rows in held.items() if name not in listed and _is_table(rows))
        credits = {one.form.sheet for one in found if called_credits(str(one.form.sheet), one.found)}
        if len(credits) < len(found):
            found = [one._replace(found=as_credits(one.found)) if one.form.sheet in credits else one for one in found]
        payments = {one.form.sheet for one in found if called_payments(str(one.form.sheet), one.found)}
        if len(payments) < len(found):
            found = [
                one._replace(found=as_payments(one.found, one.header)) if one.form.sheet in payments else one
                for one in found
            ]
        yield from (one._replace(tables=tables) for one in found)
        return
    # Sheets that name no buyer may be called after one each.
    titled = [
        one._replace(found=one.found._replace(system=one.found.system.model_copy(update={"block": {"name": SHEET}})))
        for name, rows in held.items()
        for one in _candidate(_sheet(name), tell, [(0, [f"{TITLE} {name}"]), *rows])
        if {*one.found.system.block.values()} == {TITLE.removesuffix(":")}
    ]
    if len(titled) > 1:
        yield from titled


def _is_table(rows: list[grid.Row]) -> bool:
    """Return whether a sheet holds more than remarks: three rows of three cells, or more."""
    return sum(sum(cell is not None for cell in cells) > 2 for _, cells in rows[:FIRST]) > 2


def _sheet(name: str) -> ExportForm:
    return ExportForm(layout="sheet", sheet=name)


def _of_tables(path: Path, tell: Tell) -> Iterator[Looked]:
    layout: Layout = "parquet" if path.suffix.lower() == ".parquet" else "duckdb"
    for table in [None] if layout == "parquet" else grid.names(path):
        held = grid.stored(path, table)
        below = held.head(LOOKED_AT).astype("object").to_numpy().tolist()
        rows: list[grid.Row] = [(1, list(held.columns)), *enumerate(below, 2)]
        yield from _candidate(ExportForm(layout=layout, sheet=table), tell, rows)


def _of_xml(path: Path, _: Tell) -> Iterator[Looked]:
    """Yield what an XML file may be by its first element: that whose documents stand in it, else the first."""
    top = xml_documents.root(path)
    fitting = [
        Looked(ExportForm(layout="xml", record=found.system.record), found, []) for found in recognised_xml(top.tag)
    ]
    yield from [one for one in fitting if top.xpath(one.form.record or "/*")] or fitting[:1]


def _of_text(path: Path, tell: Tell) -> Iterator[Looked]:
    text, encoding = decoded(path.read_bytes())
    beginning = "\n".join(text.splitlines()[:FIRST]) + "\n"
    if re.search(r"(?m)^:60[FM]:", beginning) and re.search(r"(?m)^:61:", text):
        yield from _candidate(ExportForm(layout="mt940"), tell, [(1, list(statements.mt940_frame(path).columns))])
        return
    if sum(line.startswith("|") for line in beginning.splitlines()) > 2:
        yield from _candidate(ExportForm(layout="bars", encoding=encoding), tell, grid.bar_rows(beginning))
    found: list[Looked] = []
    for separator in grid.SEPARATORS.get(path.suffix.lower(), ANY_SEPARATOR):
        rows = grid.text_rows(beginning, separator)
        form = ExportForm(encoding=encoding, separator=separator)
        found += _candidate(form, tell, rows, beginning.splitlines())
    for begins in [] if found else fixed.begins(beginning):
        form = ExportForm(layout="fixed", encoding=encoding, begins=begins)
        found += _candidate(form, tell, grid.fixed_rows(beginning, begins), beginning.splitlines())
    yield from found


def _candidate(form: ExportForm, tell: Tell, rows: list[grid.Row], lines: list[str] | None = None) -> Iterator[Looked]:
    """Yield what a table's first rows are recognised as, if anything; `lines`: the text that they were made of."""
    rows = grid.as_rows(rows)
    found = tell(rows, form.layout)
    if found is None:
        return
    above = [
        " ".join(str(cell) for cell in cells if cell is not None) for number, cells in rows if number < found.header_row
    ]
    form = form.model_copy(update={"header_row": found.header_row, "header_lines": found.header_lines})
    numbers = _numbers(found, rows) if form.layout == "sheet" else frozenset()
    header, _ = grid.header(rows, found.header_row, found.header_lines)
    named = frozenset(str(cell).strip() for cell in header if cell is not None)
    yield Looked(form, found, above if lines is None else lines[: found.header_row - 1], numbers=numbers, header=named)


def _numbers(found: Recognised, rows: list[grid.Row]) -> frozenset[str]:
    """Return the numbers that stand below a header, of invoices; empty where no column holds them."""
    header, last = grid.header(rows, found.header_row, found.header_lines)
    name = found.columns.get("invoice_id", [None])[0]
    at = next((place for place, cell in enumerate(header) if cell is not None and str(cell).strip() == name), None)
    # A remark stands alone in its line, or nearly so.
    below = (cells for number, cells in rows if number > last and sum(cell is not None for cell in cells) > 2)
    numbers = [str(cells[at]).strip() for cells in below if at is not None and cells[at : at + 1] not in ([], [None])]
    return frozenset(number for number in numbers if not re.match(TOTAL, number))


def nearest_header(path: Path) -> str:
    """Return which line of a file comes nearest to a header, and what it lacks, as the end of a sentence."""
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS and not grid.is_text(path):
        tables = list(grid.sheets(path).values())
    elif suffix in (*WORKBOOKS, *grid.SEPARATORS):
        text = "\n".join(decoded(path.read_bytes())[0].splitlines()[:FIRST]) + "\n"
        tables = [grid.text_rows(text, separator) for separator in grid.SEPARATORS.get(suffix, ANY_SEPARATOR)]
    else:
        return ""
    found = max((one for rows in tables if (one := nearest(rows))), key=lambda one: len(one.columns), default=None)
    if found is None or not found.columns:
        return ""
    lacks = [what for what, roles in NEEDED.items() if not roles & found.columns.keys()]
    held = ", ".join(f"{names[0]} ({role.replace('_', ' ')})" for role, names in found.columns.items())
    return f"; line {found.header_row} comes nearest with {held}, and has none for {' and '.join(lacks)}"
