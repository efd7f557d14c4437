"""Reads text files of separated fields as they stand: every cell as text, and no file that is not a whole table."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from tradecredit.errors import Problem
from tradecredit.params.source import Formats

TEXT_TYPE = pd.StringDtype(na_value=np.nan)
BLOCK = 1 << 24
SPACES = b" \t\x0b\x0c\x1c\x1d\x1e\x1f"
OTHER_MARKS = ";\t|"
"""Marks between fields that a header of one field may show to be meant."""


def text_table(path: Path, label: str, formats: Formats) -> pd.DataFrame | Problem:
    """Return a text file's cells without spaces around them, missing where empty, or what is wrong with the file.

    Columns are named by the header; the index is the line in the file on which the row ends, the first being 1. A file
    is refused that is empty, that is no text in the stated encoding, whose header names a column twice, or in which a
    row has other fields than the header or a quote is not closed. `label`: the file's name in the problem.
    """
    content = path.read_bytes()
    if formats.encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
        content = content.removeprefix(b"\xef\xbb\xbf")
    else:
        try:
            content = content.decode(formats.encoding).encode()
        except UnicodeError:
            return _by_row(path, label, formats)
    found = _regular(content, formats.separator)
    return found if found is not None else _by_row(path, label, formats)


def _regular(content: bytes, separator: str) -> pd.DataFrame | None:
    """Return the table of a file in which all is as it should be; None where a look at each row has to tell.

    Arrow reads thirty times as fast as Python's own reader, but is lenient with quotes and names no line: it is asked
    only where the two agree.
    """
    first, rest = _first_line(content)
    if separator in '"\r\n' or not separator.isascii() or b"\0" in content or first.count(b'"') % 2:
        return None
    quotes = _places(content, b'"')
    if len(quotes) and not _closed(content, quotes, separator.encode()):
        return None
    try:
        header = [name.strip() for name in next(csv.reader([first.decode()], delimiter=separator, strict=True), [])]
        if not header or len(set(header)) < len(header) or not rest.strip(b"\r\n"):
            return None
        names = [str(place) for place in range(len(header))]
        table = arrow_csv.read_csv(
            pa.BufferReader(rest),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=BLOCK, use_threads=False),
            parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=len(quotes) > 0),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except (UnicodeDecodeError, csv.Error, pa.ArrowInvalid):
        return None
    lines = _line_numbers(content, quotes, len(table))
    if lines is None:
        return None
    spaced = not content.isascii() or any(bytes([mark]) in content for mark in SPACES)
    return _frame(table, header, lines, spaced=spaced)


def _frame(table: pa.Table, header: list[str], lines: pd.Index, *, spaced: bool) -> pd.DataFrame:
    columns = []
    for number in range(len(header)):
        text = pd.Series(pd.array(table.column(number).combine_chunks(), dtype=TEXT_TYPE), index=lines, copy=False)
        columns.append(_trimmed(text) if spaced else text)
    return pd.DataFrame(dict(enumerate(columns)), index=lines, copy=False).set_axis(header, axis="columns")


def _trimmed(text: pd.Series) -> pd.Series:
    return text.str.strip().replace("", pd.NA)


def _first_line(content: bytes) -> tuple[bytes, bytes]:
    """Return a file's first line without its end, and what follows it."""
    ends = [place for place in (content.find(b"\n"), content.find(b"\r")) if place >= 0]
    end = min(ends, default=len(content))
    after = end + (2 if content[end : end + 2] == b"\r\n" else 1)
    return content[:end], content[after:]


def _places(content: bytes, mark: bytes) -> np.ndarray:
    """Return where a byte stands in a file."""
    if mark not in content:
        return np.empty(0, dtype=np.int64)
    values, parts = np.frombuffer(content, dtype=np.uint8), []
    for start in range(0, len(values), BLOCK):
        parts.append(np.flatnonzero(values[start : start + BLOCK] == mark[0]) + start)
    return np.concatenate(parts)


def _closed(content: bytes, quotes: np.ndarray, separator: bytes) -> bool:
    """Return whether every quote opens or closes a whole field, or is doubled within one."""
    if len(quotes) % 2:
        return False
    values, opens, closes = np.frombuffer(content, dtype=np.uint8), quotes[::2], quotes[1::2]
    beside = np.frombuffer(separator + b'\r\n"', dtype=np.uint8)
    before = values[opens[opens > 0] - 1]
    after = values[closes[closes + 1 < len(values)] + 1]
    return bool(np.isin(before, beside).all() and np.isin(after, beside).all())


def _line_numbers(content: bytes, quotes: np.ndarray, rows: int) -> pd.Index | None:
    """Return the line on which each row ends; None where the lines do not come out as so many rows."""
    trailing = len(content) - len(content.rstrip(b"\r\n"))
    breaks = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")
    if trailing:
        end = content[len(content) - trailing :]
        breaks -= end.count(b"\n") + end.count(b"\r") - end.count(b"\r\n")
    if breaks == rows:
        return pd.RangeIndex(2, rows + 2)
    # There are empty lines, or fields that go over several.
    feeds, returns = _places(content, b"\n"), _places(content, b"\r")
    values = np.append(np.frombuffer(content, dtype=np.uint8), np.uint8(0))
    ends = np.sort(np.concatenate([feeds, returns[values[returns + 1] != ord("\n")]]))
    if not len(ends) or ends[-1] < len(content) - 1:
        ends = np.append(ends, len(content))
    starts = np.append(0, ends[:-1] + 1)
    within = np.searchsorted(quotes, ends) % 2 == 1
    width = ends - starts - ((ends > starts) & (values[ends - 1] == ord("\r")) & (values[ends] == ord("\n")))
    empty = (width == 0) & (np.searchsorted(quotes, starts) % 2 == 0)
    lines = np.flatnonzero(~within & ~empty) + 1
    return pd.Index(lines[1:]) if len(lines) == rows + 1 else None


def _by_row(path: Path, label: str, formats: Formats) -> pd.DataFrame | Problem:
    """Return the table row by row, or the first row that is wrong."""
    encoding = "utf-8-sig" if formats.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else formats.encoding
    rows: list[list[str]] = []
    numbers: list[int] = []
    reader = None
    try:
        with path.open(encoding=encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=formats.separator, strict=True)
            header = [name.strip() for name in next(reader, [])]
            for row in reader:
                if not row:
                    continue
                if len(header) == 1 and len(row) > 1 and any(mark in header[0] for mark in OTHER_MARKS):
                    return Problem(
                        file=label, row=1, column="", allowed="this column is missing (the header is one field)",
                        remedy=other_separator(header) or "",
                    )  # fmt: skip
                if len(row) != len(header):
                    return Problem(
                        file=label,
                        row=reader.line_num,
                        value=formats.separator.join(row),
                        allowed=f"has {len(row)} fields; the header has {len(header)}",
                        remedy="quote fields that hold the separator, or state `formats: {separator: …}`",
                    )
                rows.append(row)
                numbers.append(reader.line_num)
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
            row=reader.line_num if reader else None,
            allowed=f"is not a readable CSV line: {error}",
            remedy="mend the line's quotes",
        )
    if not header:
        return Problem(file=label, allowed="is empty", remedy="export it again, with its header line")
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        return Problem(
            file=label,
            row=1,
            column=", ".join(repeated),
            allowed="the header names a column twice",
            remedy="rename one of them",
        )
    frame = pd.DataFrame(rows, columns=header, index=numbers, dtype="str")
    return frame.apply(_trimmed)


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
