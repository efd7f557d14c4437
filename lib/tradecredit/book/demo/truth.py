"""What no ledger shows: each buyer's true default probability in the demo book's world."""

import numpy as np
import pandas as pd

from tradecredit.book.demo.world import (
    COUNTRY_SD,
    FAILURE_LEVEL,
    FAILURE_LOADING,
    HISTORY_MONTHS,
    HORIZON_MONTHS,
    OWN_SD,
    PERSISTENCE,
    PROTRACTED_LAGS,
    PROTRACTED_SHARE,
    QUALITY_SD,
    SECTOR_SD,
    WINDOW_MONTHS,
    World,
    economy_path,
)


def truth_of(world: World) -> pd.DataFrame:
    """Return the true default probability on the window's month ends, for customers not in default by then."""
    day = world.month_end(np.arange(HISTORY_MONTHS, len(world.months)))
    since, defaulted = world.days("customer_since")[:, None], world.days("defaulted")[:, None]
    private, protracted = (
        world.buyers[["private"]].to_numpy(),
        world.buyers[["default_kind"]].to_numpy() == "protracted",
    )
    waiting = protracted & (world.days("stopped")[:, None] <= day)
    probability = np.where(waiting, 1.0, np.where(private, default_probability(world), 0.0))
    shown = (since <= day) & (day <= world.until) & ~(defaulted <= day)
    row, column = np.nonzero(shown)
    happened = world.buyers["defaulted"].where(world.days("defaulted") <= world.until)
    truth = pd.DataFrame(
        {"buyer_id": world.buyers["buyer_id"].to_numpy()[row], "date": day[column], "pd": probability[shown]}
    )
    types = {"buyer_id": "str", "date": "datetime64[us]", "defaulted_at": "datetime64[us]"}
    return truth.assign(defaulted_at=happened.to_numpy()[row]).astype(types)


def default_probability(world: World) -> np.ndarray:
    """Return the probability of a default within the horizon, buyers × months of the window, for buyers not failed.

    The passing part of the state is one AR(1), because its shocks share their persistence. So survival over k months
    from the end of month t obeys S[t, k](y, q) = E[exp(−rate(q + y')) S[t + 1, k − 1](y', q) | y], summed on a grid of
    the passing part y and the quality q, and interpolated between its points in logs.
    """
    from scipy.ndimage import map_coordinates

    sd = np.sqrt(OWN_SD**2 + SECTOR_SD**2 + COUNTRY_SD**2)
    passing, quality = np.linspace(-5, 5, 101) * sd, np.linspace(-6, 5, 78) * QUALITY_SD
    gap = (passing - PERSISTENCE * passing[:, None]) / (sd * np.sqrt(1 - PERSISTENCE**2))
    move = np.exp(-(gap**2) / 2)
    move /= move.sum(axis=1, keepdims=True)
    months, economy = len(world.months), economy_path(len(world.months) + HORIZON_MONTHS)
    of_buyer = world.buyers["quality"].to_numpy()
    row = np.interp(world.state - of_buyer[:, None] - economy[:months], passing, np.arange(len(passing)))
    column = np.interp(of_buyer, quality, np.arange(len(quality)))
    survival = np.ones((HORIZON_MONTHS + 1, len(passing), len(quality)))
    result = np.empty((len(of_buyer), WINDOW_MONTHS))
    for month in range(len(economy) - 2, HISTORY_MONTHS - 1, -1):
        rate = np.exp(FAILURE_LEVEL + FAILURE_LOADING * (passing[:, None] + quality + economy[month + 1]))
        survival[1:] = move @ (np.exp(-rate) * survival[:-1])
        if month < months:
            insolvent = 1 - survival[HORIZON_MONTHS]
            protracted = np.mean([1 - survival[HORIZON_MONTHS - lag] for lag in PROTRACTED_LAGS], axis=0)
            grid = (1 - PROTRACTED_SHARE) * insolvent + PROTRACTED_SHARE * protracted
            found = map_coordinates(np.log(grid), [row[:, month], column], order=1)
            result[:, month - HISTORY_MONTHS] = np.exp(found)
    return result
