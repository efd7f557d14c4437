"""Days of stored tables and texts: whole numbers, mixed columns, instants; never 1970, never a silent month."""

from datetime import datetime

import pandas as pd
import pytest

from tradecredit.book.sources import RawTable
from tradecredit.book.typed import typed
from tradecredit.params.source import Formats


def issued(values, **formats) -> tuple[list, int]:
    """Days of issue read from values, and how many problems there are."""
    frame = pd.DataFrame({"invoice_id": [f"I{n}" for n in range(len(values))], "issued": values})
    found, problems = typed(RawTable("invoices", "x", frame, Formats(**formats)))
    days = [None if pd.isna(day) else str(day.date()) for day in found["issued"]]
    return days, sum(1 + one.others for one in problems if one.column == "issued" and "expected" in one.allowed)


def test_whole_numbers_are_read_by_the_stated_format_and_never_as_1970():
    assert issued(pd.Series([20261001, 20261231])) == ([None, None], 2)
    assert issued(pd.Series([20261001, 20261231]), dates="%Y%m%d") == (["2026-10-01", "2026-12-31"], 0)
    assert issued(pd.Series([20200410.0]), dates="%Y%m%d") == (["2020-04-10"], 0)
    assert issued(pd.Series([46296]), dates="serial") == (["2026-10-01"], 0)


def test_text_beside_true_dates_is_read_by_the_stated_format():
    mixed = pd.Series([datetime(2026, 8, 2), "01.08.2026"], dtype="object")
    assert issued(mixed, dates="%d.%m.%Y") == (["2026-08-02", "2026-08-01"], 0)
    slashes = pd.Series([datetime(2026, 8, 2), "01.08.2026"], dtype="object")
    assert issued(slashes, dates="%d/%m/%Y") == (["2026-08-02", None], 1)


def test_instants_have_the_day_of_the_stated_zone_or_that_which_was_written():
    texts = pd.Series(["2026-10-20T23:30:00+0200", "2026-10-20T23:30:00-0500"], dtype="str")
    form = "%Y-%m-%dT%H:%M:%S%z"
    assert issued(texts, dates=form) == (["2026-10-20", "2026-10-20"], 0)
    assert issued(texts, dates=form, zone="UTC") == (["2026-10-20", "2026-10-21"], 0)
    stored = pd.Series(pd.to_datetime(["2026-10-20T22:30:00Z"]))
    assert issued(stored) == ([None], 1)
    assert issued(stored, zone="Europe/Berlin") == (["2026-10-21"], 0)


def test_a_zone_must_be_one():
    with pytest.raises(ValueError, match="time zone"):
        Formats(zone="Berlin")


@pytest.mark.parametrize("end", ["9999-12-31", "31.12.9999"])
def test_the_end_of_time_is_no_end(end):
    frame = pd.DataFrame(
        {"buyer_id": ["B"], "source": ["own"], "amount": ["1"], "valid_from": ["2026-01-01"], "valid_to": [end]}
    )
    found, problems = typed(RawTable("limits", "x", frame.astype("str")))
    assert problems == [] and found["valid_to"].isna().all()
