"""Where a ledger's history begins and ends: an opening balance, an export that ends early."""

import numpy as np
import pandas as pd
import pytest
from ledgers import CARRIED_OVER, ledger, monthly, paid_without_days

from tradecredit import words
from tradecredit.default.panel import dates
from tradecredit.measure.balances import balances
from tradecredit.measure.behaviour import features
from tradecredit.measure.dso_causes import dso_causes
from tradecredit.measure.history import (
    balances_since,
    begins,
    carried_over,
    first_day,
    last_entry,
    settlements_known,
    silent_days,
    undated_share,
    whole_since,
)
from tradecredit.measure.payment_experience import payment_experience
from tradecredit.measure.receivables import known_in_full, kpis
from tradecredit.measure.receivables import monthly as by_month
from tradecredit.provision.flows import flows, looked_at
from tradecredit.provision.movement import movements

OLD = ([["X", "A", pd.Timestamp("2022-05-10"), pd.Timestamp("2022-06-09"), 700.0]], [])


def test_an_opening_balance_is_no_history(book_of):
    # payments.md 19: one open item of 2022, the full ledger since August 2026.
    book = book_of("2026-10-31", **CARRIED_OVER)
    assert str(begins(book, book.as_of).date()) == "2026-08-01"
    assert carried_over(book).tolist() == [True, False, False, False]
    found = kpis(book)
    assert found["receivables"] == 700 and found["over_90_amount"] == 700
    assert np.isnan(found["sales_12m"])
    # 3,000 in the 91 days since 1 August (the ledger's history), not in twelve months.
    assert balances(book).loc["A", "monthly_purchases"] == pytest.approx(3000 / (91 / (365.25 / 12)))
    assert "begins in August 2026; 1 invoice from before then" in words.receivables.known_days(book)[0]


def test_nothing_looks_further_back_than_the_history(book_of):
    # The same: three months and 91 days are known, not four years.
    book = book_of("2026-10-31", **CARRIED_OVER)
    assert str(first_day(book).date()) == "2026-08-01"
    assert payment_experience(book).loc["A", "history_months"] == pytest.approx(91 / (365.25 / 12))
    assert features(book).loc["A", "months_of_history"] == pytest.approx(91 / (365.25 / 12))
    assert by_month(book).index.strftime("%Y-%m-%d").tolist() == ["2026-08-31", "2026-09-30", "2026-10-31"]


def test_a_month_without_invoices_after_the_first_receipt_is_none(book_of):
    book = book_of(
        "2026-10-31", **ledger(monthly("A", "2026-01-01", "2026-04-01"), monthly("A", "2026-08-01", "2026-10-01"))
    )
    assert str(begins(book, book.as_of).date()) == "2026-01-01"
    assert not carried_over(book).any()
    assert words.receivables.known_days(book) == []


def test_each_month_end_is_told_as_its_own_book_tells_it(book_of):
    book = book_of(
        "2026-10-31", **ledger(OLD, monthly("A", "2026-05-01", "2026-05-01"), monthly("A", "2026-07-01", "2026-10-01"))
    )
    table = by_month(book)
    for day in table.index[-8:]:
        pd.testing.assert_series_equal(table.loc[day], kpis(book.at(day)), check_names=False)


def test_a_ledger_that_ends_early_says_so(book_of):
    # payments.md 18: it ends on 5 October, as of 31 October.
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-09-01,2026-10-01,100\nI2,A,2026-10-05,2026-11-04,100\n"
    paid = "invoice_id,received,amount,kind\nI1,2026-10-02,100,payment\n"
    book = book_of("2026-10-31", invoices=invoices, receipts=paid)
    assert (str(last_entry(book).date()), silent_days(book)) == ("2026-10-05", 26)
    assert "nothing is known of the last 26 days" in words.receivables.known_days(book)[0]
    assert silent_days(book.at(pd.Timestamp("2026-10-12"))) == 0


def test_open_items_alone_tell_of_no_sales_and_no_payments(book_of):
    # reading.md 11: no CEI of 0 %, no days beyond terms.
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-07-01,2026-07-28,100\nI2,A,2026-10-05,2026-11-04,100\n"
    book = book_of("2026-10-31", invoices=invoices, receipts="invoice_id,received,amount,kind\n")
    found = kpis(book)
    assert found[["receivables", "overdue_amount", "over_90_amount"]].tolist() == [200, 100, 100]
    missing = ["sales", "dso", "turnover", "cei", "days_beyond_terms", "bad_debt_to_sales"]
    assert found[missing].isna().all()
    assert "cannot be estimated from open items alone" in " ".join(words.receivables.known_days(book))


def test_without_days_of_payment_sales_are_known_and_habits_are_not(book_of):
    # reading.md 9: amount and open amount, no receipts. That an invoice is there of which nothing is open shows that
    # the list holds more than open items.
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-09-01,2026-10-01,100\nI2,A,2026-10-05,2026-11-04,100\n"
    paid = "invoice_id,received,amount,kind\nI1,2026-10-31,100,undated\nI2,2026-10-31,60,undated\n"
    book = book_of("2026-10-31", {"sales_months": 1}, invoices=invoices, receipts=paid)
    found = kpis(book)
    assert (found["receivables"], found["sales"]) == (40, 100)
    assert found[["turnover", "cei", "days_beyond_terms"]].isna().all()
    assert "On which days invoices were paid is not in the book" in words.receivables.known_days(book)[0]


