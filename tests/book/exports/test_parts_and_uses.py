"""What settles a part, what is no payment among payments, and what a list says once more."""

import pandas as pd
import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports import terms
from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.numbered_names import are_together
from tradecredit.book.exports.suggestion import suggested

HEAD = "Compte;Intitulé;Date;Pièce;Libellé;Lettr.;Date lettrage;Débit;Crédit"
LETTERED = [
    "C1;Alder;02/02/2026;FA240130;Facture;A;20/03/2026;1000,50;",
    "C1;Alder;20/03/2026;BQ240131;Virement;A;20/03/2026;;1000,50",
    "C1;Alder;03/02/2026;FA240131;Facture;b;21/03/2026;800,25;",
    "C1;Alder;21/03/2026;BQ240132;Virement;b;21/03/2026;;300,00",
    "C2;Birch;04/02/2026;FA240132;Facture;;;500,75;",
]


def test_small_letters_match_a_part_and_numbers_of_another_series_nothing(tmp_path):
    _, found = read(tmp_path, "ecritures.csv", "\n".join([HEAD, *LETTERED]))
    # BQ240131 and BQ240132 have the figures of invoices that they do not pay.
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"FA240131": 500.25, "FA240132": 500.75}


SHEETS = (
    "Konto;Kontobezeichnung;Belegdatum;Belegfeld 1;Buchungstext;Gegenkonto;Fälligkeit;Umsatz Soll;Umsatz Haben;Saldo"
)
SHEETS += """
10100;Alder GmbH;01.01.2026;RE4713;EB-Wert;9008;22.12.2025;887,74;;887,74 S
10100;Alder GmbH;16.01.2026;RE5001;Rechnung;8400;15.02.2026;100,50;;988,24 S
10100;Alder GmbH;20.01.2026;RE4713;Überweisung;1200;;;500,00;488,24 S
Summe 10100;;;;;;;988,24;500,00;488,24 S
10200;Birch AG;17.01.2026;RE5002;Rechnung;8400;16.02.2026;200,25;;200,25 S
Summe 10200;;;;;;;200,25;0,00;200,25 S
"""


def test_opening_entries_were_issued_on_their_due_day_at_the_latest(tmp_path):
    _, found = read(tmp_path, "konten.csv", SHEETS, "cp1252")
    assert open_items(found) == {
        "RE4713": ("10100", "2025-12-22", 387.74), "RE5001": ("10100", "2026-02-15", 100.5),
        "RE5002": ("10200", "2026-02-16", 200.25),
    }  # fmt: skip
    told = {rule: rows for _, rule, rows in found.assumed}
    assert told["opening entries that were due before: taken as issued on the due day"] == 1


ACCOUNTS = """PARTITARIO CLIENTI;;;dal 01/01/2026 al 30/04/2026;;;;;Valuta: EUR;;
Data reg.;N. reg.;Causale;Descrizione;N. doc.;Data doc.;Partita;Scadenza;Dare;Avere;Saldo
Cliente: 0000103;;;ALFA S.R.L.;;;;;;;
17/01/2026;71;FV;FATTURA DI VENDITA;11/A;17/01/2026;2026/11;31/03/2026;2.405,14;;2.405,14
22/01/2026;97;NC;NOTA DI CREDITO;1/NC;22/01/2026;2026/11;;;405,14;2.000,00
21/03/2026;331;FV;FATTURA DI VENDITA;87/A;21/03/2026;2026/87;31/05/2026;1.438,55;;3.438,55
28/03/2026;394;RB;INCASSO RI.BA.;87/A;21/03/2026;2026/87;;;1.438,55;2.000,00
06/04/2026;460;IN;INSOLUTO RI.BA.;87/A;21/03/2026;2026/87;;1.438,55;;3.438,55
;;;Totale cliente 0000103;;;;;5.282,24;1.843,69;3.438,55
Cliente: 0000107;;;BETA S.N.C.;;;;;;;
08/01/2026;38;FV;FATTURA DI VENDITA;4/A;08/01/2026;2026/4;28/02/2026;4.151,64;;4.151,64
13/02/2026;176;IC;INCASSO ASSEGNO;4/A;08/01/2026;2026/4;;;4.151,64;0,00
17/02/2026;187;FV;FATTURA DI VENDITA;47/A;17/02/2026;2026/47;31/03/2026;1.127,44;;1.127,44
;;;Totale cliente 0000107;;;;;5.279,08;4.151,64;1.127,44
"""


