"""Claims of the past by hand: expected against paid, the insurer's part of recoveries, and what has become of each."""

import pandas as pd
import pytest

from tradecredit.decide.collect import claims_made
from tradecredit.decide.policies import as_if
from tradecredit.insurance.policy import Policy

AS_OF = "2026-03-31"
TERMS = {
    "name": "p", "insured_percentage": 0.9, "loss_basis": "debt", "waiting_days": 120, "premium_rate": 0.01,
    "each_loss_deductible": 1_000.0, "aggregate_first_loss": 9_000.0,
}  # fmt: skip

# A, B and C fail in 2025, each owing 21,000 within its limit: 0.9 × (21,000 − 1,000) = 18,000 each, of which the first
# loss keeps 9,000 of A's, the first. N has no limit; S owed 900, less than the deductible, and its estate
# has paid them; W pays in its waiting period; T has waited for 120 days on 11 April.
BUYERS = {"A": 21_000, "B": 21_000, "C": 21_000, "N": 7_000, "S": 900, "W": 9_000, "T": 5_000}
FAILED = {
    "A": ("2025-09-01", "insolvency"), "B": ("2025-10-01", "insolvency"), "C": ("2025-11-03", "insolvency"),
    "N": ("2025-09-05", "insolvency"), "S": ("2025-09-06", "insolvency"), "W": ("2025-11-30", "protracted"),
    "T": ("2026-01-15", "protracted"),
}  # fmt: skip
DUE = {"W": "2025-08-31", "T": "2025-12-12"}
INVOICES = "invoice_id,buyer_id,issued,due,amount\nOLD,Z,2024-03-05,2024-04-05,100\n" + "".join(
    f"{buyer}1,{buyer},2025-08-01,{DUE.get(buyer, '2025-08-31')},{amount}\n" for buyer, amount in BUYERS.items()
)
LIMITS = "buyer_id,source,amount,valid_from\n" + "".join(f"{b},insurer,50000,2024-01-01\n" for b in "ABCSWT")
LIMITS += "N,insurer,0,2024-01-01\n"
DEFAULTS = "buyer_id,date,kind\n" + "".join(f"{buyer},{day},{kind}\n" for buyer, (day, kind) in FAILED.items())
RECEIPTS = """invoice_id,received,amount,kind
OLD,2024-04-05,100,payment
A1,2025-11-10,9000,claim
B1,2025-12-10,10000,claim
B1,2026-01-10,5000,claim
B1,2026-02-10,2100,recovery
W1,2025-12-20,9000,payment
S1,2026-01-05,900,recovery
"""


@pytest.fixture(scope="module")
def table(book_of):
    book, policy = (
        book_of(AS_OF, invoices=INVOICES, receipts=RECEIPTS, limits=LIMITS, defaults=DEFAULTS),
        Policy(**TERMS),
    )
    return claims_made.made(book, policy, as_if.as_if(book, [policy])).set_index("buyer_id")


def test_what_became_of_each_by_hand(table):
    assert table["claim_state"].to_dict() == {
        "A": "paid", "B": "paid in part", "C": "to file", "N": "nothing insured", "S": "kept", "W": "no loss",
        "T": "waiting",
    }  # fmt: skip


def test_expected_against_paid_by_hand(table):
    assert table["expected_claim"].to_dict() == {"A": 9_000, "B": 18_000, "C": 18_000, **dict.fromkeys("NSWT", 0)}
    assert table["claims_received"].to_dict() == {"A": 9_000, "B": 15_000, **dict.fromkeys("CNSWT", 0)}
    assert table["paid_less"].to_dict() == {"A": 0, "B": 3_000, "C": 18_000, **dict.fromkeys("NSWT", 0)}
    assert table["insurer_paid_on"].dropna().to_dict() == {
        "A": pd.Timestamp("2025-11-10"), "B": pd.Timestamp("2026-01-10")
    }  # fmt: skip


def test_recoveries_are_shared_by_the_claim(table):
    # Of 2,100 on a debt of 21,000 with a claim of 18,000.
    assert table.loc["B", ["recovery", "insurer_recovery"]].tolist() == pytest.approx([2_100, 1_800])
    assert table["insurer_recovery"].drop("B").sum() == 0


