"""Invoices and payments in sheets or files of their own, running balances, ages instead of days."""

from datetime import date

import openpyxl
import pytest
from book.exports.test_heads import open_items

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.errors import InputError

INVOICES = [
    ["Invoice No", "Customer ID", "Invoice Date", "Due Date", "Amount"],
    ["A1", "C1", "2026-03-01", "2026-03-31", 1000.0],
    ["A2", "C1", "2026-04-01", "2026-05-01", 2000.0],
    ["A3", "C2", "2026-04-10", "2026-05-10", 500.25],
]
PAYMENTS = [
    ["Payment ID", "Invoice No", "Payment Date", "Amount", "Status"],
    ["P1", "A1", "2026-04-02", 1000.0, "Completed"],
    ["P2", "A2", "2026-05-05", 750.0, "Completed"],
    ["P3", "A3", "2026-05-06", 500.25, "Failed"],
    ["P4", "Z9", "2026-05-07", 33.0, "Completed"],
]
OPEN = {"A2": ("C1", "2026-05-01", 1250.0), "A3": ("C2", "2026-05-10", 500.25)}


def read(*paths):
    suggestion = suggested(list(paths))
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    return suggestion, found


def written(path, rows):
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n")
    return path


def days_of(found):
    receipts = found.tables["receipts"]
    return sorted(
        zip(receipts["invoice_id"], receipts["received"].dt.strftime("%Y-%m-%d"), receipts["amount"], strict=True)
    )


def test_payments_in_a_file_of_their_own(tmp_path):
    customers = written(tmp_path / "customers.csv", [["customer_id", "city"], ["C1", "Rome"]])
    _, found = read(customers, written(tmp_path / "i.csv", INVOICES), written(tmp_path / "p.csv", PAYMENTS))
    assert open_items(found) == OPEN
    assert days_of(found) == [("A1", "2026-04-02", 1000.0), ("A2", "2026-05-05", 750.0)]
    left_out = {rule: rows for _, rule, rows in found.left_out}
    assert left_out["Status is not Completed: 500.25"] == 1
    assert left_out["credits for documents that are not in the export: 33.00"] == 1


def test_a_file_that_is_no_list_is_told(tmp_path):
    customers = written(tmp_path / "customers.csv", [["customer_id", "city", "zip"], ["C1", "Rome", "00100"]])
    suggestion, _ = read(written(tmp_path / "i.csv", INVOICES), customers)
    assert suggestion.remarks == ("customers.csv is no list of documents and is not read.",)
    with pytest.raises(InputError):
        suggested([customers])


