"""Lists that write amounts, days and states in ways that are read wrongly without a look at the rows beside them."""

import pandas as pd
from book.exports.as_suggested import open_items, read, running_balance
from book.exports.more_samples import SAFT_PT

from tradecredit.book.exports.days import days, told
from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested


def guesses(suggestion) -> dict[str, str]:
    return {guess.key: guess.taken for guess in suggestion.guesses if guess.open}


def test_what_is_open_of_a_credit_is_on_its_side(tmp_path):
    rows = "Kunde;RechNr;RechDat;Fällig;Brutto;offen;S/H\n70010;4001;14.09.26;14.10.26;1.250,00;1.250,00;S\n"
    rows += "70010;4002;15.09.26;15.10.26;90,00;90,00;S\n70011;4003;15.09.26;15.10.26;70,00;70,00;S\n"
    rows += "70010;Z001;18.09.26;18.09.26;245,50;245,50;H\n"
    _, found = read(tmp_path, "op.csv", rows)
    assert open_items(found)["4001"] == ("70010", "2026-10-14", 1250.0)
    on_account = found.tables["receipts"]
    assert on_account["invoice_id"].isna().all() and on_account["amount"].tolist() == [245.5]


def test_the_company_whose_list_it_is_is_no_buyer(tmp_path):
    rows = "Company,Document,Bill-To Customer,Invoice Date,Due Date,Amount Due\n"
    rows += "".join(f"GMS,CI-{at},{who},2026-09-0{at},2026-10-0{at},10{at}.00\n" for at, who in enumerate("ABABAB", 1))
    suggestion, found = read(tmp_path, "list.csv", rows)
    assert suggestion.source.columns["name"] == "Bill-To Customer"
    assert set(found.tables["invoices"]["buyer_id"]) == {"A", "B"}


def test_a_list_of_one_buyer_alone_is_asked_about(tmp_path):
    rows = "Company,Invoice,Date,Due Date,Amount\n"
    rows += "".join(f"GMS,CI-{at},2026-09-{at:02},2026-10-{at:02},1{at:02}.00\n" for at in range(1, 25))
    suggestion, _ = read(tmp_path, "list.csv", rows)
    assert guesses(suggestion)["source.buyers"] == "1 buyers of 24 documents"


def test_a_list_in_which_debts_stand_with_a_minus_is_turned_round(tmp_path):
    rows = "AccountName,TransactionAmountDC,AmountDC,InvoiceNumber,InvoiceDate,DueDate\n"
    rows += "Kroon,-150.25,-150.25,701,2026-09-01,2026-10-01\nHaven,-90.00,-90.00,702,2026-09-02,2026-10-02\n"
    rows += "Haven,-80.50,-30.50,703,2026-09-03,2026-10-03\nKroon,20.00,20.00,790,2026-09-04,2026-09-04\n"
    suggestion, found = read(tmp_path, "receivables.csv", rows)
    assert guesses(suggestion)["source.signs"] == "reversed"
    assert guesses(suggestion)["source.columns.open"] == "AmountDC"
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"701": 150.25, "702": 90.0, "703": 30.5}


def test_days_written_by_hand_are_read_in_one_column():
    column = pd.Series(["14.09.2026", "3.10.26", "2026-10-05", "31.10.2026"])
    form = told([column])
    assert form.format == "%d.%m.%Y" and not form.odd
    assert [str(day.date()) for day in days(column, form.format)] == [
        "2026-09-14", "2026-10-03", "2026-10-05", "2026-10-31",
    ]  # fmt: skip
    # A column of one writing is none of another, and nothing is left open by it.
    assert told([pd.Series(["2026-09-14", "2026-10-05"])]) == ("%Y-%m-%d", (), ())


def test_nothing_is_open_where_nothing_stands(tmp_path):
    rows = "Inv no.,Date,Due Date,Customer,Amount,Outstanding\n1,2026-09-01,2026-10-01,Alder,100.50,\n"
    rows += "2,2026-09-02,2026-10-02,Birch,80.00,80.00\n3,2026-09-03,2026-10-03,Birch,70.25,20.25\n"
    suggestion, found = read(tmp_path, "book.csv", rows)
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"2": 80.0, "3": 20.25}
    assert guesses(suggestion)["source.settled"] == "1 of which Outstanding says nothing"


