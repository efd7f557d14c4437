"""The sales that only cover makes possible: limits with cover against limits without, by what the buyers owed."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.limits.recommendation import recommend
from tradecredit.insurance.cover import Cover, of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.losses.distribution import LossDistribution, expected_loss
from tradecredit.measure.balance_history import balance_history, carried_part
from tradecredit.measure.balances import balances
from tradecredit.params.policy import NO_COVER

SALES = [
    "covered_sales", "covered_exposure", "covered_margin", "sales_tied_up", "sales_premium", "premium_change",
    "tax_lost",
]  # fmt: skip


class Carried(NamedTuple):
    """What limits carry of the sales of the buyers at risk. Index buyer_id; columns: no cover, and the policies.

    `part`: of what each owed in the last 12 months, `carried_part` of its limit by risk, without cover and with each
    policy's; cover never takes away. `limit`: that limit (missing: nothing bounds it); `binding`: what sets the
    recommended limit beside it.
    """

    part: pd.DataFrame
    limit: pd.DataFrame
    binding: pd.DataFrame


def carried(book: Book, ratings: pd.DataFrame, dist: LossDistribution) -> Carried:
    """Return which part of each buyer's sales its limit carries, without cover and under each policy.

    What is owed above a limit by risk is stopped, and what is owed above a need alone is not: so the limit by risk
    counts (`actions.risk_limit`), with cover and without. Source: definitions §4.11, §8.5.
    """
    index = dist.portfolio.index
    found, known = dict[str, pd.DataFrame](), list[tuple[Cover, pd.DataFrame]]()
    for policy in dist.policies:
        cover = of_buyers(book, ground(policy, dist))
        # Offers often cover the same part of the same limits, and limits take long.
        limits = next((limits for other, limits in known if _same(other, cover)), None)
        if limits is None:
            limits = recommend(book, ratings, cover=cover)
            known.append((cover, limits))
        found[policy.name] = limits
    without = next(iter(found.values())) if found else recommend(book, ratings)
    limit = {NO_COVER: without["risk_limit_alone"]} | {name: limits["risk_limit"] for name, limits in found.items()}
    binding = {NO_COVER: without["binding"]} | {name: limits["binding_with_cover"] for name, limits in found.items()}
    most, owed = pd.DataFrame(limit).reindex(index), balance_history(book)
    part = most.fillna(np.inf).apply(lambda bound: carried_part(owed, bound))
    # What others of a group get by cover leaves less room to this one, and takes no limit away.
    part = part.clip(lower=part[NO_COVER], axis="index")
    return Carried(part, most, pd.DataFrame(binding).reindex(index))


def _same(one: Cover, other: Cover) -> bool:
    return all(np.array_equal(first, second, equal_nan=True) for first, second in zip(one, other, strict=True))


def covered_sales(book: Book, dist: LossDistribution, part: pd.DataFrame, current: str) -> pd.DataFrame:
    """Return what the sales that only cover allows earn, tie up and are charged: index `policy`, columns `SALES`.

    `part`: `Carried.part`; `current`: the column under which today's balances are. See `account.account`; `tax_lost`:
    the tax in the expected loss of these sales. Margins are missing where the run states none.
    """
    bought = balances(book).reindex(dist.portfolio.index)
    gross, net = bought["sales_12m"], bought["net_sales_12m"]
    tax = (1 - net / gross.where(gross > 0)).fillna(0.0)
    margin = np.nan if book.run.margin is None else book.run.margin
    rows = {}
    for policy in dist.policies:
        more, beside = (part[policy.name] - part[name] for name in (NO_COVER, current))
        charged = of_buyers(book, ground(policy, dist)).insured_sales.reindex(dist.portfolio.index) * gross
        exposure = more * dist.portfolio["exposure"]
        rows[policy.name] = (
            (more * net).sum(),
            exposure.sum(),
            margin * (more * net).sum(),
            book.run.cost_of_capital * exposure.sum(),
            -premium_change(ground(policy, dist), -(more * charged).sum()),
            premium_change(ground(policy, dist), (beside * charged).sum()),
            (expected_loss(dist.portfolio.assign(exposure=exposure)) * tax).sum(),
        )
    return pd.DataFrame.from_dict(rows, orient="index", columns=SALES, dtype="float64").rename_axis("policy")


def premium_change(policy: Policy, turnover: float) -> float:
    """Return what so much more insured turnover adds to premium and tax, the minimum premium looked at."""
    if policy.premium_rate is None or policy.insured_turnover is None:
        return 0.0
    then = max(policy.insured_turnover + turnover, 0.0)
    return policy.cost(insured_turnover=then).total - policy.cost().total


def ground(policy: Policy, dist: LossDistribution) -> Policy:
    """Return the policy whose limits count: of a top-up its primary."""
    return next((one for one in dist.policies if one.name == policy.primary), policy)
