"""Limits for the book as a whole: how long the linear programme takes, and against other ways to solve it.

`python optimum.py [--years N]`: 2,000 buyers (the granular book of `common_work.py`, part of it insured, groups of four
with a cap) and 2,000 tail-weighted years unless told otherwise; two minutes are allowed. Compared, alternating, since
machines drift, the median of the ratios counting:

- the same programmes by the interior point method in place of the dual simplex;
- all years at once, each with a row of its own, in place of those near the value at risk alone;
- planes in place of years: the cap on the shortfall as Σ w · loss ≤ C, a plane for each set of weights w of the worst
  years met so far, until the shortfall is within a millionth of its cap (Künzi-Bay and Mayer 2006, Computational
  aspects of minimizing conditional value-at-risk, Computational Management Science 3).

All must find the same result of a year.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import pandas as pd
import scipy.optimize
from common_work import granular_book
from scipy.sparse import hstack

from tradecredit.decide.optimum.programme import Years, own_part, results, shortfall, solution
from tradecredit.losses.simulation import simulate
from tradecredit.numerics.risk_measures import tail_weights
from tradecredit.params.losses import Sampling

LEVEL = 0.99
ROUNDS = 3
PLANES = 60
"""Planes that are tried at most: how far above its cap the shortfall still is, the row says."""

LINPROG = scipy.optimize.linprog


def book(buyers: int = 2_000) -> pd.DataFrame:
    """Return buyers with needs, terms, cover and groups: the exposure of the granular book is what they need."""
    random = np.random.default_rng(20261031)
    table = granular_book(buyers)
    sales = 360 / random.choice([44, 60, 75, 90, 120], buyers)
    return table.assign(
        least=0.0,
        most=table["exposure"],
        margin=0.05 * sales,
        premium=0.002 * sales,
        loss=table["pd"] * table["lgd"],
        covered_share=0.9,
        covered_limit=table["insured_limit"] * (random.random(buyers) < 0.7),
        block=np.arange(buyers) // 4,
    )


def simulated_years(table: pd.DataFrame, years: int) -> Years:
    dist = simulate(table, scenarios=years, seed=1, sampling=Sampling(levels=[LEVEL]))
    return Years(dist.unit_losses(), np.zeros(years), dist.sample)


class Work:
    """The programme of a book: a part of the risk of all limits that could be, and groups held to 80 % of theirs."""

    def __init__(self, years: int, part: float):
        self.buyers = book()
        self.years = simulated_years(self.buyers, years)
        self.caps = {"block": 0.8 * self.buyers.groupby("block")["most"].sum()}
        self.cap = part * shortfall(self.buyers, self.buyers["most"], self.years, level=LEVEL)[0]

    def result(self, limit: pd.Series) -> float:
        return float(results(self.buyers, limit)["net_earnings"].sum())

    def solved(self) -> pd.Series:
        arguments = {"level": LEVEL, "shortfall_cap": self.cap, "caps": self.caps}
        return solution(self.buyers, self.years, **arguments).limit

    def by_interior_point(self) -> pd.Series:
        with patch(
            "scipy.optimize.linprog", lambda *given, **named: LINPROG(*given, **named | {"method": "highs-ipm"})
        ):
            return self.solved()

    def on_all_years_at_once(self) -> pd.Series:
        with patch("tradecredit.decide.optimum.solver.NEAR", (np.inf, np.inf)):
            return self.solved()

    def by_planes(self) -> pd.Series:
        buyers, units = self.buyers, self.years.unit_losses
        first = np.minimum(buyers["most"], buyers["covered_limit"])
        upper = np.concatenate([first, buyers["most"] - first])
        own = 1 - buyers["covered_share"].to_numpy()
        parts = hstack([units * own, units], format="csr")
        earned = (buyers["margin"] - buyers["premium"]).to_numpy()
        gain = np.concatenate([earned - buyers["loss"] * own, earned - buyers["loss"]])
        members = np.tile(pd.get_dummies(buyers["block"]).to_numpy(float).T, 2)
        rows, right = [*members], [*self.caps["block"]]
        value = upper
        for _ in range(PLANES):
            losses = parts @ value
            weights = tail_weights(losses, self.years.sample, LEVEL)
            if weights @ losses <= self.cap * (1 + 1e-6):
                break
            rows.append(weights @ parts)
            right.append(self.cap)
            bounds = np.column_stack([np.zeros(len(upper)), upper])
            value = LINPROG(-gain, A_ub=np.array(rows), b_ub=right, bounds=bounds, method="highs-ds").x
        return pd.Series(np.sum(np.split(value, 2), axis=0), index=buyers.index)

    def losses(self, limit: pd.Series) -> np.ndarray:
        return self.years.unit_losses @ own_part(self.buyers, limit).to_numpy()


def spent(work: Callable[[], pd.Series]) -> tuple[float, pd.Series]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=2_000)
    years = parser.parse_args().years
    simulated_years(book(100), 500)  # compiled code is loaded before the clock starts
    for part in (0.5, 0.2):
        began = time.perf_counter()
        work = Work(years, part)
        simulation = time.perf_counter() - began
        seconds = compared(work, f"cap at {part:.0%} of all risk")
        print(
            f"{len(work.buyers):,} buyers × {years:,} years, cap at {part:.0%} of all risk: {simulation:.1f} s to "
            f"simulate, {seconds:.1f} s to solve; asked: at most 120 s in all",
            flush=True,
        )


def compared(work: Work, what: str) -> float:
    """Print how the others compare; return the median seconds of the dual simplex."""
    others = {
        "interior point": (work.by_interior_point, ROUNDS),
        "all years at once": (work.on_all_years_at_once, ROUNDS),
        "planes": (work.by_planes, 1),
    }
    all_ours = []
    for name, (other, rounds) in others.items():
        ratios = []
        for _ in range(rounds):
            (ours, limit), (theirs, found) = spent(work.solved), spent(other)
            ratios.append(theirs / ours)
            all_ours.append(ours)
        off = work.result(found) / work.result(limit) - 1
        over = shortfall(work.buyers, found, work.years, level=LEVEL)[0] / work.cap - 1
        print(
            f"{what}, {name} over dual simplex, wall time: {statistics.median(ratios):.2f} ({theirs:.1f} and "
            f"{ours:.1f} s); result {off:+.1e} of ours, shortfall {over:+.1e} of its cap",
            flush=True,
        )
    return statistics.median(all_ours)


if __name__ == "__main__":
    main()
