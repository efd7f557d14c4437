"""Sentences on what the insurer is told, asked and owed: deadlines, breaches of cover, declarations, claims, limits."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.decide.collect import audit, declarations, insurer_calendar, insurer_limits
from tradecredit.decide.collect.insurer_calendar import AHEAD, FILE_BY, MONEY_ON, PAST, REPORT_BY, STOP_ON
from tradecredit.insurance.shipped import CLASSES, DISCRETIONARY, NAMED
from tradecredit.words import cover
from tradecredit.words.formats import change, counted, day, listed, money, percent

TO_DO = {
    REPORT_BY: "report the overdue debt", STOP_ON: "stop supplies", FILE_BY: "file the claim",
    MONEY_ON: "money from the insurer is expected", insurer_calendar.DECLARE_BY: "declare sales or balances",
}  # fmt: skip
"""The kinds of deadline of `insurer_calendar.deadlines`."""

NOTICES = {
    insurer_calendar.OVERDUE: "notice of an overdue debt", insurer_calendar.EXTENSION: "request to extend one invoice",
    insurer_calendar.PLAN: "request for consent to a payment plan",
}  # fmt: skip
"""The kinds of notice, as insurers' portals know them."""

STATES = {PAST: "past", insurer_calendar.SOON: "soon", AHEAD: "later, if it stays unpaid"}


def with_deadlines(calendar: pd.DataFrame) -> pd.DataFrame:
    """Return a table of `insurer_calendar.deadlines` with its codes in words."""
    told = {"deadline": TO_DO, "notice": NOTICES, "state": STATES}
    return calendar.assign(**{column: calendar[column].map(words) for column, words in told.items()})


