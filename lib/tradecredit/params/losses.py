"""What a default costs, how defaults depend on each other, and how scenarios are drawn."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, field_validator, model_validator

from tradecredit.params.base import Fraction, Parameters, Positive, SectionOrFile, strictly_rising

SPECIFIC = "specific"
"""What a weight stands under that moves with no factor."""


def _factor_or_weights(stated: object) -> object:
    right = isinstance(stated, str) or (
        isinstance(stated, dict)
        and all(isinstance(value, int | float) and 0 <= value <= 1 for value in stated.values())
        and abs(sum(stated.values()) - 1) < 1e-9
    )
    if not right:
        raise ValueError("a factor, or factors with weights from 0 to 1 that add up to 1, are expected")
    return {stated: 1.0} if isinstance(stated, str) else stated


Weights = Annotated[dict[str, float], BeforeValidator(_factor_or_weights)]
"""Factor: its weight; a factor alone has all of it."""


class SectorFactors(Parameters):
    """Factors of the economy, one for each sector or several by weights, with a correlation matrix."""

    source: Annotated[str, Field(min_length=1)]
    """Where the matrix comes from."""
    factors: list[str]
    """Names of the factors, in the matrix' order."""
    correlation: list[list[float]]
    """Correlation of each factor with each: symmetric, 1 with itself, positive semi-definite."""
    sectors: dict[str, Weights]
    """Sector of a buyer (NACE section): its factor, or several with weights that add up to 1, as `{Energy: 0.6,
    Utilities: 0.4}`. With `gamma`, the mean number of defaults is PD times the weighted mean of the factors, and
    `specific` may be among them: what moves with no factor (CreditRisk+, Credit Suisse 1997, §A12). Otherwise the
    buyer's factor is the weighted sum, scaled to a standard deviation of 1; what moves with none is one less the
    asset correlation."""
    other: Weights
    """The same for buyers whose sector is missing or not listed."""
    buyers: dict[str, Weights] = {}
    """The same for single buyers (buyer_id), in place of their sector's."""

    @model_validator(mode="after")
    def _is_a_correlation_matrix(self) -> Self:
        problems = list(self._problems())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        size = len(self.factors)
        for name in sorted({name for name in self.factors if self.factors.count(name) > 1}):
            yield f"factors: {name} is there twice"
        if SPECIFIC in self.factors:
            yield f"factors: {SPECIFIC} is what moves with no factor; give the factor another name"
        for name, weights in self.stated():
            for factor in weights:
                if factor not in [*self.factors, SPECIFIC]:
                    yield f"{name}: {factor} is none of the factors"
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

    def stated(self) -> Iterator[tuple[str, dict[str, float]]]:
        """Return all weights with the keys that they are stated under."""
        yield from ((f"sectors.{name}", weights) for name, weights in self.sectors.items())
        yield from ((f"buyers.{name}", weights) for name, weights in self.buyers.items())
        yield "other", self.other

    def by_factor(self, weights: dict[str, float]) -> tuple[float, ...]:
        """Return the weight of each factor, in the matrix' order: what is specific is what they lack of 1."""
        return tuple(weights.get(name, 0.0) for name in self.factors)


