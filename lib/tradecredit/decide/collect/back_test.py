"""How well the watchlist warned in past months, as known then: of how many failures, how early, by how many names."""

from typing import NamedTuple

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.decide.collect.watchlist import past
from tradecredit.validation.early_warning import as_many, compared, frontier
from tradecredit.validation.signal_value import added

WATCHLIST, BY_PD, LATE = "watchlist", "as many by PD alone", "more than 60 days late"
"""The lists that are compared."""

LATE_DAYS = 60

THRESHOLDS = (0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7)
"""Probabilities from which on the lists of the frontier name buyers."""


class BackTest(NamedTuple):
    """What `back_test` finds: how the lists `compared`, the two frontiers, and what the signals `added`."""

    compared: pd.DataFrame
    frontier: pd.DataFrame
    added: pd.DataFrame


@remembered
def back_test(book: Book) -> BackTest:
    """Return how well the watchlist of past month ends, as known then (`watchlist.past`), warned of failures since.

    - `compared`: index `list`, `WATCHLIST`, `BY_PD` (as many names of each day, those with the highest probability of
      default alone) and `LATE` (all whose oldest invoice was more than 60 days past due); columns as
      `early_warning.warned`;
    - `frontier`: of the watchlist with each of `THRESHOLDS` in place of `early_warning.list_from`, and of lists by PD
      from the same on: `list`, `list_threshold`, columns as there;
    - `added`: `signal_value.added`.

    A failure is a row of `defaults`. All are empty where the book records none, or has no month end to look back on.
    """
    return of_reviews(past(book), book)


def of_reviews(reviews: pd.DataFrame, book: Book) -> BackTest:
    """Return `back_test` of the reviews of past days (`watchlist.past`)."""
    failures, until = book.defaults[["buyer_id", "date"]], book.as_of
    if failures.empty or reviews.empty:
        reviews = reviews.head(0)
    lists = {
        WATCHLIST: reviews["listed"],
        BY_PD: as_many(reviews, reviews["pd"], reviews["listed"]),
        LATE: reviews["oldest_days_past_due"] > LATE_DAYS,
    }
    table = compared(reviews, lists, failures, until=until)
    curves = [
        frontier(reviews, reviews[score].astype("float64"), THRESHOLDS, failures, until=until).assign(list=name)
        for name, score in ((WATCHLIST, "pd_warned"), ("PD alone", "pd"))
    ]
    found = BackTest(table, pd.concat(curves).reset_index(), added(reviews, failures, until=until))
    return found if len(reviews) else BackTest(*(part.head(0) for part in found))
