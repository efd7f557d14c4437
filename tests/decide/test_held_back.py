"""The one list of stops: each buyer once, why, and what is to be paid, by hand; and its sentences."""

import numpy as np
import pandas as pd
import pytest

from tradecredit import words
from tradecredit.decide import buyer_sheet, held_back
from tradecredit.insurance.policy import Policy

AS_OF = "2026-10-31"
POLICY = Policy(
    name="own", insured_percentage=0.9, maximum_extension_days=60, waiting_days=180, waiting_from="due",
    stop_tolerance=100,
)  # fmt: skip

# Days past due and amounts of the invoices. A and B are 70 days late, ten past the extension period; C 200, past the
# waiting period; D to H are within the period, or not due.
DUE = [
    ("A1", "A", 70, 6_000), ("A2", "A", 90, 1_000), ("A3", "A", -5, 2_000), ("B1", "B", 70, 500), ("C1", "C", 200, 700),
    ("D1", "D", 40, 300), ("D2", "D", 50, 100), ("E1", "E", -9, 800), ("F1", "F", -9, 900), ("G1", "G", 5, 50),
]  # fmt: skip
LIMITS = "buyer_id,source,amount,valid_from\n" + "".join(f"{buyer},insurer,90000,2020-01-01\n" for buyer in "ABCDEFGH")


@pytest.fixture(scope="module")
def book(book_of):
    rows = [
        (name, buyer, *(pd.Timestamp(AS_OF) - pd.Timedelta(days=late + ago) for ago in (30, 0)), float(amount))
        for name, buyer, late, amount in DUE
    ]
    invoices = pd.DataFrame(rows, columns=["invoice_id", "buyer_id", "issued", "due", "amount"])
    buyers = "buyer_id\n" + "".join(f"{buyer}\n" for buyer in "ABCDEFGH")
    return book_of(AS_OF, invoices=invoices, limits=LIMITS, buyers=buyers)


@pytest.fixture(scope="module")
def listed(book):
    """A above its limit as well, D until its overdue part is paid, E of a weak grade, F to run down, H in default."""
    limits = pd.DataFrame(
        {
            "action": ["stop", "none", "none", "stop until paid", "stop", "run down", "collect", "in default"],
            "exposure": [9_000.0, 500, 700, 400, 800, 900, 50, 0],
            "insured": [8_100.0, 450, 630, 360, 720, 810, 45, 0],
            "overdue": [7_000.0, 500, 700, 400, 0, 0, 50, 0],
            "risk_limit": [1_000.0, 5_000, 5_000, 200, 0, 600, 5_000, 0],
            "over_risk": [8_000.0, 0, 0, 200, 800, 300, 0, 0],
            "limit_to_set": 5_000.0, "released_margin": 0.0, "released_sales": 0.0,
            "over_need": 0.0, "breach": 0.0, "own_limit": np.nan, "binding_with_cover": "need", "change": 0.0,
            "decision": "none", "lost_sales": 0.0, "lost_margin": 0.0, "released": 0.0,
            "expected_loss_owed": 0.0, "risk_bound_by": "capacity",
        },
        index=pd.Index(list("ABCDEFGH"), name="buyer_id"),
    )  # fmt: skip
    return held_back.held_back(book, limits, buyer_sheet.advice(book, limits, POLICY))


def test_every_buyer_held_back_is_there_once_with_its_reason(listed):
    assert listed["held_for"].to_dict() == {
        "A": "no longer insured", "B": "no longer insured", "E": "risk", "D": "overdue part",
        "F": "risk, against payment", "C": "claim on the policy", "H": "in default",
    }  # fmt: skip
    # Those that a payment frees come first, then in order of the reasons, the largest exposure first.
    assert listed.index.tolist() == list("ABEDFHC")
    # C is past its stop as well.
    assert listed["held_also"].dropna().to_dict() == {"A": "risk", "C": "no longer insured"}
    assert listed["deliveries"].to_dict() == {
        **dict.fromkeys("ABCEH", "nothing"), "D": "nothing until the overdue part is paid",
        "F": "against payment alone",
    }  # fmt: skip


def test_what_ends_the_hold(listed):
    # A owes 7,000 past the period, and 8,000 more than the risk allows: the larger covers both.
    assert listed["to_pay"].dropna().to_dict() == {"A": 8_000, "B": 500, "D": 400, "E": 800, "F": 300}
    # D2 is due ten days before D1.
    assert listed["pay_invoice"].dropna().to_dict() == {"A": "A2", "B": "B1", "D": "D2"}
    assert listed.loc[["A", "E", "C"], "then_delivered"].tolist() == [
        "within the limit", "against payment alone", "nothing",
    ]  # fmt: skip
    assert words.held_back.with_cures(listed, "EUR")["cure"].to_dict() == {
        "A": "clear EUR 8,000, A2 first, then deliver", "B": "clear EUR 500, B1 first, then deliver",
        "D": "clear EUR 400, D2 first, then deliver", "E": "clear EUR 800, then deliver against payment alone",
        "F": "clear EUR 300, then deliver", "C": "none", "H": "none",
    }  # fmt: skip


