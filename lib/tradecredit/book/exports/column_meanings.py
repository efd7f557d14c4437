"""What the columns of a list of no known system mean, told by their names, and by what they hold."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from tradecredit.book.exports.heads import AMOUNTS, DAYS, GLUE, OTHER, fits, plain
from tradecredit.book.exports.systems import vocabulary
from tradecredit.params.export import ExportSystem, Role

OF_WHAT = {"currency", "invoice", "document", "transaction"}
"""What names of amounts may say besides what they are; those of days all but the currency."""
NAMES = ({"name"}, {"customer", "name"})
"""What a column of names says."""
NAMES_OF_A_CODE = 3
"""Names for each value from which a number is none of buyers."""
LEAST_OF_A_BUYER = 1.5
"""Rows for each value from which a number that goes with a name is the buyer's."""
LEAST_OF_ALL = 20
"""Rows above which a value of its own in each is no buyer's, as some buyer has two."""
LEAST_SHARED = 3
"""Rows above which one value in all of them is the company's own, and no buyer's."""
WIDTH_OF_A_TITLE = 3
"""Cells that titles of groups and rows of sums fill at most."""
MOSTLY_OF_TABLES = 0.8
"""Share of columns with a table before their names from which these are passed over."""
COLUMNS_OF_A_TABLE = 3
"""Columns of each table, on average, in such a list."""


