"""The level of the default probabilities with its uncertainty: how many defaults a year is expected to bring."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import gammaincinv, ndtri

from tradecredit.book.book import Book
from tradecredit.default.point_in_time import factor_to, movement_error, point_in_time
from tradecredit.default.ratings import level_basis

CONFIDENCE = 0.9


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

    `ratings`: as `default.assess`. expected = Σ pd of buyers not in default. The interval is that of the level: of the
    sum of the probabilities as it would be if all were known, the mean over what the economy may do in the year. It is
    not that of the year's count, which varies about it by chance and by the common factor that the simulation draws. It
    combines, in logs and as independent (`bounds`),

    - count: the exact Poisson interval of the defaults that the level rests on (`count_interval`; observations that
      overlap count defaults as they count years);
    - movement: the error of the way from those years to the next (`movement_error`), in which is what made the book's
      buyers as a whole default more or less in those years than the index tells;
    - fit: the error of the curves in the mean of today's buyers against that of the buyers of the fit
      (`DefaultModel.mean_error`); none where the mean is stated;
    - unseen: what no input shows of the few buyers that much of the sum is of (`unseen_error`).

    All missing without buyers at risk. See definitions §8.1.1.
    """
    at_risk = ratings["pd"][ratings["method"] != "in default"]
    probability, certain = _uncertain(ratings), float((at_risk == 1).sum())
    if probability.empty:
        return Level(*[float("nan")] * 5)
    low, high = parts(book, ratings).loc[TOGETHER]
    expected = float(probability.sum())
    most = len(probability) * (1 - 1e-9)
    factors = [factor_to(min(expected * ratio, most) / len(probability), probability) for ratio in (low, high)]
    return Level(
        expected + certain, expected * low + certain, min(expected * high, most) + certain, factors[0], factors[1]
    )


TOGETHER = "together"


def parts(book: Book, ratings: pd.DataFrame) -> pd.DataFrame:
    """Return what makes the interval of the `level`: by what the expected defaults are multiplied at its ends.

    Index `interval_part`: each part as if it alone were not known, and all together. Columns: `times_low`,
    `times_high`. Empty without buyers at risk. Those in default, or certain to be, are not multiplied.
    """
    probability = _uncertain(ratings)
    if probability.empty:
        return pd.DataFrame(columns=["times_low", "times_high"], index=pd.Index([], name="interval_part"))
    settings, found = book.run.default, level_basis(book)
    years, fit, defaults = None, 0.0, found.level_defaults
    if found.model is not None and settings.level == "book":
        today = found.today[ratings["method"] != "in default"]
        years, fit = found.observed["date"], found.model.mean_error(today, found.observed)
    errors = {
        "way from those years to the next": movement_error(point_in_time(settings, book.as_of, years), settings),
        "curves, in the mean of today's buyers": fit,
        "what no input shows of a buyer": unseen_error(probability, settings.prior_sd),
    }
    reach = ndtri(0.5 + CONFIDENCE / 2)
    rows = {"defaults that the level rests on": bounds(defaults, 0.0)}
    rows |= {name: (float(np.exp(-reach * error)), float(np.exp(reach * error))) for name, error in errors.items()}
    rows[TOGETHER] = bounds(defaults, float(np.sqrt(sum(error**2 for error in errors.values()))))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["times_low", "times_high"])
    return table.rename_axis("interval_part")


def _uncertain(ratings: pd.DataFrame) -> pd.Series:
    """Return the probabilities that are neither 0 nor 1."""
    return ratings["pd"][(ratings["method"] != "in default") & (ratings["pd"] > 0) & (ratings["pd"] < 1)]


def unseen_error(probability: pd.Series, log_odds_sd: float) -> float:
    """Return the relative standard deviation of Σ p where the log-odds of each have an error of its own.

    log_odds_sd · √Σ (p (1 − p))² / Σ p: the fewer buyers the sum is of, the larger.

    >>> round(unseen_error(pd.Series([0.1] * 100), 1.0), 3)  # 0.9 / √100
    0.09
    """
    return float(log_odds_sd * np.sqrt(((probability * (1 - probability)) ** 2).sum()) / probability.sum())


def bounds(defaults: float, log_sd: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return by what a level that rests on so many defaults is multiplied at the ends of its interval.

    ln(bound) = ∓√(ln(count bound / defaults)² + (z · log_sd)²).
    """
    counts = np.array(count_interval(defaults, confidence))
    width = np.hypot(np.log(counts / defaults), ndtri(0.5 + confidence / 2) * log_sd)
    return float(np.exp(-width[0])), float(np.exp(width[1]))


def count_interval(defaults: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the exact interval of a Poisson mean of which `defaults` (above 0) were seen.

    Garwood 1936, Fiducial limits for the Poisson distribution, Biometrika 28: the quantiles of gamma(n) and
    gamma(n + 1). Overlapping years make n a fraction.

    >>> tuple(round(bound, 3) for bound in count_interval(10))
    (5.425, 16.962)
    """
    tail = (1 - confidence) / 2
    return float(gammaincinv(defaults, tail)), float(gammaincinv(defaults + 1, 1 - tail))
