"""The loss distribution: closed forms, recalculation scenario by scenario, and what must always hold."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit.errors import InputError, ParameterError
from tradecredit.insurance.policy import Policy
from tradecredit.losses import simulator
from tradecredit.losses.distribution import expected_loss
from tradecredit.losses.portfolio import basel_correlation
from tradecredit.losses.simulation import simulate
from tradecredit.numerics.risk_measures import expected_shortfall
from tradecredit.numerics.vasicek import default_rate
from tradecredit.params.base import PROJECT
from tradecredit.params.losses import Dependence, Sampling, SectorFactors

PLAIN = Sampling(method="plain")
"""Scenarios that are equally likely, for tests that count them."""

PUBLISHED = PROJECT.parent / "shared" / "published"


def lumpy(buyers=60):
    """A book of unequal buyers, some without a named limit, one whose limit was refused."""
    random = np.random.default_rng(3)
    probability = np.minimum(random.lognormal(np.log(0.02), 1, buyers), 0.3)
    exposure = random.lognormal(11, 1.2, buyers).round()
    limit = np.where(random.random(buyers) < 0.3, np.nan, (exposure * random.uniform(0.4, 1.5, buyers)).round())
    limit[0] = 0
    return pd.DataFrame(
        {
            "pd": probability,
            "exposure": exposure,
            "lgd": random.uniform(0.5, 0.9, buyers),
            "correlation": basel_correlation(probability),
            "insured_limit": limit,
        },
        index=pd.Index([f"B{n}" for n in range(buyers)], name="buyer_id"),
    )


def equal(buyers, probability, correlation, **columns):
    return pd.DataFrame(
        {"pd": probability, "exposure": 1.0, "lgd": 1.0, "correlation": correlation, "insured_limit": np.nan} | columns,
        index=pd.RangeIndex(buyers, name="buyer_id"),
    )


NET = Policy(
    name="net", insured_percentage=0.9, each_loss_deductible=5_000, threshold=8_000, aggregate_first_loss=50_000,
    maximum_liability=600_000, discretionary_limit=40_000,
)  # fmt: skip
DEBT = Policy(
    name="debt", insured_percentage=0.95, loss_basis="debt", deductible_order="percentage_first",
    each_loss_deductible=2_000, aggregate_first_loss=80_000, aggregate_erosion="before_percentage",
    discretionary_limit=30_000, discretionary_maximum_liability=60_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def simulated():
    return simulate(lumpy(), policies=[NET, DEBT], scenarios=20_000, seed=11)


def test_views(simulated):
    assert simulated.views == ["gross", "indemnity:net", "retained:net", "indemnity:debt", "retained:debt"]
    assert simulated.losses.shape == (20_000, 5)


def test_gross_is_at_least_retained_and_retained_never_negative(simulated):
    for name in ("net", "debt"):
        assert (simulated.losses[f"indemnity:{name}"] >= 0).all()
        assert (simulated.losses[f"retained:{name}"] >= 0).all()
        assert (simulated.losses["gross"] >= simulated.losses[f"retained:{name}"]).all()
        total = simulated.losses[f"retained:{name}"] + simulated.losses[f"indemnity:{name}"]
        np.testing.assert_allclose(total, simulated.losses["gross"], atol=1e-6)


def test_expected_loss_is_pd_times_lgd_times_exposure(simulated):
    row = simulated.summary().query("view == 'gross' and measure == 'expected'").iloc[0]
    assert abs(row["value"] - expected_loss(lumpy()).sum()) < 4 * row["standard_error"]


STUDENT, GAMMA = Dependence(kind="student_t", degrees_of_freedom=4), Dependence(kind="gamma", default_rate_sd=1.2)


@pytest.mark.parametrize("dependence", [Dependence(), STUDENT, GAMMA], ids=lambda one: one.kind)
def test_unit_losses_times_exposures_are_the_gross_losses(dependence):
    book = lumpy().assign(group_id=["G", "G", "G", *[None] * 57], lgd_sd=0.2)
    dist = simulate(book, scenarios=4_000, seed=12, dependence=dependence)
    units = dist.unit_losses()
    assert units.shape == (4_000, 60)
    np.testing.assert_allclose(units @ book["exposure"], dist.losses["gross"], rtol=1e-9, atol=1e-6)
    told = dist.summary(levels=[0.99]).query("view == 'gross'").set_index("measure")["value"]
    assert expected_shortfall(units @ book["exposure"], dist.sample, 0.99)[0] == pytest.approx(told["ES"])
    assert dist.probability @ (units @ book["exposure"]) == pytest.approx(told["expected"])
    few = ["B7", "B0", "B59"]
    assert (dist.unit_losses(few) != units[:, [7, 0, 59]]).nnz == 0
    with pytest.raises(ParameterError, match="'B60'"):
        dist.unit_losses(["B1", "B60"])


def test_unit_losses_are_known_for_buyers_that_owe_nothing():
    book = equal(3, [0.3, 0.5, 0.7], 0.1, exposure=[0.0, 2.0, 0.0], lgd=[0.4, 0.5, 0.6])
    dist = simulate(book, scenarios=20_000, seed=13, sampling=PLAIN)
    units = dist.unit_losses()
    assert sorted(set(units.data)) == [0.4, 0.5, 0.6]
    for position in range(3):
        rate, share = book["pd"].iloc[position], book["lgd"].iloc[position]
        error = share * np.sqrt(rate * (1 - rate) / 20_000)
        assert abs(units[:, [position]].sum() / 20_000 - rate * share) < 4 * error


def test_each_buyer_defaults_at_its_rate():
    book = equal(4, [0.005, 0.05, 0.4, 0.9], [0.1, 0.2, 0.3, 0.0], exposure=[1.0, 100.0, 10_000.0, 1_000_000.0])
    gross = simulate(book, scenarios=100_000, seed=2, sampling=PLAIN).losses["gross"].round().astype(int)
    for position, (probability, unit) in enumerate(zip(book["pd"], [1, 100, 10_000, 1_000_000], strict=True)):
        share = (gross // unit % 100 > 0).mean()
        assert abs(share - probability) < 4 * np.sqrt(probability * (1 - probability) / 100_000), position


def test_large_equal_book_has_vasicek_quantiles():
    # 2,000 equal buyers still scatter around the closed form of infinitely many: allowed for by p(1−p)/2,000.
    probability, correlation = 0.02, 0.15
    result = simulate(equal(2_000, probability, correlation), scenarios=20_000, seed=4, sampling=PLAIN)
    summary = result.summary(levels=[0.95, 0.99]).query("measure == 'VaR'").set_index("level")
    for level, row in summary.iterrows():
        closed = default_rate(probability, correlation, level)
        granular = closed * (1 - closed) / 2_000
        error = np.hypot(row["standard_error"] / 2_000, np.sqrt(granular / 10))
        assert abs(row["value"] / 2_000 - closed) < 4 * error
    # The variance has a closed form for any number of buyers: the bivariate normal at the barrier.
    from scipy.stats import multivariate_normal, norm

    barrier = norm.ppf(probability)
    joint = multivariate_normal.cdf([barrier, barrier], cov=[[1, correlation], [correlation, 1]])
    variance = 2_000 * (probability - joint) + 2_000**2 * (joint - probability**2)
    row = result.summary().query("measure == 'sd'").iloc[0]
    assert abs(row["value"] - np.sqrt(variance)) < 4 * row["standard_error"]


def test_without_correlation_defaults_are_binomial():
    result = simulate(equal(100, 0.1, 0.0), scenarios=50_000, seed=5)
    row = result.summary().query("measure == 'sd'").iloc[0]
    assert abs(row["value"] - np.sqrt(100 * 0.1 * 0.9)) < 4 * row["standard_error"]


def test_published_vasicek_quantiles():
    file = PUBLISHED / "vasicek_asrf_quantiles.csv"
    if not file.exists():
        pytest.skip(f"the table of published quantiles is not beside the project ({file.name})")
    table = pd.read_csv(file)
    ours = [default_rate(*row) for row in table.iloc[:, :3].to_numpy()]
    np.testing.assert_allclose(ours, table["conditional_pd_quantile"], rtol=1e-9)


def test_zero_pd_loses_nothing_and_certain_default_loses_all():
    result = simulate(equal(3, [0.0, 1.0, 0.0], 0.2, exposure=[5.0, 7.0, 9.0], lgd=0.5), scenarios=2_000, seed=1)
    assert (result.losses["gross"] == 3.5).all()


def test_nobody_at_risk():
    for policies in ([NET, DEBT], [NET]):
        result = simulate(lumpy().iloc[:0], policies=policies, scenarios=2_000, seed=1)
        assert (result.losses == 0).all(axis=None)
        assert result.contributions("gross", 0.99).empty
        assert result.events([5]).empty


def test_constant_hazard_within_the_year():
    # Of buyers with a yearly PD of p, 1 − (1−p)^(t/365) default within t days.
    probability = 0.5
    result = simulate(equal(50, probability, 0.0), scenarios=2_000, seed=8, sampling=PLAIN)
    days = result.events(range(2_000))["day"]
    assert days.between(1, 365).all()
    for until in (30, 182, 300):
        share = (1 - (1 - probability) ** (until / 365)) / probability
        assert abs((days <= until).mean() - share) < 4 * np.sqrt(share * (1 - share) / len(days))


def test_full_cover_leaves_what_is_above_the_limits():
    book = lumpy()
    result = simulate(book, policies=[Policy(name="full")], scenarios=5_000, seed=1)
    worst = range(50)
    events = result.events(worst)
    above = (events["debt"] - events["recovery"] - events["limit"].fillna(0)).clip(lower=0)
    expected = above.groupby(events["scenario"]).sum().reindex(worst, fill_value=0.0)
    assert expected.gt(0).any()
    np.testing.assert_allclose(result.losses["retained:full"].loc[:49], expected, atol=1e-6)
    insured_all = simulate(book.assign(insured_limit=1e12), policies=[Policy(name="full")], scenarios=5_000, seed=1)
    assert (insured_all.losses["retained:full"] == 0).all()


@pytest.mark.parametrize("policy", [NET, DEBT], ids=["net", "debt"])
def test_scenarios_are_their_events_under_the_policy(simulated, policy):
    scenarios = [0, 1, 17, 1_023, 1_024, 5_000, 19_999]
    result = policy.indemnify(simulated.events(scenarios))
    sums = result.assign(gross=result["debt"] - result["recovery"]).groupby("scenario")[["gross", "indemnity"]].sum()
    sums = sums.reindex(scenarios, fill_value=0.0)
    np.testing.assert_allclose(sums["gross"], simulated.losses.loc[scenarios, "gross"], atol=1e-6)
    np.testing.assert_allclose(
        sums["indemnity"], simulated.losses.loc[scenarios, f"indemnity:{policy.name}"], atol=1e-6
    )


def test_scenarios_recalculated_by_hand_through_steps_3_to_7(simulated):
    events = simulated.events(range(40)).sort_values(["scenario", "day"], kind="stable")
    assert len(events) > 100
    for scenario, rows in events.groupby("scenario"):
        first_loss, maximum, total = 50_000.0, 600_000.0, 0.0
        for row in rows.itertuples():
            insured = min(row.debt - row.recovery, 40_000.0 if np.isnan(row.limit) else row.limit)
            if insured <= 8_000:
                continue
            claim = 0.9 * max(insured - 5_000, 0.0)
            used = min(claim, first_loss)
            first_loss -= used
            indemnity = min(claim - used, maximum)
            maximum -= indemnity
            total += indemnity
        assert simulated.losses.loc[scenario, "indemnity:net"] == pytest.approx(total, abs=1e-6)
    assert simulated.losses["indemnity:net"].max() == pytest.approx(600_000)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.999, 0.9973])
def test_contributions_add_up_to_the_shortfall(simulated, level):
    shortfalls = simulated.summary(levels=[level]).query("measure == 'ES'").set_index("view")["value"]
    for view in simulated.views:
        parts = simulated.contributions(view, level)
        assert parts.index.equals(lumpy().index)
        assert parts.sum() == pytest.approx(shortfalls[view], rel=1e-12)
        assert (parts >= -1e-9).all()


def test_a_policy_insures_the_insurable_part_of_a_debt_alone():
    # Half of A's debt, all of B's and none of C's: as if the policy met a book of these debts.
    whole = pd.DataFrame(
        {"pd": 0.2, "exposure": [100_000.0, 60_000.0, 80_000.0], "lgd": 0.6, "correlation": 0.2,
         "insured_limit": [40_000.0, 90_000.0, 90_000.0]},
        index=pd.Index(list("ABC"), name="buyer_id"),
    )  # fmt: skip
    insurable = [50_000.0, 60_000.0, 0.0]
    net = Policy(name="net", insured_percentage=0.9, aggregate_first_loss=10_000)
    debt = Policy(name="debt", loss_basis="debt", each_loss_deductible=1_000, aggregate_erosion="before_percentage",
                  aggregate_first_loss=9_000)  # fmt: skip
    for policies in ([net], [net, debt]):  # by sums alone, and loss by loss
        dist = simulate(whole.assign(insurable=insurable), policies=policies, scenarios=8_000, seed=5)
        bare = simulate(whole, scenarios=8_000, seed=5)
        np.testing.assert_allclose(dist.losses["gross"], bare.losses["gross"])
        events = dist.events(range(len(dist.losses)))
        assert events.groupby("buyer_id")["debt"].max().to_dict() == {"A": 50_000, "B": 60_000, "C": 0}
        for policy in policies:
            paid = policy.indemnify(events).groupby("scenario")["indemnity"].sum()
            by_hand = paid.reindex(dist.losses.index, fill_value=0.0)
            np.testing.assert_allclose(dist.losses[f"indemnity:{policy.name}"], by_hand, atol=1e-6)
            parts = dist.contributions(f"indemnity:{policy.name}", 0.9)
            assert parts["C"] == 0 < parts["A"]
    with pytest.raises(InputError, match=r"insurable: found '60000.0 \(buyer_id B\)'; is above the exposure"):
        simulate(whole.assign(insurable=insurable, exposure=[100_000.0, 59_000.0, 80_000.0]), scenarios=1_000, seed=1)


def test_a_policy_may_have_the_name_of_a_view(simulated):
    policy = Policy(name="gross", insured_percentage=0.5)
    dist = simulate(simulated.portfolio, policies=[policy], scenarios=5_000, seed=2)
    for view in dist.views:
        shortfall, _ = expected_shortfall(dist.losses[view].to_numpy(), dist.sample, 0.99)
        assert dist.contributions(view, 0.99).sum() == pytest.approx(shortfall)


def test_shares_of_contributors_are_those_of_equal_buyers():
    book = equal(20, 0.05, 0.2, exposure=[2.0] * 10 + [1.0] * 10)
    parts = simulate(book, scenarios=20_000, seed=3).contributions("gross", 0.9)
    assert parts.iloc[:10].sum() > 2 * parts.iloc[10:].sum()


def test_exceedance_falls_as_losses_rise(simulated):
    for view in simulated.views:
        chart = simulated.exceedance(view, points=50)
        assert chart["loss"].is_monotonic_increasing
        assert chart["probability"].is_monotonic_decreasing
        assert len(chart) <= 50
        middle = chart.iloc[len(chart) // 2]
        reached = simulated.probability_of(simulated.losses[view] >= middle["loss"])[0]
        assert reached == pytest.approx(middle["probability"])


def test_same_seed_same_figures_another_seed_others(simulated):
    again = simulate(lumpy(), policies=[NET, DEBT], scenarios=20_000, seed=11)
    pd.testing.assert_frame_equal(again.losses, simulated.losses, check_exact=True)
    other = simulate(lumpy(), policies=[NET, DEBT], scenarios=20_000, seed=12)
    assert not other.losses.equals(simulated.losses)


def test_policies_do_not_change_the_losses_they_meet(simulated):
    alone = simulate(lumpy(), policies=[DEBT], scenarios=20_000, seed=11)
    columns = ["gross", "indemnity:debt", "retained:debt"]
    pd.testing.assert_frame_equal(alone.losses, simulated.losses[columns], check_exact=True)


def test_a_distribution_can_be_kept_and_read_back(simulated):
    kept = pickle.loads(pickle.dumps(simulated))
    pd.testing.assert_series_equal(kept.contributions("gross", 0.99), simulated.contributions("gross", 0.99))


def test_loss_given_default_varies_by_the_beta_distribution():
    book = equal(1, 1.0, 0.2, lgd=0.7, lgd_sd=0.2, exposure=100.0)
    gross = simulate(book, scenarios=50_000, seed=9, sampling=PLAIN).losses["gross"]
    assert gross.mean() == pytest.approx(70, abs=0.4)
    assert gross.std() == pytest.approx(20, abs=0.4)
    assert gross.between(0, 100).all()


@given(
    st.lists(st.tuples(st.floats(0, 0.9), st.floats(0, 1e6), st.floats(0, 1), st.floats(0, 0.99)), max_size=5),
    st.floats(0, 1),
)
@settings(max_examples=25)
def test_more_cover_retains_less_of_any_book(rows, percentage):
    book = pd.DataFrame(rows, columns=["pd", "exposure", "lgd", "correlation"], dtype=float)
    book = book.assign(insured_limit=book["exposure"] * 0.6)
    policies = [Policy(name="some", insured_percentage=percentage, maximum_liability=5e5), Policy(name="all")]
    result = simulate(book, policies=policies, scenarios=1_500, seed=1).losses
    assert (result["gross"] >= result["retained:some"]).all()
    assert (result["retained:some"] >= result["retained:all"] - 1e-6).all()
    assert (result["retained:all"] >= 0).all()


def test_a_portfolio_that_cannot_be():
    book = lumpy(5).assign(lgd_sd=0.1).astype({"exposure": object})
    book.loc["B1", "pd"] = 1.2
    book.loc["B2", "pd"] = np.nan
    book.loc["B2", "exposure"] = "much"
    book.loc["B3", "correlation"] = 1.0
    book.loc["B4", "lgd_sd"] = 0.6
    book.loc["B0", "insured_limit"] = -1
    book.index = ["B0", "B1", "B2", "B3", "B1"]
    with pytest.raises(InputError) as error:
        simulate(book.drop(columns="lgd"), scenarios=1_000, seed=1)
    found = [(problem.column, problem.row, problem.others) for problem in error.value.problems]
    assert found == [
        ("buyer_id", 6, 0),
        ("lgd", None, 0),
        ("pd", 3, 1),
        ("exposure", 4, 0),
        ("correlation", 5, 0),
        ("insured_limit", 2, 0),
    ]
    assert "row 3, pd: found '1.2 (buyer_id B1)'; must be from 0 to 1 (and 1 more rows)" in str(error.value)
    with pytest.raises(InputError, match=r"lgd_sd: found '0\.6"):
        simulate(lumpy(2).assign(lgd_sd=[0.0, 0.6]), scenarios=1_000, seed=1)


def test_arguments_that_cannot_be(simulated):
    with pytest.raises(ParameterError, match=r"policies.*this name[\s\S]*scenarios[\s\S]*seed"):
        simulate(lumpy(2), policies=[NET, NET], scenarios=0, seed=-1)
    above = {"kind": "top_up", "top_up_share": 0.5}
    tops = [Policy(name="first", primary="net", **above), Policy(name="second", primary="first", **above)]
    with pytest.raises(ParameterError, match="policies: found 'second'; tops up first, a top-up"):
        simulate(lumpy(2), policies=[NET, *tops], scenarios=1_000, seed=1)
    with pytest.raises(ParameterError, match="view: found 'net'; must be one of gross"):
        simulated.contributions("net", 0.99)
    with pytest.raises(ParameterError, match="level"):
        simulated.summary(levels=[0.99, 99])
    with pytest.raises(ParameterError, match="scenarios: found '20000'"):
        simulated.events([20_000])


def test_a_top_up_pays_beside_its_primary():
    primary, top_up = Policy(name="below"), Policy(name="above", kind="top_up", primary="below", top_up_share=0.5)
    result = simulate(lumpy(), policies=[primary, top_up], scenarios=5_000, seed=1)
    losses = result.losses
    assert losses["indemnity:above"].gt(0).any()
    kept = losses["gross"] - losses["indemnity:below"] - losses["indemnity:above"]
    np.testing.assert_allclose(losses["retained:above"], kept, atol=1e-6)
    assert (kept > -1e-6).all()
    shortfall = result.summary([0.99]).query("view == 'retained:above' and measure == 'ES'")["value"].iloc[0]
    assert result.contributions("retained:above", 0.99).sum() == pytest.approx(shortfall)
    with pytest.raises(ParameterError, match="tops up below, which is not among them"):
        simulate(lumpy(), policies=[top_up], scenarios=1_000, seed=1)


SECTORS = SectorFactors(
    source="made up", factors=["a", "b"], correlation=[[1, 0.3], [0.3, 1]], sectors={"C": "a", "G": "b"}, other="a"
)


def test_by_month_adds_up_and_is_paid_for_later():
    policy = Policy(name="p", insured_percentage=0.9, payment_days=60, aggregate_first_loss=50_000)
    result = simulate(lumpy(), policies=[policy], scenarios=10_000, seed=2)
    table = result.by_month("p")
    means = result.summary().query("measure == 'expected'").set_index("view")["value"]
    assert table["loss"].sum() == pytest.approx(means["gross"])
    assert table["indemnity"].sum() == pytest.approx(means["indemnity:p"])
    # Paid 60 days after the loss: nothing in the first month, and until the end of the 14th.
    assert table.index.tolist() == list(range(1, 15))
    assert table["indemnity"].iloc[0] == 0
    assert table["indemnity"].iloc[-1] > 0
    assert (table["loss"].iloc[12:] == 0).all()
    # Defaults come evenly, while the first loss makes early ones cheaper for the insurer than late ones.
    assert table["loss"].iloc[:12].std() < 0.15 * table["loss"].iloc[:12].mean()
    assert table["indemnity"].iloc[2:8].sum() < table["indemnity"].iloc[8:14].sum()


DEPENDENCES = {
    "one factor": Dependence(),
    "Student t": Dependence(kind="student_t", degrees_of_freedom=4),
    "sectors": Dependence(sector_factors=SECTORS),
    "gamma": Dependence(kind="gamma", default_rate_sd=0.8),
    "gamma sectors": Dependence(kind="gamma", default_rate_sd=0.8, sector_factors=SECTORS),
    "t sectors": Dependence(kind="student_t", degrees_of_freedom=4, sector_factors=SECTORS),
}


def grouped(buyers=60):
    """The lumpy book with sectors (one missing), groups and losses given default that vary."""
    random = np.random.default_rng(9)
    group = np.where(random.random(buyers) < 0.3, random.choice(["g", "h"], buyers), None)
    return lumpy(buyers).assign(
        sector=pd.array([*random.choice(["C", "G", "X"], buyers - 1), None], dtype="str"),
        group_id=pd.array(group, dtype="str"),
        lgd_sd=random.choice([0.0, 0.1], buyers),
    )


@pytest.mark.parametrize("dependence", DEPENDENCES.values(), ids=DEPENDENCES)
@pytest.mark.parametrize("twisting", ["never", "always"])
def test_bad_years_sought_out_tell_the_same_with_less_error(dependence, twisting):
    policies = [NET, DEBT]
    plain = simulate(grouped(), policies=policies, scenarios=100_000, seed=1, dependence=dependence, sampling=PLAIN)
    tail = simulate(
        grouped(), policies=policies, scenarios=40_000, seed=2, dependence=dependence,
        sampling=Sampling(twisting=twisting),
    )  # fmt: skip
    assert tail.probability.sum() == pytest.approx(1)
    pair = [result.summary(levels=[0.95, 0.999]).set_index(["view", "measure", "level"]) for result in (plain, tail)]
    value, error = ([table[column] for table in pair] for column in ("value", "standard_error"))
    difference, allowed = value[1] - value[0], 4.5 * np.hypot(*error)
    # A capped indemnity has no error at all beyond its maximum, and hardly any beside it.
    assert (difference.abs() <= allowed.fillna(0) + 1e-6 * value[0]).all(), pd.DataFrame([difference, allowed]).T
    if twisting == "always":
        assert error[1][("gross", "ES", 0.999)] < error[0][("gross", "ES", 0.999)] * np.sqrt(100_000 / 40_000) / 2


def test_any_number_of_threads_and_any_block_gives_the_same_bits(monkeypatch):
    def losses(dependence, threads):
        result = simulate(
            grouped(), policies=[NET], scenarios=30_001, seed=3, dependence=dependence,
            sampling=Sampling(threads=threads),
        )  # fmt: skip
        return result.losses.assign(probability=result.probability), result.contributions("retained:net", 0.99)

    for dependence in (DEPENDENCES["one factor"], DEPENDENCES["t sectors"]):
        first, parts = losses(dependence, 1)
        for threads in (2, 16):
            again, again_parts = losses(dependence, threads)
            pd.testing.assert_frame_equal(again, first, check_exact=True)
            pd.testing.assert_series_equal(again_parts, parts, check_exact=True)
    one_dimension = [DEPENDENCES["one factor"], DEPENDENCES["gamma"]]
    whole = [losses(dependence, 1)[0] for dependence in one_dimension]
    monkeypatch.setattr(simulator, "BLOCK", simulator.CELL)
    for dependence, first in zip(one_dimension, whole, strict=True):
        again, _ = losses(dependence, 2)
        pd.testing.assert_frame_equal(again, first, check_exact=True)


def test_defaults_in_shares_tell_the_same(monkeypatch):
    bounded = Policy(
        name="bounded", insured_percentage=0.9, aggregate_first_loss=20_000, discretionary_limit=30_000,
        discretionary_maximum_liability=60_000,
    )  # fmt: skip

    def told():
        # The first is summed and asks for the years that reach its maximum, the others are settled loss by loss.
        alone, beside = (
            simulate(lumpy(), policies=of, scenarios=8_000, seed=11) for of in ([bounded], [bounded, DEBT])
        )
        found = [beside.by_month("debt"), beside.contributions("retained:debt", 0.99)]
        return [alone.losses, beside.losses, beside.first_loss, pd.DataFrame(beside.unit_losses().toarray())], found

    years, sums = told()
    monkeypatch.setattr(simulator, "SHARE_DEFAULTS", 40)
    years_again, sums_again = told()
    for found, again in zip(years, years_again, strict=True):
        pd.testing.assert_frame_equal(again, found, check_exact=True)
    for found, again in zip(sums, sums_again, strict=True):
        np.testing.assert_allclose(again, found, rtol=1e-9)


@pytest.mark.parametrize("dependence", ["Student t", "sectors", "gamma sectors", "t sectors"])
def test_blocks_of_another_size_differ_within_the_error_where_there_are_more_dimensions(dependence, monkeypatch):
    def measures():
        result = simulate(grouped(), policies=[NET], scenarios=30_000, seed=3, dependence=DEPENDENCES[dependence])
        return result.summary([0.99]).set_index(["view", "measure"])

    first = measures()
    monkeypatch.setattr(simulator, "BLOCK", simulator.CELL)
    again = measures()
    error = np.hypot(first["standard_error"], again["standard_error"])
    assert (first["value"] != again["value"]).any()
    # A capped indemnity has no error beyond its maximum.
    allowed = 4.5 * error.fillna(0.0) + 1e-6 * first["value"]
    assert ((first["value"] - again["value"]).abs() <= allowed).all(), pd.DataFrame(
        [first["value"] - again["value"], allowed]
    ).T


def test_sums_alone_tell_what_loss_by_loss_tells():
    # NET without its discretionary cover can be summed; together with DEBT, whose losses' order matters, it is not.
    summed = Policy(**NET.model_dump(exclude_unset=True) | {"discretionary_limit": None})
    alone = simulate(lumpy(), policies=[summed], scenarios=20_000, seed=11)
    beside = simulate(lumpy(), policies=[summed, DEBT], scenarios=20_000, seed=11)
    for view in alone.views:
        np.testing.assert_allclose(alone.losses[view], beside.losses[view], atol=1e-6)
    np.testing.assert_allclose(alone.first_loss["net"], beside.first_loss["net"], atol=1e-6)


@pytest.mark.parametrize("maximum", [20_000, 60_000], ids=["in one loss", "in three"])
@pytest.mark.parametrize("first_loss", [None, 5_000, 20_000, 150_000])
def test_years_that_reach_a_maximum_of_discretionary_cover_pay_what_loss_by_loss_tells(
    maximum, first_loss, monkeypatch
):
    bounded = Policy(
        name="bounded", insured_percentage=0.9, aggregate_first_loss=first_loss, maximum_liability=500_000,
        discretionary_limit=30_000, discretionary_maximum_liability=maximum,
    )  # fmt: skip
    alone = simulate(lumpy(), policies=[bounded], scenarios=5_000, seed=11)
    # Both the years are there that the maximum changes, and those that it does not.
    free = bounded.model_copy(update={"discretionary_maximum_liability": None})
    without = simulate(lumpy(), policies=[free], scenarios=5_000, seed=11).losses["indemnity:bounded"]
    assert 0.01 < (without > alone.losses["indemnity:bounded"] + 1e-6).mean() < 0.99
    # Together with DEBT, and where the table of sums would be too large, all years are settled so.
    beside = simulate(lumpy(), policies=[bounded, DEBT], scenarios=5_000, seed=11)
    monkeypatch.setattr(simulator, "MOST_AMOUNTS", 0)
    for found in (beside, simulate(lumpy(), policies=[bounded], scenarios=5_000, seed=11)):
        for view in alone.views:
            np.testing.assert_allclose(alone.losses[view], found.losses[view], atol=1e-6)
        np.testing.assert_allclose(alone.first_loss["bounded"], found.first_loss["bounded"], atol=1e-6)


@pytest.mark.parametrize("twisting", ["never", "always"])
def test_standard_errors_are_those_of_repeated_simulation(twisting):
    def shortfall(seed):
        result = simulate(lumpy(), scenarios=4_000, seed=seed, sampling=Sampling(twisting=twisting))
        return expected_shortfall(result.losses["gross"].to_numpy(), result.sample, 0.999)

    values, errors = np.array([shortfall(seed) for seed in range(60)]).T
    # Neighbours in the economy differ a little, which the error counts: it may err to the high side.
    assert 0.75 * values.std(ddof=1) < errors.mean() < 1.7 * values.std(ddof=1)


def test_buyers_of_a_group_default_together_and_lose_what_they_lost_alone():
    book = lumpy(8).assign(group_id=pd.array(["g", "g", "g", None, None, None, None, None], dtype="str"))
    result = simulate(book, scenarios=20_000, seed=5)
    events = result.events(range(20_000))
    members = events[events["buyer_id"].isin(["B0", "B1", "B2"])]
    together = members.groupby("scenario").agg(buyers=("buyer_id", "nunique"), days=("day", "nunique"))
    assert len(together) > 100
    assert (together["buyers"] == 3).all()
    assert (together["days"] == 1).all()
    row = result.summary().query("view == 'gross' and measure == 'expected'").iloc[0]
    assert abs(row["value"] - expected_loss(book).sum()) < 4 * row["standard_error"]


def test_gamma_has_the_closed_variance_of_creditrisk_plus():
    # Variance = Σ p·l² + σ²·(Σ p·l)² with one sector (CreditRisk+, appendix A).
    book = lumpy(30)
    loss = book["exposure"] * book["lgd"]
    variance = (book["pd"] * loss**2).sum() + 0.8**2 * (book["pd"] * loss).sum() ** 2
    result = simulate(book, scenarios=50_000, seed=6, dependence=DEPENDENCES["gamma"])
    row = result.summary().query("measure == 'sd'").iloc[0]
    assert abs(row["value"] - np.sqrt(variance)) < 4 * row["standard_error"]


def test_student_t_with_many_degrees_of_freedom_is_gaussian_and_with_few_has_worse_extremes():
    book, levels = equal(200, 0.02, 0.15), [0.999]

    def shortfall(dependence):
        row = simulate(book, scenarios=20_000, seed=7, dependence=dependence).summary(levels).iloc[-1]
        return row["value"], row["standard_error"]

    gaussian, gaussian_error = shortfall(Dependence())
    many, many_error = shortfall(Dependence(kind="student_t", degrees_of_freedom=1e6))
    few, few_error = shortfall(Dependence(kind="student_t", degrees_of_freedom=4))
    assert abs(many - gaussian) < 4 * np.hypot(gaussian_error, many_error)
    assert few > gaussian + 10 * np.hypot(gaussian_error, few_error)


@pytest.mark.parametrize("kind", [{}, {"kind": "gamma", "default_rate_sd": 1.2}], ids=["normal", "gamma"])
def test_sectors_with_perfect_correlation_are_one_factor_and_without_it_less_risky(kind):
    def shortfall(correlation):
        factors = SECTORS.model_copy(update={"correlation": [[1.0, correlation], [correlation, 1.0]]})
        book = equal(200, 0.02, 0.15, sector=pd.array(["C", "G"] * 100, dtype="str"))
        result = simulate(book, scenarios=20_000, seed=8, dependence=Dependence(**kind, sector_factors=factors))
        row = result.summary([0.999]).iloc[-1]
        return row["value"], row["standard_error"]

    alone = simulate(equal(200, 0.02, 0.15), scenarios=20_000, seed=8, dependence=Dependence(**kind))
    single = alone.summary([0.999]).iloc[-1]
    perfect, perfect_error = shortfall(1.0)
    none, none_error = shortfall(0.0)
    half, half_error = shortfall(0.5)
    assert none + 3 * np.hypot(none_error, half_error) < half < perfect - 3 * np.hypot(half_error, perfect_error)
    assert abs(perfect - single["value"]) < 4 * np.hypot(perfect_error, single["standard_error"])
    assert none < 0.85 * perfect


def test_a_mix_of_factors_is_a_factor_as_correlated_as_the_mix():
    """Half of either of two factors with correlation 0.2 has √0.6 as its correlation with each."""
    book = equal(200, 0.02, 0.15, sector=pd.array(["C", "G"] * 100, dtype="str"))

    def shortfall(**change):
        factors = SectorFactors.model_validate(SECTORS.model_dump() | change)
        result = simulate(book, scenarios=20_000, seed=8, dependence=Dependence(sector_factors=factors))
        row = result.summary([0.999]).iloc[-1]
        return row["value"], row["standard_error"]

    mixed, mixed_error = shortfall(correlation=[[1, 0.2], [0.2, 1]], sectors={"C": "a", "G": {"a": 0.5, "b": 0.5}})
    stated, stated_error = shortfall(correlation=[[1, 0.6**0.5], [0.6**0.5, 1]])
    apart, apart_error = shortfall(correlation=[[1, 0.2], [0.2, 1]])
    assert abs(mixed - stated) < 4 * np.hypot(mixed_error, stated_error)
    assert apart < stated - 4 * np.hypot(apart_error, stated_error)


def test_new_buyers_at_the_end_leave_the_others_their_defaults():
    book = lumpy()
    more = pd.concat([book, lumpy(3).set_axis(["N0", "N1", "N2"])])
    before = simulate(book, scenarios=2_000, seed=12, sampling=PLAIN).events(range(2_000))
    after = simulate(more, scenarios=2_000, seed=12, sampling=PLAIN).events(range(2_000))
    old = after[~after["buyer_id"].str.startswith("N")].reset_index(drop=True)
    pd.testing.assert_frame_equal(before, old)
