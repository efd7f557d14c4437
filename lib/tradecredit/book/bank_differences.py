"""What banks' own rates leave of invoices, or add to them, that are paid in another currency than they are in."""

import numpy as np
import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.places import one_of

KIND = "exchange"
"""The kind of these receipts, which the book makes and no source may state."""


def bank_differences(
    receipts: pd.DataFrame, place: np.ndarray, other: np.ndarray, invoiced: np.ndarray, tolerance: float
) -> pd.DataFrame:
    """Return the receipts of kind `exchange` that settle what payments in another currency left of their invoices.

    `receipts`: a book's, `amount` being what each settles of its invoice at the day's rate; `place` of each one's
    invoice among the `invoiced` amounts (−1: none); `other`: whether it came in another currency. The rest of an
    invoice that is at most `tolerance` of what was paid so, the rest included, is the bank's, whether it is above zero
    (short) or below (over): so much settles the invoice on the day of the receipt that left it, and what later receipts
    bring of it is taken back on theirs. `amount`: short above, over below zero. Nothing where the tolerance is zero.
    Source: definitions §1.3.
    """
    money = other & one_of(receipts["kind"], ["payment"])
    touched = np.zeros(len(invoiced) + 1, dtype=bool)
    touched[place[money]] = True
    touched[-1] = False
    rows = np.flatnonzero(touched[place])
    rows = rows[np.lexsort((receipts["received"].to_numpy()[rows], place[rows]))]
    of, at = receipts.iloc[rows].reset_index(drop=True), place[rows]
    paid = of["amount"].groupby(at).cumsum()
    so_paid = of["amount"].where(money[rows], 0.0).groupby(at).cumsum()
    rest = invoiced[at] - paid
    near = (so_paid > 0) & (rest.abs() >= CENT) & (rest.abs() <= tolerance * (so_paid + rest) + CENT * (tolerance > 0))
    settled = rest.where(near, 0.0)
    amount = settled.groupby(at).diff().fillna(settled)
    made = of.assign(amount=amount, kind=KIND, currency=np.nan, receipt_id=of["receipt_id"] + f" {KIND}")
    return made[amount.abs() >= CENT].astype(receipts.dtypes)
