"""Which cover is worth its premium: the run's policies on the same simulated losses, and what each costs in all."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.errors import InputError, Problem
from tradecredit.measure.receivables import window_start
from tradecredit.model.at_risk import NOT_INSURABLE, cover
from tradecredit.model.insurance import Policy
from tradecredit.model.losses import LossDistribution, assess
from tradecredit.model.risk_measures import (
    Sample,
    expected,
    expected_influence,
    expected_shortfall,
    shortfall_influence,
    standard_error,
)
from tradecredit.model.scenarios import scenarios_of

NO_COVER = "no cover"
"""The row of `comparison` without any policy."""

CAPITAL_LEVEL = 0.999
"""Level of the expected shortfall that capital stands behind."""

SHAPES = {
    "threshold_kind": "threshold",
    "deductible_order": "each_loss_deductible",
    "aggregate_erosion": "aggregate_first_loss",
    "waiting_from": "waiting_days",
    "extension_from": "maximum_extension_days",
}
"""Terms that only say how another one works: without that one they say nothing."""


def policies(book: Book) -> list[Policy]:
    """Return the run's policy and its quotes, each with the turnover that its premium is charged on.

    A policy that states no `insured_turnover` is charged on the invoices of the last 12 months to insurable buyers.
    Raises `InputError` where such a policy meets a ledger of less than 12 months.
    """
    files = [*([book.run.policy] if book.run.policy else []), *book.run.quotes]
    read = [Policy.from_yaml(file) for file in files]
    turnover = insurable_turnover(book)
    unstated = [policy for policy in read if policy.insured_turnover is None and policy.premium_rate is not None]
    if unstated and np.isnan(turnover):
        raise InputError(
            Problem(
                file=f"policy {policy.name}",
                column="insured_turnover",
                allowed="is not stated, and the ledger is too short to tell a year's turnover",
                remedy="state insured_turnover in the policy",
            )
            for policy in unstated
        )
    return [policy.for_turnover(turnover) if policy in unstated else policy for policy in read]


def insured_percentage(book: Book) -> float:
    """Return the share of an insured loss that the run's own policy bears; 0 without a policy."""
    return Policy.from_yaml(book.run.policy).insured_percentage if book.run.policy else 0.0


def insurable_turnover(book: Book) -> float:
    """Return the amount invoiced in the last 12 months to buyers that can be insured; missing for a shorter ledger."""
    start = window_start(book.as_of, 12)
    if book.invoices["issued"].min().replace(day=1) > start + pd.Timedelta(days=1):
        return float("nan")
    barred = book.buyers.loc[book.buyers["kind"].isin(NOT_INSURABLE), "buyer_id"]
    counted = (book.invoices["issued"] > start) & ~book.invoices["buyer_id"].isin(barred)
    return float(book.invoices.loc[counted, "amount"].sum())


