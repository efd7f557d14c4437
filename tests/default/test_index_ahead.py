"""What an index is expected to be: closed forms of an autoregression, by month and by quarter, and its coverage."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.default.index_ahead import PERSISTENCES, courses, distance, expected_ahead, month_of

DAY = pd.Timestamp("2025-12-31")
AHEAD = np.arange(1, 13)


def values_of(logs: np.ndarray, months: int = 1, last: str = "2025-12-31") -> pd.Series:
    ends = pd.date_range(end=last, periods=len(logs) * months, freq="ME")[months - 1 :: months]
    return pd.Series(np.exp(logs), index=ends)


def autoregression(persistence: float, months: int, random: np.random.Generator) -> np.ndarray:
    """A stationary path with a standard deviation of 0.3 about ln 100."""
    shocks = 0.3 * random.standard_normal(months) * np.r_[1, np.full(months - 1, np.sqrt(1 - persistence**2))]
    path = np.empty(months)
    path[0] = shocks[0]
    for month in range(1, months):
        path[month] = persistence * path[month - 1] + shocks[month]
    return np.log(100) + path


@pytest.mark.parametrize("place", [20, 100, 190])
def test_values_by_month_have_the_closed_form_of_an_autoregression(place):
    y = np.log([80.0, 120.0, 90.0, 150.0, 100.0, 130.0, 70.0, 110.0])
    found = courses(values_of(y), DAY).iloc[place]
    p, n = PERSISTENCES[place], 8
    # Hamilton 1994, section 5.2: the exact likelihood; the mean weighs both ends fully, what lies between by 1 − p.
    mean = (y[0] + y[-1] + (1 - p) * y[1:-1].sum()) / (n - (n - 2) * p)
    precision = (n - (n - 2) * p) / (1 + p)
    away = y - mean
    variance = (away[0] ** 2 + ((away[1:] - p * away[:-1]) ** 2).sum() / (1 - p**2)) / (n - 3)
    left = p**AHEAD
    assert found["log_ahead"] == pytest.approx(mean + away[-1] * left.mean())
    assert found["mean_error"] == pytest.approx(np.sqrt(variance / precision) * (1 - left.mean()))
    spread = variance * (1 - left**2 + (1 - left) ** 2 / precision)
    assert found["ahead"] == pytest.approx(np.exp(mean + away[-1] * left + spread / 2).mean())


def test_persistences_weigh_by_their_restricted_likelihood():
    y = np.log([80.0, 120.0, 90.0, 150.0, 100.0, 130.0, 70.0, 110.0])
    expected = []
    for p in PERSISTENCES[[20, 150]]:
        mean = (y[0] + y[-1] + (1 - p) * y[1:-1].sum()) / (8 - 6 * p)
        away = y - mean
        squares = away[0] ** 2 + ((away[1:] - p * away[:-1]) ** 2).sum() / (1 - p**2)
        # |K| = (1 − p²)⁷, to the power −½; (8 − 6p) / (1 + p) likewise; squares to −7/2.
        expected.append((1 - p**2) ** -3.5 * ((8 - 6 * p) / (1 + p)) ** -0.5 * squares**-3.5)
    found = courses(values_of(y), DAY)["weight"]
    assert found.iloc[20] / found.iloc[150] == pytest.approx(expected[0] / expected[1])
    assert found.sum() == pytest.approx(1)


def test_values_by_quarter_are_means_of_three_months():
    y = np.log([80.0, 120.0, 90.0, 150.0])
    found = courses(values_of(y, months=3), DAY).iloc[160]
    p = PERSISTENCES[160]
    # Nine pairs of months of one quarter: three alike, four a month apart, two two months. Of quarters next to each
    # other: 1, 2, 3, 2, 1 pairs that lie 1 to 5 months apart, so p (1 + p + p²)² / 9.
    own, next_to = (3 + 4 * p + 2 * p**2) / 9, p * (1 + p + p**2) ** 2 / 9
    apart = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    covariance = np.where(apart == 0, own, next_to * p ** (3.0 * (apart - 1)))
    # A month h months after the end of the last quarter: h, h + 1 and h + 2 months after its months.
    coming = np.array([(1 + p + p**2) / 3 * (p**AHEAD).mean() * p ** (3 * back) for back in (3, 2, 1, 0)])
    inverse = np.linalg.inv(covariance)
    mean = inverse.sum(axis=0) @ y / inverse.sum()
    assert found["log_ahead"] == pytest.approx(mean + coming @ inverse @ (y - mean))


def test_a_moving_average_of_three_months_shares_months_with_the_next():
    y = np.log([80.0, 120.0, 90.0, 150.0])
    found = courses(values_of(y), DAY, 3).iloc[160]
    p = PERSISTENCES[160]
    # A month on, two of three months are the same; of the nine pairs four lie a month apart, two two and one three.
    shared = np.array([3 + 4 * p + 2 * p**2, 2 + 4 * p + 2 * p**2 + p**3, 1 + 2 * p + 3 * p**2 + 2 * p**3 + p**4,
                       p + 2 * p**2 + 3 * p**3 + 2 * p**4 + p**5]) / 9  # fmt: skip
    inverse = np.linalg.inv(shared[np.abs(np.subtract.outer(np.arange(4), np.arange(4)))])
    coming = np.array([(1 + p + p**2) / 3 * (p**AHEAD).mean() * p**back for back in (3, 2, 1, 0)])
    mean = inverse.sum(axis=0) @ y / inverse.sum()
    assert found["log_ahead"] == pytest.approx(mean + coming @ inverse @ (y - mean))


def test_a_value_that_is_old_is_further_on_its_way_back():
    y = np.log([80.0, 120.0, 90.0, 150.0, 100.0, 130.0, 70.0, 110.0])
    now, late = (courses(values_of(y, last=last), DAY).iloc[180] for last in ("2025-12-31", "2025-09-30"))
    p = PERSISTENCES[180]
    mean = (y[0] + y[-1] + (1 - p) * y[1:-1].sum()) / (8 - 6 * p)
    assert late["log_ahead"] - mean == pytest.approx((now["log_ahead"] - mean) * p**3)


def test_one_process_persists_alike_by_month_and_by_quarter():
    random, by_month, by_quarter = np.random.default_rng(4), [], []
    for _ in range(20):
        path = autoregression(0.9, 120, random)
        quarters = path.reshape(-1, 3).mean(axis=1)
        for found, index in ((by_month, values_of(path)), (by_quarter, values_of(quarters, months=3))):
            table = courses(index, DAY)
            found.append((table["weight"] @ table.index, table["weight"] @ table["log_ahead"]))
    (month, ahead), (quarter, ahead_by_quarter) = np.mean(by_month, axis=0), np.mean(by_quarter, axis=0)
    assert month == pytest.approx(0.9, abs=0.02)
    assert quarter == pytest.approx(0.9, abs=0.02)  # what is left after a quarter is 0.73
    assert ahead_by_quarter == pytest.approx(ahead, abs=0.03)


def test_the_true_course_lies_within_the_error_as_often_as_it_says():
    random, inside = np.random.default_rng(5), []
    for persistence in random.random(120) ** (1 / 3):
        path = autoregression(persistence, 36, random)
        found = courses(values_of(path), DAY)
        centre = found["weight"] @ found["log_ahead"]
        true = np.log(100) + (path[-1] - np.log(100)) * (persistence**AHEAD).mean()
        inside.append(abs(centre - true) <= 1.645 * expected_ahead(values_of(path), DAY).error)
    assert 0.83 <= np.mean(inside) <= 0.97  # 0.9, with a standard error of 0.027


def test_a_short_series_is_not_taken_to_return_as_fast_as_least_squares_say():
    random, left, least_squares = np.random.default_rng(6), [], []
    for _ in range(60):
        away = autoregression(0.95, 36, random)
        found = courses(values_of(away), DAY)
        left.append(found["weight"] @ found.index**3)
        away = away - away.mean()
        least_squares.append(away[1:] @ away[:-1] / (away[:-1] @ away[:-1]))
    assert np.mean(least_squares) == pytest.approx(0.95 - (1 + 3 * 0.95) / 36, abs=0.04)  # Kendall 1954
    # Of a distance 0.86 is left after a quarter. With so few months the average of all is on the way there.
    assert np.mean(np.power(least_squares, 3)) < 0.62
    assert 0.64 < np.mean(left) < 0.95**3


def test_noise_is_expected_at_its_mean():
    random = np.random.default_rng(3)
    noise = values_of(np.log(100) + 0.3 * random.standard_normal(120))
    for last in (50.0, 200.0):
        noise.iloc[-1] = last
        # The mean of the index, not that of its logarithm: half the variance more.
        assert expected_ahead(noise, DAY).expected == pytest.approx(np.exp(np.log(noise).mean() + 0.045), rel=0.04)


def test_the_error_stays_where_the_index_stands_at_its_mean():
    random = np.random.default_rng(7)
    path = autoregression(0.8, 60, random)
    path[-1] = path[:-1].mean()
    found = expected_ahead(values_of(path), DAY)
    assert found.error > 0.05


def test_the_scale_of_an_index_does_not_matter():
    index = values_of(autoregression(0.8, 36, np.random.default_rng(8)))
    found, scaled = expected_ahead(index, DAY), expected_ahead(7 * index, DAY)
    assert scaled.expected == pytest.approx(7 * found.expected)
    assert scaled.error == pytest.approx(found.error)


@pytest.mark.parametrize(
    ("values", "months", "known"),
    [(23, 1, False), (24, 1, True), (7, 3, False), (8, 3, True), (7, 12, False), (8, 12, True)],
)
def test_two_years_and_eight_values_are_needed(values, months, known):
    index = values_of(autoregression(0.8, values, np.random.default_rng(9)), months=months)
    assert (expected_ahead(index, DAY) is not None) == known


def test_an_index_that_never_moved_tells_nothing():
    assert expected_ahead(values_of(np.full(36, 4.0)), DAY) is None


def test_months_are_counted_by_those_that_are_over():
    assert month_of(pd.Timestamp("2025-12-31")) - month_of(pd.Timestamp("2025-12-30")) == 1
    assert month_of(pd.Timestamp("2025-12-30")) == month_of(pd.Timestamp("2025-11-30"))
    assert distance(values_of(np.zeros(3), months=6)) == 6
