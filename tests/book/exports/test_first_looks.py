"""Exports read at a newcomer's first look: what their columns are called, and what stands beside them."""

import zipfile
from datetime import date

import openpyxl
import pytest
from book.exports.as_suggested import open_items, read
from book.exports.test_many_forms import BUYERS, RIGHT, ROW, text_of

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.errors import InputError


@pytest.mark.parametrize(
    "header",
    [
        "Cari Hesap Kodu;Cari Hesap Ünvanı;Fatura/Fiş No;Tarih;Vade Tarihi;Tutar;Ödenen;Kalan",
        "Müşteri kodu;Müşteri adı;Fatura no;Düzenleme tarihi;Son ödeme tarihi;Genel toplam;Ödenen;Ödenecek tutar",
        "N° compte tiers;Intitulé;N° facture;Date comptable;Date échéance;Montant TTC;Déjà réglé;Reste à percevoir",
        "Código;Razón social;N.º factura;Fecha fra.;Fecha vto.;Importe fra.;Cobrado;Por cobrar",
        "Rut;Razón Social;Folio;Fecha Emisión;Fecha Vencimiento;Monto;Pagado;Saldo",
        "Identificación;Nombre tercero;Comprobante;Fecha elaboración;Fecha vencimiento;Valor;Pagado;Saldo",
        "Codice;Ragione sociale;N. doc.;Data doc.;Data scad.;Importo scadenza;Saldato;Da saldare",
        "Entidade;Nome;N.º Doc.;Data Doc.;Data Venc.;Valor original da parcela (R$);Liquidado;Por liquidar",
        "Kontrahent kod;Kontrahent nazwa;Nr dok.;Data powstania;Termin;Wartość początkowa;Rozliczone;Do rozliczenia",
        "Číslo odberateľa;Názov odberateľa;Číslo faktúry;Dátum vystavenia;Dátum splatnosti;Suma s DPH;Uhradené;"
        "Zostáva uhradiť",
        "Debiteur;Naam;Factuurnr.;Boekdatum;Vervaldatum;Bedrag;Betaald;Openstaand bedrag",
        "Kupac šifra;Kupac naziv;Broj računa;Datum računa;Datum dospijeća;Iznos;Plaćeno;Dug",
        "Kto-Nr.;Kontobeschriftung;RENR;REDAT;FAELLIG;BRUTTO;BEZAHLT;REST",
        "CUSTNO;CUSTNAME;INVNO;INVDTE;DUEDTE;INVAMT;PAIDAMT;BALDUE",
        "account_id;customer__name;invoice_no;issued_at;due_at;gross;already_paid;remaining_total",
        "Ostja kood;Ostja nimi;Arve nr;Arve kuupäev;Maksetähtaeg;Summa;Tasutud;Tasumata",
        "Kundennr.;Anzeigename des Partners in der Rechnung;Nummer;Rechnungsdatum;Fälligkeitsdatum;"
        "Gesamt mit Vorzeichen;Bezahlt;Fälliger Betrag mit Vorzeichen",
    ],
)
def test_columns_are_told_by_the_words_of_their_names(header, tmp_path):
    _, found = read(tmp_path, "list.csv", text_of(header, ROW))
    assert open_items(found) == RIGHT


def test_what_is_to_be_paid_is_open_and_not_paid(tmp_path):
    header = "Code client;Client;Facture;Date;Échéance;Montant TTC;Montant payé;Montant à payer"
    _, found = read(tmp_path, "factures.csv", text_of(header, ROW))
    assert open_items(found) == RIGHT


def test_amounts_called_cents_are_hundredths(tmp_path):
    header = "account_id;customer_name;invoice_no;invoiced_at;due_on;amount_cents;paid_cents;balance_cents"
    text = text_of(header, ROW).replace(",00", "00")
    suggestion, found = read(tmp_path, "invoices.csv", text)
    assert open_items(found) == RIGHT
    assert any(guess.key == "source.form.hundredths" and guess.open for guess in suggestion.guesses)


