"""Days of stored tables and texts: never 1970, never a silent month; and rows that are parts of one."""

import time
from datetime import datetime

import duckdb
import pandas as pd
import pytest
import yaml

from tradecredit.book.book import Book
from tradecredit.book.raw_tables import RawTable
from tradecredit.book.typed import typed
from tradecredit.errors import InputError, ParameterError
from tradecredit.measure.on_account import on_account
from tradecredit.measure.open_items import open_items
from tradecredit.params.source import Formats


def issued(values, **formats) -> tuple[list, int]:
    """Days of issue read from values, and how many problems there are."""
    frame = pd.DataFrame({"invoice_id": [f"I{n}" for n in range(len(values))], "issued": values})
    found, problems = typed(RawTable("invoices", "x", frame, Formats(**formats)))
    days = [None if pd.isna(day) else str(day.date()) for day in found["issued"]]
    return days, sum(1 + one.others for one in problems if one.column == "issued" and "expected" in one.allowed)


def test_whole_numbers_are_read_by_the_stated_format_and_never_as_1970():
    assert issued(pd.Series([20261001, 20261231])) == ([None, None], 2)
    assert issued(pd.Series([20261001, 20261231]), dates="%Y%m%d") == (["2026-10-01", "2026-12-31"], 0)
    assert issued(pd.Series([20200410.0]), dates="%Y%m%d") == (["2020-04-10"], 0)
    assert issued(pd.Series([46296]), dates="serial") == (["2026-10-01"], 0)


def test_text_beside_true_dates_is_read_by_the_stated_format():
    mixed = pd.Series([datetime(2026, 8, 2), "01.08.2026"], dtype="object")
    assert issued(mixed, dates="%d.%m.%Y") == (["2026-08-02", "2026-08-01"], 0)
    slashes = pd.Series([datetime(2026, 8, 2), "01.08.2026"], dtype="object")
    assert issued(slashes, dates="%d/%m/%Y") == (["2026-08-02", None], 1)


def test_a_number_beside_true_dates_is_no_day_unless_the_run_file_says_so():
    # 46,296 days after 30 December 1899 is 1 October 2026.
    mixed = pd.Series([datetime(2026, 8, 2), 46296, 20261001], dtype="object")
    assert issued(mixed) == (["2026-08-02", None, None], 2)
    assert issued(mixed, dates="%Y%m%d") == (["2026-08-02", None, "2026-10-01"], 1)
    assert issued(mixed, dates="serial") == (["2026-08-02", "2026-10-01", None], 1)


def test_instants_have_the_day_of_the_stated_zone_or_that_which_was_written():
    texts = pd.Series(["2026-10-20T23:30:00+0200", "2026-10-20T23:30:00-0500"], dtype="str")
    form = "%Y-%m-%dT%H:%M:%S%z"
    assert issued(texts, dates=form) == (["2026-10-20", "2026-10-20"], 0)
    assert issued(texts, dates=form, zone="UTC") == (["2026-10-20", "2026-10-21"], 0)
    stored = pd.Series(pd.to_datetime(["2026-10-20T22:30:00Z"]))
    assert issued(stored) == ([None], 1)
    assert issued(stored, zone="Europe/Berlin") == (["2026-10-21"], 0)


@pytest.mark.parametrize("machine", ["UTC", "Asia/Tokyo"])
def test_an_instant_of_a_database_has_one_day_on_every_machine(machine, tmp_path, monkeypatch):
    # reading.md 5: half past ten in the evening of 20 October in UTC is the 21st in Berlin.
    monkeypatch.setenv("TZ", machine)
    time.tzset()
    with duckdb.connect(str(tmp_path / "ledger.duckdb")) as connection:
        row = "'I1' invoice_id, 'B1' buyer_id, date '2026-11-30' due, 'EUR' currency, 5.0 amount"
        connection.execute(f"create table invoices as select {row}, timestamptz '2026-10-20 22:30:00+00' issued")
        connection.execute("create table buyers as select 'B1' buyer_id, 'Birch' as name")
        connection.execute(
            "create table receipts (receipt_id text, invoice_id text, received date, amount double, kind text)"
        )
    run = {
        "entity": "X",
        "currency": "EUR",
        "as_of": "2026-10-31",
        "source": {"kind": "duckdb", "path": "ledger.duckdb"},
    }
    file = tmp_path / "run.yaml"
    file.write_text(yaml.safe_dump(run | {"tables": {"invoices": {"formats": {"zone": "Europe/Berlin"}}}}))
    try:
        assert Book.open(file).invoices["issued"].tolist() == [pd.Timestamp("2026-10-21")]
        file.write_text(yaml.safe_dump(run))
        with pytest.raises(InputError, match="zone"):
            Book.open(file)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_zone_must_be_one():
    with pytest.raises(ValueError, match="time zone"):
        Formats(zone="Berlin")


