"""Sentences on how collection goes on: which one is chosen, and its numbers."""

import pandas as pd

from tradecredit.params.collect import CollectionSettings
from tradecredit.words import progress

NAN = float("nan")


def test_how_well_it_goes():
    settings = CollectionSettings()
    table = pd.DataFrame({"collected": [0.5, NAN]}, index=pd.Index(["first", "second"], name="stage"))
    assert progress.by_stage(table, settings) == "Within 14 days came 50 % of what was asked for after the first."
    assert "old enough" in progress.by_stage(table.iloc[1:], settings)
    promises = pd.DataFrame({"kept": [3, 0], "broken": [1, 0]})
    assert progress.promises(promises) == "Of 4 promises whose day is over, **75 %** were kept."
    assert progress.promises(promises.iloc[1:]) == ""


def test_goals(book_of):
    """Of 1,100 to collect, B's 700 and A's 300 are the 1,000 that has to come in; open are the 1,000 that
    were sold in October, so that the DSO by countback is its 31 days."""
    invoices = (
        "invoice_id,buyer_id,issued,due,amount\nI0,A,2026-05-01,2026-06-30,900\nI1,A,2026-10-01,2026-11-30,1000\n"
    )
    receipts = "invoice_id,received,amount,kind\nI0,2026-06-30,900,payment\n"
    book = book_of("2026-10-31", invoices=invoices, receipts=receipts)
    acting = pd.DataFrame({"to_collect": [300.0, 700.0, 100.0]}, index=["A", "B", "C"])
    columns = ["figure", "goal", "value", "best_possible", "goal_verdict", "to_collect"]
    rows = [("dso", 30.0, 40.0, 25.0, "within reach", 1000.0), ("turnover", 9.0, 7.0, 8.0, "out of reach", NAN)]
    table = pd.DataFrame(rows, columns=columns).set_index("figure")
    told = progress.goals(table, acting, book)
    assert told.startswith(
        "The DSO on the sales of the last 3 months is 40 days, against a goal of 30 days and a best possible of 25 "
        "days: collection alone can meet the goal. The goal is not for the countback DSO, which is 31 days. To meet "
        "the DSO goal as of today EUR 1,000 of overdue receivables would have to be collected; the run file sets no "
        "date for it. The 2 buyers of the worklist that owe most owe that much together, of EUR 1,100 to collect."
    )
    assert "only shorter payment terms can meet it" in told
    assert "That is more than the EUR 300 that the worklist has to collect" in progress.goals(
        table, acting.head(1), book
    )
    none = pd.DataFrame([("dso", NAN, 40.0, 25.0, "no goal", NAN)], columns=columns).set_index("figure")
    assert progress.goals(none, acting, book) == ""
