"""Figures in words and in columns: the digits shown and the signs."""

import math
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecredit.language import speaking
from tradecredit.words import formats
from tradecredit.words.formats import CANNOT, cell_writer, change, days, figure, listed, money, number, percent, ratio
from tradecredit.words.sheets import short_money

AMOUNTS = st.floats(-1e13, 1e13, allow_nan=False)


def written(values: list[float], kind: str) -> list[str]:
    series = pd.Series(values, dtype="float64")
    return [cell_writer(series, kind)(value) for value in series]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1_240_000, "EUR 1.24 m"), (12_400_000, "EUR 12.4 m"), (124_000_000, "EUR 124 m"), (3.2e9, "EUR 3.20 bn"),
        (999_999.4, "EUR 999,999"), (-2_500_000, "EUR −2.50 m"), (812, "EUR 812"), (12.5, "EUR 12.50"), (0, "EUR 0"),
        (-0.001, "EUR 0.00"), (None, CANNOT), (float("nan"), CANNOT), (pd.NA, CANNOT),
    ],
)  # fmt: skip
def test_money_in_a_sentence(amount, text):
    assert money(amount, "EUR") == text


@pytest.mark.parametrize(
    ("error", "text"),
    [(6_000, "1.24 m"), (60_000, "1.24 m"), (600_000, "1.2 m"), (None, "1.24 m"), (math.nan, "1.24 m")],
)
def test_an_estimate_in_millions_has_no_digit_below_its_standard_error(error, text):
    assert money(1_237_456, error=error).replace("\u00a0", " ") == text


@given(AMOUNTS)
def test_money_says_the_amount_within_half_a_per_cent(amount):
    text = money(amount).replace("−", "-").replace(",", "")
    digits, _, suffix = text.partition(" ")
    said = float(digits) * {"": 1, "m": 1e6, "bn": 1e9}[suffix]
    assert math.isclose(said, amount, rel_tol=0.0051, abs_tol=0.0051)


def test_every_formatter_says_that_a_missing_value_cannot_be_estimated():
    writers = (money, percent, days, number, formats.ratio, formats.count, formats.probability)
    for writer in writers:
        assert {writer(value) for value in (None, float("nan"), pd.NA, pd.NaT)} == {CANNOT}


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.123, "fraction", "12.3 %"), (0.123, "%", "12.3 %"), (41.24, "days", "41.2 days"), (1, "days", "1 day"),
        (60_000, "count", "60,000"), (8.444, "ratio", "8.44"), (0.00031, "probability", "0.031 %"),
        (5e6, "USD", "USD 5.00 m"), (None, "CNY", CANNOT),
    ],
)  # fmt: skip
def test_a_figure_is_written_with_its_unit(value, unit, text):
    assert figure(value, unit) == text


@pytest.mark.parametrize("unit", ["euro", "EURO", "", "day"])
def test_an_unknown_unit_is_refused(unit):
    with pytest.raises(ValueError, match="is not known; use a currency code"):
        figure(1.0, unit)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0123, "fraction", "+1.2 pp"), (-0.0123, "fraction", "−1.2 pp"), (0.0, "days", "0 days"),
        (2_000_000, "EUR", "EUR +2.00 m"), (-1.25, "days", "−1.2 days"), (3, "count", "+3"),
    ],
)  # fmt: skip
def test_a_change_has_its_sign_and_shares_change_by_points(value, unit, text):
    assert change(value, unit) == text


@pytest.mark.parametrize(
    ("kind", "values", "texts"),
    [
        ("money", [1_234_567.891, 0.4], ["1,234,568", "0"]),
        ("money", [12.5, 3], ["12.50", "3.00"]),
        ("money", [-1500.0], ["−1,500"]),
        ("percent", [0.125, 1, 0], ["12.5 %", "100.0 %", "0.0 %"]),
        ("percent", [0.0021], ["0.21 %"]),
        ("percent", [0.2, 0.0003], ["20.00 %", "0.03 %"]),
        ("probability", [0.0003, 0.0557, 0.3], ["0.030 %", "5.57 %", "30.0 %"]),
        ("days", [3, 12], ["3", "12"]),
        ("days", [3.25, -2], ["3.2", "−2.0"]),
        ("count", [1200], ["1,200"]),
        ("count", [3.648, 11.127, 0], ["3.6", "11.1", "0.0"]),
        ("count", [0.05, 2.5], ["0.05", "2.50"]),
        ("ratio", [1.234, 0.5], ["1.23", "0.50"]),
        ("ratio", [0.0141], ["0.0141"]),
        ("number", [600, 0.889], ["600", "0.8890"]),
        ("number", [1.5, math.inf], ["1.500", "infinite"]),
        ("score", [80, 70.5], ["80.0", "70.5"]),
    ],
)
def test_a_column_is_written_in_its_kind(kind, values, texts):
    assert written(values, kind) == texts


@given(st.lists(AMOUNTS, min_size=1, max_size=8))
def test_amounts_of_a_column_read_back_to_the_unit(values):
    for text, value in zip(written(values, "money"), values, strict=True):
        assert re.fullmatch(r"−?\d{1,3}(,\d{3})*(\.\d\d)?", text)
        assert abs(float(text.replace(",", "").replace("−", "-")) - value) <= 0.5 + 1e-9 * abs(value)


def test_a_list_of_decimals_is_parted_by_what_is_no_decimal_comma():
    numbers = [0.25, 0.5, 2.0]
    with speaking("de"):
        assert listed(map(ratio, numbers)) == "0,25; 0,50 und 2,00"
        assert listed(["A", "B", "C"]) == "A, B und C"
    assert listed(map(ratio, numbers)) == "0.25, 0.50 and 2.00"
    assert listed(["1,234", "5,678", "9"]) == "1,234, 5,678 and 9"


@pytest.mark.parametrize(("language", "expected"), [
    ("en", ["2.5 m", "0.2 m", "7.5 k", "800"]), ("de", ["2,5 Mio.", "0,2 Mio.", "7,5 Tsd.", "800"]),
    ("zh", ["250 万", "20 万", "7,500", "800"]),
])  # fmt: skip
def test_labels_of_a_picture_are_in_the_units_of_the_language(language, expected):
    with speaking(language):
        sizes = [(2_500_000, 5e6), (200_000, 5e6), (7_500, 9e3), (800, 900)]
        assert [short_money(amount, most) for amount, most in sizes] == expected
