"""Forms that ledgers of public repositories have: statements as tables, databases' tables, states, terms as keys."""

import pytest
from book.exports import more_samples
from book.exports.as_suggested import open_items
from book.exports.xml_samples import INVOICES

from tradecredit.book.exports.bank_tables import SPEAKING
from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.words.start import run_file


def read(folder, **files: str):
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    suggestion = suggested([folder / f"{name}.csv" for name in files])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    return suggestion, found


def taken(suggestion, key: str) -> list[str]:
    return [guess.taken for guess in suggestion.guesses if guess.key == key and guess.open]


def test_stripe_s_interface_counts_cents_and_asks_for_what_may_be_paid(tmp_path):
    _, found = read(tmp_path, invoices=more_samples.STRIPE_API)
    assert open_items(found) == {"in_1": ("cus_A", "2026-03-05", 120.0), "in_4": ("cus_B", "2026-03-08", 30.0)}


def test_xero_s_interface_has_purchases_and_drafts_beside_sales(tmp_path):
    suggestion, found = read(tmp_path, invoices=more_samples.XERO_API)
    assert open_items(found) == {"S-1": ("k-1", "2026-03-01", 100.0)}
    assert taken(suggestion, "source.states") == []  # what is left out is not said to be counted
    # An invoice that was written after it was due is no reason to refuse the ledger.
    invoices = found.tables["invoices"].set_index("invoice_id")
    assert str(invoices.loc["S-2", "issued"].date()) == str(invoices.loc["S-2", "due"].date()) == "2026-01-31"
    assert ("invoices", "issued after the due day: taken as issued on it: 55.00", 1) in found.assumed


def test_many_invoices_due_before_they_are_issued_are_misread_days(tmp_path):
    (tmp_path / "list.csv").write_text(
        "Customer,Invoice,Invoice Date,Due Date,Amount\n"
        + "".join(f"C{at % 3},F-{at},2026-03-{at:02},2026-02-{at:02},{at}.50\n" for at in range(1, 20))
    )
    found = ledger(suggested([tmp_path / "list.csv"]).source, "EUR")
    assert (found.tables["invoices"]["due"] < found.tables["invoices"]["issued"]).all()


BANK = (
    "Account 12345,,,,\nBooked,Value date,Details,Money,Balance\n"
    "2026-06-12,2026-06-12,R-1001 thank you,1190.00,5190.00\n"
    "2026-06-13,2026-06-13,SALARIES JUNE,-1190.00,4000.00\n"
    "2026-06-20,2026-06-20,TRANSFER FROM BIRCH AND CO LTD,700.00,4700.00\n"
    "2026-06-21,2026-06-21,CARD PAYMENT FUEL,-80.00,4620.00\n"
    "2026-06-22,2026-06-22,CEDAR WORKS INV MAY,595.00,5215.00\n"
    "2026-06-23,2026-06-23,INTERNAL,10.00,5225.00\n"
)


def test_a_bank_statement_that_is_a_table_settles_what_its_lines_name(tmp_path):
    invoices = (
        "Customer,Name,Invoice,Invoice Date,Due Date,Amount\nC10,Alder Tools,R-1001,2026-05-01,2026-05-31,1190.00\n"
        "C20,Birch and Co Ltd,R-1003,2026-05-02,2026-06-01,4000.00\n"
        "C30,Cedar Works,R-1004,2026-05-03,2026-06-02,595.00\n"
    )
    suggestion, found = read(tmp_path, invoices=invoices, bank=BANK)
    receipts = found.tables["receipts"][["buyer_id", "invoice_id", "amount", "matched_by"]].fillna("")
    assert receipts.to_numpy().tolist() == [
        ["C10", "R-1001", 1190.0, "number in the text"],
        ["C20", "", 700.0, "payer alone: on account"],
        ["C30", "R-1004", 595.0, "payer and amount"],
    ]
    # What goes out takes no payment back, though one was over just as much.
    assert ("receipts", "bank payments of no known buyer: 10.00", 1) in found.left_out
    assert ("receipts", "money that went out, to nobody known: 1,270.00", 2) in found.left_out
    assert taken(suggestion, "source.bank of bank statement") == ["bank.csv: Booked, Money, Details"]


def test_a_table_that_says_little_of_a_ledger_is_no_statement(tmp_path):
    lines = "".join(f"2026-06-{at:02},Shop {at},{at}.20\n" for at in range(1, round(2 / SPEAKING)))
    suggestion, _ = read(tmp_path, invoices=INVOICES, others=f"Day,Words,Sum\n{lines}2026-06-28,R-1001,5.00\n")
    assert suggestion.source.beside == []
    assert taken(suggestion, "source.files") == ["others.csv"]


