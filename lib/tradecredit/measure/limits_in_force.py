"""The limits in force on a day, our own and the insurer's."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of, places
from tradecredit.measure.by_buyer import all_buyers

LIMIT_SOURCES = ("own", "insurer", "discretionary")
"""Whose limit a buyer's use is measured against: the first that it has."""


@once
def limits_in_force(book: Book) -> pd.DataFrame:
    """Return the limits in force on the as-of date: index `buyer_id` (buyers that have one), a column for each source.

    Columns `own`, `insurer`, `discretionary`: amounts in the reporting currency, missing where there is none. In force
    is the decision of the latest `valid_from` that has not ended (`valid_to` missing or not before the as-of date).
    """
    limits, buyers = book.limits, book.buyers["buyer_id"]
    valid = limits[limits["valid_to"].isna() | (limits["valid_to"] >= book.as_of)]
    valid = valid.sort_values("valid_from", kind="stable")
    place, table = places(valid["buyer_id"], buyers), np.full((len(buyers), len(LIMIT_SOURCES)), np.nan)
    for column, source in enumerate(LIMIT_SOURCES):
        of_source = one_of(valid["source"], [source]) & (place >= 0)
        # Of several amounts for one place the last, which is the latest, stays.
        table[place[of_source], column] = valid["amount"].to_numpy()[of_source]
    found = pd.DataFrame(table, index=all_buyers(book), columns=list(LIMIT_SOURCES))
    return found[~np.isnan(table).all(axis=1)]


def _limit(book: Book) -> pd.Series:
    return limits_in_force(book).bfill(axis="columns")["own"]
