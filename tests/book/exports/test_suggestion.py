"""Exports that nobody has described: what is suggested reads them to the open amounts by invoice, due day and buyer."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest
from book.exports import samples

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.errors import InputError
from tradecredit.params.source import OnProblem

R_1002 = ("2026-05-31", 2380.0, 1380.0)
R_1003 = ("2026-07-05", 4000.0, 4000.0)
R_1004 = ("2026-03-12", 595.0, 500.0)
TERMS = {"R-1003/1": ("2026-07-05", 2000.0, 2000.0), "R-1003/2": ("2026-08-04", 2000.0, 2000.0)}
NUMBERS = {"Alder Tools": "10010", "Birch & Co": "10020", "Cedar Oy": "10030"}
PARTIES = {"Alder Tools": "C10", "Birch & Co": "C20", "Cedar Oy": "C30"}


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


def read(file: Path):
    """What is suggested for a file, and the tables that it then reads."""
    suggestion = suggested([file])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    return suggestion, found


def open_items(found) -> dict[str, tuple[str, str, float, float]]:
    """Invoice: buyer, due day, amount, open amount, of those that are open."""
    invoices, receipts = found.tables["invoices"], found.tables["receipts"]
    settled = receipts.groupby("invoice_id")["amount"].sum()
    rest = invoices["amount"] - invoices["invoice_id"].map(settled).fillna(0)
    return {
        row.invoice_id: (row.buyer_id, str(row.due.date()), row.amount, round(rest[row.Index], 2))
        for row in invoices.itertuples()
        if abs(rest[row.Index]) > 0.005
    }


def on_account(found) -> list[tuple[str, str, float]]:
    """Buyer, day and amount of what no invoice is named for."""
    rows = found.tables["receipts"]
    rows = rows[rows["invoice_id"].isna()]
    return [(row.buyer_id, str(row.received.date()), row.amount) for row in rows.itertuples()]


FORMS = {
    "SAP list": ("fbl5n.txt", samples.SAP_LIST, "utf-8", {"R-1002": R_1002, "R-1003": R_1003}, NUMBERS),
    "ERPNext": (
        "Accounts Receivable.csv",
        samples.ERPNEXT,
        "utf-8",
        {"R-1002": R_1002, **TERMS, "R-1004": R_1004},
        PARTIES,
    ),
    "Odoo": ("account.move.line.csv", samples.ODOO, "utf-8", {"R-1002": R_1002, **TERMS, "R-1004": R_1004}, {}),
    "QuickBooks": ("ar.csv", samples.QUICKBOOKS, "utf-8", {"R-1002": R_1002, "R-1003": R_1003, "R-1004": R_1004}, {}),
    "Xero": (
        "SalesInvoices.csv",
        samples.XERO,
        "utf-8-sig",
        {"R-1002": R_1002, "R-1003": R_1003, "R-1004": R_1004},
        {},
    ),
    "DATEV": ("EXTF.csv", samples.DATEV, "cp1252", {"R-1002": R_1002, "R-1003": R_1003, "R-1004": R_1004}, NUMBERS),
}
BUYERS = {"R-1002": "Alder Tools", "R-1003": "Birch & Co", "R-1004": "Cedar Oy"}


@pytest.mark.parametrize("form", FORMS)
def test_an_export_is_read_to_its_open_amounts(form, tmp_path):
    name, text, encoding, right, ids = FORMS[form]
    suggestion, found = read(written(tmp_path, name, text, encoding))
    expected = {}
    for invoice, values in right.items():
        buyer = BUYERS[invoice.split("/")[0]]
        expected[invoice] = (ids.get(buyer, buyer), *values)
    assert open_items(found) == expected
    buyer = ids.get("Birch & Co", "Birch & Co")
    assert on_account(found) == [(buyer, "2026-06-20", 700.0)]
    assert str(suggestion.source.exported) == "2026-06-30"
    assert suggestion.currency == ("USD" if form == "QuickBooks" else "EUR")


def test_buyers_names_and_days_of_payment_are_those_of_the_export(tmp_path):
    _, found = read(written(tmp_path, "fbl5n.txt", samples.SAP_LIST))
    names = found.tables["buyers"].set_index("buyer_id")["name"]
    assert names["10010"] == "Alder Tools"
    assert pd.isna(names["10020"])
    receipts = found.tables["receipts"]
    assert receipts[["receipt_id", "invoice_id", "amount", "kind"]].to_numpy().tolist()[:2] == [
        ["1400000001", "R-1001", 1190.0, "payment"],
        ["1400000002", "R-1002", 1000.0, "payment"],
    ]
    assert receipts["received"].dt.strftime("%d.%m.").tolist() == ["10.04.", "12.06.", "20.06."]


def test_a_credit_memo_settles_the_invoice_that_it_was_matched_with(tmp_path):
    for name, text in (("account.move.line.csv", samples.ODOO), ("SalesInvoices.csv", samples.XERO)):
        _, found = read(written(tmp_path, name, text))
        credit = found.tables["receipts"].query("kind == 'credit_note'")
        assert credit[["invoice_id", "amount"]].to_numpy().tolist() == [["R-1004", 95.0]]
        assert credit["received"].dt.strftime("%Y-%m-%d").tolist() == ["2026-03-01"]


def test_a_reversed_posting_leaves_nothing_open_and_other_postings_are_told(tmp_path):
    _, found = read(written(tmp_path, "EXTF.csv", samples.DATEV, "cp1252"))
    reversal = found.tables["receipts"].query("invoice_id == 'R-1005'")
    assert reversal[["amount", "kind"]].to_numpy().tolist() == [[238.0, "credit_note"]]
    assert ("invoices", "postings to no debtor's account: 500.00", 1) in found.left_out


def test_what_is_left_out_is_told_with_its_amount(tmp_path):
    _, found = read(written(tmp_path, "x.csv", samples.XERO))
    assert ("invoices", "Status is Draft or Voided: 1,800.00", 2) in found.left_out
    _, found = read(written(tmp_path, "e.csv", samples.ERPNEXT))
    assert ("invoices", "titles, groups and totals: 6,975.00", 1) in found.left_out


TOTALS = """Debtors on 30 June 2026;;;;
Customer;Invoice;Invoice Date;Due Date;Amount
Alder Tools;;;;
Alder Tools;R1;01.06.2026;30.06.2026;1190,00
Alder Tools;R2;13.06.2026;13.07.2026;1190,00
Total for Alder Tools;;;;2380,00
Birch & Co;R3;13.06.2026;13.07.2026;100,00
Total for Birch & Co;;;;100,00
Total;;;;2480,00
;;;;
;;;;
"""


@pytest.mark.parametrize("blanks", ["", "\n\n"])
def test_totals_are_left_out_and_one_that_does_not_add_up_is_told(blanks, tmp_path):
    _, found = read(written(tmp_path, "list.csv", TOTALS + blanks))
    assert {name: rest for name, (*_, rest) in open_items(found).items()} == {"R1": 1190.0, "R2": 1190.0, "R3": 100.0}
    assert not [rule for _, rule, _ in found.assumed if "not the sum" in rule]
    _, found = read(written(tmp_path, "list.csv", TOTALS.replace("2380,00", "2340,00") + blanks))
    told = ("invoices", "totals that are not the sum of the rows before them: line 6 says 2,340.00 of 2,380.00", 1)
    assert told in found.assumed
    assert len(found.tables["invoices"]) == 3


def test_a_second_header_and_a_cover_sheet_are_no_documents(tmp_path):
    lines = TOTALS.splitlines()
    twice = "\n".join([*lines[:5], lines[1], lines[6]]) + "\n"
    _, found = read(written(tmp_path, "list.csv", twice))
    assert set(open_items(found)) == {"R1", "R2", "R3"}
    file = tmp_path / "list.xlsx"
    listed = pd.DataFrame([line.split(";") for line in lines[2:5]], columns=lines[1].split(";")).replace("", None)
    with pd.ExcelWriter(file) as book:
        pd.DataFrame({"Report": ["Debtors", "as of 30 June 2026"]}).to_excel(book, sheet_name="Cover", index=False)
        listed.to_excel(book, sheet_name="Items", index=False)
    suggestion, found = read(file)
    assert suggestion.source.form.sheet == "Items"
    assert {name: rest for name, (*_, rest) in open_items(found).items()} == {"R1": 1190.0, "R2": 1190.0}


def test_money_whose_day_the_export_does_not_tell_is_no_payment_of_that_day(tmp_path):
    _, found = read(written(tmp_path, "x.csv", samples.XERO))
    undated = found.tables["receipts"].query("kind == 'undated'")
    assert dict(zip(undated["invoice_id"], undated["amount"], strict=True)) == {"R-1001": 1190.0, "R-1002": 1000.0}


AMOUNTS = {
    "4’000,00": 4000.0, "(700,00)": -700.0, "4.000,00 €": 4000.0, "−700,00": -700.0, "4\u00a0000,00": 4000.0,
    "4\u202f000,00": 4000.0, "700,00-": -700.0, "4.000,00 Cr": -4000.0,
}  # fmt: skip


@pytest.mark.parametrize("amount", AMOUNTS)
def test_amounts_are_read_as_they_are_written(amount, tmp_path):
    text = f"Kunde;Beleg;Datum;Faellig;Betrag;Ausgleich\r\nC20;R-1003;05.06.2026;05.07.2026;{amount};\r\n"
    _, found = read(written(tmp_path, "list.csv", text))
    value = AMOUNTS[amount]
    if value > 0:
        assert open_items(found) == {"R-1003": ("C20", "2026-07-05", value, value)}
    else:
        assert on_account(found) == [("C20", "2026-06-05", -value)]


def test_an_order_of_day_and_month_that_nothing_tells_is_an_open_guess(tmp_path):
    text = "Customer;Invoice;Invoice Date;Due Date;Amount\nC1;I1;01/02/2026;01/03/2026;10.00\n"
    suggestion = suggested([written(tmp_path, "list.csv", text)])
    guess = next(guess for guess in suggestion.guesses if guess.key == "source.form.dates")
    assert guess.open and {guess.taken, *guess.others} == {"%d/%m/%Y", "%m/%d/%Y"}
    one_more = text + "C1;I2;13/02/2026;15/03/2026;10.00\n"
    suggestion = suggested([written(tmp_path, "list.csv", one_more)])
    guess = next(guess for guess in suggestion.guesses if guess.key == "source.form.dates")
    assert not guess.open and guess.taken == "%d/%m/%Y"


@pytest.mark.parametrize("text", ["", "nothing\nhere\n", "Customer;Invoice;Invoice Date;Amount\n"])
def test_a_file_without_documents_is_refused_with_a_way_round(text, tmp_path):
    with pytest.raises(InputError) as refused:
        suggested([written(tmp_path, "list.csv", text)])
    assert "Remedy" in str(refused.value)


@pytest.mark.parametrize("suffix", [".parquet", ".duckdb", ".xlsx"])
def test_stored_tables_with_days_as_whole_numbers_are_read(suffix, tmp_path):
    listed = pd.DataFrame(
        {
            "cust_number": ["0200769623", "0200980828"], "name_customer": ["WAL corp", "BEN E"],
            "clear_date": pd.to_datetime(["2020-02-11", None]), "document_create_date": [20200125, 20200201],
            "due_in_date": [20200210.0, 20200301.0], "invoice_currency": ["USD", "USD"], "document type": ["RV", "RV"],
            "total_open_amount": [54273.28, 79656.6], "invoice_id": [1930438491.0, 1929646410.0],
        }
    )  # fmt: skip
    file = tmp_path / f"ledger{suffix}"
    if suffix == ".parquet":
        listed.to_parquet(file)
    elif suffix == ".xlsx":
        listed.to_excel(file, index=False)
    else:
        with duckdb.connect(str(file)) as connection:
            connection.execute("create table ledger as select * from listed")
    suggestion, found = read(file)
    assert open_items(found) == {"1929646410": ("0200980828", "2020-03-01", 79656.6, 79656.6)}
    assert suggestion.currency == "USD"
    paid = found.tables["receipts"]
    assert paid["received"].dt.strftime("%Y-%m-%d").tolist() == ["2020-02-11"]


def test_rows_that_cannot_be_read_are_left_out_where_the_run_says_so(tmp_path):
    rows = [f"C1;I{n};01.06.2026;30.06.2026;10,00" for n in range(40)]
    rows[3], rows[7] = "C1;I3;31.06.2026;30.06.2026;10,00", "C1;I7;01.06.2026;30.06.2026;ten"
    text = "Customer;Invoice;Invoice Date;Due Date;Amount\n" + "\n".join(rows) + "\n"
    good = written(tmp_path, "list.csv", text.replace("31.06.", "30.06.").replace("ten", "10,00"))
    source = suggested([good]).source
    written(tmp_path, "list.csv", text)
    assert {problem.row for problem in ledger(source, "EUR").problems} == {5, 9}
    found = ledger(source, "EUR", OnProblem(leave_out={"invoices": "all"}, most=0.05))
    assert not found.problems and len(found.tables["invoices"]) == 38
    assert ("invoices", "Invoice Date cannot be read as a day written as %d.%m.%Y: 10.00", 1) in found.left_out
    assert ("invoices", "Amount cannot be read as an amount (decimal mark ','): 0.00", 1) in found.left_out
    found = ledger(source, "EUR", OnProblem(leave_out={"invoices": "all"}, most=0.04))
    assert "2 of 40 rows" in found.problems[0].allowed


def test_a_currency_beside_an_amount_counts_and_must_not_contradict(tmp_path):
    head = "Customer;Invoice;Invoice Date;Due Date;Amount;Currency\n"
    rows = "C1;I1;01.06.2026;30.06.2026;10,00 USD;\nC1;I2;13.06.2026;30.06.2026;20,00 €;EUR\n"
    _, found = read(written(tmp_path, "list.csv", head + rows))
    assert found.tables["invoices"]["currency"].tolist() == ["USD", "EUR"]
    wrong = written(tmp_path, "list.csv", head + rows.replace("€;EUR", "€;GBP"))
    suggestion = suggested([wrong])
    (problem,) = ledger(suggestion.source, suggestion.currency).problems
    assert (problem.row, problem.value) == (3, "GBP stated, 20,00 €")


@pytest.mark.parametrize(
    ("title", "entity"),
    [
        ("Schönfelder Antriebstechnik GmbH, Göppingen;;;", "Schönfelder Antriebstechnik GmbH"),
        ("Hurtownia BRONEK Sp. z o.o.;;", "Hurtownia BRONEK Sp. z o.o."), ("Open items of all customers;;", None),
        ("Customer: Alder Tools GmbH;;", None), ("Acme Supply Inc.;As of 06/30/2026", "Acme Supply Inc."),
    ],
)  # fmt: skip
def test_the_company_in_the_title_is_whose_book_it_is(title, entity, tmp_path):
    head = f"{title}\nKunde;Beleg;Datum;Fällig;Betrag\n"
    file = written(tmp_path, "list.csv", head + "C1;R-1;05.06.2026;05.07.2026;10,00\n")
    assert suggested([file]).entity == entity


POLISH = """Zestawienie należności na dzień 2026-10-31 (PLN)

