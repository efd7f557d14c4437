"""Tests of default probabilities: against closed forms, scipy's binomial test, counts by hand and simulated truth."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import binom, binomtest, chi2, poisson

from tradecredit.validation import calibration as tests

COUNTS = st.integers(1, 200).flatmap(
    lambda trials: st.tuples(st.integers(0, trials), st.just(trials), st.floats(0.001, 0.999))
)


def alike(*classes):
    """Rows of several classes, each given as (rows, defaults, probability)."""
    parts = [
        pd.DataFrame({"p": p, "y": [1] * bad + [0] * (rows - bad), "grade": number})
        for number, (rows, bad, p) in enumerate(classes, start=1)
    ]
    table = pd.concat(parts, ignore_index=True)
    return table["p"], table["y"], table["grade"]


def simulated(random, *, rows, centre):
    odds = random.normal(centre, 1.2, rows)
    return pd.Series(expit(odds)), pd.Series((random.random(rows) < expit(odds)).astype(int))


def test_jeffreys_of_one_trial_in_closed_form():
    # Beta(1/2, 3/2) and Beta(3/2, 1/2) have the distributions 2/π · (arcsin √x ± √(x(1 − x))).
    root = math.asin(math.sqrt(0.2)), math.sqrt(0.2 * 0.8)
    assert tests.jeffreys(0, 1, 0.2) == pytest.approx(2 / math.pi * (root[0] + root[1]))
    assert tests.jeffreys(1, 1, 0.2) == pytest.approx(2 / math.pi * (root[0] - root[1]))


def test_jeffreys_of_a_published_example():
    # Rösch and Scheule, Deep Credit Risk, Jeffreys' prior test: 2 of 6 defaulted at 0.0367, 0.0044.
    assert tests.jeffreys(2, 6, 0.0367) == pytest.approx(0.0044, abs=5e-5)


@given(COUNTS)
def test_binomial_is_scipys(counts):
    bad, trials, p = counts
    assert tests.binomial(bad, trials, p) == pytest.approx(binomtest(bad, trials, p, alternative="greater").pvalue)


@given(COUNTS)
def test_jeffreys_lies_between_the_chances_of_more_and_of_as_many(counts):
    bad, trials, p = counts
    more = binomtest(bad + 1, trials, p, alternative="greater").pvalue if bad < trials else 0.0
    assert more - 1e-9 <= tests.jeffreys(bad, trials, p) <= tests.binomial(bad, trials, p) + 1e-9


def test_grades_and_all_by_counting():
    p, y, grade = alike((100, 1, 0.01), (50, 5, 0.04), (20, 12, 0.3))
    table = tests.grade_tests(p, y, grade)
    assert table.index.tolist() == [1, 2, 3, tests.WHOLE]
    assert table["count"].tolist() == table["firms"].tolist() == [100, 50, 20, 170]
    assert table["defaults"].tolist() == [1, 5, 12, 18]
    # (1 + 2 + 6) / 170
    assert table["predicted"].tolist() == pytest.approx([0.01, 0.04, 0.3, 9 / 170])
    assert table["observed"].tolist() == pytest.approx([0.01, 0.1, 0.6, 18 / 170])
    exact = [binomtest(*counts, alternative="greater").pvalue for counts in ((1, 100, 0.01), (5, 50, 0.04))]
    assert table["binomial"].tolist()[:2] == pytest.approx(exact)
    assert table.loc[tests.WHOLE, "binomial"] == pytest.approx(
        binomtest(18, 170, 9 / 170, alternative="greater").pvalue
    )
    # By the binomial test 5 of 50 have p = 0.049 and 12 of 20 p = 0.005: Jeffreys' lie below.
    assert table["light"].tolist() == ["not testable", "amber", "red", "red"]


@pytest.mark.parametrize(
    ("rows", "bad", "p", "light"),
    [
        (1, 0, 0.0003, "not testable"),
        (399, 3, 0.01, "not testable"),
        (401, 0, 0.01, "green"),
        (20, 3, 0.01, "red"),
        (400, 9, 0.01, "amber"),
    ],
    ids=["no default is no fault", "too few expected", "enough expected", "rejected though few", "amber"],
)
def test_lights_of_a_grade(rows, bad, p, light):
    table = tests.grade_tests(*alike((rows, bad, p)))
    assert table["light"].tolist() == [light, light]
    # Without a default Jeffreys' p-value may still be small: 0.022 for one firm at 3 basis points.
    if rows == 1:
        assert table.loc[1, "jeffreys"] == pytest.approx(4 / math.pi * math.sqrt(0.0003), rel=1e-3)


def test_expected_defaults_are_so_many_that_twice_the_rate_is_found_more_often_than_not():
    def found(expected):
        bad = np.arange(60)
        small = tests.jeffreys(bad, 1e7, expected / 1e7) < tests.AMBER_P
        return poisson.pmf(bad, 2 * expected)[small].sum()

    assert found(tests.EXPECTED_DEFAULTS) == pytest.approx(0.55, abs=0.005)
    assert found(tests.EXPECTED_DEFAULTS - 1) == pytest.approx(0.39, abs=0.005)


@pytest.mark.parametrize("level", [0.05, 0.01])
def test_jeffreys_rejects_a_true_probability_about_as_often_as_it_says(level):
    # Exact size at 500 trials over true rates of 2 to 20 %; it swings with the discrete count.
    bad, rates = np.arange(501), np.linspace(0.02, 0.2, 181)
    sizes = [binom.pmf(bad, 500, p)[tests.jeffreys(bad, 500, p) < level].sum() for p in rates]
    assert np.mean(sizes) == pytest.approx(level, rel=0.1)


def test_rows_of_one_firm_are_one_trial():
    p, y, grade = alike((40, 4, 0.05), (30, 9, 0.2))
    once = tests.grade_tests(p, y, grade)
    rows = np.tile(np.arange(70), 3)
    thrice = tests.grade_tests(
        *(part.iloc[rows].reset_index(drop=True) for part in (p, y, grade)), groups=pd.Series(rows)
    )
    columns = ["firms", "predicted", "observed", "jeffreys", "binomial"]
    np.testing.assert_allclose(thrice[columns].astype(float), once[columns].astype(float))
    assert thrice["count"].tolist() == [120, 90, 210]
    assert thrice["light"].tolist() == once["light"].tolist()


def test_rows_without_a_grade_or_a_probability_are_in_no_row():
    p, y = pd.Series([0.1, 0.2, 0.3, np.nan]), pd.Series([0, 1, 1, 1])
    table = tests.grade_tests(p, y, pd.Series([1, pd.NA, 1, 1], dtype="Int64"), groups=pd.Series(list("ABCD")))
    assert table["count"].tolist() == [2, 2]
    assert table["predicted"].tolist() == pytest.approx([0.2, 0.2])


def test_no_rows_make_no_table():
    table = tests.grade_tests(*[pd.Series(dtype="float64")] * 3)
    assert table.empty
    assert table.columns.tolist() == [
        "count", "defaults", "firms", "predicted", "observed", "jeffreys", "binomial", "light",
    ]  # fmt: skip


def test_hosmer_lemeshow_by_hand():
    # Squares (14 − 10)² / 7.5, (20 − 20)² / 10, (26 − 30)² / 7.5 and (36 − 36)² / 3.6: 64/15.
    p, y, _ = alike((40, 14, 0.25), (40, 20, 0.5), (40, 26, 0.75), (60, 54, 0.9))
    unseen, seen = tests.hosmer_lemeshow(p, y), tests.hosmer_lemeshow(p, y, degrees_lost=2)
    assert unseen.statistic == seen.statistic == pytest.approx(64 / 15)
    assert (unseen.degrees, seen.degrees) == (4, 2)
    # With two and four degrees of freedom: e^(−x/2) and e^(−x/2) · (1 + x/2).
    assert seen.p_value == pytest.approx(math.exp(-32 / 15))
    assert unseen.p_value == pytest.approx(math.exp(-32 / 15) * (1 + 32 / 15))


def test_hosmer_lemeshow_over_deciles():
    p, y = simulated(np.random.default_rng(3), rows=4000, centre=-1)
    found = pd.DataFrame({"p": p, "y": y}).groupby(pd.qcut(p, 10, labels=False)).agg(["sum", "mean", "size"])
    expected, rows = found["p"]["sum"], found["p"]["size"]
    squares = ((found["y"]["sum"] - expected) ** 2 / (expected * (1 - expected / rows))).sum()
    assert tests.hosmer_lemeshow(p, y)[:2] == pytest.approx((squares, chi2.sf(squares, 10)))


def test_deciles_are_joined_until_five_defaults_are_expected():
    # 300 rows at about 0.1: three defaults to a decile, so that two make a class.
    p = pd.Series(np.linspace(0.0999, 0.1001, 300))
    assert tests.hosmer_lemeshow(p, pd.Series([0, 1] * 150)).degrees == 5
    # 240 rows: three deciles have 7.2, and the tenth goes with the three before it.
    assert tests.hosmer_lemeshow(p[:240], pd.Series([0, 1] * 120)).degrees == 3
    # At about 0.9 the others are few.
    assert tests.hosmer_lemeshow(1 - p, pd.Series([0, 1] * 150)).degrees == 5
    # 110 rows have 11 defaults: two classes, and that is no test.
    assert all(math.isnan(number) for number in tests.hosmer_lemeshow(p[:110], pd.Series([0, 1] * 55)))


@pytest.mark.parametrize("p", [[], [0.2, np.nan] * 50, [0.2] * 100], ids=["nobody", "missing", "one class"])
def test_hosmer_lemeshow_is_missing_where_it_cannot_be_told(p):
    found = tests.hosmer_lemeshow(pd.Series(p, dtype="float64"), pd.Series(([0, 1] * 50)[: len(p)], dtype="int64"))
    assert all(math.isnan(number) for number in found)


@pytest.mark.parametrize(("bad", "p"), [(2, 0.1), (0, 0.1), (70, 0.8)])
def test_spiegelhalter_of_equal_probabilities_is_the_count_in_standard_deviations(bad, p):
    found = tests.spiegelhalter(*alike((100, bad, p))[:2])
    z = (bad - 100 * p) / math.sqrt(100 * p * (1 - p))
    # Above one half the sign turns: defaults that fail to come make the score worse.
    assert found.statistic == pytest.approx(z if p < 0.5 else -z)
    assert found.p_value == pytest.approx(math.erfc(abs(z) / math.sqrt(2)))


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.integers(0, 1)), min_size=1, max_size=20))
def test_spiegelhalter_is_the_brier_score_less_its_expectation(rows):
    p, y = (pd.Series(part) for part in zip(*rows, strict=True))
    spread = math.sqrt((p * (1 - p) * (1 - 2 * p) ** 2).sum())
    found = tests.spiegelhalter(p, y).statistic
    if spread > 1e-9:
        assert found * spread == pytest.approx(((y - p) ** 2 - p * (1 - p)).sum(), abs=1e-9)


def test_spiegelhalter_takes_rows_of_a_firm_as_one():
    p, y = simulated(np.random.default_rng(1), rows=200, centre=-1)
    rows = np.tile(np.arange(200), 4)
    often = tests.spiegelhalter(
        p.iloc[rows].reset_index(drop=True), y.iloc[rows].reset_index(drop=True), groups=pd.Series(rows)
    )
    assert often[:2] == pytest.approx(tests.spiegelhalter(p, y)[:2])
    # One firm: |Σ(y − p)(1 − 2p)| is at most its bound where every p says the same: z = (1 − 0.2) / √(0.2 · 0.8) = 2.
    one = tests.spiegelhalter(pd.Series([0.2] * 5), pd.Series([1] * 5), groups=pd.Series(["A"] * 5))
    assert one.statistic == pytest.approx(2)


@pytest.mark.parametrize("p", [[], [0.5, 0.5], [0.0, 1.0], [0.2, np.nan]], ids=["nobody", "half", "certain", "missing"])
def test_spiegelhalter_is_missing_where_it_cannot_be_told(p):
    found = tests.spiegelhalter(pd.Series(p, dtype="float64"), pd.Series([0, 1][: len(p)], dtype="int64"))
    assert all(math.isnan(number) for number in found)


@pytest.mark.parametrize("name", ["hosmer_lemeshow", "spiegelhalter"])
def test_a_true_model_is_rejected_as_often_as_it_should_be_and_a_false_one_more(name):
    random, test = np.random.default_rng(11), getattr(tests, name)
    p_values, false = [], []
    for _ in range(250):
        p, y = simulated(random, rows=500, centre=-3)
        p_values.append(test(p, y).p_value)
        false.append(test(p / 2, y).p_value)
    # 250 samples: two and a half standard errors are 0.034.
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.034)
    assert np.mean(np.array(false) < 0.05) > 0.8


def test_in_sample_two_degrees_of_freedom_are_lost():
    # A logit fitted to the rows it is tested on: with all degrees it would be rejected too seldom.
    import statsmodels.api as sm

    random, lost, kept = np.random.default_rng(7), [], []
    for _ in range(200):
        score = random.normal(size=400)
        y = (random.random(400) < expit(score - 1)).astype(float)
        design = sm.add_constant(score)
        fitted = pd.Series(sm.GLM(y, design, family=sm.families.Binomial()).fit().predict(design))
        lost.append(tests.hosmer_lemeshow(fitted, pd.Series(y), degrees_lost=2).p_value)
        kept.append(tests.hosmer_lemeshow(fitted, pd.Series(y)).p_value)
    # 200 samples: two and a half standard errors of the share are 0.038, and of a mean of uniform p-values 0.051.
    assert np.mean(np.array(lost) < 0.05) == pytest.approx(0.05, abs=0.038)
    assert np.mean(kept) > 0.58
    assert np.mean(lost) == pytest.approx(0.5, abs=0.051)
