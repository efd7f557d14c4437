"""What moved the provision between two days, line by line, adding up to the cent."""

from itertools import pairwise

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import month_ends, window_start
from tradecredit.book.memory import remembered
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.measure.history import balances_since
from tradecredit.provision.flows import losses_by
from tradecredit.provision.items import MATRIX
from tradecredit.provision.outlook import basis_of, outlook
from tradecredit.provision.provision import applied_rates, provision_on

OPENING, CLOSING = "opening_provision", "closing_provision"
LINES = (
    OPENING, "new_invoices", "released_by_payment", "released_by_recovery", "worse", "better", "changed_rates",
    "provision_used", CLOSING,
)  # fmt: skip
"""The lines of the movement in their order: the seven between the first and the last add up to their difference."""


def movement(book: Book, since: pd.Timestamp, until: pd.Timestamp) -> pd.Series:
    """Return what moved the provision from one day to a later one: index `line`, `LINES`; each day as known then.

    By invoice, in whole cents; missing as a whole where a provision of either day is:

    - `new_invoices`: of invoices of which nothing was open at the first day, what is provided at the last, and what was
      written off of them since;
    - `released_by_payment`, `released_by_recovery` (below zero): the part of its opening provision that payments,
      credits and discounts, or recoveries, have settled of what was open;
    - `worse`, `better`: what is open at the last day, by the rate of its bucket then, or of its failed buyer, less by
      the last day's rate for the bucket that it was in; and what was written off beyond its opening provision;
    - `changed_rates`: the rest: loss rates, outlook and exchange rates of the last day in place of those of the first;
    - `provision_used` (below zero): what write-offs and claims have used: the debt is gone.

    A claim that the insurer paid settles a debt that the debtor did not pay, and is counted among the write-offs.
    Source: IFRS 7.35H; definitions §6.5.
    """
    lines = by_invoice(book, since, until)
    if lines is None:
        return pd.Series(np.nan, index=pd.Index(LINES, name="line"))
    return (lines.sum() / 100).rename_axis("line")


