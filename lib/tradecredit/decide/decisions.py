"""A decision as a record: what is asked, of whom, how much is at stake, who decides, by when, and where it is shown."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on, working_day
from tradecredit.decide.approvals import approval
from tradecredit.params.decisions import ORDINARY
from tradecredit.params.run import Run

COLUMNS = {
    "decision": "str", "buyer_id": "str", "amount": "float64", "authority": "str",
    "due_day": "datetime64[us]", "since": "datetime64[us]", "state": "str", "was": "str",
    "chapter": "str", "anchor": "str",
}  # fmt: skip
"""Columns of a table of decisions, a row for each. `decision`: its kind, one of `params.decisions.WORKING_DAYS`;
`buyer_id` (missing: decided as one matter, whichever buyers its list has); `amount` at stake, in the reporting currency
    (missing: not known);
`authority`: who decides; `due_day`, a working day; `since` when it has been open; `state`: `new`, `open`, asked no more
    (`GONE`), or `first report` where no earlier report tells; `was`: the kind as which the month before asked the same
    matter (missing: as the same, or not at all); `chapter` and `anchor`: where its list is shown, `table-breaches` of
    `03_credit_limits`."""

INSURERS = ("report missed", "claim", "report", "stop insured")
"""Decisions by which cover is kept: they come before all others, in this order."""

SUBJECTS = {
    "on_cover": ("claim", "report missed", "report", "stop insured"),
    "on_limit": (
        "cancel", "stop", "stop until paid", "request accounts", "run down", "cut", "set limit", "above limit",
        "limits", "raise or enforce",
    ),
    "on_debt": ("in default", "enforce", "payment plan", "collect"),
}  # fmt: skip
"""What a decision on a buyer is about: what cover asks for, its limit with what is delivered, and its overdue debt. On
each there is one decision at most, the first of its kinds that holds; the columns of a sheet that say which."""

MATTERS = {
    **dict.fromkeys(("report", "report missed", "claim"), "insured debt"),
    **dict.fromkeys(("run down", "stop until paid", "stop"), "excess over a limit by risk"),
    **dict.fromkeys(("collect", "payment plan", "enforce"), "overdue debt"),
    **dict.fromkeys(("request accounts", "cut"), "limit below the need"),
    **dict.fromkeys(("set limit", "above limit"), "excess over the limit in force"),
    **dict.fromkeys(("long overdue", "short payments"), "debt long past due"),
}
"""Kinds of decision that are stages of one matter: a buyer that moves from one of them to another is asked about still,
and not anew. Each other kind is a matter of its own."""

DATED = (
    "claim", "report missed", "report", "stop insured", "in default", "cancel", "collect", "enforce", "payment plan",
)  # fmt: skip
"""Kinds of decision whose matter arose on a day that the ledger or the policy knows: they are open since that day. All
others are open since the first report that asked them."""

FIRST, NEW, OPEN, NO_MORE, OTHERWISE = (
    "first report", "new", "open", "asked no more", "replaced by another decision",
)  # fmt: skip
GONE = (NO_MORE, OTHERWISE)
"""States of what the month before asked and this one does not: of the buyer nothing is asked any more on the same
subject (`SUBJECTS`), or another matter is. Whether it was done is in no table of the book."""


def subject(kind: str) -> str:
    """Return the subject of a kind of decision, of `SUBJECTS`; any other kind is its own.

    >>> subject("run down"), subject("policy")
    ('on_limit', 'policy')
    """
    return next((name for name, kinds in SUBJECTS.items() if kind in kinds), kind)


def none() -> pd.DataFrame:
    """Return a table of decisions without a row."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


def of_book(book: Book, asked: Iterable[str], amounts: Mapping[str, float], *, anchor: str) -> pd.DataFrame:
    """Return a decision of no single buyer for each kind that is asked; columns: `COLUMNS`.

    `amounts`: kind → amount at stake (missing, or without: not known, and the highest authority decides); `anchor` of
    the list that shows them. Open since the as-of day. Raises `KeyError` for a kind that is not known.
    """
    whole = pd.Index([None], dtype="str")
    tables = [
        of_buyers(book, kind, pd.DataFrame({"amount": [float(amounts.get(kind, np.nan))]}, index=whole), anchor=anchor)
        for kind in asked
    ]
    return together(book.run, *tables)


