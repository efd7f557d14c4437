"""What is open, and from which day on each part of it can be paid: contested, promised, or neither."""

from typing import NamedTuple

import numpy as np

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of, places
from tradecredit.default.payment_times import PaymentTimes
from tradecredit.measure.balances import balances
from tradecredit.measure.default_events import in_default
from tradecredit.measure.disputes import disputed, owed_in_dispute
from tradecredit.measure.open_items import open_items
from tradecredit.measure.promises import BROKEN, KEPT, LAPSED, outcomes
from tradecredit.numerics.survival import ROUNDING, lasting

PROMPT = 50.0
"""Integrated hazard of a day on which a payment comes almost surely, be it a Monday."""
USUAL_KEPT, FEW_PROMISES = 0.5, 10
"""Part of what is promised that comes as promised, where fewer promises are over."""
USUAL_SETTLING, USUAL_CREDITED, FEW_DISPUTES = 45, 0.3, 10
"""Days from the opening of a dispute until it is settled, and the part credited, where fewer are closed."""


class OpenItems(NamedTuple):
    """What is open: a row for each invoice, or more where a part is disputed or promised; days count from the
    forecast's.

    `invoice`, `buyer`: places in the book; `amount`, net of what the buyer has on account and of what is credited;
    `credited`; `due`; `begin`, the first day on which it can be paid, or could already; `pays_as`: whose hazard it has,
    the buyer's or, in the place after all buyers, that of what is paid as promised (`with_promised`).
    """

    invoice: np.ndarray
    buyer: np.ndarray
    amount: np.ndarray
    credited: np.ndarray
    due: np.ndarray
    begin: np.ndarray
    pays_as: np.ndarray


class Kept(NamedTuple):
    """The part of what is promised that comes as promised, and `over`: of how many promises it is told; with fewer than
    `FEW_PROMISES` it is `USUAL_KEPT`."""

    share: float
    over: int


class Disputes(NamedTuple):
    """The median days from opening a dispute until it is settled, and the part credited; `closed`: of how many.

    `lasted`, days, rising, and `lasting`, the part of disputes that last longer; empty where few are closed.
    """

    days: float
    credited: float
    closed: int
    lasted: np.ndarray
    lasting: np.ndarray

    def settled_after(self, age: np.ndarray) -> np.ndarray:
        """Return the days from opening to settlement, at the median, of disputes that have lasted so long already.

        Where few are closed, or half of those that lasted so long are not known to have ended: the median of all, or
        as long again from now on.
        """
        if not len(self.lasted):
            return np.where(age < self.days, self.days, age + self.days)
        begun = np.append(1.0, self.lasting)[np.searchsorted(self.lasted, age, side="right")]
        half = np.searchsorted(-self.lasting, -begun / 2 - ROUNDING)
        known = half < len(self.lasted)
        return np.where(known, self.lasted[np.where(known, half, 0)], age + self.days)


@once
def open_rows(book: Book) -> OpenItems:
    """Return the open items of buyers that are not in default, as `OpenItems` (definitions §12.3).

    What is contested, and what is promised, of an invoice are rows of their own.
    """
    items, owner = open_items(book), book.buyer_of_invoice
    gone = np.zeros(len(book.buyers), dtype=bool)
    gone[places(in_default(book).to_series(), book.buyers["buyer_id"])] = True
    owed = np.where(gone[owner], 0.0, items["open_amount"].to_numpy(float))
    gross = np.bincount(owner, owed, len(book.buyers))
    net = balances(book)["net_amount"].reindex(book.buyers["buyer_id"]).fillna(0.0).to_numpy(float)
    part = np.where(gross > 0, np.clip(net, 0.0, gross) / np.where(gross > 0, gross, 1.0), 0.0)
    owed = owed * part[owner]
    contested, opened = _contested(book, owed)
    today = book.as_of.to_datetime64().astype("datetime64[D]")
    issued, due = ((items[name].to_numpy("datetime64[D]") - today).astype(np.int64) for name in ("issued", "due"))
    promised = _promised(book, owed - contested)
    rest = owed - contested - np.bincount(promised.invoice, promised.amount, len(owed))
    free, held = np.flatnonzero(rest >= CENT), np.flatnonzero(contested >= CENT)
    rule, kept = dispute_rule(book), promise_rule(book).share
    age = (today - opened[held]).astype(np.int64)
    until = np.maximum(np.round(rule.settled_after(age)).astype(np.int64) - age, 1)
    ours, broken = len(free) + len(held), promised.amount * (1 - kept)
    nothing = np.zeros(len(promised.invoice))
    place = np.concatenate([free, held, promised.invoice, promised.invoice])
    # What is promised for a day is paid on it, as far as promises are kept; else, once it is broken, as if never made.
    return OpenItems(
        place,
        owner[place],
        np.concatenate([rest[free], contested[held] * (1 - rule.credited), promised.amount - broken, broken]),
        np.concatenate([np.zeros(len(free)), contested[held] * rule.credited, nothing, nothing]),
        np.concatenate([due[free], until, promised.day, due[promised.invoice]]),
        np.concatenate([issued[free], until, promised.day, promised.last_day + 1]),
        np.concatenate([owner[place[:ours]], np.full(len(nothing), len(gone)), owner[promised.invoice]]),
    )


