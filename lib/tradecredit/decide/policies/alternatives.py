"""Other terms than those on offer: what they would cost and leave, which convention matters, and which never bind."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, product
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.decide.policies.quotes import comparison
from tradecredit.decide.policies.terms import SHAPES
from tradecredit.insurance.policy import Policy
from tradecredit.losses.cost_of_risk import CAPITAL_LEVEL
from tradecredit.losses.distribution import LossDistribution, expected_loss
from tradecredit.losses.insured_part import insured_parts, parts_of
from tradecredit.losses.portfolio import portfolio
from tradecredit.losses.precision import AsNeeded, of_tail
from tradecredit.losses.simulation import simulate
from tradecredit.numerics.risk_measures import Tail, expected, expected_influence, standard_deviation, standard_error

MOST_SCENARIOS = 20_000
"""Scenarios that other terms are compared on, at most: their differences are of the same losses."""

USUAL_LOSS_RATIO = 0.377
"""Claims / premium of the market in 2024 (definitions §5.12): prices the frontier where no offer says how."""

PERCENTAGES = (0.80, 0.90, 0.95)

OTHER_CONVENTION = {
    "threshold_kind": {"franchise": "deductible", "deductible": "franchise"},
    "deductible_order": {"deductible_first": "percentage_first", "percentage_first": "deductible_first"},
    "aggregate_erosion": {"after_percentage": "before_percentage", "before_percentage": "after_percentage"},
    "loss_basis": {"net": "debt", "debt": "net"},
}
"""Terms that insurers read in two ways, each with the other reading."""

ROUNDING = 1e-9
"""Indemnities of a year that differ by a smaller part are equal."""


class Frontier(NamedTuple):
    """`offers`: see `frontier`; `charge`, by which offers that nobody has made were priced, and `charges`, those of the
    policies (empty: priced by the market's loss ratio); `years`, how many were simulated for them; `varied`, the name
    of the policy whose terms were varied (empty: none)."""

    offers: pd.DataFrame
    charge: float
    charges: pd.Series
    years: int = 0
    varied: str = ""


@remembered
def frontier(book: Book, ratings: pd.DataFrame, policies: Sequence[Policy]) -> Frontier:
    """Return what other terms would cost and leave: the first policy's, varied, beside the policies themselves.

    Varied are the insured percentage (80, 90, 95 %), each-loss deductible and first loss (none, as it is, four times
    as much) and the maximum (a quarter, as it is, none); an amount that the policy does not have comes from
    the book: for the deductible the mean exposure / 10, for the first loss half the expected loss, for the
    maximum ten times that. A varied offer's premium is its expected indemnity + a charge × the standard deviation of
    its yearly indemnity (both simulated). The charge is what the policies ask: the median of (premium, with bonus and
    malus − expected indemnity) / standard deviation, and at least 0; where none has a premium and an indemnity, the
    premium is the expected indemnity / 37.7 %. Fees and tax as in the first policy. As many years are simulated as the
    retained shortfall of each offer needs for the run's precision, and `MOST_SCENARIOS` at most.

    `offers`: index `offer`; the four terms, `cost`, `frontier_retained_es` (99.9 %) and `frontier_cost_of_risk`, which
    differ from those of `quotes.comparison` by the errors of a simulation of fewer years, `quote` (on offer) and
    `efficient` (no other has both a lower cost and a lower retained shortfall). Empty without policies.
    """
    insured = [policy for policy in policies if policy.kind in ("whole_turnover", "excess_of_loss")]
    if not insured:
        amounts = [*_terms(Policy()), "cost", "frontier_retained_es", "frontier_cost_of_risk"]
        nothing = pd.DataFrame({name: pd.Series(dtype="float64") for name in amounts}).rename_axis("offer")
        nothing = nothing.assign(quote=False, efficient=False).astype({"quote": bool, "efficient": bool})
        return Frontier(nothing, np.nan, pd.Series(dtype="float64"))
    book_at_risk, base = portfolio(book, ratings), insured[0]
    varied = _varied(base, book_at_risk, _names_beside(insured, "varied"))

    def missing(dist: LossDistribution) -> float:
        kept = [dist.losses[f"retained:{policy.name}"].to_numpy() for policy in dist.policies]
        views, precision = (
            [Tail.of(losses, dist.sample, CAPITAL_LEVEL) for losses in kept],
            book.run.simulation.precision,
        )
        return of_tail(views, levels=[CAPITAL_LEVEL], precision=precision, measures=["ES"])

    dist = _same_losses(book, book_at_risk, [*insured, *varied], missing)
    table = comparison(book, dist)
    names = [policy.name for policy in varied]
    charges = _charges(insured, dist, table)
    charge = max(float(charges.median()), 0.0) if len(charges) else np.nan
    premium = table.loc[names, "expected_indemnity"] / USUAL_LOSS_RATIO
    if len(charges):
        premium = table.loc[names, "expected_indemnity"] + charge * _spread(dist, names)
    premium *= 1 + (base.premium_tax_rate or 0.0)
    fees = table.loc[base.name, "fees"]
    risk = table["cost_of_risk"] - table["cost"]
    table.loc[names, "cost"] = premium + fees
    terms = pd.DataFrame({policy.name: _terms(policy) for policy in (*insured, *varied)}).T
    offers = terms.join(table["cost"]).assign(
        frontier_retained_es=table["retained_es"], frontier_cost_of_risk=table["cost"] + risk
    )
    offers = offers.assign(quote=~offers.index.isin(names), efficient=_efficient(offers)).rename_axis("offer")
    return Frontier(offers.sort_values("cost", kind="stable"), charge, charges, len(dist.losses), base.name)


def _charges(policies: Sequence[Policy], dist: LossDistribution, table: pd.DataFrame) -> pd.Series:
    """Return what each policy asks above its expected indemnity, in standard deviations of its yearly indemnity.

    Source: the standard deviation principle, Bühlmann 1970, Mathematical Methods in Risk Theory.
    """
    names = [policy.name for policy in policies]
    tax = np.array([1 + (policy.premium_tax_rate or 0.0) for policy in policies])
    adjusted = table.loc[names, "expected_adjustment"].fillna(0.0) / tax
    premium, spread = table.loc[names, "premium"] + adjusted, _spread(dist, names)
    counted = (premium > 0) & (spread > 0)
    return ((premium - table.loc[names, "expected_indemnity"]) / spread)[counted]


def _spread(dist: LossDistribution, names: Sequence[str]) -> pd.Series:
    """Return the standard deviation of the yearly indemnity of policies."""
    paid = [dist.losses[f"indemnity:{name}"].to_numpy() for name in names]
    return pd.Series([standard_deviation(of, dist.sample)[0] for of in paid], index=names, dtype="float64")


def conventions(book: Book, ratings: pd.DataFrame, policies: Sequence[Policy]) -> pd.DataFrame:
    """Return which of two readings each policy's wording takes, and what the other one would pay, on the same losses.

    A row for each policy and convention that shapes a term which it has: `policy`, `term`, `convention`, `other`,
    `stated_indemnity` and `other_indemnity`, expected as the policy states it and under the other reading alone,
    `difference` and its standard error, `difference_se`; `scenarios`, the simulated years. As many are simulated as
    make each of these errors at most the run's precision of the expected indemnity, and `MOST_SCENARIOS` at most.
    """
    names = _names_beside(policies, "other reading")
    others = [
        (policy, term, _with(policy, next(names), {term: values[getattr(policy, term)]}))
        for policy in policies
        if policy.kind != "top_up"
        for term, values in OTHER_CONVENTION.items()
        if term not in SHAPES or getattr(policy, SHAPES[term])
    ]
    own = {policy.name: policy for policy, _, _ in others}

    def missing(dist: LossDistribution) -> float:
        precision, factors = book.run.simulation.precision, [0.0]
        for policy, _, other in others:
            paid, change = _change(dist, policy, other)
            if paid.any():
                error = standard_error(expected_influence(change, dist.sample), dist.sample)
                factors.append(error / (precision * expected(paid, dist.sample)[0]))
        return max(factors)

    programme = [*own.values(), *(other for _, _, other in others)]
    dist = _same_losses(book, portfolio(book, ratings), programme, missing)
    rows = []
    for policy, term, other in others:
        paid, change = _change(dist, policy, other)
        rows.append(
            {
                "policy": policy.name,
                "term": term,
                "convention": getattr(policy, term),
                "other": getattr(other, term),
                "stated_indemnity": expected(paid, dist.sample)[0],
                "other_indemnity": expected(paid + change, dist.sample)[0],
                "difference": expected(change, dist.sample)[0],
                "difference_se": standard_error(expected_influence(change, dist.sample), dist.sample),
                "scenarios": len(dist.losses),
            }
        )
    columns = ["policy", "term", "convention", "other", "stated_indemnity", "other_indemnity", "difference"]
    return pd.DataFrame(rows, columns=[*columns, "difference_se", "scenarios"])


def never_binding(dist: LossDistribution, comparison: pd.DataFrame) -> pd.DataFrame:
    """Return the terms that change nothing in any simulated year, or cannot: `policy`, `term`, `value`, `why`.

    `why`: a code that `words.policies.with_reasons` puts into words.
    """
    rows = [
        {"policy": policy.name, "term": term, "value": getattr(policy, term), "why": why}
        for policy in dist.policies
        for term, why in _idle(policy, dist, comparison.loc[policy.name])
    ]
    return pd.DataFrame(rows, columns=["policy", "term", "value", "why"])


def _idle(policy: Policy, dist: LossDistribution, row: pd.Series) -> Iterator[tuple[str, str]]:
    paid = dist.losses[f"indemnity:{policy.name}"]
    if not (paid > 0).any():
        yield "kind", "no indemnity"
    part = next(part for part in dist.parts or parts_of(dist.policies) if part.policy.name == policy.name)
    debt = dist.portfolio["exposure"] * part.arrays(dist.portfolio).share
    largest = float(np.minimum(debt, policy.attachment(dist.portfolio).limit).max())
    maximum = "maximum_liability" if policy.maximum_liability is not None else "maximum_liability_multiple"
    if getattr(policy, maximum) is not None and not (paid >= policy.year_maximum() * (1 - 1e-9)).any():
        yield maximum, "never reached"
    if policy.aggregate_first_loss and not row["first_loss_exhausted"] > 0:
        yield "aggregate_first_loss", "never exhausted"
    if policy.minimum_premium is not None and row["premium"] > policy.minimum_premium:
        yield "minimum_premium", "rate premium higher"
    if policy.threshold and policy.threshold >= largest:
        yield "threshold", "above all debt"
    plain = policy.deductible_order == "deductible_first" and policy.aggregate_erosion == "after_percentage"
    within_deductible = policy.threshold and policy.threshold <= (policy.each_loss_deductible or 0.0)
    if plain and within_deductible and policy.threshold_kind == "franchise":
        yield "threshold", "within deductible"
    discretionary = dist.portfolio["insured_limit"].isna()
    if policy.discretionary_limit and not discretionary.any():
        yield "discretionary_limit", "all named"
    sub_limit = policy.discretionary_maximum_liability
    if sub_limit is not None:
        most = np.minimum(debt, policy.attachment(dist.portfolio).limit)[discretionary].sum()
        if most * policy.insured_percentage <= sub_limit:
            yield "discretionary_maximum_liability", "limits below"
    if policy.minimum_retention and policy.minimum_retention <= (policy.each_loss_deductible or 0.0):
        yield "minimum_retention", "deductible retains"


def _change(dist: LossDistribution, policy: Policy, other: Policy) -> tuple[np.ndarray, np.ndarray]:
    """Return what a policy pays in each scenario, and what more it would pay under another reading."""
    paid, paid_otherwise = (dist.losses[f"indemnity:{one.name}"].to_numpy() for one in (policy, other))
    change = paid_otherwise - paid
    # Two ways to the same indemnity differ by rounding, which is no difference between the readings.
    change[np.abs(change) <= ROUNDING * paid] = 0.0
    return paid, change


def _same_losses(
    book: Book, at_risk: pd.DataFrame, policies: list[Policy], missing: Callable[[LossDistribution], float]
) -> LossDistribution:
    """Return the losses under policies, from as many years as make `missing` 1 or less (see `AsNeeded`)."""
    run = book.run
    return simulate(
        at_risk, policies=insured_parts(book, policies), scenarios=AsNeeded(MOST_SCENARIOS, missing),
        seed=run.simulation.seed, dependence=run.losses.dependence, sampling=run.simulation,
    )  # fmt: skip


def _names_beside(policies: Iterable[Policy], word: str) -> Iterator[str]:
    """Return names for further policies, numbered, that none of the policies has."""
    taken = {policy.name for policy in policies}
    return (name for name in (f"{word} {number}" for number in count(1)) if name not in taken)


def _varied(base: Policy, at_risk: pd.DataFrame, names: Iterator[str]) -> list[Policy]:
    loss = float(expected_loss(at_risk).sum())
    deductible = base.each_loss_deductible or _two_digits(float(at_risk["exposure"].mean()) / 10)
    first_loss = base.aggregate_first_loss or _two_digits(loss / 2)
    maximum = base.year_maximum() if np.isfinite(base.year_maximum()) else 10 * loss
    sub_limit = base.discretionary_maximum_liability
    grid = product(PERCENTAGES, (0.0, deductible, 4 * deductible), (0.0, first_loss, 4 * first_loss),
                   (maximum / 4, maximum, None))  # fmt: skip
    return [
        _with(
            base,
            next(names),
            {
                "insured_percentage": percentage,
                "each_loss_deductible": each or None,
                "aggregate_first_loss": first or None,
                "maximum_liability": most,
                "maximum_liability_multiple": None,
                "discretionary_maximum_liability": sub_limit
                if sub_limit is None or most is None
                else min(sub_limit, most),
                "no_claims_bonus": None,
                "bonus_loss_ratio": 0.0,
                "malus": (),
                "kind": "whole_turnover",
            },
        )
        for percentage, each, first, most in grid
    ]


def _two_digits(amount: float) -> float:
    """Return an amount rounded to two digits, of whatever size: a policy's terms are round."""
    return float(f"{amount:.1e}") if amount > 0 else 0.0


def _with(policy: Policy, name: str, terms: dict[str, object]) -> Policy:
    return Policy(**policy.model_dump() | terms | {"name": name})


def _terms(policy: Policy) -> dict[str, float]:
    return {
        "insured_percentage": policy.insured_percentage,
        "each_loss_deductible": policy.each_loss_deductible or 0.0,
        "aggregate_first_loss": policy.aggregate_first_loss or 0.0,
        "maximum_liability": policy.year_maximum(),
    }


def _efficient(offers: pd.DataFrame) -> pd.Series:
    """Return which offers no other one beats in both cost and retained shortfall."""
    rising = offers.sort_values(["cost", "frontier_retained_es"], kind="stable")
    best_before = rising["frontier_retained_es"].cummin().shift(fill_value=np.inf)
    return (rising["frontier_retained_es"] < best_before).reindex(offers.index)
