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
        ends = f" A payment of {money(held['to_pay'].sum(), currency)} would end it."
        return f"{found}{ends if paying else ''}"
    parts = [f"{row.buyers:,} {WAYS[row.Index]} ({_owed(row, currency)})" for row in table.itertuples()]
    found = (
        f"Deliveries are held back to **{counted(len(held), 'buyer')}**, who owe {owed}, {insured} of it insured; "
        f"by the first of the reasons of each: {listed(parts)}."
    )
    if not paying:
        return found
    return f"{found} Payments of {money(held['to_pay'].sum(), currency)} by {paying:,} of them would end it for these."


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
