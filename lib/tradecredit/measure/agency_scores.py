"""What others think of a buyer: the agencies' latest scores that are not too old."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.measure.by_buyer import all_buyers

LONGEST_MONTHS = 24
"""A score that is older says nothing any more: agencies renew theirs every year, and a firm can fail in the next."""


@once
def latest_scores(book: Book) -> pd.DataFrame:
    """Return each buyer's latest score of each agency that is at most 24 months old on the as-of date.

    Reads `buyers` and `scores`. Index buyer_id (all buyers), a column for each agency of the book in the order of their
    names, in the agency's own units; missing where an agency has no score, or only an older one.
    """
    since = book.as_of - pd.DateOffset(months=LONGEST_MONTHS)
    recent = book.scores[book.scores["date"] >= since].sort_values("date", kind="stable")
    latest = recent.drop_duplicates(["buyer_id", "agency"], keep="last")
    table = latest.set_index(["buyer_id", "agency"])["score"].unstack()  # noqa: PD010  (one score each: nothing to aggregate)
    return table.reindex(index=all_buyers(book), columns=sorted(book.scores["agency"].unique())).rename_axis(
        columns=None
    )
