"""The year's losses before and after insurance."""

from tradecredit.losses.distribution import LossDistribution, contributors, expected_loss
from tradecredit.losses.simulation import assess, simulate

__all__ = ["LossDistribution", "assess", "contributors", "expected_loss", "simulate"]
