"""Losses at the ends of the interval of the level of default: expected ones in closed form."""

import math

import pandas as pd
import pytest

from tradecredit import losses, words
from tradecredit.default.level import Level
from tradecredit.losses import level_range


@pytest.fixture
def ranged(monkeypatch):
    portfolio = pd.DataFrame(
        {"pd": 0.02, "exposure": 1_000.0, "lgd": 0.5, "correlation": 0.1, "insured_limit": 0.0},
        index=pd.Index([f"B{number}" for number in range(50)], name="buyer_id"),
    )
    dist = losses.simulate(portfolio, scenarios=4_000, seed=5)
    monkeypatch.setattr(level_range, "assess", lambda *_: dist)

    def ranged(found: Level) -> pd.DataFrame:
        monkeypatch.setattr(level_range, "level", lambda *_: found)
        return level_range.level_range.__wrapped__(None, None, [])

    return ranged


def test_expected_losses_at_the_ends_are_those_of_the_moved_odds(ranged):
    table = ranged(Level(1.0, 0.5, 2.0, 0.5, 2.0))
    odds = 0.02 / 0.98
    expected = [50 * 1_000 * 0.5 * m * odds / (1 + m * odds) for m in (0.5, 1, 2)]
    assert table["expected_loss_at_level"].tolist() == pytest.approx(expected)
    assert table["defaults_at_level"].tolist() == [0.5, 1.0, 2.0]
    for name in ("var_99_at_level", "es_99_at_level"):
        assert table[name].is_monotonic_increasing
    assert "0.5 to 2.0 defaults" in words.losses.by_level(table, "EUR")
    told = words.losses.by_level(table.assign(es_99_at_level=700.0), "EUR")
    assert "an expected shortfall, 99 %, of EUR 700. All figures" in told


def test_an_interval_that_is_not_known_has_no_ends(ranged):
    table = ranged(Level(*[math.nan] * 5))
    assert table.loc[["low", "high"]].isna().all(axis=None)
    assert table.loc["as it is", "es_99_at_level"] > 0
    assert "not testable" in words.losses.by_level(table, "EUR")
