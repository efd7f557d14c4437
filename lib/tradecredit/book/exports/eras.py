"""Days by the years of an emperor or of the Republic of China, as the calendar of the west has them."""

import re

JAPAN = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}
"""Eras of Japan: the year before their first."""
TAIWAN = 1911
"""The year before the first of the Republic of China."""
_REST = r"\s*(?:年|[./-])\s*(\d{1,2})\s*(?:月|[./-])\s*(\d{1,2})\s*日?"
_OF_JAPAN = re.compile(rf"(令和|平成|昭和|[RHS])\.?\s*(\d{{1,2}}|元){_REST}")
_OF_TAIWAN = re.compile(rf"(?:(?:中華)?民[國国]\s*)?(1[0-2]\d){_REST}")
_TOGETHER = re.compile(r"(1[0-2]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
"""Year, month and day of the Republic of China without marks: day, month and year of ours are none of it."""


def western(text: str) -> str | None:
    """Return a day of an era as year-month-day of the western calendar; None for what is none.

    >>> western("令和8年10月31日"), western("R8.10.31"), western("115/10/31"), western("1151031"), western("31.10.2026")
    ('2026-10-31', '2026-10-31', '2026-10-31', '2026-10-31', None)
    """
    if of_japan := _OF_JAPAN.fullmatch(text):
        era, year, month, day = of_japan.groups()
        first = JAPAN[era] + (1 if year == "元" else int(year))
    elif of_taiwan := _OF_TAIWAN.fullmatch(text) or _TOGETHER.fullmatch(text):
        year, month, day = of_taiwan.groups()
        first = TAIWAN + int(year)
    else:
        return None
    return f"{first}-{int(month):02}-{int(day):02}"
