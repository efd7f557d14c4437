"""Buyers in default on a day, and what the book's own defaults lost."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.measure.by_buyer import sums_by_buyer
from tradecredit.measure.open_items import open_items

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

    A buyer is in default after an insolvency, and after a protracted default until every invoice issued by then is
    settled; one that has settled them and buys again is at risk again. Out, index buyer_id, largest first:
    `defaulted` (date of the last default), `kind`, `exposure` (the whole open amount).
    """
    events = book.defaults.sort_values("date", kind="stable")
    last = events.drop_duplicates("buyer_id", keep="last").set_index("buyer_id")
    table = last[["date", "kind"]].rename(columns={"date": "defaulted"})
    items = open_items(book)
    owed = items["open_amount"] > 0
    old = owed & (items["issued"] <= _last_default(book))
    insolvent = events.loc[events["kind"] == "insolvency", "buyer_id"]
    table = table[table.index.isin(insolvent) | table.index.isin(items.loc[old, "buyer_id"].unique())]
    table = table.assign(exposure=sums_by_buyer(book, items["open_amount"]).reindex(table.index))
    return table[table["exposure"] > 0].sort_values(["exposure", "buyer_id"], ascending=[False, True])


@once
def in_default(book: Book) -> pd.Index:
    """Return the buyers in default on the book's day, those that owe nothing any more included.

    These are the buyers of `already_defaulted`; all that were ever insolvent; and after a protracted default those
    whose debt was written off and that have bought nothing since. A debt that was given up is no better for it.
    """
    items = open_items(book).assign(buyer=book.buyer_of_invoice)
    found = are_in_default(items, events_by_place(book), len(book.buyers))
    return pd.Index(book.buyers["buyer_id"][found], name="buyer_id").sort_values()


def are_in_default(items: pd.DataFrame, events: pd.DataFrame, buyers: int) -> np.ndarray:
    """Return a boolean per buyer: whether it is in default on the day of the open items.

    In default is a buyer that was ever insolvent; one that still owes an invoice issued by the day of its last default;
    and one whose debt of then was given up (written off, recovered or claimed in part at least) and that has bought
    nothing since. `items`: as `open_items.open_items`; `events`: as `defaults`, known by the day; both with `buyer`,
    its place among so many `buyers`.
    """
    last = events.groupby("buyer")["date"].max().reindex(pd.RangeIndex(buyers)).to_numpy()
    found = {name: np.zeros(buyers, dtype=bool) for name in ("insolvent", "owes", "given_up", "again")}
    found["insolvent"][events.loc[events["kind"] == "insolvency", "buyer"]] = True
    # Few buyers ever default: the others' invoices need not be looked at.
    owner = items["buyer"].to_numpy()
    rows = np.flatnonzero(~np.isnat(last)[owner])
    owner, since = owner[rows], last[owner[rows]]
    issued, still_open, impaired = (items[name].to_numpy()[rows] for name in ("issued", "open_amount", "impaired"))
    found["owes"][owner[(issued <= since) & (still_open > 0)]] = True
    found["given_up"][owner[(issued <= since) & (impaired > 0)]] = True
    found["again"][owner[issued > since]] = True
    return found["insolvent"] | found["owes"] | (found["given_up"] & ~found["again"])


def events_by_place(book: Book) -> pd.DataFrame:
    """Return `date` and `kind` of the defaults, with `buyer`, the place of their buyer; none of a buyer not known."""
    place = places(book.defaults["buyer_id"], book.buyers["buyer_id"])
    return book.defaults[["date", "kind"]].assign(buyer=place)[place >= 0]


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


@once
def _last_default(book: Book) -> np.ndarray:
    """Return of each invoice the day of its buyer's last default; not a time where it has none."""
    last = book.defaults.groupby("buyer_id")["date"].max()
    # A place of −1, of a buyer without a default, is the last of the days: none.
    days = np.append(last.to_numpy("datetime64[us]"), np.datetime64("NaT", "us"))
    place = places(book.buyers["buyer_id"], last.index.to_series())
    return days[place][book.buyer_of_invoice]
