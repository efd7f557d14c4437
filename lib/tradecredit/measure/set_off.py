"""What a buyer has on account, set against what it owes past due: the oldest invoice first."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.measure.disputes import overdue_undisputed, owed_in_dispute
from tradecredit.measure.on_account import on_account, on_account_by
from tradecredit.measure.open_items import open_amounts, open_items


@once
def contested(book: Book) -> np.ndarray:
    """Return what of each invoice is in an open dispute and still owed, in the order of `invoices`."""
    found = owed_in_dispute(book, open_amounts(book), book.as_of)
    return by_place(book.invoice_of_dispute[found.index], found.to_numpy(), len(book.invoices))


@once
def set_off(book: Book) -> np.ndarray:
    """Return what of each invoice is covered by what its buyer has on account, in the order of `invoices`.

    A payment on account (`on_account.on_account`) is payment: it is taken of what is past due and not in dispute, the
    oldest due day first; 0 of what is not past due. In the reporting currency. The invoices stay open in the ledger
    until somebody allocates it. Source: definitions §10.2.
    """
    items = open_items(book).assign(buyer=book.buyer_of_invoice)
    return set_off_on(items, contested(book), on_account(book)["on_account"].to_numpy())


def covered_on(book: Book, items: pd.DataFrame, day: pd.Timestamp) -> np.ndarray:
    """Return `set_off` as of a day, in the order of that day's open items (`open_items.items_on`)."""
    account = on_account_by(book, day)
    if not (account > CENT).any():
        return np.zeros(len(items))
    owed = np.zeros(len(book.invoices))
    owed[items.index] = items["open_amount"]
    disputed = owed_in_dispute(book, owed, day)
    in_dispute = by_place(book.invoice_of_dispute[disputed.index], disputed.to_numpy(), len(owed))
    return set_off_on(items, in_dispute[items.index], account)


def set_off_on(items: pd.DataFrame, in_dispute: np.ndarray, account: np.ndarray) -> np.ndarray:
    """Return what of each open item is taken of what its `buyer`, a place in `account`, has on account."""
    rows, found = np.flatnonzero(items["days_past_due"] > 0), np.zeros(len(items))
    left, buyer = items["open_amount"].to_numpy() - in_dispute, items["buyer"].to_numpy()
    found[rows] = oldest_first(account.clip(min=0.0), buyer[rows], items["due"].to_numpy()[rows], left[rows])
    return found


@once
def still_overdue(book: Book) -> np.ndarray:
    """Return what a buyer is held to of each invoice past due: what no dispute touches, less `set_off`; else 0.

    In the order of `invoices`, in the reporting currency; less than half a cent is nothing.
    """
    left = np.where(overdue_undisputed(book), open_amounts(book) - set_off(book), 0.0)
    return np.where(left < CENT, 0.0, left)


def by_place(place: np.ndarray, amounts: np.ndarray, count: int) -> np.ndarray:
    """Return the sums of amounts by their places, of so many; those of no place (−1) are left out."""
    return np.bincount(place[place >= 0], amounts[place >= 0], count)


def oldest_first(given: np.ndarray, buyer: np.ndarray, due: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return what each invoice takes of what is `given` by its buyer, the oldest first; `left` of it at most."""
    taken, rows = np.zeros(len(buyer)), np.flatnonzero(given[buyer] > 0)
    rows = rows[np.lexsort((due[rows], buyer[rows]))]
    amounts = pd.Series(left[rows])
    before = (amounts.groupby(buyer[rows]).cumsum() - amounts).to_numpy()
    taken[rows] = np.clip(given[buyer[rows]] - before, 0.0, left[rows])
    return taken
