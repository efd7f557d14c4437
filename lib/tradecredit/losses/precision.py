"""How far simulated figures are from the precision asked of them: which are held to it, and how many more years.

A run's `simulation.precision` holds

- of the tail (`of_tail`): value at risk and expected shortfall at every level of the run, of the loss before insurance
  and of the retained loss under each policy: standard error ≤ precision × figure;
- of the comparison of policies (`of_differences`): the difference between the costs of risk of any two policies, and
  of each and no cover: standard error ≤ precision × the smaller of the two.

Expected losses and standard deviations, which are no figures of the tail, are not held.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from tradecredit.losses.distribution import LossDistribution
from tradecredit.numerics.risk_measures import Sample, Tail, standard_error

FIRST = 4_096
"""Scenarios of the first step: enough for standard errors by which to estimate how many are needed."""

STEP = 1_024
"""Steps are whole multiples of it."""

SPARE = 1.05
"""By how much more than the last standard errors call for is simulated, since these are estimates."""

LARGEST_STEP = 3
"""Scenarios of a step, at most, as a multiple of those before: standard errors of few scenarios are not trusted far."""


class AsNeeded(NamedTuple):
    """As many scenarios as a precision needs, and `most` of them.

    `missing`: by what factor the standard errors of a distribution are too large, 1 or less where they are not.
    """

    most: int
    missing: Callable[[LossDistribution], float]

    def further(self, scenarios: int, missing: float) -> int:
        """Return how many scenarios more are to be simulated; 0: enough, or there may be no more.

        A standard error falls with the root of the number of scenarios.
        """
        if missing <= 1 or scenarios >= self.most:
            return 0
        wanted = scenarios * min(SPARE * missing**2 - 1, LARGEST_STEP)
        return min(int(np.ceil(wanted / STEP)) * STEP, self.most - scenarios)


def of_tail(
    views: Iterable[Tail], *, levels: Sequence[float], precision: float, measures: Sequence[str] = ("VaR", "ES")
) -> float:
    """Return by what factor the standard errors of the tails of some losses are too large for a precision.

    Of each of the `views`, the `measures` at every level are held. A figure that is 0 is not held;
    infinite where a standard error is not known for want of scenarios.
    """
    factors = [
        error / (precision * value) if not np.isnan(error) else np.inf
        for view in views
        for measure, _, value, error in view.rows(levels)
        if measure in measures and value > 0
    ]
    return max(factors, default=0.0)


def of_differences(
    costs: Mapping[str, float], influences: Mapping[str, np.ndarray], sample: Sample, precision: float
) -> float:
    """Return by what factor the standard errors of differences between costs are too large for a precision.

    `costs`: cost of risk by policy, no cover among them; `influences`: their influence functions, of the same names.
    """
    factors = [0.0]
    for one, other in combinations(costs, 2):
        smaller = min(costs[one], costs[other])
        if smaller > 0:
            error = standard_error(influences[one] - influences[other], sample)
            factors.append(error / (precision * smaller))
    return max(factors)
