"""Credit limits, buyer by buyer."""

from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.methods import capacity, loss_budget, need
from tradecredit.decide.limits.over_limit import breaches
from tradecredit.decide.limits.recommendation import (
    by_binding,
    expired_overrides,
    overridden,
    recommend,
    rounded_down,
    totals,
)

__all__ = [
    "METHODS", "breaches", "by_binding", "capacity", "expired_overrides",
    "loss_budget", "need", "overridden", "recommend", "rounded_down", "totals",
]  # fmt: skip
