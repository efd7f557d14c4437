"""Lists beside a ledger that are none of documents: customers with their particulars, and open orders."""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd
from babel import Locale
from pydantic import Field

from tradecredit.book import text_files
from tradecredit.book.exports import grid
from tradecredit.book.exports import terms as terms_of_payment
from tradecredit.book.exports.amounts import amounts, decimal_mark
from tradecredit.book.exports.days import told
from tradecredit.book.exports.heads import fits, plain
from tradecredit.book.exports.plain_tables import form_of, header_line
from tradecredit.params.base import PROJECT, Named
from tradecredit.params.export import ExportForm
from tradecredit.params.source import Formats, TableMapping, TableName

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "zh", "ja")
"""Languages in whose words countries are known."""
USUAL = (
    0,
    5,
    7,
    8,
    10,
    14,
    15,
    20,
    21,
    28,
    30,
    35,
    40,
    42,
    45,
    50,
    55,
    56,
    60,
    70,
    75,
    80,
    84,
    85,
    90,
    105,
    120,
    150,
    180,
)
"""Days of payment that are agreed."""
KNOWN = 0.5
"""Share of a list's customers, or of the ledger's, from which a column is taken to name them."""
LISTED = 0.9
"""Share of the values of a ledger's column that a list must have for it to be one of the buyers in that column."""
FITTING = {"credit_limit": "amount", "date": "issued", "expected_on": "issued"}
"""Column of ours: the role that what stands in it must fit."""
THOUSANDS = {",": ".", ".": ","}
OF_INSURER = re.compile(
    r"allianz|euler|hermes|coface|atradius|credendo|cesce|sinosure|\bsace\b|\bkuke\b|\b(?:re)?insur|assur|versicher|segur"
    r"|assicur|verzeker|forsakring|forsikring|ubezpiecz|\bpolic[ye]|deckung|zugesagt|bewilligt|accorde|garant|concedid"
    r"|concess|clasificacion|toegekend|przyznan|承保|保险|保険|批复"
)
"""What files of an insurer's limits are called, or their column of limits, in small letters without accents."""
DECIDED = re.compile(r"\bdecision|\bpolicy n|entscheid|\bbescheid")
"""What other columns are called in a list of an insurer's limits."""


class Register(Named):
    """A kind of list beside a ledger: the table that it gives, and what its columns may be called, likelier first."""

    table: Literal["buyers", "orders"]
    columns: dict[str, list[str]]
    like: dict[str, str] = Field(default_factory=dict)
    """Regular expressions of what other names of these columns say, in small letters without accents."""


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


def found_in(path: Path, file: str, ledger: Ledger, sheet: str | None = None) -> Beside | None:
    """Return what a file beside a ledger gives, or a sheet of one; None where it is no such list.

    One of its columns names customers as the ledger does. `file`: what the run file calls it.
    """
    read = _read(path, sheet)
    if read is None:
        return None
    content, formats = read
    customer = _customer(content, ledger.buyers)
    for register in registers() if customer else ():
        columns = _named(content, register, str(customer))
        if register.table == "orders" and {"order_id", "date", "amount"} <= columns.keys():
            return _orders(file, content, {"buyer_id": str(customer), **columns}, formats, ledger)
        if (
            register.table == "buyers"
            and columns.keys() - {"limit_currency"}
            and not content[customer].dropna().duplicated().any()
        ):
            return _buyers(file, content, {"buyer_id": str(customer), **columns}, formats, ledger)
    return None


