"""Whether cover is worth its cost: the arithmetic by hand on losses that are written down, and the sentences."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import YEAR

from tradecredit import words
from tradecredit.decide.policies import quotes, terms
from tradecredit.insurance.policy import Policy
from tradecredit.losses.distribution import LossDistribution
from tradecredit.losses.simulation import simulate
from tradecredit.losses.simulator import Settings
from tradecredit.numerics.risk_measures import Sample
from tradecredit.params.losses import Dependence, Sampling
from tradecredit.params.policy import NO_COVER, PolicyTerms

AS_OF = "2026-03-31"
PRICE = 0.10
"""The run's cost of capital."""

INVOICES, BUYERS, LIMITS = (YEAR[name] for name in ("invoices", "buyers", "limits"))


@pytest.fixture
def book(book_of):
    return book_of(AS_OF, run={"cost_of_capital": PRICE}, invoices=INVOICES, buyers=BUYERS, limits=LIMITS)


def written(gross, *policies: Policy, paid: float = 0.9, buyers: pd.DataFrame | None = None) -> LossDistribution:
    """A distribution with these losses, of which each policy pays the same share."""
    gross = np.asarray(gross, dtype=float)
    losses = {"gross": gross}
    for policy in policies:
        losses |= {f"indemnity:{policy.name}": paid * gross, f"retained:{policy.name}": (1 - paid) * gross}
    sample = Sample.equally_likely(len(gross))
    steps = (len(gross),)
    return LossDistribution(buyers, policies, pd.DataFrame(losses), sample, pd.DataFrame(), TAIL, 1, steps)


TAIL = Settings(Dependence(), Sampling())

YEARS = [100_000.0, *[10_000.0] * 9, *[0.0] * 990]
"""1,000 years: mean 190; the worst 0.1 % is the one of 100,000. Cost of risk 190 + 0.1 × (100,000 − 190) = 10,171."""


def test_what_a_bad_year_leaves_beside_another_policy():
    """The worst ten of 1,000 years lose 100,000 and nine times 10,000: 19,000 on average, of which a tenth is left."""
    dist = written(YEARS, Policy(name="p"))
    left, more, error = quotes.tail_beside(dist, "p", NO_COVER)
    assert (left, more) == pytest.approx((1_900, -17_100))
    assert quotes.tail_beside(dist, NO_COVER, "p")[:2] == pytest.approx((19_000, 17_100))
    # None of the worst ten loses 0, the quantile: the error is that of the mean of 0.9 × L / 0.01.
    assert error == pytest.approx(0.9 / 0.01 * math.sqrt(10_900_000 - 190**2) / math.sqrt(1_000))
    assert np.isnan(quotes.tail_beside(written([1.0] * 500, Policy(name="p")), "p", NO_COVER)[2])


def test_an_offer_dominates_another_only_beyond_simulation_error():
    """Of 20,000 years the worst 20 lose 100,000, under p half of it.

    q leaves 10 less of every year, so that the difference has no error; `dearer` the same for more money. `unsure`
    leaves 999 more and 1,001 less by turns in the worst years: 1 less on average, ± 1,000 / √20 = 224, as no other
    year has an influence on the difference.
    """
    gross = np.r_[np.full(20, 100_000.0), np.full(19_980, 20_000.0)]
    turns = np.r_[np.tile([999.0, -1_001.0], 10), np.zeros(19_980)]
    kept = {
        "p": gross / 2,
        "q": gross / 2 - 10,
        "dearer": gross / 2 - 10,
        "alike": gross / 2,
        "unsure": gross / 2 + turns,
    }
    dist = written(gross, *(Policy(name=name) for name in kept))
    dist = replace(dist, losses=dist.losses.assign(**{f"retained:{name}": left for name, left in kept.items()}))
    cost = pd.Series({NO_COVER: 0.0, "p": 500.0, "q": 200.0, "dearer": 600.0, "alike": 500.0, "unsure": 200.0})
    table = pd.DataFrame({"cost": cost, "cost_of_risk": cost})
    found = quotes.dominating(table, dist, "p")
    assert found.index.tolist() == ["q"]
    assert found.loc["q"].tolist() == pytest.approx([300, 0, 10, 0], abs=1e-9)
    assert quotes.dominating(table, dist, "alike").index.tolist() == ["q"]
    assert quotes.dominating(table, dist, "q").empty
    _, more, error = quotes.tail_beside(dist, "unsure", "p", 0.999)
    assert (more, error) == pytest.approx((-1, 1_000 / math.sqrt(20)), rel=1e-3)
    # Of 5,000 years five lie beyond 99.9 %: no error is known, and nothing dominates.
    few = replace(dist, losses=dist.losses.iloc[:5_000], sample=Sample.equally_likely(5_000))
    assert quotes.dominating(table, few, "p").empty


