"""How open balances moved from one month end to the next: the history that loss rates are estimated from."""

from itertools import pairwise

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import month_ends
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.measure.history import balances_since, settlements_known
from tradecredit.measure.open_items import ledger
from tradecredit.provision.items import MATRIX, WRITE_OFF_POINT, failed_buyers, owed_items

NO_PAYMENT = ("write_off", "claim")
"""Kinds of receipts by which an invoice is settled that its debtor did not pay."""

COLUMNS = ("month", "start", "end", "row", "buyer", "segment", "bucket", "owed", "later", "open", "failed", "lost")


def losses_by(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return what had been written off or claimed of each invoice by the end of a day, in the order of `invoices`."""
    losing = _losing(book)
    losing = losing[losing["received"] <= day]
    return np.bincount(losing["row"], losing["amount"], len(book.invoices)).astype("float64")


def others_by(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return what all other receipts had brought on each invoice by then: money, credits, discounts, recoveries."""
    return ledger(book).paid_by(day) - losses_by(book, day)


@once
def _losing(book: Book) -> pd.DataFrame:
    known = (book.invoice_of_receipt >= 0) & one_of(book.receipts["kind"], NO_PAYMENT)
    return book.receipts.loc[known, ["received", "amount"]].assign(row=book.invoice_of_receipt[known])


@once
def looked_at(book: Book) -> pd.DatetimeIndex:
    """Return the month ends up to the book's day of which balances are known, rising; none without a settlement.

    From the month end on from which they are (`history.balances_since`): where it is not told when invoices were paid,
    they would seem to grow old unpaid, and to lose nothing. `provision.years` of them at most, and as many again, which
    the rates of past days look back on.
    """
    first = balances_since(book) if len(book.invoices) else pd.NaT
    if pd.isna(first) or not settlements_known(book, book.as_of)[0]:
        return month_ends(book.as_of, 1, since=book.as_of + pd.Timedelta(days=1))
    return month_ends(book.as_of, 24 * book.run.provision.years + 1, since=first)


@once
def flows(book: Book) -> pd.DataFrame:
    """Return what became, within a month, of every balance open at a month end: a row an invoice and month.

    Of the invoices in the part `MATRIX` at the month's `start`, amounts in the reporting currency at the rates of the
    days of issue, so that exchange moves nothing:

    - `month`, its number from 0; `start`, `end`, its first and last day looked at; `row`, the invoice's place; `buyer`,
      `segment`, `bucket` at its start; `owed`: what was open then;
    - `open`: what is open at its end in the bucket `later` (−1: nothing) of a buyer that has not failed;
    - `failed`: what its buyer owed of it when it failed within the month: what is open at the end, and what was written
      off or claimed in the month;
    - `lost`: of any other buyer what was written off or claimed in the month, and what passed the write-off point;
    - the rest, owed − open − failed − lost, was paid or credited (below zero where a payment was returned).

    Each end is looked at as it was known then. Empty without two month ends. Source: definitions §6.2.
    """
    months = [_month(book, number, start, end) for number, (start, end) in enumerate(pairwise(looked_at(book)))]
    if not months:
        nothing = pd.DataFrame(columns=list(COLUMNS), dtype="float64")
        return nothing.astype({"start": "datetime64[us]", "end": "datetime64[us]"})
    return pd.concat(months, ignore_index=True)


def _month(book: Book, number: int, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    then = owed_items(book, start)
    then = then[then["part"] == MATRIX]
    rows, owed = then.index.to_numpy(), then["at_issue"].to_numpy()
    now = owed_items(book, end).reindex(rows)
    left = now["at_issue"].fillna(0.0).to_numpy()
    in_default = failed_buyers(book, end)[then["buyer"].to_numpy()]
    written_off = (losses_by(book, end) - losses_by(book, start))[rows]
    written_off = np.clip(written_off, 0.0, np.maximum(owed - left, 0.0))
    past = (now["part"] == WRITE_OFF_POINT).to_numpy() & ~in_default
    remains = np.where(in_default | past, 0.0, left)
    return pd.DataFrame(
        {
            "month": number, "start": start, "end": end, "row": rows, "buyer": then["buyer"].to_numpy(),
            "segment": then["segment"].to_numpy(), "bucket": then["bucket"].to_numpy(), "owed": owed,
            "later": np.where(remains > 0, now["bucket"].fillna(-1).to_numpy(), -1).astype(int), "open": remains,
            "failed": np.where(in_default, left + written_off, 0.0),
            "lost": np.where(in_default, 0.0, written_off + np.where(past, left, 0.0)),
        }
    )  # fmt: skip


def recovered_since(book: Book, found: pd.DataFrame, day: pd.Timestamp) -> np.ndarray:
    """Return what other receipts brought by a day on what was `lost` in `flows` rows, since the end of their month.

    At most what was lost. In the order of the rows.
    """
    came, now = np.zeros(len(found)), others_by(book, day)
    for end, rows in found.groupby("end", sort=False).indices.items():
        place = found["row"].to_numpy()[rows]
        came[rows] = (now - others_by(book, end))[place]
    return np.clip(came, 0.0, found["lost"].to_numpy())