def of_buyers(book: Book, decision: str, buyers: pd.DataFrame, *, anchor: str) -> pd.DataFrame:
    """Return a decision for each buyer; columns: `COLUMNS`, in the order of `buyers`.

    `buyers`: index buyer_id; `amount` at stake; where they have them, `authorised` (the amount by which the authority
    is found, such as the larger of the old and the new limit; else the amount at stake), `due_day` (missing or without:
    so many working days after the day on which the report is read (`read_on`) as the run's `decisions` say; one that is
    no working day is the last before it, and none is before the day of reading) and `since` (missing or without: the
    as-of day). The authority is that of the kind where the run has one (`Run.authorities`); else a missing amount is
    decided by the highest. The state is `new`: what was open in earlier months is known to the reports
    (`since_earlier`). Source: definitions §4.10.
    """
    latest = read_on(book.as_of, book.run.decisions.days_until_due(decision))
    due = buyers.get("due_day", pd.Series(pd.NaT, index=buyers.index)).astype("datetime64[us]").fillna(latest)
    due = pd.Series(working_day(due.to_numpy(), "backward").astype("datetime64[us]"), index=buyers.index)
    since = buyers.get("since", pd.Series(pd.NaT, index=buyers.index)).astype("datetime64[us]")
    authorised = buyers.get("authorised", buyers["amount"])
    table = pd.DataFrame(
        {
            "decision": decision,
            "buyer_id": buyers.index,
            "amount": buyers["amount"].to_numpy(dtype="float64").round(2),
            "authority": authority(book.run, decision, authorised).to_numpy(),
            "due_day": due.clip(lower=read_on(book.as_of)).to_numpy(),
            "since": since.fillna(book.as_of).clip(upper=book.as_of).to_numpy(),
            "state": NEW,
            "was": None,
            "chapter": "",
            "anchor": anchor,
        }
    )
    return table.astype(COLUMNS)


def authority(run: Run, decision: str, amounts: pd.Series) -> pd.Series:
    """Return who takes a kind of decision on each amount: by `Run.authorities`, else by amount (missing: highest)."""
    by_amount = approval(amounts.astype("float64").abs().fillna(np.inf), run.limits.approvals)
    whatever = run.authorities.get(decision)
    return by_amount if whatever is None else pd.Series(whatever, index=amounts.index, dtype="str")


def together(run: Run, *tables: pd.DataFrame) -> pd.DataFrame:
    """Return tables of decisions as one, in the order of `ordered`."""
    return ordered(pd.concat([none(), *tables], ignore_index=True).astype(COLUMNS), run)


