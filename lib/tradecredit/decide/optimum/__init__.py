"""Credit limits for the book as a whole."""

from tradecredit.decide.optimum.optimum import DIFFERENCE, Optimum, assess, changed

__all__ = ["DIFFERENCE", "Optimum", "assess", "changed"]
