"""Other currencies: open items at the closing rate of the day, sales at the rate of theirs (IAS 21.21, 21.23)."""

import pandas as pd
import pytest

from tradecredit import Book, receivables
from tradecredit.measure.disputes import owed_in_dispute
from tradecredit.measure.open_items import items_on, open_items
from tradecredit.measure.sales import net_sales

DAY = "2026-10-31"
FX = """date,currency,rate
2026-09-01,USD,1.00
2026-10-15,USD,0.92
2026-10-30,USD,0.70
2026-09-01,JPY,0.006
"""
INVOICES = """invoice_id,buyer_id,issued,due,currency,amount
U,A,2026-09-01,2026-10-01,USD,1000
E,A,2026-09-01,2026-10-01,EUR,500
"""


@pytest.fixture
def book_of(ledger):
    """Return `book_of(receipts…, disputes=…)`: the book as it is read from files, which translate amounts."""

    def book_of(*receipts: str, **tables: str) -> Book:
        ledger.write("buyers", "buyer_id,name\nA,Alder\n")
        ledger.write("invoices", INVOICES)
        ledger.write("fx", FX)
        rows = "".join(f"R{number},{receipt}\n" for number, receipt in enumerate(receipts))
        ledger.write("receipts", f"receipt_id,invoice_id,received,amount,currency,kind\n{rows}")
        for name, text in tables.items():
            ledger.write(name, text)
        return Book.open(ledger.run(as_of=DAY))

    return book_of


def items(book_of, *receipts: str) -> pd.DataFrame:
    return open_items(book_of(*receipts)).set_index("invoice_id")


def test_open_at_the_closing_rate_and_sold_at_the_rate_of_the_day(book_of):
    book = book_of()
    found = open_items(book).set_index("invoice_id")
    assert found["open_amount"].to_dict() == pytest.approx({"U": 700, "E": 500})
    assert found["exchange_difference"].to_dict() == pytest.approx({"U": -300, "E": 0})
    assert net_sales(book).tolist() == [1000, 500]
    figures = receivables.kpis(book)
    assert figures["receivables"] == pytest.approx(1200)
    assert figures["exchange_difference"] == pytest.approx(-300)
    assert receivables.ageing(book)["amount"].sum() == pytest.approx(1200)


def test_a_receipt_has_a_currency_of_its_own(book_of):
    # EUR 920 is USD 1,000 at the rate of the day on which it came, whatever the rates of issue and of today.
    found = items(book_of, "U,2026-10-15,920,EUR,payment").loc["U"]
    assert found["open_amount"] == 0
    assert found["settled"] == found["paid_on"] == pd.Timestamp("2026-10-15")


@pytest.mark.parametrize(
    ("receipt", "left"),
    [
        ("U,2026-10-15,400,USD,payment", 600 * 0.70),
        ("U,2026-10-15,400,,payment", 600 * 0.70),  # not stated: the invoice's
        ("U,2026-10-15,460,EUR,payment", 500 * 0.70),
        ("U,2026-09-10,50000,JPY,payment", 700 * 0.70),
    ],
)
def test_what_is_left_is_settled_in_the_currency_of_the_invoice(book_of, receipt, left):
    assert items(book_of, receipt).loc["U", "open_amount"] == pytest.approx(left)


def test_foreign_money_on_an_invoice_of_ours_counts_at_its_day(book_of):
    assert items(book_of, "E,2026-10-15,250,USD,payment").loc["E", "open_amount"] == pytest.approx(500 - 230)


def test_past_days_have_their_own_closing_rates(book_of):
    book = book_of()
    for day, worth in (("2026-09-30", 1000), ("2026-10-20", 920), (DAY, 700)):
        moment = pd.Timestamp(day)
        assert items_on(book, moment)["open_amount"].tolist() == pytest.approx([worth, 500])
        assert open_items(book.at(day))["open_amount"].tolist() == pytest.approx([worth, 500])


def test_a_dispute_is_for_its_part_at_the_closing_rate(book_of):
    disputes = "invoice_id,opened,closed,amount,reason\nU,2026-10-02,,400,price\n"
    book = book_of(disputes=disputes)
    owed = open_items(book)["open_amount"].to_numpy()
    assert owed_in_dispute(book, owed, book.as_of).tolist() == pytest.approx([280])


def test_what_a_bank_paid_at_its_own_rate_is_no_over_payment(book_of):
    found = items(book_of, "U,2026-10-15,925,EUR,payment").loc["U"]
    assert found["open_amount"] == 0
