"""On which days money comes: factors of weekdays, and of holidays, whose payments come on the next working day."""

from typing import NamedTuple

import numpy as np

from tradecredit.book.calendar import WORKING_DAYS, working_day

PSEUDO_PAYMENTS = 20.0
"""Payments in the usual course that the factor of a weekday, of holidays or of a part of the month counts for."""
FRIDAY = 4
REACH = 7
"""Days within which a working day follows a holiday."""


class PayingDays(NamedTuple):
    """`weekdays`: factor of each, Monday first; `holidays`: the part of a weekday's payments that comes on it where it
    is a holiday (`book.calendar.HOLIDAYS`); the rest comes on the next working day."""

    weekdays: np.ndarray
    holidays: float

    def factor(self, day: np.ndarray) -> np.ndarray:
        """Return the factor of consecutive days (from 1970)."""
        # A holiday before the first of the days may move payments to it.
        wider = np.arange(day[0] - REACH, day[-1] + 1) if len(day) else day
        found = self.weekdays[weekday_of(wider)]
        closed = np.flatnonzero(are_holidays(wider))
        moved = (1.0 - self.holidays) * found[closed]
        found[closed] *= self.holidays
        onto = working_day(wider[closed].astype("datetime64[D]")).astype(np.int64) - wider[:1]
        inside = onto < len(wider)
        np.add.at(found, onto[inside], moved[inside])
        return found[len(wider) - len(day) :]


NO_HABIT = PayingDays(np.ones(7), 1.0)
"""All days alike."""


def weekday_of(day: np.ndarray) -> np.ndarray:
    """Return the weekday of days from 1970, Monday being 0.

    >>> int(weekday_of(np.datetime64("2026-11-02").astype(int)))
    0
    """
    return (np.asarray(day) + 3) % 7


def are_holidays(day: np.ndarray) -> np.ndarray:
    """Return which days (from 1970) are holidays from Monday to Friday."""
    return (weekday_of(day) <= FRIDAY) & ~np.is_busday(day.astype("datetime64[D]"), busdaycal=WORKING_DAYS)


def corrected(days: PayingDays, shares: np.ndarray, first: int) -> PayingDays:
    """Return paying days as what was paid says; `shares`: what was expected of them and seen, by day from `first` on.

    Both shrink to what is usual, the holidays' part to all, as if `PSEUDO_PAYMENTS` had come so.
    """
    day = first + np.arange(shares.shape[1])
    expected, seen = (np.bincount(weekday_of(day), of, 7) for of in shares)
    if not seen.sum() > 0 or not expected.sum() > 0:
        return NO_HABIT
    usual = seen.sum() / expected.sum()
    factor = np.maximum((seen + PSEUDO_PAYMENTS * usual) / (expected + PSEUDO_PAYMENTS) / usual, 1e-3)
    closed = are_holidays(day)
    wanted = shares[0, closed].sum() / days.holidays * usual
    part = (shares[1, closed].sum() + PSEUDO_PAYMENTS) / (wanted + PSEUDO_PAYMENTS)
    return PayingDays(days.weekdays * factor, float(np.clip(part, 1e-3, 1.0)))
