"""What the cash forecast is told: what is in hand, what else flows, and how scenarios are made."""

import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tradecredit.params.base import Amount, Fraction, Parameters, Positive


class PlannedFlow(Parameters):
    """A flow of cash that does not come from buyers."""

    date: datetime.date
    """The day on which it flows."""
    amount: Annotated[float, Field(strict=True)]
    """In the reporting currency; below zero what is paid out."""
    kind: Annotated[str, Field(min_length=1, max_length=40)]
    """What it is for, such as payroll or suppliers."""
    every: Literal["week", "month", "quarter", "year"] | None = None
    """How often it flows again from then on. None: once."""
    until: datetime.date | None = None
    """Last day on which it may flow again. None: without end."""

    @model_validator(mode="after")
    def _an_end_has_a_repetition(self) -> Self:
        if self.until is not None and self.every is None:
            raise ValueError("until has no effect without every; state how often, or remove it")
        return self


class Borrowing(Parameters):
    """What a lender advances on receivables."""

    advance_rate: Fraction
    """The part of eligible receivables that is advanced."""
    yearly_rate: Fraction
    """The interest of the advance, a year."""
    eligible: Literal["insured", "all"] = "insured"
    """Which receivables the lender takes: the insured part alone, or all."""
    oldest_days_past_due: int = Field(60, ge=0)
    """Invoices that are more days past due are not taken."""


class CashSettings(Parameters):
    """The cash forecast and liquidity (definitions §12)."""

    opening_cash: Annotated[float, Field(strict=True)] | None = None
    """Cash and securities at the end of the as-of date. None: not stated, and liquidity is not told."""
    credit_line: Amount = 0.0
    """What may be drawn from banks beside it."""
    plan: list[PlannedFlow] = []
    """Other flows of cash than those of buyers and of credit insurance, by day."""
    buffer_probability: Annotated[float, Field(gt=0, lt=0.5)] = 0.01
    """The probability of a shortfall in a week that the buffer is to keep to."""
    current_liabilities: Positive | None = None
    """For the cash ratio. None: not stated."""
    payables_days: Amount | None = None
    """Days that suppliers are paid in (DPO), for the cash conversion cycle. None: not stated."""
    inventory_days: Amount | None = None
    """Days that goods are in stock (DIO), for the cash conversion cycle. None: not stated."""
    borrowing: Borrowing | None = None
    """Terms of an advance on receivables. None: none."""
    premium_instalments: int = Field(4, ge=1, le=12)
    """Parts in which a year's premium, fees and tax are paid, at equal intervals from the start of the policy year."""
    protracted_share: Fraction = 0.4
    """Part of defaults that are protracted, where the book records fewer than 10 defaults with their kind."""
    protracted_days: int = Field(90, ge=0)
    """Days past due after which a protracted default counts as one: its waiting period began so many days before."""
    recovery_days: int = Field(365, ge=0)
    """Days from a default to its recovery, where the book records fewer than 5 recoveries."""
    payment_speed_correlation: Annotated[float, Field(ge=0, lt=1)] = 0.5
    """Correlation of how fast all buyers pay with the economy that defaults depend on: in bad years they pay later. A
    judgement; a ledger of three years is too short to estimate it."""
    scenarios: int = Field(10_000, ge=1_000, le=200_000)
    """Simulated years."""

    @model_validator(mode="after")
    def _liquidity_has_a_start(self) -> Self:
        if self.opening_cash is None and self.plan:
            raise ValueError("plan has no effect without opening_cash; state it, or remove the plan")
        return self
