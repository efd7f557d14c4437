"""Which system an export is from: told by the names of its columns, against the descriptions in `params/exports`."""

from bisect import bisect
from collections.abc import Iterator

from tradecredit.book.exports import buckets, grid
from tradecredit.book.exports.amounts import is_amount
from tradecredit.book.exports.block_heads import (
    block_of,
    is_tree,
    labels,
    numbered,
    titled,
    with_numbers,
    with_terms,
    without_one_value,
)
from tradecredit.book.exports.blocks import TREE
from tradecredit.book.exports.column_meanings import meant
from tradecredit.book.exports.heads import AMOUNTS, LOOKED_AT, plain
from tradecredit.book.exports.systems import ANY, Recognised, enough, systems
from tradecredit.params.export import ExportSystem, Role

BY_AGE = (
    "The list tells what each buyer owes by age and not by invoice: each age stands as one invoice, due as late as its "
    "age allows. How many invoices there are, and how large each is, cannot be told from it."
)
"""What a reader of the report must know of a list by age."""

MOST_ROWS = grid.HEAD_ROWS + 2 * LOOKED_AT
"""Rows among which the first below a header are, however often it stands again."""


def recognised(rows: list[tuple[int, list[object]]], layout: str) -> Recognised | None:
    """Return what a file's first rows are recognised as; None where not even a buyer, a day and an amount are found.

    Of the descriptions whose telling columns all stand in one line, the one with the most counts. A file of no known
    system is a list whose header is the line with the most names that mean something.
    """
    heads = [(number, cells) for number, cells in rows[: grid.HEAD_ROWS] if sum(cell is not None for cell in cells) > 2]
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
            others = meant(systems()[-1], cells, rows_below(rows, number))
            columns |= {role: others[role] for role in ("buyer_id", "name") if role in others}
        return Recognised(system, number, columns)
    general = systems()[-1]
    fitting: list[tuple[int, Recognised]] = []
    for number, lines, cells in _headers(rows, heads):
        below = rows_below(rows, number, lines)
        columns = meant(general, cells, below)
        block = titled(columns, rows, number)
        columns = without_one_value(columns, cells, below)
        if not any(labels(row, word) for row in below for word in block.values()):
            of_lines = block_of(columns, cells, below, _begins_of_pages(rows, number, lines))
            # A label above is surer than lines with amounts, which may sum up.
            block = block if block and "+" in of_lines.values() else of_lines or block
        block = with_terms(with_numbers(block, rows), columns, below)
        if not block and is_tree(columns, cells, below):
            (named,) = (columns.pop(one) for one in ("buyer_id", "name") if one in columns)
            columns, block = {**columns, "invoice_id": named}, {"name": TREE}
        columns |= numbered(columns, block, cells, below)
        if enough({*columns, *block}):
            system = general.model_copy(update={"block": block})
            # A second line of a header is one only if it makes more of it.
            fitting.append((2 * len(columns) - lines, Recognised(system, number, columns, lines)))
    return max(fitting, key=lambda one: one[0])[1] if fitting else _by_age(heads, rows)


def _by_age(heads: list[tuple[int, list[object]]], rows: list[tuple[int, list[object]]]) -> Recognised | None:
    """Return what a list of what each buyer owes by age is recognised as; None where it is none."""
    general = systems()[-1]
    for number, cells in heads:
        below = rows_below(rows, number)
        columns = meant(general, cells, below)
        found = buckets.ages(cells)
        if len(found) < 3:
            continue
        named = {role: names for role, names in columns.items() if role not in (*AMOUNTS, "days_overdue")}
        block = block_of({**named, "amount": list(found)}, cells, below)
        if {"buyer_id", "name"} & {*columns, *block}:
            named |= numbered(named, block, cells, below)
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
    heads = [(number, cells) for number, cells in rows[: grid.HEAD_ROWS] if sum(cell is not None for cell in cells) > 1]
    found = [Recognised(general, number, meant(general, cells, rows_below(rows, number))) for number, cells in heads]
    return max(found, key=lambda one: len(one.columns), default=None)


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
                yield number, 2, grid.joined(cells, rows[at][1])


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
            found[role] = [*dict.fromkeys(held)] if role in system.all_columns else held[:1]
    return found


def _begins_of_pages(rows: list[grid.Row], header_row: int, lines: int) -> list[int]:
    """Return the places, among the first rows below a header, of those right below one that stands there again."""
    held = [number for number, _ in grid.below(rows[:MOST_ROWS], header_row, lines)[:LOOKED_AT]]
    header = next(cells for number, cells in rows if number == header_row)
    again = [number for number, cells in rows[:MOST_ROWS] if number > header_row and cells == header]
    return [place for place in (bisect(held, number) for number in again) if place < len(held)]


def rows_below(rows: list[grid.Row], header_row: int, lines: int = 1) -> list[list[object]]:
    """Return the first rows below a header, without those in which it stands again."""
    return [cells for _, cells in grid.below(rows[:MOST_ROWS], header_row, lines)[:LOOKED_AT]]
