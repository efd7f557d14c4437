"""How long things take of which some are not over yet."""

import numpy as np

ROUNDING = 1e-12
"""What products of parts may be off: half is half, however it was multiplied together."""


def lasting(days: np.ndarray, is_over: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the days, rising and each once, and the part that lasts longer than each: the product-limit estimate.

    `is_over`: false where `days` is only what has passed so far.
    Source: Kaplan and Meier 1958, Journal of the American Statistical Association 53.

    >>> lasting(np.array([5.0, 8.0, 11.0, 21.0]), np.array([False, True, True, True]))[1].round(3)
    array([1.   , 0.667, 0.333, 0.   ])
    """
    day, place = np.unique(days, return_inverse=True)
    over, all_of = np.bincount(place, is_over, len(day)), np.bincount(place, minlength=len(day))
    at_risk = len(days) - np.append(0, np.cumsum(all_of)[:-1])
    return day, np.cumprod(1 - over / at_risk)


def median_days(days: np.ndarray, is_over: np.ndarray) -> float:
    """Return the day by which half are over, of which the others are only known to take longer; missing: none yet.

    >>> median_days(np.array([5.0, 8.0, 11.0, 21.0]), np.array([False, True, True, True]))  # 2/3 left after 8, then 1/3
    11.0
    """
    day, left = lasting(days, is_over)
    half = np.flatnonzero(left <= 0.5 + ROUNDING)
    return float(day[half[0]]) if len(half) else np.nan
