"""The year's losses before and after insurance."""

from tradecredit.losses.simulation import LossDistribution, assess, contributors, expected_loss, simulate

__all__ = ["LossDistribution", "assess", "contributors", "expected_loss", "simulate"]
