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


def countback(book: Book, balances: Sequence[float], sold: np.ndarray, day: pd.Timestamp) -> list[float]:
    """Return the `countback_days` of balances on a day, by calendar months; `sold`: net sales by invoice as known then.

    The running month counts by its days so far. Missing before the first credit sale, and in a book of open items
    only, which does not tell what was sold.
    """
    credit = are_credit_sales(book) & (ledger(book).issued <= day.to_datetime64())
    if not credit.any() or not settlements_known(book, day)[0]:
        return [np.nan] * len(balances)
    month = _months(book)
    last, first = day.to_datetime64().astype("datetime64[M]").astype(np.int64), month[credit].min()
    newest_first = np.bincount(month[credit] - first, sold[credit], int(last - first) + 1)[::-1].tolist()
    first_days = np.arange(last + 1, first - 1, -1).astype("datetime64[M]").astype("datetime64[D]")
    lengths = [day.day, *-np.diff(first_days).astype(np.int64)[1:]]
    return [countback_days(balance, newest_first, lengths) for balance in balances]


def countback_parts(book: Book, day: pd.Timestamp) -> pd.Series:
    """Return the days of sales by countback on a day, in the parts of the balance that they come from.

    Index, in the order in which they are counted back (`PARTS`), each being what it adds to those before it:

    - `terms`: net credit sales that are not due yet, as if none of them had been paid; of those that are due on the day
      itself, what is open;
    - `early payment`, as a rule below zero: what was paid or credited of these, so that the debt not due yet remains;
    - `overdue debt`, which like those before it is at the rates of the days of issue;
    - `exchange rates`: what the closing rates add to all that is owed.

    They add up to the countback of the receivables. Missing where the sales do not reach back so far. Source:
    definitions §2.4.
    """
    items, sold = items_on(book, day), net_sales_on(book, day)
    at_issue = items["open_amount"] - items["exchange_difference"]
    not_due = at_issue[~(items["days_past_due"] > 0)].sum()
    in_full = pd.Series(sold[items.index], index=items.index).where(
        items["payable_by"] > day, at_issue.where(items["payable_by"] == day, 0.0)
    )
    not_due_sales = in_full[are_credit_sales(book)[items.index]].sum()
    counted = countback(book, [not_due_sales, not_due, at_issue.sum(), items["open_amount"].sum()], sold, day)
    return pd.Series(np.diff(counted, prepend=0.0), index=list(PARTS))


@once
def _months(book: Book) -> np.ndarray:
    """Return the month of each invoice's issue, counted from 1970."""
    return ledger(book).issued.astype("datetime64[M]").astype(np.int64)
