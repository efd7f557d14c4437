"""Money on account, over-payments, returned payments and money after a write-off: cases with their right values."""

import pandas as pd
import pytest

from tradecredit.book.book import Book
from tradecredit.measure.balances import balances
from tradecredit.measure.on_account import changes, on_account, on_account_by, overpaid
from tradecredit.measure.open_items import items_on, ledger_on, open_items
from tradecredit.measure.open_items import ledger as ledger_of
from tradecredit.measure.quality import quality

INVOICES = "invoice_id,buyer_id,issued,due,amount\nI1,B,2026-03-01,2026-03-31,400\nI2,B,2026-09-01,2026-10-01,2000\n"


def receipts(rows: str) -> str:
    return "invoice_id,buyer_id,received,amount,kind\n" + rows


def of(book, table, check) -> list[float]:
    return quality(book).set_index(["table", "check"]).loc[(table, check), ["rows", "amount"]].tolist()


@pytest.mark.parametrize(("kind", "amount"), [("payment", 500), ("credit_note", 200)])
def test_money_and_credits_without_an_invoice_are_the_buyers(book_of, kind, amount):
    # payments.md 12 and 13.
    book = book_of("2026-10-31", invoices=INVOICES, receipts=receipts(f",B,2026-10-02,{amount},{kind}\n"))
    assert open_items(book)["open_amount"].tolist() == [400, 2000]
    found = balances(book).loc["B"]
    assert found[["open_amount", "on_account", "net_amount"]].tolist() == [2400, amount, 2400 - amount]
    assert of(book, "receipts", "on account, no invoice named") == [1, amount]


def test_a_buyer_that_we_owe_to_owes_nothing_net(book_of):
    book = book_of("2026-10-31", invoices=INVOICES, receipts=receipts(",B,2026-10-02,3000,payment\n"))
    assert balances(book).loc["B", ["on_account", "net_amount"]].tolist() == [3000, 0]


def test_what_is_paid_beyond_an_invoice_is_the_buyers_credit(book_of):
    # payments.md 11, and the same with more.
    invoices = (
        "invoice_id,buyer_id,issued,due,amount\nI1,B,2026-09-01,2026-10-01,42.43\nI2,B,2026-09-01,2026-10-01,100\n"
    )
    paid = receipts("I1,,2026-10-01,42.44,payment\nI2,,2026-10-01,100,payment\nI2,,2026-10-02,100,payment\n")
    book = book_of("2026-10-31", invoices=invoices, receipts=paid)
    items = open_items(book)
    assert items["open_amount"].tolist() == [0, 0]
    assert items["settled"].dt.strftime("%Y-%m-%d").tolist() == ["2026-10-01", "2026-10-01"]
    assert overpaid(book).tolist() == pytest.approx([0.01, 100])
    assert on_account(book).loc["B"].tolist() == pytest.approx([0, 100.01, 100.01])
    assert of(book, "receipts", "more than the invoice") == [2, pytest.approx(100.01)]


def test_what_is_on_account_rises_and_falls_day_by_day(book_of):
    rows = (
        ",B,2026-10-05,70,payment\nI1,,2026-10-01,300,payment\nI1,,2026-10-02,250,payment\nI1,,2026-10-03,20,payment\n"
        "I1,,2026-10-08,-250,payment\n,B,2026-10-09,-70,payment\nI2,,2026-10-09,2000,payment\nI2,,2026-10-10,5,write_off\n"
    )
    book = book_of("2026-10-31", invoices=INVOICES, receipts=receipts(rows))
    # Of I1 150 too much on the 2nd and 170 on the 3rd; 70 without an invoice; the bank returns 250, and the 70.
    found = changes(book)
    assert found["amount"].tolist() == [150, 20, 70, -170, -70]
    assert found["received"].dt.day.tolist() == [2, 3, 5, 8, 9]
    assert [on_account_by(book, pd.Timestamp(2026, 10, day)).tolist() for day in (1, 3, 7, 8)] == [
        [0],
        [170],
        [240],
        [70],
    ]
    assert on_account_by(book, book.as_of).tolist() == on_account(book)["on_account"].tolist() == [0]


