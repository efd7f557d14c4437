"""Sentences on decisions: what each kind asks for, of how many buyers, for how much, who decides and by when."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide import buyer_sheet
from tradecredit.decide.decisions import OPEN, by_kind, read_on
from tradecredit.decide.limits import actions
from tradecredit.params.run import Run
from tradecredit.words.formats import counted, day, listed, money
from tradecredit.words.held_back import tolerance

WHAT = {
    "claim": "Claim on the policy",
    "report missed": "Report what is past its day",
    "report": "Report overdue debt to the insurer",
    "stop insured": "Stop deliveries: no longer insured",
    "cancel": "Cancel limits of buyers in default",
    "stop": "Stop deliveries: above what the risk allows",
    "stop until paid": "Stop deliveries until the overdue part is paid",
    "run down": "Deliver against payment alone",
    "enforce": "Enforce overdue debt",
    "payment plan": "Agree payment plans",
    "collect": "Collect overdue debt",
    "request accounts": "Request accounts",
    "cut": "Approve cuts that lose sales",
    "set limit": "Set limits that have room",
    "raise or enforce": "Raise or enforce limits that are often exceeded",
    "limits": "Set the recommended limits",
    "model": "Review the default model",
    "policy": "Decide on the policy",
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
    **dict.fromkeys(("stop insured", "cancel"), "owed in all"),
    **dict.fromkeys(("stop", "stop until paid", "run down"), "excess over the risk limit"),
    **dict.fromkeys(("enforce", "payment plan", "collect"), "overdue"),
    "request accounts": "margin that accounts may release a year",
    "cut": "margin lost a year",
    "set limit": "excess over the limit",
    "limits": "change of limits, up and down",
    "raise or enforce": "mean excess over the limit",
    **dict.fromkeys(("policy", "portfolio"), "gain a year"),
    "model": "no amount",
    "discounts": "net cost a year",
    "discounts back": "discount to claim back",
    "terms": "margin at stake a year",
    "late interest": "interest and fees",
}
"""What the amount of each kind of decision is (`decisions.COLUMNS`)."""

ADVICE = {
    **WHAT,
    "cut": "Cut the limit, which loses sales",
    "set limit": "Set the recommended limit: it has room",
    "payment plan": "Agree a payment plan",
    "cancel": "Cancel the limit: in default",
    "in default": "In default: no further credit",
    "look": "Look why it owes more than it needs",
    "collect": "Collect what is overdue",
    "none": "Nothing to decide",
}
"""What the one advice on a buyer says (`buyer_sheet.PRECEDENCE`)."""

BY_LIMIT = {
    actions.IN_DEFAULT: "in default: no credit",
    actions.STOP: "stop: above the limit by risk, weak grade",
    actions.STOP_UNTIL_PAID: "stop until the overdue part is paid",
    actions.RUN_DOWN: "above the limit by risk: run down",
    actions.LOOK: "above its need, within the limit by risk",
    actions.SET_LIMIT: "the recommended limit has room",
    actions.NOTHING: "within its limit by risk",
}
"""What the limits alone say of a buyer (`actions.action`)."""

_OF_BUYERS = {
    "claim": "Insured debt of {buyers}, {amount} before deductibles, has become a loss by the policy: claim it.",
    "report missed": "The day by which insured debt of {buyers}, {amount}, had to be reported has passed: tell the "
    "insurer today, if it does not know; cover is in doubt.",
    "report": "Insured debt of {buyers}, {amount}, will soon be past its maximum extension period: collect it, or "
    "report it by the end of the period.",
    "stop insured": "{buyers} of which nothing is to be reported or claimed {owe} invoices past the maximum extension "
    "period: until these are paid, nothing more that is delivered is insured. Have them paid as listed, or stop "
    "deliveries; {amount} is owed in all.",
    "cancel": "{buyers} in default still {have} a limit of our own, and {owe} {amount}: cancel it.",
    "stop": "{buyers} of a weak grade {owe} {amount} more than the risk allows, and paying what is overdue does not "
    "cure it: stop deliveries.",
    "stop until paid": "{buyers} {owe} {amount} more than the risk allows, which paying the overdue part cures: stop "
    "deliveries until it is paid.",
    "run down": "{buyers} {owe} {amount} more than the risk allows, not by what is overdue: deliver against payment "
    "alone until the exposure is within the limit.",
    "enforce": "Enforcement has the highest expected value for the overdue debt of {buyers}, {amount}.",
    "payment plan": "A payment plan has the highest expected value for the overdue debt of {buyers}, {amount}: agree "
    "it{consent}.",
    "collect": "{buyers} {owe} {amount} past due, on which nothing else is advised: collect it.",
    "request accounts": "Limits of {buyers} rest on payment history for want of accounts, which might release {amount} "
    "of margin a year: request accounts.",
    "cut": "Cuts of limits of {buyers}, of whom this is the one advice, lose {amount} of margin a year, which the risk "
    "asks for: approve them, or accept the risk.{wait}",
    "set limit": "{buyers} {exceed} the limit in force by {amount}, and the recommended limit has room: set it.{wait}",
    "limits": "Limits of {buyers} change ({parts}), and no other decision is on them: set them.{wait}",
}  # fmt: skip


def of_buyers(records: pd.DataFrame, sheets: pd.DataFrame, run: Run) -> dict[str, str]:
    """Return what decisions about buyers ask for, with the largest of each kind: kind → sentence.

    `records`: `buyer_sheet.records` of the `sheets`. Those of kinds that concern the whole book are left out.
    """
    plans = sheets[sheets["advice"] == "payment plan"]
    consent = "" if plans.empty else _with_consent(plans["needs_consent"])
    kinds = by_kind(records, run)
    return {
        row.decision: _told(row, records, run.currency, _said(row.decision, sheets, run) | {"consent": consent})
        for row in kinds.itertuples()
        if row.decision in _OF_BUYERS
    }


def _said(kind: str, sheets: pd.DataFrame, run: Run) -> dict[str, str]:
    """Return which limits change up and down by a kind of decision, and which of them wait for portfolio limits."""
    of_kind = buyer_sheet.set_in_course(sheets) if kind == "limits" else sheets[sheets["advice"] == kind]
    change, waits = of_kind["limit_change"], buyer_sheet.waiting(of_kind)
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
    one, amount = row.buyers == 1, _amount(row.amount, currency)
    sentence = _OF_BUYERS[row.decision].format(
        buyers=counted(int(row.buyers), "buyer"), amount=amount, owe="owes" if one else "owe",
        have="has" if one else "have", exceed="exceeds" if one else "exceed", **said,
    )  # fmt: skip
    largest = records[records["decision"] == row.decision].iloc[0]
    return (
        f"{sentence} Largest: {largest['buyer_id']}, {_amount(largest['amount'], currency)}."
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


def _amount(amount: float, currency: str) -> str:
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
    return f"{who}, by {day(row['due_day'])}{opened}.{moved}"


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


def asked_as(table: pd.DataFrame) -> pd.Series:
    """Return in words as which kinds the month before asked the same; `table`: with `was`, kinds separated by `, `."""
    known = table["was"].dropna()
    told = ["; ".join(WHAT[kind] for kind in kinds.split(", ")) for kinds in known]
    return pd.Series(told, index=known.index, dtype="str").reindex(table.index)


def _shared(row: pd.Series) -> bool:
    return bool(0 < row["decides_on"] < row["buyers"])


def sheets(sheets: pd.DataFrame, limits: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return the buyers' sheets (`buyer_sheet.sheets`) in words: all buyers, those with most at stake first.

    Adds `name`; `advised`, the one advice; and what each method says by itself: `insurer_says`, `limit_says`,
    `overdue_says`, `portfolio_says`.
    """
    currency, action = book.run.currency, limits["action"].reindex(sheets.index)
    # Most buyers are told of by no method, and only the others are put into words.
    insurer = pd.Series({buyer: _insurer_says(row, currency) for buyer, row in _asked(sheets).iterrows()}, dtype="str")
    moved, best = sheets["portfolio_change"].dropna(), sheets.dropna(subset=["best_option"])
    overdue = pd.Series([_overdue_says(row, currency) for row in best.itertuples()], index=best.index, dtype="str")
    return sheets.join(book.names).assign(
        advised=sheets["advice"].map(ADVICE),
        insurer_says=insurer.reindex(sheets.index),
        limit_says=action.map(BY_LIMIT),
        overdue_says=overdue.reindex(sheets.index),
        portfolio_says=moved.map(lambda change: _portfolio_says(change, currency)).reindex(sheets.index),
    )