def test_payments_in_a_sheet_of_their_own(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Receivables of the second quarter"])
    for name, rows in (("Invoices", INVOICES), ("Payments", PAYMENTS)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    suggestion, found = read(tmp_path / "book.xlsx")
    assert open_items(found) == OPEN
    assert not [guess for guess in suggestion.guesses if guess.key == "source.form.sheet"]


def test_a_sheet_that_is_called_after_payments_is_one_of_payments(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sales ledger"
    sheet.append(["Inv No", "Date", "Customer", "Due", "Gross", "Paid", "Date paid", "Balance"])
    for at in range(1, 6):
        paid = [100.5 + at, date(2026, 3, 20), 0] if at < 3 else [None, None, 100.5 + at]
        sheet.append([f"{at}", date(2026, 2, at), f"Buyer {at % 2}", date(2026, 3, at), 100.5 + at, *paid])
    cash = book.create_sheet("Cash on account")
    cash.append(["Date", "Customer", "Bank ref", "Amount", "Used against", "Left on a/c"])
    cash.append([date(2026, 3, 20), "Buyer 1", "B 12", 101.5, "1", 0])
    cash.append([date(2026, 3, 21), "Buyer 1", "B 13", 300, None, 300])
    cash.append([date(2026, 3, 22), "Buyer 0", "B 14", 162.5, "2", 60])
    book.save(tmp_path / "book.xlsx")
    _, found = read(tmp_path / "book.xlsx")
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"3": 103.5, "4": 104.5, "5": 105.5}
    free = found.tables["receipts"].query("invoice_id.isna()")
    assert free.groupby("buyer_id")["amount"].sum().to_dict() == {"Buyer 1": 300, "Buyer 0": 60}


def test_a_second_sheet_of_invoices_is_told(tmp_path):
    book = openpyxl.Workbook()
    for name in ("2025", "2026"):
        sheet = book.create_sheet(name)
        for row in INVOICES:
            sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    suggestion, _ = read(tmp_path / "book.xlsx")
    (told,) = [guess for guess in suggestion.guesses if guess.key == "source.form.sheet"]
    assert (told.taken, told.others, told.open) == ("2025", ("2026",), True)


STATEMENT = """Date;Customer;Document;Debit;Credit;Balance
01.01.2026;Amber;Opening balance;;;1.500,00
15.01.2026;Amber;F-7;820,50;;2.320,50
20.01.2026;Amber;F-8;100,00;;2.420,50
03.02.2026;Amber;R-31;;1.400,00;1.020,50
04.02.2026;Amber;R-32;;100,00;920,50
20.01.2026;Birch;F-11;2.904,00;;2.904,00
28.01.2026;Birch;R-2;;290,40;2.613,60
"""


def test_a_balance_that_runs_on_is_not_what_is_open(tmp_path):
    (tmp_path / "list.csv").write_text(STATEMENT)
    suggestion, found = read(tmp_path / "list.csv")
    assert "open" not in suggestion.source.columns
    # 100 is just F-8; 1,400 goes to the oldest, which is brought forward.
    assert open_items(found) == {
        "Opening balance": ("Amber", "2026-01-31", 100.0), "F-7": ("Amber", "2026-02-14", 820.5),
        "F-11": ("Birch", "2026-02-19", 2613.6),
    }  # fmt: skip
    assert [guess.taken for guess in suggestion.guesses if guess.key == "source.unmatched" and guess.open] == ["oldest"]


def test_credits_that_name_their_invoices_are_not_set_off_against_the_oldest(tmp_path):
    rows = [["Customer", "Invoice", "Date", "Due", "Amount"], ["A", "1", "2026-01-01", "2026-01-31", 100],
            ["A", "2", "2026-01-05", "2026-02-04", 70], ["A", "2", "2026-02-05", "2026-02-04", -50]]  # fmt: skip
    suggestion, found = read(written(tmp_path / "list.csv", rows))
    assert suggestion.source.unmatched == "on_account"
    assert open_items(found) == {"1": ("A", "2026-01-31", 100.0), "2": ("A", "2026-02-04", 20.0)}


def test_ages_tell_the_due_days_where_no_day_stands(tmp_path):
    rows = [["customer_id", "amount", "days_overdue"], ["C5", 27500, 20], ["C3", 4100, 0], ["C9", 100, 95]]
    path = written(tmp_path / "list.csv", rows)
    suggestion = suggested([path], {"source.exported": "2026-06-30"})
    found = ledger(suggestion.source, suggestion.currency)
    invoices = found.tables["invoices"]
    assert dict(zip(invoices["buyer_id"], invoices["due"].dt.strftime("%Y-%m-%d"), strict=True)) == {
        "C5": "2026-06-10", "C3": "2026-06-30", "C9": "2026-03-27"
    }  # fmt: skip


def test_a_list_that_repeats_the_numbers_of_invoices_is_one_of_payments(tmp_path):
    sales = [["Date", "N°", "Client", "TTC", "Encaissé", "Solde"], ["2026-06-03", "FV-1", "Quai", 118.0, 118.0, 0.0],
             ["2026-06-14", "FV-2", "Hôtel", 289.1, 100.0, 189.1]]  # fmt: skip
    money = [["Date", "N° facture", "Client", "Mode", "Référence", "Montant"],
             ["2026-06-05", "FV-1", "Quai", "Virement", "V1", 118.0],
             ["2026-06-25", "FV-2", "Hôtel", "Chèque", "C2", 100.0]]  # fmt: skip
    # In either order of the files.
    suggestion, found = read(written(tmp_path / "a.csv", money), written(tmp_path / "b.csv", sales))
    assert suggestion.source.beside[0].one_kind == "payment"
    assert open_items(found) == {"FV-2": ("Hôtel", "2026-07-14", 189.1)}
    assert days_of(found) == [("FV-1", "2026-06-05", 118.0), ("FV-2", "2026-06-25", 100.0)]


def test_what_a_company_owes_is_left_out(tmp_path):
    rows = [["id", "sentido", "id_tercero", "documento", "fecha_documento", "vencimiento", "importe"],
            ["1", "cobro", "C1", "F-120", "2026-11-15", "2027-01-15", "1000.00"],
            ["2", "pago", "P4", "FP-88", "2026-11-20", "2027-01-20", "800.00"]]  # fmt: skip
    suggestion, found = read(written(tmp_path / "list.csv", rows))
    assert suggestion.source.where == {"sentido": ["cobro"]}
    assert open_items(found) == {"F-120": ("C1", "2027-01-15", 1000.0)}
    assert found.left_out == (("invoices", "sentido is not cobro: 800.00", 1),)


def test_a_column_that_may_be_what_is_open_is_told_where_its_name_is_not_known(tmp_path):
    rows = [["Customer", "Invoice", "Date", "Due", "Amount", "Zwyx"], ["A", "1", "2026-01-01", "2026-01-31", 100, 40.5],
            ["A", "2", "2026-01-05", "2026-02-04", 70, 0.0]]  # fmt: skip
    suggestion, _ = read(written(tmp_path / "list.csv", rows))
    (told,) = [guess for guess in suggestion.guesses if guess.key == "source.columns.open"]
    assert told.open and told.taken == "none; not known: Zwyx"


def test_rows_that_repeat_an_invoice_beside_each_of_its_payments(tmp_path):
    rows = [["Invoice", "Customer", "Invoice Date", "Due Date", "Amount", "Payment Date", "Payment Amount"],
            ["J1", "Mora", "2026-01-05", "2026-02-04", 1000, "2026-02-01", 400],
            ["J1", "Mora", "2026-01-05", "2026-02-04", 1000, "2026-02-20", 350],
            ["J2", "Nil", "2026-01-10", "2026-02-09", 600, "", ""]]  # fmt: skip
    suggestion, found = read(written(tmp_path / "list.csv", rows))
    assert suggestion.source.lines == "payments"
    assert open_items(found) == {"J1": ("Mora", "2026-02-04", 250.0), "J2": ("Nil", "2026-02-09", 600.0)}
    assert days_of(found) == [("J1", "2026-02-01", 400.0), ("J1", "2026-02-20", 350.0)]


def test_credits_by_age_are_money_on_account(tmp_path):
    rows = [["Customer Name", "Total", "0-30", "31-60", "61-90", "90+"], ["Acme", 1500, 1000, 500, "", ""],
            ["Globex", -20, -20, "", "", ""]]  # fmt: skip
    path = written(tmp_path / "list.csv", rows)
    suggestion = suggested([path], {"source.exported": "2026-05-31"})
    receipts = ledger(suggestion.source, "EUR").tables["receipts"]
    assert receipts[["buyer_id", "amount"]].to_numpy().tolist() == [["Globex", 20.0]]
    assert receipts["received"].dt.strftime("%Y-%m-%d").tolist() == ["2026-05-31"]


RECHNUNGEN = [["Rechnungsnr.", "Kontakt", "Datum", "Zahlbar bis", "Total", "Offener Betrag", "Status"]] + [
    [
        f"RE-{at}",
        ("Amber AG", "Birch GmbH")[at % 2],
        f"{at:02}.09.2026",
        f"{at:02}.10.2026",
        "100.50",
        "100.50",
        "Offen",
    ]
    for at in range(1, 7)
]


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("export.csv", ["Gutschriftsnr.", "Kontakt", "Datum", "Total", "Restguthaben"]),
        ("gutschriften.csv", ["Nummer", "Kontakt", "Datum", "Total", "Offener Betrag"]),
    ],
)
def test_credit_memos_in_a_file_of_their_own_are_no_invoices(name, head, tmp_path):
    credits = written(tmp_path / name, [head, ["GU-1", "Birch GmbH", "14.10.2026", "80.25", "30.25"]])
    _, found = read(written(tmp_path / "rechnungen.csv", RECHNUNGEN), credits)
    assert len(open_items(found)) == 6
    receipts = found.tables["receipts"]
    assert [*zip(receipts["kind"], receipts["buyer_id"], receipts["amount"], strict=True)] == [
        ("credit_note", "Birch GmbH", 30.25)
    ]


