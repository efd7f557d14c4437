"""How figures are written, in sentences and in tables."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeGuard

import numpy as np
import pandas as pd

from tradecredit.columns import Kind
from tradecredit.language import ENGLISH, separated, spoken, tr, tr_number
from tradecredit.numerics.known_digits import known_digits, last_place
from tradecredit.numerics.risk_measures import told_apart
from tradecredit.words.codes import in_words

if TYPE_CHECKING:
    from typing_extensions import TypeIs

CANNOT = "cannot be estimated"
MINUS = "\N{MINUS SIGN}"
_BREAKABLE = re.compile(
    r"(?<=\d) (?=(?:%|pp|m|bn|k|days?|Mio\.|Mrd\.|Tage?n?|万|亿|天)(?![\w%]))|"
    r"(?<=(?<![A-Za-z])[A-Z]{3}) (?=[+\N{MINUS SIGN}]?\d)"
)
LARGE = {
    "en": ((1e9, 1e9, " bn"), (1e6, 1e6, " m")),
    "de": ((1e9, 1e9, " Mrd."), (1e6, 1e6, " Mio.")),
    "zh": ((1e8, 1e8, " 亿"), (1e6, 1e4, " 万")),
}
"""How large amounts are written, by language: from which size, in which unit, and what it is called."""
THOUSANDS = {"en": ((1e3, 1e3, " k"),), "de": ((1e3, 1e3, " Tsd."),), "zh": ((1e4, 1e4, " 万"),)}
"""Units of a picture below those of `LARGE`."""
_DAYS = {"de": "%d.%m.%Y"}
_SENTENCE_ENDS = {
    "en": re.compile("(?<=[.!?]) "),
    "de": re.compile(r"(?<!\d\.)(?<!Mio\.)(?<!Mrd\.)(?<!\b[A-Za-z]\.)(?<=[.!?]) "),
    "zh": re.compile("(?<=[。！？])|(?<=[.!?]) "),
}
_CJK = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef”％"
_MARKS = {"zh": [
    (re.compile(r" ?\(([^()]*[\u4e00-\u9fff][^()]*)\)"), r"（\1）"),
    (re.compile(rf"(?<=[{_CJK}]) ?\(([^()]*)\)"), r"（\1）"),
    (re.compile(rf"(?<=[{_CJK}]); ?"), "；"),
    (re.compile(rf"(?<=[{_CJK}]): ?"), "："),
    (re.compile(rf"(?<=[{_CJK}]), ?"), "，"),
    (re.compile(rf"(?<=[{_CJK}])\.(?: (?=[{_CJK}A-Z“*])|$|(?= ))"), "。"),
    (re.compile("(?<=[。；：，）]) +|(?<=\\d) (?=个)"), ""),
    (re.compile(rf"(?<=[{_CJK}]) (?=[{_CJK}]|\d+年)"), ""),
], "de": [
    # What is quoted as German does already closes with the mark that opens in English.
    (re.compile("“([^”„“]*)”"), "„\\1“"),
    (re.compile(r"\b(Mio|Mrd|Jan|Feb|Aug|Sept|Okt|Nov|Dez)\.(\**)\.(?!\.)"), r"\1.\2"),
]}  # fmt: skip
"""What stands for a mark of English in another language, where parts of a sentence were joined."""
UNITS = "a currency code such as EUR, 'days', 'fraction' (or '%'), 'probability', 'count' or 'ratio'"
NUMERIC = (
    "money",
    "percent",
    "probability",
    "days",
    "count",
    "ratio",
    "score",
    "number",
    "p_value",
    "figure",
    "change",
    "row",
)


def missing(value: object) -> "TypeIs[None]":
    """Return whether a cell holds no value (None, NaN, NaT, NA)."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def money(amount: float | None, currency: str = "", *, error: float | None = None) -> str:
    """Return an amount for a sentence: three digits from a million up, whole units below, cents below a hundred.

    An estimate has no digit below its standard `error`.

    >>> money(1_237_000, "EUR"), money(412_300.4, "EUR"), money(float("nan"), "EUR")
    ('EUR 1.24 m', 'EUR 412,300', 'cannot be estimated')
    >>> money(412_345, "EUR", error=870), money(1_237_456, "EUR", error=600_000)
    ('EUR 412,300', 'EUR 1.2 m')
    """
    if missing(amount):
        return tr(CANNOT)
    amount = amount if missing(error) else known_digits(amount, error)
    size, place = abs(float(amount)), 0.0 if missing(error) else float(last_place(error))
    for least, unit, suffix in LARGE[spoken()]:
        if least <= size < math.inf:
            scaled = size / unit
            decimals = 2 if scaled < 10 else 1 if scaled < 100 else 0
            known = round(math.log10(unit / place)) if place > 0 else decimals
            written = _plain(scaled, max(min(decimals, known), 0))
            return _signed(amount, written + suffix, currency)
    return _signed(amount, _plain(size, 0 if size >= 100 or size == int(size) else 2), currency)


