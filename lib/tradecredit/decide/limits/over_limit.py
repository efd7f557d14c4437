"""Buyers that owe more than our limit."""

import pandas as pd


def breaches(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers that owe more than our own limit, the largest excess first.

    Left out are those in default without a limit above 0: there is nothing left to pass.
    """
    over = limits[(limits["breach"] > 0) & ~_ended(limits)]
    return over.sort_values("breach", ascending=False, kind="stable")


def _ended(limits: pd.DataFrame) -> pd.Series:
    return (limits["binding"] == "in default") & ~(limits["own_limit"] > 0)
