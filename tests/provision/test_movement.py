"""The movement of the provision: each line by hand, and adding up to the cent in every month of the demo."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import Book
from tradecredit.params.base import PROJECT
from tradecredit.provision.movement import (
    CLOSING,
    LINES,
    OPENING,
    by_buyer,
    by_month,
    movement,
    movements,
    published_before,
)
from tradecredit.provision.provision import provision_on

RATES = {"whole book": [0.01, 0.02, 0.05, 0.10, 0.50]}
RUN = {"provision": {"method": "stated", "rates": RATES, "rates_source": "by hand"}, "losses": {"lgd": 0.6}}
SINCE, UNTIL = pd.Timestamp("2026-09-30"), pd.Timestamp("2026-10-31")

INVOICES = """invoice_id,buyer_id,issued,due,amount
PAID,B1,2026-09-01,2026-10-15,1000
PART,B1,2026-09-01,2026-10-30,2000
LATE,B2,2026-08-01,2026-09-15,4000
GONE,B3,2026-05-01,2026-06-01,5000
FELL,B4,2026-09-05,2026-11-30,6000
NEW1,B1,2026-10-05,2026-11-30,7000
NEW2,B5,2026-10-05,2026-10-10,300
"""
RECEIPTS = """invoice_id,received,amount,kind
PAID,2026-10-12,1000,payment
PART,2026-10-20,500,payment
GONE,2026-10-20,1000,payment
GONE,2026-10-25,4000,write_off
NEW2,2026-10-25,300,write_off
"""
DEFAULTS = "buyer_id,date,kind,debt,recovered,resolved\nB4,2026-10-10,insolvency,6000,,\n"


def test_each_line_by_hand(book_of):
    """At the end of September 10 + 20 + 80 (2 % of 4,000) + 2,500 (half of 5,000) + 60 = 2,670.

    PAID releases 10, PART a quarter of 20, GONE a fifth of 2,500; PART is late now: 1,500 × (2 % − 1 %); LATE is 46
    days past due: 4,000 × (5 % − 2 %); FELL has failed: 6,000 × (60 % − 1 %); of GONE 4,000 were written off of which
    2,000 were provided for. NEW1 is 1 % of 7,000, and NEW2 was lost whole.
    """
    lines = movement(
        book_of("2026-10-31", run=RUN, invoices=INVOICES, receipts=RECEIPTS, defaults=DEFAULTS), SINCE, UNTIL
    )
    assert lines.index.tolist() == list(LINES)
    assert lines[OPENING] == 2_670.0
    assert lines["new_invoices"] == 70.0 + 300.0
    assert lines["released_by_payment"] == -(10.0 + 5.0 + 500.0)
    assert lines["released_by_recovery"] == 0.0
    assert lines["worse"] == 15.0 + 120.0 + 3_540.0 + 2_000.0
    assert lines["better"] == 0.0
    assert lines["changed_rates"] == 0.0
    assert lines["provision_used"] == -4_300.0
    assert lines[CLOSING] == 30.0 + 200.0 + 3_600.0 + 70.0


def test_what_was_provided_at_month_ends_is_told_unless_insurance_is_taken_off_it(book_of):
    """2,670 of 18,000 owed at the end of September, 3,900 of 18,500 at that of October: the lines above."""
    tables = {"invoices": INVOICES, "receipts": RECEIPTS, "defaults": DEFAULTS}
    found = published_before(book_of("2026-10-31", run=RUN, **tables)).loc["2026-09-30":]
    assert found["provision"].tolist() == [2_670.0, 3_900.0]
    assert found["coverage_ratio"].tolist() == pytest.approx([2_670 / 18_000, 3_900 / 18_500])
    integral = RUN | {"provision": RUN["provision"] | {"insurance": "integral"}}
    assert published_before(book_of("2026-10-31", run=integral, **tables)).columns.tolist() == ["coverage_ratio"]


def test_what_each_buyer_did_to_the_months_loss_by_hand(book_of):
    """Of the lines above: B1 −10 − 5 + 15 + 70, B2 120, B3 −500 + 2,000, B4 3,540, B5 300; all but what was used."""
    found = by_buyer(book_of("2026-10-31", run=RUN, invoices=INVOICES, receipts=RECEIPTS, defaults=DEFAULTS))
    assert found["expense"].to_dict() == {"B4": 3_540.0, "B3": 1_500.0, "B5": 300.0, "B2": 120.0, "B1": 70.0}
    assert found["provision_used"].to_dict() == {"B4": 0.0, "B3": -4_000.0, "B5": -300.0, "B2": 0.0, "B1": 0.0}
    assert found.index[0] == "B4"
    assert by_buyer(book_of("2026-05-20", run=RUN, invoices=INVOICES, receipts=RECEIPTS)).empty


def test_the_months_of_a_year_added_up_begin_and_end_as_the_year_does(months):
    table = movements(months[0])
    assert (
        table.loc[[OPENING, CLOSING], "months_of_year"].tolist() == table.loc[[OPENING, CLOSING], "since_year"].tolist()
    )
    between = table["months_of_year"].drop([OPENING, CLOSING])
    assert between.sum() == pytest.approx(
        table.loc[CLOSING, "since_year"] - table.loc[OPENING, "since_year"], abs=0.005
    )
    # What was sold and paid within the year is released by its months alone.
    assert between["released_by_payment"] < table.loc["released_by_payment", "since_year"]


def test_what_a_failed_buyer_brings_in_and_what_is_expected_no_more(book_of):
    """6,000 of a buyer that failed on 10 October 2025: 60 % until it is 12 months ago, all after; 1,200 come in."""
    failed = DEFAULTS.replace("2026-10-10", "2025-10-10")
    invoices = INVOICES.splitlines()[0] + "\nFELL,B4,2025-09-05,2026-09-20,6000\n"
    receipts = "invoice_id,received,amount,kind\nFELL,2026-10-05,1200,recovery\n"
    lines = movement(
        book_of("2026-10-31", run=RUN, invoices=invoices, receipts=receipts, defaults=failed), SINCE, UNTIL
    )
    assert lines[OPENING] == 3_600.0
    assert lines["released_by_recovery"] == -720.0  # a fifth
    assert lines["worse"] == 4_800.0 - 2_880.0
    assert lines[CLOSING] == 4_800.0


def test_a_buyer_that_is_in_default_no_more_is_better(book_of):
    """A protracted default whose debt was paid: 60 % of the buyer's other invoice goes back to 2 %."""
    invoices = INVOICES.splitlines()[0] + "\nOLD,B4,2026-07-05,2026-08-20,1000\nFELL,B4,2026-09-25,2026-10-20,6000\n"
    receipts = "invoice_id,received,amount,kind\nOLD,2026-10-05,1000,payment\n"
    failed = "buyer_id,date,kind,debt,recovered,resolved\nB4,2026-09-10,protracted,1000,,\n"
    book = book_of("2026-10-31", run=RUN, invoices=invoices, receipts=receipts, defaults=failed)
    lines = movement(book, SINCE, UNTIL)
    assert lines[OPENING] == 600.0 + 3_600.0
    assert lines["released_by_payment"] == -600.0
    assert lines["better"] == 120.0 - 3_600.0
    assert lines[CLOSING] == 120.0


