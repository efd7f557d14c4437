"""All that a run can be told, checked before anything starts: the run file and its sections."""

import difflib
import functools
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import numpy as np
import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from tradecredit.errors import ParameterError, Problem

PROJECT = Path(__file__).resolve().parents[2]
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
TableName = Literal[
    "buyers", "statements", "invoices", "receipts", "disputes", "limits", "defaults", "scores", "fx", "overrides"
]


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


class DemoSource(Parameters):
    kind: Literal["demo"]
    seed: int = Field(7, ge=0)
    buyers: int = Field(600, ge=20)
    invoices: int = Field(60_000, ge=500)
    until: date = date(2026, 10, 31)
    """Last day of the demo company's 36 months."""


class FolderSource(Parameters):
    kind: Literal["folder"]
    path: Path


class DuckDBSource(Parameters):
    kind: Literal["duckdb"]
    path: Path


Source = Annotated[DemoSource | FolderSource | DuckDBSource, Field(discriminator="kind")]


class Formats(Parameters):
    """How a text file is written; ISO dates, decimal points, commas and UTF-8 (with or without BOM) unless told."""

    dates: str = "%Y-%m-%d"
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        try:
            b"".decode(encoding)
        except LookupError:
            raise ValueError(
                "a text encoding that Python knows is expected, such as utf-8, latin-1 or cp1252"
            ) from None
        return encoding

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError("thousands and decimal marks must differ")
        return self


class TableMapping(Parameters):
    """How one of our tables is found in a file of another system; every step is counted on the report's page."""

    file: str | None = None
    """File in the folder, or table in the DuckDB file; several of our tables may name the same one."""
    columns: dict[str, str] = {}
    """Our column: their column. Columns of the same name need no entry."""
    formats: Formats = Formats()
    constants: dict[str, str | int | float | date] = {}
    """Our column: one value for all rows, such as one currency or 30-day terms (`terms_days: 30`)."""
    values: dict[str, dict[str | int, str]] = {}
    """Our column: their value: our value."""
    where: dict[str, list[str | int | float]] = {}
    """Their column: the values of the rows to read; rows with other values are left out and counted."""
    filled: list[str] = []
    """Their columns that must hold something; rows where one is empty are left out and counted."""
    distinct: bool = False
    """One row for each key: for a table derived from a file where its rows repeat. Contradicting rows are an error."""


class ReceivablesSettings(Parameters):
    """Conventions of the receivables figures (DOMAIN.md §2)."""

    ageing_buckets: list[Annotated[int, Field(gt=0)]] = [30, 60, 90, 120, 180]
    """Upper bounds, in days, of the overdue buckets."""
    ageing_from: Literal["due", "issued"] = "due"
    sales_months: int = Field(3, ge=1, le=12)
    """Months of sales that DSO and turnover are measured over."""

    @field_validator("ageing_buckets")
    @classmethod
    def _rising(cls, buckets: list[int]) -> list[int]:
        return _strictly_rising(buckets, "ageing_buckets")


CENTRAL = 675 / 40731
"""Defaults a firm-year of all firms that S&P rated from 1981 to 2000."""


Probability = Annotated[float, Field(gt=0, lt=1)]


class InsolvencyIndex(Parameters):
    """A series that moves with the number of insolvencies, such as a statistics office's, on any scale."""

    source: Annotated[str, Field(min_length=1)]
    """Where the series comes from, and what it counts."""
    values: dict[date, Positive]
    """Last day of a period: its value. Values of later days than the run's are not read."""

    @field_validator("values", mode="before")
    @classmethod
    def _days_as_written(cls, values: object) -> object:
        # A problem then names the day as the file has it, not Python's word for what YAML made of it.
        return {str(day): value for day, value in values.items()} if isinstance(values, dict) else values

    @field_validator("values")
    @classmethod
    def _a_series(cls, values: dict[date, float]) -> dict[date, float]:
        if len(values) < 2:
            raise ValueError("values of two days at least are expected: one alone tells of no change")
        return dict(sorted(values.items()))

    @classmethod
    def from_yaml(cls, file: str | Path) -> Self:
        """Read the series from a YAML file; raises `ParameterError` with every problem of the file at once."""
        file = Path(file)
        return validate(cls, read_yaml(file), file)


