"""Piecewise-linear curves of a ratio, monotone where a sign is stated, and their joint penalised fit to defaults."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit, logit

from tradecredit.default import unknown_inputs
from tradecredit.default.curve_knots import Curve
from tradecredit.default.pairs import Pair, located, shapes
from tradecredit.default.scale import Scale
from tradecredit.numerics.compiled import compiled

ROUNDS = 6
"""Rounds of estimating the penalties. More of them change nothing that firms of later years would notice (American
data, fitted up to 2005, 2007 and 2009)."""


class Held(NamedTuple):
    """How firmly curves are held before the data speak.

    `firmness` multiplies the usual weights of the penalty; `freedom`: degrees of freedom with which they stand beside
    what the table tells of them, since few defaults cannot tell which input matters.
    """

    firmness: float
    freedom: float


HELD_LEVEL, HELD_TO_BELIEF = Held(1.0, 1.0), Held(3.0, 5.0)
"""Without a belief, and with one: what was thought through beforehand is worth more than that nothing matters. The
usual weights and these were chosen on the demo book (known truth) and by the order of American firms within `train`."""

MISSING = 30.0
"""Usual weight on the coefficient of a missing value, with the freedom of a belief: a standard deviation of 0.2.
Whether a value is known seldom tells much, and among a few dozen defaulters it can seem to."""

PAIRS, DOUBTED = 10.0, 50.0
"""Usual weight on the shapes of a pair, with the freedom of a belief, and the most that the errors count it for: two
inputs tell more together than apart only where many defaults say so."""

LOOSEST, TIGHTEST = 0.03, 1e4
"""Ends of a weight: a step's standard deviation, before the data speak, of nearly 6, or of 0.01 in log-odds."""

SETTLING = 3
"""Rounds at the end in which the curves and what they say of unknown values become those of one another."""

CONVERGED = 1e-3
"""A fit ends with the round that can lower the penalised negative log-likelihood by no more than this; Newton's method
squares what is left."""

ROUGHLY = 0.5
"""The same while the penalties are not yet final."""


Part = Curve | Pair


class Design(NamedTuple):
    """A table as the curves and pairs see it.

    Between two knots a curve is the weighted mean of its values at both, so that each row touches two neighbouring
    knots of each curve; of a surface it touches two such neighbours at each of two knots of the first input. `index`
    (rows × 1 + curves + 2 pairs; first the intercept) says which is the left one, `weight` (rows × as many × 2) how
    much of both. `values` (knots × coefficients) turns coefficients into the values at the knots: the sum of the steps
    up to there, less the curve's mean; behind its knots each part has a row for a missing value. The dense design
    matrix of a logit is the product of the two. `unknown` (rows × parts): where a value is missing. `scale` (rows,
    or one for all, × parts): how many times a part counts; the weights are multiplied by it.
    """

    index: np.ndarray  # type: ignore[assignment]  # a tuple's method of that name is not asked for
    weight: np.ndarray
    values: np.ndarray
    unknown: np.ndarray
    scale: np.ndarray


def design(parts: Sequence[Part], table: Sequence[np.ndarray], rows: int, *, by: Scale | None = None) -> Design:
    """Return the design of `rows` rows; `table` holds a column (float, NaN where missing) for each curve of `parts`,
    which come before its pairs. `by`: what scales it.

    A missing value has its own coefficient, or where none was fitted the part's mean.
    """
    curves = [part for part in parts if isinstance(part, Curve)]
    pairs = [part for part in parts if isinstance(part, Pair)]
    ordered: list[Part] = [*curves, *pairs]
    columns = {part.name: column for part, column in zip(curves, table, strict=True)}
    knots = [len(part.knots) for part in curves] + [len(part.knots[0]) * len(part.knots[1]) for part in pairs]
    slots = 1 + len(curves) + 2 * len(pairs)
    index = np.zeros((rows, slots), dtype=np.uint32)
    weight = np.zeros((rows, slots, 2))
    weight[:, 0, 0] = 1.0
    # The last knot only ever has a weight of 0.
    values = np.zeros((2 + sum(knots) + len(knots), 1 + sum(part.size for part in parts)))
    values[0, 0] = 1.0
    unknown = np.zeros((rows, len(parts)), dtype=bool)
    node, slot = 1, 1
    for number, (part, place, count) in enumerate(zip(ordered, places(ordered), knots, strict=True)):
        missing_node = node + count
        own = slice(place.start, place.start + len(part.means))
        if isinstance(part, Curve):
            at = [located(columns[part.name], part.knots)]
            lefts, shares = [at[0].left], [np.ones(rows)]
            heights = np.tri(count, count - 1, -1)
        else:
            at = [located(columns[name], own_knots) for name, own_knots in zip(part.names, part.knots, strict=True)]
            across = len(part.knots[1])
            lefts = [(at[0].left + beyond) * across + at[1].left for beyond in (0, 1)]
            shares = [1.0 - at[0].share, at[0].share]
            heights = shapes(part.signs, (len(part.knots[0]), across))
        missing = unknown[:, number] = np.logical_or.reduce([one.missing for one in at])
        for left, share in zip(lefts, shares, strict=True):
            index[:, slot] = np.where(missing, missing_node, node + left)
            weight[:, slot, 0] = np.where(missing, 1.0, share * (1.0 - at[-1].share))
            weight[:, slot, 1] = np.where(missing, 0.0, share * at[-1].share)
            slot += 1
        values[node:missing_node, own] = heights - np.array(part.means)
        if part.missing:
            values[missing_node, place.stop - 1] = 1.0
        node = missing_node + 1
    plain = Design(index, weight, values, unknown, np.ones((1, len(parts))))
    if by is None:
        return plain
    return scaled(plain, [part.name for part in curves].index(by.name), by.factor(columns[by.name]))


