"""Sentences on the insurer's limits: those to review, and what loses cover if they are cut."""

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.decide.collect import insurer_limits
from tradecredit.language import tr
from tradecredit.words.formats import counted, money, whole

REVIEWS = {
    insurer_limits.LIMIT_ENDS: "the limit ends", insurer_limits.EVIDENCE_ENDS: "its evidence will be too old",
    insurer_limits.LOWERED: "the insurer has lowered it",
}  # fmt: skip
"""Why a limit is reviewed (`insurer_limits.reviews`)."""


def with_reviews(table: pd.DataFrame) -> pd.DataFrame:
    """Return `insurer_limits.reviews` with its reasons in words."""
    return table.assign(review_reason=table["review_reason"].map(REVIEWS))


def cut_today(table: pd.DataFrame, currency: str) -> str:
    """Return what keeps cover and what loses it if limits are cut today; `insurer_limits.after_cut_today`."""
    if table.empty:
        return tr("No limit of the insurer's would be cut.")
    orders = table["kind_of_item"] == insurer_limits.ORDERED
    kept = table[~orders]
    told = tr(
        "What was shipped keeps its cover: {invoices_and_deliveries} with insured debt of {insured_then}.",
        invoices_and_deliveries=counted(len(kept), "invoice or delivery", "invoices and deliveries"),
        insured_then=money(kept["insured_then"].sum(), currency),
    )
    if not orders.any():
        return tr("{told} The book has no open orders of these buyers, so that none is seen to lose cover.", told=told)
    lost = table[orders & (table["loses_cover"] >= CENT)]
    return tr(
        "{told} Of {open_orders} {lost} would lose cover, {loses_cover} in all.",
        told=told,
        open_orders=counted(int(orders.sum()), "open order"),
        lost=whole(len(lost)),
        loses_cover=money(lost["loses_cover"].sum(), currency),
    )
