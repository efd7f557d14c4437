"""Lists whose buyers stand above blocks of rows, and headers of two lines."""

import openpyxl
import pandas as pd
import pytest
from book.exports.test_heads import open_items

from tradecredit.book.exports import blocks
from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested


def read(path):
    suggestion = suggested([path])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    return suggestion, found


ALONE = """Molen Ltd
Customer statement
Date,Transaction Type,Num,Due Date,Amount,Open Balance,Balance
Amber Inc
03/14/2026,Invoice,1001,04/13/2026,239.00,239.00,239.00
Total for Amber Inc,,,,239.00,239.00,
Total Bricks SA
04/25/2026,Invoice,1027,05/25/2026,85.00,85.00,85.00
Total for Total Bricks SA,,,,85.00,85.00,
TOTAL,,,,324.00,324.00,
"""
BESIDE = """Customer/Invoice,Invoice Date,Due Date,Current,1-30,Balance Due
Amber Inc,,,100.00,75.00,175.00
A-1,2026-03-20,2026-04-19,100.00,,100.00
A-2,2026-02-20,2026-03-22,,75.00,75.00
Birch,,,50.00,,50.00
B-1,2026-03-25,2026-04-24,50.00,,50.00
Totals,,,150.00,75.00,225.00
"""
ONCE = """Kunde;Rechnung;Datum;Fällig;Betrag
Amber;A-1;01.03.2026;31.03.2026;100,00
;A-2;05.03.2026;04.04.2026;50,00
;A-3;06.03.2026;05.04.2026;20,00
Birch;B-1;25.03.2026;24.04.2026;70,00
;B-2;26.03.2026;25.04.2026;30,00
Summe;;;;270,00
"""


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (ALONE, {"1001": ("Amber Inc", "2026-04-13", 239.0), "1027": ("Total Bricks SA", "2026-05-25", 85.0)}),
        (BESIDE, {"A-1": ("Amber Inc", "2026-04-19", 100.0), "A-2": ("Amber Inc", "2026-03-22", 75.0),
                  "B-1": ("Birch", "2026-04-24", 50.0)}),
        (ONCE, {"A-1": ("Amber", "2026-03-31", 100.0), "A-2": ("Amber", "2026-04-04", 50.0),
                "A-3": ("Amber", "2026-04-05", 20.0), "B-1": ("Birch", "2026-04-24", 70.0),
                "B-2": ("Birch", "2026-04-25", 30.0)}),
    ],
)  # fmt: skip
def test_the_buyer_stands_once_for_a_block_of_rows(text, right, tmp_path):
    (tmp_path / "list.csv").write_text(text)
    assert open_items(read(tmp_path / "list.csv")[1]) == right


def test_a_row_without_a_buyer_among_rows_that_name_theirs_is_no_block(tmp_path):
    (tmp_path / "list.csv").write_text(
        "Customer,Invoice,Date,Due,Amount\nAmber,1,2026-03-01,2026-03-31,10\nAmber,2,2026-03-02,2026-04-01,10\n"
        ",3,2026-03-03,2026-04-02,10\nBirch,4,2026-03-04,2026-04-03,10\n"
    )
    suggestion = suggested([tmp_path / "list.csv"])
    assert not suggestion.source.block
    (problem,) = ledger(suggestion.source, suggestion.currency).problems
    assert problem.row == 4 and "the row names no buyer" in str(problem.allowed)


def test_a_header_of_two_lines_in_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["Group:", "Debtors", None, "1-Apr-26 to 16-Apr-26"],
        ["Date", "Ref. No.", "Party's Name", "Opening", "Pending", "Due on"],
        [None, None, None, "Amount", "Amount", None],
        [None, None, "Amber Ltd"],
        ["01-Feb-26", "I-1", None, 5000, 4000, "03-Mar-26"],
        [None, None, "Birch Ltd"],
        ["10-Mar-26", "I-2", None, 800, 800, "24-Apr-26"],
        [None, None, None, 5800, 4800],
    ):
        book.active.append(row)
    book.save(tmp_path / "bills.xlsx")
    suggestion, found = read(tmp_path / "bills.xlsx")
    assert open_items(found) == {"I-1": ("Amber Ltd", "2026-03-03", 4000.0), "I-2": ("Birch Ltd", "2026-04-24", 800.0)}
    assert str(suggestion.source.exported) == "2026-04-16"
    assert found.tables["invoices"]["amount"].tolist() == [5000.0, 800.0]