def test_heads_of_accounts_may_label_the_number_and_a_returned_payment_is_due_as_before(tmp_path):
    _, found = read(tmp_path, "partitario.csv", ACCOUNTS)
    assert open_items(found) == {
        "11/A": ("0000103", "2026-03-31", 2000.0), "87/A": ("0000103", "2026-05-31", 1438.55),
        "47/A": ("0000107", "2026-03-31", 1127.44),
    }  # fmt: skip
    names = found.tables["buyers"].set_index("buyer_id")["name"].to_dict()
    assert names == {"0000103": "ALFA S.R.L.", "0000107": "BETA S.N.C."}


INVOICES = ["Customer,Invoice,Date,Due,Amount,Balance"] + [
    f"Buyer {at % 3},I{at},2026-02-{at:02},2026-03-{at:02},{100.5 + at},{100.5 + at}" for at in range(1, 10)
]
AGES = """Aged receivables summary
Customer,Current,1-30,31-60,Total
Buyer 0,318.5,0,0,318.5
Buyer 1,312.5,0,0,312.5
Buyer 2,315.5,0,0,315.5
"""


def test_a_list_by_age_beside_a_ledger_does_not_count_once_more(tmp_path):
    files = [tmp_path / "invoices.csv", tmp_path / "ages.csv"]
    for file, text in zip(files, ("\n".join(INVOICES), AGES), strict=True):
        file.write_text(text, encoding="utf-8")
    suggestion = suggested(files)
    found = ledger(suggestion.source, suggestion.currency)
    assert sum(rest for _, _, rest in open_items(found).values()) == pytest.approx(
        sum(100.5 + at for at in range(1, 10))
    )
    assert [guess.taken for guess in suggestion.guesses if guess.key == "source.ages" and guess.open] == ["ages.csv"]


def test_names_that_differ_in_capitals_and_spaces_are_one_buyer(tmp_path):
    text = "\n".join(INVOICES).replace("Buyer 1,I4", "buyer  1,I4").replace("Buyer 2,I5", "BUYER 2,I5")
    _, found = read(tmp_path, "invoices.csv", text)
    assert {buyer for buyer, _, _ in open_items(found).values()} == {"Buyer 0", "Buyer 1", "Buyer 2"}
    (told,) = [(rule, rows) for table, rule, rows in found.assumed if table == "buyers"]
    assert told[0].startswith("buyers that differ in capitals and spaces alone") and told[1] == 2


PAYMENTS = """Date,Customer,Invoice,Amount,How,Note
2026-03-10,Buyer 1,I1,81.50,EFT,less CN01
2026-03-10,Buyer 1,I1,20.00,credit note,CN01 used
2026-03-11,Buyer 2,I2,60.00,card,part
2026-03-12,Buyer 0,I3,103.50,written off,
"""


def test_payments_may_hold_credits_that_were_used_and_what_was_written_off(tmp_path):
    sold = [row.rpartition(",")[0] for row in INVOICES] + ["Buyer 1,CN01,2026-02-20,,-20.00"]
    for name, text in (("invoices.csv", "\n".join(sold)), ("payments.csv", PAYMENTS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    suggestion = suggested([tmp_path / "invoices.csv", tmp_path / "payments.csv"])
    found = ledger(suggestion.source, suggestion.currency)
    left = {one: rest for one, (_, _, rest) in open_items(found).items()}
    assert {"I1", "I3"}.isdisjoint(left) and left["I2"] == 42.5
    receipts = found.tables["receipts"]
    assert receipts["invoice_id"].notna().all()
    assert receipts.groupby("kind")["amount"].sum().to_dict() == {
        "credit_note": 20.0, "payment": 141.5, "write_off": 103.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("30 jours date de facture", 30), ("a 60 dias fecha factura", 60), ("comptant", 0), ("C.O.D.", 0),
        ("2% 10 days, 30 days", 30), ("nothing of the kind", None),
    ],
)  # fmt: skip
def test_days_of_payment_in_words(text, days):
    assert terms.read(text).days == days


CARDS = """Datum;Dagboek;Boekstuknr.;Onze ref.;Omschrijving;Vervaldatum;Debet;Credit;Saldo;Debiteur
01-01-2026;;;;Beginsaldo;;;;0,00;Bakker
13-02-2026;70 - Verkoop;24700027;24700027;Verpakking;15-03-2026;1702,58;;1702,58;Bakker
19-03-2026;20 - Bank;24200016;24700027;fact. 24700027;;;1702,58;0,00;Bakker
26-03-2026;70 - Verkoop;24700051;24700051;Verpakking;25-04-2026;2944,77;;2944,77;Bakker
05-04-2026;70 - Verkoop;24790007;24790007;Creditnota bij 24700051;;;815,61;2129,16;Bakker
06-04-2026;70 - Verkoop;24700052;24700052;Verpakking;06-05-2026;500,25;;500,25;Visser
07-04-2026;20 - Bank;24200017;24700052;Betaling;;;500,25;0,00;Visser
08-04-2026;70 - Verkoop;24700053;24700053;Verpakking;08-05-2026;600,75;;600,75;Visser
09-04-2026;20 - Bank;24200018;24700053;Betaling;;;300,25;300,50;Visser
10-04-2026;20 - Bank;24200019;24700051;Betaling;;;100,00;2029,16;Bakker
11-04-2026;20 - Bank;24200020;24700051;Betaling;;;100,00;1929,16;Bakker
"""


def test_invoices_are_known_by_what_their_payments_repeat_and_a_text_alone_settles_nothing(tmp_path):
    suggestion, found = read(tmp_path, "debiteuren.csv", CARDS)
    assert suggestion.source.columns["invoice_id"] == "Onze ref."
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"24700051": 2744.77, "24700053": 300.5}
    free = found.tables["receipts"].query("invoice_id.isna()")
    assert free["amount"].tolist() == [815.61]
    # A balance brought forward of nothing is no invoice.
    assert len(found.tables["invoices"]) == 4


