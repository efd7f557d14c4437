"""A year's losses of a portfolio with correlated defaults, without insurance and under each policy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.errors import InputError, ParameterError, Problem, missing_columns, values_not
from tradecredit.insurance.limit_history import named_limits
from tradecredit.insurance.policy import Policy
from tradecredit.losses.cost_of_risk import CAPITAL_LEVEL, adjustment, programme_costs, risk_cost
from tradecredit.losses.distribution import LossDistribution, argument_problem
from tradecredit.losses.insured_part import InsuredPart, insured_parts, parts_of
from tradecredit.losses.portfolio import portfolio
from tradecredit.losses.precision import FIRST, AsNeeded, of_differences, of_tail
from tradecredit.losses.simulator import Settings, Simulator
from tradecredit.losses.stress import applied, insured_under
from tradecredit.numerics.machines import over_machines
from tradecredit.numerics.risk_measures import Tail, expected_influence, expected_value
from tradecredit.params.losses import Dependence, Sampling
from tradecredit.params.stress import Scenario

REQUIRED = ("pd", "exposure", "lgd", "correlation", "insured_limit")
NUMBERS = (*REQUIRED, "lgd_sd", "insurable")
"""Columns of a portfolio that hold numbers."""

ROUNDING = 1e-9
"""The insurable part of an exposure may pass it by so small a part, by rounding."""


ONE_FACTOR = Dependence()
"""One normal factor for all buyers."""

TAIL = Sampling()
"""Most scenarios from the bad years."""


@remembered
def assess(
    book: Book, ratings: pd.DataFrame, policies: Sequence[Policy], scenario: Scenario | None = None
) -> LossDistribution:
    """Return the year's losses of a book under each policy, simulated as the book's run says.

    `ratings`: index buyer_id, `pd`. As many years are simulated as `simulation.precision` of the run needs, and
    `simulation.scenarios` of them at most: see `precision` for the figures that are held to it. `scenario`: a stress
    that the book is put under, on the same number of years as without (`stressed`). Raises `InputError` for buyers at
    risk whose default probability is missing, and `ParameterError` for a premium rate without a turnover.
    """
    if scenario is not None:
        return stressed(assess(book, ratings, policies), scenario)
    at_risk, run = portfolio(book, ratings), book.run
    parts = insured_parts(book, policies)
    costs = programme_costs(policies, at_risk, named_limits(book))["cost"]

    def missing(dist: LossDistribution) -> float:
        settings = run.simulation
        views = {"": "gross"} | {policy.name: f"retained:{policy.name}" for policy in dist.policies}
        lowest = min(*settings.levels, CAPITAL_LEVEL)
        tails = {name: Tail.of(dist.losses[view].to_numpy(), dist.sample, lowest) for name, view in views.items()}
        tail = of_tail(tails.values(), levels=settings.levels, precision=settings.precision)
        found = _costs_of_risk(dist, tails, costs, run.cost_of_capital)
        return max(tail, of_differences(*found, dist.sample, settings.precision))

    return simulate(
        at_risk,
        policies=parts,
        scenarios=AsNeeded(run.simulation.scenarios, missing),
        seed=run.simulation.seed,
        dependence=run.losses.dependence,
        sampling=run.simulation,
    )


def _costs_of_risk(
    dist: LossDistribution, views: Mapping[str, Tail], costs: pd.Series, price: float
) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Return cost of risk and its influence function by policy; the name of no cover is empty."""
    cost, influence = {}, {}
    adjusted = {policy.name: adjustment(policy, dist.policies, dist.losses) for policy in dist.policies}
    for name, view in views.items():
        of_mean = expected_influence(view.losses, dist.sample)
        mean = expected_value(view.losses, dist.sample)
        cost[name] = risk_cost(mean, view.shortfall(CAPITAL_LEVEL), price) + costs.get(name, 0.0)
        influence[name] = risk_cost(of_mean, view.shortfall_influence(CAPITAL_LEVEL), price)
        extra = adjusted.get(name)
        if extra is not None and extra.any():
            cost[name] += expected_value(extra, dist.sample)
            influence[name] = influence[name] + expected_influence(extra, dist.sample)
    return cost, influence


def stressed(dist: LossDistribution, scenario: Scenario, policies: Iterable[str] | None = None) -> LossDistribution:
    """Return a distribution's losses under a stress, from as many scenarios and the same random numbers.

    `policies`: the names of those that are looked at (None: all of the distribution's).
    """
    names = {policy.name for policy in dist.policies} if policies is None else set(policies)
    return simulate(
        applied(dist.portfolio, scenario),
        policies=insured_under([part for part in dist.parts if part.policy.name in names], scenario),
        scenarios=dist.steps,
        seed=dist.seed,
        dependence=dist.settings.dependence,
        sampling=dist.settings.sampling,
    )


