"""One table from several sources, negative lines as what settles invoices, and the latest of contradicting rows."""

import pandas as pd
import pytest

from tradecredit import Book
from tradecredit.errors import InputError, ParameterError

LIST = """customer,name,doc,date,due,total,applies
B1,Alder Tools Ltd,1001,2024-01-10,2024-02-09,1000.00,
B1,Alder Tools GmbH,1002,2024-02-12,2024-03-13,500.50,
B1,Alder Tools GmbH,9001,2024-02-20,2024-02-20,-250.25,1002
B2,Birch & Co,1003,2024-01-03,2024-02-02,300.00,
"""
PAID = "number,document,day,money\nP1,1001,2024-02-08,1000.00\nP2,1003,2024-02-20,100.00\n"
INVOICES = {
    "file": "list.csv",
    "sign": "positive",
    "columns": {"invoice_id": "doc", "buyer_id": "customer", "issued": "date", "amount": "total"},
    "constants": {"currency": "EUR"},
}
CREDITS = {
    "file": "list.csv",
    "sign": "negative",
    "columns": {"receipt_id": "doc", "invoice_id": "applies", "received": "date", "amount": "total"},
    "constants": {"kind": "credit_note"},
}
PAYMENTS = {
    "file": "paid.csv",
    "columns": {"receipt_id": "number", "invoice_id": "document", "received": "day", "amount": "money"},
    "constants": {"kind": "payment"},
}
BUYERS = {"file": "list.csv", "columns": {"buyer_id": "customer"}, "distinct": "latest"}


@pytest.fixture
def listed(ledger):
    for name in ("buyers", "invoices", "receipts", "fx"):
        (ledger.folder / "data" / f"{name}.csv").unlink(missing_ok=True)
    ledger.write("list", LIST)
    ledger.write("paid", PAID)
    ledger.run(tables={"buyers": BUYERS, "invoices": INVOICES, "receipts": [PAYMENTS, CREDITS]})
    return ledger


def test_payments_of_one_file_and_negative_lines_of_another_are_one_table(listed):
    book = Book.open(listed.run_file)
    assert book.invoices.set_index("invoice_id")["amount"].to_dict() == {"1001": 1000.0, "1002": 500.5, "1003": 300.0}
    receipts = book.receipts.set_index("receipt_id")
    assert receipts["amount"].to_dict() == {"P1": 1000.0, "P2": 100.0, "9001": 250.25}
    assert receipts["kind"].to_dict() == {"P1": "payment", "P2": "payment", "9001": "credit_note"}
    notes = book.notes.set_index(["table", "rule"])["rows"]
    assert notes["invoices", "left out: amount is not positive"] == 1
    assert notes["receipts", "left out: list.csv: amount is not negative"] == 3


def test_a_problem_names_the_file_and_row_of_its_source(listed):
    listed.write("list", LIST.replace("-250.25,1002", "-250.25,1009"))
    listed.write("paid", PAID.replace("P2,1003,2024-02-20", "P2,1003,2024-20-02"))
    with pytest.raises(InputError) as caught:
        Book.open(listed.run_file)
    places = {(problem.file, problem.row, problem.column) for problem in caught.value.problems}
    assert {("list.csv", 4, "invoice_id"), ("paid.csv", 3, "received")} <= places
    assert "1009" in str(caught.value) and "2024-20-02" in str(caught.value)


def test_every_source_of_a_table_must_be_there(listed):
    (listed.folder / "data" / "paid.csv").unlink()
    with pytest.raises(InputError, match=r"paid\.csv.*missing"):
        Book.open(listed.run_file)


def test_the_name_of_the_latest_document_counts(listed):
    book = Book.open(listed.run_file)
    assert book.buyers.set_index("buyer_id")["name"].to_dict() == {"B1": "Alder Tools GmbH", "B2": "Birch & Co"}
    notes = book.notes.set_index(["table", "rule"])["rows"]
    assert notes["buyers", "left out: the row repeats another one"] == 1
    assert notes["buyers", "left out: a later row has the same buyer_id"] == 1


