"""The credit book: read once, checked, frozen as one snapshot, and seen as of a date."""

import dataclasses
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from tradecredit.book import group, monthly, sources
from tradecredit.book.anonymous import anonymous
from tradecredit.book.began import began_with, told
from tradecredit.book.code_version import code_version
from tradecredit.book.computing import computes_for
from tradecredit.book.leaving_out import checked
from tradecredit.book.memory import Unreadable, cache_of, kept, writable
from tradecredit.book.merging import merged
from tradecredit.book.notes import notes_on
from tradecredit.book.places import one_of, places
from tradecredit.book.rates import moved_to
from tradecredit.book.raw_tables import located
from tradecredit.book.schema import TABLES
from tradecredit.book.size import with_amounts
from tradecredit.book.snapshot import freeze, thawed
from tradecredit.book.translation import OF_THE_DAY, in_currency
from tradecredit.errors import InputError, Problem
from tradecredit.params.pseudonyms import pseudonyms
from tradecredit.params.run import Run
from tradecredit.params.source import GroupSource

READ_BY: dict[str, Any] = dict.fromkeys(
    ("source", "tables", "merge", "on_problem", "currency", "as_of", "exchange_rates", "oldest_rate_days", "anonymise"),
    True,
) | {"receivables": {"exchange_tolerance", "dust"}}
"""What of the run decides how its source is read and checked."""


@dataclass(frozen=True, eq=False)
class Book:
    """A checked credit book as known on `as_of`: a DataFrame for each table of definitions §1.1.

    Every column of the schema is there (all missing where the source has none); amounts are in the run's currency:
    an invoice, its receipts, disputes and promises at the last rate on or before the day of issue, a statement at that
    of its period's end. Receipts hold those of kind `exchange` besides, which no source states: `bank_differences`.
    `fingerprint` is a sha256 of the content, `files` has that of each file read, by name. `notes` has a row for each
    thing that was left out, assumed or ignored on reading: table, rule, rows. `entity_accounts`, of a group, has the
    buyers of its entities' ledgers (`group.Joined`); of any other book it is empty. `seen_from` is the book of a later
    day that this one was seen from (`at`), None where it was opened as it is or made of another.
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
    ownership: pd.DataFrame
    orders: pd.DataFrame
    evidence: pd.DataFrame
    promises: pd.DataFrame
    reminders: pd.DataFrame
    claims: pd.DataFrame
    cash_plan: pd.DataFrame
    entity_accounts: pd.DataFrame = field(default_factory=group.no_accounts)
    seen_from: Self | None = field(default=None, init=False, repr=False)

    @classmethod
    def open(cls, run: Run | str | Path, as_of: str | date | None = None) -> Self:
        """Return the book of a run (or run file) as of the run's date; `as_of` wins.

        The source is read and checked once: the snapshot of the same files, mapping and date is used again. What a
        database server holds is known by its rows only, which are read anew each time, all as of one moment; checked
        and frozen they are only where they have changed. A chapter of a report opens the book with which the report
        began. Where the run names a cluster (`compute`), it computes for the book that was opened last. Amounts that
        the run does not state are those of the book's typical invoice (`size.with_amounts`).
        Raises `ParameterError` for the run file and `InputError` for the data, each with every problem.
        """
        if not isinstance(run, Run):
            run = Run.from_yaml(run, as_of or None)
        elif as_of is not None:
            run = run.as_of_date(as_of)
        computes_for(run)
        began = began_with(run, _read_how(run))
        if began is not None:
            with suppress(Unreadable):
                return cls._of(run, began, thawed(_snapshot(run, began)), monthly.notes_at(run, began))
        seen = group.look(run, READ_BY) if isinstance(run.source, GroupSource) else sources.look(run)
        if began is not None and seen.fingerprints != began:
            raise InputError([_changed(run)])
        files = seen.fingerprints
        content = kept(_snapshot(run, files), thawed, lambda file: freeze(file, *_checked(run, seen)))
        return cls._of(run, files, content, monthly.notes_since(run, seen.months))

    @classmethod
    def _of(cls, run: Run, files: dict[str, str], content: dict[str, Any], notes: list[monthly.Note]) -> Self:
        if notes:
            if run.anonymise:  # they name files
                notes = [(table, "what earlier months held has changed", rows) for table, _, rows in notes]
            further = pd.DataFrame(notes, columns=content["notes"].columns)
            content["notes"] = pd.concat([content["notes"], further], ignore_index=True)
        sized = with_amounts(run, content["invoices"])
        return cls(run=sized, as_of=pd.Timestamp(run.as_of), files=files, **content)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        return {name: getattr(self, name) for name in TABLES}

    @cached_property
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

    @cached_property
    def invoice_of_dispute(self) -> np.ndarray:
        """The place of each dispute's invoice among the invoices; −1 for one before its invoice is known."""
        return places(self.disputes["invoice_id"], self.invoices["invoice_id"])

    @cached_property
    def invoice_of_reminder(self) -> np.ndarray:
        """The place of each reminder's invoice among the invoices; −1 for one that is not known."""
        return places(self.reminders["invoice_id"], self.invoices["invoice_id"])

    @cached_property
    def recoveries(self) -> pd.DataFrame:
        """What was received of buyers in default: `received`, `amount`, `buyer_id`."""
        return _recoveries(self.tables)

    @cached_property
    def kept(self) -> dict:
        """What was computed of this book already (`book.once`)."""
        return {}

    def has(self, table: str) -> bool:
        """Return whether a table holds any row."""
        return not getattr(self, table).empty

    def at(self, day: str | date) -> Self:
        """Return this book as it was known on an earlier day.

        An override without a day `since` is left out: whether it was known then is not on record. A promise that does
        not tell when it was `made` is known from its date on, by which it was. Seen from a day between, it is the same
        book, so that what is remembered of it serves both ways to it.
        """
        as_of = pd.Timestamp(day)
        if as_of > self.as_of:
            raise ValueError(
                f"the book is known as of {self.as_of.date()}, which is before {as_of.date()}: open it anew"
            )
        if self.seen_from is not None:
            return self.seen_from.at(as_of)
        tables = self.tables
        if as_of < self.as_of:
            tables["overrides"] = tables["overrides"].dropna(subset="since")
            promises = tables["promises"]
            tables["promises"] = promises[promises["made"].notna() | (promises["date"] <= as_of)]
            tables |= {name: self._at_rates_of(as_of, name) for name in OF_THE_DAY}
        rows = _rows_known(tables, as_of, self.buyer_of_invoice)
        fingerprint = f"{self.fingerprint}@{as_of.date()}"
        past = dataclasses.replace(
            self, as_of=as_of, fingerprint=fingerprint, **_seen(tables, rows, self.recoveries, as_of)
        )
        # Where its buyers and invoices stand follows from where ours do, without looking for text again.
        for places_of, of, among in (
            ("buyer_of_invoice", "invoices", "buyers"), ("invoice_of_receipt", "receipts", "invoices"),
            ("invoice_of_dispute", "disputes", "invoices"), ("invoice_of_reminder", "reminders", "invoices"),
        ):  # fmt: skip
            vars(past)[places_of] = _renumbered(getattr(self, places_of)[rows[of]], rows[among])
        vars(past)["seen_from"] = self
        return past

    def _at_rates_of(self, day: pd.Timestamp, table: str) -> pd.DataFrame:
        """Return limits or orders at the rates of an earlier day."""
        frame = getattr(self, table)
        foreign = frame["currency"].notna() & (frame["currency"] != self.run.currency)
        if not foreign.any():
            return frame
        rate = np.ones(len(frame))
        rate[foreign] = moved_to(self.fx, frame["currency"][foreign], self.as_of, day)
        return frame.assign(**{name: frame[name] * rate for name in OF_THE_DAY[table]})