def test_what_is_left_once_recoveries_are_shared(table):
    # As chapter 05 has it: of B 18,000 less 1,800.
    assert table["past_indemnity"].to_dict() == {"A": 9_000, "B": 16_200, "C": 18_000, **dict.fromkeys("NSWT", 0)}
    # B has had 15,000 of that; C is to be filed, and not asked for.
    assert claims_made.to_ask(table.reset_index()).to_dict() == pytest.approx({"B": 1_200})


def test_what_is_borne_again_as_first_loss_by_hand(book_of):
    """A first loss of 19,000 keeps A's 18,000 and 1,000 of B's. Of 2,100 recovered of A 1,800 refill it: B bears 2,800,
    and of the 17,000 and 18,000 expected of B and C 15,200 and 18,000 are left."""
    receipts = "invoice_id,received,amount,kind\nOLD,2024-04-05,100,payment\nA1,2026-02-10,2100,recovery\n"
    book = book_of(AS_OF, invoices=INVOICES, receipts=receipts, limits=LIMITS, defaults=DEFAULTS)
    policy = Policy(**{**TERMS, "aggregate_first_loss": 19_000.0})
    found = claims_made.made(book, policy, as_if.as_if(book, [policy])).set_index("buyer_id").loc[list("ABC")]
    assert found["expected_claim"].tolist() == [0, 17_000, 18_000]
    assert found["past_indemnity"].tolist() == pytest.approx([0, 15_200, 18_000])
    assert found["first_loss_refilled"].tolist() == pytest.approx([0, 1_800, 0])
    assert found["insurer_recovery"].sum() == 0
    assert claims_made.by_state(found.reset_index())["first_loss_refilled"].sum() == pytest.approx(1_800)


def test_what_was_filed_and_answered_by_hand(book_of):
    # Of A before its default, which is none of this; C was refused, and that on T is no loss yet; B has no answer, and
    # was paid in part.
    filed = """claim_id,buyer_id,policy,filed,amount,answered,answer
1,A,p,2025-08-01,1,2025-08-10,accepted
2,B,p,2025-10-20,21000,,
3,C,p,2025-11-20,21000,2025-12-20,refused
"""
    tables = {"invoices": INVOICES, "receipts": RECEIPTS, "limits": LIMITS, "defaults": DEFAULTS, "claims": filed}
    book, policy = book_of(AS_OF, **tables), Policy(**TERMS)
    found = claims_made.made(book, policy, as_if.as_if(book, [policy])).set_index("buyer_id")
    assert found["claim_filed"].dropna().to_dict() == {"B": pd.Timestamp("2025-10-20"), "C": pd.Timestamp("2025-11-20")}
    assert found["claim_answer"].dropna().to_dict() == {"C": "refused"}
    assert found.loc[["A", "B", "C"], "claim_state"].tolist() == ["paid", "paid in part", "refused"]
    # On 10 December the insurer had not answered.
    before = book.at("2025-12-09")
    found = claims_made.made(before, policy, as_if.as_if(before, [policy])).set_index("buyer_id")
    assert found.loc[["B", "C"], "claim_state"].tolist() == ["filed", "filed"]


def test_the_newest_default_stands_first(table):
    assert table["defaulted"].is_monotonic_decreasing


def test_by_state_by_hand(table):
    found = claims_made.by_state(table.reset_index())
    assert found.index.tolist() == [
        "paid", "paid in part", "kept", "to file", "nothing insured", "waiting", "no loss",
    ]  # fmt: skip
    assert found["claims"].tolist() == [1] * 7
    assert found["claims_received"].sum() == 24_000
    assert found.loc["paid in part", "paid_less"] == 3_000


def test_without_a_default_there_is_no_claim(book_of):
    book, policy = book_of(AS_OF, invoices=INVOICES, limits=LIMITS), Policy(**TERMS)
    found = claims_made.made(book, policy, as_if.as_if(book, [policy]))
    assert found.empty
    assert claims_made.by_state(found).empty
