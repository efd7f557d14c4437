"""The letters that were sent on invoices: the last stage of each, and when each buyer was written to."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of

NEVER = np.datetime64("NaT", "D")


class Sent(NamedTuple):
    """What was sent by the as-of day.

    By invoice, in the order of `invoices`: `level`, the number of the highest stage that was sent (−1: none), and
    `level_on`, its last day. By buyer: `written_on`, the day of the last letter of any stage. By letter, in the order
    of `reminders`: `number` of its stage among the reminders of `collections` (−1: it is none of them).
    """

    level: np.ndarray
    level_on: np.ndarray
    written_on: np.ndarray
    number: np.ndarray


@once
def sent(book: Book) -> Sent:
    """Return what was sent: `Sent`. Reads `reminders`, and the names of the run's stages. Source: definitions §10.2."""
    stages = [stage.name for stage in book.run.collections.reminders]
    letters, invoice = book.reminders, book.invoice_of_reminder
    day, number = letters["sent"].to_numpy("datetime64[D]"), np.full(len(letters), -1)
    for place, name in enumerate(stages):
        number[one_of(letters["stage"], [name])] = place
    level, level_on = np.full(len(book.invoices), -1), np.full(len(book.invoices), NEVER)
    written_on = np.full(len(book.buyers), NEVER)
    order = np.argsort(day, kind="stable")
    order = order[invoice[order] >= 0]
    # Where a place repeats, the last assignment stays: the latest day of the highest stage.
    written_on[book.buyer_of_invoice[invoice[order]]] = day[order]
    for place in range(len(stages)):
        rows = order[number[order] == place]
        level[invoice[rows]], level_on[invoice[rows]] = place, day[rows]
    return Sent(level, level_on, written_on, number)


def unknown_stages(book: Book) -> pd.Series:
    """Return how many letters are of a stage that the run does not know: index `stage`, the most first.

    They count as letters to the buyer, and of no invoice as a stage that was sent.
    """
    of_none = book.reminders["stage"][sent(book).number < 0]
    return of_none.value_counts().rename_axis("stage").rename("letters")
