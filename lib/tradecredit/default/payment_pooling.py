"""What buyers' own payments say of when they pay, and what they borrow: of their segment, and of the whole book."""

import numpy as np
from scipy.special import betaln

from tradecredit.book.calendar import MONTH_DAYS
from tradecredit.default.payment_days import PSEUDO_PAYMENTS
from tradecredit.default.payment_rates import CELLS, FIRST
from tradecredit.numerics.borrowed import Groups, strength

TURNS = 8
"""Times that segments' hazards and buyers' paces are estimated by turns."""
BORROWED = np.array([1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0])
"""Observations of its segment that a buyer may borrow a day."""
ASKED = 200
"""Buyers, at equal distances in the book, that tell how much buyers borrow."""
STAGES = (-7, 1, 15, 46)
"""Days relative to the due day from which a buyer may pay at another pace than before; discounts come before them."""
MOST = 0.98
"""Chance of a payment on a day, at most."""
PART_STARTS = np.arange(0, 30, 5)
"""Days of the month on which its parts begin, the last of which goes to its end."""
SEGMENT_BORROWS = 30.0
"""Observations of the book that a segment borrows a day."""
AT_ONCE = 2_048
"""Buyers that are computed at once, so that large books ask for no more memory, which takes as long as computing."""


def pooled(
    at_risk: np.ndarray, paid: np.ndarray, segment: np.ndarray, payments: float, borrowed: float | None = None
) -> tuple[np.ndarray, float]:
    """Return integrated hazards by buyer, and how much the buyers borrow (None: what is likeliest)."""
    count = segment.max(initial=-1) + 1
    risk_all, paid_all = at_risk.sum(axis=0), paid.sum(axis=0)
    book = smooth(np.divide(paid_all, risk_all, out=np.zeros(CELLS), where=risk_all > 0), risk_all)
    # Sums by segment, whose rows stand together, one by one: a product of matrices would start threads for so little.
    order = np.argsort(segment, kind="stable")
    starts, sorted_risk = np.searchsorted(segment[order], np.arange(count)), at_risk[order]
    pace = np.ones(len(segment))
    found = _sums(paid[order], starts)
    seen = paid.sum(axis=1)
    groups = Groups.of(seen, payments)
    blocks = [slice(start, start + AT_ONCE) for start in range(0, len(segment), AT_ONCE)]
    for _ in range(TURNS):
        # Whoever pays slowly is longer at risk: a segment's hazard is that of its buyers at their own paces.
        risk = _sums(sorted_risk * pace[order, None], starts)
        of_segment = _of_segment(found, risk, book)
        of_rows = (np.einsum("bt,bt->b", at_risk[rows], of_segment[segment[rows]]) for rows in blocks)
        expected = np.concatenate([seen[:0], *of_rows])
        s = groups.strength(expected)
        pace = (seen + s) / (expected + s)
    wanted = [_of_stages(at_risk[rows] * of_segment[segment[rows]] * pace[rows, None]) for rows in blocks]
    stages = _by_stage(np.concatenate([np.zeros((0, len(STAGES) + 1)), *wanted]), _of_stages(paid), payments)
    risk = _sums(sorted_risk * _own(pace[order], stages[order]), starts)
    of_segment = _of_segment(found, risk, book)
    usual, prior = -np.log1p(-of_segment), np.empty_like(at_risk)
    for rows in blocks:
        prior[rows] = np.clip(-np.expm1(-usual[segment[rows]] * _own(pace[rows], stages[rows])), 1e-6, MOST)
    borrowed = _borrowed(at_risk, paid, prior, payments) if borrowed is None else borrowed
    for rows in blocks:
        hazard = paid[rows] + borrowed * prior[rows]
        hazard /= np.maximum(at_risk[rows] + borrowed, paid[rows] + borrowed)
        prior[rows] = -np.log1p(-np.minimum(hazard, MOST))
    return prior, borrowed


def _own(pace: np.ndarray, stages: np.ndarray) -> np.ndarray:
    """Return by what each buyer's chance of paying differs from its segment's, for each cell."""
    return pace[:, None] * np.repeat(stages, np.diff(_starts(), append=CELLS), axis=1)


