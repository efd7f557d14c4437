"""Rows put in order by group and then by day, in time that grows with their number alone."""

from typing import NamedTuple

import numpy as np

from tradecredit.numerics.kernels import Kernel

MOST_DAYS = 2**20
"""Days between the first and the last that are counted one by one: more than two thousand years."""


class Grouped(NamedTuple):
    """Rows in order: those of group g are `rows[first[g]:first[g + 1]]`, the earliest day first, ties as they stand.

    `day`: the days of `rows`.
    """

    rows: np.ndarray
    day: np.ndarray
    first: np.ndarray


def grouped(group: np.ndarray, day: np.ndarray, groups: int) -> Grouped:
    """Return the rows by group and day; `group`: 0 to under `groups`, or −1 for a row that is left out.

    `day`: whole numbers. Days that lie too far apart to be counted one by one are sorted.

    >>> grouped(np.array([1, 0, 1, -1]), np.array([5, 4, 3, 2]), 2)
    Grouped(rows=array([1, 2, 0], dtype=int32), day=array([4, 3, 5]), first=array([0, 1, 3]))
    """
    rows = (
        np.flatnonzero(group >= 0).astype(np.int32)
        if len(group) and group.min() < 0
        else np.arange(len(group), dtype=np.int32)
    )
    days = day[rows] if len(rows) < len(day) else day
    if len(days) and (days[1:] < days[:-1]).any():
        lowest, highest = int(days.min()), int(days.max())
        if highest - lowest < MOST_DAYS:
            rows = _counted(day, rows, lowest, highest + 1)[0]
        else:
            rows = rows[np.argsort(days, kind="stable")]
    rows, first = _counted(group, rows, 0, groups)
    return Grouped(rows, day[rows], first)


def _counted_one_by_one(keys, rows, lowest, end):
    """Return the rows in order of keys from `lowest` to under `end`, and where each key's begin; ties as they stand."""
    first = np.zeros(end - lowest + 1, np.int64)
    for row in rows:
        first[keys[row] - lowest + 1] += 1
    for key in range(end - lowest):
        first[key + 1] += first[key]
    ordered, place = np.empty(len(rows), np.int32), first.copy()
    for row in rows:
        key = keys[row] - lowest
        ordered[place[key]] = row
        place[key] += 1
    return ordered, first


def _sorted(keys: np.ndarray, rows: np.ndarray, lowest: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the same; takes longer of many rows."""
    found = keys[rows] - lowest
    first = np.zeros(end - lowest + 1, np.int64)
    first[1:] = np.cumsum(np.bincount(found, minlength=end - lowest))
    return rows[np.argsort(found, kind="stable")], first


_counted = Kernel(_counted_one_by_one, _sorted)
