"""Sentences on limits in the past: how often they were exceeded, and what today's method would have avoided."""

import pandas as pd

from tradecredit.decide.limits.replay import Replay, often, totals
from tradecredit.words.formats import count, counted, day, listed, money, percent


def decisions(monthly: pd.DataFrame, repeated: pd.DataFrame, currency: str) -> dict[str, str]:
    """Return what the history of breaches asks to decide, kind of decision → sentence; nothing where it asks nothing.

    `repeated`: `replay.ways` of the buyers on whom nobody has to decide anything else (`buyer_sheet.unadvised`).
    """
    many = often(repeated)
    if many.empty:
        return {}
    exceeded = "buyer exceeded its limit" if len(many) == 1 else "buyers exceeded their limits"
    return {
        "raise or enforce": f"{len(many):,} {exceeded} at half or more of the last {len(monthly)} month ends with one "
        f"in force, by {money(many['mean_breach'].sum(), currency)} in total on average over months in breach. A limit "
        f"that is exceeded so often does not bind. {_what_to_do(many['way'])}"
    }


def with_ways(often: pd.DataFrame) -> pd.DataFrame:
    """Return `replay.ways` with each `way` in words."""
    return often.assign(way=often["way"].map(WAYS))


WAYS = {
    "raise": "raise to the limit to set: it needs more, and its risk allows it",
    "risk": "enforce the limit to set: it needs more, but what bounds the limit does not allow it",
    "need": "enforce the limit to set: it covers its need",
    "rounded": "enforce the limit to set: it is its need, rounded down",
}
"""What to do about a limit that is often exceeded (`replay.ways`)."""


def _what_to_do(way: pd.Series) -> str:
    parts = []
    for what, named in (("Set the higher limit", way.index[way == "raise"]), ("Enforce", way.index[way != "raise"])):
        if len(named):
            which = "" if what != "Enforce" else " the limit to set"
            parts.append(f"{what}{which} of {listed(named[:NAMED])}{_others(named)}")
    return f"{'; '.join(parts)}. The list says why."


NAMED = 5
"""Buyers that a sentence names."""


def _others(named: pd.Index) -> str:
    return f" and {len(named) - NAMED:,} more" if len(named) > NAMED else ""


def breaches(monthly: pd.DataFrame, currency: str) -> str:
    """Return how often limits were exceeded; empty where none was in force at any month end."""
    held = monthly[monthly["buyers"] > 0]
    if held.empty:
        return ""
    return (
        f"Over {counted(len(held), 'month end')} {percent(held['breaches'].sum() / held['buyers'].sum())} of the "
        f"limits in force were exceeded, by {money(held['breach_amount'].mean(), currency)} in total on average and by "
        f"{money(held['breach_amount'].max(), currency)} at the worst."
    )


def replay(replay: Replay, currency: str) -> str:
    """Return what today's method would have avoided of later losses; empty where no day was reviewed."""
    if replay.reviews.empty:
        return ""
    sums, first = totals(replay), replay.reviews.index[0]
    if sums["defaults"] == 0:
        return f"No buyer at risk on {day(first)} or later has defaulted since: there was no loss to avoid."
    share = f", {percent(sums['avoided_share'])} of the loss" if sums["loss"] > 0 else ""
    return (
        f"Buyers that defaulted after {day(first)} ({count(sums['defaults'])}) owed {money(sums['debt'], currency)}. "
        f"Of that {money(sums['avoidable'], currency)} was delivered after the last review before default and above "
        f"the limit that today's method gives on the information of that day: enforcing it would have avoided a loss "
        f"of {money(sums['loss_avoided'], currency)}{share}. The same limits would have withheld "
        f"{money(sums['over_recommended'], currency)} of the balances of buyers that did not default, on average over "
        "the reviews."
    )
