"""Turns raw tables into typed ones and finds every value that does not fit; mends nothing and drops nothing."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tradecredit.book.exports.amounts import minus_in_front
from tradecredit.book.exports.days import days, told
from tradecredit.book.places import one_of
from tradecredit.book.problems import in_rows, of_table
from tradecredit.book.schema import NEVER_EMPTY, TABLES, Column, dtype
from tradecredit.book.sources import RawTable
from tradecredit.errors import Problem
from tradecredit.params.source import Formats

SUMMED = ("amount", "signed")
"""Kinds of columns that are added up where rows are parts of one."""

MARKS = ((",", "."), (".", ","), (",", ""), (",", " "), (".", " "), (".", "'"), (".", ""))
"""Marks before decimals and between thousands that are tried to say how a column is written, the likelier first."""

MOST_NOTHINGS = 3
"""Different texts that may stand for nothing."""

RULES: dict[str, tuple[Callable[[pd.Series], pd.Series], str, str]] = {
    "amount": (
        lambda values: values < 0, "must not be negative", "correct it"
    ),
    "days": (
        lambda values: (values < 0) | (values.round() != values), "a whole number of days, 0 or more, is expected",
        "correct it",
    ),
    "fraction": (
        lambda values: (values < 0) | (values > 1), "a fraction from 0 to 1 is expected", "write 2 % as 0.02"
    ),
    "number": (lambda values: values <= 0, "must be above zero", "correct it"),
    "grade": (
        lambda values: ~values.isin(range(1, 11)), "a whole grade from 1 (best) to 10 is expected", "correct it"
    ),
}  # fmt: skip
"""Kind of a column: what breaks its rule, what is allowed, and the remedy."""

NEGATIVE_INVOICES = (
    "correct it, or read negative rows as receipts (tables: {invoices: {sign: positive}, receipts: {sign: negative, "
    "constants: {kind: credit_note}}})"
)
"""The remedy for amounts of invoices below zero."""

MOST_TERMS_DAYS = 36_525
"""A hundred years: longer terms are no terms, and lead to no day."""

OPEN_ENDED = ("valid_to", "until")
"""Days that may be the end of time, 9999-12-31: then there is no end."""


def typed(raw: RawTable) -> tuple[pd.DataFrame, list[Problem]]:
    """Return a raw table with all columns of its schema in their types, and every value that does not fit.

    Values that cannot be read are missing in the frame and stand in the problems. The index stays the row in the file.
    """
    table = TABLES[raw.name]
    problems: list[Problem] = []
    columns = {}
    frame = raw.frame
    without_terms = pd.Series(False, index=frame.index)
    if "terms_days" in frame and "issued" in frame:
        frame, problems, without_terms = _with_due(raw)
    for column in table.columns:
        if column.name not in frame:
            columns[column.name] = pd.Series(index=frame.index, dtype=dtype(column))
            continue
        values, unreadable = _values(frame[column.name], column, raw.formats)
        expected = _expected(column, raw.formats, frame[column.name], unreadable)
        problems += in_rows(raw.file, column.name, frame[column.name], unreadable, *expected)
        columns[column.name] = values
        told = unreadable | without_terms if column.name == "due" else unreadable
        problems += _column_problems(raw, column, frame[column.name], values, told)
    result = pd.DataFrame(columns, index=frame.index, copy=False)
    if raw.name in NEVER_EMPTY and result.empty and not raw.may_be_empty:
        problems.append(
            Problem(file=raw.file, allowed=f"holds no rows of {raw.name}", remedy="export it with its rows")
        )
    return result, of_table(raw.name, problems)


def combined(raw: RawTable) -> RawTable:
    """Return a raw table with rows that differ in amounts only added up under the first of them, where it says so.

    Where an amount cannot be read they stay as they are.
    """
    if not raw.combined:
        return raw
    frame = raw.frame
    sums = [column for column in TABLES[raw.name].columns if column.kind in SUMMED and column.name in frame]
    read = {column.name: _values(frame[column.name], column, raw.formats) for column in sums}
    others = [name for name in frame if name not in read]
    again = frame.duplicated(others)
    if not again.any() or any(unreadable.any() for _, unreadable in read.values()):
        return raw
    group = frame.groupby(others, dropna=False, sort=False).ngroup()
    added = {name: values.groupby(group).sum(min_count=1).to_numpy() for name, (values, _) in read.items()}
    rule = f"rows that are parts of another one of {raw.name}: their amounts are added up"
    return replace(raw, frame=frame[~again].assign(**added), assumed=(*raw.assumed, (rule, int(again.sum()))))


def _with_due(raw: RawTable) -> tuple[pd.DataFrame, list[Problem], pd.Series]:
    """Return the raw invoices with `due` = `issued` + `terms_days` where no due date is given.

    With what is wrong with the terms, and a mask of the rows in which it is.
    """
    frame = raw.frame
    terms = Column("terms_days", "days")
    days, unreadable = _values(frame["terms_days"], terms, raw.formats)
    expected = _expected(terms, raw.formats, frame["terms_days"], unreadable)
    problems = in_rows(raw.file, "terms_days", frame["terms_days"], unreadable, *expected)
    odd = days.notna() & (RULES["days"][0](days) | (days > MOST_TERMS_DAYS))
    told = f"a whole number of days from 0 to {MOST_TERMS_DAYS:,} is expected"
    problems += in_rows(raw.file, "terms_days", frame["terms_days"], odd, told, "correct it")
    days = days.mask(odd)
    wrong = odd | unreadable
    issued, _ = _values(frame["issued"], TABLES["invoices"].column("issued"), raw.formats)
    computed = issued + pd.to_timedelta(days, unit="D")
    if "due" in frame:
        due, _ = _values(frame["due"], TABLES["invoices"].column("due"), raw.formats)
        if (frame["due"].notna() & due.isna()).any():
            return frame, problems, wrong & frame["due"].isna()
        computed = due.fillna(computed)
    return frame.assign(due=computed), problems, wrong & computed.isna()


def _values(raw: pd.Series, column: Column, formats: Formats) -> tuple[pd.Series, pd.Series]:
    """Return a column's values in its type and a mask of those that hold something unreadable."""
    if column.kind == "text":
        text, none = raw, pd.Series(False, index=raw.index)
        if raw.dtype == "str":
            return raw, none
        if pd.api.types.is_float_dtype(raw) and (raw.dropna() % 1 == 0).all():
            text = raw.astype("Int64")
        return text.astype("str").where(raw.notna()).astype("str"), none
    if column.kind == "date":
        values = _each_once(raw, formats)
    elif pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw):
        values = raw.astype("float64")
    else:
        values = _numbers(raw.astype("str"), formats)
    if values.dtype == "float64":
        values = values.where(values.abs() != float("inf"))
    unreadable = raw.notna() & values.isna()
    if column.name in OPEN_ENDED and unreadable.any():
        unreadable &= ~raw.astype("str").str.startswith("9999") & ~raw.astype("str").str.endswith("9999")
    return values, unreadable


