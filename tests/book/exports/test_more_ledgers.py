"""Ledgers of further systems and habits, read as they come: what each of them has that others have not."""

import openpyxl
import pytest
from book.exports import more_samples as samples
from book.exports.as_suggested import open_items, read, running_balance

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.words import start

OPEN = {
    "R-1002": ("10010", "2026-05-31", 1380.0),
    "R-1003": ("10020", "2026-07-05", 4000.0),
    "R-1004": ("10030", "2026-03-12", 500.0),
}


def test_what_is_pending_at_chargebee_is_no_debt_yet(tmp_path):
    _, found = read(tmp_path, "invoices.csv", samples.CHARGEBEE)
    assert open_items(found) == {
        "R-1002": ("C10", "2026-05-31", 1380.0),
        "R-1003": ("C20", "2026-07-05", 4000.0),
        "R-1004": ("C30", "2026-03-12", 500.0),
    }
    assert any("Pending" in rule and rows == 2 for _, rule, rows in found.left_out)


def test_sheets_of_accounts_name_the_buyer_by_its_account_and_sum_up_in_a_text(tmp_path):
    suggestion, found = read(tmp_path, "Kontoblatt.csv", samples.KONTOBLATT)
    assert open_items(found) == OPEN
    # In a list of no known system an account with one name each is the buyer, not the number of a document.
    names = {"Kontobezeichnung": "Kundenname", "Konto;": "Kto;", "Belegfeld 1": "Zeichen 1", "Gegenkonto": "Gegen"}
    own = samples.KONTOBLATT
    for theirs, other in names.items():
        own = own.replace(theirs, other)
    suggestion, found = read(tmp_path, "own.csv", own)
    assert suggestion.source.columns["buyer_id"] == "Kto" != suggestion.source.columns.get("invoice_id")
    owed = found.tables["invoices"].groupby("buyer_id")["amount"].sum()
    assert owed.to_dict() == {"10010": 3570.0, "10020": 4000.0, "10030": 595.0}


def test_receipts_of_jd_edwards_settle_the_invoices_that_they_name_on_their_day(tmp_path):
    (tmp_path / "F03B14.csv").write_text(samples.JD_EDWARDS_RECEIPTS)
    (tmp_path / "F03B11.csv").write_text(samples.JD_EDWARDS)
    for order in (["F03B11.csv", "F03B14.csv"], ["F03B14.csv", "F03B11.csv"]):
        suggestion = suggested([tmp_path / name for name in order])
        found = ledger(suggestion.source, suggestion.currency)
        assert open_items(found) == {"1002": ("10", "2026-05-31", 1380.0), "1003": ("20", "2026-07-05", 4000.0)}
        receipts = found.tables["receipts"].sort_values("received")
        paid = zip(
            receipts["invoice_id"].fillna(""),
            receipts["received"].dt.date.astype("str"),
            receipts["amount"],
            strict=True,
        )
        assert [*paid] == [("1001", "2026-04-10", 1190.0), ("1002", "2026-06-12", 1000.0), ("", "2026-06-20", 700.0)]


