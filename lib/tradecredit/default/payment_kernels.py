"""Compiled loops over invoices and days: who was at risk of being paid, what was to be expected, what will be late."""

import numpy as np

from tradecredit.book.calendar import MONTH_DAYS
from tradecredit.default.payment_days import REACH
from tradecredit.default.payment_rates import (
    CELLS,
    LEAST_LEFT,
    STRETCH,
    add,
    by_day,
    cell_of,
    collected,
    gone_by_rate,
    habit_on,
    leaving,
    rate_on,
    rates,
    reopened,
    space,
    spread,
    stretch,
)
from tradecredit.numerics.compiled import compiled, inlined

HORIZON = 400
"""Days, from when an invoice is due or can first be paid, within which it is looked for to be paid."""


@compiled
def days_at_risk(exits, calendar, habits, hazards):
    """Return, by buyer and day relative to the due day, exposure and payments, and the credits by day alone.

    `exits`: see `exits.Exits`; `calendar`: of the days from `exits.first` on. A day of a share of an invoice counts its
    weight × what the chance of a payment on it is of that on a usual day: (1 − e^(−R)) / (1 − e^(−r)) with r from
    `hazards`, integrated, by buyer and cell, and R = r · the day's factor × the buyer's habit on that day of the month.
    Of a day that closed ones have left something to, R is the sum over them, and exposure and payments are divided as
    its parts are.
    """
    buyers, days = len(hazards), len(calendar.factor)
    at_risk, paid, credited = np.zeros((buyers, CELLS)), np.zeros((buyers, CELLS)), np.zeros(CELLS)
    habit, counts = np.empty(REACH + days), calendar.weight * calendar.factor
    hazard_of, rate_of, each_of = np.empty(REACH + days), np.empty(days), np.empty(days)
    before = -1
    for row in range(len(exits.buyer)):
        buyer, due, share = exits.buyer[row], exits.due[row] - exits.first, exits.share[row]
        begin, last = exits.entry[row] - exits.first, exits.day[row] - exits.first
        if buyer != before:
            before, exposed = buyer, at_risk[buyer]
            by_day(habits[buyer], calendar, habit)
        count = last - begin + 1
        hazard, rate, each = hazard_of[: REACH + count], rate_of[:count], each_of[:count]
        spread(hazards[buyer], begin - REACH - due, hazard)
        rates(hazard, habit, begin, begin, calendar, rate)
        seen, usual = counts[begin:], habit[REACH + begin :]
        for day in range(count):
            rate[day] = share * seen[day] * gone_by_rate(rate[day])
        for day in range(count):
            each[day] = rate[day] * usual[day]
        collected(each, begin - due, exposed)
        for day in reopened(calendar, begin, last + 1):
            for back in range(1, min(calendar.closed_before[day], day - begin) + 1):
                exposed[cell_of(day - back - due)] += rate[day - begin] * habit[REACH + day - back] * calendar.moved
        weight = share * calendar.weight[last]
        if exits.kind[row] == 1:
            weight *= calendar.factor[last] / rate_on(last, due, begin, calendar, habits[buyer], hazards[buyer])
            for back in range(min(calendar.closed_before[last], last - begin) + 1):
                cell = cell_of(last - back - due)
                paid[buyer, cell] += weight * habit_on(last, back, calendar, habits[buyer]) * hazards[buyer, cell]
        elif exits.kind[row] == 2:
            credited[cell_of(last - due)] += weight
    for buyer in range(buyers):
        for cell in range(CELLS):
            at_risk[buyer, cell] /= gone_by_rate(hazards[buyer, cell])
    return at_risk, paid, credited


