"""The rest of an invoice that is too small to ask for, or too small to hang more on."""

import numpy as np

from tradecredit.book.checks import CENT
from tradecredit.params.receivables import Dust


def small_rest(left: np.ndarray, amount: np.ndarray, least: float) -> np.ndarray:
    """Return whether what is left of invoices over these amounts is a rest of no more than `least`.

    An invoice of which nothing has been paid is none, however small. Source: definitions §2.1.

    >>> small_rest(np.array([80.0, 80.0, 120.0]), np.array([2_000.0, 80.0, 2_000.0]), 100.0).tolist()
    [True, False, False]
    """
    return (left <= least) & (left < amount - CENT)


def dust(amount: np.ndarray, settings: Dust) -> np.ndarray:
    """Return the most that may be left of invoices over these amounts without being a debt (`receivables.dust`).

    The smaller of a fixed amount and a share of the invoice, and less than half a cent more, which is none. Source:
    definitions §2.1.

    >>> dust(np.array([2_000.0, 300.0]), Dust()).round(3).tolist()
    [1.005, 0.305]
    """
    return np.minimum(settings.amount, settings.share * amount) + CENT
