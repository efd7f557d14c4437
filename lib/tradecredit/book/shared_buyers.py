"""Buyers that several entities of a group share: which are one, and what their rows become then."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from tradecredit.book.places import one_of
from tradecredit.book.rates import last_rate
from tradecredit.book.registration import canonical

ENDLESS = pd.Timestamp("2200-01-01")
"""Later than any day on which a limit ends."""


def heads(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the one under which each of some names stands, after each pair has put its first under its second.

    >>> heads([("b", "a"), ("c", "b"), ("d", "d")])
    {'b': 'a', 'c': 'a'}
    """
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while name in above:
            name = above[name]
        return name

    for name, other in pairs:
        lower, upper = top(name), top(other)
        if lower != upper:
            above[lower] = upper
    return {name: top(name) for name in above}


def under(names: pd.Series, heads: dict[str, str]) -> pd.Series:
    """Return names with those that stand under another one in its place."""
    if not heads:  # mapped through nothing, text would become numbers
        return names
    moved = names.map(heads)
    return names.where(moved.isna(), moved)


def registered_alike(buyers: pd.DataFrame) -> list[tuple[str, str]]:
    """Return pairs of buyers of different entities that have one registration number in one country: later, first.

    `buyers`: `buyer_id`, `entity`, `registration_id`, `country`. A buyer without a country is that of the number where
    no more than one country has it; else it stays alone.
    """
    rows = buyers.assign(number=canonical(buyers["registration_id"]))[["buyer_id", "entity", "country", "number"]]
    rows = rows[rows["number"].notna()]
    countries = rows.groupby("number")["country"].transform("nunique")
    only = rows.groupby("number")["country"].transform("first")
    rows = rows.assign(country=rows["country"].where(countries > 1, only.fillna("")))
    rows = rows[rows["country"].notna()]
    firms = rows.groupby(["number", "country"])
    rows = rows.assign(first=firms["buyer_id"].transform("first"), entities=firms["entity"].transform("nunique"))
    rows = rows[(rows["entities"] > 1) & (rows["buyer_id"] != rows["first"])]
    return list(zip(rows["buyer_id"], rows["first"], strict=True))


def one_row_each(buyers: pd.DataFrame, kept: pd.Series) -> pd.DataFrame:
    """Return a row for each buyer, `kept` being the number that each row's stands under from now on.

    The row that had that number stays, else the first; what it does not say, another says; a customer since the first.
    """
    by = buyers.groupby(kept.to_numpy())
    others = buyers.columns.drop(["buyer_id", "customer_since"])
    said = {name: buyers[name].fillna(by[name].transform("first")) for name in others}
    whole = buyers.assign(**said, customer_since=by["customer_since"].transform("min"))
    was_so = buyers["buyer_id"] == kept
    order = np.lexsort((np.arange(len(whole)), ~was_so.to_numpy()))
    rows = whole.assign(buyer_id=kept).iloc[order].drop_duplicates("buyer_id")
    return rows.sort_index(kind="stable")


def limits(limits: pd.DataFrame, shared: pd.Series, fx: pd.DataFrame, currency: str, day: pd.Timestamp) -> pd.DataFrame:
    """Return limits with, of each buyer that is `shared`, one for each source: the sum of those of its entities.

    `limits`: the columns of the table, and `account`, whose limit each is; `shared`: buyers' numbers. A row for each
    day on which the sum changes. Where the entities' limits are in several currencies, the sum is in that of the group,
    at the rate of `day`. `requested` is not known of a sum.
    """
    of_shared = one_of(limits["buyer_id"], shared)
    several = limits[of_shared].groupby(["buyer_id", "source"])["account"].transform("nunique") > 1
    to_add = limits[of_shared][several]
    if to_add.empty:
        return limits.drop(columns="account")
    own = to_add["currency"].eq(currency)
    rate = np.where(own, 1.0, last_rate(fx, to_add["currency"], pd.Series(day, index=to_add.index)))
    mixed = to_add.groupby(["buyer_id", "source"])["currency"].transform("nunique") > 1
    to_add = to_add.assign(
        amount=to_add["amount"] * np.where(mixed, rate, 1.0), currency=to_add["currency"].mask(mixed, currency)
    )
    sums = [row for _, rows in to_add.groupby(["buyer_id", "source"], sort=False) for row in _sums(rows)]
    made = pd.DataFrame(sums).reindex(columns=limits.columns).astype(limits.dtypes.to_dict())
    return pd.concat([limits.drop(index=to_add.index), made], ignore_index=True).drop(columns="account")


def _sums(rows: pd.DataFrame) -> list[dict]:
    """Return the sum of the limits in force of several accounts from each day on which it changes."""
    after = rows["valid_to"] + pd.Timedelta(days=1)
    days = sorted({*rows["valid_from"], *after.dropna()})
    found = []
    for since, until in zip(days, [*days[1:], ENDLESS], strict=True):
        valid = rows[(rows["valid_from"] <= since) & ~(rows["valid_to"] < since)].sort_values(
            "valid_from", kind="stable"
        )
        in_force = valid.drop_duplicates("account", keep="last")
        if len(in_force):
            found.append({
                **in_force.iloc[0][["buyer_id", "source", "currency"]], "amount": in_force["amount"].sum(),
                "valid_from": since, "valid_to": pd.NaT if until == ENDLESS else until - pd.Timedelta(days=1),
                "reason": "sum of the limits of " + ", ".join(sorted(in_force["account"])),
            })  # fmt: skip
    return found


def defaults(defaults: pd.DataFrame) -> pd.DataFrame:
    """Return one default of a buyer and day: debts and what came back add up, and an insolvency is one of the buyer.

    It is resolved on the last day on which one of them is, once all are.
    """
    key = ["buyer_id", "date"]
    twice = defaults.duplicated(key, keep=False)
    if not twice.any():
        return defaults
    by = defaults[twice].groupby(key, sort=False)
    one = by.agg(
        kind=("kind", "min"),  # insolvency comes before protracted
        debt=("debt", lambda amounts: amounts.sum(min_count=1)),
        recovered=("recovered", lambda amounts: amounts.sum(min_count=1)),
        resolved=("resolved", lambda days: days.max() if days.notna().all() else pd.NaT),
    )
    made = one.reset_index().reindex(columns=defaults.columns).astype(defaults.dtypes.to_dict())
    return pd.concat([defaults[~twice], made], ignore_index=True)


def overrides(overrides: pd.DataFrame, shared: pd.Series) -> pd.DataFrame:
    """Return analysts' judgements, of buyers that are `shared` without limits: each was set for one entity alone.

    Of several grades of one period the worst counts.
    """
    of_shared = one_of(overrides["buyer_id"], shared)
    rows = overrides.assign(limit=overrides["limit"].mask(of_shared))
    rows = rows[~of_shared | rows["grade"].notna()]
    worst_first = rows.sort_values("grade", ascending=False, kind="stable", na_position="last")
    return worst_first.drop_duplicates(["buyer_id", "since", "until"]).sort_index()
