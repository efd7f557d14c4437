"""The receivables figures, against a ledger worked out by hand, closed forms and a published example."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import DAY, HAND, INVOICES, RECEIPTS, drawn

from tradecredit.book.calendar import window_start
from tradecredit.measure import receivables
from tradecredit.report.columns import labelled


def test_open_items_by_hand(book_of):
    items = receivables.open_items(book_of(DAY, **HAND)).set_index("invoice_id")
    assert list(items.columns) == [
        "buyer_id", "issued", "due", "amount", "payable_by", "paid", "impaired", "money", "open_amount",
        "exchange_difference", "settled", "paid_on", "days_past_due", "days_late",
    ]  # fmt: skip
    assert items["paid"].tolist() == [1000, 0, 500, 3000, 0]
    assert items["open_amount"].tolist() == [0, 600, 1500, 0, 4000]
    assert items["settled"].dropna().to_dict() == {"A1": pd.Timestamp("2026-01-19"), "B1": pd.Timestamp("2026-03-01")}
    assert items["days_past_due"].dropna().to_dict() == {"C1": 101, "A2": 45, "B2": -9}
    assert items["days_late"].tolist() == [10, 101, 45, -2, -9]


@pytest.mark.parametrize("kind", ["payment", "credit_note", "discount", "write_off", "recovery", "claim"])
def test_a_receipt_of_any_kind_reduces_the_open_amount(book_of, kind):
    receipts = f"invoice_id,received,amount,kind\nC1,2026-01-02,100,{kind}\nC1,2026-02-02,500,payment\n"
    items = receivables.open_items(book_of(DAY, invoices=INVOICES, receipts=receipts)).set_index("invoice_id")
    assert items.loc["C1", "open_amount"] == 0
    assert items.loc["C1", "settled"] == pd.Timestamp("2026-02-02")


def test_an_invoice_is_settled_by_the_receipt_that_closed_it_whatever_the_order_of_rows(book_of):
    # The receipt of 2 February closes it; the one of zero afterwards does not settle it again.
    receipts = """invoice_id,received,amount,kind
C1,2026-03-02,0,payment
C1,2026-02-02,500,payment
C1,2026-01-02,100,payment
"""
    items = receivables.open_items(book_of(DAY, invoices=INVOICES, receipts=receipts)).set_index("invoice_id")
    assert items.loc["C1", "settled"] == pd.Timestamp("2026-02-02")


def test_less_than_half_a_cent_is_nothing_and_a_cent_is_open(book_of):
    invoices = """invoice_id,buyer_id,issued,due,amount
X1,X,2026-01-01,2026-01-31,0.3
X2,X,2026-01-01,2026-01-31,0.3
X3,X,2026-01-01,2026-01-31,0
"""
    receipts = """invoice_id,received,amount,kind
