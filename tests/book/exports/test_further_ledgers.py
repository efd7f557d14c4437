"""More ledgers as they come: days of posting alone, triangles for a minus, days in three columns, sheets of a book."""

import openpyxl
import pandas as pd
import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.amounts import amounts
from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.words import start

BY_ENTRY = """\
AZIENDA: GARDA S.R.L.
PARTITARIO CLIENTI PER PARTITA
Dal 01/01/2026 al 31/10/2026

Data reg.;Causale;N. doc.;Data doc.;Partita;Scadenza;Dare;Avere;Saldo progr.
Cliente: 0010 Alder S.R.L.
05/03/2026;FATTURA EMESSA;101;05/03/2026;101;04/04/2026;1.190,00;;1.190,00
10/04/2026;INCASSO;;;101;;;1.190,00;0,00
12/05/2026;FATTURA EMESSA;102;12/05/2026;102;11/06/2026;500,00;;500,00
;;;;;Totale cliente;1.690,00;1.190,00;500,00
Cliente: 0020 Brook S.P.A.
20/06/2026;FATTURA EMESSA;103;20/06/2026;103;20/07/2026;800,00;;800,00
25/08/2026;INCASSO;;;103;;;300,00;500,00
;;;;;Totale cliente;800,00;300,00;500,00
"""

WITH_TOTALS = """\
Comprobante;Fecha elaboración;Identificación;Nombre del tercero;Débito;Crédito;Saldo movimiento
FV-1;20/06/2026;881447118;AGRO ALDER S.A.S.;1024559;0;1024559
FV-2;24/06/2026;881447118;AGRO ALDER S.A.S.;386040;0;1410599
RC-1;18/08/2026;881447118;AGRO ALDER S.A.S.;0;1024559;386040
;;;Total AGRO ALDER S.A.S.;1410599;1024559;386040
FV-3;07/09/2026;900112233;BROOK LTDA;993220;0;993220
;;;Total BROOK LTDA;993220;0;993220
"""

IN_PARTS = """\
Scadenza;Cod. soggetto;Soggetto;Tipo doc.;Data doc.;Num. doc.;Rata;Importo;Saldato;Data saldo
06/09/2026;0001;Ferramenta Alder S.r.l.;Fattura;06/09/2026;107/26;Acconto;159,07;Sì;16/09/2026
06/09/2026;0001;Ferramenta Alder S.r.l.;Fattura;06/09/2026;107/26;Saldo;53,03;No;
20/09/2026;0005;Bar Brook;Fattura;20/09/2026;108/26;1/1;100,50;Sì;17/10/2026
30/09/2026;0005;Bar Brook;Fattura;30/09/2026;109/26;1/1;75,25;No;
"""

BY_HAND = """\
N° facture;Date;Client;Montant TTC;Échéance;Réglé le;Montant réglé;Reste dû
F26-001;04/03/2026;Garage Alder;1608,23;03/04/2026;;;1608,23
F26-002;13/03/2026;SCI Brook;1317,55;12/04/2026;15/04/2026;1317,55;0,00
F26-003;15/03/2026;Optique Cedar;300,00;15/03/2026;20/03/26 et 27/03/26;300,00;0,00
F26-004;18/03/2026;Garage Alder;196,04;17/04/2026;07/05/2026;100,00;96,04
"""

IN_JAPAN = """\
売掛金未回収一覧表
令和8年10月31日現在

得意先コード,得意先名,請求番号,区分,請求日,回収予定日,請求金額,回収済額,未回収残高
001001,株式会社鈴木,S1,売上,R08/08/31,R08/09/30,"120,000","20,000","100,000"
001001,株式会社鈴木,S2,返品,R08/09/15,R08/09/15,"▲7,000",0,"▲7,000"
001008,有限会社大阪,S3,売上,R08/09/30,R08/10/31,"55,000",0,"55,000"
"""

BY_INSTALMENT = """\
Client\tNom\tType\tN° document\tDate document\tDate échéance\tMontant échéance\tMontant réglé\t{left}
C1\tAlder SARL\tFacture\tF1\t31/07/2026\t30/08/2026\t600,00 €\t600,00 €\t0,00 €
C1\tAlder SARL\tFacture\tF1\t31/07/2026\t29/09/2026\t600,00 €\t100,00 €\t500,00 €
C2\tBrook SAS\tFacture\tF2\t15/09/2026\t15/10/2026\t250,40 €\t0,00 €\t250,40 €
"""

