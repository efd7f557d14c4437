"""The logit of default on tables whose truth is known, on tables nobody has seen, and on bad ones."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from tradecredit.errors import InputError
from tradecredit.model.default_model import TERM_COLUMNS, DefaultModel


def simulated(rows: int = 5_000, seed: int = 1, **weights: float) -> tuple[pd.DataFrame, pd.Series]:
    """Uniform columns from −1 to 1 and defaults with log-odds −2.5 + Σ weight × column; weight 0 is noise."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame({name: random.uniform(-1, 1, rows) for name in weights})
    odds = -2.5 + X.to_numpy() @ np.array(list(weights.values()))
    return X, pd.Series((random.random(rows) < expit(odds)).astype(int))


SIGNS = {"debt": 1, "equity": -1}


@pytest.fixture(scope="module")
def known():
    return simulated(debt=1.5, equity=-1.0)


@pytest.fixture(scope="module")
def gappy():
    """A table in which `debt` is missing for a fifth of the rows, which default more often."""
    X, y = simulated(debt=1.5, equity=-1.0)
    random = np.random.default_rng(4)
    missing = pd.Series(random.random(len(X)) < np.where(y == 1, 0.4, 0.2))
    return X.assign(debt=X["debt"].mask(missing)), y


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_known_coefficients_are_found_within_their_errors(seed):
    X, y = simulated(20_000, seed, debt=1.5, equity=-1.0)
    model = DefaultModel.fit(X, y, signs=SIGNS)
    for part, truth in zip(model.inputs, (1.5, -1.0), strict=True):
        row = model.table.loc[part.name]
        assert row["standard_error"] / part.sd < 0.06
        assert abs(row["coefficient"] / part.sd - truth) < 3 * row["standard_error"] / part.sd
    at_zero = model.predict(pd.DataFrame({"debt": [0.0], "equity": [0.0]}), confidence=0.997).iloc[0]
    assert at_zero["pd_low"] < expit(-2.5) < at_zero["pd_high"]


def test_the_fit_is_that_of_a_plain_logit(known):
    # The score equations of a logit: residuals add up to nothing, also weighted by each term.
    X, y = known
    model = DefaultModel.fit(X, y, signs=SIGNS)
    residual = y - model.predict(X)["pd"]
    assert residual.sum() == pytest.approx(0, abs=1e-5)
    for part in model.inputs:
        assert (residual * X[part.name].clip(part.low, part.high)).sum() == pytest.approx(0, abs=1e-5)


def test_table_of_coefficients(known, model):
    assert model.table.columns.tolist() == TERM_COLUMNS
    assert model.table.index.tolist() == ["intercept", "debt", "equity"]
    row = model.table.loc["equity"]
    assert row["z"] == pytest.approx(row["coefficient"] / row["standard_error"])
    assert row["p_value"] == pytest.approx(math.erfc(abs(row["z"]) / math.sqrt(2)))
    assert (model.observations, model.defaults) == (5_000, known[1].sum())


def test_rows_of_one_firm_do_not_count_as_many(known):
    X, y = known
    once = DefaultModel.fit(X, y, signs=SIGNS)
    again = pd.concat([X] * 4, ignore_index=True), pd.concat([y] * 4, ignore_index=True)
    firms = pd.Series(np.tile(np.arange(len(X)), 4)).map("F{}".format)
    alike = DefaultModel.fit(*again, signs=SIGNS, groups=firms).table["standard_error"]
    assert alike.to_numpy() == pytest.approx(once.table["standard_error"].to_numpy(), rel=0.01)
    single = DefaultModel.fit(*again, signs=SIGNS).table["standard_error"]
    assert single.to_numpy() == pytest.approx(once.table["standard_error"].to_numpy() / 2, rel=0.01)


def test_intervals_cover_the_truth():
    # 90 % intervals at a row off the centre; 200 samples give a standard error of 2.1 points.
    row, inside = pd.DataFrame({"debt": [0.7], "equity": [-0.5]}), 0
    for seed in range(200):
        found = DefaultModel.fit(*simulated(1_000, seed, debt=1.5, equity=-1.0), signs=SIGNS).predict(row).iloc[0]
        inside += found["pd_low"] <= expit(-2.5 + 1.05 + 0.5) <= found["pd_high"]
    assert inside / 200 == pytest.approx(0.9, abs=0.06)


@pytest.fixture(scope="module")
def model(known):
    return DefaultModel.fit(*known, signs=SIGNS)


@given(debt=st.floats(-5, 5), equity=st.floats(-5, 5), confidence=st.floats(0.01, 0.9))
@settings(max_examples=60)
def test_intervals_hold_the_probability_and_widen_with_confidence(model, debt, equity, confidence):
    row = pd.DataFrame({"debt": [debt], "equity": [equity]})
    found, wider = (model.predict(row, confidence=share).iloc[0] for share in (confidence, confidence + 0.09))
    assert 0 < wider["pd_low"] < found["pd_low"] < found["pd"] < found["pd_high"] < wider["pd_high"] < 1


