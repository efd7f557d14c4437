"""Days as systems write them: the format is told by whole columns, and what stays open is said."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.exports.eras import western
from tradecredit.book.instants import OFFSET, of_texts, on_the_clock
from tradecredit.params.export import ExportForm

FORMATS = (
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%B-%Y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%d %b %Y", "%B %d, %Y",
    "%b %d, %Y",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M",
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M", "%d-%m-%Y %H:%M", "%m-%d-%Y %H:%M", "%Y年%m月%d日", "%d%m%Y",
    "%Y-%m-%d%z",
    "%Y-%m", "%m/%Y", "%B %Y", "%b %Y",
    "%d/%b/%Y", "%d.%b.%Y", "%d. %B %Y", "%d. %b %Y", "%d %b %y", "%d-%m-%y", "%y/%m/%d", "%y.%m.%d",
    "%Y-%b-%d", "%B %d %Y", "%b %d %Y", "%d.%m.%Y.", "%d. %m. %Y", "%Y.%m.%d.", "%Y. %m. %d.", "%Y. %m. %d",
    "%Y年%m月%d日", "%Y년 %m월 %d일", "%Y년%m월%d일", "%d%b%Y", "%y%m%d", "%d%m%y",
)  # fmt: skip
"""Ways of writing days that are tried, the likelier first."""
TIMES = (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", "T%H:%M:%S", "T%H:%M:%S.%f", "T%H:%M", ", %H:%M")
"""Ways of writing the time of the day behind it, which are tried where one stands there."""
BY_HAND = {form: form.replace("%Y", "%y") for form in ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y")}
"""Ways of writing days by hand, and the same with two figures of the year."""
TWO_FIGURES = r"\d{1,2}[./-]\d{1,2}[./-]\d{2}"
COMPACT = {"%Y%m%d": 8, "%d%m%Y": 8, "%y%m%d": 6, "%d%m%y": 6}
"""Ways of writing days without marks, with their digits; a nought in front may have been lost."""
A_DAY = datetime(2026, 2, 3, 4, 5, 6)
"""Tells by an example what a way of writing looks like."""
TRIED = 50
"""So many different cells tell which ways of writing are tried on all."""
SERIAL = "serial"
CLARION = "clarion"
"""Days since 28 December 1800, as databases of Clarion's family count them."""
UNIX, UNIX_MS = "unix", "unix_ms"
"""Seconds, and thousandths of them, since 1970 in universal time, as interfaces of web services count instants."""


class Counted(NamedTuple):
    """A way of counting: the day that is 0, the least and the greatest number that is taken for one, and its unit."""

    begin: date
    least: int
    most: int
    in_a_day: int = 1