TWO_CURRENCIES = """\
Identity,Name,Invoice No,Issue Date,Due Date,Currency,Curr Rate,Curr Amount,Open Curr Amount,Acc Amount,Open Acc Amount
1001,Alder Ltd,501,2026-07-01,2026-07-31,GBP,1,1190.50,1190.50,1190.50,1190.50
1002,Brook GmbH,502,2026-07-02,2026-08-01,EUR,0.86,2000.00,500.00,1720.00,430.00
1002,Brook GmbH,503,2026-07-03,2026-08-02,EUR,0.86,300.25,0.00,258.22,0.00
1001,Alder Ltd,504,2026-07-06,2026-08-05,GBP,1,75.30,0.00,75.30,0.00
"""

IN_TAIWAN = """\
,,,山川工業股份有限公司
,,,應收帳款明細表
製表日期:115/11/03,,,截止日期:115/10/31,,,,,頁次:1/2
客戶代號,客戶簡稱,單據日期,發票號碼,預計收款日,幣別,應收金額,已收金額,未收金額
A005,大立光學,115/07/18,KN01,115/09/16,NTD,"235,494","200,000","35,494"
,,115/07/31,KN02,115/09/29,NTD,"76,307","76,307",0
,,115/08/06,KN03,115/10/05,NTD,"96,641",0,"96,641"
,,客戶小計：,,,,"408,442","276,307","132,135"
A007,元晟精密,115/08/01,KN04,115/09/30,NTD,"63,320","63,320",0
,,115/08/03,KN05,115/10/02,NTD,"7,112",0,"7,112"
,,,山川工業股份有限公司
,,,應收帳款明細表
製表日期:115/11/03,,,截止日期:115/10/31,,,,,頁次:2/2
客戶代號,客戶簡稱,單據日期,發票號碼,預計收款日,幣別,應收金額,已收金額,未收金額
A007,元晟精密,115/09/18,KN06,115/11/17,NTD,"207,312",0,"207,312"
,,115/09/20,KN07,115/11/19,NTD,"5,250",0,"5,250"
,,客戶小計：,,,,"282,994","63,320","219,674"
"""


def test_a_buyer_that_is_named_once_is_named_again_on_a_further_page(tmp_path):
    suggestion, found = read(tmp_path, "acrr05.csv", IN_TAIWAN, "big5")
    assert (suggestion.currency, str(suggestion.source.exported)) == ("TWD", "2026-10-31")
    assert suggestion.source.block == {"buyer_id": "="}
    assert open_items(found) == {
        "KN01": ("A005", "2026-09-16", 35494.0),
        "KN03": ("A005", "2026-10-05", 96641.0),
        "KN05": ("A007", "2026-10-02", 7112.0),
        "KN06": ("A007", "2026-11-17", 207312.0),
        "KN07": ("A007", "2026-11-19", 5250.0),
    }


def test_entries_without_a_day_of_a_document_count_on_their_day_of_posting(tmp_path):
    suggestion, found = read(tmp_path, "partitario.csv", BY_ENTRY)
    assert str(suggestion.source.exported) == "2026-10-31"
    assert suggestion.source.columns["issued"] == ["Data doc.", "Data reg."]
    assert open_items(found) == {"102": ("0010", "2026-06-11", 500.0), "103": ("0020", "2026-07-20", 500.0)}
    receipts = found.tables["receipts"].set_index("invoice_id")
    assert receipts["received"].dt.date.astype("str").to_dict() == {"101": "2026-04-10", "103": "2026-08-25"}


def test_a_triangle_is_a_minus_and_the_day_stands_before_its_word_in_japan(tmp_path):
    suggestion, found = read(tmp_path, "一覧.csv", IN_JAPAN, "cp932")
    assert (str(suggestion.source.exported), suggestion.currency) == ("2026-10-31", "JPY")
    assert open_items(found) == {"S1": ("001001", "2026-09-30", 100_000.0), "S3": ("001008", "2026-10-31", 55_000.0)}
    credit = found.tables["receipts"].set_index("receipt_id").loc["S2"]
    assert (credit["kind"], credit["amount"], credit["buyer_id"]) == ("credit_note", 7_000.0, "001001")


