"""Data-quality findings, against a ledger with each fault put in by hand."""

import pandas as pd
import pytest

from tradecredit import words
from tradecredit.measure import quality

BUYERS = """buyer_id,country,sector,registration_id,kind
A,DE,C,R1,private
B,,C,R1,private
C,FR,,,prepaid
D,FR,C,R4,private
"""
# 2026-01-05 is a Monday. I2 repeats I1; I3 of a Saturday has no terms, I4 200 days, I5 nothing; I6 is paid on its day
# of issue; I7 is a prepaid buyer's and open; I8 open since 2024; I9 lacks 1 of 100; I10 was issued after A's default.
INVOICES = """invoice_id,buyer_id,issued,due,amount,tax
I8,A,2024-01-10,2024-02-09,40,8
I1,A,2026-01-05,2026-02-04,100,20
I2,A,2026-01-05,2026-02-04,100,20
I3,B,2026-01-10,2026-01-10,70,
I4,B,2026-01-12,2026-07-31,50,
I5,B,2026-01-12,2026-02-11,0,0
I6,B,2026-01-13,2026-02-12,60,
I7,C,2026-01-14,2026-01-14,30,
I9,B,2026-01-15,2026-02-14,100,
I10,A,2026-03-03,2026-04-02,10,
"""
# The 90 came in after A's default, the 99 on a Sunday; B's 5 were written off without a default.
RECEIPTS = """invoice_id,received,amount,kind
I1,2026-03-02,90,payment
I6,2026-01-13,60,payment
I9,2026-02-15,99,payment
I4,2026-02-16,5,write_off
I4,2026-02-16,0,payment
"""
# The dispute on I1 was closed on the day it was opened.
OTHERS = {
    "defaults": "buyer_id,date,kind,debt\nA,2026-02-20,insolvency,\n",
    "disputes": "invoice_id,opened,closed,amount,reason\nI6,2026-01-13,,20,price\nI8,2024-02-01,,,\n"
    "I1,2026-02-01,2026-02-01,10,price\n",
    "limits": "buyer_id,source,amount,valid_from\nA,own,500,2025-01-01\nB,insurer,500,2025-01-01\n",
    "statements": "buyer_id,period_end,published,total_assets,total_liabilities,equity\n"
    "A,2023-12-31,2024-06-30,100,60,40\nB,2025-12-31,2026-01-15,100,60,30\nB,2024-12-31,2025-06-30,100,60,\n",
}
DAY = "2026-03-31"


@pytest.fixture(scope="module")
def findings(book_of) -> pd.DataFrame:
    book = book_of(DAY, buyers=BUYERS, invoices=INVOICES, receipts=RECEIPTS, **OTHERS)
    return quality.quality(book).set_index("check")


@pytest.mark.parametrize(
    ("check", "rows", "amount", "share"),
    [
        ("no country", 1, 70 + 45 + 1, 1 / 4),  # B owes I3, the rest of I4, and 1 of I9
        ("no sector", 1, 30, 1 / 4),
        ("no registration id", 1, 30, 1 / 4),
        ("registration id of another buyer", 2, 40 + 10 + 100 + 10 + 116, 2 / 4),
        ("no invoice", 1, 0, 1 / 4),
        ("same buyer, days and amount as an earlier one", 1, 100, 1 / 10),
        ("due on the day of issue", 1, 70, 1 / 10),  # C prepays: its I7 is none
        ("terms above 180 days", 1, 50, 1 / 10),
        ("dated on a Saturday or Sunday", 1, 70, 1 / 10),
        ("settled on the day of issue", 1, 60, 1 / 10),
        ("amount of zero", 1, 0, 1 / 10),
        ("no tax stated", 6, 70 + 50 + 60 + 30 + 100 + 10, 6 / 10),
        ("open more than a year past due", 1, 40, 1 / 10),
        ("paid but for less than 2%", 1, 1, 1 / 10),
        ("open though the buyer prepays", 1, 30, 1 / 10),
        ("months without any invoice", 24, None, 24 / 27),  # of January 2024 to March 2026 all but three, I8's included
        ("open on a settled invoice", 1, 20, 1 / 3),
        ("open for more than a year", 1, 40, 1 / 3),
        ("closed on the day it was opened", 1, 10, 1 / 3),
        ("no amount", 1, 40, 1 / 3),
        ("no reason", 1, 40, 1 / 3),
        ("buyer owes without an own limit in force", 2, 116 + 30, 2 / 4),
        ("buyer without accounts", 2, 30, 2 / 4),
        ("buyer's latest accounts older than 24 months", 1, 160, 1 / 4),
        ("assets differ from liabilities and equity by over 1%", 1, None, 1 / 3),
        ("no total assets or no equity", 1, None, 1 / 3),
        ("published within 30 days", 1, None, 1 / 3),
        ("invoice issued after its buyer's default", 1, 10, 1 / 10),
        ("payment after its buyer's default", 1, 90, 1 / 5),
        ("written off without a default of the buyer", 1, 5, 1 / 5),
        ("no debt stated", 1, None, 1),
    ],
)
def test_each_fault_is_found_once(findings, check, rows, amount, share):
    found = findings.loc[[check]]
    found = found[found["table"] != "receipts"].iloc[0]
    assert found["rows"] == rows
    assert pd.isna(found["amount"]) if amount is None else found["amount"] == pytest.approx(amount)
    assert found["share"] == pytest.approx(share)


