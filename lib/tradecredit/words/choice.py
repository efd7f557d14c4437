"""Sentences on the choice of a policy: what to do, beside the policy in force and beside none, and where that turns."""

import numpy as np
import pandas as pd

from tradecredit.decide.policies.account import Account
from tradecredit.decide.policies.account_range import beside_current, best_at, best_within, turning_points, value_at
from tradecredit.decide.policies.quotes import dominating, tail_beside
from tradecredit.decide.policies.records import CHANGE, END, RENEW, STAY, TAKE, advised, gain, gain_error
from tradecredit.language import tr
from tradecredit.losses.distribution import LossDistribution
from tradecredit.numerics.known_digits import known_digits
from tradecredit.params.policy import NO_COVER
from tradecredit.words.account import NAMES, best, turning_items
from tradecredit.words.formats import PARAGRAPH, counted, doubt, error_told, listed, missing, money, ratio, staked

NO_INSURANCE = "no insurance"
"""What a sentence calls the alternative without any policy."""

_ADVICE = {
    RENEW: "Renew {policy}", CHANGE: "Change to {policy}", END: "End the policy", STAY: "Stay without insurance",
    TAKE: "Take out {policy}",
}  # fmt: skip


Level = tuple[float, float] | None
"""The interval that the level of the probabilities lies in, as multiples of the odds; missing: not estimated."""


def decisions(found: Account, current: str, currency: str, *, shown: str = "", why: str = "") -> dict[str, str]:
    """Return what to decide on the policies as kind of decision → sentences; nothing where the run names no policy.

    What to do and what it is worth (`advice`), with what is `shown` beside it, its price in a bad year (`price`); `why`
    is on demand: which offer is the best by which measure (`winners`), and what else speaks for it and against.
    """
    if found.items.empty:
        return {}
    return {"policy": f"{advice(found, current, currency)} {shown}".strip() + PARAGRAPH + why.strip()}


def price(found: Account, dist: LossDistribution, current: str, currency: str) -> str:
    """Return what the advised course leaves of the losses of a bad year beside the one that it replaces.

    The expected shortfall, 99 %, on today's balances; beside what, see `bad_year`.
    """
    if found.items.empty:
        return ""
    policy, other = _beside_which(found, current)
    _, more, error = tail_beside(dist, policy, other)
    if more == 0 or doubt(more, error):
        return tr("In the worst 1 % of years it leaves us as much of the losses as {other}.", other=_named(other))
    if more < 0:
        return tr(
            "In the worst 1 % of years it leaves us {less} less of the losses than {other} ({error}).",
            less=money(-more, currency, error=error),
            other=_named(other),
            error=error_told(error),
        )
    return tr(
        "Its price: in the worst 1 % of years it leaves us {more} more of the losses than {other} ({error}).",
        more=money(more, currency, error=error),
        other=_named(other),
        error=error_told(error),
    )


def winners(found: Account, shares: pd.DataFrame, currency: str) -> str:
    """Return which offer is worth most by each of three measures; empty where sales are not counted.

    The whole account; without the sales that only cover allows, that is by losses and capital alone; and with these
    sales counted by the share of claims that each policy pays (`shares`: `paid_share.by_paid_share`).
    """
    if found.items.empty or found.items["account_sales"].isna().all():
        return ""
    measures = (
        (tr("in all"), found.items["cover_value"]),
        (tr("by losses and capital alone"), found.without["account_sales"]),
        (tr("with sales counted by the share of claims paid"), shares["value_by_paid_share"]),
    )
    known = {measure: values.dropna() for measure, values in measures if values.notna().any()}
    first = {str(values.idxmax()) if values.max() > 0 else NO_COVER for values in known.values()}
    if len(first) == 1:
        return tr("Worth most {measures}: {winner}.", measures=listed(list(known)), winner=_named(*first))
    told = [f"{measure}{tr(': ')}{_winner(values, currency)}" for measure, values in known.items()]
    return tr("Worth most {told}.", told="; ".join(told))


def _winner(values: pd.Series, currency: str) -> str:
    best = str(values.idxmax())
    worth = money(values[best], currency)
    if values[best] > 0:
        return f"{best} ({worth})"
    return tr("{no_insurance} (the best offer: {policy}, {worth})", no_insurance=NO_INSURANCE, policy=best, worth=worth)


