"""Credit limits, buyer by buyer."""

from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.methods import capacity, loss_budget, need
from tradecredit.decide.limits.over_limit import breaches, decisions
from tradecredit.decide.limits.recommendation import (
    assumptions,
    binding_in_words,
    by_binding,
    expired_overrides,
    overridden,
    recommend,
    rounded_down,
    totals,
)

__all__ = [
    "METHODS", "assumptions", "binding_in_words", "breaches", "by_binding", "capacity", "decisions",
    "expired_overrides", "loss_budget", "need", "overridden", "recommend", "rounded_down", "totals",
]  # fmt: skip
