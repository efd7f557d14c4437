"""What is declared to the insurer of a period: sales or balances, without what it does not insure, from the ledger."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import REASONS, not_counted
from tradecredit.measure.open_items import items_on, net_share
from tradecredit.measure.sales import net_sales_on

TURNOVER, BALANCE = "turnover", "balance"
"""What a policy can ask for (`declaration`)."""

LEDGER, CANCELLED, TAX, NET, CORRECTED, DECLARED = (
    "ledger", "cancelled", "tax", "net", "earlier periods", "declared",
)  # fmt: skip
OUTSIDE = "outside_period"
LEVELS = (LEDGER, NET, DECLARED)
"""Steps that say what is left; all others are taken off between them."""

KINDS = ("prepaid", "public", "affiliate")
"""Kinds of buyers, each an exclusion of its own."""


class Declaration(NamedTuple):
    """What is declared of a period, and how it comes from the ledger.

    `basis`: `TURNOVER` or `BALANCE`; `starts`, `ends`, the first and the last day of the period (of a balance the day
    is `ends`); `declare_by` (missing: the policy states no days); `steps`, `by_country` and `by_buyer`: see
    `declaration`.
    """

    basis: str
    starts: pd.Timestamp
    ends: pd.Timestamp
    declare_by: pd.Timestamp
    steps: pd.DataFrame
    by_country: pd.DataFrame
    by_buyer: pd.DataFrame


def period(book: Book, policy: Policy) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and the last day of the last period of declaration that is over on the book's day."""
    months = policy.declaration_months
    last = book.as_of if book.as_of.is_month_end else book.as_of - pd.offsets.MonthEnd(1)
    ends = last - pd.offsets.MonthEnd(last.month % months) if last.month % months else last
    return (ends + pd.Timedelta(days=1)) - pd.DateOffset(months=months), ends


def declaration(book: Book, policy: Policy | None) -> Declaration | None:
    """Return what a policy asks to be declared of the last period; None without one, or where it states none.

    `steps`, index `declaration_step`, `amount` in the reporting currency, to the cent, and `invoices`: from the
    `LEDGER`, gross, to what is `DECLARED`; what is taken off is below zero, and the rows add up to the cent. Of a
    turnover: all that was invoiced in the period; less what was cancelled of it by its end; less the tax that is
    stated: `NET`; less what does not count, by the first reason that holds: the buyer's kind (`KINDS`), not listed, its
    country, terms that are too long, or shipped outside the policy's period; and less what was cancelled in the period
    of insurable sales of earlier ones, which were declared then. Of a balance: what is owed at the end of the period,
    at the rates of that day; less tax; and less the same.

    Credit notes that lower a price are no cancellation (definitions §2.3), and stay declared as sales. The premium is
    charged on the same sales (definitions §5.10). `by_country`, index `country` (missing: not stated), and `by_buyer`,
    index buyer_id, the largest first: `declared` and `invoices`, of what is declared of the period itself, without
    corrections. Source: definitions §10.6.
    """
    if policy is None or policy.declaration is None:
        return None
    starts, ends = period(book, policy)
    found = _turnover(book, policy, starts, ends) if policy.declaration == TURNOVER else _balance(book, policy, ends)
    days = policy.declaration_days
    declared = found.rows[found.rows["excluded"] == ""]
    of = {"declared": ("net", "sum"), "invoices": ("net", "size")}
    by_country, by_buyer = (
        declared.groupby(key, dropna=False).agg(**of).sort_values("declared", ascending=False, kind="stable")
        for key in ("country", "buyer_id")
    )
    return Declaration(
        policy.declaration, starts, ends, pd.NaT if days is None else ends + pd.Timedelta(days=days),
        _steps(found), by_country, by_buyer,
    )  # fmt: skip


class _Found(NamedTuple):
    """Invoices with `gross`, `cancelled`, `net` of both and tax, `excluded` (empty: declared), and the correction."""

    rows: pd.DataFrame
    corrected: float
    corrections: int


