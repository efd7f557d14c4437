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
from tradecredit.losses.quadrature import quadrature
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


SECTORS = SectorFactors.model_validate(
    {
        "source": "CreditRisk+ manual, examples 2 and 3 of its spreadsheet", "factors": ["US", "Japan", "Europe"],
        "correlation": np.eye(3).tolist(), "other": "US", "sectors": {"J": "Japan", "E": "Europe"},
    }
)  # fmt: skip
HARD = "UJJUEEUJEEUEEJEEUUUUUEJEU"
"""Example 2: the sector of each obligor (US, Japan, Europe)."""

WEIGHTS = {  # example 3: per cent specific, US, Japan and Europe, by obligor
    (50, 30, 10, 10): [1], (25, 25, 25, 25): [2, 9, 13], (25, 25, 20, 30): [3, 8, 19, 21, 23], (75, 5, 10, 10): [4],
    (50, 10, 10, 30): [5, 11, 18], (50, 20, 10, 20): [6, 12, 17, 24], (25, 10, 10, 55): [7, 14, 20],
    (75, 10, 5, 10): [10, 16, 22], (25, 25, 30, 20): [15], (75, 10, 10, 5): [25],
}  # fmt: skip
LATER = {
    1: (1,), 4: (0.5,), 9: (1, 1), 10: (1,), 11: (1, 1), 13: (1,), 17: (0.5,), 18: (1, 1), 19: (0.5, 0.25), 20: (1, 1)
}  # fmt: skip
"""Example 1C: shares of the first year's exposure in the second and the third, by obligor; others owe nothing then."""

LATER_RATES = {
    "A": (2.5, 3.5), "B": (3.1, 4.2), "C": (4.4, 5.3), "D": (6.3, 7.0), "E": (8.6, 8.6), "F": (10.1, 9.6),
    "G": (13.1, 11.1), "H": (19.9, 13.4),
}  # fmt: skip
"""Per cent that default in the second and in the third year, by rating."""

EXAMPLES = {"1C": (17_277_632, 62_100_307), "2": (14_221_863, 49_931_502), "3": (14_221_863, 47_368_235)}
"""Expected loss and 99th percentile of three years, of three sectors, and of weights on them, as published."""


def example(name: str) -> tuple[pd.DataFrame, Dependence, panjer.Banded, np.ndarray]:
    """Return a portfolio and what the run file states of one of `EXAMPLES`, and both as the recursion takes them.

    A year of example 1C that an obligor owes something in is an obligor of its own (§A5.3).
    """
    table, one_year, _ = published_obligors()
    table = table.assign(name=table["name"].astype(str), sector=[*HARD])
    factors = SECTORS
    if name == "1C":
        factors, table = SECTORS.model_copy(update={"sectors": {}}), pd.concat([table, later_years(table)])
    if name == "3":
        names = ("specific", *SECTORS.factors)
        weights = {
            str(obligor): dict(zip(names, np.array(shares) / 100, strict=True))
            for shares, obligors in WEIGHTS.items()
            for obligor in obligors
        }
        factors = SectorFactors.model_validate(SECTORS.model_dump() | {"buyers": weights})
    obligors = panjer.banded(table["exposure"].to_numpy(), table["pd"].to_numpy(), unit=one_year.unit)
    portfolio = pd.DataFrame(
        {"pd": obligors.rate, "exposure": obligors.band * obligors.unit, "lgd": 1.0, "correlation": 0.15,
         "insured_limit": np.nan, "sector": table["sector"].to_numpy()}, index=table["name"],
    )  # fmt: skip
    by_sector = [factors.sectors.get(sector, factors.other) for sector in table["sector"]]
    stated = [factors.buyers.get(buyer, weights) for buyer, weights in zip(table["name"], by_sector, strict=True)]
    deviations = dict.fromkeys(SECTORS.factors, 0.5)
    dependence = Dependence(kind="gamma", default_rate_sd=deviations, sector_factors=factors)
    return portfolio, dependence, obligors, np.array([factors.by_factor(one) for one in stated])


def later_years(table: pd.DataFrame) -> pd.DataFrame:
    rows = [
        row._replace(name=f"{row.name}/{year}", exposure=row.exposure * share, pd=rate / 100)
        for row in table.itertuples(index=False)
        for year, share, rate in zip((2, 3), LATER.get(int(row.name), ()), LATER_RATES[row.rating], strict=False)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_several_years_and_sectors_have_the_published_figures(name):
    portfolio, dependence, obligors, weights = example(name)
    exact = panjer.of_sectors(obligors, weights, default_rate_sd=np.full(3, 0.5), bands=1_500)
    mean, sd = panjer.mean_and_sd(exact, obligors.unit)
    found = round(mean), round(panjer.interpolated_percentile(exact, obligors.unit, 0.99))
    assert found == EXAMPLES[name]
    dist = simulate(portfolio, scenarios=40_000, seed=5, dependence=dependence)
    checked = quadrature(dist, [0.99]).set_index("measure")
    assert checked.loc[["expected", "sd"], "calculated"].to_numpy() == pytest.approx([mean, sd], rel=1e-6)
    shortfall = panjer.expected_shortfall(exact, obligors.unit, 0.99)
    assert checked.loc["ES", "calculated"] == pytest.approx(shortfall, rel=2e-3)
    for measure, value in {"expected": mean, "sd": sd, "ES": shortfall}.items():
        assert abs(checked.loc[measure, "simulated"] - value) <= 4 * checked.loc[measure, "standard_error"], measure


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
