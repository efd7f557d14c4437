"""The stop: what is shipped while an invoice of the buyer is overdue past the maximum extension period."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.insurance.policy import Policy
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.open_items import ledger
from tradecredit.numerics.compiled import compiled
from tradecredit.numerics.grouping import Grouped, grouped

NEVER = np.iinfo(np.int64).max
"""The day of what has not come about."""

DAY = np.int64(86_400_000_000)
"""Microseconds of a day."""


def stop_spans(book: Book, policy: Policy) -> tuple[np.ndarray, np.ndarray]:
    """Return the first day of the stop that each invoice causes, and the first after it, as numbers (`days`).

    In the order of `invoices`; equal where it causes none, as it was settled in time. The policy has an extension
    period.
    """
    return _spans(book, policy.maximum_extension_days, policy.extension_from)


def shipped_after_stop(book: Book, policy: Policy) -> np.ndarray:
    """Return of each invoice of the book, in their order, whether it was shipped after the stop (definitions §5.1).

    On its day of issue an invoice of the buyer was owed whose maximum extension period had ended on an earlier day: the
    day after that end is the first of the stop, and the day on which the last such invoice is settled is free again.
    What happened later changes nothing of it. Never of a policy without an extension period.
    """
    if policy.maximum_extension_days is None:
        return np.zeros(len(book.invoices), dtype=bool)
    return _shipped_after_stop(book, policy.maximum_extension_days, policy.extension_from)


def stopped_buyers(book: Book, policy: Policy) -> pd.Series:
    """Return of each buyer whether what is shipped from now on is not insured, as it owes an invoice past its stop.

    Index buyer_id (all buyers): an invoice is still owed at the end of the book's day whose maximum extension period
    ended on an earlier day.
    """
    stopped = np.zeros(len(book.buyers), dtype=bool)
    if policy.maximum_extension_days is not None:
        begins, ends = stop_spans(book, policy)
        today = book.as_of.to_datetime64().astype("datetime64[us]").view("i8") // DAY
        stopped[book.buyer_of_invoice[(begins <= today) & (ends > today)]] = True
    return pd.Series(stopped, index=all_buyers(book), name="stopped")


@once
def shipments(book: Book) -> Grouped:
    """Return the places of all invoices by buyer and day of issue."""
    return grouped(book.buyer_of_invoice, issue_days(book), len(book.buyers))


@once
def issue_days(book: Book) -> np.ndarray:
    """Return the day of issue of each invoice as a number."""
    return days(ledger(book).issued)


def days(moments: np.ndarray) -> np.ndarray:
    """Return moments as numbers of days; a missing one is `NEVER`."""
    ticks = moments.astype("datetime64[us]", copy=False).view("i8")
    return _days(ticks)


@once
def _shipped_after_stop(book: Book, extension_days: int, extension_from: str) -> np.ndarray:
    begins, ends = _spans(book, extension_days, extension_from)
    late = np.flatnonzero(begins < ends)
    buyers, count = book.buyer_of_invoice[late], len(book.buyers)
    begin, end = (grouped(buyers, moment[late], count) for moment in (begins, ends))
    return _in_a_span(shipments(book), issue_days(book), begin, begins[late], end, ends[late])


@once
def _spans(book: Book, extension_days: int | None, extension_from: str) -> tuple[np.ndarray, np.ndarray]:
    known = ledger(book)
    cleared = known.settled
    start = {"due": known.due, "issued": known.issued}[extension_from]
    return _past_extension(known.due.view("i8"), start.view("i8"), cleared.view("i8"), np.int64(extension_days or 0))


@compiled
def _days(ticks):
    number = np.empty(len(ticks), np.int64)
    for row in range(len(ticks)):
        number[row] = ticks[row] // DAY if ticks[row] > -NEVER else NEVER
    return number


@compiled
def _past_extension(due, start, cleared, extension_days):
    begins, ends = np.empty(len(due), np.int64), np.empty(len(due), np.int64)
    for row in range(len(due)):
        begins[row] = max(start[row] + extension_days * DAY, due[row]) // DAY + 1
        ends[row] = max(cleared[row] // DAY, begins[row]) if cleared[row] > -NEVER else NEVER
    return begins, ends


@compiled
def _in_a_span(shipped, day, begin, begins, end, ends):
    """Return whether each row's day lies in a span of its group; `begin`, `end`: the spans' first days and ends."""
    inside = np.zeros(len(day), np.bool_)
    for group in range(len(shipped.first) - 1):
        begun, over = begin.first[group], end.first[group]
        if begun == begin.first[group + 1]:
            continue
        for place in range(shipped.first[group], shipped.first[group + 1]):
            row = shipped.rows[place]
            while begun < begin.first[group + 1] and begins[begin.rows[begun]] <= day[row]:
                begun += 1
            while over < end.first[group + 1] and ends[end.rows[over]] <= day[row]:
                over += 1
            inside[row] = begun - begin.first[group] > over - end.first[group]
    return inside
