"""Sentences on what the insurer is told: deadlines and declarations."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.collect import declarations, insurer_calendar
from tradecredit.decide.collect.insurer_calendar import (
    AHEAD,
    DECLARE_BY,
    FILE_BY,
    IN_FORCE,
    MISSED,
    MONEY_ON,
    REPORT_BY,
    SOON,
    STOP_ON,
)
from tradecredit.language import tr
from tradecredit.words import cover
from tradecredit.words.formats import counted, day, fixed, listed, money, percent, staked, whole

TO_DO = {
    REPORT_BY: "report the overdue debt", STOP_ON: "stop supplies", FILE_BY: "file the claim",
    MONEY_ON: "money from the insurer is expected", DECLARE_BY: "declare sales or balances",
}  # fmt: skip
"""The kinds of deadline of `insurer_calendar.deadlines`."""

NOTICES = {
    insurer_calendar.OVERDUE: "notice of an overdue debt", insurer_calendar.EXTENSION: "request to extend one invoice",
    insurer_calendar.PLAN: "request for consent to a payment plan",
}  # fmt: skip
"""The kinds of notice, as insurers' portals know them."""

UNREPORTED = {
    insurer_calendar.CLAIMED: "no report: its loss is claimed",
    insurer_calendar.UNPAID: "no report: nothing is payable for its loss",
    insurer_calendar.LITTLE: "no report: too little for one",
    insurer_calendar.UNINSURED: "no report: this invoice is not insured",
}  # fmt: skip
"""Why a stop has no report before it."""

AMOUNTS = {
    **dict.fromkeys((REPORT_BY, FILE_BY), "insured debt"), STOP_ON: "to be paid, gross", MONEY_ON: "indemnity",
    DECLARE_BY: "to declare",
}  # fmt: skip
"""What the amount of a deadline is."""

STATES = {MISSED: "missed", IN_FORCE: "in force", SOON: "soon", AHEAD: "later"}


def with_deadlines(calendar: pd.DataFrame) -> pd.DataFrame:
    """Return a table of `insurer_calendar.deadlines` with its codes in words, and what its amounts are, `amount_of`."""
    told = {"deadline": TO_DO, "notice": NOTICES, "unreported": UNREPORTED, "state": STATES}
    table = calendar.assign(**{column: calendar[column].map(words) for column, words in told.items()})
    notice = table["notice"].fillna(table["unreported"])
    return table.assign(amount_of=calendar["deadline"].map(AMOUNTS), notice=notice)


