"""How much a group's own counts say, and how much it borrows from what is usual."""

from typing import NamedTuple, Self

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
    return Groups.of(seen, counts).strength(expected)


class Groups(NamedTuple):
    """Groups whose counts stay while what is expected of them changes: `seen`, and what of the likelihood of each of
    `STRENGTHS` depends on it alone (`fit`); `counts` that stand behind a weight of 1."""

    seen: np.ndarray
    fit: np.ndarray
    counts: float

    @classmethod
    def of(cls, seen: np.ndarray, counts: float) -> Self:
        seen, shape = np.ravel(seen) * counts, STRENGTHS[:, None]
        fit = gammaln(seen + shape) - gammaln(shape) + shape * np.log(shape)
        return cls(seen, fit.sum(axis=1), counts)

    def strength(self, expected: np.ndarray) -> float:
        """Return how much of `expected` the usual rate stands for (`strength`)."""
        shape = STRENGTHS[:, None]
        missed = (self.seen + shape) * np.log(np.ravel(expected) * self.counts + shape)
        return float(STRENGTHS[(self.fit - missed.sum(axis=1)).argmax()]) / self.counts