def _starts() -> np.ndarray:
    """Return the first cell of what comes before `STAGES`, and of each of them."""
    return np.append(0, np.array(STAGES) - FIRST)


def _of_stages(cells: np.ndarray) -> np.ndarray:
    """Return sums over the cells of each stage: rows × stages, the first before `STAGES`."""
    return np.add.reduceat(cells, _starts(), axis=1)


def _sums(rows: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the sums of rows from each start to the next."""
    ends = np.maximum(np.append(starts[1:], len(rows)), starts + 1)
    parts = (slice(*span) for span in zip(starts, ends, strict=True))
    sums = (np.add.reduceat(rows[part], [0], axis=0) for part in parts)
    return np.concatenate([rows[:0], *sums])


def _of_segment(found: np.ndarray, at_risk: np.ndarray, book: np.ndarray) -> np.ndarray:
    """Return the hazards of segments, which borrow the book's at their own speed."""
    speed = (found.sum(axis=1) + 1.0) / (at_risk @ book + 1.0)
    borrowed = np.minimum(speed[:, None] * book, MOST)
    return np.minimum((found + SEGMENT_BORROWS * borrowed) / (at_risk + SEGMENT_BORROWS), MOST)


def _by_stage(wanted: np.ndarray, seen: np.ndarray, payments: float) -> np.ndarray:
    """Return by what each buyer's payments differ from those expected at its pace, by stage (`STAGES`).

    (payments + s) / (expected + s), s by stage the likeliest.
    """
    number = range(wanted.shape[1])
    s = np.array([strength(seen[:, stage], wanted[:, stage], payments) for stage in number])
    return (seen + s) / (wanted + s)


def smooth(hazard: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Return hazards averaged over as many neighbouring days as hold some observations."""
    result = hazard.copy()
    for width in (3, 10, 30):
        window = np.ones(2 * width + 1)
        risk = np.convolve(at_risk, window, "same")
        mean = np.convolve(hazard * at_risk, window, "same") / np.maximum(risk, 1e-9)
        few = at_risk < PSEUDO_PAYMENTS * 5 / width
        result = np.where(few, mean, result)
    return result


def _borrowed(at_risk: np.ndarray, paid: np.ndarray, prior: np.ndarray, payments: float) -> float:
    """Return the weight of what buyers borrow a day: the likeliest, payments of a day being beta-binomial."""
    step = max(len(at_risk) // ASKED, 1)
    at_risk, paid, prior = at_risk[::step] * payments, paid[::step] * payments, prior[::step]
    rows = at_risk > 0
    seen, left, usual = paid[rows], np.maximum(at_risk - paid, 0.0)[rows], prior[rows]
    fit = [
        (betaln(seen + k * usual, left + k * (1 - usual)) - betaln(k * usual, k * (1 - usual))).sum() for k in BORROWED
    ]
    return float(BORROWED[int(np.argmax(fit))]) / payments


def own_habits(by_month_day: np.ndarray, payments: float) -> np.ndarray:
    """Return each buyer's factor on each day of the month, borrowed from the book's, as the likeliest says: that of the
    day's part of the month, and then that of the day beside its part's."""
    parts = _likeliest(np.add.reduceat(by_month_day, PART_STARTS, axis=2), payments)
    of_part = np.repeat(parts, np.diff(PART_STARTS, append=MONTH_DAYS), axis=1)
    expected, seen = by_month_day
    return of_part * _likeliest(np.stack([expected * of_part, seen]), payments)


def _likeliest(found: np.ndarray, payments: float) -> np.ndarray:
    """Return by what each buyer's payments differ from those expected at its level; `found`: expected and seen."""
    expected, seen = found
    book = (seen.sum() + 1.0) / (expected.sum() + 1.0)
    usual = (seen.sum(axis=0) / book + PSEUDO_PAYMENTS) / (expected.sum(axis=0) + PSEUDO_PAYMENTS)
    level = (seen.sum(axis=1) + 1.0) / ((expected * usual).sum(axis=1) + 1.0)
    wanted = expected * usual * level[:, None]
    s = strength(seen, wanted, payments)
    return usual * (seen + s) / (wanted + s)


__all__ = ["BORROWED", "own_habits", "pooled", "smooth"]
