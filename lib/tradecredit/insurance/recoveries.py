"""What a policy still owes on an invoice of which a part was claimed or given up."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.settlement import Losses, settled
from tradecredit.measure.closing_rates import closing_rates
from tradecredit.measure.default_events import RESOLVED_MONTHS, events_by_place
from tradecredit.measure.open_items import GIVEN_UP, impairing


@once
def claims_paid(book: Book) -> np.ndarray:
    """Return what the insurer has paid on each invoice by the book's day, in the order of `invoices`.

    In the reporting currency, at the rate at which the invoice is open (`open_items.open_amount`).
    """
    row, receipts, claims = book.invoice_of_receipt, book.receipts, impairing(book)
    claims = claims[(row[claims] >= 0) & one_of(receipts["kind"].take(claims), ["claim"])]
    paid = np.bincount(row[claims], receipts["amount"].to_numpy()[claims], len(book.invoices))
    # Where there is nothing to count, NumPy counts in whole numbers, whatever the weights.
    return closing_rates(book).on(paid.astype("float64"), book.as_of)


@once
def given_up(book: Book) -> np.ndarray:
    """Return what was written off of each invoice and is owed still for a policy, in the order of `invoices`.

    In the reporting currency, as `claims_paid`. A write-off of a loss ends no debt: of what was issued by the day of
    the buyer's last default, the write-offs after that day, until the default is resolved (on its day `resolved`;
    where none is known, `RESOLVED_MONTHS` later); of any other invoice of which the insurer paid a claim or more than
    `GIVEN_UP` of what was owed net of credits was impaired, all its write-offs, until `RESOLVED_MONTHS` after the last
    receipt that impaired it; never more than all other receipts leave of the invoice. Any other write-off lowers the
    debt. Source: definitions §5.9.
    """
    row, receipts, invoices = book.invoice_of_receipt, book.receipts, book.invoices
    at = impairing(book)
    at = at[row[at] >= 0]
    if not len(at):
        return np.zeros(len(invoices))
    of, amount = row[at], receipts["amount"].to_numpy()[at]
    received, kind = receipts["received"].to_numpy("datetime64[us]")[at], receipts["kind"].take(at)
    # Few invoices are impaired, and only their other receipts are looked at.
    touched = np.zeros(len(invoices), dtype=bool)
    touched[of] = True
    theirs = np.flatnonzero((row >= 0) & touched[row])
    came, money = row[theirs], receipts["amount"].to_numpy()[theirs]
    credit = one_of(receipts["kind"].take(theirs), ["credit_note", "discount"])
    credited = np.bincount(came[credit], money[credit], len(invoices))
    impaired = np.bincount(of, amount, len(invoices))
    unpaid = (impaired > GIVEN_UP * (invoices["amount"].to_numpy() - credited)) | (claims_paid(book) > 0)
    last, resolved = (days[book.buyer_of_invoice[of]] for days in _last_defaults(book))
    in_default = invoices["issued"].to_numpy("datetime64[us]")[of] <= last
    latest = pd.Series(received).groupby(of).transform("max") + pd.DateOffset(months=RESOLVED_MONTHS)
    until = np.where(in_default, resolved, latest.to_numpy("datetime64[us]"))
    counts = np.where(in_default, received > last, unpaid[of]) & (until > book.as_of.to_datetime64())
    counts &= one_of(kind, ["write_off"])
    # Where there is nothing to count, NumPy counts in whole numbers, whatever the weights.
    found = np.bincount(of[counts], amount[counts], len(invoices)).astype("float64")
    came_in = np.bincount(came, money, len(invoices)) - found
    found = np.minimum(found, np.maximum(invoices["amount"].to_numpy() - came_in, 0.0))
    return closing_rates(book).on(found, book.as_of)


def _last_defaults(book: Book) -> tuple[np.ndarray, np.ndarray]:
    """Return the day of each buyer's last default, and that on which its defaults are resolved (not a time: none)."""
    events = events_by_place(book)
    by_then = events["date"] + pd.DateOffset(months=RESOLVED_MONTHS)
    events = events.assign(resolved=events["resolved"].where(events["resolved"] <= book.as_of, by_then))
    latest = events.groupby("buyer")[["date", "resolved"]].max().reindex(pd.RangeIndex(len(book.buyers)))
    return latest["date"].to_numpy("datetime64[us]"), latest["resolved"].to_numpy("datetime64[us]")


def still_insured(policy: Policy, within: np.ndarray, paid: np.ndarray, buyer: np.ndarray) -> np.ndarray:
    """Return what is insured debt still of invoices on which the insurer has paid.

    `within`: what would be insured debt of each without the claim, that is, of what is open and what the insurer paid
    together; `paid`, above 0; `buyer`: a number. Those of one buyer are one loss: what the policy pays for it after
    threshold, percentage, deductible, minimum retention and first loss, less what it has paid, and that divided by the
    percentage; among the invoices by what is missing of each one's share. How much of the year's first loss a claim
    met is not known: what is missing is taken to be that, as far as it can be.
    """
    if not policy.insured_percentage or not len(paid):
        return np.zeros(len(within))
    loss, of = np.unique(buyer, return_inverse=True)
    debt = np.bincount(of, within, len(loss))
    none = np.zeros(len(loss))
    claim = settled(Losses(loss, debt, none, none, debt, none > 0), policy.unbounded().record()).claim
    due = within / np.where(debt > 0, debt, 1.0)[of] * claim[of]
    missing = np.maximum(due - paid, 0.0)
    wanting = np.bincount(of, missing, len(loss))
    left = np.maximum(claim - (policy.aggregate_first_loss or 0.0) - np.bincount(of, paid, len(loss)), 0.0)
    left = missing * (left / np.where(wanting > 0, wanting, 1.0))[of]
    return np.where(left >= CENT, left, 0.0) / policy.insured_percentage
