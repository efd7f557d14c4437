"""Which pairs of inputs tell more together than their curves do, by cross-validation over firms."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from tradecredit.numerics.compiled import compiled

MOST = 8
"""A page shows no more pairs than these."""

FEWEST_DEFAULTS, DEFAULTS_PER_PAIR = 100, 25
"""Firms with default below which a book stays additive, and those that carry one pair each."""

CELLS, FOLDS, DEALS = 4, 5, 3
"""Classes of either input, equally full, in which a pair is tried; parts that the firms are dealt to, and how often."""

TRIED = 48
"""Pairs, those worth most at first sight, that are tried again after each that is taken up."""

SHRUNK = 10.0
"""A cell whose information is as much counts for half: beforehand, a standard deviation of 0.3 in log-odds."""


WORTH, TOGETHER = 2.0, 1.0
"""What a pair must add to the log-likelihood of firms left out to be taken up, and all of them to that of firms that
took no part in choosing them."""


class Seen(NamedTuple):
    """What pairs are chosen by: `table` (rows × inputs, NaN where missing); `y` 0 or 1; `firms` (0 … without gaps); and
    by the curves' fit the `log_odds` of each row and the `share` that it counts for."""

    table: np.ndarray
    y: np.ndarray
    firms: np.ndarray
    log_odds: np.ndarray
    share: float


