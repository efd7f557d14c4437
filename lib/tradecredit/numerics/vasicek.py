"""The default rate of a year by the state of the economy, where one normal factor drives all buyers."""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri


def default_rate(
    probability: pd.Series | float, correlation: pd.Series | float, level: float
) -> pd.Series | np.ndarray | float:
    """Return the quantile of a year's default rate: the default probability in an economy that bad.

    Φ((Φ⁻¹(PD) + √ρ · Φ⁻¹(level)) / √(1 − ρ)), ρ the asset correlation: of very many equal buyers the share that
    defaults. Missing for a missing PD. Source: Vasicek 2002, Loan portfolio value, Risk 15(12).

    >>> round(float(default_rate(0.01, 0.12, 0.999)), 6)
    0.090326
    """
    return ndtr((ndtri(probability) + np.sqrt(correlation) * ndtri(level)) / np.sqrt(1 - correlation))
