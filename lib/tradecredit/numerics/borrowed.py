"""How much a group's own counts say, and how much it borrows from what is usual."""

import numpy as np
from scipy.special import gammaln

STRENGTHS = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 1024.0])
"""Counts that what is usual may stand for."""


def strength(seen: np.ndarray, expected: np.ndarray, counts: float = 1.0) -> float:
    """Return how much of `expected` the usual rate stands for in (seen + s) / (expected + s): the likeliest s.

    `seen`, `expected`: of each group, weighted; `counts`: how many counts, each by chance for itself, stand behind a
    weight of 1. Counts are Poisson, groups' rates gamma-distributed around 1 with shape s · counts (one of
    `STRENGTHS`): the negative binomial distribution. Source: Gelman and others 2013, Bayesian Data Analysis, §2.7.

    >>> alike, apart = np.array([19.0, 21.0]), np.array([0.0, 40.0])
    >>> bool(strength(alike, np.full(2, 20.0)) == STRENGTHS[-1] > strength(apart, np.full(2, 20.0)))
    True
    """
    seen, expected = np.ravel(seen) * counts, np.ravel(expected) * counts
    shape = STRENGTHS[:, None]
    fit = gammaln(seen + shape) - gammaln(shape) + shape * np.log(shape) - (seen + shape) * np.log(expected + shape)
    return float(STRENGTHS[fit.sum(axis=1).argmax()]) / counts
