"""The demo book: 36 months of an invented company, Demo Trading, and the truth that its ledger hides.

Demo Trading sells from Germany, in euros, pounds and dollars, to companies of twelve countries and fifteen sectors.
Each buyer has a hidden **state** (0 is usual, higher is worse): a lasting quality, plus a passing part (AR(1) by
month: its own, its sector's and its country's shocks), plus a slowdown of the whole economy in months 13 to 22. A
month's failure rate is `exp(FAILURE_LEVEL + FAILURE_LOADING × state)`; days late, accounts, agency scores and limits
follow the state with noise. So a buyer that worsens pays later, shows weaker accounts some months after, and may then
fail. Only `private` buyers can fail.

A failure is an insolvency (payments cease some weeks before it), or the buyer just stops paying and is declared a
protracted default three to five months later. What it owes stays open until a recovery and a write-off.

Each subject draws from its own stream of random numbers, so that a change in one leaves the draws of the others alone.
Companies, people and numbers are composed by chance; none is meant to be real.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from tradecredit.book.demo import accounts, claims, collecting, ledger, limits
from tradecredit.book.demo.truth import truth_of
from tradecredit.book.demo.world import World, drawn
from tradecredit.book.schema import TABLES, dtype
from tradecredit.errors import ParameterError, Problem

SUBJECTS = (
    "buyers", "names", "quality", "shocks", "failures", "habits", "invoices", "payments", "receipts", "disputes",
    "recoveries", "statements", "limits", "insurer", "scores", "fx", "overrides", "claims", "reminders",
    "promises",
)  # fmt: skip
"""One stream of random numbers each; a new one comes last."""
EDITION, DEAL = 50, 31
"""Chosen so that the default seed shows an ordinary book; another number gives other companies to all seeds, and deals
their sizes anew."""


@dataclass(frozen=True, eq=False)
class DemoBook:
    """The tables of definitions §1.1 by name, and the `world` that they were drawn from."""

    tables: dict[str, pd.DataFrame]
    world: World

    @cached_property
    def truth(self) -> pd.DataFrame:
        """What no ledger shows: buyer_id, date, pd, defaulted_at (`truth.truth_of`)."""
        return truth_of(self.world)


def demo_book(
    *, buyers: int = 600, invoices: int = 60_000, seed: int = 7, until: date = date(2026, 10, 31)
) -> DemoBook:
    """Return the book of Demo Trading for the 36 months that end with the month of `until`.

    `buyers` and `invoices` are the numbers of rows; equal arguments give equal books. Dates are days at midnight;
    amounts are in the row's currency (limits, debt and recovered in EUR), to the cent. Nothing is known after `until`.
    `truth.pd` is the probability that the buyer defaults within the next twelve months given its hidden state on that
    month end and the economy's path, by an exact recursion (`truth.default_probability`); 1 for a buyer that has
    stopped paying and waits to be declared a protracted default, 0 for buyers that are not `private`.

    Raises `ParameterError` for fewer than 20 buyers, fewer invoices than buyers, a negative seed, and an `until` whose
    year is not from 1990 to 2099.
    """
    _require_possible(buyers, invoices, seed, until)
    streams = np.random.SeedSequence([EDITION, seed]).spawn(len(SUBJECTS))
    random = dict(zip(SUBJECTS, map(np.random.default_rng, streams), strict=True))
    random["sizes"] = np.random.default_rng([EDITION, DEAL, seed])
    world = drawn(buyers, invoices, until, random)
    fx = ledger.fx_rates(world, random["fx"])
    issued = ledger.invoices(world, fx, invoices, random["invoices"])
    issued = ledger.with_payment_day(world, issued, random["payments"])
    disputes = ledger.disputes(world, issued, random["disputes"])
    receipts = ledger.receipts(world, issued, disputes, random["receipts"])
    owed = ledger.owed_at_default(world, issued, receipts)
    seen = limits.Seen(accounts.statements(world, fx, random["statements"]), accounts.scores(world, random["scores"]))
    decided = limits.limits(world, seen, ours=random["limits"], insurers=random["insurer"])
    insured = claims.insured_debt(world, issued, owed, decided, receipts)
    paid = claims.claims(world, issued, owed, insured, random["claims"])
    settling = pd.concat([paid, ledger.recoveries(world, owed, paid, random["recoveries"])], ignore_index=True)
    settling = settling[settling["received"] <= world.until]
    letters = collecting.reminders(world, issued, receipts, disputes, random["reminders"])
    tables = {
        "buyers": world.buyers,
        "statements": seen.statements,
        "invoices": issued,
        "receipts": ledger.with_ids(pd.concat([receipts, settling], ignore_index=True), issued),
        "disputes": disputes.assign(closed=disputes["closed"].where(disputes["closed"] <= world.until)),
        "limits": decided,
        "defaults": ledger.defaults(world, owed, settling),
        "scores": seen.scores,
        "fx": fx,
        "overrides": accounts.overrides(world, random["overrides"]),
        "promises": collecting.promises(world, issued, receipts, letters, random["promises"]),
        "reminders": letters,
        "claims": claims.filed(world, owed, insured, paid),
    }
    return DemoBook({name: _finished(name, frame) for name, frame in tables.items()}, world)


def write(book: DemoBook, folder: Path, kind: Literal["csv", "parquet"] = "csv") -> None:
    """Write each table and the truth as a file (CSV: ISO dates) into `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in {**book.tables, "truth": book.truth}.items():
        file = folder / f"{name}.{kind}"
        if kind == "parquet":
            frame.to_parquet(file, index=False)
        else:
            frame.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")


def _require_possible(buyers: int, invoices: int, seed: int, until: date) -> None:
    rules = [
        ("buyers", buyers, buyers >= 20, "20 or more are needed for its countries, sectors and groups"),
        ("invoices", invoices, invoices >= buyers, f"at least one for each of the {buyers} buyers is needed"),
        ("seed", seed, seed >= 0, "must not be negative"),
        ("until", until, 1990 <= until.year <= 2099, "a day from 1990 to 2099 is expected"),
    ]
    problems = [
        Problem(file="demo book", column=name, value=value, allowed=allowed, remedy="change the value")
        for name, value, possible, allowed in rules
        if not possible
    ]
    if problems:
        raise ParameterError(problems)


def _finished(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the schema's columns and types, sorted by its key; what it does not have is missing."""
    table = TABLES[name]
    typed = frame.reindex(columns=table.names).astype({column.name: dtype(column) for column in table.columns})
    return typed.sort_values(list(table.key), kind="stable", ignore_index=True)
