"""The engine's figures against simulations in plain numpy, one normal a buyer and scenario, and an exact recursion.

Simulated figures are compared within four standard errors of their difference: the engine's as it tells them, the
reference's from the spread over its batches.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tradecredit import Policy
from tradecredit.losses.distribution import LossDistribution
from tradecredit.losses.simulation import simulate
from tradecredit.params.base import PROJECT
from tradecredit.params.losses import Dependence, Sampling, SectorFactors

sys.path.append(str(Path(__file__).parents[1] / "reference"))
import panjer
import plain_losses

LEVELS = (0.95, 0.99, 0.999)
PUBLISHED = PROJECT.parent / "shared" / "published" / "creditriskplus_1a_obligors.csv"
TERMS = plain_losses.Terms(each_loss_deductible=2_000.0, first_loss=20_000.0, maximum=400_000.0)
POLICY = Policy(
    insured_percentage=0.9, each_loss_deductible=2_000, deductible_order="percentage_first", loss_basis="net",
    aggregate_first_loss=20_000, aggregate_erosion="after_percentage", maximum_liability=400_000,
)  # fmt: skip
SAMPLINGS = {
    "plain": Sampling(method="plain"),
    "tail": Sampling(twisting="never"),
    "tail and twist": Sampling(twisting="always"),
}
BATCHES, BATCH = 20, 25_000


def book() -> pd.DataFrame:
    """Return 40 buyers of very different size."""
    random = np.random.default_rng(4)
    exposure = 20_000 * np.exp(1.2 * random.standard_normal(40))
    return pd.DataFrame(
        {
            "pd": np.minimum(0.02 * np.exp(random.standard_normal(40)), 0.2),
            "exposure": exposure,
            "lgd": random.uniform(0.6, 0.9, 40),
            "correlation": 0.15,
            "insured_limit": 0.8 * exposure,
        },
        index=pd.Index([f"B{number}" for number in range(40)], name="buyer_id"),
    )


BOOK = book()
LOSS = (BOOK["exposure"] * BOOK["lgd"]).to_numpy()
CLAIM = plain_losses.claim(LOSS, BOOK["insured_limit"].to_numpy(), TERMS)


def views(gross: np.ndarray, claims: np.ndarray) -> dict[str, np.ndarray]:
    indemnity = plain_losses.in_year(claims, TERMS)
    return {"gross": gross, "indemnity": indemnity, "retained": gross - indemnity}


def assert_alike(dist: LossDistribution, batches: list[dict[str, np.ndarray]]) -> None:
    """Compare all measures of all views with those of the batches together.

    A value at risk is compared by how often the reference exceeds it, since a few large buyers leave gaps between
    losses, where an error in currency means nothing.
    """
    table = dist.summary(LEVELS).fillna({"level": 0.0}).set_index(["view", "measure", "level"])
    for view in ("gross", "indemnity", "retained"):
        name = view if view == "gross" else f"{view}:policy"
        together = np.concatenate([batch[view] for batch in batches])
        expected = plain_losses.measures(together, LEVELS)
        spread = pd.DataFrame([plain_losses.measures(batch[view], LEVELS) for batch in batches]).std()
        for measure, level in expected:
            ours = table.loc[(name, measure, level)]
            if measure == "VaR":
                exceeded, error = dist.probability_of(dist.losses[name] > ours["value"])
                allowed = 4 * np.hypot(error, np.sqrt(level * (1 - level) / len(together)))
                assert exceeded <= 1 - level + 1e-12
                assert (together > ours["value"]).mean() <= 1 - level + allowed, (view, measure, level)
                assert (together >= ours["value"]).mean() >= 1 - level - allowed, (view, measure, level)
            else:
                error = spread[measure, level] / np.sqrt(len(batches))
                allowed = 4 * np.hypot(ours["standard_error"], error) + 1e-9 * ours["value"]
                assert abs(ours["value"] - expected[measure, level]) <= allowed, (view, measure, level)


def one_factor(seed: int) -> dict[str, np.ndarray]:
    columns = (BOOK[name].to_numpy() for name in ("pd", "exposure", "lgd"))
    return plain_losses.simulated(plain_losses.Book(*columns, 0.15), TERMS, scenarios=BATCH, seed=seed)


def student_t(seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    normal = np.sqrt(0.15) * random.standard_normal((BATCH, 1)) + np.sqrt(0.85) * random.standard_normal((BATCH, 40))
    shocked = normal * np.sqrt(5 / random.chisquare(5, (BATCH, 1)))
    defaults = (shocked < stats.t(5).ppf(BOOK["pd"].to_numpy())).astype(float)
    return views(defaults @ LOSS, defaults @ CLAIM)


TWO_SECTORS = SectorFactors(
    source="made up", factors=["north", "south"], correlation=[[1.0, 0.4], [0.4, 1.0]],
    sectors={"A": "north", "B": "south"}, other="north",
)  # fmt: skip
IN_SECTORS = BOOK.assign(sector=np.resize(["A", "B", "B"], 40), correlation=np.resize([0.3, 0.2, 0.1, 0.25], 40))


def two_sectors(seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    factors = random.multivariate_normal([0, 0], TWO_SECTORS.correlation, BATCH)
    mine = factors[:, IN_SECTORS["sector"].map({"A": 0, "B": 1})]
    correlation = IN_SECTORS["correlation"].to_numpy()
    normal = np.sqrt(correlation) * mine + np.sqrt(1 - correlation) * random.standard_normal((BATCH, 40))
    defaults = (normal < stats.norm.ppf(BOOK["pd"].to_numpy())).astype(float)
    return views(defaults @ LOSS, defaults @ CLAIM)


def varying_share_lost(seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    normal = np.sqrt(0.15) * random.standard_normal((BATCH, 1)) + np.sqrt(0.85) * random.standard_normal((BATCH, 40))
    year, buyer = np.nonzero(normal < stats.norm.ppf(BOOK["pd"].to_numpy()))
    mean = BOOK["lgd"].to_numpy()[buyer]
    size = mean * (1 - mean) / 0.2**2 - 1
    loss = BOOK["exposure"].to_numpy()[buyer] * random.beta(mean * size, (1 - mean) * size)
    claims = plain_losses.claim(loss, BOOK["insured_limit"].to_numpy()[buyer], TERMS)
    return views(np.bincount(year, loss, minlength=BATCH), np.bincount(year, claims, minlength=BATCH))


CASES = {
    "one factor": (one_factor, BOOK, Dependence()),
    "Student-t": (student_t, BOOK, Dependence(kind="student_t", degrees_of_freedom=5)),
    "two sectors": (two_sectors, IN_SECTORS, Dependence(sector_factors=TWO_SECTORS)),
    "LGD varies": (varying_share_lost, BOOK.assign(lgd_sd=0.2), Dependence()),
}


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, Dependence, list[dict[str, np.ndarray]]]:
    reference, portfolio, dependence = CASES[request.param]
    return portfolio, dependence, [reference(seed) for seed in range(BATCHES)]


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_all_measures_are_those_of_plain_numpy(case, sampling):
    portfolio, dependence, batches = case
    dist = simulate(
        portfolio, policies=[POLICY], scenarios=100_000, seed=2, dependence=dependence, sampling=SAMPLINGS[sampling]
    )
    assert_alike(dist, batches)


def test_plain_numpy_loses_what_it_should():
    batches = [one_factor(seed) for seed in range(BATCHES)]
    means = [batch["gross"].mean() for batch in batches]
    assert abs(np.mean(means) - BOOK["pd"] @ LOSS) <= 4 * np.std(means) / np.sqrt(BATCHES)
    assert np.array_equal(one_factor(1)["gross"], one_factor(1)["gross"])


def published_obligors() -> tuple[pd.DataFrame, panjer.Banded, np.ndarray]:
    """Return the obligors as published, in units as they were calculated, and the probabilities of losses in units."""
    if not PUBLISHED.exists():
        pytest.skip("the published obligors of the CreditRisk+ manual are not beside the project")
    table = pd.read_csv(PUBLISHED)
    unit = round(table["exposure"].max() / 100)
    obligors = panjer.banded(table["exposure"].to_numpy(), table["pd"].to_numpy(), unit=unit)
    return table, obligors, panjer.probabilities(obligors, default_rate_sd=0.5, bands=1_500)


# Of the 25 obligors of the CreditRisk+ manual (Credit Suisse First Boston 1997), example 1A of its spreadsheet.
PERCENTILES = {0.5: 11_089_455, 0.95: 38_908_486, 0.99: 55_311_503, 0.999: 77_133_478}


def test_recursion_gives_the_published_figures_to_the_unit():
    _, obligors, probability = published_obligors()
    mean, sd = panjer.mean_and_sd(probability, obligors.unit)
    assert (round(mean), round(sd)) == (14_221_863, 12_668_742)
    found = {level: round(panjer.interpolated_percentile(probability, obligors.unit, level)) for level in PERCENTILES}
    assert found == PERCENTILES


def test_recursion_of_equal_obligors_is_negative_binomial():
    obligors = panjer.Banded(1.0, np.full(50, 1), np.full(50, 0.03))
    found = panjer.probabilities(obligors, default_rate_sd=0.8, bands=40)
    alpha = 0.8**-2
    assert found == pytest.approx(stats.nbinom(alpha, alpha / (alpha + 1.5)).pmf(np.arange(40)))


def gamma_years(sampling: Sampling) -> tuple[LossDistribution, panjer.Banded, np.ndarray]:
    """Return the engine's years of the published obligors, rounded as they were, and the exact probabilities."""
    _, obligors, probability = published_obligors()
    portfolio = pd.DataFrame(
        {"pd": obligors.rate, "exposure": obligors.band * obligors.unit, "lgd": 1.0, "correlation": 0.15,
         "insured_limit": np.nan}
    )  # fmt: skip
    dependence = Dependence(kind="gamma", default_rate_sd=0.5)
    dist = simulate(portfolio, scenarios=100_000, seed=3, dependence=dependence, sampling=sampling)
    return dist, obligors, probability


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_gamma_years_are_those_of_the_recursion(sampling):
    dist, obligors, exact = gamma_years(SAMPLINGS[sampling])
    measures = dist.summary(LEVELS).fillna({"level": 0.0}).set_index(["measure", "level"])
    mean, sd = panjer.mean_and_sd(exact, obligors.unit)
    expected = {("expected", 0.0): mean, ("sd", 0.0): sd}
    expected |= {("ES", level): panjer.expected_shortfall(exact, obligors.unit, level) for level in LEVELS}
    for key, value in expected.items():
        assert abs(measures.loc[key, "value"] - value) <= 4 * measures.loc[key, "standard_error"], key
    units = (dist.losses["gross"] / obligors.unit).round().to_numpy(int)
    for beyond in (0, 20, 60, 150, 250, 380, 450):
        found, error = dist.probability_of(units > beyond)
        assert abs(found - exact[beyond + 1 :].sum()) <= 4 * error, beyond


def test_gamma_years_have_the_published_percentiles_within_their_error():
    dist, obligors, exact = gamma_years(Sampling())
    units = (dist.losses["gross"] / obligors.unit).round().to_numpy(int)
    found = np.bincount(units, dist.probability)
    for level, published in PERCENTILES.items():
        _, error = dist.probability_of(units * obligors.unit > published)
        density = exact[int(np.ceil(published / obligors.unit))] / obligors.unit
        percentile = panjer.interpolated_percentile(found, obligors.unit, level)
        assert abs(percentile - published) <= 4 * error / density, level
