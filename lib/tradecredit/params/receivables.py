"""Conventions of the receivables figures."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from tradecredit.params.base import Parameters, strictly_rising


class ReceivablesSettings(Parameters):
    """Conventions of the receivables figures (definitions §2)."""

    ageing_buckets: list[Annotated[int, Field(gt=0)]] = [30, 60, 90, 120, 180]
    """Upper bounds, in days, of the overdue buckets."""
    ageing_from: Literal["due", "issued"] = "due"
    """The day that age is counted from."""
    sales_months: int = Field(3, ge=1, le=12)
    """Months of sales that DSO and turnover are measured over."""

    @field_validator("ageing_buckets")
    @classmethod
    def _rising(cls, buckets: list[int]) -> list[int]:
        return strictly_rising(buckets, "ageing_buckets")
