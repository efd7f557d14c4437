"""A level that drifts, seen with chance: what it was, what it is going to be, and how far that errs."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np


class Grid(NamedTuple):
    """Standard deviations that are averaged over: of the drift (which forgets within `memories` years), of a season of
    twelve months, and of chance beside what is known of it; `level` and `growth` (a year): those of the first."""

    level: float
    growth: float
    drifts: Sequence[float]
    memories: Sequence[float]
    seasons: Sequence[float]
    noises: Sequence[float]


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
    equations 2.23 to 2.30.
    """
    middle = float(seen.value.mean()) if around is None else around
    every = np.concatenate([seen.years, years])
    months = np.concatenate([seen.month, month]) % 12
    apart = np.abs(every[:, None] - every[None, :])
    fixed = grid.level**2 + grid.growth**2 * every[:, None] * every[None, :]
    same = (months[:, None] == months[None, :]).astype(float)
    count = len(seen.years)
    found, points = [], list(product(grid.drifts, grid.memories, grid.seasons, grid.noises))
    for drift, memory, season, noise in points:
        whole = fixed + drift**2 * np.exp(-apart / memory) + season**2 * same
        known = whole[:count, :count] + np.diag(seen.chance + noise**2 + 1e-9)
        root = np.linalg.cholesky(known)
        scaled = np.linalg.solve(root, np.column_stack([seen.value - middle, whole[:count, count:]]))
        error, part = scaled[:, 0], scaled[:, 1:]
        likely = -0.5 * error @ error - np.log(np.diag(root)).sum()
        found.append((likely, part.T @ error, whole[count:, count:] - part.T @ part))
    likely, means, spreads = (np.array(values) for values in zip(*found, strict=True))
    weight = np.exp(likely - likely.max())
    weight /= weight.sum()
    mean = weight @ means
    off = means - mean
    spread = np.tensordot(weight, spreads + off[:, :, None] * off[:, None, :], 1)
    noise = float(weight @ np.array([point[-1] for point in points]) ** 2)
    return Predicted(mean + middle, spread, noise)


__all__ = ["Grid", "Predicted", "Seen", "predicted"]
