"""The last day on which an invoice is paid in time: its due day, or the next working day where the law moves it."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.measure.public_holidays import holidays_of, known_years
from tradecredit.params.late_interest import DueDayRule

WEEKS = {True: "1111100", False: "1111110"}
"""Working days from Monday on, by whether a Saturday is none."""


@once
def payable_by(book: Book) -> pd.Series:
    """Return the last day on which each invoice is paid in time, on the index of `invoices`: its due day, `moved`.

    A day off that the contract sets on purpose moves as well: the book does not show it. Source: definitions §2.1.
    """
    return moved(book, book.invoices["due"]).rename("payable_by")


def moved(book: Book, days: pd.Series) -> pd.Series:
    """Return a day of each invoice, on the index of `invoices`, or the next working day where the law moves it there.

    Where a law of the run (`late_interest.laws`, `due_day_moves`) says so for the buyer's country, in which a debt of
    money is taken to be paid, a day on a Sunday, on a holiday of the whole country or, as the law has it, on a Saturday
    or the eve of a great holiday is not the last: the next working day is. Holidays of a region are not looked at, nor
    those of years that the calendar does not hold (`unknown_years`). A missing day stays missing. Source: definitions
    §2.1, the laws' files.
    """
    found = days.to_numpy("datetime64[us]").copy()
    for country, rule in rules(book).items():
        rows = np.flatnonzero(_of(book, country) & ~np.isnat(found))
        if not len(rows):
            continue
        of = found[rows].astype("datetime64[D]")
        years = np.unique(of.astype("datetime64[Y]").astype(int) + 1970)
        asked = [*years.tolist(), *(years + 1).tolist()]  # a due day may move into the next
        holidays = holidays_of(country, asked, eves=rule.eves)
        found[rows] = np.busday_offset(of, 0, roll="forward", weekmask=WEEKS[rule.saturday], holidays=holidays)
    return pd.Series(found, index=book.invoices.index)


def rules(book: Book) -> dict[str, DueDayRule]:
    """Return by country the rule that moves its due days, of the countries that have one."""
    return {country: rule for law in book.run.late_interest.laws for country, rule in law.due_day_moves.items()}


def unknown_years(book: Book) -> pd.Series:
    """Return how many invoices fall due in years whose holidays the calendar does not hold: index `country`, `year`.

    They are moved off weekends only. Empty where every holiday is known.
    """
    due, found = book.invoices["due"].dt.year, dict[tuple[str, int], int]()
    for country in rules(book):
        years = due[_of(book, country)].value_counts()
        first, last = known_years(country)
        found |= {(country, year): int(count) for year, count in years.items() if not first <= year <= last}
    index = pd.MultiIndex.from_tuples(list(found), names=["country", "year"])
    return pd.Series(list(found.values()), index=index, name="invoices", dtype="int64").sort_index()


def _of(book: Book, country: str) -> np.ndarray:
    """Return whether each invoice's buyer is of a country."""
    return one_of(book.buyers["country"], [country])[book.buyer_of_invoice]
