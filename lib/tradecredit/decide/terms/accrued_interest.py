"""Interest that unpaid parts of debts accrue under a law, by the reference rates of half-years."""

import numpy as np
import pandas as pd

from tradecredit.params.late_interest import LateInterestLaw

DAYS_A_YEAR = 365
"""What yearly rates are divided by: 10,000 at 11.75 % is 3.22 a day."""

ONE_DAY = pd.Timedelta(days=1)

NO_HALF_YEAR = -1
"""In place of a half-year whose reference rate is needed and not stated."""

NOTHING = pd.DataFrame({"interest": [], "daily_interest": [], "missing_rate": []}).astype({"missing_rate": "str"})
"""What no parts have accrued."""


def accrued(parts: pd.DataFrame, law: LateInterestLaw, agreed_rates: dict[str, float]) -> pd.DataFrame:
    """Return what parts of debts accrue under a law: `interest`, `daily_interest` of what is open, and `missing_rate`.

    `parts`: `issued`, `due` (the last day without interest), `until` when each `amount` was unpaid, whether it is still
    `open`, and the buyer's `country`; `agreed_rates`: country: the yearly rate in place of the law's. `missing_rate`:
    the half-years whose reference rate is needed and not stated (missing: none); the interest is missing then.
    Amount × rate × days / 365, day by day at the rate of its half-year or of the first, by the law's `rate_holds`.
    Source: definitions §3.2.
    """
    if parts.empty:
        return NOTHING
    start = parts["due"].clip(lower=pd.Timestamp(law.in_force) - ONE_DAY)
    begun, ended, issued = (_half_year(days) for days in (start + ONE_DAY, parts["until"], parts["issued"]))
    agreed = parts["country"].map(agreed_rates).astype("float64").to_numpy()
    agreed, is_agreed = _agreed(law, agreed, issued), ~np.isnan(agreed)
    amount, halves = parts["amount"].to_numpy(), range(int(begun.min()), int(ended.max()) + 1)
    interest, rate = np.zeros(len(parts)), np.zeros(len(parts))
    wanted = np.full((len(parts), len(halves)), NO_HALF_YEAR)
    for column, half in enumerate(halves):
        first = pd.Timestamp(half // 2, 1 + half % 2 * 6, 1)
        last = first + pd.DateOffset(months=6) - ONE_DAY
        days = (parts["until"].clip(upper=last) - start.clip(lower=first - ONE_DAY)).dt.days.to_numpy().clip(min=0)
        asked = begun if law.rate_holds == "from_start" else np.full(len(parts), half)
        rate = np.where(days > 0, np.where(is_agreed, agreed, _rates(law, asked)), rate)
        interest += np.where(days > 0, amount * rate * days / DAYS_A_YEAR, 0.0)
        lacking = (days > 0) & np.isnan(rate)
        wanted[lacking, column] = np.where(is_agreed, issued, asked)[lacking]
    daily = np.where(parts["open"], amount * rate / DAYS_A_YEAR, 0.0)
    unknown = np.isnan(interest)
    missing = pd.Series(_labels(wanted[unknown]), index=parts.index[unknown], dtype="str")
    return pd.DataFrame({"interest": interest, "daily_interest": daily}, parts.index).assign(missing_rate=missing)


def _labels(half_years: np.ndarray) -> np.ndarray:
    """Return the labels of the half-years of each row, in their order, each once."""
    rows, place = np.unique(half_years, axis=0, return_inverse=True)
    joined = [", ".join(dict.fromkeys(_label(half) for half in row if half != NO_HALF_YEAR)) for row in rows]
    return np.array(joined, dtype=object)[place]


def _rates(law: LateInterestLaw, half_year: np.ndarray) -> np.ndarray:
    """Return the yearly rate of the law without an agreement; missing in half-years without a reference rate."""
    if law.daily_rate is not None:
        return np.full(len(half_year), law.daily_rate * DAYS_A_YEAR)
    return _reference(law, half_year) + law.points


def _reference(law: LateInterestLaw, half_year: np.ndarray) -> np.ndarray:
    """Return the law's reference rate in half-years; missing where none is stated."""
    halves, place = np.unique(half_year, return_inverse=True)
    return np.array([law.rates.get(_label(half), np.nan) for half in halves], dtype="float64")[place]


def _agreed(law: LateInterestLaw, agreed: np.ndarray, issued: np.ndarray) -> np.ndarray:
    """Return the agreed rates, at least the reference rate when the invoice was issued where the law requires it."""
    return np.maximum(agreed, _reference(law, issued)) if law.agreed_at_least_reference else agreed


def _half_year(days: pd.Series) -> np.ndarray:
    """Return the half-year of days as a number: 2 × year, one more from July on."""
    return (days.dt.year * 2 + (days.dt.month > 6)).to_numpy()


def _label(half_year: int) -> str:
    return f"{half_year // 2} H{half_year % 2 + 1}"
