"""Amounts that a run file does not state: in proportion to the book's typical invoice, so that they fit it."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field

from tradecredit.params.base import Positive

TYPICAL = 20_000.0
"""The typical invoice that the default amounts of the models are stated for, in whatever currency."""

MARK = "by_typical_invoice"
"""Marks the fields whose defaults grow with the typical invoice; the reference says so."""
Sized = Annotated[float, Field(ge=0, strict=True, json_schema_extra={MARK: True})]
"""An amount whose default grows with the book's typical invoice."""
SizedPositive = Annotated[Positive, Field(json_schema_extra={MARK: True})]
SIZED = {MARK: True}
"""The same mark, for the fields that hold several amounts."""

Section = TypeVar("Section", bound=BaseModel)


def by_size(section: Section, typical: float) -> Section:
    """Return a section of a run with each amount that its file does not state as it fits a typical invoice.

    Default × typical / `TYPICAL`, rounded to two digits, of the fields that are marked, in sections within it too.
    What the file states stays, and stays known as stated.
    """
    values = {name: getattr(section, name) for name in type(section).model_fields}
    for name, field in type(section).model_fields.items():
        if _marked(field) and name not in section.model_fields_set:
            values[name] = _times(field.get_default(call_default_factory=True), typical / TYPICAL)
        elif isinstance(values[name], BaseModel):
            values[name] = by_size(values[name], typical)
    return section.model_construct(_fields_set=set(section.model_fields_set), **values)


def not_stated(section: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the key and the value of each marked amount that a run file does not state, in sections within it too."""
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if _marked(field) and name not in section.model_fields_set:
            yield f"{prefix}{name}", value
        elif isinstance(value, BaseModel):
            yield from not_stated(value, f"{prefix}{name}.")


def two_digits(amount: float) -> float:
    """Return an amount rounded to two significant digits.

    >>> two_digits(20_197.87), two_digits(0.0), two_digits(1.234)
    (20000.0, 0.0, 1.2)
    """
    return float(f"{amount:.1e}")


def _marked(field: Any) -> bool:
    return isinstance(field.json_schema_extra, dict) and MARK in field.json_schema_extra


def _times(value: Any, factor: float) -> Any:
    """Return an amount, a list of them, or sections that hold one, times a factor."""
    if isinstance(value, list):
        return [_times(one, factor) for one in value]
    if isinstance(value, BaseModel):
        amounts = {name: _times(one, factor) for name, one in value if isinstance(one, int | float)}
        return value.model_copy(update=amounts)
    return two_digits(value * factor)
