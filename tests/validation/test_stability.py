"""Drift and concentration, against closed forms, tables worked by hand and simulation without any change."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, norm

from tradecredit.errors import InputError
from tradecredit.validation import stability

VALUES = st.lists(st.one_of(st.integers(-3, 3).map(float), st.just(math.nan)), min_size=1, max_size=30).map(pd.Series)


def counted(**counts):
    """A sample of small whole numbers, each so many times; `missing` likewise."""
    values = [math.nan if value == "missing" else float(value[1:]) for value in counts]
    return pd.Series(np.repeat(values, list(counts.values())))


def graded(*counts):
    return pd.Series(np.repeat(np.arange(1, len(counts) + 1), counts), dtype="Int64")


def test_index_of_two_values_by_hand():
    # Halves become four fifths and one fifth: 0.3 · ln 1.6 − 0.3 · ln 0.4 = 0.3 · ln 4.
    shift = stability.population_stability(counted(v1=50, v2=50), counted(v1=160, v2=40))
    assert shift.psi == pytest.approx(0.3 * math.log(4))
    assert shift.classes == 2
    # (k − 1)(1/n + 1/m), and the 95 % quantile of a squared normal.
    assert shift.expected == pytest.approx(1 / 100 + 1 / 200)
    assert shift.by_chance == pytest.approx(norm.ppf(0.975) ** 2 * (1 / 100 + 1 / 200))


def test_index_over_quarters_by_hand():
    # Quarters of 1 to 8 end at 2.75, 4.5 and 6.25; of the others 1, 1, 2 and 4 of 8 lie in them.
    then, now = pd.Series(np.arange(1.0, 9.0)), pd.Series([0.0, 3.0, 5.0, 5.5, 7.0, 8.0, 9.0, 99.0])
    assert stability.population_stability(then, now, bins=4).psi == pytest.approx(
        2 * (0.125 - 0.25) * math.log(0.5) + 0.25 * math.log(2)
    )


def test_missing_values_are_a_class():
    # (3/4, 1/4) become (1/2, 1/2).
    shift = stability.population_stability(counted(v1=30, missing=10), counted(v1=10, missing=10))
    assert shift.psi == pytest.approx(0.25 * math.log(2) - 0.25 * math.log(2 / 3))
    assert shift.classes == 2


def test_an_empty_class_counts_half_an_observation():
    shift = stability.population_stability(counted(v1=20, v2=20), counted(v1=10))
    assert shift.psi == pytest.approx(0.5 * math.log(2) + (0.05 - 0.5) * math.log(0.05 / 0.5))
    back = stability.population_stability(counted(v1=10), counted(v1=20, v2=20))
    assert back.psi == pytest.approx(shift.psi)


def test_values_that_are_few_are_classes_and_ties_stay_together():
    # A grade that nobody had before is a class, though no quantile of the past can tell.
    assert stability.population_stability(counted(v1=90, v2=10), counted(v1=90, v3=10)).classes == 3
    # Nine tenths of the rows hold one value: all deciles fall on it.
    many = pd.Series([0.0] * 900 + [*range(1, 101)])
    assert stability.population_stability(many, many).classes == 2


@given(VALUES, VALUES)
def test_index_is_none_for_equal_samples_and_never_below(then, now):
    assert stability.population_stability(then, then).psi == 0
    shift = stability.population_stability(then, now)
    assert shift.psi >= 0
    assert shift.psi == pytest.approx(stability.population_stability(now, then).psi)


@given(VALUES, VALUES)
def test_index_does_not_depend_on_the_unit(then, now):
    moved = stability.population_stability(7 - 3 * then, 7 - 3 * now)
    assert moved == pytest.approx(stability.population_stability(then, now))


@pytest.mark.parametrize("sizes", [(1000, 150), (300, 300)])
def test_without_change_the_index_is_what_chance_leads_to(sizes):
    random, found = np.random.default_rng(3), []
    for _ in range(600):
        then, now = (pd.Series(random.normal(size=size)) for size in sizes)
        found.append(stability.population_stability(then, now))
    assert found[0].classes == 10
    assert found[0].by_chance == pytest.approx(chi2.ppf(0.95, 9) * (1 / sizes[0] + 1 / sizes[1]))
    # Small classes make both a little larger than the chi-square has it.
    assert np.mean([shift.psi for shift in found]) == pytest.approx(found[0].expected, rel=0.08)
    # 600 samples: two standard errors of the share are 0.019.
    assert np.mean([shift.psi > shift.by_chance for shift in found]) == pytest.approx(0.055, abs=0.02)


def test_without_rows_nothing_is_told():
    none = pd.Series(dtype="float64")
    for then, now in ((none, counted(v1=3)), (counted(v1=3), none)):
        assert math.isnan(stability.population_stability(then, now).psi)
    # Where no value is known in either sample there is one class, and no change.
    missing = pd.Series([math.nan] * 5)
    assert stability.population_stability(missing, missing) == (0, 0, 0, 1)


def test_drift_of_inputs():
    random = np.random.default_rng(1)
    then = pd.DataFrame({name: random.normal(size=2000) for name in ("same", "moved", "lost", "a little")})
    now = pd.DataFrame({name: random.normal(size=1000) for name in then})
    # Normal moved by δ: the index of the whole distribution is δ², 0.64 and 0.16; over deciles a little less.
    now["moved"] += 0.8
    now["a little"] += 0.4
    now.loc[:199, "lost"] = np.nan
    table = stability.drift(then, now)
    assert table.columns.tolist() == stability.DRIFT_COLUMNS
    assert table.index.tolist() == list(then)
    assert table["light"].tolist() == ["green", "red", "red", "amber"]
    assert 0.5 < table.loc["moved", "psi"] < 0.64
    assert 0.12 < table.loc["a little", "psi"] < 0.18
    assert table.loc["lost", ["missing_then", "missing_now"]].tolist() == [0, 0.2]
    assert table.loc["moved", "mean_now"] == now["moved"].mean()
    assert table.loc["lost", "mean_now"] == pytest.approx(now["lost"][200:].mean())


def test_drift_of_small_samples_is_chance_or_cannot_be_told():
    # 12 of 20 against 8 of 20: 0.2 · ln 1.5 · 2 = 0.16 looks amber, and by chance 3.84 · 0.1 = 0.38 is found.
    table = stability.drift(pd.DataFrame({"x": [1] * 12 + [2] * 8}), pd.DataFrame({"x": [1] * 8 + [2] * 12}))
    assert table.loc["x", "psi"] == pytest.approx(0.4 * math.log(1.5))
    assert table.loc["x", "light"] == "not testable"
    # The same shares of 40 rows: by chance 0.19, so that 0.25 would have been seen.
    table = stability.drift(pd.DataFrame({"x": [1] * 24 + [2] * 16}), pd.DataFrame({"x": [1] * 16 + [2] * 24}))
    assert table.loc["x", "light"] == "green"
    # A change beyond chance is red however few the rows.
    table = stability.drift(pd.DataFrame({"x": [1] * 20}), pd.DataFrame({"x": [2] * 20}))
    assert table.loc["x", "light"] == "red"


def test_drift_of_nothing():
    empty = pd.DataFrame({"x": pd.Series(dtype="float64")})
    assert stability.drift(empty, empty)["light"].tolist() == ["not testable"]
    assert stability.drift(pd.DataFrame(), pd.DataFrame()).columns.tolist() == stability.DRIFT_COLUMNS


def test_all_wrong_columns_are_told_at_once():
    then = pd.DataFrame({"a": [1.0], "b": ["x"], "c": [2.0]})
    with pytest.raises(InputError) as raised:
        stability.drift(then, pd.DataFrame({"b": [1.0], "c": ["y"]}))
    assert [(problem.file, problem.column) for problem in raised.value.problems] == [
        ("now", "a"), ("then", "b"), ("now", "c"),
    ]  # fmt: skip


def test_concentration_at_its_ends():
    even = stability.concentration(graded(*[7] * 10))
    assert even.loc["number", "herfindahl"] == pytest.approx(0, abs=1e-12)
    assert even.loc["number", "variation"] == pytest.approx(0, abs=1e-12)
    one = stability.concentration(pd.Series([4] * 7))
    assert one.loc["number", "herfindahl"] == pytest.approx(1)
    assert one.loc["number", "variation"] == pytest.approx(3)
    # Evenly over two of ten: 1 − ln 2 / ln 10.
    assert stability.concentration(graded(5, 5)).loc["number", "herfindahl"] == pytest.approx(1 - math.log10(2))


def test_concentration_by_number_and_exposure_by_hand():
    # Of three grades: shares 3/5, 1/5, 1/5 of buyers, 1/4, 1/4, 1/2 of the exposure.
    grades, exposure = graded(3, 1, 1), pd.Series([20.0, math.nan, 5.0, 25.0, 50.0])
    table = stability.concentration(grades, exposure, scale=3)
    assert table.index.tolist() == ["number", "exposure"]
    assert table["herfindahl"].tolist() == pytest.approx([1 + math.log(11 / 25, 3), 1 + math.log(3 / 8, 3)])
    # CV² = K Σ R² − 1
    assert (table["variation"] ** 2).tolist() == pytest.approx([33 / 25 - 1, 9 / 8 - 1])
    # Σ [2 (R − Σ R²) e / E]² = 4 [3 · (4/25)² + 2 · (6/25)²] / 25, over (Σ R² ln 3)².
    error = math.sqrt(4 * (3 * (4 / 25) ** 2 + 2 * (6 / 25) ** 2) / 25) / (11 / 25 * math.log(3))
    assert table.loc["number", "standard_error"] == pytest.approx(error)


@given(st.lists(st.integers(0, 9), min_size=3, max_size=10).filter(any))
def test_concentration_lies_between_its_ends_and_knows_no_order(counts):
    found = stability.concentration(graded(*counts))["herfindahl"].iloc[0]
    assert -1e-12 <= found <= 1 + 1e-12
    assert stability.concentration(graded(*sorted(counts)))["herfindahl"].iloc[0] == pytest.approx(found)


def test_concentration_error_is_how_far_samples_scatter():
    random, found = np.random.default_rng(4), []
    shares = np.array([2, 5, 10, 18, 25, 20, 10, 5, 3, 2]) / 100
    for _ in range(500):
        grades = pd.Series(random.choice(np.arange(1, 11), 300, p=shares))
        found.append(stability.concentration(grades, pd.Series(random.lognormal(0, 1.2, 300))))
    for by in ("number", "exposure"):
        values, errors = (
            np.array([table.loc[by, name] for table in found]) for name in ("herfindahl", "standard_error")
        )
        assert errors.mean() == pytest.approx(values.std(), rel=0.1)


def test_concentration_of_nobody_is_missing_and_unknown_grades_are_left_out():
    assert stability.concentration(pd.Series(dtype="Int64"), pd.Series(dtype="float64")).isna().all(axis=None)
    assert stability.concentration(graded(2, 2), pd.Series([0.0] * 4)).loc["exposure"].isna().all()
    known = stability.concentration(pd.Series([1, 1, 2, pd.NA], dtype="Int64"), pd.Series([1.0, 1.0, 2.0, 99.0]))
    pd.testing.assert_frame_equal(known, stability.concentration(graded(2, 1), pd.Series([1.0, 1.0, 2.0])))


def test_grades_off_the_scale_are_told():
    with pytest.raises(InputError, match="from 1 to 3, and not 4"):
        stability.concentration(pd.Series([1, 4]), scale=3)
    with pytest.raises(InputError, match=r"not 1\.5"):
        stability.concentration(pd.Series([1.5]))


def test_rise_of_concentration_and_the_ecb_p_value_by_hand():
    # Even over three grades, then all in one: CV 0 and √2, z = √2 · √2 / √(2 · 2.5) = √0.8.
    then, now = stability.concentration(graded(5, 5, 5), scale=3), stability.concentration(graded(9, 0, 0), scale=3)
    table = stability.concentration_rise(then, now, scale=3)
    assert table.loc["number", "rise"] == pytest.approx(1)
    assert table.loc["number", "p_value"] == pytest.approx(norm.sf(math.sqrt(0.8)))
    assert table.loc["number", "light"] == "amber"
    back = stability.concentration_rise(now, then, scale=3)
    assert back.loc["number", "rise"] == pytest.approx(-1)
    assert back.loc["number", "light"] == "green"


def test_rise_within_its_error_is_green_and_beyond_amber():
    then = stability.concentration(graded(30, 40, 30), scale=3)
    few, many = (
        stability.concentration_rise(then, stability.concentration(graded(*counts), scale=3), scale=3).loc["number"]
        for counts in ((10, 14, 8), (10, 80, 10))
    )
    assert (few["light"], many["light"]) == ("green", "amber")
    assert few["rise"] > 0
    assert few["rise"] == pytest.approx(few["now"] - few["then"])
    error = math.hypot(*(table.loc["number", "standard_error"] for table in (
        then, stability.concentration(graded(10, 14, 8), scale=3)
    )))  # fmt: skip
    assert few["standard_error"] == pytest.approx(error)


def test_a_book_without_change_is_seldom_amber():
    random, amber = np.random.default_rng(2), []
    shares = np.array([2, 5, 10, 18, 25, 20, 10, 5, 3, 2]) / 100
    for _ in range(250):
        then, now = (
            stability.concentration(pd.Series(random.choice(np.arange(1, 11), size, p=shares))) for size in (400, 300)
        )
        amber.append(stability.concentration_rise(then, now).loc["number", "light"] == "amber")
    # One side of two standard errors: 2.3 %; in 250 samples two of its own standard errors are 0.019.
    assert np.mean(amber) == pytest.approx(0.023, abs=0.02)


@pytest.mark.parametrize(("before", "speaks"), [(0.3, True), (0.4, False), (0.8, False)])
def test_on_ten_grades_the_ecb_p_value_seldom_speaks(before, speaks):
    then = pd.DataFrame({"variation": before, "herfindahl": 0.1, "standard_error": 0.0}, index=range(2000))
    now = then.assign(variation=np.linspace(0.01, 3, 2000))
    assert (stability.concentration_rise(then, now)["p_value"].min() < 0.05) == speaks


def test_exposure_of_one_date_alone_cannot_be_told():
    grades = graded(3, 4)
    then, now = stability.concentration(grades), stability.concentration(grades, pd.Series([1.0] * 7))
    table = stability.concentration_rise(then, now)
    assert table["light"].to_dict() == {"number": "green", "exposure": "not testable"}
