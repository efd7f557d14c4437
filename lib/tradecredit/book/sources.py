"""Reads the tables of a book as they stand in a source and brings them under our column names; changes no value."""

import difflib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from tradecredit.book import text_files
from tradecredit.book.exports.amounts import are_negative, without_minus
from tradecredit.book.exports.days import days
from tradecredit.book.exports.grid import of_database
from tradecredit.book.schema import COMPULSORY, DERIVED, TABLES
from tradecredit.errors import Problem
from tradecredit.params.export import ExportSource
from tradecredit.params.run import Run
from tradecredit.params.source import DemoSource, DuckDBSource, FolderSource, Formats, TableMapping

TEXT = (".csv", ".txt", ".tsv")
SUFFIXES = (*TEXT, ".parquet", ".xlsx")


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


PART = 1_000_000_000
"""More rows than a file has."""


def read(run: Run) -> tuple[dict[str, RawTable], list[Problem]]:
    """Return the tables that the run's source holds, by name, and what is wrong with the files.

    Optional tables that are not there are left out; a compulsory one, or one that the run file names, is a problem.
    """
    source = run.source
    if isinstance(source, DemoSource):
        from tradecredit.book.demo import demo_book

        tables = demo_book(buyers=source.buyers, invoices=source.invoices, seed=source.seed, until=source.until).tables
        return {name: RawTable(name, f"demo {name}", _numbered(frame)) for name, frame in tables.items()}, []
    files, problems = _files(run, source)
    raw: dict[str, RawTable] = {}
    if isinstance(source, ExportSource) and not problems:
        raw, problems = _exported(source, run)
    contents: dict[tuple[Path, str, Formats], pd.DataFrame | Problem] = {}
    for name, sources_of in files.items():
        parts = []
        for path, label, mapping in sources_of:
            key = (path, label, mapping.formats)
            if key not in contents:
                contents[key] = _content(path, label, mapping.formats)
            content = contents[key]
            if isinstance(content, Problem):
                if content not in problems:
                    problems.append(content)
                continue
            order = None
            if mapping.distinct == "latest":
                order = _day_of_issue(content, [one for one in files.get("invoices", []) if one[:2] == (path, label)])
            table, found = _mapped(name, label, content, mapping, order)
            parts.append(table)
            problems += [problem for problem in found if problem not in problems]
        if len(parts) == len(sources_of):
            raw[name] = parts[0] if len(parts) == 1 else _joined(parts)
    return raw, problems


def located(problem: Problem, raw: dict[str, RawTable]) -> Problem:
    """Return a problem of a table of several sources as one of the file in which its row stands."""
    parts = raw[problem.table].parts if problem.table in raw else ()
    if not parts or problem.row is None:
        return problem
    part, row = divmod(problem.row, PART)
    return replace(problem, file=parts[part], row=row)


def _joined(parts: list[RawTable]) -> RawTable:
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


def _exported(source: ExportSource, run: Run) -> tuple[dict[str, RawTable], list[Problem]]:
    """Return the tables that an export holds, and what is wrong with it."""
    from tradecredit.book.exports import ledger

    found = ledger.ledger(source, run.currency, run.on_problem)
    label = ", ".join(name for part in (source, *source.beside) for name in part.files)

    def of(name: str, notes: tuple[tuple[str, str, int], ...]) -> tuple[tuple[str, int], ...]:
        return tuple((rule, rows) for table, rule, rows in notes if table == name)

    return {
        name: RawTable(
            name, label, frame, left_out=of(name, found.left_out), assumed=of(name, found.assumed),
            # An export may hold credits of buyers alone.
            may_be_empty=name == "invoices" and len(found.tables["receipts"]) > 0,
        )
        for name, frame in found.tables.items()
    }, [*found.problems]  # fmt: skip


