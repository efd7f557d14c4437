"""Measures of simulated yearly losses, each with its standard error; every scenario has a probability of its own.

The error of a measure comes from its influence function: the measure is, but for terms that vanish, the mean
over scenarios of a number for each scenario, and the error of a mean is known. Influences of sums and differences are
sums and differences, so that the error of a difference on the same scenarios is as easily told.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tradecredit.numerics.compiled import compiled

FEWEST = 10
"""With fewer scenarios beyond a quantile, the standard errors of it and of its shortfall cannot be estimated."""

ROUNDING = 1e-12
"""Sums of probabilities that differ by less are equal."""


class Sample(NamedTuple):
    """How the scenarios were drawn: the `probability` of each (they add up to 1), and whether they are stratified.

    Where `stratified`, scenarios 0 and 1, 2 and 3, … come from neighbouring strata of the economy, one each.
    """

    probability: np.ndarray
    stratified: bool = False

    @classmethod
    def equally_likely(cls, scenarios: int) -> "Sample":
        return cls(np.full(scenarios, 1 / scenarios))


def standard_error(influence: np.ndarray, sample: Sample) -> float:
    """Return the standard error of a measure whose influence function has these values, one for each scenario.

    √Σ(p·g)²; in a stratified sample √Σ(p₁·g₁ − p₂·g₂)² over pairs of neighbours, which errs to the high side by
    what the neighbouring strata differ (collapsed strata: Cochran 1977, Sampling Techniques, §5A.12).
    """
    parts = sample.probability * influence
    if sample.stratified and len(parts) % 2:
        parts = np.append(parts, 0.0)
    if sample.stratified:
        parts = parts[0::2] - parts[1::2]
    return float(np.sqrt(_sum_of_products(parts, parts)))


def summary_rows(
    losses: np.ndarray, sample: Sample, levels: Sequence[float]
) -> Iterator[tuple[str, float, float, float]]:
    """Yield measure, level, value and standard error: expected and sd (no level), then VaR and ES at each level."""
    yield "expected", np.nan, *expected(losses, sample)
    yield "sd", np.nan, *standard_deviation(losses, sample)
    yield from tail_rows(losses, sample, levels)


def tail_rows(losses: np.ndarray, sample: Sample, levels: Sequence[float]) -> Iterator[tuple[str, float, float, float]]:
    """Yield measure, level, value and standard error of VaR and ES at each level."""
    highest = _highest(losses, sample, min(levels, default=1.0))
    for level in levels:
        yield "VaR", level, *_value_at_risk(losses, sample, level, highest)
        yield "ES", level, *_expected_shortfall(losses, sample, level, highest)


def expected(losses: np.ndarray, sample: Sample) -> tuple[float, float]:
    """Return the mean Σp·L and its standard error."""
    influence = expected_influence(losses, sample)
    return _sum_of_products(sample.probability, losses), standard_error(influence, sample)


def expected_influence(losses: np.ndarray, sample: Sample) -> np.ndarray:
    """Return the influence function of the mean, L − mean."""
    return losses - _sum_of_products(sample.probability, losses)


def standard_deviation(losses: np.ndarray, sample: Sample) -> tuple[float, float]:
    """Return the standard deviation σ and its standard error, by the influence ((L − mean)² − σ²) / 2σ."""
    squares = expected_influence(losses, sample) ** 2
    variance = _sum_of_products(sample.probability, squares)
    if variance <= 0:
        return 0.0, 0.0
    sd = np.sqrt(variance)
    return float(sd), standard_error((squares - variance) / (2 * sd), sample)


def value_at_risk(losses: np.ndarray, sample: Sample, level: float) -> tuple[float, float]:
    """Return the smallest loss that is exceeded with probability 1 − `level` or less, and its standard error.

    The error is a quarter of the distance of the quantiles two standard errors of the probability of exceeding it on
    either side (closer ones have few scenarios between them, and their distance is mostly chance); missing where fewer
    than 10 scenarios lie beyond.
    """
    return _value_at_risk(losses, sample, level, _highest(losses, sample, level))


def expected_shortfall(losses: np.ndarray, sample: Sample, level: float) -> tuple[float, float]:
    """Return the mean of the worst 1 − `level` of the losses, and its standard error.

    The error by `shortfall_influence`; missing where fewer than 10 scenarios lie beyond the quantile.
    """
    return _expected_shortfall(losses, sample, level, _highest(losses, sample, level))


def shortfall_influence(losses: np.ndarray, sample: Sample, level: float) -> np.ndarray:
    """Return the influence function of the expected shortfall, VaR + max(L − VaR, 0) / (1 − level) − ES.

    Source: Rockafellar and Uryasev 2000, Optimization of conditional value-at-risk, Journal of Risk 2(3), eq. 4.
    """
    return _shortfall_influence(losses, level, _highest(losses, sample, level))


def tail_weights(losses: np.ndarray, sample: Sample, level: float) -> np.ndarray:
    """Return weights of the scenarios, adding up to 1, under which the mean loss is the expected shortfall.

    Scenarios above the quantile weigh probability / (1 − level); those at the quantile share what is left in
    proportion to their probabilities, so that exactly 1 − level of the probability is averaged.
    """
    quantile = _quantile(_highest(losses, sample, level), 1 - level)
    above, at = losses > quantile, losses == quantile
    weights = np.where(above, sample.probability, 0.0)
    weights[at] = sample.probability[at] * ((1 - level - weights.sum()) / sample.probability[at].sum())
    return np.maximum(weights, 0.0) / (1 - level)


class _Highest(NamedTuple):
    """The highest losses, falling, the probability of each or a higher one, and Σp·L over these."""

    loss: np.ndarray
    reached: np.ndarray
    lost: np.ndarray


def _highest(losses: np.ndarray, sample: Sample, level: float) -> _Highest:
    """Return the highest losses: all that quantiles from `level` up, and a little lower, need.

    Sorting a part is several times faster than sorting all, where losses are equally likely; the part grows until it is
    enough.
    """
    count = len(losses)
    most = count if sample.stratified or count < 10_000 else max(int(count * min(4 * (1 - level), 1.0)), 1_000)
    while True:
        part = np.arange(count) if most >= count else np.argpartition(losses, count - most)[count - most :]
        part = part[np.argsort(-losses[part])]
        probability, highest = sample.probability[part], losses[part]
        reached = np.cumsum(probability)
        if most >= count or reached[-1] > min(2 * (1 - level), 0.99):
            return _Highest(highest, reached, np.cumsum(probability * highest))
        most *= 2


def _beyond(highest: _Highest, tail: float) -> int:
    """Return how many scenarios lie in the worst `tail` of the probability."""
    return int(np.searchsorted(highest.reached, tail + ROUNDING, side="right"))


def _quantile(highest: _Highest, tail: float) -> float:
    """Return the smallest loss that is exceeded with probability `tail` or less."""
    return float(highest.loss[min(_beyond(highest, tail), len(highest.loss) - 1)])


def _shortfall(highest: _Highest, tail: float) -> float:
    """Return the mean of the worst `tail`: of what is beyond the quantile, and of the quantile for the rest of it."""
    beyond = _beyond(highest, tail)
    reached, lost = (highest.reached[beyond - 1], highest.lost[beyond - 1]) if beyond else (0.0, 0.0)
    return float((lost + (tail - reached) * _quantile(highest, tail)) / tail)


def _value_at_risk(losses: np.ndarray, sample: Sample, level: float, highest: _Highest) -> tuple[float, float]:
    tail = 1 - level
    value = _quantile(highest, tail)
    if _beyond(highest, tail) < FEWEST:
        return value, np.nan
    spread = standard_error(expected_influence(np.where(losses > value, 1.0, 0.0), sample), sample)
    return value, (_quantile(highest, max(tail - 2 * spread, 0.0)) - _quantile(highest, tail + 2 * spread)) / 4


def _expected_shortfall(losses: np.ndarray, sample: Sample, level: float, highest: _Highest) -> tuple[float, float]:
    value = _shortfall(highest, 1 - level)
    if _beyond(highest, 1 - level) < FEWEST:
        return value, np.nan
    return value, standard_error(_shortfall_influence(losses, level, highest), sample)


def _shortfall_influence(losses: np.ndarray, level: float, highest: _Highest) -> np.ndarray:
    quantile = _quantile(highest, 1 - level)
    influence = np.maximum(losses - quantile, 0.0)
    influence /= 1 - level
    influence += quantile - _shortfall(highest, 1 - level)
    return influence


@compiled
def _sum_of_products(first, second):
    """Return Σ first · second, the same bits on any number of threads (unlike a linear algebra library's)."""
    total = 0.0
    for start in range(0, len(first), 256):
        part = 0.0
        for place in range(start, min(start + 256, len(first))):
            part += first[place] * second[place]
        total += part
    return total
