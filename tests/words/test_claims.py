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
        ({}, "the first by 2 November 2026: EUR 12,950 is payable, if nothing else has used the first loss of the "
             "year. The day of 1 claim is past already."),
        ({"filing_days": 90}, "the first by 9 November 2026: EUR 12,950 is payable, if nothing else has used the first "
                              "loss of the year."),
        ({"filing_days": None}, "of the year. The policy states no last day for filing (`filing_days`)."),
    ],
)  # fmt: skip
def test_what_is_to_be_filed_is_told(book, terms, said):
    told = words.to_file(claims.to_file(book, Policy(**TERMS | terms)), "EUR")
    assert told.startswith("**1 claim** is to be filed, for an insured debt of EUR 16,000, ")
    assert told.endswith(said)


def test_no_claim_is_told(book):
    assert words.to_file(claims.to_file(book, Policy(name="p")), "EUR") == "No claim is to be filed."


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
            "insurer_recovery": [700.0, 0],
            "claim_filed": pd.to_datetime([None, None]),
        }
    )
    assert words.received(made, "EUR") == (
        "On 2 defaults the insurer has paid EUR 9,000; by the policy as it stands EUR 10,500 was to be expected. Of "
        "recoveries EUR 700 is the insurer's; what was passed on is in no table. When claims were filed is in no table "
        "of the book (`claims`)."
    )
    filed = made.assign(claim_filed=pd.Timestamp("2026-01-01"))
    assert words.received(filed, "EUR").endswith("By the table `claims` 2 claims were filed.")
    assert "Of recoveries" not in words.received(made.assign(insurer_recovery=0.0), "EUR")
    assert words.received(made.iloc[:0], "EUR").startswith("The book knows no default")