def test_an_over_payment_is_no_refusal(ledger):
    ledger.replace("receipts", "R2,I1,2024-03-20,400.00", "R2,I1,2024-03-20,400.02")
    book = Book.open(ledger.run_file)
    assert overpaid(book).tolist() == pytest.approx([0.02, 0, 0, 0])


def test_money_after_a_write_off_is_accepted(ledger):
    # payments.md 10: written off 1,000, then 250 recovered; also where it is booked as a payment.
    for kind in ("recovery", "payment"):
        ledger.write("receipts", "receipt_id,invoice_id,received,amount,kind\nR1,I1,2024-02-20,1000,write_off\n"
                     f"R2,I1,2024-03-20,250,{kind}\n")  # fmt: skip
        book = Book.open(ledger.run_file)
        assert open_items(book)["open_amount"].iloc[0] == 0
        assert overpaid(book).tolist() == [0, 0, 0, 0]


def test_a_returned_payment_opens_its_invoice_with_the_old_due_day(book_of):
    # payments.md 14.
    rows = "I1,,2026-04-10,400,payment\nI1,,2026-04-20,-400,payment\n"
    book = book_of("2026-10-31", invoices=INVOICES, receipts=receipts(rows))
    item = open_items(book).iloc[0]
    assert (item["open_amount"], item["days_past_due"], str(item["due"].date())) == (400, 214, "2026-03-31")
    assert pd.isna(item["settled"]) and pd.isna(item["paid_on"])
    assert of(book, "receipts", "returned by the bank") == [1, 400]
    # On the day between it was known as paid, ten days late.
    between = pd.Timestamp("2026-04-15")
    for found in (items_on(book, between), open_items(book.at(between))):
        assert found["open_amount"].tolist() == [0]
        assert found["days_late"].tolist() == [10]
        assert str(found["settled"].iloc[0].date()) == "2026-04-10"


def test_a_stop_begins_again_where_the_payment_that_ended_it_is_returned(book_of):
    rows = "I1,,2026-04-10,350,payment\nI1,,2026-04-20,-350,payment\n"
    book = book_of("2026-10-31", invoices=INVOICES, receipts=receipts(rows))
    assert pd.isna(ledger_of(book).cleared(100)[0])
    assert str(ledger_on(book, pd.Timestamp("2026-04-15")).cleared(100)[0])[:10] == "2026-04-10"
    again = receipts(rows + "I1,,2026-05-04,300,payment\n")
    found = ledger_of(book_of("2026-10-31", invoices=INVOICES, receipts=again))
    assert str(found.cleared(100)[0])[:10] == "2026-05-04"
    assert pd.isna(found.cleared(50)[0])


def test_an_invoice_that_is_paid_again_is_as_late_as_the_money_that_stayed(book_of):
    rows = "I1,,2026-04-10,400,payment\nI1,,2026-04-20,-400,payment\nI1,,2026-05-04,400,payment\n"
    item = open_items(book_of("2026-10-31", invoices=INVOICES, receipts=receipts(rows))).iloc[0]
    assert (item["open_amount"], item["days_late"]) == (0, 34)
    assert str(item["paid_on"].date()) == "2026-05-04"


def test_a_return_of_what_was_never_paid_is_refused_and_money_of_nobody(ledger):
    ledger.add("receipts", "R4,I2,2024-03-20,-400.00,payment\nR5,,2024-03-20,10,payment\n")
    with pytest.raises(Exception) as refused:
        Book.open(ledger.run_file)
    assert "returns more than was paid" in str(refused.value)
    assert "names neither an invoice nor a buyer" in str(refused.value)


def test_money_on_account_in_another_currency_counts_at_the_rate_of_its_day(ledger):
    rows = "R1,,B2,2024-02-20,100,GBP,payment\nR2,,B2,2024-03-20,100,GBP,payment\nR3,,B2,2024-03-21,5,,payment\n"
    ledger.write("receipts", "receipt_id,invoice_id,buyer_id,received,amount,currency,kind\n" + rows)
    assert on_account(Book.open(ledger.run_file)).loc["B2", "unnamed"] == pytest.approx(115 + 120 + 5)
