"""One input by which all others count more or less: found where it is, only there, and told apart in every figure."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from tradecredit.default import scale
from tradecredit.default.additive_model import DefaultModel
from tradecredit.errors import InputError
from tradecredit.numerics import discrimination

SIGNS = {"debt": 1, "loss": 1}


def firms(rows: int, seed: int, slope: float) -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    """Three inputs that count by the size of the firm, a size of its own effect, and the true log-odds."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame(random.normal(size=(rows, 4)), columns=["debt", "loss", "age", "size"])
    told = 0.7 * X["debt"] + 0.5 * X["loss"] - 0.5 * X["age"]
    # The knots of a curve of a normal input run from −2.33 to 2.33 at equal steps: its place there is −1 to 1.
    odds = -3 - 0.3 * X["size"] + np.exp(slope * (X["size"] / 2.326).clip(-1, 1)) * told
    return X, pd.Series((random.random(rows) < expit(odds)).astype(int)), odds.to_numpy()


@pytest.fixture(scope="module")
def sample():
    X, y, odds = firms(8_000, 1, 0.7)
    return X, y, odds, DefaultModel.fit(X, y, signs=SIGNS)


def test_a_scale_is_found_within_its_error_and_orders_firms_better(sample):
    X, y, _, model = sample
    assert model.scale.name == "size"
    assert abs(model.scale.slope - 0.7) < 2.5 * model.scale.error
    fresh, came, odds = firms(8_000, 2, 0.7)
    without = DefaultModel.fit(X, y, signs=SIGNS, pairs=(), scale=())
    assert without.scale is None
    told = [np.corrcoef(logit(one.probability(fresh)), odds)[0, 1] for one in (without, model)]
    assert told[1] > told[0] + 0.01
    assert discrimination.calibration_slope(model.probability(fresh), came).value == pytest.approx(1, abs=0.2)


def test_nothing_is_scaled_where_nothing_is():
    chosen = []
    for seed in range(4):
        X, y, _ = firms(3_000, 10 + seed, 0.0)
        chosen.append(DefaultModel.fit(X, y, signs=SIGNS, pairs=()).scale)
    assert chosen == [None] * 4


def test_few_defaults_and_signed_inputs_scale_nothing(sample):
    X, y, _, _ = sample
    assert DefaultModel.fit(X.head(1_000), y.head(1_000), signs=SIGNS).scale is None
    signed = DefaultModel.fit(X, y, signs=SIGNS | {"size": -1, "age": -1}, pairs=())
    assert signed.scale is None


def test_factors_by_hand():
    one = scale.Scale("size", (0.0, 1.0, 3.0), 1.0, np.log(2), 0.1)
    assert one.factor(np.array([-5.0, 0.0, 1.0, 2.0, 9.0, np.nan])) == pytest.approx([0.5, 0.5, 1, 2**0.5, 2, 1])


def test_contributions_add_up_and_count_so_many_times(sample):
    X, _, _, model = sample
    medians = pd.DataFrame([{part.name: part.median for part in model.inputs}])
    rows = X.head(50).copy()
    rows.iloc[::7, 0], rows.iloc[::5, 3] = np.nan, np.nan
    explained = model.explain(rows)
    odds = logit(model.probability(rows)) - logit(model.probability(medians)).iloc[0]
    assert explained.sum(axis=1).to_numpy() == pytest.approx(odds.to_numpy(), abs=1e-9)
    alone = DefaultModel.fit(*sample[:2], signs=SIGNS, pairs=(), scale=["size"])
    near, far = (medians.assign(size=value, debt=debt) for value, debt in ((0.0, 1.0), (2.0, 1.0)))
    moved = [
        logit(alone.probability(at)).iloc[0] - logit(alone.probability(at.assign(debt=-1.0))).iloc[0]
        for at in (near, far)
    ]
    factors = alone.scale.factor(np.array([0.0, 2.0]))
    assert moved[1] / moved[0] == pytest.approx(factors[1] / factors[0])


def test_a_probability_moves_as_the_sign_says_at_any_size(sample):
    model, values = sample[3], np.linspace(-3, 3, 13)
    for size in (-3.0, 0.0, 3.0):
        told = model.probability(pd.DataFrame({"debt": values, "loss": 0.0, "age": 0.0, "size": size}))
        assert (np.diff(told) >= -1e-12).all()


@pytest.mark.parametrize("hidden", [["size"], ["debt"], ["debt", "size"], ["debt", "loss", "age"]])
def test_the_mean_probability_stays_where_something_is_unknown(sample, hidden):
    X, _, _, model = sample
    known, told = model.predict(X), model.predict(X.assign(**dict.fromkeys(hidden, np.nan)))
    # The sample has no gaps: being unknown has no coefficient.
    assert told["pd"].mean() == pytest.approx(known["pd"].mean(), rel=0.05)
    assert (told["pd_low"] <= told["pd"]).all() and (told["pd"] <= told["pd_high"]).all()


def test_intervals_cover_the_truth():
    # Over twelve samples 88 % on average, 56 % without the scale; single ones from 72 to 99 %.
    fresh, _, odds = firms(4_000, 3, 0.7)
    covered = []
    for seed in range(1, 5):
        X, y, _ = firms(8_000, seed, 0.7)
        told = DefaultModel.fit(X, y, signs=SIGNS, pairs=()).predict(fresh)
        covered.append(((told["pd_low"] <= expit(odds)) & (expit(odds) <= told["pd_high"])).mean())
    assert 0.80 <= np.mean(covered) <= 0.98


def test_the_table_of_a_scale_says_what_the_probabilities_do():
    one = scale.Scale("size", (0.0, 1.0, 3.0), 1.0, np.log(2), 0.1)
    X, y, _ = firms(2_000, 1, 0.0)
    plain = DefaultModel.fit(X, y, signs=SIGNS, pairs=(), scale=())
    assert plain.scaling.empty
    table = replace(plain, scale=one).scaling
    assert table["value"].tolist() == [0.0, 1.0, 3.0]
    assert table["others_count"].tolist() == pytest.approx([0.5, 1.0, 2.0])
    # The logarithm's error is that of the slope times the place, −1, 0 and 1.
    assert table["others_count_error"].tolist() == pytest.approx([0.05, 0.0, 0.2])


def test_json_keeps_the_scale(sample):
    X, _, _, model = sample
    again = DefaultModel.from_json(model.to_json())
    assert again.scale == model.scale
    pd.testing.assert_frame_equal(again.predict(X.head(20)), model.predict(X.head(20)))


def test_a_scale_is_checked(sample):
    X, y, _, _ = sample
    for wrong in ("size", ["size", "age"], ["debt"], ["height"]):
        with pytest.raises(InputError, match="scale"):
            DefaultModel.fit(X, y, signs=SIGNS, scale=wrong)
