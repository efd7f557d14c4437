"""Lists whose groups and documents stand in one column: which row is of which group, told by what they sum up to."""

import re
from collections.abc import Sequence

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.exports.amounts import amounts, decimal_mark
from tradecredit.book.exports.totals import TOTAL

NUMBERED = re.compile(
    r"(\S*\d\S*)\s+(?:от|від|vom|du|del|of|from|dated|z dnia|ze dne)\s+(\d{1,2}[./-]\d{1,2}[./-]\d{4})"
)
"""A document's number and day as they stand in its name."""


def groups(values: Sequence[float], with_day: Sequence[bool]) -> list[int]:
    """Return the row of the group that each row stands in, −1 for the first of all.

    A row without a day is a group where it comes to what the rows and groups right below it come to, and else a
    document; each level is told so from the last row up.

    >>> groups([30, 30, 10, 20, 5, 5, 7, -2], [False, False, True, True, False, False, True, False])
    [-1, 0, 1, 1, -1, 4, 5, 5]
    """
    parent = [-1] * len(values)
    below: list[int] = []
    for row in range(len(values) - 1, -1, -1):
        so_far, of_row = 0.0, 0
        for count, other in enumerate(reversed(below) if not with_day[row] else (), start=1):
            so_far += values[other]
            if abs(so_far - values[row]) < CENT:
                of_row = count
                break
        for _ in range(of_row):
            parent[below.pop()] = row
        below.append(row)
    return parent


def first_groups(names: pd.Series, values: pd.Series, with_day: pd.Series) -> pd.Series:
    """Return the name of the first group that each document stands in, by line; only documents have one.

    `names`, `values` and `with_day` are of all rows of a list. Where one group has all others, the next one counts.
    """
    texts = [str(cell) for cell in values.dropna() if isinstance(cell, str)]
    number = amounts(values, decimal_mark(texts) or ".")
    rows = names.index[names.notna() & number.notna() & ~names.astype("str").str.match(TOTAL)]
    parent = groups(number[rows].tolist(), with_day[rows].tolist())
    tops = [row for row, above in enumerate(parent) if above < 0]
    found = {}
    for row, line in enumerate(rows):
        if row in parent or parent[row] < 0:
            continue
        way = [row]
        while parent[way[-1]] >= 0:
            way.append(parent[way[-1]])
        found[line] = str(names[rows[way[-2] if len(tops) == 1 and len(way) > 2 else way[-1]]]).strip()
    return pd.Series(found, dtype="object")


def numbers(names: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the number and the day that stand in documents' names, as text; without them, the name and none."""
    parts = names.astype("str").str.extract(NUMBERED)
    return parts[0].astype("object").fillna(names), parts[1].astype("object")
