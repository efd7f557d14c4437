"""Offers for early payment: to whom a discount on what is not due yet is worth its cost, who gets none, who decides."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.book.places import named, one_of
from tradecredit.decide import decisions
from tradecredit.decide.collect import insurer_calendar, stages
from tradecredit.decide.collect.worklist import TODAY
from tradecredit.decide.limits.rules import UNMEASURED
from tradecredit.decide.terms.discounts import break_even
from tradecredit.decide.terms.lengths import economics
from tradecredit.measure.behaviour import features
from tradecredit.measure.default_events import in_default
from tradecredit.measure.disputes import in_dispute
from tradecredit.measure.open_items import open_items

LOST, HELD, LISTED, INSURER, OVERDUE = (
    "claim or default", "deliveries held back", "on the watchlist", "asked by the insurer", "overdue",
)  # fmt: skip
"""Why a buyer gets no offer, the first that holds."""

ON_LOSSES = ("in default", "enforce", "payment plan")
"""Decisions on a debt beside which no discount is offered."""


class Offers(NamedTuple):
    """Offers that go out, by buyer, and those that would pay but are not made, by reason: see `early_offers`."""

    made: pd.DataFrame
    left_out: pd.DataFrame


def early_offers(book: Book, cumulative: pd.DataFrame, kept_from: pd.Series) -> Offers:
    """Return the buyers to whom the run's offer for early payment is worth its cost, and those that get none for all
    that.

    The offer: `collections.early_rate` off for payment within `early_days` from the as-of day. `cumulative`: cumulative
    default probability of each buyer (`term_structure`); `kept_from`: why some get none (`kept_from`). `made`, index
    buyer_id, by value:

    - `early_amount`: open invoices that fall due later than that, in the reporting currency, without those in dispute
      and those that have a discount of their own;
    - `pays_after`: days from today until they are paid without it: until the last day in time, and the buyer's days
      beyond terms, by amount;
    - `break_even`: the discount that costs as much as waiting for as long (`discounts.break_even`);
    - `early_gain` = early_amount × break_even, what paying early is worth, `early_cost` = early_amount × rate, and
      `early_value`, the difference, if the buyer takes it; above zero.

    `left_out`, index `left_out_for`, one of `REASONS`: `buyers`, and their `early_amount` and `early_value`.

    In neither: buyers in default, those that pay in advance, those whose risk is not measured (`rules.UNMEASURED`), and
    those of whom it is not known how late they pay. Source: definitions §3.1, §10.8.
    """
    settings, items = book.run.collections, open_items(book)
    wanted = (items["open_amount"] > 0) & (items["payable_by"] > book.as_of + pd.Timedelta(days=settings.early_days))
    kinds = one_of(book.buyers["kind"], ["prepaid", *UNMEASURED])
    wanted &= ~kinds[book.buyer_of_invoice] & book.invoices["discount_rate"].isna()
    wanted &= ~named(in_dispute(book), items["invoice_id"])
    items = items[wanted & ~items["buyer_id"].isin(in_default(book))]
    beyond = features(book)["days_beyond_terms"].reindex(items["buyer_id"]).to_numpy()
    days = (items["payable_by"] - book.as_of).dt.days + beyond
    items = items.assign(days=days * items["open_amount"])[~np.isnan(days)]
    sums = items.groupby("buyer_id")[["open_amount", "days"]].sum()
    after = sums["days"] / sums["open_amount"]
    even = break_even(cumulative, after, economics(book), discount_days=settings.early_days)["break_even"]
    gain, cost = sums["open_amount"] * even, sums["open_amount"] * settings.early_rate
    table = pd.DataFrame(
        {
            "early_amount": sums["open_amount"], "pays_after": after, "break_even": even, "early_gain": gain,
            "early_cost": cost, "early_value": gain - cost,
        }
    )  # fmt: skip
    table = table[table["early_value"] > 0].sort_values("early_value", ascending=False, kind="stable")
    reason = kept_from.reindex(table.index)
    out = table.groupby(reason.rename("left_out_for"), sort=False).agg(
        buyers=("early_amount", "size"), early_amount=("early_amount", "sum"), early_value=("early_value", "sum")
    )
    return Offers(table[reason.isna()], out.reindex([name for name in REASONS if name in out.index]))


REASONS = (LOST, HELD, LISTED, INSURER, OVERDUE)
"""In the order of tables."""


def kept_from(
    acting: pd.DataFrame, decided: pd.DataFrame, listed: pd.Index, calendar: pd.DataFrame
) -> pd.Series:  # fmt: skip
    """Return why buyers get no offer for early payment: index buyer_id, the first of `REASONS` that holds.

    `acting`: `worklist.worklist`; `decided`: `decided.decided`; `listed`: the buyers of the watchlist; `calendar`:
    `insurer_calendar.deadlines`, of which a report, stop or claim that is missed, in force or soon keeps a buyer from
    an offer. So does overdue money that is asked for today, or was and waits for the next letter: a discount would
    reward the delay.
    """
    near = calendar["state"].isin([insurer_calendar.MISSED, insurer_calendar.IN_FORCE, insurer_calendar.SOON])
    duty = calendar["deadline"].isin([insurer_calendar.REPORT_BY, insurer_calendar.STOP_ON, insurer_calendar.FILE_BY])
    holds = {
        LOST: decided.index[decided["decided"].isin(ON_LOSSES) | decided["insurer_task"].eq("claim")],
        HELD: decided.index[decided["deliveries"].notna()],
        LISTED: listed,
        INSURER: pd.Index(calendar.loc[near & duty, "buyer_id"].unique()),
        OVERDUE: acting.index[acting["act"].isin([*TODAY, stages.WAIT])],
    }
    found = pd.concat([pd.Series(reason, index=buyers, dtype="str") for reason, buyers in holds.items()])
    return found[~found.index.duplicated()].rename_axis("buyer_id").rename("left_out_for")


def decision(book: Book, offers: Offers) -> pd.DataFrame:
    """Return who decides on the offers, and by when: one row of `decisions.COLUMNS`, none where none is made.

    As of discounts, by what they cost if all are taken, on the day on which the report is read: the days of the offer
    run from the as-of day.
    """
    if offers.made.empty:
        return decisions.none()
    asked = pd.DataFrame(
        {"amount": [offers.made["early_cost"].sum()], "due_day": [read_on(book.as_of)]},
        index=pd.Index([None], dtype="str"),
    )
    return decisions.of_buyers(book, "discounts", asked, anchor="table-early_offers")
