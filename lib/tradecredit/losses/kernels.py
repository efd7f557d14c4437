"""The scenario engine, compiled: who defaults in which simulated year, at a cost in proportion to the defaults.

With H = −ln(1 − p), a buyer whose default probability in a state of the economy is p defaults in that year when a
Poisson process of rate H has a point in it. Scenarios stand next to each other by how bad they are and are cut into
cells. In a cell, a buyer's process runs at its rate in the cell's worst state, so that one exponential gap jumps
to the next scenario with a point; the point's place within the scenario, uniform, says whether it stays at the
scenario's own, lower rate, and when in the year it falls.
"""

from typing import Any, NamedTuple

import numpy as np

from tradecredit.losses.hazards import below_own_hazard, moment_of, own_of, twisted_hazard
from tradecredit.numerics.compiled import compiled, inlined
from tradecredit.numerics.random_numbers import beta, stream, two_exponentials

CELL = 2048
"""Scenarios of a cell, at most: its sums stay in the processor's nearest cache while the buyers pass by."""

CELL_NARROW = 128
"""Scenarios of a cell, where their states differ much."""

CELL_WIDTH = 0.4
"""By how much the factor may differ within a cell of more."""

POINTS = 128
"""Points of a buyer's process that are held at a time (an even number)."""

DAYS = 365
"""Days of the year that is simulated."""

GRID = 4096
"""Steps of the grids that are sorted on."""

DOUBT, PLACE = np.uint64(2**32), np.uint64(2**32 - 1)
"""What is added to a place in a cell if the point there has to be looked at, and what is left of it without. Places are
unsigned: a signed index is looked at for being negative, at each look-up."""

NOWHERE = np.uint64(2**64 - 1)
"""A place that no point has."""


class States(NamedTuple):
    """The states of the economy in a block of scenarios.

    `factor` (factors × scenarios), `shock` and `twist` (θ of the exponential twist) by scenario; `order` (factors ×
    scenarios) has the block's scenarios by factor, about the worst first. `number` is that of the block's first one.
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

    A fourth row has how far each factor lies from the best to the worst. Ranges: worst and best factor, lowest and
    highest shock, lowest and highest twist.
    """
    low_shock, low_twist, high_shock, high_twist = np.inf, np.inf, -np.inf, -np.inf
    for place in range(stop - start):
        scenario = states.order[factor, start + place]
        cell[0, place] = states.factor[factor, scenario]
        shock, twist = states.shock[scenario], states.twist[scenario]
        cell[1, place], cell[2, place] = shock, twist
        low_shock, high_shock = min(low_shock, shock), max(high_shock, shock)
        low_twist, high_twist = min(low_twist, twist), max(high_twist, twist)
    worst, best = np.inf, -np.inf
    for place in range(stop - start):
        worst, best = min(worst, cell[0, place]), max(best, cell[0, place])
    per_width = 1.0 / (best - worst) if best > worst else 0.0
    for place in range(stop - start):
        cell[3, place] = (best - cell[0, place]) * per_width
    return worst, best, low_shock, high_shock, low_twist, high_twist


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
    """Write the next points of a Poisson process over a cell, from `time` on, `POINTS` or one less at most.

    Return how many, the time of the first that is not written (the cell's length or more: there is none), and the
    counter of the random numbers.
    """
    wide = 1.0 / rate
    count = np.int64(0)
    while time < length and count < POINTS - 1:
        first, second = two_exponentials(key, counter)
        counter += np.uint64(1)
        after = time + first * wide
        times[count], times[count + 1] = time, after
        time = after + second * wide
        # Counted without a look at the array after the loop, which would keep the compiler from seeing that it stays.
        count += 1 + np.int64(after < length)
    return count, time, counter


@inlined
def sift(own, safe, cell, ranges, times, count, places, points):
    """Write the places in the cell of the points in time that may be defaults; return how many.

    Points at the highest rate stay where they fall under the scenario's own. `safe`: the share of the highest hazard
    that the lowest is; `points`: where in its scenario each falls, as a share of the highest hazard. Places have
    `DOUBT` added where that has to be looked at (`is_default`); all others stay.

    Without a branch: whether a point stays is a guess that the processor would often get wrong, at a cost above that of
    all that is done here.
    """
    # As a function of the factor the hazard is convex, hence below the straight line between its values at the cell's
    # ends, and log-concave, hence above the geometric one: few points lie between, and only these need the hazard.
    simple = ranges[2] == ranges[3] and (ranges[5] <= 0.0 or own[3] <= 0.0)
    rise = 2.0 * (1.0 - safe) / (1.0 + safe) if simple else 0.0
    slope, top = (1.0 - safe, safe) if simple else (0.0, 1.0)
    linear, square = safe * rise, 0.5 * safe * rise * rise
    kept: Any = 0
    for number in range(count):
        whole = np.int64(times[number])
        point = times[number] - whole
        part = cell[3, np.uint64(whole)]
        doubtful = point >= safe + part * (linear + part * square)
        places[kept] = np.uint64(whole) + DOUBT * np.uint64(doubtful)
        points[kept] = point
        kept += np.int64(point <= top + part * slope)
    return kept


