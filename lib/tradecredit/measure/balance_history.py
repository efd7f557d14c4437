"""What each buyer owed in the course of the last year, and which part of it a limit would have carried."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.history import balances_since
from tradecredit.measure.on_account import changes
from tradecredit.measure.open_items import ledger
from tradecredit.measure.sales import net_sales

WEEKS = 52
"""Ends of weeks that are looked at, the last of them the as-of day."""


@once
def balance_history(book: Book) -> pd.DataFrame:
    """Return what every buyer owed at the end of each week of the last year: index buyer_id (all buyers, in order).

    Reads `buyers`, `invoices`, `receipts` and `fx`. Columns: the `WEEKS` days, the as-of day last; amounts gross of
    tax, in the reporting currency, open items in other currencies at the closing rate of each day. What has been
    written off, recovered or claimed by the as-of day was never paid, and what was cancelled never owed: both are left
    out of all weeks. Net of what the buyer had on account by then (`on_account`), so that the last week is
    `balances.net_amount`. 0 in the weeks of which balances are not known (`history.balances_since`): of a ledger that
    does not tell when invoices were paid, all but the last. Source: definitions §4.11.
    """
    known, owner, buyers = ledger(book), book.buyer_of_invoice, len(book.buyers)
    ends = book.as_of - pd.to_timedelta(7 * np.arange(WEEKS)[::-1], unit="D")
    moments = ends.to_numpy("datetime64[us]")
    net = net_sales(book).to_numpy()
    cancelled = known.amount - net
    counted = np.maximum(net - known.impaired_by(book.as_of), 0.0)
    # What had been paid of that by each receipt; a credit note that cancels settles nothing that was owed.
    so_far = np.clip(known.paid - known.impaired - cancelled[known.row], 0.0, counted[known.row])
    change = np.concatenate([counted, -known.steps(so_far)])
    row = np.concatenate([np.arange(len(counted)), known.row])
    week = np.searchsorted(moments, np.concatenate([known.issued, known.received]))

    def owed(events: np.ndarray | slice, unit: float | np.ndarray = 1.0) -> np.ndarray:
        place = owner[row[events]] * WEEKS + week[events]
        sums = np.bincount(place, change[events] / unit, buyers * WEEKS)
        return sums.reshape(buyers, WEEKS).cumsum(axis=1)

    table, closing = owed(slice(None)), known.closing
    if len(closing.rows):
        currency, issue = np.full(len(counted), -1), np.ones(len(counted))
        currency[closing.rows], issue[closing.rows] = closing.currency, closing.issue
        table = owed(currency[row] < 0)
        for place in np.unique(closing.currency):
            events = np.flatnonzero(currency[row] == place)
            table += owed(events, issue[row[events]]) * closing.rates_on(place, moments)
    account = changes(book)
    place = account["buyer"] * WEEKS + np.searchsorted(moments, account["received"].to_numpy("datetime64[us]"))
    table -= np.bincount(place, account["amount"], buyers * WEEKS).reshape(buyers, WEEKS).cumsum(axis=1)
    # Of the weeks before the ledger's history only what was carried over is known.
    known_week = ends >= balances_since(book)
    return pd.DataFrame(np.where((table < CENT) | ~known_week, 0.0, table), index=all_buyers(book), columns=ends)


def carried_part(history: pd.DataFrame, limits: pd.Series) -> pd.Series:
    """Return which part of what buyers owed a limit would have carried: Σ min(balance, limit) / Σ balance.

    `history`: `balance_history`; `limits`: index buyer_id, whose order the result has. The sums are over the weeks.
    What is owed over time is sales × the time until they are paid, so that a limit which carries a part of the one
    carries the same part of the other. 1 where nothing was owed, and missing for a missing limit else. Source:
    definitions §4.11.

    >>> history = pd.DataFrame([[60.0, 140.0]], index=["A"])
    >>> carried_part(history, pd.Series({"A": 100.0})).tolist()  # (60 + 100) / 200
    [0.8]
    """
    owed = history.reindex(limits.index).fillna(0.0).to_numpy()
    total = owed.sum(axis=1)
    carried = np.minimum(owed, limits.to_numpy("float64")[:, None]).sum(axis=1)
    part = np.where(total > 0, carried / np.where(total > 0, total, 1.0), 1.0)
    return pd.Series(part, index=limits.index, name="carried_part")
