"""How each buyer pays us: what our own ledger says about it over the last year."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import DAYS_A_MONTH, window_start
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.measure.by_buyer import all_buyers, share, sums_by_buyer
from tradecredit.measure.disputes import disputed_in_year
from tradecredit.measure.history import begins, habits_told, sales_told
from tradecredit.measure.limits_in_force import amounts_on, first_of
from tradecredit.measure.on_account import on_account_by
from tradecredit.measure.open_items import beyond_terms, open_items
from tradecredit.measure.sales import net_sales_on, sold_on
from tradecredit.measure.set_off import covered_on

LATE_AFTER_DAYS = 5
"""An invoice counts as paid late when more than this many days after its due date have passed."""

PAYDEX = {-30: 100, -20: 90, 0: 80, 15: 70, 22: 60, 30: 50, 60: 40, 90: 30, 120: 20}
"""Days beyond terms (negative: sooner): score."""


@once
def features(book: Book) -> pd.DataFrame:
    """Return every buyer's payment behaviour over the 12 months up to the as-of date.

    Reads `buyers`, `invoices`, `receipts`, `disputes` and `limits`. One row for each buyer, index `buyer_id`:

    - `days_beyond_terms`: mean of max(days late, 0) over invoices paid in the 12 months (weight: the money paid on
      them) and those open and past due (weight: open amount);
      `days_beyond_terms_recent`: the same over the last 3 months; `days_beyond_terms_drift`: recent − 12 months;
    - `share_late`: of the invoices due in the 12 months and more than 5 days ago (so that it is known whether they were
      late), by what was paid on them in money or is still open, the part that came, or is still open, more than 5 days
      after its due date;
    - `share_overdue`: open amount past due / open amount; `oldest_days_past_due` of every invoice past due, however
      small and whether or not it is contested; 0 where nothing is past due;
    - `dispute_rate`: amount disputed in the 12 months / sales_12m (above 1 where sales fell away);
    - `limit_use`: max(open amount − on account, 0) / limit in force, our own where there is one, else the insurer's,
      else the discretionary one; an account below zero counts as none;
    - `months_of_history` since the first invoice that was not cancelled, at most those of the ledger's history
      (0 without any), `open_amount` as the ledger has it, and `sales_12m`, invoiced in the 12 months net of
      cancellations (`sales.net_sales`; reporting currency).

    What is past due counts less what the buyer has on account (`set_off.set_off`): money that has come is payment, and
    what it covers is neither open nor late.

    Missing: shares and means over nothing; days beyond terms and `share_late` in a book that tells of no payment when
    it came (`history.habits_told`), `sales_12m` in one of open items alone; `dispute_rate` where the book has no
    disputes at all; `limit_use` without a limit or with one of zero. Late is the buyer's money (`open_items`:
    `paid_on`): what was credited, discounted or written off, and dust, is none. Source: definitions §2.5 (days beyond
    terms).
    """
    return of_items(book, open_items(book).assign(buyer=book.buyer_of_invoice), book.as_of)


def of_items(book: Book, items: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the `features` of a day from the open items of that day, index buyer_id.

    `items`: as `open_items.open_items`, with `buyer`, the place of the buyer. Of a buyer that was not known by then it
    says nothing, or zero.
    """
    whole, items = items["open_amount"], _less_on_account(book, items, day)
    year = window_start(day, 12)
    long, recent = beyond_terms(items, year), beyond_terms(items, window_start(day, 3))
    decided = items["payable_by"].gt(year) & items["payable_by"].lt(day - pd.Timedelta(days=LATE_AFTER_DAYS))
    overdue = (items["days_past_due"] > 0) & (items["open_amount"] > 0)
    owed = items["money"] + items["open_amount"]
    parts = pd.DataFrame(
        {
            "weight": long["weight"],
            "weighted_days": long["weight"] * long["days"],
            "recent_weight": recent["weight"],
            "recent_weighted_days": recent["weight"] * recent["days"],
            "fallen_due": owed.where(decided, 0.0),
            "late": owed.where(decided & (items["days_late"] > LATE_AFTER_DAYS), 0.0),
            "open_amount": whole,
            "left_open": items["open_amount"],
            "overdue": items["open_amount"].where(overdue, 0.0),
            "sales_12m": net_sales_on(book, day)[items.index] * (items["issued"] > year),
        }
    )
    buyers, by_buyer = pd.RangeIndex(len(book.buyers)), items["buyer"]
    sums = parts.groupby(by_buyer).sum().reindex(buyers, fill_value=0.0)
    first = items["issued"].where(sold_on(book, day)[items.index]).groupby(by_buyer).min().reindex(buyers)
    first = first.clip(lower=begins(book, day))
    oldest = items["days_past_due"][overdue].groupby(by_buyer[overdue]).max().reindex(buyers)
    limit = pd.Series(first_of(amounts_on(book, day)))
    account = pd.Series(on_account_by(book, day)).clip(lower=0.0)
    beyond = share(sums["weighted_days"], sums["weight"])
    beyond_recent = share(sums["recent_weighted_days"], sums["recent_weight"])
    # What is still open tells of no habit where nothing is known of what was paid, or of when.
    habit = 1.0 if habits_told(book, day) else np.nan
    return pd.DataFrame(
        {
            "days_beyond_terms": beyond * habit,
            "days_beyond_terms_recent": beyond_recent * habit,
            "days_beyond_terms_drift": (beyond_recent - beyond) * habit,
            "share_late": share(sums["late"], sums["fallen_due"]) * habit,
            "share_overdue": share(sums["overdue"], sums["left_open"]),
            "oldest_days_past_due": oldest.fillna(0.0),
            "dispute_rate": share(disputed_in_year(book, day), sums["sales_12m"]),
            "limit_use": share((sums["open_amount"] - account).clip(lower=0.0), limit),
            "months_of_history": ((day - first).dt.days / DAYS_A_MONTH).fillna(0.0),
            "open_amount": sums["open_amount"],
            "sales_12m": sums["sales_12m"] * (1.0 if sales_told(book, day) else np.nan),
        }
    ).set_axis(all_buyers(book))


