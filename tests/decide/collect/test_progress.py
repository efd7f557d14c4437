"""How well collection goes, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.collect import progress

STAGES = [
    {"name": "first", "after_days_past_due": 5, "cost": 2.0},
    {"name": "second", "after_stage_before": 10, "cost": 5.0},
]
RUN = {"collections": {"stages": STAGES, "outcome_days": 10}}
INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,A,2026-06-01,2026-07-01,1000
I2,A,2026-06-01,2026-07-01,500
I3,B,2026-06-01,2026-07-01,300
I4,B,2026-08-01,2026-08-31,200
"""
REMINDERS = """invoice_id,stage,sent
I1,first,2026-07-10
I2,first,2026-07-10
I3,first,2026-07-20
I3,second,2026-08-03
I4,first,2026-09-25
I3,of old,2026-07-02
"""
RECEIPTS = """invoice_id,received,amount,kind
I1,2026-07-05,100,payment
I1,2026-07-10,400,payment
I1,2026-07-21,500,payment
I2,2026-07-18,450,payment
I2,2026-07-19,50,credit_note
I3,2026-08-10,300,payment
"""


@pytest.fixture
def book(book_of):
    return book_of("2026-09-30", run=RUN, invoices=INVOICES, receipts=RECEIPTS, reminders=REMINDERS)


def test_what_came_after_each_letter(book):
    """Of I1 900 were open, of which 400 came on the day and 500 after eleven days, one too late; of I2 all."""
    table = progress.letters(book)
    assert table["stage"].tolist() == ["first", "first", "first", "second", "first"]
    assert table["asked_amount"].tolist() == [900, 500, 300, 300, 200]
    assert table["came"].tolist() == [400, 500, 0, 300, 0]
    assert table["days_to_money"].fillna(-1).tolist() == [11, 8, 21, 7, -1]
    assert table["counts"].tolist() == [True, True, True, True, False]


def test_by_stage_and_month(book):
    """First letters: 900 of 1,700 came; one of three invoices within ten days. Of 8, 11, 21 and more than 5 days the
    middle is 11: of four one is known for five days, two thirds are left after 8, a third after 11. Two of A's are one
    letter: three of 2, and one of 5."""
    by_stage = progress.by_stage(book)
    assert by_stage.loc["first", ["letters", "reminded_invoices", "asked_amount", "cost"]].tolist() == [3, 4, 1900, 6]
    assert by_stage.loc["first", "days_to_money"] == 11
    assert by_stage.loc["first", "collected"] == pytest.approx(900 / 1700)
    assert by_stage.loc["first", "paid_invoices"] == pytest.approx(1 / 3)
    assert by_stage.loc["second", ["letters", "collected", "days_to_money", "cost"]].tolist() == [1, 1, 7, 5]
    by_month = progress.by_month(book)
    assert by_month["letters"].to_dict() == {
        (pd.Timestamp("2026-07-31"), "first"): 2, (pd.Timestamp("2026-08-31"), "second"): 1,
        (pd.Timestamp("2026-09-30"), "first"): 1,
    }  # fmt: skip
    # Five days after it nothing can be said of September's.
    assert (
        by_month.loc[(pd.Timestamp("2026-09-30"), "first"), ["collected", "paid_invoices", "days_to_money"]]
        .isna()
        .all()
    )


def test_without_letters_nothing_is_said(book_of):
    book = book_of("2026-09-30", run=RUN, invoices=INVOICES, receipts=RECEIPTS)
    assert progress.by_stage(book).index.tolist() == ["first", "second"]
    assert progress.by_stage(book).isna().all(axis=None)
    assert progress.by_month(book).empty
    assert progress.promises_by_month(book).empty


def test_promises_by_the_month_of_their_day(book_of):
    promises = (
        "buyer_id,invoice_id,made,date,amount\nA,I1,2026-07-08,2026-07-22,900\nA,I2,2026-07-08,2026-07-12,500\n"
        "B,I4,2026-09-20,2026-09-29,200\nB,I4,2026-09-30,2026-10-29,200\n"
    )
    book = book_of("2026-09-30", run=RUN, invoices=INVOICES, receipts=RECEIPTS, promises=promises)
    table = progress.promises_by_month(book)
    july = table.loc[pd.Timestamp("2026-07-31")]
    assert july[["promises", "promised_amount", "kept", "broken"]].tolist() == [2, 1400, 1, 1]
    assert (july["kept_share"], july["kept_amount_share"]) == (0.5, pytest.approx(900 / 1400))
    # On the 30th the grace of the one of the 29th is not over.
    september = table.loc[pd.Timestamp("2026-09-30")]
    assert september[["promises", "still_open"]].tolist() == [1, 1]
    assert np.isnan(september["kept_share"])
    assert len(table) == 2


def test_goals_are_reached_within_reach_or_out_of_reach(book_of):
    """Sales of the last three months, 92 days: 9,200. Owed on 30 September 4,000, of which 1,500 past due: a DSO of
    40, of 25 at best. Three months before 2,000 were owed, none of it late: a turnover of 9,200 / 3,000 × 365 / 92, and
    9,200 / 2,250 × 365 / 92 at best."""
    invoices = (
        "invoice_id,buyer_id,issued,due,amount\nI0,A,2026-06-15,2026-07-15,2000\nI1,A,2026-07-10,2026-08-10,1500\n"
        "I2,A,2026-09-10,2026-10-10,2500\nI3,A,2026-07-20,2026-08-20,5200\n"
    )
    receipts = "invoice_id,received,amount,kind\nI0,2026-07-15,2000,payment\nI3,2026-08-20,5200,payment\n"

    def goals(dso: float | None, turnover: float | None) -> pd.DataFrame:
        run = {"collections": {"dso_goal": dso, "turnover_goal": turnover}}
        return progress.goals(book_of("2026-09-30", run=run, invoices=invoices, receipts=receipts))

    table = goals(30, 12.5)
    assert table.loc["dso", ["goal", "value", "best_possible"]].tolist() == pytest.approx([30, 40, 25])
    assert table.loc["turnover", "value"] == pytest.approx(9200 / 3000 * 365 / 92)
    assert table.loc["turnover", "best_possible"] == pytest.approx(9200 / 2250 * 365 / 92)
    assert table["goal_verdict"].tolist() == [
        "within reach",
        "reached" if 9200 / 3000 * 365 / 92 >= 12.5 else "within reach",
    ]
    assert table.loc["dso", "to_collect"] == pytest.approx(1000)
    assert goals(20, 17)["goal_verdict"].tolist() == ["out of reach", "out of reach"]
    assert goals(40, 12)["goal_verdict"].tolist() == ["reached", "reached"]
    assert goals(None, None)["goal_verdict"].tolist() == ["no goal", "no goal"]
    assert goals(20, None)["to_collect"].isna().all()
