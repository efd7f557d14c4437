"""Lists whose buyers stand in lines of several texts or at the top of a tree, and lists beside a ledger."""

import openpyxl
import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.book.exports.trees import groups

AGED = """Accounts Receivable Aged Invoice Report
All Open Invoices - Aged as of 10/31/2026

Invoice Number,Type,Invoice Date,Due Date,Days Delq,Balance,Current,30 Days,60 Days
01-10001,Acme Tooling Inc,,Contact: J. Doe,Phone: (414) 555-0100
,P.O. Box 7,,Milwaukee
0100048,IN,05/29/2026,06/28/2026,141,"2,886.38",,,"2,886.38"
Customer 01-10001 Totals:,,,,,"2,886.38"

01-10002,Baker Supply Co,,Contact: J. Doe,Phone: (414) 555-0100
0100070,IN,05/22/2026,06/21/2026,132,"2,449.89",,,"2,449.89"
0100058,IN,09/19/2026,11/18/2026,,"7,155.89","7,155.89",,
Customer 01-10002 Totals:,,,,,"9,605.78"

Report Totals:,,,,,"12,492.16"
"""


def test_a_line_of_several_texts_heads_a_block(tmp_path):
    suggestion, found = read(tmp_path, "aged.csv", AGED)
    assert suggestion.source.block == {"buyer_id": "1", "name": "2"}
    assert open_items(found) == {
        "0100048": ("01-10001", "2026-06-28", 2886.38),
        "0100070": ("01-10002", "2026-06-21", 2449.89),
        "0100058": ("01-10002", "2026-11-18", 7155.89),
    }
    assert found.tables["buyers"].set_index("buyer_id")["name"].to_dict() == {
        "01-10001": "Acme Tooling Inc", "01-10002": "Baker Supply Co"
    }  # fmt: skip


def test_the_head_of_a_block_may_stand_in_the_column_of_days(tmp_path):
    text = """Date;N° pièce;N° facture;Libellé;Échéance;Débit;Crédit;Solde
CBOUL;;BOULANGERIES DU RHÔNE;;;;;
04/06/2026;101;FA1;Facture FA1;03/08/2026;100,00;;100,00
24/06/2026;102;FA2;Facture FA2;23/08/2026;50,50;;150,50
30/08/2026;103;FA1;Règlement FA1;;;80,00;70,50
;;;Total compte CBOUL;;150,50;80,00;70,50
CCHAT;;CHÂTEAU LAGRANGE;;;;;
16/06/2026;104;FA3;Facture FA3;16/07/2026;10,00;;10,00
;;;Total compte CCHAT;;10,00;;10,00
"""
    _, found = read(tmp_path, "grand_livre.csv", text)
    assert open_items(found) == {
        "FA1": ("CBOUL", "2026-08-03", 20.0), "FA2": ("CBOUL", "2026-08-23", 50.5), "FA3": ("CCHAT", "2026-07-16", 10.0)
    }  # fmt: skip


def test_sums_tell_which_row_is_of_which_group():
    # Two buyers; the first has two contracts, of two documents and of one; the last row is a document without a day.
    values = [60, 30, 10, 20, 30, 30, 5, 7, -2]
    with_day = [False, False, True, True, False, True, False, True, False]
    assert groups(values, with_day) == [-1, 0, 1, 1, 0, 4, -1, 6, 6]


def test_groups_and_documents_in_one_column_are_told_by_sums(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Задолженность покупателей на 31.10.2026"],
        ["Покупатель", "Срок оплаты", "Сумма документа", "Остаток долга"],
        ["Договор"],
        ["АО Балтстрой", None, 150, 90.5],
        ["Договор № 1 от 12.01.2026", None, 150, 90.5],
        ["Реализация 00-377 от 25.09.2026 8:00:02", "25.10.2026", 100, 60.5],
        ["Реализация 00-401 от 26.10.2026 9:00:00", "25.11.2026", 50, 30],
        ["ООО Лесторг", None, 70, 40],
        ["Договор № 2 от 12.01.2026", None, 70, 45],
        ["Реализация 00-402 от 26.09.2026 9:00:00", "26.10.2026", 70, 45],
        ["Договор № 3 от 12.01.2026", None, None, -5],
        ["Поступление на счет 00-011 от 01.10.2026 0:00:00", None, None, -5],
        ["Итого", None, 220, 130.5],
    ):
        sheet.append(row)
    book.save(tmp_path / "debts.xlsx")
    suggestion = suggested([tmp_path / "debts.xlsx"])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems and suggestion.currency == "RUB"
    assert open_items(found) == {
        "00-377": ("АО Балтстрой", "2026-10-25", 60.5), "00-401": ("АО Балтстрой", "2026-11-25", 30.0),
        "00-402": ("ООО Лесторг", "2026-10-26", 45.0),
    }  # fmt: skip
    free = found.tables["receipts"][found.tables["receipts"]["invoice_id"].isna()]
    assert free[["buyer_id", "amount"]].to_numpy().tolist() == [["ООО Лесторг", 5.0]]


