"""Between which days a ledger is known: where its history begins, and the last day that it tells anything of."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.measure.open_items import ledger
from tradecredit.params.source import DemoSource

SILENT_DAYS = 7
"""So many days without any entry before the as-of day may pass; after more, the export seems to have ended early."""

PAID_BY_THEN = 0.95
"""Share of settled invoices within whose days to payment nothing that matters is left of what was open before."""
MOST_UNDATED = 0.05
"""Share of what was paid whose day may lack without the balances of earlier days being wrong by much."""
MOST_WITHOUT_HABITS = 0.5
"""Share of what was paid whose day may lack without what is left telling nothing of how buyers pay."""
LEAST_SETTLED = 20
"""Fewer settled invoices do not tell how long invoices stay open."""


def begins(book: Book, day: pd.Timestamp) -> pd.Timestamp:
    """Return the first day of the month in which the history of a ledger begins, as known on a day.

    It is that of the first invoice, unless items were carried over from before: where a month without any invoice lies
    before the first receipt, all invoices before it were open when the ledger was begun, and tell of no month's sales.
    Without a receipt nothing says so, nor does a list of open items (`settlements_known`). Missing without an invoice.
    Source: definitions §2.3.
    """
    first_of_month, first_receipt = firsts(book)
    known = first_of_month[first_of_month <= day.to_datetime64()].astype("datetime64[M]")
    if not len(known):
        return pd.NaT
    after_silence = np.flatnonzero(np.diff(known.astype(np.int64)) > 1) + 1
    starts = known[[0, *after_silence]]
    if first_receipt <= day.to_datetime64() and settlements_known(book, day)[0]:
        starts = starts[starts <= max(first_receipt.astype("datetime64[M]"), known[0])]
        return pd.Timestamp(starts[-1])
    return pd.Timestamp(starts[0])


def first_day(book: Book) -> pd.Timestamp:
    """Return the day of the first invoice of a ledger's history (`begins`); missing without an invoice."""
    first_of_month, _ = firsts(book)
    return pd.Timestamp(pd.Series(first_of_month[first_of_month >= begins(book, book.as_of).to_datetime64()]).min())


def carried_over(book: Book) -> pd.Series:
    """Return whether each invoice is from before the history of its ledger (`begins`), on the index of `invoices`."""
    start = begins(book, book.as_of)
    return (book.invoices["issued"] < start).rename("carried_over")


def settlements_known(book: Book, day: pd.Timestamp) -> tuple[bool, bool]:
    """Return whether a book holds by a day an invoice that is settled in full, and one by receipts of known days.

    Where none is, the book is a list of open items, of which some may be paid in part: what was sold and paid besides
    them is not in it. `undated` receipts tell of sales, and not of payments: where they are most of what was paid, the
    others tell how no other buyer pays.
    """
    settled, dated = first_settled(book)
    return bool(settled <= day), bool(dated <= day) and undated_share(book) <= MOST_WITHOUT_HABITS


def sales_told(book: Book, day: pd.Timestamp) -> bool:
    """Return whether a book tells by a day what buyers buy: not where it is a list of open items (`settlements_known`).

    The demo company's ledger is whole: where it shows no receipt, none has come.
    """
    return isinstance(book.run.source, DemoSource) or settlements_known(book, day)[0]


def habits_told(book: Book, day: pd.Timestamp) -> bool:
    """Return whether a book tells by a day how late buyers pay: not from open items, nor from undated settlements."""
    return isinstance(book.run.source, DemoSource) or settlements_known(book, day)[1]


def balances_since(book: Book) -> pd.Timestamp:
    """Return the day from which what was owed in the past is known: the `first_day` of the ledger's history.

    It is the as-of day where the book does not tell when invoices were paid (`habits_told`), or of too much of it
    (`undated_share`): what has been paid since would still stand in the balances of earlier days, or be lacking there.
    """
    told = habits_told(book, book.as_of) and undated_share(book) <= MOST_UNDATED
    return first_day(book) if told else book.as_of


def undated_share(book: Book) -> float:
    """Return the share of what was paid on invoices that was so on no known day (`undated`); 0 where nothing was."""
    undated, paid = paid_in_all(book)
    return undated / paid if paid > 0 else 0.0


@once
def paid_in_all(book: Book) -> tuple[float, float]:
    """Return what was paid on invoices on no known day (`undated`), and in all, in the reporting currency."""
    receipts = book.receipts[book.invoice_of_receipt >= 0]
    sums = receipts.groupby("kind")["amount"].sum()
    undated = float(sums.get("undated", 0.0))
    return undated, undated + float(sums.get("payment", 0.0))


@once
def whole_since(book: Book) -> pd.Timestamp:
    """Return the day from which balances are known in full: all but few of the invoices from before are paid by then.

    A ledger that is cut at its first day lacks what was open from before: in the days after it balances only seem to
    grow. It is the `first_day` + the days within which `PAID_BY_THEN` of the settled invoices were; and
    `balances_since` where that is the as-of day, where items were carried over, and where fewer than `LEAST_SETTLED`
    were settled.
    Source: definitions §2.3.
    """
    since, of = balances_since(book), ledger(book)
    if since == book.as_of or carried_over(book).any():
        return since
    days = (of.settled - of.issued)[~np.isnat(of.settled)] / np.timedelta64(1, "D")
    if len(days) < LEAST_SETTLED:
        return since
    return since + pd.Timedelta(days=int(np.ceil(np.quantile(days, PAID_BY_THEN))))


def last_entry(book: Book) -> pd.Timestamp:
    """Return the day of the last invoice or receipt that is known on the as-of day; missing without any."""
    return pd.Series([book.invoices["issued"].max(), book.receipts["received"].max()]).max()


def silent_days(book: Book) -> int:
    """Return the last days of which the ledger tells nothing, where they are more than `SILENT_DAYS`; else 0."""
    last = last_entry(book)
    days = 0 if pd.isna(last) else (book.as_of - last).days
    return days if days > SILENT_DAYS else 0


@once
def first_settled(book: Book) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first days on which an invoice was settled in full, and by receipts of known days; missing without."""
    of, undated = ledger(book), one_of(book.receipts["kind"], ["undated"])
    settled = pd.Series(of.received[of.paid > of.amount[of.row] - CENT]).min()
    if not undated.any():
        return settled, settled
    dated = (book.invoice_of_receipt >= 0) & ~undated
    receipts = book.receipts[dated].assign(place=book.invoice_of_receipt[dated]).sort_values("received", kind="stable")
    paid = receipts.groupby("place")["amount"].cumsum()
    return settled, receipts["received"][paid > of.amount[receipts["place"]] - CENT].min()


@once
def firsts(book: Book) -> tuple[np.ndarray, np.datetime64]:
    """Return the first day of issue of each month that has one, and the day of the first receipt on an invoice."""
    issued = np.sort(book.invoices["issued"].to_numpy("datetime64[us]"))
    _, at = np.unique(issued.astype("datetime64[M]"), return_index=True)
    received = book.receipts["received"].to_numpy("datetime64[us]")[book.invoice_of_receipt >= 0]
    return issued[at], received.min() if len(received) else np.datetime64("2200-01-01", "us")
