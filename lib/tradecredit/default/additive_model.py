"""The model of default: monotone curves of any table of ratios that add up in log-odds; fitted, read, explained."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import norm, rankdata

from tradecredit.default import monotone_curves
from tradecredit.default.monotone_curves import Curve
from tradecredit.errors import InputError, ParameterError, Problem

FEWEST = 5
"""An input must be known in this many rows with default and in as many without."""

NEAR_DUPLICATE = 0.98
"""Of two inputs whose rank correlation is at least this, in size, only the first stays."""

ROUNDING = 1e-9
"""Values that differ by no more than this part of the largest are one value, computed in two ways."""

LARGEST = 1e100
"""Numbers beyond this overflow when they are squared and added up."""

LEVEL = 1e-6
"""A curve none of whose steps is larger is level."""

AGAINST = "is level: what it tells goes against its sign"

POINTS_TO_DOUBLE = 20.0
"""Points of a score that halve the odds of default, as scorecards are usually scaled."""

TABLE_COLUMNS = ["sign", "importance", "effect", "standard_error", "missing"]
"""Columns of `DefaultModel.table`."""


CURVE_COLUMNS = ["input", "value", "log_odds", "standard_error"]
"""Columns of `DefaultModel.curves`."""


@dataclass(frozen=True, eq=False)
class DefaultModel:
    """A fitted additive logit: log-odds of default = intercept + Σ curve of an input (`monotone_curves.Curve`).

    `coefficients`: the intercept's, then those of each curve. `covariance`: theirs, as the rows of its lower triangle,
    to six digits. `spread` and `errors`: over the fitted sample, the covariance of the inputs' contributions, and the
    mean covariance of the contributions' errors, row by row; what is not known of a buyer adds its part of both to the
    interval. `dropped`: columns left out, and why.
    """

    inputs: tuple[Curve, ...]
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    spread: tuple[tuple[float, ...], ...]
    errors: tuple[tuple[float, ...], ...]
    dropped: Mapping[str, str]
    observations: int
    defaults: int

    @classmethod
    def fit(
        cls, X: pd.DataFrame, y: pd.Series, *, signs: Mapping[str, int], groups: pd.Series | None = None,
        belief: pd.DataFrame | None = None,
    ) -> Self:  # fmt: skip
        """Fit curves of the columns of `X` to `y` (1: defaulted, 0: not), all at once.

        `signs`: column → +1 if a higher value must mean more defaults, −1 if fewer; a column without a sign may have
        either, and turn. `groups`: the firm of each row: the rows of one firm count as one cluster in the errors, and
        rows that repeat each other count for less in the fit. `belief`: curves
        known beforehand, as those of another `DefaultModel` (columns `input`, `value`, `log_odds`; rows without a value
        are not read), that the fit is held to as far as the table does not show otherwise; without it, and for inputs
        that it does not name, level. Names that `X` does not have change nothing.

        Minimises −log-likelihood + ½ Σ weight × penalty, the weights estimated from the same table
        (`monotone_curves.fitted`).
        Missing values have a coefficient of their own, which the penalty holds to the average buyer's. Columns that
        hold one value, no value, too few (`FEWEST`) or the same order as an earlier column are dropped, and so is a
        column whose curve its sign holds level.
        Errors: H⁻¹(J + P)H⁻¹, H the penalised information, J the outer product of the scores summed by firm, P the
        penalty: the variance of the curves plus, as their prior variance, what the penalty may have bent (Nychka 1988,
        JASA 83, 1134; Wood 2017, Generalized Additive Models, §6.10; clusters as Liang and Zeger 1986).
        Raises `InputError` with every problem of the table.
        """
        _check(X, y, signs, groups, belief)
        inputs, dropped = _inputs(X, y, signs)
        outcome = y.to_numpy(dtype="float64")
        firms = np.arange(len(y)) if groups is None else pd.factorize(groups)[0]
        design = _design(inputs, X)
        beliefs = {} if belief is None else _believed_values(belief)
        fit, doubted = monotone_curves.fitted(
            inputs, design, outcome, firms, belief=monotone_curves.believed(inputs, beliefs)
        )
        covariance = _covariance(fit, doubted, design, outcome, firms)
        spread = np.atleast_2d(np.cov(monotone_curves.contributions(design, fit.coefficients).T))
        errors = _mean_errors(inputs, covariance, design)
        # Curves that the bounds hold level take no part: what is left is the same fit.
        bent = [bool(np.abs(fit.coefficients[place]).max() > LEVEL) for place in monotone_curves.places(inputs)]
        dropped |= {part.name: AGAINST for part, stays in zip(inputs, bent, strict=True) if not stays}
        rows = np.r_[True, np.repeat(bent, [part.size for part in inputs]).astype(bool)]
        return cls(
            inputs=tuple(part for part, stays in zip(inputs, bent, strict=True) if stays),
            coefficients=tuple(fit.coefficients[rows].tolist()),
            covariance=_kept(covariance[np.ix_(rows, rows)]),
            spread=tuple(map(tuple, spread[np.ix_(bent, bent)].tolist())) if any(bent) else (),
            errors=tuple(map(tuple, errors[np.ix_(bent, bent)].tolist())) if any(bent) else (),
            dropped=dropped,
            observations=len(X),
            defaults=int(outcome.sum()),
        )

    def predict(self, X: pd.DataFrame | pd.Series, *, confidence: float = 0.9) -> pd.DataFrame:
        """Return `pd` with `pd_low` to `pd_high` for each row of `X`.

        The interval is that of the log-odds, by the covariance of the coefficients (delta method) plus, for inputs that
        are missing in the row, the variance of what they may contribute: that over the fitted sample, and the mean
        over it of the error's (law of total variance). On average over buyers, and for one with median values, less
        known is a wider interval; a value far out can be less certain than none. `X` may be one row, a Series. Raises
        `InputError` for columns of the model that are absent, not numeric or infinite, and `ParameterError` for a
        confidence that is not between 0 and 1.
        """
        X = _as_table(X)
        self._check_columns(X)
        if not 0 < confidence < 1:
            raise ParameterError([_problem("confidence", f"{confidence} is not between 0 and 1", "state 0.9 for 90 %")])
        design = _design(self.inputs, X)
        odds = monotone_curves.log_odds(design, np.array(self.coefficients))
        variance = monotone_curves.variances(design, self._covariance)
        if self.inputs:
            missing = X[[part.name for part in self.inputs]].isna().to_numpy(dtype="float64")
            unknown = np.array(self.spread) + np.array(self.errors)
            variance = variance + np.einsum("ij,ij->i", missing @ unknown, missing)
        width = norm.ppf(0.5 + confidence / 2) * np.sqrt(variance)
        parts = {"pd": odds, "pd_low": odds - width, "pd_high": odds + width}
        return pd.DataFrame({name: expit(value) for name, value in parts.items()}, index=X.index)

    def probability(self, X: pd.DataFrame | pd.Series) -> pd.Series:
        """Return `pd` of `predict` alone, without the interval, which costs most. Raises as `predict`."""
        X = _as_table(X)
        self._check_columns(X)
        odds = monotone_curves.log_odds(_design(self.inputs, X), np.array(self.coefficients))
        return pd.Series(expit(odds), index=X.index, name="pd")

    def mean_error(self, X: pd.DataFrame, fitted_to: pd.DataFrame) -> float:
        """Return the standard error of the logarithm of the mean probability of `X` over that of `fitted_to`.

        √(d'Vd), V the covariance of the coefficients, d the difference of the gradients of ln Σ p over the rows of both
        tables. A fit's mean over its own table is the table's default rate, whose error counts defaults and is not in
        here: this is what the move from there to other rows adds. Raises as `predict`.
        """
        gradients = []
        for rows in (X, fitted_to):
            probability = self.probability(rows).to_numpy()
            one_group = np.zeros(len(rows), dtype=int)
            slope = monotone_curves.scores(_design(self.inputs, rows), probability * (1 - probability), one_group)
            gradients.append(slope[0] / probability.sum())
        apart = gradients[0] - gradients[1]
        return float(np.sqrt(apart @ self._covariance @ apart))

    def explain(self, X: pd.DataFrame | pd.Series) -> pd.DataFrame:
        """Return each input's contribution to the log-odds against a buyer with all medians, for each row.

        A row's contributions add up to its log-odds less those of the median buyer. A model of the intercept alone has
        no columns. `points` turns them into points of a score. `X` may be one row, a Series. Raises as `predict`.
        """
        X = _as_table(X)
        self._check_columns(X)
        median = pd.DataFrame({part.name: [part.median] for part in self.inputs}, index=[0])
        here, there = (
            monotone_curves.contributions(_design(self.inputs, rows), np.array(self.coefficients))
            for rows in (X, median)
        )
        return pd.DataFrame(here - there, index=X.index, columns=[part.name for part in self.inputs])

    @property
    def curves(self) -> pd.DataFrame:
        """The curves at their knots, the most important input first.

        Columns `input`, `value`, `log_odds` against the median value, `standard_error`.

        A row with a missing `value` has the effect of not being known; only where that has a coefficient.
        """
        rows, b = [pd.DataFrame(columns=CURVE_COLUMNS)], np.array(self.coefficients)
        for part, place in zip(self.inputs, monotone_curves.places(self.inputs), strict=True):
            values = np.array([*part.knots, *[np.nan] * part.missing, part.median])
            dense = monotone_curves.dense(monotone_curves.design([part], [values], len(values)))[:, 1:]
            beyond = dense[:-1] - dense[-1]
            error = np.sqrt(np.einsum("ij,jk,ik->i", beyond, self._covariance[place, place], beyond))
            row = {"input": part.name, "value": values[:-1], "log_odds": beyond @ b[place], "standard_error": error}
            rows.append(pd.DataFrame(row))
        order = {name: rank for rank, name in enumerate(self.table.index)}
        found = pd.concat(rows[1:] or rows, ignore_index=True)
        return found.sort_values("input", key=lambda names: names.map(order), kind="stable", ignore_index=True)

    @property
    def table(self) -> pd.DataFrame:
        """What each input does: index `input`, the most important first.

        `sign`; `importance`, standard deviation of its contribution over the fitted sample (log-odds); `effect`,
        log-odds at its 99th percentile less those at its 1st, with `standard_error`; `missing`, log-odds of not being
        known against the average buyer, NaN if it always was. No p-values: the penalty shares an effect among inputs
        that move together, and each then looks weaker alone than all are.
        """
        b, covariance, rows = np.array(self.coefficients), self._covariance, {}
        for number, (part, place) in enumerate(zip(self.inputs, monotone_curves.places(self.inputs), strict=True)):
            steps = slice(place.start, place.start + len(part.means))
            rows[part.name] = (
                part.sign,
                np.sqrt(self.spread[number][number]),
                b[steps].sum(),
                np.sqrt(covariance[steps, steps].sum()),
                b[place][-1] if part.missing else np.nan,
            )
        table = pd.DataFrame.from_dict(rows, orient="index", columns=TABLE_COLUMNS).rename_axis("input")
        return table.sort_values("importance", ascending=False, kind="stable")

    def to_json(self) -> str:
        """Return the model as JSON; `from_json` gives a model with the same predictions."""
        return json.dumps(asdict(self) | {"inputs": [part._asdict() for part in self.inputs]}, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the model that `to_json` wrote."""
        content = json.loads(text)
        inputs = [part | {name: tuple(part[name]) for name in ("knots", "means")} for part in content["inputs"]]
        return cls(
            **content
            | {
                "inputs": tuple(Curve(**part) for part in inputs),
                "coefficients": tuple(content["coefficients"]),
                "covariance": tuple(map(tuple, content["covariance"])),
                "spread": tuple(map(tuple, content["spread"])),
                "errors": tuple(map(tuple, content["errors"])),
            }
        )

    @property
    def _covariance(self) -> np.ndarray:
        size = len(self.coefficients)
        whole = np.zeros((size, size))
        whole[np.tril_indices(size)] = np.concatenate([np.array(row) for row in self.covariance])
        return whole + np.tril(whole, -1).T

    def _check_columns(self, X: pd.DataFrame) -> None:
        problems: list[Problem] = []
        for part in self.inputs:
            if part.name in X:
                problems += _column_problems(X, part.name)
            else:
                problems.append(_problem(part.name, "this column of the model is missing", "add it"))
        if problems:
            raise InputError(problems)


def points(log_odds: pd.DataFrame) -> pd.DataFrame:
    """Return contributions to the log-odds as points of a score: `POINTS_TO_DOUBLE` more halve the odds of default."""
    return -log_odds * POINTS_TO_DOUBLE / np.log(2)


def _inputs(X: pd.DataFrame, y: pd.Series, signs: Mapping[str, int]) -> tuple[list[Curve], dict[str, str]]:
    """Return the curves of the columns that can enter, and why the others cannot."""
    inputs: list[Curve] = []
    dropped: dict[str, str] = {}
    kept: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    defaulted = y.to_numpy(dtype="float64") == 1
    for name in X.columns:
        values = _numbers(X[name])
        known = ~np.isnan(values)
        bad, good = int((known & defaulted).sum()), int((known & ~defaulted).sum())
        if not known.any():
            dropped[name] = "has no value"
        elif np.ptp(values[known]) <= ROUNDING * np.abs(values[known]).max():
            dropped[name] = "has no two different values"
        elif min(bad, good) < FEWEST:
            dropped[name] = f"is known in {bad} rows with default and {good} without"
        elif len(part := monotone_curves.curve(name, values, sign=signs.get(name, 0))) and len(part.knots) < 2:
            dropped[name] = "hardly varies: one value but for the 1% at either end"
        elif twin := _twin(ranks := rankdata(values[known]), known, kept):
            dropped[name] = f"orders the buyers nearly as {twin} does"
        else:
            kept[name] = ranks, known
            inputs.append(part)
    return inputs, dropped


def _twin(ranks: np.ndarray, known: np.ndarray, earlier: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> str | None:
    """Return the earlier column that is known for the same rows and orders them nearly alike, None if there is none."""
    for name, (other, known_too) in earlier.items():
        if (known == known_too).all() and abs(np.corrcoef(ranks, other)[0, 1]) >= NEAR_DUPLICATE:
            return name
    return None


def _as_table(X: pd.DataFrame | pd.Series) -> pd.DataFrame:
    return X.to_frame().T.infer_objects() if isinstance(X, pd.Series) else X


def _numbers(column: pd.Series) -> np.ndarray:
    return column.to_numpy(dtype="float64", na_value=np.nan)


def _design(inputs: Sequence[Curve], X: pd.DataFrame) -> monotone_curves.Design:
    return monotone_curves.design(inputs, [_numbers(X[part.name]) for part in inputs], len(X))


def _believed_values(belief: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the values and log-odds of each curve, rising by value."""
    known = belief.dropna(subset=["value"]).sort_values("value", kind="stable")
    return {name: (rows["value"].to_numpy(), rows["log_odds"].to_numpy()) for name, rows in known.groupby("input")}


def _covariance(fit: monotone_curves.Fit, doubted: np.ndarray, design: monotone_curves.Design, y, firms) -> np.ndarray:
    """Return the covariance of the coefficients, the penalty counting as `doubted`."""
    by_firm = fit.share * monotone_curves.scores(design, y - fit.probability, firms)
    inverse = np.linalg.inv(fit.information - fit.penalty + doubted)
    return inverse @ (by_firm.T @ by_firm + doubted) @ inverse


def _mean_errors(inputs: Sequence[Curve], covariance: np.ndarray, design: monotone_curves.Design) -> np.ndarray:
    """Return the mean over the rows of the covariance of what the curves contribute, by the coefficients' errors."""
    rows, places = len(design.index), monotone_curves.places(inputs)
    product = covariance * monotone_curves.information(design, np.full(rows, 1 / rows))
    size = len(places)
    return np.array([[product[one, other].sum() for other in places] for one in places]).reshape(size, size)


def _kept(covariance: np.ndarray) -> tuple[tuple[float, ...], ...]:
    """Return the rows of the lower triangle to six digits, which halves the model's JSON."""
    return tuple(tuple(float(f"{value:.5e}") for value in row[: n + 1]) for n, row in enumerate(covariance))


def _check(
    X: pd.DataFrame, y: pd.Series, signs: Mapping[str, int], groups: pd.Series | None, belief: pd.DataFrame | None
) -> None:
    problems = [] if belief is None else list(_belief_problems(belief))
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


def _belief_problems(belief: pd.DataFrame) -> Iterator[Problem]:
    absent = [name for name in CURVE_COLUMNS[:3] if name not in belief]
    for name in absent:
        yield _problem(f"belief.{name}", "this column is missing", f"give {', '.join(CURVE_COLUMNS[:3])}")
    for name in CURVE_COLUMNS[1:3]:
        if name in belief:
            yield from (replace(problem, column=f"belief.{name}") for problem in _column_problems(belief, name))
    if not absent:
        stated = belief[belief["value"].notna()]
        if stated["log_odds"].isna().any():
            yield _problem("belief.log_odds", "is missing for a value", "complete it, or leave out the row")
        if stated.duplicated(["input", "value"]).any():
            yield _problem("belief.value", "an input has two log-odds for one value", "leave out one of them")


def _column_problems(X: pd.DataFrame, name: object) -> Iterator[Problem]:
    if not isinstance(name, str):
        yield _problem(name, "the name of a column must be text", "rename it")
    if not pd.api.types.is_numeric_dtype(X[name]):
        yield _problem(name, f"is not numeric (dtype {X[name].dtype})", "code it as numbers")
    elif np.isinf(values := X[name].to_numpy(dtype="float64", na_value=np.nan)).any():
        yield _problem(name, "holds infinite values", "make them missing, or cap them")
    elif (np.abs(values) > LARGEST).any():
        yield _problem(name, f"holds values beyond {LARGEST:g}", "make them missing, or cap them")


def _problem(column: object, allowed: str, remedy: str) -> Problem:
    return Problem(file="default model", column=str(column), allowed=allowed, remedy=remedy)
