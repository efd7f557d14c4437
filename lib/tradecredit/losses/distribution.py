"""The simulated losses of a year, and what can be read from them: measures, contributions, months, single defaults."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from tradecredit.errors import ParameterError, Problem
from tradecredit.insurance.policy import Policy
from tradecredit.losses.insured_part import InsuredPart, parts_of
from tradecredit.losses.kernels import DAYS
from tradecredit.losses.simulator import Block, Settings, Simulator
from tradecredit.numerics.machines import over_machines
from tradecredit.numerics.risk_measures import Sample, expected_influence, standard_error, summary_rows, tail_weights

RAREST = 1e-5
"""Probability down to which the chart of the distribution goes."""


@dataclass(frozen=True, eq=False)
class LossDistribution:
    """The simulated losses of a year.

    - `losses`: a row for each scenario, a column for each view, in currency: `gross`, what defaults cost (debt less
      recoveries) without insurance; for each policy `indemnity:<name>`, what it pays in the end, and `retained:<name>`
      = gross − indemnity (a top-up's: less its primary's indemnity too). Premiums are not in it;
    - `sample`: the probability of each scenario. Most are bad years, sought out, and weigh less than one in their
      number;
    - `first_loss`: how much of each policy's aggregate first loss was used;
    - `steps`: how many scenarios were drawn at a time. Those of a step are numbered by kind, the ordinary ones first,
      then those around the bad years of each level, and within a kind from the worst state of the economy to the best;
    - `missing`: by what factor the standard errors were too large in the end for the precision required (None: a number
      of scenarios was required);
    - `parts`: what each policy insures of an exposure at default (none: `InsuredPart.plain`).
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
    parts: tuple[InsuredPart, ...] = ()

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
        tail = _Tail(simulator, weights, of_gross, tuple(of_policies[policy.name] for policy in simulator.policies))
        total = np.zeros(len(self.portfolio))
        held = [block for block in simulator.blocks() if weights[block.scenarios].any()]
        for part in over_machines(_parts_of_tail, tail, held, self.settings.sampling.threads) if held else []:
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
            raise ParameterError([argument_problem("buyers", unknown[0], "is not in the portfolio")])
        column = np.full(len(index), -1)
        column[wanted] = np.arange(len(wanted))
        simulator = self.simulator()
        parts = over_machines(
            _unit_losses, (simulator, column), list(simulator.blocks()), self.settings.sampling.threads
        )
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
        total = np.zeros((2, months))
        shared = (simulator, self.probability, months)
        for sums in over_machines(_by_month, shared, list(simulator.blocks()), self.settings.sampling.threads):
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

    def events(self, scenarios: Iterable[int], policy: str | None = None) -> pd.DataFrame:
        """Return the defaults of some scenarios, as `Policy.indemnify` takes them: a row for each.

        Columns: `scenario`, `day` (1..365), `buyer_id`, `debt` and `recovery` (of the part that the insured debt of the
        `policy` counts; None: of the portfolio's `insurable`), `limit` (the insurer's; missing: none named; infinite of
        a buyer that is stopped, whose part is what its limits have left), and `evidence` where the portfolio has it; in
        order of scenario and time. Raises `ParameterError` for a scenario or policy that there is not.
        """
        if policy is not None:
            self._check_view(f"indemnity:{policy}")
        wanted = np.unique(np.fromiter(scenarios, dtype=np.int64))
        unknown = wanted[(wanted < 0) | (wanted >= len(self.losses))]
        if len(unknown):
            raise ParameterError([argument_problem("scenarios", unknown[0], f"there are 0 to {len(self.losses) - 1}")])
        simulator = Simulator.of(self.portfolio, self._parts(policy), self.steps, self.seed, self.settings)
        asked = np.zeros(len(self.losses), bool)
        asked[wanted] = True
        tables = []
        for block in simulator.blocks():
            if asked[block.scenarios].any():
                defaults = simulator.defaults(block, asked[block.scenarios])
                share = simulator.insured_share(defaults, 0)
                table = pd.DataFrame(defaults._asdict()).assign(scenario=defaults.scenario + block.start)
                tables.append(table.assign(debt=defaults.debt * share, recovery=defaults.recovery * share))
        empty = pd.DataFrame({name: pd.Series(dtype=np.int64) for name in ("scenario", "day", "buyer")})
        table = pd.concat(tables or [empty.assign(debt=0.0, recovery=0.0)], ignore_index=True)
        buyers = self.portfolio.iloc[table["buyer"]].reset_index()
        stopped = simulator.parts[0].stopped[table["buyer"]]
        # Where rates are gamma a buyer may default twice on a day, which are two losses.
        again = table.groupby(["scenario", "day", "buyer"]).cumcount()
        if again.any():
            table = table.assign(day=table["day"] + again / (again.max() + 1))
        table = table.assign(buyer_id=buyers["buyer_id"], limit=buyers["insured_limit"].mask(stopped, np.inf))
        evidence = {"evidence": buyers["evidence"]} if "evidence" in buyers else {}
        return table[["scenario", "day", "buyer_id", "debt", "limit", "recovery"]].assign(**evidence)

    def simulator(self) -> Simulator:
        """Return what simulated the losses, for recalculation."""
        return Simulator.of(self.portfolio, self.parts or self.policies, self.steps, self.seed, self.settings)

    def _parts(self, policy: str | None) -> list[InsuredPart]:
        """Return the part of one policy; of None the portfolio's `insurable`, as a policy without terms counts it."""
        named = [part for part in self.parts or parts_of(self.policies) if part.policy.name == policy]
        # A top-up attaches by its primary, which what it counts does not depend on.
        return [InsuredPart(Policy(), part.share, part.today, part.late) for part in named] or [
            InsuredPart.plain(Policy())
        ]

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
            raise ParameterError([argument_problem("view", view, f"must be one of {', '.join(self.views)}")])


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


