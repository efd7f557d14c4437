"""The declaration of a period: each exclusion by hand, and its reconciliation to the ledger to the cent."""

import pandas as pd
import pytest

from tradecredit import Book
from tradecredit.decide.collect.declarations import LEVELS, declaration, period
from tradecredit.insurance import in_force
from tradecredit.insurance.policy import Policy

POLICY = Policy(
    name="p", declaration="turnover", declaration_days=20, maximum_terms_days=90, excluded_countries=["XY"],
    starts="2026-01-01",
)  # fmt: skip

BUYERS = """buyer_id,kind,country
A,private,DE
B,private,
P,prepaid,DE
G,public,DE
F,affiliate,DE
X,private,XY
"""
# In October: 1,190 with 190 of tax to A, 500 to B, and one invoice of each exclusion; A3 is cancelled on the day after
# it is issued, and A0 of September in October. A4 is of November.
INVOICES = pd.DataFrame(
    [
        ("A0", "A", "2026-09-10", "2026-10-10", 238.0, 38.0),
        ("A1", "A", "2026-10-01", "2026-11-01", 1_190.0, 190.0),
        ("A2", "A", "2026-10-15", "2027-02-15", 100.0, 0.0),
        ("A3", "A", "2026-10-20", "2026-11-20", 119.0, 19.0),
        ("A4", "A", "2026-11-05", "2026-12-05", 7.0, 0.0),
        ("B1", "B", "2026-10-31", "2026-11-30", 500.0, None),
        ("P1", "P", "2026-10-02", "2026-10-02", 11.0, None),
        ("G1", "G", "2026-10-02", "2026-11-02", 22.0, None),
        ("F1", "F", "2026-10-02", "2026-11-02", 33.0, None),
        ("X1", "X", "2026-10-02", "2026-11-02", 44.0, None),
    ],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount", "tax"],
).astype({"issued": "datetime64[us]", "due": "datetime64[us]", "tax": "float64"})
RECEIPTS = """invoice_id,received,amount,kind
A0,2026-10-08,238,credit_note
A3,2026-10-21,119,credit_note
A1,2026-10-25,595,payment
"""


@pytest.fixture(scope="module")
def book(book_of):
    return book_of("2026-11-10", invoices=INVOICES, receipts=RECEIPTS, buyers=BUYERS)


def of(**terms):
    return Policy(**POLICY.model_dump(exclude_unset=True) | terms)


def test_a_turnover_by_hand(book):
    found = declaration(book, POLICY)
    assert (found.starts, found.ends) == (pd.Timestamp("2026-10-01"), pd.Timestamp("2026-10-31"))
    assert found.declare_by == pd.Timestamp("2026-11-20")
    assert found.steps["amount"].to_dict() == {
        "ledger": 2_019, "cancelled": -119, "tax": -190, "net": 1_710, "prepaid": -11, "public": -22,
        "affiliate": -33, "country_excluded": -44, "terms_too_long": -100, "earlier periods": -200, "declared": 1_300,
    }  # fmt: skip
    assert found.steps["invoices"].to_dict() == {
        "ledger": 8, "cancelled": 1, "tax": 1, "net": 8, "prepaid": 1, "public": 1, "affiliate": 1,
        "country_excluded": 1, "terms_too_long": 1, "earlier periods": 1, "declared": 3,
    }  # fmt: skip
    assert found.by_buyer["declared"].to_dict() == {"A": 1_000, "B": 500}
    # The country of B is not stated.
    assert found.by_country["declared"].tolist() == [1_000, 500]
    assert found.by_country.index.isna().tolist() == [False, True]


def test_a_balance_by_hand(book):
    found = declaration(book, of(declaration="balance"))
    # Of A1 half is paid on 25 October: 595 are owed, of which 95 are tax; A3 is credited.
    assert found.steps["amount"].to_dict() == {
        "ledger": 1_305, "tax": -95, "net": 1_210, "prepaid": -11, "public": -22, "affiliate": -33,
        "country_excluded": -44, "terms_too_long": -100, "declared": 1_000,
    }  # fmt: skip
    assert found.by_buyer["declared"].to_dict() == {"A": 500, "B": 500}


@pytest.mark.parametrize(
    ("terms", "steps"),
    [
        # What was shipped before the policy's period is not declared, nor is a correction of it.
        ({"starts": "2026-10-20"}, {"outside_period": -1_210, "declared": 500}),
        ({"kind": "key_accounts", "buyers": ["B"]}, {"not_listed": -1_144, "declared": 500}),
        ({"maximum_terms_days": None, "excluded_countries": None}, {"declared": 1_444}),
    ],
)
def test_other_terms_by_hand(book, terms, steps):
    found = declaration(book, of(**terms)).steps["amount"]
    assert {step: found[step] for step in steps} == steps


@pytest.mark.parametrize(
    ("as_of", "months", "starts", "ends"),
    [
        ("2026-10-31", 1, "2026-10-01", "2026-10-31"),
        ("2026-11-10", 1, "2026-10-01", "2026-10-31"),
        ("2026-11-10", 3, "2026-07-01", "2026-09-30"),
        ("2026-12-31", 3, "2026-10-01", "2026-12-31"),
        ("2026-11-10", 12, "2025-01-01", "2025-12-31"),
        ("2027-02-28", 2, "2027-01-01", "2027-02-28"),
    ],
)
def test_the_period_is_the_last_that_is_over(book_of, as_of, months, starts, ends):
    found = period(
        book_of(as_of, invoices=INVOICES.iloc[:1]), Policy(declaration="turnover", declaration_months=months)
    )
    assert found == (pd.Timestamp(starts), pd.Timestamp(ends))


def test_what_no_policy_asks_for_is_not_declared(book):
    assert declaration(book, Policy(name="p")) is None


@pytest.mark.parametrize("basis", ["turnover", "balance"])
def test_the_demo_reconciles_to_its_ledger_to_the_cent(demo, basis):
    book = Book.open(demo / "run.yaml", as_of="2026-10-31")
    policy = Policy(**in_force.programme(book)[0].model_dump(exclude_unset=True) | {"declaration": basis})
    steps = declaration(book, policy).steps["amount"]
    if basis == "turnover":
        of_month = book.invoices[book.invoices["issued"] > "2026-09-30"]
        assert steps["ledger"] == round(of_month["amount"].sum(), 2)
    cents = (steps * 100).round().astype("int64")
    assert (cents / 100).tolist() == pytest.approx(steps.tolist(), abs=1e-9)
    assert cents["ledger"] + cents.drop(index=list(LEVELS)).sum() == cents["declared"] > 0
