"""What a million euros are in the currency of a book: laws and formulas state the size of firms in euros."""

from typing import Literal, NamedTuple

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.rates import last_rate

UNITS = {
    "AUD": 2, "BGN": 2, "BRL": 6, "CAD": 1.5, "CHF": 0.9, "CNY": 8, "CZK": 25, "DKK": 7.5, "GBP": 0.8, "HKD": 8,
    "HUF": 400, "IDR": 17_000, "ILS": 4, "INR": 90, "ISK": 150, "JPY": 160, "KRW": 1_500, "MXN": 20, "MYR": 5,
    "NOK": 12, "NZD": 2, "PHP": 60, "PLN": 4, "RON": 5, "SEK": 11, "SGD": 1.4, "THB": 35, "TRY": 40, "USD": 1,
    "ZAR": 20,
}  # fmt: skip
"""Units of a currency in a euro, by order of magnitude: reference rates of the European Central Bank early in 2025,
roughly rounded. Nothing is translated by them; they only say how large a firm is."""

Basis = Literal["stated", "own currency", "rate of the book", "order of magnitude", "not known"]


class MillionEuros(NamedTuple):
    """`amount`: a million euros in the reporting currency; `basis`: what it rests on."""

    amount: float
    basis: Basis


def million_euros(book: Book) -> MillionEuros:
    """Return a million euros in the reporting currency.

    `losses.million_euros` where the run states it; else by the last rate of the euro in the book's `fx`, or where there
    is none by its order of magnitude (`UNITS`). A currency that is not among these counts as the euro, which the page
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
        return MillionEuros(1e6 * UNITS[run.currency], "order of magnitude")
    return MillionEuros(1e6, "not known")
