"""Random numbers of the kernels: distributions, independent streams, and dependence on key and counter alone."""

import numpy as np
import pytest
from numba import njit
from scipy import stats

from tradecredit.numerics import random_numbers

KEY = np.uint64(0x1234_5678_9ABC_DEF0)


@njit
def exponentials(key, count):
    numbers = np.empty(2 * count)
    for counter in range(count):
        numbers[2 * counter], numbers[2 * counter + 1] = random_numbers.two_exponentials(key, np.uint64(counter))
    return numbers


@njit
def normals(key, count):
    numbers = np.empty(2 * count)
    for counter in range(count):
        numbers[2 * counter], numbers[2 * counter + 1] = random_numbers.two_normals(key, np.uint64(counter))
    return numbers


@njit
def first_of_streams(key, count):
    numbers = np.empty(count)
    for name in range(count):
        numbers[name] = random_numbers.uniform(random_numbers.stream(key, name), np.uint64(0))[0]
    return numbers


@njit
def gammas(shape, key, count):
    numbers, counter = np.empty(count), np.uint64(0)
    for place in range(count):
        numbers[place], counter = random_numbers.gamma(shape, key, counter)
    return numbers


@njit
def betas(mean, sd, key, count):
    numbers = np.empty(count)
    for name in range(count):
        numbers[name] = random_numbers.beta(mean, sd, random_numbers.stream(key, name))
    return numbers


def test_exponential_numbers_have_their_distribution_also_far_out():
    numbers = exponentials(KEY, 1_000_000)
    assert stats.kstest(numbers, "expon").pvalue > 1e-4
    # Beyond 7.697 the ziggurat's tail takes over.
    for threshold in (5.0, 7.7, 9.0):
        probability = np.exp(-threshold)
        error = np.sqrt(probability / len(numbers))
        assert abs((numbers > threshold).mean() - probability) < 4.5 * error
    assert abs(np.corrcoef(numbers[::2], numbers[1::2])[0, 1]) < 4.5 / np.sqrt(1_000_000)


def test_normal_numbers_have_their_distribution_also_far_out():
    numbers = normals(KEY, 2_000_000)
    assert stats.kstest(numbers[:1_000_000], "norm").pvalue > 1e-4
    # Beyond 3.654 the ziggurat's tail takes over, on both sides.
    for threshold in (2.5, 3.66, 4.2):
        probability = stats.norm.sf(threshold)
        error = np.sqrt(probability / len(numbers))
        for side in (numbers, -numbers):
            assert abs((side > threshold).mean() - probability) < 4.5 * error
    assert abs(np.corrcoef(numbers[::2], numbers[1::2])[0, 1]) < 4.5 / np.sqrt(2_000_000)
    assert abs(np.corrcoef(numbers[::2] ** 2, numbers[1::2] ** 2)[0, 1]) < 4.5 / np.sqrt(2_000_000)


def test_streams_of_one_key_are_independent():
    numbers = first_of_streams(KEY, 1_000_000)
    assert stats.kstest(numbers, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 4.5 / 1_000
    other = first_of_streams(KEY + np.uint64(1), 1_000_000)
    assert abs(np.corrcoef(numbers, other)[0, 1]) < 4.5 / 1_000


@pytest.mark.parametrize("shape", [0.3, 1.0, 4.5])
def test_gamma_numbers(shape):
    assert stats.kstest(gammas(shape, KEY, 200_000), "gamma", (shape,)).pvalue > 1e-4


@pytest.mark.parametrize(("mean", "sd"), [(0.75, 0.1), (0.5, 0.4), (0.9, 0.05)])
def test_beta_numbers(mean, sd):
    size = mean * (1 - mean) / sd**2 - 1
    numbers = betas(mean, sd, KEY, 100_000)
    assert stats.kstest(numbers, "beta", (mean * size, (1 - mean) * size)).pvalue > 1e-4


def test_numbers_depend_on_key_and_counter_alone():
    assert (exponentials(KEY, 10) == exponentials(KEY, 30)[:20]).all()
    assert not (exponentials(KEY, 10) == exponentials(KEY + np.uint64(1), 10)).any()
