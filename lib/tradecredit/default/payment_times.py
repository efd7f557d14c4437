"""When invoices are paid: the hazard of payment by day relative to the due day, of each buyer and its segment."""

from typing import NamedTuple

import numpy as np
from scipy.special import betaln, gammaln

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.default.exits import PAID, Exits, exits
from tradecredit.default.payment_days import NO_HABIT, PSEUDO_PAYMENTS, PayingDays, corrected
from tradecredit.default.payment_kernels import CELLS, FIRST, PARTS, SPAN, days_at_risk, expected_by_day
from tradecredit.numerics.drifting import ROUGH, SMOOTH, Grid, Predicted, Seen, level, predicted

HALF_LIFE = 360
"""Days after which an observation weighs half. Chosen on demo books of other seeds than those that are reported."""
PACE_HALF_LIFE = 120
"""The same of how fast each buyer pays beside the book's pace."""
ROUNDS = 2
"""Times that hazards, weekdays, habits and tempo are estimated by turns."""
TURNS = 8
"""Times that segments' hazards and buyers' paces are estimated by turns."""
BLOCK = 14
"""Days over which the book's tempo is measured."""
WEEKS = 52
"""Weeks over which dispersion is measured."""
SPANS = 13
"""How many spans of `SPAN` days the coming tempo is told of."""
FEW_PAYMENTS = 5.0
"""Payments expected of a block below which it says nothing of the tempo."""
GRID = Grid(
    level=0.1, growth=0.0, drifts=(0.0, 0.03, 0.06, 0.12, 0.25, 0.5), memories=(0.125, 0.25, 0.5), seasons=(0.0,),
    noises=(0.0, 0.03, 0.06, 0.12, 0.25), paths=(ROUGH, SMOOTH),
)  # fmt: skip
"""Of the logarithm of the book's tempo."""
BORROWED = np.array([1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0])
"""Observations of its segment that a buyer may borrow a day."""
ASKED = 200
"""Buyers, at equal distances in the book, that tell how much buyers borrow."""
STRENGTHS = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 1024.0])
"""Payments that the usual buyer's pace, or habit, may count for."""
STAGES = (-7, 1, 15, 46)
"""Days relative to the due day from which a buyer may pay at another pace than before; discounts come before them."""
MOST = 0.98
"""Chance of a payment on a day, at most."""
SEGMENT_BORROWS = 30.0
"""Observations of the book that a segment borrows a day."""
TERMS = np.array([7, 22, 37, 52, 75])
"""Bounds between the segments of terms, in days from issue to due."""
KINDS = ("private", "public", "affiliate", "prepaid")
AT_ONCE = 2_048
"""Buyers that are computed at once, so that large books ask for no more memory, which takes as long as computing."""
LONGEST = 1_100
"""Days of history that are looked at: three years."""


class Calendar(NamedTuple):
    """Of each day from a first one on: `weight` of what was observed, `factor` of its weekday, `part` of the month."""

    weight: np.ndarray
    factor: np.ndarray
    part: np.ndarray