def comparison(book: Book, dist: LossDistribution) -> pd.DataFrame:
    """Return what each policy costs and takes away, on the same simulated losses; the first row is no cover at all.

    Index `policy`. Amounts of a year in the reporting currency:

    - `cost`: premium, fees for the named limits in force, and tax; `premium` alone;
    - `expected_indemnity`, `retained_expected` and `saved_se`, the standard error of the expected indemnity;
    - `retained_es`: expected shortfall of the retained loss at 99.9 %, `retained_es_se` its standard error;
    - `cost_of_risk` = cost + retained_expected + cost of capital × (retained_es − retained_expected);
    - `break_even_cost`: the cost at which the cost of risk would equal that of no cover, all terms as they are (a
      maximum that is a multiple of the premium included); `break_even_se`, its standard error and that of the saving;
    - `extra_sales`: sales whose margin (`margin` of the run) would pay for the cost; missing where none is stated;
    - `loss_ratio` = expected_indemnity / premium; `maximum_binds`: probability that the maximum is reached
      (0 without one).

    Missing: what does not apply to no cover, the loss ratio without a premium, and the errors of expected shortfall and
    break-even where fewer than 10 scenarios lie beyond the level. Raises `ParameterError` for a premium rate without a
    turnover.
    """
    limits = int((cover(book)["cover"] == "named limit").sum())
    price = book.run.cost_of_capital
    gross = dist.losses["gross"].to_numpy()
    sample = dist.sample
    bare = _risk(gross, sample, price)
    nothing = {"cost": 0.0, "premium": 0.0, "expected_indemnity": 0.0, "saved_se": 0.0}
    missing = dict.fromkeys(("break_even_se", "loss_ratio", "extra_sales", "maximum_binds"), np.nan)
    rows = [{"policy": NO_COVER, **nothing, **bare, **missing}]
    for policy in dist.policies:
        cost = policy.cost(limits=limits)
        paid, paid_se = expected(dist.losses[f"indemnity:{policy.name}"].to_numpy(), sample)
        kept = dist.losses[f"retained:{policy.name}"].to_numpy()
        retained = _risk(kept, sample, price)
        saved_se = standard_error(_risk_influence(gross, sample, price) - _risk_influence(kept, sample, price), sample)
        used = dist.losses[f"indemnity:{policy.name}"] >= policy.year_maximum() * (1 - 1e-9)
        rows.append(
            {
                "policy": policy.name,
                "cost": cost.total,
                "premium": cost.premium,
                "expected_indemnity": paid,
                "saved_se": paid_se,
                **retained,
                "break_even_se": saved_se if np.isfinite(retained["retained_es_se"]) else np.nan,
                "loss_ratio": paid / cost.premium if cost.premium else np.nan,
                "extra_sales": cost.total / book.run.margin if book.run.margin else np.nan,
                "maximum_binds": dist.probability_of(used)[0] if np.isfinite(policy.year_maximum()) else 0.0,
            }
        )
    table = pd.DataFrame(rows).set_index("policy")
    return table.assign(
        break_even_cost=(bare["risk"] - table["risk"]).where(table.index != NO_COVER),
        cost_of_risk=table["cost"] + table["risk"],
    ).drop(columns="risk")


def verdict(comparison: pd.DataFrame, currency: str) -> str:
    """Return in a sentence or two whether cover is worth its cost, which is the best, and at which cost it is not.

    A saving of less than two of its standard errors is said to be too small to tell.
    """
    bare = comparison.loc[NO_COVER, "cost_of_risk"]
    offers = comparison.drop(index=NO_COVER)
    if offers.empty:
        return "The run file names no policy: there is nothing to compare, and all losses stay with us."
    best = offers["cost_of_risk"].idxmin()
    row = offers.loc[best]
    saved = bare - row["cost_of_risk"]
    total, difference = f"{currency} {row['cost_of_risk']:,.0f} in all", f"{currency} {abs(saved):,.0f}"
    if abs(saved) < 2 * row["break_even_se"]:
        worth = (
            f"Whether cover is worth its cost cannot be told from these scenarios: the best offer, {best}, brings a "
            f"year of credit risk to {total}, and the difference from no cover, {difference}, is within the error of "
            "the simulation."
        )
    elif saved > 0:
        worth = (
            f"Cover is worth its cost: with {best} a year of credit risk costs {total}, {difference} less than without "
            "cover."
        )
    else:
        worth = (
            f"Cover is not worth its cost: the best offer, {best}, brings a year of credit risk to {total}, "
            f"{difference} more than without cover."
        )
    return (
        f"{worth} It costs {currency} {row['cost']:,.0f} and would be worth up to {currency} "
        f"{max(row['break_even_cost'], 0.0):,.0f}."
    )


def decisions(comparison: pd.DataFrame, currency: str) -> list[str]:
    """Return the verdict as something to decide on; nothing where the run names no policy."""
    return [verdict(comparison, currency)] if len(comparison) > 1 else []


def in_force(book: Book, dist: LossDistribution) -> str:
    """Return the name of the run's own policy, or that of the row without cover where it has none."""
    return dist.policies[0].name if book.run.policy else NO_COVER


def retained(book: Book, dist: LossDistribution) -> str:
    """Return the view of what stays with us under the run's own policy; of all losses where it has none."""
    name = in_force(book, dist)
    return "gross" if name == NO_COVER else f"retained:{name}"