def with_next(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of `insurer_calendar.by_buyer` with what is next to do in words."""
    return table.assign(next_deadline=table["next_deadline"].map(TO_DO))


def calendar(calendar: pd.DataFrame, currency: str) -> str:
    """Return what comes next by the insurer's calendar, and what is past; `insurer_calendar.deadlines`."""
    if calendar.empty:
        return "The policy sets no day for anything that is owed today."
    ahead, past = calendar[calendar["state"] == "soon"], calendar[calendar["state"] == PAST]
    parts = []
    for kind in (REPORT_BY, STOP_ON, FILE_BY):
        rows = ahead[ahead["deadline"] == kind]
        if len(rows):
            first = rows["act_by"].min()
            who = "to" if kind == STOP_ON else "of"
            parts.append(
                f"{TO_DO[kind]} {who} {counted(rows['buyer_id'].nunique(), 'buyer')} "
                f"({money(rows['amount'].sum(), currency)}), the first by {day(first)}"
            )
    declared = ahead[ahead["deadline"] == insurer_calendar.DECLARE_BY]
    parts += [f"declare {money(row.amount, currency)} by {day(row.act_by)}" for row in declared.itertuples()]
    told = f"Next: {'; '.join(parts)}." if parts else "No deadline of the policy is near."
    late = past[past["deadline"] != STOP_ON]
    if len(late):
        told += f" {counted(len(late), 'day')} to report or to file {'is' if len(late) == 1 else 'are'} past already."
    return told


def events(calendar: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return deadlines as events of `calendar_file.calendar_file`: `day`, `kind`, `matter`, `title`, `text`.

    `calendar`: `insurer_calendar.deadlines`. An event stands on the day by which it is done in time (`act_by`), and
    tells the policy's own; money from which nothing is expected is none.
    """
    rows = calendar[(calendar["deadline"] != MONEY_ON) | (calendar["amount"] > 0)]
    names, currency = book.names, book.run.currency
    who = names.reindex(rows["buyer_id"]).fillna("").to_numpy()
    told = [_event(row, name, currency) for row, name in zip(rows.itertuples(), who, strict=True)]
    table = pd.DataFrame(told, columns=["title", "text"], index=rows.index, dtype="str")
    days = rows["day"].dt.strftime("%Y-%m-%d").fillna("")
    matter = rows["policy"] + " " + rows["buyer_id"].fillna("") + " " + days + " " + rows["notice"].fillna("")
    found = table.assign(
        day=rows["act_by"].fillna(rows["day"]), kind=rows["deadline"], matter=matter.str.split().str.join(" ")
    )
    return found[["day", "kind", "matter", "title", "text"]].reset_index(drop=True)


def _event(row: pd.Series, name: str, currency: str) -> tuple[str, str]:
    who = f"{name} ({row.buyer_id})" if name else row.buyer_id if pd.notna(row.buyer_id) else row.policy
    what = TO_DO[row.deadline]
    late = "Late: " if row.state == PAST and row.deadline != STOP_ON else ""
    title = f"{late}{what if late else what[0].upper() + what[1:]}: {who}, {money(row.amount, currency)}"
    stated = f"{row.policy}: {day(row.day)}" if pd.notna(row.day) else f"{row.policy} states no last day"
    first = f", the first {row.invoice_id}" if pd.notna(row.invoice_id) else ""
    lines = [f"{stated}.", f"{counted(row.invoices, 'invoice')}{first}."]
    if pd.notna(row.notice):
        lines.append(f"Kind of notice: {NOTICES[row.notice]}.")
    if row.state == AHEAD:
        lines.append("Only if it stays unpaid.")
    return title, "\n".join(lines)


BREACHES = {
    audit.LATE_REPORT: "overdue debt not reported in time, if the insurer does not know of it",
    audit.LATE_FILING: "claims not filed in time, if they were not",
    audit.AFTER_STOP: "shipped after the stop",
    audit.LONG_TERMS: "shipped on terms longer than the policy insures",
    audit.OTHER_ENTITY: "shipped to a company without a limit in whose group another one has a limit",
    audit.WITHOUT_LIMIT: "shipped without a limit of the insurer's",
    audit.ABOVE_LIMIT: "shipped above the limit",
}
"""The breaches of `audit.breaches`."""

NOT_TESTABLE = (
    "Not testable with this book: whether papers of a delivery are complete, whether an invoice names the company that "
    "the limit is on, and what the insurer was told when."
)


def with_breaches(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of `audit.breaches` or `audit.by_breach` with the kinds of breach in words."""
    if table.index.name == "breach_kind":
        return table.set_axis(table.index.map(BREACHES).rename("breach_kind"))
    return table.assign(breach_kind=table["breach_kind"].map(BREACHES))


def cover_since(classes: pd.DataFrame, currency: str) -> str:
    """Return how the part of the receivables within limits has moved since the month before; `audit.classes`."""
    if classes["open_amount_before"].isna().all():
        return "The book knows no earlier month: what has changed is not known."
    within = classes.loc[[NAMED, DISCRETIONARY]]
    moved = classes.drop(index=[NAMED, DISCRETIONARY])["open_amount_change"].reindex(CLASSES).dropna()
    share, more = within["share"].sum(), within["share_change"].sum()
    told = (
        f"**{percent(share)}** of receivables, {money(within['open_amount'].sum(), currency)}, lies within limits, "
        f"{change(more, 'fraction')} since the month before."
    )
    largest = moved.abs().idxmax()
    if not moved[largest]:
        return told
    return f"{told} Of the rest, what is {largest} moved most: {change(moved[largest], currency)}."


def with_reasons(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of `audit.reasons` or `audit.invoices` with its reasons in words."""
    return cover.with_reasons(table)


def breaches(by_breach: pd.DataFrame, currency: str) -> str:
    """Return what breaches have cost, by whether it is lost or in doubt; `audit.by_breach`."""
    if by_breach.empty:
        return "No breach of the policy shows in what is owed today."
    parts = []
    for effect, told in ((audit.LOST, "is not insured"), (audit.IN_DOUBT, "is insured and in doubt")):
        rows = by_breach[by_breach["cover_effect"] == effect]
        if len(rows):
            each = [f"{money(cost, currency)} {BREACHES[kind]}" for kind, cost in rows["breach_cost"].items()]
            parts.append(f"{money(rows['breach_cost'].sum(), currency)} {told}: {listed(each)}")
    return f"If these buyers did not pay, what breaches cost, before deductibles: {'; '.join(parts)}."


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
        return "Whether the policy asks for a declaration of sales or of balances is not stated (`declaration`)."
    amounts = found.steps["amount"]
    what = "sales" if found.basis == declarations.TURNOVER else "balances"
    of = f"{day(found.starts)} to {day(found.ends)}" if found.basis == declarations.TURNOVER else day(found.ends)
    by = f", by {day(found.declare_by)}" if pd.notna(found.declare_by) else ""
    declared, whole = amounts[declarations.DECLARED], amounts[declarations.LEDGER]
    share = f", {percent(declared / whole)} of the ledger's {money(whole, currency)}" if whole > 0 else ""
    undated = "" if by else " The policy states no day for it (`declaration_days`)."
    return f"To declare are {what} of {of} of **{currency} {declared:,.2f}**{by}{share}.{undated}"


REVIEWS = {
    insurer_limits.LIMIT_ENDS: "the limit ends", insurer_limits.EVIDENCE_ENDS: "its evidence will be too old",
    insurer_limits.LOWERED: "the insurer has lowered it",
}  # fmt: skip
"""Why a limit is reviewed (`insurer_limits.reviews`)."""


def with_reviews(table: pd.DataFrame) -> pd.DataFrame:
    """Return `insurer_limits.reviews` with its reasons in words."""
    return table.assign(review_reason=table["review_reason"].map(REVIEWS))


def cut_today(table: pd.DataFrame, currency: str) -> str:
    """Return what keeps cover and what loses it if limits are cut today; `insurer_limits.after_cut_today`."""
    if table.empty:
        return "No limit of the insurer's would be cut."
    orders = table["kind_of_item"] == insurer_limits.ORDERED
    kept = table[~orders]
    told = (
        f"What was shipped keeps its cover: {counted(len(kept), 'invoice or delivery', 'invoices and deliveries')} "
        f"with insured debt of {money(kept['insured_then'].sum(), currency)}."
    )
    if not orders.any():
        return f"{told} The book has no open orders of these buyers: which of them would lose cover is not known."
    lost = table[orders & (table["loses_cover"] >= CENT)]
    return (
        f"{told} Of {counted(int(orders.sum()), 'open order')} {len(lost):,} would lose cover, "
        f"{money(lost['loses_cover'].sum(), currency)} in all."
    )
