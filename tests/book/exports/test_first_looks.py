"""Exports read at a newcomer's first look: what their columns are called, and what stands beside them."""

import pytest
from book.exports.as_suggested import open_items, read
from book.exports.test_many_forms import BUYERS, RIGHT, ROW, text_of

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested


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
