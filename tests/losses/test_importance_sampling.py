"""How bad years are drawn."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.losses.importance_sampling import NODES
from tradecredit.losses.moment_kernels import log_generating, twists
from tradecredit.losses.simulator import Settings, Simulator
from tradecredit.params.losses import Dependence, Sampling


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


@pytest.mark.parametrize("kind", ["gaussian", "gamma"])
def test_under_its_twist_a_year_is_expected_to_lose_the_target(kind):
    simulator = one_factor(kind)
    economy, obligors, loss = simulator.economy, simulator.obligors, simulator.loss
    mean = economy._moments(obligors, loss, NODES * 0)[0]
    target = float(np.median(mean))
    found = twists(obligors, economy.at_nodes(NODES * 0), loss, economy.gamma, target, 40)
    assert (found[mean >= target] == 0).all()
    low = mean < target
    assert low.sum() == 30
    np.testing.assert_allclose(economy._moments(obligors, loss, found)[0][low], target, rtol=1e-6)
