"""What the sections of a run file share: their base class, kinds of values, and where the checkout lies."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

PROJECT = Path(__file__).resolve().parents[3]
"""The checkout that holds `notebooks/`, `params/` and `reports/`; the library is always installed from it."""

Model = TypeVar("Model", bound=BaseModel)
Number = TypeVar("Number", int, float)
Fraction = Annotated[float, Field(ge=0, le=1, strict=True)]
Positive = Annotated[float, Field(gt=0, strict=True)]
Amount = Annotated[float, Field(ge=0, strict=True)]
OTHER = "other"
"""Key of caps by sector and country: each one that is not named."""
NOT_STATED = "(not stated)"
"""What the rows whose country, sector or reason the book does not give stand under, and the key of their caps."""


def _country(code: str) -> str:
    if not re.fullmatch("[A-Z]{2}", code):
        raise ValueError("a country's two capital letters (ISO 3166) are expected, such as DE")
    return code


def _country_or_rest(key: str) -> str:
    if key not in (OTHER, NOT_STATED) and not re.fullmatch("[A-Z]{2}", key):
        raise ValueError(
            f"a country's two capital letters (ISO 3166) are expected, such as DE, or `{OTHER}`, or `{NOT_STATED}`"
        )
    return key


Country = Annotated[str, AfterValidator(_country)]
CountryOrRest = Annotated[str, AfterValidator(_country_or_rest)]
BuyerKind = Literal["private", "public", "affiliate", "prepaid"]


class Parameters(BaseModel):
    """A section of a run file: unknown keys, text for numbers and infinite values are refused, and it never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


SECTION, FILE = "[section]", "[file]"
Section = TypeVar("Section", bound=Parameters)
SectionOrFile = Annotated[
    Annotated[Section, Tag(SECTION)] | Annotated[Path, Tag(FILE)],
    Discriminator(lambda value: FILE if isinstance(value, str | Path) else SECTION),
]
"""A section of the run file, or the YAML file that holds it; told apart beforehand, so that what is wrong with the one
is not told as if the other had been meant."""


Probability = Annotated[float, Field(gt=0, lt=1)]


def _strictly_rising(values: list[Number], name: str) -> list[Number]:
    if not values or any(later <= earlier for earlier, later in pairwise(values)):
        raise ValueError(f"{name} must be given and rise from one to the next")
    return values
