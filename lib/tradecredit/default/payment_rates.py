"""Compiled: how likely a payment is on each of successive days, of what can be paid on them."""

import numpy as np

from tradecredit.default.payment_days import REACH
from tradecredit.numerics.compiled import compiled, inlined

FIRST, LAST = -120, 180
"""Days relative to the due day, earlier and later ones counting as these."""
CELLS = LAST - FIRST + 1
CERTAIN = 32.0
"""Integrated hazard of a day at most: that it is paid is certain."""
STRETCH = 56
"""Days that are computed at once of what is coming: as long as most is paid in."""
LEAST_LEFT = 1e-4
"""Part of an amount that is followed no further."""


@compiled
def cell_of(days):
    """Return the cell of a number of days relative to the due day."""
    return min(max(days, FIRST), LAST) - FIRST


@inlined
def gone_by_rate(rate):
    """Return (1 − e^(−rate)) / rate of a rate from 0 to `CERTAIN`, without a branch: many days are computed at once.

    By the series of a sixteenth of the rate, from which four doublings lead back: of twice a rate, 1 − e^(−rate) is
    g (2 − g). What is gone is right to 3 · 10⁻⁷, and up to a rate of 1 to 10⁻⁸ of itself.
    """
    part = rate * (1.0 / 16.0)
    found = 1.0 - part * (1.0 / 2.0 - part * (1.0 / 6.0 - part * (1.0 / 24.0 - part * (1.0 / 120.0))))
    for _ in range(4):
        found *= 1.0 - 0.5 * part * found
        part *= 2.0
    return found


@inlined
def gone(rate):
    """Return 1 − e^(−rate) of a rate of at least 0; nothing is left above `CERTAIN`."""
    rate = min(rate, CERTAIN)
    return rate * gone_by_rate(rate)


@inlined
def habit_on(day, back, calendar, habits):
    """Return a buyer's habit on a day so many days before one of the calendar, as far as that one makes up for it."""
    habit = habits[calendar.month_day[REACH + day - back]]
    return habit * calendar.moved if back > 0 else habit


@inlined
def rate_on(day, due, begin, calendar, habits, hazards):
    """Return the integrated hazard of a buyer's payment on a day of the calendar, of what can be paid from `begin` on,
    be it before the calendar.

    The day's factor × (the hazard of its cell × the buyer's habit on its day of the month + what of the same the closed
    days before it leave to it).
    """
    rate = hazards[cell_of(day - due)] * habits[calendar.month_day[REACH + day]]
    for back in range(1, min(calendar.closed_before[day], day - begin) + 1):
        rate += hazards[cell_of(day - back - due)] * habit_on(day, back, calendar, habits)
    return rate * calendar.factor[day]


@inlined
def spread(cells, day, found):
    """Fill `found` with what cells hold of successive days, the first of which is `day` relative to the due day."""
    count = len(found)
    early = min(max(FIRST - day, 0), count)
    late = min(max(LAST + 1 - day, early), count)
    found[:early] = cells[0]
    of, inside = cells[day + early - FIRST :], found[early:late]
    for number in range(len(inside)):
        inside[number] = of[number]
    found[late:] = cells[-1]


@inlined
def collected(values, day, cells):
    """Add the values of successive days, the first of which is `day` relative to the due day, to their cells."""
    count = len(values)
    early = min(max(FIRST - day, 0), count)
    late = min(max(LAST + 1 - day, early), count)
    for number in range(early):
        cells[0] += values[number]
    of, inside = cells[day + early - FIRST :], values[early:late]
    for number in range(len(inside)):
        of[number] += inside[number]
    for number in range(late, count):
        cells[-1] += values[number]


@inlined
def by_day(values, calendar, found):
    """Fill `found` with a buyer's habit on each day, of what it has on each day of the month (`Calendar.month_day`)."""
    for place in range(len(found)):
        found[place] = values[calendar.month_day[place]]


@inlined
def reopened(calendar, start, stop):
    """Return the days from `start` to before `stop` that closed ones come right before."""
    return calendar.reopened[calendar.reopened_before[start] : calendar.reopened_before[stop]]


@inlined
def rates(hazard, habit, start, begin, calendar, found):
    """Fill `found` with the integrated hazards (`rate_on`) of a buyer's payment from the day `start` on.

    `hazard` and `habit`: by day, each from `REACH` days before: the first before `start`, the second before the
    calendar. At most `CERTAIN`.
    """
    count = len(found)
    own, usual, factor = hazard[REACH:], habit[REACH + start :], calendar.factor[start:]
    for number in range(count):
        found[number] = own[number] * usual[number]
    for day in reopened(calendar, start, start + count):
        for back in range(1, min(calendar.closed_before[day], day - begin) + 1):
            place = REACH + day - back
            found[day - start] += hazard[place - start] * habit[place] * calendar.moved
    for number in range(count):
        found[number] = min(found[number] * factor[number], CERTAIN)


@inlined
def add(times, values, sums):
    """Add so many times the values to sums."""
    for number in range(len(values)):
        sums[number] += times * values[number]


@inlined
def stretch(start, stop, item, calendar, habit, rates_of, room):
    """Return the integrated hazards of payment and of credits on the days from `start` on, as many as `STRETCH`.

    `stop`: the day after the last; `item`: due, and the first day on which it can be paid, or could already; `habit`:
    by day (`by_day`); `rates_of`: hazards of payment and of credits by cell; `room`: see `space`.
    """
    (due, begin), (hazards, credits), (hazard, rate, credit) = item, rates_of, room
    count = min(STRETCH, stop - start)
    rate, credit = rate[:count], credit[:count]
    spread(hazards, start - REACH - due, hazard[: REACH + count])
    rates(hazard, habit, start, begin, calendar, rate)
    spread(credits, start - due, credit)
    return rate, credit


@inlined
def space():
    """Return room for what `stretch` computes."""
    return np.empty(REACH + STRETCH), np.empty(STRETCH), np.empty(STRETCH)


@inlined
def leaving(rate, credit, left, paid, credited):
    """Fill what of a part that is `left` is paid, and credited, on successive days; return what is left after them.

    `rate` is what stays of it on each day in the end.
    """
    for day in range(len(rate)):
        both = min(rate[day] + credit[day], CERTAIN)
        each = gone_by_rate(both)
        paid[day], credited[day] = rate[day] * each, credit[day] * each
        rate[day] = 1.0 - both * each
    for day in range(len(rate)):
        paid[day] *= left
        credited[day] *= left
        left *= rate[day]
    return left
