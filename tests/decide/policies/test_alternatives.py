"""Other terms on the same losses: the frontier, the other reading of each convention, and terms that never bind."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tradecredit import words
from tradecredit.decide.policies import alternatives, quotes
from tradecredit.insurance.policy import Policy
from tradecredit.losses.simulation import simulate
from tradecredit.numerics.risk_measures import Sample

AS_OF = "2026-03-31"
MONTHS = pd.date_range("2025-04-15", "2026-03-15", freq="MS")
INVOICES = pd.DataFrame(
    [
        (f"{buyer}{month:%m}", buyer, month, month + pd.Timedelta(days=60), amount)
        for buyer, amount in [("A", 40_000.0), ("B", 9_000.0), ("C", 70_000.0), ("D", 20_000.0)]
        for month in MONTHS
    ],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
)
LIMITS = "buyer_id,source,amount,valid_from\n" + "".join(f"{b},insurer,300000,2025-01-01\n" for b in "ABC")
RATINGS = pd.DataFrame({"pd": [0.05, 0.03, 0.08, 0.02]}, index=pd.Index(list("ABCD"), name="buyer_id"))
POLICY = Policy(
    name="p", insured_percentage=0.9, each_loss_deductible=5_000, aggregate_first_loss=50_000, minimum_premium=60_000,
    maximum_liability=1_000_000, premium_tax_rate=0.1,
)  # fmt: skip


@pytest.fixture(scope="module")
def book(book_of):
    return book_of(AS_OF, run={"margin": 0.2}, invoices=INVOICES, limits=LIMITS)


def test_no_efficient_offer_is_beaten_and_every_other_one_is(book):
    found = alternatives.frontier(book, RATINGS, [POLICY])
    offers = found.offers
    assert len(offers) == 1 + 3 * 3 * 3 * 3
    (told,) = words.policies.pricing(found)
    assert told.startswith("Varied are the terms of p. ")
    assert f"and {found.charge:.1f} times the standard deviation of a year's indemnity" in told
    assert "(the middle of 1 offer)" in told
    assert offers.index[offers["quote"]].tolist() == ["p"]
    cost, left = offers["cost"].to_numpy(), offers["frontier_retained_es"].to_numpy()
    for place, efficient in enumerate(offers["efficient"]):
        no_worse = (cost <= cost[place]) & (left <= left[place])
        beaten = (no_worse & ((cost < cost[place]) | (left < left[place]))).any()
        if efficient:
            assert not beaten
        else:
            no_worse[place] = False
            assert no_worse.any()


def test_varied_terms_are_priced_as_the_policy_is(book):
    offers, *_ = alternatives.frontier(book, RATINGS, [POLICY])
    # The combination that repeats the policy's own terms has its premium and tax; no fee is charged.
    same = offers[
        (offers["insured_percentage"] == 0.9)
        & (offers["each_loss_deductible"] == 5_000)
        & (offers["aggregate_first_loss"] == 50_000)
        & (offers["maximum_liability"] == 1_000_000)
    ]
    assert len(same) == 2
    assert same["cost"].tolist() == pytest.approx([66_000.0] * 2)
    assert same["frontier_retained_es"].iloc[0] == same["frontier_retained_es"].iloc[1]


def test_the_charge_is_what_the_middle_offer_asks_above_its_indemnity():
    """Half of a loss of 100 in each second year: 25 in the mean, with a standard deviation of 25."""
    names, premiums = ["p", "q", "r", "no premium"], [75.0, 50.0, 150.0, 0.0]
    policies = [
        Policy(name=name, minimum_premium=premium or None) for name, premium in zip(names, premiums, strict=True)
    ]
    losses = pd.DataFrame({f"indemnity:{name}": [0.0, 50.0] for name in names})
    dist = SimpleNamespace(losses=losses, sample=Sample.equally_likely(2))
    table = pd.DataFrame(
        {"premium": premiums, "expected_indemnity": 25.0, "expected_adjustment": [np.nan, -11.0, np.nan, np.nan]},
        index=names,
    )
    charges = alternatives._charges(
        [*policies[:1], policies[1].model_copy(update={"premium_tax_rate": 0.1}), *policies[2:]], dist, table
    )
    # Of the second 10 of the premium come back, with the tax on them.
    assert charges.to_dict() == pytest.approx({"p": 2, "q": 0.6, "r": 5})


def test_no_charge_is_below_zero(book):
    """A policy that asks less than its expected indemnity prices no other one so."""
    cheap = Policy(name="p", insured_percentage=0.9, minimum_premium=10)
    found = alternatives.frontier(book, RATINGS, [cheap])
    assert found.charges["p"] < 0
    assert found.charge == 0
    assert (
        "Their premium is the expected indemnity: the offers in the middle ask no more than theirs."
        in (words.policies.pricing(found)[0])
    )


def test_without_a_premium_the_markets_loss_ratio_prices(book):
    found = alternatives.frontier(book, RATINGS, [Policy(name="p", insured_percentage=0.9)])
    assert found.charges.empty
    assert words.policies.pricing(found)[0].endswith("the market's loss ratio in 2024, 37.7 % of the premium.")
    # A part of a loss costs as much of the premium.
    costs = found.offers[~found.offers["quote"]].set_index(["insured_percentage", "each_loss_deductible"])
    whole = costs[(costs["aggregate_first_loss"] == 0) & np.isinf(costs["maximum_liability"])]["cost"]
    assert whole[(0.95, 0.0)] / whole[(0.80, 0.0)] == pytest.approx(0.95 / 0.80)


def test_a_sub_limit_stays_within_the_varied_maximum(book):
    # A quarter of the maximum is less than the discretionary one, which the terms of a policy forbid.
    policy = Policy(name="p", maximum_liability=100_000, discretionary_limit=20_000, minimum_premium=1_000,
                    discretionary_maximum_liability=90_000)  # fmt: skip
    offers, *_ = alternatives.frontier(book, RATINGS, [policy])
    assert 25_000 in offers["maximum_liability"].tolist()


def test_varied_amounts_suit_a_small_book(book_of):
    small = book_of(AS_OF, invoices=INVOICES.assign(amount=INVOICES["amount"] / 1_000))
    offers, *_ = alternatives.frontier(small, RATINGS, [Policy(name="p", discretionary_limit=1_000)])
    # Eleven months of 40 + 9 + 70 + 20 are open, 1,529 in all, so that a tenth of the mean is 38.2.
    assert sorted(offers["each_loss_deductible"].unique()) == [0, 38, 152]
    assert offers["aggregate_first_loss"].nunique() == 3


@pytest.mark.parametrize("name", ["varied 3", "other reading 1", "x" * 60])
def test_any_name_of_a_policy_can_be_varied(book, name):
    policy = Policy(**POLICY.model_dump() | {"name": name})
    assert len(alternatives.frontier(book, RATINGS, [policy]).offers) == 82
    assert set(alternatives.conventions(book, RATINGS, [policy])["policy"]) == {name}


def test_readings_that_come_to_the_same_do_not_differ_by_rounding(book):
    # At 100 %, without anything else kept, both ways of eroding the first loss leave the same.
    policy = Policy(name="p", insured_percentage=1.0, aggregate_first_loss=50_000, minimum_premium=1)
    table = alternatives.conventions(book, RATINGS, [policy]).set_index("term")
    assert table.loc["aggregate_erosion", "stated_indemnity"] > 0
    assert table.loc["aggregate_erosion", ["difference", "difference_se"]].tolist() == [0, 0]


def test_without_a_policy_there_is_no_frontier(book):
    found = alternatives.frontier(book, RATINGS, [])
    offers = found.offers
    assert offers.empty
    assert words.policies.pricing(found) == []


def test_the_other_reading_of_each_convention_that_shapes_a_term(book):
    table = alternatives.conventions(book, RATINGS, [POLICY, Policy(name="bare", loss_basis="debt")])
    assert table[["policy", "term"]].to_numpy().tolist() == [
        ["p", "deductible_order"], ["p", "aggregate_erosion"], ["p", "loss_basis"], ["bare", "loss_basis"],
    ]  # fmt: skip
    np.testing.assert_allclose(table["other_indemnity"] - table["stated_indemnity"], table["difference"], atol=1e-6)
    order = table.iloc[0]
    # 0.9·(x − 5,000) beside 0.9·x − 5,000: the second pays at most 500 less on each loss.
    assert -500 * RATINGS["pd"].sum() * 1.3 < order["difference"] < 0
    # Eroded by the whole debts, the first loss is used up sooner (definitions §5.11, example 8).
    assert table.iloc[1]["difference"] > 0


def test_terms_that_never_bind(book):
    idle = Policy(
        name="idle", threshold=4_000, each_loss_deductible=5_000, maximum_liability=1e9, minimum_retention=3_000,
        premium_rate=0.01, insured_turnover=1e6, minimum_premium=5_000, discretionary_limit=10_000,
        discretionary_maximum_liability=50_000,
    )  # fmt: skip
    busy = Policy(name="busy", maximum_liability=50_000, aggregate_first_loss=1_000, minimum_premium=5_000)
    portfolio = pd.DataFrame(
        {"pd": 0.1, "exposure": [200_000.0, 90_000.0, 60_000.0], "lgd": 0.8, "correlation": 0.15,
         "insured_limit": [150_000.0, 80_000.0, np.nan]},
        index=pd.Index(list("ABC"), name="buyer_id"),
    )  # fmt: skip
    nothing = Policy(name="nothing", kind="single_buyer", buyers=["Z"])
    dist = simulate(portfolio, policies=[idle, busy, nothing], scenarios=5_000, seed=1)
    table = alternatives.never_binding(dist, quotes.comparison(book, dist))
    assert table[["policy", "term"]].to_numpy().tolist() == [
        ["idle", "maximum_liability"], ["idle", "minimum_premium"], ["idle", "threshold"],
        ["idle", "discretionary_maximum_liability"], ["idle", "minimum_retention"],
        ["nothing", "kind"],
    ]  # fmt: skip
