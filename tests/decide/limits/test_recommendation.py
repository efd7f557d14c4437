"""Credit limits: the methods' published example, the rules, and what must hold for any rating."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import default, words
from tradecredit.book.demo import demo_book
from tradecredit.decide import limits
from tradecredit.decide.limits.actions import with_orders
from tradecredit.decide.limits.caps import class_caps, groups
from tradecredit.decide.limits.methods import carried, needed, own_exposure, smallest
from tradecredit.default.grades import grade
from tradecredit.errors import InputError
from tradecredit.insurance.cover import Cover, of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.measure.balances import balances
from tradecredit.measure.default_events import in_default, loss_given_default
from tradecredit.measure.ratios import ratios
from tradecredit.params.run import Run

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
"""The settings of the example of definitions §4.2."""

ACCOUNT = "buyer_id,period_end,published,currency,revenue,equity\nA,2024-12-31,2025-06-30,EUR,700000,80000\n"


def covered(book, insured_percentage=0.9):
    """Cover by a percentage within the limits that the insurer has named in the book."""
    return of_buyers(book, Policy(insured_percentage=insured_percentage))


def rated(probability=0.01, method="fitted model", **buyers):
    """Ratings of the four buyers, with default probabilities by buyer."""
    pd_of = pd.Series({buyer: buyers.get(buyer, probability) for buyer in "ABCD"}, name="pd").rename_axis("buyer_id")
    return pd.DataFrame({"pd": pd_of, "grade": grade(pd_of, BOUNDS), "method": method})


def need_of(book):
    return needed(balances(book), tolerated_delay_days=book.run.limits.tolerated_delay_days)


def capacity_of(book, grades):
    base, amount = smallest(carried(ratios(book), grades, book.run.limits))
    return pd.DataFrame({"capacity": amount, "capacity_base": base})


# The methods


def test_need_of_the_example(book_of):
    # Monthly purchases 33,333 at 15 days' terms and 30 days' tolerated delay: 1.5 months, 50,000.
    need = need_of(book_of(AS_OF, run=EXAMPLE, **LEDGER))
    assert need["A"] == pytest.approx(50_000)
    assert need["B"] == pytest.approx(1_000 * 60 / 30)
    assert need[["C", "D"]].tolist() == [0, 0]


def test_need_of_a_new_customer_is_by_the_months_that_it_has_bought_in(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-03-30,2026-04-29,600\nI2,A,2026-03-31,2026-04-30,600\n"
    # One day of history counts as one month: 1,200 a month, 30 days' terms and 30 days' delay.
    assert need_of(book_of(AS_OF, invoices=invoices))["A"] == pytest.approx(2_400)
    # 182 days of 365.25 / 12 days to the month.
    invoices = invoices.replace("2026-03-30", "2025-09-30").replace("2026-04-29", "2025-10-30")
    assert need_of(book_of(AS_OF, invoices=invoices))["A"] == pytest.approx(1_200 / (182 * 12 / 365.25) * 2)


def test_capacity_of_the_example(book_of):
    # min(80,000 × 35 %, 700,000 × 5 %) = min(28,000, 35,000); the account shows no working capital.
    book = book_of(AS_OF, run=EXAMPLE, statements=ACCOUNT, **LEDGER)
    able = capacity_of(book, rated()["grade"])
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
    able = capacity_of(book_of(AS_OF, run=EXAMPLE, statements=text, **LEDGER), rated()["grade"])
    assert able.loc["A"].tolist() == [amount, base]


def test_shares_go_by_grade(book_of):
    book = book_of(AS_OF, statements=ACCOUNT, **LEDGER)
    for row in (1, 6, 10):
        share = book.run.limits.net_worth_share[row - 1]
        revenue = book.run.limits.revenue_share[row - 1]
        able = capacity_of(book, pd.Series({"A": row}, dtype="Int64"))
        assert able.loc["A", "capacity"] == pytest.approx(min(80_000 * share, 700_000 * revenue))
    assert capacity_of(book, pd.Series({"B": 1}))["capacity"].isna().all()


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
    book = book_of(AS_OF, limits=IN_FORCE, **LEDGER)
    found = limits.recommend(book, rated(), cover=covered(book))
    # A owes 33,333 with 10,000 insured: own (1 − 0.9) × 10,000 + 23,333. B has no cover any more, and C's invoice is
    # older than its limit.
    assert found.loc["A", "own"] == pytest.approx(0.1 * 10_000 + 400_000 / 12 - 10_000)
    assert found["insured"].tolist() == pytest.approx([9_000, 0, 0, 0])
    assert (found["own"] + found["insured"]).tolist() == pytest.approx(found["exposure"].tolist())
    assert found["insurer_limit"].fillna(-1).tolist() == [10_000, 0, 400, -1]


def test_a_limit_on_a_buyer_that_cannot_be_insured_covers_nothing(book_of):
    ledger = LEDGER | {"buyers": BUYERS.replace("A,private", "A,public")}
    book = book_of(AS_OF, limits=IN_FORCE, **ledger)
    found = limits.recommend(book, rated(), cover=covered(book))
    assert found.loc["A", ["insured", "own"]].tolist() == pytest.approx([0, 400_000 / 12])


@pytest.mark.parametrize(("limit", "above"), [(33_333.33, 0), (33_333.32, 0.013)])
def test_less_than_half_a_cent_is_not_above_a_limit(book_of, limit, above):
    # A owes 33,333.333…: a third of a cent above the first limit, a cent and a third above the second.
    limits_in_force = f"buyer_id,source,amount,valid_from,valid_to\nA,own,{limit},2025-01-01,\n"
    found = limits.recommend(book_of(AS_OF, limits=limits_in_force, **LEDGER), rated())
    assert found.loc["A", "breach"] == pytest.approx(above, abs=0.001)
    assert limits.totals(found)["breaches"] == (above > 0)


def test_breaches_are_against_our_own_limit(book_of):
    book = book_of(AS_OF, limits=IN_FORCE, **LEDGER)
    found = limits.recommend(book, rated(), cover=covered(book))
    assert found["breach"].fillna(-1).tolist() == pytest.approx([400_000 / 12 - 20_000, 0, -1, -1])
    assert limits.breaches(found).index.tolist() == ["A"]
    totals = limits.totals(found)
    assert totals["breaches"] == 1
    assert totals["to_set"] == pytest.approx(found["own_limit"].fillna(0.0).sum() + found["change"].sum())
    assert totals["breach_amount"] == pytest.approx(400_000 / 12 - 20_000)
    assert totals["recommended"] == found["recommended"].sum()
    assert totals["own"] + totals["insured"] == pytest.approx(OWED)
    assert totals["insured_share"] == pytest.approx(9_000 / OWED)
    bare = limits.totals(limits.recommend(book, rated()))
    assert bare["own"] == pytest.approx(OWED)
    assert bare[["insured", "insured_share"]].isna().all()


def test_shares_by_the_method_that_binds(book_of):
    found = limits.recommend(book_of(AS_OF, **LEDGER), rated())
    table = limits.by_binding(found)
    assert table["buyers"].to_dict() == {"need": 3, "concentration": 1}
    assert table["recommended"].sum() == found["recommended"].sum()
    assert table["exposure"].sum() == pytest.approx(OWED)


def test_a_new_users_ledger_without_any_other_table(book_of):
    book = book_of(AS_OF, **LEDGER)
    found = limits.recommend(book, default.assessment.__wrapped__(book).ratings, cover=covered(book, 0.9))
    assert len(found) == 4
    assert found[["own_limit", "insurer_limit", "breach", "capacity", "capacity_base"]].isna().all(axis=None)
    assert found["insured"].tolist() == [0] * 4
    assert found["own"].tolist() == found["exposure"].tolist()
    totals = limits.totals(found)
    assert totals[["breaches", "breach_amount", "insured", "insured_share"]].isna().all()
    assert limits.breaches(found).empty


# Several buyers together

TOGETHER = """buyer_id,kind,group_id,sector,country
A,private,G,C,DE
B,private,G,F,DE
C,private,,C,DE
D,private,G,C,FR
"""
ROOMY = {"digits": 6, "maximum_share_of_book": 1.0, "expected_loss_budget": 1e9, "without_accounts_limit": [1e9] * 10}


def test_the_members_of_a_group_share_its_room_by_need(book_of):
    # Owed is 34,833, of which the group may have a tenth; A needs 50,000, B 2,000, and D nothing.
    book = book_of(AS_OF, run={"limits": ROOMY}, **LEDGER | {"buyers": TOGETHER})
    found = limits.recommend(book, rated())
    assert found["group_limit"].fillna(-1).tolist() == pytest.approx([OWED / 10, OWED / 10, -1, OWED / 10])
    assert found["recommended"].tolist() == pytest.approx([OWED / 10 * 50 / 52, OWED / 10 * 2 / 52, 0, 0], abs=1)
    assert found.loc[["A", "B"], "binding"].tolist() == ["group", "group"]
    table = groups(found)
    assert table.loc["G", ["members", "need", "cut"]].tolist() == pytest.approx([3, 52_000, 2])
    assert table.loc["G", "recommended"] <= table.loc["G", "group_limit"]
    assert table.loc["G", "over_group_limit"] == pytest.approx(OWED - 500 - OWED / 10)


def test_a_members_risk_leaves_room_to_the_others(book_of):
    # B's loss budget, 1,000 / (0.5 × 1), is less than its share by need would be.
    run = {
        "limits": ROOMY | {"maximum_group_share_of_book": 1.0, "expected_loss_budget": 100.0},
        "losses": {"lgd": 1.0},
    }
    book = book_of(AS_OF, run=run, **LEDGER | {"buyers": TOGETHER})
    found = limits.recommend(book, rated(probability=1e-6, B=0.5))
    assert found.loc["B", ["recommended", "binding"]].tolist() == [200, "expected-loss budget"]
    assert found.loc["A", "recommended"] == pytest.approx(OWED - 200, abs=1)


def test_sectors_and_countries_are_cut_in_proportion(book_of):
    run = {
        "limits": ROOMY
        | {"maximum_group_share_of_book": 1.0, "dormant_limit": 10_000, "country_shares_of_book": {"DE": 0.5}}
        | {"sector_shares_of_book": {"C": 0.9}}
    }
    book = book_of(AS_OF, run=run, **LEDGER | {"buyers": TOGETHER})
    found = limits.recommend(book, rated())
    # In the group A, B and D need 50,000, 2,000 and 10,000 of 34,833; then sector C holds 0.9 of that, for A, C and D.
    shares = OWED * np.array([50, 2, 10]) / 62
    in_sector = shares[0] + 10_000 + shares[2]
    cut = 0.9 * OWED / in_sector
    in_country = shares[0] * cut + shares[1] + 10_000 * cut
    country = 0.5 * OWED / in_country
    expected = [shares[0] * cut * country, shares[1] * country, 10_000 * cut * country, shares[2] * cut]
    assert found["recommended"].tolist() == pytest.approx(expected, abs=1)
    assert found["binding"].tolist() == ["country", "country", "country", "sector"]
    table = class_caps(book, found)
    assert table.index.tolist() == ["sector C", "country DE"]
    assert table["cap"].tolist() == pytest.approx([0.9 * OWED, 0.5 * OWED])
    assert table["cut"].tolist() == [1, 3]
    assert table["added_cut"].tolist() == [0, 0]
    assert (table["recommended"] <= table["cap"]).all()
    assert table["over_cap"].tolist() == pytest.approx([0.1 * OWED - 1_000, 0.5 * OWED])


def test_an_analysts_limit_stands_and_the_others_share_what_it_leaves(book_of):
    overrides = "buyer_id,limit,reason,by\nB,3000,seen,X\n"
    book = book_of(AS_OF, run={"limits": ROOMY}, overrides=overrides, **LEDGER | {"buyers": TOGETHER})
    found = limits.recommend(book, rated())
    assert found.loc["B", ["recommended", "binding"]].tolist() == [3_000, "analyst's override"]
    assert found.loc["A", "recommended"] == pytest.approx(OWED / 10 - 3_000, abs=1)
    # One that is above the group's limit lifts it, and leaves nothing.
    book = book_of(
        AS_OF, run={"limits": ROOMY}, overrides=overrides.replace("3000", "9000"), **LEDGER | {"buyers": TOGETHER}
    )
    found = limits.recommend(book, rated())
    assert found.loc[["A", "B"], "recommended"].tolist() == [0, 9_000]
    assert found.loc["A", "group_limit"] == 9_000


def test_expired_overrides_are_listed_the_latest_first(book_of):
    more = OVERRIDES + "C,,5,long ago,X,2025-01-01,2025-06-30\nD,4,,a grade,X,2025-01-01,2025-06-30\n"
    found = limits.expired_overrides(book_of(AS_OF, overrides=more, **LEDGER))
    assert found[["buyer_id", "limit"]].to_numpy().tolist() == [["B", 7_777], ["C", 5]]
    assert limits.expired_overrides(book_of(AS_OF, **LEDGER)).empty


# With and without cover


def test_a_limit_with_and_without_cover_by_hand(book_of):
    in_force = "buyer_id,source,amount,valid_from\nA,insurer,10000,2025-01-01\n"
    ledger = LEDGER | {"statements": ACCOUNT, "limits": in_force}
    book = book_of(AS_OF, run=EXAMPLE, **ledger)
    found = limits.recommend(book, rated(), cover=covered(book)).loc["A"]
    # Of our own 28,000: 0.1 × 10,000 and the 27,000 above. That is more than all that is owed, which concentration is.
    assert found[["recommended", "binding"]].tolist() == [28_000, "capacity"]
    assert found["recommended_with_cover"] == pytest.approx(OWED, abs=1)
    assert found["binding_with_cover"] == "concentration"
    less = ledger | {"limits": in_force.replace("10000", "5000")}
    book = book_of(AS_OF, run=EXAMPLE, **less)
    found = limits.recommend(book, rated(), cover=covered(book)).loc["A"]
    assert found[["recommended_with_cover", "binding_with_cover"]].tolist() == [32_500, "capacity"]


def test_limits_of_the_insurer_may_be_given(book_of):
    book = book_of(AS_OF, run=EXAMPLE, statements=ACCOUNT, limits=IN_FORCE, **LEDGER)
    given = pd.Series({"A": 5_000.0, "B": 0.0, "gone": 1.0})
    cover = Cover(0.9, given, given, given < 0, given, given * 0 + 1, given * 0 + 1)
    found = limits.recommend(book, rated(), cover=cover)
    assert found["insurer_limit"].fillna(-1).tolist() == [5_000, 0, -1, -1]
    assert found.loc["A", ["recommended_with_cover", "insured"]].tolist() == [32_500, 4_500]


def test_a_group_that_is_full_has_no_room_for_cover(book_of):
    run = {"limits": ROOMY | {"revenue_share": [0.01] * 10, "maximum_group_share_of_book": 0.5}}
    statements = ACCOUNT + "B,2024-12-31,2025-06-30,EUR,50000,80000\n"
    in_force = "buyer_id,source,amount,valid_from\nB,insurer,90000,2025-01-01\n"
    ledger = LEDGER | {"buyers": TOGETHER, "statements": statements, "limits": in_force}
    book = book_of(AS_OF, run=run, **ledger)
    found = limits.recommend(book, rated(), cover=covered(book))
    # Without cover A may have 7,000 and B 500 of the group's 17,417; with it B its 2,000, in the room that is left.
    assert found.loc[["A", "B"], "recommended"].tolist() == [7_000, 500]
    assert found.loc[["A", "B"], "recommended_with_cover"].tolist() == [7_000, 2_000]
    tight = {"limits": run["limits"] | {"maximum_group_share_of_book": 0.2}}
    book = book_of(AS_OF, run=tight, **ledger)
    found = limits.recommend(book, rated(), cover=covered(book))
    assert found.loc[["A", "B"], "recommended_with_cover"].tolist() == found.loc[["A", "B"], "recommended"].tolist()
    assert found.loc["B", "binding_with_cover"] == "group"


def test_cover_makes_a_limit_pay_that_does_not_alone(book_of):
    run = {"limits": ROOMY, "losses": {"lgd": 1.0, "correlation": 0.0}, "margin": 0.18}
    in_force = "buyer_id,source,amount,valid_from\nA,insurer,10000,2025-01-01\nB,insurer,9000,2025-01-01\n"
    book = book_of(AS_OF, run=run, limits=in_force, **LEDGER)
    # Expected loss 0.5 a year against a margin of 0.18; with cover we bear 0.05 of it, within the insurer's limit.
    found = limits.recommend(book, rated(probability=0.5), cover=covered(book, 0.9))
    assert found["recommended"].tolist() == [0] * 4
    assert found["binding"].tolist() == ["net value added"] * 2 + ["need"] * 2
    assert found["recommended_with_cover"].tolist() == [10_000, 2_000, 0, 0]
    assert found["binding_with_cover"].tolist() == ["net value added", "need", "need", "need"]
    worst = limits.recommend(book, rated(probability=0.5), cover=covered(book, 0.5))
    assert worst["recommended_with_cover"].tolist() == [0] * 4


# What must always hold

MANY = [f"B{number:02d}" for number in range(1, 15)]
MONTHLY = dict(
    zip(MANY, [900, 4_000, 12_000, 60_000, 700, 3_000, 25_000, 0, 0, 8_000, 8_000, 1_500, 9_000, 5_000], strict=True)
)


@pytest.fixture(scope="module")
def crowd(book_of):
    """Fourteen buyers in groups, sectors and countries: new, dormant, public, insured, judged, with accounts or not."""
    days = pd.date_range("2025-04-01", "2026-03-01", freq="MS")
    rows = [
        (f"{buyer}{n}", buyer, day, day + pd.Timedelta(days=30), float(amount))
        for buyer, amount in MONTHLY.items()
        for n, day in enumerate(days if buyer != "B12" else days[-2:])
        if amount
    ]
    old = [(f"{buyer}old", buyer, pd.Timestamp("2024-02-01"), pd.Timestamp("2024-03-01"), 10.0) for buyer in MANY[:11]]
    invoices = pd.DataFrame([*rows, *old], columns=["invoice_id", "buyer_id", "issued", "due", "amount"])
    receipts = invoices[invoices["issued"] < "2026-02-01"].assign(received=lambda paid: paid["due"], kind="payment")
    kinds = ["private"] * 9 + ["public", "affiliate", "private", "private", "prepaid"]
    groups = ["G", "G", "G", "H", "H", None, None, "G", None, "H", None, "G", None, None]
    buyers = pd.DataFrame({"buyer_id": MANY, "kind": kinds, "group_id": groups}).assign(
        sector=["C", "F", "F", "F", None, "C", "F"] * 2, country=["DE", "DE", "FR"] * 4 + ["DE", None],
        customer_since=[None] * 8 + [pd.Timestamp("2026-02-01")] + [None] * 5,
    )  # fmt: skip
    statements = pd.DataFrame(
        {
            "buyer_id": MANY[1:8], "period_end": pd.Timestamp("2024-12-31"), "published": pd.Timestamp("2025-06-30"),
            "currency": "EUR", "revenue": [9e4, 3e5, 4e6, 5e4, 1e5, 6e5, 1e5],
            "equity": [1e4, 5e4, 6e5, -1e3, 9e4, 1e5, 3e4], "current_assets": [6e4, None, 3e6, 4e4, 8e4, 9e4, 9e4],
            "current_liabilities": [1e4, None, 1e6, 3e4, 1e4, 8e4, 1e4],
        }
    )  # fmt: skip
    named = pd.DataFrame(
        [(buyer, "insurer", amount, pd.Timestamp("2025-01-01")) for buyer, amount in
         zip(MANY[:8], [500, 9e3, 4e4, 1e5, 0, 2e3, 8e4, 5e3], strict=True)]
        + [(buyer, "own", 10_000.0, pd.Timestamp("2025-01-01")) for buyer in MANY[::2]],
        columns=["buyer_id", "source", "amount", "valid_from"],
    )  # fmt: skip
    overrides = "buyer_id,limit,reason,by\nB11,6000,seen,X\nB05,900,seen,X\n"
    settings = {
        "expected_loss_budget": 500, "maximum_share_of_book": 0.1, "maximum_group_share_of_book": 0.05,
        "new_buyer_limit": 900, "without_accounts_limit": [9e3, 8e3, 7e3, 6e3, 5e3, 4e3, 3e3, 1e3, 500.0, 0.0],
        "sector_shares_of_book": {"C": 0.04, "other": 0.8}, "country_shares_of_book": {"DE": 0.115},
        "public_limit": 3_000, "maximum_limit": 10_000, "dormant_limit": 50, "minimum_limit": 300,
    }  # fmt: skip
    return book_of(
        AS_OF, run={"limits": settings, "margin": 0.18}, invoices=invoices, buyers=buyers, statements=statements,
        limits=named, overrides=overrides,
        receipts=receipts[["invoice_id", "received", "amount", "kind"]],
    )  # fmt: skip


def rated_crowd(probabilities):
    pd_of = pd.Series(probabilities, index=pd.Index(MANY, name="buyer_id"))
    return pd.DataFrame({"pd": pd_of, "grade": grade(pd_of, BOUNDS), "method": "x"})


def test_in_the_crowd_nearly_every_method_binds(crowd):
    probabilities = np.geomspace(1e-4, 0.05, len(MANY))
    bound = {
        name
        for scale in (0.1, 1, 10)
        for name in limits.recommend(crowd, rated_crowd((probabilities[::-1] * scale).clip(max=1)))["binding"]
    }
    assert set(limits.METHODS.values()) - bound <= {"concentration", "maximum limit"}
    assert {"analyst's override", "prepaid"} <= bound


CROWD = st.lists(st.floats(1e-6, 1), min_size=len(MANY), max_size=len(MANY))


@given(probabilities=CROWD, insured=st.sampled_from([0.0, 0.5, 0.9, 1.0]))
@settings(max_examples=20)
def test_no_limit_is_above_any_cap_and_no_group_above_its_own(crowd, probabilities, insured):
    found = limits.recommend(crowd, rated_crowd(probabilities), cover=covered(crowd, insured))
    free = ~found["binding"].isin(["analyst's override"])
    for column in COLUMNS:
        applies = found[column].notna() & free
        assert (found["recommended"] <= found[column])[applies].all()
    with_cover = found["recommended_with_cover"]
    assert (with_cover >= found["recommended"]).all()
    assert (insured > 0) or with_cover.equals(found["recommended"].rename("recommended_with_cover"))
    for column in ("need", "maximum_of_kind", "maximum", "concentration"):
        assert (with_cover <= found[column])[found[column].notna() & free].all()
    own = own_exposure(with_cover, found["covered_limit"], insured_percentage=insured)
    for column in ("capacity", "expected_loss_budget", "without_accounts", "new_buyer"):
        assert (own <= found[column] + 1e-6)[found[column].notna() & free].all()
    table = groups(found)
    share = np.minimum(table["need"], 0.05 * found["exposure"].sum())
    # In H an analyst has set 900 on B05, whatever the group's need and share.
    assert table["group_limit"].tolist() == pytest.approx(np.maximum(share, 900 * (table.index == "H")).tolist())
    assert (table["recommended"] <= table["group_limit"] + 1e-5).all()
    assert (table["recommended_with_cover"] <= table["group_limit"] + 1e-5).all()
    table = class_caps(crowd, found)
    assert (table["recommended"] <= table["cap"] + 1e-5).all()
    assert (table["recommended_with_cover"] <= table["cap"] + 1e-5).all()


@given(
    probabilities=CROWD, off=st.lists(st.floats(0.85, 1.15), min_size=len(MANY), max_size=len(MANY)),
    insured=st.sampled_from([0.0, 0.9]),
)  # fmt: skip
@settings(max_examples=20)
def test_what_then_holds_is_above_no_cap_either(crowd, probabilities, off, insured):
    """Limits in force near the recommended ones may stay as they are, but not above what nobody may have."""
    cover, ratings = covered(crowd, insured), rated_crowd(probabilities)
    aim = limits.recommend(crowd, ratings, cover=cover)["recommended_with_cover"]
    held = pd.DataFrame({"buyer_id": MANY, "source": "own", "amount": (aim * off).to_numpy()})
    insurers = crowd.limits[crowd.limits["source"] == "insurer"]
    held = pd.concat([insurers, held.assign(valid_from=pd.Timestamp("2025-01-01"))], ignore_index=True)
    found = limits.recommend(replace(crowd, limits=held), ratings, cover=cover)
    then = found["own_limit"].fillna(0.0) + found["change"]
    free = ~found["binding"].isin(["analyst's override"])
    assert then[~free].tolist() == found.loc[~free, "recommended"].tolist()
    for column in ("maximum_of_kind", "maximum", "concentration"):
        assert (then <= found[column] + 1e-9)[found[column].notna() & free].all()
    table = groups(found.assign(recommended=then))
    assert (table["recommended"] <= table["group_limit"] + 1e-4).all()
    table = class_caps(crowd, found.assign(recommended=then))
    assert (table["recommended"] <= table["cap"] + 1e-4).all()


@given(probabilities=CROWD, buyer=st.sampled_from(MANY), rise=st.floats(0, 1), insured=st.sampled_from([0.0, 0.9, 1.0]))
@settings(max_examples=20)
def test_a_buyers_limit_never_rises_with_its_probability(crowd, probabilities, buyer, rise, insured):
    worse = list(probabilities)
    worse[MANY.index(buyer)] += (1 - worse[MANY.index(buyer)]) * rise
    found, then = (
        limits.recommend(crowd, rated_crowd(values), cover=covered(crowd, insured)).loc[buyer]
        for values in (probabilities, worse)
    )
    assert then["recommended"] <= found["recommended"]
    assert then["recommended_with_cover"] <= found["recommended_with_cover"]


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
@settings(max_examples=20)
def test_a_limit_is_never_above_any_method_and_the_named_one_binds(whole, probabilities, insured):
    ratings = rated(**dict(zip("ABCD", probabilities, strict=True)))
    found = limits.recommend(whole, ratings, cover=covered(whole, insured))
    for column in COLUMNS:
        applies = found[column].notna()
        assert (found["recommended"] <= found[column])[applies].all()
    smallest = found[COLUMNS].min(axis=1)
    named = {words: column for column, words in limits.METHODS.items()}
    for buyer, row in found.iterrows():
        assert row[named[row["binding"]]] == smallest[buyer]
    assert (found["recommended"] >= smallest * 0.9 - 1).all()
    assert (found["insured"] <= np.minimum(found["exposure"], found["covered_limit"].fillna(0)) * insured + 1e-9).all()
    assert (found["own"] >= 0).all()


@given(probabilities=PROBABILITIES, worse=st.lists(st.floats(0, 1), min_size=4, max_size=4))
@settings(max_examples=12)
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
    found = limits.recommend(book, ratings, cover=covered(book, 0.9))
    assert found.index.tolist() == book.buyers["buyer_id"].tolist()
    assert found[["recommended", "binding", "exposure", "own", "insured", "rule", "decision"]].notna().all(axis=None)
    # What a new buyer needs is not known before its first order.
    assert found["need"].notna().equals(~(found["new_buyer"].notna() & (found["exposure"] == 0) & found["need"].isna()))
    assert found["need"].isna().sum() == 1
    assert (found.loc[in_default(book), "recommended"] == 0).all()
    judged = found["binding"] == "analyst's override"
    assert judged.sum() == 1
    below = (
        found.loc[~judged, COLUMNS].ge(found.loc[~judged, "recommended"], axis=0) | found.loc[~judged, COLUMNS].isna()
    )
    assert below.all(axis=None)
    budget = found["expected_loss_budget"] * ratings["pd"] * loss_given_default(book).lgd
    assert budget.dropna().to_numpy() == pytest.approx(book.run.limits.expected_loss_budget)


def test_what_is_said_of_the_methods_that_bind():
    table = pd.DataFrame(
        {
            "binding": ["need", "capacity", "need"],
            "binding_with_cover": ["need", "need", "new buyer"],
            "recommended": [10.0, 20.0, 30.0],
            "recommended_with_cover": [10.0, 25.0, 30.0],
            "exposure": [1.0, 2.0, 4.0],
        }
    )
    found = limits.by_binding(table)
    assert found.loc["need"].tolist() == [2, 40, 2, 35, 3]
    assert found.loc["capacity"].tolist() == [1, 20, 0, 0, 0]
    assert found.loc["new buyer"].tolist() == [0, 0, 1, 30, 4]
    assert words.limits.binding(found) == (
        "Need is the binding constraint for 2 of 3 limits. What binds the rest: new buyer (1)."
    )
    only = found.assign(buyers_with_cover=[0, 1, 0])
    assert words.limits.binding(only) == f"The binding constraint of the only limit is {found.index[1]}."
    others = found.drop(index="need").assign(buyers_with_cover=[1, 2])
    assert words.limits.binding(others) == "Need binds none of 3 limits; what does: new buyer (1) and capacity (2)."


# What the page says of them


def test_what_the_limits_take_for_granted(book_of):
    usual = book_of(AS_OF, run={"margin": 0.18}, **LEDGER)
    turns, without_accounts, bare = words.limits.assumptions(usual, limits.recommend(usual, rated()))
    assert bare == "The run names no policy: all receivables are at our own risk, and insurance adds to no limit."
    assert turns.startswith("Net value added assumes 1 × the margin a year on a limit")
    assert without_accounts.startswith("A buyer whose accounts are not known may have at our own risk the larger of")
    endless = "buyer_id,limit,reason,by,until\nA,10,seen,X,\nB,10,seen,X,2027-01-01\n"
    bare = book_of(AS_OF, overrides=endless, **LEDGER)
    margin, _, _, until = words.limits.assumptions(bare, limits.recommend(bare, rated()))
    assert margin.startswith("The run states no margin")
    assert until == "Analysts' limits without an end date (1) stay in force until withdrawn."
    paid = INVOICES.assign(received=INVOICES["due"], kind="payment")[["invoice_id", "received", "amount", "kind"]]
    settled = book_of("2026-05-31", **LEDGER | {"receipts": paid})
    assert "Nobody owes anything" in words.limits.assumptions(settled, limits.recommend(settled, rated()))[3]
    excess = Policy(kind="excess_of_loss", aggregate_first_loss=100, maximum_liability=1_000)
    insured = book_of(AS_OF, run={"margin": 0.18}, limits=IN_FORCE, **LEDGER)
    found = words.limits.assumptions(insured, limits.recommend(insured, rated(), cover=of_buyers(insured, excess)))
    assert found[2].startswith("The policy in force covers none of today's receivables")
    assert len(words.limits.assumptions(insured, limits.recommend(insured, rated(), cover=covered(insured)))) == 2


def test_what_the_limits_of_analysts_change(book_of):
    overrides = "buyer_id,limit,reason,by,until\nA,99000,seen,X,2027-01-01\nB,900,seen,Y,\n"
    run = {"limits": {"maximum_share_of_book": 0.1, "maximum_limit": 50_000}}
    book = book_of(AS_OF, run=run, overrides=overrides, **LEDGER)
    found = limits.overridden(book, limits.recommend(book, rated()))
    assert found.index.tolist() == ["A", "B"]
    # A tenth of the 34,833 that are owed is the smallest of A's amounts; B needs 1,000 × (30 + 30) / 30.
    assert found["methods_give"].tolist() == [3_400, 2_000]
    assert found["difference"].tolist() == [95_600, -1_100]
    # With cover: without accounts, of its own 3,000, and 0.9 of the insurer's 10,000 within 90 % of the book.
    run = {"limits": {"maximum_share_of_book": 0.9, "without_accounts_limit": [3_000.0] * 10}}
    covers = book_of(AS_OF, run=run, overrides=overrides, limits=IN_FORCE, **LEDGER)
    with_cover = limits.overridden(covers, limits.recommend(covers, rated(), cover=covered(covers)))
    assert with_cover.loc["A", "methods_give"] == 12_000
    assert found["passes"].tolist() == ["maximum limit, concentration", ""]
    assert found["by"].tolist() == ["X", "Y"]
    assert limits.overridden(book, limits.recommend(book_of(AS_OF, **LEDGER), rated())).empty


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"pd": -0.1}, "from 0 to 1"),
        ({"pd": 2.0}, "from 0 to 1"),
        ({"grade": 0}, "a whole number from 1 to 10"),
        ({"grade": 11}, "a whole number from 1 to 10"),
        ({"grade": 5.5}, "a whole number from 1 to 10"),
    ],
)
def test_ratings_that_cannot_be_are_refused(book_of, changed, words):
    with pytest.raises(InputError, match=words):
        limits.recommend(book_of(AS_OF, **LEDGER), rated().assign(**changed))


def test_ratings_without_a_column_are_refused(book_of):
    with pytest.raises(InputError, match="grade: this column is missing"):
        limits.recommend(book_of(AS_OF, **LEDGER), rated().drop(columns="grade"))


def test_what_a_country_has_cut_is_not_said_to_be_cut_by_the_group(book_of):
    # A's group is full before its country cuts all limits; with cover there is room in neither.
    buyers = "buyer_id,kind,group_id,country\nA,private,G,DE\nB,private,G,DE\nC,private,,DE\nD,private,,DE\n"
    shares = {"maximum_group_share_of_book": 0.4, "maximum_share_of_book": 1.0, "country_shares_of_book": {"DE": 0.2}}
    in_force = "buyer_id,source,amount,valid_from\nA,insurer,90000,2025-01-01\n"
    run = {"limits": shares | {"without_accounts_limit": [20_000.0] * 10}}
    book = book_of(AS_OF, run=run, **LEDGER | {"buyers": buyers, "limits": in_force})
    found = limits.recommend(book, rated(), cover=covered(book)).loc["A"]
    assert found["group_room"] > found["country_room"]
    assert found[["binding", "binding_with_cover"]].tolist() == ["country", "country"]


def test_where_cover_adds_too_much_for_a_country_it_alone_is_cut(book_of):
    # Without accounts 3,000 of our own: with 0.9 of the insurer's 10,000 A may have 12,000 and D the 10,000 it needs.
    buyers = "buyer_id,kind,country\nA,private,DE\nB,private,DE\nC,private,FR\nD,private,DE\n"
    in_force = "buyer_id,source,amount,valid_from\nA,insurer,10000,2025-01-01\nD,insurer,10000,2025-01-01\n"
    shares = {"without_accounts_limit": [3_000.0] * 10, "country_shares_of_book": {"DE": 0.4}, "dormant_limit": 10_000}
    book = book_of(AS_OF, run={"limits": ROOMY | shares}, **LEDGER | {"buyers": buyers, "limits": in_force})
    found = limits.recommend(book, rated(), cover=covered(book)).loc[["A", "B", "D"]]
    # They fit without insurance, 3,000 + 2,000 + 3,000; of the room that is left A asks 9,000 and D 7,000.
    assert found["recommended"].tolist() == [3_000, 2_000, 3_000]
    part = (0.4 * OWED - 8_000) / 16_000
    expected = [3_000 + 9_000 * part, 2_000, 3_000 + 7_000 * part]
    assert found["recommended_with_cover"].tolist() == pytest.approx(expected, abs=1)
    assert found["binding_with_cover"].tolist() == ["country", "need", "country"]
    assert class_caps(book, found)[["cut", "added_cut"]].to_numpy().tolist() == [[2, 2]]


# Orders


@pytest.mark.parametrize(
    ("ordered", "breach", "over", "room", "above", "action"),
    [
        (2_000, 1_000, 500, 0, 500, "none"),  # more than the limit to set has room for: no reason to set it
        (1_400, 400, 0, 100, 0, "set limit"),
        (900, 0, 0, 600, 0, "none"),
    ],
)
def test_what_is_shipped_is_exposure_and_what_is_ordered_counts_against_limits(
    book_of, ordered, breach, over, room, above, action
):
    # A owes 10,000, has 500 on account, and 1,500 is shipped to it: 11,000 under a limit of 12,000, to be 12,500.
    tables = {
        "invoices": "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-03-01,2026-04-30,10000\n",
        "receipts": "invoice_id,buyer_id,received,amount,kind\n,A,2026-03-05,500,payment\n",
        "buyers": "buyer_id,kind,group_id\nA,private,G\n",
        "limits": "buyer_id,source,amount,valid_from\nA,own,12000,2026-01-01\nA,insurer,20000,2026-01-01\n",
        "overrides": "buyer_id,limit,reason,by,since,until\nA,12500,seen,X,2026-01-01,\n",
    }
    orders = f"order_id,buyer_id,kind,date,amount\nO1,A,shipped,2026-03-20,1500\nO2,A,ordered,2026-03-21,{ordered}\n"
    book, ratings = book_of(AS_OF, run=EXAMPLE, orders=orders, **tables), rated().loc[["A"]]
    table = limits.recommend(book, ratings, cover=covered(book))
    row = table.loc["A"]
    assert row[["exposure", "committed", "limit_to_set"]].tolist() == [11_000, 11_000 + ordered, 12_500]
    assert row["limit_use"] == pytest.approx((11_000 + ordered) / 12_000)
    assert row[["breach", "over_recommended", "room", "orders_held"]].tolist() == [breach, over, room, above]
    assert row["action"] == action
    # Insured is what is invoiced, less its part of what is on account: 90 % of 9,500. The rest of 11,000 is retained.
    assert row[["insured", "own"]].tolist() == pytest.approx([8_550, 2_450])
    assert row["expected_loss_owed"] == pytest.approx(0.01 * 11_000)
    assert groups(table)[["exposure", "committed", "over_group_limit"]].iloc[0].tolist() == [
        11_000, 11_000 + ordered, over
    ]  # fmt: skip
    assert words.limits.against(table, ["buyer_id", "exposure"]) == ["buyer_id", "committed"]
    without = limits.recommend(book_of(AS_OF, run=EXAMPLE, **tables), ratings)
    assert "committed" not in without
    assert with_orders(without) is None
    assert with_orders(table).index.tolist() == ["A"]
    assert words.limits.against(without, ["buyer_id", "exposure"]) == ["buyer_id", "exposure"]
    assert words.limits.held_orders(without, "EUR") == ""
    said = words.limits.held_orders(table, "EUR")
    assert ("EUR 500 of 1 buyer is above the limit to set" in said) == (above > 0)


def test_a_limit_by_need_is_not_cut_below_what_is_owed_and_ordered(book_of):
    # B needs 2,000 and owes 1,000; with orders of 2,500 it does not fall from 3,400 below 3,500: the limit in force.
    tables = LEDGER | {"limits": "buyer_id,source,amount,valid_from\nB,own,3400,2025-01-01\n"}
    orders = "order_id,buyer_id,kind,date,amount\nO1,B,ordered,2026-03-20,2500\n"
    cut = limits.recommend(book_of(AS_OF, run=EXAMPLE, **tables), rated()).loc["B"]
    assert cut["limit_to_set"] == pytest.approx(2_000)
    kept = limits.recommend(book_of(AS_OF, run=EXAMPLE, orders=orders, **tables), rated()).loc["B"]
    assert kept[["limit_to_set", "recommended_with_cover", "exposure"]].tolist() == pytest.approx([3_400, 2_000, 1_000])
    assert kept["need"] == cut["need"]


def test_the_limit_of_a_group_is_that_of_its_control(book_of):
    tables = LEDGER | {"buyers": "buyer_id,kind,group_id\nA,private,\nB,private,\nC,private,\nD,private,\n"}
    stated = LEDGER | {"buyers": "buyer_id,kind,group_id\nA,private,B\nB,private,B\nC,private,\nD,private,\n"}
    ownership = "owner_id,owned_id,share,since\nB,A,0.51,2020-01-01\n"
    run = EXAMPLE | {"limits": EXAMPLE["limits"] | {"maximum_group_share_of_book": 0.5}}
    found = limits.recommend(book_of(AS_OF, run=run, ownership=ownership, **tables), rated())
    # Half of what is owed, below the need of 52,000.
    assert found["group_limit"].dropna().tolist() == pytest.approx([OWED / 2] * 2)
    pd.testing.assert_frame_equal(found, limits.recommend(book_of(AS_OF, run=run, **stated), rated()))
