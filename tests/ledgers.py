"""Ledgers of buyers that buy the same every month, for several test modules."""

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


_MONTHS = pd.date_range("2025-04-01", "2026-03-01", freq="MS")
_INVOICES = pd.DataFrame(
    [
        [f"{buyer}{n}", buyer, day, day + pd.Timedelta(days=30), 200.0 if buyer == "D" else 100.0]
        for buyer in "ABCD"
        for n, day in enumerate(_MONTHS)
    ],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
)
YEAR = {
    "invoices": _INVOICES,
    "buyers": "buyer_id,kind\nA,private\nB,private\nC,private\nD,public\n",
    "limits": "buyer_id,source,amount,valid_from\n"
    "A,insurer,700,2025-01-01\nC,insurer,0,2025-01-01\nD,insurer,9,2025-01-01\n",
}
"""Tables as of 31 March 2026: A has a named limit, B none, C a refused one, D is a public body; each bought for 1,200
in the year before, D for 2,400."""
