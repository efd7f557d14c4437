"""The insurer's calendar: by when what is overdue is reported, supplies stop, a claim is filed, and money comes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.decide import insurer_duties
from tradecredit.decide.collect import declarations
from tradecredit.decide.insurer_duties import CLAIM, FILED, LATER, REPORT, UNPAYABLE, last_working_days
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.stops import stopping_invoices
from tradecredit.measure.open_items import open_items
from tradecredit.measure.promises import OPEN, outcomes

REPORT_BY, STOP_ON, FILE_BY, MONEY_ON, DECLARE_BY = DEADLINES = ("report", "stop", "file", "money", "declare")
"""What a day of the policy is about: to report a debt, to stop supplies, to file a claim, to be paid for it, and to
declare sales or balances."""

OVERDUE, EXTENSION, PLAN = NOTICES = ("overdue", "extension", "payment plan")
"""Kinds of notice, as insurers' portals know them: that a debt is overdue; the request that one invoice is paid later
than its extension period allows; the same for a payment plan, which is several payments."""

CLAIMED, UNPAID, LITTLE, UNINSURED = UNREPORTED = ("claimed", "nothing payable", "little", "not insured")
"""Why an invoice that stops supplies is not reported: its loss is claimed; the policy pays nothing for a loss of its
size; too little is overdue to be reported; and nothing of it is insured."""

MISSED, IN_FORCE, SOON, AHEAD = STATES = ("missed", "in force", "soon", "ahead")
"""A day before the one on which the report is read; a stop that has begun by then; what is asked now, or has its day
within `decisions.report_ahead_days`; and what is later."""


@once
def by_invoice(book: Book, policy: Policy) -> pd.DataFrame:
    """Return the days of a policy for each overdue invoice that it insures or that stops supplies: index invoice_id.

    `insurer_duties.late_insured`, and besides the invoices past due that stop supplies without being insured
    themselves. Columns, amounts in the reporting currency:

    - `policy`, `buyer_id`, `due`; `open_amount`, gross; `insured_debt`; `duty`, as `late_insured`;
    - `report_by`, the end of the extension period; `stop_on`, the first day on which what is shipped is not insured,
      as long as this invoice is owed (missing: it stops nothing, as little of it is owed, or what is shipped to the
      buyer is not insured anyway);
    - `loss_date`, the insolvency or the end of the waiting period; `file_by`, the last day for its claim (missing: the
      policy states none); `money_on`, `payment_days` after the loss, or after the claim where that is later: the day on
      which it was filed, else the book's;
    - `notice`, one of `NOTICES`: an extension where the buyer has promised to pay the invoice on a day after
      `report_by` and the promise is open (`promises.outcomes`), a payment plan where that is an instalment; else
      overdue.

    Source: definitions §5.1, §5.8.
    """
    items, late = open_items(book), insurer_duties.late_insured(book, policy)
    stops = stopping_invoices(book, policy, pd.Timestamp.max.floor("D"))
    soon = (items["days_past_due"].to_numpy()[stops.index] > 0) | (stops <= read_on(book.as_of)).to_numpy()
    stops = stops[soon & insurer_duties.can_stop(book, policy).to_numpy()[book.buyer_of_invoice[stops.index]]]
    stops = stops.set_axis(items.index[stops.index])
    rows = late.index.union(stops.index)
    table = items.loc[rows, ["invoice_id", "buyer_id", "due", "open_amount"]].join(
        late[["insured_debt", "duty", "report_by", "loss_date", "file_by", "paid"]]
    )
    table = table.assign(
        policy=policy.name, insured_debt=table["insured_debt"].fillna(0.0), duty=table["duty"].fillna(""),
        stop_on=stops.reindex(rows), notice=_notices(book, table["report_by"]),
        money_on=_money_on(book, policy, table),
    )  # fmt: skip
    return table.set_index("invoice_id")[
        ["policy", "buyer_id", "due", "open_amount", "insured_debt", "duty", "report_by", "stop_on", "loss_date",
         "file_by", "money_on", "notice"]
    ]  # fmt: skip


def _money_on(book: Book, policy: Policy, table: pd.DataFrame) -> pd.Series:
    filed = book.claims.groupby("buyer_id")["filed"].max().reindex(table["buyer_id"]).set_axis(table.index)
    claimed = filed.where(table["duty"] == FILED).fillna(book.as_of).astype("datetime64[us]")
    later = claimed + pd.Timedelta(days=policy.payment_days)
    return table["paid"].where(table["paid"] > later, later).where(table["paid"].notna())


def _notices(book: Book, report_by: pd.Series) -> pd.Series:
    """Return the kind of notice of each invoice; `report_by`: on some of the index of `invoices`."""
    found = pd.Series(OVERDUE, index=report_by.index, dtype="str")
    if not book.has("promises"):
        return found
    promised = outcomes(book)
    instalment = (book.promises["kind"] == "instalment").to_numpy()
    runs = (promised["state"] == OPEN).to_numpy() & (promised["invoice"] >= 0).to_numpy()
    for kind, rows in ((EXTENSION, runs & ~instalment), (PLAN, runs & instalment)):
        of = promised[rows]
        last = of["date"].groupby(book.invoices.index[of["invoice"]]).max()
        found = found.mask(last.reindex(found.index) > report_by, kind)
    return found


def deadlines(book: Book, policies: Sequence[Policy]) -> pd.DataFrame:
    """Return the days that policies set: what is missed and in force first, then the next, as `STATES`, by `act_by`.

    `policies`: those in force (`in_force.programme`). A row for each policy, buyer, kind of deadline, day and notice:

    - `deadline`, one of `DEADLINES`; `day`, the policy's own, a working day or not; `state`, one of `STATES`;
    - `act_by`, by when it is to be done: the last working day by then, never before the report is read; of what is
      missed, of a stop in force, and of a claim at the latest, the day by which the run decides on it; missing for
      money;
    - `policy`; `buyer_id` (missing: a declaration, which is of all); `invoices`, their number; `invoice_id`, the first
      of them by due day;
    - `amount`: insured debt to report or to claim; what has to be paid so that supplies do not stop, or do no longer,
      gross; what the policy pays for the claims on the buyer (`insurer_duties.settled`); what is to be declared;
    - `notice` of a report (missing: none); `unreported`, one of `UNREPORTED`, of a stop by invoices of which none is to
      be reported (missing: one is); `asked_now`: `insurer_duties.duties` asks it now.

    A report stands for what is not to be claimed yet, unless it is too little to be reported; of a buyer's stops the
    first; a claim that is still to come only where the policy states a day for it, and money for claims to file now or
    filed, where some is expected. Source: definitions §5.8.
    """
    found = [part for policy in policies for part in (_of_policy(book, policy), _declaration(book, policy))]
    table = pd.concat([none(), *found], ignore_index=True).astype(COLUMNS)
    rank = table["state"].map({name: place for place, name in enumerate(STATES)})
    kind = table["deadline"].map({name: place for place, name in enumerate(DEADLINES)})
    day = table["act_by"].fillna(table["day"]).to_numpy("datetime64[D]").astype("int64")
    order = np.lexsort((table["invoice_id"].fillna(""), -table["amount"], kind, day, rank))
    return table.iloc[order].reset_index(drop=True)


def missed(calendar: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `deadlines` whose day is past, the stops in force among them: all of them are open still."""
    return calendar[calendar["state"].isin([MISSED, IN_FORCE])].reset_index(drop=True)


