"""Where the rows that rows name stand, looked for once; and whether rows are alike, by a number for each."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa

from tradecredit.book.places import places
from tradecredit.book.schema import TABLES

Links = dict[tuple[str, str], np.ndarray]
"""Table and column: the place of the row that each of its rows names, in the table that it refers to."""

FEW_ROWS = 100_000
"""Rows of a table that are compared in less time than numbering them takes."""


def links(tables: dict[str, pd.DataFrame]) -> Links:
    """Return where each row's reference stands in the other table, by table and column; −1 where it does not.

    Of several rows that have the id, the first counts.
    """
    return {
        (name, column): places(frame[column], tables[other][column])
        for name, frame in tables.items()
        for column, other in TABLES[name].references.items()
        if other in tables
    }


def row_hashes(tables: Iterable[pa.Table]) -> list[np.ndarray]:
    """Return of each table a number for each row that depends on its values alone, whatever source they come from."""
    import duckdb  # slow to import, and who has read the book already does without

    found = []
    with duckdb.connect(config={"threads": 1}) as connection:
        # Where it is off already, as in Jupyter, turning it off may be an error (findings/duckdb_progress_bar.sh).
        if connection.execute("select current_setting('enable_progress_bar')").fetchall() == [(True,)]:
            connection.execute("set enable_progress_bar = false")
        for table in tables:
            columns = ", ".join(f'"{column}"' for column in table.column_names)
            connection.register("content", table)
            found.append(connection.execute(f"select hash({columns}) as row from content").fetchnumpy()["row"])
    return found


def repeated(frame: pd.DataFrame) -> np.ndarray:
    """Return of each row whether an earlier one is alike."""
    if len(frame) > FEW_ROWS:
        (hashes,) = row_hashes([pa.Table.from_pandas(frame, preserve_index=False)])
        hashes.sort()
        if not (hashes[1:] == hashes[:-1]).any():  # what is alike has the same number
            return np.zeros(len(frame), dtype=bool)
    return frame.duplicated(keep="first").to_numpy()