class _Tail(NamedTuple):
    """What is needed to take a tail apart by buyer.

    `weights` of the scenarios, and by what gross loss and the indemnity of each of the simulator's policies count.
    """

    simulator: Simulator
    weights: np.ndarray
    of_gross: float
    of_policies: tuple[float, ...]


def _parts_of_tail(tail: _Tail, block: Block) -> np.ndarray:
    """Return each buyer's part of the scenarios of a block."""
    simulator, weight = tail.simulator, tail.weights[block.scenarios]
    total = np.zeros(len(simulator.exposure))
    for defaults in simulator.in_shares(block, weight > 0):
        amount = (defaults.debt - defaults.recovery) * tail.of_gross
        for number, factor in enumerate(tail.of_policies):
            amount = amount + simulator.settled(defaults, number).indemnity * factor
        total += np.bincount(defaults.buyer, amount * weight[defaults.scenario], minlength=len(total))
    return total


def _unit_losses(of: tuple[Simulator, np.ndarray], block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return lost share, scenario and column of a block's defaults of the buyers that have a column (else −1)."""
    simulator, column = of
    shares = []
    for defaults in simulator.in_shares(block):
        kept = column[defaults.buyer] >= 0
        shares.append((defaults.lost_share[kept], defaults.scenario[kept] + block.start, column[defaults.buyer[kept]]))
    lost, scenario, place = (np.concatenate(columns) for columns in zip(*shares, strict=True))
    return lost, scenario, place


def _by_month(of: tuple[Simulator, np.ndarray, int], block: Block) -> np.ndarray:
    """Return what a block's scenarios add to each month's expected loss, and to what the one policy pays in it."""
    simulator, probability, months = of
    total = np.zeros((2, months))
    for defaults in simulator.in_shares(block):
        weight = probability[block.scenarios][defaults.scenario]
        loss = (defaults.debt - defaults.recovery) * weight
        paid = simulator.settled(defaults, 0).indemnity * weight
        sums = [(defaults.day, loss), (simulator.policies[0].payment_day(defaults.day), paid)]
        total += [np.bincount(_month(day) - 1, amount, minlength=months) for day, amount in sums]
    return total


def _month(day: np.ndarray) -> np.ndarray:
    """Return the month, from 1, of a day of the year: twelve of equal length."""
    return np.ceil(day / (DAYS / 12)).astype(np.int64)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ParameterError([argument_problem("level", level, "must lie between 0 and 1")])


def argument_problem(name: str, value: object, allowed: str, remedy: str = "change the argument") -> Problem:
    """Return the problem with an argument of the simulation or of what is read from it."""
    return Problem(file="loss simulation", column=name, value=value, allowed=allowed, remedy=remedy)
