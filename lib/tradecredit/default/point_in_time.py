"""The level of default probabilities: that of the years they were measured over, moved to now by an index."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

from tradecredit.default.index_ahead import distance, expected_ahead, month_of
from tradecredit.default.panel import HORIZON_MONTHS
from tradecredit.params.default import DefaultSettings

RECENT_MONTHS = 3
"""The state of the economy now is the mean of the index over so many months: one month's count is noise."""

LONGEST_MONTHS = 12
"""An index whose last value is older says nothing of now."""


class PointInTime(NamedTuple):
    """`factor` that odds of default are multiplied by; `now`, `then` and `ahead`, the index, and the error of the last.

    `ahead_error` is the standard deviation of its logarithm. All but the factor are missing without an index.
    """

    factor: float
    now: float
    then: float
    ahead: float
    ahead_error: float


WITHOUT_INDEX = PointInTime(1.0, *[float("nan")] * 4)


def point_in_time(settings: DefaultSettings, day: pd.Timestamp, years: pd.Series | None = None) -> PointInTime:
    """Return how far the odds of default stand from those of the years that a level was measured over.

    factor = (index ahead / index then) ^ `index_elasticity`. A value of the index stands for each of the months since
    the one before. Now: mean of the last three months up to `day`, or the last value where these have none, if it is at
    most 12 months old. Ahead: what the index is expected to be on average over the 12 months after `day`, and the error
    of that (`index_ahead.expected_ahead`); where the series is too short to tell, as now, without an error. Then: mean
    of the means over the 12 months after each day of `years` (the days of a panel's observations), each as often as it
    occurs, without those in which there is no value; without `years`, mean of all values up to `day`: a long-run
    average. Values after `day` are not read. 1 without an index, and where it has no such value now or then; all else
    is missing in these cases.
    """
    index = series(settings, day)
    if index.empty or index.index[-1] < day - pd.DateOffset(months=LONGEST_MONTHS):
        return WITHOUT_INDEX
    months, today = _by_month(index), month_of(day)
    recent = months[months.index > today - RECENT_MONTHS]
    now = float(recent.mean() if len(recent) else index.iloc[-1])
    if years is None:
        then = float(index.mean())
    else:
        counts = years.value_counts()
        starts = [month_of(start) for start in counts.index]
        means = [months[(months.index > start) & (months.index <= start + HORIZON_MONTHS)].mean() for start in starts]
        covered = ~np.isnan(means)
        if not covered.any():
            return WITHOUT_INDEX
        then = float(np.average(np.array(means)[covered], weights=counts.to_numpy()[covered]))
    averaged = 1 if settings.insolvency_index is None else settings.insolvency_index.averaged_months
    ahead, error = expected_ahead(index, day, averaged) or (now, 0.0)
    return PointInTime((ahead / then) ** settings.index_elasticity, now, then, ahead, error)


def movement_error(now: PointInTime, settings: DefaultSettings) -> float:
    """Return the standard deviation of the log of the index's factor; 0 without an index.

    √((`index_elasticity_sd` · ln(ahead / then))² + (`index_elasticity` · error of ln ahead)²). The error is that of the
    index's mean and persistence (`index_ahead.courses`), the mean's also where the index stands at it.
    """
    if np.isnan(now.now):
        return 0.0
    elasticity = settings.index_elasticity_sd * np.log(now.ahead / now.then)
    return float(np.hypot(elasticity, settings.index_elasticity * now.ahead_error))


def _by_month(index: pd.Series) -> pd.Series:
    """Return an index month by month, by the month's number (`month_of`)."""
    ends, length = np.array([month_of(day) for day in index.index]), distance(index) if len(index) > 1 else 1
    months = (ends[:, None] + np.arange(1 - length, 1)).ravel()
    return pd.Series(np.repeat(index.to_numpy(), length), index=months)


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
