"""Methods, rules and approvals of credit limits, one by one and for the book as a whole."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from tradecredit.params.base import Amount, CountryOrRest, Fraction, Parameters, Positive, strictly_rising
from tradecredit.params.size import SIZED, Sized, SizedPositive


class ApprovalLevel(Parameters):
    """Who may decide on a limit, up to which amount."""

    by: Annotated[str, Field(min_length=1)]
    """Who decides."""
    up_to: Positive | None = None
    """The largest limit, in the reporting currency; None: any."""


class LimitSettings(Parameters):
    """The methods and rules of credit limits (definitions §4); lists hold one value for each grade, best first.

    Amounts are in the reporting currency. A limit is the smallest of what the methods allow.
    """

    tolerated_delay_days: int = Field(30, ge=0)
    """Days after the due day that the need allows for."""
    net_worth_share: list[Fraction] = [0.35, 0.35, 0.30, 0.30, 0.25, 0.20, 0.15, 0.10, 0.05, 0.0]
    """Capacity by net worth: the share of it that a limit may reach, by grade."""
    working_capital_share: list[Fraction] = [0.50, 0.50, 0.45, 0.40, 0.35, 0.30, 0.20, 0.10, 0.05, 0.0]
    """The same of working capital."""
    revenue_share: list[Fraction] = [0.10, 0.10, 0.08, 0.08, 0.06, 0.05, 0.04, 0.02, 0.01, 0.0]
    """The same of revenue."""
    expected_loss_budget: SizedPositive = 5_000
    """Expected loss a year allowed on one buyer, in the reporting currency."""
    turns_a_year: Positive = 1.0
    """How often a year the margin is earned on a limit. 1: one order that fills the limit must pay for a year's risk,
    as in definitions §4.4; a limit that is drawn for 60 days and always full turns six times."""
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
    new_buyer_limit: Sized = 25_000
    """The largest limit of a new buyer, and its limit, where nothing else binds, before the first order."""
    without_accounts_limit: Annotated[list[Amount], Field(json_schema_extra=SIZED)] = [
        200_000, 200_000, 150_000, 150_000, 100_000, 75_000, 50_000, 25_000, 10_000, 0,
    ]  # fmt: skip
    """The largest limit of a buyer whose accounts are not known, by grade; more where its payment history allows."""
    payment_history_share: list[Fraction] = [1.0, 1.0, 0.75, 0.75, 0.5, 0.25, 0.1, 0.0, 0.0, 0.0]
    """Without accounts: the share, by grade, of the largest balance that a buyer has owed and paid since, which a limit
    may reach once its payment history is as long as `payment_history_months`."""
    payment_history_months: int = Field(24, ge=1)
    """A payment history of so many months counts in full, a shorter one in proportion."""
    payment_history_least_months: int = Field(12, ge=0)
    """A payment history of fewer months than this counts for nothing."""
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

    order_horizon_days: Annotated[int, Field(ge=0)] | None = None
    """Open orders that are expected later than so many days after the as-of date do not count against limits; None:
    all do. What is shipped always counts."""
    tolerated_excess: Sized = 1.0
    """What is owed above a limit by no more than this, in the reporting currency, asks for nothing."""
    stop_grade: int = Field(8, ge=1, le=10)
    """From this grade on, deliveries to a buyer above what its risk allows are stopped, even if paying what is overdue
    would not bring it back; better grades run down."""
    minimum_change: Fraction = 0.10
    """A limit in force that would change by less than this part of it stays as it is."""
    approvals: Annotated[list[ApprovalLevel], Field(json_schema_extra=SIZED)] = [
        ApprovalLevel(by="credit analyst", up_to=50_000),
        ApprovalLevel(by="head of credit", up_to=250_000),
        ApprovalLevel(by="chief financial officer", up_to=1_000_000),
        ApprovalLevel(by="board"),
    ]
    """Who approves a limit: the first level that reaches up to its amount."""
    digits: int = Field(2, ge=1, le=6)
    """Recommended limits are rounded down to so many significant digits: 2 makes 187,400 a limit of 180,000."""

    @field_validator(
        "net_worth_share", "working_capital_share", "revenue_share", "without_accounts_limit", "payment_history_share"
    )
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
        bounds = [level.up_to for level in levels if level.up_to is not None]
        if not levels or levels[-1].up_to is not None or len(bounds) != len(levels) - 1:
            raise ValueError("the last level, and no other, approves any amount: leave out its up_to")
        if any(later <= earlier for earlier, later in pairwise(bounds)):
            raise ValueError("up_to must rise from one level to the next")
        names = [level.by for level in levels]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{', '.join(twice)} stands in two levels: decisions name a level by who decides")
        return levels


class LimitOptimumSettings(Parameters):
    """How limits are set for the book as a whole: the most that sales earn under a cap on what may be lost."""

    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.99
    """Level of the expected shortfall that is capped."""
    shortfall_cap: Amount | None = None
    """Largest expected shortfall of the year's retained loss, in the reporting currency; None: that of the
    limits set one by one."""
    kept: list[Literal["capacity", "expected_loss_budget", "net_value_added", "without_accounts", "new_buyer"]] = [
        "without_accounts", "new_buyer",
    ]  # fmt: skip
    """Methods of the limits set one by one that bound a buyer's limit here too, beside what it can use and what nobody
    may have. All five keep the risk of one buyer small; the cap does that for the book as a whole, and gives room to
    those whose sales are worth their losses. But losses are simulated from default probabilities, which rest on little
    for a buyer without accounts or new to us: the simulation does not show how wrong they may be, so that the rules for
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
        return strictly_rising(multiples, "frontier")
