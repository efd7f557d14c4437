"""Which system an export is from: told by the names of its columns, against the descriptions in `params/exports`."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from tradecredit.book.exports import buckets
from tradecredit.book.exports.amounts import is_amount
from tradecredit.book.exports.blocks import ALONE, NUMBERED, TREE, heads_block, labelled
from tradecredit.book.exports.grid import joined, unnamed
from tradecredit.book.exports.heads import AMOUNTS, DAYS, GLUE, LOOKED_AT, Vocabulary, fits, is_day, plain
from tradecredit.book.exports.totals import TOTAL, is_only_total
from tradecredit.book.exports.trees import first_groups
from tradecredit.params.base import PROJECT
from tradecredit.params.export import DocumentKind, ExportSystem, Role

ANY = "any_list"
"""The description that fits any list: what columns are called in several languages."""
HEAD_ROWS = 60
"""A header stands among the first so many lines."""
ONE_BUYER = re.compile(
    r"((?:kontoauszug|kundenkonto|statement of account|account statement|customer statement|customer ledger|ledger"
    r"|relevé de compte|extrait de compte|estado de cuenta|extracto|extrato|estratto conto|rekeningoverzicht)"
    r"(?: für| for| of| de| van| di)?|customer|client|debtor|kunde|debitor|cliente|klant|klient)\s*:?\s+\S",
    re.IGNORECASE,
)
"""How a title names the one buyer of a statement; the first group is what stands before its name."""
LEAST_IN_TREE, MOST_IN_TREE, ALMOST_ALL = 3, 0.6, 0.9
"""Documents and their share with a group from which sums show it (the last rows that are looked at may lack theirs),
and share of names that differ."""
MOSTLY_OF_TABLES = 0.8
"""Share of columns with a table before their names from which these are passed over."""
COLUMNS_OF_A_TABLE = 3
"""Columns of each table, on average, in such a list."""
NAMES_OF_A_CODE = 3
"""Names for each value from which a number is none of buyers."""
LEAST_OF_A_BUYER = 1.5
"""Rows for each value from which a number that goes with a name is the buyer's."""
OF_LABEL: dict[frozenset[str], Role] = {
    frozenset({"customer"}): "name", frozenset({"customer", "name"}): "name",
    frozenset({"customer", "number"}): "buyer_id", frozenset({"number"}): "buyer_id",
}  # fmt: skip
"""What a title's label means that names the one buyer of a statement."""
BY_AGE = (
    "The list tells what each buyer owes by age and not by invoice: each age stands as one invoice, due as late as its "
    "age allows. How many invoices there are, and how large each is, cannot be told from it."
)
"""What a reader of the report must know of a list by age."""
PAYMENT: tuple[tuple[Role, ...], ...] = (("amount", "paid"), ("cleared", "issued"))
"""What a payment's amount and day may be taken for."""
PAYMENT_NUMBERS = (frozenset({"pay", "number"}), frozenset({"transaction", "number"}))
PAYMENTS = {"name": "any_payments", "title": "list of payments", "lines": "added", "kinds": {}}
CREDITS = {"name": "any_credits", "title": "list of credit memos", "signs": "by_kind", "kinds": {}}
BESIDE: dict[str, DocumentKind] = {"any_payments": "payment", "any_credits": "credit_note"}
"""Descriptions of lists beside a ledger: our kind of all their documents."""
OF_CREDITS = re.compile(
    r"(?:credit|cr\.?)[ _]?(?:note|memo)s?|\bC[MN]\b|avoirs?|gutschriften?|gutschrift(?=s)", re.IGNORECASE
)
"""What names of columns say in a list of credit memos."""


UNUSED = re.compile(
    r"\b(?:available|unused|unapplied|unallocated|not applied|nicht zugeordnet|non affecte|disponible)\b"
)
"""What names of columns say of what of a payment or a credit is not used yet."""


class Recognised(NamedTuple):
    """A description, the first line of the header and how many it has, and what each role's columns are called."""

    system: ExportSystem
    header_row: int
    columns: dict[Role, list[str]]
    header_lines: int = 1
    unsure: tuple[Role, ...] = ()
    """Roles whose columns are told by what they hold, or by a part of their name."""