def told_to_chapters(run: Run, book: Book) -> dict[str, str]:
    """Return settings of a process in which a run opens its book as it was opened, whatever became of the source."""
    return told(run, _read_how(run), book.files)


def _read_how(run: Run) -> str:
    return run.model_dump_json(include=READ_BY)


def _snapshot(run: Run, files: dict[str, str]) -> Path:
    """Return where a book is kept, by what the source held, how it is read, and the code that reads it."""
    mark = pseudonyms(run.file).mark if run.anonymise else ""
    key = hashlib.sha256(json.dumps([files, _read_how(run), code_version(__name__), mark]).encode()).hexdigest()
    return writable(cache_of(run)) / "books" / f"{key}.arrow"


def _changed(run: Run) -> Problem:
    return Problem(
        file=str(run.file), column="source", allowed="the data changed while the report was made, and what it began "
        "with is no longer kept", remedy="make the report again",
    )  # fmt: skip


def known(tables: dict[str, pd.DataFrame], day: pd.Timestamp, buyer_of_invoice: np.ndarray) -> dict[str, pd.DataFrame]:
    """Return the tables without anything that became known after `day` (definitions §1.2).

    `buyer_of_invoice`: the place of each invoice's buyer among the buyers. Rows count from the date that the schema
    names; the later end of a dispute or an order is not known yet. What a default has recovered is the table's figure
    once it is `resolved`, and until then what recovery receipts have brought; missing in a ledger that shows no
    recovery receipt by then.
    """
    return _seen(tables, _rows_known(tables, day, buyer_of_invoice), _recoveries(tables), day)


