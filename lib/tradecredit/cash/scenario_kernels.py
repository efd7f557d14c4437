"""Compiled: the receipts of scenarios, week by week, from what is expected under the tempo of each."""

import numpy as np

from tradecredit.numerics.compiled import compiled, inlined
from tradecredit.numerics.random_numbers import gamma, stream, uniform

LEAST_SHAPE = 1.0
"""Of the share of a week in what small invoices bring, below which it is not drawn."""
MOST_MOVED = 0.5
"""Part of a week's receipts that may come a week later or sooner, at most."""


@compiled
def at_pace(values, place, rest, row, cell):
    """Return what stands between two paces, in proportion."""
    return (1.0 - rest) * values[place, row, cell] + rest * values[place + 1, row, cell]


@compiled
def fill_normals(values, key, counter):
    """Fill an array with standard normal numbers, two from each pair of uniform ones (Box and Muller)."""
    for place in range(0, len(values), 2):
        first, counter = uniform(key, counter)
        second, counter = uniform(key, counter)
        radius, angle = np.sqrt(-2.0 * np.log(1.0 - first)), 2.0 * np.pi * second
        values[place] = radius * np.cos(angle)
        if place + 1 < len(values):
            values[place + 1] = radius * np.sin(angle)
    return counter


@inlined
def near_gamma(shape, drawn):
    """Return a number that is nearly gamma-distributed, of a standard normal one, by its cube root."""
    root = 1.0 - 1.0 / (9.0 * shape) + drawn / (3.0 * np.sqrt(shape))
    return shape * max(root, 0.0) ** 3


@compiled
def about_gamma(shape, drawn, key, counter):
    """Return (a gamma-distributed number of scale 1, the next counter); of a shape from 8 on by its cube root.

    `drawn`: a standard normal number, for these. Source: Wilson and Hilferty 1931, The distribution of chi-square, PNAS
    17(12): (X / k)^(1/3) is normal with mean 1 − 1 / 9k and variance 1 / 9k, the mean of X exact to a ten-thousandth
    from a shape of 8 on.
    """
    if shape < 8.0:
        return gamma(shape, key, counter)
    return near_gamma(shape, drawn), counter


