"""How late the money came, month by month: what a buyer's days beyond terms were made of."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import month_ends
from tradecredit.book.once import once
from tradecredit.measure.history import first_day, habits_told
from tradecredit.measure.open_items import open_items

MONTHS = 24
"""Month ends that are looked at."""


@once
def paid_by_month(book: Book, months: int = MONTHS) -> pd.DataFrame:
    """Return what each buyer paid in the months up to the as-of day, and how late.

    Reads `invoices` and `receipts`. A row for each month and buyer in which money came that paid an invoice
    (`open_items`: `paid_on`): `month_end`, `buyer_id`, `invoices_paid`, their `money` (reporting currency), and
    `paid_days_late`, the mean of max(days late, 0) over them by that money: the days beyond terms
    (`behaviour.features`) of what was paid in the month alone. The last month is that of the as-of day, as far as it
    has come. Empty in a book that does not tell when payments came (`history.habits_told`). Source: definitions §2.5.
    """
    items, until = open_items(book), book.as_of.normalize() + pd.offsets.MonthEnd(0)
    ends = month_ends(until, months, since=first_day(book))
    paid = items["paid_on"].to_numpy("datetime64[M]")
    known = ~np.isnat(paid) & (items["money"].to_numpy() > 0) & bool(len(ends)) & habits_told(book, book.as_of)
    if known.any():
        known &= paid >= ends[0].to_datetime64().astype("datetime64[M]")
    rows = np.flatnonzero(known)
    money, late = items["money"].to_numpy()[rows], np.maximum(items["days_late"].to_numpy()[rows], 0.0)
    key = paid[rows].astype(np.int64) * len(book.buyers) + book.buyer_of_invoice[rows]
    at, group = np.unique(key, return_inverse=True)
    month, buyer = np.divmod(at, max(len(book.buyers), 1))
    weight = np.bincount(group, money, len(at))
    return pd.DataFrame(
        {
            "month_end": pd.DatetimeIndex(month.astype("datetime64[M]").astype("datetime64[us]"))
            + pd.offsets.MonthEnd(0),
            "buyer_id": book.buyers["buyer_id"].array.take(buyer),
            "invoices_paid": np.bincount(group, minlength=len(at)),
            "money": weight,
            "paid_days_late": np.bincount(group, money * late, len(at)) / weight,
        }
    )
