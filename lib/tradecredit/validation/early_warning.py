"""How well lists of names warn of failures: how many stood on them, how long before, against how many names."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from tradecredit.book.places import places

AHEAD_DAYS = 60
"""A failure is named in time where its buyer stood on the list so many days before, or more."""

HORIZON_MONTHS = 12
"""A name is right where the buyer fails within so many months of standing on the list."""

A_DAY = np.timedelta64(1, "D")


def warned(
    reviews: pd.DataFrame, listed: pd.Series, failures: pd.DataFrame, *, until: pd.Timestamp, confidence: float = 0.9
) -> pd.Series:
    """Return how well a list warned of failures.

    `reviews`: a row for each past day and buyer that was looked at, `date` and `buyer_id`; `listed`: whether it stood
    on the list, on their index; `failures`: `buyer_id`, `date`, all that are known by `until`. Of a buyer the first
    failure after the first review counts, and no later review.

    - `reviews`, their number, and `names_a_review`, the mean number of names on a list;
    - `failures` from `AHEAD_DAYS` after the first review on; `named`, those of buyers that stood on the list of a
      review `AHEAD_DAYS` before the failure or more, and at most `HORIZON_MONTHS`; `share_named`, with the
      Clopper-Pearson interval at the `confidence`. A buyer that was not known so long before was not named;
    - `days_ahead`, the median of the days from that on which a buyer came on the list to its failure, of those named,
      and the quartiles: it came on it with the first of the reviews in a row up to the last of these;
    - of the reviews `HORIZON_MONTHS` before `until` or earlier, of which all is known: `names`, the buyers that stood
      on any list; of them `true_names`, that failed `AHEAD_DAYS` or more after they first stood on it and within
      `HORIZON_MONTHS` of when they last did, `late_names`, that failed sooner after the first time, and `false_names`,
      all others; `false_a_true` = false_names / true_names, with the interval of the share true / (true + false);
      `failed_of_listed`: of the names on these lists, each counted anew, the part that failed within `HORIZON_MONTHS`.

    Missing where nothing can be divided. Source of the interval: Clopper and Pearson 1934, Biometrika 26, 404–413.
    """
    past = _past(reviews, listed, failures, until)
    lead = (past.failed - past.day[:, None]) / A_DAY
    within = (past.failed <= _year_after(past.day)[:, None]) & (lead > 0)
    counted = past.failed >= past.day.min(initial=until.to_datetime64()) + AHEAD_DAYS * A_DAY
    early = past.listed & within & (lead >= AHEAD_DAYS) & counted
    named = early.any(axis=0)
    decided = _year_after(past.day) <= until.to_datetime64()
    of_lists, of_within, of_lead = past.listed[decided], within[decided], lead[decided]
    on_any = of_lists.any(axis=0)
    right = (of_lists & of_within).any(axis=0)
    true = (of_lists & (of_lead >= AHEAD_DAYS)).any(axis=0) & right
    names, true_names, late_names = int(on_any.sum()), int(true.sum()), int((right & ~true).sum())
    false_names = names - true_names - late_names
    low, high = clopper_pearson(true_names, true_names + false_names, confidence)
    share_low, share_high = clopper_pearson(int(named.sum()), int(counted.sum()), confidence)
    quarters = _days_ahead(past, early)
    values = {
        "reviews": len(past.day), "names_a_review": _ratio(past.listed.sum(), len(past.day)),
        "failures": counted.sum(), "named": named.sum(), "share_named": _ratio(named.sum(), counted.sum()),
        "share_named_low": share_low, "share_named_high": share_high,
        "days_ahead_low": quarters[0], "days_ahead": quarters[1], "days_ahead_high": quarters[2],
        "names": names, "true_names": true_names, "late_names": late_names, "false_names": false_names,
        "false_a_true": _ratio(false_names, true_names), "false_a_true_low": _ratio(1 - high, high),
        "false_a_true_high": _ratio(1 - low, low),
        "failed_of_listed": _ratio((of_lists & of_within).sum(), of_lists.sum()),
    }  # fmt: skip
    return pd.Series(values, dtype="float64")


def compared(
    reviews: pd.DataFrame, lists: Mapping[str, pd.Series], failures: pd.DataFrame, *, until: pd.Timestamp
) -> pd.DataFrame:
    """Return `warned` of several lists on the same reviews: index `list`, their names."""
    rows = {name: warned(reviews, listed, failures, until=until) for name, listed in lists.items()}
    return pd.DataFrame(rows).T.rename_axis("list")


def frontier(
    reviews: pd.DataFrame, score: pd.Series, thresholds: Iterable[float], failures: pd.DataFrame, *, until: pd.Timestamp
) -> pd.DataFrame:
    """Return `warned` of the lists of all whose `score` is at least each of the `thresholds`: index `threshold`."""
    rows = {threshold: warned(reviews, score >= threshold, failures, until=until) for threshold in thresholds}
    return pd.DataFrame(rows).T.rename_axis("list_threshold")


def as_many(reviews: pd.DataFrame, score: pd.Series, listed: pd.Series) -> pd.Series:
    """Return the list of as many names of each review as `listed` has, those with the highest `score`.

    Of equal scores those that come first in `reviews`; a missing score comes last.
    """
    rank = score.groupby(reviews["date"]).rank(method="first", ascending=False, na_option="bottom")
    return rank <= listed.groupby(reviews["date"]).transform("sum")


def outcomes(reviews: pd.DataFrame, failures: pd.DataFrame, *, until: pd.Timestamp) -> tuple[np.ndarray, np.ndarray]:
    """Return of each row of `reviews` whether all is known of the 12 months after it, and whether its buyer failed.

    `failures` known by `until`. The first failure of a buyer after the day counts.
    """
    day = reviews["date"].to_numpy("datetime64[us]")
    asked = (
        reviews[["buyer_id", "date"]].assign(row=np.arange(len(reviews)), date=day).sort_values("date", kind="stable")
    )
    events = failures[["buyer_id", "date"]].assign(failed=failures["date"]).sort_values("date", kind="stable")
    events = events.astype({"date": "datetime64[us]", "failed": "datetime64[us]"})
    following = (
        pd.merge_asof(asked, events, on="date", by="buyer_id", direction="forward", allow_exact_matches=False)
        .sort_values("row")["failed"]
        .to_numpy("datetime64[us]")
    )
    return _year_after(day) <= until.to_datetime64(), following <= _year_after(day)


def clopper_pearson(hits: int, of: int, confidence: float) -> tuple[float, float]:
    """Return the interval of a share of which `hits` were seen `of` so many; missing of none.

    >>> [round(end, 4) for end in clopper_pearson(10, 10, 0.95)]
    [0.6915, 1.0]
    """
    if not of:
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low = betaincinv(hits, of - hits + 1, tail) if hits else 0.0
    high = betaincinv(hits + 1, of - hits, 1 - tail) if hits < of else 1.0
    return float(low), float(high)


class _Past(NamedTuple):
    """The `day` of each review; of each buyer the day on which it `failed`; reviews × buyers: `listed`."""

    day: np.ndarray
    failed: np.ndarray
    listed: np.ndarray


def _past(reviews: pd.DataFrame, listed: pd.Series, failures: pd.DataFrame, until: pd.Timestamp) -> _Past:
    day, review = np.unique(reviews["date"].to_numpy("datetime64[us]"), return_inverse=True)
    first = day.min(initial=until.to_datetime64())
    since = failures[(failures["date"] > first) & (failures["date"] <= until)]
    failed = since.groupby("buyer_id")["date"].min()
    buyers = pd.concat([reviews["buyer_id"], failed.index.to_series()]).drop_duplicates()
    table = np.zeros((len(day), len(buyers)), dtype=bool)
    table[review, places(reviews["buyer_id"], buyers)] = listed.to_numpy(dtype=bool)
    days = failed.reindex(buyers).to_numpy("datetime64[us]")
    return _Past(day, days, table & ~(days <= day[:, None]))


def _days_ahead(past: _Past, early: np.ndarray) -> np.ndarray:
    """Return the quartiles of the days between coming on the list and failing; `early`: the reviews in time."""
    if not early.any():
        return np.full(3, np.nan)
    buyer = np.flatnonzero(early.any(axis=0))
    number = np.arange(len(past.day))[:, None]
    last = np.where(early, number, -1).max(axis=0)[buyer]
    off = np.maximum.accumulate(np.where(past.listed, -1, number), axis=0)
    begun = past.day[off[last, buyer] + 1]
    return np.quantile((past.failed[buyer] - begun) / A_DAY, [0.25, 0.5, 0.75])


def _year_after(day: np.ndarray) -> np.ndarray:
    return (pd.DatetimeIndex(day) + pd.DateOffset(months=HORIZON_MONTHS)).to_numpy("datetime64[us]")


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")