def scaled(plain: Design, number: int, factor: np.ndarray) -> Design:
    """Return a design with a scale by row, where there was none, but for intercept and the curve of that `number`."""
    weight, parts = plain.weight * factor[:, None, None], np.repeat(factor[:, None], plain.scale.shape[1], axis=1)
    kept = [0, 1 + number]
    weight[:, kept], parts[:, number] = plain.weight[:, kept], 1.0
    return plain._replace(weight=weight, scale=parts)


def log_odds(design: Design, b: np.ndarray) -> np.ndarray:
    """Return the log-odds of each row at coefficients `b`."""
    return _sums_of_rows(design.index, design.weight, design.values @ b, np.empty(len(design.index)))


def contributions(design: Design, b: np.ndarray) -> np.ndarray:
    """Return what each part adds to the log-odds of each row: rows × parts."""
    at_knots, index, weight = design.values @ b, design.index[:, 1:], design.weight[:, 1:]
    added = at_knots[index] * weight[..., 0] + at_knots[index + 1] * weight[..., 1]
    curves = 2 * design.unknown.shape[1] - index.shape[1]  # a curve has one place in a row, a pair two
    return np.concatenate([added[:, :curves], added[:, curves::2] + added[:, curves + 1 :: 2]], axis=1)


def dense(design: Design) -> np.ndarray:
    """Return the design matrix: rows × coefficients."""
    rows, touched = len(design.index), 2 * design.index.shape[1]
    knots = np.stack([design.index, design.index + 1], axis=2).ravel()
    at_knots = (design.weight.ravel(), knots, np.arange(rows + 1) * touched)
    return csr_array(at_knots, shape=(rows, len(design.values))) @ design.values


def variances(design: Design, covariance: np.ndarray) -> np.ndarray:
    """Return the variance of each row's log-odds, without building the dense matrix."""
    at_knots = design.values @ covariance @ design.values.T
    return _squares(design.index, design.weight, at_knots, np.empty(len(design.index)))


