"""Early warnings in how a buyer pays and buys: each a value for every buyer, beside the value that warns."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import DAYS_A_MONTH, window_start
from tradecredit.book.once import once
from tradecredit.measure.behaviour import features
from tradecredit.measure.disputes import disputed
from tradecredit.measure.dust import dust, small_rest
from tradecredit.measure.habit import payment_habit
from tradecredit.measure.history import begins, habits_told, sales_told
from tradecredit.measure.limits_in_force import amounts_on, first_of
from tradecredit.measure.open_items import ledger, open_items
from tradecredit.measure.promises import BROKEN, outcomes
from tradecredit.measure.sales import net_sales, sold_on
from tradecredit.measure.set_off import still_overdue
from tradecredit.measure.silence import silence

YEAR_MONTHS = 12
FEWEST_MONTHS = 6
"""With fewer months before the recent ones a buyer has no usual purchases."""
FEWEST_ORDERS = 6
"""Nor with fewer invoices in them: one that buys twice a year has not stopped after a quarter."""

NEVER = np.datetime64("NaT", "us")


class Measured(NamedTuple):
    """A signal of all buyers, in their order: its `value`, the day `since` when it is so, the `threshold` that warns.

    `low`: it warns at or below the threshold, else at or above. Missing where it cannot be told.
    """

    value: np.ndarray
    since: np.ndarray
    threshold: np.ndarray | float
    low: bool = False

    def warns(self) -> np.ndarray:
        """Return whether it warns of each buyer."""
        return self.value <= self.threshold if self.low else self.value >= self.threshold


def slower(book: Book) -> Measured:
    """Return the chart of days late against the buyer's own habit (`habit.payment_habit`), in standard deviations."""
    width = book.run.early_warning.slower_width
    found = payment_habit(book, width)
    return Measured(found["chart"].to_numpy(), found["slower_since"].to_numpy("datetime64[us]"), width)


def overdue(book: Book) -> Measured:
    """Return the days past due of the oldest invoice still overdue (`set_off.still_overdue`), no small rest; else 0."""
    oldest, days = _oldest_overdue(book), book.run.early_warning.overdue_days
    value = np.asarray((np.datetime64(book.as_of, "us") - oldest) / np.timedelta64(1, "D"))
    return Measured(np.where(np.isnat(oldest), 0.0, value), oldest + np.timedelta64(days, "D"), days)


def silent(book: Book) -> Measured:
    """Return how improbable it is that the buyer has paid nothing for so long (`silence.silence`), by its habit."""
    found = silence(book)
    since = found["last_paid"].to_numpy("datetime64[us]")
    return Measured(found["silence"].to_numpy(), since, book.run.early_warning.silence)


def broken_promises(book: Book) -> Measured:
    """Return the promises to pay of the recent months that were broken (`promises.outcomes`); since the first day."""
    table, count = outcomes(book), len(book.buyers)
    day = table["last_day"].to_numpy("datetime64[us]")
    recent = day > window_start(book.as_of, book.run.early_warning.recent_months).to_datetime64()
    broken = (table["state"] == BROKEN).to_numpy() & recent & (table["buyer"] >= 0).to_numpy()
    buyer = table["buyer"].to_numpy()[broken]
    number = np.bincount(buyer, minlength=count).astype(float)
    told = 1.0 if book.has("promises") else np.nan
    return Measured(number * told, _earliest(buyer, day[broken], count), book.run.early_warning.broken_promises)


def part_payments(book: Book) -> Measured:
    """Return the payments of the recent months that left more than dust open of their invoice, beside the usual."""
    known = ledger(book)
    left = known.amount[known.row] - known.paid
    partly = known.is_payment & (left > dust(known.amount, book.run.receivables.dust)[known.row])
    found = _more_often(book, book.buyer_of_invoice[known.row[partly]], known.received[partly])
    return found if habits_told(book, book.as_of) else found._replace(value=found.value * np.nan)


def disputes(book: Book) -> Measured:
    """Return the disputes that the buyer has opened in the recent months, beside the usual."""
    table = disputed(book)
    known = (book.invoice_of_dispute >= 0) & (table["opened"] <= book.as_of).to_numpy()
    buyer = book.buyer_of_invoice[book.invoice_of_dispute[known]]
    found = _more_often(book, buyer, table["opened"].to_numpy("datetime64[us]")[known])
    return found if book.has("disputes") else found._replace(value=found.value * np.nan)


def limit_use(book: Book) -> Measured:
    """Return the open amount over the limit in force; since the issue of the open invoice that passed it."""
    value, least = features(book)["limit_use"].to_numpy(), book.run.early_warning.limit_use
    items = open_items(book)
    rows = np.flatnonzero((items["open_amount"] > 0).to_numpy())
    issued, owner = items["issued"].to_numpy("datetime64[us]")[rows], book.buyer_of_invoice[rows]
    order = np.lexsort([issued, owner])
    owed = pd.Series(items["open_amount"].to_numpy()[rows][order]).groupby(owner[order]).cumsum().to_numpy()
    passed = owed >= least * first_of(amounts_on(book, book.as_of))[owner[order]]
    return Measured(value, _earliest(owner[order][passed], issued[order][passed], len(value)), least)