def test_payments_of_buyers_and_to_suppliers_name_what_they_are_for_in_words(tmp_path):
    invoices = (
        "number,date,counterparty,amount,term_days,status,paid\nSB-0001,2026-01-29,Alder,190.54,45,paid,190.54\n"
        "SB-0002,2026-01-30,Birch,80.50,30,open,0\nSB-0003,2026-02-02,Cedar,70.10,30,partial,20.10\n"
    )
    payments = (
        "number,date,counterparty,amount,purpose\nPL-0001,2026-02-11,Alder,190.54,Payment for SB-0001\n"
        "PL-0002,2026-02-12,Dogwood,40.00,Payment for VX-0006\nPL-0003,2026-02-13,Elm,33.00,Payment for VX-0007\n"
        "PL-0004,2026-02-20,Cedar,20.10,Payment for SB-0003\n"
    )
    _, found = read(tmp_path, invoices=invoices, payments=payments)
    assert open_items(found) == {"SB-0002": ("Birch", "2026-03-01", 80.5), "SB-0003": ("Cedar", "2026-03-04", 50.0)}
    assert found.tables["receipts"]["invoice_id"].tolist() == ["SB-0001", "SB-0003"]
    assert ("receipts", "bank payments of no known buyer: 73.00", 2) in found.left_out


def test_a_list_of_what_is_open_beside_the_invoices_is_not_read_again(tmp_path):
    invoices = (
        "number,date,customer,amount,term_days,status,paid\nSB-0001,2026-01-29,Alder,190.54,45,paid,190.54\n"
        "SB-0002,2026-01-30,Birch,80.50,30,open,0\nSB-0003,2026-02-02,Cedar,70.10,30,partial,20.10\n"
    )
    rest = (
        "customer,invoice,amount,invoice_date,overdue_days,status\nBirch,SB-0002,80.50,2026-01-30,2,overdue\n"
        "Cedar,SB-0003,50.00,2026-02-02,0,current\n"
    )
    suggestion, found = read(tmp_path, invoices=invoices, receivables=rest)
    assert open_items(found) == {"SB-0002": ("Birch", "2026-03-01", 80.5), "SB-0003": ("Cedar", "2026-03-04", 50.0)}
    assert taken(suggestion, "source.again") == ["receivables.csv"]


def test_buyers_are_those_that_a_file_beside_lists_whatever_they_are_called(tmp_path):
    rows = "".join(
        f"INV-{at},POL-{100 + at % 7},A{at % 3},2026-06-{at:02},{at * 7}.50,2026-07-{at:02}\n" for at in range(1, 20)
    )
    suggestion, found = read(
        tmp_path,
        invoices=f"invoice_id,policy_number,agency_id,invoice_date,premium_billed,due_date\n{rows}",
        agencies="agency_id,agency_name\nA0,Summit Insurance\nA1,Harbor Risk\nA2,Liberty Agency\n",
    )
    assert set(found.tables["invoices"]["buyer_id"]) == {"A0", "A1", "A2"}
    assert taken(suggestion, "source.columns.buyer_id") == ["agency_id, which agencies.csv lists"]
    assert suggestion.tables["buyers"].columns == {"buyer_id": "agency_id", "name": "agency_name"}


def test_what_is_paid_of_settled_invoices_tells_that_it_is_paid_without_tax(tmp_path):
    rows = [(100.0, 120.0, "Payée", 100.0), (50.0, 60.0, "Payée", 50.0), (30.0, 36.0, "Payée", 30.0),
            (80.0, 96.0, "Partielle", 20.0), (10.0, 12.0, "Contentieux", 0.0)]  # fmt: skip
    text = "numero_facture,code_client,date_emission,date_echeance,montant_ht,montant_ttc,statut_paiement,"
    text += "montant_encaisse\n"
    text += "".join(
        f"F-{at},C{at},2026-01-{at:02},2026-02-{at:02},{net},{gross},{state},{paid}\n"
        for at, (net, gross, state, paid) in enumerate(rows, 1)
    )
    suggestion, found = read(tmp_path, factures=text)
    assert open_items(found) == {"F-4": ("C4", "2026-02-04", 60.0), "F-5": ("C5", "2026-02-05", 10.0)}
    assert taken(suggestion, "source.columns.amount") == ["montant_ht"]
    assert taken(suggestion, "source.states") == []  # a lawsuit is about a debt


