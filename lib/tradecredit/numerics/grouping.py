"""Rows put in order by group and then by day, in time that grows with their number alone."""

from typing import NamedTuple

import numpy as np

from tradecredit.numerics.compiled import compiled

MOST_DAYS = 2**20
"""Days between the first and the last that are counted one by one: more than two thousand years."""


class Grouped(NamedTuple):
    """Rows in order: those of group g are `rows[first[g]:first[g + 1]]`, the earliest day first, ties as they stand."""

    rows: np.ndarray
    first: np.ndarray


def grouped(group: np.ndarray, day: np.ndarray, groups: int) -> Grouped:
    """Return the rows by group and day; `group`: 0 to under `groups`, or −1 for a row that is left out.

    `day`: whole numbers. Days that lie too far apart to be counted one by one are sorted.

    >>> grouped(np.array([1, 0, 1, -1]), np.array([5, 4, 3, 2]), 2)
    Grouped(rows=array([1, 2, 0]), first=array([0, 1, 3]))
    """
    rows = np.flatnonzero(group >= 0) if len(group) and group.min() < 0 else np.arange(len(group))
    days = day[rows] if len(rows) < len(day) else day
    if len(days) and (days[1:] < days[:-1]).any():
        lowest, highest = int(days.min()), int(days.max())
        if highest - lowest < MOST_DAYS:
            rows, _ = _counted(day - lowest, rows, highest - lowest + 1)
        else:
            rows = rows[np.argsort(days, kind="stable")]
    return Grouped(*_counted(group, rows, groups))


@compiled
def _counted(keys, rows, size):
    """Return the rows in order of their keys, ties as they stand, and where each key's rows begin."""
    first = np.zeros(size + 1, np.int64)
    for row in rows:
        first[keys[row] + 1] += 1
    for key in range(size):
        first[key + 1] += first[key]
    ordered, place = np.empty(len(rows), np.int64), first.copy()
    for row in rows:
        ordered[place[keys[row]]] = row
        place[keys[row]] += 1
    return ordered, first