X1,2026-01-05,0.1,payment
X1,2026-01-06,0.2,payment
X2,2026-01-06,0.29,payment
"""
    items = receivables.open_items(book_of(DAY, invoices=invoices, receipts=receipts))
    assert items["open_amount"].tolist() == [0, pytest.approx(0.01), 0]
    assert items["settled"].dt.day.fillna(0).tolist() == [6, 0, 1]


def test_ageing_by_due_date(book_of):
    table = receivables.ageing(book_of(DAY, **HAND))
    assert table.index.tolist() == ["current", "1–30", "31–60", "61–90", "91–120", "121–180", ">180"]
    assert table["amount"].tolist() == [4000, 0, 1500, 0, 600, 0, 0]
    assert table["share"].tolist() == pytest.approx([4000 / 6100, 0, 1500 / 6100, 0, 600 / 6100, 0, 0])
    assert table["invoices"].tolist() == table["buyers"].tolist() == [1, 0, 1, 0, 1, 0, 0]


def test_ageing_by_invoice_date(book_of):
    # B2 is 21 days old, A2 16 + 28 + 31 = 75, C1 16 + 31 + 28 + 31 = 106.
    book = book_of(DAY, {"ageing_from": "issued", "ageing_buckets": [30, 75, 105]}, **HAND)
    table = receivables.ageing(book)
    assert table["amount"].to_dict() == {"0–30": 4000, "31–75": 1500, "76–105": 0, ">105": 600}


def test_an_invoice_is_current_on_its_due_date_and_past_due_on_the_day_after(book_of):
    for day, bucket in (("2026-04-09", "current"), ("2026-04-10", "1–30"), ("2026-05-10", "31–60")):
        assert receivables.ageing(book_of(day, **HAND)).loc[bucket, "amount"] >= 4000


def test_figures_by_hand(book_of):
    figures = receivables.kpis(book_of(DAY, **HAND))
    assert list(figures.index) == list(receivables.FIGURES)
    assert figures["receivables"] == 1500 + 4000 + 600
    assert figures["overdue_amount"] == 1500 + 600
    assert (figures["open_invoices"], figures["open_buyers"]) == (3, 3)
    assert figures["sales"] == 2000 + 3000 + 4000
    assert figures["dso"] == pytest.approx(61)  # 6,100 / 9,000 × 90
    assert figures["dso_best_possible"] == pytest.approx(40)  # 4,000 / 9,000 × 90
    assert figures["average_days_delinquent"] == pytest.approx(21)
    # March's 4,000 leave 2,100 of 6,100: 31 days and 2,100 / 3,000 of February's 28.
    assert figures["dso_countback"] == pytest.approx(31 + 0.7 * 28)
    # 1,600 (A1 and C1) were open on 31 December.
    assert figures["turnover"] == pytest.approx(9000 / ((1600 + 6100) / 2) * 365 / 90)
    assert figures["cei"] == pytest.approx((1600 + 9000 - 6100) / (1600 + 9000 - 4000) * 100)
    assert figures["share_current"] == pytest.approx(4000 / 6100)
    assert figures["share_over_90"] == pytest.approx(600 / 6100)
    # A1 10 days, B1 early = 0; open and past due: A2 45 days, C1 101.
    assert figures["days_beyond_terms"] == pytest.approx(
        (1000 * 10 + 3000 * 0 + 1500 * 45 + 600 * 101) / (1000 + 3000 + 1500 + 600)
    )
    assert figures["largest_buyer_share"] == pytest.approx(4000 / 6100)
    assert figures["top_10_share"] == pytest.approx(1)
    assert figures["herfindahl"] == pytest.approx((1500**2 + 4000**2 + 600**2) / 6100**2)


def test_figures_carry_their_unit(book_of):
    book = book_of(DAY, **HAND)
    table = receivables.figures(book)
    pd.testing.assert_series_equal(table["value"], receivables.kpis(book), check_names=False)
    assert table.loc["receivables", "unit"] == "EUR"
    assert set(table["unit"]) == {"EUR", "count", "days", "fraction", "ratio"}
    assert set(table.index) <= set(labelled())


def test_like_stands_beside_like_of_the_survey(book_of):
    table = receivables.beside_survey(book_of(DAY, **HAND))
    # The survey's own page of the first quarter of 2021, and the copy of an older one (definitions §2.6).
    assert table["benchmark"].to_dict() == {
        "dso": 38.04, "dso_best_possible": 32.02, "average_days_delinquent": 3.00, "cei": 86.52,
        "share_current": 0.9056, "share_over_90": 0.0056,
    }  # fmt: skip
    older = table["older_benchmark"].dropna().to_dict()
    assert older == {"dso": 32.30, "share_current": 0.8267, "share_over_90": 0.008}
    assert table["value"].tolist() == pytest.approx([61, 40, 21, 4500 / 6600 * 100, 4000 / 6100, 600 / 6100])


def test_what_the_ledger_cannot_tell_is_missing_not_zero(book_of):
    figures = receivables.kpis(book_of(DAY, **HAND))
    # It begins in December 2025, records no dispute and no write-off.
    unknown = ["sales_12m", "dispute_rate", "open_disputes", "days_deductions_outstanding", "bad_debt_to_sales"]
    assert figures.index[figures.isna()].tolist() == unknown


def test_no_sales_in_the_window_leave_the_days_missing(book_of):
    figures = receivables.kpis(book_of("2026-09-30", **HAND))
    assert figures["sales"] == 0
    assert figures[["dso", "dso_best_possible", "average_days_delinquent"]].isna().all()
    assert figures["turnover"] == 0
    # Countback needs no window: April to September pass without sales, then March and part of February.
    assert figures["dso_countback"] == pytest.approx(30 + 31 + 30 + 31 + 31 + 30 + 31 + 0.7 * 28)


def test_a_window_that_begins_before_the_ledger_gives_nothing(book_of):
    figures = receivables.kpis(book_of("2026-02-28", **HAND))
    # The window is December to February, and the ledger is taken as complete from 1 December: sales are known, but
    # what was open on 30 November is not.
    assert figures["sales"] == 6600
    assert figures[["turnover", "cei"]].isna().all()
    assert math.isnan(receivables.kpis(book_of("2026-01-31", **HAND))["sales"])


def test_prepaid_buyers_sales_are_not_credit_sales(book_of):
    buyers = "buyer_id,kind\nA,private\nB,prepaid\nC,private\n"
    figures = receivables.kpis(book_of(DAY, **HAND, buyers=buyers))
    assert figures["sales"] == 2000
    assert figures["receivables"] == 6100


def test_dispute_figures_by_hand(book_of):
    # 1,800 are disputed but only 1,500 still owed; the second dispute on B1 was closed; 600 without an amount is C1.
    disputes = """invoice_id,opened,closed,amount,reason
