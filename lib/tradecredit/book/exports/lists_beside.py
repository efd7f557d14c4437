"""Lists beside a ledger, told by their columns' names: payments that name invoices or buyers, and credit memos."""

import re
from collections.abc import Iterable
from functools import cache

from tradecredit.book.exports.column_meanings import meant, places_of
from tradecredit.book.exports.grid import HEAD_ROWS
from tradecredit.book.exports.heads import DAYS, are_amounts, is_day, plain
from tradecredit.book.exports.kinds import kind_in_words
from tradecredit.book.exports.recognition import rows_below
from tradecredit.book.exports.systems import ANY, Recognised, enough, systems, vocabulary
from tradecredit.params.export import DocumentKind, Role

PAYMENT: tuple[tuple[Role, ...], ...] = (("amount", "paid"), ("cleared", "issued"))
"""What a payment's amount and day may be taken for."""
PAYMENT_NUMBERS = (frozenset({"pay", "number"}), frozenset({"transaction", "number"}))
PAYMENT_AMOUNTS = (frozenset({"pay", "amount"}), frozenset({"pay", "total"}), frozenset({"pay", "amount", "total"}))
"""What names of columns say of all that a payment is over, whatever is applied of it."""
PAYMENTS = {"name": "any_payments", "title": "list of payments", "lines": "added", "kinds": {}}
CREDITS = {"name": "any_credits", "title": "list of credit memos", "signs": "by_kind", "kinds": {}}
BESIDE: dict[str, DocumentKind] = {
    "any_payments": "payment", "any_credits": "credit_note", "any_statement": "payment",
}  # fmt: skip
"""Descriptions of lists beside a ledger: our kind of all their documents."""
OF_CREDITS = re.compile(r"(?:credit|cr\.?)[ _]?(?:note|memo)s?|\bC[MN]\b|avoirs?|gutschrift(?:en|s)?", re.IGNORECASE)
"""What names of columns say in a list of credit memos."""
DATED = 0.9
"""Share of rows that hold a day, from which a column is one of days."""
UNUSED = re.compile(
    r"\b(?:available|unused|unapplied|unallocated|on account|not applied|remaining credit|nicht zugeordnet|non affecte|"
    r"unmatched|left on a c|on a c|non impute|disponible|disponivel|disponibile|tegoed|tilgode)\b|\b(?:rest)?guthaben\b"
)
"""What names of columns say of what of a payment or a credit is not used yet."""


def recognised_payments(rows: list[tuple[int, list[object]]]) -> Recognised | None:
    """Return what a file's first rows are recognised as, if it is a list of payments that name invoices or buyers."""
    fitting = []
    for number, cells in rows[:HEAD_ROWS]:
        if sum(cell is not None for cell in cells) < 3:
            continue
        below = rows_below(rows, number)
        columns = meant(systems()[-1], cells, below)
        names = [str(cell).strip() for cell in cells if cell is not None]
        own = [name for name in names if vocabulary().of(name) in PAYMENT_NUMBERS]
        own = own or [name for name in names if vocabulary().of(name) == {"pay"} and _numbers_rows(name, cells, below)]
        if own and columns.get("invoice_id", own[:1]) == own[:1]:
            columns.pop("invoice_id", None)
        columns |= {"number": own[:1]} if own else {}
        whole = [name for name in names if vocabulary().of(name) in PAYMENT_AMOUNTS]
        columns |= {"amount": whole[:1]} if own and whole else {}
        unused = _unused(names, columns) if own else {}
        columns |= unused
        if unused and "invoice" not in vocabulary().known(columns.get("invoice_id", [""])[0]):
            columns.pop("invoice_id", None)  # it is the payment's
        dated = _one_of_days(cells, rows_below(rows, number)) if own and not {*DAYS} & columns.keys() else []
        columns |= {"issued": dated} if dated else {}
        found = as_payments(Recognised(systems()[-1], number, columns))
        kinds = {"amount", "issued"} <= found.columns.keys() and {
            "applies_to",
            "buyer_id",
            "name",
        } & found.columns.keys()
        # What has a sum that was paid, and no other, is a payment.
        sure = own or "cleared" in columns or ("paid" in columns and not {"amount", "status"} & columns.keys())
        # What is open of a payment is not yet used.
        of_invoices = {"due", "debit"} | (set() if own and "invoice_id" not in columns else {"open"})
        if kinds and sure and not of_invoices & columns.keys():
            fitting.append((len(found.columns), found))
    return max(fitting, key=lambda one: one[0])[1] if fitting else None


