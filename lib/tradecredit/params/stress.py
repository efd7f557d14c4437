"""A stress of the economy, the book or the insurer, as a YAML file states it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from tradecredit.params.base import Amount, Country, Fraction, Named, Parameters, Positive

BASE = "base"
"""Name of the book as it is, without any scenario, which no scenario may have."""

Sentence = Annotated[str, Field(min_length=1)]
Sector = Annotated[str, Field(min_length=1)]
Grade = Annotated[int, Field(ge=1, le=10)]
Growth = Annotated[float, Field(ge=-1)]
Probability = Annotated[float, Field(ge=0, le=1)]


class NewBuyers(Parameters):
    """Buyers of one kind that are at risk in the scenario only; their figures are those of the stressed year."""

    count: Annotated[int, Field(ge=1, le=10_000)]
    """How many."""
    exposure: Amount
    """Of each, in the reporting currency."""
    pd: Probability | None = None
    """12-month default probability of each; None: the median of the stressed book's buyers of `grade`."""
    grade: Grade | None = None
    """Their grade."""
    country: Country | None = None
    """Their country."""
    sector: Sector | None = None
    """Their sector (NACE section)."""
    insured_limit: Amount | None = None
    """The insurer's limit on each; None: none named, so that a discretionary limit may apply on good faith."""

    @model_validator(mode="after")
    def _risk_is_stated(self) -> Self:
        if self.pd is None and self.grade is None:
            raise ValueError("a `pd` or a `grade` is expected")
        return self


class Scenario(Named):
    """A stress of the economy, the book or the insurer's limits; what is left out stays as it is.

    `Scenario.from_yaml(file)`; `applied` puts a portfolio under it, `insured_under` the policies.
    """

    name: Annotated[str, Field(min_length=1, max_length=60)] = "scenario"
    """How tables and figures call it; the file's name unless the file says otherwise."""
    description: Sentence
    """What happens, in a sentence for the reader."""
    source: Sentence
    """Where the figures come from, or whose judgement they are."""

    insolvency_growth: Growth = 0.0
    """Growth of the number of insolvencies: every default probability × (1 + growth)."""
    insolvency_index: Positive | None = None
    """In place of the general growth: where the run's index of insolvencies stands in the scenario; the growth is that
    from where it is expected to be on average over the next 12 months (`point_in_time.point_in_time`), to the power of
    `default.index_elasticity`."""
    insolvency_growth_by_country: dict[Country, Growth] = Field({})
    """The growth in a country, in place of the general one."""
    pd_by_country: dict[Country, Amount] = Field({})
    """Country: what its buyers' default probabilities are multiplied by, on top of the growth."""
    pd_by_sector: dict[Sector, Amount] = Field({})
    """The same by sector (NACE section)."""
    pd_by_grade: dict[Grade, Amount] = Field({})
    """The same by grade."""

    extra_payment_days: Amount = 0.0
    """Days that buyers pay later than they do: so many more days of sales are owed."""

    recoveries_left: Fraction = 1.0
    """The part of each recovery that still comes in."""

    limits_left: Fraction = 1.0
    """The part of each limit named by the insurer that remains; 0: cancelled."""
    limits_left_by_grade: dict[Grade, Fraction] = Field({})
    """The same by the buyer's grade, on top of `limits_left`."""
    limits_left_by_sector: dict[Sector, Fraction] = Field({})
    """The same by sector."""
    discretionary_limit_left: Fraction = 1.0
    """The part of each policy's discretionary limit that remains."""

    new_buyers: list[NewBuyers] = Field([])
    """Buyers that come on top of the book's."""

    @model_validator(mode="after")
    def _one_growth(self) -> Self:
        if self.insolvency_index is not None and "insolvency_growth" in self.model_fields_set:
            raise ValueError("insolvency_growth and insolvency_index state the same twice: leave one out")
        return self
