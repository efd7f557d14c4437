"""Early warnings in how buyers pay and buy, on small ledgers worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.collect import payment_signals as signals

AS_OF = "2026-06-30"


def of(found: signals.Measured) -> list[tuple]:
    """Return value, day and whether it warns of each buyer."""
    days = [None if np.isnat(day) else str(day)[:10] for day in found.since]
    return list(zip(found.value.tolist(), days, found.warns().tolist(), strict=True))


def test_the_oldest_undisputed_invoice_past_due_that_is_no_small_rest(book_of):
    """A: 80 of 2,000 is a small rest, and the older one is disputed: 60 days of the next; B: 59; C: nothing due."""
    invoices = (
        "invoice_id,buyer_id,issued,due,amount\nA1,A,2026-01-01,2026-02-01,2000\nA2,A,2026-01-01,2026-03-02,900\n"
        "A3,A,2026-04-01,2026-05-01,900\nB1,B,2026-04-01,2026-05-02,900\nC1,C,2026-06-01,2026-07-01,900\n"
    )
    receipts = "invoice_id,received,amount,kind\nA1,2026-02-01,1920,payment\n"
    disputes = "invoice_id,opened\nA2,2026-03-10\n"
    book = book_of(AS_OF, {"small_rest": 100}, invoices=invoices, receipts=receipts, disputes=disputes)
    found = of(signals.overdue(book))
    assert found == [(60.0, "2026-06-30", True), (59.0, "2026-07-01", False), (0.0, None, False)]


PARTS = """invoice_id,buyer_id,issued,due,amount
A1,A,2026-04-01,2026-05-01,1000
A2,A,2026-05-01,2026-06-01,1000
B1,B,2025-07-01,2025-08-01,1000
B2,B,2026-05-01,2026-06-01,1000
"""


def test_part_payments_of_three_months_beside_the_year_before(book_of):
    """A: two, and none before: warns from two. B: two too, of four in the year before, one in three months: from 3."""
    receipts = (
        "invoice_id,received,amount,kind\nA1,2026-05-04,400,payment\nA1,2026-05-20,600,payment\n"
        "A2,2026-06-10,300,payment\nB1,2025-08-01,100,payment\nB1,2025-09-01,100,payment\nB1,2025-10-01,100,payment\n"
        "B1,2025-11-01,100,payment\nB1,2025-12-01,600,payment\nB2,2026-06-01,100,payment\nB2,2026-06-02,100,payment\n"
    )
    found = signals.part_payments(book_of(AS_OF, invoices=PARTS, receipts=receipts))
    assert of(found) == [(2.0, "2026-05-04", True), (2.0, "2026-06-01", False)]
    assert found.threshold.tolist() == [2.0, 3.0]


def test_disputes_of_three_months_and_none_where_the_book_has_none(book_of):
    disputes = "invoice_id,opened\nA1,2026-04-10\nA2,2026-05-10\nB2,2026-05-10\n"
    receipts = "invoice_id,received,amount,kind\n"
    with_them, without = (
        signals.disputes(book_of(AS_OF, invoices=PARTS, receipts=receipts, **tables))
        for tables in ({"disputes": disputes}, {})
    )
    assert of(with_them) == [(2.0, "2026-04-10", True), (1.0, "2026-05-10", False)]
    assert np.isnan(without.value).all()
    assert not without.warns().any()


def test_a_limit_is_passed_with_the_invoice_that_fills_it(book_of):
    """A owes 2,000 of 1,500, passed with the second; B 1,000 of 2,000, its older invoice being paid; C has no limit."""
    invoices = PARTS + "C1,C,2026-05-01,2026-06-01,500\n"
    receipts = "invoice_id,received,amount,kind\nB1,2025-08-01,1000,payment\n"
    limits = "buyer_id,source,amount,valid_from\nA,own,1500,2026-01-01\nB,insurer,2000,2026-01-01\n"
    found = signals.limit_use(book_of(AS_OF, invoices=invoices, receipts=receipts, limits=limits))
    assert found.value[:2].tolist() == pytest.approx([2000 / 1500, 0.5])
    assert np.isnan(found.value[2])
    assert [str(day)[:10] for day in found.since] == ["2026-05-01", "NaT", "NaT"]
    assert found.warns().tolist() == [True, False, False]


def orders(monthly: dict[str, list[float]]) -> str:
    """Return an invoice on the 15th of each month up to June 2026, of so much (0: none)."""
    rows = ["invoice_id,buyer_id,issued,due,amount"]
    for buyer, amounts in monthly.items():
        months = pd.date_range(end="2026-06-15", periods=len(amounts), freq=pd.DateOffset(months=1))
        rows += [
            f"{buyer}{day:%y%m},{buyer},{day:%Y-%m-%d},{day + pd.Timedelta(days=30):%Y-%m-%d},{amount}"
            for day, amount in zip(months, amounts, strict=True)
            if amount
        ]
    return "\n".join(rows) + "\n"


def test_orders_of_three_months_beside_the_usual_and_beside_those_of_all(book_of):
    """Over a year A bought 100 a month and buys 300 now, B 100 and nothing, C 800 and 800; N has no usual yet.

    All of A, B and C: 3,300 for 3,000, 1.1. A: 3 / 1.1, B: 0, C: 1 / 1.1.
    """
    invoices = orders({"A": [100] * 12 + [300] * 3, "B": [100] * 12 + [0] * 3, "C": [800] * 15, "N": [500] * 4})
    book = book_of(AS_OF, invoices=invoices, receipts="invoice_id,received,amount,kind\n")
    surge, stop = signals.orders_surge(book), signals.orders_stop(book)
    # The year has 365 days, its months 30.4375: 11.99 of them.
    assert surge.value[:3].tolist() == pytest.approx([3 / 1.1, 0.0, 1 / 1.1], rel=2e-3)
    assert np.isnan(surge.value[3])
    assert surge.warns().tolist() == [True, False, False, False]
    assert stop.warns().tolist() == [False, True, False, False]
    assert str(surge.since[0])[:10] == "2026-04-15"
    assert str(stop.since[1])[:10] == "2026-03-15"


def test_promises_broken_in_three_months(book_of):
    """Promised by 10 May and 10 March, neither paid; three days of grace."""
    promises = "buyer_id,invoice_id,made,date,amount\nA,A1,2026-05-01,2026-05-10,500\nB,B1,2026-03-01,2026-03-10,500\n"
    receipts = "invoice_id,received,amount,kind\n"
    found = signals.broken_promises(book_of(AS_OF, invoices=PARTS, receipts=receipts, promises=promises))
    assert of(found) == [(1.0, "2026-05-13", True), (0.0, None, False)]
    none = signals.broken_promises(book_of(AS_OF, invoices=PARTS, receipts=receipts))
    assert np.isnan(none.value).all()
