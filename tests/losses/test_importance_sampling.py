"""What makes defaults hang together, in words."""

import pytest

from tradecredit.losses.importance_sampling import dependence_in_words
from tradecredit.params.losses import Dependence, SectorFactors

TWO = SectorFactors(source="made up", factors=["a", "b"], correlation=[[1, 0.5], [0.5, 1]], sectors={}, other="a")


@pytest.mark.parametrize(
    ("dependence", "words"),
    [
        (Dependence(), ["one factor, the same for all buyers", "Gaussian"]),
        (Dependence(sector_factors=TWO), ["2 factors by sector", "Gaussian"]),
        (Dependence(kind="student_t", degrees_of_freedom=4), ["one factor", "4 degrees of freedom"]),
        (Dependence(kind="gamma", default_rate_sd=0.7, sector_factors=TWO), ["2 factors", "standard deviation 0.7"]),
    ],
)
def test_dependence_in_words(dependence, words):
    told = dependence_in_words(dependence)
    assert all(word in told for word in words)
