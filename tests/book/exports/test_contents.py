"""Columns whose names tell nothing are told by what stands in them, and stay to be checked."""

import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested

IN_NO_KNOWN_WORDS = """Hvem;Løbetal;Udsendt den;Senest;Sum
Alder ApS;L-1;03.02.2026;05.03.2026;1.200,50
Birch A/S;L-2;05.02.2026;07.03.2026;80,00
Alder ApS;L-3;20.02.2026;22.03.2026;940,25
Birch A/S;L-4;27.02.2026;29.03.2026;15,10
"""
NOT_ALL_NAMES_KNOWN = """Customer,Invoice/CM #,Date,Zahltermin X,Open Amount,Ccy of it
Alder,A-1,2026-02-03,2026-03-05,1200.50,usd
Birch,A-2,2026-02-05,2026-03-07,80.00,usd
Alder,A-3,2026-02-20,2026-03-22,940.25,usd
"""


def checked(suggestion) -> set[str]:
    return {guess.key for guess in suggestion.guesses if guess.open}


def test_a_list_of_no_known_words_is_read_by_its_cells(tmp_path):
    suggestion, found = read(tmp_path, "liste.csv", IN_NO_KNOWN_WORDS)
    assert open_items(found) == {
        "L-1": ("Alder ApS", "2026-03-05", 1200.5), "L-2": ("Birch A/S", "2026-03-07", 80.0),
        "L-3": ("Alder ApS", "2026-03-22", 940.25), "L-4": ("Birch A/S", "2026-03-29", 15.1),
    }  # fmt: skip
    columns = {f"source.columns.{role}" for role in ("name", "invoice_id", "issued", "due", "amount")}
    assert columns <= checked(suggestion)


def test_what_no_name_tells_of_a_known_list_is_told_by_its_cells(tmp_path):
    suggestion, found = read(tmp_path, "list.csv", NOT_ALL_NAMES_KNOWN)
    assert open_items(found) == {
        "A-1": ("Alder", "2026-03-05", 1200.5), "A-2": ("Birch", "2026-03-07", 80.0),
        "A-3": ("Alder", "2026-03-22", 940.25),
    }  # fmt: skip
    assert suggestion.currency == "USD"
    assert {"source.columns.invoice_id", "source.columns.due"} <= checked(suggestion)
    assert "source.columns.name" not in checked(suggestion)


def test_a_day_of_payment_is_no_due_day(tmp_path):
    text = NOT_ALL_NAMES_KNOWN.replace("Zahltermin X", "Bank payment day")
    suggestion, _ = read(tmp_path, "list.csv", text)
    assert "due" not in suggestion.source.columns


def test_columns_that_are_not_read_are_told(tmp_path):
    (tmp_path / "list.csv").write_text(
        "Customer,Invoice,Date,Due Date,Amount,Region\nAlder,A-1,2026-02-03,2026-03-05,10.50,North\n"
    )
    told = {guess.key: guess for guess in suggested([tmp_path / "list.csv"]).guesses}["source.columns"]
    assert told.taken == "Region (North)" and not told.open


def test_a_code_with_one_name_each_is_the_buyers_number(tmp_path):
    text = """Code;Naam;Factuurnummer;Factuurdatum;Vervaldatum;Openstaand
10;Alder B.V.;F1;03-02-2026;05-03-2026;10,50
20;Birch N.V.;F2;04-02-2026;06-03-2026;20,00
10;Alder B.V.;F3;05-02-2026;07-03-2026;30,00
"""
    suggestion, found = read(tmp_path, "lijst.csv", text)
    assert open_items(found) == {
        "F1": ("10", "2026-03-05", 10.5), "F2": ("20", "2026-03-06", 20.0), "F3": ("10", "2026-03-07", 30.0),
    }  # fmt: skip
    assert "source.columns.buyer_id" in checked(suggestion)


