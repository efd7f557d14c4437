"""What moved a buyer's default probability since an earlier day: the input that did most of it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradecredit.default.explain import WORTH_NAMING, reason
from tradecredit.default.pairs import names_of
from tradecredit.default.panel import Candidate
from tradecredit.default.ratings import Assessment
from tradecredit.numerics.discrimination import log_odds

JUDGED = "analyst's override"
"""What moved a buyer whose grade an analyst has set, or no longer sets, or that it moves otherwise."""

SAME = 1e-9
"""Log-odds that differ by less are the same."""


def moved_by(buyers: pd.Index, now: Assessment, then: Assessment, inputs: Mapping[str, Candidate]) -> pd.DataFrame:
    """Return which input moved the default probability of each of some buyers most between two days: index as `buyers`.

    Columns, in words: `moved_by`, the input and its value now, and `moved_from`, what it was then. It is the input
    whose part of the log-odds against the median buyer (`Assessment.contributions`) changed most in the direction in
    which the probability moved. Both are empty where no input whose value reads otherwise than then changed it by
    `explain.WORTH_NAMING`: the level of all buyers, or the model, moved. Where an analyst's judgement is set on one of
    the days alone, or moves the log-odds of the model's probability otherwise than then, `moved_by` is `JUDGED`. A
    buyer that either day does not know has neither. `inputs`: as `panel.candidates`.
    """
    ratings, ratings_then = (one.ratings.reindex(buyers) for one in (now, then))
    known = (buyers.isin(now.ratings.index) & buyers.isin(then.ratings.index))[:, None]
    toward = _added(now, buyers, inputs).sub(_added(then, buyers, inputs), fill_value=0.0)
    names = toward.columns.tolist()
    change = toward.mul(np.sign(ratings["pd"] - ratings_then["pd"]), axis=0).to_numpy(dtype="float64")
    judged = known[:, 0] & _judged_otherwise(ratings, ratings_then)
    order = np.argsort(-np.where(known, np.nan_to_num(change), 0.0), axis=1, kind="stable")
    worth = known & ~judged[:, None] & (np.take_along_axis(change, order, axis=1) > WORTH_NAMING)
    values, values_then = (
        {name: one.today[name].reindex(buyers).tolist() for name in inputs if name in one.today} for one in (now, then)
    )
    told = [(JUDGED, "") if one else ("", "") for one in judged]
    for row, place in zip(*np.nonzero(worth), strict=True):
        name = names[order[row, place]]
        if told[row] == ("", ""):
            words, before = (_reason(name, row, of_day, inputs) for of_day in (values, values_then))
            told[row] = (words, before) if words != before else told[row]
    return pd.DataFrame(told, columns=["moved_by", "moved_from"], index=buyers, dtype="str")


def _judged_otherwise(ratings: pd.DataFrame, then: pd.DataFrame) -> np.ndarray:
    """Return whether an analyst's judgement came, went, or moves the model's probability otherwise than it did."""
    here, there = (one["override"].notna().to_numpy() for one in (ratings, then))
    both, otherwise = here & there, here != there
    effect, effect_then = (log_odds(one["pd"][both]) - log_odds(one["model_pd"][both]) for one in (ratings, then))
    otherwise[both] = ~np.isclose(effect, effect_then, rtol=0.0, atol=SAME)
    return otherwise


def _added(found: Assessment, buyers: pd.Index, inputs: Mapping[str, Candidate]) -> pd.DataFrame:
    """Return what each input, or pair of inputs, that is still one adds to the log-odds of the buyers."""
    told = [name for name in found.contributions if all(one in inputs for one in names_of(name))]
    return found.contributions[told].reindex(buyers)


def _reason(name: str, row: int, values: Mapping[str, list[float]], inputs: Mapping[str, Candidate]) -> str:
    """Return what the input, or pair of inputs, of a buyer in a row is on a day, in words."""
    return reason(name, {one: values[one][row] if one in values else np.nan for one in names_of(name)}, inputs)