@given(values=st.lists(st.floats(-10, 10), min_size=2, max_size=10))
@settings(max_examples=60)
def test_a_probability_moves_as_the_sign_says(model, values):
    rows = pd.DataFrame({"debt": sorted(values), "equity": 0.0})
    assert (model.predict(rows)["pd"].diff().dropna() > -1e-12).all()
    rows = pd.DataFrame({"debt": 0.0, "equity": sorted(values)})
    assert (model.predict(rows)["pd"].diff().dropna() < 1e-12).all()


def test_values_far_out_count_as_the_outermost_of_the_sample(known, model):
    X = known[0]
    debt = model.inputs[0]
    assert (debt.low, debt.high) == pytest.approx(tuple(X["debt"].quantile([0.01, 0.99])))
    rows = pd.DataFrame({"debt": [debt.high, 1e9], "equity": [0.0, 0.0]})
    first, second = model.predict(rows)["pd"]
    assert first == second


def test_columns_that_cannot_help_are_dropped_with_reasons(known):
    X, y = known
    random = np.random.default_rng(1)
    rare = pd.Series(0.0, index=X.index).where(random.random(len(X)) > 0.005, 1.0)
    region = pd.Series(random.integers(0, 3, len(X)))
    table = X.assign(
        constant=7.0, empty=np.nan, rare=rare, copy=X["debt"] * 1000 + 5, mirror=-X["equity"],
        north=(region == 0).astype(int), south=(region == 1).astype(int), west=(region == 2).astype(int),
        noise=random.normal(size=len(X)), scarce=X["debt"].where((y.cumsum() <= 4) | (y == 0)),
    )  # fmt: skip
    model = DefaultModel.fit(table, y, signs=SIGNS)
    assert set(model.table.index) == {"intercept", "debt", "equity"}
    assert model.dropped["constant"] == "has no two different values"
    assert model.dropped["empty"] == "has no value"
    assert model.dropped["rare"] == "hardly varies: one value but for the 1% at either end"
    assert model.dropped["copy"] == "nearly the same as debt"
    assert model.dropped["mirror"] == "nearly the same as equity"
    assert model.dropped["west"] == "a combination of earlier columns"
    assert model.dropped["scarce"] == f"is known in 4 rows with default and {(y == 0).sum()} without"
    assert model.dropped["noise"].startswith("adds too little (|z| ")
    assert set(model.dropped) | set(model.table.index) == {*table.columns, "intercept"}


def test_a_coefficient_of_the_wrong_sign_is_dropped(known):
    X, y = known
    model = DefaultModel.fit(X, y, signs={"debt": -1, "equity": -1})
    assert model.dropped == {"debt": "its coefficient had the wrong sign"}
    assert DefaultModel.fit(X, y, signs={"equity": -1}).dropped == {}


def test_the_weakest_column_goes_and_the_rest_is_fitted_again():
    # Two noisy readings of one thing, alike: together neither says much, one alone says it all.
    X, y = simulated(3_000, 3, debt=1.5)
    random = np.random.default_rng(9)
    noisy = {f"reading_{n}": X["debt"] + random.normal(0, 0.15, len(X)) for n in (1, 2)}
    model = DefaultModel.fit(pd.DataFrame(noisy), y, signs={"reading_1": 1, "reading_2": 1})
    assert len(model.inputs) + len(model.dropped) == 2
    assert (model.table["z"].abs() >= math.sqrt(2)).all()


def test_everything_dropped_leaves_the_default_rate(known):
    y = known[1]
    model = DefaultModel.fit(pd.DataFrame({"constant": 1.0, "empty": np.nan}, index=y.index), y, signs={"constant": 1})
    assert model.inputs == ()
    assert model.table.index.tolist() == ["intercept"]
    someone = pd.DataFrame(index=["A", "B"])
    found = model.predict(someone)
    assert found["pd"].tolist() == pytest.approx([y.mean()] * 2)
    # The delta method on the log-odds of a rate: error 1 / √(n·p·(1 − p)).
    width = logit(found["pd_high"]) - logit(found["pd"])
    assert width.tolist() == pytest.approx([1.6448536 / math.sqrt(5_000 * y.mean() * (1 - y.mean()))] * 2, rel=1e-3)
    assert model.explain(someone).shape == (2, 0)
    assert DefaultModel.from_json(model.to_json()).predict(someone).equals(found)


