"""The scenario engine, compiled: who defaults in which simulated year, at a cost in proportion to the defaults.

With H = −ln(1 − p), a buyer whose default probability in a state of the economy is p defaults in that year when a
Poisson process of rate H has a point in it. Scenarios stand next to each other by how bad they are and are cut into
cells. In a cell, a buyer's process runs at its rate in the cell's worst state, so that one exponential gap jumps
to the next scenario with a point; the point's place within the scenario, uniform, says whether it stays at the
scenario's own, lower rate, and when in the year it falls.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.special import log_ndtr

from tradecredit.numerics.compiled import compiled, inlined
from tradecredit.numerics.random_numbers import beta, stream, two_exponentials

CELL = 2048
"""Scenarios of a cell, at most: its sums stay in the processor's cache while the buyers pass by."""

CELL_NARROW = 128
"""Scenarios of a cell, where their states differ much."""

CELL_WIDTH = 0.4
"""By how much the factor may differ within a cell of more."""

POINTS = 64
"""Points of a buyer's process that are held at a time (an even number)."""

DAYS = 365
"""Days of the year that is simulated."""

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


class States(NamedTuple):
    """The states of the economy in a block of scenarios.

    `factor` (factors × scenarios), `shock` and `twist` (θ of the exponential twist) by scenario; `order` (factors ×
    scenarios) has the block's scenarios by factor, worst first. `number` is that of the block's first scenario.
    """

    factor: np.ndarray
    shock: np.ndarray
    twist: np.ndarray
    order: np.ndarray
    number: int


class Arrivals(NamedTuple):
    """Defaults as arrays: scenario of the block, position of the obligor, and when in the year (0 to 1)."""

    scenario: np.ndarray
    obligor: np.ndarray
    moment: np.ndarray


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
def bounds(own, ranges, gamma):
    """Return the highest and the lowest hazard of an obligor over a cell (`ranges`: see `copy_cell`)."""
    worst, best, low_shock, high_shock, low_twist, high_twist = ranges
    most, least = (high_shock, low_shock) if own[1] > 0.0 else (low_shock, high_shock)
    return twisted_hazard(own, worst, most, high_twist, gamma), twisted_hazard(own, best, least, low_twist, gamma)


@compiled
def next_stop(start, states, factor):
    """Return where the cell that begins at `start` of a factor's order ends.

    It is the longest of `CELL`, half of it, a quarter …, down to `CELL_NARROW`, that begins at a multiple of its length
    and over which the factor differs by `CELL_WIDTH` at most.
    """
    length = CELL
    while length > CELL_NARROW:
        stop = min(start + length, states.shock.size)
        order = states.order[factor]
        width = states.factor[factor, order[stop - 1]] - states.factor[factor, order[start]]
        if start % length == 0 and width <= CELL_WIDTH:
            break
        length //= 2
    return min(start + length, states.shock.size)


@compiled
def copy_cell(states, factor, start, stop, cell):
    """Copy factor, shock and twist of the scenarios from start to stop in a factor's order; return their ranges.

    Ranges: worst and best factor, lowest and highest shock, lowest and highest twist.
    """
    for place in range(stop - start):
        scenario = states.order[factor, start + place]
        cell[0, place] = states.factor[factor, scenario]
        cell[1, place] = states.shock[scenario]
        cell[2, place] = states.twist[scenario]
    shock, twist = cell[1, : stop - start], cell[2, : stop - start]
    return cell[0, 0], cell[0, stop - start - 1], shock.min(), shock.max(), twist.min(), twist.max()


@compiled
def prepare_cell(obligors, first, last, ranges, gamma, key, prepared):
    """Write, for each obligor, its highest hazard in a cell, the share of it that it has at least, and its first gap.

    For all at once, so that the processor need not wait for any: what follows for each is hard to foresee.
    """
    for obligor in range(first, last):
        highest, lowest = bounds(own_of(obligors, obligor), ranges, gamma)
        prepared[0, obligor] = highest
        prepared[1, obligor] = lowest / highest
    for obligor in range(first, last):
        prepared[2, obligor] = two_exponentials(stream(key, obligors.name[obligor]), np.uint64(0))[0]


