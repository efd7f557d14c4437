"""A ledger of buyers of which each has something else to be done, and limits that a test varies."""

from functools import cache

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide import buyer_sheet
from tradecredit.insurance.policy import Policy

AS_OF = "2026-10-31"
POLICY = Policy(name="own", insured_percentage=0.9, maximum_extension_days=60, waiting_days=180, waiting_from="due")

# All within a limit of 90,000. A is 40 days past due, 20 before its extension ends; B 70, ten after; C 200, so that the
# waiting period is over; D is insolvent since May; E is not due; F has a debt of 400, too little to be reported; G is
# not insured; of H 20 days past due nothing is to be reported for 40 days more.
DUE = {"A": 40, "B": 70, "C": 200, "D": 30, "E": -9, "F": 70, "G": 70, "H": 20}
INVOICES = pd.DataFrame(
    [
        (f"{buyer}1", buyer, *(pd.Timestamp(AS_OF) - pd.Timedelta(days=late + ago) for ago in (30, 0)),
         400.0 if buyer == "F" else 10_000.0)
        for buyer, late in DUE.items()
    ],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
)  # fmt: skip
LIMITS = "buyer_id,source,amount,valid_from\n" + "".join(f"{buyer},insurer,90000,2020-01-01\n" for buyer in "ABCDEFH")
DEFAULTS = "buyer_id,date,kind,debt,recovered\nD,2026-05-20,insolvency,10000,\n"
LEDGER = {"invoices": INVOICES, "limits": LIMITS, "defaults": DEFAULTS}


def table(**columns):
    """Limits of buyers within everything, with what the columns state instead."""
    usual = {
        "exposure": 900.0, "overdue": 0.0, "own_limit": 1_000.0, "recommended_with_cover": 1_000.0, "over_risk": 0.0,
        "over_need": 0.0, "breach": 0.0, "action": "none", "binding_with_cover": "need", "decision": "prolongation",
        "limit_to_set": 1_000.0, "lost_sales": 0.0, "lost_margin": 0.0, "released": 0.0, "released_sales": 0.0,
        "released_margin": 0.0, "expected_loss_owed": 0.0, "risk_limit": 1_000.0,
        "risk_bound_by": "capacity",
    }  # fmt: skip
    return pd.DataFrame(usual | columns, index=pd.Index(list("ABCDEFGH"), name="buyer_id"))


@cache
def book_with_all(book_of) -> Book:
    """Return the ledger's book, one for all tests, so that what is computed of it is computed once."""
    return book_of(AS_OF, **LEDGER)


def advised(book_of, policy=POLICY, **columns):
    return buyer_sheet.advice(book_with_all(book_of), table(**columns), policy)