def test_heads_over_several_columns_name_each_of_them_in_sheets_of_months(tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for month in (5, 6):
        sheet = book.create_sheet(f"Monat {month}")
        sheet.append([f"Rechnungen {month}/2026"])
        sheet.merge_cells("A1:H1")
        sheet.append(["Rechnung", None, "Kunde", "fällig am", "Betrag", None, "bezahlt", None])
        for cells in ("A2:B2", "E2:F2", "G2:H2", "C2:C3"):
            sheet.merge_cells(cells)
        sheet.append(["Nr.", "Datum", None, None, "netto", "brutto", "am", "Betrag"])
        for row in (1, 2):
            sheet.append(
                [f"R-{month}{row}", f"0{row}.0{month}.2026", f"Kunde {row} GmbH", f"2{row}.0{month}.2026", 100.5 * row,
                 119.6 * row, f"25.0{month}.2026" if row == 1 else None, 119.6 if row == 1 else None]
            )  # fmt: skip
        sheet.append([None, None, "Summe", None, 301.5, 358.8])
        sheet.append(["* bitte prüfen"])
    book.save(tmp_path / "Rechnungen.xlsx")
    suggestion = suggested([tmp_path / "Rechnungen.xlsx"])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    assert open_items(found) == {
        f"R-{month}2": ("Kunde 2 GmbH", f"2026-0{month}-22", 239.2) for month in (5, 6)
    }  # fmt: skip


def test_one_account_for_all_documents_is_no_buyer_where_blocks_name_them(tmp_path):
    rows = [
        [None, "Journal", "Account", "Invoice Date", "Due Date", "Matching", "Debit", "Credit", "Balance"],
        ["Alder Tools", None, None, None, None, None, 3570.0, 2190.0, 1380.0],
        ["R-1001", "INV", "121000", "2026-03-02", "2026-04-01", "1", 1190.0, 0.0, 1190.0],
        ["PBNK/1", "BNK1", "121000", "2026-04-10", "2026-04-10", "1", 0.0, 1190.0, 0.0],
        ["R-1002", "INV", "121000", "2026-05-01", "2026-05-31", "P2", 2380.0, 0.0, 2380.0],
        ["PBNK/2", "BNK1", "121000", "2026-06-12", "2026-06-12", "P2", 0.0, 1000.0, 1380.0],
        ["Birch & Co", None, None, None, None, None, 4000.0, 700.0, 3300.0],
        ["R-1003", "INV", "121000", "2026-06-05", "2026-07-05", None, 4000.0, 0.0, 4000.0],
        ["PBNK/3", "BNK1", "121000", "2026-06-20", "2026-06-20", None, 0.0, 700.0, 3300.0],
        ["Total", None, None, None, None, None, 7570.0, 2890.0, 4680.0],
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "partner_ledger.xlsx")
    suggestion = suggested([tmp_path / "partner_ledger.xlsx"])
    assert suggestion.source.columns["group"] == "Matching"
    # Of the payment on account nothing says what it settles: it takes the oldest invoice, and that is asked about.
    found = ledger(suggestion.source.model_copy(update={"unmatched": "on_account"}), suggestion.currency)
    assert open_items(found) == {
        "R-1002": ("Alder Tools", "2026-05-31", 1380.0), "R-1003": ("Birch & Co", "2026-07-05", 4000.0),
    }  # fmt: skip


def test_a_payment_without_a_letter_settles_the_invoice_that_a_reference_names(tmp_path):
    suggestion, found = read(
        tmp_path,
        "tiers.csv",
        "Compte tiers;Intitulé;Date pièce;N° pièce;Référence;Libellé;Date échéance;Débit;Crédit;Lettre\n"
        "411A;Alder Tools;02/03/2026;FA1001;;Facture;01/04/2026;1190,00;;AAA\n"
        "411A;Alder Tools;10/04/2026;BQ01;;Règlement;;;1190,00;AAA\n"
        "411A;Alder Tools;20/04/2026;FA1002;;Facture;20/05/2026;1500,00;;\n"
        "411A;Alder Tools;01/05/2026;FA1003;;Facture;31/05/2026;2380,00;;\n"
        "411A;Alder Tools;12/06/2026;BQ02;FA1003;Règlement;;;1000,00;\n"
        "411B;Birch & Co;05/06/2026;FA1004;;Facture;05/07/2026;4000,00;;\n",
    )
    assert suggestion.source.columns["applies_to"] == "Référence"
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {
        "FA1002": 1500.0, "FA1003": 1380.0, "FA1004": 4000.0,
    }  # fmt: skip


def test_names_of_tables_before_most_columns_are_passed_over(tmp_path):
    _, found = read(
        tmp_path,
        "query.csv",
        "Company,Customer_CustID,Customer_Name,InvcHead_InvoiceNum,InvcHead_InvoiceDate,InvcHead_DueDate,"
        "InvcHead_DocInvoiceAmt,InvcHead_DocInvoiceBal,InvcHead_CurrencyCode\n"
        "E6,C10,Alder Tools,1002,5/1/2026,5/31/2026,2380.00000,1380.00000,USD\n"
        "E6,C20,Birch & Co,1003,6/5/2026,7/5/2026,4000.00000,4000.00000,USD\n",
    )
    assert open_items(found) == {"1002": ("C10", "2026-05-31", 1380.0), "1003": ("C20", "2026-07-05", 4000.0)}


def test_what_is_due_of_a_transaction_is_what_is_open_of_it(tmp_path):
    head = "Customer ID,Customer name,Record type,Invoice number,Invoice date,Due date,State,Txn currency,Txn total"
    rows = (
        "C10,Alder Tools,Invoice,1001,03/02/2026,04/01/2026,Paid,USD,1190.00",
        "C10,Alder Tools,Invoice,1002,05/01/2026,05/31/2026,Partially Paid,USD,2380.00",
        "C20,Birch & Co,Invoice,1003,06/15/2026,07/15/2026,Posted,USD,4000.00",
    )
    due = ("0.00", "1380.00", "4000.00")
    text = "\n".join([f"{head},Txn total due", *(f"{row},{rest}" for row, rest in zip(rows, due, strict=True))]) + "\n"
    _, found = read(tmp_path, "due.csv", text)
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"1002": 1380.0, "1003": 4000.0}
    # Without it the states tell what is paid, whatever their column is called.
    suggestion, found = read(tmp_path, "states.csv", "\n".join([head, *rows]) + "\n")
    assert suggestion.source.settled == {"State": ["Paid"]}
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"1002": 2380.0, "1003": 4000.0}


