"""Amounts that a list states in the company's own currency as well tell the rates of the others."""

import pandas as pd
import pytest

from tradecredit.book.book import Book
from tradecredit.book.exports import own_amounts
from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.params.run import Run
from tradecredit.words.start import run_file

HEAD = "Type,Document Number,Name,Date,Due Date/Receive By,Currency,Amount (Foreign Currency),Amount,Amount Remaining\n"
ROWS = (
    "Invoice,I1,Acme,6/13/2026,7/13/2026,USD,1500.00,1500.00,1500.00\n"
    "Invoice,I2,Berger,6/20/2026,7/20/2026,EUR,1000.00,1100.00,440.00\n"
    "Payment,P1,Berger,8/1/2026,,EUR,-600.00,-672.00,0.00\n"
    "Invoice,I3,Berger,8/1/2026,8/31/2026,EUR,400.00,448.00,448.00\n"
)


def suggestion_of(folder, text):
    (folder / "list.csv").write_text(text)
    return suggested([folder / "list.csv"])


def test_rates_are_those_of_a_days_amounts_in_all(tmp_path):
    suggestion = suggestion_of(tmp_path, HEAD + ROWS)
    assert suggestion.source.columns["own_amount"] == "Amount"
    assert suggestion.currency == "USD"
    assert "currency" not in [guess.key for guess in suggestion.guesses if guess.open]
    rates = ledger(suggestion.source, suggestion.currency).tables["fx"]
    assert [(str(row.date.date()), row.currency, row.rate) for row in rates.itertuples()] == [
        ("2026-06-20", "EUR", pytest.approx(1.10)),
        ("2026-08-01", "EUR", pytest.approx((672 + 448) / (600 + 400))),
    ]


def test_a_book_of_several_currencies_needs_no_other_rates(tmp_path):
    suggestion = suggestion_of(tmp_path, HEAD + ROWS)
    (tmp_path / "run.yaml").write_text(run_file(suggestion, tmp_path))
    book = Book.open(Run.from_yaml(tmp_path / "run.yaml"))
    assert dict(zip(book.invoices["invoice_id"], book.invoices["amount"], strict=True)) == pytest.approx({
        "I1": 1500.0, "I2": 1100.0, "I3": 448.0,
    })  # fmt: skip


def test_rates_of_a_file_beside_come_before_those_of_the_ledger(tmp_path):
    suggestion = suggestion_of(tmp_path, HEAD + ROWS)
    (tmp_path / "run.yaml").write_text(run_file(suggestion, tmp_path))
    (tmp_path / "fx.csv").write_text("date,currency,rate\n2026-06-01,EUR,1.2\n2026-08-01,EUR,1.2\n")
    book = Book.open(Run.from_yaml(tmp_path / "run.yaml"))
    assert set(book.fx["rate"]) == {1.2}


def test_rows_without_a_currency_are_in_the_companys_own_and_it_is_none_of_those_named(tmp_path):
    text = (
        "Posting Date,Due Date,Document Type,Document No.,Customer No.,Currency Code,Amount,Amount (LCY),"
        "Remaining Amount\n"
        "05/06/2026,25/07/2026,Invoice,A1,10000,,1200.00,1200.00,1200.00\n"
        "12/06/2026,22/07/2026,Invoice,A2,20000,USD,2000.00,1600.00,500.00\n"
        "30/08/2026,29/09/2026,Invoice,A3,30000,EUR,1000.00,860.00,1000.00\n"
    )
    suggestion = suggestion_of(tmp_path, text)
    [guess] = [guess for guess in suggestion.guesses if guess.key == "currency"]
    assert guess.open
    assert {guess.taken, *guess.others}.isdisjoint({"USD", "EUR"})
    found = ledger(suggestion.source, "GBP")
    assert found.tables["invoices"].set_index("invoice_id")["currency"].to_dict() == {
        "A1": "GBP", "A2": "USD", "A3": "EUR",
    }  # fmt: skip
    assert list(found.tables["fx"]["rate"]) == pytest.approx([0.8, 0.86])


def test_an_amount_without_tax_is_no_amount_in_another_currency(tmp_path):
    """Exports bear no tax, so that net is gross abroad and a fixed part of it at home."""
    text = (
        "Customer No,Invoice No,Invoice Date,Due Date,Currency,Amount,Net Amount\n"
        "C1,A1,2026-06-13,2026-07-13,EUR,1190.00,1000.00\n"
        "C2,A2,2026-06-20,2026-07-20,USD,1000.00,1000.00\n"
        "C1,A3,2026-06-21,2026-07-21,EUR,595.00,500.00\n"
    )
    assert "own_amount" not in suggestion_of(tmp_path, text).source.columns


def documents(rows):
    return pd.DataFrame(rows, columns=["issued", "currency", "stated", "own_amount"]).assign(
        issued=lambda frame: pd.to_datetime(frame["issued"])
    )


def test_no_rate_is_told_by_amounts_that_are_in_a_third_currency():
    rows = [("2026-06-01", "USD", 100.0, 90.0), ("2026-06-01", "GBP", 100.0, 115.0)]
    assert own_amounts.rates(documents(rows), "USD").empty


def test_no_rate_is_told_by_amounts_that_are_the_same():
    rows = [("2026-06-01", "USD", 100.0, 100.0), ("2026-06-02", "GBP", 100.0, 100.0)]
    assert own_amounts.rates(documents(rows), "USD").empty


def test_small_amounts_and_missing_ones_tell_no_rate():
    rows = [("2026-06-01", "GBP", 0.03, 0.04), ("2026-06-02", "GBP", 100.0, None), (None, "GBP", 100.0, 120.0)]
    assert own_amounts.rates(documents(rows), "USD").empty