class _Promised(NamedTuple):
    """What is promised of open invoices, by invoice and day; days count from the forecast's."""

    invoice: np.ndarray
    amount: np.ndarray
    day: np.ndarray
    last_day: np.ndarray


def _promised(book: Book, free: np.ndarray) -> _Promised:
    """Return the open promises on invoices, the earlier first, as far as there is something `free` of each."""
    found = outcomes(book)
    found = found[(found["held"] > 0) & (found["invoice"] >= 0)].sort_values(["invoice", "date"], kind="stable")
    invoice, held = found["invoice"].to_numpy(np.int64), found["held"]
    before = (held.groupby(invoice).cumsum() - held).to_numpy(float)
    amount = np.clip(free[invoice] - before, 0.0, held.to_numpy(float))
    today = book.as_of.to_datetime64()
    days = [found[name].to_numpy("datetime64[us]") - today for name in ("date", "last_day")]
    day, last = (of // np.timedelta64(1, "D") for of in days)
    some = amount >= CENT
    return _Promised(invoice[some], amount[some], np.maximum(day, 1)[some], np.maximum(last, 1)[some])


@once
def promise_rule(book: Book) -> Kept:
    """Return which part of what was promised came, by amount, of the book's promises that are over: kept, broken, or
    lapsed instalments of broken plans."""
    found = outcomes(book)
    over = found[one_of(found["state"], [KEPT, BROKEN, LAPSED]) & (found["amount"] > 0)]
    few = len(over) < FEW_PROMISES
    return Kept(USUAL_KEPT if few else float(over["came"].sum() / over["amount"].sum()), len(over))


@once
def dispute_rule(book: Book) -> Disputes:
    """Return how long disputes take, open ones as lasting so far, and what is credited of those that are closed."""
    table = disputed(book).assign(invoice=book.invoice_of_dispute)
    table = table[table["invoice"] >= 0]
    closed = table[table["closed"].notna()]
    if len(closed) < FEW_DISPUTES:
        return Disputes(USUAL_SETTLING, USUAL_CREDITED, len(closed), *np.zeros((2, 0)))
    days = float((closed["closed"] - closed["opened"]).dt.days.median())
    until = (table["closed"].fillna(book.as_of) - table["opened"]).dt.days.to_numpy(float)
    how_long = lasting(until, table["closed"].notna().to_numpy())
    receipts, row = book.receipts, book.invoice_of_receipt
    credits = one_of(receipts["kind"], ["credit_note"]) & (row >= 0)
    opened = np.full(len(book.invoices), np.datetime64("NaT", "us"))
    opened[closed["invoice"]] = closed["opened"].to_numpy("datetime64[us]")
    counted = credits & (receipts["received"].to_numpy("datetime64[us]") >= opened[row])
    credited = receipts["amount"].to_numpy()[counted].sum() / max(closed["amount"].sum(), CENT)
    return Disputes(days, float(np.clip(credited, 0.0, 1.0)), len(closed), *how_long)


def _contested(book: Book, owed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what is in dispute of each invoice, and since when the latest of its open disputes is."""
    found = owed_in_dispute(book, owed, book.as_of)
    opened = np.full(len(owed), np.datetime64("NaT", "D"))
    place = np.asarray(book.invoice_of_dispute)[found.index]
    known = place >= 0
    days = disputed(book)["opened"].to_numpy("datetime64[D]")[found.index]
    order = np.argsort(days[known], kind="stable")
    opened[place[known][order]] = days[known][order]
    return np.minimum(np.bincount(place[known], found.to_numpy()[known], len(owed)), owed), opened


def with_promised(times: PaymentTimes) -> tuple[np.ndarray, np.ndarray]:
    """Return hazards and habits of the buyers, and after them of what is paid as promised: on the first day it can be,
    or the next on which payments come at all."""
    prompt = np.full((1, times.hazards.shape[1]), PROMPT)
    return np.concatenate([times.hazards, prompt]), np.concatenate([times.habits, np.ones((1, times.habits.shape[1]))])


__all__ = ["Disputes", "Kept", "OpenItems", "dispute_rule", "open_rows", "promise_rule", "with_promised"]
