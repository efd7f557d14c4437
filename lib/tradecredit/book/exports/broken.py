"""Rows of an export that cannot be read: which they are, how they are told, and which of them the run leaves out."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from tradecredit.book import problems
from tradecredit.book.exports.days import EMPTY, FIRST, LAST, NEVER, NO_DAY, beyond_calendar
from tradecredit.book.exports.meaning import Note
from tradecredit.book.instants import stored
from tradecredit.errors import Problem
from tradecredit.params.export import ExportList
from tradecredit.params.source import OnProblem

AMOUNTS = (
    "amount", "debit", "credit", "paid", "credited", "open", "discount", "prepaid", "quantity", "unit_price", "balance",
    "own_amount",
)  # fmt: skip
MOST = 2**53 / 100
"""The largest amount of which a double tells each cent."""
DAYS = ("issued", "due", "cleared", "baseline")

NO_ZONE = "is an instant: on which day it lies depends on the time zone, and none is stated"


BEYOND = f"is a day, and none that an invoice can have: only days from {FIRST:%Y} to {LAST:%Y} are read"


class Broken(NamedTuple):
    """Rows that break a rule of a column: what the column means, which rows, what stands there, and what is wrong."""

    role: str
    rows: pd.Series
    held: pd.Series
    wrong: str


class Rows(NamedTuple):
    """The documents of a file, in order: the line of each, its table of the book, and its amount."""

    source: ExportList
    file: str
    lines: pd.Index
    table: pd.Series
    amount: pd.Series


class Judged(NamedTuple):
    """The rows to leave out, (table, rule, rows) for each rule by which they are, and what is wrong with others."""

    rows: pd.Index
    left_out: list[Note]
    problems: list[Problem]


def unread(raw: pd.DataFrame, values: dict[str, pd.Series], source: ExportList) -> Iterator[Broken]:
    """Yield the rows with cells of amounts and days that hold something, and of which nothing could be read."""

    def held(roles: Iterable[str]) -> list[str]:
        """Most lists have few of these columns."""
        return [role for role in roles if raw[role].notna().any() or values[role].notna().any()]

    for role in held(AMOUNTS):
        rows = raw[role].notna() & values[role].isna()
        yield Broken(role, rows, raw[role], f"cannot be read as an amount (decimal mark {source.form.decimal!r})")
        yield Broken(role, values[role].abs() > MOST, raw[role], "is more than can be counted to the cent")
    for role in held(DAYS):
        if role == "cleared" and tell_what_is_open(source):
            continue  # told by `days_of_payment_unknown`
        rows = unread_days(raw[role], values[role], role)
        if source.form.zone is None and len(stored(raw[role])):
            yield Broken(role, rows, raw[role], NO_ZONE)
            continue
        form = source.form.dates.get(role, source.form.dates.get("all"))
        beyond = rows & beyond_calendar(raw[role].where(rows), form)
        yield Broken(role, beyond, raw[role], BEYOND)
        wrong = f"cannot be read as a day written as {form}" if form else "cannot be read as a day in any known writing"
        yield Broken(role, rows & ~beyond, raw[role], wrong)


def tell_what_is_open(source: ExportList) -> bool:
    """Return whether amounts tell what of an invoice is open, so that no day of its payment has to."""
    return bool({"open", "paid"} & source.columns.keys())


def days_of_payment_unknown(raw: pd.DataFrame, values: dict[str, pd.Series], source: ExportList) -> Iterator[Note]:
    """Yield a note on documents whose day of payment is no single day, such as two days of two payments."""
    rows = unread_days(raw["cleared"], values["cleared"], "cleared")
    if tell_what_is_open(source) and rows.any():
        shown = raw["cleared"][rows].iloc[0]
        rule = f"{column(source, 'cleared')} is no day, such as {shown!r}: when they were paid is taken as unknown"
        yield "invoices", rule, int(rows.sum())


def unread_days(raw: pd.Series, days: pd.Series, role: str) -> pd.Series:
    """Return which cells of a column hold something that is no day, and no way of writing that there is none."""
    text = raw.astype("str").str.strip()
    rows = raw.notna() & days.isna() & ~text.isin(NO_DAY) & ~text.str.fullmatch(EMPTY)
    return rows if role == "issued" else rows & ~raw.astype("str").str.contains(NEVER)


def judged(broken: Iterable[Broken], rows: Rows, on_problem: OnProblem) -> Judged:
    """Return which broken rows are left out, each by the first rule that it breaks, and the problems that others are.

    More than the share that may be left out is a problem as well.
    """
    out = pd.Series(False, index=rows.table.index)
    left_out: list[Note] = []
    found: list[Problem] = []
    for role, hit, held, wrong in broken:
        hit = hit.reindex(rows.table.index, fill_value=False).fillna(False).astype(bool)
        for table in ("invoices", "receipts"):
            of_table = hit & rows.table.eq(table)
            if not on_problem.leaves_out(table, role):
                found += _told(Broken(role, of_table, held, wrong), rows, table)
            elif (new := of_table & ~out).any():
                rule = f"{column(rows.source, role)} {wrong}: {rows.amount[new].sum():,.2f}"
                left_out.append((table, rule, int(new.sum())))
                out |= new
    if out.sum() > on_problem.most * len(out):
        allowed = f"{out.sum():,} of {len(out):,} rows cannot be read; at most {on_problem.most:.1%} may be left out"
        remedy = "correct them, or state the share that may be left out (on_problem: {most: …})"
        found.append(Problem(file=rows.file, allowed=allowed, remedy=remedy))
    return Judged(out.index[out], left_out, found)


def column(source: ExportList, role: str) -> str:
    """Return what a file calls a column, by what it means: of several, the first; without one, what it means."""
    named = source.columns.get(role)  # type: ignore[call-overload]
    if role == "buyer_id" and named is None:
        named = source.columns.get("name")
    return str(named if isinstance(named, str) else (named or [role])[0])


def _told(broken: Broken, rows: Rows, table: str) -> list[Problem]:
    ways = {**dict.fromkeys(AMOUNTS, "source.form.decimal"), **dict.fromkeys(DAYS, "source.form.dates")}
    way = "source.form.zone: Europe/Berlin" if broken.wrong == NO_ZONE else ways.get(broken.role)
    how = f", or how it is read ({way})" if way else ""
    if broken.wrong == BEYOND:
        how = " in the file"
    remedy = (
        f"correct it{how}; or leave such rows out, amounts and all, by a line of the run file: "
        f"`on_problem: {{leave_out: {{{table}: [{broken.role}]}}}}`"
    )
    held = broken.held.reindex(broken.rows.index)
    alike = None if broken.rows.all() else held.astype("str").fillna("")
    found = problems.in_rows(
        rows.file, column(rows.source, broken.role), held, broken.rows, broken.wrong, remedy, alike=alike
    )
    return [replace(one, row=int(rows.lines[one.row]), rows=()) for one in found if one.row is not None]
