"""Requests to the insurer and cuts by it: a ledger worked by hand, and what must hold for any cut."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import words
from tradecredit.decide import limits
from tradecredit.decide.limits.insurer import after_cut, left_out, requests
from tradecredit.default.grades import grade
from tradecredit.errors import InputError, ParameterError
from tradecredit.insurance.cover import of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.params.run import Run

AS_OF = "2026-03-31"
BOUNDS = Run.model_fields["grades"].default

# Each buyer buys for 10,000 a month at 15 days, owes the last month, and needs 10,000 × 45 / 30 = 15,000. Its net worth
# carries 7,000. What is settled was a discount: no payment is evidence for a discretionary limit. It came 20 days after
# the due day, so that at seven of the year's 52 week ends (3 June, 1 July, 2 September, 4 November, 2 December,
# 3 February, 3 March) two months were owed, and at the others one: 590,000 in all.
BUYERS = ["A", "B", "C", "D", "E"]
MONTHS = [pd.Timestamp("2024-03-01"), *pd.date_range("2025-04-01", "2026-03-01", freq="MS")]
INVOICES = pd.DataFrame(
    [(f"{buyer}{n}", buyer, day, day + pd.Timedelta(days=15), 10_000.0) for buyer in BUYERS
     for n, day in enumerate(MONTHS)],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
)  # fmt: skip
RECEIPTS = INVOICES[INVOICES["issued"] < "2026-03-01"].assign(
    received=lambda rows: rows["due"] + pd.Timedelta(days=20), kind="discount"
)
RECEIPTS = RECEIPTS[["invoice_id", "received", "amount", "kind"]]
TABLES = {
    "buyers": "buyer_id,kind\nA,private\nB,private\nC,private\nD,public\nE,private\n",
    "invoices": INVOICES,
    "receipts": RECEIPTS,
    "statements": "buyer_id,period_end,published,currency,equity\n"
    + "".join(f"{buyer},2024-12-31,2025-06-30,EUR,20000\n" for buyer in BUYERS),
    "limits": "buyer_id,source,amount,valid_from\nB,insurer,5000,2025-01-01\nC,insurer,0,2025-01-01\n",
}
LIMITS = {
    "net_worth_share": [0.35] * 10, "expected_loss_budget": 1e9, "maximum_share_of_book": 1.0, "digits": 6,
    # What is owed above a limit asks for nothing here, so that nobody is stopped.
    "tolerated_excess": 1e9,
}  # fmt: skip
POLICY = Policy(insured_percentage=0.9, premium_rate=0.002, premium_tax_rate=0.19, limit_fee=40.0)


@pytest.fixture(scope="module")
def book(book_of):
    return book_of(AS_OF, run={"limits": LIMITS, "losses": {"lgd": 1.0}, "margin": 0.18}, **TABLES)


def rated(probability=0.01):
    pd_of = pd.Series(probability, index=pd.Index(BUYERS, name="buyer_id"))
    method = ["x", "x", "x", "x", "in default"]
    return pd.DataFrame({"pd": pd_of, "grade": grade(pd_of, BOUNDS), "method": method})


def covered(book, insured_percentage=0.9):
    """Cover by a percentage within the limits that the insurer has named in the book."""
    return of_buyers(book, Policy(insured_percentage=insured_percentage))


# Requests


def test_requests_by_hand(book):
    found = requests(book, rated(), POLICY)
    # C was refused, D is public, E in default. B gains less, at the cost of the premium alone.
    assert found.index.tolist() == ["B", "A"]
    assert found["request"].tolist() == ["increased limit", "new limit"]
    assert found["request_code"].tolist() == ["3", "2"]
    # B may have 7,000 + 0.9 × 5,000 today, A its 7,000; both would have the 15,000 that they need.
    assert found["recommended_with_cover"].tolist() == [11_500, 7_000]
    assert found["recommended_with_request"].tolist() == found["requested"].tolist() == [15_000, 15_000]
    # 15,000 would have carried 45 × 10,000 + 7 × 15,000 of it, 11,500 carry 7 × 3,500 less, and 7,000 52 × 7,000.
    more = [120_000 * 24.5 / 590, 120_000 * 191 / 590]
    assert found["extra_sales"].tolist() == pytest.approx(more)
    assert found["margin_gained"].tolist() == pytest.approx([0.18 * sales for sales in more])
    # We bear 1,500 then; now 7,000 of either limit.
    assert found["expected_loss_change"].tolist() == pytest.approx([-55, -55])
    assert found["cost"].tolist() == pytest.approx([0.002 * 1.19 * more[0], 0.002 * 1.19 * more[1] + 40])
    assert found["net_gain"].tolist() == pytest.approx([896.95 + 55 - 11.86, 6_992.54 + 55 - 132.46], abs=0.01)
    assert found["margin_per_cost"].tolist() == pytest.approx([896.949 / 11.8597, 6_992.542 / 132.457], rel=1e-5)


def test_nothing_is_asked_for_a_buyer_that_is_stopped(book_of):
    # Each owes the 10,000 of March, 15 days past due, above its 7,000 (B: 11,500): paying it cures that of A.
    run = {"limits": LIMITS | {"tolerated_excess": 1.0}, "losses": {"lgd": 1.0}, "margin": 0.18}
    assert requests(book_of(AS_OF, run=run, **TABLES), rated(), POLICY).index.tolist() == ["B"]


def test_what_costs_more_than_it_earns_is_not_asked_for(book_of):
    dear = Policy(insured_percentage=0.9, limit_fee=20_000.0)
    run = {"limits": LIMITS, "losses": {"lgd": 1.0}, "margin": 0.18}
    found = requests(book_of(AS_OF, run=run, **TABLES), rated(), dear)
    assert found.index.tolist() == ["B"]
    assert found["cost"].tolist() == [0]
    assert found["margin_per_cost"].isna().all()


def test_a_discretionary_limit_counts_as_cover(book):
    # A quarter of 200,000 for accounts of last June that nobody says were audited.
    found = requests(book, rated(), Policy(insured_percentage=0.9, discretionary_limit=200_000.0))
    assert found.index.tolist() == ["B"]


def test_buyers_that_the_policy_does_not_list_are_not_asked_for(book):
    found = requests(book, rated(), Policy(kind="key_accounts", buyers=["A"], insured_percentage=0.9))
    assert found.index.tolist() == ["A"]


def test_without_a_margin_nobody_can_tell_whether_a_request_pays(book_of):
    book = book_of(AS_OF, run={"limits": LIMITS, "losses": {"lgd": 1.0}}, **TABLES)
    found = requests(book, rated(), POLICY)
    assert sorted(found.index) == ["A", "B"]
    assert found[["margin_gained", "net_gain", "margin_per_cost"]].isna().all(axis=None)
    assert found["cost"].notna().all()


def test_sales_are_net_of_tax(book_of):
    run = {"limits": LIMITS, "losses": {"lgd": 1.0}, "margin": 0.18}
    taxed = TABLES | {"invoices": INVOICES.assign(tax=1_500.0)}
    found = requests(book_of(AS_OF, run=run, **taxed), rated(), POLICY)
    of_a, of_b = 120_000 * 191 / 590, 120_000 * 24.5 / 590
    assert found.loc["A", "extra_sales"] == pytest.approx(0.85 * of_a)
    # Exports to A bear no tax: it is the buyer's own share that counts, also for the premium.
    abroad = TABLES | {"invoices": INVOICES.assign(tax=np.where(INVOICES["buyer_id"] == "A", np.nan, 1_500.0))}
    found = requests(book_of(AS_OF, run=run, **abroad), rated(), POLICY)
    assert found["extra_sales"].to_dict() == pytest.approx({"A": of_a, "B": 0.85 * of_b})
    assert found.loc["B", "cost"] == pytest.approx(0.002 * 1.19 * 0.85 * of_b)


def test_all_is_insured_at_a_percentage_of_one(book):
    found = requests(book, rated(), Policy(insured_percentage=1.0))
    assert found["recommended_with_request"].tolist() == [15_000, 15_000]
    assert found.loc["A", "expected_loss_change"] == pytest.approx(-70)


# Cuts


def test_a_cut_by_hand(book):
    found = after_cut(book, rated(), 0.5, cover=covered(book))
    assert found.index.tolist() == ["B"]
    row = found.loc["B"]
    assert row[["exposure", "insurer_limit", "insurer_limit_after"]].tolist() == [10_000, 5_000, 2_500]
    # Owed 10,000, of which 0.9 × 5,000 is insured, and then 0.9 × 2,500.
    assert row[["insured", "insured_after", "own", "own_after"]].tolist() == pytest.approx([4_500, 2_250, 5_500, 7_750])
    assert row["own_more"] == pytest.approx(2_250)
    assert row["expected_loss_more"] == pytest.approx(22.5)
    assert row[["recommended_with_cover", "recommended_with_cover_after"]].tolist() == [11_500, 9_250]
    assert row["over_after"] == pytest.approx(750)


def test_limits_are_cut_to_given_amounts_and_never_raised(book):
    row = after_cut(book, rated(), pd.Series({"B": 1_000.0, "A": 0.0}), cover=covered(book)).loc["B"]
    assert row[["insurer_limit_after", "recommended_with_cover_after"]].tolist() == [1_000, 7_900]
    assert after_cut(book, rated(), pd.Series({"B": 9_000.0}), cover=covered(book)).empty
    assert after_cut(book, rated(), 1.0, cover=covered(book)).empty


def test_a_cut_that_cannot_be_is_refused(book):
    with pytest.raises(ParameterError, match="from 0 to 1"):
        after_cut(book, rated(), 1.5, cover=covered(book))
    for wrong in (-1.0, np.nan):
        with pytest.raises(InputError, match="0 or more"):
            after_cut(book, rated(), pd.Series({"B": wrong}), cover=covered(book))


@given(left=st.floats(0, 1), share=st.floats(0, 1), probability=st.floats(0.001, 0.5))
@settings(max_examples=12)
def test_a_cut_never_lowers_our_own_part_nor_raises_a_limit(book, left, share, probability):
    found = after_cut(book, rated(probability), left, cover=covered(book, share))
    assert (found["own_more"] >= -1e-9).all()
    assert (found["own_after"] + found["insured_after"]).tolist() == pytest.approx(found["exposure"].tolist())
    assert (found["recommended_with_cover_after"] <= found["recommended_with_cover"]).all()


def test_a_cut_is_only_told_of_limits_that_bear_something_and_of_what_it_adds(book):
    excess = Policy(kind="excess_of_loss", aggregate_first_loss=100, maximum_liability=1_000)
    assert after_cut(book, rated(), 0.5, cover=of_buyers(book, excess)).empty
    assert after_cut(book, rated(), 0.5, cover=of_buyers(book)).empty
    row = after_cut(book, rated(), 0.0, cover=covered(book)).loc["B"]
    # 10,000 are owed; 11,500 were recommended with cover, and without it 7,000.
    assert row[["over_after", "over_more"]].tolist() == pytest.approx([3_000, 3_000])


def test_a_cut_does_not_touch_buyers_to_whom_nothing_is_shipped_with_cover(book):
    # Their invoices of March are 15 days overdue at the end of the month.
    strict = Policy(insured_percentage=0.9, maximum_extension_days=10)
    assert after_cut(book, rated(), 0.0, cover=of_buyers(book, strict)).empty


def test_a_limit_that_the_policy_refuses_is_not_asked_for_and_one_that_it_names_is(book):
    terms = {"insured_percentage": 0.9, "premium_rate": 0.002, "insured_turnover": 1.0}
    assert requests(book, rated(), Policy(**terms, limits={"A": 0.0})).index.tolist() == ["B"]
    # The book has C refused; the policy names a limit for it.
    assert "C" in requests(book, rated(), Policy(**terms, limits={"C": 1_000.0})).index


def test_a_buyer_that_is_stopped_or_has_never_ordered_is_not_asked_for(book_of):
    run = {"limits": LIMITS, "losses": {"lgd": 1.0}, "margin": 0.18}
    buyers = TABLES["buyers"] + "N,private\n"
    ratings = pd.concat([rated(), rated().loc[["A"]].rename(index={"A": "N"})])
    book = book_of("2026-05-31", run=run, **TABLES | {"buyers": buyers})
    assert requests(book, ratings, POLICY).index.tolist() == ["B", "A"]
    # Their invoices of March were due on the 16th.
    strict = Policy(**POLICY.model_dump(exclude_unset=True) | {"maximum_extension_days": 60})
    assert requests(book, ratings, strict).empty
    # A to D have invoices of March, insured of B alone; E is in default before that, and N has never ordered.
    found = left_out(book, limits.recommend(book, ratings, cover=of_buyers(book, strict)), strict)
    assert found[["to report or claim", "no longer insured"]].tolist() == [1, 3]
    assert found["in default"] == 1


def test_of_whom_nothing_is_asked_by_hand(book):
    # C was refused, D is public, E in default; A and B are asked for.
    found = left_out(book, limits.recommend(book, rated(), cover=of_buyers(book, POLICY)), POLICY)
    assert found[found > 0].to_dict() == {"in default": 1, "refused": 1, "not insurable": 1}
    assert left_out(book, limits.recommend(book, rated()), None).empty


def test_of_whom_a_payment_alone_is_asked_is_not_told_as_to_be_reported(book_of):
    # Of A to D the invoices of March are past their period of 60 days, and B alone has insured debt to report; where
    # that is too little to be reported, what B buys is not insured all the same.
    found = {}
    for least in (0, 1e9):
        run = {"limits": LIMITS, "losses": {"lgd": 1.0}, "margin": 0.18, "decisions": {"report_from": least}}
        book = book_of("2026-05-31", run=run, **TABLES)
        strict = Policy(**POLICY.model_dump(exclude_unset=True) | {"maximum_extension_days": 60})
        found[least] = left_out(book, limits.recommend(book, rated(), cover=of_buyers(book, strict)), strict)
    asked = ["to report or claim", "no longer insured"]
    assert found[0][asked].tolist() == [1, 3]
    assert found[1e9][asked].tolist() == [0, 4]


def test_why_nothing_is_asked_for_is_said():
    found = pd.Series({"in default": 0, "to report or claim": 2, "refused": 1})
    assert words.limits_of_the_book.not_requested(found) == (
        "Not asked for are limits of 2 buyers whose debt is to be reported or claimed and 1 buyer that the insurer has "
        "refused. Of all others more cover would let us sell no more, or cost more than it earns."
    )
    assert words.limits_of_the_book.not_requested(found * 0) == ""


@given(probability=st.floats(0.0005, 0.2), share=st.floats(0.1, 1), fee=st.floats(0, 5_000))
@settings(max_examples=12)
def test_requests_pay_and_keep_what_nobody_may_pass(book, probability, share, fee):
    found = requests(book, rated(probability), Policy(insured_percentage=share, limit_fee=fee, premium_rate=0.002,
                                                      insured_turnover=1.0))  # fmt: skip
    assert (found["net_gain"] > 0).all()
    assert (found["recommended_with_request"] > found["recommended_with_cover"]).all()
    assert (found["recommended_with_request"] <= 15_000).all()


# In words


def test_what_is_said_of_requests_and_cuts(book, book_of):
    asked = requests(book, rated(), POLICY)
    assert words.limits_of_the_book.requests(asked, book.run) == (
        "All 2 together would earn EUR 7,855 a year, after expected losses and EUR 144 of premium and fees. "
        "The credit analyst sends them to the insurer by 22 April 2026, in the ordinary course; the account of cover "
        "(chapter 05) counts them once they are granted."
    )
    assert (
        words.limits_of_the_book.requests(asked.head(0), book.run) == "No limit is worth requesting from the insurer."
    )
    bare = book_of(AS_OF, run={"limits": LIMITS, "losses": {"lgd": 1.0}}, **TABLES)
    assert "states no margin" in words.limits_of_the_book.requests(requests(bare, rated(), POLICY), bare.run)
    assert words.limits_of_the_book.insurer_cut(after_cut(book, rated(), 0.5, cover=covered(book)), "EUR") == (
        "It would affect 1 buyer: retained exposure would rise by EUR 2,250, and the expected loss by EUR 22.50 a "
        "year. A further EUR 750 of exposure would exceed the recommended limits (1 buyer)."
    )
    cut = pd.DataFrame({"own_more": 10.0, "expected_loss_more": 1.0, "over_more": [2_015.0, -1_000.0]})
    assert words.limits_of_the_book.insurer_cut(cut, "EUR").endswith(
        "A further EUR 2,015 of exposure would exceed the recommended limits (1 buyer); EUR 1,000 less of 1 buyer, as "
        "lower limits of others leave room under a cap."
    )
    assert words.limits_of_the_book.insurer_cut(after_cut(book, rated(), 1.0, cover=covered(book)), "EUR").startswith(
        "No buyer would be"
    )
