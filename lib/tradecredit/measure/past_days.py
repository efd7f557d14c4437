"""What the ledger told of each buyer on past days: its payment behaviour and whether it was in default, in one pass.

The book of today holds all that the books of past days held, so that the ledger is put in order once and read as it
stood on each day. What became known later is not seen: each day's figures are those of the book as of that day.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book, places
from tradecredit.measure.behaviour import DAYS_A_MONTH, LATE_AFTER_DAYS
from tradecredit.measure.limits_in_force import LIMIT_SOURCES
from tradecredit.measure.receivables import _items_at, _ledger, beyond_terms, window_start


class Day(NamedTuple):
    """What was known of all buyers of the book on a day, in their order.

    `behaviour`: as `behaviour.features`; of a buyer that was not known by then it says nothing, or zero. `in_default`:
    a boolean per buyer, see `in_default`.
    """

    behaviour: pd.DataFrame
    in_default: np.ndarray


def on_days(book: Book, days: Iterable[pd.Timestamp]) -> Iterator[Day]:
    """Return for each of the days what was known of the buyers by then; none lies after the book's own.

    Reads `buyers`, `invoices`, `receipts`, `disputes`, `limits` and `defaults`.
    """
    invoices, applied = _ledger(book)
    invoices = invoices[["issued", "due", "amount", "settled"]].assign(buyer=book.buyer_of_invoice)
    disputes, limits, events = _disputes(book), _limits(book), _events(book)
    for day in days:
        items = _items_at(invoices, applied, day)
        known = disputes[disputes["opened"] <= day]
        since = window_start(day, 12)
        disputed = known["amount"].where(known["opened"] > since, 0.0)[known["issued"] <= day].groupby(known["buyer"])
        amounts = {
            "disputed": disputed.sum().reindex(
                pd.RangeIndex(len(book.buyers)), fill_value=0.0 if len(known) else np.nan
            ),
            "limit": _in_force(limits, day, len(book.buyers)),
        }
        behaviour = _behaviour(items, day, amounts).set_axis(pd.Index(book.buyers["buyer_id"], name="buyer_id"))
        yield Day(behaviour, in_default(items, events[events["date"] <= day], len(book.buyers)))


def in_default(items: pd.DataFrame, events: pd.DataFrame, buyers: int) -> np.ndarray:
    """Return a boolean per buyer: whether it is in default on the day of the open items.

    In default is a buyer that was ever insolvent; one that still owes an invoice issued by the day of its last default;
    and one whose debt of then was given up (written off, recovered or claimed in part at least) and that has bought
    nothing since. `items`: as `receivables.open_items`; `events`: as `defaults`, known by the day; both with `buyer`,
    its place among so many `buyers`.
    """
    last = events.groupby("buyer")["date"].max().reindex(pd.RangeIndex(buyers)).to_numpy()
    found = {name: np.zeros(buyers, dtype=bool) for name in ("insolvent", "owes", "given_up", "again")}
    found["insolvent"][events.loc[events["kind"] == "insolvency", "buyer"]] = True
    # Few buyers ever default: the others' invoices need not be looked at.
    owner = items["buyer"].to_numpy()
    rows = np.flatnonzero(~np.isnat(last)[owner])
    owner, since = owner[rows], last[owner[rows]]
    issued, still_open, impaired = (items[name].to_numpy()[rows] for name in ("issued", "open_amount", "impaired"))
    found["owes"][owner[(issued <= since) & (still_open > 0)]] = True
    found["given_up"][owner[(issued <= since) & (impaired > 0)]] = True
    found["again"][owner[issued > since]] = True
    return found["insolvent"] | found["owes"] | (found["given_up"] & ~found["again"])


def _behaviour(items: pd.DataFrame, day: pd.Timestamp, amounts: dict[str, pd.Series]) -> pd.DataFrame:
    """Return the columns of `behaviour.features`, index the buyer's place; `amounts`: `disputed` and `limit`."""
    year = window_start(day, 12)
    long, recent = beyond_terms(items, year), beyond_terms(items, window_start(day, 3))
    decided = items["due"].gt(year) & items["due"].lt(day - pd.Timedelta(days=LATE_AFTER_DAYS))
    overdue = items["days_past_due"] > 0
    parts = pd.DataFrame(
        {
            "weight": long["weight"],
            "weighted_days": long["weight"] * long["days"],
            "recent_weight": recent["weight"],
            "recent_weighted_days": recent["weight"] * recent["days"],
            "fallen_due": items["amount"].where(decided, 0.0),
            "late": items["amount"].where(decided & (items["days_late"] > LATE_AFTER_DAYS), 0.0),
            "open_amount": items["open_amount"],
            "overdue": items["open_amount"].where(overdue, 0.0),
            "sales_12m": items["amount"].where(items["issued"] > year, 0.0),
        }
    )
    buyers, by_buyer = amounts["limit"].index, items["buyer"]
    sums = parts.groupby(by_buyer).sum().reindex(buyers, fill_value=0.0)
    first = items["issued"].groupby(by_buyer).min().reindex(buyers)
    oldest = items["days_past_due"].where(overdue).groupby(by_buyer).max().reindex(buyers)
    beyond = _share(sums["weighted_days"], sums["weight"])
    beyond_recent = _share(sums["recent_weighted_days"], sums["recent_weight"])
    return pd.DataFrame(
        {
            "days_beyond_terms": beyond,
            "days_beyond_terms_recent": beyond_recent,
            "days_beyond_terms_drift": beyond_recent - beyond,
            "share_late": _share(sums["late"], sums["fallen_due"]),
            "share_overdue": _share(sums["overdue"], sums["open_amount"]),
            "oldest_days_past_due": oldest.fillna(0.0),
            "dispute_rate": _share(amounts["disputed"], sums["sales_12m"]),
            "limit_use": _share(sums["open_amount"], amounts["limit"]),
            "months_of_history": ((day - first).dt.days / DAYS_A_MONTH).fillna(0.0),
            "open_amount": sums["open_amount"],
            "sales_12m": sums["sales_12m"],
        }
    )


