"""Columns of a database server's rows as Arrow has them: one type over all chunks, decimals exact, instants in UTC."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tradecredit.book.links import row_hashes

TEXT = pd.StringDtype(na_value=np.nan)
INSTANT = pa.timestamp("us", "UTC")
AS_THEY_ARE = {str, int, float, bool, Decimal, date, datetime}
"""Python's types that Arrow has too; what is of another one is taken as it is written."""


def arrow(values: Sequence[object]) -> pa.Array:
    """Return what rows hold in a column; as text where not all of it is of one type that tables of a book know.

    >>> arrow([Decimal("10.10"), None]).to_pylist()
    [Decimal('10.10'), None]
    """
    if {type(value) for value in values} - {type(None)} <= AS_THEY_ARE:
        try:
            found = pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):  # such as days among text, or no number
            pass
        else:
            if pa.types.is_timestamp(found.type):
                return found.cast(INSTANT if found.type.tz else pa.timestamp("us"))
            return found.cast(pa.large_string()) if pa.types.is_string(found.type) else found
    return pa.array([value if value is None else _written(value) for value in values], pa.large_string())


def _written(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def of_one_type(chunks: Sequence[pa.Array]) -> pa.ChunkedArray:
    """Return the chunks of a column as one: decimals with as many digits as any needs, text where types differ."""
    types = {chunk.type for chunk in chunks if chunk.type != pa.null()}
    if not types:
        return pa.chunked_array(chunks, pa.null())
    if all(pa.types.is_decimal(one) for one in types):
        scale = max(one.scale for one in types)
        digits = scale + max(one.precision - one.scale for one in types)
        one_type = pa.decimal128(digits, scale) if digits <= 38 else pa.large_string()
    else:
        one_type = next(iter(types)) if len(types) == 1 else pa.large_string()
    return pa.chunked_array([chunk.cast(one_type) for chunk in chunks], one_type)


def with_zone(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return times that a server gave in UTC without saying so as the instants that they are."""
    return column.cast(INSTANT) if pa.types.is_timestamp(column.type) else column


def in_pandas(column: pa.ChunkedArray) -> pd.Series:
    """Return a column as those of a book's source are: text without spaces around it, missing where it is empty.

    A decimal becomes the number next to it, and one without a part after the point a whole number, or text where it has
    more digits than a number holds: numbers of documents must not lose any.

    >>> in_pandas(pa.chunked_array([[Decimal("10.10"), None]])).tolist()
    [10.1, nan]
    """
    if pa.types.is_null(column.type):
        return pd.Series(np.nan, index=range(len(column)), dtype=TEXT)
    if pa.types.is_decimal(column.type):
        column = _numbers(column)
    if pa.types.is_large_string(column.type):
        text = pc.utf8_trim_whitespace(column)
        return pd.Series(pc.if_else(pc.equal(text, ""), None, text).to_pandas(types_mapper={text.type: TEXT}.get))
    if pa.types.is_integer(column.type) and column.null_count:
        return column.to_pandas(types_mapper={column.type: pd.Int64Dtype()}.get)
    return column.to_pandas(date_as_object=False)


def _numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        whole = column.cast(pa.decimal128(38, 0))
        return whole.cast(pa.int64())
    except pa.ArrowInvalid:
        pass
    text = column.cast(pa.large_string())
    if pa.types.is_decimal(column.type) and pc.all(pc.equal(pc.floor(column), column)).as_py():
        return pc.replace_substring_regex(text, r"\.0*$", "")
    return text.cast(pa.float64())  # of text Arrow takes the number next to it, of decimals not always


def digest(table: pa.Table, *, in_order: bool) -> str:
    """Return a sha256 of a table's names, types and rows, in whatever order or in theirs."""
    summed = hashlib.sha256(repr([(field.name, str(field.type)) for field in table.schema]).encode())
    plain = table.rename_columns([str(place) for place in range(table.num_columns)])
    (hashes,) = row_hashes([plain]) if table.num_columns and len(table) else (np.zeros(0, dtype="u8"),)
    summed.update((hashes if in_order else np.sort(hashes)).tobytes())
    return summed.hexdigest()
