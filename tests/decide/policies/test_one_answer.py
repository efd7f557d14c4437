"""What is insured of a buyer today has one answer, whoever asks: for every buyer of a small ledger and of the demo."""

import numpy as np
import pandas as pd
import pytest

from tradecredit import words
from tradecredit.book.book import Book
from tradecredit.decide.insurer_duties import duties
from tradecredit.decide.limits.explain import facts
from tradecredit.decide.limits.insurer import after_cut
from tradecredit.decide.limits.recommendation import recommend, totals
from tradecredit.decide.policies.claim import claimed_on, insured_items
from tradecredit.default.grades import grade
from tradecredit.insurance import cover
from tradecredit.insurance.in_force import policy_in_force
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.stops import stopped_since
from tradecredit.losses.insured_part import insured_parts
from tradecredit.losses.portfolio import portfolio
from tradecredit.losses.simulation import simulate
from tradecredit.measure.by_buyer import sums_by_buyer
from tradecredit.measure.open_items import open_items
from tradecredit.params.base import PROJECT
from tradecredit.params.run import Run

POLICY = {
    "name": "own", "insured_percentage": 0.9, "maximum_extension_days": 60, "maximum_terms_days": 120,
    "discretionary_limit": 40_000, "waiting_days": 180,
}  # fmt: skip


def small(book_of):
    """Buyers of every class: a cut limit, a stop, a dispute, no limit, a refused one, long terms, a public one."""
    invoices = """invoice_id,buyer_id,issued,due,amount,tax
A1,A,2026-09-10,2026-10-10,50000,
A2,A,2026-10-12,2026-11-12,8000,
B1,B,2026-06-01,2026-07-01,10000,
B2,B,2026-08-25,2026-09-25,20000,
B3,B,2026-09-05,2026-10-05,30000,
C1,C,2026-09-10,2026-10-10,20000,
C2,C,2026-10-12,2026-11-12,18000,
D1,D,2026-10-12,2026-11-12,11900,1900
E1,E,2026-10-12,2026-11-12,9000,
F1,F,2026-10-12,2027-10-12,7000,
G1,G,2026-10-12,2026-11-12,6000,
"""
    limits = """buyer_id,source,amount,valid_from
A,insurer,60000,2026-01-01
A,insurer,20000,2026-10-01
B,insurer,100000,2026-01-01
C,insurer,30000,2026-01-01
E,insurer,0,2026-01-01
"""
    buyers = "buyer_id,kind\n" + "".join(f"{name},{'public' if name == 'G' else 'private'}\n" for name in "ABCDEFGH")
    disputes = "invoice_id,opened,closed,amount\nC1,2026-10-01,,5000\n"
    run = {"policy": POLICY, "losses": {"lgd": 0.5}}
    return book_of("2026-10-31", run=run, invoices=invoices, limits=limits, buyers=buyers, disputes=disputes)


@pytest.fixture(scope="module", params=["small", "demo"])
def book(request, book_of):
    return small(book_of) if request.param == "small" else Book.open(PROJECT / "params" / "demo.yaml")


@pytest.fixture(scope="module")
def rated(book):
    chance = pd.Series(0.01, index=pd.Index(book.buyers["buyer_id"], name="buyer_id"))
    return pd.DataFrame({"pd": chance, "grade": grade(chance, Run.model_fields["grades"].default), "method": "x"})


def by_buyer(book, policy):
    """The audit's insured part of each buyer."""
    found = cover.audit(book, policy)
    return found.groupby("buyer_id")["insured"].sum().reindex(book.buyers["buyer_id"], fill_value=0.0)


def test_the_small_ledger_by_hand(book_of):
    ledger = small(book_of)
    expected = {"A": 45_000, "B": 27_000, "C": 27_000, "D": 3_600, "E": 0, "F": 0, "G": 0, "H": 0}
    # D has good faith alone: 10 % of 40,000.
    assert by_buyer(ledger, None).round(6).to_dict() == expected
    assert cover.by_class(ledger)["open_amount"].round(6).to_dict() == {
        "named limit": 110_000, "discretionary limit": 4_000, "stopped": 30_000, "refused or withdrawn": 9_000,
        "above the limit": 8_000 + 3_000 + 6_000, "not insurable": 5_000 + 1_900 + 7_000 + 6_000,
    }  # fmt: skip


