"""Discrimination and calibration, against counting by hand, closed forms and simulated truth."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import binom, ks_2samp

from tradecredit.numerics import discrimination

SCORES = st.lists(
    st.tuples(st.integers(0, 4).map(lambda number: number / 10), st.booleans()), min_size=4, max_size=25
).filter(lambda rows: 2 <= sum(bad for _, bad in rows) <= len(rows) - 2)


def frame(rows):
    table = pd.DataFrame(rows, columns=["probability", "defaulted"]).astype({"defaulted": int})
    return table["probability"], table["defaulted"]


@given(SCORES)
def test_auc_is_the_share_of_pairs_in_order_with_ties_by_half(rows):
    pairs = [(p > q) + (p == q) / 2 for p, bad in rows if bad for q, other in rows if not other]
    assert discrimination.auc(*frame(rows)).value == pytest.approx(np.mean(pairs))


def test_delong_variance_by_hand():
    # Defaulters 5, 3, 2 and others 1, 2, 4. A defaulter lies above 1, 2/3, 1/2 of the others, an other below 1, 5/6,
    # 1/3 of the defaulters; the mean of either is 13/18. Variances: 7/108 and 13/108; (7/108 + 13/108) / 3 = 5/81.
    rows = [(5, True), (3, True), (2, True), (1, False), (2, False), (4, False)]
    area = discrimination.auc(*frame(rows))
    assert area.value == pytest.approx(13 / 18)
    assert area.standard_error == pytest.approx(math.sqrt(5) / 9)


@given(SCORES)
def test_delong_variance_by_its_definition(rows):
    above = [np.mean([(p > q) + (p == q) / 2 for q, other in rows if not other]) for p, bad in rows if bad]
    below = [np.mean([(p > q) + (p == q) / 2 for p, bad in rows if bad]) for q, other in rows if not other]
    variance = np.var(above, ddof=1) / len(above) + np.var(below, ddof=1) / len(below)
    error = discrimination.auc(*frame(rows)).standard_error
    assert error**2 == pytest.approx(variance) if variance > 1e-12 else math.isnan(error)


@given(SCORES, st.integers(2, 4))
def test_repeating_every_row_of_a_firm_tells_nothing_new(rows, times):
    once = discrimination.auc(*frame(rows))
    repeated = discrimination.auc(*frame(rows * times), groups=pd.Series([*range(len(rows))] * times))
    assert repeated.value == pytest.approx(once.value)
    assert repeated.standard_error == pytest.approx(once.standard_error, nan_ok=True)


def test_clustered_variance_by_its_definition():
    # Obuchowski (1997), with firms that have rows of both kinds: S10/M + S01/N + 2·S11/(M·N).
    random = np.random.default_rng(2)
    firm, bad = random.integers(0, 12, 60), random.random(60) < 0.3
    score = random.normal(size=60).round(1) + bad
    M, N, firms = bad.sum(), (~bad).sum(), 12
    area = discrimination.auc(pd.Series(score), pd.Series(bad.astype(int)), groups=pd.Series(firm))
    pair = (score[:, None] > score) + (score[:, None] == score) / 2
    V10, V01 = pair[:, ~bad].mean(axis=1), pair[bad].mean(axis=0)
    d10 = np.array([(V10 - area.value)[(firm == f) & bad].sum() for f in range(firms)])
    d01 = np.array([(V01 - area.value)[(firm == f) & ~bad].sum() for f in range(firms)])
    I10, I01 = len(np.unique(firm[bad])), len(np.unique(firm[~bad]))
    S10, S01 = I10 / ((I10 - 1) * M) * (d10**2).sum(), I01 / ((I01 - 1) * N) * (d01**2).sum()
    S11 = firms / (firms - 1) * (d10 * d01).sum()
    assert area.standard_error**2 == pytest.approx(S10 / M + S01 / N + 2 * S11 / (M * N))


def test_auc_error_covers_the_truth_in_simulated_books():
    # Scores N(1, 1) of 40 defaulters and N(0, 1) of 200 others: the true area is Φ(1/√2) = 0.76025.
    random, inside = np.random.default_rng(5), 0
    bad = pd.Series([1] * 40 + [0] * 200)
    for _ in range(400):
        area = discrimination.auc(pd.Series(random.normal(size=240)) + bad, bad)
        inside += abs(area.value - 0.76025) < 1.645 * area.standard_error
    assert inside / 400 == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize(
    ("rows", "groups"),
    [
        ([(0.1, False), (0.2, False), (0.3, True)], None),
        ([(0.1, True), (0.2, True)], None),
        ([(0.1, False), (0.2, False), (0.3, True), (0.4, True)], ["A", "B", "C", "C"]),
    ],
    ids=["one defaulter", "no others", "one firm defaulted twice"],
)
def test_auc_is_missing_where_it_cannot_be_told(rows, groups):
    area = discrimination.auc(*frame(rows), groups=None if groups is None else pd.Series(groups))
    assert all(math.isnan(number) for number in area)


def test_a_ranking_without_fault_has_no_error_that_could_be_told():
    area = discrimination.auc(*frame([(0.1, False), (0.2, False), (0.8, True), (0.9, True)]))
    assert area.value == 1
    assert math.isnan(area.standard_error)


@given(SCORES)
def test_kolmogorov_smirnov_is_that_of_two_samples(rows):
    probability, defaulted = frame(rows)
    expected = ks_2samp(probability[defaulted == 1], probability[defaulted == 0], method="asymp").statistic
    assert discrimination.kolmogorov_smirnov(probability, defaulted) == pytest.approx(expected)


def test_kolmogorov_smirnov_by_hand():
    # Up to 0.1 lie 0 of 2 defaulters and 2 of 3 others, up to 0.2 1 of 2 and 3 of 3: the larger distance is 2/3.
    rows = [(0.2, True), (0.4, True), (0.1, False), (0.1, False), (0.2, False)]
    assert discrimination.kolmogorov_smirnov(*frame(rows)) == pytest.approx(2 / 3)
    assert math.isnan(discrimination.kolmogorov_smirnov(*frame([(0.2, True), (0.4, True)])))


def test_brier_by_hand():
    # (0.8² + 0.4² + 0.1²) / 3
    assert discrimination.brier(*frame([(0.2, True), (0.4, False), (0.1, False)])) == pytest.approx(0.81 / 3)


def test_slope_of_probabilities_that_are_true_is_one():
    random = np.random.default_rng(8)
    odds = random.normal(-3, 1.2, 40_000)
    defaulted = pd.Series((random.random(len(odds)) < expit(odds)).astype(int))
    slope = discrimination.calibration_slope(pd.Series(expit(odds)), defaulted)
    assert slope.standard_error < 0.03
    assert abs(slope.value - 1) < 2.5 * slope.standard_error
    # Log-odds twice as far out as they should be have half the slope.
    extreme = discrimination.calibration_slope(pd.Series(expit(2 * odds)), defaulted)
    assert extreme.value == pytest.approx(slope.value / 2)


def test_slope_error_allows_for_rows_of_one_firm():
    random = np.random.default_rng(8)
    odds = random.normal(-1, 1, 500)
    defaulted = (random.random(500) < expit(odds)).astype(int)
    once = discrimination.calibration_slope(pd.Series(expit(odds)), pd.Series(defaulted))
    twice = pd.Series(np.tile(expit(odds), 4)), pd.Series(np.tile(defaulted, 4))
    alike = discrimination.calibration_slope(*twice, groups=pd.Series(np.tile(np.arange(500), 4)))
    assert alike.value == pytest.approx(once.value)
    assert alike.standard_error == pytest.approx(once.standard_error, rel=0.1)
    assert discrimination.calibration_slope(*twice).standard_error == pytest.approx(once.standard_error / 2)


@pytest.mark.parametrize(
    "rows",
    [
        [(0.1, False), (0.2, False)],
        [(0.1, False), (0.1, True)],
        [(0.1, False), (0.2, False), (0.2, True), (0.3, True)],
        [(0.0, False), (0.2, True), (0.3, False), (0.4, True)],
        [(0.1, False), (0.2, True), (0.3, False), (1.0, True)],
    ],
    ids=["one class", "equal", "told apart", "a zero", "a one"],
)
def test_slope_is_missing_where_it_cannot_be_told(rows):
    assert all(math.isnan(number) for number in discrimination.calibration_slope(*frame(rows)))


def test_jeffreys_interval_in_closed_form():
    # One trial: Beta(3/2, 1/2) and Beta(1/2, 3/2) have the distribution 2/π · (arcsin √x ∓ √(x(1 − x))).
    table = discrimination.calibration(*frame([(0.2, True), (0.3, False)]), pd.Series([4, 2]))
    assert table.index.tolist() == [2, 4]
    assert table["observed"].tolist() == [0, 1]
    low, high = table.loc[4, "low"], table.loc[2, "high"]
    assert 2 / math.pi * (math.asin(math.sqrt(low)) - math.sqrt(low * (1 - low))) == pytest.approx(0.05)
    assert 2 / math.pi * (math.asin(math.sqrt(high)) + math.sqrt(high * (1 - high))) == pytest.approx(0.95)
    assert (table.loc[2, "low"], table.loc[4, "high"]) == (0, 1)


def test_calibration_by_class():
    probability = pd.Series([0.1, 0.3, 0.5, 0.7, 0.9])
    classes = pd.Series([1, 1, 2, 2, pd.NA], dtype="Int64")
    table = discrimination.calibration(probability, pd.Series([0, 1, 1, 1, 1]), classes)
    assert table[["count", "defaults"]].to_numpy().tolist() == [[2, 1], [2, 2]]
    assert table["predicted"].tolist() == pytest.approx([0.2, 0.6])
    assert table["observed"].tolist() == [0.5, 1.0]
    # Beta(3/2, 3/2) is symmetric about one half.
    assert table.loc[1, "low"] + table.loc[1, "high"] == pytest.approx(1)


def test_rows_of_one_firm_count_once_in_the_interval():
    probability, defaulted = pd.Series([0.1] * 8), pd.Series([1] * 4 + [0] * 4)
    firms = pd.Series(["A"] * 4 + ["B"] * 4)
    alike = discrimination.calibration(probability, defaulted, pd.Series([1] * 8), groups=firms)
    single = discrimination.calibration(probability[::4], defaulted[::4], pd.Series([1] * 8)[::4])
    assert alike[["low", "high"]].to_numpy().tolist() == single[["low", "high"]].to_numpy().tolist()
    assert alike.loc[1, "count"] == 8


def test_jeffreys_interval_covers_as_it_says():
    # Exact coverage at n = 200, averaged over rates of 1 to 10 %: near 90 % (Brown, Cai and DasGupta 2001, §4).
    rows = pd.Series(range(201)).repeat(200)
    defaulted = pd.Series(np.tile(np.arange(200), 201) < rows.to_numpy()).astype(int)
    table = discrimination.calibration(pd.Series(0.05, index=defaulted.index), defaulted, rows.reset_index(drop=True))
    rates = np.linspace(0.01, 0.10, 181)[:, None]
    inside = (table["low"].to_numpy() <= rates) & (rates <= table["high"].to_numpy())
    coverage = (inside * binom.pmf(table.index, 200, rates)).sum(axis=1)
    assert coverage.mean() == pytest.approx(0.9, abs=0.01)


def test_report_of_several_samples():
    probability, defaulted = frame([(0.1, False), (0.2, True), (0.3, False), (0.4, True), (0.2, False)])
    table = discrimination.report({"in": (probability, defaulted), "one class": (probability, defaulted * 0)})
    assert table.columns.tolist() == discrimination.REPORTED
    assert table.index.tolist() == ["in", "one class"]
    area = discrimination.auc(probability, defaulted)
    assert table.loc["in", "auc"] == area.value == pytest.approx(4.5 / 6)
    assert table.loc["in", "gini"] == pytest.approx(0.5)
    assert table.loc["in", "auc_low"] == pytest.approx(area.value - 1.6448536 * area.standard_error)
    assert table.loc["in", "auc_high"] == 1
    assert table.loc["in", ["observations", "defaults", "predicted", "observed"]].tolist() == [5, 2, 0.24, 0.4]
    unknown = table.loc["one class", ["auc", "auc_low", "auc_high", "gini", "ks", "slope", "slope_se"]]
    assert unknown.isna().all()
    assert table.loc["one class", "observed"] == 0


def test_report_finds_the_firms_of_a_sample_by_its_index():
    probability, defaulted = frame([(0.1, False), (0.2, True), (0.3, False), (0.4, True), (0.2, False)])
    firms = pd.Series(list("ABCDEF"), index=[4, 3, 2, 1, 0, 9])
    alike = discrimination.report({"s": (probability, defaulted)}, groups=firms)
    alone = discrimination.report({"s": (probability, defaulted)})
    assert alike.loc["s", "auc_low"] == alone.loc["s", "auc_low"]


def test_nothing_to_report_has_the_same_columns():
    assert discrimination.report({}).columns.tolist() == discrimination.REPORTED
    empty = discrimination.calibration(*[pd.Series(dtype="float64")] * 3)
    assert empty.columns.tolist() == ["count", "defaults", "predicted", "observed", "low", "high"]
    assert empty.empty


def test_intercept_of_equal_probabilities_in_closed_form():
    # 30 of 100 at 0.2: ln(30/70) − ln(20/80), with standard error 1 / √(100 · 0.3 · 0.7).
    probability, defaulted = pd.Series([0.2] * 100), pd.Series([1] * 30 + [0] * 70)
    level = discrimination.calibration_intercept(probability, defaulted)
    assert level.value == pytest.approx(math.log(30 / 70 * 4))
    assert level.standard_error == pytest.approx(1 / math.sqrt(21))


def test_intercept_is_that_of_a_logit_with_offset():
    import statsmodels.api as sm

    random = np.random.default_rng(4)
    odds = random.normal(-2, 1, 800)
    defaulted = pd.Series((random.random(800) < expit(odds + 0.7)).astype(int))
    level = discrimination.calibration_intercept(pd.Series(expit(odds)), defaulted)
    fitted = sm.Logit(defaulted, np.ones(800), offset=odds).fit(disp=False)
    assert level == pytest.approx((fitted.params.iloc[0], fitted.bse.iloc[0]))
    assert abs(level.value - 0.7) < 2 * level.standard_error
    # Odds lowered by a factor of two beforehand are found to be lower by it.
    assert discrimination.calibration_intercept(pd.Series(expit(odds - math.log(2))), defaulted).value == pytest.approx(
        level.value + math.log(2)
    )


def test_intercept_error_allows_for_rows_of_one_firm():
    probability, defaulted = pd.Series([0.2] * 400), pd.Series(([1] * 30 + [0] * 70) * 4)
    alike = discrimination.calibration_intercept(probability, defaulted, groups=pd.Series([*range(100)] * 4))
    assert alike.standard_error == pytest.approx(1 / math.sqrt(21), rel=0.02)
    assert discrimination.calibration_intercept(probability, defaulted).standard_error == pytest.approx(
        0.5 / math.sqrt(21)
    )


def test_intercept_of_true_probabilities_lies_within_its_errors():
    random, inside = np.random.default_rng(6), 0
    for _ in range(300):
        odds = random.normal(-2.5, 1, 300)
        defaulted = pd.Series((random.random(300) < expit(odds)).astype(int))
        level = discrimination.calibration_intercept(pd.Series(expit(odds)), defaulted)
        inside += abs(level.value) < 1.96 * level.standard_error
    assert inside / 300 == pytest.approx(0.95, abs=0.025)


@pytest.mark.parametrize(
    ("rows", "groups"),
    [
        ([(0.1, False), (0.2, False)], None),
        ([(0.1, True), (0.2, True)], None),
        ([(0.0, False), (0.2, True)], None),
        ([(0.1, False), (1.0, True)], None),
        ([(float("nan"), False), (0.2, True)], None),
        ([(0.1, False), (0.2, True)], ["A", "A"]),
    ],
    ids=["no default", "only defaults", "a zero", "a one", "missing", "one firm"],
)
def test_intercept_is_missing_where_it_cannot_be_told(rows, groups):
    level = discrimination.calibration_intercept(*frame(rows), groups=None if groups is None else pd.Series(groups))
    assert all(math.isnan(number) for number in level)


def test_brier_skill_by_hand():
    # (0.8² + 0.4² + 0.1² + 0.1²) / 4 = 0.205 against the variance 3/16 of one in four.
    skill = discrimination.brier_skill(*frame([(0.2, True), (0.4, False), (0.1, False), (0.1, False)]))
    assert skill.value == pytest.approx(1 - 0.205 / (3 / 16))
    # Parts of Σ (B/B₀ · base − told) / (B₀ · n): base is 9/16 for the defaulter, 1/16 for the others.
    parts = [0.205 / (3 / 16) * base / 16 - told for base, told in ((9, 0.64), (1, 0.16), (1, 0.01), (1, 0.01))]
    assert skill.standard_error == pytest.approx(math.sqrt(4 / 3 * sum(part**2 for part in parts)) / (3 / 16 * 4))


def test_brier_skill_of_the_rate_itself_is_none_and_of_certainty_all():
    defaulted = pd.Series([1, 0, 0, 0])
    assert discrimination.brier_skill(pd.Series([0.25] * 4), defaulted).value == pytest.approx(0)
    assert discrimination.brier_skill(defaulted.astype(float), defaulted).value == 1
    for outcome in ([0, 0], [1, 1], []):
        skill = discrimination.brier_skill(pd.Series([0.1, 0.2])[: len(outcome)], pd.Series(outcome, dtype="int64"))
        assert all(math.isnan(number) for number in skill)


def test_brier_skill_error_is_how_far_samples_scatter():
    random, found = np.random.default_rng(3), []
    for _ in range(400):
        odds = random.normal(-2.5, 1.2, 400)
        firms = np.repeat(np.arange(400), 2)
        defaulted = (random.random(400) < expit(odds)).astype(int)
        told = pd.Series(expit(odds)[firms]), pd.Series(defaulted[firms])
        found.append(discrimination.brier_skill(*told, groups=pd.Series(firms)))
    scatter = np.std([skill.value for skill in found])
    assert np.mean([skill.standard_error for skill in found]) == pytest.approx(scatter, rel=0.1)


def test_trials_are_rows_or_firms():
    probability, defaulted = pd.Series([0.1, 0.2, 0.3, 0.4]), pd.Series([0, 1, 1, 1])
    classes = pd.Series(["a", "a", "b", None], dtype="str")
    table = discrimination.rates(probability, defaulted, classes)
    assert table["trials"].tolist() == [2, 1]
    assert table[["predicted", "observed"]].to_numpy().tolist() == [pytest.approx([0.15, 0.5]), [0.3, 1.0]]
    assert discrimination.rates(probability, defaulted, classes, groups=pd.Series(list("xxxx")))["trials"].tolist() == [
        1,
        1,
    ]


def segments(sizes):
    """Rows of several years, each with so many defaulters and others, scores apart by one."""
    random, parts = np.random.default_rng(9), []
    for year, (bad, good) in sizes.items():
        y = np.r_[np.ones(bad, dtype=int), np.zeros(good, dtype=int)]
        parts.append(pd.DataFrame({"p": expit(random.normal(-2, 1, bad + good) + y), "y": y, "year": year}))
    table = pd.concat(parts, ignore_index=True)
    return table["p"], table["y"], table["year"]


def test_segments_have_the_figures_of_their_own_rows():
    p, y, year = segments({2021: (30, 100), 2022: (25, 60)})
    table = discrimination.by_segment(p, y, year)
    assert table.index.tolist() == [2021, 2022]
    assert table.index.name == "segment"
    assert table[["count", "defaults", "defaulters"]].to_numpy().tolist() == [[130, 30, 30], [85, 25, 25]]
    for segment in table.index:
        rows = year == segment
        alone = discrimination.report({"alone": (p[rows], y[rows])}).loc["alone"]
        columns = ["auc", "auc_low", "auc_high", "predicted", "observed"]
        assert table.loc[segment, columns].tolist() == pytest.approx(alone[columns].tolist())
    alone = discrimination.calibration(p, y, year)
    assert table[["low", "high"]].to_numpy().tolist() == alone[["low", "high"]].to_numpy().tolist()


def test_a_segment_with_few_defaulters_shows_no_ranking():
    fewest = discrimination.MINIMUM_DEFAULTERS
    p, y, sector = segments({"A": (fewest, fewest), "B": (fewest - 1, 90), "C": (90, fewest - 1), "D": (0, 5)})
    table = discrimination.by_segment(p, y, sector)
    assert table["auc"].notna().tolist() == [True, False, False, False]
    assert table.loc["B":, ["auc", "auc_low", "auc_high"]].isna().all(axis=None)
    # How many defaulted is known all the same, and how far the rate may lie.
    assert table.loc["D", ["defaults", "observed", "low"]].tolist() == [0, 0, 0]
    assert 0.2 < table.loc["D", "high"] < 0.5
    # Four rows a firm are one defaulter.
    firms = pd.Series(np.arange(len(p)) // 4)
    assert discrimination.by_segment(p, y, sector, groups=firms)["auc"].isna().all()
    assert discrimination.by_segment(p, y, sector, groups=firms).loc["A", "defaulters"] == fewest / 4


def test_rows_of_one_firm_widen_the_interval_of_a_segment():
    p, y, year = segments({2021: (30, 100), 2022: (25, 60)})
    rows = np.tile(np.arange(len(p)), 3)
    often = [part.iloc[rows].reset_index(drop=True) for part in (p, y, year)]
    alike, alone = discrimination.by_segment(*often, groups=pd.Series(rows)), discrimination.by_segment(p, y, year)
    columns = ["defaulters", "auc", "auc_low", "auc_high", "low", "high"]
    np.testing.assert_allclose(alike[columns], alone[columns])
    assert (discrimination.by_segment(*often)["auc_low"] > alike["auc_low"]).all()


def test_rows_without_a_segment_are_in_none_and_no_rows_have_the_same_columns():
    p, y, _ = segments({"A": (2, 2)})
    table = discrimination.by_segment(p, y, pd.Series(["A", None, "A", None], dtype="str"))
    assert table["count"].tolist() == [2]
    empty = discrimination.by_segment(*[pd.Series(dtype="float64")] * 3)
    assert empty.empty
    assert empty.columns.tolist() == table.columns.tolist() == [
        "count", "defaults", "defaulters", "predicted", "observed", "low", "high", "auc", "auc_low", "auc_high",
    ]  # fmt: skip


def test_with_as_many_defaulters_as_are_asked_for_the_interval_of_the_area_covers():
    # Scores N(1, 1) of 20 defaulters against N(0, 1): 88 of 100 intervals of 90 % hold Φ(1/√2); with 5, fewer than 80.
    random, inside = np.random.default_rng(5), {}
    for bad in (discrimination.MINIMUM_DEFAULTERS, 5):
        defaulted = pd.Series([1] * bad + [0] * 300)
        areas = [
            discrimination.auc(pd.Series(random.normal(size=bad + 300)) + defaulted, defaulted) for _ in range(400)
        ]
        inside[bad] = np.mean([abs(area.value - 0.76025) < 1.645 * area.standard_error for area in areas])
    assert inside[discrimination.MINIMUM_DEFAULTERS] > 0.85
    assert inside[5] < 0.83
