"""What accounts count as lost by its age, beside what other chapters say of the same debt."""

from collections.abc import Iterable

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.language import tr
from tradecredit.provision.items import lost_by_age
from tradecredit.words.formats import money


def counted_as_lost(book: Book, buyers: Iterable[str]) -> str:
    """Return how much of what some buyers owe accounts count as lost by its age (`lost_by_age`); empty if nothing.

    For sentences that judge the same debt by the buyers' own risk: two figures of one debt that are not one.
    """
    lost = float(lost_by_age(book).reindex(list(buyers)).sum())
    if lost < CENT:
        return ""
    return tr(
        "Accounts count {lost} of what is owed here as lost in full, by its age alone (more than {days} days past due, "
        "chapter 07_provision); what may still be collected is judged by the buyer's own risk.",
        lost=money(lost, book.run.currency),
        days=book.run.provision.write_off_days,
    )
