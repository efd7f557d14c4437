"""What is to be paid by week: of each open invoice, and of what is going to be sold."""

from typing import NamedTuple

import numpy as np

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of, places
from tradecredit.cash.future_sales import FutureSales
from tradecredit.default.payment_kernels import future_by_week, money_by_day, receipts_by_week
from tradecredit.default.payment_times import PaymentTimes
from tradecredit.measure.balances import balances
from tradecredit.measure.default_events import in_default
from tradecredit.measure.disputes import disputed, owed_in_dispute
from tradecredit.measure.open_items import open_items
from tradecredit.measure.sales import net_sales

SHARE_HALF_LIFE = 180
"""Days after which an invoice weighs half in a buyer's part of future sales."""
SHARE_DAYS = 730
SMALL_TERMS = 0.02
"""Part of a buyer's sales below which terms of its own are left to its other ones."""
USUAL_SETTLING, USUAL_CREDITED, FEW_DISPUTES = 45, 0.3, 10
"""Days from the opening of a dispute until it is settled, and the part credited, where fewer are closed."""


class OpenItems(NamedTuple):
    """What is open: a row for each invoice, or two where a part is disputed; days count from the forecast's.

    `invoice`, `buyer`: places in the book; `amount`, net of what the buyer has on account and of what is credited;
    `credited`; `due`; `begin`, the first day on which it can be paid.
    """

    invoice: np.ndarray
    buyer: np.ndarray
    amount: np.ndarray
    credited: np.ndarray
    due: np.ndarray
    begin: np.ndarray


class Disputes(NamedTuple):
    """The median days from opening a dispute until it is settled, and the part credited; `closed`: of how many."""

    days: float
    credited: float
    closed: int


class Schedule(NamedTuple):
    """What is paid in each week under each pace: `paid` (paces × rows × weeks) and `credited` (paces × rows)."""

    paid: np.ndarray
    credited: np.ndarray


class SalesSchedule(NamedTuple):
    """The same of future sales: `paid` by week of sale and of payment (paces × weeks × weeks), `credited` (paces ×
    weeks of sale); by buyer `bought` (weeks), `paid_by_buyer` (paces × buyers × weeks) and `credited_by_buyer`."""

    sold: np.ndarray
    paid: np.ndarray
    credited: np.ndarray
    bought: np.ndarray
    paid_by_buyer: np.ndarray
    credited_by_buyer: np.ndarray


@once
def open_rows(book: Book) -> OpenItems:
    """Return the open items of buyers that are not in default, as `OpenItems` (definitions §12.3)."""
    items, owner = open_items(book), book.buyer_of_invoice
    gone = np.zeros(len(book.buyers), dtype=bool)
    gone[places(in_default(book).to_series(), book.buyers["buyer_id"])] = True
    owed = np.where(gone[owner], 0.0, items["open_amount"].to_numpy(float))
    gross = np.bincount(owner, owed, len(book.buyers))
    net = balances(book)["net_amount"].reindex(book.buyers["buyer_id"]).fillna(0.0).to_numpy(float)
    part = np.where(gross > 0, np.clip(net, 0.0, gross) / np.where(gross > 0, gross, 1.0), 0.0)
    owed = owed * part[owner]
    contested, opened = _contested(book, owed)
    today = book.as_of.to_datetime64().astype("datetime64[D]")
    due = (items["due"].to_numpy("datetime64[D]") - today).astype(np.int64)
    free, held = np.flatnonzero(owed - contested >= CENT), np.flatnonzero(contested >= CENT)
    rule = dispute_rule(book)
    until = np.maximum((opened[held] - today).astype(np.int64) + round(rule.days), 1)
    return OpenItems(
        np.append(free, held),
        owner[np.append(free, held)],
        np.append((owed - contested)[free], contested[held] * (1 - rule.credited)),
        np.append(np.zeros(len(free)), contested[held] * rule.credited),
        np.append(due[free], until),
        np.append(np.ones(len(free), np.int64), until),
    )


@once
def dispute_rule(book: Book) -> Disputes:
    """Return how long disputes take and what is credited, from those that are closed."""
    table = disputed(book).assign(invoice=book.invoice_of_dispute)
    closed = table[table["closed"].notna() & (table["invoice"] >= 0)]
    if len(closed) < FEW_DISPUTES:
        return Disputes(USUAL_SETTLING, USUAL_CREDITED, len(closed))
    days = float((closed["closed"] - closed["opened"]).dt.days.median())
    receipts, row = book.receipts, book.invoice_of_receipt
    credits = one_of(receipts["kind"], ["credit_note"]) & (row >= 0)
    opened = np.full(len(book.invoices), np.datetime64("NaT", "us"))
    opened[closed["invoice"]] = closed["opened"].to_numpy("datetime64[us]")
    counted = credits & (receipts["received"].to_numpy("datetime64[us]") >= opened[row])
    credited = receipts["amount"].to_numpy()[counted].sum() / max(closed["amount"].sum(), CENT)
    return Disputes(days, float(np.clip(credited, 0.0, 1.0)), len(closed))


