"""Amounts as systems write them."""

import pandas as pd
import pytest

from tradecredit.book.exports.amounts import amounts, currency_beside, decimal_mark

READ = {
    ",": {
        "1.190,00-": -1190.0, "€ 100,00": 100.0, "1 234,50": 1234.5, "1\u202f234,50": 1234.5, "12": 12.0, "-0,5": -0.5,
        "1.234": 1234.0, "-1.234 567,5": -1234567.5, "1.234.567": 1234567.0, "7,": 7.0,
        "250,00 H": -250.0, "250,00 S": 250.0,
    },
    ".": {
        "(50.00)": -50.0, "$4,235.00": 4235.0, "-$4,235.00": -4235.0, "($4,235.00)": -4235.0, "100.00 EUR": 100.0,
        "EUR 100.00": 100.0, "1'234.50": 1234.5, "1’234.50": 1234.5, "1,23,456.00": 123456.0, "20,000": 20000.0,
        "100 Dr": 100.0, "100 Cr": -100.0, ".5": 0.5,
    },
}  # fmt: skip


@pytest.mark.parametrize("decimal", READ)
def test_amounts_are_read_by_their_marks(decimal):
    column = pd.Series(list(READ[decimal]), dtype="str")
    assert amounts(column, decimal).tolist() == list(READ[decimal].values())


@pytest.mark.parametrize("text", ["1.234,5", "abc", "1,2,3", "12,34", "--5", "5 5", "1e5", "", "-"])
def test_what_is_no_amount_under_the_stated_mark_is_missing(text):
    assert amounts(pd.Series([text], dtype="str"), ".").isna().all()


def test_a_column_tells_its_decimal_mark():
    assert decimal_mark(["1.190,00-", "5"]) == ","
    assert decimal_mark(["1,190.00", "5"]) == "."
    assert decimal_mark(["1.234.567"]) == ","
    assert decimal_mark(["1234", "99.5"]) == "."
    assert decimal_mark(["1.234", "2.345"]) is None
    assert decimal_mark(["12", "13"]) is None


def test_a_currency_beside_an_amount_is_found():
    assert [currency_beside(text) for text in ("4,00 €", "GBP 5", "5", "$5")] == ["EUR", "GBP", None, None]
