"""Credit limits for the book as a whole."""

from tradecredit.decide.optimum.optimum import (
    Optimum,
    assess,
    checked_in_words,
    decisions,
    held_in_words,
    price_in_words,
)

__all__ = ["Optimum", "assess", "checked_in_words", "decisions", "held_in_words", "price_in_words"]
