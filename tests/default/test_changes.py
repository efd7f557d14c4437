"""Which input moved a default probability: from two hand-made days."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from tradecredit.default.changes import JUDGED, moved_by
from tradecredit.default.panel import CANDIDATES

INPUTS = {name: CANDIDATES[name] for name in ("share_overdue", "limit_use", "current_ratio")}
BUYERS = pd.Index(["worse", "better", "level", "judged", "pair", "new"], name="buyer_id")


def day(pd_, added, values, override=None, *, model=None, index=None):
    """A day's assessment: probabilities, what each input adds to the log-odds, and the inputs.

    `model`: the probabilities before overrides, where these are others.
    """
    index = BUYERS[: len(pd_)] if index is None else pd.Index(index, name="buyer_id")
    names = [*INPUTS, "share_overdue × limit_use"]
    return SimpleNamespace(
        ratings=pd.DataFrame(
            {"pd": pd_, "model_pd": model or pd_, "override": override or [None] * len(index)}, index=index
        ).astype({"override": "str"}),
        contributions=pd.DataFrame(added, columns=names, index=index),
        today=pd.DataFrame(values, columns=list(INPUTS), index=index),
    )


def test_the_input_that_did_most_of_a_move_is_named_with_its_value_now_and_then():
    """`worse`: the share overdue adds 0.9 more, the limit 0.3. `better`: the current ratio takes 0.5 off, though the
    share overdue added 0.8 meanwhile. `level`: the limit adds 0.4 at the same value. `pair`: two inputs together."""
    then = day(
        [0.02, 0.05, 0.03, 0.03, 0.02],
        [(0.0, 0.1, 0.0, 0), (0.0, 0.0, 0.2, 0), (0.0, 0.1, 0.0, 0), (0.0, 0.0, 0.0, 0), (0.0, 0.0, 0.0, 0)],
        [(0.1, 0.5, 1.0), (0.1, 0.5, 1.0), (0.1, 0.5, 1.0), (0.1, 0.5, 1.0), (0.1, 0.5, np.nan)],
    )
    now = day(
        [0.09, 0.04, 0.05, 0.30, 0.08, 0.10],
        [
            (0.9, 0.4, 0.0, 0),
            (0.8, 0.0, -0.3, 0),
            (0.05, 0.5, 0, 0),
            (2.0, 0, 0, 0),
            (0.0, 0.0, 0.0, 1.5),
            (1, 1, 1, 1),
        ],
        [(0.6, 0.7, 1.0), (0.5, 0.5, 1.8), (0.12, 0.5, 1.0), (0.6, 0.5, 1.0), (0.3, 0.9, np.nan), (0.9, 0.9, 0.9)],
        [None, None, None, "holding pays", None, None],
    )
    found = moved_by(BUYERS, now, then, INPUTS)
    assert found.loc["worse"].tolist() == ["60 % of the balance is overdue", "10 % of the balance is overdue"]
    assert found.loc["better"].tolist() == ["current ratio 1.80", "current ratio 1.00"]
    assert found.loc["level"].tolist() == ["", ""]
    assert found.loc["judged"].tolist() == [JUDGED, ""]
    assert found.loc["pair"].tolist() == [
        "30 % of the balance is overdue, and at the same time uses 90 % of its limit",
        "10 % of the balance is overdue, and at the same time uses 50 % of its limit",
    ]
    assert found.loc["new"].tolist() == ["", ""]


def test_a_judgement_counts_by_what_it_does_and_not_by_the_words_of_its_reason():
    """All at 2 % by the model on both days, but for `raised`, 3 % now: its share overdue adds 0.4. An override moves
    the probability of `graded` from 4 % to 10 % under the same reason; `reworded` has another reason for the same 4 %,
    `came` and `went` an override on one day, `kept` the same one; `new` has one and was not known, `gone` had one."""
    buyers = ["graded", "reworded", "came", "went", "kept", "raised"]
    then = day(
        [0.04, 0.04, 0.02, 0.04, 0.04, 0.02, 0.04], [(0.0, 0.0, 0.0, 0)] * 7, [(0.1, 0.5, 1.0)] * 7,
        ["holding", "holding", None, "holding", "holding", None, "holding"],
        model=[0.02] * 7, index=[*buyers, "gone"],
    )  # fmt: skip
    now = day(
        [0.10, 0.04, 0.04, 0.02, 0.04, 0.03, 0.04],
        [*[(0.0, 0.0, 0.0, 0)] * 5, (0.4, 0.0, 0.0, 0), (0.9, 0.0, 0.0, 0)],
        [*[(0.1, 0.5, 1.0)] * 5, (0.3, 0.5, 1.0), (0.9, 0.5, 1.0)],
        ["holding", "the holding pays", "holding", None, "holding", None, "holding"],
        model=[0.02] * 5 + [0.03, 0.02], index=[*buyers, "new"],
    )  # fmt: skip
    found = moved_by(pd.Index([*buyers, "new", "gone"], name="buyer_id"), now, then, INPUTS)
    assert found["moved_by"].to_dict() == {
        "graded": JUDGED, "reworded": "", "came": JUDGED, "went": JUDGED, "kept": "",
        "raised": "30 % of the balance is overdue", "new": "", "gone": "",
    }  # fmt: skip
    assert found["moved_from"].drop("raised").eq("").all()
