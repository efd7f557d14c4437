"""Sentences on holds of deliveries: by when and by whom, what a hold by risk costs, and what the alternative is."""

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.decide.buyer_decisions import BY_RISK, of_kind
from tradecredit.decide.deliveries import NOTHING
from tradecredit.decide.limits.actions import STOP
from tradecredit.language import tr
from tradecredit.params.run import Run
from tradecredit.words.formats import day, listed, money, whole


def price(kind: str, sheets: pd.DataFrame, run: Run) -> str:
    """Return what a hold by risk costs, what bounds the limits, and who may accept the risk; empty for other kinds."""
    if kind not in BY_RISK:
        return ""
    sheets, currency = of_kind(sheets, kind), run.currency
    loss, most = (money(sheets[name].sum(), currency) for name in ("expected_loss_owed", "lost_if_failed"))
    bounds = sheets["risk_bound_by"].value_counts()
    named = {
        name: tr("what the grade allows without accounts") if name == "no accounts" else name for name in bounds.index
    }
    bound = listed(f"{named[name]} ({count:,})" if len(sheets) > 1 else named[name] for name, count in bounds.items())
    margin = tr("what margin is given up is not known")
    if sheets["lost_margin"].notna().all():
        them = tr("the limit gives") if len(sheets) == 1 else tr("the limits give")
        margin = tr(
            "{them} up {lost_margin} of margin a year",
            them=them,
            lost_margin=money(sheets["lost_margin"].sum(), currency),
        )
    return tr(
        " Bound by {bound}, {margin}; of what is owed {loss} a year is expected to be lost, and {most} if "
        "{all_of_them} failed, before insurance. {alternative}{accounts}{stopped}",
        bound=bound,
        margin=margin,
        loss=loss,
        most=most,
        all_of_them=tr("it") if len(sheets) == 1 else tr("all of them"),
        alternative=_alternative(sheets),
        accounts=_accounts(sheets, currency),
        stopped=_stopped(kind, sheets, run),
    )


def _stopped(kind: str, sheets: pd.DataFrame, run: Run) -> str:
    """Return of how many buyers cover stops what a hold by risk would let out, by when and by whom; empty where of
    none."""
    held = sheets[sheets["deliveries"] == NOTHING]
    if kind == STOP or held.empty:
        return ""
    which = tr("it") if len(sheets) == 1 else tr("{held} of them", held=whole(len(held)))
    first, by = decided_by(held, run)
    return tr(
        " Meanwhile nothing is delivered to {told}, for want of cover: {first}, decided by {by}.",
        told=which,
        first=first,
        by=by,
    )


def _accounts(sheets: pd.DataFrame, currency: str) -> str:
    """Return what accounts of buyers that are held back might release, as a sentence; empty where none would.

    Once the policy has to pay for a buyer no accounts bring deliveries back.
    """
    wanting = sheets[(sheets["released_margin"] > 0) & ~(sheets["claim_amount"] > 0)]
    if wanting.empty:
        return ""
    whose = (
        tr("The limits of {index} rest", index=listed(wanting.index))
        if len(wanting) > 1
        else tr("The limit of {index} rests", index=wanting.index[0])
    )
    return tr(
        " {whose} on payment history for want of accounts, which might release {released_margin} of margin "
        "a year: request them with the hold.",
        whose=whose,
        released_margin=money(wanting["released_margin"].sum(), currency),
    )


def _alternative(sheets: pd.DataFrame) -> str:
    """Return the alternative to a hold by risk: of how many buyers a limit is kept, of how many raised, and by whom.

    There is none once the policy has to pay: deliveries stop whatever the limit.
    """
    claimed = sheets["claim_amount"] > 0
    none = ""
    if claimed.any():
        which = (
            tr("It has no alternative")
            if len(sheets) == 1
            else tr("There is none for {index}", index=listed(sheets.index[claimed]))
        )
        none = tr(" {told}, as debt is claimed on the policy.", told=which)
        sheets = sheets[~claimed]
    if sheets.empty:
        return none.strip()
    kept = int((sheets["exposure"] <= sheets["own_limit"].fillna(0.0) + CENT).sum())
    raised = len(sheets) - kept
    parts = []
    if kept:
        parts.append(
            tr(
                "keep the limit in force{told}, which covers what is owed",
                told=tr(" of {kept}", kept=whole(kept)) if raised else "",
            )
        )
    if raised:
        parts.append(
            tr(
                "raise {that_of_the} to what is owed",
                that_of_the=tr("that of the other {raised}", raised=whole(raised))
                if kept
                else tr("the limit in force"),
            )
        )
    return tr(
        "The alternative is to accept the risk and {join}: by the authority over the limit that then holds.{none}",
        join=tr(", and to ").join(parts),
        none=none,
    )


def decided_by(held: pd.DataFrame, run: Run) -> tuple[str, str]:
    """Return by when deliveries to the buyers stop, and who decides on that, of each level with its number."""
    first = tr("the first by") if held["hold_by"].max() > held["hold_by"].min() else tr("by")
    number = held["hold_authority"].value_counts()
    by = [
        tr("the {who}{told}", who=who, told=f" ({number[who]:,})" if len(number) > 1 else "")
        for who in reversed(run.levels)
        if who in number
    ]
    return f"{first} {day(held['hold_by'].min())}", listed(by)
