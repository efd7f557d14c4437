"""The tables of a book that stand in an export."""

from typing import NamedTuple

import pandas as pd

from tradecredit.book.exports import documents, own_amounts, reading
from tradecredit.book.exports.meaning import Note
from tradecredit.errors import Problem
from tradecredit.params.export import ExportSource
from tradecredit.params.source import OnProblem

NAMES = ("buyers", "invoices", "receipts")
"""The tables that every export gives; all others but rates are read from files of their own."""


class Ledger(NamedTuple):
    """The tables of an export by name, what was left out and what assumed (table, rule, rows), and what is wrong.

    The index of a table is the row in the file; of several rows from the same line, the later have a fraction behind.
    """

    tables: dict[str, pd.DataFrame]
    left_out: tuple[Note, ...]
    assumed: tuple[Note, ...]
    problems: tuple[Problem, ...]


def ledger(
    source: ExportSource, currency: str, on_problem: OnProblem | None = None, terms: pd.Series | None = None
) -> Ledger:
    """Return buyers, invoices and receipts of an export, and `fx` where it tells rates.

    `currency` is that of rows that state none, `terms` the days of payment of buyers, for invoices of which the export
    does not tell when they are due. Rows that cannot be read are problems, or are left out and counted as
    `on_problem` says.
    """
    read = reading.documents(source, reading.ReadingOf(currency, on_problem or OnProblem(), source.exported, terms))
    if read.problems or read.frame.empty:
        nothing = [] if read.problems else [
            Problem(
                file=", ".join(source.files), allowed="holds no rows that are documents",
                remedy="correct source.columns and header_row, or run `tradecredit start` on it anew",
            )
        ]  # fmt: skip
        return Ledger({}, read.left_out, read.told, (*read.problems, *nothing))
    found = documents.tables(_of_lines(read.frame), source)
    named = {name: _of_lines(getattr(found, name)) for name in NAMES}
    rates = own_amounts.rates(read.frame, currency)
    told = [*read.told, *found.assumed]
    if len(rates):
        named["fx"] = rates
        told.append(("fx", "rates that the ledger tells by its amounts in the company's own currency", len(rates)))
    return Ledger(named, (*read.left_out, *found.left_out), tuple(told), ())


def _of_lines(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with an index that names each row once: lines of the file, with a fraction where they repeat."""
    line = pd.Series(frame.index, index=frame.index).astype("float64") // 1
    again = line.groupby(line.to_numpy()).cumcount().to_numpy()
    if not again.any():
        return frame
    return frame.set_axis(line.to_numpy() + again / (again.max() + 1), axis="index")
