"""Which cover is worth its premium: the run's policies on the same simulated losses, and what each costs in all."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.decide.policies.terms import in_force
from tradecredit.default.scenario_risk import scenarios_of
from tradecredit.insurance.in_force import own_policy
from tradecredit.insurance.limit_history import named_limits
from tradecredit.insurance.policy import Policy
from tradecredit.losses.cost_of_risk import CAPITAL_LEVEL, adjustment, programme_costs, risk_cost, risk_influence
from tradecredit.losses.distribution import LossDistribution
from tradecredit.losses.simulation import assess, stressed
from tradecredit.numerics.risk_measures import (
    Sample,
    expected,
    expected_influence,
    expected_shortfall,
    shortfall_influence,
    standard_error,
    told_apart,
)
from tradecredit.params.policy import NO_COVER
from tradecredit.params.stress import BASE

OF_OFFERS = (
    "premium", "fees", "tax", "expected_indemnity", "saved_se", "expected_adjustment", "maximum_binds",
    "first_loss_used", "first_loss_exhausted",
)  # fmt: skip
"""Columns of the comparison that only policies have."""

TAIL_LEVEL = 0.99
"""Level at which sentences say what is kept of a bad year."""


def comparison(book: Book, dist: LossDistribution) -> pd.DataFrame:
    """Return what each policy costs and takes away, on the same simulated losses; the first row is no cover at all.

    Index `policy`. Amounts of a year in the reporting currency; a top-up's are those of the programme, itself and its
    primary:

    - `cost`: premium, fees for the named limits in force, tax, and the expected bonus or malus with its tax
      (`expected_adjustment`, below zero for a bonus); `premium` alone;
    - `expected_indemnity` with its standard error, `saved_se`; `retained_expected` with `_se`;
    - `retained_es_99`, `retained_es`: expected shortfall of the retained loss at 99 % and 99.9 %, with `_se`;
    - `cost_of_risk` = cost + retained_expected + cost of capital × (retained_es − retained_expected), `saving` = that
      of no cover less its own, with `saving_se`; `saving_on_current` and its `_se`: beside the policy in force;
    - `break_even_cost`: the cost at which the cost of risk would equal that of no cover, all terms as they are (a
      maximum that is a multiple of the premium included), and `break_even_premium`, the premium of that cost (its error
      is that of the saving, less the tax);
    - `break_even_sales`: sales whose margin (`margin` of the run) would pay for the cost; missing where none is stated;
    - `loss_ratio` = expected_indemnity / premium; `maximum_binds`: probability that the maximum is reached (0 without
      one); `first_loss_used`: expected share of the aggregate first loss that is used, and `first_loss_exhausted`, the
      probability that all of it is.

    Missing: what does not apply, the loss ratio without a premium, and the errors of expected shortfall and saving
    where fewer than 10 scenarios lie beyond the level. Raises `ParameterError` for a premium rate without a turnover.
    """
    sample, price = dist.sample, book.run.cost_of_capital
    rows = {NO_COVER: _risk(dist.losses["gross"].to_numpy(), sample, price) | {"cost": 0.0, "premium": 0.0}}
    influence = {NO_COVER: risk_influence(dist.losses["gross"].to_numpy(), sample, price)}
    costs = programme_costs(dist.policies, dist.portfolio, named_limits(book))
    for policy in dist.policies:
        paid = dist.losses[[f"indemnity:{name}" for name in policy.programme]].sum(axis="columns").to_numpy()
        kept = dist.losses[f"retained:{policy.name}"].to_numpy()
        adjusted = adjustment(policy, dist.policies, dist.losses)
        rows[policy.name] = (
            _risk(kept, sample, price)
            | costs.loc[policy.name].to_dict()
            | _use(dist, policy)
            | dict(zip(("expected_indemnity", "saved_se"), expected(paid, sample), strict=True))
            | {"expected_adjustment": expected(adjusted, sample)[0]}
        )
        influence[policy.name] = risk_influence(kept, sample, price) + expected_influence(adjusted, sample)
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("policy")
    table = table.assign(**{name: table.get(name, np.nan) for name in OF_OFFERS}).astype("float64")
    table = table.fillna({"expected_indemnity": 0.0, "saved_se": 0.0})
    table = table.assign(cost=table["cost"] + table["expected_adjustment"].fillna(0.0))
    table = table.assign(cost_of_risk=table["cost"] + table["risk"])
    return _compared(table, influence, sample, in_force(book, dist), book.run.margin).drop(columns="risk")


def tail_beside(
    dist: LossDistribution, policy: str, other: str, level: float = TAIL_LEVEL
) -> tuple[float, float, float]:
    """Return the expected shortfall retained under a policy, how much more that is than under another, and the
    standard error of the difference (missing where fewer than 10 scenarios lie beyond the level).

    Either may be `NO_COVER`. Both are of the same simulated losses, on today's balances.
    """
    views = ("gross" if name == NO_COVER else f"retained:{name}" for name in (policy, other))
    kept, others = (dist.losses[view].to_numpy() for view in views)
    (mean, known), (beside, _) = (expected_shortfall(losses, dist.sample, level) for losses in (kept, others))
    influence = [shortfall_influence(losses, dist.sample, level) for losses in (kept, others)]
    error = standard_error(influence[0] - influence[1], dist.sample) if np.isfinite(known) else np.nan
    return mean, mean - beside, error


def dominating(comparison: pd.DataFrame, dist: LossDistribution, policy: str) -> pd.DataFrame:
    """Return the other offers that dominate a policy on today's balances: index `policy`, the lowest `cost_of_risk`
    first.

    `comparison`: of the same losses. Columns: `cheaper`, how much less the other costs in a year, and `leaves_less`,
    how much less of the losses it leaves in the worst years (expected shortfall at `CAPITAL_LEVEL`), each with its
    standard error on the same scenarios, `_se`; the cost is simulated as far as a bonus or malus is. Neither is below
    zero and one is above it, beyond its error (`told_apart`).
    """
    rows = {}
    for other in comparison.index.drop([NO_COVER, policy]):
        _, less, less_se = tail_beside(dist, policy, other, CAPITAL_LEVEL)
        cheaper = comparison.loc[policy, "cost"] - comparison.loc[other, "cost"]
        rows[other] = (cheaper, _adjustment_error(dist, policy, other), less, less_se)
    columns = ["cheaper", "cheaper_se", "leaves_less", "leaves_less_se"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype="float64").rename_axis("policy")
    known = [
        told_apart(row.cheaper, row.cheaper_se) and told_apart(row.leaves_less, row.leaves_less_se)
        for row in table.itertuples()
    ]
    gains = table[["cheaper", "leaves_less"]]
    better = (gains >= 0).all(axis="columns") & (gains > 0).any(axis="columns") & np.array(known, dtype=bool)
    return table.loc[comparison["cost_of_risk"].loc[table.index[better]].sort_values().index]


def _adjustment_error(dist: LossDistribution, policy: str, other: str) -> float:
    """Return the standard error of the difference of two policies' expected bonus or malus."""
    adjusted = [
        adjustment(one, dist.policies, dist.losses)
        for name in (policy, other)
        for one in dist.policies
        if one.name == name
    ]
    return standard_error(expected_influence(adjusted[0] - adjusted[1], dist.sample), dist.sample)


