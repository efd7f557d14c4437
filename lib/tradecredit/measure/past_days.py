"""What the ledger told of each buyer on past days: its payment behaviour and whether it was in default, in one pass.

The book of today holds all that the books of past days held, so that the ledger is put in order once and read as it
stood on each day. What became known later is not seen: each day's figures are those of the book as of that day.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.places import places
from tradecredit.measure.behaviour import of_items
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.limits_in_force import amounts_on, first_of
from tradecredit.measure.open_items import items_on


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
    disputes, events = _disputes(book), _events(book)
    for day in days:
        items = items_on(book, day)
        known = disputes[disputes["opened"] <= day]
        since = window_start(day, 12)
        disputed = known["amount"].where(known["opened"] > since, 0.0)[known["issued"] <= day].groupby(known["buyer"])
        amounts = {
            "disputed": disputed.sum().reindex(
                pd.RangeIndex(len(book.buyers)), fill_value=0.0 if len(known) else np.nan
            ),
            "limit": pd.Series(first_of(amounts_on(book, day))),
        }
        behaviour = of_items(items, day, amounts).set_axis(all_buyers(book))
        yield Day(behaviour, in_default(items, events[events["date"] <= day], len(book.buyers)))


def in_default(items: pd.DataFrame, events: pd.DataFrame, buyers: int) -> np.ndarray:
    """Return a boolean per buyer: whether it is in default on the day of the open items.

    In default is a buyer that was ever insolvent; one that still owes an invoice issued by the day of its last default;
    and one whose debt of then was given up (written off, recovered or claimed in part at least) and that has bought
    nothing since. `items`: as `open_items.open_items`; `events`: as `defaults`, known by the day; both with `buyer`,
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


def _disputes(book: Book) -> pd.DataFrame:
    """Return `opened` of every dispute, with the `buyer`, and `issued` of its invoice, and at most its `amount`."""
    place, invoices = book.invoice_of_dispute, book.invoices
    # What is disputed of an invoice that is not known belongs to nobody: it is never issued.
    of = invoices[["issued", "amount"]].assign(buyer=book.buyer_of_invoice).reindex(place)
    amount = np.fmin(book.disputes["amount"].fillna(np.inf), of["amount"].to_numpy())
    return pd.DataFrame(
        {"opened": book.disputes["opened"], "buyer": of["buyer"].to_numpy(), "issued": of["issued"].to_numpy()}
    ).assign(amount=amount)


def _events(book: Book) -> pd.DataFrame:
    """Return the defaults with their buyer's place."""
    place = places(book.defaults["buyer_id"], book.buyers["buyer_id"])
    return book.defaults[["date", "kind"]].assign(buyer=place)[place >= 0]