def most(y: np.ndarray, firms: np.ndarray) -> int:
    """Return how many pairs the firms with default carry.

    >>> most(np.array([1.0] * 120 + [0.0] * 900), np.arange(1020))
    4
    """
    defaults = len(np.unique(firms[y == 1]))
    return min(MOST, defaults // DEFAULTS_PER_PAIR) if defaults >= FEWEST_DEFAULTS else 0


def chosen(seen: Seen) -> list[tuple[int, int]]:
    """Return up to `most` pairs of columns, the most telling first.

    A pair is tried by what the residuals of the curves say in each of `CELLS`² cells beyond both inputs' own (a two-way
    table without row and column effects, shrunk), as functional ANOVA does (Lou, Caruana, Gehrke and Hooker 2013,
    Accurate intelligible models with pairwise interactions, KDD, §4). Its worth is what the cells of four parts of the
    firms add to the log-likelihood of the fifth, second order in the cells, summed over the five and averaged over
    deals of the firms. The best one is taken up with its cells, and the next best (`TRIED`) on what is left (`_path`).

    Whether any are kept is decided by firms that took no part in choosing: of hundreds of pairs some always seem worth
    something, and more than they are. For each fifth of the firms the path is gone by the other four. What its first
    pairs say of the fifths together, times the factor that suits best, adds (Σ r h)² / (2 Σ w h²) to their
    log-likelihood, r the residuals, w their information, h what the pairs add; where this is less than `TOGETHER`
    however many are taken, there are none.
    """
    limit = most(seen.y, seen.firms)
    if not limit or seen.table.shape[1] < 2:
        return []
    cells, fold = _cells(seen.table), folds(seen.y, seen.firms, deal=0)
    p, slope, curvature = expit(seen.log_odds), np.zeros(limit + 1), np.full(limit + 1, 1e-12)
    for k in range(FOLDS):
        left, heights = fold == k, np.zeros((limit + 1, int((fold == k).sum())))
        for step, (pair, height) in enumerate(_path(seen, cells, rows=~left, limit=limit, deals=1), start=1):
            heights[step:] += _added(cells[left], pair, height)
        slope += seen.share * heights @ (seen.y - p)[left]
        curvature += seen.share * heights**2 @ (p * (1 - p))[left]
    gained = np.where(slope > 0, slope**2 / (2 * curvature), 0.0)
    kept = limit if gained.max() >= TOGETHER else 0
    return [pair for pair, _ in _path(seen, cells, rows=np.ones(len(fold), dtype=bool), limit=kept, deals=DEALS)]


def _path(
    seen: Seen, cells: np.ndarray, *, rows: np.ndarray, limit: int, deals: int
) -> list[tuple[tuple[int, int], np.ndarray]]:
    """Return up to `limit` pairs with their cells' heights, by some rows: the best first, each on what is left."""
    found: list[tuple[tuple[int, int], np.ndarray]] = []
    cells, y, odds = cells[rows], seen.y[rows], seen.log_odds[rows].copy()
    firms = np.unique(seen.firms[rows], return_inverse=True)[1]
    dealt = [folds(y, firms, deal=deal) for deal in range(1, deals + 1)]
    tried = np.column_stack(np.triu_indices(cells.shape[1], 1))
    while len(found) < limit and len(tried):
        p = expit(odds)
        residual, information = seen.share * (y - p), seen.share * p * (1 - p)
        worth = np.zeros(len(tried))
        for fold in dealt:
            sums, weights = np.zeros((2, FOLDS, len(tried), CELLS, CELLS))
            _counted(cells, tried, fold, residual, information, sums, weights)
            total, weight = sums.sum(axis=0), weights.sum(axis=0)
            others = _heights(total - sums, weight - weights)
            worth += (sums * others - weights * others**2 / 2).sum(axis=(0, 2, 3)) / deals
        best = int(np.argmax(worth))
        if worth[best] < WORTH:
            break
        pair, heights = (int(tried[best, 0]), int(tried[best, 1])), _heights(total[best], weight[best])
        found.append((pair, heights))
        odds += _added(cells, pair, heights)
        tried = tried[[place for place in np.argsort(-worth, kind="stable")[:TRIED] if place != best]]
    return found


def _added(cells: np.ndarray, pair: tuple[int, int], heights: np.ndarray) -> np.ndarray:
    """Return what a pair adds to the log-odds of each row; nothing where either input is missing."""
    first, second = cells[:, pair[0]], cells[:, pair[1]]
    return np.where((first >= 0) & (second >= 0), heights[first, second], 0.0)


def _cells(table: np.ndarray) -> np.ndarray:
    """Return the class of each value among equally full ones, −1 where it is missing."""
    found = np.full(table.shape, -1, dtype=np.int64)
    for number, column in enumerate(table.T):
        known = ~np.isnan(column)
        edges = np.unique(np.quantile(column[known], np.arange(1, CELLS) / CELLS))
        found[known, number] = np.searchsorted(edges, column[known], side="right")
    return found


def folds(y: np.ndarray, firms: np.ndarray, *, deal: int) -> np.ndarray:
    """Return the fold of each row: firms that defaulted and others are dealt by turns, so that each has its share."""
    ever = np.bincount(firms, y) > 0
    order = np.random.default_rng(deal).permutation(len(ever))
    order = order[np.argsort(ever[order], kind="stable")]
    dealt = np.empty(len(ever), dtype=np.int64)
    dealt[order] = np.arange(len(ever)) % FOLDS
    return dealt[firms]


def _heights(residual: np.ndarray, information: np.ndarray) -> np.ndarray:
    """Return what cells (last two axes) say beyond effects of rows and columns, which are taken off by turns."""
    full, effects = information + 1e-9, np.zeros_like(residual)
    for _ in range(3):
        effects += ((residual - information * effects).sum(axis=-1) / full.sum(axis=-1))[..., None]
        effects += ((residual - information * effects).sum(axis=-2) / full.sum(axis=-2))[..., None, :]
    return (residual - information * effects) / (information + SHRUNK)


@compiled
def _counted(cells, pairs, fold, residual, weight, residuals, weights):
    for i in range(len(cells)):
        k = fold[i]
        for number in range(len(pairs)):
            first, second = cells[i, pairs[number, 0]], cells[i, pairs[number, 1]]
            if first >= 0 and second >= 0:
                residuals[k, number, first, second] += residual[i]
                weights[k, number, first, second] += weight[i]