def orders_surge(book: Book) -> Measured:
    """Return the purchases of the recent months over the usual; since the first invoice of these months."""
    value, recent = _orders(book), _sold_since(book, window_start(book.as_of, book.run.early_warning.recent_months))
    issued = book.invoices["issued"].to_numpy("datetime64[us]")
    since = _earliest(book.buyer_of_invoice[recent], issued[recent], len(value))
    return Measured(value, since, book.run.early_warning.orders_surge)


def orders_stop(book: Book) -> Measured:
    """Return the same of a buyer that stops to buy; since its last invoice."""
    sold = _sold_since(book, pd.Timestamp("1900-01-01"))
    last = _latest(
        book.buyer_of_invoice[sold], book.invoices["issued"].to_numpy("datetime64[us]")[sold], len(book.buyers)
    )
    return Measured(_orders(book), last, book.run.early_warning.orders_stop, low=True)


@once
def _orders(book: Book) -> np.ndarray:
    """Return each buyer's purchases of the recent months over its usual ones, beside the same of all buyers.

    The usual: those of the 12 months before, or since it began, per month. Missing with fewer than `FEWEST_MONTHS` of
    them or `FEWEST_ORDERS` invoices.
    """
    months = book.run.early_warning.recent_months
    begun, until = window_start(book.as_of, months + YEAR_MONTHS), window_start(book.as_of, months)
    issued, amount, count = book.invoices["issued"], net_sales(book).to_numpy(), len(book.buyers)
    recent, before = _sold_since(book, until), _sold_since(book, begun)
    before = before[(issued.to_numpy("datetime64[us]")[before] <= until.to_datetime64())]
    now, then = (np.bincount(book.buyer_of_invoice[rows], amount[rows], count) for rows in (recent, before))
    orders = np.bincount(book.buyer_of_invoice[before], minlength=count)
    sold = _sold_since(book, pd.Timestamp("1900-01-01"))
    first = _earliest(book.buyer_of_invoice[sold], issued.to_numpy("datetime64[us]")[sold], count)
    first = np.fmax(first, begins(book, book.as_of).to_datetime64()) if len(sold) else first
    known = (until.to_datetime64() - np.fmax(first, begun.to_datetime64())) / np.timedelta64(1, "D") / DAYS_A_MONTH
    enough = (known >= FEWEST_MONTHS) & (orders >= FEWEST_ORDERS) & sales_told(book, book.as_of)
    usual = np.where(enough, then / np.where(enough, known, 1.0) * months, np.nan)
    return now / usual / (np.sum(now[enough]) / np.sum(usual[enough])) if enough.any() else usual


def _sold_since(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return the rows of the invoices issued after a day that were not cancelled whole."""
    return np.flatnonzero(sold_on(book, book.as_of) & (book.invoices["issued"] > day).to_numpy())


def _more_often(book: Book, buyer: np.ndarray, day: np.ndarray) -> Measured:
    """Return how often something happened in the recent months, and from how often on that is more than usual.

    At least `fewest` times, and `times_usual` as often as in the year before, month for month.
    """
    settings, count = book.run.early_warning, len(book.buyers)
    until = window_start(book.as_of, settings.recent_months)
    recent = day > until.to_datetime64()
    year = ~recent & (day > window_start(book.as_of, settings.recent_months + YEAR_MONTHS).to_datetime64())
    now, before = (np.bincount(buyer[which], minlength=count).astype(float) for which in (recent, year))
    usual = before * settings.recent_months / YEAR_MONTHS
    threshold = np.maximum(settings.fewest, np.ceil(settings.times_usual * usual))
    return Measured(now, _earliest(buyer[recent], day[recent], count), threshold)


@once
def _oldest_overdue(book: Book) -> np.ndarray:
    """Return the day by which the oldest undisputed invoice past due was payable, by buyer; not a time: none is."""
    items = open_items(book)
    least = small_rest(items["open_amount"].to_numpy(), items["amount"].to_numpy(), book.run.receivables.small_rest)
    rows = np.flatnonzero((still_overdue(book) > 0) & ~least)
    return _earliest(
        book.buyer_of_invoice[rows], items["payable_by"].to_numpy("datetime64[us]")[rows], len(book.buyers)
    )


def _earliest(buyer: np.ndarray, day: np.ndarray, count: int) -> np.ndarray:
    """Return the earliest day of each of so many buyers; not a time without any."""
    found = np.full(count, NEVER)
    np.fmin.at(found, buyer, day)
    return found


def _latest(buyer: np.ndarray, day: np.ndarray, count: int) -> np.ndarray:
    """Return the latest day of each of so many buyers; not a time without any."""
    found = np.full(count, NEVER)
    np.fmax.at(found, buyer, day)
    return found
