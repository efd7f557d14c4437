"""What makes defaults hang together, in words, and how bad years are drawn."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.model.economy import dependence_in_words
from tradecredit.model.engine import log_generating
from tradecredit.model.simulator import Settings, Simulator
from tradecredit.params import Dependence, Sampling, SectorFactors

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


def one_factor(kind: str) -> Simulator:
    random = np.random.default_rng(2)
    book = pd.DataFrame(
        {"pd": random.uniform(0.001, 0.1, 50), "exposure": random.lognormal(10, 1.5, 50), "lgd": 0.6,
         "correlation": 0.15, "insured_limit": np.nan}
    )  # fmt: skip
    dependence = Dependence(kind=kind, default_rate_sd=0.8 if kind == "gamma" else None)
    return Simulator.of(book, (), (4_000, 1_001), 1, Settings(dependence, Sampling(twisting="always")))


def test_parts_of_steps_are_even_so_that_pairs_are_of_one_kind():
    draw = one_factor("gaussian").draw
    assert [(part.stop - part.start, part.kind) for part in draw.parts] == [
        (1_000, 0), (1_000, 1), (1_000, 2), (1_000, 3), (250, 0), (250, 1), (250, 2), (251, 3),
    ]  # fmt: skip
    assert draw.share(4).sum() == pytest.approx(1)
    assert all(np.all(np.diff(draw.place[part.start : part.stop]) > 0) for part in draw.parts)


@pytest.mark.parametrize("kind", ["gaussian", "gamma"])
def test_the_twist_looked_up_is_the_exact_one(kind):
    simulator = one_factor(kind)
    economy, obligors = simulator.economy, simulator.obligors
    places = np.linspace(-9, 5, 701)  # also beyond the nodes
    states = economy.along(places)
    found = economy.log_generating(obligors, places, states)
    assert (found[0] == 0).all()
    for number in (1, 2, 3):
        twisted = states._replace(twist=economy.twist_at(places, number))
        exact = log_generating(obligors, twisted, economy.gamma)
        np.testing.assert_allclose(found[number], exact, atol=3e-6)
