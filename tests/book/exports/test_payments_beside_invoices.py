"""Lists with a payment beside each invoice under any name, and boards with groups of documents."""

from decimal import Decimal

import pandas as pd
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested

HEAD = "Cuenta;Cliente;Factura;Fecha;Vencimiento;Importe;Recibo;{day};{sum}"


def rows(sums: dict[int, str]) -> list[str]:
    """Return invoices over 100,50, 200,50 and so on, and beside them what was paid on 5 October."""
    return [
        f"43{at % 4};N{at % 4};F{at};{at:02}/09/2026;{at:02}/10/2026;{at}00,50;"
        + (f"P{at};05/10/2026;{sums[at]}" if at in sums else ";;")
        for at in range(1, 10)
    ]


PAID = {at: f"{at}00,50" for at in range(3, 9)} | {9: "300,00"}
OPEN = {"F1": ("431", "2026-10-01", 100.5), "F2": ("432", "2026-10-02", 200.5), "F9": ("431", "2026-10-09", 600.5)}


def test_a_payment_beside_its_invoice_is_told_by_its_figures(tmp_path):
    for day, sums in (("Fecha", "Importe"), ("Dia", "Suma")):
        (tmp_path / day).mkdir()
        text = "\n".join([HEAD.format(day=day, sum=sums), *rows(PAID)]) + "\n"
        suggestion, found = read(tmp_path / day, "facturas.csv", text)
        assert open_items(found) == OPEN
        paid = [guess for guess in suggestion.guesses if guess.key == "source.columns.paid"]
        assert [guess.open for guess in paid] == [True]


def test_sums_beside_invoices_that_exceed_them_are_no_payments(tmp_path):
    text = "\n".join([HEAD.format(day="Fecha", sum="Importe"), *rows(dict.fromkeys(range(3, 9), "9999,00"))]) + "\n"
    suggestion, found = read(tmp_path, "facturas.csv", text)
    assert "paid" not in suggestion.source.columns
    assert len(open_items(found)) == 9


def test_numbers_of_invoices_under_names_are_told_among_titles_of_groups_and_sums(tmp_path):
    head = "Name,Client,Owner,Status,Invoice date,Due date,Amount,Received,Balance"
    lines = ["Board"]
    for group, first in (("Overdue", 1), ("Not due", 16)):
        lines += [group, head]
        lines += [
            f"INV-{at},N{at % 4},Ann,Sent,2026-09-{at:02},2026-10-{at:02},{at}.50,0.00,{at}.50"
            for at in range(first, first + 15)
        ]
        lines += [",,,,,,100.00,0.00,100.00", ""]
    _, found = read(tmp_path, "board.csv", "\n".join(lines) + "\n")
    assert open_items(found)["INV-16"] == ("N0", "2026-10-16", 16.5)
    assert {*found.tables["buyers"]["buyer_id"]} == {"N0", "N1", "N2", "N3"}


def test_tables_of_a_database_with_counted_days_unsigned_corrections_and_payments_that_words_tell(tmp_path):
    # Clarion counts days from 28 December 1800: 82000 is 1 July 2025. All are to be paid by transfer.
    of = [
        ("FS-1", 82000, 2, 1, 100),
        ("FS-2", 82003, 2, 2, 250.4),
        ("FS-3", 82010, 2, 1, 80),
        ("FSK-1", 82011, 1, 1, -10),
    ]
    invoices = pd.DataFrame({
        "NumerDokumentu": [number for number, *_ in of], "TrN_Data2": [day for _, day, *_ in of],
        "TrP_Termin": [day + 30 for _, day, *_ in of], "TrP_Typ": pd.array([kind for *_, kind, _, _ in of], "Int8"),
        "TrP_KntNumer": [buyer for *_, buyer, _ in of], "Knt_Nazwa1": [f"Alder {buyer}" for *_, buyer, _ in of],
        "TrN_NettoR": [Decimal(str(net)) for *_, net in of], "TrN_VatR": [Decimal(str(net)) / 4 for *_, net in of],
        "TrP_Kwota": [abs(Decimal(str(net))) * 5 / 4 for *_, net in of], "TrP_FormaNazwa": "Przelew",
        "TrP_Pozostaje": [Decimal(0), Decimal(0), Decimal(100), Decimal("12.5")],
        "TrP_Rozliczona": pd.array([1, 1, 0, 0], "Int8"), "TrP_Waluta": "PLN",
    })  # fmt: skip
    payments = pd.DataFrame({
        "KAZ_NumerDokumentu": ["KB/1", "KB/2", "KB/3"], "KAZ_DataZapisu": [82020, 82021, 82022],
        "KAZ_KntNumer": [1, 2, 2], "KAZ_Tresc": "Wpłata od kontrahenta", "KAZ_Rozliczony": pd.array([1, 1, 1], "Int8"),
        "KAZ_Kwota": [Decimal(125), Decimal("313"), Decimal(40)], "KAZ_Waluta": "PLN",
        "KAZ_Pozostaje": [Decimal(0), Decimal(0), Decimal(40)],
    })  # fmt: skip
    invoices.to_parquet(tmp_path / "invoices.parquet")
    payments.to_parquet(tmp_path / "payments.parquet")
    suggestion = suggested([tmp_path / "invoices.parquet", tmp_path / "payments.parquet"])
    assert suggestion.source.kinds == {"2": "invoice", "1": "credit_note"}
    assert suggestion.source.form.dates == {"all": "clarion"}
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    assert open_items(found) == {"FS-3": ("1", "2025-08-10", 100.0)}
    free = found.tables["receipts"].query("invoice_id.isna()").set_index("buyer_id")["amount"]
    assert free.to_dict() == {"1": 12.5, "2": 40.0}
