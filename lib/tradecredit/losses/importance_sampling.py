"""The economy of simulated years: factors that make defaults hang together, and how its bad years are sought out.

All states of the economy are functions of independent standard normals ξ. Years are numbered by their place along
the direction in ξ in which losses grow fastest, the worst first.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np
from scipy.special import gammainccinv, gammaincinv, log_ndtr, ndtr, ndtri

from tradecredit.losses.kernels import Obligors, States, log_generating, loss_moments
from tradecredit.params.losses import Dependence, Sampling

NODES = np.linspace(-8.0, 4.0, 61)
"""Places along the direction at which the book's losses are looked at before anything is drawn."""

CONCENTRATED = 0.10
"""Coefficient of variation of a bad year's loss, the economy given, above which twisting pays."""

ORDINARY = 0.25
"""Share of the scenarios that are drawn as years come, the others being drawn from bad years."""

TWISTED = 256
"""Buyers that are twisted, at most: the largest, which make a book concentrated."""

_STEPS_OF_DIRECTION = 8
_STEPS_OF_TWIST = 25


class Draw(NamedTuple):
    """Where the scenarios lie along the direction: places, the worst first among the ordinary ones, and again among
    those drawn from bad years, which begin with number `stressed`."""

    place: np.ndarray
    stressed: int


