"""The tables of a book frozen as one DuckDB file, and the fingerprint of what they hold."""

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from tradecredit.book.memory import Unreadable
from tradecredit.book.schema import TABLES, Table, dtype

NOTES, META = "book_notes", "book_meta"


def freeze(file: Path, tables: dict[str, pd.DataFrame], notes: pd.DataFrame) -> None:
    """Write the tables, the notes and the fingerprint into a new DuckDB file."""
    digest = hashlib.sha256()
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        for name, frame in tables.items():
            connection.register("content", pa.Table.from_pandas(frame, preserve_index=False))
            connection.execute(f'create table "{name}" as select * from content')
            connection.unregister("content")
            digest.update(name.encode())
            digest.update(_row_hashes(connection, name, list(frame.columns)).tobytes())
        connection.register("content", notes)
        connection.execute(f"create table {NOTES} as select * from content")
        meta = json.dumps({"fingerprint": digest.hexdigest()})
        connection.execute(f"create table {META} as select ? as meta", [meta])


def thawed(file: Path) -> dict[str, Any]:
    """Return what a snapshot holds: each table by its name, in the types of the schema, `notes` and `fingerprint`.

    Raises `Unreadable` where the file is missing or not whole.
    """
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            content = {name: connection.sql(f'select * from "{name}"').to_arrow_table() for name in TABLES}
            notes = connection.execute(f"select * from {NOTES}").df()
            meta = connection.execute(f"select meta from {META}").fetchall()[0][0]
    except duckdb.Error as error:
        raise Unreadable(file) from error
    tables = {name: _typed(TABLES[name], rows) for name, rows in content.items()}
    return {**tables, "notes": notes, **json.loads(meta)}


def _typed(table: Table, rows: pa.Table) -> pd.DataFrame:
    frame = rows.to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get)
    return frame.astype({column.name: dtype(column) for column in table.columns})


def _row_hashes(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> np.ndarray:
    """Return a number for each row of a table that depends on its values alone, in rising order.

    So the same rows in any order, from any kind of source, give the same fingerprint.
    """
    values = ", ".join(f'"{column}"' for column in columns)
    return connection.execute(f'select hash({values}) as row from "{table}" order by row').fetchnumpy()["row"]
