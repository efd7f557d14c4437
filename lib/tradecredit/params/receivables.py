"""Conventions of the receivables figures."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from tradecredit.params.base import Parameters, strictly_rising
from tradecredit.params.size import Sized


class CancellationSettings(Parameters):
    """When credit notes cancel an invoice, so that it was no sale (definitions §2.3).

    Credit notes over the whole amount always do. An invoice is mostly corrected soon, and what stays of it then is
    freight or a fee; later, or over less, a credit note is a lower price for goods that were sold.
    """

    share: float = Field(0.9, gt=0, le=1)
    """Credit notes over so much of the amount cancel it as well, if they come within `days`; 1: those of all only."""
    days: int = Field(31, ge=0)
    """From the day of issue; until the close of the month after."""


class Dust(Parameters):
    """What is left of an invoice, by rounding or a bank's charge, that nobody asks for: the smaller of both."""

    amount: Sized = 1.0
    """In the reporting currency."""
    share: float = Field(0.001, ge=0, le=1)
    """Of the invoice."""


class ReceivablesSettings(Parameters):
    """Conventions of the receivables figures (definitions §2)."""

    ageing_buckets: list[Annotated[int, Field(gt=0)]] = [30, 60, 90, 120, 180]
    """Upper bounds, in days, of the overdue buckets."""
    ageing_from: Literal["due", "issued"] = "due"
    """The day that age is counted from."""
    sales_months: int = Field(3, ge=1, le=12)
    """Months of sales that DSO and turnover are measured over."""
    cancellation: CancellationSettings = CancellationSettings()
    dust: Dust = Dust()
    small_rest: Sized = 100
    """What is left of an invoice that was larger, no more than this, in the reporting currency, is owed and collected,
    but bears no flat fee for late payment and does not date what a buyer owes past due."""
    exchange_tolerance: float = Field(0.02, ge=0, lt=1)
    """A payment in another currency than its invoice settles it where it comes so near, as a share of what was paid so:
    a bank pays out at a rate of its own, mostly 0.5 to 1.5 % off the day's, and the rate of the day may be that of the
    day before. The rest is a bank difference, told and not owed. 0: any shortfall stays open."""

    @field_validator("ageing_buckets")
    @classmethod
    def _rising(cls, buckets: list[int]) -> list[int]:
        return strictly_rising(buckets, "ageing_buckets")
