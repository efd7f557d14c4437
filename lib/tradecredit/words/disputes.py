"""Sentences on open disputes: what they amount to, what they cost, and what of it other pages have."""

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.language import tr
from tradecredit.words.formats import days, money


def in_dispute(table: pd.DataFrame, acting: pd.DataFrame, rules: pd.DataFrame, currency: str) -> str:
    """Return what of the disputed debt is past due, and what of it the audit of cover has under its dispute.

    `table`: `open_disputes.by_reason`; `acting`: `worklist.worklist`; `rules`: `audit.reasons`. Empty without a
    dispute.
    """
    amount = table["amount"].sum()
    if not amount > 0:
        return ""
    late = acting["disputed"].sum()
    audited = rules.loc[rules["reason"] == "in_dispute", "open_amount"].sum()
    told = tr(
        "Of {amount} in dispute {late} is past due and held out of collection.",
        amount=money(amount, currency),
        late=money(late, currency),
    )
    if not CENT <= amount - audited < amount:
        return told
    return tr(
        "{told} The audit of cover has {audited} of it under its dispute, and {other} under a reason that comes "
        "first, such as the kind of buyer or tax.",
        told=told,
        audited=money(audited, currency),
        other=money(amount - audited, currency),
    )


def disputes(table: pd.DataFrame, currency: str) -> str:
    """Return what open disputes amount to and cost; empty without any. `table`: `open_disputes.by_reason`."""
    now = table[table["disputes"] > 0]
    if now.empty:
        return ""
    first, amount = now.iloc[0], now["amount"].sum()
    owner = tr(", for {owner} to settle", owner=first["owner"]) if pd.notna(first["owner"]) else ""
    told = tr(
        "The largest part of {amount} in dispute is about {name}: {amount_2}{owner}.",
        amount=money(amount, currency),
        name=first.name,
        amount_2=money(first["amount"], currency),
        owner=owner,
    )
    if now["dso_days"].notna().all():
        told += tr(" Disputes add {dso_days} to the DSO.", dso_days=days(now["dso_days"].sum()))
    if now["cover_lost"].sum() > 0:
        told += tr(
            " Without them {cover_lost} more would be insured.", cover_lost=money(now["cover_lost"].sum(), currency)
        )
    return told