STATEMENTS = """Statement of Account
Period: 01/01/2026 - 31/03/2026

Customer: Amber Ltd
Date,Type,Ref,Debit,Credit,Balance
15/01/2026,Invoice,SI-100,500.00,,500.00
20/02/2026,Invoice,SI-110,250.00,,750.00
25/02/2026,Receipt,RC-9,,500.00,250.00
Customer: Birch & Sons
Date,Type,Ref,Debit,Credit,Balance
01/01/2026,Opening balance,,,,80.00
30/01/2026,Invoice,SI-104,120.40,,200.40
"""


def test_each_block_has_a_label_and_a_header_of_its_own(tmp_path):
    (tmp_path / "statements.csv").write_text(STATEMENTS)
    _, found = read(tmp_path / "statements.csv")
    assert open_items(found) == {
        "SI-110": ("Amber Ltd", "2026-03-22", 250.0), "SI-104": ("Birch & Sons", "2026-03-01", 120.4),
        "row 11": ("Birch & Sons", "2026-01-31", 80.0),
    }  # fmt: skip


def test_numbers_among_written_days_are_a_spreadsheets_days(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["Offene Posten zum 30.06.2026"],
        ["Kunde", "Rechnung", "Datum", "Fällig am", "Betrag", "davon offen"],
        ["Amber", "R1", "03.04.2026", "03.05.2026", 1190.0, 1190.0],
        ["Birch", "R2", 46150, 46180, 500.5, 38.0],
    ):
        book.active.append(row)
    book.save(tmp_path / "op.xlsx")
    _, found = read(tmp_path / "op.xlsx")
    # 46180 is 7 June 2026.
    assert open_items(found) == {"R1": ("Amber", "2026-05-03", 1190.0), "R2": ("Birch", "2026-06-07", 38.0)}


def test_a_statement_of_one_buyer_names_it_in_its_title(tmp_path):
    (tmp_path / "konto.csv").write_text(
        "Kontoauszug für Weber Bau GmbH\nStand: 30.06.2026\n\nDatum;Typ;Nummer;Soll;Haben;Saldo\n"
        "05.01.2026;Rechnung;RE-1;1190,00;;1190,00\n10.02.2026;Zahlung;;;1190,00;0,00\n"
        "03.05.2026;Rechnung;RE-2;2380,00;;2380,00\n"
    )
    suggestion, found = read(tmp_path / "konto.csv")
    assert open_items(found) == {"RE-2": ("Weber Bau GmbH", "2026-06-02", 2380.0)}
    assert str(suggestion.source.exported) == "2026-06-30"


def test_a_column_that_may_hold_other_accounts_than_buyers_is_a_guess(tmp_path):
    (tmp_path / "register.csv").write_text(
        "Date,Particulars,Vch Type,Vch No.,Debit,Credit\n01-09-2026,Apollo,Sales,B-1,845.00,\n"
        "02-09-2026,MedPlus,Sales,B-2,125.00,\n20-09-2026,Apollo,Receipt,R-1,,845.00\n"
    )
    suggestion, found = read(tmp_path / "register.csv")
    assert [one.taken for one in suggestion.guesses if one.key == "source.columns.name" and one.open] == ["Particulars"]
    assert open_items(found) == {"B-2": ("MedPlus", "2026-10-02", 125.0)}


def test_buyers_in_their_own_columns_on_a_line_above(tmp_path):
    path = tmp_path / "aged.csv"
    path.write_text("""Customer No.,Name,Document No.,Posting Date,Due Date,Original Amount,Balance
C1,Alder Ltd,,,,,130.00
,,I-1,02/13/2026,03/15/2026,100.00,80.00
,,I-2,02/20/2026,03/22/2026,50.00,50.00
C2,Birch Ltd,,,,,20.00
,,I-3,02/25/2026,03/27/2026,20.00,20.00
Total,,,,,,150.00
""")
    _, found = read(path)
    assert open_items(found) == {
        "I-1": ("C1", "2026-03-15", 80.0), "I-2": ("C1", "2026-03-22", 50.0), "I-3": ("C2", "2026-03-27", 20.0),
    }  # fmt: skip


