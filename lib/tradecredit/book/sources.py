"""Reads the tables of a book from the files or the database of a source."""

import difflib
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from tradecredit.book import central_bank, monthly, servers, text_files
from tradecredit.book.cells import in_type
from tradecredit.book.exports.grid import names, of_database, opened
from tradecredit.book.exports.reading import files_between_lists, files_of_lists
from tradecredit.book.mapping import mapped
from tradecredit.book.raw_tables import RawTable, joined, one_row_a_key, with_particulars
from tradecredit.book.schema import COMPULSORY, TABLES
from tradecredit.book.typed import terms_by_buyer, with_terms_of_buyers
from tradecredit.errors import Problem
from tradecredit.params.export import EXPORTED, ExportSource
from tradecredit.params.run import Run
from tradecredit.params.secrets import without_secrets
from tradecredit.params.source import (
    SUFFIXES,
    TEXT,
    DemoSource,
    DuckDBSource,
    FolderSource,
    Formats,
    GroupSource,
    ServerSource,
    TableMapping,
)

ROW = "__row__"
"""Column of a part of a Parquet file (`parts`) with each row's number in the whole."""


Files = FolderSource | DuckDBSource | ExportSource | GroupSource
Places = dict[str, list[tuple[Path, str, TableMapping]]]
"""Table: the path, label in messages and mapping of each of its sources; a server's are where the run file is."""


@dataclass(frozen=True)
class Look:
    """What a source holds at the moment that it is looked at.

    `fingerprints` has the sha256 of every file, or of the rows of every table of a server, by its name in the source.
    A server's rows change while one looks, and are `contents` already; files are read by `read`.
    """

    places: Places = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    fingerprints: dict[str, str] = field(default_factory=dict)

    contents: dict[str, pd.DataFrame | Problem] = field(default_factory=dict)

    @property
    def months(self) -> dict[monthly.Group, dict[str, monthly.Month]]:
        """Of each table and pattern that several files fit, these files by name."""
        found: dict[monthly.Group, dict[str, monthly.Month]] = {}
        for table, places in self.places.items():
            for _, label, mapping in places:
                if mapping.of_several_files:
                    month = monthly.Month(self.fingerprints[label], mapping)
                    found.setdefault((table, str(mapping.file)), {})[label] = month
        return found


def look(run: Run) -> Look:
    """Return what the run's source holds now; nothing of the demo book, which is made anew."""
    source = run.source
    if isinstance(source, DemoSource):
        return Look()
    if isinstance(source, ServerSource):
        found = servers.asked(run, source, lambda server: _at_server(run, source, server))
        return Look(problems=(found,)) if isinstance(found, Problem) else found
    present = _present(run, source)
    if isinstance(present, Problem):
        return Look(problems=(present,))
    places, problems = _places(run, source, present)
    fingerprints = _fingerprints(source, places) | central_bank.fingerprint(run)
    telling = [
        Problem(file=shown, allowed="the file's name holds what looks like a password, and a report tells what it was "
                "made from", remedy="rename the file")
        for shown in (without_secrets(name) for name in fingerprints) if shown not in fingerprints
    ]  # fmt: skip
    if telling:  # other problems would name the files
        return Look(problems=tuple(telling))
    return Look(places, tuple(problems), fingerprints)


def _at_server(run: Run, source: ServerSource, server: servers.Server) -> Look:
    """Return what a server holds, with the rows of all tables as they stood at one moment."""
    present = server.names()
    stated = [one.file for name in TABLES for one in run.sources_of(name) if one.file]
    present += [name for name in dict.fromkeys(stated) if name not in present and server.has(name)]
    places, problems = _places(run, source, present)
    if problems:
        return Look(problems=tuple(problems))
    labels = {label: mapping.query for of_table in places.values() for _, label, mapping in of_table}
    queries = {label: query for label, query in labels.items() if query is not None}
    contents = server.contents([label for label in labels if label not in queries], queries)
    frames = {name: servers.frame_of(name, table) for name, table in contents.items()}
    return Look(places, (), servers.fingerprints(contents, queries) | central_bank.fingerprint(run), frames)


def read(run: Run, seen: Look) -> tuple[dict[str, RawTable], list[Problem]]:
    """Return the tables that the run's source holds, by name, and what is wrong with the files.

    `seen`: the look at the source. Optional tables that are not there are left out; a compulsory one, or one that the
    run file names, is a problem. Rates of the central bank are those that the run takes.
    """
    raw, problems = _held(run, seen)
    raw, of_rates = central_bank.with_rates(raw, run)
    return raw, [*problems, *of_rates]


