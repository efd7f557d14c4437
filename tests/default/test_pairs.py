"""Pairs of inputs: their shapes by hand, that they keep to the signs, are found where they are, and only there."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from tradecredit.default import monotone_curves, pair_choice
from tradecredit.default.additive_model import SURFACE_COLUMNS, DefaultModel
from tradecredit.default.explain import explanation, improvements, reason
from tradecredit.default.pairs import Pair, located, pair, shapes
from tradecredit.default.panel import ACCOUNTS, BEHAVIOUR, Candidate
from tradecredit.errors import InputError
from tradecredit.numerics import discrimination


def together(rows: int, seed: int, strength: float = 2.0) -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    """Four inputs, normal; two of them count only where both are high; and the true log-odds."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame(random.normal(size=(rows, 4)), columns=["debt", "loss", "age", "size"])
    odds = -3.4 + 0.5 * X["age"] + strength * expit(3 * X["debt"] - 1) * expit(3 * X["loss"] - 1)
    return X, pd.Series((random.random(rows) < expit(odds)).astype(int)), odds.to_numpy()


SIGNS = {"debt": 1, "loss": 1}


@pytest.fixture(scope="module")
def fitted():
    X, y, _ = together(12_000, 3)
    return X, y, DefaultModel.fit(X, y, signs=SIGNS)


def test_shapes_by_hand():
    # Two knots each: the places are (low, low), (low, high), (high, low), (high, high).
    assert shapes((1, 1), (2, 2)).T.tolist() == [[0, 0, 0, 1], [0, 1, 1, 1]]
    assert shapes((-1, 1), (2, 2)).T.tolist() == [[0, 1, 0, 0], [1, 1, 0, 1]]
    assert shapes((1, 0), (2, 2)).T.tolist() == [[0, 0, 1, 0], [0, 0, 0, 1]]
    assert shapes((0, 0), (2, 2)).tolist() == np.eye(4).tolist()
    assert [shapes(signs, (4, 4)).shape[1] for signs in [(1, -1), (0, 1), (0, 0)]] == [18, 12, 16]


def test_values_lie_between_knots():
    places = located(np.array([-5.0, 0.0, 0.25, 3.0, np.nan]), (0.0, 1.0, 3.0))
    assert places.left.tolist() == [0, 0, 0, 1, 0]
    assert places.share.tolist() == [0.0, 0.0, 0.25, 1.0, 0.0]
    assert places.missing.tolist() == [False] * 4 + [True]


def test_the_design_of_a_surface_is_bilinear_and_averages_nothing():
    random = np.random.default_rng(1)
    table = {"debt": random.normal(size=500), "loss": random.normal(size=500)}
    table["loss"][::7] = np.nan
    one = pair(("debt", "loss"), (0, 0), table)
    assert isinstance(one, Pair)
    curves = [_level_curve(name, values) for name, values in table.items()]
    parts = [*curves, one]
    design = monotone_curves.design(parts, list(table.values()), 500)
    dense = monotone_curves.dense(design)[:, monotone_curves.places(parts)[2]]
    known = ~np.isnan(table["loss"])
    np.testing.assert_allclose(dense[known].mean(axis=0), 0, atol=1e-12)
    assert not dense[~known].any()
    # Heights x·z at the crossings of knots: bilinear between them gives x·z itself.
    heights = np.outer(*one.knots).ravel()
    inside = known & (np.abs(table["debt"]) < 1.2) & (np.abs(np.nan_to_num(table["loss"])) < 1.2)
    product = (table["debt"] * table["loss"])[inside]
    np.testing.assert_allclose(dense[inside] @ heights + one.means @ heights, product, atol=1e-9)
    b = np.zeros(dense.shape[1] + sum(part.size for part in curves) + 1)
    b[-len(heights) :] = heights
    np.testing.assert_allclose(monotone_curves.contributions(design, b)[:, 2], dense @ heights, atol=1e-12)
    covariance = np.outer(b, b)
    np.testing.assert_allclose(monotone_curves.variances(design, covariance), (dense @ heights) ** 2, atol=1e-9)


def _level_curve(name, values):
    from tradecredit.default.curve_knots import curve

    return curve(name, values, sign=0)


