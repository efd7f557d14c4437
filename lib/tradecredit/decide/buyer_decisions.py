"""What is decided on a buyer: one decision on cover, one on its limit and one on its debt; who, when, and its list."""

import itertools

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.decide import decisions
from tradecredit.decide.decisions import SUBJECTS, subject
from tradecredit.decide.deliveries import reasons
from tradecredit.decide.insurer_duties import to_claim
from tradecredit.decide.limits import actions
from tradecredit.decide.limits.caps import against
from tradecredit.decide.limits.methods import excess
from tradecredit.measure.default_events import already_defaulted

BY_RISK = (actions.STOP, actions.STOP_UNTIL_PAID, actions.RUN_DOWN)
"""Actions by which deliveries are held back for the risk."""

ON_LIMITS = tuple(kind for kind in SUBJECTS["on_limit"] if kind != "cancel")
"""Kinds of decision that rest on the default model through a limit: a default is no estimate."""

WAITING = ("cut", "set limit", "limits")
"""Kinds by which a limit changes and nothing is held back: they may wait for the decision on portfolio limits."""

OVERDUE_OPTIONS = ("enforce", "payment plan")

HOLD_DAYS = {
    "claim": ("stop insured",), "in default": ("stop",), "cancel": ("stop",),
    "request accounts": ("run down", "request accounts"),
}  # fmt: skip
"""Kinds of decision by whose reason deliveries stop on the day of other kinds: the earliest of these."""

ENDING_HOLDS = ("stop insured", "cancel", *BY_RISK, "request accounts")
"""Kinds of decision that stop deliveries, or may: all that are on one buyer are taken by the same authority."""

LISTS = {
    "claim": "to_claim", "report missed": "reports_missed", "report": "to_report", "stop insured": "held_back",
    "stop": "stopped_by_risk", "stop until paid": "stopped_until_paid", "run down": "against_payment",
    "in default": "to_pursue", **dict.fromkeys(OVERDUE_OPTIONS, "overdue_advised"), "collect": "to_collect",
    **dict.fromkeys(("cancel", "limits"), "limit_changes"), "request accounts": "accounts", "cut": "lost_sales",
    "set limit": "with_room", "above limit": "to_bring_back", "raise or enforce": "often_exceeded",
}  # fmt: skip
"""Kind of decision on a buyer: the table of the chapter of limits that lists its buyers."""


