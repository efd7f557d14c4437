"""The sales of a year that limits carry, by what buyers owed in it: what cuts lose, and what accounts would release."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.limits.actions import risk_bound
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.methods import smallest
from tradecredit.measure.balance_history import balance_history, carried_part
from tradecredit.measure.balances import balances
from tradecredit.measure.history import balances_since
from tradecredit.measure.payment_experience import payment_experience

BOUNDING = ("reduction", "cancellation", "refusal", "new")
"""Decisions by which a limit is lower than it was, or stands where nothing was bounded before."""


def carried_sales(book: Book, limits: pd.Series) -> pd.Series:
    """Return the sales of the last 12 months, net of tax, that limits carry: `carried_part` × net_sales_12m.

    `limits`: index buyer_id, what may be owed at most (infinite: nothing bounds it).
    """
    sales = balances(book)["net_sales_12m"].reindex(limits.index)
    return (carried_part(balance_history(book), limits) * sales).rename("carried_sales")


def lost(book: Book, limits: pd.DataFrame) -> pd.DataFrame:
    """Return the sales and the margin of a year that limits do not carry which are cut, refused or granted in part.

    `limits`: `limit_to_set`, `binding_with_cover`, `decision`; index buyer_id. Columns:

    - `lost_sales` = net sales of the last 12 months − those that the limit to set carries (`carried_sales`); 0 for a
      limit that stays or is raised (not `BOUNDING`), where need binds, above which nothing is stopped, and for a buyer
      that pays in advance or is in default;
    - `lost_margin` = the run's margin × lost sales; missing where it states none.

    Source: definitions §4.11.
    """
    none = limits["binding_with_cover"].isin([METHODS["need"], "prepaid", "in default"])
    cut = limits["decision"].isin(BOUNDING) & ~none
    all_sales = balances(book)["net_sales_12m"].reindex(limits.index)
    sales = (all_sales - carried_sales(book, limits["limit_to_set"])).where(cut, 0.0)
    return pd.DataFrame({"lost_sales": sales, "lost_margin": sales * book.run.stated_margin})


def released(book: Book, amounts: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Return what limits without accounts might gain if accounts were shown that support it.

    `amounts`: as `actions.risk_bound`, index buyer_id; `limits`: `recommended_with_cover`, `binding_with_cover` and
    `limit_to_set`. 0 where the want of accounts does not bind. Columns:

    - `released`: the smallest of the other methods less the limit; missing where no other method bounds it;
    - `released_sales`: the sales that what would then bound the risk carries beyond the limit to set;
      `released_margin` = the run's margin × these; missing where it states none.
    """
    others = amounts.drop(columns="without_accounts")
    other = smallest(others)[1].replace(np.inf, np.nan)
    wanting = limits["binding_with_cover"] == METHODS["without_accounts"]
    bound = risk_bound(amounts.assign(without_accounts=np.nan)).fillna(np.inf)
    sales = carried_sales(book, bound) - carried_sales(book, limits["limit_to_set"])
    sales = sales.clip(lower=0.0).where(wanting, 0.0)
    return pd.DataFrame(
        {
            "released": (other - limits["recommended_with_cover"]).clip(lower=0.0).where(wanting, 0.0),
            "released_sales": sales,
            "released_margin": sales * book.run.stated_margin,
        }
    )


def losing(book: Book, limits: pd.DataFrame) -> pd.DataFrame:
    """Return the limits that are cut, refused or granted in part and lose sales by it, the most sales first.

    `limits`: `limits.recommend`. Adds of the last year, by its weeks: `mean_balance`, `highest_balance`.
    """
    less = limits[limits["lost_sales"] > 0]
    return with_balances(book, less.sort_values("lost_sales", ascending=False, kind="stable"))


def wanting_accounts(book: Book, limits: pd.DataFrame, without: pd.Index) -> pd.DataFrame:
    """Return the limits that the want of accounts holds back, with the payment history that they rest on.

    `limits`: `limits.recommend`; `without`: buyers to whom nothing more is lent whatever they show. Those of the others
    with `released` above 0, the largest first; with the columns of `payment_experience`.
    """
    limits = limits.drop(index=without, errors="ignore")
    held_back = limits[limits["released"] > 0].join(payment_experience(book))
    return held_back.sort_values("released", ascending=False, kind="stable")


def with_balances(book: Book, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table, index buyer_id, with the mean and the highest of what each buyer owed at the year's week ends.

    Only weeks of which balances are known (`balances_since`) count.
    """
    owed = balance_history(book).reindex(table.index)
    owed = owed.loc[:, owed.columns >= balances_since(book)]
    return table.assign(mean_balance=owed.mean(axis="columns"), highest_balance=owed.max(axis="columns"))
