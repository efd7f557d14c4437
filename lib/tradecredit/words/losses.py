"""Sentences on simulated losses: what they take for granted, how they compare with exact figures, and scenarios."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.places import one_of
from tradecredit.language import tr
from tradecredit.losses.distribution import LossDistribution, expected_loss
from tradecredit.losses.quadrature import COMMON_SHOCK, SEVERAL_FACTORS, VARYING_LOSS, why_not
from tradecredit.losses.stress import Remarks, remarks
from tradecredit.measure.default_events import RESOLVED_MONTHS, LossGivenDefault
from tradecredit.numerics.known_digits import known_digits
from tradecredit.numerics.risk_measures import expected, expected_shortfall, value_at_risk
from tradecredit.params.losses import Dependence, LossSettings, Simulation
from tradecredit.params.stress import BASE, Scenario
from tradecredit.words.formats import counted, dated, day, fixed, listed, missing, money, percent, short, whole

NO_CHECK = {
    SEVERAL_FACTORS: "With several factors the distribution cannot be integrated over one.",
    COMMON_SHOCK: "With a common shock beside the factor the distribution cannot be integrated over one.",
    VARYING_LOSS: "Loss given default varies from one default to the next, so that amounts are not fixed.",
}
"""Why the distribution cannot be calculated without simulation."""


class Estimates(NamedTuple):
    """Simulated figures of a year's loss before insurance, in the digits that their standard errors leave known."""

    mean: float
    var_99: float
    es_99: float
    var_999: float
    es_999: float


def estimates(dist: LossDistribution) -> Estimates:
    """Return the mean of a year's simulated loss before insurance, and its VaR and ES at 99 % and 99.9 %."""
    gross = dist.losses["gross"].to_numpy()
    tail = [
        known_digits(*measure(gross, dist.sample, level))
        for level in (0.99, 0.999)
        for measure in (value_at_risk, expected_shortfall)
    ]
    return Estimates(known_digits(*expected(gross, dist.sample)), *tail)


def unmatched(book: Book) -> list[str]:
    """Return which buyers with factors of their own the book does not have; none: nothing to say."""
    factors = book.run.losses.dependence.sector_factors
    named = pd.Series([] if factors is None else [*factors.buyers], dtype="str")
    absent = named[~one_of(named, book.buyers["buyer_id"])].tolist()
    key = "losses.dependence.sector_factors.buyers"
    if not absent:
        return []
    return [
        tr("{key} names {missing}, which no row of the book has: it has no effect.", key=key, missing=listed(absent))
    ]


def by_level(table: pd.DataFrame, currency: str) -> str:
    """Return the range of the expected loss and the expected shortfall over the interval of the level."""
    if table["odds"].isna().any():
        return tr("The interval of the level of default is not testable with this book.")
    low, high = table.loc["low"], table.loc["high"]
    shortfalls = [money(end["es_99_at_level"], currency) for end in (low, high)]
    return tr(
        "The level of default itself is uncertain: in nine of ten cases {defaults_at_level} to "
        "{defaults_at_level_2} defaults are to be expected, an expected loss of {expected_loss_at_level} "
        "to {expected_loss_at_level_2} and an expected shortfall, 99 %, of {join}. All figures of losses "
        "carry this range beside their own error.",
        defaults_at_level=fixed(low["defaults_at_level"], 1),
        defaults_at_level_2=fixed(high["defaults_at_level"], 1),
        expected_loss_at_level=money(low["expected_loss_at_level"], currency),
        expected_loss_at_level_2=money(high["expected_loss_at_level"], currency),
        join=tr(" to ").join(dict.fromkeys(shortfalls)),
    )


