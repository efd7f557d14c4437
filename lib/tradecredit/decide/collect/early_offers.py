"""Offers for early payment: to whom a discount on what is not due yet is worth its cost, and up to which."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.places import named, one_of
from tradecredit.decide.limits.rules import UNMEASURED
from tradecredit.decide.terms.discounts import break_even
from tradecredit.decide.terms.lengths import economics
from tradecredit.measure.behaviour import features
from tradecredit.measure.default_events import in_default
from tradecredit.measure.disputes import in_dispute
from tradecredit.measure.open_items import open_items


def early_offers(book: Book, cumulative: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers to whom the run's offer for early payment is worth its cost: index buyer_id, by value.

    The offer: `collections.early_rate` off for payment within `early_days` from the as-of day. `cumulative`: cumulative
    default probability of each buyer (`term_structure`). Columns:

    - `early_amount`: open invoices that fall due later than that, in the reporting currency, without those in dispute
      and those that have a discount of their own;
    - `pays_after`: days from today until they are paid without it: until the last day in time, and the buyer's days
      beyond terms, by amount;
    - `break_even`: the discount that costs as much as waiting for as long (`discounts.break_even`);
    - `early_value` = early_amount × (break_even − rate), if the buyer takes it; above zero.

    Left out: buyers in default, those that pay in advance, those whose risk is not measured (`rules.UNMEASURED`), and
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
    value = sums["open_amount"] * (even - settings.early_rate)
    table = pd.DataFrame(
        {"early_amount": sums["open_amount"], "pays_after": after, "break_even": even, "early_value": value}
    )
    return table[table["early_value"] > 0].sort_values("early_value", ascending=False, kind="stable")
