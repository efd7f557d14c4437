"""How parts of invoices left the ledger: worked by hand on a few lines."""

import numpy as np
import pandas as pd

from tradecredit.default.exits import CREDITED, OPEN, PAID, exits

INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,B1,2026-01-01,2026-01-31,1000
I2,B1,2026-02-01,2026-03-03,500
I3,B2,2026-02-01,2026-03-03,800
I4,B3,2026-02-01,2026-03-03,300
"""
RECEIPTS = """invoice_id,received,amount,kind
I1,2026-01-21,600,payment
I1,2026-02-20,100,credit_note
I3,2026-03-20,800,payment
"""


def table(book):
    found = exits(book)
    return pd.DataFrame({name: getattr(found, name) for name in found._fields[:-1]})


def days(*text):
    return np.array(text, "datetime64[D]").astype(int).tolist()


def test_each_receipt_is_a_part_and_what_is_open_another(book_of):
    rows = table(book_of("2026-03-31", invoices=INVOICES, receipts=RECEIPTS))
    first = rows[rows["invoice"] == 0]
    assert first["kind"].tolist() == [PAID, CREDITED, OPEN]
    assert first["share"].tolist() == [0.6, 0.1, 0.3]
    assert first["day"].tolist() == days("2026-01-21", "2026-02-20", "2026-03-31")
    # Past due and open: it was seen to be open up to the last day.
    second = rows[rows["invoice"] == 1]
    assert second[["kind", "amount"]].to_numpy().tolist() == [[OPEN, 500.0]]


def test_a_default_ends_what_is_seen_of_its_buyer(book_of):
    defaults = "buyer_id,date,kind\nB2,2026-03-10,insolvency\n"
    rows = table(book_of("2026-03-31", invoices=INVOICES, receipts=RECEIPTS, defaults=defaults))
    third = rows[rows["invoice"] == 2]
    assert third["kind"].tolist() == [OPEN]
    assert third["day"].tolist() == days("2026-03-09")


def test_of_several_defaults_the_first_after_an_invoice_was_issued_ends_it(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\n" + "".join(
        f"{number},{buyer},{issued},2026-04-30,100\n"
        for number, buyer, issued in (
            (1, "B1", "2026-01-01"), (2, "B1", "2026-01-10"), (3, "B1", "2026-02-01"), (4, "B1", "2026-03-20"),
            (5, "B0", "2026-01-01"), (6, "B2", "2026-01-01"),
        )
    )  # fmt: skip
    defaults = "buyer_id,date,kind\nB1,2026-03-10,insolvency\nB1,2026-01-10,protracted\nB2,2026-03-20,insolvency\n"
    rows = table(book_of("2026-03-31", invoices=invoices, defaults=defaults)).set_index("invoice")["day"]
    # An invoice of the very day of a default is not seen at all.
    assert sorted(rows.index) == [0, 2, 3, 4, 5]
    assert rows[[0, 2, 3, 4, 5]].tolist() == days("2026-01-09", "2026-03-09", "2026-03-31", "2026-03-31", "2026-03-19")


def test_a_dispute_ends_what_is_seen_of_its_invoice_after_the_day_on_which_it_is_opened(book_of):
    disputes = "invoice_id,opened,amount\nI1,2026-01-21,400\n"
    rows = table(book_of("2026-03-31", invoices=INVOICES, receipts=RECEIPTS, disputes=disputes))
    first = rows[rows["invoice"] == 0]
    assert first["kind"].tolist() == [PAID, OPEN, OPEN]
    assert first["day"].tolist() == days("2026-01-21", "2026-01-21", "2026-01-21")


def test_what_became_known_later_changes_nothing(book_of):
    later = RECEIPTS + "I2,2026-04-02,500,payment\n"
    now, then = (book_of("2026-03-31", invoices=INVOICES, receipts=text) for text in (RECEIPTS, later))
    pd.testing.assert_frame_equal(table(now), table(then))