def _disputes(book: Book) -> pd.DataFrame:
    """Return `opened` of every dispute, with the `buyer`, and `issued` of its invoice, and at most its `amount`."""
    place, invoices = places(book.disputes["invoice_id"], book.invoices["invoice_id"]), book.invoices
    # What is disputed of an invoice that is not known belongs to nobody: it is never issued.
    of = invoices[["issued", "amount"]].assign(buyer=book.buyer_of_invoice).reindex(place)
    amount = np.fmin(book.disputes["amount"].fillna(np.inf), of["amount"].to_numpy())
    return pd.DataFrame(
        {"opened": book.disputes["opened"], "buyer": of["buyer"].to_numpy(), "issued": of["issued"].to_numpy()}
    ).assign(amount=amount)


def _limits(book: Book) -> pd.DataFrame:
    """Return the limits with their buyer's place, the latest decision last."""
    table = book.limits[["source", "amount", "valid_from", "valid_to"]]
    table = table.assign(buyer=places(book.limits["buyer_id"], book.buyers["buyer_id"]))
    return table[table["buyer"] >= 0].sort_values("valid_from", kind="stable")


def _in_force(limits: pd.DataFrame, day: pd.Timestamp, buyers: int) -> pd.Series:
    """Return the limit in force on a day: our own where there is one, else the insurer's, else the discretionary."""
    valid = limits[(limits["valid_from"] <= day) & (limits["valid_to"].isna() | (limits["valid_to"] >= day))]
    found = np.full(buyers, np.nan)
    for source in reversed(LIMIT_SOURCES):
        of_source = valid[valid["source"] == source]
        latest = np.full(buyers, np.nan)
        # Of several amounts for one place the last, which is the latest, stays.
        latest[of_source["buyer"]] = of_source["amount"]
        found = np.where(np.isnan(latest), found, latest)
    return pd.Series(found)


def _events(book: Book) -> pd.DataFrame:
    """Return the defaults with their buyer's place."""
    place = places(book.defaults["buyer_id"], book.buyers["buyer_id"])
    return book.defaults[["date", "kind"]].assign(buyer=place)[place >= 0]


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0)
