"""The model of default: monotone curves of any table of ratios that add up in log-odds; fitted, read, explained."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import norm, rankdata

from tradecredit.default import curve_knots, model_tables, monotone_curves, unknown_inputs
from tradecredit.default.curve_knots import Curve, curve
from tradecredit.default.model_tables import BELIEF_COLUMNS, numbers, problem
from tradecredit.default.unknown_inputs import Law
from tradecredit.errors import InputError, ParameterError, Problem

FEWEST = 5
"""An input must be known in this many rows with default and in as many without."""

NEAR_DUPLICATE = 0.98
"""Of two inputs whose rank correlation is at least this, in size, only the first stays."""

ROUNDING = 1e-13
"""Values that differ by no more than this part of the largest are one value, computed in two ways: floats keep 16
digits."""

BLOCK = 65_536
"""Rows that a prediction holds in memory at once."""

LEVEL = 1e-6
"""A curve none of whose steps is larger is level."""

HARDLY = f"hardly varies: one value but for under 1% at either end, with under {curve_knots.FEWEST} defaults"

AGAINST = "is level: what it tells goes against its sign"

POINTS_TO_DOUBLE = 20.0
"""Points of a score that halve the odds of default, as scorecards are usually scaled."""

TABLE_COLUMNS = ["sign", "importance", "effect", "standard_error", "missing"]
"""Columns of `DefaultModel.table`."""

CURVE_COLUMNS = [*BELIEF_COLUMNS, "standard_error"]
"""Columns of `DefaultModel.curves`."""


@dataclass(frozen=True, eq=False)
class DefaultModel:
    """A fitted additive logit: log-odds of default = intercept + Σ curve of an input (`monotone_curves.Curve`).

    `coefficients`: the intercept's, then those of each curve. `covariance`: theirs, as the rows of its lower triangle,
    to six digits. `spread` and `errors`: over the fitted sample, the covariance of the inputs' contributions, and the
    mean covariance of the contributions' errors, row by row; what is not known of a buyer adds its part of both to the
    interval. `beyond` and `together`: as `unknown_inputs.Law`. `dropped`: columns left out, and why.
    """

    inputs: tuple[Curve, ...]
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    spread: tuple[tuple[float, ...], ...]
    errors: tuple[tuple[float, ...], ...]
    beyond: tuple[float, ...]
    together: float
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
        X, y, groups, belief = model_tables.checked(X, y, signs, groups, belief)
        inputs, dropped = _inputs(X, y, signs)
        outcome = y.to_numpy()
        firms = np.arange(len(y)) if groups is None else pd.factorize(groups)[0]
        design = _design(inputs, X)
        beliefs = {} if belief is None else _believed_values(belief)
        fit, doubted = monotone_curves.fitted(
            inputs, design, outcome, firms, belief=monotone_curves.believed(inputs, beliefs)
        )
        covariance = _covariance(fit, doubted, design, outcome, firms)
        parts = monotone_curves.contributions(design, fit.coefficients)
        law = unknown_inputs.law(parts, design.unknown, fit.coefficients[0], float(outcome.mean()))
        errors = _mean_errors(inputs, covariance, design)
        # Curves that the bounds hold level take no part: what is left is the same fit.
        bent = [bool(np.abs(fit.coefficients[place]).max() > LEVEL) for place in monotone_curves.places(inputs)]
        dropped |= {part.name: AGAINST for part, stays in zip(inputs, bent, strict=True) if not stays}
        rows = np.r_[True, np.repeat(bent, [part.size for part in inputs]).astype(bool)]
        return cls(
            inputs=tuple(part for part, stays in zip(inputs, bent, strict=True) if stays),
            coefficients=tuple(fit.coefficients[rows].tolist()),
            covariance=_kept(covariance[np.ix_(rows, rows)]),
            spread=tuple(map(tuple, law.spread[np.ix_(bent, bent)].tolist())) if any(bent) else (),
            errors=tuple(map(tuple, errors[np.ix_(bent, bent)].tolist())) if any(bent) else (),
            beyond=tuple(law.beyond[bent].tolist()) if any(bent) else (),
            together=law.together,
            dropped=dropped,
            observations=len(X),
            defaults=int(outcome.sum()),
        )

    def predict(self, X: pd.DataFrame | pd.Series, *, confidence: float = 0.9) -> pd.DataFrame:
        """Return `pd` with `pd_low` to `pd_high` for each row of `X`.

        Where an input is missing `pd` is what is to be expected given those that are known, E[PD | known], the sum of
        the unknown contributions being normal given the sum of the known ones as over the fitted sample
        (`unknown_inputs.told`), plus the coefficient of a missing value where the sample had any: not the probability
        at the mean log-odds, which is lower.

        The interval is that of the log-odds, by the covariance of the coefficients (delta method) plus, for inputs that
        are missing in the row, the variance of what they may contribute: that over the fitted sample, and the mean
        over it of the error's (law of total variance). It lies around the mean log-odds, and always holds `pd`. On
        average over buyers, and for one with median values, less known is a wider interval; a value far out can be less
        certain than none. `X` may be one row, a Series. Raises `InputError` for columns of the model that are absent,
        not numeric or infinite, and `ParameterError` for a confidence that is not between 0 and 1.
        """
        X = self._checked(X)
        if not 0 < confidence < 1:
            raise ParameterError([problem("confidence", f"{confidence} is not between 0 and 1", "state 0.9 for 90 %")])
        unknown_variance = np.array(self.spread) + np.array(self.errors)
        reach, found = norm.ppf(0.5 + confidence / 2), np.empty((len(X), 3))
        for block, read in self._read(X):
            variance = monotone_curves.variances(read.design, self._covariance)
            if read.design.unknown.any():
                missing = read.design.unknown.astype(float)
                variance += np.einsum("ij,ij->i", missing @ unknown_variance, missing)
            width, told = reach * np.sqrt(variance), read.told
            found[block, 0] = told.log_odds
            found[block, 1] = np.minimum(told.middle - width, told.log_odds)
            found[block, 2] = np.maximum(told.middle + width, told.log_odds)
        return pd.DataFrame(expit(found), index=X.index, columns=["pd", "pd_low", "pd_high"])

    def probability(self, X: pd.DataFrame | pd.Series) -> pd.Series:
        """Return `pd` of `predict` alone, without the interval, which costs most. Raises as `predict`."""
        X = self._checked(X)
        found = np.empty(len(X))
        for block, read in self._read(X):
            found[block] = read.told.log_odds
        return pd.Series(expit(found), index=X.index, name="pd")

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

        A row's contributions add up to its log-odds less those of the median buyer. That of an unknown input is what is
        to be expected of it, given the known ones, and what not knowing it adds (`unknown_inputs.told`). A model of the
        intercept alone has no columns. `points` turns them into points of a score. `X` may be one row, a Series. Raises
        as `predict`.
        """
        X = self._checked(X)
        median = pd.DataFrame({part.name: [part.median] for part in self.inputs}, index=[0])
        there = monotone_curves.contributions(_design(self.inputs, median), np.array(self.coefficients))
        found = np.empty((len(X), len(self.inputs)))
        for block, read in self._read(X):
            found[block] = read.contributions + read.told.parts - there
        return pd.DataFrame(found, index=X.index, columns=[part.name for part in self.inputs])

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
                "beyond": tuple(content["beyond"]),
            }
        )

    @property
    def _covariance(self) -> np.ndarray:
        size = len(self.coefficients)
        whole = np.zeros((size, size))
        whole[np.tril_indices(size)] = np.concatenate([np.array(row) for row in self.covariance])
        return whole + np.tril(whole, -1).T

    @property
    def _law(self) -> Law:
        size = len(self.inputs)
        return Law(np.array(self.spread).reshape(size, size), np.array(self.beyond), self.together)

    def _read(self, X: pd.DataFrame) -> "Iterator[tuple[slice, _Read]]":
        """Yield the rows of a checked table in blocks, so that a large one takes no more memory than a small one."""
        b = np.array(self.coefficients)
        for start in range(0, len(X), BLOCK):
            block = slice(start, start + BLOCK)
            design = _design(self.inputs, X.iloc[block])
            parts = monotone_curves.contributions(design, b)
            told = unknown_inputs.told(parts, design.unknown, self._law, b[0] + parts.sum(axis=1))
            yield block, _Read(design, parts, told)

    def _checked(self, X: pd.DataFrame | pd.Series) -> pd.DataFrame:
        """Return the table of the rows that the model is asked of. Raises `InputError` with every problem of it."""
        X, problems = model_tables.rows(X), list[Problem]()
        for part in self.inputs:
            if part.name in X:
                problems += model_tables.column_problems(X, part.name)
            else:
                problems.append(problem(part.name, "this column of the model is missing", "add it"))
        if problems:
            raise InputError(problems)
        return X


class _Read(NamedTuple):
    """Rows as a model reads them: their design, what each input contributes, and what is told where one is missing."""

    design: monotone_curves.Design
    contributions: np.ndarray
    told: unknown_inputs.Told


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
        values = numbers(X[name])
        known = ~np.isnan(values)
        bad, good = int((known & defaulted).sum()), int((known & ~defaulted).sum())
        if not known.any():
            dropped[name] = "has no value"
        elif np.ptp(values[known]) <= ROUNDING * np.abs(values[known]).max():
            dropped[name] = "has no two different values"
        elif min(bad, good) < FEWEST:
            dropped[name] = f"is known in {bad} rows with default and {good} without"
        elif len(part := curve(name, values, sign=signs.get(name, 0), defaulted=defaulted)) and len(part.knots) < 2:
            dropped[name] = HARDLY
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


def _design(inputs: Sequence[Curve], X: pd.DataFrame) -> monotone_curves.Design:
    return monotone_curves.design(inputs, [numbers(X[part.name]) for part in inputs], len(X))


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
