"""The level of default moved by an index, by hand, and what multiplying odds must keep."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecredit.default.index_ahead import expected_ahead
from tradecredit.default.point_in_time import factor_to, moved, point_in_time, series, shift_to
from tradecredit.params.default import DefaultSettings

DAY = pd.Timestamp("2025-12-31")
MONTHS = pd.date_range("2024-02-29", "2025-12-31", freq="ME").strftime("%Y-%m-%d")
VALUES = dict(zip(MONTHS, [100] * 11 + [140] * 6 + [180, 180, 999, 190, 200, 210], strict=True))
"""100 in 2024, 140 up to June 2025, then rising: too short to tell how it returns."""

THEN = (1_240 + 3 * 1_520) / 4 / 12
"""After 31 January 2024: eleven months of 100 and one of 140; after 31 July five, six of 140 and one of 180, thrice."""


def stated(values: dict[str, float] = VALUES, **settings: object) -> DefaultSettings:
    return DefaultSettings(insolvency_index={"source": "Made up.", "values": values}, **settings)


def missing(found) -> bool:
    return math.isnan(found.now) and math.isnan(found.then)


def test_now_is_the_mean_of_three_months_and_then_that_of_all():
    found = point_in_time(stated(), DAY)
    # September's value lies three months back and is not in; all 23 add up to 1,100 + 840 + 1,959.
    assert found.now == pytest.approx((190 + 200 + 210) / 3)
    assert found.then == pytest.approx(3_899 / 23)
    assert found.factor == pytest.approx(200 * 23 / 3_899)
    assert (found.ahead, found.ahead_error) == (found.now, 0)


@pytest.mark.parametrize("day", ["2025-02-28", "2025-04-30", "2025-06-30", "2025-08-31", "2025-11-30"])
def test_three_months_are_three_values_at_any_month_end(day):
    # Three months before 30 November is 30 August, but the value of 31 August belongs to the fourth month.
    ends = pd.date_range(end=day, periods=4, freq="ME").strftime("%Y-%m-%d")
    values = dict(zip(ends, [1000, 1, 2, 3], strict=True))
    assert point_in_time(stated(values), pd.Timestamp(day)).now == pytest.approx(2)


def test_then_is_over_the_year_after_each_day_as_often_as_it_occurs():
    years = pd.Series(pd.to_datetime(["2024-01-31"] + ["2024-07-31"] * 3))
    found = point_in_time(stated(), DAY, years)
    assert found.then == pytest.approx(THEN)
    assert found.now == pytest.approx(200)
    assert found.factor == pytest.approx(200 / THEN)


QUARTERS = {"2024-03-31": 90, "2024-06-30": 120, "2024-09-30": 150, "2024-12-31": 60}


@pytest.mark.parametrize("day", ["2024-12-31", "2025-02-28", "2025-08-31"])
def test_a_quarters_value_stands_for_each_of_its_months(day):
    months = pd.date_range("2024-01-31", "2024-12-31", freq="ME").strftime("%Y-%m-%d")
    by_month = dict(zip(months, np.repeat(list(QUARTERS.values()), 3), strict=True))
    years = pd.Series(pd.to_datetime(["2023-12-31", "2024-01-31"]))
    found = point_in_time(stated(QUARTERS), pd.Timestamp(day), years)
    assert found == point_in_time(stated(by_month), pd.Timestamp(day), years)
    # The year as a whole, and its last eleven months.
    assert found.then == pytest.approx((105 + (2 * 90 + 3 * 330) / 11) / 2)
    assert found.now == 60


def test_of_a_quarter_that_is_not_over_the_value_is_not_read():
    assert point_in_time(stated(QUARTERS), pd.Timestamp("2024-12-30")).now == 150


def test_years_without_a_value_are_left_out():
    years = pd.Series(pd.to_datetime(["2010-01-31"] * 9 + ["2024-01-31"]))
    assert point_in_time(stated(), DAY, years).then == pytest.approx(1_240 / 12)
    nothing = point_in_time(stated(), DAY, years.head(9))
    assert nothing.factor == 1
    assert missing(nothing)


@pytest.mark.parametrize(("elasticity", "factor"), [(0.0, 1.0), (0.5, math.sqrt(200 / THEN)), (2.0, (200 / THEN) ** 2)])
def test_odds_move_with_a_power_of_the_index(elasticity, factor):
    years = pd.Series(pd.to_datetime(["2024-01-31"] + ["2024-07-31"] * 3))
    assert point_in_time(stated(index_elasticity=elasticity), DAY, years).factor == pytest.approx(factor)


def test_an_index_is_expected_on_its_way_back_from_the_values_so_far():
    random = np.random.default_rng(2)
    months = pd.date_range("2022-01-31", "2026-12-31", freq="ME")
    values = pd.Series(np.exp(random.normal(5, 0.2, 60)), index=months)
    found = point_in_time(stated(dict(zip(months.strftime("%Y-%m-%d"), values, strict=True))), DAY)
    assert (found.ahead, found.ahead_error) == expected_ahead(values[:DAY], DAY)
    assert found.factor == pytest.approx(found.ahead / values[:DAY].mean())


def test_values_after_the_day_are_not_read():
    day = pd.Timestamp("2025-07-31")
    years = pd.Series(pd.to_datetime(["2024-01-31", "2025-01-31"]))
    cut = {date: value for date, value in VALUES.items() if date <= "2025-07-31"}
    for of in (None, years):
        assert point_in_time(stated(), day, of) == point_in_time(stated(cut), day, of)
    # Of the year after 31 January 2025 the values from February to July are known by then.
    now, then = pytest.approx(460 / 3), pytest.approx((1_240 / 12 + 880 / 6) / 2)
    assert point_in_time(stated(), day, years) == (pytest.approx(460 / 3 / 125), now, then, now, 0)
    assert series(stated(), day).tolist() == [100] * 11 + [140] * 6 + [180]


def test_a_series_that_ended_counts_with_its_last_value():
    assert point_in_time(stated(), pd.Timestamp("2026-10-31")).now == 210
    ended = stated({"2024-01-31": 50, "2024-02-29": 70})
    assert point_in_time(ended, pd.Timestamp("2025-02-28")).now == 70
    assert missing(point_in_time(ended, pd.Timestamp("2025-03-31")))  # a year old: it says nothing of now


def test_without_an_index_nothing_moves():
    for settings, day in ((DefaultSettings(), DAY), (stated(), pd.Timestamp("2023-12-31"))):
        found = point_in_time(settings, day)
        assert found.factor == 1
        assert missing(found)
        assert series(settings, day).empty


def test_the_order_of_the_values_does_not_matter():
    assert point_in_time(stated(dict(reversed(VALUES.items()))), DAY) == point_in_time(stated(), DAY)


def test_moved_multiplies_odds_and_keeps_what_is_certain():
    # Odds 1 to 3 and 1 to 1, doubled: 2 to 3 and 2 to 1.
    found = moved(pd.Series([0.0, 0.25, 0.5, 1.0, np.nan], index=list("abcde")), 2.0)
    assert found.to_dict() == pytest.approx({"a": 0, "b": 0.4, "c": 2 / 3, "d": 1, "e": np.nan}, nan_ok=True)
    assert found[["a", "d"]].tolist() == [0, 1]


@given(st.lists(st.floats(1e-6, 1 - 1e-6), min_size=1, max_size=8), st.floats(0.001, 0.999))
def test_the_mean_is_hit_and_the_order_stays(probabilities, level):
    before = pd.Series(probabilities)
    factor = factor_to(level, before)
    after = moved(before, factor)
    assert after.mean() == pytest.approx(level, rel=1e-6)
    assert (after[before.sort_values().index].diff().dropna() >= 0).all()
    odds = factor * before / (1 - before)
    # Not odds against odds: a probability next to 1 holds too few digits of what is missing to 1.
    np.testing.assert_allclose(after, odds / (1 + odds), rtol=1e-9)


def test_one_probability_becomes_the_level():
    # Odds 1 to 9 become 1 to 3.
    assert factor_to(0.25, pd.Series([0.1])) == pytest.approx(3)


def test_log_odds_beyond_what_a_probability_can_tell_still_find_their_level():
    # One of four is certain to fail by its score, the others share what is left: (1 + 3 × 0.2) / 4 = 0.4.
    odds = pd.Series([800.0, 0.0, 0.0, 0.0])
    assert shift_to(0.4, odds) == pytest.approx(math.log(0.2 / 0.8))
    # At a quarter or less the one alone is the level, and the shift takes it to nought, up to the odds of 0.2.
    assert shift_to(0.05, odds) == pytest.approx(math.log(0.2 / 0.8) - 800)
