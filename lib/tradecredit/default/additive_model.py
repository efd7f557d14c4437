"""The model of default: monotone curves of any table of ratios, and a few pairs, that add up in log-odds; read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from numbers import Number
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri

from tradecredit.default import (
    model_fit,
    model_inputs,
    model_tables,
    monotone_curves,
    pair_choice,
    shrinkage,
    unknown_inputs,
)
from tradecredit.default.curve_knots import Curve
from tradecredit.default.model_tables import BELIEF_COLUMNS, numbers, problem
from tradecredit.default.monotone_curves import Part
from tradecredit.default.pairs import Pair
from tradecredit.default.scale import Scale
from tradecredit.default.unknown_inputs import Law
from tradecredit.errors import InputError, ParameterError, Problem

BLOCK = 65_536
"""Rows that a prediction holds in memory at once."""

POINTS_TO_DOUBLE = 20.0
"""Points of a score that halve the odds of default, as scorecards are usually scaled."""

TABLE_COLUMNS = ["sign", "importance", "effect", "standard_error", "missing"]
"""Columns of `DefaultModel.table`."""

CURVE_COLUMNS = [*BELIEF_COLUMNS, "standard_error"]
"""Columns of `DefaultModel.curves`."""

SURFACE_COLUMNS = [
    "pair", "first_input", "first_value", "second_input", "second_value", "log_odds", "standard_error", "both_log_odds"
]  # fmt: skip
"""Columns of `DefaultModel.surfaces`."""

SCALING_COLUMNS = ["input", "value", "others_count", "others_count_error"]
"""Columns of `DefaultModel.scaling`."""


@dataclass(frozen=True, eq=False)
class DefaultModel:
    """A fitted logit: log-odds of default = intercept + Σ curve of an input (`Curve`) + Σ surface of two (`Pair`).

    With a `scale` (`Scale`) all but the intercept and the curve of its own input counts so many times as that input
    says: the accounts of a large firm may tell more than those of a small one.

    `coefficients`: the intercept's, then those of each curve and of each pair. `covariance`: theirs, as the rows of its
    lower triangle, to six digits. `spread` and `errors`: over the fitted sample, the covariance of the contributions of
    curves and pairs, and the mean covariance of the contributions' errors, row by row; what is not known of a buyer
    adds its part of both to the interval. `beyond` and `together`: as `unknown_inputs.Law`. `dropped`: columns left
    out, and why. `shrinkage`: by which the fit's coefficients were multiplied, as far as they held for firms left out.
    """

    inputs: tuple[Curve, ...]
    pairs: tuple[Pair, ...]
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    spread: tuple[tuple[float, ...], ...]
    errors: tuple[tuple[float, ...], ...]
    beyond: tuple[float, ...]
    together: float
    dropped: Mapping[str, str]
    observations: int
    defaults: int
    scale: Scale | None = None
    shrinkage: float = 1.0

    @classmethod
    def fit(
        cls, X: pd.DataFrame, y: pd.Series, *, signs: Mapping[str, int], groups: pd.Series | None = None,
        belief: pd.DataFrame | None = None, pairs: Sequence[tuple[str, str]] | None = None,
        scale: Sequence[str] | None = None,
    ) -> Self:  # fmt: skip
        """Fit curves of the columns of `X`, and of a few pairs of them, to `y` (1: defaulted, 0: not), all at once.

        `signs`: column → +1 if a higher value must mean more defaults, −1 if fewer; a column without a sign may have
        either, and turn. `groups`: the firm of each row: the rows of one firm count as one cluster in the errors, and
        rows that repeat each other count for less in the fit. `belief`: curves known beforehand, as those of another
        `DefaultModel` (columns `input`, `value`, `log_odds`; rows without a value are not read), that the fit is held
        to as far as the table does not show otherwise; without it, and for inputs that it does not name, level.
        Names that `X` does not have change nothing. `pairs`: two columns each, that may tell more together than apart;
        not given: up to eight that do so for firms left out, where enough firms defaulted (`pair_choice.chosen`);
        empty: none. A pair keeps to the signs of both. `scale`: one column without a sign, by which all others count
        more or less; not given: the one that tells most for firms left out, if any does, where enough firms defaulted
        (`scale.chosen`); empty: none.

        Minimises −log-likelihood + ½ Σ weight × penalty, the weights estimated from the same table
        (`monotone_curves.fitted`), and draws the log-odds to their mean as far as they did not hold for rows left out
        (`shrinkage.shrunk`).
        Missing values have a coefficient of their own, which the penalty holds to the average buyer's. Columns that
        hold one value, no value, too few (`FEWEST`) or the same order as an earlier column are dropped, and so is a
        column whose curve its sign holds level.
        Errors: H⁻¹(J + P)H⁻¹, H the penalised information, J the outer product of the scores summed by firm, P the
        penalty: the variance of the curves plus, as their prior variance, what the penalty may have bent (Nychka 1988,
        JASA 83, 1134; Wood 2017, Generalized Additive Models, §6.10; clusters as Liang and Zeger 1986).
        Raises `InputError` with every problem of the table.
        """
        X, y, groups, belief = model_tables.checked(X, y, signs, groups, belief)
        firms = np.arange(len(y)) if groups is None else pd.factorize(groups)[0]
        inputs, dropped = model_inputs.entering(X, y, signs, firms)
        stated = None if pairs is None else model_tables.stated_pairs(pairs, X)
        by = None if scale is None else model_tables.stated_scale(scale, X, signs)
        outcome = y.to_numpy()
        beliefs = {} if belief is None else model_fit.believed_values(belief)
        table = {part.name: numbers(X[part.name]) for part in inputs}
        found = model_fit.fitted(inputs, table, outcome, firms, beliefs)
        weighs = model_fit.scaled_by(found, by, table, outcome, firms)
        if weighs:
            found = model_fit.fitted(inputs, table, outcome, firms, beliefs, found.fit.coefficients, weighs)
        if stated is None:
            chosen = pair_choice.chosen(model_fit.seen(found, table, outcome, firms))
            stated = [(inputs[first].name, inputs[second].name) for first, second in chosen]
        surfaces = model_fit.surfaces(stated, inputs, table)
        if surfaces:
            alone = found.fit.coefficients
            found = model_fit.fitted([*inputs, *surfaces], table, outcome, firms, beliefs, alone, found.scale)
        told, slope = shrinkage.shrunk(found, outcome, firms)
        return cls(
            **model_fit.described(found, outcome, firms, told.fit.coefficients),
            shrinkage=slope,
            dropped=dropped | model_fit.level(found, told=pairs is not None),
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
        if not isinstance(confidence, Number) or not 0 < confidence < 1:
            raise ParameterError(
                [problem("confidence", f"{confidence!r} is not between 0 and 1", "state 0.9 for 90 %")]
            )
        unknown_variance = np.array(self.spread) + np.array(self.errors)
        reach, found = ndtri(0.5 + confidence / 2), np.empty((len(X), 3))
        for block, read in self._read(X):
            variance = monotone_curves.variances(read.design, self._covariance)
            if read.design.unknown.any():
                missing = read.design.unknown * read.design.scale
                variance += np.einsum("ij,ij->i", missing @ unknown_variance, missing)
            variance += self._of_scale(read, X.iloc[block])
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
        for rows in map(self._checked, (X, fitted_to)):
            probability = self.probability(rows).to_numpy()
            one_group = np.zeros(len(rows), dtype=int)
            slope = monotone_curves.scores(self._design(rows), probability * (1 - probability), one_group)
            gradients.append(slope[0] / probability.sum())
        apart = gradients[0] - gradients[1]
        return float(np.sqrt(apart @ self._covariance @ apart))

    def explain(self, X: pd.DataFrame | pd.Series) -> pd.DataFrame:
        """Return each input's contribution to the log-odds against a buyer with all medians, for each row.

        A row's contributions add up to its log-odds less those of the median buyer. Of a pair (`Pair.name`) stands only
        what it adds beyond either input by itself, the other at its median; that is with the input. The contribution of
        an unknown input is what is to be expected of it, given the known ones, and what not knowing it adds
        (`unknown_inputs.told`). A model of the intercept alone has no columns. `points` turns them into points of a
        score. `X` may be one row, a Series. Raises as `predict`.
        """
        X = self._checked(X)
        there = monotone_curves.contributions(self._design(self._medians), np.array(self.coefficients))
        found = np.empty((len(X), len(self.parts)))
        for block, read in self._read(X):
            found[block] = read.contributions + read.told.parts - there
            for number, one in enumerate(self.pairs, start=len(self.inputs)):
                known = ~read.design.unknown[:, number]
                for name in one.names:
                    alone = self._alone(one, name, X.iloc[block]) * read.factor - there[0, number]
                    found[block, self._places[name]] += np.where(known, alone, 0.0)
                    found[block, number] -= np.where(known, alone, 0.0)
        return pd.DataFrame(found, index=X.index, columns=[part.name for part in self.parts])

    def _alone(self, pair: Pair, name: str, X: pd.DataFrame) -> np.ndarray:
        """Return what a pair adds with one of its inputs as in `X`, the other at its median."""
        parts: list[Part] = [*(self.inputs[self._places[other]] for other in pair.names), pair]
        table = X[[name]].assign(**{other: self._medians[other][0] for other in pair.names if other != name})
        place = monotone_curves.places(self.parts)[len(self.inputs) + self.pairs.index(pair)]
        b = np.concatenate([np.zeros(1 + sum(part.size for part in parts[:2])), self.coefficients[place]])
        return monotone_curves.contributions(_design(parts, table), b)[:, 2]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The curves, then the pairs, as the coefficients and the columns of `explain` stand."""
        return self.inputs + self.pairs

    @property
    def _places(self) -> dict[str, int]:
        return {part.name: place for place, part in enumerate(self.inputs)}

    @property
    def _medians(self) -> pd.DataFrame:
        return pd.DataFrame({part.name: [part.median] for part in self.inputs}, index=[0])

    def _moved(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the design of the median buyer with other values of some inputs, less its own: rows × coefficients."""
        rows = len(next(iter(values.values())))
        table = pd.concat([self._medians] * (rows + 1), ignore_index=True)
        for name, column in values.items():
            table[name] = np.append(column, self._medians[name])
        dense = monotone_curves.dense(self._design(table))
        return dense[:-1] - dense[-1]

    def _told_of(self, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log-odds of rows of `_moved`, and their standard errors."""
        error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", moved, self._covariance, moved), 0.0))
        return moved @ np.array(self.coefficients), error

    @property
    def curves(self) -> pd.DataFrame:
        """The curves at their knots, the most important input first; of a pair, the other input at its median.

        Columns `input`, `value`, `log_odds` against the median value, `standard_error`.

        A row with a missing `value` has the effect of not being known; only where that has a coefficient.
        """
        rows = [pd.DataFrame(columns=CURVE_COLUMNS)]
        for part in self.inputs:
            bends = [
                knots
                for one in self.pairs
                for name, knots in zip(one.names, one.knots, strict=True)
                if name == part.name
            ]
            values = np.append(np.unique(np.concatenate([part.knots, *bends])), [np.nan] * part.missing)
            odds, error = self._told_of(self._moved({part.name: values}))
            row = {"input": part.name, "value": values, "log_odds": odds, "standard_error": error}
            rows.append(pd.DataFrame(row))
        order = {name: rank for rank, name in enumerate(self.table.index)}
        found = pd.concat(rows[1:] or rows, ignore_index=True)
        return found.sort_values("input", key=lambda names: names.map(order), kind="stable", ignore_index=True)

    @property
    def surfaces(self) -> pd.DataFrame:
        """What two inputs tell together, at the knots of both; the most important pair first.

        Columns `pair`; `first_input` and `second_input` with `first_value` and `second_value`; `log_odds`, what the
        pair adds beyond either input by itself, against the medians, with `standard_error`; `both_log_odds`, all that
        both inputs say against the median buyer. Empty without pairs.
        """
        rows = [pd.DataFrame(columns=SURFACE_COLUMNS)]
        importance = {one.name: self.spread[n][n] for n, one in enumerate(self.pairs, start=len(self.inputs))}
        for one in sorted(self.pairs, key=lambda one: -importance[one.name]):
            (first, second), grid = one.names, np.meshgrid(*one.knots, indexing="ij")
            values = {name: column.ravel() for name, column in zip(one.names, grid, strict=True)}
            both = self._moved(values)
            alone = [self._moved({name: column}) for name, column in values.items()]
            odds, error = self._told_of(both - alone[0] - alone[1])
            row = {"pair": one.name, "first_input": first, "first_value": values[first], "second_input": second}
            row |= {"second_value": values[second], "log_odds": odds, "standard_error": error}
            rows.append(pd.DataFrame(row | {"both_log_odds": self._told_of(both)[0]}))
        return pd.concat(rows[1:] or rows, ignore_index=True)

    @property
    def scaling(self) -> pd.DataFrame:
        """How many times all other inputs count, by the value of the one that says so, at its knots.

        Columns `input`, `value`, `others_count` (1 at the median: so many times), `others_count_error`, its standard
        error. Empty without a scale.
        """
        if self.scale is None:
            return pd.DataFrame(columns=SCALING_COLUMNS)
        values = np.unique([*self.scale.knots, self.scale.median])
        times = self.scale.factor(values)
        error = times * np.abs(self.scale.place(values)) * self.scale.error
        row = {"input": self.scale.name, "value": values, "others_count": times, "others_count_error": error}
        return pd.DataFrame(row, columns=SCALING_COLUMNS)

    @property
    def table(self) -> pd.DataFrame:
        """What each input does: index `input`, the most important first.

        `sign`; `importance`, standard deviation of its curve's contribution over the fitted sample (log-odds);
        `effect`, log-odds at its 99th percentile less those at its 1st, the other input of a pair at its median, with
        `standard_error`; `missing`, log-odds of not being known against the average buyer, NaN if it always was. No
        p-values: the penalty shares an effect among inputs that move together, and each then looks weaker alone than
        all are.
        """
        b, rows = np.array(self.coefficients), {}
        places = monotone_curves.places(self.inputs)
        for number, (part, place) in enumerate(zip(self.inputs, places, strict=True)):
            ends = self._moved({part.name: np.array([part.knots[0], part.knots[-1]])})
            effect, error = self._told_of(ends[1:] - ends[:1])
            unknown = b[place][-1] if part.missing else np.nan
            rows[part.name] = part.sign, np.sqrt(self.spread[number][number]), effect[0], error[0], unknown
        table = pd.DataFrame.from_dict(rows, orient="index", columns=TABLE_COLUMNS).rename_axis("input")
        return table.sort_values("importance", ascending=False, kind="stable")

    def to_json(self) -> str:
        """Return the model as JSON; `from_json` gives a model with the same predictions."""
        named = {name: [part._asdict() for part in getattr(self, name)] for name in ("inputs", "pairs")}
        return json.dumps(asdict(self) | named, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the model that `to_json` wrote. Raises `InputError` for any other text."""
        content = model_tables.written(text, {field.name for field in fields(cls)} - {"scale", "shrinkage"})
        try:
            model = cls(
                **{name: _as_tuple(value) for name, value in content.items()}
                | {
                    "inputs": tuple(Curve(**_as_tuples(part)) for part in content["inputs"]),
                    "pairs": tuple(Pair(**_as_tuples(one)) for one in content["pairs"]),
                    "scale": Scale(*map(_as_tuple, content["scale"])) if content.get("scale") else None,
                }
            )
            # What does not fit together is found here, and not by whoever asks the model: all known, and nothing.
            model.predict(pd.concat([model._medians, model._medians * np.nan]))
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise InputError([problem("model", f"is not as `to_json` writes it ({error})", "write it anew")]) from error
        return model

    @property
    def _covariance(self) -> np.ndarray:
        size = len(self.coefficients)
        whole = np.zeros((size, size))
        whole[np.tril_indices(size)] = np.concatenate([np.array(row) for row in self.covariance])
        return whole + np.tril(whole, -1).T

    @property
    def _law(self) -> Law:
        size = len(self.parts)
        return Law(np.array(self.spread).reshape(size, size), np.array(self.beyond), self.together)

    def _read(self, X: pd.DataFrame) -> "Iterator[tuple[slice, _Read]]":
        """Yield the rows of a checked table in blocks, so that a large one takes no more memory than a small one."""
        b = np.array(self.coefficients)
        for start in range(0, len(X), BLOCK):
            block = slice(start, start + BLOCK)
            design = self._design(X.iloc[block])
            parts = monotone_curves.contributions(design, b)
            odds = b[0] + parts.sum(axis=1)
            yield block, _Read(design, parts, unknown_inputs.told(parts, design.unknown, self._law, odds, design.scale))

    def _design(self, X: pd.DataFrame) -> monotone_curves.Design:
        return _design(self.parts, X, self.scale)

    def _of_scale(self, read: "_Read", X: pd.DataFrame) -> np.ndarray | float:
        """Return the variance of log-odds by the error of the scale's slope."""
        if not self.scale:
            return 0.0
        own = read.contributions[:, self._places[self.scale.name]]
        others = read.contributions.sum(axis=1) - own
        return (self.scale.error * self.scale.place(numbers(X[self.scale.name])) * others) ** 2

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

    @property
    def factor(self) -> np.ndarray:
        """How many times pairs count."""
        return self.design.scale[:, -1]


def points(log_odds: pd.DataFrame) -> pd.DataFrame:
    """Return contributions to the log-odds as points of a score: `POINTS_TO_DOUBLE` more halve the odds of default."""
    return -log_odds * POINTS_TO_DOUBLE / np.log(2)


def _design(parts: Sequence[Part], X: pd.DataFrame, by: Scale | None = None) -> monotone_curves.Design:
    columns = [numbers(X[part.name]) for part in parts if isinstance(part, Curve)]
    return monotone_curves.design(parts, columns, len(X), by=by)


def _as_tuples(values: Mapping[str, object]) -> dict[str, Any]:
    return {name: _as_tuple(value) for name, value in values.items()}


def _as_tuple(value: object) -> Any:
    return tuple(map(_as_tuple, value)) if isinstance(value, list) else value