A2,2026-02-20,,1800,price
B1,2026-02-05,2026-02-25,300,quality
C1,2025-12-28,,,
"""
    book = book_of(DAY, **HAND, disputes=disputes)
    figures = receivables.kpis(book)
    assert figures["dispute_rate"] == pytest.approx((1800 + 300) / 9000)
    assert figures["open_disputes"] == pytest.approx(1500 + 600)
    assert figures["days_deductions_outstanding"] == pytest.approx(2100 / (2100 / 90))
    table = receivables.disputes(book)
    assert table.index.tolist() == ["price", receivables.NOT_STATED]
    assert table["amount"].tolist() == [1500, 600]
    assert table["disputes"].tolist() == [1, 1]
    assert table["oldest_days"].tolist() == [39, 93]
    # B1's dispute was still open on 20 February.
    assert receivables.disputes(book.at("2026-02-20")).loc["quality", "amount"] == 300


def test_several_disputes_on_an_invoice_never_exceed_what_is_owed_on_it(book_of):
    disputes = """invoice_id,opened,amount,reason
A2,2026-02-20,1000,price
A2,2026-03-01,1000,quality
A2,2026-03-02,1000,quantity
"""
    table = receivables.disputes(book_of(DAY, **HAND, disputes=disputes))
    assert table["amount"].to_dict() == {"price": 1000, "quality": 500, "quantity": 0}


def test_bad_debt_is_what_was_written_off_in_the_year(book_of):
    days = pd.date_range("2024-03-15", DAY, freq="MS") + pd.Timedelta(days=14)
    invoices = pd.DataFrame({"invoice_id": [f"I{i}" for i in range(len(days))], "buyer_id": "A", "issued": days,
                             "due": days + pd.Timedelta(days=30), "amount": 100.0})  # fmt: skip
    # 10 written off before the year and 30 + 12 in it; the recovery and the insurer's claim are none.
    receipts = """invoice_id,received,amount,kind