AMOUNTS = {
    "1.190,00-": (-1190.0, ",", "."), "(50.00)": (-50.0, ".", ""), "−700.5": (-700.5, ".", ""),
    "1\u00a0234,50": (1234.5, ",", " "), "1\u202f234,50": (1234.5, ",", " "), "1'234.50": (1234.5, ".", "'"),
    "1’234.50": (1234.5, ".", "'"), "1,23,456.00": (123456.0, ".", ","),
}  # fmt: skip


def amount_of(text: str, decimal: str, thousands: str):
    frame = pd.DataFrame({"receipt_id": ["R", "S"], "amount": [text, "7"]}, dtype="str")
    raw = RawTable("receipts", "x", frame, Formats(decimal=decimal, thousands=thousands))
    found, problems = typed(raw)
    return found["amount"].tolist(), [one.value for one in problems if "a number is expected" in one.allowed]


@pytest.mark.parametrize("text", AMOUNTS)
def test_amounts_are_read_by_the_stated_marks_wherever_their_minus_stands(text):
    value, decimal, thousands = AMOUNTS[text]
    assert amount_of(text, decimal, thousands) == ([value, 7.0], [])


@pytest.mark.parametrize(
    "text", ["$4,235.00", "€ 100.00", "100.00 EUR", "1,2,345.00", "12,34.00", "(5", "--5", "-5-", "-"]
)
def test_what_is_no_number_by_itself_is_a_problem(text):
    assert amount_of(text, ".", ",")[1] == [text]


def test_what_stands_for_nothing_is_empty_where_it_is_stated(ledger):
    ledger.write(
        "limits", "buyer_id,source,amount,valid_from,valid_to\nB1,own,5,2024-01-01,NULL\nB2,own,6,2024-01-01,n/a\n"
    )
    with pytest.raises(InputError, match="found 'NULL'") as refused:
        Book.open(ledger.run_file)
    assert 'formats: {empty: ["NULL", "n/a"]}' in str(refused.value)
    run = ledger.run(tables={"limits": {"formats": {"empty": ["NULL", "n/a", "00.00.0000"]}}})
    assert Book.open(run).limits["valid_to"].isna().all()


@pytest.mark.parametrize("end", ["9999-12-31", "31.12.9999"])
def test_the_end_of_time_is_no_end(end):
    frame = pd.DataFrame(
        {"buyer_id": ["B"], "source": ["own"], "amount": ["1"], "valid_from": ["2026-01-01"], "valid_to": [end]}
    )
    found, problems = typed(RawTable("limits", "x", frame.astype("str")))
    assert problems == [] and found["valid_to"].isna().all()


LINES = """invoice_id,buyer_id,issued,due,currency,amount,tax
I1,B1,2024-01-10,2024-02-09,EUR,"1.000,00","160,00"
I2,B1,2024-02-12,2024-03-13,EUR,"500,50",
I1,B1,2024-01-10,2024-02-09,EUR,"1.000,00","160,00"
I1,B1,2024-01-10,2024-02-09,EUR,"-250,00","-40,00"
"""
MARKS = {"decimal": ",", "thousands": "."}