@cache
def systems(folder: Path = PROJECT / "params" / "exports") -> tuple[ExportSystem, ...]:
    """Return the descriptions of a folder; that of any list is the last."""
    found = [ExportSystem.from_yaml(file) for file in sorted(folder.glob("*.yaml"))]
    return tuple(sorted(found, key=lambda system: system.name == ANY))


def recognised(rows: list[tuple[int, list[object]]], layout: str) -> Recognised | None:
    """Return what a file's first rows are recognised as; None where not even a buyer, a day and an amount are found.

    Of the descriptions whose telling columns all stand in one line, the one with the most counts. A file of no known
    system is a list whose header is the line with the most names that mean something.
    """
    heads = [(number, cells) for number, cells in rows[:HEAD_ROWS] if sum(cell is not None for cell in cells) > 2]
    found = []
    for system in systems():
        if system.name == ANY or layout not in system.layouts:
            continue
        for number, cells in heads:
            names = {plain(cell) for cell in cells if cell is not None}
            if all(any(plain(name) in names for name in tell.split(" / ")) for tell in system.tell):
                found.append((len(system.tell), system, number, cells))
                break
    if found:
        _, system, number, cells = max(found, key=lambda one: one[0])
        columns = _columns(system, cells)
        if not system.bank and not system.block and not {"buyer_id", "name", "account"} & columns.keys():
            # A layout of one's own may call the buyer otherwise.
            others = meant(systems()[-1], cells, _below(rows, number))
            columns |= {role: others[role] for role in ("buyer_id", "name") if role in others}
        return Recognised(system, number, columns)
    general = systems()[-1]
    fitting: list[tuple[int, Recognised]] = []
    for number, lines, cells in _headers(rows, heads):
        below = _below(rows, number)[lines - 1 :]
        columns = meant(general, cells, below)
        block = _titled(columns, rows, number)
        columns = _without_one_value(columns, cells, below)
        if not any(_labels(row, word) for row in below for word in block.values()):
            block = _block(columns, cells, below) or block
        if not block and _is_tree(columns, cells, below):
            (named,) = (columns.pop(one) for one in ("buyer_id", "name") if one in columns)
            columns, block = {**columns, "invoice_id": named}, {"name": TREE}
        columns |= _numbered(columns, block, cells, below)
        if enough({*columns, *block}):
            system = general.model_copy(update={"block": block})
            # A second line of a header is one only if it makes more of it.
            fitting.append((2 * len(columns) - lines, Recognised(system, number, columns, lines)))
    return max(fitting, key=lambda one: one[0])[1] if fitting else _by_age(heads, rows)


def _by_age(heads: list[tuple[int, list[object]]], rows: list[tuple[int, list[object]]]) -> Recognised | None:
    """Return what a list of what each buyer owes by age is recognised as; None where it is none."""
    general = systems()[-1]
    for number, cells in heads:
        below = _below(rows, number)
        columns = meant(general, cells, below)
        found = buckets.ages(cells)
        if len(found) < 3:
            continue
        named = {role: names for role, names in columns.items() if role not in (*AMOUNTS, "days_overdue")}
        block = _block({**named, "amount": list(found)}, cells, below)
        if {"buyer_id", "name"} & {*columns, *block}:
            named |= _numbered(named, block, cells, below)
            named["amount"] = [buckets.AMOUNT]
            if "due" not in columns:
                named["days_overdue"] = [buckets.DAYS]
            remarks = [] if "invoice_id" in named else [BY_AGE]
            named.setdefault("invoice_id", [buckets.AGE])
            form = {"buckets": found, "remarks": remarks, "block": block}
            return Recognised(general.model_copy(update=form), number, named)
    return None


def nearest(rows: list[tuple[int, list[object]]]) -> Recognised | None:
    """Return what comes nearest to the header of a list among the first rows of a file that is none."""
    general = systems()[-1]
    heads = [(number, cells) for number, cells in rows[:HEAD_ROWS] if sum(cell is not None for cell in cells) > 1]
    found = [Recognised(general, number, meant(general, cells, _below(rows, number))) for number, cells in heads]
    return max(found, key=lambda one: len(one.columns), default=None)