def test_keys_of_terms_tell_the_days_of_payment(tmp_path):
    keys = more_samples.SAP_TABLES.splitlines()[0].split(",")
    assert "ZTERM" not in keys
    text = (
        "KUNNR,BELNR,SHKZG,BLDAT,ZFBDT,WRBTR,WAERS,ZTERM\nC3,6001,S,2026-03-12,2026-03-15,72.80,USD,N060\n"
        "C4,6002,S,2026-05-09,2026-05-09,11.41,USD,2/10N30\n"
    )
    suggestion, found = read(tmp_path, BSID=text)
    assert open_items(found) == {"6001": ("C3", "2026-05-14", 72.8), "6002": ("C4", "2026-06-08", 11.41)}
    assert taken(suggestion, "source.due") == ["N060: 2026-05-14; 2/10N30: 2026-06-08"]


@pytest.mark.parametrize("unit", [1, 1000])
def test_instants_since_1970_are_days(unit, tmp_path):
    text = "customer,invoice,created,due_date,total\n" + "".join(
        f"C{at},F-{at},{(1770000000 + at * 86400) * unit},{(1772592000 + at * 86400) * unit},{at}.50\n"
        for at in range(1, 5)
    )
    suggestion, found = read(tmp_path, invoices=text)
    assert suggestion.source.form.dates == {"all": "unix" if unit == 1 else "unix_ms"}
    assert open_items(found)["F-1"] == ("C1", "2026-03-05", 1.5)


def test_the_currency_of_postings_is_that_of_the_title_where_few_name_another(tmp_path):
    title = '"EXTF";510;21;"Buchungsstapel";7;20260729093158705;;"SV";"A";"";55003;63021;20260101;4;20260101;20260331;'
    title += '"";"";1;0;0;"EUR";;"KP"'
    text = (
        f"{title}\nUmsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;WKZ Basis-Umsatz;"
        "Konto;Gegenkonto (ohne BU-Schlüssel);Belegdatum;Belegfeld 1;Belegfeld 2\n"
        "1190,00;S;;;;;10100;8400;0502;AR-1;\n595,00;S;;;;;10200;8400;0602;AR-2;\n100,00;H;;;;;10200;1200;0702;AR-2;\n"
        "124,00;S;CHF;1,240402;100,00;EUR;10300;8400;0802;AR-3;\n"
    )
    suggestion, found = read(tmp_path, EXTF=text)
    assert suggestion.currency == "EUR" and suggestion.exchange_rates == "ecb"
    owed = found.tables["invoices"].set_index("invoice_id")[["amount", "currency"]].to_numpy().tolist()
    assert owed == [[1190.0, "EUR"], [595.0, "EUR"], [124.0, "CHF"]]


def lines_of(form: str) -> str:
    """Return the same six movements as a bank has them: its titles, heads, marks, and how it tells in from out."""
    moves = [
        ("2026-06-12", 1190.0, "Alder Tools", "R-1001 thank you"),
        ("2026-06-13", -1190.0, "Staff", "Salaries June"),
        ("2026-06-20", 700.0, "BIRCH AND CO", "transfer"),
        ("2026-06-21", -80.4, "Fuel Station", "card payment"),
        ("2026-06-22", 595.0, "Cedar Works", "inv May"),
        ("2026-06-23", 10.0, "Interest", "second quarter"),
    ]
    head, row, day, mark = BANKS[form]
    rows = []
    for at, (booked, amount, who, what) in enumerate(moves):
        year, month, of_month = booked.split("-")

        def money(number: float) -> str:
            return f"{number:,.2f}".translate(str.maketrans(",.", ".,")) if mark == "," else f"{number:.2f}"

        rows.append(row.format(
            day=day.format(y=year, m=month, d=of_month), amount=money(amount), size=money(abs(amount)),
            plus=("+" if amount > 0 else "") + money(amount), into=money(amount) if amount > 0 else "",
            out=money(-amount) if amount < 0 else "", side=("Bij" if amount > 0 else "Af"), who=who, what=what,
            balance=money(5000.0 + 100 * at),
        ))  # fmt: skip
    return head + "".join(rows)