def test_lines_of_one_invoice_are_added_up_where_the_run_says_so(ledger):
    # reading.md 7: two lines over 1,000 and a discount of 250, of which 280 are tax.
    ledger.write("invoices", LINES)
    ledger.write("receipts", "receipt_id,invoice_id,received,amount,kind\n")
    book = Book.open(ledger.run(tables={"invoices": {"formats": MARKS, "combine": "sum"}}))
    invoices = book.invoices.set_index("invoice_id")
    assert invoices["amount"].to_dict() == {"I1": 1750.0, "I2": 500.5}
    assert invoices["tax"].fillna(-1).to_dict() == {"I1": 280.0, "I2": -1}
    notes = book.notes.set_index("rule")["rows"]
    assert notes["rows that are parts of another one of invoices: their amounts are added up"] == 2


LEDGER_LINES = """doc,customer,day,due,type,amount,applies_to
I1,B1,2024-01-10,2024-02-09,invoice,1000.00,
P1,B1,2024-02-01,,payment,-400.00,I1
C1,B1,2024-02-02,,credit memo,100.00-,I1
A1,B1,2024-02-03,,payment,(30.00),
"""


def test_payments_and_credits_that_stand_as_negative_lines_are_receipts(ledger):
    # reading.md 8: one file mapped to two tables by the sign of its lines.
    ledger.write("lines", LEDGER_LINES)
    names = {"buyer_id": "customer", "issued": "day"}
    kinds = {"kind": {"payment": "payment", "credit memo": "credit_note"}}
    settling = {
        "receipt_id": "doc",
        "invoice_id": "applies_to",
        "buyer_id": "customer",
        "received": "day",
        "kind": "type",
    }
    book = Book.open(ledger.run(tables={
        "invoices": {"file": "lines.csv", "sign": "positive", "columns": names | {"invoice_id": "doc"},
                     "constants": {"currency": "EUR"}},
        "receipts": {"file": "lines.csv", "sign": "negative", "columns": settling, "values": kinds},
    }))  # fmt: skip
    assert book.invoices[["invoice_id", "amount"]].to_numpy().tolist() == [["I1", 1000.0]]
    assert book.receipts[["invoice_id", "amount", "kind"]].fillna("").to_numpy().tolist() == [
        ["I1", 400.0, "payment"], ["I1", 100.0, "credit_note"], ["", 30.0, "payment"],
    ]  # fmt: skip
    assert open_items(book)["open_amount"].tolist() == [500]
    assert on_account(book).loc["B1", "on_account"] == 30
    told = {(row.table, row.rule): row.rows for row in book.notes.itertuples()}
    assert told["invoices", "left out: amount is not positive"] == 3
    assert told["receipts", "left out: amount is not negative"] == 1


def test_repeated_ids_offer_the_way_that_fits(ledger):
    ledger.write("receipts", "receipt_id,invoice_id,received,amount,kind\n")
    told = {}
    for name, last in (("parts", "I1,B1,2024-01-10,2024-02-09,EUR,7,"), ("alike", "I1,B1,2024-01-10,2024-02-09,EUR,5,"),
                       ("apart", "I1,B2,2024-01-10,2024-02-19,EUR,5,")):  # fmt: skip
        ledger.write("invoices", LINES.splitlines()[0] + f"\nI1,B1,2024-01-10,2024-02-09,EUR,5,\n{last}\n")
        with pytest.raises(InputError) as refused:
            Book.open(ledger.run_file)
        told[name] = str(refused.value)
    assert "state `combine: sum` (tables.invoices)" in told["parts"]
    assert "state `distinct: true` (tables.invoices)" in told["alike"]
    assert "the rows contradict each other in buyer_id, due: correct them" in told["apart"]


def test_lines_that_contradict_each_other_are_not_added_up(ledger):
    ledger.write("invoices", LINES.replace('EUR,"-250,00"', 'GBP,"-250,00"'))
    ledger.write("receipts", "receipt_id,invoice_id,received,amount,kind\n")
    with pytest.raises(InputError) as refused:
        Book.open(ledger.run(tables={"invoices": {"formats": MARKS, "combine": "sum"}}))
    assert "contradict each other in currency" in str(refused.value)
    with pytest.raises(ParameterError) as refused:
        Book.open(ledger.run(tables={"invoices": {"combine": "sum", "distinct": True}}))
    assert "state one of them" in str(refused.value)
