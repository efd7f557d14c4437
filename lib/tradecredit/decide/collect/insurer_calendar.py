"""The insurer's calendar: by when what is overdue is reported, supplies stop, a claim is filed, and money comes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.decide import insurer_duties
from tradecredit.decide.collect import declarations
from tradecredit.decide.insurer_duties import CLAIM, FILED, LATER, MISSED, REPORT, last_working_days
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

PAST, SOON, AHEAD = STATES = ("past", "soon", "ahead")
"""A day before the one on which the report is read; one within `decisions.report_ahead_days`; and a later one."""


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
    """Return the days that policies set, the next first and those that are past after them, the latest first.

    `policies`: those in force (`in_force.programme`). A row for each policy, buyer, kind of deadline, day and notice:

    - `deadline`, one of `DEADLINES`; `day`, the policy's; `state`, one of `STATES` (missing day: that of `act_by`);
    - `act_by`, by when it is done in time: the last working day by then, never before the report is read; of what is
      late already, and of a claim at the latest, the day by which the run decides on it; missing for money;
    - `policy`; `buyer_id` (missing: a declaration, which is of all); `invoices`, their number; `invoice_id`, the first
      of them by due day;
    - `amount`: insured debt to report or to claim; what has to be paid so that supplies do not stop, or do no longer,
      gross; what the policy pays for the claims on the buyer (`insurer_duties.settled`); what is to be declared;
    - `notice` of a report (missing: none); `asked_now`: `insurer_duties.duties` asks it now.

    A report stands for what is not to be claimed yet, unless it is too little to be reported; of a buyer's stops the
    first; a claim that is still to come only where the policy states a day for it, and money for claims to file now.
    Source: definitions §5.8.
    """
    found = [part for policy in policies for part in (_of_policy(book, policy), _declaration(book, policy))]
    table = pd.concat([none(), *found], ignore_index=True).astype(COLUMNS)
    past = (table["state"] == PAST).to_numpy()
    day = table["day"].fillna(table["act_by"]).to_numpy("datetime64[D]").astype("int64")
    kind = table["deadline"].map({name: place for place, name in enumerate(DEADLINES)})
    order = np.lexsort((-table["amount"], kind, np.where(past, -day, day), past))
    return table.iloc[order].reset_index(drop=True)


COLUMNS = {
    "deadline": "str", "day": "datetime64[us]", "act_by": "datetime64[us]", "state": "str", "policy": "str",
    "buyer_id": "str", "invoices": "int64", "invoice_id": "str", "amount": "float64", "notice": "str",
    "asked_now": "bool",
}  # fmt: skip


def none() -> pd.DataFrame:
    """Return a table of `deadlines` without a row."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


def _of_policy(book: Book, policy: Policy) -> pd.DataFrame:
    days, settings, read = by_invoice(book, policy), book.run.decisions, read_on(book.as_of)
    lost, filed, missed = (days["duty"] == duty for duty in (CLAIM, FILED, MISSED))
    reports = days[days["duty"].isin([MISSED, REPORT, LATER])]
    to_stop, claims = _first_stops(days, read), _first_claims(days, lost, filed)
    late, latest_stop, latest_claim = (
        read_on(book.as_of, settings.days_until_due(kind)) for kind in ("report missed", "stop insured", "claim")
    )
    stopped = to_stop["stop_on"] <= read
    by_file = last_working_days(claims["file_by"]).clip(lower=read)
    parts = {
        REPORT_BY: reports.assign(
            day=reports["report_by"], amount=reports["insured_debt"], asked_now=reports["duty"] != LATER,
            act_by=last_working_days(reports["report_by"]).clip(lower=read).mask(missed, late),
        ),
        STOP_ON: to_stop.assign(
            day=to_stop["stop_on"], amount=to_stop["open_amount"], asked_now=stopped, notice=None,
            act_by=last_working_days(to_stop["stop_on"]).clip(lower=read).mask(stopped, latest_stop),
        ),
        FILE_BY: claims.assign(
            day=claims["file_by"], amount=claims["insured_debt"], asked_now=lost, notice=None,
            act_by=by_file.mask(lost, by_file.fillna(latest_claim).clip(upper=latest_claim)),
        ),
        MONEY_ON: _paid(book, policy, days[lost | filed]),
    }  # fmt: skip
    table = _grouped(pd.concat([part.assign(deadline=kind) for kind, part in parts.items()]))
    day = table["day"].fillna(table["act_by"])
    soon = day <= book.as_of + pd.Timedelta(days=settings.report_ahead_days)
    return table.assign(state=np.select([day < read, soon], [PAST, SOON], AHEAD))


