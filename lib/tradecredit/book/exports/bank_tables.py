"""Bank statements, and other lists of payments, that are tables: told by what their lines say of a ledger."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from tradecredit.book.exports import grid
from tradecredit.book.exports.amounts import CODES, amounts, decimal_mark, is_amount
from tradecredit.book.exports.contents import SIDES, Held
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
"""Share of cells that are amounts, and of a ledger's lines that have one word, from which a column is told by them."""
OF_INVOICES = {"due", "overdue", "open"}
"""Words in names of columns that tell of what is owed, and not of what was paid."""
NO_MONEY = {"number", "days", "terms"}
"""Words in names of columns of figures that are no amounts."""
STATUS = {"status", "state"}
"""What columns of states are called."""
OF_BANKS = re.compile(
    r"\b(?:bank|statement|kontoauszug|kontoumsatz|umsatze?|extractos?|estratto|releve|afschrift|bankafschrift|wyciag"
    r"|historia|operacji|vypis|kontoudtog|kontoutdrag|konto|account|ekstre|transactions?|movimientos|movimenti"
    r"|movimentos|mouvements|operations?|cash|receipts?|payments?|paid|pay|payouts?|remittances?|zahlung(?:en)?"
    r"|zahlungseingange?|paiements?|encaissements?|pagos|cobros|pagamenti|incassi|recebimentos|betalingen|wplaty)\b"
    r"|银行|流水|收款|入金|통장|입금"
)
"""What files of a bank's lines and of payments are called, or columns of them, in small letters without accents."""
OF_OTHERS = re.compile(
    r"\b(?:orders?|ordered|deliver\w*|ship\w*|promis\w*|weight|commission|costs?|freight|quot\w*|expenses?|complaints?"
    r"|qty|quantity|kg|price|auftrag|liefer\w*|bestell\w*|provision|kosten|gewicht|fracht|menge|commande|livraison"
    r"|pedidos?|entregas?|ordini|consegna|zamowieni\w*|dostaw\w*|angebot\w*|devis)\b"
)
"""What columns are called of lists that name invoices and are of other things than payments, written alike."""
MOST_WORDS = 4
"""More words in a column are no sides."""
LOOKED_AT = 400
"""Lines that are looked at, from the whole of a table."""


class Column(NamedTuple):
    """A column of a table: what it is called, and its cells; texts are missing where they are empty."""

    name: str
    cells: pd.Series

    @property
    def texts(self) -> pd.Series:
        return self.cells.astype("str").str.strip().where(self.cells.notna())

    @property
    def numbers(self) -> pd.Series:
        return amounts(self.cells, decimal_mark([str(cell) for cell in self.cells.dropna()]) or ".")


class _Said(NamedTuple):
    """What lines say of a ledger: the column of words that names it, that of payers, and which lines speak of it."""

    text: str | None
    payer: str | None
    of_ledger: pd.Series
    numbers: bool
    """Whether it is invoices that the words name, and not buyers alone, as customers' particulars do."""


class _Money(NamedTuple):
    """Where the money of lines stands: columns by role, what else the description says of it, and how it is told."""

    columns: dict[Role, list[str]]
    system: dict[str, object]
    both_ways: bool
    """Whether it is told what comes in from what goes out."""