def at_odds(dist: LossDistribution, multiple: float, most: float = np.inf) -> LossDistribution:
    """Return a distribution's losses with all default odds multiplied, in the same scenarios and on the same numbers.

    PD becomes m·o / (1 + m·o), o = PD / (1 − PD); a PD of 0 or 1 stays. `most`: the first steps of the distribution,
    one at least, up to so many scenarios.
    """
    portfolio = dist.portfolio
    steps = dist.steps[: max(int((np.cumsum(dist.steps) <= most).sum()), 1)]
    return simulate(
        portfolio.assign(pd=times_odds(portfolio["pd"], multiple)),
        policies=dist.parts or dist.policies,
        scenarios=steps,
        seed=dist.seed,
        dependence=dist.settings.dependence,
        sampling=dist.settings.sampling,
    )


def times_odds(probability: pd.Series, multiple: float) -> pd.Series:
    """Return probabilities whose odds are multiplied; missing stays missing.

    >>> times_odds(pd.Series([0.0, 0.2, 1.0]), 2.0).round(4).tolist()  # odds of 0.25 become 0.5
    [0.0, 0.3333, 1.0]
    """
    return multiple * probability / (1 - probability + multiple * probability)


def resized(dist: LossDistribution, exposure: pd.Series, policies: Iterable[str]) -> pd.DataFrame:
    """Return what the same defaults cost where buyers owe other amounts, in the same scenarios.

    `exposure`: index buyer_id, as the portfolio's, on which limits and deductibles apply anew; what of it a policy's
    insured debt counts stays in proportion. Columns as `LossDistribution.losses`, of the named policies and `gross`.
    """
    names = {part for policy in dist.policies if policy.name in set(policies) for part in policy.programme}
    amounts = exposure.reindex(dist.portfolio.index).to_numpy(float)
    simulator = replace(dist.simulator().for_policies(names), exposure=amounts)
    gross, indemnity, _, _ = _years(simulator, 0, dist.settings.sampling.threads)
    return _views(simulator, gross, indemnity)


def simulate(
    portfolio: pd.DataFrame,
    *,
    policies: Iterable[Policy | InsuredPart] = (),
    scenarios: int | AsNeeded | tuple[int, ...] = 200_000,
    seed: int,
    dependence: Dependence = ONE_FACTOR,
    sampling: Sampling = TAIL,
) -> LossDistribution:
    """Return the losses of a year, simulated with dependent defaults, without insurance and under policies.

    `portfolio`: index buyer_id (unique); `pd`, 12-month default probability; `exposure`, balance at default in
    currency; `lgd`, share of it that is lost; `correlation`, asset correlation, 0 to under 1; `insured_limit`
    (missing: none named, 0: refused). Optional: `lgd_sd`, by which the loss given default varies (beta-distributed; 0
    or missing: fixed), `group_id` (buyers of one group default together, with the PD and correlation that their
    losses weigh to), `insurable` (the part of the exposure that a policy's insured debt counts, definitions §5.2, which
    has the same loss given default; else all), `sector` (for `dependence.sector_factors`) and `evidence` (for
    discretionary limits). Further columns are carried along.

    `policies`: alone, or each with what it insures of an exposure at default (`InsuredPart`).

    `dependence`, Gaussian: a buyer defaults if √ρ·Z + √(1−ρ)·ε < Φ⁻¹(PD), Z (of its sector, or common) and ε
    standard normal (Vasicek 2002, Loan portfolio value). Student-t: the left side is multiplied by √(ν/χ²ν), and
    compared with the t-quantile of PD (Demarta and McNeil 2005, The t copula). Gamma: a buyer's number of defaults is
    Poisson with mean PD · X, X of its sector (or common, or a weighted mean of several and of 1, what is specific)
    gamma-distributed with mean 1, so that a buyer may default more than once and `correlation` plays no part
    (CreditRisk+, Credit Suisse 1997, §A, §A12). Within the year a buyer's
    hazard is constant, the economy given.

    `scenarios`: how many, or as many as a precision needs: drawn in steps, none of which is simulated again, until the
    standard errors are small enough; or the `steps` of another distribution. `sampling`: see `importance_sampling`;
    most scenarios are bad years, weighted. The same portfolio, policies, scenarios and seed give the same figures
    anywhere, with any number of threads and workers, and all policies are applied to the same losses.

    Raises `InputError` with every missing, impossible or double value of the portfolio; `ParameterError` for policies
    of one name, a top-up without its primary, and a number of scenarios or a seed that cannot be.
    """
    parts = parts_of(policies)
    needed = scenarios if isinstance(scenarios, AsNeeded) else None
    steps: tuple[int, ...]
    if isinstance(scenarios, AsNeeded):
        steps = (min(scenarios.most, FIRST),)
    else:
        steps = (scenarios,) if isinstance(scenarios, int) else scenarios
    problems = list(_argument_problems(tuple(part.policy for part in parts), sum(steps), seed))
    if problems:
        raise ParameterError(problems)
    portfolio = portfolio.rename_axis("buyer_id")
    problems = list(_portfolio_problems(portfolio))
    if problems:
        raise InputError(problems)
    settings = Settings(dependence, sampling)
    simulator = Simulator.of(portfolio, parts, steps, seed, settings)
    years = _years(simulator, 0, sampling.threads)
    while True:
        dist = replace(_distribution(portfolio, simulator, years, settings, steps), parts=parts)
        missing = needed.missing(dist) if needed else None
        further = 0 if needed is None or missing is None else needed.further(sum(steps), missing)
        if not further:
            return replace(dist, missing=missing)
        simulator = simulator.with_steps((*steps, further), settings)
        more = _years(simulator, sum(steps), sampling.threads)
        years = [np.concatenate(both, axis=-1) for both in zip(years, more, strict=True)]
        steps = (*steps, further)


