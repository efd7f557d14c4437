"""Sentences on the one list of stops, the tolerance of the stop, and what of the insured part hangs on reports."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide import held_back
from tradecredit.decide.deliveries import AGAINST_PAYMENT, AS_IT_PAYS, WITHIN_LIMIT
from tradecredit.decide.insurer_duties import duties
from tradecredit.insurance.amounts import borne
from tradecredit.insurance.cover import by_class
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import run_policy
from tradecredit.language import tr
from tradecredit.measure.due_days import rules
from tradecredit.words.formats import counted, day, listed, money, percent, whole

WAYS = {
    "in default": "in default",
    "claim on the policy": "with debt to be claimed on the policy",
    "no longer insured": "whose new deliveries are no longer insured",
    "risk": "of a weak grade above what the risk allows",
    "overdue part": "above what the risk allows until the overdue part is paid",
    "risk, against payment": "above what the risk allows, to whom goods go against payment alone",
}
"""The reasons of `deliveries.HELD`."""


THEN = {
    WITHIN_LIMIT: "deliver",
    AS_IT_PAYS: "deliver as it pays: more is owed than the limit to set",
    AGAINST_PAYMENT: "deliver against payment alone",
}
"""What is delivered once a hold has ended (`held_back.held_back`)."""


def told(held: pd.DataFrame, currency: str) -> str:
    """Return to how many buyers deliveries are held back, for which reasons, what they owe, and what would end it.

    `held`: `held_back.held_back`.
    """
    if held.empty:
        return tr("Deliveries are held back to no buyer.")
    table = held_back.by_reason(held)
    paying = int(held["to_pay"].notna().sum())
    owed, insured = (money(held[name].sum(), currency) for name in ("exposure", "insured"))
    if len(held) == 1:
        found = tr(
            "Deliveries are held back to **1 buyer** {ways}: it owes {owed}, {insured} of it insured.",
            ways=tr(WAYS[table.index[0]]),
            owed=owed,
            insured=insured,
        )
        return f"{found}{_ends(held, currency) if paying else ''}"
    parts = [
        tr("{number} {way} ({owed})", number=whole(row.buyers), way=tr(WAYS[row.Index]), owed=_owed(row, currency))
        for row in table.itertuples()
    ]
    found = tr(
        "Deliveries are held back to **{buyers}**, who owe {owed}, {insured} of it insured; by the first "
        "of the reasons of each: {parts}.",
        buyers=counted(len(held), "buyer"),
        owed=owed,
        insured=insured,
        parts=listed(parts),
    )
    if not paying:
        return found
    return f"{found}{_ends(held, currency)}"


def _ends(held: pd.DataFrame, currency: str) -> str:
    """Return which payments end holds, and after which goods go against payment alone, as a sentence."""
    paying = held[held["to_pay"].notna()]
    alone = paying["then_delivered"] == AGAINST_PAYMENT
    ended, left = (money(rows["to_pay"].sum(), currency) for rows in (paying[~alone], paying[alone]))
    as_now = int((paying.loc[alone, "deliveries"] == AGAINST_PAYMENT).sum())
    if len(held) == 1:
        now = tr(", as now") if as_now else ""
        against = tr(
            " After a payment of {left} goods go against payment alone{now}, as the risk allows no limit.",
            left=left,
            now=now,
        )
        return against if alone.any() else tr(" A payment of {ended} would end it.", ended=ended)
    found = (
        ""
        if alone.all()
        else tr(
            " Payments of {ended} by {alone} of them would end it for these",
            ended=ended,
            alone=whole(int((~alone).sum())),
        )
    )
    if not alone.any():
        return f"{found}."
    who = (
        tr("{alone} of them", alone=whole(int(alone.sum())))
        if alone.all()
        else tr("{alone} more", alone=whole(int(alone.sum())))
    )
    now = tr(": {as_now} of these as now", as_now=whole(as_now)) if as_now else ""
    return tr(
        "{found}{of} {who} {left} is to be paid, and goods go against payment alone then, as the risk "
        "allows no limit{now}.",
        found=found,
        of=tr(" Of") if alone.all() else tr("; of"),
        who=who,
        left=left,
        now=now,
    )


def _owed(row: pd.Series, currency: str) -> str:
    if not row.owing:
        return tr("owing nothing")
    rest = "" if row.owing == row.buyers else tr("; {buyers} owe nothing", buyers=whole(row.buyers - row.owing))
    return f"{money(row.exposure, currency)}{rest}"


def no_longer_insured(held: pd.DataFrame, book: Book) -> str:
    """Return of how many buyers new deliveries are not insured any more, and where these stand; empty without any.

    `held`: `held_back.held_back`. Whatever else holds deliveries to them back.
    """
    stopped = held[held["stop_insured"]]
    if stopped.empty:
        return ""
    one, currency = len(stopped) == 1, book.run.currency
    since = stopped["stop_since"].value_counts().sort_index()
    ahead = [
        tr("{count} of them from {begins} on", count=whole(count), begins=day(begins))
        for begins, count in since.items()
        if begins > book.as_of
    ]
    parts = [
        tr(
            "New deliveries to {buyers} are no longer insured{later}, and insurance adds nothing to {limits}.",
            buyers=counted(len(stopped), "buyer"),
            later=f", {listed(ahead)}" if ahead else "",
            limits=tr("its limit") if one else tr("their limits"),
        )
    ]
    claimed = stopped["claim_amount"] > 0
    if not claimed.all():
        parts.append(
            tr(
                "To end that, {clears} on invoices past the maximum extension period has to be paid{by}.",
                clears=money(stopped.loc[~claimed, "stop_clears"].sum(), currency),
                by=tr(" by {claimed} of them", claimed=whole(int((~claimed).sum()))) if claimed.any() else "",
            )
        )
    if claimed.any():
        whom = tr("it") if one else tr("{number} of them", number=whole(int(claimed.sum())))
        parts.append(tr("To {whom} nothing is delivered whatever is paid, as the policy has to pay.", whom=whom))
    earlier = int((stopped["held_for"] != "no longer insured").sum())
    if earlier:
        parts.append(tr("The list has {earlier} of them under an earlier reason.", earlier=whole(earlier)))
    asked = int(stopped["advice"].isin(["claim", "report missed", "report"]).sum())
    if asked:
        whose = tr("its debt") if one else tr("the debt of {asked} of them", asked=whole(asked))
        parts.append(tr("The insurer is to be told of {whose} as well, by a decision of its own.", whose=whose))
    parts.append(tr("What was delivered before stays insured if it is reported in time."))
    return " ".join(parts)


def cure(row: pd.Series, currency: str) -> str:
    """Return what ends the hold on one buyer; `row`: of `held_back.held_back`."""
    if pd.isna(row["to_pay"]):
        return tr("none")
    where = tr(", {pay_invoice} first", pay_invoice=row["pay_invoice"]) if pd.notna(row["pay_invoice"]) else ""
    if row["stop_insured"] and row["stop_disputed"] > 0:
        where += tr(
            " ({stop_disputed} of it in dispute: settle that with the buyer)",
            stop_disputed=money(row["stop_disputed"], currency),
        )
    then = tr(THEN[row["then_delivered"]])
    begins = tr("held from {held_from} on: ", held_from=day(row["held_from"])) if pd.notna(row["held_from"]) else ""
    return tr(
        "{begins}clear {to_pay}{where}, then {then}",
        begins=begins,
        to_pay=money(row["to_pay"], currency),
        where=where,
        then=then,
    )


def with_cures(held: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return the list with its `cure` in words."""
    told = [cure(row, currency) for _, row in held.iterrows()]
    return held.assign(cure=pd.Series(told, index=held.index, dtype="str"))


