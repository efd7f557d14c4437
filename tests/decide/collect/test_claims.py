"""A claim by hand: what belongs to it, each step of its calculation, and that the steps add up."""

import pandas as pd
import pytest
from claimed import AS_OF, LEDGER, POLICY, TERMS

from tradecredit import Book
from tradecredit.decide.collect import claims
from tradecredit.decide.insurer_duties import duties, payable
from tradecredit.insurance import in_force
from tradecredit.insurance.policy import Policy
from tradecredit.measure.balances import balances


@pytest.fixture(scope="module")
def book(book_of):
    return book_of(AS_OF, **LEDGER)


def test_the_claim_to_file_by_hand(book):
    found = claims.to_file(book, POLICY)
    assert found.index.tolist() == ["B"]
    claim = found.loc["B"]
    amounts = ["open_amount", "lost_invoices", "insured_debt", "claim", "first_loss", "indemnity"]
    assert claim[amounts].tolist() == [29_000, 2, 16_000, 13_950, 1_000, 12_950]
    # 30 days from 28 August end on a Sunday, and are over when this is read on 2 November; money 30 days after a claim
    # that is filed now.
    days = ["loss_date", "file_by", "act_by", "money_on"]
    assert [f"{claim[day]:%Y-%m-%d}" for day in days] == [
        "2026-08-28", "2026-09-25", "2026-11-02", "2026-11-30",
    ]  # fmt: skip
    assert claim["default_kind"] == "protracted"


def test_each_step_by_hand(book):
    assert claims.steps(book, POLICY, "B")["amount"].to_dict() == pytest.approx(
        {
            "owed": 29_000, "limit_filled": -2_000, "in_dispute": -2_000, "shipped_after_stop": -5_000,
            "not to be claimed now": -4_000, "insured_debt": 16_000, "each_loss_deductible": -500,
            "insured_percentage": -1_550, "claim": 13_950, "aggregate_first_loss": -1_000, "indemnity": 12_950,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"deductible_order": "percentage_first"}, {"insured_percentage": -1_600, "each_loss_deductible": -500,
                                                    "claim": 13_900, "indemnity": 12_900}),
        ({"minimum_retention": 5_000.0}, {"minimum_retention": -2_950, "claim": 11_000, "indemnity": 10_000}),
        ({"each_loss_deductible": None, "threshold": 1_000.0, "threshold_kind": "deductible"},
         {"threshold": -1_000, "insured_percentage": -1_500, "claim": 13_500, "indemnity": 12_500}),
        ({"aggregate_first_loss": 20_000.0}, {"aggregate_first_loss": -13_950, "indemnity": 0}),
    ],
)  # fmt: skip
def test_steps_of_other_terms_by_hand(book, terms, expected):
    found = claims.steps(book, Policy(**TERMS | terms), "B")["amount"]
    assert {step: found[step] for step in expected} == pytest.approx(expected)


def test_a_loss_at_the_threshold_is_not_paid_and_no_claim(book):
    found = claims.to_file(book, Policy(**TERMS | {"threshold": 16_000.0}))
    assert "B" not in found.index
    assert "B" in claims.to_file(book, Policy(**TERMS | {"threshold": 15_999.0})).index


def test_what_was_given_up_is_claimed_as_well(book_of):
    written_off = LEDGER["receipts"] + "I1,2026-09-30,10000,write_off,\n"
    defaults = "buyer_id,date,kind,debt,recovered\nB,2026-08-01,protracted,18000,\n"
    book = book_of(AS_OF, **LEDGER | {"receipts": written_off, "defaults": defaults})
    found = claims.steps(book, POLICY, "B")["amount"]
    assert found[["owed", "given up", "insured_debt"]].tolist() == [19_000, 10_000, 16_000]
    assert claims.of_invoices(book, POLICY, "B").query("claimed_now").index.tolist() == ["I1", "I2"]


def test_the_invoices_of_a_claim_by_hand(book):
    found = claims.of_invoices(book, POLICY, "B")
    assert found.index.tolist() == ["I1", "I2", "I3", "I4"]
    assert found["insured_debt"].tolist() == [10_000, 6_000, 4_000, 0]
    assert found["claimed_now"].tolist() == [True, True, False, False]
    assert found["reason"].tolist() == ["covered", "covered", "covered_in_part", "shipped_after_stop"]


