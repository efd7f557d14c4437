"""What buyers owed in the last year and what a limit would have carried: by hand, and against a loop over days."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import Book
from tradecredit.book.demo import demo_book
from tradecredit.measure.balance_history import balance_history, carried_part
from tradecredit.measure.balances import balances
from tradecredit.measure.open_items import items_on
from tradecredit.params.source import FolderSource

AS_OF = "2026-03-31"
BUYERS = "buyer_id,kind\nA,private\nB,private\nC,private\n"
# A owes 100 for the eight weeks from 13 January to 9 March, and from 24 March on; B owes what it pays a part of.
INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,A,2026-01-13,2026-02-12,100
I2,A,2026-03-24,2026-04-23,60
I3,B,2024-01-01,2024-01-31,500
I4,B,2026-03-10,2026-04-09,40
"""
RECEIPTS = """invoice_id,received,amount,kind
I1,2026-03-10,100,payment
I3,2025-12-31,200,payment
I3,2026-03-20,250,write_off
I3,2026-03-25,30,payment
"""


def history_of(book_of, invoices=INVOICES, receipts=RECEIPTS, **tables):
    return balance_history(book_of(AS_OF, invoices=invoices, receipts=receipts, buyers=BUYERS, **tables))


def test_balances_at_the_ends_of_weeks_by_hand(book_of):
    found = history_of(book_of)
    assert len(found.columns) == 52
    assert found.columns[[0, -1]].tolist() == [pd.Timestamp("2025-04-08"), pd.Timestamp(AS_OF)]
    assert found.loc["A", :"2026-01-06"].unique().tolist() == [0]
    assert found.loc["A", "2026-01-13":].tolist() == [100] * 8 + [0, 0, 60, 60]
    # Of the 500 of B 250 were never paid: 250 were owed until the end of December, 50 to 25 March, and 20 are left.
    assert found.loc["B", :"2025-12-30"].unique().tolist() == [250]
    assert found.loc["B", "2026-01-06":].tolist() == [50] * 9 + [90, 90, 90, 60]
    assert found.loc["C"].unique().tolist() == [0]


def test_the_part_that_a_limit_carries_by_hand(book_of):
    found = history_of(book_of)
    limits = pd.Series({"A": 50.0, "B": 100.0, "C": 0.0})
    # A: 50 in ten weeks of 100 or 60. B: 100 of 250 in the 39 weeks to 30 December, and all of what it owes since.
    after = 9 * 50 + 3 * 90 + 60
    assert carried_part(found, limits).tolist() == pytest.approx(
        [500 / 920, (39 * 100 + after) / (39 * 250 + after), 1]
    )
    assert carried_part(found, pd.Series({"B": np.inf, "A": 0.0})).to_dict() == {"B": 1, "A": 0}
    assert carried_part(found, pd.Series({"A": np.nan, "C": np.nan})).fillna(-1).tolist() == [-1, 1]


def test_what_was_settled_on_unknown_days_is_not_told_as_owed(book_of):
    receipts = "invoice_id,received,amount,kind\nI1,2026-03-31,100,undated\nI3,2026-03-31,500,undated\n"
    demo = book_of(AS_OF, invoices=INVOICES, receipts=receipts, buyers=BUYERS)
    own = demo.run.model_copy(update={"source": FolderSource(kind="folder", path=Path("ledger"))})
    found = balance_history(replace(demo, run=own))
    assert found.iloc[:, :-1].to_numpy().max() == 0
    assert found[pd.Timestamp(AS_OF)].to_dict() == {"A": 60, "B": 40, "C": 0}


def test_what_was_cancelled_was_never_owed(book_of):
    wrong = INVOICES + "I5,A,2026-02-03,2026-03-05,1000\nI6,A,2026-03-01,2026-03-31,200\n"
    # I5 is taken back whole; of I6 all but 15 within the month, which stays owed.
    credits = RECEIPTS + "I5,2026-02-20,1000,credit_note\nI6,2026-03-06,185,credit_note\n"
    found = history_of(book_of, wrong, credits).loc["A", "2026-01-13":]
    assert found.tolist() == [100] * 7 + [115, 15, 15, 75, 75]


def test_a_credit_note_that_lowers_a_price_settles_when_it_comes(book_of):
    credit = RECEIPTS + "I2,2026-03-30,20,credit_note\n"
    assert history_of(book_of, receipts=credit).loc["A", "2026-03-24":].tolist() == [60, 40]


def test_what_is_paid_twice_is_the_buyers_credit(book_of):
    # 100 too much stand against the 60 of I2.
    twice = RECEIPTS + "I1,2026-03-24,100,payment\n"
    assert history_of(book_of, receipts=twice).loc["A", "2026-03-10":].tolist() == [0, 0, 0, 0]