def test_dollars_are_those_of_the_country_whose_companies_the_buyers_are(tmp_path):
    rows = "".join(f"Alder {at} Pty Ltd,{at}1,0{at}/03/2026,28/03/2026,$1{at}0.50\n" for at in range(1, 6))
    suggestion, _ = read(tmp_path, "aged.csv", f"Customer,Invoice No,Date,Due Date,Outstanding\n{rows}")
    assert suggestion.currency == "AUD"


def test_a_break_of_a_running_balance_is_told_at_each_reading(tmp_path):
    rows = running_balance()
    suggestion, found = read(tmp_path, "mastrino.csv", "\n".join(rows) + "\n")
    assert not any("Saldo" in rule for _, rule, _ in found.assumed)
    del rows[20]  # next month's file lacks FT20 of 120; the next one stands on its line
    (tmp_path / "mastrino.csv").write_text("\n".join(rows) + "\n")
    later = ledger(suggestion.source, suggestion.currency)
    told = "Saldo does not follow from the rows: 120.00 off at row 21; a row may be missing"
    assert ("invoices", told, 1) in later.assumed


def test_a_number_with_the_name_below_it_is_one_buyer(tmp_path):
    rows = [
        ("CUST10", "1001", "3/2/2026", "4/1/2026", "190.00"),
        ("Alder Tools", "1002", "5/1/2026", "5/31/2026", "380.00"),
        ("12 Main St", "1003", "5/2/2026", "6/1/2026", "10.50"), ("", "1007", "5/3/2026", "6/2/2026", "1.50"),
        ("", "1008", "5/4/2026", "6/3/2026", "2.50"), ("CUST10", "", "", "", "584.50"),
        ("CUST20", "1004", "6/5/2026", "7/5/2026", "4000.00"), ("CUST20", "", "", "", "4000.00"),
        ("CUST30", "1005", "2/10/2026", "3/12/2026", "595.00"), ("Cedar Oy", "1006", "2/11/2026", "3/13/2026", "5.00"),
        ("CUST30", "", "", "", "600.00"),
    ]  # fmt: skip
    head = "Customer ID,Invoice No,Date,Date Due,Amount Due"
    _, found = read(tmp_path, "aged.csv", "\n".join([head, *map(",".join, rows), "Report Total,,,,5184.50"]) + "\n")
    buyers = {number: of[0] for number, of in open_items(found).items()}
    assert buyers == {
        **dict.fromkeys(("1001", "1002", "1003", "1007", "1008"), "CUST10"),
        "1004": "CUST20", "1005": "CUST30", "1006": "CUST30",
    }  # fmt: skip
    names = found.tables["buyers"].set_index("buyer_id")["name"]
    assert (names["CUST10"], names["CUST30"]) == ("Alder Tools", "Cedar Oy")


def test_an_account_that_many_names_share_is_no_buyer(tmp_path):
    names = ("Abel", "Birke", "Cedar", "Dorn", "Erle", "Fichte")
    rows = [f"{8400 + at % 2};{name};R{at};0{at + 1}.08.2026;30.09.2026;10{at},50" for at, name in enumerate(names)]
    _, found = read(tmp_path, "list.csv", "\n".join(["Konto;Name;Belegnr;Datum;Fällig;Betrag", *rows]) + "\n")
    assert [buyer for buyer, _, _ in open_items(found).values()] == [*names]


def _in_blocks(heads):
    """A list in whose first column heads stand in lines of their own, each above two documents."""
    lines = ["Customer ID,Invoice No,Date,Date Due,Amount Due"]
    for at, head in enumerate(heads, start=1):
        lines += [f"{one},,,," for one in head.split("/")]
        lines += [f",{at}0{one},3/{at}/2026,4/{at + one}/2026,{at}{one}.00" for one in (1, 2)]
    return "\n".join(lines) + "\n"


def test_a_bare_name_among_numbers_heads_a_block_of_its_own(tmp_path):
    heads = ["C1001", "C1002", "C1003", "Alder Ltd", "C1004"]
    suggestion, found = read(tmp_path, "aged.csv", _in_blocks(heads))
    right = {f"{at}0{one}": head for at, head in enumerate(heads, start=1) for one in (1, 2)}
    assert {number: of[0] for number, of in open_items(found).items()} == right
    assert "Alder Ltd" not in set(found.tables["buyers"].set_index("buyer_id")["name"].drop("Alder Ltd"))
    assert "source.block" not in {guess.key for guess in suggestion.guesses}


