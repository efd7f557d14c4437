"""The economy of simulated years: factors that make defaults dependent, and how its bad years are sought out.

All states of the economy are functions of independent standard normals ξ. Years are placed along the direction in ξ in
which losses grow fastest, and drawn in kinds: as years come, and around the bad years of each level of the tail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self, cast

import numpy as np
from scipy.special import gammainccinv, gammaincinv, log_ndtr, ndtr, ndtri

from tradecredit.losses.hazards import Obligors
from tradecredit.losses.kernels import States, by_value
from tradecredit.losses.moment_kernels import between, log_generating, loss_moments, twists
from tradecredit.params.losses import Dependence, Sampling

NODES = np.linspace(-8.0, 4.0, 61)
"""Places along the direction at which the book's losses are looked at before anything is drawn."""

PARTS = 4
FINE = np.linspace(NODES[0], NODES[-1], PARTS * (len(NODES) - 1) + 1)
"""Places at which the twist's normalisation is known exactly: those of `NODES`, and three between any two."""

CONCENTRATED = 0.10
"""Coefficient of variation of a bad year's loss, the economy given, above which twisting pays."""

ORDINARY = 0.25
"""Share of the scenarios drawn as years come; the others are drawn around bad years, as many for each level."""

NEARER = 0.85
"""How far bad years are moved, as a part of the way to where the loss is likeliest to come from: in years farther out
more buyers default, which costs time, and the errors of all levels together are least about here."""

TWISTED = 256
"""Buyers that are twisted, at most: the largest, which make a book concentrated."""

_STEPS_OF_DRAW = 2**40
"""Number of the stream that places the first step's scenarios: above those of all blocks."""

_STEPS_OF_DIRECTION = 8
_STEPS_OF_TWIST = 25


class Part(NamedTuple):
    """Consecutive scenarios of one kind, the worst first: 0 as years come, from 1 around the bad years of a level."""

    start: int
    stop: int
    kind: int


class Draw(NamedTuple):
    """Where the scenarios lie along the direction, and the parts that they were drawn in."""

    place: np.ndarray
    parts: tuple[Part, ...]

    def share(self, kinds: int) -> np.ndarray:
        """Return the share of the scenarios that each kind has."""
        count = np.zeros(kinds)
        for part in self.parts:
            count[part.kind] += part.stop - part.start
        return count / max(len(self.place), 1)


class Hang(NamedTuple):
    """How obligors hang on the economy: `weights` and `anchor` as in `Economy`."""

    weights: np.ndarray
    anchor: float


