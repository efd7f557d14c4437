"""Who drives the next weeks: the payments that matter, with day, chance and band; and what moved the DSO."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.cash.kernels import chances_by_day
from tradecredit.cash.payment_times import payment_times, today_of
from tradecredit.cash.schedule import open_rows
from tradecredit.measure.disputes import owed_in_dispute
from tradecredit.measure.dso_causes import dso_causes
from tradecredit.measure.open_items import ledger_on
from tradecredit.measure.receivables import kpis_on

NEXT_DAYS = 28
"""The next four weeks."""
LATEST_DAYS = 364
MOST = 20
"""Payments that are named."""
EARLY, LATE = 0.10, 0.90
"""Ends of the band of a payment's day."""


def payments_that_matter(book: Book, most: int = MOST) -> pd.DataFrame:
    """Return the open invoices that bring most in the next four weeks, by what is expected of them.

    Columns: `invoice_id`, `buyer_id`, `name`, `due`, `open_now` (what of it can be paid, not contested), `chance`, that
    it is paid within the four weeks, `expected_soon` = open_now × chance; `likely_on`, the median day of its payment,
    and `early_on` and `late_on`, the 10 % and the 90 % quantile (missing: not within 52 weeks). All at the expected
    tempo.
    """
    items, times = open_rows(book), payment_times(book)
    calendar = times.coming(today_of(book), LATEST_DAYS)
    columns = (items.buyer, items.due, items.begin)
    days = np.array([EARLY, 0.5, LATE])
    chance, when = chances_by_day(columns, NEXT_DAYS, days, calendar, times.habits, (times.hazards, times.credits))
    soon = items.amount * chance
    order = np.argsort(-soon, kind="stable")[:most]
    rows = items.invoice[order]
    dates = {
        name: pd.Series(when[order, number]).map(lambda day: book.as_of + pd.Timedelta(days=day) if day > 0 else pd.NaT)
        for number, name in enumerate(("early_on", "likely_on", "late_on"))
    }
    invoices = book.invoices.iloc[rows].reset_index(drop=True)
    return pd.DataFrame(
        {
            "invoice_id": invoices["invoice_id"], "buyer_id": invoices["buyer_id"],
            "name": book.names.reindex(invoices["buyer_id"]).to_numpy(), "due": invoices["due"],
            "open_now": items.amount[order], "chance": chance[order], "expected_soon": soon[order],
        }
        | {name: pd.to_datetime(values) for name, values in dates.items()}
    )  # fmt: skip


def dso_bridge(book: Book) -> pd.DataFrame:
    """Return what moved the DSO since last month and since last year: index `cause`; `last_month`, `last_year`, `unit`.

    The parts of `dso_causes.dso_causes`, each with its change in days; of the overdue debt that which is contested
    (`disputed debt`) stands by itself. They add up to `dso`. Missing where the ledger does not reach back.
    """
    now = _disputed_days(book, book.as_of)
    found = {}
    for name, months in (("last_month", 1), ("last_year", 12)):
        table = dso_causes(book, months)
        change, then = table["change"].copy(), book.as_of - pd.DateOffset(months=months)
        contested = now - _disputed_days(book, pd.Timestamp(then))
        change["overdue debt"] -= contested
        change["disputed debt"] = contested
        found[name] = change
    order = ["terms", "early payment", "overdue debt", "disputed debt", "exchange rates", "timing of sales", "dso"]
    return pd.DataFrame(found).reindex(order).rename_axis("cause").assign(unit="days")


def _disputed_days(book: Book, day: pd.Timestamp) -> float:
    """Return the days of sales that overdue and contested debt is: its part of the receivables × DSO."""

    figures = kpis_on(book, day)
    owed = ledger_on(book, day).owed_on(day)
    contested = owed_in_dispute(book, owed, day)
    place = np.asarray(book.invoice_of_dispute)[contested.index]
    due = book.invoices["due"].to_numpy("datetime64[us]")[place]
    overdue = contested.to_numpy()[due < day.to_datetime64()].sum()
    return float(overdue / figures["receivables"] * figures["dso"]) if figures["receivables"] > 0 else np.nan


__all__ = ["dso_bridge", "payments_that_matter"]
