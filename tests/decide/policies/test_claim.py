"""A claim by hand: what is insured of a debt, what is paid for it and when, and when the insurer must agree."""

import pandas as pd
import pytest

from tradecredit.decide.policies.claim import INSOLVENCY_ONLY, NO_POLICY, claimed_on, consent, insured_items
from tradecredit.insurance.policy import Policy
from tradecredit.measure.open_items import open_items

AS_OF = "2026-03-31"
# Owed: 1,190 with tax of 190, due 60 days ago; 500 due 30 days ago; 300 issued when the first was 50 days overdue.
INVOICES = """invoice_id,buyer_id,issued,due,amount,tax
A1,A,2025-12-31,2026-01-30,1190,190
A2,A,2026-01-30,2026-03-01,500,
A3,A,2026-03-21,2026-03-28,300,
"""
LIMITS = "buyer_id,source,amount,valid_from\nA,insurer,1200,2025-01-01\n"
TERMS = {"insured_percentage": 0.9, "waiting_days": 180, "payment_days": 30, "loss_basis": "debt"}


@pytest.fixture
def book(book_of):
    return book_of(AS_OF, invoices=INVOICES, limits=LIMITS)


def insured(book, **terms):
    items = open_items(book)
    return insured_items(book, items[items["days_past_due"] > 0], Policy(**TERMS | terms))


def test_what_is_insured_is_net_of_tax_and_not_shipped_after_the_stop(book):
    found = insured(book)
    assert found.items["net"].tolist() == [1_000, 500, 300]
    assert found[1:] == ("", 0)
    found = insured(book, maximum_extension_days=49)
    assert found.items["net"].tolist() == [1_000, 500]
    assert found[1:] == ("", 300)
    found = insured(book, maximum_extension_days=50)
    assert (found.items["net"].tolist(), found.stopped) == ([1_000, 500, 300], 0)


def test_what_the_insurer_pays_and_when(book):
    found = insured(book).items
    claim = claimed_on(book, found, Policy(**TERMS), lgd=0.5)
    # 0.9 of the limit of 1,200; of what comes in later, 900, the insurer has the share of the indemnity in the debt.
    assert claim.indemnity == pytest.approx(0.9 * 1_200 - 900 * 1_080 / 1_800)
    # 210 days after the due dates, which were 60 and 30 days ago, of the 1,000 and 200 that fill the limit.
    assert claim.days == pytest.approx((1_000 * 150 + 200 * 180) / 1_200)
    assert (claim.insured_debt, claim.first_loss, claim.why_not) == (1_200, 0, "")
    nothing = claimed_on(book, found, Policy(insured_percentage=0.9), lgd=0.5)
    assert pd.isna(nothing.indemnity)
    assert nothing.why_not == INSOLVENCY_ONLY
    assert pd.isna(claimed_on(book, found.head(0), Policy(**TERMS), lgd=0.5).days)
    assert pd.isna(claimed_on(book, found, None, lgd=0.5).indemnity)


@pytest.mark.parametrize(
    ("days", "paid", "ends"),
    [
        (None, "2027-01-01", None),
        (90, "2026-04-29", None),
        # The first is due on 30 January: 90 days after it is 30 April.
        (90, "2026-05-01", "2026-04-30"),
        (50, "2026-05-01", "2026-03-21"),
        (90, None, "2026-04-30"),
    ],
)
def test_when_the_insurer_must_agree(book, days, paid, ends):
    policy = Policy(**TERMS | ({} if days is None else {"maximum_extension_days": days}))
    found = insured_items(book, open_items(book), policy).items
    first = consent(found, policy, pd.Series(pd.Timestamp(paid), index=found.index))
    assert pd.isna(first) if ends is None else first == pd.Timestamp(ends)


def test_no_consent_without_anything_insured(book):
    found = insured_items(book, open_items(book), None)
    assert found.why_not == NO_POLICY
    assert pd.isna(consent(found.items, None, pd.Series(dtype="datetime64[us]")))