def test_all_who_ask_what_is_insured_today_are_told_the_same(book, rated):
    policy = policy_in_force(book)
    audited = by_buyer(book, policy)
    limits = recommend(book, rated)
    insured_debt = audited / policy.insured_percentage
    owed = sums_by_buyer(book, open_items(book)["open_amount"])
    for told in (cover.of_buyers(book).insured, limits["insured"], limits["exposure"] - limits["own"]):
        np.testing.assert_allclose(told.reindex(audited.index), audited, atol=0.005)
    assert totals(limits)["insured_share"] == pytest.approx(cover.insured_share(book))
    assert cover.by_class(book)["insured"].sum() == pytest.approx(audited.sum())
    assert cover.by_class(book)["open_amount"].sum() == pytest.approx(owed.sum())
    # The loss engine, of buyers that are stopped; of others what is insurable, at most.
    (part,) = insured_parts(book, [policy])
    stopped = part.today.dropna()
    np.testing.assert_allclose(stopped, insured_debt[stopped.index], atol=0.005)
    assert (part.share * owed >= insured_debt - 0.005).all()
    # A cut of nothing, and the explanation of a buyer.
    largest = audited.idxmax()
    shown = facts(book, rated, largest)
    assert shown.limit["insured"] == pytest.approx(audited[largest])
    cut = after_cut(book, rated, 0.5)
    np.testing.assert_allclose(cut["insured"], audited[cut.index], atol=0.005)


def test_a_claim_for_all_that_a_buyer_owes_is_for_what_the_audit_insures(book):
    policy = policy_in_force(book)
    audited = by_buyer(book, policy) / policy.insured_percentage
    items = open_items(book)
    items = items[items["open_amount"] > 0]
    # Of the demo the hundred that owe most.
    for buyer_id in items.groupby("buyer_id")["open_amount"].sum().nlargest(100).index:
        found = insured_items(book, items[items["buyer_id"] == buyer_id], policy)
        assert found.items["insured_debt"].sum() == pytest.approx(audited[buyer_id], abs=0.005)
        plain = Policy(insured_percentage=1.0, waiting_days=180, loss_basis="debt")
        if not found.why_not:
            assert claimed_on(book, found.items, plain, 1.0).insured_debt == pytest.approx(audited[buyer_id], abs=0.005)


def test_what_the_policy_asks_for_is_a_part_of_what_the_audit_insures(book):
    policy = policy_in_force(book)
    audited = by_buyer(book, policy) / policy.insured_percentage
    asked = duties(book, policy)
    sums = asked[["claim_amount", "missed_amount", "report_amount"]].sum(axis="columns").reindex(audited.index)
    assert sums.sum() > 0
    assert (sums <= audited + 0.005).all()
    # The audit is of the as-of day; duties and limits also count a stop that begins by the day of reading.
    held = asked[asked["stop_insured"]]
    assert len(held) and cover.of_buyers(book).stopped[held.index].all()
    assert (held["stop_since"] <= pd.Timestamp("2026-11-02")).all()
    since = stopped_since(book, policy)[held.index]
    assert (since.notna() == (held["stop_since"] <= book.as_of)).all() and since.notna().any()


def test_a_stopped_buyer_that_fails_is_paid_for_by_the_audit(book, rated):
    policy = policy_in_force(book)
    plain = policy.model_copy(update={
        "insured_percentage": 1.0, "loss_basis": "debt", "threshold": None, "each_loss_deductible": None,
        "aggregate_first_loss": None, "maximum_liability_multiple": None, "discretionary_maximum_liability": None,
    })  # fmt: skip
    at_risk = portfolio(book, rated).assign(lgd=1.0, pd=0.3)
    (part,) = insured_parts(book, [plain])
    stopped = part.today.dropna().index.intersection(at_risk.index)
    audited = by_buyer(book, policy) / policy.insured_percentage
    dist = simulate(at_risk.loc[stopped], policies=[part], scenarios=64, seed=1)
    events = dist.events(range(64), policy.name).drop_duplicates("buyer_id").set_index("buyer_id")
    assert len(events) > 0
    np.testing.assert_allclose(plain.indemnify(events.reset_index())["insured_debt"], audited[events.index], atol=0.005)


def test_the_page_says_it(book_of):
    ledger = small(book_of)
    said = words.cover.insured(cover.by_class(ledger), "EUR")
    # 102,600, which is 90 % of 114,000, of 189,900.
    assert said.startswith(
        "**54.0 %** of receivables, EUR 102,600, is insured before deductibles. Of the rest, EUR 11,400 is our "
    )
    assert words.cover.with_reasons(cover.by_reason(ledger))["reason"].notna().all()
    (late,) = words.cover.late(ledger, [policy_in_force(ledger)])
    assert "25 % on average was shipped after the stop" in late
    assert "the book has 0 failures, without those that owed nothing insurable or" in late
    assert words.cover.late(ledger, [Policy()]) == []
