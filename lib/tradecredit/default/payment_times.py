"""When invoices are paid: the hazard of payment by day relative to the due day, of each buyer and its segment."""

from typing import NamedTuple

import numpy as np

from tradecredit.book.book import Book
from tradecredit.book.calendar import MONTH_DAYS, month_day
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.default.exits import PAID, Exits, exits
from tradecredit.default.payment_days import REACH, PayingDays, closed_days, corrected
from tradecredit.default.payment_kernels import days_at_risk, expected_by_day
from tradecredit.default.payment_pooling import BORROWED, own_habits, pooled, smooth
from tradecredit.default.payment_rates import CELLS
from tradecredit.numerics.borrowed import strength
from tradecredit.numerics.drifting import ROUGH, SMOOTH, Grid, Predicted, Seen, level, predicted

HALF_LIFE = 360
"""Days after which an observation weighs half. Chosen on demo books of other seeds than those that are reported."""
PACE_HALF_LIFE = 120
"""The same of how fast each buyer pays beside the book's pace."""
SOME = 200
"""Buyers, at equal distances in the book, that weekdays and tempo are first asked of."""
BLOCK = 14
"""Days over which the book's tempo is measured."""
WEEKS = 52
"""Weeks over which dispersion is measured."""
SPAN = 28
"""Days of the coming tempo that have one."""
SPANS = 13
"""How many spans of `SPAN` days the coming tempo is told of."""
FEW_PAYMENTS = 5.0
"""Payments expected of a block below which it says nothing of the tempo."""
GRID = Grid(
    level=0.1, growth=0.0, drifts=(0.0, 0.03, 0.06, 0.12, 0.25, 0.5), memories=(0.125, 0.25, 0.5), seasons=(0.0,),
    noises=(0.0, 0.03, 0.06, 0.12, 0.25), paths=(ROUGH, SMOOTH),
)  # fmt: skip
"""Of the logarithm of the book's tempo."""
TERMS = np.array([7, 22, 37, 52, 75])
"""Bounds between the segments of terms, in days from issue to due."""
KINDS = ("private", "public", "affiliate", "prepaid")
SMALL = 1e-9
"""Integrated hazard of a day whose chance is proportional to it."""
LONGEST = 1_100
"""Days of history that are looked at: three years."""


class Calendar(NamedTuple):
    """Of each day from a first one on: `weight` of what was observed, `factor` of its weekday, `closed_before`, the
    closed days right before it; `month_day`, from `REACH` days earlier on; `moved`: see `PayingDays`. `reopened`: the
    days with closed ones before them; `reopened_before`: how many there are before each day, and before the end."""

    weight: np.ndarray
    factor: np.ndarray
    closed_before: np.ndarray
    reopened: np.ndarray
    reopened_before: np.ndarray
    month_day: np.ndarray
    moved: float

    def on(self, days: PayingDays, first: int, tempo: np.ndarray) -> "Calendar":
        """Return it with the factors of paying days, and a logarithm of tempo, of each day from `first` on."""
        day = first + np.arange(len(self.factor))
        closed = days.closed_before(day)
        return self._replace(
            factor=days.factor(day) * np.exp(tempo), closed_before=closed, reopened=np.flatnonzero(closed),
            reopened_before=np.append(0, np.cumsum(closed > 0)), moved=days.moved,
        )  # fmt: skip


class PaymentTimes(NamedTuple):
    """What the ledger says of when invoices are paid (definitions §12.1).

    `hazards`: integrated hazard of a payment by buyer (its place in the book) and day relative to the due day
    (`payment_rates.FIRST` on), at the book's usual tempo; `credits`: of a credit, by day; `days`: the habits of
    weekdays and holidays; `habits`: factor of each day of the month (`month_day`) by buyer; `tempo`: logarithm of the
    book's tempo in the coming spans of `SPAN` days; `pace`: how fast each buyer has paid lately, 1: as its hazard says;
    `borrowed`: observations a day that buyers borrow; `payments`: how many, weighted by age, the buyer has;
    `dispersion`: variance of a week's amounts beside the tempo, as a multiple of what it were if each invoice was paid
    by its own chance, 1 at least.
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
        return calendar.on(self.days, today, self.tempo.mean[span_of(days, len(self.tempo.mean))])


@once
def payment_times(book: Book) -> PaymentTimes:
    """Return the payment times of a book's buyers, from its exits as known on its day."""
    return fitted(exits(book), segments(book), today_of(book))


