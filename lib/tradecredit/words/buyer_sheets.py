"""One buyer, one advice, in words: what each method says of a buyer, and what is to be done about it."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.limits import actions
from tradecredit.language import tr
from tradecredit.words.decisions import WHAT, amount_told
from tradecredit.words.formats import day, money, staked

ADVICE = {
    **WHAT,
    "cut": "Cut the limit, which loses sales",
    "set limit": "Set the limit: it has room",
    "payment plan": "Agree a payment plan",
    "cancel": "Cancel the limit: in default",
    "in default": "In default: no further credit; lodge the claim in the insolvency, or enforce",
    "collect": "Collect what is overdue",
    "raise or enforce": "Enforce the limit, which is often exceeded",
    "look": "Nothing to decide: look why it owes more than it needs",
    "none": "Nothing to decide",
}
"""What the one advice on a buyer says (`buyer_sheet.PRECEDENCE`)."""

BY_LIMIT = {
    actions.IN_DEFAULT: "in default: no credit",
    actions.STOP: "stop: above the limit by risk, weak grade",
    actions.STOP_UNTIL_PAID: "stop until the overdue part is paid",
    actions.RUN_DOWN: "above the limit by risk: run down",
    actions.LOOK: "above its need, within the limit by risk",
    actions.SET_LIMIT: "above the limit in force: the recommended one has room",
    actions.NOTHING: "within its limit by risk",
}
"""What the limits alone say of a buyer (`actions.action`)."""

OWES_NOTHING = "In default: no further credit; it owes nothing"

STOP_BESIDE_CLAIM = "stop: above the limit by risk, and debt is claimed on the policy"


def sheets(sheets: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return the buyers' sheets (`buyer_sheet.sheets`) in words: all buyers, those with most at stake first.

    Adds `name`; `advised`, the one advice; and what each method says by itself: `insurer_says`, `limit_says`,
    `overdue_says`, `portfolio_says`.
    """
    currency, said = book.run.currency, sheets["action"].map(BY_LIMIT)
    owing = sheets["exposure"] > book.run.limits.tolerated_excess
    beside_claim = (sheets["action"] == actions.STOP) & (sheets["claim_amount"] > 0)
    # Most buyers are told of by no method, and only the others are put into words.
    insurer = pd.Series({buyer: _insurer_says(row, currency) for buyer, row in _asked(sheets).iterrows()}, dtype="str")
    moved, best = sheets["portfolio_change"].dropna(), sheets.dropna(subset=["best_option"])
    overdue = pd.Series([_overdue_says(row, currency) for row in best.itertuples()], index=best.index, dtype="str")
    return sheets.join(book.names).assign(
        advised=sheets["advice"].map(ADVICE).mask((sheets["advice"] == "in default") & ~owing, OWES_NOTHING),
        insurer_says=insurer.reindex(sheets.index),
        limit_says=said.mask(beside_claim, STOP_BESIDE_CLAIM),
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
    more = ""
    if pd.isna(row.gain_on_waiting):
        more = tr(", not compared with waiting, whose value is not known")
    elif row.gain_on_waiting > 0:
        more = tr(", {amount_told} more than waiting", amount_told=amount_told(row.gain_on_waiting, currency))
    consent = tr(", with the insurer's consent") if row.needs_consent else ""
    return f"{tr(_OPTIONS[row.best_option])}: {money(row.option_value, currency)}{more}{consent}"


def _insurer_says(row: pd.Series, currency: str) -> str:
    said = []
    if row["claim_amount"] > 0:
        said.append(tr("claim {claim_amount}", claim_amount=money(row["claim_amount"], currency)))
    if row["missed_amount"] > 0:
        said.append(
            tr(
                "report {missed_amount}, which was due by {missed_since}",
                missed_amount=money(row["missed_amount"], currency),
                missed_since=day(row["missed_since"]),
            )
        )
    if row["report_amount"] > 0:
        said.append(
            tr(
                "report {report_amount} by {report_by}",
                report_amount=money(row["report_amount"], currency),
                report_by=day(row["report_by"]),
            )
        )
    if row["stop_insured"] and row["claim_amount"] > 0:
        said.append(tr("no deliveries, whatever is paid, as the policy has to pay"))
    elif row["stop_insured"]:
        said.append(
            tr(
                "deliveries from {stop_since} on are not insured while {stop_clears} is open past its "
                "extension period, {stop_invoice} first",
                stop_since=day(row["stop_since"]),
                stop_clears=money(row["stop_clears"], currency),
                stop_invoice=row["stop_invoice"],
            )
        )
    return "; ".join(said)


def _portfolio_says(change: float, currency: str) -> str:
    if abs(change) < 1:
        return tr("the same limit")
    return staked(money(abs(change), currency), tr("more") if change > 0 else tr("less"))
