"""The tables of a book frozen as one DuckDB file, and the fingerprint of what they hold."""

import hashlib
import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from tradecredit.book.memory import replacing
from tradecredit.book.schema import TABLES, dtype

NOTES, META = "book_notes", "book_meta"


def freeze(snapshot: Path, tables: dict[str, pd.DataFrame], notes: pd.DataFrame) -> None:
    """Write the tables, the notes and the fingerprint into a DuckDB file, which is there only when all is written."""
    digest = hashlib.sha256()
    with replacing(snapshot) as unfinished:
        unfinished.unlink(missing_ok=True)
        with duckdb.connect(str(unfinished)) as connection:
            for name, frame in tables.items():
                connection.register("content", pa.Table.from_pandas(frame, preserve_index=False))
                connection.execute(f'create table "{name}" as select * from content')
                digest.update(name.encode())
                digest.update(_row_hashes(connection, name, list(frame.columns)).tobytes())
            connection.register("content", notes)
            connection.execute(f"create table {NOTES} as select * from content")
            meta = json.dumps({"fingerprint": digest.hexdigest()})
            connection.execute(f"create table {META} as select ? as meta", [meta])


def thawed(snapshot: Path) -> dict[str, object]:
    """Return what a snapshot holds: each table by its name, in the types of the schema, `notes` and `fingerprint`."""
    content: dict[str, object] = {}
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        for name, table in TABLES.items():
            rows = connection.sql(f'select * from "{name}"').to_arrow_table()
            frame = rows.to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get)
            content[name] = frame.astype({column.name: dtype(column) for column in table.columns})
        content["notes"] = connection.execute(f"select * from {NOTES}").df()
        meta = connection.execute(f"select meta from {META}").fetchone()[0]
    return {**content, **json.loads(meta)}


def _row_hashes(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> np.ndarray:
    """Return a number for each row of a table that hangs on its values alone, in rising order.

    So the same rows in any order, from any kind of source, give the same fingerprint.
    """
    values = ", ".join(f'"{column}"' for column in columns)
    return connection.execute(f'select hash({values}) as row from "{table}" order by row').fetchnumpy()["row"]
