"""Rates that are taken to rise with what orders them, though those that were seen do not always."""

import numpy as np
from scipy.optimize import isotonic_regression

NEXT_TO_NOTHING = 1e-9
"""The part of all amounts that a rate without any weighs as much as: it gives way to its neighbours."""


def rising(rates: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """Return rates (…, place) that never fall from one place to the next.

    Where they do, neighbours share one rate, their mean weighted by `amounts` (isotonic regression), so that Σ amount ×
    rate stays. Missing rates stay missing. Source: Barlow, Bartholomew, Bremner
    and Brunk 1972, Statistical Inference under Order Restrictions, chapter 1.

    >>> rising(np.array([0.01, 0.05, np.nan, 0.02]), np.array([900.0, 100, 0, 200]))
    array([0.01, 0.03,  nan, 0.03])
    """
    found = np.array(rates, dtype="float64")
    whole = np.sum(amounts, axis=-1, keepdims=True)
    weights = np.maximum(amounts, NEXT_TO_NOTHING * np.where(whole > 0, whole, 1.0))
    for place in np.ndindex(found.shape[:-1]):
        known = ~np.isnan(found[place])
        if known.any():
            found[place][known] = isotonic_regression(found[place][known], weights=weights[place][known]).x
    return found
