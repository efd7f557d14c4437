"""Working days of buyers' countries, by calendars that anybody can look up, and what is not known of them."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd

from tradecredit.measure.public_holidays import (
    ESTIMATED,
    NO_CALENDAR,
    NOT_HELD,
    NOT_PROCLAIMED,
    next_working_days,
    not_known,
)


def moved(country: str | None, day: str) -> str:
    return str(next_working_days(pd.Series([country], dtype="str"), np.array([day], "M8[us]"))[0])


def test_a_day_moves_over_weekends_and_holidays_of_its_country():
    assert moved("DE", "2026-04-03") == "2026-04-07"  # Good Friday to Easter Monday
    assert moved("US", "2026-11-26") == "2026-11-27"  # Thanksgiving
    assert moved("FR", "2026-11-26") == "2026-11-26"
    assert moved("IL", "2026-11-27") == "2026-11-29"  # Friday and Saturday are the weekend
    assert moved("CN", "2026-10-01") == "2026-10-08"  # the National Day's week


def test_without_a_country_or_calendar_the_usual_days_count_and_a_missing_day_stays():
    assert moved(None, "2026-12-25") == "2026-12-28"
    assert moved("XX", "2026-05-01") == "2026-05-04"
    days = next_working_days(pd.Series(["DE", "DE"]), np.array(["NaT", "2026-10-31"], "M8[D]"))
    assert np.isnat(days[0])
    assert str(days[1]) == "2026-11-02"


def test_what_is_not_known_of_a_year_is_said():
    found = not_known(["DE", "CN", "AE", "XX"], [2026, 2035, 2150])
    assert not any(key[0] == "DE" and key[1] < 2150 for key in found.index)
    assert found["DE", 2150] == NOT_HELD
    assert found["CN", 2035] == NOT_PROCLAIMED
    assert ("CN", 2026) not in found.index
    assert found["AE", 2035] == ESTIMATED
    assert (found["XX"] == NO_CALENDAR).all()
    assert not_known([], [2026]).empty


ONE_BY_ONE = """
import sys
import numpy as np, pandas as pd
from tradecredit.measure.public_holidays import next_working_days
next_working_days(pd.Series(["DE"]), np.array(["2026-10-03"], "M8[D]"))
countries = sorted(name for name in sys.modules if name.startswith("holidays.countries."))
assert countries == ["holidays.countries.germany"], countries
from holidays.countries import France
import holidays, holidays.countries
assert len(holidays.countries.__all__ if hasattr(holidays.countries, "__all__") else dir(holidays.countries)) > 200
assert "2026-07-14" in France(years=2026) and "2026-10-03" in holidays.country_holidays("DE")
"""


def test_the_countries_that_are_asked_for_are_imported_and_all_others_can_be():
    subprocess.run([sys.executable, "-c", ONE_BY_ONE], check=True, env={"PYTHONPATH": os.pathsep.join(sys.path)})
