"""Compiled loops over open invoices and coming sales: what is to be paid in each week, and on each day."""

import numpy as np

from tradecredit.default.payment_days import REACH
from tradecredit.default.payment_rates import CERTAIN, LEAST_LEFT, STRETCH, add, by_day, leaving, space, stretch
from tradecredit.numerics.compiled import compiled, inlined


@inlined
def leaving_at(pace, rate, credit, left, room):
    """Return what `leaving` does and fills, at a pace by day; `room`: for hazards at it, and what is filled."""
    quick, paid, credited = room
    quick, paid, credited = quick[: len(rate)], paid[: len(rate)], credited[: len(rate)]
    for day in range(len(rate)):
        quick[day] = min(rate[day] * pace[day], CERTAIN)
    left = leaving(quick, credit, left, paid, credited)
    return left, paid, credited


@inlined
def weekly(values, start, sums):
    """Add the values of days, the first of which is `start`, to the sums of their weeks."""
    for number in range(len(values)):
        sums[(start + number - 1) // 7] += values[number]


@compiled
def receipts_by_week(items, weeks, calendar, habits, rates_of):
    """Return the part of each item that is to be paid in each week, and credited, under each pace.

    `items`: buyer, due, from (the first day on which it can be paid, or could already); days count from the day of the
    forecast, which is 0: the first week is days 1 to 7. `calendar`: of the days from 0 on; `rates_of`: integrated
    hazards of payment (buyers × cells), of credits (cells), and the paces (× days) that the first are multiplied by.
    Out: paces × items × weeks paid, and paces × items credited by the end.
    """
    hazards, credits, paces = rates_of
    buyer, due, begin = items
    stop, count = 7 * weeks + 1, len(paces)
    paid, credited = np.zeros((count, len(buyer), weeks)), np.zeros((count, len(buyer)))
    habit, room, left = np.empty(REACH + stop), space(), np.empty(count)
    at_pace = np.empty(STRETCH), np.empty(STRETCH), np.empty(STRETCH)
    before = -1
    for row in range(len(buyer)):
        if buyer[row] != before:
            before = buyer[row]
            by_day(habits[before], calendar, habit)
        left[:] = 1.0
        of, item = (hazards[before], credits), (due[row], begin[row])
        for start in range(max(begin[row], 1), stop, STRETCH):
            rate, credit = stretch(start, stop, item, calendar, habit, of, room)
            for pace in range(count):
                if left[pace] < LEAST_LEFT:
                    continue
                left[pace], money, given = leaving_at(paces[pace, start:], rate, credit, left[pace], at_pace)
                weekly(money, start, paid[pace, row])
                credited[pace, row] += given.sum()
            if left.max() < LEAST_LEFT:
                break
    return paid, credited


@compiled
def future_by_week(shares, sold, calendar, habits, rates_of):
    """Return what of the sales of each week is paid in each, and credited, under each pace; and the same by buyer.

    `shares`: buyer, terms and part of the sales, by buyer; `sold`: days, from 1 on, and amounts sold on each; whole
    weeks are in the calendar. Out: paces × weeks of sale × weeks, paces × weeks of sale; paces × buyers × weeks,
    paces × buyers.
    """
    hazards, credits, paces = rates_of
    buyer, terms, share = shares
    sold_on, sales = sold
    stop, count, buyers = len(calendar.factor), len(paces), len(hazards)
    weeks = (stop - 1) // 7
    paid, credited = np.zeros((count, weeks, weeks)), np.zeros((count, weeks))
    of_buyer, credited_of = np.zeros((count, buyers, weeks)), np.zeros((count, buyers))
    # Days are added up by themselves: many at once, and weeks in the end.
    by_sale, to_buyer = np.zeros((count, weeks, stop)), np.zeros((count, stop))
    credit_sale, credit_buyer = np.zeros((count, weeks, STRETCH)), np.zeros((count, STRETCH))
    habit, room, left = np.empty(REACH + stop), space(), np.empty(count)
    at_pace = np.empty(STRETCH), np.empty(STRETCH), np.empty(STRETCH)
    before = -1
    for row in range(len(buyer)):
        if buyer[row] != before:
            before = buyer[row]
            by_day(habits[before], calendar, habit)
        of = (hazards[before], credits)
        for number in range(len(sold_on)):
            issued, amount = sold_on[number], share[row] * sales[number]
            week, item = (issued - 1) // 7, (issued + terms[row], issued)
            left[:] = 1.0
            for start in range(issued, stop, STRETCH):
                rate, credit = stretch(start, stop, item, calendar, habit, of, room)
                for pace in range(count):
                    if left[pace] < LEAST_LEFT:
                        continue
                    left[pace], money, given = leaving_at(paces[pace, start:], rate, credit, left[pace], at_pace)
                    add(amount, money, by_sale[pace, week, start:])
                    add(amount, money, to_buyer[pace, start:])
                    add(amount, given, credit_sale[pace, week])
                    add(amount, given, credit_buyer[pace])
                if left.max() < LEAST_LEFT:
                    break
        if row + 1 == len(buyer) or buyer[row + 1] != before:
            for pace in range(count):
                weekly(to_buyer[pace, 1:], 1, of_buyer[pace, before])
                credited_of[pace, before] = credit_buyer[pace].sum()
            to_buyer[:], credit_buyer[:] = 0.0, 0.0
    for pace in range(count):
        for week in range(weeks):
            weekly(by_sale[pace, week, 1:], 1, paid[pace, week])
            credited[pace, week] = credit_sale[pace, week].sum()
    return paid, credited, of_buyer, credited_of


@compiled
def money_by_day(items, shares, sold, calendar, habits, rates_of):
    """Return what is to be paid on each coming day, of open items and of sales, at the expected pace; day 0 is empty.

    `items`: buyer, due, from, amount; `shares`, `sold`, `calendar`: as `receipts_by_week` and `future_by_week`;
    `rates_of`: integrated hazards of payment and of credits.
    """
    hazards, credits = rates_of
    buyer, due, begin, owed = items
    buyer_of, terms, share = shares
    sold_on, sales = sold
    stop, open_rows = len(calendar.factor), len(buyer)
    found, room = np.zeros(stop), space()
    habit, money, credited = np.empty(REACH + stop), np.empty(STRETCH), np.empty(STRETCH)
    before = -1
    for row in range(open_rows + len(buyer_of) * len(sold_on)):
        if row < open_rows:
            owner, due_day, since, amount = buyer[row], due[row], begin[row], owed[row]
        else:
            number, cohort = divmod(row - open_rows, len(sold_on))
            owner, since, amount = buyer_of[number], sold_on[cohort], share[number] * sales[cohort]
            due_day = since + terms[number]
        if owner != before:
            before = owner
            by_day(habits[owner], calendar, habit)
        left, of = 1.0, (hazards[owner], credits)
        for start in range(max(since, 1), stop, STRETCH):
            rate, credit = stretch(start, stop, (due_day, since), calendar, habit, of, room)
            left = leaving(rate, credit, left, money, credited)
            add(amount, money[: len(rate)], found[start:])
            if left < LEAST_LEFT:
                break
    return found


@compiled
def chances_by_day(items, soon, parts, calendar, habits, rates_of):
    """Return the chance that each item is paid within `soon` days, and the days by which these parts of it are paid.

    A day of 0: not within the calendar. `items`, `calendar`: as `receipts_by_week`; `rates_of`: hazards and credits.
    """
    hazards, credits = rates_of
    buyer, due, begin = items
    stop = len(calendar.factor)
    chance, when = np.zeros(len(buyer)), np.zeros((len(buyer), len(parts)), np.int64)
    habit, room = np.empty(REACH + stop), space()
    money, credited = np.empty(STRETCH), np.empty(STRETCH)
    for row in range(len(buyer)):
        by_day(habits[buyer[row]], calendar, habit)
        left, paid, reached = 1.0, 0.0, 0
        of, item = (hazards[buyer[row]], credits), (due[row], begin[row])
        for start in range(max(begin[row], 1), stop, STRETCH):
            rate, credit = stretch(start, stop, item, calendar, habit, of, room)
            left = leaving(rate, credit, left, money, credited)
            for day in range(start, start + len(rate)):
                paid += money[day - start]
                if day <= soon:
                    chance[row] = paid
                while reached < len(parts) and paid >= parts[reached]:
                    when[row, reached] = day
                    reached += 1
            if start + len(rate) > soon and (reached == len(parts) or left < LEAST_LEFT):
                break
    return chance, when
