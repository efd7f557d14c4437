"""A year's losses of a portfolio with correlated defaults, without insurance and under each policy."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import log_ndtr, ndtr, ndtri

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.model.at_risk import already_defaulted, basel_correlation, portfolio
from tradecredit.model.insurance import Losses, Policy, missing_columns, settled, values_not
from tradecredit.model.risk_measures import summary_rows, tail_weights

__all__ = [
    "LossDistribution", "already_defaulted", "assess", "basel_correlation", "contributors", "expected_loss",
    "portfolio", "simulate", "vasicek_quantile",
]  # fmt: skip

NUMBERS = ("pd", "exposure", "lgd", "correlation", "insured_limit", "lgd_sd")
"""Columns of a portfolio that hold numbers; all but the last are required."""

BLOCK = 1024
"""Scenarios simulated at a time, each block with random numbers of its own: bounds the memory."""

DAYS = 365
"""Days of the year that is simulated."""

CERTAIN = 37.0
"""A hazard above which default within the year is certain in floating point (e^−37 is under the last bit of 1)."""


class Defaults(NamedTuple):
    """The defaults of some scenarios as arrays, in order of time: the buyer's position, its debt, what comes back."""

    scenario: np.ndarray
    day: np.ndarray
    buyer: np.ndarray
    debt: np.ndarray
    recovery: np.ndarray


