"""What the losses of a year are in a state of the economy, compiled: their moments, and twists towards larger ones."""

import numpy as np

from tradecredit.losses.hazards import hazard, own_of, twisted_hazard
from tradecredit.numerics.compiled import compiled


@compiled
def loss_moments(obligors, states, loss, gamma):
    """Return, for each scenario, mean and variance of the loss and the number of defaults, the state given (3 × …).

    Twisted as the states are; `loss`: what each obligor's default costs.
    """
    moments = np.zeros((3, states.shock.size))
    for factor in range(len(obligors.first) - 1):
        for obligor in range(obligors.first[factor], obligors.first[factor + 1]):
            own = own_of(obligors, obligor)
            for scenario in range(states.shock.size):
                shock, twist = states.shock[scenario], states.twist[scenario]
                rate = twisted_hazard(own, states.factor[factor, scenario], shock, twist, gamma)
                probability = rate if gamma is not None else -np.expm1(-rate)
                moments[0, scenario] += probability * loss[obligor]
                spread = 1.0 - probability if gamma is None else 1.0
                moments[1, scenario] += probability * spread * loss[obligor] ** 2
                moments[2, scenario] += probability
    return moments


@compiled
def twists(obligors, states, loss, gamma, target, steps):
    """Return, for each scenario, the θ under which its expected loss is the target; 0 where it is so without.

    Halved so many times from 30 over the largest tilt.
    """
    found, count = np.zeros(states.shock.size), len(obligors.tilt)
    chance, tilt, amount = np.empty(count), np.empty(count), np.empty(count)
    for scenario in range(len(found)):
        twistable, rest, mean, largest = 0, 0.0, 0.0, 1e-300
        for factor in range(len(obligors.first) - 1):
            for obligor in range(obligors.first[factor], obligors.first[factor + 1]):
                own = own_of(obligors, obligor)
                rate = hazard(own, states.factor[factor, scenario], states.shock[scenario], gamma)
                probability = rate if gamma is not None else -np.expm1(-rate)
                mean += probability * loss[obligor]
                if own[3] > 0.0:
                    chance[twistable], tilt[twistable], amount[twistable] = probability, own[3], loss[obligor]
                    twistable += 1
                    largest = max(largest, own[3])
                else:
                    rest += probability * loss[obligor]
        if mean >= target:
            continue
        low, high = 0.0, 30.0 / largest
        for _ in range(steps):
            middle, reached = (low + high) / 2, rest
            for place in range(twistable):
                likelier = chance[place] * np.exp(tilt[place] * middle)
                reached += amount[place] * (
                    likelier if gamma is not None else likelier / (1.0 - chance[place] + likelier)
                )
            if reached < target:
                low = middle
            else:
                high = middle
        found[scenario] = high
    return found


@compiled
def log_generating(obligors, states, gamma):
    """Return, for each scenario, ψ: the log of the mean of exp(θ · Σ tilt over defaults) at the scenario's twist θ."""
    result = np.zeros(states.shock.size)
    for factor in range(len(obligors.first) - 1):
        for obligor in range(obligors.first[factor], obligors.first[factor + 1]):
            own = own_of(obligors, obligor)
            if own[3] <= 0.0:
                continue
            for scenario in range(len(result)):
                if states.twist[scenario] > 0.0:
                    rate = hazard(own, states.factor[factor, scenario], states.shock[scenario], gamma)
                    growth = np.expm1(own[3] * states.twist[scenario])
                    result[scenario] += rate * growth if gamma is not None else np.log1p(-np.expm1(-rate) * growth)
    return result


@compiled
def between(values, places, grid, parts):
    """Return what values on a grid are at places between, by the polynomial through the points of a piece.

    `grid`: the first place, and the step; `parts`: steps of a piece. Beyond the grid by its first or last piece.
    """
    result = np.empty(len(places))
    last = (len(values) - 2) // parts
    weights = np.ones(parts + 1)
    for one in range(parts + 1):
        for other in range(parts + 1):
            if other != one:
                weights[one] /= one - other
    for row in range(len(places)):
        step = (places[row] - grid[0]) / grid[1]
        piece = min(max(np.int64(step / parts), 0), last) * parts
        total = 0.0
        for one in range(parts + 1):
            weight = weights[one]
            for other in range(parts + 1):
                if other != one:
                    weight *= step - piece - other
            total += weight * values[piece + one]
        result[row] = total
    return result
