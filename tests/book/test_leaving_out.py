"""Broken rows that the run file leaves out: counted with their amounts, with the rows that name them, up to a share."""

import pytest

from tradecredit.book.book import Book
from tradecredit.errors import InputError, ParameterError

LAST = "2024-04-04"


def broken(ledger) -> None:
    """Invoice I1, which two receipts of 600 and 400 name, is due before it was issued."""
    ledger.replace("invoices", "I1,B1,2024-01-10,2024-02-09", "I1,B1,2024-01-10,2024-01-09")


def test_a_broken_row_is_a_refusal_unless_it_is_stated(ledger):
    broken(ledger)
    with pytest.raises(InputError, match="row 2, due"):
        Book.open(ledger.run_file)


def test_broken_rows_go_with_those_that_name_them_and_are_counted(ledger):
    broken(ledger)
    book = Book.open(ledger.run(on_problem={"leave_out": {"invoices": ["due"]}, "most": 0.7}))
    assert book.invoices["invoice_id"].tolist() == ["I2", "I3", "I4"]
    assert book.receipts["receipt_id"].tolist() == ["R3"]
    notes = book.notes.set_index(["table", "rule"])["rows"]
    assert notes["invoices", "left out: due lies before issued: 1,000.00"] == 1
    assert notes["receipts", "left out: invoice_id no row of invoices has this invoice_id: 1,000.00"] == 2


def test_amounts_of_two_currencies_are_not_added_up(ledger):
    late = "I5,B1,2024-03-10,2024-03-01,EUR,1000.00\nI6,B2,2024-03-10,2024-03-01,GBP,200.00\n"
    ledger.add("invoices", late)
    book = Book.open(ledger.run(on_problem={"leave_out": {"invoices": ["due"]}, "most": 0.5}))
    notes = book.notes.set_index(["table", "rule"])["rows"]
    assert notes["invoices", "left out: due lies before issued: 1,000.00 EUR, 200.00 GBP"] == 2


def test_other_rules_still_refuse(ledger):
    broken(ledger)
    rules = {"leave_out": {"invoices": ["amount"]}, "most": 0.7}
    with pytest.raises(InputError, match="row 2, due"):
        Book.open(ledger.run(on_problem=rules))


def test_more_than_the_stated_share_is_refused(ledger):
    broken(ledger)
    with pytest.raises(InputError, match=r"1 of 4 rows of invoices break a rule; at most 1\.0% may be left out"):
        Book.open(ledger.run(on_problem={"leave_out": {"invoices": "all"}}))


def test_every_rule_of_a_table_by_one_word(ledger):
    ledger.replace("receipts", "R2,I1,2024-03-20,400.00,payment", "R2,I1,2023-03-20,lots,payment")
    book = Book.open(ledger.run(on_problem={"leave_out": {"receipts": "all"}, "most": 0.5}))
    assert book.receipts["receipt_id"].tolist() == ["R1", "R3"]
    # It is counted once, by the first rule that it breaks; what it holds is not readable.
    assert [(row.table, row.rows) for row in book.notes.itertuples() if "left out" in row.rule] == [("receipts", 1)]


def test_an_unknown_table_is_no_key(ledger):
    with pytest.raises(ParameterError):
        Book.open(ledger.run(on_problem={"leave_out": {"bills": "all"}}))
