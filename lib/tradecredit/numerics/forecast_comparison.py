"""Whether one forecast was more accurate than another, or chance alone may explain the difference of their errors."""

import numpy as np
from scipy.special import stdtr


def equally_accurate(differences: np.ndarray, independent: int) -> float:
    """Return the probability, two-sided, of differences as large between two forecasts that are equally accurate.

    `differences`: on each date the error (absolute, say) of one less that of the other (Diebold and Mariano 1995,
    Comparing predictive accuracy, J. Bus. Econ. Stat. 13). Of dates whose spans overlap only so many are `independent`:
    mean / (standard deviation / √independent), beside a t with independent − 1 degrees of freedom. Where all are, it is
    the t-test of pairs. Missing differences are left out; the result is missing with fewer than two.

    >>> round(equally_accurate(np.array([1.0, 2.0, 4.0, 1.0]), 4), 4)  # mean 2, standard error √2 / 2: t = 2.83
    0.0663
    """
    known = differences[~np.isnan(differences)]
    count = min(independent, len(known))
    if count < 2:
        return np.nan
    mean, spread = known.mean(), known.std(ddof=1)
    if spread == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stdtr(count - 1, -abs(mean) / (spread / np.sqrt(count))))
