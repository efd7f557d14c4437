"""As many years as a precision needs: steps worked by hand, figures held, and the same figures from steps."""

import numpy as np
import pandas as pd
import pytest

from tradecredit import words
from tradecredit.insurance.policy import Policy
from tradecredit.losses.cost_of_risk import CAPITAL_LEVEL, programme_costs, risk_cost, risk_influence
from tradecredit.losses.distribution import LossDistribution
from tradecredit.losses.precision import FIRST, AsNeeded, of_differences, of_tail
from tradecredit.losses.simulation import assess, simulate, stressed
from tradecredit.numerics.risk_measures import Sample, Tail, expected, expected_shortfall
from tradecredit.params.losses import Sampling, Simulation
from tradecredit.params.stress import Scenario

LEVELS = [0.95, 0.99, 0.999]
RANDOM = np.random.default_rng(8)
BOOK = pd.DataFrame(
    {
        "pd": np.minimum(RANDOM.lognormal(np.log(0.02), 1, 80), 0.3),
        "exposure": RANDOM.lognormal(11, 1, 80).round(),
        "lgd": 0.6,
        "correlation": 0.15,
        "insured_limit": 80_000.0,
    },
    index=pd.Index([f"B{number}" for number in range(80)], name="buyer_id"),
)
POLICY = Policy(name="p", insured_percentage=0.9, aggregate_first_loss=30_000, minimum_premium=25_000)


def asked(precision: float, most: int = 200_000) -> AsNeeded:
    def missing(dist: LossDistribution) -> float:
        views = [Tail.of(dist.losses[view].to_numpy(), dist.sample, 0.95) for view in ("gross", "retained:p")]
        return of_tail(views, levels=LEVELS, precision=precision)

    return AsNeeded(most, missing)


def test_a_step_is_what_the_root_of_the_number_of_years_asks_for():
    needed = AsNeeded(200_000, lambda _: 0.0)
    assert needed.further(10_000, 1.0) == 0
    # 1.05 × 1.1² = 1.2705: 2,705 more, three steps of 1,024. Three times as many at most, not above the ceiling.
    assert needed.further(10_000, 1.1) == 3_072
    assert needed.further(4_096, 50.0) == needed.further(4_096, np.inf) == 12_288
    assert needed.further(199_000, 1.2) == 1_000
    assert needed.further(200_000, 1.2) == 0


def test_years_are_simulated_until_every_figure_of_the_tail_is_known_so_well_and_no_longer():
    dist = simulate(BOOK, policies=[POLICY], scenarios=asked(0.01), seed=1)
    assert dist.missing <= 1
    assert sum(dist.steps) == len(dist.losses) == len(dist.probability)
    table = dist.summary(LEVELS)
    held = table[table["view"].isin(["gross", "retained:p"]) & table["measure"].isin(["VaR", "ES"])]
    assert (held["standard_error"] <= 0.01 * held["value"]).all()
    assert len(dist.steps) > 1
    before = simulate(BOOK, policies=[POLICY], scenarios=dist.steps[:-1], seed=1)
    assert asked(0.01).missing(before) > 1
    # What one step simulates hangs on no other.
    pd.testing.assert_frame_equal(before.losses, dist.losses.iloc[: len(before.losses)], check_exact=True)


def test_the_same_steps_give_the_same_bits_with_any_number_of_threads():
    first = simulate(BOOK, policies=[POLICY], scenarios=asked(0.03), seed=1, sampling=Sampling(threads=1))
    for scenarios in (asked(0.03), first.steps):
        again = simulate(BOOK, policies=[POLICY], scenarios=scenarios, seed=1, sampling=Sampling(threads=3))
        pd.testing.assert_frame_equal(again.losses, first.losses, check_exact=True)
        assert (again.probability == first.probability).all()
        pd.testing.assert_series_equal(
            again.contributions("gross", 0.99), first.contributions("gross", 0.99), check_exact=True
        )


def test_the_ceiling_holds_and_what_is_missing_is_said():
    dist = simulate(BOOK, policies=[POLICY], scenarios=asked(0.0005, most=FIRST + 500), seed=1)
    assert dist.steps == (FIRST, 500)
    assert dist.missing > 1
    settings = Simulation(precision=0.0005, scenarios=FIRST + 500)
    told = words.losses.years(len(dist.losses), dist.missing, settings)
    assert told.startswith(f"{FIRST + 500:,} years were simulated, all that `simulation.scenarios`")
    assert f"most 0.05 % of it (of the smaller cost of risk), and the largest is {0.05 * dist.missing:.2g} %." in told
    assert words.losses.years(9_216, 0.9, Simulation()).startswith("9,216 years were simulated, as many as it takes")
    unknown = words.losses.years(9_216, np.inf, Simulation())
    assert ", and the largest is not known. Bad years are drawn more often and weigh less" in unknown
    # Without importance sampling every year weighs the same.
    assert words.losses.years(9_216, np.inf, Simulation(method="plain")).endswith("and the largest is not known.")
    assert simulate(BOOK, scenarios=2_000, seed=1).missing is None


