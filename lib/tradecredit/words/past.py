"""Sentences on past years: what each policy would have paid of the book's real defaults, beside its cost."""

import numpy as np
import pandas as pd

from tradecredit.decide.policies.as_if import BEFORE, AsIf
from tradecredit.decide.policies.past_losses import INSOLVENCY_ONLY, LOSS, PAID, WAITING
from tradecredit.decide.policies.received import SMALL
from tradecredit.language import tr
from tradecredit.words.formats import counted, day, money, percent

STATES = {
    LOSS: "lost",
    INSOLVENCY_ONLY: "insured if insolvent alone",
    PAID: "paid in the waiting period",
    WAITING: "in the waiting period",
    BEFORE: "before the first year",
}
"""`as_if`: what became of a default."""


def of_best(found: AsIf, policy: str, current: str, currency: str) -> str:
    """Return what the policy that is worth most would have paid in the past years; of that in force `past_years` tells.

    Empty where it is the one in force, and where no default of past years tells of it.
    """
    if policy == current or policy not in found.totals.index or not found.totals.loc[policy, "past_defaults"]:
        return ""
    row, years = found.totals.loc[policy], _years(found)
    return tr(
        "Over {span} {policy} would have paid {past_indemnity} of the real losses for premiums of {past_premium}.",
        span=_span(years),
        policy=policy,
        past_indemnity=money(row["past_indemnity"], currency),
        past_premium=money(row["past_premium"], currency),
    )


def net_in_all(found: AsIf, policy: str, currency: str) -> dict[str, tuple]:
    """Return the headline figure of what a policy would have paid more than it cost in the past years."""
    net = found.totals["past_net"].get(policy) if policy in found.totals.index else None
    return {"past_net_in_all": (net, currency, tr("Indemnity less cost of the policy in force in past years, as if"))}


def beside_model(found: AsIf, years: pd.DataFrame, currency: str) -> str:
    """Return why the losses of the last year differ from those that the model is held against.

    `years`: `losses.back_test.back_test`. Empty where either has no such year.
    """
    ends = found.years.index.get_level_values("year_end")
    if years.empty or years.index[-1] not in ends:
        return ""
    last = years.iloc[-1]
    counted_here = found.years.xs(years.index[-1], level="year_end")["past_loss"].iloc[0]
    real, other = last["real_loss"], last["other_loss"]
    rest = counted_here - real - other
    told = tr(
        "The {counted_here} of the year to {index} are of all buyers, by the day of loss. By the day of "
        "default, {real} are of buyers that were at risk a year before (chapter 04) and {other} of others",
        counted_here=money(counted_here, currency),
        index=day(years.index[-1]),
        real=money(real, currency),
        other=money(other, currency),
    )
    if abs(rest) < SMALL:
        return f"{told}."
    amount = money(abs(rest), currency)
    return f"{told}; " + (
        tr("{amount} came of earlier defaults.", amount=amount)
        if rest > 0
        else tr("{amount} are no loss yet.", amount=amount)
    )


def past_years(found: AsIf, current: str, currency: str) -> str:
    """Return what the past years say of the policy in force, else of the first, and of the best in hindsight."""
    totals = found.totals
    if totals.empty:
        return tr("Not testable with this book: the ledger holds no whole year, or the run file names no policy.")
    years, name = _years(found), current if current in totals.index else totals.index[0]
    row, count = totals.loc[name], len(years)
    if row["past_defaults"] == 0:
        return tr("Not testable with this book: it records no default in {span}.", span=_span(years))
    share = (
        ""
        if np.isnan(row["past_loss_ratio"])
        else tr(" ({past_loss_ratio} of the premium)", past_loss_ratio=percent(row["past_loss_ratio"]))
    )
    net = row["past_net"]
    told = tr(
        "Over {span} {defaults} lost {past_loss} by the day of loss, recoveries so far taken off. {name} "
        "would have paid {past_indemnity} of it for a premium of {past_premium}{share}: with fees and tax "
        "{net} {more} than it cost.",
        span=_span(years),
        defaults=counted(int(row["past_defaults"]), "default"),
        past_loss=money(row["past_loss"], currency),
        name=name,
        past_indemnity=money(row["past_indemnity"], currency),
        past_premium=money(row["past_premium"], currency),
        share=share,
        net=money(abs(net), currency),
        more=tr("more") if net > 0 else tr("less"),
    )
    paid = found.years.xs(name, level="policy")["past_net"] > 0
    told += (
        tr(" It would have paid more than it cost in {paid} of {count} years.", paid=int(paid.sum()), count=count)
        if count > 1
        else ""
    )
    told += f" {_hindsight(totals['past_net'], name, currency)}"
    received = row["claims_received"]
    if received > 0:
        return tr(
            "{told} The insurer of these years paid {received}, as received.",
            told=told,
            received=money(received, currency),
        )
    return tr("{told} The book holds no claim paid by an insurer in these years.", told=told)