def test_what_is_paid_and_open_is_told_by_the_figures(tmp_path):
    text = """Customer,Invoice,Date,Due Date,Amount,Zuq,Wexo
Alder,A-1,2026-02-03,2026-03-05,100.10,0.00,100.10
Birch,A-2,2026-02-04,2026-03-06,50.20,20.20,30.00
Alder,A-3,2026-02-05,2026-03-07,10.30,0.00,10.30
"""
    suggestion, found = read(tmp_path, "list.csv", text)
    assert open_items(found)["A-2"] == ("Birch", "2026-03-06", 30.0)
    assert suggestion.source.columns["paid"] == "Zuq" and suggestion.source.columns["open"] == "Wexo"
    assert {"source.columns.paid", "source.columns.open"} <= checked(suggestion)


def test_net_and_tax_are_not_what_is_open_and_paid(tmp_path):
    text = """Customer,Invoice,Date,Due Date,Amount,Zuq,Wexo
Alder,A-1,2026-02-03,2026-03-05,119.00,19.00,100.00
Birch,A-2,2026-02-04,2026-03-06,50.20,0.00,50.20
Alder,A-3,2026-02-05,2026-03-07,10.30,0.00,10.30
"""
    suggestion, found = read(tmp_path, "list.csv", text)
    assert open_items(found)["A-1"] == ("Alder", "2026-03-05", 119.0)
    assert "open" not in suggestion.source.columns and "source.columns.open" in checked(suggestion)


def test_credits_that_name_invoices_in_another_column_settle_those(tmp_path):
    text = """Customer,Number,Date,Due Date,Debit,Credit,Remark
Alder,A-1,2026-02-03,2026-03-05,100.10,,
Alder,A-2,2026-02-04,2026-03-06,50.20,,
Alder,P-1,2026-03-06,,,50.20,A-2
"""
    suggestion, found = read(tmp_path, "list.csv", text)
    assert open_items(found) == {"A-1": ("Alder", "2026-03-05", 100.1)}
    assert "source.columns.applies_to" in checked(suggestion)


def test_invoices_not_yet_due_stand_in_a_list_without_days_of_issue(tmp_path):
    text = """As of 2026-03-31
Customer,Invoice,Due Date,Open Amount
Alder,A-1,2026-03-05,100.10
Birch,A-2,2026-05-06,50.20
"""
    _, found = read(tmp_path, "list.csv", text)
    assert list(found.tables["invoices"]["issued"].dt.strftime("%Y-%m-%d")) == ["2026-03-05", "2026-03-31"]
    assert open_items(found)["A-2"] == ("Birch", "2026-05-06", 50.2)


PAGE = """<html><head><meta charset="utf-8"></head><body><table>
<tr><td colspan="5">Outstanding Report</td></tr>
<tr><th>Customer</th><th>Invoice No</th><th>Invoice Date</th><th>Due Date</th><th>Balance</th></tr>
<tr><td>Alder &amp; Co</td><td>I1</td><td>13/02/2026</td><td>15/03/2026</td><td>1,100.50</td></tr>
<tr><td>Bîrch</td><td>I2</td><td>14/02/2026</td><td>16/03/2026</td><td>20.00</td></tr>
</table></body></html>"""


def test_a_page_that_is_called_a_workbook_is_read(tmp_path):
    _, found = read(tmp_path, "outstanding.xls", PAGE)
    assert open_items(found) == {
        "I1": ("Alder & Co", "2026-03-15", 1100.5), "I2": ("Bîrch", "2026-03-16", 20.0),
    }  # fmt: skip


def test_a_balance_of_an_invoice_is_what_is_open(tmp_path):
    text = """CustID|InvNum|InvDate|DueDate|InvAmt|InvBal
1|A-1|20260213|20260315|100.50|40.25
2|A-2|20260214|20260316|20.00|0.00
"""
    _, found = read(tmp_path, "ar.txt", text)
    assert open_items(found) == {"A-1": ("1", "2026-03-15", 40.25)}


