"""How much all that is known of a firm counts, by one input such as its size: the scale of a heteroskedastic logit."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from tradecredit.default.curve_knots import Curve
from tradecredit.default.pair_choice import DEALS, FOLDS, TOGETHER, Seen, folds

PRIOR_SD = 0.5
"""Beforehand, the standard deviation of the slope: at either end of the input the others then count for 0.6 to 1.6
times as much as in the middle."""


class Scale(NamedTuple):
    """All other contributions count exp(`slope` · place) times.

    The place of a value of the input `name` runs along its `knots`, −1 at the first to 1 at the last, less that of the
    `median`; 0 where it is missing. `error`: the standard error of the slope.
    """

    name: str
    knots: tuple[float, ...]
    median: float
    slope: float
    error: float

    def place(self, column: np.ndarray) -> np.ndarray:
        """Return where values (float, NaN where missing) lie."""
        along = np.linspace(-1.0, 1.0, len(self.knots))
        found = np.interp(column, self.knots, along) - np.interp(self.median, self.knots, along)
        return np.where(np.isnan(column), 0.0, found)

    def factor(self, column: np.ndarray) -> np.ndarray:
        """Return how many times the other contributions count, 1 at the median."""
        return np.exp(self.slope * self.place(column))


def chosen(inputs: Sequence[Curve], others: np.ndarray, seen: Seen, *, stated: Sequence[str] | None) -> Scale | None:
    """Return by which input all others count more or less, and how much; None where none tells for firms left out.

    `others` (rows × inputs): what all inputs but one add to the log-odds, and `seen`, both as if the row were left out:
    in its own fit the sum of the others is told too well. For each input the residuals are regressed on place × the
    others' sum, second order, beyond a level, the sum itself and a parabola of the place, which the curves can take up.

    `stated`: the one input to do so for. None: inputs without a sign, since what counts more for large firms could turn
    the effect of size itself. For each fifth of the firms the best
    input and its slope are found by the other four; where what these add to the log-likelihood of the fifths together,
    averaged over deals of the firms, is less than `TOGETHER`, there is none. The best by all is returned.
    """
    free = [n for n, part in enumerate(inputs) if (part.name in stated if stated is not None else not part.sign)]
    if not free or len(inputs) < 2:
        return None
    tried = [Scale(inputs[n].name, inputs[n].knots, inputs[n].median, 0.0, 0.0) for n in free]
    told = [_told(one.place(seen.table[:, n]), others[:, n], seen) for n, one in zip(free, tried, strict=True)]
    score, information = np.array(told).transpose(1, 0, 2)
    best, slope, error = _best(score.sum(axis=1), information.sum(axis=1))
    if stated is None:
        dealt = [folds(seen.y, seen.firms, deal=deal) for deal in range(DEALS)]
        gained = sum(_gained(score, information, fold == k) for fold in dealt for k in range(FOLDS)) / DEALS
        if gained < TOGETHER:
            return None
    return tried[best]._replace(slope=slope, error=error)


def _gained(score: np.ndarray, information: np.ndarray, left: np.ndarray) -> float:
    """Return what the best scale by all rows but some adds to the log-likelihood of these."""
    best, slope, _ = _best(score[:, ~left].sum(axis=1), information[:, ~left].sum(axis=1))
    return float(slope * score[best, left].sum() - slope**2 * information[best, left].sum() / 2)


def _best(score: np.ndarray, information: np.ndarray) -> tuple[int, float, float]:
    """Return which input tells most, the slope and its standard error."""
    held = information + 1 / PRIOR_SD**2
    best = int(np.argmax(score**2 / held))
    return best, float(score[best] / held[best]), float(held[best] ** -0.5)


def _told(place: np.ndarray, others: np.ndarray, seen: Seen) -> np.ndarray:
    """Return the score and the information of the slope by row: 2 × rows."""
    p = expit(seen.log_odds)
    weight, moves = p * (1 - p), place * others
    known, root = np.column_stack([np.ones(len(place)), others, place, place**2]), np.sqrt(p * (1 - p))[:, None]
    moves = moves - known @ np.linalg.lstsq(known * root, moves * root[:, 0], rcond=None)[0]
    return seen.share * np.array([(seen.y - p) * moves, weight * moves**2])