def test_what_is_delivered_after_a_payment_that_leaves_more_owed_than_the_limit_to_set(book, listed):
    # B pays 500 of 6,000, with a limit to set of 5,000; F, above the risk by 300 of 5,700, is left with 5,400.
    limits = listed.reindex(list("BF")).assign(
        action=["none", "run down"], exposure=[6_000.0, 5_700], risk_limit=[9_000.0, 5_400], decision="none",
        released=0.0, released_sales=0.0, lost_sales=0.0, binding_with_cover="need",
    )  # fmt: skip
    found = held_back.held_back(book, limits, buyer_sheet.advice(book, limits, POLICY))
    assert found["to_pay"].to_dict() == {"B": 500, "F": 300}
    assert set(found["then_delivered"]) == {"as it pays, until within the limit to set"}
    assert words.held_back.with_cures(found, "EUR").loc["F", "cure"] == (
        "clear EUR 300, then deliver as it pays: more is owed than the limit to set"
    )


def test_the_reasons_add_up_to_the_list(listed):
    table = held_back.by_reason(listed)
    assert table["buyers"].to_dict() == {
        "in default": 1, "claim on the policy": 1, "no longer insured": 2, "risk": 1, "overdue part": 1,
        "risk, against payment": 1,
    }  # fmt: skip
    assert table["owing"].tolist() == [0, 1, 2, 1, 1, 1]
    assert table[["exposure", "insured", "to_pay"]].sum().tolist() == [12_300, 11_070, 10_000]
    assert words.held_back.told(listed, "EUR") == (
        "Deliveries are held back to **7 buyers**, who owe EUR 12,300, EUR 11,070 of it insured; by the first of "
        "the reasons of each: 1 in default (owing nothing), 1 with debt to be claimed on the policy (EUR 700), 2 "
        "whose new deliveries are no longer insured (EUR 9,500), 1 of a weak grade above what the risk allows (EUR "
        "800), 1 above what the risk allows until the overdue part is paid (EUR 400) and 1 above what the risk "
        "allows, to whom goods go against payment alone (EUR 900). Payments of EUR 9,200 by 4 of them would end it "
        "for these; of 1 more EUR 800 is to be paid, and goods go against payment alone then, as the risk allows no "
        "limit."
    )


def test_a_payment_after_which_goods_go_against_payment_alone_ends_no_hold(listed):
    # The risk allows E no limit, nor F in this case, to whom goods go against payment alone today already.
    more = listed.assign(then_delivered=listed["then_delivered"].mask(listed.index == "F", "against payment alone"))
    told = words.held_back.told(more, "EUR")
    assert told.endswith(
        "Payments of EUR 8,900 by 3 of them would end it for these; of 2 more EUR 1,100 is to be paid, and goods go "
        "against payment alone then, as the risk allows no limit: 1 of these as now."
    )
    assert words.held_back.told(more.loc[["E", "F"]], "EUR").endswith(
        ". Of 2 of them EUR 1,100 is to be paid, and goods go against payment alone then, as the risk allows no limit: "
        "1 of these as now."
    )
    assert words.held_back.told(more.loc[["F"]], "EUR").endswith(
        "it owes EUR 900, EUR 810 of it insured. After a payment of EUR 300 goods go against payment alone, as now, as "
        "the risk allows no limit."
    )


