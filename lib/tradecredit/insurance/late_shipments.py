"""How much of what a buyer owes when it fails was shipped after the policy's stop, by the book's own failures."""

from typing import NamedTuple

import numpy as np

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import CODE, shipped_under
from tradecredit.insurance.stops import days, shipments, stop_spans
from tradecredit.measure.default_events import events_by_place
from tradecredit.measure.open_items import Ledger, ledger, net_share

DRAWS = 16
"""Values of equal probability that a share is drawn from."""

ENOUGH_FAILURES = 10
"""Failures with insurable debt that the book must know before their shares are drawn from."""

OWN, ASSUMED, NO_STOP = "own failures", "assumed", "no stop"
"""Where the shares come from: the book's failures, the run's assumption, or a policy without an extension period."""


YEAR_BEFORE = np.arange(1, 13) * 30
"""Days before a failure on which it is looked at whether the buyer was stopped already."""


class Failures(NamedTuple):
    """The share of each failure's insurable debt that was shipped after the stop, and the failure's weight.

    The weight is the part of the year before it (`YEAR_BEFORE`) on which the buyer was not stopped yet: what is drawn
    is for buyers that are not, and fail within a year.
    """

    share: np.ndarray
    weight: np.ndarray


class LateShipments(NamedTuple):
    """The share of a buyer's insurable debt at its failure that was shipped after the stop.

    `shares`: `DRAWS` values of equal probability, rising; `basis`: `OWN`, `ASSUMED` or `NO_STOP`; `failures`: how many
    the book knows.
    """

    shares: tuple[float, ...]
    basis: str
    failures: int

    @property
    def mean(self) -> float:
        return float(np.mean(self.shares))


def late_shipments(book: Book, policy: Policy) -> LateShipments:
    """Return the shares that a policy's stop leaves uninsured of failing buyers, as known on the book's day.

    From `past_failures`, if there are at least `ENOUGH_FAILURES`: each of the values is the mean of a sixteenth of
    them in order of their shares, by weight (a failure that straddles two counts in both in proportion), so that the
    values' mean is that of the failures. With fewer all are the run's `losses.shipped_after_stop`. All 0 of a policy
    without an extension period.
    """
    if policy.maximum_extension_days is None:
        return LateShipments((0.0,) * DRAWS, NO_STOP, 0)
    found = past_failures(book, policy)
    if len(found.share) < ENOUGH_FAILURES:
        return LateShipments((book.run.losses.shipped_after_stop,) * DRAWS, ASSUMED, len(found.share))
    return LateShipments(drawn_from(found.share, found.weight), OWN, len(found.share))


def drawn_from(shares: np.ndarray, weights: np.ndarray) -> tuple[float, ...]:
    """Return `DRAWS` values of equal probability that have the weighted mean of the shares: means of equal parts.

    >>> drawn_from(np.array([1.0, 0.0]), np.array([1.0, 1.0]))[7:9]
    (0.0, 1.0)
    """
    order = np.argsort(shares, kind="stable")
    # Weight and sum of the lowest shares: the sum is straight between one share and the next.
    below, sums = (
        np.concatenate([[0.0], np.cumsum(values[order])]) / weights.sum() for values in (weights, weights * shares)
    )
    at = np.interp(np.arange(DRAWS + 1) / DRAWS, below, sums)
    return tuple(float(value) for value in np.clip(np.diff(at) * DRAWS, 0.0, 1.0))


def past_failures(book: Book, policy: Policy) -> Failures:
    """Return the failures that the book knows, as the policy would have met them had it been in force.

    Share: of what the buyer owed at the end of the day of its default, net of tax and on terms that the policy insures,
    disputed or not. Failures without any such debt are left out, and those of buyers that were stopped all year.
    """
    return _past_failures(book, policy.renewed().scope)


@once
def _past_failures(book: Book, policy: Policy) -> Failures:
    rows, of_failure = _owed_at_failure(book)
    reason = shipped_under(book, policy, shipments(book, rows)).reason
    net = net_share(book, rows)
    counts, late = (reason == 0) | (reason >= CODE["shipped_after_stop"]), reason == CODE["shipped_after_stop"]
    begins, ends = (moments[rows] for moments in stop_spans(book, policy))
    found = []
    for of_buyer, owed_then, day in of_failure:
        owed = np.where(counts[of_buyer], owed_then * net[of_buyer], 0.0)
        before = day - YEAR_BEFORE[:, None]
        stopped = ((begins[of_buyer] <= before) & (ends[of_buyer] > before)).any(axis=1)
        if owed.sum() > 0 and not stopped.all():
            found.append((owed[late[of_buyer]].sum() / owed.sum(), 1 - stopped.mean()))
    return Failures(*np.array(found).reshape(-1, 2).T)


@once
def _owed_at_failure(book: Book) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray, int]]]:
    """Return the invoices of the buyers that failed, and of each failure its buyer's (places among these), what was
    owed of each at the end of the day, and the day."""
    events, known = events_by_place(book), ledger(book)
    failing = np.zeros(len(book.buyers), dtype=bool)
    failing[events["buyer"]] = True
    rows = np.flatnonzero(failing[book.buyer_of_invoice])
    own, buyer = _of_invoices(known, rows), book.buyer_of_invoice[rows]
    found = []
    for place, day in zip(events["buyer"], events["date"], strict=True):
        of_buyer = np.flatnonzero(buyer == place)
        number = int(days(np.array([day], "datetime64[us]"))[0])
        found.append((of_buyer, own.owed_at_issue(day)[of_buyer], number))
    return rows, found


def _of_invoices(known: Ledger, rows: np.ndarray) -> Ledger:
    """Return the ledger of some invoices alone."""
    place = np.full(len(known.amount), -1)
    place[rows] = np.arange(len(rows))
    row = place[known.row]
    kept = row >= 0
    of_invoices = {name: getattr(known, name)[rows] for name in ("issued", "due", "amount", "settled")}
    of_receipts = {name: getattr(known, name)[kept] for name in ("received", "paid", "impaired")}
    return known._replace(**of_invoices, **of_receipts, row=row[kept])
