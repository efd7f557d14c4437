"""Debt long past due in a book that records no defaults: what is evidence of default, and what is left to clear up."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.measure.by_buyer import sums_by_buyer
from tradecredit.measure.disputes import in_dispute, overdue_undisputed
from tradecredit.measure.history import sales_told
from tradecredit.measure.on_account import on_account
from tradecredit.measure.open_items import open_items
from tradecredit.measure.set_off import still_overdue

DAYS, LONGER_DAYS = 90, 180
"""Days past due beyond which a material debt is in default by Basel's rule, and by the latest of national rules."""

EVIDENCE, PAYS_ON, SMALL_PART = "evidence of default", "pays newer invoices", "a small part of its debt"
"""What long overdue debt of a buyer is taken for (`standing`)."""


@once
def long_past_due(book: Book) -> pd.DataFrame:
    """Return the buyers of which more than an amount is more than 90 days past due; none where the book has defaults.

    Index buyer_id, largest first:

    - `long_overdue`, what is open of invoices more than `DAYS` past due that nobody contests, less what the buyer has
      on account: more than `default.material_amount`; `longer_overdue`, the same of more than `LONGER_DAYS`;
    - `open_amount`, what it owes; `long_overdue_share` = long_overdue / open_amount; `oldest_days_past_due`, of
      what it is still held to: nothing contested, however small (`behaviour.features` has that of every invoice);
    - `paid_since`, the part of what fell due in the last `DAYS` days, less credit notes and what is contested, that has
      been paid; missing where nothing fell due, and in a list of open items, which lacks what was paid;
    - `standing`: `PAYS_ON` where `paid_since` is at least `default.paying_share`, else `SMALL_PART` where the share is
      at most `default.material_share`, else `EVIDENCE`.

    A book that records defaults says itself who is in default. Source: definitions §8.1.
    """
    items, settings = open_items(book), book.run.default
    late = overdue_undisputed(book)
    past, owed = items["days_past_due"].fillna(0).to_numpy(), items["open_amount"].to_numpy()
    oldest = (
        pd.Series(np.where(still_overdue(book) > 0, past, 0.0))
        .groupby(book.buyer_of_invoice)
        .max()
        .reindex(range(len(book.buyers)))
    )
    account = on_account(book)["on_account"].clip(lower=0.0)
    over, longer = (
        (sums_by_buyer(book, pd.Series(np.where(late & (past > least), owed, 0.0))) - account).clip(lower=0.0)
        for least in (DAYS, LONGER_DAYS)
    )
    whole = sums_by_buyer(book, items["open_amount"])
    table = pd.DataFrame(
        {
            "long_overdue": over, "longer_overdue": longer, "open_amount": whole,
            "long_overdue_share": over / whole.where(whole > 0), "oldest_days_past_due": oldest.set_axis(over.index),
            "paid_since": _paid_since(book),
        }
    )  # fmt: skip
    small = table["long_overdue_share"] <= settings.material_share
    pays = table["paid_since"] >= settings.paying_share
    table["standing"] = np.select([pays, small], [PAYS_ON, SMALL_PART], EVIDENCE)
    found = table[table["long_overdue"] > settings.material_amount]
    found = found.head(0) if book.has("defaults") else found
    return found.sort_values(["long_overdue", "buyer_id"], ascending=[False, True])


def long_overdue(book: Book) -> pd.DataFrame:
    """Return those of `long_past_due` whose debt is evidence of default."""
    found = long_past_due(book)
    return found[found["standing"] == EVIDENCE]


def short_payments(book: Book) -> pd.DataFrame:
    """Return those of `long_past_due` whose debt is none: what they left unpaid is to be cleared up."""
    found = long_past_due(book)
    return found[found["standing"] != EVIDENCE]


def _paid_since(book: Book) -> pd.Series:
    items, receipts, rows = open_items(book), book.receipts, book.invoice_of_receipt
    credit = (rows >= 0) & one_of(receipts["kind"], ("credit_note",))
    credited = np.bincount(rows[credit], receipts["amount"].to_numpy()[credit], len(items))
    due = book.invoices["due"]
    recent = ((due > book.as_of - pd.Timedelta(days=DAYS)) & (due <= book.as_of)).to_numpy()
    counts = recent & ~one_of(items["invoice_id"], in_dispute(book))
    owed = np.where(counts, items["amount"].to_numpy() - credited, 0.0)
    paid = np.where(counts, (items["paid"] - items["impaired"]).to_numpy() - credited, 0.0)
    of_buyer = sums_by_buyer(book, pd.Series(owed))
    share = sums_by_buyer(book, pd.Series(np.minimum(paid, owed))) / of_buyer.where(of_buyer > 0)
    return share if sales_told(book, book.as_of) else share * np.nan