class PaymentTimes(NamedTuple):
    """What the ledger says of when invoices are paid (definitions §12.1).

    `hazards`: integrated hazard of a payment by buyer (its place in the book) and day relative to the due day
    (`kernels.FIRST` on), at the book's usual tempo; `credits`: of a credit, by day; `days`: the habits of weekdays and
    holidays; `habits`: factor of each part of the month by buyer; `tempo`: logarithm of the book's tempo in the coming
    spans of `SPAN` days; `pace`: how fast each buyer has paid lately, 1: as its hazard says; `borrowed`: observations a
    day that buyers borrow; `payments`: how many, weighted by age, the buyer has; `dispersion`: variance of a week's
    amounts beside the tempo, as a multiple of what it were if each invoice was paid by its own chance, 1 at least.
    """

    hazards: np.ndarray
    credits: np.ndarray
    days: PayingDays
    habits: np.ndarray
    tempo: Predicted
    pace: np.ndarray
    borrowed: float
    payments: np.ndarray
    dispersion: float

    def coming(self, today: int, days: int) -> Calendar:
        """Return the calendar of the coming days, from today (from 1970), which is the first, on."""
        calendar = calendar_of(today, today + days)
        span = np.minimum(np.maximum(np.arange(days + 1) - 1, 0) // SPAN, len(self.tempo.mean) - 1)
        factor = self.days.factor(today + np.arange(days + 1))
        return calendar._replace(factor=factor * np.exp(self.tempo.mean)[span])


@once
def payment_times(book: Book) -> PaymentTimes:
    """Return the payment times of a book's buyers, from its exits as known on its day."""
    return fitted(exits(book), segments(book), today_of(book))


def fitted(rows: Exits, segment: np.ndarray, today: int) -> PaymentTimes:
    """Return the payment times of buyers in segments (a number each), observations weighted by their age.

    A segment's hazard is (payments + c·v·book's) / (at risk + c), v its speed beside the book's, c = `SEGMENT_BORROWS`.
    A buyer's pace θ is (payments + s) / (expected by the segment's hazard + s), and so is what multiplies it in each of
    `STAGES`; its hazard (payments + k·h) / (at risk + k), h being the segment's at its pace. s and k are those under
    which the payments of all buyers are likeliest: gamma-Poisson and beta-binomial. Weekdays, holidays, parts of the
    month (each buyer's own, borrowed likewise from the book's) and the book's tempo, which drifts, multiply the
    integrated hazard. In the end so does each buyer's pace of late.
    """
    buyers, since = len(segment), max(rows.first, today - LONGEST)
    calendar = calendar_of(rows.first, today, HALF_LIFE)
    day = rows.first + np.arange(len(calendar.factor))
    habits, days, tempo = np.ones((buyers, PARTS)), NO_HABIT, np.zeros(len(day))
    payments = _payments_a_weight(rows, calendar.weight)
    at_risk, paid, _ = days_at_risk(rows, calendar, habits, np.zeros((buyers, CELLS)))
    # How much buyers borrow is asked when all else has settled.
    hazards, borrowed = _pooled(at_risk, paid, segment, payments, BORROWED[-1])
    for turn in range(ROUNDS):
        _, shares, by_part = expected_by_day(rows, calendar, habits, hazards, since)
        days = corrected(days, shares, rows.first)
        tempo = _tempo(shares, tempo)
        calendar = calendar._replace(factor=days.factor(day) * np.exp(tempo))
        habits = _habits(by_part, payments)
        at_risk, paid, credited = days_at_risk(rows, calendar, habits, hazards)
        hazards, borrowed = _pooled(at_risk, paid, segment, payments, None if turn == ROUNDS - 1 else BORROWED[-1])
    lately = calendar._replace(weight=calendar_of(rows.first, today, PACE_HALF_LIFE).weight)
    amounts, shares, by_part = expected_by_day(rows, lately, habits, hazards, since)
    expected, seen = (by_part * np.stack([habits, np.ones_like(habits)])).sum(axis=2)
    strength = _strength(seen[:, None], expected[:, None], _payments_a_weight(rows, lately.weight))
    pace = (seen + strength) / (expected + strength)
    ahead = _seen_tempo(shares, tempo)
    coming = (np.arange(SPANS) + 0.5) * SPAN / 365
    total = at_risk.sum(axis=0)
    credits = _smooth(np.divide(credited, total, out=np.zeros(CELLS), where=total > 0), total)
    found = predicted(ahead, coming, np.zeros(SPANS), GRID, 0.0)
    return PaymentTimes(
        hazards * pace[:, None], credits, days, habits, found, pace, borrowed, paid.sum(axis=1),
        _dispersion(amounts),
    )  # fmt: skip


def calendar_of(first: int, last: int, half_life: float = HALF_LIFE) -> Calendar:
    """Return the calendar of the days from `first` to `last` (from 1970), weighted by their age on the last."""
    day = np.arange(first, last + 1)
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    part = np.minimum((day - month) // 5, PARTS - 1)
    return Calendar(0.5 ** ((last - day) / half_life), np.ones(len(day)), part)


@once
def segments(book: Book) -> np.ndarray:
    """Return the number of each buyer's segment: usual terms, whether a discount is offered, and kind of buyer."""
    return np.unique(segment_codes(book), return_inverse=True)[1]


@once
def segment_codes(book: Book) -> np.ndarray:
    """Return a code of each buyer's segment, which means the same on other days of the book."""
    invoices, buyer = book.invoices, book.buyer_of_invoice
    days = (invoices["due"] - invoices["issued"]).dt.days.to_numpy(float)
    count = np.bincount(buyer, minlength=len(book.buyers))
    mean = np.bincount(buyer, days, len(book.buyers)) / np.maximum(count, 1)
    offered = np.bincount(buyer, invoices["discount_rate"].notna(), len(book.buyers)) > count / 2
    kind = np.zeros(len(book.buyers), np.int64)
    for number, name in enumerate(KINDS):
        kind[one_of(book.buyers["kind"], [name])] = number
    return (np.searchsorted(TERMS, mean) * 2 + offered) * len(KINDS) + kind


def today_of(book: Book) -> int:
    """Return the book's day, counted from 1970."""
    return int(book.as_of.to_datetime64().astype("datetime64[D]").astype(np.int64))


def _pooled(
    at_risk: np.ndarray, paid: np.ndarray, segment: np.ndarray, payments: float, borrowed: float | None = None
) -> tuple[np.ndarray, float]:
    """Return integrated hazards by buyer, and how much the buyers borrow (None: what is likeliest)."""
    count = segment.max(initial=-1) + 1
    risk_all, paid_all = at_risk.sum(axis=0), paid.sum(axis=0)
    book = _smooth(np.divide(paid_all, risk_all, out=np.zeros(CELLS), where=risk_all > 0), risk_all)
    # Sums by segment, whose rows stand together, one by one: a product of matrices would start threads for so little.
    order = np.argsort(segment, kind="stable")
    starts, sorted_risk = np.searchsorted(segment[order], np.arange(count)), at_risk[order]
    pace = alike = np.ones(len(segment))
    found = _sums(paid[order], alike, starts)
    seen = paid.sum(axis=1)
    blocks = [slice(start, start + AT_ONCE) for start in range(0, len(segment), AT_ONCE)]
    for _ in range(TURNS):
        # Whoever pays slowly is longer at risk: a segment's hazard is that of its buyers at their own paces.
        risk = _sums(sorted_risk, pace[order], starts)
        of_segment = _of_segment(found, risk, book)
        of_rows = (np.einsum("bt,bt->b", at_risk[rows], of_segment[segment[rows]]) for rows in blocks)
        expected = np.concatenate([seen[:0], *of_rows])
        strength = _strength(seen[:, None], expected[:, None], payments)
        pace = (seen + strength) / (expected + strength)
    wanted = [_of_stages(at_risk[rows] * of_segment[segment[rows]] * pace[rows, None]) for rows in blocks]
    stages = _by_stage(np.concatenate([np.zeros((0, len(STAGES) + 1)), *wanted]), _of_stages(paid), payments)
    risk = _sums(sorted_risk * _own(pace[order], stages[order]), alike, starts)
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


def _sums(rows: np.ndarray, factor: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the sums of rows times their factors from each start to the next."""
    ends = np.maximum(np.append(starts[1:], len(rows)), starts + 1)
    parts = (slice(*span) for span in zip(starts, ends, strict=True))
    sums = (np.add.reduceat(rows[part] * factor[part, None], [0], axis=0) for part in parts)
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
    strength = np.array([_strength(seen[:, [stage]], wanted[:, [stage]], payments) for stage in number])
    return (seen + strength) / (wanted + strength)


def _smooth(hazard: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Return hazards averaged over as many neighbouring days as hold some observations."""
    result = hazard.copy()
    for width in (3, 10, 30):
        window = np.ones(2 * width + 1)
        risk = np.convolve(at_risk, window, "same")
        mean = np.convolve(hazard * at_risk, window, "same") / np.maximum(risk, 1e-9)
        few = at_risk < PSEUDO_PAYMENTS * 5 / width
        result = np.where(few, mean, result)
    return result


def _payments_a_weight(rows: Exits, weight: np.ndarray) -> float:
    """Return Σ w / Σ w²: how many payments, each for itself, stand behind a weight of 1.

    Sums of weights below 1 vary less than counts: taken for these, buyers would all look alike. Source: Kish 1965,
    Survey Sampling, §11.7 (effective sample size).
    """
    of = weight[(rows.day - rows.first)[rows.kind == PAID]]
    return float(of.sum() / (of**2).sum()) if len(of) else 1.0


def _strength(seen: np.ndarray, expected: np.ndarray, payments: float) -> float:
    """Return the weight of what the usual buyer counts for: the likeliest, payments being gamma-Poisson; `payments`
    stand behind a weight of 1."""
    seen, expected = seen * payments, expected * payments
    strength = STRENGTHS[:, None, None]
    fit = gammaln(seen + strength) - gammaln(strength) + strength * np.log(strength)
    fit = fit - (seen + strength) * np.log(expected + strength)
    return float(STRENGTHS[fit.sum(axis=(1, 2)).argmax()]) / payments


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


def _dispersion(amounts: np.ndarray) -> float:
    """Return Σ (u − u′)² / Σ (variance + variance′) over pairs of successive weeks of the last year, 1 at least.

    u = paid − expected. What moves slowly is the tempo's, and is the same in both. `amounts`: expected, variance and
    paid by day. Source: von Neumann and others 1941, The mean square successive difference, Ann. Math. Stat. 12(2).
    """
    week = np.arange(amounts.shape[1])[::-1] // 7
    expected, variance, paid = (np.bincount(week, of)[:WEEKS] for of in amounts)
    apart, usual = np.diff(paid - expected), variance[1:] + variance[:-1]
    return max(float((apart**2).sum() / usual.sum()), 1.0) if usual.sum() > 0 else 1.0


def _seen_tempo(shares: np.ndarray, tempo: np.ndarray) -> Seen:
    """Return the logarithm of the tempo of each block of days up to today; `tempo`: what of it is expected already."""
    block = np.arange(len(tempo))[::-1] // BLOCK
    expected, seen = (np.bincount(block, of) for of in shares)
    usual = np.bincount(block, tempo) / np.bincount(block)
    used = np.flatnonzero(expected > FEW_PAYMENTS)
    value = np.log((seen[used] + 0.5) / (expected[used] + 0.5)) + usual[used]
    return Seen(-(used + 0.5) * BLOCK / 365, np.zeros(len(used)), value, 1 / (seen[used] + 0.5))


def _tempo(shares: np.ndarray, tempo: np.ndarray) -> np.ndarray:
    """Return the logarithm of the book's tempo on each day, 0 on the average of what was seen."""
    seen = _seen_tempo(shares, tempo)
    if not len(seen.value):
        return np.zeros(len(tempo))
    block = np.arange(len(tempo))[::-1] // BLOCK
    years = -(np.arange(block[0] + 1) + 0.5) * BLOCK / 365
    found = level(seen, years, np.zeros(len(years)), GRID, 0.0)
    return (found - np.average(found[np.round(-seen.years * 365 / BLOCK - 0.5).astype(int)], weights=1 / seen.chance))[
        block
    ]


def _habits(by_part: np.ndarray, payments: float) -> np.ndarray:
    """Return each buyer's factor in each part of the month: borrowed from the book's, as the likeliest says."""
    expected, seen = by_part
    book = (seen.sum() + 1.0) / (expected.sum() + 1.0)
    usual = (seen.sum(axis=0) / book + PSEUDO_PAYMENTS) / (expected.sum(axis=0) + PSEUDO_PAYMENTS)
    level = (seen.sum(axis=1) + 1.0) / ((expected * usual).sum(axis=1) + 1.0)
    wanted = expected * usual * level[:, None]
    strength = _strength(seen, wanted, payments)
    return usual * (seen + strength) / (wanted + strength)


__all__ = ["PAID", "Calendar", "PaymentTimes", "calendar_of", "fitted", "payment_times", "segment_codes", "segments",
]  # fmt: skip
