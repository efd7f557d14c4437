"""Sentences on the choice of a policy: what to do, beside the policy in force and beside none, and where that turns."""

import numpy as np
import pandas as pd

from tradecredit.decide.policies.account import Account
from tradecredit.decide.policies.account_range import beside_current, best_at, best_within, turning_points, value_at
from tradecredit.decide.policies.quotes import tail_beside
from tradecredit.decide.policies.records import CHANGE, END, RENEW, STAY, TAKE, advised, gain
from tradecredit.losses.distribution import LossDistribution
from tradecredit.params.policy import NO_COVER
from tradecredit.words.account import NAMES, best, turning_items
from tradecredit.words.formats import counted, doubt, error_told, listed, missing, money, ratio

NO_INSURANCE = "no insurance"
"""What a sentence calls the alternative without any policy."""

_ADVICE = {
    RENEW: "Renew {policy}", CHANGE: "Change to {policy}", END: "End the policy", STAY: "Stay without insurance",
    TAKE: "Take out {policy}",
}  # fmt: skip


Level = tuple[float, float] | None
"""The interval that the level of the probabilities lies in, as multiples of the odds; missing: not estimated."""


def decisions(found: Account, current: str, currency: str) -> dict[str, str]:
    """Return what to decide on the policies as kind of decision → sentences; nothing where the run names no policy.

    What to do and what it is worth (`advice`). What it rests on, its price in a bad year and the policy's notice stand
    in its section, between the offers and the account.
    """
    if found.items.empty:
        return {}
    rests = "What it costs in a bad year and what it rests on stand in chapter 05, above the account."
    return {"policy": f"{advice(found, current, currency)} {rests}"}


def advice(found: Account, current: str, currency: str) -> str:
    """Return what the account advises, and what that is worth more in a year than today's or the next best course.

    What cannot be told apart (`doubt`) is said to be. The amount is that of the decision (`records.gain`).
    """
    what, policy = advised(found.items, current)
    more, other = gain(found.items, current)
    # Of two policies the one that is not in force has the error of the difference.
    offer, error_of = (other if policy in (NO_COVER, current) else policy), "cover_value_on_current_se"
    if NO_COVER in (policy, other):
        offer, error_of = (other if policy == NO_COVER else policy), "cover_value_se"
    error = found.items.loc[offer, error_of]
    advice = _ADVICE[what].format(policy=policy)
    worth = f"{money(more, currency)} a year more than {_named(other)}"
    if why := doubt(more, error):
        kept = f", or keep {current}" if what in (CHANGE, END) else ""
        known = "" if missing(error) else f" ({error_told(error)})"
        return f"{advice}{kept}: {worth} is {why}{known}."
    return f"{advice}: worth {worth} ({error_told(error)})."


def holds_in_short(odds: pd.DataFrame, found: Account, current: str, currency: str, level: Level = None) -> str:
    """Return whether the advised course stays the best over the interval of the level, and on which items it rests.

    `odds`: `account_range.by_odds`; `level`: the interval, as multiples of the odds. Without it only the items are
    told; no insurance rests on none.
    """
    if found.items.empty:
        return ""
    _, policy = advised(found.items, current)
    interval = _estimated(level)
    told = [] if odds.empty or interval is None else [_over_level(best_within(odds, interval), policy)]
    turns = [] if policy == NO_COVER else turning_items(found, policy)
    if turns:
        rests = [
            f"on {NAMES[item]}, without which {NO_INSURANCE} would be worth "
            f"{money(-found.without.loc[policy, item], currency)} more"
            for item in turns
        ]
        told.append(f"It rests {', and '.join(rests)}.")
    return " ".join(told)


def _estimated(level: Level) -> Level:
    """Return the interval of the level; None where it is missing."""
    return None if level is None or np.isnan(level).any() else level


def _over_level(best: pd.Series, policy: str) -> str:
    """Return whether a policy is worth most over an interval of the odds; `best`: `account_range.best_within`."""
    low, high = (ratio(best.index[end]) for end in (0, -1))
    span = f"over the whole interval of the level of default, {low} to {high} times today's odds"
    others = best[best.notna() & (best != policy)]
    if len(others):
        parts = [
            f"{_named(other)} is worth most at {listed(ratio(multiple) for multiple in of.index)} times"
            for other, of in others.groupby(others, sort=False)
        ]
        return f"The advice does not hold {span}: {listed(parts)}."
    if best.isna().any():
        return f"Whether the advice holds {span}, is not known: it reaches beyond what was looked at."
    return f"The advice holds {span}."


