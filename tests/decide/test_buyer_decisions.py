"""Decisions on buyers: cover, limit and debt one by one, who, when and which list, by hand."""

import numpy as np
import pandas as pd
import pytest
from advised import AS_OF, LEDGER, POLICY, advised, book_with_all

from tradecredit.decide import buyer_decisions, decisions, held_back
from tradecredit.insurance.policy import Policy


def asked_of(book_of, sheets):
    return buyer_decisions.records(book_with_all(book_of), sheets)


def of_buyer(records, buyer):
    return records[records["buyer_id"] == buyer].set_index("decision")


def test_cover_limit_and_debt_of_one_buyer_are_decisions_of_their_own(book_of):
    # A is to be reported by 20 November; its limit of 600,000 does not hold, and 40,000 are overdue.
    columns = {"action": "run down", "over_risk": 70_000.0, "own_limit": 600_000.0, "limit_to_set": 200.0,
               "overdue": 40_000.0, "lost_margin": 900.0}  # fmt: skip
    sheets = advised(book_of, **columns)
    assert sheets.loc["A", ["advice", "on_cover", "on_limit", "on_debt"]].tolist() == [
        "report", "report", "run down", "collect",
    ]  # fmt: skip
    found = of_buyer(asked_of(book_of, sheets), "A")
    assert found["amount"].to_dict() == {"report": 10_000, "run down": 70_000, "collect": 40_000}
    # The limit of 600,000 is the chief financial officer's; the report is by its own amount.
    assert found["authority"].to_dict() == {
        "report": "credit analyst", "run down": "chief financial officer", "collect": "credit analyst",
    }  # fmt: skip
    # What is held back for the risk does not wait for the insurer's day: five working days after Monday, 2 November.
    assert found["due_day"].to_dict() == {
        "report": pd.Timestamp("2026-11-20"), "run down": pd.Timestamp("2026-11-09"),
        "collect": pd.Timestamp("2026-11-09"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("action", "due"), [("stop", "2026-11-03"), ("stop until paid", "2026-11-03"), ("run down", "2026-11-09")]
)
def test_a_hold_by_risk_is_due_on_its_own_day_whatever_the_insurer_asks(book_of, action, due):
    found = asked_of(book_of, advised(book_of, action=action, over_risk=70.0))
    holds = found[found["decision"] == action]
    assert set(holds["due_day"]) == {pd.Timestamp(due)}
    assert sorted(holds["buyer_id"]) == list("ABCDEFGH")


def test_a_request_for_accounts_beside_a_hold_is_due_as_the_hold(book_of):
    columns = {"binding_with_cover": "no accounts", "released": 71.0, "released_sales": 50.0, "released_margin": 9.0}
    held = asked_of(book_of, advised(book_of, action="run down", over_risk=70.0, **columns))
    alone = asked_of(book_of, advised(book_of, **columns))
    for records, due in ((held, "2026-11-09"), (alone, "2026-11-16")):
        assert of_buyer(records, "E").loc["request accounts", "due_day"] == pd.Timestamp(due)


def test_a_limit_is_authorised_by_the_larger_of_old_and_new(book_of):
    cut = {"decision": "reduction", "own_limit": 60_000.0, "limit_to_set": 200.0, "lost_sales": 5.0, "lost_margin": 1.0}
    raised = {"action": "set limit", "breach": 30.0, "limit_to_set": 300_000.0}
    for columns, kind, who in ((cut, "cut", "head of credit"), (raised, "set limit", "chief financial officer")):
        found = asked_of(book_of, advised(book_of, policy=None, **columns))
        assert set(found.loc[found["decision"] == kind, "authority"]) == {who}
    # What is brought back is decided by what is owed, which the limits do not reach.
    over = {"action": "look", "over_need": 9.0, "breach": 59_000.0, "exposure": 60_000.0}
    found = asked_of(book_of, advised(book_of, policy=None, **over))
    assert found[["decision", "amount", "authority"]].drop_duplicates().to_numpy().tolist() == [
        ["above limit", 59_000, "head of credit"]
    ]


def test_a_cut_that_loses_sales_is_decided_beside_the_insurers_advice(book_of):
    columns = {"decision": "reduction", "limit_to_set": 200.0, "lost_sales": 5.0, "lost_margin": 1.0}
    found = of_buyer(asked_of(book_of, advised(book_of, **columns)), "A")
    assert found["amount"].to_dict() == {"report": 10_000, "cut": 1}
    assert found["anchor"].to_dict() == {"report": "table-to_report", "cut": "table-lost_sales"}


def test_what_is_late_and_what_is_still_to_be_reported_are_one_amount(book_of):
    # Of B, whose 10,000 are late, 4,000 more are due by 20 November: 20 days before its extension ends.
    more = LEDGER["invoices"].query("buyer_id == 'A'").assign(invoice_id="B2", buyer_id="B", amount=4_000.0)
    book = book_of(AS_OF, **LEDGER | {"invoices": pd.concat([LEDGER["invoices"], more])})
    sheets = advised(lambda *_, **__: book)
    assert sheets.loc["B", ["missed_amount", "report_amount", "amount"]].tolist() == [10_000, 4_000, 14_000]
    found = buyer_decisions.records(book, sheets)
    assert found.loc[found["decision"] == "report missed", "amount"].tolist() == [14_000]
    assert "report" not in set(found.loc[found["buyer_id"] == "B", "decision"])
    # By the sum: 46,000 more would be the head of credit's.
    much = buyer_decisions.records(book, sheets.assign(report_amount=46_000.0))
    assert much.loc[much["decision"] == "report missed", "authority"].tolist() == ["head of credit"]


def test_a_buyer_in_default_that_owes_is_somebodys_to_pursue(book_of):
    # Without a policy and a limit of our own: what is owed is lodged in the insolvency, but for a trifle of 1.
    book = book_with_all(book_of)
    owing = {"action": "in default", "own_limit": np.nan, "exposure": [900.0, 1, 0, 0, 0, 0, 0, 0]}
    found = buyer_decisions.records(book, advised(book_of, policy=None, **owing))
    assert found[["decision", "buyer_id", "amount", "anchor"]].to_numpy().tolist() == [
        ["in default", "A", 900, "table-to_pursue"]
    ]
    assert found["due_day"].tolist() == [pd.Timestamp("2026-11-09")]
    # D, insolvent since May, has a limit to cancel beside it: that is its one advice, and what it owes is pursued too.
    owing |= {"own_limit": [np.nan, np.nan, np.nan, 50.0, *[np.nan] * 4], "exposure": [900.0, 1, 0, 9_000, 0, 0, 0, 0]}
    sheets = advised(book_of, policy=None, **owing)
    found = buyer_decisions.records(book, sheets)
    assert of_buyer(found, "D")["amount"].to_dict() == {"cancel": 50, "in default": 9_000}
    listed = buyer_decisions.to_pursue(book, sheets, found)
    assert listed["advice"].to_dict() == {"D": "cancel", "A": "in default"}
    assert listed.loc["D", ["defaulted", "kind"]].tolist() == [pd.Timestamp("2026-05-20"), "insolvency"]
    assert listed.loc["A", ["defaulted", "kind"]].isna().all()
    # Of D a claim is to be made under the policy: what it owes is pursued all the same.
    claimed = of_buyer(buyer_decisions.records(book, advised(book_of, **owing)), "D")
    assert set(claimed.index) == {"claim", "cancel", "in default"}


def test_the_days_of_what_the_insurer_asks(book_of):
    found = asked_of(book_of, advised(book_of, action="look", over_need=3.0))
    # To look is a signal, which nobody has to decide on.
    assert sorted(found["decision"]) == ["claim", "claim", "report", "report missed", "stop insured"]
    # A had to be reported from 30 days before 20 November on.
    days = found.set_index("buyer_id")[["due_day", "since"]]
    assert days.loc["A"].tolist() == [pd.Timestamp("2026-11-20"), pd.Timestamp("2026-10-21")]
    # B, due on 22 August, from 30 days before 21 October on.
    assert days.loc["B"].tolist() == [pd.Timestamp("2026-11-02"), pd.Timestamp("2026-09-21")]
    claims = found[found["decision"] == "claim"].set_index("buyer_id")["since"]
    assert claims.to_dict() == {"C": pd.Timestamp("2026-10-11"), "D": pd.Timestamp("2026-05-20")}
    # F is to clear 400 of the 900 that it owes.
    assert of_buyer(found, "F")["amount"].to_dict() == {"stop insured": 400}


# C became a loss on Sunday, 11 October: of 25 days the last is Thursday, 5 November. Without, or with more, five
# working days after the report is read count; with fewer it is late when that is read.
@pytest.mark.parametrize(
    ("filing_days", "due"), [(25, "2026-11-05"), (None, "2026-11-09"), (60, "2026-11-09"), (1, "2026-11-02")]
)
def test_a_claim_is_due_by_the_day_of_the_policy_where_that_is_earlier(book_of, filing_days, due):
    policy = Policy(**POLICY.model_dump(exclude_unset=True) | {"filing_days": filing_days})
    sheets = advised(book_of, policy)
    found = of_buyer(asked_of(book_of, sheets), "C")
    assert found["due_day"].to_dict()["claim"] == pd.Timestamp(due)


def test_every_limit_that_changes_is_decided_by_somebody(book_of):
    # A, B, F are reported or stopped by the insurer, C and D claimed; H stays.
    to_set = pd.Series([1_000.0, 400, 1_000, 1_000, 400_000, 1_000, 0, 1_000], index=list("ABCDEFGH"))
    sheets = advised(book_of, limit_to_set=to_set)
    assert sheets["change"].to_dict() == {**dict.fromkeys("ACDFH", 0), "B": -600, "E": 399_000, "G": -1_000}
    found = asked_of(book_of, sheets)
    found = found[found["decision"] == "limits"].set_index("buyer_id")
    assert found["amount"].to_dict() == {"E": 399_000, "G": 1_000, "B": 600}
    # By the larger of old and new: 400,000 against the levels' 50,000, 250,000 and 1,000,000.
    assert found["authority"].to_dict() == {
        "E": "chief financial officer", "G": "credit analyst", "B": "credit analyst",
    }  # fmt: skip
    # 15 working days after Monday 2 November.
    assert set(found["due_day"]) == {pd.Timestamp("2026-11-23")}
    assert set(found["anchor"]) == {"table-limit_changes"}
    # A book without any limit of our own sets none.
    assert not advised(book_of, limit_to_set=to_set, own_limit=np.nan)["on_limit"].eq("limits").any()


@pytest.mark.parametrize(
    ("on_limit", "change", "moved", "waits"),
    [
        ("cut", -100.0, 30.0, True), ("cut", -100.0, -30.0, False), ("cut", -100.0, 0.0, False),
        ("cut", -100.0, np.nan, False), ("set limit", 50.0, -5.0, True), ("limits", -100.0, 30.0, True),
        # An excess does not wait.
        ("run down", -100.0, 30.0, False), ("stop", -100.0, 30.0, False),
    ],
)  # fmt: skip
def test_a_change_that_portfolio_limits_would_move_back_waits_for_them(on_limit, change, moved, waits):
    sheets = pd.DataFrame({"on_limit": [on_limit], "change": change, "portfolio_change": moved}, index=["A"])
    assert buyer_decisions.waiting(sheets).tolist() == [waits]
    assert not buyer_decisions.waiting(sheets.drop(columns="portfolio_change")).any()


def test_a_list_has_the_buyers_of_its_decision_first_with_who_and_when(book_of):
    # The cuts of G and H lose sales; A's limit changes too, and E is held back for the risk.
    columns = {
        "decision": ["none", *["reduction"] * 7], "limit_to_set": [400.0, *[1_000.0] * 3, 200, 1_000, 200, 200],
        "action": [*["none"] * 4, "run down", *["none"] * 3], "over_risk": [0.0, 0, 0, 0, 700, 0, 0, 0],
        "lost_sales": [0.0, 0, 0, 0, 90, 0, 50, 70], "lost_margin": [0.0, 0, 0, 0, 9, 0, 5, 7],
    }  # fmt: skip
    sheets = advised(book_of, **columns)
    records = asked_of(book_of, sheets)
    table = sheets[["lost_margin"]].sort_values("lost_margin", ascending=False, kind="stable")
    found = buyer_decisions.decided(table, records, "cut")
    assert found.index[:4].tolist() == ["H", "G", "E", "A"]
    assert found["asked"].dropna().to_dict() == {"H": "cut", "G": "cut", "E": "run down", "A": "limits"}
    assert found.loc["H", ["authority", "due_day"]].tolist() == ["credit analyst", pd.Timestamp("2026-11-23")]
    assert found.loc["E", "due_day"] == pd.Timestamp("2026-11-09")
    listed = buyer_decisions.listed(sheets, records, "cut")
    assert listed[["lost_margin", "asked"]].to_numpy().tolist() == [[7, "cut"], [5, "cut"]]
    assert buyer_decisions.listed(sheets, records, "set limit").empty


def test_every_list_shows_all_the_buyers_of_its_decision(book_of):
    sheets = advised(book_of, action="stop", over_risk=50.0, overdue=2_000.0)
    records = asked_of(book_of, sheets)
    assert set(records["decision"]) == {"claim", "report missed", "report", "stop insured", "stop", "collect"}
    for kind, of_kind in records.groupby("decision"):
        listed = buyer_decisions.listed(sheets, records, kind)
        assert listed.index.tolist() == of_kind["buyer_id"].tolist()
        assert listed[["authority", "due_day"]].notna().all(axis=None)
        assert buyer_decisions.amounts(listed)[kind].sum() == pytest.approx(of_kind["amount"].sum())
        assert set(of_kind["anchor"]) == {f"table-{buyer_decisions.LISTS[kind]}"}
    assert set(buyer_decisions.LISTS) == {kind for kinds in decisions.SUBJECTS.values() for kind in kinds}


def held_of(book, **columns):
    sheets = advised(lambda *_, **__: book, **columns)
    limits = sheets[["exposure", "over_risk", "overdue", "risk_limit", "limit_to_set", "action"]].assign(insured=0.0)
    return held_back.held_back(book, limits, sheets), buyer_decisions.records(book, sheets)


def test_a_hold_has_one_authority_and_one_day_whatever_else_is_asked(book_of):
    # B, C and F are past their stop, by 10,000, 10,000 and 400; C and D are claimed. All are above the risk but D, in
    # default, and E, G and H. The limits of A and B are the chief financial officer's, of C to F the analyst's.
    action = ["stop until paid", "run down", "stop", "in default", "none", "run down", "none", "none"]
    columns = {"action": action, "over_risk": [50.0, 50, 50, 0, 0, 50, 0, 0],
               "own_limit": [600_000.0, 600_000, *[1_000.0] * 6]}  # fmt: skip
    held, records = held_of(book_with_all(book_of), **columns)
    assert held["held_for"].to_dict() == {
        "F": "no longer insured", "B": "no longer insured", "A": "overdue part", "D": "in default",
        "C": "claim on the policy",
    }  # fmt: skip
    assert held["held_also"].dropna().to_dict() == {
        "F": "risk, against payment", "B": "risk, against payment", "C": "no longer insured, risk",
        "D": "claim on the policy",
    }  # fmt: skip
    # The list of those of whom cover asks a payment alone begins with F; then those that a payment frees.
    assert held.index.tolist() == list("FBADC")
    # Monday 2 November and one working day, though B is to be reported on the 2nd, A by the 20th, and C claimed by the
    # 9th; to deliver against payment alone is due on the 9th.
    assert set(held["hold_by"]) == {pd.Timestamp("2026-11-03")}
    assert held["hold_authority"].to_dict() == {
        **dict.fromkeys("FCD", "credit analyst"), **dict.fromkeys("AB", "chief financial officer"),
    }  # fmt: skip
    days = records.set_index(["buyer_id", "decision"])["due_day"].dt.day
    assert days[[("A", "report"), ("B", "report missed"), ("C", "claim"), ("B", "run down")]].tolist() == [20, 2, 9, 9]
    who = records.set_index(["buyer_id", "decision"])["authority"]
    assert who[[("A", "report"), ("A", "stop until paid"), ("B", "run down")]].tolist() == [
        "credit analyst", "chief financial officer", "chief financial officer",
    ]  # fmt: skip
    # Nothing is held of E, G and H.
    sheets = advised(book_of, **columns)
    assert sheets.loc[list("EGH"), ["hold_authority", "hold_by"]].isna().all(axis=None)


def test_a_hold_against_payment_alone_begins_on_the_day_of_that_decision(book_of):
    held, _ = held_of(book_with_all(book_of), policy=None, action=["run down", *["none"] * 7], over_risk=50.0)
    assert held["hold_by"].to_dict() == {"A": pd.Timestamp("2026-11-09")}


def test_who_decides_on_one_reason_of_a_hold_decides_on_all_of_it(book_of):
    # F is to clear 60,000, which is the head of credit's; its limits of 1,000 would be the analyst's. Of B, which has
    # to be reported, it is the other way round with 600,000 against 10,000.
    invoices = LEDGER["invoices"].assign(amount=LEDGER["invoices"]["amount"].mask(lambda owed: owed == 400, 60_000.0))
    terms = {"decisions": {"report_from": 70_000}}
    book = book_of(AS_OF, run=terms, **LEDGER | {"invoices": invoices})
    action, own = ["none", "run down", *["none"] * 3, "run down", "none", "none"], [0.0, 600_000, *[1_000.0] * 6]
    held, records = held_of(book, action=action, over_risk=50.0, own_limit=own)
    who = records[records["decision"].isin(["stop insured", "run down"])].set_index(["buyer_id", "decision"])
    assert who["authority"].to_dict() == {
        ("F", "stop insured"): "head of credit", ("F", "run down"): "head of credit",
        ("B", "stop insured"): "chief financial officer", ("B", "run down"): "chief financial officer",
    }  # fmt: skip
    assert held.loc[["B", "F"], "hold_authority"].tolist() == ["chief financial officer", "head of credit"]


def test_without_a_limit_in_force_an_excess_by_risk_is_decided_by_what_is_owed(book_of):
    # Up to 50,000 the analyst decides, up to 250,000 the head of credit; of C the limit in force and the new one tell.
    owing = {"action": ["run down", "stop", "stop until paid", *["none"] * 5], "over_risk": [50.0] * 3 + [0.0] * 5,
             "own_limit": [np.nan, np.nan, 1_000.0, *[1_000.0] * 5],
             "exposure": [60_000.0, 300_000, 60_000, *[900.0] * 5]}  # fmt: skip
    held, _ = held_of(book_of(AS_OF, **LEDGER), policy=None, **owing)
    assert held["hold_authority"].to_dict() == {
        "A": "head of credit", "B": "chief financial officer", "C": "credit analyst",
    }  # fmt: skip


def test_a_stop_is_due_when_deliveries_stop_for_any_reason(book_of):
    # The run gives a stop for want of cover five working days, and one for the risk keeps its one.
    book = book_of(AS_OF, run={"decisions": {"working_days": {"stop insured": 5}}}, **LEDGER)
    action = ["none"] * 5 + ["stop until paid", "none", "none"]
    held, records = held_of(book, action=action, over_risk=50.0)
    assert held["hold_by"].dt.day.to_dict() == {"F": 3, "B": 9, "C": 9, "D": 9}
    stops = records[records["decision"].isin(["stop insured", "stop until paid"])]
    assert stops[["buyer_id", "decision"]].to_numpy().tolist() == [["F", "stop insured"], ["F", "stop until paid"]]
    assert stops["due_day"].dt.day.tolist() == [3, 3]


def test_a_hold_in_default_is_of_who_cancels_the_limit_else_of_who_pursues_what_is_owed(book_of):
    # Of D and E, whose limit is 0 already, and of those that owe nothing nobody is asked.
    owing = {"action": "in default", "own_limit": [60_000.0, np.nan, np.nan, 0, 0, np.nan, np.nan, np.nan],
             "exposure": [900.0, 300_000, 900, 900, 0, 0, 0, 0], "limit_to_set": 0.0}  # fmt: skip
    held, records = held_of(book_with_all(book_of), policy=None, **owing)
    assert held["hold_authority"].dropna().to_dict() == {
        "A": "head of credit", "B": "chief financial officer", "C": "credit analyst",
    }  # fmt: skip
    assert set(held["hold_by"].dropna()) == {pd.Timestamp("2026-11-03")}
    assert held["hold_by"].notna().tolist() == [*[True] * 3, *[False] * 5]
    assert of_buyer(records, "A")["authority"].to_dict() == {"cancel": "head of credit", "in default": "credit analyst"}
