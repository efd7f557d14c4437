"""What limits may add up to: the buyers of a group, of a sector and of a country, and how they share the room."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.limits.methods import excess
from tradecredit.measure.balances import balances
from tradecredit.params.base import NOT_STATED, OTHER
from tradecredit.params.limits import LimitSettings


class Cap(NamedTuple):
    """What the limits of each group, or sector or country, may add up to.

    `names`: of the groups. `place`: where each buyer's group is among them (−1: it has none). `amount`: the cap of
    each (infinite: none).
    """

    names: pd.Index
    place: np.ndarray
    amount: np.ndarray


class Caps(NamedTuple):
    """The caps that hold at once: each buyer counts in one group, one sector and one country at most."""

    group: Cap
    sector: Cap
    country: Cap


class Shares(NamedTuple):
    """What the caps leave to each buyer.

    `rooms`: columns `group_room`, `sector_room`, `country_room`, the most that it may have, with what it has already,
    under each of them (missing: all that is wanted). `granted`, of what is wanted. `taken`: columns `group`, `sector`,
    `country`, what it has taken of the room of each: that of the group is counted before the sector cuts, and that of
    the sector before the country does.
    """

    rooms: pd.DataFrame
    granted: pd.Series
    taken: pd.DataFrame


def caps(buyers: pd.DataFrame, receivables: float, settings: LimitSettings) -> Caps:
    """Return the caps of groups, sectors and countries, as shares of all `receivables` (missing: no caps).

    `buyers`: a row for each; `group_id` (missing: none), `sector`, `country`, `need`, and `fixed`, limits that are set
    already (missing: none). A group's limit is the smaller of its members' need and the run's share of the book; where
    more than that is set on members, it is what is set.
    """
    place, names = pd.factorize(buyers["group_id"])
    fixed = buyers["fixed"].fillna(0.0)
    whole = settings.maximum_group_share_of_book * receivables
    group = Cap(pd.Index(names), place, np.full(len(names), np.inf if np.isnan(whole) else whole))
    amount = np.minimum(_sums(np.maximum(buyers["need"], fixed), group), group.amount)
    return Caps(
        group._replace(amount=np.maximum(amount, _sums(fixed, group))), *_class_caps(buyers, receivables, settings)
    )


def without_need(caps: Caps, receivables: float, settings: LimitSettings) -> Caps:
    """Return the caps with those of groups by their share of the book alone; what is needed bounds no risk."""
    whole = settings.maximum_group_share_of_book * receivables
    amount = np.maximum(caps.group.amount, np.inf if np.isnan(whole) else whole)
    return caps._replace(group=caps.group._replace(amount=amount))


def classes(buyers: pd.DataFrame) -> pd.DataFrame:
    """Return the `sector` and `country` of each buyer that caps hold for: `NOT_STATED` is one of each."""
    return buyers[["sector", "country"]].fillna(NOT_STATED)


def class_amounts(book: Book) -> dict[str, pd.Series]:
    """Return what the run lets the limits of each sector and country add up to, `{"sector": …, "country": …}`.

    Index: those of the `classes` of the book's buyers that the run caps. The caps of `recommend`: shares of all
    receivables; none where nobody owes anything.
    """
    receivables = balances(book)["open_amount"].sum() or np.nan
    stated = _class_caps(book.buyers, receivables, book.run.limits)
    amounts = [pd.Series(cap.amount, index=cap.names) for cap in stated]
    return {name: amount[amount < np.inf] for name, amount in zip(("sector", "country"), amounts, strict=True)}


def idle_classes(book: Book) -> dict[str, list[str]]:
    """Return the sectors and countries that the run caps and no buyer of the book has: `{"sector": …, "country": …}`.

    A cap of `other`, or of what is `(not stated)`, is none of a name, and never among them.
    """
    found = classes(book.buyers)
    stated = {"sector": book.run.limits.sector_shares_of_book, "country": book.run.limits.country_shares_of_book}
    return {
        name: [key for key in shares if key not in (OTHER, NOT_STATED, *found[name].unique())]
        for name, shares in stated.items()
    }


def _class_caps(buyers: pd.DataFrame, receivables: float, settings: LimitSettings) -> tuple[Cap, Cap]:
    """Return the caps of sectors and of countries."""
    found = classes(buyers)
    return (
        _class_cap(found["sector"], settings.sector_shares_of_book, receivables),
        _class_cap(found["country"], settings.country_shares_of_book, receivables),
    )


def _class_cap(labels: pd.Series, shares: dict[str, float], receivables: float) -> Cap:
    place, names = pd.factorize(labels)
    found = np.array([shares.get(name, shares.get(OTHER, np.nan)) for name in names], dtype="float64") * receivables
    return Cap(pd.Index(names), place, np.where(np.isnan(found), np.inf, found))


def _sums(values: pd.Series, cap: Cap) -> np.ndarray:
    """Return the sum of the buyers' values in each group."""
    inside = cap.place >= 0
    return np.bincount(cap.place[inside], values.to_numpy()[inside], len(cap.names))


