"""Sentences on the coming cash: which one is chosen, and its numbers."""

from dataclasses import replace

import numpy as np
import pandas as pd

from tradecredit import words
from tradecredit.cash.forecast import CashForecast
from tradecredit.cash.liquidity import Buffer
from tradecredit.cash.past_defaults import PastDefaults
from tradecredit.cash.reconciled import Defaults
from tradecredit.cash.scenarios import Receipts

ENDS = pd.DatetimeIndex(["2026-11-07", "2026-11-14"], name="week_end")


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


NOTHING = CashForecast(
    ENDS, Receipts(*np.zeros((5, 2, 2))), np.zeros((2, 2)), {}, (0.0, 0.0), np.ones(14),
    PastDefaults(np.zeros(2), np.zeros(2)),
)  # fmt: skip
"""A forecast of two weeks in which nothing comes."""


def test_what_the_forecast_leaves_out_and_cannot_test_is_said(book_of):
    """The first invoice is of August 2024: 27 months, two years of the economy."""
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2024-08-01,2024-09-01,1000\nI2,A,2026-08-01,2026-09-01,9\n"
    book, made = book_of("2026-10-30", invoices=invoices), NOTHING
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
    assert "(fewer than 10 are over)" in known
    assert "Open orders are invoiced on the day" in known
    assert "Defaults that have happened bring in EUR 0 of recoveries within the 2 weeks" in known
    # Without a policy nothing is said of claims and premiums.
    assert not any(word in known for word in ("laim", "remium", "insurer", "olicy"))
    filed = replace(made, past=PastDefaults(np.zeros(2), np.array([0.0, 700.0])))
    known = " ".join(words.cash.assumptions(some, filed, Defaults(1.0, 1.0, 1.0, (1.0, 0.1))))
    assert "EUR 700 of claims comes within the 2 weeks" in known


def test_half_of_what_was_promised_may_be_what_came(book_of):
    """Ten promises of 100, of which five were paid: 50 % is told of them, and is not what is taken for want of them."""
    rows = [(f"P{number}", "A", "2026-03-01", "2026-03-31", 100.0) for number in range(10)]
    invoices = pd.DataFrame(rows, columns=["invoice_id", "buyer_id", "issued", "due", "amount"])
    paid = invoices.head(5)[["invoice_id", "amount"]].assign(received="2026-05-10", kind="payment")
    made = invoices[["invoice_id", "buyer_id", "amount"]].assign(made="2026-04-20", date="2026-05-10", kind="payment")
    book = book_of("2026-10-30", invoices=invoices, receipts=paid, promises=made)
    told = " ".join(words.cash.assumptions(book, NOTHING, Defaults(1.0, 1.0, 1.0, (1.0, 0.1))))
    assert f"to {words.formats.percent(0.5)}, the part of promises that was kept (those that are over)" in told


def test_what_has_to_be_in_hand_is_not_told_without_what_is(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-08-01,2026-09-01,1000\n"
    paid = np.full((4, 13), 100.0)
    receipts = Receipts(paid, *np.zeros((4, 4)))
    ends = pd.date_range("2026-11-07", periods=13, freq="7D")
    made = CashForecast(ends, receipts, paid * 0, {}, (0.0, 0.0), np.ones(91), PastDefaults(np.zeros(13), np.zeros(13)))
    needed = {"no cover": Buffer(0.0, 0.0)}
    unknown = words.cash.headline(book_of("2026-10-30", invoices=invoices), made, "no cover", needed)
    assert unknown["cash_buffer"] == (None, "EUR", "Cash needed in hand today: opening cash not stated")
    assert unknown["shortfall_probability"][0] is None
    stated = book_of("2026-10-30", run={"cash": {"opening_cash": 5}}, invoices=invoices)
    assert words.cash.headline(stated, made, "no cover", needed)["shortfall_probability"][0] == 0.0
    assert words.cash.headline(stated, made, "no cover", needed)["cash_buffer"][0] == 0.0


def test_the_leanest_and_the_best_week_are_told():
    weeks = pd.DatetimeIndex(["2026-11-07", "2026-11-14", "2026-11-21"], name="week_end")
    fan = pd.DataFrame({"expected_cash": [300.0, 200.0, 400.0], "low_95": [250.0, 90.0, 300.0]}, index=weeks)
    fan = fan.assign(expected_cash_error=0.0, low_95_error=0.0)
    assert words.cash.by_week(fan, "EUR").replace("\u00a0", " ") == (
        "The week to 14 November 2026 is expected to bring least, **EUR 200** (EUR 90 or more in 39 of 40 cases), and "
        "the week to 21 November 2026 most, EUR 400."
    )
