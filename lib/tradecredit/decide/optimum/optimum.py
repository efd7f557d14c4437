"""Limits for the book as a whole: what they would earn above limits set one by one at the same risk, and its price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.decide.limits.caps import class_amounts
from tradecredit.decide.optimum.candidates import (
    LINEAR,
    candidates,
    group_caps,
    linear_part,
    simulated,
    simulated_years,
)
from tradecredit.decide.optimum.programme import RESULTS, ROUNDING, Solution, Years, results, shortfall, solutions
from tradecredit.decide.optimum.proposal import proposed
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

ONE_BY_ONE, AS_A_WHOLE, PROPOSED, DIFFERENCE = "one by one", "book as a whole", "proposed", "difference"


@dataclass(frozen=True, eq=False)
class Optimum:
    """Limits for the book as a whole beside those set one by one, and what they bring; amounts of a year, in currency.

    `limits`: index buyer_id, all `candidates`, the largest change first. `limit`, that of the optimum;
    `proposed_limit`, rounded, or the one set one by one where the change is too small to act on (`proposal.proposed`);
    `recommended_with_cover`, the one set one by one; `portfolio_change` = proposed_limit − recommended_with_cover;
    `held_by`: what keeps the limit from being higher; `marginal_value` of one unit more (see `Solution`; missing where
    the limit is not sought); `expected_margin`, `retained_expected_loss`, `premium`, `net_earnings` of the proposed.
    `totals`: index `limits` (one by one, book as a whole, proposed, and the difference between the proposed and the
    first); sums of `limit` and of the last four columns, and `shortfall`, the expected shortfall at `level` of the
    retained loss.
    `frontier`: index `shortfall_cap`, lowest first; the same under other caps, with the `price_of_risk` there. The
    run's parts of the cap, but none below what the limits that are not sought lose by themselves.
    `caps`: as `Solution.caps`, sums being over all members, with `recommended_with_cover`, that of the limits set one
    by one.
    `checked`: one by one, proposed; `shortfall` again; `other_years`, on years that the limits were not chosen on, and
    `whole_policy`, there under every term of the policy (missing without one), each with its `_se`.
    `price_of_risk`: net margin gained by one unit more of shortfall. `lowest`: the shortfall of the limits that are not
    sought, where the frontier would have gone below it (missing: it did not). Where the run states no margin all of it
    is empty or missing.
    """

    limits: pd.DataFrame
    totals: pd.DataFrame
    frontier: pd.DataFrame
    caps: pd.DataFrame
    checked: pd.DataFrame
    price_of_risk: float
    level: float
    lowest: float


def changed(optimum: Optimum) -> pd.DataFrame:
    """Return the limits that are proposed to change, the largest change first, without the optimum's own `limit`."""
    return optimum.limits[optimum.limits["portfolio_change"] != 0].drop(columns="limit")


