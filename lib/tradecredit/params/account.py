"""What counts in the whole account of credit insurance, and the terms of what has a price of its own."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from tradecredit.params.base import Amount, Fraction, Parameters, strictly_rising

Item = Literal["capital", "sales", "financing", "information", "tax_recovery", "income_tax"]
"""Items of the account beside the policy's cost and the losses that it pays, which always count."""


class Financing(Parameters):
    """Money that a lender advances on insured receivables, and what it costs with cover and without."""

    advance_rate: Fraction
    """The part of the insured receivables that the lender advances."""
    rate_with_cover: Fraction
    """Yearly rate of the advance where the receivables are insured."""
    rate_without_cover: Fraction
    """Yearly rate of the same money without cover."""


class AccountSettings(Parameters):
    """The whole account of credit insurance (definitions §8.5)."""

    left_out: list[Item] = []
    """Items that do not count: `capital` (the saving of capital), `sales` (those that only cover allows), `financing`,
    `information`, `tax_recovery`, `income_tax`. With the last five left out, the account is the saving of the cost of
    risk."""
    financing: Financing | None = None
    """Terms of an advance on insured receivables; None: not stated, and nothing is counted."""
    insurer_information: Amount | None = None
    """What the insurer's information and collection are worth in a year, in the reporting currency, by your own
    judgement; None: not stated, and nothing is counted."""
    tax_recovery_share: Fraction | None = None
    """The part of the value-added tax in a bad debt that the tax office gives back; None: not stated."""
    income_tax_rate: Fraction | None = None
    """Rate at which income is taxed and costs relieve from tax; None: not stated, all figures are before tax."""
    odds: list[Annotated[float, Field(gt=0)]] = [0.25, 0.5, 1.0, 2.0, 4.0]
    """Multiples of all default odds at which the account is made up again."""
    risk_tolerance: Annotated[float, Field(gt=0)] | None = None
    """The greatest retained loss of the worst 0.1 % of years, on average (expected shortfall, 99.9 %), that is to be
    borne, in the reporting currency; None: not stated, and no terms are told to fit."""
    decide_by: date | None = None
    """Day by which the policy must be renewed, changed or ended; None: the last day of its period, if stated."""

    @field_validator("odds")
    @classmethod
    def _rising(cls, odds: list[float]) -> list[float]:
        return strictly_rising(odds, "odds")