TRANSACTIONS = [
    "EXTRACT_DATE|CUSTOMER_TRX_ID|TRX_NUMBER|TRX_CLASS|BILL_TO_ACCOUNT_NUMBER|TRX_DATE|TERM_NAME|DUE_DATE|AMOUNT"
]
TRANSACTIONS += [
    f"2026-06-30|30000{at:03}|50177{at:02}|INV|1062{at % 3}|2026-02-{at:02}|NET 30|2026-03-{at:02}|{100.5 + at}"
    for at in range(1, 10)
] + ["2026-06-30|30000099|8800215|CM|10621|2026-03-05|||-20.00"]
APPLICATIONS = "EXTRACT_DATE|TYPE|RECEIPT_NUMBER|RECEIPT_DATE|ACCOUNT_NUMBER|CUSTOMER_TRX_ID|APPLIED_CUSTOMER_TRX_ID|"
APPLICATIONS += """APPLY_DATE|AMOUNT_APPLIED|EARNED_DISCOUNT_TAKEN
2026-06-30|CASH|ACH1|2026-03-10|10621||30000001|2026-03-10|81.50|0
2026-06-30|CM|||10621|30000099|30000001|2026-03-11|20.00|0
2026-06-30|CASH|ACH2|2026-03-12|10622||30000002|2026-03-12|100.45|2.05
2026-06-30|CASH|ACH2|2026-03-12|10620||30000003|2026-03-12|60.00|0
2026-06-30|CASH|ACH3|2026-03-14|10621||30000004|2026-03-14|104.50|0
"""


