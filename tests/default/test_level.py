"""The interval of the level: exact counts, no index, and hand-worked bounds."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.default.level import bounds, count_interval, movement_error, unseen_error
from tradecredit.default.point_in_time import WITHOUT_INDEX, PointInTime
from tradecredit.params.default import DefaultSettings


def test_the_interval_of_a_count_is_garwoods():
    assert count_interval(10, 0.95) == pytest.approx((4.7954, 18.3904), abs=1e-4)  # Garwood 1936
    assert count_interval(10) == pytest.approx((5.4254, 16.9622), abs=1e-4)


def test_without_an_error_of_the_movement_the_bounds_are_those_of_the_count():
    assert bounds(10, 0.0) == pytest.approx((0.54254, 1.69622), abs=1e-5)


def test_an_error_of_the_movement_widens_both_ends():
    # ln 0.54254 = −0.61149, ln 1.69622 = 0.52840; 1.64485 × 0.3 = 0.49346; roots 0.78577 and 0.72297.
    assert bounds(10, 0.3) == pytest.approx((np.exp(-0.78577), np.exp(0.72297)), rel=1e-4)


def test_the_error_of_the_movement_by_hand():
    assert movement_error(WITHOUT_INDEX, DefaultSettings()) == 0
    # From 200 then by 100 now to 110 expected: 0.3 × ln(110 / 200) = −0.17935, and 1 × 0.08.
    now = PointInTime(0.55, 100.0, 200.0, 110.0, 0.08)
    assert movement_error(now, DefaultSettings()) == pytest.approx(0.19638, abs=1e-5)
    # 0.1 × −0.59784 and 2 × 0.08.
    stated = DefaultSettings(index_elasticity=2.0, index_elasticity_sd=0.1)
    assert movement_error(now, stated) == pytest.approx(0.17080, abs=1e-5)


def test_an_index_at_its_mean_still_has_the_error_of_that_mean():
    now = PointInTime(1.0, 100.0, 100.0, 100.0, 0.08)
    assert movement_error(now, DefaultSettings()) == pytest.approx(0.08)


def test_what_no_model_sees_weighs_more_the_fewer_buyers_the_sum_is_of():
    assert unseen_error(pd.Series([0.2] * 4), 1.0) == pytest.approx(0.8 / 2)
    assert unseen_error(pd.Series([0.5]), 0.7) == pytest.approx(0.35)
    assert unseen_error(pd.Series([0.01] * 10_000), 1.0) == pytest.approx(0.0099)


def test_the_count_interval_covers_in_simulated_years():
    random = np.random.default_rng(3)
    inside = [low <= 20 <= high for low, high in map(count_interval, random.poisson(20, 400))]
    assert 0.86 <= np.mean(inside) <= 0.97
