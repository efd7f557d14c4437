"""Cash discounts: the published numbers, the discount that breaks even, and a ledger worked by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import words
from tradecredit.book.calendar import DAYS_A_MONTH
from tradecredit.decide.terms import discounts
from tradecredit.decide.terms.discount_steps import earned
from tradecredit.decide.terms.lengths import Economics
from tradecredit.words.formats import money

SAFE = pd.DataFrame(0.0, index=["A", "B", "C"], columns=range(1, 13))
RATINGS = pd.DataFrame({"grade": [3, 3, 7]}, index=pd.Index(["A", "B", "C"], name="buyer_id"), dtype="Int64")
RATINGS = RATINGS.assign(method="fitted model")
EVEN = pd.DataFrame({"days_earlier": [30.0, 60.0]}, index=[3, 7])


def asked(book, taken: pd.DataFrame) -> dict[str, str]:
    """Return what the discounts of a book ask to decide, in words."""
    return words.terms.discounts(discounts.totals(taken), discounts.summary(taken), discounts.offers(book), EVEN, "EUR")


# The published numbers


@pytest.mark.parametrize(
    ("cost", "basis", "percent"),
    [
        (discounts.simple_cost, 360, 36.73), (discounts.simple_cost, 365, 37.24),
        (discounts.compound_cost, 365, 44.59), (discounts.compound_cost, 360, 43.86),
    ],
)  # fmt: skip
def test_two_percent_in_ten_days_net_thirty(cost, basis, percent):
    assert round(100 * cost(0.02, 30 - 10, basis), 2) == percent


def test_paying_on_day_45_instead_of_30():
    assert round(100 * discounts.simple_cost(0.02, 45 - 10), 2) == 21.28


def test_where_no_day_is_won_there_is_no_yearly_cost():
    for cost in (discounts.simple_cost, discounts.compound_cost):
        assert np.isnan(cost(0.02, 0))
        assert cost(pd.Series([0.02, 0.02]), pd.Series([-1.0, 20.0])).isna().tolist() == [True, False]


@given(discount=st.floats(0, 0.2), days=st.integers(1, 360), basis=st.sampled_from([360, 365]))
def test_interest_on_interest_never_costs_less_within_a_year(discount, days, basis):
    assert discounts.compound_cost(discount, days, basis) >= discounts.simple_cost(discount, days, basis) - 1e-12


@given(discount=st.floats(0, 0.2), days=st.integers(1, 360))
def test_a_year_of_365_days_never_costs_less_than_one_of_360(discount, days):
    for cost in (discounts.simple_cost, discounts.compound_cost):
        assert cost(discount, days, 365) >= cost(discount, days, 360)


def test_offers_in_all_four_conventions(book_of):
    rows = (
        "invoice_id,buyer_id,issued,due,amount,discount_rate,discount_days\n"
        "I1,A,2026-01-01,2026-01-31,100,0.02,10\nI2,A,2026-02-01,2026-03-03,50,0.02,10\n"
        "I3,A,2026-01-01,2026-01-11,10,0.03,10\nI4,A,2026-01-01,2026-01-31,999,,\n"
        "I5,A,2026-01-01,2026-01-31,999,0,10\nI6,A,2025-03-31,2025-05-01,999,0.02,10\n"
    )
    found = discounts.offers(book_of("2026-03-31", invoices=rows))
    assert found.index.tolist() == [(0.02, 10, 30), (0.03, 10, 10)]
    assert found["invoices"].tolist() == [2, 1]
    conventions = ["simple_360", "simple_365", "compound_360", "compound_365"]
    assert (100 * found.loc[(0.02, 10, 30), conventions]).round(2).tolist() == [36.73, 37.24, 43.86, 44.59]
    assert found.loc[(0.03, 10, 10), conventions].isna().all()


# The discount that breaks even


def test_without_risk_it_costs_as_much_as_the_capital():
    # 2/10 net 30 costs 44.59 % a year: at that cost of capital 2 % breaks even.
    capital = discounts.compound_cost(0.02, 20)
    found = discounts.break_even(SAFE, pd.Series({"A": 30.0, "B": 10.0}), Economics(0.2, 0.5, capital)).loc["A"]
    assert found[["days_earlier", "break_even", "for_capital", "for_loss"]].tolist() == pytest.approx(
        [20, 0.02, 0.02, 0]
    )
    assert found["break_even_yearly_cost"] == pytest.approx(capital)


def test_without_a_cost_of_capital_it_is_the_loss_avoided():
    # 10 % fail in the first month and 8 % more in the second: 8 / 90 of those that are left, half of it lost.
    cumulative = pd.DataFrame([[0.1, 0.18]], columns=[1, 2], index=[1])
    payment = pd.Series({1: 2 * DAYS_A_MONTH})
    found = discounts.break_even(cumulative, payment, Economics(0.2, 0.5, 0.0), discount_days=DAYS_A_MONTH).loc[1]
    assert found["break_even"] == pytest.approx(0.5 * 0.08 / 0.9)
    assert found[["for_capital", "for_loss"]].tolist() == pytest.approx([0, found["break_even"]])


def test_missing_where_nothing_is_won_or_known():
    payment = pd.Series({"A": 10.0, "B": np.nan, "X": 40.0})
    found = discounts.break_even(SAFE, payment, Economics(0.2, 0.5, 0.1))
    assert found[["break_even", "for_capital", "for_loss", "break_even_yearly_cost"]].isna().all(axis=None)


@given(
    probabilities=st.lists(st.floats(0, 0.9), min_size=2, max_size=2),
    days=st.integers(11, 300),
    lgd=st.floats(0, 1),
    capital=st.floats(0, 0.5),
)
@settings(max_examples=100)
def test_a_weaker_buyers_money_is_worth_a_larger_discount(probabilities, days, lgd, capital):
    grades = pd.Series(sorted(probabilities), index=[1, 2])
    cumulative = pd.DataFrame({month: 1 - (1 - grades) ** (month / 12) for month in range(1, 13)})
    found = discounts.break_even(cumulative, pd.Series(float(days), index=[1, 2]), Economics(0.2, lgd, capital))
    assert found["break_even"].diff().dropna().ge(-1e-9).all()
    assert (found["break_even"] >= found["for_capital"] - 1e-9).all()


# A ledger: A takes the first of two offers and pays the other 20 days late; B takes all; C takes one too late, and may
# still take one.

INVOICES = """invoice_id,buyer_id,issued,due,amount,discount_rate,discount_days
A1,A,2026-01-01,2026-01-31,1000,0.02,10
A2,A,2026-01-01,2026-01-31,500,0.02,10
B1,B,2026-01-01,2026-01-31,200,0.02,10
C1,C,2026-01-01,2026-01-31,400,0.02,10
C2,C,2026-03-25,2026-04-24,300,0.02,10
C3,C,2026-01-01,2026-01-31,100,,
C4,C,2026-01-01,2026-01-31,100,0.02,10
C5,C,2026-01-01,2026-01-31,70,,
D1,A,2025-01-01,2025-01-31,900,0.02,10
"""
RECEIPTS = """invoice_id,received,amount,kind
A1,2026-01-11,980,payment
A1,2026-01-11,20,discount
A2,2026-02-20,500,payment
B1,2026-01-11,196,payment
B1,2026-01-11,4,discount
C1,2026-01-16,392,payment
C1,2026-01-16,8,discount
C3,2026-02-10,100,payment
C5,2026-01-31,63,payment
C5,2026-01-31,7,discount
D1,2025-01-11,882,payment
D1,2025-01-11,18,discount
"""
LEDGER = {"invoices": INVOICES, "receipts": RECEIPTS}


def test_what_was_taken_and_when_by_hand(book_of):
    book = book_of("2026-03-31", run={"cost_of_capital": 0.1}, **LEDGER)
    found = discounts.taken(book, RATINGS, SAFE).set_index("invoice_id")
    # C2 may still be taken, C3 is no offer, D1 is a year old; C5 was given one that is not on the invoice.
    assert found.index.tolist() == ["A1", "A2", "B1", "C1", "C4", "C5"]
    assert found["is_taken"].tolist() == [True, False, True, True, False, True]
    assert found["offered"].tolist() == [True] * 5 + [False]
    assert found["cost"].tolist() == [20, 0, 4, 8, 0, 7]
    assert found["unearned_cost"].tolist() == [0, 0, 0, 8, 0, 0]
    # A pays 20 days late as a habit: day 50 against day 10. C3 of C was 10 days late: day 40 against 15 and 30.
    assert found["days_won"].fillna(-1).tolist() == [40, -1, -1, 25, -1, 10]
    assert found.loc["A1", "capital_saved"] == pytest.approx(980 * (1.1 ** (40 / 365) - 1))
    assert found.loc["A1", ["loss_avoided", "net"]].tolist() == pytest.approx([0, 980 * (1.1 ** (40 / 365) - 1) - 20])
    assert found["grade"].tolist() == [3, 3, 3, 7, 7, 7]


@pytest.mark.parametrize(("as_of", "invoices"), [("2026-04-04", False), ("2026-04-05", True)])
def test_an_offer_is_open_until_its_last_day(book_of, as_of, invoices):
    # C2 is of 25 March, with ten days.
    found = discounts.taken(book_of(as_of, **LEDGER), RATINGS, SAFE)
    assert ("C2" in found["invoice_id"].tolist()) == invoices


def test_what_was_written_off_is_no_habit_of_paying(book_of):
    invoices = INVOICES + "A9,A,2026-01-01,2026-01-31,5000,,\n"
    receipts = RECEIPTS + "A9,2026-03-30,5000,write_off\n"
    found = discounts.taken(book_of("2026-03-31", invoices=invoices, receipts=receipts), RATINGS, SAFE)
    assert found["days_won"].iloc[0] == 40


def test_the_loss_avoided_is_that_of_failing_in_between(book_of):
    book = book_of("2026-03-31", run={"losses": {"lgd": 0.5}}, **LEDGER)
    cumulative = SAFE + [0.03 * month for month in range(1, 13)]
    at_10, at_50 = 0.03 * 10 / DAYS_A_MONTH, 0.03 * 50 / DAYS_A_MONTH
    found = discounts.taken(book, RATINGS, cumulative).set_index("invoice_id")
    assert found.loc["A1", "loss_avoided"] == pytest.approx(1_000 * 0.5 * (at_50 - at_10) / (1 - at_10))


def test_a_default_of_today_is_no_loss_avoided_by_a_discount_of_months_ago(book_of):
    # C paid with a discount in January and is in default today: all of its 400, or half of it, would seem to be saved.
    defaults = "buyer_id,date,kind\nC,2026-03-20,insolvency\n"
    book = book_of("2026-03-31", run={"cost_of_capital": 0.1, "losses": {"lgd": 0.5}}, defaults=defaults, **LEDGER)
    ratings = RATINGS.assign(grade=[3, 3, 10], method=["fitted model", "fitted model", "in default"])
    cumulative = SAFE.copy()
    cumulative.loc["C"] = 1.0
    taken = discounts.taken(book, ratings, cumulative)
    assert taken["invoice_id"].tolist() == ["A1", "A2", "B1"]
    assert discounts.totals(taken)[["cost", "unearned_cost", "loss_avoided"]].tolist() == [24, 0, 0]
    assert len(asked(book, taken)) == 1
    # C1 was given 8 and C5 7; C4 was offered one, and C2 may still be taken.
    assert words.terms.discounts_left_out(discounts.left_out(book, ratings), "EUR") == (
        "Excluded: 1 buyer now in default; the benefit of its EUR 15 of discounts is not known."
    )
    both = ratings.assign(method=["fitted model", "in default", "in default"])
    assert words.terms.discounts_left_out(discounts.left_out(book, both), "EUR") == (
        "Excluded: 2 buyers now in default; the benefit of their EUR 19 of discounts is not known."
    )
    assert words.terms.discounts_left_out(discounts.left_out(book, RATINGS), "EUR") == ""


def test_a_buyer_in_default_that_took_no_discount_is_left_out_as_well_and_told(book_of):
    # C2 may still be taken, C3 is no offer, and C4 was offered one that was not taken.
    receipts = RECEIPTS.replace("C1,2026-01-16,8,discount\n", "").replace("C5,2026-01-31,7,discount\n", "")
    book = book_of("2026-03-31", invoices=INVOICES, receipts=receipts)
    ratings = RATINGS.assign(method=["fitted model", "fitted model", "in default"])
    assert discounts.taken(book, ratings, SAFE)["buyer_id"].unique().tolist() == ["A", "B"]
    assert words.terms.discounts_left_out(discounts.left_out(book, ratings), "EUR") == (
        "Excluded: 1 buyer now in default; no discount was taken by it."
    )
    # Without C4 it was offered none that it might have taken.
    book = book_of("2026-03-31", invoices=INVOICES.replace("C4,C", "C4,A").replace("C1,C", "C1,A"), receipts=receipts)
    assert words.terms.discounts_left_out(discounts.left_out(book, ratings), "EUR") == ""


def test_at_the_discount_that_breaks_even_nothing_is_won_or_lost(book_of):
    what = Economics(np.nan, 0.75, 0.1)
    cumulative = SAFE + [0.03 * month for month in range(1, 13)]
    rate = discounts.break_even(cumulative, pd.Series({"A": 50.0}), what).loc["A", "break_even"]
    receipts = RECEIPTS.replace("980", f"{1000 * (1 - rate)}").replace("01-11,20", f"01-11,{1000 * rate}")
    book = book_of("2026-03-31", run={"losses": {"lgd": 0.75}}, invoices=INVOICES, receipts=receipts)
    row = discounts.taken(book, RATINGS, cumulative).iloc[0]
    assert row["cost"] == pytest.approx(1000 * rate)
    assert row["net"] == pytest.approx(0, abs=1e-9)


def test_sums_by_grade_and_of_the_book(book_of):
    book = book_of("2026-03-31", run={"cost_of_capital": 0.1}, **LEDGER)
    taken = discounts.taken(book, RATINGS, SAFE)
    found = discounts.summary(taken)
    assert found.index.tolist() == [3, 7]
    assert found["offered"].tolist() == [3, 2]
    assert found["taken"].tolist() == [2, 2]
    assert found["take_up"].tolist() == pytest.approx([2 / 3, 1 / 2])
    assert found["take_up_amount"].tolist() == pytest.approx([1200 / 1700, 400 / 500])
    assert found["not_computable"].tolist() == [1, 0]
    assert found["days_won"].tolist() == pytest.approx([40, (400 * 25 + 70 * 10) / 470])
    # A's 2 % over 40 days, simple; what B's won is not known.
    assert found.loc[3, "yearly_cost"] == pytest.approx(discounts.simple_cost(0.02, 40))
    whole = discounts.totals(taken)
    assert whole["cost"] == 39
    assert whole["unearned_cost"] == 8
    assert whole["net"] == pytest.approx(found["net"].sum())
    # The columns add up.
    sums = whole["capital_saved"] + whole["loss_avoided"] - whole["cost"] + whole["unknown_cost"]
    assert whole["net"] == pytest.approx(sums)
    assert found["unknown_cost"].tolist() == [4, 0]
    assert discounts.summary(taken, "buyer_id").loc["B", ["net", "days_won"]].isna().all()
    first, second = asked(book, taken).values()
    saved = money(whole["capital_saved"] + whole["loss_avoided"], "EUR")
    cost = (
        f"Cash discounts of the last 12 months cost {money(-whole['net'], 'EUR')} more than they saved: end them with "
    )
    assert first.startswith(cost)
    assert f"What they saved is {saved} of capital " in first
    assert "without the EUR 4 given on 1 invoice whose benefit is not computable. At the lower rate" in first
    assert second == "EUR 8 of discounts were taken after the discount period or above the rate. Claim them back."


def test_a_book_without_discounts_tells_nothing(book_of):
    rows = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-01-01,2026-01-31,100\n"
    book = book_of("2026-03-31", invoices=rows)
    taken = discounts.taken(book, RATINGS, SAFE)
    assert taken.empty
    assert discounts.summary(taken).empty
    assert discounts.offers(book).empty
    assert discounts.totals(taken).isna().all()
    assert asked(book, taken) == {}


@pytest.mark.parametrize(
    ("rates", "lowered"),
    [
        # 58.8 % of 2 % is 1.176 %, of 3 % 1.764 %.
        ([0.02, 0.02], "the rate from 2 % to 1.17 % at most"),
        ([0.03, 0.02], "the rates from 2 % to 1.17 % and from 3 % to 1.76 % at most"),
        ([0.01, 0.02, 0.03, 0.04], "the rates to 58.8 % of what they are at most"),
        ([], "the rates to 58.8 % of what they are at most"),
    ],
)
@pytest.mark.parametrize(
    ("net", "ended", "worth_it"),
    [
        (
            {7: 8.0, 2: -420.0, 5: 1.0},
            " (EUR 420)",
            " With grades 5 and 7 alone they saved more than they cost: who took them there would have paid 85 and 83 "
            "days later, while the table of break-even discounts goes by the 47 and 58 days of all buyers of the "
            "grade.",
        ),
        ({2: -413.0, 4: 1.0}, " (EUR 413)", " With grade 4 alone they saved more than they cost."),
        ({2: -412.0, 3: np.nan}, "", ""),
    ],
)
def test_the_decision_says_to_which_rate_a_discount_is_lowered(rates, lowered, net, ended, worth_it):
    totals = pd.Series({"net": -412.0, "capital_saved": 580.0, "loss_avoided": 8.0, "not_computable": 0.0,
                        "unearned_cost": 0.0})  # fmt: skip
    steps = [(rate, 10.0, terms) for terms, rate in enumerate(rates, 30)]
    index = pd.MultiIndex.from_tuples(steps, names=["discount_rate", "discount_days", "terms_days"]) if rates else None
    offers = pd.DataFrame(index=pd.MultiIndex.from_arrays([[]], names=["discount_rate"]) if index is None else index)
    by_grade = pd.DataFrame({"net": net, "days_won": {5: 84.9, 7: 82.7, 4: 37.6}}).rename_axis("grade").loc[[*net]]
    by_grade.index = by_grade.index.astype("Int64")
    even = pd.DataFrame({"days_earlier": {4: 42.7, 5: 46.9, 7: 57.8}})
    assert words.terms.discounts(totals, by_grade, offers, even, "EUR") == {
        "discounts": "Cash discounts of the last 12 months cost EUR 412 more than they saved: end them with grade "
        f"2{ended}, or lower {lowered}. What they saved is EUR 588 of capital cost and expected loss. At the lower "
        "rate they would have cost what they saved if buyers paid as early; where buyers would not, end them."
        f"{worth_it}"
    }


def test_between_which_rates_a_discount_breaks_even():
    table = pd.DataFrame({"break_even": [0.013, 0.009, np.nan, 0.18]}, index=pd.Index([1, 2, 3, 10], name="grade"))
    assert words.terms.break_even(table) == (
        "The break-even discount lies between 0.9 % (grade 2) and 18 % (grade 10)."
    )
    assert words.terms.break_even(table.loc[[3]]) == ""
    assert words.terms.break_even(table.loc[[2, 3]]) == "The break-even discount is 0.9 %."


# How a discount is earned: by the day of the money and the rate, part by part. All of 1,000, issued on 1 January.

ONE_STEP, TWO_STEPS = "0.02,10,,", "0.03,10,0.02,20"
JANUARY = pd.Timestamp("2026-01-01")


def unearned(book_of, terms: str, *receipts: tuple[float, int, str], as_of: str = "2026-06-30", amount: float = 1_000):
    """Return what of the discounts on one invoice is unearned; of each receipt amount, day after the issue, kind."""
    header = "invoice_id,buyer_id,issued,due,amount,discount_rate,discount_days,discount_rate_2,discount_days_2\n"
    invoices = f"{header}I,A,2026-01-01,2026-02-15,{amount},{terms}\n"
    rows = [["I", JANUARY + pd.Timedelta(days=day), amount, kind] for amount, day, kind in receipts]
    receipts = pd.DataFrame(rows, columns=["invoice_id", "received", "amount", "kind"])
    book = book_of(as_of, invoices=invoices, receipts=receipts)
    (row,) = discounts.taken(book, RATINGS, SAFE).itertuples()
    return row.unearned_cost


@pytest.mark.parametrize(
    ("terms", "receipts", "lost"),
    [
        (ONE_STEP, [(980, 9, "payment"), (20, 14, "discount")], 0),  # money in time, discount booked later
        (ONE_STEP, [(980, 24, "payment"), (20, 9, "discount")], 20),  # the money's day counts
        (ONE_STEP, [(965, 9, "payment"), (35, 9, "discount")], 15),  # the rate bounds it
        (TWO_STEPS, [(980, 18, "payment"), (20, 18, "discount")], 0),  # the second step
        (TWO_STEPS, [(970, 18, "payment"), (30, 18, "discount")], 10),  # the first step's rate in the second
        (TWO_STEPS, [(970, 10, "payment"), (30, 20, "discount")], 0),
        (TWO_STEPS, [(980, 21, "payment"), (20, 21, "discount")], 20),
        ("0.02,20,0.03,10", [(970, 10, "payment"), (30, 10, "discount")], 0),  # in whichever order they are stated
        ("0,0,0.02,20", [(980, 20, "payment"), (20, 20, "discount")], 0),
        (ONE_STEP, [(490, 9, "payment"), (490, 30, "payment"), (20, 30, "discount")], 10),  # half of it in time
        (ONE_STEP, [(490, 9, "payment"), (10, 9, "discount"), (500, 30, "payment")], 0),
        (ONE_STEP, [(490, 9, "payment"), (10, 30, "discount"), (500, 30, "payment")], 0),
        (TWO_STEPS, [(485, 5, "payment"), (490, 15, "payment"), (25, 15, "discount")], 0),
        (TWO_STEPS, [(485, 5, "payment"), (485, 15, "payment"), (30, 15, "discount")], 5),
        # 100 credited: 2 % of the other 900.
        (ONE_STEP, [(100, 3, "credit_note"), (882, 9, "payment"), (18, 9, "discount")], 0),
        (ONE_STEP, [(100, 3, "credit_note"), (880, 9, "payment"), (20, 9, "discount")], 2),
        (ONE_STEP, [(979.99, 9, "payment"), (20.01, 9, "discount")], 0),  # a cent by rounding
        (ONE_STEP, [(979.97, 9, "payment"), (20.03, 9, "discount")], 0.03),
        (ONE_STEP, [(20, 9, "discount"), (980, 40, "write_off")], 20),  # no money at all
    ],
)
def test_a_discount_is_earned_by_the_day_of_the_money_and_the_rate(book_of, terms, receipts, lost):
    assert unearned(book_of, terms, *receipts) == pytest.approx(lost, abs=0.005)


def test_a_discount_booked_before_the_money_is_not_lost_while_the_money_may_come(book_of):
    booked = (20, 5, "discount")
    assert unearned(book_of, ONE_STEP, booked, as_of="2026-01-11") == 0
    assert unearned(book_of, ONE_STEP, booked, as_of="2026-01-12") == 20


@pytest.mark.parametrize(("country", "day", "lost"), [("DE", 11, 0), ("DE", 12, 20), ("NL", 11, 20), ("", 11, 20)])
def test_the_last_day_of_a_discount_moves_as_a_due_day_does(book_of, country, day, lost):
    # Issued on 22 October 2026, with ten days: the last of them is Sunday 1 November.
    invoices = (
        "invoice_id,buyer_id,issued,due,amount,discount_rate,discount_days\nI,A,2026-10-22,2026-11-21,1000,0.02,10\n"
    )
    money = pd.Timestamp("2026-10-22") + pd.Timedelta(days=day)
    receipts = f"invoice_id,received,amount,kind\nI,{money:%Y-%m-%d},980,payment\nI,{money:%Y-%m-%d},20,discount\n"
    book = book_of("2026-11-30", invoices=invoices, receipts=receipts, buyers=f"buyer_id,country\nA,{country}\n")
    assert discounts.taken(book, RATINGS, SAFE)["unearned_cost"].tolist() == [lost]


def test_days_are_won_from_the_money_on_and_not_from_the_booking(book_of):
    receipts = RECEIPTS.replace("A1,2026-01-11,20,discount", "A1,2026-02-05,20,discount")
    found = discounts.taken(book_of("2026-03-31", invoices=INVOICES, receipts=receipts), RATINGS, SAFE)
    assert found.set_index("invoice_id").loc["A1", "days_won"] == 40


def test_both_steps_are_on_offer(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount,discount_rate,discount_days,discount_rate_2,discount_days_2\n"
    invoices += "I,A,2026-01-01,2026-02-15,1000,0.03,10,0.02,20\nJ,A,2026-01-01,2026-02-15,400,0.03,10,,\n"
    found = discounts.offers(book_of("2026-03-31", invoices=invoices))
    assert found.index.tolist() == [(0.03, 10, 45), (0.02, 20, 45)]
    assert found["amount"].tolist() == [1_400, 1_000]
    assert found["simple_365"].tolist() == pytest.approx([0.03 / 0.97 * 365 / 35, 0.02 / 0.98 * 365 / 25])


parts = st.lists(st.tuples(st.integers(1, 500), st.sampled_from([0.0, 0.02, 0.03])), min_size=1, max_size=4)


@given(parts=parts, taken=st.integers(0, 500))
@settings(max_examples=50)
def test_earned_is_at_most_what_was_taken_and_the_best_rate_on_all_that_was_settled(parts, taken):
    payments = pd.DataFrame(parts, columns=["amount", "rate"], dtype="float64").set_axis(["I"] * len(parts))
    found = earned(payments, pd.Series({"I": float(taken)}))["I"]
    money, best = payments["amount"].sum(), payments["rate"].max()
    assert 0 <= found <= taken
    assert found <= best * max(money + taken, money / (1 - best)) + 1e-9
