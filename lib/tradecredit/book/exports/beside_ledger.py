"""What lists beside a described ledger are: statements of its payments, or its invoices again."""

from functools import cache
from pathlib import Path

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.exports import bank_tables, guesses, reading
from tradecredit.book.exports.description import Suggestion, described
from tradecredit.book.exports.guess import Guess
from tradecredit.book.exports.lists_beside import PAYMENTS
from tradecredit.book.exports.looking import Looked
from tradecredit.book.exports.systems import systems
from tradecredit.params.export import ExportSource
from tradecredit.params.source import OnProblem

READ_ALL = OnProblem(leave_out={"invoices": "all", "receipts": "all"}, most=1.0)
"""Broken rows do not matter to who the buyers are, and which invoices there are."""


def with_statements(
    found: list[Suggestion], unlisted: list[Path], answers: dict[str, str]
) -> tuple[list[Suggestion], list[Path]]:
    """Return lists with statements of payments that are tables, and the files that are none of them.

    A file without documents may be one, and a list beside the ledger whose columns name no invoice of it, where the
    words of its lines do.
    """
    first, *others = found
    if first.source.form.layout == "xml":
        return found, unlisted
    numbers = numbers_of(first.source) if others else []
    doubtful = [one for one in others if _may_be_statement(one, numbers)]
    if not unlisted and not doubtful:
        return found, unlisted
    known = cache(lambda: bank_tables.invoices_of(_documents(first)))
    beside: list[Suggestion] = []
    for one in others:
        paths = reading.files(one.source, one.source.path)
        looked = bank_tables.statement(paths[0], known, one.source.form) if one in doubtful else None
        beside.append(_of_bank(paths[0], looked, first.source.path, answers) if looked else one)
    statements = {path: looked for path in unlisted if (looked := bank_tables.statement(path, known))}
    beside += [_of_bank(path, looked, first.source.path, answers) for path, looked in statements.items()]
    return [first, *beside], [path for path in unlisted if path not in statements]


def _may_be_statement(one: Suggestion, numbers: list[str]) -> bool:
    """Return whether a list of no known system may be a statement of payments: no column of it names invoices."""
    known = one.system not in (systems()[-1].title, PAYMENTS["title"])
    columns = one.source.columns.keys()
    # An account has documents in its debit, a bank has none.
    of_account = "debit" in columns and {"invoice_id", "number"} & columns
    # Beside debit and credit a balance runs on.
    of_items = "due" in columns or ("open" in columns and "debit" not in columns)
    if known or not is_list(one) or of_account or of_items:
        return False
    cells = reading.cells(one.source, reading.files(one.source, one.source.path)[0])
    column = one.source.columns.get("applies_to")
    worded = cells[[column]] if isinstance(column, str) else cells
    if one.source.one_kind and guesses.naming(worded, numbers):
        return False
    named = (reading.of_role(one.source, cells, role) for role in ("applies_to", "invoice_id"))
    return not any(column.dropna().astype("str").str.strip().isin(numbers).mean() > 0.5 for column in named)


def _of_bank(path: Path, looked: Looked, folder: Path, answers: dict[str, str]) -> Suggestion:
    """Return how a statement of payments is read, with the open guess that it is one."""
    one = described([path], looked, folder, answers)
    columns = ", ".join(dict.fromkeys(one.source.named_columns))
    return one._replace(guesses=(Guess("source.bank", f"{path.name}: {columns}", open=True), *one.guesses))


def without_repeats(found: list[Suggestion]) -> tuple[list[Suggestion], list[str]]:
    """Return lists without those that say again what a ledger tells, and the files of these.

    The ledger tells what is open, or payments stand beside it; each row of the other is one of its invoices, of the
    same buyer, with the amount or with what is open of it.
    """
    first, *others = found
    usual = [one for one in others if one.system == systems()[-1].title and "kind" not in one.source.columns]
    of_invoices = [one for one in usual if is_list(one) and not one.source.bank and not one.source.one_kind]
    tells = {"open", "paid", "credit", "cleared"} & first.source.columns.keys() or first.source.settled
    if not of_invoices or not is_list(first) or not (tells or len(of_invoices) < len(others)):
        return found, []
    ledger = _documents(first)
    again = [one for one in of_invoices if _is_among(_documents(one), ledger)]
    return [one for one in found if one not in again], [name for one in again for name in one.source.files]


def _is_among(documents: pd.DataFrame, ledger: pd.DataFrame) -> bool:
    """Return whether all documents are invoices of a ledger: by number, buyer, and amount or what is open of it."""

    def keyed(frame: pd.DataFrame) -> pd.DataFrame:
        number = frame["invoice_id"].fillna(frame["number"])
        return frame[["buyer_id", "name", "amount", "open"]].assign(number=number).dropna(subset=["number"])

    both = keyed(documents).merge(keyed(ledger).drop_duplicates("number"), on="number", suffixes=("", "_there"))
    if not len(both) or len(both) < len(documents):
        return False
    names = [both[name].astype("str").str.casefold() for name in ("buyer_id", "name", "buyer_id_there", "name_there")]
    same_buyer = (names[0] == names[2]) | (names[1] == names[3]) | (names[0] == names[3]) | (names[1] == names[2])
    same = [(both["amount"] - both[name]).abs() <= CENT for name in ("amount_there", "open_there")]
    return bool((same_buyer & (same[0] | same[1])).all())


def in_currency_of(ledger: Suggestion, statements: list[Suggestion]) -> Suggestion:
    """Return a ledger whose currency nothing tells with that which a bank's statement names, as a guess still."""
    of = {one.currency for one in statements for guess in one.guesses if guess.key == "currency" and not guess.open}
    asked = next((guess for guess in ledger.guesses if guess.key == "currency" and guess.open), None)
    if len(of) != 1 or asked is None or "currency" in ledger.source.columns:
        return ledger
    (code,) = of
    others = tuple(one for one in (asked.taken, *asked.others) if one != code)[:5]
    guesses_now = tuple(Guess("currency", code, others, open=True) if one is asked else one for one in ledger.guesses)
    return ledger._replace(currency=code, guesses=guesses_now)


def numbers_of(ledger: ExportSource) -> list[str]:
    """Return the numbers of a ledger's documents."""
    found = [reading.cells(ledger, path) for path in reading.files(ledger, ledger.path)]
    number = pd.concat([reading.of_role(ledger, of, role) for of in found for role in ("invoice_id", "number")])
    return number.dropna().astype("str").str.strip().unique().tolist()


def _documents(one: Suggestion) -> pd.DataFrame:
    return reading.documents(one.source, reading.ReadingOf(one.currency, READ_ALL, one.source.exported)).frame


def is_list(one: Suggestion) -> bool:
    """Return whether files are lists of rows, with columns of buyers: statements of banks and XML have their own."""
    return not one.source.bank and one.source.form.layout != "xml"
