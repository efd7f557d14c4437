"""The sums over a ledger that its figures are made of, so that a ledger may be measured in parts of its buyers."""

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.measure.countback import are_credit_sales, counted_back, sales_by_month
from tradecredit.measure.default_events import are_in_default
from tradecredit.measure.disputes import disputed, owed_in_dispute
from tradecredit.measure.history import begins
from tradecredit.measure.open_items import beyond_terms, items_on, ledger
from tradecredit.measure.sales import net_sales_on


class Sums(NamedTuple):
    """What figures of a day are made of, of a ledger or of a part of its buyers.

    `amounts` by name, each a sum over invoices, receipts or disputes; what each buyer that owes something `owes`,
    largest first; and the net credit `sales` by month (`countback.sales_by_month`).
    """

    amounts: pd.Series
    owes: np.ndarray
    sales: pd.Series

    def plus(self, other: "Sums") -> "Sums":
        """Return the sums of two parts together, which have no buyer in common."""
        return Sums(
            self.amounts + other.amounts,
            np.sort(np.concatenate([self.owes, other.owes]))[::-1],
            self.sales.add(other.sales, fill_value=0.0),
        )


def added(parts: Sequence[Sums]) -> Sums:
    """Return the sums of all parts of a ledger."""
    return reduce(Sums.plus, parts)


def sums_on(book: Book, day: pd.Timestamp) -> Sums:
    """Return the sums of a day, from a book that may reach beyond it."""
    start, year = (window_start(day, months) for months in (book.run.receivables.sales_months, 12))
    credit, issued = are_credit_sales(book), ledger(book).issued
    first = begins(book, day)

    items, sold = items_on(book, day), net_sales_on(book, day)
    owed, past_due = items["open_amount"], items["days_past_due"]
    at_issue = owed - items["exchange_difference"]
    opening, opening_at_issue = _receivables_on(book, start) if start >= first else (np.nan, np.nan)
    window_sales, year_sales = (
        sold[credit & (issued <= day.to_datetime64()) & (issued > since.to_datetime64())].sum()
        if since + pd.Timedelta(days=1) >= first
        else np.nan
        for since in (start, year)
    )

    failed = are_in_default(book, items, day)[items["buyer"]]
    beyond, long_overdue = beyond_terms(items, start)[~failed], owed.where(past_due > 90, 0.0)
    by_buyer = owed[owed > 0].groupby(items["buyer"]).sum().sort_values(ascending=False)
    of_invoices = np.zeros(len(book.invoices))
    of_invoices[items.index] = owed
    disputes = disputed(book)
    disputes = disputes[disputes["opened"] <= day]
    written_off = _write_offs(book)
    written_off = written_off[written_off["received"] <= day]
    amounts = {
        "receivables": owed.sum(),
        "overdue": owed[past_due > 0].sum(),
        "over_90": long_overdue.sum(),
        "over_90_in_default": long_overdue[failed].sum(),
        "exchange_difference": items["exchange_difference"].sum(),
        "at_issue": at_issue.sum(),
        "current_at_issue": at_issue[~(past_due > 0)].sum(),
        "opening": opening,
        "opening_at_issue": opening_at_issue,
        "open_invoices": float((owed > 0).sum()),
        "sales": window_sales,
        "sales_12m": year_sales,
        "weight": beyond["weight"].sum(),
        "weighted_days": (beyond["weight"] * beyond["days"]).sum(),
        "weighted_signed_days": (beyond["weight"] * beyond["signed_days"]).sum(),
        "disputes": float(len(disputes)),
        "disputed": disputes.loc[disputes["opened"] > start, "amount"].sum(),
        "in_dispute": owed_in_dispute(book, of_invoices, day).sum(),
        "write_offs": float(len(written_off)),
        "written_off": written_off.loc[written_off["received"] > year, "amount"].sum(),
    }
    return Sums(pd.Series(amounts), by_buyer.to_numpy(), sales_by_month(book, sold, day))


def figures_of(sums: Sums, months: int, day: pd.Timestamp) -> pd.Series:
    """Return the figures that `receivables.kpis` defines, from the sums of a day and the months of the sales window.

    Those that rest on what a ledger may not tell (sales, days of payment) as well, whether it does or not.
    """
    days, of = (day - window_start(day, months)).days, sums.amounts
    current = of["receivables"] - of["overdue"]
    shares = pd.Series(sums.owes) / of["receivables"]
    raised, pending = of[["disputed", "in_dispute"]] if of["disputes"] else (np.nan, np.nan)
    collected = of["opening_at_issue"] + of["sales"]
    return pd.Series(
        {
            "receivables": of["receivables"],
            "overdue_amount": of["overdue"],
            "over_90_amount": of["over_90"],
            "over_90_in_default": of["over_90_in_default"],
            "exchange_difference": of["exchange_difference"],
            "open_invoices": of["open_invoices"],
            "open_buyers": float(len(sums.owes)),
            "sales": of["sales"],
            "sales_12m": of["sales_12m"],
            "dso": _per(of["receivables"], of["sales"]) * days,
            "dso_countback": counted_back([of["receivables"]], sums.sales, day)[0],
            "dso_best_possible": _per(current, of["sales"]) * days,
            "average_days_delinquent": _per(of["overdue"], of["sales"]) * days,
            "turnover": _per(of["sales"], (of["opening"] + of["receivables"]) / 2) * 365 / days,
            "cei": 100 * _per(collected - of["at_issue"], collected - of["current_at_issue"]),
            "share_current": _per(current, of["receivables"]),
            "share_over_90": _per(of["over_90"], of["receivables"]),
            "days_beyond_terms": _per(of["weighted_days"], of["weight"]),
            "days_beyond_terms_signed": _per(of["weighted_signed_days"], of["weight"]),
            "dispute_rate": _per(raised, of["sales"]),
            "open_disputes": pending,
            "days_deductions_outstanding": _per(pending, raised) * days,
            "bad_debt_to_sales": _per(of["written_off"], of["sales_12m"]) if of["write_offs"] else np.nan,
            "top_10_share": shares.head(10).sum(min_count=1),
            "largest_buyer_share": shares.max(),
            "herfindahl": (shares**2).sum(min_count=1),
        }
    )


@once
def _receivables_on(book: Book, day: pd.Timestamp) -> tuple[float, float]:
    """Return the receivables at the end of a day at its closing rates, and at the rates of the days of issue."""
    at_issue = ledger(book).owed_at_issue(day)
    return ledger(book).closing.on(at_issue, day).sum(), at_issue.sum()


@once
def _write_offs(book: Book) -> pd.DataFrame:
    rows = book.receipts[one_of(book.receipts["kind"], ["write_off"])]
    return rows.sort_values("received", kind="stable")


def _per(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan
