"""A large ledger's files in parts of its buyers, each the source of a book of its own that fits into memory.

DuckDB reads the files and writes the parts, out of core. What names an invoice goes with it, what names a buyer with
the buyer, all else whole to each part; every row keeps its number. So each part is read and checked as any book is, and
what only the whole can tell is asked of the whole: numbers that stand in several parts.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book import sources
from tradecredit.book.checks import key_problems
from tradecredit.book.disk import writing
from tradecredit.book.locks import locked
from tradecredit.book.mapping import mapped
from tradecredit.book.memory import ELSEWHERE, PARTS, cache_of, owners_folder, writable
from tradecredit.book.problems import of_table
from tradecredit.book.raw_tables import joined, located
from tradecredit.book.schema import TABLES
from tradecredit.book.typed import typed
from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.params.compute import ComputeSettings
from tradecredit.params.run import Run
from tradecredit.params.source import FolderSource, TableMapping

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

INVOICES_A_PART = 1_000_000
"""A ledger of more invoices is divided into parts of about so many, unless the run says into how many."""
MEMORY = "3GB"
"""What DuckDB may hold in memory; the rest is put on the disk beside the parts."""
PART = "__part__"
"""Name of the column, and beginning of the folders, by which DuckDB writes rows apart."""


class Part(NamedTuple):
    """A part of a ledger: the `run` that reads it, and buyers of other parts that it holds as its rows name them."""

    run: Run
    guests: tuple[str, ...] = ()


class Parts(NamedTuple):
    """The parts of a ledger, and what is wrong with it that none of them can tell."""

    parts: list[Part]
    problems: list[Problem]


class _File(NamedTuple):
    """A file: the table of ours that it holds, its path, its name in messages, its mapping and its columns' types."""

    table: str
    path: Path
    label: str
    mapping: TableMapping
    types: dict[str, str]

    @property
    def rows(self) -> str:
        """The SQL of its rows, each with the number by which messages call it."""
        return (
            f'(select * exclude (file_row_number), file_row_number + 2 as "{sources.ROW}" '
            f"from read_parquet({_text(self.path)}, file_row_number = true))"
        )

    def id_of(self, column: str) -> str | None:
        """Return the SQL of an id as its text (`cells.as_text`), null where it stands for nothing; None without one."""
        their = self.mapping.columns.get(column, column)
        if their not in self.types:
            return None
        name = '"' + their.replace('"', '""') + '"'
        text = f"{name}::varchar"
        if self.types[their] in ("FLOAT", "DOUBLE"):
            text = f"if({name} = floor({name}), {name}::bigint::varchar, {text})"
        nothing = ", ".join(map(_text, self.mapping.formats.empty))
        return f"if({text} in ({nothing}), null, {text})" if nothing else text


