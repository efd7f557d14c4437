"""Sentences on buyers that are likely another buyer of the book."""

import json

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.language import tr
from tradecredit.measure.doubles import EVIDENCE, likely_doubles
from tradecredit.words.formats import counted, whole

NAMED = 3
"""So many pairs stand in the example of how to merge them."""


def by_name(book: Book) -> pd.DataFrame | None:
    """Return the likely doubles (`likely_doubles`) with `name` and `same_name`, that of `same_as`; None without any."""
    found, names = likely_doubles(book), book.names
    shown = found.assign(name=found["buyer_id"].map(names), same_name=found["same_as"].map(names))
    return None if found.empty else shown


def told(book: Book) -> str:
    """Return how many buyers are likely another, and what merging them changes; empty without any."""
    found = likely_doubles(book)
    if found.empty:
        return ""
    sure = found[found["alike_by"] != EVIDENCE[-1]]
    first = (sure if len(sure) else found).head(NAMED)
    pairs = ", ".join(
        f"{json.dumps(one, ensure_ascii=False)}: {json.dumps(other, ensure_ascii=False)}"
        for one, other in zip(first["buyer_id"], first["same_as"], strict=True)
    )
    return tr(
        "{buyers} {are} likely another buyer of the book, {sure} of them by register, number or "
        "spelling; firms that differ in their legal form may well be two. Buyers that the run file merges, "
        "by a line such as `merge: {{{pairs}}}`, have one balance, one default probability, one limit and "
        "one cover.",
        buyers=counted(len(found), "buyer"),
        are=tr("is") if len(found) == 1 else tr("are"),
        sure=whole(len(sure)),
        pairs=pairs,
    )