def test_what_was_received_by_hand_tells_what_is_open(tmp_path):
    rows = "Inv no.,Date,Customer,Amount £,Rec'd £,Date rec'd,Outstanding £\n"
    rows += "1,2026-09-01,Alder,100.50,100.50,2026-09-20,\n"
    rows += "2,2026-09-02,Birch,80.00,,,80.00\n3,2026-09-03,Birch,70.25,50.00,2026-10-10,20.25\n"
    suggestion, found = read(tmp_path, "book.csv", rows)
    assert suggestion.source.columns["cleared"] == "Date rec'd" and "due" not in suggestion.source.columns
    assert {one: rest for one, (_, _, rest) in open_items(found).items()} == {"2": 80.0, "3": 20.25}


def test_states_that_may_be_no_debt_yet_are_asked_about(tmp_path):
    rows = "Customer,Invoice,Status,Date,Due Date,Amount,Balance\n"
    rows += "Alder,1,Open,2026-09-01,2026-10-01,100.50,100.50\nBirch,2,On Hold,2026-09-02,2026-10-02,77.00,77.00\n"
    rows += "Birch,3,Open,2026-09-03,2026-10-03,70.25,20.25\n"
    suggestion, _ = read(tmp_path, "list.csv", rows)
    assert guesses(suggestion)["source.states"] == "On Hold 77.00"


def test_a_number_and_a_name_above_a_block_are_told_apart(tmp_path):
    rows = "Dato;Bilag;Fakturanr;Forfallsdato;Beløp;Åpent beløp\n10001 Nordlys Bygg AS;;;;;\n"
    rows += "14.09.2026;1-2026;2000;14.10.2026;1 250,00;1 250,00\nSum;;;;1 250,00;\n10002 Fjell Sport AS;;;;;\n"
    rows += "15.09.2026;2-2026;2001;15.10.2026;90,00;40,00\n16.09.2026;3-2026;2002;16.10.2026;70,00;70,00\n"
    _, found = read(tmp_path, "kunder.csv", rows)
    assert open_items(found) == {
        "2000": ("10001", "2026-10-14", 1250.0), "2001": ("10002", "2026-10-15", 40.0),
        "2002": ("10002", "2026-10-16", 70.0),
    }  # fmt: skip
    assert found.tables["buyers"].set_index("buyer_id")["name"].to_dict()["10002"] == "Fjell Sport AS"


def test_what_is_not_used_of_payments_beside_invoices_is_on_account(tmp_path):
    (tmp_path / "Invoices and Memos.csv").write_text(
        "Type,Reference Nbr.,Date,Customer,Due Date,Amount,Balance\n"
        "Invoice,004001,9/14/2026,ARTCAGES,10/14/2026,100.50,0.00\n"
        "Invoice,004002,9/15/2026,ARTCAGES,10/15/2026,80.25,80.25\n"
        "Invoice,004003,9/16/2026,ARTCAGES,10/16/2026,50.25,20.25\n"
    )
    (tmp_path / "Payments and Applications.csv").write_text(
        "Type,Reference Nbr.,Status,Application Date,Customer,Payment Ref.,Payment Amount,Available Balance\n"
        "Payment,001000,Closed,10/20/2026,ARTCAGES,8000,100.50,0.00\nPrepayment,001001,Open,10/21/2026,ARTCAGES,8001,60.00,60.00\n"
    )
    suggestion = suggested([tmp_path])
    found = ledger(suggestion.source, suggestion.currency)
    assert open_items(found) == {
        "004002": ("ARTCAGES", "2026-10-15", 80.25), "004003": ("ARTCAGES", "2026-10-16", 20.25),
    }  # fmt: skip
    receipts = found.tables["receipts"]
    assert receipts.loc[receipts["invoice_id"].isna(), "amount"].tolist() == [60.0]