def fitted(rows: Exits, segment: np.ndarray, today: int) -> PaymentTimes:
    """Return the payment times of buyers in segments (a number each), observations weighted by their age.

    A segment's hazard is (payments + c·v·book's) / (at risk + c), v its speed beside the book's, c = `SEGMENT_BORROWS`.
    A buyer's pace θ is (payments + s) / (expected by the segment's hazard + s), and so is what multiplies it in each of
    `STAGES`; its hazard (payments + k·h) / (at risk + k), h being the segment's at its pace. s and k are those under
    which the payments of all buyers are likeliest: gamma-Poisson and beta-binomial. Weekdays, holidays, days of
    the month (each buyer's own, borrowed likewise from the book's) and the book's tempo, which drifts, multiply the
    integrated hazard. In the end so does each buyer's pace of late.
    """
    since = max(rows.first, today - LONGEST)
    calendar = calendar_of(rows.first, today, HALF_LIFE)
    tempo = np.zeros(len(calendar.factor))
    days = closed_days(rows.day[rows.kind == PAID], rows.first, today)
    calendar = calendar.on(days, rows.first, tempo)
    payments = _payments_a_weight(rows, calendar.weight)
    # Weekdays and tempo are the whole book's: some of its buyers tell them well enough to begin with.
    for of, kinds in (_of_some(rows, segment), (rows, segment)):
        all_alike = np.ones((len(kinds), MONTH_DAYS))
        at_risk, paid, _ = days_at_risk(of, calendar, all_alike, np.full((len(kinds), CELLS), SMALL))
        hazards, _ = pooled(at_risk, paid, kinds, payments, BORROWED[-1])
        _, shares, by_month_day, moved = expected_by_day(of, calendar, all_alike, hazards, since, in_amounts=False)
        days = corrected(days, shares, moved, rows.first)
        tempo = _tempo(shares, tempo)
        calendar = calendar.on(days, rows.first, tempo)
    habits = own_habits(by_month_day, payments)
    at_risk, paid, credited = days_at_risk(rows, calendar, habits, hazards)
    hazards, borrowed = pooled(at_risk, paid, segment, payments)
    lately = calendar._replace(weight=calendar_of(rows.first, today, PACE_HALF_LIFE).weight)
    amounts, shares, by_month_day, _ = expected_by_day(rows, lately, habits, hazards, since, in_amounts=True)
    expected, seen = (by_month_day * np.stack([habits, np.ones_like(habits)])).sum(axis=2)
    s = strength(seen, expected, _payments_a_weight(rows, lately.weight))
    pace = (seen + s) / (expected + s)
    ahead = _seen_tempo(shares, tempo)
    coming = (np.arange(SPANS) + 0.5) * SPAN / 365
    total = at_risk.sum(axis=0)
    credits = smooth(np.divide(credited, total, out=np.zeros(CELLS), where=total > 0), total)
    found = predicted(ahead, coming, np.zeros(SPANS), GRID, 0.0)
    return PaymentTimes(
        hazards * pace[:, None], credits, days, habits, found, pace, borrowed, paid.sum(axis=1),
        _dispersion(amounts),
    )  # fmt: skip


def _of_some(rows: Exits, segment: np.ndarray) -> tuple[Exits, np.ndarray]:
    """Return the rows and segments of some of the buyers that have rows (`SOME`), numbered anew."""
    told = np.unique(rows.buyer)
    chosen = told[:: max(len(told) // SOME, 1)]
    number = np.full(len(segment), -1)
    number[chosen] = np.arange(len(chosen))
    used = number[rows.buyer] >= 0
    columns = {name: of[used] for name, of in rows._asdict().items() if name != "first"}
    return rows._replace(**columns | {"buyer": number[columns["buyer"]]}), segment[chosen]


def calendar_of(first: int, last: int, half_life: float = HALF_LIFE) -> Calendar:
    """Return the calendar of the days from `first` to `last` (from 1970), weighted by their age on the last."""
    day = np.arange(first, last + 1)
    none, wider = np.zeros(len(day) + 1, np.int64), np.arange(first - REACH, last + 1)
    weight = 0.5 ** ((last - day) / half_life)
    return Calendar(weight, np.ones(len(day)), none[1:], none[:0], none, month_day(wider), 0.0)


def span_of(days: int, spans: int) -> np.ndarray:
    """Return the span of today, which is in the first, and of each of so many coming days; the last holds all later."""
    return np.minimum(np.maximum(np.arange(days + 1) - 1, 0) // SPAN, spans - 1)


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


def _payments_a_weight(rows: Exits, weight: np.ndarray) -> float:
    """Return Σ w / Σ w²: how many payments, each for itself, stand behind a weight of 1.

    Sums of weights below 1 vary less than counts: taken for these, buyers would all look alike. Source: Kish 1965,
    Survey Sampling, §11.7 (effective sample size).
    """
    of = weight[(rows.day - rows.first)[rows.kind == PAID]]
    return float(of.sum() / (of**2).sum()) if len(of) else 1.0


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


__all__ = ["PAID", "Calendar", "PaymentTimes", "calendar_of", "fitted", "payment_times", "segment_codes", "segments",
    "span_of",
]  # fmt: skip
