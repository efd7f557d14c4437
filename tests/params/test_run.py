"""The run file: what it may say, and how it is told what is wrong."""

import os
import re
from datetime import date, timedelta

import pandas as pd
import pytest
import yaml

from tradecredit.book.schema import COMPULSORY, TABLES
from tradecredit.errors import ParameterError
from tradecredit.params import late_interest
from tradecredit.params.base import PROJECT
from tradecredit.params.default import PART_WEIGHTS
from tradecredit.params.late_interest import LateInterestLaw, LateInterestSettings
from tradecredit.params.run import Run
from tradecredit.params.yaml_files import read_yaml

MINIMAL = {"entity": "Test", "currency": "EUR", "source": {"kind": "demo"}}


def run_of(folder, **keys):
    file = folder / "run.yaml"
    file.write_text(yaml.safe_dump(MINIMAL | keys))
    return file


def problems_of(folder, **keys):
    with pytest.raises(ParameterError) as caught:
        Run.from_yaml(run_of(folder, **keys))
    return {problem.column: problem for problem in caught.value.problems}


def test_the_date_is_the_argument_then_the_file_then_the_last_month_end(tmp_path):
    file = run_of(tmp_path, as_of="2026-09-30")
    assert Run.from_yaml(file, "2026-10-31").as_of == date(2026, 10, 31)
    assert Run.from_yaml(file).as_of == date(2026, 9, 30)
    last = Run.from_yaml(run_of(tmp_path)).as_of
    assert last < date.today().replace(day=1)
    assert (last + timedelta(days=1)).day == 1


def test_paths_are_relative_to_the_run_file(tmp_path):
    run = Run.from_yaml(run_of(tmp_path, source={"kind": "folder", "path": "data"}, reports="out"))
    assert run.source.path == tmp_path / "data"
    assert run.reports == tmp_path / "out"
    assert run.notebooks == PROJECT / "notebooks"


RUN_FILES = sorted([*(PROJECT / "params").glob("*.yaml"), *(PROJECT / "params" / "examples").glob("*.yaml")])


@pytest.mark.parametrize("file", RUN_FILES, ids=lambda file: file.stem)
def test_every_run_file_that_is_kept_is_valid(file):
    assert Run.from_yaml(file).entity


def test_all_problems_are_told_at_once_with_key_value_and_remedy(tmp_path):
    problems = problems_of(
        tmp_path,
        currency="Euro",
        sourc=1,
        source={"kind": "folder", "paths": "x"},
        simulation={"scenarios": "ten", "sed": 1},
        tables={"invoices": {"fil": "x"}},
        grades=[0.1, 0.05],
        limits={"revenue_share": [0.1]},
    )
    assert set(problems) == {
        "currency", "sourc", "source.path", "source.paths", "simulation.scenarios", "simulation.sed",
        "tables.invoices.fil", "grades", "limits.revenue_share",
    }  # fmt: skip
    assert problems["sourc"].remedy == "did you mean 'source'"
    assert problems["source.paths"].remedy == "did you mean 'path'"
    assert problems["tables.invoices.fil"].remedy == "did you mean 'file'"
    assert "three capital letters" in problems["currency"].allowed
    assert problems["simulation.scenarios"].value == "ten"
    assert "nine upper bounds" in problems["grades"].allowed


