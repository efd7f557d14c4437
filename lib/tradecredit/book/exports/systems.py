"""Which system an export is from: told by the names of its columns, against the descriptions in `params/exports`."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tradecredit.params.base import PROJECT
from tradecredit.params.export import ExportSystem, Role

ANY = "any_list"
"""The description that fits any list: what columns are called in several languages."""
HEAD_ROWS = 60
"""A header stands among the first so many lines."""


class Recognised(NamedTuple):
    """A description, the line that its header stands in, and what each role's columns are called in the file."""

    system: ExportSystem
    header_row: int
    columns: dict[Role, list[str]]


@cache
def systems(folder: Path = PROJECT / "params" / "exports") -> tuple[ExportSystem, ...]:
    """Return the descriptions of a folder; that of any list is the last."""
    found = [ExportSystem.from_yaml(file) for file in sorted(folder.glob("*.yaml"))]
    return tuple(sorted(found, key=lambda system: system.name == ANY))


def plain(name: object) -> str:
    """Return a column's name without what systems write differently: case, accents' marks stay, signs and spaces go.

    >>> plain("*Invoice-Number:") == plain("invoice number")
    True
    """
    return re.sub(r"[\W_]+", " ", str(name).casefold().replace("#", " no ")).strip()


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
        return Recognised(system, number, _columns(system, cells))
    general = systems()[-1]
    listed = [(number, _columns(general, cells)) for number, cells in heads]
    listed = [(number, columns) for number, columns in listed if _enough(columns)]
    if not listed:
        return None
    number, columns = max(listed, key=lambda one: (len(one[1]), -one[0]))
    return Recognised(general, number, columns)


def recognised_xml(first_element: str) -> list[Recognised]:
    """Return the descriptions of XML files whose first element has a name; which fits, its documents tell."""
    return [
        Recognised(system, 1, dict(system.columns))
        for system in systems()
        if "xml" in system.layouts and any(first_element in tell.split(" / ") for tell in system.tell)
    ]


def _columns(system: ExportSystem, header: list[object]) -> dict[Role, list[str]]:
    """Return the columns of a header by what they mean; a column has one meaning unless the system gives it more."""
    named = {plain(cell): str(cell).strip() for cell in reversed(header) if cell is not None}
    found: dict[Role, list[str]] = {}
    taken: set[str] = set()
    # The surest first: a role whose best name stands in the file goes before one with a second choice.
    ranked = sorted(
        (rank, at, role, plain(name))
        for at, (role, names) in enumerate(system.columns.items())
        for rank, name in enumerate(names)
    )
    several = system.name != ANY
    for _, _, role, name in ranked:
        if name not in named or (name in taken and not several):
            continue
        if role not in found or role in system.all_columns:
            found.setdefault(role, []).append(named[name])
            taken.add(name)
    return {role: found[role] for role in system.columns if role in found}


def _enough(columns: dict[Role, list[str]]) -> bool:
    amount = {"amount", "debit", "open", "unit_price"} & columns.keys()
    return bool(amount and {"buyer_id", "name"} & columns.keys() and {"issued", "due"} & columns.keys())
