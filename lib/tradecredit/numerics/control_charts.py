"""How long a control chart runs between false alarms."""

import numpy as np

NODES = 120
"""Points of the integral equation: twice as many move no run length by a thousandth."""

DEEPEST = 8.0
"""Standard deviations below its mean that a chart with an upper limit alone is followed to."""


def average_run_length(smoothing: float, width: float, *, two_sided: bool = False) -> float:
    """Return after how many observations, on average, an EWMA chart signals though nothing has changed.

    The chart is z = smoothing × x + (1 − smoothing) × z before, of independent standard normal x, from z = 0. It
    signals above `width` × √(smoothing / (2 − smoothing)), its standard deviation in the long run; `two_sided`: below
    minus that as well. Solved is Crowder's integral equation, L(u) = 1 + 1 / smoothing × ∫ L(y) φ((y − (1 − smoothing)
    u) / smoothing) dy between the limits, by Gauss and Legendre's rule. `smoothing` above 0 and at most 1.

    Source: Crowder 1987, A simple method for studying run-length distributions of exponentially weighted moving average
    charts, Technometrics 29(4), 401–407. Without smoothing the run length is that of Shewhart's chart:

    >>> round(average_run_length(1.0, 3.0, two_sided=True), 1)
    370.4
    """
    deviation = np.sqrt(smoothing / (2 - smoothing))
    upper = width * deviation
    lower = -upper if two_sided else -DEEPEST * deviation
    points, weights = np.polynomial.legendre.leggauss(NODES)
    points, weights = (upper - lower) / 2 * points + (upper + lower) / 2, (upper - lower) / 2 * weights
    moves = _density((points - (1 - smoothing) * points[:, None]) / smoothing) / smoothing * weights
    lengths = np.linalg.solve(np.eye(NODES) - moves, np.ones(NODES))
    start = _density(points / smoothing) / smoothing * weights
    return float(1 + start @ lengths)


def _density(points: np.ndarray) -> np.ndarray:
    """Return the density of the standard normal distribution."""
    return np.exp(-(points**2) / 2) / np.sqrt(2 * np.pi)
