"""Sales net of cancellations: an invoice that a credit note takes back was none, from the day of that credit note."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of

YEAR_MONTHS = 12
"""Months of the sales of the last year."""


class Cancellations(NamedTuple):
    """The credit notes that cancel invoices, as arrays: the `day` from which each counts, the `row` of its invoice
    among the book's, and its `amount`."""

    day: np.ndarray
    row: np.ndarray
    amount: np.ndarray

    def on(self, day: pd.Timestamp, invoices: int) -> np.ndarray:
        """Return what they had taken back of each of so many invoices by the end of a day."""
        counted = self.day <= day.to_datetime64()
        return np.bincount(self.row[counted], self.amount[counted], invoices)


@once
def cancellations(book: Book) -> Cancellations:
    """Return the credit notes that cancel invoices by the run's `receivables.cancellation`.

    Reads `invoices` and `receipts`. An invoice is cancelled on the day on which its credit notes add up to all of its
    amount, whenever that is, or to `share` of it within `days` of its issue. From that day on they count, those of
    earlier days and those still to come included; what they leave of the amount remains a sale. Credit notes on other
    invoices lower a price: they settle, and are no cancellation. Source: definitions §2.3.
    """
    settings, rows, receipts = book.run.receivables.cancellation, book.invoice_of_receipt, book.receipts
    credits = np.flatnonzero(one_of(receipts["kind"], ["credit_note"]) & (rows >= 0))
    received = receipts["received"].to_numpy("datetime64[us]")[credits]
    order = np.argsort(received, kind="stable")
    row, received, amount = rows[credits[order]], received[order], receipts["amount"].to_numpy()[credits[order]]
    whole = book.invoices["amount"].to_numpy()[row]
    soon = received - book.invoices["issued"].to_numpy("datetime64[us]")[row] <= np.timedelta64(settings.days, "D")
    so_far = pd.Series(amount).groupby(row).cumsum().to_numpy()
    enough = (so_far > whole - CENT) | (soon & (so_far > settings.share * whole - CENT))
    day = np.full(len(book.invoices), np.datetime64("NaT", "us"))
    # From the last to the first: the first day on which there was enough stays.
    reached = np.flatnonzero(enough)[::-1]
    day[row[reached]] = received[reached]
    counted = ~np.isnat(day[row])
    return Cancellations(np.maximum(received, day[row])[counted], row[counted], amount[counted])


@once
def net_sales(book: Book) -> pd.Series:
    """Return of each invoice, on the index of `invoices`, its amount less the credit notes that cancel it.

    Gross of tax, in the reporting currency; as known on the as-of date. Source: definitions §2.3.
    """
    return pd.Series(net_sales_on(book, book.as_of), index=book.invoices.index, name="net_sales")


def net_sales_on(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return the `net_sales` as they were known at the end of a day; of no use for an invoice issued after it."""
    amount = book.invoices["amount"].to_numpy()
    net = amount - cancellations(book).on(day, len(amount))
    # Nothing is left of a cancelled invoice, and no rounding either.
    return np.where((net < CENT) & (amount >= CENT), 0.0, net)


def sold_on(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return whether each invoice was a sale as known at the end of a day: issued by then and not cancelled whole."""
    issued, amount = book.invoices["issued"].to_numpy("datetime64[us]"), book.invoices["amount"].to_numpy()
    return (issued <= day.to_datetime64()) & ((net_sales_on(book, day) > 0) | (amount < CENT))


@once
def of_year(book: Book) -> pd.DataFrame:
    """Return the sales of the last 12 months by invoice, on the index of `invoices`.

    Reads `invoices` and `receipts`; amounts in the reporting currency:

    - `recent`: issued in the last 12 months and not cancelled whole;
    - `sales_12m`: the `net_sales` of these, gross of tax; 0 for others;
    - `net_sales_12m`: the same net of tax, as far as that is stated.

    Sales to `prepaid` buyers are among them. Source: definitions §2.3.
    """
    invoices = book.invoices
    recent = sold_on(book, book.as_of) & (invoices["issued"] > window_start(book.as_of, YEAR_MONTHS)).to_numpy()
    sales = net_sales(book).where(recent, 0.0)
    # The tax of what is left, which of an invoice that is not cancelled is all of it.
    tax = invoices["tax"].fillna(0.0) * (sales / invoices["amount"].where(invoices["amount"] > 0)).fillna(0.0)
    return pd.DataFrame({"recent": recent, "sales_12m": sales, "net_sales_12m": sales - tax})


def invoices_of_year(book: Book) -> pd.DataFrame:
    """Return the invoices of the last 12 months that were not cancelled whole, with their columns of `of_year`."""
    sold = of_year(book)
    return book.invoices[sold["recent"]].join(sold[["sales_12m", "net_sales_12m"]])


def cancelled(book: Book) -> pd.DataFrame:
    """Return the invoices that credit notes have cancelled: `invoice_id`, `buyer_id`, `issued`, `amount`, `cancelled`.

    `cancelled`: what the credit notes take back; in the order of `invoices`, on its index.
    """
    taken = pd.Series(cancellations(book).on(book.as_of, len(book.invoices)), index=book.invoices.index)
    return book.invoices[["invoice_id", "buyer_id", "issued", "amount"]].assign(cancelled=taken)[taken > 0]
