"""Sentences on decisions: what each kind asks for, of how many buyers, for how much, who decides and by when."""

from collections.abc import Mapping

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.decisions import by_kind
from tradecredit.decide.limits import actions
from tradecredit.words.formats import counted, day, money
from tradecredit.words.held_back import tolerance

WHAT = {
    "claim": "Claim on the policy",
    "report missed": "Report what is past its day, and save the cover",
    "report": "Report overdue debt to the insurer",
    "stop insured": "Stop deliveries: no longer insured",
    "cancel": "Cancel limits of buyers in default",
    "stop": "Stop deliveries: above what the risk allows",
    "stop until paid": "Stop deliveries until the overdue part is paid",
    "run down": "Deliver against payment alone",
    "enforce": "Enforce overdue debt",
    "payment plan": "Agree payment plans",
    "request accounts": "Request accounts",
    "cut": "Approve cuts that lose sales",
    "set limit": "Set limits that have room",
    "raise or enforce": "Raise or enforce limits that are often exceeded",
    "model": "Review the default model",
    "policy": "Decide on the policy",
    "portfolio": "Judge risk by buyer or for the portfolio",
    "discounts": "Lower or end cash discounts",
    "discounts back": "Claim back unearned discounts",
    "terms": "Shorten terms",
    "late interest": "Charge late interest",
}
"""What each kind of decision asks for (`params.decisions.WORKING_DAYS`)."""

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
    actions.NOTHING: "within its limit",
}
"""What the limits alone say of a buyer (`actions.action`)."""

_OF_BUYERS = {
    "claim": "Insured debt of {buyers}, {amount}, has become a loss by the policy: claim it.",
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
    "it.",
    "request accounts": "Limits of {buyers} rest on payment history for want of accounts, and lose {amount} of margin "
    "a year: request accounts.",
    "cut": "Cuts of limits of {buyers} lose {amount} of margin a year, which the risk asks for: approve them, or "
    "accept the risk.",
    "set limit": "{buyers} {exceed} the limit in force by {amount}, and the recommended limit has room: set it.",
}  # fmt: skip


def of_buyers(records: pd.DataFrame, currency: str) -> dict[str, str]:
    """Return what decisions about buyers ask for, with the largest of each kind: kind → sentence.

    `records`: `buyer_sheet.records`. Those of kinds that concern the whole book are left out.
    """
    kinds = by_kind(records)
    return {row.decision: _told(row, records, currency) for row in kinds.itertuples() if row.decision in _OF_BUYERS}


def _told(row: pd.Series, records: pd.DataFrame, currency: str) -> str:
    one, amount = row.buyers == 1, _amount(row.amount, currency)
    sentence = _OF_BUYERS[row.decision].format(
        buyers=counted(int(row.buyers), "buyer"), amount=amount, owe="owes" if one else "owe",
        have="has" if one else "have", exceed="exceeds" if one else "exceed",
    )  # fmt: skip
    largest = records[records["decision"] == row.decision].iloc[0]
    return (
        f"{sentence} Largest: {largest['buyer_id']}, {_amount(largest['amount'], currency)}."
        if not one
        else (f"{sentence} It is {largest['buyer_id']}.")
    )


def _amount(amount: float, currency: str) -> str:
    return f"less than {currency} 1" if 0 < amount < 1 else money(amount, currency)


def who_and_when(row: pd.Series) -> str:
    """Return who takes a decision, by when, and since when it is open; `row`: of `decisions.by_kind`."""
    opened = f", open since {day(row['since'])}" if row["state"] == "open" else ""
    return f"{str(row['authority'])[:1].upper()}{str(row['authority'])[1:]}, by {day(row['due_day'])}{opened}."


def shown(decisions: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    """Return decisions for the summary: one row for each kind, in the order in which they are to be taken.

    `decisions`: `decisions.COLUMNS`, of all chapters; `titles`: of the chapters, by name. Columns of `by_kind` with
    `what` in words first, the chapter's title, and `link`, the address of the list that shows them.
    """
    table = by_kind(decisions)
    table = table.assign(
        link=table["chapter"] + ".html#" + table["anchor"], chapter=table["chapter"].map(dict(titles)),
        buyers=table["buyers"].astype("float64").where(table["buyers"] > 0),
    )  # fmt: skip
    table.insert(0, "what", table["decision"].map(WHAT))
    return table


def one_by_one(decisions: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    """Return all decisions with `what` in words first, and `link`, the address of the list that shows each."""
    table = decisions.assign(link=decisions["chapter"] + ".html#" + decisions["anchor"])
    table = table.assign(chapter=table["chapter"].map(dict(titles)))
    table.insert(0, "what", table["decision"].map(WHAT))
    return table


def done(decisions: pd.DataFrame) -> str:
    """Return how many decisions of the month before are asked no more; empty where none was."""
    number = int((decisions["state"] == "done").sum())
    return (
        f"{counted(number, 'decision')} of the month before {'is' if number == 1 else 'are'} asked no more."
        if number
        else ""
    )


def sheets(sheets: pd.DataFrame, limits: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return the buyers' sheets (`buyer_sheet.sheets`) in words: all buyers, those with most at stake first.

    Adds `name`; `advised`, the one advice; and what each method says by itself: `insurer_says`, `limit_says`,
    `overdue_says`, `portfolio_says`.
    """
    currency, action = book.run.currency, limits["action"].reindex(sheets.index)
    # Most buyers are told of by no method, and only the others are put into words.
    insurer = pd.Series({buyer: _insurer_says(row, currency) for buyer, row in _asked(sheets).iterrows()}, dtype="str")
    moved, best = sheets["portfolio_change"].dropna(), sheets.dropna(subset=["best_option"])
    overdue = pd.Series(
        [f"{_OPTIONS[row.best_option]}: {money(row.option_value, currency)}" for row in best.itertuples()],
        index=best.index, dtype="str",
    )  # fmt: skip
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
    ]
