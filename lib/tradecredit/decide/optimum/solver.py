"""How the programme of limits is solved: with rows of their own only for the years near the value at risk.

Names as in `programme`. A year far above a at the best limits is in the tail whatever they are near them, and z
of it is what it passes a by; of one far below, z is 0. So z and its rows are asked for in the years near a alone: what
is left out or added up of the others bounds them from below, and where limits and a agree with it nothing else could be
better. Where they do not, the years that were taken wrongly get rows of their own, and the programme is solved again.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from tradecredit.numerics.risk_measures import Sample, expected_shortfall, value_at_risk

NEAR = (0.2, 0.1)
"""Years whose losses differ from the value at risk by less than this part of it have rows of their own, at first and
once limits are known that a programme has found."""

NEITHER = 1e-12
"""A loss within this part of the value at risk is neither above nor below it."""


class Programme(NamedTuple):
    """The programme over the parts of limits, those that are covered first; amounts in units.

    `losses` by year (years × 2 · buyers); `other_losses`: those of the years that no part changes; `sample`, `level`;
    `result` of a unit, and `bounds` (2 × parts); `members`, `caps`: the sums that are capped, over the parts.
    """

    losses: csr_array
    other_losses: np.ndarray
    sample: Sample
    level: float
    result: np.ndarray
    bounds: np.ndarray
    members: csr_array
    caps: np.ndarray

    @property
    def weight(self) -> np.ndarray:
        """Of the years, p / (1 − level)."""
        return self.sample.probability / (1 - self.level)

    def losses_of(self, value: np.ndarray) -> np.ndarray:
        """Return what is lost in each year if the parts have these values."""
        return self.losses @ value + self.other_losses


class Found(NamedTuple):
    """The parts that are best, the value at risk then, what a unit more of each and one more of the caps would add."""

    value: np.ndarray
    value_at_risk: float
    marginal_value: np.ndarray
    price_of_risk: float
    prices_of_caps: np.ndarray


def solved(programme: Programme, shortfall_cap: float, start: np.ndarray) -> Found:
    """Return the solution, sought from parts whose bad years are likely to be those of the best."""
    losses, sample, level = programme.losses_of(start), programme.sample, programme.level
    at_risk, reached = (measure(losses, sample, level)[0] for measure in (value_at_risk, expected_shortfall))
    # As if all losses grew alike until the cap is reached.
    growth = shortfall_cap / reached if reached > 0 else 1.0
    losses, at_risk = growth * losses, growth * at_risk
    near, width = np.zeros(len(losses), dtype=bool), NEAR[0]
    while True:
        own_rows = near | (np.abs(losses - at_risk) <= width * at_risk)
        tail = (losses > at_risk) & ~own_rows
        found = solved_near(programme, shortfall_cap, own_rows, tail)
        losses, at_risk, width = programme.losses_of(found.value), found.value_at_risk, NEAR[1]
        low, high = (at_risk * (1 + sign * NEITHER) for sign in (-1, 1))
        wrong = ~own_rows & np.where(tail, losses < low, losses > high)
        if not wrong.any():
            return found
        near |= wrong


def solved_near(programme: Programme, shortfall_cap: float, own_rows: np.ndarray, tail: np.ndarray) -> Found:
    """Return the solution with z and its row in some years, and others counted as in the `tail`, or as below it."""
    from scipy.optimize import linprog

    count, rows, years = len(programme.result), len(programme.caps), int(own_rows.sum())
    weight = programme.weight
    constraints = vstack(
        [
            hstack([programme.losses[own_rows], -eye_array(years), csr_array(-np.ones((years, 1)))]),
            hstack(
                [
                    csr_array((weight[tail] @ programme.losses[tail])[None, :]),
                    csr_array(weight[own_rows][None, :]),
                    csr_array([[1 - weight[tail].sum()]]),
                ]
            ),
            hstack([programme.members, csr_array((rows, years + 1))]),
        ],
        format="csr",
    )
    left = shortfall_cap - weight[tail] @ programme.other_losses[tail]
    right = np.concatenate([-programme.other_losses[own_rows], [left], programme.caps])
    beyond = np.column_stack([np.zeros(years + 1), np.full(years + 1, np.inf)])
    # The dual simplex: faster here than other ways to the same limits (tests/bench/optimum.py).
    found = linprog(
        -np.concatenate([programme.result, np.zeros(years + 1)]),
        A_ub=constraints, b_ub=right, bounds=np.vstack([programme.bounds.T, beyond]), method="highs-ds",
    )  # fmt: skip
    if found.status != 0:
        raise RuntimeError(f"the solver found no limits although some keep all bounds: {found.message}")
    prices = -found.ineqlin.marginals[years:] + 0.0
    at_bounds = -(found.lower.marginals + found.upper.marginals)[:count] + 0.0
    return Found(found.x[:count], float(found.x[-1]), at_bounds, float(prices[0]), prices[1:])
