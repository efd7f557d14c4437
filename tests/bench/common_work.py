"""The work that the benchmarks of the loss simulation share: a granular book, a lumpy one, policies and sectors."""

import numpy as np
import pandas as pd

from tradecredit import Policy
from tradecredit.params.losses import Dependence, SectorFactors

LEVELS = (0.95, 0.99, 0.999)

CORRELATION = 0.15

SECTORS = [f"S{number:02d}" for number in range(1, 21)]


def granular_book(buyers: int = 10_000) -> pd.DataFrame:
    """PD lognormal (median 1 %, σ 1), at most 20 %; exposure lognormal (median 20,000, σ 1.2); LGD even on 60–90 %."""
    return _book(buyers, median=20_000.0, sigma=1.2)


def lumpy_book(buyers: int = 200) -> pd.DataFrame:
    """The same with few buyers and exposures of median 200,000 and σ 1.5: the largest is 18 % of the book."""
    return _book(buyers, median=200_000.0, sigma=1.5)


def _book(buyers: int, *, median: float, sigma: float) -> pd.DataFrame:
    random = np.random.default_rng(20261031)
    exposure = median * np.exp(sigma * random.standard_normal(buyers))
    return pd.DataFrame(
        {
            "pd": np.minimum(0.01 * np.exp(random.standard_normal(buyers)), 0.2),
            "exposure": exposure,
            "lgd": random.uniform(0.6, 0.9, buyers),
            "correlation": CORRELATION,
            "insured_limit": 0.8 * exposure,
            "sector": random.choice(SECTORS, buyers),
        },
        index=pd.Index([f"B{number}" for number in range(1, buyers + 1)], name="buyer_id"),
    )


def policy(name: str = "policy", **terms: object) -> Policy:
    """90 % of the net loss within the limit, 5,000 of each kept, first loss 250,000, at most 5,000,000 a year."""
    common = {
        "insured_percentage": 0.9, "loss_basis": "net", "each_loss_deductible": 5_000.0,
        "deductible_order": "percentage_first", "aggregate_first_loss": 250_000.0,
        "aggregate_erosion": "after_percentage", "maximum_liability": 5_000_000.0,
    }  # fmt: skip
    return Policy(name=name, **common | terms)


def ten_policies() -> list[Policy]:
    """The common policy, and nine whose percentage, deductible, first loss and maximum differ."""
    others = [
        policy(
            f"policy {number}",
            insured_percentage=0.75 + 0.02 * number,
            each_loss_deductible=1_000.0 * number,
            deductible_order=["percentage_first", "deductible_first"][number % 2],
            aggregate_first_loss=100_000.0 * number,
            maximum_liability=1_500_000.0 * number,
        )
        for number in range(1, 10)
    ]
    return [policy(), *others]


def twenty_sectors() -> Dependence:
    """A factor for each of 20 sectors, each correlated 0.6 with every other."""
    correlation = np.where(np.eye(len(SECTORS)) == 1, 1.0, 0.6)
    factors = SectorFactors(
        source="made up for the benchmark", factors=SECTORS, correlation=correlation.tolist(),
        sectors={name: name for name in SECTORS}, other=SECTORS[0],
    )  # fmt: skip
    return Dependence(sector_factors=factors)