@pytest.mark.parametrize(
    ("keys", "column"),
    [
        ({"as_of": "2026-02-31"}, "as_of"),
        ({"simulation": {"levels": [0.99, 0.95]}}, "simulation.levels"),
        ({"simulation": {"levels": [1.0]}}, "simulation.levels.0"),
        ({"limit_optimum": {"level": 0.5}}, "limit_optimum.level"),
        ({"limit_optimum": {"frontier": [1.0, 0.5]}}, "limit_optimum.frontier"),
        ({"limit_optimum": {"kept": ["need"]}}, "limit_optimum.kept.0"),
        ({"limit_optimum": {"shortfall_cap": -1.0}}, "limit_optimum.shortfall_cap"),
        ({"limit_optimum": {"scenarios": 100}}, "limit_optimum.scenarios"),
        ({"default": {"central_tendency": float("inf")}}, "default.central_tendency"),
        ({"default": {"central_tendencies": {"DE": 0.0}}}, "default.central_tendencies.DE"),
        ({"default": {"level": "now"}}, "default.level"),
        ({"default": {"index_elasticity": -0.5}}, "default.index_elasticity"),
        ({"default": {"insolvency_index": 3}}, "default.insolvency_index"),
        ({"default": {"agencies": {"A": 0.02}}}, "default.agencies.A"),
        ({"default": {"agencies": {"A": {1: 0.0, 2: 0.1}}}}, "default.agencies.A.1"),
        ({"default": {"agencies": {"A": {"good": 0.01, 2: 0.1}}}}, "default.agencies.A.good"),
        ({"default": {"prior_part_weights": {"accounts": -1}}}, "default.prior_part_weights.accounts"),
        ({"losses": {"lgd": 1.2}}, "losses.lgd"),
        ({"losses": {"correlation": "high"}}, "losses.correlation"),
        ({"tables": {"invoices": {"formats": {"decimal": ",", "thousands": ","}}}}, None),
        ({"tables": {"invoice": {}}}, "tables.invoice"),
        ({"entity": "—"}, "entity"),
        ({"terms": {"lengths_days": [30, 14]}}, "terms.lengths_days"),
        ({"terms": {"longer_days": 30}}, "terms"),
        ({"payment_plan": {"instalments": 0}}, "payment_plan.instalments"),
        ({"late_interest": {"agreed_rates": {"Germany": 0.1}}}, "late_interest.agreed_rates.Germany"),
        ({"limits": {"without_accounts_limit": [1_000.0] * 9}}, "limits.without_accounts_limit"),
        ({"limits": {"without_accounts_limit": [1_000.0] * 9 + [2_000.0]}}, "limits.without_accounts_limit"),
        ({"limits": {"country_shares_of_book": {"DE": 1.5}}}, "limits.country_shares_of_book.DE"),
        ({"limits": {"country_shares_of_book": {"deu": 0.2}}}, "limits.country_shares_of_book.deu"),
        ({"limits": {"maximum_limit": 0.0}}, "limits.maximum_limit"),
        ({"limits": {"maximum_limit": 10.0, "minimum_limit": 11.0}}, "limits"),
        ({"limits": {"dormant_months": 13}}, "limits.dormant_months"),
        ({"limits": {"approvals": []}}, "limits.approvals"),
        ({"limits": {"approvals": [{"by": "analyst", "up_to": 100.0}]}}, "limits.approvals"),
        ({"limits": {"approvals": [{"by": "analyst"}, {"by": "board"}]}}, "limits.approvals"),
        ({"limits": {"approvals": [{"by": "a", "up_to": 9.0}, {"by": "a"}]}}, "limits.approvals"),
        (
            {"limits": {"approvals": [{"by": "a", "up_to": 9.0}, {"by": "b", "up_to": 9.0}, {"by": "c"}]}},
            "limits.approvals",
        ),
    ],
)
def test_impossible_values_are_refused(tmp_path, keys, column):
    problems = problems_of(tmp_path, **({"source": {"kind": "folder", "path": "x"}} | keys))
    assert column is None or column in problems, problems


def test_caps_of_countries_are_by_code_and_every_wrong_key_is_told(tmp_path):
    shares = {"Germany": 0.1, "de": 0.2, "Other": 0.3, "FR": 0.1}
    problems = problems_of(tmp_path, limits={"country_shares_of_book": shares})
    assert set(problems) == {f"limits.country_shares_of_book.{key}" for key in ("Germany", "de", "Other")}
    problem = problems["limits.country_shares_of_book.de"]
    assert str(problem) == (
        f"{tmp_path / 'run.yaml'}, limits.country_shares_of_book.de: found 'de'; a country's two capital letters (ISO "
        "3166) are expected, such as DE, or `other`, or `(not stated)`. Remedy: change the key."
    )
    right = {"FR": 0.1, "other": 0.2, "(not stated)": 0.3}
    assert (
        Run.from_yaml(run_of(tmp_path, limits={"country_shares_of_book": right})).limits.country_shares_of_book == right
    )


def test_sectors_may_be_called_what_the_book_calls_them(tmp_path):
    shares = {"construction": 0.2, "F": 0.1, "other": 0.3, "(not stated)": 0.1}
    assert (
        Run.from_yaml(run_of(tmp_path, limits={"sector_shares_of_book": shares})).limits.sector_shares_of_book == shares
    )


