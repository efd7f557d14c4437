"""Sentences on credit insurance: whether a policy is worth its cost, how offers compare, and which terms do nothing."""

from collections.abc import Sequence

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.policies.alternatives import Frontier
from tradecredit.insurance.policy import Policy
from tradecredit.params.policy import NO_COVER
from tradecredit.words.formats import listed, money, percent

IDLE = {
    "no indemnity": "no simulated year brings an indemnity: see limits, percentage and retentions",
    "never reached": "no simulated year reaches it",
    "never exhausted": "no simulated year exhausts it",
    "rate premium higher": "the premium by the rate is higher",
    "above all debt": "no insured debt exceeds it: nothing is ever paid",
    "within deductible": "the deductible takes as much off each loss",
    "all named": "the insurer has decided on every buyer that owes something",
    "limits below": "all discretionary limits together are below it",
    "deductible retains": "the deductible retains as much of each loss",
}
"""Why a term is not binding (`alternatives.never_binding`)."""


def with_reasons(never_binding: pd.DataFrame) -> pd.DataFrame:
    """Return the terms that are not binding with `why` in words."""
    return never_binding.assign(why=never_binding["why"].map(IDLE))


def losses_alone(comparison: pd.DataFrame, currency: str) -> str:
    """Return whether the losses and the capital that the best offer takes away pay for it; a part of the account.

    A saving of less than two of its standard errors, or one whose error is not known for want of scenarios, is said to
    be too small to tell.
    """
    offers = comparison.drop(index=NO_COVER)
    if offers.empty:
        return "The run file names no policy: there is nothing to compare, and all losses are retained."
    best = offers["cost_of_risk"].idxmin()
    row = offers.loc[best]
    total, difference = money(row["cost_of_risk"], currency), money(abs(row["saving"]), currency)
    if not abs(row["saving"]) >= 2 * row["saving_se"]:
        told = (
            f"Whether {best} is paid for by the losses that it takes away cannot be decided from these scenarios: the "
            f"yearly cost of risk is {total}, and the difference from no insurance, {difference}, is within simulation "
            "error."
        )
    else:
        pays = "pay" if row["saving"] > 0 else "do not pay"
        told = (
            f"On today's balances, the losses and the capital that {best} takes away {pays} for it by themselves: the "
            f"yearly cost of risk is {total}, {difference} {'less' if row['saving'] > 0 else 'more'} than without "
            "insurance."
        )
    return (
        f"{told} It costs {money(row['cost'], currency)}; these alone would pay for "
        f"{money(max(row['break_even_cost'], 0.0), currency)}."
    )


def beside_current(comparison: pd.DataFrame, current: str, currency: str) -> str:
    """Return what the policy in force takes away, and which offer has the lower cost of risk and by how much.

    `current`: `terms.in_force`. A difference of less than two of its standard errors is said to be too small to tell.
    """
    others = comparison.drop(index=[NO_COVER, current], errors="ignore")
    if current == NO_COVER:
        return "No policy is in force."
    row = comparison.loc[current]
    worth = (
        f"The policy in force, {current}, costs {money(row['cost'], currency)}; break-even cost: "
        f"{money(max(row['break_even_cost'], 0.0), currency)}, a premium of "
        f"{money(max(row['break_even_premium'], 0.0), currency)}."
    )
    if others.empty:
        return worth
    best = others["saving_on_current"].idxmax()
    saved, error = others.loc[best, ["saving_on_current", "saving_on_current_se"]]
    if not abs(saved) >= 2 * error:
        return f"{worth} The difference between it and {best} is within simulation error."
    return (
        f"{worth} On today's balances alone, {best} is the best of the others: the yearly cost of risk with it is "
        f"{money(abs(saved), currency)} {'less' if saved > 0 else 'more'} (standard error {money(error)})."
    )


def pricing(frontier: Frontier) -> list[str]:
    """Return how offers that nobody has made were priced; nothing where there are none."""
    if frontier.offers.empty:
        return []
    ratio = percent(frontier.loss_ratio)
    by = f"the market's loss ratio in 2024, {ratio} of the premium"
    if frontier.loss_ratio_of:
        by = f"the simulated loss ratio of {frontier.loss_ratio_of}, {ratio}"
    return [
        f"Varied terms have no quoted price: their premium is the expected indemnity divided by {by}. An insurer may "
        "charge more for rare, large years."
    ]


def unknown_buyers(book: Book, policies: Sequence[Policy]) -> list[str]:
    """Return which policies name buyers that the book does not know on its day; none: nothing to say."""
    known = book.buyers["buyer_id"]
    unknown = {policy.name: policy.unknown_buyers(known) for policy in policies}
    return [
        f"{name} names {listed(ids)}, not among the buyers of the book: nothing is insured there."
        for name, ids in unknown.items()
        if ids
    ]