@inlined
def is_default(place, point, own, highest, cell, gamma):
    """Return whether a point that `sift` has left is a default; point: its hazard as a share of the highest."""
    if place < DOUBT:
        return True
    index = place - DOUBT
    state = (cell[0, index], cell[1, index], cell[2, index])
    return below_own_hazard(point * highest, own, state, gamma)


@inlined
def add_amounts(amounts, row, sums, place):
    """Add a row of amounts to the sums at a place: two, or a multiple of four."""
    sums[place, 0] += amounts[row, 0]
    sums[place, 1] += amounts[row, 1]
    if amounts.shape[1] > 2:
        sums[place, 2] += amounts[row, 2]
        sums[place, 3] += amounts[row, 3]
        for column in range(4, amounts.shape[1], 4):
            sums[place, column] += amounts[row, column]
            sums[place, column + 1] += amounts[row, column + 1]
            sums[place, column + 2] += amounts[row, column + 2]
            sums[place, column + 3] += amounts[row, column + 3]


@compiled
def draw(key, scenario, name):
    """Return a number from 0 to 15, of equal probability, for the default of an obligor in a scenario."""
    return np.int64(stream(stream(key, scenario), name) >> np.uint64(60))


@compiled
def block_sums(obligors, states, gamma, keys, amounts):
    """Return sums over the defaults of each scenario of a block: a row for each column of `amounts`.

    `amounts`: a row for each obligor, or as many as can be drawn at a default (`draw`) one after the other; two or a
    multiple of four columns, so that what a default adds stands together. `keys`: of defaults, and of what is drawn.
    """
    key, draws = keys[0], len(amounts) // max(len(obligors.name), 1)
    scenarios, rows = states.shock.size, amounts.shape[1]
    sums = np.zeros((rows, scenarios))
    cell_sums = np.empty((CELL, rows))
    cell, prepared = np.empty((4, CELL)), np.empty((3, len(obligors.name)))
    times, places, points = np.empty(POINTS), np.empty(POINTS + 1, np.uint64), np.empty(POINTS + 1)
    for factor in range(len(obligors.first) - 1):
        first, last = obligors.first[factor], obligors.first[factor + 1]
        stop = 0
        while stop < scenarios:
            start, stop = stop, next_stop(stop, states, factor)
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
                time, counter, before = gap / highest, np.uint64(1), NOWHERE
                while time < length:
                    count, time, counter = next_points(time, counter, highest, length, own_key, times)
                    for number in range(sift(own, safe, cell, ranges, times, count, places, points)):
                        # The first point of a scenario is the default, or each is, where rates are gamma.
                        place = places[number] & PLACE
                        new = gamma is not None or place != before
                        if new and is_default(places[number], points[number], own, highest, cell, gamma):
                            before = place
                            row = obligor
                            if draws > 1:
                                year = states.number + states.order[factor, start + np.int64(place)]
                                row = obligor * draws + draw(keys[1], year, obligors.name[obligor])
                            add_amounts(amounts, row, cell_sums, place)
            for place in range(length):
                scenario = states.order[factor, start + place]
                for row in range(rows):
                    sums[row, scenario] += cell_sums[place, row]
    return sums


@compiled
def block_arrivals(obligors, states, gamma, key, wanted, until, room):
    """Return the defaults in the `wanted` scenarios of a block, unordered, and how many they are.

    The same as those that `block_sums` adds up, those before a moment `until` (1: the whole year). Only the first
    `room` of them are returned: where they are more, ask again with that much room.
    """
    scenarios = states.shock.size
    scenario, obligor_of = np.empty(room, np.int64), np.empty(room, np.int64)
    moment = np.empty(room)
    cell, prepared = np.empty((4, CELL)), np.empty((3, len(obligors.name)))
    times, places, points = np.empty(POINTS), np.empty(POINTS + 1, np.uint64), np.empty(POINTS + 1)
    found = 0
    for factor in range(len(obligors.first) - 1):
        first, last = obligors.first[factor], obligors.first[factor + 1]
        stop = 0
        while stop < scenarios:
            start, stop = stop, next_stop(stop, states, factor)
            length = stop - start
            if not any_wanted(wanted, states.order[factor, start:stop]):
                continue
            ranges = copy_cell(states, factor, start, stop, cell)
            cell_key = stream(stream(key, states.number + start), factor)
            prepare_cell(obligors, first, last, ranges, gamma, cell_key, prepared)
            for obligor in range(first, last):
                highest, safe, gap = prepared[0, obligor], prepared[1, obligor], prepared[2, obligor]
                if gap >= highest * length:
                    continue
                own, own_key = own_of(obligors, obligor), stream(cell_key, obligors.name[obligor])
                time, counter, before = gap / highest, np.uint64(1), NOWHERE
                while time < length:
                    count, time, counter = next_points(time, counter, highest, length, own_key, times)
                    for number in range(sift(own, safe, cell, ranges, times, count, places, points)):
                        place = places[number] & PLACE
                        new = gamma is not None or place != before
                        if new and is_default(places[number], points[number], own, highest, cell, gamma):
                            before = place
                            year = states.order[factor, start + np.int64(place)]
                            if wanted[year]:
                                state = (cell[0, place], cell[1, place], cell[2, place])
                                when = moment_of(own, state, points[number] * highest, gamma)
                                if when < until:
                                    if found < room:
                                        scenario[found], obligor_of[found], moment[found] = year, obligor, when
                                    found += 1
    kept = min(found, room)
    return Arrivals(scenario[:kept], obligor_of[:kept], moment[:kept]), found


