"""Sentences on limits: what is recommended and what is set in total, and why these differ."""

import pandas as pd
import pytest

from tradecredit.words.limits import above_need, in_all


def test_what_is_owed_above_the_need_is_no_decision():
    over = pd.DataFrame(
        {
            "over_need": [70.0, 30.0, 20.0],
            "over_limit_to_set": [60.0, 40.0, 0.0],
            "on_limit": ["above limit", None, None],
        }
    )
    assert above_need(over, "EUR") == (
        "3 buyers owe EUR 120 above the need: a signal to look, no decision. Of 1 of them EUR 40 is also above the "
        "limit to set, by need alone, and no limit in force is exceeded that had to be kept."
    )
    assert above_need(over.head(1), "EUR") == ("1 buyer owes EUR 70 above the need: a signal to look, no decision.")
    assert above_need(over.head(0), "EUR") == ""


@pytest.mark.parametrize(
    ("to_set", "told"),
    [
        (
            41_100_000.0,
            "Recommended limits total **EUR 39.4 m** (EUR 36.1 m without insurance), limits to set **EUR 41.1 m**: a "
            "limit stays where it would change only slightly, is not raised where deliveries are held back or the "
            "insurer is to be told first, and is not lowered by need alone below what is owed.",
        ),
        (
            39_400_000.0,
            "Recommended limits total **EUR 39.4 m** (EUR 36.1 m without insurance), limits to set **EUR 39.4 m**.",
        ),
    ],
)
def test_recommended_limits_and_limits_to_set_are_told_apart(to_set, told):
    totals = pd.Series({"recommended": 36_100_000.0, "recommended_with_cover": 39_400_000.0, "to_set": to_set})
    assert in_all(totals, "EUR").replace("\u00a0", " ") == told