def by_buyer(values: np.ndarray, cap: Cap) -> np.ndarray:
    """Return for each buyer the value of its group; missing without one."""
    return np.append(values, np.nan)[cap.place]


def counted_in_full(limits: pd.Series) -> pd.DataFrame:
    """Return limits that count in full in their group, sector and country: a column for each of the `Caps`."""
    return pd.DataFrame(dict.fromkeys(Caps._fields, limits))


def within_caps(wanted: pd.Series, taken: pd.DataFrame, need: pd.Series, caps: Caps) -> Shares:
    """Return what the caps leave of the limits that are wanted on top of those that have been shared out already.

    Amounts for each buyer, in the order of `caps`; `taken`: `Shares.taken` of what has been shared out. First the
    group: `shared_by_need`. Then the sector and then the country: all that is wanted in it is cut in the same
    proportion until it fits. What a sector or country cuts is not shared out anew in the groups, nor what a country
    cuts in the sectors: a buyer would else gain by its own risk.
    """
    room = np.maximum(caps.group.amount - _sums(taken["group"], caps.group), 0.0)
    share = shared_by_need(wanted, need, caps.group.place, room)
    held = {"group": np.fmin(wanted, share)}
    rooms = {"group_room": (taken["country"] + share).where(wanted > 0)}
    for before, name in (("group", "sector"), ("sector", "country")):
        cap, granted = getattr(caps, name), held[before]
        asked, left = _sums(granted, cap), np.maximum(cap.amount - _sums(taken[name], cap), 0.0)
        over = left < asked * (1 - 1e-9)
        part = by_buyer(np.divide(left, asked, out=np.full(len(asked), np.nan), where=over), cap)
        rooms[f"{name}_room"] = (taken["country"] + granted * part).where(granted > 0)
        held[name] = granted * np.where(np.isnan(part), 1.0, part)
    granted = held["country"]
    # Rounded, because the order in which the same amounts are added up must not decide on a limit.
    granted = granted.where(granted == wanted, np.minimum(granted.round(6), wanted))
    return Shares(pd.DataFrame(rooms), granted, taken + pd.DataFrame(held))


def fits(limits: pd.Series, caps: Caps) -> pd.Series:
    """Return a boolean per buyer: whether the limits of its group, of its sector and of its country keep their caps."""
    within = pd.Series(True, index=limits.index)
    for cap in caps:
        full = _sums(limits, cap) > cap.amount * (1 + 1e-9)
        within &= by_buyer(full.astype(float), cap) != 1
    return within


