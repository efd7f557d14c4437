"""Days by the years of an emperor, of the Republic of China or of the Buddha, as the calendar of the west has them."""

import re

JAPAN = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}
"""Eras of Japan: the year before their first."""
TAIWAN = 1911
"""The year before the first of the Republic of China."""
THAILAND = 543
"""Years of the Buddha at the beginning of ours."""
MONTHS_OF_THAILAND = (
    "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค."
    " มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม"
)
"""Its months, short and in full."""
_NUMBER = {name: at % 12 + 1 for at, name in enumerate(MONTHS_OF_THAILAND.split())}
_REST = r"\s*(?:年|[./-])\s*(\d{1,2})\s*(?:月|[./-])\s*(\d{1,2})\s*日?"
_OF_JAPAN = re.compile(rf"(令和|平成|昭和|[RHS])\.?\s*(\d{{1,2}}|元){_REST}")
_OF_TAIWAN = re.compile(rf"(?:(?:中華)?民[國国]\s*)?(1[0-2]\d){_REST}")
_TOGETHER = re.compile(r"(1[0-2]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
"""Year, month and day of the Republic of China without marks: day, month and year of ours are none of it."""

_OF_THAILAND = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](25[4-9]\d)")
_NAMED_IN_THAILAND = re.compile(rf"(\d{{1,2}})\s*({'|'.join(map(re.escape, _NUMBER))})\s*(25)?([4-9]\d)")


def western(text: str) -> str | None:
    """Return a day of an era as year-month-day of the western calendar; None for what is none.

    >>> western("令和8年10月31日"), western("R8.10.31"), western("115/10/31"), western("1151031"), western("31.10.2026")
    ('2026-10-31', '2026-10-31', '2026-10-31', '2026-10-31', None)
    >>> western("31/10/2569"), western("31 ต.ค. 2569"), western("31 ตุลาคม 69")
    ('2026-10-31', '2026-10-31', '2026-10-31')
    """
    if of_japan := _OF_JAPAN.fullmatch(text):
        era, year, month, day = of_japan.groups()
        first = JAPAN[era] + (1 if year == "元" else int(year))
    elif of_taiwan := _OF_TAIWAN.fullmatch(text) or _TOGETHER.fullmatch(text):
        year, month, day = of_taiwan.groups()
        first = TAIWAN + int(year)
    elif of_thailand := _OF_THAILAND.fullmatch(text):
        day, month, year = of_thailand.groups()
        first = int(year) - THAILAND
    elif named := _NAMED_IN_THAILAND.fullmatch(text):
        day, name, _, year = named.groups()
        first, month = 2500 + int(year) - THAILAND, _NUMBER[name]
    else:
        return None
    return f"{first}-{int(month):02}-{int(day):02}"
