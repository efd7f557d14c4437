"""Sentences on the audit of cover: how it has moved, what was done that costs cover, and what answers it."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.book.checks import CENT
from tradecredit.decide.collect import audit, insurer_calendar
from tradecredit.decide.decisions import INSURERS
from tradecredit.insurance.shipped import CLASSES, DISCRETIONARY, NAMED
from tradecredit.language import tr
from tradecredit.words.cover import with_reasons
from tradecredit.words.decisions import WHAT
from tradecredit.words.formats import change, counted, day, listed, money, percent, staked, whole

BREACHES = {
    audit.LATE_REPORT: "overdue debt not reported in time",
    audit.LATE_FILING: "claims not filed in time",
    audit.AFTER_STOP: "shipped after the stop",
    audit.LONG_TERMS: "shipped on terms longer than the policy insures",
    audit.OTHER_ENTITY: "shipped to a company without a limit in whose group another one has a limit",
    audit.WITHOUT_LIMIT: "shipped without a limit of the insurer's",
    audit.ABOVE_LIMIT: "shipped above the limit",
}
"""The kinds of `audit.breaches`."""

NOT_TESTABLE = (
    "Not testable with this book: whether papers of a delivery are complete, whether an invoice names the company that "
    "the limit is on, and what the insurer was told when."
)


REMEDIES = {
    audit.LATE_REPORT: ("report missed",), audit.LATE_FILING: ("claim",),
    audit.AFTER_STOP: ("stop insured",), audit.LONG_TERMS: ("terms",),
    **dict.fromkeys((audit.OTHER_ENTITY, audit.WITHOUT_LIMIT, audit.ABOVE_LIMIT), ("stop", "above limit")),
}  # fmt: skip
"""The decisions of chapter 03 that answer each of `audit.BREACHES`."""

TO_REQUEST = "Limits worth requesting from the insurer"
"""What of chapter 03 answers what the insurer's limits leave uninsured, where it can be insured."""


def with_changes(reasons: pd.DataFrame) -> pd.DataFrame:
    """Return `audit.reasons` with its reasons in words, and the `unit` of its changes: shares change by points."""
    return with_reasons(reasons).assign(unit="fraction")


