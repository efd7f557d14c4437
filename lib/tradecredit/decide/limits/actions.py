"""Two kinds of excess: above what bounds the risk, and above what the buyer needs; and what each asks for."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.methods import excess, smallest
from tradecredit.measure.set_off import still_overdue
from tradecredit.params.limits import LimitSettings

RISK = tuple(name for name in METHODS if name != "need")
"""Methods that bound what is risked on a buyer, alone or with others. The need is no bound: it says what is used."""

IN_DEFAULT, STOP, STOP_UNTIL_PAID, RUN_DOWN, LOOK, SET_LIMIT, NOTHING = (
    "in default", "stop", "stop until paid", "run down", "look", "set limit", "none",
)  # fmt: skip
"""What the exposure to a buyer asks for: see `action`."""

STOPS = (IN_DEFAULT, STOP, STOP_UNTIL_PAID)
"""Actions under which nothing more is delivered."""


def overdue(book: Book) -> pd.Series:
    """Return what each buyer owes past due, without invoices in an open dispute: by its place in the book.

    Less what it has on account (`set_off.still_overdue`), as exposure is.
    """
    return pd.Series(np.bincount(book.buyer_of_invoice, still_overdue(book), len(book.buyers)))


def excesses(limits: pd.DataFrame, bound: pd.Series) -> pd.DataFrame:
    """Return what each exposure is above what bounds its risk, and above what the buyer needs within that.

    `limits`: `exposure`, `recommended_with_cover`, `binding_with_cover`; `bound`: `risk_bound`, rounded as limits are.
    Columns, on their index, in the reporting currency:

    - `risk_limit`: see `risk_limit`;
    - `over_risk` = exposure above `risk_limit`; `over_need`: the rest of what it is above the need, where that binds,
      and never counted from below the recommended limit.
    """
    aim = limits["recommended_with_cover"]
    most = risk_limit(aim, limits["binding_with_cover"], bound)
    over_risk = excess(limits["exposure"], most.fillna(np.inf))
    # A limit by need is rounded, and what lies between the two is needed.
    needed = np.maximum(aim, limits["need"].fillna(0.0)).where(limits["binding_with_cover"] == METHODS["need"], aim)
    over_need = (excess(limits["exposure"], needed) - over_risk).clip(lower=0.0)
    return pd.DataFrame({"risk_limit": most, "over_risk": over_risk, "over_need": over_need})


def risk_limit(limit: pd.Series, binding: pd.Series, bound: pd.Series) -> pd.Series:
    """Return the most that may be risked on each buyer; what is owed above it is stopped, and nothing below it.

    Where need binds a limit, the `risk_bound`, and never less than the limit (missing: nothing bounds the risk);
    elsewhere the limit itself. `binding`: the name of what sets each limit.
    """
    return np.maximum(bound, limit).where(binding == METHODS["need"], limit)


def bound_by(amounts: pd.DataFrame, binding: pd.Series) -> pd.Series:
    """Return the name of what sets the limit by risk of each buyer; missing where nothing bounds the risk.

    `amounts`: as `risk_bound`; `binding`: the name of what sets each limit, which is also this one unless it is need.
    Source: definitions §4.9.
    """
    return binding.mask(binding == METHODS["need"], smallest(amounts[list(RISK)])[0].map(METHODS))


def risk_bound(amounts: pd.DataFrame) -> pd.Series:
    """Return the smallest of the methods that bound the risk (`RISK`); missing where none applies.

    `amounts`: a column for each of the `METHODS`, with cover and what the caps leave.
    """
    return smallest(amounts[list(RISK)])[1].replace(np.inf, np.nan)


def action(limits: pd.DataFrame, grades: pd.Series, settings: LimitSettings) -> pd.Series:
    """Return what the exposure to each buyer asks for, by the first rule that holds:

    - `in default`: no more is lent;
    - `stop until paid`: above the risk limit, and paying what is overdue brings it back within; not where `claimed`;
    - `stop`: above the risk limit, and the risk asks for it: from grade `stop_grade` on, or where insured debt is
      `claimed`: once the policy has to pay, no payment of what is overdue brings deliveries back;
    - `run down`: above the risk limit, of a better grade, and not by what is overdue: deliver against payment alone;
    - `look`: above what it needs, within the risk limit: a signal, never a stop;
    - `set limit`: above our limit in force, within the recommended one;
    - `none`.

    `limits`: `exposure`, `overdue`, `risk_limit`, `over_risk`, `over_need`, `breach`, `binding_with_cover`, and
    `claimed`, whether insured debt is to be claimed on the policy. An excess of no more than the run's
    `tolerated_excess` is none. Source: definitions §4.9.
    """
    above = limits["over_risk"] > settings.tolerated_excess
    left = limits["exposure"] - limits["overdue"] - limits["risk_limit"]
    cured = (limits["overdue"] > settings.tolerated_excess) & (left <= settings.tolerated_excess)
    found = np.select(
        [
            limits["binding_with_cover"] == "in default",
            above & cured & ~limits["claimed"],
            above & ((grades >= settings.stop_grade) | limits["claimed"]),
            above,
            limits["over_need"] > settings.tolerated_excess,
            limits["breach"] > settings.tolerated_excess,
        ],
        [IN_DEFAULT, STOP_UNTIL_PAID, STOP, RUN_DOWN, LOOK, SET_LIMIT],
        NOTHING,
    )
    return pd.Series(found, index=limits.index, dtype="str", name="action")


def held(limits: pd.DataFrame) -> pd.Series:
    """Return whether nothing may raise the limit of each buyer: deliveries are held back, or the insurer is to be told.

    `limits`: `action`, a stop or `run down`; `stopped`: what is delivered from now on is not insured; `report_due`,
    which counts a stop that begins by the day on which the report is read.
    """
    return held_back(limits) | limits["report_due"]


def held_back(limits: pd.DataFrame) -> pd.Series:
    """Return whether deliveries to each buyer are held back: a stop, a `run down`, or not insured any more."""
    return limits["action"].isin([*STOPS, RUN_DOWN]) | limits["stopped"]


def above_need(limits: pd.DataFrame, settings: LimitSettings) -> pd.DataFrame:
    """Return the limits whose buyers owe more than they need and no more than the risk allows, the largest first."""
    within = limits[~(limits["over_risk"] > settings.tolerated_excess)]
    over = within[within["over_need"] > settings.tolerated_excess]
    return over.sort_values("over_need", ascending=False, kind="stable")


def with_orders(limits: pd.DataFrame) -> pd.DataFrame | None:
    """Return the limits of buyers with orders or goods not invoiced, those with most above the limit to set first.

    `limits`: `limits.recommend`. None for a book without orders.
    """
    if "committed" not in limits:
        return None
    some = limits[(limits["shipped_not_invoiced"] > 0) | (limits["open_orders"] > 0)]
    return some.sort_values(["orders_held", "committed"], ascending=False, kind="stable")