def shared_by_need(wanted: pd.Series, need: pd.Series, group: np.ndarray, room: np.ndarray) -> pd.Series:
    """Return each member's share of its group's room where that is less than its members want; missing elsewhere.

    `group`: place of a member's group in `room` (−1: none). Share = λ × need with one λ a group, such that the members,
    none of whom gets more than is wanted for it, use up the room. A need that is not known, or less than a cent, counts
    as what is wanted. The share of a member may be above what it wants: then it gets all of that, and the others share
    the rest.

    >>> wanted, need = pd.Series([10.0, 60.0, 30.0]), pd.Series([40.0, 80.0, 40.0])
    >>> shared_by_need(wanted, need, np.array([0, 0, 0]), np.array([70.0])).tolist()
    [20.0, 40.0, 20.0]
    """
    weight = need.where(need >= 0.01, wanted)
    inside = Cap(pd.RangeIndex(len(room)), group, room)
    # Members that want what there is, but for the last bits of its sum, are not cut.
    tight = by_buyer(room < _sums(wanted, inside) * (1 - 1e-9), inside) == 1
    members = pd.DataFrame({"group": group, "wanted": wanted, "need": weight})[tight]
    # Those who want most of their need come last; those before them get all that they want.
    ratio = (members["wanted"] / members["need"].where(members["need"] > 0)).fillna(0.0)
    members = members.assign(ratio=ratio).sort_values(["group", "ratio"], kind="stable")
    satisfied = members.groupby("group")["wanted"].cumsum()
    needed = members["need"][::-1].groupby(members["group"]).cumsum()[::-1]
    space = room[members["group"]]
    reached = satisfied + members["ratio"] * (needed - members["need"])
    multiple = (space - satisfied + members["wanted"]).clip(lower=0.0) / needed
    multiple = multiple[reached >= space].groupby(members["group"]).first()
    return weight * by_buyer(multiple.reindex(inside.names).to_numpy(dtype="float64"), inside)


def groups(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the groups of a table of limits, the largest recommendation first.

    `limits`: `limits.recommend`. Index group_id: `members`; `need`, the sum of `group_need`; `group_limit`;
    `recommended` (the sum of its members', at most the group's limit), `recommended_with_cover`, `exposure`, with
    orders also `committed`; `over_group_limit`, what counts of these (`against`) above the group's limit, and `cut`,
    the members whose limit the group takes something off.
    """
    counts = against(limits)
    table = limits.assign(cut=limits["binding_with_cover"] == "group").groupby("group_id")
    table = table.agg(
        members=("need", "size"), need=("group_need", "sum"), group_limit=("group_limit", "first"),
        recommended=("recommended", "sum"), recommended_with_cover=("recommended_with_cover", "sum"),
        **{name: (name, "sum") for name in dict.fromkeys(("exposure", counts))}, cut=("cut", "sum"),
    )  # fmt: skip
    table.insert(table.columns.get_loc("cut"), "over_group_limit", excess(table[counts], table["group_limit"]))
    return table.sort_values("recommended", ascending=False, kind="stable")


def against(limits: pd.DataFrame) -> str:
    """Return which column of limits (`recommend`) counts against them: `exposure`, or with orders `committed`."""
    return "committed" if "committed" in limits else "exposure"


def class_caps(book: Book, limits: pd.DataFrame) -> pd.DataFrame:
    """Return the sectors and countries that the run caps: index `class` (`sector C`); sums over their buyers.

    `limits`: `limits.recommend`. Columns: `buyers`, `cap`, `recommended`, `recommended_with_cover`, `exposure` and
    `committed` as in `groups`, `cut`, the buyers whose limit the cap takes something off, `added_cut`, those of them of
    whom it cuts only what cover adds (`raised`), `over_cap` = what counts of
    them above the cap, and `set_above`, by how much the limits that analysts have set pass it. Empty where the run
    states none, or nobody owes anything.
    """
    of, tables, counts = classes(book.buyers.set_index("buyer_id")), [], against(limits)
    for name, amounts in class_amounts(book).items():
        cut = limits["binding_with_cover"] == name
        table = limits.assign(cut=cut, added_cut=cut & (limits["binding"] != name)).groupby(of[name]).agg(
            buyers=("need", "size"), recommended=("recommended", "sum"),
            recommended_with_cover=("recommended_with_cover", "sum"),
            **{name: (name, "sum") for name in dict.fromkeys(("exposure", counts))}, cut=("cut", "sum"),
            added_cut=("added_cut", "sum"),
        )  # fmt: skip
        table.insert(1, "cap", amounts)
        tables.append(table[table["cap"].notna()].rename(index=f"{name} {{}}".format))
    table = pd.concat(tables).rename_axis("class")
    return table.assign(
        over_cap=excess(table[counts], table["cap"]), set_above=excess(table["recommended_with_cover"], table["cap"])
    )