def _numbers(text: pd.Series, formats: Formats) -> pd.Series:
    """Return numbers written as the formats say; missing where a cell holds none."""
    if not formats.thousands:
        pointed = text
        if formats.decimal == ",":
            if text.str.contains(".", regex=False).any():
                return _numbers_one_by_one(text, formats)
            pointed = text.str.replace(",", ".", regex=False)
        try:
            numbers = pc.cast(pa.array(pointed), pa.float64()).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            return _numbers_one_by_one(text, formats)
        # Arrow reads as numbers what is none here: nan, and words for what has no end.
        if np.isfinite(numbers).sum() == text.notna().sum():
            return pd.Series(numbers, index=text.index, copy=False)
    return _numbers_one_by_one(text, formats)


def _numbers_one_by_one(text: pd.Series, formats: Formats) -> pd.Series:
    dressed = text.notna() & ~text.str.fullmatch(r"[+-]?[\d.,]*").fillna(True).astype(bool)
    if dressed.any():
        text = text.mask(dressed, text[dressed].map(minus_in_front))
    if formats.thousands:
        mark, point = re.escape(formats.thousands), re.escape(formats.decimal)
        # Two digits between marks are India's lakhs and crores.
        groups = rf"\d{{1,3}}({mark}\d{{3}})+|\d{{1,2}}({mark}\d{{2}})+{mark}\d{{3}}"
        grouped = text.str.fullmatch(rf"[+-]?({groups}|\d+)({point}\d*)?")
        text = text.where(grouped.fillna(False).astype(bool), "unreadable")
        text = text.str.replace(formats.thousands, "", regex=False)
    if formats.decimal == ",":
        text = text.where(~text.str.contains(".", regex=False), "unreadable").str.replace(",", ".", regex=False)
    plain = text.str.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
    return pd.to_numeric(text.where(plain.fillna(False).astype(bool)), errors="coerce").astype("float64")


