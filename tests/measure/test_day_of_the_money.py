"""A buyer pays on the day that its money comes: what is credited, discounted or written off later is no lateness."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import receivables
from tradecredit.measure.behaviour import features, signed_days_beyond_terms
from tradecredit.measure.open_items import items_on, open_items

DAY = "2026-10-31"
INVOICE = "invoice_id,buyer_id,issued,due,amount\nI,B,2026-07-02,2026-08-01,2000\n"


def item(book_of, *receipts: str, day: str = DAY) -> pd.Series:
    rows = "".join(f"I,{receipt}\n" for receipt in receipts)
    book = book_of(day, invoices=INVOICE, receipts=f"invoice_id,received,amount,kind\n{rows}")
    return open_items(book).iloc[0]


# Receipts; days late (1 August 2026 is a Saturday, and no law of the run moves the due day), open amount.
CASES = {
    "a bank's charge written off": (["2026-08-01,1999.20,payment", "2026-10-30,0.80,write_off"], 0, 0),
    "a part credited later": (["2026-08-01,1700,payment", "2026-10-15,300,credit_note"], 0, 0),
    "dust is open": (["2026-08-01,1999.20,payment"], 0, 0.80),
    "credited whole": (["2026-08-31,2000,credit_note"], np.nan, 0),
    "a part credited before the money": (["2026-07-20,300,credit_note", "2026-08-11,1700,payment"], 10, 0),
    "a discount booked later": (["2026-07-12,1960,payment", "2026-09-12,40,discount"], -20, 0),
    "in two parts, the second late": (["2026-08-01,1000,payment", "2026-08-21,1000,payment"], 20, 0),
    "in two parts, credited and written off": (
        ["2026-07-30,1000,payment", "2026-08-06,700,payment", "2026-09-01,299,credit_note", "2026-10-01,1,write_off"],
        5, 0,
    ),
    "credited more than what the last payment left": (
        ["2026-08-01,1500,payment", "2026-08-15,400,payment", "2026-09-15,100,credit_note"], 14, 0,
    ),
    "half of it given up": (["2026-08-01,1000,payment", "2026-09-30,1000,write_off"], 0, 0),
    "most of it given up": (["2026-08-01,100,payment", "2026-09-30,1900,write_off"], 60, 0),
    "most of what was not credited given up": (
        ["2026-08-01,100,payment", "2026-08-10,1700,credit_note", "2026-09-30,200,write_off"], 60, 0,
    ),
    "written off whole": (["2026-09-30,2000,write_off"], np.nan, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CASES))
def test_days_late_are_those_of_the_money(book_of, name):
    receipts, days_late, left = CASES[name]
    found = item(book_of, *receipts)
    assert found["days_late"] == pytest.approx(days_late, nan_ok=True)
    assert found["open_amount"] == pytest.approx(left)
    assert pd.isna(found["days_past_due"])


def test_more_than_dust_is_owed_and_late(book_of):
    # 0.1 % of 2,000 is more than 1.00, so that 1.00 is the most that is dust.
    assert item(book_of, "2026-08-01,1999.00,payment")["days_late"] == 0
    found = item(book_of, "2026-08-01,1998.99,payment")
    assert (found["days_late"], found["days_past_due"]) == (91, 91)


def test_before_a_credit_came_its_part_was_owed(book_of):
    found = item(book_of, "2026-08-01,1700,payment", "2026-10-15,300,credit_note", day="2026-08-31")
    assert (found["open_amount"], found["days_past_due"]) == (300, 30)


def test_no_experience_is_made_of_what_was_credited_whole(book_of):
    receipts = "invoice_id,received,amount,kind\nI,2026-08-31,2000,credit_note\n"
    book = book_of(DAY, invoices=INVOICE, receipts=receipts)
    assert features(book).loc["B", ["days_beyond_terms", "share_late"]].isna().all()
    assert np.isnan(signed_days_beyond_terms(book)["B"])
    assert np.isnan(receivables.kpis(book)["days_beyond_terms"])


def test_dust_is_current_and_no_overdue_debt(book_of):
    receipts = "invoice_id,received,amount,kind\nI,2026-08-01,1999.20,payment\n"
    book = book_of(DAY, invoices=INVOICE, receipts=receipts)
    figures = receivables.kpis(book)
    assert figures["receivables"] == pytest.approx(0.80)
    assert figures["overdue_amount"] == 0
    assert receivables.ageing(book)["amount"].to_dict()["current"] == pytest.approx(0.80)
    behaviour = features(book).loc["B"]
    assert behaviour[["share_overdue", "share_late", "oldest_days_past_due", "days_beyond_terms"]].tolist() == [0] * 4


@settings(max_examples=15)
@given(st.lists(st.sampled_from([0.3, 0.5, 0.8, 1.0]), min_size=3, max_size=8), st.integers(20, 90))
def test_charges_that_are_written_off_change_nothing_of_how_a_buyer_pays(book_of, charges, later):
    """What the default model knows of a buyer's payments is the same with a bank's charge of each payment and without.

    So its probability is: all that enters of the ledger are these features.
    """
    issued = pd.date_range("2026-01-05", periods=len(charges), freq="14D")
    invoices = pd.DataFrame(
        {"invoice_id": [f"I{row}" for row in range(len(charges))], "buyer_id": "B", "issued": issued,
         "due": issued + pd.Timedelta(days=30), "amount": 2000.0}
    )  # fmt: skip
    paid = invoices[["invoice_id"]].assign(received=invoices["due"], amount=2000.0, kind="payment")
    short = paid.assign(amount=2000.0 - np.array(charges))
    off = paid.assign(received=paid["received"] + pd.Timedelta(days=later), amount=charges, kind="write_off")
    charged = book_of(DAY, invoices=invoices, receipts=pd.concat([short, off], ignore_index=True))
    whole = book_of(DAY, invoices=invoices, receipts=paid)
    pd.testing.assert_frame_equal(features(charged), features(whole))


def test_the_open_items_of_a_past_day_are_those_of_its_book(book_of):
    receipts = """invoice_id,received,amount,kind
I,2026-08-01,1000,payment
I,2026-08-21,999.20,payment
I,2026-10-30,0.80,write_off
"""
    book = book_of(DAY, invoices=INVOICE, receipts=receipts)
    for day in pd.to_datetime(["2026-08-10", "2026-08-21", "2026-09-30", DAY]):
        then, now = open_items(book.at(day)), items_on(book, day)
        pd.testing.assert_frame_equal(then[now.columns.drop("buyer")], now.drop(columns="buyer"))
