"""How far an index of insolvencies moves the odds beside what the predictions already carry of the cycle."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import logit

from tradecredit.default.panel import HORIZON_MONTHS, STEP_MONTHS, year_after
from tradecredit.default.point_in_time import PointInTime, point_in_time, series
from tradecredit.params.default import DefaultSettings

REVERSION = 0.25
"""Part of its distance (in logs) from its own mean that the index is expected to lose on average over the 12 months
ahead. Judgement; it is as uncertain as it is large, from an index that stays to one that goes half the way back."""

ELASTICITY_SD = 0.3
"""Standard deviation of the elasticity around `default.index_elasticity` before the panel's defaults speak. Judgement:
the panel of a few years holds one cycle at most."""


class Movement(NamedTuple):
    """`factor` that the odds of the fit are multiplied by; `elasticity` with its `elasticity_sd`, and `log_factor_sd`,
    the error of the logarithm of the factor (0 without an index); `ahead`, the index expected; `then`."""

    factor: float
    elasticity: float
    elasticity_sd: float
    log_factor_sd: float
    ahead: float
    then: float


def movement(observed: pd.DataFrame, fitted: pd.Series, settings: DefaultSettings, day: pd.Timestamp) -> Movement:
    """Return how far the odds stand from those of the panel, net of what the predictions carry of the cycle.

    `observed`: `panel.panel` (`date`, `defaulted`); `fitted`: the probability of each row by the fit. The defaults of
    the rows are logit in `fitted` + shift + elasticity × x, x the log of the mean index over the 12 months after the
    date, centred; rows that overlap count as their part of a year; the elasticity is normal around
    `default.index_elasticity` with `ELASTICITY_SD`. If the predictions carried the cycle, what is left to the index
    would be small. factor = exp(shift + elasticity × (log of the index ahead − mean x)), the index ahead being today's
    less `REVERSION` of its distance from its mean so far (in logs). 1, with elasticity and index missing, without an
    index then or now. See definitions §8.1.1.
    """
    usual = point_in_time(settings, day, observed["date"])
    if np.isnan(usual.now):
        return Movement(1.0, float("nan"), float("nan"), 0.0, float("nan"), float("nan"))
    index = series(settings, day)
    means = {start: index[(index.index > start) & (index.index <= year_after(start))].mean()
             for start in observed["date"].unique()}  # fmt: skip
    x = np.log(observed["date"].map(means).to_numpy(dtype="float64"))
    known = ~np.isnan(x)
    x, y = x[known], observed["defaulted"].to_numpy(dtype="float64")[known]
    distance = np.log(index.mean() / usual.now)
    ahead = np.log(usual.now) + REVERSION * distance
    offset, centre, years = logit(fitted.to_numpy(dtype="float64")[known]), x.mean(), STEP_MONTHS / HORIZON_MONTHS

    def loss(at: np.ndarray) -> float:
        odds = offset + at[0] + at[1] * (x - centre)
        belief = (at[1] - settings.index_elasticity) ** 2 / (2 * ELASTICITY_SD**2)
        return float(years * (np.logaddexp(0, odds) - y * odds).sum() + belief)

    shift, elasticity = minimize(loss, [0.0, settings.index_elasticity], method="BFGS").x
    odds = offset + shift + elasticity * (x - centre)
    weight = years * np.exp(-np.logaddexp(0, odds) - np.logaddexp(0, -odds))
    spread = weight @ (x - centre) ** 2 - (weight @ (x - centre)) ** 2 / weight.sum()
    error = 1 / np.sqrt(1 / ELASTICITY_SD**2 + spread)
    return Movement(
        float(np.exp(shift + elasticity * (ahead - centre))),
        float(elasticity),
        float(error),
        float(np.hypot(error * (ahead - centre), elasticity * REVERSION * distance)),
        float(np.exp(ahead)),
        float(np.exp(centre)),
    )


def as_point(moved: Movement) -> PointInTime:
    """Return the movement as what a level is moved by, `now` being the index ahead."""
    return PointInTime(moved.factor, moved.ahead, moved.then)
