"""What each entity of a group is owed, and what of that its companies owe each other."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.group import SEPARATOR
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.measure.open_items import open_items


def entity_of(numbers: pd.Series) -> pd.Series:
    """Return the entity of invoices or orders of a group's book, by their numbers.

    >>> entity_of(pd.Series(["north:I1"], dtype="str")).tolist()
    ['north']
    """
    return numbers.str.split(SEPARATOR, n=1).str[0]


def accounts(book: Book) -> pd.DataFrame:
    """Return a row for each entity that a buyer has an account with: `buyer_id`, `entity`, `number`.

    `number`: that of its account in the entity's ledger, or several with commas between. In the order of the entities.
    """
    table = book.entity_accounts.dropna(subset="buyer_id")
    by = table.groupby(["buyer_id", "entity"], sort=False)["number"]
    return by.agg(", ".join).reset_index()


@once
def by_entity(book: Book) -> pd.DataFrame | None:
    """Return what each entity of a group is owed, in the group's currency: a row each, in their order, and the group's.

    Columns: `entity` (its name; at the end the group's); `buyers` with an account that is not eliminated, of these
    `shared_buyers`, which another entity has as well; `open_amount` and `overdue_amount` of its invoices in the group's
    book; `share` of the group's; `eliminated`: what companies of the group owe it besides; `own_book` = open_amount +
    eliminated, what its own report shows, at the closing rate. None for a book that is no group's.
    Source: definitions §1.5.
    """
    if book.entity_accounts.empty:
        return None
    names = book.entity_accounts["entity"].drop_duplicates().reset_index(drop=True)
    items, held = open_items(book), accounts(book)
    place = places(entity_of(book.invoices["invoice_id"]), names)
    owed, late = (
        np.bincount(place, items["open_amount"].where(which, 0.0), len(names))
        for which in (items["open_amount"] > 0, items["days_past_due"] > 0)
    )
    several = held["buyer_id"].duplicated(keep=False)
    eliminated = book.entity_accounts.groupby("entity")["eliminated"].sum()
    table = pd.DataFrame(
        {
            "entity": names,
            "buyers": held["entity"].value_counts().reindex(names, fill_value=0).to_numpy(),
            "shared_buyers": held["entity"][several].value_counts().reindex(names, fill_value=0).to_numpy(),
            "open_amount": owed,
            "overdue_amount": late,
            "eliminated": eliminated.reindex(names).to_numpy(),
        }
    )
    whole = table.drop(columns="entity").sum().to_dict()
    counts = {"buyers": held["buyer_id"].nunique(), "shared_buyers": held["buyer_id"][several].nunique()}
    table = pd.concat([table, pd.DataFrame([{"entity": book.run.entity} | whole | counts])], ignore_index=True)
    share = table["open_amount"] / whole["open_amount"] if whole["open_amount"] else np.nan
    return table.assign(share=share, own_book=table["open_amount"] + table["eliminated"])
