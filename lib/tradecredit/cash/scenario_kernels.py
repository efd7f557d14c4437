"""Compiled: the receipts of scenarios, week by week, from what is expected under the tempo of each."""

import numpy as np

from tradecredit.numerics.compiled import compiled, inlined
from tradecredit.numerics.random_numbers import gamma, stream, two_normals, uniform

LEAST_SHAPE = 1.0
"""Of the share of a week in what small invoices bring, below which it is not drawn."""
MOST_MOVED = 0.5
"""Part of a week's receipts that may come a week later or sooner, at most."""


@inlined
def at_pace(values, place, rest, cell):
    """Return what stands between two paces, in proportion."""
    return (1.0 - rest) * values[place, cell] + rest * values[place + 1, cell]


@compiled
def fill_normals(values, key, counter):
    """Fill an array with standard normal numbers, and return the next counter."""
    for place in range(0, len(values) - 1, 2):
        values[place], values[place + 1] = two_normals(key, counter)
        counter += np.uint64(1)
    if len(values) % 2:
        values[-1] = two_normals(key, counter)[0]
    return counter + np.uint64(1)


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


@inlined
def lost_to_defaults(tables, defaults, place, rest, failed, gone):
    """Add what failed buyers were to pay, by cell, to `gone`: of what is open, of sales, and the part of it in debt.

    Of the latter a buyer owes at its default what it has bought by then and not paid. `tables`: see
    `scenarios.Expected`, `due` and `at_default`; `defaults`: from which to which, in order of time, buyers and weeks;
    `failed`: the week of each buyer's first one, which is set. What is credited comes all the same.
    """
    (due, at_default), (begin, end, who, week_of) = tables, defaults
    slowly, fast = np.float32(1.0 - rest), np.float32(rest)
    none, whole = np.float32(0.0), np.float32(1.0)
    cells, weeks = due.shape[2] // 2, due.shape[2] // 2 - 2
    gone[:] = none
    for row in range(begin, end):
        buyer, week = who[row], week_of[row]
        if week >= failed[buyer]:
            continue
        failed[buyer] = week
        if week >= weeks:
            continue
        owed = slowly * at_default[place, buyer, week, 0] + fast * at_default[place + 1, buyer, week, 0]
        coming = slowly * at_default[place, buyer, week, 1] + fast * at_default[place + 1, buyer, week, 1]
        part = min(max(owed, none) / coming, whole) if coming > none else none
        for cell in range(week, cells):
            gone[0, cell] += slowly * due[place, buyer, cell] + fast * due[place + 1, buyer, cell]
            sold = slowly * due[place, buyer, cells + cell] + fast * due[place + 1, buyer, cells + cell]
            gone[1, cell] += sold
            gone[2, cell] += part * sold
    gone[:, weeks] = none


@inlined
def drawn_small(expected, usual, normals, sums, ratio):
    """Write what many small invoices bring by cell, and by what that differs from what is `usual`.

    Sums by cell that vary together, made to add up to what is owed.
    """
    cells, whole = len(usual), 0.0
    ratio[:] = 0.0
    for other in range(cells):
        for cell in range(other, cells):
            ratio[cell] += expected.small_root[other, cell] * normals[other]
    for cell in range(cells):
        drawn, varies = usual[cell], expected.small_varies[cell]
        # Of the last weeks so little is left to come that its chance is none of the sum's.
        if varies > 0.0 and drawn >= LEAST_SHAPE * varies:
            drawn = varies * near_gamma(drawn / varies, ratio[cell])
        sums[cell] = drawn
        whole += drawn
    scale = expected.small_owed / whole if whole > 0.0 else 1.0
    for cell in range(cells):
        sums[cell] *= scale
        ratio[cell] = sums[cell] / usual[cell] if usual[cell] > 0.0 else 0.0


@inlined
def add_large(expected, pace, failed, random, sums):
    """Add large invoices, each of which comes on a week of its own; return what is lost, and the next counter."""
    (place, rest), (key, counter), lost, cells = pace, random, 0.0, len(sums)
    for item in range(len(expected.large_amount)):
        chance, counter = uniform(key, counter)
        cell = 0
        while cell < cells - 1 and chance >= (
            (1.0 - rest) * expected.large[place, item, cell] + rest * expected.large[place + 1, item, cell]
        ):
            cell += 1
        if cell != cells - 2 and cell >= failed[expected.large_buyer[item]]:
            lost += expected.large_amount[item]
        else:
            sums[cell] += expected.large_amount[item]
    return lost, counter