@pytest.mark.parametrize(
    ("amounts", "last", "currency", "is_open"),
    [
        (("$10.50", "$20.00"), "Note", "USD", True),
        (("10.50", "20.00"), "Note", "EUR", True),
        (("EUR;10.50", "GBP;20.00", "GBP;30.00"), "Note", "GBP", True),
        (("EUR;10.50", "GBP;20.00", "GBP;30.00"), "Open EUR", "EUR", False),
    ],
)
def test_the_companys_own_currency(amounts, last, currency, is_open, tmp_path):
    head = "Customer;Invoice;Date;Due Date;" + ("Currency;" if ";" in amounts[0] else "") + f"Amount;{last}"
    rows = [f"Alder;A-{at};2026-02-0{at};2026-03-0{at};{amount};9.10" for at, amount in enumerate(amounts, 1)]
    (tmp_path / "list.csv").write_text("\n".join([head, *rows]) + "\n")
    suggestion = suggested([tmp_path / "list.csv"])
    guess = next(guess for guess in suggestion.guesses if guess.key == "currency")
    assert (suggestion.currency, guess.open) == (currency, is_open)


def test_credits_that_name_an_invoice_among_words_settle_it(tmp_path):
    text = """Customer,Number,Date,Due Date,Debit,Credit,Remark
Alder,XS000001,2026-02-03,2026-03-05,100.10,,sale
Alder,XS000002,2026-02-04,2026-03-06,50.20,,sale
Alder,SK000009,2026-03-06,,,50.20,for XS000002 by bank
Alder,SK000010,2026-03-07,,,30.00,for (XS000001)
"""
    suggestion, found = read(tmp_path, "list.csv", text)
    assert open_items(found) == {"XS000001": ("Alder", "2026-03-05", 70.1)}
    assert "source.columns.applies_to" in checked(suggestion)


def test_the_account_is_the_buyers_number_though_sums_by_buyer_have_none(tmp_path):
    text = """Konto;Name;Belegnr.;Belegdatum;Fällig am;Rechnungsbetrag;Offener Betrag;Währung
10001;Alder;RE-1;03.02.2026;05.03.2026;100,00;100,00;EUR
10001;Alder;RE-2;04.02.2026;06.03.2026;50,00;50,00;EUR
;Summe Alder;;;;;150,00;EUR
10002;Birch;RE-3;05.02.2026;07.03.2026;70,00;70,00;EUR
10002;Birch;RE-4;05.02.2026;07.03.2026;20,00;20,00;EUR
;Summe Birch;;;;;90,00;EUR
"""
    _, found = read(tmp_path, "list.csv", text)
    assert {number: buyer for number, (buyer, _, _) in open_items(found).items()} == {
        "RE-1": "10001", "RE-2": "10001", "RE-3": "10002", "RE-4": "10002",
    }  # fmt: skip


def test_currencies_are_read_by_their_names(tmp_path):
    text = """Customer,Invoice,Date,Due Date,Amount,Open Amount,Currency
Alder,A-1,2026-02-03,2026-03-05,100.10,100.10,US Dollar
Birch,A-2,2026-02-04,2026-03-06,50.20,50.20,USD - US Dollar
"""
    suggestion, found = read(tmp_path, "list.csv", text)
    assert suggestion.currency == "USD"
    assert set(found.tables["invoices"]["currency"]) == {"USD"}


def test_amounts_in_the_companys_own_currency_are_not_in_that_of_the_document(tmp_path):
    text = """Kto;Kunde;Rechnungsnummer;Rechnungsdatum;Fälligkeit;WKZ;Betrag FW;Betrag EUR;Rest EUR
D1;Alder;RE-1;03.02.2026;05.03.2026;USD;110,00;100,00;100,00
D2;Birch;RE-2;04.02.2026;06.03.2026;EUR;50,00;50,00;20,00
"""
    suggestion, found = read(tmp_path, "list.csv", text)
    assert suggestion.currency == "EUR"
    assert open_items(found) == {"RE-1": ("Alder", "2026-03-05", 100.0), "RE-2": ("Birch", "2026-03-06", 20.0)}
    assert set(found.tables["invoices"]["currency"]) == {"EUR"}