@compiled
def expected_by_day(exits, calendar, habits, hazards, since, in_amounts):
    """Return for each day from `since` on the payments that were to be expected of what was open, and their variance.

    In amounts (if `in_amounts`), in shares of invoices, and in these by buyer and day of the month before its habit,
    weighted; and what was paid; in the end the shares, expected and paid, of what closed days left to each. `hazards`:
    integrated, by buyer and cell.
    """
    days = len(calendar.factor)
    amounts = np.zeros((3, days))
    shares = np.zeros((2, days))
    by_month_day = np.zeros((2, len(hazards), MONTH_DAYS))
    moved = np.zeros((2, days))
    expected, variance, of_share = amounts[0], amounts[1], shares[0]
    habit, hazard_of = np.empty(REACH + days), np.empty(REACH + days)
    rate_of, chance_of, wanted = np.empty(days), np.empty(days), np.zeros(days)
    before = -1
    for row in range(len(exits.buyer)):
        buyer, due = exits.buyer[row], exits.due[row] - exits.first
        share, amount = exits.share[row], exits.amount[row]
        begin, last = exits.entry[row] - exits.first, exits.day[row] - exits.first
        if buyer != before:
            if before >= 0:
                monthly(wanted, calendar, by_month_day[0, before])
            before = buyer
            by_day(habits[buyer], calendar, habit)
        start = max(begin, since - exits.first)
        if start > last:
            continue
        count = last - start + 1
        hazard, rate, chance = hazard_of[: REACH + count], rate_of[:count], chance_of[:count]
        spread(hazards[buyer], start - REACH - due, hazard)
        rates(hazard, habit, start, begin, calendar, rate)
        factor, weight, own = calendar.factor[start:], calendar.weight[start:], hazard[REACH:]
        for day in range(count):
            each = gone_by_rate(rate[day])
            chance[day] = rate[day] * each
            rate[day] = share * each * factor[day]
        add(share, chance, of_share[start:])
        if in_amounts:
            add(amount, chance, expected[start:])
            for day in range(count):
                chance[day] *= 1.0 - chance[day]
            add(amount**2, chance, variance[start:])
        of_day = wanted[start:]
        for day in range(count):
            of_day[day] += rate[day] * weight[day] * own[day]
        for day in reopened(calendar, start, last + 1):
            for back in range(1, min(calendar.closed_before[day], day - begin) + 1):
                left = hazard[REACH + day - back - start] * calendar.moved * rate[day - start]
                wanted[day - back] += left * calendar.weight[day]
                moved[0, day] += left * habit[REACH + day - back]
        if exits.kind[row] == 1:
            amounts[2, last] += amount
            shares[1, last] += share
            each = share * calendar.factor[last]
            each /= rate_on(last, due, begin, calendar, habits[buyer], hazards[buyer])
            for back in range(min(calendar.closed_before[last], last - begin) + 1):
                month_day = calendar.month_day[REACH + last - back]
                part = each * hazards[buyer, cell_of(last - back - due)]
                part *= habit_on(last, back, calendar, habits[buyer])
                by_month_day[1, buyer, month_day] += part * calendar.weight[last]
                if back > 0:
                    moved[1, last] += part
    if before >= 0:
        monthly(wanted, calendar, by_month_day[0, before])
    return amounts, shares, by_month_day, moved


@inlined
def monthly(values, calendar, sums):
    """Move the values of days to the sums of their days of the month."""
    for day in range(len(values)):
        sums[calendar.month_day[REACH + day]] += values[day]
    values[:] = 0.0


@compiled
def lateness(items, calendar, habits, rates_of):
    """Return of each item the chance that it is paid after its last day in time, its median day, and its mean delay.

    `items`: buyer, due, in_time (the last day that is no delay), from (the first day on which it can be paid, or could
    already); days count from the calendar's 0. The delay is the days after the last in time, 0 before it. Of what is
    paid and not credited; what is left after `HORIZON` days, within the calendar, counts as paid on the last of them.
    `rates_of`: integrated hazards of payment and of credits.
    """
    hazards, credits = rates_of
    buyer, due, in_time, begin = items
    late, median, delay = np.zeros(len(buyer)), np.zeros(len(buyer), np.int64), np.zeros(len(buyer))
    days = len(calendar.factor)
    paid, credited, habit, room = np.zeros(days), np.empty(STRETCH), np.empty(REACH + days), space()
    before = -1
    for row in range(len(buyer)):
        if buyer[row] != before:
            before = buyer[row]
            by_day(habits[before], calendar, habit)
        left, after, total, of_delay = 1.0, 0.0, 0.0, 0.0
        first = last = max(begin[row], 1)
        end = min(max(first, due[row]) + HORIZON + 1, days)
        of, item = (hazards[before], credits), (due[row], begin[row])
        for start in range(first, end, STRETCH):
            rate, credit = stretch(start, end, item, calendar, habit, of, room)
            last = start + len(rate) - 1
            left = leaving(rate, credit, left, paid[start : last + 1], credited)
            for day in range(start, last + 1):
                total += paid[day]
                if day > in_time[row]:
                    after += paid[day]
                    of_delay += paid[day] * (day - in_time[row])
            if left < LEAST_LEFT:
                break
        total += left
        of_delay += left * max(last - in_time[row], 0)
        late[row] = (after + left) / total if total > 0.0 else 1.0
        delay[row] = of_delay / total if total > 0.0 else max(last - in_time[row], 0)
        half, sum_of = total / 2, 0.0
        median[row] = last
        for day in range(first, last + 1):
            sum_of += paid[day]
            if sum_of >= half:
                median[row] = day
                break
    return late, median, delay