@pytest.mark.parametrize(("text", "value"), [("▲1,200", -1200.0), ("△ 35.50", -35.5), ("¥▲7,290", -7290.0)])
def test_triangles_are_minuses(text, value):
    assert amounts(pd.Series([text]), ".").tolist() == [value]


@pytest.mark.parametrize("left", ["Reste à régler", "Zzz"])
def test_what_falls_due_is_the_whole_where_another_column_is_what_is_left_of_it(left, tmp_path):
    # By its name, and by its figures alone.
    suggestion, found = read(tmp_path, "echeancier.txt", BY_INSTALMENT.format(left=left), "utf-16")
    assert (suggestion.source.columns["amount"], suggestion.source.columns["open"]) == ("Montant échéance", left)
    assert open_items(found) == {"F1/2": ("C1", "2026-09-29", 500.0), "F2": ("C2", "2026-10-15", 250.4)}
    assert found.tables["invoices"]["amount"].sum() == 1450.4


def test_amounts_in_the_currency_of_accounts_stand_beside_those_of_documents(tmp_path):
    suggestion, found = read(tmp_path, "items.csv", TWO_CURRENCIES)
    assert suggestion.currency == "GBP"
    assert (suggestion.source.columns["amount"], suggestion.source.columns["open"]) == (
        "Curr Amount",
        "Open Curr Amount",
    )
    assert open_items(found) == {"501": ("1001", "2026-07-31", 1190.5), "502": ("1002", "2026-08-01", 500.0)}
    assert set(found.tables["fx"]["rate"].round(4)) == {0.86}


@pytest.mark.parametrize("words", [("年", "月", "日"), ("Year", "Month", "Day"), ("Jahr", "Monat", "Tag")])
def test_days_in_three_columns_are_days(words, tmp_path):
    text = (
        f"{','.join(words)},Customer No,Invoice No,Due Date,Amount\n"
        "2026,9,1,C1,1,2026-10-01,100.50\n2026,10,12,C2,2,2026-11-11,200.25\n2026,10,30,C1,3,2026-11-29,300.75\n"
    )
    suggestion, found = read(tmp_path, "ledger.csv", text)
    assert suggestion.source.columns["issued"] == " ".join(words)
    issued = found.tables["invoices"].set_index("invoice_id")["issued"].dt.date.astype("str")
    assert issued.to_dict() == {"1": "2026-09-01", "2": "2026-10-12", "3": "2026-10-30"}


def test_days_in_three_columns_of_a_table_are_days(tmp_path):
    table = pd.DataFrame(
        {
            "Customer No": ["C1", "C2", "C1"], "Year": [2026, 2026, 2026], "Month": [9, 10, 10], "Day": [1, 12, 30],
            "Invoice No": ["1", "2", "3"], "Due Date": ["2026-10-01", "2026-11-11", "2026-11-29"],
            "Amount": [100.5, 200.25, 300.75],
        }
    )  # fmt: skip
    table.to_parquet(tmp_path / "ledger.parquet")
    suggestion = suggested([tmp_path / "ledger.parquet"])
    assert suggestion.source.columns["issued"] == "Year Month Day"
    issued = ledger(suggestion.source, "EUR").tables["invoices"].set_index("invoice_id")["issued"]
    assert issued.dt.date.astype("str").to_dict() == {"1": "2026-09-01", "2": "2026-10-12", "3": "2026-10-30"}


