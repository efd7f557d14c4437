"""The ledger of invoices and what has been received on them: what is open of each on a day, and since when."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import MICROSECONDS_A_DAY
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.measure.closing_rates import ClosingRates, closing_rates
from tradecredit.measure.due_days import payable_by
from tradecredit.measure.dust import dust
from tradecredit.params.receivables import Dust

IMPAIRED = ("write_off", "recovery", "claim")
"""Kinds of receipts that settle what the buyer did not pay in the ordinary course."""

GIVEN_UP = 0.5
"""Where more than this part of what was owed, net of credits, was written off, recovered or claimed, the debt was not
paid: what was paid of it counts as late until the day on which the rest was given up."""

A_DAY = np.timedelta64(1, "D")


class Ledger(NamedTuple):
    """The invoices and receipts of a book as arrays, from which the open items of any day follow.

    Of each invoice, in the order of `invoices`: `issued`, `due`, `amount` and `settled`, the day of the receipt that
    left at most dust of it (`dust.dust`; not a time: more is open). Of each receipt on an invoice that is known, in
    order of date: `received`, `row` of its invoice, whether it `is_payment` (kind `payment`), and what had been `paid`
    on the invoice by receipts of every kind, `impaired` and in `money`, by payments, of that, up to and with it. All
    amounts are at the rate of the invoice's day of issue; `closing` moves them to that of another day.
    """

    issued: np.ndarray
    due: np.ndarray
    amount: np.ndarray
    settled: np.ndarray
    received: np.ndarray
    row: np.ndarray
    is_payment: np.ndarray
    paid: np.ndarray
    impaired: np.ndarray
    money: np.ndarray
    closing: ClosingRates

    def paid_by(self, day: pd.Timestamp) -> np.ndarray:
        """Return what has been paid on each invoice by the end of a day."""
        return self._latest(self.paid, slice(0, self._received_by(day)))

    def money_by(self, day: pd.Timestamp) -> np.ndarray:
        """Return what of that came as the buyer's own payments."""
        return self._latest(self.money, slice(0, self._received_by(day)))

    def impaired_by(self, day: pd.Timestamp) -> np.ndarray:
        """Return what of that is impaired."""
        return self._latest(self.impaired, np.flatnonzero(self.impaired[: self._received_by(day)]))

    def settling(self) -> np.ndarray:
        """Return by how much each receipt reduces what is open: nothing beyond the invoice's amount.

        What comes in after a claim was paid may pass it, and is shared with the insurer.
        """
        return self.steps(np.minimum(self.paid, self.amount[self.row]))

    def steps(self, so_far: np.ndarray) -> np.ndarray:
        """Return by how much each receipt moves a sum of its invoice; `so_far`: the sum up to and with each receipt."""
        change = so_far.copy()
        # Most invoices have one receipt, and nothing before it.
        several = np.flatnonzero(np.bincount(self.row, minlength=len(self.amount))[self.row] > 1)
        order = several[np.argsort(self.row[several], kind="stable")]
        same = np.flatnonzero(np.diff(self.row[order]) == 0) + 1
        change[order[same]] -= so_far[order[same - 1]]
        return change

    def _received_by(self, day: pd.Timestamp) -> int:
        return int(np.searchsorted(self.received, day.to_datetime64(), side="right"))

    def _latest(self, sums: np.ndarray, receipts: np.ndarray | slice) -> np.ndarray:
        """Return of each invoice its latest sum among these receipts, which holds all before; 0 without any."""
        latest = np.zeros(len(self.amount))
        # Where a row repeats, the last assignment stays.
        latest[self.row[receipts]] = sums[receipts]
        return latest

    def cleared(self, tolerance: float | None) -> np.ndarray:
        """Return the day from which no more than an amount is owed of each invoice (not a time: more is).

        None: dust. An invoice over no more than the amount is cleared on its day of issue.
        """
        if tolerance is None:
            return self.settled
        enough = _lasting(self.amount[self.row] - self.paid < tolerance + CENT, self.row, len(self.amount))
        first = first_days(self.row[enough], self.received[enough], len(self.amount))
        return np.where(self.amount < tolerance + CENT, self.issued, first)

    def open_on(self, day: pd.Timestamp) -> np.ndarray:
        """Return whether each invoice is issued by the end of a day and more than dust of it is open."""
        moment = day.to_datetime64()
        return (self.issued <= moment) & ~(self.settled <= moment)

    def owed_on(self, day: pd.Timestamp) -> np.ndarray:
        """Return what is open of each invoice at the end of a day, at its rate; 0 of one that is not issued by then."""
        return self.closing.on(self.owed_at_issue(day), day)

    def owed_at_issue(self, day: pd.Timestamp) -> np.ndarray:
        """Return the same at the rates of the days of issue."""
        left = self.amount - self.paid_by(day)
        left[(left < CENT) | (self.issued > day.to_datetime64())] = 0.0
        return left


@once
def ledger(book: Book) -> Ledger:
    """Return the `Ledger` of a book. Reads `invoices` and `receipts`."""
    return _until(book, book.as_of)


