"""Terms of payment as they stand in words: when an invoice is due, and which discounts it grants."""

import re
from typing import Literal, NamedTuple

import pandas as pd

_DAY = r"(?:days?|tagen?|jours?|días?|dias?|giorni|dagen|dagar|dager|dni|天)"
_NET = (
    rf"(?:net(?:to)?|zahlbar|within|innerhalb(?: von)?|in|binnen|sous|à|a|entro|termin)\s*:?\s*(\d{{1,3}})\s*{_DAY}",
    rf"(\d{{1,3}})\s*{_DAY}\s*(?:net(?:to)?|rein netto|ohne abzug|fin|nets?|netti)",
    r"\bnet(?:to)?\s*(\d{1,3})\b",
    rf"^\s*(\d{{1,3}})\s*{_DAY}?\s*$",
    rf"\b(\d{{1,3}})\s*{_DAY}",
    r"(?<![a-z])n(?:t|et)?0*([7-9]|[1-9]\d{1,2})\b",
)
_UNTIL = (
    r"\b(?:bis(?: zum| spätestens)?|until|by|before|due(?: on)?|fällig(?: am)?|uiterlijk|avant le|jusqu'au|le|entro il"
    r"|vóór|til|senest|do dnia|do)\s*:?\s*(?:(\d{4})-(\d{2})-(\d{2})|(\d{1,2})\.(\d{1,2})\.(\d{4}))(?!\d)"
)
"""A day that terms name, year first or with points, which have the day first: with other marks it may be either."""
_END_OF_MONTH = r"\beom\b|end of (?:the )?month|month[- ]end|fin de mois|monatsende|ultimo|fine mese|fin de mes|月结"
_DAY_AFTER = r"(?:end of (?:the )?month|eom|fin de mois)\D{0,12}?(?:the |le )?(\d{1,2})(?:st|nd|rd|th)?\b"
AT_ONCE = (
    r"immediate|sofort|upon receipt|due on receipt|à réception|prompt|\bc\.?o\.?d\b|cash on delivery|comptant|contado"
    r"|contant|gotówka|barzahlung"
)
"""How terms say that an invoice is due at once."""
_XRECHNUNG = r"#SKONTO#TAGE=(\d{1,3})#PROZENT=(\d{1,2}(?:\.\d+)?)#"
_DISCOUNTS = (
    rf"(\d{{1,3}})\s*{_DAY}\s*(?:abzüglich|mit|less|:)?\s*(\d{{1,2}}(?:[.,]\d+)?)\s*%",
    rf"(\d{{1,2}}(?:[.,]\d+)?)\s*%[^%\d]{{0,40}}?(\d{{1,3}})\s*{_DAY}",
    r"\b(\d{1,2}(?:\.\d+)?)\s*%?\s*/\s*(\d{1,3})\b",
)


class Terms(NamedTuple):
    """Days until an invoice is due (None: not told); `month_end`: they are counted `from` the end of the month of its
    issue, or `to` the end of the month that they reach; `day_of_month`: that day of the month after (None: the end);
    `discounts` as (days, rate), the earliest first."""

    days: int | None = None
    month_end: Literal["from", "to"] | None = None
    day_of_month: int | None = None
    discounts: tuple[tuple[int, float], ...] = ()


def read(text: str) -> Terms:
    """Return what terms of payment say.

    A key of a system counts where it begins with an N and has no fewer days than a week, as SAP's `NT30` does.

    >>> read("Payment within 30 days net").days, read("2/10 net 30"), read("net 60 end of month 10th").day_of_month
    (30, Terms(days=30, month_end=None, day_of_month=None, discounts=((10, 0.02),)), 10)
    >>> read("N060").days, read("2/10N30").days, read("N001").days, read("ZB14").days
    (60, 30, None, None)
    """
    plain = text.strip().lower()
    exact = [(int(days), float(rate) / 100) for days, rate in re.findall(_XRECHNUNG, text)]
    rest = re.sub(r"#skonto#[^\n]*", " ", plain)
    discounts = exact or _in_words(rest)
    for days, _ in discounts if not exact else ():
        rest = re.sub(rf"\b{days}\s*{_DAY}(?!\s*net)", " ", rest, count=1)
    net = next((int(found.group(1)) for form in _NET if (found := re.search(form, rest))), None)
    at_end = re.search(_END_OF_MONTH, rest)
    if net is None and at_end and (alone := re.search(r"\b(\d{1,3})\b", rest)):
        net = int(alone.group(1))
    if net is None and re.search(AT_ONCE, rest):
        net = 0
    day = re.search(_DAY_AFTER, rest)
    of_month = int(day.group(1)) if day and 1 <= int(day.group(1)) <= 31 else None
    end: Literal["from", "to"] | None = None
    if at_end:
        # `30 EOM` begins at the month's end; `60 days end of month` ends there.
        end = "from" if at_end.group(0) == "eom" else "to"
    return Terms(net, end, of_month, tuple(sorted(discounts)))


