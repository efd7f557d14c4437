"""Counter-based random numbers for the kernels: the n-th number of a stream depends on its key and n alone.

The stream is SplitMix64 with the counter as state (Steele, Lea and Flood 2014, Fast splittable pseudorandom number
generators, OOPSLA): hashes of key + n·γ. Which thread asks, and in what order, changes nothing.
"""

import numpy as np

from tradecredit.numerics.compiled import compiled, inlined

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_ODD = np.uint64(0xD1342543DE82EF95)
_LAYER, _PLACE = np.uint64(2**8 - 1), np.uint64(2**24 - 1)
_8, _32, _40 = np.uint64(8), np.uint64(32), np.uint64(40)
_UNIT = 2.0**-53


def _ziggurat() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, for 256 layers of equal area under e^−x: width / 2^24, the part that lies wholly inside, and height.

    Source: Marsaglia and Tsang 2000, The ziggurat method for generating random variables, Journal of Statistical
    Software 5(8); right edge and area from its §3 for 256 layers.
    """
    edge, area = 7.69711747013104972, 0.0039496598225815571993
    width = np.empty(257)
    width[0], width[1] = area / np.exp(-edge), edge
    for layer in range(2, 256):
        width[layer] = -np.log(area / width[layer - 1] + np.exp(-width[layer - 1]))
    width[256] = 0.0
    inside = (width[1:] / width[:-1] * 2.0**24).astype(np.int64)
    return width[:-1] * 2.0**-24, inside, np.exp(-width)


_WIDTH, _INSIDE, _HEIGHT = _ziggurat()
_EDGE = 7.69711747013104972


@inlined
def mixed(number):
    """Return a hash of a 64-bit number in which every bit depends on every bit."""
    number = (number ^ (number >> _30)) * _FIRST
    number = (number ^ (number >> _27)) * _SECOND
    return number ^ (number >> _31)


@compiled
def stream(key, name):
    """Return the key of the stream that has this name (a whole number) within the stream `key`."""
    return mixed(key + (np.uint64(name) + np.uint64(1)) * _ODD)


@compiled
def uniform(key, counter):
    """Return (a number from 0 to under 1, the next counter)."""
    return np.int64(mixed(key + counter * _GOLDEN) >> _11) * _UNIT, counter + np.uint64(1)


@inlined
def two_exponentials(key, counter):
    """Return two standard exponential numbers from one number of the stream, to 24 bits of a layer of the ziggurat."""
    bits = mixed(key + counter * _GOLDEN)
    # Layers stay unsigned: a signed index is looked at for being negative, at each look-up.
    layer, place = bits & _LAYER, np.int64((bits >> _8) & _PLACE)
    other_layer, other_place = (bits >> _32) & _LAYER, np.int64(bits >> _40)
    first, second = place * _WIDTH[layer], other_place * _WIDTH[other_layer]
    if (place >= _INSIDE[layer]) | (other_place >= _INSIDE[other_layer]):
        first = _tested(np.int64(layer), place, stream(key, counter))
        second = _tested(np.int64(other_layer), other_place, stream(stream(key, counter), 0))
    return first, second


@compiled
def _tested(layer, place, key):
    """Return the exponential number at a place of a layer, or another one, from `key`, if the place is above e^−x."""
    counter = np.uint64(0)
    while True:
        value = place * _WIDTH[layer]
        if place < _INSIDE[layer]:
            return value
        chance, counter = uniform(key, counter)
        if layer == 0:
            return _EDGE - np.log(1.0 - chance)
        if _HEIGHT[layer] + chance * (_HEIGHT[layer + 1] - _HEIGHT[layer]) < np.exp(-value):
            return value
        bits = mixed(key + counter * _GOLDEN)
        counter += np.uint64(1)
        layer, place = np.int64(bits & _LAYER), np.int64(bits >> _40)


def _normal_ziggurat() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the same for 256 layers of equal area under e^(−x²/2), both sides of the middle: width / 2^23.

    Source: Marsaglia and Tsang 2000, §3, right edge and area for 256 layers.
    """
    area = 0.00492867323399
    width = np.empty(257)
    width[0], width[1] = area / np.exp(-0.5 * _NORMAL_EDGE**2), _NORMAL_EDGE
    for layer in range(2, 256):
        width[layer] = np.sqrt(-2.0 * np.log(area / width[layer - 1] + np.exp(-0.5 * width[layer - 1] ** 2)))
    width[256] = 0.0
    return width[:-1] * 2.0**-23, width[1:] / width[:-1] * 2.0**23, np.exp(-0.5 * width**2)