def statement(path: Path, invoices: Callable[[], Invoices], form: ExportForm | None = None) -> Looked | None:
    """Return a file, or a list in a `form` in it, as a statement of payments, if its lines speak of a ledger.

    Enough of them name its invoices or buyers, and it has a column of days and one of amounts. Its money must be a
    bank's: what comes in and what goes out are told by a sign, by a column each, or by a word beside; or the file or a
    column is called after banks or payments, and none after orders, deliveries, costs and the like, and its lines name
    invoices. What goes out is read as well: it may take a payment back. The ledger's `invoices` are asked for where a
    file has such columns alone.
    """
    form = form or form_of(path)
    if form is None or form.layout not in ("table", "sheet"):
        return None
    every = grid.frame(grid.rows(path, form), form.header_row)
    found = every.iloc[:: max(1, len(every) // LOOKED_AT)]
    columns = [Column(str(name), found[name]) for name in found if found[name].notna().any()]
    called = [plain(one.name) for one in columns]
    if any(vocabulary().known(one.name) & OF_INVOICES for one in columns) or any(map(OF_OTHERS.search, called)):
        return None
    dated = [one for one in columns if Held(one.name, list(one.cells)).days is not None]
    counted = [one for one in columns if one not in dated and _are_amounts(one)]
    # A mark stands before names in some banks' files.
    summed = [one for one in counted if not vocabulary().known(one.name.lstrip("#")) & NO_MONEY]
    worded = [one for one in columns if one not in dated and one not in counted]
    said = _said(worded, invoices()) if dated and summed and worded else None
    money = _money(summed, worded, said) if said else None
    if said is None or money is None:
        return None
    called_so = any(map(OF_BANKS.search, [plain(form.sheet or path.stem), *called]))
    if not money.both_ways and not (called_so and said.numbers):
        return None
    taken: dict[Role, list[str]] = {"issued": [_booked(dated).name], **money.columns}
    taken |= {"text": [said.text]} if said.text else {}
    taken |= {"name": [said.payer]} if said.payer else {}
    free = [one for one in worded if [one.name] not in taken.values()]
    codes = [one.name for one in free if set(one.texts.dropna().str.upper()) <= {*CODES.split()}]
    taken |= {"currency": codes[:1]} if codes else {}
    status = [one.name for one in free if _is_status(one)]
    taken |= {"status": status[:1]} if status else {}
    system = systems()[-1].model_copy(update=BANK_TABLE | money.system)
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
    by_number = _most(numbers)
    text = by_number or _most({name: held for name, held in firms.items() if name != named})
    # An address may stand behind a payer's name.
    others = (_most({name: held for name, held in said.items() if name != text}) for said in (payers, firms))
    payer = next(filter(None, others), None)
    told = [of[one] for one in (text, payer) if one for of in (numbers, payers, firms)]
    if not told:
        return None
    of_ledger = pd.concat(told, axis="columns").any(axis="columns")
    return _Said(text, payer, of_ledger, by_number is not None) if of_ledger.mean() >= SPEAKING else None


def _money(summed: list[Column], worded: list[Column], said: _Said) -> _Money | None:
    """Return where what comes in stands, in which the lines that speak of the ledger hold something above zero.

    Of several columns it is the one with a minus somewhere, as of all that goes in and out, else that which those lines
    fill, with the one beside that holds what goes out; a balance is none.
    """
    usual = [one for one in summed if not vocabulary().known(one.name) & {"balance", OTHER}] or summed
    shares = {one.name: float((one.numbers[said.of_ledger] > 0).mean()) for one in usual}
    filled = [one for one in usual if shares[one.name] > 0.5]
    signed = next((one for one in filled if (one.numbers < 0).any()), None)
    if signed is not None:
        return _Money({"amount": [signed.name]}, {}, both_ways=True)
    # What is filled in fewer lines, but in most that speak of the ledger, is what came in alone.
    incoming = min(filled, key=lambda one: (one.cells.notna().sum(), usual.index(one)), default=None)
    if incoming is None:
        return None
    into = incoming.numbers.fillna(0.0) != 0
    for one in usual:
        out = one.numbers.fillna(0.0) != 0
        if one is not incoming and out.any() and not (into & out).any() and (into | out).mean() >= MOSTLY:
            return _Money({"credit": [incoming.name], "debit": [one.name]}, {"signs": "signed"}, both_ways=True)
    if told_by := _side(worded, said):
        side, out_words = told_by
        columns: dict[Role, list[str]] = {"amount": [incoming.name], "side": [side.name]}
        return _Money(columns, {"signs": "signed", "debit_side": out_words}, both_ways=True)
    return _Money({"amount": [incoming.name]}, {}, both_ways=False)


def _side(worded: list[Column], said: _Said) -> tuple[Column, list[str]] | None:
    """Return the column whose words tell in from out, and those for out: most lines of a ledger's are in.

    Words that are known as two sides tell it though some of those lines are out, such as refunds; others where nearly
    none is, and the lines name invoices: a list of customers has words as well.
    """
    of_ledger = said.of_ledger
    for one in [one for one in worded if not _is_status(one)]:
        words = one.texts.dropna()
        received = one.texts[of_ledger].dropna().mode()
        if received.empty or one.cells.isna().any() or not 1 < words.nunique() <= MOST_WORDS:
            continue
        share = (one.texts[of_ledger] == received.iloc[0]).mean()
        held = {word.casefold() for word in words.unique()}
        if (share >= MOSTLY and said.numbers) or (share > 0.5 and any({*pair} <= held for pair in SIDES)):
            return one, sorted(set(words.unique()) - {received.iloc[0]})
    return None


def _is_status(column: Column) -> bool:
    return plain(column.name).split()[-1:] in ([word] for word in STATUS)


def _are_amounts(column: Column) -> bool:
    return bool(column.cells.dropna().map(is_amount).mean() >= MOSTLY)


def _tells(column: Column, what: Callable[[str], bool]) -> pd.Series:
    """Return which cells tell something; empty ones tell nothing."""
    return column.texts.map(what, na_action="ignore").fillna(False).astype(bool)


def _most(said: Mapping[str, pd.Series]) -> str | None:
    """Return the column most of whose cells say a thing, if enough do."""
    best = max(said, key=lambda name: said[name].mean(), default=None)
    return best if best is not None and said[best].mean() >= SPEAKING / 2 else None


def _booked(dated: list[Column]) -> Column:
    """Return the days of booking: the first column that is called a day alone, else the first that is of no value."""
    alone = (one for one in dated if vocabulary().of(one.name) == {"date"})
    others = (one for one in dated if not vocabulary().known(one.name) & {"amount", "due"})
    return next(alone, None) or next(others, None) or dated[0]
