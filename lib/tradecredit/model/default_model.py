"""A logit of default on any table of ratios: fitted, read, explained, kept as JSON."""

import json
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import norm

from tradecredit.errors import InputError, Problem

WINSORISED = 0.01
"""Values beyond this quantile of the fitted sample, at either end, count as the quantile."""

FEWEST = 5
"""An input must be known in this many rows with default and as many without. It has a coefficient for being missing if
it is missing in as many; with fewer a missing value counts as the median."""

NEAR_DUPLICATE = 0.98
"""Of two inputs whose correlation is at least this, in size, only the first stays."""

COMBINATION = 1e-4
"""An input of which the earlier ones leave less than this part (of its standard deviation) unexplained is dropped."""

TERM_COLUMNS = ["coefficient", "standard_error", "z", "p_value"]
"""Columns of `DefaultModel.table`."""

LEAST_Z = float(np.sqrt(2.0))
"""Inputs whose |z| is below this are dropped, worst first. Where rows are independent, leaving one out then improves
Akaike's criterion; with clustered errors the rule is the same, but stricter."""


@dataclass(frozen=True)
class Input:
    """How one column enters the model: clipped to low..high, missing as the median, then (value − mean) / sd."""

    name: str
    low: float
    high: float
    median: float
    mean: float
    sd: float


