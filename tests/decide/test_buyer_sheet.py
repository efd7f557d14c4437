"""One buyer, one advice: the policy's duties by hand, the order of precedence, a demo month without contradiction."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from tradecredit import default, words
from tradecredit.book.demo import demo_book
from tradecredit.decide import buyer_sheet, decisions, held_back, limits, optimum
from tradecredit.decide.insurer_duties import Payable, duties, payable
from tradecredit.decide.limits.insurer import requests
from tradecredit.decide.optimum.optimum import DIFFERENCE
from tradecredit.default import term_structure
from tradecredit.insurance.policy import Policy

AS_OF = "2026-10-31"
POLICY = Policy(name="own", insured_percentage=0.9, maximum_extension_days=60, waiting_days=180, waiting_from="due")

# All within a limit of 90,000. A is 40 days past due, 20 before its extension ends; B 70, ten after; C 200, so that the
# waiting period is over; D is insolvent since May; E is not due; F has a debt of 400, too little to be reported; G is
# not insured; of H 20 days past due nothing is to be reported for 40 days more.
DUE = {"A": 40, "B": 70, "C": 200, "D": 30, "E": -9, "F": 70, "G": 70, "H": 20}
INVOICES = pd.DataFrame(
    [
        (f"{buyer}1", buyer, *(pd.Timestamp(AS_OF) - pd.Timedelta(days=late + ago) for ago in (30, 0)),
         400.0 if buyer == "F" else 10_000.0)
        for buyer, late in DUE.items()
    ],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
)  # fmt: skip
LIMITS = "buyer_id,source,amount,valid_from\n" + "".join(f"{buyer},insurer,90000,2020-01-01\n" for buyer in "ABCDEFH")
DEFAULTS = "buyer_id,date,kind,debt,recovered\nD,2026-05-20,insolvency,10000,\n"
LEDGER = {"invoices": INVOICES, "limits": LIMITS, "defaults": DEFAULTS}


@pytest.fixture(scope="module")
def asked(book_of):
    return duties(book_of(AS_OF, **LEDGER), POLICY)


def test_what_is_to_be_reported_by_hand(asked):
    assert asked["report_amount"].to_dict() == {**dict.fromkeys("ABCDEFGH", 0), "A": 10_000}
    assert asked.loc["A", "report_by"] == pd.Timestamp("2026-11-20")
    assert asked.loc[list("BCDEFGH"), "report_by"].isna().all()
    # The extension of B ended on 21 October, so that a report is late.
    assert asked["missed_amount"].to_dict() == {**dict.fromkeys("ABCDEFGH", 0), "B": 10_000}
    assert asked["missed_since"].dropna().to_dict() == {"B": pd.Timestamp("2026-10-21")}


# The report is read on Monday, 2 November, when the period of an invoice 58 days late on 31 October ends.
@pytest.mark.parametrize(("late", "column"), [(58, "report_amount"), (59, "missed_amount"), (60, "missed_amount")])
def test_what_had_to_be_reported_before_the_report_is_read_is_missed(book_of, late, column):
    shifted = INVOICES.assign(due=INVOICES["due"] + pd.Timedelta(days=70 - late))
    found = duties(book_of(AS_OF, **LEDGER | {"invoices": shifted}), POLICY).loc["B"]
    assert found[["report_amount", "missed_amount"]].sum() == found[column] == 10_000


def test_late_and_due_debt_of_a_buyer_count_together_from_which_amount_on(book_of):
    # 400 late and 100 due of F reach the 500; 400 alone do not.
    more = pd.concat([INVOICES, INVOICES.query("buyer_id == 'A'").assign(invoice_id="F2", buyer_id="F", amount=100.0)])
    found = duties(book_of(AS_OF, **LEDGER | {"invoices": more}), POLICY).loc["F"]
    assert found[["missed_amount", "report_amount"]].tolist() == [400, 100]
    assert found["missed_since"] == pd.Timestamp("2026-10-21")


def test_what_is_to_be_claimed_by_hand(asked):
    assert asked["claim_amount"].to_dict() == {**dict.fromkeys("ABEFGH", 0), "C": 10_000, "D": 10_000}
    # C: due on 14 April and 180 days more; D: the day of its insolvency.
    assert asked.loc[["C", "D"], "loss_date"].tolist() == [pd.Timestamp("2026-10-11"), pd.Timestamp("2026-05-20")]


def test_where_new_deliveries_are_not_insured_by_hand(asked):
    # D is in default, and nothing of G was insured: it has no limit.
    assert asked.index[asked["stop_insured"]].tolist() == ["B", "C", "F"]
    # The extension of B ended on 21 October, 60 days after its due day.
    assert asked["stop_since"].dropna().index.tolist() == ["B", "C", "F"]
    assert asked.loc["B", "stop_since"] == pd.Timestamp("2026-10-22")
    assert asked["stop_invoice"].dropna().to_dict() == {"B": "B1", "C": "C1", "F": "F1"}
    assert asked["stop_clears"].dropna().to_dict() == {"B": 10_000, "C": 10_000, "F": 400}


@pytest.mark.parametrize(("paid", "since"), [(0, "2026-11-01"), (10_000, None), (9_000, "2026-11-01")])
def test_a_stop_begins_by_the_day_of_reading_unless_it_is_paid(book_of, paid, since):
    # B, 60 days late on the as-of day, is past its period from Sunday, 1 November on.
    shifted = INVOICES.assign(due=INVOICES["due"] + pd.Timedelta(days=10))
    receipts = f"invoice_id,received,amount,kind\nB1,2026-10-30,{paid},payment\n" if paid else None
    tables = LEDGER | {"invoices": shifted} | ({"receipts": receipts} if paid else {})
    found = duties(book_of(AS_OF, **tables), POLICY).loc["B"]
    assert bool(found["stop_insured"]) == (since is not None)
    assert found["stop_since"] is pd.NaT if since is None else found["stop_since"] == pd.Timestamp(since)


def test_what_is_payable_for_the_claims_by_hand(asked):
    # C and D lose 10,000 each: 9,000 less a deductible of 500 are 8,500 each, 17,000 of which the first loss bears
    # 12,000, and all of it where that is 20,000.
    terms = POLICY.model_dump(exclude_unset=True) | {
        "each_loss_deductible": 500,
        "deductible_order": "percentage_first",
    }
    policies = [Policy(**terms | {"aggregate_first_loss": first}) for first in (12_000, 20_000)]
    assert payable(asked, policies[0]) == ("own", 17_000, 12_000, 5_000)
    assert payable(asked, policies[1]) == ("own", 17_000, 20_000, 0)
    assert payable(asked, None) is payable(asked.loc[["A", "B"]], POLICY) is None


def test_what_has_to_be_paid_so_that_a_stop_ends(book_of):
    # Of B past the period: 6,000 of B1, all of B2, 100 of B3 (within the tolerance); B4 is within the period.
    b1 = INVOICES.query("buyer_id == 'B'")
    older = [b1.assign(invoice_id=f"B{number}", due=b1["due"] - pd.Timedelta(days=days), amount=2_000.0)
             for number, days in ((2, 20), (3, 30), (4, -30))]  # fmt: skip
    receipts = "invoice_id,received,amount,kind\nB1,2026-10-20,4000,payment\nB3,2026-10-20,1900,payment\n"
    book = book_of(AS_OF, **LEDGER | {"invoices": pd.concat([INVOICES, *older])}, receipts=receipts)
    found = duties(book, Policy(**POLICY.model_dump(exclude_unset=True) | {"stop_tolerance": 100})).loc["B"]
    assert found[["stop_invoice", "stop_clears"]].tolist() == ["B2", 8_000]
    assert found["stop_since"] == pd.Timestamp("2026-10-02")
    without = duties(book, POLICY).loc["B"]
    assert without[["stop_invoice", "stop_clears"]].tolist() == ["B3", 8_100]


def test_the_run_says_from_which_amount_and_how_long_before(book_of):
    run = {"decisions": {"report_from": 0, "report_ahead_days": 45}}
    found = duties(book_of(AS_OF, run=run, **LEDGER), POLICY)
    assert found["report_amount"][found["report_amount"] > 0].to_dict() == {"A": 10_000, "H": 10_000}
    assert found["missed_amount"][found["missed_amount"] > 0].to_dict() == {"B": 10_000, "F": 400}


def test_on_what_the_insurer_has_paid_nothing_more_is_claimed(book_of):
    receipts = "invoice_id,received,amount,kind\nC1,2026-10-20,4000,claim\n"
    found = duties(book_of(AS_OF, receipts=receipts, **LEDGER), POLICY)
    assert found["claim_amount"].to_dict() == {**dict.fromkeys("ABCEFGH", 0), "D": 10_000}


def test_without_a_policy_nothing_is_asked(book_of):
    found = duties(book_of(AS_OF, **LEDGER), None)
    assert not found["stop_insured"].any()
    assert found[["missed_amount", "report_amount", "claim_amount"]].to_numpy().sum() == 0
    assert found[["missed_since", "report_by", "loss_date", "stop_invoice", "stop_clears"]].isna().all(axis=None)


# Precedence


def table(**columns):
    """Limits of buyers within everything, with what the columns state instead."""
    usual = {
        "exposure": 900.0, "overdue": 0.0, "own_limit": 1_000.0, "recommended_with_cover": 1_000.0, "over_risk": 0.0,
        "over_need": 0.0, "breach": 0.0, "action": "none", "binding_with_cover": "need", "decision": "prolongation",
        "limit_to_set": 1_000.0, "lost_sales": 0.0, "lost_margin": 0.0, "released": 0.0, "released_sales": 0.0,
        "released_margin": 0.0, "expected_loss_owed": 0.0,
    }  # fmt: skip
    return pd.DataFrame(usual | columns, index=pd.Index(list("ABCDEFGH"), name="buyer_id"))


def advised(book_of, policy=POLICY, **columns):
    return buyer_sheet.advice(book_of(AS_OF, **LEDGER), table(**columns), policy)


def test_the_insurers_deadline_comes_before_every_stop(book_of):
    found = advised(book_of, action="stop", over_risk=50.0)
    expected = {"A": "report", "B": "report missed", "C": "claim", "D": "claim", "E": "stop", "F": "stop insured"}
    assert found["advice"].to_dict() == expected | {"G": "stop", "H": "stop"}
    assert set(found["deliveries"]) == {"nothing"}
    assert found["amount"].to_dict() == {
        **dict.fromkeys("ABCD", 10_000), "E": 50, "F": 900, "G": 50, "H": 50,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "advice", "deliveries", "amount"),
    [
        ({"action": "in default", "binding_with_cover": "in default"}, "cancel", "nothing", 900),
        ({"action": "in default", "own_limit": np.nan}, "in default", "nothing", 900),
        ({"action": "stop", "over_risk": 70.0, "decision": "reduction", "lost_sales": 9.0}, "stop", "nothing", 70),
        ({"action": "stop until paid", "over_risk": 70.0}, "stop until paid", buyer_sheet.UNTIL_PAID, 70),
        ({"action": "run down", "over_risk": 70.0}, "run down", "against payment alone", 70),
        # Accounts that may release more than the excess cure it.
        ({"action": "run down", "over_risk": 70.0, "binding_with_cover": "no accounts", "released": 71.0,
          "released_sales": 50.0, "released_margin": 9.0}, "request accounts", "against payment alone", 9),
        ({"action": "run down", "over_risk": 70.0, "binding_with_cover": "no accounts", "released": 70.0,
          "released_sales": 50.0, "released_margin": 9.0}, "run down", "against payment alone", 70),
        ({"decision": "cancellation", "lost_sales": 50.0, "lost_margin": 9.0}, "cut", "within the limit to set", 9),
        ({"action": "set limit", "breach": 30.0}, "set limit", "within the limit to set", 30),
        ({"action": "look", "over_need": 30.0, "overdue": 5.0}, "look", "within the limit to set", 30),
        ({"action": "look", "over_need": 30.0, "limit_to_set": 870.0}, "look", "within the limit by risk", 30),
        ({"action": "look", "over_need": 30.0, "overdue": 1_200.0, "breach": 1.0}, "collect", "within the limit to set",
         1_200),
        # More than it needs and than the limit in force, within the risk, is somebody's to bring back.
        ({"action": "look", "over_need": 30.0, "overdue": 1_200.0, "breach": 20.0}, "above limit",
         "within the limit to set", 20),
        ({"action": "look", "over_need": 30.0, "overdue": 1_200.0}, "collect", "within the limit to set", 1_200),
        ({"overdue": 5.0}, "collect", "within the limit to set", 5),
        ({}, "none", "within the limit to set", 0),
    ],
)  # fmt: skip
def test_the_first_of_the_order_is_the_one_advice(book_of, columns, advice, deliveries, amount):
    row = advised(book_of, policy=None, **columns).loc["E"]
    assert row[["advice", "deliveries", "amount"]].tolist() == [advice, deliveries, amount]


def test_a_limit_is_authorised_by_the_larger_of_old_and_new(book_of):
    found = advised(book_of, policy=None, decision="reduction", limit_to_set=200.0, lost_sales=5.0, lost_margin=1.0)
    assert found["authorised"].tolist() == [1_000] * 8
    raised = advised(book_of, policy=None, action="set limit", breach=30.0, limit_to_set=1_500.0)
    assert raised["authorised"].tolist() == [1_500] * 8


def test_the_authority_is_that_of_the_heaviest_consequence(book_of):
    # A is to be reported, and its limit of 600,000 does not hold: the excess by risk is told beside the report.
    columns = {"action": "run down", "over_risk": 70_000.0, "own_limit": 600_000.0, "limit_to_set": 200.0}
    found = advised(book_of, **columns).loc[["A", "E"]]
    assert found["advice"].tolist() == ["report", "run down"]
    assert found["amount"].tolist() == [10_000, 70_000]
    assert found["authorised"].tolist() == [600_000, 600_000]
    # What the advice itself is about is told once.
    assert found["risk_excess"].tolist() == [70_000, 0]
    book = book_of(AS_OF, **LEDGER)
    asked = buyer_sheet.records(book, advised(book_of, lost_margin=900.0, expected_loss_owed=30.0, **columns))
    # Its report, and the change of its limit beside that.
    assert asked.query("buyer_id == 'A'")["decision"].tolist() == ["report", "limits"]
    assert set(asked.query("buyer_id == 'A'")["authority"]) == {"chief financial officer"}
    assert buyer_sheet.also_held(asked) == dict.fromkeys(
        ("report missed", "claim", "report", "stop insured"), "held_back"
    )
    told = words.decisions.of_buyers(asked, advised(book_of, lost_margin=900.0, expected_loss_owed=30.0, **columns),
                                     book.run)  # fmt: skip
    assert told["report"].endswith(
        " It is A. Deliveries to it are held back for the risk too, EUR 70,000 above it, by the authority over its "
        "limit. Or accept the risk, and raise the limit: EUR 900 of margin a year, for EUR 30 of expected loss on all "
        "that is owed, before insurance."
    )
    assert told["run down"].endswith(
        " Largest: E, EUR 70,000. Or accept the risk, and raise the limit: EUR 2,700 of margin a year, for EUR 90 of "
        "expected loss on all that is owed, before insurance."
    )


def test_a_buyer_in_default_that_owes_is_somebodys_to_pursue(book_of):
    # Without a policy and a limit of our own: what is owed is lodged in the insolvency, but for a trifle of 1.
    book = book_of(AS_OF, **LEDGER)
    owing = {"action": "in default", "own_limit": np.nan, "exposure": [900.0, 1, 0, 0, 0, 0, 0, 0]}
    asked = buyer_sheet.records(book, advised(book_of, policy=None, **owing))
    assert asked[["decision", "buyer_id", "amount", "anchor"]].to_numpy().tolist() == [
        ["in default", "A", 900, "table-to_pursue"]
    ]
    assert asked["due_day"].tolist() == [pd.Timestamp("2026-11-09")]
    # D, insolvent since May, has a limit to cancel beside it.
    owing |= {"own_limit": [np.nan, np.nan, np.nan, 50.0, *[np.nan] * 4], "exposure": [900.0, 1, 0, 9_000, 0, 0, 0, 0]}
    found = buyer_sheet.to_pursue(book, advised(book_of, policy=None, **owing))
    assert found["advice"].to_dict() == {"D": "cancel", "A": "in default"}
    assert found.loc["D", ["defaulted", "kind"]].tolist() == [pd.Timestamp("2026-05-20"), "insolvency"]
    assert found.loc["A", ["defaulted", "kind"]].isna().all()
    told = words.decisions.of_buyers(asked, found, book.run)
    assert told == {
        "in default": "1 buyer in default owes EUR 900, and has no limit of our own any more: lodge the claim in the "
        "insolvency, or enforce it. It is A."
    }


def test_the_records_of_the_advice(book_of):
    book = book_of(AS_OF, **LEDGER)
    found = buyer_sheet.records(book, advised(book_of, action="look", over_need=3.0))
    # To look is a signal, which nobody has to decide on.
    assert sorted(found["decision"]) == ["claim", "claim", "report", "report missed", "stop insured"]
    # A had to be reported from 30 days before 20 November on.
    days = found.set_index("buyer_id")[["due_day", "since"]]
    assert days.loc["A"].tolist() == [pd.Timestamp("2026-11-20"), pd.Timestamp("2026-10-21")]
    assert days.loc["B"].tolist() == [pd.Timestamp("2026-11-02"), pd.Timestamp("2026-10-21")]
    claims = found[found["decision"] == "claim"].set_index("buyer_id")["since"]
    assert claims.to_dict() == {"C": pd.Timestamp("2026-10-11"), "D": pd.Timestamp("2026-05-20")}
    told = words.decisions.of_buyers(found, advised(book_of), book.run)
    assert set(told) == set(found["decision"])
    assert told["claim"] == (
        "Insured debt of 2 buyers, EUR 20,000 before deductibles, has become a loss by the policy: claim it. "
        "Largest: C, EUR 10,000."
    )


@pytest.mark.parametrize(
    ("payable", "said"),
    [
        (
            Payable("p", 17_000.0, 20_000.0, 0.0),
            "After the percentage and the deductible of each loss EUR 17,000 of it is left: nothing is payable while "
            "the first loss of EUR 20,000 a year is not used up. File it all the same, as each loss uses up the first "
            "loss.",
        ),
        (
            Payable("p", 17_000.0, 12_000.0, 5_000.0),
            "After the percentage and the deductible of each loss EUR 17,000 of it is left, after the first loss of "
            "EUR 12,000 a year EUR 5,000, if nothing else has used it, before any maximum.",
        ),
        (
            Payable("p", 0.0, 0.0, 0.0),
            "After the percentage and the deductible of each loss EUR 0 of it is left, before any maximum of a year.",
        ),
    ],
)
def test_what_a_claim_brings_now_is_told(book_of, payable, said):
    book = book_of(AS_OF, **LEDGER)
    sheets = advised(book_of)
    told = words.decisions.of_buyers(buyer_sheet.records(book, sheets), sheets, book.run, payable)
    assert f"claim it. {said} The terms of p state no last day for filing: look it up. Largest: C" in told["claim"]


def test_every_limit_that_changes_is_decided_by_somebody_by_hand(book_of):
    # A, B, F are reported or stopped by the insurer, C and D claimed; E and G change in the ordinary course, H stays.
    book = book_of(AS_OF, **LEDGER)
    to_set = pd.Series([1_000.0, 400, 1_000, 1_000, 400_000, 1_000, 0, 1_000], index=list("ABCDEFGH"))
    sheets = advised(book_of, limit_to_set=to_set)
    assert sheets["change"].to_dict() == {**dict.fromkeys("ACDFH", 0), "B": -600, "E": 399_000, "G": -1_000}
    found = buyer_sheet.records(book, sheets)
    found = found[found["decision"] == "limits"].set_index("buyer_id")
    assert found["amount"].to_dict() == {"E": 399_000, "G": 1_000, "B": 600}
    # By the larger of old and new: 400,000 against the levels' 50,000, 250,000 and 1,000,000.
    assert found["authority"].to_dict() == {
        "E": "chief financial officer", "G": "credit analyst", "B": "credit analyst",
    }  # fmt: skip
    # 15 working days after Monday 2 November.
    assert set(found["due_day"]) == {pd.Timestamp("2026-11-23")}
    assert set(found["anchor"]) == {"table-limit_changes"}
    assert words.decisions.of_buyers(buyer_sheet.records(book, sheets), sheets, book.run)["limits"] == (
        "Limits of 3 buyers change by EUR 400,600 in all (2 lower, by EUR 1,600; 1 higher or new, by EUR 399,000), and "
        "no other decision is on the limit: set them. Largest: E, EUR 399,000."
    )


def test_no_limit_is_changed_twice_by_the_one_advice_that_decides_it(book_of):
    sheets = advised(book_of, action="run down", over_risk=70.0, limit_to_set=10.0)
    # The insurer's advice stands before the excess of A, B, C, D and F, and decides on no limit.
    assert buyer_sheet.set_in_course(sheets).index.tolist() == list("ABCDF")


@pytest.mark.parametrize(
    ("advice", "change", "moved", "waits"),
    [
        ("cut", -100.0, 30.0, True), ("cut", -100.0, -30.0, False), ("cut", -100.0, 0.0, False),
        ("cut", -100.0, np.nan, False), ("set limit", 50.0, -5.0, True), ("none", -100.0, 30.0, True),
        # An excess does not wait.
        ("run down", -100.0, 30.0, False), ("stop", -100.0, 30.0, False),
    ],
)  # fmt: skip
def test_a_change_that_portfolio_limits_would_move_back_waits_for_them(advice, change, moved, waits):
    sheets = pd.DataFrame({"advice": [advice], "change": change, "portfolio_change": moved}, index=["A"])
    assert buyer_sheet.waiting(sheets).tolist() == [waits]
    assert not buyer_sheet.waiting(sheets.drop(columns="portfolio_change")).any()


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
        told = buyer_sheet.records(book, again)
        found[gain] = told[told["buyer_id"] == buyer].iloc[0]["due_day"]
        waits = f"Portfolio limits would move {buyer} back: it waits until these are decided on."
        assert (waits in words.decisions.of_buyers(told, again, book.run)["cut"]) == (gain > 1)
    # 20 and 15 working days after Monday 2 November; where portfolio limits earn no more, none is decided on.
    assert found == {10.0: pd.Timestamp("2026-11-30"), 0.5: pd.Timestamp("2026-11-23")}


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
    records = buyer_sheet.records(book, sheets)
    assert len(records) > 5
    # One decision for a buyer, beside the change of a limit that this one does not decide.
    by_course = records["decision"] == "limits"
    assert records.loc[~by_course, "buyer_id"].is_unique
    deciding = records.loc[records["decision"].isin(buyer_sheet.DECIDED_LIMITS), "buyer_id"]
    changed = table.index[(table["change"] != 0) & (table["action"] != "in default")]
    assert sorted(records.loc[by_course, "buyer_id"]) == sorted(changed.difference(pd.Index(deciding)))
    assert by_course.sum() > 0
    none = sheets.index[sheets["deliveries"].isin([buyer_sheet.NOTHING, buyer_sheet.UNTIL_PAID])]
    back = sheets.index[~sheets["deliveries"].str.startswith("within")]
    assert len(back) > len(none) > 0
    # Nothing raises the limit of a buyer to which deliveries are held back: no decision, no portfolio, no request.
    assert not table.loc[back, "decision"].isin(["increase"]).any()
    moved = best.limits["portfolio_change"].reindex(back).dropna()
    assert (moved < 1).all()
    assert not requests(book, ratings, own).index.intersection(none).size
    # A plan is for those whose one advice it is, and the stops are of the risk or the insurer alone.
    assert not buyer_sheet.overdue(sheets)["deliveries"].isin([buyer_sheet.NOTHING]).any()
    by_need = table.index[(table["binding_with_cover"] == "need") & ~(table["over_risk"] > 1)]
    stopped = sheets.loc[none.intersection(by_need)]
    assert (stopped["stop_insured"] | (stopped["claim_amount"] > 0)).all()
    # What nobody has to decide on is in no list of decisions but that of the ordinary course.
    asked = records[~records["decision"].isin(["limits", "collect"])]
    assert not set(buyer_sheet.unadvised(sheets)) & set(asked["buyer_id"])


def test_what_is_delivered_within_a_limit_is_within_it(month):
    *_, table, _, sheets, _ = month
    said, owed = sheets["deliveries"].reindex(table.index), table["exposure"]
    within = said == buyer_sheet.WITHIN_LIMIT
    assert (owed <= table["limit_to_set"] + 0.005)[within].all()
    by_risk = said == buyer_sheet.WITHIN_RISK
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
    told = words.buyer_sheets.sheets(sheets, table, book)
    assert told["advised"].notna().all()
    assert told["limit_says"].notna().all()
    assert DIFFERENCE in best.totals.index


def test_every_decision_has_who_when_and_where(month):
    book, *_, sheets, _ = month
    records = buyer_sheet.records(book, sheets)
    assert records[["authority", "due_day", "since", "state", "anchor"]].notna().all(axis=None)
    assert (records["due_day"] > book.as_of).all()
    assert (records["since"] <= book.as_of).all()
    assert set(words.decisions.of_buyers(records, sheets, book.run)) == set(records["decision"])
    pd.testing.assert_frame_equal(decisions.ordered(records, book.run), records)
    # All that is overdue and not a trifle, of which nothing else is advised, is somebody's to collect.
    left = sheets[sheets["advice"].isin(["collect", "look", "none"]) & (sheets["amount"] >= 1_000)]
    owing = left.index[left.join(month[2]["overdue"])["overdue"] >= 1_000]
    assert len(owing) > 5
    assert set(records.loc[records["decision"] == "collect", "buyer_id"]) == set(owing)


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
    told = words.buyer_sheets.sheets(sheets, table, book)
    assert told["insurer_says"].isna().all()
    assert told["portfolio_says"].isna().all()
    assert optimum.changed(best).empty
    records = buyer_sheet.records(book, sheets)
    assert set(words.decisions.of_buyers(records, sheets, book.run)) == set(records["decision"])
    assert buyer_sheet.asked_by_policy(sheets).empty
    if paid:
        assert records.empty
        assert not sheets["has_sheet"].any()
        held = held_back.held_back(book, table, sheets)
        assert words.held_back.told(held, "EUR") == "Deliveries are held back to no buyer."
