"""Sentences on whether the cash is enough: which one is chosen, and its numbers."""

import numpy as np
import pandas as pd

from tradecredit import words
from tradecredit.cash.liquidity import Buffer

ENDS = pd.DatetimeIndex(["2026-11-07", "2026-11-14"], name="week_end")


def short(chances, depths):
    return pd.DataFrame({"short_probability": chances, "short_depth": depths, "short_depth_error": 0.0}, index=ENDS)


def test_the_likeliest_shortfall_is_named_with_the_buffer():
    needed = {"no cover": Buffer(9_000.0, 10.0), "Own": Buffer(7_000.0, 10.0)}
    told = words.liquidity.enough(short([0.01, 0.04], [500.0, 800.0]), needed, "EUR", 0.01)
    assert all(
        part in told for part in ("14 November 2026", "4.00 %", "EUR 800", "EUR 9,000 without insurance", "with Own")
    )


def test_what_is_missing_of_the_buffer_is_to_be_decided(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-08-01,2026-09-01,1000\n"
    short_of = book_of("2026-10-30", run={"cash": {"opening_cash": 4_000}}, invoices=invoices)
    none = pd.DataFrame({"advance": []})
    told = words.liquidity.decisions(short_of, Buffer(7_000.0, 10.0), "Own", none)["cash buffer"]
    assert told.startswith("**EUR 3,000** is missing: EUR 7,000 has to be in hand with Own so that a week")
    assert words.liquidity.decisions(short_of, Buffer(4_000.0, 10.0), "Own", none) == {}
    unknown = book_of("2026-10-30", invoices=invoices)
    assert words.liquidity.decisions(unknown, Buffer(7_000.0, 10.0), "Own", none) == {}


def test_a_stated_lender_that_bears_what_is_missing_is_named_with_the_decision(book_of):
    """3,000 for 13 weeks at 7.3 % a year: 3,000 × .073 × 91 / 365 = 54.60."""
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-08-01,2026-09-01,1000\n"
    lender = {"advance_rate": 0.8, "yearly_rate": 0.073, "eligible": "all"}
    book = book_of("2026-10-30", run={"cash": {"opening_cash": 4_000, "borrowing": lender}}, invoices=invoices)
    lent = pd.DataFrame({"advance": [5_000.0]}, index=["no cover"])
    told = words.liquidity.decisions(book, Buffer(7_000.0, 10.0), "Own", lent)["cash buffer"]
    assert "up to **EUR 5,000** today. Of the EUR 3,000 that is missing of the buffer it bears EUR 3,000;" in told
    assert "costs EUR 54.60 of interest" in told


def test_no_shortfall_is_said_so():
    told = words.liquidity.enough(short([0.0, 0.0], [np.nan, np.nan]), {"no cover": Buffer(0.0, 0.0)}, "EUR", 0.01)
    assert told.startswith("In no scenario")


def test_nothing_is_told_of_liquidity_without_cash_in_hand():
    assert words.liquidity.enough(short([0.0, 0.0], [np.nan, np.nan]).iloc[:0], {}, "EUR", 0.01) == ""


def test_a_cash_ratio_below_zero_is_told_with_what_it_means():
    ends = pd.DatetimeIndex(["2026-11-30", "2026-12-31", "2027-01-31"], name="week_end")
    table = pd.DataFrame(
        {"view": "Own", "ratio_expected": [0.1, -0.04, 0.02], "ratio_low_80": [0.05, -0.2, -0.1]}, ends
    )
    told = words.liquidity.ratio_told(table, "Own")
    assert told.startswith(
        "The cash ratio is expected at 0.10 on 30 November 2026 and 0.02 on 31 January 2027, with Own."
    )
    assert "At 1 month end, first on 31 December 2026, it is **expected below zero**" in told
    assert "below zero" not in words.liquidity.ratio_told(table.head(1), "Own")
    assert words.liquidity.ratio_told(table.head(0), "Own") == ""


def test_the_advance_bears_what_is_missing_at_its_interest(book_of):
    # 1,000 × 7.3 % × 91/365 = 18.20.
    run = {"cash": {"borrowing": {"advance_rate": 0.8, "yearly_rate": 0.073}}}
    book = book_of(
        "2026-10-30", run=run, invoices="invoice_id,buyer_id,issued,due,amount\nI1,A,2026-08-01,2026-09-01,9\n"
    )
    table = pd.DataFrame({"advance": [0.0, 5_000.0]}, index=["no cover", "Own"])
    told = words.liquidity.advance(table, book, 1_000.0)
    assert "it bears EUR 1,000; drawn for all 13 weeks that costs EUR 18.20 of interest" in told
    assert "without cover it advances nothing" in told
    assert words.liquidity.advance(table.head(0), book, 1_000.0) == ""
