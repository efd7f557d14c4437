"""The linear programme of limits: solved by hand, against every choice on a grid, and what must hold for any book."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from tradecredit.decide.optimum import solver
from tradecredit.decide.optimum.programme import Years, own_part, results, shortfall, solution, solutions
from tradecredit.errors import InputError
from tradecredit.numerics.risk_measures import Sample

# A defaults in 6 % of the years, B in 4 %, never both: the worst 10 % of the years are these, so that the shortfall at
# 90 % is (6 % × what A loses + 4 % × what B loses) / 10 %.
TWO_YEARS = Years(csr_array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.zeros(3), Sample(np.array([0.9, 0.06, 0.04])))


def table(names, **columns):
    usual = {"least": 0.0, "covered_limit": 0.0, "covered_share": 0.0, "premium": 0.0}
    return pd.DataFrame(usual | columns, index=pd.Index(list(names), name="buyer_id"))


TWO = table("AB", most=100.0, margin=[0.26, 0.14], loss=[0.06, 0.04], group_id="G")
"""A unit of A's limit earns 0.20 after losses and adds 0.6 to the shortfall; one of B's 0.10 and 0.4."""


def found(buyers, shortfall_cap, **arguments):
    return solution(buyers, TWO_YEARS, level=0.9, shortfall_cap=shortfall_cap, **arguments)


# By hand


def test_the_buyer_that_earns_more_for_its_risk_comes_first():
    # A: 0.20 / 0.6 = 1/3 for a unit of shortfall; B: 0.10 / 0.4 = 1/4. A takes 60 of 70, and 10 / 0.4 are left to B.
    best = found(TWO, 70.0)
    assert best.limit.tolist() == pytest.approx([100, 25])
    assert best.price_of_risk == pytest.approx(0.25)
    # One unit more for A would earn 0.20 and use shortfall worth 0.6 × 0.25.
    assert best.marginal_value.tolist() == pytest.approx([0.05, 0])
    sums = results(TWO, best.limit)
    assert sums["expected_margin"].tolist() == pytest.approx([26, 3.5])
    assert sums["retained_expected_loss"].tolist() == pytest.approx([6, 1])
    assert sums["net_earnings"].sum() == pytest.approx(22.5)
    assert shortfall(TWO, best.limit, TWO_YEARS, level=0.9)[0] == pytest.approx(70)


def test_cover_makes_the_covered_part_of_a_limit_cheaper():
    # Half of A's loss is covered up to 40: there a unit earns 0.26 − 0.03 and adds 0.3; 18 of 30 are left for what lies
    # above, at 0.20 and 0.6: 30 more. B's 0.10 − 0.4 / 3 does not pay.
    buyers = TWO.assign(covered_share=[0.5, 0.0], covered_limit=[40.0, 0.0])
    best = found(buyers, 30.0)
    assert best.limit.tolist() == pytest.approx([70, 0])
    assert best.price_of_risk == pytest.approx(1 / 3)
    assert best.marginal_value.tolist() == pytest.approx([0, 0.1 - 0.4 / 3])
    assert results(buyers, best.limit)["net_earnings"].sum() == pytest.approx(40 * 0.23 + 30 * 0.20)
    assert own_part(buyers, best.limit).tolist() == pytest.approx([50, 0])
    # At the end of the cover the next unit has none: 0.06 − 0.6 × price, where 0.09 − 0.3 × price was above 0.
    at_cover = found(buyers.assign(margin=[0.12, 0.14]), 20.0)
    assert at_cover.limit.tolist() == pytest.approx([40, 20])
    assert at_cover.price_of_risk == pytest.approx(0.25)
    assert at_cover.marginal_value.tolist() == pytest.approx([0.12 - 0.06 - 0.6 / 4, 0])


def test_a_premium_is_paid_on_the_whole_limit():
    # At 0.07 a unit of A earns 0.13: 0.13 / 0.6 < 1/4, and B comes first.
    best = found(TWO.assign(premium=[0.07, 0.0]), 70.0)
    assert best.limit.tolist() == pytest.approx([50, 100])
    assert results(TWO.assign(premium=[0.07, 0.0]), best.limit)["premium"].tolist() == pytest.approx([3.5, 0])


def test_a_full_group_has_a_price_of_its_own():
    best = found(TWO, 70.0, caps={"group_id": pd.Series({"G": 90.0, "H": 1.0})})
    assert best.limit.tolist() == pytest.approx([90, 0])
    assert best.price_of_risk == 0
    assert best.marginal_value.tolist() == pytest.approx([0, -0.1])
    assert best.caps.to_dict("records") == [
        {"column": "group_id", "of": "G", "cap": 90, "limit": pytest.approx(90), "marginal_value": pytest.approx(0.2)}
    ]


def test_least_limits_and_losses_of_other_limits_use_up_the_cap():
    best = found(TWO.assign(least=[0.0, 50.0]), 70.0)
    assert best.limit.tolist() == pytest.approx([50 / 0.6, 50])
    assert best.price_of_risk == pytest.approx(1 / 3)
    # What other limits lose when A defaults counts 0.6 for each unit.
    others = TWO_YEARS._replace(other_losses=np.array([0.0, 50.0, 0.0]))
    best = solution(TWO, others, level=0.9, shortfall_cap=70.0)
    assert best.limit.tolist() == pytest.approx([40 / 0.6, 0])


def test_a_limit_that_only_loses_is_not_given():
    best = found(TWO.assign(margin=[0.05, 0.14]), 1_000.0)
    assert best.limit.tolist() == pytest.approx([0, 100])
    assert best.marginal_value.tolist() == pytest.approx([-0.01, 0.1])
    assert best.price_of_risk == 0


def test_without_buyers_there_is_nothing_to_choose():
    nobody = TWO_YEARS._replace(unit_losses=csr_array((3, 0)))
    best = solution(TWO.head(0), nobody, level=0.9, shortfall_cap=0.0)
    assert best.limit.empty
    assert best.caps.empty


# Any book


def some_book(seed, buyers=3, years=12):
    """A book of few years and a simple policy; the years' probabilities differ."""
    random = np.random.default_rng(seed)
    happens = random.random((years, buyers)) < 0.35
    probability = random.dirichlet(np.full(years, 2.0))
    unit_losses = happens * random.uniform(0.3, 1.0, (years, buyers))
    rows = table(
        [f"B{number}" for number in range(buyers)],
        most=random.uniform(20, 100, buyers),
        margin=random.uniform(0.1, 0.6, buyers),
        premium=random.uniform(0, 0.02, buyers),
        loss=probability @ unit_losses,
        covered_share=random.choice([0.0, 0.8], buyers),
        covered_limit=random.choice([0.0, 30.0, 200.0], buyers),
        group_id=random.choice(["G", "H"], buyers),
    )
    return rows, Years(csr_array(unit_losses), random.uniform(0, 5, years), Sample(probability))


