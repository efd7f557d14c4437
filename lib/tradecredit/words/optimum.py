"""Sentences on portfolio limits: what they rest on, what they would earn, the price of risk and what binds them."""

import numpy as np

from tradecredit.book.book import Book
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.optimum.candidates import linear_part
from tradecredit.decide.optimum.optimum import (
    AS_A_WHOLE,
    CAPPED,
    DIFFERENCE,
    ONE_BY_ONE,
    OTHER_YEARS,
    PROPOSED,
    Optimum,
    earns_more,
)
from tradecredit.decide.optimum.programme import ROUNDING
from tradecredit.insurance.policy import Policy
from tradecredit.language import tr
from tradecredit.words.codes import in_words
from tradecredit.words.formats import fixed, listed, money, percent, whole


def assumptions(book: Book, optimum: Optimum, policy: Policy | None) -> list[str]:
    """Return what the portfolio limits rest on; `policy`: the one in force."""
    settings = book.run.limit_optimum
    if book.run.margin is None:
        return [
            tr("The run file states no margin: what limits earn is not known, and no portfolio optimum is computed.")
        ]
    kept = [f"“{tr(METHODS[name])}”" for name in settings.kept if name in METHODS]
    found = [
        tr(
            "A limit earns the margin ({margin}) of the sales, net of tax, that it carries: the largest that a "
            "buyer may have, what it would have carried by what was owed in the last 12 months, and a smaller "
            "one in proportion, which is less than that rule gives it. A buyer owes its whole limit when it "
            "defaults.",
            margin=percent(book.run.margin),
        ),
        tr(
            "Portfolio limits are optimised over {scenarios} simulated years. Kept constraints: need, "
            "caps{told}; methods that judge one buyer's risk alone are replaced by the cap on the portfolio's "
            "expected shortfall.",
            scenarios=whole(settings.scenarios),
            told=tr(", and {kept}", kept=listed(kept)) if kept else "",
        ),
    ]
    if len(optimum.caps):
        capped = listed(CAPPED.get(column, column) for column in optimum.caps["column"].unique())
        found.append(tr("Caps on the sum of limits apply as well: by {capped}.", capped=capped))
    if linear_part(policy):
        found.append(
            tr(
                "The policy counts by its insured percentage within the insurer's limits and by its premium rate; "
                "deductibles, first loss, maximum, minimum premium and fees are not proportional to a limit, and are "
                "disregarded."
            )
        )
    elif policy is not None:
        found.append(
            tr("The policy in force, {name}, covers no part of an ordinary loss, and is disregarded.", name=policy.name)
        )
    least = book.run.limits.minimum_change
    found.append(
        tr(
            "Changes of less than {least} of the recommended limit, or of what a buyer without one might have, "
            "are not proposed; limits are rounded down. The gain is that of what is proposed.",
            least=percent(least),
        )
    )
    if (optimum.limits["held_by"] == "risk not measured").any():
        found.append(tr("Public bodies and affiliates, whose limits no risk bounds, keep them."))
    if (optimum.limits["held_by"] == "not sought").any():
        found.append(
            tr(
                "Only the limits of the {buyers} buyers with the largest need are optimised; the others keep theirs.",
                buyers=whole(settings.buyers),
            )
        )
    if not np.isnan(optimum.lowest):
        found.append(
            tr(
                "No limits have an expected shortfall below {lowest}, that of the limits which are fixed: "
                "lower caps are not shown.",
                lowest=money(optimum.lowest, book.run.currency),
            )
        )
    return found


