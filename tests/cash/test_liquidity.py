"""Liquidity: hand-made scenarios of three weeks, and tables of the run's terms."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.cash import liquidity
from tradecredit.cash.forecast import CashForecast
from tradecredit.cash.insured_cash import Insured
from tradecredit.cash.past_defaults import PastDefaults
from tradecredit.cash.scenarios import Receipts
from tradecredit.insurance.policy import Policy

INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,B1,2026-09-01,2026-10-01,1000
I2,B1,2026-06-01,2026-07-01,500
"""


def book_with(book_of, **cash):
    return book_of("2026-10-31", run={"cash": cash}, invoices=INVOICES, receipts="invoice_id,received,amount,kind\n")


def forecast_of(paid, **insured):
    paid = np.asarray(paid, float)
    zeros = np.zeros(len(paid))
    ends = pd.date_range("2026-11-07", periods=paid.shape[1], freq="7D")
    policies = {name: Insured(np.asarray(claims, float), np.zeros_like(paid), zeros, np.asarray(premium, float))
                for name, (claims, premium) in insured.items()}  # fmt: skip
    receipts = Receipts(paid, zeros, zeros, zeros, paid.sum(axis=1))
    past = PastDefaults(*np.zeros((2, paid.shape[1])))
    return CashForecast(ends, receipts, np.zeros_like(paid), policies, (0.0, 0.0), np.ones(7 * paid.shape[1]), past)


PAID = [[100.0, 100.0, 100.0], [0.0, 50.0, 100.0], [100.0, 0.0, 0.0], [100.0, 100.0, 0.0]]
PLAN = [{"date": "2026-11-10", "amount": -170.0, "kind": "payroll"}, {"date": "2027-11-10", "amount": 9.0, "kind": "x"}]


def test_planned_flows_fall_into_the_week_of_their_day(book_of):
    book = book_with(book_of, opening_cash=20.0, plan=PLAN)
    assert liquidity.planned(book, forecast_of(PAID).ends).tolist() == [0.0, -170.0, 0.0]


def test_a_flow_that_repeats_ends_on_its_last_day(book_of):
    plan = [{"date": "2026-10-27", "amount": -5.0, "kind": "rent", "every": "week", "until": "2026-11-10"}]
    book = book_with(book_of, opening_cash=20.0, plan=plan)
    assert liquidity.planned(book, forecast_of(PAID).ends).tolist() == [-5.0, -5.0, 0.0]


def test_a_shortfall_is_cash_below_the_credit_line(book_of):
    # Cash at the end of week 2: 20 + 200 − 170 = 50; 20 + 50 − 170 = −100; 20 + 100 − 170 = −50; 50. Line: 40.
    book = book_with(book_of, opening_cash=20.0, credit_line=40.0, plan=PLAN)
    found = liquidity.shortfalls(book, forecast_of(PAID), weeks=3)
    assert found["short_probability"].tolist() == [0.0, 0.5, 0.25]
    # Week 2 lacks 60 and 10, week 3 only 10.
    assert found["short_depth_error"].iloc[1] == pytest.approx(25.0)
    assert found["short_depth_error"].iloc[[0, 2]].isna().all()
    assert found["short_depth"].iloc[1:].tolist() == [35.0, 10.0]
    assert np.isnan(found["short_depth"].iloc[0])
    assert found["short_probability_error"].iloc[1] == pytest.approx(np.sqrt(0.25 / 4))
    assert np.isnan(found["short_probability_error"].iloc[0])
    # The second scenario is short in week 2, the third in weeks 2 and 3: 2 of 4 are ever so.
    assert liquidity.ever_short(book, forecast_of(PAID), weeks=3) == (0.5, 0.25)
    assert liquidity.ever_short(book, forecast_of(PAID), weeks=1)[0] == 0.0


def test_what_each_week_needs_today_and_the_buffer_is_the_most_of_them(book_of):
    # Taken out so far at the end of week 1: 1, … 100, of week 2 half as much; one per cent of scenarios lies beyond 99.
    book = book_with(book_of, opening_cash=30.0, credit_line=20.0)
    out = np.arange(1.0, 101)
    made = forecast_of(np.column_stack([-out, out / 2]))
    found = liquidity.shortfalls(book, made, weeks=2)
    assert found["needed_today"].tolist() == pytest.approx([79.0, 29.5])
    assert found["missing_today"].tolist() == pytest.approx([49.0, 0.0])
    assert liquidity.buffer(book, made, weeks=2).amount == pytest.approx(79.0)