BANKS = {
    "DKB": ('"Kontonummer:";"DE00 / Girokonto";\n\n"Kontostand vom 30.06.2026:";"5.000,00 EUR";\n\n"Buchungstag";'
            '"Wertstellung";"Buchungstext";"Auftraggeber / Begünstigter";"Verwendungszweck";"Betrag (EUR)"\n',
            '"{day}";"{day}";"Gutschrift";"{who}";"{what}";"{amount}"\n', "{d}.{m}.{y}", ","),
    "ING Nederland": ('"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)",'
                      '"Mutatiesoort","Mededelingen"\n',
                      '"{day}","{who}","NL00INGB1","NL00RABO2","OV","{side}","{size}","Overschrijving","{what}"\n',
                      "{y}{m}{d}", ","),
    "Rabobank": ('"IBAN/BBAN","Munt","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Naam tegenpartij",'
                 '"Omschrijving-1"\n',
                 '"NL00","EUR","1","{day}","{day}","{plus}","+{balance}","{who}","{what}"\n', "{y}-{m}-{d}", ","),
    "Lloyds": ("Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,"
               "Credit Amount,Balance\n", "{day},FPI,'30-00-00,12345678,{who} {what},{out},{into},{balance}\n",
               "{d}/{m}/{y}", "."),
    "a bank of France": ("Date;Libellé;Débit euros;Crédit euros;\n", "{day};VIR {who} {what};{out};{into};\n",
                         "{d}/{m}/{y}", ","),
    "a bank of Spain": ("Movimientos de cuenta;;;\nFecha;Fecha valor;Concepto;Importe;Saldo\n",
                        "{day};{day};TRANSFERENCIA DE {who} {what};{amount};{balance}\n", "{d}/{m}/{y}", ","),
}  # fmt: skip
"""Bank: the begin of its file, a line, its days, and its decimal mark."""


@pytest.mark.parametrize("bank", BANKS)
def test_statements_of_several_banks_settle_the_same(bank, tmp_path):
    invoices = (
        "Customer,Name,Invoice,Invoice Date,Due Date,Amount\nC10,Alder Tools,R-1001,2026-05-01,2026-05-31,1190.00\n"
        "C20,Birch and Co Ltd,R-1003,2026-05-02,2026-06-01,4000.00\n"
        "C30,Cedar Works,R-1004,2026-05-03,2026-06-02,595.00\n"
    )
    _, found = read(tmp_path, invoices=invoices, bank=lines_of(bank))
    receipts = found.tables["receipts"][["buyer_id", "invoice_id", "amount"]].fillna("")
    days = found.tables["receipts"]["received"].dt.strftime("%m-%d").tolist()
    assert receipts.to_numpy().tolist() == [["C10", "R-1001", 1190.0], ["C20", "", 700.0], ["C30", "R-1004", 595.0]]
    assert days == ["06-12", "06-20", "06-22"]


def test_payments_name_invoices_by_the_key_of_their_row_and_some_went_back(tmp_path):
    invoices = (
        "id,invoice_no,customer_id,doc_type,related_invoice_id,issue_date,due_date,currency,gross_amount,status\n"
        "4418,INV-1,79,invoice,,2026-01-03,2026-02-02,GBP,188.87,paid\n"
        "4420,INV-2,72,invoice,,2026-01-05,2026-02-04,GBP,239.84,sent\n"
        "4421,INV-3,72,invoice,,2026-01-06,2026-02-05,GBP,411.53,partial\n"
        "4423,INV-4,79,invoice,,2026-01-07,2026-02-06,GBP,64.38,sent\n"
        "4430,CN-1,79,credit_note,4423,2026-01-09,,GBP,14.38,applied\n"
    )
    payments = (
        "id,payment_no,customer_id,invoice_id,payment_date,amount,type\n"
        "1,P-1,79,4418,2026-01-13,188.87,payment\n2,P-2,72,4420,2026-01-16,239.84,payment\n"
        "3,P-3,72,4421,2026-01-17,111.53,payment\n4,P-4,72,4420,2026-01-20,239.84,chargeback\n"
        "5,P-5,72,,2026-01-21,50.00,payment\n"
    )
    suggestion, found = read(tmp_path, invoices=invoices, payments=payments)
    assert open_items(found) == {
        "INV-2": ("72", "2026-02-04", 239.84), "INV-3": ("72", "2026-02-05", 300.0),
        "INV-4": ("79", "2026-02-06", 50.0),
    }  # fmt: skip
    receipts = found.tables["receipts"]
    assert receipts.loc[receipts["invoice_id"].isna(), ["buyer_id", "amount"]].to_numpy().tolist() == [["72", 50.0]]
    assert taken(suggestion, "source.columns.side of list of payments") == ["type: chargeback"]


