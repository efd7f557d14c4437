"""Days on which money comes: which are closed, and what these leave to the next open one."""

import numpy as np
import pytest

from tradecredit.default.payment_days import NO_HABIT, PayingDays, are_holidays, closed_days, corrected


def days(first, last):
    return np.arange(np.datetime64(first), np.datetime64(last) + 1).astype(np.int64)


def test_a_day_knows_the_closed_days_before_it():
    # Christmas 2025 is a Thursday and a Friday: with the weekend four closed days lie before Monday the 29th.
    week = np.array([1.0, 1.0, 1.0, 1.2, 0.8, 0.0, 0.0])
    found = PayingDays(week, 0.1, 1.0)
    assert found.factor(days("2025-12-24", "2025-12-29")) == pytest.approx([1.0, 0.12, 0.08, 0.0, 0.0, 1.0])
    assert found.closed_before(days("2025-12-24", "2025-12-30")).tolist() == [0, 0, 0, 0, 0, 4, 0]
    # Whichever day one begins with.
    assert found.closed_before(days("2025-12-29", "2025-12-30")).tolist() == [4, 0]
    assert found._replace(holidays=1.0).closed_before(days("2025-12-29", "2025-12-30")).tolist() == [2, 0]


def test_closed_days_are_those_on_which_hardly_anything_is_paid():
    # In the Gulf Friday and Saturday are closed: of 70 payments a day one in 70 comes on them.
    day = days("2025-01-01", "2025-12-30")
    paid_on = np.repeat(day, np.where(np.isin((day + 3) % 7, (4, 5)), 1, 70))
    found = closed_days(paid_on, int(day[0]), int(day[-1]))
    assert found.weekdays == pytest.approx([1, 1, 1, 1, 1 / 70, 1 / 70, 1])
    assert found.holidays == 1.0


def test_few_payments_close_no_working_day():
    # Of 20 payments of a year none came on a Wednesday: of as many as on other days, e^(−0.2 · 5) = 0.37 says nothing.
    day = days("2025-01-06", "2026-01-04")
    mondays = day[(day + 3) % 7 == 0]
    paid_on = np.concatenate([mondays[:5], mondays[5:10] + 1, mondays[10:15] + 3, mondays[15:20] + 4])
    found = closed_days(paid_on, int(day[0]), int(day[-1]))
    assert found.weekdays == pytest.approx([1, 1, 1, 1, 1, 1e-3, 1e-3])


def test_a_holiday_on_a_weekend_is_none():
    assert are_holidays(days("2026-12-24", "2026-12-28")).tolist() == [False, True, False, False, False]


def test_the_part_that_comes_on_holidays_is_that_of_the_ledger():
    # 1,000 payments were expected of each weekday, no holiday known; a fifth came on them.
    day = days("2024-01-01", "2026-12-31")
    seen = PayingDays(np.array([1.0] * 5 + [0.0] * 2), 0.2, 0.0).factor(day) * 1_000
    found = NO_HABIT
    for _ in range(3):
        wanted = np.where((day + 3) % 7 < 5, 1_000, 0.0) * found.factor(day)
        found = corrected(found, np.stack([wanted, seen]), np.zeros((2, len(day))), int(day[0]))
    assert found.holidays == pytest.approx(0.2, abs=0.01)
    assert found.weekdays[:5] == pytest.approx(np.ones(5), abs=0.01)


def test_what_is_moved_is_the_part_that_came_of_what_was_left():
    # A fifth of what is expected of each day of ten weeks is what closed ones left, four fifths its own: of the own
    # all came, so that no factor changes, and of the other half.
    expected = np.full(70, 1_000.0)
    seen = np.full(70, 900.0)
    found = corrected(
        NO_HABIT._replace(moved=0.8), np.stack([expected, seen]), np.stack([expected, seen / 0.9 * 0.5]) * 0.2, 20_000
    )
    usual = 0.9
    own = (8_000 + 20 * usual) / (8_000 + 20) / usual
    assert found.weekdays == pytest.approx(own)
    assert found.moved == pytest.approx(0.8 * (7_000 + 20) / (14_000 * own * usual + 20))


def test_a_ledger_without_payments_has_no_habit():
    assert corrected(NO_HABIT, np.zeros((2, 10)), np.zeros((2, 10)), 20_000) is NO_HABIT
    assert closed_days(np.zeros(0, int), 20_000, 20_100) is NO_HABIT
