"""When an invoice will be paid: late or not, and how many days, from what is known on its day of issue."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.default.additive_model import DefaultModel
from tradecredit.measure.behaviour import paydex, signed_days_beyond_terms
from tradecredit.measure.open_items import open_items
from tradecredit.measure.payment_history import at_issue
from tradecredit.numerics import discrimination

LATENESS = {
    "settled_before": 0, "days_to_settle_mean": 1, "days_to_settle_recent": 1, "share_late": 1, "open_before": 0,
    "oldest_open_days": 0, "overdue_before": 0, "amount": 0,
}  # fmt: skip
"""What the chance of a late payment depends on, with the sign: the slower a buyer has paid, the later it will. Of seven
sets the best at three dates within the IBM sample's fitting period, each fitted before and measured after."""

SLOWNESS = ["days_to_settle_median", "days_to_settle_mean", "share_late", "days_late_mean"]
"""What the median of the days to settle is regressed on. Of four sets the best on the first half of the IBM sample's
fitting period, measured on the second."""


TESTED_MONTHS = 6
"""The invoices of the last months test a fit that knew only what was settled before them; those of the very last are
left out, of which the slow ones are still open."""

FEWEST = 200
"""Settled invoices, and as many others to test on, below which nothing is fitted."""


class PaymentModel(NamedTuple):
    """`late`: curves of `LATENESS` for the chance of a payment after the due date; `days`: coefficients
    of the median of days to settle, with `usual`, the values that stand for missing ones."""

    late: DefaultModel
    days: pd.Series
    usual: pd.Series


def fit(items: pd.DataFrame, history: pd.DataFrame) -> PaymentModel:
    """Fit to the paid invoices of `items` (columns as `payment_history.at_issue`, which gives their `history`).

    Late or not: `DefaultModel.fit`, the rows of a buyer standing together. Days: the median of the days from issue to
    payment by quantile regression (statsmodels; Koenker and Bassett 1978, Econometrica 46): early payments show
    a buyer's pace, which the days late, cut off at 0, would hide. Raises `InputError` as `DefaultModel.fit`.
    """
    # Not by statsmodels.api, whose imports take longer.
    from statsmodels.regression.quantile_regression import QuantReg

    paid = items[items["paid_on"].notna()]
    history = history.loc[paid.index]
    late = (paid["paid_on"] > paid["due"]).astype(int)
    signs = {name: sign for name, sign in LATENESS.items() if sign}
    model = DefaultModel.fit(history[list(LATENESS)], late, signs=signs, groups=paid["buyer_id"], pairs=())
    # Where no buyer has a history yet, nothing is regressed on: the median of all is left.
    usual = history[SLOWNESS].median().fillna(0.0)
    days = (paid["paid_on"] - paid["issued"]).dt.days.astype("float64")
    slowness = history[SLOWNESS].fillna(usual)
    slowness.insert(0, "const", 1.0)
    # The errors, which nobody reads, divide by zero where all pay after equally many days.
    with np.errstate(divide="ignore", invalid="ignore"):
        line = QuantReg(days, slowness).fit(q=0.5, max_iter=5_000)
    return PaymentModel(model, line.params, usual)


def expected(model: PaymentModel, items: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Return, for each invoice: `late`, the probability of a payment after the due date, and `days_late`, the median.

    `days_late` = max(median of days to settle − days from issue to due, 0). Of a buyer without a settled invoice the
    history is that of the usual one. `history`: of these `items`, as known on the day of issue (`at_issue`).
    """
    terms = (items["due"] - items["issued"]).dt.days
    settle = model.days["const"] + history[SLOWNESS].fillna(model.usual) @ model.days[SLOWNESS]
    late = model.late.probability(history)
    return pd.DataFrame({"late": late, "days_late": np.maximum(settle - terms, 0.0)}, index=items.index)


@dataclass(frozen=True, eq=False)
class PaymentOutlook:
    """What the ledger says of coming payments.

    `buyers`: index buyer_id, those that owe something not yet due: `not_due`, the amount; `late`, the probability that
    it is paid late, and `days_late`, the median, both weighted by amount; `paydex` of the last 12 months. `test`: index
    `figure`; `value` and `usual`, the same by the mean of each buyer's past, on invoices that the fit had not seen.
    `tested`: how many; 0 where the ledger carries no fit, because it is too small, because all was paid on time or all
    late, or because there is one buyer only; all but `not_due` and `paydex` is missing then.
    """

    buyers: pd.DataFrame
    test: pd.DataFrame
    tested: int


@remembered
def outlook(book: Book) -> PaymentOutlook:
    """Return what is to be expected of the invoices that are not due yet, and how good such a forecast was.

    Fitted (`fit`) on all invoices paid by the as-of date. Tested with a fit to what had been settled 8 months
    before it, on the invoices issued in the following 6 months that have fallen due; those still open count with the
    days up to the as-of date, and those that were credited whole not at all.
    """
    items = open_items(book)
    items = items.assign(due=items["payable_by"])  # late is what comes after the last day in time
    cut = book.as_of - pd.DateOffset(months=TESTED_MONTHS + 2)
    # Whether an invoice was paid late is known once it is past due, not before.
    tested = (items["issued"] > cut) & (items["issued"] <= cut + pd.DateOffset(months=TESTED_MONTHS))
    tested &= (items["due"] < book.as_of) & items["days_late"].notna()
    then = items[items["issued"] <= cut]
    then = then.assign(**{name: then[name].where(then["settled"] <= cut) for name in ("settled", "paid_on")})
    coming = items[(items["open_amount"] > 0) & (items["due"] >= book.as_of)]
    owed = coming.groupby("buyer_id")["open_amount"].sum().rename("not_due")
    score = paydex(signed_days_beyond_terms(book)).rename("paydex").reindex(owed.index)
    figures = ["area under the ROC curve, late or not", "mean error of the days late"]
    if tested.sum() < FEWEST or not _carries_a_fit(then):
        empty = pd.DataFrame({"value": np.nan, "usual": np.nan}, index=pd.Index(figures, name="figure"))
        unknown = pd.DataFrame({"not_due": owed, "late": np.nan, "days_late": np.nan})
        return PaymentOutlook(unknown.join(score), empty, 0)
    history = at_issue(items)
    # What was known of an invoice on its day of issue is the same on any later day: one history serves both fits.
    found = expected(fit(then, history), items[tested], history[tested])
    happened = items["days_late"].clip(lower=0)[tested]
    usual = history[["share_late", "days_late_mean"]][tested]
    usual = usual.fillna(usual.mean())
    late = (happened > 0).astype(int)
    values = {
        figures[0]: [discrimination.auc(of, late).value for of in (found["late"], usual["share_late"])],
        figures[1]: [(of - happened).abs().mean() for of in (found["days_late"], usual["days_late_mean"])],
    }
    test = pd.DataFrame.from_dict(values, orient="index", columns=["value", "usual"]).rename_axis("figure")
    now = expected(fit(items, history), coming, history.loc[coming.index]).mul(coming["open_amount"], axis="index")
    means = now.groupby(coming["buyer_id"]).sum().div(owed, axis="index")
    return PaymentOutlook(pd.DataFrame({"not_due": owed}).join(means).join(score), test, int(tested.sum()))


def _carries_a_fit(items: pd.DataFrame) -> bool:
    paid = items[items["paid_on"].notna()]
    late = paid["paid_on"] > paid["due"]
    return len(paid) >= FEWEST and late.nunique() == 2 and len(paid["buyer_id"].unique()) > 1
