"""What an index of insolvencies is expected to be over the coming year, in months however far its values lie apart."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.default.panel import HORIZON_MONTHS

FEWEST_MONTHS = 24
FEWEST_VALUES = 8
"""With a shorter series, or fewer values, it is not known how an index returns to its mean: it is taken to stay."""

PERSISTENCES = ((np.arange(200) + 0.5) / 200) ** (1 / 3)
"""The persistences that are averaged over: what is left of a distance from the mean after a month. Before the series is
seen each is believed in alike: what they leave after a quarter lies evenly from nothing to all. Judgement: evenly after
a month would let few return slowly, evenly after a year would take the noise of single months for a cycle."""


class Ahead(NamedTuple):
    """What an index is expected to be on average over the coming year, and the error of its logarithm.

    The error is that of an unknown mean and persistence; what the year itself brings is not in it.
    """

    expected: float
    error: float


def month_of(day: pd.Timestamp) -> int:
    """Return the number of the last month that is over on a day, counted from the year 0."""
    after = day + pd.Timedelta(days=1)
    return after.year * 12 + after.month - 1


def distance(index: pd.Series) -> int:
    """Return how many months the values of an index lie apart (two values at least, evenly)."""
    return month_of(index.index[1]) - month_of(index.index[0])


def expected_ahead(index: pd.Series, day: pd.Timestamp, averaged_months: int = 1) -> Ahead | None:
    """Return what an index (`point_in_time.series`) is expected to be on average over the 12 months after a day.

    The average over `courses`: expected = Σ weight · ahead; error² = Σ weight · mean_error² + Σ weight · (log_ahead −
    mean)². None for a series of fewer than `FEWEST_MONTHS` or `FEWEST_VALUES`, or one that never moved.
    """
    if len(index) < FEWEST_VALUES or len(index) * distance(index) < FEWEST_MONTHS or (index == index.iloc[0]).all():
        return None
    found = courses(index, day, averaged_months)
    weight, log_ahead = found["weight"], found["log_ahead"]
    variance = weight @ found["mean_error"] ** 2 + weight @ (log_ahead - weight @ log_ahead) ** 2
    return Ahead(float(weight @ found["ahead"]), float(np.sqrt(variance)))


def courses(index: pd.Series, day: pd.Timestamp, averaged_months: int = 1) -> pd.DataFrame:
    """Return what an index would be over the 12 months after a day, for each persistence that it may have.

    The logarithm x of a month's index is an autoregression of the first order around a mean m, in its stationary state:
    Cov(x, x') = σ² · persistence ^ |months between|. A value y is the mean of x over the months since the one before,
    or over its last `averaged_months`, if these are more; K · σ² is the values' covariance, c · σ² theirs with a month
    to come. Index `persistence`, as `PERSISTENCES`. Columns:

    - `weight`: its posterior probability, ∝ |K|^−½ (1'K⁻¹1)^−½ S^−(n−1)/2, S = (y − m)'K⁻¹(y − m): the
      restricted likelihood, in which m and σ are not known either;
    - `log_ahead`: mean over the months of m + c'K⁻¹(y − m), m = 1'K⁻¹y / 1'K⁻¹1;
    - `mean_error`: its standard deviation for m, of what is left of it after the way back: s · (1 − c'K⁻¹1) /
      √(1'K⁻¹1), s² = S / (n − 3);
    - `ahead`: mean over the months of exp(log_ahead + ½ variance), the variance that of a month to come, m's included.

    Least squares would take a short series to return faster than it does, by (1 + 3 · persistence) / n on average
    (Kendall 1954, Biometrika 41, 403). One corrected value is no way out, as it often is 1, which has no mean to
    return to: so all are weighed. Sources: Harville 1974, Biometrika 61, 383 (the restricted likelihood as a
    posterior); Cheang and Reinsel 2000, JASA 95, 1173 (of an autoregression).
    """
    apart, length, size = distance(index), max(distance(index), averaged_months), len(index)
    powers, kept = np.array(PERSISTENCES)[:, None], np.arange(size)
    # Of the months of two values, the pairs so many months further apart or nearer than the values' ends; and the
    # months from each month of a value to each one to come.
    offsets = np.arange(1 - length, length)
    share = (length - np.abs(offsets)) / length**2
    covariance = (powers[:, :, None] ** np.abs(apart * kept[:, None] + offsets) * share).sum(axis=2)
    since = month_of(day) - month_of(index.index[-1]) + apart * kept[::-1, None] + np.arange(1, HORIZON_MONTHS + 1)
    to_come = np.mean([powers[:, :, None] ** (since + within) for within in range(length)], axis=0)
    known = np.column_stack([np.ones(size), np.log(index.to_numpy(dtype="float64"))])
    solved, log_determinant = _whitened(
        covariance, np.concatenate([np.broadcast_to(known, (len(powers), size, 2)), to_come], axis=2)
    )
    ones, seen, coming = solved[:, :, 0], solved[:, :, 1], solved[:, :, 2:]
    precision = (ones**2).sum(axis=1)
    mean = (ones * seen).sum(axis=1) / precision
    away = seen - mean[:, None] * ones
    squares = (away**2).sum(axis=1)
    variance, of_mean = squares / (size - 3), 1 - (ones[:, :, None] * coming).sum(axis=1)
    path = mean[:, None] + (away[:, :, None] * coming).sum(axis=1)
    spread = variance[:, None] * (1 - (coming**2).sum(axis=1) + of_mean**2 / precision[:, None])
    log_weight = -log_determinant / 2 - np.log(precision) / 2 - (size - 1) / 2 * np.log(squares)
    weight = np.exp(log_weight - log_weight.max())
    return pd.DataFrame(
        {
            "weight": weight / weight.sum(),
            "log_ahead": path.mean(axis=1),
            "mean_error": np.sqrt(variance / precision) * of_mean.mean(axis=1),
            "ahead": np.exp(path + spread / 2).mean(axis=1),
        },
        index=pd.Index(PERSISTENCES, name="persistence"),
    )


def _whitened(covariance: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return L⁻¹ · columns with L L' the Toeplitz matrix of each row of `covariance`, and the log of its determinant.

    Durbin and Levinson's recursion (Brockwell and Davis 1991, Time Series, §5.2), all rows at once: what of a value the
    earlier ones do not predict, over its standard deviation. `columns`: rows × values × columns. Small products of
    matrices on many threads would wait for each other longer than they compute.
    """
    error = covariance[:, 0]
    predicting, log_determinant = np.empty((len(error), 0)), np.log(error)
    white = [columns[:, 0] / np.sqrt(error)[:, None]]
    for number in range(1, columns.shape[1]):
        partial = (covariance[:, number] - (predicting * covariance[:, number - 1 : 0 : -1]).sum(axis=1)) / error
        predicting = np.column_stack([predicting - partial[:, None] * predicting[:, ::-1], partial])
        error = error * (1 - partial**2)
        predicted = np.einsum("pt,ptc->pc", predicting, columns[:, number - 1 :: -1])
        white.append((columns[:, number] - predicted) / np.sqrt(error)[:, None])
        log_determinant = log_determinant + np.log(error)
    return np.stack(white, axis=1), log_determinant
