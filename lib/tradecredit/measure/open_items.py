"""The ledger of invoices and what has been received on them: what is open of each on a day, and since when."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of

IMPAIRED = ("write_off", "recovery", "claim")
"""Kinds of receipts that settle what the buyer did not pay in the ordinary course."""

A_DAY = np.timedelta64(1, "D")


class Ledger(NamedTuple):
    """The invoices and receipts of a book as arrays, from which the open items of any day follow.

    Of each invoice, in the order of `invoices`: `issued`, `due`, `amount` and `settled`, the day of the receipt that
    brought it to zero (not a time: still open). Of each receipt on an invoice that is known, in order of date:
    `received`, `row` of its invoice, and what had been `paid` on it, and `impaired` of that, up to and with it.
    """

    issued: np.ndarray
    due: np.ndarray
    amount: np.ndarray
    settled: np.ndarray
    received: np.ndarray
    row: np.ndarray
    paid: np.ndarray
    impaired: np.ndarray

    def paid_by(self, day: pd.Timestamp) -> np.ndarray:
        """Return what has been paid on each invoice by the end of a day."""
        return self._latest(self.paid, slice(0, self._received_by(day)))

    def impaired_by(self, day: pd.Timestamp) -> np.ndarray:
        """Return what of that is impaired."""
        return self._latest(self.impaired, np.flatnonzero(self.impaired[: self._received_by(day)]))

    def settling(self) -> np.ndarray:
        """Return by how much each receipt reduces what is open: nothing beyond the invoice's amount.

        What comes in after a claim was paid may pass it, and is shared with the insurer.
        """
        order = np.argsort(self.row, kind="stable")
        row, so_far = self.row[order], np.minimum(self.paid, self.amount[self.row])[order]
        change = np.diff(so_far, prepend=0.0)
        first = np.flatnonzero(np.diff(row, prepend=-1))
        change[first] = so_far[first]
        result = np.empty(len(order))
        result[order] = change
        return result

    def _received_by(self, day: pd.Timestamp) -> int:
        return int(np.searchsorted(self.received, day.to_datetime64(), side="right"))

    def _latest(self, sums: np.ndarray, receipts: np.ndarray | slice) -> np.ndarray:
        """Return of each invoice its latest sum among these receipts, which holds all before; 0 without any."""
        latest = np.zeros(len(self.amount))
        # Where a row repeats, the last assignment stays.
        latest[self.row[receipts]] = sums[receipts]
        return latest

    def open_on(self, day: pd.Timestamp) -> np.ndarray:
        """Return whether each invoice is issued by the end of a day and not settled."""
        moment = day.to_datetime64()
        return (self.issued <= moment) & ~(self.settled <= moment)

    def owed_on(self, day: pd.Timestamp) -> np.ndarray:
        """Return what is open of each invoice at the end of a day; 0 of one that is not issued by then."""
        return np.where(self.open_on(day), self.amount - self.paid_by(day), 0.0)


@once
def ledger(book: Book) -> Ledger:
    """Return the `Ledger` of a book. Reads `invoices` and `receipts`."""
    invoices, receipts, rows = book.invoices, book.receipts, book.invoice_of_receipt
    received = receipts["received"].to_numpy("datetime64[us]")
    order = np.argsort(received, kind="stable")
    order = order[rows[order] >= 0]
    row, received = rows[order], received[order]
    paid = receipts["amount"].to_numpy()[order]
    impaired = np.where(one_of(receipts["kind"], IMPAIRED)[order], paid, 0.0)
    # Most invoices are settled by one receipt, and there is nothing to sum.
    several = np.flatnonzero(np.bincount(row, minlength=len(invoices))[row] > 1)
    sums = pd.DataFrame({"paid": paid[several], "impaired": impaired[several]}).groupby(row[several]).cumsum()
    paid[several], impaired[several] = sums["paid"], sums["impaired"]
    amount, issued = invoices["amount"].to_numpy(), invoices["issued"].to_numpy("datetime64[us]")
    settled = np.full(len(invoices), np.datetime64("NaT", "us"))
    # From the last to the first: the first receipt that brought it to zero stays.
    closing = np.flatnonzero(amount[row] - paid < CENT)[::-1]
    settled[row[closing]] = received[closing]
    settled = np.where(amount < CENT, issued, settled)
    return Ledger(issued, invoices["due"].to_numpy("datetime64[us]"), amount, settled, received, row, paid, impaired)


@once
def open_items(book: Book) -> pd.DataFrame:
    """Return every invoice known on the as-of date with what is still open of it.

    Reads `invoices` and `receipts`. Receipts of every kind reduce the open amount: payment, credit note, discount,
    write-off, recovery, and a claim that the insurer paid on the invoice. One row for each invoice, in the order of
    `invoices`:

    - `invoice_id`, `buyer_id`, `issued`, `due`, `amount` (gross), `paid` (receipts so far), and `impaired`, the part of
      `paid` that is write-offs, recoveries and claims;
    - `open_amount` = amount − paid; zero once less than half a cent is left;
    - `settled`: day of the receipt that brought it to zero, missing while open; an invoice over nothing is settled on
      the day of issue;
    - `days_past_due` = as-of date − due (negative: not due yet); missing once settled;
    - `days_late` = (settled, or the as-of date) − due; negative: early, or not due yet.

    Source: definitions §2.1.
    """
    return book.invoices[["invoice_id", "buyer_id", "issued", "due", "amount"]].assign(**_as_of(book, book.as_of))


def items_on(book: Book, day: pd.Timestamp) -> pd.DataFrame:
    """Return the open items of an earlier day, which is what `open_items` gives for the book of that day.

    One row for each invoice issued by then; in place of texts `buyer`, the place of its buyer among the book's buyers.
    """
    items = book.invoices[["issued", "due", "amount"]].assign(buyer=book.buyer_of_invoice, **_as_of(book, day))
    return items[items["issued"] <= day]


def _as_of(book: Book, day: pd.Timestamp) -> dict[str, np.ndarray]:
    """Return the columns of `open_items` that depend on the day; of no use for an invoice issued after it."""
    known, moment = ledger(book), day.to_datetime64()
    paid = known.paid_by(day)
    is_open = ~(known.settled <= moment)
    settled = np.where(is_open, np.datetime64("NaT", "us"), known.settled)
    days_late = (np.where(is_open, moment, settled) - known.due) // A_DAY
    return {
        "paid": paid,
        "impaired": known.impaired_by(day),
        "open_amount": np.where(is_open, known.amount - paid, 0.0),
        "settled": settled,
        "days_past_due": np.where(is_open, days_late, np.nan),
        "days_late": days_late.astype("float64"),
    }


def beyond_terms(items: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """Return the `weight` and `days` with which each open item enters the days beyond terms of a window.

    Settled after `since`: its amount but for the impaired part (whose day says when we gave up, not when the buyer
    paid), and max(days_late, 0); open and past due: its open amount, and days past due; any other: weight zero.
    """
    overdue = items["open_amount"].where(items["days_past_due"] > 0, 0.0)
    weight = (items["amount"] - items["impaired"]).clip(lower=0).where(items["settled"] > since, overdue)
    return pd.DataFrame({"weight": weight, "days": items["days_late"].clip(lower=0)})


def net_share(invoices: pd.DataFrame) -> pd.Series:
    """Return the part of each invoice that is not tax: 1 − `tax` / `amount`; 1 where no tax is stated, or no amount."""
    return 1 - (invoices["tax"] / invoices["amount"].where(invoices["amount"] > 0)).fillna(0.0)
