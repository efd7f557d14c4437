"""The obligors of a portfolio: which buyers default together, what they hang on, and where their barriers lie."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from tradecredit.losses.hazards import Obligors
from tradecredit.losses.importance_sampling import TWISTED, Hang
from tradecredit.params.losses import Dependence


class OfPortfolio(NamedTuple):
    """`obligors`, and how they `hang` on the economy; `members`: positions of buyers in the portfolio, those of obligor
    n from `start[n]` to `start[n + 1]`; `cost`: what each obligor's default costs, on average."""

    obligors: Obligors
    hang: Hang
    members: np.ndarray
    start: np.ndarray
    cost: np.ndarray


def obligors_of(portfolio: pd.DataFrame, dependence: Dependence) -> OfPortfolio:
    """Return the obligors of a portfolio (columns as `simulation.simulate` has them), in order of factor."""
    number = {name: portfolio[name].astype(float).to_numpy() for name in ("exposure", "lgd", "pd", "correlation")}
    loss = number["exposure"] * number["lgd"]
    group = _groups(portfolio)
    factor, weights = _factors(portfolio, dependence, group, loss)
    # Within a factor by default probability, so that neighbours in the kernel's loop take the same branches.
    order = np.lexsort((number["pd"][np.unique(group, return_index=True)[1]], factor))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    members, count = np.argsort(place[group], kind="stable"), len(factor)
    start = np.searchsorted(place[group][members], np.arange(count + 1))
    probability, correlation = (
        _grouped_mean(number[name], loss, place[group], count) for name in ("pd", "correlation")
    )
    cost = np.bincount(place[group], loss, minlength=count)
    anchor = _anchor(probability, correlation, cost, dependence)
    level, slope, loading = _barriers(probability, correlation, anchor, dependence)
    obligors = Obligors(
        level=level,
        slope=slope,
        loading=loading,
        tilt=_tilt(cost),
        name=members[start[:-1]] if count else members,
        first=np.searchsorted(factor[order], np.arange(len(weights) + 1)),
    )
    return OfPortfolio(obligors, Hang(weights, anchor), members, start, cost)


def _groups(portfolio: pd.DataFrame) -> np.ndarray:
    """Return the number of each buyer's obligor: its group, or itself; numbered by their first buyers."""
    alone = "#" + pd.Series(np.arange(len(portfolio)).astype(str), index=portfolio.index)
    name = (
        alone
        if "group_id" not in portfolio
        else ("g" + portfolio["group_id"].astype("str")).where(portfolio["group_id"].notna(), alone)
    )
    return pd.factorize(name)[0]


def _factors(
    portfolio: pd.DataFrame, dependence: Dependence, group: np.ndarray, loss: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the factor of each obligor, or mix of factors, and the weights of all (`Economy.weights`).

    That of its own or of its sector, a group's that of the buyer with the largest loss. The factors by themselves come
    first, in their order.
    """
    count, factors = group.max(initial=-1) + 1, dependence.sector_factors
    if factors is None:
        return np.zeros(count, np.int64), np.ones((1, 1))
    rows = {tuple(row): place for place, row in enumerate(np.eye(len(factors.factors)).tolist())}
    by_key = {key: rows.setdefault(factors.by_factor(weights), len(rows)) for key, weights in factors.stated()}
    code, sectors = pd.factorize(portfolio["sector"] if "sector" in portfolio else np.full(len(portfolio), None))
    other = by_key["other"]
    number = np.array([*(by_key.get(f"sectors.{sector}", other) for sector in sectors), other])[code]  # −1: missing
    if factors.buyers:
        own = pd.Series({name: by_key[f"buyers.{name}"] for name in factors.buyers}).reindex(portfolio.index)
        number = np.where(own.isna(), number, own.fillna(0)).astype(np.int64)
    largest = np.lexsort((-loss, group))
    return number[largest[np.searchsorted(group[largest], np.arange(count))]], np.array([*rows])


def _grouped_mean(values: np.ndarray, weight: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    """Return means by group, weighted by loss at default (so that the expected loss stays), or plain without losses."""
    total = np.bincount(group, weight, minlength=count)
    size = np.bincount(group, minlength=count)
    weight = np.where(total[group] > 0, weight / np.where(total > 0, total, 1.0)[group], 1 / size[group])
    mean = np.bincount(group, weight * values, minlength=count)
    alone = size[group] == 1
    mean[group[alone]] = values[alone]
    return mean


def _anchor(probability: np.ndarray, correlation: np.ndarray, cost: np.ndarray, dependence: Dependence) -> float:
    """Return how far a unit of Student-t shock moves the factor for the typical buyer: barrier / loading."""
    if dependence.kind != "student_t":
        return 0.0
    from scipy.stats import t

    barrier = t.ppf(probability, dependence.degrees_of_freedom)
    weight = np.where(np.isfinite(barrier), probability * cost, 0.0)
    loading = float(weight @ np.sqrt(correlation))
    return float(weight @ np.where(np.isfinite(barrier), barrier, 0.0)) / loading if loading > 0 else 0.0


def _barriers(
    probability: np.ndarray, correlation: np.ndarray, anchor: float, dependence: Dependence
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return level, slope and loading of each obligor's distance to default (see `Obligors`).

    (barrier · shock − √ρ · Z) / √(1 − ρ), the factor being c = Z − anchor · (shock − 1).
    """
    if dependence.kind == "gamma":
        return probability, probability * 0, probability * 0
    own = np.sqrt(1 - correlation)
    loading = np.sqrt(correlation) / own
    if dependence.kind == "gaussian":
        return ndtri(probability) / own, probability * 0, loading
    from scipy.stats import t

    barrier = t.ppf(probability, dependence.degrees_of_freedom)
    return loading * anchor, barrier / own - loading * anchor, loading


def _tilt(cost: np.ndarray) -> np.ndarray:
    """Return the losses by which obligors may be twisted: those of the largest, 0 for the others."""
    tilt = np.zeros(len(cost))
    largest = np.argsort(-cost, kind="stable")[:TWISTED]
    tilt[largest] = cost[largest]
    return tilt
