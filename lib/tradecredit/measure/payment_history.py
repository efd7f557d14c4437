"""What was known of a buyer's payments on the day that each of its invoices was issued."""

import numpy as np
import pandas as pd

RECENT = 0.8
"""Weight of a settled invoice against the one settled after it, in the recent mean."""

COLUMNS = [
    "settled_before", "days_to_settle_mean", "days_to_settle_median", "days_to_settle_recent", "days_late_mean",
    "share_late", "open_before", "oldest_open_days", "overdue_before", "amount",
]  # fmt: skip
"""Columns of `at_issue`."""


def at_issue(items: pd.DataFrame) -> pd.DataFrame:
    """Return, for each invoice, the buyer's history on its day of issue; index as `items`.

    `items`: `buyer_id`, `issued`, `due`, `amount` and `settled` (missing while open), as of any later date:
    `receivables.open_items(book)`. Only what had been settled before the day of issue counts as settled, and only
    earlier invoices count at all, so that later rows change nothing. Columns:

    - `settled_before`: the buyer's invoices settled before that day; over them `days_to_settle_mean`, `_median` and
      `_recent` (each weighing `RECENT` times the one settled next), from issue to settlement, `days_late_mean` (early
      counts 0) and `share_late` (settled after the due date). Missing without any;
    - `open_before`: its earlier invoices still open on that day; `oldest_open_days`, days since the oldest of them was
      issued (0: none); `overdue_before`: how many of them were past due;
    - `amount`.
    """
    found = [_of_buyer(rows) for _, rows in items.sort_values("issued", kind="stable").groupby("buyer_id", sort=False)]
    table = pd.concat(found) if found else pd.DataFrame(columns=COLUMNS, dtype="float64")
    return table.reindex(items.index)


def _of_buyer(rows: pd.DataFrame) -> pd.DataFrame:
    day = [rows[name].to_numpy("datetime64[D]") for name in ("issued", "due", "settled")]
    issued, due, settled = (values.astype("float64") for values in day)
    settled = np.where(np.isnat(day[2]), np.inf, settled)
    amount = rows["amount"].to_numpy(dtype="float64")
    found = np.full((len(rows), len(COLUMNS)), np.nan)
    for number, today in enumerate(issued):
        known = np.flatnonzero(settled < today)
        still_open = (issued < today) & (settled >= today)
        age, past_due = today - issued[still_open], due[still_open] < today
        found[number, 0] = len(known)
        found[number, 6:] = len(age), age.max(initial=0.0), past_due.sum(), amount[number]
        if len(known):
            known = known[np.argsort(settled[known], kind="stable")]
            days, late = settled[known] - issued[known], settled[known] - due[known]
            recent = np.average(days, weights=RECENT ** np.arange(len(known))[::-1])
            found[number, 1:6] = days.mean(), np.median(days), recent, np.maximum(late, 0).mean(), (late > 0).mean()
    return pd.DataFrame(found, columns=COLUMNS, index=rows.index)