def _each_once(raw: pd.Series, formats: Formats) -> pd.Series:
    """Return `_days` between 1950 and 2100, of text read once for each way of writing."""
    if raw.dtype != "str":
        values = _days(raw, formats)
        return values.where(values.dt.year.between(1950, 2100))
    written = pc.dictionary_encode(pa.chunked_array(pa.array(raw)).combine_chunks())
    values = _days(pd.Series(written.dictionary, dtype="str"), formats)
    read = values.where(values.dt.year.between(1950, 2100)).to_numpy("datetime64[us]")
    # A place of −1, of an empty cell, is the last of the values: none.
    place = pc.fill_null(written.indices, -1).to_numpy()
    return pd.Series(np.append(read, np.datetime64("NaT", "us"))[place], index=raw.index, copy=False)


def _days(raw: pd.Series, formats: Formats) -> pd.Series:
    """Return days: true dates as they are, text and whole numbers by the stated format, instants by the stated zone.

    A column of instants without a stated zone is not read: on which day they lie depends on it.
    """
    if isinstance(raw.dtype, pd.DatetimeTZDtype):
        if formats.zone is None:
            return pd.Series(pd.NaT, index=raw.index, dtype="datetime64[us]")
        raw = raw.dt.tz_convert(formats.zone).dt.tz_localize(None)
    if pd.api.types.is_datetime64_any_dtype(raw):
        return raw.dt.normalize().astype("datetime64[us]")
    if not _holds_text(raw):
        return days(raw, formats.dates)
    if "%z" not in formats.dates:
        return pd.to_datetime(raw, format=formats.dates, errors="coerce").dt.normalize().astype("datetime64[us]")
    if formats.zone is not None:
        instants = pd.to_datetime(raw, format=formats.dates, errors="coerce", utc=True)
        return instants.dt.tz_convert(formats.zone).dt.tz_localize(None).dt.normalize().astype("datetime64[us]")
    # As written: the day on the clock that wrote it.
    local = raw.astype("str").str.replace(r"\s*(Z|[+-]\d\d:?\d\d)$", "", regex=True)
    plain = formats.dates.replace("%z", "").strip()
    return pd.to_datetime(local, format=plain, errors="coerce").dt.normalize().astype("datetime64[us]")


def _holds_text(raw: pd.Series) -> bool:
    if isinstance(raw.dtype, pd.StringDtype):
        return True
    return pd.api.types.is_string_dtype(raw) and raw.map(lambda value: isinstance(value, str), na_action="ignore").all()


def _expected(column: Column, formats: Formats, found: pd.Series, unreadable: pd.Series) -> tuple[str, str]:
    """Return what a column's values should be, and what to do where some cannot be read: by how they are written."""
    if column.kind == "date":
        allowed = f"a date between 1950 and 2100 written as {formats.dates} is expected"
        return allowed, _dates_remedy(found, found[unreadable], formats) if unreadable.any() else ""
    thousands = f", thousands mark {formats.thousands!r}" if formats.thousands else ", no thousands mark"
    allowed = f"a number is expected (decimal mark {formats.decimal!r}{thousands})"
    return allowed, _marks_remedy(column, found, found[unreadable]) if unreadable.any() else ""