def test_a_discount_beside_a_receipt_settles_the_invoice_with_it(tmp_path):
    assert SAFT_PT.count("<CreditAmount>") >= 1
    at = SAFT_PT.index("<CreditAmount>")
    plain = SAFT_PT[at : SAFT_PT.index("</CreditAmount>")].removeprefix("<CreditAmount>")
    less = f"{float(plain) - 2:.2f}"
    text = (
        f"{SAFT_PT[:at]}<SettlementAmount>2.00</SettlementAmount><CreditAmount>{less}{SAFT_PT[at + 14 + len(plain) :]}"
    )
    _, before = read(tmp_path, "saft.xml", SAFT_PT)
    _, after = read(tmp_path, "saft.xml", text)
    assert open_items(after) == open_items(before)
    assert after.tables["receipts"].query("kind == 'discount'")["amount"].tolist() == [2.0]


def test_the_currency_is_guessed_by_whose_companies_the_buyers_are(tmp_path):
    rows = "Customer,Invoice,Date,Due Date,Amount\nBondi Surf Pty Ltd,1,2026-09-01,2026-10-01,100.50\n"
    rows += "Coolibah Pty Ltd,2,2026-09-02,2026-10-02,80.00\nOtago,3,2026-09-02,2026-10-02,81.00\n"
    suggestion, _ = read(tmp_path, "list.csv", rows)
    assert suggestion.currency == "AUD" and guesses(suggestion)["currency"] == "AUD"


def test_payments_name_invoices_by_the_systems_own_number_and_no_buyer(tmp_path):
    rows = "id,invoice_number,customer_name,issue_date,due_date,total_amount,status\n"
    rows += "5001,INV-1,Acme,2026-09-01,2026-10-01,100.50,paid\n5002,INV-2,Globex,2026-09-02,2026-10-02,80.25,partial\n"
    rows += "5003,INV-3,Acme,2026-09-03,2026-10-03,60.75,sent\n"
    (tmp_path / "invoices.csv").write_text(rows)
    rows = "id,invoice_id,payment_date,amount,method\n1,5001,2026-10-05,100.50,bank\n2,5002,2026-10-06,30.25,bank\n"
    (tmp_path / "payments.csv").write_text(rows)
    suggestion = suggested([tmp_path])
    found = ledger(suggestion.source, suggestion.currency)
    assert open_items(found) == {"INV-2": ("Globex", "2026-10-02", 50.0), "INV-3": ("Acme", "2026-10-03", 60.75)}
    receipts = found.tables["receipts"]
    assert sorted(zip(receipts["invoice_id"], receipts["kind"], receipts["amount"], strict=True)) == [
        ("INV-1", "payment", 100.5), ("INV-2", "payment", 30.25),
    ]  # fmt: skip


SIDES = """Data;Tipo doc.;N. documento;Cod. cliente;Ragione sociale;Rif. fattura;Scadenza;Dare;Avere;Saldo
01/09/2026;Fattura;FT1;C1;Alfa Srl;;01/10/2026;100,50;;100,50
02/09/2026;Fattura;FT2;C2;Beta Srl;;02/10/2026;200,40;;300,90
03/09/2026;Nota di credito;NC1;C1;Alfa Srl;FT1;;;10,50;290,40
05/09/2026;Fattura;FT3;C1;Alfa Srl;;05/10/2026;300,30;;590,70
01/10/2026;Incasso;IN1;C1;Alfa Srl;FT1;;;90,00;500,70
02/10/2026;Incasso;IN2;C2;Beta Srl;FT2;;;200,40;300,30
09/10/2026;Insoluto;IS1;C2;Beta Srl;FT2;;200,40;;500,70
"""


