"""Rows that are wrong, as problems: the first ones named, the others counted."""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from tradecredit.errors import Problem

SHOWN = 10
"""Rows named for each kind of problem in a column; the rest are counted."""


def of_table(name: str, problems: Iterable[Problem]) -> list[Problem]:
    """Return problems as those of a table of the book."""
    return [replace(problem, table=name) for problem in problems]


def of_parts(problems: Iterable[Problem]) -> list[Problem]:
    """Return what is wrong in parts of one table as it is told of the whole: the first rows named, the others counted.

    A problem that several parts tell alike is one.
    """
    alike: dict[tuple, list[Problem]] = {}
    for problem in dict.fromkeys(problems):
        by_rows = problem.row is not None and problem.table is not None
        key = (problem.file, problem.column, problem.allowed, problem.remedy) if by_rows else (problem,)
        alike.setdefault(key, []).append(problem)
    found = []
    for same in alike.values():
        shown = sorted(same, key=lambda problem: problem.row or 0)[:SHOWN]
        rest = sum(1 + problem.others for problem in same) - sum(1 + problem.others for problem in shown)
        found += [*shown[:-1], replace(shown[-1], others=shown[-1].others + rest)]
    return found


def in_rows(
    file: str,
    column: str,
    found: pd.Series,
    wrong: pd.Series,
    allowed: str,
    remedy: str,
    *,
    alike: pd.Series | None = None,
) -> list[Problem]:
    """Return a problem for each of the first rows that are wrong; the last one counts the others.

    The first has all `rows`. `found` has what stands in these rows at least. Rows with the same value of `alike` are
    one problem, named at the first of them. Where every row is wrong the cause is one: the first is named.
    """
    if not wrong.any():
        return []
    rows = wrong[wrong.fillna(False).astype(bool)].index
    each = pd.Series(rows if alike is None else alike.loc[rows].to_numpy(), index=rows)
    first, more = rows[~each.duplicated()], each.map(each.value_counts()) - 1
    shown = first[: 1 if alike is None and len(rows) == len(wrong) else SHOWN]
    others = more.loc[shown].to_list()
    if len(shown):
        others[-1] += len(rows) - len(shown) - sum(others)
    problems = []
    for place, (row, further) in enumerate(zip(shown, others, strict=True)):
        value = found.loc[row]
        if isinstance(value, pd.Timestamp) and value.tz is None and value == value.normalize():
            value = value.date()
        problems.append(
            Problem(
                file=file,
                row=int(row),
                column=column,
                value=None if pd.isna(value) else value,
                allowed=allowed,
                remedy=remedy,
                others=int(further),
                rows=tuple(rows) if place == 0 else (),
            )
        )
    return problems
