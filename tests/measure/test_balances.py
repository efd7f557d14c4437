"""Sums by buyer: worked by hand, and equal to those of the open items."""

import pandas as pd
import pytest

from tradecredit.book.demo import demo_book
from tradecredit.measure.balances import balances
from tradecredit.measure.behaviour import features
from tradecredit.measure.open_items import open_items

INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,B,2025-01-10,2025-02-09,900
I2,B,2025-10-01,2025-10-31,300
I3,B,2026-01-01,2026-03-02,100
I4,A,2026-03-01,2026-03-31,50
"""
RECEIPTS = """invoice_id,received,amount,kind
I1,2025-02-09,899.996,payment
I2,2025-10-20,100,payment
I2,2025-10-30,150,credit_note
"""
BUYERS = "buyer_id,kind\nA,private\nB,private\nC,private\n"


def test_balances_and_purchases_by_hand(book_of):
    found = balances(book_of("2026-03-31", invoices=INVOICES, receipts=RECEIPTS, buyers=BUYERS))
    assert found.index.tolist() == ["A", "B", "C"]
    # Less than half a cent is left of I1: it is settled. 50 is left of I2.
    assert found["open_amount"].tolist() == pytest.approx([50, 150, 0])
    assert found["sales_12m"].tolist() == [50, 400, 0]
    assert found["payment_days"].fillna(-1).tolist() == pytest.approx([30, (300 * 30 + 100 * 60) / 400, -1])
    # A has bought for a day less than a month, which counts as one; B for more than a year.
    assert found["monthly_purchases"].tolist() == pytest.approx([50, 400 / 12, 0])
    assert found.loc["B", ["first_issued", "last_issued"]].tolist() == [
        pd.Timestamp("2025-01-10"),
        pd.Timestamp("2026-01-01"),
    ]
    assert found.loc["C", ["first_issued", "last_issued"]].isna().all()


def test_sales_are_net_of_tax_as_far_as_it_is_stated(book_of):
    taxed = (
        "invoice_id,buyer_id,issued,due,amount,tax\nI1,A,2026-01-01,2026-01-31,119,19\nI2,A,2026-02-01,2026-03-03,50,"
    )
    # What was sold more than a year ago does not count, nor does its tax.
    old = "\nI3,B,2025-01-10,2025-02-09,900,90\nI4,B,2025-10-01,2025-10-31,107,7\n"
    found = balances(book_of("2026-03-31", invoices=taxed + old, buyers=BUYERS))
    assert found["sales_12m"].tolist() == [169, 107, 0]
    assert found["net_sales_12m"].tolist() == [150, 100, 0]


def test_balances_without_receipts(book_of):
    assert balances(book_of("2026-03-31", invoices=INVOICES))["open_amount"].sum() == 1_350


def test_sums_are_those_of_the_open_items_and_of_the_features(book_of):
    tables = dict(demo_book(buyers=60, invoices=4_000, seed=5).tables)
    rates = tables.pop("fx").assign(rate=1.0)
    book = book_of("2026-10-31", fx=rates, **tables)
    found, behaviour = balances(book), features(book)
    items = open_items(book).groupby("buyer_id")["open_amount"].sum().reindex(found.index, fill_value=0.0)
    assert found["open_amount"].tolist() == pytest.approx(items.tolist())
    assert found["sales_12m"].tolist() == pytest.approx(behaviour["sales_12m"].tolist())
