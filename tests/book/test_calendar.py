"""Month ends and windows of whole months, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.book.calendar import month_ends, window_start, working_day


@pytest.mark.parametrize(
    ("until", "found"),
    [
        ("2026-02-28", ["2025-12-31", "2026-01-31", "2026-02-28"]),
        ("2026-02-27", ["2025-11-30", "2025-12-31", "2026-01-31"]),
    ],
)
def test_month_ends_on_or_before_a_day(until, found):
    ends = month_ends(pd.Timestamp(until), 3, since=pd.Timestamp("2000-01-01"))
    assert ends.strftime("%Y-%m-%d").tolist() == found


def test_month_ends_begin_with_the_first_day_known():
    assert month_ends(pd.Timestamp("2026-03-31"), 24, since=pd.Timestamp("2026-02-28")).month.tolist() == [2, 3]
    assert month_ends(pd.Timestamp("2026-03-30"), 24, since=pd.Timestamp("2026-03-01")).empty


@pytest.mark.parametrize(
    ("day", "months", "start"),
    [("2026-10-31", 12, "2025-10-31"), ("2024-02-29", 12, "2023-02-28"), ("2026-04-30", 1, "2026-03-31"),
     ("2026-05-15", 3, "2026-02-15"), ("2026-05-30", 3, "2026-02-28")],
)  # fmt: skip
def test_a_window_begins_after_the_same_day_or_month_end_before_it(day, months, start):
    assert window_start(pd.Timestamp(day), months) == pd.Timestamp(start)


def test_working_days_pass_over_weekends_and_holidays():
    # 1 May 2026 is a Friday.
    days = np.array(["2026-04-30", "2026-05-01", "2026-05-02"], dtype="datetime64[D]")
    assert working_day(days).astype(str).tolist() == ["2026-04-30", "2026-05-04", "2026-05-04"]
    assert working_day(days, "backward").astype(str).tolist() == ["2026-04-30"] * 3