def with_next(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of `insurer_calendar.by_buyer` with what is next to do in words."""
    return table.assign(next_deadline=table["next_deadline"].map(TO_DO))


def missed(calendar: pd.DataFrame, currency: str) -> str:
    """Return what has been missed, by when it is made good, and what is stopped already; `deadlines`."""
    late = calendar[calendar["state"] == MISSED]
    parts = []
    for kind, what, how in (
        (REPORT_BY, tr("the report of {invoices} of {buyers}"), tr("to be sent by {by} all the same")),
        (
            FILE_BY,
            tr("the claims on {buyers}"),
            tr("to be filed by {by} all the same, once the insurer has said whether it still takes them"),
        ),
        (DECLARE_BY, tr("a declaration"), tr("to be made by {by}")),
        (MONEY_ON, tr("money of the insurer for {buyers}"), tr("to be asked for")),
    ):
        if len(rows := late[late["deadline"] == kind]):
            sizes = {
                "invoices": counted(int(rows["invoices"].sum()), "invoice"),
                "buyers": counted(rows["buyer_id"].nunique(), "buyer"),
                "by": day(rows["act_by"].min()) if kind != MONEY_ON else "",  # nobody acts by a day for money
            }
            amount = money(rows["amount"].sum(), currency)
            parts.append(
                tr(
                    "{what} ({amount}), the first due on {day}, {how}",
                    what=what.format(**sizes),
                    amount=amount,
                    day=day(rows["day"].min()),
                    how=how.format(**sizes),
                )
            )
    told = (
        tr("**Missed**: {join}.", join="; ".join(parts)) if parts else tr("No deadline of the policy has been missed.")
    )
    stopped = calendar[calendar["state"] == IN_FORCE]
    if stopped.empty:
        return tr("{told} No stop of supplies is in force.", told=told)
    buyers = stopped["buyer_id"].nunique()
    return tr(
        "{told} {buyers} {are} past the stop of supplies: no deliveries from {act_by} on, {until}.",
        told=told,
        buyers=counted(buyers, "buyer"),
        are=tr("is") if buyers == 1 else tr("are"),
        act_by=day(stopped["act_by"].min()),
        until=_until(stopped, calendar, currency),
    )


def _until(stopped: pd.DataFrame, calendar: pd.DataFrame, currency: str) -> str:
    """Return what ends the stops in force: a payment, but nothing where the policy has to pay for the buyer."""
    asked = calendar[(calendar["deadline"] == FILE_BY) & calendar["asked_now"]]
    claimed = stopped["buyer_id"].isin(asked["buyer_id"]) | (stopped["unreported"] == insurer_calendar.CLAIMED)
    whatever, paying = (stopped.loc[rows, "buyer_id"].nunique() for rows in (claimed, ~claimed))
    if not paying:
        return tr("whatever is paid, as the policy has to pay")
    amount = money(stopped.loc[~claimed, "amount"].sum(), currency)
    if not whatever:
        return tr("until {amount} is paid", amount=amount)
    return tr(
        "until {amount} is paid by {paying} of them, and to the other {whatever} whatever is paid, as the policy has "
        "to pay",
        amount=amount,
        paying=whole(paying),
        whatever=whole(whatever),
    )


def calendar(calendar: pd.DataFrame, currency: str) -> str:
    """Return what comes next by the insurer's calendar; `insurer_calendar.deadlines`."""
    if calendar.empty:
        return tr("The policy sets no day for anything that is owed today.")
    ahead = calendar[calendar["state"] == SOON]
    late = calendar.loc[(calendar["deadline"] == REPORT_BY) & (calendar["state"] == MISSED), "buyer_id"]
    parts = [
        tr(
            "{to_do} of {buyers} ({amount}), the first by {act_by}{with_late}",
            to_do=tr(TO_DO[kind]),
            buyers=counted(rows["buyer_id"].nunique(), "buyer"),
            amount=money(rows["amount"].sum(), currency),
            act_by=day(rows["act_by"].min()),
            with_late=_with_late(rows, late, currency) if kind == REPORT_BY else "",
        )
        for kind in (REPORT_BY, FILE_BY)
        if len(rows := ahead[ahead["deadline"] == kind])
    ]
    declared, paid = (ahead[ahead["deadline"] == kind] for kind in (DECLARE_BY, MONEY_ON))
    parts += [
        tr("declare {amount} by {act_by}", amount=money(row.amount, currency), act_by=day(row.act_by))
        for row in declared.itertuples()
    ]
    if len(paid):
        parts.append(
            tr(
                "{amount} of the insurer is expected, the first on {day}",
                amount=money(paid["amount"].sum(), currency),
                day=day(paid["day"].min()),
            )
        )
    told = tr("Next: {join}.", join="; ".join(parts)) if parts else tr("No deadline of the policy is near.")
    return told + _coming_stops(ahead[ahead["deadline"] == STOP_ON], currency)


def _with_late(rows: pd.DataFrame, late: pd.Series, currency: str) -> str:
    """Return how many of the reports to come go with one that is late, and how many stand by themselves."""
    along = rows["buyer_id"].isin(late)
    if not along.any():
        return ""
    buyers = [whole(part["buyer_id"].nunique()) for part in (rows[along], rows[~along])]
    amounts = [money(part["amount"].sum(), currency) for part in (rows[along], rows[~along])]
    return tr(
        " ({with_late} of them go with a report that is late already, {amount}; {others} stand by themselves, "
        "{other_amount})",
        with_late=buyers[0],
        amount=amounts[0],
        others=buyers[1],
        other_amount=amounts[1],
    )


def _coming_stops(stops: pd.DataFrame, currency: str) -> str:
    """Return to whom supplies stop soon unless something is paid, and why of some nothing is reported before."""
    if stops.empty:
        return ""
    one = len(stops) == 1
    told = tr(
        " Supplies to {more_buyers} stop unless {it_pays} {amount} in time, {on_told} {day}.",
        more_buyers=counted(stops["buyer_id"].nunique(), "more buyer"),
        it_pays=tr("it pays") if one else tr("they pay"),
        amount=money(stops["amount"].sum(), currency),
        on_told=tr("on") if one else tr("the first on"),
        day=day(stops["day"].min()),
    )
    sizes = stops["unreported"].value_counts()
    why = {
        insurer_calendar.UNINSURED: tr("the invoice that stops supplies is not insured itself"),
        insurer_calendar.LITTLE: tr("too little is overdue for a report"),
        insurer_calendar.CLAIMED: tr("the loss is claimed"),
        insurer_calendar.UNPAID: tr("nothing is payable for the loss"),
    }  # fmt: skip
    parts = [
        tr("of {sizes} {words}", sizes=whole(sizes[reason]), words=words)
        for reason, words in why.items()
        if reason in sizes
    ]
    return (
        tr(
            "{told} Before {sizes} of them no report is due: {parts}.",
            told=told,
            sizes=whole(sizes.sum()),
            parts=listed(parts),
        )
        if parts
        else told
    )


def events(calendar: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return deadlines as events of `calendar_file.calendar_file`: `day`, `kind`, `matter`, `title`, `text`.

    `calendar`: `insurer_calendar.deadlines`. An event stands on the day by which it is done in time (`act_by`), and
    tells the policy's own; what the policy states no day for is none.
    """
    rows = calendar[calendar["act_by"].notna() | calendar["day"].notna()]
    names, currency = book.names, book.run.currency
    who = names.reindex(rows["buyer_id"]).fillna("").to_numpy()
    told = [_event(row, name, currency) for row, name in zip(rows.itertuples(), who, strict=True)]
    table = pd.DataFrame(told, columns=["title", "text"], index=rows.index, dtype="str")
    parts = [rows["policy"], rows["buyer_id"], rows["day"].dt.strftime("%Y-%m-%d"), rows["notice"]]
    # A column of which nothing is known is of no text.
    policy, buyer, day, notice = (part.astype("str").fillna("") for part in parts)
    matter = policy + " " + buyer + " " + day + " " + notice
    found = table.assign(
        day=rows["act_by"].fillna(rows["day"]), kind=rows["deadline"], matter=matter.str.split().str.join(" ")
    )
    return found[["day", "kind", "matter", "title", "text"]].reset_index(drop=True)


def _event(row: pd.Series, name: str, currency: str) -> tuple[str, str]:
    who = f"{name} ({row.buyer_id})" if name else row.buyer_id if pd.notna(row.buyer_id) else row.policy
    what = tr(TO_DO[row.deadline])
    late = tr("Late: ") if row.state == MISSED else ""
    amount = staked(money(row.amount, currency), tr(AMOUNTS[row.deadline]))
    title = f"{late}{what if late else what[0].upper() + what[1:]}: {who}, {amount}"
    stated = (
        f"{row.policy}: {day(row.day)}" if pd.notna(row.day) else tr("{policy} states no last day", policy=row.policy)
    )
    first = tr(", the first {invoice_id}", invoice_id=row.invoice_id) if pd.notna(row.invoice_id) else ""
    lines = [f"{stated}.", f"{counted(row.invoices, 'invoice')}{first}."]
    if pd.notna(row.notice):
        lines.append(tr("Kind of notice: {notices}.", notices=tr(NOTICES[row.notice])))
    if row.state == AHEAD and row.deadline in {REPORT_BY, STOP_ON, FILE_BY}:
        lines.append(tr("Only if it stays unpaid."))
    return title, "\n".join(lines)


DECLARED = {
    declarations.LEDGER: "by the ledger, gross",
    declarations.CANCELLED: "less: cancelled",
    declarations.TAX: "less: tax",
    declarations.NET: "net of cancellations and tax",
    declarations.CORRECTED: "less: cancelled of earlier periods' sales",
    declarations.DECLARED: "to declare",
    "prepaid": "less: paid in advance or in cash", "public": "less: public buyers", "affiliate": "less: affiliates",
    **{reason: f"less: {cover.REASONS[reason]}" for reason in (
        "outside_period", "not_listed", "country_excluded", "terms_too_long",
    )},
}  # fmt: skip
"""The steps of `declarations.declaration`."""


def with_declared(found: declarations.Declaration | None) -> pd.DataFrame | None:
    """Return the steps of a declaration in words; None stays."""
    if found is None:
        return None
    steps = found.steps
    return steps.set_axis(steps.index.map(DECLARED).rename("declaration_step"))


def declaration(found: declarations.Declaration | None, currency: str) -> str:
    """Return what is to be declared, of which period, and by when; `declarations.declaration`."""
    if found is None:
        return tr("Whether the policy asks for a declaration of sales or of balances is not stated (`declaration`).")
    amounts = found.steps["amount"]
    what = tr("sales") if found.basis == declarations.TURNOVER else tr("balances")
    of = (
        tr("{starts} to {ends}", starts=day(found.starts), ends=day(found.ends))
        if found.basis == declarations.TURNOVER
        else day(found.ends)
    )
    by = tr(", by {declare_by}", declare_by=day(found.declare_by)) if pd.notna(found.declare_by) else ""
    declared, whole = amounts[declarations.DECLARED], amounts[declarations.LEDGER]
    share = (
        tr(", {declared} of the ledger's {whole}", declared=percent(declared / whole), whole=money(whole, currency))
        if whole > 0
        else ""
    )
    undated = "" if by else tr(" The policy states no day for it (`declaration_days`).")
    return tr(
        "To declare are {what} of {of} of **{currency} {declared}**{by}{share}.{undated}",
        what=what,
        of=of,
        currency=currency,
        declared=fixed(declared, 2),
        by=by,
        share=share,
        undated=undated,
    )
