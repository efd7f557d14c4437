"""Who is going to buy, and on which terms: as the book's pattern says, and as orders say."""

from typing import NamedTuple

import numpy as np

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of, places
from tradecredit.cash.future_sales import FutureSales
from tradecredit.measure.default_events import in_default
from tradecredit.measure.sales import net_sales

SHARE_HALF_LIFE = 180
"""Days after which an invoice weighs half in a buyer's part of future sales."""
SHARE_DAYS = 730
SMALL_TERMS = 0.02
"""Part of a buyer's sales below which terms of its own are left to its other ones."""
DAILY_WEEKS = 4
"""In which it matters on which day something is sold: prepayments and discounts come within days."""
SMALL_DAY = 0.01
"""Part of a week's sales below which a day of it counts for closed."""
USUAL_TERMS = 30
"""Days of what is sold to a buyer in a book without sales."""


class Orders(NamedTuple):
    """Orders and goods shipped that no invoice states yet: `buyer`, place in the book; `terms` in days; `day`, from
    today, on which each is invoiced; `amount`."""

    buyer: np.ndarray
    terms: np.ndarray
    day: np.ndarray
    amount: np.ndarray


class Coming(NamedTuple):
    """What is going to be sold: `buyer`, `terms` and `share` of the book's pattern (`sales_shares`), `sales` of that
    pattern, and `orders`, which stand in its place in the weeks of their days, as far as they go."""

    buyer: np.ndarray
    terms: np.ndarray
    share: np.ndarray
    sales: FutureSales
    orders: Orders

    def by_day(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the days, from 1 on, on which something is sold beside orders, and how much.

        In the first weeks (`DAILY_WEEKS`) each day by itself, but for days with less than `SMALL_DAY` of their week's
        sales, which leave it to the others; later all of a week on the day next to its mean.
        """
        rest, _ = self.by_week()
        usual = self.sales.by_day[: 7 * len(rest)].reshape(-1, 7)
        usual = np.where(usual >= SMALL_DAY * usual.sum(axis=1, keepdims=True), usual, 0.0)
        whole = usual.sum(axis=1)
        part = np.divide(usual, whole[:, None], out=np.zeros_like(usual), where=whole[:, None] > 0)
        mean = np.round(part @ np.arange(7)).astype(np.int64)[DAILY_WEEKS:]
        part[DAILY_WEEKS:] = np.eye(7)[mean] * (whole[DAILY_WEEKS:] > 0)[:, None]
        sold = (part * rest[:, None]).ravel()
        days = np.flatnonzero(sold > 0)
        return days + 1, sold[days]

    def by_week(self) -> tuple[np.ndarray, np.ndarray]:
        """Return what is sold in each week beside orders, and by orders."""
        weeks = len(self.sales.month) // 7
        usual = self.sales.by_day[: 7 * weeks].reshape(weeks, 7).sum(axis=1)
        week = (self.orders.day - 1) // 7
        stated = np.bincount(week[week < weeks], self.orders.amount[week < weeks], weeks)
        return np.maximum(usual - stated, 0.0), stated


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


@once
def ordered(book: Book) -> Orders:
    """Return the orders that are not closed, of buyers that are neither in default nor pay in advance.

    What is shipped is invoiced tomorrow, and what is ordered on the day on which it is expected, tomorrow where that
    has passed; without a day it is left to the book's pattern of sales. A buyer's terms are those on which most was
    sold to it lately (`sales_shares`), of one without sales the book's. Source: definitions §12.2.
    """
    orders = book.orders[book.orders["closed"].isna()]
    buyer = places(orders["buyer_id"], book.buyers["buyer_id"])
    shipped = one_of(orders["kind"], ["shipped"])
    left_out = one_of(orders["buyer_id"], in_default(book).to_series())
    left_out |= one_of(book.buyers["kind"], ["prepaid"])[buyer]
    left_out |= ~shipped & orders["expected_on"].isna().to_numpy()
    days = (orders["expected_on"] - book.as_of).dt.days.fillna(1).to_numpy(np.int64)
    day = np.where(shipped, 1, np.maximum(days, 1))[~left_out]
    sold_to, terms, share = sales_shares(book)
    usual = np.full(len(book.buyers), _most(terms, share))
    # The last of equal buyers is kept: that with most.
    order = np.argsort(share, kind="stable")
    usual[sold_to[order]] = terms[order]
    buyer = buyer[~left_out]
    return Orders(buyer, usual[buyer], day, orders["amount"].to_numpy(float)[~left_out])


def _most(terms: np.ndarray, share: np.ndarray) -> int:
    """Return the terms on which most is sold; 30 days where nothing is."""
    return int(np.argmax(np.bincount(terms, share))) if len(terms) else USUAL_TERMS


__all__ = ["Coming", "Orders", "ordered", "sales_shares"]
