"""What the laws of late payment let a seller charge."""

import functools
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tradecredit.errors import ParameterError, Problem
from tradecredit.params.base import PROJECT, Amount, BuyerKind, Country, Fraction, Parameters, SectionOrFile
from tradecredit.params.yaml_files import read_yaml, validate


class FlatFee(Parameters):
    """A sum that a late debt costs whatever the time."""

    debt_from: Amount
    """Debts of this amount and more, up to that of the next fee, in the law's currency."""
    fee: Amount


class LateInterestLaw(Parameters):
    """What the law of some countries lets a seller charge for late payment, with its reference rates."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    source: Annotated[str, Field(min_length=1)]
    condition: str = ""
    """What the ledger cannot tell and the right hangs on, in words."""
    countries: list[Country]
    """Countries of the buyers that it is applied to."""
    kinds: list[BuyerKind]
    """Kinds of buyers that it is applied to."""
    longest_terms_days: dict[BuyerKind, Annotated[int, Field(gt=0)]] = {}
    """Kind of buyer: the longest terms that need no reason or agreement of their own."""
    in_force: date
    """First day that bears interest."""
    points: Amount | None = None
    """Yearly interest above the reference rate; or `daily_rate`."""
    daily_rate: Amount | None = None
    """Interest a day that hangs on no reference rate."""
    reference: Annotated[str, Field(min_length=1)]
    """What the reference rate is called."""
    rate_holds: Literal["half_year", "from_start"]
    """Each half-year bears its own rate, or all days that of the half-year in which the debt became late."""
    agreed_at_least_reference: bool = False
    """Whether a rate that is agreed may not lie below the reference rate when the invoice was issued."""
    rates: dict[Annotated[str, Field(pattern=r"^\d{4} H[12]$")], Annotated[float, Field(gt=-1, lt=1)]]
    """Reference rate by half-year, such as `2026 H1: 0.0215`."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """Currency of the fees."""
    fees: list[FlatFee] = []

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        problems = []
        if (self.points is None) == (self.daily_rate is None):
            problems.append("give either points above the reference rate or a daily_rate")
        steps = [step.debt_from for step in self.fees]
        if steps and (steps[0] != 0 or any(later <= earlier for earlier, later in pairwise(steps))):
            problems.append("fees: debt_from must begin at 0 and rise from one to the next")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @classmethod
    def from_yaml(cls, file: str | Path) -> Self:
        """Read a law from a YAML file; raises `ParameterError` with every problem of the file at once."""
        file = Path(file)
        return validate(cls, read_yaml(file), file)


KEPT_LAWS = tuple(
    PROJECT / "params" / "rates" / name for name in ("euro.yaml", "eu_own_currency.yaml", "uk.yaml", "china.yaml")
)


def kept_laws() -> list[LateInterestLaw]:
    """Return the laws that come with the workbook; raises `ParameterError` with all problems of their files."""
    # Read again when a file has changed, so that a rate which is added while JupyterLab runs counts.
    return list(_kept_laws(tuple(file.stat().st_mtime_ns if file.exists() else None for file in KEPT_LAWS)))


@functools.cache
def _kept_laws(_changed: tuple[int | None, ...]) -> tuple[LateInterestLaw, ...]:
    laws, problems = _read_laws(KEPT_LAWS)
    if problems:
        raise ParameterError(problems)
    return tuple(laws)


def _read_laws(laws: Sequence[LateInterestLaw | Path]) -> tuple[list[LateInterestLaw], list[Problem]]:
    """Return laws, read where they are files, and what is wrong with the files."""
    read, problems = [], []
    for law in laws:
        try:
            read.append(LateInterestLaw.from_yaml(law) if isinstance(law, Path) else law)
        except ParameterError as error:
            problems += error.problems
    return read, problems


class LateInterestSettings(Parameters):
    """What may be charged for late payment (definitions §3.2)."""

    laws: list[SectionOrFile[LateInterestLaw]] = Field(default_factory=kept_laws)
    """The laws, or the YAML files that state them, read with the run file; a country has one. Without any, those of
    params/rates."""
    paid_late_months: int = Field(12, ge=0)
    """Invoices paid late in so many months up to the as-of date are charged for too; 0: open ones alone."""
    agreed_rates: dict[Country, Fraction] = {}
    """Buyer's country: the yearly rate that contracts there agree on in place of the law's."""

    def with_laws_read(self, run_file: Path) -> Self:
        """Return these settings with the laws in place of their files; raises `ParameterError` with all problems."""
        laws, problems = _read_laws([run_file.parent / law if isinstance(law, Path) else law for law in self.laws])
        for key, remedy in (("countries", "take it out of one of them"), ("name", "name one of them otherwise")):
            values = [value for law in laws for value in ([law.name] if key == "name" else law.countries)]
            problems += [
                Problem(str(run_file), f"two laws have this in {key}", remedy, column="late_interest.laws", value=value)
                for value in sorted({value for value in values if values.count(value) > 1})
            ]
        if problems:
            raise ParameterError(problems)
        return self.model_copy(update={"laws": laws})