I0,2025-01-31,10,write_off
I1,2025-06-30,30,write_off
I2,2026-03-31,12,write_off
I3,2026-03-01,50,recovery
I4,2026-03-01,50,claim
I5,2024-12-01,100,payment
"""
    figures = receivables.kpis(book_of(DAY, invoices=invoices, receipts=receipts))
    assert figures["sales_12m"] == 1200
    assert figures["bad_debt_to_sales"] == pytest.approx(42 / 1200)


@pytest.fixture(scope="module")
def steady(book_of):
    """Return a book that sells 100 a day, due after 30 days and paid after 40, for two years."""
    issued = pd.date_range("2024-04-01", DAY)
    invoices = pd.DataFrame({"invoice_id": [f"I{i}" for i in range(len(issued))], "buyer_id": "A", "issued": issued,
                             "due": issued + pd.Timedelta(days=30), "amount": 100.0})  # fmt: skip
    receipts = pd.DataFrame({"invoice_id": invoices["invoice_id"], "received": issued + pd.Timedelta(days=40),
                             "amount": 100.0, "kind": "payment"})  # fmt: skip
    return book_of(DAY, invoices=invoices, receipts=receipts)


def test_what_was_written_off_says_nothing_of_the_days_the_buyer_takes(book_of):
    # A2's rest of 1,500, most of it, is written off after 45 days: only the 500 that A paid count, late until then.
    receipts = RECEIPTS + "A2,2026-03-31,1500,write_off\n"
    book = book_of(DAY, invoices=INVOICES, receipts=receipts)
    assert receivables.open_items(book).set_index("invoice_id").loc["A2", ["paid", "impaired"]].tolist() == [2000, 1500]
    assert receivables.kpis(book)["days_beyond_terms"] == pytest.approx(
        (1000 * 10 + 3000 * 0 + 500 * 45 + 600 * 101) / (1000 + 3000 + 500 + 600)
    )


def test_a_failed_buyers_debt_is_no_payment_habit(book_of):
    # C's 600 are 101 days overdue and it is insolvent: 1,000 were paid 10 days late, 3,000 two days early, 1,500 are 45
    # days overdue.
    defaults = "buyer_id,date,kind\nC,2026-02-01,insolvency\n"
    figures = receivables.kpis(book_of(DAY, **HAND, defaults=defaults))
    assert figures["days_beyond_terms"] == pytest.approx((1000 * 10 + 1500 * 45) / 5500)
    assert figures["days_beyond_terms_signed"] == pytest.approx((1000 * 10 - 3000 * 2 + 1500 * 45) / 5500)
    assert figures["over_90_amount"] == figures["over_90_in_default"] == 600
    assert receivables.kpis(book_of(DAY, **HAND))["over_90_in_default"] == 0


def test_a_steady_ledger_has_its_payment_days_as_dso(steady):
    figures = receivables.kpis(steady)
    assert figures["dso"] == pytest.approx(40)
    assert figures["dso_countback"] == pytest.approx(40)
    # On an evening the invoices of 31 days are current (the due date itself is), those of 9 days past due.
    assert figures["dso_best_possible"] == pytest.approx(31)
    assert figures["average_days_delinquent"] == pytest.approx(9)
    # In 90 days as many invoices were settled, each 10 days late; the 9 open ones past due are 1 to 9 days late.
    assert figures["days_beyond_terms"] == pytest.approx((90 * 10 + 45) / 99)


def test_turnover_and_dso_are_reciprocals(steady):
    # definitions §2.4: turnover = days / DSO.
    figures = receivables.kpis(steady)
    assert figures["turnover"] * figures["dso"] == pytest.approx(365)


def test_concentration_by_hand(book_of):
    buyers = """buyer_id,country,group_id
