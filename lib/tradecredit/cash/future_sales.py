"""What is going to be sold: level, growth and season of the book's own sales, and how far such a forecast errs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tradecredit.book.book import Book
from tradecredit.book.calendar import DAYS_A_MONTH, MONTH_DAYS, month_day
from tradecredit.book.once import once
from tradecredit.default.payment_days import are_holidays, weekday_of
from tradecredit.measure.sales import net_sales
from tradecredit.numerics.borrowed import strength
from tradecredit.numerics.drifting import Grid, Seen, predicted

MONTHS = 60
"""Of history that are looked at, at most."""
GRID = Grid(
    level=10.0,  # before any month is seen, nothing is known of the level
    growth=0.10,
    drifts=(0.03, 0.06, 0.12, 0.24),
    memories=(1.0,),
    seasons=(0.0, 0.05, 0.1, 0.2, 0.4),
    noises=(0.0, 0.03, 0.08, 0.2, 0.5),
)
"""Of the logarithm of a month's sales."""
PROFILE_DAYS = 730
PROFILE_TURNS = 8
"""Times that the factors of weekdays, holidays and days of the month are fitted by turns."""


class FutureSales(NamedTuple):
    """`rate`: expected sales a day of weight 1 in each coming month; `spread`: covariance of its logarithm;
    `month` and `weight` of each coming day from 1 on: the place of its month, and its part of a day; `per_invoice`: the
    mean amount of what an amount sold stands in, Σ a² / Σ a, which makes the sales of a week chance."""

    rate: np.ndarray
    spread: np.ndarray
    month: np.ndarray
    weight: np.ndarray
    per_invoice: float

    @property
    def by_day(self) -> np.ndarray:
        """Expected sales of each coming day."""
        return self.rate[self.month] * self.weight


@once
def future_sales(book: Book, days: int = 364) -> FutureSales:
    """Return what a book is going to sell in the coming days, from its own pattern as known on its day.

    Reads `invoices` and the credit notes that cancel them; amounts gross of tax. The logarithm of a month's sales per
    day is a level that drifts, a growth, a season of twelve months and chance, all normal (a Gaussian process); the
    standard deviations of drift, season and chance are averaged over a grid, weighted by how likely each makes the
    months that were seen. Days of a month have the weights of their weekday, of holidays, and of their day of the
    month; a month has those of its days, or all months the same, by which of both sales moved less so far. A young book
    has no season of its own, and says so by a wide spread. Source: definitions §12.2.
    """
    issued = book.invoices["issued"].to_numpy("datetime64[D]").astype(np.int64)
    amount = net_sales(book).to_numpy(float)
    today = int(book.as_of.to_datetime64().astype("datetime64[D]").astype(np.int64))
    return forecast(issued[amount > 0], amount[amount > 0], today, days)


def forecast(issued: np.ndarray, amount: np.ndarray, today: int, days: int) -> FutureSales:
    """Return the sales of the days after `today` from invoices issued by then (days from 1970)."""
    coming = np.arange(today + 1, today + days + 1)
    first = int(issued.min(initial=today))
    past = np.arange(first, today + 1)
    recent = issued > today - PROFILE_DAYS
    profile = _profile(issued[recent], amount[recent], max(first, today - PROFILE_DAYS + 1), today)
    months, last = _month(coming), _month(np.array([today]))[0]
    place = months - months[0]
    if not len(issued):
        size = place[-1] + 1
        return FutureSales(np.zeros(size), np.zeros((size, size)), place, _weights(coming, profile), 0.0)
    begin = max(_month(np.array([first]))[0], last - MONTHS)
    of_day, of_invoice = _month(past), _month(issued)
    known = np.arange(begin, last + 1)
    sold, squares = (
        np.bincount(of_invoice[of_invoice >= begin] - begin, values[of_invoice >= begin], len(known))
        for values in (amount, amount**2)
    )
    held = of_day >= begin

    def units_of(weight: np.ndarray) -> np.ndarray:
        return np.bincount(of_day[held] - begin, weight[: len(past)][held], len(known))

    own = _weights(np.append(past, coming), profile)
    alike = _with_like_months(own, np.append(past, coming), profile)
    weight = min((own, alike), key=lambda of: _moves(sold, units_of(of)))
    units, weight = units_of(weight), weight[len(past) :]
    # A month without a sale, or of a few days alone, says little of a logarithm.
    used = (sold > 0) & (units > 0.2 * units.max())
    ahead = np.arange(months[0], months[-1] + 1)
    if not used.any():
        used = sold > 0
    chance = np.minimum(squares[used] / sold[used] ** 2, 1.0)
    seen = Seen((known[used] - last) / 12, known[used], np.log(sold[used] / units[used]) + chance / 2, chance)
    found = predicted(seen, (ahead - last) / 12, ahead, GRID)
    spread = found.spread + found.noise * np.eye(len(ahead))
    recent_amounts = amount[issued > today - 365]
    recent_amounts = recent_amounts if len(recent_amounts) else amount
    level = np.exp(found.mean)
    return FutureSales(level, spread, place, weight, float((recent_amounts**2).sum() / recent_amounts.sum()))