def are_told(text: str) -> bool:
    """Return whether a text tells days of payment, and hardly anything else, as a line below a buyer's name does.

    >>> are_told("0% 0 Net 30"), are_told("Terms: C.O.D."), are_told("Net 7 Interiors Ltd"), are_told("12 High Street")
    (True, True, False, False)
    """
    told = read(text)
    words = re.sub(rf"\d|%|\bnet(?:to)?\b|{_DAY}|terms?|{AT_ONCE}|[^\w]", " ", text.lower()).split()
    return (told.days is not None or told.month_end is not None) and len(words) <= 1 and not text.strip().isdecimal()


def due(issued: pd.Series, texts: pd.Series) -> pd.Series:
    """Return the due days of invoices by their terms in words; missing where these name no day.

    `net 60 end of month 10th` of 5 June: 60 days on is 4 August, whose month ends on the 31st: 10 September.
    """
    found = pd.Series(pd.NaT, index=issued.index, dtype="datetime64[us]")
    for text, rows in texts.dropna().groupby(texts.dropna()).groups.items():
        if until := named_day(str(text)):
            found.loc[rows] = until
            continue
        terms = read(str(text))
        if terms.days is None and terms.month_end is None:
            continue
        day = issued.loc[rows]
        if terms.month_end == "from":
            day = day + pd.offsets.MonthEnd(0)
        day = day + pd.Timedelta(days=terms.days or 0)
        if terms.month_end == "to":
            day = day + pd.offsets.MonthEnd(0)
        if terms.month_end == "to" and terms.day_of_month:
            day = day + pd.Timedelta(days=1)
            last = (day + pd.offsets.MonthEnd(0)).dt.day
            day = day + pd.to_timedelta(last.clip(upper=terms.day_of_month) - 1, unit="D")
        found.loc[rows] = day.astype("datetime64[us]")
    return found


def named_day(text: str) -> pd.Timestamp | None:
    """Return the last day of payment that terms name; None without one, and where a discount ends on such a day.

    >>> str(named_day("Zahlbar bis 05.07.2026 ohne Abzug").date())
    '2026-07-05'
    """
    plain = re.sub(r"#skonto#[^\n]*", " ", text.lower())
    days = [found.groups() for found in re.finditer(_UNTIL, plain)]
    if len(days) != 1 or re.search(r"%|skonto", plain):
        return None
    first, month, last, day, of, year = days[0]
    parts = (first, month, last) if first else (year, of, day)
    named = pd.to_datetime("-".join(parts), format="%Y-%m-%d", errors="coerce")
    return None if pd.isna(named) else named


def discounts(texts: pd.Series) -> pd.DataFrame:
    """Return the first two discounts of terms in words: `discount_days`, `discount_rate`, and the same with `_2`."""
    names = ["discount_days", "discount_rate", "discount_days_2", "discount_rate_2"]
    granted = {text: read(str(text)).discounts for text in texts.dropna().unique()}
    rows = {text: [value for step in steps[:2] for value in step] for text, steps in granted.items()}
    table = pd.DataFrame(index=texts.index, columns=names, dtype="float64")
    for place, name in enumerate(names):
        table[name] = texts.map({text: row[place] for text, row in rows.items() if len(row) > place}).astype("float64")
    return table


def _in_words(text: str) -> list[tuple[int, float]]:
    for place, form in enumerate(_DISCOUNTS):
        if found := re.findall(form, text):
            pairs = [(one, two) if place == 0 else (two, one) for one, two in found]
            return [(int(days), float(rate.replace(",", ".")) / 100) for days, rate in pairs]
    return []
