import pandas as pd
import pytest

from tradecredit import Book, limits
from tradecredit.book.size import typical_invoice

RATE = 163.7
"""Yen a euro."""


def test_half_of_what_was_invoiced_is_on_invoices_of_at_least_the_typical_one():
    # 100 in all: 40 on the small ones, 60 on those of 20.
    assert typical_invoice(pd.Series([4.0] * 10 + [20.0] * 3)) == 20
    assert typical_invoice(pd.Series([4.0] * 10 + [20.0])) == 4
    assert typical_invoice(pd.Series([12_345.0])) == 12_000
    assert pd.isna(typical_invoice(pd.Series([0.0], dtype="float64")))


def invoices(rate: float, currency: str) -> str:
    """24 months of three buyers, of whom C is new, with amounts from 1,100 to 9,600 euros."""
    months = pd.period_range("2022-04", "2024-03", freq="M")
    rows = [
        f"{buyer}{month},{buyer},{month}-10,{month}-28,{currency},{(1_000 + 100 * number * size) * rate:.2f}"
        for number, month in enumerate(months, start=1)
        for buyer, size in (("A", 1), ("B", 3), ("C", 5))
        if buyer != "C" or number > 21
    ]
    return "\n".join(["invoice_id,buyer_id,issued,due,currency,amount", *rows])


def receipts(rate: float) -> str:
    """All but the last two months' are paid."""
    lines = [line.split(",") for line in invoices(rate, "EUR").splitlines()[1:]]
    rows = [f"R{row[0]},{row[0]},{row[3]},{row[5]},payment" for row in lines if row[2] < "2024-02-01"]
    return "\n".join(["receipt_id,invoice_id,received,amount,kind", *rows])


def written(ledger, rate: float, currency: str, **keys) -> Book:
    ledger.write("buyers", "buyer_id,name,country,sector,kind\nA,A,DE,C,private\nB,B,DE,C,private\nC,C,DE,C,private\n")
    ledger.write("invoices", invoices(rate, currency))
    ledger.write("receipts", receipts(rate))
    (ledger.folder / "data" / "fx.csv").unlink(missing_ok=True)
    return Book.open(ledger.run(currency=currency, margin=0.2, **keys))


def test_a_book_in_yen_and_one_in_euros_of_the_same_firm_get_the_same_advice_but_for_rounding(ledger):
    ratings = pd.DataFrame({"pd": [0.01, 0.02, 0.05], "grade": [5, 6, 8]}, index=pd.Index(list("ABC"), name="buyer_id"))
    ratings = ratings.assign(pd_low=ratings["pd"], pd_high=ratings["pd"], drivers="", method="fitted model")
    euro = written(ledger, 1.0, "EUR")
    advised = {"EUR": limits.recommend(euro, ratings)}
    yen = written(ledger, RATE, "JPY")
    advised["JPY"] = limits.recommend(yen, ratings)
    for name in ("binding", "decision", "action", "approval"):
        assert advised["JPY"][name].tolist() == advised["EUR"][name].tolist(), name
    # The typical invoice and each amount are rounded to two digits, 5 % each at most, and the limit down by up to 9 %.
    for name in ("need", "recommended", "new_buyer", "without_accounts", "expected_loss_budget"):
        in_euros = advised["JPY"][name] / RATE
        pd.testing.assert_series_equal(in_euros, advised["EUR"][name], rtol=0.15, check_names=False)
    assert yen.run.limits.new_buyer_limit / RATE == pytest.approx(euro.run.limits.new_buyer_limit, rel=0.11)


def test_the_typical_invoice_that_the_run_states_stands_in_place_of_the_books(ledger):
    book = written(ledger, 1.0, "EUR", typical_invoice=40_000)
    assert book.run.limits.new_buyer_limit == 50_000
    assert Book.open(book.run, as_of="2023-12-31").run.limits.new_buyer_limit == 50_000


def test_a_run_that_is_opened_on_another_day_has_the_amounts_of_the_book_of_that_day(ledger):
    book = written(ledger, 1.0, "EUR")
    earlier = Book.open(book.run, as_of="2022-05-31")
    # A: 1,100 and 1,200; B: 1,300 and 1,600. Of 5,200 the two largest are 2,900.
    assert earlier.run.typical_invoice == 1_300
    assert earlier.run.limits.expected_loss_budget == 320  # 325, a tie to the even digit
    assert book.run.typical_invoice > 1_300
