"""The book: read, checked, translated, frozen, and seen as of a date."""

from datetime import date

import duckdb
import pandas as pd
import pytest

from tradecredit.book.book import Book
from tradecredit.book.places import named, places
from tradecredit.book.schema import TABLES
from tradecredit.errors import InputError, ParameterError
from tradecredit.measure.limits_in_force import amounts_on, limits_in_force


def test_a_folder_of_csv_files_becomes_typed_tables(ledger):
    book = Book.open(ledger.run_file)
    assert book.invoices["invoice_id"].tolist() == ["I1", "I2", "I3", "I4"]
    assert book.invoices["issued"].tolist()[0] == pd.Timestamp("2024-01-10")
    for name, table in TABLES.items():
        assert list(getattr(book, name).columns) == table.names
    assert not book.has("statements")
    assert book.has("receipts")


def test_foreign_amounts_are_translated_at_the_last_rate_on_or_before_issue(ledger):
    book = Book.open(ledger.run_file)
    # I3 was issued on 2024-02-20, between the rates of 1 January (1.15) and 1 March (1.20); its credit note follows it.
    assert book.invoices.set_index("invoice_id").loc["I3", "amount"] == pytest.approx(200 * 1.15)
    assert book.receipts.set_index("receipt_id").loc["R3", "amount"] == pytest.approx(50 * 1.15)


def test_nothing_known_later_is_in_the_book(ledger):
    ledger.write("disputes", "invoice_id,opened,closed,amount\nI1,2024-02-15,2024-03-30,100\nI4,2024-03-20,,50\n")
    ledger.write("defaults", "buyer_id,date,kind,debt,recovered\nB2,2024-03-22,insolvency,200,10\n")
    ledger.write("limits", "buyer_id,source,amount,valid_from,valid_to\nB1,own,900,2024-03-02,\n")
    book = Book.open(ledger.run_file, as_of="2024-02-29")
    assert book.invoices["invoice_id"].tolist() == ["I1", "I2", "I3"]
    assert book.receipts["receipt_id"].tolist() == ["R1"]
    assert book.disputes["invoice_id"].tolist() == ["I1"]
    assert book.disputes["closed"].isna().all()
    assert book.defaults.empty
    assert book.limits.empty


def test_deleting_later_rows_changes_neither_tables_nor_fingerprint(ledger):
    before = Book.open(ledger.run_file, as_of="2024-02-29")
    ledger.replace("invoices", "I4,B3,2024-03-05,2024-04-04,EUR,300.00\n", "")
    ledger.replace("receipts", "R2,I1,2024-03-20,400.00,payment\nR3,I3,2024-03-25,50.00,credit_note\n", "")
    after = Book.open(ledger.run_file, as_of="2024-02-29")
    assert after.fingerprint == before.fingerprint
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(before, name), getattr(after, name))


def test_at_an_earlier_day_equals_opening_on_that_day(ledger):
    opened = Book.open(ledger.run_file, as_of="2024-02-29")
    seen = Book.open(ledger.run_file).at("2024-02-29")
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(opened, name), getattr(seen, name))
    with pytest.raises(ValueError, match="which is before 2025"):
        seen.at("2025-01-01")


def test_an_earlier_day_seen_from_a_day_between_is_the_same_book(ledger):
    ledger.add("fx", "2024-01-05,JPY,0.0065\n2024-02-10,JPY,0.0061\n2024-03-20,JPY,0.006\n")
    ledger.write("limits", LIMITS + "B1,insurer,1000000,JPY,2020-01-01,\nB2,own,700,GBP,2024-01-01,\n")
    book = Book.open(ledger.run_file)
    direct, between = book.at("2024-01-31"), book.at("2024-02-29").at("2024-01-31")
    assert between.fingerprint == direct.fingerprint
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(between, name), getattr(direct, name), check_exact=True)


def test_an_override_without_a_day_since_which_it_holds_is_not_known_on_an_earlier_day(book_of):
    overrides = "buyer_id,limit,reason,by,since\nA,10,seen,X,\nB,20,seen,X,2025-01-05\n"
    invoices = "invoice_id,buyer_id,issued,due,amount\n1,A,2025-01-01,2025-02-01,5\n2,B,2025-01-01,2025-02-01,5\n"
    book = book_of("2025-03-31", invoices=invoices, overrides=overrides)
    assert book.overrides["buyer_id"].tolist() == ["A", "B"]
    assert book.at("2025-03-31").overrides["buyer_id"].tolist() == ["A", "B"]
    assert book.at("2025-03-30").overrides["buyer_id"].tolist() == ["B"]
    assert book.at("2025-01-04").overrides.empty


