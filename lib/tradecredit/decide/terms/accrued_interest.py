"""Interest that unpaid parts of debts accrue under a law: which rate holds, how days count, what is compounded."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tradecredit.params.late_interest import LateInterestLaw

DAYS_A_YEAR = 365
"""What yearly rates are divided by unless the law has it otherwise: 10,000 at 11.75 % is 3.22 a day."""

ONE_DAY = np.timedelta64(1, "D")

NO_HALF_YEAR = -1
"""In place of a half-year whose reference rate is needed and not stated."""

NOTHING = pd.DataFrame({"interest": [], "daily_interest": [], "missing_rate": []}).astype({"missing_rate": "str"})
"""What no parts have accrued."""


def accrued(parts: pd.DataFrame, law: LateInterestLaw, agreed_rates: dict[str, float]) -> pd.DataFrame:
    """Return what parts of debts accrue under a law: `interest`, `daily_interest` of what is open, and `missing_rate`.

    `parts`: `issued`, `due` (the last day without interest), `until` when each `amount` was unpaid, whether it is still
    `open`, and the buyer's `country`; `agreed_rates`: country: the yearly rate in place of the law's. `missing_rate`:
    the half-years whose reference rate is needed and not stated (missing: none); the interest is missing then.
    Amount × rate × days / days of a year (`day_count`), at the rate of the day that the law names (`rate_holds`); where
    it has rests, the interest of each is added to what bears interest in the next. Source: definitions §3.2.
    """
    if parts.empty:
        return NOTHING
    due, until, issued = (parts[name].to_numpy("datetime64[D]") for name in ("due", "until", "issued"))
    start = np.maximum(due, np.datetime64(law.in_force) - ONE_DAY)
    agreed = parts["country"].map(agreed_rates).astype("float64").to_numpy()
    is_agreed = ~np.isnan(agreed)
    agreed = np.maximum(agreed, reference(law, issued)) if law.agreed_at_least_reference else agreed
    grown, daily = np.ones(len(parts)), np.zeros(len(parts))
    wanted: list[np.ndarray] = []
    for begin, end in _rests(law, start, until):
        share = np.zeros(len(parts))
        for first, last in _periods(law, begin.min(), end.max()):
            days = _days(law, np.maximum(begin, first - ONE_DAY), np.minimum(end, last))
            asked = {"half_year": np.full(len(parts), first), "from_start": start + ONE_DAY, "rest": begin + ONE_DAY}
            day = asked[law.rate_holds]
            rate = np.where(is_agreed, agreed, _yearly(law, day)) / _days_a_year(law, first)
            share += np.where(days > 0, rate * days, 0.0)
            daily = np.where(days > 0, grown * rate, daily)
            lacking = (days > 0) & np.isnan(rate)
            if lacking.any():
                wanted.append(np.where(lacking, _half_year(np.where(is_agreed, issued, day)), NO_HALF_YEAR))
        grown = grown * (1 + share)
    amount = parts["amount"].to_numpy()
    unknown = np.isnan(grown)
    missing = pd.Series(index=parts.index[unknown], dtype="str")
    if unknown.any():
        missing = pd.Series(_labels(np.column_stack(wanted)[unknown]), index=parts.index[unknown], dtype="str")
    interest = {"interest": amount * (grown - 1), "daily_interest": np.where(parts["open"], amount * daily, 0.0)}
    return pd.DataFrame(interest, parts.index).assign(missing_rate=missing)


def reference(law: LateInterestLaw, days: np.ndarray) -> np.ndarray:
    """Return the law's reference rate on days; missing where none is stated."""
    if not law.changes:
        halves, place = np.unique(_half_year(days), return_inverse=True)
        return np.array([law.rates.get(_label(half), np.nan) for half in halves], dtype="float64")[place]
    changes = sorted(law.changes)
    place = np.searchsorted(np.array(changes, dtype="datetime64[D]"), days, side="right")
    found = np.array([np.nan, *(law.changes[day] for day in changes)])[place]
    return np.where(days <= np.datetime64(law.known_until), found, np.nan)


def _yearly(law: LateInterestLaw, days: np.ndarray) -> np.ndarray:
    """Return the yearly rate of the law without an agreement; missing on days without a reference rate."""
    if law.points is not None:
        return reference(law, days) * law.times + law.points
    return np.full(len(days), law.yearly_rate if law.daily_rate is None else law.daily_rate * DAYS_A_YEAR)


def _rests(law: LateInterestLaw, start: np.ndarray, until: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the day before each rest begins and its last, both the same where a debt has been paid before."""
    if law.rests_months is None:
        yield start, until
        return
    dates, begin, months = pd.DatetimeIndex(start), start, law.rests_months
    while (begin < until).any():
        end = np.minimum((dates + pd.DateOffset(months=months)).to_numpy("datetime64[D]"), until)
        yield begin, np.maximum(begin, end)
        begin, months = np.maximum(begin, end), months + law.rests_months


def _periods(law: LateInterestLaw, begin: np.datetime64, end: np.datetime64) -> Iterator[tuple[np.datetime64, ...]]:
    """Yield the first and last day of periods from the day after `begin` on in which neither rate nor year changes."""
    if law.rate_holds != "half_year" and law.day_count != "actual":
        yield begin + ONE_DAY, end
        return
    if end <= begin:
        return
    first, last = _half_year(np.array([begin + ONE_DAY, end]))
    halves = np.arange(first, last + 2) * 6
    starts = (halves.astype("datetime64[M]") - np.timedelta64(1970 * 12, "M")).astype("datetime64[D]")
    more = np.array(list(law.changes), dtype="datetime64[D]")
    if law.known_until:
        more = np.append(more, np.datetime64(law.known_until) + ONE_DAY)
    starts = np.unique(np.concatenate([starts, more[(more > starts[0]) & (more <= end)]]))
    yield from zip(starts[:-1], starts[1:] - ONE_DAY, strict=True)


def _days(law: LateInterestLaw, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the days that bear interest after `begin` until `end`, as the law counts them; 0 where there are none."""
    if law.day_count != "30/360":
        return (end - begin).astype(int).clip(min=0)
    return (_days_of_30(end) - _days_of_30(begin)).clip(min=0)


def _days_of_30(day: np.ndarray) -> np.ndarray:
    """Return days as numbers where every month has 30, the last of which is its last."""
    month = day.astype("datetime64[M]")
    is_last = (day + ONE_DAY).astype("datetime64[M]") > month
    return month.astype(int) * 30 + np.where(is_last, 30, (day - month).astype(int) + 1)


def _days_a_year(law: LateInterestLaw, day: np.datetime64) -> int:
    """Return by how many days a year's interest is divided in the year of a day."""
    if law.day_count == "actual":
        year = day.astype("datetime64[Y]")
        return int(((year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")).astype(int))
    return DAYS_A_YEAR if law.day_count == "365" else 360


def _labels(half_years: np.ndarray) -> np.ndarray:
    """Return the labels of the half-years of each row, in their order, each once."""
    rows, place = np.unique(half_years, axis=0, return_inverse=True)
    joined = [", ".join(dict.fromkeys(_label(half) for half in row if half != NO_HALF_YEAR)) for row in rows]
    return np.array(joined, dtype=object)[place]


def _half_year(days: np.ndarray) -> np.ndarray:
    """Return the half-year of days as a number: 2 × year, one more from July on."""
    return 2 * 1970 + days.astype("datetime64[M]").astype(int) // 6


def _label(half_year: int) -> str:
    return f"{half_year // 2} H{half_year % 2 + 1}"
