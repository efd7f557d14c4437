"""What others think of a buyer: the agencies' latest scores that are not too old."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.measure.by_buyer import all_buyers

LONGEST_MONTHS = 24
"""A score that is older says nothing any more: agencies renew theirs every year, and a firm can fail in the next."""


@once
def latest_scores(book: Book, day: pd.Timestamp | None = None) -> pd.DataFrame:
    """Return each buyer's latest score of each agency that is at most 24 months old on `day` (none: the as-of date).

    Reads `buyers` and `scores`. Index buyer_id (all buyers), a column for each agency of the book in the order of their
    names, in the agency's own units; missing where an agency has no score, or only an older one.
    """
    day = book.as_of if day is None else day
    since = day - pd.DateOffset(months=LONGEST_MONTHS)
    recent = book.scores[(book.scores["date"] >= since) & (book.scores["date"] <= day)]
    recent = recent.sort_values("date", kind="stable")
    agencies, buyers = sorted(book.scores["agency"].unique()), all_buyers(book)
    table = np.full((len(buyers), len(agencies)), np.nan)
    place = places(recent["buyer_id"], book.buyers["buyer_id"])
    column = pd.Index(agencies).get_indexer(recent["agency"])
    # Of several scores for one place the last, which is the latest, stays.
    table[place[place >= 0], column[place >= 0]] = recent["score"].to_numpy()[place >= 0]
    return pd.DataFrame(table, index=buyers, columns=agencies)
