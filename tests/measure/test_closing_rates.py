"""Other currencies: open items at the closing rate of the day, sales at the rate of theirs (IAS 21.21, 21.23)."""

import numpy as np
import pandas as pd
import pytest

from tradecredit import Book, receivables
from tradecredit.measure.closing_rates import ClosingRates
from tradecredit.measure.countback import countback_parts
from tradecredit.measure.disputes import owed_in_dispute
from tradecredit.measure.exchange import banks_of_year, exchange_differences
from tradecredit.measure.on_account import overpaid
from tradecredit.measure.open_items import items_on, open_items
from tradecredit.measure.quality import quality
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
    """Return `book_of(receipts…, run=…, disputes=…)`: the book as it is read from files, which translate amounts."""

    def book_of(*receipts: str, run: dict | None = None, **tables: str) -> Book:
        ledger.write("buyers", "buyer_id,name\nA,Alder\n")
        ledger.write("invoices", INVOICES)
        ledger.write("fx", FX)
        rows = "".join(f"R{number},{receipt}\n" for number, receipt in enumerate(receipts))
        ledger.write("receipts", f"receipt_id,invoice_id,received,amount,currency,kind\n{rows}")
        for name, text in tables.items():
            ledger.write(name, text)
        return Book.open(ledger.run(**{"as_of": DAY} | (run or {})))

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


@pytest.mark.parametrize(
    ("receipts", "tolerance", "left", "difference"),
    [
        # EUR 915 is USD 994.57 at 0.92: 5.43 of 1,000 short, which at the rate of issue are EUR 5.43.
        (["915,EUR"], 0.02, 0, 5.43),
        (["915,EUR"], 0.005, 5.43, 0),
        (["915,EUR"], 0.0055, 0, 5.43),
        (["915,EUR"], 0, 5.43, 0),
        # EUR 901.60 is USD 980, which leaves 2 %; a cent less leaves more.
        (["901.60,EUR"], 0.02, 0, 20),
        (["901.50,EUR"], 0.02, 20.11, 0),
        # Half of it, and the rest 0.5 % short: USD 500 and 497.28.
        (["460,EUR", "457.50,EUR"], 0.02, 0, 2.72),
        (["455,EUR", "455,EUR"], 0.02, 0, 10.87),
        (["460,EUR"], 0.02, 500, 0),
        # USD 900, and EUR 90.16 for the last 100: USD 98, which is 2 % of them short; EUR 90 is more.
        (["900,USD", "90.16,EUR"], 0.02, 0, 2),
        (["900,USD", "90,EUR"], 0.02, 2.17, 0),
        # What the buyer pays short in the currency of the invoice it owes.
        (["994.57,USD"], 0.02, 5.43, 0),
        # More than was owed: EUR 925 is USD 1,005.43.
        (["925,EUR"], 0.02, 0, -5.43),
        # Yen on dollars, neither of them the report's: JPY 152,000 at 0.006 is EUR 912, USD 991.30.
        (["152000,JPY"], 0.02, 0, 8.70),
    ],
)  # fmt: skip
def test_what_a_banks_rate_leaves_is_a_cost_and_no_debt(book_of, receipts, tolerance, left, difference):
    rows = [f"U,2026-10-1{5 + number},{receipt},payment" for number, receipt in enumerate(receipts)]
    book = book_of(*rows, run={"receivables": {"exchange_tolerance": tolerance}})
    found = open_items(book).set_index("invoice_id").loc["U"]
    # What is open stands at 0.70.
    assert found["open_amount"] == pytest.approx(0.70 * left, abs=0.005)
    last = pd.Timestamp(f"2026-10-1{4 + len(rows)}")
    assert (found["settled"] == last) == (left == 0)
    made = book.receipts[book.receipts["kind"] == "exchange"]
    assert made["amount"].sum() == pytest.approx(difference, abs=0.006)
    assert not made["invoice_id"].ne("U").any()
    if left == 0 and difference:
        # Due on 1 October; paid on the day of the last payment, not never.
        assert found["paid_on"] == last
        assert found["days_late"] == (last - pd.Timestamp("2026-10-01")).days


def test_a_credit_note_for_the_rest_leaves_the_banks_part(book_of):
    # USD 940.22 and 54 credited: 5.78 of 946 are the bank's, from the day of the credit note on.
    rows = ["U,2026-10-15,865,EUR,payment", "U,2026-10-20,54,USD,credit_note"]
    book = book_of(*rows)
    assert open_items(book.at("2026-10-19"))["open_amount"][0] == pytest.approx(59.78 * 0.92, abs=0.005)
    found = open_items(book).iloc[0]
    assert (found["open_amount"], found["settled"]) == (0, pd.Timestamp("2026-10-20"))
    assert found["paid_on"] == pd.Timestamp("2026-10-15")


def test_what_comes_above_the_tolerance_is_the_buyers_credit(book_of):
    # EUR 925 is USD 1,005.43, the bank's; EUR 1,012 is USD 1,100, of which 100 are no matter of rates.
    assert overpaid(book_of("U,2026-10-15,925,EUR,payment"))[0] == 0
    assert overpaid(book_of("U,2026-10-15,1012,EUR,payment"))[0] == pytest.approx(100)