Part = Literal["payment behaviour", "accounts", "outside opinion"]
PART_WEIGHTS: dict[Part, float] = {"payment behaviour": 0.75, "accounts": 0.75, "outside opinion": 0.45}


class DefaultSettings(Parameters):
    """What the default probability rests on beside the data."""

    central_tendency: Probability = CENTRAL
    """Long-run average 12-month default rate of the book's buyers, used where the book's defaults are too few."""
    central_tendency_source: str = "S&P's counts of rated firms, 1981 to 2000; a last resort, state your own"
    central_tendencies: dict[str, Probability] = {}
    """The same by sector (`C`), country (`DE`) or both (`DE/C`); the most particular counts, relative to the above."""
    prior_buyer_years: Annotated[float, Field(gt=0)] = 500
    """How many watched buyer-years the stated central tendency is worth beside the book's own defaults."""
    level: Literal["book", "stated"] = "book"
    """With a fit, whether the probabilities keep the level of the book's own defaults or are shifted to the central
    tendency."""
    insolvency_index: SectionOrFile[InsolvencyIndex] | None = None
    """Series of insolvencies, or the YAML file that holds it: moves the level from the years it rests on to now."""
    index_elasticity: Amount = 1.0
    """The odds of default move with the index to this power."""
    agencies: dict[str, dict[float, Probability]] = {}
    """Agency: its scores and the 12-month default probability that each means, straight lines in log-odds between. An
    agency that is not named enters a fit only, a higher score taken as better."""
    prior_part_weights: dict[Part, Amount] = PART_WEIGHTS
    """What the stated parts count for beside each other; below 1, because they tell partly the same. Judgement."""
    prior_weight_sd: Positive = 0.5
    """Standard deviation of these weights before the book speaks, where its defaults are too few for a fit."""
    minimum_defaults: int = Field(20, ge=5)
    """Buyers that defaulted within 12 months of an observation date; with fewer no model is fitted."""
    minimum_history_months: int = Field(6, ge=1)
    """Months of ledger before the first date that a fitted model observes buyers on."""
    interval: Annotated[float, Field(gt=0.5, lt=1)] = 0.9
    """Confidence of `pd_low` to `pd_high`."""
    prior_log_odds: dict[
        Literal["days_beyond_terms", "share_late", "share_overdue", "oldest_days_past_due", "dispute_rate"], Amount
    ] = {"days_beyond_terms": 0.046, "share_late": 1.0, "oldest_days_past_due": 0.010}
    """What one unit of a behaviour is believed to add to the log-odds; a fit is held to it. Judgement: the odds
    double with 15 days beyond terms (0.046 a day), with 70 points of share late, with 70 days of the oldest item."""
    prior_sd: Positive = 0.7
    """Standard deviation of a buyer's log-odds around what behaviour, accounts and an agency's opinion tell of it: what
    no input shows, a factor of two either way. In the interval of every probability; a fit's own errors add to it."""

    @field_validator("agencies")
    @classmethod
    def _scores_have_an_order(cls, agencies: dict[str, dict[float, float]]) -> dict[str, dict[float, float]]:
        wrong = []
        for agency, points in agencies.items():
            told = [points[score] for score in sorted(points)]
            if len(told) < 2 or not (told == sorted(set(told)) or told == sorted(set(told), reverse=True)):
                wrong.append(agency)
        if wrong:
            raise ValueError(
                f"{', '.join(wrong)}: two scores at least are expected, and probabilities that only rise or only fall"
            )
        return agencies

    @field_validator("prior_part_weights")
    @classmethod
    def _all_parts(cls, weights: dict[Part, float]) -> dict[Part, float]:
        return PART_WEIGHTS | weights