def test_no_kind_turns_a_debit_into_money_received(tmp_path):
    suggestion, found = read(tmp_path, "movimenti.csv", SIDES)
    source = suggestion.source
    # The sum at stake is debit less credit, not the balance, and is what the row is read as.
    assert source.signs == "signed"
    assert "Insoluto 200.40 as invoices (1)" in guesses(suggestion)["source.kinds"]
    as_payment = source.model_copy(update={"kinds": {**source.kinds, "Insoluto": "payment"}})
    for one in (found, ledger(as_payment, "EUR")):
        invoices, receipts = one.tables["invoices"], one.tables["receipts"]
        assert round(invoices["amount"].sum() - receipts["amount"].sum(), 2) == 500.70
    # A payment in debit is one returned: its invoice is open again.
    returned = ledger(as_payment, "EUR").tables["receipts"]
    assert returned.loc[returned["invoice_id"] == "FT2", "amount"].sum() == 0


def test_the_column_that_names_invoices_alone_goes_before_a_text(tmp_path):
    rows = SIDES.replace("Ragione sociale;", "Descrizione;").replace("Alfa Srl;FT1", "saldo FT1;FT1")
    suggestion, _ = read(tmp_path, "movimenti.csv", rows.replace("Beta Srl;FT2", "saldo FT2;FT2"))
    assert suggestion.source.columns["applies_to"] == "Rif. fattura"


def test_what_a_title_states_is_no_guess(tmp_path):
    title = "Stichtag: 31. Oktober 2026;;;;;Währung: CHF\n\n"
    rows = "Kunde;Rechnung;Datum;Fällig;Betrag;Offen\nAlfa;1;4. September 2026;4. Oktober 2026;70,00;70,00\n"
    suggestion, _ = read(tmp_path, "op.csv", title + rows)
    assert suggestion.currency == "CHF" and str(suggestion.source.exported) == "2026-10-31"
    assert not {"currency", "source.exported", "source.form.dates"} & guesses(suggestion).keys()


def test_a_row_that_is_missing_under_a_running_balance_is_told(tmp_path):
    rows = running_balance()
    whole, _ = read(tmp_path, "whole.csv", "\n".join(rows) + "\n")
    assert "source.columns.balance" not in guesses(whole) and whole.source.columns["balance"] == "Saldo"
    del rows[20]  # FT20 of 120, on line 21; the next one stands on its line
    lacking, _ = read(tmp_path, "lacking.csv", "\n".join(rows) + "\n")
    told_of = guesses(lacking)["source.columns.balance"]
    assert told_of == "Saldo does not follow from the rows: 120.00 off at row 21; a row may be missing"


def test_a_dollar_beside_a_country_s_dollar_is_another_s(tmp_path):
    rows = "Invoice,Customer,Date,Due Date,Amount\n1,Harbor,2026-09-01,2026-10-01,C$70.00\n"
    rows += "".join(f"{at},Alder,2026-09-0{at},2026-10-0{at},$9{at}.00\n" for at in range(2, 6))
    suggestion = suggested([_written(tmp_path, rows)])
    assert suggestion.currency == "USD" and guesses(suggestion)["currency"] == "USD"
    invoices = ledger(suggestion.source, suggestion.currency).tables["invoices"]
    assert invoices.set_index("invoice_id")["currency"].to_dict() == {"1": "CAD", **dict.fromkeys("2345", "USD")}
    # Where C$ is the more usual, the book is in it, and a dollar alone is asked about.
    turned = rows.replace(",$", ",C#").replace("C$", "$").replace("C#", "C$")
    suggestion = suggested([_written(tmp_path, turned)])
    assert suggestion.currency == "CAD" and guesses(suggestion)["currency"] == "CAD"


def _written(folder, text: str):
    (folder / "list.csv").write_text(text)
    return folder / "list.csv"


def test_a_column_that_a_look_at_another_list_gives_a_meaning_is_none_that_is_not_read(tmp_path):
    invoices, payments = tmp_path / "invoices.csv", tmp_path / "payments.csv"
    rows = "".join(f"100{at},Alder,09/1{at}/2026,10/1{at}/2026,$9{at}.00,$0.00\n" for at in range(5))
    invoices.write_text("Invoice #,Customer,Invoice Date,Due Date,Total,Balance Due\n" + rows)
    rows = "".join(f"P-{at},10/2{at}/2026,Alder,ACH,100{at},$9{at}.00\n" for at in range(5))
    payments.write_text("Payment #,Payment Date,Customer,Method,Applied to Invoice #,Amount\n" + rows)
    found = suggested([invoices, payments])
    assert found.source.beside[0].columns["applies_to"] == "Applied to Invoice #"
    assert [guess.taken for guess in found.guesses if guess.key.startswith("source.columns of")] == ["Method (ACH)"]