def recognised_credits(rows: list[tuple[int, list[object]]]) -> Recognised | None:
    """Return what a file's first rows are recognised as, if it is a list of credit memos, as its columns are called.

    The column of its documents' numbers is called after them, or two others without which it is no list.
    """
    for line, cells in rows[:HEAD_ROWS]:
        below = rows_below(rows, line)
        bare: list[object] = [cell if cell is None else _without_credits(str(cell)) for cell in cells]
        called = {str(one): str(cell).strip() for one, cell in zip(bare, cells, strict=True) if cell is not None}
        of_credits = {one: name for one, name in called.items() if one != name}
        if not of_credits:
            continue
        columns = {role: [called[name] for name in names] for role, names in meant(systems()[-1], bare, below).items()}
        columns |= _unused(called.values(), columns)
        columns.pop("kind", None)  # all of them are credit memos, for whichever reason
        of_invoice = [name for name in called.values() if vocabulary().known(name) >= {"invoice", "number"}]
        columns |= {"applies_to": of_invoice[:1]} if of_invoice else {}
        # Beside invoices the number of a credit stands in few rows.
        own = [name for one, name in of_credits.items() if vocabulary().of(one) == {"document", "number"}]
        own = [name for name in own if _filled(name, cells, below) >= DATED]
        columns |= {"invoice_id": own[:1]} if own else {}
        number = columns.get("invoice_id", [""])[0]
        if "invoice" in vocabulary().known(number):
            continue
        if number not in of_credits.values():
            # What makes a list without their columns has credits beside its documents.
            others = [None if str(cell).strip() in of_credits.values() else cell for cell in cells]
            several = sum(OF_CREDITS.search(name) is not None for name in of_credits.values()) > 1
            if not several or enough({*meant(systems()[-1], others, below)}):
                continue
        if {"invoice_id", "issued"} <= columns.keys() and {"buyer_id", "name"} & columns.keys() and enough({*columns}):
            return Recognised(systems()[-1].model_copy(update=CREDITS), line, columns)
    return None


def as_credits(found: Recognised) -> Recognised:
    """Return a list of no known system as one of credit memos."""
    return found._replace(system=systems()[-1].model_copy(update=CREDITS))


def called_credits(label: str, found: Recognised) -> bool:
    """Return whether a file or a sheet of no known system is called after credit memos alone, as its rows say nothing.

    >>> from tradecredit.book.exports.systems import systems
    >>> list_ = Recognised(systems()[-1], 1, {})
    >>> [called_credits(label, list_) for label in ("Credit notes 2026", "invoices_and_credit_notes", "Debtors")]
    [True, False, False]
    """
    says_nothing = found.system.name == ANY and not {"kind", "debit", "credit"} & found.columns.keys()
    rest = _without_credits(label)
    return says_nothing and rest != label.strip() and "invoice" not in vocabulary().known(rest)


def called_payments(label: str, found: Recognised) -> bool:
    """Return whether a file or a sheet of no known system is called payments, and has no column of what is open.

    >>> from tradecredit.book.exports.systems import systems
    >>> list_ = Recognised(systems()[-1], 1, {})
    >>> [called_payments(label, list_) for label in ("Payments 2026", "Cash on account", "Debtors")]
    [True, True, False]
    """
    of_invoices = {*found.columns} & {"open", "kind", "due", "debit"} - {*found.unsure}
    return found.system.name == ANY and not of_invoices and kind_in_words(label) == "payment"