def test_what_is_recovered_is_what_was_known_by_the_date(ledger):
    ledger.write(
        "defaults",
        "buyer_id,date,kind,debt,recovered,resolved\n"
        "B1,2024-02-25,insolvency,1500,450,\nB2,2024-02-26,insolvency,200,80,2024-03-20\n",
    )
    assert Book.open(ledger.run_file, as_of="2024-03-05").defaults["recovered"].isna().all()
    ledger.add("receipts", "R4,I2,2024-03-10,100.00,recovery\nR5,I2,2024-03-30,350.00,recovery\n")
    assert Book.open(ledger.run_file, as_of="2024-03-05").defaults["recovered"].isna().all()
    assert Book.open(ledger.run_file, as_of="2024-03-15").defaults["recovered"].tolist() == [100.0, 0.0]
    assert Book.open(ledger.run_file, as_of="2024-03-31").defaults["recovered"].tolist() == [450.0, 80.0]


def test_the_fingerprint_is_of_the_content_not_of_files_or_order(ledger):
    first = Book.open(ledger.run_file)
    file = ledger.folder / "data" / "invoices.csv"
    header, *lines = file.read_text().splitlines(keepends=True)
    ledger.write("invoices", header + "".join(reversed(lines)))
    assert Book.open(ledger.run_file).fingerprint == first.fingerprint
    with duckdb.connect(str(ledger.folder / "book.duckdb")) as connection:
        for name in ("buyers", "invoices", "receipts", "fx"):
            frame = pd.read_csv(ledger.folder / "data" / f"{name}.csv")  # noqa: F841 - read by the query
            connection.execute(f"create table {name} as select * from frame")
    run_file = ledger.run(source={"kind": "duckdb", "path": "book.duckdb"})
    assert Book.open(run_file).fingerprint == first.fingerprint
    ledger.run(source={"kind": "folder", "path": "data"})
    ledger.replace("invoices", "300.00", "300.01")
    assert Book.open(ledger.run_file).fingerprint != first.fingerprint


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx"])
def test_parquet_and_excel_read_as_csv_does(ledger, suffix):
    first = Book.open(ledger.run_file)
    for name in ("buyers", "invoices", "receipts"):
        file = ledger.folder / "data" / f"{name}.csv"
        frame = pd.read_csv(file, parse_dates=[c for c in ("issued", "due", "received") if c in file.read_text()])
        file.unlink()
        write = frame.to_parquet if suffix == ".parquet" else frame.to_excel
        write(file.with_suffix(suffix), index=False)
    assert Book.open(ledger.run_file).fingerprint == first.fingerprint


def test_days_of_parquet_files_are_days(ledger):
    frames = {name: pd.read_csv(ledger.folder / "data" / f"{name}.csv") for name in ("invoices", "receipts")}
    for name, frame in frames.items():
        (ledger.folder / "data" / f"{name}.csv").unlink()
        for column in frame.columns.intersection(["issued", "due", "received"]):
            frame[column] = pd.to_datetime(frame[column]).dt.date  # Arrow's date32
        frame.to_parquet(ledger.folder / "data" / f"{name}.parquet", index=False)
    assert Book.open(ledger.run_file).invoices["issued"].iloc[0] == pd.Timestamp(frames["invoices"]["issued"].iloc[0])
    frames["invoices"].loc[0, "issued"] = date(1900, 1, 1)
    frames["invoices"].to_parquet(ledger.folder / "data" / "invoices.parquet", index=False)
    with pytest.raises(InputError, match="issued: found '1900-01-01'; a date between 1950 and 2100"):
        Book.open(ledger.run_file)


