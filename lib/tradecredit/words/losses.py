"""Sentences on simulated losses: what they take for granted, how they compare with exact figures, and scenarios."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.losses.distribution import LossDistribution, expected_loss
from tradecredit.losses.quadrature import COMMON_SHOCK, SEVERAL_FACTORS, VARYING_LOSS, why_not
from tradecredit.losses.stress import Remarks, remarks
from tradecredit.measure.default_events import RESOLVED_MONTHS, LossGivenDefault
from tradecredit.numerics.risk_measures import expected
from tradecredit.params.losses import Dependence, LossSettings, Simulation
from tradecredit.params.stress import Scenario
from tradecredit.words.formats import counted, listed, money, percent

NO_CHECK = {
    SEVERAL_FACTORS: "With several factors the distribution cannot be integrated over one.",
    COMMON_SHOCK: "With a common shock beside the factor the distribution cannot be integrated over one.",
    VARYING_LOSS: "Loss given default varies from one default to the next, so that amounts are not fixed.",
}
"""Why the distribution cannot be calculated without simulation."""


VIEWS = {"gross": "before insurance", "indemnity": "indemnity", "retained": "retained"}
"""How the views of a distribution are called."""


def views(summary: pd.DataFrame) -> pd.DataFrame:
    """Return `LossDistribution.summary` with its views in words: `before insurance`, `retained, Current policy`."""
    parts = summary["view"].str.partition(":")
    named = parts[0].map(VIEWS) + (", " + parts[2]).where(parts[2] != "", "")
    return summary.assign(view=named)


def loss_given_default(loss: LossGivenDefault, settings: LossSettings) -> str:
    """Return what a default costs, and where that comes from."""
    if loss.basis == "assumed":
        resolved = counted(loss.recorded + loss.old, "resolved default")
        basis = (
            f"assumed ({settings.lgd_source}): the book has {resolved}, {settings.minimum_resolved_defaults} are needed"
        )
    else:
        basis = (
            f"the book's own {counted(loss.recorded + loss.old, 'default')}, weighted by debt, of which "
            f"{loss.recorded} are recorded as resolved and {loss.old} are older than {RESOLVED_MONTHS} months"
        )
    return f"Loss given default is {percent(loss.lgd)} of the exposure: {basis}."


def dependence(dependence: Dependence) -> str:
    """Return what makes defaults depend on each other."""
    factors = dependence.sector_factors
    drivers = "one-factor" if factors is None else f"{len(factors.factors)}-factor (by sector)"
    freedom, spread = dependence.degrees_of_freedom or 0, dependence.default_rate_sd or 0
    kinds = {
        "gaussian": f"{drivers} Gaussian copula",
        "student_t": f"{drivers} Student-t copula with {freedom:g} degrees of freedom, in which extremes coincide",
        "gamma": f"{drivers} CreditRisk+: default rates are multiplied by gamma-distributed factors with mean 1 and "
        f"standard deviation {spread:g}, whatever the asset correlation",
    }
    return f"Default dependence: {kinds[dependence.kind]}."


def years(count: int, missing: float, simulation: Simulation) -> str:
    """Return how many years were simulated, and why; `missing`: see `precision.AsNeeded`."""
    error = (
        "the standard error of every value at risk and expected shortfall, before insurance and retained, and of every "
        "difference between costs of risk"
    )
    asked = f"{100 * simulation.precision:g} % of it (of the smaller cost of risk)"
    if missing <= 1:
        return (
            f"{count:,} years were simulated, as many as it takes for {error} to be at most {asked}: "
            "`simulation.precision` of the run file."
        )
    largest = "not known" if np.isinf(missing) else f"{100 * missing * simulation.precision:.2g} %"
    return (
        f"{count:,} years were simulated, all that `simulation.scenarios` of the run file allows: {error} was to be at "
        f"most {asked}, and the largest is {largest}."
    )


def check(dist: LossDistribution, checked: pd.DataFrame) -> str:
    """Return what the check by quadrature says, or why there is none; `checked`: what `quadrature` returns."""
    reason = why_not(dist)
    if reason:
        return f"This check is not available. {NO_CHECK[reason]}"
    largest = checked["deviation"].abs().max()
    if not np.isfinite(largest):
        return "Nothing can be lost: there is nothing to check."
    return f"The largest deviation of a simulated value from the calculated one is {largest:.1f} standard errors."


def expected_beside_exact(dist: LossDistribution, currency: str) -> str:
    """Return how the scenarios were drawn, and how far the simulated expected loss is from the exact one."""
    simulated, error = expected(dist.losses["gross"].to_numpy(), dist.sample)
    exact = expected_loss(dist.portfolio).sum()
    tail = dist.settings.sampling.method == "tail"
    drawn = "with importance sampling of bad years" if tail else "without importance sampling"
    away = f", {abs(simulated - exact) / error:.1f} standard errors away" if error > 0 else ""
    return (
        f"{len(dist.losses):,} years were simulated from seed {dist.seed}, {drawn}. Expected loss: simulated "
        f"{money(simulated, currency)}, exact {money(exact, currency)}{away}."
    )


def stories(portfolio: pd.DataFrame, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Return what each scenario describes and where its figures come from. Index `scenario`.

    Columns: `description` and `source`, as the scenario states them, and `remarks`, empty where there are none.
    """
    rows = [
        (scenario.description, scenario.source, " ".join(_remarks(remarks(portfolio, scenario))))
        for scenario in scenarios
    ]
    index = pd.Index([scenario.name for scenario in scenarios], name="scenario", dtype="str")
    return pd.DataFrame(rows, columns=["description", "source", "remarks"], index=index, dtype="str")


def _remarks(found: Remarks) -> list[str]:
    texts = [
        f"No buyer of {column} {listed(labels)} is at risk: what is stated for it has no effect."
        for column, labels in found.without_effect.items()
    ]
    if found.capped:
        texts.append(f"{counted(found.capped, 'default probability', 'default probabilities')} capped at 1.")
    if found.unknown_sales:
        texts.append(
            f"Sales of {counted(found.unknown_sales, 'buyer')} are not known: their balances grow as those of the "
            "others do together."
        )
    return texts
