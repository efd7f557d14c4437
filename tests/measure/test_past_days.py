"""The ledger on past days in one pass is what the book of each of those days says."""

import numpy as np
import pandas as pd
import pytest
from ledgers import ledger, monthly

from tradecredit.book.demo import demo_book
from tradecredit.measure.behaviour import features
from tradecredit.measure.default_events import in_default
from tradecredit.measure.past_days import on_days


@pytest.fixture(scope="module")
def small(book_of):
    tables = dict(demo_book(buyers=80, invoices=6_000, seed=3).tables)
    return book_of("2026-10-31", fx=tables.pop("fx").assign(rate=1.0), **tables)


def test_each_day_is_that_of_the_book_of_the_day(small):
    days = [pd.Timestamp(day) for day in ("2026-10-31", "2025-02-28", "2024-07-31", "2023-12-31")]
    defaulted = 0
    for day, found in zip(days, on_days(small, days), strict=True):
        then = small.at(day)
        expected = features(then)
        pd.testing.assert_frame_equal(found.behaviour.loc[expected.index], expected, check_exact=True)
        unknown = found.behaviour.drop(expected.index)
        assert unknown[["months_of_history", "open_amount", "sales_12m"]].eq(0).all(axis=None)
        assert set(small.buyers["buyer_id"][found.in_default]) == set(in_default(then))
        defaulted += found.in_default.sum()
    assert defaulted > 5


def test_a_payment_before_its_invoice_is_known_settles_nothing_else(book_of):
    # A pays on 5 March for what is invoiced on the 20th: on the 10th that is no payment on B's invoice, the last one.
    invoices = """invoice_id,buyer_id,issued,due,amount
A1,A,2026-03-20,2026-04-20,70
B1,B,2026-02-01,2026-03-01,100
"""
    receipts = "invoice_id,received,amount,kind\nA1,2026-03-05,70,payment\n"
    book = book_of("2026-03-31", invoices=invoices, receipts=receipts)
    found = next(on_days(book, [pd.Timestamp("2026-03-10")])).behaviour
    assert found["open_amount"].to_dict() == {"A": 0, "B": 100}
    assert found.loc["B", ["oldest_days_past_due", "share_overdue"]].tolist() == [9, 1]


DEFAULTS = """buyer_id,date,kind
owes,2025-06-30,protracted
paid,2025-06-30,protracted
insolvent,2025-06-30,insolvency
given up,2025-06-30,protracted
again,2025-06-30,protracted
"""


def test_in_default_by_hand(book_of):
    # All bought from January to May 2025 on 30 days; the last three owe nothing of it any more.
    names = ["owes", "paid", "insolvent", "given up", "again", "sound"]
    invoices, receipts = ledger(*(monthly(name, "2025-01-01", "2025-05-01", 5) for name in names)).values()
    owed = invoices.loc[invoices["buyer_id"] == "owes", "invoice_id"]
    receipts = receipts[~receipts["invoice_id"].isin(owed)]
    lost = receipts["invoice_id"].isin(invoices.loc[invoices["buyer_id"].isin(["given up", "again"]), "invoice_id"])
    receipts = receipts.assign(kind=np.where(lost, "write_off", "payment"))
    more = invoices[invoices["buyer_id"] == "again"].tail(1)
    more = more.assign(invoice_id="new", issued=pd.Timestamp("2025-09-01"), due=pd.Timestamp("2025-10-01"))
    book = book_of(
        "2025-12-31", invoices=pd.concat([invoices, more], ignore_index=True), receipts=receipts, defaults=DEFAULTS
    )
    days = [pd.Timestamp(day) for day in ("2025-06-29", "2025-08-31", "2025-12-31")]
    found = [set(book.buyers["buyer_id"][day.in_default]) for day in on_days(book, days)]
    assert found == [set(), {"owes", "insolvent", "given up", "again"}, {"owes", "insolvent", "given up", "again"}]
    assert in_default(book).tolist() == ["again", "given up", "insolvent", "owes"]
