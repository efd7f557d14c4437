"""Lists beside a ledger that are none of documents: customers with their particulars, and open orders."""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd
from babel import Locale

from tradecredit.book import text_files
from tradecredit.book.exports import grid
from tradecredit.book.exports.amounts import amounts, decimal_mark
from tradecredit.book.exports.days import told
from tradecredit.book.exports.encoding import decoded
from tradecredit.book.exports.heads import fits, plain
from tradecredit.params.base import PROJECT, Named
from tradecredit.params.source import Formats, TableMapping, TableName

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "zh", "ja")
"""Languages in whose words countries are known."""
KNOWN = 0.5
"""Share of a list's customers, or of the ledger's, from which a column is taken to name them."""
THOUSANDS = {",": ".", ".": ","}


class Register(Named):
    """A kind of list beside a ledger: the table that it gives, and what its columns may be called, likelier first."""

    table: Literal["buyers", "orders"]
    columns: dict[str, list[str]]


class Ledger(NamedTuple):
    """What of a ledger matters to lists beside it: `buyer_id` and `name` of its buyers, its day, and its currency.

    Limits without a day of their own hold from that day on.
    """

    buyers: pd.DataFrame
    exported: date
    currency: str


class Beside(NamedTuple):
    """Which of our tables a file beside a ledger gives, and how each is found in it."""

    file: str
    tables: dict[TableName, TableMapping]


@cache
def registers(folder: Path = PROJECT / "params" / "registers") -> tuple[Register, ...]:
    """Return the kinds of lists that may stand beside a ledger; orders first, as these name customers as well."""
    found = [Register.from_yaml(file) for file in folder.glob("*.yaml")]
    return tuple(sorted(found, key=lambda one: one.table, reverse=True))


def found_in(path: Path, file: str, ledger: Ledger) -> Beside | None:
    """Return what a file beside a ledger gives; None where it is no such list.

    A list has its columns' names on its first line, and one of its columns names customers as the ledger does. `file`:
    what the run file calls it.
    """
    read = _read(path)
    if read is None:
        return None
    content, formats = read
    customer = _customer(content, ledger.buyers)
    for register in registers() if customer else ():
        columns = _named(content, register, str(customer))
        if register.table == "orders" and {"order_id", "date", "amount"} <= columns.keys():
            return _orders(file, content, {"buyer_id": str(customer), **columns}, formats, ledger)
        if register.table == "buyers" and columns and not content[customer].dropna().duplicated().any():
            return _buyers(file, content, {"buyer_id": str(customer), **columns}, formats, ledger)
    return None


