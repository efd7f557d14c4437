"""How much of what a fit says holds for firms that it has not seen, by which its log-odds are drawn to their mean."""

import numpy as np
import pandas as pd
from scipy.special import expit

from tradecredit.default import monotone_curves
from tradecredit.default.model_fit import Found
from tradecredit.default.point_in_time import shift_to
from tradecredit.numerics.discrimination import calibration_slope

PRIOR_SD = 0.05
"""Beforehand, the standard deviation of the slope around 1: fits to American and Polish firms had .94 to 1.02. With a
few dozen defaults it is hardly known, and stays near 1."""
SETTLING = 3
"""Rounds in which the intercept and what is told of unknown values become those of one another."""


def shrunk(found: Found, y: np.ndarray, firms: np.ndarray) -> tuple[Found, float]:
    """Return a joint fit with coefficients so many times as far from its belief, but for the intercept; and how many.

    Penalties that the same table has chosen leave log-odds a little too far apart for others. How many times is the
    slope of a logit of `y` on the log-odds of each row as if it were left out (`monotone_curves.left_out`) less those
    of the belief, which stand beside them, averaged with 1 by the precisions of its estimate and of the prior
    (`PRIOR_SD`), between 0 and 1: what is told is drawn to the belief, never away from it or past it; 1 where it cannot
    be estimated. The intercept keeps the mean probability at the table's rate.
    Information and penalty stay those of the fit, and with them the errors.

    Source: Copas 1983, Journal of the Royal Statistical Society B 45, 311; van Houwelingen and le Cessie 1990,
    Statistics in Medicine 9, 1303.
    """
    design, fit = found.design, found.fit
    believed = monotone_curves.log_odds(design, fit.belief)
    apart = monotone_curves.left_out(found.parts, design, fit, y) - believed
    told = calibration_slope(pd.Series(expit(apart)), pd.Series(y), groups=pd.Series(firms), beside=pd.Series(believed))
    if not np.isfinite(told.standard_error):
        return found, 1.0
    known = PRIOR_SD**2 / (PRIOR_SD**2 + told.standard_error**2)
    slope = float(np.clip(1.0 + known * (told.value - 1.0), 0.0, 1.0))
    fit = fit._replace(coefficients=fit.belief + slope * (fit.coefficients - fit.belief))
    for _ in range(SETTLING if design.unknown.any() else 1):
        odds = monotone_curves.log_odds(design, fit.coefficients) + monotone_curves.lift(design, fit, y)
        moved = fit.coefficients.copy()
        moved[0] += shift_to(float(y.mean()), pd.Series(odds))
        fit = fit._replace(coefficients=moved)
    return found._replace(fit=fit), slope
