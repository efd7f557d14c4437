"""The loss distribution without simulation, of one factor or of independent gamma factors: a check without noise."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import log_ndtr

from tradecredit.losses.distribution import LossDistribution
from tradecredit.losses.hazards import Obligors
from tradecredit.losses.kernels import States
from tradecredit.losses.moment_kernels import loss_moments
from tradecredit.losses.simulator import Simulator
from tradecredit.numerics.compiled import compiled
from tradecredit.numerics.risk_measures import Sample, expected_shortfall
from tradecredit.params.losses import Dependence

PLACES = np.linspace(-8.0, 8.0, 129)
"""States of the economy that are integrated over, by the trapezoidal rule."""

LATTICE = 2**13
"""Amounts that the distribution is calculated at."""

LARGEST = 1_000
"""Buyers (or groups) whose defaults are taken one by one; all smaller ones together are normal, the economy given."""

SMOOTHEST = 2.0
"""Standard deviation of that normal, in units of the lattice, below which the lattice could not hold it."""

BELOW_ZERO = 64
"""Amounts at the lattice's end that stand for what the normal has below zero."""


FARTHEST = 20.0
"""Standard deviations above the mean of the loss that the lattice reaches to, where gamma factors are several."""

ROUNDING = 1e-9
"""Part of an amount that sums of rounded numbers may differ by."""

SEVERAL_FACTORS, COMMON_SHOCK, VARYING_LOSS = "several factors", "common shock", "varying loss"
"""Why a distribution cannot be integrated over one factor."""


def why_not(dist: LossDistribution) -> str:
    """Return why there is no such check for a distribution; empty where there is."""
    dependence = dist.settings.dependence
    if dependence.sector_factors is not None and not _independent_gamma(dependence):
        return SEVERAL_FACTORS
    if dependence.kind == "student_t":
        return COMMON_SHOCK
    return VARYING_LOSS if dist.simulator().lgd_sd.any() else ""


def quadrature(dist: LossDistribution, levels: Sequence[float]) -> pd.DataFrame:
    """Return the measures of the gross loss as simulated and as calculated without simulation.

    Columns: `measure` (`expected`, `sd`, `VaR`, `ES`), `level`, `simulated`, `standard_error`, `calculated`, and
    `deviation` in standard errors (missing where the error is, or is 0 but for rounding). Given the economy, defaults
    are independent: the characteristic function of the loss is a product over buyers, averaged over the economy, and
    turned into probabilities by a Fourier transform (losses split between neighbouring amounts of a lattice of 8,192
    so that their means stay). Where gamma factors are independent, the average over each is a power in closed form
    (`_by_sector`). Empty where `why_not` gives a reason. Source: Merino and Nyfeler 2002, Calculating portfolio loss,
    Risk 15(8).
    """
    columns = ["measure", "level", "simulated", "standard_error", "calculated", "deviation"]
    if why_not(dist) or dist.portfolio.empty:
        return pd.DataFrame({name: pd.Series(dtype="str" if name == "measure" else "float64") for name in columns})
    simulated = dist.summary(levels)
    simulated = simulated[simulated["view"] == "gross"].rename(columns={"value": "simulated"})
    table = simulated.assign(calculated=_measures(dist.simulator(), levels)).reset_index(drop=True)
    # An error within the rounding of the amount tells of none: all years beyond the level lose the same.
    error = table["standard_error"].where(table["standard_error"] > ROUNDING * table["simulated"])
    return table.assign(deviation=(table["simulated"] - table["calculated"]) / error)[columns]


def convergence(dist: LossDistribution, view: str, level: float) -> pd.DataFrame:
    """Return the expected shortfall of a view from ever more of the scenarios, for a look at how it settles.

    A row for each power of two of the scenarios up to all of them, every so many pairs of neighbours taken: index
    `scenarios`; `value` and `standard_error` (missing where fewer than 10 scenarios lie beyond).
    """
    losses, rows = dist.losses[view].to_numpy(), []
    pairs = np.arange(len(losses)) // 2
    for step in (64, 32, 16, 8, 4, 2, 1):
        taken = pairs % step == 0
        probability = dist.probability[taken] / dist.probability[taken].sum()
        value, error = expected_shortfall(losses[taken], Sample(probability, dist.sample.stratified), level)
        rows.append({"scenarios": int(taken.sum()), "value": value, "standard_error": error})
    return pd.DataFrame(rows).set_index("scenarios")


