"""Broken rows that the run file allows to be left out: counted with what they hold, and refused where they are many."""

import difflib
from dataclasses import replace
from typing import NamedTuple, get_args

import pandas as pd

from tradecredit.book import checks
from tradecredit.book.by_currency import told_sum
from tradecredit.book.links import Links, links
from tradecredit.book.places import one_of
from tradecredit.book.rate_checks import untranslated
from tradecredit.book.raw_tables import RawTable
from tradecredit.book.schema import TABLES
from tradecredit.book.typed import combined, typed
from tradecredit.errors import Problem
from tradecredit.params.export import ExportSource, Role
from tradecredit.params.run import Run

ROUNDS = 6
"""A row that names one that was left out is found in the next round; no chain of tables is longer."""


class Checked(NamedTuple):
    """The raw tables without the rows that were left out, the same in their types, what is wrong, and the links."""

    raw: dict[str, RawTable]
    tables: dict[str, pd.DataFrame]
    problems: list[Problem]
    linked: Links


def checked(raw: dict[str, RawTable], run: Run) -> Checked:
    """Return raw tables typed and checked, without the broken rows that `on_problem` leaves out.

    Rows of other tables that name one of these go with it. Each rule's rows stand in `left_out` of their table, with
    the amount that they hold. A table of which more than `on_problem.most` would go is a problem.
    """
    given = {name: combined(table) for name, table in raw.items()}
    without = dict(given)
    gone: dict[str, set[str]] = {}
    for _ in range(ROUNDS):
        tables, problems, linked = _read(without, run)
        broken = [one for one in problems if one.rows and _goes(one, run, tables, gone)]
        if not broken:
            break
        for name in dict.fromkeys(problem.table for problem in broken if problem.table is not None):
            without[name] = _left(without[name], tables[name], [one for one in broken if one.table == name], gone)
    problems += _unknown_columns(run)
    for name, table in without.items():
        rows, all_rows = len(given[name].frame) - len(table.frame), len(given[name].frame)
        if rows > run.on_problem.most * all_rows:
            most = f"{run.on_problem.most:.1%}"
            problems.append(
                Problem(
                    file=table.file, table=name,
                    allowed=f"{rows:,} of {all_rows:,} rows of {name} break a rule; at most {most} may be left out",
                    remedy="correct them, or state the share that may be left out (on_problem: {most: …})",
                )
            )  # fmt: skip
    return Checked(without, tables, problems, linked)


def _unknown_columns(run: Run) -> list[Problem]:
    """Return the columns of `on_problem.leave_out` that no table has, so that nothing would be left out by them."""
    # Columns of an export are called by what they mean.
    roles = get_args(Role) if isinstance(run.source, ExportSource) else ()
    found = []
    for name, columns in run.on_problem.leave_out.items():
        known = [*TABLES[name].names, ", ".join(TABLES[name].key), *(roles if name in ("invoices", "receipts") else ())]
        for column in [] if columns == "all" else columns:
            if column not in known:
                near = difflib.get_close_matches(column, known, n=1)
                found.append(
                    Problem(
                        file=str(run.file), column=f"on_problem.leave_out.{name}", value=column,
                        allowed=f"{name} has no such column",
                        remedy=f"did you mean {near[0]!r}" if near else f"use one of: {', '.join(known)}",
                    )
                )  # fmt: skip
    return found


def _read(raw: dict[str, RawTable], run: Run) -> tuple[dict[str, pd.DataFrame], list[Problem], Links]:
    tables, problems = {}, []
    for name, table in raw.items():
        tables[name], found = typed(table)
        problems += found
    linked, files = links(tables), {name: table.file for name, table in raw.items()}
    problems += checks.relations(tables, files, run, linked) + untranslated(tables, files, run, linked)
    return tables, problems, linked


def _goes(problem: Problem, run: Run, tables: dict[str, pd.DataFrame], gone: dict[str, set[str]]) -> bool:
    """Return whether a problem's rows go: the run file says so, or they name only rows that went before."""
    if run.on_problem.leaves_out(problem.table, problem.column):
        return True
    if problem.table is None or problem.column is None:
        return False
    other = TABLES[problem.table].references.get(problem.column)
    named = tables[problem.table].loc[list(problem.rows), problem.column] if other in gone else pd.Series(dtype="str")
    return len(named) > 0 and bool(one_of(named, sorted(gone[str(other)])).all())


def _left(raw: RawTable, table: pd.DataFrame, broken: list[Problem], gone: dict[str, set[str]]) -> RawTable:
    """Return a raw table without broken rows, each counted by the first rule that it breaks."""
    out: set = set()
    notes = []
    for problem in broken:
        rows = [row for row in problem.rows if row not in out]
        if not rows:
            continue
        out |= set(rows)
        of = table.loc[rows].reindex(columns=["amount", "currency"])
        held = f": {told_sum(of['amount'], of['currency'])}" if "amount" in table else ""
        notes.append((f"{problem.column} {problem.allowed}{held}", len(rows)))
    lost = list(out)
    key = TABLES[raw.name].columns[0].name
    kept = raw.frame.drop(index=lost)
    names = set(table.loc[lost, key].dropna()) - set(table.drop(index=lost)[key].dropna())
    gone[raw.name] = gone.get(raw.name, set()) | names
    return replace(raw, frame=kept, left_out=(*raw.left_out, *notes))