def net(buyers, limit):
    return results(buyers, limit)["net_earnings"].sum()


def part_of_risk(buyers, years, part, level=0.8):
    """Return a cap between the shortfall without any of the limits and with all of them."""
    nothing, everything = (
        shortfall(buyers, limit, years, level=level)[0] for limit in (buyers["least"], buyers["most"])
    )
    return nothing + part * (everything - nothing)


def mean_of_worst(losses, probability, tail):
    """The expected shortfall of each row of losses: the mean of the worst `tail` of the probability, by sorting."""
    order = np.argsort(-losses, axis=1)
    sorted_probability = probability[order]
    before = np.cumsum(sorted_probability, axis=1) - sorted_probability
    weight = np.clip(tail - before, 0, sorted_probability)
    return (weight * np.take_along_axis(losses, order, axis=1)).sum(axis=1) / tail


@pytest.mark.parametrize("seed", range(12))
def test_no_choice_on_a_grid_is_better(seed):
    buyers, years = some_book(seed)
    cap = part_of_risk(buyers, years, 0.4)
    best = solution(buyers, years, level=0.8, shortfall_cap=cap, caps={"group_id": pd.Series({"G": 90.0})})
    steps = 32
    most, share, covered = (buyers[name].to_numpy() for name in ("most", "covered_share", "covered_limit"))
    limits = np.array(list(product(range(steps + 1), repeat=3))) / steps * most
    own = limits - share * np.minimum(limits, covered)
    losses = years.other_losses + own @ years.unit_losses.T
    earned = (limits * (buyers["margin"] - buyers["premium"]).to_numpy()).sum(axis=1) - own @ buyers["loss"].to_numpy()
    members = (buyers["group_id"] == "G").to_numpy()
    kept = mean_of_worst(losses, years.sample.probability, 0.2) <= cap
    kept &= limits[:, members].sum(axis=1) <= 90
    assert 0 < kept.sum() < len(kept)
    value = net(buyers, best.limit)
    assert value >= earned[kept].max() - 1e-9
    # Rounded down to the grid the best limits keep every cap, and lose less than a step of each buyer's earnings.
    assert value <= earned[kept].max() + (buyers["margin"] * most).sum() / steps
    assert shortfall(buyers, best.limit, years, level=0.8)[0] <= cap * (1 + 1e-7)
    assert best.limit[members].sum() <= 90 * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_prices_are_what_a_little_more_would_earn(seed):
    buyers, years = some_book(seed, buyers=12, years=60)
    caps = {"group_id": pd.Series({"G": 0.5 * buyers.loc[buyers["group_id"] == "G", "most"].sum()})}
    cap = part_of_risk(buyers, years, 0.5)

    def value(buyers=buyers, cap=cap, caps=caps):
        return net(buyers, solution(buyers, years, level=0.8, shortfall_cap=cap, caps=caps).limit)

    best = solution(buyers, years, level=0.8, shortfall_cap=cap, caps=caps)
    step = 1e-4
    assert (value(cap=cap + step) - value(cap=cap - step)) / (2 * step) == pytest.approx(best.price_of_risk, abs=1e-5)
    assert best.price_of_risk > 0
    more, less = ({"group_id": caps["group_id"] + change} for change in (step, -step))
    (price,) = best.caps["marginal_value"]
    assert (value(caps=more) - value(caps=less)) / (2 * step) == pytest.approx(price, abs=1e-5)
    full = best.limit[best.marginal_value > 0].index
    assert np.allclose(best.limit[full], buyers.loc[full, "most"])
    for buyer in full:
        raised = buyers.assign(most=buyers["most"].where(buyers.index != buyer, buyers["most"] + step))
        gained = (value(buyers=raised) - value()) / step
        assert gained == pytest.approx(best.marginal_value[buyer], abs=1e-5)


