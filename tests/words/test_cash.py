"""Sentences on the coming cash: which one is chosen, and its numbers."""

from dataclasses import replace

import numpy as np
import pandas as pd

from tradecredit import words
from tradecredit.cash.back_test import RULES, CashBackTest
from tradecredit.cash.drivers import CONTESTED, OVERDUE
from tradecredit.cash.forecast import CashForecast
from tradecredit.cash.liquidity import Buffer
from tradecredit.cash.past_defaults import PastDefaults
from tradecredit.cash.reconciled import Defaults
from tradecredit.cash.scenarios import Receipts

ENDS = pd.DatetimeIndex(["2026-11-07", "2026-11-14"], name="week_end")


def short(chances, depths):
    return pd.DataFrame({"short_probability": chances, "short_depth": depths, "short_depth_error": 0.0}, index=ENDS)


def test_the_likeliest_shortfall_is_named_with_the_buffer():
    needed = {"no cover": Buffer(9_000.0, 10.0), "Own": Buffer(7_000.0, 10.0)}
    told = words.cash.enough(short([0.01, 0.04], [500.0, 800.0]), needed, "EUR", 0.01)
    assert all(
        part in told for part in ("14 November 2026", "4.00 %", "EUR 800", "EUR 9,000 without insurance", "with Own")
    )