def test_a_column_is_missing_where_the_history_is_too_short(book_of):
    table = movements(book_of("2026-10-31", run=RUN, invoices=INVOICES, receipts=RECEIPTS))
    assert table["since_year"].isna().all()
    assert table.loc[CLOSING, "since_month"] == pytest.approx(30.0 + 200.0 + 60.0 + 70.0)
    nobody = {"invoices": INVOICES.splitlines()[0] + "\n"}
    assert movements(book_of("2026-10-31", run=RUN, **nobody)).isna().all(axis=None)


@pytest.fixture(scope="module")
def months() -> tuple[Book, pd.DataFrame]:
    book = Book.open(PROJECT / "params" / "demo.yaml")
    return book, by_month(book, 36)


def test_it_adds_up_to_the_cent_in_every_month_of_the_demo(months):
    book, table = months
    # From the end of the first year, when rates are first known.
    assert table.index.tolist() == pd.date_range("2024-12-31", "2026-10-31", freq="ME").tolist()
    cents = (table[list(LINES)] * 100).round().astype("int64")
    assert (table[list(LINES)] * 100 - cents).abs().max(axis=None) < 1e-4
    assert (cents[list(LINES[:-1])].sum(axis=1) == cents[CLOSING]).all()
    assert (cents[OPENING].to_numpy()[1:] == cents[CLOSING].to_numpy()[:-1]).all()
    assert cents[CLOSING].iloc[-1] == round(provision_on(book, book.as_of)["provision"].sum() * 100)


