"""Reads text files of separated fields as they stand: every cell as text, and no file that is not a whole table."""

import csv
import re
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from tradecredit.errors import Problem
from tradecredit.params.source import Formats

TEXT_TYPE = pd.StringDtype(na_value=np.nan)
BLOCK = 1 << 22
CHUNK = 1 << 20
SPACES = b" \t\x0b\x0c\x1c\x1d\x1e\x1f"
OTHER_MARKS = ";\t|"
"""Marks between fields that a header of one field may show to be meant."""


def text_table(path: Path, label: str, formats: Formats) -> pd.DataFrame | Problem:
    """Return a text file's cells without spaces around them, missing where empty, or what is wrong with the file.

    Columns are named by the header, and lines above it are not looked at; the index is the line in the file on which
    the row ends, the first being 1. A file is refused that is empty, that is no text in the stated encoding, whose
    header names a column twice, or in which a row has other fields than the header or a quote is not closed. `label`:
    the file's name in the problem.
    """
    above = formats.header_row - 1
    if formats.encoding.lower().replace("_", "-") in ("utf-8", "utf8") and not above:
        found = _regular(pa.OSFile(str(path)), formats.separator)
    else:
        try:
            content = path.read_bytes().decode(formats.encoding).encode()
        except UnicodeError:
            return _by_row(path, label, formats)
        found = _regular(pa.BufferReader(_without_lines(content, above)), formats.separator)
    if found is None:
        return _by_row(path, label, formats)
    return found.set_axis(found.index + above, axis="index") if above else found


def _without_lines(content: bytes, lines: int) -> bytes:
    """Return a text without its first lines."""
    at = 0
    for end in islice(re.finditer(rb"\r\n|\r|\n", content), lines):
        at = end.end()
    return content[at:]


class _Marks(NamedTuple):
    """What stands in a file: where quotes do, whether only ASCII does, spaces may, zero bytes do, and its lines."""

    quotes: np.ndarray
    plain: bool
    spaces: bool
    zeros: bool
    lines: int


def _marks(file: pa.NativeFile, start: int) -> _Marks:
    """Return what stands in a file from a place on; lines that are empty at its end do not count."""
    quotes, plain, spaces, zeros, lines, empty, at = [np.empty(0, dtype=np.int64)], True, False, False, 0, 0, start
    file.seek(start)
    before = b""
    while part := file.read(CHUNK):
        if b'"' in part:
            quotes.append(np.flatnonzero(np.frombuffer(part, dtype=np.uint8) == ord('"')) + at)
        plain = plain and part.isascii()
        spaces = spaces or not plain or any(bytes([mark]) in part for mark in SPACES)
        zeros = zeros or b"\0" in part
        full = part.rstrip(b"\r\n")
        ends = _breaks(part) - (before == b"\r" and part[:1] == b"\n")
        if full:
            lines, empty = lines + empty, 0
            behind = _breaks(part[len(full) :])
            lines, empty = lines + ends - behind, behind
        else:
            empty += ends
        at, before = at + len(part), part[-1:]
    return _Marks(np.concatenate(quotes), plain, spaces, zeros, lines + 1)


def _breaks(content: bytes) -> int:
    both = content.count(b"\r") - content.count(b"\r\n") if b"\r" in content else 0
    return int(np.count_nonzero(np.frombuffer(content, dtype=np.uint8) == ord("\n"))) + both


def _regular(file: pa.NativeFile, separator: str) -> pd.DataFrame | None:
    """Return the table of a UTF-8 file in which all is as it should be; None where a look at each row has to tell.

    Arrow reads thirty times as fast as Python's own reader, but is lenient with quotes and names no line: it is asked
    only where the two agree.
    """
    if separator in '"\r\n' or not separator.isascii():
        return None
    beginning = file.read(CHUNK)
    mark = 3 if beginning.startswith(b"\xef\xbb\xbf") else 0
    first = re.match(rb"[^\r\n]*", beginning[mark:]).group()  # type: ignore[union-attr]
    after = mark + len(first)
    after += 2 if beginning[after : after + 2] == b"\r\n" else 1
    if after >= len(beginning) or first.count(b'"') % 2:
        return None
    marks = _marks(file, after)
    if marks.zeros or b"\0" in first or not _closed(file, marks.quotes, after, separator):
        return None
    try:
        header = [name.strip() for name in next(csv.reader([first.decode()], delimiter=separator, strict=True), [])]
        if not header or len(set(header)) < len(header):
            return None
        names = [str(place) for place in range(len(header))]
        file.seek(after)
        table = arrow_csv.read_csv(
            file,
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=BLOCK, use_threads=False),
            parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=len(marks.quotes) > 0),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                null_values=[""],
                strings_can_be_null=True,
                check_utf8=not marks.plain,
            ),
            memory_pool=pa.system_memory_pool(),  # Arrow's own takes a second more for a million rows
        )
    except (UnicodeDecodeError, csv.Error, pa.ArrowInvalid):
        return None
    if marks.lines == len(table):
        lines = pd.RangeIndex(2, len(table) + 2)
    elif (lines := _line_numbers(file, marks.quotes, after, len(table))) is None:
        return None
    # Where there are more lines than rows, a field may begin or end with a break.
    return _frame(table, header, lines, spaced=marks.spaces or marks.lines != len(table))


def _frame(table: pa.Table, header: list[str], lines: pd.Index, *, spaced: bool) -> pd.DataFrame:
    columns = []
    for number in range(len(header)):
        text = pd.Series(pd.array(table.column(number), dtype=TEXT_TYPE), index=lines, copy=False)
        columns.append(_trimmed(text) if spaced else text)
    return pd.DataFrame(dict(enumerate(columns)), index=lines, copy=False).set_axis(header, axis="columns")


