"""What a year of credit risk costs under a policy: the policy, the retained loss, the capital behind it."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd

from tradecredit.insurance.policy import Policy
from tradecredit.numerics.risk_measures import Sample, expected_influence, shortfall_influence

CAPITAL_LEVEL = 0.999
"""Level of the expected shortfall that capital stands behind."""


Amount = TypeVar("Amount", float, np.ndarray)


def risk_cost(mean: Amount, shortfall: Amount, cost_of_capital: float) -> Amount:
    """Return what a retained loss costs in a year: its mean, and cost of capital × (shortfall − mean).

    Of their influence functions it is that of the cost.
    """
    return mean + cost_of_capital * (shortfall - mean)


def risk_influence(losses: np.ndarray, sample: Sample, cost_of_capital: float) -> np.ndarray:
    """Return the influence function of `risk_cost`, the shortfall being that at `CAPITAL_LEVEL`."""
    beyond = shortfall_influence(losses, sample, CAPITAL_LEVEL)
    return risk_cost(expected_influence(losses, sample), beyond, cost_of_capital)


def programme_costs(policies: Sequence[Policy], portfolio: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Return what each policy's programme (a top-up's: itself and its primary) costs before bonus and malus.

    `portfolio`: buyers at risk, `limits`: all buyers, both index buyer_id with `insured_limit`. A fee is charged for
    all named limits, also of buyers that owe nothing today; a refused one costs none. Index `policy`: `premium`,
    `fees`, `tax` and `cost`, their sum. Raises `ParameterError` for a premium rate without a turnover.
    """
    by_name = {policy.name: policy for policy in policies}
    alone = {name: _cost_alone(policy, by_name, portfolio, limits) for name, policy in by_name.items()}
    rows = [np.sum([alone[part] for part in policy.programme], axis=0) for policy in policies]
    index = pd.Index(list(by_name), name="policy", dtype="str")
    return pd.DataFrame(rows, columns=["premium", "fees", "tax", "cost"], index=index, dtype="float64")


def _cost_alone(
    policy: Policy, by_name: Mapping[str, Policy], portfolio: pd.DataFrame, limits: pd.DataFrame
) -> tuple[float, ...]:
    if policy.kind == "top_up":
        limit = policy.attachment(portfolio, by_name[policy.primary or ""]).limit
        return policy.cost(limits=int((limit > 0).sum()), extra_limits=float(limit.sum()))
    attached = policy.attachment(limits)
    return policy.cost(limits=int(((attached.limit > 0) & ~attached.discretionary).sum()))


def adjustment(policy: Policy, policies: Sequence[Policy], losses: pd.DataFrame) -> np.ndarray:
    """Return the sum of bonus and malus of each scenario over a policy and, of a top-up, its primary.

    `losses`: a column `indemnity:<policy>` for each of the policies.
    """
    parts = [one.adjustment(losses[f"indemnity:{one.name}"]) for one in policies if one.name in policy.programme]
    return np.sum(parts, axis=0)
