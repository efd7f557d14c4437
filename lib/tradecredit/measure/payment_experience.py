"""How much a buyer has owed and paid before, and for how long: what stands in for accounts that are not known."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import DAYS_A_MONTH, month_ends
from tradecredit.book.once import once
from tradecredit.measure.balances import balances
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.history import balances_since, begins
from tradecredit.measure.open_items import ledger
from tradecredit.measure.sales import sold_on

EXPERIENCE_MONTHS = 24
"""Month ends of which the balances count."""


@once
def payment_experience(book: Book) -> pd.DataFrame:
    """Return of every buyer how long its payment history is, and the largest balance that it has owed and paid since.

    Reads `invoices` and `receipts`. Index buyer_id (all buyers):

    - `history_months`: months of 365.25 / 12 days since its first invoice, or since the ledger's history begins
      (`history.begins`); missing without any;
    - `paid_balance`: over the last 24 month ends before the as-of day, the most that it owed on one of them and has
      settled by now, in the reporting currency and gross of tax; what was written off, recovered or claimed from an
      insurer is not paid, and invoices that were cancelled do not count. 0 where nothing was. Where balances of
      earlier days are not known (`history.balances_since`), the most that it has settled of one invoice that it was
      sold within these months: it has owed that much at least.

    Source: definitions §4.8.
    """
    known, owner, buyers = ledger(book), book.buyer_of_invoice, all_buyers(book)
    sold, most = sold_on(book, book.as_of), np.zeros(len(buyers))
    now = known.paid_by(book.as_of) - known.impaired_by(book.as_of)
    known_since = balances_since(book)
    if known_since == book.as_of:
        recent = (known.issued > book.as_of - pd.DateOffset(months=EXPERIENCE_MONTHS)) & sold
        np.maximum.at(most, owner, np.where(recent, np.clip(now, 0.0, known.amount), 0.0))
    for day in month_ends(book.as_of - pd.Timedelta(days=1), EXPERIENCE_MONTHS, since=known_since):
        paid = known.paid_by(day)
        owed = np.where(known.open_on(day) & sold, known.amount - paid, 0.0)
        since = np.clip(now - paid + known.impaired_by(day), 0.0, owed)
        most = np.maximum(most, np.bincount(owner, since, len(buyers)))
    since = balances(book)["first_issued"].clip(lower=begins(book, book.as_of))
    months = (book.as_of - since).dt.days / DAYS_A_MONTH
    return pd.DataFrame({"history_months": months.to_numpy(), "paid_balance": most}, index=buyers)
