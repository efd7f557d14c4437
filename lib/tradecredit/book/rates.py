"""What a unit of another currency is worth in that of the report."""

import numpy as np
import pandas as pd

from tradecredit.book.places import one_of, places


def last_rate(fx: pd.DataFrame, currency: pd.Series, day: pd.Series) -> np.ndarray:
    """Return the reporting currency per unit of each row's currency at the last rate on or before the row's day.

    `fx`: `date`, `currency`, `rate`. Missing before a currency's first rate, and for one without any, such as the
    reporting currency itself.
    """
    # A row of −1, before the first rate, is the last of the values: none.
    return np.append(fx["rate"].to_numpy(float), np.nan)[_last_row(fx, currency, day)]


def rate_age_days(fx: pd.DataFrame, currency: pd.Series, day: pd.Series) -> np.ndarray:
    """Return how many days older than the row's day its `last_rate` is; missing where there is none."""
    dated = np.append(fx["date"].to_numpy("datetime64[us]"), np.datetime64("NaT", "us"))
    age = day.to_numpy("datetime64[us]") - dated[_last_row(fx, currency, day)]
    return age / np.timedelta64(1, "D")


def moved_to(fx: pd.DataFrame, currency: pd.Series, then: pd.Timestamp, now: pd.Timestamp) -> np.ndarray:
    """Return what turns amounts that are translated at the rate of the day `then` into those at that of the day `now`.

    Rate of one / rate of the other, each the `last_rate`, or before a currency's first rate that one; 1 for the
    reporting currency, for a missing one, and for one without any rate.
    """
    at = []
    for day in (then, now):
        rate = last_rate(fx, currency, pd.Series(day, index=currency.index))
        first = fx.sort_values("date", kind="stable").drop_duplicates("currency")
        place = places(currency, first["currency"])
        at.append(np.where(np.isnan(rate), np.append(first["rate"].to_numpy(float), 1.0)[place], rate))
    return at[1] / at[0]


def in_currency_of_invoice(
    receipts: pd.DataFrame, place: np.ndarray, invoiced: pd.Series, fx: pd.DataFrame, reporting: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each receipt settles of its invoice, in the invoice's currency, and whether it came in another.

    `receipts`: `received`, `amount`, `currency` (missing: the invoice's); `place` of each one's invoice among those of
    the currencies `invoiced`, −1 without one. Between two currencies at the cross rate of the day of the receipt.
    Missing amounts where a rate is.
    """
    amount, other = receipts["amount"].to_numpy(float), np.zeros(len(receipts), dtype=bool)
    stated = np.flatnonzero(receipts["currency"].notna().to_numpy() & (place >= 0))
    own, of_invoice = receipts["currency"].iloc[stated], invoiced.iloc[place[stated]].set_axis(receipts.index[stated])
    differs = (own != of_invoice).to_numpy() & of_invoice.notna().to_numpy()
    other[stated[differs]] = True
    if not other.any():
        return amount, other
    day = receipts["received"][other]
    units = [
        np.where(one_of(currency, [reporting]), 1.0, last_rate(fx, currency, day))
        for currency in (own[differs], of_invoice[differs])
    ]
    amount = amount.copy()
    amount[other] *= units[0] / units[1]
    return amount, other


def _last_row(fx: pd.DataFrame, currency: pd.Series, day: pd.Series) -> np.ndarray:
    """Return the place in `fx` of each row's last rate; −1 where there is none."""
    found, days = np.full(len(currency), -1), day.to_numpy("datetime64[us]")
    dated = fx["date"].to_numpy("datetime64[us]")
    order = np.argsort(dated, kind="stable")
    for name in fx["currency"].dropna().unique():
        rates = order[one_of(fx["currency"], [name])[order]]
        rows = np.flatnonzero(one_of(currency, [name]))
        place = np.searchsorted(dated[rates], days[rows], side="right") - 1
        found[rows] = np.where(place >= 0, rates[place], -1)
    return found
