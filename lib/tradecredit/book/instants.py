"""Instants as days: on the clock of a stated zone, or on that which wrote them."""

import re
from collections.abc import Sequence

import pandas as pd

OFFSET = r"\s*(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$"
"""How the zone of an instant is written behind it."""


def on_the_clock(instants: pd.Series, zone: str | None) -> pd.Series:
    """Return zone-aware instants as times on the clock of a zone, without it.

    Missing throughout where no zone is stated: on which day a stored instant lies depends on it.

    >>> on_the_clock(pd.Series(pd.to_datetime(["2026-10-20T22:30:00Z"])), "Europe/Berlin").tolist()
    [Timestamp('2026-10-21 00:30:00')]
    """
    if zone is None:
        return pd.Series(pd.NaT, index=instants.index, dtype="datetime64[us]")
    return instants.dt.tz_convert(zone).dt.tz_localize(None)


def stored(column: pd.Series) -> pd.Series:
    """Return the zone-aware instants in a column, in UTC."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dropna().dt.tz_convert("UTC")
    aware = [cell for cell in column if getattr(cell, "tzinfo", None)] if column.dtype == "object" else []
    return pd.to_datetime(pd.Series(aware, dtype="object"), utc=True)


def where_midnight(instants: pd.Series, zones: Sequence[str]) -> list[str]:
    """Return the zones in which instants are all the beginning of a day: days, stored as if they were times."""
    on_clocks = {zone: on_the_clock(instants, zone) for zone in zones}
    return [zone for zone, times in on_clocks.items() if len(times) and (times == times.dt.normalize()).all()]


def of_texts(texts: pd.Series, form: str, zone: str | None) -> pd.Series:
    """Return texts written with their zone (`%z` in `form`) as times without one; missing where one is not so written.

    On the clock of the stated zone; without one, and where there is no time of day, as written, also where some texts
    lack their zone. A time without its zone is missing where a zone is stated: where it lies on that clock is unknown.
    """
    texts = texts.astype("str")
    if zone is not None and re.search("%[HI]", form):
        texts = texts.str.replace(r"\s*(?:Z|UTC|GMT)$", "+0000", regex=True)
        texts = texts.str.replace(r"\s+(?=[+-]\d\d:?\d\d$)", "", regex=True)
        read = pd.to_datetime(texts, format=re.sub(r"\s*%z", "%z", form), errors="coerce", utc=True)
        return on_the_clock(read, zone)
    written = texts.str.replace(OFFSET, "", regex=True)
    return pd.to_datetime(written, format=form.replace("%z", "").strip(), errors="coerce")
