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
from tradecredit.words.formats import listed, money, percent


def assumptions(book: Book, optimum: Optimum, policy: Policy | None) -> list[str]:
    """Return what the portfolio limits rest on; `policy`: the one in force."""
    settings = book.run.limit_optimum
    if book.run.margin is None:
        return ["The run file states no margin: what limits earn is not known, and no portfolio optimum is computed."]
    kept = [f"“{METHODS[name]}”" for name in settings.kept if name in METHODS]
    found = [
        f"A limit earns the margin ({percent(book.run.margin)}) of the sales, net of tax, that it carries: the "
        "largest that a buyer may have, what it would have carried by what was owed in the last 12 months, and a "
        "smaller one in proportion, which is less than that rule gives it. A buyer owes its whole limit when it "
        "defaults.",
        f"Portfolio limits are optimised over {settings.scenarios:,} simulated years. Kept constraints: need, caps"
        f"{f', and {listed(kept)}' if kept else ''}; methods that judge one buyer's risk alone are replaced by the "
        "cap on the portfolio's expected shortfall.",
    ]
    if len(optimum.caps):
        capped = listed(CAPPED.get(column, column) for column in optimum.caps["column"].unique())
        found.append(f"Caps on the sum of limits apply as well: by {capped}.")
    if linear_part(policy):
        found.append(
            "The policy counts by its insured percentage within the insurer's limits and by its premium rate; "
            "deductibles, first loss, maximum, minimum premium and fees are not proportional to a limit, and are "
            "disregarded."
        )
    elif policy is not None:
        found.append(f"The policy in force, {policy.name}, covers no part of an ordinary loss, and is disregarded.")
    least = book.run.limits.minimum_change
    found.append(
        f"Changes of less than {percent(least)} of the recommended limit, or of what a buyer without one might "
        "have, are not proposed; limits are rounded down. The gain is that of what is proposed."
    )
    if (optimum.limits["held_by"] == "risk not measured").any():
        found.append("Public bodies and affiliates, whose limits no risk bounds, keep them.")
    if (optimum.limits["held_by"] == "not sought").any():
        found.append(
            f"Only the limits of the {settings.buyers:,} buyers with the largest need are optimised; the others keep "
            "theirs."
        )
    if not np.isnan(optimum.lowest):
        found.append(
            f"No limits have an expected shortfall below {money(optimum.lowest, book.run.currency)}, that of the "
            "limits which are fixed: lower caps are not shown."
        )
    return found


def decisions(optimum: Optimum, currency: str) -> dict[str, str]:
    """Return what portfolio limits would change, as kind of decision → sentence; nothing where they earn no more."""
    if not earns_more(optimum):
        return {}
    one, whole, more = (optimum.totals.loc[name] for name in (ONE_BY_ONE, PROPOSED, DIFFERENCE))
    moved = optimum.limits["portfolio_change"]
    raised, lowered = moved[moved >= 1], moved[moved <= -1]
    then, before = (money(limits["shortfall"], currency) for limits in (whole, one))
    risk = f"expected shortfall ({percent(optimum.level)}) of {then}"
    risk = f"at the same {risk}" if then == before else f"at an {risk}, against {before}"
    return {
        "portfolio": f"Portfolio limits would earn {money(more['net_earnings'], currency)} a year more than the "
        f"recommended limits, set one by one, after expected losses and premium, {risk}: {len(raised):,} would be "
        f"higher, by {money(raised.sum(), currency)} in total, and {len(lowered):,} lower, by "
        f"{money(-lowered.sum(), currency)}. "
        "Decide whether risk is judged buyer by buyer or for the portfolio; changes of limits that they would move "
        "back wait for it."
    }


def price(optimum: Optimum, currency: str) -> str:
    """Return what more risk would earn, the shadow price of the cap; empty where there is no optimum."""
    if np.isnan(optimum.price_of_risk):
        return ""
    if optimum.price_of_risk == 0:
        return "The cap on the expected shortfall is not binding: more risk would earn nothing."
    return (
        f"Shadow price of risk: at the cap, each {currency} of expected shortfall ({percent(optimum.level)}) more "
        f"would earn {optimum.price_of_risk:.2f} {currency} a year more; {_reach(optimum, currency)}"
    )


def _reach(optimum: Optimum, currency: str) -> str:
    """Return how far the shadow price holds: what the next larger cap that was tried uses and earns."""
    own = optimum.totals.loc[AS_A_WHOLE]
    larger = optimum.frontier[optimum.frontier.index > own["shortfall"] * (1 + ROUNDING)]
    if larger.empty:
        return "no larger cap was tried."
    risk, more = larger.iloc[0][["shortfall", "net_earnings"]] - own[["shortfall", "net_earnings"]]
    told = (
        f"the next larger cap that was tried uses {money(risk, currency)} of it more and earns {money(more, currency)}"
    )
    return f"{told} more" + (", and risk holds no limit then." if larger.iloc[0]["price_of_risk"] == 0 else ".")


def binding(optimum: Optimum) -> str:
    """Return the binding constraints of the limits; empty without an optimum."""
    counts = optimum.limits["held_by"].value_counts()
    found = ", ".join(f"{what} ({count:,})" for what, count in counts.items())
    return f"Binding constraints: {found}." if found else ""


def checked(optimum: Optimum, currency: str) -> str:
    """Return the shortfall on fresh scenarios and under the whole policy; empty without an optimum."""
    if np.isnan(optimum.price_of_risk):
        return ""
    one, whole = (optimum.checked.loc[name] for name in (ONE_BY_ONE, PROPOSED))
    terms = ""
    if not np.isnan(whole["whole_policy"]):
        terms = (
            f"; under all terms of the policy in force, {money(whole['whole_policy'], currency)} and "
            f"{money(one['whole_policy'], currency)}"
        )
    return (
        f"Out-of-sample check on {OTHER_YEARS:,} fresh scenarios: the expected shortfall ({percent(optimum.level)}) is "
        f"{money(whole['other_years'], currency)} for portfolio limits and {money(one['other_years'], currency)} for "
        f"the recommended limits (standard errors {money(whole['other_years_se'])} and "
        f"{money(one['other_years_se'])}){terms}."
    )
