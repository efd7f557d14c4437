"""Rates of a group's currency, from those that its entities state in theirs."""

import numpy as np
import pandas as pd

from tradecredit.book.places import one_of
from tradecredit.book.rates import last_rate
from tradecredit.book.schema import TABLES

UNSTATED = {
    "defaults": ("date", ("debt", "recovered")),
    "claims": ("filed", ("amount",)),
    "overrides": (None, ("limit",)),
    "cash_plan": (None, ("amount",)),
}
"""Table whose rows state no currency, as they are in that of their ledger: the day whose rate translates them, none for
the book's own, and the columns of amounts."""


SAME_RATE = 0.0005
"""Rates that differ by no more than this part are the same, rounded."""


def in_group_currency(
    stated: dict[str, tuple[str, pd.DataFrame]], currency: str
) -> tuple[pd.DataFrame, list[tuple[str, int]]]:
    """Return the table `fx` of a group, `date`, `currency`, `rate`, the group's currency per unit, and notes on it.

    `stated`: of each entity by name its currency, and the rates to it. What an entity states to another currency goes
    over the group's rate in it: rate / last rate of the group's currency by then, and 1 / that rate for its own
    currency. All rates of a currency are those of the first entity that knows any; a note tells of each whose own are
    others.
    """
    found, notes = TABLES["fx"].empty(), []
    for name, (own, fx) in stated.items():
        rates = _crossed(own, fx.dropna(subset=["date", "currency", "rate"]), currency)
        known = one_of(rates["currency"], {currency, *found["currency"]})
        apart = (rates["rate"] / last_rate(found, rates["currency"], rates["date"]) - 1).abs()[known]
        others = apart > SAME_RATE
        if others.any():
            named = ", ".join(sorted(set(rates["currency"][known][others])))
            notes.append((f"{name}: other rates of {named} than the first entity's, which count: by up to "
                          f"{apart.max():.1%}", int(others.sum())))  # fmt: skip
        found = pd.concat([found, rates[~known]], ignore_index=True)
    return found, notes


def _crossed(own: str, fx: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return rates to the currency `own` as rates to another; none where that has no rate."""
    if own == currency:
        return fx
    base = fx[fx["currency"] == currency]
    of_own = base.assign(currency=own, rate=1 / base["rate"])
    others = fx[~one_of(fx["currency"], [currency, own])]
    crossed = others.assign(
        rate=others["rate"] / last_rate(base, pd.Series(currency, index=others.index, dtype="str"), others["date"])
    )
    return pd.concat([of_own, crossed.dropna(subset="rate")], ignore_index=True)


def with_currency(tables: dict[str, pd.DataFrame], own: str) -> dict[str, pd.DataFrame]:
    """Return an entity's tables in which what is taken to be in the entity's currency says so."""
    found = dict(tables)
    for name in ("limits", "orders"):
        if name in found:
            found[name] = found[name].assign(currency=found[name]["currency"].fillna(own))
    if "receipts" in found:
        receipts = found["receipts"]
        on_account = receipts["invoice_id"].isna() & receipts["currency"].isna()
        found["receipts"] = receipts.assign(currency=receipts["currency"].mask(on_account, own))
    return found


def translated(
    tables: dict[str, pd.DataFrame], own: str, fx: pd.DataFrame, currency: str, day: pd.Timestamp
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return an entity's tables with amounts that state no currency in that of the group, and days that lack a rate.

    Promises that name an invoice stay as they are, in its currency. `fx`: rates of the group's currency; `day`: the
    book's.
    """
    found, lacking = dict(tables), []
    of = {name: part for name, part in UNSTATED.items() if name in tables}
    if "promises" in tables:
        of["promises"] = ("made", ("amount",))
    for name, (dated, columns) in of.items():
        frame = tables[name]
        if own == currency or frame.empty:
            continue
        days = frame[dated] if dated else pd.Series(day, index=frame.index)
        rate = last_rate(fx, pd.Series(own, index=frame.index, dtype="str"), days)
        if name == "promises":
            rate = np.where(frame["invoice_id"].notna(), 1.0, rate)
        lacks = np.isnan(rate) & frame[list(columns)].notna().any(axis=1).to_numpy()
        if lacks.any():
            lacking.append(f"{name} of {days[lacks].min().date()}")
        found[name] = frame.assign(**{column: frame[column] * rate for column in columns})
    return found, lacking
