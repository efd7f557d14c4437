"""When unpaid invoices become losses of a policy, until when they are claimed in time, and in which of its years."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.places import one_of
from tradecredit.insurance.policy import Policy
from tradecredit.measure.default_events import in_default


def loss_days(book: Book, policy: Policy, items: pd.DataFrame) -> pd.DataFrame:
    """Return the days of a policy for invoices, and which of them have been claimed: on the index of `items`.

    `items`: `buyer_id`, `issued`, `due`. Out: `report_by`, `loss_date`, `file_by` and `paid` of `Policy.loss_dates`, by
    the insolvency of a buyer in default as well; `filed`: the loss has come about by the book's day, and a claim on the
    buyer was filed since its first loss among them, and since the invoice was issued. Source: definitions §5.8.
    """
    events = book.defaults[book.defaults["kind"] == "insolvency"]
    events = events[one_of(events["buyer_id"], in_default(book))].groupby("buyer_id")["date"].max()
    insolvent = events.reindex(items["buyer_id"]).set_axis(items.index).astype("datetime64[us]")
    found = policy.loss_dates(items["issued"], items["due"], insolvent=insolvent)
    loss = found["loss_date"] <= book.as_of
    first = found["loss_date"].where(loss).groupby(items["buyer_id"]).transform("min")
    filed_on = book.claims.groupby("buyer_id")["filed"].max().reindex(items["buyer_id"]).set_axis(items.index)
    return found.assign(filed=loss & (filed_on >= first) & (filed_on >= items["issued"]))


def year_starts(policy: Policy) -> pd.Timestamp:
    """Return the first day of a policy's year: its `starts`, else 12 months before its end; missing without both.

    >>> year_starts(Policy(name="own", insured_percentage=0.9, ends="2026-12-31"))
    Timestamp('2026-01-01 00:00:00')
    """
    if policy.starts is not None:
        return pd.Timestamp(policy.starts)
    if policy.ends is None:
        return pd.NaT
    return pd.Timestamp(policy.ends) + pd.Timedelta(days=1) - pd.DateOffset(years=1)


def year_of(policy: Policy, days: pd.Series) -> np.ndarray:
    """Return the number of the policy's year that each day lies in, 0 being that of `year_starts`, renewed each year.

    All are 0 of a policy that states no period, and of a day that is missing.
    """
    starts = year_starts(policy)
    if pd.isna(starts):
        return np.zeros(len(days), dtype=int)
    known = days.fillna(starts)
    before = (known.dt.month * 100 + known.dt.day) < (starts.month * 100 + starts.day)
    return (known.dt.year - starts.year - before).to_numpy(int)


__all__ = ["loss_days", "year_of", "year_starts"]
