"""Which credit settles which invoice: amounts of both sides of a group, one after the other, until one is used up."""

import numpy as np
import pandas as pd

CENTS = 100


def allocated(invoices: pd.DataFrame, credits: pd.DataFrame) -> pd.DataFrame:
    """Return the parts in which credits settle invoices of the same group, in the order in which both are given.

    `invoices` and `credits` have `group` (missing: in none) and `amount` ≥ 0. The result has `invoice` and `credit`
    (their index) and `amount`, a row for each part, counted in cents: of an invoice no more than its amount, of a
    credit no more than its own.
    """
    groups = pd.Index(invoices["group"].dropna().unique()).intersection(credits["group"].dropna().unique())
    if groups.empty:
        return pd.DataFrame({"invoice": [], "credit": [], "amount": pd.Series(dtype="float64")})
    owed, given = _in_groups(invoices, groups), _in_groups(credits, groups)
    total = np.zeros((2, len(groups)), dtype=np.int64)
    np.add.at(total[0], owed["code"].to_numpy(), owed["cents"].to_numpy())
    np.add.at(total[1], given["code"].to_numpy(), given["cents"].to_numpy())
    # Each group has a stretch of one line to itself, on which the amounts of both sides are laid end to end.
    base = np.concatenate([[0], np.cumsum(total.max(axis=0) + 1)])[:-1]
    end = base + total.min(axis=0)
    starts, stops = zip(*(_laid(side, base) for side in (owed, given)), strict=True)
    points = np.unique(np.concatenate([*starts, *stops]))
    first, last = points[:-1], points[1:]
    group = np.searchsorted(base, first, side="right") - 1
    covered = last <= end[group]
    first, last = first[covered], last[covered]
    at = [np.searchsorted(side, first, side="right") - 1 for side in starts]
    parts = pd.DataFrame(
        {
            "invoice": owed.index.to_numpy()[at[0]],
            "credit": given.index.to_numpy()[at[1]],
            "amount": (last - first) / CENTS,
        }
    )
    return parts[parts["amount"] > 0].reset_index(drop=True)


def _in_groups(rows: pd.DataFrame, groups: pd.Index) -> pd.DataFrame:
    code = groups.get_indexer(rows["group"])
    cents = (rows["amount"] * CENTS).round().astype("int64")
    found = pd.DataFrame({"code": code, "cents": cents}, index=rows.index)
    found = found[(found["code"] >= 0) & (found["cents"] > 0)]
    return found.sort_values("code", kind="stable")


def _laid(side: pd.DataFrame, base: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    code, cents = side["code"].to_numpy(), side["cents"].to_numpy()
    stop = cents.cumsum()
    before = stop - cents
    first_of_group = np.searchsorted(code, code)
    start = base[code] + before - before[first_of_group]
    return start, start + cents
