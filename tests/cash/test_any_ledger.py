"""Ledgers as they come: few rows, one buyer, nothing paid, nothing open, a gap, invoices due on their day of issue."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.cash import back_test, drivers, forecast
from tradecredit.cash.scenarios import receipts


def ledger(days, *, late=10, terms=30, buyers=1, paid=True):
    issued = pd.DatetimeIndex(days)
    count = len(issued)
    invoices = pd.DataFrame(
        {
            "invoice_id": [f"I{n}" for n in range(count)], "buyer_id": [f"B{n % buyers}" for n in range(count)],
            "issued": issued, "due": issued + pd.Timedelta(days=terms), "amount": 100.0 + np.arange(count) % 3,
        }
    )  # fmt: skip
    came = invoices.assign(received=invoices["due"] + pd.Timedelta(days=late), kind="payment")
    columns = ["invoice_id", "received", "amount", "kind"]
    return {"invoices": invoices, "receipts": came[columns] if paid else came[columns].iloc[:0]}


DAILY = pd.date_range("2025-01-01", "2026-10-31")
LEDGERS = {
    "one invoice": ledger(["2026-10-01"]),
    "nothing paid": ledger(DAILY[-200:], paid=False),
    "nothing open": ledger(DAILY[:300], late=0),
    "a gap of eight months": ledger(DAILY[:200].append(DAILY[-200:])),
    "due on the day of issue": ledger(DAILY, terms=0, late=37),
    "paid in advance": ledger(DAILY, terms=30, late=-30),
    "one day a month": ledger(pd.date_range("2024-01-01", "2026-10-31", freq="MS"), buyers=3),
    "two months old": ledger(DAILY[-60:], buyers=5),
}


@pytest.mark.parametrize("name", LEDGERS)
def test_any_ledger_has_a_forecast_that_balances(name, book_of):
    book = book_of("2026-10-31", **LEDGERS[name])
    found = forecast.basis(book, 13).expected
    none = np.zeros(0, np.int64)
    months = np.ones((50, 4))
    paid = receipts(found, (np.zeros(50), months), (none, none, none), np.uint64(1), 0)
    assert np.isfinite(paid.paid).all()
    assert np.abs(paid.paid.sum(axis=1) + paid.credited + paid.open + paid.lost - paid.invoiced).max() < 0.005
    assert len(drivers.payments_that_matter(book)) <= 20


@pytest.mark.parametrize("name", ["a gap of eight months", "due on the day of issue", "one day a month"])
def test_any_ledger_is_back_tested_or_has_no_dates(name, book_of):
    found = back_test.back_test.__wrapped__(book_of("2026-10-31", **LEDGERS[name]), 2)
    assert found.weeks["expected_cash"].notna().all()


def test_a_steady_ledger_is_forecast_as_it_goes_on(book_of):
    # An invoice of 100 to 102 a day, each paid 37 days after its issue. That their number never varies is not known:
    # the mean of sales that may is a little above what they were.
    book = book_of("2026-10-31", **LEDGERS["due on the day of issue"])
    (row,) = back_test.back_test.__wrapped__(book, 1).totals.query("span == '13 weeks'").to_dict("records")
    assert row["expected_cash"] == pytest.approx(row["came_in"], rel=0.05)
