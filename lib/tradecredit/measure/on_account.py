"""Money of the buyers that stands against no invoice: payments and credit notes on account, and what was overpaid."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of, places
from tradecredit.measure.by_buyer import all_buyers, sums_by_buyer

NO_MONEY = ("write_off", "claim")
"""Kinds of receipts that the buyer has no credit of, whatever is above the invoice's amount."""


@once
def on_account(book: Book) -> pd.DataFrame:
    """Return what each buyer has on account: index `buyer_id` (all buyers, in their order), in the reporting currency.

    Reads `buyers`, `invoices` and `receipts`:

    - `unnamed`: receipts that name a buyer and no invoice, less those that the bank has returned; at the rate of their
      day;
    - `overpaid`: the sum of `overpaid` over the buyer's invoices;
    - `on_account` = unnamed + overpaid: below zero where more was returned than is known to have been paid.

    No invoice is settled by it: what the buyer owes in all is its open amount less this. Source: definitions §2.1.
    """
    receipts = book.receipts[book.receipts["invoice_id"].isna()]
    buyer, buyers = places(receipts["buyer_id"], book.buyers["buyer_id"]), all_buyers(book)
    free = np.bincount(buyer[buyer >= 0], receipts["amount"].to_numpy()[buyer >= 0], len(buyers))
    above = sums_by_buyer(book, pd.Series(overpaid(book))).to_numpy()
    return pd.DataFrame({"unnamed": free, "overpaid": above, "on_account": free + above}, index=buyers)


@once
def changes(book: Book) -> pd.DataFrame:
    """Return the receipts by which what buyers have on account rose or fell: `buyer` (its place), `received`, `amount`.

    Those of `unnamed`, and of receipts on an invoice what they brought above its amount, by the day on which each came.
    By the as-of day they add up to `on_account`. In order of day; amounts in the reporting currency.
    """
    receipts, buyer_of_invoice, rows = book.receipts, book.buyer_of_invoice, book.invoice_of_receipt
    received = receipts["received"].to_numpy("datetime64[us]")
    free = np.flatnonzero(receipts["invoice_id"].isna())
    buyer = places(receipts["buyer_id"].iloc[free], book.buyers["buyer_id"])
    free, buyer = free[buyer >= 0], buyer[buyer >= 0]
    brought, amount = _brought(book), book.invoices["amount"].to_numpy()
    most = np.bincount(rows[rows >= 0], np.maximum(brought[rows >= 0], 0.0), len(amount))
    passed = np.append(most - amount > CENT, False)  # the last place is that of no invoice
    on_invoice = np.flatnonzero(passed[rows])
    on_invoice = on_invoice[np.lexsort([received[on_invoice], rows[on_invoice]])]
    row = rows[on_invoice]
    so_far = pd.Series(brought[on_invoice]).groupby(row).cumsum().to_numpy() - amount[row]
    above = np.where(so_far > CENT, so_far, 0.0)
    same = np.flatnonzero(np.diff(row) == 0) + 1
    moved = above.copy()
    moved[same] -= above[same - 1]
    table = pd.DataFrame(
        {
            "buyer": np.concatenate([buyer, buyer_of_invoice[row]]),
            "received": received[np.concatenate([free, on_invoice])],
            "amount": np.concatenate([receipts["amount"].to_numpy()[free], moved]),
        }
    )
    return table[table["amount"] != 0].sort_values("received", kind="stable", ignore_index=True)


def on_account_by(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return what each buyer had on account at the end of a day, in the order of the buyers."""
    found = changes(book)
    found = found[found["received"] <= day]
    return np.bincount(found["buyer"], found["amount"], len(book.buyers))


@once
def overpaid(book: Book) -> np.ndarray:
    """Return of each invoice what the buyer paid, or was credited, above its amount: a credit of the buyer.

    Write-offs and claims do not count: money that comes after them is no surplus. Nor does what a bank's rate added
    within the run's tolerance (`bank_differences`), which is no debt of ours.
    """
    rows, brought = book.invoice_of_receipt, _brought(book)
    amount = book.invoices["amount"].to_numpy()
    above = np.bincount(rows[rows >= 0], brought[rows >= 0], len(amount)) - amount
    return np.where(above > CENT, above, 0.0)


def _brought(book: Book) -> np.ndarray:
    """Return what each receipt brings that the buyer may have a credit of."""
    return np.where(one_of(book.receipts["kind"], NO_MONEY), 0.0, book.receipts["amount"].to_numpy())
