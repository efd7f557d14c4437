"""Credit limits: the methods' published example, the rules, and what must hold for any rating."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit.book.demo import demo_book
from tradecredit.decide import limits
from tradecredit.errors import InputError
from tradecredit.model import default
from tradecredit.model.at_risk import loss_given_default
from tradecredit.model.grades import grade
from tradecredit.params import Run

AS_OF = "2026-03-31"
BOUNDS = Run.model_fields["grades"].default

# A buys for 400,000 a year at 15 days, B for 12,000 at 30 days; each owes its last invoice. C has bought nothing for a
# year, and owes 500 of what it bought before. D never bought.
MONTHS = pd.date_range("2025-04-01", "2026-03-01", freq="MS")
INVOICES = pd.DataFrame(
    [
        *([f"A{n}", "A", day, day + pd.Timedelta(days=15), 400_000 / 12] for n, day in enumerate(MONTHS)),
        *([f"B{n}", "B", day, day + pd.Timedelta(days=30), 1_000.0] for n, day in enumerate(MONTHS)),
        *([f"{buyer}old", buyer, "2024-01-15", "2024-02-15", 1_000.0] for buyer in "ABC"),
    ],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
)
PAID = {**{f"{buyer}{n}": None for buyer in "AB" for n in range(11)}, "Aold": None, "Bold": None, "Cold": 500.0}
RECEIPTS = pd.DataFrame(
    [
        [row.invoice_id, row.due, PAID[row.invoice_id] or row.amount, "payment"]
        for row in INVOICES.itertuples()
        if row.invoice_id in PAID
    ],
    columns=["invoice_id", "received", "amount", "kind"],
)
BUYERS = "buyer_id,kind\nA,private\nB,private\nC,private\nD,private\n"
LEDGER = {"invoices": INVOICES, "receipts": RECEIPTS, "buyers": BUYERS}
OWED = 400_000 / 12 + 1_000 + 500

EXAMPLE = {
    "limits": {
        "net_worth_share": [0.35] * 10, "working_capital_share": [0.5] * 10, "revenue_share": [0.05] * 10,
        "expected_loss_budget": 1_000, "maximum_share_of_book": 1.0, "digits": 6,
    },
    "losses": {"lgd": 1.0},
}  # fmt: skip
"""The settings of DOMAIN.md §4's example."""

ACCOUNT = "buyer_id,period_end,published,currency,revenue,equity\nA,2024-12-31,2025-06-30,EUR,700000,80000\n"


def rated(probability=0.01, method="fitted model", **buyers):
    """Ratings of the four buyers, with default probabilities by buyer."""
    pd_of = pd.Series({buyer: buyers.get(buyer, probability) for buyer in "ABCD"}, name="pd").rename_axis("buyer_id")
    return pd.DataFrame({"pd": pd_of, "grade": grade(pd_of, BOUNDS), "method": method})


# The methods


def test_need_of_the_example(book_of):
    # Monthly purchases 33,333 at 15 days' terms and 30 days' tolerated delay: 1.5 months, 50,000.
    need = limits.need(book_of(AS_OF, run=EXAMPLE, **LEDGER))
    assert need["A"] == pytest.approx(50_000)
    assert need["B"] == pytest.approx(1_000 * 60 / 30)
    assert need[["C", "D"]].tolist() == [0, 0]


