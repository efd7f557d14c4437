"""What a part of a large ledger must be told of the whole, so that its figures are those that the whole would have."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import told
from tradecredit.book.size import typical_invoice
from tradecredit.measure.disputes import first_dispute
from tradecredit.measure.history import first_settled, firsts, paid_in_all
from tradecredit.params.run import Run


class Whole(NamedTuple):
    """What a ledger tells only as a whole.

    The first day of issue of each month, and that of a receipt (`history.firsts`); the first days on which an invoice
    was settled (`history.first_settled`) and one was disputed; what was paid on no known day, and in all
    (`history.paid_in_all`).
    """

    issued: np.ndarray
    received: np.datetime64
    settled: pd.Timestamp
    dated: pd.Timestamp
    disputed: pd.Timestamp
    paid: tuple[float, float]


def whole_of(book: Book) -> Whole:
    """Return what a ledger tells as a whole, or what a part of one adds to that."""
    return Whole(*firsts(book), *first_settled(book), first_dispute(book), paid_in_all(book))


def together(parts: Sequence[Whole]) -> Whole:
    """Return what the parts of a ledger tell together."""
    issued = np.sort(np.concatenate([part.issued for part in parts]))
    _, first = np.unique(issued.astype("datetime64[M]"), return_index=True)
    settled, dated, disputed = (
        pd.Series([getattr(part, name) for part in parts], dtype="datetime64[us]").min()
        for name in ("settled", "dated", "disputed")
    )
    undated, paid = (sum(part.paid[at] for part in parts) for at in range(2))
    received = min(part.received for part in parts)
    return Whole(issued[first], received, settled, dated, disputed, (undated, paid))


def telling(part: Book, whole: Whole) -> Book:
    """Return a part of a ledger after it was told of the whole, before anything was asked of it."""
    told(part, firsts, (whole.issued, whole.received))
    told(part, first_settled, (whole.settled, whole.dated))
    told(part, first_dispute, whole.disputed)
    told(part, paid_in_all, whole.paid)
    return part


def sized_by(run: Run, amounts: np.ndarray) -> Run:
    """Return the run of a part, with the typical invoice of the whole ledger unless the file states one."""
    typical = typical_invoice(pd.Series(amounts))
    stated = "typical_invoice" in run.model_fields_set and run.typical_invoice is not None
    return run if stated or not typical > 0 else run.model_copy(update={"typical_invoice": typical})
