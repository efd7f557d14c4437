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

ERRORS_APART = 2
"""Standard errors that a simulated difference has to reach to be told from zero."""

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
    return float(np.sqrt(_squares(sample.probability, influence, sample.stratified)))


def told_apart(difference: float, error: float) -> bool:
    """Return whether a simulated difference is known to be what it is: `ERRORS_APART` standard errors from zero, or
    exactly zero in all scenarios; not where the error is missing.

    >>> told_apart(30.0, 10.0), told_apart(15.0, 10.0), told_apart(0.0, 0.0), told_apart(30.0, float("nan"))
    (True, False, True, False)
    """
    return bool(abs(difference) >= ERRORS_APART * error)


def summary_rows(
    losses: np.ndarray, sample: Sample, levels: Sequence[float]
) -> Iterator[tuple[str, float, float, float]]:
    """Yield measure, level, value and standard error: expected and sd (no level), then VaR and ES at each level."""
    yield "expected", np.nan, *expected(losses, sample)
    yield "sd", np.nan, *standard_deviation(losses, sample)
    yield from tail_rows(losses, sample, levels)


def tail_rows(losses: np.ndarray, sample: Sample, levels: Sequence[float]) -> Iterator[tuple[str, float, float, float]]:
    """Yield measure, level, value and standard error of VaR and ES at each level."""
    yield from Tail.of(losses, sample, min(levels, default=1.0)).rows(levels)


def expected(losses: np.ndarray, sample: Sample) -> tuple[float, float]:
    """Return the mean Σp·L and its standard error."""
    return expected_value(losses, sample), standard_error(expected_influence(losses, sample), sample)


def expected_value(losses: np.ndarray, sample: Sample) -> float:
    """Return the mean Σp·L alone."""
    return _sum_of_products(sample.probability, losses)


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
    return Tail.of(losses, sample, level).value_at_risk(level)


def expected_shortfall(losses: np.ndarray, sample: Sample, level: float) -> tuple[float, float]:
    """Return the mean of the worst 1 − `level` of the losses, and its standard error.

    The error by `shortfall_influence`; missing where fewer than 10 scenarios lie beyond the quantile.
    """
    return Tail.of(losses, sample, level).expected_shortfall(level)


def shortfall_influence(losses: np.ndarray, sample: Sample, level: float) -> np.ndarray:
    """Return the influence function of the expected shortfall, VaR + max(L − VaR, 0) / (1 − level) − ES.

    Source: Rockafellar and Uryasev 2000, Optimization of conditional value-at-risk, Journal of Risk 2(3), eq. 4.
    """
    return Tail.of(losses, sample, level).shortfall_influence(level)


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


class Tail(NamedTuple):
    """Losses and the highest of them in order, from which all measures of the tail are read."""

    losses: np.ndarray
    sample: Sample
    highest: _Highest

    @classmethod
    def of(cls, losses: np.ndarray, sample: Sample, level: float) -> "Tail":
        """Return the tail of losses for measures at a level and all above it."""
        return cls(losses, sample, _highest(losses, sample, level))

    def rows(self, levels: Sequence[float]) -> Iterator[tuple[str, float, float, float]]:
        """Yield the same as `tail_rows`."""
        for level in levels:
            yield "VaR", level, *self.value_at_risk(level)
            yield "ES", level, *self.expected_shortfall(level)

    def value_at_risk(self, level: float) -> tuple[float, float]:
        """Return the same as the function of this name."""
        tail = 1 - level
        value = _quantile(self.highest, tail)
        if _beyond(self.highest, tail) < FEWEST:
            return value, np.nan
        beyond = expected_influence(np.where(self.losses > value, 1.0, 0.0), self.sample)
        spread = 2 * standard_error(beyond, self.sample)
        ends = _quantile(self.highest, max(tail - spread, 0.0)), _quantile(self.highest, tail + spread)
        return value, (ends[0] - ends[1]) / 4

    def expected_shortfall(self, level: float) -> tuple[float, float]:
        """Return the same as the function of this name."""
        value = self.shortfall(level)
        if _beyond(self.highest, 1 - level) < FEWEST:
            return value, np.nan
        return value, standard_error(self.shortfall_influence(level), self.sample)

    def shortfall(self, level: float) -> float:
        """Return the expected shortfall alone."""
        return _shortfall(self.highest, 1 - level)

    def shortfall_influence(self, level: float) -> np.ndarray:
        """Return the same as the function of this name."""
        quantile = _quantile(self.highest, 1 - level)
        influence = np.maximum(self.losses - quantile, 0.0)
        influence /= 1 - level
        influence += quantile - self.shortfall(level)
        return influence


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


@compiled
def _squares(probability, influence, paired):
    """Return Σ (p·g)², or Σ (p₁·g₁ − p₂·g₂)² over pairs of neighbours; one that has none counts alone."""
    total, wide = 0.0, 2 if paired else 1
    for start in range(0, len(influence), 256 * wide):
        part = 0.0
        for place in range(start, min(start + 256 * wide, len(influence)), wide):
            value = probability[place] * influence[place]
            if paired and place + 1 < len(influence):
                value -= probability[place + 1] * influence[place + 1]
            part += value * value
        total += part
    return total
