"""Who may fail: default probabilities, grades and reasons of the buyers."""

from tradecredit.default.ratings import Assessment, assess, assessment
from tradecredit.default.sign_costs import sign_costs, sign_costs_of_book

__all__ = ["Assessment", "assess", "assessment", "sign_costs", "sign_costs_of_book"]
