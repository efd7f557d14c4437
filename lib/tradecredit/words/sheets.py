"""The sheet of a buyer in words: its answer, what its pictures show, and the codes of its tables."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.decide.deliveries import NOTHING
from tradecredit.language import separated, spoken, tr
from tradecredit.measure import promises
from tradecredit.words.codes import in_words
from tradecredit.words.formats import (
    CANNOT,
    LARGE,
    MINUS,
    THOUSANDS,
    counted,
    day,
    days,
    listed,
    missing,
    money,
    month,
    percent,
    probability,
    whole,
)

WHY = {
    "by_exposure": "one of the {most} that owe most",
    "by_expected_loss": "one of the {most} of whom most is expected to be lost",
    "on_watchlist": "on the watchlist",
}
"""Why a buyer has a sheet (`decide.sheets.chosen`)."""

KINDS = {"private": "private", "public": "public body", "affiliate": "affiliate", "prepaid": "pays in advance"}

PROMISES = {"payment": "promise to pay", "instalment": "instalment of a plan"}

BECAME = {
    promises.OPEN: "open: its day has not passed", promises.KEPT: "kept", promises.BROKEN: "broken",
    promises.REPLACED: "replaced by a later promise", promises.LAPSED: "lapsed: the plan was broken before",
}  # fmt: skip
"""What became of a promise (`measure.promises`)."""

OPTIONS = {
    "payment plan": "agree a payment plan", "wait": "wait", "enforce": "enforce", "claim": "claim on the policy",
}  # fmt: skip


def title(buyer_id: str, name: object) -> str:
    """Return what a buyer is called at the head of its sheet.

    >>> title("B1", "Alder & Sons"), title("B1", None)
    ('Alder & Sons (B1)', 'B1')
    """
    return buyer_id if missing(name) or not str(name).strip() else f"{name} ({buyer_id})"


def why(row: Mapping[str, object] | pd.Series, most: int) -> str:
    """Return why a buyer has a sheet in the month; `row`: of `decide.sheets.chosen`.

    >>> why({"by_exposure": True, "by_expected_loss": False, "on_watchlist": True}, 30)
    'one of the 30 that owe most and on the watchlist'
    """
    return listed(tr(text, most=most) for name, text in WHY.items() if row[name])


def answer(advised: pd.Series, rating: pd.Series, limit: pd.Series, currency: str) -> list[str]:
    """Return what is to be done about a buyer, what it owes and may cost, and why, each in a sentence.

    `advised`: its row of `words.buyer_sheets.sheets`; `rating`: of `default.assess`; `limit`: of `limits.recommend`.
    """
    what = tr(
        "**{advised}.** It owes {exposure}", advised=tr(advised["advised"]), exposure=money(limit["exposure"], currency)
    )
    if limit["overdue"] > 0:
        what += tr(", of which {overdue} is overdue and not in dispute", overdue=money(limit["overdue"], currency))
    if not missing(limit["insured"]) and limit["exposure"] > 0:
        what += tr("; {insured} of it is insured", insured=money(limit["insured"], currency))
    if rating["method"] == "in default":
        risk = tr("It is in default, and therefore in grade 10 of 10.")
    else:
        risk = tr(
            "Its probability of default within 12 months is {pd} ({pd_low} to {pd_high}), grade {grade} of 10",
            pd=probability(rating["pd"]),
            pd_low=probability(rating["pd_low"]),
            pd_high=probability(rating["pd_high"]),
            grade=rating["grade"],
        )
        risk += tr(": {drivers}.", drivers=in_words(rating["drivers"])) if rating["drivers"] else tr(".")
    told = _of_limit(limit, currency)
    if advised["deliveries"] == NOTHING and limit["limit_to_set"] > 0:
        told += tr(" It is of use only once the hold ends: nothing is delivered now.")
    return [f"{what}.", risk, told]


def _of_limit(limit: pd.Series, currency: str) -> str:
    own, to_set = limit["own_limit"], limit["limit_to_set"]
    if missing(own):
        return tr("No limit of ours is in force; the limit to set is {to_set}.", to_set=money(to_set, currency))
    if own == to_set:
        return tr("Its limit of {own} stays.", own=money(own, currency))
    return tr(
        "Its limit is {own}; the limit to set is {to_set}.", own=money(own, currency), to_set=money(to_set, currency)
    )


def owed_over_time(months: pd.DataFrame, currency: str) -> str:
    """Return what the picture of a buyer's balance and limits shows; `months`: its rows of `Sheets.months`."""
    if months.empty:
        return tr("Nothing is known of what it owed at past month ends.")
    last, highest = months.iloc[-1], months.loc[months["owed"].idxmax()]
    told = tr("Owed {owed} on {month_end}", owed=money(last["owed"], currency), month_end=day(last["month_end"]))
    if highest["month_end"] != last["month_end"]:
        told += tr(
            ", at most {owed} ({month_end})", owed=money(highest["owed"], currency), month_end=day(highest["month_end"])
        )
    limited = months[months["own_limit"].notna()]
    if limited.empty:
        return tr("{told}; no limit of ours was in force.", told=told)
    above = int((limited["owed"] - limited["own_limit"] >= 0.005).sum())
    times = (
        tr("above it at {above} of {month_ends}", above=above, month_ends=counted(len(limited), "month end"))
        if above
        else tr("never above it")
    )
    when = day(last["month_end"])
    now = (
        tr("none in force on {month_end}", month_end=when)
        if missing(last["own_limit"])
        else tr("{own_limit} on {month_end}", own_limit=money(last["own_limit"], currency), month_end=when)
    )
    return tr("{told}; our limit: {now}, {times}.", told=told, now=now, times=times)


