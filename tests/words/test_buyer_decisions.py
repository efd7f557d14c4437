"""Sentences on decisions about buyers: what is asked, the amount first, what stands beside, and the alternative."""

import numpy as np
import pandas as pd
import pytest
from advised import AS_OF, LEDGER, POLICY, advised, book_with_all

from tradecredit.decide import buyer_decisions, decisions
from tradecredit.decide.insurer_duties import Payable
from tradecredit.insurance.policy import Policy
from tradecredit.params.run import Run
from tradecredit.words.buyer_decisions import of_buyers

RUN = Run(entity="Test", currency="EUR", as_of=AS_OF, source={"kind": "demo"}, file="x.yaml")


def told(book_of, payable=None, **columns):
    sheets = advised(book_of, **columns)
    return of_buyers(buyer_decisions.records(book_with_all(book_of), sheets), sheets, RUN, payable)


def test_the_insurers_decisions_say_of_the_limit_that_it_holds_deliveries_back(book_of):
    columns = {"action": "run down", "over_risk": 70_000.0, "own_limit": 600_000.0, "limit_to_set": 200.0,
               "lost_margin": 900.0, "expected_loss_owed": 30.0, "binding_with_cover": "capacity"}  # fmt: skip
    found = told(book_of, **columns)
    assert found["report"] == (
        "Insured debt of 1 buyer, EUR 10,000, will soon be past its maximum extension period: report it by the end of "
        "the period, unless it is paid. For the risk deliveries to it are held back, which is decided on with the "
        "limit. It is A."
    )
    assert found["stop insured"] == (
        "Stop deliveries to 1 buyer of which nothing is to be reported or claimed: EUR 400 of invoices past the "
        "maximum extension period is open when this is read, and nothing that is delivered before it is paid is "
        "insured. The list says what has to be paid so that deliveries go on. It owes EUR 900 in all. It is F."
    )
    # Eight with 900 owed lose at 0.75 5,400 if all fail; B, C, D and F have no more cover, or a claim on it.
    assert found["run down"] == (
        "8 buyers owe EUR 560,000 more than the risk allows, which paying what is overdue does not cure: deliver "
        "against payment alone until the exposure is within the limit, and set the limit. Largest: A, EUR 70,000. "
        "Bound by capacity (8), the limits give up EUR 7,200 of margin a year; of what is owed EUR 240 a year is "
        "expected to be lost, and EUR 5,400 if all of them failed, before insurance. The alternative is to accept the "
        "risk and keep the limit in force, which covers what is owed: by the authority over the limit that then holds. "
        "There is none for C and D, as debt is claimed on the policy. Meanwhile nothing is delivered to 4 of them, for "
        "want of cover: by 3 November 2026, decided by the chief financial officer."
    )
    assert "for want of cover" not in told(book_of, **columns | {"action": "stop"})["stop"]


@pytest.mark.parametrize(
    ("own_limit", "alternative"),
    [
        (900.0, "and keep the limit in force, which covers what is owed: by"),
        (899.0, "and raise the limit in force to what is owed: by"),
        ([900.0, 899.0, *[0.0] * 6], "and keep the limit in force of 1, which covers what is owed, and to raise that "
         "of the other 7 to what is owed: by"),
    ],
)  # fmt: skip
def test_the_alternative_to_a_hold_by_risk_is_to_keep_the_limit_or_to_raise_it(book_of, own_limit, alternative):
    found = told(book_of, policy=None, action="stop", over_risk=70.0, own_limit=own_limit)
    assert f"The alternative is to accept the risk {alternative} the authority over the limit" in found["stop"]


def test_one_buyer_is_told_as_one(book_of):
    none = ["none"] * 7
    columns = {"over_risk": 70.0, "own_limit": 950.0, "lost_margin": 9.0, "binding_with_cover": "capacity"}
    assert told(book_of, policy=None, action=["run down", *none], **columns)["run down"] == (
        "1 buyer owes EUR 70 more than the risk allows, which paying what is overdue does not cure: deliver against "
        "payment alone until the exposure is within the limit, and set the limit. It is A. Bound by capacity, the "
        "limit gives up EUR 9 of margin a year; of what is owed EUR 0 a year is expected to be lost, and EUR 675 if it "
        "failed, before insurance. The alternative is to accept the risk and keep the limit in force, which covers "
        "what is owed: by the authority over the limit that then holds."
    )


