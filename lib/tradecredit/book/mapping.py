"""Brings a file's content under our column names, as the run file's mapping says; changes no value."""

import difflib
from collections.abc import Collection
from datetime import date

import pandas as pd

from tradecredit.book import text_files
from tradecredit.book.cells import as_text
from tradecredit.book.exports.amounts import are_negative, without_minus
from tradecredit.book.places import one_of
from tradecredit.book.raw_tables import RawTable
from tradecredit.book.schema import DERIVED, TABLES
from tradecredit.errors import Problem
from tradecredit.params.source import Formats, TableMapping


def mapped(
    name: str, label: str, content: pd.DataFrame, mapping: TableMapping, elsewhere: Collection[str] = ()
) -> tuple[RawTable, list[Problem]]:
    """Return a file's content under our column names, as the run file's mapping says, and what is wrong with that.

    `elsewhere`: compulsory columns that it may lack, as other tables supply them.
    """
    content = _emptied(content, mapping.formats.empty)
    problems = _mapping_problems(name, label, content, mapping, elsewhere)
    left_out: list[tuple[str, int]] = []
    frame = _read_rows(content, mapping, left_out)
    ours = [*TABLES[name].names, *DERIVED.get(name, {})]
    columns = {}
    for our in ours:
        if our in mapping.constants:
            columns[our] = pd.Series(_constant(mapping.constants[our], mapping.formats), index=frame.index, dtype="str")
        elif (their := mapping.columns.get(our, our)) in frame:
            columns[our] = frame[their]
        if our in columns and our in mapping.values:
            columns[our] = _translated(columns[our], mapping.values[our])
    table = pd.DataFrame(columns, index=frame.index)
    if mapping.sign and "amount" in table:
        negative = are_negative(table["amount"])
        stays = negative if mapping.sign == "negative" else ~negative
        left_out.append((f"amount is not {mapping.sign}", int((~stays).sum())))
        table = table[stays].assign(amount=lambda rows: without_minus(rows["amount"]))
    used = {mapping.columns.get(our, our) for our in ours} | set(mapping.where) | set(mapping.filled)
    ignored = tuple(column for column in content.columns if column not in used)
    found = RawTable(name, label, table, mapping.formats, tuple(left_out), ignored, combined=bool(mapping.combine))
    return found, problems


def _emptied(content: pd.DataFrame, empty: tuple[str, ...]) -> pd.DataFrame:
    """Return a file's content without the texts that stand for nothing."""
    if not empty:
        return content
    # To look for texts among others row by row is slow.
    return content.apply(
        lambda column: column.mask(one_of(column, empty) if column.dtype == "str" else column.isin(empty))
    )


def _read_rows(content: pd.DataFrame, mapping: TableMapping, left_out: list[tuple[str, int]]) -> pd.DataFrame:
    """Return the rows that `where` and `filled` of a mapping read; what each leaves out is added to `left_out`."""
    frame = content
    for theirs, kept in mapping.where.items():
        if theirs in frame:
            values = [str(value) for value in kept]
            stays = one_of(as_text(frame[theirs]), values)
            left_out.append((f"{theirs} is not {' or '.join(values)}", int((~stays).sum())))
            frame = frame[stays]
    for theirs in mapping.filled:
        if theirs in frame:
            if empty := int(frame[theirs].isna().sum()):
                left_out.append((f"{theirs} is empty", empty))
            frame = frame[frame[theirs].notna()]
    return frame


def _constant(value: str | int | float | date, formats: Formats) -> str:
    """Return a constant as the file would write it: a day of the run file in the days' stated format."""
    return value.strftime(formats.dates) if isinstance(value, date) and formats.dates != "serial" else str(value)


def _translated(column: pd.Series, values: dict[str | int, str]) -> pd.Series:
    ours = {str(theirs): our for theirs, our in values.items()}
    text = as_text(column)
    return text.map(ours).where(one_of(text, ours), column)


def _mapping_problems(
    name: str, label: str, content: pd.DataFrame, mapping: TableMapping, elsewhere: Collection[str]
) -> list[Problem]:
    """Return what the mapping names that is not there, and the compulsory columns that nothing supplies."""
    table = TABLES[name]
    derived = DERIVED.get(name, {})
    line = mapping.formats.header_row
    problems: list[Problem] = []
    if remedy := text_files.other_separator([str(name) for name in content.columns]):
        return [Problem(file=label, row=line, allowed="the header is one field", remedy=remedy)]
    for part in ("columns", "constants", "values"):
        for our in getattr(mapping, part):
            if our not in table.names and our not in derived:
                near = difflib.get_close_matches(our, [*table.names, *derived], n=1)
                problems.append(
                    Problem(
                        file=label,
                        column=our,
                        allowed=f"{name} has no such column (tables.{name}.{part})",
                        remedy=f"did you mean {near[0]!r}" if near else f"use one of: {', '.join(table.names)}",
                    )
                )
    theirs = {
        **dict.fromkeys(mapping.columns.values(), "columns"),
        **dict.fromkeys(mapping.where, "where"),
        **dict.fromkeys(mapping.filled, "filled"),
    }
    for their, part in theirs.items():
        if their not in content:
            problems.append(_missing_column((label, line), their, content, f"named in tables.{name}.{part}"))
    supplied = {
        our for our in (*table.names, *derived) if our in mapping.constants or mapping.columns.get(our, our) in content
    }
    supplied |= {our for given, our in derived.items() if given in supplied and our is not None} | {*elsewhere}
    missing = (column.name for column in table.columns if column.required and column.name not in supplied)
    problems += (
        _missing_column((label, line), our, content, f"compulsory in {name}")
        for our in missing
        if our not in mapping.columns
    )
    return problems


def _missing_column(header: tuple[str, int], column: str, content: pd.DataFrame, why: str) -> Problem:
    columns = [str(name) for name in content.columns]
    near = difflib.get_close_matches(column, columns, n=1)
    if why.startswith("named in"):
        remedy = (f"is it {near[0]!r}? Correct" if near else "correct") + " the name there; "
    else:
        remedy = (f"is it {near[0]!r}? Map" if near else "map") + " it in the run file (columns: {ours: theirs}); "
    remedy += f"the file has: {', '.join(columns[:20])}"
    file, line = header
    return Problem(file=file, row=line, column=column, allowed=f"this column is missing ({why})", remedy=remedy)
