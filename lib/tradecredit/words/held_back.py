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
from tradecredit.measure.due_days import rules
from tradecredit.words.formats import counted, day, listed, money, percent

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
        return "Deliveries are held back to no buyer."
    table = held_back.by_reason(held)
    paying = int(held["to_pay"].notna().sum())
    owed, insured = (money(held[name].sum(), currency) for name in ("exposure", "insured"))
    if len(held) == 1:
        found = (
            f"Deliveries are held back to **1 buyer** {WAYS[table.index[0]]}: it owes {owed}, {insured} of it insured."
        )
        return f"{found}{_ends(held, currency) if paying else ''}"
    parts = [f"{row.buyers:,} {WAYS[row.Index]} ({_owed(row, currency)})" for row in table.itertuples()]
    found = (
        f"Deliveries are held back to **{counted(len(held), 'buyer')}**, who owe {owed}, {insured} of it insured; "
        f"by the first of the reasons of each: {listed(parts)}."
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
        now = ", as now" if as_now else ""
        against = f" After a payment of {left} goods go against payment alone{now}, as the risk allows no limit."
        return against if alone.any() else f" A payment of {ended} would end it."
    found = "" if alone.all() else f" Payments of {ended} by {int((~alone).sum()):,} of them would end it for these"
    if not alone.any():
        return f"{found}."
    who = f"{int(alone.sum()):,} of them" if alone.all() else f"{int(alone.sum()):,} more"
    now = f": {as_now:,} of these as now" if as_now else ""
    return (
        f"{found}{' Of' if alone.all() else '; of'} {who} {left} is to be paid, and goods go against payment alone "
        f"then, as the risk allows no limit{now}."
    )


def _owed(row: pd.Series, currency: str) -> str:
    if not row.owing:
        return "owing nothing"
    rest = "" if row.owing == row.buyers else f"; {row.buyers - row.owing:,} owe nothing"
    return f"{money(row.exposure, currency)}{rest}"


def no_longer_insured(held: pd.DataFrame, book: Book) -> str:
    """Return of how many buyers new deliveries are not insured any more, and where these stand; empty without any.

    `held`: `held_back.held_back`. Whatever else holds deliveries to them back.
    """
    stopped = held[held["stop_insured"]]
    if stopped.empty:
        return ""
    here = stopped["held_for"] == "no longer insured"
    elsewhere = f", {int((~here).sum()):,} of them listed for an earlier reason" if not here.all() else ""
    asked = int(stopped["advice"].isin(["claim", "report missed", "report"]).sum())
    whose, theirs = ("Its debt", "its") if len(stopped) == 1 else (f"Of {asked:,} of them debt", "their")
    limits = "its limit" if len(stopped) == 1 else "their limits"
    first = f" {whose} is to be claimed or reported: the decision on {theirs} cover." if asked else ""
    since = stopped["stop_since"].value_counts().sort_index()
    ahead = [f"{count:,} of them from {day(begins)} on" for begins, count in since.items() if begins > book.as_of]
    later = f", {listed(ahead)}" if ahead else ""
    claimed, clears = stopped["claim_amount"] > 0, stopped["stop_clears"]
    paid = "no payment ends that once the policy has to pay"
    if not claimed.all():
        rest = f" by {(~claimed).sum():,} of them" if claimed.any() else ""
        more = f" ({paid})" if claimed.any() else ""
        paid = (
            f"{money(clears[~claimed].sum(), book.run.currency)} on invoices past the maximum extension period has to "
            f"be paid first{rest}{more}"
        )
    return (
        f"New deliveries to {counted(len(stopped), 'buyer')} are no longer insured{later}{elsewhere}: {paid}, and "
        f"insurance adds nothing to {limits}.{first} What was delivered before stays insured if it is reported in time."
    )


def cure(row: pd.Series, currency: str) -> str:
    """Return what ends the hold on one buyer; `row`: of `held_back.held_back`."""
    if pd.isna(row["to_pay"]):
        return "none"
    where = f", {row['pay_invoice']} first" if pd.notna(row["pay_invoice"]) else ""
    if row["stop_insured"] and row["stop_disputed"] > 0:
        where += f" ({money(row['stop_disputed'], currency)} of it in dispute: settle that with the buyer)"
    then = THEN[row["then_delivered"]]
    begins = f"held from {day(row['held_from'])} on: " if pd.notna(row["held_from"]) else ""
    return f"{begins}clear {money(row['to_pay'], currency)}{where}, then {then}"


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
            f"{money(missed, currency)} ({percent(missed / insured)}) hangs on reports whose day is past when this is "
            f"read, the first on {day(since)}, so that its cover is in doubt"
        )
    if due > 0:
        parts.append(f"{money(due, currency)} ({percent(due / insured)}) hangs on reports that are due soon")
    return (
        f"Of the insured part, {percent(borne(policy))} of the insured debt, {'; '.join(parts)}. The book has no table "
        "of what was reported."
    )


def days_counted(book: Book) -> list[str]:
    """Return that the policy counts from other days than late interest does, where the law moves due days."""
    policy = run_policy(book)
    moved = sorted(set(book.buyers["country"].dropna()) & rules(book).keys())
    if policy is None or policy.maximum_extension_days is None or policy.extension_from != "due" or not moved:
        return []
    return [
        f"{policy.name} counts from the due day as it is stated; late interest and days past due count from the next "
        f"working day where the law moves it (buyers in {listed(moved)}, chapter 01)."
    ]


def tolerance(book: Book) -> str:
    """Return from which rest of an overdue invoice on deliveries stop by the run's own policy; empty without a stop."""
    policy = run_policy(book)
    if policy is None or policy.maximum_extension_days is None:
        return ""
    dust = book.run.receivables.dust
    if policy.stop_tolerance is None:
        return (
            f"{policy.name} states no tolerance of its stop: an invoice of which more than dust "
            f"({money(dust.amount, book.run.currency)} or {percent(dust.share)} of it, the smaller) is owed past its "
            "maximum extension period stops what is delivered after it (`stop_tolerance`)."
        )
    if policy.stop_tolerance == 0:
        return (
            "An invoice of which anything is owed past its maximum extension period stops what is delivered after it "
            f"({policy.name}, `stop_tolerance`)."
        )
    return (
        f"An invoice of which no more than {money(policy.stop_tolerance, book.run.currency)} is still owed stops no "
        f"deliveries ({policy.name}, `stop_tolerance`)."
    )
