"""Sentences on the amounts that a run file does not state, and on what they follow from."""

from typing import Any

from tradecredit.book.book import Book
from tradecredit.language import tr
from tradecredit.measure.euro import million_euros
from tradecredit.params.limits import ApprovalLevel
from tradecredit.params.size import TYPICAL, not_stated
from tradecredit.words.formats import fixed, listed, money, short


def assumed(book: Book) -> list[str]:
    """Return that amounts follow from the typical invoice; nothing where the run states them all."""
    count = len(list(not_stated(book.run)))
    return [tr("{count} amounts that the run file does not state, {by}.", count=count, by=_by(book))] if count else []


def amounts(book: Book) -> list[str]:
    """Return each amount that follows from the typical invoice, with its key; nothing where the run states them all."""
    found = [f"`{key}` {_written(value, book.run.currency)}" for key, value in not_stated(book.run)]
    return (
        [tr("Where the run file states no amount, {by}: {join}.", by=_by(book), join="; ".join(found))] if found else []
    )


def euro(book: Book) -> list[str]:
    """Return what a million euros are taken as, where the book does not tell."""
    amount, basis = million_euros(book)
    if basis not in ("rate of a stated day", "not known"):
        return []
    why = {
        "rate of a stated day": tr("by the rate of 28 February 2025, as the book has no rate of the euro"),
        "not known": tr("as the book has no rate of the euro and none is kept for this currency"),
    }[basis]
    return [
        tr(
            "A million euros are {amount}, {why}. Only the size of firms in the Basel correlation goes by it "
            "(`losses.million_euros`).",
            amount=money(amount, book.run.currency),
            why=why,
        )
    ]


def _by(book: Book) -> str:
    currency, typical = book.run.currency, book.run.typical_invoice
    if typical is None:
        return tr("as they are given for a typical invoice of {typical} (the book has none)", typical=fixed(TYPICAL, 0))
    source = (
        tr("as stated")
        if "typical_invoice" in book.run.model_fields_set
        else tr("half of what was invoiced is above it")
    )
    return tr(
        "in proportion to the typical invoice of {typical} ({source}; `typical_invoice`), {typical_2} "
        "times those of the reference",
        typical=money(typical, currency),
        source=source,
        typical_2=short(typical / TYPICAL, 3),
    )


def _written(value: Any, currency: str) -> str:
    if not isinstance(value, list):
        return money(value, currency)
    levels = [level.up_to if isinstance(level, ApprovalLevel) else level for level in value]
    return listed(money(level, currency) for level in dict.fromkeys(levels) if level is not None)