def _trimmed(text: pd.Series) -> pd.Series:
    return text.str.strip().replace("", pd.NA)


def _closed(file: pa.NativeFile, quotes: np.ndarray, start: int, separator: str) -> bool:
    """Return whether every quote opens or closes a whole field, or is doubled within one."""
    if not len(quotes):
        return True
    if len(quotes) % 2:
        return False
    values = _values(file)
    opens, closes, beside = quotes[::2], quotes[1::2], np.frombuffer(separator.encode() + b'\r\n"', dtype=np.uint8)
    before, behind = values[opens[opens > start] - 1], values[closes[closes + 1 < len(values)] + 1]
    return bool(np.isin(before, beside).all() and np.isin(behind, beside).all())


def _values(file: pa.NativeFile) -> np.ndarray:
    file.seek(0)
    return np.frombuffer(file.read_buffer(), dtype=np.uint8)


def _line_numbers(file: pa.NativeFile, quotes: np.ndarray, start: int, rows: int) -> pd.Index | None:
    """Return the line on which each row ends where lines are empty, or fields go over several, the header being 1.

    None where they do not come out as so many rows.
    """
    values = np.append(_values(file), np.uint8(0))
    breaks = np.flatnonzero((values == ord("\n")) | ((values == ord("\r")) & (np.append(values[1:], 0) != ord("\n"))))
    ends = breaks[breaks >= start]
    if not len(ends) or ends[-1] < len(values) - 2:
        ends = np.append(ends, len(values) - 1)
    starts = np.append(start, ends[:-1] + 1)
    within = np.searchsorted(quotes, ends) % 2 == 1
    width = ends - starts - ((ends > starts) & (values[ends - 1] == ord("\r")) & (values[ends] == ord("\n")))
    empty = (width == 0) & (np.searchsorted(quotes, starts) % 2 == 0)
    lines = np.flatnonzero(~within & ~empty) + 2
    return pd.Index(lines) if len(lines) == rows else None


def _by_row(path: Path, label: str, formats: Formats) -> pd.DataFrame | Problem:
    """Return the table row by row, or the first row that is wrong."""
    encoding = "utf-8-sig" if formats.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else formats.encoding
    rows: list[list[str]] = []
    numbers: list[int] = []
    reader = None
    try:
        with path.open(encoding=encoding, newline="") as stream:
            for _ in range(formats.header_row - 1):
                stream.readline()
            reader = csv.reader(stream, delimiter=formats.separator, strict=True)
            header = [name.strip() for name in next(reader, [])]
            for row in reader:
                if not row:
                    continue
                line = reader.line_num + formats.header_row - 1
                if wrong := _wrong_row(row, header, label, line, formats):
                    return wrong
                rows.append(row)
                numbers.append(line)
    except UnicodeError:
        return Problem(
            file=label,
            row=_undecodable_row(path.read_bytes(), encoding),
            allowed=f"is not {formats.encoding} text",
            remedy="save it as UTF-8, or state the encoding in the run file (formats: {encoding: latin-1})",
        )
    except csv.Error as error:
        return Problem(
            file=label,
            row=reader.line_num + formats.header_row - 1 if reader else None,
            allowed=f"is not a readable CSV line: {error}",
            remedy="mend the line's quotes",
        )
    if not header:
        return empty_file(label)
    if repeated := repeated_heads(label, header, formats.header_row):
        return repeated
    frame = pd.DataFrame(rows, columns=header, index=numbers, dtype="str")
    return frame.apply(_trimmed)


def _wrong_row(row: list[str], header: list[str], label: str, line: int, formats: Formats) -> Problem | None:
    """Return the problem of a row that has other fields than the header; None where it has the same."""
    if len(row) == len(header):
        return None
    remedy = other_separator(header)
    if remedy is not None:
        return Problem(file=label, row=formats.header_row, allowed="the header is one field", remedy=remedy)
    return Problem(
        file=label,
        row=line,
        value=formats.separator.join(row),
        allowed=f"has {len(row)} fields; the header has {len(header)}",
        remedy="quote fields that hold the separator, or state `formats: {separator: …}`; where the header is another "
        "line, state `formats: {header_row: …}`",
    )


def empty_file(label: str) -> Problem:
    """Return the problem of a file in which nothing stands."""
    return Problem(file=label, allowed="is empty", remedy="export it again, with its header line")


def repeated_heads(label: str, header: list[str], line: int = 1) -> Problem | None:
    """Return the problem of a header that names columns twice; None where it does not."""
    repeated = sorted({name for name in header if header.count(name) > 1})
    if not repeated:
        return None
    return Problem(
        file=label,
        row=line,
        column=", ".join(repeated),
        allowed="the header names a column twice",
        remedy="rename one of them",
    )


def other_separator(header: list[str]) -> str | None:
    """Return the remedy for a header of one field that holds another mark between fields; None where it holds none."""
    if len(header) != 1 or not any(mark in header[0] for mark in OTHER_MARKS):
        return None
    mark = next(mark for mark in OTHER_MARKS if mark in header[0])
    return f"the file looks separated by {mark!r}: state `formats: {{separator: {mark!r}}}` in the run file"


def _undecodable_row(content: bytes, encoding: str) -> int:
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return content[: error.start].count(b"\n") + 1
    except UnicodeError:  # such as a missing byte order mark, at the beginning
        pass
    return 1