def advice(found: Account, current: str, currency: str) -> str:
    """Return what the account advises, and what that is worth more in a year than today's or the next best course.

    What cannot be told apart (`doubt`) is said to be. The amount is that of the decision (`records.gain`).
    """
    what, policy = advised(found.items, current)
    more, other = gain(found.items, current)
    error = gain_error(found.items, current)
    advice = tr(_ADVICE[what], policy=policy)
    worth = tr("{more} a year more than {named}", more=money(more, currency, error=error), named=_named(other))
    if more == error == 0:
        return tr("{advice}. That is worth as much as {named}.", advice=advice, named=_named(other))
    if why := doubt(more, error):
        kept = tr(", or keep {current}", current=current) if what in (CHANGE, END) else ""
        known = "" if missing(error) else f" ({error_told(error)})"
        return tr(
            "{advice}{kept}. {worth} is {why}{known}.", advice=advice, kept=kept, worth=worth, why=why, known=known
        )
    return tr("{advice}. That is worth {worth} ({error}).", advice=advice, worth=worth, error=error_told(error))


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
            tr(
                "on {names}, without which {no_insurance} would be worth {loc} more",
                names=tr(NAMES[item]),
                no_insurance=NO_INSURANCE,
                loc=money(-found.without.loc[policy, item], currency),
            )
            for item in turns
        ]
        told.append(tr("It rests {join}.", join=tr(", and ").join(rests)))
    return " ".join(told)


def _estimated(level: Level) -> Level:
    """Return the interval of the level; None where it is missing."""
    return None if level is None or np.isnan(level).any() else level


def _over_level(best: pd.Series, policy: str) -> str:
    """Return whether a policy is worth most over an interval of the odds; `best`: `account_range.best_within`."""
    low, high = (ratio(best.index[end]) for end in (0, -1))
    span = tr("over the whole interval of the level of default, {low} to {high} times today's odds", low=low, high=high)
    others = best[best.notna() & (best != policy)]
    if len(others):
        parts = [
            tr(
                "{named} is worth most at {index} times",
                named=_named(other),
                index=listed(ratio(multiple) for multiple in of.index),
            )
            for other, of in others.groupby(others, sort=False)
        ]
        return tr("The advice does not hold {span}: {parts}.", span=span, parts=listed(parts))
    if best.isna().any():
        return tr("Whether the advice holds {span}, is not known: it reaches beyond what was looked at.", span=span)
    return tr("The advice holds {span}.", span=span)


def bad_year(found: Account, dist: LossDistribution, current: str, currency: str) -> str:
    """Return what the advised course costs and keeps of the losses of a bad year, beside the course that it replaces.

    Beside the policy in force where that is changed or ended, beside no insurance where one is renewed or taken out,
    and beside the best offer where there is to be none.
    """
    if found.items.empty:
        return ""
    policy, other = _beside_which(found, current)
    costs = -found.items["account_cost"]
    dearer = costs.get(policy, 0.0) - costs.get(other, 0.0)
    kept, more, error = tail_beside(dist, policy, other)
    cost = (
        tr("as much")
        if abs(dearer) < 1
        else tr("{dearer} a year {side}", dearer=money(abs(dearer), currency), side=_side(dearer))
    )
    difference = f"{staked(money(abs(more), currency, error=error), _side(more))} ({error_told(error)})"
    if more == 0:
        difference = tr("as much")
    elif why := doubt(more, error):
        difference = tr("a difference {why}", why=why)
    return tr(
        "Beside {named}, {named_2} costs {cost}, and leaves us {kept} of losses in the worst 1 % of years "
        "on average, on today's balances (expected shortfall, 99 %): {difference}.",
        named=_named(other),
        named_2=_named(policy),
        cost=cost,
        kept=money(kept, currency),
        difference=difference,
    )


def _beside_which(found: Account, current: str) -> tuple[str, str]:
    """Return the advised course and the one that its bad year is told beside."""
    what, policy = advised(found.items, current)
    return policy, {CHANGE: current, END: current, STAY: best(found)}.get(what, NO_COVER)


