"""Buyers whose debt is so long past due that it is evidence of default, in a book that records no defaults."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.measure.by_buyer import sums_by_buyer
from tradecredit.measure.disputes import overdue_undisputed
from tradecredit.measure.on_account import on_account
from tradecredit.measure.open_items import open_items

DAYS, LONGER_DAYS = 90, 180
"""Days past due beyond which a material debt is in default by Basel's rule, and by the latest of national rules."""


@once
def long_overdue(book: Book) -> pd.DataFrame:
    """Return the buyers of which a material amount is more than 90 days past due; none where the book has defaults.

    Index buyer_id, largest first: `long_overdue`, what is open of invoices more than `DAYS` past due that nobody
    contests, less what the buyer has on account; `longer_overdue`, the same of more than `LONGER_DAYS`; `open_amount`;
    `oldest_days_past_due`. Material is more than both `default.material_amount` and `default.material_share` of what
    the buyer owes. A book that records defaults says itself who is in default. Source: definitions §8.1.
    """
    items, settings = open_items(book), book.run.default
    late = overdue_undisputed(book)
    past, owed = items["days_past_due"].fillna(0).to_numpy(), items["open_amount"].to_numpy()
    oldest = pd.Series(np.where(late, past, 0.0)).groupby(book.buyer_of_invoice).max().reindex(range(len(book.buyers)))
    account = on_account(book)["on_account"]
    over, longer = (
        (sums_by_buyer(book, pd.Series(np.where(late & (past > least), owed, 0.0))) - account).clip(lower=0.0)
        for least in (DAYS, LONGER_DAYS)
    )
    table = pd.DataFrame(
        {
            "long_overdue": over, "longer_overdue": longer, "open_amount": sums_by_buyer(book, items["open_amount"]),
            "oldest_days_past_due": oldest.set_axis(over.index),
        }
    )  # fmt: skip
    least = np.maximum(settings.material_amount, settings.material_share * table["open_amount"])
    found = table[table["long_overdue"] > least]
    found = found.head(0) if book.has("defaults") else found
    return found.sort_values(["long_overdue", "buyer_id"], ascending=[False, True])