@dataclass(frozen=True, eq=False)
class Economy:
    """What drives all buyers, and where its bad years are.

    `weights` (rows × factors): of the factors of the economy in each that obligors hang on, a factor or a mix of them;
    `root`: these are `root` @ ξ (with gamma: the factors of the economy are the gamma variables of `root` @ ξ, and what
    the weights lack of 1 is specific); `direction`: unit vector in ξ along which losses grow as places fall; `shift`:
    how far the years of each kind are moved along it (ordinary ones, kind 0, not at all); `twist` (kinds × `NODES`):
    their θ there (all 0 without twisting); `anchor`: how far a Student-t shock moves the factor, for the typical buyer;
    `generating` (kinds × `FINE`): ψ there (see `log_generating`), where twists and the direction alone make it.
    """

    dependence: Dependence
    weights: np.ndarray
    root: np.ndarray
    direction: np.ndarray
    shift: np.ndarray
    twist: np.ndarray
    anchor: float
    defaults: np.ndarray
    """Expected number of defaults at each of `NODES`, twisted as in years of each kind (kinds × nodes)."""
    generating: np.ndarray

    @classmethod
    def of(cls, obligors: Obligors, loss: np.ndarray, dependence: Dependence, hang: Hang, sampling: Sampling) -> Self:
        """Return the economy, bad years sought out if `sampling` says so; `loss`: what each obligor's default costs."""
        root = _root(hang.weights, dependence)
        size = root.shape[1] + (dependence.kind == "student_t")
        nothing = np.zeros((1, len(NODES)))
        start = cls(
            dependence, hang.weights, root, np.full(size, size**-0.5), np.zeros(1), nothing, hang.anchor, nothing,
            FINE[None] * 0,
        )  # fmt: skip
        if sampling.method == "tail":
            return start._seeking(obligors, loss, sampling)
        return replace(start, defaults=start._moments(obligors, loss, NODES * 0)[2:])

    def _seeking(self, obligors: Obligors, loss: np.ndarray, sampling: Sampling) -> Self:
        """Return the economy with its bad years sought out, as `sampling` says: direction; shift and twist by kind.

        The bad years of a level lie near where a loss of the size of its value at risk is likeliest to come from
        (Glasserman and Li 2005, Importance sampling for portfolio credit risk, Management Science 51(11), eq. 24).
        """
        towards = replace(self, direction=self._steepest(obligors, loss, float(ndtri(max(sampling.levels)))))
        mean, variance, defaults = towards._moments(obligors, loss, NODES * 0)
        kinds = [(0.0, NODES * 0, defaults)]
        sd = np.sqrt(np.maximum(variance, 1e-300))
        targets = [_rough_quantile(mean, sd, 1 - level) for level in sampling.levels]
        exponents = [log_ndtr((mean - target) / sd) for target in targets]
        # Whether the book is concentrated is judged where most buyers default: in the bad years of the highest level.
        likeliest = int(np.argmax(exponents[-1] - NODES**2 / 2))
        concentrated = mean[likeliest] > 0 and sd[likeliest] / mean[likeliest] > CONCENTRATED
        twisting = {"always": True, "never": False, "auto": concentrated}[sampling.twisting]
        for target, exponent in zip(targets, exponents, strict=True):
            twist = NODES * 0
            if twisting:
                twist = twists(obligors, towards.at_nodes(NODES * 0), loss, self.gamma, target, _STEPS_OF_TWIST)
                exponent = log_generating(obligors, towards.at_nodes(twist), self.gamma) - twist * target
            shift = NEARER * max(-NODES[np.argmax(exponent - NODES**2 / 2)], 0.0)
            defaulting = towards._moments(obligors, loss, twist)[2] if twist.any() else defaults
            kinds.append((shift, twist, defaulting))
        shift, twist, defaults = (np.array(values) for values in zip(*kinds, strict=True))
        found = replace(
            towards, shift=shift, twist=twist, defaults=defaults, generating=np.zeros((len(kinds), len(FINE)))
        )
        if len(found.direction) == 1:
            for kind in map(int, np.flatnonzero(twist.any(axis=1))):
                found.generating[kind] = found._exact(obligors, FINE, found.along(FINE), kind)
        return found

    def draw(self, steps: Sequence[int], seed: int, sampling: Sampling) -> Draw:
        """Return the places of the scenarios along the direction; `steps`: how many are drawn at a time.

        Plain: standard normals. Else one in each of n equally likely strata of each kind's normal, moved by its shift.
        What one step draws depends on no other.
        """
        parts, places = [], []
        start = 0
        for step, scenarios in enumerate(steps):
            random = random_of(seed, _STEPS_OF_DRAW + step)
            for kind, count in enumerate(self._counts(scenarios, sampling)):
                if sampling.method == "plain":
                    place = np.sort(random.standard_normal(count))
                else:
                    place = ndtri((np.arange(count) + random.random(count)) / count) - self.shift[kind]
                places.append(place)
                parts.append(Part(start, start + count, kind))
                start += count
        return Draw(np.concatenate(places), tuple(parts))

    def _counts(self, scenarios: int, sampling: Sampling) -> list[int]:
        """Return how many of the scenarios are of each kind: even numbers, so that neighbours in pairs are alike."""
        if sampling.method == "plain":
            return [scenarios]
        bad = len(self.shift) - 1
        ordinary = int(scenarios * ORDINARY) // 2 * 2
        each = (scenarios - ordinary) // bad // 2 * 2
        return [ordinary, *[each] * (bad - 1), scenarios - ordinary - each * (bad - 1)]

    def states(self, places: np.ndarray, stream: tuple[int, int], *, kind: int) -> States:
        """Return the states of a block of scenarios by their places; `stream`: seed, and number of the first scenario.

        Twists are those of the kind.
        """
        seed, number = stream
        alone = len(self.direction) == 1
        across = (
            np.zeros((1, len(places)))
            if alone
            else random_of(seed, 1 + number).standard_normal((len(self.direction), len(places)))
        )
        factor, shock = self._state(places, across)
        twist = self.twist_at(places, kind)
        in_place = np.arange(len(places))
        order = np.array([in_place if alone else by_value(values) for values in factor])
        return States(factor, shock, twist, order, number)

    def log_ratio(self, places: np.ndarray) -> np.ndarray:
        """Return the log of each kind's density over that of ordinary years at places, before twists (kinds × …)."""
        return -self.shift[:, None] * places - self.shift[:, None] ** 2 / 2

    def twist_at(self, places: np.ndarray, kind: int) -> np.ndarray:
        return np.interp(places, NODES, self.twist[kind])

    def defaults_at(self, places: np.ndarray, kind: int) -> np.ndarray:
        """Return about how many obligors default in scenarios of a kind, for the room that they need."""
        return np.interp(places, NODES, self.defaults[kind])

    @property
    def gamma(self) -> bool | None:
        """True or None, as the kernels take it (see `hazards.hazard`)."""
        return True if self.dependence.kind == "gamma" else None

    def _state(self, places: np.ndarray, across: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return factors and shock at places along the direction, with what `across` has at right angles."""
        across = across - np.outer(self.direction, self.direction @ across)
        normals = np.outer(self.direction, places) + across
        shock, factor = np.ones(len(places)), self.root @ normals[: self.root.shape[1]]
        if self.gamma:
            # Each rate stays gamma, whatever the correlation of the normals behind them (a Gaussian copula).
            shapes = self.dependence.deviations()[:, None] ** -2
            specific = 1 - self.weights.sum(axis=1, keepdims=True)
            return -(self.weights @ (gammainccinv(shapes, ndtr(factor)) / shapes) + specific), shock
        if self.dependence.kind == "student_t":
            shape = cast(float, self.dependence.degrees_of_freedom) / 2
            shock = np.sqrt(gammaincinv(shape, ndtr(normals[-1])) / shape)
            factor = factor - self.anchor * (shock - 1)
        return factor, shock

    def log_generating(self, obligors: Obligors, places: np.ndarray, states: States) -> np.ndarray:
        """Return ψ of each kind in scenarios (kinds × …): see `moment_kernels.log_generating`; `states`: theirs.

        Where the place alone makes the state, ψ is looked up between exact values in steps of a quarter of those of
        `NODES`, by the polynomial through the five of a piece between two nodes (to some 10⁻⁷; θ bends at the nodes).
        """
        result = np.zeros((len(self.twist), len(places)))
        inside = (places >= NODES[0]) & (places <= NODES[-1]) & (len(self.direction) == 1)
        outside = ~inside
        for kind in map(int, np.flatnonzero(self.twist.any(axis=1))):
            result[kind] = between(self.generating[kind], places, (FINE[0], FINE[1] - FINE[0]), PARTS)
            if outside.any():
                some = states._replace(factor=states.factor[:, outside], shock=states.shock[outside])
                result[kind, outside] = self._exact(obligors, places[outside], some, kind)
        return result

    def _exact(self, obligors: Obligors, places: np.ndarray, states: States, kind: int) -> np.ndarray:
        return log_generating(obligors, states._replace(twist=self.twist_at(places, kind)), self.gamma)

    def at_nodes(self, twist: np.ndarray) -> States:
        return self.along(NODES)._replace(twist=twist)

    def along(self, places: np.ndarray) -> States:
        """Return the states at places along the direction, untwisted, with nothing at right angles to it."""
        factor, shock = self._state(places, np.zeros((len(self.direction), len(places))))
        return States(factor, shock, np.zeros(len(places)), np.zeros(factor.shape, np.int64), 0)

    def _moments(self, obligors: Obligors, loss: np.ndarray, twist: np.ndarray) -> np.ndarray:
        """Return mean and variance of the loss, and the number of defaults, at each node (3 × nodes)."""
        return loss_moments(obligors, self.at_nodes(twist), loss, self.gamma)

    def _steepest(self, obligors: Obligors, loss: np.ndarray, distance: float) -> np.ndarray:
        """Return the direction in which, at a distance from the middle, the expected loss is highest."""
        size = len(self.direction)
        if size == 1:
            return self.direction
        direction = self.direction
        for _ in range(_STEPS_OF_DIRECTION):
            points = -distance * direction[:, None] + np.hstack([np.zeros((size, 1)), 1e-3 * np.eye(size)])
            here = replace(self, direction=np.zeros(size))
            factor, shock = here._state(np.zeros(size + 1), points)
            states = States(factor, shock, shock * 0, np.zeros(factor.shape, np.int64), 0)
            mean = loss_moments(obligors, states, loss, self.gamma)[0]
            slope = mean[0] - mean[1:]
            if not np.linalg.norm(slope) > 0:
                break
            direction = slope / np.linalg.norm(slope)
        return direction


def random_of(seed: int, stream: int) -> np.random.Generator:
    """Return a generator that depends on the seed and the stream's number alone, whatever else was drawn before."""
    return np.random.Generator(np.random.Philox(key=np.array([seed, stream], dtype=np.uint64)))


def _root(weights: np.ndarray, dependence: Dependence) -> np.ndarray:
    """Return a square root of the factors' correlation matrix, also of a singular one; of their mixes, but with gamma.

    A mix is scaled to a standard deviation of 1.
    """
    if dependence.sector_factors is None:
        return np.eye(1)
    correlation = np.array(dependence.sector_factors.correlation)
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    if dependence.kind == "gamma":
        return root
    variance = np.einsum("ij,jk,ik->i", weights, correlation, weights)
    return weights @ root / np.sqrt(variance)[:, None]


def _rough_quantile(mean: np.ndarray, sd: np.ndarray, tail: float) -> float:
    """Return a loss exceeded with about probability `tail`: normal at each node, the nodes weighed by their density."""
    weight = np.exp(-(NODES**2) / 2)
    weight /= weight.sum()
    low, high = 0.0, float((mean + 10 * sd).max())
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if weight @ ndtr((mean - middle) / sd) > tail else (low, middle)
    return high
