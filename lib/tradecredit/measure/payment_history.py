"""What was known of a buyer's payments on the day that each of its invoices was issued."""

from bisect import insort
from collections.abc import Callable

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

    `items`: `buyer_id`, `issued`, `due`, `amount`, `settled` (missing while open) and `paid_on` (missing where nothing
    was ever paid), as of any later date: `open_items.open_items(book)`. Only what had been settled before the day of
    issue counts as settled, and only earlier invoices count at all, so that later rows change nothing. Columns:

    - `settled_before`: its earlier invoices paid, and settled before that day; over them `days_to_settle_mean`,
      `_median` and `_recent` (each weighing `RECENT` times the one settled next), from issue to the day of the money
      (negative: paid in advance), `days_late_mean` (early counts 0) and `share_late` (after the due date). Missing
      without any;
    - `open_before`: its earlier invoices still open on that day; `oldest_open_days`, days since the oldest of them was
      issued (0: none); `overdue_before`: how many of them were past due;
    - `amount`.
    """
    buyer = pd.factorize(items["buyer_id"])[0]
    days = [items[name].to_numpy("datetime64[D]") for name in ("issued", "due", "settled", "paid_on")]
    order = np.lexsort((days[0], buyer))
    table = _of_sorted(buyer[order], *(day[order] for day in days))
    found = {name: np.empty(len(items)) for name in table}
    for name, values in table.items():
        found[name][order] = values
    return pd.DataFrame(found, index=items.index).assign(amount=items["amount"].astype("float64"))[COLUMNS]


def _of_sorted(
    buyer: np.ndarray, issued: np.ndarray, due: np.ndarray, settled: np.ndarray, paid_on: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the columns of the history of invoices that stand buyer by buyer in the order of their issue.

    In the order in which a buyer's settlements become known, what is known on a day is a beginning of the list, so that
    running sums give all of it. Buyer and day together are one whole number, so that one search looks a day up in every
    buyer's own list.
    """
    is_open, day = np.isnat(settled), [values.astype("int64") for values in (issued, due, settled, paid_on)]
    issued, due, _, paid = day
    # An invoice paid in advance is none before its issue: nobody knows of it, nor that it is settled.
    known_on, overdue = np.where(is_open, issued, np.maximum(day[2], issued)), np.maximum(due, issued)
    low, never = issued.min(initial=0), np.maximum(known_on, overdue).max(initial=0) + 1
    known_on[is_open] = never
    key = buyer * (never - low + 1) - low
    asked = key + issued
    first = np.searchsorted(buyer, buyer)
    closed = np.searchsorted(np.sort(key + known_on), asked) - first
    # What was credited whole is closed, but tells nothing of how the buyer pays.
    told = np.flatnonzero(~is_open & ~np.isnat(paid_on))
    order = told[np.argsort((key + known_on)[told], kind="stable")]
    before = np.searchsorted(buyer[told], buyer)
    known = np.searchsorted((key + known_on)[order], asked) - before
    days, late = (paid - issued)[order].astype("float64"), (paid - due)[order].astype("float64")
    begin = np.flatnonzero(np.diff(buyer[told], prepend=-1))
    settlements = np.split(days, begin[1:])

    def mean(values: np.ndarray) -> np.ndarray:
        # Sums of whole days are exact, whatever stands before them.
        sums = np.append(0.0, np.cumsum(values))
        return (sums[before + known] - sums[before]) / np.where(known > 0, known, np.nan)

    def last(running: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        values = np.concatenate([*(running(of_buyer) for of_buyer in settlements), [np.nan]])
        return np.where(known > 0, values[before + known - 1], np.nan)

    # The first invoice that was not settled by a day is the first at which the latest settlement so far is not.
    oldest = np.searchsorted(np.maximum.accumulate(key + known_on), asked)
    oldest_issued = np.append(issued, never)[oldest]
    same = np.append(buyer, -1)[oldest] == buyer
    past_due, no_more = (
        np.searchsorted(np.sort(key + values), asked) for values in (overdue, np.maximum(overdue, known_on))
    )
    return {
        "settled_before": known,
        "days_to_settle_mean": mean(days),
        "days_to_settle_median": last(_running_median),
        "days_to_settle_recent": last(_recent_mean),
        "days_late_mean": mean(np.maximum(late, 0.0)),
        "share_late": mean((late > 0).astype("float64")),
        "open_before": np.searchsorted(asked, asked) - first - closed,
        "oldest_open_days": np.where(same, np.maximum(issued - oldest_issued, 0), 0),
        "overdue_before": past_due - no_more,
    }


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
