"""Sentences on limits in the past: how often they were exceeded, and what today's method would have avoided."""

import pandas as pd

from tradecredit.decide.limits.replay import Replay, totals
from tradecredit.words.formats import count, counted, day, money, percent


def with_ways(often: pd.DataFrame) -> pd.DataFrame:
    """Return `replay.ways` with each `way` in words."""
    return often.assign(way=often["way"].map(WAYS))


WAYS = {
    "risk": "enforce: it needs more, but what bounds the limit does not allow it",
    "need": "enforce: the limit covers its need",
    "rounded": "enforce: the limit is its need, rounded down",
}
"""What to do about a limit that is often exceeded (`replay.ways`)."""


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
        f"{money(sums['withheld'], currency)} of the balances of buyers that did not default, on average over "
        "the reviews."
    )
