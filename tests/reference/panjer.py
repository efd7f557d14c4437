"""The exact loss distribution of CreditRisk+, by recursion: what the gamma dependence is held to.

Source: Credit Suisse First Boston 1997, CreditRisk+: a credit risk management framework, Appendix A. Numbers of
defaults are Poisson with rates that one gamma variable of mean 1 multiplies; losses are whole multiples of a unit. The
year's loss is then a compound negative binomial sum, whose probabilities follow from each other (Panjer 1981,
Recursive evaluation of a family of compound distributions, ASTIN Bulletin 12).

The figures that were published for the manual's 25 obligors come out to the unit with these conventions, found by
trial: the unit is a hundredth of the largest exposure, in whole currency (202,389); exposures are rounded up to units,
and rates lowered so that each obligor's expected loss stays; a percentile is interpolated in a straight line between
the multiples of the unit (a jump of the distribution counts as a slope from the multiple before).
"""

from typing import NamedTuple

import numpy as np


class Banded(NamedTuple):
    """Obligors whose default costs `band` whole units of currency; `rate` is the mean number of defaults in a year."""

    unit: float
    band: np.ndarray
    rate: np.ndarray


def banded(loss: np.ndarray, pd: np.ndarray, *, unit: float) -> Banded:
    """Return obligors by what their default costs, rounded up to units; expected losses stay as they are."""
    band = np.ceil(loss / unit - 1e-9).astype(np.int64)
    return Banded(unit, band, pd * loss / (band * unit))


def probabilities(obligors: Banded, *, default_rate_sd: float, bands: int) -> np.ndarray:
    """Return the probabilities that the year's loss is 0, 1, … `bands` − 1 units.

    `default_rate_sd`: standard deviation of the sector's default rate as a multiple of its mean, 1/√α. With μ the sum
    of the rates, q = μ / (μ + α) and f(j) the share of the rates in band j: g(0) = (1 − q)^α and
    g(n) = q · Σ_j (1 + (α − 1)·j/n) · f(j) · g(n − j), j ≤ n: all terms are positive, so that nothing cancels.
    """
    alpha = default_rate_sd**-2
    mean = obligors.rate.sum()
    q = mean / (mean + alpha)
    band, place = np.unique(obligors.band, return_inverse=True)
    share = np.bincount(place, obligors.rate) / mean
    result = np.zeros(bands)
    result[0] = (1 - q) ** alpha
    for units in range(1, bands):
        reached = band[band <= units]
        weight = 1 + (alpha - 1) * reached / units
        result[units] = q * (weight * share[: len(reached)]) @ result[units - reached]
    return result


def of_sectors(obligors: Banded, weights: np.ndarray, *, default_rate_sd: np.ndarray, bands: int) -> np.ndarray:
    """Return the same where rates are split by `weights` (obligors × sectors) over independent sectors.

    What the weights lack of 1 is specific: Poisson, g(n) = Σ_j j/n · rate(j) · g(n − j) (equation 25; §A12.3). The
    year's loss is the sum of the sectors' losses.
    """
    columns = [obligors.rate * weight for weight in weights.T]
    parts = [
        probabilities(obligors._replace(rate=rate), default_rate_sd=sd, bands=bands)
        for rate, sd in zip(columns, default_rate_sd, strict=True)
        if rate.sum() > 0
    ]
    specific = obligors.rate * (1 - weights.sum(axis=1))
    if specific.max() > 1e-12:
        band, place = np.unique(obligors.band, return_inverse=True)
        rate, poisson = np.bincount(place, specific), np.zeros(bands)
        poisson[0] = np.exp(-rate.sum())
        for units in range(1, bands):
            reached = band[band <= units]
            poisson[units] = (reached / units * rate[: len(reached)]) @ poisson[units - reached]
        parts.append(poisson)
    result = parts[0]
    for part in parts[1:]:
        result = np.convolve(result, part)[:bands]
    return result


def mean_and_sd(probability: np.ndarray, unit: float) -> tuple[float, float]:
    """Return mean and standard deviation of the loss."""
    loss = np.arange(len(probability)) * unit
    mean = probability @ loss
    return float(mean), float(np.sqrt(probability @ loss**2 - mean**2))


def value_at_risk(probability: np.ndarray, unit: float, level: float) -> float:
    """Return the smallest loss that is exceeded with probability 1 − `level` or less."""
    return float(np.searchsorted(np.cumsum(probability), level) * unit)


def expected_shortfall(probability: np.ndarray, unit: float, level: float) -> float:
    """Return the mean of the worst 1 − `level` of the losses."""
    quantile = value_at_risk(probability, unit, level)
    loss = np.arange(len(probability)) * unit
    return float(quantile + probability @ np.maximum(loss - quantile, 0.0) / (1 - level))


def interpolated_percentile(probability: np.ndarray, unit: float, level: float) -> float:
    """Return the percentile as it was published: in a straight line between multiples of the unit."""
    reached = np.cumsum(probability)
    return float(np.interp(level, reached, np.arange(len(reached)) * unit))
