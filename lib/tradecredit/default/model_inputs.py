"""Which columns of a table can enter a model of default, and why the others cannot."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradecredit.default import curve_knots
from tradecredit.default.curve_knots import Curve, curve
from tradecredit.default.model_tables import numbers

FEWEST = 5
"""An input must be known in this many rows with default and in as many without."""

NEAR_DUPLICATE = 0.98
"""Of two inputs whose rank correlation is at least this, in size, only the first stays."""

ROUNDING = 1e-13
"""Values that differ by no more than this part of the largest are one value, computed in two ways: floats keep 16
digits."""

HARDLY = f"hardly varies: one value but for under 1% at either end, with under {curve_knots.FEWEST} defaults"


def entering(
    X: pd.DataFrame, y: pd.Series, signs: Mapping[str, int], firms: np.ndarray
) -> tuple[list[Curve], dict[str, str]]:
    """Return the curves of the columns that can enter, and by name why the others cannot; `firms`, whose row it is."""
    inputs: list[Curve] = []
    dropped: dict[str, str] = {}
    kept: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    defaulted = y.to_numpy(dtype="float64") == 1
    for name in X.columns:
        values = numbers(X[name])
        known = ~np.isnan(values)
        bad, good = int((known & defaulted).sum()), int((known & ~defaulted).sum())
        if not known.any():
            dropped[name] = "has no value"
        elif np.ptp(values[known]) <= ROUNDING * np.abs(values[known]).max():
            dropped[name] = "has no two different values"
        elif min(bad, good) < FEWEST:
            dropped[name] = f"is known in {bad} rows with default and {good} without"
        elif len((part := curve(name, values, sign=signs.get(name, 0), defaulted=defaulted, firms=firms)).knots) < 2:
            dropped[name] = HARDLY
        elif twin := _twin(ranks := _standard(pd.Series(values[known]).rank().to_numpy()), known, kept):
            dropped[name] = f"orders the buyers nearly as {twin.replace('_', ' ')} does"
        else:
            kept[name] = ranks, known
            inputs.append(part)
    return inputs, dropped


def _twin(ranks: np.ndarray, known: np.ndarray, earlier: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> str | None:
    """Return the earlier column that is known for the same rows and orders them nearly alike, None if there is none."""
    for name, (other, known_too) in earlier.items():
        if (known == known_too).all() and abs(ranks @ other) >= NEAR_DUPLICATE:
            return name
    return None


def _standard(ranks: np.ndarray) -> np.ndarray:
    """Return ranks of mean 0 and length 1, whose product with another column's is their correlation."""
    centred = ranks - ranks.mean()
    return centred / np.sqrt(centred @ centred)
