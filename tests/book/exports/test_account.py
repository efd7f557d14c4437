"""What became of the rows of an export: all of them are told, in rows and amounts."""

import pytest
from book.exports import samples
from book.exports.as_suggested import open_items, read
from broken_ledgers import accounted

from tradecredit.book.exports.ledger import ledger
from tradecredit.params.source import OnProblem

LIST = """Customer No,Customer Name,Document No,Document Type,Document Date,Due Date,Amount,Open Amount
10010,Alder Tools,R-1001,Invoice,2026-03-01,2026-03-31,1190.00,0.00
10010,Alder Tools,R-1002,Invoice,2026-05-01,2026-05-31,2380.00,1380.00
10010,Alder Tools,P-1,Payment,2026-04-10,,-1190.00,0.00
10010,Alder Tools,P-2,Payment,2026-06-12,,-700.00,-700.00
10020,Birch & Co,R-1003,Invoice,2026-06-05,2026-07-05,4000.00,4000.00
10020,Birch & Co,R-1004,Invoice,2026-06-05,31.02.2026,50.00,50.00
,,Total,,,,5730.00,4730.00
"""


def test_rows_and_amounts_are_told(tmp_path):
    suggestion, _ = read(tmp_path, "sound.csv", LIST.replace("31.02.2026", "2026-07-05"))
    (tmp_path / "sound.csv").write_text(LIST)
    found = ledger(suggestion.source, "EUR", OnProblem(leave_out={"invoices": "all"}, most=0.5))
    assert found.assumed[:3] == (
        ("invoices", "rows in the files", 7),
        ("invoices", "read as invoices: 7,570.00", 3),
        ("receipts", "read as payments, credit memos and the like: 1,890.00", 2),
    )
    assert [(table, rule.rpartition(": ")[2], rows) for table, rule, rows in found.left_out] == [
        ("invoices", "5,730.00", 1), ("invoices", "50.00", 1),
    ]  # fmt: skip
    # 1,000 of the second invoice are settled, and no payment says so.
    assert ("receipts", "settled by 2026-06-30, the day itself is not in the export: 1,000.00", 1) in found.assumed
    accounted(found, suggestion.source)


@pytest.mark.parametrize("table", ["invoices", "receipts"])
def test_a_row_that_is_lost_is_seen(table, tmp_path):
    suggestion, found = read(tmp_path, "sound.csv", LIST.replace("31.02.2026", "2026-07-05"))
    lost = found._replace(tables=found.tables | {table: found.tables[table].iloc[1:]})
    with pytest.raises(AssertionError, match="are lost"):
        accounted(lost, suggestion.source)


def test_an_amount_beyond_what_is_counted_in_cents_is_a_problem(tmp_path):
    suggestion, _ = read(tmp_path, "sound.csv", LIST.replace("31.02.2026", "2026-07-05"))
    (tmp_path / "sound.csv").write_text(LIST.replace("31.02.2026", "2026-07-05").replace("4000.00", "1" * 20))
    found = ledger(suggestion.source, "EUR")
    assert {(problem.row, problem.column) for problem in found.problems} == {(6, "Amount"), (6, "Open Amount")}
    assert {problem.allowed for problem in found.problems} == {"is more than can be counted to the cent"}


def test_a_line_of_a_printed_list_without_its_first_bar_is_a_row(tmp_path):
    line = next(line for line in samples.SAP_LIST.splitlines() if "1800000003" in line)
    suggestion, found = read(tmp_path, "fbl5n.txt", samples.SAP_LIST.replace(line, line.replace("|", " ", 1)))
    assert open_items(found)["R-1003"] == ("10020", "2026-07-05", 4000.0)
    assert ("invoices", "rows in the files", 6) in found.assumed
    accounted(found, suggestion.source)