def _held(run: Run, seen: Look) -> tuple[dict[str, RawTable], list[Problem]]:
    source = run.source
    if isinstance(source, DemoSource):
        from tradecredit.book.demo import demo_book

        tables = demo_book(buyers=source.buyers, invoices=source.invoices, seed=source.seed, until=source.until).tables
        return {name: RawTable(name, f"demo {name}", _numbered(frame)) for name, frame in tables.items()}, []
    raw, problems = _of_files(run, seen)
    terms = terms_by_buyer(raw.get("buyers"))
    if isinstance(source, ExportSource) and not seen.problems:
        exported, of_export = _exported(source, run, terms)
        if {"buyers"} <= exported.keys() & raw.keys():
            raw["buyers"] = with_particulars(exported["buyers"], raw["buyers"])
        return {**exported, **raw}, [*of_export, *problems]
    if "invoices" in raw:
        raw["invoices"] = with_terms_of_buyers(raw["invoices"], terms)
    return raw, [*seen.problems, *problems]


def _of_files(run: Run, seen: Look) -> tuple[dict[str, RawTable], list[Problem]]:
    """Return the tables that stand in files of their own, or in those of a database, and what is wrong with them."""
    files, problems = seen.places, list[Problem]()
    raw: dict[str, RawTable] = {}
    contents: dict[tuple[Path, str, Formats], pd.DataFrame | Problem] = {}
    for name, sources_of in files.items():
        distinct = sources_of[0][2].distinct
        parts, issued = [], []
        for path, label, mapping in sources_of:
            key = (path, label, mapping.formats)
            if key not in contents:
                contents[key] = _read_content(run, seen, path, label, mapping)
            content = contents[key]
            if isinstance(content, Problem):
                if content not in problems:
                    problems.append(content)
                continue
            by_terms = name == "invoices" and "buyers" in raw and "terms_days" in raw["buyers"].frame
            table, found = mapped(name, label, content, mapping, ("due",) if by_terms else ())
            parts.append(table)
            problems += [problem for problem in found if problem not in problems]
            if distinct == "latest":
                of_invoices = [one for one in files.get("invoices", []) if one[:2] == (path, label)]
                issued.append(_day_of_issue(content, of_invoices).reindex(table.frame.index))
        if len(parts) == len(sources_of):
            whole = parts[0] if len(parts) == 1 else joined(parts)
            if distinct:
                whole = one_row_a_key(whole, pd.concat(issued).set_axis(whole.frame.index) if issued else None)
            raw[name] = whole
    return raw, problems


def _read_content(run: Run, seen: Look, path: Path, label: str, mapping: TableMapping) -> pd.DataFrame | Problem:
    if label in seen.contents:
        return seen.contents[label]
    if not mapping.of_several_files:
        return _content(path, label, mapping.formats)
    month = monthly.Month(seen.fingerprints[label], mapping)
    return monthly.content_of(run, month, lambda: _content(path, label, mapping.formats))


def _exported(source: ExportSource, run: Run, terms: pd.Series) -> tuple[dict[str, RawTable], list[Problem]]:
    """Return the tables that an export holds, and what is wrong with it; `terms`: days of payment by buyer."""
    from tradecredit.book.exports import ledger

    found = ledger.ledger(source, run.currency, run.on_problem, terms)
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


