"""One buyer, one advice: the order of precedence by hand, and a demo month without contradiction."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from advised import AS_OF, DUE, INVOICES, LEDGER, LIMITS, advised, table

from tradecredit import default, words
from tradecredit.book.demo import demo_book
from tradecredit.decide import buyer_decisions, buyer_sheet, decisions, deliveries, held_back, limits, optimum
from tradecredit.decide.limits.insurer import requests
from tradecredit.decide.optimum.optimum import DIFFERENCE
from tradecredit.default import term_structure
from tradecredit.insurance.policy import Policy


def test_the_insurers_deadline_comes_before_every_stop(book_of):
    found = advised(book_of, action="stop", over_risk=50.0)
    expected = {"A": "report", "B": "report missed", "C": "claim", "D": "claim", "E": "stop", "F": "stop insured"}
    assert found["advice"].to_dict() == expected | {"G": "stop", "H": "stop"}
    assert set(found["deliveries"]) == {"nothing"}
    assert found["amount"].to_dict() == {
        **dict.fromkeys("ABCD", 10_000), "E": 50, "F": 400, "G": 50, "H": 50,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "advice", "deliveries", "amount"),
    [
        ({"action": "in default", "binding_with_cover": "in default"}, "cancel", "nothing", 1_000),
        ({"action": "in default", "own_limit": np.nan}, "in default", "nothing", 900),
        ({"action": "stop", "over_risk": 70.0, "decision": "reduction", "lost_sales": 9.0}, "stop", "nothing", 70),
        ({"action": "stop until paid", "over_risk": 70.0}, "stop until paid", deliveries.UNTIL_PAID, 70),
        ({"action": "run down", "over_risk": 70.0}, "run down", "against payment alone", 70),
        # Accounts that may release more than the excess cure it.
        ({"action": "run down", "over_risk": 70.0, "binding_with_cover": "no accounts", "released": 71.0,
          "released_sales": 50.0, "released_margin": 9.0}, "request accounts", "against payment alone", 9),
        ({"action": "run down", "over_risk": 70.0, "binding_with_cover": "no accounts", "released": 70.0,
          "released_sales": 50.0, "released_margin": 9.0}, "run down", "against payment alone", 70),
        ({"decision": "cancellation", "lost_sales": 50.0, "lost_margin": 9.0}, "cut", "within the limit", 9),
        ({"action": "set limit", "breach": 30.0}, "set limit", "within the limit", 30),
        ({"action": "look", "over_need": 30.0, "overdue": 5.0}, "look", "within the limit", 30),
        ({"action": "look", "over_need": 30.0, "own_limit": 870.0, "limit_to_set": 870.0}, "above limit",
         "as it pays, until within the limit to set", 30),
        # A limit that changes is somebody's to set before anybody looks.
        ({"action": "look", "over_need": 30.0, "limit_to_set": 910.0}, "limits", "within the limit", 90),
        ({"action": "look", "over_need": 30.0, "overdue": 1_200.0, "breach": 1.0}, "collect", "within the limit",
         1_200),
        # More than it needs and than the limit in force, within the risk, is somebody's to bring back.
        ({"action": "look", "over_need": 30.0, "overdue": 1_200.0, "exposure": 1_020.0, "breach": 20.0},
         "above limit", "as it pays, until within the limit to set", 20),
        # Where the limit to set covers what is owed, to set it is all; where it does not, the rest is too much.
        ({"action": "look", "over_need": 30.0, "exposure": 1_020.0, "breach": 20.0, "limit_to_set": 1_100.0},
         "set limit", "within the limit", 20),
        ({"action": "look", "over_need": 30.0, "exposure": 1_020.0, "breach": 20.0, "limit_to_set": 1_005.0},
         "above limit", "as it pays, until within the limit to set", 15),
        # A limit that has room and is not raised, as the insurer is to be told first.
        ({"action": "set limit", "exposure": 1_020.0, "breach": 20.0}, "above limit",
         "as it pays, until within the limit to set", 20),
        ({"action": "look", "over_need": 30.0, "overdue": 1_200.0}, "collect", "within the limit", 1_200),
        ({"overdue": 5.0}, "collect", "within the limit", 5),
        ({}, "none", "within the limit", 0),
    ],
)  # fmt: skip
def test_the_first_of_the_order_is_the_one_advice(book_of, columns, advice, deliveries, amount):
    row = advised(book_of, policy=None, **columns).loc["E"]
    assert row[["advice", "deliveries", "amount"]].tolist() == [advice, deliveries, amount]


@pytest.mark.parametrize(("paying", "advice"), [(False, "payment plan"), (True, "collect")])
def test_old_items_that_are_no_evidence_of_default_are_cleared_up_before_any_plan(book_of, paying, advice):
    """A owes 500,000 since March. Where it has paid what fell due since, that may be a deduction: no plan for it yet.

    Six invoices of B that came 300 days late tell that waiting takes as long.
    """
    rows = ["a0,A,2026-02-01,2026-03-01,500000", "a1,A,2026-08-01,2026-09-01,9000"]
    rows += [f"b{number},B,2025-01-01,2025-02-0{number},100" for number in range(1, 7)]
    paid = [f"b{number},2025-12-01,100,payment" for number in range(1, 7)]
    paid += ["a1,2026-09-01,9000,payment"] if paying else []
    book = book_of(
        AS_OF, invoices="\n".join(["invoice_id,buyer_id,issued,due,amount", *rows]) + "\n",
        receipts="\n".join(["invoice_id,received,amount,kind", *paid]) + "\n",
    )  # fmt: skip
    owed = 500_000.0 if paying else 509_000.0
    safe = pd.DataFrame(0.0, index=list("ABCDEFGH"), columns=range(1, 61))
    limits = table(overdue=[owed, *[0.0] * 7], exposure=owed).loc[["A", "B"]]
    assert buyer_sheet.with_options(book, limits, safe, None).loc["A", "advice"] == advice


def test_a_limit_that_is_often_exceeded_is_enforced_if_nothing_else_is_decided_on_it(book_of):
    # At the only month end with a limit of ours in force E owed 10,000 on 5,000.
    book = book_of(AS_OF, **LEDGER | {"limits": f"{LIMITS}E,own,5000,2026-10-01\n"})

    def of_e(**columns):
        sheets = buyer_sheet.advice(book, table(**columns), None)
        return sheets.loc["E", ["advice", "on_limit", "on_debt"]].fillna("").tolist(), sheets

    found, sheets = of_e()
    assert found == ["raise or enforce", "raise or enforce", ""]
    assert sheets["amount"].tolist() == [0, 0, 0, 0, 5_000, 0, 0, 0]
    asked = buyer_decisions.records(book, sheets)
    # The authority over a limit of 1,000, on the fifteenth working day after Monday 2 November.
    row = asked[["decision", "buyer_id", "amount", "authority", "due_day", "anchor"]].to_numpy().tolist()
    assert row == [
        ["raise or enforce", "E", 5_000, "credit analyst", pd.Timestamp("2026-11-23"), "table-often_exceeded"]
    ]
    assert words.buyer_decisions.of_buyers(asked, sheets, book.run)["raise or enforce"] == (
        "1 buyer exceeded its limit at half or more of the last 24 month ends with one in force, by EUR 5,000 in total "
        "on average over months in breach, and nothing else is to be decided on the limit: enforce it. No order "
        "that would exceed it is released but by the authority over the limit. The list says why it is not raised. It "
        "is E."
    )
    assert of_e(action="look", over_need=30.0)[0] == ["raise or enforce", "raise or enforce", ""]
    assert of_e(overdue=1_200.0)[0] == ["collect", "raise or enforce", "collect"]
    assert of_e(limit_to_set=910.0)[0] == ["limits", "limits", ""]
    assert of_e(action="run down", over_risk=70.0)[0] == ["run down", "run down", ""]
    assert of_e(action="in default", binding_with_cover="in default")[0][:2] == ["cancel", "cancel"]


def test_a_cut_that_waits_is_due_with_the_portfolio(month):
    book, _, table, best, sheets, _ = month
    # The portfolio would leave 500 more of the largest of the cuts that lose sales.
    cut = (table["decision"].isin(["reduction", "cancellation"]) & (table["lost_sales"] > 0)).to_numpy()
    buyer = sheets.index[sheets.index.isin(table.index[cut]) & (sheets["advice"] == "cut")][0]
    moved = best.limits.assign(portfolio_change=0.0)
    moved.loc[buyer, "portfolio_change"] = 500.0
    totals = best.totals.copy()
    totals.loc[DIFFERENCE, "net_earnings"] = 10.0
    outlook = term_structure.term_structure(month[1]["pd"])
    found = {}
    for gain in (10.0, 0.5):
        totals.loc[DIFFERENCE, "net_earnings"] = gain
        other = dataclasses.replace(best, limits=moved, totals=totals.copy())
        again = buyer_sheet.sheets(book, table, outlook, other, month[-1])
        told = buyer_decisions.records(book, again)
        found[gain] = told[told["buyer_id"] == buyer].iloc[0]["due_day"]
        waits = (
            f"Portfolio limits would move {buyer} back: this change waits until “Judge risk by buyer or for the "
            "portfolio” is decided on, and the day after is its day."
        )
        assert (waits in words.buyer_decisions.of_buyers(told, again, book.run)["cut"]) == (gain > 1)
    # A day after the portfolio's, which is 20 working days after Monday 2 November, and 15 after it; where portfolio
    # limits earn no more, none is decided on.
    assert found == {10.0: pd.Timestamp("2026-12-01"), 0.5: pd.Timestamp("2026-11-23")}


# A demo month


@pytest.fixture(scope="module")
def month(book_of):
    """A demo book with its limits, sheets and portfolio limits."""
    tables = dict(demo_book(buyers=120, invoices=9_000, seed=3).tables)
    rates = tables.pop("fx").assign(rate=1.0)
    policy = {"name": "own", "insured_percentage": 0.9, "maximum_extension_days": 60, "waiting_days": 180,
              "discretionary_limit": 50_000, "premium_rate": 0.002}  # fmt: skip
    run = {"margin": 0.18, "policy": policy, "limit_optimum": {"scenarios": 1_000}}
    book = book_of(AS_OF, run=run, fx=rates, **tables)
    ratings = default.assessment.__wrapped__(book).ratings
    table = limits.recommend(book, ratings)
    own = Policy(**policy)
    best = optimum.assess.__wrapped__(book, ratings, table, (own,))
    outlook = term_structure.term_structure(ratings["pd"])
    return book, ratings, table, best, buyer_sheet.sheets(book, table, outlook, best, own), own


def test_no_table_of_a_demo_month_contradicts_the_one_advice(month):
    book, ratings, table, best, sheets, own = month
    records = buyer_decisions.records(book, sheets)
    assert len(records) > 5
    # One decision for a buyer on each subject, and among these its one advice.
    subjects = records["decision"].map(decisions.subject)
    assert not pd.DataFrame({"buyer": records["buyer_id"], "subject": subjects}).duplicated().any()
    asked = pd.MultiIndex.from_frame(records[["buyer_id", "decision"]])
    advice = sheets[~sheets["advice"].isin(["look", "none", "collect", "in default"])]["advice"]
    assert set(zip(advice.index, advice, strict=True)) <= set(asked)
    # Every limit that changes, and every hold by risk, is decided by somebody, once.
    on_limit = set(records.loc[subjects == "on_limit", "buyer_id"])
    assert set(table.index[(table["change"] != 0) & (table["action"] != "in default")]) <= on_limit
    assert set(table.index[table["action"].isin(buyer_decisions.BY_RISK)]) <= on_limit
    assert set(table.index[(table["breach"] > 1) & (table["action"] != "in default")]) <= on_limit
    none = sheets.index[sheets["deliveries"].isin([deliveries.NOTHING, deliveries.UNTIL_PAID])]
    back = sheets.index[~sheets["deliveries"].str.startswith("within")]
    assert len(back) > len(none) > 0
    # Nothing raises the limit of a buyer to which deliveries are held back: no decision, no portfolio, no request.
    assert not table.loc[back, "decision"].isin(["increase"]).any()
    moved = best.limits["portfolio_change"].reindex(back).dropna()
    assert (moved < 1).all()
    assert not requests(book, ratings, own).index.intersection(none).size
    # A plan is for those whose one advice it is, and the stops are of the risk or the insurer alone.
    planned = sheets["on_debt"].isin(buyer_decisions.OVERDUE_OPTIONS)
    assert not sheets.loc[planned, "deliveries"].isin([deliveries.NOTHING]).any()
    by_need = table.index[(table["binding_with_cover"] == "need") & ~(table["over_risk"] > 1)]
    stopped = sheets.loc[none.intersection(by_need)]
    assert (stopped["stop_insured"] | (stopped["claim_amount"] > 0)).all()
    # Who is said to have nothing to decide is in no list of decisions, and what is held back is somebody's.
    assert not set(sheets.index[sheets["advice"].isin(["look", "none"])]) & set(records["buyer_id"])
    assert set(sheets.index[sheets["deliveries"] == deliveries.AS_IT_PAYS]) <= on_limit


def test_what_is_delivered_within_a_limit_is_within_it(month):
    *_, table, _, sheets, _ = month
    said, owed = sheets["deliveries"].reindex(table.index), table["exposure"]
    within = said == deliveries.WITHIN_LIMIT
    assert (owed <= table["limit_to_set"] + 0.005)[within].all()
    by_risk = said == deliveries.AS_IT_PAYS
    assert by_risk.any()
    assert (owed <= table["risk_limit"] + 1)[by_risk].all()
    assert (owed > table["limit_to_set"])[by_risk].all()
    # A reduction leaves a buyer above its limit only where risk asks for it, or where it was above the one before.
    above = (table["decision"] == "reduction") & (owed > table["limit_to_set"] + 0.005)
    assert ((table["over_risk"] > 0) | (owed > table["own_limit"]))[above].all()
    assert (table["decision"] == "reduction").sum() > above.sum() > 0


def test_the_sheets_are_those_of_the_buyers_with_most_at_stake(month):
    book, _, table, best, sheets, _ = month
    assert len(sheets) == len(table)
    assert sheets["has_sheet"].sum() == 30
    assert sheets["has_sheet"].iloc[:30].all()
    assert sheets["at_stake"].is_monotonic_decreasing
    told = words.buyer_sheets.sheets(sheets, book)
    assert told["advised"].notna().all()
    assert told["limit_says"].notna().all()
    assert DIFFERENCE in best.totals.index


def test_every_decision_has_who_when_and_where(month):
    book, *_, sheets, _ = month
    records = buyer_decisions.records(book, sheets)
    assert records[["authority", "due_day", "since", "state", "anchor"]].notna().all(axis=None)
    assert (records["due_day"] > book.as_of).all()
    assert (records["since"] <= book.as_of).all()
    assert set(words.buyer_decisions.of_buyers(records, sheets, book.run)) == set(records["decision"])
    pd.testing.assert_frame_equal(decisions.ordered(records, book.run), records)


def test_what_is_overdue_is_somebodys_whatever_else_is_advised(month):
    book, _, table, _, sheets, _ = month
    records = buyer_decisions.records(book, sheets)
    owing = table.index[table["overdue"] >= 1_000]
    assert len(owing) > 20
    lists = [
        buyer_decisions.listed(sheets, records, *kinds)
        for kinds in (("in default",), ("enforce", "payment plan"), ("collect",))
    ]
    assert pd.concat(lists).index.is_unique
    owned = pd.concat(lists)["overdue"]
    # The sum over the lists is what is overdue and not in dispute, of buyers from the least amount on.
    assert owned[owned >= 1_000].sum() == pytest.approx(table.loc[owing, "overdue"].sum())
    beside = pd.concat(lists)["advice"].isin(["report", "report missed", "stop", "run down", "claim", "stop insured"])
    assert beside.sum() > 5


@pytest.mark.parametrize("paid", [False, True])
def test_a_ledger_of_invoices_alone(book_of, paid):
    # No policy, no margin, no limits, no accounts: all that is overdue is collected, and nothing else is asked.
    receipts = INVOICES.assign(received=pd.Timestamp("2026-10-30"), kind="payment") if paid else INVOICES.head(0)
    receipts = receipts.reindex(columns=["invoice_id", "received", "amount", "kind"])
    book = book_of(AS_OF, invoices=INVOICES, receipts=receipts)
    index = pd.Index(sorted(DUE), name="buyer_id")
    ratings = pd.DataFrame({"pd": 0.01, "grade": 5, "method": "x"}, index=index)
    table = limits.recommend(book, ratings)
    best = optimum.assess.__wrapped__(book, ratings, table, ())
    sheets = buyer_sheet.sheets(book, table, term_structure.term_structure(ratings["pd"]), best, None)
    told = words.buyer_sheets.sheets(sheets, book)
    assert told["insurer_says"].isna().all()
    assert told["portfolio_says"].isna().all()
    assert optimum.changed(best).empty
    records = buyer_decisions.records(book, sheets)
    assert set(words.buyer_decisions.of_buyers(records, sheets, book.run)) == set(records["decision"])
    assert sheets["on_cover"].isna().all()
    if paid:
        assert records.empty
        assert not sheets["has_sheet"].any()
        held = held_back.held_back(book, table, sheets)
        assert words.held_back.told(held, "EUR") == "Deliveries are held back to no buyer."
