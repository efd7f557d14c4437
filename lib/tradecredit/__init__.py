"""The trade credit workbook's library: a credit book in; default probabilities, limits and losses out."""

from tradecredit.book.book import Book
from tradecredit.model.insurance import Policy
from tradecredit.params import Run

__all__ = ["Book", "Policy", "Run"]