def dominated(comparison: pd.DataFrame, dist: LossDistribution, found: Account, current: str, currency: str) -> str:
    """Return that another offer costs less and leaves less than the advised one, and why that is advised nevertheless.

    `comparison`: `quotes.comparison`, on today's balances, of `dist`. Empty where none does beyond simulation error
    (`quotes.dominating`), or no policy is advised.
    """
    if found.items.empty:
        return ""
    _, policy = advised(found.items, current)
    if policy == NO_COVER:
        return ""
    better = dominating(comparison, dist, policy)
    if better.empty:
        return ""
    other, row = str(better.index[0]), better.iloc[0]
    told = tr(
        "On today's balances alone {policy} is dominated by {other}, which costs {cheaper} a year less and "
        "leaves {less} less in the worst years (expected shortfall, 99.9 %; {error}).",
        policy=policy,
        other=other,
        cheaper=money(row["cheaper"], currency, error=row["cheaper_se"]),
        less=money(row["leaves_less"], currency, error=row["leaves_less_se"]),
        error=error_told(row["leaves_less_se"]),
    )
    sales = found.items.loc[[policy, other], "account_sales"]
    if not sales[policy] > sales[other]:
        return tr("{told} It is advised nevertheless for the account as a whole.", told=told)
    return tr(
        "{told} {policy} is advised nevertheless for the sales that only cover allows: {sales}, and "
        "{round} with {other}.",
        told=told,
        policy=policy,
        sales=money(sales[policy], currency),
        round=money(sales[other].round(), currency),
        other=other,
    )


def value_by_level(odds: pd.DataFrame, policy: str, level: Level, currency: str) -> dict[str, tuple]:
    """Return the headline figures of a policy's value at the ends of the interval of the level; `odds`: `by_odds`."""
    ends: list[float | None] = [None, None]
    if level is not None and len(odds) and policy in odds.index.get_level_values("policy"):
        of = odds.xs(policy, level="policy")
        ends = [
            known_digits(value_at(of["cover_value"], multiple), value_at(of["cover_value_se"], multiple))
            for multiple in level
        ]
    return {
        f"cover_value_{end}": (
            at,
            currency,
            tr("Value of the policy in force at the {end} end of the level of default", end=end),
        )
        for end, at in zip(("low", "high"), ends, strict=True)
    }


def _side(difference: float) -> str:
    return tr("more") if difference > 0 else tr("less")


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
        worth = tr("worth its cost") if (value > 0).all() else tr("not worth its cost")
        held = tr("{policy} is {worth} at all default odds from {span}", policy=policy, worth=worth, span=span)
    else:
        held = tr(
            "{policy} is worth its cost {where} times today's default odds, and not {rest}",
            policy=policy,
            where=_where(points),
            rest=_rest(points),
        )
    return tr(
        "Beside {no_insurance}, {held}{of_level}.",
        no_insurance=NO_INSURANCE,
        held=held,
        of_level=_of_level(value, points, level),
    )


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
        more = tr("more") if (value > 0).all() else tr("less")
        told = tr(
            "{policy} is worth {more} at all default odds from {multiples}",
            policy=policy,
            more=more,
            multiples=_multiples(value),
        )
    else:
        told = tr(
            "{policy} is worth more {where} times today's default odds, and less {rest}",
            policy=policy,
            where=_where(points),
            rest=_rest(points),
        )
    in_force = tr(", the policy in force") if other == current else ""
    return tr(
        "Beside {other}{in_force}, {told}{of_level}.",
        other=other,
        in_force=in_force,
        told=told,
        of_level=_of_level(value, points, level),
    )


def drawn(odds: pd.DataFrame, current: str) -> str:
    """Return what the chart of `account_range.beside_current` shows."""
    shown = beside_current(odds, current).columns
    than = (
        NO_INSURANCE if len(shown) != 1 or current in shown else tr("{current}, the policy in force", current=current)
    )
    what = shown[0] if len(shown) == 1 else tr("each policy")
    return tr(
        "How much more {what} is worth than {than}, by the level of default probabilities (simulated)",
        what=what,
        than=than,
    )


def best_by_odds(odds: pd.DataFrame) -> str:
    """Return which policy is worth most at which multiples of the odds; empty without any."""
    if odds.empty:
        return ""
    best = best_at(odds)
    if (best == best.iloc[0]).all():
        return tr("At all of these multiples {named} is worth most.", named=_named(best.iloc[0]))
    parts = [
        tr("{named} at {index} times", named=_named(policy), index=listed(ratio(multiple) for multiple in of.index))
        for policy, of in best.groupby(best, sort=False)
    ]
    return tr("Worth most is {join} and {parts} today's odds.", join=", ".join(parts[:-1]), parts=parts[-1])


