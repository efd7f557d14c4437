"""The tables of a book frozen as one file of Arrow tables, and the fingerprint of what they hold."""

import hashlib
import zlib
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa

from tradecredit.book.disk import writing
from tradecredit.book.links import row_hashes
from tradecredit.book.memory import ELSEWHERE, Unreadable
from tradecredit.book.schema import TABLES, dtype

NOTES, ACCOUNTS, FINGERPRINT = "notes", "entity_accounts", b"fingerprint"
TEXT = pd.StringDtype(na_value=np.nan)


def freeze(file: Path, tables: dict[str, pd.DataFrame], notes: pd.DataFrame, accounts: pd.DataFrame) -> dict[str, Any]:
    """Write tables, notes, a group's accounts and the fingerprint into a new file, and return them as `thawed` does.

    The file holds Arrow streams, one after another, and a checksum. The fingerprint is the same for the same rows in
    any order, from any kind of source.
    """
    content = {name: _arrow_table(frame) for name, frame in tables.items()}
    digest = hashlib.sha256()
    for name, hashes in zip(content, row_hashes(content.values()), strict=True):
        digest.update(name.encode())
        digest.update(np.sort(hashes).tobytes())
    marked = _arrow_table(notes).replace_schema_metadata({FINGERPRINT: digest.hexdigest()})
    with writing(file.parent, ELSEWHERE), file.open("wb") as stream:
        summed = _Summed(stream)
        for table in (*content.values(), _arrow_table(accounts), marked):
            _append(summed, table)
        stream.write(summed.checksum.to_bytes(4))
    return {**_typed(tables), ACCOUNTS: accounts, NOTES: notes, "fingerprint": digest.hexdigest()}


def thawed(file: Path) -> dict[str, Any]:
    """Return what a snapshot holds: each table by its name, in the types of the schema, and what goes with them.

    That is `notes`, `entity_accounts` and `fingerprint`. Raises `Unreadable` where the file is missing or not whole.
    """
    try:
        content = pa.memory_map(str(file)).read_buffer()
    except OSError as error:
        raise Unreadable(file) from error
    if len(content) <= 4 or zlib.crc32(content[:-4]) != int.from_bytes(content[-4:].to_pybytes()):
        raise Unreadable(file)
    try:
        rest = pa.BufferReader(content)
        read = {name: pa.ipc.open_stream(rest).read_all() for name in (*TABLES, ACCOUNTS, NOTES)}
    except (OSError, pa.ArrowInvalid) as error:
        raise Unreadable(file) from error
    fingerprint = read[NOTES].schema.metadata[FINGERPRINT].decode()
    frames = {name: table.to_pandas(types_mapper={pa.large_string(): TEXT}.get) for name, table in read.items()}
    others = {name: frames[name] for name in (ACCOUNTS, NOTES)}
    return {**_typed(frames), **others, "fingerprint": fingerprint}


def _typed(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {
        name: frames[name].astype({one.name: dtype(one) for one in table.columns}) for name, table in TABLES.items()
    }


class _Summed:
    """A file that adds up what is written to it."""

    def __init__(self, stream: IO[bytes]):
        self.stream, self.checksum, self.closed = stream, 0, False

    def write(self, content: bytes) -> int:
        self.checksum = zlib.crc32(content, self.checksum)
        return self.stream.write(content)

    def flush(self) -> None:
        self.stream.flush()


def _append(file: _Summed, table: pa.Table) -> None:
    """Write a table as one Arrow stream."""
    sink = pa.PythonFile(cast("IO", file), mode="w")
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)


def _arrow_table(frame: pd.DataFrame) -> pa.Table:
    """Return a table as Arrow's; missing numbers stay what they are in memory."""
    return pa.table({name: _column(frame[name]) for name in frame.columns})


def _column(values: pd.Series) -> pa.Array | pa.ChunkedArray:
    if values.dtype.kind == "f":
        return pa.array(values.to_numpy(), from_pandas=False)
    if values.dtype.kind in "Mi":
        return pa.array(values)
    return pa.array(values, pa.large_string())
