"""Sentences on whether cover is worth its cost: what carries the verdict, where it turns, what the past would say."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.columns import Column
from tradecredit.decide.policies.account import ITEMS, Account
from tradecredit.decide.policies.account_range import turning_points, value_at
from tradecredit.decide.policies.as_if import BEFORE, AsIf
from tradecredit.decide.policies.past_losses import INSOLVENCY_ONLY, LOSS, PAID, WAITING
from tradecredit.decide.policies.records import CHANGE, END, RENEW, STAY, advised
from tradecredit.insurance.policy import Policy
from tradecredit.params.policy import NO_COVER
from tradecredit.words.formats import counted, day, listed, money, percent, ratio

NAMES = {
    "account_cost": "the cost of the policy",
    "account_indemnity": "the losses that it pays",
    "account_capital": "the capital saved",
    "account_sales": "the sales that only cover allows",
    "account_financing": "the financing of insured receivables",
    "account_information": "the insurer's information",
    "account_tax_recovery": "tax recovered on those sales",
    "account_income_tax": "income tax",
}
"""The items of the account in a sentence."""

STATES = {
    LOSS: "lost",
    INSOLVENCY_ONLY: "insured if insolvent alone",
    PAID: "paid in the waiting period",
    WAITING: "in the waiting period",
    BEFORE: "before the first year",
}
"""`as_if`: what became of a default."""

_ADVICE = {
    RENEW: "Renew {policy}", CHANGE: "Change to {policy}", END: "End the policy", STAY: "Stay without insurance",
}  # fmt: skip


def verdict(found: Account, currency: str) -> str:
    """Return what the best policy is worth in all, which items carry it, and whether it holds without each of them.

    A value of less than two of its standard errors, or one whose error is not known for want of scenarios, is said to
    be too small to tell.
    """
    if found.items.empty:
        return "The run file names no policy: there is nothing to compare, and all losses are retained."
    offer = best(found)
    row = found.items.loc[offer]
    amount, error = money(abs(row["cover_value"]), currency), money(row["cover_value_se"])
    if not abs(row["cover_value"]) >= 2 * row["cover_value_se"]:
        return (
            "Whether insurance is worth its cost cannot be decided from these scenarios: with the best offer, "
            f"{offer}, a year differs by {amount} from one without insurance, within simulation error."
        )
    if row["cover_value"] > 0:
        rules = " as the limit rules stand" if _of_rules(found, offer, currency) else ""
        worth = f"Insurance is worth its cost{rules}: a year with {offer} is worth {amount} more than one without"
    else:
        worth = (
            f"Insurance is not worth its cost: a year with the best offer, {offer}, is worth {amount} less than one "
            "without"
        )
    return f"{worth} (standard error {error}). {carried_by(found, offer, currency)}"


def decisions(found: Account, current: str, currency: str, findings: Sequence[str]) -> dict[str, str]:
    """Return what to decide on the policies as kind of decision → sentences; nothing where the run names no policy.

    In this order: what cover is worth and what carries it; the `findings`, such as for which default probabilities
    that holds (`holds`) and what the past says (`in_short`); what to do, with what it brings beside today's policy and
    the error of that.
    """
    if found.items.empty:
        return {}
    told = [verdict(found, currency), *findings, advice(found, current, currency)]
    return {"policy": " ".join(part for part in told if part)}


def advice(found: Account, current: str, currency: str) -> str:
    """Return what the account advises; a change that is within simulation error is said to be."""
    what, policy = advised(found.items, current)
    advice = _ADVICE.get(what, "Take out {policy}").format(policy=policy)
    row = found.items.loc[policy] if what == CHANGE else None
    if row is None:
        return f"{advice}."
    more, error = row["cover_value_on_current"], row["cover_value_on_current_se"]
    if not more >= 2 * error:
        return f"{advice}, or keep {current}: the difference is within simulation error."
    return f"{advice}: {money(more, currency)} a year more than {current} (standard error {money(error)})."


def best(found: Account) -> str:
    """Return the policy that is worth most; no cover where there is none."""
    return NO_COVER if found.items.empty else str(found.items["cover_value"].idxmax())


def labels(stated: Mapping[str, Column]) -> dict[str, str]:
    """Return what the items of the account are called in a chart."""
    return {item: stated[item].label for item in ITEMS}


def picture(found: Account, currency: str) -> str:
    """Return what the chart of the account shows."""
    values = [f"{name} {money(value, currency)}" for name, value in found.items["cover_value"].items()]
    return f"Stacked bars of what each policy brings above zero and costs below it; in all: {listed(values)}."


def carried_by(found: Account, policy: str, currency: str) -> str:
    """Return which items carry the value of a policy, and without which of them it would turn."""
    row, without = found.items.loc[policy, list(ITEMS)].dropna(), found.without.loc[policy]
    positive = found.items.loc[policy, "cover_value"] > 0
    turns = [item for item in row.index if (without[item] > 0) != positive]
    # Without its cost any policy is worth having, which tells nothing.
    turns = [item for item in turns if item != "account_cost"]
    if not positive:
        brought = row[row > 0].sum()
        total = f"It brings {money(brought, currency)} for a cost of {money(-row['account_cost'], currency)}."
        if not turns:
            return f"{total} Leaving out any other single item would not change that."
        return f"{total} Without {listed([NAMES[item] for item in turns])} it would be worth it."
    if not turns:
        return "No single item carries it: it holds without any one of them."
    parts = [
        f"{NAMES[item]} ({money(row[item], currency)}), without which it would be worth "
        f"{money(-without[item], currency)} less than no insurance"
        for item in turns
    ]
    others = [f"without {NAMES[item]}" for item in row.index if item not in (*turns, "account_cost")]
    rest = f" It holds {' or '.join(others)}." if others else ""
    rest = " It holds without any other single item." if len(others) > 3 else rest
    return f"It is carried by {'; and by '.join(parts)}.{rest}{_of_rules(found, policy, currency)}"


def _of_rules(found: Account, policy: str, currency: str) -> str:
    """Return that the limit rules decide, where sales that carry the verdict would pay without cover too; else empty.

    They carry it where without them the value would not be above zero.
    """
    row = found.sales.loc[policy]
    alone = row["covered_margin"] - row["sales_risk"] - row["sales_tied_up"]
    if not (alone > 0 and found.items.loc[policy, "cover_value"] > 0 >= found.without.loc[policy, "account_sales"]):
        return ""
    return (
        f" These sales bring {money(row['sales_risk'], currency)} of risk for {money(row['covered_margin'], currency)} "
        "of margin: it is the limit rules that keep them from being made without insurance."
    )


def holds(odds: pd.DataFrame, policy: str, level: tuple[float, float] | None = None) -> str:
    """Return for which multiples of all default odds the verdict on a policy holds; empty without any.

    `odds`: `account_range.by_odds`; `level`: the interval that the level of the probabilities lies in, as multiples of
    the odds (None: not estimated).
    """
    if odds.empty or policy not in odds.index.get_level_values("policy"):
        return ""
    values = odds.xs(policy, level="policy")
    points, low, high = turning_points(values), ratio(values.index.min()), ratio(values.index.max())
    if points.empty:
        worth = "worth its cost" if (values["cover_value"] > 0).all() else "not worth its cost"
        held = f"{policy} is {worth} at all default odds from {low} to {high} times today's"
    else:
        at = listed([f"{ratio(row['odds'])} (standard error {ratio(row['odds_se'])})" for _, row in points.iterrows()])
        side = "above" if points.iloc[0]["turns"] == "positive" else "below"
        held = f"The verdict turns at {at} times today's default odds: {side} that {policy} is worth its cost"
    return f"{held}{_of_level(values, level)}."


def holds_alone(odds: pd.DataFrame, policy: str) -> str:
    """Return from which multiple on the losses and the capital that a policy takes away would pay for it alone."""
    if odds.empty or policy not in odds.index.get_level_values("policy"):
        return ""
    values = odds.xs(policy, level="policy")
    points = turning_points(values.assign(cover_value=values["saving_at_odds"]))
    if len(points):
        return (
            f"By the losses and the capital that it takes off today's balances alone, {policy} would be worth its cost "
            f"from {ratio(points.iloc[0]['odds'])} times today's odds."
        )
    at = "all" if (values["saving_at_odds"] > 0).all() else "none"
    return f"By the losses and the capital that it takes off today's balances alone, {policy} is at {at} of these."


def _of_level(values: pd.DataFrame, level: tuple[float, float] | None) -> str:
    if level is None:
        return ""
    ends = [value_at(values, multiple) for multiple in level]
    interval = f"{ratio(level[0])} to {ratio(level[1])} times"
    if np.isnan(ends).any():
        return f"; the interval of the level, {interval}, reaches beyond what was looked at"
    crossing = turning_points(values)["odds"].between(*level).any()
    held = "the verdict turns within it" if crossing else "the verdict holds in all of it"
    return f"; the interval of the level is {interval}: {held}"


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
    if not abs(more) >= 2 * error:
        return f"Between {current}, the policy in force, and {other} the difference is within simulation error."
    return (
        f"{other} is worth {money(abs(more), currency)} {'more' if more > 0 else 'less'} a year than {current}, the "
        f"policy in force (standard error {money(error)})."
    )


def of_sales(found: Account, policy: str, currency: str) -> str:
    """Return what the sales that only cover allows are, and what of them is counted; empty where they are not."""
    if policy not in found.sales.index or np.isnan(found.items.loc[policy, "account_sales"]):
        return ""
    row = found.sales.loc[policy]
    return (
        f"Under {policy}, limits carry {money(row['covered_sales'], currency)} of sales a year that limits without "
        f"insurance would not: a margin of {money(row['covered_margin'], currency)}, less "
        f"{money(row['sales_risk'], currency)} of risk and {money(row['sales_tied_up'], currency)} for the capital "
        f"that they tie up. The cost of the policy holds {money(row['sales_premium'], currency)} of premium on them. "
        "If you would make these sales without insurance too, leave the item out."
    )


def first_loss(comparison: pd.DataFrame, policies: Sequence[Policy], currency: str) -> str:
    """Return which policies' first loss keeps nearly all that they insure, though limits count their percentage.

    `comparison`: `quotes.comparison`. Nearly all: nine tenths of the indemnities before it.
    """
    found = []
    for policy in policies:
        row = comparison.loc[policy.name]
        kept, paid = row["first_loss_used"] * (policy.aggregate_first_loss or 0.0), row["expected_indemnity"]
        if kept > 9 * paid:
            found.append(f"{policy.name} ({money(paid, currency)} of {money(kept + paid, currency)} paid)")
    if not found:
        return ""
    return (
        f"Limits count the insured percentage, not the first loss, which keeps nearly all of an average year's claims "
        f"under {listed(found)}."
    )


def in_short(found: AsIf, policy: str, currency: str) -> str:
    """Return what a policy would have paid in the past years, in a sentence."""
    if policy not in found.totals.index:
        return "What the past says of it is not testable with this book."
    row, years = found.totals.loc[policy], _years(found)
    return (
        f"Over {_span(years)} it would have paid {money(row['past_indemnity'], currency)} for premiums of "
        f"{money(row['past_premium'], currency)}."
    )


def past(found: AsIf, current: str, currency: str) -> str:
    """Return what the past years say of the policy in force, else of the first, and of the best in hindsight."""
    totals = found.totals
    if totals.empty:
        return "Not testable with this book: the ledger holds no whole year, or the run file names no policy."
    years, name = _years(found), current if current in totals.index else totals.index[0]
    row, count = totals.loc[name], len(years)
    if row["past_defaults"] == 0:
        return f"Not testable with this book: it records no default in {_span(years)}."
    share = "" if np.isnan(row["past_loss_ratio"]) else f" ({percent(row['past_loss_ratio'])} of the premium)"
    net = row["past_net"]
    told = (
        f"Over {_span(years)} {counted(int(row['past_defaults']), 'default')} lost "
        f"{money(row['past_loss'], currency)}, recoveries so far taken off. {name} would have paid "
        f"{money(row['past_indemnity'], currency)} of it for a premium of {money(row['past_premium'], currency)}"
        f"{share}: with fees and tax {money(abs(net), currency)} {'more' if net > 0 else 'less'} than it cost."
    )
    paid = found.years.xs(name, level="policy")["past_net"] > 0
    told += f" It would have paid more than it cost in {int(paid.sum())} of {count} years." if count > 1 else ""
    hindsight = totals["past_net"].idxmax()
    if hindsight != name:
        other = totals.loc[hindsight, "past_net"]
        told += (
            f" In hindsight {hindsight} would have been best: {money(abs(other), currency)} "
            f"{'more' if other > 0 else 'less'} than it cost."
        )
    received = row["claims_received"]
    if received > 0:
        return f"{told} The insurer of these years paid {money(received, currency)}, as received."
    return f"{told} The book holds no claim paid by an insurer in these years."


def _years(found: AsIf) -> pd.DatetimeIndex:
    return found.years.index.get_level_values("year_end").unique()


def _span(years: pd.DatetimeIndex) -> str:
    return f"{f'the {len(years)} years' if len(years) > 1 else 'the year'} to {day(years.max())}"


def claims(found: AsIf, current: str) -> pd.DataFrame:
    """Return the claims with their state in words: those on the policy in force first, and the largest debts first."""
    table = found.claims.assign(past_state=found.claims["past_state"].map(STATES))
    if table.empty:
        return table
    order = np.lexsort((-table["debt"].to_numpy(float), table["policy"] != current))
    return table.iloc[order].reset_index(drop=True)


def assumptions(book: Book, found: Account) -> list[str]:
    """Return what of the account counts, what does not and why, and what it takes for granted."""
    settings = book.run.account
    stated = {
        "account_sales": book.run.margin is not None, "account_financing": settings.financing is not None,
        "account_information": settings.insurer_information is not None,
        "account_tax_recovery": settings.tax_recovery_share is not None,
        "account_income_tax": settings.income_tax_rate is not None,
    }  # fmt: skip
    left = [NAMES[f"account_{item}"] for item in settings.left_out]
    absent = [NAMES[item] for item, given in stated.items() if not given]
    told = []
    if absent:
        told.append(f"Not counted in the account, since the run file states no terms: {listed(absent)} (`account`).")
    if left:
        told.append(f"Left out of the account by the run file: {listed(left)} (`account.left_out`).")
    if "account_sales" in found.items and found.items["account_sales"].notna().any():
        told.append(
            "Sales that only cover allows are those that the limits by risk with cover carry beyond those without, by "
            "what the buyers owed in the last 12 months; limits that are asked for from the insurer do not count. "
            "Without cover, or under a policy that allows fewer, balances would be lower by the same part, and what a "
            "policy would pay less on them is part of its risk."
        )
    return told


def past_assumptions() -> list[str]:
    """Return what the application to past years takes for granted."""
    return [
        "As if: limits are those that the insurer of the time had named on the day of shipment; another insurer, or a "
        "policy under which deliveries had stopped sooner, would have had others. Reports in time and complete papers "
        "are taken for granted; recoveries are those so far."
    ]