def test_being_missing_has_a_coefficient_of_its_own(gappy):
    model = DefaultModel.fit(*gappy, signs=SIGNS)
    assert "debt is missing" in model.table.index
    rows = pd.DataFrame({"debt": [np.nan, model.inputs[0].median], "equity": [0.0, 0.0]})
    odds = logit(model.predict(rows)["pd"])
    assert odds[0] - odds[1] == pytest.approx(model.table.loc["debt is missing", "coefficient"])
    # Missing twice as often among defaulters as among others, 40 % and 20 %: ln(0.4/0.6) − ln(0.2/0.8).
    assert odds[0] - odds[1] == pytest.approx(math.log(0.4 / 0.6) - math.log(0.2 / 0.8), abs=0.35)


def test_a_value_missing_too_rarely_counts_as_the_median(known):
    X, y = known
    few = y.index[y == 1][:4].append(y.index[y == 0][:100])
    X = X.assign(debt=X["debt"].mask(X.index.isin(few)))
    model = DefaultModel.fit(X, y, signs=SIGNS)
    assert "debt is missing" not in model.table.index
    rows = pd.DataFrame({"debt": [np.nan, model.inputs[0].median], "equity": [0.0, 0.0]})
    first, second = model.predict(rows)["pd"]
    assert first == second


def test_of_columns_missing_together_or_in_turn_one_indicator_is_enough(gappy):
    X, y = gappy
    missing = X["debt"].isna()
    together = DefaultModel.fit(X.assign(equity=X["equity"].mask(missing)), y, signs=SIGNS)
    assert [name for name in together.names if "missing" in name] == ["debt is missing"]
    in_turn = DefaultModel.fit(X.assign(equity=X["equity"].mask(~missing)), y, signs=SIGNS)
    assert sum("missing" in name for name in in_turn.names) == 1
    assert np.isfinite(in_turn.table).all(axis=None)


def test_contributions_add_up_to_the_log_odds_beyond_the_median_buyer(gappy):
    X, y = gappy
    model = DefaultModel.fit(X, y, signs=SIGNS)
    parts = model.explain(X)
    assert parts.columns.tolist() == ["debt", "equity"]
    median = pd.DataFrame({name: [X[name].median()] for name in X})
    beyond = logit(model.predict(X)["pd"]) - logit(model.predict(median)["pd"].iloc[0])
    np.testing.assert_allclose(parts.sum(axis=1), beyond, atol=1e-9)
    assert parts[X["debt"].isna()]["debt"].std() == 0


def test_json_brings_back_the_same_model(gappy):
    X, y = gappy
    model = DefaultModel.fit(X.assign(constant=1), y, signs=SIGNS)
    again = DefaultModel.from_json(model.to_json())
    pd.testing.assert_frame_equal(again.predict(X), model.predict(X), check_exact=True)
    pd.testing.assert_frame_equal(again.explain(X), model.explain(X), check_exact=True)
    pd.testing.assert_frame_equal(again.table, model.table, check_exact=True)
    assert again.dropped == model.dropped == {"constant": "has no two different values"}
    assert again.to_json() == model.to_json()
    assert json.loads(model.to_json())["observations"] == 5_000


def test_a_table_nobody_has_seen():
    """30 columns of all kinds and scales, gaps, constants, duplicates, and 400 defaults."""
    random = np.random.default_rng(12)
    rows = 6_000
    signal = random.normal(size=(rows, 5))
    odds = signal @ np.array([1.0, -0.8, 0.6, 0.4, -0.4]) + random.logistic(size=rows)
    y = pd.Series((odds > np.sort(odds)[-401]).astype(int), index=[f"row {n}" for n in range(rows)])
    columns = {f"ratio_{n}": signal[:, n] * 10.0 ** (n * 2 - 4) for n in range(5)}
    columns |= {f"skewed_{n}": np.exp(random.normal(size=rows) * 3) for n in range(8)}
    columns |= {f"noise_{n}": random.standard_t(2, rows) for n in range(7)}
    columns |= {"flag": random.integers(0, 2, rows).astype(bool), "count": random.poisson(1, rows)}
    columns |= {"constant": np.full(rows, 3), "zero": np.zeros(rows), "empty": np.full(rows, np.nan)}
    X = pd.DataFrame(columns, index=y.index)
    X["twin"], X["opposite"], X["nullable"] = X["ratio_0"] * 2, 1 - X["ratio_1"], X["count"].astype("Int64")
    for name in ("ratio_0", "ratio_2", "skewed_1", "noise_3", "nullable"):
        X[name] = X[name].mask(random.random(rows) < 0.3)
    X["twin"] = X["ratio_0"] * 2
    X["scarce"] = pd.Series(random.normal(size=rows), index=X.index).where(random.random(rows) < 0.001)
    X["whole"] = np.round(random.normal(50, 20, rows))
    assert X.shape[1] == 30
    assert y.sum() == 400
    signs = {"ratio_0": 1, "ratio_1": -1, "ratio_2": 1, "skewed_0": 1, "noise_0": -1, "flag": 1}
    model = DefaultModel.fit(X, y, signs=signs)
    kept = {part.name for part in model.inputs}
    assert {"ratio_0", "ratio_1", "ratio_2"} <= kept
    assert {"constant", "zero", "empty", "twin", "opposite"} <= set(model.dropped)
    assert kept | set(model.dropped) == set(X.columns)
    assert np.isfinite(model.table).all(axis=None)
    found = model.predict(X)
    assert found["pd"].sum() == pytest.approx(400, abs=0.01)
    assert found.notna().all(axis=None)
    assert found.index.equals(X.index)
    assert all(model.table.loc[name, "coefficient"] * sign > 0 for name, sign in signs.items() if name in kept)


