"""Run files kept as examples, on the data that they are made for."""

import json
import re

import pandas as pd
import pytest
from typer.testing import CliRunner

from tradecredit import Book, cli
from tradecredit.book.demo import export
from tradecredit.measure import receivables
from tradecredit.params.base import PROJECT

IBM = PROJECT.parent / "shared" / "data" / "ibm_accounts_receivable.csv"
needs_ibm = pytest.mark.skipif(not IBM.exists(), reason="the IBM sample ledger is not beside the project")


IBM_RUN_FILE = f"""
entity: IBM sample ledger
currency: USD
as_of: 2013-10-31
source: {{kind: folder, path: {json.dumps(str(IBM.parent))}}}
tables:
  buyers:
    file: {IBM.name}
    columns: {{buyer_id: customerID, country: countryCode}}
    # The file has numbers that are no ISO codes; these are ISO 3166's codes for private use.
    values: {{country: {{391: XA, 406: XB, 770: XC, 818: XD, 897: XE}}}}
    distinct: true
  invoices:
    file: {IBM.name}
    columns: {{invoice_id: invoiceNumber, buyer_id: customerID, issued: InvoiceDate, due: DueDate,
      amount: InvoiceAmount}}
    formats: {{dates: "%m/%d/%Y"}}
    constants: {{currency: USD}}
  receipts:
    file: {IBM.name}
    columns: {{receipt_id: invoiceNumber, invoice_id: invoiceNumber, received: SettledDate, amount: InvoiceAmount}}
    formats: {{dates: "%m/%d/%Y"}}
    constants: {{kind: payment}}
    filled: [SettledDate]
  disputes:
    file: {IBM.name}
    columns: {{invoice_id: invoiceNumber, opened: SettledDate, closed: SettledDate, amount: InvoiceAmount}}
    formats: {{dates: "%m/%d/%Y"}}
    where: {{Disputed: ["Yes"]}}
"""


@needs_ibm
def test_the_ibm_ledger_is_read_as_it_is(tmp_path):
    run_file = tmp_path / "ibm.yaml"
    run_file.write_text(IBM_RUN_FILE, encoding="utf-8")
    book = Book.open(run_file)
    raw = pd.read_csv(IBM)
    issued, settled = (pd.to_datetime(raw[name], format="%m/%d/%Y") for name in ("InvoiceDate", "SettledDate"))
    known = raw[issued <= "2013-10-31"]
    assert len(book.invoices) == len(known) == 2352
    assert len(book.buyers) == 100
    assert book.invoices["amount"].sum() == pytest.approx(known["InvoiceAmount"].sum())
    still_open = known.loc[settled[known.index] > "2013-10-31", "InvoiceAmount"]
    assert receivables.kpis(book).receivables == pytest.approx(still_open.sum())
    items = receivables.open_items(book).set_index("invoice_id")
    late = known.set_index(known["invoiceNumber"].astype(str).str.zfill(10))["DaysLate"]
    paid = items["settled"].notna()
    assert (items.loc[paid, "days_late"].clip(lower=0) == late.reindex(items.index)[paid]).all()


def test_the_run_file_that_is_shown_is_the_one_that_the_demo_writes(demo):
    page = (PROJECT / "docs" / "run_file.md").read_text(encoding="utf-8")
    shown = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)[1]
    written = (demo / "mine.yaml").read_text(encoding="utf-8")
    assert "".join(line for line in written.splitlines(keepends=True) if not line.startswith("#")) == shown


def test_what_the_readme_says_that_start_tells_is_what_it_tells(demo, tmp_path):
    shown = re.search(r"```\n(Read as.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    told = CliRunner().invoke(
        cli.app, ["start", str(demo / "export" / "open_items.csv"), "--as", str(tmp_path / "ours.yaml")]
    )
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith(shown)
    found, expected = (Book.open(file, "2026-10-31") for file in (tmp_path / "ours.yaml", demo / "mine.yaml"))
    items, by_hand = (receivables.open_items(book).set_index("invoice_id") for book in (found, expected))
    assert items["open_amount"].reindex(by_hand.index).tolist() == by_hand["open_amount"].tolist()
    assert (items["due"].reindex(by_hand.index) == by_hand["due"]).all()


def test_the_commands_of_the_readme_work(demo):
    checked = CliRunner().invoke(cli.app, ["check", str(demo / "mine.yaml"), "--as-of", "2026-10-31"])
    assert checked.exit_code == 0, checked.output
    assert "no problem found" in checked.stdout


def test_the_export_holds_the_same_open_invoices_as_the_tables(demo):
    whole, one_file = (Book.open(demo / name, "2026-10-31") for name in ("run.yaml", "mine.yaml"))
    expected, found = (receivables.open_items(book).set_index("invoice_id") for book in (whole, one_file))
    assert (found["settled"].isna() == expected["settled"].isna().reindex(found.index)).all()
    assert found["amount"].to_numpy() == pytest.approx(expected["amount"].reindex(found.index).to_numpy(), abs=0.006)
    assert set(one_file.buyers["buyer_id"]) == set(whole.invoices["buyer_id"])


def test_an_export_is_written_as_accounting_systems_do(tmp_path):
    items = pd.DataFrame({
        "invoice_id": ["I1", "I2"], "buyer_id": ["B1", "B2"], "name": ["Müller", "Łódź"],
        "issued": pd.to_datetime(["2026-01-31", "2026-02-01"]), "amount": [1234.5, 1_000_000.0],
        "cleared": pd.to_datetime(["2026-03-01", None]),
    })  # fmt: skip
    export.write(items, tmp_path / "export" / "items.csv")
    assert (tmp_path / "export" / "items.csv").read_bytes().decode("cp1252").split("\r\n") == [
        "Document;Customer;Customer name;Document date;Gross;Cleared on",
        "I1;B1;Müller;31.01.2026;1.234,50;01.03.2026",
        "I2;B2;?ód?;01.02.2026;1.000.000,00;",
        "",
    ]
