"""Columns told by the words of their names, and by what stands in them; states of invoices; encodings."""

import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.encoding import decoded
from tradecredit.book.exports.heads import fits, plain
from tradecredit.book.exports.suggestion import suggested
from tradecredit.book.exports.systems import vocabulary
from tradecredit.errors import InputError


@pytest.mark.parametrize(
    ("name", "meanings"),
    [
        ("InvoiceID", {"invoice", "number"}), ("Rechnungsdatum", {"invoice", "date"}),
        ("Fälligkeitsdatum", {"due", "date"}), ("Totaal incl. btw", {"total", "with", "tax"}),
        ("N° facture", {"invoice", "number"}), ("Termin płatności", {"due", "pay"}),
        ("Fecha de vencimiento", {"date", "due"}), ("Montant TTC (EUR)", {"amount", "gross"}),
        ("Party's Name", {"customer", "name"}),
        ("Data de lançamento", {"date", "issue"}),
        ("F. Vto.", {"due"}), ("売上金額(税込)", {"invoice", "amount", "with"}), ("入金予定日", {"due", "date"}),
        ("미수금액", {"open", "amount"}), ("發票號碼", {"invoice", "number"}), ("Datum dospijeća", {"due", "date"}),
    ],
)  # fmt: skip
def test_a_name_means_what_its_words_mean(name, meanings):
    assert vocabulary().of(name) == meanings


@pytest.mark.parametrize("name", ["Dispute reason", "Projectnummer", "Bankleitzahl", "", "Credit limit"])
def test_a_word_that_is_not_known_leaves_the_name_unknown(name):
    assert vocabulary().of(name) is None


def test_names_are_alike_whatever_their_case_accents_and_signs():
    assert plain("dueDate") == plain("DUE_DATE") == plain("Due date:") == "due date"
    assert plain("N° FACTURE") == plain("n° Facture")


@pytest.mark.parametrize(
    ("role", "cells", "right"),
    [
        ("paid", ["Yes", "No"], False), ("paid", ["1.200,00", "0"], True), ("paid", ["2026-01-03", ""], False),
        ("cleared", ["2026-01-03", ""], True), ("cleared", ["12.50"], False), ("issued", ["3 Mar 2026"], True),
        ("issued", ["20260301"], True), ("due", ["30", "60"], False), ("status", ["Paid", "Open"], True),
        ("status", ["12.50"], False), ("amount", [], True), ("days_overdue", ["-3", "120"], True),
    ],
)  # fmt: skip
def test_what_stands_in_a_column_must_be_of_its_kind(role, cells, right):
    assert fits(role, cells) is right


CAMEL = """InvoiceID,CustomerID,InvoiceDate,DueDate,InvoiceAmount,Status
I-1,K1,2026-01-05,2026-02-04,1000.00,Paid
I-2,K1,2026-02-10,2026-03-12,250.50,Unpaid
I-3,K2,2026-02-11,2026-03-13,80.00,Partially paid
I-4,K2,2026-02-12,2026-03-14,70.00,Void
"""


def test_states_tell_what_is_paid_and_what_is_void(tmp_path):
    suggestion, found = read(tmp_path, "list.csv", CAMEL)
    assert open_items(found) == {"I-2": ("K1", "2026-03-12", 250.5), "I-3": ("K2", "2026-03-13", 80.0)}
    assert suggestion.source.settled == {"Status": ["Paid"]}
    assert suggestion.source.without == {"Status": ["Void"]}
    # Of an invoice paid in part the state does not tell how much is open.
    told = [guess for guess in suggestion.guesses if guess.key == "source.settled" and guess.open]
    assert [guess.taken for guess in told] == ["taken as open with their whole amount: Partially paid"]


DUTCH = """Factuurnummer;Factuurdatum;Vervaldatum;Klant;Klantnummer;Totaal excl. btw;Totaal incl. btw;Status;Betaald op
26-1;03-01-2026;02-02-2026;Molen BV;K9;100,00;121,00;Betaald;31-01-2026
26-2;05-02-2026;07-03-2026;Dijk & Zn;K8;1.000,00;1.210,00;Verzonden;
Totaal;;;2 facturen;;1.100,00;1.331,00;;
"""


def test_a_dutch_list_with_a_total_row(tmp_path):
    _, found = read(tmp_path, "list.csv", DUTCH)
    assert open_items(found) == {"26-2": ("K8", "2026-03-07", 1210.0)}
    assert found.tables["receipts"]["received"].dt.strftime("%Y-%m-%d").tolist() == ["2026-01-31"]
    assert set(found.tables["buyers"]["buyer_id"]) == {"K9", "K8"}


POLISH = """Nr faktury;Kontrahent;Data wystawienia;Termin płatności;Kwota brutto
FV/1;Żółte Źródło Sp. z o.o.;2026-03-02;2026-04-01;1 230,00
FV/2;Łąka S.A.;2026-03-20;2026-04-19;61,50
"""


