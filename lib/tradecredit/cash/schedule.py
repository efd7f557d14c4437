"""What is to be paid by week: of each open invoice, and of what is going to be sold."""

from typing import NamedTuple

import numpy as np

from tradecredit.cash.coming_sales import Coming
from tradecredit.cash.open_rows import OpenItems, with_promised
from tradecredit.cash.schedule_kernels import future_by_week, money_by_day, receipts_by_week
from tradecredit.default.payment_times import PaymentTimes, span_of


class Schedule(NamedTuple):
    """What is paid in each week under each pace: `paid` (paces × rows × weeks) and `credited` (paces × rows)."""

    paid: np.ndarray
    credited: np.ndarray


class SalesSchedule(NamedTuple):
    """The same of future sales: `paid` by week of sale and of payment (paces × weeks × weeks), `credited` (paces ×
    weeks of sale); by buyer `bought` (weeks), `paid_by_buyer` (paces × buyers × weeks) and `credited_by_buyer`."""

    sold: np.ndarray
    paid: np.ndarray
    credited: np.ndarray
    bought: np.ndarray
    paid_by_buyer: np.ndarray
    credited_by_buyer: np.ndarray


def of_open(items: OpenItems, times: PaymentTimes, today: int, weeks: int, paces: np.ndarray) -> Schedule:
    """Return what of each open item is to be paid by week, as parts of its amount."""
    calendar = times.coming(today, 7 * weeks)
    hazards, habits = with_promised(times)
    columns, by_day = (items.pays_as, items.due, items.begin), paces[:, span_of(7 * weeks, paces.shape[1])]
    return Schedule(*receipts_by_week(columns, weeks, calendar, habits, (hazards, times.credits, by_day)))


def of_sales(coming: Coming, times: PaymentTimes, today: int, paces: np.ndarray) -> SalesSchedule:
    """Return what of the coming weeks' sales is to be paid by week; sold on `Coming.by_day`, orders on their days.

    Sales that orders say differ from what is expected by as much as the others of their month do.
    """
    rest, stated = coming.by_week()
    weeks = len(rest)
    calendar = times.coming(today, 7 * weeks)
    rates = (times.hazards, times.credits, paces[:, span_of(7 * weeks, paces.shape[1])])
    found = future_by_week((coming.buyer, coming.terms, coming.share), coming.by_day(), calendar, times.habits, rates)
    bought = np.bincount(coming.buyer, coming.share, len(times.hazards))[:, None] * rest
    paid, credited, paid_by_buyer, credited_by_buyer = found
    orders = coming.orders
    inside = orders.day <= 7 * weeks
    buyer, terms, day, amount = (column[inside] for column in orders)
    if len(buyer):
        week = (day - 1) // 7
        made = receipts_by_week((buyer, day + terms, day), weeks, calendar, times.habits, rates)
        money, credit = made[0] * amount[:, None], made[1] * amount
        for pace in range(len(paces)):
            np.add.at(paid[pace], week, money[pace])
            np.add.at(credited[pace], week, credit[pace])
            np.add.at(paid_by_buyer[pace], buyer, money[pace])
            np.add.at(credited_by_buyer[pace], buyer, credit[pace])
        np.add.at(bought, (buyer, week), amount)
    return SalesSchedule(rest + stated, paid, credited, bought, paid_by_buyer, credited_by_buyer)


def expected_by_day(items: OpenItems, coming: Coming, times: PaymentTimes, today: int) -> np.ndarray:
    """Return what is to be paid on each coming day, from tomorrow on, at the expected tempo: of whole weeks."""
    rest, _ = coming.by_week()
    orders, (hazards, habits) = coming.orders, with_promised(times)
    columns = [
        np.append(items.pays_as, orders.buyer), np.append(items.due, orders.day + orders.terms),
        np.append(items.begin, orders.day), np.append(items.amount, orders.amount),
    ]  # fmt: skip
    calendar = times.coming(today, 7 * len(rest))
    shares = (coming.buyer, coming.terms, coming.share)
    return money_by_day(tuple(columns), shares, coming.by_day(), calendar, habits, (hazards, times.credits))[1:]


__all__ = ["SalesSchedule", "Schedule", "expected_by_day", "of_open", "of_sales"]