class ApprovalLevel(Parameters):
    """Who may decide on a limit, up to which amount."""

    by: Annotated[str, Field(min_length=1)]
    up_to: Positive | None = None
    """The largest limit, in the reporting currency; None: any."""


class LimitSettings(Parameters):
    """The methods and rules of credit limits (DOMAIN.md §4); lists hold one value for each grade, best first.

    Amounts are in the reporting currency. A limit is the smallest of what the methods allow.
    """

    tolerated_delay_days: int = Field(30, ge=0)
    net_worth_share: list[Fraction] = [0.35, 0.35, 0.30, 0.30, 0.25, 0.20, 0.15, 0.10, 0.05, 0.0]
    working_capital_share: list[Fraction] = [0.50, 0.50, 0.45, 0.40, 0.35, 0.30, 0.20, 0.10, 0.05, 0.0]
    revenue_share: list[Fraction] = [0.10, 0.10, 0.08, 0.08, 0.06, 0.05, 0.04, 0.02, 0.01, 0.0]
    expected_loss_budget: Annotated[float, Field(gt=0)] = 5_000
    """Expected loss a year allowed on one buyer, in the reporting currency."""
    turns_a_year: Positive = 1.0
    """How often a year the margin is earned on a limit. 1: one order that fills the limit must pay for a year's risk,
    as in DOMAIN.md §4; a limit that is drawn for 60 days and always full turns six times."""
    capital_level: Annotated[float, Field(gt=0.5, lt=1)] = 0.999
    """Level of the losses that capital stands behind, in the net value added of a limit."""

    maximum_share_of_book: Fraction = 0.10
    """Largest part of all receivables that one buyer may owe."""
    maximum_group_share_of_book: Fraction = 0.10
    """Largest part of all receivables that the limits of a group's buyers may add up to."""
    sector_shares_of_book: dict[str, Fraction] = {}
    """Sector as the book has it (NACE section): largest part of all receivables that its limits may add up to. `other`:
    that of each sector that is not named; without it those have no cap. `(not stated)`: buyers without a sector."""
    country_shares_of_book: dict[CountryOrRest, Fraction] = {}
    """The same by country (ISO 3166, two capital letters)."""
    minimum_limit: Amount = 0.0
    """The need of a buyer that buys counts as at least this, so that small orders need no decision."""
    maximum_limit: Positive | None = None
    """The largest limit of any buyer; None: none."""

    new_buyer_months: int = Field(6, ge=0)
    """A buyer that we have known for less is new."""
    new_buyer_limit: Amount = 25_000
    """The largest limit of a new buyer, and its limit, where nothing else binds, before the first order."""
    without_accounts_limit: list[Amount] = [
        200_000, 200_000, 150_000, 150_000, 100_000, 75_000, 50_000, 25_000, 10_000, 0,
    ]  # fmt: skip
    """The largest limit of a buyer whose accounts are not known, by grade."""
    negative_equity_limit: Amount = 0.0
    """What stands for the share of net worth where that is negative: with a parent's guarantee it may be above 0."""
    dormant_months: int = Field(12, ge=1, le=12)
    """A buyer that is not new and has bought nothing for so long is dormant."""
    dormant_limit: Amount = 0.0
    """The need of a dormant buyer."""
    public_limit: Amount | None = None
    """The largest limit of a public body, whose risk is not measured; None: need and concentration alone."""
    affiliate_limit: Amount | None = None
    """The same of a company of our own group."""

    minimum_change: Fraction = 0.10
    """A limit in force that would change by less than this part of it stays as it is."""
    approvals: list[ApprovalLevel] = [
        ApprovalLevel(by="credit analyst", up_to=50_000),
        ApprovalLevel(by="head of credit", up_to=250_000),
        ApprovalLevel(by="chief financial officer", up_to=1_000_000),
        ApprovalLevel(by="board"),
    ]
    """Who approves a limit: the first level that reaches up to its amount."""
    digits: int = Field(2, ge=1, le=6)
    """Recommended limits are rounded down to so many significant digits: 2 makes 187,400 a limit of 180,000."""

    @field_validator("net_worth_share", "working_capital_share", "revenue_share", "without_accounts_limit")
    @classmethod
    def _one_value_a_grade(cls, values: list[float]) -> list[float]:
        if len(values) != 10:
            raise ValueError("ten values are expected, one for each grade, best first")
        if any(worse > better for better, worse in pairwise(values)):
            raise ValueError("values must not rise from a better grade to a worse one")
        return values

    @model_validator(mode="after")
    def _smallest_limit_is_below_the_largest(self) -> Self:
        if self.maximum_limit is not None and self.minimum_limit > self.maximum_limit:
            raise ValueError("minimum_limit is above maximum_limit: lower it")
        return self

    @field_validator("approvals")
    @classmethod
    def _levels_rise_and_the_last_has_no_end(cls, levels: list[ApprovalLevel]) -> list[ApprovalLevel]:
        bounds = [level.up_to for level in levels]
        if not bounds or bounds[-1] is not None or None in bounds[:-1]:
            raise ValueError("the last level, and no other, approves any amount: leave out its up_to")
        if any(later <= earlier for earlier, later in pairwise(bounds[:-1])):
            raise ValueError("up_to must rise from one level to the next")
        return levels


