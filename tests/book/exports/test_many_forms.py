"""Lists in the forms and languages of many countries' programs, read as they come."""

import openpyxl
import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested

CODES = ["K11", "K12", "K13", "K14", "K15"]
NAMES = ["Abel", "Birke", "Cedro", "Dub", "Elm"]
BUYERS = list(zip(CODES, NAMES, strict=True))


def text_of(header: str, row: str) -> str:
    """Two invoices of each of five buyers: 100, of which 40 is paid, and 200, of which nothing is."""
    cells = [
        {"code": code, "name": name, "no": f"{2 * at + which + 701}", "amount": f"{which + 1}00,00",
         "paid": "0,00" if which else "40,00", "open": "200,00" if which else "60,00"}
        for at, (code, name) in enumerate(BUYERS) for which in (0, 1)
    ]  # fmt: skip
    return "\n".join([header, *(row.format(**one) for one in cells)]) + "\n"


RIGHT = {
    f"{2 * at + which + 701}": (code, "2026-09-30", 200.0 if which else 60.0)
    for at, code in enumerate(CODES)
    for which in (0, 1)
}
ROW = "{code};{name};{no};31.08.2026;30.09.2026;{amount};{paid};{open}"


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Organizace;Název organizace;Párovací znak;Datum případu;Datum splatnosti;Částka;Uhrazeno;Saldo", ROW),
        ("Cta.;Nombre cliente;Nº Fra.;Fecha Fra.;Fecha Vto.;Importe;Cobrado;Pendiente", ROW),
        ("Asiakasnro;Asiakas;Laskunro;Laskun pvm;Eräpvm;Summa;Maksettu;Avoinna", ROW),
        ("Entidade;Nome;Nº Doc.;Data Doc.;Data Venc.;Valor Total;Valor Pago;Valor Pendente", ROW),
        ("Podmiot kod;Podmiot nazwa;Numer dokumentu;Data dok.;Termin płatn.;Kwota;Rozliczono;Pozostało", ROW),
        ("Kundnr;Kund;Faktnr;Fakt.dat;Förf.dat;Fakturabelopp;Betalt;Saldo",
         "{code};{name};{no};260831;260930;{amount};{paid};{open}"),
        # Five buyers with two rows each: the tax number is each one's own.
        ("RFC;Razón Social;Folio;Fecha Emisión;Fecha Vencimiento;Total;Pagado;Saldo Insoluto",
         "{code};{name};{no};31-ago-26;30-sep-26;{amount};{paid};{open}"),
        ("Code client;Client;Facture;Émise le;Échéance;Montant;Réglé;Reste dû",
         "{code};{name};{no};31 août 2026;30 sept. 2026;{amount};{paid};{open}"),
    ],
)  # fmt: skip
def test_lists_in_many_languages_are_read_as_they_come(header, row, tmp_path):
    _, found = read(tmp_path, "liste.csv", text_of(header, row))
    assert open_items(found) == RIGHT


@pytest.mark.parametrize(
    ("header", "encoding", "currency", "days"),
    [
        ("得意先コード;得意先名;請求書No;請求日;回収予定日;請求額;入金額;未回収残高", "cp932", "JPY",
         ("令和8年8月31日", "令和8年9月30日")),
        ("得意先コード;得意先名;請求書No;請求日;入金予定日;請求額;入金額;未回収残高", "cp932", "JPY",
         ("R8.8.31", "R8.9.30")),
        ("客戶編號;客戶名稱;發票號碼;發票日期;到期日;應收金額;已收金額;未收金額", "big5", "TWD",
         ("115/08/31", "115/09/30")),
    ],
)  # fmt: skip
def test_days_by_the_years_of_an_era_are_read(header, encoding, currency, days, tmp_path):
    row = ROW.replace("31.08.2026;30.09.2026", ";".join(days))
    suggestion, found = read(tmp_path, "list.csv", text_of(header, row), encoding)
    assert (suggestion.source.form.encoding, suggestion.currency) == (encoding, currency)
    assert open_items(found) == RIGHT


@pytest.mark.parametrize("shared", [("{code}", "R{no}"), ("K12", "K11")])
def test_what_differs_from_row_to_row_or_is_shared_is_no_code_of_buyers(shared, tmp_path):
    text = text_of("Route;Customer name;Invoice;Date;Due;Amount;Paid;Open", ROW.replace(*shared)).replace(*shared)
    assert "buyer_id" not in read(tmp_path, "a.csv", text)[0].source.columns


