"""The watchlist: what it is made of, who moved on it, and how it is followed back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ledgers import paid_without_days

from tradecredit import Book, Run, default
from tradecredit.cash import back_test
from tradecredit.decide.collect import audit
from tradecredit.decide.collect.back_test import BY_PD, LATE, THRESHOLDS, WATCHLIST, of_reviews
from tradecredit.decide.collect.watchlist import (
    BETTER,
    FAILED,
    IN,
    OUT,
    WORSE,
    _moves,
    month_before_known,
    moved,
    past,
    review,
    watchlist,
)
from tradecredit.measure.default_events import in_default, loss_given_default
from tradecredit.params.base import PROJECT
from tradecredit.params.early_warning import ODDS
from tradecredit.params.source import FolderSource

pytestmark = pytest.mark.usefixtures("own_results")


@pytest.fixture(scope="module")
def book(request) -> Book:
    request.getfixturevalue("own_results")
    source = {"kind": "demo", "seed": 3, "buyers": 80, "invoices": 4_000}
    settings = {"list_from": 0.05, "odds": {"silent": 20.0, "limit_use": 3.0}}
    run = Run(entity="Test", currency="EUR", as_of="2026-10-31", source=source, file=PROJECT / "params" / "x.yaml",
              policy=PROJECT / "params" / "policies" / "current.yaml", early_warning=settings)  # fmt: skip
    return Book.open(run)


def test_signals_multiply_the_odds_and_the_stake_is_a_product(book):
    found = review(book)
    table = found.buyers
    factors = ODDS | {"silent": 20.0, "limit_use": 3.0}
    for buyer, row in table.iterrows():
        factor = np.prod([factors.get(code, 1.0) for code in row["signals"].split("; ")])
        odds = row["pd"] / (1 - row["pd"]) * factor
        assert row["pd_warned"] == pytest.approx(odds / (1 + odds)), buyer
    stake = table["pd_warned"] * loss_given_default(book).lgd * table["exposure"]
    assert table["expected_loss_at_stake"].tolist() == pytest.approx(stake.tolist())
    assert (table["listed"] == (table["pd_warned"] >= 0.05)).all()
    assert not table.index.isin(in_default(book)).any()
    assert table["pd"].equals(default.assess(book)["pd"].reindex(table.index))
    told = found.signals[found.signals["buyer_id"].isin(table.index)]
    codes = table.loc[table["signals"] != "", "signals"]
    assert told.groupby("buyer_id")["signal"].agg("; ".join).to_dict() == codes.to_dict()


def test_the_list_is_ranked_by_what_is_at_stake_and_tells_since_when(book):
    table = watchlist(book, 5)
    assert len(table) > 2
    assert table["expected_loss_at_stake"].is_monotonic_decreasing
    assert set(table.index) == set(review(book).buyers.query("listed").index)
    before = {day: set(rows.loc[rows["listed"], "buyer_id"]) for day, rows in past(book, 5).groupby("date")}
    for buyer, since in table["listed_since"].items():
        days = [day for day in before if day >= since]
        assert all(buyer in before[day] for day in days), buyer
        earlier = [day for day in before if day < since]
        assert not earlier or buyer not in before[max(earlier)], buyer
    assert (table["insured_debt"] >= 0).all()
    assert table["insured_debt"].sum() > 0


def test_past_days_are_as_known_then(book):
    """The row of a day is that of the book of that day, and what the book has learnt since changes nothing."""
    rows = past(book, 2)
    days = rows["date"].unique()
    assert list(days) == [pd.Timestamp("2026-08-31"), pd.Timestamp("2026-09-30")]
    then = rows[rows["date"] == days[0]].drop(columns="date").set_index("buyer_id")
    pd.testing.assert_frame_equal(then, review(book.at(days[0])).buyers, check_names=False)
    assert past(book, 3)["date"].nunique() == 3


def test_open_items_alone_warn_of_what_is_overdue_and_say_what_is_not_testable(book_of):
    """Of two buyers that nothing was ever paid of, one is 91 days overdue."""
    invoices = (
        "invoice_id,buyer_id,issued,due,amount\nA1,A,2026-02-01,2026-03-31,9000\nB1,B,2026-06-01,2026-07-31,9000\n"
    )
    book = book_of("2026-06-30", invoices=invoices, receipts="invoice_id,received,amount,kind\n")
    # The demo company's ledger alone is whole without a receipt.
    source = FolderSource(kind="folder", path=Path("x"))
    book = replace(book, run=book.run.model_copy(update={"source": source}))
    found = review(book)
    # What was open before, and has been paid since, is not in the list: no grade of then tells what has changed.
    assert found.signals[["buyer_id", "signal", "signal_value"]].values.tolist() == [["A", "overdue", 91]]
    lacking = {"slower", "silent", "part_payments", "orders_stop", "disputes", "limit_use", "grade_fallen"}
    assert lacking <= set(found.lacking.index)
    assert not month_before_known(book)
    assert moved(book).empty
    assert past(book).empty
    assert of_reviews(past(book), book).compared.empty


@pytest.mark.parametrize(("undated", "known"), [(0, True), (2, False)])
def test_what_was_paid_on_no_known_day_is_open_in_no_month_before(undated, known, book_of):
    """Of ten monthly invoices, all paid, two have no day of payment: they would stand open a month ago."""
    book = book_of("2026-10-31", **paid_without_days(undated))
    assert month_before_known(book) == known
    assert (audit.month_before(book) is not None) == known
    assert bool(back_test.dates(book, 12)) == known


def test_moves_are_of_the_list_first_and_then_of_grades():
    """A comes on the list, B on it has failed, H beside it too, C is worse by a grade, D better, E as it was, F is new,
    G neither owes nor buys any more; Z was in default before."""
    then = {"A": (6, 0.1, "", False), "B": (9, 0.3, "silent", True), "C": (4, 0.01, "", False),
            "D": (5, 0.02, "disputes", False), "E": (3, 0.01, "overdue", False), "G": (9, 0.2, "", True),
            "H": (2, 0.01, "", False)}  # fmt: skip
    now = {"A": (6, 0.4, "silent; overdue", True), "C": (5, 0.02, "overdue", False), "D": (4, 0.01, "", False),
           "E": (3, 0.01, "overdue", False), "F": (3, 0.01, "", False)}  # fmt: skip
    names = ["grade", "pd_warned", "signals", "listed"]
    tables = [
        pd.DataFrame.from_dict(of, orient="index", columns=names).astype({"grade": "Int64"})
        .assign(exposure=100.0, expected_loss_at_stake=lambda table: 50 * table["pd_warned"]).rename_axis("buyer_id")
        for of in (now, then)
    ]  # fmt: skip
    found = _moves(*tables, failed=pd.Series({"B": 70.0, "H": 0.0, "Z": 900.0}))
    assert found["move"].to_dict() == {"B": FAILED, "A": IN, "G": OUT, "H": FAILED, "C": WORSE, "D": BETTER}
    assert list(found.index) == ["A", "B", "H", "G", "C", "D"]
    assert found["came"].tolist() == ["silent; overdue", "", "", "", "overdue", ""]
    assert found["went"].tolist() == ["", "", "", "", "", "disputes"]
    assert found.loc[["B", "H"], "grade"].tolist() == [10, 10]
    assert found.loc[["B", "H", "A"], "exposure"].tolist() == [70, 0, 100]
    assert pd.isna(found.loc["G", "grade"])
    assert found["grade_before"].tolist() == [6, 9, 2, 9, 4, 5]


def test_moves_of_a_book_are_between_its_two_reviews(book):
    found, now, then = moved(book), review(book).buyers, review(book.at("2026-09-30")).buyers
    came = set(now.query("listed").index) - set(then.query("listed").index)
    assert set(found.index[found["move"] == IN]) == came
    left = set(then.query("listed").index) - set(now.query("listed").index)
    failed = set(in_default(book)) & set(then.index)
    assert set(found.index[found["move"] == FAILED]) == failed
    assert set(found.index[found["move"] == OUT]) == left - failed


def test_the_back_test_compares_three_lists_on_the_same_months(book):
    few = past(book, 6)
    found = of_reviews(few, book)
    assert list(found.compared.index) == [WATCHLIST, BY_PD, LATE]
    assert found.compared.loc[WATCHLIST, "names_a_review"] == found.compared.loc[BY_PD, "names_a_review"]
    assert found.compared["reviews"].tolist() == [6] * 3
    assert len(found.frontier) == 2 * len(THRESHOLDS)
    shares = found.frontier[found.frontier["list"] == WATCHLIST]["share_named"]
    assert (shares.diff().dropna() <= 0).all()
    without = of_reviews(few, replace(book, defaults=book.defaults.head(0)))
    assert without.compared.empty
    assert without.frontier.empty
    assert without.added.empty