def test_need_of_a_new_customer_is_by_the_months_that_it_has_bought_in(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-03-30,2026-04-29,600\nI2,A,2026-03-31,2026-04-30,600\n"
    # One day of history counts as one month: 1,200 a month, 30 days' terms and 30 days' delay.
    assert limits.need(book_of(AS_OF, invoices=invoices))["A"] == pytest.approx(2_400)
    # 182 days of 365.25 / 12 days to the month.
    invoices = invoices.replace("2026-03-30", "2025-09-30").replace("2026-04-29", "2025-10-30")
    assert limits.need(book_of(AS_OF, invoices=invoices))["A"] == pytest.approx(1_200 / (182 * 12 / 365.25) * 2)


def test_capacity_of_the_example(book_of):
    # min(80,000 × 35 %, 700,000 × 5 %) = min(28,000, 35,000); the account shows no working capital.
    book = book_of(AS_OF, run=EXAMPLE, statements=ACCOUNT, **LEDGER)
    able = limits.capacity(book, rated()["grade"])
    assert able.loc["A", "capacity"] == pytest.approx(28_000)
    assert able.loc["A", "capacity_base"] == "net_worth"
    assert able.loc["B":"D"].isna().all(axis=None)


def test_the_capacity_binds_in_the_example(book_of):
    row = limits.recommend(book_of(AS_OF, run=EXAMPLE, statements=ACCOUNT, **LEDGER), rated()).loc["A"]
    assert row[["need", "capacity", "expected_loss_budget"]].tolist() == pytest.approx([50_000, 28_000, 100_000])
    assert row["concentration"] == pytest.approx(OWED)
    assert row["recommended"] == pytest.approx(28_000)
    assert row["binding"] == "capacity"


@pytest.mark.parametrize(
    ("equity", "revenue", "current", "base", "amount"),
    [
        (80_000, 500_000, (90_000, 50_000), "working_capital", 20_000),
        (80_000, 300_000, (90_000, 50_000), "revenue", 15_000),
        (-5_000, 300_000, (90_000, 50_000), "net_worth", 0),
        (80_000, 300_000, (50_000, 90_000), "working_capital", 0),
        ("", 300_000, ("", ""), "revenue", 15_000),
    ],
)
def test_capacity_is_the_smallest_of_its_bases(book_of, equity, revenue, current, base, amount):
    text = (
        "buyer_id,period_end,published,currency,revenue,equity,current_assets,current_liabilities\n"
        f"A,2024-12-31,2025-06-30,EUR,{revenue},{equity},{current[0]},{current[1]}\n"
    )
    able = limits.capacity(book_of(AS_OF, run=EXAMPLE, statements=text, **LEDGER), rated()["grade"])
    assert able.loc["A"].tolist() == [amount, base]


def test_shares_go_by_grade(book_of):
    book = book_of(AS_OF, statements=ACCOUNT, **LEDGER)
    for row in (1, 6, 10):
        share = book.run.limits.net_worth_share[row - 1]
        revenue = book.run.limits.revenue_share[row - 1]
        able = limits.capacity(book, pd.Series({"A": row}, dtype="Int64"))
        assert able.loc["A", "capacity"] == pytest.approx(min(80_000 * share, 700_000 * revenue))
    assert limits.capacity(book, pd.Series({"B": 1}))["capacity"].isna().all()


def test_expected_loss_budget_of_the_example():
    # 1 % of 100,000 may be lost: 1,000 / (PD × LGD).
    found = limits.loss_budget(pd.Series([0.01, 0.02, 0.01, 1.0]), lgd=1.0, budget=1_000.0)
    assert found.tolist() == pytest.approx([100_000, 50_000, 100_000, 1_000])
    assert limits.loss_budget(pd.Series([0.01]), lgd=0.4, budget=1_000.0).tolist() == pytest.approx([250_000])
    assert limits.loss_budget(pd.Series([0.0, np.nan]), lgd=0.5, budget=1_000.0).isna().all()


def test_concentration_is_a_share_of_all_that_is_owed(book_of):
    found = limits.recommend(book_of(AS_OF, **LEDGER), rated())
    assert found["concentration"].tolist() == pytest.approx([0.1 * OWED] * 4)
    assert found.loc["A", "binding"] == "concentration"
    assert found.loc["A", "recommended"] == 3_400
    assert found["exposure"].tolist() == pytest.approx([400_000 / 12, 1_000, 500, 0])


def test_where_nothing_is_owed_concentration_does_not_apply(book_of):
    paid = INVOICES.assign(received=INVOICES["due"], kind="payment")[["invoice_id", "received", "amount", "kind"]]
    found = limits.recommend(book_of("2026-04-30", **LEDGER | {"receipts": paid}), rated())
    assert found["concentration"].isna().all()
    assert found.loc["B", "binding"] == "need"
    assert found.loc["B", "recommended"] > 0


# Rounding


@given(st.floats(0, 1e12), st.integers(1, 6))
@settings(max_examples=300)
def test_rounding_is_down_and_to_so_many_digits(amount, digits):
    (found,) = limits.rounded_down(pd.Series([amount]), digits)
    assert 0 <= found <= amount
    assert found == int(found)
    assert found > amount - max(10.0 ** (math.floor(math.log10(amount or 1)) - digits + 1), 1) * (1 + 1e-9)
    assert len(f"{int(found)}".rstrip("0")) <= digits


def test_rounding_by_hand():
    given_amounts = pd.Series([187_400.0, 1_000.0, 999.99, 12.7, 0.6, 0.0, np.nan])
    assert limits.rounded_down(given_amounts, 2).fillna(-1).tolist() == [180_000, 1_000, 990, 12, 0, 0, -1]
    assert limits.rounded_down(pd.Series([179_999.99999999997]), 2).tolist() == [170_000]


# The rules


def test_a_prepaid_and_a_defaulted_buyer_get_nothing(book_of):
    book = book_of(AS_OF, **LEDGER | {"buyers": BUYERS.replace("A,private", "A,prepaid")})
    ratings = rated().assign(method=["fitted model", "in default", "fitted model", "fitted model"])
    found = limits.recommend(book, ratings)
    assert found.loc[["A", "B"], "recommended"].tolist() == [0, 0]
    assert found.loc[["A", "B"], "binding"].tolist() == ["prepaid", "in default"]


@pytest.mark.parametrize("kind", ["public", "affiliate"])
def test_risk_is_not_measured_for_public_bodies_and_affiliates(book_of, kind):
    ledger = LEDGER | {"buyers": BUYERS.replace("A,private", f"A,{kind}")}
    found = limits.recommend(book_of(AS_OF, run=EXAMPLE, statements=ACCOUNT, **ledger), rated(0.9)).loc["A"]
    assert found[["capacity", "capacity_base", "expected_loss_budget"]].isna().all()
    assert found["binding"] == "concentration"


def test_a_dormant_buyer_needs_nothing(book_of):
    found = limits.recommend(book_of(AS_OF, **LEDGER), rated())
    assert found.loc[["C", "D"], "recommended"].tolist() == [0, 0]
    assert found.loc[["C", "D"], "binding"].tolist() == ["need", "need"]
    assert found.loc["C", "over_recommended"] == 500


def test_without_accounts_the_capacity_does_not_bind(book_of):
    found = limits.recommend(book_of(AS_OF, run=EXAMPLE, **LEDGER), rated())
    assert found["capacity"].isna().all()
    assert found.loc["A", "binding"] == "concentration"
    assert found.loc["B", "binding"] == "need"


def test_negative_equity_carries_nothing(book_of):
    statements = ACCOUNT.replace("80000", "-80000")
    found = limits.recommend(book_of(AS_OF, run=EXAMPLE, statements=statements, **LEDGER), rated())
    assert found.loc["A", ["recommended", "binding"]].tolist() == [0, "capacity"]


OVERRIDES = """buyer_id,grade,limit,reason,by,since,until
A,,61234.5,last day,X,2026-01-01,2026-03-31
B,,7777,over,X,2026-01-01,2026-03-30
C,,900,without end,X,,
D,3,,a grade only,X,2026-01-01,
"""


def test_an_override_stands_while_it_is_valid(book_of):
    found = limits.recommend(book_of(AS_OF, run=EXAMPLE, overrides=OVERRIDES, **LEDGER), rated())
    assert found.loc["A", ["recommended", "binding"]].tolist() == [61_234.5, "analyst's override"]
    assert found.loc["B", ["recommended", "binding"]].tolist() == [2_000, "need"]
    assert found.loc["C", ["recommended", "binding"]].tolist() == [900, "analyst's override"]
    assert found.loc["D", "binding"] == "need"


def test_of_two_overrides_the_newer_counts_in_any_order_of_rows(book_of):
    head = OVERRIDES.splitlines()[0]
    rows = ["A,,100,older,X,2026-01-01,", "A,,200,newer,X,2026-02-01,2026-12-31", "A,,300,undated,X,,"]
    for order in (rows, rows[::-1]):
        book = book_of(AS_OF, overrides="\n".join([head, *order]), **LEDGER)
        assert limits.recommend(book, rated()).loc["A", "recommended"] == 200


def test_an_override_does_not_lift_a_default_but_prepayment(book_of):
    ledger = LEDGER | {"buyers": BUYERS.replace("C,private", "C,prepaid")}
    ratings = rated().assign(method=["in default", "x", "x", "x"])
    found = limits.recommend(book_of(AS_OF, overrides=OVERRIDES, **ledger), ratings)
    assert found.loc["A", ["recommended", "binding"]].tolist() == [0, "in default"]
    assert found.loc["C", ["recommended", "binding"]].tolist() == [900, "analyst's override"]


def test_a_buyer_without_a_rating_is_refused(book_of):
    ratings = rated(B=np.nan).drop(index="D")
    with pytest.raises(InputError) as error:
        limits.recommend(book_of(AS_OF, **LEDGER), ratings)
    assert [problem.column for problem in error.value.problems] == ["pd", "grade"]
    assert [problem.others for problem in error.value.problems] == [1, 1]


# Limits in force, own and insured part

IN_FORCE = """buyer_id,source,amount,valid_from,valid_to
A,own,20000,2025-01-01,
A,insurer,10000,2025-01-01,2026-03-31
B,own,5000,2025-01-01,
B,insurer,800,2024-01-01,2025-01-01
C,insurer,400,2025-01-01,
"""


def test_own_exposure_is_the_rest_of_the_insured_part_and_all_above_the_insurers_limit(book_of):
    found = limits.recommend(book_of(AS_OF, limits=IN_FORCE, **LEDGER), rated(), insured_percentage=0.9)
    # A owes 33,333 with 10,000 insured: own (1 − 0.9) × 10,000 + 23,333. B has no cover any more.
    assert found.loc["A", "own"] == pytest.approx(0.1 * 10_000 + 400_000 / 12 - 10_000)
    assert found["insured"].tolist() == pytest.approx([9_000, 0, 360, 0])
    assert (found["own"] + found["insured"]).tolist() == pytest.approx(found["exposure"].tolist())
    assert found["insurer_limit"].fillna(-1).tolist() == [10_000, -1, 400, -1]


def test_a_limit_on_a_buyer_that_cannot_be_insured_covers_nothing(book_of):
    ledger = LEDGER | {"buyers": BUYERS.replace("A,private", "A,public")}
    found = limits.recommend(book_of(AS_OF, limits=IN_FORCE, **ledger), rated(), insured_percentage=0.9)
    assert found.loc["A", ["insured", "own"]].tolist() == pytest.approx([0, 400_000 / 12])


def test_breaches_are_against_our_own_limit(book_of):
    found = limits.recommend(book_of(AS_OF, limits=IN_FORCE, **LEDGER), rated())
    assert found["breach"].fillna(-1).tolist() == pytest.approx([400_000 / 12 - 20_000, 0, -1, -1])
    assert limits.breaches(found).index.tolist() == ["A"]
    totals = limits.totals(found)
    assert totals["breaches"] == 1
    assert totals["breach_amount"] == pytest.approx(400_000 / 12 - 20_000)
    assert totals["recommended"] == found["recommended"].sum()
    assert totals["own"] + totals["insured"] == pytest.approx(OWED)


def test_what_to_decide_is_told_in_sentences(book_of):
    found = limits.recommend(
        book_of(AS_OF, limits=IN_FORCE, **LEDGER), rated().assign(method=["x", "in default", "x", "x"])
    )
    breach, cancel = limits.decisions(found, "EUR")
    assert breach == (
        "1 buyer that is not in default owes EUR 13,333 above its limit; the largest excess is EUR 13,333 of "
        "A, for whom EUR 3,400 is recommended. Raise its limit, or stop deliveries."
    )
    assert cancel == "1 buyer in default still has a limit of our own. Cancel it."
    both = pd.concat([found, found.rename(index=lambda buyer: f"{buyer}2")])
    assert limits.decisions(both, "EUR")[0].startswith(
        "2 buyers that are not in default owe EUR 26,667 above their limits; "
    )
    assert limits.decisions(both, "EUR")[1] == "2 buyers in default still have a limit of our own. Cancel them."


def test_shares_by_the_method_that_binds(book_of):
    found = limits.recommend(book_of(AS_OF, **LEDGER), rated())
    table = limits.by_binding(found)
    assert table["buyers"].to_dict() == {"need": 3, "concentration": 1}
    assert table["recommended"].sum() == found["recommended"].sum()
    assert table["exposure"].sum() == pytest.approx(OWED)


def test_a_new_users_ledger_without_any_other_table(book_of):
    book = book_of(AS_OF, **LEDGER)
    found = limits.recommend(book, default.assessment.__wrapped__(book).ratings, insured_percentage=0.9)
    assert len(found) == 4
    assert found[["own_limit", "insurer_limit", "breach", "capacity", "capacity_base"]].isna().all(axis=None)
    assert found["insured"].tolist() == [0] * 4
    assert found["own"].tolist() == found["exposure"].tolist()
    totals = limits.totals(found)
    assert totals[["breaches", "breach_amount", "insured", "insured_share"]].isna().all()
    assert limits.breaches(found).empty
    assert limits.decisions(found, "EUR") == []


# What must always hold

PROBABILITIES = st.lists(st.floats(1e-6, 1), min_size=4, max_size=4)
COLUMNS = list(limits.METHODS)


@pytest.fixture(scope="module")
def whole(book_of):
    """A book in which each method can bind, and one override."""
    statements = ACCOUNT + "B,2024-12-31,2025-06-30,EUR,90000,20000\n"
    return book_of(
        AS_OF, run={"limits": {"expected_loss_budget": 100}}, statements=statements, limits=IN_FORCE, **LEDGER
    )


@given(probabilities=PROBABILITIES, insured=st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_a_limit_is_never_above_any_method_and_the_named_one_binds(whole, probabilities, insured):
    ratings = rated(**dict(zip("ABCD", probabilities, strict=True)))
    found = limits.recommend(whole, ratings, insured_percentage=insured)
    for column in COLUMNS:
        applies = found[column].notna()
        assert (found["recommended"] <= found[column])[applies].all()
    smallest = found[COLUMNS].min(axis=1)
    named = {words: column for column, words in limits.METHODS.items()}
    for buyer, row in found.iterrows():
        assert row[named[row["binding"]]] == smallest[buyer]
    assert (found["recommended"] >= smallest * 0.9 - 1).all()
    assert (found["insured"] <= np.minimum(found["exposure"], found["insurer_limit"].fillna(0)) * insured + 1e-9).all()
    assert (found["own"] >= 0).all()


@given(probabilities=PROBABILITIES, worse=st.lists(st.floats(0, 1), min_size=4, max_size=4))
@settings(max_examples=20, deadline=None)
def test_a_higher_probability_never_raises_a_limit(whole, probabilities, worse):
    higher = [low + (1 - low) * rise for low, rise in zip(probabilities, worse, strict=True)]
    found, then = (
        limits.recommend(whole, rated(**dict(zip("ABCD", values, strict=True))))["recommended"]
        for values in (probabilities, higher)
    )
    assert (then <= found).all()


def test_limits_of_a_demo_book(book_of):
    tables = dict(demo_book(buyers=80, invoices=6_000, seed=3).tables)
    rates = tables.pop("fx").assign(rate=1.0)
    book = book_of("2026-10-31", fx=rates, **tables)
    ratings = default.assessment.__wrapped__(book).ratings
    found = limits.recommend(book, ratings, insured_percentage=0.9)
    assert found.index.tolist() == book.buyers["buyer_id"].tolist()
    assert found[["recommended", "binding", "need", "exposure", "own", "insured"]].notna().all(axis=None)
    assert (found.loc[default.in_default(book), "recommended"] == 0).all()
    judged = found["binding"] == "analyst's override"
    assert judged.sum() == 1
    below = (
        found.loc[~judged, COLUMNS].ge(found.loc[~judged, "recommended"], axis=0) | found.loc[~judged, COLUMNS].isna()
    )
    assert below.all(axis=None)
    budget = found["expected_loss_budget"] * ratings["pd"] * loss_given_default(book).lgd
    assert budget.dropna().to_numpy() == pytest.approx(book.run.limits.expected_loss_budget)