def test_a_column_of_two_words_tells_debit_from_credit(tmp_path):
    text = """Konto;Name;Datum;Belegnr;OP-Nr;Fälligkeit;Betrag;S/H
1;Abel;01.08.2026;R1;R1;31.08.2026;100,00;S
1;Abel;05.08.2026;R2;R2;04.09.2026;50,00;S
1;Abel;20.08.2026;B7;R2;;30,00;H
1;Abel;21.08.2026;B8;R1;;100,00;H
"""
    suggestion, found = read(tmp_path, "konto.csv", text)
    assert suggestion.source.debit_side == ["S"]
    assert open_items(found) == {"R2": ("1", "2026-09-04", 20.0)}


def test_kinds_are_told_by_their_own_words(tmp_path):
    text = """Customer,Doc type,Doc no,Date,Due,Amount,Balance
Abel,Sales invoice (export),1,2026-08-01,2026-08-31,100.00,100.00
Abel,Customer credit note,2,2026-08-05,2026-08-05,20.00,20.00
Abel,Bank receipt GBP,3,2026-08-06,2026-08-06,30.00,30.00
"""
    suggestion, found = read(tmp_path, "items.csv", text)
    kinds = suggestion.source.kinds
    assert [kinds[name] for name in kinds] == ["invoice", "credit_note", "payment"]
    assert suggestion.source.signs == "by_kind"
    assert [guess.key for guess in suggestion.guesses if guess.open].count("source.kinds") == 1
    assert found.tables["receipts"].groupby("kind")["amount"].sum().to_dict() == {"credit_note": 20.0, "payment": 30.0}


def test_invoices_with_a_minus_are_what_is_owed(tmp_path):
    text = """Customer,Type,Document,Date,Due,Amount,Open
Abel,Invoice,1,2026-08-01,2026-08-31,-100.00,-80.00
Abel,Invoice,2,2026-08-02,2026-09-01,-50.00,-50.00
Abel,Invoice,4,2026-08-02,2026-09-01,-5.00,-5.00
Abel,Payment,3,2026-08-20,2026-08-20,20.00,0.00
"""
    suggestion, found = read(tmp_path, "items.csv", text)
    assert suggestion.source.signs == "reversed"
    assert "source.signs" in [guess.key for guess in suggestion.guesses if guess.open]
    assert open_items(found) == {
        "1": ("Abel", "2026-08-31", 80.0), "2": ("Abel", "2026-09-01", 50.0), "4": ("Abel", "2026-09-01", 5.0)
    }  # fmt: skip


def test_amounts_in_the_currency_of_the_document_are_read_and_the_others_are_the_companys(tmp_path):
    text = """Customer,Invoice,Date,Due,Curr,Amount doc. curr,Open doc. curr,Amount EUR,Open EUR
Abel,1,2026-08-01,2026-08-31,USD,100.00,50.00,90.00,45.00
Abel,2,2026-08-02,2026-09-01,EUR,70.00,70.00,70.00,70.00
Birke,3,2026-08-02,2026-09-01,USD,10.00,10.00,9.00,9.00
"""
    suggestion, found = read(tmp_path, "items.csv", text)
    assert suggestion.source.columns["own_amount"] == "Amount EUR" and suggestion.currency == "EUR"
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"1": 50.0, "2": 70.0, "3": 10.0}
    assert found.tables["invoices"].set_index("invoice_id")["currency"].to_dict() == {
        "1": "USD",
        "2": "EUR",
        "3": "USD",
    }


INVOICES = """invoice_no,customer_id,customer,invoice_date,due_date,amount
I-1,C1,Abel,2026-08-01,2026-08-31,100.00
I-2,C1,Abel,2026-08-02,2026-09-01,50.00
I-3,C1,Abel,2026-08-03,2026-09-02,70.00
I-4,C2,Birke,2026-08-04,2026-09-03,30.00
"""
PAID = """payment_id,customer_id,payment_date,amount
P1,C1,2026-09-05,130.00
P2,C1,2026-09-09,40.00
P3,C2,2026-09-10,25.00
"""
ALLOTTED = """payment_id,invoice_no,allocated_amount
P1,I-1,100.00
P1,I-2,20.00
P2,I-2,30.00
P2,I-3,10.00
P3,I-4,25.00
"""


