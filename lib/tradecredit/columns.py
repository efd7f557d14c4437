"""What a page calls a column, and how it writes it.

Each package that makes tables states the labels of their columns in its module `columns`, which stands beside its other
modules and which none of them imports: a changed label forgets no result. `report.columns` collects them. A name that
several makers use is stated once, by the lowest of them, and has one label everywhere.
"""

from typing import Literal, NamedTuple

Kind = Literal[
    "money", "percent", "probability", "days", "count", "ratio", "score", "number", "p_value", "date", "text", "name",
    "figure", "change", "row", "row_text",
]  # fmt: skip
"""`figure` and `change` are written by the unit that the same row has in the column `unit`; `name` is the name of a
column or figure, shown by its label; `row` and `row_text` are written by the kind of that name."""


class Column(NamedTuple):
    """What a page calls a column, and how it writes it."""

    label: str
    kind: Kind


def columns(kind: Kind, /, **labels: str) -> dict[str, Column]:
    """Return columns of one kind, name = label.

    >>> columns("days", dso="DSO (days)")
    {'dso': Column(label='DSO (days)', kind='days')}
    """
    return {name: Column(label, kind) for name, label in labels.items()}
