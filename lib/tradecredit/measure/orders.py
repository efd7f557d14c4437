"""What buyers have ordered that no invoice states yet: goods shipped and not invoiced, and open orders."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of, places
from tradecredit.measure.balances import balances
from tradecredit.measure.by_buyer import all_buyers


@once
def commitments(book: Book) -> pd.DataFrame:
    """Return what each buyer would owe with its orders: index `buyer_id` (all buyers, in their order).

    Reads `orders` and `balances`; amounts gross, in the reporting currency:

    - `shipped_not_invoiced`: rows of kind `shipped` that are not closed by the as-of date; `open_orders`: those of kind
      `ordered` that count (`counted`);
    - `exposure` = open amount + shipped_not_invoiced − on account, what is at risk; `committed` = exposure +
      open_orders, what counts against a limit. What a buyer has on account is set off in each; 0 where we owe to it.

    Without orders both are `balances.net_amount`. Source: definitions §4.12.
    """
    orders = book.orders[book.orders["closed"].isna()]
    buyer = places(orders["buyer_id"], book.buyers["buyer_id"])
    amount, shipped = orders["amount"].to_numpy(float), one_of(orders["kind"], ["shipped"])
    delivered, ordered = (
        np.bincount(buyer, np.where(which, amount, 0.0), len(book.buyers))
        for which in (shipped, ~shipped & counted(book, orders))
    )
    table = balances(book)
    owed = table["open_amount"].to_numpy() + delivered - table["on_account"].to_numpy()
    return pd.DataFrame(
        {
            "shipped_not_invoiced": delivered, "open_orders": ordered, "exposure": np.maximum(owed, 0.0),
            "committed": np.maximum(owed + ordered, 0.0),
        },
        index=all_buyers(book),
    )  # fmt: skip


def counted(book: Book, orders: pd.DataFrame) -> np.ndarray:
    """Return whether each of some open orders counts against its buyer's limit.

    Not those of buyers that pay in advance, nor those that are expected more than `limits.order_horizon_days` after the
    as-of date, where the run states that; one without a day in `expected_on` counts.
    """
    if orders.empty:
        return np.zeros(0, dtype=bool)
    prepaid = one_of(book.buyers["kind"], ["prepaid"])[places(orders["buyer_id"], book.buyers["buyer_id"])]
    days = book.run.limits.order_horizon_days
    if days is None:
        return ~prepaid
    return ~prepaid & ~(orders["expected_on"] > book.as_of + pd.Timedelta(days=days)).to_numpy()