@contextmanager
def divided(run: Run) -> Iterator[Parts]:
    """Give the parts of a run's ledger, whose files are there meanwhile; one part is the run itself.

    `compute.parts` of the run says how many, at most: a buyer is in one part with all its invoices. Without it there is
    one for each `INVOICES_A_PART` that Parquet files in a folder hold. Raises `InputError` where files are missing and
    `ParameterError` where a run is read in a way that no part of its rows tells, or the machine refuses to write.
    """
    source = run.source
    if run.compute.parts == 1 or (run.compute.parts is None and not isinstance(source, FolderSource)):
        yield Parts([Part(run)], [])
        return
    seen = sources.look(run)
    if seen.problems:
        raise InputError(seen.problems)
    number = run.compute.parts or -(-_invoices(seen) // INVOICES_A_PART)
    if number <= 1:
        yield Parts([Part(run)], [])
        return
    if problems := _refused(run, seen):
        raise ParameterError(problems)
    cache = writable(cache_of(run))
    with locked(cache / f".{PARTS}.lock"):
        folder = cache / PARTS
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
        try:
            with writing(folder, ELSEWHERE):
                owners_folder(folder)
                yield _written(run, seen, folder, number)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _invoices(seen: sources.Look) -> int:
    import pyarrow.parquet as pq

    paths = [path for path, _, _ in seen.places.get("invoices", [])]
    return sum(pq.read_metadata(path).num_rows for path in paths if path.suffix.lower() == ".parquet")


def _refused(run: Run, seen: sources.Look) -> list[Problem]:
    """Return what of a run does not let its ledger be divided."""
    to_do = "; or state `compute: {parts: 1}`"

    def told(column: str, allowed: str, remedy: str) -> Problem:
        return Problem(file=str(run.file), column=column, allowed=allowed, remedy=remedy + to_do)

    problems = []
    if not isinstance(run.source, FolderSource):
        problems.append(told("source.kind", "only Parquet files in a folder are divided into parts of buyers",
                             "write the tables to Parquet files"))  # fmt: skip
    stated = [name for name in ("merge", "anonymise") if getattr(run, name)]
    problems += [told(name, "is not done with a ledger in parts", "take it out") for name in stated]
    if run.on_problem.leave_out:
        problems.append(told("on_problem", "rows are left out of a whole ledger only", "correct them"))
    labels = [label for places in seen.places.values() for _, label, _ in places]
    for name, places in seen.places.items():
        for path, label, mapping in places if _goes_by(name) else ():
            if path.suffix.lower() != ".parquet":
                problems.append(told(f"tables.{name}", f"{label} is no Parquet file, and only these are divided",
                                     "write it to a Parquet file"))  # fmt: skip
            if labels.count(label) > 1:
                problems.append(told(f"tables.{name}", f"{label} holds more than one table", "write a file for each"))
            if mapping.distinct or mapping.combine:
                problems.append(told(f"tables.{name}", "distinct and combine go by the rows of a whole table",
                                     "write a file in which each row stands once"))  # fmt: skip
            ids = {"buyer_id", "invoice_id"} & (mapping.constants.keys() | mapping.values.keys())
            allowed = "is stated or translated by the run file, and rows are divided by what the file holds"
            problems += [told(f"tables.{name}.{one}", allowed, f"write {one} into the file") for one in sorted(ids)]
    return problems


def _goes_by(table: str) -> list[str]:
    """Return the columns of a table by which its rows are divided; none of one that goes whole to each part."""
    return [name for name in ("invoice_id", "buyer_id") if name in TABLES[table].names]


def _written(run: Run, seen: sources.Look, folder: Path, number: int) -> Parts:
    import duckdb

    settings: dict = {
        # By one thread, so that the same files give the same parts, byte for byte: their books are known again.
        "threads": 1, "memory_limit": MEMORY, "temp_directory": str(folder / "spilled"),
        "partitioned_write_max_open_files": number + 1,
    }  # fmt: skip
    try:
        with duckdb.connect(folder / "index.duckdb", config=settings) as db:
            if db.execute("select current_setting('enable_progress_bar')").fetchall() == [(True,)]:
                db.execute("set enable_progress_bar = false")
            return _with_index(run, seen, folder, number, db)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise ParameterError([
            Problem(file=str(folder), allowed=f"cannot be written ({str(error).splitlines()[0]})",
                    remedy=f"make room there, or {ELSEWHERE}")
        ]) from None  # fmt: skip
    finally:
        (folder / "index.duckdb").unlink(missing_ok=True)
        shutil.rmtree(folder / "spilled", ignore_errors=True)


def _with_index(run: Run, seen: sources.Look, folder: Path, number: int, db: "DuckDBPyConnection") -> Parts:
    files = [
        _File(name, path, label, mapping, _types(db, path))
        for name, places in seen.places.items() if _goes_by(name)
        for path, label, mapping in places
    ]  # fmt: skip
    parts = _index(db, files, number, pd.Timestamp(run.as_of))
    problems: list[Problem] = []
    for table in [name for name in TABLES if name != "buyers"]:
        repeated = []
        for file in [one for one in files if one.table == table]:
            _divide(db, file, folder)
            _find_guests(db, file)
            repeated.append(_in_several(db, file, folder))
            _in_place(db, file, folder, parts)
        problems += _told(run, [(file, rows) for file, rows in repeated if len(rows)])
    for file in [one for one in files if one.table == "buyers"]:  # guests are known by now
        _divide(db, file, folder)
        _in_place(db, file, folder, parts)
    whole = [place for name, places in seen.places.items() if not _goes_by(name) for place in places]
    found = []
    for part in range(parts):
        own = folder / str(part)
        for path, label, _ in whole:
            (own / label).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, own / label)
        guests = db.execute("select buyer from guests where part = ? order by buyer", [part]).fetchnumpy()["buyer"]
        found.append(Part(_reading(run, seen, own), tuple(map(str, guests))))
    return Parts(found, problems)


