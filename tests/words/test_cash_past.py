"""Sentences on past forecasts of cash: which one is chosen, and its numbers."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from tradecredit import words
from tradecredit.cash.back_test import RULES, CashBackTest


def test_a_young_book_is_not_testable():
    assert "Not testable" in words.cash_past.tested(CashBackTest(pd.DataFrame(), pd.DataFrame()))


def test_the_error_is_told_beside_both_plain_rules():
    row = {"as_of_then": pd.Timestamp("2026-07-31"), "came_in": 100.0, "expected_cash": 90.0}
    row |= dict.fromkeys(RULES, 80.0) | {"low_80": 80.0, "high_80": 110.0, "low_95": 70.0, "high_95": 120.0}
    totals = pd.DataFrame([row | {"span": "4 weeks"}, row | {"span": "13 weeks"}])
    told = words.cash_past.tested(CashBackTest(totals.drop(columns="span"), totals))
    few = "too few dates to tell the difference from chance"
    assert (
        f"0.50 times the error of the best plain rule ({few}) and 0.50 times ({few}), and 0.50 and 0.50 times" in told
    )


def test_the_best_plain_rule_is_one_for_all_sentences():
    """Exponential smoothing was off by 4 %, the forecast by 6 %: 1.5 times as much."""
    tested = back_tested(12, 0.8, expected=106.0)
    tested = CashBackTest(
        tested.weeks, tested.totals.assign(by_due_day_same_sales=150.0, by_average_delay=150.0, smoothed=104.0)
    )
    assert "with a rule (Exponential smoothing of weekly receipts; " in words.cash_past.warned(tested)
    assert "1.50 times the error of the best plain rule (" in words.cash_past.tested(tested)


def back_tested(dates, within, *, expected=100.0, rule=100.0, independent=1.0):
    """Return a back-test in which 100 came in always; `within`: which part of weeks lay within the 80 % band.

    `independent`: which part of a date's weeks counts.
    """
    days = pd.date_range("2025-07-31", periods=dates, freq="ME")
    row = {"came_in": 100.0, "expected_cash": expected, "low_95": 0.0, "high_95": 200.0}
    row |= dict.fromkeys(RULES, 150.0) | {"by_average_delay": rule, "by_due_day_same_sales": 100.0}
    totals = pd.DataFrame([row | {"as_of_then": day, "span": span} for day in days for span in ("4 weeks", "13 weeks")])
    totals = totals.assign(low_80=90.0, high_80=110.0)
    weeks = pd.DataFrame([row | {"as_of_then": day} for day in days for _ in range(13)])
    # Spread evenly, so that all dates hold as many, within one.
    inside = np.diff(np.floor(within * np.arange(len(weeks) + 1))) > 0
    weeks = weeks.assign(low_80=np.where(inside, 90.0, 101.0), high_80=110.0)
    return CashBackTest(weeks.assign(independent_80=independent, independent_95=independent), totals)


def test_a_plain_rule_that_did_better_is_told_first():
    told = words.cash_past.warned(back_tested(12, 0.8, expected=106.0, rule=96.0)).replace("\u00a0", " ")
    assert told == (
        "**A plain rule did better** than this forecast at 12 past month ends, as known then: the total of 4 weeks was "
        "off by **6 %** on average, and by **4 %** with a rule (Paid after the buyer's average delay; sales as in the "
        "last 91 days; a difference beyond chance, p-value < 0.0001) and the total of 13 weeks was off by **6 %** on "
        "average, and by **4 %** with a rule (Paid after the buyer's average delay; sales as in the last 91 days; a "
        "difference beyond chance, p-value < 0.0001)."
    )
    assert words.cash_past.warned(back_tested(12, 0.8, expected=103.0, rule=96.0)) == ""
    # By the same words no better: 4.01 and 4.00 %.
    assert words.cash_past.warned(back_tested(12, 0.8, expected=104.01, rule=96.0)) == ""
    assert words.cash_past.warned(CashBackTest(pd.DataFrame(), pd.DataFrame())) == ""


def test_whether_a_rule_did_better_by_chance_is_told():
    """The rule is off by 6 % less in half of the dates and by 2 % more in the others: 2 % ± 4.18 % / √12 at 4 weeks, t
    = 1.66, of 11 degrees: 0.125, times the four rules of which it is the best. At 13 weeks four dates count: 1."""
    tested = back_tested(12, 0.8, expected=106.0)
    better = np.repeat(np.tile([100.0, 108.0], 6), 2)
    told = words.cash_past.warned(CashBackTest(tested.weeks, tested.totals.assign(by_average_delay=better)))
    assert told.count("chance may explain the difference, p-value") == 2
    found = CashBackTest(tested.weeks, tested.totals.assign(by_average_delay=better)).best_plain()["p_value"]
    alone = 2 * t.sf(2 / np.sqrt(192 / 11 / 12), 11)  # twelve squares of 4
    assert found.tolist() == pytest.approx([4 * alone, 1])
    # A forecast that did better than the best rule is compared with one that was chosen for it: nothing is multiplied.
    beaten = CashBackTest(tested.weeks, tested.totals.assign(expected_cash=better, by_average_delay=106.0)).best_plain()
    assert beaten["p_value"]["4 weeks"] == pytest.approx(alone)


def test_bands_that_held_far_fewer_or_more_than_they_should_are_told_where_chance_hardly_explains_it():
    """12 month ends are 334 days, with 13 weeks 60 weeks one after the other: 0.31 of 60 is no chance of 0.8, nor is 60
    of 60 (0.8 ** 60 = 2e-6); 0.7 of 60 is.
    Of two dates (17 weeks) all may lie within: 0.8 ** 17 = 0.02."""
    narrow = words.cash_past.warned(back_tested(12, 0.31)).replace("\u00a0", " ")
    assert narrow.startswith("**Bands were too narrow** at 12 past month ends: the 80 % band of a week held 30.8 %.")
    assert words.cash_past.warned(back_tested(12, 0.7)) == ""
    wide = words.cash_past.warned(back_tested(12, 1.0)).replace("\u00a0", " ")
    assert wide.startswith("Bands were too wide at 12 past month ends: the 80 % band of a week held 100 %")
    assert words.cash_past.warned(back_tested(2, 1.0)) == ""


def test_weeks_that_move_together_are_no_independent_observations():
    """Of 60 weeks that move as one within each date's 13, four count: one of them within the band of 80 % is chance
    (0.027), as are all four."""
    assert words.cash_past.warned(back_tested(12, 0.31, independent=1 / 13)) == ""
    assert words.cash_past.warned(back_tested(12, 1.0, independent=1 / 13)) == ""
    # None of four is not: 0.2 ** 4 = 0.0016.
    assert words.cash_past.warned(back_tested(12, 0.0, independent=1 / 13)).startswith("**Bands were too narrow**")


def test_dates_that_hold_all_their_weeks_or_none_tell_that_these_move_together():
    """Four of 12 dates hold all, the others none: between them what they hold varies by 0.242, 13 weeks of 1/3 by
    chance by 0.0171. 60 × 0.0171 / 0.242 are four."""
    spread = back_tested(12, 1 / 3)
    assert words.cash_past.warned(spread).startswith("**Bands were too narrow**")
    whole = spread.weeks.assign(low_80=np.where(np.arange(12 * 13) < 4 * 13, 90.0, 101.0))
    assert words.cash_past.warned(CashBackTest(whole, spread.totals)) == ""
