"""From figures by invoice to figures by buyer, and shares of them."""

from typing import TypeVar

import pandas as pd

from tradecredit.book.book import Book

Table = TypeVar("Table", pd.Series, pd.DataFrame)


def all_buyers(book: Book) -> pd.Index:
    """Return the index `buyer_id` of all buyers, in their order."""
    return pd.Index(book.buyers["buyer_id"], name="buyer_id")


def share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Return part / whole; missing where the whole is not above zero."""
    return part / whole.where(whole > 0)


def sums_by_buyer(book: Book, amounts: Table) -> Table:
    """Return the sums of amounts by invoice, in the order of `invoices`, for all buyers: 0 for one without any."""
    sums = amounts.groupby(book.buyer_of_invoice).sum()
    return sums.reindex(range(len(book.buyers)), fill_value=0.0).set_axis(all_buyers(book))
