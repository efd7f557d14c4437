"""Limits for the book as a whole: what they would earn above limits set one by one at the same risk, and its price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.decide.limits.caps import class_amounts
from tradecredit.decide.limits.recommendation import METHODS
from tradecredit.decide.optimum.candidates import (
    LINEAR,
    candidates,
    group_caps,
    linear_part,
    simulated,
    simulated_years,
)
from tradecredit.decide.optimum.programme import RESULTS, ROUNDING, Solution, Years, results, shortfall, solution
from tradecredit.errors import ParameterError, Problem
from tradecredit.insurance.in_force import own_policy
from tradecredit.insurance.policy import Policy
from tradecredit.numerics.risk_measures import expected_shortfall

OTHER_YEARS = 20_000
"""Simulated years, other than those they were chosen on, that limits are looked at on."""

CAPPED = {"group_id": "group"}
"""What a column of caps is called, where not by its name."""

CHECKED = ("shortfall", "other_years", "other_years_se", "whole_policy", "whole_policy_se")
"""Columns of the table that looks at limits on other years."""

ONE_BY_ONE, AS_A_WHOLE, DIFFERENCE = "one by one", "book as a whole", "difference"


@dataclass(frozen=True, eq=False)
class Optimum:
    """Limits for the book as a whole beside those set one by one, and what they bring; amounts of a year, in currency.

    `limits`: index buyer_id, all `candidates`, the largest change first. `limit`, `one_by_one_limit`, `change`;
    `held_by`: what keeps the limit from being higher; `marginal_value` of one unit more (see `Solution`; missing where
    the limit is not sought); `expected_margin`, `expected_loss` that stays with us, `premium`, `net_earnings`.
    `totals`: index `limits` (one by one, book as a whole, difference); sums of `limit` and of the last four columns,
    and `shortfall`, the expected shortfall at `level` of what stays with us.
    `frontier`: index `shortfall_cap`, lowest first; the same under other caps, with the `price_of_risk` there. The
    run's parts of the cap, but none below what the limits that are not sought lose by themselves.
    `caps`: as `Solution.caps`, sums being over all members, with `one_by_one_limit`, that of the limits set one by one.
    `checked`: index as `totals`; `shortfall` again; `other_years`, on years that the limits were not chosen on, and
    `whole_policy`, there under every term of the policy (missing without one), each with its `_se`.
    `price_of_risk`: net margin gained by one unit more of shortfall. `basis`: in sentences, what it rests on. Where the
    run states no margin all of it is empty or missing, and `basis` says so.
    """

    limits: pd.DataFrame
    totals: pd.DataFrame
    frontier: pd.DataFrame
    caps: pd.DataFrame
    checked: pd.DataFrame
    price_of_risk: float
    level: float
    basis: tuple[str, ...]


@remembered
def assess(
    book: Book,
    ratings: pd.DataFrame,
    limits: pd.DataFrame,
    policies: Sequence[Policy],
    *,
    caps: Mapping[str, pd.Series] | None = None,
) -> Optimum:
    """Return the limits that earn most for the book as a whole, as the run's `limit_optimum` says.

    `ratings`, `limits`, `policies`: see `candidates`. `caps`: by a column of the buyers (`group_id`, `sector`,
    `country`) the largest sum of limits for its values, as `candidates` has them; None: those that limits set one by
    one keep, `group_caps` and the run's of sectors and countries (`class_amounts`). A cap that the limits which are not
    sought pass already leaves the others nothing. The shortfall's cap is what the limits set one by one have, unless
    the run states one. The programme: `programme.solution`. Raises `ParameterError` where the limits that are
    not sought have a larger shortfall than the run allows, and `InputError` for caps that are not amounts.
    """
    settings = book.run.limit_optimum
    if book.run.margin is None:
        return _nothing(settings.level)
    buyers = candidates(book, ratings, limits, policies)
    policy, sought = own_policy(book, policies), buyers["sought"]
    years, one = simulated_years(book, buyers, policy), buyers["one_by_one_limit"]
    caps = group_caps(buyers, limits) | class_amounts(book) if caps is None else caps
    left = {name: _left(buyers, amounts, name) for name, amounts in caps.items()}
    current = shortfall(buyers[sought], one[sought], years, level=settings.level)[0]
    lowest = shortfall(buyers[sought], one[sought] * 0, years, level=settings.level)[0]
    cap = current if settings.shortfall_cap is None else settings.shortfall_cap
    if lowest > cap * (1 + ROUNDING):
        raise ParameterError([_unreachable(book, lowest)])

    def under(shortfall_cap: float) -> tuple[Solution, pd.Series]:
        found = solution(buyers[sought], years, level=settings.level, shortfall_cap=shortfall_cap, caps=left)
        return found, found.limit.reindex(buyers.index).fillna(one)

    told = (
        f"No limits have an expected shortfall below {lowest:,.0f}, that of the limits which stay as they are: lower "
        "caps are not shown."
    )
    best, limit = under(cap)
    caps_tried = sorted({max(cap * part, lowest) for part in settings.frontier})
    others = {other: (best, limit) if other == cap else under(other) for other in caps_tried}
    frontier = [
        {"shortfall_cap": other} | _sums(buyers, chosen, years, settings.level) | {"price_of_risk": found.price_of_risk}
        for other, (found, chosen) in others.items()
    ]
    compared = {ONE_BY_ONE: one, AS_A_WHOLE: limit}
    totals = {name: _sums(buyers, chosen, years, settings.level) for name, chosen in compared.items()}
    table = pd.DataFrame({"limit": limit, "one_by_one_limit": one, "change": limit - one})
    table = table.assign(held_by=_held_by(buyers, limit, best), marginal_value=best.marginal_value)
    table = table.join(results(buyers, limit))
    return Optimum(
        limits=table.loc[table["change"].abs().sort_values(ascending=False, kind="stable").index],
        totals=_with_difference(totals),
        frontier=pd.DataFrame(frontier).set_index("shortfall_cap"),
        caps=_of_all_members(best.caps, buyers, caps, limit),
        checked=_checked(book, buyers, policies, compared, totals),
        price_of_risk=best.price_of_risk,
        level=settings.level,
        basis=(*_basis(book, policy, buyers, best.caps), *([told] if lowest > cap * min(settings.frontier) else [])),
    )


def decisions(optimum: Optimum, currency: str) -> list[str]:
    """Return in a sentence what limits for the book as a whole would change; nothing where they earn no more."""
    if not optimum.totals.loc[DIFFERENCE, "net_earnings"] >= 1:
        return []
    one, whole, more = (optimum.totals.loc[name] for name in (ONE_BY_ONE, AS_A_WHOLE, DIFFERENCE))
    moved = optimum.limits["change"]
    raised, lowered = moved[moved >= 1], moved[moved <= -1]
    same = abs(more["shortfall"]) <= 0.001 * one["shortfall"]
    beside = "that of the others" if same else f"{one['shortfall']:,.0f} of the others"
    return [
        f"Limits set for the book as a whole would earn {currency} {more['net_earnings']:,.0f} a year more than limits "
        f"set one by one, after losses and premium, at an expected shortfall ({_level(optimum)}) of {currency} "
        f"{whole['shortfall']:,.0f}, {beside}: {len(raised):,} would be higher, by {currency} {raised.sum():,.0f} in "
        f"all, and {len(lowered):,} lower, by {currency} {-lowered.sum():,.0f}. Decide whether risk is weighed buyer "
        "by buyer or over the book."
    ]


def price_in_words(optimum: Optimum, currency: str) -> str:
    """Return in a sentence what more risk would earn; empty where there is no optimum."""
    if np.isnan(optimum.price_of_risk):
        return ""
    if optimum.price_of_risk == 0:
        return "The cap on the expected shortfall holds no limit back: more risk would earn nothing."
    return (
        f"The price of risk: {currency} 1,000 more of expected shortfall ({_level(optimum)}) would earn {currency} "
        f"{1_000 * optimum.price_of_risk:,.0f} a year more."
    )


def held_in_words(optimum: Optimum) -> str:
    """Return in a sentence what keeps how many limits from being higher; empty without an optimum."""
    counts = optimum.limits["held_by"].value_counts()
    told = ", ".join(f"{what} ({count:,})" for what, count in counts.items())
    return f"What keeps limits from being higher: {told}." if told else ""


def checked_in_words(optimum: Optimum, currency: str) -> str:
    """Return in sentences what the shortfall is on other years and under the whole policy; empty without an optimum."""
    if np.isnan(optimum.price_of_risk):
        return ""
    one, whole = (optimum.checked.loc[name] for name in (ONE_BY_ONE, AS_A_WHOLE))
    terms = ""
    if not np.isnan(whole["whole_policy"]):
        terms = (
            f"; under every term of the policy in force, {currency} {whole['whole_policy']:,.0f} and {currency} "
            f"{one['whole_policy']:,.0f}"
        )
    return (
        "Limits suit the simulated years that they were chosen on a little better than others: on "
        f"{OTHER_YEARS:,} other years the expected shortfall ({_level(optimum)}) is {currency} "
        f"{whole['other_years']:,.0f} for the book as a whole and {currency} {one['other_years']:,.0f} one by one "
        f"(standard error {whole['other_years_se']:,.0f} and {one['other_years_se']:,.0f}){terms}."
    )


def _level(optimum: Optimum) -> str:
    return f"{100 * optimum.level:g} %"


def _unreachable(book: Book, lowest: float) -> Problem:
    return Problem(
        file=str(book.run.file), column="limit_optimum.shortfall_cap", value=book.run.limit_optimum.shortfall_cap,
        allowed="no limits keep it: those that are not sought (set by analysts, of public bodies and affiliates, of "
        f"unknown need) have an expected shortfall of {lowest:,.0f} by themselves",
        remedy=f"raise it to {lowest:,.0f} at least, or leave it out",
    )  # fmt: skip


def _sums(buyers: pd.DataFrame, limit: pd.Series, years: Years, level: float) -> dict[str, float]:
    sought = buyers["sought"]
    risk = shortfall(buyers[sought], limit[sought], years, level=level)[0]
    return {"limit": limit.sum()} | results(buyers, limit).sum().to_dict() | {"shortfall": risk}


def _with_difference(rows: dict[str, dict[str, float]]) -> pd.DataFrame:
    rows = rows | {DIFFERENCE: {name: rows[AS_A_WHOLE][name] - value for name, value in rows[ONE_BY_ONE].items()}}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("limits")


def _left(buyers: pd.DataFrame, amounts: pd.Series, column: str) -> pd.Series:
    """Return what caps leave to the limits that are sought; what cannot be a cap stays as it is, to be refused."""
    if column not in buyers:
        return amounts
    others = buyers[~buyers["sought"]]
    taken = others["one_by_one_limit"].groupby(others[column]).sum().reindex(amounts.index, fill_value=0.0)
    return (amounts - taken).clip(lower=0.0).where(amounts >= 0, amounts)


def _of_all_members(
    found: pd.DataFrame, buyers: pd.DataFrame, caps: Mapping[str, pd.Series], limit: pd.Series
) -> pd.DataFrame:
    """Return the caps with sums over all their members, also over those whose limits are not sought."""
    sums = pd.DataFrame({"limit": limit, "one_by_one_limit": buyers["one_by_one_limit"]})
    rows = [
        {"cap": caps[row.column][row.of]} | sums[buyers[row.column] == row.of].sum().to_dict()
        for row in found.itertuples()
    ]
    told = pd.DataFrame(rows, index=found.index, columns=["cap", "limit", "one_by_one_limit"])
    return found[["column", "of"]].join(told).assign(marginal_value=found["marginal_value"])


def _held_by(buyers: pd.DataFrame, limit: pd.Series, best: Solution) -> pd.Series:
    """Return what keeps each limit from being higher: what bounds it, a full cap, or else the price of risk.

    More of a limit that does not pay loses more than it earns, whatever risk costs.
    """
    first = buyers["covered_limit"].where(buyers["covered_share"] > 0)
    own = (1 - buyers["covered_share"]).where(limit < first, 1.0)
    pays = buyers["margin"] - buyers["premium"] - buyers["loss"] * own > 0
    held = pd.Series("price of risk", index=buyers.index).where(pays, "does not pay")
    held = held.mask((limit > 0) & np.isclose(limit, first), "insurer's limit")
    # Of several full caps the dearest is named.
    for row in best.caps[best.caps["marginal_value"] > 0].sort_values("marginal_value", kind="stable").itertuples():
        held = held.mask(buyers[row.column] == row.of, f"cap: {CAPPED.get(row.column, row.column)} {row.of}")
    return held.mask(~buyers["sought"] | np.isclose(limit, buyers["most"]), buyers["bound"])


def _checked(
    book: Book,
    buyers: pd.DataFrame,
    policies: Sequence[Policy],
    compared: Mapping[str, pd.Series],
    totals: Mapping[str, Mapping[str, float]],
) -> pd.DataFrame:
    """Return the shortfalls of limits on other years: in proportion to the limits, and under the whole policy."""
    policy, level = own_policy(book, policies), book.run.limit_optimum.level
    programme = [other for other in policies if policy and other.name in policy.programme]
    rows = {}
    for name, limit in compared.items():
        dist = simulated(
            book, buyers.assign(exposure=limit), [*linear_part(policy), *programme],
            scenarios=OTHER_YEARS, seed=book.run.simulation.seed + 1,
        )  # fmt: skip
        views = {"other_years": f"retained:{LINEAR}" if linear_part(policy) else "gross"} | (
            {"whole_policy": f"retained:{policy.name}"} if policy else {}
        )
        row = {"shortfall": totals[name]["shortfall"]}
        for column, view in views.items():
            row[column], row[f"{column}_se"] = expected_shortfall(dist.losses[view].to_numpy(), dist.sample, level)
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=list(CHECKED)).rename_axis("limits")


def _basis(book: Book, policy: Policy | None, buyers: pd.DataFrame, caps: pd.DataFrame) -> tuple[str, ...]:
    settings, delay = book.run.limit_optimum, book.run.limits.tolerated_delay_days
    kept = ", ".join(f"“{METHODS[name]}”" for name in settings.kept if name in METHODS)
    margin = 100 * (book.run.margin or 0.0)
    told = [
        f"A limit earns the margin ({margin:g} %) of the sales that it carries in a year, net of tax: "
        f"360 / (usual terms + {delay} days) times the limit, less the buyer's own share of tax; a buyer owes all of "
        "its limit when it defaults.",
        f"Limits for the book as a whole are chosen on {settings.scenarios:,} simulated years. What a buyer can use "
        f"and what nobody may have bound them{f', and so do the methods {kept}' if kept else ''}; what else judges the "
        "risk of one buyer alone does not.",
    ]
    if len(caps):
        capped = ", ".join(CAPPED.get(column, column) for column in caps["column"].unique())
        told.append(f"Caps on what limits may add up to hold as well: by {capped}.")
    if linear_part(policy):
        told.append(
            "The policy counts by its percentage within the insurer's limits and by its premium rate; deductibles, "
            "first loss, maximum, minimum premium and fees are not in proportion to a limit, and are left out."
        )
    elif policy is not None:
        told.append(f"The policy in force, {policy.name}, bears no part of an ordinary loss, and counts as none.")
    if (buyers["bound"] == "risk not measured").any():
        told.append("Public bodies and affiliates, whose risk is not measured, keep their limits.")
    if (buyers["bound"] == "not sought").any():
        told.append(
            f"Only the limits of the {settings.buyers:,} buyers that can use most are sought; the others keep theirs."
        )
    return tuple(told)


def _nothing(level: float) -> Optimum:
    def empty(*names: str, index: Sequence[str] = (), called: str) -> pd.DataFrame:
        return pd.DataFrame(np.nan, index=pd.Index(index, name=called), columns=list(names))

    sums, rows = ("limit", *RESULTS, "shortfall"), (ONE_BY_ONE, AS_A_WHOLE, DIFFERENCE)
    limits = empty("limit", "one_by_one_limit", "change", "held_by", "marginal_value", *RESULTS, called="buyer_id")
    caps = empty("column", "of", "cap", "limit", "one_by_one_limit", "marginal_value", called="cap")
    return Optimum(
        limits=limits.astype({"held_by": "str"}),
        totals=empty(*sums, index=rows, called="limits"),
        frontier=empty(*sums, "price_of_risk", called="shortfall_cap"),
        caps=caps.reset_index(drop=True).astype({"column": "str", "of": "str"}),
        checked=empty(*CHECKED, index=rows[:2], called="limits"),
        price_of_risk=np.nan,
        level=level,
        basis=("The run file states no margin: what limits earn is not known, and no optimum is sought.",),
    )