def _reading(run: Run, seen: sources.Look, folder: Path) -> Run:
    """Return the run that reads a part: of a pattern that several files fit, it names these."""
    tables = {
        name: [mapping.model_copy(update={"file": label}) for _, label, mapping in places]
        for name, places in seen.places.items()
    }
    one_or_more = {name: mappings if len(mappings) > 1 else mappings[0] for name, mappings in tables.items()}
    source = FolderSource(kind="folder", path=folder)
    return run.model_copy(update={"source": source, "tables": one_or_more, "compute": ComputeSettings()})


def _types(db: "DuckDBPyConnection", path: Path) -> dict[str, str]:
    rows = db.execute(f"describe select * from read_parquet({_text(path)})").fetchall()
    return {row[0]: row[1] for row in rows}


def _index(db: "DuckDBPyConnection", files: list[_File], number: int, as_of: pd.Timestamp) -> int:
    """Make the tables that tell where buyers and invoices go (`owner`, `place`), and return how many parts there are.

    Buyers in the order of their numbers are cut where the invoices known by the day are so many for each part.
    """
    ids = " union all ".join(
        f"select {file.id_of('buyer_id')} as buyer, {_known(file, as_of)} as invoices from {file.rows}"
        for file in files if file.table in ("buyers", "invoices") and file.id_of("buyer_id")
    ) or "select null::varchar as buyer, 0 as invoices"  # fmt: skip
    of_buyers = db.execute(
        f"select buyer, sum(invoices)::bigint as invoices from ({ids}) where buyer is not null "
        "group by buyer order by buyer"
    ).fetchdf()
    shares, parts = _shares(of_buyers["invoices"].to_numpy(), number)
    db.register("shares", of_buyers.assign(part=shares)[["buyer", "part"]])
    db.execute("create table owner as select buyer::varchar as buyer, part::integer as part from shares")
    db.execute("create table guests (buyer varchar, part integer)")
    invoices = " union all ".join(
        f"select {file.id_of('invoice_id')} as invoice, {file.id_of('buyer_id') or 'null::varchar'} as buyer "
        f"from {file.rows}"
        for file in files if file.table == "invoices" and file.id_of("invoice_id")
    ) or "select null::varchar as invoice, null::varchar as buyer"  # fmt: skip
    # Of rows that share a number by mistake, all go to one part, whose check tells of them.
    db.execute(
        f"create table place as select invoice, min(coalesce(part, 0)) as part from ({invoices}) left join owner "
        "using (buyer) where invoice is not null group by invoice"
    )
    return parts


def _known(file: _File, as_of: pd.Timestamp) -> str:
    """Return the SQL of whether a row is an invoice that is known by a day, as 0 or 1; 1 where it does not tell."""
    if file.table != "invoices":
        return "0"
    issued = file.mapping.columns.get("issued", "issued")
    typed_day = file.types.get(issued, "").startswith(("DATE", "TIMESTAMP"))
    return f"coalesce((\"{issued}\"::date <= date '{as_of.date()}')::int, 0)" if typed_day else "1"