def staked(amount: str, what: str) -> str:
    """Return an amount with what it is, in the order that the language has.

    >>> staked("EUR 5", "overdue")
    'EUR 5 overdue'
    """
    return tr("{amount} {stake}", amount=amount, stake=what)


def percent(share: float | None) -> str:
    """Return a share (a fraction) in per cent: whole, with one decimal, or with two digits where it is below 0.1 %.

    >>> percent(0.9), percent(0.3673), percent(0.00042), percent(None)
    ('90 %', '36.7 %', '0.042 %', 'cannot be estimated')
    """
    if missing(share):
        return tr(CANNOT)
    size = abs(float(share)) * 100
    decimals = 0 if abs(size - round(min(size, 1e15))) < 1e-9 else 1 if size >= 0.1 else _decimals(size, 2)
    return _signed(share, _plain(size, decimals) + separated(" %"))


def probability(value: float | None) -> str:
    """Return a probability in per cent: three digits from 1 % up, two below.

    >>> probability(0.0557), probability(0.00429), probability(0.00031)
    ('5.57 %', '0.43 %', '0.031 %')
    """
    if missing(value):
        return tr(CANNOT)
    size = abs(float(value)) * 100
    digits = 3 if size >= 1 else 2
    return _signed(value, _plain(size, _decimals(size, digits)) + separated(" %"))


def days(value: float | None) -> str:
    """Return a number of days for a sentence.

    >>> days(41.23), days(1), days(30.0)
    ('41.2 days', '1 day', '30 days')
    """
    if missing(value):
        return tr(CANNOT)
    size = abs(float(value))
    text = _plain(size, 0 if size == int(min(size, 1e15)) else 1)
    return _signed(value, tr_number("{number} day", "{number} days", 1 if text == "1" else 2, number=text))


