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
def overpaid(book: Book) -> np.ndarray:
    """Return of each invoice what the buyer paid, or was credited, above its amount: a credit of the buyer.

    Write-offs and claims do not count: money that comes after them is no surplus. Nor does what a bank's rate added
    within the run's tolerance (`bank_differences`), which is no debt of ours.
    """
    rows, receipts = book.invoice_of_receipt, book.receipts
    brought = np.where(one_of(receipts["kind"], NO_MONEY), 0.0, receipts["amount"].to_numpy())
    amount = book.invoices["amount"].to_numpy()
    above = np.bincount(rows[rows >= 0], brought[rows >= 0], len(amount)) - amount
    return np.where(above > CENT, above, 0.0)