def test_money_on_account_is_set_off_from_its_day_on(book_of):
    rows = RECEIPTS.replace("invoice_id,", "invoice_id,buyer_id,").replace("I1,", "I1,,").replace("I3,", "I3,,")
    account = rows + ",A,2026-02-05,30,payment\n,A,2026-03-26,-10,payment\n,B,2026-03-12,15,credit_note\n"
    book = book_of(AS_OF, invoices=INVOICES, receipts=account, buyers=BUYERS)
    found = balance_history(book)
    assert found.loc["A", "2026-01-27":].tolist() == [100, 100, 70, 70, 70, 70, 0, 0, 30, 40]
    assert found.loc["B", "2026-03-10":].tolist() == [90, 75, 75, 45]
    assert found.iloc[:, -1].tolist() == balances(book)["net_amount"].tolist() == [40, 45, 0]


def test_weeks_before_the_history_of_a_ledger_say_nothing(book_of):
    # I3 was carried over: without a receipt of it before January the ledger begins with the invoices of that month.
    begun = "invoice_id,received,amount,kind\nI1,2026-02-10,100,payment\n"
    found = history_of(book_of, receipts=begun)
    assert found.loc["B", :"2026-01-06"].unique().tolist() == [0]
    assert found.loc["B", "2026-01-13":].tolist() == [500] * 8 + [540] * 4


def test_other_currencies_stand_at_the_rate_of_each_day(ledger):
    ledger.write("buyers", "buyer_id,name\nA,Alder\n")
    ledger.write("fx", "date,currency,rate\n2026-02-28,USD,0.9\n2026-03-15,USD,0.8\n")
    rows = "I1,A,2026-03-01,2026-03-31,USD,100\nI2,A,2026-03-01,2026-03-31,EUR,7\nI0,A,2026-02-01,2026-02-20,EUR,1\n"
    ledger.write("invoices", f"invoice_id,buyer_id,issued,due,currency,amount\n{rows}")
    paid = "R1,I1,2026-03-20,50,payment\nR0,I0,2026-02-20,1,payment\n"
    ledger.write("receipts", f"receipt_id,invoice_id,received,amount,kind\n{paid}")
    found = balance_history(Book.open(ledger.run(as_of=AS_OF))).loc["A", "2026-03-03":]
    assert found.tolist() == pytest.approx([97, 97, 87, 47, 47])


@pytest.fixture(scope="module")
def demo(book_of):
    tables = dict(demo_book(buyers=60, invoices=4_000, seed=5).tables)
    tables["fx"] = tables["fx"].assign(rate=1.0)
    return book_of("2026-10-31", **tables)


def test_the_last_week_is_what_is_owed_today(demo):
    found = balance_history(demo)
    np.testing.assert_allclose(found.iloc[:, -1], balances(demo)["open_amount"], atol=1e-6)
    assert (found.to_numpy() >= 0).all()


@pytest.mark.parametrize("week", [0, 20, 45])
def test_a_week_is_the_open_items_of_its_day_less_what_was_never_paid(demo, week):
    """Open on that day, and of what has been written off, recovered or claimed since, or was cancelled, nothing."""
    found = balance_history(demo)
    kinds = demo.receipts["kind"].isin(["write_off", "recovery", "claim", "credit_note"])
    plain = ~demo.invoices["invoice_id"].isin(demo.receipts.loc[kinds, "invoice_id"])
    others = demo.invoices[~plain].groupby("buyer_id")["amount"].sum()
    same = ~found.index.isin(others.index)
    items = items_on(demo, found.columns[week])
    owed = items.groupby(demo.invoices.loc[items.index, "buyer_id"])["open_amount"].sum()
    expected = owed.reindex(found.index, fill_value=0.0)
    assert same.sum() > 10
    np.testing.assert_allclose(found.iloc[same, week], expected[same], atol=1e-6)
    assert (found.iloc[:, week] <= expected + 1e-6).all()


OWED = st.lists(st.floats(0, 1e6), min_size=3, max_size=3)


@given(OWED, st.floats(0, 1e6), st.floats(0, 1e6))
@settings(max_examples=50)
def test_a_larger_limit_carries_more_and_each_unit_less(owed, one, other):
    history = pd.DataFrame([owed], index=["A"])

    def part(limit):
        return carried_part(history, pd.Series({"A": limit}))["A"]

    low, high = sorted([one, other])
    assert 0 <= part(low) <= part(high) + 1e-12 <= 1 + 1e-9
    assert part(max(owed)) == pytest.approx(1)
    # Concave: halfway it carries at least half of both.
    assert part((low + high) / 2) >= (part(low) + part(high)) / 2 - 1e-9
