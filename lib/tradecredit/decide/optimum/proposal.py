"""Limits for the book as a whole as they are proposed: rounded as limits are, and no change too small to act on."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from tradecredit.decide.limits.methods import rounded_down
from tradecredit.params.limits import LimitSettings

MOST_TRIES = 10
"""Times that limits are sought anew with those fixed that would hardly change."""


def least_change(buyers: pd.DataFrame, settings: LimitSettings) -> pd.Series:
    """Return the smallest change of each limit that is proposed, a unit of currency at least.

    `minimum_change` of the limit set one by one, or where there is none of `most`, what the buyer might have; and
    `minimum_limit`. `buyers`: `candidates`.
    """
    one = buyers["recommended_with_cover"]
    part = settings.minimum_change * one.where(one > 0, buyers["most"])
    return part.clip(lower=max(settings.minimum_limit, 1.0))


def proposed(
    buyers: pd.DataFrame,
    limit: pd.Series,
    solve: Callable[[pd.DataFrame], pd.Series],
    settings: LimitSettings,
    *,
    keeps: bool,
) -> pd.Series:
    """Return the limits to propose: those that move by the `least_change` or more, rounded down, and the others as set.

    `buyers`: `candidates`; `limit`: that of the optimum; `solve`: the limits that earn most within the bounds `least`
    and `most` of buyers. What would rise by less is sought again where it may not rise; what would fall by less,
    where it may not fall, if the limits set one by one keep the cap on risk (`keeps`): else the cap asks for it.
    """
    one, least = buyers["recommended_with_cover"], least_change(buyers, settings)
    bounds = buyers
    for _ in range(MOST_TRIES):
        change = limit - one
        small = (change.abs() < least) & (change.abs() >= 1)
        up, down = small & (change > 0), small & (change < 0) & keeps
        if not (up | down).any():
            break
        bounds = bounds.assign(most=bounds["most"].mask(up, one), least=bounds["least"].mask(down, one))
        limit = solve(bounds)
    found = rounded_down(limit.round(6), settings.digits)
    change = limit - one
    moved = (change.abs() >= least) | ((change <= -1) & (not keeps))
    return found.where(moved & ((found - one).abs() >= np.where(change > 0, least, 0.0)), one)
