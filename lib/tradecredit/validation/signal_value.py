"""What a signal adds to the probability of default: do buyers that it warns of fail more often than theirs says?"""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from tradecredit.validation.early_warning import outcomes

FEWEST = 3
"""Buyers that a signal warned of and that failed, and that did not, and others of both kinds, below which nothing is
said: an odds ratio of fewer is a matter of chance."""

SURE = 0.05
"""A signal adds to the probability where that it does not is less likely than this."""

ADDS, NOTHING, FEWER, UNKNOWN = "adds", "adds nothing", "fewer fail", "too few to tell"
"""What the back-test finds of a signal."""

NOT_TOLD = (float("nan"), float("nan"), float("nan"), float("nan"), UNKNOWN)
"""Odds ratio with its interval, p-value and verdict of a signal of which nothing can be said."""


def added(
    reviews: pd.DataFrame, failures: pd.DataFrame, *, until: pd.Timestamp, confidence: float = 0.9
) -> pd.DataFrame:
    """Return what each signal adds to the default probability of the same day: index `signal`, the codes that occur.

    `reviews`: a row for each past day and buyer, `date`, `buyer_id`, `pd` and `signals` (codes, "; " between), of which
    those 12 months before `until` or earlier count; `failures`: as `early_warning.warned`. For each signal the model
    logit P(fails within 12 months) = a + b × logit(pd) + c × warned is fitted by maximum likelihood:

    - `warned_buyers`, that it warned of at any review, and of them `warned_failed`, within 12 months of the warning;
    - `odds_ratio` = exp(c), what the odds of a buyer that it warns of are multiplied by beside its probability, with
      `odds_low` to `odds_high` at the `confidence`; `p_value` of c = 0: Wald's test with errors clustered by buyer,
      whose reviews are alike and whose years overlap (the likelihood ratio would take them for independent);
    - `beside_pd`: `ADDS` or `FEWER`, where the p-value is below `SURE`; `NOTHING`; `UNKNOWN` with fewer than `FEWEST`
      buyers warned of, or not, that failed or did not.

    Missing where not told. Source: Hosmer, Lemeshow and Sturdivant 2013, Applied Logistic Regression, chapters 1 and 9.
    """
    known, failed = outcomes(reviews, failures, until=until)
    table, failed = reviews[known].reset_index(drop=True), failed[known]
    codes = table["signals"].str.split("; ")
    exploded = codes.explode()
    firm = pd.factorize(table["buyer_id"])[0]
    odds = np.clip(table["pd"].to_numpy("float64"), 1e-6, 1 - 1e-6)
    odds = np.log(odds / (1 - odds))
    rows = {}
    for signal in sorted(set(exploded[exploded != ""].dropna())):
        warned = np.zeros(len(table), dtype=bool)
        warned[exploded.index[exploded == signal]] = True
        rows[signal] = _of_signal(odds, warned, failed, firm, confidence)
    columns = ["warned_buyers", "warned_failed", "odds_ratio", "odds_low", "odds_high", "p_value", "beside_pd"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("signal")


def _of_signal(
    odds: np.ndarray, warned: np.ndarray, failed: np.ndarray, firm: np.ndarray, confidence: float
) -> tuple[int | float | str, ...]:
    firms = {
        (of, outcome): len(np.unique(firm[(warned == of) & (failed == outcome)]))
        for of in (True, False) for outcome in (True, False)
    }  # fmt: skip
    count, bad = len(np.unique(firm[warned])), firms[True, True]
    if min(firms.values()) < FEWEST:
        return count, bad, *NOT_TOLD
    values, errors = clustered_logit(np.column_stack([np.ones(len(odds)), odds, warned]), failed, firm)
    value, error = values[2], errors[2]
    if np.isnan(error):
        return count, bad, *NOT_TOLD
    width = ndtri(0.5 + confidence / 2) * error
    p_value = float(2 * ndtr(-abs(value) / error))
    verdict = NOTHING if p_value >= SURE else ADDS if value > 0 else FEWER
    low, middle, high = (float(np.exp(value + step)) for step in (-width, 0.0, width))
    return count, bad, middle, low, high, p_value, verdict


STEPS = 50
"""Of Newton's method, which needs ten."""


def clustered_logit(inputs: np.ndarray, outcome: np.ndarray, firm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients of a logit by maximum likelihood, and their errors clustered by firm.

    `inputs`: rows × columns, one of them 1 throughout; `outcome`: 0 or 1. The errors are those of the sandwich H⁻¹
    (Σ g gᵀ) H⁻¹ × firms / (firms − 1), summed over firms, g being the sum of a firm's scores (Liang and Zeger 1986,
    Biometrika 73, 13–22). Missing where it does not converge, as where an input tells the outcomes apart.
    """
    values, y = np.zeros(inputs.shape[1]), outcome.astype(float)
    for _ in range(STEPS):
        fitted = 1 / (1 + np.exp(-inputs @ values))
        hessian = (inputs * (fitted * (1 - fitted))[:, None]).T @ inputs
        try:
            step = np.linalg.solve(hessian, inputs.T @ (y - fitted))
        except np.linalg.LinAlgError:
            return np.full(len(values), np.nan), np.full(len(values), np.nan)
        values = values + step
        if np.abs(step).max() < 1e-10:
            break
    else:
        return np.full(len(values), np.nan), np.full(len(values), np.nan)
    fitted = 1 / (1 + np.exp(-inputs @ values))
    inverse = np.linalg.inv((inputs * (fitted * (1 - fitted))[:, None]).T @ inputs)
    scores = inputs * (y - fitted)[:, None]
    of_firms = np.column_stack([np.bincount(firm, column) for column in scores.T])
    count = len(np.unique(firm))
    middle = of_firms.T @ of_firms * count / (count - 1)
    return values, np.sqrt(np.diag(inverse @ middle @ inverse))