def test_the_signs_of_the_lines(months):
    _, table = months
    for line in ("new_invoices", "worse"):
        assert (table[line] >= 0).all()
    for line in ("better", "provision_used", "released_by_recovery"):
        assert (table[line] <= 0).all()


def test_a_year_is_not_the_sum_of_its_months_but_ends_where_they_end(months):
    """Over a year an invoice is new and paid and is in no line; opening, closing and what was used are the same."""
    book, table = months
    year, last = movements(book)["since_year"], table.tail(12)
    assert year[OPENING] == last[OPENING].iloc[0]
    assert year[CLOSING] == last[CLOSING].iloc[-1]
    assert year["provision_used"] == pytest.approx(last["provision_used"].sum(), abs=0.005)
    assert not np.isclose(year["worse"], last["worse"].sum())


KINDS = ("payment", "write_off", "claim", "recovery", "credit_note")
INVOICE = st.tuples(st.integers(0, 3), st.integers(0, 120), st.integers(0, 60), st.integers(100, 1_000_000))
RECEIPT = st.tuples(st.integers(0, 5), st.integers(0, 150), st.floats(-0.5, 1.5), st.sampled_from(KINDS))


@settings(max_examples=20)
@given(st.lists(INVOICE, min_size=1, max_size=6), st.lists(RECEIPT, max_size=10), st.integers(0, 120))
def test_it_adds_up_whatever_happens(book_of, invoices, receipts, failed):
    """Random ledgers: part payments, returned ones, claims, write-offs beyond what is owed, and a failure."""
    day = pd.Timestamp("2026-07-01")
    issued = [(f"I{place}", f"B{buyer}", day + pd.Timedelta(days=after), terms, cents / 100)
              for place, (buyer, after, terms, cents) in enumerate(invoices)]  # fmt: skip
    rows = [f"{name},{buyer},{on.date()},{(on + pd.Timedelta(days=terms)).date()},{amount}"
            for name, buyer, on, terms, amount in issued]  # fmt: skip
    money = [f"{name},{(on + pd.Timedelta(days=after)).date()},{round(part * amount, 2)},{kind}"
             for place, after, part, kind in receipts if place < len(issued)
             for name, _, on, _, amount in issued[place : place + 1] if kind == "payment" or part > 0]  # fmt: skip
    book = book_of(
        "2026-10-31",
        run=RUN,
        invoices="\n".join(["invoice_id,buyer_id,issued,due,amount", *rows]),
        receipts="\n".join(["invoice_id,received,amount,kind", *money]),
        defaults=DEFAULTS.replace("B4,2026-10-10", f"B0,{(day + pd.Timedelta(days=failed)).date()}"),
    )
    for since in (SINCE, pd.Timestamp("2026-08-31")):
        lines = movement(book, since, UNTIL)
        assert lines[list(LINES[:-1])].sum() == pytest.approx(lines[CLOSING], abs=0.001)
        assert lines[OPENING] == pytest.approx(provision_on(book, since)["provision"].sum(), abs=0.001)
        assert lines[CLOSING] == pytest.approx(provision_on(book, UNTIL)["provision"].sum(), abs=0.001)
        assert lines["provision_used"] <= 0 <= lines["new_invoices"]
        # With stated rates and one currency nothing but cents of rounding is left for other rates.
        assert abs(lines["changed_rates"]) <= 0.01 * len(issued) + 0.001
