"""What the sections of a run file share: their base class, kinds of values, and where the checkout lies."""

import re
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from tradecredit.params.yaml_files import read_yaml, validate

PROJECT = Path(__file__).resolve().parents[3]
"""The checkout that holds `notebooks/`, `params/` and `reports/`; the library is always installed from it."""

Number = TypeVar("Number", int, float)
Fraction = Annotated[float, Field(ge=0, le=1, strict=True)]
Positive = Annotated[float, Field(gt=0, strict=True)]
Amount = Annotated[float, Field(ge=0, strict=True)]
Probability = Annotated[float, Field(gt=0, lt=1)]
OTHER = "other"
"""Key of caps by sector and country: each one that is not named."""
NOT_STATED = "(not stated)"
"""What the rows whose country, sector or reason the book does not give stand under, and the key of their caps."""


def _currency(code: str) -> str:
    if not re.fullmatch("[A-Z]{3}", code):
        raise ValueError("a currency's three capital letters (ISO 4217) are expected, such as EUR")
    if code not in currencies():
        raise ValueError("is the code of no currency that has been in use since 2000 (ISO 4217)")
    return code


@cache
def currencies() -> frozenset[str]:
    """Return the codes of the currencies that have been legal tender of a territory since 2000."""
    from babel.core import get_global
    from babel.numbers import get_territory_currencies

    return frozenset(
        code
        for territory in get_global("territory_currencies")
        for code in get_territory_currencies(territory, date(2000, 1, 1), date.max)
    )


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("the name of a time zone is expected, such as Europe/Berlin or UTC")
    return name


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


Currency = Annotated[str, AfterValidator(_currency)]
Zone = Annotated[str, AfterValidator(_zone)]
Country = Annotated[str, AfterValidator(_country)]
CountryOrRest = Annotated[str, AfterValidator(_country_or_rest)]
BuyerKind = Literal["private", "public", "affiliate", "prepaid"]
ReportLanguage = Literal["en", "zh", "de", "de-CH"]


class Parameters(BaseModel):
    """A section of a run file: unknown keys, text for numbers and infinite values are refused, and it never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def from_yaml(cls, file: str | Path) -> Self:
        """Read the section from a YAML file of its own; raises `ParameterError` with every problem of the file."""
        file = Path(file)
        return validate(cls, read_yaml(file), file)


class Named(Parameters):
    """A section that usually has a file of its own, whose name it then takes unless it states one."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    """How tables and figures call it; the file's name unless the file says otherwise."""

    @classmethod
    def from_yaml(cls, file: str | Path) -> Self:
        """Read it from a YAML file; raises `ParameterError` with every problem of the file at once."""
        file = Path(file)
        return validate(cls, {"name": file.stem} | read_yaml(file), file)


class _ReadWhereAFile:
    """Reads a section that the run file names by its YAML file, which lies relative to it."""

    def __get_pydantic_core_schema__(self, section: type[Parameters], handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: object, info: ValidationInfo) -> object:
            if not isinstance(value, str | Path):
                return value
            return section.from_yaml((info.context or {}).get("folder", Path()) / value)

        return core_schema.with_info_before_validator_function(read, handler(section))


Section = TypeVar("Section", bound=Parameters)
SectionOrFile = Annotated[Section, _ReadWhereAFile()]
"""A section of the run file, which may name a YAML file in its place."""


def strictly_rising(values: list[Number], name: str) -> list[Number]:
    """Return the values of the key `name`, or raise `ValueError` where they do not rise."""
    if not values or any(later <= earlier for earlier, later in pairwise(values)):
        raise ValueError(f"{name} must be given and rise from one to the next")
    return values
