"""Lists that know buyers by another number than the ledger does, and the list of customers that has both."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from tradecredit.book.exports import grid
from tradecredit.book.exports.heads import are_amounts
from tradecredit.book.exports.plain_tables import form_of
from tradecredit.params.export import ExportList, ExportNumbers

KNOWN = 0.9
"""Share of a list's different buyers that must stand in a column for it to name them."""
OWN = 0.5
"""Share of them from which the ledger knows them by the same number already."""
LEAST = 3
"""Fewer different buyers tell nothing."""


def with_ledgers(found: pd.DataFrame, source: ExportList, folder: Path) -> pd.DataFrame:
    """Return the rows of a list (cells under its own names) with its buyers by the number that the ledger has.

    A buyer that the list of customers lacks stays as it is. Raises `ValueError` where that list has no such columns.
    """
    of = source.buyers_by
    assert of is not None
    customers = grid.frame(grid.rows(folder / of.file, of.form), of.form.header_row)
    if lacking := {of.theirs, of.ours} - {*customers}:
        raise ValueError(f"{of.file} has no column {' or '.join(sorted(lacking))}")
    known = pd.DataFrame({"theirs": _texts(customers[of.theirs]), "ours": _texts(customers[of.ours])}).dropna()
    number = known.drop_duplicates("theirs").set_index("theirs")["ours"]
    column = of.column
    own = _texts(found[column])
    return found.assign(**{column: own.map(number).astype("object").fillna(own)})


def told(listed: ExportList, cells: pd.DataFrame, ledger: Iterable[str], customers: Path) -> ExportNumbers | None:
    """Return how a list of customers leads from what a list (its cells) calls buyers to the ledger's numbers of them.

    None where it does not: one of its columns must hold the ledger's numbers (`ledger`), and another one that differs
    from row to row nearly all that one column of the list holds: that of its buyers, or one that means nothing yet.
    """
    form = form_of(customers)
    if form is None:
        return None
    held = grid.frame(grid.rows(customers, form), form.header_row)
    texts = {str(name): _texts(held[name]).dropna() for name in held}
    own = {*ledger}
    ours = next(
        (name for name, one in texts.items() if len(own & {*one}) >= OWN * len(own) > 0 and one.is_unique), None
    )
    if ours is None:
        return None
    named = [str(listed.columns[role]) for role in ("buyer_id", "name") if role in listed.columns]
    used = {*listed.named_columns} - {*named}
    for column in named or [str(name) for name in cells if name not in used]:
        values = {*_texts(cells[column]).dropna()}
        if len(values) < LEAST or len(values & own) >= OWN * len(values) or are_amounts([*cells[column].dropna()]):
            continue
        for theirs, one in texts.items():
            if theirs != ours and one.is_unique and len(values & {*one}) >= KNOWN * len(values):
                return ExportNumbers(file=customers.name, form=form, column=column, theirs=theirs, ours=ours)
    return None


def named(listed: ExportList, cells: pd.DataFrame, ledger: Iterable[str]) -> str | None:
    """Return the column of a list without one of buyers that holds the ledger's numbers or names of them; else None.

    Short numbers may be anything.
    """
    own = {*ledger}
    for column in [str(name) for name in cells if name not in listed.named_columns]:
        values = {*_texts(cells[column]).dropna()}
        short = any(len(value) < LEAST for value in values)
        if len(values) >= LEAST and not short and len(values & own) >= KNOWN * len(values):
            return column
    return None


def _texts(column: pd.Series) -> pd.Series:
    texts = column.astype("str").str.strip().str.removesuffix(".0")
    return texts.where(column.notna() & (texts != ""))