def _measures(simulator: Simulator, levels: Sequence[float]) -> list[float]:
    """Return expected loss and sd, then VaR and ES at each level."""
    obligors, gamma = simulator.obligors, simulator.economy.gamma
    loss = simulator.loss
    if _independent_gamma(simulator.economy.dependence):
        return _by_sector(simulator, levels)
    states = simulator.economy.along(PLACES)
    weight = np.exp(-(PLACES**2) / 2)
    weight /= weight.sum()
    mean, variance, _ = loss_moments(obligors, states, loss, gamma)
    expected = float(weight @ mean)
    sd = float(np.sqrt(weight @ (variance + mean**2) - expected**2))
    bad = PLACES >= -6.0
    highest = float((mean + 8 * np.sqrt(variance))[bad].max())
    unit = (highest if gamma else min(highest, loss.sum() * 1.001)) / (LATTICE - 2 * BELOW_ZERO)
    if unit <= 0:
        return [0.0] * (2 + 2 * len(levels))
    large = np.sort(np.argsort(-loss, kind="stable")[:LARGEST])
    rates = _rates(obligors, states, gamma)
    rest = _rest(rates, loss, large, gamma, unit) if len(large) < len(loss) else (weight * 0, weight * 0)
    amounts = np.floor(loss[large] / unit)
    losses = amounts.astype(np.int64), loss[large] / unit - amounts
    curve = _characteristic(np.ascontiguousarray(rates[:, large]), losses, weight, gamma, rest)
    return [expected, sd, *_tails(curve, unit, levels)]


def _independent_gamma(dependence: Dependence) -> bool:
    """Return whether several gamma factors vary by themselves."""
    factors = dependence.sector_factors
    return (
        factors is not None
        and dependence.kind == "gamma"
        and np.array_equal(factors.correlation, np.eye(len(factors.factors)))
    )