def test_what_is_missing_of_the_buffer_is_to_be_decided(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-08-01,2026-09-01,1000\n"
    short_of = book_of("2026-10-30", run={"cash": {"opening_cash": 4_000}}, invoices=invoices)
    told = words.cash.decisions(short_of, Buffer(7_000.0, 10.0), "Own")["cash buffer"]
    assert told.startswith("**EUR 3,000** is missing: EUR 7,000 has to be in hand with Own so that a week")
    assert words.cash.decisions(short_of, Buffer(4_000.0, 10.0), "Own") == {}
    unknown = book_of("2026-10-30", invoices=invoices)
    assert words.cash.decisions(unknown, Buffer(7_000.0, 10.0), "Own") == {}


def test_no_shortfall_is_said_so():
    told = words.cash.enough(short([0.0, 0.0], [np.nan, np.nan]), {"no cover": Buffer(0.0, 0.0)}, "EUR", 0.01)
    assert told.startswith("In no scenario")


def test_nothing_is_told_of_liquidity_without_cash_in_hand():
    assert words.cash.enough(short([0.0, 0.0], [np.nan, np.nan]).iloc[:0], {}, "EUR", 0.01) == ""


def test_a_young_book_is_not_testable():
    assert "Not testable" in words.cash.tested(CashBackTest(pd.DataFrame(), pd.DataFrame()))


def test_the_error_is_told_beside_both_plain_rules():
    row = {"as_of_then": pd.Timestamp("2026-07-31"), "came_in": 100.0, "expected_cash": 90.0}
    row |= dict.fromkeys(RULES, 80.0) | {"low_80": 80.0, "high_80": 110.0, "low_95": 70.0, "high_95": 120.0}
    totals = pd.DataFrame([row | {"span": "4 weeks"}, row | {"span": "13 weeks"}])
    told = words.cash.tested(CashBackTest(totals.drop(columns="span"), totals))
    assert "0.50 and 0.50 times the error of the best plain rule" in told


def test_the_bridge_names_what_moved_the_dso_in_the_month_and_in_the_year():
    table = pd.DataFrame(
        {"last_month": [0.5, -3.1, 0.2, -0.1, -2.5], "last_year": [-1.3, 1.3, -0.1, 0.5, 0.4]},
        index=["terms and mix of sales", OVERDUE, CONTESTED, "timing of sales", "dso"],
    )
    kpis = pd.Series({"dso": 51.5, "dso_countback": 44.9})
    assert words.cash.bridge(table, kpis, 3) == (
        "The DSO is **51.5 days** by the sales of 3 months, and 44.9 days by countback. Since last month countback "
        "−2.4 days and timing of sales −0.1 days make DSO −2.5 days; the countback changed most −3.1 days by overdue "
        "debt that is not disputed and +0.5 days by terms and mix of sales. Since last year countback −0.1 days and "
        "timing of sales +0.5 days make DSO +0.4 days; the countback changed most −1.3 days by terms and mix of sales "
        "and +1.3 days by overdue debt that is not disputed. All overdue debt together is +1.2 days since last year, "
        "as in chapter 01."
    )


def test_a_cash_ratio_below_zero_is_told_with_what_it_means():
    ends = pd.DatetimeIndex(["2026-11-30", "2026-12-31", "2027-01-31"], name="week_end")
    table = pd.DataFrame(
        {"view": "Own", "ratio_expected": [0.1, -0.04, 0.02], "ratio_low_80": [0.05, -0.2, -0.1]}, ends
    )
    told = words.cash.ratio_told(table, "Own")
    assert told.startswith(
        "The cash ratio is expected at 0.10 on 30 November 2026 and 0.02 on 31 January 2027, with Own."
    )
    assert "At 1 month end, first on 31 December 2026, it is **expected below zero**" in told
    assert "below zero" not in words.cash.ratio_told(table.head(1), "Own")
    assert words.cash.ratio_told(table.head(0), "Own") == ""


def test_the_advance_bears_what_is_missing_at_its_interest(book_of):
    # 1,000 × 7.3 % × 91/365 = 18.20.
    run = {"cash": {"borrowing": {"advance_rate": 0.8, "yearly_rate": 0.073}}}
    book = book_of(
        "2026-10-30", run=run, invoices="invoice_id,buyer_id,issued,due,amount\nI1,A,2026-08-01,2026-09-01,9\n"
    )
    table = pd.DataFrame({"advance": [0.0, 5_000.0]}, index=["no cover", "Own"])
    told = words.cash.advance(table, book, 1_000.0)
    assert "it bears EUR 1,000; drawn for all 13 weeks that costs EUR 18.20 of interest" in told
    assert "without cover it advances nothing" in told
    assert words.cash.advance(table.head(0), book, 1_000.0) == ""


def test_a_ledger_that_does_not_reach_back_has_no_bridge():
    table = pd.DataFrame({"last_month": [0.0, 0.0], "last_year": [np.nan, np.nan]}, index=["terms", "dso"])
    told = words.cash.bridge(table, pd.Series({"dso": 1.0, "dso_countback": np.nan}), 3)
    assert told.endswith("does not reach back so far.")


def test_the_total_is_told_with_its_error_and_bands():
    zeros = np.zeros(2_000)
    paid = np.random.default_rng(1).normal(1_000, 100, (2_000, 13))
    ends = pd.date_range("2026-11-07", periods=13, freq="7D")
    receipts = Receipts(paid, zeros, zeros, zeros, paid.sum(axis=1))
    made = CashForecast(ends, receipts, paid * 0, {}, (0.0, 0.0), np.ones(91), PastDefaults(np.zeros(13), np.zeros(13)))
    told = words.cash.coming(made, "no cover", "EUR")
    assert "up to 30 January 2027" in told
    assert "without insurance (standard error " in told
    assert words.cash.claims(made, "no cover", "EUR") == ""


def test_what_the_forecast_leaves_out_and_cannot_test_is_said(book_of):
    """The first invoice is of August 2024: 27 months, two years of the economy."""
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2024-08-01,2024-09-01,1000\nI2,A,2026-08-01,2026-09-01,9\n"
    book, receipts = book_of("2026-10-30", invoices=invoices), Receipts(*np.zeros((5, 2, 2)))
    made = CashForecast(
        ENDS, receipts, np.zeros((2, 2)), {}, (0.0, 0.0), np.ones(14), PastDefaults(np.zeros(2), np.zeros(2))
    )
    told = words.cash.assumptions(book, made, Defaults(1.0, 1.0, 1.0, (1.0, 0.1)))
    assert "this ledger cannot test: it has seen 2 years" in " ".join(told)
    # Without promises, orders and buyers in default nothing is said of them.
    assert not any("promised" in line or "orders" in line or "have happened" in line for line in told)
    some = book_of(
        "2026-10-30", invoices=invoices, defaults="buyer_id,date,kind\nA,2026-10-01,insolvency\n",
        orders="order_id,buyer_id,kind,date,amount\nO1,A,ordered,2026-10-01,50\n",
        promises="buyer_id,invoice_id,made,date,amount,kind\nA,I2,2026-10-01,2026-11-20,9,payment\n",
    )  # fmt: skip
    known = " ".join(words.cash.assumptions(some, made, Defaults(1.0, 1.0, 1.0, (1.0, 0.1))))
    assert f"comes on the promised day to {words.formats.percent(0.5)}" in known
    assert "Open orders are invoiced on the day" in known
    assert "Defaults that have happened bring in EUR 0 of recoveries within the 2 weeks" in known
    # Without a policy nothing is said of claims and premiums.
    assert not any(word in known for word in ("laim", "remium", "insurer", "olicy"))
    filed = replace(made, past=PastDefaults(np.zeros(2), np.array([0.0, 700.0])))
    known = " ".join(words.cash.assumptions(some, filed, Defaults(1.0, 1.0, 1.0, (1.0, 0.1))))
    assert "EUR 700 of claims comes within the 2 weeks" in known


def back_tested(dates, within, *, expected=100.0, rule=100.0):
    """Return a back-test in which 100 came in always; `within`: which part of weeks lay within the 80 % band."""
    days = pd.date_range("2025-07-31", periods=dates, freq="ME")
    row = {"came_in": 100.0, "expected_cash": expected, "low_95": 0.0, "high_95": 200.0}
    row |= dict.fromkeys(RULES, 150.0) | {"by_average_delay": rule, "by_due_day_same_sales": 100.0}
    totals = pd.DataFrame([row | {"as_of_then": day, "span": span} for day in days for span in ("4 weeks", "13 weeks")])
    totals = totals.assign(low_80=90.0, high_80=110.0)
    weeks = pd.DataFrame([row | {"as_of_then": day} for day in days for _ in range(13)])
    inside = np.arange(len(weeks)) < within * len(weeks)
    return CashBackTest(weeks.assign(low_80=np.where(inside, 90.0, 101.0), high_80=110.0), totals)


def test_a_plain_rule_that_did_better_is_told_first():
    told = words.cash.warned(back_tested(12, 0.8, expected=106.0, rule=96.0)).replace("\u00a0", " ")
    assert told == (
        "**A plain rule did better** than this forecast at 12 past month ends, as known then: the total of 4 weeks was "
        "off by **6 %** on average, and by **4 %** with a rule (Paid after the buyer's average delay; sales as in the "
        "last 91 days) and the total of 13 weeks was off by **6 %** on average, and by **4 %** with a rule (Paid after "
        "the buyer's average delay; sales as in the last 91 days)."
    )
    assert words.cash.warned(back_tested(12, 0.8, expected=103.0, rule=96.0)) == ""
    # By the same words no better: 4.01 and 4.00 %.
    assert words.cash.warned(back_tested(12, 0.8, expected=104.01, rule=96.0)) == ""
    assert words.cash.warned(CashBackTest(pd.DataFrame(), pd.DataFrame())) == ""


def test_bands_that_held_far_fewer_or_more_than_they_should_are_told_where_chance_hardly_explains_it():
    """12 month ends are 334 days, with 13 weeks 60 weeks one after the other: 0.31 of 60 is no chance of 0.8, nor is 60
    of 60 (0.8 ** 60 = 2e-6); 0.7 of 60 is.
    Of two dates (17 weeks) all may lie within: 0.8 ** 17 = 0.02."""
    narrow = words.cash.warned(back_tested(12, 0.31)).replace("\u00a0", " ")
    assert narrow.startswith("**Bands were too narrow** at 12 past month ends: the 80 % band of a week held 31.4 %.")
    assert words.cash.warned(back_tested(12, 0.7)) == ""
    wide = words.cash.warned(back_tested(12, 1.0)).replace("\u00a0", " ")
    assert wide.startswith("Bands were too wide at 12 past month ends: the 80 % band of a week held 100 %")
    assert words.cash.warned(back_tested(2, 1.0)) == ""


def test_what_has_to_be_in_hand_is_not_told_without_what_is(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-08-01,2026-09-01,1000\n"
    paid = np.full((4, 13), 100.0)
    receipts = Receipts(paid, *np.zeros((4, 4)))
    ends = pd.date_range("2026-11-07", periods=13, freq="7D")
    made = CashForecast(ends, receipts, paid * 0, {}, (0.0, 0.0), np.ones(91), PastDefaults(np.zeros(13), np.zeros(13)))
    needed = {"no cover": Buffer(0.0, 0.0)}
    unknown = words.cash.headline(book_of("2026-10-30", invoices=invoices), made, "no cover", needed)
    assert unknown["cash_buffer"] == (None, "EUR", "Cash needed in hand today: opening cash not stated")
    stated = book_of("2026-10-30", run={"cash": {"opening_cash": 5}}, invoices=invoices)
    assert words.cash.headline(stated, made, "no cover", needed)["cash_buffer"][0] == 0.0


def test_the_leanest_and_the_best_week_are_told():
    weeks = pd.DatetimeIndex(["2026-11-07", "2026-11-14", "2026-11-21"], name="week_end")
    fan = pd.DataFrame({"expected_cash": [300.0, 200.0, 400.0], "low_95": [250.0, 90.0, 300.0]}, index=weeks)
    fan = fan.assign(expected_cash_error=0.0, low_95_error=0.0)
    assert words.cash.by_week(fan, "EUR").replace("\u00a0", " ") == (
        "The week to 14 November 2026 is expected to bring least, **EUR 200** (EUR 90 or more in 39 of 40 cases), and "
        "the week to 21 November 2026 most, EUR 400."
    )