def sides(*rows: str) -> str:
    return "Customer,Invoice,Part,Type,Invoice Date,Due Date,Amount\n" + "\n".join(rows) + "\n"


def test_letters_of_instalments_are_no_sides(tmp_path):
    rows = sides(
        "Alder,F1,A,NF,2026-01-05,2026-02-04,100.50", "Alder,F1,B,NF,2026-01-05,2026-03-06,100.50",
        "Birch,F2,A,NF,2026-01-07,2026-02-06,80.25", "Birch,F3,A,NF,2026-01-08,2026-02-07,60.75",
        "Birch,F3,B,NF,2026-01-08,2026-03-09,60.80",
    )  # fmt: skip
    for name, text in {"kinds.csv": rows, "days.csv": rows.replace("Type", "Zwyx")}.items():
        suggestion, found = read(tmp_path, name, text)
        assert "side" not in suggestion.source.columns and not suggestion.source.debit_side
        assert round(sum(rest for *_, rest in open_items(found).values()), 2) == 402.8


def test_letters_that_may_be_sides_are_asked_about_and_usual_ones_are_not(tmp_path):
    rows = (
        "Alder,F1,{0},{0},2026-01-05,2026-02-04,100.50", "Alder,F1,{1},{1},2026-02-01,,40.50",
        "Birch,F2,{0},{0},2026-01-07,2026-02-06,80.25", "Birch,F3,{0},{0},2026-01-08,2026-02-07,60.75",
    )  # fmt: skip
    for debit, credit, asked in (("B", "A", True), ("S", "H", False), ("Debe", "Haber", False)):
        text = sides(*(row.format(debit, credit) for row in rows)).replace("Type,", "Zwyx,")
        suggestion, _ = read(tmp_path, f"{debit}.csv", text)
        assert suggestion.source.columns["side"] == "Part" and suggestion.source.debit_side == [debit]
        assert ("source.columns.side" in guesses(suggestion)) is asked


def test_documents_due_at_once_of_another_series_and_word_are_credits(tmp_path):
    """As in Dutch and Polish lists of what comes and what goes: all amounts stand without a sign."""
    rows = "Klant;Nummer;Richting;Factuurdatum;Vervaldatum;Bedrag;Openstaand\n"
    rows += "".join(
        f"K{at % 2};VF{100 + at};Erin;0{at}-09-2026;0{at}-10-2026;{at}00,50;{at}00,50\n" for at in range(1, 9)
    )
    rows += "".join(f"K1;CF{at};Eruit;0{at}-09-2026;0{at}-09-2026;{at}0,25;{at}0,25\n" for at in range(1, 4))
    suggestion, found = read(tmp_path, "list.csv", rows)
    assert guesses(suggestion)["source.kinds"] == "told by days and numbers: Eruit (Richting): credit_note"
    assert sorted(open_items(found)) == [f"VF10{at}" for at in range(1, 9)]
    on_account = found.tables["receipts"]
    assert on_account["amount"].tolist() == [10.25, 20.25, 30.25] and on_account["invoice_id"].isna().all()


def test_cash_sales_of_the_same_series_are_no_credits(tmp_path):
    rows = "Klant;Nummer;Soort klant;Factuurdatum;Vervaldatum;Bedrag;Openstaand\n"
    rows += "".join(
        f"K{at};VF{100 + at};Zakelijk;0{at}-09-2026;0{at}-10-2026;{at}00,50;{at}00,50\n" for at in range(1, 9)
    )
    rows += "".join(f"P{at};VF{at};Balie;0{at}-09-2026;0{at}-09-2026;{at}0,25;{at}0,25\n" for at in range(1, 4))
    suggestion, found = read(tmp_path, "list.csv", rows)
    assert suggestion.source.kinds == {}
    assert len(open_items(found)) == 11
