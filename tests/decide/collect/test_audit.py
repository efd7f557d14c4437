"""The audit of cover against the month before, and what breaches cost: the cases of cover by hand."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.collect import audit
from tradecredit.insurance.policy import Policy

AS_OF = "2026-10-31"
POLICY = Policy(name="p", insured_percentage=0.9, maximum_extension_days=60)
LIMITS = "buyer_id,source,amount,valid_from,valid_to\n"


def made(book_of, invoices, limits="B,insurer,100000,2026-01-01,\n", **tables):
    return book_of(
        AS_OF, invoices="invoice_id,buyer_id,issued,due,amount\n" + invoices, limits=LIMITS + limits, **tables
    )


# Case 4 of cover: A is overdue past its extension from 31 August on; B was shipped before, C after.
CASE_4 = "A,B,2026-06-01,2026-07-01,10000\nB,B,2026-08-25,2026-11-25,20000\nC,B,2026-09-05,2026-12-05,30000\n"


def test_what_was_shipped_after_the_stop_costs_what_would_be_insured_of_it(book_of):
    found = audit.breaches(made(book_of, CASE_4), POLICY)
    assert found.to_dict("records") == [
        {"breach_kind": "shipped after the stop", "invoice_id": "C", "buyer_id": "B",
         "breach_day": pd.Timestamp("2026-09-05"), "cover_effect": "lost", "lost_debt": 30_000, "breach_cost": 27_000},
        # The report of A was due by 30 August.
        {"breach_kind": "reported late", "invoice_id": "A", "buyer_id": "B", "breach_day": pd.Timestamp("2026-08-30"),
         "cover_effect": "in doubt", "lost_debt": 10_000, "breach_cost": 9_000},
    ]  # fmt: skip


def test_a_limit_that_is_filled_bounds_what_the_stop_costs(book_of):
    # Of a limit of 45,000 A and B leave 15,000 for C; the other half of C is above it with a stop or without.
    book = made(book_of, CASE_4, "B,insurer,45000,2026-01-01,\n")
    found = audit.breaches(book, POLICY).set_index("breach_kind")
    assert found["lost_debt"].to_dict() == {"shipped after the stop": 15_000, "reported late": 10_000}
    # D, shipped once A is paid, has what A and B leave; without the stop C would have taken that, and cost nothing.
    paid = "invoice_id,received,amount,kind\nA,2026-09-20,10000,payment\n"
    full = "B,insurer,50000,2026-01-01,\n"
    book = made(book_of, CASE_4 + "D,B,2026-10-01,2026-12-05,30000\n", full, receipts=paid)
    assert audit.breaches(book, POLICY).empty


def test_what_the_limits_leave_uninsured(book_of):
    # Cases 2 and 3 of cover: the limit cut to 20,000 on 1 October, and raised from 0 to 90,000 on that day.
    shipped = "S1,{0},2026-09-10,2026-11-10,50000\nS2,{0},2026-10-12,2026-12-12,8000\n"
    cut = "B,insurer,60000,2026-01-01,2026-09-30\nB,insurer,20000,2026-10-01,\n"
    found = audit.breaches(made(book_of, shipped.format("B"), cut), POLICY)
    assert found[["breach_kind", "invoice_id", "lost_debt", "breach_cost"]].to_numpy().tolist() == [
        ["above the limit", "S2", 8_000, 7_200]
    ]
    raised = "B,insurer,0,2026-01-01,2026-09-30\nB,insurer,90000,2026-10-01,\n"
    found = audit.breaches(made(book_of, shipped.format("B"), raised), POLICY)
    assert found[["breach_kind", "invoice_id", "lost_debt", "breach_cost"]].to_numpy().tolist() == [
        ["no limit", "S1", 50_000, 45_000]
    ]


def test_a_limit_on_another_company_of_the_group_may_be_on_the_wrong_one(book_of):
    buyers = "buyer_id,group_id\nB,G\nO,G\nX,\n"
    shipped = "S1,O,2026-09-10,2026-11-10,50000\nS2,X,2026-10-12,2026-12-12,8000\n"
    found = audit.breaches(made(book_of, shipped, buyers=buyers), POLICY).set_index("buyer_id")
    assert found["breach_kind"].to_dict() == {"O": "another company of the group", "X": "no limit"}


def test_terms_that_are_too_long_cost_what_shorter_ones_would_insure(book_of):
    policy = Policy(name="p", insured_percentage=0.8, maximum_terms_days=60)
    found = audit.breaches(made(book_of, "I,B,2026-09-01,2026-12-01,10000\nJ,B,2026-09-01,2026-10-31,10000\n"), policy)
    assert found[["breach_kind", "invoice_id", "lost_debt", "breach_cost"]].to_numpy().tolist() == [
        ["terms too long", "I", 10_000, 8_000]
    ]


@pytest.mark.parametrize(("filing_days", "late"), [(None, False), (30, True), (60, False)])
def test_a_claim_that_is_not_filed_in_time_is_in_doubt(book_of, filing_days, late):
    # Due on 25 March, a loss since 21 September: 30 days from then is 21 October.
    policy = Policy(name="p", insured_percentage=0.9, waiting_days=180, filing_days=filing_days)
    found = audit.breaches(made(book_of, "I,B,2026-02-25,2026-03-25,10000\n"), policy)
    assert found[["breach_kind", "cover_effect", "breach_cost"]].to_numpy().tolist() == (
        [["filed late", "in doubt", 9_000]] if late else []
    )
    if late:
        assert found["breach_day"].tolist() == [pd.Timestamp("2026-10-21")]


def test_breaches_in_all(book_of):
    table = audit.by_breach(audit.breaches(made(book_of, CASE_4), POLICY))
    assert table.index.tolist() == ["reported late", "shipped after the stop"]
    assert table[["buyers", "invoices", "lost_debt", "breach_cost"]].to_numpy().tolist() == [
        [1, 1, 10_000, 9_000], [1, 1, 30_000, 27_000]
    ]  # fmt: skip


def test_classes_stand_beside_those_of_the_month_before(book_of):
    # On 30 September nothing was paid yet, and D was not shipped.
    receipts = "invoice_id,received,amount,kind\nB,2026-10-20,5000,payment\n"
    book = made(book_of, CASE_4 + "D,B,2026-10-10,2026-12-05,15000\n", receipts=receipts)
    before = audit.month_before(book)
    assert before.as_of == pd.Timestamp("2026-09-30")
    table = audit.classes(book, POLICY, before)
    assert table["open_amount"].to_dict() == {
        "named limit": 25_000, "discretionary limit": 0, "stopped": 45_000, "refused or withdrawn": 0,
        "above the limit": 0, "not insurable": 0,
    }  # fmt: skip
    assert table.loc["named limit", ["open_amount_before", "open_amount_change"]].tolist() == [30_000, -5_000]
    assert table.loc["stopped", ["open_amount_before", "open_amount_change"]].tolist() == [30_000, 15_000]
    assert table.loc["named limit", "share_change"] == pytest.approx(25 / 70 - 30 / 60)
    reasons = audit.reasons(book, POLICY, before).set_index("reason")
    assert reasons.loc["shipped_after_stop", ["cover", "open_amount", "open_amount_before"]].tolist() == [
        "stopped", 45_000, 30_000,
    ]  # fmt: skip


def test_the_first_month_has_none_before_it(book_of):
    book = made(book_of, "A,B,2026-10-01,2026-11-01,10000\n")
    assert audit.month_before(book) is None
    table = audit.classes(book, POLICY, None)
    assert table["open_amount"].sum() == 10_000
    assert table[["open_amount_before", "share_change"]].isna().all(axis=None)


def test_each_class_comes_down_to_its_invoices(book_of):
    # I has a tax of 1,000 and a dispute of 2,000, and lies 3,000 above the limit of 4,000.
    invoices = pd.DataFrame(
        [("I", "B", pd.Timestamp("2026-09-01"), pd.Timestamp("2026-10-01"), 10_000.0, 1_000.0)],
        columns=["invoice_id", "buyer_id", "issued", "due", "amount", "tax"],
    )
    book = book_of(
        AS_OF, invoices=invoices, limits=LIMITS + "B,insurer,4000,2026-01-01,\n",
        disputes="invoice_id,opened,closed,amount,reason\nI,2026-09-15,,2000,quality\n",
    )  # fmt: skip
    parts = audit.invoices(book, POLICY)
    # The disputed 2,000 hold 200 of tax, and 8,000 of the rest 800; 7,200 are insurable.
    assert parts[["cover", "reason"]].to_numpy().tolist() == [
        ["named limit", "covered_in_part"], ["above the limit", "limit_filled"], ["not insurable", "in_dispute"],
        ["not insurable", "tax"],
    ]  # fmt: skip
    assert parts["amount"].tolist() == pytest.approx([4_000, 3_200, 2_000, 800])
    assert parts["amount"].sum() == pytest.approx(audit.classes(book, POLICY, None)["open_amount"].sum())
    assert parts["days_past_due"].tolist() == [30] * 4


def test_without_a_policy_there_is_no_breach(book_of):
    book = made(book_of, CASE_4)
    assert audit.breaches(book, None).empty
    assert audit.by_breach(audit.breaches(book, None)).empty
    assert audit.classes(book, None, None)["open_amount"].sum() == 60_000
    assert np.isnan(audit.classes(book, None, None)["share_before"]).all()