INVOICES = """Invoice Date,Invoice Number,Customer ID,Customer Name,Due Date,Total,Balance
2026-01-06,INV-1,41,Lomond,2026-02-05,100.00,0.00
2026-01-07,INV-2,41,Lomond,2026-02-06,50.00,20.00
2026-01-08,INV-3,42,Marlow,2026-02-07,70.00,60.00
"""
PAYMENTS = """Payment Number,Amount,CustomerID,Customer Name,Date,Amount Applied to Invoice,Invoice Number,Invoice Date
1,130.00,41,Lomond,2026-02-09,100.00,INV-1,2026-01-06
1,130.00,41,Lomond,2026-02-09,30.00,INV-2,2026-01-07
2,15.00,42,Marlow,2026-02-16,,,
"""
CREDITS = """Credit Note Date,Credit Note Number,Credit Note Status,Customer ID,Total,Balance,Associated Invoice Number
2026-01-14,CN-1,Closed,42,10.00,0.00,INV-3
2026-01-29,CN-2,Open,42,4.00,4.00,INV-3
2026-01-30,CN-3,Void,42,9.00,9.00,INV-3
"""


def test_payments_and_credit_memos_stand_beside_invoices_in_files_called_so(tmp_path):
    (tmp_path / "Invoice.csv").write_text(INVOICES)
    (tmp_path / "Customer_Payment.csv").write_text(PAYMENTS)
    (tmp_path / "Credit_Note.csv").write_text(CREDITS)
    suggestion = suggested([tmp_path])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    assert {one.one_kind for one in suggestion.source.beside} == {"payment", "credit_note"}
    assert open_items(found) == {"INV-2": ("41", "2026-02-06", 20.0), "INV-3": ("42", "2026-02-07", 60.0)}
    receipts = found.tables["receipts"]
    assert receipts.groupby("kind")["amount"].sum().to_dict() == {"credit_note": 14.0, "payment": 145.0}
    free = receipts[receipts["invoice_id"].isna()]
    assert sorted(free["amount"]) == [4.0, 15.0]


def test_payments_may_name_the_systems_own_number_and_be_returned(tmp_path):
    (tmp_path / "tblInvoice.txt").write_text(
        "InvID,InvNo,CustID,InvDate,DueDate,Gross\n"
        "2000,15500,7,06/01/2026,05/02/2026,£100.00\n2001,15501,7,17/01/2026,16/02/2026,£50.00\n"
    )
    (tmp_path / "tblPayment.txt").write_text(
        "PayID,CustID,PayDate,Amount,InvID\n301,7,30/01/2026,£100.00,2000\n302,7,20/02/2026,£50.00,2001\n"
        "303,7,25/02/2026,-£50.00,2001\n"
    )
    suggestion = suggested([tmp_path / "tblInvoice.txt", tmp_path / "tblPayment.txt"])
    assert suggestion.source.columns["number"] == "InvID"
    assert "source.columns.number" in [guess.key for guess in suggestion.guesses if guess.open]
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems and open_items(found) == {"15501": ("7", "2026-02-16", 50.0)}


def test_limits_with_the_sign_of_a_currency_are_read(tmp_path):
    (tmp_path / "invoices.csv").write_text(
        "Customer no,Customer,Invoice,Date,Due,Amount\n7,Abel,1,2026-01-06,2026-02-05,100.00\n"
    )
    (tmp_path / "customers.csv").write_text('Customer no,Customer name,Credit limit\n7,Abel,"£2,000.00"\n')
    limits = suggested([tmp_path]).tables["limits"]
    assert limits.values == {"amount": {"£2,000.00": "2000.00"}}


