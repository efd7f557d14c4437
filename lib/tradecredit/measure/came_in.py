"""What buyers paid or were credited by days of their own: on invoices, or at all."""

import numpy as np

from tradecredit.book.book import Book
from tradecredit.book.places import places
from tradecredit.measure.open_items import ledger


def on_invoices(book: Book, invoices: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the payments and credits on some invoices: place of the invoice, day, amount."""
    known = ledger(book)
    asked = np.zeros(len(book.invoices), dtype=bool)
    asked[invoices] = True
    rows = asked[known.row]
    return known.row[rows], known.received[rows], known.steps(known.paid - known.impaired)[rows]


def of_buyers(book: Book, buyers: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all that some buyers paid or were credited, on invoices or on account: place of the buyer, day, amount."""
    known = ledger(book)
    asked = np.zeros(len(book.buyers) + 1, dtype=bool)
    asked[buyers] = True
    owner = book.buyer_of_invoice[known.row]
    rows = asked[owner]
    free = book.receipts[book.receipts["invoice_id"].isna()]
    free_owner = places(free["buyer_id"], book.buyers["buyer_id"])
    named = asked[free_owner] & (free_owner >= 0)
    parts = (
        (owner[rows], free_owner[named]),
        (known.received[rows], free["received"].to_numpy("datetime64[us]")[named]),
        (known.steps(known.paid - known.impaired)[rows], free["amount"].to_numpy()[named]),
    )
    key, day, money = (np.concatenate(pair) for pair in parts)
    return key, day, money


def came_by(key: np.ndarray, day: np.ndarray, money: np.ndarray, asked: np.ndarray, until: np.ndarray) -> np.ndarray:
    """Return what had come of each key that is `asked` by the end of its day `until`."""
    order = np.lexsort((day, key))
    key, day, total = key[order], day[order], np.append(0.0, np.cumsum(money[order]))
    # Days of one key rise, so that both ends are found in one order of key and day.
    span = 1_000_000
    at = key.astype(np.int64) * span + day.astype("datetime64[D]").astype(np.int64)
    start = np.searchsorted(key, asked, side="left")
    end = np.searchsorted(at, asked.astype(np.int64) * span + until.astype("datetime64[D]").astype(np.int64), "right")
    return total[np.maximum(end, start)] - total[start]
