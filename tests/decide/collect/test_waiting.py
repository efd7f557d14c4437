"""For how long overdue money is still out, and what that costs: closed forms."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.collect.waiting import HORIZON_DAYS, remaining_days, waiting_cost

DUE = pd.Timestamp("2025-06-02")


def paid_after(book_of, days: list[int], **settings):
    """The book of invoices that are due on one day and paid so many days later."""
    names = [f"I{number}" for number in range(len(days))]
    invoices = pd.DataFrame({"invoice_id": names, "buyer_id": names, "issued": DUE, "due": DUE, "amount": 100.0})
    receipts = pd.DataFrame(
        {"invoice_id": names, "received": [DUE + pd.Timedelta(days=late) for late in days], "amount": 100.0,
         "kind": "payment"}
    )  # fmt: skip
    return book_of("2026-10-30", settings, invoices=invoices, receipts=receipts)


def test_the_pace_of_an_age_is_payments_by_days_open(book_of):
    """40 payments in 160 days: a quarter a day, and four days are left, at any age, as none older tells otherwise."""
    left = remaining_days(paid_after(book_of, [4] * 40, ageing_buckets=[10]))
    assert left == pytest.approx(np.full(11, 4.0))


def test_each_age_has_its_own_pace(book_of):
    """Up to 15 days 20 payments in 20 × 5 + 20 × 15 days, a twentieth a day; later 20 in 20 × 10, a tenth."""
    left = remaining_days(paid_after(book_of, [5] * 20 + [25] * 20, ageing_buckets=[15]))
    assert left[15] == pytest.approx(10.0)
    assert left[0] == pytest.approx((1 - 0.95**15) / 0.05 + 10 * 0.95**15)


def test_where_too_few_have_paid_nothing_is_known_and_a_year_counts(book_of):
    assert set(remaining_days(paid_after(book_of, [5] * 19))) == {HORIZON_DAYS}


def test_waiting_costs_capital_and_what_may_be_lost_meanwhile():
    amount, wait = np.array([1_000.0, 1_000.0]), np.array([365.0, 365.0])
    assert waiting_cost(amount, wait, np.array([0.2, np.nan]), (0.10, 0.5)).tolist() == pytest.approx([200.0, 100.0])
