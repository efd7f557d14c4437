"""Run lengths of EWMA charts against published tables."""

import numpy as np
import pytest

from tradecredit.numerics.control_charts import average_run_length

# Montgomery, Introduction to Statistical Quality Control (6th edition), table 9.11: schemes whose run length is 500
# while nothing changes (from Lucas and Saccucci 1990, Technometrics 32, 1–12).
SCHEMES = [(0.40, 3.054), (0.25, 2.998), (0.20, 2.962), (0.10, 2.814), (0.05, 2.615)]


@pytest.mark.parametrize(("smoothing", "width"), SCHEMES)
def test_published_schemes_run_500_observations(smoothing, width):
    assert average_run_length(smoothing, width, two_sided=True) == pytest.approx(500, rel=0.002)


def test_without_smoothing_it_is_the_chart_of_single_observations():
    """Shewhart: 1 / (1 − Φ(3)) = 740.8 observations to one side, half of it to either."""
    assert average_run_length(1.0, 3.0) == pytest.approx(740.8, abs=0.1)
    assert average_run_length(1.0, 3.0, two_sided=True) == pytest.approx(370.4, abs=0.1)


def test_simulated_charts_run_as_long():
    """2,000 charts of normal deviates: the mean of their first signals lies within three errors."""
    draws = np.random.default_rng(3).standard_normal((2_000, 1_500))
    chart, first = np.zeros(2_000), np.full(2_000, 1_500)
    for step in range(1_500):
        chart = 0.2 * draws[:, step] + 0.8 * chart
        first = np.where((first == 1_500) & (chart > 2.0 * np.sqrt(0.2 / 1.8)), step + 1, first)
    error = first.std() / np.sqrt(2_000)
    assert abs(first.mean() - average_run_length(0.2, 2.0)) < 3 * error
