"""Two inputs together: what they add to the log-odds beyond their curves, monotone where a sign is stated."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

QUANTILES = (0.05, 0.35, 0.65, 0.95)
"""Quantiles of the fitted sample at which a surface may bend in either direction; beyond the outermost it is level."""


TIMES = " × "
"""Between the names of a pair's inputs."""


class Pair(NamedTuple):
    """How two inputs enter the log-odds together: a surface, bilinear between the places where two knots cross.

    `names`, `signs` and `knots` (rising) of both. `means`: mean over the fitted sample of each shape that the surface
    is made of (`shapes`), so that its contributions average nothing; where either value is missing it adds nothing.
    """

    names: tuple[str, str]
    signs: tuple[int, int]
    knots: tuple[tuple[float, ...], tuple[float, ...]]
    means: tuple[float, ...]

    @property
    def name(self) -> str:
        """The names of both, as a column of contributions bears them."""
        return name_of(self.names)

    @property
    def size(self) -> int:
        """Number of coefficients."""
        return len(self.means)

    @property
    def missing(self) -> bool:
        """Being missing has no coefficient here; the curves have it."""
        return False


class Places(NamedTuple):
    """Where values lie among knots: `left`, the knot before, `share` of the way to the next, and where `missing`."""

    left: np.ndarray
    share: np.ndarray
    missing: np.ndarray


def name_of(names: Sequence[str]) -> str:
    """Return what a pair is called."""
    return TIMES.join(names)


def names_of(name: str) -> list[str]:
    """Return the inputs of a pair by what it is called (`name_of`); of one input, itself."""
    return name.split(TIMES)


def located(column: np.ndarray, knots: Sequence[float]) -> Places:
    """Return where the values of a column (float, NaN where missing) lie among rising knots, of which there are two."""
    at, missing = np.asarray(knots), np.isnan(column)
    inside = np.clip(np.where(missing, at[0], column), at[0], at[-1])
    left = np.clip(np.searchsorted(at, inside, side="right") - 1, 0, len(at) - 2)
    return Places(left, (inside - at[left]) / (at[left + 1] - at[left]), missing)


def shapes(signs: tuple[int, int], counts: tuple[int, int]) -> np.ndarray:
    """Return the shapes that a surface is a sum of, at its places (first knots × second knots): places × shapes.

    Both signed: steps up that need both inputs on the bad side of a knot, and steps that need either; with weights of
    at least 0 they rise with either input the way its sign says. One signed: its steps up, at each knot of the other.
    None: a height at each place.
    """
    steps = [_steps(sign, count) if sign else np.eye(count) for sign, count in zip(signs, counts, strict=True)]
    both = np.einsum("is,jt->ijst", *steps)
    places = counts[0] * counts[1]
    if not all(signs):
        return both.reshape(places, -1)
    either = steps[0][:, None, :, None] + steps[1][None, :, None, :] - both
    return np.concatenate([both.reshape(places, -1), either.reshape(places, -1)], axis=1)


def _steps(sign: int, count: int) -> np.ndarray:
    """Return whether each knot lies on the bad side of each step between knots: knots × steps."""
    beyond = np.tri(count, count - 1, -1)
    return beyond if sign > 0 else 1.0 - beyond


def pair(names: tuple[str, str], signs: tuple[int, int], table: Mapping[str, np.ndarray]) -> Pair | None:
    """Return the pair of two columns (float, NaN where missing); None where either has no two knots."""
    knots = tuple(_knots(table[name]) for name in names)
    if min(map(len, knots)) < 2:
        return None
    first, second = (located(table[name], own) for name, own in zip(names, knots, strict=True))
    known, count = ~(first.missing | second.missing), len(knots[1])
    weights = np.zeros(len(knots[0]) * count)
    for i, one in ((0, 1 - first.share), (1, first.share)):
        for j, other in ((0, 1 - second.share), (1, second.share)):
            place = (first.left + i) * count + second.left + j
            weights += np.bincount(place[known], (one * other)[known], minlength=len(weights))
    means = weights / max(known.sum(), 1) @ shapes(signs, (len(knots[0]), count))
    return Pair(names, signs, (knots[0], knots[1]), tuple(means.tolist()))


def _knots(column: np.ndarray) -> tuple[float, ...]:
    known = column[~np.isnan(column)]
    return tuple(np.unique(np.quantile(known, QUANTILES)).tolist()) if len(known) else ()
