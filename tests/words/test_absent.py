"""What stands where a run or its book lacks something: one sentence on what is missing, and how it is added."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest

from tradecredit import words
from tradecredit.book import schema
from tradecredit.params.policy import NO_COVER
from tradecredit.params.run import Run
from tradecredit.words import absent

SENTENCES = {name: text for name, text in vars(absent).items() if name.isupper()}


def run(**keys) -> Run:
    return Run(entity="Test", currency="EUR", as_of="2026-10-31", source={"kind": "demo"}, file="x.yaml", **keys)


@pytest.mark.parametrize("name", SENTENCES)
def test_what_is_to_be_added_is_called_as_run_files_and_tables_call_it(name):
    columns = {column for table in schema.TABLES.values() for column in table.names}
    keys = {*Run.model_fields, "late_interest.laws", "provision.segments", "tradecredit demo FOLDER"}
    called = {text.split(":")[0] for text in re.findall(r"`([^`]+)`", SENTENCES[name])}
    assert called <= {*schema.TABLES, *columns, *keys}


def test_a_run_without_a_policy_says_which_lines_add_one_and_what_it_can_tell():
    book = SimpleNamespace(run=run(cost_of_capital=0.1), has=lambda table: table != "limits")
    told = words.policies.none_named(book)
    assert told.startswith("The run file names no policy: losses are told before insurance.")
    assert "`policy: policies/ours.yaml`" in told
    row = {"retained_expected": 200_012.0, "retained_expected_se": 870.0, "cost_of_risk": 300_000.0}
    comparison = pd.DataFrame([row], index=[NO_COVER])
    assert words.policies.without_cover(book, comparison)["cost_without_cover"][0] == 300_000
    told = words.policies.what_cover_would_need(book, comparison)
    assert "and the insurer's limits as table `limits`." in told
    # In the digits that its error leaves known.
    assert (
        "EUR 200,000 a year expected. With the capital for bad years (10 % a year) they cost EUR 300,000 a year" in told
    )


def test_where_a_policy_is_named_nothing_is_said():
    book = SimpleNamespace(run=SimpleNamespace(policies=[1]))
    assert words.policies.without_cover(book, pd.DataFrame()) == {}
    assert words.policies.none_named(book) == words.policies.what_cover_would_need(book, pd.DataFrame()) == ""


def test_figures_of_limits_and_of_past_years_are_none_without_their_tables():
    assert words.limits.of_limits_in_force(SimpleNamespace(has={}.get), pd.Series()) == {}
    assert words.losses.last_year(pd.DataFrame(), "EUR", recorded=False) == {}


def test_of_what_is_old_no_default_is_told_where_none_is_recorded():
    kpis = pd.Series({"over_90_amount": 1_000.0, "over_90_in_default": 0.0, "share_over_90": 0.1})
    assert words.receivables.long_overdue(kpis, "EUR", recorded=False) == (
        "EUR 1,000 (10 %) is more than 90 days overdue; what of it is evidence of default, and what is to be cleared "
        "up, is in chapter 02."
    )
