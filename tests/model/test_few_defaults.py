"""Few defaults: stated beliefs, and how far a book's own history moves them."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from tradecredit.measure.ratios import of_statements
from tradecredit.model import few_defaults, validate
from tradecredit.params import DefaultSettings

SETTINGS = DefaultSettings(central_tendency=0.02, central_tendencies={"DE": 0.01, "C": 0.04, "DE/C": 0.03})
UNTOUCHED = few_defaults.History(0, 0.0, {"payment behaviour": 1.0, "accounts": 1.0})
AMERICAN = Path(__file__).parents[3] / "shared" / "data" / "american_bankruptcy_3y.csv"


def buyers(**columns: list) -> pd.DataFrame:
    """Buyers that pay on the day with median accounts, but for what is given."""
    rows = len(next(iter(columns.values())))
    usual = {"days_beyond_terms": 0.0, "share_late": 0.0, "oldest_days_past_due": 0.0, "country": "FR", "sector": "G"}
    usual |= {part.name: part.median for part in few_defaults.brought().inputs}
    return pd.DataFrame({name: [value] * rows for name, value in usual.items()} | columns)


def rated(today: pd.DataFrame, known: few_defaults.History = UNTOUCHED, level: float = 0.02) -> pd.DataFrame:
    alive = pd.Series(True, index=today.index)
    return few_defaults.rated(today, alive, level, known=known, settings=SETTINGS).ratings


def test_odds_double_with_fifteen_days_and_the_mean_is_the_level():
    # params.DefaultSettings states 0.046 a day: ln 2 / 15.
    found = rated(buyers(days_beyond_terms=[0.0, 15.0]))
    assert logit(found["pd"][1]) - logit(found["pd"][0]) == pytest.approx(np.log(2), abs=0.005)
    assert found["pd"].mean() == pytest.approx(0.02)


def test_accounts_move_a_probability_as_the_brought_curves_say():
    weak, sound = -0.2, 0.6
    today = buyers(equity_ratio=[weak, sound, sound])
    found = rated(today)
    parts = few_defaults.brought().explain(today)["equity_ratio"]
    assert logit(found["pd"][0]) - logit(found["pd"][1]) == pytest.approx(parts[0] - parts[1])
    assert parts[0] - parts[1] > 1
    assert (found["method"] == "prior: payment behaviour and accounts").all()


def test_the_less_is_known_the_wider_the_interval():
    ratios = [part.name for part in few_defaults.brought().inputs]
    today = buyers(country=["FR"] * 4)
    today.loc[[1, 3], ratios] = np.nan
    today.loc[[2, 3], ["days_beyond_terms", "share_late"]] = np.nan
    found = rated(today)
    width = (logit(found["pd_high"]) - logit(found["pd"])) / (logit(found["pd_high"][0]) - logit(found["pd"][0]))
    assert width.tolist() == pytest.approx([1, 2**0.5, 3**0.5, 2])
    assert found["method"].tolist() == [
        "prior: payment behaviour and accounts", "prior: payment behaviour", "prior: accounts",
        "prior: neither behaviour nor accounts known",
    ]  # fmt: skip
    assert found["pd"].tolist() == pytest.approx([0.02] * 4)


def test_the_most_particular_central_tendency_counts():
    found = rated(buyers(country=["FR", "DE", "FR", "DE", None], sector=["G", "G", "C", "C", None]))
    odds = logit(found["pd"]) - logit(found["pd"][0])
    assert odds.tolist() == pytest.approx([logit(p) - logit(0.02) for p in (0.02, 0.01, 0.04, 0.03, 0.02)])
    assert found["pd"].mean() == pytest.approx(0.02)


def observed(rows: int, weight: float, seed: int = 3) -> pd.DataFrame:
    """Observations whose log-odds are −3 + weight × what the stated weights say of their days beyond terms."""
    random = np.random.default_rng(seed)
    table = buyers(days_beyond_terms=random.exponential(20, rows).tolist())
    odds = -3 + weight * 0.046 * table["days_beyond_terms"].clip(upper=90)
    return table.assign(
        defaulted=(random.random(rows) < expit(odds)).astype(int), buyer_id=[f"B{n}" for n in range(rows)]
    )


def test_without_defaults_the_beliefs_stay():
    known = few_defaults.history(observed(100, 1.0).assign(defaulted=0), SETTINGS, years=0.25)
    assert known == few_defaults.History(0, 25.0, {"payment behaviour": 1.0, "accounts": 1.0})


def test_history_moves_the_weight_towards_what_happened():
    known = few_defaults.history(observed(20_000, 2.0), SETTINGS, years=1)
    assert known.weights["payment behaviour"] == pytest.approx(2, abs=0.15)
    assert known.weights["accounts"] == pytest.approx(1, abs=1e-3)  # all accounts are alike: nothing is learnt of them
    few = few_defaults.history(observed(200, 2.0), SETTINGS, years=1)
    assert 1 < few.weights["payment behaviour"] < 2
    none = few_defaults.history(observed(20_000, 0.0), SETTINGS, years=1)
    assert none.weights["payment behaviour"] == pytest.approx(0, abs=0.1)


def test_the_level_is_the_mean_of_a_beta_posterior():
    known = few_defaults.History(3, 250.0, {})
    assert few_defaults.central_tendency(known, SETTINGS, counted=True) == pytest.approx((3 + 500 * 0.02) / 750)
    assert few_defaults.central_tendency(known, SETTINGS, counted=False) == 0.02


def test_what_enters_is_shown_with_the_weights_that_history_gave():
    today = buyers(days_beyond_terms=list(np.linspace(0, 60, 50)))
    table, curves = few_defaults.shape(
        today, few_defaults.History(5, 9.0, {"payment behaviour": 2.0, "accounts": 0.5}), SETTINGS
    )
    days = curves[curves["input"] == "days_beyond_terms"]
    assert (days["log_odds"].diff() / days["value"].diff()).dropna().tolist() == pytest.approx(
        [0.092] * (len(days) - 1)
    )
    brought = few_defaults.brought().table
    assert table.loc["equity_ratio", "effect"] == pytest.approx(brought.loc["equity_ratio", "effect"] / 2)
    assert table["importance"].is_monotonic_decreasing


@pytest.mark.skipif(not AMERICAN.exists(), reason="the American data are not beside the project")
def test_brought_curves_order_firms_of_later_years_and_are_what_their_script_makes():
    sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))
    import brought_model

    firms = brought_model.last_accounts(AMERICAN)
    train, later = firms[firms["split"] == "train"], firms[firms["split"] == "validation"]
    area = validate.auc(brought_model.fitted(train).predict(of_statements(later))["pd"], later["failed"])
    assert area.value == pytest.approx(0.757, abs=0.005)
    assert area.standard_error == pytest.approx(0.025, abs=0.002)
    assert (len(firms), firms["failed"].sum()) == (3_528, 428)
    again = brought_model.fitted(firms).predict(of_statements(firms))
    pd.testing.assert_frame_equal(again, few_defaults.brought().predict(of_statements(firms)), rtol=1e-4)
