"""What is expected of unknown inputs, beside closed forms, simulated tables and numerical integrals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit, logit
from scipy.stats import norm

from tradecredit.default import unknown_inputs
from tradecredit.default.additive_model import DefaultModel
from tradecredit.default.unknown_inputs import Law


@pytest.mark.parametrize(("middle", "variance"), [(-3.0, 2.0), (-6.0, 4.0), (0.5, 1.0), (-4.4, 2.5)])
def test_the_log_odds_of_a_mean_are_those_of_the_integral(middle, variance):
    mean, _ = quad(lambda z: expit(middle + np.sqrt(variance) * z) * norm.pdf(z), -12, 12)
    found = unknown_inputs.log_odds_of_mean(np.array([middle]), np.array([variance]))
    assert found[0] == pytest.approx(logit(mean), abs=1e-5)


def test_one_unknown_of_two_by_hand():
    # Variances 1 and 4, covariance 1: b = 1, the variance left 4 − 1 = 3; the known contribution is 0.5.
    law = Law(np.array([[1.0, 1.0], [1.0, 4.0]]), np.array([0.0, 0.25]), 0.0)
    told = unknown_inputs.told(np.array([[0.5, 9.0]]), np.array([[False, True]]), law, np.array([-2.5]))
    assert told.middle.tolist() == [-2.0]
    lifted = unknown_inputs.log_odds_of_mean(np.array([-2.0]), np.array([3.0]))[0]
    assert told.log_odds.tolist() == pytest.approx([lifted + 0.25])
    assert told.parts.tolist() == [[0.0, pytest.approx(lifted + 0.25 + 2.5)]]


def test_known_rows_are_left_as_they_are():
    law = Law(np.eye(2), np.zeros(2), 0.3)
    odds, unknown = np.array([-1.0, -2.0]), np.array([[False, False], [True, True]])
    told = unknown_inputs.told(np.zeros((2, 2)), unknown, law, odds)
    assert (told.log_odds[0], told.middle.tolist()) == (-1.0, [-1.0, -2.0])
    assert told.parts[0].tolist() == [0.0, 0.0]
    np.testing.assert_allclose(told.parts.sum(axis=1), told.log_odds - odds)


@given(
    rows=st.lists(st.tuples(*[st.floats(-3, 3)] * 4), min_size=1, max_size=5),
    unknown=st.tuples(*[st.booleans()] * 4),
    seed=st.integers(0, 100),
)
@settings(max_examples=80, deadline=None)
def test_parts_add_up_and_what_is_known_moves_the_whole_its_own_way(rows, unknown, seed):
    mixed = np.random.default_rng(seed).normal(size=(4, 4))
    law = Law(mixed @ mixed.T, np.zeros(4), -0.1)
    contributions, absent = np.array(rows), np.array([unknown] * len(rows))
    odds = np.where(absent, 0.0, contributions).sum(axis=1) - 3
    told = unknown_inputs.told(contributions, absent, law, odds)
    np.testing.assert_allclose(told.parts.sum(axis=1), told.log_odds - odds, atol=1e-9)
    order = np.argsort(odds)
    assert (np.diff(told.log_odds[order]) >= -1e-9).all()


def test_a_covariance_counts_rows_that_know_both():
    contributions = np.array([[1.0, 2.0], [3.0, 99.0], [2.0, 4.0]])
    unknown = np.array([[False, False], [False, True], [False, False]])
    # Means 2 and 3; two rows know both: (−1)(−1) + 0·1 = 1, over 2 + 10.
    assert unknown_inputs.spread(contributions, unknown).tolist() == [[1.0, 1 / 12], [1 / 12, 2.0]]


def test_a_rare_flag_lifts_more_than_a_normal_does():
    # E[expit] of 3.5 in 1 of 100, its mean taken off, in closed form.
    flag = np.where(np.arange(10_000) % 100 == 0, 3.5, 0.0) - 0.035
    mean = 0.01 * expit(-4 + 3.5 - 0.035) + 0.99 * expit(-4 - 0.035)
    normal = unknown_inputs.log_odds_of_mean(np.array([-4.0]), np.array([flag.var(ddof=1)]))[0]
    found = unknown_inputs.beyond_normal(flag[:, None], np.zeros((10_000, 1), dtype=bool), -4.0)
    assert found[0] == pytest.approx(logit(mean) - normal, abs=1e-6)
    assert found[0] > 0.08


@pytest.mark.parametrize("together", [0.0, 1.0], ids=["apart", "moving together"])
def test_the_mean_probability_stays_however_much_is_unknown(together):
    # 10, 30, 50 and 100 % of the values are made unknown, at random: within 0.1 point. With all at their means in
    # log-odds it was 0.3 to 2.7 points too low.
    random = np.random.default_rng(1)

    def table(rows):
        common = together * random.normal(size=(rows, 1))
        values = (random.normal(size=(rows, 10)) + common) / np.sqrt(1 + together)
        odds = -4.3 + values[:, :6].sum(axis=1) * (0.6 if together == 0 else 0.35)
        return pd.DataFrame(values).rename(columns="ratio_{}".format), odds

    X, odds = table(30_000)
    y = pd.Series((random.random(30_000) < expit(odds)).astype(int))
    model = DefaultModel.fit(X, y, signs={"ratio_0": 1})
    known = model.predict(X)
    for share in (0.1, 0.3, 0.5, 1.0):
        found = model.predict(X.mask(random.random(X.shape) < share))
        assert found["pd"].mean() == pytest.approx(y.mean(), abs=0.001)
        inside = found["pd_low"].le(expit(odds)) & found["pd_high"].ge(expit(odds))
        assert inside.mean() > 0.85
        width, whole = (logit(rows["pd_high"]) - logit(rows["pd_low"]) for rows in (found, known))
        assert width.mean() > whole.mean()


def test_a_fit_with_gaps_says_the_rate_of_its_own_table():
    random = np.random.default_rng(3)
    values = random.normal(size=(8_000, 6))
    y = pd.Series((random.random(8_000) < expit(-3.5 + values[:, :4].sum(axis=1) * 0.7)).astype(int))
    gappy = pd.DataFrame(values).rename(columns="ratio_{}".format).mask(random.random(values.shape) < 0.3)
    found = DefaultModel.fit(gappy, y, signs={}).predict(gappy)
    assert found["pd"].mean() == pytest.approx(y.mean(), rel=1e-3)
    # As many defaults where much is unknown as where little is.
    many = gappy.isna().sum(axis=1) >= 2
    for rows in (many, ~many):
        assert found["pd"][rows].mean() == pytest.approx(y[rows].mean(), rel=0.15)
