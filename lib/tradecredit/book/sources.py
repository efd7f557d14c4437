"""Reads the tables of a book from the files or the database of a source."""

import difflib
import hashlib
from pathlib import Path

import duckdb
import pandas as pd

from tradecredit.book import text_files
from tradecredit.book.cells import in_type
from tradecredit.book.exports.grid import of_database
from tradecredit.book.exports.reading import all_files
from tradecredit.book.mapping import mapped
from tradecredit.book.raw_tables import RawTable, joined, one_row_a_key, with_particulars
from tradecredit.book.schema import COMPULSORY, TABLES
from tradecredit.errors import Problem
from tradecredit.params.export import EXPORTED, ExportSource
from tradecredit.params.run import Run
from tradecredit.params.source import DemoSource, DuckDBSource, FolderSource, Formats, TableMapping

TEXT = (".csv", ".txt", ".tsv")
SUFFIXES = (*TEXT, ".parquet", ".xlsx")


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
        distinct = sources_of[0][2].distinct
        parts, issued = [], []
        for path, label, mapping in sources_of:
            key = (path, label, mapping.formats)
            if key not in contents:
                contents[key] = _content(path, label, mapping.formats)
            content = contents[key]
            if isinstance(content, Problem):
                if content not in problems:
                    problems.append(content)
                continue
            table, found = mapped(name, label, content, mapping)
            parts.append(table)
            problems += [problem for problem in found if problem not in problems]
            if distinct == "latest":
                of_invoices = [one for one in files.get("invoices", []) if one[:2] == (path, label)]
                issued.append(_day_of_issue(content, of_invoices).reindex(table.frame.index))
        if len(parts) == len(sources_of):
            whole = parts[0] if len(parts) == 1 else joined(parts)
            if distinct:
                whole = one_row_a_key(whole, pd.concat(issued).set_axis(whole.frame.index) if issued else None)
            known = raw.get(name) if name == "buyers" else None
            raw[name] = whole if known is None else with_particulars(known, whole)
    return raw, problems


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
        read |= {(path.name, path) for path in all_files(run.source) if path.is_file()}
    for name, path in sorted(read):
        with path.open("rb") as stream:
            found[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def _files(
    run: Run, source: FolderSource | DuckDBSource | ExportSource
) -> tuple[dict[str, list[tuple[Path, str, TableMapping]]], list[Problem]]:
    """Return, for each table that can be read, the path, label in messages and mapping of each of its sources."""
    present = _present(run, source)
    if isinstance(present, Problem):
        return {}, [present]
    files: dict[str, list[tuple[Path, str, TableMapping]]] = {}
    problems = []
    exported = EXPORTED if isinstance(source, ExportSource) else ()
    own = _own_files(source)
    for name in [name for name in TABLES if name not in exported]:
        for mapping in run.sources_of(name):
            if isinstance(source, DuckDBSource):
                candidates = [mapping.file or name]
            else:
                by_name = [name + suffix for suffix in SUFFIXES if name + suffix not in own]
                candidates = [mapping.file] if mapping.file else by_name
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
            elif name in run.tables or (name in COMPULSORY and not isinstance(source, ExportSource)):
                problems.append(_missing_file(name, candidates[0], source, present))
    return files, problems


def _own_files(source: FolderSource | DuckDBSource | ExportSource) -> set[str]:
    """Return the names of an export's own files, which are no tables beside it whatever they are called."""
    return {file.name for file in all_files(source)} if isinstance(source, ExportSource) else set()


def _present(run: Run, source: FolderSource | DuckDBSource | ExportSource) -> list[str] | Problem:
    """Return the files of a folder, or the tables of a database, that may be read; or that there is none."""
    if not (source.path.is_file() if isinstance(source, DuckDBSource) else source.path.is_dir()):
        return Problem(
            file=str(run.file),
            column="source.path",
            value=source.path,
            allowed=f"there is no {'folder' if isinstance(source, ExportSource) else source.kind} at this path",
            remedy="correct the path; it is relative to the run file",
        )
    if not isinstance(source, DuckDBSource):
        return sorted(path.name for path in source.path.iterdir() if path.suffix.lower() in SUFFIXES)
    try:
        with duckdb.connect(str(source.path), read_only=True) as connection:
            return [row[0] for row in connection.execute("show tables").fetchall()]
    except duckdb.Error as error:
        return Problem(
            file=str(source.path),
            allowed=f"is not a DuckDB file: {str(error).splitlines()[0]}",
            remedy="name a DuckDB database file",
        )


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


def _day_of_issue(content: pd.DataFrame, of_invoices: list[tuple[Path, str, TableMapping]]) -> pd.Series:
    """Return the day of issue of a file's rows where invoices are read from the same file; none where they are not."""
    for _, _, mapping in of_invoices:
        issued = mapping.columns.get("issued", "issued")
        if issued in content:
            return in_type(content[issued], TABLES["invoices"].column("issued"), mapping.formats)[0]
    return pd.Series(pd.NaT, index=content.index, dtype="datetime64[us]")
