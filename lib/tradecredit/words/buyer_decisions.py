"""Sentences on decisions about buyers: what each kind asks for, of how many, for how much, and what else there is."""

import pandas as pd

from tradecredit.book.calendar import read_on
from tradecredit.decide.buyer_decisions import of_kind, waiting
from tradecredit.decide.decisions import by_kind
from tradecredit.decide.insurer_duties import Payable
from tradecredit.decide.limits.replay import MONTHS
from tradecredit.language import tr
from tradecredit.params.run import Run
from tradecredit.words.decisions import WHAT, amount_told
from tradecredit.words.formats import counted, day, days, first_of, listed, money, whole
from tradecredit.words.holds import decided_by, price

LONG_OPEN = pd.Timedelta(days=180)
"""So long after the day of loss a claim that was not filed may be too late under usual terms."""

NAMED = 5
"""Buyers that a sentence names."""

_OF_BUYERS = {
    "claim": "Insured debt of {buyers}, {amount} before deductibles, has become a loss by the policy: claim "
    "it.{paid}{long_open}{stopped}",
    "report missed": "Insured debt of {buyers}, {amount}, is to be reported at once, if the insurer does not know of "
    "it: the day of {late} of it is past when this is read, and cover of that is in doubt{coming}.{stopped}",
    "report": "Insured debt of {buyers}, {amount}, will soon be past its maximum extension period: report it by the "
    "end of the period, unless it is paid.{stopped}",
    "stop insured": "Stop deliveries to {buyers} of which nothing is to be reported or claimed: {amount} of invoices "
    "past the maximum extension period is open when this is read, and nothing that is delivered before it is paid is "
    "insured. The list says what has to be paid so that deliveries go on.{disputed} {they} {owe} {exposure} in all.",
    "cancel": "Limits of {buyers} in default, {amount}, are still in force: cancel them.",
    "in default": "{buyers} in default {owe} {amount}: lodge the claim in the insolvency, or enforce "
    "it.{claimed}{held}",
    "stop": "{buyers} of a weak grade{or_claim} {owe} {amount} more than the risk allows, and "
    "paying what is overdue does not bring deliveries back: stop them{set}.",
    "stop until paid": "{buyers} {owe} {amount} more than the risk allows, which paying the overdue part cures: stop "
    "deliveries until it is paid{set}.",
    "run down": "{buyers} {owe} {amount} more than the risk allows, which paying what is overdue does not cure: "
    "deliver against payment alone until the exposure is within the limit{set}.",
    "enforce": "Enforcement has the highest expected value for the overdue debt of {buyers}, {amount}.",
    "payment plan": "A payment plan has the highest expected value for the overdue debt of {buyers}, {amount}: agree "
    "it{consent}.",
    "collect": "{buyers} {owe} {amount} past due that is not in dispute: collect it.{beside}",
    "request accounts": "Limits of {buyers} rest on payment history for want of accounts, which might release {amount} "
    "of margin a year: request accounts.",
    "cut": "Cuts of limits of {buyers} lose {amount} of margin a year, which the risk asks for: approve them, or "
    "accept the risk and keep the limits in force, by the same authority.{wait}",
    "set limit": "{buyers} {exceed} the limit in force by {amount}, and the limit to set has room: set it.{wait}",
    "above limit": "{buyers} {owe} {amount} more than the limit that then holds, within what the risk allows: bring it "
    "back within the limit, what is overdue first.{raised}",
    "limits": "Limits of {buyers} change by {amount} in all ({parts}), and no other decision is on the limit: set "
    "them.{wait}",
    "raise or enforce": f"{{buyers}} exceeded {{its}} limit at half or more of the last {MONTHS} month ends with one "
    "in force, by {amount} in total on average over months in breach, and nothing else is to be decided on the limit: "
    "enforce it. No order that would exceed it is released but by the authority over the limit. The list says why it "
    "is not raised.",
}  # fmt: skip


def of_buyers(records: pd.DataFrame, sheets: pd.DataFrame, run: Run, payable: Payable | None = None) -> dict[str, str]:
    """Return what decisions about buyers ask for, with the largest of each kind: kind → sentence.

    `records`: `buyer_decisions.records` of the `sheets`; `payable`: what the policy pays for what is to be claimed
    (None: it is not said). Those of kinds that concern the whole book are left out.
    """
    kinds, paid = by_kind(records, run), _paid(payable, run.currency)
    return {
        row.decision: _told(row, records, run.currency, _said(row.decision, sheets, run) | {"paid": paid})
        + price(row.decision, sheets, run)
        for row in kinds.itertuples()
        if row.decision in _OF_BUYERS
    }