Numer dokumentu;Kontrahent;Typ;Data wystawienia;Termin płatności;Kwota brutto;Pozostało do zapłaty
FV/1;Łożyska Sp. z o.o.;Faktura VAT;2026-08-14;2026-10-13;1190,00;1190,00
KF/1;Łożyska Sp. z o.o.;Korekta;2026-10-20;2026-10-20;-90,00;-90,00
WB/1;Łożyska Sp. z o.o.;Wpłata;2026-10-27;;-500,00;-500,00
"""


def test_a_polish_list_of_corrections_and_its_title_and_encoding(tmp_path):
    (tmp_path / "lista.csv").write_bytes(POLISH.encode("cp1250"))
    suggestion = suggested([tmp_path / "lista.csv"])
    taken = {guess.key: (guess.taken, guess.open) for guess in suggestion.guesses}
    assert taken["source.form.encoding"] == ("cp1250", False)
    assert taken["currency"] == ("PLN", True)
    found = ledger(suggestion.source, suggestion.currency)
    assert [tuple(row) for row in found.tables["receipts"][["kind", "amount"]].to_numpy()] == [
        ("credit_note", 90.0), ("payment", 500.0),
    ]  # fmt: skip


@pytest.mark.parametrize(("head", "currency"), [("Amount ($)", ("USD", True)), ("Amount (£)", ("GBP", False)),
                                                ("Amount €", ("EUR", False)), ("Amount", ("EUR", True))])  # fmt: skip
def test_a_sign_in_the_name_of_a_column_is_the_currency(head, currency, tmp_path):
    text = f"Customer,Invoice,Invoice Date,Due Date,{head}\nAlder,R1,2026-03-01,2026-03-31,10.50\n"
    (tmp_path / "list.csv").write_text(text)
    found = next(guess for guess in suggested([tmp_path / "list.csv"]).guesses if guess.key == "currency")
    assert (found.taken, found.open) == currency


def test_a_file_whose_name_looks_like_a_pattern_is_read(tmp_path):
    text = "Customer,Invoice,Invoice Date,Due Date,Amount\nAlder,R1,2026-03-01,2026-03-31,10.50\n"
    (tmp_path / "list[1].csv").write_text(text)
    (tmp_path / "list1.csv").write_text(text.replace("R1", "R2"))
    suggestion, found = read(tmp_path / "list[1].csv")
    assert list(found.tables["invoices"]["invoice_id"]) == ["R1"]
    pattern = suggestion.source.model_copy(update={"files": ["list[0-9].csv"]})
    assert list(ledger(pattern, "EUR").tables["invoices"]["invoice_id"]) == ["R2"]