def test_from_cash_today_to_cash_at_the_end(book_of):
    # Paid on average 300/4 + 250/4 + 200/4 by week; of the plan one payment lies within the three weeks.
    book = book_with(book_of, opening_cash=20.0, plan=PLAN)
    made = forecast_of(PAID, own=([[0, 0, 40]] * 4, [10, 0, 5]))
    found = liquidity.cash_bridge(book, made, "own", weeks=3)
    assert found["amount"].to_dict() == pytest.approx(
        {
            "opening_cash": 20.0, "expected_receipts": 187.5, "claims_in": 40.0, "passed_on": 0.0, "premium_out": -15.0,
            "payroll": -170.0, "closing_cash": 62.5,
        }
    )  # fmt: skip
    assert found.loc["payroll", "times"] == 1
    assert found.loc["closing_cash", "amount"] == pytest.approx(liquidity.cash_in_hand(book, made, "own")[:, 2].mean())
    assert liquidity.cash_bridge(book_with(book_of), made).empty


def test_the_table_of_planned_flows_counts_beside_the_run_file(book_of):
    table = (
        "date,amount,kind,planned_on\n2026-11-20,-30,tax,2026-10-01\n2026-11-03,7,grant,\n2026-11-04,9,x,2026-11-02\n"
    )
    run = {"cash": {"opening_cash": 20.0, "plan": PLAN}}
    book = book_of(
        "2026-10-31", run=run, invoices=INVOICES, receipts="invoice_id,received,amount,kind\n", cash_plan=table
    )
    # What was planned on a later day is not known yet.
    assert liquidity.planned(book, forecast_of(PAID).ends).tolist() == [7.0, -170.0, -30.0]


def test_planned_flows_count_in_the_months_of_their_days(book_of):
    plan = [
        {"date": "2026-11-30", "amount": -100.0, "kind": "a"},
        {"date": "2026-12-01", "amount": -300.0, "kind": "b"},
    ]
    book = book_with(book_of, opening_cash=500.0, current_liabilities=100.0, plan=plan)
    found = liquidity.cash_ratios(book, forecast_of(np.zeros((4, 10))))
    assert found["ratio_expected"].tolist() == pytest.approx([4.0, 1.0])
    assert found.index.tolist() == [pd.Timestamp("2026-11-30"), pd.Timestamp("2026-12-31")]


def test_the_buffer_covers_the_worst_week_at_the_stated_probability(book_of):
    # Flows so far at the end of week 2 over 100 scenarios are −1, −2, … −100; one per cent is beyond 99.
    book = book_with(book_of, opening_cash=0.0)
    paid = np.column_stack([np.zeros(100), -np.arange(1.0, 101)])
    assert liquidity.buffer(book, forecast_of(paid)).amount == pytest.approx(99)


def test_claims_and_premiums_are_in_the_cash_of_a_policy(book_of):
    book = book_with(book_of, opening_cash=0.0)
    made = forecast_of(PAID, own=([[0, 0, 40]] * 4, [10, 0, 0]))
    assert liquidity.cash_in_hand(book, made, "own")[0].tolist() == [90.0, 190.0, 330.0]


def test_without_opening_cash_liquidity_is_not_told(book_of):
    assert liquidity.shortfalls(book_with(book_of), forecast_of(PAID)).empty
    assert liquidity.cash_ratios(book_with(book_of), forecast_of(PAID)).empty


def test_the_cash_cycle_is_stock_and_receivables_less_payables(book_of):
    book = book_with(book_of, inventory_days=50.0, payables_days=30.0)
    table = liquidity.cycle(book)["value"]
    assert table["cash_cycle"] == pytest.approx(50 + table["dso"] - 30, nan_ok=True)


def test_a_lender_advances_on_what_is_not_too_old(book_of):
    borrowing = {"advance_rate": 0.8, "yearly_rate": 0.05, "eligible": "all", "oldest_days_past_due": 60}
    found = liquidity.borrowing_base(book_with(book_of, borrowing=borrowing), None)
    assert found.loc["no cover"].tolist() == [1000.0, 800.0, 40.0]


def test_a_lender_on_insured_receivables_takes_what_the_insurer_bears(book_of):
    book = book_of(
        "2026-10-31", run={"cash": {"borrowing": {"advance_rate": 0.8, "yearly_rate": 0.05}}}, invoices=INVOICES,
        receipts="invoice_id,received,amount,kind\n",
        limits="buyer_id,source,amount,valid_from\nB1,insurer,5000,2026-01-01\n",
    )  # fmt: skip
    found = liquidity.borrowing_base(book, Policy(name="own", insured_percentage=0.9))
    assert found["eligible"].to_dict() == {"no cover": 0.0, "own": 900.0}
