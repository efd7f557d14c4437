"""What a discretionary limit could rest on: what the book shows of each buyer, or the papers on file, on a day."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of, places
from tradecredit.insurance.limit_history import named_limits
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.stops import NEVER, Shipments, days
from tradecredit.measure.balances import balances
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.numerics.grouping import Grouped, grouped
from tradecredit.numerics.kernels import kernel
from tradecredit.params.policy import GOOD_FAITH, Evidence

PAPERS: tuple[Evidence, ...] = (
    "payment_experience", "agency_report", "audited_accounts", "unaudited_accounts", "references",
)  # fmt: skip
"""Kinds of evidence that have a day, the best first."""


NOTHING = pd.DataFrame({"buyer_id": [], "day": [], "valid_to": []}).astype(
    {"buyer_id": "str", "day": "datetime64[us]", "valid_to": "datetime64[us]"}
)


class Shown(NamedTuple):
    """All evidence of a kind, by buyer and day; `valid`: the last day of each row of `order` (`NEVER`: none stated)."""

    order: Grouped
    valid: np.ndarray


@once
def evidence(book: Book) -> pd.Series:
    """Return what each buyer's discretionary limit could rest on today, whatever the policy: index buyer_id, text.

    Kinds, separated by commas, each with the smallest number of months that it is at most old: `audited_accounts 14`
    was obtained more recently than 14 months before the as-of date. Of a kind the newest that is still valid counts;
    `good_faith`, which is always there, stands last and has no age. `Policy` reads it: `PolicyTerms.supported`.
    """
    found, today = np.full(len(book.buyers), "", dtype=object), int(days(np.array([book.as_of], "datetime64[us]"))[0])
    for kind, shown in _shown(book).items():
        buyer = np.repeat(np.arange(len(book.buyers)), np.diff(shown.order.first))
        counts = shown.valid >= today
        newest = pd.Series(shown.order.day[counts]).groupby(buyer[counts]).max()
        found[newest.index] += [f"{kind} {months}, " for months in _months_old(newest.to_numpy(), book.as_of)]
    return pd.Series(found + GOOD_FAITH, index=all_buyers(book), name="evidence", dtype="str")


def supported_on_shipment(book: Book, policy: Policy, shipped: Shipments) -> np.ndarray:
    """Return the share of the discretionary limit that evidence supported on the day of issue of each invoice.

    The largest by the policy's `discretionary_shares` of the kinds that were young enough by its
    `discretionary_months` and valid on that day; that of good faith where none was.
    """
    shares = policy.discretionary_shares
    share = np.full(len(shipped.places), shares.get(GOOD_FAITH, 0.0))
    for kind, shown in _shown(book).items():
        if kind in shares and len(shown.order.rows):
            until = _until(book, kind, policy.oldest_months(kind))
            share = np.where(_held(shipped.order, shown.order, until), np.maximum(share, shares[kind]), share)
    return share


def papers_in_force(book: Book, policy: Policy | None) -> pd.DataFrame | None:
    """Return what the discretionary limit of each buyer rests on that owes and has no named limit, most owed first.

    Index buyer_id: `open_amount`; `evidence`, the kind of the largest share, of several the first of `PAPERS`, else
    good faith; `obtained`, its newest day, and `valid_to`, the last day on which it supports what is shipped then (both
    missing for good faith); `covered_limit`. Of a kind that is both young enough and valid the row that lasts longest
    counts. None for a book without the table `evidence`, and without a discretionary limit. Source:
    definitions §5.3.
    """
    if not book.has("evidence") or policy is None or not policy.discretionary_limit:
        return None
    today, buyers = int(days(np.array([book.as_of], "datetime64[us]"))[0]), len(book.buyers)
    shares = policy.discretionary_shares
    share, kinds = np.full(buyers, shares.get(GOOD_FAITH, 0.0)), np.full(buyers, GOOD_FAITH, dtype=object)
    obtained, valid = (np.full(buyers, np.datetime64("NaT", "D")) for _ in range(2))
    for kind, shown in _shown(book).items():
        until = _until(book, kind, policy.oldest_months(kind))
        rows = pd.DataFrame(
            {"day": shown.order.day, "until": until, "buyer": np.repeat(np.arange(buyers), np.diff(shown.order.first))}
        )
        rows = rows[rows["until"] >= today].sort_values(["until", "day"]).drop_duplicates("buyer", keep="last")
        rows = rows[shares.get(kind, 0.0) > share[rows["buyer"]]]
        share[rows["buyer"]], kinds[rows["buyer"]] = shares.get(kind, 0.0), kind
        obtained[rows["buyer"]] = rows["day"].to_numpy().astype("datetime64[D]")
        valid[rows["buyer"]] = rows["until"].to_numpy().astype("datetime64[D]")
    table = pd.DataFrame(
        {
            "open_amount": balances(book)["open_amount"], "evidence": kinds, "obtained": obtained.astype("M8[us]"),
            "valid_to": valid.astype("M8[us]"), "covered_limit": policy.discretionary_limit * share,
        },
        index=all_buyers(book),
    ).astype({"evidence": "str"})  # fmt: skip
    named = policy.attachment(named_limits(book)).discretionary
    return table[named & (table["open_amount"] > 0)].sort_values("open_amount", ascending=False, kind="stable")


@once
def _shown(book: Book) -> dict[Evidence, Shown]:
    """Return all evidence of each kind of `PAPERS`.

    Payments received are in the ledger. Where the book has the table `evidence`, all else is what it lists; else
    agencies' scores and published accounts count, and references are not known.
    """
    payment = one_of(book.receipts["kind"], ["payment"]) & (book.invoice_of_receipt >= 0)
    paying = book.buyer_of_invoice[book.invoice_of_receipt[payment]]
    paid = days(book.receipts["received"].to_numpy()[payment])
    found = {}
    for kind in PAPERS:
        rows = _rows(book, kind)
        buyer, day = places(rows["buyer_id"], book.buyers["buyer_id"]), days(rows["day"].to_numpy())
        valid = days(rows["valid_to"].to_numpy())
        if kind == "payment_experience":
            buyer, day = np.append(paying, buyer), np.append(paid, day)
            valid = np.append(np.full(len(paying), NEVER), valid)
        order = grouped(buyer, day, len(book.buyers))
        found[kind] = Shown(order, valid[order.rows])
    return found


@once
def _until(book: Book, kind: Evidence, months: int) -> np.ndarray:
    """Return the last day on which each row of a kind of evidence counts, if it may be so many months old."""
    shown = _shown(book)[kind]
    return np.minimum(_last_days(shown.order.day, months), shown.valid)


def _rows(book: Book, kind: Evidence) -> pd.DataFrame:
    """Return `buyer_id`, `day` and `valid_to` of what the book lists of a kind of evidence."""
    never = pd.NaT
    if book.has("evidence"):
        rows = book.evidence[one_of(book.evidence["kind"], [kind])].rename(columns={"obtained": "day"})
    elif kind == "agency_report":
        rows = book.scores.rename(columns={"date": "day"}).assign(valid_to=never)
    else:
        if kind not in ("audited_accounts", "unaudited_accounts"):
            return NOTHING
        audited = one_of(book.statements["assurance"], ["audited"])
        rows = book.statements[audited] if kind == "audited_accounts" else book.statements
        rows = rows.rename(columns={"published": "day"})
        rows = rows.assign(valid_to=never)
    return rows[["buyer_id", "day", "valid_to"]].astype({"day": "datetime64[us]", "valid_to": "datetime64[us]"})


def _last_days(obtained: np.ndarray, months: int) -> np.ndarray:
    """Return the last day on which what was obtained on each day is younger than so many months."""
    if len(obtained) == 0:
        return obtained
    first = int(obtained.min())
    moments = pd.DatetimeIndex(np.arange(first, obtained.max() + 1).astype("datetime64[D]"))
    ends = moments + pd.DateOffset(months=months)
    # Where a shorter month has no such day, its last day is later than any that would be too late.
    last = days(ends.to_numpy()) - (ends.day == moments.day)
    return last[obtained - first]


def _months_old(obtained: np.ndarray, as_of: pd.Timestamp) -> np.ndarray:
    """Return the smallest number of months of which each day lies less before the as-of date (see `_last_days`)."""
    day = pd.DatetimeIndex(obtained.astype("datetime64[D]"))
    months = 12 * (as_of.year - day.year) + as_of.month - day.month
    same_day = np.minimum(as_of.day, day.days_in_month)
    return (months + (same_day >= day.day)).to_numpy()


@kernel
def _held(shipped, shown, until):
    """Return of each shipment whether any evidence of its buyer of that day or before lasts until the day."""
    held = np.zeros(len(shipped.rows), np.bool_)
    for buyer in range(len(shipped.first) - 1):
        known, last = shown.first[buyer], np.int64(-(2**62))
        for place in range(shipped.first[buyer], shipped.first[buyer + 1]):
            day = shipped.day[place]
            while known < shown.first[buyer + 1] and shown.day[known] <= day:
                last = max(last, until[known])
                known += 1
            held[shipped.rows[place]] = last >= day
    return held
