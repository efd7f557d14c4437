"""The payments that matter, and the bridge of the DSO."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.cash.drivers import CONTESTED, OVERDUE, dso_bridge, payments_that_matter, soon_paid, uncertain_buyers
from tradecredit.measure.dso_causes import dso_causes


def ledger(months=16):
    """Return a year and more of invoices of two buyers, paid 10 days late, the last month's open."""
    issued = pd.date_range("2025-06-01", periods=months * 30, freq="D")
    invoices = pd.DataFrame(
        {
            "invoice_id": [f"I{n}" for n in range(len(issued))],
            "buyer_id": np.where(np.arange(len(issued)) % 3, "B1", "B2"),
            "issued": issued, "due": issued + pd.Timedelta(days=30), "amount": 100.0 + np.arange(len(issued)) % 7,
        }
    )  # fmt: skip
    paid = invoices.assign(received=invoices["due"] + pd.Timedelta(days=10), kind="payment")
    return invoices, paid[["invoice_id", "received", "amount", "kind"]]


def test_payments_that_matter_come_when_such_invoices_did(book_of):
    invoices, receipts = ledger()
    book = book_of("2026-09-15", invoices=invoices, receipts=receipts)
    found = payments_that_matter(book, 5)
    assert len(found) == 5
    assert (found["expected_soon"].diff().dropna() <= 1e-9).all()
    assert found["expected_soon"].to_numpy() == pytest.approx(found["open_now"] * found["chance"])
    late = (found["likely_on"] - found["due"]).dt.days
    assert late.between(8, 12).all()
    assert (found["early_on"] <= found["likely_on"]).all()


def test_the_bridge_adds_up_and_disputes_stand_by_themselves(book_of):
    invoices, receipts = ledger()
    disputes = "invoice_id,opened,amount\nI425,2026-09-05,100\n"
    kept = receipts[receipts["invoice_id"] != "I425"]
    book = book_of("2026-09-15", invoices=invoices, receipts=kept, disputes=disputes)
    found = dso_bridge(book)
    whole = found[["last_month", "last_year"]]
    assert whole.drop("dso").sum(skipna=False).to_numpy() == pytest.approx(whole.loc["dso"].to_numpy(), nan_ok=True)
    assert whole.loc["dso", "last_month"] == pytest.approx(dso_causes(book, 1).loc["dso", "change"])
    assert whole.loc[CONTESTED, "last_month"] > 0
    assert whole.loc[[OVERDUE, CONTESTED], "last_month"].sum() == pytest.approx(
        dso_causes(book, 1).loc["overdue debt", "change"]
    )


def test_uncertain_is_what_may_come_or_not(book_of):
    invoices, receipts = ledger()
    book = book_of("2026-09-15", invoices=invoices, receipts=receipts)
    found, soon = uncertain_buyers(book), soon_paid(book)
    variance = soon.items.amount**2 * soon.chance * (1 - soon.chance)
    assert (found["deviation_soon"] ** 2).sum() == pytest.approx(variance.sum())
    assert found["variance_of_all"].iloc[0] == pytest.approx(variance.sum())
    assert found["deviation_soon"].is_monotonic_decreasing
    assert found["expected_soon"].sum() == pytest.approx((soon.items.amount * soon.chance).sum())
    assert found["invoices"].sum() == len(soon.chance)
