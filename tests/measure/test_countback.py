"""Countback, against a published example and ledgers worked by hand; and what changed the DSO, cause by cause."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import DAY, HAND, INVOICES, RECEIPTS, drawn

from tradecredit.measure import receivables
from tradecredit.measure.countback import PARTS, countback_days, countback_parts
from tradecredit.measure.dso_causes import dso_causes


def test_countback_published_example():
    # Benji Pays, "Mastering DSO calculation: the count-back method explained": sales 70,000, 80,000 and 100,000 in
    # months of 30 days, receivables 212,000: two whole months and 32,000 / 70,000 of the first.
    days = countback_days(212_000, [100_000, 80_000, 70_000], [30, 30, 30])
    assert days == pytest.approx(60 + 32 / 70 * 30)


def test_countback_edges():
    assert countback_days(0, [0, 100], [31, 30]) == 0
    assert countback_days(100, [100, 0, 50], [31, 30, 31]) == 31
    assert countback_days(100, [0, 200], [31, 30]) == 31 + 15
    assert math.isnan(countback_days(301, [100, 200], [31, 30]))


def test_causes_by_hand(book_of):
    causes = dso_causes(book_of("2026-04-30", **HAND), 1)
    assert causes.index.tolist() == [
        "terms", "early payment", "overdue debt", "exchange rates", "countback", "timing of sales", "dso",
    ]  # fmt: skip
    # On 31 March the 4,000 that are not due are March's sales, 31 days; 2,100 overdue are 0.7 of February's 28.
    assert causes["then"].tolist() == pytest.approx([31, 0, 19.6, 0, 50.6, 61 - 50.6, 61])
    # By 30 April all is overdue, and April, without sales, is counted back as well; 7,000 were sold in 89 days.
    dso = 6100 / 7000 * 89
    assert causes["now"].tolist() == pytest.approx([0, 0, 80.6, 0, 80.6, dso - 80.6, dso])
    assert causes["change"].tolist() == pytest.approx([-31, 0, 61, 0, 30, dso - 61 - 30, dso - 61])


def test_what_is_paid_before_it_is_due_is_a_part_of_its_own(book_of):
    # On 1 March B1's 3,000 are not due until the 3rd and were paid that day: March's day without sales and February's
    # 28. What is open, 1,500 and 600, is overdue: the one day, and 0.7 of February.
    book = book_of("2026-03-01", **HAND)
    assert countback_parts(book, book.as_of).tolist() == pytest.approx([29, -29, 20.6, 0])


def test_what_is_paid_on_its_due_day_is_not_early(book_of):
    # B1 is due on 3 March; as of that day paid, or open.
    for paid, terms in (("2026-03-03", 0), ("2026-03-04", 3 + 28)):
        receipts = RECEIPTS.replace("2026-03-01", paid)
        book = book_of("2026-03-03", invoices=INVOICES, receipts=receipts)
        assert countback_parts(book, book.as_of).tolist()[:2] == pytest.approx([terms, 0])


def test_causes_of_longer_terms_are_not_lateness(book_of):
    # 100 a day, paid on the due day: after 30 days up to June 2025, after 40 since.
    issued = pd.date_range("2024-04-01", "2026-03-31")
    terms = pd.to_timedelta([30 if day < pd.Timestamp("2025-07-01") else 40 for day in issued], unit="D")
    invoices = pd.DataFrame({"invoice_id": [f"I{i}" for i in range(len(issued))], "buyer_id": "A", "issued": issued,
                             "due": issued + terms, "amount": 100.0})  # fmt: skip
    receipts = pd.DataFrame({"invoice_id": invoices["invoice_id"], "received": issued + terms, "amount": 100.0,
                             "kind": "payment"})  # fmt: skip
    change = dso_causes(book_of("2026-03-31", invoices=invoices, receipts=receipts))["change"]
    assert change.tolist() == pytest.approx([10, 0, 0, 0, 10, 0, 10])


def test_a_ledger_that_does_not_reach_back_has_no_causes(book_of):
    causes = dso_causes(book_of(DAY, **HAND))
    assert causes["then"].isna().all()
    assert causes["change"].isna().all()


def test_what_prepaid_buyers_bought_is_not_counted_back(book_of):
    receipts = RECEIPTS.replace("A1,2026-01-19,1000", "A1,2026-01-19,1")
    buyers = "buyer_id,kind\nA,prepaid\nB,private\nC,private\n"
    parts = countback_parts(book_of(DAY, invoices=INVOICES, receipts=receipts, buyers=buyers), pd.Timestamp(DAY))
    # March's 4,000; then 999 + 600 + 1,500 overdue: February's 3,000, January without sales, and 99 of December's 600.
    assert parts.tolist() == pytest.approx([31, 0, 28 + 31 + 99 / 600 * 31, 0])


@settings(max_examples=12)
@given(ledger=drawn(), months=st.integers(1, 6))
def test_causes_add_up(book_of, ledger, months):
    book = book_of("2026-03-31", **ledger)
    causes = dso_causes(book, months)
    for column in ("then", "now", "change"):
        days = causes[column]
        parts = days[list(PARTS)].sum(skipna=False)
        assert parts == pytest.approx(days["countback"], nan_ok=True)
        assert days["countback"] + days["timing of sales"] == pytest.approx(days["dso"], nan_ok=True)
    assert causes.loc["countback", "now"] == pytest.approx(receivables.kpis(book)["dso_countback"], nan_ok=True)
