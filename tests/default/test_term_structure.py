"""Default probability by month: closed forms, what must always hold, and the published rates that it is fitted to."""

import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tradecredit.default.term_structure import LONG_RUN, REVERSION_YEARS, term_structure
from tradecredit.errors import InputError, ParameterError
from tradecredit.params.base import PROJECT
from tradecredit.params.default import DefaultSettings

PUBLISHED = PROJECT.parent / "shared" / "published" / "sp_1981-2016.csv"
needs_published = pytest.mark.skipif(
    not PUBLISHED.exists(), reason="the published rating transitions are not beside the project"
)
PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=5)
LEVELS, YEARS = st.floats(0.001, 0.5), st.floats(0.25, 20)


@settings(deadline=None)
@given(PROBABILITIES, LEVELS, YEARS)
def test_the_twelfth_month_is_the_given_probability_and_nothing_ever_falls(probabilities, level, years):
    given_ones = pd.Series(probabilities, index=[f"B{n}" for n in range(len(probabilities))])
    curves = term_structure(given_ones, long_run=level, reversion_years=years)
    assert curves.index.equals(given_ones.index)
    assert curves.columns.tolist() == list(range(1, 61))
    assert curves[12].tolist() == probabilities
    assert curves.ge(0).all(axis=None)
    assert curves.le(1).all(axis=None)
    assert curves.diff(axis=1).iloc[:, 1:].ge(0).all(axis=None)


@settings(deadline=None)
@given(st.floats(1e-9, 1 - 1e-9), st.floats(1e-9, 1 - 1e-9), LEVELS, YEARS)
def test_a_worse_buyer_is_worse_in_every_month(one, other, level, years):
    assume(one < other * 0.999)
    curves = term_structure(pd.Series([one, other]), long_run=level, reversion_years=years)
    assert (curves.loc[0] <= curves.loc[1] * (1 + 1e-9)).all()


@settings(deadline=None)
@given(st.floats(1e-4, 0.9), LEVELS, YEARS)
def test_the_hazard_follows_its_formula(probability, level, years):
    # The distance of 1/√h from that of the long run falls by exp(−1 / (12 τ)) a month; h from the survivors' part.
    curve = term_structure(pd.Series([probability]), long_run=level, reversion_years=years)
    log_alive = np.concatenate([[0.0], np.log1p(-curve.loc[0].to_numpy())])
    hazard = -np.diff(log_alive)
    long_run = -math.log(1 - level) / 12
    distance = hazard**-0.5 - long_run**-0.5
    expected = distance[0] * np.exp(-np.arange(60) / 12 / years)
    assert distance == pytest.approx(expected, rel=1e-5, abs=1e-5 * hazard.min() ** -0.5)


def test_at_the_long_run_level_the_hazard_stays():
    curve = term_structure(pd.Series([0.05]), long_run=0.05).loc[0]
    assert curve.tolist() == pytest.approx([1 - 0.95 ** (month / 12) for month in range(1, 61)])


def test_good_buyers_grow_worse_and_bad_ones_better():
    alive = 1 - term_structure(pd.Series([0.001, 0.3]))
    # Of those that are left at its beginning, the part that defaults in each month.
    failing = -alive.diff(axis=1).div(alive.shift(axis=1)).loc[:, 2:]
    assert failing.loc[0].is_monotonic_increasing
    assert failing.loc[1].is_monotonic_decreasing
    assert (failing.loc[0] < LONG_RUN / 12).all()
    assert (failing.loc[1] > LONG_RUN / 12).all()


def test_certain_and_missing_ones():
    given_ones = pd.Series([0, 1, None], dtype="Float64", index=list("abc"))
    curves = term_structure(given_ones)
    assert (curves.loc["a"] == 0).all()
    assert (curves.loc["b"] == 1).all()
    assert curves.loc["c"].isna().all()


@pytest.mark.parametrize("months", [1, 11, 12, 13, 60])
def test_fewer_months_are_the_first_ones(months):
    given_ones = pd.Series([0.002, 0.5])
    pd.testing.assert_frame_equal(
        term_structure(given_ones, months=months), term_structure(given_ones).loc[:, :months], check_exact=True
    )


