"""Sentences on the entities of a group: what each is owed, what is eliminated, and how limits are split to them."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.language import tr, tr_number
from tradecredit.params.source import GroupSource
from tradecredit.words.formats import counted, money


def held(by_entity: pd.DataFrame | None, currency: str) -> str:
    """Return what the group is owed, what is eliminated, and how many buyers are shared."""
    if by_entity is None:
        return ""
    whole = by_entity.iloc[-1]
    shared = counted(int(whole["shared_buyers"]), "buyer")
    return tr(
        "Others owe the entities {open}; what companies of the group owe each other, {eliminated}, is eliminated. "
        "Shared by several entities, and each one debtor: {shared}.",
        open=money(whole["open_amount"], currency), eliminated=money(whole["eliminated"], currency), shared=shared,
    )  # fmt: skip


def split(shares: pd.DataFrame | None, book: Book) -> str:
    """Return by what limits are split to the entities."""
    source = book.run.source
    if shares is None or shares.empty or not isinstance(source, GroupSource):
        return ""
    number = shares["buyer_id"].nunique()
    if source.split == "sales":
        return tr_number(
            "The limit of {number} shared buyer is split by each entity's sales of 12 months.",
            "The limits of {number} shared buyers are split by each entity's sales of 12 months.",
            number, number=number,
        )  # fmt: skip
    return tr_number(
        "The limit of {number} shared buyer is split by what each entity is owed, with its orders.",
        "The limits of {number} shared buyers are split by what each entity is owed, with its orders.",
        number, number=number,
    )  # fmt: skip