def with_breaches(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of `audit.breaches` with its kinds in words."""
    return table.assign(breach_kind=table["breach_kind"].map(BREACHES))


def with_remedies(table: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return `audit.by_breach` with its kinds in words, and which decisions of chapter 03 answer them by when."""
    answers = [_answer(kind, book) for kind in table.index]
    named = table.index.map(BREACHES).rename("breach_kind")
    return table.assign(remedy=pd.Series(answers, index=table.index, dtype="str")).set_axis(named)


def _answer(kind: str, book: Book) -> str:
    # A claim that is late is filed when the report is read, as its own day is past.
    due = {audit.LATE_FILING: 0}.get
    parts = [
        tr(
            "“{what}”, by {as_of}",
            what=tr(WHAT[asked]),
            as_of=day(read_on(book.as_of, due(kind, book.run.decisions.days_until_due(asked)))),
        )
        for asked in REMEDIES[kind]
    ]
    asks = kind in {audit.OTHER_ENTITY, audit.WITHOUT_LIMIT, audit.ABOVE_LIMIT}
    return "; ".join([*([f"“{tr(TO_REQUEST)}”"] if asks else []), *parts])


def stopped_anyway(reasons: pd.DataFrame, by_breach: pd.DataFrame, currency: str) -> str:
    """Return how much of what was shipped after the stop would not be insured without the stop either.

    `reasons`: `audit.reasons`; empty where all of it would be, or nothing was shipped after a stop.
    """
    shipped = reasons.loc[reasons["reason"] == "shipped_after_stop", "open_amount"].sum()
    lost = by_breach["lost_debt"].get(audit.AFTER_STOP, 0.0)
    if shipped - lost < CENT:
        return ""
    return tr(
        "Of {shipped} open that was shipped after the stop {shipped_2} would not be insured without the stop either, "
        "as other invoices fill the limit: {lost} of debt is without cover by it, of which the insurer would have "
        "borne {borne}.",
        shipped=money(shipped, currency),
        shipped_2=money(shipped - lost, currency),
        lost=money(lost, currency),
        borne=money(by_breach["breach_cost"].get(audit.AFTER_STOP, 0.0), currency),
    )


def stops(calendar: pd.DataFrame, breaches: pd.DataFrame, records: pd.DataFrame) -> str:
    """Return how the buyers past the stop, those shipped to after one, and the decisions on them belong together.

    `calendar`: `insurer_calendar.deadlines`; `breaches`: `audit.breaches`; `records`: `standing.Standing.records`.
    Empty where no buyer is past the stop, and nothing was shipped after one.
    """
    begun = (calendar["deadline"] == insurer_calendar.STOP_ON) & (calendar["state"] == insurer_calendar.IN_FORCE)
    now = set(calendar.loc[begun, "buyer_id"])
    shipped = set(breaches.loc[breaches["breach_kind"] == audit.AFTER_STOP, "buyer_id"])
    if not now and not shipped:
        return ""
    of_cover = records[records["decision"].isin(INSURERS) & records["buyer_id"].isin(now)]
    asked = of_cover.drop_duplicates("buyer_id")["decision"].value_counts()
    parts = [
        tr("{asked} under “{what}”", asked=whole(asked[kind]), what=tr(WHAT[kind]))
        for kind in INSURERS
        if kind in asked
    ]
    told = tr(
        "Past the stop of supplies {are} {buyers} today.",
        are=tr("is") if len(now) == 1 else tr("are"),
        buyers=counted(len(now), "buyer"),
    )
    if parts:
        told += tr(" Chapter 03 has each under the first thing that its cover asks for: {parts}.", parts=listed(parts))
    if not shipped:
        return tr("{told} Nothing that is owed today was shipped after a stop.", told=told)
    both, earlier = len(now & shipped), len(shipped - now)
    if not earlier:
        return tr(
            "{told} Something was shipped to {both} of them after the stop, and is open.", told=told, both=whole(both)
        )
    told += tr(
        " Of the {buyers} shipped to after a stop {both} {are} past it today",
        buyers=counted(len(shipped), "buyer"),
        both=whole(both),
        are=_are(both),
    )
    return tr(
        "{told}; the other {earlier} {are} not: what stopped them was paid or claimed since, or they are "
        "in default or without a limit.",
        told=told,
        earlier=whole(earlier),
        are=_are(earlier),
    )


def _are(number: int) -> str:
    return tr("is") if number == 1 else tr("are")


def by_age_drawn(table: pd.DataFrame, currency: str) -> str:
    """Return what the figure of the receivables by age and cover shows; `table`: `cover.by_age`."""
    held = table[[NAMED, DISCRETIONARY]].sum(axis="columns")
    total, insured = float(table.to_numpy().sum()), float(held.sum())
    late = table.iloc[1:]
    total_late = float(late.to_numpy().sum())
    of_late = held.iloc[1:].sum() / total_late if total_late else np.nan
    return tr(
        "Stacked bars: {insured} of {total} lies within a limit, and {of_late} of what is older than the first class.",
        insured=money(insured, currency),
        total=money(total, currency),
        of_late=percent(of_late),
    )


def cover_since(classes: pd.DataFrame, currency: str) -> str:
    """Return how the part of the receivables within limits has moved since the month before; `audit.classes`."""
    if classes["open_amount_before"].isna().all():
        return tr("The book knows no earlier month: what has changed is not known.")
    within = classes.loc[[NAMED, DISCRETIONARY]]
    moved = classes.drop(index=[NAMED, DISCRETIONARY])["open_amount_change"].reindex(CLASSES).dropna()
    share, more = within["share"].sum(), within["share_change"].sum()
    told = tr(
        "**{share}** of receivables, {open_amount}, lies within limits, {more} since the month before.",
        share=percent(share),
        open_amount=money(within["open_amount"].sum(), currency),
        more=change(more, "fraction"),
    )
    told += _insured(classes, currency)
    largest = moved.abs().idxmax()
    if not moved[largest]:
        return told
    return tr(
        "{told} Of the rest, what is {largest} moved most: {moved}.",
        told=told,
        largest=largest,
        moved=change(moved[largest], currency),
    )


def _insured(classes: pd.DataFrame, currency: str) -> str:
    """Return what of the receivables the insurer bears, beside what lies within limits; empty where it is the same."""
    within, owed = classes.loc[[NAMED, DISCRETIONARY], "open_amount"].sum(), classes["open_amount"].sum()
    insured = classes["insured"].sum()
    if within - insured < CENT or not owed:
        return ""
    return tr(
        " Insured, before deductibles, is {insured_share}, {insured}: between the two lies the part of {own} that we "
        "bear ourselves by the insured percentage.",
        insured_share=percent(insured / owed),
        insured=money(insured, currency),
        own=money(within - insured, currency),
    )


def breaches(by_breach: pd.DataFrame, currency: str) -> str:
    """Return what breaches of a duty and sales without cover cost, each by kind; `audit.by_breach`."""
    if by_breach.empty:
        return tr("Nothing that was done or left undone costs cover of what is owed today.")
    parts = []
    for effect, told in (
        (audit.IN_DOUBT, tr("is in doubt, as the insurer was not told in time, unless it knows of it")),
        (audit.LOST, tr("was sold without cover, which breaches no duty to the insurer and is our own risk")),
    ):
        rows = by_breach[by_breach["cover_effect"] == effect]
        if len(rows):
            each = [staked(money(debt, currency), tr(BREACHES[kind])) for kind, debt in rows["lost_debt"].items()]
            parts.append(f"{money(rows['lost_debt'].sum(), currency)} {told}: {listed(each)}")
    return tr(
        "Debt whose cover is lost or in doubt, before the insured percentage: {join}. Of all of it the insurer would "
        "bear {cost}, before deductibles, if these buyers failed. Who decides on each buyer stands beside these "
        "decisions in chapter 03.",
        join="; ".join(parts),
        cost=money(by_breach["breach_cost"].sum(), currency),
    )