@once
def signed_days_beyond_terms(book: Book) -> pd.Series:
    """Return every buyer's mean days from due date to payment over the 12 months, early payment counting below zero.

    Reads `buyers`, `invoices`, `receipts` and `disputes`; index `buyer_id`. Invoices, weights and missing values are
    those of `features`' `days_beyond_terms`, but an invoice paid before its due date counts its days as negative, not
    as 0: it is never more than that.
    """
    items = _less_on_account(book, open_items(book).assign(buyer=book.buyer_of_invoice), book.as_of)
    beyond = beyond_terms(items, window_start(book.as_of, 12))
    sums = pd.DataFrame({"weight": beyond["weight"], "weighted_days": beyond["weight"] * beyond["signed_days"]})
    sums = sums_by_buyer(book, sums)
    habit = 1.0 if habits_told(book, book.as_of) else np.nan
    return (share(sums["weighted_days"], sums["weight"]) * habit).rename("signed_days_beyond_terms")


def _less_on_account(book: Book, items: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return open items less what their buyers have on account, which is payment: it is neither open nor late.

    Less than half a cent is nothing, as in `set_off.still_overdue`.
    """
    left = items["open_amount"] - covered_on(book, items, day)
    return items.assign(open_amount=left.where(left >= CENT, 0.0))


def paydex(days_beyond_terms: pd.Series) -> pd.Series:
    """Return the score from 20 to 100 that D&B's PAYDEX scale gives to days beyond terms; 80 is payment on the day.

    `days_beyond_terms`: weighted by amount over the last 12 months, and signed, as `signed_days_beyond_terms` gives
    them; with early payment counted as 0, as in `features`, no score is above 80. Between the published points
    (`PAYDEX`) the score lies on a straight line; sooner than 30 days is 100; later than 120 days is 20, where D&B goes
    on to 1 by a rule that it does not publish. Missing stays missing.

    It is D&B's scale, not D&B's score: that scores the experiences of many suppliers one by one and takes the mean of
    the scores. Source: D&B, PAYDEX value chart (dandb.com/glossary/paydex).

    >>> paydex(pd.Series([-10.0, 0.0, 15.0, 45.0, 200.0])).tolist()
    [85.0, 80.0, 70.0, 45.0, 20.0]
    """
    score = np.interp(days_beyond_terms.to_numpy(dtype="float64"), list(PAYDEX), list(PAYDEX.values()))
    return pd.Series(score, index=days_beyond_terms.index, name="paydex")