@dataclass(frozen=True, eq=False)
class Economy:
    """What drives all buyers, and where its bad years are.

    `root`: the factors are `root` @ ξ; `direction`: unit vector in ξ along which losses grow as places fall; `shift`:
    how far bad years are moved along it; `twist`: θ at each of `NODES` (all 0 without twisting); `anchor`: how far a
    Student-t shock moves the factor, for the typical buyer.
    """

    dependence: Dependence
    root: np.ndarray
    direction: np.ndarray
    shift: float
    twist: np.ndarray
    anchor: float
    defaults: np.ndarray
    """Expected number of defaults at each of `NODES`, twisted as in bad years."""

    @classmethod
    def of(cls, obligors: Obligors, loss: np.ndarray, dependence: Dependence, anchor: float) -> Self:
        """Return the economy without bad years sought out; `loss` is what each obligor's default costs."""
        factors = dependence.sector_factors
        root = np.eye(1) if factors is None else _root(np.array(factors.correlation))
        if dependence.kind == "gamma":
            root = np.eye(len(root))
        size = len(root) + (dependence.kind == "student_t")
        start = cls(dependence, root, np.full(size, size**-0.5), 0.0, NODES * 0, anchor, NODES * 0)
        return replace(start, defaults=start._moments(obligors, loss, NODES * 0)[2])

    def seeking(self, obligors: Obligors, loss: np.ndarray, sampling: Sampling) -> Self:
        """Return the economy with its bad years sought out, as `sampling` says: direction, shift and twist.

        The bad years lie where a loss of the size of the value at risk at `sampling.aim` is likeliest to come from
        (Glasserman and Li 2005, Importance sampling for portfolio credit risk, Management Science 51(11), eq. 24).
        """
        towards = replace(self, direction=self._steepest(obligors, loss, float(ndtri(sampling.aim))))
        mean, variance, defaults = towards._moments(obligors, loss, NODES * 0)
        sd = np.sqrt(np.maximum(variance, 1e-300))
        target = _rough_quantile(mean, sd, 1 - sampling.aim)
        likeliest = int(np.argmax(log_ndtr((mean - target) / sd) - NODES**2 / 2))
        concentrated = mean[likeliest] > 0 and sd[likeliest] / mean[likeliest] > CONCENTRATED
        found = replace(towards, shift=max(-NODES[likeliest], 0.0), defaults=defaults)
        if not {"always": True, "never": False, "auto": concentrated}[sampling.twisting]:
            return found
        twist = towards._twist(obligors, loss, target, mean)
        exponent = log_generating(obligors, towards.at_nodes(twist), self.gamma) - twist * target
        shift = max(-NODES[np.argmax(exponent - NODES**2 / 2)], 0.0)
        return replace(found, shift=shift, twist=twist, defaults=towards._moments(obligors, loss, twist)[2])

    def draw(self, scenarios: int, seed: int, sampling: Sampling) -> Draw:
        """Return the places of the scenarios along the direction, the worst first.

        Plain: standard normals. Else one in each of n equally likely strata, for the ordinary scenarios of the standard
        normal, for the others of the normal moved by the shift.
        """
        random = random_of(seed, 0)
        if sampling.method == "plain":
            return Draw(np.sort(random.standard_normal(scenarios)), scenarios)
        ordinary = int(scenarios * ORDINARY) // 2 * 2
        place = np.empty(scenarios)
        for part, moved in ((slice(0, ordinary), 0.0), (slice(ordinary, scenarios), self.shift)):
            count = part.stop - part.start
            place[part] = ndtri((np.arange(count) + random.random(count)) / count) - moved
        return Draw(place, ordinary)

    def states(self, places: np.ndarray, stream: tuple[int, int], *, stressed: bool) -> States:
        """Return the states of a block of scenarios by their places; `stream`: seed, and number of the first scenario.

        Twists are those of the place; without `stressed` there is none.
        """
        seed, number = stream
        alone = len(self.direction) == 1
        across = (
            np.zeros((1, len(places)))
            if alone
            else random_of(seed, 1 + number).standard_normal((len(self.direction), len(places)))
        )
        factor, shock = self._state(places, across)
        twist = self.twist_at(places) if stressed else np.zeros(len(places))
        order = np.arange(len(places))[None, :] if alone else np.argsort(factor, axis=1, kind="stable")
        return States(factor, shock, twist, order, number)

    def log_ratio(self, places: np.ndarray) -> np.ndarray:
        """Return the log of the density of bad years over that of ordinary ones at places, before twists."""
        return -self.shift * places - self.shift**2 / 2

    def twist_at(self, places: np.ndarray) -> np.ndarray:
        return np.interp(places, NODES, self.twist)

    def defaults_at(self, places: np.ndarray) -> np.ndarray:
        """Return about how many obligors default in scenarios, for the room that they need."""
        return np.interp(places, NODES, self.defaults)

    @property
    def gamma(self) -> bool | None:
        """True or None, as the engine wants it (see `kernels.hazard`)."""
        return True if self.dependence.kind == "gamma" else None

    def _state(self, places: np.ndarray, across: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return factors and shock at places along the direction, with what `across` has at right angles."""
        across = across - np.outer(self.direction, self.direction @ across)
        normals = np.outer(self.direction, places) + across
        shock = np.ones(len(places))
        if self.gamma:
            shape = self.dependence.default_rate_sd**-2
            return -gammainccinv(shape, ndtr(normals)) / shape, shock
        factor = self.root @ normals[: len(self.root)]
        if self.dependence.kind == "student_t":
            shape = self.dependence.degrees_of_freedom / 2
            shock = np.sqrt(gammaincinv(shape, ndtr(normals[-1])) / shape)
            factor = factor - self.anchor * (shock - 1)
        return factor, shock

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

    def _twist(self, obligors: Obligors, loss: np.ndarray, target: float, mean: np.ndarray) -> np.ndarray:
        """Return, at each node, the θ under which the expected loss is the target; 0 where it is so without."""
        low, high = NODES * 0, NODES * 0 + 30.0 / max(obligors.tilt.max(initial=0.0), 1e-300)
        for _ in range(_STEPS_OF_TWIST):
            middle = (low + high) / 2
            short = self._moments(obligors, loss, middle)[0] < target
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return np.where(mean < target, high, 0.0)


def random_of(seed: int, stream: int) -> np.random.Generator:
    """Return a generator that depends on the seed and the stream's number alone, whatever else was drawn before."""
    return np.random.Generator(np.random.Philox(key=np.array([seed, stream], dtype=np.uint64)))


def _root(correlation: np.ndarray) -> np.ndarray:
    """Return a square root of a correlation matrix, also of a singular one."""
    values, vectors = np.linalg.eigh(correlation)
    return vectors * np.sqrt(np.maximum(values, 0.0))


def _rough_quantile(mean: np.ndarray, sd: np.ndarray, tail: float) -> float:
    """Return a loss exceeded with about probability `tail`: normal at each node, the nodes weighed by their density."""
    weight = np.exp(-(NODES**2) / 2)
    weight /= weight.sum()
    low, high = 0.0, float((mean + 10 * sd).max())
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if weight @ ndtr((mean - middle) / sd) > tail else (low, middle)
    return high