def test_rates_beside_amounts_are_the_books(tmp_path):
    text = """Customer no,Customer,Trx no,Trx date,Due date,Amount,Open amount,Currency,Exchange rate,Acctd remaining
7,Abel,1,2026-01-06,2026-02-05,100.00,0.00,CAD,0.75,0.00
7,Abel,2,2026-01-07,2026-02-06,40.00,40.00,CAD,0.75,30.00
8,Birke,3,2026-01-07,2026-02-06,40.00,40.00,USD,,40.00
"""
    suggestion, found = read(tmp_path, "schedules.csv", text)
    assert suggestion.source.columns["rate"] == "Exchange rate" and suggestion.currency == "USD"
    assert found.tables["fx"][["currency", "rate"]].drop_duplicates().to_numpy().tolist() == [["CAD", 0.75]]
    # The other way round nothing shows which is meant.
    alone = text.replace(",Acctd remaining", "").replace(",0.00\n", "\n").replace(",30.00\n", "\n")
    assert "rate" not in read(tmp_path, "alone.csv", alone.replace(",,40.00\n", ",\n"))[0].source.columns


def test_texts_of_rows_tell_a_kind_whose_code_says_nothing(tmp_path):
    text = """Cliente;Nome Cliente;Titulo;Tipo;Emissao;Vencimento;Valor;Saldo;Historico
7;Abel;1;NF;03/10/2026;31/10/2026;100,00;100,00;
7;Abel;2;XQ;04/10/2026;04/10/2026;30,00;30,00;ADIANTAMENTO CLIENTE
7;Abel;3;XZ;05/10/2026;05/10/2026;20,00;20,00;DEVOLUCAO NF 1
"""
    suggestion, found = read(tmp_path, "titulos.csv", text)
    assert suggestion.source.kinds == {"NF": "invoice", "XQ": "payment", "XZ": "credit_note"}
    assert suggestion.source.signs == "by_kind" and open_items(found) == {"1": ("7", "2026-10-31", 100.0)}


def test_labels_above_each_block_name_its_buyer(tmp_path):
    block = """Kunde:;{name}
Kundennr.:;{code}
Zahlungsziel:;14 Tage netto

Rechnung Nr.;Rechnungsdatum;Fällig am;Betrag brutto;offen
{no};13.01.2026;27.01.2026;100,00;40,00

"""
    text = "".join(
        block.format(name=name, code=code, no=f"R{code}") for name, code in (("Abel", "10"), ("Birke", "20"))
    )
    suggestion, found = read(tmp_path, "konten.csv", text)
    assert suggestion.source.block == {"name": "Kunde", "buyer_id": "Kundennr."}
    assert open_items(found) == {"R10": ("10", "2026-01-27", 40.0), "R20": ("20", "2026-01-27", 40.0)}


def test_days_and_amounts_of_jd_edwards_are_read_raw(tmp_path):
    text = """RPAN8,RPALPH,RPDOC,RPDCT,RPDIVJ,RPDDJ,RPJCL,RPAG,RPAAP,RPCRCD
7,Abel,501,RI,126244,126274,0,10050,6025,USD
7,Abel,502,RI,126245,126275,126280,2000,0,USD
7,Abel,900,RU,126270,126270,0,-500,-500,USD
"""
    suggestion, found = read(tmp_path, "F03B11.csv", text)
    assert "source.form.hundredths" in [guess.key for guess in suggestion.guesses if guess.open]
    # The 274th day of 2026 is the first of October.
    assert open_items(found) == {"501": ("7", "2026-10-01", 60.25)}
    assert found.tables["invoices"]["issued"].dt.strftime("%Y-%m-%d").tolist() == ["2026-09-01", "2026-09-02"]
    whole = text.replace("10050,6025", "100.50,60.25").replace("2000,0,", "20.00,0,").replace("-500,-500", "-5,-5")
    assert open_items(read(tmp_path, "decimal.csv", whole)[1]) == {"501": ("7", "2026-10-01", 60.25)}


# Without due days the days of payment are asked: 30 are the first guess.
@pytest.mark.parametrize(("second", "due"), [("151026", "2026-10-15"), ("4711", "2026-10-30")])
def test_the_second_field_of_a_posting_may_hold_its_due_day(second, due, tmp_path):
    head = '"EXTF";700;21;"Buchungsstapel";13;20261102093000000;;"RE";"";"";1001;10001;20260101;4;20260901;20261031'
    names = (
        "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Konto;Gegenkonto (ohne BU-Schlüssel);"
        "Belegdatum;Belegfeld 1;Belegfeld 2;Buchungstext"
    )
    row = f'100,00;"S";"EUR";10010;8400;3009;"R1";"{second}";"Rechnung"'
    text = f'{head};"";"";1;0;0;"EUR"\n{names}\n{row}\n'
    suggestion, found = read(tmp_path, "EXTF.csv", text, "cp1252")
    assert ("due" in suggestion.source.columns) == (second == "151026")
    assert open_items(found)["R1"][1] == due