def _rows_known(
    tables: dict[str, pd.DataFrame], day: pd.Timestamp, buyer_of_invoice: np.ndarray
) -> dict[str, np.ndarray]:
    """Return of each table's rows whether they are known on a day; a buyer is at its first invoice at the latest."""
    since = {name: frame[TABLES[name].known] for name, frame in tables.items()}
    rows = {name: (days.isna() | (days <= day)).to_numpy() for name, days in since.items()}
    rows["buyers"] = rows["buyers"].copy()
    rows["buyers"][buyer_of_invoice[rows["invoices"]]] = True
    return rows


def _seen(
    tables: dict[str, pd.DataFrame], rows: dict[str, np.ndarray], recoveries: pd.DataFrame, day: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """Return the rows that are known of the tables; of disputes, orders and defaults what was known of their end."""
    seen = {name: (frame if rows[name].all() else frame[rows[name]]) for name, frame in tables.items()}
    for name in ("disputes", "orders"):
        seen[name] = seen[name].assign(closed=seen[name]["closed"].where(seen[name]["closed"] <= day))
    claims = seen["claims"]
    answered = claims["answered"] <= day
    seen["claims"] = claims.assign(**{name: claims[name].where(answered) for name in ("answered", "answer")})
    defaults = seen["defaults"]
    resolved = defaults["resolved"] <= day
    so_far = _recovered(defaults, recoveries[recoveries["received"] <= day])
    seen["defaults"] = defaults.assign(
        resolved=defaults["resolved"].where(resolved), recovered=defaults["recovered"].where(resolved, so_far)
    )
    return {name: frame.reset_index(drop=True) for name, frame in seen.items()}


def _renumbered(place: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return places among all rows of a table as places among those that are kept; −1 stays, or where it is not."""
    among = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
    return among[place]


def _recoveries(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the recovery receipts: `received`, `amount`, `buyer_id`."""
    receipts = tables["receipts"][one_of(tables["receipts"]["kind"], ["recovery"])]
    invoices = tables["invoices"][one_of(tables["invoices"]["invoice_id"], receipts["invoice_id"])]
    found = receipts[["invoice_id", "received", "amount"]].merge(invoices[["invoice_id", "buyer_id"]], on="invoice_id")
    return found[["received", "amount", "buyer_id"]].sort_values("received", kind="stable")


def _recovered(defaults: pd.DataFrame, recoveries: pd.DataFrame) -> pd.Series:
    """Return, for each default, what recovery receipts brought from its date until the buyer's next default."""
    if recoveries.empty:
        return pd.Series(index=defaults.index, dtype="float64")
    events = defaults[["buyer_id", "date"]].reset_index().sort_values("date", kind="stable")
    matched = pd.merge_asof(recoveries, events, left_on="received", right_on="date", by="buyer_id")
    return matched.groupby("index")["amount"].sum().reindex(defaults.index, fill_value=0.0)


def _checked(run: Run, seen: sources.Look) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.DataFrame]:
    """Return the source's tables, checked, in the run's currency and as of its date; the notes; a group's accounts."""
    accounts = group.no_accounts()
    if isinstance(seen, group.GroupLook):
        raw, problems, accounts = group.read(run, seen)
        if problems:
            raise InputError(problems)
    else:
        raw, problems = sources.read(run, seen)
        raw = merged(raw, run.merge)
    raw, tables, found, linked = checked(raw, run)
    problems += found
    day = pd.Timestamp(run.as_of)
    issued = tables["invoices"]["issued"].dropna() if "invoices" in tables else pd.Series(dtype="datetime64[us]")
    if len(issued) and not (issued <= day).any():
        problems.append(
            Problem(
                file=str(run.file),
                column="as_of",
                value=run.as_of,
                allowed=f"no invoice is issued by that day; the first is of {issued.min().date()}",
                remedy=f"state a later day; the last invoice is of {issued.max().date()}",
            )
        )
    if problems:
        raise InputError([located(problem, raw) for problem in problems])
    complete = {name: tables[name] if name in tables else table.empty() for name, table in TABLES.items()}
    buyer_of_invoice = linked["invoices", "buyer_id"]
    notes = notes_on(raw, complete, _rows_known(complete, day, buyer_of_invoice), linked, run)
    buyers = complete["buyers"]
    complete["buyers"] = buyers.assign(kind=buyers["kind"].fillna("private"))
    if run.anonymise:
        names = {Path(name).name for name in seen.fingerprints} | {Path(table.file).name for table in raw.values()}
        complete, notes = anonymous(complete, notes, run, names)
    return known(in_currency(complete, linked, run, day), day, buyer_of_invoice), notes, accounts
