"""The sales that only cover makes possible: limits with cover against limits without, by what the buyers owed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.decide.limits.actions import RISK, held_back, risk_bound
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.carried_sales import with_balances
from tradecredit.decide.limits.methods import smallest
from tradecredit.decide.limits.recommendation import recommend
from tradecredit.insurance.cover import Cover, of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.losses.distribution import LossDistribution, expected_loss
from tradecredit.measure.balance_history import balance_history, carried_part
from tradecredit.measure.balances import balances
from tradecredit.params.policy import NO_COVER

SALES = [
    "covered_sales", "covered_exposure", "covered_margin", "sales_tied_up", "sales_premium", "premium_change",
    "tax_lost", "accounts_value",
]  # fmt: skip


class Carried(NamedTuple):
    """What limits carry of the sales of the buyers at risk. Index buyer_id; columns: no cover, and the policies.

    `part`: of what each owed in the last 12 months, `carried_part` of its limit by risk, without cover and with each
    policy's; cover never takes away, and adds nothing for buyers to whom deliveries are held back with it too
    (`actions.held_back`). `limit`: that limit (missing: nothing bounds it). Without cover: `binding`, what sets the
    limit by risk, and `with_accounts`, the part that it might carry if the accounts whose want sets it were obtained
    and supported it (elsewhere the same part as without).
    """

    part: pd.DataFrame
    limit: pd.DataFrame
    binding: pd.Series
    with_accounts: pd.Series


def carried(book: Book, ratings: pd.DataFrame, dist: LossDistribution) -> Carried:
    """Return which part of each buyer's sales its limit carries, without cover and under each policy.

    What is owed above a limit by risk is stopped, and what is owed above a need alone is not: so the limit by risk
    counts (`actions.risk_limit`), with cover and without. Source: definitions §4.11, §8.5.
    """
    index = dist.portfolio.index
    limits_under = _limits_under(book, ratings, [ground(policy, dist) for policy in dist.policies])
    found = {policy.name: limits for policy, limits in zip(dist.policies, limits_under, strict=True)}
    without = next(iter(found.values())) if found else recommend(book, ratings)
    limit = {NO_COVER: without["risk_limit_alone"]} | {name: limits["risk_limit"] for name, limits in found.items()}
    most, owed = pd.DataFrame(limit).reindex(index), balance_history(book)
    part = most.fillna(np.inf).apply(lambda bound: carried_part(owed, bound))
    # What others of a group get by cover leaves less room to this one, and takes no limit away.
    part = part.clip(lower=part[NO_COVER], axis="index")
    back = pd.DataFrame({name: held_back(limits) for name, limits in found.items()}).reindex(index)
    for name in back:
        part[name] = part[name].mask(back[name], part[NO_COVER])
    bound = risk_bound(without.assign(without_accounts=np.nan)).fillna(np.inf)
    without = without.assign(bound=bound).reindex(index)
    binding = _risk_binding(without)
    wanting = binding == METHODS["without_accounts"]
    supported = np.maximum(carried_part(owed, without["bound"]), part[NO_COVER]).where(wanting, part[NO_COVER])
    return Carried(part, most, binding, supported)


@remembered
def _limits_under(book: Book, ratings: pd.DataFrame, policies: Sequence[Policy]) -> list[pd.DataFrame]:
    """Return the recommended limits under each policy's cover, which take long: once for all that cover the same.

    Offers often cover the same part of the same limits.
    """
    known = list[tuple[Cover, pd.DataFrame]]()
    found = []
    for policy in policies:
        cover = of_buyers(book, policy)
        limits = next((limits for other, limits in known if _same(other, cover)), None)
        if limits is None:
            limits = recommend(book, ratings, cover=cover)
            known.append((cover, limits))
        found.append(limits)
    return found


def _risk_binding(limits: pd.DataFrame) -> pd.Series:
    """Return the name of what sets each limit by risk without cover: where need binds, the method that bounds it."""
    method = smallest(limits[list(RISK)])[0].map(METHODS)
    return limits["binding"].mask(limits["binding"] == METHODS["need"], method)


def _same(one: Cover, other: Cover) -> bool:
    return all(np.array_equal(first, second, equal_nan=True) for first, second in zip(one, other, strict=True))


def covered_sales(book: Book, dist: LossDistribution, found: Carried, current: str) -> pd.DataFrame:
    """Return what the sales that only cover allows earn, tie up and are charged: index `policy`, columns `SALES`.

    `found`: `carried`; `current`: the column under which today's balances are. See `account.account`; `tax_lost`: the
    tax in the expected loss of these sales; `accounts_value`: of these sales, those that accounts might allow without
    cover too: their margin, less the expected loss of their balances and the cost of the capital that these tie up.
    Margins are missing where the run states none.
    """
    part = found.part
    bought = balances(book).reindex(dist.portfolio.index)
    gross, net = bought["sales_12m"], bought["net_sales_12m"]
    tax = (1 - net / gross.where(gross > 0)).fillna(0.0)
    margin = book.run.stated_margin
    rows = {}
    for policy in dist.policies:
        more, beside = (part[policy.name] - part[name] for name in (NO_COVER, current))
        charged = of_buyers(book, ground(policy, dist)).insured_sales.reindex(dist.portfolio.index) * gross
        exposure = more * dist.portfolio["exposure"]
        spared = np.minimum(more, found.with_accounts - part[NO_COVER])
        owed = spared * dist.portfolio["exposure"]
        loss = expected_loss(dist.portfolio.assign(exposure=owed)).sum()
        rows[policy.name] = (
            (more * net).sum(),
            exposure.sum(),
            margin * (more * net).sum(),
            book.run.cost_of_capital * exposure.sum(),
            -premium_change(ground(policy, dist), -(more * charged).sum()),
            premium_change(ground(policy, dist), (beside * charged).sum()),
            (expected_loss(dist.portfolio.assign(exposure=exposure)) * tax).sum(),
            margin * (spared * net).sum() - loss - book.run.cost_of_capital * owed.sum(),
        )
    return pd.DataFrame.from_dict(rows, orient="index", columns=SALES, dtype="float64").rename_axis("policy")


def by_buyer(book: Book, found: Carried, policy: str) -> pd.DataFrame:
    """Return the buyers whose sales only the cover of a policy allows, the most of them first: index buyer_id.

    `found`: `carried`. Amounts in the reporting currency:

    - `risk_limit_alone` and `risk_limit`, the limits by risk without cover and with it (missing: nothing bounds it);
      `risk_binding`, what sets the one without;
    - `mean_balance`, `highest_balance`, of the week ends of the last year; `part_alone`, `part_covered`: what of it
      the two limits carry;
    - `covered_sales` = (part_covered − part_alone) × net sales of the last 12 months; `covered_margin` = the run's
      margin × these (missing where it states none), and `accounts_margin`, of that: see `Carried.with_accounts`.

    The sums are those of `covered_sales`.
    """
    alone, covered = found.part[NO_COVER], found.part[policy]
    net = balances(book)["net_sales_12m"].reindex(alone.index)
    margin = book.run.stated_margin
    table = pd.DataFrame(
        {
            "risk_limit_alone": found.limit[NO_COVER],
            "risk_binding": found.binding,
            "risk_limit": found.limit[policy],
            "part_alone": alone,
            "part_covered": covered,
            "covered_sales": (covered - alone) * net,
            "covered_margin": (covered - alone) * net * margin,
            "accounts_margin": np.minimum(covered - alone, found.with_accounts - alone) * net * margin,
        }
    )
    table = table[table["covered_sales"] > 0].sort_values("covered_sales", ascending=False, kind="stable")
    return with_balances(book, table)


def premium_change(policy: Policy, turnover: float) -> float:
    """Return what so much more insured turnover adds to premium and tax, the minimum premium looked at."""
    if policy.premium_rate is None or policy.insured_turnover is None:
        return 0.0
    then = max(policy.insured_turnover + turnover, 0.0)
    return policy.cost(insured_turnover=then).total - policy.cost().total


def ground(policy: Policy, dist: LossDistribution) -> Policy:
    """Return the policy whose limits count: of a top-up its primary."""
    return next((one for one in dist.policies if one.name == policy.primary), policy)