def test_a_cost_that_hangs_on_a_bonus_is_told_with_its_error():
    """A tenth of a premium of 1,000 comes back in years without a claim, half of all: 100 × ½ / √1,000 years."""
    bonus = Policy(name="b", minimum_premium=1_000, no_claims_bonus=0.1)
    dist = written([0.0, 1_000.0] * 500, bonus, Policy(name="p"))
    assert quotes._adjustment_error(dist, "b", "p") == pytest.approx(100 * 0.5 / math.sqrt(1_000))


def test_cost_of_risk_by_hand(book):
    policy = Policy(
        name="p", insured_percentage=0.9, minimum_premium=2_000, limit_fee=40, premium_tax_rate=0.19,
        maximum_liability=90_000,
    )  # fmt: skip
    table = quotes.comparison(book, written(YEARS, policy))
    bare, row = table.loc[NO_COVER], table.loc["p"]
    assert table.index.tolist() == [NO_COVER, "p"]
    assert bare[["cost", "premium", "expected_indemnity", "saved_se"]].tolist() == [0, 0, 0, 0]
    assert bare["retained_expected"] == pytest.approx(190)
    assert bare["retained_es"] == pytest.approx(100_000)
    assert bare["cost_of_risk"] == pytest.approx(10_171)
    assert bare[["break_even_cost", "saving_se", "loss_ratio", "break_even_sales", "maximum_binds"]].isna().all()
    # One named limit that can be used, A's: the refused one and the public body's cost no fee.
    assert row["cost"] == pytest.approx(2_000 + 40 + 380)
    assert row["premium"] == 2_000
    assert row["expected_indemnity"] == pytest.approx(171)
    assert row["saved_se"] == pytest.approx(0.9 * np.std(YEARS) / math.sqrt(1_000))
    assert row["retained_expected"] == pytest.approx(19)
    assert row["retained_es"] == pytest.approx(10_000)
    assert row["cost_of_risk"] == pytest.approx(2_420 + 1_017.1)
    assert row["break_even_cost"] == pytest.approx(10_171 - 1_017.1)
    assert row["loss_ratio"] == pytest.approx(171 / 2_000)
    assert row["maximum_binds"] == pytest.approx(1 / 1_000)
    assert math.isnan(row["retained_es_se"])
    assert math.isnan(row["saving_se"])


def test_a_policy_without_premium_has_no_loss_ratio_and_one_without_maximum_never_reaches_it(book):
    row = quotes.comparison(book, written(YEARS, Policy(name="p"))).loc["p"]
    assert math.isnan(row["loss_ratio"])
    assert row["maximum_binds"] == 0
    assert row["cost"] == 0


@given(paid=st.floats(0, 1), price=st.floats(0, 1), losses=st.lists(st.floats(0, 1e6), min_size=20, max_size=40))
@settings(max_examples=50)
def test_at_its_break_even_cost_a_policy_is_as_good_as_none(break_even_book, paid, price, losses):
    run = break_even_book.run.model_copy(update={"cost_of_capital": price})
    priced = replace(break_even_book, run=run)
    free = quotes.comparison(priced, written(losses, Policy(name="p"), paid=paid))
    cost = free.loc["p", "break_even_cost"]
    assert cost >= -1e-6
    dist = written(losses, Policy(name="p", minimum_premium=max(cost, 0.0)), paid=paid)
    table = quotes.comparison(priced, dist)
    assert table.loc["p", "cost_of_risk"] == pytest.approx(table.loc[NO_COVER, "cost_of_risk"], abs=1e-6)
    assert table.loc["p", "break_even_cost"] == pytest.approx(cost)


@pytest.fixture(scope="module")
def break_even_book(book_of):
    return book_of(AS_OF, invoices=INVOICES, buyers=BUYERS, limits=LIMITS)


@pytest.fixture(scope="module")
def portfolio():
    return pd.DataFrame(
        {
            "pd": [0.05, 0.03, 0.02, 0.04], "exposure": [90_000.0, 60_000.0, 120_000.0, 30_000.0], "lgd": 0.8,
            "correlation": 0.15, "insured_limit": [80_000.0, np.nan, 0.0, 0.0],
        },
        index=pd.Index(list("ABCD"), name="buyer_id"),
    )  # fmt: skip


