"""Audit files of whole years: what is credited and set off, what lies before the file, whose lines count, openings."""

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested


def read(folder, text: str, encoding: str = "utf-8"):
    (folder / "audit.xml").write_bytes(text.encode(encoding))
    suggestion = suggested([folder / "audit.xml"])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    return suggestion, found


def owed(found) -> tuple[dict, dict]:
    """What is open by invoice, and what buyers have on account."""
    receipts = found.tables["receipts"]
    paid = receipts.groupby("invoice_id")["amount"].sum()
    invoices = found.tables["invoices"].set_index("invoice_id")["amount"]
    free = receipts[receipts["invoice_id"].isna()].groupby("buyer_id")["amount"].sum().round(2)
    return invoices.sub(paid, fill_value=0).round(2).to_dict(), free[free != 0].to_dict()


def sale(number: str, kind: str, day: str, total: str, lines: str = "", beside: str = "", status: str = "N") -> str:
    return (
        f"<Invoice><InvoiceNo>{number}</InvoiceNo><DocumentStatus><InvoiceStatus>{status}</InvoiceStatus>"
        f"</DocumentStatus><InvoiceDate>{day}</InvoiceDate><InvoiceType>{kind}</InvoiceType>"
        f"<CustomerID>C1</CustomerID>{lines}"
        f"<DocumentTotals><GrossTotal>{total}</GrossTotal>{beside}</DocumentTotals></Invoice>"
    )


def line_on(number: str) -> str:
    return f"<Line><References><Reference>{number}</Reference></References><DebitAmount>1</DebitAmount></Line>"


def receipt(number: str, *lines: tuple[str, str, str, str]) -> str:
    """A receipt of 20 March with lines of a document's number, its day, side and amount."""
    parts = "".join(
        f"<Line><SourceDocumentID><OriginatingON>{of}</OriginatingON><InvoiceDate>{day}</InvoiceDate>"
        f"</SourceDocumentID><{side}Amount>{amount}</{side}Amount></Line>"
        for of, day, side, amount in lines
    )
    return (
        f"<Payment><PaymentRefNo>{number}</PaymentRefNo><TransactionDate>2026-03-20</TransactionDate>"
        "<PaymentType>RG</PaymentType><DocumentStatus><PaymentStatus>N</PaymentStatus></DocumentStatus>"
        f"<CustomerID>C1</CustomerID>{parts}</Payment>"
    )


def portugal(invoices: str, payments: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="Windows-1252"?><AuditFile xmlns="urn:OECD:StandardAuditFile-Tax:PT_1.04_01">'
        "<Header><StartDate>2026-01-01</StartDate></Header><MasterFiles><Customer><CustomerID>C1</CustomerID>"
        "<CompanyName>Peça Única Lda</CompanyName></Customer></MasterFiles><SourceDocuments><SalesInvoices>"
        f"{invoices}</SalesInvoices><WorkingDocuments><WorkDocument><DocumentNumber>OR 1/1</DocumentNumber>"
        "<CustomerID>C1</CustomerID><DocumentTotals><GrossTotal>900.00</GrossTotal></DocumentTotals></WorkDocument>"
        f"</WorkingDocuments><Payments>{payments}</Payments></SourceDocuments></AuditFile>"
    )


FIRST = sale("FT A/1", "FT", "2026-02-02", "1000.00")


def test_a_credit_note_whose_lines_all_name_the_invoice_is_set_off_against_it(tmp_path):
    note = sale("NC A/1", "NC", "2026-02-10", "200.00", line_on("FT A/1") * 2)
    _, found = read(tmp_path, portugal(FIRST + note), "cp1252")
    assert owed(found) == ({"FT A/1": 800.0}, {})
    assert found.tables["buyers"]["name"].tolist() == ["Peça Única Lda"]


def test_a_receipt_that_sets_a_credit_note_off_brings_the_difference(tmp_path):
    # 1,000.00 less the note of 200.00: the bank got 800.00, and nothing is open on either side.
    for at, named in enumerate(("", line_on("FT A/1"))):
        note = sale("NC A/1", "NC", "2026-02-10", "200.00", named)
        lines = (("FT A/1", "2026-02-02", "Credit", "1000.00"), ("NC A/1", "2026-02-10", "Debit", "200.00"))
        folder = tmp_path / str(at)
        folder.mkdir()
        _, found = read(folder, portugal(FIRST + note, receipt("RG 1", *lines)), "cp1252")
        assert owed(found) == ({"FT A/1": 0.0}, {})


def test_totals_are_in_euros_whatever_currency_stands_beside_them(tmp_path):
    beside = "<Currency><CurrencyCode>USD</CurrencyCode><CurrencyAmount>1100.00</CurrencyAmount></Currency>"
    suggestion, found = read(tmp_path, portugal(sale("FT A/1", "FT", "2026-02-02", "1000.00", beside=beside)))
    row = found.tables["invoices"].iloc[0]
    assert (suggestion.currency, row["currency"], row["amount"]) == ("EUR", "EUR", 1000.0)


