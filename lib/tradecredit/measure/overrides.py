"""Analysts' overrides in force."""

import pandas as pd

from tradecredit.book.book import Book


def overriding(book: Book, column: str) -> pd.DataFrame:
    """Return the analysts' judgements valid on the book's day that set `column` (`grade`, `limit`): index buyer_id.

    Of several on one buyer that of the latest `since` counts, then that which holds longest. Columns as `overrides`.
    """
    rows = book.overrides[book.overrides[column].notna()]
    valid = rows[rows["until"].isna() | (rows["until"] >= book.as_of)]
    order = valid.sort_values("until", kind="stable").sort_values("since", kind="stable", na_position="first")
    return order.drop_duplicates("buyer_id", keep="last").set_index("buyer_id")