def test_a_polish_list_in_its_own_encoding(tmp_path):
    suggestion, found = read(tmp_path, "list.csv", POLISH, "cp1250")
    assert suggestion.source.form.encoding == "cp1250"
    assert open_items(found) == {
        "FV/1": ("Żółte Źródło Sp. z o.o.", "2026-04-01", 1230.0), "FV/2": ("Łąka S.A.", "2026-04-19", 61.5)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Société Générale; Crème brûlée; Noël & Fils; 12,50 €", "cp1252"), ("Müller; Größe; Straße 5²", "cp1252"),
        ("Łódź; Święty; Źrebię; Kraków", "cp1250"), ("Česká spořitelna; Příbram; Ůvaly; Žižka", "cp1250"),
        ("Ромашка ООО; Контрагент; Сумма", "cp1251"), ("Ærø Bryggeri; Sønderborg", "cp1252"),
        ("Béton 12 m³; Crèche; Près de Škoda; à", "cp1252"),
    ],
)  # fmt: skip
def test_the_encoding_is_told_by_the_letters(text, encoding):
    assert decoded(text.encode(encoding)) == (text, encoding)


BRAZIL = """Status;Data de emissão;Data de vencimento;Valor;Documento;Cliente;Data de pagamento;Valor pago
Pago;05/01/2026;04/02/2026;R$ 1.500,00;1201;Silva Ltda;03/02/2026;R$ 1.500,00
Aberto;12/01/2026;11/02/2026;R$ 2.350,90;1207;São João;;R$ 0,00
Parcial;20/01/2026;19/02/2026;R$ 800,00;1211;Silva Ltda;18/02/2026;R$ 300,00
"""


def test_amounts_behind_the_sign_of_the_real(tmp_path):
    suggestion, found = read(tmp_path, "list.csv", BRAZIL)
    assert suggestion.currency == "BRL"
    assert open_items(found) == {
        "1207": ("São João", "2026-02-11", 2350.9), "1211": ("Silva Ltda", "2026-02-19", 500.0)
    }  # fmt: skip


def test_a_norwegian_list_in_its_own_words(tmp_path):
    _, found = read(
        tmp_path,
        "list.csv",
        "Kundenr;Navn;Fakturanr;Fakturadato;Forfallsdato;Beløp;Restbeløp;KID\n"
        "101;Hansen AS;F-1;15.01.2026;29.01.2026;12 500,00;2 500,00;12345678\n"
        "102;Bjørk;F-2;20.01.2026;03.02.2026;800,00;800,00;12345679\n",
        "latin-1",
    )
    assert open_items(found) == {"F-1": ("101", "2026-01-29", 2500.0), "F-2": ("102", "2026-02-03", 800.0)}


def test_a_bulgarian_list_in_its_own_encoding(tmp_path):
    suggestion, found = read(
        tmp_path,
        "list.csv",
        "Номер;Дата;Контрагент;Данъчна основа;ДДС;Общо;Валута\n"
        "100;29.06.2026;Демо ЕООД;100,00;20,00;120,00;BGN\n101;30.06.2026;Синя Роза АД;1 000,00;200,00;1 200,00;BGN\n",
        "cp1251",
    )
    assert suggestion.currency == "BGN"
    assert open_items(found) == {
        "100": ("Демо ЕООД", "2026-07-29", 120.0), "101": ("Синя Роза АД", "2026-07-30", 1200.0)
    }  # fmt: skip


def test_a_refusal_tells_which_line_comes_nearest_and_what_it_lacks(tmp_path):
    (tmp_path / "list.csv").write_text("Items sold\n\nInvoice,Invoice Date,Total,Clerk\n1,2026-01-02,10.00,Ann\n")
    with pytest.raises(InputError) as refused:
        suggested([tmp_path / "list.csv"])
    assert "line 3 comes nearest with Invoice (invoice id), Invoice Date (issued), Total (amount)" in str(refused.value)
    assert "has none for a buyer" in str(refused.value)


@pytest.mark.parametrize(
    ("head", "cell", "code", "sure"),
    [("Amount (USD)", "10.50", "USD", True), ("Betrag EUR", "10.50", "EUR", True), ("Montant TTC", "1.5", "EUR", False),
     ("Amount", "1,28,500.00", "INR", False)],
)  # fmt: skip
def test_the_currency_is_told_by_the_name_of_the_column_or_the_groups_of_figures(head, cell, code, sure, tmp_path):
    suggestion, _ = read(
        tmp_path, "list.csv", f'Customer;Invoice;Date;Due;{head}\nA;1;2026-01-05;2026-02-04;"{cell}"\n'
    )
    (guess,) = [one for one in suggestion.guesses if one.key == "currency"]
    assert (guess.taken, guess.open) == (code, not sure)


def test_of_two_columns_of_states_either_tells_and_spellings_are_taken_together(tmp_path):
    suggestion, found = read(
        tmp_path,
        "list.csv",
        "Invoice,Customer,Date,Due,Total Amount,Status,Financial Status\n"
        "S-1,Ivo,2026-02-01,2026-03-03,1200.00,Sent,Unpaid\nS-2,Marin,2026-02-10,2026-03-12,300.00,Sent,Paid\n"
        "S-3,Marin,2026-02-12,2026-03-14,99.90,Cancelled,Unpaid\nS-4,Ivo,2026-02-13,2026-03-15,50.00,Sent,PAID\n",
    )
    assert suggestion.source.settled == {"Financial Status": ["PAID", "Paid"]}
    assert open_items(found) == {"S-1": ("Ivo", "2026-03-03", 1200.0)}
