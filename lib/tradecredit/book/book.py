"""The credit book: read once, checked, frozen as one DuckDB snapshot, and seen as of a date."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Self

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tradecredit.book import checks, sources
from tradecredit.book.code_version import code_version
from tradecredit.book.memory import CACHE, Unreadable, kept
from tradecredit.book.schema import TABLES, dtype
from tradecredit.errors import InputError, Problem
from tradecredit.params.run import Run

TRANSLATED = {
    "invoices": ("issued", ["amount", "tax"]),
    "statements": (
        "period_end",
        [column.name for column in TABLES["statements"].columns if column.kind in ("amount", "signed")],
    ),
}
"""Table: the day whose rate translates it, and the columns in its currency."""


@dataclass(frozen=True, eq=False)
class Book:
    """A checked credit book as known on `as_of`: a DataFrame for each table of DOMAIN.md §1.

    Every column of the schema is there (all missing where the source has none); amounts are in the run's currency:
    an invoice, its receipts and its disputes at the last rate on or before the day of issue, a statement at that of
    its period's end. `fingerprint` is a sha256 of the content, `files` has that of each file read, by name. `notes` has
    a row for each thing that was left out, assumed or ignored on reading: table, rule, rows.
    """

    run: Run
    as_of: pd.Timestamp
    fingerprint: str
    files: dict[str, str]
    notes: pd.DataFrame
    buyers: pd.DataFrame
    invoices: pd.DataFrame
    receipts: pd.DataFrame
    statements: pd.DataFrame
    disputes: pd.DataFrame
    limits: pd.DataFrame
    defaults: pd.DataFrame
    scores: pd.DataFrame
    fx: pd.DataFrame
    overrides: pd.DataFrame

    @classmethod
    def open(cls, run: Run | str | Path, as_of: str | date | None = None) -> Self:
        """Return the book of a run (or run file) as of the run's date; `as_of` wins.

        The source is read and checked once: the snapshot of the same files, mapping and date is used again.
        Raises `ParameterError` for the run file and `InputError` for the data, each with every problem.
        """
        if not isinstance(run, Run):
            run = Run.from_yaml(run, as_of or None)
        elif as_of is not None:
            run = run.as_of_date(as_of)
        files = sources.fingerprints(run)
        read_how = run.model_dump_json(include={"source", "tables", "currency", "as_of"})
        key = hashlib.sha256(json.dumps([files, read_how, code_version(__name__)]).encode()).hexdigest()
        snapshot = CACHE / "books" / f"{key}.duckdb"
        content = kept(snapshot, _thawed, lambda file: _freeze(file, *_checked(run)))
        return cls(run=run, as_of=pd.Timestamp(run.as_of), files=files, **content)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        return {name: getattr(self, name) for name in TABLES}

    @property
    def names(self) -> pd.Series:
        """The buyers' names by buyer_id, for joining to a table; missing where the source gives none."""
        return self.buyers.set_index("buyer_id")["name"]

    @cached_property
    def buyer_of_invoice(self) -> np.ndarray:
        """The place of each invoice's buyer among the buyers."""
        return places(self.invoices["buyer_id"], self.buyers["buyer_id"])

    @cached_property
    def invoice_of_receipt(self) -> np.ndarray:
        """The place of each receipt's invoice among the invoices; −1 for a payment before its invoice is known."""
        return places(self.receipts["invoice_id"], self.invoices["invoice_id"])

    def has(self, table: str) -> bool:
        """Tell whether a table holds any row."""
        return not getattr(self, table).empty

    def at(self, day: str | date) -> Self:
        """Return this book as it was known on an earlier day.

        An override without a day `since` which it holds is not there: nobody can tell that it was known then.
        """
        day = pd.Timestamp(day)
        if day > self.as_of:
            raise ValueError(f"the book is known as of {self.as_of.date()}; it cannot tell about {day.date()}")
        tables = self.tables
        if day < self.as_of:
            tables["overrides"] = tables["overrides"].dropna(subset="since")
        fingerprint = f"{self.fingerprint}@{day.date()}"
        return dataclasses.replace(self, as_of=day, fingerprint=fingerprint, **known(tables, day))