def test_a_pair_that_counts_is_chosen_and_sharpens(fitted):
    X, y, model = fitted
    assert {frozenset(one.names) for one in model.pairs} >= {frozenset({"debt", "loss"})}
    fresh, outcome, odds = together(12_000, 4)
    plain = DefaultModel.fit(X, y, signs=SIGNS, pairs=())
    assert plain.pairs == ()
    areas = [discrimination.auc(one.probability(fresh), outcome).value for one in (model, plain)]
    assert areas[0] > areas[1]
    error = [np.abs(logit(one.probability(fresh)) - odds).mean() for one in (model, plain)]
    assert error[0] < 0.9 * error[1]
    assert discrimination.calibration_slope(model.probability(fresh), outcome).value == pytest.approx(1, abs=0.12)


def test_noise_seldom_makes_a_pair():
    # Three tables of 20 inputs that add up: of 190 pairs each, none is there.
    without = 0
    for seed in range(3):
        random = np.random.default_rng(seed)
        X = pd.DataFrame(random.normal(size=(5_000, 20))).rename(columns="ratio_{}".format)
        y = pd.Series((random.random(5_000) < expit(-3 + 0.5 * X.iloc[:, :5].sum(axis=1))).astype(int))
        without += DefaultModel.fit(X, y, signs={"ratio_0": 1}).pairs == ()
    assert without >= 2


