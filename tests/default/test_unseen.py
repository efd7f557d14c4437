"""The interval of a probability that is a mean: around the middle, against integrals and simulated buyers."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import expit, logit
from scipy.stats import norm

from tradecredit.default.unseen import middle, widened


def exactly(*probabilities: float) -> pd.DataFrame:
    return pd.DataFrame(dict.fromkeys(("pd", "pd_low", "pd_high"), np.array(probabilities)))


@pytest.mark.parametrize("probability", [1e-9, 0.001, 0.02, 0.3, 0.5, 0.9, 1 - 1e-9])
@pytest.mark.parametrize("sd", [0.0, 0.7, 1.6])
def test_the_mean_around_the_middle_is_what_was_told(probability, sd):
    at = middle(np.array([logit(probability)]), np.array([sd]))[0]
    mean = quad(lambda z: expit(at + sd * z) * norm.pdf(z), -12, 12, epsabs=0, epsrel=1e-10, limit=200)[0]
    assert mean == pytest.approx(probability, rel=1e-5)
    assert 1 - mean == pytest.approx(1 - probability, rel=1e-5)


def test_of_small_probabilities_the_middle_lies_half_the_variance_lower():
    # The mean of a lognormal is exp(½ sd²) times its median.
    assert middle(np.array([-15.0]), np.array([0.7]))[0] == pytest.approx(-15.245, abs=1e-5)


def test_buyers_of_known_truth_lie_outside_on_either_side_alike():
    random = np.random.default_rng(20)
    score, sd = random.normal(-4, 1.2, 40_000), 0.7
    truth = expit(score + sd * random.standard_normal(len(score)))
    # What a model of the score alone tells: the mean over the buyers that have it.
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    told = (expit(score[:, None] + sd * nodes) @ weights) / weights.sum()
    found = widened(exactly(*told), unseen=sd, error=0.0, confidence=0.9)
    # Three standard errors of 40,000 draws: 0.3 %.
    assert (truth < found["pd_low"]).mean() == pytest.approx(0.05, abs=0.0033)
    assert (truth > found["pd_high"]).mean() == pytest.approx(0.05, abs=0.0033)


def test_what_is_wrong_of_all_buyers_widens_the_interval_and_moves_it_not():
    given = pd.DataFrame({"pd": [0.1], "pd_low": expit([logit(0.1) - 0.6]), "pd_high": expit([logit(0.1) + 0.6])})
    found = widened(given, unseen=0.0, error=0.8 / norm.ppf(0.95), confidence=0.9)
    # √(0.6² + 0.8²) = 1 either way.
    assert logit(found[["pd_low", "pd_high"]]).to_numpy()[0] == pytest.approx(logit(0.1) + np.array([-1, 1]))
    assert found["pd"].tolist() == [0.1]


def test_the_interval_holds_the_probability_however_sure_one_is():
    found = widened(exactly(0.01, 0.6), unseen=3.0, error=0.0, confidence=0.51)
    assert (found["pd_low"] <= found["pd"]).all()
    assert (found["pd"] <= found["pd_high"]).all()
    assert widened(exactly(), unseen=0.7, error=0.1, confidence=0.9).empty
