"""The interval of a default probability: around the middle of where a buyer may be; what is told of it is a mean."""

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri

from tradecredit.default.unknown_inputs import log_odds_of_mean
from tradecredit.numerics import discrimination

CLOSE = 1e-7
"""Log-odds that the middle is found to."""


def widened(rated: pd.DataFrame, *, unseen: float | np.ndarray, error: float, confidence: float) -> pd.DataFrame:
    """Return ratings (`pd`, `pd_low`, `pd_high`) whose intervals hold what else is not known of the buyers.

    `unseen`: standard deviation of a buyer's log-odds around what its inputs predict, one or by row. The probability
    told is the mean over buyers with these inputs, which a few much worse ones lift: most lie below it. So the interval
    lies around their `middle`. `error`: that of the log-odds of all buyers alike, as of their level. In log-odds the
    half-width is √(that of the given interval² + z² (unseen² + error²)). The interval always holds `pd`.
    """
    low, high = discrimination.log_odds(rated["pd_low"]), discrimination.log_odds(rated["pd_high"])
    at = middle((low + high) / 2, np.broadcast_to(unseen, len(rated)))
    reach = ndtri(0.5 + confidence / 2)
    width = np.sqrt(((high - low) / 2) ** 2 + reach**2 * (np.square(unseen) + error**2))
    return rated.assign(
        pd_low=np.minimum(expit(at - width), rated["pd"]), pd_high=np.maximum(expit(at + width), rated["pd"])
    )


def middle(log_odds: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Return the mean of normal log-odds with standard deviation `sd` whose probabilities have the mean of `log_odds`.

    About log_odds − ½ sd² for small probabilities.

    >>> middle(np.array([0.0, -5.0, 5.0]), np.array([1.0, 0.7, 0.7])).round(3).tolist()
    [0.0, -5.241, 5.241]
    """
    # Both sides of even odds mirror each other, and small probabilities are the exact ones. The log-odds of the mean
    # rise with the middle, at most as fast, so that each step comes nearer and none goes beyond.
    aim = -np.abs(log_odds.astype(float))
    found = aim
    while len(found) and (off := log_odds_of_mean(found, sd**2) - aim).max() > CLOSE:
        found = found - off
    return np.copysign(found, log_odds)
