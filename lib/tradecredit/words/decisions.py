"""Sentences on decisions: what each kind asks for, of how many buyers, for how much, who decides and by when."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.decide import buyer_sheet
from tradecredit.decide.buyer_sheet import BY_RISK
from tradecredit.decide.decisions import OPEN, by_kind
from tradecredit.decide.insurer_duties import Payable
from tradecredit.params.run import Run
from tradecredit.words.formats import counted, day, listed, money
from tradecredit.words.held_back import tolerance

WHAT = {
    "claim": "Claim on the policy",
    "report missed": "Report what is past its day",
    "report": "Report overdue debt to the insurer",
    "stop insured": "Stop deliveries: no longer insured",
    "cancel": "Cancel limits of buyers in default",
    "in default": "Lodge claims in insolvency, or enforce",
    "stop": "Stop deliveries: above what the risk allows",
    "stop until paid": "Stop deliveries until the overdue part is paid",
    "run down": "Deliver against payment alone",
    "enforce": "Enforce overdue debt",
    "payment plan": "Agree payment plans",
    "collect": "Collect overdue debt",
    "request accounts": "Request accounts",
    "cut": "Approve cuts that lose sales",
    "set limit": "Set limits that have room",
    "above limit": "Bring back what is above the limit in force",
    "raise or enforce": "Raise or enforce limits that are often exceeded",
    "limits": "Set the recommended limits",
    "model": "Review the default model",
    "policy": "Decide on the policy",
    "policy terms": "Look up notice and end of the policy",
    "portfolio": "Judge risk by buyer or for the portfolio",
    "discounts": "Lower or end cash discounts",
    "discounts back": "Claim back unearned discounts",
    "terms": "Shorten terms",
    "late interest": "Charge late interest",
}
"""What each kind of decision asks for (`params.decisions.WORKING_DAYS`)."""

STAKES = {
    **dict.fromkeys(("report missed", "report"), "insured debt"),
    "claim": "insured debt, before deductibles",
    **dict.fromkeys(("stop insured", "cancel", "in default"), "owed in all"),
    **dict.fromkeys(("stop", "stop until paid", "run down"), "excess over the risk limit"),
    **dict.fromkeys(("enforce", "payment plan", "collect"), "overdue"),
    "request accounts": "margin that accounts may release a year",
    "cut": "margin lost a year",
    **dict.fromkeys(("set limit", "above limit"), "excess over the limit"),
    "limits": "change of limits, up and down",
    "raise or enforce": "mean excess over the limit",
    **dict.fromkeys(("policy", "portfolio"), "gain a year"),
    **dict.fromkeys(("model", "policy terms"), "no amount"),
    "discounts": "net cost a year",
    "discounts back": "discount to claim back",
    "terms": "margin at stake a year",
    "late interest": "interest and fees",
}
"""What the amount of each kind of decision is (`decisions.COLUMNS`)."""

_OF_BUYERS = {
    "claim": "Insured debt of {buyers}, {amount} before deductibles, has become a loss by the policy: claim it.{paid}",
    "report missed": "The day by which insured debt of {buyers}, {amount}, had to be reported is past when this is "
    "read: tell the insurer at once, if it does not know; cover is in doubt.",
    "report": "Insured debt of {buyers}, {amount}, will soon be past its maximum extension period: collect it, or "
    "report it by the end of the period.",
    "stop insured": "{buyers} of which nothing is to be reported or claimed {owe} invoices past the maximum extension "
    "period when this is read: until these are paid, nothing more that is delivered is insured. Have them paid as "
    "listed, or stop deliveries; {amount} is owed in all.",
    "cancel": "{buyers} in default still {have} a limit of our own, and {owe} {amount}: cancel it, "
    "and lodge the claim in the insolvency, or enforce.",
    "in default": "{buyers} in default {owe} {amount}, and {have} no limit of our own any more: lodge the claim in the "
    "insolvency, or enforce it.",
    "stop": "{buyers} of a weak grade {owe} {amount} more than the risk allows, and paying what is overdue does not "
    "cure it: stop deliveries.",
    "stop until paid": "{buyers} {owe} {amount} more than the risk allows, which paying the overdue part cures: stop "
    "deliveries until it is paid.",
    "run down": "{buyers} {owe} {amount} more than the risk allows, not by what is overdue: deliver against payment "
    "alone until the exposure is within the limit.",
    "enforce": "Enforcement has the highest expected value for the overdue debt of {buyers}, {amount}.",
    "payment plan": "A payment plan has the highest expected value for the overdue debt of {buyers}, {amount}: agree "
    "it{consent}.",
    "collect": "{buyers}, of whom this is the one advice, {owe} {amount} past due: collect it.",
    "request accounts": "Limits of {buyers} rest on payment history for want of accounts, which might release {amount} "
    "of margin a year: request accounts.",
    "cut": "Cuts of limits of {buyers}, of whom this is the one advice, lose {amount} of margin a year, which the risk "
    "asks for: approve them, or accept the risk.{wait}",
    "set limit": "{buyers} {exceed} the limit in force by {amount}, and the recommended limit has room: set it.{wait}",
    "above limit": "{buyers} {exceed} the limit in force by {amount}, more than they need and within what the risk "
    "allows: collect what is overdue of it and bring it back within the limit, or raise the limit.",
    "limits": "Limits of {buyers} change by {amount} in all ({parts}), and no other decision is on the limit: set "
    "them.{wait}",
}  # fmt: skip


def of_buyers(records: pd.DataFrame, sheets: pd.DataFrame, run: Run, payable: Payable | None = None) -> dict[str, str]:
    """Return what decisions about buyers ask for, with the largest of each kind: kind → sentence.

    `records`: `buyer_sheet.records` of the `sheets`; `payable`: what the policy pays for what is to be claimed (None:
    it is not said). Those of kinds that concern the whole book are left out.
    """
    plans = sheets[sheets["advice"] == "payment plan"]
    consent = "" if plans.empty else _with_consent(plans["needs_consent"])
    kinds, paid = by_kind(records, run), _paid(payable, run.currency)
    return {
        row.decision: _told(
            row, records, run.currency, _said(row.decision, sheets, run) | {"consent": consent, "paid": paid}
        )
        + _price(row, sheets, run.currency)
        for row in kinds.itertuples()
        if row.decision in _OF_BUYERS
    }


def _price(row: pd.Series, sheets: pd.DataFrame, currency: str) -> str:
    """Return of how many buyers deliveries are held back for the risk, and what that costs; empty where of none.

    `row`: of `decisions.by_kind`. What is expected to be lost of all that they owe stands beside it.
    """
    told, sheets = "", sheets[sheets["advice"] == row.decision]
    if row.decision not in BY_RISK:
        if not row.held_too:
            return ""
        sheets = sheets[sheets["risk_excess"] > 0]
        held, whose = (f"{row.held_too:,} of them", "their limits") if row.buyers > 1 else ("it", "its limit")
        told = (
            f" Deliveries to {held} are held back for the risk too, {money(row.risk_excess, currency)} above it, by "
            f"the authority over {whose}."
        )
    loss = money(sheets["expected_loss_owed"].sum(), currency)
    if sheets["lost_margin"].isna().any():
        return f"{told} The expected loss of all that is owed is {loss} a year; what margin this gives up is not known."
    lost = money(sheets["lost_margin"].sum(), currency)
    return (
        f"{told} Or accept the risk, and raise the limit: {lost} of margin a year, for {loss} of expected loss on all "
        "that is owed, before insurance."
    )


def _paid(payable: Payable | None, currency: str) -> str:
    """Return what a policy pays now for what is to be claimed, and by which day, as sentences."""
    if payable is None:
        return ""
    settled, most = (money(amount, currency) for amount in (payable.settled, payable.payable))
    first = money(payable.first_loss, currency)
    told = f" After the percentage and the deductible of each loss {settled} of it is left"
    if not payable.first_loss:
        told += ", before any maximum of a year."
    elif payable.payable > 0:
        told += f", after the first loss of {first} a year {most}, if nothing else has used it, before any maximum."
    else:
        told += (
            f": nothing is payable while the first loss of {first} a year is not used up. File it all the same, as "
            "each loss uses up the first loss."
        )
    return f"{told} The terms of {payable.policy} state no last day for filing: look it up."


def _said(kind: str, sheets: pd.DataFrame, run: Run) -> dict[str, str]:
    """Return which limits change up and down by a kind of decision, and which of them wait for portfolio limits."""
    of_kind = buyer_sheet.set_in_course(sheets) if kind == "limits" else sheets[sheets["advice"] == kind]
    change, waits = of_kind["change"], buyer_sheet.waiting(of_kind)
    ways = {"lower": change[change < 0], "higher or new": change[change > 0]}
    parts = [
        f"{len(moved):,} {way}, by {money(moved.abs().sum(), run.currency)}"
        for way, moved in ways.items()
        if len(moved)
    ]
    wait = ""
    if waits.any():
        wait = (
            f" Portfolio limits would move {listed(waits.index[waits])} back: "
            f"{'it waits' if waits.sum() == 1 else 'they wait'} until these are decided on."
        )
    return {"parts": "; ".join(parts), "wait": wait}


def _told(row: pd.Series, records: pd.DataFrame, currency: str, said: dict[str, str]) -> str:
    one, amount = row.buyers == 1, amount_told(row.amount, currency)
    sentence = _OF_BUYERS[row.decision].format(
        buyers=counted(int(row.buyers), "buyer"), amount=amount, owe="owes" if one else "owe",
        have="has" if one else "have", exceed="exceeds" if one else "exceed", **said,
    )  # fmt: skip
    largest = records[records["decision"] == row.decision].iloc[0]
    return (
        f"{sentence} Largest: {largest['buyer_id']}, {amount_told(largest['amount'], currency)}."
        if not one
        else (f"{sentence} It is {largest['buyer_id']}.")
    )


def _with_consent(needed: pd.Series) -> str:
    """Return for how many buyers the insurer has to consent, as the end of a sentence; empty where for none."""
    if not needed.any():
        return ""
    if needed.all():
        return ", with the insurer's consent, without which cover lapses"
    some = int(needed.sum())
    return (
        f", with the insurer's consent for {counted(some, 'buyer')} whose debt is insured, as without it cover lapses"
    )


def amount_told(amount: float, currency: str) -> str:
    """Return an amount at stake in words: one that is less than a unit of the currency, or not known, is told as such.

    >>> amount_told(float("nan"), "EUR"), amount_told(0.4, "EUR")
    ('an unknown amount', 'less than EUR 1')
    """
    if np.isnan(amount):
        return "an unknown amount"
    return f"less than {currency} 1" if 0 < amount < 1 else money(amount, currency)


def who_and_when(row: pd.Series) -> str:
    """Return who takes a decision, by when, and since when it is open; `row`: of `decisions.by_kind`."""
    of = f" on {row['decides_on']:,} of {row['buyers']:,} and lower levels on the others" if _shared(row) else ""
    who = f"{str(row['authority'])[:1].upper()}{str(row['authority'])[1:]}{of}"
    opened = f", open since {day(row['since'])}" if row["state"] == OPEN else ""
    moved = ""
    if row["moved"] > 0:
        was = listed(f"“{WHAT[kind]}”" for kind in row["was"].split(", "))
        moved = f" Of them {row['moved']:,} {'was' if row['moved'] == 1 else 'were'} asked a month ago as {was}."
    first = "the first by" if row["last_due_day"] > row["due_day"] else "by"
    return f"{who}, {first} {day(row['due_day'])}{opened}.{moved}"


def decided_by(table: pd.DataFrame) -> pd.Series:
    """Return who decides, and on how many of the buyers where lower levels decide on the others.

    `table`: `decisions.by_kind`.
    """
    return pd.Series(
        [
            f"{row['authority']} ({row['decides_on']:,} of {row['buyers']:,})" if _shared(row) else row["authority"]
            for _, row in table.iterrows()
        ],
        index=table.index, dtype="str",
    )  # fmt: skip


def stakes(table: pd.DataFrame, currency: str) -> pd.Series:
    """Return what the amount of each kind is, and how many of its buyers are held back for the risk as well.

    `table`: `decisions.by_kind`.
    """
    told = [
        f"{STAKES[row.decision]}; {row.held_too:,} held back for risk too, {money(row.risk_excess, currency)} above it"
        if row.held_too
        else STAKES[row.decision]
        for row in table.itertuples()
    ]
    return pd.Series(told, index=table.index, dtype="str")


def asked_as(table: pd.DataFrame) -> pd.Series:
    """Return in words as which kinds the month before asked the same; `table`: with `was`, kinds separated by `, `."""
    known = table["was"].dropna()
    told = ["; ".join(WHAT[kind] for kind in kinds.split(", ")) for kinds in known]
    return pd.Series(told, index=known.index, dtype="str").reindex(table.index)


def _shared(row: pd.Series) -> bool:
    return bool(0 < row["decides_on"] < row["buyers"])


def model_first(run: Run) -> str:
    """Return which decisions on limits are due after that on the default model, and which do not wait for it."""
    days = run.decisions.days_until_due
    after = [kind for kind in buyer_sheet.ON_LIMITS if days(kind) >= days("model")]
    meanwhile = [kind for kind in buyer_sheet.ON_LIMITS if kind not in after]
    last = some = ""
    if after:
        last = f"Where they are asked, {_called(after)} {'is' if len(after) == 1 else 'are'} due no earlier. "
    if meanwhile:
        some = (
            f"{_called(meanwhile)} {'does' if len(meanwhile) == 1 else 'do'} not wait, being about what is owed above "
            "a limit today: meanwhile the present model decides."
        )
    return f"{last}{some}".strip()


def _called(kinds: list[str]) -> str:
    return listed(f"“{WHAT[kind]}”" for kind in kinds)


def assumptions(book: Book) -> list[str]:
    """Return by which rules the one advice on a buyer is found."""
    run = book.run
    order = "insurer's claim and report, default, stop, overdue debt, limit, need"
    tolerated = tolerance(book)
    return [
        *([tolerated] if tolerated else []),
        f"Of several methods that speak of a buyer the first decides: {order}. Deliveries are stopped only where "
        f"paying the overdue part cures the excess over the limit by risk, or from grade {run.limits.stop_grade} on; "
        "what is owed above the buyer's need is a signal to look.",
        "Insured debt is what lies within the insurer's limits, net of tax; the insured part is the insured percentage "
        f"of it. Of a buyer it is to be reported from {money(run.decisions.report_from, run.currency)} on, by the end "
        f"of its extension period, and is listed from {run.decisions.report_ahead_days} days before that. Whether it "
        "has been is in no table of the book. A day that is over when the report is read "
        f"({day(read_on(book.as_of))}) is past, and a stop that begins by then holds deliveries, unless it is paid.",
        f"A plan or enforcement is advised from {counted(run.payment_plan.least_days_past_due, 'day')} past due and "
        f"{money(run.payment_plan.least_amount, run.currency)} on, where it is worth at least "
        f"{money(run.payment_plan.least_gain, run.currency)} more than waiting. What else is overdue is collected in "
        f"the ordinary course; from {money(run.decisions.collect_from, run.currency)} of a buyer on it is listed.",
        who_decides(run) + f" {due(book)}",
    ]


def who_decides(run: Run) -> str:
    """Return by which rule the authority for a decision is found."""
    kinds: dict[str, list[str]] = {}
    for kind, who in run.authorities.items():
        kinds.setdefault(who, []).append(f"“{WHAT[kind]}”")
    fixed = [f"{listed(named)} by the {who}" for who, named in kinds.items()]
    whatever = f"Decided whatever the amount: {'; '.join(fixed)}. " if fixed else ""
    return (
        f"{whatever}All else goes by amount, to the first of {listed(run.levels)} that reaches up to it; what concerns "
        "a limit by the larger of the old and the new one, also where the decision itself is another that comes first."
    )


def due(book: Book) -> str:
    """Return by which rule a decision is due."""
    return (
        f"The report is read on {day(read_on(book.as_of))}, the first working day after its day: working days until a "
        "decision is due count from then, Monday to Friday without 1 January, 1 May, 25 and 26 December, whatever the "
        "country. A day that the policy sets stands."
    )
