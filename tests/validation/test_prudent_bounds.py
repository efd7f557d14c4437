"""Bounds of the probabilities of grades with few defaults, against the tables that Pluto and Tasche print."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from scipy.stats import binom

from tradecredit.errors import InputError, ParameterError
from tradecredit.validation.prudent_bounds import most_prudent

OBLIGORS = pd.Series({"A": 100, "B": 400, "C": 300})
NONE = pd.Series({"A": 0, "B": 0, "C": 0})
FEW = pd.Series({"A": 0, "B": 2, "C": 1})
CONFIDENCE = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999]

# Pluto and Tasche 2005, arXiv cond-mat/0411699v3, bounds in percent at each level of `CONFIDENCE`.
TABLES_1_TO_3 = {
    "A": [0.09, 0.17, 0.29, 0.37, 0.57, 0.86],
    "B": [0.10, 0.20, 0.33, 0.43, 0.66, 0.98],
    "C": [0.23, 0.46, 0.76, 0.99, 1.52, 2.28],
}
TABLES_4_TO_6 = {
    "A": [0.46, 0.65, 0.83, 0.97, 1.25, 1.62],
    "B": [0.52, 0.73, 0.95, 1.10, 1.43, 1.85],
    "C": [0.56, 0.90, 1.29, 1.57, 2.19, 3.04],
}
TABLE_7 = {
    "A": [0.15, 0.40, 0.86, 1.31, 2.65, 5.29],
    "B": [0.17, 0.45, 0.96, 1.45, 2.92, 5.77],
    "C": [0.37, 0.92, 1.89, 2.78, 5.30, 9.84],
}
TABLE_8 = {
    "A": [0.72, 1.42, 2.50, 3.42, 5.88, 10.08],
    "B": [0.81, 1.59, 2.77, 3.77, 6.43, 10.92],
    "C": [0.84, 1.76, 3.19, 4.41, 7.68, 13.14],
}


def bounds(defaults: pd.Series, correlation: float = 0.0) -> pd.DataFrame:
    """The bounds in percent: index grade, a column for each confidence."""
    columns = {
        level: most_prudent(OBLIGORS, defaults, confidence=level, correlation=correlation) for level in CONFIDENCE
    }
    return pd.DataFrame(columns) * 100


def printed(table: dict[str, list[float]]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(table, orient="index", columns=CONFIDENCE)


def test_independent_without_defaults():
    assert (bounds(NONE) - printed(TABLES_1_TO_3)).abs().max(axis=None) < 0.005


def test_independent_with_few_defaults():
    off = (bounds(FEW) - printed(TABLES_4_TO_6)).abs()
    # Of grade A at 75 % the paper prints 0.65; at most 3 of 800 defaults have the probability 0.25 at 0.638 %.
    assert binom.cdf(3, 800, 0.006378) == pytest.approx(0.25, abs=1e-4)
    assert bounds(FEW).loc["A", 0.75] == pytest.approx(0.638, abs=0.001)
    off.loc["A", 0.75] = 0.0
    assert off.max(axis=None) < 0.0051


@pytest.mark.parametrize(("defaults", "table"), [(NONE, TABLE_7), (FEW, TABLE_8)], ids=["none", "few"])
def test_correlated_at_12_percent(defaults, table):
    # Some of the printed figures are off by one in the last digit, those of table 8 all to the high side.
    assert (bounds(defaults, 0.12) - printed(table)).abs().max(axis=None) < 0.01


def test_without_defaults_the_bound_has_a_closed_form():
    # (1 − p)^n = 1 − confidence
    found = most_prudent(OBLIGORS, NONE, confidence=0.9)
    assert found.tolist() == pytest.approx([1 - 0.1 ** (1 / n) for n in (800, 700, 300)])


@pytest.mark.parametrize(("obligors", "defaults"), [(50, 0), (300, 1), (5_000, 40), (1_000_000, 9_000)])
@pytest.mark.parametrize("correlation", [0.04, 0.24, 0.7])
def test_as_few_defaults_as_seen_have_the_probability_that_was_asked_for(obligors, defaults, correlation):
    # By brute force: a million economies, in each the probability of so few defaults at the bound.
    bound = most_prudent(pd.Series([obligors]), pd.Series([defaults]), confidence=0.9, correlation=correlation)[0]
    economy = np.random.default_rng(5).normal(size=1_000_000)
    rate = ndtr((ndtri(bound) - np.sqrt(correlation) * economy) / np.sqrt(1 - correlation))
    seen = np.random.default_rng(6).binomial(obligors, rate) <= defaults
    assert seen.mean() == pytest.approx(0.1, abs=4 * np.sqrt(0.1 * 0.9 / len(economy)))


@pytest.mark.parametrize("defaults", [NONE, FEW], ids=["none", "few"])
def test_a_correlation_next_to_nothing_is_as_none(defaults):
    near = most_prudent(OBLIGORS, defaults, confidence=0.95, correlation=1e-9)
    pd.testing.assert_series_equal(near, most_prudent(OBLIGORS, defaults, confidence=0.95), rtol=1e-6)


def test_a_single_obligor_is_no_matter_of_correlation():
    # One obligor alone: 1 − p = 1 − confidence, whatever it has in common with others.
    for correlation in (0.0, 0.12, 0.9):
        found = most_prudent(pd.Series([1]), pd.Series([0]), confidence=0.8, correlation=correlation)
        assert found[0] == pytest.approx(0.8, abs=1e-8)


def test_grades_without_obligors_and_grades_that_all_defaulted():
    found = most_prudent(pd.Series([100, 0, 50, 0]), pd.Series([0, 0, 0, 0]), confidence=0.9)
    assert found[1] == found[2] == pytest.approx(1 - 0.1 ** (1 / 50))
    assert np.isnan(found[3])
    for correlation in (0.0, 0.12):
        found = most_prudent(pd.Series([100, 2]), pd.Series([0, 2]), confidence=0.9, correlation=correlation)
        assert found[1] == 1
        assert found[0] < 0.2


def test_defaults_among_the_better_grades_may_turn_the_order():
    # A counts 3 of 800, B 2 of 700: what A adds is worse than what comes after it.
    found = most_prudent(OBLIGORS, pd.Series({"A": 1, "B": 0, "C": 2}), confidence=0.9)
    assert found["A"] > found["B"]


COUNTS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 5)), min_size=1, max_size=5)


@settings(max_examples=20)
@given(COUNTS, st.sampled_from([0.5, 0.75, 0.9]), st.sampled_from([0.0, 0.12, 0.5]))
def test_bounds_move_as_they_must(counts, confidence, correlation):
    obligors = pd.Series([max(n, k) for n, k in counts])
    defaults = pd.Series([k for _, k in counts])

    def found(defaults: pd.Series, confidence: float = confidence) -> pd.Series:
        return most_prudent(obligors, defaults, confidence=confidence, correlation=correlation)

    bound = found(defaults)
    rates = defaults[::-1].cumsum()[::-1] / obligors[::-1].cumsum()[::-1]
    assert bound.isna().equals(rates.isna())
    known = bound.notna()
    assert bound[known].between(0, 1).all()
    assert (found(defaults, 0.99)[known] >= bound[known]).all()
    assert (bound[known] >= found(defaults * 0)[known] - 1e-12).all()
    if correlation == 0:
        assert (bound[known] >= rates[known]).all()
    assert found(defaults * 0)[known].diff().dropna().ge(-1e-12).all()


def test_every_wrong_argument_is_told():
    with pytest.raises(ParameterError) as told:
        most_prudent(OBLIGORS, NONE, confidence=1.0, correlation=-0.1)
    assert [problem.column for problem in told.value.problems] == ["confidence", "correlation"]
    with pytest.raises(ParameterError, match="correlation"):
        most_prudent(OBLIGORS, NONE, confidence=0.9, correlation=1.0)
    with pytest.raises(ParameterError, match="confidence"):
        most_prudent(OBLIGORS, NONE, confidence=float("nan"))


def test_every_wrong_number_is_told():
    wrong = pd.Series({"A": -1, "B": 2.5, "C": np.nan})
    with pytest.raises(InputError) as told:
        most_prudent(wrong, pd.Series({"A": 0, "B": 3, "C": 0}), confidence=0.9)
    first, second = told.value.problems
    assert (first.column, first.others) == ("obligors", 2)
    assert (second.column, second.others) == ("defaults", 1)
    with pytest.raises(InputError, match="index of the obligors"):
        most_prudent(OBLIGORS, NONE.rename({"A": "AAA"}), confidence=0.9)
