"""Folders with a file for each month: each file is read once, and what becomes of an old one is told.

Kept beside the run file are what each file holds, by its fingerprint, and which files each reading saw.
"""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from tradecredit.book.cells import in_type
from tradecredit.book.code_version import code_version
from tradecredit.book.disk import writing
from tradecredit.book.locks import locked
from tradecredit.book.mapping import mapped
from tradecredit.book.memory import (
    ELSEWHERE,
    Unreadable,
    cache_of,
    kept,
    owners_folder,
    read_result,
    replacing,
    write_result,
)
from tradecredit.book.schema import TABLES
from tradecredit.params.run import Run
from tradecredit.params.source import TableMapping

READINGS_KEPT = 24
"""Readings that are remembered."""

Note = tuple[str, str, int]
"""Table, what is told of it, and how many rows that is about."""
Group = tuple[str, str]
"""A table and the pattern that its files fit."""


class Reading(NamedTuple):
    """Which files a reading saw: of each table and pattern, the fingerprint of each file, and what was told of them."""

    as_of: str
    files: dict[Group, dict[str, str]]
    notes: list[Note]


class Month(NamedTuple):
    """A file as a table of the book: its fingerprint, and how it is read."""

    fingerprint: str
    mapping: TableMapping


def content_of(run: Run, month: Month, read: Any) -> Any:
    """Return what `read()` returns of a file, kept by the file's fingerprint; a problem is not kept."""
    file = _kept_content(run, month)
    try:
        return read_result(file)
    except Unreadable:
        content = read()
    if isinstance(content, pd.DataFrame):
        kept(file, read_result, lambda unfinished: write_result(content, unfinished))
    return content


def notes_since(run: Run, months: dict[Group, dict[str, Month]]) -> list[Note]:
    """Return what became of old files since the reading before, and remember this one.

    `months`: of each table and pattern, the files by name. The last one of the reading before may have been unfinished:
    that it changed is not told. Reading the same files again tells the same.
    """
    files = {group: {name: month.fingerprint for name, month in named.items()} for group, named in months.items()}
    if not files:
        return []
    record = _record(run)
    with ExitStack() as held:
        with writing(record.parent, ELSEWHERE):
            owners_folder(record.parent)
            held.enter_context(locked(record.with_name(f".{record.name}.lock")))
        readings = _readings(record)
        if readings and readings[-1].files == files:
            return readings[-1].notes
        notes = [*_changes(run, readings[-1], months)] if readings else []
        with replacing(record) as unfinished:
            write_result([*readings, Reading(str(run.as_of), files, notes)][-READINGS_KEPT:], unfinished)
        return notes


def notes_at(run: Run, fingerprints: dict[str, str]) -> list[Note]:
    """Return what the last reading of files with such fingerprints told."""
    for reading in reversed(_readings(_record(run))):
        if all(named.items() <= fingerprints.items() for named in reading.files.values()):
            return reading.notes
    return []


def _record(run: Run) -> Path:
    of = hashlib.sha256(f"{run.file.name}\n{run.entity}".encode()).hexdigest()
    return cache_of(run) / "results" / f"readings-{of}.pickle"


def _readings(record: Path) -> list[Reading]:
    try:
        return cast(list[Reading], read_result(record))
    except Unreadable:
        return []


def _kept_content(run: Run, month: Month) -> Path:
    how = f"{month.fingerprint}\n{month.mapping.formats.model_dump_json()}\n{code_version(f'{__package__}.sources')}"
    return cache_of(run) / "results" / f"file-{hashlib.sha256(how.encode()).hexdigest()}.pickle"


def _changes(run: Run, before: Reading, months: dict[Group, dict[str, Month]]) -> Iterator[Note]:
    for (table, pattern), named in months.items():
        seen = before.files.get((table, pattern))
        if not seen:
            continue
        newest = max(seen)
        for name in sorted(seen | {name: "" for name in named if name < newest}):
            month = named.get(name)
            then = Month(seen[name], next(iter(named.values())).mapping) if name in seen else None
            if month is None or then is None or (month.fingerprint != then.fingerprint and name != newest):
                yield from _change(run, (table, name), then, month, before.as_of)


def _change(run: Run, place: tuple[str, str], then: Month | None, now: Month | None, as_of: str) -> Iterator[Note]:
    """Yield what a file's rows of a table became since a reading; nothing where none that is read differs."""
    table, name = place
    since = f"since the reading as of {as_of}"
    old, new = _rows(run, place, then), _rows(run, place, now)
    if old is None or new is None:
        yield table, f"{name} is another file {since}; what it held then is no longer kept", 0
        return
    added, removed, changed = _differences(table, old, new)
    if not added + removed + changed:
        return
    what = "is gone" if now is None else "was not there" if then is None else "is another file"
    difference = _amount(table, new, now) - _amount(table, old, then)
    amounts = f"; amounts {difference:+,.2f} in all" if not np.isnan(difference) else ""
    counts = f"rows added {added:,}, removed {removed:,}, changed {changed:,}"
    yield table, f"{name} {what} {since}: {counts}{amounts}", added + removed + changed


def _rows(run: Run, place: tuple[str, str], month: Month | None) -> pd.DataFrame | None:
    """Return a file's rows under our names; none of no file, and None where they are no longer kept."""
    table, name = place
    if month is None:
        return pd.DataFrame()
    try:
        return mapped(table, name, read_result(_kept_content(run, month)), month.mapping)[0].frame
    except Unreadable:
        return None


def _differences(table: str, old: pd.DataFrame, new: pd.DataFrame) -> tuple[int, int, int]:
    """Return how many rows were added, removed and changed; changed where both know each row by its key."""
    columns = sorted({*old.columns, *new.columns})
    then, now = (_hashes(rows.reindex(columns=columns)) for rows in (old, new))
    keys = [key for key in TABLES[table].key if key in old and key in new]
    if keys == list(TABLES[table].key) and not old.duplicated(keys).any() and not new.duplicated(keys).any():
        then, now = then.set_axis(_hashes(old[keys])), now.set_axis(_hashes(new[keys]))
        both = then.index.intersection(now.index)
        changed = int((then[both] != now[both]).sum())
        return len(now) - len(both), len(then) - len(both), changed
    counts = now.value_counts().sub(then.value_counts(), fill_value=0)
    return int(counts.clip(lower=0).sum()), int(-counts.clip(upper=0).sum()), 0


def _hashes(rows: pd.DataFrame) -> pd.Series:
    return pd.util.hash_pandas_object(rows.astype("str"), index=False).reset_index(drop=True)


def _amount(table: str, rows: pd.DataFrame, month: Month | None) -> float:
    """Return the sum of a table's amounts, in whatever currencies; missing where it has none."""
    if "amount" not in TABLES[table].names:
        return float("nan")
    if month is None or "amount" not in rows:
        return 0.0
    return float(in_type(rows["amount"], TABLES[table].column("amount"), month.mapping.formats)[0].sum())