def test_numbers_with_days_in_them_and_payers_with_addresses_are_known(tmp_path):
    invoices = (
        "Numer;Nabywca;NIP;Data wystawienia;Termin płatności;Brutto;Waluta;Uwagi\n"
        "FV 5/11/2026;Bartex Sp. z o.o.;6444574885;06.11.2026;20.11.2026;1626,08;PLN;\n"
        "FV 7/11/2026;Jantar Sp. z o.o.;8025404171;07.11.2026;21.11.2026;998,97;PLN;\n"
        "FV 9/11/2026;Bartex Sp. z o.o.;6444574885;09.11.2026;23.11.2026;358,83;PLN;\n"
        "FV 11/11/2026;Malwa s.c.;5696981587;11.11.2026;25.11.2026;844,84;PLN;ANULOWANA\n"
    )
    bank = (
        "Data;Tytuł;Nadawca;Kwota\n"
        "2026-11-18;FV 5/11/2026;BARTEX SP. Z O.O.  UL. STOLARSKA 14 64-100 LESZNO;1 626,08\n"
        "2026-11-19;CZĘŚĆ FAKTURY 9/11/2026;BARTEX SP. Z O.O.  UL. STOLARSKA 14 64-100 LESZNO;200,00\n"
        "2026-11-20;wynagrodzenia;PRACOWNICY;-998,97\n"
    )
    suggestion, found = read(tmp_path, faktury=invoices, bank=bank)
    assert open_items(found) == {
        "FV 7/11/2026": ("Jantar Sp. z o.o.", "2026-11-21", 998.97),
        "FV 9/11/2026": ("Bartex Sp. z o.o.", "2026-11-23", 158.83),
    }  # fmt: skip
    # A bank's way of writing a payer is no buyer's name.
    assert set(found.tables["buyers"]["name"]) == {"Bartex Sp. z o.o.", "Jantar Sp. z o.o."}
    assert taken(suggestion, "source.without") == ["Uwagi: ANULOWANA"]
    assert found.tables["receipts"]["matched_by"].tolist() == [
        "number in the text", "figures of a number in the text, and payer",
    ]  # fmt: skip


def test_states_tell_what_is_settled_otherwise_lost_or_paid_in_advance(tmp_path):
    rows = [("1/26", "02/01/2026", "Alfa", "100,00", "31/01/2026", "100,00", "pagata"),
            ("2/26", "03/01/2026", "Beta", "200,00", "31/01/2026", "", "da incassare"),
            ("3/26", "04/01/2026", "Alfa", "300,00", "31/01/2026", "", "stralciata"),
            ("4/26", "05/01/2026", "Gamma", "80,00", "31/01/2026", "", "compensata"),
            ("5/26", "06/01/2026", "Gamma", "60,00", "31/01/2026", "20,00", "acconto"),
            ("6/26", "07/01/2026", "Beta", "50,00", "31/01/2026", "", "annullata"),
            ("ACC 1", "08/01/2026", "Delta", "", "", "70,00", "acconto su ordine")]  # fmt: skip
    text = "N. fatt.;Data;Cliente;Totale;Scadenza;Incassato;Stato\n" + "".join(";".join(row) + "\n" for row in rows)
    suggestion, found = read(tmp_path, scadenzario=text)
    assert open_items(found) == {"2/26": ("Beta", "2026-01-31", 200.0), "5/26": ("Gamma", "2026-01-31", 40.0)}
    receipts = found.tables["receipts"]
    assert receipts.loc[receipts["kind"] == "write_off", "invoice_id"].tolist() == ["3/26"]
    assert receipts.loc[receipts["invoice_id"].isna(), ["buyer_id", "amount"]].to_numpy().tolist() == [["Delta", 70.0]]
    assert taken(suggestion, "source.settled") == ["compensata"]


def test_credits_and_residual_items_that_are_open_stand_apart_from_what_is_cleared(tmp_path):
    """BSID holds what is open, BSAD what is cleared: a credit in the one took no part in what cleared the invoice."""
    head = "KUNNR,BELNR,BLART,SHKZG,BLDAT,ZFBDT,ZBD1T,WRBTR,WAERS,REBZG,AUGBL,AUGDT\n"
    files = {
        "BSID": f"{head}C1,1600,DG,H,2026-02-06,2026-02-06,0,55.24,EUR,9001,,\n"
        "C2,1400,DZ,S,2026-03-04,2026-03-04,14,80.03,EUR,9002,,\n",
        "BSAD": f"{head}C1,9001,RV,S,2026-01-02,2026-01-02,30,552.42,EUR,,1401,2026-03-06\n"
        "C1,1401,DZ,H,2026-03-06,2026-03-06,0,552.42,EUR,,1401,2026-03-06\n"
        "C2,9002,RV,S,2026-01-03,2026-01-03,30,667.32,EUR,,1400,2026-03-04\n"
        "C2,1400,DZ,H,2026-03-04,2026-03-04,0,667.32,EUR,,1400,2026-03-04\n",
    }
    _, found = read(tmp_path, **files)
    assert open_items(found) == {"9002": ("C2", "2026-02-02", 80.03)}
    receipts = found.tables["receipts"]
    assert receipts.loc[receipts["invoice_id"].isna(), ["buyer_id", "amount"]].to_numpy().tolist() == [["C1", 55.24]]


