"""Amounts as systems write them."""

import pandas as pd
import pytest

from tradecredit.book.exports.amounts import (
    amounts,
    code_of,
    codes_of_currencies,
    currency_at_end,
    currency_beside,
    decimal_mark,
)

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
    assert [currency_beside(text) for text in ("Rp 1.234,00", "RM5.00", "5 ₽", "₩1,000")] == [
        "IDR",
        "MYR",
        "RUB",
        "KRW",
    ]


def test_currencies_are_told_by_usual_names_that_are_no_codes():
    assert codes_of_currencies(pd.Series(["NTD", "nt$", "RMB", "EUR"])).tolist() == ["TWD", "TWD", "CNY", "EUR"]
    assert [currency_beside(text) for text in ("NTD 1,200", "NT$1,200", "RMB 1,200", "S$5")] == [
        "TWD",
        "TWD",
        "CNY",
        "SGD",
    ]
    assert [currency_at_end(name) for name in ("Amount (NTD)", "Amount NT$", "金额 RMB")] == ["TWD", "TWD", "CNY"]
    assert (code_of(" rmb "), code_of("usd")) == ("CNY", "USD")
    assert amounts(pd.Series(["NTD 1,200", "1,200.50 RMB", "NT$7"], dtype="str"), ".").tolist() == [1200.0, 1200.5, 7.0]
