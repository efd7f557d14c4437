"""The test of equal accuracy, beside the t-test of pairs, by hand and on forecasts that are equally good."""

import numpy as np
import pytest
from scipy.stats import t, ttest_1samp

from tradecredit.numerics.forecast_comparison import equally_accurate

DIFFERENCES = np.array([0.3, -0.1, 0.4, 0.2, 0.0, 0.5, -0.2])


def test_of_independent_dates_it_is_the_test_of_pairs():
    assert equally_accurate(DIFFERENCES, 7) == pytest.approx(ttest_1samp(DIFFERENCES, 0).pvalue)
    assert equally_accurate(-DIFFERENCES, 7) == equally_accurate(DIFFERENCES, 7)
    assert equally_accurate(np.append(DIFFERENCES, np.nan), 8) == equally_accurate(DIFFERENCES, 7)


def test_dates_that_overlap_count_as_fewer():
    """1, 2, 6, 3, 3: mean 3, standard deviation √3.5; as two dates t = 3 / √1.75 with one degree of freedom."""
    assert equally_accurate(np.array([1.0, 2.0, 6.0, 3.0, 3.0]), 2) == pytest.approx(2 * t.sf(3 / np.sqrt(1.75), 1))


def test_what_is_always_the_same_is_no_chance_and_few_dates_tell_nothing():
    assert equally_accurate(np.full(4, 0.5), 4) == 0
    assert equally_accurate(np.zeros(4), 4) == 1
    for few in (equally_accurate(np.array([0.5]), 4), equally_accurate(DIFFERENCES, 1)):
        assert np.isnan(few)
    assert np.isnan(equally_accurate(np.full(4, np.nan), 4))


def test_equally_good_forecasts_whose_spans_overlap_are_rarely_told_apart():
    """Of sums over three months in a row, twelve of them, four are independent: at most 5 in 100 are below 0.05."""
    months = np.random.default_rng(1).normal(size=(2_000, 14))
    sums = months[:, :-2] + months[:, 1:-1] + months[:, 2:]
    told = {count: np.mean([equally_accurate(row, count) < 0.05 for row in sums]) for count in (4, 12)}
    assert told[4] < 0.05 < 0.2 < told[12]
