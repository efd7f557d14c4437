"""The distribution without noise: against closed forms, and against the simulation that it checks."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tradecredit import words
from tradecredit.losses.quadrature import convergence, quadrature, why_not
from tradecredit.losses.simulation import simulate
from tradecredit.numerics.vasicek import default_rate
from tradecredit.params.losses import Dependence, Sampling, SectorFactors


def book(buyers=80, seed=5):
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "pd": np.minimum(random.lognormal(np.log(0.02), 1, buyers), 0.3),
            "exposure": random.lognormal(11, 1.2, buyers),
            "lgd": random.uniform(0.5, 0.9, buyers),
            "correlation": random.choice([0.1, 0.2], buyers),
            "insured_limit": np.nan,
        },
        index=pd.RangeIndex(buyers, name="buyer_id"),
    )


def equal(buyers, probability, correlation):
    return book(buyers).assign(pd=probability, exposure=1.0, lgd=1.0, correlation=correlation)


@pytest.mark.parametrize(
    "dependence", [Dependence(), Dependence(kind="gamma", default_rate_sd=0.7)], ids=["normal", "gamma"]
)
@pytest.mark.parametrize("group", [None, "group_id"])
def test_simulation_and_calculation_agree(dependence, group):
    portfolio = book()
    if group:
        portfolio = portfolio.assign(group_id=pd.array(["a", "a", "b", "b", *[None] * 76], dtype="str"))
    result = simulate(portfolio, scenarios=60_000, seed=1, dependence=dependence)
    table = quadrature(result, [0.5, 0.95, 0.99, 0.999])
    assert len(table) == 10
    assert (table["deviation"].abs() < 4.5).all(), table


def test_simulation_and_calculation_agree_on_buyers_of_several_sectors():
    factors = SectorFactors(
        source="made up", factors=["a", "b"], correlation=[[1, 0], [0, 1]], other="b",
        sectors={"A": "a", "M": {"a": 0.3, "b": 0.2, "specific": 0.5}}, buyers={"0": {"a": 0.5, "b": 0.5}},
    )  # fmt: skip
    dependence = Dependence(kind="gamma", default_rate_sd={"a": 0.5, "b": 1.2}, sector_factors=factors)
    portfolio = book().assign(sector=np.resize(["M", "A", "X", "M"], 80)).set_axis(map(str, range(80)))
    result = simulate(portfolio, scenarios=60_000, seed=1, dependence=dependence)
    table = quadrature(result, [0.95, 0.99, 0.999])
    assert (table["deviation"].abs() < 4.5).all(), table
    loss = (portfolio["pd"] * portfolio["exposure"] * portfolio["lgd"]).to_numpy()
    a = np.where(portfolio["sector"] == "A", 1.0, np.where(portfolio["sector"] == "M", 0.3, 0.0))
    b = np.where(portfolio["sector"] == "X", 1.0, np.where(portfolio["sector"] == "M", 0.2, 0.0))
    a[0], b[0] = 0.5, 0.5
    own = loss @ (portfolio["exposure"] * portfolio["lgd"])
    assert table.loc[1, "calculated"] == pytest.approx(np.sqrt(own + 0.25 * (a @ loss) ** 2 + 1.44 * (b @ loss) ** 2))


def test_independent_equal_buyers_are_binomial():
    table = quadrature(simulate(equal(60, 0.05, 0.0), scenarios=2_000, seed=1), [0.9, 0.99, 0.999])
    values = table[table["measure"] == "VaR"]["calculated"]
    # A loss of k lies between two amounts of the lattice, less than a thousandth of the range apart.
    assert values.to_numpy() == pytest.approx(stats.binom.ppf([0.9, 0.99, 0.999], 60, 0.05), abs=0.02)
    assert table.loc[0, "calculated"] == pytest.approx(3)
    assert table.loc[1, "calculated"] == pytest.approx(np.sqrt(60 * 0.05 * 0.95))


def test_many_small_buyers_beside_the_thousand_largest_have_vasicek_quantiles():
    table = quadrature(simulate(equal(20_000, 0.01, 0.12), scenarios=2_000, seed=1), [0.99, 0.999])
    values = table[table["measure"] == "VaR"]["calculated"].to_numpy() / 20_000
    assert values == pytest.approx([default_rate(0.01, 0.12, level) for level in (0.99, 0.999)], rel=0.01)


def test_where_there_is_no_such_check_the_reason_is_said():
    factors = SectorFactors(source="made up", factors=["a"], correlation=[[1]], sectors={}, other="a")
    cases = {
        "several factors": {"dependence": Dependence(sector_factors=factors)},
        "common shock": {"dependence": Dependence(kind="student_t", degrees_of_freedom=5)},
    }
    for reason, arguments in cases.items():
        result = simulate(book(5), scenarios=1_000, seed=1, **arguments)
        assert why_not(result) == reason
        checked = quadrature(result, [0.99])
        assert checked.empty
        assert words.losses.check(result, checked).startswith("This check is not available. With ")
    varies = simulate(book(5).assign(lgd_sd=0.1), scenarios=1_000, seed=1)
    assert why_not(varies) == "varying loss"
    assert "Loss given default varies" in words.losses.check(varies, quadrature(varies, [0.99]))
    assert why_not(simulate(book(5), scenarios=1_000, seed=1)) == ""


def test_nothing_at_risk():
    assert quadrature(simulate(book().iloc[:0], scenarios=1_000, seed=1), [0.99]).empty
    nothing = quadrature(simulate(book(5).assign(pd=0.0), scenarios=1_000, seed=1), [0.99])
    assert (nothing["calculated"] == 0).all()


def test_findings_in_words():
    result = simulate(book(), scenarios=5_000, seed=1)
    checked = quadrature(result, [0.99])
    assert f"{checked['deviation'].abs().max():.1f} standard errors" in words.losses.check(result, checked)
    sentence = words.losses.expected_beside_exact(result, "EUR")
    assert "seed 1, with importance sampling of bad years" in sentence
    assert f"exact EUR {(book()['pd'] * book()['lgd'] * book()['exposure']).sum():,.0f}, " in sentence
    plain = simulate(book(), scenarios=1_000, seed=1, sampling=Sampling(method="plain"))
    assert "seed 1, without importance sampling" in words.losses.expected_beside_exact(plain, "EUR")
    nothing = simulate(book().assign(pd=0.0), scenarios=1_000, seed=1)
    assert words.losses.expected_beside_exact(nothing, "EUR").endswith("simulated EUR 0, exact EUR 0.")
    assert words.losses.check(nothing, quadrature(nothing, [0.99])).startswith("Nothing can be lost")


def test_convergence_ends_with_all_scenarios_and_its_error_falls():
    result = simulate(book(), scenarios=40_000, seed=1)
    table = convergence(result, "gross", 0.99)
    row = result.summary([0.99]).iloc[-1]
    assert table.index[-1] == 40_000
    assert table.index.is_monotonic_increasing
    assert table["value"].iloc[-1] == pytest.approx(row["value"])
    assert table["standard_error"].iloc[0] > 3 * table["standard_error"].iloc[-1]
    assert (abs(table["value"] - row["value"]) < 5 * table["standard_error"]).all()