def _paid(payable: Payable | None, currency: str) -> str:
    """Return what a policy pays now for what is to be claimed, and by which day, as sentences."""
    if payable is None:
        return ""
    settled, most = (money(amount, currency) for amount in (payable.settled, payable.payable))
    first = money(payable.first_loss, currency)
    told = tr(" After the percentage and the deductible of each loss {settled} of it is left", settled=settled)
    if not payable.first_loss:
        told += tr(", before any maximum of a year.")
    elif payable.payable > 0:
        told += tr(
            ", after the first loss of {first} a year {most}, if nothing else has used it, before any maximum.",
            first=first,
            most=most,
        )
    else:
        told += tr(
            ": nothing is payable while the first loss of {first} a year is not used up. File it all the "
            "same, as each loss uses up the first loss.",
            first=first,
        )
    if payable.earlier > 0:
        twelve = "" if payable.start_stated else tr(" if it is one of 12 months (no start is stated)")
        told += tr(
            " {earlier} of what is left is of losses before {year_starts}, when the year of {policy} "
            "began{twelve}: they count in an earlier year, whose first loss other losses may have used up, "
            "so that they are payable. Ask the insurer.",
            earlier=money(payable.earlier, currency),
            year_starts=day(payable.year_starts),
            policy=payable.policy,
            twelve=twelve,
        )
    if payable.filing_days is None:
        return tr(
            "{told} The terms of {policy} state no last day for filing: look it up (`filing_days`).",
            told=told,
            policy=payable.policy,
        )
    within, first = days(payable.filing_days), day(payable.file_by)
    return tr(
        "{told} {policy} asks for it within {within} of the loss: the first of these days is {first}.",
        told=told,
        policy=payable.policy,
        within=within,
        first=first,
    )


def _said(kind: str, sheets: pd.DataFrame, run: Run) -> dict[str, str]:
    """Return what a sentence says of a kind of decision besides its buyers and their amount."""
    currency, buyers = run.currency, of_kind(sheets, kind)
    change, waits = buyers["change"], waiting(buyers)
    ways = {tr("lower"): change[change < 0], tr("higher or new"): change[change > 0]}
    parts = [
        tr("{moved} {way}, by {moved_2}", moved=whole(len(moved)), way=way, moved_2=money(moved.abs().sum(), currency))
        for way, moved in ways.items()
        if len(moved)
    ]
    wait = ""
    if waits.any():
        what = tr("this change waits") if waits.sum() == 1 else tr("these changes wait")
        wait = tr(
            " Portfolio limits would move {index} back: {what} until “{portfolio}” is decided on, and the "
            "day after is its day.",
            index=listed(waits.index[waits]),
            what=what,
            portfolio=tr(WHAT["portfolio"]),
        )
    return {
        "parts": tr("; ").join(parts), "wait": wait, "they": "It" if len(buyers) == 1 else "They",
        "its": "its" if len(buyers) == 1 else "their",
        "exposure": money(buyers["exposure"].sum(), currency), "late": money(buyers["missed_amount"].sum(), currency),
        "coming": _coming(buyers, currency), "raised": _raised(buyers, currency),
        "stopped": _deliveries_stop(buyers, run),
        "held": _without_limit(buyers, run) if kind == "in default" else "",
        "long_open": _long_open(buyers, read_on(pd.Timestamp(run.as_of))),
        "claimed": _beside(buyers, buyers["on_cover"] == "claim", tr("debt is claimed on the policy too")),
        "or_claim": tr(", or with a claim on the policy,") if buyers["on_cover"].eq("claim").any() else "",
        "set": _set(change),
        "disputed": _in_dispute(buyers["stop_disputed"], currency) if kind == "stop insured" else "",
        "beside": _beside(buyers, buyers["advice"] != kind, tr("something else is advised first, and this beside it")),
        "consent": _with_consent(buyers["needs_consent"]) if kind == "payment plan" else "",
    }  # fmt: skip


def _deliveries_stop(buyers: pd.DataFrame, run: Run) -> str:
    """Return to how many buyers deliveries stop for the policy's sake, by when and by whom, and to how many more for
    the risk; empty where to none."""
    claimed = buyers["claim_amount"].gt(0).any()
    for_cover = buyers["stop_insured"] | (buyers["claim_amount"] > 0)
    stopped, for_risk = buyers[for_cover], buyers[~for_cover & buyers["hold_by"].notna()]
    more = ""
    if len(for_risk):
        number = whole(len(for_risk))
        which = tr("{number} of them", number=number) if stopped.empty else tr("{number} more", number=number)
        which = tr("it") if len(buyers) == 1 else which
        more = tr(" For the risk deliveries to {told} are held back, which is decided on with the limit.", told=which)
    if stopped.empty:
        return more
    why = tr("whatever is paid, as the policy has to pay") if claimed else tr("as nothing more is insured")
    which = (
        tr("it")
        if len(buyers) == 1
        else tr("them")
        if len(stopped) == len(buyers)
        else tr("{stopped} of them", stopped=whole(len(stopped)))
    )
    first, by = decided_by(stopped, run)
    return tr(
        " Deliveries to {told} stop {first}, {why}: the hold is decided by {by}.{more}",
        told=which,
        first=first,
        why=why,
        by=by,
        more=more,
    )


def _without_limit(buyers: pd.DataFrame, run: Run) -> str:
    """Return to how many buyers in default deliveries are to stop, as no limit of ours is known; empty where to
    none."""
    held = buyers[buyers["own_limit"].isna()]
    if held.empty:
        return ""
    which = tr("it") if len(buyers) == 1 else tr("{held} of them", held=whole(len(held)))
    first, by = decided_by(held, run)
    return tr(
        " Deliveries to {told}, of which no limit is known, stop {first}: the hold is decided by {by}.",
        told=which,
        first=first,
        by=by,
    )