def ordered(decisions: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Return decisions in the order in which they are to be taken.

    Those of the insurer (`INSURERS`), then the kinds that are the highest authority's whatever their amount
    (`Run.reserved`), both in their own order; all others; the ordinary course; what is asked no more. Within these the
    largest amount at stake first, a missing one after all others, and of equal amounts the earliest due day.
    """
    before = [*INSURERS, *(kind for kind in run.reserved if kind not in INSURERS)]
    rank = decisions["decision"].map({kind: place - len(before) for place, kind in enumerate(before)}).fillna(0)
    rank = rank.mask(decisions["decision"].isin(ORDINARY), 1).mask(decisions["state"].isin(GONE), 2)
    amount = -decisions["amount"].fillna(-np.inf).to_numpy()
    order = np.lexsort((decisions["due_day"].to_numpy("datetime64[us]"), amount, rank.to_numpy()))
    return decisions.iloc[order].reset_index(drop=True)


def by_kind(decisions: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Return the decisions of each kind and list as one row, in the order of `ordered`, without what is asked no more.

    Columns: `decision`, `buyers` (0: decided as one matter), `amount` (the sum of those that are known; missing: none),
    `authority` (the highest that decides on one of them), `decides_on` (how many it decides on) and `each_decides`
    (each authority and how many, the highest first: `board 4, credit analyst 9`), `due_day` (the earliest) and
    `last_due_day` (the latest), `since` (the earliest), `new` of them, `moved` (how many the month before asked as
    other kinds) and `was` (those kinds, missing: none), `state` (`open` where one of them is), `chapter`, `anchor`.
    """
    asked = ordered(decisions[~decisions["state"].isin(GONE)], run)
    key = ["decision", "chapter", "anchor"]
    # A level that the run has no more is below all others.
    level = asked["authority"].map({who: place for place, who in enumerate(run.levels)}).fillna(-1)
    table = asked.assign(level=level, highest=level.eq(level.groupby([asked[name] for name in key]).transform("max")))
    table = table.sort_values("level", ascending=False, kind="stable").groupby(key, sort=False).agg(
        buyers=("buyer_id", "count"), amount=("amount", lambda amounts: amounts.sum(min_count=1)),
        authority=("authority", "first"), decides_on=("highest", "sum"), each_decides=("authority", _each),
        due_day=("due_day", "min"),
        last_due_day=("due_day", "max"), since=("since", "min"),
        new=("state", lambda states: int((states == NEW).sum())), moved=("was", "count"),
        was=("was", lambda kinds: ", ".join(sorted(kinds.dropna().unique())) or None),
        state=("state", _state),
    )  # fmt: skip
    return ordered(table.reset_index(), run)


def _each(authorities: pd.Series) -> str:
    """Return on how many decisions each authority decides, in their order."""
    return ", ".join(f"{who} {count:,}" for who, count in authorities.value_counts(sort=False).items())


def _state(states: pd.Series) -> str:
    """Return the state of decisions of one kind: open where one of them is, then new."""
    return next((state for state in (OPEN, NEW) if (states == state).any()), FIRST)


def since_earlier(
    decisions: pd.DataFrame, earlier: pd.DataFrame | None, reported: pd.Timestamp | None = None
) -> pd.DataFrame:
    """Return decisions with what an earlier month published of them: its `since`, `open`, and what is asked no more.

    `earlier`: the decisions of the last month before, with `COLUMNS` (None: there was no report, and whether something
    is new cannot be told: all are `first report`). The same decision is one about the same buyer and the same matter
    (`MATTERS`). One that was asked then is `open`, and `was` is its kind of then where that was another. It is open
    since its earlier `since`; of a kind that is `DATED` since its own day, which is that of the oldest debt still open.
    Where that is after `reported`, the as-of day of that month (None: not known), all debt asked of then is paid, and
    the decision is `new`. One that is asked no more is added with the day, authority and amount that it had, and one
    of `GONE`.
    """
    if earlier is None:
        return decisions.assign(state=FIRST).astype(COLUMNS)
    keys = ["matter", "buyer_id"]
    asked, before = (table.assign(matter=table["decision"].replace(MATTERS)) for table in (decisions, earlier))
    before = before[~before["state"].isin(GONE)].drop_duplicates(keys)
    if reported is not None:
        later = asked["decision"].isin(DATED) & (asked["since"] > reported)
        asked["matter"] = asked["matter"].mask(later, asked["matter"] + " of later")
    known = asked.merge(
        before[[*keys, "decision", "since"]], on=keys, how="left", suffixes=("", "_before"), indicator=True
    )
    was_open = (known["_merge"] == "both").to_numpy()
    own, then = (known[name].to_numpy("datetime64[us]") for name in ("since", "since_before"))
    since = np.where(known["decision"].isin(DATED), own, np.fmin(own, then))
    moved = was_open & (known["decision"] != known["decision_before"])
    told = decisions.reset_index(drop=True).assign(since=since, was=known["decision_before"].where(moved))
    told["state"] = NEW
    told["state"] = told["state"].mask(was_open, OPEN)
    left = before.merge(asked[keys].drop_duplicates(), on=keys, how="left", indicator=True)
    gone = left[left["_merge"] == "left_only"]
    still = pd.MultiIndex.from_arrays([asked["decision"].map(subject), asked["buyer_id"]])
    known = pd.MultiIndex.from_arrays([gone["decision"].map(subject), gone["buyer_id"]]).isin(still)
    gone = gone.assign(state=np.where(known & gone["buyer_id"].notna(), OTHERWISE, NO_MORE))
    return pd.concat([told, gone[list(COLUMNS)]], ignore_index=True).astype(COLUMNS)