def paid_over_time(months: pd.DataFrame, behaviour: pd.Series) -> str:
    """Return what the picture of a buyer's payments shows, and what it pays like over a year (`behaviour.features`)."""
    paid = months.dropna(subset=["paid_days_late"])
    if paid.empty:
        return tr("In the months shown no invoice was paid, or the book does not tell when.")
    slowest = paid.loc[paid["paid_days_late"].idxmax()]
    told = tr(
        "What was paid in {month_end} came {paid_days_late} late, the slowest of {months} with a payment.",
        month_end=month(slowest["month_end"]),
        paid_days_late=days(round(slowest["paid_days_late"], 1)),
        months=counted(len(paid), "month"),
    )
    if missing(behaviour["days_beyond_terms"]):
        return told
    late = (
        ""
        if missing(behaviour["share_late"])
        else tr("; {share_late} came late", share_late=percent(round(behaviour["share_late"], 3)))
    )
    return tr(
        "{told} Over 12 months, open items counted: {days_beyond_terms}{late}.",
        told=told,
        days_beyond_terms=days(round(behaviour["days_beyond_terms"], 1)),
        late=late,
    )


def covered(cover: pd.DataFrame, currency: str) -> str:
    """Return what of a buyer's open invoices is insured; `cover`: its rows of `audit.invoices`."""
    owed, insured = cover["amount"].sum(), cover["insured"].sum()
    if not owed > 0:
        return tr("Nothing is open.")
    share = percent(round(insured / owed, 3))
    debt = cover.loc[cover["insured"] > 0, "amount"].sum()
    told = tr(
        "{insured} of {owed} open is insured before deductibles, {share}",
        insured=money(insured, currency),
        owed=money(owed, currency),
        share=share,
    )
    if debt - insured < CENT:
        return f"{told}."
    return tr(
        "{told}: {part} of {debt} of insured debt.",
        told=told,
        part=percent(round(insured / debt, 3)),
        debt=money(debt, currency),
    )


def opened(items: pd.DataFrame, currency: str) -> str:
    """Return what is open of a buyer's invoices, and how late it is; `items`: its rows of `Sheets.items`."""
    if items.empty:
        return tr("No invoice is open.")
    late = items[items["days_past_due"] > 0]
    told = tr(
        "{invoices} over {open_amount} open",
        invoices=counted(len(items), "invoice"),
        open_amount=money(items["open_amount"].sum(), currency),
    )
    if late.empty:
        return tr("{told}, none of them past due.", told=told)
    return tr(
        "{told}; {open_amount} past due on {invoices}, the oldest by {days_past_due}.",
        told=told,
        open_amount=money(late["open_amount"].sum(), currency),
        invoices=counted(len(late), "invoice"),
        days_past_due=days(late["days_past_due"].max()),
    )