A,DE,G
B,,
C,DE,G
"""
    book = book_of(DAY, **HAND, buyers=buyers)
    table = receivables.concentration(book)
    assert table.index.tolist() == ["B", "A", "C"]
    assert table["share"].tolist() == pytest.approx([4000 / 6100, 1500 / 6100, 600 / 6100])
    assert table["cumulative_share"].tolist() == pytest.approx([4000 / 6100, 5500 / 6100, 1])
    # Days put into the DSO by late payment: 1,500 / 9,000 × 90 and 600 / 9,000 × 90, 21 together.
    assert table["delinquent_days"].tolist() == pytest.approx([0, 15, 6])
    groups = receivables.concentration(book, "group_id")
    assert groups["open_amount"].to_dict() == {"B": 4000, "G": 2100}
    assert groups["buyers"].to_dict() == {"B": 1, "G": 2}
    assert receivables.concentration(book, "country")["open_amount"].to_dict() == {
        receivables.NOT_STATED: 4000,
        "DE": 2100,
    }


def test_a_group_and_a_buyer_of_the_same_id_stay_apart(book_of):
    groups = receivables.concentration(book_of(DAY, **HAND, buyers="buyer_id,group_id\nA,B\nB,\nC,B\n"), "group_id")
    assert groups["open_amount"].tolist() == [4000, 2100]


def test_month_ends_equal_the_book_of_that_day(book_of):
    disputes = "invoice_id,opened,closed,amount\nA2,2026-02-20,,1800\nB1,2026-02-05,2026-03-25,300\n"
    receipts = RECEIPTS + "C1,2026-03-05,50,write_off\n"
    book = book_of("2026-04-15", invoices=INVOICES, receipts=receipts, disputes=disputes)
    table = receivables.monthly(book)
    assert table.index.strftime("%Y-%m-%d").tolist() == ["2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31"]
    for day, row in table.iterrows():
        pd.testing.assert_series_equal(row, receivables.kpis(book.at(day)), check_names=False)
    assert len(receivables.monthly(book, months=2)) == 2


def test_a_window_keeps_month_ends():
    for day, months, start in (("2026-02-28", 3, "2025-11-30"), ("2026-11-30", 3, "2026-08-31"),
                               ("2024-02-29", 12, "2023-02-28"), ("2026-03-15", 1, "2026-02-15")):  # fmt: skip
        assert window_start(pd.Timestamp(day), months) == pd.Timestamp(start)


def test_a_book_before_its_first_invoice(book_of):
    book = book_of(DAY, **HAND).at("2025-01-01")
    assert receivables.open_items(book).empty
    assert receivables.ageing(book)["amount"].sum() == 0
    assert receivables.ageing(book)["share"].isna().all()
    assert receivables.kpis(book).dropna().to_dict() == {
        "receivables": 0, "overdue_amount": 0, "over_90_amount": 0, "over_90_in_default": 0, "exchange_difference": 0,
        "open_invoices": 0, "open_buyers": 0,
    }  # fmt: skip
    assert receivables.monthly(book).empty
    assert receivables.concentration(book).empty
    assert receivables.disputes(book).empty


@settings(max_examples=25)
@given(ledger=drawn(), back=st.integers(0, 300))
def test_what_always_holds(book_of, ledger, back):
    day = pd.Timestamp("2026-03-31") - pd.Timedelta(days=back)
    book = book_of(day.strftime("%Y-%m-%d"), **ledger)
    items = receivables.open_items(book)
    assert items["open_amount"].between(0, items["amount"]).all()
    dust = np.minimum(1.0, 0.001 * items["amount"])
    assert (items["settled"].isna() == items["open_amount"].gt(dust + 0.005)).all()
    assert (items["settled"].isna() == items["days_past_due"].notna()).all()
    invoiced = ledger["invoices"].query("issued <= @day")["amount"].sum()
    received = ledger["receipts"].query("received <= @day")["amount"].sum()
    figures = receivables.kpis(book)
    assert figures["receivables"] == pytest.approx(invoiced - received, abs=1e-6)
    assert receivables.ageing(book)["amount"].sum() == pytest.approx(figures["receivables"])
    assert receivables.concentration(book)["open_amount"].sum() == pytest.approx(figures["receivables"])
    if figures["receivables"] > 0:
        assert 1 / len(book.buyers) - 1e-9 <= figures["herfindahl"] <= figures["largest_buyer_share"] + 1e-9


@settings(max_examples=12)
@given(ledger=drawn(), back=st.integers(0, 300))
def test_later_rows_change_no_figure(book_of, ledger, back):
    day = pd.Timestamp("2026-03-31") - pd.Timedelta(days=back)
    known_then = book_of(
        day.strftime("%Y-%m-%d"),
        invoices=ledger["invoices"].query("issued <= @day"),
        receipts=ledger["receipts"].query("received <= @day"),
    )
    seen_now = book_of("2027-01-31", **ledger).at(day)
    pd.testing.assert_frame_equal(receivables.open_items(known_then), receivables.open_items(seen_now))
    pd.testing.assert_series_equal(receivables.kpis(known_then), receivables.kpis(seen_now))


def test_concentration_by_groups_of_control(book_of):
    ownership = "owner_id,owned_id,share,since\nX,A,0.6,2020-01-01\nX,C,0.6,2020-01-01\n"
    book = book_of(DAY, **HAND, buyers="buyer_id,group_id\nA,\nB,\nC,\n", ownership=ownership)
    stated = book_of(DAY, **HAND, buyers="buyer_id,group_id\nA,X\nB,\nC,X\n")
    table = receivables.concentration(book, "group_id")
    assert table.loc["X", "buyers"] == 2
    pd.testing.assert_frame_equal(table, receivables.concentration(stated, "group_id"))