@once
def by_invoice(book: Book, since: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame | None:
    """Return the lines of `movement` of each invoice, in whole cents; index: its place; None where a provision is not
    known."""
    then, now = provision_on(book, since), provision_on(book, until)
    every = then.index.union(now.index).union(_written_off(book, since, until))
    rows = every.to_numpy(int)
    before, after = (table.reindex(every) for table in (then, now))
    first, last = (_cents(table["provision"].fillna(0.0)) for table in (before, after))
    if then["provision"].isna().any() or now["provision"].isna().any():
        return None
    owed = before["at_issue"].fillna(0.0).to_numpy()
    left = after["at_issue"].fillna(0.0).to_numpy()
    lost = (losses_by(book, until) - losses_by(book, since))[rows]
    old = owed > 0
    lost = np.where(old, np.clip(lost, 0.0, np.maximum(owed - left, 0.0)), np.maximum(lost, 0.0))
    recovered = np.clip(_recoveries(book, since, until)[rows], 0.0, np.maximum(owed - left - lost, 0.0))
    paid = owed - left - lost - recovered
    share = np.where(old, 1 / np.where(old, owed, 1.0), 0.0)
    settled, came_in = (-_whole(first * part * share) for part in (paid, recovered))
    used = -_cents(lost)
    short = np.where(old, -used - _whole(first * lost * share), 0)
    closing_rate = _rates_of_opening(book, before, until)
    in_matrix = (before["part"] == MATRIX).to_numpy() & (left > 0)
    as_before = np.where(in_matrix, np.round(after["open_amount"].fillna(0.0) * closing_rate, 2), np.nan)
    # What failed before, or was past the write-off point, has no other bucket to compare with: all of it has changed.
    kept = first + settled + came_in - _whole(first * lost * share)
    moved = np.where(in_matrix, last - _cents(np.nan_to_num(as_before)), last - kept)
    moved = np.where(old, moved + short, 0)
    lines = {
        OPENING: first,
        "new_invoices": np.where(old, 0, last - used),
        "released_by_payment": settled,
        "released_by_recovery": came_in,
        "worse": np.maximum(moved, 0),
        "better": np.minimum(moved, 0),
        "changed_rates": np.where(old, last - first - settled - came_in - moved - used, 0),
        "provision_used": used,
        CLOSING: last,
    }
    return pd.DataFrame(lines, index=every)


def _cents(amounts: pd.Series | np.ndarray) -> np.ndarray:
    return np.rint(np.asarray(amounts, dtype="float64") * 100).astype("int64")


def _whole(cents: np.ndarray) -> np.ndarray:
    return np.rint(cents).astype("int64")


def _rates_of_opening(book: Book, before: pd.DataFrame, until: pd.Timestamp) -> np.ndarray:
    """Return what the last day's rates would apply to each item in the bucket that it was in on the first."""
    place = [before[name].fillna(0).to_numpy(int) for name in ("segment", "bucket", "buyer")]
    factor = outlook(book, until, basis_of(book)).factor[place[2]]
    return np.minimum(applied_rates(book, until)[place[0], place[1]] * factor, 1.0)


def _written_off(book: Book, since: pd.Timestamp, until: pd.Timestamp) -> pd.Index:
    """Return the invoices of which something was written off or claimed between two days, whatever is open of them."""
    issued = book.invoices["issued"].to_numpy("datetime64[us]")
    touched = losses_by(book, until) - losses_by(book, since) > 0
    # Of older invoices those that nothing was open of on the first day were over by then.
    return pd.Index(np.flatnonzero(touched & (issued > since.to_datetime64())))


def _recoveries(book: Book, since: pd.Timestamp, until: pd.Timestamp) -> np.ndarray:
    receipts = book.receipts
    counts = (book.invoice_of_receipt >= 0) & (receipts["received"] > since) & (receipts["received"] <= until)
    counts &= one_of(receipts["kind"], ["recovery"])
    found = np.bincount(book.invoice_of_receipt[counts], receipts["amount"].to_numpy()[counts], len(book.invoices))
    return found.astype("float64")


@once
def movements(book: Book) -> pd.DataFrame:
    """Return the movement since last month and since last year: index `line`; columns `since_month`, `since_year`.

    `months_of_year`: the movements of its months added up (`by_month`). Opening and closing are the same; the lines
    between differ by what moved one way and back within the year: an invoice that was sold and paid in it is in no
    line of the year. A column is missing where balances (`history.balances_since`), or the history of rates, are not
    known of so far back.
    """
    table = pd.DataFrame(
        {
            name: _movement_to_now(book, window_start(book.as_of, months))
            for name, months in (("since_month", 1), ("since_year", 12))
        }
    )
    months = by_month(book)[list(LINES)].tail(12)
    whole = len(months) == 12 and months.index[0] == window_start(book.as_of, 11)
    sums = months.sum() if whole else pd.Series(np.nan, index=list(LINES))
    if whole:
        sums[OPENING], sums[CLOSING] = months[OPENING].iloc[0], months[CLOSING].iloc[-1]
    return table.assign(months_of_year=sums)


@once
def by_buyer(book: Book) -> pd.DataFrame:
    """Return what each buyer did to the month's impairment loss: index `buyer_id`, the largest effects first.

    `opening_provision`, `provision_used` by write-offs (below zero), `closing_provision`, and `expense` = closing −
    opening − used, which add up to the month's. Empty where a provision of either day is not known.
    """
    names = [OPENING, "provision_used", CLOSING]
    since = window_start(book.as_of, 1)
    known = len(book.invoices) and since >= balances_since(book)
    lines = by_invoice(book, since, book.as_of) if known else None
    if lines is None:
        return pd.DataFrame(columns=[*names, "expense"], index=pd.Index([], name="buyer_id"), dtype="float64")
    buyer = book.buyer_of_invoice[lines.index.to_numpy(int)]
    table = lines[names].groupby(buyer).sum() / 100
    table = table.assign(expense=(table[CLOSING] - table[OPENING] - table["provision_used"]).round(2))
    ids = pd.Index(book.buyers["buyer_id"].take(table.index.to_numpy()).array, name="buyer_id")
    table = table.set_axis(ids)
    return table.iloc[np.argsort(-table["expense"].abs().to_numpy(), kind="stable")]


def _movement_to_now(book: Book, since: pd.Timestamp) -> pd.Series:
    if book.invoices.empty or since < balances_since(book):
        return pd.Series(np.nan, index=pd.Index(LINES, name="line"))
    return movement(book, since, book.as_of)


@remembered
def by_month(book: Book, months: int = 24) -> pd.DataFrame:
    """Return the movement of each month: index `month_end`, the last `months` whose both ends are known; `LINES`.

    Columns also: `receivables` at the month end, and `coverage_ratio` = closing / receivables.
    """
    ends = month_ends(book.as_of, months + 1, since=balances_since(book)) if len(book.invoices) else []
    rows = {}
    for start, end in pairwise(ends):
        lines = movement(book, start, end)
        if lines.notna().all():
            owed = provision_on(book, end)["open_amount"].sum()
            rows[end] = {**lines, "receivables": owed, "coverage_ratio": lines[CLOSING] / owed if owed > 0 else np.nan}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[*LINES, "receivables", "coverage_ratio"])
    return table.rename_axis("month_end")


def published_before(book: Book) -> pd.DataFrame:
    """Return headline figures of month ends, as known then: index as `by_month`; `coverage_ratio`, `provision`.

    The last is the as-of date itself where that is a month end.
    `provision`, what accounts show, is the closing provision unless the run takes insurance off it (`integral`), which
    this knows of today alone: then it is not among the columns.
    """
    months = by_month(book).rename(columns={CLOSING: "provision"})
    integral = book.run.provision.insurance == "integral"
    return months[["coverage_ratio"] if integral else ["coverage_ratio", "provision"]]
