"""What is to be expected of a buyer of whom something is not known: E[PD | what is known], not the mean in log-odds."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

FEW_TOGETHER = 10.0
"""Two inputs known together in this many rows count for half of what these rows say of their correlation."""

BLOCK = 16_384
"""Rows that are computed at once: memory is then used again, and not asked for anew, which takes half the time."""

PLACES, WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
"""Quadrature of a standard normal: exact to ten digits for the probabilities here."""


class Law(NamedTuple):
    """How the contributions of inputs vary together over the fitted sample.

    `spread`, and `beyond_normal` of each; `together`: by how much the log-odds of the sample's rate lie above what both
    say of a row of which nothing is known.
    """

    spread: np.ndarray
    beyond: np.ndarray
    together: float


class Told(NamedTuple):
    """What is to be expected where something is not known, by row.

    `log_odds`: of the mean probability; `middle`: mean of the log-odds. `parts` (rows × inputs): what each unknown
    input adds to `log_odds`, 0 where it is known.
    """

    log_odds: np.ndarray
    middle: np.ndarray
    parts: np.ndarray


def law(contributions: np.ndarray, unknown: np.ndarray, intercept: float, rate: float) -> Law:
    """Return the law of contributions (rows × inputs) on top of an intercept, with a mean probability of `rate`."""
    alone = Law(spread(contributions, unknown), beyond_normal(contributions, unknown, float(logit(rate))), 0.0)
    usual = intercept + np.where(unknown, contributions, 0.0).sum(axis=1).mean()
    nothing = told(
        np.zeros((1, len(alone.beyond))), np.ones((1, len(alone.beyond)), dtype=bool), alone, np.array([usual])
    )
    return alone._replace(together=float(logit(rate) - nothing.log_odds[0]))


def told(
    contributions: np.ndarray, unknown: np.ndarray, law: Law, log_odds: np.ndarray, scale: np.ndarray | float = 1.0
) -> Told:
    """Return what is to be expected of rows whose log-odds are `log_odds` with unknown contributions at their means.

    With K the sum of a row's known contributions, U that of the unknown ones, and both jointly normal as over the
    fitted sample: U given K has mean b·K, b = cov(U, K) / var(K), and variance var(U) − b·cov(U, K). Returned are the
    log-odds of E[expit(log-odds + U) | K], plus `Law.beyond` of each unknown input, plus as much of `Law.together` as U
    given K has of the variance of all. b is at least −1, so that a known input moves the whole the way that it moves K.
    `scale` (as `monotone_curves.Design`'s): how many times the law's a row's contributions are; those given are scaled.
    The part of an input: its mean, its `beyond`, and of what the variance lifts as much as it has of the variance.
    """
    if not unknown.any():
        return Told(log_odds, log_odds, np.zeros(contributions.shape))
    blocks = [slice(start, start + BLOCK) for start in range(0, len(unknown), BLOCK)]
    by_row = np.broadcast_to(scale, unknown.shape)
    found = [_told(contributions[rows], unknown[rows], law, log_odds[rows], by_row[rows]) for rows in blocks]
    return Told(*map(np.concatenate, zip(*found, strict=True)))


def _told(contributions: np.ndarray, unknown: np.ndarray, law: Law, log_odds: np.ndarray, scale: np.ndarray) -> Told:
    absent, known = unknown * scale, ~unknown * scale
    score = np.where(unknown, 0.0, contributions).sum(axis=1)
    spread_of_known = known @ law.spread
    with_known = spread_of_known * absent
    of_known = (spread_of_known * known).sum(axis=1)
    slope = with_known / np.where(of_known > 0, of_known, np.inf)[:, None]
    total = slope.sum(axis=1)
    slope *= np.where(total < -1, -1 / np.where(total < -1, total, 1.0), 1.0)[:, None]
    mean = slope * score[:, None]
    variances = (absent @ law.spread) * absent - slope * with_known.sum(axis=1)[:, None]
    variance = np.maximum(variances.sum(axis=1), 0.0)
    middle = log_odds + mean.sum(axis=1)
    lifted = log_odds_of_mean(middle, variance)
    lifted += law.together * variance / max(law.spread.sum(), 1e-300)
    share = variances * ((lifted - middle) / np.where(variance > 0, variance, 1.0))[:, None]
    beyond = unknown * law.beyond
    return Told(lifted + beyond.sum(axis=1), middle, mean + share + beyond)


def spread(contributions: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """Return the covariance of contributions (rows × inputs) over the rows in which both are known.

    Both are centred on their means over the rows where they are known. Where few rows know both, it is shrunk to 0
    (`FEW_TOGETHER`).
    """
    known = ~unknown
    counts = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, contributions - np.where(known, contributions, 0.0).sum(axis=0) / counts, 0.0)
    both = known.T.astype(float) @ known
    own = np.eye(len(both), dtype=bool)
    return (centred.T @ centred) / np.maximum(np.where(own, both - 1, both + FEW_TOGETHER), 1.0)


def log_odds_of_mean(log_odds: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return the log-odds of E[expit(normal)], by mean and variance of the normal; where the variance is 0, the mean.

    >>> log_odds_of_mean(np.array([-3.0, -3.0]), np.array([0.0, 2.0])).round(3).tolist()
    [-3.0, -2.297]
    """
    found = log_odds.astype(float)
    uncertain = np.flatnonzero(variance > 0)
    total = np.zeros(len(uncertain))
    middle, deviation = found[uncertain], np.sqrt(variance[uncertain])
    for place, weight in zip(PLACES, WEIGHTS / WEIGHTS.sum(), strict=True):
        total += weight * expit(middle + place * deviation)
    found[uncertain] = logit(total)
    return found


def beyond_normal(contributions: np.ndarray, unknown: np.ndarray, log_odds: float) -> np.ndarray:
    """Return, for each input, by how much an unknown value lifts log-odds more than a normal contribution would.

    The log-odds of the mean of expit(`log_odds` + c) over the rows that know c, less those for a normal c of the same
    mean and variance: nothing for a ratio, much for a rare flag, which seldom counts but then a lot.
    """
    found = np.zeros(contributions.shape[1])
    columns = {place: contributions[~unknown[:, place], place] for place in range(len(found))}
    columns = {place: known for place, known in columns.items() if len(known) > 1}
    if columns:
        means, variances, lifted = np.array(
            [(log_odds + known.mean(), known.var(ddof=1), expit(log_odds + known).mean()) for known in columns.values()]
        ).T
        found[list(columns)] = logit(lifted) - log_odds_of_mean(means, variances)
    return found
