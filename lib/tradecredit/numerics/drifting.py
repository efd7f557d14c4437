"""A level that drifts, seen with chance: what it was, what it is going to be, and how far that errs."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.linalg import solve_triangular

ROUGH, SMOOTH = "rough", "smooth"
"""Paths of a drift: one that turns at any time, and one that goes on as it went."""


class Grid(NamedTuple):
    """What is averaged over: standard deviations of the drift (which forgets within `memories` years), of a season of
    twelve months, and of chance beside what is known of it; and `paths`, whether the drift takes `ROUGH` or `SMOOTH`
    ones. `level` and `growth` (a year): standard deviations of the first."""

    level: float
    growth: float
    drifts: Sequence[float]
    memories: Sequence[float]
    seasons: Sequence[float]
    noises: Sequence[float]
    paths: Sequence[str] = (ROUGH,)


class Seen(NamedTuple):
    """What was seen: `years`, rising up to about 0, `month` of the year (any number of it), `value`, and the variance
    of its `chance`, as far as that is known."""

    years: np.ndarray
    month: np.ndarray
    value: np.ndarray
    chance: np.ndarray


class Predicted(NamedTuple):
    """`mean` and covariance (`spread`) of the level at some times, without chance; and the variance of chance."""

    mean: np.ndarray
    spread: np.ndarray
    noise: float


def predicted(seen: Seen, years: np.ndarray, month: np.ndarray, grid: Grid, around: float | None = None) -> Predicted:
    """Return the level at some times from what was seen: a Gaussian process, its standard deviations averaged.

    Each point of the grid weighs as likely as it makes what was seen. `around`: where the level is before anything is
    seen (None: the mean of what was). Source: Rasmussen and Williams 2006, Gaussian Processes for Machine Learning,
    equations 2.23 to 2.30; paths: 4.18 (rough: exponential, smooth: Matérn 3/2).
    """
    middle = _middle(seen, around)
    count, found = len(seen.years), []
    for noise, whole, root, error, log_likelihood in _points(seen, years, month, grid, middle):
        part = _solved(root, whole[:count, count:])
        found.append((log_likelihood, part.T @ error, whole[count:, count:] - part.T @ part, noise))
    likely, means, spreads, noises = (np.array(values) for values in zip(*found, strict=True))
    weight = _weights(likely)
    mean = weight @ means
    off = means - mean
    spread = np.tensordot(weight, spreads + off[:, :, None] * off[:, None, :], 1)
    return Predicted(mean + middle, spread, float(weight @ noises**2))


def level(seen: Seen, years: np.ndarray, month: np.ndarray, grid: Grid, around: float | None = None) -> np.ndarray:
    """Return the mean of `predicted` alone, which takes a fraction of the work."""
    middle, count = _middle(seen, around), len(seen.years)
    found = [
        (likely, whole[count:, :count] @ _solved(root, error, trans="T"))
        for _, whole, root, error, likely in _points(seen, years, month, grid, middle)
    ]
    likely, means = (np.array(values) for values in zip(*found, strict=True))
    return _weights(likely) @ means + middle


def _solved(root: np.ndarray, values: np.ndarray, *, trans: str = "N") -> np.ndarray:
    """Return what a lower triangular matrix (or, `trans` being T, its transpose) turns into the values."""
    return np.asarray(solve_triangular(root, values, lower=True, trans=trans, check_finite=False))


def _middle(seen: Seen, around: float | None) -> float:
    return float(seen.value.mean()) if around is None else around


def _weights(likely: np.ndarray) -> np.ndarray:
    weight = np.exp(likely - likely.max())
    return weight / weight.sum()


def _points(
    seen: Seen, years: np.ndarray, month: np.ndarray, grid: Grid, middle: float
) -> Iterator[tuple[float, np.ndarray, np.ndarray, np.ndarray, float]]:
    """Yield of each point of the grid its noise, the covariance of all times, the root of that of what was seen (lower
    triangular), what was seen less the middle, scaled by it, and how likely that is, as a logarithm."""
    every = np.concatenate([seen.years, years])
    months = np.concatenate([seen.month, month]) % 12
    apart = np.abs(every[:, None] - every[None, :])
    fixed = grid.level**2 + grid.growth**2 * every[:, None] * every[None, :]
    same = (months[:, None] == months[None, :]).astype(float)
    count = len(seen.years)
    drifting = {(0.0, "", 0.0): np.zeros_like(apart)} if 0.0 in grid.drifts else {}
    for drift, path, memory in product(grid.drifts, grid.paths, grid.memories):
        if drift > 0:
            drifting[drift, path, memory] = drift**2 * _alike(apart / memory, path)
    for moved, season, noise in product(drifting.values(), grid.seasons, grid.noises):
        whole = fixed + moved + season**2 * same
        known = whole[:count, :count] + np.diag(seen.chance + noise**2 + 1e-9)
        root = np.linalg.cholesky(known)
        error = _solved(root, seen.value - middle)
        yield noise, whole, root, error, float(-0.5 * error @ error - np.log(np.diag(root)).sum())


def _alike(apart: np.ndarray, path: str) -> np.ndarray:
    """Return the correlation of a drift at times apart, in multiples of its memory."""
    if path == ROUGH:
        return np.exp(-apart)
    scaled = np.sqrt(3.0) * apart
    return (1.0 + scaled) * np.exp(-scaled)


__all__ = ["Grid", "Predicted", "Seen", "level", "predicted"]
