"""Credit limits, buyer by buyer."""

from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.methods import loss_budget, rounded_down
from tradecredit.decide.limits.recommendation import (
    breaches,
    by_binding,
    expired_overrides,
    overridden,
    recommend,
    totals,
)

__all__ = [
    "METHODS", "breaches", "by_binding", "expired_overrides",
    "loss_budget", "overridden", "recommend", "rounded_down", "totals",
]  # fmt: skip