def test_tables_of_a_database_are_joined_by_their_keys(tmp_path):
    for name, text in (("trx.csv", "\n".join(TRANSACTIONS)), ("applications.csv", APPLICATIONS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    suggestion = suggested([tmp_path / "trx.csv", tmp_path / "applications.csv"])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems and suggestion.source.columns["number"] == "CUSTOMER_TRX_ID"
    left = {one: rest for one, (_, _, rest) in open_items(found).items()}
    assert left == {"5017703": 43.5} | {f"50177{at:02}": 100.5 + at for at in range(5, 10)}
    receipts = found.tables["receipts"]
    assert receipts["invoice_id"].notna().all()
    assert receipts.groupby("kind")["amount"].sum().round(2).to_dict() == {
        "credit_note": 20.0, "discount": 2.05, "payment": 346.45,
    }  # fmt: skip


def test_a_person_stands_in_a_second_column_of_names(tmp_path):
    lines = ["Typ;Číslo;Datum;Splatno;Likvidováno;Firma;Jméno;Obec;Celkem Kč;K likvidaci Kč"]
    for at in range(1, 9):
        firm = f"Firma {at % 3} s.r.o." if at != 4 else ""
        paid = f"2{at}.3.2026" if at < 4 else ""
        rest = "0,00" if at < 4 else f"{1000 + at},00"
        lines.append(f"Faktura;2401{at:04};{at}.2.2026;{at}.3.2026;{paid};{firm};Jan Novák;Brno;{1000 + at},00;{rest}")
    suggestion, found = read(tmp_path, "faktury.csv", "\n".join(lines), "cp1250")
    assert suggestion.source.columns["name"] == ["Firma", "Jméno"] and suggestion.currency == "CZK"
    left = {one: (buyer, rest) for one, (buyer, _, rest) in open_items(found).items()}
    assert left["24010004"] == ("Jan Novák", 1004.0) and left["24010005"] == ("Firma 2 s.r.o.", 1005.0)
    assert len(left) == 5


def test_totals_of_a_list_of_customers_are_none_of_them(tmp_path):
    customers = "Customer,Terms\nBuyer 0,30 days\nBuyer 1,60 days\nBuyer 2,30 days\n,\n"
    sold = "\n".join(",".join(row.split(",")[:3] + row.split(",")[4:]) for row in INVOICES)
    for name, text in (("invoices.csv", sold), ("customers.csv", customers)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    suggestion = suggested([tmp_path / "invoices.csv", tmp_path / "customers.csv"])
    assert suggestion.tables["buyers"].filled == ["Customer"]


def test_codes_of_figures_and_letters_are_no_names():
    assert not are_together(pd.Series(["4284-FVEDB", "5757-YBVZT", "9149-XLNGY", "7725-VRDNA"]))


@pytest.mark.parametrize(("name", "role"), [("Kolonne X", "open"), ("Kolonne Y", "paid")])
def test_what_is_open_or_paid_is_told_by_the_age_of_what_it_is_nothing_of(name, role, tmp_path):
    lines = [f"Kunde;Faktura;Dato;Forfald;Beløb;{name}"]
    for at in range(1, 25):
        amount, settled = f"{100.5 + at:.2f}".replace(".", ","), at < 14 and at != 5
        rest = amount if settled == (role == "paid") else "0,00"
        lines.append(f"Kunde {at % 4};F{at};{at:02}-02-2026;{at:02}-03-2026;{amount};{rest}")
    suggestion, found = read(tmp_path, "liste.csv", "\n".join(lines))
    assert suggestion.source.columns[role] == name
    assert {*open_items(found)} == {f"F{at}" for at in range(1, 25) if at >= 14 or at == 5}


SET_OFF = """Nr;Faktura;Kundnr;Kundnamn;Datum;Betalsätt;Belopp
1;F1;1111;Berg AB;2026-03-01;BG;100,50
2;F2;1111;Berg AB;2026-03-10;KV;50,25
3;F4;1111;Berg AB;2026-03-10;KV;-50,25
"""


def test_a_payment_below_zero_of_a_credit_memo_uses_it_for_the_invoice_beside(tmp_path):
    sold = "Fakturanr;Kundnr;Kundnamn;Fakturadatum;Förfallodatum;Totalt;Krediterar faktura\n"
    sold += "F1;1111;Berg AB;2026-02-01;2026-03-03;100,50;\nF2;1111;Berg AB;2026-02-02;2026-03-04;200,75;\n"
    sold += "F3;1112;Dal AB;2026-02-03;2026-03-05;300,25;\nF4;1111;Berg AB;2026-02-20;2026-03-22;-50,25;F2\n"
    for name, text in (("fakturor.csv", sold), ("inbetalningar.csv", SET_OFF)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    suggestion = suggested([tmp_path / "fakturor.csv", tmp_path / "inbetalningar.csv"])
    found = ledger(suggestion.source, suggestion.currency)
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"F2": 150.5, "F3": 300.25}
    assert found.tables["receipts"]["invoice_id"].notna().all()


def test_receipts_may_have_the_number_of_the_credit_memo_that_they_use(tmp_path):
    sold = [row.rpartition(",")[0] for row in INVOICES] + ["Buyer 1,CN01,2026-02-20,,-20.00"]
    paid = "Date,Rec No,Customer,Amount,Invoice,How\n2026-03-10,R1,Buyer 1,81.50,I1,EFT\n"
    paid += "2026-03-10,CN01,Buyer 1,20.00,I1,Credit note\n2026-03-11,R2,Buyer 2,60.00,I2,EFT\n"
    for name, text in (("invoices.csv", "\n".join(sold)), ("receipts.csv", paid)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    suggestion = suggested([tmp_path / "invoices.csv", tmp_path / "receipts.csv"])
    found = ledger(suggestion.source, suggestion.currency)
    left = {one: rest for one, (_, _, rest) in open_items(found).items()}
    assert "I1" not in left and left["I2"] == 42.5
    assert found.tables["receipts"]["invoice_id"].notna().all()


AGAIN = """Customer,Invoice,Date,Terms days,Amount,Paid Date
Alder,1,2024-02-01,30,1000.50,2024-03-01
Alder,2,2024-03-01,30,500.50,2024-04-01
Birch,3,2024-03-02,30,410.50,2024-04-02
Alder,1,2025-11-01,30,1200.50,
Birch,3,2025-11-02,30,800.25,
Cedar,7,2025-11-03,30,300.75,
"""


def test_numbers_that_begin_anew_with_each_year_are_invoices_of_their_own(tmp_path):
    _, found = read(tmp_path, "invoices.csv", AGAIN)
    left = [(due, rest) for _, due, rest in open_items(found).values()]
    assert sorted(left) == [("2025-12-01", 1200.5), ("2025-12-02", 800.25), ("2025-12-03", 300.75)]


BLOCKS = """Code;Name;Invoice;Date;Due;Amount;Open
C001;Alder Trading;;;;;
;;A-101;2025-11-01;2025-12-01;120000;120000
;;A-102;2025-11-20;2025-12-20;25000;15000
Total;;;;;145000;135000
C002;Birch Industries;;;;;
;;A-103;2025-12-01;2026-01-01;3200;3200
;;A-104;2025-12-20;2026-01-20;4500;4500
Total;;;;;7700;7700
"""


def test_a_total_without_cents_is_no_buyer(tmp_path):
    _, found = read(tmp_path, "list.csv", BLOCKS)
    assert {one: buyer for one, (buyer, _, _) in open_items(found).items()} == {
        "A-101": "Alder Trading", "A-102": "Alder Trading", "A-103": "Birch Industries", "A-104": "Birch Industries",
    }  # fmt: skip


def test_what_is_open_is_no_balance_that_runs_on_where_invoices_before_are_paid(tmp_path):
    rows = [f"Buyer {at},P{at},2026-01-{at:02},2026-02-{at:02},{100.5 + at},0" for at in range(1, 13)]
    rows += [f"Buyer {at},Q{at},2026-01-{at + 13},2026-02-{at + 12},{50.25 + at},{50.25 + at}" for at in range(1, 7)]
    lines = [row for at in range(1, 13) for row in rows if row.startswith(f"Buyer {at},")]
    _, found = read(tmp_path, "list.csv", "\n".join(["Customer,Invoice,Date,Due,Amount,Open Amount", *lines]))
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {
        f"Q{at}": 50.25 + at for at in range(1, 7)
    }


def test_numbers_that_differ_in_capitals_alone_may_be_those_of_several_buyers(tmp_path):
    text = "Account Number,Customer Name,Invoice,Date,Due,Amount\n"
    for at, (code, name) in enumerate((("aBc1", "Alder"), ("ABc1", "Birch"), ("aBC1", "Cedar"), ("aBc1", "Alder")), 1):
        text += f"{code},{name} Ltd,I{at},2026-02-0{at},2026-03-0{at},{100.5 + at}\n"
    _, found = read(tmp_path, "list.csv", text)
    assert found.tables["buyers"].set_index("buyer_id")["name"].to_dict() == {
        "aBc1": "Alder Ltd", "ABc1": "Birch Ltd", "aBC1": "Cedar Ltd",
    }  # fmt: skip


def test_a_payment_that_was_returned_is_neither_a_sale_nor_a_second_invoice(tmp_path):
    _, found = read(tmp_path, "partitario.csv", ACCOUNTS)
    sold = found.tables["invoices"].set_index("invoice_id")["amount"].to_dict()
    assert sold == {"11/A": 2405.14, "87/A": 1438.55, "4/A": 4151.64, "47/A": 1127.44}
    paid = found.tables["receipts"].query("invoice_id == '87/A'")["amount"].tolist()
    assert sorted(paid) == [-1438.55, 1438.55]


def test_what_is_used_beyond_a_credit_memo_is_told(tmp_path):
    sold = [row.rpartition(",")[0] for row in INVOICES] + ["Buyer 1,CN01,2026-02-20,,-20.00"]
    paid = PAYMENTS.replace("20.00,credit note", "35.00,credit note")
    for name, text in (("invoices.csv", "\n".join(sold)), ("payments.csv", paid)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    suggestion = suggested([tmp_path / "invoices.csv", tmp_path / "payments.csv"])
    found = ledger(suggestion.source, suggestion.currency)
    (rule,) = [rule for _, rule, _ in found.assumed if rule.startswith("credit memos used for more")]
    assert rule == "credit memos used for more than they are over: 15.00; look at the list of payments"