def expected_by_level(table: pd.DataFrame, currency: str) -> dict[str, tuple]:
    """Return the headline figures of the expected loss at the ends of the interval of the level; `level_range`."""
    return {
        f"expected_loss_{end}": (
            table.loc[end, "expected_loss_at_level"], currency,
            tr("Expected loss (exact) at the {end} end of the level of default", end=end),
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
    return tr(
        "The expected loss of the next 12 months, **{expected_loss}**, is {low} to {high} over the 90 % "
        "interval of the level of default.",
        expected_loss=money(expected_loss, currency),
        low=money(low, currency),
        high=money(high, currency),
    )


VIEWS = {"gross": "before insurance", "indemnity": "indemnity", "retained": "retained"}
"""How the views of a distribution are called."""


def views(summary: pd.DataFrame) -> pd.DataFrame:
    """Return `LossDistribution.summary` with its views in words: `before insurance`, `retained, Current policy`."""
    parts = summary["view"].str.partition(":")
    named = parts[0].map(VIEWS).map(tr, na_action="ignore") + (", " + parts[2]).where(parts[2] != "", "")
    return summary.assign(view=named)


def orders(book: Book) -> list[str]:
    """Return what of orders is exposure at default; nothing where the book has no such table."""
    if not book.has("orders"):
        return []
    return [
        tr(
            "Exposure at default includes what is shipped and not invoiced, insured in the proportion of the buyer's "
            "invoices; not open orders, which need not be delivered."
        )
    ]


def loss_given_default(loss: LossGivenDefault, settings: LossSettings) -> str:
    """Return what a default costs, and where that comes from."""
    if loss.basis == "assumed":
        resolved = counted(loss.recorded + loss.old, "resolved default")
        basis = tr(
            "assumed ({lgd_source}): the book has {resolved}, {minimum_resolved_defaults} are needed",
            lgd_source=tr(settings.lgd_source),
            resolved=resolved,
            minimum_resolved_defaults=settings.minimum_resolved_defaults,
        )
    else:
        basis = tr(
            "the book's own {defaults}, weighted by debt, of which {recorded} are recorded as resolved and "
            "{old} are older than {resolved_months} months",
            defaults=counted(loss.recorded + loss.old, "default"),
            recorded=loss.recorded,
            old=loss.old,
            resolved_months=RESOLVED_MONTHS,
        )
    return tr("Loss given default is {lgd} of the exposure: {basis}.", lgd=percent(loss.lgd), basis=basis)


def dependence(dependence: Dependence) -> str:
    """Return what makes defaults depend on each other."""
    factors = dependence.sector_factors
    drivers = tr("one-factor") if factors is None else tr("{factors}-factor (by sector)", factors=len(factors.factors))
    freedom, spread = dependence.degrees_of_freedom or 0, dependence.default_rate_sd or 0
    spreads = (
        listed([f"{short(value)} ({name})" for name, value in spread.items()])
        if isinstance(spread, dict)
        else short(spread)
    )
    kinds = {
        "gaussian": tr("{drivers} Gaussian copula", drivers=drivers),
        "student_t": tr(
            "{drivers} Student-t copula with {freedom} degrees of freedom, in which extremes coincide",
            drivers=drivers,
            freedom=short(freedom),
        ),
        "gamma": tr(
            "{drivers} CreditRisk+: default rates are multiplied by gamma-distributed factors with mean 1 and "
            "standard deviation {spreads}, whatever the asset correlation",
            drivers=drivers,
            spreads=spreads,
        ),
    }
    several = [] if factors is None else [name for name, weights in factors.stated() if len(weights) > 1]
    weighed = tr("; by stated weights on several: {several}", several=listed(several)) if several else ""
    return tr("Default dependence: {kinds}{weighed}.", kinds=kinds[dependence.kind], weighed=weighed)


def years(count: int, missing: float, simulation: Simulation) -> str:
    """Return how many years were simulated, and why; `missing`: see `precision.AsNeeded`."""
    error = tr(
        "the standard error of every value at risk and expected shortfall, before insurance and retained, and of every "
        "difference between costs of risk"
    )
    asked = tr("{precision} % of it (of the smaller cost of risk)", precision=short(100 * simulation.precision))
    weighed = ""
    if simulation.method == "tail":
        weighed = tr(
            " Bad years are drawn more often and weigh less (importance sampling): a probability may be below one in "
            "the number of years."
        )
    if missing <= 1:
        return tr(
            "{count} years were simulated, as many as it takes for {error} to be at most {asked}: "
            "`simulation.precision` of the run file.{weighed}",
            count=whole(count),
            error=error,
            asked=asked,
            weighed=weighed,
        )
    largest = tr("not known") if np.isinf(missing) else f"{short(100 * missing * simulation.precision, 2)} %"
    return tr(
        "{count} years were simulated, all that `simulation.scenarios` of the run file allows: {error} was "
        "to be at most {asked}, and the largest is {largest}.{weighed}",
        count=whole(count),
        error=error,
        asked=asked,
        largest=largest,
        weighed=weighed,
    )


def largest(contributors: pd.DataFrame) -> str:
    """Return what part of the expected shortfall the largest contributors make up; see `distribution.contributors`."""
    if len(contributors) <= MANY:
        return tr("All of the expected shortfall is of {buyers} at risk.", buyers=counted(len(contributors), "buyer"))
    return tr(
        "The ten largest contributors make up **{share}** of the expected shortfall; {buyers} are at risk.",
        share=percent(contributors["share"].head(MANY).sum()),
        buyers=counted(len(contributors), "buyer"),
    )


MANY = 10
"""Contributors from which on the largest are told."""


def check(dist: LossDistribution, checked: pd.DataFrame) -> str:
    """Return what the check by quadrature says, or why there is none; `checked`: what `quadrature` returns."""
    reason = why_not(dist)
    if reason:
        return tr("This check is not available. {no_check}", no_check=tr(NO_CHECK[reason]))
    largest = checked["deviation"].abs().max()
    if not np.isfinite(largest):
        return tr("Nothing can be lost: there is nothing to check.")
    return tr(
        "The largest deviation of a simulated value from the calculated one is {largest} standard errors.",
        largest=fixed(largest, 1),
    )


def expected_beside_exact(dist: LossDistribution, currency: str) -> str:
    """Return how the scenarios were drawn, and how far the simulated expected loss is from the exact one."""
    simulated, error = expected(dist.losses["gross"].to_numpy(), dist.sample)
    exact = expected_loss(dist.portfolio).sum()
    tail = dist.settings.sampling.method == "tail"
    drawn = tr("with importance sampling of bad years") if tail else tr("without importance sampling")
    away = (
        tr(", {simulated} standard errors away", simulated=fixed(abs(simulated - exact) / error, 1))
        if error > 0
        else ""
    )
    return tr(
        "{losses} years were simulated from seed {seed}, {drawn}. Expected loss: simulated {simulated}, "
        "exact {exact}{away}.",
        losses=whole(len(dist.losses)),
        seed=dist.seed,
        drawn=drawn,
        simulated=money(simulated, currency, error=error),
        exact=money(exact, currency),
        away=away,
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
        tr(
            "No buyer of {column} {labels} is at risk: what is stated for it has no effect.",
            column=column,
            labels=listed(labels),
        )
        for column, labels in found.without_effect.items()
    ]
    if found.capped:
        texts.append(
            tr(
                "{default_probabilities} capped at 1.",
                default_probabilities=counted(found.capped, "default probability", "default probabilities"),
            )
        )
    if found.unknown_sales:
        texts.append(
            tr(
                "Sales of {buyers} are not known: their balances grow as those of the others do together.",
                buyers=counted(found.unknown_sales, "buyer"),
            )
        )
    return texts


def under_scenarios(table: pd.DataFrame, effects: pd.DataFrame, currency: str, *, insured: bool) -> str:
    """Return what a year is expected to lose as the book is and under each scenario, and what each is made of.

    `table`: `quotes.under_scenarios`; `effects`: `stress.effects`, which says how default probabilities grow, weighted
    by exposure; `insured`: whether a policy is in force, so that less is retained.
    """
    pd_now, told = effects["exposure_weighted_pd"], []
    for name, row in table.drop(index=BASE).iterrows():
        growth = pd_now[name] / pd_now[BASE] - 1
        moved = tr("default probabilities as they are")
        if abs(growth) >= 0.0005:
            moved = tr("default probabilities {growth}", growth=f"{'+' if growth > 0 else ''}{percent(growth)}")
        told.append(
            tr("under “{scenario}” ({moved}) {lost}", scenario=name, moved=moved, lost=_lost(row, insured, currency))
        )
    return tr(
        "A year is expected to lose {lost} as the book is; {scenarios}.{which}",
        lost=_lost(table.loc[BASE], insured, currency),
        scenarios="; ".join(told),
        which=tr(" The first figure is before insurance, the second retained under the policy in force.")
        if insured
        else tr(" All before insurance."),
    )


def _lost(row: pd.Series, insured: bool, currency: str) -> str:
    gross, kept = (
        money(row[name], currency, error=row[f"{name}_se"]) for name in ("expected_loss_simulated", "retained_expected")
    )
    return tr("{gross} and {kept}", gross=gross, kept=kept) if insured else gross


NO_PAST = "What the model would have said of past years is not testable with this book."


def past_years(years: pd.DataFrame, currency: str) -> str:
    """Return where past years lay in what the model would have said of them; `years`: `back_test.back_test`."""
    if years.empty:
        return tr(
            "{no_past} It takes recorded defaults, and a ledger long enough a year ago for default probabilities.",
            no_past=tr(NO_PAST),
        )
    span = tr("the 12 months to {index}", index=day(years.index[0]))
    if len(years) > 1:
        span = tr("the {years} years to {index}", years=len(years), index=day(years.index[-1]))
    total, apart = years["real_loss"].sum(), years["other_loss"].sum()
    told = tr(
        "In {span} buyers at risk at the start of their year lost us **{total}**, recoveries so far taken "
        "off; the model, as known then, expected **{expected_loss_then}**. {defaults_by_year}",
        span=span,
        total=money(total, currency),
        expected_loss_then=money(years["expected_loss_then"].sum(), currency),
        defaults_by_year=_defaults_by_year(years),
    )
    if years["other_defaults"].sum():
        told += tr(
            " {defaults} more, of buyers that owed nothing at the start of the year or were none yet, lost "
            "{apart}, which no balance of then foresees.",
            defaults=counted(int(years["other_defaults"].sum()), "default"),
            apart=money(apart, currency),
        )
    return f"{told} {_beyond(years)}"


def _defaults_by_year(years: pd.DataFrame) -> str:
    parts = [
        tr(
            "in the year to {end} {defaults_then} were expected and {real_defaults} happened "
            "({defaults_place} of the simulated years had no more)",
            end=day(end),
            defaults_then=fixed(row["defaults_then"], 1),
            real_defaults=int(row["real_defaults"]),
            defaults_place=percent(row["defaults_place"]),
        )
        for end, row in years.iterrows()
    ]
    return tr("Of defaults, {parts}.", parts=listed(parts))


def _beyond(years: pd.DataFrame) -> str:
    """Return how many years passed the values at risk of then, and what that says."""
    above = {level: int((years["real_loss"] > years[name]).sum()) for level, name in _LEVELS.items()}
    count = counted(len(years), "year")
    if not any(above.values()):
        return tr(
            "None of {count} passed the value at risk of then; so few tell no right model from a wrong one.",
            count=count,
        )
    return tr(
        "Of {count} {a_95} passed the value at risk at 95 % of then, and {a_99} that at 99 %, which a "
        "right model's years pass once in 20 and once in 100.",
        count=count,
        a_95=above["95 %"],
        a_99=above["99 %"],
    )


_LEVELS = {"95 %": "var_95_then", "99 %": "var_99_then"}

BANDS = {"low": "Up to VaR 95 %", "high": "Up to VaR 99 %", "expected": "Expected loss", "real": "Really lost"}
"""What the legend calls what `back_test.drawn` holds."""


def year_to(end: pd.Timestamp) -> str:
    """Return what a picture calls the year that ends on a day."""
    return tr("year to\n{day}", day=dated(end))


def past_years_drawn(years: pd.DataFrame, currency: str) -> str:
    """Return what the figure of past years shows, in words."""
    told = [
        tr(
            "year to {end}: lost {real_loss}, expected {expected_loss_then}, value at risk at 99 % {var_99_then}",
            end=day(end),
            real_loss=money(row["real_loss"], currency),
            expected_loss_then=money(row["expected_loss_then"], currency),
            var_99_then=money(row["var_99_then"], currency),
        )
        for end, row in years.iterrows()
    ]
    return tr("Bars and points: {join}.", join="; ".join(told)) if told else NO_PAST


def views_ahead(policy: str | None) -> dict[str, str]:
    """Return view of simulated losses → what a picture calls the year ahead in it; `policy`: in force, None without."""
    ahead = {"gross": tr("next year,\nno cover")}
    return ahead if policy is None else ahead | {f"retained:{policy}": tr("next year,\nwith the policy")}


def year_ahead_drawn(table: pd.DataFrame, currency: str) -> str:
    """Return what the figure of the year ahead shows, in words; `table`: `back_test.with_next`."""
    ahead = table[table["real"].isna()]
    told = [
        tr(
            "{join}: expected {expected}, value at risk at 99 % {high}",
            join=" ".join(name.split()),
            expected=money(row["expected"], currency),
            high=money(row["high"], currency),
        )
        for name, row in ahead.iterrows()
    ]
    return tr("Bars: {join}.", join="; ".join(told))


def last_year(years: pd.DataFrame, currency: str, *, recorded: bool = True) -> dict[str, tuple]:
    """Return the headline figures of the last of `back_test.back_test`; missing where it has none.

    `recorded`: whether the book has a table of defaults; without, there is nothing to set beside the model.
    """
    if not recorded:
        return {}
    last = years.iloc[-1] if len(years) else pd.Series(dtype="float64")
    lost, expected_then = last.get("real_loss"), last.get("expected_loss_then")
    return {
        "lost_last_year": (lost, currency, tr("Lost since by buyers at risk a year ago, recoveries so far taken off")),
        "expected_loss_year_ago": (
            expected_then,
            currency,
            tr("Expected loss of these 12 months, as known before them"),
        ),
        "defaults_year_ago": (
            last.get("defaults_then"),
            "count",
            tr("Defaults expected of these 12 months, before them"),
        ),
        "real_defaults_year": (last.get("real_defaults"), "count", tr("Of these buyers, defaulted in these 12 months")),
        "place_last_year": (last.get("place"), "fraction", tr("Simulated years of then that lost no more")),
    }


def last_year_in_short(figures: Mapping[str, tuple], currency: str) -> str:
    """Return what the model said of the last 12 months, from the published figures of `last_year`."""
    lost, expected_then, place, defaults, came = (figures[name][0] if name in figures else None for name in LAST_YEAR)
    if missing(lost) or missing(place) or missing(defaults) or missing(came):
        return NO_PAST
    return tr(
        "Buyers at risk a year ago have since lost us **{lost}**, recoveries so far taken off; the model "
        "expected {expected_then} then, of {defaults} defaults, of which {came} came; {place} of its "
        "simulated years lost no more. Chapter 04 has the years before.",
        lost=money(lost, currency),
        expected_then=money(expected_then, currency),
        defaults=fixed(defaults, 1),
        came=fixed(came, 0),
        place=percent(place),
    )


LAST_YEAR = ("lost_last_year", "expected_loss_year_ago", "place_last_year", "defaults_year_ago", "real_defaults_year")