def three(folder, allotted: str):
    (folder / "invoices.csv").write_text(INVOICES)
    (folder / "payments.csv").write_text(PAID)
    (folder / "allocations.csv").write_text(allotted)
    suggestion = suggested([folder])
    return suggestion, ledger(suggestion.source, suggestion.currency)


def test_payments_settle_what_a_list_of_allocations_says(tmp_path):
    _, found = three(tmp_path, ALLOTTED)
    assert not found.problems
    assert open_items(found) == {"I-3": ("C1", "2026-09-02", 60.0), "I-4": ("C2", "2026-09-03", 5.0)}
    receipts = found.tables["receipts"]
    assert receipts["amount"].sum() == 195.0
    # 10 of the first payment are allotted to nothing.
    free = receipts[receipts["invoice_id"].isna()]
    assert free[["buyer_id", "amount"]].to_numpy().tolist() == [["C1", 10.0]]
    assert set(receipts["received"].dt.day) == {5, 9, 10}


@pytest.mark.parametrize(
    ("line", "said"),
    [("P3,I-4,6.00\n", "more of payment P3 than it is"), ("P9,I-4,1.00\n", "not in the list, such as P9")],
)
def test_allocations_that_cannot_be_are_refused(line, said, tmp_path):
    suggestion, _ = three(tmp_path, ALLOTTED)
    (tmp_path / "allocations.csv").write_text(ALLOTTED + line)
    assert said in ledger(suggestion.source, suggestion.currency).problems[0].allowed


def test_payments_that_list_their_invoices_in_a_cell_of_any_name_settle_them(tmp_path):
    (tmp_path / "invoices.csv").write_text(INVOICES.replace("I-", "100"))
    (tmp_path / "receipts.csv").write_text(
        "Receipt #,Customer,Receipt date,Receipt amount,What for\n"
        "7,C1,2026-09-05,150.00,1001; 1002\n8,C2,2026-09-10,30.00,1004\n"
    )
    suggestion = suggested([tmp_path])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems and open_items(found) == {"1003": ("C1", "2026-09-02", 70.0)}


def test_a_sheet_for_each_buyer_is_part_of_one_ledger(tmp_path):
    for titled in (False, True):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for at, name in enumerate(NAMES[:3]):
            sheet = book.create_sheet(name)
            if titled:
                sheet.append([f"Customer: {name}"])
            sheet.append(["Invoice No", "Date", "Due Date", "Amount", "Outstanding"])
            for row in (1, 2):
                sheet.append([f"{at}{row}7", "2026-08-31", "2026-09-30", 100.5, 10.0 + row])
            sheet.append(["Total", None, None, 201.0, 23.0])
        book.save(tmp_path / "sheets.xlsx")
        suggestion = suggested([tmp_path / "sheets.xlsx"])
        found = ledger(suggestion.source, suggestion.currency)
        assert not found.problems
        assert open_items(found) == {
            f"{at}{row}7": (name, "2026-09-30", 10.0 + row) for at, name in enumerate(NAMES[:3]) for row in (1, 2)
        }


def test_a_list_with_hardly_a_payment_has_open_items_alone(tmp_path):
    rows = [
        f"C{at % 4},Buyer {at % 4},{at + 10},2026-0{at % 9 + 1}-10,2026-0{at % 9 + 1}-28,100.00" for at in range(20)
    ]
    few = "\n".join(
        ["Customer no,Customer,Doc no,Date,Due,Amount", *rows, "C1,Buyer 1,900,2026-10-01,2026-10-01,-30.00"]
    )
    suggestion, found = read(tmp_path, "items.csv", few)
    assert suggestion.source.unmatched == "on_account"
    assert "source.unmatched" in [guess.key for guess in suggestion.guesses if guess.open]
    assert {rest for _, _, rest in open_items(found).values()} == {100.0}


def test_a_japanese_list_counts_its_rows_beside_the_invoices_numbers(tmp_path):
    lines = ["No,請求日,請求書番号,取引先名,請求金額,入金予定日,入金日,入金額,残高"]
    for at in range(1, 9):
        paid = f"2026-03-{at:02},{1000 + at},0" if at < 4 else f",,{1000 + at}"
        lines.append(f"{at},2026-02-{at:02},2602-{at:03},取引先{at % 3},{1000 + at},2026-03-{at:02},{paid}")
    suggestion, found = read(tmp_path, "売掛金.csv", "\n".join(lines))
    assert suggestion.currency == "JPY"
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {
        f"2602-{at:03}": 1000 + at for at in range(4, 9)
    }
