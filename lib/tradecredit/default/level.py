"""The level of the default probabilities with its uncertainty: how many defaults a year is expected to bring."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import gamma, norm

from tradecredit.book.book import Book
from tradecredit.default.panel import HORIZON_MONTHS, STEP_MONTHS
from tradecredit.default.point_in_time import PointInTime, factor_to, point_in_time
from tradecredit.default.ratings import level_basis

CONFIDENCE = 0.9

ELASTICITY_SD = 0.3
"""Standard deviation of the elasticity around `default.index_elasticity`. Judgement: a panel of a few years holds one
cycle at most, and cannot tell."""

UNSEEN_SD = 1.0
"""Standard deviation of what a model does not see of a buyer, in its log-odds of default. Judgement: no single default
can tell it; it is what keeps the best models of private firms from an area under the curve of 1."""


class Level(NamedTuple):
    """`expected` defaults of the next 12 months among buyers not in default, `low` to `high` (90 %), and the factors
    that all odds are multiplied by at the bounds."""

    expected: float
    low: float
    high: float
    factor_low: float
    factor_high: float


def level(book: Book, ratings: pd.DataFrame) -> Level:
    """Return the expected defaults of the next 12 months, and their 90 % interval.

    `ratings`: as `default.assess`. expected = Σ pd of buyers not in default. The interval combines, in logs and as
    independent, the exact Poisson interval of the defaults that the level rests on (`count_interval`; observations that
    overlap count defaults as they count years), the error of the movement from those years to the next
    (`movement_error`), and what no model sees of the few buyers that much of the sum is of (`unseen_error`). What the
    economy does in the year beside it is the simulation's common factor, and not in here. All missing without buyers
    at risk. See definitions §8.1.1.
    """
    probability = ratings["pd"][(ratings["method"] != "in default") & (ratings["pd"] > 0) & (ratings["pd"] < 1)]
    certain = float((ratings["pd"][ratings["method"] != "in default"] == 1).sum())
    if probability.empty:
        return Level(*[float("nan")] * 5)
    found = level_basis(book)
    years = None
    if found.model is not None and book.run.default.level == "book":
        defaults = float(found.observed["defaulted"].astype(float).sum()) * STEP_MONTHS / HORIZON_MONTHS
        years = found.observed["date"]
    else:
        defaults = _believed_defaults(found.observed, found.model is None, book)
    now = point_in_time(book.run.default, book.as_of, years)
    error = np.hypot(movement_error(now, book.run.default.index_elasticity), unseen_error(probability))
    low, high = bounds(defaults, error)
    expected = float(probability.sum())
    most = len(probability) * (1 - 1e-9)
    factors = [factor_to(min(expected * ratio, most) / len(probability), probability) for ratio in (low, high)]
    return Level(
        expected + certain, expected * low + certain, min(expected * high, most) + certain, factors[0], factors[1]
    )


def movement_error(now: PointInTime, elasticity: float) -> float:
    """Return the standard deviation of the log of the index's factor; 0 without an index.

    √((`ELASTICITY_SD` · ln(ahead / then))² + (elasticity · ln(ahead / now))²): the elasticity is not known well, and
    the way back to its mean that the index is expected to go is as uncertain as it is long.
    """
    if np.isnan(now.now):
        return 0.0
    return float(np.hypot(ELASTICITY_SD * np.log(now.ahead / now.then), elasticity * np.log(now.ahead / now.now)))


def unseen_error(probability: pd.Series) -> float:
    """Return the relative standard deviation of Σ p where the log-odds of each have an error of `UNSEEN_SD` of its own.

    `UNSEEN_SD` · √Σ (p (1 − p))² / Σ p: the fewer buyers the sum is of, the larger.

    >>> round(unseen_error(pd.Series([0.1] * 100)), 3)  # 0.9 / √100
    0.09
    """
    return float(UNSEEN_SD * np.sqrt(((probability * (1 - probability)) ** 2).sum()) / probability.sum())


def _believed_defaults(observed: pd.DataFrame, counted: bool, book: Book) -> float:
    settings = book.run.default
    stated = settings.prior_buyer_years * settings.central_tendency
    own = float(observed["defaulted"].astype(float).sum()) * STEP_MONTHS / HORIZON_MONTHS if counted else 0.0
    return stated + own


def bounds(defaults: float, log_sd: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return by what a level that rests on so many defaults is multiplied at the ends of its interval.

    ln(bound) = ∓√(ln(count bound / defaults)² + (z · log_sd)²).
    """
    counts = np.array(count_interval(defaults, confidence))
    width = np.hypot(np.log(counts / defaults), norm.ppf(0.5 + confidence / 2) * log_sd)
    return float(np.exp(-width[0])), float(np.exp(width[1]))


def count_interval(defaults: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the exact interval of a Poisson mean of which `defaults` (above 0) were seen.

    Garwood 1936, Fiducial limits for the Poisson distribution, Biometrika 28: the quantiles of gamma(n) and
    gamma(n + 1). Overlapping years make n a fraction.

    >>> tuple(round(bound, 3) for bound in count_interval(10))
    (5.425, 16.962)
    """
    tail = (1 - confidence) / 2
    return float(gamma.ppf(tail, defaults)), float(gamma.ppf(1 - tail, defaults + 1))
