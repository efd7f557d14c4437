"""What is owed on a day as a provision looks at it: by invoice, with segment, ageing bucket and part."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.measure.default_events import are_in_default
from tradecredit.measure.open_items import items_on
from tradecredit.params.base import NOT_STATED
from tradecredit.params.provision import WHOLE_BOOK

MATRIX, WRITE_OFF_POINT, FAILED = range(3)
PARTS = ("matrix", "past the write-off point", "buyer in default")
"""What an invoice is provided for by, in the order of the codes `MATRIX`, `WRITE_OFF_POINT` and `FAILED`."""


@once
def segments(book: Book) -> pd.Categorical:
    """Return the segment of each buyer, in the order of `buyers`: its values in the columns `provision.segments`.

    Several are joined by ` · `; a missing one is `(not stated)`; without columns all are `WHOLE_BOOK`.
    """
    columns = book.run.provision.segments
    if not columns:
        return pd.Categorical.from_codes(np.zeros(len(book.buyers), dtype=int), categories=[WHOLE_BOOK])
    stated = [book.buyers[name].astype("object").fillna(NOT_STATED) for name in columns]
    joined = stated[0]
    for values in stated[1:]:
        joined = joined + " · " + values
    return pd.Categorical(joined)


def owed_items(book: Book, day: pd.Timestamp) -> pd.DataFrame:
    """Return the open items of a day, the book's own or an earlier one, as they were known then.

    Index: the place of each invoice among the book's. Only those of which something is open. Columns: `buyer`, the
    place of its buyer among the book's; `segment`, the code of `segments`; `bucket`, 0 for current (dust included,
    whatever its age), 1 for the first of `provision.buckets`, …; `days_past_due` (missing: dust); `open_amount`, gross,
    at the closing rates of the day; `at_issue`, the same at the rates of the days of issue; `part`, the code of what it
    is provided for by: `FAILED` where its buyer is in default (`default_events.are_in_default`), `WRITE_OFF_POINT`
    where it is more than `provision.write_off_days` past due, else `MATRIX`. Source: definitions §6.1.
    """
    return _looked(book, day)[0].copy(deep=False)


def lost_by_age(book: Book) -> pd.Series:
    """Return what buyers that are not in default owe past the write-off point, which accounts count as lost in full.

    Index buyer_id, those that owe any, in the order of `buyers`. By age alone: whether the debt is evidence of default
    (`long_overdue`), and what may still be collected of it (`payment_plan.options`), are other questions.
    """
    items = owed_items(book, book.as_of)
    found = items[items["part"] == WRITE_OFF_POINT].groupby("buyer")["open_amount"].sum()
    ids = pd.Index(book.buyers["buyer_id"].to_numpy()[found.index.to_numpy(int)], name="buyer_id")
    return found.set_axis(ids).rename("lost_by_age")


def failed_buyers(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return of each buyer whether it was in default on a day, in the order of `buyers`."""
    return _looked(book, day)[1]


@once
def _looked(book: Book, day: pd.Timestamp) -> tuple[pd.DataFrame, np.ndarray]:
    settings = book.run.provision
    items = items_on(book, day)
    failed = are_in_default(book, items, day)
    items = items[items["open_amount"] > 0]
    buyer, age = items["buyer"].to_numpy(), items["days_past_due"].to_numpy()
    part = np.full(len(items), MATRIX)
    if settings.write_off_days is not None:
        part[age > settings.write_off_days] = WRITE_OFF_POINT
    part[failed[buyer]] = FAILED
    table = pd.DataFrame(
        {
            "buyer": buyer, "segment": segments(book).codes[buyer],
            "bucket": np.searchsorted([0, *settings.buckets], np.nan_to_num(age)), "days_past_due": age,
            "open_amount": items["open_amount"], "at_issue": items["open_amount"] - items["exchange_difference"],
            "part": part,
        },
        index=items.index,
    )  # fmt: skip
    return table, failed
