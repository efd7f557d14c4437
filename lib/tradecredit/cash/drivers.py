"""Who drives the next weeks: the payments that matter, with day, chance and band; and what moved the DSO."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.once import once
from tradecredit.cash.open_rows import OpenItems, open_rows, with_promised
from tradecredit.cash.schedule_kernels import chances_by_day
from tradecredit.default.payment_times import payment_times, today_of
from tradecredit.measure.disputes import owed_in_dispute
from tradecredit.measure.dso_causes import dso_causes
from tradecredit.measure.open_items import ledger_on
from tradecredit.measure.receivables import kpis_on

NEXT_DAYS = 28
"""The next four weeks."""
LATEST_DAYS = 364
MOST = 20
"""Payments that are named."""
TERMS, LESS_EARLY = "terms and mix of sales", "less early payment"
OVERDUE, CONTESTED = "overdue debt that is not disputed", "overdue debt in dispute"
TIMING = "timing of sales"
"""Causes of a change of the DSO, as they are named here."""
EARLY, LATE = 0.10, 0.90
"""Ends of the band of a payment's day."""


class Soon(NamedTuple):
    """Of each open item (`open_rows.OpenItems`): the `chance` that it is paid within four weeks, and `when`, the days
    from today by which 10, 50 and 90 % of it are (0: not within 52 weeks); all at the expected tempo."""

    items: OpenItems
    chance: np.ndarray
    when: np.ndarray


@once
def soon_paid(book: Book) -> Soon:
    """Return when the open items are paid."""
    items, times = open_rows(book), payment_times(book)
    calendar = times.coming(today_of(book), LATEST_DAYS)
    columns = (items.pays_as, items.due, items.begin)
    days, (hazards, habits) = np.array([EARLY, 0.5, LATE]), with_promised(times)
    found = chances_by_day(columns, NEXT_DAYS, days, calendar, habits, (hazards, times.credits))
    return Soon(items, *found)


def payments_that_matter(book: Book, most: int = MOST) -> pd.DataFrame:
    """Return the open invoices that bring most in the next four weeks, by what is expected of them.

    Columns: `invoice_id`, `buyer_id`, `name`, `due`, `open_now` (what of it can be paid, not contested), `chance`, that
    it is paid within the four weeks, `expected_soon` = open_now × chance; `likely_on`, the median day of its payment,
    and `early_on` and `late_on`, the 10 % and the 90 % quantile (missing: not within 52 weeks). All at the expected
    tempo.
    """
    items, chance, when = soon_paid(book)
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


def uncertain_buyers(book: Book, most: int = MOST) -> pd.DataFrame:
    """Return the buyers whose open invoices make the cash of the next four weeks most uncertain.

    Columns: `buyer_id`, `name`, `invoices` open, `open_now`, `expected_soon` (Σ open × chance), `deviation_soon`, the
    standard deviation of what comes of them, √(Σ open² · chance · (1 − chance)), each invoice being paid whole or not,
    by its own chance; `variance_of_all`, the sum of its square over all buyers. By that deviation, the largest first.
    """
    items, chance, _ = soon_paid(book)
    buyers = len(book.buyers)
    sums = [
        np.bincount(items.buyer, values, buyers)
        for values in (
            np.ones(len(chance)), items.amount, items.amount * chance, items.amount**2 * chance * (1 - chance)
        )
    ]  # fmt: skip
    order = np.argsort(-sums[3], kind="stable")[:most]
    order = order[sums[3][order] > 0]
    ids = book.buyers["buyer_id"].take(order)
    return pd.DataFrame(
        {
            "buyer_id": ids.to_numpy(), "name": book.names.reindex(ids).to_numpy(),
            "invoices": sums[0][order].astype(int), "open_now": sums[1][order], "expected_soon": sums[2][order],
            "deviation_soon": np.sqrt(sums[3][order]), "variance_of_all": sums[3].sum(),
        }
    )  # fmt: skip


def dso_bridge(book: Book) -> pd.DataFrame:
    """Return what moved the DSO since last month and since last year: index `cause`; `last_month`, `last_year`, `unit`.

    The parts of `dso_causes.dso_causes`, each with its change in days; its `overdue debt` in two, that which is not
    contested (`OVERDUE`) and that which is (`CONTESTED`); its `early payment`, which is below zero, as `LESS_EARLY`:
    more days where less is paid early. They add up to `dso`. Missing where the ledger does not reach back.
    """
    now = _disputed_days(book, book.as_of)
    found = {}
    for name, months in (("last_month", 1), ("last_year", 12)):
        table = dso_causes(book, months)
        change = table["change"].copy()
        contested = now - _disputed_days(book, window_start(book.as_of, months))
        change = change.rename({"overdue debt": OVERDUE, "early payment": LESS_EARLY, "terms": TERMS})
        change[OVERDUE] -= contested
        change[CONTESTED] = contested
        found[name] = change
    order = [TERMS, LESS_EARLY, OVERDUE, CONTESTED, "exchange rates", TIMING, "dso"]
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


__all__ = ["CONTESTED", "OVERDUE", "TIMING", "dso_bridge", "payments_that_matter", "uncertain_buyers"]