@pytest.mark.parametrize(
    ("section", "column"),
    [
        ("limits: {country_shares_of_book: {NO: 0.1}}", "limits.country_shares_of_book.0"),
        ("late_interest: {agreed_rates: {NO: 0.1}}", "late_interest.agreed_rates.0"),
    ],
)
def test_norway_needs_quotes_in_yaml_and_the_message_says_so(tmp_path, section, column):
    file = tmp_path / "run.yaml"
    file.write_text(yaml.safe_dump(MINIMAL) + section)
    with pytest.raises(ParameterError) as caught:
        Run.from_yaml(file)
    (problem,) = caught.value.problems
    assert (problem.column, problem.value) == (column, False)
    assert problem.remedy == "put it in quotes: YAML takes NO, ON, YES and the like for true or false"
    file.write_text(yaml.safe_dump(MINIMAL) + section.replace("NO", '"NO"'))
    assert Run.from_yaml(file)


def test_limits_may_be_approved_at_one_level(tmp_path):
    run = Run.from_yaml(run_of(tmp_path, limits={"approvals": [{"by": "owner"}]}))
    assert [(level.by, level.up_to) for level in run.limits.approvals] == [("owner", None)]


@pytest.mark.parametrize(
    "points", [{50: 0.01}, {}, {1: 0.1, 2: 0.2, 3: 0.15}, {1: 0.1, 2: 0.1}], ids=["one", "none", "turns", "level"]
)
def test_what_an_agencys_scores_mean_has_an_order(tmp_path, points):
    problems = problems_of(tmp_path, default={"agencies": {"North": points, "East": {1: 0.2, 2: 0.1}, "West": points}})
    assert list(problems) == ["default.agencies"]
    told = problems["default.agencies"].allowed
    assert told == "North, West: two scores at least are expected, and probabilities that only rise or only fall"


def test_an_agencys_scores_may_rise_or_fall_with_default(tmp_path):
    agencies = {"North": {20: 0.06, 5: 0.2, 80: 0.004}, "East": {1: 0.001, 2.5: 0.01}}
    assert Run.from_yaml(run_of(tmp_path, default={"agencies": agencies})).default.agencies == agencies


def test_parts_that_are_not_weighted_keep_their_weight(tmp_path):
    run = Run.from_yaml(run_of(tmp_path, default={"prior_part_weights": {"accounts": 0}}))
    assert run.default.prior_part_weights == PART_WEIGHTS | {"accounts": 0}
    assert set(PART_WEIGHTS) == {"payment behaviour", "accounts", "outside opinion"}
    problem = problems_of(tmp_path, default={"prior_part_weights": {"surroundings": 1}})[
        "default.prior_part_weights.surroundings"
    ]
    assert problem.allowed == "should be 'payment behaviour', 'accounts' or 'outside opinion'"


INDEX = {"source": "A statistics office.", "values": {date(2026, 2, 28): 110, date(2026, 1, 31): 100}}


def test_an_index_is_read_with_the_run_by_a_path_relative_to_it(tmp_path):
    (tmp_path / "economy").mkdir()
    (tmp_path / "economy" / "index.yaml").write_text(yaml.safe_dump(INDEX))
    run = Run.from_yaml(run_of(tmp_path, default={"insolvency_index": "economy/index.yaml"}, as_of="2026-03-31"))
    assert run.default.insolvency_index.source == "A statistics office."
    assert list(run.default.insolvency_index.values.items()) == [(date(2026, 1, 31), 100), (date(2026, 2, 28), 110)]
    # The values are part of the run from here on: another day, and what is remembered by the run, have them.
    assert run.as_of_date("2026-02-28").default == run.default
    assert Run.from_yaml(run_of(tmp_path, default={"insolvency_index": INDEX})).default == run.default


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (["2025-01-31", "2025-02-28", "2025-03-31", "2025-05-31"], "that of 2025-05-31 is 2 months after"),
        (["2024-12-31", "2025-06-30", "2025-09-30", "2025-12-31"], "that of 2025-06-30 is 6 months after"),
        (["2025-01-31", "2025-03-31", "2025-05-31"], "that of 2025-03-31 is 2 months after"),
        (["2025-01-31", "2025-02-28", "2025-03-01"], "last days of months are expected: 2025-03-01 is none"),
    ],
)
def test_an_index_with_gaps_is_refused(tmp_path, days, told):
    index = {"source": "A.", "values": dict.fromkeys(map(date.fromisoformat, days), 100)}
    problem = problems_of(tmp_path, default={"insolvency_index": index})["default.insolvency_index.values"]
    assert told in problem.allowed