def decisions(optimum: Optimum, currency: str) -> dict[str, str]:
    """Return what portfolio limits would change, as kind of decision → sentence; nothing where they earn no more."""
    if not earns_more(optimum):
        return {}
    one, proposed, more = (optimum.totals.loc[name] for name in (ONE_BY_ONE, PROPOSED, DIFFERENCE))
    moved = optimum.limits["portfolio_change"]
    raised, lowered = moved[moved >= 1], moved[moved <= -1]
    then, before = (money(limits["shortfall"], currency) for limits in (proposed, one))
    risk = tr("expected shortfall ({level}) of {then}", level=percent(optimum.level), then=then)
    risk = (
        tr("at the same {risk}", risk=risk)
        if then == before
        else tr("at an {risk}, against {before}", risk=risk, before=before)
    )
    return {
        "portfolio": tr(
            "Portfolio limits would earn {net_earnings} a year more than the recommended limits, set one by "
            "one, after expected losses and premium, {risk}: {raised} would be higher, by {raised_2} in total, "
            "and {lowered} lower, by {lowered_2}. Decide whether risk is judged buyer by buyer or for the "
            "portfolio; changes of limits that they would move back wait for it.",
            net_earnings=money(more["net_earnings"], currency),
            risk=risk,
            raised=whole(len(raised)),
            raised_2=money(raised.sum(), currency),
            lowered=whole(len(lowered)),
            lowered_2=money(-lowered.sum(), currency),
        )
    }


def price(optimum: Optimum, currency: str) -> str:
    """Return what more risk would earn, the shadow price of the cap; empty where there is no optimum."""
    if np.isnan(optimum.price_of_risk):
        return ""
    if optimum.price_of_risk == 0:
        return tr("The cap on the expected shortfall is not binding: more risk would earn nothing.")
    return tr(
        "Shadow price of risk: at the cap, each {currency} of expected shortfall ({level}) more would earn "
        "{price_of_risk} {currency} a year more; {reach}",
        currency=currency,
        level=percent(optimum.level),
        price_of_risk=fixed(optimum.price_of_risk, 2),
        reach=_reach(optimum, currency),
    )


def _reach(optimum: Optimum, currency: str) -> str:
    """Return how far the shadow price holds: what the next larger cap that was tried uses and earns."""
    own = optimum.totals.loc[AS_A_WHOLE]
    larger = optimum.frontier[optimum.frontier.index > own["shortfall"] * (1 + ROUNDING)]
    if larger.empty:
        return tr("no larger cap was tried.")
    risk, more = larger.iloc[0][["shortfall", "net_earnings"]] - own[["shortfall", "net_earnings"]]
    told = tr(
        "the next larger cap that was tried uses {risk} of it more and earns {more}",
        risk=money(risk, currency),
        more=money(more, currency),
    )
    return tr("{told} more", told=told) + (
        tr(", and risk holds no limit then.") if larger.iloc[0]["price_of_risk"] == 0 else "."
    )


def binding(optimum: Optimum) -> str:
    """Return the binding constraints of the limits; empty without an optimum."""
    counts = optimum.limits["held_by"].value_counts()
    found = ", ".join(f"{what} ({count:,})" for what, count in counts.items())
    return tr("Binding constraints: {found}.", found=in_words(found)) if found else ""


def checked(optimum: Optimum, currency: str) -> str:
    """Return the shortfall on fresh scenarios and under the whole policy; empty without an optimum."""
    if np.isnan(optimum.price_of_risk):
        return ""
    one, proposed = (optimum.checked.loc[name] for name in (ONE_BY_ONE, PROPOSED))
    terms = ""
    if not np.isnan(proposed["whole_policy"]):
        terms = tr(
            "; under all terms of the policy in force, {whole_policy} and {whole_policy_2}",
            whole_policy=money(proposed["whole_policy"], currency, error=proposed["whole_policy_se"]),
            whole_policy_2=money(one["whole_policy"], currency, error=one["whole_policy_se"]),
        )
    return tr(
        "Out-of-sample check on {other_years} fresh scenarios: the expected shortfall ({level}) is "
        "{other_years_2} for portfolio limits and {other_years_3} for the recommended limits (standard "
        "errors {other_years_se} and {other_years_se_2}){terms}.",
        other_years=whole(OTHER_YEARS),
        level=percent(optimum.level),
        other_years_2=money(proposed["other_years"], currency, error=proposed["other_years_se"]),
        other_years_3=money(one["other_years"], currency, error=one["other_years_se"]),
        other_years_se=money(proposed["other_years_se"], error=proposed["other_years_se"]),
        other_years_se_2=money(one["other_years_se"], error=one["other_years_se"]),
        terms=terms,
    )
