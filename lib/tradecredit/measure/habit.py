"""How late a buyer pays against its own habit: a control chart of the weeks in which its invoices fell due."""

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from scipy.special import ndtr, ndtri

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.disputes import ever_disputed
from tradecredit.measure.history import habits_told
from tradecredit.measure.open_items import open_items

DAYS_A_WEEK = 7

HABIT_WEEKS = 52
"""Earlier weeks of a buyer, of those in which something fell due, that make its habit, at most."""

FEWEST_WEEKS = 8
"""With fewer earlier weeks a buyer has no habit yet, and its week is not on the chart."""

RECENT_WEEKS = 4
"""Weeks with something due whose mean days late stand beside the habit."""

SMOOTHING = 0.2
"""What the latest week counts for in the chart: 0.05 to 0.25 is usual, less for smaller shifts (Montgomery, Statistical
Quality Control, chapter 9)."""

DEVIATION = float(np.sqrt(SMOOTHING / (2 - SMOOTHING)))
"""Standard deviation of the chart in the long run, of scores of variance 1."""


@once
def payment_habit(book: Book, width: float) -> pd.DataFrame:
    """Return how each buyer pays against its own habit: index buyer_id (all buyers).

    Reads `invoices`, `receipts` and `disputes`. An observation is a week of a buyer, counted back from the as-of date,
    in which invoices fell due that were never in dispute (`payable_by`): `days`, their mean days late, weighted by
    amount, of an open one up to now. Its **score** is where it stands among the buyer's last `HABIT_WEEKS` such weeks
    before it, as a normal deviate z = Φ⁻¹((number of less late weeks + half of the equally late ones + ½) / (their
    number + 1)), whatever the distribution of its days is. Of what is still open the days are only those so far, and
    the score is what is expected of one that will be later: φ(z) / (1 − Φ(z)), so that what has only just fallen due
    says nothing. A week of both has its share of each. The **chart** is the mean of the scores in which the latest
    counts `SMOOTHING` and those before it ever less (EWMA), 0 before the first. While nothing changes scores have mean
    0 and variance 1 at most, whatever the buyer's habit.

    - `weeks` on the chart; `chart`, in its standard deviations (`DEVIATION`), higher: slower than habit;
    - `recent_days`, mean days late of the last `RECENT_WEEKS` such weeks; `usual_days`, the median of the `HABIT_WEEKS`
      before them;
    - `slower_since`, the last day of the week from which on the chart is above `width` (missing: it is not).

    Missing for a buyer with no week on the chart, and in a book that does not tell when payments came
    (`history.habits_told`). Source: Hackl and Ledolter 1992, A new nonparametric quality control technique,
    Communications in Statistics: Simulation and Computation 21(2), 423–443 (EWMA of sequential ranks).
    """
    weeks = _weeks(book)
    table = charted(weeks)
    place, above = table["buyer"].to_numpy(), table["chart"].to_numpy() > width
    last, first = (np.flatnonzero(np.diff(place, **edge)) for edge in ({"append": -1}, {"prepend": -1}))
    # The run above the limit that lasts to a buyer's latest week begins after its last week that is not.
    calm = np.maximum.accumulate(np.where(above, -1, np.arange(len(table))))[last] if len(table) else last
    since = table["ends"].to_numpy()[np.minimum(np.maximum(calm + 1, first), last)]
    found = table.iloc[last].set_index("buyer")[["weeks", "chart"]]
    found = found.join(_usual_and_recent(weeks)).assign(slower_since=pd.Series(since, found.index).where(above[last]))
    return found.reindex(pd.RangeIndex(len(book.buyers))).set_axis(all_buyers(book))


