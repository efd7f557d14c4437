"""What the columns of a chapter's published tables hold: a Frictionless data package beside the CSV files.

A CSV has no types: who reads one cannot tell a buyer's number from an amount. The package states each table's title,
each column's name, title and type (Frictionless Table Schema, version 1), and as `kind` how a page writes it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tradecredit.columns import Column

FILE = "datapackage.json"


def resource(
    name: str, title: str, headings: Sequence[tuple[str, Column, pd.Series]], shown: bool = True
) -> dict[str, object]:
    """Return the description of a table, with its number of rows: `headings` are those of `tables.headings`.

    One that the chapter's page leaves out is not `shown`, and says so.
    """
    fields = [
        {"name": column, "type": _type(values, heading), "title": heading.label, "kind": heading.kind}
        for column, heading, values in headings
    ]
    return {
        "name": name, "path": f"{name}.csv", "title": title, "format": "csv", "mediatype": "text/csv",
        "encoding": "utf-8", "rows": len(headings[0][2]) if headings else 0,
        "schema": {"fields": fields, "missingValues": [""]}, **({} if shown else {"shown": False}),
    }  # fmt: skip


def package(chapter: str, resources: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """Return a chapter's data package: its tables in the order in which they were published."""
    return {"name": chapter, "profile": "data-package", "resources": list(resources)}


def resources(folder: Path) -> list[dict[str, Any]]:
    """Return the tables that the data package in a chapter's folder describes; none where there is no package."""
    file = folder / FILE
    return json.loads(file.read_text(encoding="utf-8"))["resources"] if file.exists() else []


def _type(values: pd.Series, heading: Column) -> str:
    dtype = values.dtype
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return "date" if (values.dropna() == values.dropna().dt.normalize()).all() else "datetime"
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean"
    if pd.api.types.is_integer_dtype(dtype):
        return "integer"
    if pd.api.types.is_numeric_dtype(dtype):
        return "number"
    return "any" if heading.kind.startswith("row") else "string"
