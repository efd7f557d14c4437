"""Measures against small tables worked by hand, and standard errors against repeated simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit.numerics.risk_measures import (
    Sample,
    expected,
    expected_influence,
    expected_shortfall,
    shortfall_influence,
    standard_deviation,
    standard_error,
    summary_rows,
    tail_weights,
    value_at_risk,
)

HUNDRED = np.arange(1.0, 101.0)


def alike(losses) -> Sample:
    return Sample.equally_likely(len(losses))


def test_quantile_and_shortfall_of_one_to_a_hundred():
    # The worst 5 of 100 are 96 to 100; 95 is the smallest loss not exceeded with probability 0.95.
    assert value_at_risk(HUNDRED, alike(HUNDRED), 0.95)[0] == 95
    assert expected_shortfall(HUNDRED, alike(HUNDRED), 0.95)[0] == pytest.approx(98)


def test_shortfall_takes_its_part_of_the_scenario_at_the_quantile():
    # The worst 2.5 of 100: 100, 99 and half of 98.
    assert value_at_risk(HUNDRED, alike(HUNDRED), 0.975)[0] == 98
    assert expected_shortfall(HUNDRED, alike(HUNDRED), 0.975)[0] == pytest.approx((100 + 99 + 98 / 2) / 2.5)


def test_equal_losses_at_the_quantile_share_what_mass_is_left():
    losses = np.array([0.0] * 6 + [5.0] * 3 + [9.0])
    # The worst 2 of 10: the 9, and one scenario's worth of the three fives.
    assert tail_weights(losses, alike(losses), 0.8) == pytest.approx([0] * 6 + [1 / 6] * 3 + [0.5])
    assert expected_shortfall(losses, alike(losses), 0.8)[0] == pytest.approx(7)


def test_less_than_one_scenario_in_the_tail_is_the_worst_one():
    value, error = expected_shortfall(HUNDRED, alike(HUNDRED), 0.999)
    assert (value, value_at_risk(HUNDRED, alike(HUNDRED), 0.999)[0]) == (100, 100)
    assert np.isnan(error)


@given(st.lists(st.integers(0, 20).map(float), min_size=1, max_size=60), st.floats(0.01, 0.99))
@settings(deadline=None)
def test_weights_add_up_and_shortfall_lies_between_quantile_and_worst(losses, level):
    losses = np.array(losses)
    assert tail_weights(losses, alike(losses), level).sum() == pytest.approx(1)
    shortfall = expected_shortfall(losses, alike(losses), level)[0]
    assert value_at_risk(losses, alike(losses), level)[0] <= shortfall + 1e-9
    assert losses.mean() <= shortfall + 1e-9
    assert shortfall <= losses.max() + 1e-9


def test_standard_errors_are_those_of_repeated_simulation():
    # 1,000 samples of 2,000 exponential losses: the spread of each estimate is what its standard error says.
    samples = np.random.default_rng(5).exponential(size=(1_000, 2_000))
    measures = {
        "expected": lambda losses: expected(losses, alike(losses)),
        "sd": lambda losses: standard_deviation(losses, alike(losses)),
        "VaR": lambda losses: value_at_risk(losses, alike(losses), 0.95),
        "ES": lambda losses: expected_shortfall(losses, alike(losses), 0.95),
    }
    for name, measure in measures.items():
        values, errors = np.array([measure(sample) for sample in samples]).T
        assert np.mean(errors) == pytest.approx(values.std(), rel=0.08), name


def test_estimates_of_exponential_losses():
    # Closed forms: mean 1, sd 1, VaR = −ln(1 − α), ES = VaR + 1.
    losses = np.random.default_rng(6).exponential(size=400_000)
    closed = {"expected": 1, "sd": 1, "VaR": -np.log(0.01), "ES": 1 - np.log(0.01)}
    for measure, _, value, error in summary_rows(losses, alike(losses), [0.99]):
        assert abs(value - closed[measure]) < 4 * error, measure


def test_nothing_lost_has_no_error():
    rows = list(summary_rows(np.zeros(1_000), Sample.equally_likely(1_000), [0.95]))
    assert [row[2:] for row in rows] == [(0.0, 0.0)] * 4


def test_measures_of_scenarios_that_are_not_equally_likely():
    # By hand: mean 0.5·0 + 0.3·10 + 0.15·20 + 0.05·100 = 11; variance 0.3·100 + 0.15·400 + 0.05·10,000 − 121 = 469.
    losses, sample = np.array([20.0, 0.0, 100.0, 10.0]), Sample(np.array([0.15, 0.5, 0.05, 0.3]))
    assert expected(losses, sample)[0] == pytest.approx(11)
    assert standard_deviation(losses, sample)[0] == pytest.approx(np.sqrt(469))
    assert [value_at_risk(losses, sample, level)[0] for level in (0.5, 0.8, 0.81, 0.95, 0.96)] == [0, 10, 20, 20, 100]
    # The worst 10 %: all of the 100, and as much probability of the 20.
    assert expected_shortfall(losses, sample, 0.9)[0] == pytest.approx((0.05 * 100 + 0.05 * 20) / 0.1)
    assert tail_weights(losses, sample, 0.9) == pytest.approx([0.5, 0, 0.5, 0])


@given(
    st.lists(st.tuples(st.integers(0, 20).map(float), st.floats(0.01, 1)), min_size=1, max_size=60),
    st.floats(0.01, 0.99),
)
@settings(deadline=None)
def test_weighted_shortfall_is_the_mean_under_its_weights_and_influences_have_mean_zero(rows, level):
    losses, weight = np.array(rows).T
    sample = Sample(weight / weight.sum())
    weights = tail_weights(losses, sample, level)
    assert weights.sum() == pytest.approx(1)
    assert weights @ losses == pytest.approx(expected_shortfall(losses, sample, level)[0], abs=1e-9)
    assert sample.probability @ expected_influence(losses, sample) == pytest.approx(0, abs=1e-9)
    assert sample.probability @ shortfall_influence(losses, sample, level) == pytest.approx(0, abs=1e-9)


def test_error_of_a_stratified_sample_counts_what_neighbours_differ():
    # Pairs (1, 3) and (5, 5) and a last one of its own, at 1/5 each: √((2/5)² + 0 + (4/5)²).
    influence = np.array([1.0, 3.0, 5.0, 5.0, 4.0])
    assert standard_error(influence, Sample(np.full(5, 0.2), stratified=True)) == pytest.approx(np.sqrt(0.8))
    assert standard_error(influence, Sample(np.full(5, 0.2))) == pytest.approx(np.sqrt(76 / 25))


def test_stratifying_a_smooth_loss_leaves_hardly_any_error():
    # A loss that rises with the stratum alone: strata tell nearly all of it, and the error says so.
    strata = (np.arange(10_000) + np.random.default_rng(3).random(10_000)) / 10_000
    losses = -np.log(1 - strata)
    value, error = expected_shortfall(losses, Sample(np.full(10_000, 1e-4), stratified=True), 0.95)
    _, plain = expected_shortfall(losses, alike(losses), 0.95)
    assert abs(value - (1 - np.log(0.05))) < 4 * error
    assert error < plain / 5
