"""Rows of an export that cannot be read: how they are told, and that the way round which is named is one."""

import re
from pathlib import Path

import yaml

from tradecredit.book.exports.ledger import Ledger, ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.params.source import OnProblem

HEAD = "Customer;Invoice;Type;Invoice Date;Due Date;Amount;Open\n"
GOOD = "".join(f"C1;I{n};Invoice;{n:02}.06.2026;30.06.2026;10,00;10,00\n" for n in range(1, 29))


def read(folder: Path, rows: str, on_problem: OnProblem | None = None) -> Ledger:
    file = folder / "list.csv"
    file.write_text(HEAD + GOOD + rows)
    told = suggested([file])
    return ledger(told.source, told.currency, on_problem)


def test_a_message_names_the_cell_of_its_column_and_a_way_round_that_is_true(tmp_path):
    broken = (
        "C1;I31;Invoice;31.06.2026;30.06.2026;10,00;10,00\n"
        ";I32;Invoice;01.06.2026;30.06.2026;10,00;10,00\n"
        "C1;P33;Payment;01.06.2026;;#REF!;0,00\n"
        "C1;P34;Payment;02.06.2026;;#REF!;0,00\n"
    )
    problems = {problem.column: problem for problem in read(tmp_path, broken).problems}
    assert {name: (one.row, one.value, one.others) for name, one in problems.items()} == {
        "Invoice Date": (30, "31.06.2026", 0), "Customer": (31, None, 0), "Amount": (32, "#REF!", 1),
    }  # fmt: skip
    leave_out: dict[str, list[str]] = {}
    for problem in problems.values():
        (stated,) = re.findall(r"`(on_problem: .*?)`", problem.remedy)
        for table, columns in yaml.safe_load(stated)["on_problem"]["leave_out"].items():
            leave_out.setdefault(table, []).extend(columns)
    assert leave_out == {"invoices": ["issued", "buyer_id"], "receipts": ["amount"]}
    found = read(tmp_path, broken, OnProblem(leave_out=leave_out, most=0.2))
    assert not found.problems and len(found.tables["invoices"]) == 28
    assert found.left_out == (
        ("receipts", "Amount cannot be read as an amount (decimal mark ','): 0.00", 2),
        ("invoices", "Invoice Date cannot be read as a day written as %d.%m.%Y: 10.00", 1),
        ("invoices", "Customer is empty: the row names no buyer: 10.00", 1),
    )


def test_a_year_that_no_invoice_has_is_told_as_such(tmp_path):
    (beyond,) = read(tmp_path, "C1;I31;Invoice;21.02.2206;30.06.2026;10,00;10,00\n").problems
    assert (beyond.value, beyond.row, beyond.column) == ("21.02.2206", 30, "Invoice Date")
    assert "only days from 1950 to 2100 are read" in beyond.allowed and "correct it in the file" in beyond.remedy


def test_a_value_to_leave_out_that_no_row_has_is_told_with_those_that_there_are(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(HEAD + GOOD + "C1;I31;Voided;21.06.2026;30.06.2026;10,00;10,00\n")
    source = suggested([file]).source.model_copy(update={"without": {"Type": ["Void"]}})
    told = [note for note in ledger(source, "EUR").assumed if "there are none of" in note[1]]
    assert told == [("invoices", "rows to leave out that there are none of: Type Void; it holds Invoice, Voided", 0)]
    source = source.model_copy(update={"without": {"Type": ["Voided"]}})
    assert not [note for note in ledger(source, "EUR").assumed if "there are none of" in note[1]]


def test_a_row_that_breaks_two_rules_is_counted_once(tmp_path):
    rows = ";I31;Invoice;31.06.2026;30.06.2026;10,00;10,00\n"
    found = read(tmp_path, rows, OnProblem(leave_out={"invoices": "all"}, most=0.2))
    assert [rows for _, _, rows in found.left_out] == [1]


def test_a_row_of_which_no_cell_tells_a_day_is_told(tmp_path):
    # Neither the end of time nor what stands for no day is one.
    rows = "C1;I31;Invoice;;31.12.9999;10,00;10,00\nC1;I32;Invoice;00.00.0000;00.00.0000;10,00;10,00\n"
    (problem,) = read(tmp_path, rows).problems
    assert (problem.column, problem.row, problem.others) == ("Invoice Date", 30, 1)
    assert "the row has no day" in problem.allowed
    found = read(tmp_path, rows, OnProblem(leave_out={"invoices": ["issued"]}, most=0.2))
    assert not found.problems and len(found.tables["invoices"]) == 28


def test_a_currency_that_a_row_lacks_where_others_state_theirs_is_told(tmp_path):
    file = tmp_path / "list.csv"
    head = "Customer;Invoice;Invoice Date;Due Date;Amount;Currency\n"
    file.write_text(head + "C1;I1;01.06.2026;30.06.2026;10,00;EUR\nC1;I2;13.06.2026;30.06.2026;20,00;\n")
    told = suggested([file])
    found = ledger(told.source, told.currency)
    assert found.tables["invoices"]["currency"].tolist() == ["EUR", "EUR"]
    assert ("invoices", "without a currency: taken as EUR", 1) in found.assumed


def test_a_row_without_debit_and_credit_is_no_invoice_of_nothing(tmp_path):
    file = tmp_path / "list.csv"
    head = "Customer;Invoice;Invoice Date;Due Date;Debit;Credit;Open\n"
    file.write_text(head + "C1;I1;01.06.2026;30.06.2026;;;25,00\nC1;I2;13.06.2026;30.06.2026;40,00;;40,00\n")
    told = suggested([file])
    assert ledger(told.source, told.currency).tables["invoices"]["amount"].tolist() == [25.0, 40.0]
