"""Figures tell what columns of amounts are, whatever they are called; values are typed from the lists by hand."""

import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.heads import fits
from tradecredit.words import start

STATEMENT = """\
ENVASES DEL CENTRO SA DE CV
Estado de cuenta de clientes
Del 01/01/2026 al 31/10/2026

Fecha,Concepto,Serie,Folio,Referencia,Vencimiento,{raises},{lowers},{runs}
Cliente: CTE003  Alder SA de CV,,,,,,,,
17/07/2026,Factura,A,26393,,16/08/2026,913.31,,913.31
20/07/2026,Factura,A,26401,,19/08/2026,250.00,,"1,163.31"
15/10/2026,Pago del cliente,P,50381,A-26401,,,250.00,913.31
,,,,,Total cliente:,"1,163.31",250.00,913.31

Cliente: CTE010  Birch S de RL,,,,,,,,
12/09/2026,Factura,A,26410,,27/09/2026,"5,040.55",,"5,040.55"
22/09/2026,Factura,A,26415,,07/10/2026,"3,680.96",,"8,721.51"
10/10/2026,Pago del cliente,P,50390,A-26415,,,"3,000.00","5,721.51"
12/10/2026,Nota de credito,NC,70010,A-26410,,,40.55,"5,680.96"
13/10/2026,Factura,A,26420,,28/10/2026,10.10,,"5,691.06"
,,,,,Total cliente:,"8,731.61","3,040.55","5,691.06"
"""


@pytest.mark.parametrize(
    ("raises", "lowers", "runs"),
    [("Cargos", "Abonos", "Saldo"), ("Importe", "Pagado", "Pendiente"), ("Soll", "Haben", "Saldo")],
)
def test_a_balance_that_runs_on_tells_the_sides_whatever_they_are_called(raises, lowers, runs, tmp_path):
    text = STATEMENT.format(raises=raises, lowers=lowers, runs=runs)
    suggestion, found = read(tmp_path, "estado.csv", text)
    columns = suggestion.source.columns
    assert (columns["debit"], columns["credit"], columns["balance"]) == (raises, lowers, runs)
    # Payments name the invoice by its series and number, which stand in two columns.
    assert columns["applies_to"] == "Referencia"
    assert open_items(found) == {
        "26393": ("CTE003", "2026-08-16", 913.31), "26410": ("CTE010", "2026-09-27", 5000.00),
        "26415": ("CTE010", "2026-10-07", 680.96), "26420": ("CTE010", "2026-10-28", 10.10),
    }  # fmt: skip
    assert "source.columns.balance" not in start.guessed(suggestion)


def test_a_balance_that_runs_on_is_no_doubtful_amount(tmp_path):
    """Where no name tells an amount, the balance is taken for one before its figures are looked at."""
    text = "Customer,Date,Invoice #,Due Date,Charges,Payments & Credits,Running Balance\n" + (
        "Alder,2026-09-01,1,2026-10-01,100.50,,100.50\nAlder,2026-09-02,2,2026-10-02,20.25,,120.75\n"
        "Alder,2026-09-20,,,,100.50,20.25\nBirch,2026-09-03,3,2026-10-03,300.00,,300.00\n"
        "Birch,2026-09-04,4,2026-10-04,50.50,,350.50\nBirch,2026-09-05,5,2026-10-05,7.00,,357.50\n"
        "Birch,2026-09-25,,,,50.50,307.00\nBirch,2026-09-26,6,2026-10-26,1.25,,308.25\n"
    )
    suggestion, found = read(tmp_path, "transactions.csv", text)
    assert (suggestion.source.columns["debit"], suggestion.source.columns["balance"]) == ("Charges", "Running Balance")
    assert "source.columns.amount" not in start.guessed(suggestion)
    owed = found.tables["invoices"]["amount"].sum() - found.tables["receipts"]["amount"].sum()
    assert round(owed, 2) == 328.5


