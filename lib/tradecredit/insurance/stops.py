"""The stop: what is shipped while an invoice of the buyer is overdue past the maximum extension period."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import MICROSECONDS_A_DAY as DAY
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.insurance.policy import Policy
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.open_items import ledger, open_amounts
from tradecredit.measure.set_off import set_off
from tradecredit.numerics.grouping import Grouped, grouped
from tradecredit.numerics.kernels import Kernel, kernel

NEVER = np.iinfo(np.int64).max
"""The day of what has not come about."""


def stop_spans(book: Book, policy: Policy) -> tuple[np.ndarray, np.ndarray]:
    """Return the first day of the stop that each invoice causes, and the first after it, as numbers (`days`).

    In the order of `invoices`; equal where it causes none, as no more than the policy's `stop_tolerance` of it was owed
    in time. The policy has an extension period.
    """
    return _spans(book, *_stop_terms(policy))


class Shipments(NamedTuple):
    """Some invoices of a book: their places among `invoices`, rising, and their order by buyer and day of issue.

    `order.rows` are numbers of `places`; invoices of one buyer and day are in the order of `invoices`.
    """

    places: np.ndarray
    order: Grouped


def shipments(book: Book, places: np.ndarray) -> Shipments:
    """Return the shipments of some invoices; `places`: theirs among `invoices`, rising."""
    day = days(ledger(book).issued[places])
    return Shipments(places, grouped(book.buyer_of_invoice[places], day, len(book.buyers)))


def shipped_after_stop(book: Book, policy: Policy, shipped: Shipments) -> np.ndarray:
    """Return of each of some invoices whether it was shipped after the stop (definitions §5.1).

    On its day of issue more than the policy's `stop_tolerance` (none stated: more than dust) was owed of an invoice of
    the buyer whose maximum extension period had ended on an earlier day: the day after that end is the first of the
    stop, and the day on which no more is owed of the last such invoice is free again. What happened later changes
    nothing of it. Never of a policy without an extension period.
    """
    if policy.maximum_extension_days is None:
        return np.zeros(len(shipped.places), dtype=bool)
    return _in_a_span(shipped.order, *_stops(book, *_stop_terms(policy)))


def stopped_buyers(book: Book, policy: Policy, by: pd.Timestamp | None = None) -> pd.Series:
    """Return of each buyer whether what is shipped from now on is not insured, as it owes an invoice past its stop.

    `by`: a later day from which on it is shipped. Index buyer_id (all buyers); see `stopped_since`.
    """
    return stopped_since(book, policy, by).notna().rename("stopped")


def stopped_since(book: Book, policy: Policy, by: pd.Timestamp | None = None) -> pd.Series:
    """Return the first day from which what is shipped to a buyer is not insured; missing: it is.

    Index buyer_id (all buyers): the day after the first end of a maximum extension period among the invoices of which
    more than the policy's tolerance is still owed at the end of the book's day, where that end lies before it, or
    before the later day `by`.
    """
    causing = stopping_invoices(book, policy, by)
    first = causing.groupby(book.buyer_of_invoice[causing.index]).min().reindex(np.arange(len(book.buyers)))
    return first.set_axis(all_buyers(book))


def stopping_invoices(book: Book, policy: Policy, by: pd.Timestamp | None = None) -> pd.Series:
    """Return the invoices that stop their buyers at the end of the book's day, with the first day of each one's stop.

    `by`: a later day; those that are owed today count whose stop begins until then, unless they are paid. Index: their
    places among `invoices`; `stop_since`. None of a policy without an extension period. What the buyer has on account
    is taken as payment of its oldest invoices past due (`set_off.set_off`): an assumption, as policies speak of paid
    invoices. What was shipped before is judged by the ledger alone, whose invoices were open then.
    """
    found, since = np.zeros(0, np.intp), np.zeros(0, np.int64)
    if policy.maximum_extension_days is not None:
        begins, ends = stop_spans(book, policy)
        today, until = days(np.array([book.as_of, by or book.as_of], "datetime64[us]"))
        covered = set_off(book)
        paid = (covered > 0) & (open_amounts(book) - covered <= max(policy.stop_tolerance or 0.0, CENT))
        found = np.flatnonzero((begins <= until) & (ends > np.maximum(begins, today)) & ~paid)
        since = begins[found]
    moments = since.astype("datetime64[D]").astype("datetime64[us]")
    return pd.Series(moments, index=found, name="stop_since")


def days(moments: np.ndarray) -> np.ndarray:
    """Return moments as numbers of days; a missing one is `NEVER`."""
    ticks = moments.astype("datetime64[us]", copy=False).view("i8")
    return _days(ticks)


def _stop_terms(policy: Policy) -> tuple[int | None, str, float | None]:
    return policy.maximum_extension_days, policy.extension_from, policy.stop_tolerance


@once
def _stops(
    book: Book, extension_days: int | None, extension_from: str, tolerance: float | None
) -> tuple[Grouped, Grouped]:
    """Return the first days of the stops that invoices cause, and the first after them, each by buyer and day.

    Those that have come about by the book's day: nothing has been shipped later.
    """
    begins, ends = _spans(book, extension_days, extension_from, tolerance)
    today = days(np.array([book.as_of], "datetime64[us]"))[0]
    begun = np.flatnonzero((begins < ends) & (begins <= today))
    over = begun[ends[begun] <= today]
    owner, buyers = book.buyer_of_invoice, len(book.buyers)
    return grouped(owner[begun], begins[begun], buyers), grouped(owner[over], ends[over], buyers)


@once
def _spans(
    book: Book, extension_days: int | None, extension_from: str, tolerance: float | None
) -> tuple[np.ndarray, np.ndarray]:
    known = ledger(book)
    cleared = known.cleared(tolerance)
    start = {"due": known.due, "issued": known.issued}[extension_from]
    return _past_extension(known.due.view("i8"), start.view("i8"), cleared.view("i8"), np.int64(extension_days or 0))


@kernel
def _days(ticks):
    return np.where(ticks > -NEVER, ticks // DAY, NEVER)


def _past_extension_in_turn(due, start, cleared, extension_days):
    begins, ends = np.empty(len(due), np.int64), np.empty(len(due), np.int64)
    for row in range(len(due)):
        begins[row] = max(start[row] + extension_days * DAY, due[row]) // DAY + 1
        ends[row] = max(cleared[row] // DAY, begins[row]) if cleared[row] > -NEVER else NEVER
    return begins, ends


def _past_extension_at_once(due, start, cleared, extension_days):
    begins = np.maximum(start + extension_days * DAY, due) // DAY + 1
    return begins, np.where(cleared > -NEVER, np.maximum(cleared // DAY, begins), NEVER)


_past_extension = Kernel(_past_extension_in_turn, _past_extension_at_once)


@kernel
def _in_a_span(shipped, begin, end):
    """Return whether each row's day lies in a span of its group; `begin`, `end`: the spans' first days and ends."""
    inside = np.zeros(len(shipped.rows), np.bool_)
    for group in range(len(shipped.first) - 1):
        begun, over = begin.first[group], end.first[group]
        if begun == begin.first[group + 1]:
            continue
        for place in range(shipped.first[group], shipped.first[group + 1]):
            day = shipped.day[place]
            while begun < begin.first[group + 1] and begin.day[begun] <= day:
                begun += 1
            while over < end.first[group + 1] and end.day[over] <= day:
                over += 1
            if begun - begin.first[group] > over - end.first[group]:
                inside[shipped.rows[place]] = True
    return inside