def _declaration(book: Book, policy: Policy) -> pd.DataFrame:
    """Return the day for the declaration of the last period, where the policy states one."""
    if policy.declaration_days is None or (found := declarations.declaration(book, policy)) is None:
        return none()
    row = {
        "deadline": DECLARE_BY, "day": found.declare_by, "policy": policy.name, "buyer_id": None, "invoice_id": None,
        "invoices": int(found.by_buyer["invoices"].sum()), "amount": found.steps.loc[declarations.DECLARED, "amount"],
        "notice": None, "asked_now": False,
    }  # fmt: skip
    table, read = pd.DataFrame([row]), read_on(book.as_of)
    soon = found.declare_by <= book.as_of + pd.Timedelta(days=book.run.decisions.report_ahead_days)
    state = PAST if found.declare_by < read else SOON if soon else AHEAD
    return table.assign(state=state, act_by=last_working_days(table["day"]).clip(lower=read)).astype(COLUMNS)


def _first_stops(days: pd.DataFrame, read: pd.Timestamp) -> pd.DataFrame:
    """Return the invoices by which each buyer's first stop begins, or that stop it as well when the report is read."""
    stops = days[days["stop_on"].notna()]
    first = stops.groupby("buyer_id")["stop_on"].transform("min")
    return stops.assign(stop_on=first)[stops["stop_on"] <= first.clip(lower=read)]


def _first_claims(days: pd.DataFrame, lost: pd.Series, filed: pd.Series) -> pd.DataFrame:
    """Return what is claimed now, by the first of its buyer's days: one loss is one claim; and what may be later."""
    now = days[lost]
    first = now.assign(file_by=now.groupby("buyer_id")["file_by"].transform("min"))
    return pd.concat([first, days[~lost & ~filed & days["file_by"].notna()]])


def _paid(book: Book, policy: Policy, lost: pd.DataFrame) -> pd.DataFrame:
    """Return the invoices of losses with the day on which the first money for those of their buyer is expected."""
    paid = insurer_duties.settled(insurer_duties.duties(book, policy), policy)["indemnity"]
    buyer = lost["buyer_id"]
    each = paid.reindex(buyer).to_numpy() / lost.groupby("buyer_id")["due"].transform("size")
    day = lost.groupby("buyer_id")["money_on"].transform("min")
    return lost.assign(day=day, amount=each, act_by=pd.NaT, asked_now=False, notice=None)


def _grouped(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows by invoice as one for each policy, buyer, kind of deadline, day and notice, by day."""
    key = ["deadline", "policy", "buyer_id", "day", "notice"]
    table = rows.reset_index().sort_values(["day", "due", "invoice_id"], kind="stable")
    table = table.groupby(key, dropna=False, sort=False).agg(
        invoices=("invoice_id", "size"), invoice_id=("invoice_id", "first"), amount=("amount", "sum"),
        act_by=("act_by", "min"), asked_now=("asked_now", "any"),
    )  # fmt: skip
    return table.reset_index()


def by_buyer(calendar: pd.DataFrame) -> pd.DataFrame:
    """Return the first day of each kind of deadline of each buyer and policy, the next deadline first.

    `calendar`: `deadlines`. Columns: `buyer_id`, `policy`; `report_by`, `stop_on`, `file_by`, `money_on`, the first of
    each that is not past, or else the last that is (missing: none), of a report or a claim the last working day on
    which it is in time; `past_deadlines`, how many kinds of them are past;
    `next_deadline`, the kind of the next one, and `next_day` (missing: all are past).
    """
    names = {REPORT_BY: "report_by", STOP_ON: "stop_on", FILE_BY: "file_by", MONEY_ON: "money_on"}
    key, calendar = ["buyer_id", "policy"], calendar[calendar["buyer_id"].notna()]
    in_time = last_working_days(calendar["day"])
    calendar = calendar.assign(day=in_time.where(calendar["deadline"].isin([REPORT_BY, FILE_BY]), calendar["day"]))
    first = calendar.drop_duplicates([*key, "deadline"])
    ahead = calendar[calendar["state"] != PAST].drop_duplicates(key).set_index(key)
    of_kind = {name: first[first["deadline"] == kind].set_index(key)["day"] for kind, name in names.items()}
    days = pd.DataFrame(of_kind, index=pd.MultiIndex.from_frame(calendar[key].drop_duplicates()))
    table = days.assign(
        past_deadlines=first[first["state"] == PAST].groupby(key).size().reindex(days.index, fill_value=0),
        next_deadline=ahead["deadline"].reindex(days.index).astype("str"),
        next_day=ahead["day"].fillna(ahead["act_by"]).reindex(days.index),
    )
    return table.sort_values("next_day", kind="stable").reset_index().rename_axis(columns=None)
