"""What is said of the insurer's deadlines, and the events for calendars."""

import pandas as pd
import pytest
from advised import AS_OF, LEDGER, POLICY

from tradecredit.decide.collect import audit, declarations, insurer_calendar, insurer_limits
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.split import NOT_COUNTED
from tradecredit.words import insurer


@pytest.fixture(scope="module")
def book(book_of):
    buyers = "buyer_id,name\nA,Alder & Sons\n" + "".join(f"{buyer},\n" for buyer in "BCDEFGH")
    return book_of(AS_OF, buyers=buyers, **LEDGER)


def test_what_comes_next_is_told(book):
    deadlines = insurer_calendar.deadlines(book, [POLICY])
    # A is to be reported; B is late; C and D are to be claimed; supplies to A stop on 21 November.
    assert insurer.calendar(deadlines, "EUR") == (
        "Next: report the overdue debt of 1 buyer (EUR 10,000), the first by 20 November 2026; stop supplies to 1 "
        "buyer (EUR 10,000), the first by 20 November 2026; file the claim of 2 buyers (EUR 20,000), the first by 9 "
        "November 2026. 1 day to report or to file is past already."
    )
    assert insurer.calendar(deadlines.iloc[:0], "EUR") == "The policy sets no day for anything that is owed today."


def test_events_by_hand(book):
    policy = Policy(**POLICY.model_dump(exclude_unset=True) | {"filing_days": 60})
    events = insurer.events(insurer_calendar.deadlines(book, [policy]), book).set_index("matter")
    assert events.loc["own A 2026-11-20 overdue", ["day", "title", "text"]].tolist() == [
        pd.Timestamp("2026-11-20"), "Report the overdue debt: Alder & Sons (A), EUR 10,000",
        "own: 20 November 2026.\n1 invoice, the first A1.\nKind of notice: notice of an overdue debt.",
    ]  # fmt: skip
    assert events.loc["own D 2026-07-19", ["day", "title"]].tolist() == [
        pd.Timestamp("2026-11-02"), "Late: file the claim: D, EUR 10,000",
    ]  # fmt: skip
    assert events.loc["own H 2026-12-11", "text"].endswith("\nOnly if it stays unpaid.")
    assert not events.index.duplicated().any()


def test_a_declaration_is_an_event_of_no_buyer(book):
    terms = {"declaration": "balance", "declaration_days": 21}
    deadlines = insurer_calendar.deadlines(book, [Policy(**POLICY.model_dump(exclude_unset=True) | terms)])
    # 21 days from 31 October is a Saturday; all eight invoices are insurable.
    event = insurer.events(deadlines, book).set_index("kind").loc["declare"]
    assert event.tolist() == [
        pd.Timestamp("2026-11-20"), "own 2026-11-21", "Declare sales or balances: own, EUR 70,400",
        "own: 21 November 2026.\n8 invoices.",
    ]  # fmt: skip
    assert insurer.calendar(deadlines, "EUR").split("; ")[-1].startswith("declare EUR 70,400 by 20 November 2026.")
    assert insurer_calendar.by_buyer(deadlines)["buyer_id"].notna().all()


def test_codes_are_told_in_words(book):
    table = insurer_calendar.deadlines(book, [POLICY])
    told = insurer.with_deadlines(table)
    assert told[["deadline", "state"]].notna().all(axis=None)
    assert told["notice"].notna().sum() == table["notice"].notna().sum()
    # Of B and F all days are past.
    told = insurer.with_next(insurer_calendar.by_buyer(table)).set_index("buyer_id")["next_deadline"]
    assert told[told.notna()].index.tolist() == ["C", "D", "A", "H"]
    assert told["A"] == "report the overdue debt"


def test_what_breaches_cost_is_told(book):
    # B is reported late; G has no limit; F owes too little to be reported.
    found = audit.by_breach(audit.breaches(book, POLICY))
    assert insurer.breaches(found, "EUR") == (
        "If these buyers did not pay, what breaches cost, before deductibles: EUR 9,000 is not insured: EUR 9,000 "
        "shipped without a limit of the insurer's; EUR 9,000 is insured and in doubt: EUR 9,000 overdue debt not "
        "reported in time, if the insurer does not know of it."
    )
    assert insurer.breaches(found.iloc[:0], "EUR") == "No breach of the policy shows in what is owed today."
    assert insurer.with_breaches(found).index.tolist() == [
        insurer.BREACHES["reported late"], insurer.BREACHES["no limit"],
    ]  # fmt: skip


def test_every_breach_has_its_words():
    assert set(insurer.BREACHES) == set(audit.BREACHES)


def test_how_cover_has_moved_is_told(book):
    before = audit.month_before(book)
    told = insurer.cover_since(audit.classes(book, POLICY, before), "EUR")
    # E was not shipped yet on 30 September: 50,400 of 60,400 lay within limits, and 60,400 of 70,400 do now.
    assert told == ("**85.8 %** of receivables, EUR 60,400, lies within limits, +2.4 pp since the month before.")
    assert insurer.cover_since(audit.classes(book, POLICY, None), "EUR").startswith("The book knows no earlier month")


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
        (None, " The book has no open orders of these buyers: which of them would lose cover is not known."),
    ],
)  # fmt: skip
def test_what_a_cut_of_today_takes_is_told(book_of, orders, said):
    # A owes 10,000 within 90,000, which insures both orders; of 60,000 the first takes 40,000, the second 10,000.
    tables = {} if orders is None else {"orders": f"order_id,buyer_id,kind,date,amount,expected_on,closed\n{orders}"}
    book = book_of(AS_OF, **LEDGER, **tables)
    cut = insurer_limits.after_cut_today(book, POLICY, pd.Series({"A": 60_000.0}))
    assert insurer.cut_today(cut, "EUR") == (
        f"What was shipped keeps its cover: 1 invoice or delivery with insured debt of EUR 10,000.{said}"
    )
    assert insurer.cut_today(cut.iloc[:0], "EUR") == "No limit of the insurer's would be cut."


def test_every_reason_for_a_review_has_its_words():
    assert set(insurer.REVIEWS) == set(insurer_limits.REVIEWS)