def count(value: float | None) -> str:
    """Return a number of things; one that is expected, and so not whole, with a decimal, or two digits below 1.

    >>> count(60_000), count(6.445), count(0.0527)
    ('60,000', '6.4', '0.053')
    """
    if missing(value):
        return tr(CANNOT)
    size = abs(float(value))
    decimals = 0 if size == int(min(size, 1e15)) else 1 if size >= 1 else _decimals(size, 2)
    return _signed(value, _plain(size, decimals))


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number of things with their name; `many` where the plural is not `one` with an s.

    >>> counted(1, "buyer"), counted(1200, "buyer"), counted(2, "currency", "currencies")
    ('1 buyer', '1,200 buyers', '2 currencies')
    """
    return tr_number(f"{{number}} {one}", f"{{number}} {many or one + 's'}", number, number=whole(number))


def error_told(error: float | None, written: Callable[[float | None], str] | None = None) -> str:
    """Return a standard error as a sentence has it beside its figure; `written`: how, if not as an amount.

    One that is missing is not known for want of scenarios: nothing is said of how large it is.

    >>> error_told(124.0), error_told(1_240_000.0)
    ('standard error 120', 'standard error 1.2 m')
    >>> error_told(None)
    'standard error not known, for want of simulated years'
    """
    if missing(error):
        return tr("standard error not known, for want of simulated years")
    told = money(error, error=error) if written is None else written(error)
    return tr("standard error {error}", error=told)


def doubt(amount: float, error: float | None) -> str:
    """Return why a simulated amount cannot be told from zero; empty where it can.

    It cannot within two of its standard errors, nor where the error is not known for want of scenarios.

    >>> doubt(15.0, 10.0), doubt(-30.0, 10.0)
    ('within simulation error', '')
    """
    if missing(error):
        return tr("of unknown simulation error, for want of simulated years")
    return "" if told_apart(amount, error) else tr("within simulation error")


def within(heading: str) -> str:
    """Return a heading or a label as it stands within a sentence; what is written large there stays so.

    >>> within("Receivables"), within("DSO")
    ('receivables', 'DSO')
    """
    small = spoken() == ENGLISH and heading[1:2].islower()
    return heading[:1].lower() + heading[1:] if small else tr(heading)


def listed(parts: Iterable[object]) -> str:
    """Return parts as a list in a sentence.

    >>> listed("ABC"), listed(["A", "B"]), listed(["A"]), listed([])
    ('A, B and C', 'A and B', 'A', '')
    """
    # What begins in upper case may be a name.
    *first, last = [in_words(text) if text[:1].islower() else text for text in map(str, parts)] or [""]
    # Where a comma parts decimals it does not part numbers too.
    mark = "; " if any(re.search(r"\d,\d", text) for text in first) and separated(".") == "," else tr(", ")
    return tr("{first} and {last}", first=mark.join(first), last=last) if first else last


def first_of(names: Sequence[str] | pd.Index, most: int) -> str:
    """Return the first names of many, and how many more there are.

    >>> first_of(["A", "B"], 2), first_of(["A", "B", "C"], 2)
    ('A and B', 'A and B and 1 more')
    """
    if len(names) <= most:
        return listed(names)
    return tr("{first} and {number} more", first=listed(names[:most]), number=whole(len(names) - most))


def day(moment: pd.Timestamp) -> str:
    """Return a day for a sentence.

    >>> day(pd.Timestamp("2026-10-31"))
    '31 October 2026'
    """
    if spoken() == ENGLISH:
        return f"{moment.day} {moment:%B %Y}"
    from babel.dates import format_date  # slow to import, and English does without

    return format_date(moment, "long", locale=spoken())


def brief_day(moment: pd.Timestamp) -> str:
    """Return a day near that of the page, without its year.

    >>> brief_day(pd.Timestamp("2026-11-03"))
    '3 Nov'
    """
    return _dated(moment, f"{moment.day} {moment:%b}", "MMMd")


def dated(moment: pd.Timestamp) -> str:
    """Return a day with its year where there is little room, as on a card.

    >>> dated(pd.Timestamp("2026-10-31"))
    '31 Oct 2026'
    """
    return _dated(moment, f"{moment.day} {moment:%b %Y}", "yMMMd")


def month(moment: pd.Timestamp, *, brief: bool = False) -> str:
    """Return a month for a sentence, or `brief`ly for an axis.

    >>> month(pd.Timestamp("2026-10-31")), month(pd.Timestamp("2026-10-31"), brief=True)
    ('October 2026', 'Oct 2026')
    """
    if brief:
        return _dated(moment, f"{moment:%b %Y}", "yMMM")
    return _dated(moment, f"{moment:%B %Y}", "yMMMM")


def _dated(moment: pd.Timestamp, english: str, skeleton: str) -> str:
    """Return a day as the language writes those of its parts that a skeleton of Unicode's names."""
    if spoken() == ENGLISH:
        return english
    from babel.dates import format_skeleton  # slow to import, and English does without

    return format_skeleton(skeleton, moment.to_pydatetime(), locale=spoken())


def whole(number: float) -> str:
    """Return a whole number with its thousands marked.

    >>> whole(1200)
    '1,200'
    """
    return separated(f"{number:,}")


def fixed(value: float, decimals: int) -> str:
    """Return a number with so many decimals; what is rounded to zero has no sign.

    >>> fixed(0.25, 1), fixed(1234.5, 0), fixed(-0.004, 2)
    ('0.2', '1,234', '0.00')
    """
    return separated(f"{value:z,.{decimals}f}")