def test_sheets_of_one_workbook_are_invoices_payments_credit_memos_and_customers(tmp_path):
    book = openpyxl.Workbook()
    rows = {
        "Customers": [
            ["Cust #", "Customer Name", "City", "Terms", "Credit Limit"],
            [41, "Alder Inc.", "Dayton", "Net 30", 5000], [42, "Brook LLC", "Akron", "Net 14", 9000],
            [43, "Cobalt Co.", "Lima", "Net 30", 7000],
        ],
        "Invoices": [
            ["Cust #", "Invoice #", "Inv Date", "Due Date", "Invoice Amt"],
            [41, "A1", "09/01/26", "10/01/26", 500.5], [42, "A2", "09/14/26", "09/28/26", 300.25],
            [43, "A3", "10/05/26", "11/04/26", 75.0],
        ],
        "Cash Receipts": [
            ["Check Date", "Check #", "Cust #", "Applied to Invoice", "Amount Applied"],
            ["10/02/26", "7001", 41, "A1", 500.5], ["10/20/26", "7002", 42, "A2", 100.0],
            ["10/21/26", "7003", 42, "A2", 100.25],
        ],
        "Credit Memos": [
            ["Cust #", "CM #", "CM Date", "Applied to Invoice", "CM Amount"],
            [43, "K1", "10/09/26", "A3", 25.0], [42, "K2", "10/09/26", "A2", 10.0],
        ],
        "Rates": [["Region", "Rep", "Quota"], ["North", "JB", 1], ["South", "MK", 2]],
    }  # fmt: skip
    for name, lines in rows.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.remove(book["Sheet"])
    book.save(tmp_path / "AR.xlsx")
    suggestion = suggested([tmp_path / "AR.xlsx"])
    found = ledger(suggestion.source, suggestion.currency)
    # The month stands first: dollars.
    assert suggestion.currency == "USD"
    assert open_items(found) == {"A2": ("42", "2026-09-28", 90.0), "A3": ("43", "2026-11-04", 50.0)}
    kinds = found.tables["receipts"].groupby("kind")["amount"].sum()
    assert kinds.to_dict() == {"payment": 700.75, "credit_note": 35.0}
    assert suggestion.tables["limits"].formats.sheet == suggestion.tables["buyers"].formats.sheet == "Customers"
    assert start.guessed(suggestion)["source.sheets"] == "Rates"


def test_a_day_in_the_far_future_is_not_that_of_the_export(tmp_path):
    rows = "".join(f"C{at % 5},{at},2020-03-{at % 28 + 1:02},2020-04-20,{100 + at}.50\n" for at in range(60))
    text = f"Customer No,Invoice No,Invoice Date,Due Date,Amount\n{rows}C1,77,2062-03-10,2020-04-20,10.00\n"
    suggestion, found = read(tmp_path, "ledger.csv", text)
    assert str(suggestion.source.exported) == "2020-03-31"
    assert "2062-03-10" in start.guessed(suggestion)["source.form.dates.later"]
    assert ("invoices", "dated after 2020-03-31, the day of the export: 10.00; look at their days", 1) in found.assumed


def test_a_day_in_the_far_future_has_no_line_where_there_are_several_files(tmp_path):
    head = "Customer No,Invoice No,Invoice Date,Due Date,Amount\n"
    for file in ("a", "b"):
        rows = "".join(f"C{at % 5},{file}{at},2020-03-{at % 28 + 1:02},2020-04-20,{100 + at}.50\n" for at in range(60))
        (tmp_path / f"{file}.csv").write_text(f"{head}{rows}")
    with (tmp_path / "b.csv").open("a") as file:
        file.write("C1,b77,2062-03-10,2020-04-20,10.00\n")
    suggestion = suggested([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert start.guessed(suggestion)["source.form.dates.later"] == "2062-03-10"


def test_limits_and_terms_are_told_by_a_part_of_their_names(tmp_path):
    (tmp_path / "posten.csv").write_text(
        "Kundennummer,Rechnungsnummer,Rechnungsdatum,Fälligkeit,Betrag,Offen\n"
        "C1,1,2026-09-01,2026-10-01,100.50,100.50\nC2,2,2026-10-12,2026-11-11,200.25,0.00\n"
    )
    (tmp_path / "kunden.csv").write_text(
        "Kundennummer,Firma,Kreditlimite,Zahlungsfrist Tage\nC1,Alder AG,5000,30\nC2,Brook AG,8000,45\n"
    )
    suggestion = suggested([tmp_path / "posten.csv", tmp_path / "kunden.csv"])
    assert suggestion.tables["limits"].columns["amount"] == "Kreditlimite"
    assert suggestion.tables["buyers"].columns["terms_days"] == "Zahlungsfrist Tage"


def test_what_comes_in_of_a_debt_that_was_written_off_is_a_recovery(tmp_path):
    text = (
        "Customer No,Document No,Type,Date,Due Date,Applies to,Amount\n"
        "C1,1,Invoice,2025-09-01,2025-10-01,,1000.50\nC1,W1,Write-off,2026-03-01,,1,-1000.50\n"
        "C1,P1,Bad debt recovery,2026-09-10,,1,-200.25\nC2,2,Invoice,2026-09-12,2026-10-12,,70.10\n"
    )
    suggestion, found = read(tmp_path, "ledger.csv", text)
    assert suggestion.source.kinds["Bad debt recovery"] == "recovery"
    assert open_items(found)["2"] == ("C2", "2026-10-12", 70.1)
    receipts = found.tables["receipts"].set_index("kind")
    assert receipts["amount"].to_dict() == {"write_off": 1000.5, "recovery": 200.25}
    assert receipts["invoice_id"].to_dict() == {"write_off": "1", "recovery": "1"}


def test_payments_before_their_invoice_are_told(tmp_path):
    text = (
        "Customer No,Document No,Type,Date,Due Date,Applies to,Amount\n"
        "C1,P1,Payment,2026-08-20,,1,-400.50\nC1,1,Invoice,2026-09-01,2026-10-01,,1000.50\n"
    )
    _, found = read(tmp_path, "ledger.csv", text)
    assert found.tables["receipts"]["received"].dt.date.astype("str").tolist() == ["2026-09-01"]
    assert ("receipts", "paid before the invoice's day, taken as received on it: 400.50", 1) in found.assumed


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"amount": "Net"},
            "the amount less what is paid is not what is open (line 2: 100.00, 0.00 paid, 119.00 open)",
        ),
        ({"amount": "Net", "paid": None}, "more is open than the amount (line 2: 100.00, 119.00 open)"),
        ({}, None),
    ],
)
def test_amounts_that_do_not_add_up_are_told(columns, said, tmp_path):
    text = (
        "Customer No,Invoice No,Invoice Date,Due Date,Net,Gross,Paid,Open\n"
        "C1,1,2026-09-01,2026-10-01,100.00,119.00,0.00,119.00\nC2,2,2026-09-02,2026-10-02,200.00,238.00,38.00,200.00\n"
        "C1,3,2026-09-03,2026-10-03,300.00,357.00,357.00,0.00\nC2,4,2026-09-04,2026-10-04,50.00,59.50,0.00,59.50\n"
        "C1,5,2026-09-05,2026-10-05,10.00,11.90,0.00,11.90\n"
    )
    suggestion, _ = read(tmp_path, "ledger.csv", text)
    changed = {role: name for role, name in {**suggestion.source.columns, **columns}.items() if name}
    found = ledger(suggestion.source.model_copy(update={"columns": changed}), suggestion.currency)
    rules = [rule for _, rule, _ in found.assumed if "open" in rule]
    assert rules == [] if said is None else rules[0].startswith(said)