@pytest.mark.parametrize("months", [1, 3, 6, 12])
def test_an_index_may_be_by_month_quarter_half_year_or_year(tmp_path, months):
    days = pd.date_range("2020-12-31", periods=5 * months, freq="ME")[::months]
    index = {"source": "A.", "values": {day.date(): 100 for day in days}}
    assert (
        len(Run.from_yaml(run_of(tmp_path, default={"insolvency_index": index})).default.insolvency_index.values) == 5
    )


def test_problems_of_an_index_are_told_where_it_stands(tmp_path):
    one = {"source": "A.", "values": {date(2026, 1, 31): 100}}
    few = "values of two days at least are expected: one alone shows no change"
    assert problems_of(tmp_path, default={"insolvency_index": one})["default.insolvency_index.values"].allowed == few
    bad = {"sourc": "A.", "values": {date(2026, 1, 31): -1, "soon": 5}}
    problems = problems_of(tmp_path, default={"insolvency_index": bad})
    assert set(problems) == {
        f"default.insolvency_index.{key}" for key in ("source", "sourc", "values.2026-01-31", "values.soon")
    }
    assert problems["default.insolvency_index.sourc"].remedy == "did you mean 'source'"
    assert problems["default.insolvency_index.values.soon"].allowed == "a date such as 2026-10-31 is expected"
    file = tmp_path / "index.yaml"
    file.write_text(yaml.safe_dump(one))
    problem = problems_of(tmp_path, default={"insolvency_index": "index.yaml"})["values"]
    assert (problem.file, problem.allowed) == (str(file), few)
    missing = problems_of(tmp_path, default={"insolvency_index": "none.yaml"})[None]
    assert missing.file == str(tmp_path / "none.yaml")
    assert "cannot be read" in missing.allowed


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sectors": {"C": {"x": 0.5, "y": 0.4}}}, "weights from 0 to 1 that add up to 1"),
        ({"sectors": {"C": {"x": 0.5, "z": 0.5}}}, "sectors.C: z is none of the factors"),
        ({"buyers": {"B1": "z"}}, "buyers.B1: z is none of the factors"),
        ({"sectors": {"C": {"x": 0.5, "specific": 0.5}}}, "specific belongs to gamma"),
        ({"sectors": {"C": {"x": 0.5, "y": 0.5}}, "correlation": [[1, -1], [-1, 1]]}, "cancel each other"),
        ({"factors": ["x", "specific"]}, "give the factor another name"),
    ],
)
def test_weights_on_factors_that_cannot_be_are_told(tmp_path, change, told):
    factors = {"source": "A.", "factors": ["x", "y"], "correlation": [[1, 0], [0, 1]], "sectors": {}, "other": "x"}
    problems = problems_of(tmp_path, losses={"dependence": {"sector_factors": factors | change}})
    assert told in " ".join(problem.allowed for problem in problems.values())


def test_a_standard_deviation_by_factor_needs_each_of_them(tmp_path):
    factors = {"source": "A.", "factors": ["x", "y"], "correlation": [[1, 0], [0, 1]], "sectors": {}, "other": "x"}
    gamma = {"kind": "gamma", "default_rate_sd": {"x": 0.5}}
    for dependence in (gamma, gamma | {"sector_factors": factors}):
        problems = problems_of(tmp_path, losses={"dependence": dependence})
        assert "one for each of the factors" in " ".join(problem.allowed for problem in problems.values())