def under_scenarios(book: Book, ratings: pd.DataFrame, policies: Sequence[Policy]) -> pd.DataFrame:
    """Return the year's losses as the book is and under each of the run's scenarios, on the same random numbers.

    Index `scenario` (`base` first), in the reporting currency: `expected` and `es_99` of the loss before insurance,
    `retained_expected` and `retained_es_99` of what stays with us under the run's own policy, and `es_99_se` and
    `retained_es_99_se`, their standard errors.
    """
    rows = []
    for scenario in (None, *scenarios_of(book)):
        dist = assess(book, ratings, policies, scenario)
        gross, kept = dist.losses["gross"].to_numpy(), dist.losses[retained(book, dist)].to_numpy()
        shortfall, shortfall_se = expected_shortfall(gross, dist.sample, 0.99)
        kept_shortfall, kept_se = expected_shortfall(kept, dist.sample, 0.99)
        rows.append(
            {
                "scenario": "base" if scenario is None else scenario.name,
                "expected": expected(gross, dist.sample)[0],
                "es_99": shortfall,
                "es_99_se": shortfall_se,
                "retained_expected": expected(kept, dist.sample)[0],
                "retained_es_99": kept_shortfall,
                "retained_es_99_se": kept_se,
            }
        )
    return pd.DataFrame(rows).set_index("scenario")


def retained_curves(dist: LossDistribution) -> dict[str, pd.DataFrame]:
    """Return the exceedance curve of the loss that stays with us: without cover, then under each policy."""
    views = {NO_COVER: "gross", **{policy.name: f"retained:{policy.name}" for policy in dist.policies}}
    return {name: dist.exceedance(view) for name, view in views.items()}


def terms(policies: Sequence[Policy]) -> pd.DataFrame:
    """Return the terms side by side: a row for each term that at least one policy has, a column for each policy.

    Missing: a term that the policy does not have, or that only shapes one which it does not have (`SHAPES`; the sharing
    of recoveries where losses are settled net of them).
    """
    columns = {}
    for policy in policies:
        given = policy.model_dump(exclude={"name", "discretionary_shares"})
        idle = [term for term, shaped in SHAPES.items() if given[shaped] is None]
        idle += ["recovery_sharing"] if policy.loss_basis == "net" else []
        columns[policy.name] = given | dict.fromkeys(idle)
    table = pd.DataFrame(columns, dtype="object").rename_axis("term")
    return table[table.notna().any(axis="columns")]


def covered(dist: LossDistribution) -> pd.DataFrame:
    """Return the exposure at risk by the state of its cover: under a limit of the insurer, and why not.

    Index `cover`, the reasons of `at_risk.cover`; columns: `buyers`, `exposure`, `under_limit` (the part of it
    within the insurer's named limit), `uncovered` (the rest), `share` of all exposure that is under a limit.
    """
    portfolio = dist.portfolio
    within = np.minimum(portfolio["exposure"], portfolio["insured_limit"].fillna(0.0))
    table = (
        portfolio.assign(under_limit=within, uncovered=portfolio["exposure"] - within)
        .groupby("cover")
        .agg(
            buyers=("exposure", "size"),
            exposure=("exposure", "sum"),
            under_limit=("under_limit", "sum"),
            uncovered=("uncovered", "sum"),
        )
        .sort_values("exposure", ascending=False, kind="stable")
    )
    return table.assign(share=table["under_limit"] / portfolio["exposure"].sum())


def share_under_limit(dist: LossDistribution) -> float:
    """Return the share of the exposure at risk within named limits; missing where the insurer has decided on none."""
    decided = dist.portfolio["cover"].isin(["named limit", "limit refused", "limit withdrawn or expired"]).any()
    return float(covered(dist)["share"].sum()) if decided else float("nan")


def _risk(losses: np.ndarray, sample: Sample, cost_of_capital: float) -> dict[str, float]:
    mean, _ = expected(losses, sample)
    shortfall, shortfall_se = expected_shortfall(losses, sample, CAPITAL_LEVEL)
    risk = mean + cost_of_capital * (shortfall - mean)
    return {"retained_expected": mean, "retained_es": shortfall, "retained_es_se": shortfall_se, "risk": risk}


def _risk_influence(losses: np.ndarray, sample: Sample, cost_of_capital: float) -> np.ndarray:
    """Return the influence function of the cost of risk without the policy's cost, for the error of a difference."""
    beyond = shortfall_influence(losses, sample, CAPITAL_LEVEL)
    return (1 - cost_of_capital) * expected_influence(losses, sample) + cost_of_capital * beyond