def _read(path: Path, sheet: str | None = None) -> tuple[pd.DataFrame, Formats] | None:
    """Return what a file's rows hold under its first line, and how it is written; None where it is no such table."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return pd.read_parquet(path), Formats()
    if suffix == ".xlsx" and not grid.is_text(path):
        rows = next(iter(grid.sheets(path, sheet).values()), [])
        line = header_line(rows)
        return (grid.frame(rows, line), Formats(header_row=line, sheet=sheet)) if line else None
    if suffix not in grid.SEPARATORS:
        return None
    form = form_of(path) or ExportForm()
    formats = Formats(encoding=form.encoding, separator=form.separator, header_row=form.header_row)
    content = text_files.text_table(path, path.name, formats)
    return (content, formats) if isinstance(content, pd.DataFrame) and content.shape[1] > 1 else None


def buyers_listed(path: Path, cells: pd.DataFrame) -> str | None:
    """Return the column of a ledger (its cells under its own names) whose values a file beside it lists by name.

    The file has a row for each value in a column without repetitions, and a column of names; both columns are called
    alike, as plain numbers may be anything. None where no column does so.
    """
    read = _read(path)
    register = next(one for one in registers() if one.table == "buyers")
    if read is None or "name" not in _named(read[0], register, ""):
        return None
    for key in read[0]:
        of_list = read[0][key].dropna().astype("str").str.strip()
        for column in [str(name) for name in cells if plain(name) == plain(key)] if of_list.is_unique else []:
            values = set(cells[column].dropna().astype("str").str.strip())
            if len(values) > 1 and len(values & set(of_list)) >= LISTED * len(values):
                return column
    return None


def stated(path: Path, mapping: TableMapping, column: str) -> set[str]:
    """Return the buyers of a list of which it states something in a column of ours."""
    read = _read(path, mapping.formats.sheet)
    content = read[0] if read else pd.DataFrame(columns=[mapping.columns["buyer_id"], mapping.columns[column]])
    filled = content[content[mapping.columns[column]].notna()]
    return set(filled[mapping.columns["buyer_id"]].astype("str").str.strip())


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
        role = FITTING.get(ours, ours)
        free = [by_name[plain(name)] for name in names if plain(name) in by_name]
        free += [
            column for name, column in by_name.items() if ours in register.like and re.search(register.like[ours], name)
        ]
        free = [column for column in free if column not in found.values() and content[column].notna().any()]
        free = free if ours != "terms_days" else [one for one in free if _in_days(content[one]) is not None]
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
    currency = columns.pop("limit_currency", None)
    insured = limit is not None and _of_insurer(file, limit, content)
    since = [columns["customer_since"]] if "customer_since" in columns else []
    written = _written(content, formats, [limit] if limit else [], since)
    values = {"country": _codes(content[columns["country"]])} if "country" in columns else {}
    values |= {"terms_days": _in_days(content[columns["terms_days"]]) or {}} if "terms_days" in columns else {}
    values = {ours: translated for ours, translated in values.items() if translated}
    tables: dict[TableName, TableMapping] = {
        "buyers": TableMapping(
            file=file,
            columns=columns,
            formats=written,
            values=values,
            # A row without a customer is a total.
            filled=[columns["buyer_id"]] if content[columns["buyer_id"]].isna().any() else [],
        )
    }
    # An insurer's limit of zero is a refusal.
    zeros = () if insured else _zeros(content[limit]) if limit else None
    if limit and zeros is not None:
        of_limit = {"buyer_id": columns["buyer_id"], "amount": limit}
        of_limit |= {"currency": currency} if insured and currency else {}
        stated = {} if "currency" in of_limit else {"currency": ledger.currency}
        tables["limits"] = TableMapping(
            file=file, columns=of_limit, filled=[limit],
            formats=_written(content, formats, [limit], ()).model_copy(update={"empty": zeros}),
            values={"amount": signed} if (signed := _beside_signs(content[limit])) else {},
            constants={"source": "insurer" if insured else "own", **stated, "valid_from": ledger.exported},
        )  # fmt: skip
    return Beside(file, tables)


def _of_insurer(file: str, limit: str, content: pd.DataFrame) -> bool:
    """Return whether a list of limits is an insurer's, as its file, the column of limits or one of decisions says."""
    others = [plain(column) for column in content]
    return OF_INSURER.search(plain(f"{Path(file).stem} {limit}")) is not None or any(map(DECIDED.search, others))


def _in_days(terms: pd.Series) -> dict[str | int, str] | None:
    """Return days of payment that are written in words, as numbers; None where a cell tells no number of days.

    Terms that end with a month are none, nor are numbers that may be codes: unusual ones in a column that is
    not called one of days.
    """
    found: dict[str | int, str] = {}
    says_days = re.search(
        r"\b(days?|tage|frist|ziel|jours|delai|dias|plazo|giorni|prazo|dagen|天|账期)", plain(terms.name)
    )
    for text in terms.dropna().astype("str").str.strip().unique():
        if re.fullmatch(r"\d{1,3}(\.0)?", text):
            if says_days or int(float(text)) in USUAL:
                continue
            return None
        told_by = terms_of_payment.read(text)
        if told_by.days is None or told_by.month_end:
            return None
        found[text] = str(told_by.days)
    return found


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