def test_a_bare_name_after_documents_heads_a_block_where_others_stand_below_numbers(tmp_path):
    heads = ["C10/Birch Co", "C20/Cedar Oy/12 Main St", "Alder Ltd", "C30/Dorn AG"]
    suggestion, found = read(tmp_path, "aged.csv", _in_blocks(heads))
    right = {f"{at}0{one}": head.split("/")[0] for at, head in enumerate(heads, start=1) for one in (1, 2)}
    assert {number: of[0] for number, of in open_items(found).items()} == right
    names = found.tables["buyers"].set_index("buyer_id")["name"]
    assert names[["C10", "C20", "C30"]].tolist() == ["Birch Co", "Cedar Oy", "Dorn AG"]
    (guess,) = [guess for guess in suggestion.guesses if guess.key == "source.block"]
    named = "Birch Co of C10, Cedar Oy of C20, Dorn AG of C30"
    assert guess.open and guess.taken == named
    assert f"block:   # CHECK: names that stand below buyers' numbers in one column: {named}" in start.run_file(
        suggestion, tmp_path
    )


LINES = """Customer Name;Invoice No;Invoice Date;Due Date;Item;Amount
Alder;R1001;01.03.2026;31.03.2026;Nails;10,50
Alder;R1001;01.03.2026;31.03.2026;Screws;20,00
Alder;R1001;01.03.2026;31.03.2026;Glue;1,50
Birch;R1002;02.03.2026;01.04.2026;Nails;5,00
Birch;R1002;02.03.2026;01.04.2026;Glue;7,00
Cedar;R1003;03.03.2026;02.04.2026;Nails;8,00
Cedar;R1003;03.03.2026;02.04.2026;Glue;9,00
"""


def test_lines_of_one_invoice_a_customer_are_no_invoices_of_a_number(tmp_path):
    _, found = read(tmp_path, "lines.csv", LINES)
    assert open_items(found) == {
        "R1001": ("Alder", "2026-03-31", 32.0), "R1002": ("Birch", "2026-04-01", 12.0),
        "R1003": ("Cedar", "2026-04-02", 17.0),
    }  # fmt: skip


def test_a_number_that_goes_with_the_name_on_several_days_is_the_buyers(tmp_path):
    days = LINES.replace("01.03.2026;31.03.2026;Screws", "05.03.2026;04.04.2026;Screws")
    suggestion, found = read(tmp_path, "numbers.csv", days)
    assert suggestion.source.columns["buyer_id"] == "Invoice No" and len(found.tables["invoices"]) == 7


def _of_balance(states, lacking=None, nobody=()):
    """An account whose balance all rows but those of `Void` move; one may be `lacking`, and `nobody` has no buyer."""
    balance, rows = 0, []
    for at, state in enumerate(states, start=1):
        balance += (100 + at) * (state != "Void")
        buyer = "" if at in nobody else f"C{at % 3}"
        rows.append(f"{at:02}/01/2026;FT{at};{buyer};30/03/2026;{100 + at},00;;{balance},00;{state}")
    if lacking is not None:
        del rows[lacking - 1]
    return "\n".join(["Data;N. documento;Cod. cliente;Scadenza;Dare;Avere;Saldo;Status", *rows]) + "\n"


def _told_of_balance(tmp_path, text):
    suggestion, _ = read(tmp_path, "mastrino.csv", _of_balance(["Open"] * 24))
    assert suggestion.source.columns["balance"] == "Saldo"
    source = suggestion.source.model_copy(update={"without": {"Status": ["Draft", "Void"]}})
    (tmp_path / "mastrino.csv").write_text(text)
    return [rule for _, rule, _ in ledger(source, suggestion.currency).assumed if rule.startswith("Saldo")]


@pytest.mark.parametrize("state", ["Draft", "Void"])
def test_a_row_left_out_is_none_that_a_running_balance_lacks(state, tmp_path):
    states = [state if at == 20 else "Open" for at in range(1, 25)]
    assert _told_of_balance(tmp_path, _of_balance(states)) == []


@pytest.mark.parametrize("nobody", [(), (2, 5, 9, 10)])
def test_a_row_that_a_short_list_lacks_is_told(nobody, tmp_path):
    # FT7 of 107 stood on line 8.
    told = "Saldo does not follow from the rows: 107.00 off at row 8; a row may be missing"
    text = _of_balance(["Open"] * 12, lacking=7, nobody=nobody)
    assert told in _told_of_balance(tmp_path, text)
