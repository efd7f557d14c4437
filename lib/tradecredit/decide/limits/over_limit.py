"""Buyers above their limit, and what to decide about them."""

import pandas as pd


def breaches(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers that owe more than our own limit, the largest excess first.

    Left out are those in default without a limit above 0: there is nothing left to pass.
    """
    over = limits[(limits["breach"] > 0) & ~_ended(limits)]
    return over.sort_values("breach", ascending=False, kind="stable")


def _ended(limits: pd.DataFrame) -> pd.Series:
    return (limits["binding"] == "in default") & ~(limits["own_limit"] > 0)


def decisions(limits: pd.DataFrame, currency: str) -> list[str]:
    """Return in sentences what the limits ask somebody to decide; nothing where nothing does.

    Buyers above our limit are told apart by whether the recommended one has room for what they owe.
    """
    in_default = limits["binding"] == "in default"
    over, defaulted = breaches(limits[~in_default]), limits[in_default & (limits["own_limit"] > 0)]
    above = over["over_recommended"] > 0
    asked = {
        "and the recommended limit has room for that: set it": over[~above],
        "and more than is recommended: stop deliveries until it is paid": over[above],
    }
    found = []
    for what, buyers in asked.items():
        if buyers.empty:
            continue
        many, owe, their = (
            ("buyer that is", "owes", "its limit") if len(buyers) == 1 else ("buyers that are", "owe", "their limits")
        )
        largest = buyers.iloc[0]
        found.append(
            f"{len(buyers):,} {many} not in default {owe} {currency} {buyers['breach'].sum():,.0f} above {their}, "
            f"{what}. The largest excess is {currency} {largest['breach']:,.0f} of {buyers.index[0]}, for whom "
            f"{currency} {largest['recommended_with_cover']:,.0f} is recommended."
        )
    if len(defaulted):
        many, have, them = ("buyer", "has", "it") if len(defaulted) == 1 else ("buyers", "have", "them")
        found.append(f"{len(defaulted):,} {many} in default still {have} a limit of our own. Cancel {them}.")
    return found
