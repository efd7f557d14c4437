"""Methods of a credit limit: the examples of definitions §4, published capital ratios, and own parts worked by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecredit.decide.limits.methods import (
    capital_ratio,
    carried,
    net_value_added,
    own_exposure,
    smallest,
    with_cover,
)
from tradecredit.losses.portfolio import basel_correlation
from tradecredit.measure.ratios import ratios

AMOUNTS = st.floats(0, 1e9)


def series(*values):
    return pd.Series(values, dtype="float64")


# Net value added


def test_net_value_added_of_the_example():
    # Loss given default 100 %, margin 18 %, capital 15 % of the limit.
    limit = series(15e6, 10e6)
    found = net_value_added(limit, series(0.00429, 0.0165), 0.15 * limit, margin=0.18)
    assert found["expected_loss"].tolist() == pytest.approx([64_350, 165_000])
    assert found["capital_cost"].tolist() == pytest.approx([2_250_000, 1_500_000])
    assert found["margin"].tolist() == pytest.approx([2_700_000, 1_800_000])
    assert found["net_value_added"].tolist() == pytest.approx([385_650, 135_000])
    assert found["granted"].all()


def test_net_value_added_refuses_the_worst_of_the_example_at_any_size():
    limit = series(1, 1e3, 1e6, 1e9)
    found = net_value_added(limit, series(*[0.0557] * 4), 0.15 * limit, margin=0.18)
    assert (found["net_value_added"] < 0).all()
    assert not found["granted"].any()


def test_what_is_not_known_is_not_granted():
    found = net_value_added(series(100, 100), series(np.nan, 0.0), series(0, np.nan), margin=0.18)
    assert found["net_value_added"].isna().all()
    assert not found["granted"].any()


# Capital behind a limit

RISK_WEIGHTS = {
    0.0003: (14.44, 11.30), 0.0005: (19.65, 15.39), 0.001: (29.65, 23.30), 0.0025: (49.47, 39.01),
    0.004: (62.72, 49.49), 0.005: (69.61, 54.91), 0.0075: (82.78, 65.14), 0.01: (92.32, 72.40), 0.013: (100.95, 78.77),
    0.015: (105.59, 82.11), 0.02: (114.86, 88.55), 0.025: (122.16, 93.43),
}  # fmt: skip
"""Default probability: risk weight of a corporate exposure, in per cent, of a firm with 50 and with 5 million euros of
turnover; loss given default 45 %, maturity 2.5 years. Basel Committee (June 2006), Annex 5."""


@pytest.mark.parametrize(("column", "turnover"), [(0, 50.0), (1, 5.0)])
def test_capital_is_that_of_the_published_risk_weights(column, turnover):
    probability = series(*RISK_WEIGHTS)
    correlation = basel_correlation(probability, np.full(len(probability), turnover))
    capital = capital_ratio(probability, correlation, lgd=0.45)
    # The table is for 2.5 years: its maturity adjustment, 1 / (1 − 1.5 · b), is 1 for a year, which is ours.
    adjustment = 1 / (1 - 1.5 * (0.11852 - 0.05478 * np.log(probability)) ** 2)
    published = [weights[column] for weights in RISK_WEIGHTS.values()]
    assert (12.5 * 100 * capital * adjustment).tolist() == pytest.approx(published, abs=0.011)


def test_certain_default_and_none_need_no_capital():
    assert capital_ratio(series(0.0, 1.0), series(0.2, 0.2), lgd=0.75).tolist() == pytest.approx([0, 0])
    assert capital_ratio(series(np.nan), series(0.2), lgd=0.75).isna().all()


@given(low=st.floats(1e-6, 0.999), rise=st.floats(0, 1), cost=st.floats(0, 1))
def test_expected_loss_and_cost_of_capital_never_fall_as_the_probability_rises(low, rise, cost):
    probability = series(low, low + (1 - low) * rise)
    total = probability + cost * capital_ratio(probability, basel_correlation(probability), lgd=1.0)
    assert total[1] >= total[0] - 1e-12


# Own and insured part


def test_own_exposure_by_hand():
    # 33,000 owed under a limit of 10,000 at 90 %: 10 % of 10,000 and the 23,000 above it.
    found = own_exposure(series(33_000, 8_000, 500), series(10_000, 10_000, np.nan), insured_percentage=0.9)
    assert found.tolist() == pytest.approx([24_000, 800, 500])


def test_a_limit_with_cover_is_never_the_sum_of_own_and_insurers_limit():
    # 20,000 of our own: 10 % of the insurer's 50,000, and 15,000 above it; or 10 % of 200,000.
    found = with_cover(series(20_000, 20_000), series(50_000, 1e9), insured_percentage=0.9)
    assert found.tolist() == pytest.approx([65_000, 200_000])
    assert with_cover(series(20_000, np.nan), series(np.nan, 1.0), insured_percentage=0.9).fillna(-1).tolist() == [
        20_000,
        -1,
    ]
    assert with_cover(series(0.0), series(50_000), insured_percentage=0.9).tolist() == [0]
    assert with_cover(series(5.0), series(50_000), insured_percentage=0.0).tolist() == [5]
    assert with_cover(series(5.0), series(50_000), insured_percentage=1.0).tolist() == [50_005]


@given(amount=AMOUNTS, insurer=AMOUNTS, share=st.floats(0, 0.99))
def test_with_cover_our_own_part_is_what_we_would_risk_without(amount, insurer, share):
    limit = with_cover(series(amount), series(insurer), insured_percentage=share)
    own = own_exposure(limit, series(insurer), insured_percentage=share)
    assert own[0] == pytest.approx(amount, rel=1e-9, abs=1e-6)
    assert amount <= limit[0] <= max(amount + insurer, amount) * (1 + 1e-12)


# Capacity


def test_negative_equity_may_be_given_a_limit(book_of):
    text = "buyer_id,period_end,published,currency,revenue,equity\nA,2024-12-31,2025-06-30,EUR,900000,-1\n"
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2025-08-01,2025-08-31,10\n"
    run = {"limits": {"negative_equity_limit": 7_000}}
    book = book_of("2025-12-31", run=run, statements=text, invoices=invoices)
    row = carried(ratios(book), pd.Series({"A": 5}), book.run.limits).loc["A"]
    assert row["net_worth"] == 7_000
    assert row["revenue"] == pytest.approx(0.06 * 900_000)
    assert np.isnan(row["working_capital"])
    assert carried(ratios(book), pd.Series({"A": None}, dtype="Int64"), book.run.limits).isna().all(axis=None)


def test_the_smallest_is_named_the_first_of_equal_ones():
    names, values = smallest(pd.DataFrame({"a": [3.0, np.nan, np.nan], "b": [3.0, 2.0, np.nan]}))
    assert names.fillna("none").tolist() == ["a", "b", "none"]
    assert values.fillna(-1).tolist() == [3, 2, -1]
