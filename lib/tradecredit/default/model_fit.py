"""The joint fit behind a model of default: its curves and pairs, what takes no part, and the errors of the rest."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import logit

from tradecredit.default import monotone_curves, pair_choice, scale, unknown_inputs
from tradecredit.default.curve_knots import Curve
from tradecredit.default.monotone_curves import Part
from tradecredit.default.pair_choice import Seen
from tradecredit.default.pairs import Pair, pair
from tradecredit.default.scale import Scale

LEVEL = 1e-6
"""A curve none of whose steps is larger is level."""

AGAINST = "is level: what it tells goes against its sign"
TOGETHER_LEVEL = "is level: together they tell no more than their curves, or against their signs"


class Found(NamedTuple):
    """A joint fit: its parts, what `monotone_curves.fitted` returns, and the scale."""

    parts: Sequence[Part]
    design: monotone_curves.Design
    fit: monotone_curves.Fit
    doubted: np.ndarray
    scale: Scale | None


def fitted(
    parts: Sequence[Part], table: Mapping[str, np.ndarray], y: np.ndarray, firms: np.ndarray, beliefs: Mapping,
    start: np.ndarray | None = None, by: Scale | None = None,
) -> Found:  # fmt: skip
    """Return the joint fit of curves and pairs (`monotone_curves.fitted`).

    `table`: input → its values, an observation each; `y`: whether it defaulted; `firms`: whose it is. `beliefs`: as
    `monotone_curves.believed`; `start`: coefficients of the first parts to begin at (None: the belief's); `by`: the
    scale (None: none).
    """
    design = monotone_curves.design(parts, list(table.values()), len(y), by=by)
    belief = monotone_curves.believed(parts, beliefs)
    return Found(parts, design, *monotone_curves.fitted(parts, design, y, firms, belief=belief, start=start), by)


def scaled_by(
    found: Found, stated: Sequence[str] | None, table: Mapping[str, np.ndarray], y: np.ndarray, firms: np.ndarray
) -> Scale | None:
    """Return by what a fit of curves alone is to be scaled.

    `stated`: as it says; None: if enough firms defaulted and something tells.
    """
    if stated is None and not pair_choice.most(y, firms):
        return None
    curves, b = [part for part in found.parts if isinstance(part, Curve)], found.fit.coefficients
    odds = monotone_curves.left_out(curves, found.design, found.fit, y)
    others = (odds - b[0])[:, None] - monotone_curves.contributions(found.design, b)
    left_out = seen(found, table, y, firms)._replace(log_odds=odds)
    return scale.chosen(curves, others, left_out, stated=stated)


def seen(found: Found, table: Mapping[str, np.ndarray], y: np.ndarray, firms: np.ndarray) -> Seen:
    """Return what pairs are chosen by, of a fit of curves alone."""
    columns = np.column_stack([*table.values()]) if table else np.empty((len(y), 0))
    odds = logit(np.clip(found.fit.probability, 1e-12, 1 - 1e-12))
    return Seen(columns, y, firms, odds, found.fit.share)


def surfaces(names: Sequence[tuple[str, str]], inputs: Sequence[Curve], table: Mapping[str, np.ndarray]) -> list[Pair]:
    """Return the pairs of inputs that entered; one with a column that did not, or hardly varies, is none."""
    signs = {part.name: part.sign for part in inputs}
    entered = [both for both in names if set(both) <= set(signs)]
    found = [pair((first, second), (signs[first], signs[second]), table) for first, second in entered]
    return [one for one in found if one is not None]


def _stays(found: Found) -> list[bool]:
    """Return of each part whether it is in the model; a level curve is where a pair or the scale has its input."""
    places = monotone_curves.places(found.parts)
    bent = [bool(np.abs(found.fit.coefficients[place]).max() > LEVEL) for place in places]
    paired = {
        name
        for part, moves in zip(found.parts, bent, strict=True)
        if moves and isinstance(part, Pair)
        for name in part.names
    }
    if found.scale:
        paired.add(found.scale.name)
    return [moves or part.name in paired for part, moves in zip(found.parts, bent, strict=True)]


def level(found: Found, *, told: bool) -> dict[str, str]:
    """Return the curves that take no part, and why; of pairs those that were told, not those that were tried."""
    parts = [part for part, stays in zip(found.parts, _stays(found), strict=True) if not stays]
    kept = [part for part in parts if told or isinstance(part, Curve)]
    return {part.name: AGAINST if isinstance(part, Curve) else TOGETHER_LEVEL for part in kept}


def described(found: Found, y: np.ndarray, firms: np.ndarray, b: np.ndarray) -> dict[str, Any]:
    """Return the fields of a model of coefficients `b`, with the errors of the fit: without parts that are level, it is
    the same model."""
    covariance = _covariance(found.fit, found.doubted, found.design, y, firms)
    stays = _stays(found)
    contributions = monotone_curves.contributions(found.design, b)
    law = unknown_inputs.law(contributions / found.design.scale, found.design.unknown, b[0], float(y.mean()))
    errors = _mean_errors(found.parts, covariance, found.design)
    left = [part for part, kept in zip(found.parts, stays, strict=True) if kept]
    rows = np.r_[True, np.repeat(stays, [part.size for part in found.parts]).astype(bool)]
    return {
        "inputs": tuple(part for part in left if isinstance(part, Curve)),
        "pairs": tuple(part for part in left if isinstance(part, Pair)),
        "coefficients": tuple(b[rows].tolist()),
        "covariance": _kept(covariance[np.ix_(rows, rows)]),
        "spread": tuple(map(tuple, law.spread[np.ix_(stays, stays)].tolist())) if left else (),
        "errors": tuple(map(tuple, errors[np.ix_(stays, stays)].tolist())) if left else (),
        "beyond": tuple(law.beyond[stays].tolist()) if left else (),
        "together": law.together,
        "observations": len(y),
        "defaults": int(y.sum()),
        "scale": found.scale,
    }


def believed_values(belief: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the values and log-odds of each curve, rising by value."""
    known = belief.dropna(subset=["value"]).sort_values("value", kind="stable")
    return {name: (rows["value"].to_numpy(), rows["log_odds"].to_numpy()) for name, rows in known.groupby("input")}


def _covariance(fit: monotone_curves.Fit, doubted: np.ndarray, design: monotone_curves.Design, y, firms) -> np.ndarray:
    """Return the covariance of the coefficients, the penalty counting as `doubted`."""
    told = fit.share**2 * monotone_curves.outer_products(design, y - fit.probability, firms)
    inverse = np.linalg.inv(fit.information - fit.penalty + doubted)
    return inverse @ (told + doubted) @ inverse


def _mean_errors(inputs: Sequence[Part], covariance: np.ndarray, design: monotone_curves.Design) -> np.ndarray:
    """Return the mean over the rows of the covariance of what the parts contribute, by the coefficients' errors."""
    rows, places = len(design.index), monotone_curves.places(inputs)
    product = covariance * monotone_curves.information(design, np.full(rows, 1 / rows))
    size = len(places)
    return np.array([[product[one, other].sum() for other in places] for one in places]).reshape(size, size)


def _kept(covariance: np.ndarray) -> tuple[tuple[float, ...], ...]:
    """Return the rows of the lower triangle to six digits, which halves the model's JSON."""
    return tuple(tuple(float(f"{value:.5e}") for value in row[: n + 1]) for n, row in enumerate(covariance))