def bad_year(found: Account, dist: LossDistribution, current: str, currency: str) -> str:
    """Return what the advised course costs and keeps of the losses of a bad year, beside the course that it replaces.

    Beside the policy in force where that is changed or ended, beside no insurance where one is renewed or taken out,
    and beside the best offer where there is to be none.
    """
    if found.items.empty:
        return ""
    what, policy = advised(found.items, current)
    other = {CHANGE: current, END: current, STAY: best(found)}.get(what, NO_COVER)
    costs = -found.items["account_cost"]
    dearer = costs.get(policy, 0.0) - costs.get(other, 0.0)
    kept, more, error = tail_beside(dist, policy, other)
    cost = "as much" if abs(dearer) < 1 else f"{money(abs(dearer), currency)} a year {_side(dearer)}"
    difference = f"{money(abs(more), currency)} {_side(more)} ({error_told(error)})"
    if more == 0:
        difference = "as much"
    elif why := doubt(more, error):
        difference = f"a difference {why}"
    return (
        f"Beside {_named(other)}, {_named(policy)} costs {cost}, and leaves us {money(kept, currency)} of losses in "
        f"the worst 1 % of years on average, on today's balances (expected shortfall, 99 %): {difference}."
    )


def dominated(comparison: pd.DataFrame, found: Account, current: str, currency: str) -> str:
    """Return that another offer costs less and leaves less than the advised one, and why that is advised nevertheless.

    `comparison`: `quotes.comparison`, on today's balances. Empty where none does, or no policy is advised.
    """
    if found.items.empty:
        return ""
    _, policy = advised(found.items, current)
    if policy == NO_COVER:
        return ""
    own, others = comparison.loc[policy], comparison.drop(index=[NO_COVER, policy])
    better = others[(others["cost"] <= own["cost"]) & (others["retained_es"] <= own["retained_es"])]
    better = better[(better["cost"] < own["cost"]) | (better["retained_es"] < own["retained_es"])]
    if better.empty:
        return ""
    other = str(better["cost_of_risk"].idxmin())
    cheaper, less = (money(own[name] - better.loc[other, name], currency) for name in ("cost", "retained_es"))
    told = (
        f"On today's balances alone {policy} is dominated by {other}, which costs {cheaper} a year less and leaves "
        f"{less} less in the worst years (expected shortfall, 99.9 %)."
    )
    sales = found.items.loc[[policy, other], "account_sales"]
    if not sales[policy] > sales[other]:
        return f"{told} It is advised nevertheless for the account as a whole."
    return (
        f"{told} {policy} is advised nevertheless for the sales that only cover allows: "
        f"{money(sales[policy], currency)}, and {money(sales[other].round(), currency)} with {other}."
    )


def value_by_level(odds: pd.DataFrame, policy: str, level: Level, currency: str) -> dict[str, tuple]:
    """Return the headline figures of a policy's value at the ends of the interval of the level; `odds`: `by_odds`."""
    ends: list[float | None] = [None, None]
    if level is not None and len(odds) and policy in odds.index.get_level_values("policy"):
        value = odds["cover_value"].xs(policy, level="policy")
        ends = [value_at(value, multiple) for multiple in level]
    return {
        f"cover_value_{end}": (at, currency, f"Value of the policy in force at the {end} end of the level of default")
        for end, at in zip(("low", "high"), ends, strict=True)
    }


def _side(difference: float) -> str:
    return "more" if difference > 0 else "less"


def _named(policy: str) -> str:
    return NO_INSURANCE if policy == NO_COVER else policy


def holds(odds: pd.DataFrame, policy: str, level: Level = None) -> str:
    """Return for which multiples of all default odds a policy is worth its cost beside no insurance; empty without any.

    `odds`: `account_range.by_odds`; `level`: the interval that the level lies in, as multiples of the odds.
    """
    if odds.empty or policy not in odds.index.get_level_values("policy"):
        return ""
    values = odds.xs(policy, level="policy")
    value, error = values["cover_value"], values["cover_value_se"]
    points, span = turning_points(value, error), _multiples(value)
    if points.empty:
        worth = "worth its cost" if (value > 0).all() else "not worth its cost"
        held = f"{policy} is {worth} at all default odds from {span}"
    else:
        held = f"{policy} is worth its cost {_where(points)} times today's default odds, and not {_rest(points)}"
    return f"Beside {NO_INSURANCE}, {held}{_of_level(value, points, level)}."


def beside(odds: pd.DataFrame, found: Account, current: str, level: Level = None) -> str:
    """Return for which multiples of all default odds the best policy is worth more than the one in force.

    Where the best is in force, beside the next best; empty where there is no policy in force, or but one.
    """
    policy = best(found)
    if odds.empty or current == NO_COVER or len(found.items) < 2:
        return ""
    other = current if policy != current else str(found.items["cover_value"].drop(policy).idxmax())
    one, two = (odds.xs(name, level="policy") for name in (policy, other))
    value = one["cover_value_on_current"] - two["cover_value_on_current"]
    # Beside itself the policy in force has no error.
    error = (one if other == current else two)["cover_value_on_current_se"]
    points = turning_points(value, error)
    if points.empty:
        more = "more" if (value > 0).all() else "less"
        told = f"{policy} is worth {more} at all default odds from {_multiples(value)}"
    else:
        told = f"{policy} is worth more {_where(points)} times today's default odds, and less {_rest(points)}"
    in_force = ", the policy in force" if other == current else ""
    return f"Beside {other}{in_force}, {told}{_of_level(value, points, level)}."


