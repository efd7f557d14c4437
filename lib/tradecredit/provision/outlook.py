"""What lies ahead: by what loss rates of past years are multiplied, scenario by scenario, and what still comes in."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit import default
from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.default.point_in_time import PointInTime, point_in_time
from tradecredit.default.scenario_risk import pd_multiplier, scenarios_of
from tradecredit.params.stress import BASE, Scenario
from tradecredit.provision.flows import looked_at
from tradecredit.provision.loss_rates import lgd_on

FORECAST, TODAY, NONE = "forecast", "conditions of the day", "none"
"""Bases of an outlook: the economy expected over the next 12 months, that of the day for good, or none at all."""

DIGITS = 4
"""Decimals that a factor is used and shown with, so that a spreadsheet finds the same provision."""


class Outlook(NamedTuple):
    """What loss rates are multiplied by: `factor` of each buyer, and `recoveries_left` of what failed buyers bring in.

    `scenarios`: index `scenario`; `weight`, `growth_factor` (mean over the buyers), `recoveries_left`,
    `outlook_factor`: what it multiplies a loss rate by, index of insolvencies included. `insolvencies`: that index.
    """

    factor: np.ndarray
    recoveries_left: float
    scenarios: pd.DataFrame
    insolvencies: PointInTime
    basis: str


def basis_of(book: Book) -> str:
    """Return which outlook the run's standard asks for: `FORECAST`, `TODAY` (CECL's expedient), or `NONE` (stated)."""
    settings = book.run.provision
    if settings.method == "stated":
        return NONE
    return TODAY if settings.standard == "cecl" and settings.expedient else FORECAST


@once
def outlook(book: Book, day: pd.Timestamp, basis: str) -> Outlook:
    """Return the outlook of a day, the book's or an earlier one, on a basis.

    Of a buyer: factor = index factor × Σ weight · growth · (1 − (1 − LGD) · recoveries left) / LGD over the scenarios
    of `provision.scenario_weights`, with `DIGITS` decimals; growth is `scenario_risk.pd_multiplier` by the buyer's
    country and sector, and grade where a scenario names grades. The index factor is (index of insolvencies, mean of the
    next 12 months / of the months that the rates rest on) ^ `default.index_elasticity`
    (`point_in_time.point_in_time`), 1 without an index. On the basis `TODAY` the index stays as it is, and no scenario
    counts; on `NONE` the factor is 1. Loss rates are taken to be proportional to default probabilities; the weights are
    today's on all days. Source: IFRS 9 5.5.17; ASU 2025-05; definitions §6.3.
    """
    buyers = len(book.buyers)
    settings = book.run.default
    months = looked_at(book)
    then = pd.Series(months[(months < day) & (months >= day - pd.DateOffset(years=book.run.provision.years))])
    index = point_in_time(settings, day, then if len(then) else None)
    weights = {BASE: 1.0}
    if basis == FORECAST and book.run.provision.scenario_weights:
        weights = book.run.provision.scenario_weights
    index_factor = index.factor
    if basis == TODAY and not np.isnan(index.now):
        index_factor = (index.now / index.then) ** settings.index_elasticity
    if basis == NONE:
        index_factor = 1.0
    lgd = lgd_on(book, day) if basis != NONE else 1.0
    stated = {scenario.name: scenario for scenario in scenarios_of(book) if scenario.name in weights}
    portfolio = _portfolio(book, day, list(stated.values()))
    factor, rows = np.zeros(buyers), []
    for name, weight in weights.items():
        growth, left = np.ones(buyers), 1.0
        if name in stated:
            growth, left = pd_multiplier(portfolio, stated[name]).to_numpy(), stated[name].recoveries_left
        severity = (1 - (1 - lgd) * left) / lgd if lgd > 0 else 1.0
        factor += weight * index_factor * growth * severity
        mean = float(growth.mean()) if buyers else np.nan
        rows.append((name, weight, mean, left, index_factor * mean * severity))
    table = pd.DataFrame(rows, columns=["scenario", "weight", "growth_factor", "recoveries_left", "outlook_factor"])
    left = float((table["weight"] * table["recoveries_left"]).sum())
    return Outlook(factor.round(DIGITS), left, table.set_index("scenario"), index, basis)


def _portfolio(book: Book, day: pd.Timestamp, scenarios: list[Scenario]) -> pd.DataFrame:
    """Return what scenarios tell buyers apart by: country, sector, and the grade of the day where they name grades."""
    table = book.buyers[["buyer_id", "country", "sector"]].set_index("buyer_id")
    if any(scenario.pd_by_grade for scenario in scenarios):
        past = book if day == book.as_of else book.at(day)
        table = table.assign(grade=default.assess(past)["grade"].reindex(table.index))
    return table
