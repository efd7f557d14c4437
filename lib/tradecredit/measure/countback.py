"""Days of sales that stand in a balance, counted back month by month from the newest, and what they consist of."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.measure.history import settlements_known
from tradecredit.measure.open_items import items_on, ledger
from tradecredit.measure.sales import net_sales_on

PARTS = ("terms", "early payment", "overdue debt", "exchange rates")


def countback_days(balance: float, sales: list[float], days: list[int]) -> float:
    """Return the days of sales that stand in a balance, counted back from the newest month.

    `sales` and `days` of each month, newest first. Whole months are taken off the balance; of the month that is larger
    than the rest of it, the part balance / sales × days counts. Missing where the months do not use up the balance.
    Source: definitions §2.4.

    >>> countback_days(250.0, [100.0, 120.0, 90.0], [31, 30, 31])    # 31 + 30 + 30/90 × 31
    71.33333333333333
    """
    left, counted = balance, 0.0
    for month_sales, month_days in zip(sales, days, strict=True):
        if left < CENT:
            return counted
        if left < month_sales:
            return counted + left / month_sales * month_days
        left, counted = left - month_sales, counted + month_days
    return counted if left < CENT else float("nan")


@once
def are_credit_sales(book: Book) -> np.ndarray:
    """Return whether each invoice is a credit sale: to a buyer that is not `prepaid`."""
    return ~one_of(book.buyers["kind"], ["prepaid"])[book.buyer_of_invoice]


def sales_by_month(book: Book, sold: np.ndarray, day: pd.Timestamp) -> pd.Series:
    """Return the credit sales of each month up to that of a day, since the first; `sold`: net sales by invoice.

    Index: months since January 1970. Empty before the first credit sale.
    """
    credit = are_credit_sales(book) & (ledger(book).issued <= day.to_datetime64())
    if not credit.any():
        return pd.Series(dtype="float64", index=pd.RangeIndex(0))
    month = _months(book)[credit]
    last, first = int(day.to_datetime64().astype("datetime64[M]").astype(np.int64)), int(month.min())
    return pd.Series(np.bincount(month - first, sold[credit], last - first + 1), index=pd.RangeIndex(first, last + 1))


def counted_back(balances: Sequence[float], sales: pd.Series, day: pd.Timestamp) -> list[float]:
    """Return the `countback_days` of balances on a day from `sales_by_month`; the running month by its days so far.

    Missing without any sales.
    """
    if sales.empty:
        return [np.nan] * len(balances)
    first_days = np.arange(sales.index[-1] + 1, sales.index[0] - 1, -1).astype("datetime64[M]").astype("datetime64[D]")
    lengths = [day.day, *-np.diff(first_days).astype(np.int64)[1:]]
    newest_first = sales.to_numpy()[::-1].tolist()
    return [countback_days(balance, newest_first, lengths) for balance in balances]


def countback_parts(book: Book, day: pd.Timestamp) -> pd.Series:
    """Return the days of sales by countback on a day, in the parts of the balance that they come from.

    Index, in the order in which they are counted back (`PARTS`), each being what it adds to those before it:

    - `terms`: net credit sales that are not due yet, as if none of them had been paid; of those that are due on the day
      itself, what is open;
    - `early payment`, as a rule below zero: what was paid or credited of these, so that the debt not due yet remains;
    - `overdue debt`, which like those before it is at the rates of the days of issue;
    - `exchange rates`: what the closing rates add to all that is owed.

    They add up to the countback of the receivables. Missing where the sales do not reach back so far, and in a book of
    open items only, which does not tell what was sold. Source: definitions §2.4.
    """
    items, sold = items_on(book, day), net_sales_on(book, day)
    at_issue = items["open_amount"] - items["exchange_difference"]
    not_due = at_issue[~(items["days_past_due"] > 0)].sum()
    in_full = pd.Series(sold[items.index], index=items.index).where(
        items["payable_by"] > day, at_issue.where(items["payable_by"] == day, 0.0)
    )
    not_due_sales = in_full[are_credit_sales(book)[items.index]].sum()
    if not settlements_known(book, day)[0]:
        return pd.Series(np.nan, index=list(PARTS))
    balances = [not_due_sales, not_due, at_issue.sum(), items["open_amount"].sum()]
    counted = counted_back(balances, sales_by_month(book, sold, day), day)
    return pd.Series(np.diff(counted, prepend=0.0), index=list(PARTS))


@once
def _months(book: Book) -> np.ndarray:
    """Return the month of each invoice's issue, counted from 1970."""
    return ledger(book).issued.astype("datetime64[M]").astype(np.int64)
