"""What an auditor of the ledger would ask about: gaps and oddities that no check forbids, counted and never mended."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import named, one_of
from tradecredit.book.registration import shared
from tradecredit.measure.by_buyer import sums_by_buyer
from tradecredit.measure.disputes import disputed
from tradecredit.measure.doubles import likely_doubles
from tradecredit.measure.groups import groups, stakes_in_force
from tradecredit.measure.history import carried_over
from tradecredit.measure.limits_in_force import limits_in_force
from tradecredit.measure.on_account import overpaid
from tradecredit.measure.open_items import open_items
from tradecredit.measure.sales import cancelled

LONG_TERMS_DAYS = 180
OLD_STATEMENT_MONTHS = 24
UNINVOICED_DAYS = 31
PROMPT_PUBLICATION_DAYS = 30
"""Accounts are hardly known so soon after the end of their period."""
SHORT_PAYMENT = 0.02
"""An invoice that is paid but for this part of it was paid short rather than in part."""
BALANCE_TOLERANCE = 0.01
"""Difference between total assets and liabilities plus equity, as a share of total assets."""


@once
def quality(book: Book) -> pd.DataFrame:
    """Return the data-quality findings of the book, a row for each check, also where nothing was found.

    Columns: `table` that the check needs; `check`; `rows` found; `amount` at stake in the reporting currency (of an
    invoice or receipt its amount, of an open item what is open, of a buyer its open amount; missing where none belongs
    to the check); `share` of the rows looked at (of a buyers' check: the buyers). Where the book does not hold the
    table, rows, amount and share are missing; checks of `SELDOM` tables are not there then. What follows from a
    finding: `words.quality.with_remarks`.
    """
    items = open_items(book)
    owed = sums_by_buyer(book, items["open_amount"]).reset_index(drop=True)
    checks = [
        *_buyers(book, owed),
        *_invoices(book, items),
        *_receipts(book),
        *_disputes(book, items),
        *_limits(book, owed),
        *_statements(book, owed),
        *_defaults(book, items),
    ]
    checks += [found for name, checked in SELDOM.items() if book.has(name) for found in checked(book, owed)]
    table = pd.DataFrame(checks, columns=["table", "check", "rows", "amount", "share"])
    # Nothing is found where there is nothing to look at.
    absent = ~table["table"].map(book.has)
    absent |= table["check"].eq("registration id of another buyer") & book.buyers["registration_id"].isna().all()
    table["rows"] = table["rows"].astype("Int64").mask(absent)
    table[["amount", "share"]] = table[["amount", "share"]].mask(absent)
    return table


def _found(table: str, check: str, hit: pd.Series, amount: pd.Series | None) -> tuple:
    at_stake = float("nan") if amount is None else float(amount[hit].sum())
    return table, check, int(hit.sum()), at_stake, hit.mean() if len(hit) else float("nan")


def _at(place: np.ndarray, values: pd.Series) -> pd.Series:
    """Return the value at each place; missing at −1."""
    return values.reset_index(drop=True).reindex(place).reset_index(drop=True)


def _buyers(book: Book, owed: pd.Series) -> Iterator[tuple]:
    buyers = book.buyers
    yield _found("buyers", "no country", buyers["country"].isna(), owed)
    yield _found("buyers", "no sector", buyers["sector"].isna(), owed)
    yield _found("buyers", "no registration id", buyers["registration_id"].isna(), owed)
    yield _found("buyers", "registration id of another buyer", shared(buyers), owed)
    double = buyers["buyer_id"].isin(likely_doubles(book)["buyer_id"])
    yield _found("buyers", "likely another buyer of the book", double, owed)
    idle = pd.Series(np.bincount(book.buyer_of_invoice, minlength=len(buyers)) == 0)
    yield _found("buyers", "no invoice", idle, owed)


def _invoices(book: Book, items: pd.DataFrame) -> Iterator[tuple]:
    prepaid = pd.Series(one_of(book.buyers["kind"], ["prepaid"])[book.buyer_of_invoice])
    terms = (items["due"] - items["issued"]).dt.days
    amount, owed = items["amount"], items["open_amount"]
    rest = owed.gt(0) & items["paid"].gt(0) & owed.lt(SHORT_PAYMENT * amount)
    yield _found(
        "invoices",
        "same buyer, days and amount as an earlier one",
        items[["issued", "amount", "due"]].assign(buyer=book.buyer_of_invoice).duplicated(),
        amount,
    )
    yield _found("invoices", "due on the day of issue", terms.eq(0) & ~prepaid, amount)
    yield _found("invoices", f"terms above {LONG_TERMS_DAYS} days", terms > LONG_TERMS_DAYS, amount)
    yield _found("invoices", "dated on a Saturday or Sunday", items["issued"].dt.day_of_week >= 5, amount)
    yield _found(
        "invoices",
        "settled on the day of issue",
        (items["settled"] == items["issued"]) & amount.gt(0) & ~prepaid,
        amount,
    )
    taken_back = cancelled(book)["cancelled"].reindex(items.index, fill_value=0.0)
    yield _found("invoices", "cancelled by credit notes", taken_back > 0, taken_back)
    yield _found("invoices", "amount of zero", amount == 0, amount)
    yield _found("invoices", "no tax stated", book.invoices["tax"].isna(), book.invoices["amount"])
    yield _found("invoices", "open more than a year past due", items["days_past_due"] > 365, owed)
    yield _found("invoices", f"paid but for less than {SHORT_PAYMENT:.0%}", rest, owed)
    yield _found("invoices", "open though the buyer prepays", prepaid & owed.gt(0), owed)
    issued = book.invoices["issued"]
    months = pd.period_range(issued.min(), book.as_of, freq="M") if len(issued) else pd.PeriodIndex([], freq="M")
    silent = pd.Series(~months.isin(issued.drop_duplicates().dt.to_period("M")), index=months)
    yield _found("invoices", "months without any invoice", silent, None)
    yield _found("invoices", "carried over from before the ledger", carried_over(book), owed)


def _receipts(book: Book) -> Iterator[tuple]:
    made = one_of(book.receipts["kind"], ["exchange"])
    receipts, banks = book.receipts[~made], book.receipts["amount"].where(made, 0.0)
    yield _found(
        "receipts", "dated on a Saturday or Sunday", receipts["received"].dt.day_of_week >= 5, receipts["amount"]
    )
    yield _found("receipts", "amount of zero", receipts["amount"] == 0, None)
    yield _found("receipts", "on account, no invoice named", receipts["invoice_id"].isna(), receipts["amount"])
    above = pd.Series(overpaid(book))
    yield _found("receipts", "more than the invoice", above > 0, above)
    returned = (receipts["amount"] < 0) & receipts["invoice_id"].notna()
    yield _found("receipts", "returned by the bank", returned, -receipts["amount"])
    undated = pd.Series(one_of(receipts["kind"], ["undated"]), index=receipts.index)
    yield _found("receipts", "no day known", undated, receipts["amount"])
    yield _found("receipts", "in another currency, short of the day's rate", banks > 0, banks)
    yield _found("receipts", "in another currency, above the day's rate", banks < 0, -banks)


def _disputes(book: Book, items: pd.DataFrame) -> Iterator[tuple]:
    disputes = disputed(book)
    pending = disputes["closed"].isna()
    owed = _at(book.invoice_of_dispute, items["open_amount"])
    yield _found("disputes", "open on a settled invoice", pending & owed.eq(0), disputes["amount"])
    yield _found(
        "disputes",
        "open for more than a year",
        pending & (book.as_of - disputes["opened"]).dt.days.gt(365),
        disputes["amount"],
    )
    yield _found(
        "disputes", "closed on the day it was opened", disputes["closed"] == disputes["opened"], disputes["amount"]
    )
    yield _found("disputes", "no amount", book.disputes["amount"].isna(), disputes["amount"])
    yield _found("disputes", "no reason", disputes["reason"].isna(), disputes["amount"])


def _limits(book: Book, owed: pd.Series) -> Iterator[tuple]:
    in_force = limits_in_force(book)
    own = named(in_force.index[in_force["own"].notna()].to_series(), book.buyers["buyer_id"])
    yield _found("limits", "buyer owes without an own limit in force", owed.gt(0) & ~own, owed)


def _statements(book: Book, owed: pd.Series) -> Iterator[tuple]:
    statements, buyers = book.statements, book.buyers["buyer_id"]
    latest = statements.groupby("buyer_id")["period_end"].max().reindex(buyers).reset_index(drop=True)
    old = latest < book.as_of - pd.DateOffset(months=OLD_STATEMENT_MONTHS)
    yield _found("statements", "buyer without accounts", latest.isna(), owed)
    yield _found("statements", f"buyer's latest accounts older than {OLD_STATEMENT_MONTHS} months", old, owed)
    balance = statements["total_liabilities"] + statements["equity"] - statements["total_assets"]
    yield _found(
        "statements",
        f"assets differ from liabilities and equity by over {BALANCE_TOLERANCE:.0%}",
        balance.abs() > BALANCE_TOLERANCE * statements["total_assets"],
        None,
    )
    yield _found(
        "statements",
        "no total assets or no equity",
        statements[["total_assets", "equity"]].isna().any(axis="columns"),
        None,
    )
    prompt = (statements["published"] - statements["period_end"]).dt.days < PROMPT_PUBLICATION_DAYS
    yield _found("statements", f"published within {PROMPT_PUBLICATION_DAYS} days", prompt, None)


def _defaults(book: Book, items: pd.DataFrame) -> Iterator[tuple]:
    defaulted = book.defaults.groupby("buyer_id")["date"].min().reindex(book.buyers["buyer_id"])
    defaulted = _at(book.buyer_of_invoice, defaulted)
    after = items["issued"] > defaulted
    yield _found("defaults", "invoice issued after its buyer's default", after, items["amount"])
    since, kind, amount = _at(book.invoice_of_receipt, defaulted), book.receipts["kind"], book.receipts["amount"]
    yield _found(
        "defaults",
        "payment after its buyer's default",
        (kind == "payment") & (book.receipts["received"] > since),
        amount,
    )
    yield _found("defaults", "written off without a default of the buyer", (kind == "write_off") & since.isna(), amount)
    yield _found("defaults", "no debt stated", book.defaults["debt"].isna(), None)


def _ownership(book: Book, owed: pd.Series) -> Iterator[tuple]:
    stakes, buyers = stakes_in_force(book, book.as_of), book.buyers["buyer_id"]
    against = groups(book)["contradicts"].reset_index(drop=True)
    yield _found("ownership", "buyer states another group than control", against, owed)
    held = stakes["share"].groupby(stakes["owned_id"]).sum().round(9)
    yield _found("ownership", "shares of a company above 100%", held > 1, None)
    idle = ~one_of(stakes["owned_id"], buyers) & ~one_of(stakes["owned_id"], stakes["owner_id"])
    yield _found("ownership", "owned company is no buyer and owns none", pd.Series(idle), None)


def _orders(book: Book, _owed: pd.Series) -> Iterator[tuple]:
    orders, shipped = book.orders, pd.Series(one_of(book.orders["kind"], ["shipped"]))
    pending, amount = orders["closed"].isna(), orders["amount"]
    late = ~shipped & pending & (orders["expected_on"] < book.as_of)
    yield _found("orders", "expected by now, neither shipped nor closed", late, amount)
    old = shipped & pending & ((book.as_of - orders["date"]).dt.days > UNINVOICED_DAYS)
    yield _found("orders", f"shipped for more than {UNINVOICED_DAYS} days, not invoiced", old, amount)


SELDOM = {"ownership": _ownership, "orders": _orders}
"""Tables that few books hold: their checks. They stand among the findings only where the book has the table."""
