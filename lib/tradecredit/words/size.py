"""Sentences on the amounts that a run file does not state, and on what they follow from."""

from typing import Any

from tradecredit.book.book import Book
from tradecredit.measure.euro import million_euros
from tradecredit.params.limits import ApprovalLevel
from tradecredit.params.size import TYPICAL, not_stated
from tradecredit.words.formats import listed, money


def assumed(book: Book) -> list[str]:
    """Return that amounts follow from the typical invoice; nothing where the run states them all."""
    count = len(list(not_stated(book.run)))
    return [f"{count} amounts that the run file does not state, {_by(book)}."] if count else []


def amounts(book: Book) -> list[str]:
    """Return each amount that follows from the typical invoice, with its key; nothing where the run states them all."""
    found = [f"`{key}` {_written(value, book.run.currency)}" for key, value in not_stated(book.run)]
    return [f"Where the run file states no amount, {_by(book)}: {'; '.join(found)}."] if found else []


def euro(book: Book) -> list[str]:
    """Return what a million euros are taken as, where that is no more than a guess."""
    amount, basis = million_euros(book)
    if basis not in ("order of magnitude", "not known"):
        return []
    why = {
        "order of magnitude": "by order of magnitude, as the book has no rate of the euro",
        "not known": "as the book has no rate of the euro and none is kept for this currency",
    }[basis]
    return [
        f"A million euros are {money(amount, book.run.currency)}, {why}. Only the size of firms in the Basel "
        "correlation goes by it (`losses.million_euros`)."
    ]


def _by(book: Book) -> str:
    currency, typical = book.run.currency, book.run.typical_invoice
    if typical is None:
        return f"as they are given for a typical invoice of {TYPICAL:,.0f} (the book has none)"
    source = "as stated" if "typical_invoice" in book.run.model_fields_set else "half of what was invoiced is above it"
    return (
        f"in proportion to the typical invoice of {money(typical, currency)} ({source}; `typical_invoice`), "
        f"{typical / TYPICAL:.3g} times those of the reference"
    )


def _written(value: Any, currency: str) -> str:
    if not isinstance(value, list):
        return money(value, currency)
    levels = [level.up_to if isinstance(level, ApprovalLevel) else level for level in value]
    return listed(money(level, currency) for level in dict.fromkeys(levels) if level is not None)
