"""Open orders and goods shipped and not invoiced, by hand: what counts on a day, net of what is on account."""

import pandas as pd
import pytest

from tradecredit import words
from tradecredit.book.book import Book
from tradecredit.errors import InputError
from tradecredit.measure import quality
from tradecredit.measure.orders import commitments
from tradecredit.measure.receivables import kpis

DAY = "2026-10-31"
# A owes 10,000 and has 500 on account; B owes nothing; C pays in advance, and has paid 300.
INVOICES = (
    "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-09-15,2026-11-14,10000\nI2,B,2026-01-15,2026-02-14,700\n"
    "I3,C,2026-01-15,2026-01-15,10\n"
)
RECEIPTS = (
    "invoice_id,buyer_id,received,amount,kind\nI2,,2026-02-14,700,payment\nI3,,2026-01-15,10,payment\n"
    ",A,2026-10-01,500,payment\n,C,2026-10-02,300,payment\n"
)
BUYERS = "buyer_id,kind\nA,private\nB,private\nC,prepaid\n"
# O1 is one order, of which a part was shipped on 20 October and its first part invoiced on the 25th. O4 was cancelled.
ORDERS = """order_id,buyer_id,kind,date,amount,expected_on,closed
O1,A,ordered,2026-09-01,3500,2026-10-20,2026-10-20
O1,A,shipped,2026-10-10,900,,2026-10-25
O1,A,shipped,2026-10-20,1500,,
O2,A,ordered,2026-10-05,1600,2026-11-30,
O3,A,ordered,2026-10-06,400,,
O4,B,ordered,2026-10-07,5000,2026-11-30,2026-10-31
O5,B,ordered,2026-10-08,60,2026-10-30,
O6,C,ordered,2026-10-09,200,,
O7,C,shipped,2026-09-09,250,,
O8,B,ordered,2026-11-01,1,,
"""
TABLES = {"invoices": INVOICES, "receipts": RECEIPTS, "buyers": BUYERS}


@pytest.fixture
def book(book_of):
    return book_of(DAY, orders=ORDERS, **TABLES)


def test_commitments(book):
    table = commitments(book)
    assert table.loc["A"].to_dict() == {
        "shipped_not_invoiced": 1_500, "open_orders": 2_000, "exposure": 10_000 + 1_500 - 500,
        "committed": 10_000 + 1_500 + 2_000 - 500,
    }  # fmt: skip
    # O4 is closed on the day, O8 not known yet.
    assert table.loc["B"].tolist() == [0, 60, 0, 60]
    # What C has paid in advance is more than what it was sent; its order counts against no limit.
    assert table.loc["C"].tolist() == [250, 0, 0, 0]


def test_an_earlier_day_knows_what_was_open_then(book):
    past = commitments(book.at("2026-10-15"))
    # 500 on account since the 1st; ordered: 3,500, 1,600 and 400, shipped 900.
    assert past.loc["A"].tolist() == [900, 5_500, 10_400, 15_900]
    assert past.loc["B", "open_orders"] == 5_060
    assert pd.isna(book.at("2026-10-30").orders.set_index("order_id").loc["O4", "closed"])


def test_orders_beyond_the_horizon_do_not_count(book_of):
    book = book_of(DAY, orders=ORDERS, run={"limits": {"order_horizon_days": 29}}, **TABLES)
    assert commitments(book).loc["A", "open_orders"] == 400
    book = book_of(DAY, orders=ORDERS, run={"limits": {"order_horizon_days": 30}}, **TABLES)
    assert commitments(book).loc["A", "open_orders"] == 2_000


def test_orders_are_no_receivables(book, book_of):
    without = book_of(DAY, **TABLES)
    pd.testing.assert_series_equal(kpis(book), kpis(without))
    assert words.receivables.orders(without) == ""
    assert words.limits.orders(without) == words.losses.orders(without) == []
    assert words.receivables.orders(book) == (
        "Not invoiced yet, and no part of the receivables: EUR 1,750 shipped to 2 buyers, and open orders of EUR 2,060 "
        "of 2 buyers. Both count against limits (chapter 03)."
    )


def test_quality_asks_of_orders_that_should_be_closed(book):
    found = quality.quality(book).set_index("check")
    found = found[found["table"] == "orders"]
    # O5 was expected on the day before; O7 was shipped 52 days ago.
    assert found[["rows", "amount"]].to_numpy().tolist() == [[1, 60], [1, 250]]
    assert found["share"].tolist() == pytest.approx([1 / 9, 1 / 9])
    assert set(words.quality.REMARKS["orders"]) == set(found.index)


def test_orders_in_another_currency_stand_at_the_rate_of_the_day(ledger):
    orders = "order_id,buyer_id,kind,date,amount,currency\nO1,B2,ordered,2024-01-05,100,GBP\n"
    ledger.write("orders", orders + "O2,B2,shipped,2024-01-06,10,\n")
    book = Book.open(ledger.run_file)
    assert commitments(book).loc["B2", ["open_orders", "shipped_not_invoiced"]].tolist() == [120, 10]
    assert commitments(book.at("2024-02-15")).loc["B2", "open_orders"] == pytest.approx(115)
    ledger.write("orders", orders.replace("GBP", "USD"))
    with pytest.raises(InputError, match="has no rate to EUR"):
        Book.open(ledger.run_file)
    ledger.write("orders", orders.replace("B2", "B9").replace("ordered", "promised"))
    with pytest.raises(InputError) as refused:
        Book.open(ledger.run_file)
    assert sorted(problem.column for problem in refused.value.problems) == ["buyer_id", "kind"]