def _dates_remedy(found: pd.Series, unreadable: pd.Series, formats: Formats) -> str:
    zone = "state the zone whose days count (formats: {zone: Europe/Berlin})"
    if isinstance(found.dtype, pd.DatetimeTZDtype):
        return zone
    if nothing := _stands_for_nothing(unreadable):
        return f"if it stands for no day, state so: `formats: {{empty: [{nothing}]}}`; else correct it"
    if (whole := told([found])) and whole.format != formats.dates:
        others = f" (or {', '.join(whole.others)})" if whole.others else ""
        return f"state how the file writes days: `formats: {{dates: {whole.format!r}}}`{others}"
    if (some := told([unreadable])) and some.format != formats.dates:
        ways = " or ".join((some.format, *some.others))
        return f"it is written as {ways}, unlike other rows: correct it, or export all days in one form"
    if unreadable.astype("str").str.contains(r"\d[T ]\d.*(?:Z|[+-]\d\d:?\d\d)$", regex=True).any():
        return f"state how the file writes instants (formats: {{dates: '%Y-%m-%dT%H:%M:%S%z'}}), and {zone}"
    return "correct it, or state how the file writes days (formats: {dates: …})"


def _stands_for_nothing(unreadable: pd.Series) -> str:
    """Return the few texts without a digit but 0 that unreadable cells hold, as YAML writes them; empty otherwise."""
    texts = unreadable.astype("str").unique()
    if len(texts) > MOST_NOTHINGS or any(re.search("[1-9]", text) for text in texts):
        return ""
    return ", ".join(json.dumps(text, ensure_ascii=False) for text in texts)


def _marks_remedy(column: Column, found: pd.Series, unreadable: pd.Series) -> str:
    def fits(values: pd.Series, marks: tuple[str, str]) -> bool:
        formats = Formats.model_validate({"decimal": marks[0], "thousands": marks[1]})
        return not _values(values, column, formats)[1].any()

    for marks in MARKS:
        stated = f"decimal: {marks[0]!r}" + (f", thousands: {marks[1]!r}" if marks[1] else "")
        if fits(found, marks):
            return f"state how the file writes numbers: `formats: {{{stated}}}`"
        if fits(unreadable, marks):
            return f"it is written with {stated}, unlike other rows: correct it, or export all numbers in one form"
    if nothing := _stands_for_nothing(unreadable):
        return f"if it stands for no number, state so: `formats: {{empty: [{nothing}]}}`; else correct it"
    return (
        "correct it, or state the marks (formats: {decimal: …, thousands: …}); a currency stands in a column of its own"
    )


def _column_problems(
    raw: RawTable, column: Column, found: pd.Series, values: pd.Series, unreadable: pd.Series
) -> Iterator[Problem]:
    """Yield what a column's rule forbids: missing, below zero, out of range, not one of the allowed values."""
    if column.required:
        yield from in_rows(
            raw.file,
            column.name,
            found,
            values.isna() & ~unreadable,
            "is empty; every row needs a value",
            f"fill it in, or give one for all rows (tables.{raw.name}.constants)",
        )
    if column.allowed:
        yield from in_rows(
            raw.file,
            column.name,
            found,
            values.notna() & ~one_of(values, column.allowed),
            f"one of {', '.join(column.allowed)} is expected",
            f"translate it in the run file (tables.{raw.name}.values.{column.name}: {{theirs: ours}})",
        )
    if column.kind in RULES:
        broken, allowed, remedy = RULES[column.kind]
        if raw.name == "invoices" and column.name == "amount":
            remedy = NEGATIVE_INVOICES
        yield from in_rows(raw.file, column.name, found, values.notna() & broken(values), allowed, remedy)
