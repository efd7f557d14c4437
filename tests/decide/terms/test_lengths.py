"""Length of terms: orders worked by hand, and what must hold for any probability."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import default, words
from tradecredit.book.calendar import DAYS_A_MONTH
from tradecredit.book.demo import demo_book
from tradecredit.decide.terms import discounts, lengths
from tradecredit.decide.terms.lengths import Economics
from tradecredit.default.grades import middle
from tradecredit.default.payment import coming_delays
from tradecredit.errors import InputError

FREE = Economics(margin=0.2, lgd=0.5, cost_of_capital=0.0)
PRICED = Economics(margin=0.2, lgd=0.5, cost_of_capital=0.1)


def monthly(*rows, index=None):
    """Cumulative probabilities by month, a row for each grade from 1 on."""
    index = pd.RangeIndex(1, len(rows) + 1, name="grade") if index is None else index
    return pd.DataFrame(list(rows), columns=range(1, len(rows[0]) + 1), index=index)


def steady(probability: pd.Series, months: int = 24) -> pd.DataFrame:
    """Cumulative probabilities of a hazard that stays as it is."""
    return pd.DataFrame({month: 1 - (1 - probability) ** (month / 12) for month in range(1, months + 1)})


def at(days, *rows):
    days = pd.Series(days, dtype="float64")
    return lengths.default_by(monthly(*rows), pd.Series(1, index=days.index), days).tolist()


# The probability of a default by a day


def test_probabilities_are_linear_between_the_months():
    found = at([-5, 0, 0.5 * DAYS_A_MONTH, DAYS_A_MONTH, 1.25 * DAYS_A_MONTH, 2 * DAYS_A_MONTH], [0.02, 0.06])
    assert found == pytest.approx([0, 0, 0.01, 0.02, 0.03, 0.06])


def test_beyond_the_last_month_and_without_a_row_nothing_is_known():
    assert np.isnan(at([2 * DAYS_A_MONTH + 0.01, np.nan], [0.02, 0.06])).all()
    unknown = lengths.default_by(monthly([0.1]), pd.Series([2]), pd.Series([10.0]))
    assert unknown.isna().all()
    missing = lengths.default_by(monthly([0.1, np.nan]), pd.Series([1, 1]), pd.Series([10.0, 40.0]))
    assert missing.isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("cumulative", "words"),
    [
        (monthly([0.1, 0.05]), "falls"),
        (monthly([0.1, 1.05]), "outside"),
        (monthly([-0.1, 0.05]), "outside"),
        (monthly([0.1, 0.2]).rename(columns={2: 3}), "months"),
        (monthly([0.1]).drop(columns=1), "months"),
    ],
)
def test_what_is_no_cumulative_probability_is_refused(cumulative, words):
    with pytest.raises(InputError, match=words):
        lengths.default_by(cumulative, pd.Series([1]), pd.Series([10.0]))


def test_all_problems_are_told_at_once():
    with pytest.raises(InputError) as error:
        lengths.default_by(monthly([0.1, 1.05, 0.9]).rename(columns={1: 0}), pd.Series([1]), pd.Series([10.0]))
    assert len(error.value.problems) == 3


# What an order is worth


def test_value_of_an_order_by_hand():
    # Paid after a year: v = 1 / 1.1. Of 6 % that fail half is lost: 0.03 × v; the days cost 1 − v.
    cumulative = monthly([0.005 * month for month in range(1, 13)])
    delay = pd.Series([335.0], index=pd.Index([1], name="grade"))
    (row,) = lengths.by_length(cumulative, delay, [30], PRICED).itertuples()
    assert row.Index == (1, 30)
    assert row.payment_days == 365
    assert row.default_before == pytest.approx(0.06 * 365 / 365.25)
    assert row.capital_cost == pytest.approx(1 - 1 / 1.1)
    assert row.expected_loss == pytest.approx(0.03 * 365 / 365.25 / 1.1)
    assert row.expected_value == pytest.approx(0.2 - row.capital_cost - row.expected_loss)
    assert row.expected_value == pytest.approx((1 - 0.03 * 365 / 365.25) / 1.1 - (1 - 0.2))
    assert row.cost_share == pytest.approx((row.capital_cost + row.expected_loss) / 0.2)


def test_tax_is_financed_and_lost_and_earns_no_margin(book_of):
    cumulative, delay = monthly([0.05] * 12), grades_of([0.0])
    bare, taxed = (
        lengths.by_length(cumulative, delay, [30, 60], PRICED._replace(invoiced=part)) for part in (1.0, 1.19)
    )
    for column in ("capital_cost", "expected_loss", "cost_share"):
        assert taxed[column].tolist() == pytest.approx((1.19 * bare[column]).tolist())
    assert (taxed["expected_value"] + taxed["capital_cost"] + taxed["expected_loss"]).tolist() == pytest.approx(
        [0.2] * 2
    )
    # What longer terms cost in currency goes by what is invoiced, with its tax.
    habits = pd.DataFrame({"sales_12m": [1_190.0], "delay_days": delay})
    costs = [
        lengths.extra_cost(cumulative, habits, PRICED._replace(invoiced=part), base_days=30, longer_days=60)
        for part in (1.0, 1.19)
    ]
    assert costs[0]["extra_cost"].tolist() == pytest.approx(costs[1]["extra_cost"].tolist())
    # To earn it takes sales net of tax at the smaller value of a unit.
    assert (costs[1]["sales_needed"] > costs[0]["sales_needed"]).all()
    invoices = "invoice_id,buyer_id,issued,due,amount,tax\n1,A,2026-01-01,2026-02-01,1190,190\n"
    invoices += "2,A,2026-01-01,2026-02-01,500,\n"
    assert lengths.economics(book_of("2026-03-31", invoices=invoices)).invoiced == pytest.approx(1_690 / 1_500)


def test_without_a_margin_the_cost_is_known_and_the_value_is_not():
    values = lengths.by_length(monthly([0.1] * 12), grades_of([5.0]), [30], PRICED._replace(margin=np.nan))
    assert values[["capital_cost", "expected_loss"]].notna().all(axis=None)
    assert values[["expected_value", "cost_share"]].isna().all(axis=None)
    assert lengths.suggested(values, 0.5).isna().all(axis=None)


def grades_of(values):
    return pd.Series(values, index=pd.RangeIndex(1, len(values) + 1, name="grade"), dtype="float64")


def test_worth_of_an_order_of_a_hundred():
    # Half of 1 % and 2 % is lost, of grade 2 half of 4 % and 8 %: of a margin of 20 an order of 100 keeps the rest.
    month = DAYS_A_MONTH
    # Grade 3 pays a month late: after two months, and after three, of which nothing is known.
    cumulative = monthly([0.01, 0.02], [0.04, 0.08], [0.04, 0.08])
    values = lengths.by_length(cumulative, grades_of([0, 0, month]), [month, 2 * month], FREE)
    found = lengths.worth_of_an_order(values.rename({month: 30, 2 * month: 60}, level="terms_days"))
    assert found.columns.tolist() == ["30 days", "60 days"]
    assert found.index.name == "grade"
    assert found["30 days"].tolist() == pytest.approx([19.5, 18, 16])
    assert found["60 days"].fillna(-1).tolist() == pytest.approx([19, 16, -1])
    assert lengths.worth_of_an_order(values, 5_000.0).iloc[0].tolist() == pytest.approx([975, 950])


# Suggested terms


def test_the_longest_terms_that_leave_enough_of_the_margin():
    # Without a cost of capital the cost is PD × LGD: grade 1 loses 0.5 %, 1 % and 1.5 % of sales, grade 2 four times
    # as much; a tenth of the margin of 20 % is 2 %.
    month = DAYS_A_MONTH
    cumulative = monthly([0.01, 0.02, 0.03], [0.04, 0.08, 0.12], [0.05, 0.1, 0.15])
    values = lengths.by_length(cumulative, grades_of([0, 0, 0]), [month, 2 * month, 3 * month], FREE)
    found = lengths.suggested(values, 0.1001)
    assert found["suggested_days"].tolist() == pytest.approx([3 * month, month, 0])
    assert found["expected_value"].tolist()[:2] == pytest.approx([0.185, 0.18])
    assert found["cost_share"].tolist()[:2] == pytest.approx([0.075, 0.1])
    assert found.loc[3, ["expected_value", "cost_share"]].isna().all()


def test_lengths_beyond_the_last_month_are_not_suggested():
    values = lengths.by_length(monthly([0.01, 0.02]), grades_of([0, np.nan]), [30, 90], FREE)
    assert lengths.suggested(values, 1.0)["suggested_days"].fillna(-1).tolist() == [30, -1]


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (
            [90] * 7 + [60, 45, 0],
            "Up to 90 days pay for grades 1 to 7, 60 for grade 8, 45 for grade 9; grade 10 should pay in advance.",
        ),
        ([60, 60, 90, 60], "Up to 90 days pay for grade 3, 60 for grades 1, 2 and 4."),
        ([60, 60, 60, 0, 60, 0], "Up to 60 days pay for grades 1 to 3 and 5; grades 4 and 6 should pay in advance."),
        ([0, 0], "Grades 1 and 2 should pay in advance."),
        ([30, np.nan, 30, np.nan], "Up to 30 days pay for grades 1 and 3; not computable for grades 2 and 4."),
        (
            [30, 30, np.nan, 0],
            "Up to 30 days pay for grades 1 and 2; grade 4 should pay in advance; not computable for grade 3.",
        ),
        ([np.nan] * 10, ""),
    ],
)  # fmt: skip
def test_which_terms_pay_in_words(days, sentence):
    assert words.terms.suggested(pd.DataFrame({"suggested_days": grades_of(days)})) == sentence


# What longer terms cost


def test_sixty_days_against_thirty_by_hand():
    habits = pd.DataFrame({"sales_12m": [365_000.0, 0.0], "delay_days": [0.0, 0.0]}, index=grades_of([0, 0]).index)
    found = lengths.extra_cost(steady(grades_of([0.0, 0.5])), habits, PRICED, base_days=30, longer_days=60)
    more = 1.1 ** (-30 / 365) - 1.1 ** (-60 / 365)
    assert found.loc[1, "capital_tied_up"] == pytest.approx(30_000)
    assert found.loc[1, "extra_capital_cost"] == pytest.approx(365_000 * more)
    assert found.loc[1, ["extra_expected_loss", "cost_of_sales"]].tolist() == pytest.approx([0, more])
    assert found.loc[1, "sales_needed"] == pytest.approx(365_000 * more / (0.2 - 1 + 1.1 ** (-60 / 365)))
    assert found.loc[2, "extra_cost"] == 0
    sums = lengths.totals(found)
    assert sums["extra_cost"] == found.loc[1, "extra_cost"]
    assert sums["cost_of_sales"] == pytest.approx(more)


def test_the_extra_loss_of_longer_terms():
    month = DAYS_A_MONTH
    habits = pd.DataFrame({"sales_12m": [1_000.0], "delay_days": [0.0]}, index=grades_of([0]).index)
    found = lengths.extra_cost(monthly([0.01, 0.03]), habits, FREE, base_days=month, longer_days=2 * month)
    assert found.loc[1, ["extra_capital_cost", "extra_expected_loss", "extra_cost"]].tolist() == pytest.approx(
        [0, 10, 10]
    )


def test_a_part_of_the_book_does_not_pass_for_the_whole():
    habits = pd.DataFrame({"sales_12m": [1.0, 1.0], "delay_days": [0.0, np.nan]}, index=grades_of([0, 0]).index)
    found = lengths.extra_cost(steady(grades_of([0.1, 0.1])), habits, PRICED, base_days=30, longer_days=60)
    assert found["extra_cost"].isna().tolist() == [False, True]
    assert np.isnan(lengths.totals(found)["extra_cost"])


def test_where_the_longer_terms_earn_nothing_no_sales_pay_for_them():
    habits = pd.DataFrame({"sales_12m": [1.0], "delay_days": [0.0]}, index=grades_of([0]).index)
    loss_making = PRICED._replace(margin=0.001)
    found = lengths.extra_cost(steady(grades_of([0.1])), habits, loss_making, base_days=30, longer_days=60)
    assert found["sales_needed"].isna().all()


# A ledger: A and B are of grade 2, C (a public body) and D (paying in advance) are left out, E is of grade 5.

LEDGER = {
    "buyers": "buyer_id,kind\nA,private\nB,private\nC,public\nD,prepaid\nE,private\n",
    "invoices": "invoice_id,buyer_id,issued,due,amount\n"
    "A1,A,2025-06-01,2025-07-01,300\nB1,B,2025-06-01,2025-08-30,100\nC1,C,2025-06-01,2025-12-01,999\n"
    "D1,D,2025-06-01,2025-06-01,999\nE1,E,2026-03-20,2026-05-19,50\nA0,A,2024-01-01,2024-12-01,999\n",
    "receipts": "invoice_id,received,amount,kind\nA0,2024-12-01,999,payment\nA1,2025-07-05,300,payment\n"
    "B1,2025-09-11,100,payment\nC1,2025-12-01,999,payment\nD1,2025-06-01,999,payment\n",
}
RATINGS = pd.DataFrame({"grade": [2, 2, 1, 2, 5]}, index=pd.Index(list("ABCDE"), name="buyer_id"), dtype="Int64")
RATINGS = RATINGS.assign(method="fitted model")


def test_habits_by_grade(book_of):
    found = lengths.habits(book_of("2026-03-31", **LEDGER), RATINGS)
    assert found.index.tolist() == list(range(1, 11))
    assert found["buyers"].tolist() == [0, 2, 0, 0, 1, 0, 0, 0, 0, 0]
    assert found.loc[2, ["sales_12m", "usual_terms_days"]].tolist() == [400, (300 * 30 + 100 * 90) / 400]
    assert found.loc[[2, 5, 7], "delay_basis"].tolist() == ["the grade's own", "the grade's own", "of all grades"]
    # Grades that bought nothing pay as all do, by sales: 400 of grade 2 and 50 of grade 5.
    every = (400 * found["delay_days"][2] + 50 * found["delay_days"][5]) / 450
    assert found["delay_days"].drop([2, 5]).tolist() == pytest.approx([every] * 8)
    assert np.isnan(found.loc[1, "usual_terms_days"])


def test_delays_are_those_of_the_payment_model(book_of):
    """All pay 40 days after issue on terms of 30 days, one in two a day later; grade 7, new, has paid nothing yet."""
    issued = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.tile(np.arange(26) * 14, 20), unit="D")
    rows = pd.DataFrame({"buyer_id": np.repeat([f"A{number:02}" for number in range(20)], 26), "issued": issued})
    rows = rows.assign(due=issued + pd.Timedelta(days=30), amount=100.0, invoice_id=[f"I{row}" for row in rows.index])
    paid = rows.assign(received=issued + pd.to_timedelta(40 + np.arange(520) % 2, unit="D"), kind="payment")
    new = pd.DataFrame({"buyer_id": ["N"], "issued": [pd.Timestamp("2026-01-20")], "due": [pd.Timestamp("2026-02-19")]})
    rows = pd.concat([rows, new.assign(amount=100.0, invoice_id="N1")])
    book = book_of("2026-02-10", invoices=rows, receipts=paid[["invoice_id", "received", "amount", "kind"]])
    ratings = pd.DataFrame({"grade": 3, "method": "fitted model"}, index=book.buyers["buyer_id"])
    ratings.loc["N", "grade"] = 7
    found = lengths.habits(book, ratings)
    assert found["delay_days"].tolist() == pytest.approx([10.5] * 10, abs=0.6)
    assert found.loc[[3, 7, 9], "delay_basis"].tolist() == ["the grade's own", "the grade's own", "of all grades"]


def test_sales_on_longer_terms_than_are_worth_it(book_of):
    suggested = pd.DataFrame({"suggested_days": [np.nan, 45, *[90] * 2, 0, *[0] * 5]}, index=range(1, 11))
    found = lengths.longer_than_suggested(book_of("2026-03-31", **LEDGER), RATINGS, suggested)
    assert found.loc[2, ["sales_12m", "longer_sales", "share"]].tolist() == [400, 100, 0.25]
    assert found.loc[5, ["sales_12m", "longer_sales", "share"]].tolist() == [50, 50, 1]
    assert found.loc[[1, 3], "share"].isna().all()
    # 20 % of what is 120 with 20 of tax.
    earned = Economics(margin=0.2, lgd=0.45, cost_of_capital=0.1, invoiced=1.2)
    assert lengths.margin_at_stake(found, earned) == pytest.approx(0.2 * 150 / 1.2)
    sales = (
        "EUR 150 of the last 12 months' sales were on longer terms than are worth it (grade 2: 45 days at most; grade "
        "5: cash in advance). Shorten the terms of the 2 buyers listed, to no more than the law allows."
    )
    lost = " That margin is no saving: it is lost where a buyer does not take them."
    assert words.terms.longer(found, 2, earned, "EUR") == {
        "terms": f"EUR 25 of margin a year hangs on it: {sales}{lost}"
    }
    assert words.terms.longer(found, 2, earned._replace(margin=np.nan), "EUR") == {"terms": sales}
    assert words.terms.longer(found.assign(longer_sales=0.0, sales_to_shorten=0.0), 0, earned, "EUR") == {}


def test_the_buyers_on_longer_terms_and_what_the_law_allows_them(book_of):
    buyers = "buyer_id,kind,country\nA,private,DE\nB,private,DE\nC,public,DE\nD,prepaid,DE\nE,private,US\n"
    book = book_of("2026-03-31", run={"margin": 0.2}, **LEDGER | {"buyers": buyers})
    suggested = pd.DataFrame({"suggested_days": [np.nan, 75, *[90] * 2, 0, *[0] * 5]}, index=range(1, 11))
    found = lengths.buyers_on_longer_terms(book, RATINGS, suggested)
    # B had 90 days where 75 are worth it and the law of its country allows 60; E 60 days, and should pay in advance.
    assert found.index.tolist() == ["B", "E"]
    assert found["suggested_days"].tolist() == [75, 0]
    assert found["terms_to_grant"].tolist() == [60, 0]
    assert found["longest_given"].tolist() == [90, 60]
    assert found["longer_sales"].tolist() == [100, 50]
    assert found["longer_margin"].tolist() == pytest.approx([20, 10])
    assert found["lawful_days"].isna().tolist() == [False, True]


def test_buyers_to_whom_nothing_is_sold_on_terms_have_none_to_shorten(book_of):
    # Deliveries to B are held back; E gets no limit. Their margin hangs on that, and on no length of terms.
    limits = pd.DataFrame({"limit_to_set": [9.0, 9.0, 9.0, 9.0, 0.0]}, index=list("ABCDE"))
    nothing = lengths.buyers_without_terms(pd.DataFrame(index=["B"]), limits)
    assert nothing.tolist() == ["B", "E"]
    book = book_of("2026-03-31", run={"margin": 0.2}, **LEDGER)
    suggested = pd.DataFrame({"suggested_days": 0.0}, index=range(1, 11))
    assert lengths.buyers_on_longer_terms(book, RATINGS, suggested).index.tolist() == ["A", "B", "E"]
    assert lengths.buyers_on_longer_terms(book, RATINGS, suggested, nothing).index.tolist() == ["A"]
    longer = lengths.longer_than_suggested(book, RATINGS, suggested, nothing)
    # Of grade 2 the 300 of A are left, and what is sold to the grade stays 400.
    assert longer.loc[[2, 5], "sales_to_shorten"].tolist() == [300, 0]
    assert longer.loc[[2, 5], "longer_sales"].tolist() == [400, 50]
    assert longer.loc[2, "sales_12m"] == 400
    assert lengths.margin_at_stake(longer, lengths.economics(book)) == pytest.approx(0.2 * 300)
    assert words.terms.longer(longer, 1, lengths.economics(book), "EUR")["terms"].startswith(
        "EUR 60 of margin a year hangs on it: EUR 300 of the last 12 months' sales, to buyers that keep terms, were on "
        "longer terms than are worth it (grade 2: cash in advance). Shorten"
    )


def test_buyers_in_default_have_no_terms_to_shorten(book_of):
    # B is in default: of grade 2 the sales of 300 of A, and how late it pays, are left.
    ratings = RATINGS.assign(method=["fitted model", "in default", *["fitted model"] * 3], grade=[2, 10, 1, 2, 5])
    book = book_of("2026-03-31", **LEDGER)
    found = lengths.habits(book, ratings)
    assert found["buyers"].tolist() == [0, 1, 0, 0, 1, 0, 0, 0, 0, 0]
    assert found.loc[2, ["sales_12m", "usual_terms_days"]].tolist() == [300, 30]
    delay = coming_delays(book, book.invoices[book.invoices["invoice_id"] == "A1"]).item()
    assert found.loc[2, "delay_days"] == pytest.approx(delay)
    assert found.loc[10, "sales_12m"] == 0
    suggested = pd.DataFrame({"suggested_days": 0.0}, index=range(1, 11))
    longer = lengths.longer_than_suggested(book, ratings, suggested)
    assert longer.loc[[2, 5, 10], "longer_sales"].tolist() == [300, 50, 0]
    sentence = words.terms.longer(longer, 2, lengths.economics(book), "EUR")["terms"]
    assert sentence.startswith("EUR 350 of ")
    assert "grade 10" not in sentence


def test_terms_of_a_demo_book(book_of):
    tables = dict(demo_book(buyers=80, invoices=6_000, seed=3).tables)
    book = book_of("2026-10-31", run={"margin": 0.18}, **tables | {"fx": tables["fx"].assign(rate=1.0)})
    ratings = default.assessment.__wrapped__(book).ratings
    habits = lengths.habits(book, ratings)
    what = lengths.economics(book)
    cumulative = steady(middle(book.run.grades))
    values = lengths.by_length(cumulative, habits["delay_days"], book.run.terms.lengths_days, what)
    found = lengths.suggested(values, book.run.terms.maximum_cost_share)
    assert len(values) == 50
    assert values.notna().all(axis=None)
    for grade, days in found["suggested_days"].items():
        costs = values.loc[grade, "cost_share"]
        assert (costs[costs.index <= days] <= 0.25).all()
        assert (costs[costs.index > days] > 0.25).all()
    assert 0 < found.loc[9, "suggested_days"] < 90
    longer = lengths.longer_than_suggested(book, ratings, found)
    assert longer["sales_12m"].tolist() == pytest.approx(habits["sales_12m"].tolist())


# What always holds


@given(
    probabilities=st.lists(st.floats(0, 0.99), min_size=2, max_size=2),
    days=st.lists(st.integers(1, 300), min_size=2, max_size=2, unique=True),
    lgd=st.floats(0, 1),
    capital=st.floats(0, 0.5),
)
@settings(max_examples=100)
def test_longer_terms_and_weaker_buyers_are_never_worth_more(probabilities, days, lgd, capital):
    cumulative = steady(grades_of(sorted(probabilities)))
    values = lengths.by_length(cumulative, grades_of([10, 10]), sorted(days), Economics(0.2, lgd, capital))
    table = values["expected_value"].to_numpy().reshape(2, 2)  # grade by length
    assert (np.diff(table, axis=1) <= 1e-12).all()
    assert (np.diff(table, axis=0) <= 1e-12).all()
    assert (table <= 0.2 + 1e-12).all()


@given(budgets=st.lists(st.floats(0, 1), min_size=2, max_size=2), probability=st.floats(0, 0.99))
@settings(max_examples=50)
def test_a_larger_budget_never_shortens_the_terms(budgets, probability):
    values = lengths.by_length(steady(grades_of([probability])), grades_of([10]), [14, 30, 60, 90], PRICED)
    low, high = (lengths.suggested(values, budget).loc[1, "suggested_days"] for budget in sorted(budgets))
    assert low <= high


def test_a_book_that_sold_nothing_in_twelve_months_has_no_terms_and_no_discounts(book_of):
    book = book_of("2027-06-30", invoices="invoice_id,buyer_id,issued,due,amount\nI1,A,2025-01-10,2025-02-10,100\n")
    buyers = pd.Index(["A"], name="buyer_id")
    ratings = pd.DataFrame({"grade": [3], "pd": [0.002], "method": ["fitted model"]}, index=buyers)
    suggested = pd.DataFrame({"suggested_days": 30.0}, index=pd.RangeIndex(1, 11, name="grade"))
    longer = lengths.longer_than_suggested(book, ratings, suggested)
    assert (longer["sales_12m"] == 0).all()
    assert longer["share"].isna().all()
    taken = discounts.taken(book, ratings, steady(ratings["pd"]))
    assert taken.empty
    whole = discounts.totals(taken)
    assert (
        words.terms.discounts(
            whole, discounts.summary(taken), discounts.offers(book), pd.DataFrame({"days_earlier": []}), "EUR"
        )
        == {}
    )