def _long_open(buyers: pd.DataFrame, read: pd.Timestamp) -> str:
    """Return that a period for filing has passed on the day on which the report is read, or, where the policy states
    none, may have, as a loss is older than `LONG_OPEN`; empty where none has."""
    losses, late = buyers["loss_date"], buyers[buyers["file_by"] < read]
    if len(late):
        whose = tr("Its day") if len(buyers) == 1 else tr("The day of {late} of them", late=whole(len(late)))
        return tr(" {whose} is past when this is read: ask the insurer before anything else.", whose=whose)
    if buyers["file_by"].notna().any():
        return ""
    old = losses[losses < read - LONG_OPEN]
    if old.empty:
        return ""
    which = (
        tr("It has")
        if len(losses) == 1
        else tr("{old} of them {have}", old=whole(len(old)), have=tr("has") if len(old) == 1 else tr("have"))
    )
    return tr(
        " {told} been open for more than {days} days, the first since {old}: where the policy sets a day "
        "for filing it may have passed, so ask the insurer before anything else.",
        told=which,
        days=LONG_OPEN.days,
        old=day(old.min()),
    )


def _coming(buyers: pd.DataFrame, currency: str) -> str:
    """Return what of buyers whose report is late is still to be reported in time, as the end of a sentence."""
    due = buyers[buyers["report_amount"] > 0]
    if due.empty:
        return ""
    first, amount = day(due["report_by"].min()), money(due["report_amount"].sum(), currency)
    return tr(
        "; {amount} of {buyers} is still in time, the first by {first}",
        amount=amount,
        buyers=counted(len(due), "buyer"),
        first=first,
    )


def _raised(buyers: pd.DataFrame, currency: str) -> str:
    """Return how many limits are raised with what is brought back, as a sentence; empty where none is."""
    more = buyers.loc[buyers["change"] > 0, "change"]
    if more.empty:
        return ""
    of = (
        tr("The limit of {more} of them is", more=whole(len(more)))
        if len(more) == 1
        else tr("The limits of {more} of them are", more=whole(len(more)))
    )
    of = tr("The limit is") if len(buyers) == 1 else of
    stay = len(more) + int((buyers["change"] == 0).sum()) == len(buyers) > len(more)
    rest = tr("; the others stay as they are in force") if stay else ""
    return tr(" {of} set first, {more} higher{rest}.", of=of, more=money(more.sum(), currency), rest=rest)


def _in_dispute(disputed: pd.Series, currency: str) -> str:
    """Return how much of what ends a stop is in dispute, and what is to be done about it; empty where nothing is."""
    some = disputed[disputed > 0]
    if some.empty:
        return ""
    return tr(
        " {some} of it, of {index}, is in dispute: whoever decides on the stop has the dispute settled, "
        "since no payment can be asked for before.",
        some=money(some.sum(), currency),
        index=first_of(some.index, NAMED),
    )


def _set(change: pd.Series) -> str:
    """Return of how many buyers the limit is set as well, as the end of a sentence; empty where all limits stay."""
    number = int((change != 0).sum())
    if not number:
        return ""
    return (
        tr(", and set the limit")
        if number == len(change)
        else tr(", and set the limit of {number} of them", number=whole(number))
    )


def _beside(buyers: pd.DataFrame, some: pd.Series, said: str) -> str:
    """Return of how many buyers something is so, as a sentence; empty where of none."""
    number = int(some.sum())
    return (
        tr(" Of {number} of them {said}.", number=whole(number), said=said)
        if number and len(buyers) > 1
        else (tr(" Of it {said}.", said=said) if number else "")
    )


def _told(row: pd.Series, records: pd.DataFrame, currency: str, said: dict[str, str]) -> str:
    one, amount = row.buyers == 1, amount_told(row.amount, currency)
    sentence = tr(
        _OF_BUYERS[row.decision],
        buyers=counted(int(row.buyers), "buyer"), amount=amount, owe="owes" if one else "owe",
        exceed="exceeds" if one else "exceed", **said,
    )  # fmt: skip
    largest = records[records["decision"] == row.decision].iloc[0]
    return (
        tr(
            "{sentence} Largest: {buyer_id}, {amount_told}.",
            sentence=sentence,
            buyer_id=largest["buyer_id"],
            amount_told=amount_told(largest["amount"], currency),
        )
        if not one
        else (tr("{sentence} It is {buyer_id}.", sentence=sentence, buyer_id=largest["buyer_id"]))
    )


def _with_consent(needed: pd.Series) -> str:
    """Return for how many buyers the insurer has to consent, as the end of a sentence; empty where for none."""
    if not needed.any():
        return ""
    if needed.all():
        return tr(", with the insurer's consent, without which cover lapses")
    some = int(needed.sum())
    return tr(
        ", with the insurer's consent for {buyers} whose debt is insured, as without it cover lapses",
        buyers=counted(some, "buyer"),
    )
