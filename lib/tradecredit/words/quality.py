"""What follows from doubtful data, on each finding of the ledger's checks (`measure/quality.py`)."""

import pandas as pd

from tradecredit.language import tr
from tradecredit.measure.quality import (
    BALANCE_TOLERANCE,
    LONG_TERMS_DAYS,
    OLD_STATEMENT_MONTHS,
    PROMPT_PUBLICATION_DAYS,
    SHORT_PAYMENT,
    UNINVOICED_DAYS,
)
from tradecredit.words.formats import counted, listed

REMARKS = {
    "buyers": {
        "no country": "shown as (not stated) in concentrations",
        "no sector": "shown as (not stated) in concentrations",
        "no registration id": "insurance cover may name the wrong legal entity",
        "registration id of another buyer": (
            "one legal entity under several numbers: its limits and exposure do not add up"
        ),
        "likely another buyer of the book": "limits and exposure do not add up; `merge` in the run file makes them one",
        "no invoice": "no payment behaviour; a limit may be open for nothing",
    },
    "invoices": {
        "same buyer, days and amount as an earlier one": "possibly entered twice",
        "due on the day of issue": "a missing due date, or cash sales: both raise the amount past due",
        f"terms above {LONG_TERMS_DAYS} days": "beyond what policies usually allow; or a wrong due date",
        "dated on a Saturday or Sunday": "usual in some trades and countries; else a sign of booking dates",
        "settled on the day of issue": "cash sales shorten the DSO; or offsets and reversals",
        "cancelled by credit notes": "not counted as sales, from the day of the credit note on",
        "amount of zero": "count as settled on the day of issue",
        "no tax stated": "insurance that covers net of tax is computed on the gross amount",
        "open more than a year past due": "to be written off, or receipts not applied",
        f"paid but for less than {SHORT_PAYMENT:.0%}": "short payments or bank charges to clear",
        "open though the buyer prepays": "prepayments not applied, or a wrong kind of buyer",
        "months without any invoice": "the export may have a gap, or end early",
        "carried over from before the ledger": "an opening balance is no history: figures of its months are missing",
    },
    "receipts": {
        "dated on a Saturday or Sunday": "banks rarely value money on these days: booking dates shift days late",
        "amount of zero": "harmless; often a reversed booking",
        "on account, no invoice named": "set off in what the buyer owes net; the invoices it was meant for look late",
        "more than the invoice": "the surplus is the buyer's credit, set off in what it owes net",
        "returned by the bank": "what it had paid is open again, due on its old day",
        "no day known": "settled by the day of the export: how late it was paid is not known and not counted",
        "in another currency, short of the day's rate": "the bank's rate and charges: counted as paid, and a cost",
        "in another currency, above the day's rate": "the bank's rate: counted as paid, and a gain",
    },
    "disputes": {
        "open on a settled invoice": "to be closed",
        "open for more than a year": "disputed debts are not insured until settled",
        "closed on the day it was opened": "its duration is not known: open disputes may be understated",
        "no amount": "the whole invoice is taken",
        "no reason": "shown as (not stated)",
    },
    "limits": {"buyer owes without an own limit in force": "no limit decision on record"},
    "statements": {
        "buyer without accounts": "assessed on payment behaviour alone",
        f"buyer's latest accounts older than {OLD_STATEMENT_MONTHS} months": "ratios are out of date",
        f"assets differ from liabilities and equity by over {BALANCE_TOLERANCE:.0%}": (
            "an item is wrong or in another unit"
        ),
        "no total assets or no equity": "most ratios and the net worth are missing",
        f"published within {PROMPT_PUBLICATION_DAYS} days": (
            "unlikely to be known so early: past figures may contain hindsight"
        ),
    },
    "defaults": {
        "invoice issued after its buyer's default": (
            "supplies after default are not insured; or the buyer was readmitted"
        ),
        "payment after its buyer's default": (
            "counted as paid by the buyer; a recovery would lower the loss given default"
        ),
        "written off without a default of the buyer": "a default that is not on record, or a commercial allowance",
        "no debt stated": "its loss given default is not computable",
    },
    "ownership": {
        "buyer states another group than control": (
            "control counts: correct `group_id` of the buyer, or end the stake (`until`)"
        ),
        "shares of a company above 100%": "two may seem to control it: end the older stake (`until`)",
        "owned company is no buyer and owns none": "no effect; or its id is not that of the buyer",
    },
    "orders": {
        "expected by now, neither shipped nor closed": "count against the limit: close those that will not be shipped",
        f"shipped for more than {UNINVOICED_DAYS} days, not invoiced": (
            "to be invoiced; or invoiced already and counted twice: close them"
        ),
    },
}
"""Table, and check of `quality.quality` on it: what follows where something is found."""


def with_remarks(quality: pd.DataFrame) -> pd.DataFrame:
    """Return the data-quality findings (`quality.quality`) with a `remark` on each, also where nothing was checked."""
    remarks = [
        (NO_NUMBERS if row.check in NO_NUMBERS_FOR else tr("not checked: the book holds no {table}", table=row.table))
        if pd.isna(row.rows)
        else tr(REMARKS[row.table][row.check])
        for row in quality.itertuples()
    ]
    return quality.assign(remark=pd.Series(remarks, index=quality.index, dtype="str"))


NO_NUMBERS, NO_NUMBERS_FOR = "not checked: no buyer has one", ("registration id of another buyer",)
"""What is said of checks that the table alone does not make possible."""


def checked(quality: pd.DataFrame) -> pd.DataFrame:
    """Return the findings that a page shows (`with_remarks`): those of tables that the book holds."""
    shown = quality["rows"].notna() | quality["check"].isin(NO_NUMBERS_FOR)
    return with_remarks(quality[shown])


def not_checked(quality: pd.DataFrame) -> str:
    """Return which tables' checks were not made for want of the table; empty where all were."""
    rest = quality[quality["rows"].isna() & ~quality["check"].isin(NO_NUMBERS_FOR)]
    if rest.empty:
        return ""
    tables = listed(f"{name} ({number:,})" for name, number in rest["table"].value_counts(sort=False).items())
    return tr(
        "Not checked, as the book has no such table: {checks} of {tables}.",
        checks=counted(len(rest), "check"),
        tables=tables,
    )
