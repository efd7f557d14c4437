"""The stages of collection: the days on which they come, and what is refused, with the remedy."""

import pytest
from pydantic import ValidationError

from tradecredit.book.demo.collecting import STAGES
from tradecredit.errors import ParameterError
from tradecredit.params.collect import CollectionSettings
from tradecredit.params.run import Run

FIRST = {"name": "first", "after_days_past_due": 5}


def refused(*stages: dict) -> str:
    with pytest.raises(ValidationError) as caught:
        CollectionSettings(stages=list(stages))
    return str(caught.value)


def test_the_usual_stages_are_those_of_the_demo_company_and_come_after_7_21_and_35_days():
    usual = CollectionSettings()
    assert [stage.name for stage in usual.reminders] == list(STAGES)
    assert usual.days_past_due == [7, 21, 35]
    assert [usual.named(act) for act in ("stop", "enforce", "claim")] == [
        "stop of supplies", "agency or court", "claim",
    ]  # fmt: skip
    assert [(stage.interest, stage.fee) for stage in usual.reminders] == [(False, False), (False, False), (True, True)]


def test_a_reminder_comes_after_days_past_due_or_after_the_one_before():
    second = {"name": "second", "after_days_past_due": 20}
    third = {"name": "third", "after_stage_before": 10, "least_amount": 80}
    settings = CollectionSettings(stages=[FIRST, second, third], least_amount=30)
    assert settings.days_past_due == [5, 20, 30]
    assert [settings.least(stage) for stage in settings.stages] == [30, 30, 80]
    assert settings.named("stop") is None


@pytest.mark.parametrize(
    ("stages", "told"),
    [
        ([{"name": "first", "after_stage_before": 5}], "'first' is the first: state after_days_past_due"),
        ([FIRST, {"name": "second"}], "'second': state either after_days_past_due or after_stage_before"),
        ([FIRST, {"name": "first", "after_stage_before": 14}], "two are called 'first': name one of them otherwise"),
        ([FIRST, {"name": "second", "after_days_past_due": 5}], "'second' comes no later than the one before"),
        ([FIRST, {"name": "second", "after_stage_before": 3}],
         "'second' comes 3 days after 'first', which gives 7 days to pay: let it come later, or give fewer"),
        ([FIRST, {"name": "stop", "act": "stop", "after_stage_before": 3, "authority": "board"}],
         "'stop' comes when the decisions on the buyer say so: remove after_stage_before, authority"),
        ([FIRST, {"name": "claim", "act": "claim"}, {"name": "stop", "act": "stop"}],
         "'stop' stands after 'claim': order them remind, stop, enforce, claim"),
        ([FIRST, {"name": "a", "act": "stop"}, {"name": "b", "act": "stop"}], "two do the same (act: stop)"),
        ([{**FIRST, "least_amount": 90}, {"name": "second", "after_stage_before": 14, "least_amount": 50}],
         "it would never be reached; lower the first, or raise it"),
        ([{"name": "stop", "act": "stop"}], "state one reminder at least"),
    ],
)  # fmt: skip
def test_contradictions_are_refused_with_the_remedy(stages, told):
    assert told in refused(*stages)


def test_who_sends_a_reminder_is_one_of_those_who_approve():
    run = {"entity": "Test", "currency": "EUR", "source": {"kind": "demo"}, "file": "x.yaml"}
    stated = {"stages": [{**FIRST, "authority": "nobody"}]}
    with pytest.raises(ValidationError, match=r"'nobody' is nobody of .*; name one of 'credit analyst'"):
        Run(**run, collections=stated)
    assert (
        Run(**run, collections={"stages": [{**FIRST, "authority": "board"}]}).collections.stages[0].authority == "board"
    )


def test_stages_may_stand_in_a_file_of_their_own_whose_problems_are_told_with_it(tmp_path):
    run_file, own = tmp_path / "run.yaml", tmp_path / "collections.yaml"
    run_file.write_text("entity: Test\ncurrency: EUR\nsource: {kind: demo}\ncollections: collections.yaml\n")
    own.write_text("stages: [{name: first, after_days_past_due: 3, tone: friendly}]\ndso_goal: 45\n")
    settings = Run.from_yaml(run_file).collections
    assert (settings.days_past_due, settings.dso_goal) == ([3], 45)
    own.write_text("stages: [{name: first, after_days_past_due: 3, tune: friendly}]\ngrace_days: -1\n")
    with pytest.raises(ParameterError) as caught:
        Run.from_yaml(run_file)
    assert {problem.column for problem in caught.value.problems} == {"stages.0.tune", "grace_days"}
    assert all(problem.file == str(own) for problem in caught.value.problems)
