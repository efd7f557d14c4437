"""Sales net of cancellations: cases worked by hand, and what every figure that rests on sales makes of them."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit.decide.limits.methods import needed
from tradecredit.decide.terms import discounts, late_interest, lengths
from tradecredit.insurance import in_force
from tradecredit.insurance.cover import of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.losses.portfolio import exposures
from tradecredit.measure import quality, receivables, sales
from tradecredit.measure.balances import balances
from tradecredit.measure.behaviour import features
from tradecredit.measure.past_days import on_days

DAY = "2026-10-31"
MONTHS = pd.date_range("2025-09-01", "2026-10-01", freq="MS")


def books(book_of, credited_after: int = 0, credited: float = 72_000.0, run: dict | None = None, **settings):
    """One buyer that buys for 8,000 on the 1st of each month and pays on the due day, 30 days later, but for October;
    besides, 72,000 invoiced on each 1st, of which so much is credited so many days later."""
    month = pd.Timedelta(days=30)
    real = pd.DataFrame({"invoice_id": [f"S{n}" for n in range(14)], "issued": MONTHS, "amount": 8_000.0})
    wrong = real.assign(invoice_id=[f"X{n}" for n in range(14)], amount=72_000.0)
    invoices = pd.concat([real, wrong]).assign(buyer_id="A", due=lambda table: table["issued"] + month)
    paid = pd.DataFrame({"invoice_id": real["invoice_id"], "received": MONTHS + month, "amount": 8_000.0})
    notes = pd.DataFrame({"invoice_id": wrong["invoice_id"], "received": MONTHS, "amount": credited})
    notes["received"] += pd.Timedelta(days=credited_after)
    receipts = pd.concat([paid[:-1].assign(kind="payment"), notes.assign(kind="credit_note")])
    return book_of(DAY, settings, run=run, invoices=invoices, receipts=receipts)


def test_dso_need_and_insured_turnover_are_of_what_was_really_sold(book_of):
    book = books(book_of)
    figures = receivables.kpis(book)
    # 8,000 are open; 24,000 were sold in the 92 days of August to October.
    assert figures["receivables"] == 8_000
    assert figures["sales"] == 24_000
    assert figures["sales_12m"] == 96_000
    assert figures["dso"] == pytest.approx(30.67, abs=0.005)
    assert figures["dso_countback"] == pytest.approx(31)  # October's sales stand in them, and October has 31 days
    # July's invoice is due and paid on 31 July: nothing was open when the window began, and 8,000 is now.
    assert figures["turnover"] == pytest.approx(24_000 / 4_000 * 365 / 92)
    bought = balances(book).loc["A"]
    assert bought["sales_12m"] == bought["net_sales_12m"] == 96_000
    assert bought["monthly_purchases"] == 8_000
    # 30 days of terms and as many of tolerated delay: two months' purchases.
    assert needed(balances(book), tolerated_delay_days=30)["A"] == 16_000
    assert in_force.insurable_turnover(book, Policy()) == 96_000
    assert of_buyers(book, Policy(insured_percentage=0.9)).insured_sales["A"] == 1.0
    assert exposures(book).loc["A", "sales_a_day"] == pytest.approx(96_000 / 365)
    assert features(book).loc["A", "sales_12m"] == 96_000


def test_a_cancelled_invoice_is_in_no_terms_discounts_or_long_terms(book_of):
    invoices = """invoice_id,buyer_id,issued,due,amount,tax,discount_rate,discount_days