class TermsSettings(Parameters):
    """How long buyers may take to pay (DOMAIN.md §3)."""

    lengths_days: list[Annotated[int, Field(gt=0)]] = [14, 30, 45, 60, 90]
    """Lengths of terms that are compared."""
    base_days: int = Field(30, gt=0)
    longer_days: int = Field(60, gt=0)
    """What these terms cost more than `base_days` is shown by grade."""
    maximum_cost_share: Fraction = 0.25
    """The largest part of the margin that capital and expected loss may take: it sets the longest terms of a grade."""

    @field_validator("lengths_days")
    @classmethod
    def _rising(cls, lengths: list[int]) -> list[int]:
        return _strictly_rising(lengths, "lengths_days")

    @model_validator(mode="after")
    def _longer_is_longer(self) -> Self:
        if self.longer_days <= self.base_days:
            raise ValueError(f"longer_days must be above base_days, {self.base_days}")
        return self


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
    """What may be charged for late payment (DOMAIN.md §3)."""

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


class PaymentPlanSettings(Parameters):
    """A plan for an overdue buyer, and what stands against it. Judgement but for the two figures of enforcement."""

    instalments: int = Field(6, ge=1, le=60)
    """Equal monthly instalments, the first a month after the as-of date."""
    interest_rate: Fraction = 0.10
    """Yearly interest on what the plan leaves open."""
    recovery_days: int = Field(365, ge=0)
    """Days from when an amount was to be paid until what a default leaves of it comes in."""
    enforcement_days: int = Field(590, ge=0)
    """Days from today until an enforced debt is paid. Mean of the high-income OECD countries in World Bank, Doing
    Business 2020; see your own country's."""
    enforcement_cost_share: Fraction = 0.215
    """Cost of courts, lawyers and enforcement as a share of the debt, paid at once; the same mean."""
    enforcement_success: Fraction = 0.75
    """Probability that a debt can be enforced against a buyer that does not default."""