def ledger_on(book: Book, day: pd.Timestamp) -> Ledger:
    """Return the `Ledger` that tells of an earlier day: that of the book, unless a payment was returned since."""
    returned = book.receipts["received"][(book.receipts["amount"] < 0) & are_payments(book)]
    return _until(book, day) if (returned > day).any() else ledger(book)


def _until(book: Book, day: pd.Timestamp) -> Ledger:
    invoices, receipts, rows = book.invoices, book.receipts, book.invoice_of_receipt
    received = receipts["received"].to_numpy("datetime64[us]")
    order, counts = _by_day(received), (rows >= 0) & (received <= day.to_datetime64())
    if not counts.all():
        order = order[counts[order]]
    row, received = rows[order], received[order]
    paid = receipts["amount"].to_numpy()[order]
    is_payment, impairs = are_payments(book)[order], np.zeros(len(receipts), dtype=bool)
    impairs[impairing(book)] = True
    impaired, money = (np.where(counts, paid, 0.0) for counts in (impairs[order], is_payment))
    # Most invoices are settled by one receipt, and there is nothing to sum.
    several = np.flatnonzero((np.bincount(row, minlength=len(invoices)) > 1)[row])
    parts = {"paid": paid[several], "impaired": impaired[several], "money": money[several]}
    sums = pd.DataFrame(parts).groupby(row[several]).cumsum()
    paid[several], impaired[several], money[several] = sums["paid"], sums["impaired"], sums["money"]
    amount, issued = invoices["amount"].to_numpy(), invoices["issued"].to_numpy("datetime64[us]")
    closing = _closing(row, amount[row] - paid, dust(amount, book.run.receivables.dust))
    settled = first_days(row[closing], received[closing], len(invoices))
    settled[amount < CENT] = issued[amount < CENT]
    due, rates = invoices["due"].to_numpy("datetime64[us]"), closing_rates(book)
    return Ledger(issued, due, amount, settled, received, row, is_payment, paid, impaired, money, rates)


@once
def paid_on(book: Book) -> np.ndarray:
    """Return the day of the payment by which what was owed of each invoice had been paid, in the order of `invoices`.

    Net of all that was credited, written off, recovered or claimed by the day on which it was settled; that day itself
    where most of it was given up. Not a time: open, or nothing of it was ever paid.
    """
    return _paid_on(ledger(book), book.run.receivables.dust)


def _paid_on(known: Ledger, settings: Dust) -> np.ndarray:
    row, received, paid, impaired, money = known.row, known.received, known.paid, known.impaired, known.money
    least = dust(known.amount, settings)
    left = known.amount[row] - paid
    # What has to come in money: the amount less all that is not money by the day on which it was settled.
    closing = _closing(row, left, least)
    settling = closing[received[closing] == known.settled[row[closing]]]
    wanted = np.full(len(least), np.inf)
    wanted[row[settling]] = (left + money)[settling] - least[row[settling]]
    paying = _lasting((money > 0) & (money > wanted[row]), row, len(least))
    found = first_days(row[paying], received[paying], len(least))
    # The money on a debt that was mostly given up is a part of it, not the end of it.
    bad = settling[(impaired > GIVEN_UP * (impaired + money))[settling]]
    bad = bad[money[bad] > 0]
    found[row[bad]] = received[bad]
    return found


@once
def are_payments(book: Book) -> np.ndarray:
    """Return of each receipt, in the order of `receipts`, whether it is of kind `payment`."""
    return one_of(book.receipts["kind"], ["payment"])


@once
def impairing(book: Book) -> np.ndarray:
    """Return the places among the `receipts`, rising, of those of the kinds `IMPAIRED`."""
    others = np.flatnonzero(~are_payments(book))
    return others[one_of(book.receipts["kind"].take(others), IMPAIRED)]


