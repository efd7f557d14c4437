"""What a unit of another currency is worth in that of the report."""

import numpy as np
import pandas as pd

from tradecredit.book.places import one_of


def last_rate(fx: pd.DataFrame, currency: pd.Series, day: pd.Series) -> np.ndarray:
    """Return the reporting currency per unit of each row's currency at the last rate on or before the row's day.

    `fx`: `date`, `currency`, `rate`. Missing before a currency's first rate, and for one without any, such as the
    reporting currency itself.
    """
    found, days = np.full(len(currency), np.nan), day.to_numpy("datetime64[us]")
    for name, rates in fx.sort_values("date", kind="stable").groupby("currency"):
        rows = np.flatnonzero(one_of(currency, [name]))
        place = np.searchsorted(rates["date"].to_numpy("datetime64[us]"), days[rows], side="right") - 1
        # A place of −1, before the first rate, is the last of the values: none.
        found[rows] = np.append(rates["rate"].to_numpy(), np.nan)[place]
    return found
