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
    middle = _middle(seen, around)
    points = _points(seen, grid, middle)
    across = _covariances((years, month), (seen.years, seen.month), grid)[:, None]
    part = np.linalg.solve(points.known, np.broadcast_to(across, (*points.weight.shape, *across.shape[2:])).mT)
    means = (seen.value - middle) @ part
    spreads = _covariances((years, month), (years, month), grid)[:, None] - across @ part
    mean = np.einsum("dn,dnt->t", points.weight, means)
    off = means - mean
    spread = np.einsum("dn,dnst->st", points.weight, spreads + off[..., :, None] * off[..., None, :])
    return Predicted(mean + middle, spread, float((points.weight @ np.square(grid.noises)).sum()))


def level(seen: Seen, years: np.ndarray, month: np.ndarray, grid: Grid, around: float | None = None) -> np.ndarray:
    """Return the mean of `predicted` alone, which takes a fraction of the work."""
    middle = _middle(seen, around)
    points = _points(seen, grid, middle)
    across = _covariances((years, month), (seen.years, seen.month), grid)
    return np.einsum("dts,dn,dns->t", across, points.weight, points.scaled, optimize=True) + middle


class _Points(NamedTuple):
    """The points of the grid, drifts and seasons × noises: `weight`; the covariance of what was seen, chance among it
    (`known`), and what was seen less the middle, divided by it (`scaled`)."""

    weight: np.ndarray
    known: np.ndarray
    scaled: np.ndarray


def _middle(seen: Seen, around: float | None) -> float:
    return float(seen.value.mean()) if around is None else around


def _points(seen: Seen, grid: Grid, middle: float) -> _Points:
    """Return the points of the grid, each as likely as it makes what was seen."""
    times, off = (seen.years, seen.month), seen.value - middle
    chance = seen.chance + np.square(grid.noises)[:, None] + 1e-9
    known = _covariances(times, times, grid)[:, None] + np.eye(len(off)) * chance[:, None, :]
    root = np.linalg.cholesky(known)
    scaled = np.linalg.solve(known, np.broadcast_to(off[:, None], (*known.shape[:2], len(off), 1)))[..., 0]
    likely = -0.5 * scaled @ off - np.log(np.diagonal(root, axis1=2, axis2=3)).sum(axis=2)
    weight = np.exp(likely - likely.max())
    return _Points(weight / weight.sum(), known, scaled)


def _covariances(ones: tuple[np.ndarray, np.ndarray], others: tuple[np.ndarray, np.ndarray], grid: Grid) -> np.ndarray:
    """Return the covariances of times (years, month) with others, without chance: points × ones × others."""
    (years, month), (other_years, other_month) = ones, others
    apart = np.abs(years[:, None] - other_years)
    fixed = grid.level**2 + grid.growth**2 * years[:, None] * other_years
    same = (month[:, None] % 12 == other_month % 12).astype(float)
    drifting = [np.zeros_like(apart)] if 0.0 in grid.drifts else []
    for drift, path, memory in product(grid.drifts, grid.paths, grid.memories):
        if drift > 0:
            drifting.append(drift**2 * _alike(apart / memory, path))
    return np.array([fixed + moved + season**2 * same for moved, season in product(drifting, grid.seasons)])


def _alike(apart: np.ndarray, path: str) -> np.ndarray:
    """Return the correlation of a drift at times apart, in multiples of its memory."""
    if path == ROUGH:
        return np.exp(-apart)
    scaled = np.sqrt(3.0) * apart
    return (1.0 + scaled) * np.exp(-scaled)


__all__ = ["Grid", "Predicted", "Seen", "level", "predicted"]
