"""Sentences on holds of deliveries: by when and by whom, what a hold by risk costs, and what the alternative is."""

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.decide.buyer_decisions import BY_RISK, of_kind
from tradecredit.decide.deliveries import NOTHING
from tradecredit.decide.limits.actions import STOP
from tradecredit.params.run import Run
from tradecredit.words.formats import day, listed, money


def price(kind: str, sheets: pd.DataFrame, run: Run) -> str:
    """Return what a hold by risk costs, what bounds the limits, and who may accept the risk; empty for other kinds."""
    if kind not in BY_RISK:
        return ""
    sheets, currency = of_kind(sheets, kind), run.currency
    loss, most = (money(sheets[name].sum(), currency) for name in ("expected_loss_owed", "lost_if_failed"))
    bounds = sheets["risk_bound_by"].value_counts()
    bound = listed(f"{name} ({count:,})" if len(sheets) > 1 else str(name) for name, count in bounds.items())
    margin = "what margin is given up is not known"
    if sheets["lost_margin"].notna().all():
        them = "the limit gives" if len(sheets) == 1 else "the limits give"
        margin = f"{them} up {money(sheets['lost_margin'].sum(), currency)} of margin a year"
    return (
        f" Bound by {bound}, {margin}; of what is owed {loss} a year is expected to be lost, and {most} if "
        f"{'it' if len(sheets) == 1 else 'all of them'} failed, before insurance. "
        f"{_alternative(sheets)}{_accounts(sheets, currency)}"
        f"{_stopped(kind, sheets, run)}"
    )


def _stopped(kind: str, sheets: pd.DataFrame, run: Run) -> str:
    """Return of how many buyers cover stops what a hold by risk would let out, by when and by whom; empty where of
    none."""
    held = sheets[sheets["deliveries"] == NOTHING]
    if kind == STOP or held.empty:
        return ""
    which = "it" if len(sheets) == 1 else f"{len(held):,} of them"
    first, by = decided_by(held, run)
    return f" Meanwhile nothing is delivered to {which}, for want of cover: {first}, decided by {by}."


def _accounts(sheets: pd.DataFrame, currency: str) -> str:
    """Return what accounts of buyers that are held back might release, as a sentence; empty where none would.

    Once the policy has to pay for a buyer no accounts bring deliveries back.
    """
    wanting = sheets[(sheets["released_margin"] > 0) & ~(sheets["claim_amount"] > 0)]
    if wanting.empty:
        return ""
    whose = (
        f"The limits of {listed(wanting.index)} rest" if len(wanting) > 1 else f"The limit of {wanting.index[0]} rests"
    )
    return (
        f" {whose} on payment history for want of accounts, which might release "
        f"{money(wanting['released_margin'].sum(), currency)} of margin a year: request them with the hold."
    )


def _alternative(sheets: pd.DataFrame) -> str:
    """Return the alternative to a hold by risk: of how many buyers a limit is kept, of how many raised, and by whom.

    There is none once the policy has to pay: deliveries stop whatever the limit.
    """
    claimed = sheets["claim_amount"] > 0
    none = ""
    if claimed.any():
        which = "It has no alternative" if len(sheets) == 1 else f"There is none for {listed(sheets.index[claimed])}"
        none = f" {which}, as debt is claimed on the policy."
        sheets = sheets[~claimed]
    if sheets.empty:
        return none.strip()
    kept = int((sheets["exposure"] <= sheets["own_limit"].fillna(0.0) + CENT).sum())
    raised = len(sheets) - kept
    parts = []
    if kept:
        parts.append(f"keep the limit in force{f' of {kept:,}' if raised else ''}, which covers what is owed")
    if raised:
        parts.append(f"raise {f'that of the other {raised:,}' if kept else 'the limit in force'} to what is owed")
    return (
        f"The alternative is to accept the risk and {', and to '.join(parts)}: by the authority over the limit that "
        f"then holds.{none}"
    )


def decided_by(held: pd.DataFrame, run: Run) -> tuple[str, str]:
    """Return by when deliveries to the buyers stop, and who decides on that, of each level with its number."""
    first = "the first by" if held["hold_by"].max() > held["hold_by"].min() else "by"
    number = held["hold_authority"].value_counts()
    by = [
        f"the {who}{f' ({number[who]:,})' if len(number) > 1 else ''}" for who in reversed(run.levels) if who in number
    ]
    return f"{first} {day(held['hold_by'].min())}", listed(by)