@dataclass(frozen=True, eq=False)
class LossDistribution:
    """The simulated losses of a year: `losses` has a row for each scenario and a column for each view.

    Views: `gross`, what defaults cost (debt less recoveries) without insurance; for each policy
    `indemnity:<name>`, what it pays in the end, and `retained:<name>` = gross − indemnity. Premiums are not in it.
    Scenarios are numbered from the worst state of the economy to the best; each is as likely as any other.
    """

    portfolio: pd.DataFrame
    policies: tuple[Policy, ...]
    seed: int
    losses: pd.DataFrame

    @property
    def views(self) -> list[str]:
        return list(self.losses.columns)

    def summary(self, levels: Sequence[float] = (0.95, 0.99, 0.999)) -> pd.DataFrame:
        """Return the measures of every view: `view`, `measure`, `level`, `value` and its `standard_error`.

        Measures: `expected`, `sd` (level missing), `VaR` and `ES` at each level; formulas and standard errors in
        `risk_measures`. Raises `ParameterError` for a level outside 0..1.
        """
        for level in levels:
            _check_level(level)
        rows = [(view, *row) for view in self.views for row in summary_rows(self.losses[view].to_numpy(), levels)]
        return pd.DataFrame(rows, columns=["view", "measure", "level", "value", "standard_error"])

    def contributions(self, view: str, level: float) -> pd.Series:
        """Return each buyer's part of the expected shortfall of a view; the parts add up to it.

        Part of a buyer = its mean loss over the worst 1 − level of the scenarios (weights of
        `risk_measures.tail_weights`): the Euler allocation (Tasche 1999, Risk contributions and performance
        measurement). Index buyer_id, in the portfolio's order.
        Raises `ParameterError` for an unknown view or a level outside 0..1.
        """
        self._check_view(view)
        _check_level(level)
        weights = tail_weights(self.losses[view].to_numpy(), level)
        weights[self.losses[view] == 0] = 0.0
        concerned = tuple(policy for policy in self.policies if policy.name == view.partition(":")[2])
        model = _Model.of(self.portfolio, concerned)
        factor = economy(len(self.losses), self.seed)
        parts = np.zeros(len(self.portfolio))
        for block, scenarios in self._blocks_of(np.flatnonzero(weights)):
            defaults = model.defaults(factor[scenarios], self.seed, block)
            amounts = model.amounts(defaults)[view] * weights[scenarios][defaults.scenario]
            parts += np.bincount(defaults.buyer, amounts, minlength=len(parts))
        return pd.Series(parts, index=self.portfolio.index, name=view)

    def exceedance(self, view: str, *, points: int = 200) -> pd.DataFrame:
        """Return losses of a view and the probability that a year's loss is at least as high, for a chart.

        `loss` rises, `probability` = share of the scenarios; at most `points` rows, evenly spaced on a log scale of
        the probability, from all scenarios down to the single worst. Raises `ParameterError` for an unknown view.
        """
        self._check_view(view)
        rising = np.sort(self.losses[view].to_numpy())
        ranks = np.unique(np.geomspace(1, len(rising), points).round().astype(int))
        losses = np.unique(rising[len(rising) - ranks])
        probability = 1 - np.searchsorted(rising, losses, side="left") / len(rising)
        return pd.DataFrame({"loss": losses, "probability": probability})

    def events(self, scenarios: Iterable[int]) -> pd.DataFrame:
        """Return the defaults of some scenarios, as `Policy.indemnify` takes them: a row for each.

        Columns: `scenario`, `day` (1..365), `buyer_id`, `debt`, `limit` (the insurer's; missing: none named),
        `recovery`, and `evidence` where the portfolio has it; in order of scenario and time. Raises `ParameterError`
        for a scenario that there is not.
        """
        wanted = np.unique(np.fromiter(scenarios, dtype=np.int64))
        unknown = wanted[(wanted < 0) | (wanted >= len(self.losses))]
        if len(unknown):
            raise ParameterError([_argument("scenarios", unknown[0], f"there are 0 to {len(self.losses) - 1}")])
        model = _Model.of(self.portfolio, self.policies)
        factor = economy(len(self.losses), self.seed)
        tables = []
        for block, years in self._blocks_of(wanted):
            defaults = model.defaults(factor[years], self.seed, block)
            table = pd.DataFrame(defaults._asdict()).assign(scenario=defaults.scenario + years.start)
            tables.append(table[table["scenario"].isin(wanted)])
        empty = pd.DataFrame({name: pd.Series(dtype=np.int64) for name in Defaults._fields})
        table = pd.concat(tables or [empty], ignore_index=True)
        buyers = self.portfolio.iloc[table["buyer"]].reset_index()
        table = table.assign(buyer_id=buyers["buyer_id"], limit=buyers["insured_limit"])
        evidence = {"evidence": buyers["evidence"]} if "evidence" in buyers else {}
        return table[["scenario", "day", "buyer_id", "debt", "limit", "recovery"]].assign(**evidence)

    def _blocks_of(self, scenarios: np.ndarray) -> Iterator[tuple[int, slice]]:
        held = set((scenarios // BLOCK).tolist())
        return ((block, years) for block, years in _blocks(len(self.losses)) if block in held)

    def _check_view(self, view: str) -> None:
        if view not in self.losses:
            raise ParameterError([_argument("view", view, f"must be one of {', '.join(self.views)}")])


@remembered
def assess(book: Book, ratings: pd.DataFrame, policies: Sequence[Policy]) -> LossDistribution:
    """Return the year's losses of a book under each policy, simulated as the book's run says.

    `ratings`: index buyer_id, `pd`. Raises `InputError` for buyers at risk whose default probability is missing.
    """
    settings = book.run.simulation
    return simulate(portfolio(book, ratings), policies=policies, scenarios=settings.scenarios, seed=settings.seed)


def simulate(
    portfolio: pd.DataFrame, *, policies: Iterable[Policy] = (), scenarios: int = 200_000, seed: int
) -> LossDistribution:
    """Return the losses of a year, simulated with defaults that hang together through one factor, under each policy.

    `portfolio`: index buyer_id (unique); `pd`, 12-month default probability; `exposure`, balance at default in
    currency; `lgd`, share of it that is lost; `correlation`, asset correlation, 0 to under 1; `insured_limit`
    (missing: none named, 0: refused); optional `lgd_sd`, by which the loss given default varies (beta-distributed, 0:
    fixed) and `evidence` (for discretionary limits). Further columns are carried along, except `group_id`, which is
    refused: the defaults of a group cannot be tied to each other yet.

    A buyer defaults if √ρ·Z + √(1−ρ)·ε < Φ⁻¹(PD), Z and ε standard normal (Vasicek 2002, Loan portfolio value);
    within the year its hazard is constant. The same portfolio, policies, scenarios and seed give the same figures
    anywhere, and all policies meet the same losses.

    Raises `InputError` with every missing, impossible or double value of the portfolio; `ParameterError` for policies
    of one name and for a number of scenarios or a seed that cannot be.
    """
    policies = tuple(policies)
    problems = list(_argument_problems(policies, scenarios, seed))
    if problems:
        raise ParameterError(problems)
    portfolio = portfolio.rename_axis("buyer_id")
    problems = list(_portfolio_problems(portfolio))
    if problems:
        raise InputError(problems)
    model = _Model.of(portfolio, policies)
    factor = economy(scenarios, seed)
    losses = np.empty((scenarios, 1 + 2 * len(policies)))
    views: list[str] = []
    for block, years in _blocks(scenarios):
        defaults = model.defaults(factor[years], seed, block)
        amounts = model.amounts(defaults)
        views = list(amounts)
        for column, values in enumerate(amounts.values()):
            losses[years, column] = np.bincount(defaults.scenario, values, minlength=years.stop - years.start)
    index = pd.RangeIndex(scenarios, name="scenario")
    return LossDistribution(portfolio, policies, seed, pd.DataFrame(losses, index=index, columns=views))


def expected_loss(portfolio: pd.DataFrame) -> pd.Series:
    """Return each buyer's expected loss of a year before insurance, PD × LGD × exposure: exact, for cross-checks."""
    return (portfolio["pd"] * portfolio["lgd"] * portfolio["exposure"]).rename("expected_loss")


def contributors(dist: LossDistribution, view: str, level: float) -> pd.DataFrame:
    """Return the buyers by their part of the expected shortfall of a view, the largest first.

    Index buyer_id; `exposure`, `pd`, `lgd`, `expected_loss` (before insurance), `contribution` (see
    `LossDistribution.contributions`) and its `share` of the shortfall (missing where that is zero).
    """
    parts = dist.contributions(view, level)
    table = dist.portfolio[["exposure", "pd", "lgd"]].assign(
        expected_loss=expected_loss(dist.portfolio), contribution=parts, share=parts / (parts.sum() or np.nan)
    )
    return table.sort_values("contribution", ascending=False, kind="stable")


def vasicek_quantile(probability: float, correlation: float, level: float) -> float:
    """Return the quantile of the share of defaults in a book of very many equal buyers (no LGD, no insurance).

    Φ((Φ⁻¹(PD) + √ρ·Φ⁻¹(level)) / √(1−ρ)). Source: Vasicek 2002, Loan portfolio value, Risk 15(12).

    >>> round(vasicek_quantile(0.01, 0.12, 0.999), 6)
    0.090326
    """
    shifted = ndtri(probability) + np.sqrt(correlation) * ndtri(level)
    return float(ndtr(shifted / np.sqrt(1 - correlation)))


def economy(scenarios: int, seed: int) -> np.ndarray:
    """Return the systematic factor of each scenario, worst first (standard normal)."""
    return np.sort(_random(seed, 0).standard_normal(scenarios))


@dataclass(frozen=True, eq=False)
class _Model:
    """A portfolio as arrays, and each policy with the limits that apply to its buyers."""

    barrier: np.ndarray
    correlation: np.ndarray
    exposure: np.ndarray
    lgd: np.ndarray
    lgd_sd: np.ndarray
    named: np.ndarray
    policies: list[tuple[Policy, np.ndarray]]

    @classmethod
    def of(cls, portfolio: pd.DataFrame, policies: tuple[Policy, ...]) -> "_Model":
        number = {name: portfolio[name].astype(float).to_numpy() for name in NUMBERS if name in portfolio}
        named = number["insured_limit"]
        evidence = portfolio["evidence"].to_numpy(object) if "evidence" in portfolio else None
        return cls(
            barrier=ndtri(number["pd"]),
            correlation=number["correlation"],
            exposure=number["exposure"],
            lgd=number["lgd"],
            lgd_sd=number.get("lgd_sd", np.zeros(len(portfolio))),
            named=~np.isnan(named),
            policies=[(policy, policy.applied_limits(named, evidence)) for policy in policies],
        )

    def hazard(self, buyer: np.ndarray | slice, factor: np.ndarray | float) -> np.ndarray:
        """Return −ln(1 − p), p being the buyer's default probability in a state of the economy."""
        correlation = self.correlation[buyer]
        distance = (self.barrier[buyer] - np.sqrt(correlation) * factor) / np.sqrt(1 - correlation)
        return np.minimum(-log_ndtr(-distance), CERTAIN)

    def defaults(self, factor: np.ndarray, seed: int, block: int) -> Defaults:
        """Return the defaults of a block of scenarios, whose `factor` rises.

        Default is the first point of a Poisson process whose rate over the year is the hazard. Points are drawn at
        each buyer's rate in the block's worst scenario, which costs in proportion to defaults and not to buyers ×
        scenarios, and are kept with the probability that makes up for it.
        """
        random = _random(seed, 1 + block)
        bound = self.hazard(slice(None), factor[0])
        buyer = np.repeat(np.arange(len(bound)), random.poisson(bound * len(factor)))
        scenario = random.integers(len(factor), size=len(buyer))
        moment = random.random(len(buyer))
        kept = random.random(len(buyer)) * bound[buyer] < self.hazard(buyer, factor[scenario])
        buyer, scenario, moment = buyer[kept], scenario[kept], moment[kept]
        order = np.lexsort((moment, scenario))
        first = np.sort(np.unique((scenario * len(bound) + buyer)[order], return_index=True)[1])
        order = order[first]
        buyer = buyer[order]
        debt = self.exposure[buyer]
        day = (moment[order] * DAYS).astype(np.int64) + 1
        return Defaults(scenario[order], day, buyer, debt, debt * (1 - self._lost(buyer, random)))

    def amounts(self, defaults: Defaults) -> dict[str, np.ndarray]:
        """Return, for each view, what it has of each default."""
        gross = defaults.debt - defaults.recovery
        views = {"gross": gross}
        for policy, limits in self.policies:
            limit, discretionary = limits[defaults.buyer], ~self.named[defaults.buyer]
            losses = Losses(defaults.scenario, defaults.debt, defaults.recovery, limit, discretionary)
            indemnity = settled(losses, policy).indemnity
            views |= {f"indemnity:{policy.name}": indemnity, f"retained:{policy.name}": gross - indemnity}
        return views

    def _lost(self, buyer: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Return the share lost at each default: the mean, or a draw from the beta distribution of mean and sd."""
        lost = self.lgd[buyer]
        varies = self.lgd_sd[buyer] > 0
        if varies.any():
            mean, sd = lost[varies], self.lgd_sd[buyer][varies]
            size = mean * (1 - mean) / sd**2 - 1
            lost = lost.copy()
            lost[varies] = random.beta(mean * size, (1 - mean) * size)
        return lost


def _blocks(scenarios: int) -> Iterator[tuple[int, slice]]:
    for block, start in enumerate(range(0, scenarios, BLOCK)):
        yield block, slice(start, min(start + BLOCK, scenarios))


def _random(seed: int, stream: int) -> np.random.Generator:
    """Return a generator that depends on the seed and the stream's number alone, whatever else was drawn before."""
    return np.random.Generator(np.random.Philox(key=np.array([seed, stream], dtype=np.uint64)))


def _argument_problems(policies: tuple[Policy, ...], scenarios: int, seed: int) -> Iterator[Problem]:
    names = [policy.name for policy in policies]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _argument("policies", name, "several policies have this name", "give each a name of its own")
    if scenarios < 1:
        yield _argument("scenarios", scenarios, "must be at least 1")
    if not 0 <= seed < 2**64:
        yield _argument("seed", seed, "must be a whole number from 0 to 2^64 − 1")


def _portfolio_problems(portfolio: pd.DataFrame) -> Iterator[Problem]:
    ids = portfolio.index.to_series(name="buyer_id")
    yield from values_not(ids.notna() & ~ids.duplicated(), ids, "portfolio", "is missing or there twice")
    yield from missing_columns(portfolio, NUMBERS[:-1], "portfolio")
    if "group_id" in portfolio:
        yield Problem(
            file="portfolio", column="group_id", allowed="defaults of a group cannot be tied to each other yet",
            remedy="drop the column to let buyers default one by one",
        )  # fmt: skip
    given = [column for column in NUMBERS if column in portfolio]
    numbers = {column: pd.to_numeric(portfolio[column], errors="coerce") for column in given}
    for column, value in numbers.items():
        if column in ("exposure", "insured_limit"):
            right, allowed = value.ge(0) & value.lt(np.inf), "must be an amount of 0 or more"
        elif column == "correlation":
            right, allowed = value.ge(0) & value.lt(1), "must be from 0 to under 1"
        else:
            right, allowed = value.between(0, 1), "must be from 0 to 1"
        if column == "insured_limit":
            right, allowed = right | portfolio[column].isna(), f"{allowed}, or missing where none is named"
        yield from values_not(right, portfolio[column], "portfolio", allowed)
    if {"lgd", "lgd_sd"} <= numbers.keys():
        most = np.sqrt(numbers["lgd"] * (1 - numbers["lgd"]))
        right = ~(numbers["lgd_sd"] >= most) | (numbers["lgd_sd"] == 0)
        yield from values_not(right, portfolio["lgd_sd"], "portfolio", "must be under the root of lgd × (1 − lgd)")


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ParameterError([_argument("level", level, "must lie between 0 and 1")])


def _argument(name: str, value: object, allowed: str, remedy: str = "change the argument") -> Problem:
    return Problem(file="loss simulation", column=name, value=value, allowed=allowed, remedy=remedy)
