"""Sentences on the review of the default model."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from tradecredit.words.review import by_grade_and_year, calibrated


def rates(index: list, **columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=index)


def test_the_picture_of_rates_is_told_by_what_is_outside_the_interval():
    grades = rates([9, 10], predicted=[0.05, 0.23], observed=[0.06, 0.43], low=[0.04, 0.35], high=[0.08, 0.51])
    years = rates(["2024", "2025"], predicted=[0.03, np.nan], observed=[0.03, 0.1], low=[0.02, 0.0], high=[0.04, 1.0])
    assert calibrated({"Grade": grades, "Year": years}) == (
        "Grade: predicted within the interval of the observed rate in 1 of 2; outside: 10 (predicted 23.0 %, observed "
        "43.0 %). Year: predicted within the interval of the observed rate in 1 of 1."
    )
    assert calibrated({"Grade": grades.head(0)}).startswith("Nothing to compare")


def test_rates_are_of_grades_without_their_total_and_of_years_alone():
    numbers = {name: [0.1, 0.2] for name in ("predicted", "observed", "low", "high")}
    segments = pd.DataFrame({"kind": ["year of observation", "country"], "segment": ["2024", "DE"]} | numbers)
    found = by_grade_and_year(SimpleNamespace(by_grade=rates([3, "all"], **numbers), segments=segments))
    assert {name: table.index.tolist() for name, table in found.items()} == {
        "Grade": [3], "Year of observation": ["2024"]
    }  # fmt: skip
