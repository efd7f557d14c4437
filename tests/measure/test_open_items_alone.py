"""What a list of open items cannot tell is missing, and nothing is made of it."""

import pytest

from tradecredit import Book, default, limits, receivables, words
from tradecredit.measure.balances import balances
from tradecredit.measure.behaviour import features, signed_days_beyond_terms

HABITS = ["days_beyond_terms", "days_beyond_terms_recent", "days_beyond_terms_drift", "share_late"]
NO_RECEIPTS = "receipt_id,invoice_id,received,amount,kind\n"


def test_open_items_alone_tell_of_no_sales_no_need_and_no_habit(ledger):
    ledger.write("receipts", NO_RECEIPTS)
    book = Book.open(ledger.run(limits={"digits": 6}))
    known = balances(book)
    # 1,000 and 500.50 of B1.
    assert known.loc["B1", "open_amount"] == 1_500.5
    assert known[["sales_12m", "net_sales_12m", "monthly_purchases"]].isna().all(axis=None)
    assert features(book)[HABITS].isna().all(axis=None)
    assert features(book)["sales_12m"].isna().all()
    assert signed_days_beyond_terms(book).isna().all()
    # 9 February to 31 March, what is still open does tell.
    assert features(book).loc["B1", "oldest_days_past_due"] == 51
    ratings = default.assess(book)
    assert ratings.loc["B1", "pd"] > ratings.loc["B3", "pd"]
    assert limits.recommend(book, ratings)["need"].isna().all()


def test_one_payment_tells_of_both(ledger):
    book = Book.open(ledger.run_file)
    assert balances(book).loc["B1", "sales_12m"] == 1_500.5
    assert features(book).loc["B1", "days_beyond_terms"] == pytest.approx(
        # 600 in time and 400 on 20 March, both counted on that day: 40 days; 500.50 since 13 March: 18 days.
        (1_000 * 40 + 500.5 * 18) / 1_500.5
    )


def test_settlements_without_a_day_tell_of_sales_and_of_no_habit(ledger):
    ledger.write("receipts", NO_RECEIPTS + "R1,I1,2024-03-31,1000.00,undated\n")
    book = Book.open(ledger.run_file)
    assert balances(book).loc["B1", "sales_12m"] == 1_500.5
    assert features(book)[HABITS].isna().all(axis=None)
    assert list(words.receivables.of_sales_and_payments(receivables.kpis(book), book)) == ["dso_countback", "dso"]


def test_a_first_amount_and_what_is_left_of_it_are_no_sales(ledger):
    # 600 of I1's 1,000: the list says what is left of each, and lacks those of which nothing is.
    ledger.write("receipts", NO_RECEIPTS + "R1,I1,2024-03-31,600.00,undated\n")
    book = Book.open(ledger.run_file)
    assert balances(book)["sales_12m"].isna().all()
    assert receivables.kpis(book)[["sales", "dso", "dso_countback", "turnover", "cei"]].isna().all()
    assert receivables.kpis(book)["receivables"] > 0
    [told] = words.receivables.known_days(book)
    assert told.startswith("The book holds open items only")
    assert words.receivables.of_sales_and_payments(receivables.kpis(book), book) == {}


def test_a_list_of_open_items_was_not_begun_with_items_carried_over(ledger):
    # A month without an invoice lies between 1 January and 28 March: in a list of open items all others were paid.
    ledger.write("invoices", "invoice_id,buyer_id,issued,due,currency,amount\nI1,B1,2024-01-01,2024-02-01,EUR,10\n"
                 "I2,B1,2024-03-28,2024-04-20,EUR,20\n")  # fmt: skip
    ledger.write("receipts", NO_RECEIPTS)
    assert len(words.receivables.known_days(Book.open(ledger.run_file))) == 1


def test_the_first_open_invoice_makes_no_new_buyer_and_the_last_no_dormant_one(ledger):
    # B1 has owed for two years, B2 since this month: what B2 bought and paid before is not in the list.
    ledger.write("invoices", "invoice_id,buyer_id,issued,due,currency,amount\nI1,B1,2022-03-01,2022-04-01,EUR,10\n"
                 "I2,B2,2024-03-10,2024-04-10,EUR,20\n")  # fmt: skip
    ledger.write("receipts", NO_RECEIPTS)
    book = Book.open(ledger.run_file)
    known = limits.recommend(book, default.assess(book))
    assert not known["rule"].str.contains("new buyer|dormant").any()
    ledger.write("receipts", NO_RECEIPTS + "R1,I1,2024-03-01,10,payment\n")
    book = Book.open(ledger.run_file)
    # One payment tells that B1 has bought nothing since.
    assert "dormant" in limits.recommend(book, default.assess(book)).loc["B1", "rule"]