def retained(book: Book, dist: LossDistribution) -> str:
    """Return the view of the retained loss under the run's own policy; of all losses where it has none."""
    name = in_force(book, dist)
    return "gross" if name == NO_COVER else f"retained:{name}"


@remembered
def under_scenarios(book: Book, ratings: pd.DataFrame, policies: Sequence[Policy]) -> pd.DataFrame:
    """Return the year's losses as the book is and under each of the run's scenarios, on the same random numbers.

    As many years as the book as it is needs for the run's precision; under a scenario that makes losses more uneven the
    standard errors may be larger.

    Index `scenario` (`base` first), in the reporting currency: `expected_loss_simulated` and `es_99` of the loss before
    insurance, `retained_expected` and `retained_es_99` of the retained loss under the run's own policy, each with its
    standard error, `_se`.
    """
    base = assess(book, ratings, policies)
    own, view, rows = own_policy(book, base.policies), retained(book, base), []
    for scenario in (None, *scenarios_of(book)):
        dist = base if scenario is None else stressed(base, scenario, own.programme if own else ())
        row: dict[str, object] = {"scenario": BASE if scenario is None else scenario.name}
        of_gross, of_retained = ("expected_loss_simulated", "es_99"), ("retained_expected", "retained_es_99")
        for of, (mean, tail) in (("gross", of_gross), (view, of_retained)):
            losses = dist.losses[of].to_numpy()
            row[mean], row[f"{mean}_se"] = expected(losses, dist.sample)
            row[tail], row[f"{tail}_se"] = expected_shortfall(losses, dist.sample, 0.99)
        rows.append(row)
    return pd.DataFrame(rows).set_index("scenario")