class LimitOptimumSettings(Parameters):
    """How limits are set for the book as a whole: the most that sales earn under a cap on what may be lost."""

    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.99
    """Level of the expected shortfall that is capped."""
    shortfall_cap: Amount | None = None
    """Largest expected shortfall of the year's loss that stays with us, in the reporting currency; None: that of the
    limits set one by one."""
    kept: list[Literal["capacity", "expected_loss_budget", "net_value_added", "without_accounts", "new_buyer"]] = [
        "without_accounts", "new_buyer",
    ]  # fmt: skip
    """Methods of the limits set one by one that bound a buyer's limit here too, beside what it can use and what nobody
    may have. All five keep the risk of one buyer small; the cap does that for the book as a whole, and gives room to
    those whose sales are worth their losses. But losses are simulated from default probabilities, which rest on little
    for a buyer without accounts or new to us: the simulation cannot tell how wrong they may be, so that the rules for
    these two still bind."""
    buyers: int = Field(2_000, ge=1)
    """Buyers, those who could use most, whose limits are sought; the others keep theirs, and their losses count."""
    scenarios: int = Field(5_000, ge=500, le=20_000)
    """Simulated years that the limits are chosen on."""
    frontier: list[Positive] = [0.5, 0.75, 1.0, 1.25, 1.5]
    """Other caps that are looked at, as multiples of the cap."""

    @field_validator("frontier")
    @classmethod
    def _rising(cls, multiples: list[float]) -> list[float]:
        return _strictly_rising(multiples, "frontier")


class SectorFactors(Parameters):
    """Factors of the economy, one for each sector, that hang together by a correlation matrix."""

    source: Annotated[str, Field(min_length=1)]
    """Where the matrix comes from."""
    factors: list[str]
    """Names of the factors, in the matrix' order."""
    correlation: list[list[float]]
    """Correlation of each factor with each: symmetric, 1 with itself, positive semi-definite."""
    sectors: dict[str, str]
    """Sector of a buyer (NACE section): its factor."""
    other: str
    """The factor of buyers whose sector is missing or not listed."""

    @model_validator(mode="after")
    def _is_a_correlation_matrix(self) -> Self:
        problems = list(self._problems())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @classmethod
    def from_yaml(cls, file: str | Path) -> Self:
        """Read the factors from a YAML file; raises `ParameterError` with every problem of the file at once."""
        file = Path(file)
        return validate(cls, read_yaml(file), file)

    def _problems(self) -> Iterator[str]:
        size = len(self.factors)
        for name in sorted({name for name in self.factors if self.factors.count(name) > 1}):
            yield f"factors: {name} is there twice"
        for sector, factor in [*self.sectors.items(), ("other", self.other)]:
            if factor not in self.factors:
                yield f"sectors.{sector}: {factor} is none of the factors"
        if len(self.correlation) != size or any(len(row) != size for row in self.correlation):
            yield f"correlation: {size} rows of {size} numbers are expected, one for each factor"
            return
        matrix = np.array(self.correlation)
        for row, column in zip(*np.nonzero(~(np.abs(matrix) <= 1)), strict=True):
            yield f"correlation, row {row + 1}, column {column + 1}: {matrix[row, column]} is not within −1 and 1"
        for row in np.flatnonzero(np.diag(matrix) != 1):
            yield f"correlation, row {row + 1}: must be 1 on the diagonal, is {matrix[row, row]}"
        for row, column in zip(*np.nonzero(np.triu(np.abs(matrix - matrix.T) > 1e-12)), strict=True):
            first, second = matrix[row, column], matrix[column, row]
            yield f"correlation, rows {row + 1} and {column + 1}: must be symmetric, is {first} and {second}"
        if np.allclose(matrix, matrix.T) and (lowest := np.linalg.eigvalsh(matrix)[0]) < -1e-9:
            yield f"correlation: is not positive semi-definite (smallest eigenvalue {lowest:.4g}); no factors have it"