def _without_credits(name: str) -> str:
    """Return a name with the words that say a credit memo replaced by one that says a document."""
    bare = OF_CREDITS.sub(" document ", name).strip()
    if bare != name.strip():
        return bare
    of_plain = re.sub(rf"\b(?:{_credit_words()})(?:s|n|en)?", " document ", plain(name)).strip()
    return of_plain if of_plain != plain(name) else bare


@cache
def _credit_words() -> str:
    words = sorted(map(plain, systems()[-1].kind_words["credit_note"]), key=len, reverse=True)
    return "|".join(map(re.escape, words))


def _filled(name: str, header: list[object], below: list[list[object]]) -> float:
    """Return the share of rows in which a column holds something."""
    return len(_held(name, header, below)) / max(len(below), 1)


def _held(name: str, header: list[object], below: list[list[object]]) -> list[str]:
    """Return what the rows hold in a column."""
    at = places_of(header)[name]
    return [str(row[at]) for row in below if at < len(row) and row[at] is not None]


def _one_of_days(header: list[object], below: list[list[object]]) -> list[str]:
    """Return the only column that holds days in nearly all rows; empty without one, or with several.

    One day in all rows is that on which the list was made.
    """
    cells = {name: [row[at] for row in below if at < len(row)] for name, at in places_of(header).items()}
    dated = [name for name, held in cells.items() if held and sum(map(is_day, held)) >= DATED * len(held)]
    several = [name for name in dated if len(set(map(str, cells[name]))) > 1]
    return next((one for one in (dated, several) if len(one) == 1), [])


def _numbers_rows(name: str, header: list[object], below: list[list[object]]) -> bool:
    """Return whether a column holds numbers of documents, one in each row: none is an amount or a day, each differs."""
    held = _held(name, header, below)
    numbers = sum(bool(re.search(r"\d", cell)) and not is_day(cell) for cell in held)
    return len(held) == len(below) > 0 and numbers == len({*held}) == len(held) and not are_amounts(held)


def _unused(names: Iterable[str], columns: dict[Role, list[str]]) -> dict[Role, list[str]]:
    """Return the column of what of payments or credits is not used yet, as that of what is open of them."""
    taken = {name for named in columns.values() for name in named}
    held = [name for name in names if name not in taken and UNUSED.search(plain(name))]
    return {"open": held[:1]} if held and "open" not in columns else {}


def with_own_numbers(found: Recognised) -> Recognised:
    """Return a list with the numbers of its documents as its own: they are none of invoices."""
    columns: dict[Role, list[str]] = {
        "number" if role == "invoice_id" else role: names for role, names in found.columns.items()
    }
    return found._replace(columns=columns)


def as_payments(found: Recognised, names: Iterable[str] = ()) -> Recognised:
    """Return a list of no known system as one of payments, which name the invoices that they settle.

    `names`: what its columns are called; one may be what of the payments is not used yet, and one their number.
    """
    columns = found.columns
    amount, day = (next((columns[one] for one in roles if one in columns), None) for roles in PAYMENT)
    if "cleared" not in columns and "due" in found.unsure:
        # Days after those of invoices are none on which payments are due.
        day = columns["due"]
    named: dict[Role, list[str]] = {} if amount is None else {"amount": amount}
    named |= {} if day is None else {"issued": day}
    named |= {"applies_to": columns["invoice_id"]} if "invoice_id" in columns else {}
    beside: tuple[Role, ...] = ("number", "buyer_id", "name", "currency", "status", "open", "text", "discount")
    named |= {one: columns[one] for one in beside if one in columns}
    named |= {"applies_to": columns["applies_to"]} if "applies_to" in columns else {}
    own = sorted(name for name in names if vocabulary().of(name) in PAYMENT_NUMBERS)
    named |= {"number": own[:1]} if own and "number" not in named and own[:1] not in named.values() else {}
    named |= _unused(names, named)
    return found._replace(system=systems()[-1].model_copy(update=PAYMENTS), columns=named)
