"""The back-test: what is counted, and that nothing of later days enters a forecast."""

import numpy as np
import pandas as pd
import pytest

from tradecredit import Book, Run
from tradecredit.cash import back_test, plain_rules
from tradecredit.params.base import PROJECT


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tradecredit.book.memory.CACHE", tmp_path_factory.mktemp("books"))
        run = Run.from_yaml(PROJECT / "params" / "demo.yaml")
        yield Book.open(
            run.model_copy(update={"source": run.source.model_copy(update={"buyers": 80, "invoices": 4_000})})
        )


@pytest.fixture(scope="module")
def tested(book):
    return back_test.back_test.__wrapped__(book, 3)


def test_the_last_date_is_one_whose_weeks_have_passed(book):
    # 31 July 2026 + 91 days = 30 October 2026.
    found = back_test.dates(book, 2)
    assert found == [pd.Timestamp("2026-06-30"), pd.Timestamp("2026-07-31")]


def test_what_came_in_is_the_receipts_of_the_weeks(book, tested):
    paid = book.receipts[book.receipts["kind"] == "payment"].set_index("received")["amount"]
    first = tested.weeks[(tested.weeks["as_of_then"] == "2026-07-31") & (tested.weeks["week"] == 1)]
    assert first["came_in"].iloc[0] == pytest.approx(paid["2026-08-01":"2026-08-07"].sum())
    total = tested.totals[(tested.totals["as_of_then"] == "2026-07-31") & (tested.totals["span"] == "13 weeks")]
    assert total["came_in"].iloc[0] == pytest.approx(paid["2026-08-01":"2026-10-30"].sum())


def test_errors_and_coverage_are_those_of_the_totals():
    totals = pd.DataFrame(
        {
            "span": ["4 weeks", "13 weeks"] * 2, "came_in": [100.0, 400.0, 100.0, 400.0],
            "expected_cash": [110.0, 400.0, 90.0, 440.0], "low_80": 95.0, "high_80": 405.0, "low_95": 90.0,
            "high_95": [99.0, 399.0, 500.0, 500.0],
        }
        | dict.fromkeys(back_test.RULES, 120.0)
    )  # fmt: skip
    found = back_test.CashBackTest(totals.iloc[:0].drop(columns="span"), totals)
    errors = found.errors()
    assert errors.loc["expected_cash"].tolist() == pytest.approx([0.1, 0.0, 0.05, 0.05])
    assert errors.loc["by_due_day", "error_4"] == pytest.approx(0.2)
    assert found.beside_best() == pytest.approx({"4 weeks": 0.5, "13 weeks": 0.05 / 0.7})
    assert found.coverage().loc["13 weeks", ["within_80", "within_95", "tested"]].tolist() == [1.0, 0.5, 2]


def test_weeks_count_as_far_as_they_are_independent_in_the_scenarios():
    random = np.random.default_rng(1)
    alone, year = random.normal(size=(20_000, 13)), random.normal(size=(20_000, 1))
    assert back_test.independent(alone) == pytest.approx({"independent_80": 1.0, "independent_95": 1.0}, abs=0.05)
    # Weeks that are one and the same count as one, and so do those of scenarios that are.
    as_one = {"independent_80": 1 / 13, "independent_95": 1 / 13}
    assert back_test.independent(np.repeat(year, 13, axis=1)) == pytest.approx(as_one)
    assert back_test.independent(np.ones((5, 13))) == pytest.approx(as_one)


def test_a_table_of_weeks_tells_how_far_they_are_independent(tested):
    of_date = tested.weeks.groupby("as_of_then")[["independent_80", "independent_95"]].nunique()
    assert (of_date == 1).all(axis=None)
    parts = tested.weeks[["independent_80", "independent_95"]].to_numpy()
    assert (parts > 1 / 13 - 1e-9).all() and (parts <= 1).all()


def test_later_rows_change_no_forecast(book, tested):
    alone = back_test._one(book.at("2026-07-31"), back_test._received(book))[0]
    then = tested.weeks[tested.weeks["as_of_then"] == "2026-07-31"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, then)


def test_a_ledger_without_past_months_is_not_tested(book_of):
    young = book_of(
        "2026-10-31", invoices="invoice_id,buyer_id,issued,due,amount\nI1,B1,2026-10-01,2026-10-31,1000\n",
        receipts="invoice_id,received,amount,kind\n",
    )  # fmt: skip
    assert back_test.back_test.__wrapped__(young).weeks.empty


def test_the_same_weeks_of_the_year_before():
    assert plain_rules.year_before(np.arange(60.0), 3).tolist() == [8.0, 9.0, 10.0]
    assert np.isnan(plain_rules.year_before(np.arange(51.0), 3)).all()


def test_plain_rules_pay_on_the_due_day_or_so_many_days_later(book_of):
    book = book_of(
        "2026-10-31",
        invoices="invoice_id,buyer_id,issued,due,amount\nI1,B1,2026-10-01,2026-11-05,1000\nI2,B1,2026-09-01,2026-10-01,70\n",
        receipts="invoice_id,received,amount,kind\n",
    )
    nothing = np.zeros(21)
    assert plain_rules.paid_after(book, np.zeros(1), nothing).tolist() == [1070.0, 0.0, 0.0]
    assert plain_rules.paid_after(book, np.full(1, 5.0), nothing).tolist() == [70.0, 1000.0, 0.0]
