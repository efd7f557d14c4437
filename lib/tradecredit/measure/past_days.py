"""What was known of each buyer on past days: its payment behaviour and whether it was in default, in one pass.

The book of today holds all that the books of past days held, so that the ledger is put in order once and read as it
stood on each day. What became known later is not seen: each day's figures are those of the book as of that day.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.measure.behaviour import features, of_items
from tradecredit.measure.default_events import are_in_default
from tradecredit.measure.open_items import items_on


class Day(NamedTuple):
    """What was known of all buyers of the book on a day, in their order.

    `behaviour`: as `behaviour.features`; of a buyer that was not known by then it says nothing, or zero. `in_default`:
    a boolean per buyer, see `default_events.are_in_default`.
    """

    behaviour: pd.DataFrame
    in_default: np.ndarray


def on_days(book: Book, days: Iterable[pd.Timestamp]) -> Iterator[Day]:
    """Return for each of the days what was known of the buyers by then; none lies after the book's own.

    Reads `buyers`, `invoices`, `receipts`, `disputes`, `limits` and `defaults`. The figures are those of
    `behaviour.features` and `default_events.in_default` of `book.at(day)`, without a book for each day.
    """
    for day in days:
        items = items_on(book, day)
        # The book's own day is measured already, or asked for again.
        behaviour = features(book) if day == book.as_of else of_items(book, items, day)
        yield Day(behaviour, are_in_default(book, items, day))