def _hindsight(net: pd.Series, name: str, currency: str) -> str:
    """Return which policy, or none, the losses and costs of past years would have asked for; `net`: `past_net`."""
    best = net.idxmax()
    beside = tr(
        "{net} {more} than it cost",
        net=money(abs(net[best]), currency),
        more=tr("more") if net[best] > 0 else tr("less"),
    )
    if net[best] > 0:
        told = tr("{best} would have been best", best=best) + (f": {beside}" if best != name else "")
    else:
        of_them = (
            tr("; of the policies, {best} comes nearest, with {beside}", best=best, beside=beside)
            if len(net) > 1
            else ""
        )
        told = tr("no insurance would have been cheapest{of_them}", of_them=of_them)
    return tr("In hindsight, by losses and cost alone, {told}.", told=told)


_BY = {
    "by_first_loss": "which the first loss, refilled by recoveries, keeps as if",
    "by_recovery": "the insurer's part of recoveries as if",
    "by_maximum": "above the maximum as if",
    "by_stop": "shipped after the stop as if",
    "by_limit": "above the limit of the day of shipment as if",
    "by_terms": "which threshold, percentage, deductible or tax keep as if",
    "by_waiting": "not payable yet as if",
    "by_nothing_received": "payable as if, of which nothing has come in",
    "by_no_loss": "no loss of these years as if",
    "by_no_default": "without a recorded default that it could be matched to",
    "by_other": "by other terms of that insurer, or not accepted by it",
}
"""`received`: what the parts of a difference are."""
BECAUSE = {
    "by_first_loss": "first loss", "by_recovery": "recoveries shared", "by_maximum": "maximum", "by_stop": "stop",
    "by_limit": "limit of the day", "by_terms": "threshold, percentage, deductible or tax",
    "by_waiting": "not yet payable", "by_nothing_received": "payable, none received", "by_no_loss": "no loss as if",
    "by_no_default": "no default recorded", "by_other": "other terms",
}  # fmt: skip
"""`received`: which term makes a difference."""


def with_reasons(table: pd.DataFrame) -> pd.DataFrame:
    """Return `received.beside_received` with state and reason in words."""
    return table.assign(past_state=table["past_state"].map(STATES), because=table["because"].map(BECAUSE))


def received(table: pd.DataFrame, policy: str, currency: str) -> str:
    """Return what was received beside what the policy in force would have paid, and what the difference consists of.

    `table`: `received.beside_received`; empty where there is none, or nothing was received.
    """
    real, as_if = table["claims_received"].sum(), table["past_indemnity"].sum()
    if not real > 0:
        return ""
    difference = real - as_if
    side = tr(
        "{difference} {more} than",
        difference=money(abs(difference), currency),
        more=tr("more") if difference > 0 else tr("less"),
    )
    side = tr("as much as") if abs(difference) < SMALL else side
    told = tr(
        "The real insurer paid {real}, {side} the {as_if} that {policy} would have paid as if.",
        real=money(real, currency),
        side=side,
        as_if=money(as_if, currency),
        policy=policy,
    )
    parts = {side: _parts(sign * table[list(_BY)], currency) for side, sign in (("more", 1), ("less", -1))}
    told += "".join(
        tr(" Received {side}: {join}.", side=side, join="; ".join(found)) for side, found in parts.items() if found
    )
    if parts["more"] or parts["less"]:
        told += tr(" Together that is the difference of {difference}.", difference=money(difference, currency))
    if table["by_recovery"].sum() >= SMALL:
        told += tr(" What was passed on to the insurer of recoveries is in no table of the book.")
    return told


def _parts(table: pd.DataFrame, currency: str) -> list[str]:
    """Return what those parts that are above zero add up to, and of how many buyers; less than `SMALL` in all: none."""
    above = table.clip(lower=0.0)
    return [
        tr(
            "{above} of {claims}, {way}",
            above=money(above[name].sum(), currency),
            claims=counted(int((above[name] >= SMALL).sum()), "claim"),
            way=way,
        )
        for name, way in _BY.items()
        if above[name].sum() >= SMALL
    ]


def _years(found: AsIf) -> pd.DatetimeIndex:
    return found.years.index.get_level_values("year_end").unique()


def _span(years: pd.DatetimeIndex) -> str:
    return tr(
        "{the_years_years} to {years}",
        the_years_years=tr("the {years} years", years=len(years)) if len(years) > 1 else tr("the year"),
        years=day(years.max()),
    )


def claims(found: AsIf, current: str) -> pd.DataFrame:
    """Return the claims with their state in words: those on the policy in force first, and the largest debts first."""
    table = found.claims.assign(past_state=found.claims["past_state"].map(STATES))
    # Of a buyer other chapters tell what is insured today, net of what has come in since.
    table = table.rename(columns={"insured_debt": "past_insured_debt"})
    if table.empty:
        return table
    order = np.lexsort((-table["debt"].to_numpy(float), table["policy"] != current))
    return table.iloc[order].reset_index(drop=True)


def assumptions() -> list[str]:
    """Return what the application to past years takes for granted."""
    return [
        tr(
            "As if: limits are those that the insurer of the time had named on the day of shipment; another "
            "insurer, or a policy under which deliveries had stopped sooner, would have had others. Reports in "
            "time and complete papers are taken for granted; recoveries are those so far. Debts are those of the "
            "day of loss, at the rates of the days of issue: what is insured today, after recoveries and disputes "
            "since and at today's rates, may be more or less. A year ends on the book's day, of all policies "
            "alike, so that they can be compared; a policy whose own year ends on another day counts a loss, its "
            "first loss and its maximum in that year."
        )
    ]
