"""Ledgers for several test modules: worked by hand, of buyers that buy the same every month, and drawn."""

from itertools import chain

import pandas as pd
from hypothesis import strategies as st


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


def paid_without_days(undated: int) -> dict[str, str]:
    """Ten invoices of 100 a month apart, all paid when due; of the first `undated` the export tells it by its day."""
    invoices, receipts = "invoice_id,buyer_id,issued,due,amount\n", "invoice_id,received,amount,kind\n"
    for at in range(10):
        invoices += f"I{at},A,2026-0{at % 9 + 1}-05,2026-0{at % 9 + 1}-25,100\n"
        day, kind = ("2026-10-31", "undated") if at < undated else (f"2026-0{at % 9 + 1}-26", "payment")
        receipts += f"I{at},{day},100,{kind}\n"
    return {"invoices": invoices, "receipts": receipts}


CARRIED_OVER = ledger(
    ([["X", "A", pd.Timestamp("2022-05-10"), pd.Timestamp("2022-06-09"), 700.0]], []),
    monthly("A", "2026-08-01", "2026-10-01"),
)
"""One open item of 2022, and the full ledger since August 2026."""

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

# As of 31 March 2026; the window of three months has 90 days and begins after 31 December 2025.
#   A1 paid on 19 January, 10 days late
#   A2 500 of 2,000 paid: 1,500 open, due 14 February: 14 + 31 = 45 days past due
#   B1 paid 2 days early
#   B2 4,000 open, not due
#   C1 600 open, due 20 December: 11 + 31 + 28 + 31 = 101 days past due
INVOICES = """invoice_id,buyer_id,issued,due,amount
A1,A,2025-12-10,2026-01-09,1000
C1,C,2025-12-15,2025-12-20,600
A2,A,2026-01-15,2026-02-14,2000
B1,B,2026-02-01,2026-03-03,3000
B2,B,2026-03-10,2026-04-09,4000
"""
RECEIPTS = """invoice_id,received,amount,kind
A1,2026-01-19,1000,payment
A2,2026-02-10,500,payment
B1,2026-03-01,3000,payment
"""
HAND = {"invoices": INVOICES, "receipts": RECEIPTS}
DAY = "2026-03-31"


@st.composite
def drawn(draw) -> dict[str, pd.DataFrame]:
    """Draw up to 15 invoices of three buyers within a year, each with up to three receipts that fit in it."""
    start = pd.Timestamp("2025-04-01")
    invoices, receipts = [], []
    for number in range(draw(st.integers(1, 15))):
        issued = start + pd.Timedelta(days=draw(st.integers(0, 364)))
        due = issued + pd.Timedelta(days=draw(st.integers(0, 90)))
        cents = draw(st.integers(0, 100_000))
        invoices.append((f"I{number}", draw(st.sampled_from("ABC")), issued, due, cents / 100))
        for _ in range(draw(st.integers(0, 3))):
            part = draw(st.integers(0, cents))
            cents -= part
            received = issued + pd.Timedelta(days=draw(st.integers(0, 200)))
            kind = draw(st.sampled_from(["payment", "credit_note", "write_off"]))
            receipts.append((f"I{number}", received, part / 100, kind))
    return {
        "invoices": pd.DataFrame(invoices, columns=["invoice_id", "buyer_id", "issued", "due", "amount"]),
        "receipts": pd.DataFrame(receipts, columns=["invoice_id", "received", "amount", "kind"]),
    }
