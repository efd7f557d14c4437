"""The master scale: ten grades by 12-month default probability, 1 the best."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

WORST = 10
"""The grade of buyers in default, and of all whose default probability lies above the last bound."""

SP_DEFAULT_RATES = {"AA": 0.0002, "A": 0.0006, "BBB": 0.0018, "BB": 0.0072, "B": 0.0376, "CCC/C": 0.2678}
"""Average one-year default rates of rated firms, 1981–2016 (S&P one-year transitions, column D; AAA: none)."""


def grade(probability: pd.Series, bounds: Sequence[float]) -> pd.Series:
    """Return the grade of each default probability: 1 + the number of bounds that it lies above; missing stays missing.

    `bounds`: the upper bounds of grades 1 to 9, rising (the run's `grades`). Out: nullable whole numbers.

    >>> grade(pd.Series([0.0003, 0.0004, 0.5, float("nan")]), [0.0003, 0.001, 0.1]).tolist()
    [1, 2, 4, <NA>]
    """
    above = np.searchsorted(np.asarray(bounds), probability.to_numpy(float))
    return pd.Series(above + 1, index=probability.index, dtype="Int64", name="grade").mask(probability.isna())


def middle(bounds: Sequence[float]) -> pd.Series:
    """Return each grade's middle default probability: the geometric mean of its bounds, for grade 1 half its bound.

    The last grade reaches to 1. Index `grade`.
    """
    edges = np.array([bounds[0] / 4, *bounds, 1.0])
    grades = pd.RangeIndex(1, len(bounds) + 2, name="grade")
    return pd.Series(np.sqrt(edges[:-1] * edges[1:]), index=grades, name="pd")


def master_scale(bounds: Sequence[float]) -> pd.DataFrame:
    """Return the scale: index `grade`; `pd_low`, `pd_high`, `pd` (the middle) and `sp_equivalent`.

    The equivalent is the S&P rating whose average one-year default rate is nearest, in logarithms, to the middle.
    """
    edges = [0.0, *bounds, 1.0]
    rates = pd.Series(SP_DEFAULT_RATES)
    centre = middle(bounds)
    nearest = [(np.log(rates) - np.log(value)).abs().idxmin() for value in centre]
    return pd.DataFrame(
        {"pd_low": edges[:-1], "pd_high": edges[1:], "pd": centre.to_numpy(), "sp_equivalent": nearest},
        index=centre.index,
    )


def distribution(ratings: pd.DataFrame, exposure: pd.Series, bounds: Sequence[float]) -> pd.DataFrame:
    """Return the book by grade: index `grade` (all ten); `buyers`, `exposure`, `share` of it, `expected_defaults`.

    `ratings`: index buyer_id, `grade` and `pd`; `exposure`: amount by buyer_id (missing: nothing owed). The share is
    missing where nothing is owed at all; a buyer without a grade is in none.
    """
    table = ratings.assign(exposure=exposure.reindex(ratings.index).fillna(0.0)).groupby("grade")
    table = table.agg(buyers=("pd", "size"), exposure=("exposure", "sum"), expected_defaults=("pd", "sum"))
    table = table.reindex(pd.RangeIndex(1, len(bounds) + 2, name="grade"), fill_value=0)
    return table.assign(share=table["exposure"] / (table["exposure"].sum() or np.nan))
