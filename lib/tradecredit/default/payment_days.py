"""On which days money comes: factors of weekdays and holidays, and what closed days leave to the next open one."""

from typing import NamedTuple

import numpy as np
from scipy.special import pdtr

from tradecredit.book.calendar import WORKING_DAYS

PSEUDO_PAYMENTS = 20.0
"""Payments in the usual course that a factor counts for: of a weekday, of holidays, of a part or day of the month."""
FRIDAY = 4
LEAST_FACTOR = 1e-3
"""Factor of a day, at least."""
CLOSED = 0.2
"""Factor below which a day is closed: what would come on it comes on the next open one, as far as it is moved."""
BY_CHANCE = 0.01
"""Probability below which so few payments on a weekday are no chance."""
REACH = 7
"""Closed days in a row, at most, that leave payments to the next open one."""


class PayingDays(NamedTuple):
    """`weekdays`: factor of each, Monday first; `holidays`: the part of a weekday's payments that comes on it where it
    is a holiday (`book.calendar.HOLIDAYS`); `moved`: the part of what would come on closed days (below `CLOSED`) that
    comes on the next open one: all of it where buyers have their banks pay on due days, nothing where they pay as they
    come to it."""

    weekdays: np.ndarray
    holidays: float
    moved: float

    def factor(self, day: np.ndarray) -> np.ndarray:
        """Return the factor of days (from 1970)."""
        return self.weekdays[weekday_of(day)] * np.where(are_holidays(day), self.holidays, 1.0)

    def closed_before(self, day: np.ndarray) -> np.ndarray:
        """Return the number of closed days right before each of consecutive days; of closed ones 0."""
        wider = np.arange(day[0] - REACH, day[-1] + 1) if len(day) else day
        closed = self.factor(wider) < CLOSED
        # Places since the last open day.
        place = np.arange(len(wider))
        since = place - np.maximum.accumulate(np.where(closed, -1, place))
        before = np.where(closed, 0, np.append(0, np.minimum(since, REACH)[:-1]))
        return before[len(wider) - len(day) :]


NO_HABIT = PayingDays(np.ones(7), 1.0, 0.0)
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


def closed_days(paid_on: np.ndarray, first: int, last: int) -> PayingDays:
    """Return which weekdays, and whether holidays, are closed, from the days of payments; the others are alike.

    Saturday, Sunday and holidays are where less than `CLOSED` of the busiest weekday's payments came on them, and
    another day where so few were hardly chance (`BY_CHANCE`) if it had as many.
    """
    day = np.arange(first, last + 1)
    if not len(paid_on):
        return NO_HABIT
    count, weekday, holidays = np.bincount(paid_on - first, minlength=len(day)), weekday_of(day), are_holidays(day)
    came = np.bincount(weekday, count, 7)
    usual = came / np.maximum(np.bincount(weekday, minlength=7), 1)
    at_most = CLOSED * usual.max() * np.bincount(weekday, minlength=7)
    improbable = pdtr(came, np.maximum(at_most, 1e-9)) < BY_CHANCE
    closed = (came < at_most) & (improbable | (np.arange(7) > FRIDAY))
    part = count[holidays].sum() / max(usual[weekday[holidays]].sum(), 1e-9)
    weekdays = np.where(closed, np.maximum(usual / usual.max(), LEAST_FACTOR), 1.0)
    return PayingDays(weekdays, max(part, LEAST_FACTOR) if part < CLOSED else 1.0, 1.0)


def corrected(days: PayingDays, shares: np.ndarray, moved: np.ndarray, first: int) -> PayingDays:
    """Return paying days as what was paid says; `shares`: what was expected of them and seen, by day from `first` on;
    `moved`: what of both closed days had left.

    All shrink to what they were, the holidays' part to all, as if `PSEUDO_PAYMENTS` had come so. A step of expectation
    and maximisation: what is seen has been divided as it was expected to be. Source: Dempster, Laird and Rubin 1977,
    J. R. Stat. Soc. B 39(1).
    """
    day = first + np.arange(shares.shape[1])
    weekday, closed, own = weekday_of(day), are_holidays(day), shares - moved
    expected, seen = (np.bincount(weekday, of, 7) for of in own)
    if not shares[1].sum() > 0 or not shares[0].sum() > 0:
        return NO_HABIT
    usual = shares[1].sum() / shares[0].sum()
    factor = np.maximum((seen + PSEUDO_PAYMENTS * usual) / (expected + PSEUDO_PAYMENTS) / usual, LEAST_FACTOR)
    wanted = own[0, closed].sum() / days.holidays * usual
    part = (own[1, closed].sum() + PSEUDO_PAYMENTS) / (wanted + PSEUDO_PAYMENTS)
    left = (moved[0] * factor[weekday]).sum() * usual
    comes = days.moved * (moved[1].sum() + PSEUDO_PAYMENTS) / (left + PSEUDO_PAYMENTS)
    return PayingDays(days.weekdays * factor, float(np.clip(part, LEAST_FACTOR, 1.0)), float(np.clip(comes, 0.0, 1.0)))