@inlined
def move_by_week(sums, weekly_sd, normals):
    """Let a week's money come a week later, or sooner, by chance that all buyers share."""
    cells = len(sums)
    for week in range(cells - 2):
        moved = min(max(weekly_sd * normals[week], -MOST_MOVED), MOST_MOVED)
        after = week + 1 if week < cells - 3 else cells - 1
        amount = moved * min(sums[week], sums[after])
        sums[week] -= amount
        sums[after] += amount


@compiled
def scenarios(expected, states, defaults, random, into):
    """Fill, for each scenario, what is paid by week, credited, open at the end, lost, and invoiced (`into`).

    `expected`: see `scenarios.Expected`; cells are the weeks, what is credited, and what is open at the end. `states`:
    tempo in standard deviations, and factors of the coming months' sales, of each scenario. `defaults`: where those of
    each scenario begin, their buyers and weeks. `random`: key, and the number of the first scenario.
    """
    (tempo, months), (begin, who, week_of), (key, first) = states, defaults, random
    paid, credited, still, lost_of, invoiced_of = into
    cells, weeks, last = expected.due.shape[2] // 2, expected.due.shape[2] // 2 - 2, len(expected.tempos) - 1
    failed = np.full(expected.due.shape[1], weeks + 5)
    normals, gone = np.empty(2 * cells + weeks), np.empty((3, cells), np.float32)
    ratio, usual, all_of, sums = np.empty(cells), np.empty(cells), np.empty(cells), np.empty(cells)
    tables = expected.due, expected.at_default
    # Scenarios of like tempo one after the other: what they read of buyers stays in the processor's caches.
    for number in range(last * len(tempo)):
        place, scenario = number // len(tempo), number % len(tempo)
        position = (tempo[scenario] - expected.tempos[0]) / (expected.tempos[1] - expected.tempos[0])
        position = min(max(position, 0.0), last - 0.000001)
        if np.int64(position) != place:
            continue
        rest = position - place
        own = stream(key, first + scenario)
        counter = fill_normals(normals, own, np.uint64(0))
        events = begin[scenario], begin[scenario + 1], who, week_of
        lost_to_defaults(tables, events, place, rest, failed, gone)
        for cell in range(cells):
            usual[cell] = at_pace(expected.small_total, place, rest, cell)
            all_of[cell] = at_pace(expected.sales_total, place, rest, cell)
        drawn_small(expected, usual, normals, sums, ratio)
        lost, invoiced = 0.0, expected.owed
        for cell in range(cells):
            amount = ratio[cell] * gone[0, cell]
            sums[cell] -= amount
            lost += amount
        of_large, counter = add_large(expected, (place, rest), failed, (own, counter), sums)
        lost += of_large
        # What is going to be sold: chance of sums of invoices that are counted as Poisson.
        usual[:] = 0.0
        for month in range(expected.sales.shape[1]):
            slowly, fast = (1.0 - rest) * months[scenario, month], rest * months[scenario, month]
            for cell in range(cells):
                usual[cell] += (
                    slowly * expected.sales[place, month, cell] + fast * expected.sales[place + 1, month, cell]
                )
        for cell in range(cells):
            if usual[cell] <= 0.0:
                continue
            drawn = usual[cell]
            if expected.per_invoice > 0.0:
                drawn, counter = about_gamma(drawn / expected.per_invoice, normals[cells + cell], own, counter)
                drawn *= expected.per_invoice
            amount, owing = drawn / all_of[cell] * gone[1, cell], drawn / all_of[cell] * gone[2, cell]
            sums[cell] += drawn - amount
            lost += owing
            invoiced += drawn - (amount - owing)
        if expected.weekly_sd > 0.0:
            move_by_week(sums, expected.weekly_sd, normals[2 * cells :])
        for week in range(weeks):
            paid[scenario, week] = sums[week]
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
def moved_by_week(amounts, defaults, paid_on, back, into):
    """Add what an insurer pays for each default, and what is passed on to it, to the weeks of `paid` and `back`.

    `amounts`: indemnity and the insurer's recovery of each (2 × …); `defaults`: scenario and day of each, and whether
    it is protracted; `paid_on`: day of the claim by that and by day of default; `back`: days from a default to its
    recovery; `into`: claims and passed on (scenarios × weeks), and indemnity by scenario. What is recovered before the
    claim is paid is passed on with it.
    """
    (scenario, day, late), (claims, passed, indemnity) = defaults, into
    last = 7 * claims.shape[1]
    for row in range(len(scenario)):
        paid, recovered, year = amounts[0, row], amounts[1, row], scenario[row]
        indemnity[year] += paid
        when = paid_on[np.int64(late[row]), day[row]]
        if paid > 0.0 and when <= last:
            claims[year, (np.int64(when) - 1) // 7] += paid + recovered
            if recovered > 0.0 and max(day[row] + back, when) <= last:
                passed[year, (np.int64(max(day[row] + back, when)) - 1) // 7] += recovered
