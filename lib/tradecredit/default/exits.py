"""How each part of an invoice left the ledger, and when: paid, credited, or not yet."""

from typing import NamedTuple

import numpy as np

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.measure.default_events import events_by_place
from tradecredit.measure.open_items import ledger

OPEN, PAID, CREDITED = range(3)
"""Kinds of exit: none so far, money, a credit note or discount."""

A_DAY = "datetime64[D]"

SPAN = 1_000_000
"""More than any number of days from 1970 to either side, twice."""


class Exits(NamedTuple):
    """A row for each receipt on an invoice, and for what is open of it, by buyer; days count from 1970.

    `invoice` and `buyer`: places in the book; `due`; `entry`, the day of issue, and `day` of the exit or, where there
    is none, the last day on which it was seen to be open; `share` of the invoice, `amount`, `kind`; `first`, the
    earliest entry.
    """

    invoice: np.ndarray
    buyer: np.ndarray
    due: np.ndarray
    entry: np.ndarray
    day: np.ndarray
    share: np.ndarray
    amount: np.ndarray
    kind: np.ndarray
    first: int


@once
def exits(book: Book) -> Exits:
    """Return the exits of a book as known on its day, invoices past due and still open among them.

    Reads `invoices`, `receipts`, `disputes` and `defaults`. What was written off, recovered or claimed, and all that
    was open at a buyer's default or at the opening of a dispute, counts as open up to that day and no further: whether
    a buyer in default pays, and when a dispute ends, are other questions. Receipts without a day (`undated`), and the
    invoices that they settle, tell nothing and are left out. Source: definitions §12.1.
    """
    known, today = ledger(book), int(book.as_of.to_datetime64().astype(A_DAY).astype(np.int64))
    invoices = book.invoices
    issued, due = (values.astype(A_DAY).astype(np.int64) for values in (known.issued, known.due))
    kinds = _kinds(book)
    left = known.settling()
    rows = np.flatnonzero(left >= CENT)
    rest = known.amount - np.bincount(known.row, left, len(invoices))
    still = np.flatnonzero(rest >= CENT)
    invoice = np.append(known.row[rows], still)
    day = np.append(known.received[rows].astype(A_DAY).astype(np.int64), np.full(len(still), today))
    amount = np.append(left[rows], rest[still])
    kind = np.append(kinds[rows], np.full(len(still), OPEN, np.int8))
    undated = np.zeros(len(invoices), dtype=bool)
    undated[known.row[kinds == -1]] = True
    buyer = book.buyer_of_invoice[invoice]
    entry = np.minimum(issued[invoice], day)
    end = np.minimum(_defaulted(book, buyer, issued[invoice]), _disputed(book)[invoice])
    kind = np.where(day >= end, OPEN, kind)
    day = np.minimum(day, np.maximum(end - 1, entry))
    seen = ~undated[invoice] & (end > entry) & (issued[invoice] <= today)
    whole = known.amount[invoice]
    share = amount / np.where(whole > 0, whole, 1.0)
    columns = (invoice, buyer, due[invoice], entry, day, share, amount, kind.astype(np.int8))
    # What is added up by buyer stays in the processor's nearest cache if a buyer's rows stand together.
    kept = np.flatnonzero(seen)
    kept = kept[np.argsort(buyer[kept], kind="stable")]
    first = int(entry.min(initial=today))
    return Exits._make([*(column[kept] for column in columns), first])


def _kinds(book: Book) -> np.ndarray:
    """Return the kind of exit of each receipt of the ledger; −1: without a day."""
    known, receipts, rows = ledger(book), book.receipts, book.invoice_of_receipt
    received = receipts["received"].to_numpy("datetime64[us]")
    order = np.argsort(received, kind="stable")
    order = order[(rows >= 0)[order] & (received[order] <= book.as_of.to_datetime64())]
    kind = np.full(len(receipts), OPEN, np.int8)
    for names, code in ((["payment"], PAID), (["credit_note", "discount", "exchange"], CREDITED), (["undated"], -1)):
        kind[one_of(receipts["kind"], names)] = code
    kind = kind[order]
    # The ledger has the same receipts in the same order of days.
    return kind[: len(known.row)]


def _defaulted(book: Book, buyer: np.ndarray, issued: np.ndarray) -> np.ndarray:
    """Return the day of the first default of each row's buyer after its invoice was issued; a far one if none."""
    far = np.iinfo(np.int64).max // 2
    events = events_by_place(book)
    # A buyer and a day as one number, in the order of both.
    known = np.sort(events["buyer"].to_numpy(np.int64) * SPAN + events["date"].to_numpy(A_DAY).astype(np.int64))
    at = np.searchsorted(known, buyer * SPAN + issued)
    following = np.append(known, far)[at]
    return np.where((following + SPAN // 2) // SPAN == buyer, following - buyer * SPAN, far)


def _disputed(book: Book) -> np.ndarray:
    """Return the day after the first dispute of each invoice was opened; a far one if none."""
    found = np.full(len(book.invoices), np.iinfo(np.int64).max // 2)
    known = book.invoice_of_dispute >= 0
    # What is paid on the day of the dispute is paid before it.
    opened = book.disputes["opened"].to_numpy(A_DAY).astype(np.int64) + 1
    np.minimum.at(found, book.invoice_of_dispute[known], opened[known])
    return found