def _shares(invoices: np.ndarray, number: int) -> tuple[np.ndarray, int]:
    """Return in which part each buyer is, by its invoices, and how many parts that makes: none is without any."""
    before = np.cumsum(invoices) - invoices
    share = np.minimum(before * number // max(int(invoices.sum()), 1), number - 1)
    filled = np.unique(share[invoices > 0])
    if not len(filled):
        return np.zeros(len(invoices), dtype=int), 1
    return np.maximum(np.searchsorted(filled, share, side="right") - 1, 0), len(filled)


def _joined(file: _File) -> tuple[str, str]:
    """Return the SQL of where a file's row goes, and the tables that tell it, beside its `rows`."""
    invoice, buyer = (file.id_of(name) if name in _goes_by(file.table) else None for name in ("invoice_id", "buyer_id"))
    places = f" left join place on place.invoice = {invoice}" if invoice else ""
    places += f" left join owner on owner.buyer = {buyer}" if buyer else ""
    known = [name for name, held in (("place.part", invoice), ("owner.part", buyer)) if held]
    return f"coalesce({', '.join([*known, '0'])})", places


def _divide(db: "DuckDBPyConnection", file: _File, folder: Path) -> None:
    """Write a file's rows apart by where they go."""
    goes, beside = _joined(file)
    rows = f'select rows.*, {goes} as "{PART}" from {file.rows} as rows{beside}'
    if file.table == "buyers":
        of_guests = f"{file.rows} as rows join guests on guests.buyer = {file.id_of('buyer_id')}"
        rows += f' union all select rows.*, guests.part as "{PART}" from {of_guests}'
    db.execute(
        f'copy ({rows}) to {_text(folder / "apart")} (format parquet, partition_by ("{PART}"), overwrite_or_ignore)'
    )


def _in_place(db: "DuckDBPyConnection", file: _File, folder: Path, parts: int) -> None:
    """Move what was written apart to the parts' own folders, under the file's name; empty where none is there."""
    for part in range(parts):
        target = folder / str(part) / file.label
        target.parent.mkdir(parents=True, exist_ok=True)
        written = list((folder / "apart" / f"{PART}={part}").glob("*.parquet"))
        if len(written) == 1:
            written[0].replace(target)
        else:
            rows = f"read_parquet({[str(one) for one in written]})" if written else f"{file.rows} limit 0"
            db.execute(f"copy (from {rows}) to {_text(target)} (format parquet)")
    shutil.rmtree(folder / "apart")


def _find_guests(db: "DuckDBPyConnection", file: _File) -> None:
    """Note the buyers that a file's rows name in parts that are not theirs."""
    if {"invoice_id", "buyer_id"} <= set(_goes_by(file.table)) and file.id_of("invoice_id") and file.id_of("buyer_id"):
        goes, beside = _joined(file)
        db.execute(
            f"insert into guests select distinct owner.buyer, {goes} from {file.rows} as rows{beside} "
            f"where owner.part <> {goes} and ({file.id_of('buyer_id')}) is not null except select * from guests"
        )


def _in_several(db: "DuckDBPyConnection", file: _File, folder: Path) -> tuple[_File, pd.DataFrame]:
    """Return a file's rows whose key stands in several parts, where its table's key names neither invoice nor buyer."""
    keys = [file.mapping.columns.get(name, name) for name in TABLES[file.table].key]
    nothing = pd.DataFrame()
    if set(TABLES[file.table].key) & {"invoice_id", "buyer_id"} or not set(keys) <= file.types.keys():
        return file, nothing
    if not any((folder / "apart").glob("*/*.parquet")):  # a file without rows
        return file, nothing
    key = ", ".join(f'"{name}"::varchar' for name in keys)
    rows = f"read_parquet({_text(folder / 'apart' / '*' / '*.parquet')}, hive_partitioning = true)"
    # By a number in place of the texts: few rows share one by chance, and these are looked at themselves.
    db.execute(
        f"create or replace temp table several as select hash({key}) as key from {rows} group by all "
        f'having min("{PART}") <> max("{PART}")'
    )
    if db.execute("select count(*) from several").fetchall() == [(0,)]:
        return file, nothing
    found: Any = db.execute(
        f'select * exclude ("{PART}") from {rows} where hash({key}) in (select key from several) '
        f'order by "{sources.ROW}"'
    ).to_arrow_table()
    return file, found.to_pandas(date_as_object=False).set_index(sources.ROW).rename_axis(None)


def _told(run: Run, repeated: list[tuple[_File, pd.DataFrame]]) -> list[Problem]:
    """Return what is wrong with the keys of rows, as it is told of a whole table."""
    if not repeated:
        return []
    raws = [mapped(file.table, file.label, rows, file.mapping)[0] for file, rows in repeated]
    raw = raws[0] if len(raws) == 1 else joined(raws)
    frame, _ = typed(raw)
    found = of_table(raw.name, key_problems(TABLES[raw.name], frame, raw.file, run))
    return [located(problem, {raw.name: raw}) for problem in found]


def _text(value: object) -> str:
    """Return a text as SQL writes it."""
    return "'" + str(value).replace("'", "''") + "'"
