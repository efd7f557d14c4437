"""`start`: from an export to a run file that reads it, and what was understood."""

import json
from pathlib import Path

import pytest
from book.exports import samples
from book.exports.xml_samples import INVOICES
from typer.testing import CliRunner

from tradecredit import cli
from tradecredit.book.book import Book
from tradecredit.book.exports.suggestion import suggested
from tradecredit.cli import app
from tradecredit.errors import InputError, ParameterError
from tradecredit.measure.balances import balances
from tradecredit.measure.open_items import open_items
from tradecredit.params.base import PROJECT
from tradecredit.params.run import Run
from tradecredit.report.run import report

SHARED = PROJECT.parent / "shared" / "cases" / "exports"
NUMBERS = {"10010": "Alder Tools", "10020": "Birch & Co", "10030": "Cedar Oy"}


def started(*arguments: str):
    return CliRunner().invoke(app, ["start", *map(str, arguments)])


def by_invoice(book: Book) -> dict[str, tuple[str, set[str], float]]:
    """Invoice, its instalments taken together: buyer's name, due days, what is open."""
    receipts = book.receipts.groupby("invoice_id")["amount"].sum()
    found: dict[str, tuple[str, set[str], float]] = {}
    for row in book.invoices.merge(book.buyers[["buyer_id", "name"]], on="buyer_id").itertuples():
        rest = row.amount - receipts.get(row.invoice_id, 0.0)
        if abs(rest) > 0.005:
            name = row.name if isinstance(row.name, str) else NUMBERS.get(row.buyer_id, row.buyer_id)
            _, due, so_far = found.get(row.invoice_id.split("/")[0], (name, set(), 0.0))
            found[row.invoice_id.split("/")[0]] = (name, due | {str(row.due.date())}, round(so_far + rest, 2))
    return found


LISTS = ("sap_fbl5n_txt", "sap_fbl5n_xlsx", "datev_extf", "erpnext_ar", "odoo_move_lines", "qbo_ar_aging_detail",
         "xero_invoices_csv")  # fmt: skip


@pytest.mark.skipif(not SHARED.is_dir(), reason="the samples beside the checkout are not there")
@pytest.mark.parametrize("form", LISTS)
def test_every_sample_is_read_to_what_stands_beside_it(form, tmp_path):
    right = json.loads((SHARED / form / "expected.json").read_text())
    export = next(file for file in (SHARED / form).iterdir() if file.suffix != ".json")
    run_file = tmp_path / "run.yaml"
    result = started(export, "--as", run_file)
    assert result.exit_code == 0, result.output
    book = Book.open(run_file)
    assert str(book.as_of.date()) == right["as_of"] and book.run.currency == right["currency"]
    found = by_invoice(book)
    assert {name: (buyer, rest) for name, (buyer, _, rest) in found.items()} == {
        one["invoice"]: (one["buyer"], one["open"]) for one in right["open"]
    }
    for one in right["open"]:
        assert set([one["due"]] if isinstance(one["due"], str) else one["due"]) <= found[one["invoice"]][1]
    account = book.receipts[book.receipts["invoice_id"].isna()]
    assert account["amount"].tolist() == [one["amount"] for one in right["on_account"]]
    assert account["received"].dt.strftime("%Y-%m-%d").tolist() == [one["received"] for one in right["on_account"]]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the samples beside the checkout are not there")
def test_a_folder_of_invoices_is_read_to_what_stands_beside_it(tmp_path):
    folder = SHARED / "ubl_en16931"
    right = json.loads((folder / "expected.json").read_text())
    result = started(folder, "--as", tmp_path / "run.yaml")
    assert result.exit_code == 0, result.output
    book = Book.open(tmp_path / "run.yaml")
    items = open_items(book).set_index("invoice_id")
    free = book.receipts[book.receipts["invoice_id"].isna()]
    for one in right["open"]:
        item = items.loc[one["invoice"]]
        # What is owed to the buyer is its credit on account.
        assert item["open_amount"] == max(one["open"], 0)
        assert one["open"] > 0 or -one["open"] in free["amount"].tolist()
        assert one.get("due", str(item["due"].date()))[:10] == str(item["due"].date())
    invoices = book.invoices.set_index("invoice_id")
    assert invoices.loc["R-1003", ["discount_days", "discount_days_2"]].tolist() == [
        one["days"] for one in right["discount"]
    ]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the samples beside the checkout are not there")
def test_a_statement_beside_a_list_is_read_to_what_stands_beside_it(tmp_path):
    folder = SHARED / "camt053"
    right = json.loads((folder / "expected.json").read_text())
    (tmp_path / "list.csv").write_text(INVOICES)
    result = started(tmp_path / "list.csv", folder / "statement.xml", "--as", tmp_path / "run.yaml")
    assert result.exit_code == 0, result.output
    receipts = Book.open(tmp_path / "run.yaml").receipts
    days = receipts["received"].dt.strftime("%Y-%m-%d")
    found = sorted(zip(receipts["invoice_id"], days, receipts["amount"], strict=True))
    assert found == sorted((one["invoice"], one["date"], one["amount"]) for one in right["receipts"])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the samples beside the checkout are not there")
