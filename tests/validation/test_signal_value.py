"""What signals add to the default probability."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.validation.signal_value import ADDS, NOTHING, UNKNOWN, added, clustered_logit


def test_a_logit_of_two_groups_is_their_odds():
    """10 of 50 fail without, 20 of 40 with: constant log(10/40), coefficient log(20/20) − log(10/40); Woolf's error."""
    with_it = np.repeat([0, 1], [50, 40])
    failed = np.concatenate([np.repeat([1, 0], [10, 40]), np.repeat([1, 0], [20, 20])])
    inputs = np.column_stack([np.ones(90), with_it])
    values, errors = clustered_logit(inputs, failed, np.arange(90))
    assert values.tolist() == pytest.approx([np.log(10 / 40), np.log(4)])
    # One row a firm: the sandwich of a saturated model is Woolf's √(1/10 + 1/40 + 1/20 + 1/20), × √(90/89).
    assert errors[1] == pytest.approx(np.sqrt((1 / 10 + 1 / 40 + 1 / 20 + 1 / 20) * 90 / 89))


def test_each_firm_ten_times_is_no_more_evidence():
    rng = np.random.default_rng(1)
    signal, failed = rng.random(300) < 0.3, rng.random(300) < 0.2
    inputs = np.column_stack([np.ones(300), signal])
    once, often = (
        clustered_logit(np.repeat(inputs, times, axis=0), np.repeat(failed, times), np.repeat(np.arange(300), times))
        for times in (1, 10)
    )
    assert once[0].tolist() == pytest.approx(often[0].tolist())
    assert once[1].tolist() == pytest.approx(often[1].tolist())


def test_as_statsmodels_has_it():
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(4)
    x, firm = rng.standard_normal((400, 2)), np.arange(400) // 5
    failed = (rng.random(400) < 1 / (1 + np.exp(1.5 - x[:, 0]))).astype(int)
    inputs = np.column_stack([np.ones(400), x])
    values, errors = clustered_logit(inputs, failed, firm)
    fitted = sm.Logit(failed, inputs).fit(disp=0)
    assert values.tolist() == pytest.approx(fitted.params.tolist(), abs=1e-6)
    robust = sm.Logit(failed, inputs).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": firm, "use_correction": False}
    )
    assert errors.tolist() == pytest.approx((robust.bse * np.sqrt(80 / 79)).tolist(), rel=1e-5)


def test_what_tells_the_outcomes_apart_has_no_coefficient():
    apart = np.array([0, 0, 0, 1, 1, 1])
    values, _ = clustered_logit(np.column_stack([np.ones(6), apart]), apart, np.arange(6))
    assert np.isnan(values).all()


def past(days: int = 3, buyers: int = 800) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return reviews in which `good` multiplies the odds of default by 6, `noise` does nothing and `rare` is rare."""
    rng = np.random.default_rng(8)
    odds = np.log(rng.choice([0.02, 0.05, 0.2], buyers))
    good, noise = rng.random(buyers) < 0.2, rng.random(buyers) < 0.3
    failed = rng.random(buyers) < 1 / (1 + np.exp(-(odds + np.log(6) * good)))
    warns = {"good": good, "noise": noise, "rare": np.arange(buyers) < 2}
    codes = ["; ".join(name for name, of in warns.items() if of[row]) for row in range(buyers)]
    probability = 1 / (1 + np.exp(-odds))
    one = pd.DataFrame({"buyer_id": [f"B{row}" for row in range(buyers)], "pd": probability, "signals": codes})
    dates = pd.date_range("2024-01-31", periods=days, freq="ME")
    table = pd.concat([one.assign(date=day) for day in dates], ignore_index=True)
    fails = pd.DataFrame({"buyer_id": one["buyer_id"][failed], "date": pd.Timestamp("2024-10-15")})
    return table, fails


def test_a_signal_that_says_something_adds_and_one_that_does_not_adds_nothing():
    table, fails = past()
    found = added(table, fails, until=pd.Timestamp("2025-12-31"))
    assert found.loc["good", "beside_pd"] == ADDS
    assert found.loc["good", "odds_low"] < 6 < found.loc["good", "odds_high"]
    assert found.loc["noise", "beside_pd"] == NOTHING
    assert found.loc["noise", "odds_low"] < 1 < found.loc["noise", "odds_high"]
    assert found.loc["rare", "beside_pd"] == UNKNOWN
    assert found.loc["rare", "warned_buyers"] == 2
    assert np.isnan(found.loc["rare", "odds_ratio"])


def test_reviews_of_which_the_year_is_not_over_do_not_count():
    table, fails = past()
    assert added(table, fails, until=pd.Timestamp("2024-12-31")).empty
