"""The run file: what it may say, and how it is told what is wrong."""

from datetime import date, timedelta

import pytest
import yaml

from tradecredit.errors import ParameterError
from tradecredit.params import PROJECT, Run

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
    run = Run.from_yaml(run_of(tmp_path, source={"kind": "folder", "path": "data"}, policy="p.yaml", reports="out"))
    assert run.source.path == tmp_path / "data"
    assert run.policy == tmp_path / "p.yaml"
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
    assert problems["simulation.scenarios"].value == "ten"
    assert "nine upper bounds" in problems["grades"].allowed


@pytest.mark.parametrize(
    ("keys", "column"),
    [
        ({"as_of": "2026-02-31"}, "as_of"),
        ({"simulation": {"levels": [0.99, 0.95]}}, "simulation.levels"),
        ({"simulation": {"levels": [1.0]}}, "simulation.levels.0"),
        ({"default": {"central_tendency": float("inf")}}, "default.central_tendency"),
        ({"losses": {"lgd": 1.2}}, "losses.lgd"),
        ({"losses": {"correlation": "high"}}, "losses.correlation"),
        ({"tables": {"invoices": {"formats": {"decimal": ",", "thousands": ","}}}}, None),
        ({"tables": {"invoice": {}}}, "tables.invoice"),
        ({"entity": "—"}, "entity"),
        ({"limits": {"without_accounts_limit": [1_000.0] * 9}}, "limits.without_accounts_limit"),
        ({"limits": {"without_accounts_limit": [1_000.0] * 9 + [2_000.0]}}, "limits.without_accounts_limit"),
        ({"limits": {"country_shares_of_book": {"DE": 1.5}}}, "limits.country_shares_of_book.DE"),
        ({"limits": {"maximum_limit": 0.0}}, "limits.maximum_limit"),
        ({"limits": {"dormant_months": 13}}, "limits.dormant_months"),
        ({"limits": {"approvals": []}}, "limits.approvals"),
        ({"limits": {"approvals": [{"by": "analyst", "up_to": 100.0}]}}, "limits.approvals"),
        ({"limits": {"approvals": [{"by": "analyst"}, {"by": "board"}]}}, "limits.approvals"),
        (
            {"limits": {"approvals": [{"by": "a", "up_to": 9.0}, {"by": "b", "up_to": 9.0}, {"by": "c"}]}},
            "limits.approvals",
        ),
    ],
)
def test_impossible_values_are_refused(tmp_path, keys, column):
    problems = problems_of(tmp_path, **({"source": {"kind": "folder", "path": "x"}} | keys))
    assert column is None or column in problems, problems


def test_limits_may_be_approved_at_one_level(tmp_path):
    run = Run.from_yaml(run_of(tmp_path, limits={"approvals": [{"by": "owner"}]}))
    assert [(level.by, level.up_to) for level in run.limits.approvals] == [("owner", None)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a: [1", "not valid YAML"), ("- a\n- b\n", "key: value"), ("", "key: value"), ("a: 'x\n", "row")],
)
def test_a_file_that_is_no_yaml_mapping_says_so(tmp_path, text, expected):
    file = tmp_path / "run.yaml"
    file.write_text(text)
    with pytest.raises(ParameterError, match=expected):
        Run.from_yaml(file)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(ParameterError, match="cannot be read"):
        Run.from_yaml(tmp_path / "none.yaml")
