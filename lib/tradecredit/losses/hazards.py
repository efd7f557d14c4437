"""The hazard of an obligor in a state of the economy, under a twist or none, and when in the year it defaults."""

from typing import Any, NamedTuple

import numpy as np
from scipy.special import log_ndtr

from tradecredit.numerics.compiled import compiled

LAST_MOMENT = np.nextafter(1.0, 0.0)
"""The last moment of the year, which rounding must not pass."""

_LOWEST, _HIGHEST, _STEPS = -9.0, 9.0, 32
"""Range of the table of hazards, and its steps per unit: cubic in between, to a relative 10⁻⁶."""


class Obligors(NamedTuple):
    """Who can default, as arrays in order of factor: a buyer, or a group whose buyers default together.

    Hazard in a state (factor c, shock y) of the economy: −ln Φ(−(level + slope·y − loading·c)) or, where default rates
    are `gamma`, −level·c. `name` is the number that its random numbers go by; `tilt` is the loss by which its default
    is made likelier in twisted scenarios (0: it is not). Those of factor f are `first[f]` to `first[f + 1]`.
    """

    level: np.ndarray
    slope: np.ndarray
    loading: np.ndarray
    tilt: np.ndarray
    name: np.ndarray
    first: np.ndarray


def _hazards() -> np.ndarray:
    """Return the cubic pieces of −ln Φ(−x) on the table's grid, from values and slopes at the ends of each piece."""
    grid = np.linspace(_LOWEST, _HIGHEST, int((_HIGHEST - _LOWEST) * _STEPS) + 1)
    value = -log_ndtr(-grid)
    slope = np.exp(-0.5 * grid**2 - log_ndtr(-grid)) / np.sqrt(2 * np.pi) / _STEPS
    rise = np.diff(value)
    start, end = slope[:-1], slope[1:]
    return np.column_stack([value[:-1], start, 3 * rise - 2 * start - end, start + end - 2 * rise])


_PIECES = _hazards()


@compiled
def default_hazard(distance):
    """Return −ln Φ(−x): 0 below −9 (probability under 10⁻¹⁸), and the table's last value above 9 (certain default)."""
    place = (distance - _LOWEST) * _STEPS
    if not place > 0.0:
        return 0.0
    last = len(_PIECES) - 1
    piece: Any = min(np.int64(min(place, 1e6)), last)
    part = min(place - piece, 1.0)
    return _PIECES[piece, 0] + part * (_PIECES[piece, 1] + part * (_PIECES[piece, 2] + part * _PIECES[piece, 3]))


@compiled
def hazard(own, factor, shock, gamma):
    """Return the hazard of an obligor in a state of the economy (see `Obligors`), before any twist.

    `own`: its level, slope, loading and tilt.
    """
    level, slope, loading, _ = own
    if gamma is not None:
        return -level * factor
    return default_hazard(level + slope * shock - loading * factor)


@compiled
def twisted(rate, exponent, gamma):
    """Return the hazard under which default is exp(`exponent`) times likelier, in odds (in rate, where `gamma`)."""
    if gamma is not None:
        return rate * np.exp(exponent)
    return rate + np.log1p(-np.expm1(-rate) * np.expm1(exponent))


@compiled
def twisted_hazard(own, factor, shock, twist, gamma):
    """Return the hazard of an obligor in a state of the economy, under the state's twist."""
    rate = hazard(own, factor, shock, gamma)
    return twisted(rate, own[3] * twist, gamma) if own[3] > 0.0 and twist > 0.0 else rate


@compiled
def own_of(obligors, obligor):
    """Return level, slope, loading and tilt of an obligor."""
    return obligors.level[obligor], obligors.slope[obligor], obligors.loading[obligor], obligors.tilt[obligor]


@compiled
def below_own_hazard(point, own, state, gamma):
    """Return whether a point lies below the hazard of a scenario's own state."""
    return point < twisted_hazard(own, state[0], state[1], state[2], gamma)


@compiled
def moment_of(own, state, point, gamma):
    """Return when in the year (0 to under 1) an obligor defaults whose process comes to `point` of its hazard.

    The hazard is constant within a year: the moment is point / H. A twist makes default likelier, not earlier, so that
    the point's probability among the twisted points is given back to the untwisted ones.
    """
    factor, shock, twist = state[0], state[1], state[2]
    rate = twisted_hazard(own, factor, shock, twist, gamma)
    if gamma is None and own[3] > 0.0 and twist > 0.0:
        plain = hazard(own, factor, shock, gamma)
        return min(-np.log1p(np.expm1(-point) / np.expm1(-rate) * np.expm1(-plain)) / plain, LAST_MOMENT)
    return min(point / rate, LAST_MOMENT)