def places(values: pd.Series, among: pd.Series) -> np.ndarray:
    """Return where each value stands in `among`, whose values differ; −1 where it does not.

    Ids are text, which is slow to look up: this is many times faster than an index of them.

    >>> places(pd.Series(["b", "c"], dtype="str"), pd.Series(["a", "b"], dtype="str")).tolist()
    [1, -1]
    """
    found = pc.index_in(pa.array(values), value_set=pa.array(among))
    return pc.fill_null(found, -1).to_numpy().astype(np.intp)


def named(values: pd.Series, among: pd.Series) -> np.ndarray:
    """Tell of each value of `among`, which differ, whether it is one of the `values`.

    >>> named(pd.Series(["b", "c", "b"], dtype="str"), pd.Series(["a", "b"], dtype="str")).tolist()
    [False, True]
    """
    place, found = places(values, among), np.zeros(len(among), dtype=bool)
    found[place[place >= 0]] = True
    return found


def known(tables: dict[str, pd.DataFrame], day: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Return the tables without anything that became known after `day` (DOMAIN.md §1).

    Rows count from the date that the schema names; a dispute's later end is not known yet. What a default has recovered
    is the table's figure once it is `resolved`, and until then what recovery receipts have brought; missing in a
    ledger that shows no recovery receipt by then.
    """
    seen = {}
    for name, frame in tables.items():
        since = TABLES[name].known
        seen[name] = frame[frame[since].isna() | (frame[since] <= day)]
    bought = tables["buyers"]["buyer_id"].isin(seen["invoices"]["buyer_id"])
    seen["buyers"] = tables["buyers"][bought | tables["buyers"].index.isin(seen["buyers"].index)]
    disputes = seen["disputes"]
    seen["disputes"] = disputes.assign(closed=disputes["closed"].where(disputes["closed"] <= day))
    defaults = seen["defaults"]
    resolved = defaults["resolved"] <= day
    seen["defaults"] = defaults.assign(
        resolved=defaults["resolved"].where(resolved), recovered=defaults["recovered"].where(resolved, _recovered(seen))
    )
    return {name: frame.reset_index(drop=True) for name, frame in seen.items()}


def _recovered(tables: dict[str, pd.DataFrame]) -> pd.Series:
    """Return, for each default, what recovery receipts brought from its date until the buyer's next default."""
    recoveries = tables["receipts"].query("kind == 'recovery'")
    if recoveries.empty:
        return pd.Series(index=tables["defaults"].index, dtype="float64")
    recoveries = recoveries.merge(tables["invoices"][["invoice_id", "buyer_id"]], on="invoice_id")
    events = tables["defaults"][["buyer_id", "date"]].reset_index().sort_values("date", kind="stable")
    matched = pd.merge_asof(
        recoveries.sort_values("received", kind="stable"), events, left_on="received", right_on="date", by="buyer_id"
    )
    return matched.groupby("index")["amount"].sum().reindex(tables["defaults"].index, fill_value=0.0)


def _checked(run: Run) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the source's tables, typed, checked, in the run's currency and as of its date, with the notes on them."""
    raw, problems = sources.read(run)
    tables = {}
    for name, table in raw.items():
        tables[name], found = checks.typed(table)
        problems += found
    problems += checks.relations(tables, {name: table.file for name, table in raw.items()}, run.currency)
    day = pd.Timestamp(run.as_of)
    if "invoices" in tables and not (tables["invoices"]["issued"] <= day).any() and not tables["invoices"].empty:
        first = tables["invoices"]["issued"].min()
        problems.append(
            Problem(
                file=str(run.file),
                column="as_of",
                value=run.as_of,
                allowed=f"no invoice is issued by that day; the first is of {first.date() if pd.notna(first) else '?'}",
                remedy="choose a later as-of date",
            )
        )
    if problems:
        raise InputError(problems)
    complete = {name: tables.get(name, table.empty()) for name, table in TABLES.items()}
    notes = _notes(run, raw, complete)
    buyers = complete["buyers"]
    complete["buyers"] = buyers.assign(kind=buyers["kind"].fillna("private"))
    return known(_in_currency(complete, run.currency), day), notes


def _notes(run: Run, raw: dict[str, sources.RawTable], tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = [(name, rule, count) for name, table in raw.items() for rule, count in table.left_out]
    rows = [(name, f"left out: {rule}", count) for name, rule, count in rows]
    for file in dict.fromkeys(table.file for table in raw.values()):
        readers = [table for table in raw.values() if table.file == file]
        unused = [column for column in readers[0].ignored if all(column in table.ignored for table in readers)]
        if unused:
            rows.append((readers[0].name, f"columns of {file} not used: {', '.join(unused)}", len(readers[0].frame)))
    day = pd.Timestamp(run.as_of)
    seen = known(tables, day)
    without_kind = int(seen["buyers"]["kind"].isna().sum())
    if without_kind:
        rows.append(("buyers", "kind is not stated: taken as private", without_kind))
    for name in ("invoices", "statements"):
        foreign = int((seen[name]["currency"] != run.currency).sum())
        if foreign:
            rows.append(
                (name, f"translated to {run.currency} at the rate of their `{TRANSLATED[name][0]}` day", foreign)
            )
    defaults = tables["defaults"]
    undated = int((defaults["recovered"].notna() & defaults["resolved"].isna() & (defaults["date"] <= day)).sum())
    if undated:
        rows.append(("defaults", "recovered without a day `resolved`: recovery receipts are used", undated))
    if seen["receipts"].empty:
        rows.append(("receipts", "none by then: nothing is taken as paid", 0))
    return pd.DataFrame(rows, columns=["table", "rule", "rows"])


def _in_currency(tables: dict[str, pd.DataFrame], currency: str) -> dict[str, pd.DataFrame]:
    """Return the tables with all amounts in the reporting currency."""
    translated = dict(tables)
    rates = {}
    for name, (day, columns) in TRANSLATED.items():
        rates[name] = _rate(tables[name], day, tables["fx"], currency)
        translated[name] = tables[name].assign(**{column: tables[name][column] * rates[name] for column in columns})
    by_invoice = pd.Series(rates["invoices"].to_numpy(), index=tables["invoices"]["invoice_id"])
    for name in ("receipts", "disputes"):
        frame = tables[name]
        translated[name] = frame.assign(amount=frame["amount"] * frame["invoice_id"].map(by_invoice).astype("float64"))
    return translated


def _rate(frame: pd.DataFrame, day: str, fx: pd.DataFrame, currency: str) -> pd.Series:
    """Return each row's last rate on or before its day; 1 in the reporting currency."""
    wanted = frame[["currency", day]].reset_index().sort_values(day, kind="stable")
    found = (
        pd.merge_asof(wanted, fx.sort_values("date", kind="stable"), left_on=day, right_on="date", by="currency")
        .set_index("index")["rate"]
        .reindex(frame.index)
    )
    return found.where(frame["currency"] != currency, 1.0)


def _fingerprint(tables: dict[str, pd.DataFrame]) -> str:
    """Return a sha256 of the content: the same rows in any order, from any kind of source, give the same."""
    digest = hashlib.sha256()
    for name, frame in tables.items():
        rows = pd.util.hash_pandas_object(frame, index=False)
        digest.update(name.encode())
        digest.update(rows.sort_values().to_numpy().tobytes())
    return digest.hexdigest()


def _freeze(snapshot: Path, tables: dict[str, pd.DataFrame], notes: pd.DataFrame) -> None:
    snapshot.unlink(missing_ok=True)
    with duckdb.connect(str(snapshot)) as connection:
        for name, frame in {**tables, "book_notes": notes}.items():
            connection.register("frame", frame)
            connection.execute(f'create table "{name}" as select * from frame')
            connection.unregister("frame")
        connection.execute(
            "create table book_meta as select ? as meta", [json.dumps({"fingerprint": _fingerprint(tables)})]
        )


def _thawed(snapshot: Path) -> dict[str, object]:
    """Return the tables, notes and fingerprint of a snapshot; raises `Unreadable` where it is missing or not whole."""
    try:
        with duckdb.connect(str(snapshot), read_only=True) as connection:
            frames = {name: connection.execute(f'select * from "{name}"').df() for name in (*TABLES, "book_notes")}
            meta = connection.execute("select meta from book_meta").fetchone()[0]
    except duckdb.Error as error:
        raise Unreadable(snapshot) from error
    notes = frames.pop("book_notes")
    tables = {
        name: frame.astype({column.name: dtype(column) for column in TABLES[name].columns})
        for name, frame in frames.items()
    }
    return {**tables, "notes": notes, **json.loads(meta)}
