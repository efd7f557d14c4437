"""Sentences on simulated losses."""

import pandas as pd
import pytest

from tradecredit import words
from tradecredit.params.losses import Dependence, SectorFactors

TWO = SectorFactors(source="made up", factors=["a", "b"], correlation=[[1, 0.5], [0.5, 1]], sectors={}, other="a")


@pytest.mark.parametrize(
    ("dependence", "parts"),
    [
        (Dependence(), ["one-factor Gaussian copula"]),
        (Dependence(sector_factors=TWO), ["2-factor (by sector) Gaussian copula"]),
        (Dependence(kind="student_t", degrees_of_freedom=4), ["one-factor Student-t copula", "4 degrees of freedom"]),
        (Dependence(kind="gamma", default_rate_sd=0.7, sector_factors=TWO), ["2-factor", "standard deviation 0.7"]),
    ],
)
def test_dependence_in_words(dependence, parts):
    sentence = words.losses.dependence(dependence)
    assert all(part in sentence for part in parts)


def test_views_are_named_by_what_they_are():
    table = pd.DataFrame({"view": ["gross", "indemnity:Quote B: net", "retained:Quote B: net"], "value": 1.0})
    expected = ["before insurance", "indemnity, Quote B: net", "retained, Quote B: net"]
    assert words.losses.views(table)["view"].tolist() == expected