def test_what_margin_a_hold_gives_up_may_not_be_known(book_of):
    found = told(book_of, policy=None, action="stop", over_risk=70.0, lost_margin=float("nan"))
    assert "what margin is given up is not known; of what is owed" in found["stop"]


def test_what_is_late_and_what_is_still_to_be_reported(book_of):
    more = LEDGER["invoices"].query("buyer_id == 'A'").assign(invoice_id="B2", buyer_id="B", amount=4_000.0)
    book = book_of(AS_OF, **LEDGER | {"invoices": pd.concat([LEDGER["invoices"], more])})
    assert told(lambda *_, **__: book)["report missed"] == (
        "Insured debt of 1 buyer, EUR 14,000, is to be reported at once, if the insurer does not know of it: the day "
        "of EUR 10,000 of it is past when this is read, and cover of that is in doubt; EUR 4,000 of 1 buyer is still "
        "in time, the first by 20 November 2026. Deliveries to it stop by 3 November 2026, as nothing more is insured: "
        "the hold is decided by the credit analyst. It is B."
    )
    assert "cover of that is in doubt. Deliveries to it stop" in told(book_of)["report missed"]


def test_a_report_says_by_whom_and_by_when_deliveries_stop(book_of):
    # F, 70 days past due as B, owes 60,000 past its stop, which is the head of credit's.
    invoices = LEDGER["invoices"].assign(amount=LEDGER["invoices"]["amount"].replace(400.0, 60_000.0))
    days = {"decisions": {"working_days": {"stop insured": 5}}}
    usual, later = (book_of(AS_OF, run=run, **LEDGER | {"invoices": invoices}) for run in ({}, days))
    found = told(lambda *_, **__: usual)["report missed"]
    assert found.endswith(
        "cover of that is in doubt. Deliveries to them stop by 3 November 2026, as nothing more is insured: the hold "
        "is decided by the head of credit (1) and the credit analyst (1). Largest: F, EUR 60,000."
    )
    # B is held for the risk too, by Tuesday; what is not insured alone stops five working days after Monday.
    columns = {"action": ["none", "stop until paid", *["none"] * 6], "over_risk": 50.0}
    assert "Deliveries to them stop the first by 3 November" in told(lambda *_, **__: later, **columns)["report missed"]
    assert "Deliveries to them stop by 9 November" in told(lambda *_, **__: later)["report missed"]


@pytest.mark.parametrize(
    ("stopped", "said"),
    [
        ([True, False, False], "Deliveries to 1 of them stop by 3 November 2026, as nothing more is insured: the hold "
         "is decided by the credit analyst. For the risk deliveries to 1 more are held back, which is decided on with "
         "the limit."),
        ([False] * 3, "For the risk deliveries to 2 of them are held back, which is decided on with the limit."),
        ([True, True, False], "Deliveries to 2 of them stop by 3 November 2026, as nothing more is insured: the hold "
         "is decided by the head of credit (1) and the credit analyst (1)."),
    ],
)  # fmt: skip
def test_a_report_says_to_whom_deliveries_are_held_back_for_the_risk(book_of, stopped, said):
    sheets = advised(book_of, policy=None).loc[list("ABC")].assign(
        on_cover="report", report_amount=100.0, report_by=pd.Timestamp("2026-11-20"),
        hold_authority=["credit analyst", "head of credit", None],
        hold_by=pd.to_datetime(["2026-11-03", "2026-11-03", None]), stop_insured=stopped,
    )  # fmt: skip
    found = of_buyers(records("report", "A", "B", "C"), sheets, RUN)["report"]
    assert found.endswith(f"by the end of the period, unless it is paid. {said} Largest: A, EUR 100.")


def test_deliveries_in_default_are_stopped_by_who_pursues_it_where_no_limit_is_known(book_of):
    columns = {"action": "in default", "exposure": [900.0, *[0.0] * 7], "limit_to_set": 0.0}
    found = told(book_of, policy=None, own_limit=np.nan, **columns)
    assert found["in default"] == (
        "1 buyer in default owes EUR 900: lodge the claim in the insolvency, or enforce it. Deliveries to it, of which "
        "no limit is known, stop by 3 November 2026: the hold is decided by the credit analyst. It is A."
    )
    assert "Deliveries" not in told(book_of, policy=None, own_limit=0.0, **columns)["in default"]


