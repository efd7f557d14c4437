"""What is told of other firms by a fit shrunk to the slope of what it says of rows left out, beside the fit itself."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from tradecredit.default import additive_model, shrinkage
from tradecredit.default.additive_model import DefaultModel
from tradecredit.numerics.discrimination import calibration_slope

INPUTS = 12


def drawn(seed: int, rows: int) -> tuple[pd.DataFrame, pd.Series]:
    """Inputs of which four tell, a tenth of all values unknown, and outcomes of 4 % of the firms."""
    random = np.random.default_rng(seed)
    values = random.standard_normal((rows, INPUTS))
    y = random.random(rows) < expit(-3.6 + 0.5 * values[:, :4].sum(axis=1))
    X = pd.DataFrame(values).mask(random.random(values.shape) < 0.1).rename(columns="ratio_{}".format)
    return X, pd.Series(y.astype(int))


@pytest.fixture(scope="module")
def fits() -> list[tuple[DefaultModel, DefaultModel]]:
    """Of several samples the model, and the same fit unshrunk."""
    signs = {"ratio_0": 1, "ratio_1": 1}
    found = []
    for seed in range(6):
        X, y = drawn(seed, 1500)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(additive_model.shrinkage, "shrunk", lambda fit, *_: (fit, 1.0))
            unshrunk = DefaultModel.fit(X, y, signs=signs, pairs=(), scale=())
        found.append((DefaultModel.fit(X, y, signs=signs, pairs=(), scale=()), unshrunk))
    return found


def test_other_firms_are_told_with_a_slope_nearer_to_one(fits):
    X, y = drawn(99, 40_000)
    slopes = np.array([[calibration_slope(model.probability(X), y).value for model in both] for both in fits])
    shrunk, unshrunk = slopes.mean(axis=0)
    assert unshrunk < 0.93
    assert unshrunk + 0.01 < shrunk < 1.0


def test_the_mean_stays_the_rate_and_the_order_stays(fits):
    for seed, (model, unshrunk) in enumerate(fits):
        X, y = drawn(seed, 1500)
        assert 0.9 < model.shrinkage < 1.0
        assert unshrunk.shrinkage == 1.0
        told = model.probability(X)
        assert told.mean() == pytest.approx(y.mean(), abs=2e-5)
        known = X.dropna()
        assert model.probability(known).rank().corr(unshrunk.probability(known).rank()) == pytest.approx(1.0)
        assert model.to_json() == DefaultModel.from_json(model.to_json()).to_json()


def test_the_slope_is_held_to_one_as_far_as_it_is_not_known(monkeypatch):
    """By the precisions of the prior and of the estimate: at a prior as wide as its error the half of what it lacks."""
    X, y = drawn(7, 1500)
    told = {}
    real = shrinkage.calibration_slope
    monkeypatch.setattr(shrinkage, "calibration_slope", lambda *a, **n: told.setdefault("slope", real(*a, **n)))
    DefaultModel.fit(X, y, signs={}, pairs=(), scale=())
    slope, error = told["slope"]
    monkeypatch.setattr(shrinkage, "PRIOR_SD", error)
    assert DefaultModel.fit(X, y, signs={}, pairs=(), scale=()).shrinkage == pytest.approx(1 + (slope - 1) / 2)