def scores(design: Design, residual: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return the gradient of the log-likelihood by group (0 … without gaps): groups × coefficients."""
    summed = np.zeros((groups.max() + 1, len(design.values)))
    return _sums(design.index, design.weight, residual, groups, summed) @ design.values


def information(design: Design, weight: np.ndarray) -> np.ndarray:
    """Return X'WX of the dense design matrix X, without building it; `weight` of each row."""
    upper = _products(design.index, design.weight, weight, np.zeros((len(design.values), len(design.values))))
    # Later curves have later knots: the upper triangle is enough, and is mirrored.
    return design.values.T @ (np.triu(upper) + np.triu(upper, 1).T) @ design.values


def outer_products(design: Design, residual: np.ndarray, firms: np.ndarray) -> np.ndarray:
    """Return J, the sum over firms of the outer products of their scores (coefficients × coefficients)."""
    if firms.max() + 1 == len(firms):
        return information(design, residual**2)
    by_firm = scores(design, residual, firms)
    return by_firm.T @ by_firm


def design_effect(design: Design, residual: np.ndarray, firms: np.ndarray) -> float:
    """Return the variance of the scores summed by firm over that of the rows' own, both summed over coefficients."""
    if firms.max() + 1 == len(firms):
        return 1.0
    by_row = information(design, residual**2)
    return float(np.trace(outer_products(design, residual, firms)) / np.trace(by_row))


def places(parts: Sequence[Part]) -> list[slice]:
    """Return where each part's coefficients stand; place 0 is the intercept's."""
    ends = [1, *(1 + np.cumsum([part.size for part in parts])).tolist()]
    return [slice(start, end) for start, end in pairwise(ends)]


def bounds(parts: Sequence[Part]) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the largest value of every coefficient: steps of a signed curve keep to their side of 0, and
    all shapes of a pair with a sign are added."""
    low, high = [-np.inf], [np.inf]
    for part in parts:
        if isinstance(part, Pair):
            low += [0.0 if any(part.signs) else -np.inf] * part.size
            high += [np.inf] * part.size
            continue
        steps, rest = len(part.means), [np.inf] * part.missing
        low += [0.0 if part.sign > 0 else -np.inf] * steps + [-value for value in rest]
        high += [0.0 if part.sign < 0 else np.inf] * steps + rest
    return np.array(low), np.array(high)


class Component(NamedTuple):
    """A part of the penalty: ½ weight · d'Md over the coefficients at `place`, d their distance from the belief.

    `usual`: the weight to start from, and `freedom` how firmly (`Held`). `doubted`: the most that the errors count the
    weight for. How strongly to penalise is itself estimated, and an input that looks level may not be; so counted, the
    90 % interval covers 90 to 95 % of known truths (tests).
    """

    place: slice
    matrix: np.ndarray
    usual: float
    freedom: float
    doubted: float


def components(parts: Sequence[Part], held: Held) -> list[Component]:
    """Return the parts of the penalty: of each curve its steps squared, which holds it to the average buyer, and the
    differences of neighbouring steps squared, which holds it straight; the coefficient of missing values squared; and
    the weights of a pair's shapes squared, which hold the inputs apart.

    The steps lie between fixed quantiles, so that a weight means the same for every column and every book.
    """
    found = []
    for part, place in zip(parts, places(parts), strict=True):
        if isinstance(part, Pair):
            found.append(
                Component(place, np.eye(part.size), PAIRS * held.firmness, HELD_TO_BELIEF.freedom, doubted=DOUBTED)
            )
            continue
        steps = len(part.means)
        inside, differences = slice(place.start, place.start + steps), np.diff(np.eye(steps), axis=0)
        found.append(Component(inside, np.eye(steps), 3.0 * held.firmness, held.freedom, doubted=15.0))
        if steps > 1:
            bends = differences.T @ differences
            found.append(Component(inside, bends, 20.0 * held.firmness, held.freedom, doubted=150.0))
        if part.missing:
            unknown = slice(place.stop - 1, place.stop)
            found.append(Component(unknown, np.eye(1), MISSING, HELD_TO_BELIEF.freedom, doubted=MISSING))
    return found


def penalty(parts: Sequence[Component], weights: np.ndarray, size: int) -> np.ndarray:
    """Return the penalty matrix P (size × size) of ½ b'Pb; nothing is held against the intercept."""
    whole = np.zeros((size, size))
    for part, weight in zip(parts, weights, strict=True):
        whole[part.place, part.place] += weight * part.matrix
    return whole


class Fit(NamedTuple):
    """Coefficients, their information with the penalty (H), the fitted probability of each row, and the penalty.

    `share`: how much of a row each row counts for. `belief`: the coefficients that the penalty holds them to.
    """

    coefficients: np.ndarray
    information: np.ndarray
    probability: np.ndarray
    penalty: np.ndarray
    share: float
    belief: np.ndarray


class Within(NamedTuple):
    """What a solution keeps to: the bounds of the coefficients, those that the penalty holds them to, how much of a row
    each row counts for, the gain at which to stop, and what each row's log-odds have on top of its coefficients'."""

    bounds: tuple[np.ndarray, np.ndarray]
    belief: np.ndarray
    share: float
    enough: float
    lift: np.ndarray


def believed(parts: Sequence[Part], beliefs: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return the coefficients of curves told beforehand: name → rising values and their log-odds; others are
    level.

    Between the values a curve is straight, beyond them level; a step against the curve's sign is none.
    """
    (low, high), found = bounds(parts), np.zeros(1 + sum(part.size for part in parts))
    for part, place in zip(parts, places(parts), strict=True):
        if isinstance(part, Curve) and part.name in beliefs:
            found[place.start : place.start + len(part.means)] = np.diff(np.interp(part.knots, *beliefs[part.name]))
    return np.clip(found, low, high)


def fitted(
    parts: Sequence[Part], design: Design, y: np.ndarray, firms: np.ndarray, *, belief: np.ndarray,
    start: np.ndarray | None = None,
) -> tuple[Fit, np.ndarray]:  # fmt: skip
    """Return the joint fit of curves and pairs to `y` (0 or 1 by row), and the penalty as far as the errors count it.

    The penalty holds the coefficients to those of `belief` (0: level). Its weights are those that make the data
    likeliest, by the generalised Fellner–Schall update weight × (tr(P⁻M) − tr(H⁻¹M)) / d'Md, d the distance from the
    belief, over the coefficients that no bound holds (Wood and Fasiolo 2017, Biometrics 73, 1071), numerator and
    denominator filled up by the freedom and freedom / usual weight of `Component`, a gamma prior: an input that tells
    nothing is held to the belief, one that tells much is hardly shrunk.

    Rows of one firm (`firms`, 0 … without gaps) that repeat each other are not as many tellings: all rows count for
    1 / design effect, the variance of the scores summed by firm over that of the rows' (Kish 1965, §5.4), at least 1.

    A row of which something is not known has the probability to be expected of what is (`unknown_inputs.lift`, by the
    curves of the round before); the coefficient of a missing value says how far it is beyond that.

    `start`: coefficients of the first parts, to begin from; without it, from the belief.
    """
    held = HELD_TO_BELIEF if belief.any() else HELD_LEVEL
    held_by, limits, size = components(parts, held), bounds(parts), design.values.shape[1]
    weights = np.array([part.usual for part in held_by], dtype=float)
    near = belief.copy()
    near[0] = np.log(y.mean() / (1 - y.mean()))
    if start is not None:
        near[: len(start)] = start
    within = Within(limits, belief, share=1.0, enough=ROUGHLY, lift=np.zeros(len(y)))
    fit = solve(design, y, penalty=penalty(held_by, weights, size), start=near, within=within)
    within = within._replace(share=1.0 / max(design_effect(design, y - fit.probability, firms), 1.0))
    for last in [False] * (ROUNDS - 1) + [True] if held_by else []:
        within = within._replace(lift=lift(design, fit, y))
        b = fit.coefficients
        free = (b > limits[0]) & (b < limits[1])
        variance = _inverse(fit.information, free)
        prior = _inverse(fit.penalty, free & (np.arange(size) > 0))
        for number, (place, matrix, usual, freedom, _) in enumerate(held_by):
            carried = max(weights[number] * float(((prior - variance)[place, place] * matrix).sum()), 0.0)
            distance = b[place] - belief[place]
            size_squared = float(distance @ matrix @ distance)
            weights[number] = np.clip((carried + freedom) / (size_squared + freedom / usual), LOOSEST, TIGHTEST)
        within = within._replace(enough=CONVERGED if last else ROUGHLY)
        fit = solve(design, y, penalty=penalty(held_by, weights, size), start=b, within=within)
    for _ in range(SETTLING if design.unknown.any() and held_by else 0):
        within = within._replace(lift=lift(design, fit, y))
        fit = solve(design, y, penalty=fit.penalty, start=fit.coefficients, within=within)
    return fit, penalty(held_by, np.minimum(weights, [part.doubted for part in held_by]), size)


def left_out(parts: Sequence[Part], design: Design, fit: Fit, y: np.ndarray) -> np.ndarray:
    """Return each row's log-odds by a fit without it, the penalty and the bounds that hold staying as they are.

    One Newton step from the fit: odds − h (y − p) / (1 − p (1 − p) h), h = x'H⁻¹x (Rad and Maleki 2020, Journal of the
    Royal Statistical Society B 82, 965).
    """
    (low, high), b, p = bounds(parts), fit.coefficients, fit.probability
    reach = fit.share * variances(design, _inverse(fit.information, (b > low) & (b < high)))
    return logit(np.clip(p, 1e-12, 1 - 1e-12)) - reach * (y - p) / np.maximum(1 - p * (1 - p) * reach, 0.05)


def lift(design: Design, fit: Fit, y: np.ndarray) -> np.ndarray:
    """Return what the log-odds of each row have on top because something of it is not known; 0 where all is."""
    if not design.unknown.any():
        return np.zeros(len(y))
    parts = contributions(design, fit.coefficients)
    law = unknown_inputs.law(parts / design.scale, design.unknown, fit.coefficients[0], float(y.mean()))
    odds = log_odds(design, fit.coefficients)
    return unknown_inputs.told(parts, design.unknown, law, odds, design.scale).log_odds - odds


def _inverse(matrix: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Return the inverse of the block of the free coefficients, zero elsewhere."""
    whole = np.zeros_like(matrix)
    whole[np.ix_(free, free)] = np.linalg.inv(matrix[np.ix_(free, free)])
    return whole


def solve(design: Design, y: np.ndarray, *, penalty: np.ndarray, start: np.ndarray, within: Within) -> Fit:
    """Return the coefficients b that minimise −log-likelihood(b) + ½ (b − belief)'P(b − belief) of a logit.

    Newton's method; each round minimises the quadratic model within the bounds by coordinate descent and goes back by
    halves where that overshoots. `y` is 0 or 1 by row.
    """
    b, odds = start, log_odds(design, start) + within.lift
    old = _objective(odds, y, b, penalty, within)
    everyone = np.zeros(len(y), dtype=np.int64)
    while True:
        probability = expit(odds)
        curvature = within.share * information(design, probability * (1 - probability)) + penalty
        gradient = within.share * scores(design, y - probability, everyone)[0] - penalty @ (b - within.belief)
        direction = step(curvature, gradient, b, within.bounds) - b
        possible = gradient @ direction / 2
        along, share = log_odds(design, direction), 1.0
        while (
            new := _objective(odds + share * along, y, b + share * direction, penalty, within)
        ) > old and share > 1e-6:
            share /= 2
        if new > old:
            return Fit(b, curvature, probability, penalty, within.share, within.belief)
        b, odds = b + share * direction, odds + share * along
        if possible < within.enough:
            return Fit(b, curvature, expit(odds), penalty, within.share, within.belief)
        old = new


def step(information: np.ndarray, gradient: np.ndarray, b: np.ndarray, bounds: tuple) -> np.ndarray:
    """Return the minimum within `bounds` of ½ d'Hd − gradient'd, d the distance from `b`."""
    return _descend(np.ascontiguousarray(information), gradient.copy(), b.copy(), *bounds)


def _objective(odds: np.ndarray, y: np.ndarray, b: np.ndarray, penalty: np.ndarray, within: Within) -> float:
    distance = b - within.belief
    return float(within.share * (np.logaddexp(0, odds).sum() - y @ odds) + distance @ penalty @ distance / 2)


@compiled
def _sums_of_rows(index, weight, at_knots, whole):
    for i in range(len(index)):
        total = 0.0
        for j in range(index.shape[1]):
            total += at_knots[index[i, j]] * weight[i, j, 0] + at_knots[index[i, j] + 1] * weight[i, j, 1]
        whole[i] = total
    return whole


@compiled
def _squares(index, weight, at_knots, whole):
    for i in range(len(index)):
        total = 0.0
        for j in range(index.shape[1]):
            first, left, right = index[i, j], weight[i, j, 0], weight[i, j, 1]
            here, next_to = at_knots[first], at_knots[first + 1]
            total += left * left * here[first] + right * (2 * left * here[first + 1] + right * next_to[first + 1])
            beside = 0.0
            for k in range(j + 1, index.shape[1]):
                second, near, far = index[i, k], weight[i, k, 0], weight[i, k, 1]
                beside += left * (near * here[second] + far * here[second + 1])
                beside += right * (near * next_to[second] + far * next_to[second + 1])
            total += 2.0 * beside
        whole[i] = total
    return whole


@compiled
def _sums(index, weight, residual, groups, whole):
    for i in range(len(index)):
        for j in range(index.shape[1]):
            whole[groups[i], index[i, j]] += weight[i, j, 0] * residual[i]
            whole[groups[i], index[i, j] + 1] += weight[i, j, 1] * residual[i]
    return whole


@compiled
def _products(index, weight, row_weight, whole):
    for i in range(len(index)):
        for j in range(index.shape[1]):
            first, left, right = index[i, j], weight[i, j, 0] * row_weight[i], weight[i, j, 1] * row_weight[i]
            above, below = whole[first], whole[first + 1]
            for k in range(j, index.shape[1]):
                second, near, far = index[i, k], weight[i, k, 0], weight[i, k, 1]
                above[second] += left * near
                above[second + 1] += left * far
                below[second] += right * near
                below[second + 1] += right * far
    return whole


@compiled
def _descend(information, left, b, low, high):
    for _ in range(1_000):
        largest = 0.0
        for i in range(len(b)):
            value = min(max(b[i] + left[i] / information[i, i], low[i]), high[i])
            change = value - b[i]
            if change != 0.0:
                b[i] = value
                largest = max(largest, abs(change))
                for j in range(len(b)):
                    left[j] -= information[i, j] * change
        if largest < 1e-5:
            break
    return b
