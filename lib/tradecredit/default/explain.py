"""Why a buyer has its default probability: what speaks against it, in points, and what would lift it a grade."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import logit

from tradecredit.default.additive_model import DefaultModel, points
from tradecredit.default.expert_prior import behaviour_known
from tradecredit.default.pairs import names_of
from tradecredit.default.panel import BEHAVIOUR, Candidate

DRIVERS = 3
"""Reasons named for a buyer."""

LONG_OVERDUE = "long overdue"
"""What a rating's `method` says of a buyer whose debt long past due is evidence of default (`ratings.assess`)."""

WORTH_NAMING = 0.1
"""An input that adds less to the log-odds than this, a tenth of the odds, is no reason."""

NOT_TO_BE_CHANGED = "central_tendency"
"""Input of which a buyer cannot have another value: its country and sector are what they are."""

REFINED, FINER = 4, 33
"""Grids, and their places, by which the value is found at which a model gives the better grade."""

BEYOND_ROUNDING = 1e-9
"""Log-odds below a grade's bound that an improvement aims at: on the bound itself rounding would pick the grade."""


def drivers(contributions: pd.DataFrame, values: pd.DataFrame, inputs: Mapping[str, Candidate]) -> pd.Series:
    """Return up to three reasons for a higher probability of each buyer, the strongest first, in words.

    `contributions`: index buyer_id, what each input adds to the log-odds against the median buyer; `values`: the
    inputs; `inputs`: as `panel.candidates`. Empty text where nothing speaks against a buyer.
    """
    added = contributions.to_numpy(dtype="float64")
    known = {name: column.tolist() for name, column in values.reindex(index=contributions.index).items()}
    worst = np.argsort(-added, axis=1, kind="stable")[:, :DRIVERS]
    parts = {name: names_of(name) for name in contributions.columns}
    told: list[list[str]] = [[] for _ in added]
    for row, place in zip(*np.nonzero(np.take_along_axis(added, worst, axis=1) > WORTH_NAMING), strict=True):
        name = contributions.columns[worst[row, place]]
        told[row].append(reason(name, {one: known[one][row] for one in parts[name]}, inputs))
    return pd.Series(["; ".join(reasons) for reasons in told], index=contributions.index, dtype="str")


def in_words(name: str, value: float, inputs: Mapping[str, Candidate]) -> str:
    """Return an input and its value in words; what rounds to nothing has no sign."""
    if np.isnan(value):
        return f"{name.replace('_', ' ').replace(': ', ' of ')} not known"
    words = inputs[name].words.format(value).replace("%", " %")
    words = re.sub(r"(?<!\w)[-+](?=0(\.0*)?(?![.\d]))", "", words)
    return re.sub(r"(?<!\w)-(?=\d)", "\N{MINUS SIGN}", words)


def reason(name: str, values: Mapping[str, float] | pd.Series, inputs: Mapping[str, Candidate]) -> str:
    """Return what a column of contributions stands for in words: an input, or the two of a pair, with their values."""
    if name in inputs:
        return in_words(name, values[name], inputs)
    return ", and at the same time ".join(in_words(one, values[one], inputs) for one in names_of(name))


def largest_risk(ratings: pd.DataFrame, owed: pd.Series) -> str:
    """Return the buyer_id whose default probability × amount owed is largest; not in default where anybody is not.

    `ratings`: as `default.assess`; `owed`: by buyer_id, missing: nothing.
    """
    risk = ratings["model_pd"] * owed.reindex(ratings.index).fillna(0.0)
    alive = ratings["method"] != "in default"
    return str((risk[alive] if alive.any() else risk).idxmax())


def known_parts(values: pd.DataFrame, inputs: Mapping[str, Candidate]) -> pd.DataFrame:
    """Return of how many buyers each part is known: index `part`; `buyers`, `share`, and `inputs`, which it has.

    A part is known of a buyer where any of its inputs is; its payment behaviour as `expert_prior.behaviour_known` has
    it, since that nothing is past due is known of those that never bought, too.
    """
    names = pd.Series({name: candidate.part for name, candidate in inputs.items()})
    known = values[names.index].notna().T.groupby(names, sort=False).any().sum(axis=1)
    known[BEHAVIOUR] = behaviour_known(values).sum()
    table = pd.DataFrame({"buyers": known, "share": known / len(values), "inputs": names.value_counts()})
    return table.loc[names.unique()].rename_axis("part")