COUNTED = {
    SERIAL: Counted(date(1899, 12, 30), 18_000, 75_000), CLARION: Counted(date(1800, 12, 28), 75_001, 90_000),
    UNIX: Counted(date(1970, 1, 1), 10**9, 2_200_000_000, 86_400),
    UNIX_MS: Counted(date(1970, 1, 1), 10**12, 2_200_000_000_000, 86_400_000),
}  # fmt: skip
"""Ways of counting days. Those of Clarion are of 2006 to 2047, as a spreadsheet's are of the next century there; those
since 1970 of 2001 to 2039."""
_JSON = r"/Date\((-?\d+)([+-]\d{4})?\)/"
"""An instant as JSON of .NET has it: thousandths of seconds since 1970, and how far the clock is ahead."""
JULIAN = "cyyddd"
"""Centuries since 1900, year and day of the year, as JD Edwards stores days."""
NO_DAY = ("00.00.0000", "0000-00-00", "00000000", "NULL", "null", "n/a", "N/A", "-", "nan", "NaT", "None", "0")
"""What systems write where there is no day."""
OF_SLIP = r"^(\d{4}[/.-]\d{1,2}[/.-]\d{1,2}) ?-\d{1,4}$"
"""A number of a slip that is its day, and which of that day it is, as in Korea."""
_NOUGHTS = r"[0./ -]*0[0./ -]*(?:[ T][0:. APM]+)?"
_FIRST = r"(?:0?1[./-]0?1[./-](?:1900|1753|0001)|(?:1900|1753|0001)-01-01)(?:[ T][0-9:. APM]*)?"
EMPTY = rf"{_NOUGHTS}|{_FIRST}|[./ _-]+"
"""How a day that there is not is written: nothing but noughts or marks, or the first day that a system knows of."""
NEVER = "9999|2999|4712"
"""Years that systems write for a day that never comes; the last is Oracle's."""
MOST_DAYS_BY_CHANCE = 20
"""So many different days of issue are never all on weekdays by chance (5/7 to the 20th: one in 800)."""
MONTHS = {
    "January": "januar januari janvier enero gennaio janeiro stycznia styczen leden ledna ocak января ianuarie"
    " tammikuuta",
    "February": "februar februari fevrier febrero febbraio fevereiro lutego luty unor unora subat февраля februarie"
    " helmikuuta",
    "March": "marz maerz maart mars marzo marco marca marzec brezen brezna mart марта martie maaliskuuta marts maret"
    " marcius",
    "April": "avril abril aprile kwietnia kwiecien duben dubna nisan апреля aprilie huhtikuuta aprilis",
    "May": "mai mei mayo maggio maio maja maj kveten kvetna mayıs mayis мая toukokuuta majus",
    "June": "juni juin junio giugno junho czerwca czerwiec cerven cervna haziran июня iunie kesakuuta junius",
    "July": "juli juillet julio luglio julho lipca lipiec cervenec cervence temmuz июля iulie heinakuuta julius",
    "August": "augustus aout agosto sierpnia sierpien augusti srpen srpna agustos августа elokuuta agustus augusztus",
    "September": "septembre septiembre settembre setembro wrzesnia wrzesien zari eylul сентября septembrie syyskuuta"
    " szeptember",
    "October": "oktober octobre octubre ottobre outubro pazdziernika pazdziernik rijen rijna ekim октября octombrie"
    " lokakuuta",
    "November": "novembre noviembre novembro listopada listopad listopadu kasım kasim ноября noiembrie marraskuuta",
    "December": "dezember decembre diciembre dicembre dezembro desember grudnia grudzien prosinec prosince aralık"
    " aralik декабря decembrie joulukuuta",
}
"""Month: what it is called elsewhere, without accents."""
_ENGLISH = {name: month for month, names in MONTHS.items() for name in names.split()}
_BEGINS = [(name[:length], month[:3]) for name, month in _ENGLISH.items() for length in (3, 4) if len(name) > length]
_SHORT = {
    begin: month
    for begin, month in _BEGINS
    if begin not in _ENGLISH and {other for same, other in _BEGINS if same == begin} == {month}
} | {"juil": "Jul", "janv": "Jan", "fevr": "Feb", "mrz": "Mar", "mrt": "Mar", "sept": "Sep"}
_OF_BUDDHA = "6[0-9]|7[0-5]"
"""Last two figures of the years 2560 to 2575 of the Buddha: no ledger is of 1969, or due in 2068."""
_LONG = r"\b(January|February|March|April|June|July|August|September|October|November|December)\b"
FIRST, LAST = pd.Timestamp("1950-01-01"), pd.Timestamp("2100-12-31")


MOST_ODD = 0.05
"""Share of a column's cells, one cell at least, that a way of writing days may not read: so few are odd ones."""


class Told(NamedTuple):
    """How days are written: the format, others that fit as well, so that it is a guess, and cells it does not read."""

    format: str
    others: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()


def told(columns: Sequence[pd.Series], pairs: Sequence[tuple[pd.Series, pd.Series]] = ()) -> Told | None:
    """Return how the days of some columns are written, all in one way; None where no way fits.

    A format that reads every cell that holds something goes first, then one that does so as hands write (`BY_HAND`).
    Without one, a format may leave odd cells: in each
    column at most one in twenty of those with a figure, or a single one, and no more than a third of those that it
    reads; the formats with the fewest count. Of several, the one counts under which the fewest days of `pairs`
    (issued, due) stand in the wrong order, and then the one under which the fewest days of issue are on a weekend, if
    it is clear: hardly any, where under others there are many. What differs in nothing of these stays open.
    """
    # Numbers among written days are a spreadsheet's, unless there is nothing else.
    written = [_texts(column.drop(_serial_cells(column).index)).dropna() for column in columns]
    if not any(map(len, written)):
        written = [_texts(column).dropna() for column in columns]
    texts = [one.value_counts() for one in written if len(one)]
    if not texts:
        return None
    values = pd.concat(texts).groupby(level=0, sort=False).sum()
    unread = {form: ~_read(values.index, form) for form in (*_tried(values.index), *COUNTED)}
    fitting = [form for form, missed in unread.items() if not missed.any() and form not in COUNTED]
    for counted in COUNTED:
        if not fitting and not unread[counted].any():
            return Told(counted)
    if not fitting:
        unread |= {form: ~_read(values.index, form, by_hand=True) for form in BY_HAND if form in unread}
        fitting = [form for form in BY_HAND if form in unread and not unread[form].any()]
    if not fitting:
        few = [form for form, missed in unread.items() if all(_few(one, values.index[missed]) for one in texts)]
        least = min((int(values[unread[form]].sum()) for form in few), default=0)
        fitting = [form for form in few if values[unread[form]].sum() == least]
    if not fitting:
        return None
    best = _fewest({form: _wrong_order(pairs, form) for form in fitting})
    if len(best) > 1:
        best = _least_on_weekends(best, pairs[0][0] if pairs else None)
    # A month's name in full or short is one reading.
    others = [form for form in best[1:] if form.replace("%b", "%B") != best[0].replace("%b", "%B")]
    return Told(best[0], tuple(others), tuple(values.index[unread[best[0]]]))


