"""When an invoice will be paid: late or not, and how many days, by the one model of payment times."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.book.places import one_of, places
from tradecredit.default.exits import exits
from tradecredit.default.payment_kernels import HORIZON, lateness
from tradecredit.default.payment_times import PaymentTimes, fitted, payment_times, segment_codes, today_of
from tradecredit.measure.behaviour import paydex, signed_days_beyond_terms
from tradecredit.measure.default_events import in_default
from tradecredit.measure.history import habits_told
from tradecredit.measure.open_items import open_items
from tradecredit.measure.payment_history import at_issue
from tradecredit.numerics import discrimination

TESTED_MONTHS = 6
"""The invoices of the last months test a fit that knew only what was settled before them; those of the very last are
left out, of which the slow ones are still open."""

FEWEST = 200
"""Settled invoices, and as many others to test on, below which nothing is told."""

A_DAY = "datetime64[D]"


def expected(times: PaymentTimes, items: pd.DataFrame, buyer: np.ndarray, today: int) -> pd.DataFrame:
    """Return, for each invoice: `late`, the probability of a payment after the last day in time, and by how much.

    `days_late` = max(median day of its payment − that day, 0); `mean_days_late`, the mean of max(day − that day, 0), of
    what is not paid within `HORIZON` days as if on the last. `items`: `issued`, `due`, `payable_by`, the last day in
    time; `buyer`: the place of each one's in `times`; seen from `today` (from 1970), or from its day of issue where
    that is later. Of what is paid, not credited.
    """
    days = [(items[name].to_numpy(A_DAY).astype(np.int64) - today) for name in ("issued", "due", "payable_by")]
    issued, due, in_time = days
    last = int(np.maximum(issued, due).max(initial=1)) + HORIZON
    rates = (times.hazards, times.credits)
    late, day, mean = lateness((buyer, due, in_time, issued), times.coming(today, last), times.habits, rates)
    found = {"late": late, "days_late": np.maximum(day - in_time, 0).astype(float), "mean_days_late": mean}
    return pd.DataFrame(found, index=items.index)


def coming_delays(book: Book, sold: pd.DataFrame) -> pd.Series:
    """Return the mean days beyond terms to be expected of invoices like these if issued today; index of `sold`.

    `sold`: `buyer_id`, `issued`, `due`, which tell whose and on which terms. By `payment_times`: a buyer with little
    data pays as its segment does. Early payment counts as 0. Missing in a book that tells of no payment when it came.
    Source: definitions §12.1.
    """
    times = payment_times(book)
    if not habits_told(book, book.as_of) or not times.payments.sum() > 0:
        return pd.Series(np.nan, index=sold.index, dtype="float64")
    terms = (sold["due"] - sold["issued"]).dt.days.to_numpy()
    buyer = places(sold["buyer_id"], book.buyers["buyer_id"])
    # What a buyer is sold on equal terms is paid alike.
    alike, place = np.unique(np.stack([buyer, terms]), axis=1, return_inverse=True)
    due = book.as_of + pd.to_timedelta(alike[1], unit="D")
    items = pd.DataFrame({"issued": book.as_of, "due": due, "payable_by": due})
    found = expected(times, items, alike[0], today_of(book))["mean_days_late"]
    return pd.Series(found.to_numpy()[place.ravel()], index=sold.index)


@dataclass(frozen=True, eq=False)
class PaymentOutlook:
    """What the ledger says of coming payments.

    `buyers`: index buyer_id, those not in default that owe something not yet due: `not_due`, the amount; `late`, the
    probability that it is paid late, and `days_late`, the median, both weighted by amount; `paydex` of the last 12
    months. `test`: index `figure`; `value` and `usual`, the same by the mean of each buyer's past, on invoices that the
    fit had not seen. `tested`: how many; 0 where the ledger tells nothing, because it is too small, because all was
    paid on time or all late, or because there is one buyer only; all but `not_due` and `paydex` is missing then.
    """

    buyers: pd.DataFrame
    test: pd.DataFrame
    tested: int


@remembered
def outlook(book: Book) -> PaymentOutlook:
    """Return what is to be expected of the invoices that are not due yet, and how good such a forecast was.

    By `payment_times`, the model of the cash forecast. Tested on the invoices issued in the 6 months from 8 months
    before the as-of date on that have fallen due: each month's by the model of the month's beginning, from what was
    known then; those still open count with the days up to the as-of date, and those that were credited whole not at
    all. Source: definitions §12.1.
    """
    items = open_items(book)
    owner = book.buyer_of_invoice
    cut = book.as_of - pd.DateOffset(months=TESTED_MONTHS + 2)
    # Whether an invoice was paid late is known once it is past due, not before.
    tested = (items["issued"] > cut) & (items["issued"] <= cut + pd.DateOffset(months=TESTED_MONTHS))
    tested &= (items["payable_by"] < book.as_of) & items["days_late"].notna()
    coming = (items["open_amount"] > 0) & (items["payable_by"] >= book.as_of)
    coming &= ~one_of(items["buyer_id"], in_default(book))
    owed = items[coming].groupby("buyer_id")["open_amount"].sum().rename("not_due")
    score = paydex(signed_days_beyond_terms(book)).rename("paydex").reindex(owed.index)
    figures = ["area under the ROC curve, late or not", "mean error of the days late"]
    settled = items[(items["issued"] <= cut) & (items["settled"] <= cut)]
    if tested.sum() < FEWEST or not _tells_apart(settled):
        empty = pd.DataFrame({"value": np.nan, "usual": np.nan}, index=pd.Index(figures, name="figure"))
        unknown = pd.DataFrame({"not_due": owed, "late": np.nan, "days_late": np.nan})
        return PaymentOutlook(unknown.join(score), empty, 0)
    found = foretold(book, items[tested], cut)
    happened = items["days_late"].clip(lower=0)[tested]
    usual = at_issue(items.assign(due=items["payable_by"]))[["share_late", "days_late_mean"]][tested]
    usual = usual.fillna(usual.mean())
    late = (happened > 0).astype(int)
    values = {
        figures[0]: [discrimination.auc(of, late).value for of in (found["late"], usual["share_late"])],
        figures[1]: [(of - happened).abs().mean() for of in (found["days_late"], usual["days_late_mean"])],
    }
    test = pd.DataFrame.from_dict(values, orient="index", columns=["value", "usual"]).rename_axis("figure")
    ahead = expected(payment_times(book), items[coming], owner[coming.to_numpy()], today_of(book))
    now = ahead[["late", "days_late"]].mul(items["open_amount"][coming], axis="index")
    means = now.groupby(items["buyer_id"][coming]).sum().div(owed, axis="index")
    return PaymentOutlook(pd.DataFrame({"not_due": owed}).join(means).join(score), test, int(tested.sum()))


def foretold(book: Book, items: pd.DataFrame, cut: pd.Timestamp) -> pd.DataFrame:
    """Return what was `expected` of invoices issued in the months after a day, each month's as known when it began."""
    owner = pd.Series(book.buyer_of_invoice, index=open_items(book).index)
    parts = []
    months = (items["issued"].max() - cut).days // 28 + 1 if len(items) else 0
    for month in range(months):
        start, end = (cut + pd.DateOffset(months=number) for number in (month, month + 1))
        of_month = items[(items["issued"] > start) & (items["issued"] <= end)]
        if len(of_month):
            past = book.at(start)
            buyer = owner[of_month.index].to_numpy()
            parts.append(expected(_times_then(book, past), of_month, buyer, today_of(past)))
    return pd.concat(parts).reindex(items.index)


def _times_then(book: Book, past: Book) -> PaymentTimes:
    """Return the payment times of an earlier day for all buyers of the book: new ones pay as their segment did then."""
    place = places(past.buyers["buyer_id"], book.buyers["buyer_id"])
    # Of a buyer that had bought nothing the terms are those of its first invoices, which name them on the day of issue.
    codes = segment_codes(book).copy()
    codes[place] = segment_codes(past)
    rows = exits(past)
    rows = rows._replace(buyer=place[rows.buyer])
    return fitted(rows, np.unique(codes, return_inverse=True)[1], today_of(past))


def _tells_apart(settled: pd.DataFrame) -> bool:
    paid = settled[settled["paid_on"].notna()]
    late = paid["paid_on"] > paid["payable_by"]
    return len(paid) >= FEWEST and late.nunique() == 2 and len(paid["buyer_id"].unique()) > 1


__all__ = ["PaymentOutlook", "coming_delays", "expected", "foretold", "outlook"]