def recognised_payments(rows: list[tuple[int, list[object]]]) -> Recognised | None:
    """Return what a file's first rows are recognised as, if it is a list of payments that name invoices or buyers."""
    fitting = []
    for number, cells in rows[:HEAD_ROWS]:
        if sum(cell is not None for cell in cells) < 3:
            continue
        columns = meant(systems()[-1], cells, _below(rows, number))
        own = [str(cell).strip() for cell in cells if vocabulary().of(cell) in PAYMENT_NUMBERS]
        if own and columns.get("invoice_id", own[:1]) == own[:1]:
            columns.pop("invoice_id", None)
        columns |= {"number": own[:1]} if own else {}
        names = [str(cell).strip() for cell in cells if cell is not None]
        unused = _unused(names, columns) if own else {}
        columns |= unused
        if unused and "invoice" not in vocabulary().known(columns.get("invoice_id", [""])[0]):
            columns.pop("invoice_id", None)  # it is the payment's
        dated = _one_of_days(cells, _below(rows, number)) if own and not {*DAYS} & columns.keys() else []
        columns |= {"issued": dated} if dated else {}
        found = as_payments(Recognised(systems()[-1], number, columns))
        kinds = {"amount", "issued"} <= found.columns.keys() and {
            "applies_to",
            "buyer_id",
            "name",
        } & found.columns.keys()
        sure = own or "cleared" in columns
        # What is open of a payment is not yet used.
        of_invoices = {"due", "debit"} | (set() if own and "invoice_id" not in columns else {"open"})
        if kinds and sure and not of_invoices & columns.keys():
            fitting.append((len(found.columns), found))
    return max(fitting, key=lambda one: one[0])[1] if fitting else None


def recognised_credits(rows: list[tuple[int, list[object]]]) -> Recognised | None:
    """Return what a file's first rows are recognised as, if it is a list of credit memos, as its columns are called."""
    for number, cells in rows[:HEAD_ROWS]:
        bare: list[object] = [
            cell if cell is None else OF_CREDITS.sub(" document ", str(cell)).strip() for cell in cells
        ]
        called = {str(one): str(cell).strip() for one, cell in zip(bare, cells, strict=True) if cell is not None}
        if sum(one != name for one, name in called.items()) < 2:
            continue
        of_bare = meant(systems()[-1], bare, _below(rows, number))
        columns = {role: [called[name] for name in names] for role, names in of_bare.items()}
        columns |= _unused(called.values(), columns)
        columns.pop("kind", None)  # all of them are credit memos, for whichever reason
        of_invoice = [name for name in called.values() if vocabulary().known(name) >= {"invoice", "number"}]
        columns |= {"applies_to": of_invoice[:1]} if of_invoice else {}
        if {"invoice_id", "issued"} <= columns.keys() and {"buyer_id", "name"} & columns.keys() and enough({*columns}):
            return Recognised(systems()[-1].model_copy(update=CREDITS), number, columns)
    return None


def _one_of_days(header: list[object], below: list[list[object]]) -> list[str]:
    """Return the only column that holds days in nearly all rows; empty without one, or with several."""
    cells = {name: [row[at] for row in below if at < len(row)] for name, at in places_of(header).items()}
    dated = [name for name, held in cells.items() if held and sum(map(is_day, held)) >= ALMOST_ALL * len(held)]
    return dated if len(dated) == 1 else []


def _unused(names: Iterable[str], columns: dict[Role, list[str]]) -> dict[Role, list[str]]:
    """Return the column of what of payments or credits is not used yet, as that of what is open of them."""
    taken = {name for named in columns.values() for name in named}
    held = [name for name in names if name not in taken and UNUSED.search(plain(name))]
    return {"open": held[:1]} if held and "open" not in columns else {}


