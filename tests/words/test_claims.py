"""What is said of claims: to file, at the head of one, and of those of the past."""

import pandas as pd
import pytest
from claimed import AS_OF, LEDGER, POLICY, TERMS

from tradecredit.decide.collect import claims, claims_made
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import REASONS
from tradecredit.words import claims as words


@pytest.fixture(scope="module")
def book(book_of):
    return book_of(AS_OF, buyers="buyer_id,name,registration_id,country\nB,Birch,HRB 1,DE\nA,,,\n", **LEDGER)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        # 28 August and 30 days more are Sunday, 27 September.
        ({}, "the first by 2 November 2026. EUR 12,950 is payable, if nothing else has used the first loss of the "
             "year. Its last day was 27 September 2026: ask the insurer first whether it still takes a late claim."),
        ({"filing_days": 90}, "the first by 9 November 2026. EUR 12,950 is payable, if nothing else has used the first "
                              "loss of the year."),
        ({"filing_days": 90, "aggregate_first_loss": 50_000.0},
         "Nothing is payable while the first loss of the year is not used up: file them, as each uses it up."),
        ({"filing_days": None}, "of the year. The policy states no last day for filing (`filing_days`)."),
    ],
)  # fmt: skip
def test_what_is_to_be_filed_is_told(book, terms, said):
    told = words.to_file(claims.to_file(book, Policy(**TERMS | terms)), "EUR")
    assert told.startswith("**1 claim** is to be filed, for an insured debt of EUR 16,000 today, ")
    assert told.endswith(said)


def test_no_claim_is_told(book):
    assert words.to_file(claims.to_file(book, Policy(name="p")), "EUR") == "No claim is to be filed."


@pytest.mark.parametrize(
    ("filing_days", "said"),
    [(30, "ask the insurer first whether it still takes a late claim, then file"), (90, "file"), (None, "file")],
)
def test_what_to_do_about_each_claim_is_told(book, filing_days, said):
    policy = Policy(**TERMS | {"filing_days": filing_days})
    assert words.with_advice(claims.to_file(book, policy))["claim_advice"].to_dict() == {"B": said}


def test_claims_to_file_beside_those_on_defaults_are_told():
    filing = pd.DataFrame({"insured_debt": [900.0, 50.0]}, index=pd.Index(["B", "W"], name="buyer_id"))
    made = pd.DataFrame(
        {"buyer_id": ["B", "P"], "claim_state": ["to file", "paid"], "insured_debt": [1_000.0, 7.0]}
    )  # fmt: skip
    assert words.beside_defaults(filing, made, "EUR") == (
        "Claims to file stand here with their insured debt on the day of loss, EUR 1,000; of it EUR 900 is owed today. "
        "W (EUR 50) is no default of the book, and so not among them."
    )
    same = made.assign(insured_debt=[900.0, 7.0])
    assert words.beside_defaults(filing[:1], same, "EUR") == ""
    told = words.beside_defaults(filing, made[1:], "EUR")
    assert told == "Of the claims to file B and W (EUR 950) are no defaults of the book."


def test_the_head_of_a_claim(book):
    assert words.heading(claims.of_buyer(book, POLICY, "B"), book, POLICY) == [
        "Claim under p", "Insured: Test", "Buyer: B, Birch, HRB 1, DE",
        "Kind of loss: protracted default, by the end of the waiting period, on 28 August 2026",
        "Insured debt: EUR 16,000.00, 2 invoices", "Claim: EUR 13,950.00; after the first loss EUR 12,950.00",
        "As of 31 October 2026", "To be filed by 25 September 2026",
    ]  # fmt: skip


def test_every_code_has_its_words(book):
    claim = claims.of_buyer(book, POLICY, "B")
    assert words.with_steps(claim.steps).index.notna().all()
    assert words.with_papers(claim.documents)["document"].notna().all()
    assert words.with_entries(claim.statement)["entry"].notna().all()
    assert set(words.STATES) == set(claims_made.STATES)
    assert set(words.PAPERS) == set(claims.DOCUMENTS)
    assert set(REASONS) <= set(words.STEPS)


