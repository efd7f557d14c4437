"""What a book knows of coming cash beside its invoices: promises, orders, and defaults that have happened."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.cash import forecast, past_defaults
from tradecredit.cash.coming_sales import Coming, ordered, sales_shares
from tradecredit.cash.future_sales import future_sales
from tradecredit.cash.open_rows import Disputes, dispute_rule, open_rows, promise_rule
from tradecredit.default.payment_times import payment_times, today_of

AS_OF = "2026-10-31"
RECEIPTS = "invoice_id,received,amount,kind\n"
ONE_DEFAULT = "buyer_id,date,kind\nA,2026-07-23,insolvency\n"
OPEN = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-08-01,2026-08-31,1000\nI2,B,2026-10-01,2026-12-15,400\n"


def history(count=120):
    """Return invoices of 30 days to three buyers, each paid 10 days late, and their receipts."""
    issued = pd.date_range("2025-10-01", periods=count, freq="3D")
    day = "%Y-%m-%d"
    rows = pd.DataFrame(
        {
            "invoice_id": [f"H{number}" for number in range(count)],
            "buyer_id": [("A", "B", "C")[number % 3] for number in range(count)], "issued": issued.strftime(day),
            "due": (issued + pd.Timedelta(days=30)).strftime(day), "amount": 300.0,
        }
    )  # fmt: skip
    paid = issued + pd.Timedelta(days=40)
    receipts = rows[["invoice_id", "amount"]].assign(received=paid.strftime(day), kind="payment")
    return rows, receipts[paid <= pd.Timestamp(AS_OF)]


def test_a_promise_is_paid_on_its_day_as_far_as_promises_are_kept(book_of):
    # 600 of 1,000 are promised for 20 November; no promise is over, so half of it is taken to be kept. The rest of it
    # is not expected before the promise is broken, the last of its days of grace having passed.
    book = book_of(
        AS_OF, invoices=OPEN, receipts=RECEIPTS,
        promises="buyer_id,invoice_id,made,date,amount,kind\nA,I1,2026-10-20,2026-11-20,600,payment\n",
    )  # fmt: skip
    assert promise_rule(book) == (0.5, 0)
    items = open_rows(book)
    found = pd.DataFrame(items._asdict())
    assert found["amount"].tolist() == [400.0, 400.0, 300.0, 300.0]
    assert found["pays_as"].tolist() == [0, 1, 2, 0]
    grace = book.run.collections.grace_days
    # What is free could be paid since it was invoiced, 91 and 30 days ago.
    assert found["begin"].tolist() == [-91, -30, 20, 20 + grace + 1]
    assert found["due"].tolist() == [-61, 45, 20, -61]
    # It comes in the week of the day, whatever the buyer's habit, under every tempo.
    made = forecast.of_open(items, payment_times(book), today_of(book), 13, np.array([[0.3], [1.0], [3.0]]))
    assert made.paid[:, 2, 2] == pytest.approx(np.ones(3), abs=1e-3)


def test_the_part_that_is_kept_is_that_of_promises_that_are_over(book_of):
    # 12 of 15 promises of 100 came by their day.
    rows = [(f"P{number}", "A", "2026-03-01", "2026-03-31", 100.0) for number in range(15)]
    invoices = pd.DataFrame(rows, columns=["invoice_id", "buyer_id", "issued", "due", "amount"])
    paid = invoices.head(12)[["invoice_id", "amount"]].assign(received="2026-05-10", kind="payment")
    promises = invoices[["invoice_id", "buyer_id", "amount"]].assign(
        made="2026-04-20", date="2026-05-10", kind="payment"
    )
    found = promise_rule(book_of(AS_OF, invoices=invoices, receipts=paid, promises=promises))
    assert found == (pytest.approx(0.8), 15)


def test_a_dispute_that_has_lasted_long_lasts_as_long_as_such_did(book_of):
    # Ten closed ones lasted 10, 20, … 100 days, and one is open for 55: 10/11, 9/11, … 6/11 last longer than 10, 20, …
    # 50 days, and of these 4/5, 3/5, … 0 longer than 60, 70, … 100. Of those past 20 half end by 70 (6/11 × 3/5 is less
    # than half of 9/11), of those past 70 by 90, of those past 90 by 100.
    opened = pd.Timestamp("2026-01-05")
    closed = [opened + pd.Timedelta(days=10 * number) for number in range(1, 11)]
    rows = [(f"D{number}", opened, day, 10.0) for number, day in enumerate(closed)]
    rows.append(("D10", pd.Timestamp(AS_OF) - pd.Timedelta(days=55), pd.NaT, 10.0))
    disputes = pd.DataFrame(rows, columns=["invoice_id", "opened", "closed", "amount"])
    invoices = disputes[["invoice_id"]].assign(buyer_id="A", issued="2026-01-02", due="2026-02-02", amount=100.0)
    rule = dispute_rule(book_of(AS_OF, invoices=invoices, receipts=RECEIPTS, disputes=disputes))
    assert (rule.days, rule.closed) == (55.0, 10)
    assert rule.lasting[[0, 4, 9]] == pytest.approx([10 / 11, 6 / 11, 6 / 11 * 1 / 5])
    assert rule.settled_after(np.array([0, 25, 75, 95])).tolist() == [60.0, 70.0, 90.0, 100.0]
    few = Disputes(45, 0.3, 3, *np.zeros((2, 0)))
    assert few.settled_after(np.array([10, 60])).tolist() == [45, 105]


def test_orders_stand_in_the_place_of_the_pattern_of_their_week(book_of):
    # Shipped: invoiced at once. Ordered: on the day on which it is expected; the one without a day is left out, and so
    # are closed ones. A sells on 30 days.
    invoices, receipts = history()
    book = book_of(
        AS_OF, invoices=invoices, receipts=receipts,
        orders="order_id,buyer_id,kind,date,amount,expected_on,closed\n"
        "O1,A,shipped,2026-10-28,90,,\nO2,A,ordered,2026-10-01,5000,2026-11-12,\nO3,B,ordered,2026-10-01,70,,\n"
        "O4,C,ordered,2026-10-01,70,2026-11-12,2026-10-20\n",
    )  # fmt: skip
    orders = ordered(book)
    assert orders.day.tolist() == [1, 12]
    assert orders.terms.tolist() == [30, 30]
    sales = future_sales(book, 91)
    rest, stated = Coming(*sales_shares(book), sales, orders).by_week()
    assert stated.tolist() == [90.0, 5000.0] + [0.0] * 11
    assert rest[0] == pytest.approx(sales.by_day[:7].sum() - 90)
    assert rest[1] == 0
    assert rest[2] == pytest.approx(sales.by_day[14:21].sum())
    # Of the 5,000 nearly all comes about 40 days after the 12th: in the eighth week.
    with_orders, without = (
        forecast.basis(book, 13),
        forecast.basis(book_of(AS_OF, invoices=invoices, receipts=receipts), 13),
    )
    more = with_orders.expected.sales_total[2] - without.expected.sales_total[2]
    assert more[6:9].sum() == pytest.approx(5000 - sales.by_day[7:14].sum(), rel=0.1)
    assert with_orders.by_day.sum() - without.by_day.sum() == pytest.approx(more[:13].sum(), rel=0.01)


def test_what_a_buyer_in_default_owes_brings_what_the_provision_expects(book_of):
    # A failed 100 days ago owing 1,000; a fifth of it is stated to come in, after 150 days: 50 days from now.
    book = book_of(
        AS_OF, invoices=OPEN, receipts=RECEIPTS, defaults=ONE_DEFAULT,
        run={"cash": {"recovery_days": 150}, "provision": {"recoveries": {"A": 0.2}}},
    )  # fmt: skip
    assert open_rows(book).invoice.tolist() == [1]
    (row,) = past_defaults.rows(book).to_dict("records")
    assert row == {"buyer_id": "A", "day": pd.Timestamp("2026-12-20"), "recovery": 200.0, "claim": 0.0}
    by_week = past_defaults.by_week(book, 13)
    assert by_week.recoveries.tolist() == [0.0] * 7 + [200.0] + [0.0] * 5
    assert past_defaults.by_week(book, 4).recoveries.sum() == 0


def test_recoveries_of_past_defaults_vary_as_the_loss_given_default_does(book_of):
    # A fifth of 1,000 is expected. The loss given default, .6 on average, has the variance .09, .375 of the largest
    # possible, .24; so a share of .2 has .375 · .2 · .8 = .06.
    losses, tables = {"lgd": 0.6}, {"invoices": OPEN, "receipts": RECEIPTS, "defaults": ONE_DEFAULT}
    run = {"cash": {"recovery_days": 150}, "provision": {"recoveries": {"A": 0.2}}, "losses": losses}
    fixed, varying = (book_of(AS_OF, run=run | {"losses": losses | {"lgd_sd": sd}}, **tables) for sd in (0.0, 0.3))
    expected = past_defaults.by_week(fixed, 13)
    assert past_defaults.in_scenarios(fixed, expected, 50, 1) is expected
    drawn = past_defaults.in_scenarios(varying, expected, 40_000, 1)
    assert drawn.recoveries.shape == (40_000, 13)
    assert drawn.recoveries.sum(axis=0)[[0, 6, 8, 12]].tolist() == [0.0] * 4
    whole = drawn.recoveries[:, 7]
    assert whole.mean() == pytest.approx(200, abs=3 * np.sqrt(0.06) * 1_000 / 200)
    assert whole.std() == pytest.approx(np.sqrt(0.06) * 1_000, rel=0.02)
    assert ((whole >= 0) & (whole <= 1_000)).all()
    assert drawn.expected_recoveries.sum() == pytest.approx(whole.mean())


def test_recoveries_that_are_late_come_halfway_to_the_end(book_of):
    # Failed on 28 February, expected after 150 days, by the end of July; nothing more after 12 months, in 120 days.
    book = book_of(
        AS_OF, invoices=OPEN.replace("2026-08", "2026-01"), receipts=RECEIPTS,
        defaults="buyer_id,date,kind\nA,2026-02-28,insolvency\n",
        run={"cash": {"recovery_days": 150}, "provision": {"recoveries": {"A": 0.2}}},
    )  # fmt: skip
    (row,) = past_defaults.rows(book).to_dict("records")
    assert row["day"] == book.as_of + pd.Timedelta(days=60)


FAILED = {
    "invoices": "invoice_id,buyer_id,issued,due,amount\n"
    "I1,A,2026-10-01,2026-11-30,400\nI2,B,2026-09-01,2026-10-15,10000\n",
    "limits": "buyer_id,source,amount,valid_from,valid_to\nB,insurer,6000,2025-01-01,\n",
    "defaults": "buyer_id,date,kind,debt,recovered,resolved\nB,2026-10-20,insolvency,10000,,\n",
}
POLICY = {"name": "Ours", "insured_percentage": 0.9, "premium_rate": 0.001, "insured_turnover": 1e6, "payment_days": 30}
PROVISION = {"method": "stated", "rates": {"whole book": [0, 0, 0, 0, 0]}, "rates_source": "by hand"}


def test_the_claim_on_a_buyer_in_default_is_paid_after_it_can_be_complete(book_of):
    # Of 10,000 half comes in; the insurer bears 90 % of what 6,000 less half of it lose, 2,700, 30 days after the claim
    # was filed, on 25 October; or after Monday 2 November, when it can be.
    run = {"policy": POLICY, "provision": PROVISION, "losses": {"lgd": 0.5}, "cash": {"recovery_days": 41}}
    for claims, day in ((None, "2026-12-02"), ("claim_id,buyer_id,filed,amount\nC,B,2026-10-25,2700\n", "2026-11-24")):
        tables = FAILED | ({} if claims is None else {"claims": claims})
        found = past_defaults.rows(book_of(AS_OF, run=run, **tables)).set_index(["recovery", "claim"])["day"]
        assert found.to_dict() == {(5_000.0, 0.0): pd.Timestamp("2026-11-30"), (0.0, 2_700.0): pd.Timestamp(day)}
    first_loss = run | {"policy": POLICY | {"aggregate_first_loss": 1_000.0}}
    assert past_defaults.rows(book_of(AS_OF, run=first_loss, **FAILED))["claim"].sum() == 1_700.0
    assert past_defaults.rows(book_of(AS_OF, run=run | {"policy": None}, **FAILED))["claim"].sum() == 0
