"""What stated signs cost on firms left out."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from tradecredit import default
from tradecredit.numerics import discrimination


def table(rows: int) -> tuple[pd.DataFrame, pd.Series]:
    """Return two inputs, more of either of which means more defaults."""
    random = np.random.default_rng(5)
    X = pd.DataFrame(random.normal(size=(rows, 2)), columns=["debt", "delay"])
    return X, pd.Series((random.random(rows) < expit(X["debt"] + X["delay"] - 2)).astype(int))


def test_a_wrong_sign_costs_and_a_right_one_is_not_shown():
    X, y = table(1500)
    found = default.sign_costs(X, y, signs={"debt": -1, "delay": 1})
    assert list(found.index) == ["debt"]
    cost = found.loc["debt"]
    assert cost["sign"] == -1 and cost["against"] > 1
    assert (
        cost["log_loss_cost"] > 4 * cost["log_loss_cost_error"] > 0
        and cost["auc_cost"] > 4 * cost["auc_cost_error"] > 0
    )


def test_too_few_defaults_are_not_testable():
    X, y = table(1500)
    few = pd.concat([y[y == 1].head(15), y[y == 0].head(300)]).sort_index()
    found = default.sign_costs(X.loc[few.index], few, signs={"debt": -1})
    assert (
        found[["log_loss_cost", "log_loss_cost_error", "auc_cost", "auc_cost_error"]].isna().all(axis=None)
        and len(found) == 1
    )


def test_without_signs_nothing_is_compared():
    X, y = table(300)
    assert default.sign_costs(X, y, signs={}).empty


def test_gain_in_area_is_the_difference_of_areas():
    X, y = table(400)
    both = expit(X["debt"] + X["delay"])
    gain = discrimination.auc_gain(both, X["debt"], y)
    assert gain.value == pytest.approx(discrimination.auc(both, y).value - discrimination.auc(X["debt"], y).value)
    assert np.isnan(discrimination.auc_gain(both, both, y).standard_error)
