"""The working days of buyers' countries, and what is not known of them."""

import importlib.util
import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from tradecredit.book.calendar import HOLIDAYS

PROCLAIMED_YEARS = 5
"""A country whose government proclaimed days off for each of so many years up to the last does so every year."""

NO_CALENDAR, NOT_HELD, NOT_PROCLAIMED, ESTIMATED = "no calendar", "year not held", "not proclaimed yet", "estimated"
"""What is not known of a country's holidays in a year: nothing is; the year is not in the calendar; the days that its
government proclaims each year are not there yet; days that go by the moon are estimated."""


def next_working_days(countries: pd.Series, days: np.ndarray) -> np.ndarray:
    """Return each day, or the next working day in its row's country: no weekend and no holiday of the whole country.

    `countries` (ISO 3166); a missing one, and one whose calendar is not held, has Monday to Friday less the holidays
    that most European countries share. Days on which a country works on a weekend count as days off; a missing day
    stays missing. Source: python-holidays.

    >>> next_working_days(pd.Series(["DE", "AT"]), np.array(["2026-10-03", "2026-10-26"], "M8[D]")).astype(str).tolist()
    ['2026-10-05', '2026-10-27']
    """
    days = days.astype("datetime64[D]")
    place, names = pd.factorize(countries)
    found, dated = days.copy(), ~np.isnat(days)
    for number in np.unique(place[dated]).tolist():
        rows = np.flatnonzero((place == number) & dated)
        country = str(names[number]) if number >= 0 else ""
        years = days[rows].astype("datetime64[Y]").astype(int) + 1970
        calendar = _calendar(country, int(years.min()), int(years.max()) + 1)
        found[rows] = np.busday_offset(days[rows], 0, roll="forward", busdaycal=calendar)
    return found


def not_known(countries: Iterable[str], years: Iterable[int]) -> pd.Series:
    """Return what is not known of the holidays of countries in years: index `country`, `year`; none where all is."""
    asked = [(country, year) for country in sorted({*countries}) for year in sorted({*years})]
    found = {key: gap for key in asked if (gap := _gap(*key)) is not None}
    index = pd.MultiIndex.from_tuples(list(found), names=["country", "year"])
    return pd.Series(list(found.values()), index=index, name="holidays_not_known", dtype="str")


def holidays_of(country: str, years: Iterable[int], *, eves: bool = False) -> np.ndarray:
    """Return the holidays of a whole country in years, and the eves that count as such where asked for (`DueDayRule`).

    Raises `NotImplementedError` for a country without a calendar.
    """
    country_holidays = _country_holidays()

    kinds = ("public", "de_facto") if eves else ("public",)
    return np.array(sorted(country_holidays(country, years=sorted({*years}), categories=kinds)), dtype="datetime64[D]")


def known_years(country: str) -> tuple[int, int]:
    """Return the first and the last year of a country's calendar."""
    country_holidays = _country_holidays()

    calendar = country_holidays(country)
    return calendar.start_year, calendar.end_year


@cache
def _country_holidays() -> Callable[..., Any]:
    """Return `holidays.country_holidays`, importing of all countries those alone that are asked for.

    The library imports all 250 with the first one, which takes longer than all that it computes. In place of its list
    of them stands one that is filled only when it is asked for a name.
    """
    import holidays  # slow to import, and not every ledger needs it

    name = "holidays.countries"
    if name not in sys.modules:
        listed = importlib.util.find_spec(name)
        if listed is not None and listed.loader is not None:
            package, loader = importlib.util.module_from_spec(listed), listed.loader

            def whole(attribute: str) -> Any:
                del package.__getattr__
                loader.exec_module(package)
                return getattr(package, attribute)

            package.__getattr__ = whole  # type: ignore[method-assign]
            sys.modules[name] = holidays.countries = package
    return holidays.country_holidays


@cache
def _calendar(country: str, first: int, last: int) -> np.busdaycalendar:
    country_holidays = _country_holidays()

    years = range(first, last + 1)
    try:
        weekend = country_holidays(country).weekend if country else None
    except NotImplementedError:
        weekend = None
    if weekend is None:
        return np.busdaycalendar(holidays=[np.datetime64(f"{year}-{day}") for year in years for day in HOLIDAYS])
    mask = [day not in weekend for day in range(7)]
    return np.busdaycalendar(weekmask=mask, holidays=holidays_of(country, years))


@cache
def _gap(country: str, year: int) -> str | None:
    country_holidays = _country_holidays()

    try:
        calendar = country_holidays(country)
    except NotImplementedError:
        return NO_CALENDAR
    if not calendar.start_year <= year <= calendar.end_year:
        return NOT_HELD
    proclaimed = [key for key in getattr(calendar, "special_public_holidays", {}) if isinstance(key, int)]
    last = max(proclaimed, default=0)
    if year > last and {*range(last - PROCLAIMED_YEARS + 1, last + 1)} <= {*proclaimed}:
        return NOT_PROCLAIMED
    language = "en_US" if "en_US" in calendar.supported_languages else None
    named = country_holidays(country, years=year, language=language).values()
    return ESTIMATED if any("(estimated)" in name for name in named) else None
