"""Sentences on limits in the past: how often they were exceeded, and what today's method would have avoided."""

import pandas as pd

from tradecredit.decide.limits.replay import Replay, totals
from tradecredit.language import tr
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
    return tr(
        "Over {month_ends} {breaches} of the limits in force were exceeded, by {breach_amount} in total on "
        "average and by {breach_amount_2} at the worst.",
        month_ends=counted(len(held), "month end"),
        breaches=percent(held["breaches"].sum() / held["buyers"].sum()),
        breach_amount=money(held["breach_amount"].mean(), currency),
        breach_amount_2=money(held["breach_amount"].max(), currency),
    )


def replay(replay: Replay, currency: str) -> str:
    """Return what today's method would have avoided of later losses; empty where no day was reviewed."""
    if replay.reviews.empty:
        return ""
    sums, first = totals(replay), replay.reviews.index[0]
    if sums["defaults"] == 0:
        return tr(
            "No buyer at risk on {first} or later has defaulted since: there was no loss to avoid.", first=day(first)
        )
    share = (
        tr(", {avoided_share} of the loss", avoided_share=percent(sums["avoided_share"])) if sums["loss"] > 0 else ""
    )
    return tr(
        "Buyers that defaulted after {first} ({defaults}) owed {debt}. Of that {avoidable} was delivered "
        "after the last review before default and above the limit that today's method gives on the "
        "information of that day: enforcing it would have avoided a loss of {loss_avoided}{share}. The "
        "same limits would have withheld {withheld} of the balances of buyers that did not default, on "
        "average over the reviews.",
        first=day(first),
        defaults=count(sums["defaults"]),
        debt=money(sums["debt"], currency),
        avoidable=money(sums["avoidable"], currency),
        loss_avoided=money(sums["loss_avoided"], currency),
        share=share,
        withheld=money(sums["withheld"], currency),
    )
