"""What is said of the insurer's deadlines, and the events for calendars."""

import pandas as pd
import pytest
from advised import AS_OF, LEDGER, POLICY

from tradecredit.decide.collect import declarations, insurer_calendar, insurer_limits
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.split import NOT_COUNTED
from tradecredit.words import insurer
from tradecredit.words import insurer_limits as of_limits


@pytest.fixture(scope="module")
def book(book_of):
    buyers = "buyer_id,name\nA,Alder & Sons\n" + "".join(f"{buyer},\n" for buyer in "BCDEFGH")
    return book_of(AS_OF, buyers=buyers, **LEDGER)


def test_what_is_missed_is_told(book):
    policy = Policy(**POLICY.model_dump(exclude_unset=True) | {"filing_days": 60})
    deadlines = insurer_calendar.deadlines(book, [policy])
    # B is to be reported since 21 October, D claimed since 19 July; B, C and F (10,000, 10,000 and 400) are stopped.
    assert insurer.missed(deadlines, "EUR") == (
        "**Missed**: the report of 1 invoice of 1 buyer (EUR 10,000), the first due on 21 October 2026, to be sent by "
        "2 November 2026 all the same; the claims on 1 buyer (EUR 10,000), the first due on 19 July 2026, to be filed "
        "by 2 November 2026 all the same, once the insurer has said whether it still takes them. 3 buyers are past the "
        "stop of supplies: no deliveries from 3 November 2026 on, until EUR 10,400 is paid by 2 of them, and to the "
        "other 1 whatever is paid, as the policy has to pay."
    )
    money = deadlines.tail(1).assign(
        deadline=insurer_calendar.MONEY_ON, state=insurer_calendar.MISSED, act_by=pd.NaT, amount=900.0,
        day=pd.Timestamp("2026-10-25"),
    )  # fmt: skip
    assert insurer.missed(money, "EUR") == (
        "**Missed**: money of the insurer for 1 buyer (EUR 900), the first due on 25 October 2026, to be asked for. No "
        "stop of supplies is in force."
    )
    assert insurer.missed(deadlines.iloc[:0], "EUR") == (
        "No deadline of the policy has been missed. No stop of supplies is in force."
    )


def test_what_comes_next_is_told(book):
    deadlines = insurer_calendar.deadlines(book, [POLICY])
    # A is to be reported; C and D are to be claimed, 9,000 is paid for each; supplies to A stop on 21 November.
    assert insurer.calendar(deadlines, "EUR") == (
        "Next: report the overdue debt of 1 buyer (EUR 10,000), the first by 20 November 2026; file the claim of 2 "
        "buyers (EUR 20,000), the first by 9 November 2026; EUR 18,000 of the insurer is expected, the first on 30 "
        "November 2026. Supplies to 1 more buyer stop unless it pays EUR 10,000 in time, on 21 November 2026."
    )
    # Of A a report is late as well.
    both = deadlines.assign(buyer_id=deadlines["buyer_id"].replace("B", "A"))
    assert (
        ", the first by 20 November 2026 (1 of them go with a report that is late already, EUR 10,000; 0 stand by "
        in (insurer.calendar(both, "EUR"))
    )
    assert insurer.calendar(deadlines.iloc[:0], "EUR") == "The policy sets no day for anything that is owed today."


def test_why_no_report_stands_before_a_stop_is_told(book):
    deadlines = insurer_calendar.deadlines(book, [POLICY])
    coming = deadlines.query("deadline == 'stop'").assign(state="soon")
    # C is claimed, F owes too little; A, B and H are reported before.
    assert insurer.calendar(coming, "EUR").endswith(
        " Before 2 of them no report is due: of 1 too little is overdue for a report and of 1 the loss is claimed."
    )
    shown = insurer.with_deadlines(coming).set_index("buyer_id")["notice"]
    assert shown.dropna().to_dict() == {
        "C": "no report: its loss is claimed", "F": "no report: too little for one"
    }  # fmt: skip


def test_events_by_hand(book):
    policy = Policy(**POLICY.model_dump(exclude_unset=True) | {"filing_days": 60})
    events = insurer.events(insurer_calendar.deadlines(book, [policy]), book).set_index("matter")
    assert events.loc["own A 2026-11-20 overdue", ["day", "title", "text"]].tolist() == [
        pd.Timestamp("2026-11-20"), "Report the overdue debt: Alder & Sons (A), EUR 10,000 insured debt",
        "own: 20 November 2026.\n1 invoice, the first A1.\nKind of notice: notice of an overdue debt.",
    ]  # fmt: skip
    assert events.loc["own D 2026-07-19", ["day", "title"]].tolist() == [
        pd.Timestamp("2026-11-02"), "Late: file the claim: D, EUR 10,000 insured debt",
    ]  # fmt: skip
    assert events.loc["own H 2026-12-11", "title"] == "Stop supplies: H, EUR 10,000 to be paid, gross"
    assert events.loc["own H 2026-12-11", "text"].endswith("\nOnly if it stays unpaid.")
    assert not events.index.duplicated().any()