def test_what_is_overdue_is_collected_beside_other_advice(book_of):
    # A, B, C, D and F have an insurer's advice; E, G and H are collected from alone.
    assert told(book_of, overdue=2_000.0)["collect"] == (
        "8 buyers owe EUR 16,000 past due that is not in dispute: collect it. Of 5 of them something else is advised "
        "first, and this beside it. Largest: A, EUR 2,000."
    )


def test_what_is_brought_back_is_above_the_limit_that_then_holds(book_of):
    columns = {"action": "look", "over_need": 9.0, "exposure": 1_300.0, "breach": 300.0, "policy": None}
    to_set = [1_200.0, *[1_000.0] * 7]
    assert told(book_of, limit_to_set=to_set, **columns)["above limit"] == (
        "8 buyers owe EUR 2,200 more than the limit that then holds, within what the risk allows: bring it back within "
        "the limit, what is overdue first. The limit of 1 of them is set first, EUR 200 higher; the others stay as "
        "they are in force. Largest: B, EUR 300."
    )
    assert told(book_of, **columns)["above limit"].endswith("what is overdue first. Largest: A, EUR 300.")


def test_what_is_owed_in_default_is_pursued_beside_the_claim(book_of):
    found = told(book_of, action="in default", own_limit=50.0)
    assert found["in default"] == (
        "8 buyers in default owe EUR 7,200: lodge the claim in the insolvency, or enforce it. Of 2 of them debt is "
        "claimed on the policy too. Largest: A, EUR 900."
    )
    assert (
        found["cancel"]
        == "Limits of 8 buyers in default, EUR 400, are still in force: cancel them. Largest: A, EUR 50."
    )


def test_limits_that_change_say_which_way(book_of):
    to_set = [1_000.0, 400, 1_000, 1_000, 400_000, 1_000, 0, 1_000]
    assert told(book_of, limit_to_set=to_set)["limits"] == (
        "Limits of 3 buyers change by EUR 400,600 in all (2 lower, by EUR 1,600; 1 higher or new, by EUR 399,000), and "
        "no other decision is on the limit: set them. Largest: E, EUR 399,000."
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
            Payable("p", 17_000.0, 12_000.0, 5_000.0, pd.Timestamp("2026-06-01"), 8_500.0),
            "After the percentage and the deductible of each loss EUR 17,000 of it is left, after the first loss of "
            "EUR 12,000 a year EUR 5,000, if nothing else has used it, before any maximum. EUR 8,500 of what is left "
            "is of losses before 1 June 2026, when the year of p began: they count in an earlier year, whose first "
            "loss other losses may have used up, so that they are payable. Ask the insurer.",
        ),
        (
            Payable("p", 17_000.0, 12_000.0, 5_000.0, pd.Timestamp("2026-06-01"), 8_500.0, False),
            "After the percentage and the deductible of each loss EUR 17,000 of it is left, after the first loss of "
            "EUR 12,000 a year EUR 5,000, if nothing else has used it, before any maximum. EUR 8,500 of what is left "
            "is of losses before 1 June 2026, when the year of p began if it is one of 12 months (no start is "
            "stated): they count in an earlier year, whose first loss other losses may have used up, so that they are "
            "payable. Ask the insurer.",
        ),
        (
            Payable("p", 0.0, 0.0, 0.0),
            "After the percentage and the deductible of each loss EUR 0 of it is left, before any maximum of a year.",
        ),
    ],
)
def test_what_a_claim_brings_now_is_told(book_of, payable, said):
    found = told(book_of, payable)["claim"]
    # C has been a loss since 11 October, D since 20 May: 164 days before 31 October.
    assert (
        f"claim it. {said} The terms of p state no last day for filing: look it up (`filing_days`). Deliveries to them"
        in found
    )


