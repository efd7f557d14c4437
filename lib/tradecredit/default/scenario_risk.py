"""What scenarios make of probabilities of default, by country, sector and grade."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.default.point_in_time import point_in_time
from tradecredit.errors import ParameterError, Problem
from tradecredit.params.stress import Scenario


def scenarios_of(book: Book) -> list[Scenario]:
    """Return the run's scenarios, in its order, an `insolvency_index` turned into the growth that it means.

    Raises `ParameterError` for an index where the run has none by its day.
    """
    stated = book.run.scenarios
    indexed = any(scenario.insolvency_index is not None for scenario in stated)
    ahead = point_in_time(book.run.default, book.as_of).ahead if indexed else np.nan
    problems = [
        Problem(
            file=f"scenario {scenario.name}", column="insolvency_index", value=scenario.insolvency_index,
            allowed="the run has no index of insolvencies by its day to compare it with",
            remedy="state `default.insolvency_index` in the run file, or `insolvency_growth` here",
        )
        for scenario in stated
        if scenario.insolvency_index is not None and np.isnan(ahead)
    ]  # fmt: skip
    if problems:
        raise ParameterError(problems)
    return [_with_growth(scenario, ahead, book) for scenario in stated]


def _with_growth(scenario: Scenario, ahead: float, book: Book) -> Scenario:
    if scenario.insolvency_index is None:
        return scenario
    factor = (scenario.insolvency_index / ahead) ** book.run.default.index_elasticity
    return scenario.model_copy(update={"insolvency_growth": factor - 1})


def pd_multiplier(portfolio: pd.DataFrame, scenario: Scenario) -> pd.Series:
    """Return what a scenario multiplies the probability of default of each buyer by: index that of `portfolio`.

    (1 + growth, that of its country if stated) × the factors of its `country`, `sector` and `grade`, columns that may
    be absent; 1 for a label that is missing or not named. Source: definitions §8.2, `params.stress.Scenario`.
    """
    country = labels_of(portfolio, "country")
    growth = country.map(scenario.insolvency_growth_by_country).astype("float64").fillna(scenario.insolvency_growth)
    by_label: dict[str, dict] = {
        "country": scenario.pd_by_country,
        "sector": scenario.pd_by_sector,
        "grade": scenario.pd_by_grade,
    }
    return (1 + growth) * product(portfolio, by_label)


def product(portfolio: pd.DataFrame, by_label: dict[str, dict]) -> pd.Series:
    """Return, for each buyer, the product of the factors that its labels have; 1 for a label without one."""
    product = pd.Series(1.0, index=portfolio.index)
    for column, factors in by_label.items():
        product = product * labels_of(portfolio, column).map(factors).astype("float64").fillna(1.0)
    return product


def labels_of(portfolio: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as plain objects, so that a grade 7 is found whether it is held as 7, 7.0 or <NA>-able."""
    if column not in portfolio:
        return pd.Series(np.nan, index=portfolio.index, dtype="object")
    values = portfolio[column]
    if column == "grade":
        values = pd.to_numeric(values).astype("Int64")
    return values.astype("object").where(values.notna(), np.nan)