def test_one_export_with_buyer_invoice_and_settlement_in_a_row(ledger):
    ledger.write(
        "export",
        "Customer;Doc;Date;Net days;Gross;Paid on;Status\n"
        "B1;1;05.01.2024;30;1.000,50;10.02.2024;paid\n"
        "B1;2;15.01.2024;30;250,00;;open\n"
        "B2;3;01.02.2024;60;99,90;;void\n",
    )
    formats = {"dates": "%d.%m.%Y", "decimal": ",", "thousands": ".", "separator": ";"}
    common = {"file": "export.csv", "formats": formats, "where": {"Status": ["paid", "open"]}}
    ledger.run(
        tables={
            "buyers": {**common, "columns": {"buyer_id": "Customer"}, "distinct": True},
            "invoices": {
                **common,
                "columns": {
                    "invoice_id": "Doc",
                    "buyer_id": "Customer",
                    "issued": "Date",
                    "terms_days": "Net days",
                    "amount": "Gross",
                },
                "constants": {"currency": "EUR"},
            },
            "receipts": {
                **common,
                "columns": {"receipt_id": "Doc", "invoice_id": "Doc", "received": "Paid on", "amount": "Gross"},
                "constants": {"kind": "payment"},
                "filled": ["Paid on"],
            },
        }
    )
    book = Book.open(ledger.run_file)
    assert book.buyers["buyer_id"].tolist() == ["B1"]
    assert book.invoices["due"].tolist() == [pd.Timestamp("2024-02-04"), pd.Timestamp("2024-02-14")]
    assert book.invoices["amount"].tolist() == [1000.5, 250.0]
    assert book.receipts["amount"].tolist() == [1000.5]
    notes = book.notes.set_index(["table", "rule"])["rows"]
    assert notes["invoices", "left out: Status is not paid or open"] == 1
    assert notes["buyers", "left out: the row repeats another one"] == 1
    assert notes["receipts", "left out: Paid on is empty"] == 1
    assert notes["buyers", "kind is not stated: taken as private"] == 1


def test_a_country_code_that_looks_like_a_missing_value_stays(ledger):
    ledger.replace("buyers", "DE", "NA")  # Namibia
    assert Book.open(ledger.run_file).buyers["country"].tolist()[0] == "NA"


def test_bom_latin_1_and_decimal_commas_are_readable_by_stated_options(ledger):
    ledger.replace("buyers", "buyer_id,name", "\ufeffbuyer_id,name")
    invoices = (ledger.folder / "data" / "invoices.csv").read_text()
    ledger.write("invoices", invoices.replace(",", ";").replace(".", ","))
    ledger.replace("receipts", "payment", "Überweisung", encoding="latin-1")
    ledger.run(
        tables={
            "invoices": {"formats": {"separator": ";", "decimal": ","}},
            "receipts": {"formats": {"encoding": "latin-1"}, "values": {"kind": {"Überweisung": "payment"}}},
        }
    )
    book = Book.open(ledger.run_file)
    assert book.invoices["amount"].tolist()[1] == 500.5
    assert book.receipts["kind"].tolist() == ["payment", "payment", "credit_note"]


SPOILED = {
    "text in an amount": ("invoices", "500.50", "lots", ["row 3", "amount", "'lots'", "a number"]),
    "an amount with a comma": ("invoices", "500.50", '"500,50"', ["row 3", "'500,50'", "decimal"]),
    "31 February": ("invoices", "2024-02-12", "2024-02-31", ["row 3", "issued", "'2024-02-31'"]),
    "a missing column": ("invoices", "due", "payable", ["row 1", "due", "missing", "columns"]),
    "a missing value": ("invoices", "B2", "", ["row 4", "buyer_id", "is empty"]),
    "an unknown invoice": ("receipts", "R2,I1", "R2,I9", ["row 3", "invoice_id", "'I9'"]),
    "an unknown buyer": ("invoices", "B2", "B9", ["row 4", "buyer_id", "'B9'"]),
    "a repeated key": ("invoices", "I2,", "I1,", ["row 3", "invoice_id", "'I1'", "unique"]),
    "an unknown currency": ("invoices", "GBP", "XYZ", ["row 4", "currency", "XYZ", "no rate"]),
    "a negative amount": ("invoices", ",300.00", ",-300.00", ["row 5", "-300", "credit_note"]),
    "due before issue": ("invoices", "2024-04-04", "2024-03-04", ["row 5", "due", "before issued"]),
    "paid before issue": ("receipts", "2024-02-20", "2024-01-02", ["row 2", "received", "before"]),
    "too much written off": (
        "receipts",
        "400.00,payment",
        "400.02,write_off",
        ["row 3", "400.02 on invoice I1", "more than"],
    ),
    "a kind that is not one": ("receipts", "credit_note", "CN", ["row 4", "kind", "'CN'", "values"]),
    "a wrong separator": ("invoices", ",", ";", ["separated by ';'", "separator"]),
    "a torn line": ("invoices", ",EUR,1000.00", "", ["row 2", "4 fields", "6"]),
    "an endless quote": ("buyers", "Birch", '"Birch', ["buyers.csv", "CSV"]),
    "a column twice": ("buyers", "sector", "name", ["buyers.csv", "name", "twice"]),
}