def _tried(values: pd.Index) -> list[str]:
    """Return the ways of writing days, with time and zone where they stand there, that read a cell of a few."""
    with_time = values.str.contains(r"\d:\d\d").mean() > 0.5
    forms = [form for form in FORMATS if "%H" in form] if with_time else list(FORMATS)
    if with_time:
        forms += [day + time for day in FORMATS if "%d" in day and not re.search("%[Hz]", day) for time in TIMES]
    if with_time and values.str.contains(rf"\d:\d\d.*{OFFSET}").any():
        forms = [f"{form}%z" for form in forms]
    few = tuple(values[:TRIED])
    shapes = {_shape(text) for text in few}
    likely = [form for form in dict.fromkeys(forms) if form.endswith("%z") or _shape(A_DAY.strftime(form)) in shapes]
    found = [form for form in likely if _reads_any(few, form)]
    return found or (list(FORMATS) if len(values) > TRIED else [])


@lru_cache(4096)
def _shape(text: str) -> str:
    """Return a text with each run of figures and of letters as one, without spaces: what another form has is no day."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", re.sub(r"\s", "", text)))


@lru_cache(4096)
def _reads_any(few: tuple[str, ...], form: str) -> bool:
    """Return whether one of a few cells is a day in a way of writing; the columns of a ledger are asked many times."""
    return bool(_read(pd.Index(few, dtype="str"), form).any())


def _few(column: pd.Series, odd: pd.Index) -> bool:
    """Return whether the odd ones among a column's cells (how often each stands there, by text) are few."""
    of = column[column.index.isin(list(odd))]
    written = column[column.index.str.contains(r"\d")].sum()
    # A text without a figure is no day in any writing.
    strange = of[of.index.str.contains(r"\d")].sum()
    read = column.sum() - of.sum()
    return bool(read >= 3 * strange and read > 0 and strange <= max(1, MOST_ODD * written))


def _fewest(faults: dict[str, int]) -> list[str]:
    return [form for form, number in faults.items() if number == min(faults.values())]


def _wrong_order(pairs: Sequence[tuple[pd.Series, pd.Series]], form: str) -> int:
    return sum(int((days(first, form) > days(second, form)).sum()) for first, second in pairs)


def _least_on_weekends(forms: list[str], issued: pd.Series | None) -> list[str]:
    """Return the formats under which hardly any day of issue is on a weekend, if there are such; else all of them."""
    if issued is None:
        return forms
    read = {form: days(issued, form).dropna().drop_duplicates() for form in forms}
    share = {form: float((column.dt.day_of_week > 4).mean()) for form, column in read.items() if len(column)}
    enough = min(len(column) for column in read.values()) >= MOST_DAYS_BY_CHANCE
    clear = [form for form, on_weekends in share.items() if on_weekends < 0.02]
    return clear if enough and clear and max(share.values()) > 0.15 else forms


def days_of(column: pd.Series, role: str, form: ExportForm) -> pd.Series:
    """Return a column of some role as days, as an export's form says that they are written."""
    return days(column, form.dates.get(role, form.dates.get("all")), form.year_from, form.zone)


