"""What is said of the insurer's deadlines, and the events for calendars."""

import pandas as pd
import pytest
from advised import AS_OF, LEDGER, POLICY

from tradecredit.decide.collect import insurer_calendar
from tradecredit.insurance.policy import Policy
from tradecredit.words import insurer


@pytest.fixture(scope="module")
def book(book_of):
    buyers = "buyer_id,name\nA,Alder & Sons\n" + "".join(f"{buyer},\n" for buyer in "BCDEFGH")
    return book_of(AS_OF, buyers=buyers, **LEDGER)


def test_what_comes_next_is_told(book):
    deadlines = insurer_calendar.deadlines(book, [POLICY])
    # A is to be reported; B is late; C and D are to be claimed; supplies to A stop on 21 November.
    assert insurer.calendar(deadlines, "EUR") == (
        "Next: report the overdue debt of 1 buyer (EUR 10,000), the first by 20 November 2026; stop supplies of 1 "
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


def test_codes_are_told_in_words(book):
    table = insurer_calendar.deadlines(book, [POLICY])
    told = insurer.with_deadlines(table)
    assert told[["deadline", "state"]].notna().all(axis=None)
    assert told["notice"].notna().sum() == table["notice"].notna().sum()
    # Of B and F all days are past.
    told = insurer.with_next(insurer_calendar.by_buyer(table)).set_index("buyer_id")["next_deadline"]
    assert told[told.notna()].index.tolist() == ["C", "D", "A", "H"]
    assert told["A"] == "report the overdue debt"