@pytest.mark.parametrize(
    "word", ["I alt", "Toplam", "Összesen", "Celkem", "Ukupno", "Totalt", "Yhteensä", "Разом", "總計"]
)
def test_sums_are_told_in_further_languages(word, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"""Customer;Invoice;Date;Due Date;Amount
Alder;I-1;13.02.2026;15.03.2026;100,00
Birch;I-2;14.02.2026;16.03.2026;50,00
{word};;;;150,00
;;{word};;150,00
""")
    _, found = read(path)
    assert list(found.tables["invoices"]["amount"]) == [100.0, 50.0]


def test_a_customer_line_and_the_days_of_issue_in_one_column(tmp_path):
    path = tmp_path / "aged.csv"
    path.write_text("""Accounts Receivable Aged Invoice Report
All Open Invoices - Aged as of 03/31/2026
Customer/ Invoice Date,Invoice Number,Invoice Due Date,Invoice Amount,Balance
01-A Alder Ltd
02/13/26,1-IN,03/15/26,100.00,80.00
03/20/26,2-IN,04/19/26,50.00,50.00
Customer 01-A Alder Ltd Total:,,,,130.00
01-B Birch Ltd
03/05/26,3-IN,04/04/26,20.00,20.00
Customer 01-B Birch Ltd Total:,,,,20.00
""")
    _, found = read(path)
    assert open_items(found) == {
        "1-IN": ("01-A", "2026-03-15", 80.0), "2-IN": ("01-A", "2026-04-19", 50.0),
        "3-IN": ("01-B", "2026-04-04", 20.0),
    }  # fmt: skip
    issued = found.tables["invoices"].set_index("invoice_id")["issued"].dt.strftime("%m-%d")
    assert issued.to_dict() == {"1-IN": "02-13", "2-IN": "03-20", "3-IN": "03-05"}


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in [["Customer", "Invoice", "Date", "Due Date", "Amount"], *rows]:
            sheet.append(row)
    book.save(path)


JANUARY = [["Alder", "A-1", "2026-01-13", "2026-02-12", 10.5], ["Birch", "A-2", "2026-01-14", "2026-02-13", 20.5]]
FEBRUARY = [["Alder", "A-3", "2026-02-13", "2026-03-15", 30.5]]


def test_sheets_of_one_form_are_one_ledger(tmp_path):
    workbook(tmp_path / "year.xlsx", {"Jan": JANUARY, "Feb": FEBRUARY})
    suggestion, found = read(tmp_path / "year.xlsx")
    assert {name: left for name, (_, _, left) in open_items(found).items()} == {"A-1": 10.5, "A-2": 20.5, "A-3": 30.5}
    assert str(suggestion.source.exported) == "2026-02-28"


def test_sheets_that_hold_an_invoice_twice_are_not_added(tmp_path):
    workbook(tmp_path / "year.xlsx", {"All": JANUARY, "Open": JANUARY[:1]})
    suggestion, found = read(tmp_path / "year.xlsx")
    assert {name: left for name, (_, _, left) in open_items(found).items()} == {"A-1": 10.5, "A-2": 20.5}
    assert "source.form.sheet" in {guess.key for guess in suggestion.guesses if guess.open}


def test_an_error_of_a_total_is_told_once():
    # Two rows, their total, a row, its total, and the total of both.
    amount = pd.Series([10.0, 20.0, 40.0, 5.0, 5.0, 45.0], index=[2, 3, 4, 5, 6, 7])
    is_document = pd.Series([True, True, False, True, False, False], index=amount.index)
    assert blocks.wrong_totals(amount, is_document) == [(4, 40.0, 30.0)]
    right = amount.where(amount != 40.0, 30.0)
    assert blocks.wrong_totals(right.where(amount != 45.0, 35.0), is_document) == []
    # That of all is wrong itself: what stands below it is all rows.
    assert blocks.wrong_totals(right.where(amount != 45.0, 37.0), is_document) == [(7, 37.0, 35.0)]
