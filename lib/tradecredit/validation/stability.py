"""Whether today's buyers are still those that a model knew: drift of what enters, concentration of what comes out."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import chdtri, ndtr

from tradecredit.default.grades import WORST
from tradecredit.errors import InputError, Problem
from tradecredit.numerics.discrimination import lights

AMBER_PSI, RED_PSI = 0.10, 0.25
"""Population stability indices above which a light is amber and red: the rule of thumb of the trade (Siddiqi 2006,
Credit Risk Scorecards)."""

EMPTY = 0.5
"""Observations that stand in an empty class, whose logarithm would else be infinite."""

CHANCE = 0.95
"""Quantile of the index under no change that it must exceed to be called drift."""

DRIFT_COLUMNS = ["psi", "psi_by_chance", "mean_then", "mean_now", "missing_then", "missing_now", "light"]
"""Columns of `drift`."""

RISE = 2.0
"""Standard errors by which the concentration index must have risen for an amber light."""


class Shift(NamedTuple):
    """A population stability index, what no change would lead one to find, and the classes that it is summed over.

    `expected`: the mean of the index under no change; `by_chance`: its `CHANCE` quantile. Missing without observations.
    """

    psi: float
    expected: float
    by_chance: float
    classes: int


def population_stability(expected: pd.Series, actual: pd.Series, *, bins: int = 10) -> Shift:
    """Return how far the distribution of `actual` lies from that of `expected`, both numeric.

    PSI = Σ (a − e) · ln(a / e) over the classes' shares. Classes: between the quantiles of `expected` that make `bins`
    equal parts, or the values themselves where both samples have no more than `bins`; missing values are a class of
    their own. An empty class counts `EMPTY` observations; one empty in both is none. Under no change the index is about
    (1/n + 1/m) times a chi-square with k − 1 degrees of freedom (Yurdakul 2018, Statistical Properties of Population
    Stability Index, Western Michigan University), n and m the rows and k the classes: what small samples show is no
    drift. Rows are taken as independent: of several rows of one firm give one. All missing where a sample is empty.
    """
    then, now = (values.astype("float64").to_numpy() for values in (expected, actual))
    if not len(then) or not len(now):
        return Shift(float("nan"), float("nan"), float("nan"), 0)
    edges = _edges(then[~np.isnan(then)], now[~np.isnan(now)], bins)
    counts = np.array([_counts(values, edges) for values in (then, now)])
    counts = counts[:, counts.any(axis=0)]
    shares = np.where(counts, counts, EMPTY) / counts.sum(axis=1, keepdims=True)
    psi = (shares[1] - shares[0]) @ np.log(shares[1] / shares[0])
    free, scale = counts.shape[1] - 1, 1 / len(then) + 1 / len(now)
    by_chance = chdtri(free, 1 - CHANCE) * scale if free else 0.0
    return Shift(float(psi), free * scale, float(by_chance), free + 1)


def drift(then: pd.DataFrame, now: pd.DataFrame, *, bins: int = 10) -> pd.DataFrame:
    """Return how far each input has moved from the rows that a model was fitted on to those it is used on.

    Index `input`: the columns of `then`. Columns:

    - `psi`, `psi_by_chance`: as `population_stability`;
    - `mean_then`, `mean_now`, of known values; `missing_then`, `missing_now`, shares;
    - `light`: red where the index is above `RED_PSI`, amber above `AMBER_PSI`, both only if it is above what chance
      does; not testable where chance alone could reach `RED_PSI`, and has not been exceeded.

    Raises `InputError` for columns that `now` lacks or that are not numeric.
    """
    problems = [_problem("now", name, "is needed and absent") for name in then if name not in now]
    for sample, table in (("then", then), ("now", now)):
        kinds = {name: table[name].dtype for name in then if name in table}
        problems += [
            _problem(sample, name, f"must be numeric (dtype {kind})")
            for name, kind in kinds.items()
            if not pd.api.types.is_numeric_dtype(kind)
        ]
    if problems:
        raise InputError(problems)
    rows = {}
    for name in then:
        shift = population_stability(then[name], now[name], bins=bins)
        means, missing = [part[name].mean() for part in (then, now)], [part[name].isna().mean() for part in (then, now)]
        rows[name] = (shift.psi, shift.by_chance, *means, *missing)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=DRIFT_COLUMNS[:-1], dtype="float64")
    beyond = table["psi"] > table["psi_by_chance"]
    known = table["psi"].notna() & (beyond | (table["psi_by_chance"] < RED_PSI))
    light = lights(known, beyond & (table["psi"] > AMBER_PSI), beyond & (table["psi"] > RED_PSI))
    return table.assign(light=light).rename_axis("input")


def concentration(grades: pd.Series, exposure: pd.Series | None = None, *, scale: int = WORST) -> pd.DataFrame:
    """Return how far a book is concentrated in few grades, 0: evenly over all, 1: all in one.

    `grades`: whole numbers from 1 to `scale`, one a buyer; `exposure`: amount, on the same index. Index `by`: `number`
    and, where exposures are given, `exposure`. Columns:

    - `variation`: the coefficient of variation CV = √(K Σ(R − 1/K)²) of the grades' shares R, K being `scale`;
    - `herfindahl` = 1 + ln((CV² + 1) / K) / ln K, the ECB's index (2019, §2.5.5.3), in which (CV² + 1) / K is Σ R²;
    - `standard_error` of it, by the delta method over buyers as independent draws, exposures as they are.

    A buyer without a grade is in none, a missing exposure is nothing owed. All missing where there are no buyers or
    exposures. Raises `InputError` for grades that are not on the scale.
    """
    known = grades.dropna().astype("float64")
    wrong = known[~known.isin(range(1, scale + 1))].unique()
    if len(wrong):
        raise InputError([_problem("grades", "grade", f"must be whole, from 1 to {scale}, and not {wrong[0]:g}")])
    weights = {"number": np.ones(len(known))}
    if exposure is not None:
        weights["exposure"] = exposure.reindex(known.index).fillna(0.0).to_numpy(dtype="float64")
    place = known.to_numpy(dtype=int) - 1
    rows = {by: _concentrated(place, amounts, scale) for by, amounts in weights.items()}
    columns = ["variation", "herfindahl", "standard_error"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("by")


def concentration_rise(then: pd.DataFrame, now: pd.DataFrame, *, scale: int = WORST) -> pd.DataFrame:
    """Return whether a book has become more concentrated in few grades: `concentration` of two dates side by side.

    Index `by`. Columns:

    - `then`, `now`: the index; `rise`, with its `standard_error`, as if the two books were drawn apart (that most
      buyers are in both makes it too large);
    - `p_value`, the ECB's of the hypothesis that concentration has not risen, 1 − Φ(√(K − 1) (CV now − CV then) /
      √(CV now² (½ + CV now²))), CV then as given (2019, §2.5.5.3);
    - `light`: amber where the index rose by more than `RISE` standard errors, never red: a rise is a question, and need
      be no fault.

    The light does not follow the ECB's p-value, which ignores the number of buyers and is hardly ever low: on a
    scale of ten grades it cannot fall below 5 % once CV then is 0.4 or more, whatever becomes of the book.
    """
    before, after = then["variation"], now["variation"]
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.sqrt(scale - 1) * (after - before) / np.sqrt(after**2 * (0.5 + after**2))
    rise = now["herfindahl"] - then["herfindahl"]
    error = np.hypot(now["standard_error"], then["standard_error"])
    table = pd.DataFrame({"then": then["herfindahl"], "now": now["herfindahl"], "rise": rise, "standard_error": error})
    amber = rise > RISE * error
    return table.assign(p_value=ndtr(-z), light=lights(rise.notna(), amber, amber & False)).rename_axis("by")


def _edges(then: np.ndarray, now: np.ndarray, bins: int) -> np.ndarray:
    """Return the upper bounds of all classes but the last."""
    values = np.unique(np.r_[then, now])
    if len(values) <= bins or not len(then):
        return values[:-1]
    return np.unique(np.quantile(then, np.arange(1, bins) / bins))


def _counts(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    known = values[~np.isnan(values)]
    inside = np.bincount(np.searchsorted(edges, known), minlength=len(edges) + 1)
    return np.r_[inside, len(values) - len(known)]


def _concentrated(place: np.ndarray, amounts: np.ndarray, scale: int) -> tuple[float, float, float]:
    total = amounts.sum()
    if not total > 0:
        return float("nan"), float("nan"), float("nan")
    shares = np.bincount(place, amounts, minlength=scale) / total
    squares = shares @ shares
    variation = np.sqrt(scale * ((shares - 1 / scale) ** 2).sum())
    # What a buyer more or less moves the sum of squares by, to first order.
    parts = 2 * (shares[place] - squares) * amounts / total
    error = np.sqrt(parts @ parts) / (squares * np.log(scale))
    return float(variation), float(1 + np.log(squares) / np.log(scale)), float(error)


def _problem(sample: str, name: str, allowed: str) -> Problem:
    return Problem(file=sample, column=str(name), allowed=allowed, remedy="correct it")
