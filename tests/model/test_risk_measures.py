"""Measures against small tables worked by hand, and standard errors against repeated simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecredit.model.risk_measures import (
    expected,
    expected_shortfall,
    standard_deviation,
    summary_rows,
    tail_weights,
    value_at_risk,
)

HUNDRED = np.arange(1.0, 101.0)


def test_quantile_and_shortfall_of_one_to_a_hundred():
    # The worst 5 of 100 are 96 to 100; 95 is the smallest loss not exceeded with probability 0.95.
    assert value_at_risk(HUNDRED, 0.95)[0] == 95
    assert expected_shortfall(HUNDRED, 0.95)[0] == pytest.approx(98)


def test_shortfall_takes_its_part_of_the_scenario_at_the_quantile():
    # The worst 2.5 of 100: 100, 99 and half of 98.
    assert value_at_risk(HUNDRED, 0.975)[0] == 98
    assert expected_shortfall(HUNDRED, 0.975)[0] == pytest.approx((100 + 99 + 98 / 2) / 2.5)


def test_equal_losses_at_the_quantile_share_what_mass_is_left():
    losses = np.array([0.0] * 6 + [5.0] * 3 + [9.0])
    # The worst 2 of 10: the 9, and one scenario's worth of the three fives.
    assert tail_weights(losses, 0.8) == pytest.approx([0] * 6 + [1 / 6] * 3 + [0.5])
    assert expected_shortfall(losses, 0.8)[0] == pytest.approx(7)


def test_less_than_one_scenario_in_the_tail_is_the_worst_one():
    value, error = expected_shortfall(HUNDRED, 0.999)
    assert (value, value_at_risk(HUNDRED, 0.999)[0]) == (100, 100)
    assert np.isnan(error)


@given(st.lists(st.integers(0, 20).map(float), min_size=1, max_size=60), st.floats(0.01, 0.99))
def test_weights_add_up_and_shortfall_lies_between_quantile_and_worst(losses, level):
    losses = np.array(losses)
    assert tail_weights(losses, level).sum() == pytest.approx(1)
    shortfall = expected_shortfall(losses, level)[0]
    assert value_at_risk(losses, level)[0] <= shortfall + 1e-9
    assert losses.mean() <= shortfall + 1e-9
    assert shortfall <= losses.max() + 1e-9


def test_standard_errors_are_those_of_repeated_simulation():
    # 1,000 samples of 2,000 exponential losses: the spread of each estimate is what its standard error says.
    samples = np.random.default_rng(5).exponential(size=(1_000, 2_000))
    measures = {
        "expected": expected,
        "sd": standard_deviation,
        "VaR": lambda losses: value_at_risk(losses, 0.95),
        "ES": lambda losses: expected_shortfall(losses, 0.95),
    }
    for name, measure in measures.items():
        values, errors = np.array([measure(sample) for sample in samples]).T
        assert np.mean(errors) == pytest.approx(values.std(), rel=0.08), name


def test_estimates_of_exponential_losses():
    # Closed forms: mean 1, sd 1, VaR = −ln(1 − α), ES = VaR + 1.
    losses = np.random.default_rng(6).exponential(size=400_000)
    closed = {"expected": 1, "sd": 1, "VaR": -np.log(0.01), "ES": 1 - np.log(0.01)}
    for measure, _, value, error in summary_rows(losses, [0.99]):
        assert abs(value - closed[measure]) < 4 * error, measure


def test_nothing_lost_has_no_error():
    rows = list(summary_rows(np.zeros(1_000), [0.95]))
    assert [row[2:] for row in rows] == [(0.0, 0.0)] * 4
