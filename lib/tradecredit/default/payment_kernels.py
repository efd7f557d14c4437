"""Compiled loops over invoices and days: who was at risk of being paid, what was to be expected, what will come."""

import numpy as np

from tradecredit.book.calendar import MONTH_DAYS
from tradecredit.default.payment_days import REACH
from tradecredit.numerics.compiled import compiled, inlined

FIRST, LAST = -120, 180
"""Days relative to the due day, earlier and later ones counting as these."""
CELLS = LAST - FIRST + 1
LEAST = 1e-4
"""Part of an amount that is followed no further."""
SLOW = 0.005
"""Integrated hazard of a day up to which its chance is as good as proportional to it."""
SPAN = 28
"""Days of the coming tempo that have one."""
HORIZON = 400
"""Days, from when an invoice is due or can first be paid, within which it is looked for to be paid."""


@compiled
def cell_of(days):
    """Return the cell of a number of days relative to the due day."""
    return min(max(days, FIRST), LAST) - FIRST


@inlined
def span_of(day, spans):
    """Return the span of a coming day, from 1 on; the last holds all later ones."""
    return min((day - 1) // SPAN, spans - 1)


@inlined
def gone(rate):
    """Return 1 − e^(−rate); of a small rate, as most are, by its series, to a millionth of it."""
    if rate < 0.06:
        return rate * (1.0 - rate * (0.5 - rate * (1.0 / 6.0 - rate / 24.0)))
    return -np.expm1(-rate)


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


@compiled
def days_at_risk(exits, calendar, habits, hazards):
    """Return, by buyer and day relative to the due day, exposure and payments, and the credits by day alone.

    `exits`: see `exits.Exits`; `calendar`: of the days from `exits.first` on. A day of a share of an invoice counts its
    weight × what the chance of a payment on it is of that on a usual day: (1 − e^(−R)) / (1 − e^(−r)) with r from
    `hazards`, integrated, by buyer and cell, and R = r · the day's factor × the buyer's habit on that day of the month
    (below `SLOW` the chance is r itself). Of a day that closed ones have left something to, R is the sum over them, and
    exposure and payments are divided as its parts are.
    """
    buyers = len(hazards)
    at_risk, paid, credited = np.zeros((buyers, CELLS)), np.zeros((buyers, CELLS)), np.zeros(CELLS)
    usual = np.empty((buyers, CELLS))
    for buyer in range(buyers):
        for cell in range(CELLS):
            rate = hazards[buyer, cell]
            usual[buyer, cell] = rate / gone(rate) if rate > SLOW else 1.0
    for row in range(len(exits.buyer)):
        buyer, due, share = exits.buyer[row], exits.due[row] - exits.first, exits.share[row]
        begin, last = exits.entry[row] - exits.first, exits.day[row] - exits.first
        habit, hazard, exposed, of_usual = habits[buyer], hazards[buyer], at_risk[buyer], usual[buyer]
        for day in range(begin, last + 1):
            rate = rate_on(day, due, begin, calendar, habit, hazard)
            times = share * calendar.weight[day] * calendar.factor[day]
            if rate > SLOW:
                times *= gone(rate) / rate
            cell = cell_of(day - due)
            exposed[cell] += times * habit[calendar.month_day[REACH + day]] * of_usual[cell]
            for back in range(1, min(calendar.closed_before[day], day - begin) + 1):
                cell = cell_of(day - back - due)
                exposed[cell] += times * habit_on(day, back, calendar, habit) * of_usual[cell]
        weight = share * calendar.weight[last]
        if exits.kind[row] == 1:
            weight *= calendar.factor[last] / rate_on(last, due, begin, calendar, habit, hazard)
            for back in range(min(calendar.closed_before[last], last - begin) + 1):
                cell = cell_of(last - back - due)
                paid[buyer, cell] += weight * habit_on(last, back, calendar, habit) * hazard[cell]
        elif exits.kind[row] == 2:
            credited[cell_of(last - due)] += weight
    return at_risk, paid, credited


@compiled
def expected_by_day(exits, calendar, habits, hazards, since):
    """Return for each day from `since` on the payments that were to be expected of what was open, and their variance.

    In amounts, in shares of invoices, and in these by buyer and day of the month before its habit, weighted; and what
    was paid; in the end the shares, expected and paid, of what closed days left to each. `hazards`: integrated, by
    buyer and cell.
    """
    days = len(calendar.factor)
    amounts = np.zeros((3, days))
    shares = np.zeros((2, days))
    by_month_day = np.zeros((2, len(hazards), MONTH_DAYS))
    moved = np.zeros((2, days))
    for row in range(len(exits.buyer)):
        buyer, due = exits.buyer[row], exits.due[row] - exits.first
        share, amount = exits.share[row], exits.amount[row]
        begin, last = exits.entry[row] - exits.first, exits.day[row] - exits.first
        habit, hazard, expected, seen = habits[buyer], hazards[buyer], by_month_day[0, buyer], by_month_day[1, buyer]
        for day in range(max(begin, since - exits.first), last + 1):
            rate = rate_on(day, due, begin, calendar, habit, hazard)
            if rate <= 0.0:
                continue
            chance = gone(rate)
            amounts[0, day] += amount * chance
            amounts[1, day] += amount**2 * chance * (1.0 - chance)
            shares[0, day] += share * chance
            each = share * chance * calendar.factor[day] / rate
            weighted = each * calendar.weight[day]
            month_day = calendar.month_day[REACH + day]
            expected[month_day] += weighted * hazard[cell_of(day - due)]
            for back in range(1, min(calendar.closed_before[day], day - begin) + 1):
                month_day = calendar.month_day[REACH + day - back]
                left = hazard[cell_of(day - back - due)] * calendar.moved
                expected[month_day] += weighted * left
                moved[0, day] += each * left * habit[month_day]
        if exits.kind[row] == 1 and last >= since - exits.first:
            amounts[2, last] += amount
            shares[1, last] += share
            each = share * calendar.factor[last] / rate_on(last, due, begin, calendar, habit, hazard)
            for back in range(min(calendar.closed_before[last], last - begin) + 1):
                month_day = calendar.month_day[REACH + last - back]
                part = each * hazard[cell_of(last - back - due)]
                part *= habit_on(last, back, calendar, habit)
                seen[month_day] += part * calendar.weight[last]
                if back > 0:
                    moved[1, last] += part
    return amounts, shares, by_month_day, moved


@compiled
def receipts_by_week(items, weeks, calendar, habits, rates):
    """Return the part of each item that is to be paid in each week, and credited, under each pace.

    `items`: buyer, due, from (the first day on which it can be paid, or could already); days count from the day of the
    forecast, which is 0: the first week is days 1 to 7. `calendar`: of the days from 0 on; `rates`: integrated hazards
    of payment (buyers × cells), of credits (cells), and the paces (× spans of `SPAN` days) that the first are
    multiplied by. Out: paces × items × weeks paid, and paces × items credited by the end.
    """
    hazards, credits, paces = rates
    buyer, due, begin = items
    paid = np.zeros((len(paces), len(buyer), weeks))
    credited = np.zeros((len(paces), len(buyer)))
    for pace in range(len(paces)):
        for row in range(len(buyer)):
            owner, left = buyer[row], 1.0
            habit, hazard = habits[owner], hazards[owner]
            for day in range(max(begin[row], 1), 7 * weeks + 1):
                cell = cell_of(day - due[row])
                rate = rate_on(day, due[row], begin[row], calendar, habit, hazard)
                rate *= paces[pace, span_of(day, paces.shape[1])]
                both = rate + credits[cell]
                if both <= 0.0:
                    continue
                goes = left * gone(both)
                paid[pace, row, (day - 1) // 7] += goes * rate / both
                credited[pace, row] += goes * credits[cell] / both
                left -= goes
                if left < LEAST:
                    break
    return paid, credited


@compiled
def future_by_week(shares, sold, calendar, habits, rates):
    """Return what of the sales of each week is paid in each, and credited, under each pace; and the same by buyer.

    `shares`: buyer, terms and part of the sales; `sold`: days, from 1 on, and amounts sold on each; whole weeks are in
    the calendar. Out: paces × weeks of sale × weeks, paces × weeks of sale; paces × buyers × weeks, paces × buyers.
    """
    hazards, credits, paces = rates
    buyer, terms, share = shares
    sold_on, sales = sold
    weeks, buyers = (len(calendar.factor) - 1) // 7, len(hazards)
    paid, credited = np.zeros((len(paces), weeks, weeks)), np.zeros((len(paces), weeks))
    of_buyer, credited_of = np.zeros((len(paces), buyers, weeks)), np.zeros((len(paces), buyers))
    for pace in range(len(paces)):
        for row in range(len(buyer)):
            owner = buyer[row]
            for number in range(len(sold_on)):
                issued, left = sold_on[number], 1.0
                week, amount = (issued - 1) // 7, share[row] * sales[number]
                habit, hazard = habits[owner], hazards[owner]
                for day in range(issued, 7 * weeks + 1):
                    cell = cell_of(day - issued - terms[row])
                    rate = rate_on(day, issued + terms[row], issued, calendar, habit, hazard)
                    rate *= paces[pace, span_of(day, paces.shape[1])]
                    both = rate + credits[cell]
                    if both <= 0.0:
                        continue
                    goes = left * gone(both)
                    money = goes * rate / both
                    when = (day - 1) // 7
                    paid[pace, week, when] += amount * money
                    of_buyer[pace, owner, when] += amount * money
                    credited[pace, week] += amount * (goes - money)
                    credited_of[pace, owner] += amount * (goes - money)
                    left -= goes
                    if left < LEAST:
                        break
    return paid, credited, of_buyer, credited_of


@compiled
def lateness(items, calendar, habits, rates):
    """Return of each item the chance that it is paid after its last day in time, its median day, and its mean delay.

    `items`: buyer, due, in_time (the last day that is no delay), from (the first day on which it can be paid, or could
    already); days count from the calendar's 0. The delay is the days after the last in time, 0 before it. Of what is
    paid and not credited; what is left after `HORIZON` days, within the calendar, counts as paid on the last of them.
    `rates`: integrated hazards of payment and of credits.
    """
    hazards, credits = rates
    buyer, due, in_time, begin = items
    late, median, delay = np.zeros(len(buyer)), np.zeros(len(buyer), np.int64), np.zeros(len(buyer))
    paid = np.zeros(len(calendar.factor))
    for row in range(len(buyer)):
        owner, left, after, total, days = buyer[row], 1.0, 0.0, 0.0, 0.0
        start = last = max(begin[row], 1)
        end = min(max(start, due[row]) + HORIZON + 1, len(calendar.factor))
        habit, hazard = habits[owner], hazards[owner]
        for day in range(start, end):
            cell, last = cell_of(day - due[row]), day
            rate = rate_on(day, due[row], begin[row], calendar, habit, hazard)
            both, paid[day] = rate + credits[cell], 0.0
            if both > 0.0:
                goes = left * gone(both)
                paid[day] = goes * rate / both
                total += paid[day]
                if day > in_time[row]:
                    after += paid[day]
                    days += paid[day] * (day - in_time[row])
                left -= goes
            if left < LEAST:
                break
        total += left
        days += left * max(last - in_time[row], 0)
        late[row] = (after + left) / total if total > 0.0 else 1.0
        delay[row] = days / total if total > 0.0 else max(last - in_time[row], 0)
        half, sum_of = total / 2, 0.0
        median[row] = last
        for day in range(start, last + 1):
            sum_of += paid[day]
            if sum_of >= half:
                median[row] = day
                break
    return late, median, delay


@compiled
def money_by_day(items, shares, sold, calendar, habits, rates):
    """Return what is to be paid on each coming day, of open items and of sales, at the expected pace; day 0 is empty.

    `items`: buyer, due, from, amount; `shares`, `sold`, `calendar`: as `receipts_by_week` and `future_by_week`;
    `rates`: integrated hazards of payment and of credits.
    """
    hazards, credits = rates
    buyer, due, begin, owed = items
    buyer_of, terms, share = shares
    sold_on, sales = sold
    days, open_rows = len(calendar.factor) - 1, len(buyer)
    found = np.zeros(days + 1)
    for row in range(open_rows + len(buyer_of) * len(sold_on)):
        if row < open_rows:
            owner, due_day, since, amount = buyer[row], due[row], begin[row], owed[row]
        else:
            number, cohort = divmod(row - open_rows, len(sold_on))
            owner, since, amount = buyer_of[number], sold_on[cohort], share[number] * sales[cohort]
            due_day = since + terms[number]
        left = 1.0
        habit, hazard = habits[owner], hazards[owner]
        for day in range(max(since, 1), days + 1):
            cell = cell_of(day - due_day)
            rate = rate_on(day, due_day, since, calendar, habit, hazard)
            both = rate + credits[cell]
            if both <= 0.0:
                continue
            goes = left * gone(both)
            found[day] += amount * goes * rate / both
            left -= goes
            if left < LEAST:
                break
    return found


@compiled
def chances_by_day(items, soon, parts, calendar, habits, rates):
    """Return the chance that each item is paid within `soon` days, and the days by which these parts of it are paid.

    A day of 0: not within the calendar. `items`, `calendar`: as `receipts_by_week`; `rates`: hazards and credits.
    """
    hazards, credits = rates
    buyer, due, begin = items
    chance, when = np.zeros(len(buyer)), np.zeros((len(buyer), len(parts)), np.int64)
    for row in range(len(buyer)):
        owner, left, paid, reached = buyer[row], 1.0, 0.0, 0
        habit, hazard = habits[owner], hazards[owner]
        for day in range(max(begin[row], 1), len(calendar.factor)):
            cell = cell_of(day - due[row])
            rate = rate_on(day, due[row], begin[row], calendar, habit, hazard)
            both = rate + credits[cell]
            if both > 0.0:
                goes = left * gone(both)
                paid += goes * rate / both
                left -= goes
            if day <= soon:
                chance[row] = paid
            while reached < len(parts) and paid >= parts[reached]:
                when[row, reached] = day
                reached += 1
            if day >= soon and (reached == len(parts) or left < LEAST):
                break
    return chance, when