def _years(simulator: Simulator, first: int, threads: int | None) -> list[np.ndarray]:
    """Return gross loss, indemnities, use of first losses and log ratios of the scenarios from `first` on."""
    count, policies = len(simulator.draw.place) - first, len(simulator.policies)
    gross, ratios = np.empty(count), np.empty((len(simulator.economy.shift), count))
    indemnity, first_loss = np.empty((2, policies, count))

    blocks = list(simulator.blocks(first))
    for block, year in zip(blocks, over_machines(Simulator.year, simulator, blocks, threads), strict=True):
        place = slice(block.start - first, block.stop - first)
        gross[place] = year.gross
        indemnity[:, place] = year.indemnity
        first_loss[:, place] = year.first_loss
        ratios[:, place] = year.log_ratio
    return [gross, indemnity, first_loss, ratios]


def _distribution(
    portfolio: pd.DataFrame, simulator: Simulator, years: list[np.ndarray], settings: Settings, steps: tuple[int, ...]
) -> LossDistribution:
    gross, indemnity, first_loss, ratios = years
    names = [policy.name for policy in simulator.policies]
    losses = _views(simulator, gross, indemnity)
    index = losses.index
    return LossDistribution(
        portfolio,
        simulator.policies,
        losses,
        simulator.sample(ratios),
        pd.DataFrame(dict(zip(names, first_loss, strict=True)), index=index, copy=False),
        settings,
        simulator.seed,
        steps,
    )


def _views(simulator: Simulator, gross: np.ndarray, indemnity: np.ndarray) -> pd.DataFrame:
    """Return the yearly losses of each view (`LossDistribution.losses`)."""
    names = [policy.name for policy in simulator.policies]
    losses = {"gross": gross}
    for number, policy in enumerate(simulator.policies):
        paid = indemnity[[names.index(name) for name in policy.programme]].sum(axis=0)
        losses |= {f"indemnity:{policy.name}": indemnity[number], f"retained:{policy.name}": gross - paid}
    return pd.DataFrame(losses, index=pd.RangeIndex(len(gross), name="scenario"), copy=False)


def _argument_problems(policies: tuple[Policy, ...], scenarios: int, seed: int) -> Iterator[Problem]:
    names = [policy.name for policy in policies]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield argument_problem("policies", name, "several policies have this name", "give each a name of its own")
    for policy in policies:
        for name in set(policy.programme) - set(names):
            yield argument_problem("policies", policy.name, f"tops up {name}, which is not among them", f"add {name}")
        if policy.primary in {other.name for other in policies if other.kind == "top_up"}:
            yield argument_problem(
                "policies", policy.name, f"tops up {policy.primary}, a top-up", "name the primary of both"
            )
    if scenarios < 1:
        yield argument_problem("scenarios", scenarios, "must be at least 1")
    if not 0 <= seed < 2**64:
        yield argument_problem("seed", seed, "must be a whole number from 0 to 2^64 − 1")


def _portfolio_problems(portfolio: pd.DataFrame) -> Iterator[Problem]:
    ids = portfolio.index.to_series(name="buyer_id")
    yield from values_not(ids.notna() & ~ids.duplicated(), ids, "portfolio", "is missing or there twice")
    yield from missing_columns(portfolio, REQUIRED, "portfolio")
    given = [column for column in NUMBERS if column in portfolio]
    numbers = {column: pd.to_numeric(portfolio[column], errors="coerce") for column in given}
    for column, value in numbers.items():
        if column in ("exposure", "insured_limit", "insurable"):
            right, allowed = value.ge(0) & value.lt(np.inf), "must be an amount of 0 or more"
        elif column == "correlation":
            right, allowed = value.ge(0) & value.lt(1), "must be from 0 to under 1"
        else:
            right, allowed = value.between(0, 1), "must be from 0 to 1"
        if column == "insured_limit":
            right, allowed = right | portfolio[column].isna(), f"{allowed}, or missing where none is named"
        yield from values_not(right, portfolio[column], "portfolio", allowed)
    if {"exposure", "insurable"} <= numbers.keys():
        right = ~(numbers["insurable"] > numbers["exposure"] * (1 + ROUNDING))
        yield from values_not(right, portfolio["insurable"], "portfolio", "is above the exposure")
    if {"lgd", "lgd_sd"} <= numbers.keys():
        most = np.sqrt(numbers["lgd"] * (1 - numbers["lgd"]))
        right = ~(numbers["lgd_sd"] >= most) | (numbers["lgd_sd"] == 0)
        yield from values_not(right, portfolio["lgd_sd"], "portfolio", "must be under the root of lgd × (1 − lgd)")