def as_payments(found: Recognised) -> Recognised:
    """Return a list of no known system as one of payments, which name the invoices that they settle."""
    columns = found.columns
    amount, day = (next((columns[one] for one in roles if one in columns), None) for roles in PAYMENT)
    if "cleared" not in columns and "due" in found.unsure:
        # Days after those of invoices are none on which payments are due.
        day = columns["due"]
    named: dict[Role, list[str]] = {} if amount is None else {"amount": amount}
    named |= {} if day is None else {"issued": day}
    named |= {"applies_to": columns["invoice_id"]} if "invoice_id" in columns else {}
    beside: tuple[Role, ...] = ("number", "buyer_id", "name", "currency", "status", "open")
    named |= {one: columns[one] for one in beside if one in columns}
    return found._replace(system=systems()[-1].model_copy(update=PAYMENTS), columns=named)


def _headers(
    rows: list[tuple[int, list[object]]], heads: list[tuple[int, list[object]]]
) -> Iterator[tuple[int, int, list[object]]]:
    """Yield what may be headers, of one line or of two: the line, how many, and the names."""
    numbers = [number for number, _ in rows]
    for number, cells in heads:
        yield number, 1, cells
        at = numbers.index(number) + 1
        if at < len(rows):
            held = [cell for cell in rows[at][1] if cell is not None]
            if len(held) > 1 and all(isinstance(cell, str) and not is_amount(cell) for cell in held):
                yield number, 2, joined(cells, rows[at][1])


def _titled(columns: dict[Role, list[str]], rows: list[tuple[int, list[object]]], header_row: int) -> dict[Role, str]:
    """Return the word before the buyer in a title, of a statement whose rows are all of one buyer."""
    if {"buyer_id", "name"} & columns.keys():
        return {}
    found: dict[Role, str] = {}
    for number, cells in rows:
        held = [str(cell).strip() for cell in cells if cell is not None]
        if number >= header_row or not held:
            continue
        if len(held) == 1 and (title := ONE_BUYER.match(held[0])):
            found.setdefault("name", title.group(1).strip())
        label = re.match(r"([^:]{2,30}):(?=.)" if len(held) == 1 else r"([^:]{2,30}):$", held[0])
        if label and (role := OF_LABEL.get(vocabulary().of(label[1]) or frozenset())):
            found.setdefault(role, label[1])
    return found


def _block(columns: dict[Role, list[str]], header: list[object], below: list[list[object]]) -> dict[Role, str]:
    """Return how buyers stand above blocks of rows, for lists whose rows do not name them each; empty for others."""
    places = places_of(header)

    def held(row: list[object], *roles: Role) -> list[object]:
        at = [places[name] for role in roles for name in columns.get(role, []) if name in places]
        return [row[place] for place in at if place < len(row) and row[place] is not None]

    documents = [row for row in below if held(row, *DAYS) and held(row, *AMOUNTS)]
    role: Role = "buyer_id" if "buyer_id" in columns else "name"
    own = [next(iter(held(row, "buyer_id", "name")), None) for row in documents]
    if not documents or None not in own:
        return {}
    named = [buyer for buyer in own if buyer is not None]
    if not named:
        head = next((held(row, "buyer_id", "name") for row in below if row not in documents), [])
        if head and not is_only_total(str(head[0])):
            # The buyer stands in its own columns, on a line above its documents.
            return {one: "=" for one in ("buyer_id", "name") if one in columns}
        lines = [[cell for cell in row if cell is not None] for row in below if row not in documents]
        alone = next((word for word in ALONE if any(heads_block(line, word) for line in lines if line)), None)
        several = _several(documents, below, held)
        texts = [labelled(str(line[0]).strip()) for line in lines if line and heads_block(line, alone or "")]
        if alone is not None and len(texts) > 1 and all(re.match(NUMBERED, text) for text in texts):
            return {"buyer_id": alone, "name": alone}
        return several if several and (alone is None or alone == "+") else {} if alone is None else {role: alone}
    once = all(one != other for one, other in pairwise(named))
    return {role: "="} if own[0] is not None and once and len(named) < 0.8 * len(own) else {}