def holds_alone(odds: pd.DataFrame, policy: str) -> str:
    """Return from which multiple on the losses and the capital that a policy takes away would pay for it alone."""
    if odds.empty or policy not in odds.index.get_level_values("policy"):
        return ""
    values = odds.xs(policy, level="policy")
    points = turning_points(values["saving_at_odds"], values["cover_value_se"])
    told = tr("By the losses and the capital that it takes off today's balances alone,")
    if len(points):
        way = tr("from") if points.iloc[0]["turns"] == "positive" else tr("up to")
        return tr(
            "{told} {policy} would be worth its cost {way} {odds} times today's odds.",
            told=told,
            policy=policy,
            way=way,
            odds=ratio(points.iloc[0]["odds"]),
        )
    if (values["saving_at_odds"] > 0).all():
        return tr("{told} {policy} would be worth its cost at all of these multiples.", told=told, policy=policy)
    return tr("{told} {policy} would not be worth its cost at any of these multiples.", told=told, policy=policy)


def _multiples(value: pd.Series) -> str:
    return tr("{index} to {index_2} times today's", index=ratio(value.index.min()), index_2=ratio(value.index.max()))


def _where(points: pd.DataFrame) -> str:
    """Return for which multiples a value is above zero, each end with its standard error."""
    ends = [f"{ratio(row['odds'])} ({error_told(row['odds_se'], ratio)})" for _, row in points.iterrows()]
    begins = [place for place, turns in enumerate(points["turns"]) if turns == "positive"]
    parts = [tr("below {ends}", ends=ends[0])] if 0 not in begins else []
    parts += [
        tr("between {ends} and {ends_2}", ends=ends[place], ends_2=ends[place + 1])
        if place + 1 < len(ends)
        else tr("above {ends}", ends=ends[place])
        for place in begins
    ]
    return listed(parts)


def _rest(points: pd.DataFrame) -> str:
    """Return where it is not, after `_where`."""
    if len(points) > 1:
        return tr("elsewhere")
    return tr("above") if points.iloc[0]["turns"] == "negative" else tr("below")


def _of_level(value: pd.Series, points: pd.DataFrame, level: Level) -> str:
    level = _estimated(level)
    if level is None:
        return ""
    interval = tr("{level} to {level_2} times", level=ratio(level[0]), level_2=ratio(level[1]))
    if np.isnan([value_at(value, multiple) for multiple in level]).any():
        return tr("; the interval of the level, {interval}, reaches beyond what was looked at", interval=interval)
    turns = tr("turns") if points["odds"].between(*level).any() else tr("does not turn")
    return tr("; within the interval of the level, {interval}, this {turns}", interval=interval, turns=turns)


def _not_apart(more: float, error: float) -> str:
    """Return what the difference of two policies is where they cannot be told apart; empty where they can."""
    return tr("zero") if more == error == 0 else doubt(more, error)


def best_offer(found: Account, current: str, currency: str) -> str:
    """Return which policy is worth most, and by how much beside the error; empty where there is but one."""
    items = found.items
    if len(items) < 2:
        return ""
    order = items["cover_value"].sort_values(ascending=False, kind="stable").index
    if current == NO_COVER:
        less, error = items.loc[order[1], ["cover_value_on_best", "cover_value_on_best_se"]]
        offers = counted(len(items), "offer")
        if why := _not_apart(less, error):
            return tr(
                "Of {offers} {first} and {second} are worth most; the difference between them is {why}.",
                offers=offers,
                first=order[0],
                second=order[1],
                why=why,
            )
        return tr(
            "Of {offers} {order} is worth most, {cover_value} more than {order_2} ({error}).",
            offers=offers,
            order=order[0],
            cover_value=money(-less, currency, error=error),
            order_2=order[1],
            error=error_told(error),
        )
    other = order[0] if order[0] != current else order[1]
    more, error = items.loc[other, ["cover_value_on_current", "cover_value_on_current_se"]]
    if why := _not_apart(more, error):
        return tr(
            "Between {current}, the policy in force, and {other} the difference is {why}.",
            current=current,
            other=other,
            why=why,
        )
    return tr(
        "{other} is worth {more} {more_2} a year than {current}, the policy in force ({error}).",
        other=other,
        more=money(abs(more), currency, error=error),
        more_2=tr("more") if more > 0 else tr("less"),
        current=current,
        error=error_told(error),
    )