@pytest.mark.parametrize(
    ("filing_days", "said"),
    [(180, " The day of 1 of them is past when this is read: ask the insurer before anything else."), (300, "")],
)
def test_a_day_for_filing_that_is_past_is_told_in_place_of_a_loss_that_is_old(book_of, filing_days, said):
    # D has been a loss since 30 April: 180 days from then are over on 27 October.
    defaults = LEDGER["defaults"].replace("2026-05-20", "2026-04-30")
    book = book_of(AS_OF, **LEDGER | {"defaults": defaults})
    policy = Policy(**POLICY.model_dump(exclude_unset=True) | {"filing_days": filing_days})
    sheets = advised(lambda *_, **__: book, policy)
    found = of_buyers(buyer_decisions.records(book, sheets), sheets, book.run)["claim"]
    assert "more than 180 days" not in found
    assert ("is past when this is read" in found) == bool(said)
    assert said in found


def test_by_when_the_first_claim_is_to_be_filed_is_told(book_of):
    stated = Payable("p", 0.0, 0.0, 0.0, filing_days=60, file_by=pd.Timestamp("2026-12-10"))
    assert (
        "before any maximum of a year. p asks for it within 60 days of the loss: the first of these days is 10 "
        "December 2026."
    ) in told(book_of, stated)["claim"]


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        (0.0, " The limits of A and C rest on payment history for want of accounts, which might release EUR 70 of "
              "margin a year: request them with the hold."),
        # Once the policy has to pay for C, nothing that it shows brings deliveries back.
        (9.0, " The limit of A rests on payment history for want of accounts, which might release EUR 40 of margin a "
              "year: request them with the hold."),
    ],
)  # fmt: skip
def test_accounts_of_buyers_that_are_held_back_are_asked_for_with_the_hold(book_of, claimed, said):
    sheets = advised(book_of, policy=None, action="run down", over_risk=50.0, risk_bound_by="no accounts").loc[
        list("ABC")
    ]
    sheets = sheets.assign(released_margin=[40.0, 0.0, 30.0], claim_amount=[0.0, 0.0, claimed])
    assert said in of_buyers(records("run down", "A", "B", "C"), sheets, RUN)["run down"]
    assert (
        "for want of accounts"
        not in of_buyers(records("run down", "A", "B", "C"), sheets.assign(released_margin=0.0), RUN)["run down"]
    )


@pytest.mark.parametrize(
    ("opened", "some"),
    [
        # Of 180 days are those since 6 May on the day of reading, 2 November, and more than that since 5 May.
        ("2026-05-06", False), ("2026-05-05", True),
    ],
)  # fmt: skip
def test_how_long_a_claim_is_open_counts_to_the_day_of_reading(book_of, opened, some):
    early = LEDGER["defaults"].replace("2026-05-20", opened)
    book = book_of(AS_OF, **LEDGER | {"defaults": early})
    assert ("1 of them has been open for more than 180 days" in told(lambda *_, **__: book)["claim"]) == some


def test_a_claim_that_has_been_open_long_may_be_too_late(book_of):
    early = LEDGER["defaults"].replace("2026-05-20", "2025-11-10")
    book = book_of(AS_OF, **LEDGER | {"defaults": early})
    assert told(lambda *_, **__: book)["claim"] == (
        "Insured debt of 2 buyers, EUR 20,000 before deductibles, has become a loss by the policy: claim it. 1 of them "
        "has been open for more than 180 days, the first since 10 November 2025: where the policy sets a day for "
        "filing it may have passed, so ask the insurer before anything else. Deliveries to them stop by 3 "
        "November 2026, whatever is paid, as the policy has to pay: the hold is decided by the credit analyst. "
        "Largest: C, EUR 10,000."
    )


def records(kind, *buyers):
    table = pd.DataFrame({"buyer_id": buyers, "amount": 100.0}).reindex(columns=list(decisions.COLUMNS))
    table = table.assign(decision=kind, authority="board", state="new", chapter="03_x", anchor="table-t")
    return table.astype(decisions.COLUMNS)


@pytest.mark.parametrize(
    ("needed", "asked"),
    [
        ([False, False], "agree it. Largest"),
        ([True, True], "agree it, with the insurer's consent, without which cover lapses. Largest"),
        ([True, False], "agree it, with the insurer's consent for 1 buyer whose debt is insured, as without it cover"),
    ],
)
def test_a_plan_for_insured_debt_needs_the_insurers_consent(book_of, needed, asked):
    sheets = advised(book_of, policy=None).loc[["A", "B"]]
    sheets = sheets.assign(advice="payment plan", on_debt="payment plan", needs_consent=needed)
    assert asked in of_buyers(records("payment plan", "A", "B"), sheets, RUN)["payment plan"]