def test_few_defaults_stay_additive():
    X, y, _ = together(1_200, 1, strength=3)
    rows = y.index.isin([*y.index[y == 1][:99], *y.index[y == 0]])
    assert DefaultModel.fit(X[rows], y[rows], signs=SIGNS).pairs == ()
    # Rows of one firm are one firm that defaults.
    firms = pd.Series(np.arange(1_200) // 12)
    assert pair_choice.most(y.to_numpy(float), firms.to_numpy()) == 0 or y.groupby(firms).max().sum() >= 100


@given(
    values=st.lists(st.floats(-4, 4), min_size=2, max_size=8), other=st.floats(-4, 4), which=st.booleans(),
    unknown=st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_probability_moves_as_the_sign_says_whatever_the_other_is(fitted, values, other, which, unknown):
    _, _, model = fitted
    moved, still = ("debt", "loss") if which else ("loss", "debt")
    rows = pd.DataFrame({moved: sorted(values), still: np.nan if unknown else other, "age": 0.3, "size": 0.1})
    assert (model.predict(rows)["pd"].diff().dropna() > -1e-12).all()


def test_contributions_add_up_and_a_pair_has_what_is_beyond_both(fitted):
    X, _, model = fitted
    gappy = X.mask(np.random.default_rng(2).random(X.shape) < 0.2)
    parts = model.explain(gappy)
    names = [one.name for one in model.pairs]
    assert parts.columns.tolist() == [*(part.name for part in model.inputs), *names]
    median = pd.DataFrame({part.name: [part.median] for part in model.inputs})
    beyond = logit(model.predict(gappy)["pd"]) - logit(model.predict(median)["pd"].iloc[0])
    np.testing.assert_allclose(parts.sum(axis=1), beyond, atol=1e-9)
    # With one of two at its median a pair says nothing beyond the other.
    first = model.pairs[0]
    alone = X.head(50).assign(**{first.names[0]: median[first.names[0]].iloc[0]})
    np.testing.assert_allclose(model.explain(alone)[first.name], 0, atol=1e-12)


def test_curves_and_surfaces_say_what_the_model_says(fitted):
    _, _, model = fitted
    medians = {part.name: part.median for part in model.inputs}
    usual = logit(model.predict(pd.DataFrame([medians]))["pd"].iloc[0])
    for row in model.curves.sample(10, random_state=1).itertuples():
        tried = pd.DataFrame([medians | {row.input: row.value}])
        assert logit(model.predict(tried)["pd"].iloc[0]) - usual == pytest.approx(row.log_odds, abs=1e-9)
    assert model.surfaces.columns.tolist() == SURFACE_COLUMNS
    for row in model.surfaces.itertuples():
        tried = pd.DataFrame([medians | {row.first_input: row.first_value, row.second_input: row.second_value}])
        assert logit(model.predict(tried)["pd"].iloc[0]) - usual == pytest.approx(row.both_log_odds, abs=1e-9)
        assert model.explain(tried)[row.pair].iloc[0] == pytest.approx(row.log_odds, abs=1e-9)
    assert (model.surfaces["standard_error"] >= 0).all()


def test_json_brings_back_the_pairs(fitted):
    X, _, model = fitted
    again = DefaultModel.from_json(model.to_json())
    assert again.pairs == model.pairs
    for told in ("predict", "explain"):
        pd.testing.assert_frame_equal(getattr(again, told)(X), getattr(model, told)(X), check_exact=True)
    pd.testing.assert_frame_equal(again.surfaces, model.surfaces, check_exact=True)
    assert again.to_json() == model.to_json()
    assert json.loads(model.to_json())["pairs"][0]["names"] == list(model.pairs[0].names)


def test_an_analyst_states_a_sign_drops_a_pair_and_refits(fitted):
    X, y, model = fitted
    kept = [one.names for one in model.pairs if one.names != model.pairs[0].names]
    again = DefaultModel.fit(X, y, signs=SIGNS | {"age": 1}, pairs=kept)
    assert [one.names for one in again.pairs] == kept
    assert again.table.loc["age", "sign"] == 1
    told = DefaultModel.fit(X, y, signs=SIGNS, pairs=[("debt", "loss"), ("debt", "loss")])
    assert [one.names for one in told.pairs] == [("debt", "loss")]


@pytest.mark.parametrize("pairs", [[("debt", "wealth")], [("debt",)], [("debt", "debt")], ["debt"], "debt", 3])
def test_what_is_no_pair_is_refused(fitted, pairs):
    X, y, _ = fitted
    with pytest.raises(InputError, match="pairs"):
        DefaultModel.fit(X, y, signs=SIGNS, pairs=pairs)


def test_a_belief_is_held_with_pairs(fitted):
    X, y, _ = fitted
    belief = pd.DataFrame({"input": "debt", "value": [-1.0, 1.0], "log_odds": [0.0, 1.0]})
    held = DefaultModel.fit(X, y, signs=SIGNS, belief=belief)
    assert len(held.pairs)
    assert abs(held.probability(X).mean() - y.mean()) < 1e-3


def test_intervals_cover_the_truth_with_pairs():
    inside = []
    for seed in range(5):
        X, y, _ = together(5_000, seed)
        fresh, _, odds = together(2_000, 100 + seed)
        found = DefaultModel.fit(X, y, signs=SIGNS).predict(fresh)
        inside.append((found["pd_low"] <= expit(odds)) & (expit(odds) <= found["pd_high"]))
    assert np.mean(inside) == pytest.approx(0.90, abs=0.06)


WORDS = {
    "debt": Candidate(ACCOUNTS, 1, "debt is {:.1f}"), "loss": Candidate(ACCOUNTS, 1, "loss is {:.1f}"),
    "age": Candidate(BEHAVIOUR, 1, "is {:.0f} years old"), "size": Candidate(ACCOUNTS, 1, "size {:.0f}"),
}  # fmt: skip


def test_a_pair_is_told_in_words(fitted):
    _, _, model = fitted
    row = pd.Series({"debt": 1.5, "loss": 2.0, "age": 0.0, "size": 0.0})
    name = next(one.name for one in model.pairs if set(one.names) == {"debt", "loss"})
    assert reason(name, row, WORDS) in {
        "debt is 1.5, and at the same time loss is 2.0", "loss is 2.0, and at the same time debt is 1.5"
    }  # fmt: skip
    told = explanation(model.explain(row).iloc[0], row, WORDS)
    assert told.loc[name, "part"] == ACCOUNTS
    assert told.loc[name, "points"] < 0
    assert told["log_odds"].sum() == pytest.approx(model.explain(row).iloc[0].sum())


def test_a_needed_value_counts_the_pair(fitted):
    _, _, model = fitted
    row = pd.Series({"debt": 1.5, "loss": 2.0, "age": 0.0, "size": 0.0})
    bounds = (0.001, 0.003, 0.01, 0.03, 0.05, 0.08, 0.12, 0.2, 0.4)
    probability = model.predict(row)["pd"].iloc[0]
    rating = pd.Series({"model_pd": probability, "model_grade": 1 + np.searchsorted(bounds, probability)})
    lifts = improvements(rating, row, model.curves, bounds, model=model)
    assert {"debt", "loss"} & set(lifts.index)
    for name, needed in lifts["needed"].items():
        better = model.predict(row.where(row.index != name, needed))["pd"].iloc[0]
        assert better == pytest.approx(bounds[int(rating["model_grade"]) - 2], rel=1e-5)
