"""What moved a buyer's default probability since an earlier day: the input that did most of it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradecredit.default.explain import WORTH_NAMING, reason
from tradecredit.default.pairs import names_of
from tradecredit.default.panel import Candidate
from tradecredit.default.ratings import Assessment

JUDGED = "analyst's override"
"""What moved a buyer whose grade an analyst has set, or no longer sets."""


def moved_by(buyers: pd.Index, now: Assessment, then: Assessment, inputs: Mapping[str, Candidate]) -> pd.DataFrame:
    """Return which input moved the default probability of each of some buyers most between two days: index as `buyers`.

    Columns, in words: `moved_by`, the input and its value now, and `moved_from`, what it was then. It is the input
    whose part of the log-odds against the median buyer (`Assessment.contributions`) changed most in the direction in
    which the probability moved. Both are empty where no input whose value reads otherwise than then changed it by
    `explain.WORTH_NAMING`: the level of all buyers, or the model, moved. Where an analyst's judgement came, went or
    changed, `moved_by` is `JUDGED`. A buyer that either day does not know has neither. `inputs`: as `panel.candidates`.
    """
    ratings, ratings_then = (one.ratings.reindex(buyers) for one in (now, then))
    toward = _added(now, buyers, inputs).sub(_added(then, buyers, inputs), fill_value=0.0)
    toward = toward.mul(np.sign(ratings["pd"] - ratings_then["pd"]), axis=0).fillna(0.0)
    values, values_then = (one.today.reindex(index=buyers, columns=list(inputs)) for one in (now, then))
    judged = ratings["override"].fillna("") != ratings_then["override"].fillna("")
    rows = [
        (JUDGED, "")
        if judged.iloc[place]
        else _most(toward.iloc[place], values.iloc[place], values_then.iloc[place], inputs)
        for place in range(len(buyers))
    ]
    return pd.DataFrame(rows, columns=["moved_by", "moved_from"], index=buyers, dtype="str")


def _added(found: Assessment, buyers: pd.Index, inputs: Mapping[str, Candidate]) -> pd.DataFrame:
    """Return what each input, or pair of inputs, that is still one adds to the log-odds of the buyers."""
    told = [name for name in found.contributions if all(one in inputs for one in names_of(name))]
    return found.contributions[told].reindex(buyers)


def _most(toward: pd.Series, now: pd.Series, then: pd.Series, inputs: Mapping[str, Candidate]) -> tuple[str, str]:
    """Return what the input that moved a buyer most is now and was then, in words; empty where none did."""
    worth = toward[toward > WORTH_NAMING].sort_values(ascending=False, kind="stable")
    told = ((reason(str(name), now, inputs), reason(str(name), then, inputs)) for name in worth.index)
    return next(((words, before) for words, before in told if words != before), ("", ""))
