"""Sentences on the receivables ledger: what follows from each finding of data quality."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.measure.due_days import rules, unknown_years
from tradecredit.measure.quality import (
    BALANCE_TOLERANCE,
    LONG_TERMS_DAYS,
    OLD_STATEMENT_MONTHS,
    PROMPT_PUBLICATION_DAYS,
    SHORT_PAYMENT,
)
from tradecredit.words.formats import change as signed
from tradecredit.words.formats import counted, days, listed, money

REMARKS = {
    "buyers": {
        "no country": "shown as (not stated) in concentrations",
        "no sector": "shown as (not stated) in concentrations",
        "no registration id": "insurance cover may name the wrong legal entity",
        "registration id of another buyer": (
            "one legal entity under several numbers: its limits and exposure do not add up"
        ),
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
    },
    "receipts": {
        "dated on a Saturday or Sunday": "banks rarely value money on these days: booking dates shift days late",
        "amount of zero": "harmless; often a reversed booking",
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
}
"""Table, and check of `quality.quality` on it: what follows where something is found."""


SAMPLE = "Credit Research Foundation, one published quarter of a survey sample"
"""Where `receivables.BENCHMARKS` come from."""


def dso(causes: pd.DataFrame, months: int = 12) -> str:
    """Return how the DSO moved and what moved it: collection, as the countback shows, or sales (`dso_causes`)."""
    change = causes["change"]
    if change.isna().any():
        return "What moved the DSO is not testable with this book: it does not reach back far enough."
    then, now = (days(causes.loc["countback", column]) for column in ("then", "now"))
    whole, collection, sales = (signed(change[name], "days") for name in ("dso", "countback", "timing of sales"))
    return (
        f"Over {months} months the DSO changed by {whole}: {collection} by collection (countback: {then} to {now}) "
        f"and {sales} by the timing of sales."
    )


def long_overdue(kpis: pd.Series, currency: str) -> str:
    """Return what is more than 90 days overdue, and how much of it is owed by buyers in default."""
    if not kpis["over_90_amount"] > 0:
        return "Nothing is more than 90 days overdue."
    return (
        f"{money(kpis['over_90_amount'], currency)} is more than 90 days overdue, of which "
        f"{money(kpis['over_90_in_default'], currency)} is owed by buyers in default."
    )


def exchange(kpis: pd.Series, currency: str) -> str:
    """Return what closing rates change of the receivables; empty without items in other currencies."""
    difference = kpis["exchange_difference"]
    if abs(difference) < 0.5:
        return ""
    which = "more" if difference > 0 else "less"
    return (
        f"Open items in other currencies stand at the closing rate: {money(abs(difference), currency)} {which} than at "
        "the rates of their days of issue, at which sales are counted."
    )


def due_days(book: Book) -> list[str]:
    """Return which countries' due days move to a working day (`due_days.payable_by`), and what of that is not known."""
    buyers = set(book.buyers["country"].dropna())
    moved = sorted(buyers & rules(book).keys())
    if not moved:
        return []
    found = [
        f"Due days on weekends and national holidays move to the next working day for buyers in {listed(moved)}, by "
        "the law there; regional holidays are not looked at, and other due days stand."
    ]
    years = unknown_years(book)
    if len(years):
        which = listed(f"{country} {year}" for country, year in years.index)
        found.append(
            f"Holidays of {which} are not known: {counted(int(years.sum()), 'due day')} moved off weekends alone."
        )
    return found


def with_remarks(quality: pd.DataFrame) -> pd.DataFrame:
    """Return the data-quality findings (`quality.quality`) with a `remark` on each, also where nothing was checked."""
    remarks = [
        f"not checked: the book holds no {row.table}" if pd.isna(row.rows) else REMARKS[row.table][row.check]
        for row in quality.itertuples()
    ]
    return quality.assign(remark=pd.Series(remarks, index=quality.index, dtype="str"))
