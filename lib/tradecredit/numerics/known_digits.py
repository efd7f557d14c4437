"""The digits of an estimate that its standard error leaves known."""

from typing import TypeVar

import numpy as np
import pandas as pd

Estimate = TypeVar("Estimate", float, pd.Series)


def known_digits(value: Estimate, error: Estimate) -> Estimate:
    """Return an estimate rounded to the last digit of its standard error, at most to whole units.

    An error has one digit, or two where its first three are below 355 (Particle Data Group, Review of Particle Physics,
    introduction, section 5.3). Given as its own estimate, an error is rounded to its own digits. Where the error is 0,
    below 1 or missing, the value stays as it is.

    >>> known_digits(36_085.4, 113.2), known_digits(113.2, 113.2), known_digits(1_667_497.0, 3_422.0)
    (36090.0, 110.0, 1667500.0)
    """
    place = last_place(error)
    rounded = np.round(np.asarray(value, dtype="float64") / place) * place
    found = np.where(place >= 1, rounded, value)
    return pd.Series(found, index=value.index, dtype="float64") if isinstance(value, pd.Series) else float(found)


def last_place(error: float | pd.Series) -> np.ndarray:
    """Return what a unit of the last digit of a standard error is worth, as `known_digits` has it; missing without one.

    >>> last_place(113.2).item(), last_place(890.0).item(), last_place(0.4).item()
    (10.0, 100.0, nan)
    """
    size = np.abs(np.asarray(error, dtype="float64"))
    size = np.where((size >= 1) & np.isfinite(size), size, np.nan)
    digits = np.floor(np.log10(size))
    return 10.0 ** (digits - (size / 10.0 ** (digits - 2) < 355))
