"""Small portfolios put under scenarios by hand, and what must hold under any."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tradecredit import words
from tradecredit.default.scenario_risk import scenarios_of
from tradecredit.errors import InputError, ParameterError
from tradecredit.insurance.policy import Policy
from tradecredit.losses.insured_part import InsuredPart
from tradecredit.losses.stress import Remarks, applied, effects, insured_under, remarks
from tradecredit.params.base import PROJECT
from tradecredit.params.default import DefaultSettings
from tradecredit.params.losses import SectorFactors
from tradecredit.params.run import Run
from tradecredit.params.stress import NewBuyers, Scenario

KEPT = sorted((PROJECT / "params" / "scenarios").glob("*.yaml"))


def scenario(**changes):
    return Scenario(description="A test.", source="None.", **changes)


def portfolio():
    """Four buyers; C has no sector, D no grade, and no limit is named for B."""
    return pd.DataFrame(
        {
            "pd": [0.01, 0.02, 0.04, 0.40],
            "exposure": [1_000.0, 2_000.0, 3_000.0, 4_000.0],
            "lgd": [0.60, 0.60, 0.60, 0.60],
            "correlation": [0.20, 0.18, 0.16, 0.14],
            "insured_limit": [800.0, np.nan, 3_000.0, 1_000.0],
            "sector": ["C", "F", None, "F"],
            "country": ["DE", "IT", "DE", "FR"],
            "grade": pd.array([5, 6, 7, None], dtype="Int64"),
            "sales_a_day": [20.0, 0.0, 30.0, 50.0],
            "evidence": ["payment_experience"] * 4,
        },
        index=pd.Index(list("ABCD"), name="buyer_id"),
    ).astype({"sector": "str", "country": "str"})


def test_probabilities_by_country_sector_and_grade():
    worse = scenario(
        insolvency_growth=0.10,
        insolvency_growth_by_country={"DE": 0.20, "FR": -0.05},
        pd_by_country={"DE": 1.5},
        pd_by_sector={"F": 2.0},
        pd_by_grade={7: 3.0},
    )
    # A: 0.01·1.2·1.5; B: 0.02·1.1·2; C: 0.04·1.2·1.5·3, no sector; D: 0.4·0.95·2, no grade.
    assert applied(portfolio(), worse)["pd"].tolist() == pytest.approx([0.018, 0.044, 0.216, 0.76])


def test_probabilities_above_one_are_capped_and_counted():
    threefold = scenario(pd_by_sector={"F": 3.0})
    assert applied(portfolio(), threefold)["pd"].tolist() == pytest.approx([0.01, 0.06, 0.04, 1.0])
    assert effects(portfolio(), [threefold]).loc["scenario", "capped"] == 1
    assert remarks(portfolio(), threefold) == Remarks({}, capped=1, unknown_sales=0)


def test_buyers_who_pay_later_owe_more():
    later = scenario(extra_payment_days=10)
    assert applied(portfolio(), later)["exposure"].tolist() == [1_200, 2_000, 3_300, 4_500]
    assert remarks(portfolio(), later) == Remarks({}, capped=0, unknown_sales=0)


def test_unknown_sales_are_taken_from_the_others():
    # Known: 20 + 30 + 50 = 100 a day on 8,000 owed; B's 2,000 then stand for 25 a day.
    partly = portfolio().assign(sales_a_day=[20.0, np.nan, 30.0, 50.0])
    later = scenario(extra_payment_days=10)
    assert applied(partly, later)["exposure"].tolist() == [1_200, 2_250, 3_300, 4_500]
    assert remarks(partly, later) == Remarks({}, capped=0, unknown_sales=1)
    assert words.losses.stories(partly, [later])["remarks"].tolist() == [
        "Sales of 1 buyer are not known: their balances grow as those of the others do together."
    ]
    with pytest.raises(InputError, match=r"extra_payment_days.*sales a day"):
        applied(portfolio().drop(columns="sales_a_day"), later)


def test_lower_recoveries_keep_a_varying_loss_given_default_possible():
    varying = portfolio().assign(lgd=[0.6, 0.6, 1.0, 0.0], lgd_sd=[0.2, 0.0, 0.0, 0.0])
    worse = applied(varying, scenario(recoveries_left=0.5))
    assert worse["lgd"].tolist() == pytest.approx([0.8, 0.8, 1.0, 0.5])
    # The sum of the beta's parameters, lgd·(1−lgd)/sd² − 1, stays at 0.24/0.04 − 1 = 5: sd² = 0.16/6.
    assert worse["lgd_sd"].tolist() == pytest.approx([np.sqrt(0.16 / 6), 0, 0, 0])


def test_the_insurer_cuts_named_limits():
    cuts = scenario(limits_left=0.9, limits_left_by_grade={5: 0.5, 7: 0.0}, limits_left_by_sector={"F": 0.5})
    table = applied(portfolio(), cuts)
    assert table["insured_limit"].fillna(-1).tolist() == pytest.approx([360, -1, 0, 450])


def test_the_discretionary_limit_is_cut_in_the_policies():
    policies = (Policy(name="one", insured_percentage=0.9, discretionary_limit=50_000.0), Policy(name="two"))
    parts = [InsuredPart.plain(policy)._replace(today=pd.Series({"A": 30.0})) for policy in policies]
    cut = insured_under(parts, scenario(discretionary_limit_left=0.5))
    assert [part.policy for part in cut] == [
        Policy(name="one", insured_percentage=0.9, discretionary_limit=25_000.0), Policy(name="two")
    ]  # fmt: skip
    # What a stopped buyer owes was shipped before the cut.
    assert [part.today["A"] for part in cut] == [30, 30]
    assert tuple(part.policy for part in insured_under(parts, scenario())) == policies


def test_new_buyers_stand_at_the_end():
    fresh = [
        NewBuyers(count=2, exposure=500.0, grade=6, country="DE", sector="G"),
        NewBuyers(count=1, exposure=900.0, pd=0.3, insured_limit=450.0),
    ]
    table = applied(portfolio(), scenario(insolvency_growth=1.0, new_buyers=fresh))
    assert table.index.tolist() == ["A", "B", "C", "D", "new buyer 1", "new buyer 2", "new buyer 3"]
    assert table.index.name == "buyer_id"
    new = table.tail(3)
    # The only buyer of grade 6 has 0.02, doubled; a stated probability is not stressed once more.
    assert new["pd"].tolist() == pytest.approx([0.04, 0.04, 0.3])
    assert new["exposure"].tolist() == [500, 500, 900]
    assert new["insured_limit"].fillna(-1).tolist() == [-1, -1, 450]
    assert new["evidence"].unique().tolist() == ["good_faith"]
    assert new["correlation"].unique().tolist() == [pytest.approx(0.17)]
    assert table.dtypes.to_dict() == portfolio().dtypes.to_dict()


def test_new_buyers_that_cannot_be_are_all_told():
    fresh = [NewBuyers(count=1, exposure=1.0, grade=9), NewBuyers(count=1, exposure=1.0, grade=10)]
    taken = portfolio().rename(index={"B": "new buyer 2"})
    with pytest.raises(InputError) as raised:
        applied(taken, scenario(new_buyers=fresh))
    found = [(problem.column, problem.value) for problem in raised.value.problems]
    assert found == [("new_buyers.0.grade", 9), ("new_buyers.1.grade", 10), ("new_buyers", "new buyer 2")]
    with pytest.raises(InputError, match="nobody at risk"):
        applied(portfolio().head(0), scenario(new_buyers=[NewBuyers(count=1, exposure=1.0, pd=0.1)]))


def test_effects_of_each_scenario():
    double = scenario(name="double", insolvency_growth=1.0, limits_left=0.5)
    table = effects(portfolio(), [double])
    assert table.index.tolist() == ["base", "double"]
    # PD × exposure: 10 + 40 + 120 + 1,600 = 1,770 of 10,000; within limits 800 + 3,000 + 1,000, then half of each.
    assert table["expected_loss"].tolist() == pytest.approx([0.6 * 1_770, 0.6 * 3_540])
    assert table["exposure_weighted_pd"].tolist() == pytest.approx([0.177, 0.354])
    assert table["mean_lgd"].tolist() == pytest.approx([0.6, 0.6])
    assert table["named_limits"].tolist() == [4_800, 2_400]
    assert table["under_limit"].tolist() == [4_800, 2_400]


def test_stories_of_the_scenarios():
    table = words.losses.stories(portfolio(), [scenario(name="one"), scenario(name="two", pd_by_sector={"K": 2.0})])
    assert table.index.tolist() == ["one", "two"]
    assert table["source"].tolist() == ["None.", "None."]
    assert table["remarks"].iloc[0] == ""
    assert table["remarks"].iloc[1].startswith("No buyer of sector K is at risk")
    assert words.losses.stories(portfolio(), []).empty


def test_what_changes_nothing_is_told():
    foreign = scenario(
        insolvency_growth_by_country={"JP": 0.5},
        pd_by_country={"US": 2.0, "DE": 2.0},
        limits_left_by_sector={"K": 0.5},
        pd_by_grade={9: 2.0, 10: 2.0},
    )
    assert remarks(portfolio(), foreign).without_effect == {
        "country": ["JP", "US"], "sector": ["K"], "grade": ["9", "10"],
    }  # fmt: skip
    bare = portfolio().drop(columns=["grade", "sector", "country"])
    assert applied(bare, foreign)["pd"].tolist() == bare["pd"].tolist()


@given(st.data())
def test_nothing_changes_where_nothing_is_stressed(data):
    table = portfolio().assign(pd=data.draw(st.lists(st.floats(0, 1), min_size=4, max_size=4)))
    ones = scenario(
        insolvency_growth_by_country={"DE": 0.0},
        pd_by_country={"DE": 1.0, "US": 1.0},
        pd_by_sector={"F": 1.0},
        pd_by_grade={7: 1.0},
        limits_left_by_grade={5: 1.0},
    )
    pd.testing.assert_frame_equal(applied(table, ones), table, check_exact=True)


amounts, shares = st.floats(0, 50), st.floats(0, 1)


@given(
    st.builds(
        scenario,
        insolvency_growth=st.floats(-1, 10),
        pd_by_sector=st.dictionaries(st.sampled_from("CFG"), amounts),
        pd_by_grade=st.dictionaries(st.integers(1, 10), amounts),
        extra_payment_days=amounts,
        recoveries_left=shares,
        limits_left=shares,
        limits_left_by_grade=st.dictionaries(st.integers(1, 10), shares),
        limits_left_by_sector=st.dictionaries(st.sampled_from("CFG"), shares),
    ),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.lists(st.floats(0, 0.999), min_size=4, max_size=4),
)
def test_figures_stay_possible_under_any_scenario(stress, lgd, part):
    most = np.sqrt(np.array(lgd) * (1 - np.array(lgd)))
    table = portfolio().assign(lgd=lgd, lgd_sd=most * part)
    stressed = applied(table, stress)
    assert stressed["pd"].between(0, 1).all()
    assert (stressed["exposure"] >= table["exposure"]).all()
    assert stressed["lgd"].between(0, 1).all()
    assert (stressed["lgd"] >= table["lgd"] - 1e-12).all()
    assert (stressed["lgd_sd"] <= np.sqrt(stressed["lgd"] * (1 - stressed["lgd"])) + 1e-9).all()
    assert (stressed["insured_limit"] <= table["insured_limit"]).sum() == 3
    assert stressed["insured_limit"].isna().tolist() == [False, True, False, False]


def write(folder: Path, text: str, name: str = "frost.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_read_by_its_name(tmp_path):
    read = Scenario.from_yaml(write(tmp_path, "description: Frost.\nsource: None.\npd_by_grade: {7: 2}\n"))
    assert (read.name, read.pd_by_grade) == ("frost", {7: 2.0})


def test_all_that_is_wrong_with_a_file_is_told(tmp_path):
    text = """
        description: ''
        pd_by_grade: {11: 2}
        pd_by_country: {Germany: 2, DE: -1}
        insolvency_growth: -1.5
        limits_left: 2
        recoverys_left: 0.5
        new_buyers: [{count: 0, exposure: 10}]
    """
    with pytest.raises(ParameterError) as raised:
        Scenario.from_yaml(write(tmp_path, text.replace("\n        ", "\n")))
    found = {problem.column: problem for problem in raised.value.problems}
    assert sorted(found) == [
        "description", "insolvency_growth", "limits_left", "new_buyers.0.count", "pd_by_country.DE",
        "pd_by_country.Germany", "pd_by_grade.11", "recoverys_left", "source",
    ]  # fmt: skip
    assert found["recoverys_left"].remedy == "did you mean 'recoveries_left'"
    with pytest.raises(ValidationError, match="a `pd` or a `grade` is expected"):
        NewBuyers(count=1, exposure=10.0)


def indexed(file: Path, as_of: str = "2026-03-31", **default: object) -> SimpleNamespace:
    """A book of a run that has one scenario; its index stands at 70, 80 and 90 in the last three months."""
    values = {"2025-12-31": 200, "2026-01-31": 70, "2026-02-28": 80, "2026-03-31": 90, "2026-04-30": 400}
    settings = DefaultSettings(**{"insolvency_index": {"source": "Made up.", "values": values}} | default)
    return SimpleNamespace(
        run=SimpleNamespace(scenarios=[Scenario.from_yaml(file)], default=settings), as_of=pd.Timestamp(as_of)
    )


FROST = "description: Frost.\nsource: None.\n"


def test_a_stated_index_is_the_growth_from_where_it_stands_now(tmp_path):
    file = write(tmp_path, FROST + "insolvency_index: 100\ninsolvency_growth_by_country: {DE: 0.5}\n")
    (found,) = scenarios_of(indexed(file))
    # 100 against the mean of 70, 80 and 90: a quarter more insolvencies, but in Germany what is stated for it.
    assert found.insolvency_growth == pytest.approx(0.25)
    assert applied(portfolio(), found)["pd"].tolist() == pytest.approx([0.015, 0.025, 0.06, 0.5])
    # Probabilities move with the index to the run's power, as their level does: 1.25² − 1.
    assert scenarios_of(indexed(file, index_elasticity=2.0))[0].insolvency_growth == pytest.approx(0.5625)
    # The index falls where it stands higher; a series that has ended counts with its last value.
    assert scenarios_of(indexed(file, "2026-01-15"))[0].insolvency_growth == pytest.approx(-0.5)
    assert scenarios_of(indexed(file, "2026-12-31"))[0].insolvency_growth == pytest.approx(-0.75)
    (frost,) = scenarios_of(indexed(write(tmp_path, FROST)))
    assert frost.insolvency_growth == 0


def test_growth_and_index_are_not_both_stated(tmp_path):
    file = write(tmp_path, FROST + "insolvency_index: 100\ninsolvency_growth: 0.1\nlimits_left: 0.5\n")
    with pytest.raises(ParameterError) as raised:
        Scenario.from_yaml(file)
    (problem,) = raised.value.problems
    assert problem.file == str(file)
    assert problem.allowed == "insolvency_growth and insolvency_index state the same twice: leave one out"
    for bad in (0, -5):
        with pytest.raises(ParameterError, match=r"insolvency_index.*greater than 0"):
            Scenario.from_yaml(write(tmp_path, FROST + f"insolvency_index: {bad}\n"))


def test_an_index_to_compare_with_is_asked_for(tmp_path):
    file = write(tmp_path, FROST + "insolvency_index: 100\n")
    for book in (indexed(file, insolvency_index=None), indexed(file, "2025-11-30")):
        other = write(tmp_path, FROST.replace("Frost", "Thaw") + "insolvency_index: 50\n", "thaw.yaml")
        calm = write(tmp_path, FROST, "calm.yaml")
        book.run.scenarios = [Scenario.from_yaml(one) for one in (file, other, calm)]
        with pytest.raises(ParameterError) as raised:
            scenarios_of(book)
        told = [(problem.file, problem.column, problem.value) for problem in raised.value.problems]
        assert told == [("scenario frost", "insolvency_index", 100), ("scenario thaw", "insolvency_index", 50)]
        for problem in raised.value.problems:
            assert problem.allowed == "the run has no index of insolvencies by its day to compare it with"
            assert problem.remedy == "state `default.insolvency_index` in the run file, or `insolvency_growth` here"


def test_kept_scenarios_are_those_of_the_demo_and_worsen_its_losses():
    run = Run.from_yaml(PROJECT / "params" / "demo.yaml")
    kept = scenarios_of(SimpleNamespace(run=run))
    kept_names = sorted(Scenario.from_yaml(file).name for file in KEPT)
    assert sorted(scenario.name for scenario in run.scenarios) == kept_names
    assert [scenario.name for scenario in kept] == ["Slowdown", "Severe recession", "Limit cuts"]
    graded = portfolio().assign(grade=[5, 7, 8, 9])
    base, slow, severe, cuts = effects(graded, kept).itertuples()
    assert base.expected_loss == cuts.expected_loss < slow.expected_loss < severe.expected_loss
    assert base.under_limit > cuts.under_limit


def test_kept_sector_factors_have_a_factor_for_every_sector_of_the_demo():
    kept = SectorFactors.from_yaml(PROJECT / "params" / "sectors" / "msci_emu.yaml")
    assert set("ACDEFGHIJMNPQS") <= set(kept.sectors)
    off_diagonal = np.array(kept.correlation)[np.triu_indices(11, 1)]
    # The mean, and the extremes: health care with commercial services, capital goods with consumer discretionary.
    assert off_diagonal.mean() == pytest.approx(0.554, abs=5e-4)
    assert (off_diagonal.min(), off_diagonal.max()) == (0.08, 0.92)
