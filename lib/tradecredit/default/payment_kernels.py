"""Compiled loops over invoices and days: who was at risk of being paid, what was to be expected, what will come."""

import numpy as np

from tradecredit.numerics.compiled import compiled, inlined

FIRST, LAST = -120, 180
"""Days relative to the due day, earlier and later ones counting as these."""
CELLS = LAST - FIRST + 1
PARTS = 6
"""Parts of a month, of five days each, the last to its end."""
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


@compiled
def days_at_risk(exits, calendar, habits, hazards):
    """Return, by buyer and day relative to the due day, exposure and payments, and the credits by day alone.

    `exits`: see `exits.Exits`; `calendar`: weight and factor of each day from `exits.first` on, and the part of its
    month. A day of a share of an invoice counts its weight × what the chance of a payment on it is of that on a usual
    day: (1 − e^(−r·f)) / (1 − e^(−r)) with r from `hazards`, integrated, by buyer and cell (below `SLOW`: as of a small
    one, f), f = the day's factor × the buyer's habit in that part of the month.
    """
    buyers = len(hazards)
    at_risk, paid, credited = np.zeros((buyers, CELLS)), np.zeros((buyers, CELLS)), np.zeros(CELLS)
    usual = np.empty((buyers, CELLS))
    for buyer in range(buyers):
        for cell in range(CELLS):
            usual[buyer, cell] = 1.0 / gone(hazards[buyer, cell]) if hazards[buyer, cell] > SLOW else 0.0
    for row in range(len(exits.buyer)):
        buyer, due, share = exits.buyer[row], exits.due[row], exits.share[row]
        for day in range(exits.entry[row], exits.day[row] + 1):
            place, cell = day - exits.first, cell_of(day - due)
            times = calendar.factor[place] * habits[buyer, calendar.part[place]]
            if usual[buyer, cell] > 0.0:
                times = gone(hazards[buyer, cell] * times) * usual[buyer, cell]
            at_risk[buyer, cell] += share * calendar.weight[place] * times
        last = exits.day[row]
        weight = share * calendar.weight[last - exits.first]
        if exits.kind[row] == 1:
            paid[buyer, cell_of(last - due)] += weight
        elif exits.kind[row] == 2:
            credited[cell_of(last - due)] += weight
    return at_risk, paid, credited


@compiled
def expected_by_day(exits, calendar, habits, hazards, since):
    """Return for each day from `since` on the payments that were to be expected of what was open, and their variance.

    In amounts, in shares of invoices, and in these by buyer and part of the month before its habit, weighted; and what
    was paid. `hazards`: integrated hazards by buyer and cell.
    """
    days = len(calendar.factor)
    amounts = np.zeros((3, days))
    shares = np.zeros((2, days))
    by_part = np.zeros((2, len(hazards), PARTS))
    for row in range(len(exits.buyer)):
        buyer, due = exits.buyer[row], exits.due[row]
        share, amount = exits.share[row], exits.amount[row]
        for day in range(max(exits.entry[row], since), exits.day[row] + 1):
            place = day - exits.first
            cell, part = cell_of(day - due), calendar.part[place]
            rate = hazards[buyer, cell] * calendar.factor[place]
            chance = gone(rate * habits[buyer, part])
            by_part[0, buyer, part] += share * chance / habits[buyer, part] * calendar.weight[place]
            amounts[0, place] += amount * chance
            amounts[1, place] += amount**2 * chance * (1.0 - chance)
            shares[0, place] += share * chance
        if exits.kind[row] == 1 and exits.day[row] >= since:
            place = exits.day[row] - exits.first
            amounts[2, place] += amount
            shares[1, place] += share
            by_part[1, buyer, calendar.part[place]] += share * calendar.weight[place]
    return amounts, shares, by_part


@compiled
def receipts_by_week(items, weeks, calendar, habits, rates):
    """Return the part of each item that is to be paid in each week, and credited, under each pace.

    `items`: buyer, due, from (the first day on which it can be paid); days count from the day of the forecast, which is
    0: the first week is days 1 to 7. `calendar`: factor and part of each day from 0 on; `rates`: integrated
    hazards of payment (buyers × cells), of credits (cells), and the paces (× spans of `SPAN` days) that the first are
    multiplied by. Out: paces × items × weeks paid, and paces × items credited by the end.
    """
    hazards, credits, paces = rates
    buyer, due, begin = items
    paid = np.zeros((len(paces), len(buyer), weeks))
    credited = np.zeros((len(paces), len(buyer)))
    for pace in range(len(paces)):
        for row in range(len(buyer)):
            owner, left = buyer[row], 1.0
            for day in range(max(begin[row], 1), 7 * weeks + 1):
                cell = cell_of(day - due[row])
                rate = hazards[owner, cell] * calendar.factor[day] * habits[owner, calendar.part[day]]
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
                for day in range(issued, 7 * weeks + 1):
                    cell = cell_of(day - issued - terms[row])
                    rate = hazards[owner, cell] * calendar.factor[day] * habits[owner, calendar.part[day]]
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

    `items`: buyer, due, in_time (the last day that is no delay), from (the first day on which it can be paid); days
    count from the calendar's 0. The delay is the days after the last in time, 0 before it. Of what is paid and not
    credited; what is left after `HORIZON` days, within the calendar, counts as paid on the last of them. `rates`:
    integrated hazards of payment and of credits.
    """
    hazards, credits = rates
    buyer, due, in_time, begin = items
    late, median, delay = np.zeros(len(buyer)), np.zeros(len(buyer), np.int64), np.zeros(len(buyer))
    paid = np.zeros(len(calendar.factor))
    for row in range(len(buyer)):
        owner, left, after, total, days = buyer[row], 1.0, 0.0, 0.0, 0.0
        last = begin[row]
        end = min(max(begin[row], due[row]) + HORIZON + 1, len(calendar.factor))
        for day in range(begin[row], end):
            cell, last = cell_of(day - due[row]), day
            rate = hazards[owner, cell] * calendar.factor[day] * habits[owner, calendar.part[day]]
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
        for day in range(begin[row], last + 1):
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
            owner, due_day, start, amount = buyer[row], due[row], max(begin[row], 1), owed[row]
        else:
            number, cohort = divmod(row - open_rows, len(sold_on))
            owner, start, amount = buyer_of[number], sold_on[cohort], share[number] * sales[cohort]
            due_day = start + terms[number]
        left = 1.0
        for day in range(start, days + 1):
            cell = cell_of(day - due_day)
            rate = hazards[owner, cell] * calendar.factor[day] * habits[owner, calendar.part[day]]
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
        for day in range(max(begin[row], 1), len(calendar.factor)):
            cell = cell_of(day - due[row])
            rate = hazards[owner, cell] * calendar.factor[day] * habits[owner, calendar.part[day]]
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
