"""What is insured of amounts owed on invoices, as arrays: the rules of definitions §5.1 to §5.3 put together."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.insurance.filling import within_limits
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import CODE, primary_limits, shipped_under
from tradecredit.insurance.stops import shipments
from tradecredit.measure.disputes import owed_in_dispute
from tradecredit.measure.open_items import net_share, open_items

PAYING_BY_LOSS = ("whole_turnover", "key_accounts", "single_buyer")
"""Kinds of policy that bear their part of each loss, and not only what lies beyond a large first loss or a limit."""


class Amounts(NamedTuple):
    """What is insured of invoices as arrays: their `rows` among `invoices`, and the columns of `of_items`.

    `insured`: the insured debt; `reason`: its place in `REASONS`; `discretionary`: the insurer had named no limit.
    """

    rows: np.ndarray
    disputed: np.ndarray
    insurable: np.ndarray
    insured: np.ndarray
    reason: np.ndarray
    discretionary: np.ndarray


def todays_amounts(book: Book, policy: Policy | None) -> Amounts:
    """Return what is insured of the open invoices, as arrays: see `audit`."""
    return _todays_amounts(book, policy.scope if policy else None)


@once
def _todays_amounts(book: Book, policy: Policy | None) -> Amounts:
    owed = open_items(book)["open_amount"].to_numpy()
    return insured_amounts(book, policy, owed, disputed_of(book, owed, book.as_of))


def insured_amounts(book: Book, policy: Policy | None, owed: np.ndarray, disputed: np.ndarray | None = None) -> Amounts:
    """Return what a policy insures of amounts owed, as arrays: see `of_items`."""
    rows = np.flatnonzero(owed > 0)
    in_dispute = np.zeros(len(rows)) if disputed is None else disputed[rows]
    if policy is None:
        nothing = np.zeros(len(rows))
        return Amounts(rows, in_dispute, nothing, nothing, np.full(len(rows), CODE["no_policy"]), nothing > 0)
    shipped = shipments(book, rows)
    facts = shipped_under(book, policy, shipped)
    share = net_share(book.invoices[["amount", "tax"]].take(rows)).to_numpy()
    insurable = np.maximum(owed[rows] - in_dispute, 0.0) * share
    reason, counts = facts.reason, facts.reason == 0
    insurable[~counts & (reason < CODE["shipped_after_stop"])] = 0.0
    debt = np.where(counts, insurable, 0.0)
    within = within_limits(shipped.order, debt, facts.limit)
    if policy.kind == "top_up":
        within = within - within_limits(shipped.order, debt, primary_limits(book, policy, shipped))
    reason[counts & (within < insurable)] = CODE["covered_in_part"]
    reason[counts & (within <= 0)] = CODE["limit_filled"]
    nothing = counts & (insurable <= 0)
    reason[nothing] = np.where(in_dispute[nothing] > 0, CODE["in_dispute"], CODE["tax"])
    return Amounts(rows, in_dispute, insurable, within, reason, ~facts.named)


def borne(policy: Policy) -> float:
    """Return the part of an insured debt that a policy bears: nothing by kinds that pay nothing of an ordinary loss."""
    return policy.insured_percentage if policy.kind in PAYING_BY_LOSS else 0.0


def disputed_of(book: Book, owed: np.ndarray, day: pd.Timestamp | np.ndarray) -> np.ndarray:
    """Return what is in a dispute that is open on a day of what is `owed` of each invoice, in their order.

    `day`: one for all invoices, or that of each (not a time: none is looked at).
    """
    if not book.has("disputes"):
        return np.zeros(len(owed))
    place = book.invoice_of_dispute
    # A place of −1, of an invoice that is not known, is the last of the days: none.
    of_dispute = np.append(day, np.datetime64("NaT", "us"))[place] if isinstance(day, np.ndarray) else day
    amount = owed_in_dispute(book, owed, of_dispute)
    known = place[amount.index.to_numpy()]
    return np.bincount(known[known >= 0], amount.to_numpy()[known >= 0], minlength=len(owed))
