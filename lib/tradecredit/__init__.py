"""The trade credit workbook's library: a credit book in; default probabilities, limits and losses out."""

from tradecredit.book.book import Book
from tradecredit.insurance.policy import Policy
from tradecredit.params.run import Run

__all__ = ["Book", "Policy", "Run"]