def test_open_items_that_are_paid_in_part_tell_of_no_sales_either(book_of):
    invoices = (
        "invoice_id,buyer_id,issued,due,amount\n"
        "I1,A,2026-03-01,2026-03-31,100\nI2,A,2026-07-01,2026-07-28,100\nI3,A,2026-10-05,2026-11-04,100\n"
    )
    paid = "invoice_id,received,amount,kind\nI1,2026-08-01,60,payment\nI2,2026-10-31,99.98,undated\n"
    book = book_of("2026-10-31", invoices=invoices, receipts=paid)
    found = kpis(book)
    assert found["receivables"] == pytest.approx(140.02)
    assert found[["sales", "dso", "dso_countback", "dso_best_possible", "cei", "days_beyond_terms"]].isna().all()
    assert not carried_over(book).any()
    said = words.receivables.known_days(book)
    assert len(said) == 1 and "cannot be estimated from open items alone" in said[0]
    # With the cent that was missing the list is a ledger, whose payments of known days are still none in full.
    settled = book_of("2026-10-31", invoices=invoices, receipts=paid.replace("99.98", "100"))
    assert kpis(settled)["sales"] == 100 and np.isnan(kpis(settled)["cei"])


def test_nothing_is_compared_with_days_on_which_a_cut_ledger_lacks_what_was_open(book_of):
    # An invoice of 100 each week from 2 October 2023, each paid after 40 days; what was open before is not in it.
    issued = pd.date_range("2023-10-02", "2024-10-28", freq="7D")
    paid = issued + pd.Timedelta(days=40)
    rows = [f"I{at},B1,{day:%Y-%m-%d},{day + pd.Timedelta(days=30):%Y-%m-%d},100" for at, day in enumerate(issued)]
    money = [f"I{at},{day:%Y-%m-%d},100,payment" for at, day in enumerate(paid) if day <= pd.Timestamp("2024-10-31")]
    book = book_of(
        "2024-10-31",
        {},
        invoices="invoice_id,buyer_id,issued,due,amount\n" + "\n".join(rows),
        receipts="invoice_id,received,amount,kind\n" + "\n".join(money),
    )
    assert whole_since(book) == pd.Timestamp("2023-11-11")
    months = by_month(book, months=13)
    # On 31 October 2023 only 5 of the 6 weeks that are open at any time are known.
    assert months.index[0] == pd.Timestamp("2023-10-31")
    assert known_in_full(months, book).index[0] == pd.Timestamp("2023-11-30")
    causes = dso_causes(book)
    assert causes["then"].isna().all() and causes.loc["countback", "now"] > 0
    [said] = [one for one in words.receivables.known_days(book) if "No figure is compared" in one]
    assert "begins on 2 October 2023" in said and "before 11 November 2023 is not known in full" in said
    # A month later the ledger reaches back far enough.
    later = book_of(
        "2024-11-30",
        {},
        invoices="invoice_id,buyer_id,issued,due,amount\n" + "\n".join(rows),
        receipts="invoice_id,received,amount,kind\n" + "\n".join(money),
    )
    assert dso_causes(later).loc["countback", ["then", "now"]].notna().all()
    assert not [one for one in words.receivables.known_days(later) if "No figure is compared" in one]


@pytest.mark.parametrize(
    ("undated", "share", "habits", "compared"), [(0, 0.0, True, True), (2, 0.2, True, False), (6, 0.6, False, False)]
)
def test_what_was_paid_on_no_known_day_is_not_compared_with_earlier_days(undated, share, habits, compared, book_of):
    book = book_of("2026-10-31", **paid_without_days(undated))
    assert undated_share(book) == pytest.approx(share)
    assert settlements_known(book, book.as_of) == (True, habits)
    assert (whole_since(book) < book.as_of) == (balances_since(book) < book.as_of) == compared
    said = " ".join(words.receivables.known_days(book))
    assert ("of what was paid came in is not in the book" in said) == (undated > 0)
    assert ("habits cannot be estimated" in said) == (undated == 6)


def test_what_would_still_stand_as_owed_is_no_history_of_the_provision_and_no_experience(book_of):
    """Ten invoices of 100 are paid within their month: at no month end was anything owed. Six that are told to be paid
    by the day of the export alone would have stood open together; it is known that 100 were owed at least."""
    known, unknown = (book_of("2026-10-31", **paid_without_days(number)) for number in (0, 6))
    assert payment_experience(known)["paid_balance"].tolist() == [0]
    assert payment_experience(unknown)["paid_balance"].tolist() == [100]
    assert len(looked_at(known)) > 1 and len(looked_at(unknown)) < 2
    assert flows(unknown).empty
    assert movements(unknown)[["since_month", "since_year"]].isna().all(axis=None)
    assert dates(known, until=known.as_of, step_months=3) and not dates(unknown, until=unknown.as_of, step_months=3)