def _without_one_value(
    columns: dict[Role, list[str]], header: list[object], below: list[list[object]]
) -> dict[Role, list[str]]:
    """Return the columns without that of a buyer which all documents share, where heads of blocks name buyers."""
    role: Role = "buyer_id" if "buyer_id" in columns else "name"
    if role not in columns or {"buyer_id", "name"} <= columns.keys():
        return columns
    at = places_of(header)[columns[role][0]]
    held = [str(row[at]) for row in below if at < len(row) and row[at] is not None]
    rest = {other: names for other, names in columns.items() if other != role}
    shared = len(held) > LEAST_IN_TREE and len(set(held)) == 1
    return rest if shared and {*_block(rest, header, below).values()} & {*ALONE} else columns


def _labels(row: list[object], word: str) -> bool:
    """Return whether a line begins with a label, as such that stand above each block do."""
    return str(next((cell for cell in row if cell is not None), "")).strip().startswith(f"{word}:")


def _is_tree(columns: dict[Role, list[str]], header: list[object], below: list[list[object]]) -> bool:
    """Return whether one column has groups and, below them, documents, as their sums show."""
    named = [columns[one][0] for one in ("buyer_id", "name") if one in columns]
    value = next((columns[one][0] for one in ("open", "amount") if one in columns), None)
    if len(named) != 1 or value is None or {"invoice_id", "number"} & columns.keys():
        return False
    places = places_of(header)
    wide = [row + [None] * (len(header) - len(row)) for row in below]
    names, values = (pd.Series([row[places[one]] for row in wide], dtype="object") for one in (named[0], value))
    dated = [places[one] for role in DAYS for one in columns.get(role, [])[:1]]
    with_day = pd.Series([any(row[at] is not None for at in dated) for row in wide], dtype="bool")
    documents = names[with_day & values.notna()].dropna()
    if len(documents) < LEAST_IN_TREE or documents.nunique() < ALMOST_ALL * len(documents):
        return False
    of = first_groups(names, values, with_day)
    return bool(of.reindex(documents.index).notna().mean() > MOST_IN_TREE and len(set(of)) > 1)


def _several(
    documents: list[list[object]], below: list[list[object]], held: Callable[..., list[object]]
) -> dict[Role, str]:
    """Return which texts of the lines above blocks of documents are a buyer's code and name; empty without such lines.

    They hold two texts or more, and neither a day nor an amount; the first block has one right above it.
    """
    first = below.index(documents[0])
    lines = [
        [str(cell).strip() for cell in row if cell is not None]
        for row in below[:first]
        if not any(map(is_day, held(row, *DAYS))) and not any(map(is_amount, held(row, *AMOUNTS)))
    ]
    if not lines or len(lines[0]) < 2 or re.match(TOTAL, lines[0][0]):
        return {}
    code, name = (re.fullmatch(r"\S{1,20}", text) is not None for text in lines[0][:2])
    if code == name:
        return {"name": "1"} if not code else {"buyer_id": "1", "name": "2"}
    return {"buyer_id": "1", "name": "2"} if code else {"buyer_id": "2", "name": "1"}


def places_of(header: list[object]) -> dict[str, int]:
    """Return where the columns of a header stand, by name; of equal names the first."""
    return {str(cell).strip(): at for at, cell in reversed(list(enumerate(header))) if cell is not None}


def _numbered(
    columns: dict[Role, list[str]], block: dict[Role, str], header: list[object], below: list[list[object]]
) -> dict[Role, list[str]]:
    """Return the first column as that of invoices' numbers, where it is the one without a name in a list of blocks."""
    if "invoice_id" in columns or not block or header[0] is not None:
        return {}
    places = places_of(header)
    dated = [places[name] for role in DAYS for name in columns.get(role, [])]
    numbers = [row[0] for row in below if any(at < len(row) and row[at] is not None for at in dated)]
    alike = len(numbers) > 1 and all(isinstance(cell, str) and re.search(r"\d", cell) for cell in numbers)
    return {"invoice_id": [unnamed(0)]} if alike and len(set(numbers)) == len(numbers) else {}


