"""What `start` and `check` tell of a book that was read."""

import numpy as np
import openpyxl
import pandas as pd
import yaml

from tradecredit.book.amounts_paid import unlike
from tradecredit.book.book import Book
from tradecredit.book.exports.suggestion import suggested
from tradecredit.words.start import doubtful, run_file, understood


def test_what_banks_rates_left_is_told_beside_the_payments(ledger):
    # GBP 200 were sold at 1.15. EUR 238 are GBP 198.33 at the 1.20 of the day: at 1.15 EUR 228.08, 1.92 short of 230.
    ledger.write("receipts", "receipt_id,invoice_id,received,amount,currency,kind\nR1,I3,2024-03-25,238,EUR,payment\n")
    told = understood(Book.open(ledger.run_file))
    assert "3 buyers; amounts in EUR, invoices in EUR, GBP" in told[0]
    assert [line.split() for line in told[2:5]] == [
        ["payments", "228.08", "1", "row", "2024-03-25", "to", "2024-03-25"],
        ["banks'", "own", "rates", "1.92", "1", "row", "2024-03-25", "to", "2024-03-25"],
        # 1,000 + 500.50 + 300 in euros.
        ["open", "1,800.50"],
    ]


def test_orders_are_told_that_are_open(ledger):
    orders = "order_id,buyer_id,kind,date,amount,closed\nO1,B1,ordered,2024-03-01,70,\nO2,B1,shipped,2024-03-02,5,\n"
    ledger.write("orders", orders + "O3,B2,ordered,2024-03-03,30,\nO4,B2,ordered,2024-03-04,9,2024-03-05\n")
    told = [line.split() for line in understood(Book.open(ledger.run_file))]
    assert ["open", "orders", "100.00", "2", "rows", "2024-03-01", "to", "2024-03-03"] in told
    assert ["shipped,", "not", "invoiced", "5.00", "1", "row", "2024-03-02", "to", "2024-03-02"] in told


def test_what_is_open_is_that_of_the_pages_where_more_was_paid_than_invoiced(ledger):
    ledger.write("receipts", "receipt_id,invoice_id,received,amount,kind\nR1,I1,2024-03-25,1100,payment\n")
    book = Book.open(ledger.run_file)
    # 500.50, 300, and GBP 200 at 1.20 are open, whatever was paid beyond the 1,000 of the other one.
    [line] = [line.split() for line in understood(book) if line.split()[0] == "open"]
    assert line == ["open", "1,040.50"]


def test_notes_by_which_a_column_may_be_another_are_told_apart():
    rule, rows = unlike(np.full(30, 119.0), np.full(30, 100.0))
    notes = [["receipts", rule, rows], ["buyers", "kind is not stated: taken as private", 3]]
    notes.append(["invoices", "totals that are not the sum of the rows before them: line 9 says 5.00 of 4.00", 1])
    assert doubtful(pd.DataFrame(notes, columns=["table", "rule", "rows"])).tolist() == [True, False, True]
    assert doubtful(pd.DataFrame([], columns=["table", "rule", "rows"])).tolist() == []


def test_a_run_file_is_valid_whatever_an_export_holds(tmp_path):
    # Names of two lines, as typed in a cell, one of which is not read; marks that YAML ends a line at, or refuses.
    book = openpyxl.Workbook()
    book.active.append(["Customer", "Invoice", "Date", "Due\nDate", "Amount", "Paid", "Less: tax\n(2307)\x85x\ufeff"])
    for day in (3, 4, 5):
        book.active.append([f"Al\x85der {day}", f"F{day}", f"2026-10-0{day}", f"2026-11-0{day}", 100 + day, 20.5, 7.25])
    book.save(tmp_path / "list.xlsx")
    suggestion = suggested([tmp_path / "list.xlsx"])
    written = yaml.safe_load(run_file(suggestion, tmp_path))
    assert written["source"]["columns"] == suggestion.source.columns
    assert "Due\nDate" in suggestion.source.columns.values()