def _by_sector(simulator: Simulator, levels: Sequence[float]) -> list[float]:
    """Return what `_measures` does, of independent gamma factors X.

    With E_k = Σ w_k · PD · (φ − 1) over obligors, φ the characteristic function of the loss on one, the year's is
    exp(E_specific) · Π (1 − σ_k² · E_k)^(−1/σ_k²): the mean of exp(E_k · X_k) over a gamma variable of mean 1. Its
    variance is Σ PD · loss² + Σ_k σ_k² · (Σ w_k · PD · loss)² (CreditRisk+, Credit Suisse 1997, equations 68 and 118).
    """
    obligors, loss, variance = simulator.obligors, simulator.loss, simulator.economy.dependence.deviations() ** 2
    weights = np.repeat(simulator.economy.weights, np.diff(obligors.first), axis=0)
    rates = obligors.level * np.column_stack([weights, 1 - weights.sum(axis=1)]).T
    means = rates @ loss
    expected = float(means.sum())
    sd = float(np.sqrt(rates.sum(axis=0) @ loss**2 + variance @ means[:-1] ** 2))
    unit = (expected + FARTHEST * sd) / (LATTICE - 2 * BELOW_ZERO)
    if unit <= 0:
        return [0.0] * (2 + 2 * len(levels))
    amounts = np.floor(loss / unit)
    exponent, turn = np.zeros((LATTICE // 2 + 1, len(rates)), dtype=complex), _turn()
    _add_exponents(exponent, turn, np.ascontiguousarray(rates), amounts.astype(np.int64), loss / unit - amounts)
    curve = np.exp(exponent[:, -1]) * np.prod((1 - variance * exponent[:, :-1]) ** (-1 / variance), axis=1)
    return [expected, sd, *_tails(curve, unit, levels)]


def _tails(curve: np.ndarray, unit: float, levels: Sequence[float]) -> list[float]:
    """Return VaR and ES at each level of the loss that has this characteristic function."""
    probability = np.maximum(np.fft.irfft(curve, LATTICE), 0.0)
    probability[0] += probability[-BELOW_ZERO:].sum()
    probability[-BELOW_ZERO:] = 0.0
    probability /= probability.sum()
    return [value for level in levels for value in _tail(probability, unit, level)]


def _tail(probability: np.ndarray, unit: float, level: float) -> tuple[float, float]:
    """Return VaR and ES of a loss that has these probabilities at multiples of the unit."""
    losses = np.arange(len(probability)) * unit
    beyond = probability.sum() - np.cumsum(probability)
    quantile = losses[int(np.argmax(beyond <= 1 - level))]
    return float(quantile), float(quantile + probability @ np.maximum(losses - quantile, 0.0) / (1 - level))


def _rest(
    rates: np.ndarray, loss: np.ndarray, large: np.ndarray, gamma: bool | None, unit: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance, in each state and in units, of the loss on all obligors but the large ones."""
    rest = np.ones(len(loss), bool)
    rest[large] = False
    probability = rates[:, rest] if gamma else -np.expm1(-rates[:, rest])
    spread = probability if gamma else probability * (1 - probability)
    units = loss[rest] / unit
    return probability @ units, np.maximum(spread @ units**2, SMOOTHEST**2)


def _rates(obligors: Obligors, states: States, gamma: bool | None) -> np.ndarray:
    """Return the hazard of each obligor in each state (states × obligors): see `Obligors`."""
    factor, shock = states.factor[0][:, None], states.shock[:, None]
    if gamma:
        return -obligors.level * factor
    return -log_ndtr(-(obligors.level + obligors.slope * shock - obligors.loading * factor))


@compiled
def _multiply(product, turn, chance, amounts, parts):
    """Multiply the characteristic functions of obligors onto those of the rest (frequencies × states), in place.

    `turn`: of one unit at each frequency of the whole lattice; the loss of an obligor is split between two of its
    amounts, `amounts` and the next, by `parts`.
    """
    size = len(turn)
    for frequency in range(len(product)):
        for obligor in range(len(amounts)):
            low = turn[(frequency * amounts[obligor]) % size]
            high = turn[(frequency * (amounts[obligor] + 1)) % size]
            change = low + parts[obligor] * (high - low) - 1.0
            for state in range(product.shape[1]):
                product[frequency, state] *= 1.0 + chance[state, obligor] * change


@compiled
def _add_exponents(exponent, turn, chance, amounts, parts):
    """Add what numbers of defaults that are Poisson add to the logs of the characteristic functions, in place."""
    size = len(turn)
    for frequency in range(len(exponent)):
        for obligor in range(len(amounts)):
            low = turn[(frequency * amounts[obligor]) % size]
            high = turn[(frequency * (amounts[obligor] + 1)) % size]
            change = low + parts[obligor] * (high - low) - 1.0
            for state in range(exponent.shape[1]):
                exponent[frequency, state] += chance[state, obligor] * change


def _characteristic(
    rates: np.ndarray, losses: tuple[np.ndarray, np.ndarray], weight: np.ndarray, gamma: bool | None,
    rest: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:  # fmt: skip
    """Return the characteristic function of the loss at half of the lattice's frequencies, averaged over states.

    `losses`: multiples of the unit, and the part of a unit beyond; `rest`: mean and variance, in units, of a normal
    rest in each state.
    """
    angle = -2 * np.pi * np.arange(LATTICE // 2 + 1)[:, None] / LATTICE
    exponent = 1j * angle * rest[0] - 0.5 * angle**2 * rest[1]
    turn = _turn()
    if gamma:
        _add_exponents(exponent, turn, rates, *losses)
        product = np.exp(exponent)
    else:
        product = np.exp(exponent)
        _multiply(product, turn, -np.expm1(-rates), *losses)
    return (product * weight).sum(axis=1)


def _turn() -> np.ndarray:
    """Return the characteristic function of one unit at each frequency of the lattice."""
    return np.exp(-2j * np.pi * np.arange(LATTICE) / LATTICE)