def test_the_latest_is_by_day_of_issue_and_not_by_place(listed):
    lines = LIST.splitlines()
    listed.write("list", "\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    assert Book.open(listed.run_file).buyers.set_index("buyer_id").loc["B1", "name"] == "Alder Tools GmbH"


def test_contradicting_rows_are_told_with_the_way_round(listed):
    listed.run(tables={"buyers": BUYERS | {"distinct": True}, "invoices": INVOICES, "receipts": [PAYMENTS, CREDITS]})
    with pytest.raises(InputError, match=r"contradict each other in name.*distinct: latest"):
        Book.open(listed.run_file)


def test_a_negative_amount_is_told_with_the_way_round(listed):
    without_sign = {key: value for key, value in INVOICES.items() if key != "sign"}
    listed.run(tables={"buyers": BUYERS, "invoices": without_sign, "receipts": [PAYMENTS, CREDITS]})
    with pytest.raises(InputError, match=r"must not be negative.*sign: negative"):
        Book.open(listed.run_file)


def test_a_negative_amount_of_another_table_is_no_credit(listed):
    listed.write("limits", "buyer_id,source,amount,valid_from\nB1,own,-5,2024-01-01\n")
    with pytest.raises(InputError) as caught:
        Book.open(listed.run_file)
    assert [(problem.file, problem.remedy) for problem in caught.value.problems] == [("limits.csv", "correct it")]


def test_what_repeats_between_sources_is_not_offered_what_goes_by_one(listed):
    listed.write("more", "customer,name\nB1,Alder Works\n")
    sources = [BUYERS, BUYERS | {"file": "more.csv"}]
    listed.run(tables={"buyers": sources, "invoices": INVOICES, "receipts": [PAYMENTS, CREDITS]})
    with pytest.raises(InputError, match=r"more\.csv, row 2.*contradict each other in name") as caught:
        Book.open(listed.run_file)
    assert "distinct" not in str(caught.value)


def test_an_amount_that_is_no_number_is_left_out_by_no_sign(listed):
    listed.write("list", LIST.replace("500.50", "lots"))
    with pytest.raises(InputError, match="'lots'"):
        Book.open(listed.run_file)


def test_the_sources_of_a_table_are_read_alike(listed):
    other = CREDITS | {"formats": {"decimal": ","}}
    listed.run(tables={"buyers": BUYERS, "invoices": INVOICES, "receipts": [PAYMENTS, other]})
    with pytest.raises(ParameterError, match="same formats"):
        Book.open(listed.run_file)


def test_parquet_numbers_have_a_sign_too(listed):
    frame = pd.read_csv(listed.folder / "data" / "list.csv", dtype={"doc": str, "applies": str})
    frame.to_parquet(listed.folder / "data" / "list.parquet")
    tables = {"buyers": BUYERS, "invoices": INVOICES, "receipts": [PAYMENTS, CREDITS]}
    listed.run(
        tables={
            name: [one | {"file": one["file"].replace("list.csv", "list.parquet")} for one in given]
            if isinstance(given, list)
            else given | {"file": "list.parquet"}
            for name, given in tables.items()
        }
    )
    assert Book.open(listed.run_file).receipts["amount"].sum() == 1350.25


def test_codes_of_a_typed_source_are_found_where_cells_are_empty(ledger):
    # A column of whole numbers with an empty cell is one of decimal ones in Parquet.
    frame = pd.DataFrame({"buyer_id": ["B1", "B2", "B3"], "class": [1.0, 2.0, None]})
    (ledger.folder / "data" / "buyers.csv").unlink()
    frame.to_parquet(ledger.folder / "data" / "buyers.parquet")
    kinds = {"columns": {"kind": "class"}, "values": {"kind": {1: "private", 2: "public"}}}
    book = Book.open(ledger.run(tables={"buyers": kinds}))
    assert book.buyers["kind"].tolist() == ["private", "public", "private"]
    known = {"where": {"buyer_id": ["B1", "B2"]}}
    book = Book.open(ledger.run(tables={"buyers": kinds | {"where": {"class": [1, 2]}}, "invoices": known}))
    assert book.buyers["buyer_id"].tolist() == ["B1", "B2"]


def test_a_receipt_that_names_another_buyer_than_its_invoice_is_told(ledger):
    ledger.write(
        "receipts",
        "receipt_id,invoice_id,buyer_id,received,amount,kind\nR1,I1,B2,2024-02-20,600,payment\n"
        "R2,I1,B1,2024-02-21,100,payment\nR3,I2,,2024-02-21,100,payment\nR4,,B2,2024-02-21,5,payment\n",
    )
    told = Book.open(ledger.run_file).notes.itertuples(index=False, name=None)
    assert ("receipts", "another buyer is named than the invoice's, which counts", 1) in list(told)
