"""The one list of buyers to whom deliveries are held back: each once, why, and what has to be paid to deliver again."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.deliveries import AGAINST_PAYMENT, AS_IT_PAYS, HELD, NOTHING, WITHIN_LIMIT, reasons
from tradecredit.decide.limits.methods import excess
from tradecredit.measure.open_items import open_items
from tradecredit.measure.set_off import still_overdue

CURED = ("no longer insured", "risk", "overdue part", "risk, against payment")
"""Reasons of `HELD` that a payment ends; in default, and once the policy has to pay, nothing more is lent."""


def held_back(book: Book, limits: pd.DataFrame, sheets: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers to whom deliveries are held back, each once, and what ends the hold of each.

    `limits`: `limits.recommend`; `sheets`: `buyer_sheet.advice` or `sheets`. All those whose `deliveries` are
    one of `HELD`: first those of which cover asks for a payment alone (`stop insured`), whose list this is, then all
    others that a payment frees, then the first of the reasons and the largest exposure. Index buyer_id, columns of
    `sheets`, among them who decides on the hold and by when deliveries stop, and in the reporting currency:

    - `held_for`, the first of the reasons in `HELD` that holds, and `held_also`, the others (missing: none);
    - `exposure`, what it owes, and `insured`, what the insurer bears of it before deductibles;
    - `to_pay`: what has to be paid so that all these reasons end: the largest of `stop_clears` (no longer insured), the
      excess over the limit by risk, and what is overdue, less what is in dispute or paid on account
      (`set_off.still_overdue`; overdue part), since one payment counts for
      each of them (missing: no payment ends it, `CURED`); `pay_invoice`, the oldest invoice that it is for, of those
      past their extension period, else of those that are overdue (missing: any will do); `then_delivered`: within the
      limit to set, or by risk where what is still owed is above the former, or against payment alone where the risk
      allows no limit (`risk_limit` 0);
    - `held_from`, the first day of the hold where that is after the as-of day, since a stop of the policy alone begins
      then unless it is paid (missing: held already).

    Source: definitions §4.10.
    """
    held = sheets[sheets["deliveries"].isin(HELD.values())]
    limits = limits.reindex(held.index)
    holds = reasons(limits, held)
    names = np.array(list(HELD))
    first = holds.to_numpy().argmax(axis=1)
    also = [", ".join(names[np.flatnonzero(row)[1:]]) or None for row in holds.to_numpy()]
    amounts = pd.DataFrame(
        {
            "no longer insured": held["stop_clears"], "risk": limits["over_risk"], "overdue part": limits["overdue"],
            "risk, against payment": limits["over_risk"],
        }
    )  # fmt: skip
    cured = ~holds.drop(columns=list(CURED)).any(axis="columns")
    oldest = _oldest_overdue(book).reindex(held.index).where(holds["overdue part"])
    table = held.assign(
        held_for=pd.Series(names[first], index=held.index, dtype="str"),
        held_also=pd.Series(also, index=held.index, dtype="str"),
        insured=limits["insured"],
        to_pay=amounts.where(holds[list(CURED)]).max(axis="columns").where(cured),
        pay_invoice=held["stop_invoice"].where(holds["no longer insured"]).fillna(oldest).where(cured),
    )
    no_limit = holds.drop(columns=["no longer insured"]).any(axis="columns") & ~(limits["risk_limit"] > 0)
    left = excess(table["exposure"] - table["to_pay"].fillna(0.0), table["limit_to_set"]) > 0
    then = np.select([~cured, no_limit, left], [NOTHING, AGAINST_PAYMENT, AS_IT_PAYS], WITHIN_LIMIT)
    ahead = (held["stop_since"] > book.as_of) & (holds.sum(axis="columns") == holds["no longer insured"])
    table = table.assign(
        then_delivered=pd.Series(then, index=held.index, dtype="str"), held_from=held["stop_since"].where(ahead)
    )
    listed_here = held["on_cover"].eq("stop insured")
    return table.iloc[np.lexsort((-table["exposure"].to_numpy(), first, ~cured.to_numpy(), ~listed_here.to_numpy()))]


def by_reason(held: pd.DataFrame) -> pd.DataFrame:
    """Return the list by the reason that decides: index `held_for`, those of `HELD` that occur, in their order.

    `held`: `held_back`. Columns: `buyers`, and `owing`, those that owe something; `exposure`, `insured` and `to_pay` of
    all of them. The numbers add up to the list's.
    """
    table = held.groupby("held_for").agg(
        buyers=("exposure", "size"), owing=("exposure", lambda owed: int((owed > 0).sum())),
        exposure=("exposure", "sum"), insured=("insured", "sum"), to_pay=("to_pay", "sum"),
    )  # fmt: skip
    return table.reindex([reason for reason in HELD if reason in table.index])


def _oldest_overdue(book: Book) -> pd.Series:
    """Return the oldest invoice `still_overdue` of each buyer that has one: index buyer_id."""
    oldest = open_items(book)[still_overdue(book) > 0].sort_values("due", kind="stable").drop_duplicates("buyer_id")
    return oldest.set_index("buyer_id")["invoice_id"]
