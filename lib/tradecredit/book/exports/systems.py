"""The descriptions of systems' exports in `params/exports`, their words, and what a list is recognised as."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from tradecredit.book.exports.heads import Vocabulary, plain
from tradecredit.params.base import PROJECT
from tradecredit.params.export import ExportSystem, Role

ANY = "any_list"
"""The description that fits any list: what columns are called in several languages."""


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


@cache
def vocabulary() -> Vocabulary:
    """Return the words of columns' names."""
    return Vocabulary(systems()[-1].words)


@cache
def _names_of(role: Role) -> frozenset[str]:
    return frozenset(map(plain, systems()[-1].columns[role]))


def is_called(label: str, role: Role) -> bool:
    """Return whether columns of a role are called so in lists of no particular system."""
    return plain(label) in _names_of(role)


def enough(roles: set[Role]) -> bool:
    """Return whether columns of these roles make a list of documents: a buyer, a day and an amount."""
    amount = {"amount", "debit", "open", "unit_price"} & roles
    return bool(amount and {"buyer_id", "name"} & roles and {"issued", "due", "days_overdue"} & roles)