def recognised_xml(first_element: str) -> list[Recognised]:
    """Return the descriptions of XML files whose first element has a name; which fits, its documents tell."""
    return [
        Recognised(system, 1, dict(system.columns))
        for system in systems()
        if "xml" in system.layouts and any(first_element in tell.split(" / ") for tell in system.tell)
    ]


def _columns(system: ExportSystem, header: list[object]) -> dict[Role, list[str]]:
    """Return the columns of a header by what a known system's description says that they mean."""
    named = {plain(cell): str(cell).strip() for cell in reversed(header) if cell is not None}
    found: dict[Role, list[str]] = {}
    for role, names in system.columns.items():
        held = [named[plain(name)] for name in names if plain(name) in named]
        if held:
            found[role] = held if role in system.all_columns else held[:1]
    return found


def meant(system: ExportSystem, header: list[object], below: list[list[object]]) -> dict[Role, list[str]]:
    """Return the columns of a list of no known system by what they mean, each with one meaning.

    A name that stands in the description counts before one that is told by its words, and what a column holds must
    be of its kind.
    """
    cells = {str(cell).strip(): [row[at] for row in below if at < len(row)]
             for at, cell in reversed(list(enumerate(header))) if cell is not None}  # fmt: skip
    bare = without_tables(cells)
    known = {frozenset(head.split()) for listed in system.heads.values() for head in listed}
    meanings = {name: vocabulary().of(name) for name in cells}
    # What means nothing as a whole may do so without its table.
    meanings = {name: one if one in known else vocabulary().of(bare[name]) for name, one in meanings.items()}
    # The surest first: a role whose best name stands in the file goes before one with a second choice.
    called = {_without_glue(column): column for column in reversed(cells)}
    called |= {plain(bare[column]): column for column in reversed(cells)} | {plain(column): column for column in cells}
    ranked = [
        (rank, at, role, called[plain(name)])
        for at, (role, names) in enumerate(system.columns.items())
        for rank, name in enumerate(names)
        if plain(name) in called
    ]
    # A small word such as `on` is passed over where the name means nothing with it.
    ranked += [
        (sure + rank, at, role, column)
        for at, (role, heads) in enumerate(system.heads.items())
        for rank, head in enumerate(heads)
        for column in cells
        for sure, part in ((1000, meanings[column]), (2000, (meanings[column] or frozenset()) - {"at"}))
        if part == frozenset(head.split())
    ]
    # Of amounts it may be said that they are in the document's currency.
    ranked += [
        (3000 + rank, at, role, column)
        for at, (role, heads) in enumerate(system.heads.items())
        for rank, head in enumerate(heads if role in AMOUNTS else ())
        for column, part in meanings.items()
        if part and "currency" in part and part - {"at", "currency"} == frozenset(head.split())
    ]
    # What is the same in all rows is the company whose list it is, where another column can hold its buyers.
    held = {column: {str(cell).strip() for cell in cells[column] if cell is not None} for *_, role, column in ranked
            if role in ("buyer_id", "name")}  # fmt: skip
    own = {column for column, values in held.items() if len(values) == 1 and len(cells[column]) > LEAST_IN_TREE}
    ranked = [one for one in ranked if one[2] not in ("buyer_id", "name") or one[3] not in own or own == {*held}]
    found: dict[Role, list[str]] = {}
    taken: set[str] = set()
    for _, _, role, column in sorted(ranked, key=lambda one: one[:2]):
        if role not in found and column not in taken and fits(role, cells[column]):
            found[role] = [column]
            taken.add(column)
    number = next((one for one in cells if meanings[one] == {"customer", "number"} and one not in taken), None)
    if number and "name" not in found and meanings.get(found.get("buyer_id", [""])[0]) == {"customer"}:
        # What is called the customer alone, beside its number, is its name.
        found |= {"name": found["buyer_id"], "buyer_id": [number]}
    if "buyer_id" not in found and {"name", "invoice_id"} <= found.keys():
        others = [column for _, _, role, column in sorted(ranked) if role == "invoice_id" and column not in taken]
        found = _with_number_of_buyer(found, others, header, below)
    if {"buyer_id", "name"} <= found.keys():
        codes, names, _ = _different(_side_by_side(header, below, found["buyer_id"][0], found["name"][0]))
        if names and names >= NAMES_OF_A_CODE * codes:
            # An account of the books that many buyers share is none of theirs.
            del found["buyer_id"]
    order = [*system.columns, *system.heads]
    return {role: found[role] for role in dict.fromkeys(order) if role in found}


