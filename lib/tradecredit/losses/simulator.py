"""A portfolio and its policies as arrays, and the simulation of blocks of scenarios with them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.insurance.late_shipments import DRAWS
from tradecredit.insurance.policy import Attachment, Policy
from tradecredit.insurance.settlement import (
    TERMS,
    Losses,
    Part,
    Settlement,
    YearlyLosses,
    paid_by_loss,
    paid_by_year,
    settled,
)
from tradecredit.losses.hazards import Obligors
from tradecredit.losses.importance_sampling import Draw, Economy
from tradecredit.losses.insured_part import InsuredPart, parts_of
from tradecredit.losses.kernels import CELL, Arrivals, States, block_arrivals, block_sums, in_order, of_buyers, summed
from tradecredit.losses.obligors import obligors_of
from tradecredit.numerics.risk_measures import Sample
from tradecredit.params.losses import Dependence, Sampling

BLOCK = 16 * CELL
"""Scenarios that are simulated at a time, at most. Where the economy has more than one dimension (several factors, or a
Student-t shock) another number gives other figures, within the error: a block's scenarios are sorted by each factor,
and what lies at right angles to the direction is drawn by block."""

BLOCK_DEFAULTS = 1_500_000
"""Defaults of a block, about, at most: bounds the memory."""

SHARE_DEFAULTS = 500_000
"""Defaults that are looked at one by one at a time, about: 100 MB."""

MOST_AMOUNTS = 2**23
"""Numbers of the table of what defaults add to sums, at most: bounds the memory. Books that need more are simulated
loss by loss, to the same figures but for rounding."""

EARLY, WHOLE_YEAR = 0.125, 1.0
"""Parts of the year whose losses are looked at for what uses up a first loss, one after the other."""

MOST_LIKELY = 600.0
"""Largest log of a ratio of densities: beyond it a scenario has no weight left, and its exponential would overflow."""


class Block(NamedTuple):
    """Consecutive scenarios that are simulated together, all of one kind (see `importance_sampling.Part`)."""

    start: int
    stop: int
    kind: int

    @property
    def scenarios(self) -> slice:
        return slice(self.start, self.stop)


class Defaults(NamedTuple):
    """Defaults as arrays, by scenario (of the block) and time: the buyer's position, its debt, what it brings in.

    `lost_share` = 1 − recovery / debt, known also where a buyer owes nothing; `draw`: see `kernels.draw`, the same for
    all buyers of a group.
    """

    scenario: np.ndarray
    day: np.ndarray
    buyer: np.ndarray
    debt: np.ndarray
    recovery: np.ndarray
    lost_share: np.ndarray
    draw: np.ndarray


class Year(NamedTuple):
    """Of each scenario of a block: gross loss, by policy indemnity and use of the first loss, and by kind log ratio.

    `log_ratio`: the log of how much likelier the scenario is in each kind than as years come (kinds × …).
    """

    gross: np.ndarray
    indemnity: np.ndarray
    first_loss: np.ndarray
    log_ratio: np.ndarray


@dataclass(frozen=True, eq=False)
class Simulator:
    """A portfolio and its policies as arrays, what makes defaults dependent, and where the scenarios lie."""

    obligors: Obligors
    members: np.ndarray
    """Positions of buyers in the portfolio, obligor by obligor."""
    member_start: np.ndarray
    exposure: np.ndarray
    lgd: np.ndarray
    lgd_sd: np.ndarray
    policies: tuple[Policy, ...]
    parts: tuple[Part, ...]
    """What of each buyer's debt the insured debt of each policy counts."""
    attachments: tuple[Attachment, ...]
    economy: Economy
    draw: Draw
    seed: int

    @classmethod
    def of(
        cls,
        portfolio: pd.DataFrame,
        policies: Iterable[Policy | InsuredPart],
        steps: Sequence[int],
        seed: int,
        settings: "Settings",
    ) -> Self:
        """Return what simulates a portfolio; `steps`: how many scenarios are drawn at a time."""
        insured = parts_of(policies)
        parts = tuple(part.arrays(portfolio) for part in insured)
        attached = attachments(tuple(part.policy for part in insured), portfolio)
        of = obligors_of(portfolio, settings.dependence)
        obligors = of.obligors
        economy = Economy.of(obligors, of.cost, settings.dependence, of.hang, settings.sampling)
        if not economy.twist.any():
            obligors = obligors._replace(tilt=np.zeros(len(obligors.name)))
        exposure, lgd = (portfolio[name].astype(float).to_numpy() for name in ("exposure", "lgd"))
        lgd_sd = portfolio["lgd_sd"].fillna(0.0).to_numpy(float) if "lgd_sd" in portfolio else np.zeros(len(portfolio))
        return cls(
            obligors, of.members, of.start, exposure, lgd, lgd_sd, tuple(part.policy for part in insured), parts,
            tuple(_attached(part, limits) for part, limits in zip(parts, attached, strict=True)),
            economy, economy.draw(steps, seed, settings.sampling), seed,
        )  # fmt: skip

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields alone: what is worked out from them is large, and done again where the copy computes."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def for_policies(self, names: Iterable[str]) -> Self:
        """Return this simulator with some of its policies alone; the losses that they meet are the same."""
        kept = [number for number, policy in enumerate(self.policies) if policy.name in names]
        return replace(
            self,
            policies=tuple(self.policies[number] for number in kept),
            parts=tuple(self.parts[number] for number in kept),
            attachments=tuple(self.attachments[number] for number in kept),
        )

    def with_steps(self, steps: Sequence[int], settings: "Settings") -> Self:
        """Return this simulator with other steps; scenarios of equal steps at the beginning stay as they are."""
        return replace(self, draw=self.economy.draw(steps, self.seed, settings.sampling))

    def blocks(self, first: int = 0) -> Iterator[Block]:
        """Return the scenarios from `first`, where a step begins, in blocks of whole cells, fewer if many default."""
        for start, end, kind in self.draw.parts:
            while first <= start < end:
                rate = float(self.economy.defaults_at(self.draw.place[start : start + 1], kind)[0])
                length = max(int(BLOCK_DEFAULTS / (rate + 1e-9)) // CELL * CELL, CELL)
                stop = min(start + min(length, BLOCK), end)
                yield Block(start, stop, kind)
                start = stop

    def states(self, block: Block) -> States:
        return self.economy.states(self.draw.place[block.scenarios], (self.seed, block.start), kind=block.kind)

    @property
    def loss(self) -> np.ndarray:
        """What each obligor's default costs, on average."""
        loss = self.exposure * self.lgd
        return np.add.reduceat(loss[self.members], self.member_start[:-1]) if len(loss) else loss

    def year(self, block: Block) -> Year:
        """Return the sums of each scenario of a block: from sums alone where they are enough, else loss by loss."""
        states = self.states(block)
        if not self._summed:
            return self._year_by_losses(block, states)
        amounts, first = self._amounts
        sums = block_sums(self.obligors, states, self.economy.gamma, (self._key, self._draw_key), amounts)
        terms, bounded = self._terms, self._bounded
        paid, spent = np.split(sums[first : first + len(terms) + len(bounded)], [len(terms)])
        first_loss = np.minimum(paid, terms["aggregate_first_loss"][:, None])
        indemnity = paid - first_loss
        # A first loss takes what comes first, and so leaves of discretionary cover what the order of losses says.
        most = terms["discretionary_maximum"][bounded, None]
        absorbed = self._absorbed(block, states, first_loss, spent > most)
        indemnity[bounded] -= np.maximum(spent - absorbed - most, 0.0)
        indemnity = np.minimum(indemnity, terms["maximum"][:, None])
        return Year(sums[0], indemnity, first_loss, self._log_ratios(block, states, sums[1]))

    def _absorbed(self, block: Block, states: States, first_loss: np.ndarray, reached: np.ndarray) -> np.ndarray:
        """Return what first losses take of discretionary cover, of `_bounded` policies (× scenarios) where `reached`.

        Only the losses that use up a first loss matter: those of the year's beginning, as far as they are enough.
        """
        absorbed = np.zeros(reached.shape)
        wanted = reached & (first_loss[self._bounded] > 0)
        for until in (EARLY, WHOLE_YEAR):
            for scenarios in self._shares(block, np.asarray(wanted.any(axis=0))):
                losses = _yearly(self._defaults(block, states, scenarios, until))
                for row, number in enumerate(self._bounded):
                    _, used = self._paid_by_year(losses, number, len(scenarios))
                    enough = (used.sum(axis=0) > first_loss[number] - CENT) | (until == WHOLE_YEAR)
                    known = wanted[row] & scenarios & enough
                    absorbed[row, known] = used[1, known]
                    wanted[row] &= ~known
        return absorbed

    def defaults(self, block: Block, wanted: np.ndarray | None = None) -> Defaults:
        """Return the defaults of a block, in order of scenario and time, of the `wanted` scenarios alone if given."""
        return self._defaults(block, self.states(block), wanted)

    def in_shares(self, block: Block, wanted: np.ndarray | None = None) -> Iterator[Defaults]:
        """Return `defaults` in shares of some scenarios each, about `SHARE_DEFAULTS` of them at a time."""
        states = self.states(block)
        wanted = np.ones(len(states.shock), bool) if wanted is None else wanted
        return (self._defaults(block, states, share) for share in self._shares(block, wanted))

    def _shares(self, block: Block, wanted: np.ndarray) -> Iterator[np.ndarray]:
        """Return the `wanted` scenarios of a block in shares of about `SHARE_DEFAULTS` defaults, as booleans.

        A block is a cell at least, and a bad year of a large book has thousands of defaults.
        """
        rate = self.economy.defaults_at(self.draw.place[block.scenarios], block.kind)
        share = (np.cumsum(rate * wanted) / SHARE_DEFAULTS).astype(np.int64)
        return (wanted & (share == number) for number in np.unique(share[wanted]))

    def _defaults(
        self, block: Block, states: States, wanted: np.ndarray | None = None, until: float = WHOLE_YEAR
    ) -> Defaults:
        wanted = np.ones(len(states.shock), bool) if wanted is None else wanted
        arrivals = self._arrivals(block, states, wanted, until)
        members = self.members, self.member_start, self.obligors.name
        amounts = self.exposure, self.lgd, self.lgd_sd
        keys = block.start, self._draws, self._draw_key, _key_of(self.seed, 1)
        return Defaults(*of_buyers(arrivals, in_order(arrivals, len(wanted)), members, amounts, keys))

    def settled(self, defaults: Defaults, number: int) -> Settlement:
        """Return what becomes of defaults under the policy of this number."""
        limit, above, discretionary = (values[defaults.buyer] for values in self.attachments[number])
        share = self.insured_share(defaults, number)
        losses = Losses(
            defaults.scenario, defaults.debt * share, defaults.recovery * share, above, limit, discretionary
        )
        return settled(losses, self._terms[number])

    def paid(self, defaults: Defaults, number: int) -> np.ndarray:
        """Return indemnity and the insurer's recovery of each default, as `settled` says them, alone (2 × …)."""
        return paid_by_loss(_yearly(defaults), self.parts[number], self.attachments[number], self._terms[number])

    def insured_share(self, defaults: Defaults, number: int) -> np.ndarray:
        """Return the share of each default's debt that the insured debt of the policy of this number counts."""
        part = self.parts[number]
        kept = np.where(part.stopped[defaults.buyer], 1.0, part.kept[defaults.draw])
        return part.share[defaults.buyer] * kept

    def _log_ratios(self, block: Block, states: States, twisted: np.ndarray) -> np.ndarray:
        """Return the log ratios of a block's scenarios: that of their places, and of their defaults under each twist.

        The latter: θ · Σ tilt − ψ(θ); `twisted`: Σ tilt over a scenario's defaults.
        """
        places = self.draw.place[block.scenarios]
        ratios = self.economy.log_ratio(places)
        if not self.obligors.tilt.any():
            return ratios
        twist = np.array([self.economy.twist_at(places, kind) for kind in range(len(ratios))])
        return ratios + twist * twisted - self.economy.log_generating(self.obligors, places, states)

    def sample(self, log_ratios: np.ndarray) -> Sample:
        """Return the probability of each scenario: its density over that of the mixture that it was drawn from.

        With 1/(a + Σ b·r), a the share of ordinary years, b that of each other kind and r how much likelier the
        scenario is there (`log_ratios`), no weight passes 1/a (Hesterberg 1995, Weighted average importance sampling
        and defensive mixture distributions, Technometrics 37(2)). Probabilities are scaled to add up to 1.
        """
        if len(log_ratios) == 1:
            return Sample.equally_likely(len(self.draw.place))
        mixture = np.zeros(len(self.draw.place))
        for share, log_ratio in zip(self.draw.share(len(log_ratios)), log_ratios, strict=True):
            mixture += share * np.exp(np.minimum(log_ratio, MOST_LIKELY))
        weight = 1 / mixture
        return Sample(weight / weight.sum(), stratified=True)

    @cached_property
    def _key(self) -> np.uint64:
        return _key_of(self.seed, 0)

    @cached_property
    def _draw_key(self) -> np.uint64:
        return _key_of(self.seed, 2)

    @cached_property
    def _draws(self) -> bool:
        """Whether what a policy insures depends on what is drawn at a default."""
        return any((part.kept != part.kept[0]).any() for part in self.parts)

    def _arrivals(self, block: Block, states: States, wanted: np.ndarray, until: float) -> Arrivals:
        expected = until * self.economy.defaults_at(self.draw.place[block.scenarios][wanted], block.kind).sum()
        room = int(1.2 * expected) + 1_000
        asked = self.obligors, states, self.economy.gamma, self._key, wanted, until
        arrivals, found = block_arrivals(*asked, room)
        return block_arrivals(*asked, found)[0] if found > room else arrivals

    def _year_by_losses(self, block: Block, states: States) -> Year:
        count = len(states.shock)
        indemnity, first_loss = np.zeros((2, len(self.policies), count))
        gross, twisted = np.zeros((2, count))
        tilt = np.zeros(len(self.exposure))
        tilt[self.members[self.member_start[:-1]]] = self.obligors.tilt
        for scenarios in self._shares(block, np.ones(count, bool)):
            defaults = self._defaults(block, states, scenarios)
            totals = partial(summed, scenario=defaults.scenario, scenarios=count)
            losses = _yearly(defaults)
            for number in range(len(self.policies)):
                paid, used = self._paid_by_year(losses, number, count)
                indemnity[number] += paid
                first_loss[number] += used.sum(axis=0)
            twisted += totals(tilt[defaults.buyer]) if tilt.any() else 0.0
            gross += totals(defaults.debt - defaults.recovery)
        return Year(gross, indemnity, first_loss, self._log_ratios(block, states, twisted))

    def _paid_by_year(self, losses: YearlyLosses, number: int, scenarios: int) -> tuple[np.ndarray, np.ndarray]:
        """Return what the policy of this number pays in each scenario, and what is used of its first loss."""
        return paid_by_year(losses, self.parts[number], self.attachments[number], self._terms[number], scenarios)

    @cached_property
    def _terms(self) -> np.ndarray:
        """The terms of each policy, as the kernels read them."""
        return np.array([policy.record() for policy in self.policies], np.dtype((np.record, TERMS)))

    @cached_property
    def _summed(self) -> bool:
        """Whether sums over the defaults of a year are enough for most years."""
        # A first loss that losses before the percentage use up is used by something else than what is paid.
        by_debt = (self._terms["aggregate_first_loss"] > 0) & self._terms["erosion_before_percentage"]
        by_loss = self.lgd_sd.any() or by_debt.any()
        columns = len(self.policies) + len(self._bounded) + 3
        return not by_loss and len(self.obligors.name) * (DRAWS if self._draws else 1) * columns <= MOST_AMOUNTS

    @cached_property
    def _bounded(self) -> np.ndarray:
        """The numbers of the policies that pay so much for discretionary cover in a year at most."""
        return np.flatnonzero(np.isfinite(self._terms["discretionary_maximum"]))

    @cached_property
    def _amounts(self) -> tuple[np.ndarray, int]:
        """Return what each obligor's default adds: to the loss, to the twisted loss if any, to each policy's year.

        And to the discretionary cover of those that are `_bounded`. Obligors (each as often as something else can be
        drawn) × two or a multiple of four columns, as the kernel takes them; and the column of the first policy.
        """
        draws, count = DRAWS if self._draws else 1, len(self.obligors.name)
        paid = [self._indemnity_alone(number, draws) for number in range(len(self.policies))]
        paid += [np.where(self.attachments[number].discretionary, paid[number], 0.0) for number in self._bounded]
        columns = [self._by_obligor(self.exposure - self.exposure * (1 - self.lgd))]
        columns += [self.obligors.tilt] if self.obligors.tilt.any() else []
        first = len(columns)
        columns += [self._by_obligor(amounts) for amounts in paid]
        wanted = max(-len(columns) % 4, 0) if len(columns) > 2 else 2 - len(columns)
        amounts = np.zeros((count, draws, len(columns) + wanted))
        for number, column in enumerate(columns):
            amounts[:, :, number] = column.T if column.ndim == 2 else column[:, None]
        return amounts.reshape(count * draws, amounts.shape[-1]), first

    def _by_obligor(self, amounts: np.ndarray) -> np.ndarray:
        """Return the sums over the buyers of each obligor; amounts: … × buyers."""
        return np.add.reduceat(amounts[..., self.members], self.member_start[:-1], axis=-1)

    def _indemnity_alone(self, number: int, draws: int) -> np.ndarray:
        """Return what a policy would pay for each buyer's loss before first loss and maximum (draws × buyers)."""
        part = self.parts[number]
        debt = self.exposure * part.share * np.where(part.stopped, 1.0, part.kept[:draws, None])
        terms = self._terms[number].copy()
        terms["aggregate_first_loss"], terms["maximum"] = 0.0, np.inf
        terms["discretionary_maximum"] = np.inf
        limit, above, discretionary = (np.tile(values, draws) for values in self.attachments[number])
        everyone, recovery = np.arange(debt.size), debt * (1 - self.lgd)
        losses = Losses(everyone, debt.ravel(), recovery.ravel(), above, limit, discretionary)
        return settled(losses, terms).indemnity.reshape(debt.shape)


class Settings(NamedTuple):
    """How a simulation is done beside its portfolio, policies, scenarios and seed."""

    dependence: Dependence
    sampling: Sampling


def attachments(policies: tuple[Policy, ...], portfolio: pd.DataFrame) -> tuple[Attachment, ...]:
    """Return where each policy attaches to each buyer; a top-up's primary must be among them."""
    by_name = {policy.name: policy for policy in policies}
    return tuple(policy.attachment(portfolio, by_name.get(policy.primary or "")) for policy in policies)


def _attached(part: Part, attachment: Attachment) -> Attachment:
    """Return where a policy attaches: of a stopped buyer its limits have been applied to what it owes already."""
    return Attachment(
        np.where(part.stopped, np.inf, attachment.limit), np.where(part.stopped, 0.0, attachment.above),
        attachment.discretionary,
    )  # fmt: skip


def _yearly(defaults: Defaults) -> YearlyLosses:
    return YearlyLosses(defaults.scenario, defaults.buyer, defaults.debt, defaults.recovery, defaults.draw)


def _key_of(seed: int, stream: int) -> np.uint64:
    return np.random.SeedSequence([seed, stream]).generate_state(1, np.uint64)[0]
