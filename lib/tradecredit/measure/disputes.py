"""Disputes: what each is about, which invoices are in one, and how much of it is still owed."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.measure.closing_rates import closing_rates
from tradecredit.measure.open_items import open_items


@once
def disputed(book: Book) -> pd.DataFrame:
    """Return every dispute with its buyer and amounts, in the order of `disputes`.

    Columns: `invoice_id`, `buyer_id`, `opened`, `closed`, `reason`, `amount` (the dispute's, at most the invoice's; the
    whole invoice where none is given).
    """
    disputes, invoices = (table.reset_index(drop=True) for table in (book.disputes, book.invoices))
    of = invoices[["buyer_id", "amount"]].reindex(book.invoice_of_dispute).reset_index(drop=True)
    return disputes[["invoice_id", "opened", "closed", "reason"]].assign(
        buyer_id=of["buyer_id"], amount=disputes["amount"].fillna(np.inf).clip(upper=of["amount"])
    )


def in_dispute(book: Book) -> pd.Series:
    """Return the ids of the invoices of which a part at least is in an open dispute, one for each such dispute."""
    return book.disputes.loc[book.disputes["closed"].isna(), "invoice_id"]


def ever_disputed(book: Book) -> np.ndarray:
    """Return of each invoice, in the order of `invoices`, whether a part of it was in dispute by the as-of date."""
    found = np.zeros(len(book.invoices) + 1, dtype=bool)
    found[book.invoice_of_dispute] = True
    return found[:-1]


def overdue_undisputed(book: Book) -> np.ndarray:
    """Return of each open item (`open_items`) whether it is past due and no part of its invoice is in an open dispute.

    Such an invoice is left out whole: what is contested is no debt to collect, to enforce or to plan instalments for.
    """
    items = open_items(book)
    return (items["days_past_due"] > 0).to_numpy() & ~one_of(items["invoice_id"], in_dispute(book))


def owed_in_dispute(book: Book, owed: np.ndarray, day: pd.Timestamp | np.ndarray) -> pd.Series:
    """Return what is still `owed`, by invoice, of each dispute open on a day, or on one of its own; index: the rows of
    `disputed`.

    Several disputes on an invoice together are at most what is owed on it, the earliest counted first. Amounts in other
    currencies are at the rate of the day, as `owed` is; where each dispute has a day of its own, at that of the issue.
    """
    disputes = disputed(book)[["opened", "closed", "amount"]].assign(invoice=book.invoice_of_dispute)
    if isinstance(day, pd.Timestamp):
        rate = np.append(closing_rates(book).on(np.ones(len(book.invoices)), day), 1.0)
        disputes = disputes.assign(amount=disputes["amount"] * rate[disputes["invoice"]])
    pending = disputes[(disputes["opened"] <= day) & ~(disputes["closed"] <= day)]
    pending = pending.sort_values("opened", kind="stable")
    sums, limit = pending.groupby("invoice")["amount"].cumsum(), np.append(owed, 0.0)[pending["invoice"]]
    return sums.clip(upper=limit) - (sums - pending["amount"]).clip(upper=limit)


def disputed_in_year(book: Book, day: pd.Timestamp) -> pd.Series:
    """Return the amount disputed in the 12 months up to a day, index the buyer's place among the buyers.

    0 for a buyer without a dispute; missing where the book records no dispute by that day.
    """
    # A place of −1, of an invoice that is not known, is the last of the values: it is never issued.
    owner = np.append(book.buyer_of_invoice, -1)[book.invoice_of_dispute]
    issued = np.append(book.invoices["issued"].to_numpy("datetime64[us]"), np.datetime64("NaT", "us"))
    disputes = disputed(book).assign(buyer=owner, issued=issued[book.invoice_of_dispute])
    disputes = disputes[disputes["opened"] <= day]
    recent = disputes["amount"].where(disputes["opened"] > window_start(day, 12), 0.0)
    sums = recent[disputes["issued"] <= day].groupby(disputes["buyer"]).sum()
    return sums.reindex(pd.RangeIndex(len(book.buyers)), fill_value=0.0 if first_dispute(book) <= day else np.nan)


@once
def first_dispute(book: Book) -> pd.Timestamp:
    """Return the first day on which a dispute was opened; missing without any."""
    return book.disputes["opened"].min()