def test_error_of_the_saving_is_that_of_repeated_simulations(book, portfolio):
    policy = Policy(name="p", insured_percentage=0.9, each_loss_deductible=1_000, minimum_premium=1_000)
    tables = [
        quotes.comparison(book, simulate(portfolio, policies=[policy], scenarios=20_000, seed=seed)).loc["p"]
        for seed in range(40)
    ]
    found = pd.DataFrame(tables)
    assert found["break_even_cost"].std() == pytest.approx(found["saving_se"].mean(), rel=0.3)


def test_simulated_losses_keep_their_books(book, portfolio):
    policies = [Policy(name="p", insured_percentage=0.9, minimum_premium=500), Policy(name="q", minimum_premium=900)]
    table = quotes.comparison(book, simulate(portfolio, policies=policies, scenarios=12_000, seed=4))
    bare = table.loc[NO_COVER]
    assert table.index.tolist() == [NO_COVER, "p", "q"]
    assert (table["retained_expected"] + table["expected_indemnity"]).tolist() == pytest.approx(
        [bare["retained_expected"]] * 3
    )
    assert table.loc["q", "expected_indemnity"] > table.loc["p", "expected_indemnity"]
    assert (table["cost_of_risk"] + table["break_even_cost"] - table["cost"]).dropna().tolist() == pytest.approx(
        [bare["cost_of_risk"]] * 2
    )


# What the sentences say. The saving has a standard error of some 1,000: one year in 1,000 carries it all.


@pytest.mark.parametrize(
    ("premium", "sentence"),
    [
        (
            5_000,
            "On today's balances, the losses and the capital that p takes away pay for it by themselves: the yearly "
            "cost of risk is EUR 6,017, EUR 4,200 less than without insurance. It costs EUR 5,000; these alone would "
            "pay for EUR 9,154.",
        ),
        (
            20_000,
            "On today's balances, the losses and the capital that p takes away do not pay for it by themselves: the "
            "yearly cost of risk is EUR 21,017, EUR 10,800 more than without insurance. It costs EUR 20,000; these "
            "alone would pay for EUR 9,154.",
        ),
    ],
)
def test_whether_losses_alone_pay_for_it(book, premium, sentence):
    table = quotes.comparison(book, written(YEARS * 100, Policy(name="p", minimum_premium=premium)))
    assert words.policies.losses_alone(table, "EUR") == sentence


def test_too_few_years_tell_nothing(book):
    # One of 1,000 years lies beyond 99.9 %: how far the saving is off cannot be known.
    table = quotes.comparison(book, written(YEARS, Policy(name="p", minimum_premium=5_000)))
    assert "cannot be decided from these scenarios" in words.policies.losses_alone(table, "EUR")


def test_the_best_of_several_is_named(book):
    dear, cheap = Policy(name="dear", minimum_premium=9_000), Policy(name="cheap", minimum_premium=1_000)
    assert "that cheap takes away" in words.policies.losses_alone(
        quotes.comparison(book, written(YEARS * 100, dear, cheap)), "EUR"
    )


def test_nothing_to_compare_without_a_policy(book):
    table = quotes.comparison(book, written(YEARS))
    assert words.policies.losses_alone(table, "EUR").startswith(
        "The run file names no policy: there is nothing to compare"
    )
    assert terms.in_force(book, written(YEARS)) == NO_COVER


def test_a_difference_within_the_error_of_the_simulation_is_not_told_as_one(book):
    losses = np.random.default_rng(3).exponential(10_000, 20_000)
    free = quotes.comparison(book, written(losses, Policy(name="p"))).loc["p"]
    for errors, finding in (
        (1.5, "cannot be decided from these scenarios"),
        (-1.5, "cannot be decided"),
        (2.5, "pay for it by"),
    ):
        premium = free["break_even_cost"] - errors * free["saving_se"]
        table = quotes.comparison(book, written(losses, Policy(name="p", minimum_premium=premium)))
        assert finding in words.policies.losses_alone(table, "EUR")