def meant(system: ExportSystem, header: list[object], below: list[list[object]]) -> dict[Role, list[str]]:
    """Return the columns of a list of no known system by what they mean, each with one meaning.

    A name that stands in the description counts before one that is told by its words, and what a column holds must
    be of its kind.
    """
    cells = {str(cell).strip(): [row[at] for row in below if at < len(row)]
             for at, cell in reversed(list(enumerate(header))) if cell is not None}  # fmt: skip
    bare = without_tables(cells)
    known = {frozenset(head.split()) for listed in system.heads.values() for head in listed}
    of_amounts = {frozenset(head.split()) - OF_WHAT for role in AMOUNTS for head in system.heads[role]}
    meanings = {name: vocabulary().of(name) for name in cells}
    # What means nothing as a whole may do so without its table.
    meanings = {
        name: one if one in known or (one and one - OF_WHAT in of_amounts) else vocabulary().of(bare[name])
        for name, one in meanings.items()
    }
    # What is said in brackets may only explain the name before them.
    meanings |= {
        name: of_rest
        for name, one in meanings.items()
        if one is None
        and (parts := re.fullmatch(r"(.+?)\s*\(([^()]+)\)", name))
        and OTHER not in vocabulary().known(parts[2])
        and (of_rest := vocabulary().of(parts[1])) not in meanings.values()
    }
    # The surest first: a role whose best name stands in the file goes before one with a second choice.
    called = {_without_glue(column): column for column in reversed(cells)}
    called |= {plain(bare[column]): column for column in reversed(cells)} | {plain(column): column for column in cells}
    # Tables of a database may have no mark between words, as ACCOUNTNUM.
    called |= {key: column for name, column in called.items() if (key := name.replace(" ", "")) not in called}
    ranked = [
        (rank, at, role, called[key])
        for at, (role, names) in enumerate(system.columns.items())
        for rank, name in enumerate(names)
        if (key := plain(name)) in called or (key := key.replace(" ", "")) in called
    ]
    heads = [
        (rank, at, role, frozenset(head.split()))
        for at, (role, listed) in enumerate(system.heads.items())
        for rank, head in enumerate(listed)
    ]

    def repeated(column: str) -> float:
        """Return the share of cells that others repeat: of two numbers of an invoice, that of its parts is its own."""
        values = [str(cell) for cell in cells[column] if cell is not None]
        return 1 - len({*values}) / max(len(values), 1)

    # A small word such as `on` is passed over where the name means nothing with it.
    for sure, small in ((1000, frozenset[str]()), (2000, frozenset({"at"}))):
        columns = _by_meaning((name, one - small) for name, one in meanings.items() if one is not None)
        ranked += [
            (sure + rank, at, role, column)
            for rank, at, role, head in heads
            for column in (sorted(columns[head], key=repeated) if role == "invoice_id" else columns[head])
        ]
    # Of amounts and days it may be said that they are the invoice's, or in the document's currency.
    for roles, of_what in ((AMOUNTS, OF_WHAT), (DAYS, OF_WHAT - {"currency"})):
        columns = _by_meaning((name, one - {"at", *of_what}) for name, one in meanings.items() if one and one & of_what)
        ranked += [
            (3000 + rank, at, role, column)
            for rank, at, role, head in heads
            if role in roles
            for column in columns[head - of_what]
        ]
    # What is the same in all rows is the company whose list it is, where another column can hold its buyers.
    # Titles of groups and sums are no documents.
    least = min(WIDTH_OF_A_TITLE, len(cells) - 2)
    wide = [row for row in below if sum(cell is not None for cell in row) > least]
    places = places_of(header)
    of_documents = {column: [str(row[places[column]]).strip() for row in wide
                             if places[column] < len(row) and row[places[column]] is not None]
                    for *_, role, column in ranked if role in ("buyer_id", "name")}  # fmt: skip
    held = {column: {*values} for column, values in of_documents.items()}
    own = {column for column, values in held.items() if len(values) == 1 and len(cells[column]) > LEAST_SHARED}
    ranked = [one for one in ranked if one[2] not in ("buyer_id", "name") or one[3] not in own or own == {*held}]
    # What differs in all rows, beside another that repeats, is called a name or a number, and is the document's.
    every = {column for column, values in held.items() if len(values) == len(of_documents[column]) > LEAST_OF_ALL}
    each = {column for column in every if all(re.search(r"\d", value) for value in held[column])}
    if {*held} - own - every:
        ranked = [one for one in ranked if one[2] not in ("buyer_id", "name") or one[3] not in each]
    found: dict[Role, list[str]] = {}
    taken: set[str] = set()
    for _, _, role, column in sorted(ranked, key=lambda one: one[:2]):
        if role not in found and column not in taken and fits(role, cells[column]):
            found[role] = [column]
            taken.add(column)
    if "group" in found and "invoice_id" not in found:
        # What differs in all rows puts none of them together: documents are called by it.
        of_group = [str(cell) for cell in cells[found["group"][0]] if cell is not None]
        found |= {"invoice_id": found.pop("group")} if len({*of_group}) == len(of_group) else {}
    number = next((one for one in cells if meanings[one] == {"customer", "number"} and one not in taken), None)
    if number and "name" not in found and meanings.get(found.get("buyer_id", [""])[0]) == {"customer"}:
        # What is called the customer alone, beside its number, is its name.
        found |= {"name": found["buyer_id"], "buyer_id": [number]}
    if "buyer_id" not in found and "name" in found:
        # What is called the customer alone, beside a name, is its number.
        both = found["name"] + [one for one in cells if meanings[one] in ({"customer"}, *NAMES) and one not in taken]
        alone, named = (next((one for one in both if meanings[one] in kind), None) for kind in (({"customer"},), NAMES))
        found |= {"buyer_id": [alone], "name": [named]} if alone and named else {}
    if "buyer_id" not in found and {"name", "invoice_id"} <= found.keys():
        others = [
            column
            for _, _, role, column in sorted(ranked)
            if role == "invoice_id" and column not in taken and fits(role, cells[column])
        ]
        found = _with_number_of_buyer(found, others, header, below)
    if {"buyer_id", "name"} <= found.keys():
        codes, names, _ = _different(_side_by_side(header, below, found["buyer_id"][0], found["name"][0]))
        if names and names >= NAMES_OF_A_CODE * codes:
            # An account of the books that many buyers share is none of theirs.
            del found["buyer_id"]
    order = [*system.columns, *system.heads]
    return {role: found[role] for role in dict.fromkeys(order) if role in found}


def _by_meaning(columns: Iterable[tuple[str, frozenset[str]]]) -> dict[frozenset[str], list[str]]:
    """Return the columns of each meaning, in order."""
    found: dict[frozenset[str], list[str]] = defaultdict(list)
    for column, part in columns:
        found[part].append(column)
    return found


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


def places_of(header: list[object]) -> dict[str, int]:
    """Return where the columns of a header stand, by name; of equal names the first."""
    return {str(cell).strip(): at for at, cell in reversed(list(enumerate(header))) if cell is not None}