def test_an_amount_without_tax_is_taken_where_there_is_no_other_and_told(tmp_path):
    rows = [f"{code};{name} GmbH;R{at}{code};31.08.2026;30.09.2026;100,50" for code, name in BUYERS for at in (1, 2)]
    suggestion, found = read(tmp_path, "r.csv", "\n".join(["Kundennr;Kunde;Nummer;Datum;Fällig;Netto", *rows]) + "\n")
    assert {open_ for _, _, open_ in open_items(found).values()} == {100.5}
    assert any(guess.key == "source.columns.amount" and guess.open for guess in suggestion.guesses)


def test_companies_in_all_rows_are_buyers_before_what_may_head_a_block(tmp_path):
    # Neither a name of a column that is known, nor a word for a total.
    lines = ["Xyz;Qwe;Fällig;Betrag"]
    for name in ("Abel GmbH", "Birke AG", "Cedro Ltd"):
        lines += [f"{name};{name[0]}{at}01;30.09.2026;100,50" for at in (1, 2)] + ["Zwzw;;;201,00"]
    _, found = read(tmp_path, "r.csv", "\n".join(lines) + "\n")
    assert sorted({buyer for buyer, _, _ in open_items(found).values()}) == ["Abel GmbH", "Birke AG", "Cedro Ltd"]


def test_subtotals_called_so_behind_another_word_are_none_of_a_buyer(tmp_path):
    lines = ["Cari Kod;Cari Ünvanı;Fatura No;Tarih;Vade;Tutar;Kalan"]
    for code, name in BUYERS:
        lines += [f"{code};{name};{code}-{at};31.08.2026;30.09.2026;1.000,00;250,00" for at in (1, 2)]
        lines += [";Cari Toplamı;;;;;500,00"]
    _, found = read(tmp_path, "borc.csv", "\n".join([*lines, ";Genel Toplam;;;;;2.500,00"]) + "\n", "cp1254")
    items = open_items(found)
    assert len(items) == 10 and {open_ for _, _, open_ in items.values()} == {250.0}


def test_a_ledger_of_unknown_names_is_found_beside_a_list_of_payments(tmp_path):
    rows = [f"{at};Firm {at % 3} Ltd;2026-0{at % 3 + 6}-01;2026-0{at % 3 + 7}-01;{at}00.50" for at in range(1, 10)]
    (tmp_path / "ar.csv").write_text("\n".join(["qid,foo,bar,baz,qux".replace(",", ";"), *rows]) + "\n")
    (tmp_path / "payments.csv").write_text(
        "id;invoice_id;paid_at;amount\n1;4;2026-08-20;100.50\n2;5;2026-08-21;500.50\n"
    )
    suggestion = suggested([tmp_path / "ar.csv", tmp_path / "payments.csv"])
    items = open_items(ledger(suggestion.source, suggestion.currency))
    assert (items["4"][2], "5" in items, items["6"][2]) == (300.0, False, 600.5)


def test_a_credit_note_names_the_invoice_that_it_is_related_to_by_the_shop_s_own_number(tmp_path):
    (tmp_path / "invoices.csv").write_text(
        "id,invoice_number,type,customer_id,issued_at,due_at,gross_total,related_invoice_id\n"
        "71,R-1,invoice,A,2026-08-01,2026-08-31,100.00,\n"
        "72,R-2,invoice,A,2026-08-02,2026-09-01,250.00,\n"
        "73,R-3,invoice,B,2026-08-03,2026-09-02,300.00,\n"
        "74,C-1,credit_note,A,2026-08-20,2026-08-20,-40.00,72\n"
    )
    (tmp_path / "payments.csv").write_text(
        "id,invoice_id,paid_at,amount\n1,71,2026-08-30,100.00\n2,73,2026-08-30,120.00\n"
    )
    suggestion = suggested([tmp_path / "invoices.csv", tmp_path / "payments.csv"])
    items = open_items(ledger(suggestion.source, suggestion.currency))
    assert items == {"R-2": ("A", "2026-09-01", 210.0), "R-3": ("B", "2026-09-02", 180.0)}


