"""What stated signs cost on firms left out."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from tradecredit import default
from tradecredit.numerics import discrimination

sign_costs = sys.modules[default.sign_costs.__module__]  # the package's function has the module's name


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


def test_firms_are_drawn_whole_and_of_those_that_defaulted_as_many_as_of_the_others():
    firms = np.repeat(np.arange(1_000), 3)
    y = np.where((np.arange(3_000) % 3 == 1) & (firms % 5 == 0), 1.0, 0.0)  # one row of each fifth firm
    rows = sign_costs.drawn(y, firms, 0.4)
    assert rows.reshape(-1, 3).std(axis=1).max() == 0
    assert (rows.sum(), y[rows].sum()) == (1_200, 80)
    assert (rows == sign_costs.drawn(y, firms, 0.4)).all()


def test_of_a_large_table_the_firms_drawn_are_compared(monkeypatch):
    X, y = table(1500)
    rows = sign_costs.drawn(y.to_numpy(float), np.arange(1500), 0.5)
    drawn = default.sign_costs(X[rows], y[rows], signs={"debt": -1})
    monkeypatch.setattr(sign_costs, "MOST_ROWS", 750)
    pd.testing.assert_frame_equal(default.sign_costs(X, y, signs={"debt": -1}), drawn)


def test_without_signs_nothing_is_compared():
    X, y = table(300)
    assert default.sign_costs(X, y, signs={}).empty


def test_gain_in_area_is_the_difference_of_areas():
    X, y = table(400)
    both = expit(X["debt"] + X["delay"])
    gain = discrimination.auc_gain(both, X["debt"], y)
    assert gain.value == pytest.approx(discrimination.auc(both, y).value - discrimination.auc(X["debt"], y).value)
    assert np.isnan(discrimination.auc_gain(both, both, y).standard_error)
