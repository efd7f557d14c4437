"""Which buyers are one group: by control, as the ownership table shows it on a day, else as `buyers` states it."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.measure.by_buyer import all_buyers

CONTROL = 0.5
"""Who holds more than this share of a company, alone or with companies that it controls, controls it."""


@once
def groups_on(book: Book, day: pd.Timestamp) -> pd.DataFrame:
    """Return the group of each buyer on a day, which is not after the book's: index `buyer_id` (all, in their order).

    Reads `buyers` and `ownership`. Columns: `group_id`, missing where the buyer stands alone; `stated`, the one that
    `buyers` states; `controlled`: control puts the buyer into one set with another company; `contradicts`: its stated
    group is not that of the set.

    A set of control (`sets_of_control`) is a group. It bears the group that its ultimate owner states, else the only
    one that its members state, else the id of the ultimate owner; buyers in no set belong to the group that they state,
    and so to a set of that name. A set with one buyer of the book is no group unless that buyer, or another, states its
    name. Source: definitions §1.1.
    """
    index, stated = all_buyers(book), book.buyers["group_id"]
    if book.ownership.empty:
        table = pd.DataFrame({"group_id": stated, "stated": stated, "controlled": False, "contradicts": False})
        return table.set_axis(index)
    sets = sets_of_control(stakes_in_force(book, day), book.buyers["buyer_id"])
    of_member = pd.Series(stated.to_numpy(), index=index).reindex(sets.index)
    by_set = of_member.groupby(sets["head"])
    of_owner = of_member.where(sets.index == sets["head"]).groupby(sets["head"]).transform("first")
    only = by_set.transform("first").where(by_set.transform("nunique") == 1)
    controlling = of_owner.fillna(only).fillna(sets["head"]).reindex(index).reset_index(drop=True)
    found = controlling.fillna(stated)
    # One buyer whose owners are no buyers is no group of buyers, unless one is stated.
    found = found.mask(found.groupby(found).transform("size").eq(1) & stated.isna())
    return pd.DataFrame(
        {
            "group_id": found, "stated": stated, "controlled": controlling.notna(),
            "contradicts": stated.notna() & (found != stated),
        }
    ).set_axis(index)  # fmt: skip


def groups(book: Book) -> pd.DataFrame:
    """Return the group of each buyer on the as-of date: see `groups_on`."""
    return groups_on(book, book.as_of)


def group_of(book: Book) -> pd.Series:
    """Return the group of each buyer, `group_id` of `groups`, index buyer_id; missing where it stands alone."""
    return groups(book)["group_id"]


def stakes_in_force(book: Book, day: pd.Timestamp) -> pd.DataFrame:
    """Return the stakes of a day: `owner_id`, `owned_id`, `share`; a company's stakes in itself do not count.

    In force is the latest row of an owner and what it owns that has not ended (`until` missing or not before the day).
    """
    rows = book.ownership
    valid = (rows["since"] <= day) & ~(rows["until"] < day) & (rows["owner_id"] != rows["owned_id"])
    rows = rows[valid].sort_values("since", kind="stable").drop_duplicates(["owner_id", "owned_id"], keep="last")
    return rows[["owner_id", "owned_id", "share"]].reset_index(drop=True)


def sets_of_control(stakes: pd.DataFrame, buyers: pd.Series) -> pd.DataFrame:
    """Return the companies that stand in one set of control with another: index their ids, those of buyers first.

    `stakes`: `owner_id`, `owned_id`, `share`. `head`: the ultimate owner of the set, whom nobody in it controls; of
    companies that control each other in a circle the first. Control is a share of more than `CONTROL`, held by a
    company and those it controls together; whoever is controlled counts with its controller in what these own of
    others, until nothing is added.
    """
    # Most books hold no ownership, and need not wait for this.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ids = pd.concat([buyers, stakes["owner_id"], stakes["owned_id"]]).drop_duplicates().reset_index(drop=True)
    owner, owned = places(stakes["owner_id"], ids), places(stakes["owned_id"], ids)
    member, sets = np.arange(len(ids)), len(ids)
    while True:
        held = stakes["share"].groupby([member[owner], owned]).sum().round(9)
        by, controlled = (held[held > CONTROL].index.get_level_values(level).to_numpy(np.intp) for level in (0, 1))
        links = coo_array((np.ones(len(by)), (by, member[controlled])), shape=(sets, sets))
        left, merged = connected_components(links, directed=False)
        if left == sets:
            break
        member, sets = merged[member], left
    is_controlled = np.zeros(len(ids), bool)
    is_controlled[controlled] = True
    # The first of each set in this order, which is written last, is its head.
    order, head = np.lexsort((np.arange(len(ids)), is_controlled))[::-1], np.empty(sets, np.intp)
    head[member[order]] = order
    table = pd.DataFrame({"head": ids.to_numpy()[head[member]]}, index=pd.Index(ids, dtype="str"))
    return table[np.bincount(member, minlength=sets)[member] > 1]