def _contested(book: Book, owed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what is in dispute of each invoice, and since when the latest of its open disputes is."""
    found = owed_in_dispute(book, owed, book.as_of)
    opened = np.full(len(owed), np.datetime64("NaT", "D"))
    place = np.asarray(book.invoice_of_dispute)[found.index]
    known = place >= 0
    days = disputed(book)["opened"].to_numpy("datetime64[D]")[found.index]
    order = np.argsort(days[known], kind="stable")
    opened[place[known][order]] = days[known][order]
    return np.minimum(np.bincount(place[known], found.to_numpy()[known], len(owed)), owed), opened


def of_open(items: OpenItems, times: PaymentTimes, today: int, weeks: int, paces: np.ndarray) -> Schedule:
    """Return what of each open item is to be paid by week, as parts of its amount."""
    calendar = times.coming(today, 7 * weeks)
    rates = (times.hazards, times.credits, paces)
    columns = (items.buyer, items.due, items.begin)
    return Schedule(*receipts_by_week(columns, weeks, calendar, times.habits, rates))


@once
def sales_shares(book: Book) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the buyers, terms in days, and parts of future sales: from the sales of two years, recent ones first.

    Those of a buyer in default count nothing.
    """
    invoices, buyer = book.invoices, book.buyer_of_invoice
    age = (book.as_of - invoices["issued"]).dt.days.to_numpy(float)
    amount = net_sales(book).to_numpy(float) * 0.5 ** (age / SHARE_HALF_LIFE) * (age < SHARE_DAYS)
    amount[one_of(invoices["buyer_id"], in_default(book).to_series())] = 0.0
    terms = (invoices["due"] - invoices["issued"]).dt.days.to_numpy(np.int64)
    span = int(terms.max(initial=0)) + 1
    pair, of = np.unique(buyer * span + terms, return_inverse=True)
    sold, whose = np.bincount(of, amount, len(pair)), pair // span
    whole = np.bincount(whose, sold, len(book.buyers))
    sold = np.where(sold >= SMALL_TERMS * whole[whose], sold, 0.0)
    kept = np.bincount(whose, sold, len(book.buyers))
    sold = sold * np.where(kept > 0, whole / np.where(kept > 0, kept, 1.0), 0.0)[whose]
    used = sold > 0
    return whose[used], (pair % span)[used], sold[used] / max(sold.sum(), CENT)


def of_sales(
    shares: tuple[np.ndarray, np.ndarray, np.ndarray],
    sales: FutureSales,
    times: PaymentTimes,
    today: int,
    paces: np.ndarray,
) -> SalesSchedule:
    """Return what of the coming weeks' sales is to be paid by week; sold in the middle of each week."""
    weeks = len(sales.month) // 7
    sold = sales.by_day[: 7 * weeks].reshape(weeks, 7).sum(axis=1)
    calendar = times.coming(today, 7 * weeks)
    buyer, terms, share = shares
    rates = (times.hazards, times.credits, paces)
    found = future_by_week((buyer, terms, share), sold, calendar, times.habits, rates)
    bought = np.bincount(buyer, share, len(times.hazards))[:, None] * sold
    paid, credited, paid_by_buyer, credited_by_buyer = found
    return SalesSchedule(sold, paid, credited, bought, paid_by_buyer, credited_by_buyer)


def expected_by_day(
    items: OpenItems, shares: tuple[np.ndarray, ...], sales: FutureSales, times: PaymentTimes, today: int
) -> np.ndarray:
    """Return what is to be paid on each coming day, from tomorrow on, at the expected tempo: of whole weeks."""
    weeks = len(sales.month) // 7
    sold = sales.by_day[: 7 * weeks].reshape(weeks, 7).sum(axis=1)
    columns = (items.buyer, items.due, items.begin, items.amount)
    calendar = times.coming(today, 7 * weeks)
    return money_by_day(columns, shares, sold, calendar, times.habits, (times.hazards, times.credits))[1:]


__all__ = [
    "OpenItems", "SalesSchedule", "Schedule", "expected_by_day", "of_open", "of_sales", "open_rows", "sales_shares",
]  # fmt: skip
