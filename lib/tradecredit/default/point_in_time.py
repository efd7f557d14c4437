"""The level of default probabilities: that of the years they were measured over, moved to now by an index."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

from tradecredit.book.calendar import window_start
from tradecredit.default.panel import HORIZON_MONTHS
from tradecredit.params.default import DefaultSettings

RECENT_MONTHS = 3
"""The state of the economy now is the mean of the index over so many months: one month's count is noise."""

LONGEST_MONTHS = 12
"""An index whose last value is older says nothing of now."""


FEWEST_MONTHS = 24
"""With fewer values it is not known how an index returns to its mean: it is taken to stay as it is."""


class PointInTime(NamedTuple):
    """`factor` that odds of default are multiplied by; `now`, `then` and `ahead`, the index; missing without one."""

    factor: float
    now: float
    then: float
    ahead: float


WITHOUT_INDEX = PointInTime(1.0, *[float("nan")] * 3)


def point_in_time(settings: DefaultSettings, day: pd.Timestamp, years: pd.Series | None = None) -> PointInTime:
    """Return how far the odds of default stand from those of the years that a level was measured over.

    factor = (index ahead / index then) ^ `index_elasticity`. Now: mean of the values of the last three months up to
    `day`, or the last value of a series that has none, if it is at most 12 months old. Ahead: what the index is
    expected to be on average over the 12 months after `day`, see `expected_ahead`. Then: mean of the means over the
    12 months after each day of `years` (the days of a panel's observations), each as often as it occurs, without those
    in which there is no value; without `years`, mean of all values up to `day`: a long-run average. Values after `day`
    are not read. 1 without an index, and where it has no such value now or then; `now` and `then` are missing in all
    these cases.
    """
    index = series(settings, day)
    if index.empty or index.index[-1] < day - pd.DateOffset(months=LONGEST_MONTHS):
        return WITHOUT_INDEX
    recent = index[index.index > window_start(day, RECENT_MONTHS)]
    now = float(recent.mean() if len(recent) else index.iloc[-1])
    if years is None:
        then = float(index.mean())
    else:
        counts = years.value_counts()
        means = [
            index[(index.index > start) & (index.index <= start + pd.DateOffset(months=HORIZON_MONTHS))].mean()
            for start in counts.index
        ]
        covered = ~np.isnan(means)
        if not covered.any():
            return WITHOUT_INDEX
        then = float(np.average(np.array(means)[covered], weights=counts.to_numpy()[covered]))
    ahead = expected_ahead(index, now)
    return PointInTime((ahead / then) ** settings.index_elasticity, now, then, ahead)


def expected_ahead(index: pd.Series, now: float) -> float:
    """Return what an index of monthly values is expected to be on average over the next 12 months, from `now`.

    Its logarithm is an autoregression of the first order around its mean: ln ahead = mean + (ln now − mean) · (φ + φ² +
    … + φ¹²) / 12, φ by least squares from one value to the next, at least 0 and at most 1 (a random walk stays where it
    is). Of a series of fewer than `FEWEST_MONTHS` values, or one that never moved, `now`. Source: Hamilton 1994, Time
    Series Analysis, sections 4.2 and 8.2.
    """
    log = np.log(index.to_numpy(dtype="float64"))
    away = log - log.mean()
    if len(log) < FEWEST_MONTHS or not away.any():
        return now
    persistence = float(np.clip(away[1:] @ away[:-1] / (away[:-1] @ away[:-1]), 0.0, 1.0))
    left = np.mean(persistence ** np.arange(1, HORIZON_MONTHS + 1))
    return float(np.exp(log.mean() + (np.log(now) - log.mean()) * left))


def series(settings: DefaultSettings, day: pd.Timestamp) -> pd.Series:
    """Return the run's index of insolvencies up to a day: index the days, rising; empty without one."""
    values = {} if settings.insolvency_index is None else settings.insolvency_index.values
    index = pd.Series(values, dtype="float64")
    index.index = pd.to_datetime(index.index)
    return index[index.index <= day]


def moved(probability: pd.Series, factor: float) -> pd.Series:
    """Return probabilities whose odds are multiplied by a factor; 0 and 1 stay."""
    return pd.Series(expit(logit(probability) + np.log(factor)), index=probability.index)


def factor_to(level: float, probability: pd.Series) -> float:
    """Return what all odds must be multiplied by for the mean probability to be `level` (above 0 and below 1)."""
    return float(np.exp(shift_to(level, logit(probability))))


def shift_to(level: float, log_odds: pd.Series) -> float:
    """Return what must be added to all log-odds (finite) for the mean probability to be `level`, as `factor_to`.

    Probabilities near 0 or 1 lose what their log-odds still tell apart.
    """
    odds = log_odds.to_numpy()
    # Within these ends all probabilities are nearly 0, or nearly 1, whatever the scores.
    return float(brentq(lambda shift: expit(shift + odds).mean() - level, -60 - odds.max(), 60 - odds.min()))
