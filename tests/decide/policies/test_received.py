"""Claims received beside those as if: each part of the difference by hand."""

import pandas as pd
import pytest

from tradecredit.decide.policies import as_if, received
from tradecredit.insurance.policy import Policy

AS_OF = "2026-03-31"
INVOICES = """invoice_id,buyer_id,issued,due,amount
F1,F,2025-04-05,2025-05-05,100000
S1,X,2025-09-10,2025-10-10,50000
S2,X,2025-10-12,2025-11-11,8000
Y1,Y,2025-09-01,2025-10-01,20000
W1,W,2025-08-01,2025-08-31,9000
"""
RECEIPTS = """invoice_id,received,amount,kind
F1,2025-05-05,100000,payment
S1,2026-02-01,5000,recovery
W1,2025-12-20,9000,payment
"""
LIMITS = """buyer_id,source,amount,valid_from
X,insurer,60000,2025-01-01
X,insurer,20000,2025-10-01
Y,insurer,100000,2025-01-01
W,insurer,100000,2025-01-01
"""
DEFAULTS = """buyer_id,date,kind
X,2025-11-20,insolvency
Y,2025-12-15,protracted
W,2025-11-30,protracted
"""
RECOVERED = 45_000 * 5_000 / 58_000
"""X: the limit of 20,000 is full of S1, which keeps the 60,000 of its day: a claim of 45,000 on 58,000, of which 5,000
come back. Y: 18,000, lost on 29 January and payable 30 days later. W pays in its waiting period."""
ALL = {"S1": 45_000, "Y1": 18_000}
"""Claims of which nothing is missing."""


def table(book_of, claims: dict, terms: dict, **changed) -> pd.DataFrame:
    rows = "".join(f"{invoice},2026-03-01,{amount},claim\n" for invoice, amount in claims.items())
    tables = {"invoices": INVOICES, "limits": LIMITS, "defaults": DEFAULTS, "receipts": RECEIPTS + rows} | changed
    stated = {"name": "p", "insured_percentage": 0.9, "loss_basis": "debt", "waiting_days": 120, "premium_rate": 0.01}
    book, policy = book_of(AS_OF, **tables), Policy(**stated | terms)
    return received.beside_received(book, policy, as_if.as_if(book, [policy]))


@pytest.mark.parametrize(
    ("terms", "claims", "parts"),
    [
        ({}, ALL, {"X": {"by_recovery": RECOVERED}}),
        # 30,000 of a claim of 45,000: more than the insurer's part of the recovery is missing.
        ({}, {"S1": 30_000, "Y1": 18_000}, {"X": {"by_other": -(15_000 - RECOVERED)}}),
        ({}, {"S1": 45_000}, {"X": {"by_recovery": RECOVERED}, "Y": {"by_nothing_received": -18_000}}),
        # Payable on 29 April.
        ({"payment_days": 90}, {"S1": 45_000}, {"X": {"by_recovery": RECOVERED}, "Y": {"by_waiting": -18_000}}),
        # X takes 45,000 less the recovery of the first loss, Y the rest; 8,000 of Y's were kept in reality too.
        (
            {"aggregate_first_loss": 50_000}, {"S1": 45_000, "Y1": 10_000},
            {
                "X": {"by_first_loss": 45_000 - RECOVERED, "by_recovery": RECOVERED},
                "Y": {"by_first_loss": 5_000 + RECOVERED - 8_000},
            },
        ),
        ({"aggregate_first_loss": 90_000}, {"Y1": 18_000}, {"Y": {"by_first_loss": 18_000}}),
        (
            {"maximum_liability": 45_000}, ALL,
            {"X": {"by_recovery": RECOVERED}, "Y": {"by_maximum": 18_000 - RECOVERED}},
        ),
        # 90 % of S2 too, which the limit of its day has no room for, or which was shipped after the stop.
        ({}, {"S1": 52_200, "Y1": 18_000}, {"X": {"by_recovery": RECOVERED, "by_limit": 7_200}}),
        (
            {"maximum_extension_days": 0}, {"S1": 52_200, "Y1": 18_000},
            {"X": {"by_recovery": RECOVERED, "by_stop": 7_200}},
        ),
        (
            {}, {"S1": 60_000, "Y1": 18_000},
            {"X": {"by_recovery": RECOVERED, "by_limit": 7_200, "by_terms": 5_800, "by_other": 2_000}},
        ),
        ({}, ALL | {"W1": 500}, {"X": {"by_recovery": RECOVERED}, "W": {"by_no_loss": 500}}),
        ({}, ALL | {"F1": 700}, {"X": {"by_recovery": RECOVERED}, "F": {"by_no_default": 700}}),
    ],
)  # fmt: skip
def test_what_makes_the_difference(book_of, terms, claims, parts):
    found = table(book_of, claims, terms).set_index("buyer_id")
    for buyer, row in found[list(received.PARTS)].iterrows():
        told = {part: amount for part, amount in row.items() if abs(amount) > 0.01}
        assert told == pytest.approx(parts.get(buyer, {}), abs=0.01), buyer
    assert found["claims_received"].sum() == sum(claims.values())
    pd.testing.assert_series_equal(
        found[list(received.PARTS)].sum(axis="columns"), found["received_more"], check_names=False, atol=0.001
    )
    largest = {buyer: max(of, key=lambda part: abs(of[part])) for buyer, of in parts.items()}
    assert found["because"].dropna().to_dict() == largest


def test_a_claim_belongs_to_the_default_before_it(book_of):
    """Of two defaults of X the second takes what comes after it; what came before the first belongs to none."""
    defaults = DEFAULTS + "X,2026-02-10,insolvency\n"
    receipts = RECEIPTS + "S1,2025-11-01,100,claim\nS1,2026-01-10,200,claim\nS1,2026-03-01,300,claim\n"
    found = table(book_of, {}, {}, defaults=defaults, receipts=receipts)
    of_x = found[found["buyer_id"] == "X"].sort_values("defaulted")
    assert of_x["claims_received"].tolist() == [200, 300, 100]
    assert of_x["defaulted"].isna().tolist() == [False, False, True]


def test_claims_of_other_years_do_not_count(book_of):
    """The only whole year begins on 1 April 2025."""
    receipts = RECEIPTS + "F1,2025-03-31,100,claim\nF1,2025-04-01,30,claim\n"
    assert table(book_of, {}, {}, receipts=receipts)["claims_received"].sum() == 30


def test_where_nothing_can_be_compared(book_of):
    book = book_of("2026-02-28", invoices=INVOICES, receipts=RECEIPTS, limits=LIMITS, defaults=DEFAULTS)
    policy = Policy(name="p")
    assert received.beside_received(book, policy, as_if.as_if(book, [policy])).empty
    assert received.beside_received(book, None, as_if.as_if(book, [])).empty
    top_up = Policy(name="t", kind="top_up", primary="p", top_up_share=0.5, top_up_rate=0.02)
    assert received.beside_received(book_of(AS_OF, invoices=INVOICES), top_up, as_if.as_if(book, [])).empty
