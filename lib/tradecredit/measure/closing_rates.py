"""What open items in other currencies are worth on a day: at its closing rate, not at that of their issue."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of, places
from tradecredit.book.rates import last_rate


class ClosingRates(NamedTuple):
    """The rates that move amounts of invoices from their day of issue to another.

    Of the invoices in other currencies: `rows`, their places among the book's, the place of the `currency` of each, and
    the rate of its day of `issue`. Of each currency: the `days` of its rates, rising, and the `rates`.
    """

    rows: np.ndarray
    currency: np.ndarray
    issue: np.ndarray
    days: list[np.ndarray]
    rates: list[np.ndarray]

    def on(self, amounts: np.ndarray, day: pd.Timestamp) -> np.ndarray:
        """Return amounts by invoice, at the rates of their issue, at the last rates on or before a day instead."""
        if not len(self.rows):
            return amounts
        last = np.array([self.rates_on(place, day.to_datetime64()) for place in range(len(self.days))])
        moved = amounts.astype("float64")  # sums over no row at all are whole numbers
        moved[self.rows] *= last[self.currency] / self.issue
        return moved

    def rates_on(self, currency: int, days: np.ndarray | np.datetime64) -> np.ndarray:
        """Return the last rates of a currency, by its place, on or before days; the first one before there is any."""
        found = np.searchsorted(self.days[currency], days, side="right") - 1
        return self.rates[currency][np.maximum(found, 0)]


@once
def closing_rates(book: Book) -> ClosingRates:
    """Return the `ClosingRates` of a book. Reads `invoices` and `fx`. Source: IAS 21.21, 21.23; definitions §1.3."""
    fx = book.fx.sort_values("date", kind="stable")
    names = fx["currency"].drop_duplicates().reset_index(drop=True)
    rows = np.flatnonzero(~one_of(book.invoices["currency"], [book.run.currency]))
    place = places(book.invoices["currency"].take(rows), names)
    rows, place = rows[place >= 0], place[place >= 0]
    of = book.invoices[["currency", "issued"]].take(rows)
    tables = [fx[fx["currency"] == name] for name in names]
    return ClosingRates(
        rows,
        place,
        last_rate(fx, of["currency"], of["issued"]),
        [table["date"].to_numpy("datetime64[us]") for table in tables],
        [table["rate"].to_numpy(float) for table in tables],
    )
