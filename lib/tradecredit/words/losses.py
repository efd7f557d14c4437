"""Sentences on simulated losses: what they take for granted, how they compare with exact figures, and scenarios."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.losses.distribution import LossDistribution, expected_loss
from tradecredit.losses.quadrature import COMMON_SHOCK, SEVERAL_FACTORS, VARYING_LOSS, why_not
from tradecredit.losses.stress import Remarks, remarks
from tradecredit.measure.default_events import RESOLVED_MONTHS, LossGivenDefault
from tradecredit.numerics.risk_measures import expected
from tradecredit.params.losses import Dependence, LossSettings, Simulation
from tradecredit.params.stress import Scenario
from tradecredit.words.formats import counted, day, listed, missing, money, percent

NO_CHECK = {
    SEVERAL_FACTORS: "With several factors the distribution cannot be integrated over one.",
    COMMON_SHOCK: "With a common shock beside the factor the distribution cannot be integrated over one.",
    VARYING_LOSS: "Loss given default varies from one default to the next, so that amounts are not fixed.",
}
"""Why the distribution cannot be calculated without simulation."""


def by_level(table: pd.DataFrame, currency: str) -> str:
    """Return the range of the expected loss and the expected shortfall over the interval of the level."""
    if table["odds"].isna().any():
        return "The interval of the level of default is not testable with this book."
    low, high = table.loc["low"], table.loc["high"]
    shortfalls = [money(end["es_99_at_level"], currency) for end in (low, high)]
    return (
        f"The level of default itself is uncertain: in nine of ten cases {low['defaults_at_level']:.1f} to "
        f"{high['defaults_at_level']:.1f} defaults are to be expected, an expected loss of "
        f"{money(low['expected_loss_at_level'], currency)} to {money(high['expected_loss_at_level'], currency)} and an "
        f"expected shortfall, 99 %, of {' to '.join(dict.fromkeys(shortfalls))}. All figures of losses carry this "
        "range beside their own error."
    )


def expected_by_level(table: pd.DataFrame, currency: str) -> dict[str, tuple]:
    """Return the headline figures of the expected loss at the ends of the interval of the level; `level_range`."""
    return {
        f"expected_loss_{end}": (
            table.loc[end, "expected_loss_at_level"], currency,
            f"Expected loss (exact) at the {end} end of the level of default",
        )
        for end in ("low", "high")
    }  # fmt: skip


EXPECTED = ("expected_loss_simulated", "expected_loss_low", "expected_loss_high")
"""The published figures of the expected loss and its range."""


def expected_in_short(figures: Mapping[str, tuple], currency: str) -> str:
    """Return the range of the expected loss by the level, from the published figures of `EXPECTED`; else empty."""
    expected_loss, low, high = (figures[name][0] if name in figures else None for name in EXPECTED)
    if missing(expected_loss) or missing(low) or missing(high):
        return ""
    return (
        f"The expected loss of the next 12 months, **{money(expected_loss, currency)}**, is {money(low, currency)} to "
        f"{money(high, currency)} over the 90 % interval of the level of default."
    )


VIEWS = {"gross": "before insurance", "indemnity": "indemnity", "retained": "retained"}
"""How the views of a distribution are called."""


def views(summary: pd.DataFrame) -> pd.DataFrame:
    """Return `LossDistribution.summary` with its views in words: `before insurance`, `retained, Current policy`."""
    parts = summary["view"].str.partition(":")
    named = parts[0].map(VIEWS) + (", " + parts[2]).where(parts[2] != "", "")
    return summary.assign(view=named)


def orders(book: Book) -> list[str]:
    """Return what of orders is exposure at default; nothing where the book has no such table."""
    if not book.has("orders"):
        return []
    return [
        "Exposure at default includes what is shipped and not invoiced, insured in the proportion of the buyer's "
        "invoices; not open orders, which need not be delivered."
    ]


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
    by_factor = spread.items() if isinstance(spread, dict) else []
    spreads = listed([f"{value:g} ({name})" for name, value in by_factor]) if by_factor else f"{spread:g}"
    kinds = {
        "gaussian": f"{drivers} Gaussian copula",
        "student_t": f"{drivers} Student-t copula with {freedom:g} degrees of freedom, in which extremes coincide",
        "gamma": f"{drivers} CreditRisk+: default rates are multiplied by gamma-distributed factors with mean 1 and "
        f"standard deviation {spreads}, whatever the asset correlation",
    }
    several = [] if factors is None else [name for name, weights in factors.stated() if len(weights) > 1]
    weighed = f"; by stated weights on several: {listed(several)}" if several else ""
    return f"Default dependence: {kinds[dependence.kind]}{weighed}."


def years(count: int, missing: float, simulation: Simulation) -> str:
    """Return how many years were simulated, and why; `missing`: see `precision.AsNeeded`."""
    error = (
        "the standard error of every value at risk and expected shortfall, before insurance and retained, and of every "
        "difference between costs of risk"
    )
    asked = f"{100 * simulation.precision:g} % of it (of the smaller cost of risk)"
    weighed = ""
    if simulation.method == "tail":
        weighed = (
            " Bad years are drawn more often and weigh less (importance sampling): a probability may be below one in "
            "the number of years."
        )
    if missing <= 1:
        return (
            f"{count:,} years were simulated, as many as it takes for {error} to be at most {asked}: "
            f"`simulation.precision` of the run file.{weighed}"
        )
    largest = "not known" if np.isinf(missing) else f"{100 * missing * simulation.precision:.2g} %"
    return (
        f"{count:,} years were simulated, all that `simulation.scenarios` of the run file allows: {error} was to be at "
        f"most {asked}, and the largest is {largest}.{weighed}"
    )


def largest(contributors: pd.DataFrame) -> str:
    """Return what part of the expected shortfall the largest contributors make up; see `distribution.contributors`."""
    if len(contributors) <= MANY:
        return f"All of the expected shortfall is of {counted(len(contributors), 'buyer')} at risk."
    return (
        f"The ten largest contributors make up **{percent(contributors['share'].head(MANY).sum())}** of the expected "
        f"shortfall; {counted(len(contributors), 'buyer')} are at risk."
    )


MANY = 10
"""Contributors from which on the largest are told."""


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


NO_PAST = "What the model would have said of past years is not testable with this book."


def past_years(years: pd.DataFrame, currency: str) -> str:
    """Return where past years lay in what the model would have said of them; `years`: `back_test.back_test`."""
    if years.empty:
        return f"{NO_PAST} It takes recorded defaults, and a ledger long enough a year ago for default probabilities."
    span = f"the 12 months to {day(years.index[0])}"
    if len(years) > 1:
        span = f"the {len(years)} years to {day(years.index[-1])}"
    total, apart = years["real_loss"].sum(), years["other_loss"].sum()
    told = (
        f"In {span} buyers at risk at the start of their year lost us **{money(total, currency)}**, recoveries so far "
        f"taken off; the model, as known then, expected **{money(years['expected_loss_then'].sum(), currency)}**. "
        f"{_defaults_by_year(years)}"
    )
    if years["other_defaults"].sum():
        told += (
            f" {counted(int(years['other_defaults'].sum()), 'default')} more, of buyers that owed nothing at the start "
            f"of the year or were none yet, lost {money(apart, currency)}, which no balance of then foresees."
        )
    return f"{told} {_beyond(years)}"


def _defaults_by_year(years: pd.DataFrame) -> str:
    parts = [
        f"in the year to {day(end)} {row['defaults_then']:.1f} were expected and {int(row['real_defaults'])} came "
        f"about ({percent(row['defaults_place'])} of the simulated years had no more)"
        for end, row in years.iterrows()
    ]
    return f"Of defaults, {listed(parts)}."


def _beyond(years: pd.DataFrame) -> str:
    """Return how many years passed the values at risk of then, and what that says."""
    above = {level: int((years["real_loss"] > years[name]).sum()) for level, name in _LEVELS.items()}
    count = counted(len(years), "year")
    if not any(above.values()):
        return f"None of {count} passed the value at risk of then; so few tell no right model from a wrong one."
    return (
        f"Of {count} {above['95 %']} passed the value at risk at 95 % of then, and {above['99 %']} that at 99 %, which "
        "a right model's years pass once in 20 and once in 100."
    )


_LEVELS = {"95 %": "var_95_then", "99 %": "var_99_then"}

BANDS = {"low": "Up to VaR 95 %", "high": "Up to VaR 99 %", "expected": "Expected loss", "real": "Really lost"}
"""What the legend calls what `back_test.drawn` holds."""


def past_years_drawn(years: pd.DataFrame, currency: str) -> str:
    """Return what the figure of past years shows, in words."""
    told = [
        f"year to {day(end)}: lost {money(row['real_loss'], currency)}, expected "
        f"{money(row['expected_loss_then'], currency)}, value at risk at 99 % {money(row['var_99_then'], currency)}"
        for end, row in years.iterrows()
    ]
    return f"Bars and points: {'; '.join(told)}." if told else NO_PAST


def views_ahead(policy: str | None) -> dict[str, str]:
    """Return view of simulated losses → what a picture calls the year ahead in it; `policy`: in force, None without."""
    ahead = {"gross": "next year,\nno cover"}
    return ahead if policy is None else ahead | {f"retained:{policy}": "next year,\nwith the policy"}


def year_ahead_drawn(table: pd.DataFrame, currency: str) -> str:
    """Return what the figure of past years and the one ahead shows, in words; `table`: `back_test.with_next`."""
    ahead = table[table["real"].isna()]
    told = [
        f"{' '.join(name.split())}: expected {money(row['expected'], currency)}, value at risk at 99 % "
        f"{money(row['high'], currency)}"
        for name, row in ahead.iterrows()
    ]
    lost = [
        f"{' '.join(name.split())}: {money(row['real'], currency)}"
        for name, row in table[table["real"].notna()].iterrows()
    ]
    return f"Bars: {'; '.join(told)}. {f'Points, really lost: {listed(lost)}.' if lost else 'No past year is known.'}"


def last_year(years: pd.DataFrame, currency: str, *, recorded: bool = True) -> dict[str, tuple]:
    """Return the headline figures of the last of `back_test.back_test`; missing where it has none.

    `recorded`: whether the book has a table of defaults; without, there is nothing to set beside the model.
    """
    if not recorded:
        return {}
    last = years.iloc[-1] if len(years) else pd.Series(dtype="float64")
    lost, expected_then = last.get("real_loss"), last.get("expected_loss_then")
    return {
        "lost_last_year": (lost, currency, "Lost since by buyers at risk a year ago, recoveries so far taken off"),
        "expected_loss_year_ago": (expected_then, currency, "Expected loss of these 12 months, as known before them"),
        "defaults_year_ago": (last.get("defaults_then"), "count", "Defaults expected of these 12 months, before them"),
        "real_defaults_year": (last.get("real_defaults"), "count", "Of these buyers, defaulted in these 12 months"),
        "place_last_year": (last.get("place"), "fraction", "Simulated years of then that lost no more"),
    }


def last_year_in_short(figures: Mapping[str, tuple], currency: str) -> str:
    """Return what the model said of the last 12 months, from the published figures of `last_year`."""
    lost, expected_then, place, defaults, came = (figures[name][0] if name in figures else None for name in LAST_YEAR)
    if missing(lost) or missing(place) or missing(defaults) or missing(came):
        return NO_PAST
    return (
        f"Buyers at risk a year ago have since lost us **{money(lost, currency)}**, recoveries so far taken off; the "
        f"model expected {money(expected_then, currency)} then, of {defaults:.1f} defaults, of which {came:,.0f} came; "
        f"{percent(place)} of its simulated years lost no more. Chapter 04 has the years before."
    )


LAST_YEAR = ("lost_last_year", "expected_loss_year_ago", "place_last_year", "defaults_year_ago", "real_defaults_year")
