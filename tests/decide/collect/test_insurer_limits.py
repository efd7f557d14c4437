"""The insurer's limits: what was asked and granted, which to review, and a cut of today, by hand."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.collect import insurer_limits
from tradecredit.errors import InputError
from tradecredit.insurance.policy import Policy

AS_OF = "2026-10-31"
POLICY = Policy(name="p", insured_percentage=0.9, maximum_extension_days=60)
HEAD = "buyer_id,source,amount,valid_from,valid_to,requested\n"
INVOICES = "invoice_id,buyer_id,issued,due,amount\nS1,B,2026-10-10,2026-11-10,30000\nX1,X,2026-10-10,2026-11-10,5000\n"
ORDERS = """order_id,buyer_id,kind,date,amount,expected_on,closed
O2,B,ordered,2026-10-01,12000,2026-11-20,
O1,B,ordered,2026-10-20,15000,2026-11-05,
G1,B,shipped,2026-10-25,10000,,
O0,B,ordered,2026-09-01,9000,2026-10-05,2026-10-10
OX,X,ordered,2026-10-20,4000,2026-11-05,
"""


def made(book_of, limits, **tables):
    given = {"invoices": INVOICES, "orders": ORDERS} | tables
    return book_of(AS_OF, limits=HEAD + limits, **given)


@pytest.mark.parametrize(
    ("left", "then"),
    [
        # S1, G1 and O1 fill 55,000 of 60,000, and O2 the rest. Of 30,000 left S1 and the goods leave nothing.
        (0.5, {"S1": 30_000, "G1": 10_000, "O1": 0, "O2": 0}),
        # Of 48,000 they leave 8,000, which the order that is expected first takes.
        (pd.Series({"B": 48_000.0}), {"S1": 30_000, "G1": 10_000, "O1": 8_000, "O2": 0}),
        (0.0, {"S1": 30_000, "G1": 10_000, "O1": 0, "O2": 0}),
    ],
)
def test_a_cut_takes_cover_from_orders_and_from_nothing_that_was_shipped(book_of, left, then):
    book = made(book_of, "B,insurer,60000,2026-01-01,,\n")
    found = insurer_limits.after_cut_today(book, POLICY, left)
    assert found["item_id"].tolist() == ["S1", "G1", "O1", "O2"]
    assert found["kind_of_item"].tolist() == ["invoice", "shipped, not invoiced", "order", "order"]
    table = found.set_index("item_id")
    assert table["insured_before"].to_dict() == {"S1": 30_000, "G1": 10_000, "O1": 15_000, "O2": 5_000}
    assert table["insured_then"].to_dict() == then
    assert table["loses_cover"].tolist() == [table.loc[item, "insured_before"] - then[item] for item in table.index]


def test_a_limit_that_is_not_cut_and_one_that_is_raised_change_nothing(book_of):
    book = made(book_of, "B,insurer,60000,2026-01-01,,\n")
    assert insurer_limits.after_cut_today(book, POLICY, pd.Series({"B": 90_000.0})).empty
    assert insurer_limits.after_cut_today(book, POLICY, 1.0).empty
    with pytest.raises(InputError):
        insurer_limits.after_cut_today(book, POLICY, pd.Series({"B": -1.0}))


def test_of_a_buyer_that_is_stopped_orders_have_no_cover_to_lose(book_of):
    late = INVOICES + "S0,B,2026-05-01,2026-06-01,1000\n"
    book = made(book_of, "B,insurer,60000,2026-01-01,,\n", invoices=late)
    table = insurer_limits.after_cut_today(book, POLICY, 0.5).set_index("item_id")
    # S1 was shipped after the stop of 1 August too.
    assert table["insured_before"].to_dict() == {"S0": 1_000, "S1": 0, "G1": 0, "O1": 0, "O2": 0}
    assert table["loses_cover"].sum() == 0


def test_what_was_asked_and_granted_by_hand(book_of):
    limits = (
        "B,insurer,60000,2026-01-01,2026-03-31,60000\nB,insurer,40000,2026-04-01,,80000\nX,insurer,0,2026-05-01,,5000\n"
        # A cut that nobody asked for, and a limit of our own.
        "X,own,700,2026-05-01,,900\nX,insurer,0,2026-09-01,,\n"
    )
    found = insurer_limits.answers(made(book_of, limits))
    assert found.to_numpy().tolist() == [
        ["X", 5_000, 0, "refused", pd.Timestamp("2026-05-01")],
        ["B", 80_000, 40_000, "granted in part", pd.Timestamp("2026-04-01")],
        ["B", 60_000, 60_000, "granted", pd.Timestamp("2026-01-01")],
    ]


def test_the_list_that_is_sent(book_of):
    buyers = "buyer_id,name,registration_id,country\nB,Birch,HRB 1,DE\nX,Xylo,,\n"
    book = made(book_of, "B,insurer,40000,2026-04-01,,80000\n", buyers=buyers)
    wanted = pd.DataFrame(
        {"request": ["new limit", "increased limit"], "request_code": ["2", "3"], "insurer_limit": [np.nan, 40_000],
         "requested": [10_000, 90_000], "net_gain": [5, 4]},
        index=pd.Index(["X", "B"], name="buyer_id"),
    )  # fmt: skip
    found = insurer_limits.to_send(book, wanted)
    assert found.index.tolist() == ["X", "B"]
    columns = ["name", "registration_id", "country", "requested", "asked_limit", "granted_limit"]
    assert found.loc["B", columns].tolist() == [
        "Birch", "HRB 1", "DE", 90_000, 80_000, 40_000,
    ]  # fmt: skip
    assert found.loc["X", ["registration_id", "asked_limit", "decided_on"]].isna().all()


def test_which_limits_are_to_be_reviewed(book_of):
    # That of B ends in November, that of X was lowered in October; Z has only a discretionary one, by a payment of
    # 10 November 2025, which is evidence for 12 months.
    invoices = INVOICES + "Z1,Z,2026-10-10,2026-11-10,700\nZ0,Z,2025-10-10,2025-11-10,700\n"
    limits = (
        "B,insurer,60000,2026-01-01,2026-11-15,\nX,insurer,9000,2026-01-01,2026-10-11,\nX,insurer,4000,2026-10-12,,\n"
    )
    receipts = "invoice_id,received,amount,kind\nZ0,2025-11-10,700,payment\n"
    policy = Policy(name="p", insured_percentage=0.9, discretionary_limit=1_000.0)
    evidence = "buyer_id,kind,obtained,valid_to\nB,references,2020-01-01,\n"
    book = made(book_of, limits, invoices=invoices, receipts=receipts, evidence=evidence)
    found = insurer_limits.reviews(book, policy)
    assert found.to_numpy().tolist() == [
        ["X", "limit lowered", pd.Timestamp("2026-10-12"), 4_000, 5_000],
        ["Z", "evidence ends", pd.Timestamp("2026-11-09"), 1_000, 700],
        ["B", "limit ends", pd.Timestamp("2026-11-15"), 60_000, 30_000],
    ]
    assert insurer_limits.reviews(book, None).empty
