"""What a million euros are in the currency of a book: laws and formulas state the size of firms in euros."""

from typing import Literal, NamedTuple

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.rates import last_rate

UNITS = {
    "AUD": 1.6741, "BGN": 1.9558, "BRL": 6.0712, "CAD": 1.5019, "CHF": 0.9394, "CNY": 7.5782, "CZK": 25.029,
    "DKK": 7.4583, "GBP": 0.82608, "HKD": 8.0980, "HUF": 399.50, "IDR": 17_228.17, "ILS": 3.7457, "INR": 90.9710,
    "ISK": 145.70, "JPY": 156.96, "KRW": 1_519.92, "MXN": 21.2191, "MYR": 4.6459, "NOK": 11.7245, "NZD": 1.8579,
    "PHP": 60.355, "PLN": 4.1503, "RON": 4.9768, "SEK": 11.1880, "SGD": 1.4037, "THB": 35.567, "TRY": 38.0186,
    "USD": 1.0411, "ZAR": 19.1917,
}  # fmt: skip
"""Units of a currency in a euro: reference rates of the European Central Bank of 28 February 2025. Nothing is
translated by them; they only say how large a firm is, whatever the day."""

Basis = Literal["stated", "own currency", "rate of the book", "rate of a stated day", "not known"]


class MillionEuros(NamedTuple):
    """`amount`: a million euros in the reporting currency; `basis`: what it rests on."""

    amount: float
    basis: Basis


def million_euros(book: Book) -> MillionEuros:
    """Return a million euros in the reporting currency.

    `losses.million_euros` where the run states it; else by the last rate of the euro in the book's `fx`, or where there
    is none by that of a stated day (`UNITS`). A currency that is not among these counts as the euro, which the page
    says. Source: definitions §1.4.
    """
    run = book.run
    if run.losses.million_euros is not None:
        return MillionEuros(run.losses.million_euros, "stated")
    if run.currency == "EUR":
        return MillionEuros(1e6, "own currency")
    rate = float(last_rate(book.fx, pd.Series(["EUR"]), pd.Series([book.as_of]))[0])
    if rate > 0:
        return MillionEuros(1e6 * rate, "rate of the book")
    if run.currency in UNITS:
        return MillionEuros(1e6 * UNITS[run.currency], "rate of a stated day")
    return MillionEuros(1e6, "not known")
