"""Upper bounds of the default probabilities of grades with few defaults or none."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import betainc, betaincinv, ndtr, ndtri

from tradecredit.errors import InputError, ParameterError, Problem, values_not

FARTHEST = 12.0
"""Beyond so many standard deviations of the economy, or of a default threshold, there is no probability to speak of."""


def most_prudent(obligors: pd.Series, defaults: pd.Series, *, confidence: float, correlation: float = 0.0) -> pd.Series:
    """Return the upper confidence bound of each grade's default probability by the most prudent estimation principle.

    `obligors`, `defaults`: numbers by grade over one year, best grade first, on one index; `confidence` 0 to 1;
    `correlation` of the obligors' assets, from 0 to below 1. Out: the bound by grade, on that index.

    A grade is at most as bad as those after it, so that, at the most prudent, all obligors of this and the later grades
    share its probability. With n of them and k defaults among these, the bound is the p at which k defaults or fewer
    have the probability 1 − confidence: for independent defaults the quantile of Beta(k + 1, n − k); else by one common
    factor Y, P(k or fewer) = E[P(Binomial(n, G(Y)) ≤ k)], G(Y) = Φ((Φ⁻¹(p) − √correlation·Y) / √(1 − correlation)).

    Each bound by itself holds with the confidence or more, given the correlation and that the grades are in order. The
    bounds rise from grade to grade where there are no defaults. Where a better grade had more than its share of them
    they may fall: then the defaults speak against the order of the grades, and no bound is raised to hide it. A grade
    without obligors has the bound of the next one that has; missing where none has.

    Raises `ParameterError` for a confidence or correlation outside its range; `InputError` for numbers that are
    missing, negative or not whole, more defaults than obligors, and indexes that differ. Source: Pluto and Tasche 2005,
    Estimating probabilities of default for low default portfolios (arXiv cond-mat/0411699), tables 1 to 8.

    >>> most_prudent(pd.Series([100, 400, 300]), pd.Series([0, 0, 0]), confidence=0.9).round(4).tolist()
    [0.0029, 0.0033, 0.0076]
    """
    _check_arguments(confidence, correlation)
    _check_counts(obligors, defaults)
    pooled = pd.DataFrame({"obligors": obligors, "defaults": defaults})[::-1].cumsum()[::-1]
    bounds = [_bound(n, k, confidence, correlation) for n, k in pooled.itertuples(index=False)]
    return pd.Series(bounds, index=obligors.index, dtype="float64", name="pd_upper")


def _bound(obligors: float, defaults: float, confidence: float, correlation: float) -> float:
    if obligors == 0:
        return float("nan")
    if defaults == obligors:
        return 1.0
    beta = defaults + 1, obligors - defaults
    if correlation == 0:
        return float(betaincinv(*beta, confidence))

    def too_low(threshold: float) -> float:
        return _more_defaults(threshold, beta, correlation) - confidence

    return float(ndtr(brentq(too_low, -FARTHEST, FARTHEST, xtol=1e-10)))


def _more_defaults(threshold: float, beta: tuple[float, float], correlation: float) -> float:
    """Return the probability of more than k defaults, where obligors default below a threshold: Φ⁻¹(p).

    `beta` = (k + 1, n − k): more than k of n defaults, each of probability q, have the probability I_q(k + 1, n − k).
    """
    loading, rest = np.sqrt(correlation), np.sqrt(1 - correlation)

    def integrand(economy: float) -> float:
        return np.exp(-(economy**2) / 2) * betainc(*beta, ndtr((threshold - loading * economy) / rest))

    # With many defaults the integrand falls steeply where the default rate is k / n: the integral is cut in two there.
    middle = (threshold - rest * ndtri(beta[0] / sum(beta))) / loading
    cuts = [-FARTHEST, *np.clip([middle], -FARTHEST, FARTHEST), FARTHEST]
    parts = [quad(integrand, low, high, epsabs=1e-12, limit=200)[0] for low, high in pairwise(cuts)]
    return sum(parts) / np.sqrt(2 * np.pi)


def _check_arguments(confidence: float, correlation: float) -> None:
    right = {
        "confidence": (confidence, 0 < confidence < 1, "must lie between 0 and 1"),
        "correlation": (correlation, 0 <= correlation < 1, "must lie from 0 to below 1"),
    }
    problems = [
        Problem(file="low defaults", column=name, value=value, allowed=allowed, remedy="change the argument")
        for name, (value, fine, allowed) in right.items()
        if not fine
    ]
    if problems:
        raise ParameterError(problems)


def _check_counts(obligors: pd.Series, defaults: pd.Series) -> None:
    problems = list(_count_problems(obligors, defaults))
    if problems:
        raise InputError(problems)


def _count_problems(obligors: pd.Series, defaults: pd.Series) -> Iterator[Problem]:
    if not obligors.index.equals(defaults.index):
        yield Problem(
            file="low defaults", column="defaults", value=list(defaults.index),
            allowed=f"must be on the index of the obligors, {list(obligors.index)}", remedy="reindex the defaults",
        )  # fmt: skip
        return
    for name, counts in (("obligors", obligors), ("defaults", defaults)):
        right = (counts >= 0) & (counts % 1 == 0)
        yield from values_not(right, counts.rename(name), "low defaults", "must be a whole number, not below 0")
    right = ~(defaults > obligors)
    yield from values_not(right, defaults.rename("defaults"), "low defaults", "must not be above the obligors")
