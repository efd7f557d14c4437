"""By how much each row of a list raises what its buyer owes, and where a running balance does not follow from it."""

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.exports.amounts import amounts
from tradecredit.book.exports.which_rows import among
from tradecredit.params.export import ExportList

MOST_OFF = 0.05
"""Share of rows after which a column is no balance that runs on: nothing is told of it. One may be off in any list."""


def moves(raw: pd.DataFrame, source: ExportList) -> pd.Series:
    """Return by how much each row (cells by role) raises a debt, before its kind is looked at: debit less credit."""
    read = {role: amounts(raw[role], source.form.decimal) for role in ("amount", "open", "debit", "credit")}
    owed = read["amount"].fillna(read["open"])
    if {"debit", "credit"} <= source.columns.keys():
        moved = read["debit"].notna() | read["credit"].notna()
        owed = (read["debit"].fillna(0) - read["credit"].fillna(0)).where(moved)
    if source.debit_side:
        owed = owed.where(among(raw["side"], source.debit_side), -owed)
    return owed


def breaks(raw: pd.DataFrame, is_read: pd.Series, source: ExportList) -> pd.Series:
    """Return by how much the balance of a row is not the one before and what the row moves, by line, where it is not.

    It runs on by buyer, or through the whole list, whichever holds more often. Rows that are left out (not
    `is_read`), such as drafts, may move it or not. Empty for a list without a balance.
    """
    if "balance" not in source.columns or not {"amount", "debit"} & source.columns.keys():
        return pd.Series(dtype="float64")
    balance, moved = amounts(raw["balance"], source.form.decimal), moves(raw, source).fillna(0)
    one_group = pd.Series(0, index=raw.index)
    steps = []
    for group in (raw["buyer_id"].fillna(raw["name"]), one_group):
        raised = balance - balance.groupby(group).shift()
        stands = ~is_read & (raised.abs() <= CENT)
        steps.append((raised - moved.where(~stands, 0)).dropna())
    step = max(steps, key=lambda one: ((one.abs() <= CENT).mean() if len(one) else 0.0, len(one)))
    off = step[step.abs() > CENT]
    runs_on = len(off) <= max(1, MOST_OFF * len(step)) and 2 * len(off) < len(step)
    return off if runs_on else off.iloc[:0]


def told(off: pd.Series, source: ExportList) -> str:
    """Return what is said of rows whose balance does not follow (`breaks`)."""
    more = f", and {len(off) - 1:,} more" if len(off) > 1 else ""
    shown = f"{source.columns['balance']} does not follow from the rows: {off.iloc[0]:,.2f} off at row {off.index[0]}"
    return f"{shown}{more}; a row may be missing"
