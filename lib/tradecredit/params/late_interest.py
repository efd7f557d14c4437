"""What the laws of late payment let a seller charge."""

import functools
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from tradecredit.errors import ParameterError, Problem
from tradecredit.params.base import PROJECT, Amount, BuyerKind, Country, Currency, Fraction, Parameters, SectionOrFile


class FlatFee(Parameters):
    """A sum that a late debt costs whatever the time."""

    debt_from: Amount
    """Debts of this amount and more, up to that of the next fee, in the law's currency."""
    fee: Amount
    """The fee, in the law's `fee_currency`."""


class DueDayRule(Parameters):
    """That a due day which is no working day moves to the next one, and by which law."""

    saturday: bool
    """Whether Saturdays are none either, beside Sundays and the holidays of the whole country."""
    eves: bool = False
    """Whether the eves of great holidays that the country's calendar calls de facto holidays are none either."""
    source: Annotated[str, Field(min_length=1)]
    """The act and section."""


class LateInterestLaw(Parameters):
    """What the law of some countries lets a seller charge for late payment, with its reference rates."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    """How tables call the law."""
    source: Annotated[str, Field(min_length=1)]
    """The act and article, and where its rates were found."""
    condition: str = ""
    """Conditions of the right that the ledger does not show, in words."""
    countries: list[Country]
    """Countries of the buyers that it is applied to."""
    kinds: list[BuyerKind]
    """Kinds of buyers that it is applied to."""
    longest_terms_days: dict[BuyerKind, Annotated[int, Field(gt=0)]] = {}
    """Kind of buyer: the longest terms that need no reason or agreement of their own."""
    for_small_creditors: bool = False
    """Whether the law protects small and medium enterprises alone: letters charge by it only where the run says that
    we are one (`collections.letters.small_enterprise`)."""
    cited_as: dict[Country, Annotated[str, Field(min_length=1, max_length=150)]] = {}
    """Country of these: how a letter cites the law there, in its own words; in others a letter cites none."""
    due_day_moves: dict[Country, DueDayRule] = {}
    """Country of these: its rule for a due day that is no working day; in those without one a due day stays."""
    in_force: date
    """First day that bears interest."""
    points: Amount | None = None
    """Yearly interest above the reference rate; or `daily_rate`, or `yearly_rate`."""
    times: float = Field(1, gt=0)
    """How many times the reference rate is owed, beside the points."""
    daily_rate: Amount | None = None
    """Interest a day that depends on no reference rate."""
    yearly_rate: Fraction | None = None
    """Interest a year that depends on no reference rate."""
    reference: Annotated[str, Field(min_length=1)]
    """What the reference rate is called."""
    rate_holds: Literal["half_year", "from_start", "rest"]
    """Each day bears the rate of its half-year, or that of the day on which the debt became late, or that of the first
    day since interest was last added to the debt (`rests_months`)."""
    rests_months: int | None = Field(None, gt=0)
    """After every so many months the interest is added to the debt and bears interest itself; none: it is simple."""
    day_count: Literal["365", "actual", "360", "30/360"] = "365"
    """What a day bears of a year's interest: 1/365, 1/366 in leap years (`actual`), or 1/360; `30/360`: every month
    has 30 days."""
    agreed_at_least_reference: bool = False
    """Whether a rate that is agreed may not lie below the reference rate when the invoice was issued."""
    rates: dict[Annotated[str, Field(pattern=r"^\d{4} H[12]$")], Annotated[float, Field(gt=-1, lt=1)]] = {}
    """Reference rate by half-year, such as `2026 H1: 0.0215`."""
    changes: dict[date, Annotated[float, Field(gt=-1, lt=1)]] = {}
    """In place of `rates`, where the rate changes on any day: the rate from each day on."""
    known_until: date | None = None
    """Last day for which the last of the `changes` is known to hold."""
    currency: Currency
    """Currency of the debts that the fees go by."""
    fee_currency: Currency | None = None
    """Currency of the fees; none: that of the debts."""
    fees: list[FlatFee] = []
    """Flat fees for a late debt, smallest debt first."""

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        problems = []
        if [self.points, self.daily_rate, self.yearly_rate].count(None) != 2:
            problems.append("give either points above the reference rate or a daily_rate or a yearly_rate")
        if bool(self.changes) != (self.known_until is not None) or (self.changes and self.rates):
            problems.append("give either rates by half-year, or changes and known_until")
        if self.known_until is not None and max(self.changes, default=self.known_until) > self.known_until:
            problems.append("no change may be after known_until")
        if self.rate_holds == "rest" and self.rests_months is None:
            problems.append("a rate that holds for a rest needs rests_months")
        steps = [step.debt_from for step in self.fees]
        if steps and (steps[0] != 0 or any(later <= earlier for earlier, later in pairwise(steps))):
            problems.append("fees: debt_from must begin at 0 and rise from one to the next")
        for key, named in (("due_day_moves", self.due_day_moves), ("cited_as", self.cited_as)):
            if others := sorted(named.keys() - set(self.countries)):
                problems.append(f"{key}: {', '.join(others)} is none of the law's countries")
        if problems:
            raise ValueError("; ".join(problems))
        return self


KEPT_LAWS = tuple(sorted((PROJECT / "params" / "rates").glob("*.yaml")))


def kept_laws() -> list[LateInterestLaw]:
    """Return the laws that come with the workbook; raises `ParameterError` with all problems of their files."""
    # Read again when a file has changed, so that a rate which is added while JupyterLab runs counts.
    return list(_kept_laws(tuple(file.stat().st_mtime_ns if file.exists() else None for file in KEPT_LAWS)))


@functools.cache
def _kept_laws(_changed: tuple[int | None, ...]) -> tuple[LateInterestLaw, ...]:
    laws: list[LateInterestLaw] = []
    problems: list[Problem] = []
    for file in KEPT_LAWS:
        try:
            laws.append(LateInterestLaw.from_yaml(file))
        except ParameterError as error:
            problems += error.problems
    if problems:
        raise ParameterError(problems)
    return tuple(laws)


class LateInterestSettings(Parameters):
    """What may be charged for late payment (definitions §3.2)."""

    laws: list[SectionOrFile[LateInterestLaw]] = Field(default_factory=kept_laws)
    """The laws, or the YAML files that state them; a country has one for each kind of buyer. Without any, those of
    params/rates."""
    paid_late_months: int = Field(12, ge=0)
    """Invoices paid late in so many months up to the as-of date are charged for too; 0: open ones alone."""
    affiliates: bool = False
    """Whether companies of our own group are charged too."""
    agreed_rates: dict[Country, Fraction] = {}
    """Buyer's country: the yearly rate that contracts there agree on in place of the law's."""

    @field_validator("laws")
    @classmethod
    def _one_law_a_buyer(cls, laws: list[LateInterestLaw]) -> list[LateInterestLaw]:
        problems = []
        buyers = [(country, kind) for law in laws for country in law.countries for kind in law.kinds]
        for key, keys, remedy in (
            ("countries", buyers, "take it out of one of them"),
            ("name", [(law.name,) for law in laws], "name one of them otherwise"),
        ):
            problems += [f"two laws have {value!r} in {key}: {remedy}" for value in _twice(keys)]
        if problems:
            raise ValueError("; ".join(problems))
        return laws


def _twice(keys: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the first part of the keys that occur more than once."""
    return sorted({key[0] for key in keys if keys.count(key) > 1})