@inlined
def next_points(time, counter, rate, length, key, times):
    """Write the next points of a Poisson process over a cell, from `time` on, as many as `times` holds.

    Return how many, the time of the first that is not written (the cell's length or more: there is none), and the
    counter of the random numbers. The rate is 1 or less, or the points are all wanted; else see `next_first_points`.
    """
    wide = 1.0 / rate
    count = 0
    while time < length and count < len(times):
        first, second = two_exponentials(key, counter)
        counter += np.uint64(1)
        times[count] = time
        times[count + 1] = time + first * wide
        time = times[count + 1] + second * wide
        count += 2
    return count - 1 if count and times[count - 1] >= length else count, time, counter


@compiled
def next_first_points(time, counter, rate, length, key, times):
    """Do as `next_points`, with the first point of each scenario alone."""
    wide = 1.0 / rate
    count = 0
    while time < length and count < len(times):
        times[count] = time
        count += 1
        time = np.floor(time) + 1.0 + two_exponentials(key, counter)[0] * wide
        counter += np.uint64(1)
    return count, time, counter


@inlined
def arrivals_from(time, counter, rate, length, gamma, key, times):
    """Return what `next_points` does, or `next_first_points` where the rate is high and the first points count."""
    if rate > 1.0 and gamma is None:
        return next_first_points(time, counter, rate, length, key, times)
    return next_points(time, counter, rate, length, key, times)


@inlined
def sift(own, rates, cell, ranges, gamma, times, count, before, places, points):
    """Write the places in the cell, and the hazards reached, of the points in time that are defaults.

    Return how many, and the place of the last (`before`: the last one so far, −1 at first). Points at the highest rate
    stay where they fall under the scenario's own; the first of a scenario is the default, or each is, where rates are
    gamma. `rates`: the highest hazard, and the share of it that the lowest is.
    """
    highest, safe = rates
    worst, best, low_shock, high_shock, _, high_twist = ranges
    # As a function of the factor the hazard is convex, hence below the straight line between its values at the cell's
    # ends, and log-concave, hence above the geometric one: few points lie between, and only these need the hazard.
    simple = low_shock == high_shock and (high_twist <= 0.0 or own[3] <= 0.0)
    rise = 2.0 * (1.0 - safe) / (1.0 + safe) if simple else 0.0
    slope = 1.0 - safe if simple else 0.0
    top = safe if simple else 1.0
    per_width = 1.0 / (best - worst) if best > worst else 0.0
    every = 0 if gamma is None else -1
    kept = 0
    for number in range(count):
        place = np.int64(times[number])
        point = times[number] - place
        part = (best - cell[0, place]) * per_width
        step = part * rise
        stays = point < safe * (1.0 + step + 0.5 * step * step)
        if not stays and point <= top + slope * part:
            rate = twisted_hazard(own, cell[0, place], cell[1, place], cell[2, place], gamma)
            stays = point * highest < rate
        if stays and place != before:
            places[kept] = place
            points[kept] = point * highest
            kept += 1
            before = place | every
    return kept, before


@inlined
def add_amounts(amounts, obligor, places, count, sums):
    """Add an obligor's amounts to the sums at places, four rows at a time, then two, then one."""
    row = 0
    while row + 4 <= len(amounts):
        first, second = amounts[row, obligor], amounts[row + 1, obligor]
        third, fourth = amounts[row + 2, obligor], amounts[row + 3, obligor]
        for number in range(count):
            place = places[number]
            sums[row, place] += first
            sums[row + 1, place] += second
            sums[row + 2, place] += third
            sums[row + 3, place] += fourth
        row += 4
    if row + 2 <= len(amounts):
        first, second = amounts[row, obligor], amounts[row + 1, obligor]
        for number in range(count):
            sums[row, places[number]] += first
            sums[row + 1, places[number]] += second
        row += 2
    if row < len(amounts):
        first = amounts[row, obligor]
        for number in range(count):
            sums[row, places[number]] += first


