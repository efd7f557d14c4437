"""What was known of a buyer's payments on the day that each of its invoices was issued."""

from bisect import insort

import numpy as np
import pandas as pd
from scipy.signal import lfilter

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

    - `settled_before`: its earlier invoices settled before that day; over them `days_to_settle_mean`, `_median` and
      `_recent` (each weighing `RECENT` times the one settled next), from issue to settlement (negative: paid in
      advance), `days_late_mean` (early counts 0) and `share_late` (settled after the due date). Missing without any;
    - `open_before`: its earlier invoices still open on that day; `oldest_open_days`, days since the oldest of them was
      issued (0: none); `overdue_before`: how many of them were past due;
    - `amount`.
    """
    order = np.lexsort((np.arange(len(items)), items["issued"], items["buyer_id"].factorize()[0]))
    buyer = items["buyer_id"].factorize()[0][order]
    issued, due, settled = (
        items[name].to_numpy("datetime64[D]")[order].astype("float64") for name in ("issued", "due", "settled")
    )
    settled = np.where(items["settled"].isna().to_numpy()[order], np.inf, settled)
    table = np.empty((len(items), len(COLUMNS)))
    for rows in np.split(np.arange(len(items)), np.flatnonzero(np.diff(buyer)) + 1):
        of_buyer = _of_buyer(issued[rows], due[rows], settled[rows])
        table[order[rows], :-1] = np.stack([of_buyer[name] for name in COLUMNS[:-1]], axis=1)
    table[:, -1] = items["amount"]
    return pd.DataFrame(table, index=items.index, columns=COLUMNS)


def _of_buyer(issued: np.ndarray, due: np.ndarray, settled: np.ndarray) -> dict[str, np.ndarray]:
    """Return the history of one buyer's invoices, which are in the order of their issue, but for their amounts.

    Days are counted; `settled` is infinite while open. In the order in which settlements become known, what is known on
    a day is a beginning of the list, so that running sums tell all of it.
    """
    # An invoice paid in advance is none before its issue: nobody knows of it, nor that it is settled.
    told, overdue = np.maximum(settled, issued), np.maximum(due, issued)
    order = np.argsort(told, kind="stable")
    paid = order[np.isfinite(told[order])]
    days, late = settled[paid] - issued[paid], settled[paid] - due[paid]
    known = np.searchsorted(told[order], issued)
    means = {
        "days_to_settle_mean": _running_mean(days),
        "days_to_settle_median": _running_median(days),
        "days_to_settle_recent": _recent_mean(days),
        "days_late_mean": _running_mean(np.maximum(late, 0.0)),
        "share_late": _running_mean((late > 0).astype("float64")),
    }
    # The first invoice that was not settled by a day is the first at which the latest settlement so far is not.
    oldest = np.searchsorted(np.maximum.accumulate(told), issued)
    oldest_issued = np.append(issued, np.inf)[oldest]
    return {
        "settled_before": known,
        **{name: np.append(np.nan, values)[known] for name, values in means.items()},
        "open_before": _count_before(issued, issued) - _count_before(told, issued),
        "oldest_open_days": np.maximum(issued - oldest_issued, 0.0),
        "overdue_before": _count_before(overdue, issued) - _count_before(np.maximum(overdue, told), issued),
    }


def _count_before(events: np.ndarray, day: np.ndarray) -> np.ndarray:
    return np.searchsorted(np.sort(events), day)


def _running_mean(values: np.ndarray) -> np.ndarray:
    return np.cumsum(values) / np.arange(1, len(values) + 1)


def _running_median(values: np.ndarray) -> np.ndarray:
    seen: list[float] = []
    found = np.empty(len(values))
    for number, value in enumerate(values.tolist()):
        insort(seen, value)
        half = number // 2
        found[number] = seen[half] if number % 2 == 0 else (seen[half] + seen[half + 1]) / 2
    return found


def _recent_mean(values: np.ndarray) -> np.ndarray:
    weighted, weight = (lfilter([1.0], [1.0, -RECENT], of) for of in (values, np.ones(len(values))))
    return weighted / weight
