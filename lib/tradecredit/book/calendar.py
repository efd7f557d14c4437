"""Days: month ends, windows of whole months, working days."""

from typing import Literal

import numpy as np
import pandas as pd

DAYS_A_MONTH = 365.25 / 12
MICROSECONDS_A_DAY = 86_400_000_000

HOLIDAYS = ("01-01", "05-01", "12-25", "12-26")
"""Month and day of the holidays that most European countries share."""

MONTH_DAYS = 31
"""Days of a month (`month_day`)."""

WORKING_DAYS = np.busdaycalendar(
    holidays=[np.datetime64(f"{year}-{day}") for year in range(1960, 2105) for day in HOLIDAYS]
)
"""Monday to Friday without `HOLIDAYS`."""


def window_start(day: pd.Timestamp, months: int) -> pd.Timestamp:
    """Return the day before a window of whole months that ends on `day`; month ends are kept.

    >>> window_start(pd.Timestamp("2026-02-28"), 2)
    Timestamp('2025-12-31 00:00:00')
    """
    start = day - pd.DateOffset(months=months)
    return start + pd.offsets.MonthEnd(0) if day.is_month_end else start


def month_end_a_year_before(day: pd.Timestamp) -> pd.Timestamp:
    """Return the end of the month that lies a year before a day's.

    >>> month_end_a_year_before(pd.Timestamp("2025-02-28")).date().isoformat()
    '2024-02-29'
    """
    return day - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)


def month_ends(until: pd.Timestamp, months: int, *, since: pd.Timestamp) -> pd.DatetimeIndex:
    """Return the last `months` month ends on or before `until`, without those before `since`; named `month_end`.

    >>> month_ends(pd.Timestamp("2026-03-30"), 3, since=pd.Timestamp("2026-01-05")).strftime("%d %b").tolist()
    ['31 Jan', '28 Feb']
    """
    ends = pd.date_range(end=until, periods=months, freq="ME", name="month_end", unit="us")
    return ends[ends >= since]


def working_day(day: np.ndarray, roll: Literal["forward", "backward"] = "forward") -> np.ndarray:
    """Return each day, or the next working day (`roll`: `backward`, the one before) where it is none."""
    return np.busday_offset(day.astype("datetime64[D]"), 0, roll=roll, busdaycal=WORKING_DAYS)


def month_day(day: np.ndarray) -> np.ndarray:
    """Return which day of its month each day (from 1970) is, from 0 on: the last three of any month are 28, 29 and 30.

    >>> days = np.array(["2026-02-25", "2026-02-26", "2026-02-28", "2026-10-28", "2026-10-31"], "datetime64[D]")
    >>> month_day(days.astype(int)).tolist()
    [24, 28, 30, 27, 30]
    """
    date = np.asarray(day).astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    left = ((month + 1).astype("datetime64[D]") - date).astype(np.int64)
    return np.where(left <= 3, MONTH_DAYS - left, (date - month.astype("datetime64[D]")).astype(np.int64))


def read_on(as_of: pd.Timestamp, later: int = 0) -> pd.Timestamp:
    """Return the day on which a report is read, the first working day after its as-of day, or so many `later`.

    >>> read_on(pd.Timestamp("2026-10-31")).strftime("%d %b"), read_on(pd.Timestamp("2026-10-31"), 1).strftime("%d %b")
    ('02 Nov', '03 Nov')
    """
    day = np.datetime64(as_of.date(), "D")
    return pd.Timestamp(np.busday_offset(day, 1 + later, roll="backward", busdaycal=WORKING_DAYS))