def _moves(sold: np.ndarray, units: np.ndarray) -> float:
    """Return how much sales per unit move from month to month: the mean square of differences of logarithms."""
    some = (sold[1:-1] > 0) & (units[1:-1] > 0)  # the first and the last may be a few days
    return float((np.diff(np.log(sold[1:-1][some] / units[1:-1][some])) ** 2).mean()) if some.sum() > 1 else np.inf


def _month(day: np.ndarray) -> np.ndarray:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


class _Profile(NamedTuple):
    """What each day of the month, each weekday, and holidays have of the usual amount."""

    month_days: np.ndarray
    weekdays: np.ndarray
    holidays: np.ndarray


def _profile(issued: np.ndarray, amount: np.ndarray, first: int, today: int) -> _Profile:
    """Return the profile of the days from `first` to `today`, each of its factors fitted beside the others.

    A factor is (sold + s) / (expected + s), s the likeliest, in amounts as many as stand behind their sum, Σa / (Σa² /
    Σa); where invoices come in batches, so many of them count as one.
    """
    size = (amount**2).sum() / amount.sum() if len(amount) else 1.0
    day = np.arange(first, today + 1)
    seen, month = np.bincount(issued - first, amount / size, len(day)), _month(day) - _month(day[:1])
    places = _places(day)
    factors = [np.ones(MONTH_DAYS), np.ones(7), np.ones(2)]
    batch = 1.0
    for _ in range(PROFILE_TURNS):
        for number, place in enumerate(places):
            wanted = _in_months(seen, _product(factors, places), month) / factors[number][place]
            had, usual = (np.bincount(place, values, len(factors[number])) for values in (seen, wanted))
            s = strength(had, usual, 1 / batch)
            factors[number] = (had + s) / (usual + s)
        wanted = _in_months(seen, _product(factors, places), month)
        batch = max(float(((seen - wanted) ** 2 / np.maximum(wanted, 1e-9)).mean()), 1.0)
    return _Profile(*factors)


def _in_months(seen: np.ndarray, weight: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Return what is seen of each month, divided among its days by their weights.

    Growth and season, which the months have, are no habit of days.
    """
    return weight * (np.bincount(month, seen) / np.bincount(month, weight))[month]


def _places(day: np.ndarray) -> tuple[np.ndarray, ...]:
    return month_day(day), weekday_of(day), are_holidays(day).astype(np.int64)


def _product(factors: Sequence[np.ndarray], places: Sequence[np.ndarray]) -> np.ndarray:
    return np.prod([factor[place] for factor, place in zip(factors, places, strict=True)], axis=0)


def _weights(day: np.ndarray, profile: _Profile) -> np.ndarray:
    """Return the weights of days by the profile."""
    return _product(profile, _places(day))


def _with_like_months(weight: np.ndarray, day: np.ndarray, profile: _Profile) -> np.ndarray:
    """Return the weights of consecutive days where all months have the same, whichever days they have."""
    month = _month(day)
    start, end = (
        of.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) for of in (month[0], month[-1] + 1)
    )
    whole = np.arange(start, end)
    of_month = np.bincount(_month(whole) - month[0], _weights(whole, profile))
    return weight / of_month[month - month[0]] * DAYS_A_MONTH


__all__ = ["FutureSales", "forecast", "future_sales"]