def days(column: pd.Series, form: str | None, year_from: date | None = None, zone: str | None = None) -> pd.Series:
    """Return a column as days; missing where a cell is empty, holds no day, or is not written as `form` says.

    True dates stay what they are whatever the format; stored instants are days of `zone` alone, and missing without
    one. Text with a zone behind it is the day of `zone`, else as written. A month without a day is its last day. Days
    without a year (`%d%m`) lie in the twelve months that begin with `year_from`.
    """
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = on_the_clock(column, zone)
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.normalize().astype("datetime64[us]")
    found = pd.Series(pd.NaT, index=column.index, dtype="datetime64[us]")
    if column.isna().all():
        return found
    dates = pd.Series(False, index=column.index)
    if pd.api.types.infer_dtype(column, skipna=True) != "string":
        dates = column.map(lambda value: hasattr(value, "year"), na_action="ignore").fillna(False).astype(bool)
    if dates.any():
        found[dates] = _true(column[dates], zone)
    # A cell of a spreadsheet that is a number, and no text in the stated form, is one of its days.
    serials = _serial_cells(column) if form and form not in (*COUNTED, JULIAN, *COMPACT) else pd.Series(dtype="float64")
    if len(serials):
        found[serials.index] = _counted(serials, SERIAL).astype("datetime64[us]")
    texts = _texts(column[~dates].drop(serials.index)).dropna()
    if texts.empty:
        return found
    if form in COUNTED:
        read = _counted(texts, form)
    elif form == JULIAN:
        number = pd.to_numeric(texts, errors="coerce")
        year = pd.to_datetime((1900 + number // 1000).astype("Int64").astype("str"), format="%Y", errors="coerce")
        read = year + pd.to_timedelta(number % 1000 - 1, unit="D")
    elif form and "%Y" not in form and "%y" not in form:
        read = _in_year(texts, form, year_from)
    elif form and "%z" in form:
        read = of_texts(texts, form, zone).dt.normalize()
    else:
        read = _written(texts, form or "%Y-%m-%d").dt.normalize()
        if months_alone(form):
            read = read + pd.offsets.MonthEnd(0)
    read = read.where(read.between(FIRST, LAST))
    found[read.index] = read.astype("datetime64[us]")
    return found


def beyond_calendar(column: pd.Series, form: str | None) -> pd.Series:
    """Return which cells are days written as `form` says that lie before `FIRST` or after `LAST`."""
    form, far = form or "%Y-%m-%d", pd.Series(False, index=column.index)
    if "%Y" in form:  # two digits of a year never lie so far
        texts = column.dropna().astype("str").str.strip()
        read = pd.to_datetime(texts, format=form, errors="coerce")
        far[read.index] = read.notna() & ~read.between(FIRST, LAST)
    return far


def _true(cells: pd.Series, zone: str | None) -> pd.Series:
    """Return cells that are dates or times as days."""
    stamps = [pd.Timestamp(cell) for cell in cells]
    on_clock = [one if one.tz is None else one.tz_convert(zone).tz_localize(None) if zone else pd.NaT for one in stamps]
    return pd.Series(on_clock, index=cells.index, dtype="datetime64[us]").dt.normalize()


def months_alone(form: str | None) -> bool:
    """Return whether a format has months and no days."""
    return form is not None and "%m" in form.replace("%B", "%m").replace("%b", "%m") and "%d" not in form


def _serial_cells(column: pd.Series) -> pd.Series:
    """Return the cells of a mixed column that are numbers such as a spreadsheet counts its days by."""
    if not pd.api.types.is_object_dtype(column) or pd.api.types.infer_dtype(column, skipna=True) == "string":
        return pd.Series(dtype="float64")
    numbers = column[column.map(lambda cell: isinstance(cell, int | float) and not isinstance(cell, bool))]
    numbers = numbers.astype("float64").dropna()
    return numbers[numbers.between(COUNTED[SERIAL].least, COUNTED[SERIAL].most)]


_UNUSUAL = re.compile(r"[^\W\d_]{3}|[RHS年民\u0e01-\u0e2e]|[./-]25[4-9]\d$|^1\d\d[./-]|^1[0-2]\d{5}$")
"""What stands in days whose month is a word or whose year is that of an era."""


def _texts(column: pd.Series) -> pd.Series:
    """Return the cells as text, missing where they hold no day; whole numbers without a decimal part."""
    if pd.api.types.is_datetime64_any_dtype(column) or column.isna().all():
        return pd.Series(index=column.index, dtype="str")
    if not pd.api.types.is_string_dtype(column):
        column = column.where(
            ~column.map(lambda value: hasattr(value, "year"), na_action="ignore").fillna(False).astype(bool)
        )
    text = column.astype("str").where(column.notna()).astype("str").str.strip()
    text = text.str.replace(r"^(\d+)\.0$", r"\1", regex=True)
    # Weekdays add nothing.
    text = text.str.replace(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? ", "", regex=True)
    text = text.str.replace(_JSON, _of_json, regex=True)
    text = text.str.replace(OF_SLIP, r"\1", regex=True)
    # Days repeat.
    named = {cell: western(cell) or _in_english(cell) for cell in text.dropna().unique() if _UNUSUAL.search(cell)}
    if named:
        text = text.map(lambda cell: named.get(cell, cell), na_action="ignore").astype("str")
    return text.where(~text.isin([*NO_DAY, ""]) & ~text.str.fullmatch(EMPTY).fillna(False))


def _read(values: pd.Index, form: str, by_hand: bool = False) -> np.ndarray:
    """Return which texts are days written in a way, or a day that stands for none (`NEVER`)."""
    texts = values.to_series()
    if form in COUNTED:
        return _counted(texts, form).between(FIRST, LAST).to_numpy()
    if digits := COMPACT.get(form):
        texts = texts.where(texts.str.fullmatch(rf"\d{{{digits - 1},{digits}}}"))
    written = of_texts(texts, form, None) if "%z" in form else _written(texts, form, by_hand)
    if "%z" in form and not texts.str.contains(OFFSET, regex=True, na=False).any():
        return np.zeros(len(texts), dtype=bool)
    read = written.between(FIRST, LAST)
    return (read | texts.str.contains(NEVER, na=False)).to_numpy(bool)


def _written(texts: pd.Series, form: str, by_hand: bool = True) -> pd.Series:
    """Return texts as days in a way of writing; a month's short name may stand in full.

    `by_hand`: the year may have two figures, or stand first as in ISO 8601.
    """
    texts = _in_our_years(texts, form)
    if "%b" in form:
        texts = texts.str.replace(_LONG, lambda found: found[1][:3], regex=True)
    read = pd.to_datetime(texts.str.zfill(COMPACT.get(form, 0)), format=form, errors="coerce")
    if not by_hand or form not in BY_HAND or not read.isna().any():
        return read
    rest = _in_our_years(texts[read.isna()], BY_HAND[form])
    short = pd.to_datetime(rest.where(rest.str.fullmatch(TWO_FIGURES)), format=BY_HAND[form], errors="coerce")
    return read.fillna(short).fillna(pd.to_datetime(rest, format="%Y-%m-%d", errors="coerce"))


def _in_our_years(texts: pd.Series, form: str) -> pd.Series:
    """Return texts with years of two figures that are those of the Buddha, as in Thailand, as years of ours."""
    first, last = form.startswith("%y"), form.endswith("%y")
    if not (first or last):
        return texts
    # Of four figures the last two are none, but of six they are.
    at_end = rf"(?:(?<!\d\d)|(?<=^\d{{4}}))(?:{_OF_BUDDHA})$"
    return texts.str.replace(
        rf"^(?:{_OF_BUDDHA})(?=\D|\d{{4}}$)" if first else at_end,
        lambda found: f"{(int(found[0]) - 43):02}",
        regex=True,
    )


def _in_english(text: str) -> str:
    """Return a day with the name of its month in English, where it stands in another language."""

    def month(found: re.Match) -> str:
        bare = "".join(part for part in unicodedata.normalize("NFKD", found[0]) if not unicodedata.combining(part))
        name = bare.casefold().rstrip(".")
        return _ENGLISH.get(name) or _SHORT.get(name) or found[0]

    # The mark behind a short name goes, and stays where it is what parts it from the year.
    return re.sub(r"(?<= )(?:de|del) (?=\w)", "", re.sub(r"[^\W\d_]{3,}(?:\.(?!\d))?", month, text))


def _of_json(found: re.Match) -> str:
    """Return an instant of JSON as the day on its clock."""
    ahead = found[2] or "+0000"
    minutes = int(f"{ahead[0]}1") * (60 * int(ahead[1:3]) + int(ahead[3:]))
    return f"{pd.Timestamp(int(found[1]), unit='ms') + pd.Timedelta(minutes=minutes):%Y-%m-%d}"


def _counted(values: pd.Series, form: str) -> pd.Series:
    """Return numbers of days, in a way of counting them (`COUNTED`), as days."""
    begin, least, most, in_a_day = COUNTED[form]
    numbers = pd.to_numeric(values, errors="coerce")
    whole = (numbers.where(numbers.between(least, most)) / in_a_day).floordiv(1)
    return pd.Timestamp(begin) + pd.to_timedelta(whole, unit="D")


def _in_year(texts: pd.Series, form: str, year_from: date | None) -> pd.Series:
    if year_from is None:
        return pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    start = pd.Timestamp(year_from)
    padded = texts.str.zfill(4) if form == "%d%m" else texts
    in_first = pd.to_datetime(padded + f" {start.year}", format=f"{form} %Y", errors="coerce")
    in_next = pd.to_datetime(padded + f" {start.year + 1}", format=f"{form} %Y", errors="coerce")
    return in_first.where(in_first >= start, in_next)
