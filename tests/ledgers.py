"""Ledgers of buyers that buy the same every month, for tests that watch them over time."""

from itertools import chain

import pandas as pd


def monthly(buyer: str, first: str, last: str, paid_after: int = 0) -> tuple[list, list]:
    """Invoices of 1,000 on the 1st of each month, due in 30 days, and their payments so many days after that."""
    invoices, receipts = [], []
    for month in pd.date_range(first, last, freq="MS"):
        invoice, due = f"{buyer}{month:%y%m}", month + pd.Timedelta(days=30)
        invoices.append([invoice, buyer, month, due, 1000.0])
        receipts.append([invoice, due + pd.Timedelta(days=paid_after), 1000.0, "payment"])
    return invoices, receipts


def ledger(*buyers: tuple[list, list]) -> dict[str, pd.DataFrame]:
    """The tables `invoices` and `receipts` of buyers that are given as `monthly` has them."""
    invoices, receipts = (list(chain(*rows)) for rows in zip(*buyers, strict=True))
    return {
        "invoices": pd.DataFrame(invoices, columns=["invoice_id", "buyer_id", "issued", "due", "amount"]),
        "receipts": pd.DataFrame(receipts, columns=["invoice_id", "received", "amount", "kind"]),
    }