@given(seed=st.integers(0, 10_000), part=st.floats(0, 1), given_part=st.floats(0, 1))
@settings(max_examples=40)
def test_limits_keep_their_bounds_and_are_never_worse_than_others_at_the_same_risk(seed, part, given_part):
    buyers, years = some_book(seed, buyers=6, years=40)
    random = np.random.default_rng(seed)
    other = buyers["most"] * np.where(random.random(6) < given_part, 1.0, random.random(6))
    cap = shortfall(buyers, other, years, level=0.8)[0]
    sums = other.groupby(buyers["group_id"]).sum()
    best = solution(buyers, years, level=0.8, shortfall_cap=cap, caps={"group_id": sums})
    assert best.limit.between(0, buyers["most"]).all()
    assert net(buyers, best.limit) >= net(buyers, other) - 1e-6
    assert shortfall(buyers, best.limit, years, level=0.8)[0] <= cap * (1 + 1e-7)
    assert (best.limit.groupby(buyers["group_id"]).sum() <= sums * (1 + 1e-7)).all()
    assert best.price_of_risk >= 0
    # A tighter cap never earns more, and its price is never lower.
    tighter = solution(buyers, years, level=0.8, shortfall_cap=part_of_risk(buyers, years, part * 0.9))
    wider = solution(buyers, years, level=0.8, shortfall_cap=part_of_risk(buyers, years, part))
    assert net(buyers, tighter.limit) <= net(buyers, wider.limit) + 1e-6
    assert tighter.price_of_risk >= wider.price_of_risk - 1e-7


@pytest.mark.parametrize("scale", [1e-4, 1e7])
def test_amounts_may_be_in_any_unit(scale):
    buyers, years = some_book(3, buyers=12, years=60)
    cap = part_of_risk(buyers, years, 0.5)
    best = solution(buyers, years, level=0.8, shortfall_cap=cap)
    amounts = ["least", "most", "covered_limit"]
    scaled = solution(
        buyers.assign(**buyers[amounts] * scale), years._replace(other_losses=years.other_losses * scale), level=0.8,
        shortfall_cap=cap * scale,
    )  # fmt: skip
    np.testing.assert_allclose(scaled.limit / scale, best.limit, rtol=1e-6, atol=1e-6)
    assert scaled.price_of_risk == pytest.approx(best.price_of_risk)
    np.testing.assert_allclose(scaled.marginal_value, best.marginal_value, atol=1e-9)


# What cannot be solved


def problems(buyers=TWO, shortfall_cap=70.0, **arguments):
    with pytest.raises(InputError) as caught:
        found(buyers, shortfall_cap, **arguments)
    return [(problem.column, problem.value) for problem in caught.value.problems], str(caught.value)