_NORMAL_EDGE = 3.6541528853610088
_NORMAL_WIDTH, _NORMAL_INSIDE, _NORMAL_HEIGHT = _normal_ziggurat()
_MIDDLE = 2.0**23 - 0.5
"""Of the places in a layer, of which there are as many on either side."""


@inlined
def two_normals(key, counter):
    """Return two standard normal numbers from one number of the stream, to 24 bits of a layer of the ziggurat."""
    bits = mixed(key + counter * _GOLDEN)
    layer, place = bits & _LAYER, np.int64((bits >> _8) & _PLACE) - _MIDDLE
    other_layer, other_place = (bits >> _32) & _LAYER, np.int64(bits >> _40) - _MIDDLE
    first, second = place * _NORMAL_WIDTH[layer], other_place * _NORMAL_WIDTH[other_layer]
    if (abs(place) >= _NORMAL_INSIDE[layer]) | (abs(other_place) >= _NORMAL_INSIDE[other_layer]):
        first = _tested_normal(np.int64(layer), place, stream(key, counter))
        second = _tested_normal(np.int64(other_layer), other_place, stream(stream(key, counter), 0))
    return first, second


@compiled
def _tested_normal(layer, place, key):
    """Return the normal number at a place of a layer, or another one, from `key`, if the place is above e^(−x²/2).

    Beyond the edge: Marsaglia 1964, Generating a variable from the tail of the normal distribution, Technometrics 6(1).
    """
    counter = np.uint64(0)
    while True:
        value = place * _NORMAL_WIDTH[layer]
        if abs(place) < _NORMAL_INSIDE[layer]:
            return value
        chance, counter = uniform(key, counter)
        while layer == 0:
            other, counter = uniform(key, counter)
            beyond = -np.log(1.0 - chance) / _NORMAL_EDGE
            if -2.0 * np.log(1.0 - other) > beyond**2:
                return _NORMAL_EDGE + beyond if place > 0.0 else -_NORMAL_EDGE - beyond
            chance, counter = uniform(key, counter)
        low, high = _NORMAL_HEIGHT[layer], _NORMAL_HEIGHT[layer + 1]
        if low + chance * (high - low) < np.exp(-0.5 * value**2):
            return value
        bits = mixed(key + counter * _GOLDEN)
        counter += np.uint64(1)
        layer, place = np.int64(bits & _LAYER), np.int64(bits >> _40) - _MIDDLE


@compiled
def normal(key, counter):
    """Return (a standard normal number, the next counter), by Box and Muller."""
    first, counter = uniform(key, counter)
    second, counter = uniform(key, counter)
    return np.sqrt(-2.0 * np.log(1.0 - first)) * np.cos(2.0 * np.pi * second), counter


@compiled
def gamma(shape, key, counter):
    """Return (a gamma-distributed number of scale 1, the next counter).

    Source: Marsaglia and Tsang 2000, A simple method for generating gamma variables, ACM Transactions on Mathematical
    Software 26(3); a shape under 1 by its §6 from shape + 1.
    """
    power = 1.0
    if shape < 1.0:
        chance, counter = uniform(key, counter)
        power = (1.0 - chance) ** (1.0 / shape)
        shape += 1.0
    third = shape - 1.0 / 3.0
    scale = 1.0 / np.sqrt(9.0 * third)
    while True:
        point, counter = normal(key, counter)
        chance, counter = uniform(key, counter)
        cube = (1.0 + scale * point) ** 3
        if cube > 0.0 and np.log(1.0 - chance) < 0.5 * point**2 + third * (1.0 - cube + np.log(cube)):
            return power * third * cube, counter


@compiled
def beta(mean, sd, key):
    """Return a beta-distributed number by its mean and standard deviation (under √(mean·(1 − mean)))."""
    size = mean * (1.0 - mean) / sd**2 - 1.0
    first, counter = gamma(mean * size, key, np.uint64(0))
    second, counter = gamma((1.0 - mean) * size, key, counter)
    return first / (first + second) if first + second > 0.0 else mean
