"""What settles a part, what is no payment among payments, and what a list says once more."""

import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports import terms
from tradecredit.book.exports.ledger import ledger
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
