"""The tables that a model of default is fitted to and read with: what may be given, and every problem of it at once."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from numbers import Number
from typing import Any, NamedTuple, Never

import numpy as np
import pandas as pd

from tradecredit.errors import InputError, Problem

LARGEST = 1e100
"""Numbers beyond this overflow when they are squared and added up."""

BELIEF_COLUMNS = ["input", "value", "log_odds"]
"""Columns of a belief."""


def rows(X: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Return what a model is asked of as a table; a Series is one row. Raises `InputError` for anything else."""
    if isinstance(X, pd.Series):
        # One by one: None and NA make objects of a row, whatever its numbers are.
        named = X.index if X.index.is_unique else [_refuse_twice(X.index)]
        return pd.DataFrame([[_value(value) for value in X]], index=[X.name], columns=named)
    if not isinstance(X, pd.DataFrame):
        raise InputError([_no_table(X)])
    return X


def _value(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT:
        return np.nan
    if not isinstance(value, Number | np.bool_) or isinstance(value, complex):
        return value
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:  # a whole number beyond all floats
        return np.inf


def _refuse_twice(names: pd.Index) -> Never:
    twice = names[names.duplicated()].unique()
    raise InputError([problem(name, "two values of the row have this name", "leave out one") for name in twice])


def _no_table(X: object) -> Problem:
    remedy = "give a DataFrame whose columns bear the inputs' names, pandas.DataFrame(X, columns=[...])"
    return problem("X", f"is no table with names ({type(X).__name__})", remedy)


def _is_numeric(column: pd.Series) -> bool:
    kinds = pd.api.types
    return not kinds.is_complex_dtype(column) and (kinds.is_numeric_dtype(column) or kinds.is_bool_dtype(column))


def numbers(column: pd.Series) -> np.ndarray:
    """Return a column that `column_problems` finds right as floats, NaN where missing."""
    return column.to_numpy(dtype="float64", na_value=np.nan)


def by_row(values: object, index: pd.Index) -> pd.Series | None:
    """Return a column of a table's rows as a Series: one, a frame of one column, or as many values in their order.

    None where it is none of these.
    """
    if isinstance(values, pd.DataFrame):
        return values.iloc[:, 0] if values.shape[1] == 1 else None
    if isinstance(values, pd.Series):
        return values
    if not isinstance(values, np.ndarray | list | tuple | pd.Index | pd.api.extensions.ExtensionArray):
        return None
    if isinstance(values, np.ndarray) and values.shape == (len(index), 1):
        values = values[:, 0]
    if (isinstance(values, np.ndarray) and values.ndim != 1) or len(values) != len(index):
        return None
    return pd.Series(values, index=index)


def _one_each(column: pd.Series) -> bool:
    """Return whether a column holds one value a row, and not lists."""
    return column.dtype != object or bool(column.map(pd.api.types.is_hashable).all())


class Tables(NamedTuple):
    """What a fit reads, checked: `X`; `y`, 0 or 1; `groups` and `belief` where given."""

    X: pd.DataFrame
    y: pd.Series
    groups: pd.Series | None
    belief: pd.DataFrame | None


def checked(X: object, y: object, signs: object, groups: object, belief: object) -> Tables:
    """Return what a fit is given as tables. Raises `InputError` with every problem."""
    if not isinstance(X, pd.DataFrame):
        raise InputError([_no_table(X)])
    found = [] if belief is None else list(_belief_problems(belief))
    outcome, firms = by_row(y, X.index), None if groups is None else by_row(groups, X.index)
    for name, given, column in (("y", y, outcome), ("groups", groups, firms)):
        if given is None and name == "groups":
            continue
        if column is None:
            told = f"is no column of the {len(X)} rows of X ({_described(given)})"
            found.append(problem(name, told, "give a Series with X's index, or one value for each row"))
        elif not X.index.equals(column.index):
            told = f"has another index than X ({len(column)} rows, X {len(X)})"
            found.append(problem(name, told, "align the two"))
        elif not _one_each(column):
            found.append(problem(name, "holds lists or tables in place of values", "give one value for each row"))
    if firms is not None and _one_each(firms) and (firms.isna().any() or firms.nunique() < 2):
        found.append(problem("groups", "must name at least two firms, and one in every row", "complete it"))
    found += [] if outcome is None or not _one_each(outcome) else _outcome_problems(outcome)
    found += _sign_problems(signs, X)
    if not X.columns.is_unique:
        twice = ", ".join(map(str, X.columns[X.columns.duplicated()].unique()))
        found.append(problem("X", f"two columns have one name: {twice}", "rename one"))
    else:
        found += [one for name in X.columns for one in column_problems(X, name)]
    if found:
        raise InputError(found)
    return Tables(X, outcome.astype("float64"), firms, belief)  # type: ignore[union-attr]


def written(text: str, names: set[str]) -> dict[str, Any]:
    """Return what a model's JSON holds. Raises `InputError` for a text that is none, or lacks one of the `names`."""
    try:
        content = json.loads(text)
    except (TypeError, ValueError) as error:
        raise InputError([problem("model", f"is no JSON ({error})", "give the text that `to_json` wrote")]) from error
    if not isinstance(content, dict):
        told = f"is no model ({type(content).__name__} in place of an object)"
        raise InputError([problem("model", told, "give the text that `to_json` wrote")])
    absent = [problem(f"model.{name}", "is missing", "write the model anew") for name in sorted(names - content.keys())]
    if absent:
        raise InputError(absent)
    return content


def stated_pairs(pairs: object, X: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the pairs that a fit is told. Raises `InputError` for what is no two different columns of `X`."""
    if not isinstance(pairs, list | tuple | set | frozenset):
        raise InputError([problem("pairs", f"is no list of pairs ({type(pairs).__name__})", "state [] for none")])
    found, problems = [tuple(both) if isinstance(both, list | tuple) else (both,) for both in pairs], []
    for both in found:
        texts = all(isinstance(name, str) for name in both)
        if not texts or len(both) != 2 or len(set(both)) != 2 or not set(both) <= set(X.columns):
            told = f"{both!r} is no pair of two different columns of X"
            problems.append(problem("pairs", told, 'state each as ("one", "other")'))
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys((first, second) for first, second in found))


def stated_scale(scale: object, X: pd.DataFrame, signs: Mapping[str, int]) -> list[str]:
    """Return the input that a fit is scaled by, if any. Raises `InputError` for what is no column without a sign."""
    if not isinstance(scale, list | tuple) or len(scale) > 1:
        raise InputError([problem("scale", "is no list of one column at most", "state [] for none")])
    for name in scale:
        if not isinstance(name, str) or name not in X.columns or signs.get(name):
            raise InputError([problem("scale", f"{name!r} is no column of X without a sign", "state another, or []")])
    return list(scale)


def _described(given: object) -> str:
    shape = getattr(given, "shape", None)
    return type(given).__name__ + (f" of shape {shape}" if shape is not None else "")


def _outcome_problems(y: pd.Series) -> Iterator[Problem]:
    outcomes = set(pd.unique(y.dropna()))
    if y.isna().any() or pd.api.types.is_complex_dtype(y) or not outcomes <= {0, 1}:
        yield problem("y", "must be 0 or 1 in every row", "code default as 1, else 0")
    elif len(outcomes) < 2:
        yield problem("y", "holds one class only: defaults and others are needed", "use a longer history")


def _sign_problems(signs: object, X: pd.DataFrame) -> Iterator[Problem]:
    if not isinstance(signs, Mapping):
        yield problem("signs", f"is no mapping of columns to 1 or −1 ({type(signs).__name__})", "state {} for none")
        return
    for name, sign in signs.items():
        if name not in X:
            yield problem(name, "signs names a column that X does not have", "correct the name")
        if not isinstance(sign, Number) or sign not in (-1, 1):
            yield problem(name, f"sign {sign!r}: 1 or −1 is expected", "state whether more of it is worse")


def column_problems(X: pd.DataFrame, name: object) -> Iterator[Problem]:
    """Yield what is wrong with a column of a table."""
    if not isinstance(name, str):
        yield problem(name, "the name of a column must be text", "rename it")
    column = X[name]
    if isinstance(column, pd.DataFrame):
        yield problem(name, "two columns have one name", "rename one")
        return
    if not _is_numeric(column):
        yield problem(name, f"is not numeric (dtype {column.dtype})", "code it as numbers")
    elif np.isinf(values := numbers(column)).any():
        yield problem(name, "holds infinite values", "make them missing, or cap them")
    elif (np.abs(values) > LARGEST).any():
        yield problem(name, f"holds values beyond {LARGEST:g}", "make them missing, or cap them")


def _belief_problems(belief: object) -> Iterator[Problem]:
    if not isinstance(belief, pd.DataFrame):
        told = f"is no table ({type(belief).__name__})"
        yield problem("belief", told, f"give a DataFrame with columns {', '.join(BELIEF_COLUMNS)}")
        return
    twice = [name for name in BELIEF_COLUMNS if (belief.columns == name).sum() > 1]
    for name in twice:
        yield problem(f"belief.{name}", "two columns have one name", "rename one")
    absent = [name for name in BELIEF_COLUMNS if name not in belief]
    for name in absent:
        yield problem(f"belief.{name}", "this column is missing", f"give {', '.join(BELIEF_COLUMNS)}")
    for name in BELIEF_COLUMNS[1:]:
        if name in belief and name not in twice:
            yield from (replace(one, column=f"belief.{name}") for one in column_problems(belief, name))
    if not absent and not twice:
        if not _one_each(belief["input"]):
            yield problem("belief.input", "holds lists in place of names", "give one name for each row")
            return
        stated = belief[belief["value"].notna()]
        if stated["log_odds"].isna().any():
            yield problem("belief.log_odds", "is missing for a value", "complete it, or leave out the row")
        if stated.duplicated(["input", "value"]).any():
            yield problem("belief.value", "an input has two log-odds for one value", "leave out one of them")


def problem(column: object, allowed: str, remedy: str) -> Problem:
    """Return a problem of a column of the model's tables."""
    return Problem(file="default model", column=str(column), allowed=allowed, remedy=remedy)