@compiled
def by_value(values):
    """Return positions by value, rising, to a four-thousandth of their range; those nearer than that as they stand.

    Exact order would cost more than the cells that are cut from it save.
    """
    low, high = np.inf, -np.inf
    for value in values:
        low, high = min(low, value), max(high, value)
    per_range = (GRID - 1) / (high - low) if high > low else 0.0
    keys = np.empty(len(values), np.int64)
    for place in range(len(values)):
        keys[place] = np.int64((values[place] - low) * per_range)
    return counted(np.arange(len(values)), keys, GRID)


@compiled
def any_wanted(wanted, scenarios):
    """Return whether any of the scenarios is wanted."""
    found = False
    for scenario in scenarios:
        found |= wanted[scenario]
    return found


@compiled
def in_order(arrivals, scenarios):
    """Return the positions of defaults by scenario and moment, equal ones as they stand.

    Sorted by counting, first by a fine grid of moments, then by scenario; what the grid leaves is put right by
    insertion.
    """
    count = len(arrivals.scenario)
    grid = np.empty(count, np.int64)
    for row in range(count):
        grid[row] = np.int64(arrivals.moment[row] * GRID)
    by_moment = counted(np.arange(count), grid, GRID)
    order = counted(by_moment, arrivals.scenario, scenarios)
    for place in range(1, count):
        row, before = order[place], place - 1
        scenario, moment = arrivals.scenario[row], arrivals.moment[row]
        while before >= 0 and arrivals.scenario[order[before]] == scenario and arrivals.moment[order[before]] > moment:
            order[before + 1] = order[before]
            before -= 1
        order[before + 1] = row
    return order


@compiled
def counted(rows, keys, most):
    """Return rows in order of their keys, whole numbers from 0 to under `most`; those of equal keys as they stand."""
    start = np.zeros(most + 1, np.int64)
    for row in rows:
        start[keys[row] + 1] += 1
    for key in range(most):
        start[key + 1] += start[key]
    order = np.empty(len(rows), np.int64)
    for row in rows:
        order[start[keys[row]]] = row
        start[keys[row]] += 1
    return order


@compiled
def summed(amounts, scenario, scenarios):
    """Return the sum of the amounts of each scenario."""
    sums = np.zeros(scenarios)
    for row in range(len(amounts)):
        sums[scenario[row]] += amounts[row]
    return sums


@compiled
def of_buyers(arrivals, order, members, amounts, keys):
    """Return a row for each buyer that defaults, in `order`: scenario, day, position, debt, recovery, share lost, draw.

    `members`: positions of buyers, where those of each obligor begin, and the obligors' names; `amounts`: exposure,
    mean and standard deviation of the share that is lost, by buyer; `keys`: number of the first scenario, whether
    anything is drawn (`draw`; else 0), and the keys of what is drawn and of the share lost. That share is the buyer's
    mean, or a beta-distributed number of its mean and standard deviation.
    """
    position, begin, names = members
    exposure, mean, sd = amounts
    first, draws, draw_key, share_key = keys
    count = 0
    for obligor in arrivals.obligor:
        count += begin[obligor + 1] - begin[obligor]
    scenario, day, buyer = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    debt, recovery, share, drawn = np.empty(count), np.empty(count), np.empty(count), np.zeros(count, np.uint8)
    place = 0
    for row in order:
        obligor, year = arrivals.obligor[row], arrivals.scenario[row]
        number = draw(draw_key, year + first, names[obligor]) if draws else 0
        for member in range(begin[obligor], begin[obligor + 1]):
            one = position[member]
            lost = mean[one]
            if sd[one] > 0.0:
                lost = beta(lost, sd[one], stream(stream(share_key, year + first), one))
            scenario[place], day[place] = year, np.int64(arrivals.moment[row] * DAYS) + 1
            buyer[place], drawn[place], share[place] = one, number, lost
            debt[place] = exposure[one]
            recovery[place] = exposure[one] * (1.0 - lost)
            place += 1
    return scenario, day, buyer, debt, recovery, share, drawn