def coming(calendar: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `deadlines` whose day is still to come, the next first."""
    return calendar[~calendar["state"].isin([MISSED, IN_FORCE])].reset_index(drop=True)


COLUMNS = {
    "deadline": "str", "day": "datetime64[us]", "act_by": "datetime64[us]", "state": "str", "policy": "str",
    "buyer_id": "str", "invoices": "int64", "invoice_id": "str", "amount": "float64", "notice": "str",
    "unreported": "str", "asked_now": "bool",
}  # fmt: skip


def none() -> pd.DataFrame:
    """Return a table of `deadlines` without a row."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


@once
def _of_policy(book: Book, policy: Policy) -> pd.DataFrame:
    days, settings, read = by_invoice(book, policy), book.run.decisions, read_on(book.as_of)
    lost, filed, late = (days["duty"] == duty for duty in (CLAIM, FILED, insurer_duties.MISSED))
    reports = days[days["duty"].isin([insurer_duties.MISSED, REPORT, LATER])]
    to_stop, claims = _first_stops(days, read), _first_claims(days, policy)
    latest_report, latest_stop, latest_claim = (
        read_on(book.as_of, settings.days_until_due(kind)) for kind in ("report missed", "stop insured", "claim")
    )
    stopped = to_stop["stop_on"] <= read
    by_file = last_working_days(claims["file_by"]).clip(lower=read)
    # Of these rows alone: a table without rows would take on those of a longer column, empty.
    to_file = lost.reindex(claims.index)
    parts = {
        REPORT_BY: reports.assign(
            day=reports["report_by"], amount=reports["insured_debt"], asked_now=reports["duty"] != LATER,
            act_by=last_working_days(reports["report_by"]).clip(lower=read).mask(late, latest_report),
        ),
        STOP_ON: to_stop.assign(
            day=to_stop["stop_on"], amount=to_stop["open_amount"], asked_now=stopped, notice=None,
            act_by=last_working_days(to_stop["stop_on"]).clip(lower=read).mask(stopped, latest_stop),
        ),
        FILE_BY: claims.assign(
            day=claims["file_by"], amount=claims["insured_debt"], asked_now=to_file, notice=None,
            act_by=by_file.mask(to_file, by_file.fillna(latest_claim).clip(upper=latest_claim)),
        ),
        MONEY_ON: _paid(book, policy, days[lost | filed]),
    }  # fmt: skip
    table = _grouped(pd.concat([part.assign(deadline=kind) for kind, part in parts.items()]))
    table = table[(table["deadline"] != MONEY_ON) | (table["amount"] >= CENT)]
    begun = (table["deadline"] == STOP_ON) & (table["day"] <= read)
    soon = table["asked_now"] | (table["day"] <= _ahead(book))
    return table.assign(state=np.select([begun, table["day"] < read, soon], [IN_FORCE, MISSED, SOON], AHEAD))


def _ahead(book: Book) -> pd.Timestamp:
    return book.as_of + pd.Timedelta(days=book.run.decisions.report_ahead_days)


@once
def _declaration(book: Book, policy: Policy) -> pd.DataFrame:
    """Return the day for the declaration of the last period, where the policy states one."""
    if policy.declaration_days is None or (found := declarations.declaration(book, policy)) is None:
        return none()
    row = {
        "deadline": DECLARE_BY, "day": found.declare_by, "policy": policy.name, "buyer_id": None, "invoice_id": None,
        "invoices": int(found.by_buyer["invoices"].sum()), "amount": found.steps.loc[declarations.DECLARED, "amount"],
        "notice": None, "unreported": None, "asked_now": False,
    }  # fmt: skip
    table, read = pd.DataFrame([row]), read_on(book.as_of)
    state = MISSED if found.declare_by < read else SOON if found.declare_by <= _ahead(book) else AHEAD
    return table.assign(state=state, act_by=last_working_days(table["day"]).clip(lower=read)).astype(COLUMNS)


def _first_stops(days: pd.DataFrame, read: pd.Timestamp) -> pd.DataFrame:
    """Return the invoices by which each buyer's first stop begins, or that stop it as well when the report is read.

    With `unreported` of the buyer: by what is closest to a report.
    """
    stops = days[days["stop_on"].notna()]
    first = stops.groupby("buyer_id")["stop_on"].transform("min")
    stops = stops.assign(stop_on=first)[stops["stop_on"] <= first.clip(lower=read)]
    asked = ([insurer_duties.MISSED, REPORT, LATER], [CLAIM, FILED], [UNPAYABLE])
    reported, claimed, unpaid = (stops["duty"].isin(duties) for duties in asked)
    ranks = np.select([reported, claimed, unpaid, stops["insured_debt"] > 0], [0, 1, 2, 3], 4)
    closest = pd.Series(ranks, index=stops.index).groupby(stops["buyer_id"]).transform("min")
    return stops.assign(unreported=closest.map(dict(enumerate(UNREPORTED, start=1))))


def _first_claims(days: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Return what is claimed now, by the first of its buyer's days: one loss is one claim; and what may be later.

    Nothing later of a buyer for which nothing is payable even if all that is late of it is lost.
    """
    now = days[days["duty"] == CLAIM]
    first = now.assign(file_by=now.groupby("buyer_id")["file_by"].transform("min"))
    little = insurer_duties.unpayable(days[days["loss_date"].notna()], policy)
    later = ~days["duty"].isin([CLAIM, FILED, UNPAYABLE]) & ~days["buyer_id"].isin(little)
    return pd.concat([first, days[later & days["file_by"].notna()]])


def _paid(book: Book, policy: Policy, lost: pd.DataFrame) -> pd.DataFrame:
    """Return the invoices of losses with the day on which the first money for those of their buyer is expected."""
    paid = insurer_duties.settled(insurer_duties.duties(book, policy), policy)["indemnity"]
    buyer = lost["buyer_id"]
    each = paid.reindex(buyer).to_numpy() / lost.groupby("buyer_id")["due"].transform("size")
    day = lost.groupby("buyer_id")["money_on"].transform("min")
    return lost.assign(day=day, amount=each, act_by=pd.NaT, asked_now=False, notice=None)


def _grouped(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows by invoice as one for each policy, buyer, kind of deadline, day and notice, by day."""
    key = ["deadline", "policy", "buyer_id", "day", "notice", "unreported"]
    table = rows.reset_index().sort_values(["day", "due", "invoice_id"], kind="stable")
    table = table.groupby(key, dropna=False, sort=False).agg(
        invoices=("invoice_id", "size"), invoice_id=("invoice_id", "first"), amount=("amount", "sum"),
        act_by=("act_by", "min"), asked_now=("asked_now", "any"),
    )  # fmt: skip
    return table.reset_index()


def by_buyer(calendar: pd.DataFrame) -> pd.DataFrame:
    """Return what is to be done now and soon about each buyer of each policy, the first first.

    `calendar`: `deadlines`; what is `AHEAD` is none of this. Columns: `buyer_id`, `policy`; `next_deadline`, the kind
    of what is to be done first, and `next_day`, its `act_by`, or the day of money where nothing else is asked;
    `missed_deadlines`, how many kinds are missed; and the first day of each kind (missing: none): `missed_since`, of
    reports that are missed, the policy's own day, `report_by`, of reports to come, the last working day by then (as
    `insurer_duties.duties`); `file_since`, of claims whose day is past, the policy's own, and `file_by`, of claims in
    time, the last working day by then; `stop_on` and `money_on`, the policy's own.
    """
    key, calendar = ["buyer_id", "policy"], calendar[calendar["buyer_id"].notna() & (calendar["state"] != AHEAD)]
    is_missed, report = calendar["state"] == MISSED, calendar["deadline"] == REPORT_BY
    days = {
        "missed_since": calendar["day"].where(report & is_missed),
        "report_by": last_working_days(calendar["day"]).where(report & ~is_missed),
        "stop_on": calendar["day"].where(calendar["deadline"] == STOP_ON),
        "file_by": last_working_days(calendar["day"]).where((calendar["deadline"] == FILE_BY) & ~is_missed),
        "file_since": calendar["day"].where((calendar["deadline"] == FILE_BY) & is_missed),
        "money_on": calendar["day"].where(calendar["deadline"] == MONEY_ON),
    }
    table = calendar[key].assign(**days).groupby(key).min()
    money = calendar["deadline"] == MONEY_ON
    order = np.lexsort((~is_missed, calendar["act_by"].fillna(calendar["day"]), money))
    first = calendar.iloc[order].drop_duplicates(key).set_index(key)
    kinds = calendar[is_missed].drop_duplicates([*key, "deadline"])
    table = table.assign(
        next_deadline=first["deadline"], next_day=first["act_by"].fillna(first["day"]),
        missed_deadlines=kinds.groupby(key).size().reindex(table.index, fill_value=0),
    ).reset_index()  # fmt: skip
    order = np.lexsort((table["buyer_id"], table["missed_deadlines"] == 0, table["next_day"]))
    return table.iloc[order].reset_index(drop=True).rename_axis(columns=None)