def test_lines_of_a_journal_that_were_allocated_to_each_other_settle(tmp_path):
    _, found = read(
        tmp_path, "ledger.csv",
        "Account Code,Account Name,Transaction Date,Transaction Reference,Due Date,Base Amount,Debit/Credit,"
        "Allocation Marker,Allocation Reference\n"
        "D10,Alder Ltd,01/08/2026,SI1,31/08/2026,100.50,D,A,7\n"
        "D10,Alder Ltd,13/08/2026,SI2,12/09/2026,80.25,D,A,8\n"
        "D10,Alder Ltd,13/08/2026,SI2,12/09/2026,19.75,D,,\n"
        "D10,Alder Ltd,28/08/2026,RC1,,100.50,C,A,7\n"
        "D10,Alder Ltd,29/08/2026,RC2,,80.25,C,A,8\n"
        "D20,Birch plc,30/08/2026,SI3,29/09/2026,44.00,D,,\n",
    )  # fmt: skip
    assert open_items(found) == {"SI2": ("D10", "2026-09-12", 19.75), "SI3": ("D20", "2026-09-29", 44.0)}


@pytest.mark.parametrize(
    ("last", "exported"),
    # Entries on every day of the month before: none for four weeks tells that the export is of the last entry's day.
    [("01.10.2026", "2026-10-01"), ("30.10.2026", "2026-10-31")],
)
def test_the_day_of_an_export_is_no_farther_from_the_last_entry_than_entries_lie(last, exported, tmp_path):
    days = [f"{at:02}.{month:02}.2026" for month in (8, 9) for at in range(1, 31)]
    days += [f"{at:02}.10.2026" for at in range(1, 30)] if last != "01.10.2026" else []
    rows = [f"K{at % 4};R{at};{day};31.12.2026;100,00;100,00" for at, day in enumerate([*days, last])]
    suggestion, _ = read(tmp_path, "r.csv", "\n".join(["Kundennr;Rechnung;Datum;Fällig;Betrag;Offen", *rows]) + "\n")
    assert str(suggestion.source.exported) == exported


def test_payments_by_the_payer_s_name_settle_invoices_of_buyers_with_numbers(tmp_path):
    for month, rows in {
        "08": "R-2608;03.08.2026;10;Alder GmbH;100,50;02.09.2026\n",
        "09": "R-2609;03.09.2026;20;Birke AG;200,00;03.10.2026\nR-2610;04.09.2026;10;Alder GmbH;50,00;04.10.2026\n",
    }.items():
        text = f"Rechnungsnummer;Rechnungsdatum;Kundennummer;Kunde;Brutto;Fällig am\n{rows}"
        (tmp_path / f"Ausgang_{month}.csv").write_text(text, encoding="cp1252")
    (tmp_path / "Zahlungseingaenge.csv").write_text(
        "Buchungstag;Auftraggeber;Verwendungszweck;Betrag\n"
        "30.08.2026;Alder GmbH;RECHNUNG R-2608 danke;100,50\n"
        "28.09.2026;Mutter von Birke SE;RECHNUNG R-2609;120,00\n"
        "29.09.2026;Wer ist das KG;Ueberweisung;7,00\n"
    )
    suggestion = suggested(sorted(tmp_path.iterdir()))
    found = ledger(suggestion.source, suggestion.currency)
    assert open_items(found) == {"R-2609": ("20", "2026-10-03", 80.0), "R-2610": ("10", "2026-10-04", 50.0)}
    alone = found.tables["receipts"][found.tables["receipts"]["invoice_id"].isna()]
    assert list(zip(alone["buyer_id"], alone["amount"], strict=True)) == [("Wer ist das KG", 7.0)]


UNPAID = [("Inv No", "Cust No", "Inv Date", "Due Date", "Amount", "Paid so far", "Balance"),
          (701, 10, date(2026, 8, 1), date(2026, 8, 31), 100.5, 40.0, 60.5),
          (702, 20, date(2026, 8, 2), date(2026, 9, 1), 80.0, 0.0, 80.0),
          (705, 20, date(2026, 8, 3), date(2026, 9, 2), 81.0, 0.0, 81.0)]  # fmt: skip
PAID = [("Inv No", "Cust No", "Inv Date", "Due Date", "Amount", "Date paid"),
        (703, 10, date(2026, 7, 1), date(2026, 7, 31), 55.25, date(2026, 8, 4)),
        (704, 20, date(2026, 7, 2), date(2026, 8, 1), 44.0, date(2026, 8, 9)),
        (706, 20, date(2026, 7, 3), date(2026, 8, 2), 45.0, date(2026, 8, 10))]  # fmt: skip