@compiled
def block_sums(obligors, states, gamma, key, amounts):
    """Return sums over the defaults of each scenario of a block: a row for each row of `amounts` (… × obligors)."""
    scenarios = states.shock.size
    sums = np.zeros((len(amounts), scenarios))
    cell_sums = np.empty((len(amounts), CELL))
    cell, prepared = np.empty((3, CELL)), np.empty((3, len(obligors.name)))
    times, places, points = np.empty(POINTS), np.empty(POINTS, np.int64), np.empty(POINTS)
    for factor in range(len(obligors.first) - 1):
        first, last = obligors.first[factor], obligors.first[factor + 1]
        start = 0
        while start < scenarios:
            stop = next_stop(start, states, factor)
            length = stop - start
            ranges = copy_cell(states, factor, start, stop, cell)
            cell_key = stream(stream(key, states.number + start), factor)
            prepare_cell(obligors, first, last, ranges, gamma, cell_key, prepared)
            cell_sums[:] = 0.0
            for obligor in range(first, last):
                highest, safe, gap = prepared[0, obligor], prepared[1, obligor], prepared[2, obligor]
                if gap >= highest * length:
                    continue
                own, own_key = own_of(obligors, obligor), stream(cell_key, obligors.name[obligor])
                time, counter, before = gap / highest, np.uint64(1), -1
                while time < length:
                    count, time, counter = arrivals_from(time, counter, highest, length, gamma, own_key, times)
                    count, before = sift(
                        own, (highest, safe), cell, ranges, gamma, times, count, before, places, points
                    )
                    add_amounts(amounts, obligor, places, count, cell_sums)
            for row in range(len(amounts)):
                for place in range(length):
                    sums[row, states.order[factor, start + place]] += cell_sums[row, place]
            start = stop
    return sums


@compiled
def block_arrivals(obligors, states, gamma, key, wanted, room):
    """Return the defaults in the `wanted` scenarios of a block, unordered, and how many they are.

    Only the first `room` of them are returned: where they are more, ask again with that much room.
    """
    scenarios = states.shock.size
    scenario, obligor_of = np.empty(room, np.int64), np.empty(room, np.int64)
    moment = np.empty(room)
    cell, prepared = np.empty((3, CELL)), np.empty((3, len(obligors.name)))
    times, places, points = np.empty(POINTS), np.empty(POINTS, np.int64), np.empty(POINTS)
    found = 0
    for factor in range(len(obligors.first) - 1):
        first, last = obligors.first[factor], obligors.first[factor + 1]
        stop = 0
        while stop < scenarios:
            start, stop = stop, next_stop(stop, states, factor)
            length = stop - start
            if not wanted[states.order[factor, start:stop]].any():
                continue
            ranges = copy_cell(states, factor, start, stop, cell)
            cell_key = stream(stream(key, states.number + start), factor)
            prepare_cell(obligors, first, last, ranges, gamma, cell_key, prepared)
            for obligor in range(first, last):
                highest, safe, gap = prepared[0, obligor], prepared[1, obligor], prepared[2, obligor]
                if gap >= highest * length:
                    continue
                own, own_key = own_of(obligors, obligor), stream(cell_key, obligors.name[obligor])
                time, counter, before = gap / highest, np.uint64(1), -1
                while time < length:
                    count, time, counter = arrivals_from(time, counter, highest, length, gamma, own_key, times)
                    count, before = sift(
                        own, (highest, safe), cell, ranges, gamma, times, count, before, places, points
                    )
                    for default in range(count):
                        place = places[default]
                        year = states.order[factor, start + place]
                        if wanted[year]:
                            if found < room:
                                scenario[found], obligor_of[found] = year, obligor
                                moment[found] = moment_of(own, cell[:, place], points[default], gamma)
                            found += 1
    kept = min(found, room)
    return Arrivals(scenario[:kept], obligor_of[:kept], moment[:kept]), found


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


@compiled
def in_order(arrivals, scenarios):
    """Return the positions of defaults by scenario and moment."""
    start = np.zeros(scenarios + 1, np.int64)
    for scenario in arrivals.scenario:
        start[scenario + 1] += 1
    start = np.cumsum(start)
    place = start[:-1].copy()
    order = np.empty(len(arrivals.scenario), np.int64)
    for row in range(len(order)):
        order[place[arrivals.scenario[row]]] = row
        place[arrivals.scenario[row]] += 1
    for scenario in range(scenarios):
        some = order[start[scenario] : start[scenario + 1]]
        if len(some) > 1:
            some[:] = some[np.argsort(arrivals.moment[some], kind="mergesort")]
    return order


@compiled
def summed(amounts, scenario, scenarios):
    """Return the sum of the amounts of each scenario."""
    sums = np.zeros(scenarios)
    for row in range(len(amounts)):
        sums[scenario[row]] += amounts[row]
    return sums


@compiled
def lost_shares(mean, sd, key, scenario, buyer):
    """Return the share lost at each default: the buyer's mean, or a beta-distributed number of its mean and sd."""
    shares = np.empty(len(buyer))
    for row in range(len(buyer)):
        shares[row] = mean[buyer[row]]
        if sd[buyer[row]] > 0.0:
            own = stream(stream(key, scenario[row]), buyer[row])
            shares[row] = beta(mean[buyer[row]], sd[buyer[row]], own)
    return shares


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
