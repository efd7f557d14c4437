"""Disputes by reason, worked out by hand."""

import numpy as np
import pytest

from tradecredit.decide.collect.open_disputes import by_reason, open_disputes
from tradecredit.insurance.policy import Policy

INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,A,2026-08-01,2026-09-01,1000
I2,A,2026-08-10,2026-09-10,500
I3,B,2026-05-01,2026-06-01,400
I4,B,2026-05-01,2026-06-01,300
I5,B,2026-05-01,2026-06-01,200
"""
DISPUTES = """invoice_id,opened,closed,amount,reason
I1,2026-09-01,,400,price
I2,2026-09-20,,,quality
I3,2026-06-01,2026-06-11,200,price
I4,2026-06-01,2026-06-21,300,price
I5,2026-06-01,2026-06-06,200,
"""
RECEIPTS = """invoice_id,received,amount,kind
I3,2026-06-15,100,credit_note
I3,2026-06-20,300,payment
I4,2026-06-21,300,credit_note
I5,2026-06-10,200,payment
I2,2026-09-25,100,payment
"""
LIMITS = "buyer_id,source,amount,valid_from\nA,insurer,90000,2020-01-01\n"
RUN = {"collections": {"dispute_owners": {"price": "sales", "(not stated)": "the desk"}}}
POLICY = Policy(name="own", insured_percentage=0.9, maximum_extension_days=60, waiting_days=180)


@pytest.fixture
def book(book_of):
    tables = {"invoices": INVOICES, "disputes": DISPUTES, "receipts": RECEIPTS, "limits": LIMITS}
    return book_of("2026-09-30", run=RUN, **tables)


def test_open_disputes_with_owner_age_and_what_they_keep_from_being_insured(book):
    """Of I1 400 of 1,000 are in dispute, 90 % of which would be insured; of I2 all that is left, 400."""
    table = open_disputes(book, POLICY)
    assert table["invoice_id"].tolist() == ["I1", "I2"]
    assert table["amount"].tolist() == [400, 400]
    assert table["owner"].fillna("-").tolist() == ["sales", "-"]
    assert table["age_days"].tolist() == [29, 10]
    assert table["disputed_share"].tolist() == [0.4, 1.0]
    assert table["cover_lost"].tolist() == pytest.approx([360, 360])
    assert open_disputes(book, None)["cover_lost"].tolist() == [0, 0]


def test_by_reason_with_days_to_settle_and_what_is_given_in(book):
    """Price: 10 and 20 days, and one open for 29: two thirds are left after 10 days, a third after 20. Of 200 and 300
    in dispute 100 and 300 were credited, by a week after at the latest. The sales of July to September are 1,500."""
    table = by_reason(book, POLICY)
    price, none = table.loc["price"], table.loc["(not stated)"]
    assert price[["owner", "disputes", "amount", "oldest_days", "opened_disputes"]].tolist() == ["sales", 1, 400, 29, 3]
    assert price["days_to_settle"] == 20
    assert price["given_in"] == pytest.approx(400 / 500)
    assert price["dso_days"] == pytest.approx(400 / 1500 * 92)
    assert none[["owner", "disputes", "amount"]].tolist() == ["the desk", 0, 0]
    assert none["given_in"] == 0
    assert np.isnan(table.loc["quality", "days_to_settle"])
    assert np.isnan(table.loc["quality", "given_in"])


def test_a_book_without_disputes_or_owners_has_none(book_of):
    assert by_reason(book_of("2026-09-30", invoices=INVOICES), None).empty
    table = by_reason(book_of("2026-09-30", invoices=INVOICES, disputes=DISPUTES), None)
    assert table["owner"].isna().all()
