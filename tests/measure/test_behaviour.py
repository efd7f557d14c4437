"""Payment behaviour, against a ledger worked out by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit.measure import behaviour, limits_in_force, past_days, receivables

# As of 31 March 2026: the 12 months begin after 31 March 2025, the 3 months after 31 December 2025.
#   A0 was settled before the 12 months; only its day of issue counts, for the history
#   A1 settled in June 2025, 20 days late
#   A2 settled on 10 February 2026, 5 days late: not more than the 5 days that make it late
#   A3 500 of 800 paid: 300 open, due 1 March: 30 days past due
#   A4 due on 26 March, 5 days ago: whether it is late is not known yet; 5 days past due
#   A5 not due
#   B1 settled 15 days early; B has no limit of its own, and nothing open
#   C has no invoice
INVOICES = """invoice_id,buyer_id,issued,due,amount
A0,A,2024-03-31,2024-04-30,7000
A1,A,2025-04-15,2025-05-15,1000
A2,A,2026-01-06,2026-02-05,2000
A3,A,2026-01-30,2026-03-01,800
A4,A,2026-02-24,2026-03-26,400
A5,A,2026-03-20,2026-04-19,300
B1,B,2026-01-01,2026-02-01,500
"""
RECEIPTS = """invoice_id,received,amount,kind
A0,2024-08-31,7000,payment
A1,2025-06-04,1000,payment
A2,2026-02-10,2000,payment
A3,2026-02-20,500,payment
B1,2026-01-17,500,payment
"""
LEDGER = {"invoices": INVOICES, "receipts": RECEIPTS, "buyers": "buyer_id\nA\nB\nC\n"}
DAY = "2026-03-31"


def test_features_by_hand(book_of):
    table = behaviour.features(book_of(DAY, **LEDGER))
    buyer = table.loc["A"]
    # 12 months: A1 20 days, A2 5; A3 30 and A4 5 days on what is open. 3 months: the same without A1.
    year = (1000 * 20 + 2000 * 5 + 300 * 30 + 400 * 5) / (1000 + 2000 + 300 + 400)
    quarter = (2000 * 5 + 300 * 30 + 400 * 5) / (2000 + 300 + 400)
    assert buyer["days_beyond_terms"] == pytest.approx(year)
    assert buyer["days_beyond_terms_recent"] == pytest.approx(quarter)
    assert buyer["days_beyond_terms_drift"] == pytest.approx(quarter - year)
    # Due in the 12 months and decided: A1, A2 and A3; late were A1 and A3, each with its whole amount.
    assert buyer["share_late"] == pytest.approx((1000 + 800) / (1000 + 2000 + 800))
    assert buyer["open_amount"] == 300 + 400 + 300
    assert buyer["share_overdue"] == pytest.approx(0.7)
    assert buyer["oldest_days_past_due"] == 30
    assert buyer["sales_12m"] == 1000 + 2000 + 800 + 400 + 300
    assert buyer["months_of_history"] == pytest.approx(24, abs=0.02)


def test_what_is_on_account_covers_the_oldest_of_what_is_past_due(book_of):
    # 400 on account since 15 March cover the 300 of A3 and 100 of A4: past due are 300 of the 600 that are left.
    head, *rows = RECEIPTS.splitlines()
    receipts = "\n".join(["buyer_id," + head, *("," + row for row in rows), "A,,2026-03-15,400,payment\n"])
    limits = "buyer_id,source,valid_from,amount\nA,own,2025-01-01,500\n"
    book = book_of(DAY, **LEDGER | {"receipts": receipts}, limits=limits)
    buyer = behaviour.features(book).loc["A"]
    assert buyer["open_amount"] == 1000  # as the ledger has it
    assert buyer["share_overdue"] == pytest.approx(300 / 600)
    assert buyer["oldest_days_past_due"] == 5
    assert buyer["limit_use"] == pytest.approx(600 / 500)
    year = (1000 * 20 + 2000 * 5 + 300 * 5) / (1000 + 2000 + 300)
    assert buyer["days_beyond_terms"] == pytest.approx(year)
    # Of A3 the 500 count that were paid on it; what came on account is on no invoice.
    assert buyer["share_late"] == pytest.approx((1000 + 500) / (1000 + 500 + 2000))
    # On 10 March the money had not come: A3 was nine days past due with its 300 of 700.
    (then,) = past_days.on_days(book, [pd.Timestamp("2026-03-10")])
    before = then.behaviour.loc["A"]
    assert before["oldest_days_past_due"] == 9
    assert before["share_overdue"] == pytest.approx(300 / 700)
    # More than is past due leaves nothing to be held against the buyer.
    paid = behaviour.features(book_of(DAY, **LEDGER | {"receipts": receipts.replace(",400,", ",900,")})).loc["A"]
    assert (paid["share_overdue"], paid["oldest_days_past_due"]) == (0, 0)


def test_signed_days_leave_out_what_is_on_account_as_the_features_do(book_of):
    # 900 on account cover the 300 of A3 and the 400 of A4; left are A1, 20 days late, and A2, once late, once early.
    head, *rows = RECEIPTS.splitlines()
    receipts = "\n".join(["buyer_id," + head, *("," + row for row in rows), "A,,2026-03-15,900,payment\n"])
    late = book_of(DAY, **LEDGER | {"receipts": receipts})
    assert behaviour.signed_days_beyond_terms(late)["A"] == pytest.approx((1000 * 20 + 2000 * 5) / 3000)
    assert behaviour.features(late).loc["A", "days_beyond_terms"] == pytest.approx((1000 * 20 + 2000 * 5) / 3000)
    early = book_of(DAY, **LEDGER | {"receipts": receipts.replace("2026-02-10", "2026-01-31")})
    assert behaviour.signed_days_beyond_terms(early)["A"] == pytest.approx((1000 * 20 - 2000 * 5) / 3000)
    assert behaviour.features(early).loc["A", "days_beyond_terms"] == pytest.approx(1000 * 20 / 3000)


def test_money_that_the_bank_took_back_uses_no_limit(book_of):
    head, *rows = RECEIPTS.splitlines()
    taken_back = ["A,,2026-03-15,400,payment", "A,,2026-03-20,-600,payment\n"]
    receipts = "\n".join(["buyer_id," + head, *("," + row for row in rows), *taken_back])
    limits = "buyer_id,source,valid_from,amount\nA,own,2025-01-01,500\n"
    book = book_of(DAY, **LEDGER | {"receipts": receipts}, limits=limits)
    assert behaviour.features(book).loc["A", "limit_use"] == pytest.approx(1000 / 500)


def test_behaviour_is_among_the_figures_of_receivables(book_of):
    book = book_of(DAY, **LEDGER)
    pd.testing.assert_frame_equal(receivables.behaviour(book), behaviour.features(book))


def test_early_payment_is_no_credit_and_nothing_open_has_no_share(book_of):
    buyer = behaviour.features(book_of(DAY, **LEDGER)).loc["B"]
    assert buyer["days_beyond_terms"] == 0
    assert buyer["share_late"] == 0
    assert buyer["oldest_days_past_due"] == 0
    assert pd.isna(buyer["share_overdue"])


def test_a_buyer_without_invoices_has_missing_behaviour(book_of):
    buyer = behaviour.features(book_of(DAY, **LEDGER)).loc["C"]
    assert buyer.dropna().to_dict() == {
        "oldest_days_past_due": 0, "months_of_history": 0, "open_amount": 0, "sales_12m": 0,
    }  # fmt: skip


def test_signed_days_count_early_payment_below_zero(book_of):
    days = behaviour.signed_days_beyond_terms(book_of(DAY, **LEDGER))
    # A pays none early: as in the features. B settled its only invoice 15 days early; C has none.
    assert days["A"] == pytest.approx((1000 * 20 + 2000 * 5 + 300 * 30 + 400 * 5) / (1000 + 2000 + 300 + 400))
    assert days["B"] == -15
    assert pd.isna(days["C"])
    assert days.index.name == "buyer_id"


def test_signed_days_weigh_early_and_late_by_amount(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nX,A,2026-01-01,2026-01-31,100\nY,A,2026-01-01,2026-01-31,300\n"
    receipts = "invoice_id,received,amount,kind\nX,2026-02-20,100,payment\nY,2026-01-19,300,payment\n"
    book = book_of(DAY, invoices=invoices, receipts=receipts)
    assert behaviour.signed_days_beyond_terms(book)["A"] == pytest.approx((100 * 20 - 300 * 12) / 400)
    assert behaviour.features(book).loc["A", "days_beyond_terms"] == pytest.approx(100 * 20 / 400)


# Of D&B's PAYDEX value chart (dandb.com/glossary/paydex), which prints whole days: score and days beyond terms.
VALUE_CHART = {
    100: -30, 99: -29, 95: -25, 91: -21, 90: -20, 89: -18, 88: -16, 86: -12, 85: -10, 84: -8, 59: 23, 58: 24, 57: 25,
    56: 26, 54: 27, 53: 28, 52: 29, 50: 30, 49: 33, 48: 36, 47: 39, 46: 42, 45: 45, 44: 48,
}  # fmt: skip
KEY = {80: 0, 70: 15, 60: 22, 50: 30, 40: 60, 30: 90, 20: 120}


def test_paydex_is_the_published_scale():
    scores, days = pd.Series(VALUE_CHART.keys()), pd.Series(VALUE_CHART.values())
    # Whole days are off by one at most, where a day is a point and a quarter.
    assert (behaviour.paydex(days) - scores).abs().max() <= 1.25
    exact = scores[~scores.between(51, 59)].index
    assert behaviour.paydex(days)[exact].tolist() == scores[exact].tolist()
    assert behaviour.paydex(pd.Series(KEY.values())).tolist() == list(KEY)


def test_paydex_ends_at_100_and_20_and_keeps_what_is_missing():
    days = pd.Series([-400.0, 121.0, 5000.0, float("nan")], index=list("ABCD"))
    score = behaviour.paydex(days)
    assert score[["A", "B", "C"]].tolist() == [100, 20, 20]
    assert pd.isna(score["D"])
    assert score.index.equals(days.index)


@given(st.floats(-60, 200), st.floats(0, 60))
def test_paydex_never_rises_with_the_days(days, more):
    score = behaviour.paydex(pd.Series([days, days + more]))
    assert score[1] <= score[0]


def test_an_invoice_is_late_on_the_sixth_day(book_of):
    late = {day: behaviour.features(book_of(day, **LEDGER)).loc["A", "share_late"] for day in
            ("2026-03-31", "2026-04-01")}  # fmt: skip
    assert late["2026-03-31"] == pytest.approx(1800 / 3800)
    assert late["2026-04-01"] == pytest.approx(2200 / 4200)


def test_dispute_rate(book_of):
    # Of A's disputes the first was opened before the 12 months; the second is of 90; the third names no amount: 300.
    disputes = "invoice_id,opened,closed,amount\nA0,2024-05-01,,500\nA1,2025-06-01,2025-07-01,90\nA5,2026-03-25,,\n"
    rate = behaviour.features(book_of(DAY, **LEDGER, disputes=disputes))["dispute_rate"]
    assert rate["A"] == pytest.approx((90 + 300) / 4500)
    assert rate["B"] == 0
    assert pd.isna(rate["C"])
    assert behaviour.features(book_of(DAY, **LEDGER))["dispute_rate"].isna().all()


LIMITS = """buyer_id,source,amount,valid_from,valid_to
A,own,4000,2025-01-01,
A,own,2000,2025-07-01,
A,own,9000,2026-02-01,2026-03-30
A,insurer,500,2025-01-01,
B,insurer,800,2025-01-01,2026-03-31
B,discretionary,100,2025-01-01,
C,own,0,2025-01-01,
"""


def test_limit_use_is_of_our_own_limit_first(book_of):
    book = book_of(DAY, **LEDGER, limits=LIMITS)
    in_force = limits_in_force.limits_in_force(book)
    # The latest decision that has not ended counts; one that ends on the day itself is still in force.
    assert in_force.loc["A"].dropna().to_dict() == {"own": 2000, "insurer": 500}
    assert in_force.loc["B"].dropna().to_dict() == {"insurer": 800, "discretionary": 100}
    use = behaviour.features(book)["limit_use"]
    assert use["A"] == pytest.approx(1000 / 2000)
    assert use["B"] == 0
    assert pd.isna(use["C"])
    assert behaviour.features(book.at("2026-03-30")).loc["A", "limit_use"] == pytest.approx(1000 / 9000)


@settings(max_examples=12)
@given(back=st.integers(0, 800))
def test_later_rows_change_no_feature(book_of, back):
    day = pd.Timestamp("2026-04-30") - pd.Timedelta(days=back)
    disputes = "invoice_id,opened,closed,amount\nA0,2024-05-01,,500\nA1,2025-06-01,2025-07-01,90\n"
    whole = book_of("2026-04-30", **LEDGER, limits=LIMITS, disputes=disputes)
    then = whole.at(day)
    rebuilt = book_of(day.strftime("%Y-%m-%d"), **{name: table for name, table in then.tables.items() if len(table)})
    pd.testing.assert_frame_equal(behaviour.features(then), behaviour.features(rebuilt))


def test_paying_later_never_lowers_the_days_beyond_terms(book_of):
    # A buyer for each delay: one invoice paid so many days after it was due, and a small one that is not yet due.
    buyers = [f"B{days:03}" for days in range(121)]
    due = pd.DataFrame({"buyer_id": buyers, "issued": "2025-09-01", "due": "2025-09-30", "amount": 100.0})
    later = due.assign(due="2026-09-30", amount=1.0)
    invoices = pd.concat([due.assign(invoice_id="X" + due["buyer_id"]), later.assign(invoice_id="Y" + due["buyer_id"])])
    received = pd.Timestamp("2025-09-30") + pd.to_timedelta(range(121), unit="D")
    receipts = pd.DataFrame({"invoice_id": "X" + due["buyer_id"], "received": received, "amount": 100.0})
    book = book_of(DAY, invoices=invoices, receipts=receipts.assign(kind="payment"))
    days = behaviour.features(book).loc[buyers, "days_beyond_terms"]
    assert days.iloc[:61].tolist() == list(range(61))
    assert (days.diff().iloc[1:] > 0).all()