def test_columns_in_another_order_give_the_same_probabilities(known, model):
    X = known[0].assign(unused="text")
    pd.testing.assert_frame_equal(model.predict(X[["unused", "equity", "debt"]]), model.predict(X))


def columns_of(error) -> list[str]:
    return [problem.column for problem in error.value.problems]


def test_every_problem_of_a_table_is_told_at_once(known):
    X, y = known
    X = X.assign(text="x", infinite=np.inf)
    with pytest.raises(InputError) as error:
        DefaultModel.fit(
            X, pd.Series(0, index=y.index + 1), signs={"debt": 2, "unknown": 1}, groups=pd.Series(["A", "B"])
        )
    assert columns_of(error) == ["y", "groups", "y", "debt", "unknown", "text", "infinite"]
    told = str(error.value)
    for words in (
        "another index than X (5000 rows", "(2 rows, X 5000)", "one class only", "sign 2: 1 or −1",
        "a column that X does not have", "is not numeric (dtype str)", "infinite values",
    ):  # fmt: skip
        assert words in told


@pytest.mark.parametrize("y", [[0, 1, 2], [0, 1, np.nan], ["0", "1", "1"]], ids=["two", "missing", "text"])
def test_an_outcome_is_0_or_1(y):
    X = pd.DataFrame({"debt": [1.0, 2.0, 3.0]})
    with pytest.raises(InputError, match="must be 0 or 1 in every row"):
        DefaultModel.fit(X, pd.Series(y), signs={})


def test_true_and_false_are_outcomes(known):
    X, y = known
    assert DefaultModel.fit(X, y.astype(bool), signs=SIGNS).table.equals(DefaultModel.fit(X, y, signs=SIGNS).table)


def test_names_of_columns_are_text_and_unique(known):
    X, y = known
    with pytest.raises(InputError, match="must be text"):
        DefaultModel.fit(X.set_axis([0, "equity"], axis=1), y, signs={})
    with pytest.raises(InputError, match="two columns have one name"):
        DefaultModel.fit(X.set_axis(["debt", "debt"], axis=1), y, signs={})


@pytest.mark.parametrize("groups", [None, "A"], ids=["missing", "one firm"])
def test_groups_name_several_firms(known, groups):
    X, y = known
    with pytest.raises(InputError, match="at least two firms"):
        DefaultModel.fit(X, y, signs=SIGNS, groups=pd.Series(groups, index=X.index, dtype="str"))


@pytest.mark.parametrize("given_away", ["all defaults", "some defaults", "some others"])
def test_a_column_that_gives_the_outcome_away_is_named(known, given_away):
    X, y = known
    half = np.arange(len(y)) % 2 == 0
    leak = {"all defaults": y, "some defaults": y * half, "some others": (1 - y) * half}[given_away]
    with pytest.raises(InputError, match="tells defaults from others without error") as error:
        DefaultModel.fit(X.assign(leak=leak), y, signs=SIGNS)
    assert columns_of(error) == ["leak"]


def test_columns_that_give_the_outcome_away_together_are_refused():
    # Default exactly where the sum is above 1: neither column tells it alone.
    random = np.random.default_rng(0)
    X = pd.DataFrame({"a": random.uniform(-1, 1, 2_000), "b": random.uniform(-1, 1, 2_000)})
    y = (X["a"].clip(-0.98, 0.98) + X["b"].clip(-0.98, 0.98) > 1).astype(int)
    X = X[(X.sum(axis=1) - 1).abs() > 0.2]
    with pytest.raises(InputError, match="some columns together give y away"):
        DefaultModel.fit(X, y[X.index], signs={})


def test_a_table_to_predict_or_explain_is_checked(model):
    for told in (model.predict, model.explain):
        with pytest.raises(InputError) as error:
            told(pd.DataFrame({"debt": ["much"]}))
        assert columns_of(error) == ["debt", "equity"]
        with pytest.raises(InputError, match="infinite"):
            told(pd.DataFrame({"debt": [np.inf], "equity": [1.0]}))
