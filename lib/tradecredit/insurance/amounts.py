"""What is insured of amounts owed on invoices, as arrays: the rules of definitions §5.1 to §5.3 put together."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.insurance.filling import decided, insurable_debts, within_limits
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.recoveries import claims_paid, given_up, still_insured
from tradecredit.insurance.shipped import CODE, primary_limits, shipped_under
from tradecredit.insurance.stops import shipments
from tradecredit.measure.disputes import owed_in_dispute
from tradecredit.measure.open_items import net_share, open_amounts

PAYING_BY_LOSS = ("whole_turnover", "key_accounts", "single_buyer")
"""Kinds of policy that bear their part of each loss, and not only what lies beyond a large first loss or a limit."""


class Amounts(NamedTuple):
    """What is insured of invoices as arrays: their `rows` among `invoices`, and the columns of `of_items`.

    `insured`: the insured debt; `reason`: its place in `REASONS`; `discretionary`: the insurer had named no limit;
    `claimed`: what the insurer has paid on it; `kept`: what of the rest is the insured's own part of that claim;
    `lost`: what was given up of it and is owed still for the policy (`recoveries.given_up`), of `todays_amounts` what
    is insured debt of that.
    """

    rows: np.ndarray
    disputed: np.ndarray
    insurable: np.ndarray
    insured: np.ndarray
    reason: np.ndarray
    discretionary: np.ndarray
    claimed: np.ndarray
    kept: np.ndarray
    lost: np.ndarray


def todays_amounts(book: Book, policy: Policy | None) -> Amounts:
    """Return what is insured of the open invoices, as arrays: see `audit`."""
    found = _todays_debts(book, policy)
    is_open = open_amounts(book)[found.rows] > 0
    return found if is_open.all() else Amounts(*(values[is_open] for values in found))


def unclaimed_debts(book: Book, policy: Policy) -> np.ndarray:
    """Return the insured debt of each invoice on which no claim was paid, what was given up of it included.

    In the order of `invoices`.
    """
    found, debts = _todays_debts(book, policy), np.zeros(len(book.invoices))
    debts[found.rows] = np.where(found.claimed > 0, 0.0, found.insured + found.lost)
    return debts


def _todays_debts(book: Book, policy: Policy | None) -> Amounts:
    """Return the same of all that is owed for the policy: open invoices, and those that were given up whole."""
    return _less_claims(book, policy, _todays_amounts(book, policy.scope if policy else None))


@once
def _todays_amounts(book: Book, policy: Policy | None) -> Amounts:
    owed = open_amounts(book)
    return _before_claims(book, policy, owed, _disputed_today(book), (claims_paid(book), given_up(book)))


@once
def _disputed_today(book: Book) -> np.ndarray:
    return disputed_of(book, open_amounts(book), book.as_of)


def insured_amounts(book: Book, policy: Policy | None, owed: np.ndarray, disputed: np.ndarray | None = None) -> Amounts:
    """Return what a policy insures of amounts owed on which nothing has been claimed, as arrays: see `of_items`."""
    disputed = np.zeros(len(owed)) if disputed is None else disputed
    return _before_claims(book, policy, owed, disputed, (np.zeros(len(owed)), np.zeros(len(owed))))


def _before_claims(
    book: Book, policy: Policy | None, owed: np.ndarray, disputed: np.ndarray, settled: tuple[np.ndarray, np.ndarray]
) -> Amounts:
    """Return what would be insured of what is owed and what was claimed and given up of it (`settled`) together.

    As if nothing were paid yet: what the insurer has paid, and what was given up, fill the limit as they did before.
    """
    rows = np.flatnonzero((owed > 0) | (settled[1] > 0))
    # Where all is owed, nothing has to be picked out.
    picked = slice(None) if len(rows) == len(owed) else rows
    in_dispute, paid, lost, nothing = disputed[picked], settled[0][picked], settled[1][picked], np.zeros(len(rows))
    if policy is None:
        no_policy = np.full(len(rows), CODE["no_policy"])
        return Amounts(rows, in_dispute, nothing, nothing, no_policy, nothing > 0, paid, nothing, nothing)
    shipped = shipments(book, rows)
    facts = shipped_under(book, policy, shipped)
    tax, amount = (book.invoices[name].to_numpy()[picked] for name in ("tax", "amount"))
    insurable, debt = insurable_debts(owed[picked], (paid, lost, in_dispute), (tax, amount), facts.reason)
    within = within_limits(shipped.order, debt, facts.limit)
    if policy.kind == "top_up":
        within = within - within_limits(shipped.order, debt, primary_limits(book, policy, shipped))
    within, reason = decided(within, debt, insurable, in_dispute, facts.reason)
    lost_net, given = np.zeros(len(rows)), np.flatnonzero(lost)
    lost_net[given] = lost[given] * net_share(book, rows[given])
    return Amounts(rows, in_dispute, insurable, within, reason, ~facts.named, paid, nothing, lost_net)


def _less_claims(book: Book, policy: Policy | None, whole: Amounts) -> Amounts:
    """Return what is insured still once the insurer has paid claims: `whole` is what was before them.

    What was given up comes off the insurable debt last: what is insured still is so of what is open first.
    """
    if policy is None or not (whole.claimed.any() or whole.lost.any()):
        return whole
    insurable, within, reason, kept, lost = (
        values.copy() for values in (whole.insurable, whole.insured, whole.reason, whole.kept, whole.lost)
    )
    hit = np.flatnonzero(whole.claimed > 0)
    paid = whole.claimed[hit]
    above = np.where(within[hit] > 0, insurable[hit] - within[hit], 0.0)
    within[hit] = still_insured(policy, within[hit], paid, book.buyer_of_invoice[whole.rows[hit]])
    # A claim is paid for debt net of tax.
    insurable[hit] = np.maximum(insurable[hit] - paid, 0.0)
    within[hit] = np.minimum(within[hit], insurable[hit])
    given = np.flatnonzero(lost > 0)
    insurable[given] = np.maximum(insurable[given] - lost[given], 0.0)
    lost[given] = np.maximum(within[given] - insurable[given], 0.0)
    within[given] -= lost[given]
    whole_again = (reason[given] == CODE["covered_in_part"]) & (insurable[given] - within[given] < CENT)
    reason[given[whole_again]] = CODE["covered"]
    settled = whole.insured[hit] > 0
    kept[hit] = np.where(
        settled, np.maximum(insurable[hit] - np.minimum(above, insurable[hit]) - within[hit], 0.0), 0.0
    )
    reason[hit[settled & (within[hit] <= 0)]] = CODE["claim_paid"]
    return whole._replace(insurable=insurable, insured=within, reason=reason, kept=kept, lost=lost)


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
    return np.bincount(known[known >= 0], amount.to_numpy()[known >= 0], minlength=len(owed)).astype("float64")