def test_the_companys_own_account_is_no_buyer(tmp_path):
    text = """,Date,Transaction Type,Num,Due Date,Account,Amount,Open Balance
Alder,,,,,,,
,02/03/2026,Invoice,1001,03/05/2026,Accounts Receivable (A/R),100.00,100.00
,02/14/2026,Invoice,1002,03/16/2026,Accounts Receivable (A/R),70.00,20.00
Total for Alder,,,,,,,
Birch,,,,,,,
,02/15/2026,Invoice,1003,03/17/2026,Accounts Receivable (A/R),30.00,30.00
Total for Birch,,,,,,,
"""
    _, found = read(tmp_path, "list.csv", text)
    assert open_items(found) == {
        "1001": ("Alder", "2026-03-05", 100.0), "1002": ("Alder", "2026-03-16", 20.0),
        "1003": ("Birch", "2026-03-17", 30.0),
    }  # fmt: skip


def test_a_currency_that_few_rows_state_is_asked(tmp_path):
    text = """Customer,Invoice,Date,Due Date,Amount (LCY),Currency Code
Alder,A-1,2026-02-03,2026-03-05,100.10,
Birch,A-2,2026-02-04,2026-03-06,50.20,EUR
Birch,A-3,2026-02-05,2026-03-07,20.00,
"""
    suggestion, found = read(tmp_path, "list.csv", text)
    assert "currency" in checked(suggestion)
    assert set(found.tables["invoices"]["currency"]) == {suggestion.currency}


def test_rows_that_head_a_group_with_its_count_are_no_documents(tmp_path):
    text = """Date,Invoice,Customer,Due Date,Amount,Open Amount
Alder (2),,,,150.00,150.00
2026-02-03,A-1,Alder,2026-03-05,100.00,100.00
2026-02-04,A-2,Alder,2026-03-06,50.00,50.00
Birch (1),,,,20.00,20.00
2026-02-05,A-3,Birch,2026-03-07,20.00,20.00
"""
    _, found = read(tmp_path, "list.csv", text)
    assert open_items(found) == {
        "A-1": ("Alder", "2026-03-05", 100.0), "A-2": ("Alder", "2026-03-06", 50.0),
        "A-3": ("Birch", "2026-03-07", 20.0),
    }  # fmt: skip


def test_the_day_on_which_an_invoice_was_closed_or_entered_is_not_that_of_its_issue(tmp_path):
    closed = """Hvem;Løbetal;Udsendt den;Date lukx;Sum
Alder ApS;L-1;03.02.2026;05.03.2026;1.200,50
Birch A/S;L-2;05.02.2026;;80,00
Alder ApS;L-3;20.02.2026;22.03.2026;940,25
Birch A/S;L-4;27.02.2026;29.03.2026;15,10
"""
    suggestion, _ = read(tmp_path, "closed.csv", closed)
    assert suggestion.source.columns["issued"] == "Udsendt den" and "due" not in suggestion.source.columns
    entered = """ref,nom,datec,datef,tms,date_lim_reglement,total_ttc
F1,Alder,2026-02-03 09:15:10,2026-02-03,2026-03-01 10:00:00,2026-03-05,1200.50
F2,Birch,2026-02-05 10:15:10,2026-02-04,2026-03-02 10:00:00,2026-03-07,80.00
F3,Alder,2026-02-20 11:15:10,2026-02-20,2026-03-03 10:00:00,2026-03-22,940.25
"""
    suggestion, _ = read(tmp_path, "entered.csv", entered)
    assert {role: suggestion.source.columns[role] for role in ("issued", "due")} == {
        "issued": "datef",
        "due": "date_lim_reglement",
    }


def test_what_a_database_writes_for_nothing_is_no_buyer(tmp_path):
    buyers = ["Alder", "Alder", "NULL", "Birch", "Birch", "Birch", "Alder"]
    rows = [f"{buyer},F{at},2026-02-0{at},2026-03-0{at},{at}0.50" for at, buyer in enumerate(buyers, 1)]
    (tmp_path / "list.csv").write_text("\n".join(["Customer,Invoice,Date,Due,Amount", *rows]) + "\n")
    suggestion = suggested([tmp_path / "list.csv"])
    [problem] = ledger(suggestion.source, suggestion.currency).problems
    assert "names no buyer" in problem.allowed