def test_receipts(findings):
    receipts = findings[findings["table"] == "receipts"]
    assert receipts["rows"].to_dict() == {
        "dated on a Saturday or Sunday": 1, "amount of zero": 1, "on account, no invoice named": 0,
        "more than the invoice": 0, "returned by the bank": 0, "no day known": 0,
        "in another currency, short of the day's rate": 0, "in another currency, above the day's rate": 0,
    }  # fmt: skip
    assert receipts.loc["dated on a Saturday or Sunday", "amount"] == 99


def test_a_clean_ledger_shows_every_check_with_nothing_found(findings, book_of):
    clean = quality.quality(
        book_of(
            "2026-01-31",
            buyers="buyer_id,country,sector,registration_id\nA,DE,C,R1\n",
            invoices="invoice_id,buyer_id,issued,due,amount,tax\nI1,A,2026-01-05,2026-02-04,100,20\n",
            receipts="invoice_id,received,amount,kind\nI1,2026-01-20,40,payment\n",
        )
    )
    assert clean["check"].tolist() == findings.index.tolist()
    held = clean["table"].isin(["buyers", "invoices", "receipts"])
    assert (clean.loc[held, "rows"] == 0).all()
    assert clean.loc[~held, ["rows", "amount", "share"]].isna().all(axis=None)
    remarks = words.quality.with_remarks(clean)["remark"]
    assert remarks[~held].str.startswith("not checked: the book holds no ").all()


def test_equal_instalments_of_one_invoice_are_not_entered_twice(book_of):
    rows = [f"R{n},A,2026-01-05,2026-0{n}-28,100" for n in (2, 3, 4)]
    invoices = "\n".join(["invoice_id,buyer_id,issued,due,amount", *rows])
    check = "same buyer, days and amount as an earlier one"
    found = quality.quality(book_of("2026-01-31", invoices=invoices)).set_index("check")
    assert found.loc[check, "rows"] == 0
    again = quality.quality(book_of("2026-01-31", invoices=invoices + "\nR5,A,2026-01-05,2026-03-28,100")).set_index(
        "check"
    )
    assert again.loc[check, ["rows", "amount"]].tolist() == [1, 100]


def test_ownership_is_looked_at_where_the_book_has_it(book_of, findings):
    assert not findings["table"].eq("ownership").any()
    # P holds 60 % of A, and Q 50 % besides; A and B are one group by control, and state two. L buys nothing.
    ownership = (
        "owner_id,owned_id,share,since,until\nP,A,.6,2020-01-01,\nQ,A,.5,2020-01-01,\nP,B,1,2020-01-01,\n"
        "A,L,1,2020-01-01,\nA,M,1,2020-01-01,\nM,C,.1,2020-01-01,\nP,D,1,2020-01-01,2026-03-30\nM,M,1,2020-01-01,\n"
    )
    buyers = "buyer_id,group_id\nA,ALPHA\nB,BETA\nC,\nD,BETA\n"
    book = book_of(
        DAY, buyers=buyers, invoices=INVOICES, receipts=RECEIPTS, ownership=ownership + "M,M,1,2020-01-01,\n"
    )
    found = quality.quality(book).set_index("check")
    found = found[found["table"] == "ownership"][["rows", "amount", "share"]]
    # A and B state two groups under an owner that states none: both contradict. Open: A 160, B 116.
    assert found.iloc[0].tolist() == [2, 160 + 116, 1 / 2]
    assert found.loc["shares of a company above 100%", ["rows", "share"]].tolist() == [1, 1 / 5]
    assert found.loc["owned company is no buyer and owns none", ["rows", "share"]].tolist() == [1, 1 / 6]
    assert set(words.quality.REMARKS["ownership"]) == set(found.index)
    control, against = words.limits_of_the_book.control(book)
    assert control.endswith("2 buyers in 1 group. Other groups are as the buyers' table states them.")
    assert against.startswith("Of A and B their stated groups contradict the ownership table: control counts.")