def _turnover(book: Book, policy: Policy, starts: pd.Timestamp, ends: pd.Timestamp) -> _Found:
    issued, excluded = book.invoices["issued"], _excluded(book, policy)
    # What is cancelled after the period is a correction of a later one.
    at_start, at_end = (net_sales_on(book, day) for day in (starts - pd.Timedelta(days=1), ends))
    rows = _rows(book, excluded, book.invoices["amount"].to_numpy(), at_end)
    earlier = (issued < starts).to_numpy() & (excluded == "") & (at_start > at_end)
    corrected = float(((at_start - at_end) * net_share(book))[earlier].sum())
    return _Found(rows[((issued >= starts) & (issued <= ends)).to_numpy()], corrected, int(earlier.sum()))


def _balance(book: Book, policy: Policy, ends: pd.Timestamp) -> _Found:
    owed = np.zeros(len(book.invoices))
    items = items_on(book, ends)
    owed[book.invoices.index.get_indexer(items.index)] = items["open_amount"]
    return _Found(_rows(book, _excluded(book, policy), owed, owed)[owed > 0], 0.0, 0)


def _rows(book: Book, excluded: np.ndarray, gross: np.ndarray, left: np.ndarray) -> pd.DataFrame:
    columns = {
        "buyer_id": book.invoices["buyer_id"].array,
        "country": book.buyers["country"].take(book.buyer_of_invoice).array,
        "gross": gross,
        "cancelled": gross - left,
        "net": left * net_share(book),
        "excluded": excluded,
    }
    return pd.DataFrame(columns, index=book.invoices["invoice_id"])


def _excluded(book: Book, policy: Policy) -> np.ndarray:
    """Return why each invoice is not declared: a kind of `KINDS`, a reason of the cover, or nothing."""
    reason = np.array(["", *list(REASONS)[1:]], dtype=object)[not_counted(book, policy)]
    kind = book.buyers["kind"].take(book.buyer_of_invoice).to_numpy(object)
    reason = np.where(reason == "kind_of_buyer", kind, reason)
    issued = book.invoices["issued"].to_numpy()
    for bound, outside in ((policy.starts, np.less), (policy.ends, np.greater)):
        if bound is not None:
            reason = np.where(outside(issued, np.datetime64(bound)), OUTSIDE, reason)
    return reason


def _steps(found: _Found) -> pd.DataFrame:
    rows = found.rows
    by_reason = rows[rows["excluded"] != ""].groupby("excluded")["net"].agg(["sum", "size"])
    order = [name for name in (OUTSIDE, *KINDS, *REASONS) if name in by_reason.index]
    by_reason = by_reason.loc[list(dict.fromkeys(order))]
    gross, cancelled, net = (float(rows[name].sum()) for name in ("gross", "cancelled", "net"))
    tax = rows["gross"] - rows["cancelled"] - rows["net"]
    parts = {
        CANCELLED: (-cancelled, int((rows["cancelled"] >= CENT).sum())),
        TAX: (-(gross - cancelled - net), int((tax >= CENT).sum())), NET: None,
        **{reason: (-row["sum"], int(row["size"])) for reason, row in by_reason.iterrows()},
        CORRECTED: (-found.corrected, found.corrections), DECLARED: None,
    }  # fmt: skip
    left, table = gross, {LEDGER: (round(gross, 2), len(rows))}
    for step, part in parts.items():
        if part is None:
            counted = len(rows) if step == NET else int((rows["excluded"] == "").sum())
            table[step] = (round(left, 2), counted)
        elif part[1]:
            # The difference of rounded levels, so that the rows add up as they are printed.
            table[step] = (round(round(left + part[0], 2) - round(left, 2), 2), part[1])
            left += part[0]
    return pd.DataFrame.from_dict(table, orient="index", columns=["amount", "invoices"]).rename_axis("declaration_step")