def test_an_amount_called_after_its_invoice_is_no_number(tmp_path):
    """As Exact Online calls what an invoice came to (`Factuur`), beside its number."""
    rows = "".join(
        f"{3300 + at % 3},Alder B.V.,{26000 + at},0{at}-09-2026,0{at}-10-2026,{whole},{rest}\n"
        for at, (whole, rest) in enumerate(
            [("1003.41", "1003.41"), ("250.00", "100.00"), ("77.50", "77.50"), ("12.30", "12.30"), ("9.99", "9.99")], 1
        )
    )
    text = "Deb.nr.,Naam,Factuurnr.,Datum,Vervalt,Factuur,Saldo\n" + rows
    suggestion, found = read(tmp_path, "open.csv", text)
    assert suggestion.source.columns["invoice_id"] == "Factuurnr."
    assert suggestion.source.columns["amount"] == "Factuur"
    assert open_items(found)["26002"] == ("3302", "2026-10-02", 100.0)
    assert found.tables["invoices"].set_index("invoice_id")["amount"]["26002"] == 250.0


def test_what_invoices_came_to_is_told_where_most_are_settled(tmp_path):
    text = "Cliente,Número,Data,Vencimento,Original,Saldo Devido\n" + "".join(
        f"C{at % 2},{at},{at:02}/09/2026,{at:02}/10/2026,{100 * at}.50,{rest}\n"
        for at, rest in enumerate(["0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "700.50", "800.50", "45.00"], 1)
    )
    suggestion, found = read(tmp_path, "titulos.csv", text)
    assert suggestion.source.columns["amount"] == "Original"
    assert open_items(found) == {
        "7": ("C1", "2026-10-07", 700.5), "8": ("C0", "2026-10-08", 800.5), "9": ("C1", "2026-10-09", 45.0),
    }  # fmt: skip


@pytest.mark.parametrize(("cells", "right"), [(["1003.41", "12.30"], False), (["26001", "26002"], True)])
def test_amounts_are_no_numbers_of_documents(cells, right):
    assert fits("invoice_id", cells) is right


@pytest.mark.parametrize(
    ("reference", "number"),
    [("A-26393", "26393"), ("26393", "A-26393"), ("Pago A26393", "26393"), ("FV 26393", "026393")],
)
def test_payments_name_invoices_by_their_figures(reference, number, tmp_path):
    text = (
        "Customer No,Document No,Type,Date,Due Date,Applies to,Amount\n"
        f"C1,{number},Invoice,2026-09-01,2026-10-01,,1000.50\nC1,X77,Invoice,2026-09-01,2026-10-01,,400.50\n"
        f"C2,B26393,Invoice,2026-09-01,2026-10-01,,400.50\nC1,P1,Payment,2026-09-20,,{reference},-400.50\n"
    )
    _, found = read(tmp_path, "ledger.csv", text)
    assert {one: left for one, (_, _, left) in open_items(found).items()} == {
        number: 600.0, "X77": 400.5, "B26393": 400.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("beside", "code"), [("{} TL", "TRY"), ("{} Ft", "HUF"), ("{} руб.", "RUB"), ("{}円", "JPY"), ("{} Kč", "CZK")]
)
def test_currencies_stand_beside_amounts_as_countries_write_them(beside, code, tmp_path):
    text = "Customer No;Invoice No;Invoice Date;Due Date;Amount;Currency\n" + "".join(
        f"C{at};{at};0{at}.09.2026;0{at}.10.2026;{beside.format(f'{at}00')};{beside.format('').strip()}\n"
        for at in range(1, 5)
    )
    suggestion, found = read(tmp_path, "list.csv", text)
    assert suggestion.currency == code
    assert [left for _, _, left in open_items(found).values()] == [100.0, 200.0, 300.0, 400.0]


@pytest.mark.parametrize(
    ("called", "role", "cells"),
    [
        ("AmountDC", "open", ["0.00", "0.00", "0.00", "0.00", "500.50", "600.50", "300.50"]),
        ("Eingang", "paid", ["100.50", "200.50", "300.50", "400.50", "0.00", "0.00", "400.00"]),
    ],
)
def test_invoices_that_are_settled_tell_what_is_open_or_paid_of_all(called, role, cells, tmp_path):
    """An open amount is nothing of those that are settled; as many are settled as in a year's list."""
    text = f"AccountCode,InvoiceNumber,InvoiceDate,DueDate,IsFullyPaid,TransactionAmountDC,{called}\n" + "".join(
        f"C{at},{1000 + at},2026-09-0{at},2026-10-0{at},{str(at < 5).lower()},{100 * at}.50,{cell}\n"
        for at, cell in enumerate(cells, 1)
    )
    suggestion, found = read(tmp_path, "receivables.csv", text)
    assert suggestion.source.columns[role] == called
    assert start.guessed(suggestion)[f"source.columns.{role}"] == called
    assert open_items(found) == {
        "1005": ("C5", "2026-10-05", 500.5), "1006": ("C6", "2026-10-06", 600.5), "1007": ("C7", "2026-10-07", 300.5),
    }  # fmt: skip


def test_a_column_that_stays_as_it_is_is_no_balance(tmp_path):
    """A company's number is the same in all rows, and what stands in two other columns mostly is too."""
    text = "COMPANY,CUSTOMER,INVOICE,DATE,DUE,AMOUNT,OPEN_A,OPEN_B\n" + "".join(
        f"10,C{at % 3},{at},2026-09-{at:02},2026-10-{at:02},{at}.50,{rest},{rest}\n"
        for at, rest in enumerate(["0.00"] * 9 + ["10.50"], 1)
    )
    suggestion, found = read(tmp_path, "list.csv", text)
    assert "balance" not in suggestion.source.columns
    assert open_items(found) == {"10": ("C1", "2026-10-10", 10.5)}


@pytest.mark.parametrize(("credits", "rest"), [("Credited £", "O/S £"), ("Returns", "Left")])
def test_what_is_credited_stands_beside_what_is_paid(credits, rest, tmp_path):
    text = f"Customer,Inv #,Dated,Due,Invoiced £,{credits},Received £,{rest}\n" + (
        "Alder Ltd,1,01/09/2026,01/10/2026,100.50,,100.50,0.00\n"
        "Alder Ltd,2,02/09/2026,02/10/2026,200.50,20.00,,180.50\n"
        "Birch plc,3,13/09/2026,13/10/2026,300.00,30.00,270.00,0.00\nBirch plc,4,14/09/2026,14/10/2026,50.25,,,50.25\n"
        "Cedar plc,5,15/09/2026,15/10/2026,60.00,6.00,4.00,50.00\n"
    )
    suggestion, found = read(tmp_path, "debtors.csv", text)
    assert (suggestion.source.columns["credited"], suggestion.source.columns["open"]) == (credits, rest)
    assert open_items(found) == {
        "2": ("Alder Ltd", "2026-10-02", 180.5), "4": ("Birch plc", "2026-10-14", 50.25),
        "5": ("Cedar plc", "2026-10-15", 50.0),
    }  # fmt: skip
    assert found.tables["receipts"].groupby("kind")["amount"].sum().to_dict() == {
        "credit_note": 56.0, "undated": 374.5,
    }  # fmt: skip


def test_credits_beside_amounts_are_what_was_credited_of_them(tmp_path):
    text = "number,customer.id,issue_date,due_date,total_amount,credit_amount,paid_amount,due_amount\n" + (
        "#1,C1,2026-09-01,2026-10-01,340.01,0.00,340.01,0.00\n#2,C2,2026-09-02,2026-10-02,100.50,20.00,0.00,80.50\n"
        "#3,C1,2026-09-03,2026-10-03,50.25,0.00,0.00,50.25\n"
    )
    suggestion, found = read(tmp_path, "invoices.csv", text)
    assert suggestion.source.columns["credited"] == "credit_amount"
    assert open_items(found) == {"#2": ("C2", "2026-10-02", 80.5), "#3": ("C1", "2026-10-03", 50.25)}
    assert found.tables["invoices"]["amount"].sum() == 490.76


def test_credits_in_a_column_of_their_own_lower_what_is_owed(tmp_path):
    text = "Customer No,Invoice No,Date,Due Date,Amount,Credit\n" + (
        "C1,1,2026-09-01,2026-10-01,340.01,\nC2,2,2026-09-02,2026-10-02,100.50,\nC1,3,2026-09-03,,,40.01\n"
    )
    _, found = read(tmp_path, "list.csv", text)
    owed = found.tables["invoices"]["amount"].sum() - found.tables["receipts"]["amount"].sum()
    assert round(owed, 2) == 400.5


def test_what_sums_up_to_what_buyers_owe_is_what_is_open(tmp_path):
    """As in Portuguese accounts: documents of all kinds, the kind in a column called after documents."""
    head = "No.;Nome;Documento;Nº Doc.;Data;Vencimento;Débito;Crédito;Regularizado;{rest}\n"
    rows = (
        "1;Alder Lda;N/Factura;101;01.08.2026;31.08.2026;100,50;0,00;100,50;0,00\n"
        "1;Alder Lda;N/Pagamento;11;05.09.2026;05.09.2026;0,00;100,50;100,50;0,00\n"
        "1;Alder Lda;N/Factura;102;11.08.2026;10.09.2026;70,25;0,00;0,00;70,25\n"
        "2;Birch SA;N/Factura;103;12.08.2026;11.09.2026;300,00;0,00;120,00;180,00\n"
        "2;Birch SA;N/Pagamento;12;20.09.2026;20.09.2026;0,00;150,00;120,00;-30,00\n"
        "3;Cedar SA;N/Factura;104;13.08.2026;12.09.2026;50,75;0,00;40,75;10,00\n"
        "3;Cedar SA;N/Nota Crédito;5;14.08.2026;14.08.2026;0,00;40,75;40,75;0,00\n"
    )
    suggestion, found = read(tmp_path, "conta.csv", head.format(rest="Por acertar") + rows, "cp1252")
    columns = suggestion.source.columns
    assert (columns["open"], columns["kind"], columns["invoice_id"]) == ("Por acertar", "Documento", "Nº Doc.")
    assert open_items(found) == {
        "102": ("1", "2026-09-10", 70.25), "103": ("2", "2026-09-11", 180.0), "104": ("3", "2026-09-12", 10.0),
    }  # fmt: skip
    on_account = found.tables["receipts"].query("invoice_id.isna()")
    assert on_account["amount"].tolist() == [30.0]


TAXED = [(f"I{at}", at * 100, at * (20 if at % 3 else 5)) for at in range(1, 13)]


@pytest.mark.parametrize("net", ["Amount", "Net value"])
def test_amounts_with_tax_are_told_by_what_adds_up(net, tmp_path):
    lines = [f"Invoice No,Customer,Date,Due Date,{net},Sum of levies,All in all"]
    lines += [
        f"{number},C{at % 4},2026-09-{at:02},2026-10-{at:02},{of:.2f},{tax:.2f},{round(of, 2) + round(tax, 2):.2f}"
        for at, (number, of, tax) in enumerate(TAXED, 1)
    ]
    _, found = read(tmp_path, "list.csv", "\n".join(lines) + "\n")
    assert open_items(found)["I2"] == ("C2", "2026-10-02", 240.0)
    assert open_items(found)["I3"] == ("C3", "2026-10-03", 315.0)


def test_lines_of_an_invoice_have_their_tax_beside_quantities_and_prices(tmp_path):
    lines = ["invoice_number,customer,invoice_date,due_date,qty,unit_price,net_amount,vat,line_total"]
    lines += [
        f"I{at // 2},C{at // 2 % 4},2026-09-{at // 2:02},2026-10-{at // 2:02},{at},10.55,{at * 10.55:.2f},"
        f"{at * 2.11:.2f},{at * 12.66:.2f}"
        for at in range(2, 16)
    ]
    _, found = read(tmp_path, "lines.csv", "\n".join(lines) + "\n")
    assert open_items(found)["I3"] == ("C3", "2026-10-03", round(13 * 12.66, 2))


def test_what_is_paid_in_part_is_no_tax(tmp_path):
    lines = ["Invoice No,Customer,Date,Due Date,Amount,Fee,Something"]
    lines += [
        f"I{at},C{at % 4},2026-09-{at:02},2026-10-{at:02},{at}00.00,{at * at}.50,{at * 100 + at * at}.50"
        for at in range(1, 13)
    ]
    _, found = read(tmp_path, "list.csv", "\n".join(lines) + "\n")
    assert open_items(found)["I2"] == ("C2", "2026-10-02", 200.0)
