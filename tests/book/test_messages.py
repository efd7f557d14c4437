"""Refusals as a newcomer reads them: one problem for one cause, and a remedy that is a way round."""

import re

import pytest
from typer.testing import CliRunner

from tradecredit import Book, cli
from tradecredit.errors import InputError, ParameterError
from tradecredit.words import start


def refused(ledger) -> list[str]:
    with pytest.raises((InputError, ParameterError)) as caught:
        Book.open(ledger.run_file)
    return [str(problem) for problem in caught.value.problems]


def other_way(ledger, name: str, written: str) -> str:
    """The table's text with its days written in another way."""
    text = (ledger.folder / "data" / f"{name}.csv").read_text()
    return re.sub(r"(\d{4})-(\d\d)-(\d\d)", written, text)


def test_a_file_of_another_separator_is_one_problem(ledger):
    ledger.write("invoices", (ledger.folder / "data" / "invoices.csv").read_text().replace(",", ";"))
    [told] = refused(ledger)
    assert told == (
        "invoices.csv, row 1: the header is one field. Remedy: the file looks separated by ';': state "
        "`formats: {separator: ';'}` in the run file."
    )


def test_ids_are_not_looked_for_in_a_table_that_has_not_their_column(ledger):
    ledger.replace("buyers", "buyer_id", "customer")
    [told] = refused(ledger)
    assert told.startswith("buyers.csv, row 1, buyer_id: this column is missing")


def test_days_in_another_form_are_one_problem_a_column_and_no_day_of_the_report_is_blamed(ledger):
    ledger.write("invoices", other_way(ledger, "invoices", r"\3.\2.\1"))
    told = refused(ledger)
    assert [line.split(":")[0] for line in told] == ["invoices.csv, row 2, issued", "invoices.csv, row 2, due"]
    assert all("(and 3 more rows). Remedy: state how the file writes days: `formats: {dates: '%d.%m.%Y'}`" in line
               for line in told)  # fmt: skip
    ledger.run(tables={"invoices": {"formats": {"dates": "%d.%m.%Y"}}})
    assert len(Book.open(ledger.run_file).invoices) == 4


@pytest.mark.parametrize(
    ("found", "remedy"),
    [
        ('"1,000.00"', "state how the file writes numbers: `formats: {decimal: '.', thousands: ','}`"),
        ('"1.000,00"', "it is written with decimal: ',', thousands: '.', unlike other rows"),
        ("NULL", 'if it stands for no number, state so: `formats: {empty: ["NULL"]}`'),
    ],
)
def test_numbers_in_another_form_are_told_with_their_marks(ledger, found, remedy):
    ledger.replace("invoices", "1000.00", found)
    [told] = refused(ledger)
    assert remedy in told


def test_leading_zeros_are_told(ledger):
    for row in "123":
        text = (ledger.folder / "data" / "invoices.csv").read_text()
        ledger.write("invoices", text.replace(f",B{row},", f",{row},"))
    ledger.replace("buyers", "B1,", "001,")
    told = refused(ledger)
    assert "buyers.csv has '001': write leading zeros in both files or in none" in told[0]


def test_contradicting_names_are_offered_the_last_one_and_it_is_a_way_round(ledger):
    ledger.add("buyers", "B1,Alder and Sons,DE,C,private\n")
    [told] = refused(ledger)
    assert (
        "contradict each other in name" in told
        and "`distinct: latest` (tables.buyers) where the latest row counts" in told
    )
    ledger.run(tables={"buyers": {"distinct": "latest"}})
    book = Book.open(ledger.run_file)
    assert book.names["B1"] == "Alder and Sons"
    assert "left out: a later row has the same buyer_id" in book.notes["rule"].tolist()


def test_an_old_ledger_without_a_day_of_its_own_says_its_last_day(ledger):
    del ledger.content["as_of"]
    ledger.run()
    [told] = refused(ledger)
    assert "the ledger's last entry is of 2024-03-25: state `as_of: 2024-03-25`" in told
    ledger.run(as_of="2024-03-25")
    assert len(Book.open(ledger.run_file).invoices) == 4


def test_a_day_before_the_first_invoice_names_the_last(ledger):
    ledger.run(as_of="2020-01-31")
    assert (
        "the first is of 2024-01-10. Remedy: state a later day; the last invoice is of 2024-03-05" in refused(ledger)[0]
    )


def test_a_table_in_two_files_is_refused(ledger):
    ledger.write("invoices", b"", ".parquet")
    [told] = refused(ledger)
    assert "holds invoices more than once: invoices.csv, invoices.parquet" in told


def test_columns_that_nothing_can_be_left_out_by_are_told(ledger):
    ledger.run(on_problem={"leave_out": {"invoices": ["du"]}})
    [told] = refused(ledger)
    assert "found 'du'; invoices has no such column. Remedy: did you mean 'due'" in told


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"currency": "eur"}, "Remedy: write EUR."),
        (
            {"source": {"kind": "csv"}},
            "source.kind: found 'csv'; one of demo, folder, duckdb, postgres, mysql, sqlserver, export, group is "
            "expected",
        ),
    ],
)
def test_keys_are_told_with_what_to_write(ledger, keys, told):
    ledger.run(**keys)
    assert told in refused(ledger)[0]


def test_tabs_in_a_run_file_are_named(ledger):
    ledger.run_file.write_text("entity: X\n\tcurrency: EUR\n")
    assert "Remedy: indent by spaces: YAML takes no tabs." in refused(ledger)[0]


def test_check_tells_sums_as_well_as_rows(ledger):
    ledger.write("limits", "buyer_id,source,amount,valid_from\nB1,own,700,2024-01-01\nB2,own,300.5,2024-01-01\n")
    # 200 pounds at 1.15 and 1,800.50 euros; of the receipts 50 pounds.
    lines = {line.split()[0]: line.split()[1:] for line in start.tables(Book.open(ledger.run_file))}
    assert lines["invoices"] == ["4", "rows", "EUR", "2,030.50"]
    assert lines["receipts"] == ["3", "rows", "EUR", "1,057.50"]
    assert lines["limits"] == ["2", "rows", "EUR", "1,000.50"]
    assert lines["buyers"] == ["3", "rows"]
    assert "EUR           2,030.50" in CliRunner().invoke(cli.app, ["check", str(ledger.run_file)]).output


def test_start_says_of_a_file_that_is_not_there_or_empty_what_it_is(tmp_path):
    (tmp_path / "empty.csv").write_text("")
    given = [str(tmp_path / "none.csv"), str(tmp_path / "empty.csv"), "--as", str(tmp_path / "run.yaml")]
    outcome = CliRunner().invoke(cli.app, ["start", *given])
    assert outcome.exit_code == 2
    assert "none.csv: there is no file of this name. Remedy: check the path." in outcome.output
    assert "empty.csv: is empty. Remedy: export it again, with its header line." in outcome.output


def test_a_table_that_the_run_file_maps_and_that_is_not_there_is_told(ledger):
    ledger.run(tables={"limits": {"columns": {"amount": "Limit"}}})
    [told] = refused(ledger)
    assert told.startswith("limits.csv: this file of limits is missing in ")
