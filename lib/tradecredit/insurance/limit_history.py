"""The insurer's limit of a buyer on a day: the one it has named, and what a discretionary limit could rest on."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import named, one_of, places
from tradecredit.insurance.policy import NOT_INSURABLE
from tradecredit.insurance.stops import days, issue_days, shipments
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.limits_in_force import limits_in_force
from tradecredit.numerics.compiled import compiled
from tradecredit.numerics.grouping import grouped

EVIDENCE_MONTHS = 12
"""Evidence for a discretionary limit is not older than this (definitions §5.3)."""

EVIDENCE = ("payment_experience", "agency_report", "audited_accounts", "unaudited_accounts", "good_faith")
"""What a book can show for a buyer, the best first."""


@once
def named_limits(book: Book) -> pd.DataFrame:
    """Return the insurer's limit of each buyer on the as-of date, and in words why.

    Out, index buyer_id: `insured_limit`, the insurer's limit in force, the newest of several; missing where it has
    never named one, so that a discretionary limit may apply; 0 where it was refused or is over (definitions §5.3: the
    discretionary limit is then gone too), and for buyers that cannot be insured by their kind. `cover`: `named
    limit`, `no limit named`, `limit refused`, `limit withdrawn or expired`, `not insurable: <kind>`.
    """
    buyers = book.buyers.set_index("buyer_id")
    given = book.limits.loc[book.limits["source"] == "insurer", "buyer_id"]
    limit = limits_in_force(book)["insurer"].reindex(buyers.index)
    over = limit.isna() & named(given, book.buyers["buyer_id"])
    barred = buyers["kind"].isin(NOT_INSURABLE)
    reason = np.select(
        [barred, over, limit.isna(), limit == 0],
        ["not insurable: " + buyers["kind"], "limit withdrawn or expired", "no limit named", "limit refused"],
        "named limit",
    )
    return pd.DataFrame({"insured_limit": limit.mask(over | barred, 0.0), "cover": reason}).astype({"cover": "str"})


@once
def named_on_shipment(book: Book) -> np.ndarray:
    """Return the limit that the insurer had named of the buyer on the day of issue of each invoice, in their order.

    In force on a day is the decision of the latest `valid_from` that has not ended by then; one whose first day is an
    earlier one than that of the decision covers what was shipped since. 0 where decisions were there and none is in
    force any more; missing where the insurer had named none by that day.
    """
    decisions = book.limits[one_of(book.limits["source"], ["insurer"])]
    buyer = places(decisions["buyer_id"], book.buyers["buyer_id"])
    begins = days(decisions["valid_from"].to_numpy())
    ends, amount = days(decisions["valid_to"].to_numpy()), decisions["amount"].to_numpy(dtype="float64")
    made = grouped(buyer, begins, len(book.buyers))
    return _in_force(shipments(book), issue_days(book), made, begins, ends, amount)


@once
def evidence(book: Book) -> pd.Series:
    """Return the best evidence of the last 12 months that each buyer's discretionary limit could rest on.

    The first that holds: `payment_experience`, a payment received; `agency_report`, a score; `audited_accounts`, or
    `unaudited_accounts` (also where the assurance is not known), published; else `good_faith`. Index buyer_id.
    """
    since, buyers = _oldest(np.array([book.as_of], "datetime64[us]"))[0], len(book.buyers)
    best = np.full(buyers, len(EVIDENCE) - 1, np.int8)
    for kind, (buyer, day) in reversed(list(enumerate(_shown(book)))):
        best[buyer[day > since]] = kind
    return pd.Series(np.array(EVIDENCE)[best], index=all_buyers(book), name="evidence", dtype="str")


@once
def evidence_on_shipment(book: Book) -> np.ndarray:
    """Return the place in `EVIDENCE` of the best that was at most 12 months old on the day of issue of each invoice."""
    shipped, best = shipments(book), np.full(len(book.invoices), len(EVIDENCE) - 1, np.int8)
    day, since = issue_days(book), _oldest(book.invoices["issued"].to_numpy("datetime64[us]"))
    for kind, (buyer, shown) in reversed(list(enumerate(_shown(book)))):
        _improve(best, kind, shipped, day, since, grouped(buyer, shown, len(book.buyers)), shown)
    return best


def _shown(book: Book) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return buyer and day of all evidence of each kind but good faith, in the order of `EVIDENCE`."""
    payment = one_of(book.receipts["kind"], ["payment"]) & (book.invoice_of_receipt >= 0)
    paying = book.buyer_of_invoice[book.invoice_of_receipt[payment]]
    audited = one_of(book.statements["assurance"], ["audited"])
    found = [(paying, days(book.receipts["received"].to_numpy()[payment]))]
    for table, column in (
        (book.scores, "date"),
        (book.statements[audited], "published"),
        (book.statements, "published"),
    ):
        buyer = places(table["buyer_id"], book.buyers["buyer_id"])
        found.append((buyer[buyer >= 0], days(table[column].to_numpy())[buyer >= 0]))
    return found


def _oldest(moments: np.ndarray) -> np.ndarray:
    """Return of each day, as a number, the one after which evidence is young enough on it."""
    of = days(moments)
    if len(of) == 0:
        return of
    first = of.min()
    since = pd.DatetimeIndex(np.arange(first, of.max() + 1).astype("datetime64[D]"))
    return days((since - pd.DateOffset(months=EVIDENCE_MONTHS)).to_numpy())[of - first]


@compiled
def _in_force(shipped, day, made, begins, ends, amount):
    found = np.full(len(day), np.nan)
    for buyer in range(len(shipped.first) - 1):
        first, last = made.first[buyer], made.first[buyer + 1]
        if first == last:
            continue
        known = first
        for place in range(shipped.first[buyer], shipped.first[buyer + 1]):
            row = shipped.rows[place]
            while known < last and begins[made.rows[known]] <= day[row]:
                known += 1
            # The latest that has not ended; where all have, the limit is over.
            for decision in range(known - 1, first - 1, -1):
                if ends[made.rows[decision]] >= day[row]:
                    found[row] = amount[made.rows[decision]]
                    break
            else:
                if known > first:
                    found[row] = 0.0
    return found


@compiled
def _improve(best, kind, shipped, day, since, shown, when):
    """Set the kind where the latest evidence of it, on the day or before, is younger than `since`, in place."""
    for buyer in range(len(shipped.first) - 1):
        first, known = shown.first[buyer], shown.first[buyer]
        for place in range(shipped.first[buyer], shipped.first[buyer + 1]):
            row = shipped.rows[place]
            while known < shown.first[buyer + 1] and when[shown.rows[known]] <= day[row]:
                known += 1
            if known > first and when[shown.rows[known - 1]] > since[row]:
                best[row] = kind
