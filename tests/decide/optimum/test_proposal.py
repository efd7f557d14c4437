"""Limits as they are proposed: by hand, with a programme that is told what to answer."""

import pandas as pd
import pytest

from tradecredit.decide.optimum.proposal import least_change, proposed
from tradecredit.params.limits import LimitSettings

SETTINGS = LimitSettings(minimum_change=0.1, minimum_limit=500.0)
BUYERS = pd.DataFrame(
    {
        "recommended_with_cover": [10_000.0, 10_000.0, 0.0, 0.0, 2_000.0, 7_123.0],
        "least": 0.0,
        "most": [50_000.0, 10_000.0, 40_000.0, 40_000.0, 9_000.0, 9_000.0],
    },
    index=pd.Index(list("ABCDEF"), name="buyer_id"),
)


def test_the_least_change_by_hand():
    # A tenth of what is in force, or where nothing is of what might be; 500 at least.
    assert least_change(BUYERS, SETTINGS).tolist() == pytest.approx([1_000, 1_000, 4_000, 4_000, 500, 712.3])
    assert least_change(BUYERS, LimitSettings(minimum_change=0.0)).tolist() == [1] * 6


def test_small_changes_are_sought_again_without_them_and_others_are_rounded_down():
    asked = []

    def solve(bounds):
        asked.append(bounds)
        return pd.Series([15_678.0, 10_000.0, 0.0, 8_765.4, 2_400.0, 7_123.0], index=BUYERS.index)

    # B would fall by 999 and C have 370: both are held where they are. E rises by too little the second time.
    limit = pd.Series([15_900.0, 9_001.0, 370.0, 8_888.0, 2_600.0, 7_123.0], index=BUYERS.index)
    found = proposed(BUYERS, limit, solve, SETTINGS, keeps=True)
    assert asked[0]["least"].tolist() == [0, 10_000, 0, 0, 0, 0]
    assert asked[0]["most"].tolist() == [50_000, 10_000, 0, 40_000, 9_000, 9_000]
    assert asked[1]["most"].tolist() == [50_000, 10_000, 0, 40_000, 2_000, 9_000]
    assert found.tolist() == [15_000, 10_000, 0, 8_700, 2_000, 7_123]


def test_what_the_cap_on_risk_asks_for_falls_by_however_little():
    limit = BUYERS["recommended_with_cover"] - [0.0, 400.0, 0.0, 0.0, 0.0, 0.0]
    found = proposed(BUYERS, limit, pytest.fail, SETTINGS, keeps=False)
    assert found["B"] == 9_600
    assert found.drop("B").equals(BUYERS["recommended_with_cover"].drop("B"))


def test_a_rise_that_is_too_small_once_rounded_is_none():
    settings = LimitSettings(minimum_change=0.1, digits=1)
    limit = BUYERS["recommended_with_cover"] + [0.0, 0.0, 0.0, 0.0, 999.0, 0.0]
    assert proposed(BUYERS, limit, pytest.fail, settings, keeps=True)["E"] == 2_000
