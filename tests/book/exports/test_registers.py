"""Lists of customers and of open orders beside a ledger."""

import openpyxl
import pytest

from tradecredit.book.book import Book
from tradecredit.book.exports.suggestion import suggested
from tradecredit.params.run import Run
from tradecredit.words.start import run_file

LEDGER = (
    "Kundennummer;Belegnummer;Belegdatum;Fälligkeit;Betrag;Offen\n"
    "10001;RE-1;13.06.2026;13.07.2026;1.190,00;190,00\n"
    "10002;RE-2;15.07.2026;14.08.2026;2.380,00;2.380,00\n"
    "10004;RE-3;20.08.2026;19.09.2026;595,00;595,00\n"
)
CUSTOMERS = (
    "Kundennummer;Firma;Ort;Land;USt-IdNr.;Kunde seit;Kreditlimit\n"
    "10001;Müller Maschinenbau GmbH;Stuttgart;Deutschland;DE136695976;15.01.2019;20.000,00\n"
    "10002;Österreich Handel AG;Wien;Österreich;ATU13585627;31.03.2020;0,00\n"
    "10003;Noch nie gekauft KG;Bern;CH;;01.02.2021;5.000,00\n"
)


def written(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="cp1252")
    return [folder / f"{name}.csv" for name in files]


def book_of(folder, paths):
    suggestion = suggested(paths)
    (folder / "run.yaml").write_text(run_file(suggestion, folder), encoding="utf-8")
    return suggestion, Book.open(Run.from_yaml(folder / "run.yaml"))


def test_customers_beside_a_ledger_bring_their_particulars(tmp_path):
    suggestion, book = book_of(tmp_path, written(tmp_path, posten=LEDGER, kunden=CUSTOMERS))
    assert suggestion.remarks == ()
    buyers = book.buyers.set_index("buyer_id")
    assert buyers["country"].fillna("").to_dict() == {"10001": "DE", "10002": "AT", "10003": "CH", "10004": ""}
    assert buyers.loc["10001", "name"] == "Müller Maschinenbau GmbH"
    assert buyers.loc["10002", "registration_id"] == "ATU13585627"
    assert str(buyers.loc["10001", "customer_since"].date()) == "2019-01-15"
    assert "not in the list of buyers: as the export has them" in set(book.notes["rule"])


def test_a_limit_of_zero_is_none(tmp_path):
    _, book = book_of(tmp_path, written(tmp_path, posten=LEDGER, kunden=CUSTOMERS))
    limits = book.limits
    assert dict(zip(limits["buyer_id"], limits["amount"], strict=True)) == {"10001": 20_000.0, "10003": 5_000.0}
    assert set(limits["source"]) == {"own"}
    assert set(limits["valid_from"].dt.strftime("%Y-%m-%d")) == {"2026-08-31"}


def test_customers_in_a_workbook(tmp_path):
    sheet = openpyxl.Workbook()
    for row in CUSTOMERS.splitlines():
        sheet.active.append(row.split(";"))
    sheet.save(tmp_path / "kunden.xlsx")
    _, book = book_of(tmp_path, [*written(tmp_path, posten=LEDGER), tmp_path / "kunden.xlsx"])
    assert book.buyers.set_index("buyer_id").loc["10002", "country"] == "AT"


def test_orders_beside_a_ledger(tmp_path):
    orders = (
        "Order No.;Customer No.;Order Date;Requested Delivery;Order Value;Outstanding Amount\n"
        "SO-1;10001;20.08.2026;15.09.2026;9.000,00;4.000,00\n"
        "SO-2;10002;25.08.2026;30.09.2026;2.500,50;2.500,50\n"
    )
    suggestion, book = book_of(tmp_path, written(tmp_path, posten=LEDGER, orders=orders))
    assert suggestion.remarks == ()
    assert list(book.orders["amount"]) == [4000.0, 2500.5]
    assert list(book.orders["buyer_id"]) == ["10001", "10002"]
    assert list(book.orders["expected_on"].dt.strftime("%Y-%m-%d")) == ["2026-09-15", "2026-09-30"]
    assert set(book.orders["currency"]) == {"EUR"}


@pytest.mark.parametrize(
    "text",
    [
        "Kundennummer;Firma\n77001;Fremd GmbH\n77002;Andere AG\n",  # no customer of the ledger's
        "Kundennummer;Firma\n10001;Müller\n10001;Meier\n10002;Huber\n",  # no one row a customer
        "Kundennummer;Farbe\n10001;rot\n10002;blau\n",  # nothing that is known of a customer
    ],
)
def test_what_is_no_list_of_customers_is_told(tmp_path, text):
    suggestion = suggested(written(tmp_path, posten=LEDGER, other=text))
    assert suggestion.tables == {}
    assert suggestion.remarks == ("other.csv is no list of documents and is not read.",)


def test_a_list_called_buyers_beside_an_export_is_read(tmp_path):
    (path,) = written(tmp_path, posten=LEDGER)
    (tmp_path / "buyers.csv").write_text("buyer_id,name,country\n10001,Müller,DE\n", encoding="utf-8")
    _, book = book_of(tmp_path, [path])
    assert book.buyers.set_index("buyer_id")["country"].fillna("").to_dict() == {
        "10001": "DE",
        "10002": "",
        "10004": "",
    }


