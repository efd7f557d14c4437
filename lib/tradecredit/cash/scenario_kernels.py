"""Compiled: the receipts of scenarios, week by week, from what is expected under the tempo of each."""

import numpy as np

from tradecredit.numerics.compiled import compiled
from tradecredit.numerics.random_numbers import gamma, normal, stream, uniform

MOST_MOVED = 0.5
"""Part of a week's receipts that may come a week later or sooner, at most."""


@compiled
def at_pace(values, place, rest, row, cell):
    """Return what stands between two paces, in proportion."""
    return (1.0 - rest) * values[place, row, cell] + rest * values[place + 1, row, cell]


@compiled
def scenarios(expected, states, defaults, key, first):
    """Return of each scenario what is paid by week, and credited, open at the end, lost, and invoiced.

    `expected`: see `scenarios.Expected`; cells are the weeks, what is credited, and what is open at the end. `states`:
    tempo in standard deviations, and factors of the coming months' sales, of each scenario. `defaults`: where those of
    each scenario begin, their buyers and weeks. `first`: the number of the first scenario.
    """
    tempo, months = states
    begin, who, week_of = defaults
    count, weeks = len(tempo), expected.small.shape[2] - 2
    cells = weeks + 2
    paid, rest_of = np.zeros((count, weeks)), np.zeros((count, 4))
    failed, first_of = np.full(expected.small.shape[1], weeks + 5), np.full(expected.small.shape[1], -1)
    small_total, sales_total = expected.small.sum(axis=1), expected.sales.sum(axis=1)
    ratio = np.empty(cells)
    for scenario in range(count):
        own = stream(key, first + scenario)
        counter = np.uint64(0)
        position = (tempo[scenario] - expected.tempos[0]) / (expected.tempos[1] - expected.tempos[0])
        position = min(max(position, 0.0), len(expected.tempos) - 1.000001)
        place, rest = int(position), position - int(position)
        sums = np.zeros(cells)
        lost, invoiced = 0.0, expected.owed
        for row in range(begin[scenario], begin[scenario + 1]):
            if week_of[row] < failed[who[row]]:
                failed[who[row]], first_of[who[row]] = week_of[row], row
        # What many small invoices bring: shares of their sum that are Dirichlet-distributed.
        whole = 0.0
        for cell in range(cells):
            usual = (1.0 - rest) * small_total[place, cell] + rest * small_total[place + 1, cell]
            ratio[cell] = 0.0
            if usual > 0.0:
                drawn, counter = gamma(expected.strength * usual / expected.small_owed, own, counter)
                ratio[cell] = drawn / usual
                whole += drawn
        for cell in range(cells):
            usual = (1.0 - rest) * small_total[place, cell] + rest * small_total[place + 1, cell]
            ratio[cell] = ratio[cell] * expected.small_owed / whole if whole > 0.0 else 1.0
            sums[cell] += ratio[cell] * usual
        for row in range(begin[scenario], begin[scenario + 1]):
            buyer = who[row]
            if first_of[buyer] != row or failed[buyer] >= weeks:
                continue
            for cell in range(week_of[row], cells):
                if cell != weeks:
                    gone = ratio[cell] * at_pace(expected.small, place, rest, buyer, cell)
                    sums[cell] -= gone
                    lost += gone
        # Each large invoice comes on a week of its own.
        for item in range(len(expected.large_amount)):
            chance, counter = uniform(own, counter)
            cell = 0
            while cell < cells - 1 and chance >= at_pace(expected.large, place, rest, item, cell):
                cell += 1
            if cell != weeks and cell >= failed[expected.large_buyer[item]]:
                lost += expected.large_amount[item]
            else:
                sums[cell] += expected.large_amount[item]
        # What is going to be sold: chance of sums of invoices that are counted as Poisson.
        for cell in range(cells):
            usual, all_of = 0.0, (1.0 - rest) * sales_total[place, cell] + rest * sales_total[place + 1, cell]
            for sale in range(weeks if cell >= weeks else cell + 1):
                usual += months[scenario, expected.month[sale]] * at_pace(expected.sales, place, rest, sale, cell)
            ratio[cell] = 0.0
            if usual > 0.0:
                drawn = usual
                if expected.per_invoice > 0.0:
                    drawn, counter = gamma(usual / expected.per_invoice, own, counter)
                    drawn *= expected.per_invoice
                sums[cell] += drawn
                invoiced += drawn
                ratio[cell] = drawn / all_of
        for row in range(begin[scenario], begin[scenario + 1]):
            buyer, week = who[row], week_of[row]
            if first_of[buyer] != row or failed[buyer] >= weeks:
                continue
            coming, received = at_pace(expected.by_buyer, place, rest, buyer, weeks + 1), 0.0
            for cell in range(weeks):
                if cell < week:
                    received += at_pace(expected.by_buyer, place, rest, buyer, cell)
                else:
                    coming += at_pace(expected.by_buyer, place, rest, buyer, cell)
            owed = expected.bought[buyer, week] - received - at_pace(expected.by_buyer, place, rest, buyer, weeks)
            part = min(max(owed, 0.0) / coming, 1.0) if coming > 0.0 else 0.0
            for cell in range(week, cells):
                if cell != weeks:
                    gone = ratio[cell] * at_pace(expected.by_buyer, place, rest, buyer, cell)
                    sums[cell] -= gone
                    lost += part * gone
                    invoiced -= (1.0 - part) * gone
        # A week's money comes a week later, or sooner, by chance that all buyers share.
        for week in range(weeks):
            if expected.weekly_sd > 0.0:
                drawn, counter = normal(own, counter)
                moved = min(max(expected.weekly_sd * drawn, -MOST_MOVED), MOST_MOVED)
                after = week + 1 if week + 1 < weeks else weeks + 1
                amount = moved * min(sums[week], sums[after])
                sums[week] -= amount
                sums[after] += amount
        paid[scenario] = sums[:weeks]
        rest_of[scenario, 0], rest_of[scenario, 1] = sums[weeks], sums[weeks + 1]
        rest_of[scenario, 2], rest_of[scenario, 3] = lost, invoiced
        for row in range(begin[scenario], begin[scenario + 1]):
            failed[who[row]] = weeks + 5
    return paid, rest_of


@compiled
def chances(key, scenario, buyer):
    """Return a uniform number for each default, by its scenario and buyer."""
    found = np.empty(len(scenario))
    for row in range(len(scenario)):
        found[row], _ = uniform(stream(stream(key, scenario[row]), buyer[row]), np.uint64(0))
    return found
