"""A level that drifts: closed forms of normal variables."""

import numpy as np
import pytest

from tradecredit.numerics.drifting import SMOOTH, Grid, Seen, level, predicted


def test_a_constant_level_is_the_mean_shrunk_to_where_it_was_expected():
    # Of n values with variance v about a level of variance s² about 0: mean · n s² / (n s² + v), and s² v / (n s² + v).
    grid = Grid(level=0.5, growth=0.0, drifts=(0.0,), memories=(1.0,), seasons=(0.0,), noises=(0.0,))
    value = np.array([1.0, 2.0, 3.0])
    seen = Seen(np.array([-0.3, -0.2, -0.1]), np.arange(3), value, np.full(3, 0.3))
    found = predicted(seen, np.array([0.5]), np.array([4]), grid, 0.0)
    assert found.mean[0] == pytest.approx(2 * 3 * 0.25 / (3 * 0.25 + 0.3))
    assert found.spread[0, 0] == pytest.approx(0.25 * 0.3 / (3 * 0.25 + 0.3))


def test_a_drift_is_forgotten_within_its_memory():
    grid = Grid(level=1e-6, growth=0.0, drifts=(1.0,), memories=(0.5,), seasons=(0.0,), noises=(0.0,))
    seen = Seen(np.array([0.0]), np.array([0]), np.array([1.0]), np.array([0.0]))
    found = predicted(seen, np.array([0.5, 50.0]), np.array([1, 1]), grid, 0.0)
    assert found.mean == pytest.approx([np.exp(-1), 0.0], abs=1e-6)
    assert found.spread[1, 1] == pytest.approx(1.0)


def test_a_smooth_path_is_forgotten_later_and_goes_on_as_it_went():
    # Matérn 3/2: (1 + √3 r) e^(−√3 r), r in memories; of two values that rise the path goes on to rise.
    grid = Grid(1e-6, 0.0, (1.0,), (0.5,), (0.0,), (0.0,), (SMOOTH,))
    seen = Seen(np.array([0.0]), np.array([0]), np.array([1.0]), np.array([0.0]))
    found = predicted(seen, np.array([0.5]), np.array([1]), grid, 0.0)
    assert found.mean == pytest.approx([(1 + np.sqrt(3)) * np.exp(-np.sqrt(3))], abs=1e-6)
    rising = Seen(np.array([-0.04, 0.0]), np.zeros(2), np.array([0.9, 1.0]), np.zeros(2))
    assert predicted(rising, np.array([0.04]), np.zeros(1), grid, 0.0).mean[0] > 1.04
    assert predicted(rising, np.array([0.04]), np.zeros(1), grid._replace(paths=("rough",)), 0.0).mean[0] < 1.0


def test_the_likelier_path_is_taken():
    years = np.linspace(-3, 0, 80)
    seen = Seen(years, np.zeros(80), np.sin(4 * years), np.full(80, 1e-3))
    grid = Grid(0.5, 0.0, (1.0,), (0.5,), (0.0,), (0.0,))
    ahead, none = np.array([0.1]), np.zeros(1)
    rough, smooth, either = (
        predicted(seen, ahead, none, grid._replace(paths=paths), 0.0)
        for paths in (("rough",), (SMOOTH,), ("rough", SMOOTH))
    )
    assert smooth.spread[0, 0] < rough.spread[0, 0] / 2
    assert either.spread[0, 0] == pytest.approx(smooth.spread[0, 0], rel=0.01)


def test_the_level_alone_is_the_mean_of_what_is_predicted():
    random = np.random.default_rng(3)
    years = np.sort(random.uniform(-3, 0, 30))
    seen = Seen(years, np.arange(30), random.normal(0, 1, 30), random.uniform(0.01, 0.2, 30))
    grid = Grid(0.5, 0.1, (0.1, 0.4), (0.5, 1.0), (0.0, 0.2), (0.0, 0.1))
    ahead, month = np.array([-1.5, 0.0, 0.7]), np.array([3, 4, 5])
    for around in (None, 0.0):
        assert level(seen, ahead, month, grid, around) == pytest.approx(
            predicted(seen, ahead, month, grid, around).mean
        )