def explanation(contributions: pd.Series, values: pd.Series, inputs: Mapping[str, Candidate]) -> pd.DataFrame:
    """Return one buyer's reasons, the strongest first: index `input`; `part`, `finding`, `log_odds`, `points`.

    Of a pair stands what it adds beyond either input by itself, with both in its `finding`, and the part of the first.
    `contributions` and `values`: the buyer's row of `Assessment.contributions` and `.today`. `points`: as
    `additive_model.points`; both are against the median buyer, and together they are the buyer's distance from it. What
    is not known and adds nothing is not in it.
    """
    known = [all(pd.notna(values[one]) for one in names_of(name)) for name in contributions.index]
    telling = contributions[contributions.ne(0) | np.array(known, dtype=bool)]
    order = telling.abs().sort_values(ascending=False, kind="stable").index
    table = pd.DataFrame({"log_odds": contributions[order]}, index=order.rename("input"))
    table.insert(0, "part", [inputs[names_of(name)[0]].part for name in order])
    table.insert(1, "finding", [reason(name, values, inputs) for name in order])
    return table.assign(points=points(table[["log_odds"]]))


def improvements(
    rating: pd.Series, values: pd.Series, curves: pd.DataFrame, bounds: Sequence[float], *,
    model: DefaultModel | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return what would lift one buyer to the next better grade, each input by itself: index `input`; `now`, `needed`.

    `rating`: `model_pd` and `model_grade`, before an analyst's judgement, and `method`; `values`: its inputs; `curves`:
    as `Assessment.curves`; `bounds`: of the grades; `model`: the fitted one, if any. `needed` is the nearest value at
    which the log-odds lie lower by as much as the buyer is above the better grade's bound: the model's, which also says
    what another value would tell of inputs that are not known, or without one the curve's. An input that never takes
    them so far down, or whose value is not known, is not in it, nor what is stated of its country and sector; empty for
    grade 1, where no input alone would do, and for a buyer in grade 10 for its long overdue debt, which no input lifts.
    """
    rows = {}
    if rating["model_grade"] > 1 and LONG_OVERDUE not in rating.get("method", ""):
        better = bounds[int(rating["model_grade"]) - 2]
        missing = logit(rating["model_pd"]) - logit(better) + BEYOND_ROUNDING
        for name, curve in curves.dropna(subset=["value"]).groupby("input", sort=False):
            now = values[name]
            if name == NOT_TO_BE_CHANGED or np.isnan(now):
                continue
            line = _Line(str(name), values, model, curve)
            place = np.union1d(curve["value"].to_numpy(dtype="float64"), now)
            aim = line.log_odds(np.array([now]))[0] - missing
            if aim >= (odds := line.log_odds(place)).min():
                rows[name] = (now, _nearest(now, aim, place, odds) if model is None else line.nearest(aim, place, odds))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["now", "needed"]).rename_axis("input")


class _Line(NamedTuple):
    """One buyer's log-odds along one of its inputs, the others being what they are; without a model, the curve's."""

    name: str
    values: pd.Series
    model: DefaultModel | None
    curve: pd.DataFrame

    def log_odds(self, places: np.ndarray) -> np.ndarray:
        if self.model is None:
            known = (self.curve[column].to_numpy(dtype="float64") for column in ("value", "log_odds"))
            return np.interp(places, *known)
        tried = pd.DataFrame([self.values] * len(places)).reset_index(drop=True).assign(**{self.name: places})
        return logit(self.model.probability(tried).to_numpy())

    def nearest(self, aim: float, places: np.ndarray, odds: np.ndarray) -> float:
        """Return the place nearest to the buyer's value at which the log-odds are `aim`, by ever finer grids."""
        found = _nearest(now := self.values[self.name], aim, places, odds)
        for _ in range(REFINED):
            # Where nothing bends between two places, the line is smooth, and soon as straight as its chord.
            left = np.clip(np.searchsorted(places, found, side="right") - 1, 0, len(places) - 2)
            places = np.linspace(places[left], places[left + 1], FINER)
            odds = self.log_odds(places)
            found = _nearest(now, aim, places, odds)
        return found


def _nearest(now: float, aim: float, place: np.ndarray, odds: np.ndarray) -> float:
    """Return the place nearest to `now` at which a piecewise-linear curve is at most `aim`."""
    crossing = []
    for k in range(len(place) - 1):
        low, high = sorted((odds[k], odds[k + 1]))
        if low <= aim <= high and low < high:
            crossing.append(place[k] + (place[k + 1] - place[k]) * (aim - odds[k]) / (odds[k + 1] - odds[k]))
    return float(min(crossing, key=lambda at: abs(at - now)))
