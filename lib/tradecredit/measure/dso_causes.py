"""What moved the days sales outstanding, part by part."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.once import once
from tradecredit.measure.countback import countback_parts
from tradecredit.measure.history import whole_since
from tradecredit.measure.receivables import kpis_on

MONTHS = 12


@once
def dso_causes(book: Book, months: int = MONTHS) -> pd.DataFrame:
    """Return what the DSO consists of now and consisted of `months` ago, and what changed it.

    Index `cause`: the parts of the countback (`countback.PARTS`), which add up to `countback`; `timing of sales` = dso
    − countback, by how much an average day of the window sold other than the days of the months that are counted back;
    both add up to `dso`. Columns in days: `then`, `now`, `change`; and `unit`. Missing where the ledger does not reach
    back far enough, and `then` where balances were not yet known in full (`history.whole_since`). Source: definitions
    §2.4.
    """
    days = {"then": window_start(book.as_of, months), "now": book.as_of}
    table = pd.DataFrame({name: countback_parts(book, day) for name, day in days.items()}).rename_axis("cause")
    table.loc["countback"] = table.sum(skipna=False)
    dso = pd.Series({name: kpis_on(book, day)["dso"] for name, day in days.items()})
    table.loc["timing of sales"], table.loc["dso"] = dso - table.loc["countback"], dso
    if days["then"] < whole_since(book):
        table["then"] = np.nan
    return table.assign(change=table["now"] - table["then"], unit="days")
