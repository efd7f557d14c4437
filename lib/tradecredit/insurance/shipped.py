"""What the day of shipment says of each invoice: whether it counts, after the stop or not, and under which limit."""

from typing import NamedTuple

import numpy as np

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.insurance.evidence import supported_on_shipment
from tradecredit.insurance.limit_history import named_on_shipment
from tradecredit.insurance.policy import NOT_INSURABLE, Policy
from tradecredit.insurance.stops import Shipments, shipped_after_stop
from tradecredit.measure.open_items import ledger
from tradecredit.numerics.kernels import kernel

NAMED, DISCRETIONARY, STOPPED, REFUSED, ABOVE, EXCLUDED = CLASSES = (
    "named limit", "discretionary limit", "stopped", "refused or withdrawn", "above the limit", "not insurable",
)  # fmt: skip
"""What becomes of what is owed; the amounts of the six add up to the receivables."""

REASONS = {
    "covered": NAMED,
    "covered_in_part": NAMED,
    "no_policy": EXCLUDED,
    "outside_period": EXCLUDED,
    "kind_of_buyer": EXCLUDED,
    "not_listed": EXCLUDED,
    "country_excluded": EXCLUDED,
    "terms_too_long": EXCLUDED,
    "in_dispute": EXCLUDED,
    "tax": EXCLUDED,
    "claim_paid": EXCLUDED,
    "shipped_after_stop": STOPPED,
    "no_limit_on_shipment_day": REFUSED,
    "no_limit_named": ABOVE,
    "limit_filled": ABOVE,
}
"""The rule that decides of an invoice, and the class that follows; of one that is covered the limit says which."""

CODE = {reason: code for code, reason in enumerate(REASONS)}
AFTER_STOP, NO_LIMIT, NOT_NAMED = (
    CODE[reason] for reason in ("shipped_after_stop", "no_limit_on_shipment_day", "no_limit_named")
)


class Shipped(NamedTuple):
    """What the day of shipment says of some invoices, in the order of their `Shipments`; later days change nothing.

    `reason`: code of the rule that keeps it from being insured (0: none does); `limit` of its buyer, and whether the
    insurer has `named` it.
    """

    reason: np.ndarray
    limit: np.ndarray
    named: np.ndarray


def shipped_under(book: Book, policy: Policy, shipped: Shipments) -> Shipped:
    """Return what the day of shipment says of some invoices under a policy."""
    limit, named = _limits(book, policy, shipped)
    not_insured = _not_counted(book, policy, shipped.places)
    reason = _reason(limit, named, shipped_after_stop(book, policy, shipped), not_insured)
    issued = ledger(book).issued[shipped.places]
    for bound, outside in ((policy.starts, np.less), (policy.ends, np.greater)):
        if bound is not None:
            reason[outside(issued, np.datetime64(bound))] = CODE["outside_period"]
    return Shipped(reason, limit, named)


@kernel
def _reason(limit, named, after_stop, not_insured):
    """Return the code of the first rule that keeps each invoice from being insured, as definitions §5.1 has them."""
    reason = np.zeros(len(limit), np.int64)
    for row in range(len(limit)):
        if not_insured[row]:
            reason[row] = not_insured[row]
        elif after_stop[row]:
            reason[row] = AFTER_STOP
        elif not limit[row] > 0.0:
            reason[row] = NO_LIMIT if named[row] else NOT_NAMED
    return reason


@once
def not_counted(book: Book, policy: Policy) -> np.ndarray:
    """Return the code of why each invoice does not count by its buyer and its terms; 0 where it does."""
    return _not_counted(book, policy, np.arange(len(book.invoices)))


def _not_counted(book: Book, policy: Policy, places: np.ndarray) -> np.ndarray:
    reason = _of_buyers(book, policy)[book.buyer_of_invoice[places]]
    if policy.maximum_terms_days is not None:
        known = ledger(book)
        too_long = (known.due - known.issued)[places] > np.timedelta64(policy.maximum_terms_days, "D")
        reason[too_long & (reason == 0)] = CODE["terms_too_long"]
    return reason


def _limits(book: Book, policy: Policy, shipped: Shipments) -> tuple[np.ndarray, np.ndarray]:
    """Return the limit of each invoice's buyer on its day of issue, and whether the insurer has named it.

    Of a top-up: its primary's and its own above it.
    """
    if policy.kind == "top_up":
        below, named = _limits(book, _primary(book, policy), shipped)
        own = _own_limits(book, policy, shipped.places)
        extra = np.where(named, below, 0.0) * (policy.top_up_share or 0.0)
        extra = np.minimum(extra, np.inf if policy.top_up_maximum is None else policy.top_up_maximum)
        return below + np.where(np.isnan(own), extra, own), np.ones(len(below), dtype=bool)
    limit = named_on_shipment(book, shipped)
    if policy.limits:
        own = _own_limits(book, policy, shipped.places)
        limit = np.where(np.isnan(own), limit, own)
    named = ~np.isnan(limit)
    if policy.discretionary_limit:
        return np.where(named, limit, policy.discretionary_limit * supported_on_shipment(book, policy, shipped)), named
    return np.where(named, limit, 0.0), named


def _own_limits(book: Book, policy: Policy, places: np.ndarray) -> np.ndarray:
    """Return the limit that the policy itself names of each invoice's buyer; missing: none."""
    limits = policy.limits or {}
    return np.array([limits.get(buyer, np.nan) for buyer in book.buyers["buyer_id"]])[book.buyer_of_invoice[places]]


def _primary(book: Book, policy: Policy) -> Policy:
    return next(Policy.of_terms(terms) for terms in book.run.policies if terms.name == policy.primary)


def primary_limits(book: Book, policy: Policy, shipped: Shipments) -> np.ndarray:
    """Return the limit of a top-up's primary that applies to each of some invoices, on its day of issue."""
    return _limits(book, _primary(book, policy), shipped)[0]


def insurable_buyers(book: Book, policy: Policy) -> np.ndarray:
    """Return whether each buyer can be insured, by kind, country, and whether key accounts or single buyer list it."""
    return _of_buyers(book, policy) == 0


def _of_buyers(book: Book, policy: Policy) -> np.ndarray:
    """Return the code of why each buyer cannot be insured; 0 where it can."""
    buyers = book.buyers["buyer_id"]
    reason = np.zeros(len(buyers), np.int64)
    if policy.excluded_countries:
        reason[one_of(book.buyers["country"], policy.excluded_countries)] = CODE["country_excluded"]
    if policy.buyers is not None:
        reason[~one_of(buyers, policy.buyers)] = CODE["not_listed"]
    reason[one_of(book.buyers["kind"], NOT_INSURABLE)] = CODE["kind_of_buyer"]
    return reason


def run_policy(book: Book) -> Policy | None:
    """Return the run's own policy; None where it names none."""
    return Policy.of_terms(book.run.policy) if book.run.policy else None
