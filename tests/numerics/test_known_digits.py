"""Estimates rounded to their standard errors: the rule of the Particle Data Group, by hand."""

import math

import pandas as pd
import pytest

from tradecredit.numerics.known_digits import known_digits


# Review of Particle Physics, introduction, section 5.3: errors of 100 to 354 have two digits, of 355 to 949 one, of
# 950 to 999 are 1000, with two digits.
@pytest.mark.parametrize(
    ("value", "error", "known"),
    [
        (827_367.0, 119.0, 827_370.0), (827_367.0, 367.0, 827_400.0), (36_087.0, 354.0, 36_090.0),
        (-225_726.0, 890.0, -225_700.0), (12_345.0, 1.6, 12_345.0), (0.0, 100.0, 0.0),
    ],
)  # fmt: skip
def test_an_estimate_has_no_digit_below_its_error(value, error, known):
    assert known_digits(value, error) == known


@pytest.mark.parametrize("error", [0.0, 0.4, math.nan, math.inf])
def test_without_a_known_error_of_a_unit_or_more_all_digits_stay(error):
    assert known_digits(1_234.56, error) == 1_234.56


def test_a_column_goes_row_by_row_and_keeps_its_index():
    values, errors = pd.Series([1_234.0, 1_234.0, math.nan], index=list("abc")), pd.Series([100.0, math.nan, 5.0])
    found = known_digits(values, errors.set_axis(values.index))
    assert found.tolist()[:2] == [1_230.0, 1_234.0] and math.isnan(found["c"])
    assert list(found.index) == list("abc")
