"""Sales to come: what is known of their level, season and error."""

import numpy as np
import pytest

from tradecredit.cash.coming_sales import Coming, Orders
from tradecredit.cash.future_sales import FutureSales, forecast


def days(text):
    return int(np.datetime64(text).astype(int))


def sold(first, last, amount):
    """Return an invoice a day with the amount that a function of the month gives."""
    day = np.arange(days(first), days(last) + 1)
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    return day, amount(month).astype(float)


def test_level_sales_go_on():
    issued, amount = sold("2024-11-01", "2026-10-31", lambda month: np.full(len(month), 100))
    found = forecast(issued, amount, days("2026-10-31"), 91)
    assert found.by_day.sum() == pytest.approx(9_100, rel=0.03)


def test_a_season_of_two_years_comes_again():
    issued, amount = sold("2024-01-01", "2026-10-31", lambda month: np.where(month == 11, 300, 100))
    found = forecast(issued, amount, days("2026-10-31"), 91)
    november, december = found.by_day[:30].sum() / 30, found.by_day[30:61].sum() / 31
    assert december / november == pytest.approx(3, rel=0.25)


def test_a_young_book_is_less_certain():
    long, short = (
        forecast(*sold(first, "2026-10-31", lambda month: np.full(len(month), 100)), days("2026-10-31"), 91)
        for first in ("2023-11-01", "2026-09-01")
    )
    assert short.spread[0, 0] > long.spread[0, 0]


def test_nothing_sold_nothing_forecast():
    empty = np.zeros(0, np.int64)
    assert forecast(empty, empty.astype(float), days("2026-10-31"), 14).by_day.tolist() == [0.0] * 14


def test_closed_weekdays_stay_closed():
    issued, amount = sold("2025-01-01", "2026-10-31", lambda month: np.full(len(month), 100))
    working = (issued + 3) % 7 < 5
    found = forecast(issued[working], amount[working], days("2026-10-31"), 14).by_day
    assert found[[0, 6, 7, 13]].max() < 2  # 31 October is a Saturday: the first day is a Sunday
    assert found[1] > 90


def test_holidays_on_which_nothing_was_sold_stay_closed():
    # An invoice a weekday, but on Christmas and New Year's Day of three years.
    issued, amount = sold("2023-12-01", "2026-11-30", lambda month: np.full(len(month), 100))
    date = issued.astype("datetime64[D]").astype(str)
    working = ((issued + 3) % 7 < 5) & ~np.isin([day[5:] for day in date], ["12-25", "12-26", "01-01", "05-01"])
    found = forecast(issued[working], amount[working], days("2026-11-30"), 35).by_day
    assert found[24] < 20  # Friday, 25 December 2026
    assert found[23] == pytest.approx(100, rel=0.1)
    assert found[:31].sum() == pytest.approx(100 * 22, rel=0.05)


def test_sales_are_made_on_their_days_whatever_the_weekday_of_the_forecast():
    # From Monday to Friday 10 a day. The days of a week begin after the forecast's: on a Saturday after a Friday.
    no_orders = Orders(*np.zeros((2, 0), np.int64), np.zeros(0, np.int64), np.zeros(0))
    for closed, mean in ((np.array([5, 6]), 3), (np.array([0, 1]), 5)):
        weight = np.ones(42)
        weight[(7 * np.arange(6)[:, None] + closed).ravel()] = 0.001
        sales = FutureSales(np.array([10.0]), np.zeros((1, 1)), np.zeros(42, np.int64), weight, 1.0)
        day, amount = Coming(*np.zeros((3, 0)), sales, no_orders).by_day()
        open_days = [place + 1 for place in range(7) if place not in closed]
        assert day.tolist() == [7 * week + place for week in range(4) for place in open_days] + [28 + mean, 35 + mean]
        assert amount == pytest.approx([50.02 / 5] * 20 + [50.02] * 2)


def test_a_book_that_bills_on_the_first_of_the_month_goes_on_doing_so():
    # 100 bills of 100 on the first of each month for three years, holidays and Sundays too: 10,000 a month.
    months = np.arange("2023-01", "2026-01", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
    issued, today = np.repeat(months, 100), int(np.datetime64("2025-12-31").astype(np.int64))
    found = forecast(issued, np.full(len(issued), 100.0), today, 91)
    assert found.by_day.sum() == pytest.approx(4 * 10_000, rel=0.05)  # January to April, the first of which is day 91
    first = [0, 31, 59, 90]
    assert found.by_day[first].sum() > 0.95 * found.by_day.sum()
    assert found.by_day[first] == pytest.approx(10_000, rel=0.1)
