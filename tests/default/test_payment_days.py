"""Days on which money comes: what a holiday keeps back comes on the next working day."""

import numpy as np
import pytest

from tradecredit.default.payment_days import NO_HABIT, PayingDays, are_holidays, corrected


def days(first, last):
    return np.arange(np.datetime64(first), np.datetime64(last) + 1).astype(np.int64)


def test_what_a_holiday_keeps_back_comes_on_the_next_working_day():
    # Christmas 2025 is a Thursday and a Friday: nine tenths of both come on Monday the 29th.
    week = np.array([3.0, 1.0, 1.0, 1.2, 0.8, 0.0, 0.0])
    found = PayingDays(week, 0.1).factor(days("2025-12-22", "2025-12-30"))
    assert found == pytest.approx([3.0, 1.0, 1.0, 0.12, 0.08, 0.0, 0.0, 3.0 + 0.9 * 2.0, 1.0])
    # From the Saturday on what was kept back before is in it.
    assert PayingDays(week, 0.1).factor(days("2025-12-27", "2025-12-29"))[2] == pytest.approx(4.8)


def test_a_holiday_on_a_weekend_is_none():
    assert are_holidays(days("2026-12-24", "2026-12-28")).tolist() == [False, True, False, False, False]


def test_the_part_that_comes_on_holidays_is_that_of_the_ledger():
    # 1,000 payments were expected of each weekday, no holiday known; a fifth came on them, the rest the day after.
    day = days("2024-01-01", "2026-12-31")
    seen = PayingDays(np.array([1.0] * 5 + [0.0] * 2), 0.2).factor(day) * 1_000
    found = NO_HABIT
    for _ in range(3):
        wanted = np.where((day + 3) % 7 < 5, 1_000, 0.0) * found.factor(day)
        found = corrected(found, np.stack([wanted, seen]), int(day[0]))
    assert found.holidays == pytest.approx(0.2, abs=0.01)
    assert found.weekdays[:5] == pytest.approx(np.ones(5), abs=0.01)


def test_a_ledger_without_payments_has_no_habit():
    assert corrected(NO_HABIT, np.zeros((2, 10)), 20_000) is NO_HABIT