def test_what_is_paid_or_credited_of_former_years_is_left_out_and_counted(tmp_path):
    note = sale("NC A/1", "NC", "2026-02-10", "50.00", line_on("FT 2025/7"))
    paid = receipt("RG 1", ("FT 2025/9", "2025-12-30", "Credit", "500.00"))
    _, found = read(tmp_path, portugal(FIRST + note, paid))
    assert owed(found) == ({"FT A/1": 1000.0}, {})
    assert ("invoices", "document is of an invoice before the file: -550.00", 2) in found.left_out


def test_sales_for_cash_are_paid_and_cancelled_ones_are_none(tmp_path):
    by_card = "<Payment><PaymentMechanism>CC</PaymentMechanism></Payment>"
    sales = (
        FIRST + sale("VD A/1", "VD", "2026-02-03", "10.00") + sale("FS A/1", "FS", "2026-02-03", "20.00")
        + sale("FS A/2", "FS", "2026-02-03", "30.00", beside=by_card)
        + sale("FT A/2", "FT", "2026-02-04", "1.00", status="A")
    )  # fmt: skip
    _, found = read(tmp_path, portugal(sales))
    assert owed(found) == ({"FT A/1": 1000.0, "VD A/1": 0.0, "FS A/1": 20.0, "FS A/2": 0.0}, {})


def posting(day: str, *lines: tuple[str, str, str, str]) -> str:
    """A posting with lines of account, side, amount, and all else that stands in the line."""
    parts = "".join(
        f"<Line><AccountID>{account}</AccountID>{beside}<{side}Amount><Amount>{amount}</Amount></{side}Amount></Line>"
        for account, side, amount, beside in lines
    )
    return (
        f"<Transaction><TransactionID>{day}</TransactionID><TransactionDate>{day}</TransactionDate>{parts}"
        "</Transaction>"
    )


def norway(customer: str, postings: str) -> str:
    return (
        '<AuditFile xmlns="urn:StandardAuditFile-Taxation-Financial:NO"><Header><SelectionCriteria>'
        "<PeriodStart>1</PeriodStart><PeriodStartYear>2026</PeriodStartYear></SelectionCriteria></Header><MasterFiles>"
        f"<Customers><Customer><Name>Ås Bygg</Name><CustomerID>10</CustomerID>{customer}</Customer></Customers>"
        f"</MasterFiles><GeneralLedgerEntries><Journal>{postings}</Journal></GeneralLedgerEntries></AuditFile>"
    )


BY_10 = "<CustomerID>10</CustomerID>"


def test_lines_on_accounts_of_customers_count_where_all_lines_name_the_customer(tmp_path):
    all_lines = (
        ("1500", "Debit", "125.00", f"<SourceDocumentID>F1</SourceDocumentID>{BY_10}<DueDate>2026-03-04</DueDate>"),
        ("3000", "Credit", "100.00", BY_10), ("2700", "Credit", "25.00", BY_10),
    )  # fmt: skip
    for reference in ("ReferenceNumber", "CrossReference"):
        paid = f"{BY_10}<SourceDocumentID>B9</SourceDocumentID><{reference}>F1</{reference}>"
        bank = posting("2026-03-02", ("1920", "Debit", "75.00", BY_10), ("1500", "Credit", "75.00", paid))
        folder = tmp_path / reference
        folder.mkdir()
        _, found = read(folder, norway("", posting("2026-02-02", *all_lines) + bank))
        assert owed(found) == ({"F1": 50.0}, {})


def test_a_payment_with_the_customers_reference_of_the_invoice_settles_it(tmp_path):
    cid = "<CID>00123</CID>"
    sold = posting(
        "2026-02-02",
        ("1500", "Debit", "125.00", f"<SourceDocumentID>F1</SourceDocumentID>{BY_10}{cid}"),
        ("3000", "Credit", "125.00", ""),
    )
    paid = posting(
        "2026-03-02",
        ("1500", "Credit", "125.00", f"<SourceDocumentID>B9</SourceDocumentID>{BY_10}{cid}"),
        ("1920", "Debit", "125.00", ""),
    )
    _, found = read(tmp_path, norway("", sold + paid))
    assert owed(found) == ({"F1": 0.0}, {})


def test_openings_of_customers_are_owed_from_the_first_day_wherever_they_stand(tmp_path):
    opening = "<OpeningDebitBalance>300.00</OpeningDebitBalance>"
    sold = posting(
        "2026-02-02",
        ("1500", "Debit", "125.00", f"<SourceDocumentID>F1</SourceDocumentID>{BY_10}"),
        ("3000", "Credit", "125.00", ""),
    )
    for at, customer in enumerate((opening, f"<BalanceAccount><AccountID>1500</AccountID>{opening}</BalanceAccount>")):
        folder = tmp_path / str(at)
        folder.mkdir()
        _, found = read(folder, norway(customer, sold))
        assert owed(found) == ({"F1": 125.0, "opening 10": 300.0}, {})
        issued = found.tables["invoices"].set_index("invoice_id")["issued"]
        assert str(issued["opening 10"].date()) == "2026-01-01"