def test_bounds_that_exclude_each_other_are_named():
    told, _ = problems(TWO.assign(least=[0.0, 101.0]))
    assert told == [("least", "101.0 (buyer_id B)")]
    # 40 × 0.6 + 70 × 0.4 = 52 of shortfall for the least limits, which add up to 110.
    told, text = problems(
        TWO.assign(least=[40.0, 70.0]), shortfall_cap=50.0, caps={"group_id": pd.Series({"G": 100.0})}
    )
    assert told == [("group_id", "G: 100.00"), ("shortfall_cap", "50.00")]
    assert "add up to 110.00" in text
    assert "expected shortfall of 52.00" in text
    assert found(TWO.assign(least=[40.0, 70.0]), 52.0).limit.tolist() == pytest.approx([40, 70])


def test_a_limit_that_nothing_bounds_is_named():
    told, text = problems(TWO.assign(most=[np.inf, np.nan]))
    assert told == [("most", "inf (buyer_id A)")]
    assert "nothing bounds the limit (and 1 more rows)" in text


@pytest.mark.parametrize(
    ("column", "value"),
    [("margin", -0.1), ("loss", np.nan), ("premium", -1.0), ("covered_share", 1.1), ("covered_limit", -1.0)],
)
def test_impossible_numbers_are_named(column, value):
    told, _ = problems(TWO.assign(**{column: [0.1, value]}))
    assert told == [(column, f"{value} (buyer_id B)")]


def test_all_problems_are_told_at_once():
    with pytest.raises(InputError) as caught:
        solution(
            TWO.drop(columns="loss").assign(margin=-1.0), TWO_YEARS._replace(other_losses=np.zeros(2)), level=1.0,
            shortfall_cap=-1.0,
        )  # fmt: skip
    assert [problem.column for problem in caught.value.problems] == [
        "loss", "margin", "years", "level", "shortfall_cap",
    ]  # fmt: skip
    assert problems(caps={"country": pd.Series({"DE": -1.0})})[0] == [("country", None), ("cap", "-1.0 (country DE)")]


# How it is solved


def large_book():
    """Twenty buyers in 600 years, so that most years are far from the value at risk."""
    buyers, years = some_book(1, buyers=20, years=600)
    return buyers, years, {"group_id": 0.7 * buyers.groupby("group_id")["most"].sum()}


@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 1.0])
def test_years_far_from_the_value_at_risk_need_no_rows_of_their_own(monkeypatch, part):
    buyers, years, caps = large_book()
    cap = part_of_risk(buyers, years, part)
    few = solution(buyers, years, level=0.8, shortfall_cap=cap, caps=caps)
    monkeypatch.setattr(solver, "NEAR", (np.inf, np.inf))
    every = solution(buyers, years, level=0.8, shortfall_cap=cap, caps=caps)
    assert few.limit.tolist() == pytest.approx(every.limit.tolist())
    assert few.marginal_value.tolist() == pytest.approx(every.marginal_value.tolist())
    assert few.price_of_risk == pytest.approx(every.price_of_risk)
    assert few.caps["marginal_value"].tolist() == pytest.approx(every.caps["marginal_value"].tolist())


def test_the_first_years_to_have_rows_may_be_the_wrong_ones(monkeypatch):
    buyers, years, caps = large_book()
    cap = part_of_risk(buyers, years, 0.3)
    usual = solution(buyers, years, level=0.8, shortfall_cap=cap, caps=caps)
    # Hardly any year is near: those that were taken wrongly get rows, time after time.
    monkeypatch.setattr(solver, "NEAR", (1e-6, 1e-6))
    found = solution(buyers, years, level=0.8, shortfall_cap=cap, caps=caps)
    assert found.limit.tolist() == pytest.approx(usual.limit.tolist())


def test_several_caps_on_the_shortfall_are_as_each_alone():
    buyers, years, caps = large_book()
    asked = [part_of_risk(buyers, years, part) for part in (0.5, 0.2, 0.8, 0.0)]
    together = solutions(buyers, years, level=0.8, shortfall_caps=asked, caps=caps)
    for cap, found in zip(asked, together, strict=True):
        alone = solution(buyers, years, level=0.8, shortfall_cap=cap, caps=caps)
        assert found.limit.tolist() == pytest.approx(alone.limit.tolist())
        assert found.price_of_risk == pytest.approx(alone.price_of_risk)
    with pytest.raises(InputError, match="shortfall_cap"):
        solutions(buyers, years, level=0.8, shortfall_caps=[asked[0], -1.0])