def test_errors_of_several_steps_are_those_of_repeated_simulation():
    def shortfall(seed: int) -> tuple[float, float]:
        dist = simulate(BOOK, scenarios=(2_048, 1_024, 1_024), seed=seed)
        return expected_shortfall(dist.losses["gross"].to_numpy(), dist.sample, 0.99)

    values, errors = np.array([shortfall(seed) for seed in range(60)]).T
    assert 0.75 * values.std(ddof=1) < errors.mean() < 1.7 * values.std(ddof=1)


def test_factors_of_a_tail_by_hand():
    # Twenty losses, equally likely: ES 50 % of 1 … 20 is 15.5; a figure of nothing is not held.
    losses = np.arange(1.0, 21.0)
    sample = Sample.equally_likely(20)
    value, error = expected_shortfall(losses, sample, 0.5)
    assert value == pytest.approx(15.5)
    tail, nothing = (Tail.of(losses * factor, sample, 0.5) for factor in (1, 0))
    found = of_tail([tail, nothing], levels=[0.5], precision=0.01, measures=["ES"])
    assert found == pytest.approx(error / 0.155)
    # Fewer than ten years lie beyond: the error is not known.
    assert of_tail([tail], levels=[0.9], precision=0.01) == np.inf
    assert of_tail([nothing], levels=[0.5], precision=0.01) == 0


def test_factors_of_differences_by_hand():
    # Four years: the influences differ by 3, −3, 3, −3, so that the error is 3 / √4 = 1.5, of 1 % of the smaller cost.
    one, other = np.array([4.0, -4.0, 4.0, -4.0]), np.array([1.0, -1.0, 1.0, -1.0])
    sample = Sample.equally_likely(4)
    costs, influences = {"a": 200.0, "b": 100.0}, {"a": one, "b": other}
    assert of_differences(costs, influences, sample, 0.01) == pytest.approx(1.5)
    assert of_differences({"a": 200.0}, influences, sample, 0.01) == 0


def test_the_cost_of_risk_and_its_influence_agree():
    losses = np.arange(2_000.0)
    sample = Sample.equally_likely(2_000)
    # By hand: mean 999.5, the worst 0.1 % are 1,998 and 1,999.
    assert risk_cost(999.5, 1998.5, 0.1) == pytest.approx(1_099.4)
    assert risk_cost(expected(losses, sample)[0], expected_shortfall(losses, sample, CAPITAL_LEVEL)[0], 0.1) == (
        pytest.approx(1_099.4)
    )
    assert sample.probability @ risk_influence(losses, sample, 0.1) == pytest.approx(0, abs=1e-9)


def test_a_programme_costs_its_parts():
    limits = pd.DataFrame({"insured_limit": [10.0, np.nan, 0.0]}, index=pd.Index(list("ABC"), name="buyer_id"))
    below = Policy(name="below", minimum_premium=100, premium_tax_rate=0.1, limit_fee=7)
    above = Policy(name="above", kind="top_up", primary="below", top_up_share=0.5, top_up_rate=0.2)
    table = programme_costs([below, above], limits, limits)
    # One named limit that is not refused; the top-up is charged 20 % of half of 10.
    assert table.loc["below"].tolist() == pytest.approx([100, 7, 10, 117])
    assert table.loc["above"].tolist() == pytest.approx([101, 7, 10, 118])
    assert programme_costs([], limits, limits).empty


def test_a_stress_meets_the_same_years():
    dist = simulate(BOOK, policies=[POLICY, Policy(name="other")], scenarios=asked(0.05), seed=1)
    cut = stressed(dist, Scenario(description="d", source="s", limits_left=0.5), ["p"])
    assert (cut.steps, cut.views) == (dist.steps, ["gross", "indemnity:p", "retained:p"])
    pd.testing.assert_series_equal(cut.losses["gross"], dist.losses["gross"], check_exact=True)
    assert (cut.losses["retained:p"] >= dist.losses["retained:p"] - 1e-6).all()


def test_a_run_is_held_to_its_precision(book_of):
    invoices = pd.DataFrame(
        [(f"{buyer}1", buyer, pd.Timestamp("2026-02-01"), pd.Timestamp("2026-05-01"), 1_000.0 * (3 + place))
         for place, buyer in enumerate("ABCDEFGH")],
        columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
    )  # fmt: skip
    simulation = {"precision": 0.03, "scenarios": 60_000, "seed": 3, "levels": [0.9, 0.95]}
    book = book_of("2026-03-31", invoices=invoices, run={"simulation": simulation})
    ratings = pd.DataFrame({"pd": np.linspace(0.05, 0.2, 8)}, index=pd.Index(list("ABCDEFGH"), name="buyer_id"))
    dist = assess(book, ratings, [Policy(name="p", insured_percentage=0.5, discretionary_limit=4_000)])
    assert dist.missing <= 1 or len(dist.losses) == 60_000
    table = dist.summary([0.9, 0.95])
    held = table[table["view"].isin(["gross", "retained:p"]) & table["measure"].eq("ES")]
    assert dist.missing > 1 or (held["standard_error"] <= 0.03 * held["value"]).all()
