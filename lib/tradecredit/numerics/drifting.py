"""A level that drifts, seen with chance: what it was, what it is going to be, and how far that errs."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

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
    middle, count = _middle(seen, around), len(seen.years)
    points = _points(seen, years, month, grid, middle)
    across = points.whole[:, :count, count:]
    part = np.linalg.solve(points.known, across)
    means = (seen.value - middle) @ part
    spreads = points.whole[:, count:, count:] - across.transpose(0, 2, 1) @ part
    mean = points.weight @ means
    off = means - mean
    spread = np.tensordot(points.weight, spreads + off[:, :, None] * off[:, None, :], 1)
    return Predicted(mean + middle, spread, float(points.weight @ points.noise**2))


def level(seen: Seen, years: np.ndarray, month: np.ndarray, grid: Grid, around: float | None = None) -> np.ndarray:
    """Return the mean of `predicted` alone, which takes a fraction of the work."""
    middle, count = _middle(seen, around), len(seen.years)
    points = _points(seen, years, month, grid, middle)
    means = points.whole[:, count:, :count] @ points.scaled[:, :, None]
    return points.weight @ means[:, :, 0] + middle


class _Points(NamedTuple):
    """The points of the grid, which the first axis counts: `weight`, `noise`, covariances of all times (`whole`) and of
    what was seen (`known`), chance among it, and what was seen less the middle, divided by it (`scaled`)."""

    weight: np.ndarray
    noise: np.ndarray
    whole: np.ndarray
    known: np.ndarray
    scaled: np.ndarray


def _middle(seen: Seen, around: float | None) -> float:
    return float(seen.value.mean()) if around is None else around


def _points(seen: Seen, years: np.ndarray, month: np.ndarray, grid: Grid, middle: float) -> _Points:
    """Return the points of the grid, each as likely as it makes what was seen."""
    every = np.concatenate([seen.years, years])
    months = np.concatenate([seen.month, month]) % 12
    apart = np.abs(every[:, None] - every[None, :])
    fixed = grid.level**2 + grid.growth**2 * every[:, None] * every[None, :]
    same = (months[:, None] == months[None, :]).astype(float)
    count, off = len(seen.years), seen.value - middle
    drifting = {(0.0, "", 0.0): np.zeros_like(apart)} if 0.0 in grid.drifts else {}
    for drift, path, memory in product(grid.drifts, grid.paths, grid.memories):
        if drift > 0:
            drifting[drift, path, memory] = drift**2 * _alike(apart / memory, path)
    found = list(product(drifting.values(), grid.seasons, grid.noises))
    noise = np.array([chance for _, _, chance in found])
    whole = np.array([fixed + moved + season**2 * same for moved, season, _ in found])
    known = whole[:, :count, :count] + np.eye(count) * (seen.chance + noise[:, None] ** 2 + 1e-9)[:, None, :]
    root = np.linalg.cholesky(known)
    scaled = np.linalg.solve(known, np.broadcast_to(off[:, None], (len(found), count, 1)))[:, :, 0]
    likely = -0.5 * scaled @ off - np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    weight = np.exp(likely - likely.max())
    return _Points(weight / weight.sum(), noise, whole, known, scaled)


def _alike(apart: np.ndarray, path: str) -> np.ndarray:
    """Return the correlation of a drift at times apart, in multiples of its memory."""
    if path == ROUGH:
        return np.exp(-apart)
    scaled = np.sqrt(3.0) * apart
    return (1.0 + scaled) * np.exp(-scaled)


__all__ = ["Grid", "Predicted", "Seen", "level", "predicted"]
