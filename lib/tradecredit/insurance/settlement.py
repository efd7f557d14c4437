"""What a policy pays for losses, loss by loss and year by year (definitions §5, steps 3 to 7 and 9), compiled.

`Policy.indemnify` and the simulation engine both calculate here, so that a loss has one indemnity, whoever asks.
"""

from typing import NamedTuple

import numpy as np

from tradecredit.book.checks import CENT
from tradecredit.numerics.kernels import kernel

TERMS = np.dtype(
    [
        ("insured_percentage", "f8"),
        ("threshold", "f8"),
        ("threshold_is_deductible", "?"),
        ("each_loss_deductible", "f8"),
        ("percentage_first", "?"),
        ("minimum_retention", "f8"),
        ("aggregate_first_loss", "f8"),
        ("erosion_before_percentage", "?"),
        ("discretionary_maximum", "f8"),
        ("maximum", "f8"),
        ("settled_on_debt", "?"),
        ("recovery_sharing", "i8"),
    ]
)
"""The terms of a policy as numbers: an amount that is not in the policy is 0, or infinite where it is a maximum."""

PRO_RATA, PRO_RATA_LIMIT, INSURER_FIRST = range(3)
"""Values of `recovery_sharing`."""


class Losses(NamedTuple):
    """Losses as arrays of equal length, in order of day within each scenario; a loss is all that one buyer owes.

    `recovery` is what the debtor, its estate or securities bring in, in money and in the end. `above` is the part of
    the debt that another policy is for (a top-up's primary limit, else 0); `limit` is the one that applies (named or
    discretionary) to what lies above it, and `discretionary` tells which. Rows of a scenario stand together.
    """

    scenario: np.ndarray
    debt: np.ndarray
    recovery: np.ndarray
    above: np.ndarray
    limit: np.ndarray
    discretionary: np.ndarray


class YearlyLosses(NamedTuple):
    """Losses as arrays, in order of day within each scenario (a number from 0), by the buyer's position.

    `draw`: the place of the value that is drawn for each in `Part.kept`.
    """

    scenario: np.ndarray
    buyer: np.ndarray
    debt: np.ndarray
    recovery: np.ndarray
    draw: np.ndarray


class Part(NamedTuple):
    """The share of debt and recovery that a policy's insured debt counts, as arrays by the buyer's position.

    `share`; of a buyer that is not `stopped` times the value of `kept` that is drawn.
    """

    share: np.ndarray
    stopped: np.ndarray
    kept: np.ndarray


class Settlement(NamedTuple):
    """What becomes of each loss, as arrays: definitions §5, steps 3, 4, 5, 9 (the insurer's recovery), and 6 with 7.

    `first_loss` is what the loss used of the year's aggregate first loss.
    """

    insured_debt: np.ndarray
    covered: np.ndarray
    claim: np.ndarray
    recovered: np.ndarray
    first_loss: np.ndarray
    indemnity: np.ndarray


def settled(losses: Losses, terms: np.void) -> Settlement:
    """Return what becomes of losses that stand in order of day within each scenario; `terms`: a record of `TERMS`.

    On the basis `debt`, steps 6 and 7 apply to claims net of the insurer's recoveries, since a recovery reinstates
    first loss and maximum. A first loss `before_percentage` is eroded by the covered debt net of the recovery that
    falls on it; the share of a loss that the first loss leaves over then goes through step 5, and the insurer
    keeps bearing the same part of that claim (claim less recovery, over claim) as it would without a first loss.
    """
    steps = np.empty((len(Settlement._fields), len(losses.debt)))
    _settle(*losses, terms, steps)
    return Settlement(*steps)


