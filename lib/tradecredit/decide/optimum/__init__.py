"""Credit limits for the book as a whole."""

from tradecredit.decide.optimum.optimum import Optimum, assess

__all__ = ["Optimum", "assess"]
