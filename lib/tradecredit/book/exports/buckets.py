"""Lists that state what each buyer owes by age alone: a column for each age becomes a row."""

import re

import numpy as np
import pandas as pd

from tradecredit.book.exports.amounts import amounts

AMOUNT, DAYS, AGE = "amount of the age", "days of the age", "age"
"""Columns of the rows that columns of ages become."""
MONTH = 30
_CURRENT = re.compile(
    r"current|at date|not (yet )?due|future|non échu|à échoir|nicht fällig|no vencido|por vencer|a scadere|a vencer"
    r"|niet vervallen|bieżące|未到期",
    re.IGNORECASE,
)
_UNIT = r"\s*(?:days?|d|tage|jours|j|días|dias|giorni|gg|dagen|dni|天)?\.?(?:\s*(?:past due|overdue))?"
_BETWEEN = re.compile(rf"(\d{{1,3}})\s*(?:-|–|to|bis|à|a|tot|do)\s*\d{{1,3}}{_UNIT}", re.IGNORECASE)
_OVER = re.compile(
    rf"(?:>|over|more than|über|plus de|más de|mais de|oltre|meer dan|powyżej)\s*=?\s*(\d{{1,3}}){_UNIT}"
    rf"|(\d{{1,3}})\s*\+{_UNIT}|(\d{{1,3}})\s*(?:and over|or more|et plus|und mehr)",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"total|balance|saldo|solde|gesamt|summe|totaal|razem|suma|合计", re.IGNORECASE)
_MONTHS = re.compile(r"(<\s*)?(\d{1,2})\s*months?", re.IGNORECASE)


def least_days(name: object) -> int | None:
    """Return the least days past due of what stands in a column of an ageing list; None for any other column.

    >>> [least_days(name) for name in ("Current", "1-30", "31 - 60 days", ">90", "91+", "Customer")]
    [0, 1, 31, 91, 91, None]
    """
    text = str(name).strip()
    if _CURRENT.fullmatch(text):
        return 0
    if between := _BETWEEN.fullmatch(text):
        return int(between.group(1))
    if over := _OVER.fullmatch(text):
        days = int(next(group for group in over.groups() if group))
        return days if days % MONTH == 1 else days + 1
    if months := _MONTHS.fullmatch(text):
        return 1 if months.group(1) else MONTH * int(months.group(2)) + 1
    return None


def ages(header: list[object]) -> dict[str, int]:
    """Return the columns of ages in a header, with their least days; one that is only older, a month after the last."""
    found = {str(cell).strip(): days for cell in header if cell is not None and (days := least_days(cell)) is not None}
    for cell in header:
        if found and str(cell).strip().casefold() in ("older", "älter", "plus ancien"):
            found[str(cell).strip()] = max(found.values()) + MONTH
    return found


def by_age(found: pd.DataFrame, buckets: dict[str, int], decimal: str) -> pd.DataFrame:
    """Return a row for each age of each row in which something is owed, with its `AMOUNT`, `DAYS` and `AGE`.

    The later rows from one line have a fraction behind the line's number as their index.
    """
    parts = []
    for at, (column, days) in enumerate(buckets.items()):
        value = amounts(found[column], decimal)
        held = found[found[column].notna() & (value != 0)]
        parts.append(
            held.assign(**{AMOUNT: held[column], DAYS: str(days), AGE: column}).set_axis(
                np.asarray(held.index, dtype="float64") + at / 100, axis="index"
            )
        )
    return pd.concat(parts).sort_index()


def beyond(found: pd.DataFrame, buckets: dict[str, int], decimal: str) -> pd.Series:
    """Return what the total of each row is above the sum of its ages, where it is and a column states it."""
    columns = [name for name in found if name not in buckets and _TOTAL.match(str(name))]
    if not columns:
        return pd.Series(dtype="float64")
    sums = pd.concat([amounts(found[name], decimal).fillna(0) for name in buckets], axis="columns").sum(axis="columns")
    rest = (amounts(found[columns[-1]], decimal) - sums).round(2)
    return rest[rest.fillna(0) != 0]