def short(value: float, digits: int = 6) -> str:
    """Return a stated number with at most so many significant digits, and no zeros at its end.

    >>> short(0.50), short(3), short(1234567.0, 3)
    ('0.5', '3', '1.23e+06')
    """
    return separated(f"{value:.{digits}g}")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; what ends an abbreviation or an ordinal ends none.

    >>> sentences("It is late. It is 3.5 days late.")
    ['It is late.', 'It is 3.5 days late.']
    """
    return [one for one in _SENTENCE_ENDS[spoken()].split(text) if one]


def first_sentence(text: str) -> tuple[str, str]:
    """Return the first sentence of a text, and the rest of it; a colon or an abbreviation ends none.

    >>> first_sentence("Report it by 4 Nov. Largest: B1, EUR 5.00.")
    ('Report it by 4 Nov.', 'Largest: B1, EUR 5.00.')
    """
    if spoken() == ENGLISH:
        first, _, rest = re.sub(r"(?<=[.!?]) (?=[A-Z])", "\n", text, count=1).partition("\n")
        return first, rest
    first, *others = sentences(text)
    return first, " ".join(others)


PARAGRAPH = "\n\n"
"""Stands in a text between what is shown and what the reader opens (`first_part`)."""


def first_part(text: str) -> tuple[str, str]:
    """Return what of a text is shown, and the rest: its first paragraph, or the first sentence of its only one.

    >>> first_part("Renew it. It pays.\\n\\nIt paid."), first_part("Renew it. It pays.")
    (('Renew it. It pays.', 'It paid.'), ('Renew it.', 'It pays.'))
    """
    first, split, rest = text.partition(PARAGRAPH)
    return (first, rest) if split else first_sentence(text)


def ratio(value: float | None) -> str:
    """Return a ratio with two decimals, or three digits where it is below 0.1.

    >>> ratio(1.2345), ratio(0.01412)
    ('1.23', '0.0141')
    """
    if missing(value):
        return tr(CANNOT)
    size = abs(float(value))
    return _signed(value, _plain(size, _decimals(size, 3) if 0 < size < 0.1 else 2))


def number(value: float | None) -> str:
    """Return a number of unknown kind: whole if it is whole, else with about four digits.

    >>> number(1234.0), number(1234.56), number(0.012345)
    ('1,234', '1,235', '0.01235')
    """
    if missing(value):
        return tr(CANNOT)
    size = abs(float(value))
    return _signed(value, _plain(size, 0 if size == int(min(size, 1e15)) else _decimals(size, 4)))


def p_value(value: float | None) -> str:
    """Return a p-value with four decimals, below which more digits tell nothing.

    >>> p_value(0.4469), p_value(9.651e-15), p_value(None)
    ('0.4469', '< 0.0001', 'cannot be estimated')
    """
    if missing(value):
        return tr(CANNOT)
    return "< " + separated("0.0001") if 0 <= float(value) < 0.0001 else _signed(value, _plain(abs(float(value)), 4))


def figure(value: float | None, unit: str) -> str:
    """Return a headline figure with its unit; raises `ValueError` for a unit that is not one of `UNITS`.

    >>> figure(0.123, "fraction"), figure(12.3, "days"), figure(4_500_000, "EUR"), figure(None, "ratio")
    ('12.3 %', '12.3 days', 'EUR 4.50 m', 'cannot be estimated')
    """
    return _writer_of(unit)(value)


def change(value: float | None, unit: str) -> str:
    """Return a difference with its sign; that of a share is in percentage points.

    >>> change(0.0123, "fraction"), change(-1.5, "days"), change(12_000, "EUR")
    ('+1.2 pp', '−1.5 days', 'EUR +12,000')
    """
    writer = _writer_of(unit)
    if missing(value):
        return tr(CANNOT)
    text = writer(value)
    if writer in (percent, probability):
        text = text.replace(separated(" %"), " " + tr("pp"))
    if value > 0 and _told(text):
        text = re.sub(rf"(?=\d|{tr('infinite')})", "+", text, count=1)
    return text


def cell_writer(values: pd.Series, kind: Kind, *, largest_beside: float = 0.0) -> Callable[[object], str]:
    """Return the function that writes a column's values in a table: full digits, the same decimals in each row.

    Missing values are the caller's. Amounts have cents only where the whole column, and the largest amount beside it,
    are below 1,000; shares one decimal, two where some are below 0.05 %. Counts that are expected, and so not whole,
    have one decimal, two where some are below 1. Numbers of unknown kind that differ a hundredfold each have their own
    decimals.
    """
    if kind == "date":
        return _day
    if kind == "text":
        return _text
    if kind in ("probability", "p_value"):
        written = probability if kind == "probability" else p_value
        return lambda value: written(value) if _is_number(value) else str(value)
    numbers = np.abs(as_numbers(values))
    numbers = numbers[(numbers > 0) & (numbers < math.inf)]
    largest, smallest = (float(numbers.max()), float(numbers.min())) if len(numbers) else (0.0, 0.0)
    whole = bool((numbers % 1 == 0).all())
    if kind in ("number", "score", "figure", "change") and not whole and largest > 100 * smallest:
        return lambda value: number(value) if _is_number(value) else str(value)
    scale, suffix = (100, separated(" %")) if kind == "percent" else (1, "")
    decimals = {
        "money": 0 if max(largest, largest_beside) >= 1000 or whole else 2,
        "percent": (1 if smallest >= 0.0005 else 2)
        if largest >= 0.01
        else _decimals(largest * 100, 2)
        if largest
        else 1,
        "days": 0 if whole else 1,
        "count": 0 if whole else 1 if smallest >= 1 else 2,
        "ratio": _decimals(largest, 3) if 0 < largest < 0.1 else 2,
        "score": 0 if whole else 1,
    }.get(kind, 0 if whole else _decimals(largest, 4))
    return lambda value: (
        _signed(value, _plain(abs(float(value)) * scale, decimals) + suffix) if _is_number(value) else str(value)
    )


def as_numbers(values: pd.Series) -> np.ndarray:
    """Return a column's numbers, missing where a value is none.

    By numpy: a page has hundreds of columns, most of few rows.
    """
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind not in "iufb":
        values = pd.to_numeric(values, errors="coerce")
    return values.to_numpy("float64", na_value=math.nan)


def _writer_of(unit: str) -> Callable[[float | None], str]:
    if re.fullmatch("[A-Z]{3}", unit):
        return lambda value: money(value, unit)
    writers = {"days": days, "fraction": percent, "%": percent, "probability": probability, "count": count}
    writer = (writers | {"ratio": ratio}).get(unit)
    if writer is None:
        raise ValueError(f"unit {unit!r} is not known; use {UNITS}")
    return writer


def _is_number(value: object) -> TypeGuard[float]:
    return pd.api.types.is_number(value) and not isinstance(value, bool)


def _text(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return tr("yes") if value else tr("no")
    return number(value) if _is_number(value) else unbroken(spaced(str(value)))


def unbroken(text: str) -> str:
    """Return text in which no line can break between a figure and its currency, its unit or its per cent sign.

    >>> unbroken("EUR 1.2 m of 3 %") == "EUR\N{NO-BREAK SPACE}1.2\N{NO-BREAK SPACE}m of 3\N{NO-BREAK SPACE}%"
    True
    """
    return _BREAKABLE.sub("\N{NO-BREAK SPACE}", text)


def punctuated(text: str) -> str:
    """Return a sentence with the marks of its language where its parts were joined by those of English.

    >>> punctuated("EUR 5 (standard error 2). Next.")
    'EUR 5 (standard error 2). Next.'
    """
    for ascii_mark, mark in _MARKS.get(spoken(), []):
        text = ascii_mark.sub(mark, text)
    return text


def spaced(text: str) -> str:
    """Return text with each per cent sign as figures of the language have it: after a space, in Chinese without.

    >>> spaced("12% of 3 %")
    '12 % of 3 %'
    """
    return re.sub(r"(?<=\d)[ \N{NO-BREAK SPACE}]?%", separated(" %"), text)


def _day(value: object) -> str:
    if not isinstance(value, date):  # as `Timestamp` is
        return str(value)
    day = f"{value:{_DAYS.get(spoken(), '%Y-%m-%d')}}"
    timed = isinstance(value, pd.Timestamp) and value != value.normalize()
    return f"{day} {value:%H:%M}" if timed else day


def _plain(size: float, decimals: int) -> str:
    return tr("infinite") if size == math.inf else separated(f"{size:,.{decimals}f}")


def parsed(figure: str) -> float:
    """Return the number that digits with the separators of the language stand for."""
    return float(separated(figure).replace(",", ""))


def _told(text: str) -> bool:
    """Return whether a figure as written is not zero."""
    return any(digit in text for digit in "123456789") or tr("infinite") in text


def _decimals(size: float, digits: int) -> int:
    """Return the decimals that show a number with so many significant digits, without a sign of false precision."""
    if size == 0:
        return 0
    return max(digits - 1 - math.floor(math.log10(float(f"{size:.{digits - 1}e}"))), 0)


def _signed(value: float, text: str, currency: str = "") -> str:
    """Put the sign before the digits and the currency before both; what rounds to zero has no sign."""
    sign = MINUS if value < 0 and _told(text) else ""
    return f"{currency} {sign}{text}".strip()