def test_rates_that_the_ledger_tells_may_be_as_old_as_they_are(tmp_path):
    text = (
        "Customer,Invoice,Invoice Date,Due Date,Currency,Amount,Amount (LCY)\n"
        "C1,A1,2026-03-05,2026-04-04,EUR,1200.00,1200.00\nC2,A2,2026-03-12,2026-04-11,USD,2000.00,1600.00\n"
        "C1,A3,2026-08-28,2026-09-27,EUR,100.50,100.50\n"
    )
    suggestion, _ = read(tmp_path, entries=text)
    assert suggestion.oldest_rate_days == 172 and taken(suggestion, "oldest_rate_days") == ["172"]
    assert "oldest_rate_days: 172   # CHECK" in run_file(suggestion, tmp_path)


def test_what_is_open_of_an_item_stands_once_on_its_last_line(tmp_path):
    text = "Konto;Name;OP-Nr;Belegnr;BS;Belegdatum;Fälligkeit;Text;Soll;Haben;OP-Saldo\n" + "".join(
        f"2001{at % 3:02};Kunde {at % 3} GmbH;24{at:02};24{at:02};AR;0{at}.03.2026;0{at}.04.2026;RE;100,5{at};;"
        + (f"\n2001{at % 3:02};Kunde {at % 3} GmbH;24{at:02};{300 + at};BK;1{at}.03.2026;;Zahlung;;{at}0,00;"
           f"{100 - at * 10},5{at}\n" if at < 7 else f"100,5{at}\n")
        for at in range(1, 9)
    )  # fmt: skip
    suggestion, found = read(tmp_path, op_liste=text)
    rest = {number: open_amount for number, (_, _, open_amount) in open_items(found).items()}
    assert rest == {f"24{at:02}": round(100.5 + at / 100 - (at * 10 if at < 7 else 0), 2) for at in range(1, 9)}
    assert "open" not in suggestion.source.columns
    assert taken(suggestion, "source.columns.applies_to") == ["OP-Nr"]
    # The number of documents may be the item's itself, and the side of its balance stand beside.
    rows = [row.split(";") for row in text.splitlines()]
    own = [";".join([*row[:3], *row[4:]]) for row in rows]
    suggestion, found = read(
        tmp_path, opos="\n".join(own).replace("OP-Nr", "Rechnungs-Nr.").replace("OP-Saldo", "Saldo")
    )
    assert {number: open_amount for number, (_, _, open_amount) in open_items(found).items()} == rest
    assert "open" not in suggestion.source.columns


def test_what_is_settled_of_debits_and_of_credits_stands_in_two_columns(tmp_path):
    rows = [("11", "4551", "2026-04-11", "2026-06-10", "4324.34", "0", "3027.04", "0"),
            ("11", "4557", "2026-04-29", "2026-06-28", "559.51", "0", "559.51", "0"),
            ("15", "4518", "2026-01-29", "2026-01-29", "277.78", "0", "277.78", "0"),
            ("15", "4519", "2026-01-29", "2026-01-29", "875.46", "0", "875.46", "0"),
            ("11", "3355", "2026-07-02", "2026-07-02", "0", "559.51", "0", "559.51"),
            ("11", "3359", "2026-07-12", "2026-07-12", "0", "3027.04", "0", "3027.04"),
            ("15", "3320", "2026-02-05", "2026-02-05", "0", "1153.24", "0", "1153.24"),
            ("15", "91", "2026-09-11", "2026-09-11", "0", "1400.00", "0", "400.00")]  # fmt: skip
    text = "Nº Cliente,Nº Doc.,Data,Vencimento,Débito,Crédito,Déb. Regularizado,Créd. Regularizado\n"
    suggestion, found = read(tmp_path, conta=text + "".join(",".join(row) + "\n" for row in rows))
    assert open_items(found) == {"4551": ("11", "2026-06-10", 1297.3)}
    receipts = found.tables["receipts"]
    assert receipts.loc[receipts["invoice_id"].isna(), ["buyer_id", "amount"]].to_numpy().tolist() == [["15", 1000.0]]
    assert taken(suggestion, "source.columns.paid") == ["Déb. Regularizado, Créd. Regularizado"]