def settled_by_loss(rows: Losses, loss: np.ndarray, terms: np.void) -> Settlement:
    """Return `settled` of losses whose rows may be parts of one: `loss` is the number of each row's.

    Parts of a loss are settled together. Each has of the insured debt what the parts before it have left of the limit,
    and of all else the share that its insured debt is of the loss's.
    """
    _, first, of = np.unique(loss, return_index=True, return_inverse=True)
    if len(first) == len(loss):
        return settled(rows, terms)
    # Losses in the order of their first rows, which is that of their days.
    rank = np.argsort(np.argsort(first))
    of, first = rank[of], np.sort(first)
    debt, recovery = (np.bincount(of, amounts) for amounts in (rows.debt, rows.recovery))
    firsts = Losses(*(values[first] for values in rows))
    whole = settled(firsts._replace(debt=debt, recovery=recovery), terms)
    counted = rows.debt if terms["settled_on_debt"] else rows.debt - rows.recovery
    order = np.argsort(of, kind="stable")
    so_far = np.cumsum(counted[order])
    so_far -= (so_far - counted[order])[np.searchsorted(of[order], np.arange(len(first)))][of[order]]
    within = [
        np.minimum(np.maximum(sums - rows.above[order], 0.0), rows.limit[order])
        for sums in (so_far, so_far - counted[order])
    ]
    insured = np.empty(len(of))
    insured[order] = within[0] - within[1]
    share = insured / np.where(whole.insured_debt > 0, whole.insured_debt, 1.0)[of]
    return Settlement(insured, *(amounts[of] * share for amounts in whole[1:]))


@kernel
def one_loss(debt, recovery, above, limit, terms):
    """Return (insured debt, covered debt, claim, insurer's recovery, claim net of it) of one loss: steps 3–5 and 9."""
    insured = min(max((debt if terms.settled_on_debt else debt - recovery) - above, 0.0), limit)
    covered = 0.0
    # Amounts are in cents: a sum that passes the threshold by less is at it.
    if insured > terms.threshold + (CENT if terms.threshold > 0.0 else 0.0):
        covered = insured - terms.threshold if terms.threshold_is_deductible else insured
    claim = claim_for(covered, insured, terms)
    recovered = insurer_recovery(claim, debt, recovery, insured, terms)
    # Never above the loss as it is; the minimum keeps rounding from making it so.
    return insured, covered, claim, recovered, min(claim - recovered, debt - recovery)


@kernel
def claim_for(covered, insured, terms):
    """Return the claim on a covered debt: percentage p, deductible e and minimum retention m (step 5).

    `deductible_first` p·max(x − e, 0), `percentage_first` max(p·x − e, 0); at most the insured debt − m, whatever
    else the insured keeps of that debt (a threshold's deductible, a first loss) counts towards m.
    """
    if terms.percentage_first:
        claim = max(terms.insured_percentage * covered - terms.each_loss_deductible, 0.0)
    else:
        claim = terms.insured_percentage * max(covered - terms.each_loss_deductible, 0.0)
    return min(claim, max(insured - terms.minimum_retention, 0.0))


@kernel
def insurer_recovery(interest, debt, recovery, insured, terms):
    """Return the insurer's part of the recovery on a debt of which it bears `interest` (step 9).

    `pro_rata` recovery × interest / debt; `pro_rata_limit` recovery × insured debt / debt; `insurer_first` all of it;
    never more than the interest. None on the basis `net`, whose claim has taken the recovery off already.
    """
    if not terms.settled_on_debt or debt <= 0.0:
        return 0.0
    if terms.recovery_sharing == PRO_RATA:
        return min(interest, recovery * interest / debt)
    if terms.recovery_sharing == PRO_RATA_LIMIT:
        return min(interest, recovery * insured / debt)
    return min(interest, recovery)


@kernel
def after_first_loss(loss, debt, recovery, left, terms):
    """Return what the aggregate first loss leaves of a loss, and what is then left of the first loss (step 6).

    `loss` is what `one_loss` returns, `left` the first loss that earlier losses of the year have not used.
    """
    insured, covered, claim, _, indemnity = loss
    if not terms.erosion_before_percentage:
        used = min(indemnity, left)
        return indemnity - used, left - used
    eroding = covered - insurer_recovery(covered, debt, recovery, insured, terms)
    used = min(eroding, left)
    if eroding <= 0.0 or claim <= 0.0:
        return 0.0, left - used
    remaining = claim_for((eroding - used) / eroding * covered, insured, terms)
    return min(remaining * indemnity / claim, indemnity), left - used