@pytest.mark.parametrize("what", SPOILED)
def test_bad_data_is_named_with_place_value_and_remedy(ledger, what):
    table, old, new, expected = SPOILED[what]
    ledger.replace(table, old, new)
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    message = str(caught.value)
    for part in (*expected, "Remedy"):
        assert part in message
    assert not list((ledger.folder.parent / "cache").glob("books/*.arrow"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", "is empty"), ("invoice_id,buyer_id,issued,due,currency,amount\n", "holds no rows of invoices")],
)
def test_a_compulsory_table_must_hold_rows(ledger, text, expected):
    ledger.write("invoices", text)
    with pytest.raises(InputError, match=expected):
        Book.open(ledger.run_file)


def test_tax_lies_within_the_amount(ledger):
    ledger.write("invoices", "invoice_id,buyer_id,issued,due,currency,amount,tax\n"
                 "I1,B1,2024-01-10,2024-02-09,EUR,1000,190\nI3,B2,2024-02-20,2024-03-21,EUR,200,200.02\n")  # fmt: skip
    ledger.write("receipts", "receipt_id,invoice_id,received,amount,kind\n")
    with pytest.raises(InputError, match=r"invoices.csv, row 3, tax: found '200.02'; is more than the amount"):
        Book.open(ledger.run_file)


def test_text_in_another_encoding_names_the_row_and_the_option(ledger):
    ledger.replace("buyers", "Birch", "Bärk", encoding="latin-1")
    with pytest.raises(InputError, match=r"buyers.csv, row 3: is not utf-8 text.*encoding: latin-1"):
        Book.open(ledger.run_file)


def test_all_problems_of_all_tables_are_told_at_once(ledger):
    ledger.replace("invoices", "2024-03-05,2024-04-04,EUR,300.00", "soon,2024-04-04,EUR,lots")
    ledger.replace("receipts", "600.00", "-1")
    (ledger.folder / "data" / "buyers.csv").unlink()
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    files = [problem.file for problem in caught.value.problems]
    assert {"buyers.csv", "invoices.csv", "receipts.csv"} <= set(files)
    assert {"lots", "soon", "-1"} <= {problem.value for problem in caught.value.problems}


def test_rows_with_the_same_unknown_key_or_currency_are_one_problem(ledger):
    (ledger.folder / "data" / "fx.csv").unlink()
    invoices = (ledger.folder / "data" / "invoices.csv").read_text(encoding="utf-8")
    ledger.write("invoices", invoices.replace(",B1,", ",B9,").replace(",EUR,", ",USD,"))
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    found = [(problem.row, problem.value, problem.others) for problem in caught.value.problems]
    assert found == [(2, "B9", 1), (2, "USD on 2024-01-10", 2), (4, "GBP on 2024-02-20", 0)]


def test_rows_that_refer_to_a_table_without_rows_are_no_further_problems(ledger):
    ledger.write("invoices", "invoice_id,buyer_id,issued,due,currency,amount\n")
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    assert [(problem.file, problem.allowed) for problem in caught.value.problems] == [
        ("invoices.csv", "holds no rows of invoices")
    ]


def test_a_rate_that_is_too_old_for_its_day_is_a_problem(ledger):
    ledger.write("fx", "date,currency,rate\n2019-06-30,GBP,1.12\n")
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    # From 30 June 2019 to 20 February 2024: 1,696 days.
    assert str(caught.value) == (
        "invoices.csv, row 4, currency: found 'GBP on 2024-02-20'; the last rate to EUR by then is up to 1,696 days "
        "old; at most 62 are allowed. Remedy: add newer rates to the fx table, or state how old one may be "
        "(oldest_rate_days)."
    )
    ledger.run(oldest_rate_days=1_695)
    with pytest.raises(InputError, match="up to 1,696 days old; at most 1695 are allowed"):
        Book.open(ledger.run_file)
    # What is open stands at the rate of 31 March, 40 days later.
    ledger.run(oldest_rate_days=1_735)
    with pytest.raises(InputError, match="found 'GBP on 2024-03-31'; the last rate to EUR by then is up to 1,736 days"):
        Book.open(ledger.run_file)
    ledger.run(oldest_rate_days=1_736)
    assert Book.open(ledger.run_file).invoices["amount"].tolist()[2] == pytest.approx(224)


CLOSING = "receipt_id,invoice_id,received,amount,currency,kind\nR,I3,{receipt}\n"


@pytest.mark.parametrize(
    ("receipt", "asks"),
    [
        ("2024-03-25,199.70,GBP,payment", True),  # 0.30 of 200 are more than dust
        ("2024-03-25,199.80,GBP,payment", False),
        ("2024-03-25,226,EUR,payment", False),  # at 1.15 GBP 196.52, within 2 % of 200
        ("2024-03-25,225,EUR,payment", True),  # GBP 195.65
        ("2024-04-01,230,EUR,payment", True),  # after the day of the report
    ],
)
def test_the_rate_at_which_open_items_stand_may_not_be_too_old_either(ledger, receipt, asks):
    # On the day of issue the rate is 50 days old, on that of the receipt 84, on 31 March 90.
    ledger.write("fx", "date,currency,rate\n2024-01-01,GBP,1.15\n")
    ledger.write("receipts", CLOSING.format(receipt=receipt))
    ledger.run(oldest_rate_days=89)
    if not asks:
        assert Book.open(ledger.run_file).has("fx")
        return
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    assert [problem.file for problem in caught.value.problems] == ["invoices.csv"]
    assert str(caught.value) == (
        "invoices.csv, row 4, currency: found 'GBP on 2024-03-31'; the last rate to EUR by then is up to 90 days old; "
        "at most 89 are allowed. Remedy: add newer rates to the fx table, or state how old one may be "
        "(oldest_rate_days)."
    )


LIMITS = "buyer_id,source,amount,currency,valid_from,valid_to\n"


def test_a_limit_is_read_in_its_currency_and_stands_at_the_rate_of_the_day(ledger):
    ledger.add("fx", "2024-01-05,JPY,0.0065\n2024-03-20,JPY,0.006\n")
    ledger.write(
        "limits", LIMITS + "B1,insurer,1000000,JPY,2020-01-01,\nB2,own,700,EUR,2024-01-01,\nB3,own,50,,2024-01-01,\n"
    )
    book = Book.open(ledger.run_file)
    assert book.limits["amount"].tolist() == pytest.approx([6_000, 700, 50])
    assert limits_in_force(book)["insurer"]["B1"] == pytest.approx(6_000)
    notes = book.notes.set_index("rule")["rows"]
    assert notes["translated to EUR at the last rate"] == 1
    assert not notes.index.str.contains("not used").any()
    # In February it was JPY 1,000,000 too, at the rate of then; as of 2 January, before the first rate, at that one.
    assert limits_in_force(book.at("2024-02-29"))["insurer"]["B1"] == pytest.approx(6_500)
    assert limits_in_force(Book.open(ledger.run_file, as_of="2024-02-29"))["insurer"]["B1"] == pytest.approx(6_500)
    assert amounts_on(book, pd.Timestamp("2024-02-29"))[0].tolist()[1] == pytest.approx(6_500)
    assert limits_in_force(book.at("2024-01-02"))["insurer"]["B1"] == pytest.approx(6_500)


@pytest.mark.parametrize(
    ("rates", "row", "message"),
    [
        ("", "JPY,2024-01-01,", "JPY on 2024-03-31'; has no rate to EUR"),
        ("2024-01-15,JPY,0.006\n", "JPY,2024-01-01,", "up to 76 days old"),
        ("", "JPY,2023-01-01,2023-12-31", None),  # is over, and translates nothing today
    ],
)
def test_a_limit_in_force_needs_a_rate_of_today(ledger, rates, row, message):
    ledger.add("fx", rates)
    ledger.write("limits", f"{LIMITS}B1,insurer,1000000,{row}\n")
    if message is None:
        assert limits_in_force(Book.open(ledger.run_file)).empty
        return
    with pytest.raises(InputError, match=message):
        Book.open(ledger.run_file)


def test_a_missing_file_is_not_sought_among_those_of_other_tables(ledger):
    data = ledger.folder / "data"
    ledger.write("disputes", "invoice_id,opened\nI1,2024-03-01\n")
    (data / "receipts.csv").unlink()
    with pytest.raises(InputError, match=r"this file of receipts is missing.*Remedy: add it"):
        Book.open(ledger.run_file)
    ledger.write("receipt", "")
    with pytest.raises(InputError, match=r"rename 'receipt\.csv'"):
        Book.open(ledger.run_file)


def test_an_override_has_a_grade_of_the_scale(ledger):
    ledger.write(
        "overrides", "buyer_id,grade,reason,by\nB1,11,told by telephone,AB\nB2,7.5,visited,AB\nB3,7,visited,AB\n"
    )
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    assert [(problem.row, problem.value) for problem in caught.value.problems] == [(2, "11"), (3, "7.5")]
    assert "a whole grade from 1 (best) to 10" in str(caught.value)


@pytest.mark.parametrize("fx", [None, "date,currency,rate\n"], ids=["no fx table", "an empty fx table"])
def test_a_foreign_currency_without_any_rates(ledger, fx):
    (ledger.folder / "data" / "fx.csv").unlink()
    if fx:
        ledger.write("fx", fx)
    with pytest.raises(InputError, match=r"row 4, currency: found 'GBP on 2024-02-20'; has no rate to EUR"):
        Book.open(ledger.run_file)


def test_a_ledger_in_which_nobody_has_paid(ledger):
    ledger.write("receipts", "receipt_id,invoice_id,received,amount,kind\n")
    book = Book.open(ledger.run_file)
    assert book.receipts.empty
    assert "none by then: nothing is taken as paid" in book.notes["rule"].tolist()


@pytest.mark.parametrize("file", ["buyers.parquet", "buyers.xlsx", "buyers.doc"])
def test_a_file_that_cannot_be_read_is_a_problem(ledger, file):
    (ledger.folder / "data" / file).write_bytes(b"no table at all")
    ledger.run(tables={"buyers": {"file": file}})
    with pytest.raises(InputError, match=rf"{file}: cannot be read"):
        Book.open(ledger.run_file)


def test_text_files_of_other_endings_are_read_as_csv(ledger):
    first = Book.open(ledger.run_file)
    data = ledger.folder / "data"
    (data / "buyers.csv").rename(data / "buyers.txt")
    assert Book.open(ledger.run_file).fingerprint == first.fingerprint


@pytest.mark.parametrize("amount", ["1000.00", "1.00,5", "10.00", "1,000.00"])
def test_thousands_marks_stand_before_three_digits(ledger, amount):
    ledger.run(tables={"invoices": {"formats": {"decimal": ",", "thousands": "."}}})
    invoices = (ledger.folder / "data" / "invoices.csv").read_text().replace("1000.00", "1.000")
    invoices = invoices.replace("500.50", '"500,50"').replace("300.00", "300")
    ledger.write("invoices", invoices.replace("200.00", f'"{amount}"'))
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    assert amount in [problem.value for problem in caught.value.problems]


def test_two_files_of_one_name_are_told_apart(ledger):
    (ledger.folder / "data" / "ar").mkdir()
    ledger.write("ar/invoices", (ledger.folder / "data" / "invoices.csv").read_text())
    ledger.run(tables={"invoices": {"file": "ar/invoices.csv"}})
    first = Book.open(ledger.run_file)
    assert "ar/invoices.csv" in first.files
    ledger.write("ar/invoices", (ledger.folder / "data" / "invoices.csv").read_text().replace("300.00", "900.00"))
    assert Book.open(ledger.run_file).fingerprint != first.fingerprint


def test_many_rows_with_one_problem_are_counted_not_listed(ledger):
    rows = "".join(f"X{n},B1,2024-01-10,2024-02-09,EUR,oops\n" for n in range(50))
    ledger.add("invoices", rows)
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    amounts = [problem for problem in caught.value.problems if problem.column == "amount"]
    assert len(amounts) == 10
    assert amounts[-1].others == 40
    assert "and 40 more rows" in str(caught.value)


def test_a_book_needs_an_invoice_by_the_as_of_date(ledger):
    with pytest.raises(InputError, match="the first is of 2024-01-10"):
        Book.open(ledger.run_file, as_of="2023-12-31")


def test_a_table_that_the_run_file_names_must_be_there(ledger):
    ledger.run(tables={"limits": {"file": "lmits.csv"}, "invoices": {"columns": {"issud": "x", "amount": "Betrag"}}})
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    message = str(caught.value)
    assert "lmits.csv" in message
    assert "did you mean 'issued'" in message
    assert "Betrag" in message
    assert "invoice_id, buyer_id" in message


def test_a_source_that_is_not_there_is_a_problem_of_the_run_file(ledger):
    ledger.run(source={"kind": "folder", "path": "nowhere"})
    with pytest.raises(InputError, match=r"source.path.*nowhere"):
        Book.open(ledger.run_file)
    ledger.run(source={"kind": "duckdb", "path": "data/buyers.csv"})
    with pytest.raises(InputError, match="not a DuckDB file"):
        Book.open(ledger.run_file)


def test_a_wrong_date_argument_is_a_parameter_error(ledger):
    with pytest.raises(ParameterError, match="as_of"):
        Book.open(ledger.run_file, as_of="2024-02-31")


def test_places():
    names = pd.Series(["x", "z", None, "y"], dtype="str")
    assert places(names, pd.Series(["y", "x"], dtype="str")).tolist() == [1, -1, -1, 0]
    assert places(names.head(0), names.dropna()).tolist() == []
    assert places(names.dropna(), names.head(0)).tolist() == [-1, -1, -1]


def test_named():
    names = pd.Series(["x", "z", "x"], dtype="str")
    assert named(names, pd.Series(["y", "x"], dtype="str")).tolist() == [False, True]
    assert named(names.head(0), names.head(2)).tolist() == [False, False]


def test_rows_know_the_place_of_what_they_belong_to(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\n1,B,2025-01-01,2025-02-01,5\n2,A,2025-03-01,2025-04-01,5\n"
    receipts = "invoice_id,received,amount,kind\n2,2025-01-20,5,payment\n1,2025-01-25,5,payment\n"
    book = book_of("2025-04-30", invoices=invoices, receipts=receipts, buyers="buyer_id,kind\nA,private\nB,private\n")
    assert book.buyer_of_invoice.tolist() == [1, 0]
    assert book.invoice_of_receipt.tolist() == [1, 0]
    # What was paid before the second invoice is known belongs to none.
    before = book.at("2025-01-31")
    assert before.buyer_of_invoice.tolist() == [1]
    assert before.invoice_of_receipt.tolist() == [-1, 0]


def test_a_day_that_is_a_constant_is_read_whatever_way_the_file_writes_its_days(ledger):
    ledger.write("shareholders", "owner_id,company,share,until\nB1,B2,0.6,31.12.2030\n")
    mapping = {
        "file": "shareholders.csv", "columns": {"owned_id": "company"}, "formats": {"dates": "%d.%m.%Y"},
        "constants": {"since": date(2020, 1, 2)},
    }  # fmt: skip
    stakes = Book.open(ledger.run(tables={"ownership": mapping})).ownership
    assert stakes[["since", "until"]].iloc[0].tolist() == [pd.Timestamp("2020-01-02"), pd.Timestamp("2030-12-31")]


def test_promises_and_reminders_are_read_from_mapped_tables_at_the_rates_of_their_invoices(ledger):
    ledger.write(
        "promises", "buyer_id,invoice_id,made,date,amount,kind\nB2,I3,2024-03-22,2024-04-05,100,payment\n"
        "B1,,2024-03-25,2024-04-10,80,\nB1,I2,2024-04-02,2024-04-20,50,instalment\n"
    )  # fmt: skip
    ledger.write("mahnungen", "Beleg;Stufe;Datum\nI2;friendly reminder;20.03.2024\n")
    ledger.run(
        tables={
            "reminders": {
                "file": "mahnungen.csv",
                "columns": {"invoice_id": "Beleg", "stage": "Stufe", "sent": "Datum"},
                "formats": {"dates": "%d.%m.%Y", "separator": ";"},
            }
        }
    )
    book = Book.open(ledger.run_file)
    # 100 GBP at 1.15, the rate of the invoice's day; in euros on account; what is promised in April is not known yet.
    assert book.promises["amount"].tolist() == pytest.approx([115.0, 80.0])
    assert book.reminders.loc[0, ["invoice_id", "stage", "sent"]].tolist() == [
        "I2", "friendly reminder", pd.Timestamp("2024-03-20"),
    ]  # fmt: skip
    assert book.at("2024-03-23").promises["buyer_id"].tolist() == ["B2"]
    ledger.write("promises", "buyer_id,invoice_id,made,date,amount\nB9,I9,2024-03-22,2024-03-05,100\n")
    with pytest.raises(InputError) as refused:
        Book.open(ledger.run_file)
    assert {problem.column for problem in refused.value.problems} == {"buyer_id", "invoice_id", "date"}


def test_a_promise_that_does_not_tell_when_it_was_made_is_known_of_past_days_from_its_day_on(ledger):
    ledger.write("promises", "buyer_id,invoice_id,date,amount\nB2,I3,2024-03-22,100\nB1,,2024-05-10,80\n")
    book = Book.open(ledger.run())
    assert book.promises["made"].isna().tolist() == [True, True]
    assert book.notes.set_index("table")["rows"]["promises"] == 2
    assert [len(book.at(day).promises) for day in ("2024-03-31", "2024-03-22", "2024-03-21")] == [2, 1, 0]


def test_planned_flows_of_cash_are_read_as_they_were_planned_by_the_day(ledger):
    ledger.write(
        "cash_plan", "date,amount,kind,planned_on\n2024-04-30,-500,payroll,\n2024-05-02,90,grant,2024-03-30\n"
        "2024-05-09,-70,tax,2024-04-15\n"
    )  # fmt: skip
    plan = Book.open(ledger.run()).cash_plan
    assert plan[["amount", "kind"]].to_numpy().tolist() == [[-500.0, "payroll"], [90.0, "grant"]]
    assert Book.open(ledger.run_file).at("2024-03-29").cash_plan["kind"].tolist() == ["payroll"]
    row = "2024-04-30,-500,payroll,\n"
    ledger.write("cash_plan", f"date,amount,kind,planned_on\n{row}{row}2024-13-01,x,tax,\n2024-05-09,-70,,2024-06-15\n")
    with pytest.raises(InputError) as refused:
        Book.open(ledger.run_file)
    columns = [problem.column for problem in refused.value.problems]
    assert {"date", "amount", "kind"} <= set(" ".join(map(str, columns)).replace(",", " ").split())


def test_what_the_insurer_answered_is_known_from_its_day(ledger):
    ledger.write(
        "claims", "claim_id,buyer_id,policy,filed,amount,answered,answer\nK1,B1,own,2024-02-01,900,2024-03-05,in part\n"
        "K2,B2,own,2024-03-20,200,2024-04-20,refused\n"
    )  # fmt: skip
    book = Book.open(ledger.run_file)
    assert book.claims[["claim_id", "amount"]].to_numpy().tolist() == [["K1", 900], ["K2", 200]]
    assert book.claims["answer"].fillna("").tolist() == ["in part", ""]
    assert book.claims["answered"].isna().tolist() == [False, True]
    before = book.at("2024-03-01").claims
    assert before["claim_id"].tolist() == ["K1"]
    assert before[["answered", "answer"]].isna().all(axis=None)
    ledger.write(
        "claims", "claim_id,buyer_id,policy,filed,amount,answered,answer\nK1,B9,,2024-02-01,9,2024-01-05,maybe\n"
    )
    with pytest.raises(InputError) as refused:
        Book.open(ledger.run_file)
    assert {problem.column for problem in refused.value.problems} == {"buyer_id", "answered", "answer"}


def test_invoices_are_due_by_their_own_terms_or_else_by_those_of_their_buyer(ledger):
    buyers = "buyer_id,name,terms_days\nB1,Alder,14\nB2,Birch,45\nB3,Cedar,\n"
    ledger.write("buyers", buyers)
    ledger.write(
        "invoices",
        "invoice_id,buyer_id,issued,due,terms_days,currency,amount\n"
        "I1,B1,2024-01-10,2024-02-09,,EUR,1\nI2,B1,2024-01-10,,7,EUR,2\nI3,B2,2024-01-10,,,EUR,3\n"
        "I4,B1,2024-01-10,,,EUR,4\n",
    )
    ledger.write("receipts", "receipt_id,invoice_id,received,amount,kind\n")
    book = Book.open(ledger.run_file)
    due = book.invoices.set_index("invoice_id")["due"].dt.strftime("%m-%d").to_dict()
    assert due == {"I1": "02-09", "I2": "01-17", "I3": "02-24", "I4": "01-24"}
    notes = book.notes.set_index("rule")["rows"]
    assert notes["without a due day: due after the days of payment of their buyer"] == 2
    # A list of invoices without any day of payment; a buyer without terms leaves its invoice without a due day.
    ledger.write(
        "invoices", "invoice_id,buyer_id,issued,currency,amount\nI1,B2,2024-01-10,EUR,1\nI2,B3,2024-01-10,EUR,1\n"
    )
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    assert [(one.row, one.column, one.allowed) for one in caught.value.problems] == [
        (3, "due", "is empty; every row needs a value")
    ]
    ledger.write("buyers", buyers.replace("45", "soon").replace("B3,Cedar,", "B3,Cedar,30"))
    with pytest.raises(InputError) as caught:
        Book.open(ledger.run_file)
    first = caught.value.problems[0]
    assert (first.file, first.row, first.column, first.value) == ("buyers.csv", 3, "terms_days", "soon")