def of_kind(sheets: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the sheets of the buyers on which there is a decision of a kind."""
    return sheets[sheets[subject(kind)] == kind]


def amounts(sheets: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the amount of each kind of decision, and of a look, on each buyer: kind → amounts, as `sheets`.

    Insured debt to claim or to report, what is late and what is still to come in one; what has to be paid so that what
    is shipped is insured again; the limit to cancel; the excess over the limit by risk; the margin that accounts may
    release, or that a limit loses; the excess over the limit in force, or over the one that then holds; the change of a
    limit; the mean excess of a limit that is often exceeded; what is owed in default, and what is overdue.
    """
    return {
        "claim": to_claim(sheets), "report missed": sheets["missed_amount"] + sheets["report_amount"],
        "report": sheets["report_amount"], "stop insured": sheets["stop_clears"], "cancel": sheets["own_limit"],
        **dict.fromkeys(BY_RISK, sheets["over_risk"]), "request accounts": sheets["released_margin"],
        "cut": sheets["lost_margin"], "set limit": sheets["breach"], "above limit": sheets["over_limit_to_set"],
        "limits": sheets["change"].abs(), "raise or enforce": sheets["mean_breach"], "in default": sheets["exposure"],
        **dict.fromkeys((*OVERDUE_OPTIONS, "collect"), sheets["overdue"]), "look": sheets["over_need"],
    }  # fmt: skip


def records(book: Book, sheets: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions on buyers (`decisions.COLUMNS`), and where they are listed (`LISTS`).

    `sheets`: `buyer_sheet.advice` or `sheets`. One for each of the `SUBJECTS` of a buyer on which there is one. A
    decision on a limit is authorised by the larger of the one in force and the one that then holds, of an excess over
    the latter by what is owed, and so one by risk of a buyer without a limit in force, where that is more; any other by
    its amount; one by which deliveries are held back (`ENDING_HOLDS`) by the
    highest of all those on the hold of that buyer (`with_hold`). A stop is due when deliveries stop for any reason; a
    hold by risk beside a request for accounts as such a hold; a change of a limit that waits for portfolio limits
    (`waiting`) a working day after these; a report by the policy's day, and a claim where that is the earlier.
    """
    amount, due, since = amounts(sheets), _due(book, sheets), _since(book, sheets)
    authorised, holding = _authorised(sheets), _holding(sheets)
    tables = []
    for kind in itertools.chain(*SUBJECTS.values()):
        buyers = of_kind(sheets, kind).index
        columns = {"amount": amount[kind], "authorised": authorised[kind]}
        columns |= {name: by[kind] for name, by in (("due_day", due), ("since", since)) if kind in by}
        table = decisions.of_buyers(book, kind, pd.DataFrame(columns).loc[buyers], anchor=f"table-{LISTS[kind]}")
        if kind in ENDING_HOLDS:
            who = sheets["hold_authority"].where(holding[kind])[buyers].reset_index(drop=True)
            table = table.assign(authority=who.fillna(table["authority"]))
        tables.append(table)
    return decisions.together(book.run, *tables)


def _authorised(sheets: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the amount by which it is found who takes each kind of decision on a buyer."""
    larger = np.maximum(sheets["own_limit"].fillna(0.0), sheets["limit_to_set"])
    # Without a limit in force what is owed is what somebody has let it owe.
    at_risk = larger.mask(sheets["own_limit"].isna(), np.maximum(larger, sheets["exposure"]))
    by_limit = dict.fromkeys(SUBJECTS["on_limit"], larger) | dict.fromkeys(BY_RISK, at_risk)
    return amounts(sheets) | by_limit | {"above limit": sheets["exposure"]}


def _due(book: Book, sheets: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the days on which decisions of a kind are due where it is not by the kind alone (missing: by the kind)."""
    settings = book.run.decisions
    # What waits for the decision on portfolio limits is due after it.
    after, held = (
        read_on(book.as_of, settings.days_until_due(kind) + later)
        for kind, later in (("portfolio", 1), ("run down", 0))
    )
    waits = pd.Series(after, index=sheets.index).where(waiting(sheets))
    sooner = min(held, read_on(book.as_of, settings.days_until_due("request accounts")))
    by_risk = sheets["over_risk"] > book.run.limits.tolerated_excess
    claimed = read_on(book.as_of, settings.days_until_due("claim"))
    return {
        "claim": sheets["file_by"].clip(upper=claimed),
        "report": sheets["report_by"],
        **dict.fromkeys(("stop insured", actions.STOP, actions.STOP_UNTIL_PAID), sheets["hold_by"]),
        **dict.fromkeys(WAITING, waits),
        "request accounts": pd.Series(sooner, index=sheets.index).where(by_risk),
    }


def _since(book: Book, sheets: pd.DataFrame) -> dict[str, pd.Series]:
    """Return since when decisions of a kind are open by the ledger or the policy (missing: neither knows).

    A report, late or not, is open since the run's `decisions.report_ahead_days` before its day, and not before the debt
    to report, or of a late one anything, was overdue.
    """
    ahead = pd.Timedelta(days=book.run.decisions.report_ahead_days)
    in_sight = {
        "report missed": (sheets["missed_since"] - ahead, sheets["overdue_since"]),
        "report": (sheets["report_by"] - ahead, sheets["report_due_since"]),
    }
    return {
        **{kind: np.maximum(seen, overdue.fillna(seen)) for kind, (seen, overdue) in in_sight.items()},
        "claim": sheets["loss_date"],
        "stop insured": sheets["stop_since"],
        **dict.fromkeys(("in default", "cancel"), already_defaulted(book)["defaulted"].reindex(sheets.index)),
        **dict.fromkeys((*OVERDUE_OPTIONS, "collect"), sheets["overdue_since"]),
    }


def waiting(sheets: pd.DataFrame) -> pd.Series:
    """Return whether the change of each limit waits for the decision on portfolio limits, which would move it back.

    True where the limit is cut and portfolio limits would have it higher, or is raised and they would have it lower: it
    is then due after that decision. Not where deliveries are held back, as an excess does not wait (`WAITING`); False
    without `portfolio_change`.
    """
    if "portfolio_change" not in sheets:
        return pd.Series(False, index=sheets.index)
    back = sheets["change"] * sheets["portfolio_change"].fillna(0.0) < 0
    return back & sheets["on_limit"].isin(WAITING)


def decided(table: pd.DataFrame, records: pd.DataFrame, *kinds: str) -> pd.DataFrame:
    """Return a table, index buyer_id, with the decision on each buyer that the `kinds` are about, theirs first.

    `records`: `records`; `kinds`: all of one of the `SUBJECTS`. Adds `asked`, the kind of the decision on that subject
    (missing: none), `authority`, who takes it, and `due_day`. The order is else that of the table.
    """
    of_subject = records[records["decision"].isin(SUBJECTS[subject(kinds[0])])].set_index("buyer_id")
    found = of_subject.rename(columns={"decision": "asked"})[["asked", "authority", "due_day"]]
    table = table.join(found)
    return table.iloc[np.argsort(~table["asked"].isin(kinds), kind="stable")]


def listed(sheets: pd.DataFrame, records: pd.DataFrame, *kinds: str) -> pd.DataFrame:
    """Return the sheets of the buyers on which there is a decision of the `kinds`, the largest amount first.

    Adds what `decided` does.
    """
    found = records[records["decision"].isin(kinds)].sort_values("amount", ascending=False, kind="stable")
    return decided(sheets.loc[found["buyer_id"]], records, *kinds)


def to_pursue(book: Book, sheets: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Return the list of the buyers in default that owe, with the day (`defaulted`) and the `kind` of the last one."""
    return listed(sheets, records, "in default").join(already_defaulted(book)[["defaulted", "kind"]])


def with_hold(book: Book, sheets: pd.DataFrame) -> pd.DataFrame:
    """Return sheets with who decides on the hold of deliveries to each buyer, and by when they stop (missing: none).

    `sheets`: as `buyer_sheet.advice` has them, without these two. Each of the `deliveries.reasons` has an
    authority and a day: default that of the limit to cancel, or of what is owed where no limit of ours is known, and
    the day of a stop; in default with a limit of 0, or owing nothing, nobody is asked (both missing); a claim that
    of the claim, and cover that has ended that of what is to be cleared, both by the day of `stop insured`, whatever
    day the policy sets for a report or a claim; the risk those of the decision on the limit. `hold_authority`: the
    highest of them, who can end the whole hold; `hold_by`: the earliest. Source: definitions §4.10.
    """
    run, authorised = book.run, _authorised(sheets)
    highest, first = pd.Series(-1, index=sheets.index), pd.Series(pd.NaT, index=sheets.index, dtype="datetime64[us]")
    for kind, holding in _holding(sheets).items():
        place = pd.Categorical(decisions.authority(run, kind, authorised[kind]), run.levels).codes
        highest = highest.where(~holding, np.maximum(highest, place))
        stop = read_on(book.as_of, min(map(run.decisions.days_until_due, HOLD_DAYS.get(kind, (kind,)))))
        first = first.where(~holding, first.clip(upper=stop).fillna(stop))
    who = pd.Series(np.array(run.levels, dtype="object")[highest], index=sheets.index, dtype="str")
    return sheets.assign(hold_authority=who.where(highest >= 0), hold_by=first)


def _holding(sheets: pd.DataFrame) -> dict[str, pd.Series]:
    """Return of which buyers each kind of decision is about a hold of deliveries: a reason, whoever else is asked."""
    because, on_limit = reasons(sheets, sheets), sheets["on_limit"]
    default = because["in default"]
    risk = because[["risk", "overdue part", "risk, against payment"]].any(axis="columns")
    return {
        "claim": because["claim on the policy"],
        "stop insured": because["no longer insured"],
        "cancel": default & (on_limit == "cancel"),
        "in default": default & sheets["own_limit"].isna() & (sheets["on_debt"] == "in default"),
        **{kind: risk & (on_limit == kind) for kind in (*BY_RISK, "request accounts")},
    }


def above_limit_to_set(limits: pd.DataFrame) -> pd.Series:
    """Return what counts against each limit (`caps.against`) above the one that then holds; `limits.recommend`."""
    return excess(limits[against(limits)], limits["limit_to_set"])
