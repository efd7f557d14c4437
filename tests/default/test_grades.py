"""The master scale: boundaries, middles, the rating agency's equivalents, and the book by grade."""

import csv
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecredit.default import grades
from tradecredit.params.base import PROJECT
from tradecredit.params.run import Run

BOUNDS = Run.model_fields["grades"].default
PUBLISHED = PROJECT.parent / "shared" / "published" / "sp_1981-2016.csv"


def test_a_bound_belongs_to_the_better_grade():
    on = grades.grade(pd.Series(BOUNDS), BOUNDS)
    assert on.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    beyond = grades.grade(pd.Series([math.nextafter(bound, 1) for bound in BOUNDS]), BOUNDS)
    assert beyond.tolist() == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert grades.grade(pd.Series([0.0, 1.0]), BOUNDS).tolist() == [1, grades.WORST]


def test_a_missing_probability_has_no_grade_and_the_index_stays():
    found = grades.grade(pd.Series([0.5, float("nan")], index=["A", "B"]), BOUNDS)
    assert found["A"] == 10
    assert found["B"] is pd.NA
    assert found.dtype == "Int64"


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_a_higher_probability_never_has_a_better_grade(probabilities):
    found = grades.grade(pd.Series(sorted(probabilities)), BOUNDS)
    assert found.is_monotonic_increasing
    assert found.between(1, 10).all()


def test_middles_are_geometric_means_and_lie_in_their_grades():
    middle = grades.middle(BOUNDS)
    assert middle.index.tolist() == list(range(1, 11))
    assert middle[1] == pytest.approx(0.0003 / 2)
    assert middle[6] == pytest.approx(math.sqrt(0.01 * 0.02))
    assert middle[10] == pytest.approx(math.sqrt(0.16 * 1))
    assert grades.grade(middle, BOUNDS).tolist() == middle.index.tolist()


def test_master_scale_is_without_gaps():
    scale = grades.master_scale(BOUNDS)
    assert scale["pd_low"].iloc[0] == 0
    assert scale["pd_high"].iloc[-1] == 1
    assert scale["pd_high"].iloc[:-1].tolist() == scale["pd_low"].iloc[1:].tolist() == BOUNDS
    assert scale["pd"].between(scale["pd_low"], scale["pd_high"]).all()


def test_equivalents_are_nearest_in_logarithms():
    # Grade 6, middle √(1 % × 2 %) = 1.41 %: ln(1.41/0.72) = 0.67 from BB, ln(3.76/1.41) = 0.98 from B.
    # Grade 8, middle 5.66 %: 0.41 from B, 1.55 from CCC/C. Grade 3, 0.158 %: 0.13 from BBB, 0.97 from A.
    equivalents = grades.master_scale(BOUNDS)["sp_equivalent"]
    assert equivalents[[3, 6, 8, 10]].tolist() == ["BBB", "BB", "B", "CCC/C"]
    order = list(grades.SP_DEFAULT_RATES)
    assert equivalents.map(order.index).is_monotonic_increasing


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published rating transitions are not beside the project")
def test_rates_are_those_that_were_published():
    with PUBLISHED.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    ratings = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC/C"]
    assert rows[1][:3] == ["7", "9", "8"]  # ratings from, states to (the ratings, D and NR), horizons
    assert rows[1][3] == "1"  # years of the first block
    one_year = {rating: [float(cell) for cell in row[:9]] for rating, row in zip(ratings, rows[2:9], strict=True)}
    for row in one_year.values():
        assert sum(row) == pytest.approx(100, abs=0.1)
    default_rates = {rating: row[len(ratings)] / 100 for rating, row in one_year.items()}
    assert default_rates.pop("AAA") == 0
    assert pytest.approx(default_rates) == grades.SP_DEFAULT_RATES


def test_distribution_by_hand():
    ratings = pd.DataFrame(
        {"grade": pd.array([2, 2, 10], dtype="Int64"), "pd": [0.0005, 0.001, 0.3]}, index=["A", "B", "C"]
    )
    table = grades.distribution(ratings, pd.Series({"A": 300.0, "C": 100.0, "X": 999.0}), BOUNDS)
    assert table.index.tolist() == list(range(1, 11))
    assert table.loc[[2, 10], "buyers"].tolist() == [2, 1]
    assert table.loc[[2, 10], "exposure"].tolist() == [300, 100]
    assert table.loc[[2, 10], "share"].tolist() == [0.75, 0.25]
    assert table.loc[[2, 10], "expected_defaults"].tolist() == pytest.approx([0.0015, 0.3])
    assert (table.drop([2, 10]) == 0).all(axis=None)


def test_distribution_of_a_book_in_which_nothing_is_owed():
    ratings = pd.DataFrame({"grade": pd.array([2], dtype="Int64"), "pd": [0.0005]}, index=["A"])
    table = grades.distribution(ratings, pd.Series(dtype="float64"), BOUNDS)
    assert table["buyers"].sum() == 1
    assert table["share"].isna().all()
