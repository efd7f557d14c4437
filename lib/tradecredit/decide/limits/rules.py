"""Buyers whom the methods of a credit limit do not fit as they are: a stated rule for each kind, and its amount."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import DAYS_A_MONTH
from tradecredit.decide.limits.methods import by_grade
from tradecredit.measure.history import first_day, sales_told

UNMEASURED = ("public", "affiliate")
"""Kinds of buyer whose capacity and expected loss are not measured: neither accounts nor payment habits show whether a
public body or a company of our own group fails. Need and concentration apply to them."""

FIXED = ("prepaid", "analyst's override", "in default")
"""Rules that set the limit in place of the methods, the later one before the others."""

USUAL = "as usual"
"""The `rule` of a buyer that no rule applies to."""


def new_buyers(book: Book, buyers: pd.DataFrame) -> pd.Series:
    """Return a boolean per buyer: whether we have known it for less than `limits.new_buyer_months`.

    `buyers`: `customer_since` and `first_issued`, the day of the first invoice. Known since whichever is earlier; in a
    ledger's history of less than 12 months, and in a list of open items, whose first invoices are no buyer's first,
    since `customer_since` alone. A buyer of neither is not new.
    """
    since, first_issued = buyers["customer_since"], buyers["first_issued"]
    if not sales_told(book, book.as_of):
        first_issued = first_issued.where(first_issued.isna())
    elif first_day(book) > book.as_of - pd.DateOffset(months=12):
        first_issued = first_issued.where(since.notna())
    earliest = np.fmin(since.to_numpy("datetime64[us]"), first_issued.to_numpy("datetime64[us]"))
    months = (book.as_of - pd.Series(earliest, index=buyers.index)).dt.days / DAYS_A_MONTH
    return months < book.run.limits.new_buyer_months


def dormant_buyers(book: Book, last_issued: pd.Series) -> pd.Series:
    """Return a boolean per buyer: whether its last invoice is older than `limits.dormant_months`, or there is none.

    Nobody in a list of open items, which lacks the invoices that are paid.
    """
    if not sales_told(book, book.as_of):
        return last_issued.isna() & False
    months = (book.as_of - last_issued).dt.days / DAYS_A_MONTH
    return ~(months < book.run.limits.dormant_months)


def without_accounts(book: Book, grades: pd.Series, experience: pd.DataFrame) -> pd.Series:
    """Return the largest limit of a buyer whose accounts are not known; missing without a grade.

    The larger of what the run allows its grade (`limits.without_accounts_limit`), and what its payment history carries:
    `history_share` × `paid_balance`. `experience`: `payment_experience`, rows as `grades`. Source: definitions §4.8.
    """
    allowed = by_grade(book.run.limits.without_accounts_limit, grades.astype("float64") - 1)
    carried = history_share(book, grades, experience["history_months"]) * experience["paid_balance"]
    return np.maximum(allowed, carried)


def history_share(book: Book, grades: pd.Series, months: pd.Series) -> pd.Series:
    """Return the part of the largest balance paid that a limit without accounts may reach, by grade and history.

    `limits.payment_history_share` of the grade × months / `payment_history_months`, at most 1; 0 with a history of
    fewer than `payment_history_least_months` months, or none; missing without a grade.
    """
    settings = book.run.limits
    length = (months / settings.payment_history_months).clip(upper=1.0)
    length = length.where(months >= settings.payment_history_least_months, 0.0)
    return by_grade(settings.payment_history_share, grades.astype("float64") - 1) * length


def maximum_of_kind(book: Book, kind: pd.Series) -> pd.Series:
    """Return the largest limit of a buyer whose risk is not measured, by its kind; missing: none is stated."""
    settings = book.run.limits
    stated = {"public": settings.public_limit, "affiliate": settings.affiliate_limit}
    return kind.map({name: np.nan if amount is None else amount for name, amount in stated.items()}).astype("float64")


RULES = (
    "in default", "prepaid", "analyst's override", *UNMEASURED, "new buyer", "dormant", "no accounts",
    "negative equity",
)  # fmt: skip
"""The rules for particular buyers, in the order in which several are named."""


def codes(rules: pd.DataFrame) -> pd.Series:
    """Return which rules apply to each buyer, several separated by `; `; `USUAL` where none does.

    `rules`: a column of booleans for each of the `RULES`. Where one of `FIXED` sets the limit no other one applies.
    """
    applies = rules[list(RULES)].to_numpy(bool)
    others = ~np.isin(RULES, FIXED)
    applies = applies & ~(others & applies[:, ~others].any(axis=1)[:, None])
    bits = applies @ (1 << np.arange(len(RULES)))
    found, place = np.unique(bits, return_inverse=True)
    named = ["; ".join(name for at, name in enumerate(RULES) if code >> at & 1) or USUAL for code in found]
    return pd.Series(pd.array(named, dtype="str").take(place), index=rules.index, name="rule")