def drawn(odds: pd.DataFrame, current: str) -> str:
    """Return what the chart of `account_range.beside_current` shows."""
    shown = beside_current(odds, current).columns
    than = NO_INSURANCE if len(shown) != 1 or current in shown else f"{current}, the policy in force"
    what = shown[0] if len(shown) == 1 else "each policy"
    return f"How much more {what} is worth than {than}, by the level of default probabilities (simulated)"


def best_by_odds(odds: pd.DataFrame) -> str:
    """Return which policy is worth most at which multiples of the odds; empty without any."""
    if odds.empty:
        return ""
    best = best_at(odds)
    if (best == best.iloc[0]).all():
        return f"At all of these multiples {_named(best.iloc[0])} is worth most."
    parts = [
        f"{_named(policy)} at {listed(ratio(multiple) for multiple in of.index)} times"
        for policy, of in best.groupby(best, sort=False)
    ]
    return f"Worth most is {', '.join(parts[:-1])} and {parts[-1]} today's odds."


def holds_alone(odds: pd.DataFrame, policy: str) -> str:
    """Return from which multiple on the losses and the capital that a policy takes away would pay for it alone."""
    if odds.empty or policy not in odds.index.get_level_values("policy"):
        return ""
    values = odds.xs(policy, level="policy")
    points = turning_points(values["saving_at_odds"], values["cover_value_se"])
    told = "By the losses and the capital that it takes off today's balances alone,"
    if len(points):
        way = "from" if points.iloc[0]["turns"] == "positive" else "up to"
        return f"{told} {policy} would be worth its cost {way} {ratio(points.iloc[0]['odds'])} times today's odds."
    if (values["saving_at_odds"] > 0).all():
        return f"{told} {policy} would be worth its cost at all of these multiples."
    return f"{told} {policy} would not be worth its cost at any of these multiples."


def _multiples(value: pd.Series) -> str:
    return f"{ratio(value.index.min())} to {ratio(value.index.max())} times today's"


def _where(points: pd.DataFrame) -> str:
    """Return for which multiples a value is above zero, each end with its standard error."""
    ends = [f"{ratio(row['odds'])} ({error_told(row['odds_se'], ratio)})" for _, row in points.iterrows()]
    begins = [place for place, turns in enumerate(points["turns"]) if turns == "positive"]
    parts = [f"below {ends[0]}"] if 0 not in begins else []
    parts += [
        f"between {ends[place]} and {ends[place + 1]}" if place + 1 < len(ends) else f"above {ends[place]}"
        for place in begins
    ]
    return listed(parts)


def _rest(points: pd.DataFrame) -> str:
    """Return where it is not, after `_where`."""
    if len(points) > 1:
        return "elsewhere"
    return "above" if points.iloc[0]["turns"] == "negative" else "below"


def _of_level(value: pd.Series, points: pd.DataFrame, level: Level) -> str:
    level = _estimated(level)
    if level is None:
        return ""
    interval = f"{ratio(level[0])} to {ratio(level[1])} times"
    if np.isnan([value_at(value, multiple) for multiple in level]).any():
        return f"; the interval of the level, {interval}, reaches beyond what was looked at"
    turns = "turns" if points["odds"].between(*level).any() else "does not turn"
    return f"; within the interval of the level, {interval}, this {turns}"


def best_offer(found: Account, current: str, currency: str) -> str:
    """Return which policy is worth most, and by how much beside the error; empty where there is but one."""
    items = found.items
    if len(items) < 2:
        return ""
    order = items["cover_value"].sort_values(ascending=False).index
    if current == NO_COVER:
        return (
            f"Of {counted(len(items), 'offer')} {order[0]} is worth most, "
            f"{money(items['cover_value'][order[0]] - items['cover_value'][order[1]], currency)} more than {order[1]}."
        )
    other = order[0] if order[0] != current else order[1]
    more, error = items.loc[other, ["cover_value_on_current", "cover_value_on_current_se"]]
    if why := doubt(more, error):
        return f"Between {current}, the policy in force, and {other} the difference is {why}."
    return (
        f"{other} is worth {money(abs(more), currency)} {'more' if more > 0 else 'less'} a year than {current}, the "
        f"policy in force ({error_told(error)})."
    )