def test_credit_memos_in_a_sheet_of_their_own_are_no_invoices(tmp_path):
    book = openpyxl.Workbook()
    for name, rows in (("Invoices", INVOICES), ("Credit notes", [INVOICES[0], ["K1", *INVOICES[1][1:]]])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(tmp_path / "book.xlsx")
    _, found = read(tmp_path / "book.xlsx")
    assert "K1" not in {*found.tables["invoices"]["invoice_id"]}


def test_the_number_of_a_credit_beside_few_invoices_makes_no_list_of_credits(tmp_path):
    head = ["Invoice No", "Customer", "Date", "Due Date", "Amount", "Open", "Credit Note No", "Credit Note Date"]
    rows = [[f"I{at}", "Amber", f"2026-09-0{at}", f"2026-10-0{at}", "100.50", "100.50", "", ""] for at in range(1, 7)]
    rows[0][-2:] = ["K1", "2026-09-30"]
    _, found = read(written(tmp_path / "list.csv", [head, *rows]))
    assert open_items(found)["I2"] == ("Amber", "2026-10-02", 100.5)


def test_credits_beside_documents_of_any_number_make_no_list_of_credits(tmp_path):
    head = ["Doc No", "Customer", "Date", "Due Date", "Amount", "Open", "Credit Note Amount", "Credit Note Date"]
    rows = [[f"D{at}", "Amber", f"2026-09-0{at}", f"2026-10-0{at}", "100.50", "90.25", "10.25", "2026-09-30"]
            for at in range(1, 7)]  # fmt: skip
    _, found = read(written(tmp_path / "list.csv", [head, *rows]))
    assert open_items(found)["D2"] == ("Amber", "2026-10-02", 90.25)


def test_what_of_a_payment_is_on_account_stands_beside_what_is_applied(tmp_path):
    head = ["Payment", "Customer", "Payment Date", "Payment Amount", "Applied Amount", "On Account Amount", "Reference"]
    payments = [["P1", "C1", "2026-04-02", "300.25", "300.25", "0.00", "A1"],
                ["P2", "C1", "2026-05-05", "90.75", "0.00", "90.75", ""],
                ["P3", "C2", "2026-05-06", "70.50", "50.00", "20.50", "A3"]]  # fmt: skip
    _, found = read(written(tmp_path / "i.csv", INVOICES), written(tmp_path / "p.csv", [head, *payments]))
    receipts = found.tables["receipts"]
    on_account = receipts[receipts["invoice_id"].isna()]
    assert [*zip(on_account["buyer_id"], on_account["amount"], strict=True)] == [("C1", 90.75), ("C2", 20.5)]