S,A,2026-09-01,2026-10-01,1190,190,0.02,10
X,A,2026-09-01,2026-12-30,7000,0,0.05,10
"""
    receipts = "invoice_id,received,amount,kind\nX,2026-09-05,7000,credit_note\n"
    buyers = "buyer_id,country\nA,DE\n"
    book = book_of(DAY, invoices=invoices, receipts=receipts, buyers=buyers, run={"margin": 0.2})
    assert lengths.economics(book).invoiced == pytest.approx(1.19)
    ratings = pd.DataFrame({"grade": [4], "method": ["fit"]}, index=["A"])
    assert lengths.habits(book, ratings).loc[4, ["sales_12m", "usual_terms_days"]].tolist() == [1_190, 30]
    offer = discounts.offers(book)
    assert offer.index.tolist() == [(0.02, 10, 30)]
    assert offer["amount"].tolist() == [1_190]
    assert late_interest.terms_beyond_law(book).empty  # X alone has more than 60 days
    suggested = pd.DataFrame({"suggested_days": [30.0]}, index=[4])
    assert lengths.longer_than_suggested(book, ratings, suggested).loc[4, ["sales_12m", "share"]].tolist() == [1_190, 0]


def test_a_cancellation_counts_from_the_day_of_its_credit_note(book_of):
    # Credited on the 11th: on the 5th of October nobody knows that October's 72,000 will be taken back.
    book = books(book_of, credited_after=10)
    assert receivables.kpis(book)["sales"] == 24_000
    assert receivables.kpis(book.at("2026-10-05"))["sales"] == pytest.approx(3 * 8_000 + 72_000)
    assert receivables.kpis(book.at("2026-10-11"))["sales"] == pytest.approx(3 * 8_000)
    for day in ("2026-10-05", "2026-10-10", "2026-10-11"):
        known = book.at(day)
        whole = pd.Series(sales.net_sales_on(book, pd.Timestamp(day)), index=book.invoices["invoice_id"])
        then = sales.net_sales(known).set_axis(known.invoices["invoice_id"])
        assert whole[then.index].tolist() == then.tolist()
        (past,) = on_days(book, [pd.Timestamp(day)])
        assert past.behaviour["sales_12m"].tolist() == features(known)["sales_12m"].tolist()
    pd.testing.assert_series_equal(
        receivables.monthly(book, 3).iloc[0], receivables.kpis(book.at("2026-08-31")), check_names=False
    )


@pytest.mark.parametrize(
    ("credited", "after", "settings", "net"),
    [
        (72_000, 200, {}, 0),  # all of it, whenever
        (71_999.996, 200, {}, 0),  # less than half a cent is nothing
        (71_999.99, 200, {}, 72_000),  # a cent is missing, and it comes too late for a share
        (66_000, 31, {}, 6_000),  # 91.7 % in time: what is left was sold
        (64_800, 31, {}, 7_200),  # 90 % exactly, on the last day
        (66_000, 32, {}, 72_000),
        (64_000, 3, {}, 72_000),  # 88.9 %: a lower price
        (64_000, 3, {"cancellation": {"share": 0.8, "days": 3}}, 8_000),
        (71_000, 0, {"cancellation": {"share": 1.0, "days": 31}}, 72_000),
    ],
)
def test_how_much_how_soon_cancels_an_invoice(book_of, credited, after, settings, net):
    book = books(book_of, after, credited, **settings)
    march = sales.net_sales(book).set_axis(book.invoices["invoice_id"])["X6"]
    assert march == pytest.approx(net)


def test_several_credit_notes_cancel_together_and_later_ones_take_the_rest(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nX,A,2026-01-01,2026-01-31,1000\n"
    receipts = """invoice_id,received,amount,kind
X,2026-01-10,500,credit_note
X,2026-01-20,450,credit_note
X,2026-06-20,50,credit_note
"""
    book = book_of("2026-07-31", invoices=invoices, receipts=receipts)
    net = {day: sales.net_sales_on(book, pd.Timestamp(day))[0] for day in ("2026-01-19", "2026-01-20", "2026-06-20")}
    assert list(net.values()) == [1_000, 50, 0]
    first = balances(book.at("2026-01-20")).loc["A"], balances(book).loc["A"]
    assert [buyer["sales_12m"] for buyer in first] == [50, 0]
    assert first[0]["first_issued"] == pd.Timestamp("2026-01-01")
    assert pd.isna(first[1]["first_issued"])  # nothing was ever sold to it
    assert features(book).loc["A", "months_of_history"] == 0


def test_other_receipts_cancel_nothing_and_payments_do_not_count_towards_it(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount,tax\n" + "\n".join(
        f"{name},A,2026-01-01,2026-01-31,1000,160" for name in ("discounted", "lost", "lowered", "cancelled")
    )
    receipts = """invoice_id,received,amount,kind
discounted,2026-01-10,1000,discount
lost,2026-01-10,1000,write_off
lowered,2026-01-10,500,payment
lowered,2026-01-11,500,credit_note
cancelled,2026-01-11,950,credit_note
"""
    book = book_of("2026-03-31", invoices=invoices, receipts=receipts)
    year = sales.of_year(book)
    assert year["sales_12m"].tolist() == [1_000, 1_000, 1_000, 50]
    assert year["net_sales_12m"].tolist() == pytest.approx([840, 840, 840, 42])  # 5 % of the tax stays too
    assert year["recent"].all()
    found = quality.quality(book).set_index("check").loc["cancelled by credit notes"]
    assert found[["rows", "amount", "share"]].tolist() == [1, 950, 0.25]


amounts = st.lists(st.tuples(st.integers(1, 100), st.integers(0, 120), st.integers(0, 60)), min_size=1, max_size=6)


@settings(max_examples=15)
@given(drawn=amounts)
def test_net_sales_lie_between_nothing_and_the_amount_and_never_rise(book_of, drawn):
    day = pd.Timestamp("2026-01-01")
    invoices = pd.DataFrame(
        [[f"I{n}", "A", day, day + pd.Timedelta(days=30), float(amount)] for n, (amount, *_) in enumerate(drawn)],
        columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
    )
    notes = pd.DataFrame(
        [
            [f"I{n}", day + pd.Timedelta(days=after), float(min(credit, amount)), "credit_note"]
            for n, (amount, credit, after) in enumerate(drawn)
        ],
        columns=["invoice_id", "received", "amount", "kind"],
    )
    book = book_of("2026-06-30", invoices=invoices, receipts=notes)
    before = invoices["amount"].to_numpy()
    for later in (0, 31, 60):
        net = sales.net_sales_on(book, day + pd.Timedelta(days=later))
        assert ((net >= 0) & (net <= before)).all()
        before = net