@dataclass(frozen=True, eq=False)
class DefaultModel:
    """A fitted logit: log-odds of default = intercept + Σ coefficient × standardised input (+ missing indicators).

    `names` are the terms, intercept first, a missing indicator as `<input> is missing`; `covariance` is theirs,
    clustered by firm where groups were given; `dropped` tells which columns were left out, and why.
    """

    inputs: tuple[Input, ...]
    names: tuple[str, ...]
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    dropped: Mapping[str, str]
    observations: int
    defaults: int

    @classmethod
    def fit(cls, X: pd.DataFrame, y: pd.Series, *, signs: Mapping[str, int], groups: pd.Series | None = None) -> Self:
        """Fit a logit of `y` (1: defaulted, 0: not) on the columns of `X` by statsmodels.

        `signs`: column → +1 if a higher value must mean more defaults, −1 if fewer; a column without a sign may have
        either. `groups`: the firm of each row, for standard errors that allow for a firm's rows being alike.

        Columns that hold one value, no value, nearly the same as an earlier column or a combination of earlier ones
        are dropped. Then the column whose coefficient has the wrong sign most clearly is dropped and the rest fitted
        again, until none has; then the weakest with |z| < √2, in the same way; the intercept alone may be left.
        Missing values count as the median, with a coefficient for being missing where `FEWEST` allows it.
        Raises `InputError` with every problem of the table, and where columns tell the outcomes apart without error.
        """
        _check(X, y, signs, groups)
        inputs, dropped = _inputs(X, y)
        terms = _design(X, inputs, [_indicator(i.name) for i in inputs])
        while True:
            entering = {"intercept", *(i.name for i in inputs), *_indicated(terms, y, inputs)}
            design = terms[[name for name in terms if name in entering]]
            fitted = _logit(design, y, groups)
            z = fitted.tvalues
            wrong = {i.name: z[i.name] * signs.get(i.name, 0) for i in inputs if z[i.name] * signs.get(i.name, 0) < 0}
            weak = {i.name: abs(z[i.name]) for i in inputs if abs(z[i.name]) < LEAST_Z}
            if wrong:
                name = min(wrong, key=wrong.get)
                dropped[name] = "its coefficient had the wrong sign"
            elif weak:
                name = min(weak, key=weak.get)
                dropped[name] = f"adds too little (|z| {weak[name]:.2f})"
            else:
                break
            inputs = [i for i in inputs if i.name != name]
        return cls(
            inputs=tuple(inputs),
            names=tuple(design.columns),
            coefficients=tuple(float(value) for value in fitted.params),
            covariance=tuple(tuple(float(value) for value in row) for row in fitted.cov_params().to_numpy()),
            dropped=dropped,
            observations=len(X),
            defaults=int(y.sum()),
        )

    def predict(self, X: pd.DataFrame, *, confidence: float = 0.9) -> pd.DataFrame:
        """Return `pd` with `pd_low` to `pd_high` for each row of `X`.

        The interval is that of the log-odds by the covariance of the coefficients (delta method); it does not hold the
        uncertainty of which columns were chosen. A missing value counts as the median of the fitted sample, unless
        being missing has a coefficient. Raises `InputError` for columns of the model that are missing, not numeric or
        infinite.
        """
        self._check_columns(X)
        design = _design(X, self.inputs, self.names).to_numpy()
        odds = design @ np.array(self.coefficients)
        error = np.sqrt(np.einsum("ij,jk,ik->i", design, np.array(self.covariance), design))
        width = norm.ppf(0.5 + confidence / 2) * error
        columns = {"pd": odds, "pd_low": odds - width, "pd_high": odds + width}
        return pd.DataFrame({name: expit(value) for name, value in columns.items()}, index=X.index)

    def explain(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return each column's contribution to the log-odds against a buyer with all medians, for each row.

        A row's contributions add up to its log-odds less those of the median buyer; a missing value contributes by its
        indicator under the column's own name. A model of the intercept alone has no columns. Raises as `predict`.
        """
        self._check_columns(X)
        median = pd.DataFrame({i.name: [i.median] for i in self.inputs}, index=[0])
        parts = (_design(X, self.inputs, self.names) - _design(median, self.inputs, self.names).iloc[0]) * np.array(
            self.coefficients
        )
        by_input = {
            i.name: parts[[n for n in (i.name, _indicator(i.name)) if n in parts]].sum(axis=1) for i in self.inputs
        }
        return pd.DataFrame(by_input, index=X.index)

    @property
    def table(self) -> pd.DataFrame:
        """The coefficients: index `term`; `coefficient` (per standard deviation), `standard_error`, `z`, `p_value`.

        The errors and p-values are those of a fit of these terms alone: that they were chosen by them is not in them.
        """
        error = np.sqrt(np.diag(np.array(self.covariance)))
        z = np.array(self.coefficients) / error
        columns = zip(TERM_COLUMNS, (self.coefficients, error, z, 2 * norm.sf(np.abs(z))), strict=True)
        return pd.DataFrame(dict(columns), index=pd.Index(self.names, name="term"))

    def to_json(self) -> str:
        """Return the model as JSON; `from_json` gives a model with the same predictions."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the model that `to_json` wrote."""
        content = json.loads(text)
        return cls(
            **content
            | {
                "inputs": tuple(Input(**i) for i in content["inputs"]),
                "names": tuple(content["names"]),
                "coefficients": tuple(content["coefficients"]),
                "covariance": tuple(tuple(row) for row in content["covariance"]),
            }
        )

    def _check_columns(self, X: pd.DataFrame) -> None:
        problems = []
        for i in self.inputs:
            if i.name in X:
                problems += _column_problems(X, i.name)
            else:
                problems.append(_problem(i.name, "this column of the model is missing", "add it"))
        if problems:
            raise InputError(problems)


def _indicator(name: str) -> str:
    return f"{name} is missing"


def _inputs(X: pd.DataFrame, y: pd.Series) -> tuple[list[Input], dict[str, str]]:
    """Return the columns that can enter, with what was learnt of them, and why the others cannot."""
    inputs: list[Input] = []
    dropped: dict[str, str] = {}
    kept: dict[str, pd.Series] = {}
    for name in X.columns:
        known = X[name].astype(float)
        low, median, high = known.quantile([WINSORISED, 0.5, 1 - WINSORISED])
        values = known.clip(low, high).fillna(median)
        if not known.notna().any():
            dropped[name] = "has no value"
        elif known.nunique() < 2:
            dropped[name] = "has no two different values"
        elif min(bad := int((known.notna() & (y == 1)).sum()), good := int(known.notna().sum()) - bad) < FEWEST:
            dropped[name] = f"is known in {bad} rows with default and {good} without"
        elif values.std() <= 1e-12 * abs(values.mean()):
            dropped[name] = f"hardly varies: one value but for the {WINSORISED:.0%} at either end"
        elif twin := _twin(values, kept):
            dropped[name] = twin
        else:
            kept[name] = values
            inputs.append(Input(name, *(float(v) for v in (low, high, median, values.mean(), values.std()))))
    return inputs, dropped


def _twin(values: pd.Series, earlier: Mapping[str, pd.Series]) -> str | None:
    """Return why a column tells nothing beside earlier ones, None if it does."""
    for name, seen in earlier.items():
        if abs(np.corrcoef(values, seen)[0, 1]) >= NEAR_DUPLICATE:
            return f"nearly the same as {name}"
    others = pd.DataFrame({"one": 1.0} | {name: (seen - seen.mean()) / seen.std() for name, seen in earlier.items()},
                          index=values.index)  # fmt: skip
    scaled = ((values - values.mean()) / values.std()).to_numpy()
    left = scaled - others.to_numpy() @ np.linalg.lstsq(others.to_numpy(), scaled)[0]
    return "a combination of earlier columns" if left.std() < COMBINATION else None


def _indicated(terms: pd.DataFrame, y: pd.Series, inputs: list[Input]) -> list[str]:
    """Return the indicators of missing values that can be fitted; none that follows from earlier ones."""
    chosen = ["intercept"]
    for name in (_indicator(i.name) for i in inputs):
        enough = terms[name].groupby(y).sum().min() >= FEWEST
        together = terms[[*chosen, name]].to_numpy()
        if enough and np.linalg.matrix_rank(together.T @ together) > len(chosen):
            chosen.append(name)
    return chosen[1:]


def _design(X: pd.DataFrame, inputs: Sequence[Input], indicated: Collection[str]) -> pd.DataFrame:
    """Return the terms of each row: 1, the standardised inputs, and the missing-value indicators that are named."""
    columns = {"intercept": pd.Series(1.0, index=X.index)}
    for i in inputs:
        known = X[i.name].astype(float)
        columns[i.name] = (known.clip(i.low, i.high).fillna(i.median) - i.mean) / i.sd
        if _indicator(i.name) in indicated:
            columns[_indicator(i.name)] = known.isna().astype(float)
    return pd.DataFrame(columns)


def _logit(design: pd.DataFrame, y: pd.Series, groups: pd.Series | None):
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    options = {"cov_type": "HC1"} if groups is None else {
        "cov_type": "cluster", "cov_kwds": {"groups": pd.factorize(groups)[0]}
    }  # fmt: skip
    with warnings.catch_warnings():
        for kind in (ConvergenceWarning, PerfectSeparationWarning):
            warnings.simplefilter("error", kind)
        try:
            fitted = sm.Logit(y.astype(float), design).fit(method="newton", maxiter=100, disp=0, **options)
        except (ConvergenceWarning, PerfectSeparationWarning, np.linalg.LinAlgError):
            raise InputError(_separated(design, y)) from None
    if not np.isfinite(fitted.bse).all():
        raise InputError(_separated(design, y))
    return fitted


def _separated(design: pd.DataFrame, y: pd.Series) -> list[Problem]:
    """Return the terms each of which tells the outcomes apart alone, or a problem of all where none does."""
    good, bad = design[y == 0].agg(["min", "max"]), design[y == 1].agg(["min", "max"])
    apart = (good.loc["max"] <= bad.loc["min"]) | (bad.loc["max"] <= good.loc["min"])
    names = [name for name in design.columns[apart] if name != "intercept"] or ["X"]
    alone = "tells defaults from others without error" if names != ["X"] else "some columns together give y away"
    return [_problem(name, f"the logit has no solution: {alone}", "leave that column out") for name in names]


def _check(X: pd.DataFrame, y: pd.Series, signs: Mapping[str, int], groups: pd.Series | None) -> None:
    problems = []
    for name, other in (("y", y), ("groups", groups)):
        if other is not None and not X.index.equals(other.index):
            problems.append(
                _problem(name, f"has another index than X ({len(other)} rows, X {len(X)})", "align the two")
            )
    if groups is not None and (groups.isna().any() or groups.nunique() < 2):
        problems.append(_problem("groups", "must name at least two firms, and one in every row", "complete it"))
    outcomes = set(pd.unique(y.dropna()))
    if y.isna().any() or not outcomes <= {0, 1}:
        problems.append(_problem("y", "must be 0 or 1 in every row", "code default as 1, else 0"))
    elif len(outcomes) < 2:
        problems.append(_problem("y", "holds one class only: defaults and others are needed", "use a longer history"))
    for name, sign in signs.items():
        if name not in X:
            problems.append(_problem(name, "signs names a column that X does not have", "correct the name"))
        if sign not in (-1, 1):
            problems.append(_problem(name, f"sign {sign!r}: 1 or −1 is expected", "state whether more of it is worse"))
    if not X.columns.is_unique:
        problems.append(_problem("X", "two columns have one name", "rename one"))
    else:
        problems += [problem for name in X.columns for problem in _column_problems(X, name)]
    if problems:
        raise InputError(problems)


def _column_problems(X: pd.DataFrame, name: object) -> Iterator[Problem]:
    if not isinstance(name, str):
        yield _problem(name, "the name of a column must be text", "rename it")
    if not pd.api.types.is_numeric_dtype(X[name]):
        yield _problem(name, f"is not numeric (dtype {X[name].dtype})", "code it as numbers")
    elif np.isinf(X[name].astype(float)).any():
        yield _problem(name, "holds infinite values", "make them missing, or cap them")


def _problem(column: str, allowed: str, remedy: str) -> Problem:
    return Problem(file="default model", column=str(column), allowed=allowed, remedy=remedy)
