"""The terms of a run's policies side by side."""

from collections.abc import Sequence

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.insurance.in_force import own_policy
from tradecredit.insurance.policy import Policy
from tradecredit.losses.distribution import LossDistribution
from tradecredit.params.policy import NO_COVER

SHAPES = {
    "threshold_kind": "threshold",
    "deductible_order": "each_loss_deductible",
    "aggregate_erosion": "aggregate_first_loss",
    "waiting_from": "waiting_days",
    "extension_from": "maximum_extension_days",
    "bonus_loss_ratio": "no_claims_bonus",
    "declaration_months": "declaration",
}
"""Terms that only say how another one works: without that one they say nothing."""


def in_force(book: Book, dist: LossDistribution) -> str:
    """Return the name of the run's own policy, or that of the row without cover where it has none."""
    own = own_policy(book, dist.policies)
    return own.name if own else NO_COVER


def terms(policies: Sequence[Policy]) -> pd.DataFrame:
    """Return the terms side by side: a row for each term that at least one policy has, a column for each policy.

    Lists, of buyers, limits and steps of a malus, are in words. Missing: a term that the policy does not have, or that
    only shapes one which it does not have (`SHAPES`; the sharing of recoveries where losses are settled net of them).
    """
    columns = {}
    for policy in policies:
        given = policy.model_dump(exclude={"name", "discretionary_shares", "discretionary_months"})
        idle = [term for term, shaped in SHAPES.items() if given[shaped] is None]
        idle += ["recovery_sharing"] if policy.loss_basis == "net" else []
        columns[policy.name] = given | _lists_in_words(policy) | dict.fromkeys(idle)
    table = pd.DataFrame(columns, dtype="object").rename_axis("term")
    return table[table.notna().any(axis="columns")]


def _lists_in_words(policy: Policy) -> dict[str, str | None]:
    limits = [f"{buyer}: {limit:,.0f}" for buyer, limit in (policy.limits or {}).items()]
    malus = [f"{step.premium_share:.0%} above {step.loss_ratio_above:g} × premium" for step in policy.malus]
    countries = policy.excluded_countries or []
    parts = {"buyers": policy.buyers or [], "limits": limits, "malus": malus, "excluded_countries": countries}
    return {term: "; ".join(words) or None for term, words in parts.items()}