@pytest.mark.parametrize("credit", ["brackets", "dr_cr", "minus_unicode", "trailing_minus"])
def test_amounts_below_zero_are_credits(credit, tmp_path):
    result = started(
        SHARED / "number_forms" / f"{credit}.csv", SHARED / "number_forms" / "nbsp.csv", "--as", tmp_path / "run.yaml"
    )
    assert result.exit_code == 0, result.output
    book = Book.open(tmp_path / "run.yaml")
    assert book.invoices["amount"].tolist() == [4000.0]
    assert book.receipts["amount"].tolist() == [4000.0 if credit == "dr_cr" else 700.0]


def test_an_export_of_credits_alone_is_read_and_gives_no_report(tmp_path):
    (tmp_path / "list.csv").write_text(
        "Kunde;Beleg;Datum;Faellig;Betrag;Ausgleich\nC20;R-1003;05.06.2026;05.07.2026;(700,00);\n"
    )
    result = started(tmp_path / "list.csv", "--as", tmp_path / "run.yaml")
    assert result.exit_code == 0, result.output
    assert "invoices                               0.00  0 rows" in result.output
    assert "payments on account                  700.00  1 row  2026-06-05 to 2026-06-05" in result.output
    book = Book.open(tmp_path / "run.yaml")
    assert balances(book)["net_amount"].tolist() == [0]
    assert book.receipts["buyer_id"].tolist() == ["C20"]
    with pytest.raises(InputError) as refused:
        report(tmp_path / "run.yaml")
    assert "holds no invoice, only credits" in str(refused.value)


def test_what_was_understood_is_shown_and_what_was_guessed_is_marked(tmp_path):
    export = tmp_path / "Accounts Receivable.csv"
    export.write_text(samples.ERPNEXT)
    run_file = tmp_path / "run.yaml"
    result = started(export, "--as", run_file)
    assert result.exit_code == 0
    for told in (
        "ERPNext",
        "CHECK whose book it is",
        "3 buyers",
        "6,975.00  4 rows  2026-02-10 to 2026-06-05",
        "5,880.00",
    ):
        assert told in result.output
    assert "entity: My Company   # CHECK" in run_file.read_text()
    # What nobody has confirmed is told again until its line is gone.
    assert Run.from_yaml(run_file).guessed == {"entity": "My Company"}
    checked = CliRunner().invoke(app, ["check", str(run_file)]).output
    assert "rests on 1 guess that" in checked and "Guessed: whose book it is: My Company." in checked
    confirmed = [line for line in run_file.read_text().splitlines() if line != "  entity: My Company"]
    run_file.write_text("\n".join(confirmed))
    checked = CliRunner().invoke(app, ["check", str(run_file)])
    assert checked.exit_code == 0 and "guess" not in checked.output


def test_a_run_file_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "list.csv").write_text(samples.ERPNEXT)
    (tmp_path / "run.yaml").write_text("mine")
    result = started(tmp_path / "list.csv", "--as", tmp_path / "run.yaml")
    assert result.exit_code == 2 and "is there already" in result.output
    assert (tmp_path / "run.yaml").read_text() == "mine"


def run_of_an_export(folder) -> tuple[Path, str]:
    (folder / "list.csv").write_text(samples.ERPNEXT)
    started(folder / "list.csv", "--as", folder / "run.yaml")
    return folder / "run.yaml", (folder / "run.yaml").read_text()


def test_columns_of_an_export_that_nothing_can_be_left_out_by_are_told(tmp_path):
    run_file, written = run_of_an_export(tmp_path)
    run_file.write_text(written + "on_problem: {leave_out: {invoices: [isued]}}\n")
    with pytest.raises(InputError, match="did you mean 'issued'"):
        Book.open(run_file)
    # By what a column of an export means, which no table of ours has.
    run_file.write_text(written + "on_problem: {leave_out: {invoices: [paid]}}\n")
    assert len(Book.open(run_file).buyers) == 3


def test_what_an_export_gives_has_no_mapping_of_its_own(tmp_path):
    run_file, written = run_of_an_export(tmp_path)
    run_file.write_text(written + "tables: {receipts: {file: paid.csv}}\n")
    with pytest.raises(ParameterError, match="receipts of an export are read as `source` says"):
        Run.from_yaml(run_file)


def test_what_an_export_does_not_tell_is_asked_with_its_best_guess_and_three_rows(tmp_path, monkeypatch, capsys):
    (tmp_path / "list.csv").write_text(
        "Kunde;Beleg;Datum;Betrag\n" + "".join(f"C{n};R-{n};05.06.2026;{n}00,00\n" for n in range(1, 6))
    )
    asked = []

    def prompt(question, default):
        asked.append((question, default))
        return "GBP" if "currency" in question else default

    monkeypatch.setattr("typer.prompt", prompt)
    answers = cli._answers(suggested([tmp_path / "list.csv"]))
    assert 0 < len(asked) <= 5
    assert asked[0] == ("In which currency are the amounts (three letters)?", "EUR")
    assert answers["currency"] == "GBP" and answers["source.terms_days"] == "30"
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("R-1", "R-2", "R-3")) and "R-4" not in shown
    settled = suggested([tmp_path / "list.csv"], answers)
    assert settled.currency == "GBP" and not any(guess.open for guess in settled.guesses if guess.key in answers)


def test_an_export_may_be_called_like_a_table_of_the_book(tmp_path):
    (tmp_path / "statements.csv").write_text(samples.ERPNEXT)
    result = started(tmp_path / "statements.csv", "--as", tmp_path / "run.yaml")
    assert result.exit_code == 0, result.output
    book = Book.open(tmp_path / "run.yaml")
    assert book.statements.empty and len(book.buyers) == 3