def test_a_hundred_thousand_buyers_have_the_curves_that_each_has_alone():
    probability = pd.Series(np.random.default_rng(1).beta(0.3, 6, 100_000))
    curves = term_structure(probability)
    some = probability[[0, 1, 50_000, 99_999]]
    pd.testing.assert_frame_equal(curves.loc[some.index], term_structure(some), rtol=1e-12)


def test_what_cannot_be_is_told_at_once():
    with pytest.raises(ParameterError) as caught:
        term_structure(pd.Series([0.1]), long_run=0, reversion_years=float("inf"), months=61)
    assert [problem.column for problem in caught.value.problems] == ["long_run", "reversion_years", "months"]
    with pytest.raises(InputError, match=r"row 3.*1 more") as caught:
        term_structure(pd.Series([0.5, -0.1, 1.1, np.nan]))


@pytest.fixture(scope="module")
def reference():
    sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))
    import term_structure as script

    return script


def test_the_script_draws_the_same_curves(reference):
    given_ones = pd.Series([0.0005, 0.02, 0.4])
    curves = [
        reference.curve(one, reference.FORMS["1 / root of hazard"], LONG_RUN, REVERSION_YEARS) for one in given_ones
    ]
    np.testing.assert_allclose(term_structure(given_ones), np.array(curves)[:, :60], rtol=1e-8)


@needs_published
def test_constants_are_those_that_the_script_fits(reference):
    rates = reference.published(PUBLISHED)["D"]
    # Typed from S&P's tables as listed: BB after 1, 2, 3, 5 years.
    assert rates.loc["BB", [1, 2, 3, 5]].tolist() == pytest.approx([0.0072, 0.0225, 0.0407, 0.0784])
    fits = {name: reference.fitted(rates, form) for name, form in reference.FORMS.items()}
    chosen = fits["1 / root of hazard"]
    assert round(chosen.long_run, 3) == LONG_RUN
    assert round(chosen.reversion_years, 1) == REVERSION_YEARS
    distances = {name: fit.distance(reference.FITTED_YEARS) for name, fit in fits.items()}
    assert distances == pytest.approx({
        "hazard": 0.34, "log hazard": 0.23, "1 / root of hazard": 0.18, "1 / hazard": 0.17,
        "log hazard, in log time": 0.21,
    }, abs=0.006)  # fmt: skip
    level = DefaultSettings().central_tendency
    assert level == pytest.approx(0.017, abs=0.0005)
    average = [reference.fitted(rates, form, long_run=level) for form in reference.FORMS.values()]
    assert min(fit.distance(reference.FITTED_YEARS) for fit in average) == pytest.approx(0.26, abs=0.005)


@needs_published
def test_how_far_the_curves_lie_from_the_published_rates(reference):
    rates = reference.published(PUBLISHED)["D"]
    ratio = (term_structure(rates[1])[[24, 36, 60]].set_axis([2, 3, 5], axis=1) / rates[[2, 3, 5]]).loc["AA":]
    far = {("A", 5): 1.50, ("BB", 2): 0.75, ("BB", 3): 0.73}
    for place, expected in far.items():
        assert ratio.loc[place] == pytest.approx(expected, abs=0.02)
    others = [ratio.loc[place] for name in ratio.index for year in ratio if (place := (name, year)) not in far]
    assert 0.795 < min(others) < max(others) < 1.2
    # A rating without a default in 12 months has a curve at 0, whatever came later.
    assert (term_structure(rates[1]).loc["AAA"] == 0).all()


@needs_published
def test_withdrawn_ratings_taken_out_move_the_level_not_the_pace(reference):
    shares = reference.published(PUBLISHED)
    assert shares["NR"].loc["BB", 5] == pytest.approx(0.3506)
    fit = reference.fitted(shares["D"] / (1 - shares["NR"]), reference.FORMS["1 / root of hazard"])
    assert fit.reversion_years == pytest.approx(3.6, abs=0.05)
    assert fit.long_run == pytest.approx(0.23, abs=0.005)