@kernel
def year_start(terms):
    """Return what a year begins with: first loss, discretionary maximum and maximum, all unused."""
    return terms.aggregate_first_loss, terms.discretionary_maximum, terms.maximum


@kernel
def paid_in_year(loss, debt, recovery, discretionary, year, terms):
    """Return what is paid for the year's next loss, and what it leaves of the year's first loss and maxima (6, 7)."""
    first_loss, discretionary_maximum, maximum = year
    indemnity, first_loss = after_first_loss(loss, debt, recovery, first_loss, terms)
    if discretionary:
        indemnity = min(indemnity, discretionary_maximum)
    indemnity = min(indemnity, maximum)
    if discretionary:
        discretionary_maximum -= indemnity
    return indemnity, (first_loss, discretionary_maximum, maximum - indemnity)


@kernel
def _settle(scenario, debt, recovery, above, limit, discretionary, terms, steps):
    year = year_start(terms)
    for row in range(len(debt)):
        if row and scenario[row] != scenario[row - 1]:
            year = year_start(terms)
        loss = one_loss(debt[row], recovery[row], above[row], limit[row], terms)
        before = year[0]
        indemnity, year = paid_in_year(loss, debt[row], recovery[row], discretionary[row], year, terms)
        steps[0, row], steps[1, row], steps[2, row], steps[3, row], _ = loss
        steps[4, row] = before - year[0]
        steps[5, row] = indemnity


@kernel
def paid_by_year(losses, part, attachment, terms, scenarios):
    """Return what a policy pays in each scenario, and what is used of its first loss; losses: `YearlyLosses`.

    `part`: `Part`; `attachment`: limit, the part above which it applies, and whether it is discretionary, by buyer. The
    sums of what `settled` says of each loss, without its table; the first loss in two rows, of losses under named
    limits and under discretionary ones.
    """
    limit, above, discretionary = attachment
    paid, used = np.zeros(scenarios), np.zeros((2, scenarios))
    year = year_start(terms)
    for row in range(len(losses.debt)):
        scenario, buyer = losses.scenario[row], losses.buyer[row]
        if row and scenario != losses.scenario[row - 1]:
            year = year_start(terms)
        share = part.share[buyer] if part.stopped[buyer] else part.share[buyer] * part.kept[losses.draw[row]]
        debt, recovery = losses.debt[row] * share, losses.recovery[row] * share
        loss = one_loss(debt, recovery, above[buyer], limit[buyer], terms)
        before = year[0]
        indemnity, year = paid_in_year(loss, debt, recovery, discretionary[buyer], year, terms)
        paid[scenario] += indemnity
        used[int(discretionary[buyer]), scenario] += before - year[0]
    return paid, used


@kernel
def paid_by_loss(losses, part, attachment, terms):
    """Return what a policy pays for each loss, and its part of what that brings in (2 × losses).

    Arguments as of `paid_by_year`; two columns of what `settled` says of each loss.
    """
    limit, above, discretionary = attachment
    paid = np.empty((2, len(losses.debt)))
    year = year_start(terms)
    for row in range(len(losses.debt)):
        buyer = losses.buyer[row]
        if row and losses.scenario[row] != losses.scenario[row - 1]:
            year = year_start(terms)
        share = part.share[buyer] if part.stopped[buyer] else part.share[buyer] * part.kept[losses.draw[row]]
        debt, recovery = losses.debt[row] * share, losses.recovery[row] * share
        loss = one_loss(debt, recovery, above[buyer], limit[buyer], terms)
        paid[0, row], year = paid_in_year(loss, debt, recovery, discretionary[buyer], year, terms)
        paid[1, row] = loss[3]
    return paid