def test_rows_with_an_amount_and_no_day_are_told(tmp_path):
    text = (
        "Customer No,Invoice No,Text,Invoice Date,Due Date,Amount\nC1,1,Goods,2026-09-01,2026-10-01,100.50\n"
        "C2,2,Goods,2026-09-02,2026-10-02,200.25\n,,Payment on account,,,-60.10\n,,Total customers,,,240.65\n"
    )
    suggestion, found = read(tmp_path, "ledger.csv", text)
    assert open_items(found) == {"1": ("C1", "2026-10-01", 100.5), "2": ("C2", "2026-10-02", 200.25)}
    assert start.guessed(suggestion)["source.undated"] == "1 row in line 4: Payment on account, -60.10"


def test_of_parts_by_which_some_are_paid_the_others_are_open(tmp_path):
    _, found = read(tmp_path, "pagamenti.csv", IN_PARTS, "cp1252")
    assert open_items(found) == {"107/26": ("0001", "2026-09-06", 53.03), "109/26": ("0005", "2026-09-30", 75.25)}


def test_two_days_of_payment_in_a_cell_are_no_day_where_amounts_tell_what_is_open(tmp_path):
    _, found = read(tmp_path, "factures.csv", BY_HAND, "cp1252")
    assert open_items(found) == {
        "F26-001": ("Garage Alder", "2026-04-03", 1608.23),
        "F26-004": ("Garage Alder", "2026-04-17", 96.04),
    }
    (rule,) = [rule for _, rule, _ in found.assumed if "taken as unknown" in rule]
    assert rule == "Réglé le is no day, such as '20/03/26 et 27/03/26': when they were paid is taken as unknown"


def test_a_total_that_names_its_buyer_is_no_balance_brought_forward(tmp_path):
    _, found = read(tmp_path, "auxiliar.csv", WITH_TOTALS)
    assert set(found.tables["buyers"]["name"]) == {"AGRO ALDER S.A.S.", "BROOK LTDA"}
    assert found.tables["invoices"]["invoice_id"].tolist() == ["FV-1", "FV-2", "FV-3"]
