"""Who may fail: default probabilities, grades and reasons of the buyers."""

from tradecredit.default.ratings import Assessment, assess, assessment

__all__ = ["Assessment", "assess", "assessment"]
