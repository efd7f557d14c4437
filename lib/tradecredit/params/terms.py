"""How long buyers may take to pay, and the plan for an overdue one."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from tradecredit.params.base import Fraction, Parameters, strictly_rising
from tradecredit.params.size import Sized


class TermsSettings(Parameters):
    """How long buyers may take to pay (definitions §3)."""

    lengths_days: list[Annotated[int, Field(gt=0)]] = [14, 30, 45, 60, 90]
    """Lengths of terms that are compared."""
    base_days: int = Field(30, gt=0)
    """Terms that `longer_days` are compared with."""
    longer_days: int = Field(60, gt=0)
    """What these terms cost more than `base_days` is shown by grade."""
    maximum_cost_share: Fraction = 0.25
    """The largest part of the margin that capital and expected loss may take: it sets the longest terms of a grade."""

    @field_validator("lengths_days")
    @classmethod
    def _rising(cls, lengths: list[int]) -> list[int]:
        return strictly_rising(lengths, "lengths_days")

    @model_validator(mode="after")
    def _longer_is_longer(self) -> Self:
        if self.longer_days <= self.base_days:
            raise ValueError(f"longer_days must be above base_days, {self.base_days}")
        return self


class PaymentPlanSettings(Parameters):
    """A plan for an overdue buyer, and what stands against it. Judgement but for the two figures of enforcement."""

    least_days_past_due: int = Field(30, ge=0)
    """A plan or enforcement is advised from so many days past due on; before that what is overdue is collected in the
    ordinary course."""
    least_amount: Sized = 1_000
    """Nor is it of less than this overdue, in the reporting currency."""
    least_gain: Sized = 500
    """Nor where it is worth less than so much more than waiting, in the reporting currency: a plan is to be negotiated,
    agreed with the insurer where the debt is insured, and watched."""
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