def _without_glue(name: str) -> str:
    """Return a name, plain, without the words at its end that mean nothing, as `Debit (LCY)` has one."""
    words = plain(name).split()
    while len(words) > 1 and vocabulary().meaning.get(words[-1]) == GLUE:
        words.pop()
    return " ".join(words)


def _with_number_of_buyer(
    found: dict[Role, list[str]], others: list[str], header: list[object], below: list[list[object]]
) -> dict[Role, list[str]]:
    """Return the columns with that of invoices' numbers as the buyers', where each name has one of its own in its rows.

    Unless the rows of each name may be lines of one invoice: none of the `others` that may hold an invoice's number,
    nor the day, tells them apart.
    """
    number, name = found["invoice_id"][0], found["name"][0]
    rows = _side_by_side(header, below, number, name)
    codes, names, pairs = _different(rows)
    if not (pairs == codes == names > 1 and len(rows) > LEAST_OF_A_BUYER * codes):
        return found

    def apart(column: str) -> bool:
        return len({*_side_by_side(header, below, number, column)}) > codes

    day = [found[role][0] for role in ("issued", "due") if role in found][:1]
    invoice = next(filter(apart, others), None)
    if invoice is None and not any(map(apart, day)):
        return found
    numbers: dict[Role, list[str]] = {"buyer_id": [number], **({"invoice_id": [invoice]} if invoice else {})}
    return {role: columns for role, columns in found.items() if role != "invoice_id"} | numbers


def _side_by_side(
    header: list[object], below: list[list[object]], first: str, second: str
) -> list[tuple[object, object]]:
    """Return what stands in two columns, of the rows in which both hold something."""
    places = places_of(header)
    at, beside = places[first], places[second]
    wide = (row for row in below if len(row) > max(at, beside))
    return [(row[at], row[beside]) for row in wide if row[at] is not None and row[beside] is not None]


def _different(pairs: list[tuple[object, object]]) -> tuple[int, int, int]:
    """Return how many different first and second values, and pairs, there are."""
    return len({first for first, _ in pairs}), len({second for _, second in pairs}), len({*pairs})


def without_tables(names: Iterable[str]) -> dict[str, str]:
    """Return names of columns without the table's that some programs put before most of them, where several share one.

    >>> without_tables(["InvcHead_InvoiceNum", "InvcHead_DueDate", "Customer_Name"])["InvcHead_DueDate"]
    'DueDate'
    """
    parts = {name: re.fullmatch(r"([^\W\d_]\w*?)[_.](\w.*)", name) for name in names}
    tables = Counter(found[1] for found in parts.values() if found)
    with_table = sum(tables.values())
    usual = with_table == len(parts) and len(tables) < len(parts)
    # Where some have none before them, it may be a mere word, unless they are of few tables.
    usual |= with_table >= MOSTLY_OF_TABLES * len(parts) and COLUMNS_OF_A_TABLE * len(tables) <= with_table
    return {name: found[2] if usual and found else name for name, found in parts.items()}


@cache
def vocabulary() -> Vocabulary:
    """Return the words of columns' names."""
    return Vocabulary(systems()[-1].words)


def _below(rows: list[tuple[int, list[object]]], header_row: int) -> list[list[object]]:
    return [cells for number, cells in rows if number > header_row][:LOOKED_AT]


def enough(roles: set[Role]) -> bool:
    """Return whether columns of these roles make a list of documents: a buyer, a day and an amount."""
    amount = {"amount", "debit", "open", "unit_price"} & roles
    return bool(amount and {"buyer_id", "name"} & roles and {"issued", "due", "days_overdue"} & roles)
