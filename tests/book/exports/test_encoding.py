"""In which encoding a ledger is written, told by what its bytes make of words."""

import pytest

from tradecredit.book.exports.encoding import decoded, of_page

TEXTS = {
    "cp932": "得意先コード,得意先名,請求日,支払期日,請求金額,残高\n1,青葉商事,2026/03/01,2026/04/30,1,0\n",
    "cp949": "거래처,송장번호,발행일,만기일,청구금액,입금액\n한빛상사,S-1,2026-03-01,2026-04-30,1000,500\n",
    "big5": "客戶編號,客戶名稱,發票號碼,發票日期,到期日,金額,餘額\nA1,台北公司,X-1,2026-03-01,2026-04-30,10,5\n",
    "gb18030": "客户编码,客户名称,单据编号,单据日期,到期日,余额\nA1,上海贸易公司,X-1,2026-03-01,2026-04-30,5\n",
    "cp1253": "Πελάτης;Τιμολόγιο;Ημερομηνία;Λήξη;Ποσό;Υπόλοιπο\nΑθηνά ΑΕ;Τ-1;01/03/2026;30/04/2026;10,00;5,00\n",
    "cp1251": "Контрагент;Документ;Дата;Срок оплаты;Сумма;Остаток\nООО Заря;Р-1;01.03.2026;30.04.2026;10,00;5,00\n",
    "cp1255": 'לקוח;חשבונית;תאריך;תאריך פירעון;סכום;יתרה\nאבני הצפון בע"מ;F-1;01/03/2026;30/04/2026;10.00;5.00\n',
    "cp1254": "Cari Kodu;Müşteri;Fatura No;Vade Tarihi;Tutar;Ödenen\n1;Işık İnşaat;F-1;30.04.2026;1;0\n",
    "cp850": "Kunde;Rechnung;Datum;Fällig;Betrag;Währung\nMüller & Söhne;R-1;01.03.2026;30.04.2026;10,00;EUR\n",
    "cp1252": "Kunde;Rechnung;Datum;Fällig;Betrag;Währung\nMüller Änderungen;R-1;01.03.2026;30.04.2026;10,00;EUR\n",
    "cp1257": "Kliento kodas;Pavadinimas;Sąskaita;Apmokėti iki;Skola\n1;UAB Šaltinis;F-1;2026-04-30;10,00\n",
    "cp1250": "Odběratel;Faktura;Vystaveno;Splatnost;Částka\nZávod Příbram;F-1;01.03.2026;30.04.2026;10,00\n",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_a_text_is_read_in_its_own_encoding(encoding):
    assert decoded(TEXTS[encoding].encode(encoding)) == (TEXTS[encoding], encoding)


def test_hungarian_is_told_from_what_western_languages_share_with_it():
    hungarian = "Vevő;Számla;Kelte;Esedékesség;Összeg\nGyőri Fűtőmű;SZ-1;2026.03.01.;2026.04.30.;10,00\n"
    assert decoded(hungarian.encode("cp1250")) == (hungarian, "cp1250")
    for western in (
        "Client;Échéance;Montant dû\nMüller, à crédit;30/04/2026;10,00\n",
        "Sacado;Emissão;Vencimento;Situação\nLimões Água;01/03/2026;30/04/2026;Não pago\n",
    ):
        assert decoded(western.encode("cp1252")) == (western, "cp1252")


def test_a_page_is_read_as_it_states_itself_unless_that_is_what_programs_write_anyway():
    page = "<html><head><meta charset='{}'></head><body>שלום, Zürich</body></html>"
    assert of_page(page.format("windows-1255").encode("cp1255", errors="ignore")) == "cp1255"
    assert of_page(page.format("iso-8859-1").encode()) == "utf-8"
    assert of_page(("<meta charset='iso-8859-1'>" + TEXTS["cp1250"]).encode("cp1250")) == "cp1250"
    assert of_page(("<meta charset='of-no-kind'>" + TEXTS["cp1255"]).encode("cp1255")) == "cp1255"
