"""How what is owed is provided for: segments, ageing, loss rates, the outlook, and what insurance is taken for."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from tradecredit.params.base import Fraction, Parameters, strictly_rising

WHOLE_BOOK = "whole book"
"""The one segment of a book that is not told apart, and the key of the rates stated for all segments."""


class ProvisionSettings(Parameters):
    """Lifetime expected credit losses of trade receivables by a provision matrix (definitions §6)."""

    standard: Literal["ifrs", "cecl"] = "ifrs"
    """IFRS 9, simplified approach, or US GAAP's CECL (ASC 326-20)."""
    expedient: bool = True
    """With `cecl`: ASU 2025-05's practical expedient: conditions of the day are taken to last over the life of current
    receivables, so that no forecast enters. No effect with `ifrs`."""
    segments: list[Literal["country", "sector", "kind"]] = []
    """Columns of `buyers` by which loss rates are told apart; none: one set of rates for the whole book."""
    buckets: list[Annotated[int, Field(gt=0)]] = [30, 60, 90]
    """Upper bounds, in days past due, of the overdue buckets; by default those of IFRS 9, illustrative example 12."""
    method: Literal["roll_rates", "defaults", "stated"] = "roll_rates"
    """Where loss rates come from: how balances moved from month to month, which part of past balances was lost within
    12 months, or `rates`."""
    rates: dict[str, list[Fraction]] = {}
    """With `stated`: segment, or `whole book` for all that are not named: a loss rate for each bucket, the current one
    first. They are taken to look ahead as they stand: no outlook is applied to them."""
    rates_source: str = ""
    """Where stated rates come from, for the reader; required with them."""
    years: int = Field(5, ge=1)
    """Years of the ledger that rates are estimated from, at most."""
    minimum_months: int = Field(12, ge=1)
    """Months of history without which no rate is estimated."""
    fewest_losses: int = Field(10, ge=1)
    """A segment in which fewer buyers failed, or had an invoice written off, has the rates of the whole book."""
    write_off_days: Annotated[int, Field(gt=0)] | None = 365
    """What is more days past due than this counts as lost in full, today and where rates are estimated; null: only what
    was written off. Judgement; state your own write-off policy."""
    recoveries: dict[str, Fraction] = {}
    """Buyer in default: the share of what it owes that is expected to come in; of others, the book's own."""
    scenario_weights: dict[str, Fraction] = {}
    """`base`, and scenarios of the run by name: the probability of each, 1 in all; empty: the base alone."""
    insurance: Literal["separate", "integral"] = "separate"
    """Whether credit insurance is part of the terms of the receivables, and lowers the provision, or stands beside it
    as an asset of its own (IFRS 9 B5.5.55). A judgement of the accountant: both are shown, this is what is posted."""

    @field_validator("buckets")
    @classmethod
    def _rising(cls, buckets: list[int]) -> list[int]:
        return strictly_rising(buckets, "buckets")

    @model_validator(mode="after")
    def _rates_where_stated(self) -> Self:
        problems = []
        if self.method == "stated" and not self.rates:
            problems.append("method: stated needs `rates`")
        if self.method != "stated" and self.rates:
            problems.append("rates: have no effect unless method is stated; remove them, or set it")
        if self.rates and not self.rates_source:
            problems.append("rates_source: say where the stated rates come from")
        wanted = len(self.labels)
        problems += [
            f"rates.{segment}: {wanted} rates are expected, for current and each of the {wanted - 1} overdue buckets; "
            f"found {len(rates)}"
            for segment, rates in self.rates.items()
            if len(rates) != wanted
        ]
        total = sum(self.scenario_weights.values())
        if self.scenario_weights and abs(total - 1) > 1e-9:
            problems.append(f"scenario_weights: must add up to 1, and are {total:g}")
        if self.method == "stated" and self.scenario_weights:
            problems.append("scenario_weights: have no effect on stated rates; remove one of the two")
        if self.write_off_days is not None and self.write_off_days < self.buckets[-1]:
            problems.append("write_off_days: must not be below the last of `buckets`")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def labels(self) -> list[str]:
        """The names of the buckets, the current one first."""
        bounds = self.buckets
        later = [f"{low + 1}–{high}" for low, high in pairwise(bounds)]
        return ["current", f"1–{bounds[0]}", *later, f">{bounds[-1]}"]