def test_payments_repeat_what_they_are_over_beside_each_invoice_that_is_called_one(tmp_path):
    invoices = (
        "Date,Type,Document Number,ID,Company Name,Due Date,Amount,Status,Applied To Transaction\n"
        "1/4/2026,Invoice,INV20418,CUST1,Alder Inc,2/3/2026,554.24,Open,\n"
        "1/8/2026,Invoice,INV20419,CUST1,Alder Inc,2/22/2026,194.48,Paid In Full,\n"
        "1/9/2026,Invoice,INV20420,CUST2,Birch LLC,2/23/2026,100.25,Open,\n"
        "1/16/2026,Credit Memo,CM1131,CUST2,Birch LLC,,-40.25,Fully Applied,Invoice #INV20420\n"
    )
    payments = (
        "Date,Type,Document Number,Company Name,Check #,Payment Amount,Applied To Transaction,Applied To Link Amount\n"
        "2/19/2026,Payment,PYMT8853,Alder Inc,,500.00,Invoice #INV20418,300.00\n"
        "2/19/2026,Payment,PYMT8853,Alder Inc,,500.00,Invoice #INV20419,194.48\n"
        "2/20/2026,Payment,PYMT8854,Birch LLC,29785,10.00,Invoice #INV20420,10.00\n"
    )
    _, found = read(tmp_path, invoices=invoices, payments=payments)
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"INV20418": 254.24, "INV20420": 50.0}
    receipts = found.tables["receipts"]
    assert receipts.loc[receipts["invoice_id"].isna(), "amount"].tolist() == [5.52]


def test_slips_numbered_by_their_day_are_of_it(tmp_path):
    text = "일자-No.,구분,거래처코드,거래처명,합계,수금액,미수잔액,수금예정일\n" + "".join(
        f"2026/01/{at:02}-1,판매,403-05-1390{at % 3},세진{at % 3}(주),{at}1000,{at}000,{at}0000,2026/02/28\n"
        for at in range(1, 13)
    )
    suggestion, found = read(tmp_path, slips=text + "총합계,,,,858000,78000,780000,\n")
    assert suggestion.currency == "KRW" and suggestion.source.columns["issued"] == "일자-No."
    invoices = found.tables["invoices"]
    assert [str(day.date()) for day in invoices["issued"]] == [f"2026-01-{at:02}" for at in range(1, 13)]
    assert {rest for _, _, rest in open_items(found).values()} == {at * 10000.0 for at in range(1, 13)}


def test_most_rows_without_a_currency_are_in_that_of_the_country(tmp_path):
    text = "Bilagsdato,Bilagsnr.,Debitornr.,Beløb,Restbeløb,Valutakode,Forfaldsdato\n" + "".join(
        f"2026-01-{at:02},10{at},101,{at}00.50,{at}00.50,{'SEK' if at > 6 else ''},2026-02-{at:02}\n"
        for at in range(1, 9)
    )
    suggestion, _ = read(tmp_path, poster=text)
    assert suggestion.currency == "DKK" and taken(suggestion, "currency") == ["DKK"]


def test_what_takes_a_credit_memo_back_is_money_given_back(tmp_path):
    text = (
        "Customer,Document,Type,Date,Due,Amount,Open\nC1,F-1,Invoice,2026-01-02,2026-02-01,100.50,100.50\n"
        "C1,K-1,Credit Memo,2026-01-05,,-20.50,0.00\nC1,K-2,Credit Memo,2026-01-06,,20.50,0.00\n"
    )
    _, found = read(tmp_path, entries=text)
    receipts = found.tables["receipts"]
    assert set(receipts.loc[receipts["amount"] < 0, "kind"]) <= {"payment"}
    assert open_items(found) == {"F-1": ("C1", "2026-02-01", 100.5)}


OPEN = (
    "Customer,Name,Invoice,Invoice Date,Due Date,Amount\nC10,Alder Tools,R-1001,2026-05-01,2026-05-31,1190.00\n"
    "C20,Birch Ltd,R-1002,2026-05-02,2026-06-01,402.13\nC30,Cedar Works,R-1003,2026-05-03,2026-06-02,595.00\n"
)


@pytest.mark.parametrize(
    "head", ["Delivered,Invoice,Goods value", "Day,Remark,Promised", "Date,For,Commission", "Day,Invoice,Net amount"]
)
def test_a_list_that_names_invoices_and_is_of_no_payments_is_not_read(head, tmp_path):
    rows = "2026-06-12,R-1001,1190.00\n2026-06-13,R-1002,402.13\n2026-06-14,R-1003,595.00\n"
    suggestion, found = read(tmp_path, invoices=OPEN, others=f"{head}\n{rows}")
    assert suggestion.source.beside == [] and found.tables["receipts"].empty
    assert taken(suggestion, "source.files") == ["others.csv"]