def test_a_declaration_is_an_event_of_no_buyer(book):
    terms = {"declaration": "balance", "declaration_days": 21}
    deadlines = insurer_calendar.deadlines(book, [Policy(**POLICY.model_dump(exclude_unset=True) | terms)])
    # 21 days from 31 October is a Saturday; all eight invoices are insurable.
    event = insurer.events(deadlines, book).set_index("kind").loc["declare"]
    assert event.tolist() == [
        pd.Timestamp("2026-11-20"), "own 2026-11-21", "Declare sales or balances: own, EUR 70,400 to declare",
        "own: 21 November 2026.\n8 invoices.",
    ]  # fmt: skip
    assert "; declare EUR 70,400 by 20 November 2026; " in insurer.calendar(deadlines, "EUR")
    assert insurer_calendar.by_buyer(deadlines)["buyer_id"].notna().all()


def test_codes_are_told_in_words(book):
    table = insurer_calendar.deadlines(book, [POLICY])
    told = insurer.with_deadlines(table)
    assert told[["deadline", "state"]].notna().all(axis=None)
    assert told["notice"].notna().sum() == (table["notice"].notna() | table["unreported"].notna()).sum()
    # What is to be reported is insured debt, what ends a stop is gross.
    amounts = told.set_index("deadline")["amount_of"]
    assert set(amounts["report the overdue debt"]) == {"insured debt"}
    assert set(amounts["stop supplies"]) == {"to be paid, gross"}
    told = insurer.with_next(insurer_calendar.by_buyer(table)).set_index("buyer_id")["next_deadline"]
    assert told.to_dict() == {
        "A": "report the overdue debt", "B": "report the overdue debt", "C": "stop supplies", "D": "file the claim",
        "F": "stop supplies",
    }  # fmt: skip


def test_every_code_of_the_calendar_has_its_words():
    assert set(insurer.TO_DO) == set(insurer.AMOUNTS) == set(insurer_calendar.DEADLINES)
    assert set(insurer.STATES) == set(insurer_calendar.STATES)
    assert set(insurer.UNREPORTED) == set(insurer_calendar.UNREPORTED)


def test_what_is_to_be_declared_is_told(book_of):
    invoices = (
        "invoice_id,buyer_id,issued,due,amount,tax\nA1,A,2026-10-05,2026-11-05,1190,190\n"
        "P1,P,2026-10-05,2026-10-05,10,0\n"
    )
    book = book_of(AS_OF, invoices=invoices, buyers="buyer_id,kind\nA,private\nP,prepaid\n")
    policy = Policy(name="own", declaration="turnover", declaration_days=20)
    found = declarations.declaration(book, policy)
    assert insurer.declaration(found, "EUR") == (
        "To declare are sales of 1 October 2026 to 31 October 2026 of **EUR 1,000.00**, by 20 November 2026, 83.3 % of "
        "the ledger's EUR 1,200."
    )
    balance = declarations.declaration(book, Policy(name="own", declaration="balance"))
    assert insurer.declaration(balance, "EUR") == (
        "To declare are balances of 31 October 2026 of **EUR 1,000.00**, 83.3 % of the ledger's EUR 1,200. The policy "
        "states no day for it (`declaration_days`)."
    )
    assert "is not stated (`declaration`)" in insurer.declaration(None, "EUR")
    assert insurer.with_declared(found).index.notna().all()


def test_every_exclusion_has_its_words():
    steps = {
        declarations.LEDGER, declarations.CANCELLED, declarations.TAX, declarations.NET, declarations.CORRECTED,
        declarations.DECLARED, *declarations.KINDS, *(set(NOT_COUNTED) - {"no_policy", "kind_of_buyer"}),
    }  # fmt: skip
    assert set(insurer.DECLARED) == steps


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        ("O1,A,ordered,2026-10-20,40000,2026-11-05,\nO2,A,ordered,2026-10-20,30000,2026-12-05,\n",
         " Of 2 open orders 1 would lose cover, EUR 20,000 in all."),
        (None, " The book has no open orders of these buyers, so that none is seen to lose cover."),
    ],
)  # fmt: skip
def test_what_a_cut_of_today_takes_is_told(book_of, orders, said):
    # A owes 10,000 within 90,000, which insures both orders; of 60,000 the first takes 40,000, the second 10,000.
    tables = {} if orders is None else {"orders": f"order_id,buyer_id,kind,date,amount,expected_on,closed\n{orders}"}
    book = book_of(AS_OF, **LEDGER, **tables)
    cut = insurer_limits.after_cut_today(book, POLICY, pd.Series({"A": 60_000.0}))
    assert of_limits.cut_today(cut, "EUR") == (
        f"What was shipped keeps its cover: 1 invoice or delivery with insured debt of EUR 10,000.{said}"
    )
    assert of_limits.cut_today(cut.iloc[:0], "EUR") == "No limit of the insurer's would be cut."


def test_every_reason_for_a_review_has_its_words():
    assert set(of_limits.REVIEWS) == set(insurer_limits.REVIEWS)
