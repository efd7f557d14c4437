"""What the month's workbook says: the heads of its index, and what is told of what a sheet cannot hold."""

from tradecredit.language import tr
from tradecredit.words.formats import count

INDEX = "Index"
"""The first sheet, which the others link back to."""
HEADS = ("Sheet", "Chapter", "Table", "Rows", "Made by", "As CSV", "Note")
"""Heads of the index."""
DECISIONS = "What needs a decision"
"""Title of the table of a chapter's decisions, which no page shows."""
CUT_TEXT = " … (cut: the CSV has all of it)"
"""Ends a text that is longer than a cell may be."""


def title(entity: str, as_of: str) -> str:
    """Return the heading of the index.

    >>> title("Demo Trading", "2026-10-31")
    'Demo Trading as of 2026-10-31: the tables of all chapters'
    """
    return tr("{entity} as of {as_of}: the tables of all chapters", entity=entity, as_of=as_of)


def conventions(currency: str, fingerprint: str) -> str:
    """Return the line below it: what amounts and empty cells are, and the book that all was made from."""
    return tr(
        "Amounts in {currency} unless said otherwise; empty cells are missing values. Book {fingerprint}.",
        currency=currency,
        fingerprint=fingerprint[:12],
    )


def left_out(rows: int, held: int) -> str:
    """Return what is said of a table that is longer than a sheet can be.

    >>> left_out(2_000_000, 1_048_573)
    'The first 1,048,573 of 2,000,000 rows: a sheet can hold no more. The CSV has all.'
    """
    return tr(
        "The first {held} of {rows} rows: a sheet can hold no more. The CSV has all.",
        held=count(held),
        rows=count(rows),
    )