def test_words_for_in_and_out_are_told_though_money_goes_back_to_a_buyer(tmp_path):
    lines = (
        "Day,Details,Type,Value\n2026-06-12,R-1001,Credit,1190.00\n2026-06-13,R-1002,Credit,402.13\n"
        "2026-06-14,R-1003,Credit,595.00\n2026-06-15,refund R-1001,Debit,100.00\n2026-06-16,Rent,Debit,402.13\n"
        "2026-06-17,Account fee,Fee,5.00\n"
    )
    _, found = read(tmp_path, invoices=OPEN, bank=lines)
    receipts = found.tables["receipts"].groupby("invoice_id")["amount"].sum()
    assert receipts.to_dict() == {"R-1001": 1090.0, "R-1002": 402.13, "R-1003": 595.0}
    assert set(found.tables["receipts"]["kind"]) == {"payment"}
    assert ("receipts", "money that went out, to nobody known: 407.13", 2) in found.left_out


def test_what_a_bank_took_back_in_a_column_of_its_own_is_open_again(tmp_path):
    lines = (
        "Date,Details,Money in,Money out,Balance\n2026-06-12,R-1001,1190.00,,2190.00\n"
        "2026-06-13,R-1002,402.13,,2592.13\n2026-06-15,returned R-1002,,402.13,2190.00\n"
        "2026-06-16,Rent,,900.00,1290.00\n"
    )
    _, found = read(tmp_path, invoices=OPEN, bank=lines)
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"R-1002": 402.13, "R-1003": 595.0}
    assert ("receipts", "money that went out, to nobody known: 900.00", 1) in found.left_out


def test_a_payment_that_failed_is_none_and_one_in_both_lists_counts_once(tmp_path):
    listed = "Receipt No,Customer,Date,Amount,Invoice\nP1,C10,2026-06-11,1190.00,R-1001\n"
    lines = (
        "Date,Details,Amount,Status\n2026-06-12,Alder Tools R-1001,1190.00,Completed\n"
        "2026-06-13,Birch Ltd R-1002,402.13,Failed\n2026-06-14,Cedar Works R-1003,95.00,Completed\n"
        "2026-06-15,Bank charge,-5.00,Completed\n"
    )
    _, found = read(tmp_path, invoices=OPEN, payments=listed, bank=lines)
    rest = {one: open_amount for one, (_, _, open_amount) in open_items(found).items()}
    assert rest == {"R-1002": 402.13, "R-1003": 500.0}
    assert found.tables["receipts"]["invoice_id"].tolist() == ["R-1001", "R-1003"]
    assert ("receipts", "bank payments that a list of payments has as well: 1,190.00", 1) in found.left_out


def test_invoices_of_another_company_with_the_same_numbers_are_others(tmp_path):
    north = "Customer,Invoice,Invoice Date,Due Date,Amount,Paid\n" + "".join(
        f"N{at},100{at},2026-05-0{at},2026-06-0{at},{at}00.50,0.00\n" for at in range(1, 6)
    )
    south = "Client No,Doc No,Day,Pay by,Total\n" + "".join(
        f"S{at},100{at},2026-05-0{at},2026-06-0{at},{at}7.25\n" for at in range(1, 6)
    )
    suggestion, found = read(tmp_path, north=north, south=south)
    assert taken(suggestion, "source.again") == []
    assert found.tables["invoices"]["amount"].sum() == 1502.5 + 186.25


def test_a_name_of_one_word_is_a_payer_s_only_where_it_stands_alone(tmp_path):
    invoices = OPEN.replace("Cedar Works", "Müller GmbH")
    lines = (
        "Date,Details,Amount\n2026-06-12,R-1001,1190.00\n2026-06-13,MUELLER,-1.00\n2026-06-14,Hans Müller rent,77.00\n"
        "2026-06-15,Müller & Söhne KG,88.00\n2026-06-16,Müller GmbH thanks,99.00\n2026-06-17,R-1002,402.13\n"
    )
    _, found = read(tmp_path, invoices=invoices, bank=lines)
    receipts = found.tables["receipts"]
    assert receipts.loc[receipts["invoice_id"].isna(), ["buyer_id", "amount"]].to_numpy().tolist() == [["C30", 99.0]]
    assert ("receipts", "bank payments of no known buyer: 165.00", 2) in found.left_out


def test_a_list_of_customers_is_no_statement_of_payments(tmp_path):
    customers = (
        "code,raison sociale,created_at,payment_terms_days,credit limit,statut\n"
        "C10,Alder Tools,2020-02-21,30,50000,Actif\n"
        "C20,Birch Ltd,2023-02-13,45,10000,Inactif\nC30,Cedar Works,2021-01-23,30,20000,Actif\n"
    )
    suggestion, found = read(tmp_path, invoices=OPEN, clients=customers)
    assert suggestion.source.beside == [] and found.tables["receipts"].empty
    assert {"buyers", "limits"} <= suggestion.tables.keys()