def collected(reminders: pd.DataFrame, promised: pd.DataFrame) -> str:
    """Return how many letters went to a buyer, and what became of its promises; its rows of `Sheets`."""
    if reminders.empty and promised.empty:
        return tr("No letter and no promise is in the book.")
    letters = tr("No letter is in the book.")
    if len(reminders):
        last = reminders.iloc[0]
        letters = tr(
            "{letters}, the last a {stage} on {reminded_on}.",
            letters=counted(len(reminders), "letter"),
            stage=last["stage"],
            reminded_on=day(last["reminded_on"]),
        )
    if promised.empty:
        return tr("{letters} No promise is in the book.", letters=letters)
    state = promised["promise_state"].value_counts()
    became = [
        tr("{number} {became}", number=whole(state[name]), became=in_words(name))
        for name in promises.STATES
        if name in state.index
    ]
    number = counted(len(promised), "promise or instalment", "promises and instalments")
    return tr("{letters} {promises}: {became}.", letters=letters, promises=number, became=listed(became))


def today(acting: pd.Series) -> str:
    """Return what is done about a buyer's debt, deliveries and cover today; `acting`: its row in `words.collect.named`.

    Each with who does it and by when, as far as that is known.
    """
    parts = [(tr("About the debt"), "act"), (tr("deliveries"), "hold"), (tr("for the insurer"), "insurer_task")]
    told = [
        tr("{name}: {what}", name=name, what=acting[column]) for name, column in parts if not missing(acting[column])
    ]
    return tr("; ").join(told) + tr(".") if told else ""


def with_promises(table: pd.DataFrame) -> pd.DataFrame:
    """Return promises (`Sheets.promises`) with what they are and became in words."""
    return table.assign(
        promise_kind=table["promise_kind"].map(PROMISES).fillna(table["promise_kind"]),
        promise_state=table["promise_state"].map(BECAME),
    )


def overridden(rating: pd.Series) -> str:
    """Return that an analyst has set the grade of a buyer, and what was said of it; `rating`: of `default.assess`."""
    return tr("An analyst has set its grade: {override}.", override=rating["override"])


def risk_now(watched: pd.Series, currency: str) -> str:
    """Return since when a buyer stands on the watchlist, and its probability and expected loss by both counts.

    `watched`: its row of `watchlist.watchlist`.
    """
    return tr(
        "On the watchlist since {listed_since}: with the signals that warn a default probability of {warned} and an "
        "expected loss of {at_stake}, by the model {pd} and {by_model}.",
        listed_since=day(watched["listed_since"]),
        warned=probability(watched["pd_warned"]),
        pd=probability(watched["pd"]),
        at_stake=money(watched["expected_loss_at_stake"], currency),
        by_model=money(watched["expected_loss_owed"], currency),
    )


def who_has_one(buyers: int, most: int) -> str:
    """Return which buyers have a sheet in a month."""
    return tr(
        "{buyers} {have} a sheet this month: the {most} that owe most, the {most} of whom most is "
        "expected to be lost, and all on the watchlist. The analyst who makes this report can add any other.",
        buyers=counted(buyers, "buyer"),
        have=tr("has") if buyers == 1 else tr("have"),
        most=most,
    )


def unknown(book_day: pd.Timestamp, near: Sequence[str]) -> tuple[str, str]:
    """Return that the book does not know a buyer, and which ids come nearest."""
    remedy = tr("use one such as {near}", near=listed(near)) if near else tr("use one of its buyers")
    return tr("the book of {book_day} knows no buyer of this id", book_day=day(book_day)), remedy


def with_options(table: pd.DataFrame) -> pd.DataFrame:
    """Return the ways to get overdue debt (`payment_plan.options`), the best one so marked."""
    names = [OPTIONS[name] for name in table.index]
    return table.set_axis(pd.Index(names, name="option")).assign(is_best=np.where(table["is_best"], tr("best"), ""))


def short_money(amount: float, most: float) -> str:
    """Return an amount for the axis or a label of a picture, in the unit that its largest amount calls for.

    >>> short_money(1_500_000, 3e6), short_money(500, 8e3), short_money(0, 8e3), short_money(float("nan"), 1)
    ('1.5 m', '0.5 k', '0', 'cannot be estimated')
    """
    if missing(amount):
        return CANNOT
    units = (*LARGE[spoken()], *THOUSANDS[spoken()])
    unit, name = next(((unit, name) for least, unit, name in units if most >= least), (1, ""))
    size = abs(amount) / unit
    text = f"{size:,.0f}" if size >= 1e3 else f"{size:.3g}"
    return "0" if text == "0" else f"{MINUS if amount < 0 else ''}{separated(text)}{name}"