def test_the_policy_counts_from_the_stated_due_day_where_the_law_moves_it(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI,B,2026-10-01,2026-11-01,10\n"
    terms = {"name": "p", "maximum_extension_days": 60}

    def told(country, **policy):
        book = book_of(
            AS_OF, run={"policy": terms | policy}, invoices=invoices, buyers=f"buyer_id,country\nB,{country}\n"
        )
        return words.held_back.days_counted(book)

    assert told("DE") == [
        "p counts from the due day as it is stated; late interest and days past due count from the next working day "
        "where the law moves it (buyers in DE, chapter 01)."
    ]
    assert told("US") == told("DE", extension_from="issued") == []


def test_one_buyer_is_told_as_one(book, listed):
    assert words.held_back.told(listed.loc[["A"]], "EUR") == (
        "Deliveries are held back to **1 buyer** whose new deliveries are no longer insured: it owes EUR 9,000, EUR "
        "8,100 of it insured. A payment of EUR 8,000 would end it."
    )
    assert words.held_back.no_longer_insured(listed.loc[["A"]], book) == (
        "New deliveries to 1 buyer are no longer insured, and insurance adds nothing to its limit. To end that, EUR "
        "7,000 on invoices past the maximum extension period has to be paid. The insurer is to be told of its debt as "
        "well, by a decision of its own. What was delivered before stays insured if it is reported in time."
    )


def test_those_no_longer_insured_are_told_with_where_they_stand(book, listed):
    # A and B have to clear 7,000 and 500, and are to be reported late first; of C, which is to be claimed, no payment
    # brings deliveries back.
    assert words.held_back.no_longer_insured(listed, book) == (
        "New deliveries to 3 buyers are no longer insured, and insurance adds nothing to their limits. To end that, "
        "EUR 7,500 on invoices past the maximum extension period has to be paid by 2 of them. To 1 of them nothing is "
        "delivered whatever is paid, as the policy has to pay. The list has 1 of them under an earlier reason. The "
        "insurer is to be told of the debt of 3 of them as well, by a decision of its own. What was delivered before "
        "stays insured if it is reported in time."
    )
    assert words.held_back.no_longer_insured(listed.loc[["E"]], book) == ""


def test_a_stop_that_begins_by_the_day_of_reading_holds_from_its_day_on(book, listed):
    # E1, due in 9 days, is not late; A to D: 70 days, and D2 50. With a period of 49 days the stop of D begins on
    # 31 October; with 50 on 1 November, the Sunday before the report is read; with 51 on Monday the 2nd; then no more.
    limits = listed[["exposure", "insured"]].reindex(["D"]).assign(
        action="none", overdue=400.0, risk_limit=900.0, over_risk=0.0, limit_to_set=900.0, released_margin=0.0,
        released_sales=0.0, over_need=0.0, breach=0.0, own_limit=np.nan, binding_with_cover="need", decision="none",
        lost_sales=0.0, lost_margin=0.0, released=0.0, expected_loss_owed=0.0, risk_bound_by="capacity",
    )  # fmt: skip
    begins = {}
    for days in (49, 50, 51, 52):
        policy = Policy(
            **POLICY.model_dump(exclude_unset=True) | {"maximum_extension_days": days, "stop_tolerance": 50}
        )
        begins[days] = held_back.held_back(book, limits, buyer_sheet.advice(book, limits, policy))
    assert [len(table) for table in begins.values()] == [1, 1, 1, 0]
    assert begins[49]["held_from"].isna().all()
    assert begins[50].loc["D", "held_from"] == pd.Timestamp("2026-11-01")
    assert begins[51].loc["D", "held_from"] == pd.Timestamp("2026-11-02")
    assert words.held_back.with_cures(begins[50], "EUR").loc["D", "cure"] == (
        "held from 1 November 2026 on: clear EUR 100, D2 first, then deliver"
    )
    assert words.held_back.no_longer_insured(begins[50], book).startswith(
        "New deliveries to 1 buyer are no longer insured, 1 of them from 1 November 2026 on, and "
    )
    # Held for the risk already, its deliveries are not insured from that day on all the same.
    policy = Policy(**POLICY.model_dump(exclude_unset=True) | {"maximum_extension_days": 50, "stop_tolerance": 50})
    more = limits.assign(action="stop until paid", over_risk=100.0)
    found = held_back.held_back(book, more, buyer_sheet.advice(book, more, policy))
    assert found["held_from"].isna().all()
    both = pd.concat([found, begins[50].set_axis(["X"]), begins[51].set_axis(["Y"]), begins[49].set_axis(["Z"])])
    assert words.held_back.no_longer_insured(both, book).startswith(
        "New deliveries to 4 buyers are no longer insured, 2 of them from 1 November 2026 on and 1 of them from 2 "
        "November 2026 on, and insurance"
    )


def test_what_of_the_insured_part_hangs_on_reports(listed):
    duties = listed.assign(report_amount=[0.0, 0, 0, 1_000, 0, 0, 0])
    assert words.held_back.hanging(duties, 20_000.0, POLICY, "EUR") == (
        "Of the insured part, 90 % of the insured debt, EUR 6,750 (33.8 %) hangs on reports whose day is past when "
        "this is read, the first on 1 October 2026, so that its cover is in doubt; EUR 900 (4.5 %) hangs on reports "
        "that are due soon. The book has no table of what was reported."
    )
    assert words.held_back.hanging(duties.loc[["E"]], 20_000.0, POLICY, "EUR") == ""
    assert words.held_back.hanging(duties, 20_000.0, None, "EUR") == ""


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (
            {"name": "p", "maximum_extension_days": 60, "stop_tolerance": 100},
            "An invoice of which no more than EUR 100 is still owed stops no deliveries (p, `stop_tolerance`).",
        ),
        (
            {"name": "p", "maximum_extension_days": 60},
            "p states no tolerance of its stop: an invoice of which more than dust (EUR 1 or 0.1 % of it, the smaller) "
            "is owed past its maximum extension period stops what is delivered after it (`stop_tolerance`).",
        ),
        (
            {"name": "p", "maximum_extension_days": 60, "stop_tolerance": 0},
            "An invoice of which anything is owed past its maximum extension period stops what is delivered after it "
            "(p, `stop_tolerance`).",
        ),
        (
            {"name": "p", "maximum_extension_days": 60, "stop_tolerance": 0.1},
            "An invoice of which no more than EUR 0.10 is still owed stops no deliveries (p, `stop_tolerance`).",
        ),
        ({"name": "p"}, ""),
        (None, ""),
    ],
)
def test_the_tolerance_of_the_stop_is_told(book_of, terms, said):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI,B,2026-10-01,2026-11-01,10\n"
    book = book_of(AS_OF, run={} if terms is None else {"policy": terms}, invoices=invoices)
    assert words.held_back.tolerance(book) == said