def _closing(row: np.ndarray, left: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Return the receipts that leave less of their invoice than the least that is a debt, for good.

    A payment that the bank returns opens an invoice again: what counts is the receipt that it stays settled by.
    """
    return _lasting(left < least[row], row, len(least))


def _by_day(days: np.ndarray) -> np.ndarray:
    """Return the places of some days in their order, ties as they stand."""
    ticks = days.view("i8")
    if len(ticks) and int(ticks.max()) - int(ticks.min()) < 2**16 * MICROSECONDS_A_DAY:
        # Numbers of 16 bits are put in order in time that grows with their count alone.
        days = ((ticks - ticks.min()) // MICROSECONDS_A_DAY).astype(np.uint16)
    return np.argsort(days, kind="stable")


def _lasting(holds: np.ndarray, row: np.ndarray, invoices: int) -> np.ndarray:
    """Return where something holds that does not cease to hold at a later place of the same row."""
    last, without = np.full(invoices, -1), np.flatnonzero(~holds)
    # Where a row repeats, the last assignment stays.
    last[row[without]] = without
    found = np.flatnonzero(holds)
    return found[found > last[row[found]]]


def first_days(row: np.ndarray, day: np.ndarray, invoices: int) -> np.ndarray:
    """Return the first of the days, which rise, of each row; not a time where there is none."""
    found = np.full(invoices, np.datetime64("NaT", "us"))
    # Where a row repeats, the last assignment stays: from the last to the first.
    found[row[::-1]] = day[::-1]
    return found


@once
def open_items(book: Book) -> pd.DataFrame:
    """Return every invoice known on the as-of date with what is still open of it.

    Reads `invoices` and `receipts`. Receipts of every kind reduce the open amount: payment, credit note, discount,
    write-off, recovery, a claim that the insurer paid on the invoice, and a bank's difference (`bank_differences`). One
    row for each invoice, in the order of `invoices`:

    - `invoice_id`, `buyer_id`, `issued`, `due`, `amount` (gross), `paid` (receipts so far), and of that `impaired`,
      write-offs, recoveries and claims, and `money`, the buyer's own payments (kind `payment`);
    - `open_amount` = amount − paid, zero once less than half a cent is left; in another currency at the closing rate of
      the day, and `exchange_difference` what that adds to it beside the rate of the day of issue;
    - `settled`: day of the receipt that left at most dust (`receivables.dust` of the run: it stays in the open amount,
      but is no debt that ages), missing while more is open; an invoice over nothing is settled on the day of issue;
    - `paid_on`: the day on which the buyer's money came: that of the payment by which what was owed had been paid, net
      of what was credited, discounted or written off by the day on which it was settled; that day itself where more
      than half of it was given up (`GIVEN_UP`). Missing while open, and where nothing was ever paid;
    - `payable_by`: the due day, or the next working day where the law moves it (`due_days.payable_by`);
    - `days_past_due` = as-of date − payable_by (negative: not due yet); missing once settled;
    - `days_late` = (paid_on, or while open the as-of date) − payable_by; negative: early, or not due yet; missing where
      nothing was ever paid: what was credited whole tells nothing of how a buyer pays.

    Source: definitions §2.1.
    """
    return _table(book, ["invoice_id", "buyer_id", "issued", "due", "amount"], _as_of(book, book.as_of))


@once
def open_amounts(book: Book) -> np.ndarray:
    """Return the `open_amount` of `open_items` alone, which takes a part of the time, in the order of `invoices`."""
    return ledger(book).owed_on(book.as_of)


def items_on(book: Book, day: pd.Timestamp) -> pd.DataFrame:
    """Return the open items of an earlier day, which is what `open_items` gives for the book of that day.

    One row for each invoice issued by then; in place of texts `buyer`, the place of its buyer among the book's buyers.
    """
    items = _table(book, ["issued", "due", "amount"], {"buyer": book.buyer_of_invoice, **_as_of(book, day)})
    return items[items["issued"] <= day]


def _table(book: Book, own: list[str], columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return some columns of the invoices' own, and others, on their index; nothing is copied."""
    return pd.DataFrame({**book.invoices[own], **columns}, index=book.invoices.index, copy=False)


def _as_of(book: Book, day: pd.Timestamp) -> dict[str, np.ndarray]:
    """Return the columns of `open_items` that depend on the day; of no use for an invoice issued after it."""
    known, moment = ledger_on(book, day), day.to_datetime64()
    came = paid_on(book) if known is ledger(book) else _paid_on(known, book.run.receivables.dust)
    latest, none = payable_by(book).to_numpy("datetime64[us]"), np.datetime64("NaT", "us")
    is_open = ~(known.settled <= moment)
    settled, money_came = (np.where(is_open, none, days) for days in (known.settled, came))
    days_late = np.floor((np.where(is_open, moment, money_came) - latest) / A_DAY)
    owed = open_amounts(book) if day == book.as_of else known.owed_on(day)
    return {
        "payable_by": latest,
        "paid": known.paid_by(day),
        "impaired": known.impaired_by(day),
        "money": known.money_by(day),
        "open_amount": owed,
        "exchange_difference": owed - known.owed_at_issue(day),
        "settled": settled,
        "paid_on": money_came,
        "days_past_due": np.where(is_open, days_late, np.nan),
        "days_late": days_late,
    }


def beyond_terms(items: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """Return the `weight` and `days` with which each open item enters the days beyond terms of a window.

    Paid after `since` (`paid_on`): the money that was paid on it, and max(days_late, 0); open and past due: its open
    amount, and days past due; any other: weight zero. `signed_days`: days paid before the due date below zero.
    """
    overdue = items["open_amount"].where(items["days_past_due"] > 0, 0.0)
    weight = items["money"].where(items["paid_on"] > since, overdue)
    signed = items["days_late"].fillna(0.0)
    return pd.DataFrame({"weight": weight, "days": signed.clip(lower=0), "signed_days": signed})


def net_share(book: Book, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
    """Return the part of each invoice, or of those in some rows, that is not tax: 1 − `tax` / `amount`.

    1 where no tax is stated, or no amount.
    """
    tax, amount = (book.invoices[name].to_numpy()[rows] for name in ("tax", "amount"))
    stated = (amount > 0) & ~np.isnan(tax)
    return 1 - np.where(stated, tax, 0.0) / np.where(stated, amount, 1.0)
