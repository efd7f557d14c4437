"""Buyers in default on a day, and what the book's own defaults lost."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.measure.by_buyer import sums_by_buyer
from tradecredit.measure.dust import dust
from tradecredit.measure.open_items import open_items
from tradecredit.params.default import DefaultSettings

RESOLVED_MONTHS = 12
"""A default older than this, of which no day is known that it was resolved on, is taken to have brought in all."""


class LossGivenDefault(NamedTuple):
    """The share of a balance that is lost at default, and the defaults that it comes from.

    `basis`: `own defaults`, or `assumed` where too few are resolved; `recorded` as resolved, and so `old` that all has
    come in.
    """

    lgd: float
    basis: str
    recorded: int
    old: int


@once
def already_defaulted(book: Book) -> pd.DataFrame:
    """Return the buyers in default that still owe something: no loss to simulate, but one to claim or to provide for.

    Those of `in_default` with an open amount. Out, index buyer_id, largest first: `defaulted` (date of the last
    default), `kind`, `exposure` (the whole open amount).
    """
    events = book.defaults.sort_values("date", kind="stable")
    last = events.drop_duplicates("buyer_id", keep="last").set_index("buyer_id")
    table = last[["date", "kind"]].rename(columns={"date": "defaulted"})
    table = table[table.index.isin(in_default(book))]
    table = table.assign(exposure=sums_by_buyer(book, open_items(book)["open_amount"]).reindex(table.index))
    return table[table["exposure"] > 0].sort_values(["exposure", "buyer_id"], ascending=[False, True])


@once
def in_default(book: Book) -> pd.Index:
    """Return the buyers in default on the book's day (see `are_in_default`), those that owe nothing included."""
    items = open_items(book).assign(buyer=book.buyer_of_invoice)
    found = are_in_default(book, items, book.as_of)
    return pd.Index(book.buyers["buyer_id"][found], name="buyer_id").sort_values()


def are_in_default(book: Book, items: pd.DataFrame, day: pd.Timestamp) -> np.ndarray:
    """Return a boolean per buyer of the book: whether it is in default on the book's day, or on an earlier one.

    In default is a buyer that owes more than dust on an invoice issued by the day of its last default; and one that was
    ever insolvent, or whose debt of then was given up (written off, recovered or claimed, in part at least and more
    than dust), until it has passed a probation. Its probation begins when all its defaults are resolved (on their day
    `resolved`; where none is known by the day, `RESOLVED_MONTHS` later) and nothing of then is owed. It is passed with
    the first `default.probation_months` in a row in which the buyer paid for something bought since the defaults were
    resolved, no invoice issued since the last default was open more than `default.probation_days_late` days past due,
    and none was given up. Nothing that became known after the day is looked at. `items`: the open items of the day, as
    `open_items.items_on`. Source: definitions §8.1.
    """
    events = events_by_place(book)
    events = events[events["date"] <= day]
    by_then = events["date"] + pd.DateOffset(months=RESOLVED_MONTHS)
    events = events.assign(resolved=events["resolved"].where(events["resolved"] <= day, by_then))
    latest = events.groupby("buyer")[["date", "resolved"]].max().reindex(pd.RangeIndex(len(book.buyers)))
    last, resolved = (latest[name].to_numpy() for name in ("date", "resolved"))
    owes, on_probation, passed = (np.zeros(len(latest), dtype=bool) for _ in range(3))
    on_probation[events.loc[events["kind"] == "insolvency", "buyer"]] = True
    # Few buyers ever default: the others' invoices need not be looked at.
    owner = items["buyer"].to_numpy()
    rows = np.flatnonzero(~np.isnat(last)[owner])
    owner = owner[rows]
    issued, settled, paid_on = (items[name].to_numpy()[rows] for name in ("issued", "settled", "paid_on"))
    of_then = issued <= last[owner]
    given_up = items["impaired"].to_numpy()[rows] > dust(items["amount"].to_numpy()[rows], book.run.receivables.dust)
    owes[owner[of_then & np.isnat(settled)]] = True
    on_probation[owner[of_then & given_up]] = True
    bought = (issued > resolved[owner]) & ~given_up & ~np.isnat(paid_on)
    may_pass = np.zeros_like(owes)
    may_pass[owner[bought]] = True
    may_pass &= on_probation & ~owes & (resolved <= day.to_datetime64())
    watched = np.flatnonzero(may_pass[owner])
    if len(watched):
        few = items[["buyer", "payable_by", "settled", "paid_on"]].iloc[rows[watched]]
        few = few.assign(of_then=of_then[watched], given_up=given_up[watched], bought=bought[watched])
        few = few.assign(resolved=resolved[few["buyer"]])
        passed[_passed(few, day, book.run.default)] = True
    return owes | (on_probation & ~passed)