def test_sector_factors_are_told_apart_from_a_file_too(tmp_path):
    problems = problems_of(tmp_path, losses={"dependence": {"sector_factors": {"source": "A.", "other": "x"}}})
    assert set(problems) == {f"losses.dependence.sector_factors.{key}" for key in ("factors", "correlation", "sectors")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a: [1", "not valid YAML"), ("- a\n- b\n", "key: value"), ("", "key: value"), ("a: 'x\n", "row")],
)
def test_a_file_that_is_no_yaml_mapping_says_so(tmp_path, text, expected):
    file = tmp_path / "run.yaml"
    file.write_text(text)
    with pytest.raises(ParameterError, match=expected):
        Run.from_yaml(file)


def test_a_key_that_is_stated_twice_is_refused_where_it_stands(tmp_path):
    file = run_of(tmp_path)
    with file.open("a", encoding="utf-8") as text:
        text.write("losses: {lgd: 0.5}\ncurrency: USD\n")
    with pytest.raises(ParameterError, match=r"run\.yaml, row 6: .*'currency' is stated twice"):
        Run.from_yaml(file)


@pytest.mark.parametrize("line", ["as_of: 2026-13-29", "source: {exported: 2026-11-31}", "fx: [2026-02-29 10:00:00]"])
def test_a_day_that_does_not_exist_is_refused_where_it_stands_with_all_else(tmp_path, line):
    file = tmp_path / "run.yaml"
    file.write_text(f"# whose\n{line}\ncurrency: Euro\n", encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        Run.from_yaml(file)
    day, *others = caught.value.problems
    assert (day.row, day.allowed) == (2, "is a day that does not exist")
    assert {"entity", "currency"} <= {problem.column for problem in others}
    assert all(problem.value != day.value for problem in others)


def test_a_day_in_quotes_is_a_text_and_a_29th_of_february_may_be_a_day(tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text('as_of: "2026-11-31"\nday: 2028-02-29\nmerged: {<<: {a: 1}}\n', encoding="utf-8")
    assert read_yaml(file) == {"as_of": "2026-11-31", "day": date(2028, 2, 29), "merged": {"a": 1}}


@pytest.mark.parametrize("code", ["BRZ", "XYZ", "DDM"])
def test_a_code_of_no_currency_in_use_is_refused(tmp_path, code):
    with pytest.raises(ParameterError, match=rf"currency: found '{code}'; is the code of no currency"):
        Run.from_yaml(run_of(tmp_path, currency=code))


def test_a_section_may_take_over_another_and_say_otherwise(tmp_path):
    file = tmp_path / "run.yaml"
    file.write_text("a: &a {x: 1, y: 2}\nb: {inner: &b {<<: *a, x: 3}}\nc: {<<: *b, y: 4}\n")
    assert read_yaml(file)["c"] == {"x": 3, "y": 4}


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(ParameterError, match="cannot be read"):
        Run.from_yaml(tmp_path / "none.yaml")


LAW = {
    "name": "Law", "source": "a test", "countries": ["XA"], "kinds": ["private"], "in_force": "2020-01-01",
    "points": 0.08, "reference": "rate", "rate_holds": "half_year", "rates": {"2026 H1": 0.02}, "currency": "EUR",
}  # fmt: skip


def law_of(folder, file="law.yaml", **keys):
    (folder / file).write_text(yaml.safe_dump(LAW | keys))
    return file


def test_the_laws_of_late_interest_are_read_with_the_run_file(tmp_path):
    assert [law.name for law in Run.from_yaml(run_of(tmp_path)).late_interest.laws] == [
        "Austria, UGB 456", "Belgium, act of 2002", "Bulgaria, decree 426", "China order 802", "Croatia, directive",
        "Czechia, regulation 351/2013", "Denmark, Interest Act", "EU directive", "Finland, Interest Act",
        "France, code de commerce L441-10", "France, commande publique", "Germany, BGB 288",
        "Hungary, Civil Code 6:155", "India, MSMED Act", "Ireland, SI 580 of 2012", "Netherlands, BW 6:119a",
        "Norway, act of 1976", "Poland, act of 2013", "Romania, Law 72/2013", "Sweden, Interest Act",
        "Switzerland, OR 104", "UK late payment act",
    ]  # fmt: skip
    run = Run.from_yaml(run_of(tmp_path, late_interest={"laws": [law_of(tmp_path)]}))
    assert run.late_interest.laws[0].rates == {"2026 H1": 0.02}
    assert run.as_of_date("2026-01-31").late_interest == run.late_interest


@pytest.mark.parametrize(
    ("keys", "column", "words"),
    [
        ({"daily_rate": 0.0005}, None, "either points"),
        ({"points": None}, None, "either points"),
        ({"yearly_rate": 0.05}, None, "either points"),
        ({"changes": {"2026-01-01": 0.02}, "known_until": "2026-06-30"}, None, "either rates"),
        ({"rates": {}, "changes": {"2026-01-01": 0.02}}, None, "known_until"),
        ({"rates": {}, "known_until": "2026-06-30"}, None, "known_until"),
        ({"rates": {}, "changes": {"2026-07-01": 0.02}, "known_until": "2026-06-30"}, None, "after known_until"),
        ({"rate_holds": "rest"}, None, "rests_months"),
        ({"day_count": "364"}, "day_count", "30/360"),
        ({"fees": [{"debt_from": 10, "fee": 40}]}, None, "begin at 0"),
        ({"fees": [{"debt_from": 0, "fee": 40}, {"debt_from": 0, "fee": 70}]}, None, "rise"),
        ({"rates": {"2026 Q1": 0.02}}, "rates.2026 Q1", "pattern"),
        ({"rates": {"2026 H1": 2.15}}, "rates.2026 H1", "less than 1"),
        ({"countries": ["Germany"]}, "countries.0", "two capital letters"),
    ],
)
def test_an_impossible_law_is_refused(tmp_path, keys, column, words):
    with pytest.raises(ParameterError) as caught:
        Run.from_yaml(run_of(tmp_path, late_interest={"laws": [law_of(tmp_path, **keys)]}))
    (problem,) = caught.value.problems
    assert problem.column == column
    assert words in problem.allowed
    assert problem.file.endswith("law.yaml")


def test_problems_of_a_law_in_the_run_file_are_told_where_it_stands(tmp_path):
    wrong = LAW | {"rates": {"2026 H1": 2.15}, "sourc": "a test"}
    problems = problems_of(tmp_path, late_interest={"laws": [law_of(tmp_path), wrong, LAW | {"daily_rate": 0.0005}, 3]})
    assert set(problems) == {
        "late_interest.laws.1.rates.2026 H1", "late_interest.laws.1.sourc", "late_interest.laws.2",
        "late_interest.laws.3",
    }  # fmt: skip
    assert str(problems["late_interest.laws.1.rates.2026 H1"]) == (
        f"{tmp_path / 'run.yaml'}, late_interest.laws.1.rates.2026 H1: found '2.15'; should be less than 1. Remedy: "
        "state a fraction: 0.0215 is 2.15 %."
    )
    assert problems["late_interest.laws.1.sourc"].remedy == "did you mean 'source'"
    assert problems["late_interest.laws.2"].allowed == (
        "give either points above the reference rate or a daily_rate or a yearly_rate"
    )
    assert problems["late_interest.laws.3"].allowed == "a section of `key: value` lines is expected"


def test_laws_may_stand_in_the_run_file_beside_others_in_files(tmp_path):
    laws = [law_of(tmp_path), LAW | {"name": "Inside", "countries": ["XB"]}]
    run = Run.from_yaml(run_of(tmp_path, late_interest={"laws": laws}))
    assert [law.name for law in run.late_interest.laws] == ["Law", "Inside"]
    assert run.as_of_date("2026-01-31").late_interest == run.late_interest


def test_a_run_made_in_code_holds_the_kept_laws_as_they_are_in_their_files(tmp_path, monkeypatch):
    files = tuple(tmp_path / name for name in ("law.yaml", "other.yaml"))
    monkeypatch.setattr(late_interest, "KEPT_LAWS", files)
    law_of(tmp_path)
    law_of(tmp_path, "other.yaml", name="Other", countries=["XB"])

    def laws():
        run = Run(**MINIMAL, file=tmp_path / "run.yaml", late_interest=LateInterestSettings(paid_late_months=1))
        assert run.late_interest == Run(**MINIMAL, file="x.yaml", late_interest={"paid_late_months": 1}).late_interest
        return run.late_interest.laws

    assert laws() == Run(**MINIMAL, file="x.yaml").late_interest.laws
    assert [(type(law), law.name) for law in laws()] == [(LateInterestLaw, "Law"), (LateInterestLaw, "Other")]
    law_of(tmp_path, rates={"2026 H1": 0.02, "2026 H2": 0.03})
    os.utime(files[0], ns=(0, 0))
    assert laws()[0].rates == {"2026 H1": 0.02, "2026 H2": 0.03}
    law_of(tmp_path, rates={"2026 H1": 2.0})
    files[1].unlink()
    with pytest.raises(ParameterError) as caught:
        Run.from_yaml(run_of(tmp_path))
    wrong, missing = caught.value.problems
    assert (wrong.file, wrong.column, wrong.value) == (str(files[0]), "rates.2026 H1", 2.0)
    assert (missing.file, "cannot be read" in missing.allowed) == (str(files[1]), True)


def test_two_laws_for_a_country_or_of_a_name_are_refused(tmp_path):
    laws = [law_of(tmp_path), law_of(tmp_path, "a.yaml", name="A"), law_of(tmp_path, "b.yaml", countries=["XB"])]
    (problem,) = problems_of(tmp_path, late_interest={"laws": laws}).values()
    assert problem.column == "late_interest.laws"
    assert problem.allowed == (
        "two laws have 'XA' in countries: take it out of one of them; two laws have 'Law' in name: name one of them "
        "otherwise"
    )


def test_a_country_may_have_a_law_for_each_kind_of_buyer(tmp_path):
    laws = [law_of(tmp_path), law_of(tmp_path, "a.yaml", name="A", kinds=["public"])]
    assert [law.name for law in Run.from_yaml(run_of(tmp_path, late_interest={"laws": laws})).late_interest.laws] == [
        "Law",
        "A",
    ]


def test_every_file_that_a_run_file_names_is_read_with_it_and_all_their_problems_are_told_at_once(tmp_path):
    (tmp_path / "own.yaml").write_text("insured_percentage: 0.9\n")
    (tmp_path / "frost.yaml").write_text("description: Frost.\nsource: None.\n")
    run = Run.from_yaml(run_of(tmp_path, policy="own.yaml", scenarios=["frost.yaml"]))
    assert (run.policy.name, run.policy.insured_percentage, run.scenarios[0].name) == ("own", 0.9, "frost")
    assert run.as_of_date("2026-01-31").policies == run.policies == [run.policy]
    (tmp_path / "wrong.yaml").write_text("insured_percentage: 9\n")
    with pytest.raises(ParameterError) as caught:
        Run.from_yaml(
            run_of(tmp_path, policy="wrong.yaml", scenarios=["none.yaml"], late_interest={"laws": ["x.yaml"]})
        )
    found = [(problem.file, problem.column) for problem in caught.value.problems]
    assert found == [
        (str(tmp_path / "wrong.yaml"), "insured_percentage"), (str(tmp_path / "none.yaml"), None),
        (str(tmp_path / "x.yaml"), None),
    ]  # fmt: skip


def test_policies_and_scenarios_have_names_of_their_own(tmp_path):
    own, top = {"name": "own"}, {"name": "top", "kind": "top_up", "primary": "Own", "top_up_share": 0.5}
    second = {"name": "second", "kind": "top_up", "primary": "top", "top_up_share": 0.5}
    frost = {"description": "Frost.", "source": "None."}
    (problem,) = problems_of(
        tmp_path, policy=own, quotes=[own, {"name": "no cover"}, top, second],
        scenarios=[frost | {"name": "base"}, frost | {"name": "x"}, frost | {"name": "x"}],
    ).values()  # fmt: skip
    assert problem.allowed.split("; ") == [
        "policies: the name 'no cover' is taken", "give each a `name` of its own",
        "policies: the name 'own' is taken", "give each a `name` of its own",
        "scenarios: the name 'base' is taken", "give each a `name` of its own",
        "scenarios: the name 'x' is taken", "give each a `name` of its own",
        "policies: 'top' tops up 'Own', which is none of the run's", "name one of: own, own, no cover",
        "policies: 'second' tops up 'top', which is none of the run's", "name one of: own, own, no cover",
    ]  # fmt: skip


def test_the_page_on_run_files_names_every_table_once():
    text = (PROJECT / "docs" / "run_file.md").read_text(encoding="utf-8")
    rows = text.split("| table | what it ")[1].split("\n\n")[0].splitlines()[2:]
    assert sorted(re.findall("`(.+?)`", row.split("|")[1])[0] for row in rows) == sorted(TABLES)
    compulsory = re.findall(r"^\| `(\w+)` \|.+\| compulsory \|$", text, flags=re.MULTILINE)
    assert tuple(compulsory) == COMPULSORY