def test_what_comes_after_all_is_not_the_banks(book_of):
    book = book_of("U,2026-10-15,915,EUR,payment", "U,2026-10-25,5.43,USD,payment")
    assert book.receipts["amount"].sum() == pytest.approx(1000, abs=0.005)
    made = book.receipts[book.receipts["kind"] == "exchange"].set_index("received")["amount"]
    assert made.to_dict() == pytest.approx(
        {pd.Timestamp("2026-10-15"): 5.43, pd.Timestamp("2026-10-25"): -5.43}, abs=0.006
    )
    found = open_items(book).iloc[0]
    assert (found["open_amount"], found["settled"]) == (0, pd.Timestamp("2026-10-15"))


def test_a_past_day_knows_nothing_of_what_came_later(book_of):
    rows = ["U,2026-10-15,915,EUR,payment", "U,2026-10-25,5.43,USD,payment"]
    now, then = book_of(*rows).at("2026-10-20"), book_of(*rows[:1]).at("2026-10-20")
    pd.testing.assert_frame_equal(now.receipts, then.receipts)
    assert now.receipts["amount"].tolist() == pytest.approx([994.57, 5.43], abs=0.005)


def test_a_buyer_whose_bank_pays_out_less_is_punctual(book_of):
    # Due on 1 October, EUR 995 for USD 1,000 at 1.00 on that day.
    found = open_items(book_of("U,2026-10-01,995,EUR,payment")).iloc[0]
    assert (found["days_late"], found["open_amount"]) == (0, 0)


def test_what_banks_took_and_gave_is_told_among_the_receipts(book_of):
    # EUR 5.43 short on U; on E USD 550 are EUR 506, 6 above 500.
    book = book_of("U,2026-10-15,915,EUR,payment", "E,2026-10-15,550,USD,payment")
    found = quality(book).set_index(["table", "check"]).loc["receipts"]
    assert found["rows"].to_dict() == {
        "dated on a Saturday or Sunday": 0, "amount of zero": 0, "on account, no invoice named": 0,
        "more than the invoice": 0, "returned by the bank": 0, "no day known": 0,
        "in another currency, short of the day's rate": 1, "in another currency, above the day's rate": 1,
    }  # fmt: skip
    assert found["amount"].tolist()[-2:] == pytest.approx([5.43, 6], abs=0.006)


def test_what_rates_add_is_no_collection_and_a_cause_of_its_own(book_of):
    # 1,500 were sold in September, all of it overdue but for 100 that were paid; October has no sales. At the closing
    # rate 1,100 are open.
    settled = "S,A,2026-07-01,2026-07-31,EUR,10\n"
    paid = ("S,2026-07-31,10,EUR,payment", "E,2026-10-15,100,EUR,payment")
    book = book_of(*paid, invoices=INVOICES + settled, run={"receivables": {"sales_months": 1}})
    assert receivables.kpis(book)["cei"] == pytest.approx(100 * 100 / 1500)
    parts = countback_parts(book, pd.Timestamp(DAY))
    assert parts.to_dict() == pytest.approx(
        {"terms": 0, "early payment": 0, "overdue debt": 31 + 1400 / 1500 * 30, "exchange rates": -300 / 1500 * 30}
    )
    assert parts.sum() == pytest.approx(receivables.kpis(book)["dso_countback"])


def test_gains_and_losses_are_told_apart_by_currency(book_of):
    # USD from 1.00 and from 0.60 to 0.70, yen from 0.006 to 0.005.
    rows = "V,A,2026-10-20,2026-11-20,USD,2000\nY,A,2026-10-01,2026-11-01,JPY,100000\n"
    rates = "2026-10-20,USD,0.60\n2026-10-30,JPY,0.005\n"
    table = exchange_differences(book_of(invoices=INVOICES + rows, fx=FX + rates))
    assert table.index.tolist() == ["USD", "JPY"]
    assert table.loc["USD"].tolist() == pytest.approx([2100, 200, 300])
    assert table.loc["JPY"].tolist() == pytest.approx([500, 0, 100])


def test_nothing_in_other_currencies_has_no_differences(book_of):
    book = book_of("U,2026-10-15,1000,USD,payment")
    assert exchange_differences(book).empty
    assert banks_of_year(book).tolist() == [0, 0]


def test_what_banks_left_counts_for_twelve_months(book_of):
    # EUR 5.43 short on U, and 6 over on E.
    receipts = ("U,2026-10-15,915,EUR,payment", "E,2026-10-15,550,USD,payment")
    assert banks_of_year(book_of(*receipts)).to_dict() == pytest.approx({"short": 5.43, "over": 6}, abs=0.006)
    later = book_of(*receipts, run={"as_of": "2027-10-15"})
    assert banks_of_year(later).tolist() == [0, 0]


def test_whole_amounts_move_to_the_closing_rate():
    """Sums over no row are whole numbers, such as of a promise that names no invoice."""
    days = [np.array(["2024-01-01"], dtype="datetime64[us]")]
    rates = ClosingRates(np.array([1]), np.array([0]), np.array([2.0]), days, [np.array([3.0])])
    # 10 at the rate of 2 of its day of issue is 15 at 3.
    assert rates.on(np.array([4, 10]), pd.Timestamp("2024-02-01")).tolist() == [4.0, 15.0]