def hanging_today(book: Book) -> str:
    """Return `hanging` of the receivables under the run's own policy."""
    policy = run_policy(book)
    return hanging(duties(book, policy), float(by_class(book)["insured"].sum()), policy, book.run.currency)


def hanging(asked: pd.DataFrame, insured: float, policy: Policy | None, currency: str) -> str:
    """Return how much of what is insured hangs on reports that are late or due; empty where none is.

    `asked`: columns of `insurer_duties.duties`; `insured`: what the policy bears of the receivables, before
    deductibles.
    """
    if policy is None:
        return ""
    missed, due = (borne(policy) * asked[name].sum() for name in ("missed_amount", "report_amount"))
    if not missed + due > 0:
        return ""
    since = asked.loc[asked["missed_amount"] > 0, "missed_since"].min()
    parts = []
    if missed > 0:
        parts.append(
            tr(
                "{missed} ({missed_2}) hangs on reports whose day is past when this is read, the first on "
                "{since}, so that its cover is in doubt",
                missed=money(missed, currency),
                missed_2=percent(missed / insured),
                since=day(since),
            )
        )
    if due > 0:
        parts.append(
            tr(
                "{due} ({due_2}) hangs on reports that are due soon",
                due=money(due, currency),
                due_2=percent(due / insured),
            )
        )
    return tr(
        "Of the insured part, {borne} of the insured debt, {join}. The book has no table of what was reported.",
        borne=percent(borne(policy)),
        join="; ".join(parts),
    )


def days_counted(book: Book) -> list[str]:
    """Return that the policy counts from other days than late interest does, where the law moves due days."""
    policy = run_policy(book)
    moved = sorted(set(book.buyers["country"].dropna()) & rules(book).keys())
    if policy is None or policy.maximum_extension_days is None or policy.extension_from != "due" or not moved:
        return []
    return [
        tr(
            "{name} counts from the due day as it is stated; late interest and days past due count from the "
            "next working day where the law moves it (buyers in {moved}, chapter 01).",
            name=policy.name,
            moved=listed(moved),
        )
    ]


def tolerance(book: Book) -> str:
    """Return from which rest of an overdue invoice on deliveries stop by the run's own policy; empty without a stop."""
    policy = run_policy(book)
    if policy is None or policy.maximum_extension_days is None:
        return ""
    dust = book.run.receivables.dust
    if policy.stop_tolerance is None:
        return tr(
            "{name} states no tolerance of its stop: an invoice of which more than dust ({amount} or "
            "{share} of it, the smaller) is owed past its maximum extension period stops what is delivered "
            "after it (`stop_tolerance`).",
            name=policy.name,
            amount=money(dust.amount, book.run.currency),
            share=percent(dust.share),
        )
    if policy.stop_tolerance == 0:
        return tr(
            "An invoice of which anything is owed past its maximum extension period stops what is "
            "delivered after it ({name}, `stop_tolerance`).",
            name=policy.name,
        )
    return tr(
        "An invoice of which no more than {stop_tolerance} is still owed stops no deliveries ({name}, "
        "`stop_tolerance`).",
        stop_tolerance=money(policy.stop_tolerance, book.run.currency),
        name=policy.name,
    )
