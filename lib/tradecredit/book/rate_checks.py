"""Finds the rows of a book's tables whose currencies have no rate, or too old a one, on the day that counts."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tradecredit.book import central_bank
from tradecredit.book.checks import CENT
from tradecredit.book.links import Links
from tradecredit.book.problems import in_rows, of_table
from tradecredit.book.rates import in_currency_of_invoice, rate_age_days
from tradecredit.book.schema import TABLES
from tradecredit.errors import Problem
from tradecredit.params.run import Run

OLD_LEDGER_DAYS = 31
"""A ledger whose last entry is older than this on the day of the report is an old one."""


def untranslated(tables: dict[str, pd.DataFrame], files: dict[str, str], run: Run, linked: Links) -> list[Problem]:
    """Return the rows of all tables whose currencies have no rate, or too old a one, on the day that counts.

    `linked`: the `links` of the tables. `run`: its currency, its day, at whose rate limits and open items are
    translated, and how old a rate may be.
    """
    today, problems = pd.Timestamp(run.as_of), []
    for name, dated in (("invoices", "issued"), ("statements", "period_end"), ("receipts", "received")):
        if name in tables:
            day = tables[name][dated]
            if name == "invoices":
                day = day.mask(_asks_closing_rate(tables, linked, run), today)
            problems += of_table(name, _rate_problems(tables, name, day, files[name], run))
    for name, begins, ended in (("limits", "valid_from", "valid_to"), ("orders", "date", "closed")):
        if name in tables:
            frame = tables[name]
            frame = frame[(frame[begins] <= today) & ~(frame[ended] < today)]
            day = pd.Series(today, index=frame.index)
            problems += of_table(name, _rate_problems(tables | {name: frame}, name, day, files[name], run))
    return problems


def _asks_closing_rate(tables: dict[str, pd.DataFrame], linked: Links, run: Run) -> pd.Series:
    """Return of each invoice in another currency whether it is open today and its rate of the day of issue stands.

    Open items stand at the closing rate of the run's day, whose age is then what is left to be looked at. What dust or
    a bank's difference leaves asks for none.
    """
    invoices, settings, today = tables["invoices"], run.receivables, pd.Timestamp(run.as_of)
    foreign = invoices["currency"].notna() & (invoices["currency"] != run.currency) & (invoices["issued"] <= today)
    fx = tables.get("fx", TABLES["fx"].empty()).dropna(subset=["date", "currency"])
    rows = np.flatnonzero(foreign & invoices["invoice_id"].notna())
    asks, of = pd.Series(False, index=invoices.index), invoices[["currency", "issued", "amount"]].iloc[rows]
    among = np.full(len(invoices) + 1, -1)
    among[rows] = np.arange(len(rows))
    receipts = tables.get("receipts", TABLES["receipts"].empty())
    place = among[linked.get(("receipts", "invoice_id"), np.empty(0, dtype=np.intp))]
    counted = (place >= 0) & (receipts["received"] <= today).to_numpy()
    receipts, place = receipts.loc[counted, ["received", "amount", "currency"]], place[counted]
    amount, other = in_currency_of_invoice(receipts, place, of["currency"], fx, run.currency)
    left = of["amount"] - np.bincount(place, np.nan_to_num(amount), len(of))
    by_bank = np.bincount(place[other], minlength=len(of)) > 0
    least = np.where(by_bank, max(settings.dust.share, settings.exchange_tolerance), settings.dust.share)
    in_time = rate_age_days(fx, of["currency"], of["issued"]) <= run.oldest_rate_days
    asks[of.index] = (left > least * of["amount"] + CENT) & in_time
    return asks


def _last_entry(tables: dict[str, pd.DataFrame]) -> pd.Timestamp:
    """Return the day of the last invoice or receipt; missing without any."""
    dated = (("invoices", "issued"), ("receipts", "received"))
    return pd.Series([tables[name][day].max() for name, day in dated if name in tables], dtype="datetime64[us]").max()


def _where_rates(fx: pd.DataFrame, run: Run, lacking: set[str]) -> str:
    """Return how rates that a book lacks are added."""
    if run.exchange_rates is not None:
        return "the European Central Bank states none: add a table fx (date, currency, rate) in place of exchange_rates"
    if len(fx):
        return "add it to the fx table"
    of_bank = ", or take the European Central Bank's (exchange_rates: ecb)"
    known = {*lacking, run.currency} <= central_bank.currencies(run.as_of)
    return f"add a table fx (date, currency, rate){of_bank if known else ''}"


def _rate_problems(
    tables: dict[str, pd.DataFrame], name: str, day: pd.Series, file: str, run: Run
) -> Iterator[Problem]:
    """Yield the currencies that have no rate on or before a row's day, and those whose last one is too old for it."""
    currency, fx = tables[name]["currency"], tables.get("fx")
    foreign = currency.notna() & (currency != run.currency) & day.notna()
    if not foreign.any():
        return
    currency, day = currency[foreign], day[foreign]
    fx = TABLES["fx"].empty() if fx is None else fx.dropna(subset=["date", "currency"])
    age = pd.Series(rate_age_days(fx, currency, day), index=currency.index)
    old = age > run.oldest_rate_days
    wrong = age.isna() | old
    if not wrong.any():
        return
    found = currency[wrong] + " on " + day[wrong].dt.strftime("%Y-%m-%d")
    remedy = _where_rates(fx, run, set(currency[age.isna()]))
    yield from in_rows(
        file,
        "currency",
        found,
        age.isna(),
        f"has no rate to {run.currency} on or before that day",
        f"{remedy}, or correct the currency; amounts in {run.currency} need no rate",
        alike=currency,
    )
    remedy = "add newer rates to the fx table, or state how old one may be (oldest_rate_days)"
    last = _last_entry(tables)
    ended = (pd.Timestamp(run.as_of) - last).days > OLD_LEDGER_DAYS
    if len(fx) and ended and (last - fx["date"].max()).days <= run.oldest_rate_days:
        remedy = f"the ledger's last entry is of {last.date()}: state `as_of: {last.date()}`, or {remedy}"
    for one, oldest in age[old].groupby(currency[old]).max().items():
        yield from in_rows(
            file,
            "currency",
            found,
            old & (currency == one),
            f"the last rate to {run.currency} by then is up to {oldest:,.0f} days old; at most {run.oldest_rate_days} "
            "are allowed",
            remedy,
            alike=currency,
        )
