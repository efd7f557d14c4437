"""Measures of simulated yearly losses, each with its standard error; scenarios are equally likely."""

from collections.abc import Iterator, Sequence

import numpy as np

FEWEST = 10
"""With fewer scenarios beyond a quantile, the standard errors of it and of its shortfall cannot be estimated."""


def summary_rows(losses: np.ndarray, levels: Sequence[float]) -> Iterator[tuple[str, float, float, float]]:
    """Yield measure, level, value and standard error: expected and sd (no level), then VaR and ES at each level."""
    rising = np.sort(losses)
    yield "expected", np.nan, *expected(rising)
    yield "sd", np.nan, *standard_deviation(rising)
    for level in levels:
        yield "VaR", level, *value_at_risk(rising, level)
        yield "ES", level, *expected_shortfall(rising, level)


def expected(losses: np.ndarray) -> tuple[float, float]:
    """Return the mean and its standard error sd/√n."""
    return float(losses.mean()), float(losses.std() / np.sqrt(len(losses)))


def standard_deviation(losses: np.ndarray) -> tuple[float, float]:
    """Return the standard deviation σ and its standard error √((μ₄ − σ⁴)/n) / 2σ (μ₄: fourth central moment)."""
    sd = losses.std()
    if sd == 0:
        return 0.0, 0.0
    fourth = np.mean((losses - losses.mean()) ** 4)
    return float(sd), float(np.sqrt((fourth - sd**4) / len(losses)) / (2 * sd))


def value_at_risk(losses: np.ndarray, level: float) -> tuple[float, float]:
    """Return the smallest loss that is not exceeded with probability `level`, and its standard error.

    The error is half the distance of the order statistics one binomial standard deviation, √(n·α·(1−α)), on either
    side; missing where fewer than 10 scenarios lie beyond.
    """
    n, tail = len(losses), _tail(len(losses), level)
    rising = np.sort(losses)
    value = float(rising[_quantile_rank(n, tail)])
    if tail < FEWEST:
        return value, np.nan
    spread = np.sqrt(n * level * (1 - level))
    below = rising[max(int(np.floor(n - 1 - tail - spread)), 0)]
    above = rising[min(int(np.ceil(n - 1 - tail + spread)), n - 1)]
    return value, float(above - below) / 2


def expected_shortfall(losses: np.ndarray, level: float) -> tuple[float, float]:
    """Return the mean of the worst 1 − `level` of the losses, and its standard error.

    Error: √((variance within the tail + level·(ES − VaR)²) / (n·(1 − level))), the second term being what the
    uncertain quantile adds (Manistre and Hancock 2005, Variance of the CTE estimator, North American Actuarial
    Journal 9(2)); missing where fewer than 10 scenarios lie in the tail.
    """
    weights = tail_weights(losses, level)
    value = float(weights @ losses)
    tail = _tail(len(losses), level)
    if tail < FEWEST:
        return value, np.nan
    within = weights @ (losses - value) ** 2
    beyond = value - value_at_risk(losses, level)[0]
    return value, float(np.sqrt((within + level * beyond**2) / tail))


def tail_weights(losses: np.ndarray, level: float) -> np.ndarray:
    """Return weights of the scenarios, adding up to 1, under which the mean loss is the expected shortfall.

    Scenarios above the quantile weigh 1/(n·(1 − level)) each; those at the quantile share evenly what mass is left, so
    that exactly 1 − level of the probability is averaged, also where n·(1 − level) is not whole or losses are equal.
    """
    tail = _tail(len(losses), level)
    rank = _quantile_rank(len(losses), tail)
    quantile = np.partition(losses, rank)[rank]
    above, at = losses > quantile, losses == quantile
    return (above + at * (tail - above.sum()) / at.sum()) / tail


def _tail(scenarios: int, level: float) -> float:
    """Return how many scenarios the worst 1 − `level` are, freed of the noise of binary fractions."""
    return round(scenarios * (1 - level), 8)


def _quantile_rank(scenarios: int, tail: float) -> int:
    """Return the position, in rising order, of the smallest loss that at most `tail` scenarios exceed."""
    return scenarios - 1 - min(int(tail), scenarios - 1)