STILL_OPEN = {"701": ("10", "2026-08-31", 60.5), "702": ("20", "2026-09-01", 80.0), "705": ("20", "2026-09-02", 81.0)}


def test_sheets_of_open_and_of_paid_invoices_have_columns_of_their_own(tmp_path):
    book = openpyxl.Workbook()
    for name, rows in (("Unpaid", UNPAID), ("Paid", PAID)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "ledger.xlsx")
    suggestion = suggested([tmp_path / "ledger.xlsx"])
    found = ledger(suggestion.source, suggestion.currency)
    assert open_items(found) == STILL_OPEN
    paid = found.tables["receipts"].set_index("invoice_id")["received"].dt.strftime("%Y-%m-%d")
    assert (paid["703"], paid["704"]) == ("2026-08-04", "2026-08-09")


def open_document(path, rows):
    """Write rows as the one sheet of an OpenDocument workbook, as its standard has them."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )

    def cell(value):
        if isinstance(value, date):
            return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    # A sheet is filled with empty rows to its end; cells that are alike are written once.
    filling = '<table:table-cell table:number-columns-repeated="16384"/>'
    lines = f'<table:table-row table:number-rows-repeated="2">{filling}</table:table-row>{lines}'
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr(
            "content.xml",
            f"<office:document-content{spaces}><office:body><office:spreadsheet><table:table table:name='Blatt'>"
            f"{lines}</table:table></office:spreadsheet></office:body></office:document-content>",
        )


def test_a_workbook_of_libreoffice_is_read(tmp_path):
    open_document(tmp_path / "ledger.ods", UNPAID)
    suggestion = suggested([tmp_path / "ledger.ods"])
    assert (suggestion.source.form.sheet, suggestion.source.form.header_row) == ("Blatt", 3)
    assert open_items(ledger(suggestion.source, suggestion.currency)) == STILL_OPEN


@pytest.mark.parametrize("content", ["<a><b></a>", None])
def test_a_damaged_workbook_of_libreoffice_is_refused(content, tmp_path):
    with zipfile.ZipFile(tmp_path / "ledger.ods", "w") as packed:
        packed.writestr("content.xml" if content else "other.xml", content or "")
    with pytest.raises(InputError, match=r"ledger\.ods: cannot be opened"):
        suggested([tmp_path / "ledger.ods"])


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_text_that_is_called_a_workbook_is_read_as_a_text(encoding, tmp_path):
    lines = ["\t".join(map(str, row)) for row in UNPAID]
    (tmp_path / "export.xls").write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    suggestion = suggested([tmp_path / "export.xls"])
    assert open_items(ledger(suggestion.source, suggestion.currency)) == STILL_OPEN


def test_a_workbook_of_today_that_is_called_one_of_the_old_kind_is_read(tmp_path):
    book = openpyxl.Workbook()
    for row in UNPAID:
        book.active.append(row)
    book.save(tmp_path / "ledger.xlsx")
    (tmp_path / "ledger.xlsx").rename(tmp_path / "ledger.xls")
    suggestion = suggested([tmp_path / "ledger.xls"])
    assert open_items(ledger(suggestion.source, suggestion.currency)) == STILL_OPEN


def test_a_column_of_nought_and_one_marks_rows_and_is_no_amount(tmp_path):
    suggestion, found = read(
        tmp_path, "items.csv",
        "cust_key,doc_no,doc_dt,net_due_dt,amt_doc_ccy,open_amt_doc_ccy,is_open\n"
        "A,1,2026-08-01,2026-08-31,100.50,100.50,1\nA,2,2026-08-02,2026-09-01,60.00,0.00,0\n"
        "B,3,2026-08-03,2026-09-02,70.00,30.25,1\n",
    )  # fmt: skip
    assert suggestion.source.columns["open"] == "open_amt_doc_ccy"
    assert open_items(found) == {"1": ("A", "2026-08-31", 100.5), "3": ("B", "2026-09-02", 30.25)}


def test_a_remark_that_names_suppliers_leaves_no_row_out(tmp_path):
    rows = [
        f"K{at % 3},R{at},2026-08-0{at},2026-09-0{at},{at}0.50,{'emailed AP' if at == 4 else ''}" for at in range(1, 9)
    ]
    _, found = read(tmp_path, "r.csv", "\n".join(["Client,Invoice,Sent,Due,Amount,Notes", *rows]) + "\n")
    assert len(open_items(found)) == 8


def test_a_credit_that_was_not_cleared_is_on_account_where_days_of_clearing_are_stated(tmp_path):
    _, found = read(
        tmp_path, "items.csv",
        "Debitor;Belegart;Belegnr;Belegdatum;Nettofällig;Betrag in HW;Ausgleich\n"
        "A;RV;1;01.08.2026;31.08.2026;100,50;28.08.2026\nA;DZ;2;28.08.2026;28.08.2026;100,50-;28.08.2026\n"
        "A;RV;3;02.08.2026;01.09.2026;80,25;\nA;DZ;4;30.08.2026;30.08.2026;30,00-;\n",
    )  # fmt: skip
    assert open_items(found) == {"3": ("A", "2026-09-01", 80.25)}
    receipts = found.tables["receipts"]
    assert list(receipts[receipts["invoice_id"].isna()]["amount"]) == [30.0]


def test_a_total_of_a_list_by_age_is_that_of_all_its_ages(tmp_path):
    _, found = read(
        tmp_path, "ageing.csv",
        "Customer,Current,1 - 30,31 - 60,61 - 90,Total\n"
        "Alder Ltd,10.00,20.00,,,30.00\nBirch plc,,5.50,,4.50,10.00\nTOTAL,10.00,25.50,,4.50,40.00\n",
    )  # fmt: skip
    assert sum(left for _, _, left in open_items(found).values()) == 40.0
    assert not [rule for _, rule, _ in found.assumed if "not the sum" in rule]


@pytest.mark.parametrize("cell", ["{code}-{name} GmbH", "{code} {name} GmbH", "{name} GmbH ({code})"])
def test_numbers_that_stand_in_one_cell_with_names_are_told_apart(cell, tmp_path):
    header = "Kunde;Rechnung;Datum;Fällig;Betrag;Bezahlt;Offen"
    buyers = [f"1001{at}" for at in range(len(BUYERS))]
    rows = text_of("", ROW).replace("{code};{name}", "").splitlines()[1:]
    named = {code: cell.format(code=number, name=name) for (code, name), number in zip(BUYERS, buyers, strict=True)}
    lines = [";".join([named[row.split(";")[0]], *row.split(";")[2:]]) for row in rows]
    suggestion, found = read(tmp_path, "list.csv", "\n".join([header, *lines, "Summe;;;;1.500,00;200,00;1.300,00"]))
    assert suggestion.source.columns["buyer_id"] == suggestion.source.columns["name"] == "Kunde"
    right = {one: (buyers[[*dict(BUYERS)].index(code)], due, rest) for one, (code, due, rest) in RIGHT.items()}
    assert open_items(found) == right
    names = found.tables["buyers"].set_index("buyer_id")["name"].to_dict()
    assert names == {number: f"{name} GmbH" for (_, name), number in zip(BUYERS, buyers, strict=True)}


def test_what_is_open_may_stand_in_two_columns_by_whether_it_is_late(tmp_path):
    lines = ["Cliente;Título;Emissão;Vencimento;Valor Original;Vencidos Nominal;A Vencer Nominal;Dias Atraso"]
    for at in range(1, 13):
        late, rest = at < 7, 100.5 + at - (40 if at % 4 == 0 else 0)
        cells = [f"{rest:.2f}", "0.00"] if late else ["0.00", f"{rest:.2f}"]
        day = f"2026-{3 if late else 5}-{at:02}"
        lines.append(";".join([f"Loja {at % 3}", f"T{at}", "2026-02-01", day, f"{100.5 + at:.2f}", *cells, "0"]))
    suggestion, found = read(tmp_path, "titulos.csv", "\n".join(lines))
    assert suggestion.source.columns["open"] == ["Vencidos Nominal", "A Vencer Nominal"]
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {
        f"T{at}": 100.5 + at - (40 if at % 4 == 0 else 0) for at in range(1, 13)
    }
