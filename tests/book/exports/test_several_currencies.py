"""Lists in several currencies: whose rates stand for those that they do not tell, and totals of each."""

import pytest
from book.exports.as_suggested import read
from test_start import started

from tradecredit.book.book import Book

ROWS = [
    *(f"C1;Alder;F{at};0{at}.03.2026;30.06.2026;100,50;PLN" for at in range(1, 8)),
    "C2;Birch;F8;08.03.2026;30.06.2026;50,25;EUR",
]
HEAD = "Kod kontrahenta;Nazwa kontrahenta;Numer dokumentu;Data dokumentu;Termin płatności;Kwota;Waluta"
TOTALS = [";Razem PLN;;;;703,50;PLN", ";Razem EUR;;;;50,25;EUR"]


def test_rates_that_a_list_does_not_tell_are_the_central_banks(tmp_path):
    (tmp_path / "list.csv").write_text("\n".join([HEAD, *ROWS]), encoding="utf-8")
    result = started(tmp_path / "list.csv", "--as", tmp_path / "run.yaml")
    assert result.exit_code == 0, result.output
    assert "CHECK rates of other currencies" in result.output
    book = Book.open(tmp_path / "run.yaml")
    assert book.run.exchange_rates == "ecb" and {*book.fx["currency"]} == {"EUR"}
    assert "exchange_rates" in book.run.guessed


def test_currencies_without_rates_of_the_bank_are_told(tmp_path):
    text = "\n".join([HEAD, *ROWS]).replace("EUR", "AED")
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    result = started(tmp_path / "list.csv", "--as", tmp_path / "run.yaml")
    assert result.exit_code == 2 and "has no rate to PLN" in result.output


@pytest.mark.parametrize(("total", "wrong"), [("50,25", False), ("51,25", True)])
def test_totals_of_each_currency_are_right(total, wrong, tmp_path):
    lines = [HEAD, *ROWS, TOTALS[0], TOTALS[1].replace("50,25", total)]
    _, found = read(tmp_path, "list.csv", "\n".join(lines))
    assert any(rule.startswith("totals that are not the sum") for _, rule, _ in found.assumed) == wrong
