"""How good default probabilities are: do they rank, and do they mean what they say? Missing where it cannot be told."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import beta, norm, rankdata


class Estimate(NamedTuple):
    """A figure and its standard error; both missing where it cannot be estimated."""

    value: float
    standard_error: float


NOT_ESTIMABLE = Estimate(float("nan"), float("nan"))


REPORTED = ["observations", "defaults", "auc", "auc_low", "auc_high", "gini", "ks", "brier", "slope", "slope_se"]
REPORTED += ["predicted", "observed"]
"""Columns of `report`."""


def auc(probability: pd.Series, defaulted: pd.Series) -> Estimate:
    """Return the area under the ROC curve: the chance that a defaulter was given a higher probability than another.

    Ties count half (Mann–Whitney); the standard error is DeLong, DeLong and Clarke-Pearson's (Biometrics 44, 1988).
    `defaulted`: 0 or 1, on the index of `probability`. Missing with fewer than two of either kind.

    >>> auc(pd.Series([0.1, 0.4, 0.35, 0.8]), pd.Series([0, 0, 1, 1])).value
    0.75
    """
    score, bad = probability.to_numpy(float), defaulted.to_numpy(bool)
    positive, negative = int(bad.sum()), int((~bad).sum())
    if min(positive, negative) < 2:
        return NOT_ESTIMABLE
    ranks = rankdata(score)
    among_bad = (ranks[bad] - rankdata(score[bad])) / negative
    among_good = 1 - (ranks[~bad] - rankdata(score[~bad])) / positive
    variance = among_bad.var(ddof=1) / positive + among_good.var(ddof=1) / negative
    return Estimate(float(among_bad.mean()), float(np.sqrt(variance)))


def kolmogorov_smirnov(probability: pd.Series, defaulted: pd.Series) -> float:
    """Return the largest distance between the distributions of defaulters' and others' probabilities."""
    score, bad = probability.to_numpy(float), defaulted.to_numpy(bool)
    if bad.all() or not bad.any():
        return float("nan")
    values = np.sort(np.unique(score))
    below = [np.searchsorted(np.sort(score[group]), values, side="right") / group.sum() for group in (bad, ~bad)]
    return float(np.abs(below[0] - below[1]).max())


def brier(probability: pd.Series, defaulted: pd.Series) -> float:
    """Return the mean squared distance of the probabilities from what happened (Brier 1950)."""
    return float(((probability - defaulted.astype(float)) ** 2).mean())


def calibration_slope(probability: pd.Series, defaulted: pd.Series) -> Estimate:
    """Return the slope of a logit of what happened on the log-odds predicted; 1: neither too bunched nor too spread.

    Below 1 the probabilities are too extreme, above 1 too bunched (Cox 1958). Missing where a class is absent or all
    probabilities are equal.
    """
    import statsmodels.api as sm

    if defaulted.nunique() < 2 or probability.nunique() < 2:
        return NOT_ESTIMABLE
    odds = log_odds(probability.to_numpy(float))
    fitted = sm.GLM(defaulted.to_numpy(float), sm.add_constant(odds), family=sm.families.Binomial()).fit()
    return Estimate(float(fitted.params[1]), float(fitted.bse[1]))


def calibration(
    probability: pd.Series, defaulted: pd.Series, classes: pd.Series, *, confidence: float = 0.9
) -> pd.DataFrame:
    """Return predicted against observed default rates, class by class.

    Index `grade`: the classes in order; `count`, `defaults`, `predicted` (mean probability), `observed`, and
    `low` to `high`, Jeffreys' interval of the observed rate: quantiles of Beta(defaults + ½, others + ½), 0 or 1 at
    the end where there is no default or nothing else (Brown, Cai and DasGupta 2001).
    """
    table = pd.DataFrame({"predicted": probability, "defaulted": defaulted.astype(float)})
    table = table.groupby(classes.rename("grade"))
    table = table.agg(count=("predicted", "size"), defaults=("defaulted", "sum"), predicted=("predicted", "mean"))
    others, tail = table["count"] - table["defaults"], (1 - confidence) / 2
    low = beta.ppf(tail, table["defaults"] + 0.5, others + 0.5)
    high = beta.ppf(1 - tail, table["defaults"] + 0.5, others + 0.5)
    return table.assign(
        observed=table["defaults"] / table["count"],
        low=np.where(table["defaults"] == 0, 0.0, low),
        high=np.where(others == 0, 1.0, high),
    )


def report(samples: dict[str, tuple[pd.Series, pd.Series]], *, confidence: float = 0.9) -> pd.DataFrame:
    """Return the figures of several samples side by side: a row for each, such as in and out of sample.

    `samples`: name → (probability, defaulted). Columns: `observations`, `defaults`, `auc`, `auc_low`, `auc_high`,
    `gini` = 2·AUC − 1, `ks`, `brier`, `slope` and `slope_se`, `predicted` and `observed` rate.
    """
    quantile = norm.ppf(0.5 + confidence / 2)
    rows = {}
    for name, (probability, defaulted) in samples.items():
        area, slope = auc(probability, defaulted), calibration_slope(probability, defaulted)
        rows[name] = {
            "observations": len(probability),
            "defaults": int(defaulted.sum()),
            "auc": area.value,
            "auc_low": max(area.value - quantile * area.standard_error, 0.0),
            "auc_high": min(area.value + quantile * area.standard_error, 1.0),
            "gini": 2 * area.value - 1,
            "ks": kolmogorov_smirnov(probability, defaulted),
            "brier": brier(probability, defaulted),
            "slope": slope.value,
            "slope_se": slope.standard_error,
            "predicted": float(probability.mean()),
            "observed": float(defaulted.mean()),
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=None if rows else REPORTED).rename_axis("sample")


def log_odds(probability: np.ndarray | Sequence[float]) -> np.ndarray:
    """Return ln(p / (1 − p))."""
    probability = np.asarray(probability, dtype=float)
    return np.log(probability) - np.log1p(-probability)