def test_cover_that_makes_things_worse_is_worth_nothing(book):
    # It pays in the good years only: the tail stays, and the premium buys hardly anything.
    policy = Policy(name="p", minimum_premium=100)
    gross = np.array(YEARS * 100)
    paid = np.where(gross > 50_000, -5_000.0, 0.0)
    losses = pd.DataFrame({"gross": gross, "indemnity:p": paid, "retained:p": gross - paid})
    table = quotes.comparison(
        book,
        LossDistribution(None, (policy,), losses, Sample.equally_likely(len(losses)), pd.DataFrame(), TAIL, 1, (1,)),
    )
    assert table.loc["p", "break_even_cost"] < 0
    assert words.policies.losses_alone(table, "EUR").endswith("would pay for EUR 0.")


# What the book and the run say


def test_buyers_that_the_book_does_not_know_are_told(book):
    policies = [
        Policy(name="key", kind="key_accounts", buyers=["A", "Z"], limits={"Y": 1, "B": 2}),
        Policy(name="one", kind="single_buyer", buyers=["A"]),
        Policy(name="all"),
    ]
    (sentence,) = words.policies.unknown_buyers(book, policies)
    assert sentence.startswith("key names Y and Z, ")


def test_fees_are_for_the_limits_that_the_policy_names(book):
    def fees(**terms):
        policy = Policy(name="p", limit_fee=40, **terms)
        return quotes.comparison(book, written(YEARS, policy)).loc["p", "fees"]

    # The book has a named limit on A, none on B, and a refused one on C; Z is no buyer of the book.
    assert fees() == 40
    assert fees(discretionary_limit=1_000) == 40
    assert fees(limits={"B": 500, "A": 0}) == 40
    assert fees(kind="key_accounts", buyers=["A", "B", "C", "Z"]) == 40
    assert fees(kind="key_accounts", buyers=["A", "B", "C"], limits={"B": 1, "C": 1}) == 120
    assert fees(kind="single_buyer", buyers=["B"]) == 0


def test_terms_in_words():
    malus = [{"loss_ratio_above": 1.5, "premium_share": 0.25}]
    first = Policy(name="first", kind="key_accounts", buyers=["A", "B"], limits={"A": 9_000}, minimum_premium=1)
    second = Policy(name="second", malus=malus, minimum_premium=1)
    table = terms.terms([first, second])
    assert table.loc["buyers"].fillna("").tolist() == ["A; B", ""]
    assert table.loc["limits"].fillna("").tolist() == ["A: 9,000", ""]
    assert table.loc["malus"].fillna("").tolist() == ["", "25% above 1.5 × premium"]
    assert "bonus_loss_ratio" not in table.index
    assert not {"malus", "buyers", "limits"} & set(terms.terms([Policy()]).index)


def test_terms_side_by_side():
    first = Policy(name="first", threshold=500, threshold_kind="deductible", loss_basis="debt", minimum_premium=1)
    second = Policy(name="second", each_loss_deductible=100, waiting_days=90)
    table = terms.terms([first, second])
    assert table.columns.tolist() == ["first", "second"]
    assert table.loc["threshold"].fillna(-1).tolist() == [500, -1]
    assert table.loc["threshold_kind"].fillna("").tolist() == ["deductible", ""]
    assert table.loc["deductible_order"].fillna("").tolist() == ["", "deductible_first"]
    assert table.loc["recovery_sharing"].fillna("").tolist() == ["pro_rata", ""]
    assert table.loc["waiting_from"].fillna("").tolist() == ["", "due"]
    assert table.loc["insured_percentage"].tolist() == [1.0, 1.0]
    for absent in ("aggregate_first_loss", "aggregate_erosion", "name", "extension_from", "premium_rate"):
        assert absent not in table.index
    assert terms.terms([]).empty


def test_curves_of_what_stays_with_us(book, portfolio):
    dist = simulate(portfolio, policies=[Policy(name="p", insured_percentage=0.9)], scenarios=2_000, seed=1)
    curves = quotes.retained_curves(dist)
    assert list(curves) == [NO_COVER, "p"]
    pd.testing.assert_frame_equal(curves["p"], dist.exceedance("retained:p"))
    # The worst years may be rarer than the chart goes.
    beyond = dist.losses["retained:p"] > curves["p"]["loss"].max()
    assert dist.probability_of(beyond)[0] <= 1e-5
    quoted = replace(book, run=book.run.model_copy(update={"policy": None}))
    assert terms.in_force(quoted, dist) == NO_COVER, "a quote is not in force"
    insured = replace(book, run=book.run.model_copy(update={"policy": PolicyTerms(name="p")}))
    assert terms.in_force(insured, dist) == "p"
