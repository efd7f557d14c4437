"""What comes in after a claim, by hand."""

import pytest

from tradecredit.book.book import Book
from tradecredit.errors import InputError
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.recoveries import after_claims
from tradecredit.losses.portfolio import highest_balance
from tradecredit.measure.open_items import open_items

INVOICES = "invoice_id,buyer_id,issued,due,amount\nI,B,2025-01-10,2025-02-10,1000\nJ,B,2025-01-10,2025-02-10,70\n"
DEBT = {"insured_percentage": 0.9, "loss_basis": "debt"}


def settled(book_of, more=""):
    """Of 1,000 the insurer has paid 900, and 300 come from the estate; the 100 are written off in between."""
    receipts = (
        "receipt_id,invoice_id,received,amount,kind\nR1,I,2025-06-01,900,claim\nR2,I,2025-09-01,300,recovery\n" + more
    )
    return book_of("2025-12-31", invoices=INVOICES, receipts=receipts)


def test_a_recovery_after_a_claim_is_shared(book_of):
    book = settled(book_of)
    assert open_items(book)["open_amount"].tolist() == [0, 70]
    (row,) = after_claims(book, Policy(**DEBT)).itertuples()
    # Case 10.
    assert (row.claim, row.debt, row.insurer_part, row.own_part) == (900, 1_000, 270, 30)
    other = {"pro_rata_limit": 300, "insurer_first": 300}
    for sharing, part in other.items():
        assert after_claims(book, Policy(**DEBT, recovery_sharing=sharing))["insurer_part"].tolist() == [part]
    assert after_claims(book, Policy(insured_percentage=0.9))["own_part"].tolist() == [300]


def test_the_insurer_never_gets_more_than_it_has_paid(book_of):
    book = settled(book_of, "R3,I,2025-10-01,500,recovery\nR4,I,2025-11-01,150,payment\n")
    first = after_claims(book, Policy(**DEBT, recovery_sharing="insurer_first"))
    assert first["insurer_part"].tolist() == [300, 500, 100]
    assert first["own_part"].tolist() == [0, 0, 50]


def test_a_claim_and_a_recovery_leave_other_invoices_owed(book_of):
    # The 1,000 are settled by the 900 and 100 of the 300; the other 200 are no credit of the buyer's.
    assert highest_balance(settled(book_of))["B"] == 1_070
    later = settled(book_of, "").at("2025-12-31")
    assert open_items(later)["open_amount"].sum() == 70


def test_the_checks_accept_both_and_no_more(ledger):
    claim = "R4,I2,2024-03-01,450.45,claim\nR5,I2,2024-03-20,150.00,recovery\n"
    ledger.add("receipts", claim)
    book = Book.open(ledger.run())
    assert open_items(book).set_index("invoice_id")["open_amount"]["I2"] == 0
    ledger.add("receipts", claim + "R6,I2,2024-03-25,351.00,recovery\n")
    with pytest.raises(InputError, match="add up to more than the invoice"):
        Book.open(ledger.run())
    ledger.add("receipts", claim + "R6,I2,2024-03-25,51.00,claim\n")
    with pytest.raises(InputError, match="add up to more than the invoice"):
        Book.open(ledger.run())