class Dependence(Parameters):
    """How defaults hang together: through one factor or several, and how they share bad years."""

    kind: Literal["gaussian", "student_t", "gamma"] = "gaussian"
    """Normal factors (Vasicek 2002); the same divided by a common shock, so that extremes come together; or default
    rates that a gamma variable multiplies (CreditRisk+, Credit Suisse 1997)."""
    degrees_of_freedom: Annotated[float, Field(gt=2)] | None = None
    """Of `student_t`: the fewer, the more extremes come together."""
    default_rate_sd: Positive | None = None
    """Of `gamma`: standard deviation of a sector's default rate as a multiple of its mean."""
    sector_factors: SectionOrFile[SectorFactors] | None = None
    """One factor for each sector, or the YAML file that describes them, read with the run file; None: one for all."""

    @model_validator(mode="after")
    def _parameters_belong_to_the_kind(self) -> Self:
        problems = []
        for kind, name in (("student_t", "degrees_of_freedom"), ("gamma", "default_rate_sd")):
            if self.kind == kind and getattr(self, name) is None:
                problems.append(f"{kind} needs {name}")
            if self.kind != kind and getattr(self, name) is not None:
                problems.append(f"{name} belongs to {kind}: remove it, or set kind")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class LossSettings(Parameters):
    """What a default costs, and how defaults hang together."""

    lgd: Fraction = 0.75
    """Loss given default as a share of the balance, before insurance, where the book's recoveries are too few."""
    lgd_source: str = "the workbook's default; no statistic stands behind it"
    minimum_resolved_defaults: int = Field(20, ge=5)
    """Defaults older than a year that are needed to estimate the loss given default from the book itself."""
    lgd_sd: Annotated[float, Field(ge=0, lt=0.5)] = 0.0
    """Standard deviation of the loss given default from one default to the next (beta-distributed); 0: it is fixed."""
    exposure: Literal["balance", "peak", "limit"] = "balance"
    """Exposure at default: today's balance, the highest of the last 12 months, or the balance and a part of the unused
    limit."""
    undrawn_share: Fraction = 0.5
    """With `exposure: limit`, the part of the unused limit that a buyer draws before it fails."""
    groups: Literal["together", "one_by_one"] = "together"
    """Whether the buyers of a group default together or each by itself."""
    correlation: Literal["basel"] | Fraction = "basel"
    """Asset correlation: the Basel corporate formula by PD and turnover, or one number for all buyers."""
    million_euros: Positive = 1_000_000
    """A million euros in the reporting currency: the Basel formula's size adjustment is stated in euros."""
    dependence: Dependence = Dependence()

    @field_validator("correlation", mode="before")
    @classmethod
    def _formula_or_number(cls, correlation: object) -> object:
        if correlation != "basel" and not (isinstance(correlation, int | float) and 0 <= correlation < 1):
            raise ValueError("`basel` or a number from 0 up to, not including, 1 is expected")
        return correlation


class Sampling(Parameters):
    """How scenarios are drawn."""

    method: Literal["tail", "plain"] = "tail"
    """Most scenarios from bad years, each weighing what it should, or all alike."""
    levels: list[Annotated[float, Field(gt=0.5, lt=1)]] = [0.95, 0.99, 0.999]
    """Levels of the tail that bad years are drawn around, as many for each; of a run, those that its figures have."""
    twisting: Literal["auto", "always", "never"] = "auto"
    """Whether the largest buyers' defaults are made likelier in the bad years too (Glasserman and Li 2005); `auto`:
    where the book is concentrated."""
    threads: Annotated[int, Field(ge=1)] | None = None
    """Threads that simulate; None: one for each core. Figures do not depend on it."""

    @field_validator("levels")
    @classmethod
    def _rising(cls, levels: list[float]) -> list[float]:
        return _strictly_rising(levels, "levels")


class Simulation(Sampling):
    """How many years a run simulates, and from which seed."""

    precision: Annotated[float, Field(gt=0, le=0.1)] = 0.005
    """Largest standard error of a figure of the tail, as a part of it, and of a difference between costs of risk, as a
    part of the smaller: years are simulated until it is reached (`model.precision`)."""
    scenarios: int = Field(200_000, ge=1_000, le=5_000_000)
    """Simulated years, at most."""
    seed: int = Field(20261031, ge=0)


