"""The sales that only cover makes possible: limits with cover against limits without, on the buyers' own need."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.limits.methods import carried_sales, needed, net_carried_sales
from tradecredit.decide.limits.recommendation import recommend
from tradecredit.insurance.cover import Cover, of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.losses.distribution import LossDistribution, expected_loss
from tradecredit.measure.balances import balances
from tradecredit.params.policy import NO_COVER

SALES = [
    "covered_sales", "covered_exposure", "covered_margin", "sales_tied_up", "sales_premium", "premium_change",
    "tax_lost",
]  # fmt: skip


def carried_part(book: Book, ratings: pd.DataFrame, dist: LossDistribution) -> pd.DataFrame:
    """Return the part of each buyer's need that its recommended limit carries, without cover and under each policy.

    Index buyer_id, the buyers at risk; columns: no cover, and the policies. min(limit, need) / need; 0 in all columns
    where the need is 0 or not known.
    """
    index = dist.portfolio.index
    need = needed(balances(book), tolerated_delay_days=book.run.limits.tolerated_delay_days).reindex(index)
    found, known = dict[str, pd.Series](), list[tuple[Cover, pd.DataFrame]]()
    for policy in dist.policies:
        cover = of_buyers(book, ground(policy, dist))
        # Offers often cover the same part of the same limits, and limits take long.
        limits = next((limits for other, limits in known if _same(other, cover)), None)
        if limits is None:
            limits = recommend(book, ratings, cover=cover)
            known.append((cover, limits))
        found |= {NO_COVER: limits["recommended"], policy.name: limits["recommended_with_cover"]}
    if not found:
        found = {NO_COVER: recommend(book, ratings)["recommended"]}
    part = pd.DataFrame({name: limit.reindex(index).clip(upper=need) for name, limit in found.items()})
    return part.div(need.where(need > 0), axis="index").fillna(0.0)


def _same(one: Cover, other: Cover) -> bool:
    return all(np.array_equal(first, second, equal_nan=True) for first, second in zip(one, other, strict=True))


def covered_sales(book: Book, dist: LossDistribution, carried: pd.DataFrame, current: str) -> pd.DataFrame:
    """Return what the sales that only cover allows earn, tie up and are charged: index `policy`, columns `SALES`.

    `carried`: `carried_part`; `current`: the column under which today's balances are. See `account.account`;
    `tax_lost`: the tax in the expected loss of these sales. Margins are missing where the run states none.
    """
    index, delay = dist.portfolio.index, book.run.limits.tolerated_delay_days
    bought = balances(book).reindex(index)
    need = needed(bought, tolerated_delay_days=delay)
    gross, net = (
        (need * carries(bought, tolerated_delay_days=delay)).fillna(0.0)
        for carries in (carried_sales, net_carried_sales)
    )
    tax = (1 - net / gross.where(gross > 0)).fillna(0.0)
    margin = np.nan if book.run.margin is None else book.run.margin
    rows = {}
    for policy in dist.policies:
        more, beside = (carried[policy.name] - carried[name] for name in (NO_COVER, current))
        charged = of_buyers(book, ground(policy, dist)).insured_sales.reindex(index) * gross
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