def _read(path: Path) -> tuple[pd.DataFrame, Formats] | None:
    """Return what a file's rows hold under its first line, and how it is written; None where it is no such table."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return pd.read_parquet(path), Formats()
    if suffix == ".xlsx":
        rows = next(iter(grid.sheets(path).values()))
        return (grid.frame(rows, 1), Formats()) if rows and rows[0][0] == 1 else None
    if suffix not in grid.SEPARATORS:
        return None
    text, encoding = decoded(path.read_bytes())
    first = text.split("\n", 1)[0]
    separator = max(grid.SEPARATORS[suffix], key=first.count)
    formats = Formats(encoding=encoding, separator=separator)
    content = text_files.text_table(path, path.name, formats)
    return (content, formats) if isinstance(content, pd.DataFrame) and content.shape[1] > 1 else None


def _customer(content: pd.DataFrame, buyers: pd.DataFrame) -> str | None:
    """Return the column that names customers as the ledger does: by number, else by name."""
    for ours in ("buyer_id", "name"):
        of_ledger = set(buyers[ours].dropna().astype("str"))
        shares = {
            str(column): len(of_ledger & held) / min(len(of_ledger), len(held))
            for column in content
            if (held := set(content[column].dropna().astype("str").str.strip())) and of_ledger
        }
        best = max(shares, key=lambda column: shares[column], default=None)
        # A list that gives names alone can be joined where the ledger has its buyers by name.
        if best is not None and shares[best] >= KNOWN and (ours == "buyer_id" or _by_name(buyers)):
            return best
    return None


def _by_name(buyers: pd.DataFrame) -> bool:
    return bool((buyers["buyer_id"] == buyers["name"]).all())


def _named(content: pd.DataFrame, register: Register, customer: str) -> dict[str, str]:
    """Return our columns that a list holds and what it calls them; a column serves one of ours."""
    by_name = {plain(column): str(column) for column in reversed(content.columns) if str(column) != customer}
    found: dict[str, str] = {}
    for ours, names in register.columns.items():
        role = {"credit_limit": "amount", "date": "issued", "expected_on": "issued"}.get(ours, ours)
        free = [by_name[plain(name)] for name in names if plain(name) in by_name]
        free = [column for column in free if column not in found.values() and content[column].notna().any()]
        fitting = [column for column in free if fits(role, list(content[column]))]
        found |= {ours: fitting[0]} if fitting else {}
    return found


def _orders(file: str, content: pd.DataFrame, columns: dict[str, str], formats: Formats, ledger: Ledger) -> Beside:
    constants: dict[str, str | int | float | date] = {"kind": "ordered"}
    if "currency" not in columns:
        constants["currency"] = ledger.currency
    days = [columns[one] for one in ("date", "expected_on") if one in columns]
    written = _written(content, formats, [columns["amount"]], days)
    return Beside(file, {"orders": TableMapping(file=file, columns=columns, formats=written, constants=constants)})


def _buyers(file: str, content: pd.DataFrame, columns: dict[str, str], formats: Formats, ledger: Ledger) -> Beside:
    limit = columns.pop("credit_limit", None)
    since = [columns["customer_since"]] if "customer_since" in columns else []
    written = _written(content, formats, [limit] if limit else [], since)
    values = {"country": _codes(content[columns["country"]])} if "country" in columns else {}
    values = {ours: translated for ours, translated in values.items() if translated}
    tables: dict[TableName, TableMapping] = {
        "buyers": TableMapping(file=file, columns=columns, formats=written, values=values)
    }
    zeros = _zeros(content[limit]) if limit else None
    if limit and zeros is not None:
        tables["limits"] = TableMapping(
            file=file, columns={"buyer_id": columns["buyer_id"], "amount": limit}, filled=[limit],
            formats=_written(content, formats, [limit], ()).model_copy(update={"empty": zeros}),
            values={"amount": signed} if (signed := _beside_signs(content[limit])) else {},
            constants={"source": "own", "currency": ledger.currency, "valid_from": ledger.exported},
        )  # fmt: skip
    return Beside(file, tables)


def _beside_signs(limits: pd.Series) -> dict[str | int, str]:
    """Return amounts with a currency's sign beside them, as they are written: the number alone."""
    held = [cell for cell in limits.dropna().unique() if isinstance(cell, str)]
    texts = [cell for cell in held if re.search(r"[^-\d., '\u00a0]", cell)]
    decimal = decimal_mark(texts) or "."
    read = amounts(pd.Series(texts, dtype="object"), decimal)
    return {text: f"{number:.2f}".replace(".", decimal) for text, number in zip(texts, read, strict=True) if number}


def _zeros(limits: pd.Series) -> tuple[str, ...] | None:
    """Return how a column of limits writes zero, by which systems say that there is none; None where it is no text."""
    held = limits.dropna()
    if all(isinstance(cell, str) for cell in held):
        return tuple(sorted({cell for cell in held if re.fullmatch(r"0+([.,]0+)?", cell.strip())}))
    return None if (held == 0).any() else ()


def _written(content: pd.DataFrame, formats: Formats, amounts: Iterable[str], days: Iterable[str]) -> Formats:
    """Return how a list writes its amounts and days, as these tell."""
    texts = [str(cell) for name in amounts for cell in content[name].dropna().unique() if isinstance(cell, str)]
    decimal = decimal_mark(texts) or formats.decimal
    thousands = THOUSANDS[decimal] if any(THOUSANDS[decimal] in text for text in texts) else ""
    form = told([content[name] for name in days]) if days else None
    dates = form.format if form is not None else formats.dates
    return formats.model_copy(update={"decimal": decimal, "thousands": thousands, "dates": dates})


def _codes(countries: pd.Series) -> dict[str | int, str]:
    """Return the codes of countries that are written as words, or in small letters, in one of `LANGUAGES`."""
    held = countries.dropna().astype("str").str.strip().unique()
    known = _countries()
    return {
        name: known[name.casefold()] for name in held if name.casefold() in known and known[name.casefold()] != name
    }


@cache
def _countries() -> dict[str, str]:
    """Return the codes of countries by their names, and by the codes themselves, in small letters."""
    found: dict[str, str] = {}
    for language in reversed(LANGUAGES):
        names = Locale(language).territories
        found |= {str(name).casefold(): code for code, name in names.items() if len(code) == 2 and code.isalpha()}
    return found | {code: code.upper() for code in {code.casefold() for code in found.values()}}