class Run(Parameters):
    """A run file: which book, as of when, under which assumptions. Paths are relative to the run file."""

    entity: Annotated[str, Field(min_length=1, max_length=80)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    language: Literal["en"] = "en"
    as_of: date | None = None
    source: Source
    tables: dict[TableName, TableMapping] = {}
    assumptions: list[str] = []
    """What this run file takes for granted about the data, in sentences for the reader of the report."""
    policy: Path | None = None
    quotes: list[Path] = []
    scenarios: list[Path] = []
    """Stresses of the economy, the book or the insurer that the losses are simulated under beside the base."""
    grades: list[Probability] = [0.0003, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16]
    """Upper PD bounds of grades 1 to 9; grade 10 is all above."""
    receivables: ReceivablesSettings = ReceivablesSettings()
    default: DefaultSettings = DefaultSettings()
    limits: LimitSettings = LimitSettings()
    terms: TermsSettings = TermsSettings()
    late_interest: LateInterestSettings = Field(default_factory=LateInterestSettings)
    payment_plan: PaymentPlanSettings = PaymentPlanSettings()
    limit_optimum: LimitOptimumSettings = LimitOptimumSettings()
    losses: LossSettings = LossSettings()
    simulation: Simulation = Simulation()
    cost_of_capital: Fraction = 0.10
    """Yearly cost of the capital that stands behind unexpected losses, and of that which unpaid invoices tie up."""
    margin: Annotated[float, Field(gt=0, le=1)] | None = None
    """Contribution margin of sales, before credit losses: what an extra sale earns. None: not stated."""
    reports: Path = PROJECT / "reports"
    notebooks: Path = PROJECT / "notebooks"
    file: Annotated[Path, Field(exclude=True)]
    """The run file itself; set on reading."""

    @field_validator("grades")
    @classmethod
    def _nine_rising(cls, grades: list[float]) -> list[float]:
        if len(grades) != 9:
            raise ValueError("nine upper bounds are expected, for grades 1 to 9")
        return _strictly_rising(grades, "grades")

    @model_validator(mode="after")
    def _the_demo_needs_no_mapping(self) -> Self:
        if self.tables and isinstance(self.source, DemoSource):
            raise ValueError("tables: has no effect on the demo source; remove it or name a folder")
        return self

    @field_validator("entity")
    @classmethod
    def _names_a_folder(cls, entity: str) -> str:
        if not any(letter.isalnum() for letter in entity):
            raise ValueError("a name with at least one letter or digit is expected; it names the reports' folder")
        return entity

    @classmethod
    def from_yaml(cls, file: str | Path, as_of: str | date | None = None) -> Self:
        """Read a run file; `as_of` wins over the file's date, and without either it is the last month end before today.

        Raises `ParameterError` with every problem of the file at once.
        """
        file = Path(file).resolve()
        content = read_yaml(file)
        if as_of is not None:
            content["as_of"] = as_of
        if content.get("as_of") is None:
            content["as_of"] = date.today().replace(day=1) - timedelta(days=1)
        run = validate(cls, content | {"file": file}, file)
        return run._with_absolute_paths()

    def as_of_date(self, day: str | date) -> Self:
        """Return this run as of another day."""
        return validate(type(self), self.model_dump() | {"as_of": day, "file": self.file}, self.file)

    def _with_absolute_paths(self) -> Self:
        here = self.file.parent
        source = self.source
        if not isinstance(source, DemoSource):
            source = source.model_copy(update={"path": here / source.path})
        return self.model_copy(
            update={
                "source": source,
                "policy": self.policy and here / self.policy,
                "quotes": [here / quote for quote in self.quotes],
                "scenarios": [here / scenario for scenario in self.scenarios],
                "default": self._default_with_index_read(),
                "late_interest": self.late_interest.with_laws_read(self.file),
                "losses": self._losses_with_factors_read(),
                "reports": here / self.reports,
                "notebooks": here / self.notebooks,
            }
        )

    def _default_with_index_read(self) -> DefaultSettings:
        if not isinstance(self.default.insolvency_index, Path):
            return self.default
        index = InsolvencyIndex.from_yaml(self.file.parent / self.default.insolvency_index)
        return self.default.model_copy(update={"insolvency_index": index})

    def _losses_with_factors_read(self) -> LossSettings:
        dependence = self.losses.dependence
        if not isinstance(dependence.sector_factors, Path):
            return self.losses
        factors = SectorFactors.from_yaml(self.file.parent / dependence.sector_factors)
        return self.losses.model_copy(update={"dependence": dependence.model_copy(update={"sector_factors": factors})})


def read_yaml(file: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds; raises `ParameterError` where there is none."""

    def refuse(allowed: str, remedy: str, row: int | None = None) -> ParameterError:
        return ParameterError([Problem(file=str(file), row=row, allowed=allowed, remedy=remedy)])

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise refuse(f"cannot be read ({error.strerror})", "check the path") from None
    except UnicodeDecodeError:
        raise refuse("is not UTF-8 text", "save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        text = getattr(error, "problem", None) or "cannot be parsed"
        raise refuse(f"is not valid YAML: {text}", "mend the line", mark and mark.line + 1) from None
    if not isinstance(content, dict):
        raise refuse("holds no `key: value` lines", "begin from one of the files under params/")
    return content


def validate(model: type[Model], content: dict[str, Any], file: Path) -> Model:
    """Return `content` as `model`, or raise one `ParameterError` that lists all that is wrong with it."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise ParameterError(_problem(detail, model, file) for detail in error.errors()) from None


PLAIN_WORDS = {
    "date": "a date such as 2026-10-31 is expected",
    "int": "a whole number is expected",
    "float": "a number is expected",
    "string_type": "text is expected",
    "list_type": "a list is expected",
    "dict_type": "a section of `key: value` lines is expected",
    "model_type": "a section of `key: value` lines is expected",
    "finite_number": "a finite number is expected",
}
"""Begin of a pydantic error's type: what is expected, in words for a run file's author."""


def _problem(detail: dict[str, Any], model: type[BaseModel], file: Path) -> Problem:
    owner, keys = _owner(model, detail["loc"])
    key = ".".join(keys)
    if detail["type"] == "extra_forbidden":
        known = sorted(name for name in owner.model_fields if name != "file" or owner is not Run)
        near = difflib.get_close_matches(keys[-1], known, n=1)
        remedy = f"did you mean {near[0]!r}" if near else f"use one of: {', '.join(known)}"
        return Problem(file=str(file), column=key, allowed="this key is not known", remedy=remedy)
    if detail["type"] == "missing":
        return Problem(file=str(file), column=key, allowed="this key is missing", remedy=f"add `{keys[-1]}: …`")
    kind = next((words for kind, words in PLAIN_WORDS.items() if detail["type"].startswith(kind)), None)
    allowed = kind or detail["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
    value = detail["input"] if not isinstance(detail["input"], dict) else None
    remedy = "change the key" if "[key]" in detail["loc"] else "change the value"
    if detail["type"] == "string_type" and isinstance(value, bool):
        remedy = "put it in quotes: YAML takes NO, ON, YES and the like for true or false"
    return Problem(file=str(file), column=key or None, value=value, allowed=allowed, remedy=remedy)


def _owner(model: type[BaseModel], location: Sequence[int | str]) -> tuple[type[BaseModel], list[str]]:
    """Return the section that a problem lies in, and its keys as the file has them (pydantic adds a union's tag)."""
    keys: list[str] = []
    owner, sections = model, [model]
    for part in location:
        tagged = [section for section in sections if len(sections) > 1 and part in _kinds(section)]
        if tagged:
            sections = tagged
            continue
        if part in ("[key]", SECTION, FILE):
            continue
        keys.append(str(part))
        owner = sections[0] if sections else owner
        if part in owner.model_fields:
            sections = _models_in(owner.model_fields[part].annotation)
    return owner, keys


def _kinds(section: type[BaseModel]) -> tuple[str, ...]:
    return getattr(section.model_fields["kind"].annotation, "__args__", ()) if "kind" in section.model_fields else ()


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


def _strictly_rising(values: list[Number], name: str) -> list[Number]:
    if not values or any(later <= earlier for earlier, later in pairwise(values)):
        raise ValueError(f"{name} must be given and rise from one to the next")
    return values
