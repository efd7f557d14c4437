"""Sentences on decisions: who, when and since when, the insurer's consent, and the rules that a page states."""

import pandas as pd
import pytest

from tradecredit.decide import buyer_sheet
from tradecredit.params.decisions import WORKING_DAYS
from tradecredit.params.run import Run
from tradecredit.words.buyer_sheets import ADVICE
from tradecredit.words.decisions import STAKES, WHAT, decided_by, due, who_and_when, who_decides

RUN = Run(entity="Test", currency="EUR", as_of="2026-10-31", source={"kind": "demo"}, file="x.yaml")


def by_kind(**columns):
    row = {
        "decision": "stop", "buyers": 3, "amount": 10.0, "authority": "board", "decides_on": 3, "state": "new",
        "each_decides": "board 1, head of credit 2",
        "due_day": pd.Timestamp("2026-11-03"), "since": pd.Timestamp("2026-08-31"), "moved": 0, "was": None, "new": 3,
        "last_due_day": pd.Timestamp("2026-11-03"),
    }  # fmt: skip
    return pd.Series(row | columns)


def test_every_kind_has_words():
    assert set(WHAT) == set(STAKES) == set(WORKING_DAYS)
    assert set(ADVICE) >= {*WHAT, *buyer_sheet.PRECEDENCE}


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({}, "Board, by 3 November 2026."),
        ({"last_due_day": pd.Timestamp("2026-11-04")}, "Board, the first by 3 November 2026."),
        ({"buyers": 0, "decides_on": 1}, "Board, by 3 November 2026."),
        ({"state": "open"}, "Board, by 3 November 2026, open since 31 August 2026."),
        ({"decides_on": 1}, "Board on 1 and head of credit on 2, by 3 November 2026."),
        ({"state": "open", "moved": 1, "was": "run down"},
         "Board, by 3 November 2026, open since 31 August 2026. Of them 1 was asked a month ago as “Deliver against "
         "payment alone”."),
    ],
)  # fmt: skip
def test_who_and_when(columns, sentence):
    assert who_and_when(by_kind(**columns)) == sentence


def test_who_decides_on_how_many():
    table = pd.DataFrame([by_kind(), by_kind(decides_on=1), by_kind(buyers=0, decides_on=1)])
    assert decided_by(table).tolist() == ["board", "board 1, head of credit 2", "board"]


def test_the_rules_are_stated():
    assert who_decides(RUN) == (
        "Decided whatever the amount: “Decide on the policy”, “Review the default model”, “Judge risk by buyer or "
        "for the portfolio” and “Raise cash or the credit line” by the board; “Collect overdue debt”, “Clear up old "
        "items of buyers that pay on”, “Look up notice and end of the policy” and “Give notice of the policy” by the "
        "credit analyst. All else goes by amount, to the first of credit analyst (up to EUR 50,000), head of credit "
        "(up to EUR 250,000), chief financial officer (up to EUR 1.00 m) and board that reaches up to it; what "
        "concerns a limit by the larger of the old and the new one, an excess over the limit to set by what is owed."
    )


def test_the_day_on_which_the_report_is_read_is_stated(book_of):
    book = book_of("2026-10-31", invoices="invoice_id,buyer_id,issued,due,amount\nI1,A,2026-10-01,2026-10-31,100\n")
    assert due(book).startswith("The report is read on 2 November 2026, the first working day after its day: ")