def by_month(book: Book, dist: LossDistribution) -> pd.DataFrame:
    """Return `LossDistribution.by_month` of the policy in force, its `loss` as `gross`; empty where none is."""
    name = in_force(book, dist)
    if name == NO_COVER:
        empty = {"gross": pd.Series(dtype="float64"), "indemnity": pd.Series(dtype="float64")}
        return pd.DataFrame(empty).rename_axis("month")
    return dist.by_month(name).rename(columns={"loss": "gross"})


def retained_curves(dist: LossDistribution) -> dict[str, pd.DataFrame]:
    """Return the exceedance curve of the retained loss: without cover, then under each policy."""
    views = {NO_COVER: "gross", **{policy.name: f"retained:{policy.name}" for policy in dist.policies}}
    return {name: dist.exceedance(view) for name, view in views.items()}


def _compared(
    table: pd.DataFrame, influence: Mapping[str, np.ndarray], sample: Sample, current: str, margin: float | None
) -> pd.DataFrame:
    """Return the comparison with savings, break-evens and what they would be earned by."""

    def error(policy: str, other: str) -> float:
        if policy == other or table["retained_es_se"].isna().any():
            return np.nan
        return standard_error(influence[policy] - influence[other], sample)

    offers = table.index != NO_COVER
    saving = (table.loc[NO_COVER, "cost_of_risk"] - table["cost_of_risk"]).where(offers)
    premium = table["premium"].where(offers)
    tax = (table["tax"] / premium.where(premium > 0)).fillna(0.0)
    return table.assign(
        saving=saving,
        saving_se=[error(policy, NO_COVER) for policy in table.index],
        saving_on_current=table.loc[current, "cost_of_risk"] - table["cost_of_risk"],
        saving_on_current_se=[error(policy, current) for policy in table.index],
        break_even_cost=table["cost"] + saving,
        break_even_premium=premium + saving / (1 + tax),
        loss_ratio=table["expected_indemnity"] / premium.where(premium > 0),
        break_even_sales=(table["cost"] / margin if margin else table["cost"] * np.nan).where(offers),
    )


def _use(dist: LossDistribution, policy: Policy) -> dict[str, float]:
    """Return how far a policy's own maximum and first loss are used; missing for a first loss that there is not."""
    maximum, first_loss = policy.year_maximum(), policy.aggregate_first_loss
    reached = dist.losses[f"indemnity:{policy.name}"] >= maximum * (1 - 1e-9)
    use = {"maximum_binds": dist.probability_of(reached)[0] if np.isfinite(maximum) else 0.0}
    if first_loss:
        used = dist.first_loss[policy.name].to_numpy()
        use["first_loss_used"] = expected(used, dist.sample)[0] / first_loss
        use["first_loss_exhausted"] = dist.probability_of(used >= first_loss * (1 - 1e-9))[0]
    return use


def _risk(losses: np.ndarray, sample: Sample, cost_of_capital: float) -> dict[str, float]:
    mean, mean_se = expected(losses, sample)
    shortfall, shortfall_se = expected_shortfall(losses, sample, CAPITAL_LEVEL)
    milder, milder_se = expected_shortfall(losses, sample, 0.99)
    return {
        "retained_expected": mean,
        "retained_expected_se": mean_se,
        "retained_es_99": milder,
        "retained_es_99_se": milder_se,
        "retained_es": shortfall,
        "retained_es_se": shortfall_se,
        "risk": risk_cost(mean, shortfall, cost_of_capital),
    }