def _fingerprints(source: Files, places: Places) -> dict[str, str]:
    """Return the sha256 of every file that is read, by its name in the source."""
    in_folder = not isinstance(source, DuckDBSource)
    read = {(label if in_folder else path.name, path) for of_table in places.values() for path, label, _ in of_table}
    if isinstance(source, ExportSource):
        exported = [*files_of_lists(source), *files_between_lists(source)]
        read |= {(path.name, path) for path in exported if path.is_file()}
    found = {}
    for name, path in sorted(read):
        with path.open("rb") as stream:
            found[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def _places(run: Run, source: Files | ServerSource, present: list[str]) -> tuple[Places, list[Problem]]:
    """Return where each table that can be read lies among what is `present`, and which ones are missing."""
    places: Places = {}
    problems: list[Problem] = []
    exported = EXPORTED if isinstance(source, ExportSource) else ()
    # Of a group, only what its run file names is its own.
    own = run.tables if isinstance(source, GroupSource) else TABLES
    for name in [name for name in TABLES if name in own and name not in exported]:
        mappings = run.sources_of(name)
        for number, mapping in enumerate(mappings, start=1):
            if mapping.query:
                label = f"query of {name}" + (f" ({number})" if len(mappings) > 1 else "")
                places.setdefault(name, []).append((run.file, label, mapping))
                continue
            if mapping.of_several_files and not isinstance(source, DuckDBSource | ServerSource):
                fitting = _fitting(source.path, str(mapping.file))
                for one in fitting:
                    places.setdefault(name, []).append((source.path / one, one, mapping))
                if not fitting:
                    problems.append(_missing_file(name, str(mapping.file), source, present))
                continue
            candidates, there = _candidates(name, mapping, source, present)
            if len(there) > 1 and not isinstance(source, DuckDBSource | ServerSource):
                remedy = f"remove all but one, or name the one to read (tables: {{{name}: {{file: {there[0]}}}}})"
                allowed = f"holds {name} more than once: {', '.join(there)}"
                problems.append(Problem(file=str(source.path), allowed=allowed, remedy=remedy))
            if there:
                path = run.file if isinstance(source, ServerSource) else source.path
                if not isinstance(source, DuckDBSource | ServerSource):
                    path = source.path / there[0]
                places.setdefault(name, []).append((path, there[0], mapping))
            elif name in run.tables or (name in COMPULSORY and not isinstance(source, ExportSource)):
                problems.append(_missing_file(name, candidates[0], source, present))
    return places, problems


def _fitting(folder: Path, pattern: str) -> list[str]:
    """Return the files of a folder that fit a pattern, in the order of their names."""
    files = (path for path in folder.glob(pattern) if path.is_file() and path.suffix.lower() in SUFFIXES)
    return sorted(path.relative_to(folder).as_posix() for path in files)


def _candidates(
    name: str, mapping: TableMapping, source: Files | ServerSource, present: list[str]
) -> tuple[list[str], list[str]]:
    """Return the names under which a table may lie in a source, and those of them that are there."""
    if isinstance(source, DuckDBSource | ServerSource):
        candidates = [mapping.file or name]
        return candidates, [one for one in candidates if one in present]
    if mapping.file:
        there = mapping.file in present or (source.path / mapping.file).is_file()
        return [mapping.file], [mapping.file] if there else []
    own = _own_files(source)
    candidates = [name + suffix for suffix in SUFFIXES if name + suffix not in own]
    return candidates, [one for one in candidates if one in present]


def _own_files(source: Files) -> set[str]:
    """Return the names of an export's own files, which are no tables beside it whatever they are called."""
    return {file.name for file in files_of_lists(source)} if isinstance(source, ExportSource) else set()


def _present(run: Run, source: Files) -> list[str] | Problem:
    """Return the files of a folder, or the tables of a database, that may be read; or that there is none."""
    kind = "folder" if isinstance(source, ExportSource | GroupSource) else source.kind
    if not (source.path.is_file() if isinstance(source, DuckDBSource) else source.path.is_dir()):
        return Problem(
            file=str(run.file),
            column="source.path",
            value=source.path,
            allowed=f"there is no {kind} at this path",
            remedy="correct the path; it is relative to the run file",
        )
    if not isinstance(source, DuckDBSource):
        return sorted(path.name for path in source.path.iterdir() if path.suffix.lower() in SUFFIXES)
    try:
        return names(source.path)
    except ValueError as error:
        return Problem(
            file=str(source.path),
            allowed=f"is not a DuckDB file: {str(error).splitlines()[0]}",
            remedy="name a DuckDB database file",
        )


def _missing_file(name: str, file: str, source: Files | ServerSource, present: list[str]) -> Problem:
    ours = {table + suffix for table in TABLES for suffix in ("", *SUFFIXES)}
    near = difflib.get_close_matches(file, [one for one in present if one not in ours], n=1, cutoff=0.5)
    kind = "file" if isinstance(source, FolderSource | ExportSource | GroupSource) else "table"
    where = f"the database of {source.dsn_env}" if isinstance(source, ServerSource) else source.path
    return Problem(
        file=file,
        allowed=f"this {kind} of {name} is missing in {where}",
        remedy=(f"rename {near[0]!r} or name it" if near else "add it, or name the one that holds it")
        + f" in the run file (tables: {{{name}: {{file: …}}}})",
    )


def _content(path: Path, label: str, formats: Formats) -> pd.DataFrame | Problem:
    kind = path.suffix.lower()
    try:
        if kind in TEXT:
            return text_files.text_table(path, label, formats)
        if kind == ".parquet":
            frame = pd.read_parquet(path, to_pandas_kwargs={"date_as_object": False})
            return frame.set_index(ROW).rename_axis(None).sort_index() if ROW in frame else _numbered(frame)
        if kind == ".xlsx":
            return _sheet(path, label, formats)
        with opened(path) as connection:
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


def _sheet(path: Path, label: str, formats: Formats) -> pd.DataFrame | Problem:
    """Return a sheet of a workbook, the first unless one is named; its heads are text whatever stands in them."""
    sheet, header_row = formats.sheet or 0, formats.header_row
    held = pd.read_excel(path, sheet, header=None, dtype=object, keep_default_na=False, na_values=[""])
    cells = held.iloc[header_row - 1 :]
    if cells.empty:
        return text_files.empty_file(label)
    heads = [f"Unnamed: {at}" if pd.isna(head) else str(head).strip() for at, head in enumerate(cells.iloc[0])]
    below = cells.iloc[1:].set_axis(heads, axis="columns")
    return text_files.repeated_heads(label, heads, header_row) or _numbered(below, header_row)


def _numbered(frame: pd.DataFrame, header_row: int = 1) -> pd.DataFrame:
    return frame.set_axis(pd.RangeIndex(header_row + 1, len(frame) + header_row + 1), axis="index")


def _day_of_issue(content: pd.DataFrame, of_invoices: list[tuple[Path, str, TableMapping]]) -> pd.Series:
    """Return the day of issue of a file's rows where invoices are read from the same file; none where they are not."""
    for _, _, mapping in of_invoices:
        issued = mapping.columns.get("issued", "issued")
        if issued in content:
            return in_type(content[issued], TABLES["invoices"].column("issued"), mapping.formats)[0]
    return pd.Series(pd.NaT, index=content.index, dtype="datetime64[us]")