@compiled
def scenarios(expected, states, defaults, random, into):
    """Fill, for each scenario, what is paid by week, credited, open at the end, lost, and invoiced (`into`).

    `expected`: see `scenarios.Expected`; cells are the weeks, what is credited, and what is open at the end. `states`:
    tempo in standard deviations, and factors of the coming months' sales, of each scenario. `defaults`: where those of
    each scenario begin, their buyers and weeks. `random`: key, and the number of the first scenario.
    """
    tempo, months = states
    begin, who, week_of = defaults
    count, weeks = len(tempo), expected.small.shape[2] - 2
    cells = weeks + 2
    key, first = random
    paid, credited, still, lost_of, invoiced_of = into
    failed, first_of = np.full(len(expected.small), weeks + 5), np.full(len(expected.small), -1)
    small_total, sales_total = expected.small.astype(np.float64).sum(axis=0), expected.sales.sum(axis=1)
    ratio, gone, normals = np.empty(cells), np.zeros(cells, np.float32), np.empty(2 * cells + weeks)
    in_debt = np.zeros(cells, np.float32)
    # By cell, and then by month of sale, in which order they are read.
    sales = np.zeros((expected.sales.shape[0], cells, months.shape[1]))
    for sale in range(weeks):
        for pace in range(len(sales)):
            sales[pace, :, expected.month[sale]] += expected.sales[pace, sale]
    for scenario in range(count):
        own = stream(key, first + scenario)
        counter = fill_normals(normals, own, np.uint64(0))
        position = (tempo[scenario] - expected.tempos[0]) / (expected.tempos[1] - expected.tempos[0])
        position = min(max(position, 0.0), len(expected.tempos) - 1.000001)
        place, rest = int(position), position - int(position)
        before_fast, past_slow = np.float32(1.0 - rest), np.float32(rest)
        sums = np.zeros(cells)
        lost, invoiced = 0.0, expected.owed
        for row in range(begin[scenario], begin[scenario + 1]):
            if week_of[row] < failed[who[row]]:
                failed[who[row]], first_of[who[row]] = week_of[row], row
        # What many small invoices bring: sums by cell that vary together, made to add up to what is owed.
        whole = 0.0
        for cell in range(cells):
            usual = (1.0 - rest) * small_total[place, cell] + rest * small_total[place + 1, cell]
            ratio[cell] = 0.0
            if usual > 0.0:
                drawn, varies = usual, expected.small_varies[cell]
                # Of the last weeks so little is left to come that its chance is none of the sum's.
                if varies > 0.0 and usual >= LEAST_SHAPE * varies:
                    together = 0.0
                    for other in range(cell + 1):
                        together += expected.small_root[cell, other] * normals[other]
                    drawn = varies * near_gamma(usual / varies, together)
                ratio[cell] = drawn / usual
                whole += drawn
        for cell in range(cells):
            usual = (1.0 - rest) * small_total[place, cell] + rest * small_total[place + 1, cell]
            ratio[cell] = ratio[cell] * expected.small_owed / whole if whole > 0.0 else 1.0
            sums[cell] += ratio[cell] * usual
        # What failed buyers were to pay is summed up before it is taken off.
        gone[:] = 0.0
        for row in range(begin[scenario], begin[scenario + 1]):
            buyer, week = who[row], week_of[row]
            if first_of[buyer] != row or week >= weeks:
                continue
            slow, fast = expected.small[buyer, place], expected.small[buyer, place + 1]
            for cell in range(week, cells):
                gone[cell] += before_fast * slow[cell] + past_slow * fast[cell]
        gone[weeks] = 0.0
        for cell in range(cells):
            amount = ratio[cell] * gone[cell]
            sums[cell] -= amount
            lost += amount
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
            slow, fast = sales[place, cell], sales[place + 1, cell]
            for month in range(months.shape[1]):
                usual += months[scenario, month] * ((1.0 - rest) * slow[month] + rest * fast[month])
            ratio[cell] = 0.0
            if usual > 0.0:
                drawn = usual
                if expected.per_invoice > 0.0:
                    drawn, counter = about_gamma(usual / expected.per_invoice, normals[cells + cell], own, counter)
                    drawn *= expected.per_invoice
                sums[cell] += drawn
                invoiced += drawn
                ratio[cell] = drawn / all_of
        gone[:], in_debt[:] = 0.0, 0.0
        for row in range(begin[scenario], begin[scenario + 1]):
            buyer, week = who[row], week_of[row]
            if first_of[buyer] != row or week >= weeks:
                continue
            slow, fast = expected.by_buyer[buyer, place], expected.by_buyer[buyer, place + 1]
            before, after = expected.so_far[buyer, place], expected.so_far[buyer, place + 1]
            received = (1.0 - rest) * before[week] + rest * after[week]
            coming = (1.0 - rest) * (before[weeks] + slow[weeks + 1]) + rest * (after[weeks] + fast[weeks + 1])
            coming -= received
            owed = expected.bought[buyer, week] - received - (1.0 - rest) * slow[weeks] - rest * fast[weeks]
            part = np.float32(min(max(owed, 0.0) / coming, 1.0) if coming > 0.0 else 0.0)
            for cell in range(week, cells):
                were_to_come = before_fast * slow[cell] + past_slow * fast[cell]
                gone[cell] += were_to_come
                in_debt[cell] += part * were_to_come
        gone[weeks], in_debt[weeks] = 0.0, 0.0
        for cell in range(cells):
            amount = ratio[cell] * gone[cell]
            owing = ratio[cell] * in_debt[cell]
            sums[cell] -= amount
            lost += owing
            invoiced -= amount - owing
        # A week's money comes a week later, or sooner, by chance that all buyers share.
        for week in range(weeks):
            if expected.weekly_sd > 0.0:
                moved = min(max(expected.weekly_sd * normals[2 * cells + week], -MOST_MOVED), MOST_MOVED)
                after = week + 1 if week + 1 < weeks else weeks + 1
                amount = moved * min(sums[week], sums[after])
                sums[week] -= amount
                sums[after] += amount
        paid[scenario] = sums[:weeks]
        credited[scenario], still[scenario] = sums[weeks], sums[weeks + 1]
        lost_of[scenario], invoiced_of[scenario] = lost, invoiced
        for row in range(begin[scenario], begin[scenario + 1]):
            failed[who[row]] = weeks + 5


@compiled
def chances(key, scenario, buyer):
    """Return a uniform number for each default, by its scenario and buyer."""
    found = np.empty(len(scenario))
    for row in range(len(scenario)):
        found[row], _ = uniform(stream(stream(key, scenario[row]), buyer[row]), np.uint64(0))
    return found


@compiled
def moved_by_week(indemnity, recovered, paid, back, into):
    """Add what an insurer pays for each default, and what is passed on to it, to the weeks of `paid` and `back`.

    `into`: scenario of each default, claims and passed on (scenarios × weeks). What is recovered before the claim is
    paid is passed on with it.
    """
    scenario, claims, passed = into
    last = 7 * claims.shape[1]
    for row in range(len(indemnity)):
        if indemnity[row] > 0.0 and paid[row] <= last:
            week = (np.int64(paid[row]) - 1) // 7
            claims[scenario[row], week] += indemnity[row] + recovered[row]
            if recovered[row] > 0.0 and max(back[row], paid[row]) <= last:
                passed[scenario[row], (np.int64(max(back[row], paid[row])) - 1) // 7] += recovered[row]
