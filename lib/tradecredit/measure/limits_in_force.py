"""The limits in force on a day, our own and the insurer's, and what of those asked for the insurer grants."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.book.rates import moved_to
from tradecredit.measure.by_buyer import all_buyers

LIMIT_SOURCES = ("own", "insurer", "discretionary")
"""Whose limit a buyer's use is measured against: the first that it has."""


@once
def limits_in_force(book: Book) -> pd.DataFrame:
    """Return the limits in force on the as-of date: index `buyer_id` (buyers that have one), a column for each source.

    Columns `own`, `insurer`, `discretionary`: amounts in the reporting currency, missing where there is none. In force
    is the decision of the latest `valid_from` that has not ended (`valid_to` missing or not before the as-of date).
    """
    table = amounts_on(book, book.as_of)
    found = pd.DataFrame(table, index=all_buyers(book), columns=list(LIMIT_SOURCES))
    return found[~np.isnan(table).all(axis=1)]


def amounts_on(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return the limits in force on a day, which is not after the book's: buyers × `LIMIT_SOURCES`, missing: none.

    Those in other currencies stand at the rates of that day.
    """
    decisions = _decisions(book)
    valid = decisions[(decisions["valid_from"] <= day) & ~(decisions["valid_to"] < day)]
    if day < book.as_of and book.limits["currency"].notna().any():
        valid = valid.assign(amount=valid["amount"] * moved_to(book.fx, valid["currency"], book.as_of, day))
    table = np.full((len(book.buyers), len(LIMIT_SOURCES)), np.nan)
    # Of several amounts for one place the last, which is the latest, stays.
    table[valid["buyer"], valid["source"]] = valid["amount"]
    return table


def first_of(amounts: np.ndarray) -> np.ndarray:
    """Return of each row of `amounts_on` the limit that a buyer's use is measured against; missing without any."""
    found = amounts[:, -1]
    for column in reversed(range(len(LIMIT_SOURCES) - 1)):
        found = np.where(np.isnan(amounts[:, column]), found, amounts[:, column])
    return found


@once
def acceptance(book: Book) -> pd.DataFrame:
    """Return what the insurer grants of what it is asked: index `period`, `last 12 months` and `all`.

    Counted are the insurer's decisions of which `requested` is known and above zero, by `valid_from`; one that no
    request led to, such as a cut, is none. Amounts in the reporting currency:

    - `requests`, `amount_requested`; `amount_granted`, at most what was asked;
    - `granted_whole`, `granted_in_part`, `refused`: their number, which adds up to `requests`;
    - `acceptance` = amount granted / amount requested; `acceptance_by_number` = granted_whole / requests. Missing
      without a request.

    Source: definitions §5.15.
    """
    limits = book.limits
    answers = limits[(limits["source"] == "insurer") & (limits["requested"] > 0)]
    recent = answers[answers["valid_from"] > window_start(book.as_of, 12)]
    rows = {"last 12 months": recent, "all": answers}
    return pd.DataFrame([_accepted(of) for of in rows.values()], index=pd.Index(rows, name="period"))


def _accepted(answers: pd.DataFrame) -> dict[str, float]:
    asked, granted = answers["requested"], np.minimum(answers["amount"], answers["requested"])
    whole, refused = int((granted > asked - CENT).sum()), int((granted < CENT).sum())
    found = {
        "requests": len(answers), "amount_requested": asked.sum(), "amount_granted": granted.sum(),
        "granted_whole": whole, "granted_in_part": len(answers) - whole - refused, "refused": refused,
    }  # fmt: skip
    shares = (granted.sum() / asked.sum(), whole / len(answers)) if len(answers) else (np.nan, np.nan)
    return found | dict(zip(("acceptance", "acceptance_by_number"), shares, strict=True))


@once
def _decisions(book: Book) -> pd.DataFrame:
    """Return the decisions on limits of buyers that are known, the latest last; `buyer` and `source` are places."""
    limits = book.limits[["valid_from", "valid_to", "amount", "currency"]].assign(
        buyer=places(book.limits["buyer_id"], book.buyers["buyer_id"]),
        source=places(book.limits["source"], pd.Series(LIMIT_SOURCES, dtype="str")),
    )
    known = limits[(limits["buyer"] >= 0) & (limits["source"] >= 0)]
    return known.sort_values("valid_from", kind="stable")
