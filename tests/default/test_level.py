"""The interval of the level: exact counts, no index, and hand-worked bounds."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tradecredit.default import level as level_module
from tradecredit.default.level import bounds, count_interval, level, movement_error, unseen_error
from tradecredit.default.point_in_time import WITHOUT_INDEX, PointInTime
from tradecredit.params.default import DefaultSettings


def test_the_interval_of_a_count_is_garwoods():
    assert count_interval(10, 0.95) == pytest.approx((4.7954, 18.3904), abs=1e-4)  # Garwood 1936
    assert count_interval(10) == pytest.approx((5.4254, 16.9622), abs=1e-4)


def test_without_an_error_of_the_movement_the_bounds_are_those_of_the_count():
    assert bounds(10, 0.0) == pytest.approx((0.54254, 1.69622), abs=1e-5)


def test_an_error_of_the_movement_widens_both_ends():
    # ln 0.54254 = −0.61149, ln 1.69622 = 0.52840; 1.64485 × 0.3 = 0.49346; roots 0.78577 and 0.72297.
    assert bounds(10, 0.3) == pytest.approx((np.exp(-0.78577), np.exp(0.72297)), rel=1e-4)


def test_the_error_of_the_movement_by_hand():
    assert movement_error(WITHOUT_INDEX, DefaultSettings()) == 0
    # From 200 then by 100 now to 110 expected: 0.3 × ln(110 / 200) = −0.17935, and 1 × 0.08.
    now = PointInTime(0.55, 100.0, 200.0, 110.0, 0.08)
    assert movement_error(now, DefaultSettings()) == pytest.approx(0.19638, abs=1e-5)
    # 0.1 × −0.59784 and 2 × 0.08.
    stated = DefaultSettings(index_elasticity=2.0, index_elasticity_sd=0.1)
    assert movement_error(now, stated) == pytest.approx(0.17080, abs=1e-5)


def test_an_index_at_its_mean_still_has_the_error_of_that_mean():
    now = PointInTime(1.0, 100.0, 100.0, 100.0, 0.08)
    assert movement_error(now, DefaultSettings()) == pytest.approx(0.08)


def test_what_no_model_sees_weighs_more_the_fewer_buyers_the_sum_is_of():
    assert unseen_error(pd.Series([0.2] * 4), 1.0) == pytest.approx(0.8 / 2)
    assert unseen_error(pd.Series([0.5]), 0.7) == pytest.approx(0.35)
    assert unseen_error(pd.Series([0.01] * 10_000), 1.0) == pytest.approx(0.0099)


def test_the_count_interval_covers_in_simulated_years():
    random = np.random.default_rng(3)
    inside = [low <= 20 <= high for low, high in map(count_interval, random.poisson(20, 400))]
    assert 0.86 <= np.mean(inside) <= 0.97


RATINGS = pd.DataFrame(
    {"pd": [0.1] * 100 + [1.0, 1.0], "method": ["fitted model"] * 100 + ["analyst's override", "in default"]},
    index=[f"B{number}" for number in range(102)],
)
"""100 buyers at 10 %, one that will fail for certain, and one that has."""


def found(monkeypatch, model: object, rows: int = 0, **settings: object):
    """The level of `RATINGS` at the end of 2025, which rests on 10 defaults, of `rows` watched at the end of 2024."""
    observed = pd.DataFrame({"date": [pd.Timestamp("2024-12-31")] * rows})
    today = pd.DataFrame(index=RATINGS.index)
    basis = SimpleNamespace(model=model, observed=observed, today=today, level_defaults=10.0)
    monkeypatch.setattr(level_module, "level_basis", lambda _: basis)
    run = SimpleNamespace(default=DefaultSettings(**settings))
    return level(SimpleNamespace(run=run, as_of=pd.Timestamp("2025-12-31")), RATINGS)


def test_a_level_is_as_sure_as_the_defaults_that_it_rests_on(monkeypatch):
    # Of 10 defaults there are 0.54254 to 1.69622 times as many. Unseen: 0.7 × 0.9 / √100 = 0.063, times
    # 1.64485 0.10363; √(0.61149² + 0.10363²) = 0.62021, √(0.52840² + 0.10363²) = 0.53847.
    of = found(monkeypatch, None)
    assert of[:3] == pytest.approx((11, 1 + 10 * np.exp(-0.62021), 1 + 10 * np.exp(0.53847)), rel=1e-4)
    # Odds of 1 to 9 become those of the mean at the end.
    low = np.exp(-0.62021) / 10
    assert of.factor_low == pytest.approx(9 * low / (1 - low), rel=1e-4)


def test_a_fit_adds_the_error_of_its_curves_and_the_way_of_the_index(monkeypatch):
    model = SimpleNamespace(
        mean_error=lambda today, observed: 0.2 if (len(today), len(observed)) == (101, 40) else None
    )
    # The index went from 200 to 100, and is too short to tell its way.
    ends = pd.date_range("2025-01-31", "2025-12-31", freq="ME").strftime("%Y-%m-%d")
    values = dict(zip(ends, [220.0] * 9 + [100.0] * 3, strict=True))
    of = found(monkeypatch, model, 40, insolvency_index={"source": "Made up.", "values": values}, prior_sd=1.0)
    # Then 2,280 / 12 = 190: 0.3 × ln(100 / 190) = −0.19256; with 0.2 and 0.09 together 0.29188, times 1.64485 0.48010.
    assert of.low == pytest.approx(1 + 10 * np.exp(-np.hypot(0.61149, 0.48010)), rel=1e-4)
    assert of.high == pytest.approx(1 + 10 * np.exp(np.hypot(0.52840, 0.48010)), rel=1e-4)
    # Where the mean is stated, the curves' error is not in it.
    stated = found(monkeypatch, model, 40, level="stated", prior_sd=0.7)
    assert stated.low == pytest.approx(1 + 10 * np.exp(-0.62021), rel=1e-4)


def test_without_buyers_at_risk_there_is_no_level():
    assert np.isnan(level(None, RATINGS.tail(1))).all()
    assert level_module.parts(None, RATINGS.tail(1)).empty


def test_each_part_of_the_interval_stands_beside_all_together(monkeypatch):
    observed = pd.DataFrame({"date": [pd.Timestamp("2024-12-31")]})
    model, today = SimpleNamespace(mean_error=lambda *_: 0.2), pd.DataFrame(index=RATINGS.index)
    basis = SimpleNamespace(model=model, observed=observed, today=today, level_defaults=10.0)
    monkeypatch.setattr(level_module, "level_basis", lambda _: basis)
    book = SimpleNamespace(run=SimpleNamespace(default=DefaultSettings(prior_sd=1.0)), as_of=pd.Timestamp("2025-12-31"))
    found = level_module.parts(book, RATINGS)
    # 10 defaults; no index; 1.64485 × 0.2 = 0.32897 and × 0.09 = 0.14804, with the count √(0.61149² + …) = 0.70999.
    assert found["times_low"].tolist() == pytest.approx([0.54254, 1, 0.71966, 0.86240, 0.49165], abs=1e-4)
    assert found.iloc[2].prod() == pytest.approx(1)
    assert found.index[-1] == "together"
