"""The ledgers of a group's entities as one: what they owe each other eliminated, and the buyers that they share joined.

Rows are joined as each ledger states them, before any amount is translated; so they are checked and translated as those
of one ledger. Numbers of a ledger begin with its entity's name: `north:I1`.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book import group_rates, shared_buyers, sources
from tradecredit.book.checks import CENT
from tradecredit.book.leaving_out import checked
from tradecredit.book.merging import MERGED, merged
from tradecredit.book.places import one_of, places
from tradecredit.book.rates import in_currency_of_invoice, last_rate
from tradecredit.book.raw_tables import PART, RawTable, located
from tradecredit.book.registration import canonical
from tradecredit.book.schema import COMPULSORY, TABLES
from tradecredit.errors import Problem
from tradecredit.params.group import entities
from tradecredit.params.run import Run
from tradecredit.params.source import GroupEntity, GroupSource

SEPARATOR = ":"
NUMBERS = ("invoice_id", "receipt_id", "order_id", "claim_id", "group_id", *MERGED)
"""Columns of numbers that a ledger gives."""
ACCOUNTS = {"entity": "str", "number": "str", "buyer_id": "str", "eliminated": "float64"}
"""Columns of a group's accounts, see `Joined`."""


class Joined(NamedTuple):
    """A group's tables; what is wrong with its entities' ledgers; and its `accounts`, the buyers of each ledger.

    Of each account the `entity` (its name), the `number` there, the `buyer_id` in the group's book, which several
    accounts may have, missing where it is a company of the group, and what was then open on it and is `eliminated`, in
    the group's currency.
    """

    raw: dict[str, RawTable]
    problems: list[Problem]
    accounts: pd.DataFrame


@dataclass(frozen=True)
class GroupLook(sources.Look):
    """What the sources of a group hold: the look at each entity's, by name, with its run, and at the group's own."""

    entities: dict[str, tuple[Run, sources.Look]] = field(default_factory=dict)
    own: sources.Look = field(default_factory=sources.Look)


class _Ledger(NamedTuple):
    """An entity as the group's run file states it, its run, its tables, and its raw tables, which say of what files."""

    entity: GroupEntity
    run: Run
    tables: dict[str, pd.DataFrame]
    raw: dict[str, RawTable]


def no_accounts() -> pd.DataFrame:
    """Return the accounts of a book that is no group's: none."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in ACCOUNTS.items()})


def look(run: Run, how: dict[str, Any]) -> GroupLook:
    """Return what the sources of a group's entities hold now; `how`: the keys of a run that decide how it is read."""
    own = sources.look(run)
    found = {name: (one, sources.look(one)) for name, one in entities(run).items()}
    problems = [_of_entity(name, one) for name, (_, seen) in found.items() for one in seen.problems]
    fingerprints = dict(own.fingerprints)
    for name, (one, seen) in found.items():
        fingerprints |= {f"{name}: {file}": of for file, of in seen.fingerprints.items()}
        read = {key: value for key, value in one.published().items() if key in how}
        text = json.dumps(read, sort_keys=True)
        fingerprints[f"{name}: {one.file.name}"] = hashlib.sha256(text.encode()).hexdigest()
    return GroupLook({}, (*own.problems, *problems), fingerprints, entities=found, own=own)


def read(run: Run, seen: GroupLook) -> Joined:
    """Return the tables of a group, and every problem of its entities' ledgers."""
    source = run.source
    assert isinstance(source, GroupSource)
    stated = {one.name: one for one in source.entities}
    ledgers, problems = {}, []
    for name, (of, looked) in seen.entities.items():
        raw, found = sources.read(of, looked)
        raw, tables, more, _ = checked(merged(raw, of.merge), of)
        problems += [_of_entity(name, located(problem, raw)) for problem in [*found, *more]]
        tables = group_rates.with_currency(tables, of.currency)
        ledgers[name] = _Ledger(stated[name], of, {key: _numbered(name, part) for key, part in tables.items()}, raw)
    own, found = sources.read(run, seen.own)
    problems += found
    if problems:
        return Joined({}, problems, no_accounts())
    joined = _Joining(run, ledgers, own)
    problems = [*joined.problems()]
    return Joined({}, problems, no_accounts()) if problems else joined.tables()


def _of_entity(name: str, problem: Problem) -> Problem:
    return replace(problem, file=f"{name}: {problem.file}", table=None)