def _weeks(book: Book) -> pd.DataFrame:
    """Return the weeks of buyers in which something fell due: `buyer` (place), `ends`, `days`, `open_share`."""
    items = open_items(book)
    due = (items["payable_by"] <= book.as_of) & items["days_late"].notna() & (items["amount"] > 0)
    if not habits_told(book, book.as_of):
        due &= False
    rows = np.flatnonzero(due.to_numpy() & ~ever_disputed(book))
    late, amount = items["days_late"].to_numpy()[rows], items["amount"].to_numpy()[rows]
    is_open = items["settled"].isna().to_numpy()[rows]
    day = items["payable_by"].to_numpy("datetime64[D]")[rows]
    ago = (np.datetime64(book.as_of, "D") - day).astype(np.int64) // DAYS_A_WEEK
    key = book.buyer_of_invoice[rows] * 10_000 + (9_999 - ago)
    # Weeks of buyers in their order, the earliest first.
    at, group = np.unique(key, return_inverse=True)
    weight = np.bincount(group, amount, len(at))
    ends = np.datetime64(book.as_of, "D") - np.asarray((9_999 - at % 10_000) * DAYS_A_WEEK, "timedelta64[D]")
    return pd.DataFrame(
        {
            "buyer": at // 10_000,
            "ends": pd.Series(ends).astype("datetime64[us]"),
            "days": np.bincount(group, amount * late, len(at)) / weight,
            "open_share": np.bincount(group, amount * is_open, len(at)) / weight,
        }
    )


def _usual_and_recent(weeks: pd.DataFrame) -> pd.DataFrame:
    """Return `usual_days` and `recent_days` by the place of the buyer, see `payment_habit`."""
    buyer = weeks["buyer"].to_numpy()
    ago = np.searchsorted(buyer, buyer, side="right") - 1 - np.arange(len(weeks))
    recent, usual = ago < RECENT_WEEKS, (ago >= RECENT_WEEKS) & (ago < RECENT_WEEKS + HABIT_WEEKS)
    return pd.DataFrame(
        {
            "usual_days": weeks[usual].groupby("buyer")["days"].median(),
            "recent_days": weeks[recent].groupby("buyer")["days"].mean(),
        }
    )


def charted(weeks: pd.DataFrame) -> pd.DataFrame:
    """Return the weeks of buyers that have enough before them, with the chart.

    `weeks`: `buyer`, a number, `ends`, `days`, `open_share`, in order of buyer and day. Out, beside `buyer` and `ends`:
    `score`, `chart`, in its standard deviations, and `weeks`, those on it so far; see `payment_habit`.
    """
    buyer, days = weeks["buyer"].to_numpy(), weeks["days"].to_numpy()
    number = np.arange(len(weeks)) - np.searchsorted(buyer, buyer)
    less = np.zeros(len(weeks))
    for back in range(1, min(HABIT_WEEKS, int(number.max(initial=0))) + 1):
        later = np.flatnonzero(number >= back)
        gap = days[later] - days[later - back]
        less[later] += np.where(gap > 0, 1.0, np.where(gap == 0, 0.5, 0.0))
    rank = (less + 0.5) / (np.minimum(number, HABIT_WEEKS) + 1)
    known, is_open = ndtri(rank), weeks["open_share"].to_numpy()
    still_later = np.exp(-(known**2) / 2) / np.sqrt(2 * np.pi) / ndtr(-known)
    score = (1 - is_open) * known + is_open * still_later
    on_chart = np.flatnonzero(number >= FEWEST_WEEKS)
    score, buyer, number = score[on_chart], buyer[on_chart], number[on_chart] - FEWEST_WEEKS
    smoothed = lfilter([SMOOTHING], [1.0, SMOOTHING - 1.0], score) if len(score) else score
    # What the weeks of the buyer before have left in a buyer's own is taken off.
    before = np.append(0.0, smoothed)[np.searchsorted(buyer, buyer)]
    chart = (smoothed - (1 - SMOOTHING) ** (number + 1) * before) / DEVIATION
    return weeks[["buyer", "ends"]].iloc[on_chart].assign(score=score, chart=chart, weeks=number + 1.0)
