"""A table as its source gave it, under our column names, and what was left out and taken for granted on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pandas as pd

from tradecredit.book.cells import as_text
from tradecredit.book.places import one_of
from tradecredit.book.schema import TABLES
from tradecredit.errors import Problem
from tradecredit.params.source import Formats

BY_TERMS_OF_BUYER = "without a due day: due after the days of payment of their buyer"
"""What is told of invoices whose terms stand in the table of buyers."""
PART = 1_000_000_000
"""More rows than a file has."""


@dataclass(frozen=True)
class RawTable:
    """One of our tables as its source gave it.

    `frame` has our column names, the source's values (text from CSV) and, as its index, the row in the file with the
    header as row 1; `left_out` lists (rule, rows) for what a rule of the run file left out; `ignored` the file's
    columns that no table of ours uses.
    """

    name: str
    file: str
    frame: pd.DataFrame
    formats: Formats = field(default_factory=Formats)
    left_out: tuple[tuple[str, int], ...] = ()
    ignored: tuple[str, ...] = ()
    assumed: tuple[tuple[str, int], ...] = ()
    """(rule, rows) for what was taken for granted on reading."""
    combined: bool = False
    """Whether rows that differ in amounts only are parts of one."""
    may_be_empty: bool = False
    """Whether it is no fault that it holds no rows though its table is never empty."""
    parts: tuple[str, ...] = ()
    """Of several sources, the file of each; row `r` of the `k`-th has the index `k * PART + r`."""


def located(problem: Problem, raw: dict[str, RawTable]) -> Problem:
    """Return a problem of a table of several sources as one of the file in which its row stands."""
    parts = raw[problem.table].parts if problem.table in raw else ()
    if not parts or problem.row is None:
        return problem
    part, row = divmod(problem.row, PART)
    return replace(problem, file=parts[part], row=row)


def joined(parts: list[RawTable]) -> RawTable:
    """Return the rows of several sources as one table."""
    frames = [part.frame.set_axis(part.frame.index + at * PART, axis="index") for at, part in enumerate(parts)]
    files = tuple(part.file for part in parts)
    several = len(set(files)) > 1

    def told(rules: Iterable[tuple[str, int]], file: str) -> list[tuple[str, int]]:
        return [(f"{file}: {rule}" if several else rule, rows) for rule, rows in rules]

    return RawTable(
        parts[0].name,
        ", ".join(dict.fromkeys(files)),
        pd.concat(frames),
        parts[0].formats,
        tuple(rule for part in parts for rule in told(part.left_out, part.file)),
        tuple(name for name in parts[0].ignored if not several and all(name in part.ignored for part in parts)),
        parts=files,
    )


def with_particulars(known: RawTable, listed: RawTable) -> RawTable:
    """Return the buyers of a list with those of an export that it lacks, and with what only the export says of them.

    What the list says of a buyer comes before what the export says. How many the list lacks is told.
    """
    if "buyer_id" not in listed.frame:
        return listed
    ids = as_text(listed.frame["buyer_id"])
    of_export = known.frame.set_index("buyer_id")
    frame = listed.frame.assign(buyer_id=ids)
    for column in of_export:
        said = ids.map(of_export[column])
        frame[column] = frame[column].where(frame[column].notna(), said) if column in frame else said
    lacking = known.frame[~one_of(known.frame["buyer_id"], ids.dropna().unique())]
    whole = joined([replace(listed, frame=frame), replace(known, frame=lacking)])
    told = [("not in the list of buyers: as the export has them", len(lacking))] if len(lacking) else []
    return replace(whole, file=listed.file, ignored=listed.ignored, assumed=(*known.assumed, *told))


def one_row_a_key(table: RawTable, day: pd.Series | None) -> RawTable:
    """Return a table without rows that repeat others and, with the `day` of each row's document, older ones of a key.

    The latest row of a key is that of the latest day, among these the last one. Rows without a key stay, to be told of.
    """
    rows, keys = table.frame.drop_duplicates(), list(TABLES[table.name].key)
    left_out = [("the row repeats another one", len(table.frame) - len(rows))]
    if day is not None and set(keys) <= set(rows):
        latest_last = rows.loc[day[rows.index].sort_values(kind="stable", na_position="first").index, keys]
        older = latest_last.duplicated(keep="last") & latest_last.notna().all(axis="columns")
        left_out.append((f"a later row has the same {', '.join(keys)}", int(older.sum())))
        rows = rows[~older[rows.index]]
    return replace(table, frame=rows, left_out=(*table.left_out, *left_out))