def _numbered(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose numbers begin with the name of the entity."""
    columns = [column for column in NUMBERS if column in frame]
    return frame.assign(**{column: f"{name}{SEPARATOR}" + frame[column] for column in columns})


def problem(run: Run, key: str, value: str, allowed: str, remedy: str) -> Problem:
    """Return a problem of a key of the group's run file."""
    return Problem(file=str(run.file), column=key, value=value, allowed=allowed, remedy=remedy)


class _Joining:
    """Joins the ledgers of a group's run; `own`: the tables that the group states itself."""

    def __init__(self, run: Run, ledgers: dict[str, _Ledger], own: dict[str, RawTable]):
        self.run, self.ledgers, self.own, self.day = run, ledgers, own, pd.Timestamp(run.as_of)
        self.told_of_rates: list[tuple[str, int]] = []
        if "fx" in own:
            self.fx = checked({"fx": own["fx"]}, run).tables["fx"].dropna()
        else:
            rates = {
                name: (one.run.currency, one.tables.get("fx", TABLES["fx"].empty())) for name, one in ledgers.items()
            }
            self.fx, self.told_of_rates = group_rates.in_group_currency(rates, run.currency)
        buyers = [one.tables["buyers"].assign(entity=name) for name, one in ledgers.items()]
        self.buyers = pd.concat(buyers, ignore_index=True)
        self.affiliated = self._affiliated()

    def problems(self) -> Iterator[Problem]:
        """Yield what keeps the ledgers from being joined."""
        known, numbers = {self.run.currency, *self.fx["currency"]}, set(self._ids())
        for name, one in self.ledgers.items():
            if one.run.currency not in known:
                yield problem(
                    self.run, "currency", one.run.currency,
                    f"{name} keeps its books in it, and no rate of it to {self.run.currency} is known",
                    f"add rates of {self.run.currency} to its table fx, or state the group's own rates (tables: {{fx: "
                    "{file: …}})",
                )  # fmt: skip
            for number in one.entity.affiliates:
                if f"{name}{SEPARATOR}{number}" not in numbers:
                    yield problem(
                        self.run, "source.entities", number, f"is no buyer of {name}", "correct it, or take it out"
                    )
        for number in dict.fromkeys([*self.run.merge, *self.run.merge.values()]):
            if number not in numbers:
                yield problem(
                    self.run, "merge", number, "is no buyer of the group",
                    f"write the entity's name before its number, such as {next(iter(self.ledgers))}{SEPARATOR}B7",
                )  # fmt: skip
        affiliated = set(self.affiliated)
        for number, other in self.run.merge.items():
            if (number in affiliated) != (other in affiliated):
                yield problem(
                    self.run, "merge", f"{number}: {other}",
                    "one of the two is a company of the group, which is eliminated",
                    "name the other among the `affiliates` of its entity too, or take the line out",
                )  # fmt: skip
        for name, one in self.ledgers.items():
            _, lacking = group_rates.translated(one.tables, one.run.currency, self.fx, self.run.currency, self.day)
            if lacking and one.run.currency in known:
                yield problem(
                    self.run, "tables.fx", one.run.currency,
                    f"has no rate to {self.run.currency} for {', '.join(lacking)} of {name}", "add older rates",
                )  # fmt: skip

    def _ids(self) -> pd.Series:
        return self.buyers["buyer_id"]

    def _affiliated(self) -> pd.Series:
        """Return the buyers that are companies of the group: by their registration number, or as the run file says."""
        buyers, found = self.buyers, np.zeros(len(self.buyers), dtype=bool)
        numbers, countries = canonical(buyers["registration_id"]), buyers["country"]
        for name, one in self.ledgers.items():
            entity = one.entity
            if entity.registration_id is not None:
                own = canonical(pd.Series([entity.registration_id], dtype="str")).iloc[0]
                here = True if entity.country is None else (countries.isna() | (countries == entity.country))
                found |= (numbers.eq(own) & here).to_numpy()
            found |= one_of(buyers["buyer_id"], [f"{name}{SEPARATOR}{number}" for number in entity.affiliates])
        return buyers["buyer_id"][found]

    def tables(self) -> Joined:
        """Return the group's tables, and its accounts."""
        assert isinstance(self.run.source, GroupSource)
        left: dict[str, dict[str, pd.DataFrame]] = {}
        notes: dict[str, dict[str, tuple[str, int]]] = {}
        eliminated: dict[str, float] = {}
        for name, one in self.ledgers.items():
            tables, _ = group_rates.translated(one.tables, one.run.currency, self.fx, self.run.currency, self.day)
            left[name], gone = _without(tables, self.affiliated)
            owed = _open_amounts(gone, self.fx, self.run.currency, self.day)
            eliminated |= owed.to_dict()
            if len(gone["buyers"]):
                told = f"of companies of the group, eliminated: {owed.sum():,.2f} {self.run.currency} open"
                notes[name] = {"buyers": (told, len(gone["buyers"])), "invoices": (told, len(gone["invoices"]))}
        stay = ~one_of(self._ids(), self.affiliated)
        pairs = shared_buyers.registered_alike(self.buyers[stay]) if self.run.source.shared != "stated" else []
        kept = shared_buyers.heads([*pairs, *self.run.merge.items()])
        of_account = shared_buyers.under(self._ids(), kept)
        shared = of_account[stay][of_account[stay].duplicated()].drop_duplicates()
        groups = self._groups(of_account, stay)
        raw = {
            name: self._joined(name, left, notes, kept, shared, groups)
            for name in TABLES
            if name in COMPULSORY or any(name in tables for tables in left.values())
        }
        raw |= self.own
        rates = self.fx.set_axis(self.fx.index + 2)
        raw["fx"] = self.own.get("fx") or RawTable("fx", "fx of the group", rates, assumed=tuple(self.told_of_rates))
        accounts = pd.DataFrame(
            {
                "entity": self.buyers["entity"], "number": self._ids().str.partition(SEPARATOR)[2],
                "buyer_id": of_account.where(stay),
                "eliminated": pd.Series(eliminated, dtype="float64").reindex(self._ids(), fill_value=0.0).to_numpy(),
            }
        ).astype(ACCOUNTS)  # fmt: skip
        accounts["eliminated"] = accounts["eliminated"].mask(stay)
        return Joined(raw, [], accounts)

    def _groups(self, of_account: pd.Series, stay: np.ndarray) -> dict[str, str]:
        """Return under which number each group of buyers stands: those that share a buyer are one."""
        rows = pd.DataFrame({"buyer": of_account, "group": self.buyers["group_id"]})[stay].dropna()
        first = rows.groupby("buyer")["group"].transform("first")
        return shared_buyers.heads(zip(rows["group"], first, strict=True))

    def _joined(
        self, name: str, left: dict[str, dict[str, pd.DataFrame]], notes: dict[str, dict[str, tuple[str, int]]],
        kept: dict[str, str], shared: pd.Series, groups: dict[str, str],
    ) -> RawTable:  # fmt: skip
        """Return a table of all ledgers as one, with what was left out of each and taken for granted."""
        frames, files = [], []
        left_out: list[tuple[str, int]] = []
        assumed: list[tuple[str, int]] = []
        for at, (entity, tables) in enumerate(left.items()):
            raw = self.ledgers[entity].raw.get(name)
            files.append(f"{entity}: {raw.file if raw else name}")
            frame = tables.get(name, TABLES[name].empty())
            if len(frame) and frame.index.max() >= PART:  # rows of several files
                frame = frame.set_axis(pd.RangeIndex(2, len(frame) + 2))
            frames.append(frame.set_axis(frame.index + at * PART))
            for rules, of_raw in ((left_out, raw.left_out if raw else ()), (assumed, raw.assumed if raw else ())):
                rules += [(f"{entity}: {rule}", rows) for rule, rows in of_raw]
            if name in notes.get(entity, {}):
                rule, rows = notes[entity][name]
                left_out.append((f"{entity}: {rule}", rows))
        frame = pd.concat([frame for frame in frames if len(frame)] or frames[:1])
        frame, told = self._made_one(name, frame, kept, shared, groups)
        return RawTable(
            name, ", ".join(files), frame, left_out=tuple(left_out), assumed=(*assumed, *told), parts=tuple(files)
        )

    def _made_one(
        self, name: str, frame: pd.DataFrame, kept: dict[str, str], shared: pd.Series, groups: dict[str, str]
    ) -> tuple[pd.DataFrame, list[tuple[str, int]]]:
        """Return a table in which shared buyers are one, and what was taken for granted of it."""
        original, rows = frame, len(frame)
        for column in [column for column in MERGED if column in frame]:
            frame = frame.assign(**{column: shared_buyers.under(frame[column], kept)})
        if name == "buyers":
            frame = shared_buyers.one_row_each(original, frame["buyer_id"])
            frame = frame.assign(group_id=shared_buyers.under(frame["group_id"], groups))
            stays = int((frame["kind"] == "affiliate").sum())
            notes = [("affiliates that are none of the group's entities: they stay", stays)] if stays else []
            gone = rows - len(frame)
            notes += [("accounts of buyers that several entities share, each one buyer", gone)] if gone else []
            return frame, notes
        if name == "limits" and len(frame):
            frame = shared_buyers.limits(
                frame.assign(account=original["buyer_id"]), shared, self.fx, self.run.currency, self.day
            )
            told = "of shared buyers, the limits of their entities added up"
        elif name == "defaults":
            frame, told = shared_buyers.defaults(frame), "of shared buyers, one default on one day: debts added up"
        elif name == "overrides":
            frame, told = shared_buyers.overrides(frame, shared), "limits of shared buyers left out: set by one entity"
        elif name in ("promises", "cash_plan"):
            frame, told = _summed(name, frame), "of one key, added up"
        elif name in ("statements", "scores", "evidence", "ownership"):
            frame = frame.drop_duplicates(list(TABLES[name].key))
            told = "the same of a shared buyer: the first entity's counts"
        else:
            return frame, []
        frame = frame.set_axis(pd.RangeIndex(2, len(frame) + 2)) if len(frame) != rows else frame
        return frame, [(told, rows - len(frame))] if len(frame) < rows else []


def _without(
    tables: dict[str, pd.DataFrame], affiliated: pd.Series
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Return an entity's tables without what some buyers owe, and what was taken out of buyers, invoices, receipts."""
    invoices, receipts = tables["invoices"], tables["receipts"]
    gone = set(invoices["invoice_id"][one_of(invoices["buyer_id"], affiliated)].dropna())
    left = {}
    for name, frame in tables.items():
        hit = np.zeros(len(frame), dtype=bool)
        if "invoice_id" in frame:
            hit |= one_of(frame["invoice_id"], gone)
        if "buyer_id" in frame:
            named = one_of(frame["buyer_id"], affiliated)
            if "invoice_id" in frame and name != "invoices":  # the invoice's buyer counts, where one is named
                named &= frame["invoice_id"].isna().to_numpy()
            hit |= named
        left[name] = frame[~hit]
        if name in ("receipts", "promises"):
            buyer = left[name]["buyer_id"]
            left[name] = left[name].assign(buyer_id=buyer.mask(one_of(buyer, affiliated)))
    out = {
        "buyers": tables["buyers"][one_of(tables["buyers"]["buyer_id"], affiliated)],
        "invoices": invoices[one_of(invoices["invoice_id"], gone)],
        "receipts": receipts[one_of(receipts["invoice_id"], gone)],
    }
    return left, out


def _open_amounts(tables: dict[str, pd.DataFrame], fx: pd.DataFrame, currency: str, day: pd.Timestamp) -> pd.Series:
    """Return what buyers owe on their invoices at the end of a day, at its closing rates: index `buyer_id`."""
    invoices = tables["invoices"][tables["invoices"]["issued"] <= day].reset_index(drop=True)
    receipts = tables["receipts"][tables["receipts"]["received"] <= day]
    place = places(receipts["invoice_id"], invoices["invoice_id"])
    receipts, place = receipts[place >= 0], place[place >= 0]
    paid, _ = in_currency_of_invoice(receipts, place, invoices["currency"], fx, currency)
    left = invoices["amount"] - np.bincount(place, paid, len(invoices))
    rate = last_rate(fx, invoices["currency"], pd.Series(day, index=invoices.index))
    rate = np.where(invoices["currency"] == currency, 1.0, rate)
    return (left.where(left >= CENT, 0.0) * rate).groupby(invoices["buyer_id"]).sum()


def _summed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the amounts of rows that are alike in all else added up."""
    others = [column for column in frame.columns if column != "amount"]
    if not frame.duplicated(others).any():
        return frame
    return frame.groupby(others, dropna=False, sort=False, as_index=False)["amount"].sum()[TABLES[name].names]
