"""How long money that is overdue is still out if nothing is done, and what that costs."""

import numpy as np

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.decide.collect.effects import comparable_history

HORIZON_DAYS = 365
"""Waiting counts for so many days at most: later money is a loss rather than late."""
FEWEST_PAID = 20
"""Payments of an age below which it takes the pace of the ages before."""


@once
def remaining_days(book: Book) -> np.ndarray:
    """Return the days until money comes that is 0, 1, 2… days past due, by this book: one value a day of lateness.

    The mean over a year, a day's pace being that of its ageing bucket (`receivables.ageing_buckets`): payments / days
    open, of all invoices that fell due, without those that were ever in dispute, while their buyer was not in default;
    an age with fewer than `FEWEST_PAID` payments takes the pace of the one before, and where none has enough, nothing
    is known: a year. What is not paid within a year counts a year. Source: definitions §10.4.
    """
    history = comparable_history(book)
    edges = np.array([0, *book.run.receivables.ageing_buckets])
    ends = np.minimum(history.paid, history.ends)
    is_late = ends > 0
    paid = history.paid[is_late] <= history.ends[is_late]
    ends = ends[is_late]
    pace, known = np.zeros(len(edges)), 0.0
    for place, (low, high) in enumerate(zip(edges, [*edges[1:], np.inf], strict=True)):
        inside = ends > low
        open_days = (np.minimum(ends[inside], high) - low).sum()
        payments = int((paid & inside & (ends <= high)).sum())
        known = payments / open_days if payments >= FEWEST_PAID else known
        pace[place] = known
    days = np.arange(int(edges[-1]) + 1 + HORIZON_DAYS)
    hazard = pace[np.searchsorted(edges, days + 1, side="left") - 1]
    # What is still open of a debt after each day, from the first on; each day of the year ahead counts what is open.
    open_logs = np.append(0.0, np.cumsum(np.log1p(-np.minimum(hazard, 0.999))))
    still = np.exp(open_logs)
    sums = np.append(0.0, np.cumsum(still))
    first = np.arange(int(edges[-1]) + 1)
    return (sums[first + HORIZON_DAYS] - sums[first]) / still[first]


def waiting_cost(
    amount: np.ndarray, wait_days: np.ndarray, pd_year: np.ndarray, terms: tuple[float, float | np.ndarray]
) -> np.ndarray:
    """Return what waiting for amounts costs: amount × (k × w / 365 + LGD × (1 − (1 − PD)^(w / 365))).

    `wait_days` w; `pd_year`, the buyer's default probability over 12 months (missing: not known, and no loss is
    counted); `terms`: the yearly cost of capital k, and LGD. Source: definitions §10.4.

    >>> one = np.ones(1)
    >>> waiting_cost(1_000 * one, 73 * one, 0.19 * one, (0.10, 0.5)).round(2).tolist()  # 20, and 1,000 × 0.5 × 0.04127
    [40.63]
    """
    capital, lgd = terms
    years = wait_days / 365
    return amount * (capital * years + lgd * (1 - (1 - np.nan_to_num(pd_year)) ** years))
