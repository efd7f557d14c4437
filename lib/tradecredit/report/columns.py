"""The labels and kinds of all columns that pages show, collected from the packages that make the tables."""

from functools import cache
from pathlib import Path
from runpy import run_path
from types import MappingProxyType

import pandas as pd

from tradecredit.columns import Column, columns

LIBRARY = Path(__file__).resolve().parents[1]

MAKERS = (
    "params", "book", "measure", "numerics", "default", "insurance", "validation", "losses", "cash", "decide",
    "decide.collect", "decide.limits", "decide.optimum", "decide.policies", "decide.terms", "words",
)  # fmt: skip
"""Packages whose tables pages show: each states the labels in its module `columns`, which no computation imports."""

OF_MONTHS = {
    **columns("text", chapter="Chapter"),
    **columns("figure", this_month="This month", previous_month="Month before"),
    **columns("date", previous_as_of="Month before, as of", as_of="As of"),
}
"""Those of the published figures of months (`index`)."""


@cache
def labelled() -> MappingProxyType[str, Column]:
    """Return every column that has a label, by its name.

    Raises `ValueError` for a name that two packages state: it would have two meanings.
    """
    found: dict[str, Column] = dict(OF_MONTHS)
    for maker in MAKERS:
        # By its file: a package would be imported first, with all that its modules compute with.
        labels = run_path(str(LIBRARY.joinpath(*maker.split("."), "columns.py")))["LABELS"]
        twice = found.keys() & labels.keys()
        if twice:
            raise ValueError(f"{maker}.columns states {min(twice)!r}, which has a label already; rename one of the two")
        found |= labels
    return MappingProxyType(found)


def column(name: object, values: pd.Series) -> Column:
    """Return the label and kind of a column: those that its maker states.

    A name without a label, such as that of a policy or of an analyst's own column, is its own label, and its kind is
    that of its values; so is the kind of a column whose values are not of the one stated.

    >>> column("dso", pd.Series([53.9])), column("my_own", pd.Series([1]))
    (Column(label='DSO (days)', kind='days'), Column(label='my_own', kind='count'))
    """
    name = " · ".join(str(part) for part in name) if isinstance(name, tuple) else str(name)
    stated, dtype = labelled().get(name), values.dtype
    label = stated.label if stated else name
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return Column(label, "date")
    is_number = pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
    if stated and (stated.kind in ("text", "date", "name") or is_number or values.isna().all()):
        return stated
    if not is_number:
        return Column(label, "text")
    return Column(label, "count" if pd.api.types.is_integer_dtype(dtype) else "number")