def _passed(items: pd.DataFrame, day: pd.Timestamp, settings: DefaultSettings) -> np.ndarray:
    """Return the buyers that have passed their probation, from the items of those that owe nothing of then any more."""
    # What was owed at the default was settled by `begun`, when the probation begins.
    begun = items[["resolved", "settled"]].max(axis=1).where(items["of_then"], items["resolved"])
    begun = begun.groupby(items["buyer"]).max()
    since = items[~items["of_then"]]
    given_up, is_open = since["given_up"], since["settled"].isna()
    late_from = since["payable_by"] + pd.Timedelta(days=settings.probation_days_late)
    until = since["paid_on"].mask(is_open, day).mask(given_up, since["settled"].fillna(day))
    spans = pd.DataFrame({"buyer": since["buyer"], "first": late_from.mask(given_up, until), "end": until})
    spans = spans[given_up | (until > late_from)]
    edges = [pd.DataFrame({"buyer": begun.index, "first": at, "end": at}) for at in (begun.to_numpy(), day)]
    spans = pd.concat([edges[0], spans, edges[1]], ignore_index=True)
    at_least = spans["buyer"].map(begun)
    spans["first"], spans["end"] = (spans[name].where(spans[name] > at_least, at_least) for name in ("first", "end"))
    spans = spans.sort_values(["buyer", "first"], kind="stable")
    # Between the end of all that was late so far and the next that is, the buyer was in time.
    free = spans.groupby("buyer")["end"].cummax()
    following = spans.groupby("buyer")["first"].shift(-1)
    long = free + pd.DateOffset(months=settings.probation_months) <= following
    free, following, buyer = free[long], following[long], spans.loc[long, "buyer"].to_numpy()
    bought = since[since["bought"]]
    paid = np.sort(_of_buyer(bought["buyer"], bought["paid_on"]))
    first, end = (np.searchsorted(paid, _of_buyer(buyer, days), side="right") for days in (free, following))
    return np.unique(buyer[end > first])


def _of_buyer(buyer: np.ndarray | pd.Series, days: pd.Series) -> np.ndarray:
    """Return numbers that order by buyer, and by day within."""
    return np.asarray(buyer, dtype="int64") * 1_000_000 + days.to_numpy("datetime64[D]").astype("int64")


@once
def events_by_place(book: Book) -> pd.DataFrame:
    """Return `date`, `kind`, `resolved` of the defaults, with `buyer`, the place of theirs; none of one not known."""
    place = places(book.defaults["buyer_id"], book.buyers["buyer_id"])
    return book.defaults[["date", "kind", "resolved"]].assign(buyer=place)[place >= 0]


@once
def loss_given_default(book: Book) -> LossGivenDefault:
    """Return the book's own loss given default, or the run's assumption where too few defaults are resolved.

    1 − Σ recovered / Σ debt over the resolved defaults whose debt and recovery are known (a recovery above its debt, by
    interest, counts as the debt), if there are at least `losses.minimum_resolved_defaults` of them. A default is
    resolved from its day `resolved` on; one without such a day, once it is older than 12 months.
    """
    settings = book.run.losses
    events = book.defaults[(book.defaults["debt"] > 0) & book.defaults["recovered"].notna()]
    on_record = events["resolved"] <= book.as_of
    old = events["date"] <= book.as_of - pd.DateOffset(months=RESOLVED_MONTHS)
    needed = settings.minimum_resolved_defaults
    if (on_record | old).sum() < needed:
        return LossGivenDefault(settings.lgd, "assumed", int(on_record.sum()), int((old & ~on_record).sum()))
    events = events[on_record | old]
    recovered = np.minimum(events["recovered"], events["debt"]).sum()
    return LossGivenDefault(
        float(1 - recovered / events["debt"].sum()), "own defaults", int(on_record.sum()), int((old & ~on_record).sum())
    )
