"""What buyers paid month by month, and how late: a ledger worked out by hand."""

import pandas as pd
import pytest

from tradecredit.measure.paid_by_month import paid_by_month

INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,B1,2025-01-02,2025-02-03,100.0
I2,B1,2025-01-02,2025-02-03,300.0
I3,B1,2025-02-03,2025-03-03,50.0
I4,B2,2025-01-02,2025-02-03,80.0
I5,B2,2025-01-02,2025-02-03,80.0
"""
RECEIPTS = """invoice_id,received,amount,kind
I1,2025-02-13,100.0,payment
I2,2025-02-01,300.0,payment
I3,2025-03-13,50.0,payment
I4,2025-03-03,80.0,credit_note
"""


def test_the_mean_is_by_money_and_early_counts_zero(book_of):
    found = paid_by_month(book_of("2025-03-20", invoices=INVOICES, receipts=RECEIPTS)).set_index(
        ["buyer_id", "month_end"]
    )
    # February: 100 ten days late and 300 two days early; March, as far as it has come: 50 ten days late.
    assert found.loc[("B1", pd.Timestamp("2025-02-28")), "paid_days_late"] == pytest.approx(2.5)
    assert found.loc[("B1", pd.Timestamp("2025-02-28")), ["invoices_paid", "money"]].tolist() == [2, 400]
    assert found.loc[("B1", pd.Timestamp("2025-03-31")), "paid_days_late"] == pytest.approx(10.0)
    # What was credited, or is open, was paid in no month.
    assert "B2" not in found.index.get_level_values("buyer_id")