def test_the_statement_of_account_by_hand(book):
    found = claims.statement(book, "B")
    rows = found.assign(day=found["day"].dt.strftime("%Y-%m-%d"), invoice_id=found["invoice_id"].fillna(""))
    assert rows.to_numpy().tolist() == [
        ["2025-11-01", "opening", "", 700, 700],
        ["2025-12-01", "payment", "O", -700, 0],
        ["2026-01-15", "invoice", "I1", 10_000, 10_000],
        ["2026-02-01", "invoice", "I2", 8_000, 18_000],
        ["2026-02-05", "invoice", "I3", 6_000, 24_000],
        ["2026-06-01", "invoice", "I4", 5_000, 29_000],
        # Money that names no invoice.
        ["2026-10-05", "payment", "", -300, 28_700],
    ]
    # An older invoice that is open begins the statement.
    assert claims.statement(book, "B", months=1)["day"].iloc[0] == pd.Timestamp("2026-01-15")


def test_the_papers_of_a_claim_by_hand(book):
    found = claims.documents(book, POLICY, "B")
    assert found["document"].tolist() == [
        *["invoice", "order", "delivery"] * 2, "limit", "letters", "promises", "disputes",
    ]  # fmt: skip
    known = found.set_index("document")["known"]
    # The letter on I4 is on no invoice of the claim.
    assert known["letters"] == "2026-03-08, 2026-03-17"
    assert known[["limit", "promises", "disputes"]].tolist() == ["2025-01-01", "2026-03-20", "2026-02-15"]
    assert found.loc[found["invoice_id"] == "I2", "known"].tolist() == ["2026-02-01", "", "2026-02-01"]


def test_an_insolvency_and_a_discretionary_limit_ask_for_other_papers(book_of):
    defaults = "buyer_id,date,kind,debt,recovered\nB,2026-04-01,insolvency,29000,\n"
    without = {name: table for name, table in LEDGER.items() if name not in ("limits", "promises", "disputes")}
    policy = Policy(**TERMS | {"discretionary_limit": 20_000.0})
    book = book_of(AS_OF, defaults=defaults, **without | {"receipts": LEDGER["receipts"]})
    found = claims.documents(book, policy, "B").set_index("document")["known"]
    assert found["insolvency"] == "2026-04-01"
    assert "evidence" in found.index
    assert "limit" not in found.index
    assert claims.to_file(book, policy).loc["B", "default_kind"] == "insolvency"


def test_a_claim_that_was_filed_is_not_to_be_filed(book_of):
    filed = "claim_id,buyer_id,policy,filed,amount,answered,answer\n1,B,p,2026-09-10,16000,,\n"
    book = book_of(AS_OF, claims=filed, **LEDGER)
    assert claims.to_file(book, POLICY).empty
    with pytest.raises(KeyError):
        claims.steps(book, POLICY, "B")


def test_a_buyer_without_a_claim_has_none(book):
    with pytest.raises(KeyError):
        claims.of_buyer(book, POLICY, "A")
    assert claims.to_file(book, Policy(name="p")).empty


def test_claims_of_the_demo_add_up_to_what_is_payable(demo):
    book = Book.open(demo / "run.yaml", as_of="2026-10-31")
    policy = in_force.programme(book)[0]
    found = claims.to_file(book, policy)
    assert len(found)
    assert found["indemnity"].sum() == pytest.approx(payable(duties(book, policy), policy).payable)
    owed = balances(book)["net_amount"]
    for buyer in found.index:
        claim = claims.of_buyer(book, policy, buyer)
        steps = claim.steps["amount"]
        taken_off = steps.drop(index=[step for step in claims.LEVELS if step in steps.index]).sum()
        assert steps["owed"] + taken_off == pytest.approx(steps["indemnity"], abs=0.01)
        assert claim.statement["balance"].iloc[-1] == pytest.approx(owed[buyer], abs=0.005)
        assert claim.invoices["open_amount"].sum() == pytest.approx(steps["owed"], abs=0.005)
        # Each level is what was left before it, less what was taken off.
        left = 0.0
        for step, amount in steps.items():
            assert step not in claims.LEVELS[1:] or amount == pytest.approx(left, abs=0.01)
            left = amount if step in claims.LEVELS else left + amount