def test_what_was_received_is_told():
    made = pd.DataFrame(
        {
            "claims_received": [9_000.0, 0],
            "expected_claim": [10_000.0, 500],
            "past_indemnity": [9_300.0, 500],
            "insurer_recovery": [600.0, 0],
            "first_loss_refilled": [100.0, 0],
            "claim_filed": pd.to_datetime([None, None]),
        }
    )
    assert words.received(made, "EUR") == (
        "On 2 defaults the insurer has paid EUR 9,000; by the policy as it stands EUR 10,500 was to be expected before "
        "recoveries. Less EUR 600 of recoveries, the insurer's part and EUR 100 that is borne again as first loss, as "
        "recoveries refill it, EUR 9,800 is left: the indemnity as if of chapter 05. Whether the insurer's part was "
        "passed on to it is in no table. When claims were filed is in no table of the book (`claims`)."
    )
    filed = made.assign(claim_filed=pd.Timestamp("2026-01-01"))
    assert words.received(filed, "EUR").endswith("By the table `claims` 2 claims were filed.")
    # Of a claim that was not paid the recovery is still part of the way to the indemnity as if.
    unpaid = words.received(made.assign(insurer_recovery=0.0), "EUR")
    assert "Less EUR 600 of recoveries on claims that it has not paid and EUR 100 that is borne again" in unpaid
    nothing = made.assign(insurer_recovery=0.0, first_loss_refilled=0.0, past_indemnity=made["expected_claim"])
    assert "before recoveries. It is the indemnity as if of chapter 05." in words.received(nothing, "EUR")
    assert words.received(made.iloc[:0], "EUR").startswith("The book knows no default")


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (8_000, "; once these are shared nothing of it is owed by the insurer, and nothing is to be asked for."),
        (9_600, "; once these are shared the insurer still owes EUR 600 (B): the credit analyst decides by 9 November "
                "2026 to ask for it."),
    ],
)  # fmt: skip
def test_whether_the_insurer_is_asked_for_more_is_told(book, left, said):
    made = pd.DataFrame(
        {"buyer_id": ["B", "P"], "claim_state": ["paid in part", "paid"], "paid_less": [1_000.0, 0],
         "claims_received": [9_000.0, 100], "past_indemnity": [left, 200.0]}
    )  # fmt: skip
    told = words.to_ask(made, book.run)
    assert told == "On B EUR 1,000 less was paid than was to be expected before recoveries" + said
    assert words.to_ask(made[1:], book.run) == ""


def test_what_the_worklist_has_of_claims_is_told_before_and_after_the_first_loss():
    days = pd.to_datetime(["2026-11-02", "2026-11-02"])
    last = pd.to_datetime(["2026-09-30", "2026-12-31"])
    filing = pd.DataFrame(
        {
            "insured_debt": [1_100.0, 200.0],
            "claim": [900.0, 100.0],
            "indemnity": [0.0, 40.0],
            "last_day": last,
            "act_by": days,
        },
        index=["A", "B"],
    )
    late = words.at_stake(filing.assign(indemnity=[25.0, 40.0]), "EUR")
    assert "say. Of that EUR 25 is paid only if the insurer grants it, being filed late. What is filed" in late
    assert words.at_stake(filing, "EUR") == (
        "The 2 claims to file are for EUR 1,300 of insured debt; EUR 1,000 is left of it after deductible and "
        "percentage, and EUR 40 is payable after the first loss of the year, as their folders say. What is filed uses "
        "up the first loss, also where it pays nothing."
    )
    assert words.at_stake(filing.head(1), "EUR").startswith(
        "The claim to file is for EUR 1,100 of insured debt; EUR 900 "
    )
    assert words.at_stake(filing.head(0), "EUR") == ""