def earns_more(optimum: Optimum) -> bool:
    """Return whether the proposed limits earn a unit of currency a year more than those set one by one, or more."""
    return bool(optimum.totals.loc[DIFFERENCE, "net_earnings"] >= 1)


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
    the run states one. The programme: `programme.solutions`. Raises `ParameterError` where the limits that are
    not sought have a larger shortfall than the run allows, and `InputError` for caps that are not amounts.
    """
    settings = book.run.limit_optimum
    if book.run.margin is None:
        return _nothing(settings.level)
    buyers = candidates(book, ratings, limits, policies)
    policy, sought = own_policy(book, policies), buyers["sought"]
    years, one = simulated_years(book, buyers, policy), buyers["recommended_with_cover"]
    caps = group_caps(buyers, limits) | class_amounts(book) if caps is None else caps
    left = {name: _left(buyers, amounts, name) for name, amounts in caps.items()}
    current = shortfall(buyers[sought], one[sought], years, level=settings.level)[0]
    lowest = shortfall(buyers[sought], one[sought] * 0, years, level=settings.level)[0]
    cap = current if settings.shortfall_cap is None else settings.shortfall_cap
    if lowest > cap * (1 + ROUNDING):
        raise ParameterError([_unreachable(book, lowest)])

    others = sorted({max(cap * part, lowest) for part in settings.frontier})
    # The nearest first: a solution is found sooner beside one that is known.
    asked = sorted({cap, *others}, key=lambda other: abs(other - cap))
    solved = solutions(buyers[sought], years, level=settings.level, shortfall_caps=asked, caps=left)
    found = dict(zip(asked, solved, strict=True))
    chosen = {other: found[other].limit.reindex(buyers.index).fillna(one) for other in asked}
    best, limit = found[cap], chosen[cap]

    def solve(bounds: pd.DataFrame) -> pd.Series:
        again = solutions(bounds[sought], years, level=settings.level, shortfall_caps=[cap], caps=left)[0]
        return again.limit.reindex(buyers.index).fillna(one)

    asked_for = proposed(buyers, limit, solve, book.run.limits, keeps=current <= cap * (1 + ROUNDING))
    if shortfall(buyers[sought], asked_for[sought], years, level=settings.level)[0] > max(cap, current) * (1 + 1e-6):
        asked_for = one
    frontier = [
        {"shortfall_cap": other}
        | _sums(buyers, chosen[other], years, settings.level)
        | {"price_of_risk": found[other].price_of_risk}
        for other in others
    ]
    compared = {ONE_BY_ONE: one, AS_A_WHOLE: limit, PROPOSED: asked_for}
    totals = {name: _sums(buyers, chosen, years, settings.level) for name, chosen in compared.items()}
    table = pd.DataFrame({"limit": limit, "proposed_limit": asked_for, "recommended_with_cover": one})
    table = table.assign(portfolio_change=asked_for - one)
    table = table.assign(held_by=_held_by(buyers, limit, best), marginal_value=best.marginal_value)
    table = table.join(results(buyers, asked_for))
    return Optimum(
        limits=table.loc[table["portfolio_change"].abs().sort_values(ascending=False, kind="stable").index],
        totals=_with_difference(totals),
        frontier=pd.DataFrame(frontier).set_index("shortfall_cap"),
        caps=_of_all_members(best.caps, buyers, caps, limit),
        checked=_checked(book, buyers, policies, {ONE_BY_ONE: one, PROPOSED: asked_for}, totals),
        price_of_risk=best.price_of_risk,
        level=settings.level,
        lowest=lowest if lowest > cap * min(settings.frontier) else np.nan,
    )


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
    rows = rows | {DIFFERENCE: {name: rows[PROPOSED][name] - value for name, value in rows[ONE_BY_ONE].items()}}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("limits")


def _left(buyers: pd.DataFrame, amounts: pd.Series, column: str) -> pd.Series:
    """Return what caps leave to the limits that are sought; what cannot be a cap stays as it is, to be refused."""
    if column not in buyers:
        return amounts
    others = buyers[~buyers["sought"]]
    taken = others["recommended_with_cover"].groupby(others[column]).sum().reindex(amounts.index, fill_value=0.0)
    return (amounts - taken).clip(lower=0.0).where(amounts >= 0, amounts)


def _of_all_members(
    found: pd.DataFrame, buyers: pd.DataFrame, caps: Mapping[str, pd.Series], limit: pd.Series
) -> pd.DataFrame:
    """Return the caps with sums over all their members, also over those whose limits are not sought."""
    sums = pd.DataFrame({"limit": limit, "recommended_with_cover": buyers["recommended_with_cover"]})
    rows = [
        {"cap": caps[row.column][row.of]} | sums[buyers[row.column] == row.of].sum().to_dict()
        for row in found.itertuples()
    ]
    sums = pd.DataFrame(rows, index=found.index, columns=["cap", "limit", "recommended_with_cover"])
    return found[["column", "of"]].join(sums).assign(marginal_value=found["marginal_value"])


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


def _nothing(level: float) -> Optimum:
    def empty(*names: str, index: Sequence[str] = (), called: str) -> pd.DataFrame:
        return pd.DataFrame(np.nan, index=pd.Index(index, name=called), columns=list(names))

    sums, rows = ("limit", *RESULTS, "shortfall"), (ONE_BY_ONE, AS_A_WHOLE, PROPOSED, DIFFERENCE)
    limits = empty(
        "limit",
        "proposed_limit",
        "recommended_with_cover",
        "portfolio_change",
        "held_by",
        "marginal_value",
        *RESULTS,
        called="buyer_id",
    )
    caps = empty("column", "of", "cap", "limit", "recommended_with_cover", "marginal_value", called="cap")
    return Optimum(
        limits=limits.astype({"held_by": "str"}),
        totals=empty(*sums, index=rows, called="limits"),
        frontier=empty(*sums, "price_of_risk", called="shortfall_cap"),
        caps=caps.reset_index(drop=True).astype({"column": "str", "of": "str"}),
        checked=empty(*CHECKED, index=(ONE_BY_ONE, PROPOSED), called="limits"),
        price_of_risk=np.nan,
        level=level,
        lowest=np.nan,
    )