class Dependence(Parameters):
    """How defaults depend on each other: through one factor or several, and how they share bad years."""

    kind: Literal["gaussian", "student_t", "gamma"] = "gaussian"
    """Normal factors (Vasicek 2002); the same divided by a common shock, so that extremes come together; or default
    rates that a gamma variable multiplies (CreditRisk+, Credit Suisse 1997)."""
    degrees_of_freedom: Annotated[float, Field(gt=2)] | None = None
    """Of `student_t`: the fewer, the more extremes come together."""
    default_rate_sd: Positive | dict[str, Positive] | None = None
    """Of `gamma`: standard deviation of a factor's default rate as a multiple of its mean: one number for all, or one
    for each of the `sector_factors`."""
    sector_factors: SectionOrFile[SectorFactors] | None = None
    """Factors of the economy by sector, or the YAML file that describes them; None: one for all. With `gamma` the
    correlations are those of the normals behind the gamma variables (a Gaussian copula): 0 is CreditRisk+ with
    independent sectors, 1 one sector."""

    @model_validator(mode="after")
    def _parameters_belong_to_the_kind(self) -> Self:
        problems = []
        for kind, name in (("student_t", "degrees_of_freedom"), ("gamma", "default_rate_sd")):
            if self.kind == kind and getattr(self, name) is None:
                problems.append(f"{kind} needs {name}")
            if self.kind != kind and getattr(self, name) is not None:
                problems.append(f"{name} belongs to {kind}: remove it, or set kind")
        problems += self._unlike_factors()
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _unlike_factors(self) -> Iterator[str]:
        """Return what standard deviations and weights do not have in common with the factors and the kind."""
        factors = self.sector_factors
        if isinstance(self.default_rate_sd, dict):
            names = [] if factors is None else factors.factors
            if set(self.default_rate_sd) != set(names):
                yield f"default_rate_sd: one number, or one for each of the factors ({', '.join(names) or 'none'})"
        if factors is None or self.kind == "gamma":
            return
        matrix = np.array(factors.correlation)
        for name, weights in factors.stated():
            row = np.array(factors.by_factor(weights))
            if SPECIFIC in weights:
                yield (
                    f"sector_factors.{name}: {SPECIFIC} belongs to gamma; with {self.kind} the asset correlation says "
                    "how much moves with no factor"
                )
            elif row @ matrix @ row < 1e-9:
                yield f"sector_factors.{name}: the weighted factors cancel each other"

    def deviations(self) -> np.ndarray:
        """Return the standard deviation of the default rate of each factor, of `gamma`."""
        stated = self.default_rate_sd
        if isinstance(stated, dict) and self.sector_factors is not None:
            return np.array([stated[name] for name in self.sector_factors.factors])
        return np.array([stated])


class LossSettings(Parameters):
    """What a default costs, and how defaults depend on each other."""

    lgd: Fraction = 0.75
    """Loss given default as a share of the balance, before insurance, where the book's recoveries are too few."""
    lgd_source: str = "the workbook's default; no statistic stands behind it"
    """Where the number comes from, for the reader."""
    minimum_resolved_defaults: int = Field(20, ge=5)
    """Defaults older than a year that are needed to estimate the loss given default from the book itself."""
    lgd_sd: Annotated[float, Field(ge=0, lt=0.5)] = 0.0
    """Standard deviation of the loss given default from one default to the next (beta-distributed); 0: it is fixed."""
    exposure: Literal["balance", "peak", "limit"] = "balance"
    """Exposure at default: today's balance, the highest of the last 12 months, or the balance and a part of the unused
    limit."""
    undrawn_share: Fraction = 0.5
    """With `exposure: limit`, the part of the unused limit that a buyer draws before it fails."""
    shipped_after_stop: Fraction = 0.25
    """Share of a failing buyer's insurable debt that was shipped after the policy's stop, where the book knows fewer
    than 10 failures; otherwise it is drawn from those."""
    groups: Literal["together", "one_by_one"] = "together"
    """Whether the buyers of a group default together or each by itself."""
    correlation: Literal["basel"] | Fraction = "basel"
    """Asset correlation: the Basel corporate formula by PD and turnover, or one number for all buyers."""
    million_euros: Positive | None = None
    """A million euros in the reporting currency: the Basel formula's size adjustment is stated in euros. None: by the
    book's rate of the euro, or else by the European Central Bank's of 28 February 2025."""
    dependence: Dependence = Dependence()
    """How defaults depend on each other."""

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
        return strictly_rising(levels, "levels")


class Simulation(Sampling):
    """How many years a run simulates, and from which seed."""

    precision: Annotated[float, Field(gt=0, le=0.1)] = 0.005
    """Largest standard error of a figure of the tail, as a part of it, and of a difference between costs of risk, as a
    part of the smaller: years are simulated until it is reached (`losses.precision`)."""
    scenarios: int = Field(200_000, ge=1_000, le=5_000_000)
    """Simulated years, at most."""
    seed: int = Field(20261031, ge=0)
    """The same seed gives the same figures."""
