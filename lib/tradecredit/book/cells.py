"""Reads the cells of a column as text, numbers or days, as the run file says that the file writes them."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tradecredit.book.exports.amounts import minus_in_front
from tradecredit.book.exports.days import days
from tradecredit.book.schema import Column
from tradecredit.params.source import Formats

OPEN_ENDED = ("valid_to", "until")
"""Days that may be the end of time, 9999-12-31: then there is no end."""


def in_type(raw: pd.Series, column: Column, formats: Formats) -> tuple[pd.Series, pd.Series]:
    """Return a column's values in its type and a mask of those that hold something unreadable.

    `raw`: text, or what a typed source gives; missing where a cell is empty.
    """
    if column.kind == "text":
        return as_text(raw), pd.Series(False, index=raw.index)
    if column.kind == "date":
        found = _each_once(raw, formats)
    elif pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw):
        found = _with_an_end(raw.astype("float64"))
    else:
        found = _numbers(raw.astype("str"), formats)
    unreadable = raw.notna() & found.isna()
    if column.name in OPEN_ENDED and unreadable.any():
        unreadable &= ~raw.astype("str").str.startswith("9999") & ~raw.astype("str").str.endswith("9999")
    return found, unreadable


def as_text(raw: pd.Series) -> pd.Series:
    """Return what cells hold as text, missing where they are empty; whole numbers without decimals.

    >>> as_text(pd.Series([100.0, None])).tolist()
    ['100', nan]
    """
    if raw.dtype == "str":
        return raw
    text = raw
    if pd.api.types.is_float_dtype(raw) and (raw.dropna() % 1 == 0).all():
        text = raw.astype("Int64")
    return text.astype("str").where(raw.notna()).astype("str")


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
    return _with_an_end(pd.to_numeric(text.where(plain.fillna(False).astype(bool)), errors="coerce").astype("float64"))


def _with_an_end(numbers: pd.Series) -> pd.Series:
    """Return numbers without those that have no end, as one of a hundred thousand figures is read."""
    return numbers.where(numbers.abs() != float("inf"))


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
        # A number among true dates is a day only as the run file states it, never because it could be a spreadsheet's.
        return days(raw.map(_number_as_text, na_action="ignore") if raw.dtype == "object" else raw, formats.dates)
    if "%z" not in formats.dates:
        return pd.to_datetime(raw, format=formats.dates, errors="coerce").dt.normalize().astype("datetime64[us]")
    if formats.zone is not None:
        instants = pd.to_datetime(raw, format=formats.dates, errors="coerce", utc=True)
        return instants.dt.tz_convert(formats.zone).dt.tz_localize(None).dt.normalize().astype("datetime64[us]")
    # As written: the day on the clock that wrote it.
    local = raw.astype("str").str.replace(r"\s*(Z|[+-]\d\d:?\d\d)$", "", regex=True)
    plain = formats.dates.replace("%z", "").strip()
    return pd.to_datetime(local, format=plain, errors="coerce").dt.normalize().astype("datetime64[us]")


def _number_as_text(cell: object) -> object:
    return str(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else cell


def _holds_text(raw: pd.Series) -> bool:
    if isinstance(raw.dtype, pd.StringDtype):
        return True
    return pd.api.types.is_string_dtype(raw) and raw.map(lambda value: isinstance(value, str), na_action="ignore").all()
