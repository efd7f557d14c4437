"""Rows that are void or of suppliers, names of columns behind a table's, amounts beside those in the own currency."""

import pytest
from book.exports.as_suggested import open_items, read
from book.exports.test_registers import book_of, written

from tradecredit.book.exports.column_meanings import meant, without_tables
from tradecredit.book.exports.systems import systems


def test_rows_that_a_yes_says_to_be_void_are_left_out(tmp_path):
    rows = "Kundnr;Fakturanr;Fakturadatum;Förfallodatum;Totalt;Saldo;Makulerad\n"
    rows += "1;1001;2026-09-03;2026-10-03;100,00;100,00;Nej\n2;1002;2026-09-04;2026-10-04;70,00;70,00;Ja\n"
    suggestion, book = book_of(tmp_path, written(tmp_path, fakturor=rows))
    assert suggestion.source.without == {"Makulerad": ["Ja"]}
    assert book.invoices["invoice_id"].tolist() == ["1001"]
    assert book.run.guessed["source.without"] == "Makulerad: Ja"


def test_rows_of_suppliers_are_left_out(tmp_path):
    rows = "Partner,Document No,Doc Type,Invoice Date,Due Date,Amount,Open Amount\n"
    rows += "Alder,1001,AR Invoice,2026-09-03,2026-10-03,100.25,100.25\n"
    rows += "Tool Supply,V-7,AP Invoice,2026-09-04,2026-10-04,70.50,70.50\n"
    _, book = book_of(tmp_path, written(tmp_path, items=rows))
    assert book.invoices["invoice_id"].tolist() == ["1001"]
    assert "AP Invoice" in book.run.guessed["source.without"]


def test_tables_before_the_names_of_columns_are_passed_over():
    names = ["InvcHead_InvoiceNum", "InvcHead_DueDate", "InvcHead_InvoiceBal", "Customer_Name"]
    assert without_tables(names)["InvcHead_DueDate"] == "DueDate"
    # One column among many may have none before it; where several have none, all are left alone.
    more = [*names, "InvcHead_InvoiceDate", "InvcHead_TermsCode", "Company"]
    assert without_tables(more)["InvcHead_DueDate"] == "DueDate"
    # Words before names that differ from column to column are no tables.
    words = ["STATUS", "TRX_NUMBER", "TRX_DATE", "ACCOUNT_NUMBER", "DUE_DATE", "AMOUNT_DUE", "AMOUNT_PAID"]
    assert without_tables(words)["TRX_NUMBER"] == "TRX_NUMBER"
    assert without_tables([*names, "Total", "Due"])["InvcHead_DueDate"] == "InvcHead_DueDate"
    found = meant(systems()[-1], names, [["1", "2026-10-03", "5.25", "Alder"]])
    assert found["invoice_id"] == ["InvcHead_InvoiceNum"] and found["due"] == ["InvcHead_DueDate"]


@pytest.mark.parametrize(
    ("column", "yes", "no"), [("COBRADO", "S", "N"), ("Paid", "X", ""), ("Paid?", "1", "0"), ("Open", "N", "Y")]
)
def test_a_yes_tells_what_is_paid_under_a_name_that_asks_it(column, yes, no, tmp_path):
    lines = [f"Invoice;Customer;Invoice date;Due date;Amount;{column}"]
    lines += [f"I{at};C{at % 4};0{at}.09.2026;0{at}.10.2026;{at}00,50;{yes if at > 2 else no}" for at in range(1, 9)]
    _, found = read(tmp_path, "list.csv", "\n".join(lines) + "\n")
    assert open_items(found) == {"I1": ("C1", "2026-10-01", 100.5), "I2": ("C2", "2026-10-02", 200.5)}