WITHOUT_DUE = (
    "Kundennummer;Belegnummer;Belegdatum;Betrag;Offen\n"
    "10001;RE-1;13.06.2026;1.190,00;190,00\n"
    "10002;RE-2;15.07.2026;2.380,00;2.380,00\n"
    "10004;RE-3;20.08.2026;595,00;595,00\n"
)


@pytest.mark.parametrize(
    ("called", "terms"),
    [("Zahlungsziel", ("14", "45")), ("Payment Terms", ("Net 14", "net 45 days")), ("Terms", ("2/10 net 14", "45"))],
)
def test_days_of_payment_of_a_list_of_customers_tell_when_invoices_are_due(tmp_path, called, terms):
    customers = f"Kundennummer;Firma;{called}\n10001;Müller;{terms[0]}\n10002;Huber;{terms[1]}\n10003;Kaiser;14\n"
    suggestion, book = book_of(tmp_path, written(tmp_path, posten=WITHOUT_DUE, kunden=customers))
    due = book.invoices.set_index("invoice_id")["due"].dt.strftime("%Y-%m-%d").to_dict()
    # 13 June + 14, 15 July + 45; of 10004 the list says nothing: 30 days, which is guessed.
    assert due == {"RE-1": "2026-06-27", "RE-2": "2026-08-29", "RE-3": "2026-09-19"}
    [guess] = [guess for guess in suggestion.guesses if guess.key == "tables.buyers.terms_days"]
    assert guess.open and guess.taken == f"{called} of kunden.csv; 30 for 1 that it lacks"
    assert book.run.guessed["tables.buyers.terms_days"] == guess.taken
    notes = book.notes.set_index("rule")["rows"]
    assert notes["without a due day: due after the days of payment of their buyer"] == 2


def test_terms_that_may_be_codes_are_no_days(tmp_path):
    customers = "Kundennummer;Firma;Zahlungsbedingung\n10001;Müller;1\n10002;Huber;3\n10004;Kaiser;30\n"
    suggestion, book = book_of(tmp_path, written(tmp_path, posten=WITHOUT_DUE, kunden=customers))
    assert "terms_days" not in suggestion.tables["buyers"].columns
    assert set((book.invoices["due"] - book.invoices["issued"]).dt.days) == {30}
    assert book.run.guessed["source.terms_days"] == "30"


@pytest.mark.parametrize("above", ["Kundenliste;;;;;;\nStand 31.08.2026;;;;;;\n", "Kundenliste\n\n"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_list_of_customers_may_have_a_title(tmp_path, above, suffix):
    paths = written(tmp_path, posten=LEDGER)
    if suffix == "xlsx":
        sheet = openpyxl.Workbook()
        for row in (above + CUSTOMERS).splitlines():
            sheet.active.append([cell or None for cell in row.split(";")])
        sheet.save(tmp_path / "kunden.xlsx")
    else:
        written(tmp_path, kunden=above + CUSTOMERS)
    suggestion, book = book_of(tmp_path, [*paths, tmp_path / f"kunden.{suffix}"])
    assert suggestion.tables["buyers"].formats.header_row == 3
    assert book.buyers.set_index("buyer_id").loc["10002", "country"] == "AT"
    assert dict(zip(book.limits["buyer_id"], book.limits["amount"], strict=True)) == {
        "10001": 20_000.0,
        "10003": 5_000.0,
    }


INSURED = (
    "Buyer ID,Buyer name,Country,Customer reference,Requested amount,Agreed amount,Currency,Decision date\n"
    "5550001,MUELLER,DE,10001,50000,30000,EUR,2026-01-15\n"
    "5550002,OESTERREICH,AT,10002,20000,0,EUR,2026-02-01\n"
)


def test_limits_of_an_insurer_are_told_by_its_list_and_zero_is_a_refusal(tmp_path):
    suggestion, book = book_of(tmp_path, written(tmp_path, posten=LEDGER, **{"Allianz Trade": INSURED}))
    mapping = suggestion.tables["limits"]
    assert mapping.columns == {"buyer_id": "Customer reference", "amount": "Agreed amount", "currency": "Currency"}
    assert dict(zip(book.limits["buyer_id"], book.limits["source"], strict=True)) == {
        "10001": "insurer", "10002": "insurer",
    }  # fmt: skip
    assert "limits are taken as the insurer's" in (tmp_path / "run.yaml").read_text(encoding="utf-8")


def test_a_table_of_its_name_beside_an_export_is_named_in_the_run_file(tmp_path):
    (tmp_path / "defaults.csv").write_text("buyer_id,date,debt,kind\n10004,2026-08-25,595.00,insolvency\n")
    suggestion, book = book_of(tmp_path, written(tmp_path, posten=LEDGER))
    assert suggestion.tables["defaults"].file == "defaults.csv"
    assert len(book.defaults) == 1
    assert any(guess.key == "tables.defaults" and "defaults.csv" in guess.taken for guess in suggestion.guesses)
    assert "  defaults:\n    file: defaults.csv\n" in (tmp_path / "run.yaml").read_text(encoding="utf-8")
