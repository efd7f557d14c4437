"""One name, one figure: what a month publishes under a name is one thing, with one label, over all chapters."""

import itertools
import json
from pathlib import Path

import pandas as pd
import pytest

from tradecredit.report.columns import labelled

KEYS = ("buyer_id", "grade", "policy", "scenario", "input", "group_id")
"""What rows of several tables are about: a column says one thing of each, whichever table it stands in."""

OF_THE_TABLE = {"share", "reason", "standard_error"}
"""Columns that say something of the other columns of their own table."""

RECORDS = {"since", "until"}
"""Columns of records of the book, of which several may be of one buyer and a past time."""


@pytest.fixture(scope="session")
def tables(month: Path) -> dict[str, pd.DataFrame]:
    """The tables of a month by `chapter/name`."""
    files = sorted(month.glob("tables/*/*.csv"))
    return {f"{file.parent.name}/{file.stem}": pd.read_csv(file, encoding="utf-8-sig") for file in files}


@pytest.fixture(scope="session")
def figures(month: Path) -> pd.DataFrame:
    """The headline figures of the chapters: chapter, name, label, value, unit; the summary only repeats them."""
    chapters = json.loads((month / "results.json").read_text(encoding="utf-8"))["chapters"]
    rows = [
        {"chapter": chapter, "name": name} | figure
        for chapter, content in chapters.items()
        for name, figure in content["figures"].items()
    ]
    return pd.DataFrame(rows)


def test_every_column_of_a_month_has_a_label(tables):
    policies = set(tables["05_credit_insurance/policy_terms"].columns) - {"term"}
    lengths = set(tables["03_credit_limits/order_value"].columns) - {"grade"}
    for table, frame in tables.items():
        unlabelled = set(frame.columns) - set(labelled()) - policies - lengths
        assert not unlabelled, f"{table}: state a label of {unlabelled} in columns.py beside the function that makes it"
        for column in set(frame.columns) & {name for name, stated in labelled().items() if stated.kind == "name"}:
            # A name of words, such as `insolvency index now`, is its own label.
            codes = {value for value in frame[column].dropna() if "_" in value and ": " not in value}
            assert codes <= set(labelled()), f"{table}: state a label of {codes - set(labelled())}"


def test_no_two_tables_have_one_name(tables):
    names = [table.partition("/")[2] for table in tables]
    assert len(names) == len(set(names))


def test_a_headline_figure_has_one_value_and_a_value_one_name(figures):
    values = figures.groupby("name")["value"].nunique(dropna=False)
    assert (values == 1).all(), values[values > 1]
    labels = figures.groupby("name")["label"].agg(set)
    assert labels.map(len).eq(1).all(), labels
    own = figures[figures["chapter"] != "00_summary"]
    assert own["name"].is_unique
    assert own["label"].is_unique
    amounts = own[(own["unit"] != "count") & own["value"].notna() & (own["value"] != 0)]
    assert not amounts["value"].duplicated(keep=False).any(), amounts


def test_a_column_says_one_thing_of_a_buyer_a_grade_or_a_policy(tables):
    for key in KEYS:
        found: dict[str, list[tuple[str, pd.Series]]] = {}
        for table, frame in tables.items():
            if frame.columns[0] == key and frame[key].is_unique and not RECORDS & set(frame.columns):
                by_key = frame.set_index(frame[key].astype(str))
                for column in set(frame.columns) - {key} - OF_THE_TABLE:
                    found.setdefault(column, []).append((table, by_key[column]))
        for column, said in found.items():
            for (one, first), (other, second) in itertools.combinations(said, 2):
                both = pd.concat([first, second], axis="columns", join="inner", keys=["one", "other"]).dropna()
                if both.empty:
                    continue
                if all(pd.api.types.is_numeric_dtype(values) for values in (first, second)):
                    same = (both["one"] * 1.0 - both["other"]).abs() <= 1e-6 * (both["one"].abs() + 1)
                else:
                    same = both["one"] == both["other"]
                assert same.all(), f"{column} of a {key} in {one} and {other}: {both[~same].head(3)}"


def test_simulated_and_exact_are_told_apart(tables, figures):
    headline = figures.drop_duplicates("name").set_index("name")
    effects = tables["04_loss_simulation/scenario_effects"].set_index("scenario").loc["base"]
    exact = tables["04_loss_simulation/contributors"]["expected_loss"].sum()
    assert effects["expected_loss"] == pytest.approx(exact)
    assert "expected_loss" not in headline.index
    simulated = tables["04_loss_simulation/scenarios"].set_index("scenario").loc["base"]
    for name in simulated.index.intersection(headline.index):
        assert headline.loc[name, "value"] == pytest.approx(simulated[name], rel=1e-9), name
    of_years = [
        "expected_loss_simulated",
        "var_99",
        "es_99",
        "expected_indemnity",
        "retained_expected",
        "retained_es_99",
    ]
    for name in headline.index.intersection(of_years):
        assert "simulated" in headline.loc[name, "label"]
