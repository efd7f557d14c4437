"""The insurer's limit of a buyer on a day: the one it has named, and what a discretionary limit could rest on."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import named, one_of, places
from tradecredit.insurance.policy import NOT_INSURABLE
from tradecredit.insurance.stops import NEVER, Shipments, days
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.limits_in_force import limits_in_force
from tradecredit.measure.open_items import ledger
from tradecredit.numerics.compiled import compiled
from tradecredit.numerics.grouping import grouped

EVIDENCE_MONTHS = 12
"""Evidence for a discretionary limit is not older than this (definitions §5.3)."""

EVIDENCE = ("payment_experience", "agency_report", "audited_accounts", "unaudited_accounts", "good_faith")
"""What a book can show for a buyer, the best first."""


@once
def named_limits(book: Book) -> pd.DataFrame:
    """Return the insurer's limit of each buyer on the as-of date, for what is shipped from now on. Index buyer_id.

    - `insured_limit`: the insurer's limit in force, the newest of several; missing where it has never named one, so
      that a discretionary limit may apply; 0 where it was refused or is over (definitions §5.3: the discretionary limit
      is then gone too), and for buyers that cannot be insured by their kind;
    - `refused`: the decision in force is a limit of 0, on a buyer that can be insured.
    """
    buyers = book.buyers.set_index("buyer_id")
    given = book.limits.loc[book.limits["source"] == "insurer", "buyer_id"]
    limit = limits_in_force(book)["insurer"].reindex(buyers.index)
    over = limit.isna() & named(given, book.buyers["buyer_id"])
    barred = buyers["kind"].isin(NOT_INSURABLE)
    return pd.DataFrame({"insured_limit": limit.mask(over | barred, 0.0), "refused": (limit == 0) & ~barred})


def named_on_shipment(book: Book, shipped: Shipments) -> np.ndarray:
    """Return the limit that the insurer had named of the buyer on the day of issue of each of some invoices.

    In force on a day is the decision of the latest `valid_from` that has not ended by then; one whose first day is an
    earlier one than that of the decision covers what was shipped since. 0 where decisions were there and none is in
    force any more; missing where the insurer had named none by that day.
    """
    decisions = book.limits[one_of(book.limits["source"], ["insurer"])]
    buyer = places(decisions["buyer_id"], book.buyers["buyer_id"])
    begins = days(decisions["valid_from"].to_numpy())
    ends, amount = days(decisions["valid_to"].to_numpy()), decisions["amount"].to_numpy(dtype="float64")
    made = grouped(buyer, begins, len(book.buyers))
    return _in_force(shipped.order, made, ends, amount)


@once
def evidence(book: Book) -> pd.Series:
    """Return the best evidence of the last 12 months that each buyer's discretionary limit could rest on.

    The first that holds: `payment_experience`, a payment received; `agency_report`, a score; `audited_accounts`, or
    `unaudited_accounts` (also where the assurance is not known), published; else `good_faith`. Index buyer_id.
    """
    since = _oldest_on(days(np.array([book.as_of], "datetime64[us]")))[1][0]
    best = np.full(len(book.buyers), len(EVIDENCE) - 1, np.int8)
    for kind, shown in reversed(list(enumerate(_shown(book)))):
        best[shown.buyer[(shown.day > since) & (shown.buyer >= 0)]] = kind
    return pd.Series(np.array(EVIDENCE)[best], index=all_buyers(book), name="evidence", dtype="str")


def evidence_on_shipment(book: Book, shipped: Shipments) -> np.ndarray:
    """Return the place in `EVIDENCE` of the best that was at most 12 months old on the day of issue of each invoice."""
    best = np.full(len(shipped.places), len(EVIDENCE) - 1, np.int8)
    buyer, day = book.buyer_of_invoice[shipped.places], days(ledger(book).issued[shipped.places])
    order = np.argsort(day, kind="stable")
    first, since = _oldest_on(day)
    for kind, shown in reversed(list(enumerate(_shown(book)))):
        if len(shown.day):
            latest = np.full(len(book.buyers), -NEVER)
            _improve(best, kind, (order, buyer, day), shown, (latest, since, first))
    return best


class _Shown(NamedTuple):
    """The buyers that evidence of a kind is of (−1: of none), and its days, which rise."""

    buyer: np.ndarray
    day: np.ndarray


@once
def _shown(book: Book) -> list[_Shown]:
    """Return all evidence of each kind but good faith, in the order of `EVIDENCE`."""
    known = ledger(book)
    paying = np.where(known.is_payment, book.buyer_of_invoice[known.row], -1)
    found = [_Shown(paying, days(known.received))]
    audited = one_of(book.statements["assurance"], ["audited"])
    for table, column in (
        (book.scores, "date"),
        (book.statements[audited], "published"),
        (book.statements, "published"),
    ):
        buyer, day = places(table["buyer_id"], book.buyers["buyer_id"]), days(table[column].to_numpy())
        order = np.argsort(day, kind="stable")
        found.append(_Shown(buyer[order], day[order]))
    return found


def _oldest_on(of: np.ndarray) -> tuple[int, np.ndarray]:
    """Return the first of some days, and for each from it to the last the day after which evidence is young enough."""
    if len(of) == 0:
        return 0, of
    first = int(of.min())
    moments = pd.DatetimeIndex(np.arange(first, of.max() + 1).astype("datetime64[D]"))
    return first, days((moments - pd.DateOffset(months=EVIDENCE_MONTHS)).to_numpy())


@compiled
def _in_force(shipped, made, ends, amount):
    found = np.full(len(shipped.rows), np.nan)
    for buyer in range(len(shipped.first) - 1):
        first, last = made.first[buyer], made.first[buyer + 1]
        if first == last:
            continue
        known = first
        for place in range(shipped.first[buyer], shipped.first[buyer + 1]):
            row, day = shipped.rows[place], shipped.day[place]
            while known < last and made.day[known] <= day:
                known += 1
            # The latest that has not ended; where all have, the limit is over.
            for decision in range(known - 1, first - 1, -1):
                if ends[made.rows[decision]] >= day:
                    found[row] = amount[made.rows[decision]]
                    break
            else:
                if known > first:
                    found[row] = 0.0
    return found


@compiled
def _improve(best, kind, shipped, shown, young):
    """Set the kind, in place, where the latest evidence of it on the day or before is young enough.

    `shipped`: the order of the invoices by day, and the buyer and day of each; `young`: no day yet of each buyer's
    latest, the days after which evidence is young enough for each day from the first, and that first.
    """
    order, buyer, day = shipped
    latest, since, first = young
    known = 0
    for row in order:
        while known < len(shown.day) and shown.day[known] <= day[row]:
            if shown.buyer[known] >= 0:
                latest[shown.buyer[known]] = shown.day[known]
            known += 1
        if latest[buyer[row]] > since[day[row] - first]:
            best[row] = kind