_OPTIONS = {
    "payment plan": "best by a plan", "wait": "best to wait", "enforce": "best to enforce", "claim": "best to claim",
}  # fmt: skip


def _asked(sheets: pd.DataFrame) -> pd.DataFrame:
    debt = sheets[["claim_amount", "missed_amount", "report_amount"]].gt(0).any(axis="columns")
    return sheets[debt | sheets["stop_insured"]]


def _overdue_says(row: pd.Series, currency: str) -> str:
    more = f", {_amount(row.gain_on_waiting, currency)} more than waiting" if row.gain_on_waiting > 0 else ""
    more = ", what waiting is worth is not known" if pd.isna(row.gain_on_waiting) else more
    consent = ", with the insurer's consent" if row.needs_consent else ""
    return f"{_OPTIONS[row.best_option]}: {money(row.option_value, currency)}{more}{consent}"


def _insurer_says(row: pd.Series, currency: str) -> str:
    said = []
    if row["claim_amount"] > 0:
        said.append(f"claim {money(row['claim_amount'], currency)}")
    if row["missed_amount"] > 0:
        said.append(f"report {money(row['missed_amount'], currency)}, late since {day(row['missed_since'])}")
    if row["report_amount"] > 0:
        said.append(f"report {money(row['report_amount'], currency)} by {day(row['report_by'])}")
    if row["stop_insured"]:
        said.append(
            f"clear {money(row['stop_clears'], currency)}, {row['stop_invoice']} first: until then new deliveries are "
            "not insured"
        )
    return "; ".join(said)


def _portfolio_says(change: float, currency: str) -> str:
    if abs(change) < 1:
        return "the same limit"
    return f"{money(abs(change), currency)} {'more' if change > 0 else 'less'}"


def model_first(run: Run) -> str:
    """Return which decisions on limits are due after that on the default model, and which do not wait for it."""
    days = run.decisions.days_until_due
    after = [kind for kind in buyer_sheet.ON_LIMITS if days(kind) >= days("model")]
    meanwhile = [kind for kind in buyer_sheet.ON_LIMITS if kind not in after]
    last = some = ""
    if after:
        last = f"{_called(after)} {'is' if len(after) == 1 else 'are'} due no earlier. "
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
        f"Insured debt of a buyer is to be reported from {money(run.decisions.report_from, run.currency)} on, "
        f"{run.decisions.report_ahead_days} days before its extension period ends; whether it has been is in no table "
        "of the book.",
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
        "a limit by the larger of the old and the new one."
    )


def due(book: Book) -> str:
    """Return by which rule a decision is due."""
    return (
        f"The report is read on {day(read_on(book.as_of))}, the first working day after its day: working days until a "
        "decision is due count from then, Monday to Friday without 1 January, 1 May, 25 and 26 December, whatever the "
        "country. A day that the policy sets stands."
    )
