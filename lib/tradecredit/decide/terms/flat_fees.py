"""The flat sums that the laws of late payment let a seller charge for a late debt."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.places import one_of
from tradecredit.book.rates import last_rate
from tradecredit.params.late_interest import LateInterestLaw


def flat_fees(invoices: pd.DataFrame, laws: Sequence[LateInterestLaw], book: Book) -> pd.DataFrame:
    """Return the flat `fee` of late invoices, that of the largest `debt_from` which the late amount reaches.

    `invoices`: `law`, `late_amount` in the reporting currency at the rate of the day of issue, `issued`, `currency`.
    The fee is in the reporting currency, from the law's at the book's last rate; 0 under a law without fees, missing
    without a law, and where the book has no rate of a currency that is needed (`missing_currency`). Source:
    definitions §3.2.
    """
    fees, missing = np.full(len(invoices), np.nan), np.full(len(invoices), None, dtype=object)
    for law in laws:
        rows = np.flatnonzero(one_of(invoices["law"], [law.name]))
        if not len(rows):
            continue
        of = invoices.take(rows)
        paid_in, today = law.fee_currency or law.currency, pd.Series(book.as_of, index=of.index)
        rate = _rate_on(book, paid_in, today) if law.fees else pd.Series(1.0, of.index)
        debt = of["late_amount"]
        if len(law.fees) > 1:
            # The book has translated an invoice at its day of issue: back at that rate it is what was invoiced.
            now, then = (_rate_on(book, law.currency, days) for days in (today, of["issued"]))
            debt = (debt / then.where(of["currency"] == law.currency, now)).round(2)
        steps, sums = [step.debt_from for step in law.fees], [0.0, *(step.fee for step in law.fees)]
        fee = (np.array(sums)[np.searchsorted(steps, debt, side="right")] * rate).where(debt.notna())
        fees[rows] = fee
        missing[rows[fee.isna()]] = np.where(debt.isna(), law.currency, paid_in)[fee.isna()]
    return pd.DataFrame({"fee": fees, "missing_currency": pd.Series(missing, dtype="str")}).set_index(invoices.index)


def _rate_on(book: Book, currency: str, days: pd.Series) -> pd.Series:
    """Return the reporting currency per unit of a currency at the last rate on or before days; missing before all."""
    if currency == book.run.currency:
        return pd.Series(1.0, index=days.index)
    return pd.Series(last_rate(book.fx, pd.Series(currency, index=days.index), days), index=days.index)
