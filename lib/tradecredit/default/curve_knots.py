"""The curve of one input: where it may bend, chosen by the distribution of its values."""

from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc

QUANTILES = (0.01, 0.0405, 0.1223, 0.2805, 0.5, 0.7195, 0.8777, 0.9595, 0.99)
"""Quantiles of the fitted sample at which a curve may bend: at equal distances if it is normal, so that a straight line
then has equal steps. Below the first and above the last the curve is level."""

FEWEST = 5
"""Values count as a place of their own where the rows that have them carry as many defaults, or would at the mean rate,
however few the rows."""

CODES, BY_CHANCE = 100, 0.001
"""A column of no more different whole numbers than this, without a sign, may hold codes, of sectors say; and does where
neighbours differ by more than so often by chance."""

BEYOND = (0.1, 0.5, 0.9)
"""Quantiles, of the rows that have another value than nearly all others, at which the curve of such an input bends."""


class Curve(NamedTuple):
    """How one input enters the log-odds.

    `sign`: +1 rises, −1 falls, 0 either. `knots`: values at which the curve bends, rising. `means`: mean over the
    fitted sample of each step's coverage, so that the curve's contributions average nothing and a missing value without
    a coefficient counts as the average. `median` of the sample. `missing`: being missing has a coefficient.
    """

    name: str
    sign: int
    knots: tuple[float, ...]
    means: tuple[float, ...]
    median: float
    missing: bool

    @property
    def size(self) -> int:
        """Number of coefficients."""
        return len(self.means) + self.missing


def curve(
    name: str, values: np.ndarray, *, sign: int, defaulted: np.ndarray | None = None, firms: np.ndarray | None = None
) -> Curve:
    """Return the curve of a column (float, NaN where missing); `defaulted`, a boolean by row; `firms`, whose row it is.

    It bends at the column's own `QUANTILES`; where the column has no more different values than these, or may be codes
    (`_are_codes`), whose neighbours may have nothing in common, at each of them (`_distinct`); and where nearly all
    rows have one value, at that and among the others (`_beyond`). Without two knots there is nothing to fit.
    """
    there = ~np.isnan(values)
    known, failed = values[there], np.zeros(there.sum(), dtype=bool) if defaulted is None else defaulted[there]
    whose = np.arange(len(known)) if firms is None else firms[there]
    distinct, knots = np.unique(known), np.unique(np.quantile(known, QUANTILES))
    if len(distinct) <= len(QUANTILES) or (not sign and _are_codes(known, failed, whose, knots)):
        knots = _distinct(distinct, known, failed)
    elif len(knots) < 2:
        knots = _beyond(knots[0], known, failed)
    means = _coverage(known, knots).mean(axis=0)
    median = float(np.median(known))
    return Curve(name, sign, tuple(knots.tolist()), tuple(means.tolist()), median, len(known) < len(values))


def _are_codes(known: np.ndarray, failed: np.ndarray, firms: np.ndarray, knots: np.ndarray) -> bool:
    """Return whether values are codes: few whole numbers, which on average carry `FEWEST` defaults and others, and
    whose default rates lie further from a curve of a few `knots` than `BY_CHANCE` (Pearson's chi-square).

    Rows of one firm repeat each other: it counts once for each value that it had, defaulted if in any row with it."""
    distinct, place = np.unique(known, return_inverse=True)
    if len(distinct) > CODES or len(knots) < 2 or not (distinct == np.round(distinct)).all():
        return False
    had, row = np.unique(place * (firms.max() + 1) + firms, return_inverse=True)
    place, failed = had // (firms.max() + 1), np.bincount(row, failed) > 0
    if len(distinct) > min(failed.sum(), (~failed).sum()) / FEWEST:
        return False
    count, defaults = np.bincount(place), np.bincount(place, failed)
    curve_of = np.column_stack([np.ones(len(distinct)), _coverage(distinct, knots)])
    root = np.sqrt(count)
    told, _, rank, _ = np.linalg.lstsq(curve_of * root[:, None], defaults / count * root, rcond=None)
    expected = np.clip(curve_of @ told, failed.mean() / 10, 1 - (~failed).mean() / 10)
    off = (count * (defaults / count - expected) ** 2 / (expected * (1 - expected))).sum()
    return bool(chdtrc(len(distinct) - rank, off) < BY_CHANCE)


def _distinct(distinct: np.ndarray, known: np.ndarray, failed: np.ndarray) -> np.ndarray:
    """Return the different values but those at either end that carry too few rows (the ends of `QUANTILES`) and too few
    defaults (`FEWEST`), with all that lie further out."""
    beyond = known <= distinct[:, None], known >= distinct[:, None]
    low, high = ((rows.mean(axis=1) >= QUANTILES[0]) | (_events(rows, failed) >= FEWEST) for rows in beyond)
    return distinct[low & high]


def _beyond(common: float, known: np.ndarray, failed: np.ndarray) -> np.ndarray:
    """Return the commonest value, and quantiles (`BEYOND`) of those below and above it where these carry `FEWEST`
    defaults."""
    sides = [others for others in (known < common, known > common) if _events(others, failed) >= FEWEST]
    return np.unique([common, *(place for others in sides for place in np.quantile(known[others], BEYOND))])


def _events(rows: np.ndarray, failed: np.ndarray) -> np.ndarray:
    """Return how many defaults some rows carry, or would at the mean rate, whichever is more."""
    return np.maximum((rows & failed).sum(axis=-1), rows.sum(axis=-1) * failed.mean())


def _coverage(values: np.ndarray, knots: np.ndarray) -> np.ndarray:
    return np.clip((values[:, None] - knots[:-1]) / np.diff(knots), 0.0, 1.0)
