"""Whether payments come to the amounts of the invoices that they are on."""

import numpy as np
import pytest

from tradecredit.book.amounts_paid import unlike
from tradecredit.book.book import Book
from tradecredit.book.exports.suggestion import suggested
from tradecredit.words.start import run_file

AMOUNT = np.arange(100.0, 130.0)  # 30 invoices


@pytest.mark.parametrize(
    ("paid", "said", "rows"),
    [
        (AMOUNT, None, 0),
        (AMOUNT * 1.19, "payments are 119.0% of the amount of 30 of 30 invoices paid on", 30),
        (np.where(AMOUNT < 110, AMOUNT, AMOUNT * 0.98), "payments are 98.0% of the amount of 20 of 30 invoices", 20),
        # Paid in part, each by another share.
        (AMOUNT * np.linspace(0.1, 0.9, 30), None, 0),
        # Beyond the amount, each by another share.
        (AMOUNT * np.linspace(1.1, 3.0, 30), "payments exceed the amount of 30 of 30 invoices paid on", 30),
        # Of which hardly any is paid on, nothing is told.
        (np.where(AMOUNT < 119, AMOUNT * 1.19, 0.0), None, 0),
    ],
)
def test_payments_that_do_not_come_to_the_amounts_are_told(paid, said, rows):
    found = unlike(paid, AMOUNT)
    assert (found is None) if said is None else (found[0].startswith(said) and found[1] == rows)


@pytest.mark.parametrize(
    ("factor", "told"), [(1.0, None), (1.19, "payments are 119.0% of"), (0.84, "payments are 84.0% of")]
)
def test_the_notes_on_a_book_say_so(factor, told, ledger):
    for name in ("disputes", "limits", "defaults"):
        (ledger.folder / "data" / f"{name}.csv").unlink(missing_ok=True)
    invoices = "".join(f"I{at},B1,2024-01-02,2024-02-01,EUR,{100 + at}.00\n" for at in range(25))
    receipts = "".join(f"R{at},I{at},2024-02-05,{(100 + at) * factor:.2f},payment\n" for at in range(25))
    ledger.write("invoices", f"invoice_id,buyer_id,issued,due,currency,amount\n{invoices}")
    ledger.write("receipts", f"receipt_id,invoice_id,received,amount,kind\n{receipts}")
    notes = Book.open(ledger.run_file).notes
    found = notes[notes["rule"].str.startswith("payments are")]
    assert found["rows"].tolist() == ([] if told is None else [25])
    assert told is None or found["rule"].iloc[0].startswith(told)


def notes_on_export(folder, rows):
    (folder / "ledger.csv").write_text(f"Customer No,Type,Document No,Applies To,Date,Amount\n{rows}")
    named = folder / "ledger.yaml"
    named.write_text(run_file(suggested([folder / "ledger.csv"]), folder), encoding="utf-8")
    notes = Book.open(named).notes
    return notes[notes["rule"].str.startswith("payments ")]


@pytest.mark.parametrize(("factor", "told"), [(1.19, "payments are 119.0% of"), (0.84, "payments are 84.0% of")])
def test_of_an_export_it_is_told_once(factor, told, tmp_path):
    rows = "".join(
        f"C1,Invoice,I{at},,2026-03-05,{100 + at}.00\nC1,Payment,P{at},I{at},2026-04-02,-{(100 + at) * factor:.2f}\n"
        for at in range(25)
    )
    found = notes_on_export(tmp_path, rows)
    assert found["rows"].tolist() == [25]
    assert found["rule"].iloc[0].startswith(told)


def test_what_comes_in_of_debts_written_off_is_no_payment_beyond_them(tmp_path):
    rows = "".join(
        f"C1,Invoice,I{at},,2026-03-05,{100 + at}.00\nC1,Write-off,W{at},I{at},2026-04-02,-{100 + at}.00\n"
        f"C1,Recovery,P{at},I{at},2026-05-02,-{(100 + at) * 0.3:.2f}\n"
        for at in range(25)
    )
    assert notes_on_export(tmp_path, rows).empty
