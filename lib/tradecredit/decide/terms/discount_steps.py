"""A cash discount in one step or two: which may still be taken, and how much of one that was taken is earned."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.measure.due_days import moved

STEPS = {"discount_rate": "discount_days", "discount_rate_2": "discount_days_2"}
"""The rates of an invoice's discount, and the days that each may be taken in: 3/10, 2/20 has two."""


def offer(book: Book) -> pd.DataFrame:
    """Return the columns of `STEPS` of each invoice, with days until the last one on which money earns the discount.

    That one moves to a working day as a due day does (`due_days.moved`).
    """
    invoices, issued = book.invoices[[*STEPS, *STEPS.values()]], book.invoices["issued"]
    last = {
        days: (moved(book, issued + pd.to_timedelta(invoices[days], unit="D")) - issued).dt.days
        for days in STEPS.values()
    }
    return invoices.assign(**last)


def offered(invoices: pd.DataFrame) -> pd.Series:
    """Return of each invoice whether it offers a discount in any step; `invoices`: the columns of `STEPS`."""
    return offered_in(invoices, "discount_rate") | offered_in(invoices, "discount_rate_2")


def offered_in(invoices: pd.DataFrame, step: str) -> pd.Series:
    """Return of each invoice whether it offers a discount in a step (named by its rate): above 0, in stated days."""
    return (invoices[step] > 0) & invoices[STEPS[step]].notna()


def may_be_taken(invoices: pd.DataFrame, days: pd.Series) -> pd.Series:
    """Return of each invoice whether a step of its discount is not over yet so many days after the issue."""
    return rate_after(invoices, days) > 0


def rate_after(invoices: pd.DataFrame, days: pd.Series) -> pd.Series:
    """Return the discount that money earns so many days after the issue: the highest rate of a step not yet over."""
    steps = [invoices[rate].where(days <= invoices[last], 0.0).fillna(0.0) for rate, last in STEPS.items()]
    return pd.concat(steps, axis="columns").max(axis="columns")


def earned(payments: pd.DataFrame, discount: pd.Series) -> pd.Series:
    """Return how much of the discount taken on each invoice was earned: index as `discount`.

    `payments`: the money that came on them, part by part, on an index of the same names, `amount` and `rate`, the
    discount that money earns on its day (0: too late for any); `discount`: the amount taken, on whatever day it is
    booked. A part p at the rate r pays for p / (1 − r) of the invoice, or for its share of all that money and discount
    have settled, p × (1 + discount / Σ p), whichever is more over the parts, and earns r × that; at most the discount
    taken, and 0 without money. Source: definitions §3.1.

    >>> paid = pd.DataFrame({"amount": [490.0, 490.0], "rate": [0.02, 0.0]}, index=["I1", "I1"])
    >>> round(float(earned(paid, pd.Series({"I1": 20.0}))["I1"]), 2)  # half of it came in time
    10.0
    """
    amount, rate = payments["amount"], payments["rate"]
    of_money = (amount * rate / (1 - rate).where(rate < 1)).groupby(level=0).sum()
    by_share = (amount * rate).groupby(level=0).sum() * (1 + discount / amount.groupby(level=0).sum())
    return np.minimum(discount, np.fmax(of_money, by_share).reindex(discount.index, fill_value=0.0))