def fingerprints(run: Run) -> dict[str, str]:
    """Return the sha256 of every file that the run reads, by its name in the source; nothing for the demo book."""
    if isinstance(run.source, DemoSource):
        return {}
    found = {}
    in_folder = not isinstance(run.source, DuckDBSource)
    tables = _files(run, run.source)[0].values()
    read = {(label if in_folder else path.name, path) for sources_of in tables for path, label, _ in sources_of}
    if isinstance(run.source, ExportSource):
        from tradecredit.book.exports import reading

        read |= {(path.name, path) for path in reading.all_files(run.source) if path.is_file()}
    for name, path in sorted(read):
        with path.open("rb") as stream:
            found[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def _files(
    run: Run, source: FolderSource | DuckDBSource | ExportSource
) -> tuple[dict[str, list[tuple[Path, str, TableMapping]]], list[Problem]]:
    """Return, for each table that can be read, the path, label in messages and mapping of each of its sources."""
    if not (source.path.is_file() if isinstance(source, DuckDBSource) else source.path.is_dir()):
        return {}, [
            Problem(
                file=str(run.file),
                column="source.path",
                value=source.path,
                allowed=f"there is no {'folder' if isinstance(source, ExportSource) else source.kind} at this path",
                remedy="correct the path; it is relative to the run file",
            )
        ]
    if isinstance(source, DuckDBSource):
        try:
            with duckdb.connect(str(source.path), read_only=True) as connection:
                present = [row[0] for row in connection.execute("show tables").fetchall()]
        except duckdb.Error as error:
            return {}, [
                Problem(
                    file=str(source.path),
                    allowed=f"is not a DuckDB file: {str(error).splitlines()[0]}",
                    remedy="name a DuckDB database file",
                )
            ]
    else:
        present = sorted(path.name for path in source.path.iterdir() if path.suffix.lower() in SUFFIXES)
    files: dict[str, list[tuple[Path, str, TableMapping]]] = {}
    problems = []
    exported = COMPULSORY if isinstance(source, ExportSource) else ()  # those of `exports.ledger.NAMES`
    # A file of the export may be called as a table of ours, and is none.
    own = set(_export_files(source)) if isinstance(source, ExportSource) else set()
    for name in [name for name in TABLES if name not in exported]:
        for mapping in run.sources_of(name):
            if isinstance(source, DuckDBSource):
                candidates = [mapping.file or name]
            else:
                candidates = [mapping.file] if mapping.file else [name + suffix for suffix in SUFFIXES]
            there = [
                candidate
                for candidate in candidates
                if (candidate in present and (mapping.file or candidate not in own))
                or (mapping.file and not isinstance(source, DuckDBSource) and (source.path / candidate).is_file())
            ]
            label = there[0] if there else None
            if len(there) > 1:
                remedy = f"remove all but one, or name the one to read (tables: {{{name}: {{file: {there[0]}}}}})"
                allowed = f"holds {name} more than once: {', '.join(there)}"
                problems.append(Problem(file=str(source.path), allowed=allowed, remedy=remedy))
            if label is not None:
                path = source.path if isinstance(source, DuckDBSource) else source.path / label
                files.setdefault(name, []).append((path, label, mapping))
            elif name in COMPULSORY or mapping.file:
                problems.append(_missing_file(name, candidates[0], source, present))
    return files, problems


def _export_files(source: ExportSource) -> list[str]:
    from tradecredit.book.exports import reading

    return [path.name for path in reading.all_files(source) if path.parent == source.path]


def _missing_file(
    name: str, file: str, source: FolderSource | DuckDBSource | ExportSource, present: list[str]
) -> Problem:
    ours = {table + suffix for table in TABLES for suffix in ("", *SUFFIXES)}
    near = difflib.get_close_matches(file, [one for one in present if one not in ours], n=1, cutoff=0.5)
    kind = "table" if isinstance(source, DuckDBSource) else "file"
    return Problem(
        file=file,
        allowed=f"this {kind} of {name} is missing in {source.path}",
        remedy=(f"rename {near[0]!r} or name it" if near else "add it, or name the one that holds it")
        + f" in the run file (tables: {{{name}: {{file: …}}}})",
    )


def _content(path: Path, label: str, formats: Formats) -> pd.DataFrame | Problem:
    kind = path.suffix.lower()
    try:
        if kind in TEXT:
            return text_files.text_table(path, label, formats)
        if kind == ".parquet":
            return _numbered(pd.read_parquet(path))
        if kind == ".xlsx":
            return _sheet(path, label)
        with duckdb.connect(str(path), read_only=True) as connection:
            return _numbered(of_database(connection, label))
    except ImportError:
        return Problem(
            file=label, allowed="Excel files need the `excel` extra", remedy="pip install 'tradecredit[excel]'"
        )
    except Exception as error:  # what is broken in a file shows in its reader in many ways
        reason = f"cannot be read: {(str(error) or type(error).__name__).splitlines()[0]}"
        return Problem(
            file=label, allowed=reason, remedy=f"export it again, or name a file of kind {', '.join(SUFFIXES)}"
        )


def _sheet(path: Path, label: str) -> pd.DataFrame | Problem:
    """Return the first sheet of a workbook, whose heads are text whatever stands in them."""
    cells = pd.read_excel(path, header=None, dtype=object, keep_default_na=False, na_values=[""])
    if cells.empty:
        return text_files.empty_file(label)
    heads = [f"Unnamed: {at}" if pd.isna(head) else str(head).strip() for at, head in enumerate(cells.iloc[0])]
    return text_files.repeated_heads(label, heads) or _numbered(cells.iloc[1:].set_axis(heads, axis="columns"))


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_axis(pd.RangeIndex(2, len(frame) + 2), axis="index")


def _day_of_issue(content: pd.DataFrame, of_invoices: list[tuple[Path, str, TableMapping]]) -> pd.Series | None:
    """Return the day of issue of a file's rows where invoices are read from the same file."""
    for _, _, mapping in of_invoices:
        issued = mapping.columns.get("issued", "issued")
        if issued in content:
            return days(content[issued], mapping.formats.dates)
    return None


def _mapped(
    name: str, label: str, content: pd.DataFrame, mapping: TableMapping, order: pd.Series | None = None
) -> tuple[RawTable, list[Problem]]:
    """Return a file's content under our column names, as the run file's mapping says.

    `order` tells which row of a key is the latest; without it, the last is.
    """
    if mapping.formats.empty:
        content = content.mask(content.isin(mapping.formats.empty))
    problems = _mapping_problems(name, label, content, mapping)
    left_out: list[tuple[str, int]] = []
    frame = content
    for theirs, kept in mapping.where.items():
        if theirs in frame:
            stays = frame[theirs].astype("str").isin([str(value) for value in kept])
            left_out.append((f"{theirs} is not {' or '.join(str(value) for value in kept)}", int((~stays).sum())))
            frame = frame[stays]
    for theirs in mapping.filled:
        if theirs in frame:
            left_out.append((f"{theirs} is empty", int(frame[theirs].isna().sum())))
            frame = frame[frame[theirs].notna()]
    ours = [*TABLES[name].names, *DERIVED.get(name, {})]
    columns = {}
    for our in ours:
        if our in mapping.constants:
            columns[our] = pd.Series(_constant(mapping.constants[our], mapping.formats), index=frame.index, dtype="str")
        elif (their := mapping.columns.get(our, our)) in frame:
            columns[our] = frame[their]
        if our in columns and our in mapping.values:
            columns[our] = _translated(columns[our], mapping.values[our])
    used = {mapping.columns.get(our, our) for our in ours} | set(mapping.where) | set(mapping.filled)
    mapped = pd.DataFrame(columns, index=frame.index)
    if mapping.sign and "amount" in mapped:
        negative = are_negative(mapped["amount"])
        stays = negative if mapping.sign == "negative" else ~negative
        left_out.append((f"amount is not {mapping.sign}", int((~stays).sum())))
        mapped = mapped[stays].assign(amount=lambda rows: without_minus(rows["amount"]))
    if mapping.distinct:
        once = mapped.drop_duplicates()
        left_out.append(("the row repeats another one", len(mapped) - len(once)))
        mapped = once
    keys = list(TABLES[name].key)
    if mapping.distinct == "latest" and set(keys) <= set(mapped):
        mapped = _latest(mapped, keys, order, left_out)
    ignored = tuple(column for column in content.columns if column not in used)
    found = RawTable(name, label, mapped, mapping.formats, tuple(left_out), ignored, combined=bool(mapping.combine))
    return found, problems


def _latest(
    mapped: pd.DataFrame, keys: list[str], order: pd.Series | None, left_out: list[tuple[str, int]]
) -> pd.DataFrame:
    """Return of each key's rows that of the latest document; rows without a key stay, to be told of."""
    day = pd.Series(pd.NaT, index=mapped.index) if order is None else order.reindex(mapped.index)
    latest_last = mapped.loc[day.sort_values(kind="stable", na_position="first").index, keys]
    older = latest_last.duplicated(keep="last") & latest_last.notna().all(axis="columns")
    left_out.append((f"a later row has the same {', '.join(keys)}", int(older.sum())))
    return mapped[~older.reindex(mapped.index)]


def _constant(value: str | int | float | date, formats: Formats) -> str:
    """Return a constant as the file would write it: a day of the run file in the days' stated format."""
    return value.strftime(formats.dates) if isinstance(value, date) and formats.dates != "serial" else str(value)


def _translated(column: pd.Series, values: dict[str | int, str]) -> pd.Series:
    ours = {str(theirs): our for theirs, our in values.items()}
    text = column.astype("str")
    return text.map(ours).where(text.isin(list(ours)), column)


def _mapping_problems(name: str, label: str, content: pd.DataFrame, mapping: TableMapping) -> list[Problem]:
    """Return what the mapping names that is not there, and the compulsory columns that nothing supplies."""
    table = TABLES[name]
    derived = DERIVED.get(name, {})
    problems: list[Problem] = []
    if remedy := text_files.other_separator([str(name) for name in content.columns]):
        return [Problem(file=label, row=1, allowed="the header is one field", remedy=remedy)]
    for part in ("columns", "constants", "values"):
        for our in getattr(mapping, part):
            if our not in table.names and our not in derived:
                near = difflib.get_close_matches(our, [*table.names, *derived], n=1)
                problems.append(
                    Problem(
                        file=label,
                        column=our,
                        allowed=f"{name} has no such column (tables.{name}.{part})",
                        remedy=f"did you mean {near[0]!r}" if near else f"use one of: {', '.join(table.names)}",
                    )
                )
    theirs = {
        **dict.fromkeys(mapping.columns.values(), "columns"),
        **dict.fromkeys(mapping.where, "where"),
        **dict.fromkeys(mapping.filled, "filled"),
    }
    for their, part in theirs.items():
        if their not in content:
            problems.append(_missing_column(label, their, content, f"named in tables.{name}.{part}"))
    supplied = {
        our for our in (*table.names, *derived) if our in mapping.constants or mapping.columns.get(our, our) in content
    }
    supplied |= {our for given, our in derived.items() if given in supplied}
    missing = (column.name for column in table.columns if column.required and column.name not in supplied)
    problems += (
        _missing_column(label, our, content, f"compulsory in {name}") for our in missing if our not in mapping.columns
    )
    return problems


def _missing_column(label: str, column: str, content: pd.DataFrame, why: str) -> Problem:
    columns = [str(name) for name in content.columns]
    near = difflib.get_close_matches(column, columns, n=1)
    if why.startswith("named in"):
        remedy = (f"is it {near[0]!r}? Correct" if near else "correct") + " the name there; "
    else:
        remedy = (f"is it {near[0]!r}? Map" if near else "map") + " it in the run file (columns: {ours: theirs}); "
    remedy += f"the file has: {', '.join(columns[:20])}"
    return Problem(file=label, row=1, column=column, allowed=f"this column is missing ({why})", remedy=remedy)
