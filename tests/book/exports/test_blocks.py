"""Lists whose buyers stand above blocks of rows, and headers of two lines."""

import openpyxl
import pytest
from book.exports.test_heads import open_items

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
