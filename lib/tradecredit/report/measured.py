"""The ledger measured and written as tables: of a large one part by part, by this machine or a cluster's workers."""

import gc
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.computing import computes_for
from tradecredit.book.disk import writing
from tradecredit.book.locks import locked
from tradecredit.book.parts import Part, divided
from tradecredit.book.places import one_of
from tradecredit.book.problems import of_parts
from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.insurance import cover
from tradecredit.measure.figure_sums import Sums, added, sums_on
from tradecredit.measure.history import settlements_known
from tradecredit.measure.open_items import open_items
from tradecredit.measure.parts import Whole, sized_by, telling, together, whole_of
from tradecredit.measure.receivables import FIGURES, behaviour, by_age, ends_of_months, kpis_of, with_shares
from tradecredit.numerics.machines import over_machines
from tradecredit.params.run import Run

FIGURES_FILE, AGEING_FILE = "figures_by_month.csv", "ageing.csv"


class Held(NamedTuple):
    """What a ledger held: rows of `invoices`, `receipts` and `buyers` known on the day, and the notes of reading it."""

    invoices: int
    receipts: int
    buyers: int
    notes: pd.DataFrame


class _Checked(NamedTuple):
    """What a part tells once it is checked: what the whole is made of; or what is wrong with it."""

    whole: Whole
    amounts: np.ndarray
    held: Held


class _Figures(NamedTuple):
    """What is put together of a part's figures: the sums of each month end, what is told by then, the sums by age."""

    at_ends: dict[pd.Timestamp, Sums]
    told: dict[pd.Timestamp, tuple[bool, bool]]
    by_age: pd.DataFrame


class _Asked(NamedTuple):
    """What all parts have in common when they are measured: the parts, the whole, and where tables go."""

    parts: list[Part]
    whole: Whole
    folder: Path


def write_measured(run: Run, folder: Path) -> list[Held]:
    """Check and measure the ledger of a run, write its tables into a new or empty folder, and return what parts held.

    - `figures_by_month.csv`: `receivables.monthly`; `ageing.csv`: `receivables.ageing`;
    - `open_items`: `open_items.open_items` of what is open; `behaviour`: `receivables.behaviour`; `cover`:
      `cover.audit` by the run's own policy. Each is a folder of Parquet files, one a part (`parts.divided`), which
      readers of Parquet take for one table.

    A figure is what it is of the ledger as one book, whatever the parts: sums are put together before ratios are taken.
    Raises `InputError` with all that is wrong with any part, and `ParameterError` where the folder is not empty or the
    machine refuses to write; then nothing is written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ParameterError([
            Problem(file=str(folder), allowed="is not an empty folder", remedy="name a new or an empty one")
        ])  # fmt: skip
    folder = folder.resolve()
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with locked(folder.with_name(f".{folder.name}.lock")):
            unfinished = folder.with_name(f".unfinished-{folder.name}")
            shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
            unfinished.mkdir()
            try:
                held = _write(run, unfinished)
                if folder.exists():
                    folder.rmdir()
                unfinished.rename(folder)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
    return held


def _write(run: Run, folder: Path) -> list[Held]:
    computes_for(run)
    with divided(run) as (parts, problems):
        numbers = range(len(parts))
        found = list(over_machines(_checked, parts, numbers, threads=1))
        problems = [*problems, *(problem for part in found if not isinstance(part, _Checked) for problem in part)]
        if problems:
            raise InputError(of_parts(problems))
        checked = [part for part in found if isinstance(part, _Checked)]
        amounts = np.concatenate([part.amounts for part in checked])
        sized = [part._replace(run=sized_by(part.run, amounts)) for part in parts]
        asked = _Asked(sized, together([part.whole for part in checked]), folder)
        measured = list(over_machines(_measured, asked, numbers, threads=1))
    told = measured[0].told
    months = run.receivables.sales_months
    figures = [kpis_of(added([part.at_ends[day] for part in measured]), months, day, told[day]) for day in told]
    ends = pd.DatetimeIndex(list(told), name="month_end")
    pd.DataFrame(figures, index=ends, columns=list(FIGURES)).to_csv(folder / FIGURES_FILE, date_format="%Y-%m-%d")
    by_ages = [part.by_age for part in measured]
    with_shares(sum(by_ages[1:], by_ages[0])).to_csv(folder / AGEING_FILE)
    return [part.held for part in checked]


def _checked(parts: list[Part], number: int) -> _Checked | tuple[Problem, ...]:
    """Return what a part tells once it is checked, or all that is wrong with it; its book is kept frozen."""
    gc.collect()  # the book of the part before, whose tables may name each other
    part = parts[number]
    try:
        book = Book.open(part.run)
    except InputError as error:
        return error.problems
    buyers = int((~one_of(book.buyers["buyer_id"], part.guests)).sum())
    held = Held(len(book.invoices), len(book.receipts), buyers, book.notes)
    return _Checked(whole_of(book), book.invoices["amount"].to_numpy().copy(), held)


def _measured(asked: _Asked, number: int) -> _Figures:
    """Write the tables of a part, and return what its figures are made of."""
    gc.collect()
    part = asked.parts[number]
    book = telling(Book.open(part.run), asked.whole)
    items, of_buyers = open_items(book), behaviour(book)
    tables = {
        "open_items": items[items["open_amount"] > 0].set_index("invoice_id"),
        "behaviour": of_buyers[~one_of(of_buyers.index.to_series(), part.guests)],
        "cover": cover.audit(book),
    }
    for name, table in tables.items():
        place = asked.folder / name
        place.mkdir(exist_ok=True)
        table.reset_index().to_parquet(place / f"part-{number:03}.parquet", index=False)
    ends = ends_of_months(book)
    return _Figures(
        {day: sums_on(book, day) for day in ends}, {day: settlements_known(book, day) for day in ends}, by_age(book)
    )
