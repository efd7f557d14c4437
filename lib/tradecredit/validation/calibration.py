"""Tests of what default probabilities say, as a reviewer of internal models asks for them: by grade and as a whole.

ECB: "Instructions for reporting the validation results of internal models", February 2019, §2.5.3.1 (Jeffreys).
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import betainc, chdtrc, ndtr

from tradecredit.numerics.discrimination import lights, rates

AMBER_P, RED_P = 0.05, 0.01
"""p-values below which a light is amber and red. The ECB asks for p-values and sets no bounds; these are the levels
that statistics is used to. Of twenty lights of a true model one is amber."""

EXPECTED_DEFAULTS = 4
"""Defaults that a class must lead one to expect before its silence means something: with 4, Jeffreys' test at 5 % finds
a default rate of twice the predicted in 55 of 100 samples, with 3 in 39 (Poisson; tests)."""

RISK_CLASSES, FEWEST_CLASSES, EXPECTED_IN_CLASS = 10, 3, 5
"""Hosmer and Lemeshow's classes: deciles of risk, joined with their neighbours until each leads one to expect five
defaults and five others, as a chi-square needs (Cochran 1954, Biometrics 10); three of them at least."""

WHOLE = "all"
"""The row of `grade_tests` that stands for all grades together."""


class Verdict(NamedTuple):
    """A statistic and its p-value, with the degrees of freedom of a chi-square; missing where it is not testable."""

    statistic: float
    p_value: float
    degrees: float = float("nan")


NO_VERDICT = Verdict(float("nan"), float("nan"))


def jeffreys(defaults: pd.Series, trials: pd.Series, probability: pd.Series) -> np.ndarray:
    """Return Jeffreys' p-value that the true rate is at most `probability`: Beta(D + ½, N − D + ½) up to it.

    The chance, after D of N defaulted and before a prior of Beta(½, ½), that the predicted rate was enough (ECB 2019,
    §2.5.3.1). Missing where one of the three is.

    >>> round(float(jeffreys(2, 6, 0.0367)), 4)
    0.0044
    """
    return betainc(defaults + 0.5, trials - defaults + 0.5, probability)


def binomial(defaults: pd.Series, trials: pd.Series, probability: pd.Series) -> np.ndarray:
    """Return the one-sided p-value P(X ≥ D), X binomial: I_p(D, N − D + 1), and 1 for D = 0.

    The incomplete beta function also takes the broken numbers of defaults that `rates` makes of firms with several
    rows. Basel Committee, Working Paper 14 (2005), p. 47.
    """
    return np.where(np.equal(defaults, 0), 1.0, betainc(defaults, trials - defaults + 1, probability))


def grade_tests(
    probability: pd.Series, defaulted: pd.Series, classes: pd.Series, *, groups: pd.Series | None = None
) -> pd.DataFrame:
    """Return, grade by grade and for all, whether more defaulted than predicted.

    Index `grade`: the classes in order, and `WHOLE` for all rows that have a class and a probability. Columns:

    - `count`, `defaults`, `predicted`, `observed`: as `discrimination.rates`; `firms`, its trials (rows without
      `groups`);
    - `jeffreys`, `binomial`: one-sided p-values of the hypothesis that the true rate is at most the predicted one;
    - `light`: red where more defaulted than predicted and Jeffreys' is below `RED_P`, amber below `AMBER_P`, else
      green; not testable where that is not so and fewer than `EXPECTED_DEFAULTS` were to be expected.

    Each grade is tested by itself: of twenty true ones one is amber. That fewer default than predicted is not what
    these tests look for.
    """
    known = (classes.notna() & probability.notna()).to_numpy()
    whole = pd.Series(WHOLE, index=classes.index[known])
    parts = [
        rates(probability[rows], defaulted[rows], kind, groups=None if groups is None else groups[rows])
        for rows, kind in ((known, classes[known]), (known, whole))
    ]
    table = pd.concat([part.set_axis(part.index.astype(object)) for part in parts]).rename_axis("grade")
    bad, trials, predicted = table["observed"] * table["trials"], table["trials"], table["predicted"]
    table = table.assign(jeffreys=jeffreys(bad, trials, predicted), binomial=binomial(bad, trials, predicted))
    more = table["observed"] > predicted
    amber, red = more & (table["jeffreys"] < AMBER_P), more & (table["jeffreys"] < RED_P)
    table = table.assign(light=lights(amber | (trials * predicted >= EXPECTED_DEFAULTS), amber, red))
    table = table.rename(columns={"trials": "firms"})
    return table[["count", "defaults", "firms", "predicted", "observed", "jeffreys", "binomial", "light"]]


def hosmer_lemeshow(
    probability: pd.Series, defaulted: pd.Series, *, groups: pd.Series | None = None, degrees_lost: int = 0
) -> Verdict:
    """Return Hosmer and Lemeshow's test of observed against predicted rates over classes of risk.

    Σ trials · (observed − predicted)² / (predicted · (1 − predicted)), chi-square with as many degrees of freedom as
    classes, less `degrees_lost`: 0 for rows that the fit has not seen, 2 for those that it was fitted on (Hosmer and
    Lemeshow 1980, Communications in Statistics A9; 2000, Applied Logistic Regression, §5.2.2). Classes: see
    `RISK_CLASSES`; equal probabilities stay together. `groups`: as `discrimination.rates`. Missing where there are
    fewer than `FEWEST_CLASSES` classes, or a probability is missing.
    """
    p = probability.to_numpy(float)
    if not len(p) or np.isnan(p).any():
        return NO_VERDICT
    firm = np.arange(len(p)) if groups is None else pd.factorize(groups)[0]
    table = rates(probability, defaulted, pd.Series(_risk_classes(p, firm), index=probability.index), groups=groups)
    if len(table) < FEWEST_CLASSES:
        return NO_VERDICT
    predicted, degrees = table["predicted"], len(table) - degrees_lost
    squares = table["trials"] * (table["observed"] - predicted) ** 2 / (predicted * (1 - predicted))
    return Verdict(float(squares.sum()), float(chdtrc(degrees, squares.sum())), float(degrees))


def spiegelhalter(probability: pd.Series, defaulted: pd.Series, *, groups: pd.Series | None = None) -> Verdict:
    """Return Spiegelhalter's z and its two-sided p-value: whether the Brier score is what the probabilities promise.

    z = Σ(y − p)(1 − 2p) / √Σ(1 − 2p)² p(1 − p), standard normal for true probabilities (Spiegelhalter 1986, Statistics
    in Medicine 5, 421). Positive where more defaulted than predicted, if most probabilities are below ½. Where `groups`
    names the firm of each row, the rows of one firm are taken to move as one, the most that any dependence can add to
    the variance: the root of each row's part is added up by firm before it is squared. Missing where a probability is,
    and where none can tell anything (all 0, ½ or 1).
    """
    p, y = probability.to_numpy(float), defaulted.to_numpy(float)
    firm = np.arange(len(p)) if groups is None else pd.factorize(groups)[0]
    sums = np.bincount(firm, np.abs(1 - 2 * p) * np.sqrt(p * (1 - p)))
    variance = sums @ sums
    if not variance > 0:
        return NO_VERDICT
    z = ((y - p) * (1 - 2 * p)).sum() / np.sqrt(variance)
    return Verdict(float(z), float(2 * ndtr(-abs(z))))


def _risk_classes(p: np.ndarray, firm: np.ndarray) -> np.ndarray:
    """Return each row's class: deciles, from the lowest up joined until enough is to be expected of each."""
    decile = np.searchsorted(np.unique(np.quantile(p, np.arange(1, RISK_CLASSES) / RISK_CLASSES)), p)
    classes, number, waiting = np.zeros(len(p), dtype=int), 0, np.zeros(len(p), dtype=bool)
    for part in np.unique(decile):
        waiting = waiting | (decile == part)
        classes[waiting] = number
        rate = p[waiting].mean()
        if len(np.unique(firm[waiting])) * min(rate, 1 - rate) >= EXPECTED_IN_CLASS:
            number, waiting = number + 1, np.zeros(len(p), dtype=bool)
    # What is left over is too little for a class of its own.
    return np.minimum(classes, max(number - 1, 0))
