"""Bank statements, and other lists of payments, that are tables: told by what their lines say of a ledger."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from tradecredit.book.exports import grid
from tradecredit.book.exports.amounts import CODES, amounts, decimal_mark, is_amount
from tradecredit.book.exports.contents import Held
from tradecredit.book.exports.heads import OTHER, plain
from tradecredit.book.exports.looking import Looked
from tradecredit.book.exports.named_invoices import Invoices
from tradecredit.book.exports.plain_tables import form_of
from tradecredit.book.exports.systems import Recognised, systems, vocabulary
from tradecredit.params.export import ExportForm, Role

BANK_TABLE = {
    "name": "any_statement", "title": "bank statement", "bank": True, "signs": "reversed", "lines": "added",
    "kinds": {},
}  # fmt: skip
SPEAKING = 0.2
"""Share of lines that name an invoice or a buyer of the ledger, from which a table is a statement of payments to it."""
MOSTLY = 0.9
OF_INVOICES = {"due", "overdue", "open"}
"""Words in names of columns that tell of what is owed, and not of what was paid."""
LOOKED_AT = 400
"""Lines that are looked at."""


class Column(NamedTuple):
    """A column of a table: what it is called, and its cells; texts are missing where they are empty."""

    name: str
    cells: pd.Series

    @property
    def texts(self) -> pd.Series:
        return self.cells.astype("str").str.strip().where(self.cells.notna())


class _Said(NamedTuple):
    """What lines say of a ledger: the column of words that names it, that of payers, and which lines speak of it."""

    text: str
    payer: str | None
    of_ledger: pd.Series


def statement(path: Path, invoices: Invoices, form: ExportForm | None = None) -> Looked | None:
    """Return a file, or a list in a `form` in it, as a statement of payments, if its lines speak of a ledger.

    Many name its invoices or buyers. It has a column of days, one of amounts and one of words. Of several columns of
    amounts it is the one with a minus somewhere, as of all that goes in and out, else that which those lines fill; a
    balance is none.
    """
    form = form or form_of(path)
    if form is None or form.layout not in ("table", "sheet"):
        return None
    rows = grid.rows(path, form)
    found = grid.frame(rows, form.header_row).head(LOOKED_AT)
    columns = [Column(str(name), found[name]) for name in found if found[name].notna().any()]
    if any(vocabulary().known(one.name) & OF_INVOICES for one in columns):
        return None
    dated = [one for one in columns if Held(one.name, list(one.cells)).days is not None]
    summed = [one for one in columns if one not in dated and _are_amounts(one)]
    worded = [one for one in columns if one not in dated and one not in summed]
    said = _said(worded, invoices) if dated and summed and worded else None
    amount = _incoming(summed, said.of_ledger) if said else None
    if said is None or amount is None:
        return None
    taken: dict[Role, list[str]] = {"issued": [_booked(dated).name], "amount": [amount.name], "text": [said.text]}
    taken |= {"name": [said.payer]} if said.payer else {}
    codes = [one.name for one in worded if set(one.texts.dropna().str.upper()) <= {*CODES.split()}]
    taken |= {"currency": codes[:1]} if codes else {}
    status = [one.name for one in worded if vocabulary().of(one.name) == {"status"} or plain(one.name) == "state"]
    taken |= {"status": status[:1]} if status and status[0] != said.text else {}
    system = systems()[-1].model_copy(update=BANK_TABLE)
    if not (_numbers(amount) < 0).any() and (told_by := _side(worded, said.of_ledger)) is not None:
        side, out = told_by
        taken["side"] = [side.name]
        system = system.model_copy(update={"signs": "signed", "debit_side": [out]})
    header = frozenset(map(str, found))
    return Looked(form, Recognised(system, form.header_row, taken), [], header=header)


def invoices_of(documents: pd.DataFrame) -> Invoices:
    """Return the invoices that payments may name, of a ledger's documents (`reading.documents`)."""
    kind = documents["kind"].fillna("invoice").where(documents["amount"] > 0)
    return Invoices(documents.assign(kind=kind))


def _said(worded: list[Column], invoices: Invoices) -> _Said | None:
    """Return which columns name invoices and payers of a ledger; None where too few lines do."""
    numbers = {one.name: _tells(one, lambda cell: bool(invoices.in_text(cell, None))) for one in worded}
    payers = {one.name: _tells(one, lambda cell: invoices.payer(cell) is not None) for one in worded}
    firms = {one.name: _tells(one, lambda cell: invoices.payer_in(cell) is not None) for one in worded}
    named = _most(payers)
    # Words that name invoices say more than those that name their buyers.
    text = _most(numbers) or _most({name: held for name, held in firms.items() if name != named})
    if text is None:
        return None
    # An address may stand behind a payer's name.
    others = (_most({name: held for name, held in said.items() if name != text}) for said in (payers, firms))
    payer = next(filter(None, others), None)
    of_ledger = numbers[text] | firms[text]
    of_ledger = of_ledger | firms[payer] | payers[payer] if payer else of_ledger
    return _Said(text, payer, of_ledger) if of_ledger.mean() >= SPEAKING else None


def _are_amounts(column: Column) -> bool:
    return bool(column.cells.dropna().map(is_amount).mean() >= MOSTLY)


def _numbers(column: Column) -> pd.Series:
    return amounts(column.cells, decimal_mark([str(cell) for cell in column.cells.dropna()]) or ".")


def _tells(column: Column, what: Callable[[str], bool]) -> pd.Series:
    """Return which cells tell something; empty ones tell nothing."""
    return column.texts.map(what, na_action="ignore").fillna(False).astype(bool)


def _most(said: Mapping[str, pd.Series]) -> str | None:
    """Return the column most of whose cells say a thing, if enough do."""
    best = max(said, key=lambda name: said[name].mean(), default=None)
    return best if best is not None and said[best].mean() >= SPEAKING / 2 else None


def _incoming(summed: list[Column], of_ledger: pd.Series) -> Column | None:
    """Return the column of what was received: the lines that speak of the ledger hold something above zero in it."""
    usual = [one for one in summed if not vocabulary().known(one.name) & {"balance", OTHER}] or summed
    shares = {one.name: float((_numbers(one)[of_ledger] > 0).mean()) for one in usual}
    both_ways = [one for one in usual if (_numbers(one) < 0).any() and shares[one.name] > 0.5]
    # What is filled in fewer lines, but in all that speak of the ledger, is what came in alone.
    return min(both_ways or [one for one in usual if shares[one.name] > 0.5],
               key=lambda one: (one.cells.notna().sum(), usual.index(one)), default=None)  # fmt: skip


def _side(worded: list[Column], of_ledger: pd.Series) -> tuple[Column, str] | None:
    """Return the column of two words that tells in from out, and the word for out; lines of a ledger's are all in."""
    for one in worded:
        received = set(one.texts[of_ledger].dropna())
        others = set(one.texts.dropna()) - received
        if len(received) == len(others) == 1 and one.cells.notna().all():
            return one, others.pop()
    return None


def _booked(dated: list[Column]) -> Column:
    """Return the days of booking: the first column that is called a day alone, else the first that is of no value."""
    alone = (one for one in dated if vocabulary().of(one.name) == {"date"})
    others = (one for one in dated if not vocabulary().known(one.name) & {"amount", "due"})
    return next(alone, None) or next(others, None) or dated[0]
