"""The one limit of a buyer that several entities of a group share, split to them."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.measure.entities import accounts, entity_of
from tradecredit.measure.open_items import open_items
from tradecredit.measure.orders import counted
from tradecredit.measure.sales import of_year
from tradecredit.params.source import GroupSource

COLUMNS = [
    "buyer_id", "name", "entity", "number", "entity_exposure", "entity_sales", "limit_share", "entity_limit",
    "limit_to_set",
]  # fmt: skip


def by_entity(book: Book, limits: pd.DataFrame) -> pd.DataFrame | None:
    """Return what of each shared buyer's limit is each entity's, in the group's currency: the largest limits first.

    `limits`: index buyer_id, `limit_to_set` (`limits.recommend`). Columns: `buyer_id`, `name`, `entity`, `number` of
    its account there; `entity_exposure`, what the entity is owed with its orders, gross; `entity_sales` of the last 12
    months; `limit_share`, by the one that the run's `source.split` names, where all of a buyer's are zero by the other,
    and where these are too in equal parts; `entity_limit` = limit_share × `limit_to_set`, in whole cents that add up to
    it (those that are left go to the largest remainders). A limit that is missing is split into missing ones. None for
    a book that is no group's. Source: definitions §1.5.
    """
    source = book.run.source
    if not isinstance(source, GroupSource):
        return None
    held = accounts(book)
    held = held[held["buyer_id"].duplicated(keep=False)].join(book.names, on="buyer_id")
    if held.empty:
        return pd.DataFrame(columns=COLUMNS)
    sales = _summed(book.invoices, of_year(book)["sales_12m"], "invoice_id")
    keys = pd.MultiIndex.from_frame(held[["buyer_id", "entity"]])
    held = held.assign(
        entity_exposure=_exposure(book).reindex(keys, fill_value=0.0).to_numpy(),
        entity_sales=sales.reindex(keys, fill_value=0.0).to_numpy(),
        limit_to_set=limits["limit_to_set"].reindex(held["buyer_id"]).to_numpy(float),
    )
    first, second = ("entity_exposure", "entity_sales")[:: 1 if source.split == "exposure" else -1]
    parts = [_split(rows, [rows[first], rows[second]]) for _, rows in held.groupby("buyer_id", sort=False)]
    order = pd.concat(parts).sort_values(["limit_to_set", "buyer_id"], ascending=[False, True], kind="stable")
    return order[COLUMNS].reset_index(drop=True)


def in_cents(amount: float, shares: np.ndarray) -> np.ndarray:
    """Return an amount in parts of whole cents that add up to it, as near to the shares as that allows.

    Of the cents that are left over, each goes to the largest remainder, of equal ones to the first.

    >>> in_cents(100.0, np.array([1 / 3, 1 / 3, 1 / 3])).tolist()
    [33.34, 33.33, 33.33]
    """
    if np.isnan(amount):
        return np.full(len(shares), np.nan)
    whole = round(amount * 100)
    exact = shares * whole
    cents = np.floor(exact + 1e-6)
    left = whole - int(cents.sum())
    cents[np.argsort(-(exact - cents), kind="stable")[:left]] += 1
    return cents / 100


def _split(rows: pd.DataFrame, bases: list[pd.Series]) -> pd.DataFrame:
    basis = next((basis.to_numpy() for basis in bases if basis.sum() > 0), np.ones(len(rows)))
    shares = basis / basis.sum()
    return rows.assign(limit_share=shares, entity_limit=in_cents(rows["limit_to_set"].iloc[0], shares))


def _exposure(book: Book) -> pd.Series:
    """Return what each entity is owed by each buyer, with its open orders: index buyer_id, entity."""
    orders = book.orders[book.orders["closed"].isna()]
    orders = orders[(orders["kind"] == "shipped") | counted(book, orders)]
    owed = _summed(book.invoices, open_items(book)["open_amount"], "invoice_id")
    return owed.add(_summed(orders, orders["amount"], "order_id"), fill_value=0.0)


def _summed(table: pd.DataFrame, amounts: pd.Series, number: str) -> pd.Series:
    keys = [table["buyer_id"].rename("buyer_id"), entity_of(table[number]).rename("entity")]
    return amounts.groupby(keys).sum()
