"""A year's losses of a portfolio with correlated defaults, without insurance and under each policy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.errors import InputError, ParameterError, Problem, missing_columns, values_not
from tradecredit.insurance.cover import named_limits
from tradecredit.insurance.policy import Policy
from tradecredit.losses.cost_of_risk import CAPITAL_LEVEL, adjustment, programme_costs, risk_cost, risk_influence
from tradecredit.losses.kernels import DAYS
from tradecredit.losses.portfolio import portfolio
from tradecredit.losses.precision import FIRST, AsNeeded, of_differences, of_tail
from tradecredit.losses.simulator import Block, Settings, Simulator
from tradecredit.losses.stress import applied, insured_under
from tradecredit.numerics.risk_measures import (
    Sample,
    expected,
    expected_influence,
    expected_shortfall,
    standard_error,
    summary_rows,
    tail_weights,
)
from tradecredit.numerics.threads import over_threads
from tradecredit.params.losses import Dependence, Sampling
from tradecredit.params.stress import Scenario

REQUIRED = ("pd", "exposure", "lgd", "correlation", "insured_limit")
NUMBERS = (*REQUIRED, "lgd_sd", "insurable")
"""Columns of a portfolio that hold numbers."""

ROUNDING = 1e-9
"""The insurable part of an exposure may pass it by so small a part, by rounding."""

RAREST = 1e-5
"""Probability down to which the chart of the distribution goes."""

ONE_FACTOR = Dependence()
"""One normal factor for all buyers."""

TAIL = Sampling()
"""Most scenarios from the bad years."""


@dataclass(frozen=True, eq=False)
class LossDistribution:
    """The simulated losses of a year: `losses` has a row for each scenario and a column for each view.

    Views: `gross`, what defaults cost (debt less recoveries) without insurance; for each policy
    `indemnity:<name>`, what it pays in the end, and `retained:<name>` = gross − indemnity (a top-up's: less its
    primary's indemnity too). Premiums are not in it.
    `sample` has the probability of each scenario: most of them are bad years, sought out, and weigh less than one in
    their number; `first_loss` is how much of each policy's aggregate first loss was used. `steps`: how many scenarios
    were drawn at a time. Those of a step are numbered by kind, the ordinary ones first, then those around the bad years
    of each level, and within a kind from the worst state of the economy to the best. `missing`: by what factor the
    standard errors were too large at the end, of what was asked for (None: a number of scenarios was).
    """

    portfolio: pd.DataFrame
    policies: tuple[Policy, ...]
    losses: pd.DataFrame
    sample: Sample
    first_loss: pd.DataFrame
    settings: Settings
    seed: int
    steps: tuple[int, ...]
    missing: float | None = None

    @property
    def views(self) -> list[str]:
        return list(self.losses.columns)

    @property
    def probability(self) -> np.ndarray:
        return self.sample.probability

    def summary(self, levels: Sequence[float] = (0.95, 0.99, 0.999)) -> pd.DataFrame:
        """Return the measures of every view: `view`, `measure`, `level`, `value` and its `standard_error`.

        Measures: `expected`, `sd` (level missing), `VaR` and `ES` at each level; formulas and standard errors in
        `risk_measures`. Raises `ParameterError` for a level outside 0..1.
        """
        for level in levels:
            _check_level(level)
        rows = [
            (view, *row)
            for view in self.views
            for row in summary_rows(self.losses[view].to_numpy(), self.sample, levels)
        ]
        return pd.DataFrame(rows, columns=["view", "measure", "level", "value", "standard_error"])

    def probability_of(self, happens: np.ndarray) -> tuple[float, float]:
        """Return the probability of the scenarios in which something happens, and its standard error."""
        happens = np.asarray(happens, float)
        return float(self.probability @ happens), standard_error(expected_influence(happens, self.sample), self.sample)

    def contributions(self, view: str, level: float) -> pd.Series:
        """Return each buyer's part of the expected shortfall of a view; the parts add up to it.

        Part of a buyer = its mean loss over the worst 1 − level of the scenarios (weights of
        `risk_measures.tail_weights`): the Euler allocation (Tasche 1999, Risk contributions and performance
        measurement). Index buyer_id, in the portfolio's order.
        Raises `ParameterError` for an unknown view or a level outside 0..1.
        """
        self._check_view(view)
        _check_level(level)
        weights = tail_weights(self.losses[view].to_numpy(), self.sample, level)
        weights[self.losses[view] == 0] = 0.0
        of_gross, of_policies = self._parts_of(view)
        simulator = self.simulator().for_policies(of_policies)

        def parts(block: Block) -> np.ndarray:
            weight = weights[block.scenarios]
            defaults = simulator.defaults(block, weight > 0)
            amount = (defaults.debt - defaults.recovery) * of_gross
            for number, policy in enumerate(simulator.policies):
                amount = amount + simulator.settled(defaults, number).indemnity * of_policies[policy.name]
            return np.bincount(defaults.buyer, amount * weight[defaults.scenario], minlength=len(self.portfolio))

        total = np.zeros(len(self.portfolio))
        held = [block for block in simulator.blocks() if weights[block.scenarios].any()]
        for part in over_threads(parts, held, self.settings.sampling.threads) if held else []:
            total += part
        return pd.Series(total, index=self.portfolio.index, name=view)

    def unit_losses(self, buyers: Sequence[str] | None = None) -> csr_array:
        """Return what buyers lose in each scenario for a unit of exposure, before insurance: the same defaults.

        Sparse, scenarios × `buyers` (None: all, in the portfolio's order): the share of the debt that is lost where a
        buyer defaults (the sum of the shares where it does so more than once), 0 elsewhere. All of it times the
        portfolio's exposures is the view `gross`; times other exposures, what those would have lost in the same
        scenarios. Raises `ParameterError` for buyers that are not in the portfolio.
        """
        index = self.portfolio.index
        wanted = np.arange(len(index)) if buyers is None else index.get_indexer(pd.Index(buyers))
        if (wanted < 0).any():
            unknown = pd.Index(buyers)[wanted < 0]
            raise ParameterError([_argument("buyers", unknown[0], "is not in the portfolio")])
        column = np.full(len(index), -1)
        column[wanted] = np.arange(len(wanted))
        simulator = self.simulator()

        def part(block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            defaults = simulator.defaults(block)
            kept = column[defaults.buyer] >= 0
            return defaults.lost_share[kept], defaults.scenario[kept] + block.start, column[defaults.buyer[kept]]

        parts = over_threads(part, list(simulator.blocks()), self.settings.sampling.threads)
        share, scenario, place = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return csr_array((share, (scenario, place)), shape=(len(self.losses), len(wanted)))

    def by_month(self, policy: str) -> pd.DataFrame:
        """Return when losses come about and when a policy pays for them, as expected amounts of each month.

        Index `month`, from 1; `loss`, what defaults of the month cost before insurance; `indemnity`, what the policy
        pays in the month for defaults that are insolvencies, `payment_days` after them: months after the twelfth are
        those in which the year's last losses are paid. Raises `ParameterError` for a policy that there is not.
        """
        self._check_view(f"indemnity:{policy}")
        simulator = self.simulator().for_policies([policy])
        paying = simulator.policies[0]
        months = int(np.ceil(paying.payment_day(np.array([DAYS]))[0] / (DAYS / 12)))

        def part(block: Block) -> np.ndarray:
            defaults = simulator.defaults(block)
            weight = self.probability[block.scenarios][defaults.scenario]
            loss = (defaults.debt - defaults.recovery) * weight
            paid = simulator.settled(defaults, 0).indemnity * weight
            sums = [(defaults.day, loss), (paying.payment_day(defaults.day), paid)]
            return np.array([np.bincount(_month(day) - 1, amount, minlength=months) for day, amount in sums])

        total = np.zeros((2, months))
        for sums in over_threads(part, list(simulator.blocks()), self.settings.sampling.threads):
            total += sums
        index = pd.RangeIndex(1, months + 1, name="month")
        return pd.DataFrame({"loss": total[0], "indemnity": total[1]}, index=index)

    def exceedance(self, view: str, *, points: int = 200) -> pd.DataFrame:
        """Return losses of a view and the probability that a year's loss is at least as high, for a chart.

        `loss` rises; at most `points` rows, evenly spaced on a log scale of the `probability`, from 1 down to one in
        100,000 years. Raises `ParameterError` for an unknown view.
        """
        self._check_view(view)
        losses = self.losses[view].to_numpy()
        falling = np.argsort(losses, kind="stable")[::-1]
        reached = np.cumsum(self.probability[falling])
        wanted = np.geomspace(max(RAREST, reached[0]), 1.0, points)
        shown = np.unique(losses[falling][np.minimum(np.searchsorted(reached, wanted), len(losses) - 1)])
        last = np.searchsorted(-losses[falling], -shown, side="right") - 1
        return pd.DataFrame({"loss": shown, "probability": np.minimum(reached[last], 1.0)})

    def events(self, scenarios: Iterable[int]) -> pd.DataFrame:
        """Return the defaults of some scenarios, as `Policy.indemnify` takes them: a row for each.

        Columns: `scenario`, `day` (1..365), `buyer_id`, `debt` and `recovery` (of the insurable part, where the
        portfolio has it), `limit` (the insurer's; missing: none named), and `evidence` where the portfolio has it; in
        order of scenario and time. Raises `ParameterError` for a scenario that there is not.
        """
        wanted = np.unique(np.fromiter(scenarios, dtype=np.int64))
        unknown = wanted[(wanted < 0) | (wanted >= len(self.losses))]
        if len(unknown):
            raise ParameterError([_argument("scenarios", unknown[0], f"there are 0 to {len(self.losses) - 1}")])
        simulator = self.simulator()
        asked = np.zeros(len(self.losses), bool)
        asked[wanted] = True
        tables = []
        for block in simulator.blocks():
            if asked[block.scenarios].any():
                defaults = simulator.defaults(block, asked[block.scenarios])
                tables.append(pd.DataFrame(defaults._asdict()).assign(scenario=defaults.scenario + block.start))
        empty = pd.DataFrame({name: pd.Series(dtype=np.int64) for name in ("scenario", "day", "buyer")})
        table = pd.concat(tables or [empty.assign(debt=0.0, recovery=0.0)], ignore_index=True)
        buyers = self.portfolio.iloc[table["buyer"]].reset_index()
        table = table.assign(buyer_id=buyers["buyer_id"], limit=buyers["insured_limit"])
        share = simulator.insurable[table["buyer"]]
        table = table.assign(debt=table["debt"] * share, recovery=table["recovery"] * share)
        evidence = {"evidence": buyers["evidence"]} if "evidence" in buyers else {}
        return table[["scenario", "day", "buyer_id", "debt", "limit", "recovery"]].assign(**evidence)

    def simulator(self) -> Simulator:
        """Return what simulated the losses, for recalculation."""
        return Simulator.of(self.portfolio, self.policies, self.steps, self.seed, self.settings)

    def _parts_of(self, view: str) -> tuple[float, dict[str, float]]:
        """Return by what gross loss and, by policy, indemnities are multiplied to make up a view."""
        kind, _, name = view.partition(":")
        if kind == "gross":
            return 1.0, {}
        if kind == "indemnity":
            return 0.0, {name: 1.0}
        policy = next(policy for policy in self.policies if policy.name == name)
        return 1.0, dict.fromkeys(policy.programme, -1.0)

    def _check_view(self, view: str) -> None:
        if view not in self.losses:
            raise ParameterError([_argument("view", view, f"must be one of {', '.join(self.views)}")])


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
    costs = programme_costs(policies, at_risk, named_limits(book))["cost"]

    def missing(dist: LossDistribution) -> float:
        kept = {policy.name: dist.losses[f"retained:{policy.name}"].to_numpy() for policy in dist.policies}
        views = {"": dist.losses["gross"].to_numpy()} | kept
        precision, price = run.simulation.precision, run.cost_of_capital
        tail = of_tail(views.values(), dist.sample, levels=run.simulation.levels, precision=precision)
        return max(tail, of_differences(*_costs_of_risk(dist, views, costs, price), dist.sample, precision))

    return simulate(
        at_risk,
        policies=policies,
        scenarios=AsNeeded(run.simulation.scenarios, missing),
        seed=run.simulation.seed,
        dependence=run.losses.dependence,
        sampling=run.simulation,
    )


def _costs_of_risk(
    dist: "LossDistribution", views: Mapping[str, np.ndarray], costs: pd.Series, price: float
) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Return cost of risk and its influence function by policy; the name of no cover is empty."""
    cost, influence = {}, {}
    adjusted = {policy.name: adjustment(policy, dist.policies, dist.losses) for policy in dist.policies}
    for name, losses in views.items():
        extra = adjusted.get(name, np.zeros(len(losses)))
        mean, shortfall = expected(losses, dist.sample)[0], expected_shortfall(losses, dist.sample, CAPITAL_LEVEL)[0]
        cost[name] = risk_cost(mean, shortfall, price) + costs.get(name, 0.0) + expected(extra, dist.sample)[0]
        influence[name] = risk_influence(losses, dist.sample, price) + expected_influence(extra, dist.sample)
    return cost, influence


def stressed(dist: LossDistribution, scenario: Scenario, policies: Iterable[str] | None = None) -> LossDistribution:
    """Return a distribution's losses under a stress, from as many scenarios and the same random numbers.

    `policies`: the names of those that are looked at (None: all of the distribution's).
    """
    names = {policy.name for policy in dist.policies} if policies is None else set(policies)
    return simulate(
        applied(dist.portfolio, scenario),
        policies=insured_under([policy for policy in dist.policies if policy.name in names], scenario),
        scenarios=dist.steps,
        seed=dist.seed,
        dependence=dist.settings.dependence,
        sampling=dist.settings.sampling,
    )


def simulate(
    portfolio: pd.DataFrame,
    *,
    policies: Iterable[Policy] = (),
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

    `dependence`, Gaussian: a buyer defaults if √ρ·Z + √(1−ρ)·ε < Φ⁻¹(PD), Z (of its sector, or common) and ε
    standard normal (Vasicek 2002, Loan portfolio value). Student-t: the left side is multiplied by √(ν/χ²ν), and
    compared with the t-quantile of PD (Demarta and McNeil 2005, The t copula). Gamma: a buyer's number of defaults is
    Poisson with mean PD · X, X of its sector (or common) gamma-distributed with mean 1, so that a buyer may default
    more than once and `correlation` plays no part (CreditRisk+, Credit Suisse 1997, §A). Within the year a buyer's
    hazard is constant, the economy given.

    `scenarios`: how many, or as many as a precision needs: drawn in steps, none of which is simulated again, until the
    standard errors are small enough; or the `steps` of another distribution. `sampling`: see `importance_sampling`;
    most scenarios are bad years, weighted. The same portfolio, policies, scenarios and seed give the same figures
    anywhere, with any number of threads, and all policies are applied to the same losses.

    Raises `InputError` with every missing, impossible or double value of the portfolio; `ParameterError` for policies
    of one name, a top-up without its primary, and a number of scenarios or a seed that cannot be.
    """
    policies = tuple(policies)
    needed = scenarios if isinstance(scenarios, AsNeeded) else None
    steps: tuple[int, ...]
    if isinstance(scenarios, AsNeeded):
        steps = (min(scenarios.most, FIRST),)
    else:
        steps = (scenarios,) if isinstance(scenarios, int) else scenarios
    problems = list(_argument_problems(policies, sum(steps), seed))
    if problems:
        raise ParameterError(problems)
    portfolio = portfolio.rename_axis("buyer_id")
    problems = list(_portfolio_problems(portfolio))
    if problems:
        raise InputError(problems)
    settings = Settings(dependence, sampling)
    simulator = Simulator.of(portfolio, policies, steps, seed, settings)
    years = _years(simulator, 0, sampling.threads)
    while True:
        dist = _distribution(portfolio, simulator, years, settings, steps)
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

    def fill(block: Block) -> None:
        year = simulator.year(block)
        place = slice(block.start - first, block.stop - first)
        gross[place] = year.gross
        indemnity[:, place] = year.indemnity
        first_loss[:, place] = year.first_loss
        ratios[:, place] = year.log_ratio

    for _ in over_threads(fill, list(simulator.blocks(first)), threads):
        pass
    return [gross, indemnity, first_loss, ratios]


def _distribution(
    portfolio: pd.DataFrame, simulator: Simulator, years: list[np.ndarray], settings: Settings, steps: tuple[int, ...]
) -> LossDistribution:
    gross, indemnity, first_loss, ratios = years
    names = [policy.name for policy in simulator.policies]
    losses = {"gross": gross}
    for number, policy in enumerate(simulator.policies):
        paid = indemnity[[names.index(name) for name in policy.programme]].sum(axis=0)
        losses |= {f"indemnity:{policy.name}": indemnity[number], f"retained:{policy.name}": gross - paid}
    index = pd.RangeIndex(len(gross), name="scenario")
    return LossDistribution(
        portfolio,
        simulator.policies,
        pd.DataFrame(losses, index=index, copy=False),
        simulator.sample(ratios),
        pd.DataFrame(dict(zip(names, first_loss, strict=True)), index=index, copy=False),
        settings,
        simulator.seed,
        steps,
    )


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


def _month(day: np.ndarray) -> np.ndarray:
    """Return the month, from 1, of a day of the year: twelve of equal length."""
    return np.ceil(day / (DAYS / 12)).astype(np.int64)


def _argument_problems(policies: tuple[Policy, ...], scenarios: int, seed: int) -> Iterator[Problem]:
    names = [policy.name for policy in policies]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _argument("policies", name, "several policies have this name", "give each a name of its own")
    for policy in policies:
        for name in set(policy.programme) - set(names):
            yield _argument("policies", policy.name, f"tops up {name}, which is not among them", f"add {name}")
        if policy.primary in {other.name for other in policies if other.kind == "top_up"}:
            yield _argument("policies", policy.name, f"tops up {policy.primary}, a top-up", "name the primary of both")
    if scenarios < 1:
        yield _argument("scenarios", scenarios, "must be at least 1")
    if not 0 <= seed < 2**64:
        yield _argument("seed", seed, "must be a whole number from 0 to 2^64 − 1")


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


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ParameterError([_argument("level", level, "must lie between 0 and 1")])


def _argument(name: str, value: object, allowed: str, remedy: str = "change the argument") -> Problem:
    return Problem(file="loss simulation", column=name, value=value, allowed=allowed, remedy=remedy)
