"""A decision as a record: what is asked, of whom, how much is at stake, who decides, by when, and where it is shown."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import WORKING_DAYS
from tradecredit.decide.limits.changes import approval

COLUMNS = {
    "decision": "str", "buyer_id": "str", "amount": "float64", "authority": "str", "due_day": "datetime64[us]",
    "since": "datetime64[us]", "state": "str", "chapter": "str", "anchor": "str",
}  # fmt: skip
"""Columns of a table of decisions, a row for each. `decision`: its kind, one of `params.decisions.WORKING_DAYS`;
`buyer_id` (missing: it is about the whole book); `amount` at stake, in the reporting currency (missing: not known);
`authority`: who decides; `due_day`; `since` when it has been open; `state`: `new`, `open` or `done`; `chapter` and
`anchor`: where its list is shown, `table-breaches` of `03_credit_limits`."""

INSURERS = ("report missed", "claim", "report", "stop insured")
"""Decisions by which cover is kept: they come before all others."""

NEW, OPEN, DONE = "new", "open", "done"


def none() -> pd.DataFrame:
    """Return a table of decisions without a row."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


def of_book(book: Book, asked: Iterable[str], amounts: Mapping[str, float], *, anchor: str) -> pd.DataFrame:
    """Return a decision about the whole book for each kind that is asked; columns: `COLUMNS`.

    `amounts`: kind → amount at stake (missing, or without: not known, and the highest authority decides); `anchor` of
    the list that shows them. Open since the as-of day. Raises `KeyError` for a kind that is not known.
    """
    whole = pd.Index([None], dtype="str")
    tables = [
        of_buyers(book, kind, pd.DataFrame({"amount": [float(amounts.get(kind, np.nan))]}, index=whole), anchor=anchor)
        for kind in asked
    ]
    return together(*tables)


def of_buyers(book: Book, decision: str, buyers: pd.DataFrame, *, anchor: str) -> pd.DataFrame:
    """Return a decision for each buyer; columns: `COLUMNS`, in the order of `buyers`.

    `buyers`: index buyer_id; `amount` at stake; where they have them, `authorised` (the amount by which the authority
    is found, such as the larger of the old and the new limit; else the amount at stake), `due_day` (missing or
    without: so many working days after the as-of day as the run's `decisions` say; never before the first of them) and
    `since` (missing or without: the as-of day). A missing amount is decided by the highest authority. The state is
    `new`: what was open in earlier months is known to the reports (`since_earlier`).
    """
    working_days = book.run.decisions.days_until_due(decision)
    today = np.datetime64(book.as_of.date(), "D")
    first, latest = (
        pd.Timestamp(np.busday_offset(today, days, roll="backward", busdaycal=WORKING_DAYS))
        for days in (1, max(working_days, 1))
    )
    due = buyers.get("due_day", pd.Series(pd.NaT, index=buyers.index)).astype("datetime64[us]")
    since = buyers.get("since", pd.Series(pd.NaT, index=buyers.index)).astype("datetime64[us]")
    authorised = buyers.get("authorised", buyers["amount"]).astype("float64").abs().fillna(np.inf)
    table = pd.DataFrame(
        {
            "decision": decision,
            "buyer_id": buyers.index,
            "amount": buyers["amount"].to_numpy(dtype="float64").round(2),
            "authority": approval(authorised, book.run.limits.approvals).to_numpy(),
            "due_day": due.fillna(latest).clip(lower=first).to_numpy(),
            "since": since.fillna(book.as_of).clip(upper=book.as_of).to_numpy(),
            "state": NEW,
            "chapter": "",
            "anchor": anchor,
        }
    )
    return table.astype(COLUMNS)


def together(*tables: pd.DataFrame) -> pd.DataFrame:
    """Return tables of decisions as one, in the order of `ordered`."""
    return ordered(pd.concat([none(), *tables], ignore_index=True).astype(COLUMNS))


def ordered(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return decisions in the order in which they are to be taken.

    Those of the insurer first (`INSURERS`), what is done last; then the largest amount at stake, a missing one after
    all others, and of equal amounts the earliest due day.
    """
    rank = np.select([decisions["state"] == DONE, decisions["decision"].isin(INSURERS)], [2, 0], 1)
    amount = -decisions["amount"].fillna(-np.inf).to_numpy()
    order = np.lexsort((decisions["due_day"].to_numpy("datetime64[us]"), amount, rank))
    return decisions.iloc[order].reset_index(drop=True)


def by_kind(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions of each kind and list as one row, in the order of `ordered`; what is done is left out.

    Columns: `decision`, `buyers` (0: about the whole book), `amount` (the sum of those that are known; missing: none),
    `authority` (that of the largest amount), `due_day` (the earliest), `since` (the earliest), `new` of them, `state`
    (`open` where one of them is), `chapter`, `anchor`.
    """
    asked = ordered(decisions[decisions["state"] != DONE])
    table = asked.groupby(["decision", "chapter", "anchor"], sort=False).agg(
        buyers=("buyer_id", "count"), amount=("amount", lambda amounts: amounts.sum(min_count=1)),
        authority=("authority", "first"), due_day=("due_day", "min"), since=("since", "min"),
        new=("state", lambda states: int((states == NEW).sum())),
        state=("state", lambda states: OPEN if (states == OPEN).any() else NEW),
    )  # fmt: skip
    return ordered(table.reset_index())


def since_earlier(decisions: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Return decisions with what an earlier month published of them: its `since`, `open`, and what is `done` since.

    `earlier`: the decisions of the last month before, with `COLUMNS`. The same decision is one of the same kind about
    the same buyer. One that was asked then is `open` since its earlier `since`; one that is asked no more is added as
    `done`, with the day, authority and amount that it had.
    """
    keys = ["decision", "buyer_id"]
    before = earlier[earlier["state"] != DONE].drop_duplicates(keys)
    known = decisions.merge(before[[*keys, "since"]], on=keys, how="left", suffixes=("", "_before"), indicator=True)
    was_open = (known["_merge"] == "both").to_numpy()
    since = np.fmin(known["since"].to_numpy("datetime64[us]"), known["since_before"].to_numpy("datetime64[us]"))
    told = decisions.reset_index(drop=True).assign(since=since)
    told["state"] = told["state"].mask(was_open, OPEN)
    left = before.merge(decisions[keys].drop_duplicates(), on=keys, how="left", indicator=True)
    gone = left[left["_merge"] == "left_only"].drop(columns="_merge").assign(state=DONE)
    return together(told, gone[list(COLUMNS)]) if len(gone) else ordered(told.astype(COLUMNS))
